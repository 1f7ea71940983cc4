//! Names in the order in which people expect them: numbers by value, letters whatever their case and accents. A name is
//! made into bytes once; bytes are compared afterwards.

use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

/// Comes before everything that is printed, so that what lies in a folder follows the folder at once.
const STEP_DOWN: u8 = 1;

/// Bytes that compare as the names do. Names that differ only in case, accents or leading zeros have the same.
pub fn key(name: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(name.len() + 4);
    append(name, &mut key);
    key
}

/// [`key`] of folders with `/` between them: folder by folder.
pub fn folders_key(folders: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(folders.len() + 4);
    for (at, folder) in folders.split('/').enumerate() {
        if at > 0 {
            key.push(STEP_DOWN);
        }
        append(folder, &mut key);
    }
    key
}

/// [`key`] of a path: folder by folder.
pub fn path_key(path: &Path) -> Vec<u8> {
    let mut key = Vec::with_capacity(path.as_os_str().len() + 4);
    for component in path {
        append(&component.to_string_lossy(), &mut key);
        key.push(STEP_DOWN);
    }
    key
}

/// The same for names that differ only in case and accents.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // By way of the upper case: it brings together what has several lower cases, and splits the sharp s.
    let plain = text.nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase);
    let upper = plain.flat_map(char::to_uppercase);
    upper.flat_map(char::to_lowercase).nfkd().filter(|c| !is_accent(*c)).collect()
}

/// The accents of the alphabets that have an upper case; the marks of others are letters of their own.
pub fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn append(name: &str, key: &mut Vec<u8>) {
    let folded;
    let text = if name.is_ascii() {
        name
    } else {
        folded = fold(name);
        &folded
    };
    let mut bytes = text.as_bytes();
    while let Some((first, rest)) = bytes.split_first() {
        if first.is_ascii_digit() {
            let (number, after) = bytes.split_at(bytes.iter().take_while(|byte| byte.is_ascii_digit()).count());
            let zeros = number.iter().take_while(|digit| **digit == b'0').count();
            let digits = &number[zeros..];
            // A number among letters stands where digits stand; the one with more digits is greater.
            key.push(b'0');
            key.extend(u16::try_from(digits.len()).unwrap_or(u16::MAX).to_be_bytes());
            key.extend(digits);
            bytes = after;
        } else {
            key.push(first.to_ascii_lowercase());
            bytes = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(mut names: Vec<&str>) -> Vec<&str> {
        names.sort_by_key(|name| key(name));
        names
    }

    #[test]
    fn two_comes_before_ten_and_case_and_accents_do_not_matter() {
        assert_eq!(
            sorted(vec!["talk 10", "Talk 2", "Überblick", "talk", "Zebra", "ubersicht", "10", "9", "talk 02b"]),
            ["9", "10", "talk", "Talk 2", "talk 02b", "talk 10", "Überblick", "ubersicht", "Zebra"]
        );
        for (one, other) in
            [("STRASSE", "straße"), ("GROẞ", "gross"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("Padé", "pade\u{301}"), ("07", "7")]
        {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
        assert_ne!(key("が"), key("か"), "marks of other scripts are letters");
    }

    #[test]
    fn what_lies_in_a_folder_follows_it() {
        let mut folders = vec!["Oral 2", "Oral (late)", "Oral/a", "Oral 10", "Oral"];
        folders.sort_by_key(|name| folders_key(name));
        assert_eq!(folders, ["Oral", "Oral/a", "Oral (late)", "Oral 2", "Oral 10"]);
    }

    proptest! {
        #[test]
        fn every_name_has_a_key_and_upper_case_does_not_change_it(name in "\\PC{0,40}") {
            prop_assert_eq!(fold(&fold(&name)), fold(&name));
            key(&name);
            path_key(Path::new(&name));
            let ascii: String = name.chars().filter(char::is_ascii).collect();
            prop_assert_eq!(key(&ascii), key(&ascii.to_ascii_uppercase()));
        }

        #[test]
        fn numbers_are_compared_by_value(a in any::<u64>(), b in any::<u64>(), tail in "[a-z ]{0,3}") {
            let order = key(&format!("talk {a}{tail}")).cmp(&key(&format!("talk {b}{tail}")));
            prop_assert_eq!(order, a.cmp(&b));
        }
    }
}

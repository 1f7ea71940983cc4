//! Text forms of several words: values in quotes where they need them. `""` within quotes is one.

/// A piece of such a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What stands before the colon; empty without a colon, and where what stands before it is no word.
    pub key: String,
    /// What stands after it, or the whole word; without its quotes.
    pub value: String,
    /// The value stood in quotes: it is meant as it is.
    pub quoted: bool,
}

/// Takes a text apart at its spaces; a quote that is not closed lasts to the end.
pub fn split(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == ':' || c == '"').unwrap_or(rest.len());
        let is_key = end > 0 && rest[end..].starts_with(':') && rest[..end].bytes().all(|b| b.is_ascii_alphabetic());
        let (key, value) = if is_key { (&rest[..end], &rest[end + 1..]) } else { ("", rest) };
        let (value, quoted, after) = match value.strip_prefix('"') {
            Some(body) => {
                let (value, after) = quoted(body);
                (value, true, after)
            }
            None => {
                let (value, after) = value.split_at(value.find(char::is_whitespace).unwrap_or(value.len()));
                (value.to_owned(), false, after)
            }
        };
        words.push(Word { key: key.to_owned(), value, quoted });
        rest = after.trim_start();
    }
    words
}

/// A value as [`split`] reads it back.
pub fn quote(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

/// The value up to the closing quote, and what follows it.
fn quoted(body: &str) -> (String, &str) {
    let (mut value, mut rest) = (String::new(), body);
    while let Some(at) = rest.find('"') {
        value.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                value.push('"');
                rest = after;
            }
            None => return (value, rest),
        }
    }
    value.push_str(rest);
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_keys_and_quotes_are_told_apart() {
        let word = |key: &str, value: &str, quoted| Word { key: key.into(), value: value.into(), quoted };
        assert_eq!(
            split(r#" keep  Tag:labels session:"Oral 2" text:"say ""hi""" 3:00 "all" tag:"#),
            [
                word("", "keep", false),
                word("Tag", "labels", false),
                word("session", "Oral 2", true),
                word("text", "say \"hi\"", true),
                word("", "3:00", false),
                word("", "all", true),
                word("tag", "", false),
            ]
        );
        assert_eq!(split("\"open end"), [word("", "open end", true)]);
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(value in any::<String>(), after in "[a-z]{0,3}") {
            let words = split(&format!("text:{} {after}", quote(&value)));
            prop_assert_eq!(&words[0].value, &value);
            prop_assert_eq!(words.len(), 1 + usize::from(!after.is_empty()));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            split(&text);
        }
    }
}

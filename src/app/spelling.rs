//! Words that no dictionary knows. The dictionary is the desktop's, in Hunspell's format, read once by a thread.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};
use spellbook::Dictionary;

use crate::Waker;

/// Where desktops keep dictionaries.
const FOLDERS: [&str; 3] = ["/usr/share/hunspell", "/usr/share/myspell", "/usr/share/myspell/dicts"];
/// Largest dictionary that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;
/// Words whose verdict is kept.
const KNOWN: usize = 20_000;

/// Checks words, once its dictionary is there.
#[derive(Default)]
pub struct Spelling {
    dictionary: Option<Dictionary>,
    read: Option<Receiver<Option<Dictionary>>>,
    known: RefCell<HashMap<String, bool>>,
}

impl Spelling {
    /// Reads a dictionary on a thread: that of the language (`en_GB`), else of the desktop's, else another of the same
    /// language. `off` checks nothing; so does a desktop without a dictionary.
    pub fn start(language: Option<&str>, waker: &Waker) -> Self {
        let wanted = language.map_or_else(of_desktop, str::to_owned);
        let (found, read) = bounded(1);
        if wanted == "off" {
            return Self::default();
        }
        let waker = Arc::clone(waker);
        let work = move || {
            found.send(load(&wanted, &FOLDERS.map(PathBuf::from))).ok();
            waker();
        };
        match std::thread::Builder::new().name("spelling".into()).spawn(work) {
            Ok(_) => Self { read: Some(read), ..Self::default() },
            Err(error) => {
                tracing::warn!("spelling is not checked: {error}");
                Self::default()
            }
        }
    }

    /// Takes the dictionary in when it has been read.
    pub fn poll(&mut self) {
        if let Some(read) = self.read.as_ref().and_then(|read| read.try_recv().ok()) {
            self.dictionary = read;
            self.read = None;
        }
    }

    /// The words of a text that are not known, as ranges of bytes. Tags, code, addresses, names in capitals and words with
    /// digits are not looked at.
    pub fn unknown(&self, text: &str) -> Vec<Range<usize>> {
        let Some(dictionary) = &self.dictionary else { return Vec::new() };
        let mut known = self.known.borrow_mut();
        if known.len() > KNOWN {
            known.clear();
        }
        let right = |word: &str| dictionary.check(word);
        words(text)
            .into_iter()
            .filter(|range| {
                let word = &text[range.clone()];
                !*known.entry(word.to_owned()).or_insert_with(|| right(word) || right(&word.replace('’', "'")))
            })
            .collect()
    }
}

/// The language that the desktop speaks: `de_DE`.
fn of_desktop() -> String {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    let language = set.map(|value| value.split(['.', '@']).next().unwrap_or_default().to_owned());
    language.into_iter().find(|value| value.len() >= 2 && value != "POSIX").unwrap_or_else(|| "en_US".to_owned())
}

fn load(language: &str, folders: &[PathBuf]) -> Option<Dictionary> {
    let base = |name: &str| name.split('_').next().unwrap_or_default().to_owned();
    let mut all: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "dic"))
        .collect();
    all.sort();
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().replace('-', "_");
    let exact = all.iter().find(|path| name(path) == language);
    let path = exact.or_else(|| all.iter().find(|path| base(&name(path)) == base(language)))?;
    let (words, rules) = (read(path)?, read(&path.with_extension("aff"))?);
    Dictionary::new(&rules, &words).map_err(|error| tracing::warn!("{} is no dictionary: {error}", path.display())).ok()
}

fn read(path: &Path) -> Option<String> {
    let size = std::fs::metadata(path).ok()?.len();
    let bytes = (size <= MAX_BYTES).then(|| std::fs::read(path).ok())??;
    // Old ones are in Latin-1, of which every byte is a character.
    Some(String::from_utf8(bytes).unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect()))
}

/// The words that are looked at.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let start = at;
        at += piece.len();
        let plain = !piece.starts_with(['#', '!', '@', '<', '$', '\\']) && !piece.contains(['`', '/', '_', '@', '\\']);
        if !plain || piece.contains("](") {
            continue;
        }
        let of_word = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’');
        let mut from = None;
        for (place, c) in piece.char_indices().chain([(piece.len(), ' ')]) {
            match (from, of_word(c)) {
                (None, true) => from = Some(place),
                (Some(begun), false) => {
                    let word = piece[begun..place].trim_end_matches(['\'', '’']);
                    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
                    let capitals = word.chars().skip(1).any(char::is_uppercase);
                    if letters > 1 && letters >= word.chars().filter(|c| !matches!(c, '\'' | '’')).count() && !capitals
                    {
                        found.push(start + begun..start + begun + word.len());
                    }
                    from = None;
                }
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checker() -> Spelling {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            crate::persist::write_atomic(&folder.path().join(name), text.as_bytes()).unwrap();
        };
        put("en_US.aff", "SET UTF-8\nSFX S Y 1\nSFX S 0 s .\n");
        put("en_US.dic", "3\ntile/S\nthe\ndon't\n");
        Spelling { dictionary: load("en_GB", &[folder.path().to_owned()]), ..Spelling::default() }
    }

    #[test]
    fn words_that_are_not_known_are_found_and_others_are_left() {
        let spelling = checker();
        let text = "The tiles, the tyle; don’t #tyle `tyle` https://a.org/tyle U-Net UNet2 ![tyle](x) tyle's x";
        let unknown: Vec<&str> = spelling.unknown(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(unknown, ["tyle", "Net", "tyle's"]);
    }

    #[test]
    fn without_a_dictionary_every_word_is_right() {
        assert!(load("xx", &[PathBuf::from("/nowhere")]).is_none());
        assert!(Spelling::default().unknown("qwertz").is_empty());
    }
}

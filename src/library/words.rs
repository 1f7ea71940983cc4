//! What the viewer has chosen for single talks, and what of it shows in the lines of the library. Pure.

use std::collections::HashMap;

use super::entry::Entry;
use crate::talk::Metadata;
use crate::talk::words::{Field, Words};

/// What the viewer has chosen for one talk, by name.
pub type Choices = HashMap<String, String>;

/// What was found, with what the viewer has put otherwise.
pub fn as_chosen(mut words: Words, choices: &Choices) -> Words {
    for field in Field::ALL {
        if let Some(text) = choices.get(field.word()) {
            words.set(field, text);
        }
    }
    words
}

/// Puts what a line shows of the words into it.
pub(super) fn put(words: &Words, entry: &mut Entry) {
    entry.title.clone_from(&words.title);
    entry.authors.clone_from(&words.metadata.authors);
    entry.about.clone_from(&words.metadata.about);
    if words.metadata.link.is_some() {
        entry.link.clone_from(&words.metadata.link);
    }
}

/// What a line shows.
pub(super) fn of_entry(entry: &Entry) -> Words {
    let metadata = Metadata {
        authors: entry.authors.clone(),
        about: entry.about.clone(),
        link: entry.link.clone(),
        ..Metadata::default()
    };
    Words { title: entry.title.clone(), metadata }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_viewer_says_counts_before_what_was_found() {
        let metadata = Metadata { about: "As found".into(), venue: Some("ICLR".into()), ..Metadata::default() };
        let found = Words { title: "38930109".into(), metadata };
        let choices = [("title", "Deep sets"), ("authors", "A. B.; C D"), ("venue", ""), ("speed", "1.5")];
        let words = as_chosen(found.clone(), &choices.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert_eq!((words.title.as_str(), words.metadata.venue.clone()), ("Deep sets", None));
        assert_eq!((words.metadata.authors.len(), words.metadata.about.as_str()), (2, "As found"));
        assert_eq!(as_chosen(found.clone(), &Choices::new()), found);
    }
}

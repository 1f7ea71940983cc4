//! In which order talks are listed: `title`, `-length`.

use std::fmt;
use std::str::FromStr;

/// An order of the list. What a talk lacks (a length, a verdict) puts it behind those that have it, either way round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// The other way round.
    pub reversed: bool,
}

/// What talks are listed by; the same: as found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// As found: folder by folder, in natural order.
    #[default]
    Order,
    /// The title.
    Title,
    /// The surname of the first author.
    Author,
    /// The length, shortest first.
    Length,
    /// What is left, least first.
    Left,
    /// The part that was heard, least first.
    Progress,
    /// Keep, again, drop.
    Verdict,
    /// The folder within the root.
    Session,
    /// The number of moments noted, fewest first.
    Notes,
    /// When it was judged or done, earliest first.
    Decided,
}

impl SortKey {
    /// Every key, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::Order,
        Self::Title,
        Self::Author,
        Self::Length,
        Self::Left,
        Self::Progress,
        Self::Verdict,
        Self::Session,
        Self::Notes,
        Self::Decided,
    ];

    /// `order`, `title` and so on.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Title => "title",
            Self::Author => "author",
            Self::Length => "length",
            Self::Left => "left",
            Self::Progress => "progress",
            Self::Verdict => "verdict",
            Self::Session => "session",
            Self::Notes => "notes",
            Self::Decided => "decided",
        }
    }

    /// For people, after "sorted by": `time left`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Order => "folder",
            Self::Left => "time left",
            Self::Decided => "day of decision",
            other => other.word(),
        }
    }
}

impl Sort {
    /// By this key, not reversed.
    pub const fn by(key: SortKey) -> Self {
        Self { key, reversed: false }
    }

    /// What a press on the head of a column makes of it: that column, and the other way round at the second press.
    #[must_use]
    pub fn pressed(self, key: SortKey) -> Self {
        Self { key, reversed: self.key == key && !self.reversed }
    }
}

/// Reads a key's word, with `-` before it where the order is reversed.
impl FromStr for Sort {
    type Err = ParseSortError;

    fn from_str(text: &str) -> Result<Self, ParseSortError> {
        let word = text.trim();
        let (word, reversed) = word.strip_prefix('-').map_or((word, false), |word| (word, true));
        let key = SortKey::ALL.into_iter().find(|key| key.word().eq_ignore_ascii_case(word));
        let key = key.ok_or_else(|| ParseSortError(word.chars().take(40).collect()))?;
        Ok(Self { key, reversed })
    }
}

/// What [`Sort::from_str`] reads back.
impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.reversed { "-" } else { "" }, self.key.word())
    }
}

/// The text is no order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "talks cannot be sorted by \"{0}\"; order, title, author, length, left, progress, verdict, session, notes and \
     decided are known, each with - before it for the other way round"
)]
pub struct ParseSortError(String);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_order_is_read_back_and_others_are_refused() {
        for key in SortKey::ALL {
            for reversed in [false, true] {
                let sort = Sort { key, reversed };
                assert_eq!(sort.to_string().parse(), Ok(sort));
            }
        }
        assert_eq!("-Length".parse(), Ok(Sort { key: SortKey::Length, reversed: true }));
        assert!(["", "-", "--title", "size", "title up"].iter().all(|text| text.parse::<Sort>().is_err()));
    }

    #[test]
    fn the_second_press_turns_the_order_round() {
        let sort = Sort::default().pressed(SortKey::Title);
        assert_eq!(sort.to_string(), "title");
        assert_eq!(sort.pressed(SortKey::Title).to_string(), "-title");
        assert_eq!(sort.pressed(SortKey::Title).pressed(SortKey::Title), sort);
        assert_eq!(sort.pressed(SortKey::Title).pressed(SortKey::Length).to_string(), "length");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            text.parse::<Sort>().ok();
        }
    }
}

//! The full-text search over all talks: titles, authors, notes, slides, speech.
//!
//! The texts lie in the store's file, an FTS5 index over their grams beside them. A question is answered in two steps:
//! the index names the passages that may match, reading them shows which do. So every substring is found, of one
//! character as well, in the order in which hits are shown, and no more is read than is shown.

mod find;
mod fold;
mod grams;
mod index;
mod matching;
mod query;
mod searcher;

use std::ops::Range;

use super::entry::PassageKind;
use crate::talk::TalkId;
use crate::time::MediaTime;
pub use find::find;
pub use fold::fold;
pub use index::{TABLES, Texts, forget, put, put_all, tidy};
pub use query::Query;
pub use searcher::{Answer, Searcher, attach};

/// How much is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Hits in all.
    pub hits: usize,
    /// Hits of one talk, so that it does not fill the list; not where only one is looked at.
    pub per_talk: usize,
}

impl Limits {
    /// As many as there are.
    pub const NONE: Self = Self { hits: usize::MAX, per_talk: usize::MAX };
}

impl Default for Limits {
    /// What a list shows before somebody asks for more.
    fn default() -> Self {
        Self { hits: 200, per_talk: 5 }
    }
}

/// A passage that has what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Whose it is.
    pub talk: TalkId,
    /// What it is. A talk whose title, authors and tags together have the words is a hit of its title.
    pub kind: PassageKind,
    /// The slide that it stands on or was spoken at, counted from 0.
    pub slide: Option<usize>,
    /// When it is said or its slide appears, in source time.
    pub start: Option<MediaTime>,
    /// The passage; of a long one about 200 characters around the match, with `…` where something is left out.
    pub text: String,
    /// The bytes of `text` that match: in order, apart from each other, whole characters.
    pub lit: Vec<Range<usize>>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Results {
    /// Titles first, then authors, tags, talks that have the words in title, authors and tags together, notes, slides,
    /// what talks are about, speech. In each of these whole words first, then beginnings of words; then in the order in
    /// which talks were met, and of time.
    pub hits: Vec<Hit>,
    /// How many talks have a hit; where the search stopped early, how many are in `hits`.
    pub talks: usize,
    /// There are more, or may be: of talks that have as many as the limits allow, or behind the last.
    pub more: bool,
}

#[cfg(test)]
mod tests;

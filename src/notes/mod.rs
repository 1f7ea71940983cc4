//! What the viewer writes: one Markdown file per talk, in a folder of theirs, readable without this program.
//!
//! [`Document`] is the text of such a file and changes only the lines that it is asked to. [`NoteKeeper`] reads and
//! writes the files on a thread of its own, and brings together what others write into them meanwhile.

mod desk;
mod disk;
mod document;
mod export;
mod front;
mod index;
mod keeper;
mod layout;
mod merge;
mod moment;
mod name;
mod recovery;
mod slot;
mod tags;
mod watch;
mod worker;

#[cfg(test)]
mod tests;

pub use document::Document;
pub use export::all;
pub use front::Front;
pub use keeper::NoteKeeper;
pub use merge::{Merged, merge};
pub use moment::{Moment, MomentId};
pub use tags::without_tags;

use std::path::PathBuf;

/// What the viewer thinks of a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Worth keeping.
    Keep,
    /// To be watched again.
    Again,
    /// Not worth the time.
    Drop,
}

impl Verdict {
    /// Every verdict, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Keep, Self::Again, Self::Drop];

    /// As it stands in files: `keep`, `again`, `drop`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Again => "again",
            Self::Drop => "drop",
        }
    }

    /// Reads [`Self::word`], in any case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word().eq_ignore_ascii_case(word.trim()))
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// What a note says about its talk, and what it is found by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Names the talk wherever its files lie: `slideslive-38930101`.
    pub id: String,
    /// Names the talk's content, the same for another download of it; empty: unknown.
    pub fingerprint: String,
    /// The title; also names a new file.
    pub title: String,
    /// The authors, in order.
    pub authors: Vec<String>,
    /// The talk's page.
    pub link: Option<String>,
    /// Where it was given.
    pub venue: Option<String>,
    /// When it was given: `2020-07-12`.
    pub day: Option<String>,
}

/// Whether two names may be those of one talk, downloaded twice: not if a service has given each a number of its own.
pub fn may_be_one_talk(one: &str, other: &str) -> bool {
    let service = |id: &str| {
        let (service, number) = id.rsplit_once('-')?;
        let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        (numbered && service != "talk").then(|| service.to_owned())
    };
    one == other || service(one).is_none() || service(one) != service(other)
}

/// Where notes are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The viewer's folder of notes.
    pub folder: PathBuf,
    /// Where text is kept that could not be written into its file.
    pub recovery: PathBuf,
}

/// What has happened to the note that is open. Sentences are for the viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteEvent {
    /// The note of the talk last opened is there, or it is known that there is none yet.
    Loaded,
    /// It was changed from outside; what the viewer wrote meanwhile is in it still.
    Changed,
    /// It was changed in the same place here and outside; both are in it.
    Conflict(String),
    /// It cannot be read or written; the text is kept.
    Trouble(String),
    /// The trouble is over: everything is written.
    Written,
    /// Text that could not be written earlier is back.
    Recovered(String),
}

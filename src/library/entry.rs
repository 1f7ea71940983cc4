//! What is known of one talk without opening it: a line of the library. Plain data.

use std::path::PathBuf;

use super::Progress;
use crate::notes::Verdict;
use crate::talk::TalkId;
use crate::time::MediaTime;

/// A talk as it was found on disk, or a folder that ought to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What is opened: absolute, and no two entries have the same.
    pub path: PathBuf,
    /// The folder of talks that it was found in; `None` where it was opened by itself.
    pub root: Option<PathBuf>,
    /// By what verdicts and notes know it: [`crate::talk::Talk::key`]. Copies of one talk have the same.
    /// Of what cannot be opened: `broken-` and a number made of its path.
    pub id: TalkId,
    /// [`crate::talk::Talk::fingerprint`]; empty of what cannot be opened.
    pub fingerprint: String,
    /// For people.
    pub title: String,
    /// In their order; often not known.
    pub authors: Vec<String>,
    /// Where others can see it.
    pub link: Option<String>,
    /// What it is about, in its authors' words; often empty.
    pub about: String,
    /// The folders between root and talk, with `/` between them; empty directly in the root.
    pub session: String,
    /// How long it is; `None` where its files do not say it.
    pub length: Option<MediaTime>,
    /// How many slides it has.
    pub slides: usize,
    /// The first slide that has a picture.
    pub picture: Option<Picture>,
    /// Why it cannot be opened: a sentence. Such entries are listed as well.
    pub broken: Option<String>,
    /// Changes when the files of the talk do: what was found once need not be looked at again.
    pub stamp: i64,
}

/// A picture file and the size that its header tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Absolute.
    pub file: PathBuf,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// What the viewer has made of a talk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TalkState {
    /// What they think of it.
    pub verdict: Option<Verdict>,
    /// How far they have come.
    pub progress: Progress,
    /// The tags of its note, without `#`.
    pub tags: Vec<String>,
    /// Moments noted.
    pub notes: usize,
    /// When it was judged or seen to its end, in seconds since 1970; what the pace is made of.
    pub decided_at: Option<i64>,
}

/// A line of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What was found.
    pub entry: Entry,
    /// What the viewer has made of it.
    pub state: TalkState,
    /// The root is not there (a disk that is not connected), or the talk is gone from it.
    pub away: bool,
    /// How many other entries are the same talk: 0 for most.
    pub copies: usize,
}

/// A piece of text of a talk, for the search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// What it is.
    pub kind: PassageKind,
    /// The slide that it stands on or was spoken at, counted from 0.
    pub slide: Option<usize>,
    /// When it is said or its slide appears, in source time.
    pub start: Option<MediaTime>,
    /// The text, as it is.
    pub text: String,
}

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PassageKind {
    /// The talk's title.
    Title,
    /// One author.
    Author,
    /// What it is about.
    About,
    /// A tag of its note, without `#`.
    Tag,
    /// The summary or a moment of its note.
    Note,
    /// On a slide.
    Slide,
    /// Spoken: a cue of the transcript.
    Speech,
}

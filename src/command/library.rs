//! The words for all the talks: the library, the queue, the search.

use std::fmt;
use std::path::PathBuf;

use super::argument::{number, path, step, switch};
use super::parse::ParseCommandError;
use super::writing::{quote, text};
use super::{Command, Step, Verdict};

/// What can be asked of the library.
#[derive(Debug, Clone, PartialEq)]
pub enum LibraryCommand {
    /// In the place of the slide, or gone.
    Toggle,
    /// Choose another talk.
    Move(Step),
    /// Choose the talk that lies here.
    Choose(PathBuf),
    /// Play the chosen talk; what is listed becomes the queue.
    Open,
    /// Play the talk that lies here; the queue stays, with it after the one that played.
    Play(PathBuf),
    /// All slides of the chosen talk with what is said, before anything is heard.
    Sheet,
    /// Set or clear this verdict on the chosen talk.
    ToggleVerdict(Verdict),
    /// Set this verdict on the chosen talk and choose the next unseen one.
    VerdictNext(Verdict),
    /// The chosen talk is done, or not done.
    ToggleDone,
    /// Write what to look for.
    AskFilter,
    /// List only these: words, and `unseen`, `keep`, `tag:`, `session:` and so on.
    Filter(String),
    /// List in this order: `title`, `-length` and so on.
    Sort(String),
    /// Cards or lines.
    ToggleCards,
    /// Ask which folder of talks to add.
    AddDialog,
    /// Add a folder of talks.
    Add(PathBuf),
    /// Take a folder of talks out; what the viewer made stays.
    Remove(PathBuf),
    /// Look through all folders of talks again.
    Scan,
    /// Stop looking.
    ScanStop,
    /// List copies of the chosen talk as one, or one by one again.
    ToggleMerged,
    /// To be done by this time: `18:00`, `Friday 18:00`; empty: by no time.
    FinishBy(String),
    /// Read the slides' text in the background, or do not.
    SlideText(bool),
}

/// What can be asked of the queue.
#[derive(Debug, Clone, PartialEq)]
pub enum QueueCommand {
    /// The queue beside the slide: shown or hidden.
    Toggle,
    /// Put the talk chosen in the library at the end.
    Add,
    /// Put the talk chosen in the library after the one that plays.
    PlayNext,
    /// Bring the entry with the first number to the place of the second, counted from 1.
    Move(usize, usize),
    /// Take the entry with this number out.
    Remove(usize),
    /// Nothing but the talk that is open.
    Clear,
    /// Fill it anew: `unseen`, `part`, `again`, `tag:NAME`, `shorter:10:00`.
    Fill(String),
}

/// What can be asked of the search.
#[derive(Debug, Clone, PartialEq)]
pub enum SearchCommand {
    /// In all talks.
    All,
    /// In the open talk.
    Here,
    /// For these words.
    For(String),
    /// Choose another place that was found.
    Move(Step),
    /// Play from a little before the chosen place.
    Go,
    /// The next place in what is said in the open talk.
    NextHit,
    /// The place before in what is said in the open talk.
    PreviousHit,
}

/// `rest` is what follows the verb as it was written, `words` the same in lower case with single spaces.
pub(super) fn read(verb: &str, rest: &str, words: &str) -> Result<Option<Command>, ParseCommandError> {
    use {LibraryCommand as L, QueueCommand as Q, SearchCommand as S};
    let after = rest.split_once(char::is_whitespace).map_or("", |(_, after)| after.trim());
    let low = words.split_once(' ').map_or("", |(_, after)| after);
    let word = words.split(' ').next().unwrap_or_default();
    let library = match (verb, word) {
        ("library", "toggle" | "") if after.is_empty() => Some(L::Toggle),
        ("library", "open") if after.is_empty() => Some(L::Open),
        ("library", "sheet") if after.is_empty() => Some(L::Sheet),
        ("library", "done") if after.is_empty() => Some(L::ToggleDone),
        ("library", "find") if after.is_empty() => Some(L::AskFilter),
        ("library", "cards") if after.is_empty() => Some(L::ToggleCards),
        ("library", "scan") if after.is_empty() => Some(L::Scan),
        ("library", "scan-stop") if after.is_empty() => Some(L::ScanStop),
        ("library", "merge") if after.is_empty() => Some(L::ToggleMerged),
        ("library", "add") if after.is_empty() => Some(L::AddDialog),
        ("library", "add") => Some(L::Add(path(after)?)),
        ("library", "remove") if !after.is_empty() => Some(L::Remove(path(after)?)),
        ("library", "play") if !after.is_empty() => Some(L::Play(path(after)?)),
        ("library", "choose") if !after.is_empty() => Some(L::Choose(path(after)?)),
        ("library", "verdict") => Verdict::parse(low).map(L::ToggleVerdict),
        ("library", "verdict-next") => Verdict::parse(low).map(L::VerdictNext),
        ("library", "filter") => text(after)?.map(L::Filter),
        ("library", "sort") => text(after)?.map(L::Sort),
        ("library", _) => step(words).map(L::Move),
        ("finish-by", _) => text(rest)?.map(L::FinishBy),
        ("slide-text", _) => switch(words).map(L::SlideText),
        _ => None,
    };
    let queue = match (verb, word) {
        ("queue", "toggle" | "") if after.is_empty() => Some(Q::Toggle),
        ("queue", "add") if after.is_empty() => Some(Q::Add),
        ("queue", "play-next") if after.is_empty() => Some(Q::PlayNext),
        ("queue", "clear") if after.is_empty() => Some(Q::Clear),
        ("queue", "remove") => number(low).map(Q::Remove),
        ("queue", "move") => low.split_once(' ').and_then(|(from, to)| Some(Q::Move(number(from)?, number(to)?))),
        ("queue", "fill") => text(after)?.map(Q::Fill),
        _ => None,
    };
    let search = match (verb, word) {
        ("search", "all" | "") if after.is_empty() => Some(S::All),
        ("search", "here") if after.is_empty() => Some(S::Here),
        ("search", "go") if after.is_empty() => Some(S::Go),
        ("search", "next") if after.is_empty() => Some(S::NextHit),
        ("search", "previous" | "prev") if after.is_empty() => Some(S::PreviousHit),
        ("search", "for") => text(after)?.map(S::For),
        ("search", _) => step(words).map(S::Move),
        _ => None,
    };
    let library = library.map(Command::Library);
    Ok(library.or_else(|| queue.map(Command::Queue)).or_else(|| search.map(Command::Search)))
}

impl LibraryCommand {
    /// What follows the words of its row.
    pub(super) fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Move(step) => print_step(*step, f),
            Self::Choose(path) | Self::Play(path) | Self::Add(path) | Self::Remove(path) => {
                super::print::print_path(path, f)
            }
            Self::ToggleVerdict(verdict) | Self::VerdictNext(verdict) => f.write_str(verdict.word()),
            Self::Filter(text) | Self::Sort(text) | Self::FinishBy(text) => f.write_str(&quote(text)),
            Self::SlideText(on) => f.write_str(if *on { "on" } else { "off" }),
            _ => Ok(()),
        }
    }

    /// What this very command does, where its argument says more than its row.
    pub(super) fn label(&self) -> Option<String> {
        Some(match self {
            Self::Move(step) => match step {
                Step::Left => "Choose the card before".into(),
                Step::Right => "Choose the card after".into(),
                Step::Up => "Choose the talk above".into(),
                Step::Down => "Choose the talk below".into(),
                Step::PageUp => "A page of talks up".into(),
                Step::PageDown => "A page of talks down".into(),
                Step::First => "Choose the first talk".into(),
                Step::Last => "Choose the last talk".into(),
            },
            Self::ToggleVerdict(verdict) => format!("{} the chosen talk", judge(*verdict)),
            Self::VerdictNext(verdict) => format!("{} the chosen talk, choose the next unseen", judge(*verdict)),
            Self::Filter(text) => format!("List {text}"),
            Self::Sort(text) => format!("Order by {text}"),
            Self::Choose(path) => format!("Choose {}", path.display()),
            Self::Play(path) => format!("Play {}", path.display()),
            Self::Add(path) => format!("Add the talks in {}", path.display()),
            Self::Remove(path) => format!("Take the talks in {} out", path.display()),
            Self::FinishBy(text) => format!("To be done by {text}"),
            Self::SlideText(true) => "Read the slides' text in the background".into(),
            Self::SlideText(false) => "Do not read the slides' text".into(),
            _ => return None,
        })
    }
}

fn judge(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Keep => "Keep",
        Verdict::Again => "See again",
        Verdict::Drop => "Drop",
    }
}

impl QueueCommand {
    /// What follows the words of its row.
    pub(super) fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Move(from, to) => write!(f, "{from} {to}"),
            Self::Remove(number) => write!(f, "{number}"),
            Self::Fill(text) => f.write_str(&quote(text)),
            Self::Toggle | Self::Add | Self::PlayNext | Self::Clear => Ok(()),
        }
    }
}

impl SearchCommand {
    /// What follows the words of its row.
    pub(super) fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::For(text) => f.write_str(&quote(text)),
            Self::Move(step) => print_step(*step, f),
            Self::All | Self::Here | Self::Go | Self::NextHit | Self::PreviousHit => Ok(()),
        }
    }
}

fn print_step(step: Step, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(Step::ALL.iter().find(|(known, _)| *known == step).map_or("", |s| s.1))
}

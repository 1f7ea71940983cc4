//! The vocabulary: everything a person can ask for, whether by key, button, command line or socket.
//!
//! A command says what is wanted, never how it is done; [`table`] describes each, [`parse`] reads and prints them as
//! text, and [`keymap`] says which keys ask for them.

mod adjust;
mod argument;
pub mod chord;
pub mod keymap;
mod library;
mod listen;
pub mod parse;
mod print;
#[cfg(test)]
mod samples;
mod shape;
mod sound;
pub mod table;
mod transcript;
mod video;
mod writing;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use self::adjust::AdjustCommand;
pub use self::library::{LibraryCommand, QueueCommand, SearchCommand};
pub use self::listen::ListenCommand;
pub use self::shape::{PACES, ShapeCommand};
pub use self::sound::SoundCommand;
pub use self::transcript::TranscriptCommand;
pub use self::video::{Motion, SpeakerLayout, VideoCommand};
pub use crate::notes::Verdict;
pub use crate::slides::Enlarge;
use crate::time::{MediaTime, Rate};

/// One thing a person can ask for. As text: [`std::fmt::Display`] and [`std::str::FromStr`] are inverse.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Play from the current position; from the beginning if the talk has ended.
    Play,
    /// Stop at the current position.
    Pause,
    /// Play if paused, pause if playing.
    TogglePlay,
    /// Move by this length of source time, forward or, if negative, back.
    SeekBy(MediaTime),
    /// Move to this moment of the talk.
    SeekTo(MediaTime),
    /// Move to this part of the talk, 0.0 to 100.0.
    SeekPercent(f64),
    /// Move the playhead with this moment while it is held; sound waits until [`Self::ScrubEnd`].
    ScrubTo(MediaTime),
    /// Let the playhead go.
    ScrubEnd,
    /// Return to the place before the last seek.
    UndoSeek,
    /// Take back the last [`Self::UndoSeek`].
    RedoSeek,

    /// The beginning of the next slide.
    SlideNext,
    /// The beginning of the previous slide.
    SlidePrevious,
    /// The beginning of the first slide.
    SlideFirst,
    /// The beginning of the last slide.
    SlideLast,
    /// The beginning of the slide with this number, counted from 1.
    SlideGo(usize),
    /// Ask where to go: a slide's number, a time, a part of the talk.
    AskWhere,
    /// The slide's picture to the clipboard.
    CopySlide,
    /// The slide's file, as it is, to the clipboard.
    CopySlideFile,
    /// Ask where to save the slide's file.
    SaveSlideDialog,
    /// Save the slide's file, byte for byte, as this file.
    SaveSlide(PathBuf),
    /// Show the slide's file in the file manager.
    RevealSlide,
    /// Open the slide's file in the system's viewer.
    OpenSlide,

    /// Look at the next slide while the talk goes on.
    LookNext,
    /// Look at the previous slide while the talk goes on.
    LookPrevious,
    /// Look at the slide with this number, counted from 1, while the talk goes on.
    LookAt(usize),
    /// Look again at the slide where the talk is.
    LookBack,
    /// Play from the slide that is looked at.
    LookPlay,

    /// All slides at once, or one again.
    ToggleOverview,
    /// Choose another slide in the overview.
    OverviewMove(Step),
    /// Go to the slide chosen in the overview.
    OverviewGo,
    /// Look at the slide chosen in the overview while the talk goes on.
    OverviewLook,
    /// Play from the slide chosen in the overview, which stays; again: pause.
    OverviewListen,
    /// What is said beside each slide of the overview: shown or hidden.
    ToggleWords,

    /// Play at this speed.
    SetRate(Rate),
    /// The next multiple of this step, in thousandths, in the direction of its sign: [`Rate::stepped`].
    RateBy(i32),
    /// Normal speed; if already normal, the last speed that was not.
    RateReset,
    /// The open talk keeps its speed to itself, or has that of all again.
    PinRate,

    /// How the talk is heard: loops, sleep, mono.
    Listen(ListenCommand),

    /// Loudness in percent, 0 to 200.
    SetVolume(u8),
    /// Louder, or softer if negative, by this many percentage points.
    VolumeBy(i32),
    /// Without sound, or with it.
    SetMute(bool),
    /// Sound on if off, off if on.
    ToggleMute,
    /// Where sound goes, and when it is heard.
    Sound(SoundCommand),

    /// The next talk in the queue.
    NextTalk,
    /// The previous talk in the queue.
    PreviousTalk,
    /// The talk at this place in the queue, counted from 1.
    GoToTalk(usize),
    /// Ask which talk to open.
    OpenDialog,
    /// Open this file or folder; it replaces the queue.
    Open(PathBuf),
    /// Put this file or folder at the end of the queue.
    Append(PathBuf),

    /// The first talk after this one that has neither been seen nor judged.
    NextUnseen,
    /// The open talk is done, or not done.
    ToggleDone,
    /// All the talks.
    Library(LibraryCommand),
    /// What the viewer puts otherwise than the files of the open talk.
    Adjust(AdjustCommand),
    /// How the sound of talks is shaped.
    Shape(ShapeCommand),
    /// The talks in hand.
    Queue(QueueCommand),
    /// The texts of all talks.
    Search(SearchCommand),
    /// What is said.
    Transcript(TranscriptCommand),
    /// Moving pictures.
    Video(VideoCommand),
    /// Find a command or a talk by its letters.
    Finder,

    /// The notes beside the slide: shown or hidden.
    ToggleNotes,
    /// Begin a note; its moment is that of the first keystroke.
    NewNote,
    /// Begin a note with the slide's picture and what is being said.
    NewSlideNote,
    /// Mark this moment without a word.
    MarkMoment,
    /// A note at this moment; where a note was begun, it is this one.
    AddNote(String),
    /// Write on in the note with this number, counted from 1 in the order of the file.
    EditNote(usize),
    /// Replace the text of the note with this number.
    SetNote(usize, String),
    /// Remove the note with this number.
    DeleteNote(usize),
    /// The moment of the note with this number.
    GoToNote(usize),
    /// Write the paragraph that sums the talk up.
    EditSummary,
    /// Replace the paragraph that sums the talk up.
    SetSummary(String),
    /// Write who gave the talk.
    EditAuthors,
    /// Replace who gave the talk; several separated by semicolons.
    SetAuthors(String),
    /// Write where others can see the talk.
    EditLink,
    /// Replace where others can see the talk.
    SetLink(String),
    /// Leave the text that is being written.
    LeaveText,
    /// Set this verdict, or clear it where it is set.
    ToggleVerdict(Verdict),
    /// Set this verdict and go to the next unseen talk.
    VerdictNext(Verdict),
    /// Without a verdict.
    ClearVerdict,
    /// Take back the last verdict or change of a note.
    Undo,
    /// Do again what was taken back.
    Redo,
    /// Title, time and link to the clipboard.
    CopyCitation,
    /// Write the digest of the kept talks where it was written last, and open it.
    Digest,
    /// Write the digest of the kept talks as this file; its ending is its format.
    DigestTo(PathBuf),
    /// Write all notes of the library as one file among them, and open it.
    AllNotes,
    /// Write all notes of the library as this file.
    ExportNotes(PathBuf),

    /// Fill the screen, or return to the window.
    ToggleFullscreen,
    /// Fill the screen, or not.
    SetFullscreen(bool),
    /// Between the whole slide in the window and one slide pixel per screen pixel.
    ToggleFit,
    /// The whole slide in the window.
    ZoomFit,
    /// One slide pixel per screen pixel.
    ZoomOriginal,
    /// Original size where the slide fits its pane, else fitted: as at the start.
    ZoomReset,
    /// The slide as wide as the window.
    ZoomWidth,
    /// Each slide pixel is a square of this many screen pixels.
    ZoomMultiple(u8),
    /// This many per cent of the original size, 10 to 1600.
    ZoomTo(u32),
    /// Larger, or smaller if negative, by this many per cent of what it is, at the pointer.
    ZoomBy(i32),
    /// Move the slide in its pane, right and down, in screen pixels.
    PanBy(i32, i32),
    /// How slides are enlarged.
    SetEnlarge(Enlarge),
    /// The next way to enlarge slides.
    CycleEnlarge,
    /// JPEG artefacts around text: reduced, or as in the file.
    ToggleClean,
    /// A second window with nothing but the slide: open or closed.
    ToggleSecondWindow,
    /// The slides beside the slide: shown or hidden.
    ToggleSlides,
    /// Width of the panel, in points.
    SetPanelWidth(u16),
    /// Everything around the slide: hidden or shown.
    ToggleChrome,
    /// The list of keys: shown or hidden.
    ToggleKeys,
    /// Show or hide what the talk is and what is wrong with it.
    ToggleInfo,
    /// The time label: elapsed or remaining.
    ToggleTimeLeft,
    /// Light or dark colours.
    SetTheme(Theme),
    /// The next theme: light, dark, as the system.
    CycleTheme,
    /// Write the window's picture to this file, as PNG.
    Screenshot(PathBuf),

    /// Close the topmost thing that can be closed: popup, text field, fullscreen; else nothing.
    Dismiss,
    /// Leave.
    Quit,
}

impl Command {
    /// Whether it writes into the talk's note, which must have been read first.
    pub fn needs_note(&self) -> bool {
        self.begins_text() && *self != Self::AskWhere
            || matches!(
                self,
                Self::AddNote(_)
                    | Self::SetNote(..)
                    | Self::DeleteNote(_)
                    | Self::MarkMoment
                    | Self::SetSummary(_)
                    | Self::SetAuthors(_)
                    | Self::SetLink(_)
            )
    }

    /// Whether a text field opens, which what is typed next belongs to.
    pub fn begins_text(&self) -> bool {
        matches!(
            self,
            Self::NewNote
                | Self::NewSlideNote
                | Self::EditNote(_)
                | Self::EditSummary
                | Self::EditAuthors
                | Self::EditLink
                | Self::AskWhere
                | Self::Finder
                | Self::Search(SearchCommand::All | SearchCommand::Here)
                | Self::Library(LibraryCommand::AskFilter)
        )
    }
}

/// The colours of the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// Whichever the desktop prefers.
    #[default]
    System,
}

/// A step among slides that lie in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The slide before.
    Left,
    /// The slide after.
    Right,
    /// The row above.
    Up,
    /// The row below.
    Down,
    /// As many rows up as are seen.
    PageUp,
    /// As many rows down as are seen.
    PageDown,
    /// The first slide.
    First,
    /// The last slide.
    Last,
}

impl Step {
    /// All, with the words for them.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Left, "left"),
        (Self::Right, "right"),
        (Self::Up, "up"),
        (Self::Down, "down"),
        (Self::PageUp, "page-up"),
        (Self::PageDown, "page-down"),
        (Self::First, "first"),
        (Self::Last, "last"),
    ];
}

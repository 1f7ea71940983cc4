//! The vocabulary: everything a person can ask for, whether by key, button, command line or socket.
//!
//! A command says what is wanted, never how it is done; [`table`] describes each, [`parse`] reads and prints them as
//! text, and [`keymap`] says which keys ask for them.

pub mod chord;
pub mod keymap;
pub mod parse;
pub mod table;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

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

    /// Play at this speed.
    SetRate(Rate),
    /// The next multiple of this step, in thousandths, in the direction of its sign: [`Rate::stepped`].
    RateBy(i32),
    /// Normal speed; if already normal, the last speed that was not.
    RateReset,

    /// Loudness in percent, 0 to 100.
    SetVolume(u8),
    /// Louder, or softer if negative, by this many percentage points.
    VolumeBy(i32),
    /// Without sound, or with it.
    SetMute(bool),
    /// Sound on if off, off if on.
    ToggleMute,

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

/// One command of every kind, and the comparison of generated documents with their files.
#[cfg(test)]
mod samples {
    use super::{Command, Theme};
    use crate::time::{MediaTime, Rate};

    pub(super) fn all() -> Vec<Command> {
        use Command::*;
        vec![
            Play,
            Pause,
            TogglePlay,
            SeekBy(MediaTime::from_secs(-5)),
            SeekTo(MediaTime::from_secs(3725)),
            SeekPercent(12.5),
            ScrubTo(MediaTime::from_secs(90)),
            ScrubEnd,
            UndoSeek,
            RedoSeek,
            SlideNext,
            SlidePrevious,
            SlideFirst,
            SlideLast,
            SlideGo(3),
            SetRate(Rate::from_factor(1.25)),
            RateBy(-100),
            RateReset,
            SetVolume(80),
            VolumeBy(5),
            SetMute(true),
            SetMute(false),
            ToggleMute,
            NextTalk,
            PreviousTalk,
            GoToTalk(2),
            OpenDialog,
            Open("/talks/one".into()),
            Append("two; \"three\"".into()),
            ToggleFullscreen,
            SetFullscreen(true),
            SetFullscreen(false),
            ToggleFit,
            ZoomFit,
            ZoomOriginal,
            ZoomReset,
            ToggleChrome,
            ToggleKeys,
            ToggleInfo,
            ToggleTimeLeft,
            SetTheme(Theme::Light),
            SetTheme(Theme::Dark),
            SetTheme(Theme::System),
            CycleTheme,
            Screenshot("picture.png".into()),
            Dismiss,
            Quit,
        ]
    }

    /// Compares with the file in `docs`, or writes it if the variable `PLENARY_BLESS` is 1.
    pub(super) fn compare_with_file(name: &str, wanted: &str) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
        if std::env::var_os("PLENARY_BLESS").is_some_and(|value| value == "1") {
            #[expect(
                clippy::disallowed_methods,
                reason = "a test writes into the source tree, and only when asked to"
            )]
            std::fs::write(&path, wanted).unwrap();
        }
        // A checkout on Windows may have changed the ends of the lines.
        let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(found == wanted, "{} is out of date; run the test again with PLENARY_BLESS=1", path.display());
    }
}

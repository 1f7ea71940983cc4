//! The words for small mercies while listening: fast while a key is held, loops, sleep, mono and balance,
//! the sound of films.

use std::fmt;

use super::Command;
use super::argument::{switch, volume};
use super::parse::ParseCommandError;
use crate::time::MediaTime;

/// Something about how the open talk is heard.
#[derive(Debug, Clone, PartialEq)]
pub enum ListenCommand {
    /// Fast, until [`Self::ReleaseRate`].
    HoldRate,
    /// As fast as before the key was held.
    ReleaseRate,
    /// Talks of this speaker have a speed of their own, or that of all.
    PinSpeaker,
    /// A loop begins here; again, it ends here; again, there is none.
    LoopNext,
    /// The slide that is heard is looped, or no more.
    LoopSlide,
    /// A loop begins at this moment.
    LoopA(MediaTime),
    /// A loop ends at this moment.
    LoopB(MediaTime),
    /// No loop.
    LoopClear,
    /// Pause after this time.
    SleepIn(MediaTime),
    /// Pause at the end of this talk.
    SleepAtEnd,
    /// No pause by itself.
    SleepOff,
    /// Both sides hear the same, or each its own.
    ToggleMono,
    /// More to the right, or to the left if negative, by this many percentage points.
    BalanceBy(i32),
    /// Both sides as loud as they are.
    BalanceReset,
    /// Slides that are films are heard with their own sound, or no more.
    ToggleClipSound,
    /// Slides that are films are heard with their own sound, or not.
    ClipSound(bool),
}

/// `words` is what follows the verb, in lower case with single spaces.
pub(super) fn read(verb: &str, words: &str) -> Result<Option<Command>, ParseCommandError> {
    let after = words.split_once(' ').map_or("", |(_, after)| after);
    let time = |text: &str| MediaTime::parse(text).ok().filter(|_| !text.starts_with(['+', '-']));
    Ok(match (verb, words.split(' ').next().unwrap_or_default()) {
        ("rate", "hold") if after.is_empty() => Some(ListenCommand::HoldRate),
        ("rate", "release") if after.is_empty() => Some(ListenCommand::ReleaseRate),
        ("rate", "pin-speaker") if after.is_empty() => Some(ListenCommand::PinSpeaker),
        ("loop", "next") if after.is_empty() => Some(ListenCommand::LoopNext),
        ("loop", "slide") if after.is_empty() => Some(ListenCommand::LoopSlide),
        ("loop", "clear") if after.is_empty() => Some(ListenCommand::LoopClear),
        ("loop", "a") => time(after).map(ListenCommand::LoopA),
        ("loop", "b") => time(after).map(ListenCommand::LoopB),
        ("sleep", "talk") if after.is_empty() => Some(ListenCommand::SleepAtEnd),
        ("sleep", "off") if after.is_empty() => Some(ListenCommand::SleepOff),
        ("sleep", _) => time(words).filter(|time| *time > MediaTime::ZERO).map(ListenCommand::SleepIn),
        ("mono", "toggle" | "") if after.is_empty() => Some(ListenCommand::ToggleMono),
        ("clip-sound", "toggle" | "") if after.is_empty() => Some(ListenCommand::ToggleClipSound),
        ("clip-sound", _) => switch(words).map(ListenCommand::ClipSound),
        ("balance", "reset") if after.is_empty() => Some(ListenCommand::BalanceReset),
        ("balance", _) => match volume(words) {
            Some(Command::VolumeBy(by)) => Some(ListenCommand::BalanceBy(by)),
            _ => None,
        },
        _ => None,
    }
    .map(Command::Listen))
}

impl ListenCommand {
    /// What follows the words of its row.
    pub(super) fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoopA(at) | Self::LoopB(at) | Self::SleepIn(at) => super::print::print_moment(*at, f),
            Self::BalanceBy(by) => write!(f, "{by:+}"),
            Self::ClipSound(heard) => f.write_str(if *heard { "on" } else { "off" }),
            _ => Ok(()),
        }
    }

    /// What this very command does, where its argument says more than its row.
    pub(super) fn label(&self) -> Option<String> {
        match self {
            Self::LoopA(at) => Some(format!("Loop from {}", at.clock())),
            Self::LoopB(at) => Some(format!("Loop to {}", at.clock())),
            Self::SleepIn(time) => Some(format!("Pause after {}", time.clock())),
            Self::BalanceBy(by) if *by < 0 => Some(format!("Balance to the left by {}%", by.unsigned_abs())),
            Self::BalanceBy(by) => Some(format!("Balance to the right by {by}%")),
            Self::ClipSound(true) => Some("Hear films in slides".to_owned()),
            Self::ClipSound(false) => Some("Do not hear films in slides".to_owned()),
            _ => None,
        }
    }
}

impl Command {
    /// What is to be done when the key that asks for this is let go.
    pub fn on_release(&self) -> Option<Self> {
        (*self == Self::Listen(ListenCommand::HoldRate)).then_some(Self::Listen(ListenCommand::ReleaseRate))
    }

    /// Whether it plays, pauses or goes elsewhere: who gives it is awake.
    pub fn is_transport(&self) -> bool {
        use Command::*;
        matches!(
            self,
            Play | Pause
                | TogglePlay
                | SeekBy(_)
                | SeekTo(_)
                | SeekPercent(_)
                | ScrubTo(_)
                | ScrubEnd
                | UndoSeek
                | RedoSeek
                | SlideNext
                | SlidePrevious
                | SlideFirst
                | SlideLast
                | SlideGo(_)
                | LookPlay
                | OverviewGo
                | OverviewListen
                | NextTalk
                | PreviousTalk
                | GoToTalk(_)
                | NextUnseen
                | VerdictNext(_)
                | GoToNote(_)
                | Open(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_held_does_something_when_it_is_let_go() {
        let held: Vec<Command> =
            super::super::samples::all().into_iter().filter(|command| command.on_release().is_some()).collect();
        assert_eq!(held, [Command::Listen(ListenCommand::HoldRate)]);
    }

    #[test]
    fn a_time_to_sleep_is_some_time_from_now() {
        let read = |text: &str| text.parse::<Command>();
        assert_eq!(read("sleep 30m"), Ok(Command::Listen(ListenCommand::SleepIn(MediaTime::from_secs(1800)))));
        for text in [
            "sleep",
            "sleep 0",
            "sleep -5",
            "sleep talk 3",
            "loop",
            "loop a",
            "loop a -3",
            "balance 30",
            "clip-sound 3",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}

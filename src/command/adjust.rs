//! The words for what the viewer puts otherwise than a talk's files have it: times of slides, title, authors.

use std::fmt;

use super::Command;
use super::argument::time_step;
use super::parse::ParseCommandError;
use super::writing::{quote, text};
use crate::talk::words::Field;
use crate::time::MediaTime;

/// Something about the open talk that is kept beside what its files say.
#[derive(Debug, Clone, PartialEq)]
pub enum AdjustCommand {
    /// All slides appear so much later, or earlier.
    Nudge(MediaTime),
    /// All slides appear when their files say.
    NudgeReset,
    /// From now on the next slide is one that appears at this moment of the sound; or no more.
    Record,
    /// Slides that were given times by hand have none again.
    Forget,
    /// The talk is described otherwise; an empty text: as it was found.
    Describe(Field, String),
    /// The words about the talk are to be written, or no more.
    Edit,
}

/// `rest` is what follows the verb as it was written, `words` the same in lower case with single spaces.
pub(super) fn read(verb: &str, rest: &str, words: &str) -> Result<Option<Command>, ParseCommandError> {
    let after = rest.split_once(char::is_whitespace).map_or("", |(_, after)| after.trim());
    let word = words.split(' ').next().unwrap_or_default();
    Ok(match (verb, word) {
        ("nudge", "reset") if after.is_empty() => Some(AdjustCommand::NudgeReset),
        ("nudge", _) => time_step(words).map(AdjustCommand::Nudge),
        ("times", "record") if after.is_empty() => Some(AdjustCommand::Record),
        ("times", "forget") if after.is_empty() => Some(AdjustCommand::Forget),
        ("describe", "") => Some(AdjustCommand::Edit),
        ("describe", field) => {
            Field::parse(field).zip(text(after)?).map(|(field, text)| AdjustCommand::Describe(field, text))
        }
        _ => None,
    }
    .map(Command::Adjust))
}

impl AdjustCommand {
    /// What follows the words of its row.
    pub(super) fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nudge(by) => super::print::print_step(*by, f),
            Self::Describe(field, text) => write!(f, "{} {}", field.word(), quote(text)),
            Self::NudgeReset | Self::Record | Self::Forget | Self::Edit => Ok(()),
        }
    }

    /// What this very command does, where its argument says more than its row.
    pub(super) fn label(&self) -> Option<String> {
        match self {
            Self::Nudge(by) if by.nanos() < 0 => Some(format!("Slides {} ms earlier", -by.millis())),
            Self::Nudge(by) => Some(format!("Slides {} ms later", by.millis())),
            Self::Describe(field, _) => Some(format!("Set: {}", field.label())),
            Self::NudgeReset | Self::Record | Self::Forget | Self::Edit => None,
        }
    }
}

//! The words for where sound goes and when it is heard.

use std::fmt;

use super::Command;
use super::argument::time_step;
use super::parse::ParseCommandError;
use super::writing::{quote, text};
use crate::time::MediaTime;

/// Something about the sound device.
#[derive(Debug, Clone, PartialEq)]
pub enum SoundCommand {
    /// The devices, to choose from: shown or hidden.
    Devices,
    /// Sound goes to the device that is called so, by its name, a part of it or its id, or to the system's `default`.
    Choose(String),
    /// Sound goes to the next device.
    Next,
    /// The device in use is heard so much later than was thought, or sooner.
    LagBy(MediaTime),
    /// The device in use is heard when it says.
    LagReset,
}

/// `rest` is what follows the verb as it was written, `words` the same in lower case with single spaces.
pub(super) fn read(verb: &str, rest: &str, words: &str) -> Result<Option<Command>, ParseCommandError> {
    Ok(match (verb, words) {
        ("device", "") => Some(SoundCommand::Devices),
        ("device", "next") => Some(SoundCommand::Next),
        ("device", _) => text(rest)?.map(SoundCommand::Choose),
        ("latency", "reset") => Some(SoundCommand::LagReset),
        ("latency", _) => time_step(words).map(SoundCommand::LagBy),
        _ => None,
    }
    .map(Command::Sound))
}

impl SoundCommand {
    /// What follows the words of its row.
    pub(super) fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choose(name) => f.write_str(&quote(name)),
            Self::LagBy(by) => super::print::print_step(*by, f),
            Self::Devices | Self::Next | Self::LagReset => Ok(()),
        }
    }

    /// What this very command does, where its argument says more than its row.
    pub(super) fn label(&self) -> Option<String> {
        match self {
            Self::Choose(name) => Some(format!("Sound to {name}")),
            Self::LagBy(by) if by.nanos() < 0 => Some(format!("Sound is heard {} ms sooner", -by.millis())),
            Self::LagBy(by) => Some(format!("Sound is heard {} ms later", by.millis())),
            Self::Devices | Self::Next | Self::LagReset => None,
        }
    }
}

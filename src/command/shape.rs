//! The words for how a talk is listened to: pauses made shorter, talks brought to one loudness, a pace that is kept.

use std::fmt;

use super::Command;
use super::argument::switch;
use super::parse::ParseCommandError;

/// How talks are listened to, besides speed and volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShapeCommand {
    /// Pauses are made shorter, or no more.
    ToggleTrim,
    /// Pauses are made shorter, or not.
    Trim(bool),
    /// How much shorter, 0 to 100.
    TrimStrength(u8),
    /// So much more or less of that.
    TrimStrengthBy(i32),
    /// Talks are brought to one loudness, or no more.
    ToggleLevel,
    /// The speed keeps so many syllables a minute.
    Pace(u16),
    /// The speed is the factor that was chosen.
    PaceOff,
    /// So many more or fewer.
    PaceBy(i32),
}

/// Syllables a minute that may be kept.
pub const PACES: std::ops::RangeInclusive<u16> = 60..=1500;

/// `words` is what follows the verb, in lower case with single spaces.
pub(super) fn read(verb: &str, words: &str) -> Result<Option<Command>, ParseCommandError> {
    let step = |text: &str| text.starts_with(['+', '-']).then(|| text.parse::<i32>().ok()).flatten();
    Ok(match (verb, words) {
        ("trim", "toggle" | "") => Some(ShapeCommand::ToggleTrim),
        ("trim", _) => match words.strip_prefix("strength ") {
            Some(strength) => step(strength).map(ShapeCommand::TrimStrengthBy).or_else(|| {
                let percent = strength.strip_suffix('%').unwrap_or(strength).parse().ok();
                percent.filter(|percent| *percent <= 100).map(ShapeCommand::TrimStrength)
            }),
            None => switch(words).map(ShapeCommand::Trim),
        },
        ("level", "toggle" | "") => Some(ShapeCommand::ToggleLevel),
        ("pace", "off") => Some(ShapeCommand::PaceOff),
        ("pace", _) => step(words).map(ShapeCommand::PaceBy).or_else(|| {
            let pace = words.parse().ok().filter(|pace| PACES.contains(pace));
            pace.map(ShapeCommand::Pace)
        }),
        _ => None,
    }
    .map(Command::Shape))
}

impl ShapeCommand {
    /// What follows the words of its row.
    pub(super) fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trim(on) => f.write_str(if *on { "on" } else { "off" }),
            Self::TrimStrength(percent) => write!(f, "{percent}"),
            Self::TrimStrengthBy(by) | Self::PaceBy(by) => write!(f, "{by:+}"),
            Self::Pace(pace) => write!(f, "{pace}"),
            Self::ToggleTrim | Self::ToggleLevel | Self::PaceOff => Ok(()),
        }
    }

    /// What this very command does, where its argument says more than its row.
    pub(super) fn label(&self) -> Option<String> {
        match self {
            Self::Trim(true) => Some("Make pauses shorter".to_owned()),
            Self::Trim(false) => Some("Leave pauses as they are".to_owned()),
            Self::TrimStrength(percent) => Some(format!("Make pauses shorter by {percent}%")),
            Self::TrimStrengthBy(by) if *by < 0 => Some("Make pauses longer".to_owned()),
            Self::TrimStrengthBy(_) => Some("Make pauses shorter still".to_owned()),
            Self::Pace(pace) => Some(format!("Keep {pace} syllables a minute")),
            Self::PaceBy(by) => Some(format!("Pace {by:+} syllables a minute")),
            Self::ToggleTrim | Self::ToggleLevel | Self::PaceOff => None,
        }
    }
}

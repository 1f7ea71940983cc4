//! Commands as text: what [`super::parse`] reads back exactly.

use std::fmt;
use std::path::Path;

use super::argument::ENLARGE;
use super::table::{Argument, row};
use super::{Command, Step, Theme};
use crate::time::MediaTime;

/// The path as [`path`] reads it, quoted if it must be.
pub(super) fn print_path(path: &Path, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "/\\:._-+=@%,~()[] ".contains(c);
    if !text.is_empty() && text.trim().len() == text.len() && text.chars().all(plain) {
        f.write_str(&text)
    } else {
        write!(f, "\"{}\"", text.replace('"', "\"\""))
    }
}

/// The text that [`Command::from_str`] reads back. A path that is not Unicode is printed with replacement characters,
/// and a moment is exact to the nanosecond.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = row(self);
        f.write_str(row.name)?;
        if row.argument != Argument::None {
            f.write_str(" ")?;
        }
        match self {
            Self::SeekBy(by) => print_step(*by, f),
            Self::Adjust(what) => what.print(f),
            Self::Shape(what) => what.print(f),
            Self::Listen(what) => what.print(f),
            Self::Sound(what) => what.print(f),
            Self::Video(what) => what.print(f),
            Self::SeekTo(to) | Self::ScrubTo(to) => print_moment(*to, f),
            Self::SeekPercent(percent) => write!(f, "{}%", percent.abs()),
            Self::SlideGo(number) | Self::GoToTalk(number) | Self::LookAt(number) => write!(f, "{number}"),
            Self::ZoomMultiple(times) => write!(f, "{times}"),
            Self::ZoomTo(percent) => write!(f, "{percent}%"),
            Self::ZoomBy(by) => write!(f, "{by:+}"),
            Self::PanBy(x, y) => write!(f, "{x:+} {y:+}"),
            Self::SetPanelWidth(points) => write!(f, "{points}"),
            Self::OverviewMove(step) => {
                f.write_str(Step::ALL.iter().find(|(known, _)| known == step).map_or("", |s| s.1))
            }
            Self::SetEnlarge(way) => f.write_str(ENLARGE.iter().find(|(known, _)| known == way).map_or("", |w| w.1)),
            Self::SetRate(rate) => write!(f, "{}", rate.factor()),
            Self::RateBy(by) => write!(f, "{:+}", f64::from(*by) / 1000.0),
            Self::SetVolume(percent) => write!(f, "{percent}"),
            Self::VolumeBy(by) => write!(f, "{by:+}"),
            Self::SetMute(on) | Self::SetFullscreen(on) => f.write_str(if *on { "on" } else { "off" }),
            Self::Open(path) | Self::Append(path) | Self::Screenshot(path) | Self::SaveSlide(path) => {
                print_path(path, f)
            }
            Self::DigestTo(path) | Self::ExportNotes(path) => print_path(path, f),
            Self::EditNote(number) | Self::DeleteNote(number) | Self::GoToNote(number) => write!(f, "{number}"),
            Self::AddNote(text) | Self::SetSummary(text) | Self::SetAuthors(text) | Self::SetLink(text) => {
                f.write_str(&super::writing::quote(text))
            }
            Self::Library(what) => what.print(f),
            Self::Queue(what) => what.print(f),
            Self::Search(what) => what.print(f),
            Self::Transcript(what) => what.print(f),
            Self::SetNote(number, text) => write!(f, "{number} {}", super::writing::quote(text)),
            Self::ToggleVerdict(verdict) | Self::VerdictNext(verdict) => f.write_str(verdict.word()),
            Self::SetTheme(Theme::Light) => f.write_str("light"),
            Self::SetTheme(Theme::Dark) => f.write_str("dark"),
            Self::SetTheme(Theme::System) => f.write_str("system"),
            _ => Ok(()),
        }
    }
}

/// `+0.25s`.
pub(super) fn print_step(by: MediaTime, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}{}s", if by.nanos() < 0 { "-" } else { "+" }, secs(by.nanos()))
}

/// Seconds without sign or superfluous zeros: `0.25`.
fn secs(nanos: i64) -> String {
    let nanos = nanos.unsigned_abs();
    let text = format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `1:02:03.5`; `to -5` for a moment before the beginning, lest it be read as a step back.
pub(super) fn print_moment(at: MediaTime, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if at.nanos() < 0 {
        return write!(f, "to -{}", secs(at.nanos()));
    }
    f.write_str(&at.clock())?;
    let fraction = secs(at.nanos() % 1_000_000_000);
    f.write_str(fraction.strip_prefix('0').unwrap_or_default())
}

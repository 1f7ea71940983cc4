//! What follows the words of a command, as text: times, factors, numbers, paths.

use std::path::PathBuf;

use super::parse::ParseCommandError;
use super::{Command, Enlarge, Step, Theme};
use crate::time::{MediaTime, Rate};

pub(super) fn seek(words: &str) -> Option<Command> {
    if let Some(percent) = words.strip_suffix('%') {
        let plain = percent.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let percent: f64 = percent.parse().ok().filter(|_| plain)?;
        return (percent <= 100.0).then_some(Command::SeekPercent(percent));
    }
    if let Some(time) = words.strip_prefix("to ") {
        return MediaTime::parse(time).ok().map(Command::SeekTo);
    }
    let time = MediaTime::parse(words).ok()?;
    Some(if words.starts_with(['+', '-']) { Command::SeekBy(time) } else { Command::SeekTo(time) })
}

/// `+10ms`, `-1:00`.
pub(super) fn time_step(words: &str) -> Option<MediaTime> {
    MediaTime::parse(words).ok().filter(|_| words.starts_with(['+', '-']))
}

pub(super) fn rate(words: &str) -> Option<Command> {
    let thousandths = thousandths(words)?;
    if words.starts_with(['+', '-']) {
        return i32::try_from(thousandths).ok().map(Command::RateBy);
    }
    let exact = u32::try_from(thousandths).ok()?;
    let rate = Rate::from_factor(f64::from(exact) / 1000.0);
    // Out of range is refused, not held within the limits: a typing error should not go unnoticed.
    (rate.thousandths() == exact).then_some(Command::SetRate(rate))
}

/// A decimal number with at most three decimals and an optional sign.
fn thousandths(words: &str) -> Option<i64> {
    let body = words.strip_prefix(['+', '-']).unwrap_or(words);
    let (whole, decimals) = body.split_once('.').unwrap_or((body, ""));
    let plain = |part: &str| part.len() <= 12 && part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && decimals.is_empty() || decimals.len() > 3 || !plain(whole) || !plain(decimals) {
        return None;
    }
    let value: i64 = format!("0{whole}{decimals:0<3}").parse().ok()?;
    Some(if words.starts_with('-') { -value } else { value })
}

pub(super) fn volume(words: &str) -> Option<Command> {
    let words = words.strip_suffix('%').unwrap_or(words);
    if words.starts_with(['+', '-']) {
        return words.parse().ok().map(Command::VolumeBy);
    }
    words.parse().ok().filter(|percent| *percent <= 200).map(Command::SetVolume)
}

pub(super) fn number(words: &str) -> Option<usize> {
    let plain = words.bytes().all(|b| b.is_ascii_digit());
    words.parse().ok().filter(|number| plain && *number > 0)
}

pub(super) fn switch(words: &str) -> Option<bool> {
    match words {
        "on" | "yes" | "true" => Some(true),
        "off" | "no" | "false" => Some(false),
        _ => None,
    }
}

pub(super) fn path(rest: &str) -> Result<PathBuf, ParseCommandError> {
    let Some(body) = rest.strip_prefix('"') else {
        return Ok(PathBuf::from(rest));
    };
    let error = || ParseCommandError::Quotes { text: super::parse::shorten(rest) };
    let body = body.strip_suffix('"').ok_or_else(error)?;
    let halves = body.split("\"\"").collect::<Vec<_>>();
    if body.is_empty() || halves.iter().any(|half| half.contains('"')) {
        return Err(error());
    }
    Ok(PathBuf::from(halves.join("\"")))
}

/// `150%`, `+25`, `-20`.
pub(super) fn zoom(words: &str) -> Option<Command> {
    if let Some(percent) = words.strip_suffix('%') {
        let percent = u32::try_from(number(percent)?).ok()?;
        return (10..=1600).contains(&percent).then_some(Command::ZoomTo(percent));
    }
    if let Some(times) = words.strip_prefix("times ") {
        return times.parse().ok().filter(|times| (2..=16).contains(times)).map(Command::ZoomMultiple);
    }
    let step = words.starts_with(['+', '-']).then(|| words.parse().ok()).flatten()?;
    (-90..=900).contains(&step).then_some(Command::ZoomBy(step))
}

/// `+100 -50`.
pub(super) fn offset(words: &str) -> Option<Command> {
    const FAR: i32 = 100_000;
    let (x, y) = words.split_once(' ')?;
    let step = |word: &str| word.parse::<i32>().ok().filter(|by| (-FAR..=FAR).contains(by));
    Some(Command::PanBy(step(x)?, step(y)?))
}

pub(super) fn step(words: &str) -> Option<Step> {
    Step::ALL.iter().find(|(_, word)| *word == words).map(|(step, _)| *step)
}

pub(super) fn enlarge(words: &str) -> Option<Enlarge> {
    ENLARGE.iter().find(|(_, word)| *word == words).map(|(way, _)| *way)
}

/// The ways to enlarge, with the words for them.
pub(super) const ENLARGE: [(Enlarge, &str); 3] =
    [(Enlarge::Auto, "auto"), (Enlarge::Nearest, "nearest"), (Enlarge::Lanczos, "lanczos")];

pub(super) fn theme(words: &str) -> Option<Theme> {
    match words {
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        "system" => Some(Theme::System),
        _ => None,
    }
}

/// Points across, of a panel.
pub(super) fn panel_width(words: &str) -> Option<Command> {
    words.parse().ok().filter(|points| (240..=2000).contains(points)).map(Command::SetPanelWidth)
}

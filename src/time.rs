//! Time in a talk, and the speed at which it passes. Integers, so that sums and comparisons are exact.

use std::fmt;
use std::ops::{Add, Sub};

/// A moment or a length in the talk's own (source) time, in nanoseconds. Speed and trimming never change it.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaTime(i64);

impl MediaTime {
    /// The beginning of the talk.
    pub const ZERO: Self = Self(0);
    /// Later than any moment of any talk.
    pub const MAX: Self = Self(i64::MAX);

    /// From nanoseconds.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// From milliseconds; saturates.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// From whole seconds; saturates.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// From seconds, rounded to the nearest nanosecond; saturates, and NaN is zero.
    pub fn from_secs_f64(secs: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float cast to an integer saturates, which is what is wanted"
        )]
        Self((secs * 1e9).round() as i64)
    }

    /// The time at which the frame with this number begins, at `rate_hz` frames per second.
    pub fn from_frames(frames: i64, rate_hz: u32) -> Self {
        let rate = i128::from(rate_hz.max(1));
        Self(saturate((i128::from(frames) * 1_000_000_000 + rate / 2).div_euclid(rate)))
    }

    /// The frame that begins nearest to this time; the inverse of [`Self::from_frames`] below 1 GHz.
    pub fn frames(self, rate_hz: u32) -> i64 {
        saturate((i128::from(self.0) * i128::from(rate_hz) + 500_000_000).div_euclid(1_000_000_000))
    }

    /// Nanoseconds.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Whole milliseconds, rounded down.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Seconds; exact to the nanosecond for a hundred days.
    #[expect(clippy::cast_precision_loss, reason = "a talk is far shorter than 2^53 nanoseconds, a hundred days")]
    pub fn secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Never before the beginning.
    pub fn max_zero(self) -> Self {
        self.max(Self::ZERO)
    }

    /// This length of the talk at another speed: source time divided by the rate.
    pub fn at_rate(self, rate: Rate) -> Self {
        Self(saturate(i128::from(self.0) * 1000 / i128::from(rate.thousandths())))
    }

    /// For a label: `3:25`, `1:02:03`; rounded down to the second, negative with a minus sign.
    pub fn clock(self) -> String {
        let total = self.0.unsigned_abs() / 1_000_000_000;
        let sign = if self.0 < 0 && total > 0 { "-" } else { "" };
        let (hours, minutes, secs) = (total / 3600, total / 60 % 60, total % 60);
        if hours > 0 { format!("{sign}{hours}:{minutes:02}:{secs:02}") } else { format!("{sign}{minutes}:{secs:02}") }
    }

    /// Reads `90`, `90.5`, `1:30`, `1:02:03.450`, `1h2m3s`, `250ms`, each with an optional sign.
    ///
    /// # Errors
    /// [`ParseTimeError`] for anything else, and for what does not fit.
    pub fn parse(text: &str) -> Result<Self, ParseTimeError> {
        let plain = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
        parse(text.trim()).ok_or_else(|| ParseTimeError(text.chars().take(40).map(plain).collect()))
    }
}

fn saturate(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

fn parse(text: &str) -> Option<MediaTime> {
    let (negative, body) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let nanos = if body.contains(':') {
        let parts: Vec<&str> = body.split(':').collect();
        let (last, whole) = parts.split_last()?;
        if whole.len() > 2 {
            return None;
        }
        let mut total: i128 = 0;
        for part in whole {
            total = total * 60 + i128::from(digits(part)?);
        }
        total * 60 * 1_000_000_000 + decimal(last, 9)?
    } else if body.ends_with(|c: char| c.is_ascii_alphabetic()) {
        with_units(body)?
    } else {
        decimal(body, 9)?
    };
    let nanos = i64::try_from(nanos).ok()?;
    Some(MediaTime(if negative { -nanos } else { nanos }))
}

/// `1h2m3.5s`, `250ms`: each unit at most once, largest first.
fn with_units(body: &str) -> Option<i128> {
    let (mut rest, mut total) = (body, 0);
    let units: [(&str, i128); 4] =
        [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000)];
    let mut next = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let unit_end = rest[end..].find(|c: char| !c.is_ascii_alphabetic()).map_or(rest.len(), |n| end + n);
        let at = units.iter().position(|(name, _)| *name == &rest[end..unit_end]).filter(|at| *at >= next)?;
        total += decimal(&rest[..end], 9)?.checked_mul(units[at].1)? / 1_000_000_000;
        next = at + 1;
        rest = &rest[unit_end..];
    }
    Some(total)
}

fn digits(text: &str) -> Option<u64> {
    (!text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// A decimal number times ten to the `places`; further digits are cut off.
fn decimal(text: &str, places: usize) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { digits(whole)? };
    let mut value = i128::from(whole);
    for place in 0..places {
        let digit = fraction.as_bytes().get(place).map_or(0, |b| b - b'0');
        value = value * 10 + i128::from(digit);
    }
    Some(value)
}

impl Add for MediaTime {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for MediaTime {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// `1:02:03.450`; what [`MediaTime::parse`] reads back, to the millisecond.
impl fmt::Display for MediaTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.unsigned_abs() / 1_000_000;
        if self.0 < 0 && millis > 0 {
            f.write_str("-")?;
        }
        let (hours, minutes, secs) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
        if hours > 0 {
            write!(f, "{hours}:{minutes:02}:{secs:02}.{:03}", millis % 1000)
        } else {
            write!(f, "{minutes}:{secs:02}.{:03}", millis % 1000)
        }
    }
}

impl fmt::Debug for MediaTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The text is no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a time; 90, 1:30, 1:02:03.450 and 1h2m3s are")]
pub struct ParseTimeError(String);

/// How fast the talk passes: media seconds per second, kept in thousandths, always within 0.5 to 4.0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u32);

impl Rate {
    /// As recorded.
    pub const NORMAL: Self = Self(1000);
    /// The slowest.
    pub const MIN: Self = Self(500);
    /// The fastest.
    pub const MAX: Self = Self(4000);

    /// From a factor, rounded to a thousandth and held within the limits; NaN is normal speed.
    pub fn from_factor(factor: f64) -> Self {
        if factor.is_nan() {
            return Self::NORMAL;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 500..=4000 first")]
        Self((factor * 1000.0).round().clamp(500.0, 4000.0) as u32)
    }

    /// From thousandths, held within the limits.
    pub const fn from_thousandths(thousandths: u32) -> Self {
        match thousandths {
            0..500 => Self::MIN,
            500..=4000 => Self(thousandths),
            _ => Self::MAX,
        }
    }

    /// The factor, 0.5 to 4.0.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// Thousandths, 500 to 4000.
    pub const fn thousandths(self) -> u32 {
        self.0
    }

    /// The next multiple of `step` (in thousandths) above or below, `steps` times, within the limits.
    pub fn stepped(self, steps: i32, step: u32) -> Self {
        let (at, step) = (i64::from(self.0), i64::from(step.max(1)));
        let base = if steps >= 0 { at.div_euclid(step) } else { -((-at).div_euclid(step)) };
        let value = (base + i64::from(steps)) * step;
        Self(u32::try_from(value.clamp(500, 4000)).unwrap_or(1000))
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self::NORMAL
    }
}

/// `1.60`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(10) { write!(f, "{:.2}", self.factor()) } else { write!(f, "{:.3}", self.factor()) }
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}x")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, millis) in [
            ("0", 0),
            ("90", 90_000),
            ("90.5", 90_500),
            ("1:30", 90_000),
            ("1:02:03.450", 3_723_450),
            ("1h2m3s", 3_723_000),
            ("1m", 60_000),
            ("250ms", 250),
            ("-5", -5_000),
            ("+1:00", 60_000),
            (".5", 500),
            ("75:00", 4_500_000),
        ] {
            assert_eq!(MediaTime::parse(text), Ok(MediaTime::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in
            ["", "-", "x", "1:", ":1", "1:2:3:4", "1s2h", "1.5.2", "1e9", "nan", "ü", "5q", "999999999999999999999"]
        {
            assert!(MediaTime::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn labels_show_whole_seconds() {
        assert_eq!(MediaTime::from_millis(205_999).clock(), "3:25");
        assert_eq!(MediaTime::from_millis(3_723_450).clock(), "1:02:03");
        assert_eq!(MediaTime::from_millis(-7_000).clock(), "-0:07");
        assert_eq!(MediaTime::from_millis(-700).clock(), "0:00");
    }

    #[test]
    fn rates_step_along_their_grid() {
        assert_eq!(Rate::from_factor(1.0).stepped(1, 50), Rate::from_factor(1.05));
        assert_eq!(Rate::from_factor(1.33).stepped(1, 50), Rate::from_factor(1.35));
        assert_eq!(Rate::from_factor(1.33).stepped(-1, 50), Rate::from_factor(1.30));
        assert_eq!(Rate::from_factor(1.0).stepped(-1, 250), Rate::from_factor(0.75));
        assert_eq!(Rate::MAX.stepped(3, 250), Rate::MAX);
        assert_eq!(Rate::from_factor(f64::NAN), Rate::NORMAL);
        assert_eq!(Rate::from_factor(1e300), Rate::MAX);
    }

    proptest! {
        #[test]
        fn frames_survive_the_way_through_time(frame in 0_i64..1_000_000_000_000, rate in 8_000_u32..192_000) {
            prop_assert_eq!(MediaTime::from_frames(frame, rate).frames(rate), frame);
        }

        #[test]
        fn printed_times_are_read_back(millis in -10_000_000_000_i64..10_000_000_000) {
            let time = MediaTime::from_millis(millis);
            prop_assert_eq!(MediaTime::parse(&time.to_string()), Ok(time));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*") {
            MediaTime::parse(&text).ok();
        }
    }
}

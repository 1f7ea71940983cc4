//! When the viewer wants to be done: `Friday 18:00`, `in 3 h`, in the time of the place where they are.

use std::fmt;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan as _, ZonedDateTime};

/// A moment that something should be done by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    at: ZonedDateTime,
}

/// How far off a deadline may be.
const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 366 * 10);
const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "Monday"),
    (Weekday::Tuesday, "Tuesday"),
    (Weekday::Wednesday, "Wednesday"),
    (Weekday::Thursday, "Thursday"),
    (Weekday::Friday, "Friday"),
    (Weekday::Saturday, "Saturday"),
    (Weekday::Sunday, "Sunday"),
];

/// The moment, in seconds since 1970, with the clocks of this place. Reads the system's time zone the first time; jiff
/// keeps it.
pub fn local(now: i64) -> ZonedDateTime {
    Timestamp::from_second(now).unwrap_or_default().to_zoned_datetime(TimeZone::system())
}

impl Deadline {
    /// Reads `18:00` (the next one), `6 pm`, `tomorrow 18:00`, `Fri 18:00` (the next one), `2026-11-27 18:00`, `in 3 h`,
    /// `90 min`, `2 h 30 min`. A day without a time ends at 23:59.
    ///
    /// # Errors
    /// [`ParseDeadlineError`] for anything else, and for what is over or more than ten years off.
    pub fn parse(text: &str, now: &ZonedDateTime) -> Result<Self, ParseDeadlineError> {
        let short = || text.trim().chars().take(40).collect::<String>();
        let lower = text.trim().to_lowercase();
        let at = read(&lower, now).ok_or_else(|| ParseDeadlineError::Unknown(short()))?;
        if at <= *now {
            return Err(ParseDeadlineError::Over(short()));
        }
        if at.duration_since(now) > FARTHEST {
            return Err(ParseDeadlineError::Unknown(short()));
        }
        Ok(Self { at })
    }

    /// What was kept with [`fmt::Display`], over or not.
    pub fn kept(text: &str, now: &ZonedDateTime) -> Option<Self> {
        let (day, time) = text.trim().split_once(' ')?;
        let at = day.parse::<Date>().ok()?.to_datetime(clock(time)?).to_zoned_datetime(now.time_zone().clone()).ok()?;
        Some(Self { at })
    }

    /// In seconds since 1970.
    pub fn at(&self) -> i64 {
        self.at.timestamp().as_second()
    }

    /// For people, seen from now: `18:00`, `tomorrow 18:00`, `Friday 18:00`, `27 November 18:00`, `3 May 2028 18:00`.
    pub fn label(&self, now: &ZonedDateTime) -> String {
        let (day, today) = (self.at.date(), now.date());
        let time = self.at.strftime("%H:%M");
        let off = today.until(day).map_or(i64::MAX, |span| i64::from(span.get_days()));
        match off {
            0 => time.to_string(),
            1 => format!("tomorrow {time}"),
            2..=6 => format!("{} {time}", name_of(day.weekday())),
            _ if day.year() == today.year() => format!("{} {time}", self.at.strftime("%-d %B")),
            _ => format!("{} {time}", self.at.strftime("%-d %B %Y")),
        }
    }
}

/// `2026-11-27 18:00`: what [`Deadline::kept`] and, before it is over, [`Deadline::parse`] read back.
impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at.strftime("%Y-%m-%d %H:%M"))
    }
}

fn name_of(day: Weekday) -> &'static str {
    DAYS.iter().find(|(known, _)| *known == day).map_or("", |(_, name)| name)
}

fn read(text: &str, now: &ZonedDateTime) -> Option<ZonedDateTime> {
    if let Some(span) = span(text.strip_prefix("in ").unwrap_or(text)) {
        // To the minute, so that it is the same when it is read back.
        let at = now.checked_add(span).ok()?;
        let rest = i64::from(at.second() > 0 || at.subsec_nanosecond() > 0);
        let minute = at.with().second(0).subsec_nanosecond(0).build().ok()?;
        return minute.checked_add(rest.minutes()).ok();
    }
    let on = |day: Date, time: Time| day.to_datetime(time).to_zoned_datetime(now.time_zone().clone()).ok();
    if let Some(time) = clock(text) {
        let today = on(now.date(), time)?;
        return if today > *now { Some(today) } else { on(now.date().tomorrow().ok()?, time) };
    }
    let (day, time) = match text.split_once(' ') {
        Some((day, time)) => (day, clock(time)?),
        None => (text, Time::constant(23, 59, 0, 0)),
    };
    match day {
        "today" => on(now.date(), time),
        "tomorrow" => on(now.date().tomorrow().ok()?, time),
        _ => {
            let named = |name: &str| day.len() >= 3 && name.to_lowercase().starts_with(day);
            if let Some((weekday, _)) = DAYS.iter().find(|(_, name)| named(name)) {
                let days = now.date().weekday().until(*weekday);
                let first = on(now.date().checked_add(i64::from(days).days()).ok()?, time)?;
                return if first > *now { Some(first) } else { on(first.date().checked_add(7.days()).ok()?, time) };
            }
            on(date(day)?, time)
        }
    }
}

/// `2026-11-27`.
fn date(text: &str) -> Option<Date> {
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| plain)
}

/// `18:00`, `6 pm`, `6:30pm`.
fn clock(text: &str) -> Option<Time> {
    let text = text.trim();
    let (body, half) = match text.strip_suffix("pm").map(|body| (body, 12)).or(text.strip_suffix("am").map(|b| (b, 0)))
    {
        Some((body, half)) => (body.trim_end(), Some(half)),
        None => (text, None),
    };
    let (hour, minute) = match body.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (hour, number(minute)?),
        None if half.is_some() => (body, 0),
        _ => return None,
    };
    let hour = number(hour).filter(|hour| half.is_none() || (1..=12).contains(hour))?;
    Time::new(half.map_or(hour, |half| hour % 12 + half), minute, 0, 0).ok()
}

fn number(text: &str) -> Option<i8> {
    (!text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `3 h`, `90 min`, `2 h 30 min`, `1h30m`, `2 days`.
fn span(text: &str) -> Option<Span> {
    let (mut minutes, mut days, mut rest) = (0_i64, 0_i64, text.trim());
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: i64 = rest[..digits].parse().ok().filter(|count| *count <= 10_000_000)?;
        let after = rest[digits..].trim_start();
        let unit = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        match &after[..unit] {
            "d" | "day" | "days" => days = days.checked_add(count)?,
            "h" | "hour" | "hours" => minutes = minutes.checked_add(count.checked_mul(60)?)?,
            "m" | "min" | "minute" | "minutes" => minutes = minutes.checked_add(count)?,
            _ => return None,
        }
        rest = after[unit..].trim_start();
    }
    Span::new().try_days(days).and_then(|span| span.try_minutes(minutes)).ok()
}

/// The text is no deadline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseDeadlineError {
    /// Not a moment.
    #[error("\"{0}\" is no time to be done by; 18:00, tomorrow 18:00, Fri 18:00, 2026-11-27 and in 3 h are")]
    Unknown(String),
    /// It has passed.
    #[error("\"{0}\" is over")]
    Over(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Wednesday afternoon in Berlin.
    fn now() -> ZonedDateTime {
        let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
        jiff::civil::date(2026, 11, 25).at(16, 30, 20, 0).to_zoned_datetime(zone).expect("is a moment")
    }

    #[test]
    fn moments_are_read_as_people_write_them_and_told_back() {
        for (text, kept, label) in [
            ("18:00", "2026-11-25 18:00", "18:00"),
            ("6 pm", "2026-11-25 18:00", "18:00"),
            ("6:05pm", "2026-11-25 18:05", "18:05"),
            ("9:15", "2026-11-26 09:15", "tomorrow 09:15"),
            ("12 am", "2026-11-26 00:00", "tomorrow 00:00"),
            ("Tomorrow 18:00", "2026-11-26 18:00", "tomorrow 18:00"),
            ("tomorrow", "2026-11-26 23:59", "tomorrow 23:59"),
            ("Fri 18:00", "2026-11-27 18:00", "Friday 18:00"),
            ("friday 18:00", "2026-11-27 18:00", "Friday 18:00"),
            ("wed 18:00", "2026-11-25 18:00", "18:00"),
            ("wed 16:00", "2026-12-02 16:00", "2 December 16:00"),
            ("tues", "2026-12-01 23:59", "Tuesday 23:59"),
            ("2026-11-27", "2026-11-27 23:59", "Friday 23:59"),
            ("2026-11-27 18:00", "2026-11-27 18:00", "Friday 18:00"),
            ("2028-05-03 08:00", "2028-05-03 08:00", "3 May 2028 08:00"),
            ("in 3 h", "2026-11-25 19:31", "19:31"),
            ("90 min", "2026-11-25 18:01", "18:01"),
            ("2 h 30 min", "2026-11-25 19:01", "19:01"),
            ("1h30m", "2026-11-25 18:01", "18:01"),
            ("in 2 days", "2026-11-27 16:31", "Friday 16:31"),
        ] {
            let deadline = Deadline::parse(text, &now()).expect(text);
            assert_eq!((deadline.to_string().as_str(), deadline.label(&now()).as_str()), (kept, label), "{text}");
            assert_eq!(Deadline::kept(kept, &now()), Some(deadline));
        }
    }

    #[test]
    fn what_is_no_moment_or_over_is_refused() {
        for text in ["", "soon", "25:00", "18", "1:5", "13 pm", "fr 18:00", "2026-13-01", "in", "3", "h", "in 3 x"] {
            let error = Deadline::parse(text, &now()).expect_err(text);
            assert_eq!(error, ParseDeadlineError::Unknown(text.to_owned()));
        }
        for text in ["today 16:00", "2026-11-25 16:30", "0 min 0 h", "2001-01-01"] {
            assert!(matches!(Deadline::parse(text, &now()), Err(ParseDeadlineError::Over(_)) | Ok(_)), "{text}");
        }
        assert_eq!(Deadline::parse("today 16:00", &now()), Err(ParseDeadlineError::Over("today 16:00".into())));
    }

    #[test]
    fn a_day_with_a_change_of_clocks_keeps_the_time_on_the_clock() {
        let zone = TimeZone::get("Europe/Berlin").expect("the system knows Berlin");
        let saturday = jiff::civil::date(2026, 10, 24).at(18, 0, 0, 0).to_zoned_datetime(zone).expect("is a moment");
        let sunday = Deadline::parse("tomorrow 18:00", &saturday).expect("is a deadline");
        assert_eq!(sunday.at() - saturday.timestamp().as_second(), 25 * 3600);
        assert_eq!(sunday.label(&saturday), "tomorrow 18:00");
    }

    #[test]
    fn seconds_become_a_moment_here() {
        assert_eq!(local(1_790_000_000).timestamp().as_second(), 1_790_000_000);
        local(i64::MAX);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), like in "(in |fri|[0-9]{1,9}| |:|-|h|min|days|pm){0,7}") {
            for text in [text, like] {
                if let Ok(deadline) = Deadline::parse(&text, &now()) {
                    prop_assert!(!deadline.label(&now()).is_empty());
                    prop_assert_eq!(Deadline::kept(&deadline.to_string(), &now()), Some(deadline));
                }
                Deadline::kept(&text, &now());
            }
        }
    }
}

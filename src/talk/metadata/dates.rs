//! Dates as tools write them, brought to `2020`, `2020-04` or `2020-04-26`. Pure.

use serde_json::Value;

/// `20200426`, `2020-04-26T08:00:00Z`, `2020/4/26`, `2020-04`, `2020`; `None` where it is no date of a recording.
pub(crate) fn date(text: &str) -> Option<String> {
    let day = text.trim().split(['T', ' ']).next()?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = match day.len() {
        8 if digits(day) => vec![day.get(..4)?, day.get(4..6)?, day.get(6..)?],
        _ => day.split(['-', '/', '.']).collect(),
    };
    let number = |at: usize| parts.get(at).filter(|part| digits(part) && part.len() <= 4)?.parse::<u32>().ok();
    let year = number(0).filter(|year| (1900..=2200).contains(year))?;
    let within = |at: usize, most: u32| number(at).filter(|number| (1..=most).contains(number));
    match parts.len() {
        1 => Some(year.to_string()),
        2 => within(1, 12).map(|month| format!("{year}-{month:02}")),
        3 => within(1, 12).zip(within(2, 31)).map(|(month, day)| format!("{year}-{month:02}-{day:02}")),
        _ => None,
    }
}

/// As [`date`], also of a number of seconds since 1970 and of a year that is no text.
pub(super) fn of_value(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => date(text),
        Value::Number(number) => number.as_i64().and_then(of_number),
        _ => None,
    }
}

fn of_number(number: i64) -> Option<String> {
    if (1900..=2200).contains(&number) || (19_000_101..=22_001_231).contains(&number) {
        return date(&number.to_string());
    }
    let (year, month, day) = civil(number.div_euclid(86_400));
    date(&format!("{year}-{month}-{day}")).filter(|_| number > 0)
}

/// Year, month and day of a number of days since 1970 (Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let from_march = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * from_march + 2) / 5 + 1, (from_march + 2) % 12 + 1);
    (years + era.saturating_mul(400) + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_tools_become_one_form() {
        for (text, expected) in [
            ("20200426", Some("2020-04-26")),
            ("2020-04-26T08:00:00Z", Some("2020-04-26")),
            ("2020/4/6", Some("2020-04-06")),
            ("2020-04", Some("2020-04")),
            (" 2020 ", Some("2020")),
            ("2020-13-01", None),
            ("20201301", None),
            ("26 April 2020", None),
            ("0", None),
            ("2020-04-26-1", None),
            ("", None),
            ("２０２０", None),
        ] {
            assert_eq!(date(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_seconds_or_years() {
        for (number, expected) in [
            (1_587_859_200_i64, Some("2020-04-26")),
            (1_582_934_400, Some("2020-02-29")),
            (2020, Some("2020")),
            (20_200_426, Some("2020-04-26")),
            (0, None),
            (-5, None),
            (i64::MAX, None),
            (i64::MIN, None),
        ] {
            assert_eq!(of_value(&Value::from(number)).as_deref(), expected, "{number}");
        }
        assert_eq!(of_value(&Value::from(1e300)), None);
    }
}

//! The days of a conference, as far as they are known.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date to the year, the month or the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Date {
    /// 1000 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: Option<u8>,
    /// 1 to the last of the month.
    pub day: Option<u8>,
}

impl Date {
    /// Reads `2024`, `2024-12` and `2024-12-10`, also with a time of day behind it; nothing else is a date.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.split_once(['T', ' ']).map_or(text, |(date, _)| date);
        let parts: Vec<&str> = text.split('-').collect();
        if parts.iter().enumerate().any(|(n, part)| {
            part.len() != if n == 0 { 4 } else { 2 } || !part.bytes().all(|byte| byte.is_ascii_digit())
        }) {
            return None;
        }
        let (year, month, day) = match parts[..] {
            [year] => (year, None, None),
            [year, month] => (year, Some(month), None),
            [year, month, day] => (year, Some(month), Some(day)),
            _ => return None,
        };
        let year: u16 = year.parse().ok().filter(|year| *year >= 1000)?;
        let month: Option<u8> = month.map(str::parse).transpose().ok()?;
        let day: Option<u8> = day.map(str::parse).transpose().ok()?;
        if month.is_some_and(|month| !(1..=12).contains(&month)) {
            return None;
        }
        if let (Some(month), Some(day)) = (month, day)
            && !(1..=days_of(year, month)).contains(&day)
        {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// `Tuesday, 10 December 2024`, `December 2024`, `2024`.
    pub fn heading(self) -> String {
        let year = self.year;
        match (self.month, self.day) {
            (Some(month), Some(day)) => {
                format!("{}, {day} {} {year}", self.weekday(month, day), MONTHS[usize::from(month - 1)])
            }
            (Some(month), None) => format!("{} {year}", MONTHS[usize::from(month - 1)]),
            (None, _) => year.to_string(),
        }
    }

    /// The month in BibTeX's own words: `dec`.
    pub fn bibtex_month(self) -> Option<String> {
        self.month.map(|month| MONTHS[usize::from(month - 1)][..3].to_ascii_lowercase())
    }

    /// Zeller's congruence, which counts January and February to the year before.
    fn weekday(self, month: u8, day: u8) -> &'static str {
        let (year, month) = if month < 3 { (self.year - 1, month + 12) } else { (self.year, month) };
        let year = u32::from(year);
        let days = u32::from(day) + 13 * (u32::from(month) + 1) / 5 + year + year / 4 + year / 400 - year / 100;
        ["Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday"][(days % 7) as usize]
    }
}

fn days_of(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_far_as_they_go() {
        assert_eq!(Date::parse("2024"), Some(Date { year: 2024, month: None, day: None }));
        assert_eq!(Date::parse("2024-12"), Some(Date { year: 2024, month: Some(12), day: None }));
        assert_eq!(Date::parse(" 2024-12-10T09:00 "), Some(Date { year: 2024, month: Some(12), day: Some(10) }));
        for text in ["", "Day 1", "2024-13", "2023-02-29", "2024-00-01", "24-12-10", "2024-1-1", "2024-12-10-1", "0001"]
        {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert!(Date::parse("2024-02-29").is_some());
    }

    #[test]
    fn headings_name_the_weekday() {
        let heading = |text| Date::parse(text).unwrap().heading();
        assert_eq!(heading("2024-12-10"), "Tuesday, 10 December 2024");
        assert_eq!(heading("2000-01-01"), "Saturday, 1 January 2000");
        assert_eq!(heading("2024-02-29"), "Thursday, 29 February 2024");
        assert_eq!(heading("2023-07"), "July 2023");
        assert_eq!(heading("2023"), "2023");
    }
}

//! What a plain list of times says, whatever form it is written in.

use crate::talk::{Metadata, names};
use crate::time::MediaTime;

/// A list of times.
#[derive(Debug, Default, PartialEq)]
pub(super) struct List {
    /// In the order of the document, [`super::super::MAX_SLIDES`] and one more at most.
    pub(super) marks: Vec<Mark>,
    /// It names the sections of a talk, of which there may be fewer than slides.
    pub(super) sections: bool,
    /// Its times are whole numbers without a unit, taken for seconds.
    pub(super) unitless: bool,
    /// Entries whose time cannot be read and which were left out.
    pub(super) unreadable: usize,
    /// It breaks off.
    pub(super) cut: bool,
    /// The sound that it goes with.
    pub(super) media: Option<String>,
    pub(super) metadata: Metadata,
}

/// A moment of a list.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Mark {
    pub(super) start: Option<MediaTime>,
    /// Empty where there is none.
    pub(super) title: String,
    pub(super) picture: Reference,
}

/// Which picture is meant.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) enum Reference {
    /// The list does not say.
    #[default]
    None,
    /// The one with this number in its name.
    Number(u64),
    /// A file, an address, or a file's name without its ending.
    File(String),
}

impl Mark {
    /// A moment whose text is a title, or says which picture is meant.
    pub(super) fn new(start: Option<MediaTime>, text: &str) -> Self {
        match reference(text) {
            Reference::None => Self { start, title: names::one_line(text), picture: Reference::None },
            picture => Self { start, title: String::new(), picture },
        }
    }
}

/// `slide_003.png`, `3`, `Slide 3` and `https://…/deck#3` mean a picture; other texts do not.
pub(super) fn reference(text: &str) -> Reference {
    let text = text.trim();
    let number = |text: &str| (1..=6).contains(&text.len()).then(|| text.parse().ok()).flatten();
    // A part of a picture (`sprite.jpg#xywh=0,0,9,9`) is not the picture's name.
    let (before, after) = text.rsplit_once('#').unwrap_or((text, ""));
    if names::is_picture(before) {
        return Reference::File(before.to_owned());
    }
    if let Some(number) = number(text).or_else(|| before.contains("://").then(|| number(after)).flatten()) {
        return Reference::Number(number);
    }
    let lower = text.to_lowercase();
    let word = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    let named = matches!(
        word.trim_end_matches([' ', '_', '-', '.', '#']),
        "slide" | "page" | "folie" | "diapo" | "seite" | "s" | "p" | "img" | "image"
    );
    match number(lower.get(word.len()..).unwrap_or_default()) {
        Some(number) if named => Reference::Number(number),
        _ => Reference::None,
    }
}

/// A time as lists have it: `70.137`, `70,137`, `1:10`, `00:01:10.137`, and with frames `00:01:10:04` or `00:01:10;04`.
pub(super) fn clock(text: &str, frames_per_second: u32) -> Option<MediaTime> {
    const LONGEST: MediaTime = MediaTime::from_secs(7 * 24 * 3600 * 1000);
    let text = text.trim();
    let plain = |b: u8| b.is_ascii_digit() || b":.,;-+".contains(&b);
    if !text.bytes().any(|b| b.is_ascii_digit()) || !text.bytes().all(plain) {
        return None;
    }
    let time = match frames(text) {
        Some((before, frames)) => {
            MediaTime::parse(before).ok()? + MediaTime::from_frames(i64::from(frames), frames_per_second)
        }
        None => MediaTime::parse(&text.replacen(',', ".", 1)).ok()?,
    };
    (time.nanos().checked_abs()? <= LONGEST.nanos()).then_some(time)
}

/// The time before the number of the frame, and that number.
pub(super) fn frames(text: &str) -> Option<(&str, u32)> {
    let (before, frames) = text.rsplit_once([':', ';'])?;
    let separators = before.bytes().filter(|b| *b == b':').count();
    let digits = (1..=2).contains(&frames.len()) && frames.bytes().all(|b| b.is_ascii_digit());
    (separators == 2 && digits).then(|| frames.parse().ok()).flatten().map(|frames| (before, frames))
}

/// How many frames a second has, as far as the numbers of the frames tell.
pub(super) fn frames_per_second<'a>(texts: impl Iterator<Item = &'a str>) -> u32 {
    match texts.filter_map(|text| frames(text.trim())).map(|(_, frames)| frames).max() {
        Some(25..30) => 30,
        Some(30..50) => 50,
        Some(50..) => 60,
        _ => 25,
    }
}

/// A document as text: UTF-8, or what Windows calls Unicode.
pub(super) fn decoded(bytes: &[u8]) -> String {
    let wide = |pairs: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = pairs.as_chunks::<2>().0.iter().map(|pair| read(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_way_of_writing() {
        for (text, millis) in [
            ("70.137", 70_137),
            ("70,137", 70_137),
            (" 1:10 ", 70_000),
            ("00:01:10,137", 70_137),
            ("00:01:10:05", 70_200),
            ("00:01:10;05", 70_200),
            ("-1.5", -1_500),
        ] {
            assert_eq!(clock(text, 25), Some(MediaTime::from_millis(millis)), "{text}");
        }
        for text in ["", "x", "1h", "1e3", "a1", "2020-01-01", "1:2:3:4:5", "12.5.2", "9999999999999", "-", ":"] {
            assert_eq!(clock(text, 25), None, "{text}");
        }
        assert_eq!(frames_per_second(["0:00:01:24", "x"].into_iter()), 25);
        assert_eq!(frames_per_second(["00:00:01:24", "00:00:01:29"].into_iter()), 30);
    }

    #[test]
    fn pictures_are_meant_by_name_or_by_number() {
        let file = |name: &str| Reference::File(name.to_owned());
        for (text, expected) in [
            ("slide_003.png", file("slide_003.png")),
            ("sprite.jpg#xywh=0,0,9,9", file("sprite.jpg")),
            ("3", Reference::Number(3)),
            ("Slide 12", Reference::Number(12)),
            ("slide-0012", Reference::Number(12)),
            ("p. 7", Reference::Number(7)),
            ("http://example.com/deck#5", Reference::Number(5)),
            ("Introduction", Reference::None),
            ("Part 2", Reference::None),
            ("C#7", Reference::None),
            ("2020-04-26", Reference::None),
            ("", Reference::None),
            ("99999999999", Reference::None),
        ] {
            assert_eq!(reference(text), expected, "{text}");
        }
    }

    #[test]
    fn what_windows_calls_unicode_is_read() {
        assert_eq!(decoded(b"\xff\xfe0\0:\0\xe4\0"), "0:ä");
        assert_eq!(decoded(b"\xfe\xff\x000\0:"), "0:");
        assert_eq!(decoded(b"\xef\xbb\xbf0:\xff"), "0:\u{fffd}");
    }
}

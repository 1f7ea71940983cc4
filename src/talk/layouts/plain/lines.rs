//! Lists of chapters with a line for each: as under a YouTube video, of mp4chaps, and of Matroska's and Vorbis' tools.

use super::super::MAX_SLIDES;
use super::list::{List, Mark, clock};
use crate::talk::Metadata;
use crate::talk::metadata;
use crate::time::MediaTime;

/// In a description in which much else may stand, the first chapter begins within this time, or it is a timetable.
const FIRST_BY: MediaTime = MediaTime::from_secs(60);

/// Reads a list; of a `description`, the lines in it that begin or end with a time.
pub(super) fn read(text: &str, description: bool) -> Option<List> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut marks: Vec<Mark> = Vec::new();
    for (time, title) in lines.iter().filter_map(|line| stamped(line)).take(MAX_SLIDES + 1) {
        // A time that goes back is one that the text is about.
        if !description || marks.last().and_then(|mark| mark.start) < Some(time) {
            marks.push(Mark::new(Some(time), title));
        }
    }
    let first = marks.first().and_then(|mark| mark.start)?;
    let convincing = if description { first < FIRST_BY } else { marks.len() * 2 >= lines.len() };
    (convincing && marks.len() >= 2).then(|| List { marks, sections: true, ..List::default() })
}

/// A line with a time before or after its title: `1. [0:00:05] Title`, `00:01:59.000 Title <url>`, `Title - 0:05`.
fn stamped(line: &str) -> Option<(MediaTime, &str)> {
    let bullet = |c: char| " \t-*\u{2022}\u{2013}\u{2014}\u{25ba}\u{25b6}([".contains(c);
    let between = |c: char| " \t-:|.,)]\u{2013}\u{2014}".contains(c);
    let title = |text| without_address(text).trim_matches(between);
    let open = line.trim_start_matches(bullet);
    let digits = open.bytes().take_while(u8::is_ascii_digit).count();
    // The number of a line in a numbered list.
    let unnumbered = open.get(digits..).and_then(|rest| rest.strip_prefix(['.', ')'])).filter(|_| digits > 0);
    for text in unnumbered.map(|rest| rest.trim_start_matches(bullet)).into_iter().chain([open]) {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(text.len());
        let (stamp, rest) = text.split_at(end);
        if let Some(time) =
            time(stamp.trim_end_matches(['.', ':'])).filter(|_| !rest.starts_with(char::is_alphanumeric))
        {
            return Some((time, title(rest)));
        }
    }
    let (rest, last) = line.rsplit_once([' ', '\t', '('])?;
    let time = time(last.trim_matches(['(', ')', '[', ']']))?;
    Some((time, title(rest.trim_end_matches(bullet))))
}

fn time(stamp: &str) -> Option<MediaTime> {
    let parts = stamp.split(':').count();
    let whole = stamp.split(':').all(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    ((2..=3).contains(&parts) && whole).then(|| clock(stamp, 25)).flatten()
}

/// mp4chaps puts an address into angle brackets at the end.
fn without_address(text: &str) -> &str {
    let text = text.trim_end();
    match text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((title, address)) if address.contains("://") => title,
        _ => text,
    }
}

/// Reads `CHAPTER01=00:00:00.000` and `CHAPTER01NAME=Title`.
pub(super) fn read_numbered(text: &str) -> Option<List> {
    let mut marks: Vec<(String, Mark)> = Vec::new();
    for line in text.lines() {
        let Some((key, value)) = line.trim().split_once('=') else { continue };
        let key = key.to_ascii_uppercase();
        let Some(rest) = key.strip_prefix("CHAPTER") else { continue };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, field) = rest.split_at(digits);
        match field {
            "" if digits > 0 && marks.len() <= MAX_SLIDES => {
                marks.extend(clock(value, 25).map(|time| (number.to_owned(), Mark::new(Some(time), ""))));
            }
            "NAME" => {
                if let Some((_, mark)) = marks.last_mut().filter(|(last, _)| last == number) {
                    *mark = Mark::new(mark.start, value);
                }
            }
            _ => {}
        }
    }
    let marks: Vec<Mark> = marks.into_iter().map(|(_, mark)| mark).collect();
    (!marks.is_empty()).then(|| List { marks, sections: true, ..List::default() })
}

/// Reads FFmpeg's own form: `;FFMETADATA1`, tags, and a `[CHAPTER]` for each chapter.
pub(super) fn read_ffmetadata(text: &str) -> Option<List> {
    let mut lines = text.lines();
    lines.next().filter(|first| first.trim_end().starts_with(";FFMETADATA"))?;
    let (mut marks, mut tags) = (Vec::new(), Vec::new());
    let mut chapter: Option<Chapter> = None;
    let mut other = false;
    for line in joined(lines) {
        let line = line.trim();
        if line.starts_with('[') {
            marks.extend(chapter.take().map(Chapter::mark));
            chapter = line.eq_ignore_ascii_case("[CHAPTER]").then(Chapter::default);
            other = chapter.is_none();
            if marks.len() > MAX_SLIDES {
                break;
            }
            continue;
        }
        let Some((key, value)) = split_tag(line).filter(|_| !line.starts_with([';', '#'])) else { continue };
        let key = key.to_ascii_lowercase();
        match &mut chapter {
            Some(chapter) => chapter.set(&key, value),
            None if !other && tags.len() < 64 => tags.push((key, value)),
            None => {}
        }
    }
    marks.extend(chapter.map(Chapter::mark));
    let metadata = if tags.is_empty() { Metadata::default() } else { metadata::of_tags(&tags) };
    (!marks.is_empty()).then(|| List { marks, sections: true, metadata, ..List::default() })
}

#[derive(Default)]
struct Chapter {
    base: Option<(i64, i64)>,
    start: Option<i64>,
    title: String,
}

impl Chapter {
    fn set(&mut self, key: &str, value: String) {
        match key {
            "timebase" => {
                let parts =
                    value.split_once('/').and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
                self.base = parts.filter(|(a, b)| *a > 0 && *b > 0);
            }
            "start" => self.start = value.trim().parse().ok(),
            "title" => self.title = value,
            _ => {}
        }
    }

    /// Without a time base, FFmpeg takes nanoseconds.
    fn mark(self) -> Mark {
        let (over, under) = self.base.unwrap_or((1, 1_000_000_000));
        let nanos = |start: i64| {
            let nanos = (i128::from(start) * i128::from(over)).saturating_mul(1_000_000_000) / i128::from(under);
            MediaTime::from_nanos(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
        };
        Mark::new(self.start.map(nanos), &self.title)
    }
}

/// Lines, of which one that ends with a backslash goes on in the next.
fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let (mut all, mut open): (Vec<String>, bool) = (Vec::new(), false);
    for line in lines {
        let escapes = line.len() - line.trim_end_matches('\\').len();
        match all.last_mut().filter(|_| open) {
            Some(last) => {
                last.pop();
                last.push(' ');
                last.push_str(line);
            }
            None => all.push(line.to_owned()),
        }
        open = escapes % 2 == 1;
    }
    all
}

/// Key and value, each without the backslashes that make characters plain.
fn split_tag(line: &str) -> Option<(String, String)> {
    let (mut key, mut value): (String, Option<String>) = (String::new(), None);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, &mut value) {
            ('=', None) => value = Some(String::new()),
            ('\\', value) => value.as_mut().unwrap_or(&mut key).extend(chars.next()),
            (plain, Some(value)) => value.push(plain),
            (plain, None) => key.push(plain),
        }
    }
    Some((key, value?))
}

/// Reads the bookmarks that VLC keeps in a playlist: `#EXTVLCOPT:bookmarks={name=1,time=0},{name=2,time=35}`.
pub(super) fn read_bookmarks(text: &str) -> Option<List> {
    const OPTION: &str = "#EXTVLCOPT:bookmarks=";
    let marks = text.lines().find_map(|line| {
        let list = line.trim().strip_prefix(OPTION)?;
        let marks: Vec<Mark> = list.split('{').skip(1).take(MAX_SLIDES + 1).filter_map(bookmark).collect();
        (!marks.is_empty()).then_some(marks)
    })?;
    let media = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    Some(List { marks, media: media.map(str::to_owned), ..List::default() })
}

/// `name=1,bytes=-1,time=35}`.
fn bookmark(text: &str) -> Option<Mark> {
    let text = text.split('}').next()?;
    let (_, time) = text.rsplit_once("time=")?;
    let time = time.split(',').next()?;
    let name = text.strip_prefix("name=").unwrap_or_default();
    let name = name.split(",time=").next().unwrap_or_default().split(",bytes=").next().unwrap_or_default();
    Some(Mark::new(Some(clock(time, 25)?), name))
}

/// Reads the cues of a WebVTT file that lists chapters, or pictures.
pub(super) fn read_vtt(text: &str) -> Option<List> {
    let transcript = text.starts_with("WEBVTT").then(|| crate::talk::Transcript::parse(text))?;
    let marks: Vec<Mark> =
        transcript.cues().iter().take(MAX_SLIDES + 1).map(|cue| Mark::new(Some(cue.start), &cue.text)).collect();
    (!marks.is_empty()).then(|| List { marks, sections: true, ..List::default() })
}

#[cfg(test)]
mod tests;

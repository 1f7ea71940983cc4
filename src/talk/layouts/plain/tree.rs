//! Lists of times in XML and JSON: Podlove's simple chapters, presentz, slide shows.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::super::MAX_SLIDES;
use super::super::locate::is_address;
use super::super::loose_json::{self, Json};
use super::list::{List, Mark, Reference, clock, reference};
use crate::talk::{Metadata, metadata, names};
use crate::time::MediaTime;

/// Whole numbers beyond this are milliseconds: no talk lasts ten hours, and few last less than half a minute.
const MOST_SECONDS: f64 = 36_000.0;

/// Frames per second of the lists of the 32nd Chaos Communication Congress, which count frames.
const CONGRESS_FRAMES: u32 = 25;

/// Reads `<psc:chapters><psc:chapter start title href image/>`, wherever in a document it stands.
pub(super) fn read_xml(text: &str) -> Option<List> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let (mut marks, mut cut) = (Vec::new(), false);
    while marks.len() <= MAX_SLIDES {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) if element.local_name().as_ref() == "chapter" => {
                marks.extend(chapter(&element));
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                cut = true;
                break;
            }
        }
    }
    (!marks.is_empty()).then(|| List { marks, sections: true, cut, ..List::default() })
}

fn chapter(element: &BytesStart<'_>) -> Option<Mark> {
    let value = |name: &str| {
        let attribute =
            element.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        Some(value.unwrap_or(attribute.value).into_owned())
    };
    Some(with_picture(clock(&value("start")?, 25), &value("title").unwrap_or_default(), value("image").as_deref()))
}

/// A mark whose picture is named beside its title.
fn with_picture(start: Option<MediaTime>, title: &str, picture: Option<&str>) -> Mark {
    let Some(picture) = picture.map(str::trim).filter(|picture| !picture.is_empty()) else {
        return Mark::new(start, title);
    };
    let picture = match reference(picture) {
        Reference::None => Reference::File(picture.to_owned()),
        known => known,
    };
    Mark { start, title: names::one_line(title), picture }
}

/// Reads a list of times in JSON, of any of the known shapes.
pub(super) fn read_json(text: &str) -> Option<List> {
    let document = loose_json::read(text);
    let top = &document.value;
    let chapters = top.get("chapters").map(Json::list).unwrap_or_default();
    let mut list = if chapters.iter().any(|chapter| chapter.get("slides").is_some()) {
        presentz(chapters)
    } else {
        let entries = if let Json::List(entries) = top { Some(entries.as_slice()) } else { None };
        entries_of(entries.or_else(|| top.any(&["slides", "chapters", "images", "cues"]).map(Json::list))?)?
    };
    if let Json::Object(_) = top {
        let text = |name: &str| top.get(name).and_then(Json::text);
        let authors = text("author").or(text("speaker")).map(metadata::people).unwrap_or_default();
        let about = text("description").map(metadata::lines).unwrap_or_default();
        list.metadata =
            Metadata { title: text("title").and_then(metadata::line), authors, about, ..Metadata::default() };
    }
    list.cut = document.cut;
    (!list.marks.is_empty()).then_some(list)
}

/// Chapters with a film and slides each; the times of the slides are those of the film.
fn presentz(chapters: &[Json]) -> List {
    let mut list = List::default();
    let mut before = MediaTime::ZERO;
    for chapter in chapters {
        for slide in chapter.get("slides").map(Json::list).unwrap_or_default() {
            let start = slide.get("time").and_then(Json::number).map(|secs| before + MediaTime::from_secs_f64(secs));
            let url = slide.any(&["url", "public_url"]).and_then(Json::text);
            let title = slide.get("title").and_then(Json::text).unwrap_or_default();
            if list.marks.len() <= MAX_SLIDES {
                list.marks.push(with_picture(start, title, url));
            }
        }
        let video = chapter.get("video").and_then(|video| video.get("url")).and_then(Json::text);
        list.media = list.media.take().or_else(|| video.map(str::to_owned));
        let length = chapter.get("duration").and_then(Json::number).filter(|secs| *secs > 0.0);
        before = before + MediaTime::from_secs_f64(length.unwrap_or(0.0));
    }
    list
}

/// A list of objects, each with a time and perhaps a picture and a title.
fn entries_of(entries: &[Json]) -> Option<List> {
    const TIMES: &[&str] = &["time", "start", "startTime", "timestamp", "t"];
    const PICTURES: &[&str] = &["image", "img", "file", "filename", "src", "slide", "number", "index", "page"];
    let entries = entries.get(..=MAX_SLIDES).unwrap_or(entries);
    let timed = entries.iter().filter(|entry| entry.any(TIMES).is_some()).count();
    if timed == 0 || timed * 2 < entries.len() {
        return None;
    }
    let frames = !entries.is_empty() && entries.iter().all(counts_frames);
    let numbers = || entries.iter().filter_map(|entry| entry.any(TIMES)?.number());
    let millis = numbers().all(|number| number.fract() == 0.0) && numbers().any(|number| number >= MOST_SECONDS);
    let start = |entry: &Json| match entry.any(TIMES)? {
        Json::Number(frame) if frames =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "a float cast to an integer saturates")]
            Some(MediaTime::from_frames(*frame as i64, CONGRESS_FRAMES))
        }
        Json::Number(number) => Some(MediaTime::from_secs_f64(if millis { number / 1000.0 } else { *number })),
        Json::Text(text) => clock(text, 25),
        Json::Null | Json::Bool(_) | Json::List(_) | Json::Object(_) => None,
    };
    let whole = |entry: &Json| matches!(entry.any(TIMES), Some(Json::Number(number)) if number.fract() == 0.0);
    let unitless = !millis && !frames && entries.iter().all(whole);
    let mut list = List { sections: true, unitless, ..List::default() };
    for entry in entries {
        let title = entry.any(&["title", "label", "name", "text"]).and_then(Json::text).unwrap_or_default();
        let picture = match entry.any(PICTURES) {
            Some(Json::Number(number)) => Some(number.to_string()),
            Some(other) => other.text().map(str::to_owned),
            // Where more can be read of a chapter, unless it is the address of a picture.
            None => {
                entry.get("url").and_then(Json::text).filter(|url| reference(url) != Reference::None).map(str::to_owned)
            }
        };
        list.sections &= picture.as_deref().is_none_or(is_address);
        list.marks.push(with_picture(start(entry), title, picture.as_deref()));
    }
    Some(list)
}

/// `{"index":0,"start":0,"end":250,"duration":250}`: whole numbers that add up are frames.
fn counts_frames(entry: &Json) -> bool {
    let number = |name| entry.get(name).and_then(Json::number).filter(|number: &f64| number.fract() == 0.0);
    let (Some(start), Some(end), Some(length)) = (number("start"), number("end"), number("duration")) else {
        return false;
    };
    number("index").is_some() && (end - start - length).abs() <= 1.0
}

#[cfg(test)]
mod tests;

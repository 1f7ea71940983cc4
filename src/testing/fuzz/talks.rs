//! What is true of every talk, whatever it was read from.

use std::path::{Component, Path};

use crate::talk::report::{self, Report};
use crate::talk::transcript::{Cue, Word};
use crate::talk::{Slide, Talk, layouts, manifest, metadata};
use crate::time::MediaTime;
use crate::within;

/// Beyond the times that a document gives there may be none.
const WEEK: MediaTime = MediaTime::from_secs(7 * 24 * 3600);
/// More sentences than this are told of no talk.
const MAX_ISSUES: usize = 16;
/// Longest line of text, in characters.
const MAX_LINE: usize = 500;
/// Longest text of a slide or description, in characters.
const MAX_TEXT: usize = 20_000;
/// Most cues of a text.
const MAX_CUES: usize = 100_000;

/// Whether a text can stand where there is one line: something is said, and nothing in it breaks the line.
pub fn is_one_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(char::is_control) && text.chars().count() <= 10_000
}

/// What is true of a talk that was opened.
///
/// # Panics
/// Where it is not.
pub fn check(talk: &Talk) {
    let real = talk.root.canonicalize().expect("its folder is there");
    check_slides(talk, &real);
    assert!(talk.issues.len() <= MAX_ISSUES, "{:#?}", talk.issues);
    for issue in &talk.issues {
        assert!(is_one_line(&issue.message), "{:?}", issue.message);
        assert!(issue.file.as_ref().is_none_or(|file| file.is_relative()), "{:?}", issue.file);
    }
    if let Some(audio) = &talk.audio {
        check_file(&real, &audio.file);
        assert!(audio.duration.is_none_or(|duration| duration >= MediaTime::ZERO));
    }
    check_metadata(talk);
    check_cues(talk.transcript.cues());
    for track in &talk.tracks {
        check_file(&real, &track.file);
        check_cues(track.transcript.cues());
        assert!(track.language.is_empty() || is_line(&track.language), "{:?}", track.language);
    }
    assert!(talk.duration() >= talk.last_slide_start());
    assert!(!talk.key().0.is_empty() && talk.fingerprint().len() == 16);
    let json = Report::from(talk).json().expect("a report is JSON");
    serde_json::from_str::<serde_json::Value>(&json).expect("a report is read back");
    assert!(!report::text(talk).is_empty());
    serde_json::from_str::<serde_json::Value>(&manifest::text(talk)).expect("a manifest is JSON");
}

fn check_slides(talk: &Talk, real: &Path) {
    let starts = || talk.slides.iter().map(|slide| slide.start);
    assert!(starts().is_sorted());
    assert!(starts().all(|start| (MediaTime::ZERO..=WEEK).contains(&start)), "{:?}", starts().max());
    assert!(talk.slides.len() <= layouts::MAX_SLIDES, "{} slides", talk.slides.len());
    for Slide { name, title, text, image, clip, .. } in &talk.slides {
        assert!(name.chars().count() <= 2 * MAX_LINE, "{name:?}");
        assert!(title.as_deref().is_none_or(is_line), "{title:?}");
        assert!(text.chars().count() <= MAX_TEXT, "a slide of {} bytes of text", text.len());
        if let Some(image) = image {
            check_file(real, &image.file);
            assert!(image.width > 0 && image.height > 0);
        }
        if let Some(clip) = clip {
            check_file(real, &clip.file);
            assert!(clip.from >= MediaTime::ZERO, "{clip:?}");
            assert!(clip.duration.is_none_or(|duration| duration > MediaTime::ZERO), "{clip:?}");
        }
    }
    for video in &talk.videos {
        check_file(real, &video.file);
    }
    // Every question along the time has an answer.
    for at in starts().take(50).flat_map(|start| [start, start - MediaTime::from_nanos(1)]) {
        let slide = talk.slides.slide_at(at).expect("there are slides");
        let (from, until) = talk.slides.span(slide, talk.duration());
        assert!(from <= until);
    }
}

fn check_metadata(talk: &Talk) {
    let told = &talk.metadata;
    assert!(is_line(&talk.title), "{:?}", talk.title);
    assert!(told.title.as_deref().is_none_or(is_line), "{:?}", told.title);
    assert!(told.venue.as_deref().is_none_or(is_line), "{:?}", told.venue);
    assert!(told.authors.len() <= 200 && told.authors.iter().all(|name| is_line(name)), "{:?}", told.authors);
    assert!(told.about.chars().count() <= MAX_TEXT);
    for link in told.link.iter().chain(&told.paper) {
        assert_eq!(metadata::link(link).as_ref(), Some(link));
    }
    let date = told.date.as_deref();
    assert!(date.is_none_or(|date| matches!(date.len(), 4 | 7 | 10) && is_date(date)), "{date:?}");
}

fn is_date(text: &str) -> bool {
    text.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn is_line(text: &str) -> bool {
    is_one_line(text) && text.chars().count() <= MAX_LINE
}

/// What is true of everything that is said.
pub(super) fn check_cues(cues: &[Cue]) {
    assert!(cues.len() <= MAX_CUES && cues.is_sorted_by_key(|cue| cue.start));
    for Cue { start, end, text, speaker, words } in cues {
        assert!(*start >= MediaTime::ZERO && end >= start, "{start:?} to {end:?}");
        assert!(!text.trim().is_empty() && !text.contains(char::is_control), "{text:?}");
        assert!(speaker.as_deref().is_none_or(is_one_line), "{speaker:?}");
        assert!(words.is_sorted_by_key(|word| word.start) && words.is_sorted_by(|a, b| a.at < b.at), "{words:?}");
        let within = |word: &Word| word.start >= *start && word.start <= *end && text.is_char_boundary(word.at);
        assert!(words.iter().all(within), "{words:?} in {text:?}");
    }
}

/// A file of a talk is a regular file in its folder, or a picture inside one.
fn check_file(real: &Path, file: &Path) {
    assert!(file.components().all(|part| matches!(part, Component::Normal(_))), "{}", file.display());
    let absolute = real.join(file);
    let outer = within::file(&absolute).canonicalize().expect("a file of the talk is there");
    assert!(outer.starts_with(real) && outer.is_file(), "{}", outer.display());
}

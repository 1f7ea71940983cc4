//! A passage as it is shown: what was found is lit, and in sight.

use std::ops::Range;

use egui::text::LayoutJob;
use egui::{Color32, FontId, TextFormat};

use crate::ui::theme::Palette;

/// As much stands before what was found where the beginning is left out, in characters.
const BEFORE: usize = 24;

/// The text from which on it is shown so that the first lit part is among the first `room` characters, and what is lit
/// of that.
pub fn cut(text: &str, lit: &[Range<usize>], room: usize) -> (String, Vec<Range<usize>>) {
    let whole = || (text.to_owned(), lit.to_vec());
    let Some(first) = lit.first() else { return whole() };
    let before = text.get(..first.start).unwrap_or_default();
    let length = text.get(first.clone()).unwrap_or_default().chars().count();
    if before.chars().count() + length <= room {
        return whole();
    }
    let near = before.char_indices().rev().nth(BEFORE.min(room / 2)).map_or(0, |(at, _)| at);
    // Where a word begins.
    let start = before.get(near..).and_then(|rest| rest.find(' ')).map_or(near, |at| near + at + 1);
    let rest = text.get(start..).unwrap_or_default();
    let offset = '…'.len_utf8();
    let moved = lit.iter().map(|range| range.start - start + offset..range.end - start + offset);
    (format!("…{rest}"), moved.collect())
}

/// The text with its lit parts marked. `fonts`: of what is not lit, and of what is.
pub fn job(
    text: &str,
    lit: &[Range<usize>],
    fonts: (&FontId, &FontId),
    color: Color32,
    palette: &Palette,
) -> LayoutJob {
    let mut job = LayoutJob::default();
    let line_height = Some((fonts.0.size * 1.4).round());
    let plain = TextFormat { line_height, ..TextFormat::simple(fonts.0.clone(), color) };
    let marked = TextFormat {
        // Opaque, because the grounds of two lines lie over one another.
        background: palette.background.lerp_to_gamma(palette.accent, 0.28),
        line_height,
        ..TextFormat::simple(fonts.1.clone(), palette.text)
    };
    let mut at = 0;
    for range in lit {
        if range.start > at {
            job.append(text.get(at..range.start).unwrap_or_default(), 0.0, plain.clone());
        }
        job.append(text.get(range.clone()).unwrap_or_default(), 0.0, marked.clone());
        at = range.end;
    }
    if at < text.len() {
        job.append(text.get(at..).unwrap_or_default(), 0.0, plain);
    }
    job
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::DARK;

    #[test]
    fn what_was_found_stays_in_sight() {
        let text = format!("{} the loss is falling", "words and words".repeat(12));
        let at = text.find("loss").unwrap();
        let (shown, lit) = cut(&text, std::slice::from_ref(&(at..at + 4)), 80);
        assert!(shown.starts_with('…') && shown.ends_with("the loss is falling"));
        assert_eq!(&shown[lit[0].clone()], "loss");
        assert!(lit[0].start < 40);
        let (shown, lit) = cut("a loss, a loss", &[2..6, 10..14], 80);
        assert_eq!((shown.as_str(), &lit[..]), ("a loss, a loss", &[2..6, 10..14][..]));
        let (shown, lit) = cut("äöü".repeat(60).as_str(), &[200..202, 240..242], 20);
        assert_eq!((&shown[lit[0].clone()], &shown[lit[1].clone()]), ("ö", "ä"));
    }

    #[test]
    fn the_text_is_whole_whatever_is_lit() {
        let font = crate::ui::theme::body();
        let job = job("a loss of loss", &[2..6, 10..14], (&font, &font), DARK.text, &DARK);
        assert_eq!((job.text.as_str(), job.sections.len()), ("a loss of loss", 4));
    }
}

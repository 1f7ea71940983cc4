//! The size of a drawing (SVG), from its first tag alone, read as tolerantly as it takes and no further than a bound.

use std::io::{self, Read, Seek, SeekFrom};

/// How far into a file the first tag is looked for.
const PREAMBLE: u64 = 64 << 10;

/// The size where there is neither a size nor a view box.
const UNSIZED: f32 = 100.0;

/// Pixels across where there is a view box and no size.
const SHAPE: f32 = 1920.0;

/// Pixels across and down, rounded, at least one; `None` where the first element is something else.
pub(super) fn size(mut file: impl Read + Seek) -> io::Result<Option<(u32, u32)>> {
    file.seek(SeekFrom::Start(0))?;
    let mut start = Vec::new();
    file.take(PREAMBLE).read_to_end(&mut start)?;
    Ok(measure(&String::from_utf8_lossy(&start)))
}

fn measure(text: &str) -> Option<(u32, u32)> {
    let tag = first_tag(text)?;
    let view_box = attribute(tag, "viewBox").and_then(view_box);
    let (across, down) = view_box.unwrap_or((UNSIZED, UNSIZED));
    let width = attribute(tag, "width").and_then(|text| length(text, across));
    let height = attribute(tag, "height").and_then(|text| length(text, down));
    let (width, height) = match (width, height, view_box) {
        (Some(width), Some(height), _) => (width, height),
        // The other side follows from the view box's shape.
        (Some(width), None, Some(_)) => (width, down * width / across),
        (None, Some(height), Some(_)) => (across * height / down, height),
        // A shape without a size is as large as slides are.
        (None, None, Some(_)) => (SHAPE, down * SHAPE / across),
        (width, height, _) => (width.unwrap_or(across), height.unwrap_or(down)),
    };
    let valid = |side: f32| side.is_finite() && side > 0.0;
    (valid(width) && valid(height)).then(|| (pixels(width), pixels(height)))
}

fn pixels(length: f32) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
    let whole = length.round() as u32;
    whole.max(1)
}

/// What stands in the first tag after its name, if that is `svg`.
fn first_tag(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        rest = if let Some(comment) = rest.strip_prefix("<!--") {
            comment.split_once("-->")?.1
        } else if let Some(instruction) = rest.strip_prefix("<?") {
            instruction.split_once("?>")?.1
        } else if rest.starts_with("<!") {
            after_doctype(rest)?
        } else {
            let tag = rest.strip_prefix('<')?;
            let end = tag.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
            let (name, attributes) = tag.split_at(end);
            let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
            return (local == "svg").then_some(attributes);
        };
        rest = rest.trim_start();
    }
}

/// Declarations of its own stand between brackets; a `>` in them ends nothing.
fn after_doctype(text: &str) -> Option<&str> {
    let end = text.find('>')?;
    match text.find('[').filter(|bracket| *bracket < end) {
        Some(bracket) => text.get(bracket..)?.split_once(']')?.1.split_once('>').map(|(_, rest)| rest),
        None => text.get(end + 1..),
    }
}

/// The value of an attribute of the tag, up to the tag's end.
fn attribute<'a>(tag: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        rest = rest.trim_start();
        if rest.starts_with(['>', '/']) {
            return None;
        }
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
        let (value, after) = after.strip_prefix(quote)?.split_once(quote)?;
        if name.trim_end() == wanted {
            return Some(value);
        }
        rest = after;
    }
}

/// Width and height of a view box; `None` where it has no area.
pub(crate) fn view_box(text: &str) -> Option<(f32, f32)> {
    let mut numbers = text
        .split([' ', ',', '\t', '\n', '\r'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<f32>().ok().filter(|number| number.is_finite()));
    let (_left, _top) = (numbers.next()??, numbers.next()??);
    let mut side = || numbers.next()?.filter(|side| *side > 0.0);
    Some((side()?, side()?))
}

/// A length in CSS pixels, 96 to the inch; `whole` is what per cents are of.
pub(crate) fn length(text: &str, whole: f32) -> Option<f32> {
    let text = text.trim();
    let units = [
        ("px", 1.0),
        ("pt", 96.0 / 72.0),
        ("pc", 16.0),
        ("in", 96.0),
        ("mm", 96.0 / 25.4),
        ("cm", 96.0 / 2.54),
        ("em", 12.0),
        ("ex", 6.0),
        ("%", whole / 100.0),
    ];
    let (number, unit) =
        units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit))).unwrap_or((text, 1.0));
    Some(number.trim().parse::<f32>().ok()? * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_that_of_the_first_tag() {
        for (attributes, size) in [
            ("width=\"1280\" height=\"720\"", (1280, 720)),
            ("width='1600.4px' height = '900.5'", (1600, 901)),
            ("width=\"720pt\" height=\"540pt\" viewBox=\"0 0 720 540\"", (960, 720)),
            ("width=\"10in\" height=\"254mm\"", (960, 960)),
            ("viewBox=\"0 0 16 9\"", (1920, 1080)),
            ("viewBox=\"-5,-5,300,200\" width=\"600\"", (600, 400)),
            ("height=\"50\" viewBox=\"0 0 300 200\"", (75, 50)),
            ("width=\"100%\" height=\"50%\" viewBox=\"0 0 300 200\"", (300, 100)),
            ("data-width=\"7\" stroke-width=\"3\"", (100, 100)),
            ("width=\"0.2\" height=\"0.2\"", (1, 1)),
        ] {
            for text in [
                format!("<svg xmlns=\"http://www.w3.org/2000/svg\" {attributes}>"),
                format!("\u{feff}<?xml version=\"1.0\"?>\n<!-- > <svg> -->\n<svg {attributes} />"),
                format!("<!DOCTYPE svg [ <!ENTITY a \"b>\"> ]>\n<s:svg a=\"x > y\" {attributes}>"),
            ] {
                let name = format!("{text} is {:?}", measure(&text));
                assert_eq!(measure(&text), Some(size), "{name}");
            }
        }
    }

    #[test]
    fn what_is_no_drawing_has_no_size() {
        for text in [
            "",
            "<",
            "<html><svg width=\"3\" height=\"3\"></svg></html>",
            "<!DOCTYPE html><html>",
            "<svgs width=\"3\">",
            "<svg width=\"-3\" height=\"3\">",
            "<svg width=\"nan\" height=\"inf\" ",
            "<svg",
            "<!-- <svg>",
        ] {
            let none = measure(text);
            assert!(none.is_none() || text.contains("nan"), "{text} is {none:?}");
        }
    }
}

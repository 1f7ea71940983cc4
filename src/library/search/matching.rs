//! Whether and how well a text has the words that are looked for, and which of its bytes are lit.

use std::ops::Range;

use super::fold::Folded;
use super::grams::is_gap;

/// A passage up to this long is shown whole, in characters.
const SHORT: usize = 240;
/// As much of a longer one is shown, in characters.
const WINDOW: usize = 200;
/// As much of it stands before the first match, in characters.
const BEFORE: usize = 50;
/// So many places of a text are lit at most.
const PLACES: usize = 256;

/// How well a word occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// Within a word.
    Inner,
    /// Where a word begins.
    Start,
    /// As a word.
    Whole,
}

/// How well the worst of the words occurs in a folded text; `None` where one does not.
pub fn quality(folded: &str, words: &[String]) -> Option<Quality> {
    let mut worst = Quality::Whole;
    for word in words {
        let mut best = None;
        for place in places(folded, word) {
            best = best.max(Some(quality_at(folded, &place)));
            if best >= Some(worst) {
                break;
            }
        }
        worst = worst.min(best?);
    }
    Some(worst)
}

/// Every place of a word in a folded text, also those that overlap.
fn places<'a>(folded: &'a str, word: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let step = word.chars().next().map_or(1, char::len_utf8);
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + folded.get(from..).filter(|_| !word.is_empty())?.find(word)?;
        from = at + step;
        Some(at..at + word.len())
    })
}

fn quality_at(folded: &str, place: &Range<usize>) -> Quality {
    let gap = |letter: Option<char>| letter.is_none_or(is_gap);
    let (before, rest) = folded.split_at_checked(place.start).unwrap_or_default();
    let (word, after) = rest.split_at_checked(place.len()).unwrap_or_default();
    let starts = gap(word.chars().next()) || gap(before.chars().next_back());
    let ends = gap(word.chars().next_back()) || gap(after.chars().next());
    match (starts, ends) {
        (true, true) => Quality::Whole,
        (true, false) => Quality::Start,
        _ => Quality::Inner,
    }
}

/// The bytes of a text that the folded words stand for, in order, apart from each other, whole characters. Of a word
/// shorter than three characters only its best places: else one letter would light half of the text.
pub fn lit(text: &str, words: &[String]) -> Vec<Range<usize>> {
    let folded = Folded::of(text);
    let mut lit: Vec<Range<usize>> = Vec::new();
    for word in words {
        let found: Vec<Range<usize>> = places(&folded.text, word).take(PLACES).collect();
        let short = word.chars().nth(2).is_none();
        let best = found.iter().map(|place| quality_at(&folded.text, place)).max();
        let shown = found.iter().filter(|place| !short || Some(quality_at(&folded.text, place)) == best);
        lit.extend(shown.map(|place| folded.source(place)));
    }
    lit.sort_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(lit.len());
    for range in lit {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// What is shown of a passage, and what of that is lit: all of a short one; of a long one the part that has most to
/// show, with `…` where something is left out.
pub fn shown(text: &str, words: &[String]) -> (String, Vec<Range<usize>>) {
    let lit = lit(text, words);
    if text.chars().nth(SHORT).is_none() {
        return (text.to_owned(), lit);
    }
    // The byte so many characters ahead of, or behind, a boundary between characters.
    let ahead = |from: usize, count: usize| {
        text.get(from..).and_then(|rest| rest.char_indices().nth(count)).map_or(text.len(), |(at, _)| from + at)
    };
    let behind = |from: usize, count: usize| {
        let before = text.get(..from).unwrap_or_default();
        before.char_indices().rev().nth(count.saturating_sub(1)).map_or(0, |(at, _)| at)
    };
    let first = lit
        .iter()
        .enumerate()
        .map(|(index, range)| {
            let end = ahead(range.start, WINDOW - BEFORE);
            let within = lit.iter().skip(index).take_while(|other| other.end <= end);
            (within.map(Range::len).sum::<usize>(), std::cmp::Reverse(range.start))
        })
        .max()
        .map_or(0, |(_, start)| start.0);
    let mut start = if first == 0 { 0 } else { behind(first, BEFORE) };
    let end = ahead(start, WINDOW);
    if end == text.len() {
        start = behind(end, WINDOW);
    }
    let mut part = String::new();
    if start > 0 {
        part.push('…');
    }
    let offset = part.len();
    part.push_str(text.get(start..end).unwrap_or_default());
    if end < text.len() {
        part.push('…');
    }
    let moved = lit.iter().filter(|range| range.start < end && range.end > start);
    let moved = moved.map(|range| range.start.max(start) - start + offset..range.end.min(end) - start + offset);
    (part, moved.collect())
}

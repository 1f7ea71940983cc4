//! Moment notes: list items that begin with a time in brackets, and the lines indented below them.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::time::MediaTime;

/// Names a moment note as long as the program runs, whatever is edited around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MomentId(u64);

impl MomentId {
    pub(super) fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A note on a moment of the talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Which one.
    pub id: MomentId,
    /// The moment, as its stamp says.
    pub at: MediaTime,
    /// What stands behind the stamp, and the lines below it without their indentation; any Markdown.
    pub text: String,
}

/// A moment as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Its lines, in bytes of the file; without blank lines after them.
    pub range: Range<usize>,
    /// Indentation, bullet, spaces: what the next one begins with too.
    pub lead: String,
    /// As written, without brackets.
    pub stamp: String,
    /// See [`Moment::at`].
    pub at: MediaTime,
    /// See [`Moment::text`].
    pub text: String,
}

/// The first line of a moment, taken apart.
struct Opening<'a> {
    lead: &'a str,
    /// Backslashes before the bracket: with any the line is no moment, but one that was kept from being one.
    slashes: usize,
    stamp: &'a str,
    at: MediaTime,
    rest: &'a str,
}

fn opening(line: &str) -> Option<Opening<'_>> {
    let bullet = line.find(|c| c != ' ').filter(|indent| *indent < 4)?;
    let after = line[bullet..].strip_prefix(['-', '*', '+'])?;
    let spaces = after.find(|c| c != ' ' && c != '\t').filter(|spaces| (1..=4).contains(spaces))?;
    let (lead, body) = line.split_at(bullet + 1 + spaces);
    let bracket = body.trim_start_matches('\\');
    let (stamp, rest) = bracket.strip_prefix('[')?.split_once(']')?;
    if !stamp.contains(':') || !stamp.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.') {
        return None;
    }
    // Behind a link's text stands its address: `[1:00](…)` is a link like any other.
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let at = MediaTime::parse(stamp).ok()?;
    Some(Opening { lead, slashes: body.len() - bracket.len(), stamp, at, rest: rest.get(1..).unwrap_or_default() })
}

/// Whether a moment begins with this line.
pub(super) fn begins(line: &str) -> bool {
    opening(line).is_some_and(|opening| opening.slashes == 0)
}

/// Where a backslash keeps a line from being a moment, or would: its place, and whether one is there.
pub(super) fn guard(line: &str) -> Option<(usize, bool)> {
    opening(line).map(|opening| (opening.lead.len(), opening.slashes > 0))
}

/// A line's content and its range with the line break.
pub(super) fn lines(text: &str, from: usize) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut start = from;
    text[from..].split_inclusive('\n').map(move |line| {
        let range = start..start + line.len();
        start = range.end;
        let content = line.strip_suffix('\n').unwrap_or(line);
        (range, content.strip_suffix('\r').unwrap_or(content))
    })
}

/// Nothing but spaces, tabs and stray carriage returns.
pub(super) fn is_blank(line: &str) -> bool {
    line.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\r'))
}

/// Typed text with plain line breaks, nothing in blank lines, and none of these at the end.
pub(super) fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.split('\n').map(|line| if is_blank(line) { "" } else { line }).collect();
    lines.join("\n").trim_end_matches('\n').to_owned()
}

/// How far the lines of an item are indented, in columns.
fn indent_of(lead: &str) -> usize {
    if lead.contains('\t') { lead.find(|c| c != ' ').unwrap_or(0) + 2 } else { lead.len() }
}

/// Takes away up to `columns` spaces, or one tab.
fn dedent(line: &str, columns: usize) -> &str {
    let spaces = line.bytes().take(columns).take_while(|b| *b == b' ').count();
    let rest = &line[spaces..];
    // A tab behind spaces belongs to the text, if these were all there is to take away.
    if spaces < columns { rest.strip_prefix('\t').unwrap_or(rest) } else { rest }
}

/// The moments of a file, from `from` on.
pub(super) fn items(text: &str, from: usize) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut open = false;
    let mut blanks = 0;
    for (range, line) in lines(text, from) {
        let width = line.find(|c| c != ' ').unwrap_or(line.len());
        let tabbed = line[width..].starts_with('\t');
        if let Some(item) = items.last_mut().filter(|_| open) {
            if is_blank(line) {
                blanks += 1;
                continue;
            }
            let bullet = item.lead.find(|c| c != ' ').unwrap_or(0);
            if tabbed || width >= bullet + 2 || (width > bullet && !begins(line)) {
                for _ in 0..=blanks {
                    item.text.push('\n');
                }
                item.text.push_str(dedent(line, indent_of(&item.lead)));
                item.range.end = range.end;
                blanks = 0;
                continue;
            }
        }
        blanks = 0;
        open = false;
        if let Some(Opening { lead, slashes: 0, stamp, at, rest }) = opening(line) {
            let text = if is_blank(rest) { String::new() } else { rest.to_owned() };
            items.push(Item { range, lead: lead.to_owned(), stamp: stamp.to_owned(), at, text });
            open = true;
        }
    }
    items
}

/// The lines of a moment, without a line break at the end.
pub(super) fn print(lead: &str, stamp: &str, text: &str, eol: &str) -> String {
    let mut out = format!("{lead}[{stamp}]");
    let pad = " ".repeat(indent_of(lead));
    for (number, line) in tidy(text).split('\n').enumerate() {
        if number == 0 {
            if !line.is_empty() {
                out.push(' ');
                out.push_str(line);
            }
            continue;
        }
        out.push_str(eol);
        if !line.is_empty() {
            out.push_str(&pad);
            out.push_str(line);
        }
    }
    out
}

/// `02:05`, `1:02:10`, `02:05.250`: what a moment's stamp is printed as. Thousandths are the finest.
pub(super) fn stamp(at: MediaTime) -> String {
    let millis = at.max_zero().millis();
    let (hours, minutes, secs) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    let whole = if hours > 0 { format!("{hours}:{minutes:02}:{secs:02}") } else { format!("{minutes:02}:{secs:02}") };
    match millis % 1000 {
        0 => whole,
        part if part % 100 == 0 => format!("{whole}.{}", part / 100),
        part => format!("{whole}.{part:03}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_with_a_stamp_are_moments_and_others_are_not() {
        for line in ["- [02:05] x", "* [1:02:10]", "+ [0:01.5] y", "   -  [75:00] z", "-\t[1:00]\tx"] {
            assert!(begins(line), "{line}");
        }
        for line in [
            "- [x] done",
            "- [02:05](https://a.org)",
            "[02:05] x",
            "    - [02:05]",
            "- [90] x",
            "- \\[02:05] x",
            "-[02:05]",
            "- [1:2:3:4]",
            "- [:]",
        ] {
            assert!(!begins(line), "{line}");
        }
    }

    #[test]
    fn lines_below_belong_to_a_moment_as_far_as_they_are_indented() {
        let text = "- [0:01] a\n  b\n\n    c\n\td\n\n# Heading\n- [0:02]\n\n  e\n - [0:03] f\n";
        let texts: Vec<String> = items(text, 0).into_iter().map(|item| item.text).collect();
        assert_eq!(texts, ["a\nb\n\n  c\nd", "\n\ne", "f"]);
        assert_eq!(&text[items(text, 0)[0].range.clone()], "- [0:01] a\n  b\n\n    c\n\td\n");
    }

    #[test]
    fn stamps_have_a_fraction_only_where_needed() {
        for (millis, text) in
            [(125_000, "02:05"), (3_730_000, "1:02:10"), (125_500, "02:05.5"), (250, "00:00.250"), (-5, "00:00")]
        {
            assert_eq!(stamp(MediaTime::from_millis(millis)), text);
        }
    }

    #[test]
    fn printed_moments_are_read_back() {
        for text in ["", "a", "a\n- [01:00] b\n---\n# c", "\na\n\n\n  b", "  a", "a \n\tb"] {
            for lead in ["- ", "*   ", "-\t", "  + "] {
                for eol in ["\n", "\r\n"] {
                    let printed = print(lead, "01:00", text, eol);
                    let items = items(&printed, 0);
                    assert_eq!(items.len(), 1, "{printed:?}");
                    assert_eq!((items[0].text.as_str(), items[0].range.clone()), (text, 0..printed.len()));
                }
            }
        }
    }
}

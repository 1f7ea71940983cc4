//! Where the parts of a note stand in its text. Reading never fails: what is not understood belongs to the summary or
//! stands between moments.

use std::ops::Range;

use super::moment::{self, Item, is_blank, lines};

/// The front matter of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FrontPart {
    /// There is none.
    Absent,
    /// Between its two lines of dashes stands this, in bytes.
    Closed(Range<usize>),
    /// Its second line of dashes is missing.
    Unclosed,
}

/// The parts of a note, in bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// What stands before everything: a byte order mark, or nothing.
    pub start: usize,
    pub front: FrontPart,
    /// Where the front matter has ended.
    pub body: usize,
    /// From the first line of the summary that is not blank to the end of the last, without its line break.
    pub summary: Range<usize>,
    pub items: Vec<Item>,
}

impl Layout {
    pub(super) fn of(text: &str) -> Self {
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let (front, body) = front(text, start);
        let items = moment::items(text, body);
        let end = items.first().map_or(text.len(), |item| item.range.start);
        let mut summary = body..body;
        let mut filled = lines(&text[..end], body).filter(|(_, line)| !is_blank(line));
        if let Some((first, line)) = filled.next() {
            let (last, line) = filled.last().unwrap_or((first.clone(), line));
            summary = first.start..last.start + line.len();
        }
        Self { start, front, body, summary, items }
    }

    /// Where the summary and the blank lines around it end.
    pub(super) fn summary_end(&self, text: &str) -> usize {
        self.items.first().map_or(text.len(), |item| item.range.start)
    }
}

fn front(text: &str, start: usize) -> (FrontPart, usize) {
    let mut lines = lines(text, start);
    let Some((opening, _)) = lines.next().filter(|(_, line)| is_fence(line) && line.starts_with('-')) else {
        return (FrontPart::Absent, start);
    };
    // A line of dashes is also a rule across the page: what follows must look like a key.
    let mut end = opening.end;
    let mut seen_key = false;
    let mut unclosed_end = None;
    for (range, line) in lines {
        if is_fence(line) {
            return (FrontPart::Closed(opening.end..range.start), range.end);
        }
        if !seen_key && !line.starts_with('#') {
            if !looks_like_key(line) {
                return (FrontPart::Absent, start);
            }
            seen_key = true;
        }
        if unclosed_end.is_none() && (is_blank(line) || moment::begins(line)) {
            unclosed_end = Some(range.start);
        }
        end = range.end;
    }
    if seen_key { (FrontPart::Unclosed, unclosed_end.unwrap_or(end)) } else { (FrontPart::Absent, start) }
}

/// `---` or `...`.
fn is_fence(line: &str) -> bool {
    matches!(line.trim_end_matches([' ', '\t', '\r']), "---" | "...")
}

fn looks_like_key(line: &str) -> bool {
    let key = line.split_once(':').map_or("", |(key, _)| key);
    key.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\'' | '{')) && key.len() < 200
}

/// A typed summary as it stands in a file: lines that would be taken for something else get a backslash. Dashes need
/// it only where no front matter has been `closed`.
pub(super) fn escape(text: &str, closed: bool) -> String {
    let guarded = text.split('\n').map(|line| {
        if let Some((at, _)) = moment::guard(line) {
            format!("{}\\{}", &line[..at], &line[at..])
        } else if is_fence(line.trim_start_matches('\\')) && (line.starts_with('\\') || !closed) {
            format!("\\{line}")
        } else {
            line.to_owned()
        }
    });
    guarded.collect::<Vec<_>>().join("\n")
}

/// The inverse of [`escape`]; line breaks become plain.
pub(super) fn unescape(text: &str) -> String {
    let freed = lines(text, 0).map(|(_, line)| {
        if let Some((at, true)) = moment::guard(line) {
            format!("{}{}", &line[..at], &line[at + 1..])
        } else if line.starts_with('\\') && is_fence(line.trim_start_matches('\\')) {
            line[1..].to_owned()
        } else {
            line.to_owned()
        }
    });
    freed.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_open_front_matter_only_before_a_key() {
        for text in [
            "---\n\nSome words\n\n---\n",
            "---\n- [0:01] a: b\n---\n",
            "---",
            "--- x\na: b\n---\n",
            "text\n---\na: b\n---\n",
        ] {
            assert_eq!(Layout::of(text).front, FrontPart::Absent, "{text}");
        }
        for (text, yaml) in [
            ("---\na: b\n---\nx", "a: b\n"),
            ("\u{feff}---\r\n# c\r\na:\r\n...\r\n", "# c\r\na:\r\n"),
            ("---\n---", ""),
        ] {
            let FrontPart::Closed(range) = Layout::of(text).front else { panic!("{text}") };
            assert_eq!(&text[range], yaml);
        }
        let text = "---\ntitle: x\ntags: [a]\n\nSummary\n";
        assert_eq!(Layout::of(text).front, FrontPart::Unclosed);
        assert_eq!(&text[Layout::of(text).summary], "Summary");
    }

    #[test]
    fn what_is_escaped_is_read_back() {
        for text in ["- [01:00] a", "- \\[01:00] a", "---", "\\---", "...", "a\n\\\\--- \n- [1:00](x)", "\\- [01:00]"] {
            for closed in [true, false] {
                assert_eq!(unescape(&escape(text, closed)), text);
                assert!(moment::items(&escape(text, closed), 0).is_empty());
            }
        }
        assert_eq!(escape("- [01:00] a\n---", true), "- \\[01:00] a\n---");
    }
}

//! `#tags` within Markdown.

use std::collections::HashSet;
use std::ops::Range;

/// Appends the tags of a text, without `#`. None in headings, code, and addresses.
pub(super) fn collect(text: &str, found: &mut Vec<String>) {
    for (line, has_tags) in lines(text) {
        if has_tags {
            found.extend(spans(line).into_iter().map(|tag| line[tag.start + 1..tag.end].to_owned()));
        }
    }
}

/// The text as prose: tags at the end of a line, behind its last sentence, are gone, others lose their `#`.
pub fn without_tags(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for (line, has_tags) in lines(text) {
        let tags = if has_tags { spans(line) } else { Vec::new() };
        // Tags with nothing but blanks between and behind them.
        let mut end = line.trim_end().len();
        let mut trailing = tags.len();
        while let Some(tag) = tags[..trailing].last().filter(|tag| tag.end == end) {
            end = line[..tag.start].trim_end().len();
            trailing -= 1;
        }
        let closed = line[..end].is_empty() || line[..end].ends_with(['.', '!', '?', '…', ':', ')', '"', '。']);
        let (kept, end) = if closed { (&tags[..trailing], end) } else { (&tags[..], line.len()) };
        let mut prose = String::with_capacity(line.len());
        let mut from = 0;
        for tag in kept {
            prose.push_str(&line[from..tag.start]);
            from = tag.start + 1;
        }
        prose.push_str(&line[from..end]);
        out.push(prose);
    }
    out.join("\n")
}

/// Each line, and whether it may hold tags: not within fences, not headings.
fn lines(text: &str) -> Vec<(&str, bool)> {
    let mut fence: Option<&str> = None;
    let mut all = Vec::new();
    for line in text.split('\n') {
        let start = line.trim_start();
        let fenced = ["```", "~~~"].into_iter().find(|fence| start.starts_with(fence));
        let mut may = false;
        match (fence, fenced) {
            (None, Some(opening)) => fence = Some(opening),
            (Some(open), Some(closing)) if open == closing => fence = None,
            (None, None) => may = !is_heading(start),
            _ => {}
        }
        all.push((line, may));
    }
    all
}

/// Keeps the first of each, in whatever case it is written.
pub(super) fn each_once(mut tags: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    tags.retain(|tag| seen.insert(tag.to_lowercase()));
    tags
}

fn is_heading(line: &str) -> bool {
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    (1..=6).contains(&level) && (rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// The tags of a line, each with its `#`.
fn spans(line: &str) -> Vec<Range<usize>> {
    let (mut at, mut found) = (0, Vec::new());
    while let Some(step) = line[at..].find(['#', '`']) {
        at += step;
        let rest = &line[at..];
        if rest.starts_with('`') {
            let ticks = rest.len() - rest.trim_start_matches('`').len();
            at += ticks + code(&rest[ticks..], ticks).unwrap_or(0);
            continue;
        }
        let tag = rest[1..].split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '/')).next().unwrap_or("");
        let tag = tag.trim_end_matches(['/', '-']);
        // A number alone is a number: `#1`.
        if opens(&line[..at]) && tag.chars().any(|c| !c.is_numeric() && c.is_alphanumeric()) {
            found.push(at..at + 1 + tag.len());
        }
        at += 1 + tag.len();
    }
    found
}

/// Length of a code span behind its opening ticks, with the closing ones.
fn code(rest: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(step) = rest[at..].find('`') {
        at += step;
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        at += run;
        if run == ticks {
            return Some(at);
        }
    }
    None
}

/// Whether a tag may begin behind this.
fn opens(before: &str) -> bool {
    match before.chars().last() {
        None => true,
        Some('(') => !before.ends_with("]("),
        Some(c) => c.is_whitespace() || matches!(c, '[' | '{' | '"' | '\'' | '*' | '_' | ',' | ';'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_where_they_are_meant() {
        let text = "#One and (#two/b) **#three-**, #ünï\n# Not\n## nor this\n#1 #2a \\#no a#no https://a.org/#no [x](#no) `#no` ``a` #no`` ` #four\n```\n#no\n```\n#five # #_";
        let mut found = Vec::new();
        collect(text, &mut found);
        assert_eq!(found, ["One", "two/b", "three", "ünï", "2a", "four", "five"]);
        assert_eq!(each_once(vec!["A".into(), "b".into(), "a".into()]), ["A", "b"]);
    }

    #[test]
    fn prose_has_no_tags() {
        for (text, prose) in [
            ("Tiles decide. #tiles", "Tiles decide."),
            ("Tiles decide. #tiles #unet ", "Tiles decide."),
            ("On #attention and `#code`", "On attention and `#code`"),
            ("#one", ""),
            ("# Heading #x\nwith #one here\n```\n#no\n```", "# Heading #x\nwith one here\n```\n#no\n```"),
            ("Plain.", "Plain."),
        ] {
            assert_eq!(without_tags(text), prose, "{text}");
        }
    }
}

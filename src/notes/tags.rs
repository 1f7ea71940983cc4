//! `#tags` within Markdown.

use std::collections::HashSet;

/// Appends the tags of a text, without `#`. None in headings, code, and addresses.
pub(super) fn collect(text: &str, found: &mut Vec<String>) {
    let mut fence: Option<&str> = None;
    for line in text.split('\n') {
        let start = line.trim_start();
        let fenced = ["```", "~~~"].into_iter().find(|fence| start.starts_with(fence));
        match (fence, fenced) {
            (None, Some(opening)) => fence = Some(opening),
            (Some(open), Some(closing)) if open == closing => fence = None,
            (None, None) if !is_heading(start) => in_line(line, found),
            _ => {}
        }
    }
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

fn in_line(line: &str, found: &mut Vec<String>) {
    let mut at = 0;
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
            found.push(tag.to_owned());
        }
        at += 1 + tag.len();
    }
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
}

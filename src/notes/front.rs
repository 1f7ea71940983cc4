//! The YAML at the head of a note: read by a parser, changed line by line, so that all that is not meant stays.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::Verdict;
use super::moment::lines;

/// Largest front matter that is read, in bytes.
pub(super) const MAX_BYTES: usize = 64 << 10;

/// The keys that are ours, in the order in which they are written.
const ORDER: [&str; 9] = ["title", "authors", "venue", "day", "link", "verdict", "tags", "talk", "fingerprint"];

/// What the front matter says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Front {
    /// The talk's title.
    pub title: Option<String>,
    /// The authors, in order.
    pub authors: Vec<String>,
    /// The talk's page.
    pub link: Option<String>,
    /// The viewer's verdict; none where the word is unknown.
    pub verdict: Option<Verdict>,
    /// Tags, without `#`.
    pub tags: Vec<String>,
    /// The talk's id.
    pub talk: Option<String>,
    /// The fingerprint of the talk's content.
    pub fingerprint: Option<String>,
    /// Where it was given.
    pub venue: Option<String>,
    /// When it was given.
    pub day: Option<String>,
}

/// A value as far as it is of use here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Nothing,
    One(String),
    Many(Vec<String>),
    Other,
}

/// A key with its value, and its lines in bytes of the YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub key: String,
    pub value: Value,
    pub lines: Range<usize>,
}

/// The keys at the top, in order; `None` for what cannot be read or has its keys elsewhere than at the line's beginning.
pub(super) fn entries(yaml: &str) -> Option<Vec<Entry>> {
    if yaml.len() > MAX_BYTES {
        return None;
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut key: Option<(String, usize)> = None;
    let mut value = Value::Nothing;
    let (mut depth, mut documents) = (0_usize, 0);
    for event in Parser::new_from_str(yaml) {
        let (event, span) = event.ok()?;
        match (event, depth) {
            (Event::DocumentStart(_), _) if documents == 1 => return None,
            (Event::DocumentStart(_), _) => documents = 1,
            (Event::MappingStart(..), 0) => depth = 1,
            (Event::Scalar(text, style, ..), 0) if nothing(&text, style) => {}
            (Event::Scalar(..) | Event::SequenceStart(..) | Event::Alias(_), 0) => return None,
            (Event::Scalar(text, style, ..), 1) => match key.take() {
                None if span.start.col() != 0 => return None,
                None => key = Some((text.into_owned(), span.start.index())),
                Some(at) => {
                    let value = if nothing(&text, style) { Value::Nothing } else { Value::One(text.into_owned()) };
                    entries.push(entry(at, value));
                }
            },
            (Event::Alias(_), 1) => entries.push(entry(key.take()?, Value::Other)),
            (Event::SequenceStart(..) | Event::MappingStart(..), 1) if key.is_none() => return None,
            (Event::SequenceStart(..), 1) => (value, depth) = (Value::Many(Vec::new()), 2),
            (Event::MappingStart(..), 1) => (value, depth) = (Value::Other, 2),
            (Event::Scalar(text, style, ..), 2) => {
                if let Value::Many(texts) = &mut value
                    && !nothing(&text, style)
                {
                    texts.push(text.into_owned());
                }
            }
            (Event::SequenceStart(..) | Event::MappingStart(..), _) => depth += 1,
            (Event::SequenceEnd | Event::MappingEnd, _) => {
                depth = depth.saturating_sub(1);
                if depth == 1 {
                    entries.push(entry(key.take()?, std::mem::replace(&mut value, Value::Nothing)));
                }
            }
            _ => {}
        }
    }
    measure(yaml, &mut entries);
    Some(entries)
}

fn nothing(text: &str, style: ScalarStyle) -> bool {
    style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// For now its lines begin at a number of characters, and end there.
fn entry((key, at): (String, usize), value: Value) -> Entry {
    Entry { key, value, lines: at..at }
}

/// From characters to bytes; each key's lines end where the next begins, or where blank lines and comments follow.
fn measure(yaml: &str, entries: &mut [Entry]) {
    let starts: Vec<usize> = entries.iter().map(|entry| entry.lines.start).collect();
    let bytes: Vec<usize> = yaml.char_indices().map(|(at, _)| at).collect();
    let at = |chars: &usize| bytes.get(*chars).copied().unwrap_or(yaml.len());
    for (number, entry) in entries.iter_mut().enumerate() {
        let start = at(&starts[number]);
        let limit = starts.get(number + 1).map_or(yaml.len(), at).max(start);
        let last = lines(&yaml[..limit], start)
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
            .last()
            .map_or(limit, |(range, _)| range.end);
        entry.lines = start..last;
    }
}

impl Front {
    pub(super) fn of(entries: &[Entry]) -> Self {
        let value = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
        let one = |key: &str| match value(key)? {
            Value::One(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => None,
        };
        let many = |key: &str, split: fn(&str) -> Vec<String>| match value(key) {
            Some(Value::Many(texts)) => texts.iter().map(|text| text.trim().to_owned()).collect(),
            Some(Value::One(text)) => split(text),
            _ => Vec::new(),
        };
        let tags = many("tags", |text| text.split(',').map(str::to_owned).collect());
        let tags = tags.iter().map(|tag: &String| tag.trim().trim_start_matches('#').to_owned());
        let mut authors: Vec<String> = many("authors", names);
        authors.retain(|name| !name.is_empty());
        Self {
            title: one("title"),
            authors,
            link: one("link"),
            verdict: one("verdict").and_then(|word| Verdict::parse(&word)),
            tags: tags.filter(|tag| !tag.is_empty()).collect(),
            talk: one("talk"),
            fingerprint: one("fingerprint"),
            venue: one("venue"),
            day: one("day"),
        }
    }
}

/// `A; B`, `A, B and C`.
fn names(text: &str) -> Vec<String> {
    let parts: Vec<&str> = if text.contains(';') {
        text.split(';').collect()
    } else {
        text.split(',').flat_map(|part| part.split(" and ")).collect()
    };
    parts.iter().map(|part| part.trim().trim_start_matches("and ").trim().to_owned()).collect()
}

/// The YAML with a key set to a printed value, or without it. `None` where this would change anything else.
pub(super) fn set(yaml: &str, key: &str, value: Option<&str>, eol: &str) -> Option<String> {
    let old = entries(yaml)?;
    let place = match old.iter().find(|entry| entry.key == key) {
        Some(entry) => entry.lines.clone(),
        None if value.is_none() => return Some(yaml.to_owned()),
        None => {
            let at = place(&old, key, yaml.len());
            at..at
        }
    };
    let mut line = value.map_or_else(String::new, |value| format!("{key}: {value}{eol}"));
    if place.start > 0 && !yaml[..place.start].ends_with('\n') && !line.is_empty() {
        line.insert_str(0, eol);
    }
    let new = format!("{}{line}{}", &yaml[..place.start], &yaml[place.end..]);
    let found = entries(&new)?;
    let others = |entries: &[Entry]| -> Vec<(String, Value)> {
        let others = entries.iter().filter(|entry| entry.key != key);
        others.map(|entry| (entry.key.clone(), entry.value.clone())).collect()
    };
    let there = found.iter().filter(|entry| entry.key == key).count();
    (others(&old) == others(&found) && there == usize::from(value.is_some())).then_some(new)
}

/// Where a new key goes: behind the last of those that stand before it in [`ORDER`].
pub(super) fn place(entries: &[Entry], key: &str, end: usize) -> usize {
    let rank = |key: &str| ORDER.iter().position(|known| *known == key);
    let before = |entry: &&Entry| rank(&entry.key).is_some_and(|at| Some(at) < rank(key));
    entries.iter().rfind(before).map_or(end, |entry| entry.lines.end)
}

/// A value in quotes, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let words = text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty());
    for (number, word) in words.enumerate() {
        if number > 0 {
            out.push(' ');
        }
        for c in word.chars() {
            if matches!(c, '"' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out.push('"');
    out
}

/// A value without quotes where it needs none anywhere, not even in a list.
pub(super) fn plain(text: &str) -> String {
    let text = text.trim();
    let word = text.starts_with(|c: char| c.is_alphabetic())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'));
    // Dates are what YAML is written for; other words that begin with a digit could be taken for numbers.
    let date = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let mixed =
        text.len() > 12 && text.bytes().all(|b| b.is_ascii_hexdigit()) && text.contains(['a', 'b', 'c', 'd', 'f']);
    let said = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let reserved = said.iter().any(|word| word.eq_ignore_ascii_case(text));
    if (word || date || mixed) && !reserved { text.to_owned() } else { quoted(text) }
}

/// A web address without quotes, where it can be.
pub(super) fn address(text: &str) -> String {
    let text = text.trim();
    let safe = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '\'' | '\\' | '`');
    let plain = text.starts_with("http") && !text.ends_with(':') && text.chars().all(safe);
    if plain { text.to_owned() } else { quoted(text) }
}

/// `[a, b]`.
pub(super) fn list(values: &[String], print: fn(&str) -> String) -> String {
    format!("[{}]", values.iter().map(|value| print(value)).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Front {
        Front::of(&entries(yaml).unwrap())
    }

    #[test]
    fn values_are_read_in_every_way_they_are_written() {
        let front = read("title: 1984\nauthors: A. B, C and D\ntags: '#x, y'\nverdict: Keep\nday: 2020-07-12\n");
        assert_eq!((front.title.as_deref(), front.day.as_deref()), (Some("1984"), Some("2020-07-12")));
        assert_eq!(front.authors, ["A. B", "C", "D"]);
        assert_eq!(front.tags, ["x", "y"]);
        assert_eq!(front.verdict, Some(Verdict::Keep));
        let front = read("other: {a: [b, {c: d}]}\ntitle: >\n  a\n  b\nauthors:\n- X\n- Y\ntags: [ '#a', b ]\nlink: ~");
        assert_eq!(front.title.as_deref(), Some("a b"));
        assert_eq!((front.authors, front.tags), (vec!["X".to_owned(), "Y".into()], vec!["a".to_owned(), "b".into()]));
        assert_eq!(front.link, None);
    }

    #[test]
    fn a_value_of_several_lines_is_replaced_as_a_whole_and_nothing_else() {
        let yaml = "# mine\ntitle: x   # so\ntags:\n  - a\n  # why\n  - b\n\n# end\nzoom: {a: 1}\n";
        let new = set(yaml, "tags", Some("[c]"), "\n").unwrap();
        assert_eq!(new, "# mine\ntitle: x   # so\ntags: [c]\n\n# end\nzoom: {a: 1}\n");
        assert_eq!(set(&new, "tags", None, "\n").unwrap(), "# mine\ntitle: x   # so\n\n# end\nzoom: {a: 1}\n");
        let new = set(yaml, "verdict", Some("keep"), "\n").unwrap();
        assert_eq!(new, yaml.replace("tags:", "verdict: keep\ntags:"));
        assert_eq!(set("é: ü\ntitle: ö", "talk", Some("t"), "\r\n").unwrap(), "é: ü\ntitle: ö\r\ntalk: t\r\n");
    }

    #[test]
    fn what_cannot_be_read_is_not_changed() {
        for yaml in ["a: [", "just words", "- a\n- b", "{a: b}", "a: b\n---\nc: d\n", "? [x]\n: y\n"] {
            assert_eq!(set(yaml, "verdict", Some("keep"), "\n"), None, "{yaml}");
        }
        assert_eq!(entries(&"a: &x [*x]\n".repeat(20_000)), None);
    }

    #[test]
    fn every_printed_value_is_read_back() {
        let texts = [
            "a: b",
            "it's \"so\" \\ #1",
            "yes",
            "-",
            "[x]",
            "2020-07-12",
            "1e5",
            "deadbeef00112233",
            "0123456789012345",
            "ü, ß",
            "&a",
            "https://a.org/x?y=[1]#z",
            "https://a.org: x",
        ];
        for text in texts {
            for print in [quoted, plain, address] {
                let front = read(&format!("title: {}\n", print(text)));
                assert_eq!(front.title.as_deref(), Some(text));
            }
            let listed = list(&[text.to_owned(), "z".to_owned()], plain);
            assert_eq!(read(&format!("authors: {listed}\n")).authors, [text, "z"]);
        }
    }
}

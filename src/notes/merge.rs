//! Bringing together what two sides have made of the same text. Nothing that only one side added is lost.

use diffy::{DiffOptions, Line};

use super::front::{self, Entry, Value, entries};
use super::layout::{FrontPart, Layout};
use super::moment::lines;

/// What came out of [`merge`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The text with the changes of both sides.
    pub text: String,
    /// Whether both changed the same: then both versions stand in the text, or of the front matter ours.
    pub conflict: bool,
}

/// Brings together two versions of a note that were both made from `base`: the front matter key by key, the rest line
/// by line.
pub fn merge(base: &str, ours: &str, theirs: &str) -> Merged {
    let same = |text: &str| Merged { text: text.to_owned(), conflict: false };
    if ours == theirs || theirs == base {
        return same(ours);
    }
    if ours == base {
        return same(theirs);
    }
    // An editor that changes all line breaks has not changed all lines.
    let crlf = |text: &str| text.contains("\r\n");
    let (plain, windows) = (crlf(base) != crlf(ours) || crlf(base) != crlf(theirs), crlf(theirs));
    let sides = [base, ours, theirs].map(|text| {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut text = if plain { text.replace("\r\n", "\n") } else { text.to_owned() };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(if crlf(&text) { "\r\n" } else { "\n" });
        }
        text
    });
    let [base_side, our_side, their_side] = &sides;
    let mut merged = notes(base_side, our_side, their_side);
    if plain && windows {
        merged.text = merged.text.replace('\n', "\r\n");
    }
    if theirs.starts_with('\u{feff}') {
        merged.text.insert(0, '\u{feff}');
    }
    merged
}

/// A note in two.
struct Parts<'a> {
    yaml: &'a str,
    body: &'a str,
    fenced: bool,
}

impl<'a> Parts<'a> {
    /// `None` where the front matter has no end.
    fn of(text: &'a str) -> Option<Self> {
        let layout = Layout::of(text);
        let body = &text[layout.body..];
        match layout.front {
            FrontPart::Absent => Some(Self { yaml: "", body, fenced: false }),
            FrontPart::Closed(yaml) => Some(Self { yaml: &text[yaml], body, fenced: true }),
            FrontPart::Unclosed => None,
        }
    }
}

fn notes(base: &str, ours: &str, theirs: &str) -> Merged {
    let (Some(base_parts), Some(our_parts), Some(their_parts)) = (Parts::of(base), Parts::of(ours), Parts::of(theirs))
    else {
        return weave(base, ours, theirs);
    };
    let front = fronts(base_parts.yaml, our_parts.yaml, their_parts.yaml);
    let body = weave(base_parts.body, our_parts.body, their_parts.body);
    let mut text = String::new();
    if our_parts.fenced || their_parts.fenced {
        let eol = if ours.contains("\r\n") { "\r\n" } else { "\n" };
        text = format!("---{eol}{}---{eol}", front.text);
    }
    text.push_str(&body.text);
    Merged { text, conflict: front.conflict || body.conflict }
}

fn fronts(base: &str, ours: &str, theirs: &str) -> Merged {
    if ours == theirs || theirs == base {
        return Merged { text: ours.to_owned(), conflict: false };
    }
    let [Some(old), Some(our), Some(their)] = [base, ours, theirs].map(entries) else {
        return weave(base, ours, theirs);
    };
    let mut merged = Merged { text: ours.to_owned(), conflict: false };
    for key in old.iter().chain(&their).map(|entry| entry.key.as_str()) {
        let [was, mine, other] =
            [(base, &old), (ours, &our), (theirs, &their)].map(|(yaml, entries)| lines_of(yaml, entries, key));
        if other == was || other == mine {
            continue;
        }
        let values = [&our, &their].map(|entries| value_of(entries, key));
        if mine == was || mine.is_none() {
            merged.conflict |= mine != was;
            put(&mut merged.text, key, other);
        } else if key == "tags" {
            let tags = united(&tags_of(&old), &tags_of(&our), &tags_of(&their));
            put(&mut merged.text, key, Some(&format!("tags: {}\n", front::list(&tags, front::plain))));
        } else {
            merged.conflict |= values[0] != values[1];
        }
    }
    let comments = |yaml: &str| -> Vec<String> {
        lines(yaml, 0).map(|(_, line)| line.to_owned()).filter(|line| line.starts_with('#')).collect()
    };
    let known: Vec<String> = [comments(base), comments(&merged.text)].concat();
    for comment in comments(theirs).iter().filter(|comment| !known.contains(comment)) {
        merged.text.push_str(comment);
        merged.text.push('\n');
    }
    if entries(&merged.text).is_some() { merged } else { weave(base, ours, theirs) }
}

fn lines_of<'a>(yaml: &'a str, entries: &[Entry], key: &str) -> Option<&'a str> {
    entries.iter().find(|entry| entry.key == key).map(|entry| &yaml[entry.lines.clone()])
}

fn value_of<'a>(entries: &'a [Entry], key: &str) -> Option<&'a Value> {
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

fn tags_of(entries: &[Entry]) -> Vec<String> {
    front::Front::of(entries).tags
}

/// What either side has, but for what one of them has taken away.
fn united(base: &[String], ours: &[String], theirs: &[String]) -> Vec<String> {
    let kept = |tag: &&String| !base.contains(tag) || ours.contains(tag) && theirs.contains(tag);
    let added = theirs.iter().filter(|tag| !ours.contains(tag));
    ours.iter().chain(added).filter(kept).cloned().collect()
}

/// Replaces, adds or removes the lines of a key.
fn put(yaml: &mut String, key: &str, with: Option<&str>) {
    let Some(entries) = entries(yaml) else { return };
    let at = front::place(&entries, key, yaml.len());
    let place = entries.iter().find(|entry| entry.key == key).map_or(at..at, |entry| entry.lines.clone());
    yaml.replace_range(place, with.unwrap_or_default());
}

/// Lines that stand in place of a range of the base's lines.
#[derive(Debug, PartialEq, Eq)]
struct Block<'a> {
    old: std::ops::Range<usize>,
    new: Vec<&'a str>,
}

fn blocks<'a>(base: &str, side: &'a str) -> Vec<Block<'a>> {
    let whole = base.len() + side.len() + 1;
    let mut found: Vec<Block<'a>> = Vec::new();
    let patch = DiffOptions::new().set_context_len(whole).create_patch(base, side);
    let mut side = side.split_inclusive('\n');
    let (mut at, mut open) = (0, false);
    for line in patch.hunks().iter().flat_map(diffy::Hunk::lines) {
        let new = if matches!(line, Line::Delete(_)) { None } else { side.next() };
        if matches!(line, Line::Context(_)) {
            (at, open) = (at + 1, false);
            continue;
        }
        if !open {
            found.push(Block { old: at..at, new: Vec::new() });
            open = true;
        }
        let Some(block) = found.last_mut() else { continue };
        match new {
            Some(text) => block.new.push(text),
            None => (at, block.old.end) = (at + 1, at + 1),
        }
    }
    found
}

/// How many bytes of lines differ.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let old: Vec<usize> = a.split_inclusive('\n').map(str::len).collect();
    let bytes = |block: &Block<'_>| {
        old[block.old.clone()].iter().sum::<usize>() + block.new.iter().map(|line| line.len()).sum::<usize>()
    };
    blocks(a, b).iter().map(bytes).sum()
}

/// Both sides' changes, line by line. Lines that both put in the same place follow one another.
fn weave(base: &str, ours: &str, theirs: &str) -> Merged {
    let [our, their] = [blocks(base, ours), blocks(base, theirs)];
    let mut text = String::with_capacity(ours.len() + theirs.len());
    let begins = |blocks: &[Block<'_>], at: usize| blocks.iter().position(|block| block.old.start == at);
    let gone = |at: usize| our.iter().chain(&their).any(|block| block.old.contains(&at));
    let mut base_lines = base.split_inclusive('\n');
    for at in 0.. {
        match (begins(&our, at), begins(&their, at)) {
            (Some(a), Some(b)) => together(&our[a], &their[b], &mut text),
            (Some(a), None) => text.extend(our[a].new.iter().copied()),
            (None, Some(b)) => text.extend(their[b].new.iter().copied()),
            (None, None) => {}
        }
        let Some(line) = base_lines.next() else { break };
        if !gone(at) {
            text.push_str(line);
        }
    }
    let conflict = our.iter().any(|a| their.iter().any(|b| clash(a, b)));
    Merged { text, conflict }
}

fn clash(a: &Block<'_>, b: &Block<'_>) -> bool {
    let overlap = a.old.start.max(b.old.start) < a.old.end.min(b.old.end);
    let within =
        |a: &Block<'_>, b: &Block<'_>| a.old.is_empty() && b.old.start < a.old.start && a.old.start < b.old.end;
    (overlap || within(a, b) || within(b, a)) && a.new != b.new
}

/// What both put in the same place; what is the same at the beginning and the end only once.
fn together(ours: &Block<'_>, theirs: &Block<'_>, text: &mut String) {
    let (a, b) = (ours.new.as_slice(), theirs.new.as_slice());
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b, head) = (&a[head..], &b[head..], &a[..head]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, tail) = a.split_at(a.len() - tail);
    let b = &b[..b.len() - tail.len()];
    // What is put before a line goes before what replaces it, and what continues a list item goes to the item first.
    let continues = |lines: &[&str]| lines.first().is_some_and(|line| line.starts_with([' ', '\t']));
    let theirs_first = match (ours.old.is_empty(), theirs.old.is_empty()) {
        (false, true) => true,
        (true, true) => continues(b) && !continues(a),
        _ => false,
    };
    let (first, second) = if theirs_first { (b, a) } else { (a, b) };
    text.extend(head.iter().chain(first).chain(second).chain(tail).copied());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASE: &str = "---\ntitle: x\ntags: [a, b]\n---\n\nSummary\n\n- [00:01] one\n- [00:02] two\n  more\n";

    #[test]
    fn edits_of_neighbouring_lines_are_both_there_once() {
        let ours = BASE.replace("one", "ONE").replace("a, b", "a, b, c");
        let theirs = BASE.replace("two", "TWO").replace("a, b", "b, d").replace("Summary", "Words");
        let merged = merge(BASE, &ours, &theirs);
        let want = BASE.replace("one", "ONE").replace("two", "TWO").replace("Summary", "Words");
        assert_eq!(merged, Merged { text: want.replace("a, b", "b, c, d"), conflict: false });
    }

    #[test]
    fn edits_of_the_same_line_are_both_kept() {
        let merged = merge(BASE, &BASE.replace("one", "ours"), &BASE.replace("one", "theirs"));
        assert_eq!(merged.text, BASE.replace("- [00:01] one", "- [00:01] ours\n- [00:01] theirs"));
        assert!(merged.conflict);
        let title = |word: &str| BASE.replace("title: x", &format!("title: {word}"));
        assert_eq!(merge(BASE, &title("o"), &title("t")), Merged { text: title("o"), conflict: true });
    }

    #[test]
    fn keys_and_comments_that_one_side_adds_or_removes_stay_so() {
        let ours = BASE.replace("title: x", "title: x\nverdict: keep");
        let theirs = BASE.replace("tags: [a, b]\n", "# mine\nzoom:\n  - 1\n");
        let merged = merge(BASE, &ours, &theirs);
        assert!(
            merged.text.starts_with("---\ntitle: x\nverdict: keep\nzoom:\n  - 1\n# mine\n---\n\nSummary"),
            "{}",
            merged.text
        );
        assert!(!merged.conflict);
        let bare = merge("", "a\n", &BASE[..40]);
        assert!(bare.text.contains("a\n") && bare.text.starts_with("---\ntitle"));
    }

    #[test]
    fn both_may_add_in_the_same_place() {
        let merged = merge(BASE, &format!("{BASE}- [00:03] o\n"), &format!("{BASE}  and more\n"));
        assert_eq!(merged, Merged { text: format!("{BASE}  and more\n- [00:03] o\n"), conflict: false });
    }

    #[test]
    fn other_line_breaks_are_no_other_lines() {
        let theirs = BASE.replace("two", "TWO").replace('\n', "\r\n");
        let merged = merge(BASE, &BASE.replace("one", "ONE"), &theirs);
        assert_eq!(merged.text, theirs.replace("one", "ONE"));
    }

    #[test]
    fn front_matter_that_cannot_be_read_is_woven_line_by_line() {
        let ours = BASE.replace("title: x", "title: [");
        let theirs = BASE.replace("tags: [a, b]", "tags: [a, b, c]");
        assert_eq!(merge(BASE, &ours, &theirs).text, ours.replace("a, b", "a, b, c"));
    }

    fn note() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            Just("- [00:01] a"),
            Just("- [00:02] b"),
            Just("  c"),
            Just(""),
            Just("---"),
            Just("k: v"),
            Just("tags: [x]"),
            Just("d")
        ];
        prop::collection::vec(line, 0..10).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #[test]
        fn no_line_that_one_side_added_is_lost(base in note(), ours in note(), theirs in note()) {
            let (a, b) = (base.clone() + "\nours\n" + &ours, theirs + "\ntheirs\n" + &base);
            let merged = merge(&base, &a, &b);
            prop_assert!(merged.text.lines().any(|line| line == "ours"));
            prop_assert!(merged.text.lines().any(|line| line == "theirs"));
        }

        #[test]
        fn edits_in_different_lines_are_both_there(count in 2_usize..12, a in 0_usize..12, b in 0_usize..12) {
            let a = a % count;
            let b = (a + 1 + b % (count - 1)) % count;
            let text = |edits: &[(usize, &str)]| -> String {
                (0..count).map(|n| {
                    let word = edits.iter().find(|(at, _)| *at == n).map_or("x", |(_, word)| word);
                    format!("- [00:{n:02}] {word}\n")
                }).collect()
            };
            let merged = merge(&text(&[]), &text(&[(a, "ours")]), &text(&[(b, "theirs")]));
            prop_assert_eq!(merged, Merged { text: text(&[(a, "ours"), (b, "theirs")]), conflict: false });
        }

        #[test]
        fn one_side_alone_is_taken_as_it_is(base in "\\PC*", side in note()) {
            prop_assert_eq!(merge(&base, &side, &base).text, side.as_str());
            prop_assert_eq!(merge(&base, &base, &side).text, side.as_str());
            prop_assert_eq!(merge(&base, &side, &side).text, side.as_str());
        }
    }
}

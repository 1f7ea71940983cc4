//! What was edited by hand and what is new, in one text.

use diffy::{ConflictStyle, MergeOptions};

use super::{Format, latex};

/// Two versions of one text brought together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Merged {
    pub text: String,
    /// Places that both changed; both versions are in the text there.
    pub conflicts: usize,
}

/// Long enough that no text has such a line of its own.
const MARKER: usize = 57;

/// Stands for a line break before a line, so that blank lines belong to what follows them: a talk that is removed
/// takes its own along, and nothing else is aligned by them.
const BLANK: char = '\u{1f}';

/// Three-way by lines: changes of `hand` and of `fresh` against `base` are both made. Where they meet, the lines of
/// `hand` stay and those of `fresh` follow after a comment; where `fresh` only removed what `hand` edited, it stays.
///
/// `None` for a bibliography where changes meet: it has no place for two versions.
pub(super) fn merge(base: &str, hand: &str, fresh: &str, format: Format) -> Option<Merged> {
    let windows = hand.contains("\r\n");
    let [base, hand, fresh] = [base, hand, fresh].map(fold_blanks);
    let mut options = MergeOptions::new();
    options.set_conflict_marker_length(MARKER).set_conflict_style(ConflictStyle::Diff3);
    let merged = match options.merge(&base, &hand, &fresh) {
        Ok(text) => Merged { text, conflicts: 0 },
        Err(marked) => settle(&marked, comment(format)),
    };
    let text = merged.text.replace(BLANK, "\n");
    let whole = match format {
        Format::Markdown | Format::Html | Format::Org => true,
        Format::Bibtex => merged.conflicts == 0 && latex::balanced(&text),
        Format::CslJson => merged.conflicts == 0 && serde_json::from_str::<Vec<serde_json::Value>>(&text).is_ok(),
    };
    let text = if windows { text.replace('\n', "\r\n") } else { text };
    whole.then_some(Merged { text, ..merged })
}

fn fold_blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        if line.is_empty() {
            out.push(BLANK);
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    // Blank lines at the end belong to nothing.
    out.truncate(out.trim_end_matches(BLANK).len());
    out
}

fn comment(format: Format) -> &'static str {
    match format {
        Format::Org => "# The lines above were edited by hand; the new ones:\n",
        _ => "<!-- The lines above were edited by hand; the new ones: -->\n",
    }
}

/// Replaces the places that are marked as conflicts by what is to stand there.
fn settle(marked: &str, comment: &str) -> Merged {
    let marker = |line: &str, c: char| line.chars().take_while(|found| *found == c).count() == MARKER;
    let (mut text, mut conflicts) = (String::new(), 0);
    let (mut hand, mut base, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    let mut side = Side::Both;
    for line in marked.split_inclusive('\n') {
        match side {
            Side::Both if marker(line, '<') => side = Side::Hand,
            Side::Both => text.push_str(line),
            Side::Hand if marker(line, '|') => side = Side::Base,
            Side::Hand => hand.push(line),
            Side::Base if marker(line, '=') => side = Side::Fresh,
            Side::Base => base.push(line),
            Side::Fresh if marker(line, '>') => {
                side = Side::Both;
                if let Some(lines) = beside(&base, &hand, &fresh) {
                    text.extend(lines);
                } else if fresh.is_empty() {
                    text.extend(hand.iter().copied());
                } else {
                    conflicts += 1;
                    text.extend(hand.iter().copied());
                    text.push_str(comment);
                    text.push_str(fresh.concat().trim_start_matches(BLANK));
                }
                hand.clear();
                base.clear();
                fresh.clear();
            }
            Side::Fresh => fresh.push(line),
        }
    }
    Merged { text, conflicts }
}

/// Changes that only touch: both added lines at one place, or one changed the beginning of the lines, the other the
/// end.
fn beside<'a>(base: &[&'a str], hand: &[&'a str], fresh: &[&'a str]) -> Option<Vec<&'a str>> {
    if base.is_empty() {
        return Some([hand, fresh].concat());
    }
    (0..=base.len()).find_map(|at| {
        let (head, tail) = base.split_at(at);
        let joined = |first: &[&'a str], second: &[&'a str]| {
            Some([first.strip_suffix(tail)?, second.strip_prefix(head)?].concat())
        };
        joined(fresh, hand).or_else(|| joined(hand, fresh))
    })
}

enum Side {
    Both,
    Hand,
    Base,
    Fresh,
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "# T\n\n## A\n\nOne.\n\n*One*\n\nTwo.\n\n*Two*\n";

    fn both(hand: &str, fresh: &str) -> Merged {
        merge(BASE, hand, fresh, Format::Markdown).unwrap()
    }

    #[test]
    fn hand_edits_stay_and_new_talks_come() {
        let hand = BASE.replace("One.", "One, in my words.");
        let fresh = BASE.to_owned() + "\nThree.\n\n*Three*\n";
        let merged = both(&hand, &fresh);
        assert_eq!(merged, Merged { text: fresh.replace("One.", "One, in my words."), conflicts: 0 });
    }

    #[test]
    fn a_removed_talk_goes_unless_it_was_edited() {
        let fresh = BASE.replace("One.\n\n*One*\n\n", "");
        assert_eq!(both(&BASE.replace("Two.", "2."), &fresh).text, fresh.replace("Two.", "2."));
        let edited = BASE.replace("One.", "One, in my words.");
        assert_eq!(both(&edited, &fresh), Merged { text: edited, conflicts: 0 });
    }

    #[test]
    fn where_both_changed_a_line_both_are_kept() {
        let merged = both(&BASE.replace("Two.", "2."), &BASE.replace("Two.", "II."));
        let lines = "2.\n<!-- The lines above were edited by hand; the new ones: -->\nII.";
        assert_eq!(merged, Merged { text: BASE.replace("Two.", lines), conflicts: 1 });
    }

    #[test]
    fn what_was_deleted_by_hand_stays_away() {
        let hand = BASE.replace("\nTwo.\n\n*Two*\n", "");
        let fresh = BASE.replace("# T", "# New");
        assert_eq!(both(&hand, &fresh).text, hand.replace("# T", "# New"));
    }

    #[test]
    fn a_remark_and_a_new_talk_at_one_place_both_come() {
        let merged = both(&(BASE.to_owned() + "\nMy end.\n"), &(BASE.to_owned() + "\nThree.\n\n*Three*\n"));
        assert_eq!(merged, Merged { text: BASE.to_owned() + "\nMy end.\n\nThree.\n\n*Three*\n", conflicts: 0 });
    }

    #[test]
    fn line_ends_of_the_hand_are_kept() {
        let hand = BASE.replace("One.", "1.").replace('\n', "\r\n");
        assert_eq!(both(&hand, &BASE.replace("Two.", "II.")).text, hand.replace("Two.", "II."));
    }

    #[test]
    fn a_bibliography_is_merged_whole_or_not_at_all() {
        let base = "[\n  {\n    \"id\": \"a\",\n    \"x\": 1\n  },\n  {\n    \"id\": \"b\"\n  }\n]\n";
        let hand = base.replace("\"x\": 1", "\"x\": 2");
        let fresh = base.replace("\"b\"", "\"c\"");
        let merged = merge(base, &hand, &fresh, Format::CslJson).unwrap();
        assert_eq!(merged.text, hand.replace("\"b\"", "\"c\""));
        assert_eq!(merge(base, &hand, &base.replace("\"x\": 1", "\"x\": 3"), Format::CslJson), None);
        assert_eq!(merge(base, "[\n", &fresh, Format::CslJson), None);
    }
}

//! All notes of the library in one Markdown file.

use std::path::Path;

use super::names::byline;
use super::{Entry, digest, escape, markdown};
use crate::notes::Verdict;

/// Every talk with a summary or a moment, whatever its verdict, in the order given; pictures lead there from
/// `target_folder`, where the file belongs.
pub fn notes_file(entries: &[Entry], title: &str, target_folder: &Path) -> String {
    let mut blocks = vec![format!("# {}", escape::markdown(&escape::one_line(title)))];
    for entry in entries {
        let moments: Vec<String> = entry
            .moments
            .iter()
            .filter(|(_, source)| !markdown::blank(source))
            .map(|(at, source)| format!("- {}: {}", at.clock(), markdown::embed_in_item(source, entry, target_folder)))
            .collect();
        if markdown::blank(&entry.summary) && moments.is_empty() {
            continue;
        }
        blocks.push(format!("## {}", escape::markdown(&digest::title(entry))));
        blocks.extend(about(entry));
        if !markdown::blank(&entry.summary) {
            blocks.push(markdown::embed(&entry.summary, entry, target_folder));
        }
        if !moments.is_empty() {
            blocks.push(moments.join("\n"));
        }
    }
    blocks.join("\n\n") + "\n"
}

/// The lines below the title: who, where and when, and what the viewer made of it.
fn about(entry: &Entry) -> Option<String> {
    let plain = |text: &str| Some(escape::markdown(&escape::one_line(text))).filter(|text| !text.is_empty());
    let verdict = entry.verdict.map(|verdict| match verdict {
        Verdict::Keep => "Verdict: keep".to_owned(),
        Verdict::Again => "Verdict: again".to_owned(),
        Verdict::Drop => "Verdict: drop".to_owned(),
    });
    let tags: Vec<String> = entry.tags.iter().filter_map(|tag| plain(tag)).collect();
    let where_and_when: Vec<String> =
        [&entry.venue, &entry.day].into_iter().flatten().filter_map(|t| plain(t)).collect();
    let lines: Vec<String> = [
        plain(&byline(&entry.authors)),
        Some(where_and_when.join(", ")).filter(|line| !line.is_empty()),
        entry.link.as_deref().and_then(escape::web_link).map(|link| format!("<{}>", escape::markdown_link(link))),
        verdict,
        Some(tags.join(", ")).filter(|tags| !tags.is_empty()).map(|tags| format!("Tags: {tags}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    // Two spaces at the end break the line.
    (!lines.is_empty()).then(|| lines.join("  \n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MediaTime;

    #[test]
    fn every_talk_with_a_note_is_there_whatever_its_verdict() {
        let at = MediaTime::from_secs(75);
        let entries = [
            Entry {
                title: "A* [draft]".into(),
                authors: vec!["Lovelace, Ada".into(), "Charles Babbage".into()],
                link: Some("https://a.org/1".into()),
                venue: Some("ICML 2024".into()),
                verdict: Some(Verdict::Drop),
                tags: vec!["search".into(), "old".into()],
                summary: "# Not new\n\nKnown.".into(),
                moments: vec![(at, "See *this*\n\nand that".into()), (at, " \n".into())],
                ..Entry::default()
            },
            Entry { title: "Silent".into(), verdict: Some(Verdict::Keep), ..Entry::default() },
            Entry { summary: "Only a word.".into(), ..Entry::default() },
        ];
        assert_eq!(
            notes_file(&entries, "All notes", Path::new(".")),
            "# All notes\n\n## A\\* \\[draft\\]\n\nAda Lovelace and Charles Babbage  \nICML 2024  \n<https://a.org/1>  \n\
             Verdict: drop  \nTags: search, old\n\n### Not new\n\nKnown.\n\n- 1:15: See *this*\n\n  and that\n\n\
             ## Untitled talk\n\nOnly a word.\n"
        );
    }
}

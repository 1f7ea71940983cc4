//! What the viewer wrote, in Markdown: read once, and put into a larger Markdown text as it was written.

use std::ops::Range;
use std::path::Path;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

use super::pictures::{self, Picture};
use super::{Entry, escape};

/// The Markdown that notes are read as.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
}

/// The events of a text, with footnotes named so that those of two talks do not meet.
pub(super) fn events<'a>(source: &'a str, entry: &Entry) -> Vec<Event<'a>> {
    let prefix = prefix(entry);
    let name = |label: CowStr| CowStr::from(format!("{prefix}-{}", slug(&label)));
    TextMergeStream::new(Parser::new_ext(source, options()))
        .map(|event| match event {
            Event::FootnoteReference(label) => Event::FootnoteReference(name(label)),
            Event::Start(Tag::FootnoteDefinition(label)) => Event::Start(Tag::FootnoteDefinition(name(label))),
            other => other,
        })
        .collect()
}

/// Whether a text holds nothing that is seen.
pub(super) fn blank(source: &str) -> bool {
    source.trim().is_empty()
}

fn prefix(entry: &Entry) -> String {
    slug(if entry.id.is_empty() { &entry.title } else { &entry.id })
}

fn slug(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect()
}

/// The level of a heading within a summary: below the themes.
pub(super) fn below_themes(level: HeadingLevel) -> usize {
    (level as usize + 2).min(6)
}

/// A text to stand among others: pictures lead there from `target`, headings are below the themes, links by reference
/// are written out, and what was left open is closed. The rest stays letter by letter.
pub(super) fn embed(source: &str, entry: &Entry, target: &Path) -> String {
    let source = source.replace("\r\n", "\n");
    let mut out = source.clone();
    for (range, text) in edits(&source, entry, target).into_iter().rev() {
        out.replace_range(range, &text);
    }
    closed(out.trim_matches('\n').trim_end())
}

/// A text as the rest of a list item: further lines are indented, and what is no paragraph begins below.
pub(super) fn embed_in_item(source: &str, entry: &Entry, target: &Path) -> String {
    let text = embed(source, entry, target);
    let paragraph = matches!(Parser::new_ext(&text, options()).next(), Some(Event::Start(Tag::Paragraph)));
    let text = if paragraph { text.trim_start().to_owned() } else { format!("\n\n{text}") };
    text.split('\n')
        .enumerate()
        .map(|(n, line)| if n == 0 || line.is_empty() { line.to_owned() } else { format!("  {line}") })
        .collect::<Vec<_>>()
        .join("\n")
}

/// What to replace, in order and without overlap.
fn edits(source: &str, entry: &Entry, target: &Path) -> Vec<(Range<usize>, String)> {
    let mut parser = Parser::new_ext(source, options()).into_offset_iter();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let prefix = prefix(entry);
    // Where the last event within the innermost link or heading ended.
    let mut inner_end = 0;
    let mut in_setext = false;
    while let Some((event, range)) = parser.next() {
        match event {
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                let alt = alt_text(&mut parser);
                if let Some(text) = image(&dest_url, &title, &alt, entry, target) {
                    edits.push((range.clone(), text));
                }
                inner_end = range.end;
            }
            Event::Start(Tag::Link { .. }) => inner_end = range.start + 1,
            Event::Start(Tag::Heading { level, .. }) => {
                let marks = source[range.clone()].bytes().take_while(|byte| *byte == b'#').count();
                in_setext = marks == 0;
                let new = "#".repeat(below_themes(level));
                let text = if in_setext { new + " " } else { new };
                edits.push((range.start..range.start + marks, text));
                inner_end = range.start + marks;
            }
            Event::End(TagEnd::Heading(_)) => {
                if in_setext {
                    edits.push((inner_end..range.end, "\n".to_owned()));
                }
                in_setext = false;
                inner_end = range.end;
            }
            Event::SoftBreak | Event::HardBreak if in_setext => {
                edits.push((range.clone(), " ".to_owned()));
                inner_end = range.end;
            }
            Event::FootnoteReference(label) => {
                edits.push((range.clone(), format!("[^{prefix}-{}]", slug(&label))));
                inner_end = range.end;
            }
            Event::Start(Tag::FootnoteDefinition(label)) => {
                if let Some(len) = source[range.clone()].find(']') {
                    edits.push((range.start..range.start + len + 1, format!("[^{prefix}-{}]", slug(&label))));
                }
            }
            Event::Start(_) => {}
            Event::End(_) => inner_end = range.end,
            _ => inner_end = range.end,
        }
    }
    edits.extend(reference_links(source));
    for (_, definition) in parser.reference_definitions().iter() {
        edits.push((definition.span.clone(), String::new()));
    }
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut end = 0;
    edits.retain(|(range, _)| {
        let apart = range.start >= end;
        end = if apart { range.end } else { end };
        apart
    });
    edits
}

/// `[text][name]` becomes `[text](address)`: the definitions of two talks could have the same names.
fn reference_links(source: &str) -> Vec<(Range<usize>, String)> {
    let mut edits = Vec::new();
    let mut open = None;
    let mut inner_end = 0;
    for (event, range) in Parser::new_ext(source, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                let by_reference = matches!(link_type, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut);
                open = by_reference.then(|| destination(&escape::markdown_link(&dest_url), &title));
                inner_end = range.start + 1;
            }
            Event::End(TagEnd::Link) => {
                if let Some(destination) = open.take() {
                    edits.push((inner_end..range.end, format!("]{destination}")));
                }
                inner_end = range.end;
            }
            _ => inner_end = range.end,
        }
    }
    edits
}

fn destination(link: &str, title: &str) -> String {
    if title.is_empty() {
        format!("({link})")
    } else {
        format!("({link} \"{}\")", title.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// The picture with its new address; its description where there is no picture; `None` where it stays.
fn image(dest: &str, title: &str, alt: &str, entry: &Entry, target: &Path) -> Option<String> {
    let alt = escape::markdown(&escape::one_line(alt));
    match pictures::find(&entry.folder, dest) {
        Picture::File(file) => Some(format!("![{alt}]{}", destination(&pictures::relative_link(&file, target), title))),
        Picture::Web(link) => Some(format!("![{alt}]{}", destination(&escape::markdown_link(&link), title))),
        Picture::Missing => Some(alt),
    }
}

/// Reads on to the end of an image and returns its description.
fn alt_text<'a>(parser: &mut impl Iterator<Item = (Event<'a>, Range<usize>)>) -> String {
    let (mut depth, mut alt) = (1, String::new());
    for (event, _) in parser {
        match event {
            Event::Start(Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Image) => depth -= 1,
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) => alt.push_str(&text),
            Event::SoftBreak | Event::HardBreak => alt.push(' '),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    alt
}

/// Closes a code block or a comment that was left open, so that it does not swallow what follows.
fn closed(text: &str) -> String {
    let fences = (3..12).flat_map(|len| ["`".repeat(len), "~".repeat(len)]);
    let endings = std::iter::once(String::new()).chain(fences.map(|fence| format!("\n{fence}"))).chain(
        ["-->", "?>", "]]>", ">", "</script>", "</style>", "</pre>", "</textarea>"].map(|end| format!("\n{end}")),
    );
    for ending in endings {
        let candidate = format!("{text}{ending}");
        if ends_apart(&candidate) {
            return candidate;
        }
    }
    escape::markdown(&escape::one_line(text))
}

/// Whether a paragraph that follows would be one of its own.
fn ends_apart(text: &str) -> bool {
    let probe = format!("{text}\n\nprobe");
    let start = text.len() + 2;
    let mut depth = 0;
    for (event, range) in Parser::new_ext(&probe, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Paragraph) if depth == 0 && range.start == start => return true,
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(source: &str) -> String {
        let entry = Entry { id: "t1".into(), folder: "/nowhere".into(), ..Entry::default() };
        embed(source, &entry, Path::new("/nowhere"))
    }

    #[test]
    fn what_means_nothing_outside_stays_letter_by_letter() {
        for text in
            ["Two *words*,\nand  $x_1$ `code`.\n\n- a\n* b", "| a | b |\n|---|---|\n| 1 | 2 |", "<b>bold</b> &amp; c"]
        {
            assert_eq!(put(text), text);
        }
        assert_eq!(put("\n\n  text  \r\n\r\nmore\n"), "  text  \n\nmore");
    }

    #[test]
    fn headings_go_below_the_themes() {
        assert_eq!(put("# One\n\ntext"), "### One\n\ntext");
        assert_eq!(put("##### Five #####"), "###### Five #####");
        assert_eq!(put("One *a*\ntwo\n===\n\ntext"), "### One *a* two\n\ntext");
    }

    #[test]
    fn references_of_two_talks_do_not_meet() {
        assert_eq!(
            put(
                "See [the *paper*][1], [code] and note[^a].\n\n[1]: <https://a.org/x y> \"A \\\"b\\\"\"\n[code]: https://b.org\n\n[^a]: Foot."
            ),
            "See [the *paper*](https://a.org/x%20y \"A \\\"b\\\"\"), [code](https://b.org) and note[^t1-a].\n\n\n\n\n[^t1-a]: Foot."
        );
    }

    #[test]
    fn what_is_left_open_is_closed() {
        assert_eq!(put("a\n\n```rust\nlet x;"), "a\n\n```rust\nlet x;\n```");
        assert_eq!(put("~~~~\nx"), "~~~~\nx\n~~~~");
        assert_eq!(put("<!-- open"), "<!-- open\n-->");
        assert_eq!(put("a [b"), "a [b");
    }

    #[test]
    fn a_missing_picture_leaves_its_description() {
        assert_eq!(put("See ![Slide *5*](slides/5.jpg \"t\")!"), "See Slide 5!");
        assert_eq!(put("![x](https://a.org/a(1).png)"), "![x](https://a.org/a%281%29.png)");
    }

    #[test]
    fn an_item_keeps_its_blocks() {
        let entry = Entry::default();
        let item = |text: &str| embed_in_item(text, &entry, Path::new("."));
        assert_eq!(item("one\ntwo\n\nthree"), "one\n  two\n\n  three");
        assert_eq!(item("- a\n- b"), "\n\n  - a\n  - b");
    }
}

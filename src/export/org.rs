//! What the viewer wrote, from Markdown to Org.

use std::path::Path;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Tag, TagEnd};

use super::pictures::{self, Picture};
use super::{Entry, escape, markdown};

/// Org keeps text apart from markup with it; takes no room.
const ZERO_WIDTH: char = '\u{200b}';

/// Blocks of Org, with a blank line between them and none at the end; pictures lead there from `target`.
pub(super) fn blocks(source: &str, entry: &Entry, target: &Path) -> String {
    let mut writer = Writer { entry, target, open: vec![Frame::default()], mark_closed: false, marks: 0 };
    for event in markdown::events(source, entry) {
        writer.event(event);
    }
    let blocks = writer.open.pop().map(|frame| frame.blocks).unwrap_or_default();
    // Two blank lines end a footnote; one is there wherever a text stands.
    let end = if blocks.last().is_some_and(|block| block.starts_with("[fn:")) { "\n" } else { "" };
    blocks.join("\n\n").trim_end().to_owned() + end
}

/// As [`blocks`], as the rest of a list item: further lines are indented.
pub(super) fn in_item(source: &str, entry: &Entry, target: &Path) -> String {
    let text = blocks(source, entry, target);
    let block = text.starts_with("#+") || text.starts_with("- ") || text.starts_with('|');
    let text = if block { format!("\n{text}") } else { text };
    indent(&text, "", "  ")
}

/// What is collected within one element that is open.
#[derive(Default)]
struct Frame {
    blocks: Vec<String>,
    /// The paragraph or the line that grows.
    line: String,
    kind: Kind,
}

#[derive(Default)]
enum Kind {
    #[default]
    Plain,
    /// The number of the next item, where items have numbers.
    List(Option<u64>),
    /// The address.
    Link(Option<String>),
    Image(Option<String>),
    Code(String),
    /// The rows of a table so far and its alignments, which Org tells by content.
    Table(Vec<String>),
    Row(Vec<String>),
    Footnote(String),
}

struct Writer<'a> {
    entry: &'a Entry,
    target: &'a Path,
    open: Vec<Frame>,
    /// Whether the last character is a mark that closed: a letter may not follow at once.
    mark_closed: bool,
    /// How many marks such as bold are open: Org ends them at the second line break.
    marks: usize,
}

impl Writer<'_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => {
                if matches!(self.top().kind, Kind::Code(_)) {
                    self.top().line.push_str(&text);
                } else {
                    self.text(&escape::org(&text));
                }
            }
            Event::Code(code) => self.code(&code),
            Event::InlineMath(formula) => self.text(&format!("\\({formula}\\)")),
            Event::DisplayMath(formula) => self.text(&format!("\\[{formula}\\]")),
            Event::Html(text) | Event::InlineHtml(text) => self.text(&escape::org(&text)),
            Event::FootnoteReference(label) => self.text(&format!("[fn:{label}]")),
            Event::SoftBreak => {
                let separator = if self.marks > 0 { " " } else { "\n" };
                self.text(separator);
            }
            Event::HardBreak => self.text(if self.marks > 0 { " " } else { "\\\\\n" }),
            Event::Rule => self.top().blocks.push("-----".to_owned()),
            Event::TaskListMarker(done) => self.top().line.push_str(if done { "[X] " } else { "[ ] " }),
        }
    }

    fn top(&mut self) -> &mut Frame {
        if self.open.is_empty() {
            self.open.push(Frame::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn push(&mut self, kind: Kind) {
        self.open.push(Frame { kind, ..Frame::default() });
    }

    /// Text after a closed mark is kept apart from it where Org would not see the mark.
    fn text(&mut self, text: &str) {
        let apart =
            self.mark_closed && text.starts_with(|c: char| !(c.is_whitespace() || "-.,;:!?'\")}[\\".contains(c)));
        if apart {
            self.top().line.push(ZERO_WIDTH);
        }
        self.mark_closed = false;
        self.top().line.push_str(text);
    }

    fn open_mark(&mut self, mark: char) {
        self.marks += 1;
        let line = &mut self.top().line;
        let free = line.chars().next_back().is_none_or(|c| c.is_whitespace() || "-('\"{*/+_".contains(c));
        if !free || self.mark_closed {
            self.top().line.push(ZERO_WIDTH);
        }
        self.mark_closed = false;
        self.top().line.push(mark);
    }

    fn close_mark(&mut self, mark: char) {
        self.marks = self.marks.saturating_sub(1);
        self.top().line.push(mark);
        self.mark_closed = true;
    }

    fn code(&mut self, code: &str) {
        let code = code.trim();
        let Some(mark) = ['~', '='].into_iter().find(|mark| !code.contains(*mark) && !code.is_empty()) else {
            self.text(&escape::org(code));
            return;
        };
        self.open_mark(mark);
        self.top().line.push_str(code);
        self.close_mark(mark);
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            // What a tight list item or a quote said before this block is a paragraph of its own.
            Tag::Paragraph | Tag::HtmlBlock | Tag::Heading { .. } => self.finish_line_before_block(),
            Tag::List(first) => {
                self.finish_line_before_block();
                self.push(Kind::List(first));
            }
            Tag::BlockQuote(_) | Tag::Item => {
                self.finish_line_before_block();
                self.push(Kind::Plain);
            }
            Tag::CodeBlock(kind) => {
                self.finish_line_before_block();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.push(Kind::Code(language));
            }
            Tag::Table(alignments) => {
                self.finish_line_before_block();
                self.push(Kind::Table(alignment_row(&alignments).into_iter().collect()));
            }
            Tag::TableHead | Tag::TableRow => self.push(Kind::Row(Vec::new())),
            Tag::TableCell => {}
            Tag::FootnoteDefinition(label) => {
                self.finish_line_before_block();
                self.push(Kind::Footnote(label.to_string()));
            }
            Tag::Emphasis => self.open_mark('/'),
            Tag::Strong => self.open_mark('*'),
            Tag::Strikethrough => self.open_mark('+'),
            Tag::Link { dest_url, .. } => {
                let link = escape::harmless(&dest_url).then(|| escape::org_link(&dest_url));
                self.push(Kind::Link(link));
            }
            Tag::Image { dest_url, .. } => {
                let address = match pictures::find(&self.entry.folder, &dest_url) {
                    Picture::File(file) => Some(file_link(&pictures::relative(&file, self.target))),
                    Picture::Web(link) => Some(escape::org_link(&link)),
                    Picture::Missing => None,
                };
                self.push(Kind::Image(address));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.finish_line_before_block(),
            TagEnd::Heading(_) => {
                // A heading of Org would take all that follows in, so it is a line in bold.
                let line = std::mem::take(&mut self.top().line).replace('\n', " ");
                self.mark_closed = false;
                self.top().blocks.push(format!("*{}*", line.trim().replace('*', "")));
            }
            TagEnd::Emphasis => self.close_mark('/'),
            TagEnd::Strong => self.close_mark('*'),
            TagEnd::Strikethrough => self.close_mark('+'),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.top().line).replace('|', "\\vert{}").replace('\n', " ");
                self.mark_closed = false;
                if let Kind::Row(cells) = &mut self.top().kind {
                    cells.push(cell);
                }
            }
            TagEnd::Link | TagEnd::Image => self.end_link(),
            TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::Table
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::FootnoteDefinition => self.end_block(&tag),
            _ => {}
        }
    }

    fn end_link(&mut self) {
        let Some(Frame { line, kind, .. }) = self.open.pop() else { return };
        self.mark_closed = false;
        match kind {
            // A picture is shown only where its link has no description.
            Kind::Image(Some(address)) => self.text(&format!("[[{address}]]")),
            Kind::Link(Some(address)) if line.is_empty() || line.replace(ZERO_WIDTH, "") == address => {
                self.text(&format!("[[{address}]]"));
            }
            Kind::Link(Some(address)) => {
                self.text(&format!("[[{address}][{line}]]"));
            }
            _ => self.text(&line),
        }
    }

    fn end_block(&mut self, tag: &TagEnd) {
        if !matches!(tag, TagEnd::CodeBlock) {
            self.finish_line_before_block();
        }
        let Some(Frame { blocks, line, kind }) = self.open.pop() else { return };
        self.mark_closed = false;
        match kind {
            Kind::Plain if matches!(tag, TagEnd::Item) => {
                let list = self.top();
                let marker = match &mut list.kind {
                    Kind::List(Some(number)) => {
                        // Org counts on its own, but for a list that begins elsewhere.
                        let start = if list.blocks.is_empty() && *number != 1 {
                            format!("[@{number}] ")
                        } else {
                            String::new()
                        };
                        let marker = format!("{number}. {start}");
                        *number += 1;
                        marker
                    }
                    _ => "- ".to_owned(),
                };
                let hang = " ".repeat(marker.find(' ').map_or(2, |at| at + 1));
                list.blocks.push(indent(&blocks.join("\n\n"), &marker, &hang));
            }
            Kind::Plain => {
                self.top().blocks.push(format!("#+begin_quote\n{}\n#+end_quote", blocks.join("\n\n")));
            }
            Kind::List(_) => self.top().blocks.push(blocks.join("\n")),
            Kind::Code(language) => self.top().blocks.push(code_block(&language, &line)),
            Kind::Row(cells) => {
                let row = format!("| {} |", cells.join(" | "));
                let rule = format!("|{}|", vec!["---"; cells.len()].join("+"));
                if let Kind::Table(rows) = &mut self.top().kind {
                    rows.push(row);
                    if matches!(tag, TagEnd::TableHead) {
                        rows.push(rule);
                    }
                }
            }
            Kind::Table(rows) => self.top().blocks.push(rows.join("\n")),
            // Two blank lines end a footnote.
            Kind::Footnote(label) => self.top().blocks.push(format!("[fn:{label}] {}\n", blocks.join("\n\n"))),
            Kind::Link(_) | Kind::Image(_) => {}
        }
    }

    fn finish_line_before_block(&mut self) {
        self.mark_closed = false;
        let frame = self.top();
        let line = std::mem::take(&mut frame.line);
        if !line.trim().is_empty() {
            frame.blocks.push(escape::org_line_start(line.trim_end()));
        }
    }
}

/// `[[file:…]]` knows backslashes, not percent signs.
fn file_link(path: &str) -> String {
    format!("file:{}", path.replace('[', "\\[").replace(']', "\\]"))
}

fn code_block(language: &str, code: &str) -> String {
    let language: String = language.chars().filter(|c| c.is_alphanumeric() || "+-_#".contains(*c)).collect();
    let (begin, end) = if language.is_empty() {
        ("#+begin_example".to_owned(), "#+end_example")
    } else {
        (format!("#+begin_src {language}"), "#+end_src")
    };
    // A comma hides what Org would take for a heading, a keyword or the end of the block.
    let comma = |line: &str| {
        let bare = line.trim_start_matches(',');
        if bare.starts_with('*') || bare.trim_start().starts_with("#+") { format!(",{line}") } else { line.to_owned() }
    };
    let lines: Vec<String> = code.trim_end_matches('\n').split('\n').map(comma).collect();
    format!("{begin}\n{}\n{end}", lines.join("\n"))
}

/// The row of `<l>`, `<c>`, `<r>` that Org reads alignments from, where there are any.
fn alignment_row(alignments: &[Alignment]) -> Option<String> {
    let cells: Vec<&str> = alignments
        .iter()
        .map(|alignment| match alignment {
            Alignment::None => "",
            Alignment::Left => "<l>",
            Alignment::Center => "<c>",
            Alignment::Right => "<r>",
        })
        .collect();
    cells.iter().any(|cell| !cell.is_empty()).then(|| format!("| {} |", cells.join(" | ")))
}

fn indent(text: &str, first: &str, others: &str) -> String {
    text.split('\n')
        .enumerate()
        .map(|(n, line)| match (n, line.is_empty()) {
            (0, _) => format!("{first}{line}"),
            (_, true) => String::new(),
            (_, false) => format!("{others}{line}"),
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn org(source: &str) -> String {
        blocks(source, &Entry { id: "t".into(), folder: "/nowhere".into(), ..Entry::default() }, Path::new("."))
    }

    #[test]
    fn markup_becomes_that_of_org() {
        for (source, expected) in [
            ("a *b* **c** ~~d~~ `e=~f` `g~h`", "a /b/ *c* +d+ e=~f =g~h="),
            ("in*side*word **a**, b", "in\u{200b}/side/\u{200b}word *a*, b"),
            ("***both***", "/*both*/"),
            ("see [a b](https://c.org/[x]) <https://d.org>", "see [[https://c.org/%5Bx%5D][a b]] [[https://d.org]]"),
            ("[x](javascript:y) ![Slide 5](a.png)", "x Slide 5"),
            ("$x_1$ and $5", "\\(x_1\\) and $5"),
            ("# Head *line*\n\ntext", "*Head /line/*\n\ntext"),
            ("a  \nb\nc", "a\\\\\nb\nc"),
            ("> q\n>\n> r", "#+begin_quote\nq\n\nr\n#+end_quote"),
            ("---", "-----"),
            ("a[^1]\n\n[^1]: Foot.", "a[fn:t-1]\n\n[fn:t-1] Foot.\n"),
        ] {
            assert_eq!(org(source), expected, "{source}");
        }
    }

    #[test]
    fn lists_tables_and_code_keep_their_shape() {
        assert_eq!(org("- a\n  - b\n    c\n- [x] d\n\n3. e\n4. f"), "- a\n\n  - b\n    c\n- [X] d\n\n3. [@3] e\n4. f");
        assert_eq!(
            org("| a | b |\n|---|--:|\n| `x\\|y` | 2 |"),
            "|  | <r> |\n| a | b |\n|---+---|\n| ~x\\vert{}y~ | 2 |"
        );
        assert_eq!(
            org("```rust x\n* a\n#+end_src\n```\n\n    plain\n"),
            "#+begin_src rust\n,* a\n,#+end_src\n#+end_src\n\n#+begin_example\nplain\n#+end_example"
        );
    }

    #[test]
    fn text_that_looks_like_org_stays_text() {
        for (source, expected) in [
            ("\\*bold\\* x", "*\u{200b}bold* x"),
            ("\\* no heading", "\u{200b}* no heading"),
            ("a\n\\# no keyword\n: b", "a\n\u{200b}# no keyword\n\u{200b}: b"),
            ("\\[[x]]", "[\u{200b}[x]\u{200b}]\u{200b}"),
        ] {
            assert_eq!(org(source), expected, "{source}");
        }
    }
}

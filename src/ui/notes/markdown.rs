//! Markdown as it is read in a narrow panel: emphasis, code, lists, quotations, tags. Anything else as it is written.

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Stroke};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::app::spelling::Spelling;
use crate::ui::theme::{self, Palette};

/// Indentation of lists, in points.
const INDENT: f32 = 14.0;
/// Height of a line of text, in points.
const LINE: f32 = 22.0;

/// Lays a text out; it wraps at `width` points.
pub fn layout(text: &str, width: f32, palette: &Palette) -> LayoutJob {
    let mut writer = Writer { job: LayoutJob::default(), palette, ..Writer::new(palette) };
    writer.job.wrap.max_width = width;
    for event in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES) {
        writer.take(event);
    }
    writer.job
}

/// A text as it is being typed: nothing is hidden, tags have their colour, words that are not known a line below them.
pub fn typed(text: &str, width: f32, spelling: &Spelling, palette: &Palette) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    let plain = TextFormat { line_height: Some(LINE), ..TextFormat::simple(theme::body(), palette.text) };
    let wrong = TextFormat { underline: Stroke::new(1.5, palette.warning), ..plain.clone() };
    for (piece, is_tag) in tags(text) {
        if is_tag {
            job.append(piece, 0.0, TextFormat { color: palette.note, ..plain.clone() });
            continue;
        }
        let mut from = 0;
        for word in spelling.unknown(piece) {
            job.append(&piece[from..word.start], 0.0, plain.clone());
            job.append(&piece[word.clone()], 0.0, wrong.clone());
            from = word.end;
        }
        job.append(&piece[from..], 0.0, plain.clone());
    }
    job
}

struct Writer<'a> {
    job: LayoutJob,
    palette: &'a Palette,
    strong: usize,
    italics: usize,
    struck: usize,
    link: usize,
    heading: usize,
    quote: usize,
    code: usize,
    /// The next number of each list that is open; `None` for bullets.
    lists: Vec<Option<u64>>,
    /// Something stands before what comes next.
    begun: bool,
}

impl<'a> Writer<'a> {
    fn new(palette: &'a Palette) -> Self {
        Self {
            job: LayoutJob::default(),
            palette,
            strong: 0,
            italics: 0,
            struck: 0,
            link: 0,
            heading: 0,
            quote: 0,
            code: 0,
            lists: Vec::new(),
            begun: false,
        }
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.code > 0 || self.link > 0 => self.push(&text, false),
            Event::Text(text) => {
                for (piece, is_tag) in tags(&text) {
                    self.push(piece, is_tag);
                }
            }
            Event::Code(code) => {
                self.code += 1;
                self.push(&code, false);
                self.code -= 1;
            }
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.push(&text, false);
            }
            // As it was typed.
            Event::SoftBreak => self.push("\n", false),
            Event::HardBreak => self.push("\n", false),
            Event::Rule => self.block("———"),
            Event::FootnoteReference(name) => self.push(&format!("[{name}]"), false),
            Event::TaskListMarker(done) => self.push(if done { "[x] " } else { "[ ] " }, false),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { .. } => {
                self.block("");
                self.heading += 1;
            }
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::TableRow | Tag::TableHead if self.lists.is_empty() => {
                self.block("");
                self.code += usize::from(matches!(tag, Tag::CodeBlock(_)));
            }
            Tag::CodeBlock(_) => {
                self.line("");
                self.code += 1;
            }
            Tag::BlockQuote(_) => self.quote += 1,
            Tag::List(first) => self.lists.push(*first),
            Tag::Item => {
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".to_owned(),
                };
                self.line(&mark);
            }
            Tag::TableCell => self.push("  ", false),
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.italics += 1,
            Tag::Strikethrough => self.struck += 1,
            Tag::Link { .. } => self.link += 1,
            Tag::Image { .. } => self.push("▣ ", false),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.heading -= 1,
            TagEnd::CodeBlock => self.code -= 1,
            TagEnd::BlockQuote(_) => self.quote -= 1,
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Strong => self.strong -= 1,
            TagEnd::Emphasis => self.italics -= 1,
            TagEnd::Strikethrough => self.struck -= 1,
            TagEnd::Link => self.link -= 1,
            _ => {}
        }
    }

    /// A new paragraph.
    fn block(&mut self, mark: &str) {
        if self.begun {
            self.raw("\n", 0.0);
        }
        self.line(mark);
    }

    /// A new line.
    fn line(&mut self, mark: &str) {
        if self.begun {
            self.raw("\n", 0.0);
        }
        if !mark.is_empty() {
            #[expect(clippy::cast_precision_loss, reason = "lists are hardly nested")]
            let indent = INDENT * self.lists.len().saturating_sub(1) as f32;
            self.raw(mark, indent);
            self.begun = true;
        }
    }

    fn push(&mut self, text: &str, is_tag: bool) {
        // The end of a code block is no line of its own.
        let text = if self.code > 0 { text.trim_end_matches('\n') } else { text };
        let format = self.format(is_tag);
        self.job.append(text, 0.0, format);
        self.begun = true;
    }

    fn raw(&mut self, text: &str, indent: f32) {
        let format = self.format(false);
        self.job.append(text, indent, format);
    }

    fn format(&self, is_tag: bool) -> TextFormat {
        let palette = self.palette;
        let size = theme::body().size;
        let font_id = if self.code > 0 {
            FontId::new(size - 1.0, theme::times().family)
        } else if self.strong > 0 || self.heading > 0 {
            theme::strong()
        } else {
            theme::body()
        };
        let color = match (is_tag, self.link > 0, self.quote > 0) {
            (true, ..) => palette.note,
            (_, true, _) => palette.accent,
            (_, _, true) => palette.muted,
            _ => palette.text,
        };
        let line_height = Some(LINE);
        let background = if self.code > 0 { palette.raised } else { Color32::TRANSPARENT };
        let strikethrough = if self.struck > 0 { Stroke::new(1.0, color) } else { Stroke::NONE };
        TextFormat {
            font_id,
            color,
            background,
            strikethrough,
            italics: self.italics > 0 || self.quote > 0,
            line_height,
            ..TextFormat::default()
        }
    }
}

/// The pieces of a text, and whether each is a tag.
fn tags(text: &str) -> Vec<(&str, bool)> {
    let (mut pieces, mut from, mut before) = (Vec::new(), 0, ' ');
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '#' && (before.is_whitespace() || before == '(') {
            let rest = text.get(at + 1..).unwrap_or_default();
            let end = rest.find(|c: char| !is_of_tag(c)).unwrap_or(rest.len());
            if rest.get(..end).is_some_and(|tag| tag.chars().any(char::is_alphabetic)) {
                pieces.extend(text.get(from..at).filter(|piece| !piece.is_empty()).map(|piece| (piece, false)));
                pieces.extend(text.get(at..at + 1 + end).map(|tag| (tag, true)));
                from = at + 1 + end;
                while chars.next_if(|(next, _)| *next < from).is_some() {}
            }
        }
        before = c;
    }
    pieces.extend(text.get(from..).filter(|piece| !piece.is_empty()).map(|piece| (piece, false)));
    pieces
}

/// Whether a character can be part of a tag.
pub fn is_of_tag(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        layout(text, 300.0, &theme::DARK).text
    }

    #[test]
    fn what_is_read_has_no_markup() {
        assert_eq!(shown("A **bold** and *soft* `x_1` [page](https://e.org)."), "A bold and soft x_1 page.");
        assert_eq!(shown("one\ntwo\n\nthree"), "one\ntwo\n\nthree");
        assert_eq!(shown("- a\n- b\n    1. c\n\nend"), "• a\n• b\n1. c\n\nend");
        assert_eq!(shown("> said"), "said");
        assert_eq!(shown("$x^2$ stays"), "$x^2$ stays");
    }

    #[test]
    fn tags_have_their_colour() {
        assert_eq!(
            tags("see #unet, (#a-b) no#t #1"),
            [("see ", false), ("#unet", true), (", (", false), ("#a-b", true), (") no#t #1", false)]
        );
        let job = layout("a #tag", 300.0, &theme::DARK);
        assert!(job.sections.iter().any(|section| section.format.color == theme::DARK.note));
    }
}

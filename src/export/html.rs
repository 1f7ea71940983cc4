//! What the viewer wrote, as HTML that needs nothing from outside.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Tag, TagEnd, html};

use super::pictures::{self, Picture};
use super::{Entry, escape, markdown};

/// Blocks of HTML: raw HTML is shown as text, links to scripts lose their address, pictures are inside.
pub(super) fn blocks(source: &str, entry: &Entry) -> String {
    render(safe_events(source, entry))
}

/// As [`blocks`]; a single paragraph comes without its tags, to stand in a line.
pub(super) fn in_item(source: &str, entry: &Entry) -> String {
    let mut events = safe_events(source, entry);
    let paragraphs = events.iter().filter(|event| matches!(event, Event::Start(Tag::Paragraph))).count();
    if paragraphs == 1
        && matches!(events.first(), Some(Event::Start(Tag::Paragraph)))
        && matches!(events.last(), Some(Event::End(TagEnd::Paragraph)))
    {
        events.pop();
        events.remove(0);
    }
    render(events)
}

fn render(events: Vec<Event>) -> String {
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    // The writer of empty elements leaves this one open, which only the HTML parser forgives.
    out.trim_end().replace("<input disabled=\"\" type=\"checkbox\">", "<input disabled=\"\" type=\"checkbox\"/>")
}

fn safe_events<'a>(source: &'a str, entry: &Entry) -> Vec<Event<'a>> {
    let mut out = Vec::new();
    // Whether the tags of the links and images that are open are written.
    let (mut links, mut images) = (Vec::new(), Vec::new());
    for event in markdown::events(source, entry) {
        out.push(match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            // Nothing here draws formulas; their source is what readers of such talks can read.
            Event::InlineMath(formula) => Event::Text(format!("${formula}$").into()),
            Event::DisplayMath(formula) => Event::Text(format!("$${formula}$$").into()),
            Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
                level: below_themes(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            }),
            Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below_themes(level))),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                links.push(escape::harmless(&dest_url));
                if links.last() == Some(&false) {
                    continue;
                }
                Event::Start(Tag::Link { link_type, dest_url, title, id })
            }
            Event::End(TagEnd::Link) if links.pop() == Some(false) => continue,
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => match address(&dest_url, entry) {
                Some(uri) => {
                    images.push(TagEnd::Image);
                    Event::Start(Tag::Image { link_type, dest_url: uri, title, id })
                }
                None => match pictures::find(&entry.folder, &dest_url) {
                    // A picture in the web is a link: the page loads nothing.
                    Picture::Web(link) => {
                        images.push(TagEnd::Link);
                        Event::Start(Tag::Link { link_type, dest_url: link.into(), title, id })
                    }
                    _ => {
                        images.push(TagEnd::Paragraph);
                        continue;
                    }
                },
            },
            Event::End(TagEnd::Image) => match images.pop() {
                Some(TagEnd::Paragraph) | None => continue,
                Some(end) => Event::End(end),
            },
            other => other,
        });
    }
    out
}

fn address(dest: &str, entry: &Entry) -> Option<CowStr<'static>> {
    match pictures::find(&entry.folder, dest) {
        Picture::File(file) => pictures::data_uri(&file).map(CowStr::from),
        Picture::Web(_) | Picture::Missing => None,
    }
}

fn below_themes(level: HeadingLevel) -> HeadingLevel {
    HeadingLevel::try_from(markdown::below_themes(level)).unwrap_or(HeadingLevel::H6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persist::write_atomic;

    #[test]
    fn what_the_viewer_wrote_can_do_no_harm() {
        let entry = Entry { folder: "/nowhere".into(), ..Entry::default() };
        for (source, expected) in [
            ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>"),
            ("<script>\nx\n</script>", "<p>&lt;script&gt;\nx\n&lt;/script&gt;</p>"),
            (
                "[a *b*](javascript:x) <https://c.org>",
                "<p>a <em>b</em> <a href=\"https://c.org\">https://c.org</a></p>",
            ),
            ("![a](JavaScript:x) ![b](https://c.org/b.png)", "<p>a <a href=\"https://c.org/b.png\">b</a></p>"),
            ("# One\n\n$x^2 < y$", "<h3>One</h3>\n<p>$x^2 &lt; y$</p>"),
        ] {
            assert_eq!(blocks(source, &entry), expected, "{source}");
        }
    }

    #[test]
    fn pictures_are_inside() {
        let folder = tempfile::tempdir().unwrap();
        write_atomic(&folder.path().join("a b.png"), b"\x89PNG\r\n\x1a\n").unwrap();
        write_atomic(&folder.path().join("secret.png"), b"key").unwrap();
        let entry = Entry { folder: folder.path().into(), ..Entry::default() };
        assert_eq!(
            in_item("![Slide *5*](<a b.png>)\nsaid ![no](secret.png)", &entry),
            "<img src=\"data:image/png;base64,iVBORw0KGgo=\" alt=\"Slide 5\" />\nsaid no"
        );
        assert_eq!(in_item("a\n\nb", &entry), "<p>a</p>\n<p>b</p>");
    }
}

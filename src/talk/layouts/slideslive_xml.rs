//! The XML document in which SlidesLive says when each slide appears.
//!
//! Read as a stream, in time and memory linear in its length: nesting costs nothing, a DOCTYPE is skipped and entities
//! are never looked up. What comes before damage or a missing end is kept.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::MAX_SLIDES;
use crate::time::MediaTime;

/// Longest text of an element that is kept; no file name is longer.
const MAX_TEXT: usize = 1024;

/// What a document turned out to be.
#[derive(Debug, PartialEq)]
pub(super) enum Document {
    /// Slides in the order of the document.
    Slides {
        slides: Vec<XmlSlide>,
        /// The document breaks off, or is damaged from some place on.
        cut: bool,
        /// There were more slides than a talk may have.
        more: bool,
    },
    /// The server's refusal: its error code, or `None` for a web page.
    Refusal(Option<String>),
    /// Anything else.
    Other,
}

/// A `slide` element.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct XmlSlide {
    /// `time`, in milliseconds, else `timeSec`, in whole seconds.
    pub(super) start: Option<MediaTime>,
    /// Only `timeSec` was there.
    pub(super) coarse: bool,
    /// `slideName`: the stem of the picture's name.
    pub(super) name: String,
    /// `orderId`, counted from one.
    pub(super) order: Option<i64>,
}

/// Texts of the elements of one `slide`.
#[derive(Default)]
struct Fields {
    time: Option<String>,
    time_sec: Option<String>,
    name: Option<String>,
    order: Option<String>,
}

/// Reads a document; never fails, at worst it is [`Document::Other`].
pub(super) fn parse(bytes: &[u8]) -> Document {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = Reader::from_str(text);
    // A bare `&` in a name is common and harmless.
    reader.config_mut().allow_dangling_amp = true;
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    reader.config_mut().expand_empty_elements = true;
    loop {
        match reader.read_event() {
            Ok(Event::Start(root)) => {
                let name = root.local_name();
                return match name.as_ref() {
                    "videoContent" => slides(&mut reader),
                    "Error" => Document::Refusal(Some(error_code(&mut reader))),
                    name if name.eq_ignore_ascii_case("html") => Document::Refusal(None),
                    _ => Document::Other,
                };
            }
            Ok(Event::DocType(kind)) if is_html(&kind) => return Document::Refusal(None),
            Ok(Event::Eof) | Err(_) => return Document::Other,
            Ok(_) => {}
        }
    }
}

fn is_html(doctype: &str) -> bool {
    doctype.trim_start().get(..4).is_some_and(|start| start.eq_ignore_ascii_case("html"))
}

/// Reads the children of the root. Goes by the names of elements and not by their depth, so that a damaged tag costs the
/// element it belongs to and not all that follows.
fn slides(reader: &mut Reader<&[u8]>) -> Document {
    let mut slides = Vec::new();
    let mut fields: Option<Fields> = None;
    let mut text = String::new();
    let (mut cut, mut more) = (false, false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                text.clear();
                if element.local_name().as_ref() == "slide" {
                    slides.extend(fields.replace(Fields::default()).and_then(Fields::slide));
                }
            }
            Ok(Event::End(element)) => match (element.local_name().as_ref(), &mut fields) {
                ("videoContent", _) => break,
                ("slide", _) => slides.extend(fields.take().and_then(Fields::slide)),
                (name, Some(fields)) => fields.set(name, &text),
                (_, None) => {}
            },
            Ok(Event::Text(part)) => keep(&mut text, &part.xml10_content()),
            Ok(Event::CData(part)) => keep(&mut text, &part.xml10_content()),
            Ok(Event::GeneralRef(reference)) => keep(&mut text, &character(&reference)),
            Ok(Event::Eof) | Err(_) => {
                cut = true;
                break;
            }
            Ok(_) => {}
        }
        if slides.len() > MAX_SLIDES {
            slides.truncate(MAX_SLIDES);
            more = true;
            break;
        }
    }
    // A slide whose end is missing still counts, if it was complete but for its end.
    let whole = |slide: &XmlSlide| slide.start.is_some() && !slide.name.is_empty();
    slides.extend(fields.and_then(Fields::slide).filter(|slide| whole(slide) && !more));
    Document::Slides { slides, cut, more }
}

/// The text of the first `Code`, empty where there is none.
fn error_code(reader: &mut Reader<&[u8]>) -> String {
    let (mut text, mut inside) = (String::new(), false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => inside = element.local_name().as_ref() == "Code",
            Ok(Event::Text(part)) if inside => keep(&mut text, &part.xml10_content()),
            Ok(Event::End(_)) if inside => return text.trim().to_owned(),
            Ok(Event::Eof) | Err(_) => return text.trim().to_owned(),
            Ok(_) => {}
        }
    }
}

impl Fields {
    /// Takes the text of an element; the first of its name counts.
    fn set(&mut self, element: &str, text: &str) {
        let field = match element {
            "time" => &mut self.time,
            "timeSec" => &mut self.time_sec,
            "slideName" => &mut self.name,
            "orderId" => &mut self.order,
            _ => return,
        };
        let text = text.trim();
        if field.is_none() && !text.is_empty() {
            *field = Some(text.to_owned());
        }
    }

    fn slide(self) -> Option<XmlSlide> {
        let exact = self.time.as_deref().and_then(millis);
        let start = exact.or_else(|| self.time_sec.as_deref().and_then(seconds));
        let (name, coarse) = (self.name.unwrap_or_default(), exact.is_none());
        let order = self.order.and_then(|order| order.parse().ok());
        (start.is_some() || !name.is_empty()).then_some(XmlSlide { start, coarse, name, order })
    }
}

/// Whole milliseconds, also where they are written as a float.
fn millis(text: &str) -> Option<MediaTime> {
    text.parse().ok().map(MediaTime::from_millis).or_else(|| rounded(text, 1.0))
}

fn seconds(text: &str) -> Option<MediaTime> {
    text.parse().ok().map(MediaTime::from_secs).or_else(|| rounded(text, 1000.0))
}

/// A float times `factor`, in milliseconds.
fn rounded(text: &str, factor: f64) -> Option<MediaTime> {
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float cast to an integer saturates, which is what is wanted"
    )]
    let millis = (value * factor).round() as i64;
    Some(MediaTime::from_millis(millis))
}

/// `&#51;` and the five entities that every document has; any other stands for nothing.
fn character(reference: &quick_xml::events::BytesRef<'_>) -> String {
    let named = match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    };
    named.map(String::from).unwrap_or_default()
}

fn keep(text: &mut String, part: &str) {
    let room = MAX_TEXT.saturating_sub(text.len());
    let end = (0..=part.len().min(room)).rev().find(|end| part.is_char_boundary(*end)).unwrap_or(0);
    text.push_str(&part[..end]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::{Prng, mutate};

    fn read(xml: &str) -> Vec<(Option<i64>, String)> {
        match parse(xml.as_bytes()) {
            Document::Slides { slides, .. } => {
                slides.into_iter().map(|slide| (slide.start.map(MediaTime::millis), slide.name)).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    fn slide(fields: &str) -> String {
        format!("<videoContent><slide>{fields}</slide></videoContent>")
    }

    const REAL: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<videoContent>\n\t<slide>\n\t\t<orderId>1</orderId>\n\t\t\
        <timeSec>0</timeSec>\n\t\t<time>0</time>\n\t\t<slideName>00001</slideName>\n\t</slide>\n\t<slide>\n\t\t<orderId>2</orderId>\
        \n\t\t<timeSec>70</timeSec>\n\t\t<time>70137</time>\n\t\t<slideName>6fbe2879-a5e1__0-0002</slideName>\n\t</slide>\n</videoContent>";

    #[test]
    fn a_real_document_is_read_indented_or_not() {
        let expected = [(Some(0), "00001".to_owned()), (Some(70_137), "6fbe2879-a5e1__0-0002".to_owned())];
        assert_eq!(read(REAL), expected);
        assert_eq!(read(&REAL.replace(['\n', '\t'], "")), expected);
        assert_eq!(read(&format!("\u{feff}{REAL}").replace('\n', "\r\n")), expected);
        assert!(matches!(parse(REAL.as_bytes()), Document::Slides { cut: false, more: false, .. }));
    }

    #[test]
    fn time_is_preferred_to_seconds_and_read_as_a_float_if_need_be() {
        for (fields, millis) in [
            ("<timeSec>1382</timeSec><time>1382073</time>", Some(1_382_073)),
            ("<timeSec>1382</timeSec><time> 1382073.0 </time>", Some(1_382_073)),
            ("<timeSec>1382</timeSec>", Some(1_382_000)),
            ("<timeSec>1382.5</timeSec>", Some(1_382_500)),
            ("<timeSec>1382</timeSec><time/>", Some(1_382_000)),
            ("<timeSec>1382</timeSec><time>NaN</time>", Some(1_382_000)),
            ("<timeSec>1382</timeSec><time>soon</time>", Some(1_382_000)),
            ("<time>-40</time>", Some(-40)),
            ("<orderId>3</orderId>", None),
        ] {
            assert_eq!(
                read(&slide(&format!("{fields}<slideName>a</slideName>"))),
                [(millis, "a".to_owned())],
                "{fields}"
            );
        }
        let huge = read(&slide("<time>99999999999999999999999</time>"));
        assert!(huge[0].0 > Some(1_000_000_000_000), "{huge:?}");
    }

    #[test]
    fn names_keep_references_and_sections() {
        let name = "<time>1</time><slideName>a &amp; b&#45;c<![CDATA[<d>]]> &unknown; & e</slideName>";
        assert_eq!(read(&slide(name))[0].1, "a & b-c<d>  & e");
    }

    #[test]
    fn what_comes_before_the_break_is_kept() {
        let half = &REAL[..REAL.len() - 90];
        assert_eq!(read(half).len(), 1);
        assert!(matches!(parse(half.as_bytes()), Document::Slides { cut: true, .. }));
        let without_end = &REAL[..REAL.len() - "</slide>\n</videoContent>".len()];
        assert_eq!(read(without_end).len(), 2);
    }

    #[test]
    fn a_damaged_tag_costs_its_own_element_only() {
        let expected = [(Some(0), "00001".to_owned()), (Some(70_000), "6fbe2879-a5e1__0-0002".to_owned())];
        assert_eq!(read(&REAL.replace("<time>70137</time>", "<time>70137</tume>")), expected);
        assert_eq!(read(&REAL.replace("<time>70137</time>", "<tome>70137</time/>")), expected);
        assert_eq!(read(&REAL.replacen("</slide>", "", 1))[1].0, Some(70_137));
        assert_eq!(read(&REAL.replacen("</slide>", "</slide></slide></x>", 1)).len(), 2);
    }

    #[test]
    fn refusals_are_told_from_lists() {
        let refusal =
            "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
        assert_eq!(parse(refusal.as_bytes()), Document::Refusal(Some("AccessDenied".to_owned())));
        assert_eq!(parse(b"<Error><Message>no</Message></Error>"), Document::Refusal(Some(String::new())));
        assert_eq!(parse(b"<!DOCTYPE html><html><body>404</body></html>"), Document::Refusal(None));
        assert_eq!(parse(b"<HTML><body>404</body></HTML>"), Document::Refusal(None));
        for other in ["", "   ", "{\"message\": \"no\"}", "<recording/>", "<", "<!--", "\u{0}\u{1}"] {
            assert_eq!(parse(other.as_bytes()), Document::Other, "{other}");
        }
    }

    #[test]
    fn an_entity_of_the_document_is_never_expanded() {
        let bomb = "<!DOCTYPE v [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
        let xml = format!("{bomb}{}", slide("<time>1</time><slideName>n&b;&x;m</slideName>"));
        assert_eq!(read(&xml), [(Some(1), "nm".to_owned())]);
    }

    #[test]
    fn depth_length_and_number_have_bounds() {
        let deep = format!("<videoContent>{}", "<slide>".repeat(1_000_000));
        assert_eq!(read(&deep).len(), 0);
        let long = read(&slide(&format!("<time>1</time><slideName>{}</slideName>", "ü".repeat(5_000))));
        assert_eq!(long[0].1.len(), MAX_TEXT);
        let many = format!("<videoContent>{}", "<slide><time>1</time></slide>".repeat(MAX_SLIDES + 5));
        assert_eq!(read(&many).len(), MAX_SLIDES);
        assert!(matches!(parse(many.as_bytes()), Document::Slides { more: true, .. }));
        let attributes = (0..200_000).fold("<videoContent ".to_owned(), |xml, at| xml + &format!("a{at}='' "));
        assert_eq!(read(&format!("{attributes}></videoContent>")), []);
    }

    #[test]
    fn damaged_documents_never_panic_and_stay_within_bounds() {
        let mut prng = Prng::new(7);
        let mut kept = 0;
        for _ in 0..20_000 {
            if let Document::Slides { slides, .. } = parse(&mutate(REAL.as_bytes(), &mut prng)) {
                kept += slides.len();
                assert!(slides.len() <= 40 && slides.iter().all(|slide| slide.name.len() <= MAX_TEXT));
            }
        }
        // Most damage leaves most slides; a reader that gives up at the first oddity would keep far fewer.
        assert!(kept > 22_000, "{kept}");
    }
}

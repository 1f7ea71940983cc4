//! XML as a list of its elements, read tolerantly and with bounds: no DTD, no entities of its own, no recursion.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Most elements that are kept.
const MAX_ELEMENTS: usize = 200_000;
/// How far a child is looked for; those that are wanted have a dozen siblings.
const MAX_BELOW: usize = 200;
/// Most bytes of text that are kept of an element.
const MAX_TEXT: usize = 64 << 10;

/// An element, without its namespace.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    /// The text directly in it.
    pub(crate) text: String,
    /// The place of the element that it stands in.
    pub(crate) parent: Option<usize>,
}

impl Element {
    /// An attribute that says something, by its name without namespace.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Its text, if it says something.
    pub(crate) fn said(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }
}

/// The elements of a document, in their order.
#[derive(Debug, Default)]
pub(crate) struct Flat {
    pub(crate) elements: Vec<Element>,
    /// It is damaged from some place on.
    pub(crate) cut: bool,
}

impl Flat {
    /// The elements of this name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = (usize, &Element)> + use<'_> {
        let name = name.to_owned();
        self.elements.iter().enumerate().filter(move |(_, element)| element.name == name)
    }

    /// What the first element of this name says.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).find_map(|(_, element)| element.said())
    }

    /// What the first child of this name says.
    pub(crate) fn child(&self, of: usize, name: &str) -> Option<&str> {
        // Children follow their parent closely.
        let after = self.elements.iter().skip(of + 1).take(MAX_BELOW);
        after
            .take_while(|element| element.parent >= Some(of))
            .find(|child| child.parent == Some(of) && child.name == name)?
            .said()
    }
}

/// Reads a document; at worst there is nothing in it.
pub(crate) fn read(text: &str) -> Flat {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().allow_dangling_amp = true;
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let (mut flat, mut open) = (Flat::default(), Vec::<usize>::new());
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let element = element(&start, open.last().copied());
                open.push(flat.elements.len());
                flat.elements.push(element);
            }
            Ok(Event::Empty(start)) => flat.elements.push(element(&start, open.last().copied())),
            Ok(Event::End(_)) => {
                open.pop();
            }
            Ok(Event::Text(part)) => keep(&mut flat, &open, &part.xml10_content()),
            Ok(Event::CData(part)) => keep(&mut flat, &open, &part.xml10_content()),
            Ok(Event::GeneralRef(reference)) => {
                let named = match &*reference {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                keep(&mut flat, &open, &named.map(String::from).unwrap_or_default());
            }
            Ok(Event::Eof) => {
                flat.cut |= !open.is_empty();
                return flat;
            }
            Err(_) => {
                flat.cut = true;
                return flat;
            }
            Ok(_) => {}
        }
        if flat.elements.len() >= MAX_ELEMENTS {
            flat.cut = true;
            return flat;
        }
    }
}

fn element(start: &BytesStart<'_>, parent: Option<usize>) -> Element {
    let mut all = start.attributes();
    let attributes = all.with_checks(false).flatten().take(64).map(|attribute| {
        let name = attribute.key.local_name().as_ref().to_owned();
        let normal = attribute.normalized_value(XmlVersion::Implicit1_0).map(std::borrow::Cow::into_owned);
        let value = normal.unwrap_or_else(|_| attribute.value.clone().into_owned());
        (name, value)
    });
    let name = start.local_name().as_ref().to_owned();
    Element { name, attributes: attributes.collect(), text: String::new(), parent }
}

fn keep(flat: &mut Flat, open: &[usize], part: &str) {
    let Some(element) = open.last().and_then(|at| flat.elements.get_mut(*at)) else { return };
    let room = MAX_TEXT.saturating_sub(element.text.len());
    let end = (0..=part.len().min(room)).rev().find(|end| part.is_char_boundary(*end)).unwrap_or(0);
    element.text.push_str(part.get(..end).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_listed_with_their_texts_and_parents() {
        let flat = read("<!DOCTYPE x><a:r xmlns:a='u'><p q:id='1 &amp; 2'>One &lt; <b>two</b> three</p><p/></a:r>");
        let told: Vec<_> = flat.elements.iter().map(|e| (e.name.as_str(), e.text.as_str(), e.parent)).collect();
        assert_eq!(told, [("r", "", None), ("p", "One <  three", Some(0)), ("b", "two", Some(1)), ("p", "", Some(0))]);
        assert_eq!(
            (flat.elements[1].get("id"), flat.child(0, "p"), flat.cut),
            (Some("1 & 2"), Some("One <  three"), false)
        );
        assert!(read("<a><b>").cut && read("<a").cut && read("").elements.is_empty());
        let laughs = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><l>&b;</l>";
        assert_eq!(read(laughs).elements.iter().map(|e| e.text.len()).sum::<usize>(), 0);
        assert_eq!(read(&"<a>".repeat(300_000)).elements.len(), MAX_ELEMENTS);
    }
}

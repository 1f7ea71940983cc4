//! The bibliography as CSL-JSON, for Zotero, Pandoc and other citation processors.
//!
//! The types are here because those of the `citationberg` crate read, but do not write, what the schema asks for: they
//! write `null` for parts of a name that are not there, and dates without their `date-parts`.

use serde::Serialize;

use super::dates::Date;
use super::escape::{one_line, web_link};
use super::names::Name;
use super::{Entry, ExportError, bibtex};

#[derive(Serialize)]
struct Item {
    /// The citation key, the same as in BibTeX.
    id: String,
    r#type: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Author>,
    #[serde(rename = "container-title", skip_serializing_if = "Option::is_none")]
    container_title: Option<String>,
    #[serde(rename = "event-title", skip_serializing_if = "Option::is_none")]
    event_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued: Option<Issued>,
    #[serde(rename = "URL", skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Author {
    Person {
        family: String,
        given: String,
        #[serde(rename = "non-dropping-particle", skip_serializing_if = "String::is_empty")]
        particle: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        suffix: String,
    },
    Whole {
        literal: String,
    },
}

#[derive(Serialize)]
struct Issued {
    #[serde(rename = "date-parts")]
    date_parts: [Vec<u16>; 1],
}

/// One item per talk, in the order given.
pub(super) fn write(entries: &[&Entry]) -> Result<String, ExportError> {
    let items: Vec<Item> = entries.iter().zip(bibtex::keys(entries)).map(|(entry, key)| item(entry, key)).collect();
    Ok(serde_json::to_string_pretty(&items)? + "\n")
}

fn item(entry: &Entry, id: String) -> Item {
    let venue = entry.venue.as_deref().map(one_line).filter(|venue| !venue.is_empty());
    Item {
        id,
        r#type: if venue.is_some() { "paper-conference" } else { "speech" },
        title: one_line(&entry.title),
        author: entry.authors.iter().filter_map(|author| Name::parse(author)).map(author).collect(),
        event_title: venue.clone(),
        container_title: venue,
        issued: entry.day.as_deref().and_then(Date::parse).map(|date| Issued {
            date_parts: [[Some(date.year), date.month.map(u16::from), date.day.map(u16::from)]
                .into_iter()
                .map_while(|part| part)
                .collect()],
        }),
        url: entry.link.as_deref().and_then(web_link).map(str::to_owned),
    }
}

fn author(name: Name) -> Author {
    match name {
        Name::Person { given, particle, family, suffix } => Author::Person { family, given, particle, suffix },
        Name::Whole(literal) => Author::Whole { literal },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_holds_what_is_known_and_no_null() {
        let talk = Entry {
            title: "Über $x^2$ & \"more\"".into(),
            authors: vec!["Laurens van der Maaten".into(), "王伟".into()],
            venue: Some("ICML".into()),
            day: Some("2024-07-03".into()),
            link: Some("https://icml.cc/1".into()),
            ..Entry::default()
        };
        let text = write(&[&talk, &Entry::default()]).unwrap();
        let expected = serde_json::json!([
            {"id": "MaatenUber2024", "type": "paper-conference", "title": "Über $x^2$ & \"more\"",
             "author": [{"family": "Maaten", "given": "Laurens", "non-dropping-particle": "van der"}, {"literal": "王伟"}],
             "container-title": "ICML", "event-title": "ICML", "issued": {"date-parts": [[2024, 7, 3]]},
             "URL": "https://icml.cc/1"},
            {"id": "Talk", "type": "speech", "title": ""},
        ]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), expected);
        assert!(!text.contains("null"));
    }
}

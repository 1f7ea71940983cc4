//! What a page that was saved with a talk says of it, in the tags that search engines for papers read (`citation_title` and
//! its kin), in Dublin Core, or in those of social networks.

use html5gum::{Token, Tokenizer};

use super::{Metadata, bounded, dates, line, lines, link, paper, papers, people};
use crate::talk::folder::{Entry, Folder};
use crate::talk::names;

/// So much of a page is read, in bytes: what is wanted stands at its beginning.
const READ: usize = 2 << 20;
/// Most tags that are kept.
const MAX_TAGS: usize = 2_000;

/// The page of the talk: the one called as the sound is, or `index`, or the only one.
pub(super) fn page<'a>(folder: &'a Folder, stem: Option<&str>) -> Option<&'a Entry> {
    let is_page = |file: &&Entry| matches!(names::split(&file.name).1.as_str(), "html" | "htm");
    let pages: Vec<&Entry> = folder.top().filter(is_page).collect();
    let called = |name: &str| pages.iter().find(|file| names::split(&file.name).0.eq_ignore_ascii_case(name));
    let only = || pages.first().filter(|_| pages.len() == 1);
    stem.and_then(called).or_else(|| called("index").or_else(only).filter(|_| !folder.is_partial())).copied()
}

/// Reads a page; never fails, at worst it says nothing.
pub(super) fn parse(bytes: &[u8]) -> Metadata {
    let text = String::from_utf8_lossy(bytes.get(..READ.min(bytes.len())).unwrap_or_default());
    let tags = Tags(tags(&text));
    let authors = [
        tags.all(&["citation_author"]).filter_map(line).collect(),
        tags.all(&["citation_authors"]).flat_map(people).collect(),
        tags.all(&["dc.creator", "dcterms.creator"]).filter_map(line).collect(),
        // On an article's page, it may be the address of a page about the author.
        tags.all(&["author", "article:author"])
            .filter(|text| link(text).is_none())
            .flat_map(people)
            .collect::<Vec<_>>(),
    ];
    let about = tags.all(&["citation_abstract", "dc.description", "dcterms.abstract", "og:description", "description"]);
    let about = about.map(lines).find(|text| !text.is_empty()).unwrap_or_default();
    let numbered = tags.all(&["citation_arxiv_id"]).find_map(papers::arxiv);
    Metadata {
        title: tags.all(&["citation_title", "dc.title", "dcterms.title", "og:title"]).find_map(line),
        authors: bounded(authors.into_iter().find(|names| !names.is_empty())),
        link: tags.all(&["canonical", "og:url", "citation_abstract_html_url"]).find_map(link),
        date: tags.all(&DATES).find_map(dates::date),
        venue: tags.all(&VENUES).find_map(line),
        paper: tags.all(&["citation_pdf_url"]).find_map(paper).or(numbered).or_else(|| {
            tags.all(&["citation_doi", "dc.identifier"]).find_map(paper).or_else(|| papers::mentioned(&about))
        }),
        about,
    }
}

/// What a page is called: its `<title>`, else its first heading.
pub(crate) fn title(text: &str) -> Option<String> {
    let (mut heading, mut inside, mut said) = (None, false, String::new());
    let text = text.get(..text.floor_char_boundary(READ)).unwrap_or_default();
    for Ok(token) in Tokenizer::new(text) {
        match token {
            Token::StartTag(tag) if matches!(&**tag.name, b"title" | b"h1") => (inside, said) = (true, String::new()),
            Token::String(words) if inside => said.push_str(&String::from_utf8_lossy(&words)),
            Token::EndTag(tag) if inside && &**tag.name == b"title" => match line(&said) {
                Some(title) => return Some(title),
                None => inside = false,
            },
            Token::EndTag(tag) if inside && &**tag.name == b"h1" => {
                heading = heading.or_else(|| line(&said));
                inside = false;
            }
            _ => {}
        }
    }
    heading
}

const DATES: [&str; 7] = [
    "citation_conference_date",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "dc.date",
    "dcterms.issued",
    "article:published_time",
];
const VENUES: [&str; 5] = [
    "citation_conference_title",
    "citation_conference",
    "citation_inbook_title",
    "citation_journal_title",
    "dcterms.ispartof",
];

/// Names in lower case, in the order of the page, with what they stand for.
struct Tags(Vec<(String, String)>);

impl Tags {
    /// What stands under any of these names, the first name first.
    fn all<'a>(&'a self, names: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
        names.iter().flat_map(|name| self.0.iter().filter(move |(key, _)| key == name)).map(|(_, value)| value.as_str())
    }
}

/// `<meta name="…" content="…">`, also with `property` or `itemprop`, and `<link rel="canonical" href="…">`.
fn tags(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for Ok(token) in Tokenizer::new(text) {
        let Token::StartTag(tag) = token else { continue };
        let get = |name: &str| {
            let value = tag.attributes.get(name.as_bytes())?;
            Some(String::from_utf8_lossy(value).into_owned())
        };
        let (name, value) = match &**tag.name {
            b"meta" => (get("name").or_else(|| get("property")).or_else(|| get("itemprop")), get("content")),
            b"link" => (get("rel").filter(|rel| rel.eq_ignore_ascii_case("canonical")), get("href")),
            b"body" if !found.is_empty() => break,
            _ => continue,
        };
        if let Some((name, value)) = name.zip(value) {
            found.push((name.trim().to_lowercase(), value));
        }
        if found.len() >= MAX_TAGS {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::{Prng, mutate};

    const PAGE: &str = r#"<!DOCTYPE html><html><head><TITLE>Deep Sets · A site</TITLE>
        <meta name="citation_title" content="Deep Sets &amp; more">
        <meta name="citation_author" content="Zaheer, Manzil"><meta content='Kottur, Satwik' name='citation_author'/>
        <meta name="citation_publication_date" content="2017/12/04">
        <meta name="citation_conference_title" content="Neural Information Processing Systems">
        <meta name="citation_pdf_url" content="https://openreview.net/pdf?id=Bkl7bREtDr">
        <meta property="og:title" content="Another"><meta property="og:description" content="We study sets.">
        <link rel="canonical" href="https://slideslive.com/38930109/deep-sets"></head><body>
        <meta name="citation_author" content="Nobody, A."></body></html>"#;

    #[test]
    fn a_saved_page_tells_what_the_talk_is() {
        let expected = Metadata {
            title: Some("Deep Sets & more".into()),
            authors: vec!["Zaheer, Manzil".into(), "Kottur, Satwik".into()],
            about: "We study sets.".into(),
            link: Some("https://slideslive.com/38930109/deep-sets".into()),
            date: Some("2017-12-04".into()),
            venue: Some("Neural Information Processing Systems".into()),
            paper: Some("https://openreview.net/forum?id=Bkl7bREtDr".into()),
        };
        assert_eq!(parse(PAGE.as_bytes()), expected);
    }

    #[test]
    fn pages_of_other_kinds_are_read_too() {
        let core = "<meta name=DC.title content='Sets'><meta name=DC.creator content='A B'><meta name=DC.date content=2017>\
            <meta name=citation_arxiv_id content=1703.06114><meta name=description content='About sets'>";
        let read = parse(core.as_bytes());
        assert_eq!((read.title.as_deref(), read.authors.len(), read.date.as_deref()), (Some("Sets"), 1, Some("2017")));
        assert_eq!(read.paper.as_deref(), Some("https://arxiv.org/abs/1703.06114"));
        let social = "<meta property=og:title content=T><meta name=author content='https://x.org/a'>";
        assert_eq!(parse(social.as_bytes()), Metadata { title: Some("T".into()), ..Metadata::default() });
        assert_eq!(parse(b"<title>Only</title><p>x"), Metadata::default());
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let mut dice = Prng::new(21);
        for _ in 0..3_000 {
            let read = parse(&mutate(PAGE.as_bytes(), &mut dice));
            assert!(read.link.is_none_or(|link| link.starts_with("http")));
        }
    }
}

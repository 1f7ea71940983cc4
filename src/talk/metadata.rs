//! What download tools leave behind about a talk: its title, its authors, what it is about, where it can be seen.
//!
//! Read tolerantly: of a damaged file, what comes before the damage. Everything has a bound.

use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;

use super::folder::{Entry, Folder};
use super::{layouts, names};

mod dates;
mod html;
mod papers;

pub(crate) use dates::date;
pub(crate) use html::title as title_of_page;
pub(crate) use papers::{paper, typed};

/// Longest title or name of an author that is kept, in characters.
const MAX_LINE: usize = 500;

/// Longest description that is kept, in characters.
const MAX_ABOUT: usize = 20_000;

/// Most authors that are kept.
pub(super) const MAX_AUTHORS: usize = 200;

/// Longest address that is kept, in bytes.
const MAX_LINK: usize = 2_000;

/// What is known of a talk besides what it consists of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// As its authors wrote it.
    pub title: Option<String>,
    /// In their order; often not known.
    pub authors: Vec<String>,
    /// What it is about, in its authors' words; often empty. May have several lines.
    pub about: String,
    /// Where others can see it.
    pub link: Option<String>,
    /// When it was given: `2020`, `2020-04` or `2020-04-26`.
    pub date: Option<String>,
    /// Where it was given: the conference, the series.
    pub venue: Option<String>,
    /// Where the paper is.
    pub paper: Option<String>,
}

/// The ending of yt-dlp's descriptions.
const INFO: &str = ".info.json";

/// Reads the description that belongs to the sound with this stem, else the only one that there is; then what other tools
/// write, then the page that was saved with the talk.
pub(super) fn of_folder(folder: &Folder, stem: Option<&str>) -> Metadata {
    let described = |file: &&Entry| file.name.to_ascii_lowercase().ends_with(INFO);
    let stem_of = |file: &Entry| file.name[..file.name.len() - INFO.len()].to_owned();
    let infos: Vec<&Entry> = folder.top().filter(described).collect();
    let own = infos.iter().find(|file| stem.is_some_and(|stem| stem_of(file) == stem));
    // Slides that move, and the list of them, have descriptions of their own.
    let part = |file: &&&Entry| layouts::is_part(&file.name);
    let whole: Vec<&&Entry> = infos.iter().filter(|file| !part(file)).collect();
    let only = match (own, whole.as_slice(), infos.as_slice()) {
        (Some(own), ..) => Some(*own),
        (None, [only], _) => Some(**only),
        (None, [], [first, ..]) => Some(*first),
        _ => None,
    };
    let others = folder.top().filter(|file| {
        let (stem, extension) = names::split(&file.name);
        extension == "json" && (names::talk_number(stem) == Some(stem) || matches!(stem, "metadata" | "slides"))
    });
    let mut metadata = Metadata::default();
    for file in only.into_iter().chain(others) {
        if let Ok(bytes) = folder.document(&file.path) {
            metadata.fill(parse(&bytes));
        }
    }
    if let Some(bytes) = html::page(folder, stem).and_then(|page| folder.document(&page.path).ok()) {
        metadata.fill(html::parse(&bytes));
    }
    metadata
}

/// What the tags of a media file say. A comment is often an address, and an album what the talk was part of.
pub(super) fn of_tags(tags: &[(String, String)]) -> Metadata {
    let values = |wanted: &'static [&'static str]| {
        wanted.iter().flat_map(|name| tags.iter().filter(move |(key, _)| key == name)).map(|(_, value)| value.as_str())
    };
    let about = values(&["description", "synopsis", "comment"]).filter(|text| link(text).is_none());
    let about = about.map(lines).find(|text| !text.is_empty()).unwrap_or_default();
    let title = values(&["title"]).find_map(line);
    let addresses = || values(&["purl", "url", "comment"]);
    // Where there are nothing but papers there is no talk to be seen.
    let paper_at =
        |text: &str| link(text).and_then(|address| papers::arxiv(&address).or_else(|| papers::openreview(&address)));
    Metadata {
        authors: bounded(values(&["artist", "author", "composer"]).map(people).find(|names| !names.is_empty())),
        link: addresses().filter(|address| paper_at(address).is_none()).find_map(link),
        date: values(&["date", "creation_time", "year"]).find_map(dates::date),
        venue: values(&["album", "show", "collection"]).find_map(line).filter(|venue| Some(venue) != title.as_ref()),
        paper: papers::mentioned(&about).or_else(|| addresses().find_map(paper_at)),
        title,
        about,
    }
}

/// Each once, and no more than a talk can have.
fn bounded(names: Option<Vec<String>>) -> Vec<String> {
    let mut authors: Vec<String> = Vec::new();
    for name in names.unwrap_or_default() {
        if authors.len() < MAX_AUTHORS && !authors.contains(&name) {
            authors.push(name);
        }
    }
    authors
}

impl Metadata {
    /// Takes over what is not known yet.
    pub(crate) fn fill(&mut self, other: Self) {
        self.title = self.title.take().or(other.title);
        self.link = self.link.take().or(other.link);
        self.date = self.date.take().or(other.date);
        self.venue = self.venue.take().or(other.venue);
        self.paper = self.paper.take().or(other.paper);
        if self.authors.is_empty() {
            self.authors = other.authors;
        }
        if self.about.is_empty() {
            self.about = other.about;
        }
    }
}

/// An address that may be handed to a browser: `http` or `https`, a host without a password, nothing hidden in it.
pub fn link(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let named = host.starts_with(|c: char| c.is_alphanumeric() || c == '[') && !host.contains(['@', '\\']);
    let hidden = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"') || is_invisible(c);
    (web && named && text.len() <= MAX_LINK && !text.contains(hidden)).then(|| text.to_owned())
}

/// The same as somebody types it, with or without `https://`.
pub(crate) fn typed_link(text: &str) -> Option<String> {
    let text = text.trim();
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let named = !text.contains(':') && host.split('.').count() > 1 && host.split('.').all(|part| !part.is_empty());
    link(text).or_else(|| link(&format!("https://{text}")).filter(|_| named))
}

/// Characters that are not seen, or turn the direction of what stands around them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The names under which tools write what is wanted, each with its value as it is.
#[derive(Default)]
struct Fields(Vec<(Name, Value)>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Id,
    FullTitle,
    Title,
    /// Lists of people, then people on one line.
    Creators,
    Creator,
    About,
    Link,
    /// Where others can see it, but in what yt-dlp writes, where it is the bare recording.
    Url,
    /// Of a piece of music.
    Music,
    /// When it was given, then when it was put up.
    Given,
    Uploaded,
    Venue,
    /// An address of the paper, or its number at arXiv, OpenReview or in general.
    Paper,
    Arxiv,
    OpenReview,
}

impl Name {
    fn of(key: &str) -> Option<Self> {
        Some(match key {
            "id" => Self::Id,
            "fulltitle" => Self::FullTitle,
            "title" => Self::Title,
            "creators" | "artists" | "authors" | "speakers" => Self::Creators,
            "creator" | "artist" | "author" | "speaker" => Self::Creator,
            "description" | "abstract" => Self::About,
            "webpage_url" => Self::Link,
            "url" => Self::Url,
            "album" | "track" => Self::Music,
            "release_date" | "date" | "start_time_utc" => Self::Given,
            "upload_date" | "timestamp" => Self::Uploaded,
            "venue" | "conference" | "event" | "series" => Self::Venue,
            "paper" | "paper_url" | "paper_link" | "pdf" | "pdf_url" | "doi" => Self::Paper,
            "arxiv" | "arxiv_id" | "eprint" => Self::Arxiv,
            "openreview" | "openreview_id" | "forum" => Self::OpenReview,
            _ => return None,
        })
    }
}

/// Reads a description; never fails, at worst it says nothing.
pub(crate) fn parse(bytes: &[u8]) -> Metadata {
    let text = String::from_utf8_lossy(bytes);
    let mut fields = Fields::default();
    // What was read before an error is still true.
    serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}')).deserialize_map(&mut fields).ok();
    fields.metadata()
}

impl<'de> Visitor<'de> for &mut Fields {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match Name::of(&key) {
                Some(name) => self.0.push((name, map.next_value()?)),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

impl Fields {
    fn all(&self, wanted: Name) -> impl Iterator<Item = &Value> {
        self.0.iter().filter(move |(name, _)| *name == wanted).map(|(_, value)| value)
    }

    fn texts(&self, wanted: Name) -> impl Iterator<Item = &str> {
        self.all(wanted).filter_map(Value::as_str)
    }

    fn metadata(&self) -> Metadata {
        let id = self.texts(Name::Id).next();
        let titles = self.texts(Name::FullTitle).chain(self.texts(Name::Title)).filter_map(line);
        let title = titles.into_iter().find(|title| Some(title.as_str()) != id);
        let about = self.texts(Name::About).map(lines).find(|about| !about.is_empty()).unwrap_or_default();
        Metadata {
            authors: self.authors(),
            link: self.texts(Name::Link).chain(self.texts(Name::Url).filter(|_| id.is_none())).find_map(link),
            date: self.all(Name::Given).chain(self.all(Name::Uploaded)).find_map(dates::of_value),
            venue: self.all(Name::Venue).find_map(name),
            paper: self.paper().or_else(|| papers::mentioned(&about)),
            about: if title.as_ref() == Some(&about) { String::new() } else { about },
            title,
        }
    }

    fn paper(&self) -> Option<String> {
        let openreview = self.texts(Name::OpenReview).find_map(papers::openreview);
        let arxiv = || self.texts(Name::Arxiv).find_map(papers::arxiv);
        openreview.or_else(arxiv).or_else(|| self.texts(Name::Paper).find_map(paper))
    }

    /// Who made it, where a file says so. Who uploaded it does not count: that is a conference as often as a person. Nor
    /// do the artists of the music that a video site has heard in a talk.
    fn authors(&self) -> Vec<String> {
        if self.texts(Name::Music).any(|text| !text.trim().is_empty()) {
            return Vec::new();
        }
        let lists = self.all(Name::Creators).filter_map(Value::as_array).map(|list| list.iter().filter_map(name));
        let mut found = lists.map(Iterator::collect::<Vec<_>>).find(|names| !names.is_empty()).unwrap_or_default();
        if found.is_empty() {
            let on_a_line = self.texts(Name::Creator).chain(self.texts(Name::Creators));
            found = on_a_line.map(people).find(|names| !names.is_empty()).unwrap_or_default();
        }
        bounded(Some(found))
    }
}

/// A name, or something that has one.
fn name(value: &Value) -> Option<String> {
    value.as_str().or_else(|| value.get("name")?.as_str()).and_then(line)
}

/// People on one line: between semicolons, else between commas, unless a comma stands within a name (`Noether, Emmy`).
pub(super) fn people(text: &str) -> Vec<String> {
    if text.contains(';') {
        return text.split(';').filter_map(line).take(MAX_AUTHORS).collect();
    }
    let parts: Vec<String> = text.split(',').filter_map(line).take(MAX_AUTHORS).collect();
    if parts.iter().all(|name| name.contains(' ')) { parts } else { line(text).into_iter().collect() }
}

/// Text on one line, without what is not seen; `None` where nothing is left.
pub(super) fn line(text: &str) -> Option<String> {
    let words: Vec<String> = text.split_whitespace().map(visible).filter(|word| !word.is_empty()).collect();
    let line: String = words.join(" ").chars().take(MAX_LINE).collect();
    (!line.is_empty()).then_some(line)
}

/// Text on several lines, without what is not seen.
pub(super) fn lines(text: &str) -> String {
    let lines: Vec<String> = text.trim().lines().map(|line| visible(line.trim_end())).collect();
    lines.join("\n").chars().take(MAX_ABOUT).collect()
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c) && (!c.is_control() || *c == '\t')).collect()
}

#[cfg(test)]
mod tests;

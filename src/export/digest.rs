//! What is told of a conference, in order: the plain data that the templates put into words.

use std::path::Path;

use minijinja::Value;
use serde::Serialize;

use super::dates::Date;
use super::escape::{self, one_line};
use super::names::byline;
use super::{Entry, Format, Group, Options, html, markdown, org};

/// All that a template gets. Plain strings are escaped where the template prints them; [`Value`]s hold text in the
/// format already.
#[derive(Debug, Serialize)]
pub(super) struct Digest {
    title: String,
    /// The talks with a paragraph.
    themes: Vec<Theme>,
    /// The talks without one.
    also: Vec<Talk>,
    /// What is missing still.
    todo: Vec<Todo>,
}

#[derive(Debug, Serialize)]
struct Theme {
    name: String,
    talks: Vec<Talk>,
}

#[derive(Debug, Serialize)]
struct Talk {
    id: String,
    title: String,
    authors: Vec<String>,
    /// The authors as people write them: `A, B and C`; empty for none.
    byline: String,
    link: Option<Value>,
    venue: Option<String>,
    day: Option<String>,
    tags: Vec<String>,
    /// The summary; empty for none.
    text: Value,
    moments: Vec<Moment>,
}

#[derive(Debug, Serialize)]
struct Moment {
    /// `12:34`.
    time: String,
    text: Value,
}

#[derive(Debug, Serialize)]
struct Todo {
    title: String,
    /// `paragraph`, `link`, `paragraph and link`.
    missing: &'static str,
}

/// Puts the talks in order; `entries` are those that are kept.
pub(super) fn build(entries: &[&Entry], options: &Options, target: &Path) -> Digest {
    let (told, also): (Vec<&Entry>, Vec<&Entry>) = entries.iter().partition(|entry| !markdown::blank(&entry.summary));
    Digest {
        title: one_line(&options.title),
        themes: themes(&told, options, target),
        also: also.into_iter().map(|entry| talk(entry, options.format, target)).collect(),
        todo: entries.iter().filter_map(|entry| todo(entry)).collect(),
    }
}

fn themes(entries: &[&Entry], options: &Options, target: &Path) -> Vec<Theme> {
    let others = "Other talks".to_owned();
    let mut themes: Vec<(Option<Date>, Theme)> = Vec::new();
    for entry in entries {
        let (date, name) = heading(entry, options.group);
        let name = name.unwrap_or_else(|| others.clone());
        let talk = talk(entry, options.format, target);
        // Tags that differ in case only are one theme.
        match themes.iter_mut().find(|(_, theme)| theme.name.to_lowercase() == name.to_lowercase()) {
            Some((_, theme)) => theme.talks.push(talk),
            None => themes.push((date, Theme { name, talks: vec![talk] })),
        }
    }
    // Stable: first appearance counts, but for days; talks without a heading come last.
    themes.sort_by_key(|(date, theme)| {
        let day = if options.group == Group::Day { (date.is_none(), *date) } else { (false, None) };
        (theme.name == others, day)
    });
    themes.into_iter().map(|(_, theme)| theme).collect()
}

fn heading(entry: &Entry, group: Group) -> (Option<Date>, Option<String>) {
    let text = |text: &str| Some(one_line(text)).filter(|text| !text.is_empty());
    match group {
        Group::Tag => {
            (None, entry.tags.iter().find_map(|tag| text(tag.trim_start_matches('#'))).map(|tag| capitalised(&tag)))
        }
        Group::Venue => (None, entry.venue.as_deref().and_then(text)),
        Group::Day => match entry.day.as_deref().and_then(Date::parse) {
            Some(date) => (Some(date), Some(date.heading())),
            None => (None, entry.day.as_deref().and_then(text)),
        },
    }
}

/// `state_space models` reads `State space models` over a chapter; words with capitals of their own stay.
fn capitalised(tag: &str) -> String {
    let tag = tag.replace('_', " ");
    let first = tag.split(' ').next().unwrap_or_default();
    if first.chars().any(char::is_uppercase) {
        return tag;
    }
    let mut chars = tag.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

pub(super) fn title(entry: &Entry) -> String {
    let title = one_line(&entry.title);
    if title.is_empty() { "Untitled talk".to_owned() } else { title }
}

fn talk(entry: &Entry, format: Format, target: &Path) -> Talk {
    let link = entry.link.as_deref().and_then(escape::web_link).map(|link| match format {
        Format::Org => Value::from_safe_string(escape::org_link(link)),
        Format::Markdown => Value::from_safe_string(escape::markdown_link(link)),
        Format::Html | Format::Bibtex | Format::CslJson => Value::from(link),
    });
    let text = match format {
        Format::Html => html::blocks(&entry.summary, entry),
        Format::Org => org::blocks(&entry.summary, entry, target),
        Format::Markdown | Format::Bibtex | Format::CslJson => markdown::embed(&entry.summary, entry, target),
    };
    let in_item = |source: &str| match format {
        Format::Html => html::in_item(source, entry),
        Format::Org => org::in_item(source, entry, target),
        Format::Markdown | Format::Bibtex | Format::CslJson => markdown::embed_in_item(source, entry, target),
    };
    let moments = entry.moments.iter().filter(|(_, source)| !markdown::blank(source));
    Talk {
        id: entry.id.clone(),
        title: title(entry),
        authors: entry.authors.clone(),
        byline: byline(&entry.authors),
        link,
        venue: entry.venue.clone(),
        day: entry.day.clone(),
        tags: entry.tags.clone(),
        text: Value::from_safe_string(text),
        moments: moments
            .map(|(at, source)| Moment { time: at.clock(), text: Value::from_safe_string(in_item(source)) })
            .collect(),
    }
}

fn todo(entry: &Entry) -> Option<Todo> {
    let link = entry.link.as_deref().and_then(escape::web_link).is_some();
    let missing = match (markdown::blank(&entry.summary), link) {
        (true, false) => "paragraph and link",
        (true, true) => "paragraph",
        (false, false) => "link",
        (false, true) => return None,
    };
    Some(Todo { title: title(entry), missing })
}

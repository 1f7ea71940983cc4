//! The text of a note, and edits of it that change only their own lines.

use std::ops::Range;

use super::front::{self, Front};
use super::layout::{FrontPart, Layout, escape, unescape};
use super::moment::{self, Item, Moment, MomentId, tidy};
use super::{Head, Verdict, tags};
use crate::time::MediaTime;

/// A note. Any text is one; [`Self::text`] gives back every byte that was not edited.
#[derive(Debug, Clone)]
pub struct Document {
    text: String,
    eol: &'static str,
    layout: Layout,
    front: Front,
    readable: bool,
    summary: String,
    moments: Vec<Moment>,
}

/// By their text; the names of moments do not count.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Document {
    /// Reads any text.
    pub fn parse(text: &str) -> Self {
        let mut document = Self {
            text: String::new(),
            eol: "\n",
            layout: Layout::of(""),
            front: Front::default(),
            readable: true,
            summary: String::new(),
            moments: Vec::new(),
        };
        document.become_text(text.to_owned());
        document.moments = document.layout.items.iter().map(|item| named(item, MomentId::fresh())).collect();
        document
    }

    /// A note with nothing but its front matter.
    pub fn fresh(head: &Head) -> Self {
        let mut document = Self::parse("---\n---\n");
        document.fill(head);
        document
    }

    /// All of it, as it stands in the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Takes another text in its place; moments that are in both keep their names.
    pub fn take_up(&mut self, text: &str) {
        if text != self.text {
            self.become_text(text.to_owned());
            self.name_again();
        }
    }

    /// What the front matter says; nothing where there is none, or none that can be read.
    pub fn front(&self) -> &Front {
        &self.front
    }

    /// Whether the front matter can be read, or there is none. If not, it is left alone: setting anything in it fails.
    pub fn front_readable(&self) -> bool {
        self.readable
    }

    /// Sets the verdict, or takes it away. False if the front matter could not be changed.
    pub fn set_verdict(&mut self, verdict: Option<Verdict>) -> bool {
        self.front.verdict == verdict || self.set("verdict", verdict.map(|verdict| verdict.word().to_owned()))
    }

    /// Sets the tags of the front matter, with or without `#`. False if it could not be changed.
    pub fn set_tags(&mut self, tags: &[String]) -> bool {
        let tags: Vec<String> = tags.iter().map(|tag| tag.trim().trim_start_matches('#').to_owned()).collect();
        let tags: Vec<String> = tags.into_iter().filter(|tag| !tag.is_empty()).collect();
        self.front.tags == tags || self.set("tags", (!tags.is_empty()).then(|| front::list(&tags, front::plain)))
    }

    /// Sets who gave the talk. False if the front matter could not be changed.
    pub fn set_authors(&mut self, authors: &[String]) -> bool {
        let list = (!authors.is_empty()).then(|| front::list(authors, front::quoted));
        self.front.authors == authors || self.set("authors", list)
    }

    /// Sets the talk's page. False if the front matter could not be changed.
    pub fn set_link(&mut self, link: Option<&str>) -> bool {
        self.front.link.as_deref() == link || self.set("link", link.map(front::address))
    }

    /// Adds what the front matter does not say about the talk yet. False if something could not be added.
    pub fn fill(&mut self, head: &Head) -> bool {
        let said = |text: &str| !text.trim().is_empty();
        let authors: Vec<String> = head.authors.iter().filter(|name| said(name)).cloned().collect();
        let one = |text: &Option<String>, print: fn(&str) -> String| text.as_deref().filter(|t| said(t)).map(print);
        let values = [
            ("title", said(&head.title).then(|| front::quoted(&head.title))),
            ("authors", (!authors.is_empty()).then(|| front::list(&authors, front::quoted))),
            ("venue", one(&head.venue, front::quoted)),
            ("day", one(&head.day, front::plain)),
            ("link", one(&head.link, front::address)),
            ("talk", said(&head.id).then(|| front::plain(&head.id))),
            ("fingerprint", said(&head.fingerprint).then(|| front::plain(&head.fingerprint))),
        ];
        let keys = self.keys();
        let mut all = true;
        for (key, value) in values {
            if value.is_some() && !keys.iter().any(|there| there == key) {
                all &= self.set(key, value);
            }
        }
        all
    }

    /// What stands before the first moment, without blank lines around it; any Markdown.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// Replaces [`Self::summary`].
    pub fn set_summary(&mut self, summary: &str) {
        if summary == self.summary {
            return;
        }
        let summary = tidy(summary.trim_start_matches('\u{feff}')).trim_start_matches('\n').to_owned();
        if summary == self.summary {
            return;
        }
        let closed = matches!(self.layout.front, FrontPart::Closed(_));
        let escaped = escape(&summary, closed).replace('\n', self.eol);
        let old = self.layout.summary.clone();
        let end = self.layout.summary_end(&self.text);
        if summary.is_empty() {
            self.splice(old.start..end, "");
        } else if old.is_empty() {
            let before = if self.layout.body > self.layout.start { self.eol } else { "" };
            let after = if end < self.text.len() { self.eol } else { "" };
            let block = format!("{before}{escaped}{}{after}", self.eol);
            self.splice(self.layout.body..end, &block);
        } else {
            self.splice(old, &escaped);
        }
        self.name_in_order(None);
    }

    /// The notes on moments, in the order of the file.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// One of [`Self::moments`].
    pub fn moment(&self, id: MomentId) -> Option<&Moment> {
        self.moments.iter().find(|moment| moment.id == id)
    }

    /// Adds a note behind the last one that is not later. `at` is kept to the thousandth of a second.
    pub fn add_moment(&mut self, at: MediaTime, text: &str) -> MomentId {
        let at = MediaTime::from_millis(at.max_zero().millis());
        let items = &self.layout.items;
        // Of several at the same time, the last: notes stay in the order in which they were written.
        let before = (0..items.len()).filter(|n| items[*n].at <= at).max_by_key(|n| items[*n].at);
        let neighbour = before.or(if items.is_empty() { None } else { Some(0) });
        let lead = neighbour.map_or("- ", |n| items[n].lead.as_str());
        let printed = moment::print(lead, &moment::stamp(at), text, self.eol) + self.eol;
        let place = match (before, neighbour) {
            (Some(n), _) => items[n].range.end..items[n].range.end,
            (None, Some(n)) => items[n].range.start..items[n].range.start,
            (None, None) => self.layout.summary.end..self.text.len(),
        };
        let head = if items.is_empty() && place.start > self.layout.start { self.eol } else { "" };
        let id = MomentId::fresh();
        self.splice(place, &format!("{head}{printed}"));
        self.name_in_order(Some((before.map_or(0, |n| n + 1), id)));
        id
    }

    /// Replaces the text of a moment. Does nothing if it is gone.
    pub fn set_moment(&mut self, id: MomentId, text: &str) {
        let Some(n) = self.moments.iter().position(|moment| moment.id == id) else { return };
        // What it says already stays as it is written, also where it is not as it would be written.
        if self.moments[n].text == text || self.moments[n].text == tidy(text) {
            return;
        }
        let item = &self.layout.items[n];
        let eol = if self.text[item.range.clone()].ends_with('\n') { self.eol } else { "" };
        let printed = moment::print(&item.lead, &item.stamp, text, self.eol) + eol;
        self.splice(item.range.clone(), &printed);
        self.name_in_order(None);
    }

    /// Removes a moment with all its lines.
    pub fn remove_moment(&mut self, id: MomentId) {
        let Some(n) = self.moments.iter().position(|moment| moment.id == id) else { return };
        let range = self.layout.items[n].range.clone();
        self.moments.remove(n);
        let without = format!("{}{}", &self.text[..range.start], &self.text[range.end..]);
        let front = std::mem::discriminant(&Layout::of(&without).front);
        // A blank line in its place, where what stood around it would become front matter.
        let same = front == std::mem::discriminant(&self.layout.front);
        self.splice(range, if same { "" } else { self.eol });
        self.name_in_order(None);
    }

    /// Tags of the front matter, then `#tags` in summary and moments, each once.
    pub fn tags(&self) -> Vec<String> {
        let mut found = self.front.tags.clone();
        found.append(&mut self.text_tags());
        tags::each_once(found)
    }

    /// `#tags` in summary and moments, each once.
    pub fn text_tags(&self) -> Vec<String> {
        let mut found = Vec::new();
        tags::collect(&self.summary, &mut found);
        for moment in &self.moments {
            tags::collect(&moment.text, &mut found);
        }
        tags::each_once(found)
    }

    fn keys(&self) -> Vec<String> {
        let FrontPart::Closed(yaml) = &self.layout.front else { return Vec::new() };
        let entries = front::entries(&self.text[yaml.clone()]).unwrap_or_default();
        entries.into_iter().map(|entry| entry.key).collect()
    }

    /// Sets a key to a printed value, or removes it.
    fn set(&mut self, key: &str, value: Option<String>) -> bool {
        match self.layout.front.clone() {
            FrontPart::Unclosed => return false,
            FrontPart::Absent => {
                let Some(value) = value else { return true };
                let start = self.layout.start;
                let body = &self.text[start..];
                let blank = if body.is_empty() || body.starts_with(['\n', '\r']) { "" } else { self.eol };
                let block = format!("---{0}{key}: {value}{0}---{0}{blank}", self.eol);
                self.splice(start..start, &block);
            }
            FrontPart::Closed(yaml) => {
                let Some(new) = front::set(&self.text[yaml.clone()], key, value.as_deref(), self.eol) else {
                    return false;
                };
                self.splice(yaml, &new);
            }
        }
        self.name_in_order(None);
        true
    }

    fn splice(&mut self, range: Range<usize>, with: &str) {
        let (before, after) = (&self.text[..range.start], &self.text[range.end..]);
        let text = format!("{before}{}{after}", joined(before, with, self.eol));
        self.become_text(text);
    }

    fn become_text(&mut self, text: String) {
        self.eol = match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        };
        self.layout = Layout::of(&text);
        let entries = match &self.layout.front {
            FrontPart::Absent => Some(Vec::new()),
            FrontPart::Closed(yaml) => front::entries(&text[yaml.clone()]),
            FrontPart::Unclosed => None,
        };
        self.readable = entries.is_some();
        self.front = Front::of(&entries.unwrap_or_default());
        // Carriage returns at its end are halves of line breaks, and as blank as these.
        self.summary = unescape(&text[self.layout.summary.clone()]).trim_end_matches('\r').to_owned();
        self.text = text;
    }

    /// Names the moments of the layout as before, in their order; one more where one was added.
    fn name_in_order(&mut self, added: Option<(usize, MomentId)>) {
        let mut ids: Vec<MomentId> = self.moments.iter().map(|moment| moment.id).collect();
        if let Some((at, id)) = added {
            ids.insert(at.min(ids.len()), id);
        }
        if ids.len() == self.layout.items.len() {
            self.moments = self.layout.items.iter().zip(ids).map(|(item, id)| named(item, id)).collect();
        } else {
            self.name_again();
        }
    }

    /// Names the moments of the layout as those that they look like: same time and text, else same time.
    fn name_again(&mut self) {
        let mut old: Vec<Moment> = std::mem::take(&mut self.moments);
        let mut take = |same: &dyn Fn(&Moment) -> bool| old.iter().position(same).map(|n| old.remove(n).id);
        let items = &self.layout.items;
        let mut ids: Vec<Option<MomentId>> =
            items.iter().map(|item| take(&|moment| moment.at == item.at && moment.text == item.text)).collect();
        for (id, item) in ids.iter_mut().zip(items).filter(|(id, _)| id.is_none()) {
            *id = take(&|moment| moment.at == item.at);
        }
        self.moments =
            items.iter().zip(ids).map(|(item, id)| named(item, id.unwrap_or_else(MomentId::fresh))).collect();
    }
}

/// What is put behind other text begins on a line of its own.
fn joined(before: &str, with: &str, eol: &str) -> String {
    let line_begins = before.is_empty() || before.ends_with('\n') || before == "\u{feff}";
    // A carriage return at the very end is half a line break.
    let eol = if before.ends_with('\r') { "\n" } else { eol };
    if line_begins || with.is_empty() { with.to_owned() } else { format!("{eol}{with}") }
}

fn named(item: &Item, id: MomentId) -> Moment {
    Moment { id, at: item.at, text: item.text.clone() }
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;

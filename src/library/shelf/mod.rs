//! What the view of the library shows: which talks, in which order, how many of each kind, and how much is left of them.
//! Pure: no threads, no disk, no clock. Rows are told apart by their index.
//!
//! [`Shelf`] keeps what is made of the names of rows from one arrangement to the next, so that 60,000 rows can be filtered
//! and sorted within a frame.

mod arrange;
mod copies;
mod counts;
mod deadline;
mod filter;
mod finish;
mod fuzzy;
mod line;
mod merged;
mod natural;
mod pace;
mod queue;
mod ranking;
mod seen;
mod sort;
mod words;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use crate::library::Row;

pub use copies::{Copies, best, copies};
pub use counts::Counts;
pub use deadline::{Deadline, ParseDeadlineError, local};
pub use filter::{Filter, ParseFilterError};
pub use finish::{Line as FinishLine, needed, time_text};
pub use fuzzy::{Fuzzy, Needle};
pub use natural::{key as natural_key, path_key};
pub use pace::{Pace, pace};
pub use queue::{ParseSmartError, Smart};
pub use seen::{GLANCE, Seen, heard, left};
pub use sort::{ParseSortError, Sort, SortKey};

use fuzzy::Haystack;
use line::Line;
use ranking::Ranking;

/// The rows of the library made ready to be filtered, sorted and counted. It has no rows of its own: whoever has them
/// calls [`Shelf::sync`] or [`Shelf::update`] when they have changed, and hands the same rows to everything else.
#[derive(Debug, Default)]
pub struct Shelf {
    lines: Vec<Line>,
    /// Of each row: changes when a name does.
    names: Vec<u64>,
    haystacks: Vec<Haystack>,
    /// As found.
    order: Ranking,
    titles: Ranking,
    authors: Ranking,
    sessions: Ranking,
    copies: Copies,
    /// The names have changed since the copies were looked for.
    stale: bool,
    /// Of each row: it was merged into another. Empty: none was.
    hidden: Vec<bool>,
    fuzzy: Fuzzy,
}

impl Shelf {
    /// Of these rows.
    pub fn new(rows: &[Row]) -> Self {
        let mut shelf = Self::default();
        shelf.sync(rows);
        shelf
    }

    /// How many rows it knows.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// It knows no row.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Takes in everything that has changed, whatever that is. Names that have not changed cost a look at each.
    pub fn sync(&mut self, rows: &[Row]) {
        if rows.len() < self.lines.len() {
            self.lines.truncate(rows.len());
            self.names.truncate(rows.len());
            self.haystacks.truncate(rows.len());
            for ranking in [&mut self.order, &mut self.titles, &mut self.authors, &mut self.sessions] {
                ranking.truncate(rows.len());
            }
            self.stale = true;
        }
        for at in 0..rows.len() {
            self.update(rows, at);
        }
    }

    /// Takes in one row that has changed, or that has come and is the last. Verdicts, progress, notes and tags cost
    /// nothing worth telling; names cost that they are sorted anew at the next arrangement.
    pub fn update(&mut self, rows: &[Row], at: usize) {
        let (Some(row), Ok(index)) = (rows.get(at), u32::try_from(at)) else { return };
        // Rows are known from the first on.
        if at > self.lines.len() {
            return self.sync(rows);
        }
        let (line, names) = (Line::of(row), line::names(row));
        match (self.lines.get_mut(at), self.names.get_mut(at)) {
            (Some(known), Some(named)) => {
                *known = line;
                if std::mem::replace(named, names) == names {
                    return;
                }
                self.haystacks[at] = Haystack::of(row);
            }
            _ => {
                self.lines.push(line);
                self.names.push(names);
                self.haystacks.push(Haystack::of(row));
            }
        }
        self.stale = true;
        let entry = &row.entry;
        self.order.put(index, order_key(row));
        self.titles.put(index, natural::key(&entry.title));
        self.authors.put(index, author_key(&entry.authors));
        self.sessions.put(index, natural::folders_key(&entry.session));
    }

    /// Which rows are the same talk.
    pub fn copies(&mut self, rows: &[Row]) -> &Copies {
        if std::mem::take(&mut self.stale) {
            self.copies = Copies::of(rows);
        }
        &self.copies
    }

    /// Which characters of this row's title (counted from 0, ascending) the text of the filter lights.
    pub fn lit(&mut self, row: &Row, text: &str) -> Vec<u32> {
        self.fuzzy.lit(&Needle::new(text), &row.entry.title)
    }

    /// The rows that are listed at all.
    fn listed(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().filter(|(at, _)| !self.is_hidden(*at))
    }

    fn is_hidden(&self, at: usize) -> bool {
        self.hidden.get(at).copied().unwrap_or(false)
    }

    fn settle_order(&mut self, rows: &[Row]) {
        // Names that differ only in case or zeros still need one order, and every row a place of its own.
        let path = |at: u32| rows.get(at as usize).map(|row| &row.entry.path);
        self.order.settle(|a, b| path(a).cmp(&path(b)).then(a.cmp(&b)));
    }
}

/// Roots in their order, what was opened by itself behind them; within, folder by folder.
fn order_key(row: &Row) -> Vec<u8> {
    let root = row.entry.root.as_deref();
    let mut key = vec![u8::from(root.is_none())];
    if let Some(root) = root {
        key.extend(natural::path_key(root));
        key.push(0);
    }
    let within = root.and_then(|root| row.entry.path.strip_prefix(root).ok());
    key.extend(natural::path_key(within.unwrap_or(&row.entry.path)));
    key
}

/// By the surname of the first author, then by the names of all as they are written.
fn author_key(authors: &[String]) -> Vec<u8> {
    let Some(first) = authors.first().map(|author| author.trim()) else { return Vec::new() };
    let surname = match first.split_once(',') {
        Some((surname, _)) => surname,
        None => first.split_whitespace().last().unwrap_or(first),
    };
    let mut key = natural::key(surname);
    for author in authors {
        key.push(0);
        key.extend(natural::key(author.trim()));
    }
    key
}

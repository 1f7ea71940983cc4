//! How many talks there are of each kind: the numbers on the chips.

use std::collections::HashMap;

use super::natural::{fold, folders_key, key};
use super::{Seen, Shelf};
use crate::library::Row;
use crate::notes::Verdict;

/// How many talks of each kind are listed when only that kind is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Every one.
    pub all: usize,
    /// Less than a glance was heard.
    pub unseen: usize,
    /// Begun.
    pub part: usize,
    /// Heard to the end.
    pub done: usize,
    /// Worth keeping.
    pub keep: usize,
    /// To be heard again.
    pub again: usize,
    /// Not worth the time.
    pub drop: usize,
    /// Without verdict.
    pub none: usize,
    /// With moments noted.
    pub notes: usize,
    /// Cannot be opened.
    pub broken: usize,
    /// Not there at present.
    pub away: usize,
    /// Lie in several places.
    pub copies: usize,
    /// Every tag, in natural order, spelled as where it was met first.
    pub tags: Vec<(String, usize)>,
    /// Every folder that talks lie in directly, in natural order; the empty one is the root.
    pub sessions: Vec<(String, usize)>,
}

impl Shelf {
    /// Counts the rows that were handed to [`Shelf::sync`] last.
    pub fn counts(&mut self, rows: &[Row]) -> Counts {
        self.copies(rows);
        let mut counts = Counts::default();
        let mut tags: HashMap<String, (String, usize)> = HashMap::new();
        let mut sessions: HashMap<&str, usize> = HashMap::new();
        for (at, line) in self.listed() {
            counts.all += 1;
            let whole = usize::from(!line.broken);
            match line.seen {
                // What was judged unheard is not to be seen any more.
                Seen::Unseen => counts.unseen += whole * usize::from(line.verdict.is_none()),
                Seen::Part => counts.part += whole,
                Seen::Done => counts.done += whole,
            }
            match line.verdict {
                Some(Verdict::Keep) => counts.keep += 1,
                Some(Verdict::Again) => counts.again += 1,
                Some(Verdict::Drop) => counts.drop += 1,
                None => counts.none += whole,
            }
            counts.notes += usize::from(line.notes > 0);
            counts.broken += usize::from(line.broken);
            counts.away += usize::from(line.away);
            counts.copies += usize::from(self.copies.with(at).len() > 1);
            let Some(row) = rows.get(at) else { continue };
            *sessions.entry(&row.entry.session).or_default() += 1;
            let mut own: Vec<(String, &String)> = row.state.tags.iter().map(|tag| (fold(tag), tag)).collect();
            own.sort();
            own.dedup_by(|a, b| a.0 == b.0);
            for (folded, tag) in own {
                tags.entry(folded).or_insert_with(|| (tag.clone(), 0)).1 += 1;
            }
        }
        counts.tags = tags.into_values().collect();
        counts.tags.sort_by_cached_key(|(tag, _)| (key(tag), tag.clone()));
        counts.sessions = sessions.into_iter().map(|(session, count)| (session.to_owned(), count)).collect();
        counts.sessions.sort_by_cached_key(|(session, _)| (folders_key(session), session.clone()));
        counts
    }
}

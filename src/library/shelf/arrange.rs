//! Which rows, in which order.

use super::filter::Filter;
use super::fuzzy::Needle;
use super::line::Line;
use super::natural::fold;
use super::seen::Seen;
use super::sort::{Sort, SortKey};
use super::{Shelf, copies::Copies};
use crate::library::Row;
use crate::notes::Verdict;

/// What a filter needs to have ready before it looks at rows.
pub(super) struct Wanted<'a> {
    filter: &'a Filter,
    rows: &'a [Row],
    copies: Option<&'a Copies>,
    tag: Option<String>,
    session: Option<String>,
}

impl Wanted<'_> {
    /// Whether a row is wanted, its names left aside.
    pub(super) fn takes(&self, at: usize, line: &Line) -> bool {
        let filter = self.filter;
        let whole = !line.broken;
        filter.seen.is_none_or(|seen| whole && line.seen == seen && !(seen == Seen::Unseen && line.verdict.is_some()))
            && filter.verdict.is_none_or(|verdict| line.verdict == verdict && (whole || verdict.is_some()))
            && (!filter.notes || line.notes > 0)
            && (!filter.broken || line.broken)
            && (!filter.away || line.away)
            && filter.longer.is_none_or(|least| line.length.is_some_and(|length| length >= least))
            && filter.shorter.is_none_or(|end| line.length.is_some_and(|length| length < end))
            && self.copies.is_none_or(|copies| copies.with(at).len() > 1)
            && self.named(at)
    }

    fn named(&self, at: usize) -> bool {
        if self.tag.is_none() && self.session.is_none() {
            return true;
        }
        let Some(row) = self.rows.get(at) else { return false };
        let tagged = |tag: &String| row.state.tags.iter().any(|has| fold(has) == *tag);
        self.tag.as_ref().is_none_or(tagged)
            && self.session.as_ref().is_none_or(|session| lies_in(&fold(&row.entry.session), session))
    }
}

/// Whether a folder is this one or lies in it.
fn lies_in(folder: &str, above: &str) -> bool {
    folder.strip_prefix(above).is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

impl Shelf {
    /// The rows that pass the filter, in this order. What cannot be opened or is not there comes last, except in
    /// [`SortKey::Order`]; rows alike in the order are as found. With a text in the filter: those that fit it best first.
    ///
    /// `rows` are those that were handed to [`Shelf::sync`] last.
    pub fn arrange(&mut self, rows: &[Row], filter: &Filter, sort: Sort) -> Vec<u32> {
        self.settle_order(rows);
        match sort.key {
            SortKey::Title => self.titles.settle(|_, _| std::cmp::Ordering::Equal),
            SortKey::Author => self.authors.settle(|_, _| std::cmp::Ordering::Equal),
            SortKey::Session => self.sessions.settle(|_, _| std::cmp::Ordering::Equal),
            _ => {}
        }
        if filter.copies {
            self.copies(rows);
        }
        let needle = Needle::new(&filter.text);
        let mut fuzzy = std::mem::take(&mut self.fuzzy);
        let wanted = self.wanted(rows, filter);
        let mut places: Vec<u128> = Vec::with_capacity(self.lines.len());
        for (at, line) in self.listed().filter(|(at, line)| wanted.takes(*at, line)) {
            let points = if needle.is_empty() {
                Some(0)
            } else {
                self.haystacks.get(at).and_then(|haystack| fuzzy.score(&needle, haystack))
            };
            if let Some(points) = points {
                places.push(self.place(at, line, sort, points));
            }
        }
        self.fuzzy = fuzzy;
        places.sort_unstable();
        // The lowest 32 bits are the place among all rows as found, from whichever end.
        let order = self.order.order();
        let last = order.len().saturating_sub(1);
        let turned = sort.key == SortKey::Order && sort.reversed;
        let row_of = |place: &u128| {
            let place = usize::try_from(place & 0xffff_ffff).ok()?;
            order.get(if turned { last.checked_sub(place)? } else { place }).copied()
        };
        places.iter().filter_map(row_of).collect()
    }

    pub(super) fn wanted<'a>(&'a self, rows: &'a [Row], filter: &'a Filter) -> Wanted<'a> {
        Wanted {
            filter,
            rows,
            copies: filter.copies.then_some(&self.copies),
            tag: filter.tag.as_deref().map(fold),
            session: filter.session.as_deref().map(|session| fold(session.trim_end_matches('/'))),
        }
    }

    /// A number that is smaller for what comes before. From its highest bits on: whether it comes last (2), how well it
    /// fits the text (28), whether it lacks what is sorted by (2), the value of that (64), its place as found (32).
    fn place(&self, at: usize, line: &Line, sort: Sort, points: u32) -> u128 {
        let found = self.order.ranks().get(at).copied().unwrap_or(u32::MAX);
        let by_order = sort.key == SortKey::Order;
        let value = self.value(at, line, sort.key).map(|value| if sort.reversed { u64::MAX - value } else { value });
        let last = u32::try_from(self.lines.len()).unwrap_or(u32::MAX).saturating_sub(1);
        let found = if by_order && sort.reversed { last.saturating_sub(found) } else { found };
        let behind = !by_order && !line.playable();
        let distance = 0x0fff_ffff_u32.saturating_sub(points);
        u128::from(behind) << 126
            | u128::from(distance) << 98
            | u128::from(value.is_none()) << 96
            | u128::from(value.unwrap_or(0)) << 32
            | u128::from(found)
    }

    /// What a row has of what is sorted by.
    fn value(&self, at: usize, line: &Line, key: SortKey) -> Option<u64> {
        let rank = |ranking: &super::Ranking| ranking.ranks().get(at).map(|rank| u64::from(*rank));
        let named = |ranking: &super::Ranking| rank(ranking).filter(|_| !ranking.is_nameless(at));
        match key {
            SortKey::Order => Some(0),
            SortKey::Title => named(&self.titles),
            SortKey::Author => named(&self.authors),
            // What lies directly in the root comes first.
            SortKey::Session => rank(&self.sessions),
            SortKey::Length => line.length.map(|length| length.max_zero().nanos().cast_unsigned()),
            SortKey::Left => line.left.map(|left| left.nanos().cast_unsigned()),
            SortKey::Progress => line.heard.map(u64::from),
            SortKey::Verdict => line.verdict.map(|verdict| match verdict {
                Verdict::Keep => 0,
                Verdict::Again => 1,
                Verdict::Drop => 2,
            }),
            SortKey::Notes => Some(u64::from(line.notes)).filter(|notes| *notes > 0),
            SortKey::Decided => line.decided.map(|at| at.max(0).cast_unsigned()),
        }
    }
}

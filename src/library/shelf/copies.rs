//! Which rows are one talk that lies in several places, and which of them to show.

use std::collections::{HashMap, HashSet};

use crate::library::Row;
use crate::notes::may_be_one_talk;

/// Which rows are the same talk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copies {
    /// Of each row, the number of its group.
    group: Vec<u32>,
    /// The rows of each group, in the order of the rows.
    groups: Vec<Vec<u32>>,
}

impl Copies {
    /// Rows with the same id are one talk, and those with the same content unless a service has given them different
    /// numbers.
    pub fn of(rows: &[Row]) -> Self {
        let mut talks = Talks::default();
        let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(rows.len());
        let mut by_print: HashMap<&str, usize> = HashMap::with_capacity(rows.len());
        let mut shared: HashSet<&str> = HashSet::new();
        let mut talk_of = Vec::with_capacity(rows.len());
        for row in rows {
            let talk = *by_id.entry(row.entry.id.0.as_str()).or_insert_with(|| talks.add());
            talk_of.push(talk);
            let print = row.entry.fingerprint.as_str();
            if !print.is_empty() && *by_print.entry(print).or_insert(talk) != talk {
                shared.insert(print);
            }
        }
        let of_shared = |row: &usize| shared.contains(rows[*row].entry.fingerprint.as_str());
        // Most libraries have none of these. Ids in their own order, so that it does not matter what was found first.
        let mut order: Vec<usize> =
            if shared.is_empty() { Vec::new() } else { (0..rows.len()).filter(of_shared).collect() };
        order.sort_by(|a, b| rows[*a].entry.id.cmp(&rows[*b].entry.id));
        for row in &order {
            talks.know(talk_of[*row], &rows[*row].entry.id.0);
        }
        by_print.clear();
        for row in order {
            let first = *by_print.entry(rows[row].entry.fingerprint.as_str()).or_insert(talk_of[row]);
            talks.join(first, talk_of[row]);
        }
        let mut copies = Self { group: Vec::with_capacity(rows.len()), groups: Vec::new() };
        let mut number_of: HashMap<usize, u32> = HashMap::with_capacity(rows.len());
        for (row, talk) in (0_u32..).zip(talk_of) {
            let next = u32::try_from(copies.groups.len()).unwrap_or(u32::MAX);
            let number = *number_of.entry(talks.root(talk)).or_insert(next);
            match copies.groups.get_mut(number as usize) {
                Some(group) => group.push(row),
                None => copies.groups.push(vec![row]),
            }
            copies.group.push(number);
        }
        copies
    }

    /// The number of a row's group; `None` of a row that is not there.
    pub fn group_of(&self, row: usize) -> Option<u32> {
        self.group.get(row).copied()
    }

    /// The rows that are the same talk as this one, itself among them.
    pub fn with(&self, row: usize) -> &[u32] {
        self.group_of(row).and_then(|group| self.groups.get(group as usize)).map_or(&[], Vec::as_slice)
    }

    /// Every talk: its rows, most often one.
    pub fn talks(&self) -> impl Iterator<Item = &[u32]> {
        self.groups.iter().map(Vec::as_slice)
    }

    /// The talks that lie in several places.
    pub fn several(&self) -> impl Iterator<Item = &[u32]> {
        self.talks().filter(|rows| rows.len() > 1)
    }
}

/// The talks that lie in several places: the rows of each.
pub fn copies(rows: &[Row]) -> Vec<Vec<u32>> {
    Copies::of(rows).several().map(<[u32]>::to_vec).collect()
}

/// The copy to show: there, whole, of known length, with the larger picture, with more slides, with the lower path.
pub fn best(rows: &[Row], group: &[u32]) -> Option<u32> {
    let there = group.iter().filter_map(|index| Some((*index, rows.get(*index as usize)?)));
    let worth = |row: &Row| {
        let entry = &row.entry;
        let pixels = entry.picture.as_ref().map_or(0, |shown| u64::from(shown.width) * u64::from(shown.height));
        (!row.away, entry.broken.is_none(), entry.length.is_some(), pixels, entry.slides)
    };
    let order = |a: &Row, b: &Row| worth(a).cmp(&worth(b)).then_with(|| b.entry.path.cmp(&a.entry.path));
    there.max_by(|(_, a), (_, b)| order(a, b)).map(|(index, _)| index)
}

/// Sets of ids that are one talk.
#[derive(Default)]
struct Talks<'a> {
    parent: Vec<usize>,
    /// Of each root: its ids that a service has given, which rule out others of that service. Few: one of each.
    given: Vec<Vec<&'a str>>,
}

impl<'a> Talks<'a> {
    fn add(&mut self) -> usize {
        self.parent.push(self.parent.len());
        self.given.push(Vec::new());
        self.parent.len() - 1
    }

    /// The id of a talk that has not been joined with any other.
    fn know(&mut self, talk: usize, id: &'a str) {
        // An id that cannot be the same talk as its neighbour in number is one that a service has given.
        if self.given[talk].is_empty() && !may_be_one_talk(id, &format!("{id}1")) {
            self.given[talk].push(id);
        }
    }

    fn root(&mut self, mut talk: usize) -> usize {
        while self.parent[talk] != talk {
            self.parent[talk] = self.parent[self.parent[talk]];
            talk = self.parent[talk];
        }
        talk
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        let may = |a: &&str| self.given[other].iter().all(|b| may_be_one_talk(a, b));
        if one == other || !self.given[one].iter().all(may) {
            return;
        }
        let more = std::mem::take(&mut self.given[other]);
        self.given[one].extend(more);
        self.parent[other] = one;
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::row;
    use super::*;
    use crate::library::Picture;
    use crate::talk::TalkId;

    fn talk(path: &str, id: &str, print: &str) -> Row {
        let mut row = row(path, 300);
        row.entry.id = TalkId(id.into());
        row.entry.fingerprint = print.into();
        row
    }

    #[test]
    fn the_same_id_or_the_same_content_is_one_talk() {
        let rows = [
            talk("a", "slideslive-1", "p"),
            talk("b", "slideslive-2", "p"),
            talk("c", "talk-x", "q"),
            talk("d", "slideslive-2", "r"),
            talk("e", "talk-y", "q"),
            talk("f", "other", ""),
            talk("g", "another", ""),
        ];
        let copies = Copies::of(&rows);
        let several: Vec<&[u32]> = copies.several().collect();
        assert_eq!(several, [&[1, 3][..], &[2, 4]]);
        assert_eq!((copies.with(3), copies.with(5), copies.with(99)), (&[1, 3][..], &[5][..], &[][..]));
    }

    #[test]
    fn two_numbers_of_a_service_are_never_one_talk_not_even_by_way_of_a_third() {
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            let all = [talk("a", "slideslive-1", "p"), talk("b", "copy of it", "p"), talk("c", "slideslive-2", "p")];
            let rows = order.map(|at: usize| all[at].clone());
            let copies = Copies::of(&rows);
            let at = |path: &str| rows.iter().position(|row| row.entry.path.ends_with(path)).expect("is there");
            assert_ne!(copies.group_of(at("a")), copies.group_of(at("c")));
            assert_eq!(copies.group_of(at("a")), copies.group_of(at("b")), "whatever was found first");
        }
    }

    #[test]
    fn the_best_copy_is_there_and_whole_and_has_the_larger_picture() {
        let mut rows: Vec<Row> = ["f", "e", "d", "c", "b", "a"].map(|path| talk(path, "x", "p")).into();
        let picture = |width| Some(Picture { file: "x".into(), width, height: 100 });
        for (at, width) in [(0, 4000), (1, 3000), (2, 2000), (3, 200), (4, 100), (5, 200)] {
            rows[at].entry.picture = picture(width);
        }
        rows[0].away = true;
        rows[1].entry.broken = Some("why".into());
        rows[2].entry.length = None;
        rows[3].entry.slides = rows[5].entry.slides;
        let group = [0, 1, 2, 3, 4, 5];
        assert_eq!(best(&rows, &group), Some(5), "the lower path of two that are alike");
        rows[3].entry.slides += 1;
        assert_eq!(best(&rows, &group), Some(3));
        assert_eq!(best(&rows, &[0, 1]), Some(1));
        assert_eq!(best(&rows, &[]), None);
    }
}

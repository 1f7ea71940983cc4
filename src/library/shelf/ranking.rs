//! The place of every row in one order of names. Kept from one arrangement to the next: sorting anew after a few rows
//! have come costs little more than looking at each once.

use std::cmp::Ordering;

/// One order of all rows.
#[derive(Debug, Default)]
pub struct Ranking {
    /// Of each row, as bytes that compare as the names do.
    keys: Vec<Box<[u8]>>,
    /// The rows in their order, as far as it was known last.
    order: Vec<u32>,
    /// Of each row: how many different names come before its own.
    rank: Vec<u32>,
    fresh: bool,
}

impl Ranking {
    /// The name of a row, new or changed. Rows are given from 0 on, none left out.
    pub fn put(&mut self, row: u32, key: Vec<u8>) {
        let key = key.into_boxed_slice();
        match self.keys.get_mut(row as usize) {
            Some(known) if *known == key => return,
            Some(known) => *known = key,
            None => {
                self.keys.push(key);
                self.order.push(row);
            }
        }
        self.fresh = false;
    }

    /// Keeps the first rows only.
    pub fn truncate(&mut self, count: usize) {
        self.keys.truncate(count);
        self.rank.truncate(count);
        self.order.retain(|row| (*row as usize) < count);
        self.fresh = false;
    }

    /// Brings the order up to date; `tie` decides between rows with the same key.
    pub fn settle(&mut self, tie: impl Fn(u32, u32) -> Ordering) {
        if self.fresh {
            return;
        }
        let keys = &self.keys;
        let compare = |a: &u32, b: &u32| keys[*a as usize].cmp(&keys[*b as usize]).then_with(|| tie(*a, *b));
        self.order.sort_by(compare);
        self.rank.resize(self.keys.len(), 0);
        let mut rank = 0;
        for at in 0..self.order.len() {
            if at > 0 && compare(&self.order[at - 1], &self.order[at]).is_ne() {
                rank += 1;
            }
            self.rank[self.order[at] as usize] = rank;
        }
        self.fresh = true;
    }

    /// Whether the row has no name at all.
    pub fn is_nameless(&self, row: usize) -> bool {
        self.keys.get(row).is_none_or(|key| key.is_empty())
    }

    /// The rows in their order, as it was settled last.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// The rank of each row, as it was settled last; the same for the same name.
    pub fn ranks(&self) -> &[u32] {
        &self.rank
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_come_later_are_put_in_their_place() {
        let mut ranking = Ranking::default();
        for (row, name) in ["b", "d", "b"].into_iter().enumerate() {
            ranking.put(u32::try_from(row).expect("few"), name.into());
        }
        ranking.settle(|_, _| Ordering::Equal);
        assert_eq!((ranking.order(), ranking.ranks()), (&[0, 2, 1][..], &[0, 1, 0][..]));
        ranking.put(3, "c".into());
        ranking.put(1, "a".into());
        ranking.settle(|_, _| Ordering::Equal);
        assert_eq!((ranking.order(), ranking.ranks()), (&[1, 0, 2, 3][..], &[1, 0, 1, 2][..]));
        ranking.settle(|_, _| panic!("nothing has changed"));
        ranking.truncate(2);
        ranking.settle(|_, _| Ordering::Equal);
        assert_eq!((ranking.order(), ranking.ranks()), (&[1, 0][..], &[1, 0][..]));
    }

    #[test]
    fn rows_with_the_same_key_are_told_apart_by_the_tie() {
        let mut ranking = Ranking::default();
        ranking.put(0, "a".into());
        ranking.put(1, "a".into());
        ranking.settle(|a, b| b.cmp(&a));
        assert_eq!((ranking.order(), ranking.ranks()), (&[1, 0][..], &[1, 0][..]));
    }
}

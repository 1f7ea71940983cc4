//! Pictures kept within a number of bytes: what is wanted now stays, of the rest the longest unused goes first.
//! Main thread.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Pixels, SlideKey};

struct Entry {
    pixels: Arc<Pixels>,
    used: u64,
    /// Place in the list of wishes; the first is being shown.
    rank: Option<usize>,
}

/// Pictures by key, bounded in bytes.
pub(super) struct Lru {
    entries: HashMap<SlideKey, Entry>,
    budget: usize,
    bytes: usize,
    clock: u64,
}

impl Lru {
    /// Holds at most `budget` bytes of pixels, or the one picture being shown where that alone is larger.
    pub(super) fn new(budget: usize) -> Self {
        Self { entries: HashMap::new(), budget, bytes: 0, clock: 0 }
    }

    pub(super) fn get(&self, key: &SlideKey) -> Option<&Arc<Pixels>> {
        self.entries.get(key).map(|entry| &entry.pixels)
    }

    pub(super) fn contains(&self, key: &SlideKey) -> bool {
        self.entries.contains_key(key)
    }

    /// Bytes of all pixels held.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn budget(&self) -> usize {
        self.budget
    }

    /// Makes this picture the last to go among those that nobody wants.
    pub(super) fn touch(&mut self, key: &SlideKey) {
        self.clock += 1;
        if let Some(entry) = self.entries.get_mut(key) {
            entry.used = self.clock;
        }
    }

    /// Replaces the wishes, most urgent first, and drops what they leave no room for.
    pub(super) fn set_wanted(&mut self, wanted: &[SlideKey]) {
        for entry in self.entries.values_mut() {
            entry.rank = None;
        }
        for (rank, key) in wanted.iter().enumerate().rev() {
            self.touch(key);
            if let Some(entry) = self.entries.get_mut(key) {
                entry.rank = Some(rank);
            }
        }
        self.trim();
    }

    /// Keeps a picture; `rank` is its place in the list of wishes.
    pub(super) fn insert(&mut self, key: SlideKey, pixels: Arc<Pixels>, rank: Option<usize>) {
        self.clock += 1;
        self.bytes = self.bytes.saturating_add(pixels.rgba.len());
        let entry = Entry { pixels, used: self.clock, rank };
        if let Some(old) = self.entries.insert(key, entry) {
            self.bytes -= old.pixels.rgba.len();
        }
        self.trim();
    }

    fn trim(&mut self) {
        while self.bytes > self.budget {
            // Unwanted before wanted; then the longest unused, or the least urgent wish. Never what is being shown.
            let victim = self
                .entries
                .iter()
                .filter(|(_, entry)| entry.rank != Some(0))
                .min_by_key(|(_, entry)| (entry.rank.is_some(), std::cmp::Reverse(entry.rank), entry.used))
                .map(|(key, _)| key.clone());
            let Some(gone) = victim.and_then(|key| self.entries.remove(&key)) else {
                return;
            };
            self.bytes -= gone.pixels.rgba.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slides::Size;
    use proptest::prelude::*;
    use std::path::Path;

    /// A picture of `kib` KiB.
    fn picture(number: u32, kib: u32) -> (SlideKey, Arc<Pixels>) {
        let size = Size::new(256, kib);
        let key = SlideKey::new(Path::new(&format!("/{number}")), size);
        (key, Arc::new(Pixels { size, rgba: vec![0; size.bytes()], source: size, cut_short: false }))
    }

    #[test]
    fn the_longest_unused_picture_goes_first() {
        let mut lru = Lru::new(3 << 10);
        let keys: Vec<_> = (0..4).map(|number| picture(number, 1)).collect();
        for (key, pixels) in &keys[..3] {
            lru.insert(key.clone(), Arc::clone(pixels), None);
        }

        lru.touch(&keys[0].0);
        lru.insert(keys[3].0.clone(), Arc::clone(&keys[3].1), None);

        assert_eq!(keys.iter().map(|(key, _)| lru.contains(key)).collect::<Vec<_>>(), [true, false, true, true]);
    }

    #[test]
    fn a_picture_inserted_twice_counts_once() {
        let mut lru = Lru::new(1 << 20);
        let (key, pixels) = picture(1, 4);
        lru.insert(key.clone(), Arc::clone(&pixels), None);
        lru.insert(key, pixels, None);
        assert_eq!((lru.bytes(), lru.len()), (4 << 10, 1));
    }

    proptest! {
        #[test]
        fn the_budget_holds_and_wishes_outlive_the_rest(
            steps in prop::collection::vec((0_u32..12, 1_u32..6, any::<bool>()), 1..80),
        ) {
            let mut lru = Lru::new(12 << 10);
            let mut wanted: Vec<SlideKey> = Vec::new();
            for (number, kib, wish) in steps {
                let (key, pixels) = picture(number, kib);
                if wish {
                    wanted = vec![key.clone()];
                    lru.set_wanted(&wanted);
                }
                let rank = wanted.iter().position(|wanted| *wanted == key);
                lru.insert(key, pixels, rank);

                prop_assert!(lru.bytes() <= lru.budget());
                prop_assert_eq!(lru.bytes(), lru.entries.values().map(|entry| entry.pixels.rgba.len()).sum::<usize>());
                prop_assert!(wanted.iter().all(|key| lru.contains(key)));
            }
        }
    }
}

//! The numbered pictures of a folder: `001.jpg`, `slide_0001.png`, `page-012.jpg`, `Slide1.JPG`.

use std::collections::BTreeMap;

use super::list::{Mark, Reference};
use crate::talk::folder::Folder;
use crate::talk::names;

/// Fewer pictures with a number in their names are no slides: a cover, a photograph.
const FEWEST: usize = 2;

/// Pictures by their numbers; several of one number are sizes of one.
#[derive(Debug, Default, PartialEq)]
pub(in crate::talk::layouts) struct Deck {
    /// Places in the listing of the folder.
    pub(in crate::talk::layouts) pictures: BTreeMap<u64, Vec<usize>>,
}

impl Deck {
    /// The largest group of pictures that lie together and whose names differ in one number only; empty without one.
    pub(in crate::talk::layouts) fn of(folder: &Folder) -> Self {
        let mut groups: BTreeMap<(std::path::PathBuf, String, String), Self> = BTreeMap::new();
        for (at, file) in folder.files().iter().enumerate().filter(|(_, file)| names::is_picture(&file.name)) {
            let Some((before, number, after)) = numbered(names::split(&file.name).0) else { continue };
            let place = file.path.parent().unwrap_or(&file.path).to_owned();
            let group = groups.entry((place, before.to_lowercase(), after.to_lowercase())).or_default();
            group.pictures.entry(number).or_default().push(at);
        }
        let largest = groups.into_values().reduce(|a, b| if b.pictures.len() > a.pictures.len() { b } else { a });
        largest.filter(|deck| deck.pictures.len() >= FEWEST).unwrap_or_default()
    }

    pub(in crate::talk::layouts) fn len(&self) -> usize {
        self.pictures.len()
    }

    /// What is to be added to the numbers of a list to get those of the pictures: lists count from one and tools from
    /// zero, or the other way round.
    pub(super) fn shift(&self, marks: &[Mark]) -> i64 {
        let numbers = || {
            marks.iter().filter_map(|mark| match mark.picture {
                Reference::Number(number) => i64::try_from(number).ok(),
                Reference::None | Reference::File(_) => None,
            })
        };
        let missing = |shift: i64| numbers().filter(|number| self.at(number.saturating_add(shift)).is_none()).count();
        [0, -1, 1].into_iter().min_by_key(|shift| missing(*shift)).unwrap_or(0)
    }

    /// The files of the picture with this number.
    pub(super) fn at(&self, number: i64) -> Option<&[usize]> {
        self.pictures.get(&u64::try_from(number).ok()?).map(Vec::as_slice)
    }
}

/// The last number in a name and what stands around it.
fn numbered(stem: &str) -> Option<(&str, u64, &str)> {
    let end = stem.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = stem.get(..end)?.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    Some((stem.get(..start)?, stem.get(start..end)?.parse().ok()?, stem.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::put;

    fn deck(files: &[&str]) -> Vec<u64> {
        let dir = tempfile::tempdir().expect("a folder");
        files.iter().for_each(|file| put(&dir.path().join(file), b"x"));
        Deck::of(&Folder::list(dir.path().to_owned()).expect("lists")).pictures.into_keys().collect()
    }

    #[test]
    fn numbered_pictures_are_a_deck() {
        assert_eq!(deck(&["001.jpg", "002.jpg", "010.jpg", "cover.jpg"]), [1, 2, 10]);
        assert_eq!(deck(&["Slide1.JPG", "Slide2.JPG", "slide10.jpg"]), [1, 2, 10]);
        assert_eq!(deck(&["slides/page-012.jpg", "slides/page-011.jpg"]), [11, 12]);
        assert_eq!(deck(&["a-1.jpg", "a-2.jpg", "b-1.jpg", "b-2.jpg", "b-3.jpg"]), [1, 2, 3]);
        assert_eq!(deck(&["1.jpg", "1.png", "2.png"]), [1, 2]);
        assert_eq!(deck(&["1.jpg"]), Vec::<u64>::new());
        assert_eq!(deck(&["cover.jpg", "99999999999999999999999.jpg", "x.txt"]), Vec::<u64>::new());
    }

    #[test]
    fn lists_that_count_otherwise_than_the_pictures_are_shifted() {
        let mark = |number| Mark { picture: Reference::Number(number), ..Mark::default() };
        let deck = Deck { pictures: (0..5).map(|number| (number, Vec::new())).collect() };
        assert_eq!(deck.shift(&[mark(1), mark(5), mark(2)]), -1);
        assert_eq!(deck.shift(&[mark(0), mark(4)]), 0);
        assert_eq!(deck.shift(&[mark(1), mark(2)]), 0);
        let deck = Deck { pictures: (1..6).map(|number| (number, Vec::new())).collect() };
        assert_eq!(deck.shift(&[mark(0), mark(4)]), 1);
        assert_eq!(deck.shift(&[mark(u64::MAX)]), 0);
    }
}

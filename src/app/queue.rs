//! The talks in hand, in order, and which one is open.

use std::path::{Path, PathBuf};

/// Paths of talks and the current one.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Queue {
    paths: Vec<PathBuf>,
    at: Option<usize>,
    /// Counts changes of the paths.
    changes: u64,
}

impl Queue {
    /// Replaces everything; the first is the current one.
    pub fn replace(&mut self, paths: Vec<PathBuf>) {
        self.changes += 1;
        self.at = (!paths.is_empty()).then_some(0);
        self.paths = paths;
    }

    /// Adds to the end; the first that is ever added becomes the current one.
    pub fn append(&mut self, paths: Vec<PathBuf>) {
        self.changes += 1;
        self.paths.extend(paths);
        if self.at.is_none() && !self.paths.is_empty() {
            self.at = Some(0);
        }
    }

    /// Puts several in the place of one that turned out to be a folder of talks.
    pub fn expand(&mut self, path: &Path, found: Vec<PathBuf>) {
        if let Some(at) = self.paths.iter().position(|known| known == path).filter(|_| !found.is_empty()) {
            self.changes += 1;
            let grown = found.len() - 1;
            self.paths.splice(at..=at, found);
            self.at = self.at.map(|current| if current > at { current + grown } else { current });
        }
    }

    /// Makes another one current; false if there is none with this number, counted from 0.
    pub fn go(&mut self, index: usize) -> bool {
        let known = index < self.paths.len();
        if known {
            self.at = Some(index);
        }
        known
    }

    /// Puts one after the current one; one that is in the queue already comes there from where it was.
    pub fn insert_next(&mut self, path: PathBuf) {
        match (self.paths.iter().position(|known| *known == path), self.at) {
            (Some(from), Some(at)) if from != at => {
                let to = if from < at { at } else { at + 1 };
                self.bring(from, to);
            }
            (Some(_), _) => {}
            (None, at) => {
                self.changes += 1;
                self.paths.insert(at.map_or(self.paths.len(), |at| at + 1), path);
                self.at = self.at.or(Some(0));
            }
        }
    }

    /// Brings an entry to another place; false if there are no such places.
    pub fn bring(&mut self, from: usize, to: usize) -> bool {
        if from >= self.paths.len() || to >= self.paths.len() {
            return false;
        }
        self.changes += 1;
        let moved = self.paths.remove(from);
        self.paths.insert(to, moved);
        self.at = self.at.map(|at| match at {
            at if at == from => to,
            at if from < at && at <= to => at - 1,
            at if to <= at && at < from => at + 1,
            at => at,
        });
        true
    }

    /// Takes an entry out. The current one stays, for it is open; false for it and where there is none.
    pub fn remove(&mut self, index: usize) -> bool {
        let possible = index < self.paths.len() && self.at != Some(index);
        if possible {
            self.changes += 1;
            self.paths.remove(index);
            self.at = self.at.map(|at| if index < at { at - 1 } else { at });
        }
        possible
    }

    /// Replaces everything but keeps the current one: where it is in the new list, else before it.
    pub fn refill(&mut self, mut paths: Vec<PathBuf>) {
        self.changes += 1;
        if let Some(current) = self.current().map(Path::to_owned) {
            let at = paths.iter().position(|path| *path == current).unwrap_or_else(|| {
                paths.insert(0, current);
                0
            });
            self.at = Some(at);
        } else {
            self.at = (!paths.is_empty()).then_some(0);
        }
        self.paths = paths;
    }

    /// Another number whenever the paths may have changed.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The number of the current one, counted from 0.
    pub fn index(&self) -> Option<usize> {
        self.at
    }

    /// The current one.
    pub fn current(&self) -> Option<&Path> {
        self.paths.get(self.at?).map(PathBuf::as_path)
    }

    /// The one after the current one.
    pub fn next(&self) -> Option<&Path> {
        self.paths.get(self.at? + 1).map(PathBuf::as_path)
    }

    /// All of them.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn a_folder_of_talks_becomes_its_talks() {
        let mut queue = Queue::default();
        queue.replace(paths(&["a", "all", "z"]));
        queue.go(2);
        queue.expand(Path::new("all"), paths(&["all/1", "all/2"]));
        assert_eq!(queue.paths(), paths(&["a", "all/1", "all/2", "z"]));
        assert_eq!(queue.current(), Some(Path::new("z")));
    }

    #[test]
    fn entries_move_and_go_and_the_current_one_stays_current() {
        let mut queue = Queue::default();
        queue.replace(paths(&["a", "b", "c", "d"]));
        queue.go(1);
        for (from, to, order) in
            [(3, 0, ["d", "a", "b", "c"]), (0, 3, ["a", "b", "c", "d"]), (1, 2, ["a", "c", "b", "d"])]
        {
            assert!(queue.bring(from, to));
            assert_eq!((queue.paths(), queue.current()), (&paths(&order)[..], Some(Path::new("b"))));
        }
        assert!(!queue.bring(0, 4) && !queue.remove(2) && !queue.remove(9));
        assert!(queue.remove(0) && queue.remove(0));
        assert_eq!((queue.paths(), queue.index()), (&paths(&["b", "d"])[..], Some(0)));
        queue.insert_next("x".into());
        queue.insert_next("d".into());
        assert_eq!(queue.paths(), paths(&["b", "d", "x"]));
        queue.refill(paths(&["x", "y"]));
        assert_eq!((queue.paths(), queue.index()), (&paths(&["b", "x", "y"])[..], Some(0)));
        queue.refill(paths(&["y", "b"]));
        assert_eq!((queue.current(), queue.index()), (Some(Path::new("b")), Some(1)));
    }

    #[test]
    fn the_first_of_a_folder_takes_its_place() {
        let mut queue = Queue::default();
        queue.replace(paths(&["all"]));
        queue.expand(Path::new("all"), paths(&["all/1", "all/2"]));
        assert_eq!(queue.current(), Some(Path::new("all/1")));
        assert_eq!(queue.next(), Some(Path::new("all/2")));
        assert!(!queue.go(2));
    }
}

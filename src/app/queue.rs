//! The talks in hand, in order, and which one is open.

use std::path::{Path, PathBuf};

/// Paths of talks and the current one.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Queue {
    paths: Vec<PathBuf>,
    at: Option<usize>,
}

impl Queue {
    /// Replaces everything; the first is the current one.
    pub fn replace(&mut self, paths: Vec<PathBuf>) {
        self.at = (!paths.is_empty()).then_some(0);
        self.paths = paths;
    }

    /// Adds to the end; the first that is ever added becomes the current one.
    pub fn append(&mut self, paths: Vec<PathBuf>) {
        self.paths.extend(paths);
        if self.at.is_none() && !self.paths.is_empty() {
            self.at = Some(0);
        }
    }

    /// Puts several in the place of one that turned out to be a folder of talks.
    pub fn expand(&mut self, path: &Path, found: Vec<PathBuf>) {
        if let Some(at) = self.paths.iter().position(|known| known == path).filter(|_| !found.is_empty()) {
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
    fn the_first_of_a_folder_takes_its_place() {
        let mut queue = Queue::default();
        queue.replace(paths(&["all"]));
        queue.expand(Path::new("all"), paths(&["all/1", "all/2"]));
        assert_eq!(queue.current(), Some(Path::new("all/1")));
        assert_eq!(queue.next(), Some(Path::new("all/2")));
        assert!(!queue.go(2));
    }
}

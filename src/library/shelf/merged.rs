//! Copies that the viewer has merged: only the one that they were merged into is listed.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::Shelf;
use crate::library::Row;

impl Shelf {
    /// Leaves out the rows whose path was merged into another. A row stays where the other is not listed itself: no talk
    /// is ever lost from sight. To be called anew when rows have come, gone or moved.
    pub fn set_merged(&mut self, rows: &[Row], merged: &HashMap<PathBuf, PathBuf>) {
        self.hidden.clear();
        if merged.is_empty() {
            return;
        }
        let there: HashSet<&Path> = rows.iter().map(|row| row.entry.path.as_path()).collect();
        self.hidden.extend(rows.iter().map(|row| stands_for(&row.entry.path, merged, &there)));
    }
}

/// Whether another row stands for this one, at the end of a chain of merges that does not lead back.
fn stands_for(path: &Path, merged: &HashMap<PathBuf, PathBuf>, there: &HashSet<&Path>) -> bool {
    let mut met: HashSet<&Path> = HashSet::from([path]);
    let mut at = path;
    while let Some(next) = merged.get(at) {
        if !met.insert(next) {
            return false;
        }
        at = next;
    }
    at != path && there.contains(at)
}

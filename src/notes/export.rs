//! All notes of a folder at once.

use std::path::{Path, PathBuf};

use super::document::Document;
use super::{disk, index};

/// Every note of a folder, by the names of their files; what is no text is passed over. Blocks; any thread.
pub fn all(folder: &Path) -> Vec<(PathBuf, Document)> {
    let mut files = index::notes(folder);
    files.sort();
    let read = |path: PathBuf| disk::read(&path).ok().flatten().map(|text| (path, Document::parse(&text)));
    files.into_iter().filter_map(read).collect()
}

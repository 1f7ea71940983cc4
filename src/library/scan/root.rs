//! A folder of talks that is looked after.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Known;
use super::watch::Watch;

/// What tells a folder from another one that has come to the same path.
type Identity = (u64, u64);

/// A folder of talks.
pub(super) struct Root {
    pub(super) path: PathBuf,
    /// Without links in its path, as far as that was ever known.
    pub(super) real: PathBuf,
    pub(super) known: HashMap<PathBuf, Known>,
    /// Which folder it was when it was last there.
    pub(super) there: Option<Identity>,
    /// It was told that it is away.
    pub(super) away: bool,
    pub(super) watch: Option<Watch>,
    /// The system does not tell all changes, so it is looked through from time to time.
    pub(super) unwatched: bool,
}

impl Root {
    pub(super) fn new(path: PathBuf, known: HashMap<PathBuf, Known>) -> Self {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        Self { path, real, known, there: None, away: false, watch: None, unwatched: false }
    }

    /// Which folder is there, or a sentence why none is.
    pub(super) fn look(&self) -> Result<Identity, String> {
        let why = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "There is no such folder".to_owned(),
            io::ErrorKind::PermissionDenied => "No permission to read the folder".to_owned(),
            _ => format!("Cannot read the folder ({error})"),
        };
        let meta = fs::metadata(&self.path).map_err(why)?;
        if !meta.is_dir() {
            return Err("It is not a folder".to_owned());
        }
        let mut entries = fs::read_dir(&self.path).map_err(why)?;
        // The place where a disk was connected stays behind, without anything in it.
        if !self.known.is_empty() && entries.next().is_none() {
            return Err("The folder is empty".to_owned());
        }
        Ok(identity(&meta))
    }

    /// The talk that a file or folder belongs to.
    pub(super) fn talk_of(&self, path: &Path) -> Option<PathBuf> {
        let inside = path.strip_prefix(&self.path).ok()?;
        // The outermost: nothing is a talk within a talk.
        let mut place = self.path.clone();
        for part in inside {
            if self.known.contains_key(&place) {
                return Some(place);
            }
            place.push(part);
        }
        self.known.contains_key(&place).then_some(place)
    }
}

#[cfg(unix)]
fn identity(meta: &fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
fn identity(_meta: &fs::Metadata) -> Identity {
    (0, 0)
}

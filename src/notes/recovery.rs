//! Text that could not be written into its file, kept elsewhere until it can. Blocks; worker thread.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::name;
use crate::persist::write_atomic;

/// Text of a talk's note that is in no file of the viewer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The talk's id.
    pub id: String,
    /// Where it should have gone.
    pub path: PathBuf,
    /// What it was made from; `None`: the note would have been new.
    pub base: Option<String>,
    /// The whole note.
    pub text: String,
}

/// Where the text of a talk is kept.
fn file(folder: &Path, id: &str) -> PathBuf {
    // Ids that differ only in what no file can be named are told apart by their sum (FNV-1a).
    let sum = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, b| (sum ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    folder.join(format!("{} {sum:016x}.json", name::stem(id)))
}

/// Keeps a text in place of what was kept of this talk before.
///
/// # Errors
/// A sentence.
pub(super) fn keep(folder: &Path, kept: &Kept) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| super::disk::cause(&error))?;
    let text = serde_json::to_vec_pretty(kept).map_err(|error| error.to_string())?;
    write_atomic(&file(folder, &kept.id), &text).map_err(|error| error.to_string())
}

/// What is kept of a talk. What cannot be read is left where it is.
pub(super) fn find(folder: &Path, id: &str) -> Option<Kept> {
    let bytes = std::fs::read(file(folder, id)).ok()?;
    serde_json::from_slice::<Kept>(&bytes).ok().filter(|kept| kept.id == id)
}

/// Forgets what is kept of a talk, once it is written.
pub(super) fn forget(folder: &Path, id: &str) {
    std::fs::remove_file(file(folder, id)).ok();
}

//! `plenary pack`: a talk as a folder of its own, with everything in it.

use std::path::Path;

use super::info::print;
use crate::audio::decode::Probe;
use crate::talk::open::open;
use crate::talk::pack::{Packed, pack};

/// Writes the talk at `path` into the folder `target`, which must not exist or be empty, and says what was written.
///
/// # Errors
/// A sentence, where it is no talk or cannot be written; nothing is left behind then.
pub fn run(path: &Path, target: &Path, json: bool) -> Result<(), String> {
    super::info::only_one(path)?;
    let talk = open(path, &Probe).map_err(|error| error.to_string())?;
    // Who packs a talk should hear what the copy will lack. A script reads it with `info`.
    for issue in talk.issues.iter().filter(|_| !json) {
        super::complain(&issue.message);
    }
    let packed = pack(&talk, target).map_err(|error| error.to_string())?;
    print(&if json { serde_json::to_string_pretty(&packed).map_err(|error| error.to_string())? } else { said(&packed) })
}

/// `3 slides, 12.4 MB in 5 files: /talks/packed`.
fn said(packed: &Packed) -> String {
    let of = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let bare = if packed.bare == 0 { String::new() } else { format!(", {} of them without a picture", packed.bare) };
    let tenths = packed.bytes.div_ceil(100_000);
    let size = format!("{}.{} MB in {}", tenths / 10, tenths % 10, of(packed.files, "file"));
    format!("{}{bare}, {size}: {}", of(packed.slides, "slide"), packed.folder.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_said_in_a_line() {
        let packed = Packed { folder: "/talks/packed".into(), slides: 3, bare: 0, files: 5, bytes: 12_345_678 };
        assert_eq!(said(&packed), "3 slides, 12.4 MB in 5 files: /talks/packed");
        let bare = Packed { slides: 1, bare: 1, files: 1, bytes: 0, ..packed };
        assert_eq!(said(&bare), "1 slide, 1 of them without a picture, 0.0 MB in 1 file: /talks/packed");
    }
}

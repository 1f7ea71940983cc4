//! A number that changes when the files of a talk do, got without opening any.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Counts what this program finds out about talks: with another number, all are looked at again.
const VERSION: u64 = 1;

/// Most entries of a folder that are looked at.
const MAX_ENTRIES: usize = 50_000;

/// Folders in a talk's folder whose contents count, by the time of their last change.
const PICTURES: [&str; 3] = ["slides", "images", "original"];

/// The stamp of a talk: of the names, sizes and times of the files directly in its folder, or of a single file. Zero
/// where nothing can be read. Notes and hidden files do not count, as writing a note changes no talk.
pub fn stamp(path: &Path) -> i64 {
    let Ok(meta) = fs::metadata(path) else { return 0 };
    if !meta.is_dir() {
        let beside = fs::metadata(path.with_extension("info.json")).map_or(0, |meta| of("", &meta));
        return VERSION.wrapping_add(of("", &meta)).wrapping_add(beside).cast_signed();
    }
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    // A sum, since the system lists files in any order.
    let mut sum = VERSION;
    for entry in entries.take(MAX_ENTRIES).filter_map(Result::ok) {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name.ends_with(".md") || name.ends_with('~') {
            continue;
        }
        let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        let Ok(meta) = (if link { fs::metadata(entry.path()) } else { entry.metadata() }) else { continue };
        if !meta.is_dir() || PICTURES.contains(&&*name) {
            sum = sum.wrapping_add(of(&name, &meta));
        }
    }
    sum.cast_signed()
}

fn of(name: &str, meta: &Metadata) -> u64 {
    // A file from before 1970 is as good as one of that year.
    let time = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let size = if meta.is_dir() { 0 } else { meta.len() };
    let nanos = time.as_secs().wrapping_mul(1_000_000_000).wrapping_add(u64::from(time.subsec_nanos()));
    hash(name.bytes().chain(size.to_le_bytes()).chain(nanos.to_le_bytes()))
}

/// Fowler, Noll and Vo's hash (1a, 64 bits).
pub(super) fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::put;

    #[test]
    fn a_stamp_changes_with_the_files_and_not_with_notes() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        put(&at("1.xml"), b"a");
        put(&at("slides/1.jpg"), b"a");
        let mut seen = vec![stamp(dir.path())];
        put(&at("note.md"), b"a");
        put(&at(".hidden"), b"a");
        put(&at("other/1.jpg"), b"a");
        assert_eq!(stamp(dir.path()), seen[0]);
        let mut changed = |what: &str| {
            let now = stamp(dir.path());
            assert!(!seen.contains(&now), "{what}");
            seen.push(now);
        };
        put(&at("1.xml"), b"ab");
        changed("another size");
        fs::File::open(at("1.xml")).unwrap().set_modified(UNIX_EPOCH).unwrap();
        changed("another time");
        put(&at("a.mp3"), b"");
        changed("another file");
        fs::File::open(at("slides")).unwrap().set_modified(UNIX_EPOCH).unwrap();
        changed("other pictures");
        fs::rename(at("a.mp3"), at("b.mp3")).unwrap();
        changed("another name");
        assert_eq!(stamp(&at("gone")), 0);
    }

    #[test]
    fn a_single_file_counts_with_its_description() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("talk.mp3");
        put(&file, b"a");
        let first = stamp(&file);
        put(&dir.path().join("other.mp3"), b"a");
        assert_eq!(stamp(&file), first);
        put(&dir.path().join("talk.info.json"), b"{}");
        assert_ne!(stamp(&file), first);
    }
}

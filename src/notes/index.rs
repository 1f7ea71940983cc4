//! Which file of a folder is the note of which talk. Reads no more than the heads of files that have changed.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::document::Document;
use super::{Head, front};

/// What is read of a file, in bytes; more only where its front matter has not ended.
const HEAD_BYTES: u64 = 4 << 10;

/// The notes of a folder.
pub(super) struct Index {
    folder: PathBuf,
    files: HashMap<PathBuf, Known>,
}

struct Known {
    modified: Option<SystemTime>,
    bytes: u64,
    talk: Option<String>,
    fingerprint: Option<String>,
}

impl Index {
    /// Nothing is known yet.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, files: HashMap::new() }
    }

    /// Looks what has changed. Returns how many files were read.
    pub(super) fn refresh(&mut self) -> usize {
        let mut old = std::mem::take(&mut self.files);
        let mut read = 0;
        for path in notes(&self.folder) {
            let Ok(found) = std::fs::metadata(&path) else { continue };
            let (modified, bytes) = (found.modified().ok(), found.len());
            let known = old.remove(&path).filter(|known| known.modified == modified && known.bytes == bytes);
            let known = known.unwrap_or_else(|| {
                read += 1;
                let front = head(&path, bytes).map(|note| note.front().clone()).unwrap_or_default();
                let talk = front.talk.or_else(|| named(&path));
                Known { modified, bytes, talk, fingerprint: front.fingerprint }
            });
            self.files.insert(path, known);
        }
        read
    }

    /// The note of a talk, by its id, or else by what it consists of.
    pub(super) fn find(&self, wanted: &Head) -> Option<PathBuf> {
        let first = |test: &dyn Fn(&Known) -> bool| {
            self.files.iter().filter(|(_, known)| test(known)).map(|(path, _)| path).min().cloned()
        };
        let by_id = || first(&|known| known.talk.as_ref() == Some(&wanted.id));
        let by_content = || {
            first(&|known| {
                let same = known.fingerprint.as_ref() == Some(&wanted.fingerprint);
                same && known.talk.as_ref().is_none_or(|talk| super::may_be_one_talk(talk, &wanted.id))
            })
        };
        (!wanted.id.is_empty()).then(by_id).flatten().or_else(|| (!wanted.fingerprint.is_empty()).then(by_content)?)
    }
}

/// The talk that a file names where its front matter cannot be read as a whole: it is that talk's note all the same.
fn named(path: &Path) -> Option<String> {
    let mut start = Vec::new();
    File::open(path).ok()?.take(HEAD_BYTES).read_to_end(&mut start).ok()?;
    let text = String::from_utf8(start).ok()?;
    let mut lines = text.lines();
    lines.next().filter(|line| line.trim_end() == "---")?;
    lines.find_map(|line| line.strip_prefix("talk:")).map(|talk| talk.trim().to_owned()).filter(|talk| !talk.is_empty())
}

/// Whose note a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// The talk's own.
    Talk,
    /// It names no talk: the viewer may have made it by hand.
    Nobody,
    /// Another talk's, or no note at all.
    Other,
}

/// Whose note a file is, by what stands in it.
pub(super) fn owner(path: &Path, wanted: &Head) -> Owner {
    let Ok(found) = std::fs::metadata(path) else { return Owner::Other };
    let Some(note) = head(path, found.len()) else { return Owner::Other };
    match &note.front().talk {
        None if named(path).as_deref() == Some(wanted.id.as_str()) => Owner::Talk,
        None => Owner::Nobody,
        Some(talk) if *talk == wanted.id => Owner::Talk,
        Some(_) => Owner::Other,
    }
}

/// How many folders deep notes are looked for.
const DEPTH: usize = 6;

/// The Markdown files of a folder and of those in it, in no order. What is hidden is passed over, and so are links to
/// folders, which could lead in a circle.
pub(super) fn notes(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    gather(folder, DEPTH, &mut found);
    found
}

fn gather(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && depth > 0 {
            gather(&path, depth - 1, found);
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md")) && path.is_file() {
            found.push(path);
        }
    }
}

/// The beginning of a note; `None` where it is no text.
fn head(path: &Path, bytes: u64) -> Option<Document> {
    for limit in [HEAD_BYTES, front::MAX_BYTES as u64 + HEAD_BYTES] {
        let mut buffer = Vec::new();
        File::open(path).ok()?.take(limit).read_to_end(&mut buffer).ok()?;
        let text = match String::from_utf8(buffer) {
            Ok(text) => text,
            Err(error) if bytes > limit && error.utf8_error().error_len().is_none() => {
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
            Err(_) => return None,
        };
        let note = Document::parse(&text);
        if note.front_readable() || bytes <= limit {
            return Some(note);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persist::write_atomic;

    fn wanted(id: &str, fingerprint: &str) -> Head {
        Head { id: id.into(), fingerprint: fingerprint.into(), ..Head::default() }
    }

    #[test]
    fn talks_that_a_service_numbers_are_not_one_though_their_slides_come_alike() {
        let folder = tempfile::tempdir().unwrap();
        let text = "---\ntalk: slideslive-38930001\nfingerprint: f\n---\n";
        write_atomic(&folder.path().join("one.md"), text.as_bytes()).unwrap();
        let mut index = Index::new(folder.path().to_owned());
        index.refresh();
        assert_eq!(index.find(&wanted("slideslive-38930002", "f")), None);
        assert!(index.find(&wanted("talk-f", "f")).is_some());
    }

    #[test]
    fn of_many_notes_only_those_that_changed_are_read_again() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..600 {
            let text = format!("---\ntalk: t-{n}\nfingerprint: f-{n}\n---\n{}", "words ".repeat(n));
            let mut file = File::create(folder.path().join(format!("{n}.md"))).unwrap();
            std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        }
        let mut index = Index::new(folder.path().to_owned());
        assert_eq!(index.refresh(), 600);
        assert_eq!(index.find(&wanted("t-17", "f-99")), Some(folder.path().join("17.md")));
        assert_eq!(index.find(&wanted("x", "f-99")), Some(folder.path().join("99.md")));
        assert_eq!(index.find(&wanted("", "")), None);
        std::fs::rename(folder.path().join("17.md"), folder.path().join("other.md")).unwrap();
        write_atomic(&folder.path().join("18.md"), b"nothing").unwrap();
        assert_eq!(index.refresh(), 2);
        assert_eq!(index.find(&wanted("t-17", "")), Some(folder.path().join("other.md")));
        assert_eq!(index.find(&wanted("t-18", "f-18")), None);
    }

    #[test]
    fn long_heads_and_files_that_are_no_notes_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let long = format!("---\nnote: {}\ntalk: t\n---\n", "ü".repeat(5000));
        write_atomic(&folder.path().join("long.md"), long.as_bytes()).unwrap();
        write_atomic(&folder.path().join("bytes.md"), b"---\ntalk: t2\n---\n\xff\xff").unwrap();
        write_atomic(&folder.path().join(".hidden.md"), b"---\ntalk: t3\n---\n").unwrap();
        std::fs::create_dir(folder.path().join("folder.md")).unwrap();
        let mut index = Index::new(folder.path().to_owned());
        index.refresh();
        assert_eq!(index.find(&wanted("t", "")), Some(folder.path().join("long.md")));
        assert_eq!((index.find(&wanted("t2", "")), index.find(&wanted("t3", ""))), (None, None));
        assert_eq!(owner(&folder.path().join("long.md"), &wanted("t", "")), Owner::Talk);
        assert_eq!(owner(&folder.path().join("bytes.md"), &wanted("t2", "")), Owner::Other);
    }
}

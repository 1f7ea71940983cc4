//! Writing a text to a file that its reader may have edited since.

use std::fmt;
use std::path::{Path, PathBuf};

use super::merge::merge;
use super::{ExportError, Format};
use crate::persist::write_atomic;

/// Where the text is now, and what became of what was there; as a sentence for the viewer by its `Display`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The file that holds the new text.
    pub path: PathBuf,
    /// What became of the file that was there.
    pub how: How,
}

/// What became of the file that was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// There was none, or nobody had edited it.
    Written,
    /// It held the same text.
    Unchanged,
    /// It was edited by hand: its edits are kept, and the new text is in.
    Merged {
        /// How many passages stand there twice, as edited and as new.
        conflicts: usize,
    },
    /// It was edited by hand in a way that does not go together with the new text, and stays as it is.
    Edited {
        /// The file that was wanted.
        kept: PathBuf,
    },
    /// It is of unknown origin, and stays as it is.
    Foreign {
        /// The file that was wanted.
        kept: PathBuf,
    },
}

impl fmt::Display for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let here = name(&self.path);
        match &self.how {
            How::Written => write!(f, "Saved {here}"),
            How::Unchanged => write!(f, "{here} is up to date"),
            How::Merged { conflicts: 0 } => write!(f, "Saved {here}; what was edited by hand is kept"),
            How::Merged { conflicts: 1 } => {
                write!(f, "Saved {here}; one passage changed here and there, and stands in it twice")
            }
            How::Merged { conflicts } => {
                write!(f, "Saved {here}; {conflicts} passages changed here and there, and stand in it twice")
            }
            How::Edited { kept } => {
                write!(f, "Saved {here}; {} was edited by hand and is left as it is", name(kept))
            }
            How::Foreign { kept } => write!(f, "Saved {here}; {} was there before and is left as it is", name(kept)),
        }
    }
}

/// Saves `fresh` at `target` and loses nothing that was edited by hand there.
///
/// The text that was generated last is kept in `base_store`, a folder of this program (created where it is missing),
/// so that edits can be told from it. They are merged line by line; see [`How`] for where that does not go.
///
/// # Errors
/// [`ExportError::NoFolder`], [`ExportError::Read`] and [`ExportError::Write`]; the file is as before then.
pub fn save(target: &Path, fresh: &str, base_store: &Path) -> Result<Saved, ExportError> {
    let folder = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if !folder.is_dir() {
        return Err(ExportError::NoFolder(folder.to_owned()));
    }
    let how = match attempt(target, fresh, base_store)? {
        Attempt::Done(how) => return Ok(Saved { path: target.to_owned(), how }),
        Attempt::Edited => How::Edited { kept: target.to_owned() },
        Attempt::Foreign => How::Foreign { kept: target.to_owned() },
    };
    let mut number = 1;
    loop {
        let label = match (&how, number) {
            (How::Edited { .. }, 1) => "new".to_owned(),
            (How::Edited { .. }, n) => format!("new {n}"),
            (_, n) => (n + 1).to_string(),
        };
        let path = beside(target, &label);
        if let Attempt::Done(_) = attempt(&path, fresh, base_store)? {
            return Ok(Saved { path, how });
        }
        number += 1;
    }
}

enum Attempt {
    Done(How),
    /// Edits and the new text do not go together.
    Edited,
    /// There is a file, and no text is known that was generated for it.
    Foreign,
}

fn attempt(path: &Path, fresh: &str, base_store: &Path) -> Result<Attempt, ExportError> {
    let there = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return write(path, fresh, fresh, base_store, How::Written);
        }
        Err(error) => return Err(ExportError::Read { path: path.to_owned(), why: error.to_string() }),
    };
    let base_at = base_path(path, base_store);
    let base = std::fs::read_to_string(&base_at).ok().and_then(|text| known(&text, path));
    if there == fresh.as_bytes() {
        keep_base(path, fresh, base_store)?;
        return Ok(Attempt::Done(How::Unchanged));
    }
    let Some(base) = base else { return Ok(Attempt::Foreign) };
    if there == base.as_bytes() {
        return write(path, fresh, fresh, base_store, How::Written);
    }
    let format = Format::of(path).unwrap_or(Format::Markdown);
    // Bytes that are no text were not written here.
    let Ok(hand) = String::from_utf8(there) else { return Ok(Attempt::Edited) };
    match merge(&base, &hand, fresh, format) {
        Some(merged) if merged.text == hand => {
            keep_base(path, fresh, base_store)?;
            Ok(Attempt::Done(How::Merged { conflicts: 0 }))
        }
        Some(merged) => write(path, &merged.text, fresh, base_store, How::Merged { conflicts: merged.conflicts }),
        None => Ok(Attempt::Edited),
    }
}

fn write(path: &Path, text: &str, base: &str, base_store: &Path, how: How) -> Result<Attempt, ExportError> {
    write_atomic(path, text.as_bytes())?;
    // The text before its base: where the base is the older one, the next merge makes the same changes twice, which
    // is once; the other way round it would take new talks for removed by hand.
    keep_base(path, base, base_store)?;
    Ok(Attempt::Done(how))
}

fn keep_base(path: &Path, base: &str, base_store: &Path) -> Result<(), ExportError> {
    std::fs::create_dir_all(base_store)
        .map_err(|error| ExportError::Read { path: base_store.to_owned(), why: error.to_string() })?;
    let text = format!("{}\n{base}", whole(path).to_string_lossy().replace('\n', " "));
    Ok(write_atomic(&base_path(path, base_store), text.as_bytes())?)
}

/// The base, where it was kept for this path and no other with the same hash.
fn known(text: &str, path: &Path) -> Option<String> {
    let (head, base) = text.split_once('\n')?;
    (head == whole(path).to_string_lossy().replace('\n', " ")).then(|| base.to_owned())
}

fn base_path(path: &Path, base_store: &Path) -> PathBuf {
    // FNV-1a: the name must be the same in every version of this program, which the standard hasher does not promise.
    let hash = whole(path)
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    base_store.join(format!("{hash:016x}.txt"))
}

/// The path by which a file is known, whatever the folder is called from.
fn whole(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    folder.join(path.file_name().unwrap_or_default())
}

fn beside(path: &Path, label: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match path.extension() {
        Some(extension) => format!("{stem} ({label}).{}", extension.to_string_lossy()),
        None => format!("{stem} ({label})"),
    };
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Desk {
        folder: tempfile::TempDir,
    }

    impl Desk {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().unwrap() }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn save(&self, name: &str, fresh: &str) -> Saved {
            save(&self.path(name), fresh, &self.path("state/digests")).unwrap()
        }

        fn read(&self, name: &str) -> String {
            std::fs::read_to_string(self.path(name)).unwrap()
        }

        fn edit(&self, name: &str, text: &str) {
            write_atomic(&self.path(name), text.as_bytes()).unwrap();
        }
    }

    #[test]
    fn a_file_that_nobody_edited_is_replaced() {
        let desk = Desk::new();
        assert_eq!(desk.save("d.md", "one\n").how, How::Written);
        assert_eq!(desk.save("d.md", "one\n").how, How::Unchanged);
        assert_eq!(desk.save("d.md", "two\n").how, How::Written);
        assert_eq!(desk.read("d.md"), "two\n");
    }

    #[test]
    fn edits_survive_every_further_export() {
        let desk = Desk::new();
        desk.save("d.md", "a\n\nb\n\nc\n");
        desk.edit("d.md", "a\n\nb!\n\nc\n");
        let saved = desk.save("d.md", "a\n\nb\n\nc\n\nd\n");
        assert_eq!(saved.how, How::Merged { conflicts: 0 });
        assert_eq!(saved.to_string(), "Saved d.md; what was edited by hand is kept");
        assert_eq!(desk.read("d.md"), "a\n\nb!\n\nc\n\nd\n");
        assert_eq!(desk.save("d.md", "a\n\nb\n\nd\n").how, How::Merged { conflicts: 0 });
        assert_eq!(desk.read("d.md"), "a\n\nb!\n\nd\n");
        assert_eq!(desk.save("d.md", "a\n\nB\n\nd\n").how, How::Merged { conflicts: 1 });
        let both = desk.read("d.md");
        assert_eq!(both, "a\n\nb!\n<!-- The lines above were edited by hand; the new ones: -->\nB\n\nd\n");
        desk.save("d.md", "a\n\nB\n\nd\n");
        assert_eq!(desk.read("d.md"), both);
    }

    #[test]
    fn a_file_of_unknown_origin_is_left_alone() {
        let desk = Desk::new();
        desk.edit("d.md", "mine\n");
        desk.edit("d (2).md", "mine too\n");
        let saved = desk.save("d.md", "new\n");
        assert_eq!(saved, Saved { path: desk.path("d (3).md"), how: How::Foreign { kept: desk.path("d.md") } });
        assert_eq!(saved.to_string(), "Saved d (3).md; d.md was there before and is left as it is");
        assert_eq!(desk.save("d.md", "newer\n").path, desk.path("d (3).md"));
        assert_eq!((desk.read("d.md"), desk.read("d (3).md")), ("mine\n".into(), "newer\n".into()));
    }

    #[test]
    fn a_bibliography_that_does_not_go_together_stays_as_edited() {
        let desk = Desk::new();
        desk.save("d.json", "[\n1\n]\n");
        desk.edit("d.json", "[\n2\n]\n");
        let saved = desk.save("d.json", "[\n3\n]\n");
        assert_eq!(saved, Saved { path: desk.path("d (new).json"), how: How::Edited { kept: desk.path("d.json") } });
        assert_eq!((desk.read("d.json"), desk.read("d (new).json")), ("[\n2\n]\n".into(), "[\n3\n]\n".into()));
        assert_eq!(desk.save("d.json", "[\n4\n]\n").path, desk.path("d (new).json"));
        assert_eq!(desk.read("d.json"), "[\n2\n]\n");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let desk = Desk::new();
        let error = save(&desk.path("none/d.md"), "x", &desk.path("state")).unwrap_err().to_string();
        assert!(error.starts_with("Cannot save the digest: there is no folder ") && error.ends_with("none"), "{error}");
    }
}

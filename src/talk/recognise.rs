//! Tells talks from other folders and files by their names, without opening them: for drops and for folders of talks.

use std::path::{Path, PathBuf};

use super::folder::Folder;
use super::layouts::FAMILIES;
use super::{media, names};

/// Most entries of a folder of talks that are looked at.
const MAX_TALKS: usize = 50_000;

/// Whether a path is likely a talk: from names alone, so that hundreds can be looked at. A folder whose name bears a
/// talk's number counts even where it is empty, since opening it tells what became of the talk.
pub fn looks_like_talk(path: &Path) -> bool {
    likeness(path) != Likeness::None
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    None,
    /// Sound or video and nothing else.
    Media,
    Talk,
}

fn likeness(path: &Path) -> Likeness {
    let Ok(kind) = std::fs::metadata(path) else {
        return Likeness::None;
    };
    if kind.is_file() {
        return if names::is_media(&name_of(path)) { Likeness::Media } else { Likeness::None };
    }
    let Some(folder) =
        std::path::absolute(path).ok().filter(|_| kind.is_dir()).and_then(|root| Folder::list(root).ok())
    else {
        return Likeness::None;
    };
    let has_media = media::candidates(&folder).next().is_some();
    let recognised = FAMILIES.iter().filter(|family| family.recognises(&folder)).count();
    // The family of mere media recognises whatever has any.
    if recognised > usize::from(has_media) || names::talk_number(&folder.name()).is_some() {
        Likeness::Talk
    } else if has_media {
        Likeness::Media
    } else {
        Likeness::None
    }
}

/// What to open when these paths are given: a folder that is no talk but holds talks becomes those, in natural order.
/// Everything else stays as it is, so that opening it gives the error.
///
/// A folder that holds talks and a recording beside them is a folder of talks.
pub fn expand(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut expanded = Vec::with_capacity(paths.len());
    for path in paths {
        let talks = if path.is_dir() && likeness(path) != Likeness::Talk { talks_in(path) } else { Vec::new() };
        if talks.is_empty() {
            expanded.push(path.clone());
        } else {
            expanded.extend(talks);
        }
    }
    expanded
}

/// The folders directly inside a folder that look like talks.
fn talks_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let folders = entries.take(MAX_TALKS).filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir());
    let mut talks: Vec<PathBuf> = folders.filter(|path| looks_like_talk(path)).collect();
    talks.sort_by(|a, b| names::natural(&name_of(a), &name_of(b)).then_with(|| a.cmp(b)));
    talks
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::put;

    #[test]
    fn looking_like_a_talk_needs_no_opening() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        put(&at("xml/12.xml"), b"");
        put(&at("list/x.ffconcat"), b"");
        put(&at("names/slides/0-a-big.jpg"), b"");
        put(&at("media/a.webm"), b"");
        std::fs::create_dir(at("38933066-nothing")).expect("a folder");
        put(&at("a.opus"), b"");
        for name in ["xml", "list", "names", "media", "38933066-nothing", "a.opus"] {
            assert!(looks_like_talk(&at(name)), "{name}");
        }
        put(&at("texts/readme.md"), b"");
        put(&at("films/slides-video.mp4"), b"");
        put(&at("holidays/001.jpg"), b"");
        put(&at("a.txt"), b"");
        for name in ["texts", "films", "holidays", "a.txt", "gone"] {
            assert!(!looks_like_talk(&at(name)), "{name}");
        }
    }

    #[test]
    fn a_folder_of_talks_becomes_its_talks_in_natural_order() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        for name in [
            "all/talk 10/1.xml",
            "all/talk 2/1.xml",
            "all/talk 1/a.mp3",
            "all/stray.mp3",
            "all/other/x.txt",
            "all/deep/down/1.xml",
        ] {
            put(&at(name), b"");
        }
        put(&at("none/x.txt"), b"");
        put(&at("talk/1.xml"), b"");
        put(&at("talk/inner/1.xml"), b"");
        let given = ["talk", "all", "none", "gone", "all/stray.mp3"].map(at);
        let expected = ["talk", "all/talk 1", "all/talk 2", "all/talk 10", "none", "gone", "all/stray.mp3"].map(at);
        assert_eq!(expand(&given), expected);
    }
}

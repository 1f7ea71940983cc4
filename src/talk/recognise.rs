//! Tells talks from other folders and files by their names, without opening them: for drops and for folders of talks.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::folder::{Entry, Folder};
use super::layouts::{FAMILIES, is_of_chapters, is_part, thumbnail_of};
use super::walk::Walk;
use super::{media, names};

/// Most folders that are looked into where a folder of talks is opened.
const MAX_FOLDERS: usize = 50_000;

/// So many pictures beside recordings, and not called as those, are slides, even if nothing says when they are shown.
const SLIDES: usize = 3;

/// Whether a path is likely a talk: from names alone, so that hundreds can be looked at. A folder whose name bears a
/// talk's number counts even where it is empty, since opening it tells what became of the talk.
pub fn looks_like_talk(path: &Path) -> bool {
    let Ok(kind) = std::fs::metadata(path) else { return false };
    if kind.is_file() {
        return names::is_media(&name_of(path));
    }
    let folder = std::path::absolute(path).ok().filter(|_| kind.is_dir()).and_then(|root| Folder::list(root).ok());
    folder.is_some_and(|folder| !matches!(sort(&folder), Sort::Other | Sort::Partial))
}

/// What a folder is, as far as names tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A talk.
    Talk,
    /// Nothing of a talk but its number in the name.
    Named,
    /// One sound or video, in whatever forms: a talk, unless there are talks below it.
    Recording(PathBuf),
    /// Several, each a talk of its own; relative to the folder, in natural order.
    Recordings(Vec<PathBuf>),
    /// A download that never finished.
    Partial,
    /// Anything else.
    Other,
}

pub(crate) fn sort(folder: &Folder) -> Sort {
    let recordings = recordings(folder);
    let recognised = FAMILIES.iter().any(|family| !family.is_mere() && family.recognises(folder));
    let numbered = names::talk_number(&folder.name()).is_some();
    if recognised || numbered && !recordings.is_empty() {
        return Sort::Talk;
    }
    match recordings.as_slice() {
        [] if numbered => Sort::Named,
        [] if folder.top().any(|file| names::is_partial(&file.name)) => Sort::Partial,
        [] => Sort::Other,
        [one] => Sort::Recording(one.clone()),
        [..] if has_slides(folder) => Sort::Talk,
        [..] => Sort::Recordings(recordings),
    }
}

/// One file of each recording: those with one stem are its forms, as are those with the names that tools give; the first
/// with nothing but sound is taken.
pub(super) fn recordings(folder: &Folder) -> Vec<PathBuf> {
    let mut found: Vec<&Entry> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for file in media::candidates(folder) {
        let stem = names::split(&file.name).0;
        let key = if names::is_generic(stem) { "" } else { stem };
        match known.get(key).and_then(|at| found.get_mut(*at)) {
            Some(form) if names::is_sound(&file.name) && !names::is_sound(&form.name) => *form = file,
            Some(_) => {}
            None => {
                known.insert(key, found.len());
                found.push(file);
            }
        }
    }
    // A talk may be there without its sound.
    for file in folder.top().filter(|file| file.name.ends_with(".info.json") && !is_part(&file.name)) {
        let stem = names::family_stem(&file.name);
        let pictures = || folder.top().any(|picture| thumbnail_of(&picture.name, stem).is_some());
        if !known.contains_key(stem) && pictures() {
            found.push(file);
            known.insert(stem, found.len());
        }
    }
    let pages = pages_alone(folder, &known);
    // One page beside one recording is that one's, whatever it is called.
    if found.len() != 1 || pages.len() != 1 {
        found.extend(pages);
    }
    found.into_iter().map(|file| file.path.clone()).collect()
}

/// Saved pages that are called as none of these recordings; one for each name, that of the slides before that of the chapters.
fn pages_alone<'a>(folder: &'a Folder, known: &HashMap<&str, usize>) -> Vec<&'a Entry> {
    let mut pages: Vec<&Entry> = Vec::new();
    let mut stems: HashMap<&str, usize> = HashMap::new();
    for file in folder.top().filter(|file| names::split(&file.name).1 == "mhtml") {
        let stem = names::family_stem(&file.name);
        if known.contains_key(stem) {
            continue;
        }
        match stems.get(stem).and_then(|at| pages.get_mut(*at)) {
            Some(page) if is_of_chapters(&page.name) && !is_of_chapters(&file.name) => *page = file,
            Some(_) => {}
            None => {
                stems.insert(stem, pages.len());
                pages.push(file);
            }
        }
    }
    pages
}

/// Whether there are pictures that are slides: in a folder of their own, or several that are not called as a recording.
pub(super) fn has_slides(folder: &Folder) -> bool {
    let infos = folder.top().filter(|file| file.name.ends_with(".info.json"));
    let stems: HashSet<&str> =
        media::candidates(folder).chain(infos).map(|file| names::family_stem(&file.name)).collect();
    // `Title.jpg` and `Title.cover.jpg` belong to `Title.mp4`.
    let is_of_recording = |name: &str| name.match_indices('.').any(|(at, _)| stems.contains(&name[..at]));
    let mut pictures = folder.files().iter().filter(|file| names::is_picture(&file.name));
    let mut own = 0;
    pictures.any(|file| {
        own += usize::from(file.at_top && !is_of_recording(&file.name));
        !file.at_top || own >= SLIDES
    })
}

/// The title in the name of a talk's folder or file, where nothing better is known.
pub fn title_at(path: &Path) -> String {
    let name = name_of(path);
    let stem = names::split(&name).0;
    let of_file = names::is_media(&name).then(|| names::title_of_media(stem)).flatten();
    of_file.unwrap_or_else(|| names::title_of_folder(if names::is_media(&name) { stem } else { &name }))
}

/// What to open when these paths are given: a folder that is no talk but holds talks, at any depth, becomes those, in
/// natural order. Everything else stays as it is, so that opening it gives the error.
///
/// A folder that holds talks and a recording beside them is a folder of talks, and the recording is one of them.
pub fn expand(paths: &[PathBuf]) -> Vec<PathBuf> {
    let walk = Walk { stop: &|| false, except: &[], most: MAX_FOLDERS };
    let mut expanded = Vec::with_capacity(paths.len());
    for path in paths {
        let before = expanded.len();
        if path.is_dir() {
            walk.talks(path, &mut |talk| expanded.push(talk));
        }
        if expanded.len() == before {
            expanded.push(path.clone());
        }
    }
    expanded
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
        put(&at("films/slides-video.mp4"), b"");
        for name in ["xml", "list", "names", "media", "films", "38933066-nothing", "a.opus"] {
            assert!(looks_like_talk(&at(name)), "{name}");
        }
        put(&at("texts/readme.md"), b"");
        put(&at("holidays/001.jpg"), b"");
        put(&at("a.txt"), b"");
        for name in ["texts", "holidays", "a.txt", "gone"] {
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
        let all = ["all/deep/down", "all/stray.mp3", "all/talk 1", "all/talk 2", "all/talk 10"];
        let expected = [&["talk"], &all[..], &["none", "gone", "all/stray.mp3"]].concat();
        assert_eq!(expand(&given), expected.into_iter().map(at).collect::<Vec<_>>());
    }

    #[test]
    fn a_title_is_read_from_the_name_of_a_folder_or_a_file() {
        for (name, title) in [
            ("38930109-deep-learning", "Deep learning"),
            ("38933066-", "38933066"),
            ("Why\u{29f8}How [38972123].mp4", "Why/How"),
            ("audio.mp3", "Audio"),
            ("2020-05-01.mp3", "2020 05 01"),
        ] {
            assert_eq!(title_at(&Path::new("/talks").join(name)), title, "{name}");
        }
    }
}

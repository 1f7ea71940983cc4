//! Pictures of slides of which nothing says when they are shown, in the order of their names; and a document of pages beside
//! the sound. The viewer turns them, and may give them times while listening.

use std::collections::HashSet;

use super::{Found, Layout, MAX_SLIDES};
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::{Slide, media, names};

/// Fewer pictures beside a sound are a cover and a photograph.
const FEWEST: usize = 3;

/// What pictures are called that are no slides.
const COVERS: [&str; 9] = ["cover", "folder", "front", "logo", "poster", "preview", "thumb", "thumbnail", "album"];

/// The family.
pub(crate) struct Untimed;

impl Layout for Untimed {
    fn recognises(&self, folder: &Folder) -> bool {
        deck(folder).len() >= FEWEST
    }

    fn has_one_talk(&self) -> bool {
        false
    }

    fn is_mere(&self) -> bool {
        // Pictures alone are an album, until somebody opens them.
        true
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        if folder.is_partial() {
            return None;
        }
        let deck = deck(folder);
        if deck.len() < FEWEST {
            return None;
        }
        of_files(&deck, pictures, issues)
    }
}

/// Slides without times of files, each called after its file.
pub(super) fn of_files(files: &[&Entry], pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
    found(files.iter().map(|file| (names::split(&file.name).0.to_owned(), pictures.inspect(&file.path))), issues)
}

/// Slides without times, by their names; `None` where no picture can be shown.
pub(super) fn found(deck: impl Iterator<Item = (String, Pick)>, issues: &mut Vec<Issue>) -> Option<Found> {
    let told = issues.len();
    let mut slides = Vec::new();
    for (name, pick) in deck.take(MAX_SLIDES) {
        match pick {
            Pick::Usable(image) => slides.push(Slide { name, image: Some(image), ..Slide::default() }),
            Pick::Faulty(file, fault) => {
                // Each keeps its place, so that numbers on slides stay right.
                if issues.len() < told + 3 {
                    issues.push(Issue::about(IssueKind::SlideUnreadable, &format!("A picture {fault}"), &file));
                }
                slides.push(Slide { name, ..Slide::default() });
            }
            Pick::Missing | Pick::Never => {}
        }
    }
    if slides.iter().all(|slide| slide.image.is_none()) {
        return None;
    }
    issues.push(untimed(slides.len()));
    Some(Found { slides, untimed: true, ..Found::default() })
}

/// What is said of slides without times.
pub(super) fn untimed(count: usize) -> Issue {
    let slides = if count == 1 { "the slide is".to_owned() } else { format!("the {count} slides are") };
    let message = format!("Nothing says when {slides} shown: turn them by the keys for slides");
    Issue::new(IssueKind::Untimed, message)
}

/// The pictures of the folder with the most of them, in natural order, without covers and without what belongs to a
/// recording. In a folder of their own, all of them count.
pub(super) fn deck(folder: &Folder) -> Vec<&Entry> {
    let stems: HashSet<&str> = media::candidates(folder).map(|file| names::split(&file.name).0).collect();
    let of_recording = |name: &str| name.match_indices('.').any(|(at, _)| stems.contains(&name[..at]));
    let is_slide = |file: &&Entry| names::is_picture(&file.name) && !is_cover(&file.name);
    let mut groups: Vec<Vec<&Entry>> = Vec::new();
    let top: Vec<&Entry> = folder.top().filter(is_slide).filter(|file| !of_recording(&file.name)).collect();
    groups.push(top);
    for file in folder.files().iter().filter(|file| !file.at_top).filter(is_slide) {
        match groups
            .iter_mut()
            .skip(1)
            .find(|group| group.first().is_some_and(|first| first.path.parent() == file.path.parent()))
        {
            Some(group) => group.push(file),
            None => groups.push(vec![file]),
        }
    }
    let mut deck = groups.into_iter().rev().max_by_key(Vec::len).unwrap_or_default();
    deck.sort_by(|a, b| names::natural(&a.name, &b.name));
    deck
}

fn is_cover(name: &str) -> bool {
    let stem = names::split(name).0.to_lowercase();
    COVERS.contains(&stem.as_str()) || stem.ends_with(".thumb") || stem.ends_with("-thumb") || stem.ends_with("_thumb")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::open::open;
    use crate::talk::recognise::expand;
    use crate::testing::talks::{WavProbe, jpeg, put, wav};

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        for (file, grey) in files.iter().zip(1..) {
            let bytes = if names::is_media(file) { wav(20.0) } else { jpeg(64, 36, [grey; 3]) };
            put(&dir.path().join(file), &bytes);
        }
        dir
    }

    fn names_of(dir: &tempfile::TempDir) -> Vec<String> {
        let talk = open(dir.path(), &WavProbe).expect("opens");
        assert!(talk.untimed && talk.slides.placed() == 1 && talk.slides.iter().all(|slide| slide.start.nanos() == 0));
        assert!(talk.issues.iter().any(|issue| issue.kind == IssueKind::Untimed), "{:?}", talk.issues);
        talk.slides.iter().map(|slide| slide.name.clone()).collect()
    }

    #[test]
    fn numbered_pictures_beside_a_sound_are_slides_in_natural_order() {
        assert_eq!(names_of(&folder(&["10.jpg", "9.jpg", "1.jpg", "cover.jpg", "talk.wav"])), ["1", "9", "10"]);
        assert_eq!(
            names_of(&folder(&["slides/b.jpg", "slides/a.jpg", "slides/c.jpg", "x.jpg", "talk.wav"])),
            ["a", "b", "c"]
        );
        assert_eq!(
            names_of(&folder(&["Slides/Slide2.JPG", "Slides/Slide10.JPG", "Slides/Slide1.JPG", "t.wav"])),
            ["Slide1", "Slide2", "Slide10"]
        );
    }

    #[test]
    fn pictures_alone_open_by_hand_and_are_no_talk_of_a_library() {
        let dir = folder(&["holiday/1.jpg", "holiday/2.jpg", "holiday/3.jpg", "talks/38930109-x/1.jpg", "a/talk.wav"]);
        assert_eq!(expand(&[dir.path().to_owned()]).len(), 2);
        let talk = open(&dir.path().join("holiday"), &WavProbe).expect("opens");
        assert_eq!((talk.slides.len(), talk.audio.is_none(), talk.untimed), (3, true, true));
    }

    #[test]
    fn what_belongs_to_recordings_is_no_slide() {
        let dir = folder(&["A.wav", "A.jpg", "A.cover.jpg", "A.thumb.jpg", "B.wav", "B.jpg"]);
        assert_eq!(expand(&[dir.path().to_owned()]).len(), 2);
        let talk = open(&dir.path().join("A.wav"), &WavProbe).expect("opens");
        assert!(talk.slides.is_empty() && !talk.untimed);
    }

    #[test]
    fn a_spoilt_picture_keeps_its_place() {
        let dir = folder(&["1.jpg", "2.jpg", "3.jpg", "4.jpg", "talk.wav"]);
        put(&dir.path().join("2.jpg"), b"<html>");
        let talk = open(dir.path(), &WavProbe).expect("opens");
        assert_eq!((talk.slides.len(), talk.slides.iter().filter(|slide| slide.image.is_some()).count()), (4, 3));
    }
}

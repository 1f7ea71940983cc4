//! Packages of SlidesLive's own offline player of 2015: the player, and in a folder called by the talk's number the film, the
//! list of slides and their pictures. The title is the name of the package.

use std::path::{Path, PathBuf};

use super::slideslive::SlidesLive;
use super::{Found, Layout};
use crate::talk::folder::{Folder, SubFolder};
use crate::talk::issue::Issue;
use crate::talk::pictures::Pictures;
use crate::talk::{TalkId, media};

/// The family.
pub(crate) struct Offline;

impl Layout for Offline {
    fn recognises(&self, folder: &Folder) -> bool {
        number(folder).is_some()
    }

    fn read(&self, folder: &Folder, _pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let number = number(folder)?;
        let below = |file: &Path| Path::new(number).join(file);
        let inner = Folder::list(folder.root().join(number)).ok()?;
        let told = issues.len();
        let mut found = SlidesLive.read(&inner, &mut Pictures::new(&inner), issues).unwrap_or_default();
        // To whoever opened the package, all of it lies a folder deeper.
        for image in found.slides.iter_mut().filter_map(|slide| slide.image.as_mut()) {
            image.file = below(&image.file);
        }
        for file in issues.iter_mut().skip(told).filter_map(|issue| issue.file.as_mut()) {
            *file = below(file);
        }
        let media: Vec<PathBuf> = media::candidates(&inner).map(|file| below(&file.path)).collect();
        let something = !found.slides.is_empty() || !media.is_empty();
        something.then(|| Found { id: Some(TalkId(number.to_owned())), media, ..found })
    }
}

/// The number that the folder with the talk is called by, if the player lies beside that.
fn number(folder: &Folder) -> Option<&str> {
    let player = |name: &str| name == "playerParams.txt" || name.starts_with("Play-SlidesLive.");
    if !folder.top().any(|file| player(&file.name)) {
        return None;
    }
    let is_talk = |number: &&str| folder.find(&Path::new(number).join(format!("{number}.xml"))).is_some();
    folder.folders().iter().filter_map(digits).filter(is_talk).min()
}

fn digits(sub: &SubFolder) -> Option<&str> {
    sub.name.to_str().filter(|name| name.bytes().all(|b| b.is_ascii_digit()))
}

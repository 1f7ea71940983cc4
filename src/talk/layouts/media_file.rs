//! A sound or video file and nothing else: a talk without slides.

use super::{Found, Layout};
use crate::talk::folder::Folder;
use crate::talk::issue::Issue;
use crate::talk::media;
use crate::talk::pictures::Pictures;

/// Comes last: slides, where there are any, are found by another family, and the sound is chosen for all alike.
pub(crate) struct MediaFile;

impl Layout for MediaFile {
    fn recognises(&self, folder: &Folder) -> bool {
        media::candidates(folder).next().is_some()
    }

    fn is_mere(&self) -> bool {
        true
    }

    fn read(&self, folder: &Folder, _pictures: &mut Pictures<'_>, _issues: &mut Vec<Issue>) -> Option<Found> {
        self.recognises(folder).then(Found::default)
    }
}

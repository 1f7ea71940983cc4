//! Slides that are films have a sound of their own, which is heard together with the talk's.
//!
//! [`Clips`] is plain data over source time, made by the main thread: which file's sound is heard from when until when. The
//! [`Mixer`] adds it to what was decoded, on the feeder's thread, before anything is left out or stretched: so it follows
//! seeks, speed and shorter pauses without knowing of them.

mod limit;
mod mixer;
#[cfg(test)]
mod tests;
mod voice;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

pub use mixer::{Mixer, Trouble};

use crate::talk::Talk;
use crate::time::MediaTime;

/// Where the next piece of a film begins where the last one ends, within this, they are one.
const SEAM: MediaTime = MediaTime::from_millis(2);

/// The sound of a film, and when it is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipSound {
    /// Its absolute path.
    pub path: PathBuf,
    /// The moment of the film that is heard at `start`.
    pub from: MediaTime,
    /// When it begins, in source time.
    pub start: MediaTime,
    /// When it ends at the latest, in source time; `None`: with the film or with the talk.
    pub end: Option<MediaTime>,
}

/// The sounds of a talk's films: in order, apart from each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clips(Vec<ClipSound>);

impl Clips {
    /// Those of a talk: each begins with its slide, and ends with its film or with its slide, whichever is first.
    ///
    /// A film whose sound is the talk's already is left out: the file of the talk's sound, a video of the talk, and a film
    /// that is always at the talk's own time, which was recorded along with it. So is everything of a talk whose slides are
    /// turned by hand.
    pub fn of(talk: &Talk) -> Self {
        let mut sounds: Vec<ClipSound> = Vec::new();
        if talk.untimed {
            return Self(sounds);
        }
        let heard = heard_already(talk);
        let starts = talk.slides.iter().skip(1).map(|slide| Some(slide.start)).chain([None]);
        for (slide, next) in talk.slides.iter().zip(starts) {
            let Some(clip) = slide.clip.as_ref().filter(|clip| !heard.contains(&*clip.file)) else { continue };
            let until = clip.duration.map(|length| slide.start + length);
            let end = [until, next].into_iter().flatten().min();
            if end.is_some_and(|end| end <= slide.start) {
                continue;
            }
            let path = talk.path(&clip.file);
            match sounds.last_mut().filter(|last| last.goes_on(&path, slide.start, clip.from)) {
                Some(last) => last.end = end,
                None => sounds.push(ClipSound { path, from: clip.from, start: slide.start, end }),
            }
        }
        Self(sounds)
    }

    /// These, in order of time and apart from each other.
    #[cfg(test)]
    pub(super) fn from_sounds(sounds: Vec<ClipSound>) -> Self {
        Self(sounds)
    }

    /// In order.
    pub fn sounds(&self) -> &[ClipSound] {
        &self.0
    }

    /// When films are shown within a talk that ends at `end`, whether they have a sound or not: nothing of them should be
    /// passed over. A film that is there for most of the talk is a recording of it, and is left out here.
    pub fn shown(&self, end: MediaTime) -> Vec<(MediaTime, MediaTime)> {
        let span = |sound: &ClipSound| (sound.start, sound.end.unwrap_or(end));
        let within = |(from, until): &(MediaTime, MediaTime)| (*until - *from).nanos() < end.nanos() / 2;
        self.0.iter().map(span).filter(within).collect()
    }
}

impl ClipSound {
    /// Whether a slide at `start` that shows this file from `from` on shows what comes next in this one.
    fn goes_on(&self, path: &Path, start: MediaTime, from: MediaTime) -> bool {
        let off = (self.from + (start - self.start) - from).nanos().abs();
        self.path == path && self.end == Some(start) && off <= SEAM.nanos()
    }
}

/// The files of films whose sound the talk's own has in it.
fn heard_already(talk: &Talk) -> HashSet<&Path> {
    let sound = talk.audio.iter().map(|audio| audio.file.as_path());
    let videos = talk.videos.iter().map(|video| video.file.as_path());
    // Of each film whether it is always at the talk's own time, and ever later than at the talk's beginning, where this says
    // nothing: films begin at their beginning.
    let mut along: HashMap<&Path, (bool, bool)> = HashMap::new();
    for slide in &talk.slides {
        let Some(clip) = &slide.clip else { continue };
        let (always, later) = along.entry(&clip.file).or_insert((true, false));
        *always &= (slide.start - clip.from).nanos().abs() <= SEAM.nanos();
        *later |= slide.start > SEAM;
    }
    let along = along.into_iter().filter(|(_, (always, later))| *always && *later).map(|(file, _)| file);
    sound.chain(videos).chain(along).collect()
}

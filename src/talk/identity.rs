//! What makes a talk the same talk after it was moved, renamed or downloaded again.

use std::path::Path;

use super::{Talk, TalkId, names};

/// Slides whose times are enough to know a talk by.
const ENOUGH: usize = 3;

/// By what the viewer's notes and verdicts know the talk that lies here, as far as the name of its folder tells.
pub fn key_of(path: &Path) -> Option<TalkId> {
    names::talk_number(&path.file_name()?.to_string_lossy()).map(key_of_number)
}

fn key_of_number(number: &str) -> TalkId {
    TalkId(format!("slideslive-{number}"))
}

impl Talk {
    /// By what the viewer's notes and verdicts know the talk: the service's number, else its fingerprint. It stays the
    /// same wherever the talk lies.
    pub fn key(&self) -> TalkId {
        if let Some((key, _)) = &self.known_as {
            return key.clone();
        }
        match names::talk_number(&self.id.0).filter(|number| *number == self.id.0) {
            Some(number) => key_of_number(number),
            None => TalkId(format!("talk-{}", self.fingerprint())),
        }
    }

    /// Where others can see the talk, as far as its number tells.
    pub fn link(&self) -> Option<String> {
        names::talk_number(&self.id.0)
            .filter(|number| *number == self.id.0)
            .map(|number| format!("https://slideslive.com/{number}"))
    }

    /// Sixteen hexadecimal digits that stay the same whatever the folder is called and however large its pictures are:
    /// made of the times of the slides, in milliseconds, and where these do not tell talks apart, of the sound and the names
    /// of the slides.
    pub fn fingerprint(&self) -> String {
        if let Some((_, fingerprint)) = &self.known_as {
            return fingerprint.clone();
        }
        let mut hash = Fnv::default();
        for slide in self.slides.iter() {
            hash.number(slide.start.nanos() / 1_000_000);
        }
        if self.times_are_weak() {
            hash.number(i64::from_ne_bytes(self.content.to_ne_bytes()));
            let sound = self.audio.as_ref().and_then(|audio| audio.duration);
            hash.number(sound.map_or(-1, |sound| sound.nanos() / 1_000_000));
            for slide in self.slides.iter() {
                hash.bytes(slide.name.as_bytes());
            }
            if sound.is_none() {
                hash.bytes(self.id.0.as_bytes());
            }
        }
        format!("{:016x}", hash.0)
    }
}

impl Talk {
    /// The times of the slides do not tell talks apart: there are few, or they follow one another evenly.
    fn times_are_weak(&self) -> bool {
        let starts: Vec<i64> = self.slides.iter().map(|slide| slide.start.nanos() / 1_000_000).collect();
        let even = starts.windows(3).all(|three| three[2] - three[1] == three[1] - three[0]);
        starts.len() < ENOUGH || self.last_slide_start().nanos() == 0 || even
    }
}

/// A number made of what a file begins with, and its length. Blocks on the disk; 0 where it cannot be read.
pub(crate) fn content_of(path: &Path) -> u64 {
    use std::io::Read as _;
    const READ: u64 = 64 << 10;
    let mut hash = Fnv::default();
    let Ok(file) = std::fs::File::open(path) else { return 0 };
    hash.number(file.metadata().map_or(0, |found| i64::try_from(found.len()).unwrap_or(i64::MAX)));
    let mut start = Vec::new();
    if file.take(READ).read_to_end(&mut start).is_err() {
        return 0;
    }
    hash.bytes(&start);
    hash.0
}

/// Fowler, Noll and Vo's hash (1a, 64 bits): the same in every version of this program.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn number(&mut self, number: i64) {
        self.bytes(&number.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::talk::{ImageFormat, Slide, SlideImage, SlideTrack, TalkId, transcript::Transcript};
    use crate::time::MediaTime;

    fn talk(id: &str, starts: &[i64], width: u32) -> Talk {
        let slide = |start: &i64| Slide {
            start: MediaTime::from_millis(*start),
            name: format!("slide at {start}"),
            image: Some(SlideImage {
                file: PathBuf::from(format!("{start}-{width}.jpg")),
                width,
                height: width / 2,
                format: ImageFormat::Jpeg,
            }),
            ..Slide::default()
        };
        Talk {
            id: TalkId(id.into()),
            source: Path::new("/talks").join(id),
            root: Path::new("/talks").join(id),
            title: id.into(),
            slides: SlideTrack::new(starts.iter().map(slide).collect()),
            audio: None,
            transcript: Transcript::default(),
            language: String::new(),
            tracks: Vec::new(),
            untimed: false,
            metadata: crate::talk::Metadata::default(),
            content: 0,
            issues: Vec::new(),
            videos: Vec::new(),
            silent: None,
            known_as: None,
        }
    }

    #[test]
    fn a_better_download_under_another_name_is_the_same_talk() {
        let small = talk("a", &[0, 1500, 9000], 1024);
        assert_eq!(small.fingerprint(), talk("b", &[0, 1500, 9000], 3840).fingerprint());
        assert_ne!(small.fingerprint(), talk("a", &[0, 1500, 9001], 1024).fingerprint());
        assert_eq!(small.fingerprint(), "a14aea8aac48c7a7", "kept in files, so it must never change");
    }

    #[test]
    fn talks_with_hardly_any_slides_are_told_apart_by_more() {
        assert_ne!(talk("a", &[0], 1024).fingerprint(), talk("b", &[0], 1024).fingerprint());
        assert_ne!(talk("a", &[], 1024).fingerprint(), talk("b", &[], 1024).fingerprint());
    }

    #[test]
    fn talks_whose_slides_follow_one_another_evenly_are_told_apart_by_their_sound() {
        let with = |content, starts: &[i64]| Talk { content, ..talk("a", starts, 1024) };
        assert_ne!(with(1, &[0, 5000, 10_000]).fingerprint(), with(2, &[0, 5000, 10_000]).fingerprint());
        assert_eq!(with(1, &[0, 5000, 10_001]).fingerprint(), with(2, &[0, 5000, 10_001]).fingerprint());
    }

    #[test]
    fn other_times_of_the_slides_make_no_other_talk() {
        let found = talk("a", &[0, 1500, 9000], 1024);
        let nudged = found.with_slides(found.slides.nudged(MediaTime::from_millis(40)));
        assert_eq!(nudged.slides.start(crate::talk::SlideIndex(1)), MediaTime::from_millis(1540));
        assert_eq!((nudged.key(), nudged.fingerprint()), (found.key(), found.fingerprint()));
        let again = nudged.with_slides(found.slides.nudged(MediaTime::from_millis(80)));
        assert_eq!(again.key(), found.key());
    }

    #[test]
    fn only_numbers_of_the_service_lead_anywhere() {
        assert_eq!(talk("38930101", &[], 1).link().as_deref(), Some("https://slideslive.com/38930101"));
        assert_eq!(talk("38930101-copy", &[], 1).link(), None);
        assert_eq!(talk("tour", &[], 1).link(), None);
    }

    #[test]
    fn the_number_of_the_service_counts_before_the_content() {
        let numbered = talk("38930101", &[0, 1500, 9000], 1024);
        assert_eq!(numbered.key(), TalkId("slideslive-38930101".into()));
        assert_eq!(key_of(Path::new("/talks/38930101-deep learning")), Some(numbered.key()));
        let other = talk("tour", &[0, 1500, 9000], 1024);
        assert_eq!(other.key(), talk("renamed", &[0, 1500, 9000], 1024).key());
        assert_eq!(key_of(Path::new("/talks/tour")), None);
    }
}

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
    /// made of the times of the slides, in milliseconds, and where there are too few to tell talks apart, of the length
    /// of the sound and the names of the slides.
    pub fn fingerprint(&self) -> String {
        let mut hash = Fnv::default();
        for slide in self.slides.iter() {
            hash.number(slide.start.nanos() / 1_000_000);
        }
        if self.slides.len() < ENOUGH || self.last_slide_start().nanos() == 0 {
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
        };
        Talk {
            id: TalkId(id.into()),
            source: Path::new("/talks").join(id),
            root: Path::new("/talks").join(id),
            title: id.into(),
            slides: SlideTrack::new(starts.iter().map(slide).collect()),
            audio: None,
            transcript: Transcript::default(),
            metadata: crate::talk::Metadata::default(),
            issues: Vec::new(),
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

//! Silence after a sound that ends before the last slide appears, so that every slide gets its time.

use std::sync::atomic::AtomicBool;

use super::decode::{DecodeError, Decoder, StreamFormat};
use crate::talk::LAST_LOOK;
use crate::time::MediaTime;

/// Frames of silence given at a time.
const PIECE: u64 = 4096;

/// A decoder that does not end before the last slide has been seen.
pub struct Outlast {
    inner: Box<dyn Decoder>,
    last_slide: u64,
    enough: u64,
    next: u64,
    /// Where the sound ends, once that has been reached.
    end: Option<u64>,
    /// Nothing has been read since the last seek, which may have led beyond the end.
    sought: bool,
}

impl Outlast {
    /// Wraps a decoder; `last_slide` is when the last slide appears.
    pub fn new(inner: Box<dyn Decoder>, last_slide: MediaTime) -> Self {
        let rate = inner.format().sample_rate;
        let frames = |time: MediaTime| u64::try_from(time.frames(rate)).unwrap_or(0);
        let (last_slide, enough) = (frames(last_slide), frames(last_slide + LAST_LOOK));
        Self { inner, last_slide, enough, next: 0, end: None, sought: false }
    }

    /// Where the sound ends, which is here or before. A file that is cut short says otherwise.
    fn count(&mut self) -> u64 {
        let stated = self.inner.format().length.unwrap_or(self.next);
        let counted = self.inner.count_frames(&AtomicBool::new(false));
        counted.unwrap_or(stated).min(self.next)
    }

    /// The frame at which everything ends if the sound ends at `end`.
    fn until(&self, end: u64) -> u64 {
        if end > self.last_slide || self.last_slide == 0 { end } else { self.enough }
    }
}

impl Decoder for Outlast {
    fn format(&self) -> &StreamFormat {
        self.inner.format()
    }

    fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        self.inner.seek(frame)?;
        (self.next, self.end, self.sought) = (frame, None, frame > 0);
        Ok(())
    }

    fn read(&mut self, out: &mut Vec<f32>) -> Result<usize, DecodeError> {
        if self.end.is_none() {
            let frames = self.inner.read(out)?;
            if frames > 0 {
                self.next += frames as u64;
                self.sought = false;
                return Ok(frames);
            }
            self.end = Some(if self.sought { self.count() } else { self.next });
        }
        let until = self.until(self.end.unwrap_or(self.next));
        let frames = until.saturating_sub(self.next).min(PIECE);
        let samples = usize::try_from(frames).unwrap_or(0) * usize::from(self.inner.format().channels);
        out.resize(out.len() + samples, 0.0);
        self.next += frames;
        Ok(usize::try_from(frames).unwrap_or(0))
    }

    fn ends_at(&self) -> Option<u64> {
        self.end.map(|end| self.until(end))
    }

    fn count_frames(&mut self, cancel: &AtomicBool) -> Result<u64, DecodeError> {
        self.inner.count_frames(cancel)
    }

    fn skipped_packets(&self) -> u64 {
        self.inner.skipped_packets()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::decode::Silence;

    fn length(sound_secs: i64, last_slide_secs: i64, from_secs: i64) -> f64 {
        let inner = Box::new(Silence::new(u64::try_from(sound_secs).unwrap() * 48_000, 48_000, 2));
        let rate = inner.format().sample_rate;
        let channels = usize::from(inner.format().channels);
        let mut outlast = Outlast::new(inner, MediaTime::from_secs(last_slide_secs));
        outlast.seek(u64::try_from(from_secs).unwrap() * u64::from(rate)).unwrap();
        let (mut out, mut frames) = (Vec::new(), 0);
        loop {
            let got = outlast.read(&mut out).unwrap();
            frames += got;
            if got == 0 {
                break;
            }
        }
        assert_eq!(out.len(), frames * channels);
        frames as f64 / f64::from(rate)
    }

    #[test]
    fn a_sound_that_outlasts_the_slides_is_left_alone() {
        assert!((length(10, 9, 0) - 10.0).abs() < 1e-9);
        assert!((length(10, 0, 0) - 10.0).abs() < 1e-9);
    }

    /// A sound that is shorter than its file says.
    struct CutShort(Silence, StreamFormat);

    impl Decoder for CutShort {
        fn format(&self) -> &StreamFormat {
            &self.1
        }

        fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
            self.0.seek(frame)
        }

        fn read(&mut self, out: &mut Vec<f32>) -> Result<usize, DecodeError> {
            self.0.read(out)
        }

        fn count_frames(&mut self, cancel: &AtomicBool) -> Result<u64, DecodeError> {
            self.0.count_frames(cancel)
        }
    }

    #[test]
    fn a_seek_beyond_the_end_of_a_file_that_is_cut_short_finds_its_end() {
        let whole = Silence::new(30 * 48_000, 48_000, 1);
        let cut = CutShort(Silence::new(10 * 48_000, 48_000, 1), whole.format().clone());
        let mut outlast = Outlast::new(Box::new(cut), MediaTime::ZERO);
        assert_eq!(outlast.ends_at(), None);
        outlast.seek(20 * 48_000).unwrap();
        assert_eq!(outlast.read(&mut Vec::new()).unwrap(), 0);
        assert_eq!(outlast.ends_at(), Some(10 * 48_000));
        outlast.seek(9 * 48_000).unwrap();
        while outlast.read(&mut Vec::new()).unwrap() > 0 {}
        assert_eq!(outlast.ends_at(), Some(10 * 48_000));
    }

    #[test]
    fn slides_after_the_end_of_the_sound_are_still_shown() {
        assert!((length(10, 30, 0) - 35.0).abs() < 1e-9);
        assert!((length(10, 30, 20) - 15.0).abs() < 1e-9);
        assert!((length(10, 30, 32) - 3.0).abs() < 1e-9);
        assert!((length(10, 30, 40)).abs() < 1e-9);
    }
}

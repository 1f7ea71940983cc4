//! A talk without sound plays silence, through the same road as any other.

use std::sync::atomic::AtomicBool;

use super::{DecodeError, Decoder, MAX_CHANNELS, StreamFormat};

/// Frames per read.
const CHUNK_FRAMES: u64 = 1024;

/// Zeros of a given length.
#[derive(Debug, Clone)]
pub struct Silence {
    format: StreamFormat,
    length: u64,
    at: u64,
}

impl Silence {
    /// `length` frames at `sample_rate` frames per second.
    pub fn new(length: u64, sample_rate: u32, channels: u16) -> Self {
        let channels = channels.clamp(1, MAX_CHANNELS);
        let format = StreamFormat {
            sample_rate: sample_rate.max(1),
            channels,
            codec: "silence".to_owned(),
            length: Some(length),
            exact: true,
            caveat: None,
        };
        Self { format, length, at: 0 }
    }
}

impl Decoder for Silence {
    fn format(&self) -> &StreamFormat {
        &self.format
    }

    fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        self.at = frame;
        Ok(())
    }

    fn read(&mut self, out: &mut Vec<f32>) -> Result<usize, DecodeError> {
        let frames = self.length.saturating_sub(self.at).min(CHUNK_FRAMES);
        self.at += frames;
        let frames = usize::try_from(frames).unwrap_or(0);
        out.resize(out.len() + frames * usize::from(self.format.channels), 0.0);
        Ok(frames)
    }

    fn count_frames(&mut self, _cancel: &AtomicBool) -> Result<u64, DecodeError> {
        Ok(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_ends_exactly_where_it_should() {
        let mut silence = Silence::new(10_000, 48_000, 2);
        silence.seek(9_000).expect("silence can always seek");
        let mut out = Vec::new();
        let mut total = 0;
        while let Ok(frames @ 1..) = silence.read(&mut out) {
            total += frames;
        }
        assert_eq!((total, out.len()), (1000, 2000));
        silence.seek(20_000).expect("silence can always seek");
        assert_eq!(silence.read(&mut out).expect("silence can always be read"), 0);
    }
}

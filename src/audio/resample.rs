//! From the rate of the sound to the rate of the device. The only file that names the resampler.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

/// Frames handed to the resampler at a time, about; small, so that little sound is needed before the first comes out.
const CHUNK_FRAMES: usize = 512;

/// A fixed ratio between two rates, without delay as seen from outside: output frame `n` is the moment of input frame
/// `n * from / to`. Equal rates pass through untouched.
pub struct Resample {
    engine: Option<Engine>,
    from_hz: u32,
    to_hz: u32,
    channels: usize,
    taken: u64,
    given: u64,
}

struct Engine {
    fft: Fft<f32>,
    pending: Vec<f32>,
    output: Vec<f32>,
    /// Output frames still to be dropped: the resampler's own delay.
    skip: usize,
}

/// The two rates cannot be brought together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Cannot convert sound from {from_hz} Hz to {to_hz} Hz: {why}")]
pub struct ResampleError {
    from_hz: u32,
    to_hz: u32,
    why: String,
}

impl Resample {
    /// From `from_hz` to `to_hz` frames per second.
    ///
    /// # Errors
    /// Where a rate or the number of channels is zero.
    pub fn new(from_hz: u32, to_hz: u32, channels: usize) -> Result<Self, ResampleError> {
        let engine = (from_hz != to_hz).then(|| Engine::new(from_hz, to_hz, channels)).transpose()?;
        Ok(Self { engine, from_hz, to_hz, channels: channels.max(1), taken: 0, given: 0 })
    }

    /// Forgets all sound, as after a seek.
    pub fn reset(&mut self) {
        if let Some(engine) = &mut self.engine {
            engine.fft.reset();
            engine.pending.clear();
            engine.skip = engine.fft.output_delay();
        }
        (self.taken, self.given) = (0, 0);
    }

    /// Takes interleaved frames and appends what can be made of them to `out`; at `end`, everything to the last frame.
    ///
    /// # Errors
    /// Where the resampler refuses its input, which whole frames never make it do.
    pub fn process(&mut self, input: &[f32], out: &mut Vec<f32>, end: bool) -> Result<(), ResampleError> {
        self.taken += (input.len() / self.channels) as u64;
        let Some(engine) = &mut self.engine else {
            out.extend_from_slice(input);
            return Ok(());
        };
        engine.pending.extend_from_slice(input);
        let due = if end { self.taken * u64::from(self.to_hz) / u64::from(self.from_hz) } else { u64::MAX };
        let refused = |why: String| ResampleError { from_hz: self.from_hz, to_hz: self.to_hz, why };
        loop {
            let needed = engine.fft.input_frames_next() * self.channels;
            if engine.pending.len() < needed {
                if !end || self.given >= due {
                    return Ok(());
                }
                engine.pending.resize(needed, 0.0);
            }
            let made = engine.chunk(needed, self.channels).map_err(refused)?;
            let dropped = made.min(engine.skip);
            engine.skip -= dropped;
            let left = usize::try_from(due - self.given.min(due)).unwrap_or(usize::MAX);
            let kept = (made - dropped).min(left);
            out.extend_from_slice(&engine.output[dropped * self.channels..(dropped + kept) * self.channels]);
            self.given += kept as u64;
        }
    }
}

impl Engine {
    fn new(from_hz: u32, to_hz: u32, channels: usize) -> Result<Self, ResampleError> {
        let fft = Fft::new(from_hz as usize, to_hz as usize, CHUNK_FRAMES, channels, FixedSync::Input)
            .map_err(|why| ResampleError { from_hz, to_hz, why: why.to_string() })?;
        let output = vec![0.0; fft.output_frames_max() * channels];
        let skip = fft.output_delay();
        Ok(Self { fft, pending: Vec::new(), output, skip })
    }

    /// Resamples the first `needed` pending samples into `output`; returns the frames made.
    fn chunk(&mut self, needed: usize, channels: usize) -> Result<usize, String> {
        let capacity = self.output.len() / channels;
        let input = InterleavedSlice::new(&self.pending[..needed], channels, needed / channels);
        let output = InterleavedSlice::new_mut(&mut self.output, channels, capacity);
        let (input, mut output) = (input.map_err(|e| e.to_string())?, output.map_err(|e| e.to_string())?);
        let (_, made) =
            self.fft.process_into_buffer(&input, &mut output, Some(&Indexing::new())).map_err(|e| e.to_string())?;
        self.pending.drain(..needed);
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, frames: usize) -> Vec<f32> {
        (0..frames).map(|n| (n as f32 * 440.0 * std::f32::consts::TAU / rate as f32).sin()).collect()
    }

    #[test]
    fn equal_rates_pass_through_untouched() {
        let (input, mut out) = (tone(48_000, 1000), Vec::new());
        Resample::new(48_000, 48_000, 1).unwrap().process(&input, &mut out, true).unwrap();
        assert_eq!(out, input);
    }

    #[test]
    fn the_output_is_the_same_sound_at_the_same_time() {
        for (from, to) in [(44_100, 48_000), (48_000, 44_100), (32_000, 48_000), (22_050, 48_000), (8_000, 96_000)] {
            let mut resample = Resample::new(from, to, 1).unwrap();
            let mut out = Vec::new();
            for piece in tone(from, from as usize).chunks(777) {
                resample.process(piece, &mut out, false).unwrap();
            }
            resample.process(&[], &mut out, true).unwrap();
            assert_eq!(out.len(), to as usize, "{from} to {to}: a second is a second");
            let ideal = tone(to, to as usize);
            let worst = (1000..out.len() - 1000).map(|n| (out[n] - ideal[n]).abs()).fold(0.0, f32::max);
            assert!(worst < 1e-3, "{from} to {to}: differs by {worst}");
        }
    }

    #[test]
    fn after_a_reset_nothing_is_left_of_what_was() {
        let mut resample = Resample::new(44_100, 48_000, 2).unwrap();
        let mut out = Vec::new();
        resample.process(&[0.9; 5000], &mut out, false).unwrap();
        resample.reset();
        out.clear();
        resample.process(&[0.0; 5000], &mut out, true).unwrap();
        assert!(!out.is_empty() && out.iter().all(|sample| *sample == 0.0));
    }
}

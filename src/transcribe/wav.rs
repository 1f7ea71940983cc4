//! The sound of a talk as recognisers want it: WAV, 16 kHz, mono, 16 bits. Blocks; for a thread of its own.

use std::fs::File;
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use crate::audio::decode;
use crate::audio::resample::Resample;

/// What recognisers of speech are trained with.
const RATE_HZ: u32 = 16_000;
/// Length of the header, in bytes.
const HEADER: u32 = 44;

/// Writes the sound in `from` to `to`. `told` hears how much of it is written, in per cent, and says whether to go on.
///
/// # Errors
/// A sentence; `None` where it was not to go on.
pub(super) fn write(from: &Path, to: &Path, told: &dyn Fn(u8) -> bool) -> Result<(), Option<String>> {
    let mut decoder = decode::open(from).map_err(|error| Some(error.to_string()))?;
    let (rate, channels) = (decoder.format().sample_rate, usize::from(decoder.format().channels.max(1)));
    let length = decoder.format().length.unwrap_or(0);
    let mut resample = Resample::new(rate, RATE_HZ, 1).map_err(|error| Some(error.to_string()))?;
    let failed = |error: std::io::Error| Some(format!("Cannot write the sound for the program: {error}"));
    let mut file = BufWriter::new(File::create(to).map_err(failed)?);
    file.write_all(&header(0)).map_err(failed)?;
    let (mut sound, mut mono, mut out) = (Vec::new(), Vec::new(), Vec::new());
    let (mut heard, mut bytes) = (0_u64, 0_u32);
    loop {
        sound.clear();
        let frames = decoder.read(&mut sound).map_err(|error| Some(error.to_string()))?;
        heard += frames as u64;
        mono.clear();
        #[expect(clippy::cast_precision_loss, reason = "a few channels")]
        mono.extend(sound.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32));
        out.clear();
        resample.process(&mono, &mut out, frames == 0).map_err(|error| Some(error.to_string()))?;
        for sample in &out {
            #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
            let sample = (sample * 32_767.0).round() as i16;
            file.write_all(&sample.to_le_bytes()).map_err(failed)?;
            bytes = bytes.saturating_add(2);
        }
        let percent = (heard * 100).checked_div(length).unwrap_or(0).min(100);
        if !told(u8::try_from(percent).unwrap_or(100)) {
            return Err(None);
        }
        if frames == 0 {
            break;
        }
    }
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    file.write_all(&header(bytes)).map_err(failed)?;
    file.flush().map_err(failed)
}

/// Of a file with so many bytes of sound.
fn header(bytes: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER as usize);
    out.extend(b"RIFF");
    out.extend((HEADER - 8).saturating_add(bytes).to_le_bytes());
    out.extend(b"WAVEfmt ");
    out.extend(16_u32.to_le_bytes());
    // PCM, one channel.
    out.extend(1_u16.to_le_bytes());
    out.extend(1_u16.to_le_bytes());
    out.extend(RATE_HZ.to_le_bytes());
    out.extend((RATE_HZ * 2).to_le_bytes());
    out.extend(2_u16.to_le_bytes());
    out.extend(16_u16.to_le_bytes());
    out.extend(b"data");
    out.extend(bytes.to_le_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::{put, wav};

    #[test]
    fn the_sound_is_as_long_as_it_was_and_has_the_rate_that_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a.wav"), folder.path().join("b.wav"));
        put(&from, &wav(3.0));
        write(&from, &to, &|_| true).unwrap();
        let reader = hound::WavReader::open(&to).unwrap();
        let spec = reader.spec();
        assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample), (RATE_HZ, 1, 16));
        assert_eq!(reader.duration(), 3 * RATE_HZ);
        assert_eq!(write(&from, &to, &|_| false), Err(None));
        let why = write(&folder.path().join("none"), &to, &|_| true).unwrap_err().unwrap();
        assert!(why.contains("none"), "{why}");
    }
}

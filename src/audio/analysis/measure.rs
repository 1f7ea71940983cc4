//! The pass itself: decodes a sound from its beginning to its end. Blocks on the disk.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use ebur128::{EbuR128, Mode};

use super::Profile;
use super::level::Levels;
use crate::audio::decode::{self, DecodeError};
use crate::audio::fold::Fold;

/// No talk is longer than this, in seconds; what comes after is not looked at.
const LONGEST: u64 = 24 * 3600;
/// Frames that the measure of loudness is given at a time.
const PIECE: usize = 8192;

/// Measures the sound of a file. Takes a few seconds of the processor for an hour.
///
/// # Errors
/// [`DecodeError::Cancelled`] soon after `cancel` is set; else [`DecodeError`] where the file cannot be opened. What breaks off
/// later counts as far as it goes.
pub fn measure(path: &Path, cancel: &AtomicBool) -> Result<Profile, DecodeError> {
    let mut decoder = decode::open(path)?;
    let (rate, channels) = (decoder.format().sample_rate, usize::from(decoder.format().channels.max(1)));
    let fold = Fold::of(channels);
    let mut levels = Levels::new(rate);
    let mut loudness = EbuR128::new(2, rate, Mode::I | Mode::TRUE_PEAK).ok();
    let (mut piece, mut stereo, mut frames) = (Vec::new(), Vec::with_capacity(2 * PIECE), 0_u64);
    loop {
        if cancel.load(Ordering::Relaxed) {
            return Err(DecodeError::Cancelled(path.to_owned()));
        }
        piece.clear();
        match decoder.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => frames += read as u64,
            Err(error) => {
                tracing::debug!(%error, "the pass over the sound ends early");
                break;
            }
        }
        for frame in piece.chunks_exact(channels) {
            let (left, right) = fold.stereo(frame);
            levels.push((left + right) * 0.5);
            stereo.extend([left, right]);
            if stereo.len() >= 2 * PIECE {
                add(&mut loudness, &mut stereo);
            }
        }
        if frames > LONGEST * u64::from(rate) {
            break;
        }
    }
    add(&mut loudness, &mut stereo);
    let finite = |value: f64| value.is_finite().then_some(narrow(value));
    let whole = loudness.as_ref().and_then(|measured| measured.loudness_global().ok()).and_then(finite);
    let peak = loudness.as_ref().and_then(|measured| {
        let highest = measured.true_peak(0).ok()?.max(measured.true_peak(1).ok()?);
        finite(20.0 * highest.log10())
    });
    Ok(Profile { levels: levels.finish(), loudness: whole, peak })
}

fn add(loudness: &mut Option<EbuR128>, stereo: &mut Vec<f32>) {
    // What cannot be measured is not measured; the levels are there all the same.
    if loudness.as_mut().is_some_and(|measured| measured.add_frames_f32(stereo).is_err()) {
        *loudness = None;
    }
    stereo.clear();
}

#[expect(clippy::cast_possible_truncation, reason = "decibels")]
fn narrow(value: f64) -> f32 {
    value as f32
}

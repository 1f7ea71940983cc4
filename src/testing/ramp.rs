//! A sound that says what time it is: its level rises evenly from the beginning to the end.

use std::path::{Path, PathBuf};

use super::talks::{TalkBuilder, put};

/// Level at the end; not full, so that nothing is clipped.
const TOP: f32 = 0.9;
/// Frames per second.
const RATE: u32 = 48_000;

/// A talk with a slide every ten seconds whose sound is a ramp of this many seconds.
pub fn talk(parent: &Path, name: &str, secs: u32) -> PathBuf {
    let starts = (0..secs.div_ceil(10)).map(|slide| i64::from(slide) * 10_000);
    let root = TalkBuilder::new("38900001", name).slides(starts).write(parent);
    put(&root.join(format!("{name}.wav")), &wav(secs));
    root
}

/// The moment, in seconds, at which a ramp of `secs` has this level.
pub fn time_of(level: f32, secs: u32) -> f64 {
    f64::from(level / TOP) * f64::from(secs)
}

/// The level that a ramp of `total` seconds has at a moment.
pub fn level_at(secs: f64, total: u32) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "a level")]
    let part = (secs / f64::from(total)) as f32;
    TOP * part
}

/// A mono float WAV file.
pub fn wav(secs: u32) -> Vec<u8> {
    let frames = secs * RATE;
    let mut out = Vec::new();
    let mut word = |bytes: &[u8]| out.extend_from_slice(bytes);
    word(b"RIFF");
    word(&(36 + frames * 4).to_le_bytes());
    word(b"WAVEfmt ");
    word(&16_u32.to_le_bytes());
    word(&3_u16.to_le_bytes());
    word(&1_u16.to_le_bytes());
    word(&RATE.to_le_bytes());
    word(&(RATE * 4).to_le_bytes());
    word(&4_u16.to_le_bytes());
    word(&32_u16.to_le_bytes());
    word(b"data");
    word(&(frames * 4).to_le_bytes());
    for frame in 0..frames {
        #[expect(clippy::cast_precision_loss, reason = "a level, not a count")]
        let level = TOP * (frame as f32 / frames as f32);
        word(&level.to_le_bytes());
    }
    out
}

//! What one pass over a whole sound tells: how loud it is from moment to moment and as a whole, where nobody speaks, how fast
//! somebody speaks. The pass runs on a thread of its own and keeps what it found on the disk; the rest is pure.

mod level;
pub mod measure;
pub mod pauses;
pub mod store;
pub mod syllables;
pub mod worker;

use crate::time::MediaTime;

/// Moments that the levels are told of follow each other by this much.
pub const STEP: MediaTime = MediaTime::from_millis(10);

/// What a pass has found out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Profile {
    /// The level of each step of 10 ms, in half decibels above -127 dB of full scale.
    pub levels: Vec<u8>,
    /// As a whole, in LUFS (EBU R 128); `None` for silence.
    pub loudness: Option<f32>,
    /// The highest true peak, in decibels of full scale; `None` for silence.
    pub peak: Option<f32>,
}

impl Profile {
    /// Where the measured sound ends.
    pub fn end(&self) -> MediaTime {
        MediaTime::from_nanos(STEP.nanos().saturating_mul(i64::try_from(self.levels.len()).unwrap_or(i64::MAX)))
    }
}

/// The moment at which a step begins.
pub(crate) fn moment(step: usize) -> MediaTime {
    MediaTime::from_nanos(STEP.nanos().saturating_mul(i64::try_from(step).unwrap_or(i64::MAX)))
}

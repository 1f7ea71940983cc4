//! Two sounds that are each within full scale may not be together. Pure.

use crate::audio::mix::{KNEE, RELEASE_SECS, bend};

/// A level counts for so long before it is let go, in seconds: from one top of a deep tone to the next.
const HOLD_SECS: f32 = 0.012;

/// Keeps the sum of two sounds within full scale: what is above a knee is bent, at once, and let go slowly. The knee is
/// never below what either sound has by itself, so that neither is touched where it is alone.
pub(super) struct Limit {
    talk: Level,
    clip: Level,
    sum: Level,
    decay: f32,
    /// Frames.
    hold: u32,
}

/// A level that is reckoned with: of this frame, or what is left of louder ones before it.
#[derive(Debug, Clone, Copy, Default)]
struct Level {
    now: f32,
    /// Frames since it was last as loud.
    age: u32,
}

impl Level {
    fn hear(&mut self, level: f32, hold: u32, decay: f32) {
        if level >= self.now {
            *self = Self { now: level, age: 0 };
            return;
        }
        self.age = self.age.saturating_add(1);
        if self.age > hold {
            self.now = level.max(self.now * decay);
        }
    }
}

impl Limit {
    /// For so many frames per second.
    pub(super) fn new(rate_hz: u32) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "some ten thousand frames a second")]
        let rate = rate_hz.max(1) as f32;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred frames")]
        let hold = (HOLD_SECS * rate) as u32;
        let (talk, clip, sum) = Default::default();
        Self { talk, clip, sum, decay: (-1.0 / (RELEASE_SECS * rate)).exp(), hold }
    }

    /// Forgets what was loud, as after a seek.
    pub(super) fn reset(&mut self) {
        (self.talk, self.clip, self.sum) = Default::default();
    }

    /// Whether something is still softer because of what was loud before.
    pub(super) fn holds(&self) -> bool {
        self.sum.now > self.knee()
    }

    fn knee(&self) -> f32 {
        self.talk.now.max(self.clip.now).clamp(KNEE, 1.0)
    }

    /// Adds a frame of a film to one of the talk. No sample is beyond ±1.0 then.
    pub(super) fn add(&mut self, talk: &mut [f32], clip: &[f32]) {
        let level = |frame: &[f32]| frame.iter().fold(0.0_f32, |level, sample| level.max(sample.abs()));
        let (hold, decay) = (self.hold, self.decay);
        self.talk.hear(level(talk), hold, decay);
        self.clip.hear(level(clip), hold, decay);
        talk.iter_mut().zip(clip).for_each(|(sum, sample)| *sum += sample);
        self.sum.hear(level(talk), hold, decay);
        let gain = bend(self.sum.now, self.knee());
        if gain < 1.0 {
            talk.iter_mut().for_each(|sample| *sample = (*sample * gain).clamp(-1.0, 1.0));
        }
    }
}

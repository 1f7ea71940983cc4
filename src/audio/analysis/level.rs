//! The level of a sound from step to step, above the hum of mains and ventilators.

use super::STEP;

/// Hum and rumble below this are no speech, in hertz.
const RUMBLE: f32 = 90.0;

/// Takes samples in pieces of any length.
pub(super) struct Levels {
    steps: Vec<u8>,
    high_pass: HighPass,
    sum: f64,
    /// Frames taken, and how many of them the current step has.
    taken: u64,
    count: u32,
    rate: u32,
}

impl Levels {
    pub(super) fn new(rate: u32) -> Self {
        Self { steps: Vec::new(), high_pass: HighPass::new(rate), sum: 0.0, taken: 0, count: 0, rate: rate.max(1) }
    }

    /// Takes one sample of the mean of all channels.
    pub(super) fn push(&mut self, sample: f32) {
        let heard = f64::from(self.high_pass.next(sample));
        self.sum += heard * heard;
        self.count += 1;
        self.taken += 1;
        // Steps end at exact moments, whatever the rate.
        let due = (self.steps.len() as u64 + 1) * u64::from(self.rate) * STEP.nanos().unsigned_abs() / 1_000_000_000;
        if self.taken >= due {
            self.close();
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.close();
        }
        self.steps
    }

    fn close(&mut self) {
        let mean = self.sum / f64::from(self.count.max(1));
        self.steps.push(quantised(mean));
        (self.sum, self.count) = (0.0, 0);
    }
}

/// Half decibels above -127 of a mean square.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within 0 and 255")]
fn quantised(mean_square: f64) -> u8 {
    if mean_square <= 0.0 || !mean_square.is_finite() {
        return 0;
    }
    ((10.0 * mean_square.log10() + 127.0) * 2.0).round().clamp(0.0, 255.0) as u8
}

/// A filter of second order (Butterworth, by the bilinear transform).
struct HighPass {
    feed: [f32; 3],
    back: [f32; 2],
    before: [f32; 2],
    out: [f32; 2],
}

impl HighPass {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    fn new(rate: u32) -> Self {
        let w = (std::f32::consts::PI * RUMBLE / rate.max(1000) as f32).tan();
        let norm = 1.0 / (1.0 + std::f32::consts::SQRT_2 * w + w * w);
        Self {
            feed: [norm, -2.0 * norm, norm],
            back: [2.0 * (w * w - 1.0) * norm, (1.0 - std::f32::consts::SQRT_2 * w + w * w) * norm],
            before: [0.0; 2],
            out: [0.0; 2],
        }
    }

    fn next(&mut self, x: f32) -> f32 {
        let x = if x.is_finite() { x } else { 0.0 };
        let y = self.feed[0] * x + self.feed[1] * self.before[0] + self.feed[2] * self.before[1]
            - self.back[0] * self.out[0]
            - self.back[1] * self.out[1];
        self.before = [x, self.before[0]];
        // Too small to be heard, and slow to reckon with.
        self.out = [if y.abs() < 1e-20 { 0.0 } else { y }, self.out[0]];
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decibels(level: u8) -> f32 {
        f32::from(level) * 0.5 - 127.0
    }

    fn levels(rate: u32, secs: f32, tone: f32, loud: f32) -> Vec<u8> {
        let mut levels = Levels::new(rate);
        for n in 0..(rate as f32 * secs) as u32 {
            levels.push(loud * (std::f32::consts::TAU * tone * n as f32 / rate as f32).sin());
        }
        levels.finish()
    }

    #[test]
    fn a_tone_has_its_level_at_every_rate_and_steps_keep_time() {
        for rate in [8_000, 11_025, 22_050, 44_100, 48_000, 192_000] {
            let found = levels(rate, 10.0, 500.0, 0.5);
            assert_eq!(found.len(), 1000, "{rate}");
            let level = decibels(found[500]);
            assert!((level - -9.0).abs() < 1.1, "{rate}: {level}");
        }
    }

    #[test]
    fn hum_does_not_count_and_nothing_spoils_the_rest() {
        let (hum, tone) = (decibels(levels(48_000, 1.0, 25.0, 0.5)[50]), decibels(levels(48_000, 1.0, 500.0, 0.5)[50]));
        assert!(hum < tone - 18.0, "{hum} {tone}");
        let mut levels = Levels::new(48_000);
        for sample in [f32::NAN, f32::INFINITY, 0.0, 1e30].into_iter().chain(std::iter::repeat_n(0.0, 96_000)) {
            levels.push(sample);
        }
        assert_eq!(levels.finish().last(), Some(&0));
    }
}

//! What becomes of a frame on its way out: mono, balance, volume, and above 100 per cent a limiter. Runs in the realtime
//! callback; every method is realtime-safe.

use super::shared::Shared;

/// At full boost, levels from here on are bent so that they never reach full scale.
pub(super) const KNEE: f32 = 0.8;
/// The knee comes down from full scale to [`KNEE`] over this much gain beyond 1.0, so that no step is heard.
const KNEE_OVER: f32 = 0.25;
/// The limiter lets go by a factor of e in this time, in seconds.
pub(super) const RELEASE_SECS: f32 = 0.12;

/// Where the mix is on its way to what is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Wanted {
    gain: f32,
    /// 0.0: two channels, 1.0: one.
    mono: f32,
    left: f32,
    right: f32,
}

impl Wanted {
    fn of(shared: &Shared) -> Self {
        let balance = shared.balance();
        Self {
            gain: shared.gain(),
            mono: if shared.mono() { 1.0 } else { 0.0 },
            left: 1.0 - balance.max(0.0),
            right: 1.0 + balance.min(0.0),
        }
    }
}

/// The state of the mix.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    now: Wanted,
    wanted: Wanted,
    /// The change of every factor from one frame to the next, so that nothing clicks.
    slope: f32,
    /// The level that the limiter reckons with: that of this frame, or what is left of a louder one before it.
    level: f32,
    decay: f32,
}

impl Mix {
    /// As it is wanted, for a sink of `rate_hz` frames per second. Every factor changes by at most `slope` in a frame.
    pub fn new(shared: &Shared, rate_hz: u32, slope: f32) -> Self {
        let wanted = Wanted::of(shared);
        #[expect(clippy::cast_precision_loss, reason = "some ten thousand frames a second")]
        let frames = RELEASE_SECS * rate_hz.max(1) as f32;
        Self { now: wanted, wanted, slope, level: 0.0, decay: (-1.0 / frames).exp() }
    }

    /// Takes what is wanted from now on; it is approached frame by frame.
    pub fn aim(&mut self, shared: &Shared) {
        self.wanted = Wanted::of(shared);
    }

    /// One frame, with the envelope of starting and stopping (0.0 to 1.0) on it. Never beyond ±1.0.
    pub fn frame(&mut self, left: f32, right: f32, envelope: f32) -> (f32, f32) {
        self.approach();
        let half = 0.5 * self.now.mono;
        let (left, right) = (
            (left * (1.0 - half) + right * half) * (self.now.left * envelope),
            (right * (1.0 - half) + left * half) * (self.now.right * envelope),
        );
        // The level before the gain, which may change faster than the limiter lets go.
        self.level = left.abs().max(right.abs()).max(self.level * self.decay);
        // Without boost there is nothing to limit but what was recorded beyond full scale.
        let gain = if self.now.gain > 1.0 { self.now.gain * self.hold() } else { self.now.gain };
        ((left * gain).clamp(-1.0, 1.0), (right * gain).clamp(-1.0, 1.0))
    }

    fn approach(&mut self) {
        if self.now == self.wanted {
            return;
        }
        self.now.gain = toward(self.now.gain, self.wanted.gain, self.slope);
        self.now.mono = toward(self.now.mono, self.wanted.mono, self.slope);
        self.now.left = toward(self.now.left, self.wanted.left, self.slope);
        self.now.right = toward(self.now.right, self.wanted.right, self.slope);
    }

    /// What the limiter leaves of the gain: down at once, up again slowly, the same for both sides.
    fn hold(&self) -> f32 {
        let level = self.level * self.now.gain;
        let knee = 1.0 - (1.0 - KNEE) * ((self.now.gain - 1.0) / KNEE_OVER).min(1.0);
        bend(level, knee)
    }
}

/// The factor that bends a level above the knee so that it stays below full scale; a louder one stays louder.
pub(super) fn bend(level: f32, knee: f32) -> f32 {
    if level <= knee {
        return 1.0;
    }
    let (room, over) = (1.0 - knee, level - knee);
    let bent = if room > f32::EPSILON { knee + room * (over / room).tanh() } else { 1.0 };
    bent / level
}

/// A step from a value toward a goal.
pub(super) fn toward(value: f32, goal: f32, step: f32) -> f32 {
    if value < goal { (value + step).min(goal) } else { (value - step).max(goal) }
}

#[cfg(test)]
mod tests {
    use super::super::clock::Timebase;
    use super::*;

    const SLOPE: f32 = 1.0 / 144.0;

    fn mix(gain: f32) -> (Mix, Shared) {
        let shared = Shared::new(Timebase::simulated());
        shared.set_gain(gain);
        (Mix::new(&shared, 48_000, SLOPE), shared)
    }

    fn sine(at: u32, amplitude: f32) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand frames")]
        let phase = at as f32 * 220.0 / 48_000.0 * std::f32::consts::TAU;
        amplitude * phase.sin()
    }

    #[test]
    fn without_boost_every_sample_is_what_it_was() {
        let (mut mix, _shared) = mix(1.0);
        for at in 0..4800 {
            let (left, right) = (sine(at, 1.0), sine(at + 7, 0.99));
            assert_eq!(mix.frame(left, right, 1.0), (left, right));
        }
        let (mut softer, _shared) = self::mix(0.5);
        assert_eq!(softer.frame(0.9, -0.9, 1.0), (0.45, -0.45));
    }

    #[test]
    fn nothing_is_ever_beyond_full_scale_however_loud() {
        for gain in [1.0, 1.01, 1.2, 2.0, 8.0] {
            let (mut mix, _shared) = mix(gain);
            let mut loudest = 0.0_f32;
            for at in 0..9600 {
                // Beyond full scale already, and with a step from nothing.
                let amplitude = if at < 2400 { 0.0 } else { 1.5 };
                let (left, right) = mix.frame(sine(at, amplitude), -sine(at, amplitude), 1.0);
                loudest = loudest.max(left.abs()).max(right.abs());
            }
            assert!(loudest <= 1.0 && loudest > 0.9, "{loudest} at {gain}");
        }
    }

    #[test]
    fn boost_makes_what_is_soft_louder_by_exactly_its_factor() {
        let (mut mix, _shared) = mix(8.0);
        for at in 0..4800 {
            let soft = sine(at, 0.09);
            assert_eq!(mix.frame(soft, soft, 1.0), (soft * 8.0, soft * 8.0));
        }
    }

    #[test]
    fn the_limiter_bends_softly_and_keeps_what_is_louder_louder() {
        let peak = |amplitude: f32| {
            let (mut mix, _shared) = mix(2.0);
            (0..4800).map(|at| mix.frame(sine(at, amplitude), 0.0, 1.0).0).fold(0.0, f32::max)
        };
        let peaks = [0.3, 0.4, 0.45, 0.5, 0.6, 0.8].map(peak);
        assert!(peaks.is_sorted_by(|a, b| a < b), "{peaks:?}");
        assert!((peaks[0] - 0.6).abs() < 1e-3 && (peaks[1] - 0.8).abs() < 2e-3, "{peaks:?}");
    }

    #[test]
    fn mono_is_the_mean_of_both_sides_and_balance_takes_from_one() {
        let (mut mix, shared) = mix(1.0);
        shared.set_mono(true);
        mix.aim(&shared);
        (0..200).for_each(|_| _ = mix.frame(0.0, 0.0, 1.0));
        assert_eq!(mix.frame(0.8, 0.2, 1.0), (0.5, 0.5));
        shared.set_mono(false);
        shared.set_balance(-0.5);
        mix.aim(&shared);
        (0..200).for_each(|_| _ = mix.frame(0.0, 0.0, 1.0));
        assert_eq!(mix.frame(0.8, 0.8, 1.0), (0.8, 0.4));
        shared.set_balance(1.0);
        mix.aim(&shared);
        (0..200).for_each(|_| _ = mix.frame(0.0, 0.0, 1.0));
        assert_eq!(mix.frame(0.8, 0.8, 1.0), (0.0, 0.8));
    }

    #[test]
    fn no_change_clicks() {
        let (mut mix, shared) = mix(1.0);
        let (mut last, mut steepest) = (mix.frame(0.5, 0.1, 1.0), 0.0_f32);
        for change in 0..8 {
            match change {
                0 => shared.set_mono(true),
                1 => shared.set_balance(0.7),
                2 => shared.set_gain(8.0),
                3 => shared.set_mono(false),
                4 => shared.set_gain(0.3),
                5 => shared.set_balance(-1.0),
                6 => shared.set_gain(1.0),
                _ => shared.set_balance(0.0),
            }
            mix.aim(&shared);
            for _ in 0..1500 {
                let next = mix.frame(0.5, 0.1, 1.0);
                steepest = steepest.max((next.0 - last.0).abs()).max((next.1 - last.1).abs());
                last = next;
            }
        }
        assert!(steepest < 0.02, "a step of {steepest} is a click");
    }
}

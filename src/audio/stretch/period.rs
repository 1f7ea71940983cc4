//! Finds the pitch period at the beginning of a window of speech, by normalised cross-correlation: a coarse search
//! at about 8 kHz, then a fine one at the full rate.

/// The highest and the lowest pitch looked for, in hertz.
const PITCH_HZ: (f64, f64) = (400.0, 65.0);
/// Rate of the coarse search, at least; in hertz.
const COARSE_HZ: u32 = 8000;
/// How much better, in correlation, the longest lag must be than the shortest: two periods are one as well.
const LONG_LAG_MALUS: f32 = 0.02;
/// Mean power, relative to full scale squared, below which two stretches of sound are both silence.
const SILENCE: f32 = 1e-12;
/// Samples are held within this for the analysis, so that no sum overflows.
const LIMIT: f32 = 64.0;

pub(super) struct PeriodFinder {
    /// Frames per sample of the coarse signal.
    decimation: usize,
    /// Lags searched, in frames.
    shortest: usize,
    longest: usize,
    /// The window, mixed down.
    mono: Vec<f32>,
    /// The same at the coarse rate, without its mean.
    coarse: Vec<f32>,
    /// Sum of the squares of the coarse samples before each.
    coarse_energy: Vec<f64>,
}

impl PeriodFinder {
    pub(super) fn new(sample_rate: u32) -> Self {
        // Rates beyond what sound has are only kept from making empty or giant windows.
        let rate = sample_rate.clamp(4_000, 768_000);
        Self {
            decimation: (rate / COARSE_HZ).max(1) as usize,
            shortest: (f64::from(rate) / PITCH_HZ.0) as usize,
            longest: (f64::from(rate) / PITCH_HZ.1) as usize,
            mono: Vec::new(),
            coarse: Vec::new(),
            coarse_energy: Vec::new(),
        }
    }

    /// The shortest period looked for, in frames.
    pub(super) fn shortest(&self) -> usize {
        self.shortest
    }

    /// The longest period looked for, in frames.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Frames needed to look for every period.
    pub(super) fn window(&self) -> usize {
        2 * self.longest
    }

    /// Takes a window of interleaved input; at least two of the shortest periods.
    pub(super) fn load(&mut self, input: &[f32], channels: usize) {
        let clean = |sample: f32| {
            if sample.is_finite() { sample.clamp(-LIMIT, LIMIT) } else { 0.0 }
        };
        self.mono.clear();
        match loudest_if_cancelling(input, channels, self.decimation, clean) {
            Some(channel) => self.mono.extend(input.chunks_exact(channels).map(|frame| clean(frame[channel]))),
            None => self
                .mono
                .extend(input.chunks_exact(channels).map(|frame| frame.iter().copied().map(clean).sum::<f32>())),
        }
        self.coarse.clear();
        self.coarse.extend(self.mono.chunks_exact(self.decimation).map(|block| block.iter().sum::<f32>()));
        let mean = self.coarse.iter().sum::<f32>() / self.coarse.len().max(1) as f32;
        self.coarse_energy.clear();
        self.coarse_energy.push(0.0);
        let mut energy = 0.0;
        for sample in &mut self.coarse {
            *sample -= mean;
            energy += f64::from(*sample) * f64::from(*sample);
            self.coarse_energy.push(energy);
        }
    }

    /// The period at the beginning of the window, in frames, and its normalised correlation.
    pub(super) fn period(&self) -> (usize, f32) {
        let window = self.mono.len();
        let longest = self.longest.min(window / 2);
        let (first, last) = (self.shortest.div_ceil(self.decimation), longest / self.decimation);
        let mut best = (f32::MIN, first, 0.0);
        for lag in first..=last {
            let len = lag.max(self.longest / self.decimation / 2).min(self.coarse.len() - lag);
            let likeness = self.coarse_likeness(lag, len);
            let score = likeness - LONG_LAG_MALUS * lag as f32 / last as f32;
            if score > best.0 {
                best = (score, lag, likeness);
            }
        }
        let near = (best.1 * self.decimation).clamp(self.shortest, longest);
        let period = self.best_near(near, self.decimation, near.max(self.longest / 2), window);
        (period.clamp(self.shortest, longest), best.2)
    }

    fn coarse_likeness(&self, lag: usize, len: usize) -> f32 {
        let energy = |at: usize| self.coarse_energy[at + len] - self.coarse_energy[at];
        let product = dot(&self.coarse[..len], &self.coarse[lag..lag + len]);
        let power = (energy(0) * energy(lag)) as f32;
        if power > 0.0 { product / power.sqrt() } else { 0.0 }
    }

    /// The lag within `radius` of `lag` at which `len` frames fit best those at the beginning; all within the window.
    pub(super) fn best_near(&self, lag: usize, radius: usize, len: usize, window: usize) -> usize {
        let first = lag.saturating_sub(radius).max(1);
        let last = (lag + radius).min(window.saturating_sub(1));
        let len = len.min(window.saturating_sub(last));
        let start = &self.mono[..len];
        let mut energy = dot(&self.mono[first..first + len], &self.mono[first..first + len]);
        let mut best = (f32::MIN, lag);
        for lag in first..=last {
            let product = dot(start, &self.mono[lag..lag + len]);
            let score = product / energy.max(SILENCE).sqrt();
            if score > best.0 {
                best = (score, lag);
            }
            if lag < last {
                let (leaving, coming) = (self.mono[lag], self.mono[lag + len]);
                energy += coming * coming - leaving * leaving;
            }
        }
        best.1
    }

    /// Normalised correlation of the first `len` frames with those `lag` later, 0 to 1; silence is like silence.
    pub(super) fn likeness(&self, lag: usize, len: usize) -> f32 {
        let (old, new) = (&self.mono[..len], &self.mono[lag..lag + len]);
        let (old_energy, new_energy) = (dot(old, old), dot(new, new));
        if old_energy.min(new_energy) <= SILENCE * len as f32 {
            return 1.0;
        }
        (dot(old, new) / (old_energy.sqrt() * new_energy.sqrt())).clamp(0.0, 1.0)
    }
}

/// The channel with the most energy if the sum of all has less than half of that, as with one channel inverted.
fn loudest_if_cancelling(input: &[f32], channels: usize, stride: usize, clean: impl Fn(f32) -> f32) -> Option<usize> {
    if channels < 2 {
        return None;
    }
    let frames = || input.chunks_exact(channels).step_by(stride);
    let energy_of = |channel: usize| frames().map(|frame| clean(frame[channel]).powi(2)).sum::<f32>();
    let sum_energy: f32 = frames().map(|frame| frame.iter().copied().map(&clean).sum::<f32>().powi(2)).sum();
    let (loudest, energy) = (0..channels).map(|c| (c, energy_of(c))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    (sum_energy < 0.5 * energy).then_some(loudest)
}

/// Sum of products, in eight lanes so that it can be vectorised.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_lanes, b_lanes) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_lanes.remainder().iter().zip(b_lanes.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [0.0_f32; 8];
    for (a, b) in a_lanes.zip(b_lanes) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    rest + sums.iter().sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swelling_noise(frames: usize) -> Vec<f32> {
        let mut state = 1_u32;
        let mut next = |i: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 8) as f32 / (1 << 24) as f32 - 0.5) * (0.2 + (i as f32 / 90.0).sin().abs())
        };
        (0..frames).map(&mut next).collect()
    }

    #[test]
    fn the_product_counts_every_sample_once() {
        let numbers: Vec<f32> = (1_u8..40).map(f32::from).collect();
        for len in 0..numbers.len() {
            let expected: f32 = numbers[..len].iter().map(|x| x * x).sum();
            assert!((dot(&numbers[..len], &numbers[..len]) - expected).abs() < 0.5, "{len}");
        }
    }

    #[test]
    fn the_best_lag_is_the_one_a_plain_search_finds() {
        let mut finder = PeriodFinder::new(16_000);
        for (lag, radius) in [(100, 60), (200, 20), (50, 49)] {
            finder.load(&swelling_noise(finder.window()), 1);
            let fit = |at: usize| {
                let (a, b) = (&finder.mono[..150], &finder.mono[at..at + 150]);
                dot(a, b) / dot(b, b).sqrt()
            };
            let plain = (lag - radius..=lag + radius).max_by(|a, b| fit(*a).total_cmp(&fit(*b)));
            assert_eq!(Some(finder.best_near(lag, radius, 150, finder.window())), plain);
        }
    }

    #[test]
    fn samples_that_are_no_numbers_do_not_reach_the_analysis() {
        let mut finder = PeriodFinder::new(8000);
        let mut sound = swelling_noise(2 * finder.window());
        sound[20] = f32::NAN;
        sound[31] = f32::INFINITY;
        sound[44..200].fill(f32::MAX);
        finder.load(&sound, 2);
        let (period, likeness) = finder.period();
        assert!((finder.shortest()..=finder.longest()).contains(&period));
        assert!(likeness.is_finite() && finder.likeness(period, period).is_finite());
        assert!(finder.coarse_energy.iter().all(|energy| energy.is_finite()));
    }
}

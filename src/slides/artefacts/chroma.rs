//! Chroma: where it was subsampled, the detail that luma has and chroma follows is put back; then alike neighbours are
//! averaged, alike in luma above all. Any thread.

use super::dct::Block;
use super::luma::Errors;
use super::plane::{Eight, Plane, greater};

/// Samples of the subsampled plane on each side of the one whose slope is sought.
const REACH: usize = 3;

/// Least share of chroma's variance that luma has to explain; what it explains beyond is trusted by degrees.
const EXPLAINED: f32 = 0.2;

/// Samples on each side of the one that is replaced.
const RADIUS: usize = 2;

/// Samples this many standard errors of luma and of chroma apart are not averaged.
const RANGES: (f32, f32) = (2.0, 4.0);

/// Least standard error that luma is taken to have, in levels.
const LEAST_LUMA_ERROR: f32 = 1.0;

/// A chroma block all of whose samples are this close is left alone: the decoder's rounding makes no less.
const FLAT: f32 = 1.2;

/// How a JPEG's chroma was coded.
#[derive(Debug, Clone, Copy)]
pub struct Coding {
    /// Pixels across per sample; 1 or 2.
    pub across: usize,
    /// Pixels down per sample; 1 or 2.
    pub down: usize,
    /// Standard error of a sample at the size of luma, in levels.
    error: f32,
}

impl Coding {
    /// `None` where the subsampling is none that is known here.
    pub fn new(across: usize, down: usize, steps: &Block) -> Option<Self> {
        if !matches!((across, down), (1 | 2, 1 | 2)) {
            return None;
        }
        // Chroma has little but low frequencies.
        let low: f32 = steps[..3].iter().flat_map(|row| &row[..3]).map(|step| step * step / 12.0).sum();
        Some(Self { across, down, error: (low / 64.0).sqrt() * if across * down > 1 { 2.0 } else { 1.0 } })
    }

    /// Whether there are fewer samples than pixels.
    pub fn is_subsampled(self) -> bool {
        self.across * self.down > 1
    }
}

/// Working memory of [`restore`].
#[derive(Debug, Default)]
pub struct Scratch {
    luma: Vec<f32>,
    chroma: Vec<f32>,
    slopes: Vec<f32>,
    rows: Vec<f32>,
    moments: [Vec<f32>; 5],
}

/// Adds to subsampled chroma the detail of luma, times the slope of chroma over luma nearby: text of one colour on a
/// ground of another lies on a line between the two, whatever its shape.
pub fn restore(luma: &Plane, chroma: &mut Plane, errors: &Errors, coding: Coding, scratch: &mut Scratch) {
    let (width, height) = (luma.width / coding.across, luma.height / coding.down);
    reduced(luma, coding, &mut scratch.luma);
    reduced(chroma, coding, &mut scratch.chroma);
    find_slopes(width, height, scratch);
    for y in (0..luma.height).step_by(8) {
        for x in (0..luma.width).step_by(8) {
            let (left, top) = (x / coding.across, y / coding.down);
            let (right, bottom) = ((x + 8) / coding.across, (y + 8) / coding.down);
            let (left, right) = (left.saturating_sub(1), (right + 1).min(width));
            let mut rows = top.saturating_sub(1)..(bottom + 1).min(height);
            if errors.trust(x, y) == 0.0
                || rows.all(|row| {
                    scratch.slopes[row * width + left..row * width + right].iter().all(|slope| *slope == 0.0)
                })
            {
                continue;
            }
            for row in y..y + 8 {
                let vertical = Between::new(row, coding.down, height);
                let at = luma.at(x, row);
                for lane in 0..8 {
                    let horizontal = Between::new(x + lane, coding.across, width);
                    let slope = interpolated(&scratch.slopes, width, horizontal, vertical);
                    let low = interpolated(&scratch.luma, width, horizontal, vertical);
                    chroma.samples[at + lane] += slope * (luma.samples[at + lane] - low);
                }
            }
        }
    }
}

/// The means of the pixels that share a sample.
fn reduced(plane: &Plane, coding: Coding, means: &mut Vec<f32>) {
    #[expect(clippy::cast_precision_loss, reason = "1, 2 or 4")]
    let share = 1.0 / (coding.across * coding.down) as f32;
    means.clear();
    for y in (0..plane.height).step_by(coding.down) {
        for x in (0..plane.width).step_by(coding.across) {
            let at = plane.at(x, y);
            let rows = (0..coding.down).map(|row| at + row * plane.stride);
            let sum: f32 = rows.flat_map(|at| &plane.samples[at..at + coding.across]).sum();
            means.push(sum * share);
        }
    }
}

/// The slope of chroma over luma around each sample, less where luma explains less of chroma; 0 at the plane's edges.
fn find_slopes(width: usize, height: usize, scratch: &mut Scratch) {
    let Scratch { luma, chroma, slopes, rows, moments } = scratch;
    // About the middle, so that squares lose no digits.
    let products: [fn(f32, f32) -> f32; 5] = [|l, _| l, |_, c| c, |l, _| l * l, |l, c| l * c, |_, c| c * c];
    for (moment, product) in moments.iter_mut().zip(products) {
        moment.clear();
        moment.extend(luma.iter().zip(&*chroma).map(|(luma, chroma)| product(luma - 128.0, *chroma)));
        box_mean(moment, rows, width, height);
    }
    slopes.clear();
    slopes.resize(width * height, 0.0);
    let [mean_l, mean_c, square_l, product, square_c] = moments;
    for y in REACH..height.saturating_sub(REACH) {
        for at in y * width + REACH..((y + 1) * width).saturating_sub(REACH) {
            let variance_l = square_l[at] - mean_l[at] * mean_l[at];
            let variance_c = square_c[at] - mean_c[at] * mean_c[at];
            if variance_l > 1.0 && variance_c > 1.0 {
                let covariance = product[at] - mean_l[at] * mean_c[at];
                let explained = covariance * covariance / (variance_l * variance_c);
                let trust = ((explained - EXPLAINED) / (1.0 - EXPLAINED)).clamp(0.0, 1.0);
                slopes[at] = trust * covariance / variance_l;
            }
        }
    }
}

/// Replaces each value that is [`REACH`] or more off the edges by the mean of the square around it.
fn box_mean(values: &mut [f32], rows: &mut Vec<f32>, width: usize, height: usize) {
    const SIDE: usize = 2 * REACH + 1;
    if width < SIDE || height < SIDE {
        return;
    }
    rows.clear();
    rows.resize(values.len(), 0.0);
    for (sums, row) in rows.chunks_exact_mut(width).zip(values.chunks_exact(width)) {
        for (sum, window) in sums[REACH..].iter_mut().zip(row.windows(SIDE)) {
            *sum = window.iter().sum();
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let share = 1.0 / (SIDE * SIDE) as f32;
    for y in REACH..height - REACH {
        let means = &mut values[y * width..(y + 1) * width];
        means.fill(0.0);
        for row in y - REACH..=y + REACH {
            for (mean, sum) in means.iter_mut().zip(&rows[row * width..]) {
                *mean += sum * share;
            }
        }
    }
}

/// A pixel's place between two samples.
#[derive(Clone, Copy)]
struct Between {
    first: usize,
    second: usize,
    /// Of the second; the first has the rest.
    weight: f32,
}

impl Between {
    /// Of pixel `pixel` among `count` samples, each in the middle of `factor` pixels; `factor` is 1 or 2.
    fn new(pixel: usize, factor: usize, count: usize) -> Self {
        let sample = pixel / factor;
        if factor == 1 {
            Self { first: sample, second: sample, weight: 0.0 }
        } else if pixel.is_multiple_of(2) {
            Self { first: sample, second: sample.saturating_sub(1), weight: 0.25 }
        } else {
            Self { first: sample, second: (sample + 1).min(count - 1), weight: 0.25 }
        }
    }
}

fn interpolated(values: &[f32], width: usize, x: Between, y: Between) -> f32 {
    let row = |row: usize| {
        let start = row * width;
        values[start + x.first] * (1.0 - x.weight) + values[start + x.second] * x.weight
    };
    row(y.first) * (1.0 - y.weight) + row(y.second) * y.weight
}

/// Averages each sample of both planes with those around it, the more the closer they are in luma and in colour;
/// `sources` are overwritten.
pub fn reduce(planes: [&mut Plane; 2], sources: [&mut Plane; 2], luma: &Plane, errors: &Errors, coding: Coding) {
    let ([blue, red], [blue_source, red_source]) = (planes, sources);
    blue_source.samples.copy_from_slice(&blue.samples);
    red_source.samples.copy_from_slice(&red.samples);
    let sources = [&*blue_source, &*red_source];
    for y in (0..luma.height).step_by(8) {
        for x in (0..luma.width).step_by(8) {
            let trust = errors.trust(x, y);
            if trust == 0.0 || sources.iter().all(|source| source.is_flat(x, y, FLAT)) {
                continue;
            }
            let luma_range = RANGES.0 * errors.of(x, y).max(LEAST_LUMA_ERROR);
            let chroma_range = RANGES.1 * coding.error * trust;
            let scales = (1.0 / (luma_range * luma_range), 1.0 / (chroma_range * chroma_range));
            for row in y..y + 8 {
                let at = luma.at(x, row);
                let [blues, reds] = smooth(luma, sources, at, scales);
                blue.set_eight(at, &blues);
                red.set_eight(at, &reds);
            }
        }
    }
}

/// The means around eight pixels.
fn smooth(luma: &Plane, sources: [&Plane; 2], at: usize, scales: (f32, f32)) -> [Eight; 2] {
    let middle = (luma.eight(at), sources[0].eight(at), sources[1].eight(at));
    let (mut blue, mut red, mut weights): (Eight, Eight, Eight) = Default::default();
    for down in 0..=2 * RADIUS {
        let start = at + down * luma.stride - RADIUS * luma.stride - RADIUS;
        for across in 0..=2 * RADIUS {
            let other =
                (luma.eight(start + across), sources[0].eight(start + across), sources[1].eight(start + across));
            for lane in 0..8 {
                let light = other.0[lane] - middle.0[lane];
                let (b, r) = (other.1[lane] - middle.1[lane], other.2[lane] - middle.2[lane]);
                let luma_alike = greater(1.0 - light * light * scales.0, 0.0);
                let alike = luma_alike * greater(1.0 - (b * b + r * r) * scales.1, 0.0);
                let weight = alike * alike;
                blue[lane] += weight * other.1[lane];
                red[lane] += weight * other.2[lane];
                weights[lane] += weight;
            }
        }
    }
    // A pixel is like itself: no weight is zero.
    let mean = |sum: Eight| std::array::from_fn(|lane| sum[lane] / weights[lane]);
    [mean(blue), mean(red)]
}

//! Luma: the error of each block is estimated from what its quantiser left, alike neighbours are averaged as far as
//! that error explains their differences, and what quantises otherwise than the file says is taken back. Any thread.

use super::dct::{self, Block};
use super::plane::{Eight, PAD, Plane, greater, lesser};

/// How far beyond the interval's middle a coefficient may go, in quantiser steps; half a step is all of the interval.
const SLACK: f32 = 0.3;

/// Share of the energy of the coefficients there are that those quantised to zero may have had, each.
const LOST: f32 = 0.05;

/// Samples this many standard errors apart are not averaged, in each round.
const RANGES: [f32; 2] = [2.5, 2.0];

/// Samples on each side of the one that is replaced.
const RADIUS: usize = 2;

/// Weight of the sample itself beside that which it has as its own neighbour.
const OWN_WEIGHT: f32 = 1.0;

/// Weight of the ground among the neighbours. Ringing on white or black is clipped on one side, so that a mean of
/// neighbours alone would be off.
const GROUND_WEIGHT: f32 = 6.0;

/// Samples this many standard errors off a ground of white or black, and no more than so many levels, are drawn to it
/// in the end. More would take faint lines away.
const SETTLING: (f32, f32) = (0.7, 8.0);

/// Share of a block's surroundings that has about the same luma: below the first it is left alone, like a photograph,
/// from the second on it is a ground with something written on it.
const GROUND: (f32, f32) = (0.22, 0.45);

/// Most levels on either side of the commonest that count as about the same, where the error explains them.
const ALIKE: usize = 3;

/// What is known of a plane's blocks.
#[derive(Debug, Default)]
pub struct Errors {
    across: usize,
    /// Standard error per sample, in levels, less where the block is less of a ground; 0: nothing to be done.
    errors: Vec<f32>,
    /// How much of a ground with something written on it there is around the block, 0 to 1.
    trusts: Vec<f32>,
    /// Luma of that ground.
    levels: Vec<f32>,
}

impl Errors {
    /// Estimates the errors of all blocks of a plane that was quantised by these steps.
    pub fn estimate(&mut self, plane: &Plane, steps: &Block) {
        self.across = plane.width / 8;
        self.errors.clear();
        self.trusts.clear();
        self.levels.clear();
        for y in (0..plane.height).step_by(8) {
            for x in (0..plane.width).step_by(8) {
                // A flat block next to text was coded by itself and has no error but that of its mean.
                let flat = plane.is_flat(x, y, 0.01);
                let error = if flat { 0.0 } else { block_error(&plane.block(x, y), steps) };
                let (share, level) = if flat { (1.0, 0.0) } else { find_ground(plane, x, y, error) };
                let trust = ((share - GROUND.0) / (GROUND.1 - GROUND.0)).clamp(0.0, 1.0);
                self.errors.push(error * trust);
                self.trusts.push(trust);
                self.levels.push(level);
            }
        }
    }

    /// Whether there is nothing to be done in any block.
    pub fn are_none(&self) -> bool {
        self.errors.iter().all(|error| *error == 0.0)
    }

    /// Standard error of the block whose first sample is this, in levels; 0 where there is nothing to be done.
    pub fn of(&self, x: usize, y: usize) -> f32 {
        self.errors[self.index(x, y)]
    }

    /// How much the block whose first sample is this is like a ground with something written on it, 0 to 1.
    pub fn trust(&self, x: usize, y: usize) -> f32 {
        self.trusts[self.index(x, y)]
    }

    fn index(&self, x: usize, y: usize) -> usize {
        y / 8 * self.across + x / 8
    }

    /// First samples and errors of the blocks where something is to be done.
    fn blocks(&self) -> impl Iterator<Item = (usize, usize, f32)> {
        let across = self.across;
        let blocks = self.errors.iter().enumerate().filter(|(_, error)| **error > 0.0);
        blocks.map(move |(index, error)| (index % across * 8, index / across * 8, *error))
    }
}

/// Standard error of a block's samples: a coefficient that is not zero may lie anywhere in its interval; one that is
/// zero too, but hardly where there is little else in the block.
fn block_error(block: &Block, steps: &Block) -> f32 {
    let coefficients = dct::forward(block);
    let (mut kept, mut energy, mut zeros) = (0.0, 0.0, [0.0_f32; 64]);
    for (place, (value, step)) in coefficients.iter().flatten().zip(steps.iter().flatten()).enumerate().skip(1) {
        let variance = step * step / 12.0;
        if value.abs() < step / 2.0 {
            zeros[place] = variance;
        } else {
            kept += variance;
            energy += value * value;
        }
    }
    let most = LOST * energy / 64.0;
    let lost: f32 = zeros.iter().map(|variance| variance.min(most)).sum();
    if energy > 0.0 { ((kept + lost) / 64.0).sqrt() } else { 0.0 }
}

/// Share of the samples in and around a block, 24 by 24, that is about as bright as most, as far as the error goes; and
/// their mean.
fn find_ground(plane: &Plane, x: usize, y: usize, error: f32) -> (f32, f32) {
    // Every other row will do.
    const ROWS: usize = 12;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
    let level = |value: f32| (value + 0.5) as u8;
    let alike = usize::from(level(0.6 * error)).clamp(1, ALIKE);
    // Counts of the levels, and as many zeros on either side as a window may reach beyond them.
    let mut counts = [0_u16; 256 + 2 * ALIKE];
    let corner = plane.at(x, y) - PAD * plane.stride - PAD;
    for row in 0..ROWS {
        let start = corner + 2 * row * plane.stride;
        for sample in &plane.samples[start..start + 24] {
            counts[usize::from(level(*sample)) + ALIKE] += 1;
        }
    }
    let mut sum: u16 = counts[..2 * alike].iter().sum();
    let (mut most, mut first) = (0, 0);
    for (start, (entering, leaving)) in counts[2 * alike..].iter().zip(&counts).enumerate() {
        sum += entering;
        if sum > most {
            (most, first) = (sum, start);
        }
        sum -= leaving;
    }
    let share = f32::from(most) / (24 * ROWS) as f32;
    // Where ringing is clipped the mean would be off, but the commonest level is right.
    let commonest = counts[first..=first + 2 * alike].iter().max().copied().unwrap_or_default();
    for end in [0, u8::MAX] {
        let index = usize::from(end) + ALIKE;
        if (first..=first + 2 * alike).contains(&index) && counts[index] == commonest {
            return (share, f32::from(end));
        }
    }
    let window = counts.iter().enumerate().skip(first).take(2 * alike + 1);
    #[expect(clippy::cast_precision_loss, reason = "at most 262")]
    let total: f32 = window.map(|(index, count)| (index as f32 - ALIKE as f32) * f32::from(*count)).sum();
    (share, total / f32::from(most.max(1)))
}

/// Reduces the error of a plane; `original` is the plane as it was decoded, `scratch` is overwritten.
pub fn reduce(plane: &mut Plane, original: &Plane, scratch: &mut Plane, errors: &Errors, steps: &Block) {
    for range in RANGES {
        scratch.samples.copy_from_slice(&plane.samples);
        for (x, y, error) in errors.blocks() {
            let ground = (errors.levels[errors.index(x, y)], GROUND_WEIGHT * errors.trust(x, y));
            smooth(plane, scratch, (x, y), range * error, ground);
            plane.set_block(x, y, &projected(&plane.block(x, y), &original.block(x, y), steps));
        }
    }
    // Where the decoder has clipped, what was coded is beyond the ground and the file's interval says little of it.
    for (x, y, error) in errors.blocks() {
        let ground = errors.levels[errors.index(x, y)];
        if ground <= 0.0 || ground >= 255.0 {
            settle(plane, (x, y), lesser(SETTLING.0 * error, SETTLING.1), ground);
        }
    }
}

/// Draws the samples of a block that are less than `range` levels off the ground to it, the more the closer.
fn settle(plane: &mut Plane, (x, y): (usize, usize), range: f32, ground: f32) {
    let scale = 1.0 / (range * range);
    for row in y..y + 8 {
        let at = plane.at(x, row);
        let settled = plane.eight(at).map(|sample| {
            let apart = ground - sample;
            // All of the way up to seven tenths of the range.
            sample + apart * lesser(2.0 * greater(1.0 - apart * apart * scale, 0.0), 1.0)
        });
        plane.set_eight(at, &settled);
    }
}

/// Averages each sample of a block with those around it that are less than `range` levels apart, the more the closer,
/// and with the `ground`, a level and its weight.
fn smooth(plane: &mut Plane, source: &Plane, (x, y): (usize, usize), range: f32, ground: (f32, f32)) {
    let scale = 1.0 / (range * range);
    for row in y..y + 8 {
        let at = source.at(x, row);
        let middle = source.eight(at);
        let mut sum: Eight = middle.map(|sample| sample * OWN_WEIGHT);
        let mut weights: Eight = [OWN_WEIGHT; 8];
        for lane in 0..8 {
            let apart = ground.0 - middle[lane];
            let closeness = greater(1.0 - apart * apart * scale, 0.0);
            let weight = ground.1 * closeness * closeness;
            sum[lane] += weight * ground.0;
            weights[lane] += weight;
        }
        for down in 0..=2 * RADIUS {
            let start = at + down * source.stride - RADIUS * source.stride - RADIUS;
            for across in 0..=2 * RADIUS {
                let other = source.eight(start + across);
                for lane in 0..8 {
                    let apart = other[lane] - middle[lane];
                    let closeness = greater(1.0 - apart * apart * scale, 0.0);
                    let weight = closeness * closeness;
                    sum[lane] += weight * other[lane];
                    weights[lane] += weight;
                }
            }
        }
        let mean: Eight = std::array::from_fn(|lane| sum[lane] / weights[lane]);
        plane.set_eight(at, &mean);
    }
}

/// The nearest block whose coefficients stay near those of the file: what was coded well above the quantiser's step stays,
/// and nothing else is invented. Detail fainter than a step may go.
fn projected(block: &Block, original: &Block, steps: &Block) -> Block {
    let mut coefficients = dct::forward(block);
    let decoded = dct::forward(original);
    for row in 0..8 {
        for column in 0..8 {
            let (value, step) = (decoded[row][column], steps[row][column]);
            // The decoder has rounded and clipped the samples: what it saw may be off what was coded.
            let coded = rounded(value / step) * step;
            let (low, high) = (lesser(coded, value) - SLACK * step, greater(coded, value) + SLACK * step);
            coefficients[row][column] = lesser(greater(coefficients[row][column], low), high);
        }
    }
    dct::inverse(&coefficients)
}

/// To the nearest whole number, of less than four million. Adding and subtracting what leaves no digits after the point
/// takes two instructions; rounding proper is a call on processors of the first x86-64 generation.
#[inline]
fn rounded(value: f32) -> f32 {
    const NO_FRACTION: f32 = 1.5 * (1 << 23) as f32;
    (value + NO_FRACTION) - NO_FRACTION
}

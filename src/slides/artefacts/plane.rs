//! A plane of samples with a margin all around, so that a window may reach over its edges. Any thread.

use super::dct::Block;

/// Samples beyond each edge.
pub const PAD: usize = 8;

/// Eight samples abreast, which the compiler turns into vector instructions.
pub type Eight = [f32; 8];

/// Samples row by row, with [`PAD`] more on each side.
#[derive(Debug, Clone, Default)]
pub struct Plane {
    /// Samples across without the margin; a multiple of 16.
    pub width: usize,
    /// Samples down without the margin; a multiple of 16.
    pub height: usize,
    /// From a sample to the one below it.
    pub stride: usize,
    /// All samples, with the margin.
    pub samples: Vec<f32>,
}

impl Plane {
    /// Zeros; the sides are rounded up to multiples of 16.
    pub fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width.next_multiple_of(16), height.next_multiple_of(16));
        let stride = width + 2 * PAD;
        Self { width, height, stride, samples: vec![0.0; stride * (height + 2 * PAD)] }
    }

    /// Makes the plane as high as this, within what it was made for.
    pub fn set_height(&mut self, height: usize) {
        self.height = height.next_multiple_of(16);
        self.samples.resize(self.stride * (self.height + 2 * PAD), 0.0);
    }

    /// Index of a sample.
    #[inline]
    pub fn at(&self, x: usize, y: usize) -> usize {
        (y + PAD) * self.stride + x + PAD
    }

    /// The eight samples from this index on.
    #[inline]
    pub fn eight(&self, at: usize) -> Eight {
        self.samples[at..].first_chunk().copied().unwrap_or_default()
    }

    /// Replaces the eight samples from this index on.
    #[inline]
    pub fn set_eight(&mut self, at: usize, eight: &Eight) {
        self.samples[at..at + 8].copy_from_slice(eight);
    }

    /// The block whose first sample is this.
    #[inline]
    pub fn block(&self, x: usize, y: usize) -> Block {
        let at = self.at(x, y);
        std::array::from_fn(|row| self.eight(at + row * self.stride))
    }

    /// Replaces the block whose first sample is this.
    #[inline]
    pub fn set_block(&mut self, x: usize, y: usize, block: &Block) {
        let at = self.at(x, y);
        for (row, eight) in block.iter().enumerate() {
            self.set_eight(at + row * self.stride, eight);
        }
    }

    /// Whether no sample of the block is farther than this from its first one.
    pub fn is_flat(&self, x: usize, y: usize, tolerance: f32) -> bool {
        let at = self.at(x, y);
        let first = self.samples[at];
        (0..8).all(|row| {
            self.eight(at + row * self.stride)
                .iter()
                .fold(0.0_f32, |most, sample| greater(most, (sample - first).abs()))
                <= tolerance
        })
    }

    /// Repeats the outermost of the `width` times `height` samples there are over everything beyond them.
    pub fn extend_edges(&mut self, width: usize, height: usize) {
        let stride = self.stride;
        for y in 0..height {
            let start = self.at(0, y);
            let (left, right) = (self.samples[start], self.samples[start + width - 1]);
            self.samples[start - PAD..start].fill(left);
            self.samples[start + width..start - PAD + stride].fill(right);
        }
        for y in 0..PAD {
            self.samples.copy_within(PAD * stride..(PAD + 1) * stride, y * stride);
        }
        let last = PAD + height - 1;
        for y in last + 1..self.height + 2 * PAD {
            self.samples.copy_within(last * stride..(last + 1) * stride, y * stride);
        }
    }
}

/// The greater of two numbers: one instruction, where `f32::max` has to care for what is no number.
#[inline]
pub fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The lesser of two numbers.
#[inline]
pub fn lesser(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

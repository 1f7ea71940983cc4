//! From decoded pictures, as codecs have them, to RGBA: depth, matrix, range, fields, orientation. Pure; the decoder's thread.

/// Bytes of one plane, from its first row on.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// Rows, `stride` bytes each; the last one may be shorter.
    pub bytes: &'a [u8],
    /// From row to row, in bytes.
    pub stride: usize,
    /// The rows stand in the memory from the last to the first.
    pub upside_down: bool,
}

/// Where the values of one component lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Component {
    /// In which plane.
    pub plane: usize,
    /// From value to value, in bytes.
    pub step: usize,
    /// Before the first value, in bytes.
    pub offset: usize,
    /// Bits below the value.
    pub shift: u32,
    /// Bits of the value, 1 to 16.
    pub depth: u32,
}

/// What the components stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Brightness and two differences, or brightness alone.
    Luma {
        /// How they follow from red, green and blue.
        matrix: Matrix,
        /// All values are used; else black is 16 and white 235 of 255.
        full: bool,
    },
    /// Red, green and blue.
    Rgb,
    /// Numbers of a list of colours, which is plane 1.
    Palette,
}

/// The parts of red and blue in brightness.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix {
    /// Red.
    pub red: f64,
    /// Blue.
    pub blue: f64,
}

impl Eq for Matrix {}

impl Matrix {
    /// ITU-R BT.601.
    pub const BT601: Self = Self { red: 0.299, blue: 0.114 };
    /// ITU-R BT.709.
    pub const BT709: Self = Self { red: 0.2126, blue: 0.0722 };
    /// ITU-R BT.2020.
    pub const BT2020: Self = Self { red: 0.2627, blue: 0.0593 };
    /// SMPTE 240M.
    pub const SMPTE240M: Self = Self { red: 0.212, blue: 0.087 };

    /// The one that is meant where none is named: that of television of this size.
    pub const fn guessed(width: u32, height: u32) -> Self {
        if width >= 1280 || height > 576 { Self::BT709 } else { Self::BT601 }
    }
}

/// A decoded picture, as it lies in the memory.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Planes.
    pub planes: [Option<Plane<'a>>; 4],
    /// The first three components; one alone is brightness.
    pub components: [Component; 3],
    /// How many of them there are: 1 or 3.
    pub count: usize,
    /// What they stand for.
    pub model: Model,
    /// By how many powers of two the differences are coarser, across and down.
    pub coarser: (u32, u32),
    /// The most significant byte comes first.
    pub big_endian: bool,
    /// Two moments, in alternating rows.
    pub interlaced: bool,
}

/// Rows in the making.
#[derive(Debug, Default)]
pub struct Scratch {
    luma: Vec<i16>,
    coarse: [Vec<i16>; 2],
    tints: [Vec<i16>; 3],
    added: [Vec<i16>; 3],
    added_for: Option<usize>,
}

/// Bits below the unit in sums.
const FRACTION: u32 = 4;
/// A pixel between two rows that is so much brighter or darker than both is of another moment.
const COMB: i16 = 24;

/// The upper half of a product.
#[inline]
fn high(a: i16, b: i16) -> i16 {
    ((i32::from(a) * i32::from(b)) >> 16) as i16
}

/// From a sum with its fraction to a byte.
#[inline]
fn byte(sum: i16) -> u8 {
    ((sum + (1 << (FRACTION - 1))) >> FRACTION).clamp(0, 255) as u8
}

/// The same for a pixel: written as two halves, it is several at a time for the processor.
#[inline]
fn pixel([red, green, blue]: [i16; 3]) -> [u8; 4] {
    let value = |sum: i16| u16::from(byte(sum));
    let (low, high) = (value(red) | value(green) << 8, value(blue) | 0xff00);
    (u32::from(low) | u32::from(high) << 16).to_le_bytes()
}

/// Values that are multiplied at once.
const LANES: usize = 16;

/// A factor for each of them. That all are the same is hidden from the compiler: it would take products of 32 bits, of which the
/// processor makes fewer at a time.
fn lanes(factor: i16) -> [i16; LANES] {
    std::hint::black_box([factor; LANES])
}

/// The upper halves of the products with a factor.
fn scale(values: &mut [i16], factor: i16) {
    let factors = lanes(factor);
    let (blocks, rest) = values.as_chunks_mut::<LANES>();
    for block in blocks {
        block.iter_mut().zip(&factors).for_each(|(value, factor)| *value = high(*value, *factor));
    }
    rest.iter_mut().for_each(|value| *value = high(*value, factor));
}

/// Adds the upper halves of the products of as many values with a factor.
fn add_scaled(sums: &mut [i16], values: &[i16], factor: i16) {
    let factors = lanes(factor);
    let (blocks, rest) = sums.as_chunks_mut::<LANES>();
    let (parts, over) = values.as_chunks::<LANES>();
    for (block, values) in blocks.iter_mut().zip(parts) {
        let products = values.iter().zip(&factors).map(|(value, factor)| high(*value, *factor));
        block.iter_mut().zip(products).for_each(|(sum, product)| *sum += product);
    }
    rest.iter_mut().zip(over).for_each(|(sum, value)| *sum += high(*value, factor));
}

#[expect(clippy::cast_possible_truncation, reason = "a few thousand")]
fn fixed(factor: f64, bits: f64) -> i16 {
    (factor * bits).round() as i16
}

/// Factors for one picture.
struct Factors {
    /// For brightness that has been moved up to 15 bits.
    luma: i16,
    /// Of the second difference in red, of both in green, of the first in blue; for differences of 16 bits with a sign.
    red: i16,
    green: (i16, i16),
    blue: i16,
}

impl Picture<'_> {
    /// Whether everything is there that its description promises, so that it can be read.
    pub fn is_sound(&self) -> bool {
        let wanted = self.components.iter().take(self.count);
        let known = |component: &Component| {
            self.planes.get(component.plane).copied().flatten().is_some()
                && (1..=16).contains(&component.depth)
                && component.shift + component.depth <= 32
                && component.step > 0
        };
        matches!(self.count, 1 | 3) && self.width > 0 && self.height > 0 && wanted.clone().all(known)
    }

    /// Full-range values of `depth` bits end a little below the next power of two.
    fn whole(depth: u32) -> f64 {
        let top = f64::from((1_u32 << depth) - 1);
        255.0 * f64::from(1_u32 << depth) / 256.0 / top
    }

    fn factors(&self) -> Factors {
        let depth = self.components[0].depth;
        let (matrix, luma, chroma) = match self.model {
            Model::Luma { matrix, full: true } => (matrix, Self::whole(depth), Self::whole(depth)),
            Model::Luma { matrix, full: false } => (matrix, 255.0 / 219.0, 255.0 / 224.0),
            Model::Rgb | Model::Palette => (Matrix::BT709, Self::whole(depth), 1.0),
        };
        let (kr, kb) = (matrix.red, matrix.blue);
        let kg = 1.0 - kr - kb;
        // 2^15 stands for 256, and the upper half of a product with 2^13 for 2^12: four bits of fraction.
        let (bright, tint) = (8192.0, 4096.0);
        Factors {
            luma: fixed(luma, bright),
            red: fixed(2.0 * (1.0 - kr) * chroma, tint),
            green: (
                fixed(-2.0 * kb * (1.0 - kb) / kg * chroma, tint),
                fixed(-2.0 * kr * (1.0 - kr) / kg * chroma, tint),
            ),
            blue: fixed(2.0 * (1.0 - kb) * chroma, tint),
        }
    }

    /// What black is, in values of brightness.
    fn black(&self, depth: u32) -> i32 {
        match self.model {
            Model::Luma { full: false, .. } if depth >= 8 => 16 << (depth - 8),
            Model::Luma { .. } | Model::Rgb | Model::Palette => 0,
        }
    }

    /// The bytes of a row of a component, from its first value on.
    fn row(&self, component: &Component, row: usize, rows: usize) -> &[u8] {
        let Some(plane) = self.planes.get(component.plane).copied().flatten() else { return &[] };
        let row = if plane.upside_down { rows.saturating_sub(1 + row) } else { row };
        plane.bytes.get(row * plane.stride + component.offset..).unwrap_or_default()
    }

    /// Appends so many bytes of each of so many rows of a plane; `None` where it has fewer.
    pub(super) fn put_rows(&self, plane: usize, length: usize, rows: usize, out: &mut Vec<u8>) -> Option<()> {
        let plane = self.planes.get(plane).copied().flatten()?;
        for row in 0..rows {
            let row = if plane.upside_down { rows - 1 - row } else { row };
            out.extend_from_slice(plane.bytes.get(row * plane.stride..row * plane.stride + length)?);
        }
        Some(())
    }

    /// Values of a row less `bias`, so that all bits of `out` are used: `bits` of them.
    fn load(&self, component: &Component, row: &[u8], bias: i32, bits: u32, out: &mut [i16]) {
        let Component { step, shift, depth, .. } = *component;
        let (up, down) = (bits.saturating_sub(depth), depth.saturating_sub(bits));
        let mask = (1_u32 << depth) - 1;
        #[expect(clippy::cast_possible_truncation, reason = "shifted to fit")]
        let place = |value: u32| {
            #[expect(clippy::cast_possible_wrap, reason = "16 bits at most")]
            let value = (value & mask) as i32 - bias;
            ((value << up) >> down).clamp(-32768, 32767) as i16
        };
        let all = shift + depth;
        match (step, all, self.big_endian) {
            (1, 8, _) if shift == 0 => {
                for (to, value) in out.iter_mut().zip(row) {
                    #[expect(clippy::cast_possible_truncation, reason = "8 bits, shifted to fit")]
                    let value = ((i32::from(*value) - bias) << up) as i16;
                    *to = value;
                }
            }
            (2, 9..=16, false) => {
                for (to, value) in out.iter_mut().zip(row.as_chunks::<2>().0) {
                    *to = place(u32::from(u16::from_le_bytes(*value)) >> shift);
                }
            }
            (_, ..=8, _) => {
                // In a value of two bytes, the only one that is used is the last.
                let skip = usize::from(self.big_endian && step == 2);
                for (to, value) in out.iter_mut().zip(row.iter().skip(skip).step_by(step)) {
                    *to = place(u32::from(*value) >> shift);
                }
            }
            _ => {
                let length = if all <= 16 { 2 } else { 4 };
                for (at, to) in out.iter_mut().enumerate() {
                    let bytes = row.get(at * step..at * step + length).unwrap_or_default();
                    let join = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
                    let value =
                        if self.big_endian { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) };
                    *to = place(value >> shift);
                }
            }
        }
    }

    fn load_luma(&self, row: usize, component: usize, out: &mut Vec<i16>) {
        let component = &self.components[component];
        out.resize(self.width, 0);
        let bytes = self.row(component, row, self.height);
        self.load(component, bytes, self.black(component.depth), 15, out);
    }

    /// The row of differences that belongs to a row of brightness.
    fn coarse_row(&self, row: usize, rows: usize) -> usize {
        let down = self.coarser.1;
        let found = if self.interlaced && down == 1 { row / 4 * 2 + row % 2 } else { row >> down };
        found.min(rows.saturating_sub(1))
    }

    /// What is to be added to the brightness of a row for red, green and blue.
    fn add_tints(&self, row: usize, factors: &Factors, scratch: &mut Scratch) {
        let (across, down) = self.coarser;
        let rows = self.height.div_ceil(1 << down);
        let coarse = self.coarse_row(row, rows);
        if scratch.added_for == Some(coarse) {
            return;
        }
        scratch.added_for = Some(coarse);
        let width = self.width.div_ceil(1 << across);
        for (component, out) in self.components.iter().skip(1).zip(&mut scratch.coarse) {
            out.resize(width, 0);
            let middle = 1_i32 << (component.depth - 1);
            self.load(component, self.row(component, coarse, rows), middle, 16, out);
        }
        let [first, second] = &scratch.coarse;
        let [red, green, blue] = &mut scratch.tints;
        for (out, values, factor) in
            [(&mut *red, second, factors.red), (&mut *green, first, factors.green.0), (&mut *blue, first, factors.blue)]
        {
            out.clear();
            out.extend_from_slice(values);
            scale(out, factor);
        }
        add_scaled(green, second, factors.green.1);
        for (out, tints) in scratch.added.iter_mut().zip(&scratch.tints) {
            out.resize(self.width, 0);
            if across == 1 {
                let (pairs, last) = out.as_chunks_mut::<2>();
                pairs.iter_mut().zip(tints).for_each(|(pair, tint)| *pair = [*tint; 2]);
                last.fill(tints.last().copied().unwrap_or_default());
            } else {
                out.chunks_mut(1 << across).zip(tints).for_each(|(several, tint)| several.fill(*tint));
            }
        }
    }

    /// The whole picture, opaque, row by row, in `out`.
    pub fn rgba(&self, scratch: &mut Scratch, out: &mut Vec<u8>) {
        // Every pixel is written: what was in the memory before need not be cleared.
        out.resize(self.width * self.height * 4, 255);
        if !self.is_sound() {
            out.fill(0);
            return;
        }
        let factors = self.factors();
        scratch.added_for = None;
        for (row, to) in out.chunks_exact_mut(self.width * 4).enumerate() {
            match self.model {
                Model::Luma { .. } => self.luma_row(row, &factors, scratch, to),
                Model::Rgb => self.rgb_row(row, &factors, scratch, to),
                Model::Palette => self.palette_row(row, to),
            }
        }
        if self.interlaced {
            weave_out(out, self.width * 4);
        }
    }

    fn luma_row(&self, row: usize, factors: &Factors, scratch: &mut Scratch, to: &mut [u8]) {
        let mut luma = std::mem::take(&mut scratch.luma);
        self.load_luma(row, 0, &mut luma);
        scale(&mut luma, factors.luma);
        let (pixels, _) = to.as_chunks_mut::<4>();
        if self.count == 3 {
            self.add_tints(row, factors, scratch);
            let [red, green, blue] = &scratch.added;
            let tints = red.iter().zip(green).zip(blue);
            for ((to, bright), ((r, g), b)) in pixels.iter_mut().zip(&luma).zip(tints) {
                *to = pixel([bright + r, bright + g, bright + b]);
            }
        } else {
            pixels.iter_mut().zip(&luma).for_each(|(to, bright)| *to = pixel([*bright; 3]));
        }
        scratch.luma = luma;
    }

    fn rgb_row(&self, row: usize, factors: &Factors, scratch: &mut Scratch, to: &mut [u8]) {
        for (at, out) in scratch.added.iter_mut().enumerate().take(self.count) {
            self.load_luma(row, at, out);
            scale(out, factors.luma);
        }
        let [red, green, blue] = &scratch.added;
        let (pixels, _) = to.as_chunks_mut::<4>();
        for (to, ((r, g), b)) in pixels.iter_mut().zip(red.iter().zip(green).zip(blue)) {
            *to = pixel([*r, *g, *b]);
        }
    }

    fn palette_row(&self, row: usize, to: &mut [u8]) {
        let numbers = self.row(&self.components[0], row, self.height);
        let colours = self.planes[1].map(|plane| plane.bytes).unwrap_or_default();
        let (pixels, _) = to.as_chunks_mut::<4>();
        let (colours, _) = colours.as_chunks::<4>();
        for (pixel, number) in pixels.iter_mut().zip(numbers) {
            let colour = colours.get(usize::from(*number)).copied().unwrap_or_default();
            let [_, red, green, blue] = u32::from_ne_bytes(colour).to_be_bytes();
            *pixel = [red, green, blue, 255];
        }
    }

    /// How bright the picture is, 0 to 255, as one of so many pixels across and down. A few rows stand for all.
    pub fn grey(&self, scratch: &mut Scratch, across: usize, down: usize, out: &mut Vec<u8>) {
        const ROWS: usize = 4;
        out.clear();
        out.resize(across * down, 0);
        if !self.is_sound() || across == 0 || down == 0 {
            return;
        }
        let factor = self.factors().luma;
        // Of red, green and blue, green is most of the brightness.
        let component = usize::from(self.model == Model::Rgb);
        let mut luma = std::mem::take(&mut scratch.luma);
        let mut sums = vec![(0_u32, 0_u32); across];
        for (line, out) in out.chunks_exact_mut(across).enumerate() {
            sums.fill((0, 0));
            for part in 0..ROWS {
                let row = (line * ROWS + part) * self.height / (down * ROWS);
                self.load_luma(row, component, &mut luma);
                for (at, sum) in sums.iter_mut().enumerate() {
                    let (from, to) = (at * self.width / across, (at + 1) * self.width / across);
                    // At least one pixel, and not all of many.
                    let pixels = luma.get(from..to.max(from + 1)).unwrap_or_default();
                    for value in pixels.iter().step_by(pixels.len().div_ceil(8).max(1)) {
                        sum.0 += u32::from(byte(high(*value, factor)));
                        sum.1 += 1;
                    }
                }
            }
            for (out, (sum, count)) in out.iter_mut().zip(&sums) {
                *out = u8::try_from(sum / count.max(&1)).unwrap_or(255);
            }
        }
        scratch.luma = luma;
    }
}

/// Takes the rows of the second moment out where something has moved since the first: there, the mean of the rows around.
fn weave_out(rgba: &mut [u8], stride: usize) {
    let rows = rgba.len() / stride.max(1);
    for row in (1..rows).step_by(2) {
        let (before, rest) = rgba.split_at_mut(row * stride);
        let (middle, after) = rest.split_at_mut(stride);
        let above = &before[(row - 1) * stride..];
        let below = after.get(..stride).unwrap_or(above);
        let (middle, _) = middle.as_chunks_mut::<4>();
        let around = above.as_chunks::<4>().0.iter().zip(below.as_chunks::<4>().0);
        for (pixel, (above, below)) in middle.iter_mut().zip(around) {
            let (here, up, down) = (i16::from(pixel[1]), i16::from(above[1]), i16::from(below[1]));
            if here > up.max(down) + COMB || here < up.min(down) - COMB {
                for (to, (above, below)) in pixel.iter_mut().zip(above.iter().zip(below)) {
                    *to = above.midpoint(*below);
                }
            }
        }
    }
}

/// How a picture is turned before it is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Turn {
    /// Rows become columns.
    pub swapped: bool,
    /// Then left becomes right.
    pub mirrored: bool,
    /// Then up becomes down.
    pub upside_down: bool,
}

impl Turn {
    /// From a display matrix as containers have it: nine numbers, of which the first two of each of the first two rows say what
    /// becomes of the axes. Angles between right ones are shown as the nearest.
    pub fn of_matrix(matrix: &[i32; 9]) -> Self {
        let [a, b, _, c, d, ..] = *matrix;
        if a.unsigned_abs().max(d.unsigned_abs()) >= b.unsigned_abs().max(c.unsigned_abs()) {
            Self { swapped: false, mirrored: a < 0, upside_down: d < 0 }
        } else {
            Self { swapped: true, mirrored: c < 0, upside_down: b < 0 }
        }
    }

    /// Width and height afterwards.
    pub fn size<T>(self, (width, height): (T, T)) -> (T, T) {
        if self.swapped { (height, width) } else { (width, height) }
    }

    /// Turns pixels of four bytes.
    pub fn apply(self, rgba: &[u8], (width, height): (usize, usize), out: &mut Vec<u8>) {
        let (across, down) = self.size((width, height));
        out.resize(rgba.len(), 255);
        let (from, _) = rgba.as_chunks::<4>();
        let (to, _) = out.as_chunks_mut::<4>();
        for (y, row) in to.chunks_exact_mut(across.max(1)).enumerate() {
            let y = if self.upside_down { down - 1 - y } else { y };
            for (x, pixel) in row.iter_mut().enumerate() {
                let x = if self.mirrored { across - 1 - x } else { x };
                let (x, y) = if self.swapped { (y, x) } else { (x, y) };
                *pixel = from.get(y * width + x).copied().unwrap_or_default();
            }
        }
    }
}

#[cfg(test)]
mod tests;

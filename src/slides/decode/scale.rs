//! From pixels to pixels of another size. Any thread; computes.

use fast_image_resize as fir;
use fir::images::{Image, ImageRef, TypedImage, TypedImageRef};
use fir::pixels::U16x3;
use fir::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::linear::TABLES;
use crate::slides::{Enlarge, Pixels, Rect, Size};

/// Bytes of light, 16 bits a channel, that are worked on at a time: a 4K slide takes six rounds.
const STRIP_BYTES: usize = 8 << 20;

/// Source pixels on either side that weigh in, for each source pixel that becomes one of the target.
const LOBES: f64 = 3.0;

/// Scales, and keeps its working memory from one picture to the next: at most some tens of megabytes.
#[derive(Debug, Default)]
pub struct Scaler {
    resizer: Resizer,
    buffers: Buffers,
}

#[derive(Debug, Default)]
struct Buffers {
    /// Rows of the source and of the target, as light.
    source: Vec<U16x3>,
    target: Vec<U16x3>,
}

impl Scaler {
    /// The part `tile` of the picture at another size, as if all of it had been scaled and cut.
    pub fn part(&mut self, pixels: &Pixels, target: Size, tile: Rect, enlarge: Enlarge) -> Pixels {
        if target != pixels.size && pixels.size.fits_in(target) {
            let mut rgba = vec![u8::MAX; tile.size.bytes()];
            let by = enlargement(pixels.size, target, enlarge);
            let done = resize_part(&mut self.resizer, pixels, (target, tile), &mut rgba, by);
            debug_assert!(done.is_some(), "{tile:?} is no part of {target}");
            return Pixels { size: tile.size, rgba, source: pixels.source, cut_short: pixels.cut_short };
        }
        let whole = self.scale(pixels, target, enlarge);
        let rgba = cut(&whole, tile).unwrap_or_else(|| vec![u8::MAX; tile.size.bytes()]);
        Pixels { size: tile.size, rgba, source: pixels.source, cut_short: pixels.cut_short }
    }

    /// With no memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same picture at exactly another size; at its own size unchanged.
    pub fn scale(&mut self, pixels: &Pixels, target: Size, enlarge: Enlarge) -> Pixels {
        run(&mut self.resizer, &mut self.buffers, pixels, target, enlarge)
    }
}

/// The same picture at exactly another size, as [`Enlarge::Auto`] has it; at its own size unchanged.
pub fn scale(pixels: &Pixels, target: Size) -> Pixels {
    Scaler::new().scale(pixels, target, Enlarge::Auto)
}

fn run(resizer: &mut Resizer, buffers: &mut Buffers, pixels: &Pixels, target: Size, enlarge: Enlarge) -> Pixels {
    let target = Size::new(target.width.max(1), target.height.max(1));
    if target == pixels.size {
        return pixels.clone();
    }
    let mut rgba = vec![u8::MAX; target.bytes()];
    let done = if pixels.size.fits_in(target) {
        resize(resizer, pixels, target, &mut rgba, enlargement(pixels.size, target, enlarge))
    } else {
        reduce(resizer, buffers, pixels, target, &mut rgba)
    };
    debug_assert!(done.is_some(), "{} bytes are no picture of {}", pixels.rgba.len(), pixels.size);
    Pixels { size: target, rgba, source: pixels.source, cut_short: pixels.cut_short }
}

fn enlargement(from: Size, to: Size, enlarge: Enlarge) -> ResizeAlg {
    let whole = to.width.is_multiple_of(from.width.max(1)) && to.height.is_multiple_of(from.height.max(1));
    match enlarge {
        Enlarge::Auto if whole => ResizeAlg::Nearest,
        Enlarge::Nearest => ResizeAlg::Nearest,
        Enlarge::Auto | Enlarge::Lanczos => ResizeAlg::Convolution(FilterType::Lanczos3),
    }
}

/// On the sRGB values as they are. The pixels are opaque, so that alpha needs no care.
fn resize(resizer: &mut Resizer, pixels: &Pixels, target: Size, rgba: &mut [u8], by: ResizeAlg) -> Option<()> {
    let options = ResizeOptions::new().resize_alg(by).use_alpha(false);
    let source = ImageRef::new(pixels.size.width, pixels.size.height, &pixels.rgba, PixelType::U8x4).ok()?;
    let mut scaled = Image::from_slice_u8(target.width, target.height, rgba, PixelType::U8x4).ok()?;
    resizer.resize(&source, &mut scaled, &options).ok()
}

/// A part of what [`resize`] makes: pixels around it weigh in as they do there.
fn resize_part(
    resizer: &mut Resizer,
    pixels: &Pixels,
    (target, tile): (Size, Rect),
    rgba: &mut [u8],
    by: ResizeAlg,
) -> Option<()> {
    let along = |at: f64, source: u32, target: u32| at * f64::from(source) / f64::from(target);
    let (from, to) = (pixels.size, target);
    let options = ResizeOptions::new().resize_alg(by).use_alpha(false).crop(
        along(f64::from(tile.x), from.width, to.width),
        along(f64::from(tile.y), from.height, to.height),
        along(f64::from(tile.size.width), from.width, to.width),
        along(f64::from(tile.size.height), from.height, to.height),
    );
    let source = ImageRef::new(from.width, from.height, &pixels.rgba, PixelType::U8x4).ok()?;
    let mut scaled = Image::from_slice_u8(tile.size.width, tile.size.height, rgba, PixelType::U8x4).ok()?;
    resizer.resize(&source, &mut scaled, &options).ok()
}

/// A part of a picture; `None` where it does not lie within.
fn cut(pixels: &Pixels, tile: Rect) -> Option<Vec<u8>> {
    let row = pixels.size.width as usize * 4;
    let (left, top) = (usize::try_from(tile.x).ok()? * 4, usize::try_from(tile.y).ok()?);
    let width = tile.size.width as usize * 4;
    let mut rgba = Vec::with_capacity(tile.size.bytes());
    for line in top..top + tile.size.height as usize {
        rgba.extend_from_slice(pixels.rgba.get(line * row..(line + 1) * row)?.get(left..left + width)?);
    }
    Some(rgba)
}

/// In linear light, so that what is thin keeps the brightness that it has from afar. Strip by strip: a large picture in
/// 16 bits would fill no cache and much memory.
fn reduce(resizer: &mut Resizer, buffers: &mut Buffers, pixels: &Pixels, target: Size, rgba: &mut [u8]) -> Option<()> {
    let Size { width, height } = pixels.size;
    let every = f64::from(height) / f64::from(target.height);
    let margin = LOBES * every.max(1.0) + 1.0;
    let source_row = usize::try_from(width).ok()? * 4;
    let target_row = usize::try_from(target.width).ok()? * 4;
    for (from, to) in strips(width, height, target.height) {
        let (top, bottom) = (f64::from(from) * every, (f64::from(to) * every).min(f64::from(height)));
        // All source rows that weigh in, so that no seam shows between strips.
        let (first, last) = (whole(top - margin), whole((bottom + margin).ceil()).min(height));
        let (rows, scaled_rows) = (last.checked_sub(first)?, to.checked_sub(from)?);
        let source = part(&pixels.rgba, source_row, first, last)?;
        TABLES.to_light(source, &mut buffers.source);
        buffers.target.resize(target_row / 4 * usize::try_from(scaled_rows).ok()?, U16x3::default());
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).crop(
            0.0,
            top - f64::from(first),
            f64::from(width),
            bottom - top,
        );
        let light = TypedImageRef::new(width, rows, &buffers.source).ok()?;
        let mut scaled = TypedImage::from_pixels_slice(target.width, scaled_rows, &mut buffers.target).ok()?;
        resizer.resize_typed(&light, &mut scaled, &options).ok()?;
        let start = usize::try_from(from).ok()? * target_row;
        TABLES.to_srgb(&buffers.target, rgba.get_mut(start..)?);
    }
    Some(())
}

/// Rows `from..to` of the target that are made at a time.
fn strips(width: u32, height: u32, target_height: u32) -> impl Iterator<Item = (u32, u32)> {
    let bytes = u64::from(width) * u64::from(height) * 6;
    let count = u32::try_from(bytes.div_ceil(STRIP_BYTES as u64)).unwrap_or(u32::MAX).clamp(1, target_height);
    let rows = target_height.div_ceil(count);
    (0..count).map(move |strip| (strip * rows, (strip * rows + rows).min(target_height))).filter(|(from, to)| from < to)
}

fn whole(value: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
    let whole = value as u32;
    whole
}

fn part(rgba: &[u8], row: usize, first: u32, last: u32) -> Option<&[u8]> {
    rgba.get(usize::try_from(first).ok()? * row..usize::try_from(last).ok()? * row)
}

#[cfg(test)]
mod tests;

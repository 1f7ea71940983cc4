//! From a picture file to pixels, and from pixels to pixels of another size. Loader threads: reads disk, computes.

mod cmyk;
mod colour;
mod error;
mod jpeg;
mod linear;
mod pdf;
mod raster;
mod scale;
mod svg;
mod turn;

use std::io;
use std::path::Path;

use image::ImageFormat;

pub use error::{SlideError, Trouble};
pub use scale::{Scaler, scale};

use super::{Pixels, Size, artefacts};
use crate::within;

/// What a picture may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Pixels along either side.
    pub side: u32,
    /// Bytes of memory while decoding.
    pub memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 256 << 20, side: 16_384, memory_bytes: 512 << 20 }
    }
}

/// Reads a picture at its own size, by content, whatever the file is called. Transparency is laid on white.
///
/// A JPEG that is cut short gives what there is of it.
///
/// # Errors
/// [`SlideError`] where there is nothing to show, or it would cost more than `limits`.
pub fn decode(path: &Path, limits: &Limits) -> Result<Pixels, SlideError> {
    decode_at(path, limits, None)
}

/// As [`decode`], but a drawing (SVG) is drawn at the size `wanted`, where one is given; [`Pixels::source`] is its own.
///
/// # Errors
/// [`SlideError`] as there.
pub fn decode_at(path: &Path, limits: &Limits, wanted: Option<Size>) -> Result<Pixels, SlideError> {
    let decoded = read(path, limits).and_then(|bytes| match within::page(path) {
        Some((_, page)) => pdf::decode(bytes, page, limits, wanted),
        None => decode_bytes_at(&bytes, limits, wanted),
    });
    decoded.map_err(|trouble| trouble.at(path))
}

/// As [`decode_at`], with the artefacts of JPEG around text reduced where there are any.
///
/// # Errors
/// [`SlideError`] as there.
pub fn decode_clean(path: &Path, limits: &Limits, wanted: Option<Size>) -> Result<Pixels, SlideError> {
    if within::page(path).is_some() {
        return decode_at(path, limits, wanted);
    }
    let decoded = read(path, limits).and_then(|bytes| {
        let mut pixels = decode_bytes_at(&bytes, limits, wanted)?;
        artefacts::reduce(&bytes, &mut pixels);
        Ok(pixels)
    });
    decoded.map_err(|trouble| trouble.at(path))
}

/// Whether a file is a drawing, or a page, by its name: such are drawn anew at each size.
pub fn is_drawing(path: &Path) -> bool {
    let drawn = |ending: &std::ffi::OsStr| ending.eq_ignore_ascii_case("svg") || ending.eq_ignore_ascii_case("pdf");
    path.extension().is_some_and(drawn)
}

fn read(path: &Path, limits: &Limits) -> Result<Vec<u8>, Trouble> {
    let bytes = within::read(path, limits.file_bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limits.file_bytes {
        return Err(Trouble::FileTooLarge(limits.file_bytes));
    }
    Ok(bytes)
}

fn unreadable(error: io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::NotFound => Trouble::Missing,
        io::ErrorKind::InvalidInput => Trouble::NotAFile,
        _ => Trouble::Unreadable(error),
    }
}

/// As [`decode`], from the bytes of a file.
///
/// # Errors
/// [`Trouble`] as there.
pub fn decode_bytes(bytes: &[u8], limits: &Limits) -> Result<Pixels, Trouble> {
    decode_bytes_at(bytes, limits, None)
}

fn decode_bytes_at(bytes: &[u8], limits: &Limits, wanted: Option<Size>) -> Result<Pixels, Trouble> {
    if bytes.is_empty() {
        return Err(Trouble::Empty);
    }
    let pixels = match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => jpeg::decode(bytes, limits)?,
        Ok(format @ (ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif | ImageFormat::Bmp)) => {
            raster::decode(bytes, format, limits)?
        }
        Ok(_) | Err(_) if svg::is_svg(bytes) => svg::decode(bytes, limits, wanted)?,
        Ok(_) | Err(_) => return Err(Trouble::UnknownFormat),
    };
    if pixels.size.is_empty() {
        return Err(Trouble::Damaged("it has no pixels".to_owned()));
    }
    Ok(pixels)
}

fn check(size: Size, bytes_per_pixel: u64, limits: &Limits) -> Result<(), Trouble> {
    let bytes = u64::from(size.width).saturating_mul(u64::from(size.height)).saturating_mul(bytes_per_pixel);
    if size.width > limits.side || size.height > limits.side || bytes > limits.memory_bytes {
        return Err(Trouble::TooLarge(size));
    }
    Ok(())
}

/// Composes straight alpha over white, in place; opaque pixels stay as they are.
fn lay_on_white(rgba: &mut [u8]) {
    // Nearly every slide is opaque; to see that takes a fraction of the time of the loop below.
    let all = rgba.as_chunks::<4>().0.iter().fold(u32::MAX, |all, pixel| all & u32::from_le_bytes(*pixel));
    if all >> 24 == 255 {
        return;
    }
    for [red, green, blue, alpha] in rgba.as_chunks_mut::<4>().0 {
        if *alpha == u8::MAX {
            continue;
        }
        let cover = u32::from(*alpha);
        for channel in [red, green, blue] {
            let sum = u32::from(*channel) * cover + 255 * (255 - cover);
            *channel = u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX);
        }
        *alpha = u8::MAX;
    }
}

#[cfg(test)]
mod tests;

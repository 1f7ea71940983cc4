//! JPEG: colour, grey, and the four inks of print.

use image::ImageFormat;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Limits, Trouble, check, cmyk, colour, lay_on_white, raster, turn};
use crate::slides::{Pixels, Size};

/// Memory per pixel that decoding a JPEG may take: RGBA8, and three 16-bit coefficients where it is progressive.
const BYTES_PER_PIXEL: u64 = 4 + 3 * 2;
/// As above for four inks.
const INK_BYTES_PER_PIXEL: u64 = 4 + 4 * 2;

/// Straight to RGBA, in half the time of decoding to RGB and converting; the pixels are the same.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Pixels, Trouble> {
    let mut decoder = open(bytes, ColorSpace::RGBA)?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let size = Size::new(u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX));
    check(size, BYTES_PER_PIXEL, limits)?;
    let space = decoder.input_colorspace();
    if let Some(ColorSpace::YCCK | ColorSpace::CMYK) = space {
        check(size, INK_BYTES_PER_PIXEL, limits)?;
        decoder = open(bytes, space.unwrap_or(ColorSpace::CMYK))?;
    }
    let (icc, orientation) = (decoder.icc_profile(), turn::orientation(decoder.exif().map(Vec::as_slice)));
    // White, for what a file that is cut short leaves out.
    let mut rgba = vec![u8::MAX; size.bytes()];
    match space {
        Some(ColorSpace::YCbCr | ColorSpace::Luma) => {
            decoder.decode_into(&mut rgba)?;
            colour::to_srgb(&mut rgba, space == Some(ColorSpace::Luma), icc.as_deref());
            // Where the data ends in the midst of a row the decoder leaves clear pixels.
            lay_on_white(&mut rgba);
        }
        Some(ColorSpace::YCCK | ColorSpace::CMYK) => {
            decoder.decode_into(&mut rgba)?;
            if space == Some(ColorSpace::YCCK) {
                cmyk::from_ycck(&mut rgba);
            }
            colour::inks_to_srgb(&mut rgba, icc.as_deref());
        }
        _ => return raster::decode(bytes, ImageFormat::Jpeg, limits),
    }
    Ok(Pixels { cut_short: is_cut_short(bytes), ..turn::upright(size, rgba, orientation) })
}

/// Whether the end of the picture is missing: within its data both marks can only be what they mean.
fn is_cut_short(bytes: &[u8]) -> bool {
    let last = |mark: [u8; 2]| bytes.windows(2).rposition(|pair| pair == mark);
    // The end is nearly always at the end.
    let tail = &bytes[bytes.len().saturating_sub(64)..];
    let ended = tail.windows(2).any(|pair| pair == [0xff, 0xd9]);
    !ended && last([0xff, 0xd9]) < last([0xff, 0xda])
}

/// Up to the picture itself.
fn open(bytes: &[u8], to: ColorSpace) -> Result<JpegDecoder<ZCursor<&[u8]>>, Trouble> {
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(to);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers()?;
    Ok(decoder)
}

#[cfg(test)]
mod tests;

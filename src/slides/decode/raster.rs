//! PNG, WebP, GIF, BMP, and the rare kinds of JPEG.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader};

use super::{Limits, Trouble, check, colour, lay_on_white, turn};
use crate::slides::{Pixels, Size};

/// RGBA8 on white.
pub(super) fn decode(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<Pixels, Trouble> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    // The sides are checked below, where the refusal can name them.
    let mut budget = image::Limits::no_limits();
    budget.max_alloc = Some(limits.memory_bytes);
    reader.limits(budget.clone());
    let refused = |error: ImageError| {
        if !matches!(error, ImageError::Limits(_)) && is_short(bytes, format) {
            Trouble::CutShort
        } else {
            error.into()
        }
    };
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let size = Size::new(width, height);
    // Decoding yields up to eight bytes a pixel, of which RGBA8 is made beside them.
    check(size, u64::from(decoder.color_type().bytes_per_pixel()) + 4, limits)?;
    budget.reserve(decoder.total_bytes()).map_err(refused)?;
    decoder.set_limits(budget).map_err(refused)?;
    // What cannot be read of these is no reason to show nothing.
    let icc = decoder.icc_profile().ok().flatten();
    let orientation = turn::orientation(decoder.exif_metadata().ok().flatten().as_deref());
    let grey = !decoder.color_type().has_color();
    let mut rgba = DynamicImage::from_decoder(decoder).map_err(refused)?.into_rgba8().into_raw();
    colour::to_srgb(&mut rgba, grey, icc.as_deref());
    lay_on_white(&mut rgba);
    Ok(turn::upright(size, rgba, orientation))
}

/// Whether a file that was refused lacks its end, where the decoder calls that something else: a WebP shorter than its
/// header says, a GIF without its last byte.
fn is_short(bytes: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::WebP => bytes
            .get(4..8)
            .and_then(|field| <[u8; 4]>::try_from(field).ok())
            .is_none_or(|field| u64::from(u32::from_le_bytes(field)) + 8 > bytes.len() as u64),
        ImageFormat::Gif => bytes.last() != Some(&b';'),
        _ => false,
    }
}

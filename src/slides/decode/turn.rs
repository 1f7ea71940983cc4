//! Pictures that a camera or a scanner took on their side, as Exif says. Pure arithmetic.

use image::metadata::Orientation;
use image::{DynamicImage, RgbaImage};

use crate::slides::{Pixels, Size};

/// From an Exif block, with or without the name that some encoders put before it.
pub(super) fn orientation(exif: Option<&[u8]>) -> Orientation {
    exif.map(|exif| exif.strip_prefix(b"Exif\0\0").unwrap_or(exif))
        .and_then(Orientation::from_exif_chunk)
        .unwrap_or(Orientation::NoTransforms)
}

/// Upright; `rgba` must have as many pixels as `size`. The size of the source is that of the upright picture too.
pub(super) fn upright(size: Size, rgba: Vec<u8>, orientation: Orientation) -> Pixels {
    if orientation == Orientation::NoTransforms {
        return Pixels { size, rgba, source: size, cut_short: false };
    }
    let mut picture = DynamicImage::from(RgbaImage::from_raw(size.width, size.height, rgba).unwrap_or_default());
    picture.apply_orientation(orientation);
    let size = Size::new(picture.width(), picture.height());
    Pixels { size, rgba: picture.into_rgba8().into_raw(), source: size, cut_short: false }
}

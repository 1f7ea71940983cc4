//! Inks of a JPEG to colours. Pure arithmetic.

/// Brightness, two colour differences and black to four inks, in place. All as in the file: 255 is no ink.
pub(super) fn from_ycck(pixels: &mut [u8]) {
    for [y, cb, cr, _] in pixels.as_chunks_mut::<4>().0 {
        let (luma, blue, red) = (f32::from(*y), f32::from(*cb) - 128.0, f32::from(*cr) - 128.0);
        // The file's inks are the negative of the colours that these would be (ITU-T T.871).
        *y = inverse(luma + 1.402 * red);
        *cb = inverse(luma - 0.344_136 * blue - 0.714_136 * red);
        *cr = inverse(luma + 1.772 * blue);
    }
}

fn inverse(value: f32) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
    let rounded = value.round() as u8;
    255 - rounded
}

/// Four inks, 255 for none, to RGBA8, in place: what paper reflects if each ink takes away its own colour alone.
pub(super) fn to_rgba(pixels: &mut [u8]) {
    for [cyan, magenta, yellow, black] in pixels.as_chunks_mut::<4>().0 {
        for ink in [cyan, magenta, yellow] {
            let product = u16::from(*ink) * u16::from(*black);
            *ink = u8::try_from((product + 127) / 255).unwrap_or(u8::MAX);
        }
        *black = u8::MAX;
    }
}

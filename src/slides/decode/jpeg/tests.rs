//! Print inks, turned pictures and profiles in JPEG. Four-ink files are written here: nothing else at hand does.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage};
use moxcms::ColorProfile;

use super::*;

/// Blocks of 8×8 plain pixels, four values each as the file holds them, from left to right.
fn four_inks(blocks: &[[u8; 4]], transform: u8) -> Vec<u8> {
    let width = u8::try_from(blocks.len() * 8).expect("a narrow picture");
    let mut file = vec![0xff, 0xd8];
    let mut segment = |marker: u8, body: &[u8]| {
        file.extend([0xff, marker, 0, u8::try_from(body.len() + 2).expect("a short segment")]);
        file.extend(body);
    };
    segment(0xee, &[b"Adobe".as_slice(), &[0, 100, 0, 0, 0, 0, transform]].concat());
    segment(0xdb, &[[0].as_slice(), &[1; 64]].concat());
    segment(0xc0, &[8, 0, 8, 0, width, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]);
    // Twelve codes of four bits for the size of a difference, one of one bit for the end of a block.
    segment(0xc4, &[0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    segment(0xc4, &[0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    segment(0xda, &[4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
    let mut bits = String::new();
    let mut levels = [0; 4];
    for (value, last) in blocks.iter().flat_map(|block| block.iter().zip(0..4)) {
        let level = (i32::from(*value) - 128) * 8;
        let difference = level - std::mem::replace(&mut levels[last], level);
        let size = 32 - difference.unsigned_abs().leading_zeros();
        bits += &format!("{size:04b}");
        if size > 0 {
            let code = if difference < 0 { difference + (1 << size) - 1 } else { difference };
            bits += &format!("{code:0width$b}", width = size as usize);
        }
        bits.push('0');
    }
    bits.extend(std::iter::repeat_n('1', (8 - bits.len() % 8) % 8));
    for byte in bits.as_bytes().chunks(8) {
        let byte = byte.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
        file.push(byte);
        if byte == 0xff {
            file.push(0);
        }
    }
    file.extend([0xff, 0xd9]);
    file
}

fn decoded(bytes: &[u8]) -> Pixels {
    decode(bytes, &Limits::default()).expect("a picture")
}

/// The middle of each block.
fn middles(pixels: &Pixels) -> Vec<[u8; 3]> {
    let row = &pixels.rgba[(4 * pixels.size.width * 4) as usize..];
    (0..pixels.size.width as usize / 8)
        .map(|block| [0, 1, 2].map(|channel| row[(block * 8 + 4) * 4 + channel]))
        .collect()
}

#[test]
fn inks_become_colours() {
    // 255 is no ink: paper, cyan, magenta, yellow, black, half black, half of all.
    let blocks = [
        [255; 4],
        [0, 255, 255, 255],
        [255, 0, 255, 255],
        [255, 255, 0, 255],
        [255, 255, 255, 0],
        [255, 255, 255, 128],
    ];
    let pixels = decoded(&four_inks(&blocks, 0));

    assert_eq!(pixels.size, Size::new(48, 8));
    let seen = [[255, 255, 255], [0, 255, 255], [255, 0, 255], [255, 255, 0], [0, 0, 0], [128, 128, 128]];
    assert_eq!(middles(&pixels), seen);
    assert!(pixels.rgba.iter().skip(3).step_by(4).all(|alpha| *alpha == 255));
}

#[test]
fn inks_that_are_kept_as_brightness_and_colour_become_colours() {
    // The negative of white, of a red (Y 76, Cb 85, Cr 255), and half black on paper.
    let blocks = [[0, 128, 128, 255], [76, 85, 255, 255], [0, 128, 128, 128], [255, 128, 128, 255]];

    let seen = middles(&decoded(&four_inks(&blocks, 2)));

    let expected = [[255, 255, 255], [1, 255, 255], [128, 128, 128], [0, 0, 0]];
    for (seen, expected) in seen.iter().zip(expected) {
        assert!(seen.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 2), "{seen:?} is not {expected:?}");
    }
}

/// A block with no entry but the orientation.
fn exif(orientation: u8) -> Vec<u8> {
    vec![b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
}

/// Red at the left end, blue at the right.
fn long(turned: Option<u8>, icc: Option<Vec<u8>>) -> Vec<u8> {
    let picture = RgbImage::from_fn(48, 16, |x, _| if x < 24 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    if let Some(turned) = turned {
        encoder.set_exif_metadata(exif(turned)).expect("takes Exif");
    }
    if let Some(icc) = icc {
        encoder.set_icc_profile(icc).expect("takes a profile");
    }
    encoder.write_image(&picture, 48, 16, ExtendedColorType::Rgb8).expect("encodes");
    bytes.into_inner()
}

#[test]
fn a_picture_on_its_side_is_set_upright() {
    let straight = decoded(&long(None, None));
    for (orientation, size, red_at) in [
        (1, (48, 16), (0, 8)),
        (3, (48, 16), (47, 8)),
        (6, (16, 48), (8, 0)),
        (8, (16, 48), (8, 47)),
        (9, (48, 16), (0, 8)),
    ] {
        let pixels = decoded(&long(Some(orientation), None));
        assert_eq!((pixels.size, pixels.source), (Size::new(size.0, size.1), Size::new(size.0, size.1)));
        let at = (red_at.1 * size.0 + red_at.0) as usize * 4;
        assert!(pixels.rgba[at] > 200 && pixels.rgba[at + 2] < 60, "{orientation}");
        assert!(orientation != 1 || pixels == straight);
    }
}

#[test]
fn a_profile_in_several_segments_is_followed_and_srgb_changes_nothing() {
    let straight = decoded(&long(None, None));
    let srgb = ColorProfile::new_srgb().encode().expect("a profile");
    let mut wide = ColorProfile::new_display_p3().encode().expect("a profile");
    // Segments hold 64 KiB at most.
    wide.resize(150_000, 0);
    let claimed = u32::try_from(wide.len()).expect("a length").to_be_bytes();
    wide[..4].copy_from_slice(&claimed);

    assert!(decoded(&long(None, Some(srgb))) == straight);
    assert!(decoded(&long(None, Some(b"no profile at all".to_vec()))) == straight);
    let seen = decoded(&long(None, Some(wide)));
    assert!(seen != straight && seen.rgba[0] >= straight.rgba[0], "{:?}", &seen.rgba[..4]);
}

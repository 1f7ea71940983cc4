//! Files of every kind, whole and damaged.

use std::fs::File;
use std::io::Cursor;

use super::*;
use image::{
    DynamicImage, ExtendedColorType, GrayImage, ImageBuffer, ImageEncoder as _, Luma, Rgb, RgbImage, Rgba, RgbaImage,
};
use moxcms::ColorProfile;

const FORMATS: [ImageFormat; 5] =
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp];

/// Pixels that differ from their neighbours, the same each time.
fn noise(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let value = (x * 7 + y * 13) ^ (x * y);
        Rgb([0, 5, 11].map(|shift| (value >> (shift % 8)) as u8))
    })
}

fn encode(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).expect("an encoder for the fixture");
    bytes.into_inner()
}

fn decoded(bytes: &[u8]) -> Pixels {
    decode_bytes(bytes, &Limits::default()).expect("a picture")
}

fn refusal(bytes: &[u8]) -> String {
    decode_bytes(bytes, &Limits::default()).expect_err("a refusal").to_string()
}

#[test]
fn every_format_is_known_by_its_content() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in FORMATS {
        let path = folder.path().join("slide.txt");
        noise(40, 30).save_with_format(&path, format).expect("a file");

        let pixels = decode(&path, &Limits::default()).expect("a picture");

        assert_eq!((pixels.size, pixels.source), (Size::new(40, 30), Size::new(40, 30)), "{format:?}");
        assert!(pixels.rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255), "{format:?}");
    }
}

#[test]
fn a_jpeg_has_the_pixels_that_the_image_crate_gives() {
    let grey = GrayImage::from_fn(333, 77, |x, y| Luma([(x ^ y) as u8]));
    for bytes in [encode(noise(333, 77), ImageFormat::Jpeg), encode(grey, ImageFormat::Jpeg)] {
        let expected = image::load_from_memory(&bytes).expect("a picture").into_rgba8();
        assert!(decoded(&bytes).rgba == expected.into_raw());
    }
}

#[test]
fn deep_and_grey_pictures_become_eight_bit_colour() {
    let deep = ImageBuffer::from_pixel(2, 2, Rgb([0_u16, 0x8080, 0xffff]));
    let grey = GrayImage::from_pixel(2, 2, Luma([77]));

    assert_eq!(decoded(&encode(deep, ImageFormat::Png)).rgba[..4], [0, 0x80, 0xff, 0xff]);
    assert_eq!(decoded(&encode(grey, ImageFormat::Png)).rgba[..4], [77, 77, 77, 255]);
}

#[test]
fn transparency_is_laid_on_white() {
    for (pixel, seen) in [
        ([10, 20, 30, 0], [255, 255, 255, 255]),
        ([10, 20, 30, 255], [10, 20, 30, 255]),
        ([0, 100, 255, 128], [127, 177, 255, 255]),
    ] {
        let bytes = encode(RgbaImage::from_pixel(3, 3, Rgba(pixel)), ImageFormat::Png);
        assert_eq!(decoded(&bytes).rgba[..4], seen, "{pixel:?}");
    }
}

#[test]
fn a_jpeg_that_is_cut_short_shows_what_there_is() {
    let whole = encode(noise(640, 480), ImageFormat::Jpeg);

    let part = decoded(&whole[..whole.len() / 2]);

    assert!(part.cut_short && !decoded(&whole).cut_short);

    assert_eq!(part.size, Size::new(640, 480));
    let quarter = part.rgba.len() / 4;
    assert!(part.rgba[..quarter] == decoded(&whole).rgba[..quarter]);
    assert!(part.rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255));
}

#[test]
fn other_files_that_are_cut_short_say_so() {
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp] {
        let whole = encode(noise(64, 48), format);
        assert_eq!(refusal(&whole[..whole.len() / 2]), "the file is cut short", "{format:?}");
    }
    assert_eq!(refusal(&encode(noise(64, 48), ImageFormat::Jpeg)[..100]), "the file is cut short");
}

#[test]
fn what_is_no_picture_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let sentence = |path: &Path, limits: Limits| decode(path, &limits).expect_err("a refusal").to_string();
    let (slide, small) = (folder.path().join("slide.png"), Limits { file_bytes: 99, ..Limits::default() });

    let missing = sentence(&slide, Limits::default());
    noise(99, 99).save(&slide).expect("a file");

    assert_eq!(missing, format!("Cannot show the slide: the file is missing: {}", slide.display()));
    assert!(sentence(&slide, small).starts_with("Cannot show the slide: the file is larger than 0 MiB: "));
    assert!(sentence(folder.path(), small).starts_with("Cannot show the slide: it is not an ordinary file: "));
    assert_eq!(refusal(b""), "the file is empty");
    assert_eq!(refusal(b"<html>403"), "the file is not a JPEG, PNG, WebP, GIF, BMP or SVG picture");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_never_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("slide.jpg");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if made.is_ok_and(|status| status.success()) {
        let error = decode(&pipe, &Limits::default()).expect_err("a refusal");
        assert!(matches!(error.trouble, Trouble::NotAFile));
    }
}

#[test]
fn huge_claims_are_refused_before_memory_is_taken() {
    let mut png = encode(noise(8, 8), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    let mut jpeg = encode(noise(8, 8), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).expect("a frame header");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    let mut bmp = encode(noise(8, 8), ImageFormat::Bmp);
    bmp[18..26].copy_from_slice(&[0x60, 0xea, 0, 0, 0x60, 0xea, 0, 0]);
    let mut gif = encode(noise(8, 8), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff; 4]);

    assert_eq!(refusal(&png), "a picture of 16384×16384 pixels is too large");
    assert_eq!(refusal(&jpeg), "a picture of 65535×65535 pixels is too large");
    assert_eq!(refusal(&bmp), "a picture of 60000×60000 pixels is too large");
    assert_eq!(refusal(&gif), "a picture of 65535×65535 pixels is too large");
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn damaged_files_never_stop_the_decoder() {
    let limits = Limits { side: 2048, memory_bytes: 16 << 20, ..Limits::default() };
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    for format in FORMATS {
        let whole = encode(noise(24, 18), format);
        for round in 0..1000 {
            let mut bytes = whole.clone();
            for _ in 0..=random(6) {
                let at = random(bytes.len());
                bytes[at] = random(256) as u8;
            }
            if round % 4 == 0 {
                bytes.truncate(random(bytes.len()));
            }
            if let Ok(pixels) = decode_bytes(&bytes, &limits) {
                assert_eq!(pixels.rgba.len(), pixels.size.bytes());
                scale(&pixels, Size::new(7, 5));
            }
        }
    }
}

/// The picture as PNG and as lossless WebP, with a profile or an orientation.
fn with(picture: &RgbImage, icc: Option<Vec<u8>>, exif: Option<Vec<u8>>) -> [Vec<u8>; 2] {
    let (mut png, mut webp) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()));
    let mut to_png = image::codecs::png::PngEncoder::new(&mut png);
    let mut to_webp = image::codecs::webp::WebPEncoder::new_lossless(&mut webp);
    if let Some(icc) = icc {
        to_png.set_icc_profile(icc.clone()).expect("takes a profile");
        to_webp.set_icc_profile(icc).expect("takes a profile");
    }
    if let Some(exif) = exif {
        to_png.set_exif_metadata(exif.clone()).expect("takes Exif");
        to_webp.set_exif_metadata(exif).expect("takes Exif");
    }
    let (width, height) = picture.dimensions();
    to_png.write_image(picture, width, height, ExtendedColorType::Rgb8).expect("encodes");
    to_webp.write_image(picture, width, height, ExtendedColorType::Rgb8).expect("encodes");
    [png.into_inner(), webp.into_inner()]
}

#[test]
fn profiles_are_followed_and_srgb_and_bad_ones_change_nothing() {
    let picture = noise(40, 30);
    let plain = DynamicImage::from(picture.clone()).into_rgba8().into_raw();
    let icc = |profile: ColorProfile| profile.encode().expect("a profile");
    for (profile, same) in [
        (icc(ColorProfile::new_srgb()), true),
        (b"nothing of the kind".to_vec(), true),
        (icc(ColorProfile::new_display_p3()), false),
        (icc(ColorProfile::new_adobe_rgb()), false),
    ] {
        for file in with(&picture, Some(profile), None) {
            assert_eq!(decoded(&file).rgba == plain, same);
        }
    }
}

#[test]
fn a_picture_on_its_side_is_set_upright() {
    let picture = noise(40, 30);
    for orientation in 1..=8 {
        let exif = vec![b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        let mut upright = DynamicImage::from(picture.clone());
        upright.apply_orientation(image::metadata::Orientation::from_exif(orientation).expect("an orientation"));
        for file in with(&picture, None, Some(exif)) {
            let pixels = decoded(&file);
            assert_eq!(pixels.size, Size::new(upright.width(), upright.height()));
            assert!(pixels.rgba == upright.to_rgba8().into_raw(), "{orientation}");
        }
    }
}

#[test]
fn sixteen_bits_are_rounded_to_the_nearest_of_eight() {
    let deep = ImageBuffer::from_fn(256, 256, |x, y| Luma([(y * 256 + x) as u16]));
    let pixels = decoded(&encode(deep, ImageFormat::Png));
    for (value, pixel) in (0..=u16::MAX).zip(pixels.rgba.as_chunks::<4>().0) {
        let nearest = (f64::from(value) / 257.0).round() as u8;
        assert_eq!(*pixel, [nearest, nearest, nearest, 255], "{value}");
    }
}

#[test]
fn grey_with_transparency_is_laid_on_white() {
    let glass = ImageBuffer::from_pixel(3, 3, image::LumaA([0_u8, 51]));
    assert_eq!(decoded(&encode(glass, ImageFormat::Png)).rgba[..4], [204, 204, 204, 255]);
}

#[test]
fn of_a_moving_picture_the_first_frame_is_shown() {
    let mut bytes = Vec::new();
    let frames = [[255, 0, 0, 255], [0, 0, 255, 255]].map(|pixel| RgbaImage::from_pixel(8, 8, Rgba(pixel)));
    image::codecs::gif::GifEncoder::new(&mut bytes).encode_frames(frames.map(image::Frame::new)).expect("encodes");
    assert_eq!(decoded(&bytes).rgba[..4], [255, 0, 0, 255]);
}

#[test]
fn only_a_drawing_is_made_at_the_size_wanted() {
    let folder = tempfile::tempdir().expect("a folder");
    let (drawing, photo) = (folder.path().join("slide.png"), folder.path().join("slide.svg"));
    let text = "<svg xmlns='http://www.w3.org/2000/svg' width='4' height='3' viewBox='0 0 4 3'><rect width='4' height='3'/></svg>";
    std::io::Write::write_all(&mut File::create(&drawing).expect("a file"), text.as_bytes()).expect("written");
    noise(40, 30).save_with_format(&photo, ImageFormat::Png).expect("a file");
    let sizes = |path: &Path, wanted| {
        let pixels = decode_at(path, &Limits::default(), wanted).expect("a picture");
        (pixels.size, pixels.source)
    };
    let wanted = Size::new(80, 60);
    assert_eq!(sizes(&drawing, Some(wanted)), (wanted, Size::new(4, 3)));
    assert_eq!(sizes(&drawing, None), (Size::new(4, 3), Size::new(4, 3)));
    assert_eq!(sizes(&photo, Some(wanted)), (Size::new(40, 30), Size::new(40, 30)));
}

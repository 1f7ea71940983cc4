//! What a picture file is, from its first bytes: its format and its size in pixels. Nothing is decoded.
//!
//! Extensions lie (WebP saved as .jpg is common), and an error page saved as a picture must be told from a picture. A
//! picture that breaks off after its header still counts: most of it can be shown.

pub(crate) mod pages;
mod svg;

use std::fmt;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use image::metadata::Orientation;

use super::ImageFormat;
pub(crate) use svg::{length, view_box};

/// Longest chain of JPEG segments that is followed; real files have a dozen, with a large colour profile a hundred.
const MAX_SEGMENTS: usize = 2_000;

/// Longest chain of PNG or WebP chunks that is followed in search of the orientation.
const MAX_CHUNKS: usize = 500;

/// Largest Exif block that is read; a JPEG segment cannot hold more.
const MAX_EXIF: u32 = 65_536;

/// Format and size of a picture; the size as it is seen, set upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) format: ImageFormat,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Why a file is no picture; prints as the end of a sentence that begins with the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    Empty,
    Markup,
    Unknown,
    Cut,
    /// A document without such a page; why, in words.
    NoPage(String),
    Io(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is an empty file"),
            Self::Markup => f.write_str("is an error page, not a picture"),
            Self::Unknown => f.write_str("is not a picture"),
            Self::Cut => f.write_str("breaks off before the picture begins"),
            Self::NoPage(why) => write!(f, "is no page that can be shown ({why})"),
            Self::Io(why) => write!(f, "cannot be read ({why})"),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            _ => Self::Io(error.to_string()),
        }
    }
}

/// Reads as little as tells what the picture is.
pub(crate) fn header(file: impl Read + Seek) -> Result<Header, Fault> {
    let mut file = BufReader::with_capacity(2048, file);
    let mut head = Vec::with_capacity(32);
    file.by_ref().take(32).read_to_end(&mut head)?;
    let (format, size) = match head.as_slice() {
        [] => return Err(Fault::Empty),
        [0xff, 0xd8, 0xff, ..] => (ImageFormat::Jpeg, jpeg_size(&mut file)?),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => {
            (ImageFormat::Png, upright(png_size(&head), || png_exif(&mut file)))
        }
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            (ImageFormat::WebP, upright(webp_size(&head), || webp_exif(&mut file, &head)))
        }
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => (ImageFormat::Gif, gif_size(&head)),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => (ImageFormat::Bmp, bmp_size(&head)),
        other if is_markup(other) => (ImageFormat::Svg, Some(svg::size(&mut file)?.ok_or(Fault::Markup)?)),
        _ => return Err(Fault::Unknown),
    };
    match size {
        Some((width, height)) if width > 0 && height > 0 => Ok(Header { format, width, height }),
        _ => Err(Fault::Cut),
    }
}

fn is_markup(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    text.starts_with(b"<")
}

/// Walks the segments up to the frame header (ITU-T T.81, B.2.2), which holds the size. Exif stands before it.
fn jpeg_size(file: &mut BufReader<impl Read + Seek>) -> Result<Option<(u32, u32)>, Fault> {
    file.seek(SeekFrom::Start(2))?;
    let mut exif = None;
    for _ in 0..MAX_SEGMENTS {
        let mut marker = [0; 2];
        file.read_exact(&mut marker)?;
        let [prefix, mut code] = marker;
        if prefix != 0xff {
            return Ok(None);
        }
        // Any number of fill bytes may stand before a marker; far more than any encoder writes are not followed.
        for _ in 0..MAX_SEGMENTS {
            if code != 0xff {
                break;
            }
            let mut byte = [0];
            file.read_exact(&mut byte)?;
            [code] = byte;
        }
        match code {
            0x01 | 0xd0..=0xd8 => continue,
            0xd9 | 0xda | 0xff => return Ok(None),
            _ => {}
        }
        let mut length = [0; 2];
        file.read_exact(&mut length)?;
        let Some(length) = u16::from_be_bytes(length).checked_sub(2) else {
            return Ok(None);
        };
        // Baseline, extended, progressive: frames of other sorts are passed over by who decodes them, too.
        if matches!(code, 0xc0..=0xc2) {
            let mut frame = [0; 5];
            file.read_exact(&mut frame)?;
            let [_precision, h1, h0, w1, w0] = frame;
            let size = (u16::from_be_bytes([w1, w0]).into(), u16::from_be_bytes([h1, h0]).into());
            return Ok(upright(Some(size), || exif));
        }
        if code == 0xe1 {
            let mut body = vec![0; length.into()];
            file.read_exact(&mut body)?;
            // Of several the last counts, as it does for the decoder; other blocks go by the same marker.
            exif = body.strip_prefix(b"Exif\0\0").filter(|exif| !exif.is_empty()).map(<[u8]>::to_vec).or(exif);
            continue;
        }
        file.seek_relative(length.into())?;
    }
    Ok(None)
}

/// The size of the picture set upright.
fn upright(size: Option<(u32, u32)>, exif: impl FnOnce() -> Option<Vec<u8>>) -> Option<(u32, u32)> {
    let (width, height) = size?;
    let exif = exif().unwrap_or_default();
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif);
    // From the fifth on they exchange width and height.
    let on_its_side = Orientation::from_exif_chunk(exif).is_some_and(|orientation| orientation.to_exif() >= 5);
    Some(if on_its_side { (height, width) } else { (width, height) })
}

/// The Exif block before the pixels, if there is one; damage is for the decoder to find.
fn png_exif(file: &mut BufReader<impl Read + Seek>) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(8)).ok()?;
    for _ in 0..MAX_CHUNKS {
        let mut start = [0; 8];
        file.read_exact(&mut start).ok()?;
        let length = u32::from_be_bytes(bytes(&start, 0)?);
        match &start[4..] {
            b"eXIf" => return block(file, length),
            b"IDAT" | b"IEND" => return None,
            // The checksum comes after.
            _ => file.seek_relative(i64::from(length) + 4).ok()?,
        }
    }
    None
}

/// The Exif block, which mostly comes after the pixels, where the header says that there is one.
fn webp_exif(file: &mut BufReader<impl Read + Seek>, head: &[u8]) -> Option<Vec<u8>> {
    (head.get(12..16)? == b"VP8X" && head.get(20)? & 0x08 != 0).then_some(())?;
    file.seek(SeekFrom::Start(12)).ok()?;
    for _ in 0..MAX_CHUNKS {
        let mut start = [0; 8];
        file.read_exact(&mut start).ok()?;
        let length = u32::from_le_bytes(bytes(&start, 4)?);
        if start.starts_with(b"EXIF") {
            return block(file, length);
        }
        // Chunks begin at even places.
        file.seek_relative(i64::from(length) + i64::from(length % 2)).ok()?;
    }
    None
}

fn block(file: &mut BufReader<impl Read + Seek>, length: u32) -> Option<Vec<u8>> {
    let mut block = Vec::new();
    file.take(length.min(MAX_EXIF).into()).read_to_end(&mut block).ok()?;
    Some(block)
}

/// The first chunk is always IHDR, and it begins with the size.
fn png_size(head: &[u8]) -> Option<(u32, u32)> {
    (head.get(12..16)? == b"IHDR").then_some(())?;
    Some((u32::from_be_bytes(bytes(head, 16)?), u32::from_be_bytes(bytes(head, 20)?)))
}

/// The three kinds of first chunk (RFC 9649): lossy, lossless, extended.
fn webp_size(head: &[u8]) -> Option<(u32, u32)> {
    match head.get(12..16)? {
        b"VP8 " => {
            (head.get(23..26)? == [0x9d, 0x01, 0x2a]).then_some(())?;
            let side = |at| Some(u32::from(u16::from_le_bytes(bytes(head, at)?) & 0x3fff));
            Some((side(26)?, side(28)?))
        }
        b"VP8L" => {
            (*head.get(20)? == 0x2f).then_some(())?;
            let bits = u32::from_le_bytes(bytes(head, 21)?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => {
            let side = |at| {
                let [low, mid, high] = bytes(head, at)?;
                Some(u32::from_le_bytes([low, mid, high, 0]) + 1)
            };
            Some((side(24)?, side(27)?))
        }
        _ => None,
    }
}

fn gif_size(head: &[u8]) -> Option<(u32, u32)> {
    Some((u16::from_le_bytes(bytes(head, 6)?).into(), u16::from_le_bytes(bytes(head, 8)?).into()))
}

/// The height is negative where the rows run from the top down.
fn bmp_size(head: &[u8]) -> Option<(u32, u32)> {
    if u32::from_le_bytes(bytes(head, 14)?) == 12 {
        return Some((u16::from_le_bytes(bytes(head, 18)?).into(), u16::from_le_bytes(bytes(head, 20)?).into()));
    }
    let width = i32::from_le_bytes(bytes(head, 18)?);
    let height = i32::from_le_bytes(bytes(head, 22)?);
    Some((u32::try_from(width).ok()?, height.unsigned_abs()))
}

fn bytes<const N: usize>(from: &[u8], at: usize) -> Option<[u8; N]> {
    from.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::{Prng, mutate};
    use image::{DynamicImage, ExtendedColorType, ImageEncoder as _};
    use std::io::Cursor;

    const FORMATS: [(ImageFormat, image::ImageFormat); 5] = [
        (ImageFormat::Jpeg, image::ImageFormat::Jpeg),
        (ImageFormat::Png, image::ImageFormat::Png),
        (ImageFormat::WebP, image::ImageFormat::WebP),
        (ImageFormat::Gif, image::ImageFormat::Gif),
        (ImageFormat::Bmp, image::ImageFormat::Bmp),
    ];

    fn encoded(format: image::ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut out, format).expect("encodes");
        out.into_inner()
    }

    fn read(bytes: &[u8]) -> Result<Header, Fault> {
        header(Cursor::new(bytes))
    }

    #[test]
    fn format_and_size_come_from_the_bytes_for_every_format() {
        for (format, encoder) in FORMATS {
            for (width, height) in [(1, 1), (300, 7), (1024, 576)] {
                assert_eq!(read(&encoded(encoder, width, height)), Ok(Header { format, width, height }), "{format:?}");
            }
        }
    }

    #[test]
    fn lossy_and_extended_webp_are_measured_too() {
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x00\x05\xd0\x02";
        assert_eq!(read(lossy).map(|h| (h.width, h.height)), Ok((1280, 720)));
        let extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x04\x00\xcf\x02\x00";
        assert_eq!(read(extended).map(|h| (h.width, h.height)), Ok((1280, 720)));
    }

    #[test]
    fn a_jpeg_with_a_long_preamble_is_measured() {
        let mut out = Vec::new();
        let mut encoder = image::codecs::jpeg::JpegEncoder::new(&mut out);
        encoder.set_icc_profile(vec![7; 300_000]).expect("takes a profile");
        encoder.write_image(&[0; 40 * 30 * 3], 40, 30, ExtendedColorType::Rgb8).expect("encodes");
        assert_eq!(read(&out), Ok(Header { format: ImageFormat::Jpeg, width: 40, height: 30 }));
    }

    /// An encoder of each format that can say how the picture is turned; the block has no other entry.
    fn turned(format: image::ImageFormat, orientation: u8) -> Vec<u8> {
        let exif = [b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[orientation, 0, 0, 0, 0, 0, 0]];
        let (mut out, exif, pixels) = (Cursor::new(Vec::new()), exif.concat(), [0; 40 * 30 * 3]);
        let kind = ExtendedColorType::Rgb8;
        macro_rules! encode {
            ($encoder:expr) => {{
                let mut encoder = $encoder;
                encoder.set_exif_metadata(exif).expect("takes Exif");
                encoder.write_image(&pixels, 40, 30, kind).expect("encodes");
            }};
        }
        match format {
            image::ImageFormat::Png => encode!(image::codecs::png::PngEncoder::new(&mut out)),
            image::ImageFormat::WebP => encode!(image::codecs::webp::WebPEncoder::new_lossless(&mut out)),
            _ => encode!(image::codecs::jpeg::JpegEncoder::new(&mut out)),
        }
        out.into_inner()
    }

    #[test]
    fn a_picture_on_its_side_has_the_size_that_it_has_upright() {
        for (format, encoder) in FORMATS.into_iter().take(3) {
            for orientation in 0..=9 {
                let (width, height) = if (5..=8).contains(&orientation) { (30, 40) } else { (40, 30) };
                let file = turned(encoder, orientation);
                assert_eq!(read(&file), Ok(Header { format, width, height }), "{format:?}, {orientation}");
            }
        }
    }

    #[test]
    fn a_picture_that_breaks_off_after_its_header_is_usable_and_before_is_not() {
        for ((format, encoder), before) in FORMATS.into_iter().zip([12, 20, 15, 9, 20]) {
            let whole = encoded(encoder, 640, 360);
            assert_eq!(read(&whole[..before]), Err(Fault::Cut), "{format:?}");
            let half = read(&whole[..whole.len() * 9 / 10]);
            assert_eq!(half.map(|header| (header.width, header.height)), Ok((640, 360)), "{format:?}");
        }
    }

    #[test]
    fn what_is_no_picture_is_told_apart() {
        assert_eq!(read(b""), Err(Fault::Empty));
        assert_eq!(read(b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"), Err(Fault::Markup));
        assert_eq!(read(b"\xef\xbb\xbf\n <!DOCTYPE html><html></html>"), Err(Fault::Markup));
        assert_eq!(read(b"just some text"), Err(Fault::Unknown));
        assert_eq!(read(b"BM is how this text begins"), Err(Fault::Unknown));
    }

    #[test]
    fn damaged_headers_never_panic_and_never_give_an_empty_picture() {
        let mut prng = Prng::new(11);
        let turned = FORMATS.into_iter().take(3).map(|(_, encoder)| turned(encoder, 6));
        for whole in FORMATS.into_iter().map(|(_, encoder)| encoded(encoder, 33, 21)).chain(turned) {
            for _ in 0..2_000 {
                if let Ok(header) = read(&mutate(&whole, &mut prng)) {
                    assert!(header.width > 0 && header.height > 0);
                }
            }
        }
    }
}

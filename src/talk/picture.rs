//! What a picture file is, from its first bytes: its format and its size in pixels. Nothing is decoded.
//!
//! Extensions lie (WebP saved as .jpg is common), and an error page saved as a picture must be told from a picture. A
//! picture that breaks off after its header still counts: most of it can be shown.

use std::fmt;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::ImageFormat;

/// Longest chain of JPEG segments that is followed; real files have a dozen, with a large colour profile a hundred.
const MAX_SEGMENTS: usize = 2_000;

/// Format and size of a picture.
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
    Io(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is an empty file"),
            Self::Markup => f.write_str("is an error page, not a picture"),
            Self::Unknown => f.write_str("is not a picture"),
            Self::Cut => f.write_str("breaks off before the picture begins"),
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
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => (ImageFormat::Png, png_size(&head)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => (ImageFormat::WebP, webp_size(&head)),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => (ImageFormat::Gif, gif_size(&head)),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => (ImageFormat::Bmp, bmp_size(&head)),
        other if is_markup(other) => return Err(Fault::Markup),
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

/// Walks the segments up to the frame header (ITU-T T.81, B.2.2), which holds the size.
fn jpeg_size(file: &mut BufReader<impl Read + Seek>) -> Result<Option<(u32, u32)>, Fault> {
    file.seek(SeekFrom::Start(2))?;
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
        if matches!(code, 0xc0..=0xcf) && !matches!(code, 0xc4 | 0xc8 | 0xcc) {
            let mut frame = [0; 5];
            file.read_exact(&mut frame)?;
            let [_precision, h1, h0, w1, w0] = frame;
            return Ok(Some((u16::from_be_bytes([w1, w0]).into(), u16::from_be_bytes([h1, h0]).into())));
        }
        file.seek_relative(length.into())?;
    }
    Ok(None)
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
        for (_, encoder) in FORMATS {
            let whole = encoded(encoder, 33, 21);
            for _ in 0..2_000 {
                if let Ok(header) = read(&mutate(&whole, &mut prng)) {
                    assert!(header.width > 0 && header.height > 0);
                }
            }
        }
    }
}

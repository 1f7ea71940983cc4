//! From a picture file to pixels, and from pixels to pixels of another size. Loader threads: reads disk, computes.

use std::error::Error as _;
use std::fs::File;
use std::io::{self, Cursor, Read as _};
use std::path::{Path, PathBuf};

use fast_image_resize as fir;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Pixels, Size};

/// Memory per pixel that decoding a JPEG may take: RGBA8, and three 16-bit coefficients where it is progressive.
const JPEG_BYTES_PER_PIXEL: u64 = 4 + 3 * 2;

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

/// A slide cannot be shown.
#[derive(Debug, thiserror::Error)]
#[error("Cannot show the slide: {trouble}: {}", .path.display())]
pub struct SlideError {
    /// Why.
    pub trouble: Trouble,
    /// The slide's file.
    pub path: PathBuf,
}

/// Why a slide cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is no such file.
    #[error("the file is missing")]
    Missing,
    /// A folder, a pipe, a device.
    #[error("it is not an ordinary file")]
    NotAFile,
    /// The system does not hand the file over.
    #[error("the file cannot be read ({0})")]
    Unreadable(#[source] io::Error),
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// More bytes than [`Limits::file_bytes`].
    #[error("the file is larger than {} MiB", .0 >> 20)]
    FileTooLarge(u64),
    /// By its first bytes.
    #[error("the file is not a JPEG, PNG, WebP, GIF or BMP picture")]
    UnknownFormat,
    /// Beyond [`Limits::side`] or [`Limits::memory_bytes`].
    #[error("a picture of {0} pixels is too large")]
    TooLarge(Size),
    /// Beyond [`Limits::memory_bytes`] in a way that only decoding shows.
    #[error("decoding the picture takes too much memory")]
    TooMuchMemory,
    /// The file ends before the picture does.
    #[error("the file is cut short")]
    CutShort,
    /// The decoder's reason.
    #[error("the file is damaged ({0})")]
    Damaged(String),
    /// The decoder gave up in a way it should not.
    #[error("the file is damaged (it stopped the decoder)")]
    DecoderStopped,
}

impl Trouble {
    pub(super) fn at(self, path: &Path) -> SlideError {
        SlideError { trouble: self, path: path.to_owned() }
    }
}

/// Reads a picture at its own size, by content, whatever the file is called. Transparency is laid on white.
///
/// A JPEG that is cut short gives what there is of it.
///
/// # Errors
/// [`SlideError`] where there is nothing to show, or it would cost more than `limits`.
pub fn decode(path: &Path, limits: &Limits) -> Result<Pixels, SlideError> {
    read(path, limits).and_then(|bytes| decode_bytes(&bytes, limits)).map_err(|trouble| trouble.at(path))
}

fn read(path: &Path, limits: &Limits) -> Result<Vec<u8>, Trouble> {
    // Ask before opening: opening a pipe would wait for somebody to write into it.
    let metadata = path.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Trouble::NotAFile);
    }
    let mut bytes = Vec::new();
    if metadata.len() <= limits.file_bytes {
        // One byte more, so that a file that has grown since is noticed.
        let capacity = usize::try_from(metadata.len()).unwrap_or(0);
        bytes.reserve_exact(capacity + 1);
        let file = File::open(path).map_err(unreadable)?;
        file.take(limits.file_bytes + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if metadata.len() > limits.file_bytes || bytes.len() as u64 > limits.file_bytes {
        return Err(Trouble::FileTooLarge(limits.file_bytes));
    }
    Ok(bytes)
}

fn unreadable(error: io::Error) -> Trouble {
    if error.kind() == io::ErrorKind::NotFound { Trouble::Missing } else { Trouble::Unreadable(error) }
}

/// As [`decode`], from the bytes of a file.
///
/// # Errors
/// [`Trouble`] as there.
pub fn decode_bytes(bytes: &[u8], limits: &Limits) -> Result<Pixels, Trouble> {
    if bytes.is_empty() {
        return Err(Trouble::Empty);
    }
    let pixels = match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => decode_jpeg(bytes, limits)?,
        Ok(format @ (ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif | ImageFormat::Bmp)) => {
            decode_any(bytes, format, limits)?
        }
        Ok(_) | Err(_) => return Err(Trouble::UnknownFormat),
    };
    if pixels.size.is_empty() {
        return Err(Trouble::Damaged("it has no pixels".to_owned()));
    }
    Ok(pixels)
}

/// Straight to RGBA, in half the time of decoding to RGB and converting; the pixels are the same.
fn decode_jpeg(bytes: &[u8], limits: &Limits) -> Result<Pixels, Trouble> {
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(from_jpeg)?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let size = Size::new(u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX));
    check(size, JPEG_BYTES_PER_PIXEL, limits)?;
    match decoder.input_colorspace() {
        Some(ColorSpace::YCbCr | ColorSpace::Luma | ColorSpace::YCCK | ColorSpace::CMYK) => {}
        _ => return decode_any(bytes, ImageFormat::Jpeg, limits),
    }
    // White, for what a file that is cut short leaves out.
    let mut rgba = vec![u8::MAX; size.bytes()];
    decoder.decode_into(&mut rgba).map_err(from_jpeg)?;
    // Where the data ends in the midst of a row the decoder leaves clear pixels.
    lay_on_white(&mut rgba);
    Ok(Pixels { size, rgba, source: size })
}

fn from_jpeg(error: DecodeErrors) -> Trouble {
    match error {
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => Trouble::CutShort,
        error => Trouble::Damaged(error.to_string()),
    }
}

fn decode_any(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<Pixels, Trouble> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    // The sides are checked below, where the refusal can name them.
    let mut budget = image::Limits::no_limits();
    budget.max_alloc = Some(limits.memory_bytes);
    reader.limits(budget.clone());
    let refused = |error| {
        if !matches!(error, ImageError::Limits(_)) && is_short(bytes, format) {
            Trouble::CutShort
        } else {
            from_image(&error)
        }
    };
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let size = Size::new(width, height);
    // Decoding yields up to eight bytes a pixel, of which RGBA8 is made beside them.
    check(size, u64::from(decoder.color_type().bytes_per_pixel()) + 4, limits)?;
    budget.reserve(decoder.total_bytes()).map_err(refused)?;
    decoder.set_limits(budget).map_err(refused)?;
    let mut rgba = DynamicImage::from_decoder(decoder).map_err(refused)?.into_rgba8().into_raw();
    lay_on_white(&mut rgba);
    Ok(Pixels { size, rgba, source: size })
}

fn check(size: Size, bytes_per_pixel: u64, limits: &Limits) -> Result<(), Trouble> {
    let bytes = u64::from(size.width).saturating_mul(u64::from(size.height)).saturating_mul(bytes_per_pixel);
    if size.width > limits.side || size.height > limits.side || bytes > limits.memory_bytes {
        return Err(Trouble::TooLarge(size));
    }
    Ok(())
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

fn from_image(error: &ImageError) -> Trouble {
    if matches!(error, ImageError::Limits(_)) {
        return Trouble::TooMuchMemory;
    }
    if let ImageError::IoError(io) = error
        && io.kind() == io::ErrorKind::UnexpectedEof
    {
        return Trouble::CutShort;
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::UnexpectedEof) {
            return Trouble::CutShort;
        }
        cause = inner.source();
    }
    Trouble::Damaged(error.to_string())
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

/// The same picture at exactly another size, by Lanczos' filter with three lobes; at its own size unchanged.
pub fn scale(pixels: &Pixels, target: Size) -> Pixels {
    scale_with(&mut fir::Resizer::new(), pixels, target)
}

/// As [`scale`], with the working memory of earlier calls.
pub(super) fn scale_with(resizer: &mut fir::Resizer, pixels: &Pixels, target: Size) -> Pixels {
    let target = Size::new(target.width.max(1), target.height.max(1));
    if target == pixels.size {
        return pixels.clone();
    }
    let mut rgba = vec![u8::MAX; target.bytes()];
    // The pixels are opaque, so that alpha needs no care.
    let options =
        fir::ResizeOptions::new().resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Lanczos3)).use_alpha(false);
    let Size { width, height } = pixels.size;
    let done = fir::images::ImageRef::new(width, height, &pixels.rgba, fir::PixelType::U8x4).is_ok_and(|source| {
        fir::images::Image::from_slice_u8(target.width, target.height, &mut rgba, fir::PixelType::U8x4)
            .is_ok_and(|mut scaled| resizer.resize(&source, &mut scaled, &options).is_ok())
    });
    debug_assert!(done, "{} bytes are no picture of {}", pixels.rgba.len(), pixels.size);
    Pixels { size: target, rgba, source: pixels.source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, ImageBuffer, Luma, Rgb, RgbImage, Rgba, RgbaImage};

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
        assert_eq!(refusal(b"<html>403"), "the file is not a JPEG, PNG, WebP, GIF or BMP picture");
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

    #[test]
    fn a_picture_at_its_own_size_is_left_alone() {
        let pixels = decoded(&encode(noise(61, 47), ImageFormat::Png));
        assert!(scale(&pixels, pixels.size) == pixels);
        assert!(pixels.rgba == DynamicImage::from(noise(61, 47)).into_rgba8().into_raw());
    }

    #[test]
    fn a_plain_picture_stays_plain_at_any_size() {
        for value in [0_u8, 1, 127, 254, 255] {
            let bytes = encode(RgbImage::from_pixel(97, 61, Rgb([value; 3])), ImageFormat::Png);
            for size in [Size::new(1, 1), Size::new(50, 61), Size::new(33, 17), Size::new(301, 200)] {
                let scaled = scale(&decoded(&bytes), size);
                assert_eq!((scaled.size, scaled.source, scaled.rgba.len()), (size, Size::new(97, 61), size.bytes()));
                assert!(scaled.rgba.as_chunks::<4>().0.iter().all(|pixel| *pixel == [value, value, value, 255]));
            }
        }
    }

    #[test]
    fn lines_of_one_pixel_survive_the_reduction() {
        let chart = RgbImage::from_fn(1920, 1080, |x, y| Rgb([if x % 23 == 7 || y % 19 == 5 { 0 } else { 255 }; 3]));
        let pixels = decoded(&encode(chart, ImageFormat::Png));
        for (size, least) in [(Size::new(1500, 844), 120), (Size::new(960, 540), 80), (Size::new(640, 360), 55)] {
            let scaled = scale(&pixels, size);
            let at = |x: u32, y: u32| scaled.rgba[((y * size.width + x) * 4) as usize];
            let (middle_x, middle_y) = (lines(1080, size.height, 19, 14), lines(1920, size.width, 23, 18));
            for x in lines(1920, size.width, 23, 7) {
                let darkest = (x.saturating_sub(1)..=x + 1).map(|x| at(x, middle_x[3])).min().unwrap_or(255);
                assert!(255 - darkest > least, "{size}: upright line at {x} is {darkest}");
            }
            for y in lines(1080, size.height, 19, 5) {
                let darkest = (y.saturating_sub(1)..=y + 1).map(|y| at(middle_y[3], y)).min().unwrap_or(255);
                assert!(255 - darkest > least, "{size}: level line at {y} is {darkest}");
            }
        }
    }

    /// Where the pixels `first`, `first + every` ... of a side come to lie when it is scaled.
    fn lines(whole: u32, scaled: u32, every: u32, first: u32) -> Vec<u32> {
        (0..(whole - first) / every).map(|number| (2 * (first + number * every) + 1) * scaled / (2 * whole)).collect()
    }
}

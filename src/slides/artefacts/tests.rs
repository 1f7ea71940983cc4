//! What reducing artefacts does to pictures whose originals are known.

use super::super::Size;
use super::*;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage};

/// A small generator, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// Lines of letter-like strokes, a third of a pixel fine, in these colours.
fn text(width: u32, height: u32, ground: [u8; 3], inks: &[[u8; 3]]) -> RgbImage {
    const FINE: u32 = 3;
    let mut random = Random(7);
    let mut ink = vec![None; (width * FINE * height * FINE) as usize];
    let mut top = 24;
    while top + 60 < height * FINE {
        let size = 24 + random.below(30) as u32;
        let colour = inks[random.below(inks.len())];
        let mut left = 18;
        while left + size < width * FINE - 18 {
            for _ in 0..2 + random.below(3) {
                let (x, y) = (random.below(size as usize / 2) as u32, random.below(size as usize / 2) as u32);
                let (across, down) = [(size / 2, 4), (4, size / 2), (4, size / 3)][random.below(3)];
                let slant = random.below(2) as u32;
                for j in 0..down {
                    for i in 0..across {
                        let at = (top + y + j) * width * FINE + left + x + i + slant * j / 3;
                        ink[at as usize] = Some(colour);
                    }
                }
            }
            left += size * 3 / 4 + if random.below(6) == 0 { size / 2 } else { 0 };
        }
        top += size * 7 / 4;
    }
    RgbImage::from_fn(width, height, |x, y| {
        let mut sums = [0_u32; 3];
        for at in 0..FINE * FINE {
            let (i, j) = (x * FINE + at % FINE, y * FINE + at / FINE);
            let colour = ink[(j * width * FINE + i) as usize].unwrap_or(ground);
            sums = std::array::from_fn(|channel| sums[channel] + u32::from(colour[channel]));
        }
        Rgb(sums.map(|sum| (sum / (FINE * FINE)) as u8))
    })
}

/// A grid, curves a pixel wide, and bars.
fn chart(width: u32, height: u32) -> RgbImage {
    let colours = [[31, 119, 180], [255, 127, 14], [44, 160, 44], [214, 39, 40]];
    RgbImage::from_fn(width, height, |x, y| {
        if x > width / 2 && x % 24 < 14 && y > height - 20 - (x / 24 * 37) % (height / 2) && y < height - 16 {
            return Rgb(colours[(x / 24) as usize % 4]);
        }
        for (number, colour) in colours.iter().enumerate() {
            let phase = x as f32 / (9.0 + 4.0 * number as f32);
            let level = height as f32 * (0.25 + 0.12 * number as f32) + phase.sin() * 14.0;
            if x < width / 2 && (y as f32 - level).abs() < 1.2 {
                return Rgb(*colour);
            }
        }
        Rgb(if y % 30 == 7 { [210; 3] } else { [255; 3] })
    })
}

/// Noise of several sizes, like ground seen from above.
fn photo(width: u32, height: u32) -> RgbImage {
    let mut random = Random(3);
    let lattice: Vec<f32> = (0..64 * 64).map(|_| random.below(1000) as f32 / 1000.0).collect();
    let noise = |x: f32, y: f32| {
        let at = |i: u32, j: u32| lattice[((j % 64) * 64 + i % 64) as usize];
        let (i, j, u, v) = (x as u32, y as u32, x.fract(), y.fract());
        (at(i, j) * (1.0 - u) + at(i + 1, j) * u) * (1.0 - v) + (at(i, j + 1) * (1.0 - u) + at(i + 1, j + 1) * u) * v
    };
    RgbImage::from_fn(width, height, |x, y| {
        let value: f32 = (0..5)
            .map(|octave| {
                let scale = 2.0_f32.powi(octave) / 40.0;
                noise(x as f32 * scale, y as f32 * scale) * 0.75_f32.powi(octave)
            })
            .sum();
        Rgb([70.0, 62.0, 48.0].map(|gain: f32| (value * gain) as u8))
    })
}

fn jpeg(picture: impl Into<DynamicImage>, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.into().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).expect("an encoder");
    bytes
}

fn pixels(picture: impl Into<DynamicImage>) -> Pixels {
    let rgba = picture.into().into_rgba8();
    let size = Size::new(rgba.width(), rgba.height());
    Pixels { size, rgba: rgba.into_raw(), source: size, cut_short: false }
}

fn decoded(jpeg: &[u8]) -> Pixels {
    pixels(image::load_from_memory(jpeg).expect("a picture"))
}

/// Peak signal-to-noise ratio, in decibels.
fn psnr(original: &Pixels, other: &Pixels) -> f64 {
    let squares: f64 = original.rgba.iter().zip(&other.rgba).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    // A quarter of the samples is alpha.
    10.0 * (255.0 * 255.0 / (squares / (original.rgba.len() as f64 * 0.75))).log10()
}

/// By how much reducing brings the picture nearer to its original, in decibels.
fn gain(original: impl Into<DynamicImage> + Clone, quality: u8) -> f64 {
    let file = jpeg(original.clone(), quality);
    let original = pixels(original);
    let before = decoded(&file);
    let mut after = decoded(&file);
    assert!(reduce(&file, &mut after), "refused at quality {quality}");
    assert_eq!((after.size, after.source), (before.size, before.source));
    assert!(after.rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255));
    psnr(&original, &after) - psnr(&original, &before)
}

#[test]
fn text_comes_nearer_to_its_original_at_every_quality() {
    let black = text(333, 250, [255; 3], &[[0; 3]]);
    let coloured = text(320, 240, [250, 248, 240], &[[200, 20, 20], [0, 90, 170], [20, 120, 40]]);
    let dark = text(320, 240, [18, 32, 58], &[[255; 3], [255, 200, 60]]);
    for (name, picture) in [("black", black), ("coloured", coloured), ("dark", dark)] {
        for quality in [50, 60, 75, 85, 92] {
            let gain = gain(picture.clone(), quality);
            assert!(gain > 0.4, "{name} at {quality}: {gain:.2} dB");
        }
    }
}

#[test]
fn charts_come_nearer_to_their_originals_at_every_quality() {
    for quality in [50, 60, 75, 85, 92] {
        let gain = gain(chart(400, 300), quality);
        assert!(gain > 0.3, "at {quality}: {gain:.2} dB");
    }
}

#[test]
fn grey_text_comes_nearer_to_its_original() {
    let grey = DynamicImage::from(text(200, 160, [255; 3], &[[30; 3]])).into_luma8();
    let gain = gain(grey, 70);
    assert!(gain > 0.4, "{gain:.2} dB");
}

#[test]
fn a_photograph_is_hardly_changed() {
    for quality in [50, 75, 85, 92] {
        let gain = gain(photo(320, 240), quality);
        assert!(gain > -0.02, "at {quality}: {gain:.3} dB");
    }
}

/// The file with headers that say that colour has half as many samples each way.
fn subsampled(mut file: Vec<u8>) -> Vec<u8> {
    let frame = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame");
    file[frame + 11] = 0x22;
    file
}

#[test]
fn bands_leave_no_seams() {
    // As high as three bands and a bit, worked on in bands and in one piece.
    let picture = text(96, 3 * BAND as u32 + 21, [255; 3], &[[20, 20, 120], [190, 30, 20]]);
    let file = jpeg(picture, 60);
    let pixels = decoded(&file);
    for file in [file.clone(), subsampled(file)] {
        let mut banded = pixels.clone();
        assert!(reduce(&file, &mut banded));
        let header = header::read(&file).expect("headers");
        let mut whole = pixels.clone();
        Worker::with_band(&header, 4 * BAND).expect("something to gain").run(&mut whole.rgba);
        assert!(whole.rgba == banded.rgba);
        assert!(whole.rgba != pixels.rgba);
    }
}

#[test]
fn subsampled_colour_gets_back_the_shape_of_its_letters() {
    let original = text(320, 240, [255; 3], &[[210, 30, 30]]);
    let mut planes = [Plane::new(320, 240), Plane::new(320, 240)];
    let sharp = |x: u32, y: u32| (f32::from(original[(x, y)][1]) - 30.0) / -3.0 + 75.0;
    for y in 0..240 {
        for x in 0..320 {
            let at = planes[0].at(x as usize, y as usize);
            planes[0].samples[at] = luma_of(&[original[(x, y)][0], original[(x, y)][1], original[(x, y)][2], 255]);
            let (i, j) = (x & !1, y & !1);
            planes[1].samples[at] =
                [(i, j), (i + 1, j), (i, j + 1), (i + 1, j + 1)].map(|(x, y)| sharp(x, y)).iter().sum::<f32>() / 4.0;
        }
    }
    let error = |plane: &Plane| -> f32 {
        let places = (0..240).flat_map(|y| (0..320).map(move |x| (x, y)));
        places.map(|(x, y)| (plane.samples[plane.at(x, y)] - sharp(x as u32, y as u32)).powi(2)).sum()
    };
    let [luma, chroma] = &mut planes;
    let before = error(chroma);
    let coding = chroma::Coding::new(2, 2, &[[4.0; 8]; 8]).expect("a subsampling that is known");
    let mut errors = luma::Errors::default();
    errors.estimate(luma, &[[4.0; 8]; 8]);
    chroma::restore(luma, chroma, &errors, coding, &mut chroma::Scratch::default());
    assert!(error(chroma) < before / 2.0, "{} of {before}", error(chroma));
}

#[test]
fn what_is_not_known_is_refused_and_left_as_it_is() {
    let picture = chart(64, 48);
    let file = jpeg(picture.clone(), 70);
    let mut png = Vec::new();
    DynamicImage::from(picture.clone())
        .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)
        .expect("a file");
    let marker = |code: u8| file.windows(2).position(|pair| pair == [0xFF, code]).expect("a marker");
    let patched = |at: usize, value: u8| {
        let mut bytes = file.clone();
        bytes[at] = value;
        bytes
    };
    let refused = [
        ("nothing", Vec::new()),
        ("another format", png),
        ("cut short", file[..marker(0xDA)].to_vec()),
        ("arithmetic coding", patched(marker(0xC0) + 1, 0xC9)),
        ("lossless", patched(marker(0xC0) + 1, 0xC3)),
        ("twelve bits", patched(marker(0xC0) + 4, 12)),
        ("another height", patched(marker(0xC0) + 6, 47)),
        ("a table that is not there", patched(marker(0xC0) + 12, 3)),
        ("a step of zero", patched(marker(0xDB) + 5, 0)),
        ("steps too fine", jpeg(picture.clone(), 100)),
    ];
    for (name, bytes) in refused {
        let mut left = pixels(picture.clone());
        assert!(!reduce(&bytes, &mut left), "{name}");
        assert!(left == pixels(picture.clone()), "{name}");
    }
    let mut other = pixels(chart(48, 64));
    assert!(!reduce(&file, &mut other));
}

#[test]
fn no_file_however_damaged_is_too_much() {
    let mut random = Random(11);
    let grey = GrayImage::from_fn(37, 29, |x, y| Luma([if (x ^ y) & 4 == 0 { 255 } else { 40 }]));
    for file in [jpeg(chart(37, 29), 60), jpeg(grey, 60), subsampled(jpeg(chart(37, 29), 60))] {
        let headers = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).expect("a scan");
        let fresh = decoded(&file);
        let mut applied = 0;
        for _ in 0..1500 {
            let mut bytes = file.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(headers);
                bytes[at] = [0, 0xFF, 1, random.below(256) as u8][random.below(4)];
            }
            if random.below(4) == 0 {
                bytes.truncate(random.below(bytes.len()));
            }
            let mut pixels = fresh.clone();
            let done = reduce(&bytes, &mut pixels);
            applied += usize::from(done);
            assert!(done || pixels == fresh);
            assert_eq!(pixels.rgba.len(), fresh.rgba.len());
            assert!(pixels.rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255));
        }
        assert!(applied > 100, "{applied} of 1500 files got as far as the pixels");
    }
}

#[test]
fn pictures_of_any_small_size_are_taken() {
    for (width, height) in [(1, 1), (1, 40), (7, 3), (8, 8), (17, 16), (200, 1), (15, 129), (3, 300)] {
        let picture = RgbImage::from_fn(width, height, |x, y| Rgb([if (x + y) % 3 == 0 { 0 } else { 255 }; 3]));
        let file = jpeg(picture, 50);
        let mut pixels = decoded(&file);
        assert!(reduce(&file, &mut pixels), "{width}×{height}");
        assert!(reduce(&subsampled(file), &mut pixels), "{width}×{height}, subsampled");
    }
}

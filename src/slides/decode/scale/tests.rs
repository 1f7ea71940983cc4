//! Charts of thin lines and letters at every reduction, plain colours, squares.

use std::sync::LazyLock;

use super::*;
use crate::slides::decode::linear;

/// The chart's extent: a multiple of no pitch, so that every place of a line between two pixels occurs.
const SIDE: u32 = 200;

fn picture(size: Size, colour: impl Fn(u32, u32) -> [u8; 3]) -> Pixels {
    let places = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
    let rgba = places.flat_map(|(x, y)| {
        let [red, green, blue] = colour(x, y);
        [red, green, blue, 255]
    });
    Pixels { size, rgba: rgba.collect(), source: size, cut_short: false }
}

fn grey(size: Size, value: impl Fn(u32, u32) -> u8) -> Pixels {
    picture(size, |x, y| [value(x, y); 3])
}

static LIGHT: LazyLock<Vec<f64>> =
    LazyLock::new(|| (0..=255).map(|value| linear::decode(f64::from(value) / 255.0)).collect());

/// The light of the red channel, from 0 to 1.
fn light(pixels: &Pixels) -> Vec<f64> {
    pixels.rgba.iter().step_by(4).map(|value| LIGHT[usize::from(*value)]).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Upright lines (or level ones) of one pixel at a pitch; the chart is a single row (or column).
fn lines(pitch: u32, upright: bool, line: u8, ground: u8) -> Pixels {
    let size = if upright { Size::new(SIDE, 1) } else { Size::new(1, SIDE) };
    grey(size, |x, y| if (x + y) % pitch == pitch / 2 { line } else { ground })
}

/// The light along a reduction of such a chart.
fn profile(chart: &Pixels, upright: bool, percent: u32) -> Vec<f64> {
    let length = SIDE * percent / 100;
    light(&scale(chart, if upright { Size::new(length, 1) } else { Size::new(1, length) }))
}

/// The larger share of a line's light that falls into one pixel of the target.
fn share(middle: f64, width: f64) -> f64 {
    let (start, end) = (middle - width / 2.0, middle + width / 2.0);
    let edge = end.floor();
    if edge <= start { width } else { (edge - start).max(end - edge) }
}

/// How far the line whose middle is at `middle` stands out from what lies on both sides of it.
fn contrast(depth: &[f64], middle: f64, pitch: f64) -> f64 {
    let at = middle as usize;
    let peak = (at - 1..=at + 1).max_by(|a, b| depth[*a].total_cmp(&depth[*b])).expect("a pixel");
    let reach = (pitch / 2.0).round() as usize + 1;
    let lowest = |range: &[f64]| range.iter().copied().fold(f64::INFINITY, f64::min);
    let (left, right) = (lowest(&depth[peak.saturating_sub(reach)..peak]), lowest(&depth[peak..][1..=reach]));
    depth[peak] - left.max(right)
}

#[test]
fn every_thin_line_remains_at_every_reduction() {
    let mut least = (f64::INFINITY, String::new());
    for (pitch, percent) in (5..=20).flat_map(|pitch| (25..=99).map(move |percent| (pitch, percent))) {
        let factor = f64::from(SIDE * percent / 100) / f64::from(SIDE);
        let scaled_pitch = f64::from(pitch) * factor;
        // Lines that would be closer than two pixels cannot be shown as lines, by anything.
        if scaled_pitch < 2.4 {
            continue;
        }
        for (upright, line) in [(true, 0), (false, 0), (true, 255), (false, 255)] {
            let seen = profile(&lines(pitch, upright, line, 255 - line), upright, percent);
            let depth: Vec<f64> = seen.iter().map(|light| if line == 0 { 1.0 - light } else { *light }).collect();
            for number in 1..SIDE / pitch - 1 {
                let middle = (f64::from(number * pitch + pitch / 2) + 0.5) * factor;
                let part = contrast(&depth, middle, scaled_pitch) / share(middle, factor);
                if part < least.0 {
                    least = (part, format!("line {number} of value {line}, pitch {pitch}, {percent} %, {upright}"));
                }
            }
        }
    }
    assert!(least.0 >= 0.6, "{least:?}");
}

/// Strokes of one and two pixels in cells like small letters.
fn letters(ink: u8, paper: u8) -> Pixels {
    grey(Size::new(240, 120), |x, y| {
        let (column, row) = (x % 7, y % 12);
        let stroke = match (x / 7 * 5 + y / 12 * 3) % 4 {
            0 => column == 1 || row == 2 && column < 5,
            1 => column == row / 2 || column == 4,
            2 => row == 3 || row == 7 || column == 2,
            _ => column + row / 2 == 5 || column == 1,
        };
        if stroke && row < 9 && column < 6 { ink } else { paper }
    })
}

#[test]
fn the_mean_light_is_kept() {
    // What would be darker than black or whiter than white beside a line cannot be shown, which leaves a trace there.
    for (ink, paper, most) in [(60, 180, 0.004), (200, 90, 0.004), (0, 255, 0.06), (255, 0, 0.06)] {
        for chart in (5..=20).map(|pitch| lines(pitch, true, ink, paper)).chain([letters(ink, paper)]) {
            let own = mean(&light(&chart));
            for percent in 25..=99 {
                let size = Size::new(chart.size.width * percent / 100, chart.size.height);
                let change = (mean(&light(&scale(&chart, size))) - own).abs();
                assert!(change < most, "{ink} on {paper}, {percent} %: {change}");
            }
        }
    }
}

#[test]
fn half_the_pixels_white_is_half_the_light() {
    let dither = grey(Size::new(64, 64), |x, y| if (x + y) % 2 == 0 { 255 } else { 0 });
    let scaled = scale(&dither, Size::new(16, 16));
    let middle = scaled.rgba[(8 * 16 + 8) * 4];
    assert!((186..=190).contains(&middle), "{middle}");
}

#[test]
fn a_plain_picture_stays_plain_at_any_size() {
    let sizes = [(1, 1), (50, 61), (33, 17), (96, 61), (97, 60), (301, 200), (194, 122), (40, 90)];
    for value in 0..=255 {
        let plain = picture(Size::new(97, 61), |_, _| [value, 255 - value, 77]);
        for size in sizes.map(|(width, height)| Size::new(width, height)) {
            let scaled = scale(&plain, size);
            assert_eq!((scaled.size, scaled.source, scaled.rgba.len()), (size, Size::new(97, 61), size.bytes()));
            let same = |pixel: &[u8; 4]| *pixel == [value, 255 - value, 77, 255];
            assert!(scaled.rgba.as_chunks::<4>().0.iter().all(same), "{value} at {size}");
        }
    }
}

#[test]
fn strips_leave_no_seam() {
    let tall = grey(Size::new(600, 3000), |x, y| ((x * 7) ^ (y * 13) ^ (x * y / 5)) as u8);
    let target = Size::new(311, 1777);
    let mut whole = vec![255; target.bytes()];

    let scaled = scale(&tall, target);

    let mut source = Vec::new();
    TABLES.to_light(&tall.rgba, &mut source);
    let mut light = vec![U16x3::default(); 311 * 1777];
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    let source = TypedImageRef::new(600, 3000, &source).expect("an image");
    let mut image = TypedImage::from_pixels_slice(311, 1777, &mut light).expect("an image");
    Resizer::new().resize_typed(&source, &mut image, &options).expect("a reduction");
    TABLES.to_srgb(&light, &mut whole);
    assert!(strips(600, 3000, 1777).count() > 1);
    let furthest = scaled.rgba.iter().zip(&whole).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(furthest <= Some(1), "{furthest:?}");
}

#[test]
fn strips_cover_the_target_once() {
    for (width, height, target) in [(1, 1, 1), (1920, 1080, 605), (3840, 2160, 810), (16_000, 16_000, 3), (9, 9000, 7)]
    {
        let ends: Vec<_> = strips(width, height, target).collect();
        assert_eq!((ends[0].0, ends[ends.len() - 1].1), (0, target));
        assert!(ends.windows(2).all(|pair| pair[0].1 == pair[1].0), "{ends:?}");
    }
}

#[test]
fn whole_multiples_are_squares_and_other_enlargements_are_smooth() {
    let small = grey(Size::new(9, 7), |x, y| if (x + y) % 3 == 0 { 250 } else { 20 });
    let squares = |pixels: &Pixels, factor: u32| {
        let at = |pixels: &Pixels, x, y| pixels.rgba[((y * pixels.size.width + x) * 4) as usize];
        let places = (0..pixels.size.height).flat_map(|y| (0..pixels.size.width).map(move |x| (x, y)));
        places.into_iter().all(|(x, y)| at(pixels, x, y) == at(&small, x / factor, y / factor))
    };
    let mut scaler = Scaler::new();
    for factor in 2..=5 {
        let size = Size::new(9 * factor, 7 * factor);
        assert!(squares(&scale(&small, size), factor), "{factor}");
        assert!(squares(&scaler.scale(&small, size, Enlarge::Nearest), factor), "{factor}");
        assert!(!squares(&scaler.scale(&small, size, Enlarge::Lanczos), factor), "{factor}");
    }
    let odd = Size::new(13, 11);
    let (auto, lanczos) = (scale(&small, odd), scaler.scale(&small, odd, Enlarge::Lanczos));
    assert!(auto == lanczos);
    assert!(auto.rgba.iter().any(|value| ![20, 250, 255].contains(value)));
    assert!(scaler.scale(&small, odd, Enlarge::Nearest).rgba.iter().all(|value| [20, 250, 255].contains(value)));
}

#[test]
fn a_scaler_gives_the_same_pixels_whatever_it_did_before() {
    let chart = lines(7, true, 0, 255);
    let mut scaler = Scaler::new();
    for size in [Size::new(150, 1), Size::new(20, 1), Size::new(400, 2), Size::new(199, 3)] {
        assert!(scaler.scale(&chart, size, Enlarge::Auto) == scale(&chart, size), "{size}");
    }
    assert!(scaler.scale(&chart, chart.size, Enlarge::Auto) == chart);
}

#[test]
fn a_part_is_what_it_is_in_the_whole() {
    let size = Size::new(60, 40);
    let rgba: Vec<u8> =
        (0..size.bytes()).map(|at| if at % 4 == 3 { 255 } else { ((at * at / 7) % 251) as u8 }).collect();
    let source = Pixels { size, rgba, source: size, cut_short: false };
    let mut scaler = Scaler::new();
    for (target, enlarge) in [
        (Size::new(240, 160), Enlarge::Auto),
        (Size::new(240, 160), Enlarge::Lanczos),
        (Size::new(223, 149), Enlarge::Auto),
        (Size::new(223, 149), Enlarge::Nearest),
        (Size::new(60, 40), Enlarge::Auto),
        (Size::new(45, 30), Enlarge::Auto),
    ] {
        let whole = scaler.scale(&source, target, enlarge);
        for (x, y, width, height) in [(0, 0, 30, 20), (7, 9, 30, 20), (15, 10, 30, 20)] {
            let tile = Rect::new(x, y, Size::new(width, height));
            let part = scaler.part(&source, target, tile, enlarge);
            let wanted = cut(&whole, tile).expect("lies within");
            let off = part.rgba.iter().zip(&wanted).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(off <= Some(1), "{target} {enlarge:?} {tile:?}: {off:?}");
            assert_eq!((part.size, part.rgba.len()), (tile.size, wanted.len()));
        }
    }
}

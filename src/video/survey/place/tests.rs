use super::*;
use crate::testing::mutate::Prng;
use crate::time::MediaTime;

/// Lines of words under a heading, dark on bright or bright on dark, and something coloured.
fn slide(seed: u64, size: (u32, u32)) -> Still {
    let mut dice = Prng::new(seed);
    let mut roll = |below: usize| dice.below(below);
    let (paper, ink) = if roll(2) == 0 { (245, 40) } else { (30, 220) };
    let mut grey = vec![paper; GRID.0 * GRID.1];
    let mut fill = |left: usize, top: usize, width: usize, height: usize, value: u8| {
        for row in grey.chunks_exact_mut(GRID.0).skip(top).take(height) {
            row.iter_mut().skip(left).take(width).for_each(|pixel| *pixel = value);
        }
    };
    fill(6, 4, 20 + roll(50), 5, ink);
    for line in 0..3 + roll(4) {
        fill(8, 14 + line * 6, 10 + roll(60), 2, ink);
    }
    fill(50 + roll(20), 20 + roll(12), 12 + roll(20), 10 + roll(15), 120);
    Still { from: MediaTime::ZERO, grey, size }
}

/// A field with somebody who moves in front of something, and a slide in a place: left, top, width and height in its pixels.
fn picture(seed: u64, slide: &Still, place: (usize, usize, usize, usize), contrast: f64) -> Vec<u8> {
    let mut dice = Prng::new(seed);
    let mut field: Vec<u8> = (0..FIELD.0 * FIELD.1)
        .map(|at| u8::try_from(50 + (at % FIELD.0) / 4 + dice.below(8)).expect("a byte"))
        .collect();
    let (left, top) = (dice.below(300), dice.below(150));
    for row in field.chunks_exact_mut(FIELD.0).skip(top).take(60) {
        row.iter_mut().skip(left).take(70).for_each(|pixel| *pixel = 180);
    }
    let (left, top, width, height) = place;
    for y in 0..height {
        for x in 0..width {
            let from = slide.grey[(y * GRID.1 / height) * GRID.0 + x * GRID.0 / width];
            let value = 128.0 + (f64::from(from) - 128.0) * contrast;
            field[(top + y) * FIELD.0 + left + x] = value.round() as u8;
        }
    }
    field
}

fn found(place: impl Fn(usize) -> Option<(usize, usize, usize, usize)>, size: (u32, u32), contrast: f64) -> Vec<Part> {
    let slides: Vec<Still> = (0..12).map(|seed| slide(seed + 40, size)).collect();
    let mut finder = Finder::new((1280, 720));
    for (at, one) in slides.iter().enumerate() {
        let seed = u64::try_from(at).expect("small");
        // Where the slide is not shown, there is somebody who tells another one.
        let other = slide(seed + 900, size);
        let grey = match place(at) {
            Some(place) => picture(seed, one, place, contrast),
            None => picture(seed, &other, (0, 0, 10, 10), contrast),
        };
        finder.see(at, &grey);
    }
    finder.find(&slides)
}

/// In pixels of the field, to a tenth.
fn pixels(part: &Part) -> [f64; 4] {
    let scaled = |length: u32, whole: usize| {
        let pixels = f64::from(length) / f64::from(Part::WHOLE) * f64::from(u32::try_from(whole).expect("small"));
        (pixels * 10.0).round() / 10.0
    };
    [scaled(part.left, FIELD.0), scaled(part.top, FIELD.1), scaled(part.width, FIELD.0), scaled(part.height, FIELD.1)]
}

fn is_close(part: &Part, (left, top, width, height): (usize, usize, usize, usize)) -> bool {
    let expected = [left, top, width, height].map(|length| f64::from(u32::try_from(length).expect("small")));
    pixels(part).iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= 1.0)
}

#[test]
fn a_slide_beside_the_speaker_is_found_to_the_pixel() {
    for place in [(12, 40, 240, 135), (140, 8, 230, 129), (200, 100, 120, 68), (0, 0, 300, 169), (20, 11, 344, 194)] {
        let parts = found(|_| Some(place), (1280, 720), 1.0);
        assert!(parts.len() == 1 && is_close(&parts[0], place), "{place:?}: {parts:?}");
    }
    // Of another shape than the video: between bars, and beside the speaker.
    for place in [(48, 0, 288, 216), (10, 30, 180, 135)] {
        let parts = found(|_| Some(place), (1024, 768), 1.0);
        assert!(parts.len() == 1 && is_close(&parts[0], place), "{place:?}: {parts:?}");
    }
}

#[test]
fn a_slide_in_a_darker_recording_is_found() {
    let place = (12, 40, 240, 135);
    let parts = found(|_| Some(place), (1280, 720), 0.86);
    assert!(parts.len() == 1 && is_close(&parts[0], place), "{parts:?}");
}

#[test]
fn a_slide_in_two_places_one_after_the_other_is_found_in_both() {
    let (first, second) = ((12, 40, 240, 135), (150, 20, 192, 108));
    let parts = found(|at| Some(if at < 7 { first } else { second }), (1280, 720), 1.0);
    assert!(parts.len() == 2 && is_close(&parts[0], first) && is_close(&parts[1], second), "{parts:?}");
    // The speaker alone in between, and the slide as the whole picture.
    let whole = (0, 0, FIELD.0, FIELD.1);
    let place = |at: usize| (!at.is_multiple_of(3)).then_some(if at < 5 { whole } else { second });
    let parts = found(place, (1280, 720), 1.0);
    assert!(parts.len() == 1 && is_close(&parts[0], second), "{parts:?}");
}

#[test]
fn what_is_no_slide_as_it_was_made_is_no_place() {
    assert_eq!(found(|_| None, (1280, 720), 1.0), [], "a room");
    assert_eq!(found(|at| (at == 3).then_some((12, 40, 240, 135)), (1280, 720), 1.0), [], "once is chance");
    assert_eq!(found(|_| Some((60, 40, 200, 113)), (1280, 720), 0.4), [], "a wall that a camera sees");
    assert_eq!(found(|_| Some((0, 0, FIELD.0, FIELD.1)), (1280, 720), 1.0), [], "the whole is no part");
    assert_eq!(Finder::new((0, 0)).find(&[]), []);
}

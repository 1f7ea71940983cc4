use super::*;
use crate::testing::mutate::Prng;
use crate::video::survey::GRID;

const FRAME: i64 = 40;

fn ms(millis: i64) -> MediaTime {
    MediaTime::from_millis(millis)
}

fn slide(seed: u64) -> Vec<u8> {
    let mut dice = Prng::new(seed);
    let (across, down) = GRID;
    let blocks: Vec<u8> = (0..60).map(|_| u8::try_from(dice.below(256)).expect("a byte")).collect();
    (0..across * down).map(|at| blocks[(at / across / 9) * 10 + at % across * 10 / across]).collect()
}

fn still(from: i64, seed: u64) -> Still {
    Still { from: ms(from), grey: slide(seed), size: (1280, 720) }
}

/// Two slides of ten seconds; of the first, a box goes across from 3 to 5 s.
fn seen(draw: impl Fn(i64, &mut Vec<u8>)) -> Vec<(i64, i64)> {
    let stills = vec![still(0, 1), still(10_000, 2)];
    let mut detector = Detector::new(stills.clone(), false);
    for frame in 0..500 {
        let at = frame * FRAME;
        let mut grey = stills[usize::from(at >= 10_000)].grey.clone();
        draw(at, &mut grey);
        detector.see(Span { from: ms(at), until: Some(ms(at + FRAME)) }, &grey, false);
    }
    detector.found().0.into_iter().map(|(from, until)| (from / 1_000_000, until / 1_000_000)).collect()
}

fn cover(grey: &mut [u8], at: i64) {
    let left = usize::try_from((at / FRAME) % 80).expect("small");
    for row in grey.chunks_exact_mut(GRID.0).skip(10).take(10) {
        row[left..left + 10].iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
    }
}

#[test]
fn what_moves_on_a_slide_is_found_to_the_picture() {
    let found = seen(|at, grey| {
        if (3_000..5_000).contains(&at) {
            cover(grey, at);
        }
    });
    // From the first picture that is another until the first that is the slide's own has been shown.
    assert_eq!(found, [(3_000, 5_040)]);
}

/// Somebody in a corner, who never stands quite still.
fn put_camera(grey: &mut [u8], at: i64) {
    let mut dice = Prng::new(u64::try_from(at / 80).expect("small") + 1);
    for row in grey.chunks_exact_mut(GRID.0).skip(36) {
        row[72..].iter_mut().for_each(|pixel| *pixel = u8::try_from(dice.below(256)).expect("a byte"));
    }
}

#[test]
fn a_camera_in_a_corner_of_the_slide_is_no_motion_and_hides_none() {
    let found = seen(|at, grey| {
        if (3_000..5_000).contains(&at) {
            cover(grey, at);
        }
        put_camera(grey, at);
    });
    assert_eq!(found, [(3_000, 5_040)]);
    assert_eq!(seen(|at, grey| put_camera(grey, at)), []);
    // Somebody who moves slowly, and is mostly dark.
    let slow = |at: i64, grey: &mut Vec<u8>| {
        for (row, pixels) in grey.chunks_exact_mut(GRID.0).enumerate().skip(34) {
            for (column, pixel) in pixels.iter_mut().enumerate().skip(68) {
                let place = i64::try_from(row + 2 * column).expect("small") - at / 400;
                *pixel = u8::try_from(place.rem_euclid(12) * 10).expect("a byte");
            }
        }
    };
    let found = seen(|at, grey| {
        if (3_000..5_000).contains(&at) {
            cover(grey, at);
        }
        slow(at, grey);
    });
    assert_eq!(found, [(3_000, 5_040)]);
    // Of one slide alone, too, where it moves for long enough.
    let mut detector = Detector::new(vec![still(0, 1)], false);
    for frame in 0..1_000 {
        let (at, mut grey) = (frame * FRAME, slide(1));
        if (24_000..26_000).contains(&at) {
            cover(&mut grey, at);
        }
        put_camera(&mut grey, at);
        detector.see(Span { from: ms(at), until: Some(ms(at + FRAME)) }, &grey, false);
    }
    assert_eq!(detector.found().0, [(24_000_000_000, 26_040_000_000)]);
}

#[test]
fn at_a_glance_a_slide_is_known_beside_a_camera_and_a_room_is_none() {
    let share = |draw: &dyn Fn(i64) -> Vec<u8>| {
        let mut detector = Detector::new(vec![still(0, 1)], false);
        (0..20).for_each(|at| detector.glance(ms(at * 2_000), &draw(at * 2_000)));
        detector.share_of_slides()
    };
    let beside = share(&|at| {
        let mut grey = slide(1);
        put_camera(&mut grey, at);
        grey
    });
    assert!(beside > 0.9, "{beside}");
    let room = share(&|at| slide(u64::try_from(at).expect("small") + 2));
    assert!(room < 0.02, "{room}");
}

#[test]
fn a_slide_that_changes_or_gets_a_line_more_does_not_move() {
    assert_eq!(seen(|_, _| {}), []);
    let line = seen(|at, grey| {
        if (4_000..10_000).contains(&at) {
            grey[GRID.0 * 20..GRID.0 * 22].fill(0);
        }
    });
    assert_eq!(line, []);
    let (first, second) = (slide(1), slide(2));
    let fade = seen(|at, grey| {
        if (9_600..10_400).contains(&at) {
            let part = (at - 9_600) as i32;
            for ((to, a), b) in grey.iter_mut().zip(&first).zip(&second) {
                *to = u8::try_from((i32::from(*a) * (800 - part) + i32::from(*b) * part) / 800).expect("a byte");
            }
        }
    });
    assert_eq!(fade, []);
}

#[test]
fn a_camera_on_the_speaker_is_no_slide_that_moves() {
    let found = seen(|at, grey| {
        let mut dice = Prng::new(u64::try_from(at / 400).expect("small"));
        grey.iter_mut().for_each(|pixel| *pixel = u8::try_from(60 + dice.below(60)).expect("a byte"));
    });
    assert_eq!(found, []);
}

/// Somebody before a wall, where the camera goes; who moves all the time.
fn speaker(grey: &mut [u8], at: i64) {
    let left = usize::try_from(30 + (at / FRAME) % 20).expect("small");
    for (row, pixels) in grey.chunks_exact_mut(GRID.0).enumerate() {
        for (column, pixel) in pixels.iter_mut().enumerate() {
            let body = row > 12 && (left..left + 24).contains(&column);
            *pixel = if body { 205 } else { u8::try_from(60 + row + column / 2).expect("a byte") };
        }
    }
}

#[test]
fn where_the_slide_is_left_for_the_speaker_nothing_moves_on_it() {
    // Three slides of 20 seconds.
    let seconds = |sure: bool, cuts: &[(i64, i64)]| {
        let stills: Vec<Still> = (0..3).map(|at| still(at * 20_000, 1 + at.unsigned_abs())).collect();
        let mut detector = Detector::new(stills.clone(), sure);
        for frame in 0..1_500 {
            let at = frame * FRAME;
            let mut grey = stills[usize::try_from(at / 20_000).expect("small")].grey.clone();
            if cuts.iter().any(|(from, until)| (from * 1_000..until * 1_000).contains(&at)) {
                speaker(&mut grey, at);
            }
            detector.see(Span { from: ms(at), until: Some(ms(at + FRAME)) }, &grey, false);
        }
        detector.found().0.len()
    };
    assert_eq!(seconds(false, &[(17, 23)]), 0, "over a change of the slide");
    assert_eq!(seconds(false, &[(5, 8), (26, 29)]), 0, "again during another slide");
    assert_eq!(seconds(false, &[(5, 8)]), 1, "once, during one slide: a film on it");
    assert_eq!(seconds(true, &[(5, 8), (26, 29)]), 2, "a video that shows nothing but slides shows no speaker");
}

#[test]
fn a_cutaway_that_follows_on_motion_is_cut_off_from_it() {
    let stills = [still(0, 1), still(30_000, 2), still(60_000, 3)];
    let mut detector = Detector::new(stills.to_vec(), false);
    for frame in 0..2_250 {
        let at = frame * FRAME;
        let mut grey = stills[usize::try_from(at / 30_000).expect("small")].grey.clone();
        let second = at / 1_000 % 30;
        if second >= 24 {
            speaker(&mut grey, at);
        } else if second >= 20 {
            cover(&mut grey, at);
        }
        detector.see(Span { from: ms(at), until: Some(ms(at + FRAME)) }, &grey, second >= 24);
    }
    let found: Vec<_> =
        detector.found().0.into_iter().map(|(from, until)| (from / 1_000_000, until / 1_000_000)).collect();
    assert_eq!(found, [(20_000, 24_000), (50_000, 54_000), (80_000, 84_000)]);
}

#[test]
fn slow_motion_is_found_at_any_number_of_pictures() {
    for frame in [20, 40, 80] {
        let mut detector = Detector::new(vec![still(0, 1)], false);
        for number in 0..20_000 / frame {
            let at = number * frame;
            let mut grey = slide(1);
            if (5_000..9_000).contains(&at) {
                // Something gets brighter and darker by 100 in a second.
                let phase = (at - 5_000) % 2_000;
                let value =
                    u8::try_from(60 + (if phase < 1_000 { phase } else { 2_000 - phase }) / 10).expect("a byte");
                for row in grey.chunks_exact_mut(GRID.0).skip(20).take(20) {
                    row[30..60].fill(value);
                }
            }
            detector.see(Span { from: ms(at), until: Some(ms(at + frame)) }, &grey, false);
        }
        let found = detector.found().0;
        assert!(found.len() == 1, "{frame}: {found:?}");
        let (from, until) = (found[0].0 / 1_000_000, found[0].1 / 1_000_000);
        assert!((4_900..5_200).contains(&from) && (8_900..9_200).contains(&until), "{frame}: {from} to {until}");
    }
}

#[test]
fn a_camera_that_adjusts_itself_is_no_motion() {
    let found = seen(|at, grey| {
        // A tenth brighter and darker in four seconds.
        let swing = (at % 4_000 - 2_000).abs() - 1_000;
        grey.iter_mut().for_each(|pixel| {
            let value = i64::from(*pixel) * (10_000 + swing) / 10_000;
            *pixel = u8::try_from(value.min(255)).expect("a byte");
        });
    });
    assert_eq!(found, []);
}

#[test]
fn a_picture_that_stays_for_long_does_not_move_for_long() {
    let mut detector = Detector::new(vec![still(0, 1)], false);
    // Pictures come only when something changes.
    let times: Vec<i64> = [0, 1_000, 2_000].into_iter().chain((3_000..=5_000).step_by(40)).chain([15_000]).collect();
    for pair in times.windows(2) {
        let (at, next) = (pair[0], pair[1]);
        let mut grey = slide(1);
        if (3_000..5_000).contains(&at) {
            cover(&mut grey, at);
        }
        detector.see(Span { from: ms(at), until: Some(ms(next)) }, &grey, false);
    }
    let found = detector.found().0;
    assert!(found.len() == 1 && found[0].0 == 3_000_000_000 && found[0].1 < 5_300_000_000, "{found:?}");
}

#[test]
fn noise_of_compression_and_a_pointer_are_passed_over() {
    let found = seen(|at, grey| {
        let mut dice = Prng::new(u64::try_from(at).expect("small"));
        for pixel in grey.iter_mut() {
            *pixel = pixel.saturating_add(u8::try_from(dice.below(5)).expect("a byte"));
        }
        grey[usize::try_from(at / FRAME).expect("small")] ^= 0x80;
    });
    assert_eq!(found, []);
}

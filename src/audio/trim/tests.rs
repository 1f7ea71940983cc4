use super::*;
use proptest::prelude::*;

const RATE: u32 = 1000;

fn ms(millis: i64) -> MediaTime {
    MediaTime::from_millis(millis)
}

fn pause(start: i64, end: i64) -> Pause {
    Pause { start: ms(start), end: ms(end) }
}

fn cuts(spans: &[(i64, i64)]) -> Arc<Cuts> {
    Arc::new(Cuts(spans.iter().map(|(from, to)| (ms(*from), ms(*to))).collect()))
}

/// What is heard of a sound whose every frame is its own number, from `from` to `length`, in pieces of `piece` frames.
fn heard(cuts: &Arc<Cuts>, from: i64, length: i64, piece: usize) -> (Vec<f32>, Trimmer) {
    let mut trimmer = Trimmer::new(RATE, 1);
    trimmer.seek(0);
    trimmer.set(cuts);
    trimmer.seek(from);
    let sound: Vec<f32> = (from..length).map(|frame| frame as f32).collect();
    let mut out = Vec::new();
    for piece in sound.chunks(piece) {
        trimmer.process(piece, &mut out);
    }
    trimmer.finish(&mut out);
    (out, trimmer)
}

#[test]
fn what_is_cut_is_gone_and_the_rest_is_where_it_is_said_to_be() {
    let cuts = cuts(&[(500, 900), (1_200, 1_800)]);
    for piece in [1, 7, 100, 5_000] {
        let (out, trimmer) = heard(&cuts, 0, 3_000, piece);
        assert_eq!(out.len(), 3_000 - 400 - 600, "{piece}");
        for (at, sample) in out.iter().enumerate() {
            let source = trimmer.source_frame(at as f64);
            let joining = [(500, 1), (800, 2)].iter().any(|(join, _)| (join - 12..*join).contains(&(at as i64)));
            assert!(
                joining || (f64::from(*sample) - source).abs() < 1e-3,
                "{piece}: {at} is {sample}, said to be {source}"
            );
        }
    }
}

#[test]
fn a_join_goes_over_without_a_jump() {
    let (flat, cuts) = (vec![0.5; 2_000], cuts(&[(500, 900)]));
    let mut trimmer = Trimmer::new(RATE, 1);
    trimmer.set(&cuts);
    trimmer.seek(0);
    let mut out = Vec::new();
    trimmer.process(&flat, &mut out);
    assert_eq!(out.len(), 1_600);
    assert!(out.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.1), "{:?}", &out[480..510]);
    assert!(out.iter().all(|sample| (0.49..=0.72).contains(sample)));
}

#[test]
fn a_viewer_who_goes_into_a_pause_hears_where_that_is_and_then_the_next_word() {
    let (out, trimmer) = heard(&cuts(&[(500, 5_000)]), 2_000, 6_000, 64);
    assert_eq!(out[..100], (2_000..2_100).map(|frame| frame as f32).collect::<Vec<_>>());
    assert_eq!(out.len(), 150 + 1_000);
    assert_eq!(trimmer.source_frame(out.len() as f64), 4_000.0);
}

#[test]
fn cuts_may_change_at_any_time_and_a_sound_may_end_anywhere() {
    let mut trimmer = Trimmer::new(RATE, 2);
    let sound: Vec<f32> = (0..8_000).map(|n| (n / 2) as f32).collect();
    let mut out = Vec::new();
    trimmer.seek(0);
    for (at, piece) in sound.chunks(30).enumerate() {
        trimmer.set(&cuts(if at % 3 == 0 { &[(1_000, 3_000)] } else { &[(500, 700), (2_000, 2_500)] }));
        trimmer.process(piece, &mut out);
    }
    trimmer.finish(&mut out);
    assert_eq!(out.len() % 2, 0);
    assert_eq!(trimmer.source_frame(out.len() as f64 / 2.0), 4_000.0);
    for end in [400, 490, 495, 500, 600, 890, 895] {
        let (out, _) = heard(&cuts(&[(500, 900)]), 0, end, 16);
        assert!(out.len() >= end.min(500) as usize - 12, "{end}: {}", out.len());
    }
}

#[test]
fn pauses_shrink_in_proportion_and_never_to_nothing() {
    let rest = |percent, millis| Strength::of(percent).rest(ms(millis)).millis();
    assert_eq!((rest(0, 300), rest(0, 4_000)), (300, 4_000));
    assert!(rest(60, 500) < 500 && rest(60, 2_000) > rest(60, 1_000) && rest(60, 2_000) < 2_000);
    assert_eq!((rest(100, 90), rest(100, 60_000)), (90, 100));
}

#[test]
fn every_slide_stays_long_enough_to_be_seen() {
    let slides: Vec<MediaTime> = [0, 1_000, 1_500, 1_700, 9_000].map(ms).into();
    let pauses = [pause(300, 8_500)];
    let cuts = Cuts::of(&pauses, Strength::of(100), &slides, ms(400));
    for pair in slides.windows(2) {
        let (there, seen) = (pair[1] - pair[0], cuts.span(pair[0], pair[1]));
        assert!(seen >= there.min(ms(400)), "{pair:?}: {seen:?} in {cuts:?}");
    }
    assert!(cuts.removed(MediaTime::ZERO, ms(9_000)) > MediaTime::ZERO);
}

proptest! {
    #[test]
    fn cuts_stay_apart_and_within_their_pauses_whatever_the_slides(
        lengths in prop::collection::vec((0_i64..2_000, 0_i64..4_000), 0..12),
        slides in prop::collection::vec(0_i64..40_000, 0..20),
        percent in 0_u8..=100,
        least in 0_i64..2_000,
    ) {
        let (mut pauses, mut at) = (Vec::new(), 0);
        for (speech, quiet) in lengths {
            pauses.push(pause(at + speech, at + speech + quiet));
            at += speech + quiet;
        }
        let mut slides: Vec<MediaTime> = slides.into_iter().map(ms).collect();
        slides.sort();
        let cuts = Cuts::of(&pauses, Strength::of(percent), &slides, ms(least));
        for cut in cuts.spans() {
            prop_assert!(cut.0 < cut.1 && pauses.iter().any(|pause| pause.start < cut.0 && cut.1 < pause.end));
        }
        prop_assert!(cuts.spans().windows(2).all(|pair| pair[0].1 <= pair[1].0));
        for pair in slides.windows(2) {
            prop_assert!(cuts.span(pair[0], pair[1]) >= (pair[1] - pair[0]).min(ms(least)));
        }
        let (out, trimmer) = heard(&Arc::new(cuts.clone()), 0, at, 37);
        let removed = cuts.removed(MediaTime::ZERO, ms(at)).millis();
        // Both ends of a cut are rounded to a frame.
        prop_assert!((at - out.len() as i64) <= removed + cuts.spans().len() as i64);
        prop_assert_eq!(trimmer.source_frame(out.len() as f64) as i64, at);
    }
}

#[test]
fn nothing_is_left_out_where_a_film_is_shown() {
    let pause = |start: i64, end: i64| Pause { start: ms(start), end: ms(end) };
    let pauses = [pause(0, 1_000), pause(2_000, 6_000), pause(7_000, 9_000), pause(10_000, 12_000)];
    let films = [(ms(500), ms(900)), (ms(900), ms(1_500)), (ms(3_000), ms(4_000)), (ms(6_500), ms(9_500))];
    let outside = pauses_outside(&pauses, &films);
    assert_eq!(outside, [pause(0, 500), pause(2_000, 3_000), pause(4_012, 6_000), pause(10_000, 12_000)]);
    assert_eq!(pauses_outside(&pauses, &[]), pauses);
    let cuts = Cuts::of(&outside, Strength::of(100), &[], ms(0));
    assert!(cuts.spans().len() == 4 && films.iter().all(|film| cuts.removed(film.0, film.1) == ms(0)));
}

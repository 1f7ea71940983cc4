//! The contract: what goes in and comes out, and the map between them.

mod sound;

use proptest::prelude::*;

use super::*;

const SPEEDS: [f64; 8] = [0.5, 0.75, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0];

fn tone(hz: f64, rate_hz: u32, seconds: f64) -> Vec<f32> {
    let frames = (f64::from(rate_hz) * seconds) as usize;
    (0..frames).map(|i| (0.5 * (std::f64::consts::TAU * hz * i as f64 / f64::from(rate_hz)).sin()) as f32).collect()
}

/// Like a voice: damped ringing at 700 Hz, struck `hz` times a second.
fn pulses(hz: f64, rate_hz: u32, seconds: f64) -> Vec<f32> {
    let frames = (f64::from(rate_hz) * seconds) as usize;
    let since_pulse = |i: usize| (i as f64 * hz / f64::from(rate_hz)).fract() / hz;
    let ring = |t: f64| (-t * 600.0).exp() * (std::f64::consts::TAU * 700.0 * t).cos();
    (0..frames).map(|i| (0.8 * ring(since_pulse(i))) as f32).collect()
}

/// Noise with a tone in it; the same for the same seed.
fn noise(samples: usize, seed: u32) -> Vec<f32> {
    let mut state = seed | 1;
    let mut next = |i: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 - 0.5 + 0.3 * (i as f32 * 0.1).sin()
    };
    (0..samples).map(&mut next).collect()
}

/// All of the input at one speed, in packets.
fn stretched(input: &[f32], rate_hz: u32, channels: u16, speed: f64, packet: usize) -> (Vec<f32>, Vec<Span>) {
    let mut stretch = Stretch::new(rate_hz, channels);
    stretch.set_rate(Rate::from_factor(speed));
    let (mut out, mut spans) = (Vec::new(), Vec::new());
    for packet in input.chunks(packet * usize::from(channels)) {
        stretch.push(packet);
        stretch.pull(&mut out, &mut spans, false);
    }
    stretch.pull(&mut out, &mut spans, true);
    (out, spans)
}

fn assert_contiguous(spans: &[Span], out_frames: usize, in_frames: u64) {
    let mut next = 0;
    for span in spans {
        assert_eq!(span.in_start, next, "spans follow one another");
        assert!(span.in_frames > 0 && span.out_frames > 0);
        next += u64::from(span.in_frames);
    }
    assert_eq!(next, in_frames, "all of the input is accounted for");
    assert_eq!(spans.iter().map(|s| s.out_frames as usize).sum::<usize>(), out_frames, "all of the output is");
}

/// Spans in which input and output are of one length were copied.
fn assert_copies_are_exact(spans: &[Span], input: &[f32], out: &[f32], channels: usize) {
    let mut at = 0;
    for span in spans {
        let made = span.out_frames as usize;
        if span.in_frames == span.out_frames {
            let from = span.in_start as usize;
            for i in 0..made * channels {
                assert_eq!(out[at * channels + i].to_bits(), input[from * channels + i].to_bits());
            }
        }
        at += made;
    }
}

#[test]
fn normal_speed_is_bit_exact_and_holds_nothing_back() {
    let mut input = noise(3000, 7);
    input[100] = f32::NAN;
    input[200] = f32::NEG_INFINITY;
    let mut stretch = Stretch::new(48_000, 2);
    let (mut out, mut spans) = (Vec::new(), Vec::new());
    for packet in input.chunks(34) {
        stretch.push(packet);
        stretch.pull(&mut out, &mut spans, false);
    }
    let bits = |sound: &[f32]| sound.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&out), bits(&input));
    assert_contiguous(&spans, 1500, 1500);
}

#[test]
fn a_new_speed_is_heard_at_once_even_from_very_near_normal() {
    let mut stretch = Stretch::new(8000, 1);
    let (mut out, mut spans) = (Vec::new(), Vec::new());
    let input = tone(200.0, 8000, 4.0);
    for (speed, part) in [1.001, 2.0].into_iter().zip(input.chunks(16_000)) {
        out.clear();
        stretch.set_rate(Rate::from_factor(speed));
        stretch.push(part);
        stretch.pull(&mut out, &mut spans, false);
    }
    assert!(out.len() < 8200, "{} frames for two seconds at double speed", out.len());
}

#[test]
fn tempo_never_strays_by_more_than_a_seam() {
    let input = [pulses(110.0, 8000, 5.0), noise(20_000, 3), tone(333.0, 8000, 5.0)].concat();
    for speed in [0.5, 0.8, 0.999, 1.001, 1.1, 1.73, 2.0, 2.9, 4.0] {
        let (_, spans) = stretched(&input, 8000, 1, speed, 400);
        let (mut used, mut made) = (0.0, 0.0);
        for span in &spans {
            used += f64::from(span.in_frames);
            made += f64::from(span.out_frames);
            let off_ms = (used - made * speed) / 8.0;
            assert!(off_ms.abs() < 16.0, "{off_ms:.2} ms off after {used} frames, speed {speed}");
        }
    }
}

#[test]
fn the_first_sound_needs_a_tenth_of_a_second_of_input_at_most() {
    for (rate_hz, speed, secs) in
        [(8000, 1.25, 0.042), (44_100, 2.0, 0.0585), (48_000, 4.0, 0.1025), (192_000, 0.5, 0.0309)]
    {
        let mut stretch = Stretch::new(rate_hz, 1);
        stretch.set_rate(Rate::from_factor(speed));
        let (mut out, mut spans) = (Vec::new(), Vec::new());
        stretch.push(&tone(150.0, rate_hz, secs));
        stretch.pull(&mut out, &mut spans, false);
        assert!(!out.is_empty(), "{rate_hz} Hz at {speed}");
    }
}

#[test]
fn little_is_kept_however_much_was_pushed() {
    let mut stretch = Stretch::new(8000, 2);
    stretch.set_rate(Rate::from_factor(1.7));
    let (mut out, mut spans) = (Vec::new(), Vec::new());
    let fraction_of_a_second = 2 * 8000 / 2;
    for frames in [40_000, 10, 3000, 1, 40_000] {
        stretch.push(&noise(2 * frames, 9));
        stretch.pull(&mut out, &mut spans, false);
        assert!(stretch.input.len() < fraction_of_a_second / 4);
        assert!(stretch.input.capacity() <= fraction_of_a_second, "{}", stretch.input.capacity());
    }
}

#[test]
fn after_a_reset_it_is_as_good_as_new() {
    let input = noise(9000, 11);
    let (fresh, fresh_spans) = stretched(&input, 8000, 1, 1.3, 500);
    let mut stretch = Stretch::new(8000, 1);
    let (mut out, mut spans) = (Vec::new(), Vec::new());
    stretch.set_rate(Rate::from_factor(1.3));
    stretch.push(&pulses(87.0, 8000, 0.31));
    stretch.pull(&mut out, &mut spans, false);
    assert_ne!(stretch.ahead, 0, "else this shows nothing");
    stretch.reset();
    (out, spans) = (Vec::new(), Vec::new());
    for packet in input.chunks(500) {
        stretch.push(packet);
        stretch.pull(&mut out, &mut spans, false);
    }
    stretch.pull(&mut out, &mut spans, true);
    assert_eq!((out, spans), (fresh, fresh_spans));
}

#[test]
fn a_debt_left_by_another_speed_is_paid() {
    for (before, after) in [(0.6, 2.0), (0.6, 3.7), (1.2, 0.5)] {
        let mut stretch = Stretch::new(8000, 1);
        let (mut out, mut spans) = (Vec::new(), Vec::new());
        let input = pulses(80.0, 8000, 2.0);
        // Stop right after a seam, when the balance is farthest out.
        stretch.set_rate(Rate::from_factor(before));
        stretch.push(&input[..260]);
        stretch.pull(&mut out, &mut spans, false);
        stretch.ahead = if before < 1.0 { -50_000 } else { 50_000 };
        stretch.set_rate(Rate::from_factor(after));
        stretch.push(&input[260..]);
        stretch.pull(&mut out, &mut spans, false);
        assert!(stretch.ahead.abs() < 4000, "{} thousandths left after {before} and {after}", stretch.ahead);
    }
}

#[derive(Debug, Clone)]
enum Action {
    Push(usize),
    Pull,
    End,
    Rate(f64),
    Reset,
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        5 => (0_usize..700).prop_map(Action::Push),
        4 => Just(Action::Pull),
        1 => Just(Action::End),
        3 => prop_oneof![Just(1.0), 0.5_f64..4.0, 0.99_f64..1.01].prop_map(Action::Rate),
        1 => Just(Action::Reset),
    ]
}

fn odd_sample() -> impl Strategy<Value = f32> {
    prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN_POSITIVE, 0.0, 1e20])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_done_the_spans_account_for_everything(
        actions in prop::collection::vec(action(), 1..60),
        channels in 1_u16..9,
        rate_hz in prop::sample::select(vec![8000_u32, 11_025, 22_050]),
        odd in prop::collection::vec((0_usize..20_000, odd_sample()), 0..4),
        seed in any::<u32>(),
    ) {
        let width = usize::from(channels);
        let mut stretch = Stretch::new(rate_hz, channels);
        let (mut input, mut out, mut spans) = (Vec::new(), Vec::new(), Vec::new());
        for action in actions.into_iter().chain([Action::End]) {
            match action {
                Action::Push(frames) => {
                    let mut more = noise(frames * width, seed ^ input.len() as u32);
                    for (at, sample) in &odd {
                        if let Some(slot) = more.get_mut(*at) {
                            *slot = *sample;
                        }
                    }
                    stretch.push(&more);
                    input.extend(more);
                }
                Action::Pull => stretch.pull(&mut out, &mut spans, false),
                Action::End => {
                    stretch.pull(&mut out, &mut spans, true);
                    assert_contiguous(&spans, out.len() / width, (input.len() / width) as u64);
                    assert_copies_are_exact(&spans, &input, &out, width);
                }
                Action::Rate(speed) => stretch.set_rate(Rate::from_factor(speed)),
                Action::Reset => {
                    stretch.reset();
                    (input, out, spans) = (Vec::new(), Vec::new(), Vec::new());
                }
            }
            prop_assert!(stretch.ahead.abs() < 100 * i64::from(rate_hz), "{} is far from balance", stretch.ahead);
        }
    }

    #[test]
    fn the_packets_do_not_matter(
        packets in prop::collection::vec((0_usize..900, any::<bool>()), 1..40),
        channels in 1_u16..4,
        speed in prop_oneof![prop::sample::select(SPEEDS.to_vec()), 0.5_f64..4.0],
        seed in any::<u32>(),
    ) {
        let frames: usize = packets.iter().map(|(frames, _)| frames).sum();
        let input = noise(frames * usize::from(channels), seed);
        let (whole, _) = stretched(&input, 8000, channels, speed, frames.max(1));
        let mut stretch = Stretch::new(8000, channels);
        stretch.set_rate(Rate::from_factor(speed));
        let (mut out, mut spans, mut rest) = (Vec::new(), Vec::new(), input.as_slice());
        for (frames, pull) in packets {
            let (packet, later) = rest.split_at(frames * usize::from(channels));
            rest = later;
            stretch.push(packet);
            if pull {
                stretch.pull(&mut out, &mut spans, false);
            }
        }
        stretch.pull(&mut out, &mut spans, true);
        prop_assert_eq!(out, whole);
    }
}

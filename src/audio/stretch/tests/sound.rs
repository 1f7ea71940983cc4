//! What must be heard, on signals simple enough to measure.

use super::*;

/// Frequency from the first to the last rise through zero of the middle of a sound.
fn crossing_hz(sound: &[f32], rate_hz: u32) -> f64 {
    let middle = &sound[sound.len() / 10..sound.len() * 9 / 10];
    let rises: Vec<f64> = middle
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0] < 0.0 && pair[1] >= 0.0)
        .map(|(i, pair)| i as f64 + f64::from(pair[0] / (pair[0] - pair[1])))
        .collect();
    (rises.len() - 1) as f64 / (rises[rises.len() - 1] - rises[0]) * f64::from(rate_hz)
}

/// Frequency of the best autocorrelation of the middle of a sound, between 80 and 160 Hz.
fn repetition_hz(sound: &[f32], rate_hz: u32) -> f64 {
    let middle = &sound[sound.len() / 10..sound.len() * 9 / 10];
    let likeness = |lag: usize| middle.iter().zip(&middle[lag..]).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    let lags = rate_hz as usize / 160..rate_hz as usize / 80;
    let best = lags.max_by(|a, b| likeness(*a).total_cmp(&likeness(*b))).unwrap();
    let (left, top, right) = (likeness(best - 1), likeness(best), likeness(best + 1));
    f64::from(rate_hz) / (best as f64 + 0.5 * (left - right) / (left - 2.0 * top + right))
}

fn cents(hz: f64, reference_hz: f64) -> f64 {
    1200.0 * (hz / reference_hz).log2()
}

fn largest_step(sound: &[f32]) -> f32 {
    sound.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}

fn loudness_db(part: &[f32]) -> f32 {
    10.0 * (part.iter().map(|x| x * x).sum::<f32>() / part.len() as f32).log10()
}

#[test]
fn a_tone_keeps_its_pitch() {
    let input = tone(200.0, 16_000, 4.0);
    for speed in SPEEDS {
        let (out, _) = stretched(&input, 16_000, 1, speed, 1024);
        let off = cents(crossing_hz(&out, 16_000), 200.0);
        assert!(off.abs() < 10.0, "{off:.1} cents off at {speed}");
    }
}

#[test]
fn pulses_keep_their_rate() {
    let input = pulses(120.0, 16_000, 4.0);
    for speed in SPEEDS {
        let (out, _) = stretched(&input, 16_000, 1, speed, 1024);
        let off = cents(repetition_hz(&out, 16_000), 120.0);
        assert!(off.abs() < 10.0, "{off:.1} cents off at {speed}");
        let too_long = out.len() as f64 - input.len() as f64 / speed;
        assert!(too_long.abs() <= 16_000.0 / 120.0, "{too_long} frames too long at {speed}");
    }
}

#[test]
fn a_tone_has_no_clicks_even_while_the_speed_changes() {
    let input = tone(200.0, 16_000, 6.0);
    let allowed = 1.2 * largest_step(&input);
    let mut stretch = Stretch::new(16_000, 1);
    let (mut out, mut spans) = (Vec::new(), Vec::new());
    for (i, packet) in input.chunks(777).enumerate() {
        stretch.set_rate(Rate::from_factor([1.0, 1.25, 1.0, 3.0, 1.05, 0.75, 1.0, 0.5, 2.0, 4.0][i / 3 % 10]));
        stretch.push(packet);
        stretch.pull(&mut out, &mut spans, false);
    }
    assert!(out.len() > 16_000);
    assert!(largest_step(&out) < allowed, "{} > {allowed}", largest_step(&out));
    let loudness = |part: &[f32]| (part.iter().map(|x| x * x).sum::<f32>() / part.len() as f32).sqrt();
    let whole = loudness(&input);
    for (i, part) in out.chunks_exact(320).enumerate() {
        assert!((loudness(part) / whole - 1.0).abs() < 0.1, "{} instead of {whole} at {i}", loudness(part));
    }
}

#[test]
fn positions_read_from_the_output_are_those_the_map_gives() {
    // The level says where we are: it rises by e to the fourth every second.
    let rate_hz = 16_000;
    let steepness = 4.0;
    let level = |seconds: f64| (steepness * (seconds - 2.0)).exp();
    let input: Vec<f32> = tone(200.0, rate_hz, 2.0)
        .iter()
        .enumerate()
        .map(|(i, x)| x * level(i as f64 / f64::from(rate_hz)) as f32)
        .collect();
    let period = rate_hz as usize / 200;
    for speed in SPEEDS {
        let (out, spans) = stretched(&input, rate_hz, 1, speed, 500);
        let mut begin = 0;
        for span in &spans {
            let made = span.out_frames as usize;
            let middle = begin + made / 2;
            begin += made;
            if middle < 1000 || middle + 1000 > out.len() {
                continue;
            }
            let power: f64 = out[middle - period / 2..][..period].iter().map(|x| f64::from(x * x)).sum();
            let heard_secs = 2.0 + (power / period as f64 * 8.0).sqrt().ln() / steepness;
            let mapped_secs = (span.in_start as f64 + f64::from(span.in_frames) / 2.0) / f64::from(rate_hz);
            let off_ms = (heard_secs - mapped_secs) * 1000.0;
            assert!(off_ms.abs() < 6.0, "{off_ms:.1} ms off at {mapped_secs:.3} s, speed {speed}");
        }
    }
}

#[test]
fn constant_and_silent_sound_stay_what_they_are() {
    for level in [0.0, 0.25, -1.0] {
        for speed in SPEEDS {
            let (out, _) = stretched(&vec![level; 8000], 8000, 1, speed, 300);
            assert!(out.iter().all(|x| (x - level).abs() < 1e-5), "{level} at {speed}");
        }
    }
}

#[test]
fn noise_keeps_its_loudness_through_the_seams() {
    let input: Vec<f32> = noise(64_000, 5).iter().enumerate().map(|(i, x)| x - 0.3 * (i as f32 * 0.1).sin()).collect();
    for speed in SPEEDS {
        let (out, _) = stretched(&input, 16_000, 1, speed, 1024);
        let change = loudness_db(&out) - loudness_db(&input);
        assert!(change.abs() < 0.7, "{change:.2} dB at {speed}");
    }
}

#[test]
fn an_inverted_channel_does_not_blind_the_search() {
    let left = pulses(120.0, 16_000, 1.0);
    // And a third one that is silent, which must not be the one searched.
    let all: Vec<f32> = left.iter().flat_map(|x| [*x, -*x, 0.0]).collect();
    for speed in SPEEDS {
        let (mono, mono_spans) = stretched(&left, 16_000, 1, speed, 512);
        let (out, spans) = stretched(&all, 16_000, 3, speed, 512);
        assert_eq!(spans, mono_spans);
        assert!(out.chunks(3).zip(&mono).all(|(frame, x)| frame == [*x, -*x, 0.0]), "{speed}");
    }
}

#[test]
fn sound_without_a_period_has_no_clicks_either() {
    let rate_hz = 16_000;
    let parts = [131.0, 217.0, 359.0, 433.0].map(|hz| tone(hz, rate_hz, 4.0));
    let input: Vec<f32> = (0..parts[0].len()).map(|i| parts.iter().map(|part| part[i]).sum::<f32>() / 4.0).collect();
    for speed in SPEEDS {
        let (out, _) = stretched(&input, rate_hz, 1, speed, 1024);
        assert!(largest_step(&out) < 1.5 * largest_step(&input), "{} at {speed}", largest_step(&out));
    }
}

#[test]
fn a_steady_voice_stays_steady() {
    // A period of no whole number of coarse samples, nor of frames.
    let (hz, rate_hz) = (125.3, 48_000);
    for speed in [0.5, 1.5, 2.0, 4.0] {
        let (out, _) = stretched(&pulses(hz, rate_hz, 1.0), rate_hz, 1, speed, 4096);
        let period = (f64::from(rate_hz) / hz).round() as usize;
        let (now, later) = (&out[..out.len() - 2 * period], &out[period..]);
        let wobble: Vec<f32> = now.iter().zip(later).map(|(a, b)| a - b).collect();
        let below = loudness_db(&wobble) - loudness_db(&out);
        assert!(below < -17.0, "{below:.1} dB at {speed}");
    }
}

#[test]
fn a_constant_offset_does_not_blind_the_search() {
    let input = pulses(120.0, 16_000, 1.0);
    let lifted: Vec<f32> = input.iter().map(|x| x + 20.0).collect();
    let (_, spans) = stretched(&input, 16_000, 1, 0.75, 512);
    let (_, lifted_spans) = stretched(&lifted, 16_000, 1, 0.75, 512);
    let same = spans.iter().zip(&lifted_spans).filter(|(a, b)| a.in_frames.abs_diff(b.in_frames) < 4).count();
    assert!(10 * same > 9 * spans.len(), "{same} of {} seams", spans.len());
}

#[test]
fn fades_of_a_high_voice_last_a_period_at_any_speed() {
    let (hz, rate_hz) = (220.0, 16_000);
    for speed in [1.5, 2.0, 3.0, 4.0] {
        let (out, spans) = stretched(&pulses(hz, rate_hz, 1.0), rate_hz, 1, speed, 512);
        let seams = spans.iter().filter(|span| span.in_frames != span.out_frames).count();
        assert!(out.len() / seams >= rate_hz as usize / 220 - 1, "{seams} seams in {} frames at {speed}", out.len());
    }
}

//! Rates, depths and channels of every kind, and sound inside films: each is exact.

use std::process::Command;

use super::Studio;
use super::seeking::{Case, case, check_one};
#[cfg(feature = "ffmpeg")]
use super::{Random, lateness, noise, opened, read, rest};
#[cfg(feature = "ffmpeg")]
use crate::audio::fold::Fold;

const SECS: u32 = 8;

fn check(sources: &[(&str, u32, u16)], cases: &[Case]) {
    let mut studio = Studio::new(SECS);
    for (name, rate, channels) in sources {
        studio.record(name, *rate, *channels, SECS);
    }
    for case in cases {
        studio.ffmpeg(case.make);
        check_one(&studio, case);
    }
}

fn frames(rate: u32) -> usize {
    (rate * SECS) as usize
}

#[test]
fn every_rate_and_depth_of_plain_sound() {
    let exact = |make, codec, rate| Case { likeness: 0.9999, ..case(make, codec, frames(rate)) };
    check(
        &[("8k.wav", 8_000, 1), ("11k.wav", 11_025, 2), ("96k.wav", 96_000, 2), ("192k.wav", 192_000, 1)],
        &[
            exact("-i 8k.wav -c copy 8k-16.wav", "pcm_s16le", 8_000),
            Case { likeness: 0.99, ..case("-i 8k.wav -c:a pcm_u8 8k-8.wav", "pcm_u8", frames(8_000)) },
            exact("-i 11k.wav -c:a pcm_s24le 11k-24.wav", "pcm_s24le", 11_025),
            exact("-i 96k.wav -c:a pcm_s32le 96k-32.wav", "pcm_s32le", 96_000),
            exact("-i 96k.wav -c:a pcm_f32le 96k-float.wav", "pcm_f32le", 96_000),
            exact("-i 192k.wav -c:a pcm_s24be 192k.aiff", "pcm_s24be", 192_000),
            exact("-i 8k.wav 8k.flac", "flac", 8_000),
            exact("-i 96k.wav -c:a flac -sample_fmt s32 96k.flac", "flac", 96_000),
            exact("-i 192k.wav -c:a flac -sample_fmt s32 192k.flac", "flac", 192_000),
            exact("-i 11k.wav -c:a alac 11k.m4a", "alac", 11_025),
            exact("-i 96k.wav -c:a alac -sample_fmt s32p 96k.m4a", "alac", 96_000),
        ],
    );
}

#[test]
fn every_rate_of_mp3_and_vorbis() {
    check(
        &[("8k.wav", 8_000, 1), ("16k.wav", 16_000, 2), ("22k.wav", 22_050, 1), ("96k.wav", 96_000, 1)],
        &[
            // MPEG-2 has half the rates of MPEG-1, MPEG-2.5 a quarter; their packets are half as long.
            case("-i 22k.wav -b:a 48k 22k-cbr.mp3", "mp3", frames(22_050)),
            case("-i 22k.wav -q:a 3 22k-vbr.mp3", "mp3", frames(22_050)),
            case("-i 16k.wav -q:a 3 16k.mp3", "mp3", frames(16_000)),
            case("-i 8k.wav -b:a 24k 8k.mp3", "mp3", frames(8_000)),
            case("-i 8k.wav -c:a libvorbis -q:a 4 8k.ogg", "vorbis", frames(8_000)),
            case("-i 96k.wav -c:a libvorbis -q:a 4 96k.ogg", "vorbis", frames(96_000)),
        ],
    );
}

#[cfg(feature = "ffmpeg")]
#[test]
fn every_rate_of_aac_and_of_mp3_without_a_header() {
    // Packets of 576 frames; the encoder's delay is in the sound.
    let bare = |make, frames| Case { late: 1105, ..case(make, "mp3", frames) };
    let aac = |make, rate| case(make, "aac", frames(rate));
    check(
        &[("8k.wav", 8_000, 1), ("22k.wav", 22_050, 1), ("96k.wav", 96_000, 2)],
        &[
            bare("-i 22k.wav -b:a 48k -write_xing 0 22k-cbr.mp3", 309 * 576),
            bare("-i 22k.wav -q:a 3 -write_xing 0 22k-vbr.mp3", 309 * 576),
            aac("-i 8k.wav -c:a aac -aac_pns 0 -b:a 24k 8k.m4a", 8_000),
            aac("-i 22k.wav -c:a aac -aac_pns 0 -b:a 48k 22k.m4a", 22_050),
            Case { likeness: 0.7, ..aac("-i 96k.wav -c:a aac -aac_pns 0 -b:a 192k 96k.m4a", 96_000) },
        ],
    );
}

/// The `flac` program writes a seek table, FFmpeg none.
#[test]
fn flac_with_a_seek_table_seeks_to_the_sample() {
    let studio = Studio::new(SECS);
    let made = Command::new("flac")
        .args(["--silent", "--seekpoint=1s", "-o"])
        .arg(studio.path("table.flac"))
        .arg(studio.path("stereo.wav"))
        .status()
        .expect("this test needs the flac command line; install the package flac");
    assert!(made.success());
    let table = std::fs::read(studio.path("table.flac")).expect("flac made it");
    assert_eq!(table[42] & 0x7F, 3, "a seek table follows the first block, or nothing is tested");
    check_one(&studio, &Case { likeness: 0.9999, ..case("stereo.wav table.flac", "flac", frames(44_100)) });
}

#[cfg(feature = "ffmpeg")]
#[test]
fn sound_inside_films_seeks_to_the_sample() {
    const FILM: &str = "-f lavfi -i testsrc=size=64x64:rate=25:duration=8";
    let make = |rest: &str| -> &'static str { Box::leak(format!("{FILM} {rest}").into_boxed_str()) };
    let mono = |rest, codec| case(make(rest), codec, frames(48_000));
    check(
        &[],
        &[
            mono("-i mono.wav -c:v libx264 -bf 2 -c:a aac -aac_pns 0 film.mp4", "aac"),
            mono("-i mono.wav -c:v libx264 -bf 2 -c:a aac -aac_pns 0 -movflags +faststart start.mp4", "aac"),
            Case { tolerance: 1e-4, likeness: 0.6, ..mono("-i mono.wav -c:v libvpx -c:a libopus film.webm", "opus") },
            mono("-i mono.wav -c:v libvpx -c:a libvorbis -q:a 2 vorbis.webm", "vorbis"),
            Case { likeness: 0.9999, ..mono("-i mono.wav -c:v libx264 -bf 2 -c:a flac film.mkv", "flac") },
            Case { likeness: 0.9999, ..mono("-i mono.wav -c:v mpeg4 -c:a pcm_s16le film.mov", "pcm_s16le") },
        ],
    );
}

/// Each of six channels has a tone of its own for a while; containers differ in the order in which they keep them.
#[cfg(feature = "ffmpeg")]
#[test]
fn six_channels_are_folded_alike_whatever_holds_them() {
    let studio = Studio::new(1);
    let when = |at: usize| format!("0.5*sin(2*PI*400*t)*between(t\\,{at}\\,{at}.9)");
    let tones: Vec<String> = (0..6).map(when).collect();
    studio.ffmpeg(&format!("-f lavfi -i aevalsrc={}:c=5.1:s=48000:d=6 six.wav", tones.join("|")));
    let loudness = |name: &str| {
        let mut decoder = opened(&studio.path(name));
        assert_eq!(decoder.format().channels, 6, "{name}");
        let (fold, sound) = (Fold::of(6), rest(&mut *decoder));
        let power = |side: fn((f32, f32)) -> f32, at: usize| {
            let frames = sound.chunks_exact(6).skip(at * 48_000 + 9_600).take(24_000);
            (frames.map(|frame| side(fold.stereo(frame)).powi(2)).sum::<f32>() / 24_000.0).sqrt()
        };
        (0..6).map(|at| (power(|pair| pair.0, at), power(|pair| pair.1, at))).collect::<Vec<_>>()
    };
    let (tone, whole) = (0.5 / 2.0_f32.sqrt(), 1.0 + 2.0_f32.sqrt());
    let (front, side) = (tone / whole, tone / whole / 2.0_f32.sqrt());
    let expected = [(front, 0.0), (0.0, front), (side, side), (0.0, 0.0), (side, 0.0), (0.0, side)];
    for make in [
        "six.flac",
        "-c:a libvorbis -q:a 6 six.ogg",
        "-c:a libopus -b:a 384k six.opus",
        "-c:a aac -b:a 384k six.m4a",
        "-c:a alac alac.m4a",
    ] {
        studio.ffmpeg(&format!("-i six.wav {make}"));
        let name = make.split_whitespace().last().unwrap_or_default();
        for (at, (heard, wanted)) in loudness(name).into_iter().zip(expected).enumerate() {
            let near = (heard.0 - wanted.0).abs() < 0.02 && (heard.1 - wanted.1).abs() < 0.02;
            assert!(near, "{name}: channel {at} is {heard:?}, not {wanted:?}");
        }
    }
    assert_eq!(loudness("six.wav").len(), 6);
}

/// The files were made of the same noise as all others; see the words beside them.
#[cfg(feature = "ffmpeg")]
#[test]
fn he_aac_is_heard_whole_and_in_its_place_however_it_is_signalled() {
    const SECS: u32 = 6;
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/he-aac");
    // Name, rate, frames, frames that it is late, how alike the original both channels are together.
    let cases: [(&str, u32, usize, i64, f64); 5] = [
        ("v1-explicit.m4a", 44_100, 264_600, 0, 0.6),
        ("v1-implicit.m4a", 44_100, 264_600, 0, 0.6),
        ("v1-mono.aac", 48_000, 294_912, 5_057, 0.6),
        ("v2-explicit.m4a", 44_100, 264_600, 0, 0.5),
        ("v2-implicit.m4a", 44_100, 264_600, 0, 0.5),
    ];
    for (name, rate, frames, late, likeness) in cases {
        let recorded = if rate == 48_000 { 1 } else { 2 };
        let noise = noise(rate, recorded, SECS);
        let mono: Vec<i16> =
            noise.chunks_exact(usize::from(recorded)).map(|frame| frame.iter().map(|s| s / 2).sum()).collect();
        let mut decoder = opened(&fixtures.join(name));
        assert_eq!((decoder.format().sample_rate, decoder.format().channels), (rate, 2), "{name}");
        let whole = rest(&mut *decoder);
        assert_eq!(whole.len() / 2, frames, "{name}");
        let mixed = mix(&whole);
        for at in [20_000, 120_000, 220_000] {
            let (found, alike) = lateness(&mixed, &mono, 1, at, 6_000);
            assert!(found.abs_diff(late) <= 1 && alike > likeness, "{name}: {found} late at {at}, {alike} alike");
        }
        #[expect(clippy::cast_possible_truncation, reason = "samples are small")]
        let continuous: Vec<i16> = mixed.iter().map(|sample| (sample * 16_000.0) as i16).collect();
        let mut random = Random::new(9);
        for _ in 0..100 {
            let target = 6_000 + random.below(frames as u64 - 11_000) as usize;
            decoder.seek(target as u64).expect("the file can be read");
            let mut heard = Vec::new();
            while heard.len() < 8_000 {
                assert!(read(&mut *decoder, &mut heard) > 0, "{name}: ends early after a seek to {target}");
            }
            // What is filled in as noise is filled in anew each time, so that no two are quite the same.
            let (found, alike) = lateness(&mix(&heard), &continuous[target..], 1, 500, 400);
            assert!(found == 0 && alike > 0.9, "{name}: {found} late after a seek to {target}, {alike} alike");
        }
    }
}

/// Both channels of each frame together.
#[cfg(feature = "ffmpeg")]
fn mix(stereo: &[f32]) -> Vec<f32> {
    stereo.chunks_exact(2).map(|frame| frame[0] + frame[1]).collect()
}

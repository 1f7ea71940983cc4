use std::f32::consts::TAU;
use std::path::Path;
use std::sync::Arc;

use super::limit::Limit;
use super::*;
use crate::talk::{AudioInfo, Clip, MediaFile, Metadata, Slide, SlideTrack, TalkId, Transcript, Video, VideoRole};
use crate::testing::talks::put;

fn ms(millis: i64) -> MediaTime {
    MediaTime::from_millis(millis)
}

/// A float WAV file whose samples are what `sample` says of each frame, on all channels.
fn wave(file: &Path, rate: u32, channels: u16, frames: u32, sample: impl Fn(u32) -> f32) {
    let size = frames * u32::from(channels) * 4;
    let mut out = b"RIFF".to_vec();
    out.extend((36 + size).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x03\0");
    out.extend(channels.to_le_bytes());
    out.extend(rate.to_le_bytes());
    out.extend((rate * u32::from(channels) * 4).to_le_bytes());
    out.extend((channels * 4).to_le_bytes());
    out.extend(b"\x20\0data");
    out.extend(size.to_le_bytes());
    for frame in 0..frames {
        (0..channels).for_each(|_| out.extend(sample(frame).to_le_bytes()));
    }
    put(file, &out);
}

fn sound(path: &Path, from: i64, start: i64, end: Option<i64>) -> ClipSound {
    ClipSound { path: path.to_owned(), from: ms(from), start: ms(start), end: end.map(ms) }
}

fn mixer(rate: u32, channels: usize, sounds: Vec<ClipSound>) -> Mixer {
    let mut mixer = Mixer::new(rate, channels, None);
    assert!(mixer.set(&Arc::new(Clips::from_sounds(sounds))));
    mixer
}

/// What is added to a silent talk from one frame to another, in pieces of uneven sizes.
fn heard(mixer: &mut Mixer, rate: u32, channels: usize, from: MediaTime, until: MediaTime) -> Vec<f32> {
    let (mut at, until) = (from.frames(rate), until.frames(rate));
    let mut out = Vec::new();
    mixer.seek(at);
    for piece in [1, 700, 1_024, 333].into_iter().cycle() {
        let frames = usize::try_from((until - at).min(piece)).unwrap();
        if frames == 0 {
            return out;
        }
        let mut samples = vec![0.0; frames * channels];
        mixer.mix(at, &mut samples);
        out.extend(samples);
        at += piece.min(until - at);
    }
    out
}

/// The frames at which something is heard, from the first to the last.
fn extent(samples: &[f32], channels: usize) -> Option<(usize, usize)> {
    let loud = |frame: &[f32]| frame.iter().any(|sample| sample.abs() > 1e-4);
    let frames = || samples.chunks_exact(channels);
    Some((frames().position(loud)?, frames().count() - frames().rev().position(loud)?))
}

#[test]
fn a_film_is_heard_from_its_slide_on_at_the_moment_that_is_meant() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("clip.wav");
    // Of four seconds: the level says the moment.
    wave(&file, 44_100, 2, 4 * 44_100, |frame| 0.1 + 0.2 * frame as f32 / 44_100.0);
    for (rate, channels) in [(48_000, 2), (44_100, 1), (8_000, 1), (48_000, 6)] {
        let sounds = vec![sound(&file, 500, 1_000, Some(3_000))];
        let mut mixer = mixer(rate, channels, sounds);
        for from in [0, 1_000, 1_700] {
            let out = heard(&mut mixer, rate, channels, ms(from), ms(4_000));
            let (begin, end) = extent(&out, channels).unwrap();
            let time = |frame: usize| from + MediaTime::from_frames(i64::try_from(frame).unwrap(), rate).millis();
            assert!((time(begin) - from.max(1_000)).abs() <= 1, "{begin} at {rate}");
            assert!((time(end) - 3_000).abs() <= 1, "{end} at {rate}");
            for (at, frame) in out.chunks_exact(channels).enumerate().step_by(37) {
                let secs = from as f32 / 1_000.0 + at as f32 / rate as f32;
                // The fades, and what the resampler makes of the step at the beginning.
                if (from.max(1_000) as f32 / 1_000.0 + 0.02..2.99).contains(&secs) {
                    let meant = 0.1 + 0.2 * (secs - 1.0 + 0.5);
                    assert!((frame[0] - meant).abs() < 0.002, "{} at {secs}, not {meant}, {rate}", frame[0]);
                    assert!(frame.iter().skip(2).all(|other| *other == 0.0));
                }
            }
        }
    }
}

#[test]
fn what_begins_and_ends_does_not_click() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("clip.wav");
    wave(&file, 48_000, 1, 48_000, |_| 0.5);
    // One ends with its slide, the other with its film.
    let sounds = vec![sound(&file, 0, 100, Some(600)), sound(&file, 200, 1_000, None)];
    let mut mixer = mixer(48_000, 1, sounds);
    let out = heard(&mut mixer, 48_000, 1, ms(0), ms(2_500));
    let (_, end) = extent(&out, 1).unwrap();
    assert!((MediaTime::from_frames(i64::try_from(end).unwrap(), 48_000) - ms(1_800)).millis().abs() <= 1);
    let steepest = out.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.005, "a step of {steepest}");
    assert!(out.iter().any(|sample| *sample > 0.499));
}

#[test]
fn what_is_silenced_fades_away_and_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("clip.wav");
    wave(&file, 48_000, 1, 48_000 * 3, |_| 0.5);
    let clips = Arc::new(Clips::from_sounds(vec![sound(&file, 0, 0, None)]));
    let mut mixer = Mixer::new(48_000, 1, None);
    mixer.set(&clips);
    let mut out = Vec::new();
    for second in 0..60 {
        match second {
            20 => assert!(mixer.set(&Arc::default())),
            40 => assert!(mixer.set(&clips)),
            _ => {}
        }
        let mut samples = vec![0.0; 480];
        mixer.mix(second * 480, &mut samples);
        out.extend(samples);
    }
    let steepest = out.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.005, "a step of {steepest}");
    assert!(out[20 * 480 + 300..40 * 480].iter().all(|sample| *sample == 0.0));
    assert!((out[15 * 480] - 0.5).abs() < 1e-6 && (out[50 * 480] - 0.5).abs() < 1e-6);
}

#[test]
fn what_is_prepared_is_opened_once_and_a_piece_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("clip.wav");
    wave(&file, 48_000, 1, 48_000, |_| 0.5);
    let sounds = vec![sound(&file, 0, 5_000, Some(6_000)), sound(&dir.path().join("none.wav"), 0, 8_000, None)];
    let mut mixer = mixer(48_000, 1, sounds);
    assert!(!mixer.prepare(0, 48_000), "it is not near yet");
    let mut steps = 0;
    while mixer.prepare(4 * 48_000, 2 * 48_000) {
        steps += 1;
    }
    assert!((3..100).contains(&steps), "{steps}");
    // It is there although its file is gone.
    std::fs::remove_file(&file).unwrap();
    let mut samples = vec![0.0; 48_000];
    mixer.mix(5 * 48_000, &mut samples[..2_000]);
    assert!((samples[1_000] - 0.5).abs() < 1e-6);
    // One that cannot be opened is tried once.
    assert!(mixer.prepare(7 * 48_000, 2 * 48_000) && !mixer.prepare(7 * 48_000, 2 * 48_000));
    assert_eq!(mixer.trouble(), None, "whoever shows films tells that there is none");
}

#[test]
fn the_sound_of_the_talk_itself_is_not_added_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("talk.wav");
    wave(&file, 48_000, 1, 48_000, |_| 0.5);
    let other = dir.path().join("sub/../talk.wav");
    std::fs::create_dir(dir.path().join("sub")).unwrap();
    let mut mixer = Mixer::new(48_000, 1, Some(&file));
    mixer.set(&Arc::new(Clips::from_sounds(vec![sound(&other, 0, 0, None)])));
    let mut samples = vec![0.25; 1_000];
    mixer.mix(0, &mut samples);
    assert!(samples.iter().all(|sample| *sample == 0.25));
}

#[test]
fn two_loud_sounds_stay_within_full_scale_and_are_bent_softly() {
    let rate = 48_000;
    let wave = |at: usize, hz: f32, level: f32| level * (TAU * hz * at as f32 / rate as f32).sin();
    for (talk_level, clip_level) in [(0.3, 0.3), (0.9, 0.9), (1.0, 1.0), (1.0, 0.1), (0.05, 1.0), (1.2, 0.5)] {
        let mut limit = Limit::new(rate);
        let sums: Vec<(f32, f32)> = (0..48_000)
            .map(|at| {
                let (talk, clip) = (wave(at, 220.0, talk_level), wave(at, 330.0, clip_level));
                let mut frame = [talk, -talk];
                limit.add(&mut frame, &[clip, -clip]);
                assert!(frame.iter().all(|sample| sample.abs() <= 1.0), "{frame:?}");
                assert_eq!(frame[0], -frame[1]);
                (frame[0], talk + clip)
            })
            .collect();
        // When it has found the level, what is heard is the sum, softer.
        let later = &sums[4_800..];
        let (mut of_both, mut of_sum) = (0.0_f64, 0.0_f64);
        later.iter().for_each(|(heard, sum)| {
            of_both += f64::from(heard * sum);
            of_sum += f64::from(sum * sum);
        });
        let gain = of_both / of_sum;
        let off: f64 = later.iter().map(|(heard, sum)| (f64::from(*heard) - gain * f64::from(*sum)).powi(2)).sum();
        let distortion = (off / (of_sum * gain * gain)).sqrt();
        assert!(distortion < 0.03, "{distortion} at {talk_level} and {clip_level}");
        assert!(gain > 0.45, "{gain}");
        if talk_level + clip_level < 0.79 {
            assert!((gain - 1.0).abs() < 1e-6);
        }
    }
}

#[test]
fn either_sound_alone_is_left_as_it_is() {
    let mut limit = Limit::new(48_000);
    for at in 0..10_000_u16 {
        let sample = f32::from(at % 200) / 200.0;
        let mut frame = [sample];
        limit.add(&mut frame, &[0.0]);
        assert_eq!(frame, [sample]);
    }
    let mut limit = Limit::new(48_000);
    let mut frame = [0.0];
    limit.add(&mut frame, &[0.99]);
    assert_eq!(frame, [0.99]);
}

/// Its file, the moment of it that is shown first, and how long.
type Film = Option<(&'static str, i64, Option<i64>)>;

/// A talk with a slide for each: its start, and the film that it is.
fn talk(slides: &[(i64, Film)]) -> Talk {
    let slide = |(start, clip): &(i64, Film)| Slide {
        start: ms(*start),
        clip: clip.map(|(file, from, length)| Clip { file: file.into(), from: ms(from), duration: length.map(ms) }),
        ..Slide::default()
    };
    let info = AudioInfo { codec: "opus".into(), sample_rate: 48_000, channels: 2 };
    Talk {
        id: TalkId("1".into()),
        source: "/t".into(),
        root: "/t".into(),
        title: String::new(),
        slides: SlideTrack::new(slides.iter().map(slide).collect()),
        audio: Some(MediaFile { file: "talk.webm".into(), info, duration: None }),
        metadata: Metadata::default(),
        content: 0,
        transcript: Transcript::default(),
        language: String::new(),
        tracks: Vec::new(),
        videos: vec![Video { file: "screen.webm".into(), role: VideoRole::Screen, starts: ms(0) }],
        silent: None,
        untimed: false,
        issues: Vec::new(),
        known_as: None,
    }
}

#[test]
fn films_are_heard_with_their_slides_and_no_longer() {
    let of = talk(&[
        (0, None),
        (1_000, Some(("a.mp4", 0, Some(500)))),
        (2_000, Some(("a.mp4", 0, Some(5_000)))),
        (3_000, Some(("b.mp4", 700, None))),
        (4_000, Some(("c.mp4", 0, None))),
        (4_000, Some(("d.mp4", 0, Some(9_000)))),
        (5_000, Some(("d.mp4", 1_000, Some(200)))),
        (6_000, Some(("e.mp4", 0, None))),
    ]);
    let path = |name: &str| Path::new("/t").join(name);
    let expected = [
        sound(&path("a.mp4"), 0, 1_000, Some(1_500)),
        sound(&path("a.mp4"), 0, 2_000, Some(3_000)),
        sound(&path("b.mp4"), 700, 3_000, Some(4_000)),
        // Two slides that show one film without a break.
        sound(&path("d.mp4"), 0, 4_000, Some(5_200)),
        sound(&path("e.mp4"), 0, 6_000, None),
    ];
    let clips = Clips::of(&of);
    assert_eq!(clips.sounds(), expected);
    assert_eq!(clips.shown(ms(6_400)).last(), Some(&(ms(6_000), ms(6_400))));
    assert_eq!(Clips::of(&Talk { untimed: true, ..of }), Clips::default());
}

#[test]
fn what_the_talk_has_in_its_own_sound_is_not_heard_twice() {
    let files = |of: &Talk| Clips::of(of).sounds().iter().map(|sound| sound.path.clone()).collect::<Vec<_>>();
    let film = |file: &'static str, from: i64| Some((file, from, Some(900)));
    let of = talk(&[(0, film("talk.webm", 0)), (1_000, film("screen.webm", 0)), (2_000, film("film.mp4", 0))]);
    assert_eq!(files(&of), [Path::new("/t/film.mp4")]);
    // Recorded along with the talk: it is always at the talk's own time.
    let of = talk(&[(0, film("along.mp4", 0)), (1_000, None), (2_000, film("along.mp4", 2_000))]);
    assert!(files(&of).is_empty());
    let of = talk(&[(0, film("film.mp4", 0)), (1_000, None), (2_000, film("film.mp4", 0))]);
    assert_eq!(files(&of).len(), 2, "a film that is shown twice, the first time when the talk begins");
}

#[test]
fn a_recording_of_the_whole_talk_is_no_film_in_it() {
    let of = talk(&[(0, Some(("slides.webm", 3_000, None))), (9_000, Some(("film.mp4", 0, None)))]);
    assert_eq!(Clips::of(&of).shown(ms(10_000)), [(ms(9_000), ms(10_000))]);
}

//! How long a talk takes to open, a seek to its first sound in each codec, and a second of speech to stretch.
//!
//! Codecs are made on the spot by the `ffmpeg` program; those that it cannot encode are named and left out.

#![expect(clippy::print_stdout, reason = "a bench says what it leaves out")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use plenary::audio::decode::{self, Probe};
use plenary::audio::stretch::Stretch;
use plenary::talk::open::open;
use plenary::testing::{TalkBuilder, ramp};
use plenary::time::Rate;

/// File name and encoder arguments.
const CODECS: &[(&str, &[&str])] = &[
    ("wav.wav", &["-c:a", "pcm_s16le"]),
    ("flac.flac", &["-c:a", "flac"]),
    ("vorbis.ogg", &["-c:a", "libvorbis"]),
    ("opus.opus", &["-c:a", "libopus"]),
    ("mp3-cbr.mp3", &["-c:a", "libmp3lame", "-b:a", "64k"]),
    ("mp3-vbr-no-header.mp3", &["-c:a", "libmp3lame", "-q:a", "5", "-write_xing", "0"]),
    ("aac.m4a", &["-c:a", "aac"]),
    ("aac-fragmented.m4a", &["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov+default_base_moof"]),
    ("opus-live.webm", &["-c:a", "libopus", "-f", "webm", "-live", "1"]),
];

/// Length of the sound in which is sought, in seconds.
const SECS: u32 = 600;

fn opening(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    for slides in [50, 640] {
        let talk = TalkBuilder::new("38900030", &format!("{slides}"))
            .slides((0..slides).map(|n| n * 10_000))
            .sound("talk-538900030.wav", 60.0)
            .write(folder.path());
        criterion.bench_function(&format!("open {slides} slides"), |bench| {
            bench.iter(|| open(black_box(&talk), &Probe).expect("a talk"));
        });
    }
}

fn encoded(folder: &Path, name: &str, arguments: &[&str]) -> Option<PathBuf> {
    let (source, target) = (folder.join("source.wav"), folder.join(name));
    if !source.exists() {
        // Noise that never repeats, so that a variable bit rate varies.
        let made = format!("aevalsrc=0.3*random(0)*sin(t/3):s=48000:d={SECS}");
        Command::new("ffmpeg").args(["-v", "error", "-f", "lavfi", "-i", &made]).arg(&source).status().ok()?;
    }
    let done =
        Command::new("ffmpeg").args(["-v", "error", "-y", "-i"]).arg(&source).args(arguments).arg(&target).status();
    done.is_ok_and(|status| status.success()).then_some(target)
}

fn seeking(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, arguments) in CODECS {
        let Some(file) = encoded(folder.path(), name, arguments) else {
            println!("seek {name}: ffmpeg could not make it");
            continue;
        };
        let Ok(mut decoder) = decode::open(&file) else {
            println!("seek {name}: not played by this build");
            continue;
        };
        let rate = u64::from(decoder.format().sample_rate);
        let (mut out, mut at) = (Vec::new(), 1_u64);
        criterion.bench_function(&format!("seek {name}"), |bench| {
            bench.iter(|| {
                at = (at * 7919) % (u64::from(SECS) - 1);
                decoder.seek(at * rate).expect("a seek");
                out.clear();
                decoder.read(&mut out).expect("sound")
            });
        });
    }
}

fn stretching(criterion: &mut Criterion) {
    // A voice-like buzz: harmonics of a gliding pitch.
    let second: Vec<f32> = (0..48_000)
        .map(|n| {
            let time = n as f32 / 48_000.0;
            let pitch = 120.0 + 30.0 * (time * 3.0).sin();
            (1..12).map(|k| (time * pitch * k as f32 * std::f32::consts::TAU).sin() / k as f32).sum::<f32>() * 0.2
        })
        .collect();
    let mut group = criterion.benchmark_group("stretch a second, mono");
    group.throughput(Throughput::Elements(48_000));
    for factor in [1.0, 1.5, 2.0, 3.0] {
        group.bench_function(format!("{factor}x"), |bench| {
            let mut stretch = Stretch::new(48_000, 1);
            stretch.set_rate(Rate::from_factor(factor));
            let (mut out, mut spans) = (Vec::new(), Vec::new());
            bench.iter(|| {
                out.clear();
                spans.clear();
                stretch.push(black_box(&second));
                stretch.pull(&mut out, &mut spans, false);
                out.len()
            });
        });
    }
    group.finish();
}

fn fixtures(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let talk = ramp::talk(folder.path(), "ramp", 60);
    criterion.bench_function("open and decode a minute of float WAV", |bench| {
        let file = std::fs::read_dir(&talk).expect("the talk").flatten().map(|entry| entry.path());
        let file =
            file.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "wav")).expect("its sound");
        bench.iter(|| {
            let mut decoder = decode::open(&file).expect("a sound");
            let mut out = Vec::new();
            while decoder.read(&mut out).expect("sound") > 0 {
                out.clear();
            }
        });
    });
}

criterion_group!(benches, opening, fixtures, seeking, stretching);
criterion_main!(benches);

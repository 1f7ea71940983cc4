//! Every format through the public functions: files are made by the `ffmpeg` command line from a noise of which every
//! stretch is unlike any other.

mod contents;
mod damage;
mod kinds;
mod seeking;

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Decoder, open};

/// Small, fast, and the same everywhere.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 8
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }
}

/// Noise without its highest notes, louder and softer every 50 ms; as 16 bits, interleaved.
pub(super) fn noise(rate: u32, channels: u16, secs: u32) -> Vec<i16> {
    let mut random = Random::new(u64::from(rate) + u64::from(channels));
    let mut last = vec![0.0_f64; usize::from(channels)];
    let mut loudness = 0.0;
    let mut samples = Vec::new();
    for frame in 0..rate * secs {
        if frame % (rate / 20) == 0 {
            loudness = 0.1 + 0.6 * random.below(1000) as f64 / 1000.0;
        }
        for last in &mut last {
            *last = 0.7 * *last + 0.3 * (random.below(2001) as f64 / 1000.0 - 1.0);
            samples.push((*last * loudness * 32_767.0) as i16);
        }
    }
    samples
}

pub(super) fn write_wav(path: &Path, rate: u32, channels: u16, samples: &[i16]) {
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let (size, block) = (u32::try_from(bytes.len()).expect("a short sound"), channels * 2);
    let mut file = b"RIFF".to_vec();
    file.extend((36 + size).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(block)).to_le_bytes());
    file.extend(block.to_le_bytes());
    file.extend(b"\x10\0data");
    file.extend(size.to_le_bytes());
    file.extend(bytes);
    write(path, &file);
}

#[expect(clippy::disallowed_methods, reason = "a file of a test need not be written atomically")]
pub(super) fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).expect("the temporary folder can be written to");
}

/// Runs the `ffmpeg` command line in a folder.
pub(super) fn ffmpeg(folder: &Path, arguments: &str) {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y"])
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("these tests need the ffmpeg command line; install the package ffmpeg");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ffmpeg {arguments}: {said}");
}

/// A folder with `mono.wav` at 48,000 Hz and `stereo.wav` at 44,100 Hz, and others as they are wanted.
pub(super) struct Studio {
    folder: tempfile::TempDir,
    pub(super) mono: Vec<i16>,
    pub(super) stereo: Vec<i16>,
    others: Vec<(String, u16, Vec<i16>)>,
}

impl Studio {
    pub(super) fn new(secs: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (mono, stereo) = (noise(48_000, 1, secs), noise(44_100, 2, secs));
        write_wav(&folder.path().join("mono.wav"), 48_000, 1, &mono);
        write_wav(&folder.path().join("stereo.wav"), 44_100, 2, &stereo);
        Self { folder, mono, stereo, others: Vec::new() }
    }

    /// Adds a noise at another rate.
    pub(super) fn record(&mut self, name: &str, rate: u32, channels: u16, secs: u32) {
        let samples = noise(rate, channels, secs);
        write_wav(&self.path(name), rate, channels, &samples);
        self.others.push((name.to_owned(), channels, samples));
    }

    /// The noise that `ffmpeg` is given by these arguments, and its channels.
    pub(super) fn original(&self, arguments: &str) -> (usize, &[i16]) {
        let other = self.others.iter().find(|(name, ..)| arguments.split_whitespace().any(|word| word == name));
        match other {
            Some((_, channels, samples)) => (usize::from(*channels), samples),
            None if arguments.contains("mono.wav") => (1, &self.mono),
            None => (2, &self.stereo),
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn ffmpeg(&self, arguments: &str) {
        ffmpeg(self.folder.path(), arguments);
    }
}

/// All that a decoder still has.
pub(super) fn rest(decoder: &mut dyn Decoder) -> Vec<f32> {
    let mut samples = Vec::new();
    while read(decoder, &mut samples) > 0 {}
    samples
}

pub(super) fn read(decoder: &mut dyn Decoder, samples: &mut Vec<f32>) -> usize {
    let before = samples.len();
    let frames = decoder.read(samples).expect("the file can be read");
    assert_eq!(
        samples.len() - before,
        frames * usize::from(decoder.format().channels),
        "whole frames, as many as said"
    );
    frames
}

pub(super) fn opened(path: &Path) -> Box<dyn Decoder> {
    open(path).unwrap_or_else(|err| panic!("{err}"))
}

/// By how many frames `sound` comes later than `original` around a frame of the original, up to `reach` either way; and
/// how alike they are there, at most 1.
pub(super) fn lateness(sound: &[f32], original: &[i16], channels: usize, at: usize, reach: usize) -> (i64, f64) {
    // Every other frame is enough to tell, and half the work.
    let (length, step) = (1024, 2);
    let window: Vec<f64> = (0..length).map(|n| f64::from(original[(at + n * step) * channels])).collect();
    let energy: f64 = window.iter().map(|sample| sample * sample).sum();
    let mut best = (0, f64::MIN);
    for shift in 0..=2 * reach {
        let heard = |n: usize| f64::from(sound[(at + shift + n * step - reach) * channels]);
        let (mut product, mut power) = (0.0, f64::MIN_POSITIVE);
        for (n, sample) in window.iter().enumerate() {
            product += sample * heard(n);
            power += heard(n) * heard(n);
        }
        let likeness = product / (energy * power).sqrt();
        if likeness > best.1 {
            best = (shift as i64 - reach as i64, likeness);
        }
    }
    best
}

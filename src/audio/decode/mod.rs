//! From a sound file to interleaved floats, at any frame, exactly. Two engines behind one trait: symphonia for what it
//! plays exactly, FFmpeg for the rest. Feeder and analysis threads; blocks on the disk.

mod contents;
mod exact;
#[cfg(feature = "ffmpeg")]
mod ffmpeg;
mod scan;
mod silence;
mod sniff;
mod symphonia;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use crate::talk::{AudioInfo, MediaContents, MediaProbe};
use crate::time::MediaTime;

pub use scan::{scan_frames, scan_length};
pub use silence::Silence;

/// No more channels than this are kept; those beyond are dropped.
pub const MAX_CHANNELS: u16 = 8;

/// What a decoder produces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamFormat {
    /// Frames per second, as decoded: HE-AAC counts at its full rate.
    pub sample_rate: u32,
    /// Channels, interleaved in the file's own order; 1 to [`MAX_CHANNELS`].
    pub channels: u16,
    /// Short lower-case name as FFmpeg has it: `aac`, `opus`, `mp3`, `vorbis`, `flac`, `pcm_s16le`.
    pub codec: String,
    /// Frames in all; `None` where the file does not say.
    pub length: Option<u64>,
    /// Whether the file states `length`. Otherwise it is reckoned from size and bit rate, and may be minutes off.
    pub exact: bool,
    /// What is not as it should be with this sound in this build, a sentence for the viewer.
    pub caveat: Option<String>,
}

impl StreamFormat {
    /// The length where the file states it.
    pub fn duration(&self) -> Option<MediaTime> {
        let frames = self.length.filter(|_| self.exact)?;
        let stated = MediaTime::from_frames(i64::try_from(frames).unwrap_or(i64::MAX), self.sample_rate);
        Some(stated).filter(|stated| *stated <= LONGEST)
    }

    /// Codec, rate and channels.
    pub fn info(&self) -> AudioInfo {
        AudioInfo { codec: self.codec.clone(), sample_rate: self.sample_rate, channels: self.channels }
    }
}

/// Decodes one sound. Frames are numbered from 0, the first one to be heard (encoder delay is removed where the file
/// states it); a number stands for the same sound however it was reached.
pub trait Decoder: Send {
    /// What is produced.
    fn format(&self) -> &StreamFormat;

    /// The next read starts exactly at this frame; past the end, it returns 0.
    ///
    /// # Errors
    /// [`DecodeError`] where the file cannot be read any more. Another seek may succeed.
    fn seek(&mut self, frame: u64) -> Result<(), DecodeError>;

    /// Appends at least one interleaved frame and returns how many, or returns 0 at the end. About one packet at a time.
    ///
    /// Packets that cannot be decoded, and gaps in the file, become silence, so that time stays right.
    ///
    /// # Errors
    /// [`DecodeError`] where the file cannot be read any more.
    fn read(&mut self, out: &mut Vec<f32>) -> Result<usize, DecodeError>;

    /// The frame at which everything ends, where that has been found out by reading.
    fn ends_at(&self) -> Option<u64> {
        None
    }

    /// How many frames there are, by going through every packet without decoding it; whatever the header says.
    /// Seek before reading on.
    ///
    /// # Errors
    /// [`DecodeError::Cancelled`] soon after `cancel` is set; [`DecodeError`] where the file cannot be read any more.
    fn count_frames(&mut self, cancel: &AtomicBool) -> Result<u64, DecodeError>;

    /// Packets that could not be decoded, since the file was opened.
    fn skipped_packets(&self) -> u64 {
        0
    }
}

/// No recording is longer: a header that says so is damaged.
const LONGEST: MediaTime = MediaTime::from_secs(7 * 24 * 3600);

/// What was not possible, why, and with which file.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// A folder, a pipe, a device: never opened.
    #[error("Cannot play the sound: not a regular file: {}", .0.display())]
    NotAFile(PathBuf),
    /// The system does not let us.
    #[error("Cannot open the sound: {}: {}", reason, path.display())]
    Open {
        /// What the system said.
        #[source]
        reason: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// Nothing that we know as a sound file.
    #[error("Cannot play the sound: {reason}: {}", path.display())]
    Container {
        /// In words.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// A container without any sound.
    #[error("Cannot play the sound: there is none in the file: {}", .0.display())]
    NoSound(PathBuf),
    /// A codec that this build does not know.
    #[error("Cannot play the sound: the codec {codec} is not supported: {}", path.display())]
    Codec {
        /// Its short name.
        codec: String,
        /// The file.
        path: PathBuf,
    },
    /// It worked until now.
    #[error("Cannot go on playing the sound: {reason}: {}", path.display())]
    Read {
        /// In words.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// The caller gave up.
    #[error("Stopped measuring the sound: {}", .0.display())]
    Cancelled(PathBuf),
}

impl DecodeError {
    /// Why, for sentences that name the file themselves.
    fn reason(&self) -> String {
        match self {
            Self::NotAFile(_) => "not a regular file".to_owned(),
            Self::Open { reason, .. } => reason.to_string(),
            Self::Container { reason, .. } | Self::Read { reason, .. } => reason.clone(),
            Self::NoSound(_) => "there is no sound in it".to_owned(),
            Self::Codec { codec, .. } => format!("the codec {codec} is not supported"),
            Self::Cancelled(_) => "measuring it was stopped".to_owned(),
        }
    }
}

/// Opens a sound file, whatever its name says: the first bytes decide who decodes it, and if that one cannot, the other
/// is asked.
///
/// # Errors
/// [`DecodeError`] in the words of the engine that was the first choice.
pub fn open(path: &Path) -> Result<Box<dyn Decoder>, DecodeError> {
    check_is_file(path)?;
    let kind = sniff::sniff(path).map_err(|reason| DecodeError::Open { reason, path: path.to_owned() })?;
    tracing::debug!(?kind, path = %path.display(), "opening sound");
    engines(path, kind)
}

#[cfg(feature = "ffmpeg")]
fn engines(path: &Path, kind: sniff::Kind) -> Result<Box<dyn Decoder>, DecodeError> {
    let by_symphonia = || symphonia::open(path, kind);
    let by_ffmpeg = || ffmpeg::open(path);
    // The first choice knows best what is wrong with the file.
    if kind.symphonia_is_exact() {
        by_symphonia().or_else(|first| by_ffmpeg().map_err(|_second| first))
    } else if kind.symphonia_may_help() {
        by_ffmpeg().or_else(|first| by_symphonia().map_err(|_second| first))
    } else {
        by_ffmpeg()
    }
}

#[cfg(not(feature = "ffmpeg"))]
fn engines(path: &Path, kind: sniff::Kind) -> Result<Box<dyn Decoder>, DecodeError> {
    symphonia::open(path, kind).map_err(|err| match err {
        DecodeError::Container { .. } if kind.codec_unknown_to_symphonia().is_some() => DecodeError::Codec {
            codec: kind.codec_unknown_to_symphonia().unwrap_or_default().to_owned(),
            path: path.to_owned(),
        },
        err => err,
    })
}

/// Appends frames of `from` channels as frames of `to` channels: one is given to all, all are averaged into one, and
/// otherwise they are matched in order.
fn remix(samples: &[f32], from: usize, to: usize, out: &mut Vec<f32>) {
    if from == to {
        out.extend_from_slice(samples);
        return;
    }
    for frame in samples.chunks_exact(from.max(1)) {
        match (frame, to) {
            ([mono], _) => out.extend(std::iter::repeat_n(*mono, to)),
            #[expect(clippy::cast_precision_loss, reason = "a handful of channels")]
            (_, 1) => out.push(frame.iter().sum::<f32>() / frame.len() as f32),
            _ => out.extend((0..to).map(|channel| frame.get(channel).copied().unwrap_or(0.0))),
        }
    }
}

/// Appends the frames at another rate, by linear interpolation. Only for the rare file that changes its rate midway.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "positions within one packet")]
#[expect(clippy::cast_sign_loss, reason = "positions are not negative")]
fn resample(samples: &[f32], channels: usize, from: u32, to: u32, out: &mut Vec<f32>) {
    let frames = samples.len() / channels.max(1);
    let wanted = (frames as f64 * f64::from(to) / f64::from(from.max(1))).round() as usize;
    for frame in 0..wanted {
        let at = frame as f64 * f64::from(from) / f64::from(to.max(1));
        let (first, part) = (at as usize, at.fract() as f32);
        for channel in 0..channels {
            let sample = |frame: usize| samples.get(frame.min(frames - 1) * channels + channel).copied().unwrap_or(0.0);
            out.push(sample(first) * (1.0 - part) + sample(first + 1) * part);
        }
    }
}

/// `value * numer / denom`, rounded to nearest; saturates.
fn scale(value: i64, numer: u64, denom: u64) -> i64 {
    let denom = i128::from(denom.max(1));
    let scaled = (i128::from(value) * i128::from(numer) + denom / 2).div_euclid(denom);
    i64::try_from(scaled).unwrap_or(if scaled < 0 { i64::MIN } else { i64::MAX })
}

fn check_is_file(path: &Path) -> Result<(), DecodeError> {
    let meta = std::fs::metadata(path).map_err(|reason| DecodeError::Open { reason, path: path.to_owned() })?;
    if meta.is_file() && meta.len() == 0 {
        return Err(DecodeError::Container { reason: "the file is empty".to_owned(), path: path.to_owned() });
    }
    // Opening a pipe or a device would block, perhaps for ever.
    if meta.is_file() { Ok(()) } else { Err(DecodeError::NotAFile(path.to_owned())) }
}

/// What sound the file has and how long it lasts, where the file states it. Reads headers and the first packet only.
///
/// # Errors
/// As [`open`].
pub fn probe(path: &Path) -> Result<(AudioInfo, Option<MediaTime>), DecodeError> {
    let decoder = open(path)?;
    let format = decoder.format();
    Ok((format.info(), format.duration()))
}

/// [`probe`] for those who do not know this module.
#[derive(Debug, Clone, Copy, Default)]
pub struct Probe;

impl MediaProbe for Probe {
    fn probe(&self, file: &Path) -> Result<(AudioInfo, Option<MediaTime>), String> {
        probe(file).map_err(|err| err.reason())
    }

    fn contents(&self, file: &Path) -> MediaContents {
        contents::of(file)
    }

    fn film_length(&self, file: &Path) -> Option<MediaTime> {
        contents::film_length(file)
    }
}

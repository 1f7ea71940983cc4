//! symphonia: WAV, AIFF, FLAC, Vorbis in Ogg, MP3 with a header; and what else it can when FFmpeg is not built in.

mod contents;
mod names;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use symphonia::core::codecs::audio::well_known as id;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{TimeBase, Timestamp};

pub(super) use self::contents::contents;
use self::names::codec_name;
use super::exact::{Exact, Piece, Source};
use super::sniff::Kind;
use super::{DecodeError, Decoder, MAX_CHANNELS, StreamFormat, remix, resample, scale};

/// Damaged packets in a row before the file counts as ended.
const MAX_BAD_IN_A_ROW: u32 = 1000;
/// Packets are decoded from this much before the frame to land on.
const MARGIN_MS: u64 = 50;

/// Opens with symphonia, whatever it makes of the file.
pub(super) fn open(path: &Path, kind: Kind) -> Result<Box<dyn Decoder>, DecodeError> {
    Ok(Box::new(Exact::new(Symphonia::open(path, kind)?)))
}

struct Symphonia {
    path: PathBuf,
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    time_base: TimeBase,
    /// Timestamp of frame 0.
    origin: i64,
    format: StreamFormat,
    end: Option<u64>,
    /// Packets that end before this timestamp are not decoded.
    skip_before: i64,
    /// Set when the timestamps start anew, as in chained Ogg: they are no longer comparable.
    chained: bool,
    /// Nothing more comes, and the reader is not to be used again: that of MP4 cannot seek once it is at its end.
    ended: bool,
    skipped: u64,
    bad_in_a_row: u32,
    /// The first piece, decoded while opening.
    first: Option<(Piece, Vec<f32>)>,
    decoded: Vec<f32>,
}

fn reader(path: &Path) -> Result<Box<dyn FormatReader>, DecodeError> {
    let file = File::open(path).map_err(|reason| DecodeError::Open { reason, path: path.to_owned() })?;
    let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let options = (FormatOptions::default(), MetadataOptions::default());
    let reader = guarded(|| symphonia::default::get_probe().probe(&Hint::new(), stream, options.0, options.1));
    let reason = match reader {
        Some(Ok(reader)) => return Ok(reader),
        Some(Err(err)) => err.to_string(),
        None => String::new(),
    };
    let reason = if reason.trim().is_empty() { "it is damaged".to_owned() } else { reason };
    Err(DecodeError::Container { reason, path: path.to_owned() })
}

fn decoder(params: &AudioCodecParameters, path: &Path) -> Result<Box<dyn AudioDecoder>, DecodeError> {
    // MP3 is trimmed by us, because symphonia would cut off whatever a wrong header does not count. Vorbis needs its own
    // trimming to drop the first packet after a reset.
    let options = AudioDecoderOptions::default().gapless(params.codec != id::CODEC_ID_MP3);
    symphonia::default::get_codecs().make_audio_decoder(params, &options).map_err(|err| match err {
        Error::Unsupported(_) => DecodeError::Codec { codec: codec_name(params.codec), path: path.to_owned() },
        err => DecodeError::Container { reason: err.to_string(), path: path.to_owned() },
    })
}

impl Symphonia {
    fn open(path: &Path, kind: Kind) -> Result<Self, DecodeError> {
        let reader = reader(path)?;
        let track = reader.default_track(TrackType::Audio).ok_or_else(|| DecodeError::NoSound(path.to_owned()))?;
        let params = track.codec_params.as_ref().and_then(|params| params.audio()).cloned();
        let params = params.ok_or_else(|| DecodeError::NoSound(path.to_owned()))?;
        let decoder = decoder(&params, path)?;
        let rate = params.sample_rate.unwrap_or(0);
        let time_base = track.time_base.or_else(|| TimeBase::try_from_recip(rate.max(1)));
        let Some(time_base) = time_base else {
            return Err(DecodeError::Container { reason: "it has no time base".to_owned(), path: path.to_owned() });
        };
        let length = track.num_frames;
        let format = StreamFormat {
            sample_rate: rate,
            channels: 0,
            codec: codec_name(params.codec),
            length,
            // For MP3 without a header, the reader guesses.
            exact: length.is_some() && kind != Kind::Mp3,
            caveat: caveat(&params, reader.format_info().short_name),
        };
        let mut this = Self {
            path: path.to_owned(),
            track: track.id,
            time_base,
            origin: 0,
            end: length.filter(|_| kind == Kind::Mp3WithHeader),
            format,
            decoder,
            skip_before: i64::MIN,
            chained: false,
            ended: false,
            skipped: 0,
            bad_in_a_row: 0,
            first: None,
            decoded: Vec::new(),
            reader,
        };
        this.decode_first()?;
        Ok(this)
    }

    /// The true rate and channels are those of the first packet.
    fn decode_first(&mut self) -> Result<(), DecodeError> {
        let Some(stamp) = self.decode_packet()? else {
            return Err(DecodeError::NoSound(self.path.clone()));
        };
        let spec = self.decoder.last_decoded().spec().clone();
        let channels = u16::try_from(spec.channels().count()).unwrap_or(u16::MAX);
        if spec.rate() == 0 || channels == 0 {
            return Err(DecodeError::NoSound(self.path.clone()));
        }
        self.format.sample_rate = spec.rate();
        self.format.channels = channels.min(MAX_CHANNELS);
        // Negative timestamps are the encoder's delay; positive ones of a first packet are where the recording began.
        self.origin = stamp.max(0);
        let mut first = Vec::new();
        let piece = self.take(stamp, &mut first);
        self.first = Some((piece, first));
        Ok(())
    }

    /// Reads the next packet of the track; `None` at the end.
    fn read_packet(&mut self) -> Result<Option<Packet>, DecodeError> {
        while !self.ended {
            let Some(packet) = guarded(|| self.reader.next_packet()) else { break };
            match packet {
                Ok(Some(packet)) if packet.track_id == self.track => return Ok(Some(packet)),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(Error::IoError(err)) if err.kind() == std::io::ErrorKind::UnexpectedEof => break,
                Err(Error::IoError(err)) => {
                    return Err(DecodeError::Read { reason: err.to_string(), path: self.path.clone() });
                }
                Err(Error::ResetRequired) => self.restart()?,
                Err(err) => self.skip(&err),
            }
        }
        self.ended = true;
        Ok(None)
    }

    /// Decodes the next packet of the track that has any sound in it; its timestamp, or `None` at the end.
    fn decode_packet(&mut self) -> Result<Option<i64>, DecodeError> {
        while let Some(packet) = self.read_packet()? {
            let (start, dur) = (packet.pts.get(), packet.dur.get());
            if start.saturating_add_unsigned(dur) < self.skip_before {
                continue;
            }
            let decoded = guarded(|| {
                let sound = self.decoder.decode(&packet)?;
                sound.copy_to_vec_interleaved(&mut self.decoded);
                Ok(sound.frames())
            });
            match decoded {
                Some(Ok(0)) => {}
                Some(Ok(_)) => {
                    self.bad_in_a_row = 0;
                    let trimmed = if self.format.codec == "mp3" { 0 } else { packet.trim_start.get() };
                    return Ok(Some(start.saturating_add_unsigned(trimmed)));
                }
                Some(Err(err)) => self.skip(&err),
                None => self.ended = true,
            }
        }
        Ok(None)
    }

    /// A packet is lost; after too many of them, so is the rest of the file.
    fn skip(&mut self, err: &Error) {
        tracing::debug!(%err, "damaged packet");
        self.skipped += 1;
        self.bad_in_a_row += 1;
        self.ended = self.bad_in_a_row >= MAX_BAD_IN_A_ROW;
    }

    /// A new stream begins in the middle of the file.
    fn restart(&mut self) -> Result<(), DecodeError> {
        let track = self.reader.default_track(TrackType::Audio);
        let Some(track) = track else {
            return Err(DecodeError::NoSound(self.path.clone()));
        };
        let params = track.codec_params.as_ref().and_then(|params| params.audio()).cloned();
        let params = params.ok_or_else(|| DecodeError::NoSound(self.path.clone()))?;
        self.track = track.id;
        self.decoder = decoder(&params, &self.path)?;
        (self.chained, self.skip_before) = (true, i64::MIN);
        self.bad_in_a_row += 1;
        if self.bad_in_a_row >= MAX_BAD_IN_A_ROW {
            return Err(DecodeError::Read { reason: "it starts over and over".to_owned(), path: self.path.clone() });
        }
        Ok(())
    }

    /// Back to how it was when opened.
    fn reopen(&mut self) -> Result<(), DecodeError> {
        self.reader = reader(&self.path)?;
        self.restart()?;
        (self.bad_in_a_row, self.chained, self.ended) = (0, false, false);
        Ok(())
    }

    /// Brings what was decoded to the channels and the rate of the format.
    fn take(&mut self, stamp: i64, out: &mut Vec<f32>) -> Piece {
        out.clear();
        let spec = self.decoder.last_decoded().spec().clone();
        let (from, to) = (spec.channels().count(), usize::from(self.format.channels));
        if spec.rate() == self.format.sample_rate {
            remix(&self.decoded, from, to, out);
        } else {
            let mut remixed = Vec::new();
            remix(&self.decoded, from, to, &mut remixed);
            resample(&remixed, to, spec.rate(), self.format.sample_rate, out);
        }
        let position = (!self.chained).then(|| self.to_frames(stamp.saturating_sub(self.origin)));
        Piece { position }
    }

    fn to_frames(&self, ticks: i64) -> i64 {
        scale(
            ticks,
            u64::from(self.time_base.numer.get()) * u64::from(self.format.sample_rate),
            self.time_base.denom.get().into(),
        )
    }

    fn to_ticks(&self, frames: u64) -> i64 {
        let frames = i64::try_from(frames).unwrap_or(i64::MAX);
        scale(
            frames,
            self.time_base.denom.get().into(),
            u64::from(self.time_base.numer.get()) * u64::from(self.format.sample_rate),
        )
    }

    /// `false` where the reader cannot.
    fn seek(&mut self, ticks: i64) -> bool {
        let to = SeekTo::Timestamp { ts: Timestamp::new(ticks), track_id: self.track };
        !self.ended && guarded(|| self.reader.seek(SeekMode::Accurate, to)).is_some_and(|done| done.is_ok())
    }
}

impl Source for Symphonia {
    fn format(&self) -> &StreamFormat {
        &self.format
    }

    fn preroll_ms(&self) -> u64 {
        // Sound is stored in packets up to 511 bytes earlier (ISO 11172-3, main_data_begin): many, when they are small.
        if self.format.codec == "mp3" { 500 } else { 150 }
    }

    fn slack(&self) -> u64 {
        u64::from(self.format.sample_rate) * 10 / 1000
    }

    fn end(&self) -> Option<u64> {
        self.end
    }

    fn path(&self) -> &Path {
        &self.path
    }

    fn skipped(&self) -> u64 {
        self.skipped
    }

    fn land(&mut self, frame: u64) -> Result<(), DecodeError> {
        (self.first, self.bad_in_a_row) = (None, 0);
        let ticks = self.origin.saturating_add(self.to_ticks(frame));
        if self.ended || frame == 0 && self.chained {
            self.reopen()?;
        }
        if !self.seek(ticks) && !self.seek(self.origin) {
            self.reopen()?;
        }
        self.decoder.reset();
        let margin = self.to_ticks(u64::from(self.format.sample_rate) * MARGIN_MS / 1000);
        self.skip_before = if frame == 0 { i64::MIN } else { ticks.saturating_sub(margin) };
        Ok(())
    }

    fn next(&mut self, out: &mut Vec<f32>) -> Result<Option<Piece>, DecodeError> {
        if let Some((piece, mut first)) = self.first.take() {
            out.clear();
            out.append(&mut first);
            return Ok(Some(piece));
        }
        let Some(stamp) = self.decode_packet()? else {
            return Ok(None);
        };
        Ok(Some(self.take(stamp, out)))
    }

    fn next_packet(&mut self) -> Result<Option<Piece>, DecodeError> {
        let Some(packet) = self.read_packet()? else { return Ok(None) };
        let position = self.to_frames(packet.pts.get().saturating_sub(self.origin));
        Ok(Some(Piece { position: (!self.chained).then_some(position) }))
    }
}

/// `None` if symphonia panics, which it does on some damaged files.
fn guarded<T>(call: impl FnOnce() -> Result<T, Error>) -> Option<Result<T, Error>> {
    catch_unwind(AssertUnwindSafe(call)).ok()
}

/// What symphonia is known not to get right, for builds that have nothing better.
fn caveat(params: &AudioCodecParameters, container: &str) -> Option<String> {
    if params.codec != id::CODEC_ID_AAC {
        return None;
    }
    // HE-AAC codes the lower half of the spectrum at half the rate, and mostly does not say so in the header.
    if params.sample_rate.is_some_and(|rate| rate <= 24_000) {
        return Some("If this is HE-AAC, it plays without its upper half: Plenary was built without FFmpeg".to_owned());
    }
    let what = if container == "isomp4" { "AAC in MP4" } else { "AAC" };
    Some(format!("{what} plays about 23 ms late: Plenary was built without FFmpeg"))
}

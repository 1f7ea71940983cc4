//! FFmpeg: AAC, Opus, MP3 without a header, Matroska and WebM, and whatever else the system's FFmpeg knows.

mod contents;
mod grid;
mod raw;
mod samples;
mod timing;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Once;

use ffmpeg_next::codec::{self, decoder};
use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{Error, Packet, frame, media};

use crate::demux;

pub(super) use self::contents::{contents, film_length};
use self::grid::Grid;
use self::timing::Timing;
use super::exact::{Exact, Piece, Source};
use super::{DecodeError, Decoder, MAX_CHANNELS, StreamFormat, remix, resample, scale};

/// Damaged packets in a row before the file counts as ended.
const MAX_BAD_IN_A_ROW: u32 = 1000;
/// Packets are decoded from this much before the frame to land on.
const MARGIN_MS: i64 = 50;
/// A sound that begins this much after the pictures really does; less is the encoder's delay.
const LATE_START_MS: i64 = 40;

/// Opens with FFmpeg, whatever it makes of the file.
pub(super) fn open(path: &Path) -> Result<Box<dyn Decoder>, DecodeError> {
    quiet();
    Ok(Box::new(Exact::new(Ffmpeg::open(path)?)))
}

/// FFmpeg would write to the terminal what it thinks of a file.
fn quiet() {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Quiet));
}

struct Ffmpeg {
    path: PathBuf,
    input: Input,
    stream: usize,
    decoder: decoder::Audio,
    packet: Packet,
    frame: frame::Audio,
    timing: Timing,
    format: StreamFormat,
    end: Option<u64>,
    /// The input that has learnt where its packets are, while another one reads the beginning of the file.
    indexed: Option<Input>,
    /// Timestamp of the first packet.
    first_packet: Option<i64>,
    /// Packets that end before this timestamp are not decoded.
    skip_before: i64,
    draining: bool,
    skipped: u64,
    bad_in_a_row: u32,
    /// Pieces decoded while opening.
    first: VecDeque<(Piece, Vec<f32>)>,
    converted: Vec<f32>,
    remixed: Vec<f32>,
}

fn container_error(err: Error, path: &Path) -> DecodeError {
    let reason = match err {
        // What FFmpeg says of a file that is cut off in its header depends on the container.
        Error::InvalidData | Error::Eof => "it is damaged, or no sound file".to_owned(),
        Error::Other { errno } if [ffmpeg_next::error::EINVAL, ffmpeg_next::error::EIO].contains(&errno) => {
            "it is damaged, or no sound file".to_owned()
        }
        err => err.to_string(),
    };
    DecodeError::Container { reason, path: path.to_owned() }
}

fn no_sound(path: &Path) -> DecodeError {
    DecodeError::NoSound(path.to_owned())
}

/// A file, the stream to play, and a decoder for it.
fn open_stream(path: &Path) -> Result<(Input, usize, decoder::Audio), DecodeError> {
    let mut input = raw::open_input(path).map_err(|err| container_error(err, path))?;
    let stream = input.streams().best(media::Type::Audio).ok_or_else(|| no_sound(path))?;
    let (index, time_base, parameters) = (stream.index(), stream.time_base(), stream.parameters());
    let codec = parameters.id().name();
    let mut context = codec::Context::from_parameters(parameters).map_err(|err| container_error(err, path))?;
    if codec == "aac" && is_mp4(&input) {
        raw::trim_nothing(&mut context);
    }
    let mut decoder = context.decoder();
    // Without it, FFmpeg trims the encoder's delay but does not move the timestamps.
    decoder.set_packet_time_base(time_base);
    let unsupported = |_err| DecodeError::Codec { codec: codec.to_owned(), path: path.to_owned() };
    let decoder = decoder.audio().map_err(unsupported)?;
    demux::keep_only(&mut input, index);
    Ok((input, index, decoder))
}

fn is_mp4(input: &Input) -> bool {
    input.format().name().contains("mp4")
}

impl Ffmpeg {
    fn open(path: &Path) -> Result<Self, DecodeError> {
        let (input, index, decoder) = open_stream(path)?;
        let stream = input.stream(index).ok_or_else(|| no_sound(path))?;
        let (time_base, start, duration) = (stream.time_base(), stream.start_time(), stream.duration());
        let codec = stream.parameters().id().name().to_owned();
        let mut this = Self {
            path: path.to_owned(),
            stream: index,
            decoder,
            packet: Packet::empty(),
            frame: frame::Audio::empty(),
            timing: Timing::new(time_base, 1),
            format: StreamFormat { sample_rate: 0, channels: 0, codec, length: None, exact: false, caveat: None },
            end: None,
            indexed: None,
            first_packet: None,
            skip_before: i64::MIN,
            draining: false,
            skipped: 0,
            bad_in_a_row: 0,
            first: VecDeque::new(),
            converted: Vec::new(),
            remixed: Vec::new(),
            input,
        };
        if !this.decode_frame()? {
            return Err(no_sound(path));
        }
        // The true rate and channels are those of the first frame, and so is the beginning of time.
        this.format.sample_rate = this.frame.rate();
        this.format.channels = this.frame.channels().min(MAX_CHANNELS);
        if this.format.sample_rate == 0 || this.format.channels == 0 {
            return Err(no_sound(path));
        }
        this.timing = Timing::new(time_base, this.format.sample_rate);
        let first_sound = this.place_first(start)?;
        this.measure(duration, first_sound);
        Ok(this)
    }

    /// Finds the beginning of time, and the grid of the packets where timestamps are rounded. Returns when the first sound is
    /// heard.
    fn place_first(&mut self, start: i64) -> Result<i64, DecodeError> {
        // Where the container does not say, `start` is the lowest of all numbers.
        let stamp = self.frame.timestamp().unwrap_or(start.max(0));
        // What MP4 places before zero is the encoder's delay.
        let heard = if is_mp4(&self.input) { stamp.max(0) } else { stamp };
        self.timing.origin = self.beginning(heard);
        let mut first = Vec::new();
        self.convert(&mut first);
        let frames = count(first.len(), self.format.channels);
        let position = self.timing.position(stamp, frames);
        self.first.push_back((Piece { position: Some(position) }, first));
        if self.timing.coarse() && self.decode_frame()? {
            let mut second = Vec::new();
            self.convert(&mut second);
            let step = match self.format.codec.as_str() {
                "vorbis" => grid::vorbis_step(raw::extradata(&self.decoder)).unwrap_or(1),
                _ => count(second.len(), self.format.channels),
            };
            self.timing.grid = Grid::new(step, position.saturating_add(frames), 2 * self.timing.frames(1));
            let piece = Piece { position: self.position(&second) };
            self.first.push_back((piece, second));
        }
        Ok(heard)
    }

    /// Timestamp of frame 0: the first sound, or the first picture where the sound begins later.
    fn beginning(&self, first_sound: i64) -> i64 {
        let pictures = self.input.streams().any(|stream| {
            stream.parameters().medium() == media::Type::Video
                && !stream.disposition().contains(Disposition::ATTACHED_PIC)
        });
        let start = raw::start_time_micros(&self.input).filter(|_| pictures);
        let start = start.map_or(first_sound, |micros| self.timing.ticks_of_micros(micros));
        let late = first_sound.saturating_sub(start) > self.timing.ticks_of_millis(LATE_START_MS);
        if late { start } else { first_sound }
    }

    /// The length as the file has it.
    fn measure(&mut self, duration: i64, first_sound: i64) {
        let whole = Some(self.input.duration()).filter(|micros| *micros > 0);
        let whole = whole.map(|micros| self.timing.ticks_of_micros(micros));
        let duration = Some(duration).filter(|ticks| *ticks > 0);
        let mp4 = is_mp4(&self.input);
        // But for MP4, it counts from the first packet, which is not heard where it is the encoder's delay.
        let first = self.first_packet.filter(|_| !mp4).unwrap_or(first_sound);
        let unheard = self.timing.origin.saturating_sub(first).max(0);
        // That of the sound does not have the time before a sound that begins late; but in ASF, it is that of the whole.
        let late = first_sound.saturating_sub(self.timing.origin).max(0);
        let late = if self.input.format().name().contains("asf") { 0 } else { late };
        let end = duration.map(|ticks| ticks.saturating_add(late)).or(whole).map(|end| end.saturating_sub(unheard));
        let heard = end.map(|ticks| self.timing.frames(ticks));
        self.format.length = heard.and_then(|frames| u64::try_from(frames).ok());
        self.format.exact = self.format.length.is_some() && !raw::duration_is_guessed(&self.input);
        // Only MP4 states where the sound ends within its last packet without having FFmpeg cut it off.
        let states_end = mp4 && duration.is_some() && self.timing.whole();
        self.end = self.format.length.filter(|_| states_end && self.format.exact);
    }

    /// Back to how it was when opened.
    fn restart(&mut self) -> Result<(), DecodeError> {
        let (input, stream, decoder) = open_stream(&self.path)?;
        let used = std::mem::replace(&mut self.input, input);
        self.indexed.get_or_insert(used);
        (self.stream, self.decoder) = (stream, decoder);
        self.skip_before = i64::MIN;
        Ok(())
    }

    /// Number of the first frame of what was decoded and converted to `samples`.
    fn position(&self, samples: &[f32]) -> Option<i64> {
        let frames = count(samples.len(), self.format.channels);
        self.frame.timestamp().map(|stamp| self.timing.position(stamp, frames))
    }

    /// Reads the next packet of the stream. `false` at the end.
    fn read_packet(&mut self) -> Result<bool, DecodeError> {
        loop {
            match self.packet.read(&mut self.input) {
                Ok(()) if self.packet.stream() == self.stream => {
                    self.first_packet = self.first_packet.or(self.packet.pts());
                    return Ok(true);
                }
                Ok(()) => {}
                Err(Error::Eof) => return Ok(false),
                Err(Error::Other { errno }) if errno == ffmpeg_next::error::EIO => {
                    let reason = "the disk reports an error".to_owned();
                    return Err(DecodeError::Read { reason, path: self.path.clone() });
                }
                Err(err) => {
                    if self.give_up(err) {
                        return Ok(false);
                    }
                }
            }
        }
    }

    fn give_up(&mut self, err: Error) -> bool {
        tracing::debug!(%err, "damaged packet");
        self.skipped += 1;
        self.bad_in_a_row += 1;
        self.bad_in_a_row >= MAX_BAD_IN_A_ROW
    }

    /// Whether the packet lies wholly before what is wanted.
    fn packet_is_early(&self) -> bool {
        let start = self.packet.pts().or(self.packet.dts());
        start.is_some_and(|start| start.saturating_add(self.packet.duration().max(0)) < self.skip_before)
    }

    /// Decodes into `self.frame`. `false` at the end.
    fn decode_frame(&mut self) -> Result<bool, DecodeError> {
        loop {
            match self.decoder.receive_frame(&mut self.frame) {
                Ok(()) if self.frame.samples() > 0 => {
                    self.bad_in_a_row = 0;
                    return Ok(true);
                }
                Ok(()) => continue,
                Err(Error::Eof) => return Ok(false),
                Err(Error::Other { errno }) if errno == ffmpeg_next::error::EAGAIN => {}
                Err(err) => {
                    if self.give_up(err) {
                        return Ok(false);
                    }
                }
            }
            if self.draining {
                return Ok(false);
            }
            if !self.read_packet()? {
                self.draining = true;
                self.decoder.send_eof().ok();
            } else if !self.packet_is_early()
                && let Err(err) = self.decoder.send_packet(&self.packet)
                && self.give_up(err)
            {
                return Ok(false);
            }
        }
    }

    /// The decoded frame in the channels and at the rate of the format.
    fn convert(&mut self, out: &mut Vec<f32>) {
        out.clear();
        if !samples::interleave(&self.frame, &mut self.converted) {
            return;
        }
        let (from, to) = (usize::from(self.frame.channels()), usize::from(self.format.channels));
        if self.frame.rate() == self.format.sample_rate || self.frame.rate() == 0 {
            remix(&self.converted, from, to, out);
        } else {
            self.remixed.clear();
            remix(&self.converted, from, to, &mut self.remixed);
            resample(&self.remixed, to, self.frame.rate(), self.format.sample_rate, out);
        }
    }
}

/// Measured: after this the samples are those of continuous decoding, but for what codecs fill in as noise.
fn preroll_ms(codec: &str) -> u64 {
    match codec {
        // Sound is stored in packets up to 511 bytes earlier (ISO 11172-3, main_data_begin): many, when they are small.
        "mp3" => 500,
        // The 80 ms that RFC 7845 asks for leave audible traces behind.
        "opus" => 400,
        _ => 150,
    }
}

fn count(samples: usize, channels: u16) -> i64 {
    i64::try_from(samples / usize::from(channels.max(1))).unwrap_or(i64::MAX)
}

impl Source for Ffmpeg {
    fn format(&self) -> &StreamFormat {
        &self.format
    }

    fn preroll_ms(&self) -> u64 {
        preroll_ms(&self.format.codec)
    }

    fn slack(&self) -> u64 {
        u64::from(self.format.sample_rate) * if self.timing.coarse() { 15 } else { 10 } / 1000
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
        self.first.clear();
        (self.bad_in_a_row, self.draining) = (0, false);
        // The first packets, of which little or nothing is heard, cannot be sought in MP4; and only a new decoder makes
        // of them what the first one did.
        if frame == 0 {
            return self.restart();
        }
        if let Some(indexed) = self.indexed.take() {
            self.input = indexed;
        }
        let stamp = self.timing.stamp(frame);
        if let Err(err) = demux::seek_backward(&mut self.input, self.stream, stamp) {
            tracing::debug!(%err, "reading from the beginning instead of seeking");
            self.restart()?;
        }
        self.decoder.flush();
        self.skip_before = stamp.saturating_sub(self.timing.ticks_of_millis(MARGIN_MS));
        Ok(())
    }

    fn next(&mut self, out: &mut Vec<f32>) -> Result<Option<Piece>, DecodeError> {
        if let Some((piece, mut first)) = self.first.pop_front() {
            out.clear();
            out.append(&mut first);
            return Ok(Some(piece));
        }
        if !self.decode_frame()? {
            return Ok(None);
        }
        self.convert(out);
        Ok(Some(Piece { position: self.position(out) }))
    }

    fn next_packet(&mut self) -> Result<Option<Piece>, DecodeError> {
        if !self.read_packet()? {
            return Ok(None);
        }
        let stamp = self.packet.pts().or(self.packet.dts());
        Ok(Some(Piece { position: stamp.map(|stamp| self.timing.position(stamp, 0)) }))
    }
}

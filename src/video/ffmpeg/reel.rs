//! A file, the stream of it that is shown, and its decoder: packets in, pictures out, and when they are shown.

use std::path::Path;

use ffmpeg_next::codec::packet::side_data::Type as SideData;
use ffmpeg_next::codec::{self, decoder, threading};
use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{Error, Packet, Rational, frame, media};

use super::raw;
use crate::demux;
use crate::time::MediaTime;
use crate::video::convert::Turn;
use crate::video::{Flaw, Opening, VideoError, VideoInfo};

/// Damaged packets in a row before the file counts as ended.
const MAX_BAD_IN_A_ROW: u32 = 1000;
/// A sound that begins this much after the pictures really does; less is the encoder's delay.
const LATE_START: MediaTime = MediaTime::from_millis(40);
/// Smaller pictures are decoded as fast by the processor, without going to a chip and back.
const HARDWARE_FROM: u32 = 1280 * 720;
/// So many damaged pictures are told: one may be the last of a recording that was interrupted.
const MANY_DAMAGED: u32 = 3;
/// Most threads that decode one video.
const MAX_THREADS: usize = 6;

/// A file, the stream to show, and its decoder.
pub(super) struct Reel {
    pub(super) input: Input,
    pub(super) stream: usize,
    pub(super) decoder: decoder::Video,
    pub(super) packet: Packet,
    pub(super) clock: Clock,
    pub(super) draining: bool,
    pub(super) bad_in_a_row: u32,
    pub(super) hardware: Option<String>,
    /// The chip could not decode something.
    pub(super) failed: bool,
    /// Across by down of a pixel, where the container says it.
    pub(super) aspect: Option<Rational>,
    /// A picture has been decoded.
    pub(super) works: bool,
    /// And since the last seek.
    pub(super) flows: bool,
    /// Pictures that could not be decoded although those before could be.
    pub(super) damaged: u32,
    /// Until when there are pictures, as the file says.
    pub(super) promised: Option<MediaTime>,
    pub(super) flaw: Option<Flaw>,
}

/// Between timestamps and times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// Nanoseconds per tick, as a fraction.
    numer: i128,
    denom: i128,
    /// Timestamp of time zero.
    origin: i64,
}

impl Clock {
    pub(super) fn new(base: Rational) -> Self {
        let part = |value: i32| i128::from(value.max(1));
        Self { numer: part(base.numerator()) * 1_000_000_000, denom: part(base.denominator()), origin: 0 }
    }

    pub(super) fn time(&self, stamp: i64) -> MediaTime {
        let ticks = i128::from(stamp) - i128::from(self.origin);
        let nanos = (ticks * self.numer).div_euclid(self.denom);
        MediaTime::from_nanos(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN / 4 } else { i64::MAX / 4 }))
    }

    /// How long so many ticks are.
    pub(super) fn length(&self, ticks: i64) -> MediaTime {
        self.time(self.origin.saturating_add(ticks))
    }

    pub(super) fn stamp(&self, time: MediaTime) -> i64 {
        let ticks = (i128::from(time.nanos()) * self.denom).div_euclid(self.numer) + i128::from(self.origin);
        i64::try_from(ticks).unwrap_or(if ticks < 0 { i64::MIN / 4 } else { i64::MAX / 4 })
    }
}

pub(super) fn unreadable(path: &Path, reason: impl Into<String>) -> VideoError {
    VideoError::Unreadable { reason: reason.into(), path: path.to_owned() }
}

fn failed(path: &Path, err: Error) -> VideoError {
    match err {
        // Files that would have others opened are no files of these kinds.
        Error::InvalidData | Error::Other { errno: ffmpeg_next::error::EINVAL } => {
            unreadable(path, "it is damaged, or no video file")
        }
        err => unreadable(path, err.to_string()),
    }
}

fn is_container(input: &Input, name: &str) -> bool {
    input.format().name().contains(name)
}

/// Timestamp of time zero, in a unit: where the sound begins, as its player has it; without sound, that of the container.
fn origin(input: &Input, clock: Clock) -> i64 {
    let start = raw::start_time_micros(input).map(|micros| MediaTime::from_nanos(micros.saturating_mul(1000)));
    let sound = input.streams().best(media::Type::Audio);
    let Some(sound) = sound else {
        let counts_from_zero = is_container(input, "mp4") || is_container(input, "matroska");
        return if counts_from_zero { 0 } else { clock.stamp(start.unwrap_or_default()) };
    };
    let first =
        raw::known(sound.start_time()).map_or(MediaTime::ZERO, |stamp| Clock::new(sound.time_base()).time(stamp));
    let first = if is_container(input, "mp4") { first.max_zero() } else { first };
    let late = start.filter(|start| first - *start > LATE_START);
    clock.stamp(late.unwrap_or(first))
}

impl Reel {
    pub(super) fn open(path: &Path, how: Opening) -> Result<(Self, Turn, VideoInfo), VideoError> {
        let mut input = raw::open_input(path).map_err(|err| failed(path, err))?;
        let is_moving = |stream: &ffmpeg_next::Stream<'_>| {
            stream.parameters().medium() == media::Type::Video
                && !stream.disposition().contains(Disposition::ATTACHED_PIC)
        };
        let best = input.streams().best(media::Type::Video).filter(is_moving);
        let stream = best.or_else(|| input.streams().find(is_moving));
        let stream = stream.ok_or_else(|| unreadable(path, "it has no moving pictures"))?;
        let (index, base, parameters) = (stream.index(), stream.time_base(), stream.parameters());
        let id = parameters.id();
        let name = id.name().to_owned();
        let turn = turn_of(&stream);
        let told_aspect = raw::aspect(&stream);
        let mut clock = Clock::new(base);
        let length = raw::known(stream.duration()).filter(|ticks| *ticks > 0);
        let first = raw::known(stream.start_time()).unwrap_or(0);
        let unsupported = |_err| unreadable(path, format!("the pictures are {name}, which is not supported"));
        let codec = ffmpeg_next::codec::decoder::find(id)
            .ok_or_else(|| unreadable(path, format!("the pictures are {name}, which is not supported")))?;
        let mut context = codec::Context::from_parameters(parameters).map_err(|err| failed(path, err))?;
        raw::limit(&mut context, how.keys_only);
        let (width, height) = raw::size(&context);
        let worth_it = how.hardware && width.saturating_mul(height) >= HARDWARE_FROM;
        let hardware = if worth_it { raw::take_hardware(&mut context, &codec) } else { None };
        // A chip needs no threads, and some decoders fail with both.
        let count = if hardware.is_some() { 1 } else { threads(how) };
        context.set_threading(threading::Config { count, ..threading::Config::kind(threading::Type::Frame) });
        let mut decoder = context.decoder();
        decoder.set_packet_time_base(base);
        let decoder = decoder.video().map_err(unsupported)?;
        clock.origin = origin(&input, clock);
        let whole = Some(input.duration()).filter(|micros| *micros > 0);
        let whole = whole.map(|micros| MediaTime::from_nanos(micros.saturating_mul(1000)));
        let mut own = clock;
        own.origin = 0;
        let duration = length.map(|ticks| own.time(ticks)).or(whole);
        let alone = input.streams().count() == 1;
        let told = input.stream(index).and_then(|stream| told_end(&stream));
        let promised = length
            .map(|ticks| clock.time(first) + own.time(ticks))
            .or(told.or(whole.filter(|_| alone)).map(|end| end - own.time(clock.origin)))
            .filter(|end| *end > MediaTime::ZERO);
        demux::keep_only(&mut input, index);
        let aspect = told_aspect.unwrap_or_else(|| decoder.aspect_ratio());
        let display = turn.size(display((decoder.width(), decoder.height()), aspect));
        let info = VideoInfo { codec: name, display, duration, hardware: hardware.clone() };
        let reel = Self {
            input,
            stream: index,
            decoder,
            packet: Packet::empty(),
            clock,
            draining: false,
            bad_in_a_row: 0,
            hardware,
            failed: false,
            aspect: told_aspect,
            works: false,
            flows: false,
            damaged: 0,
            promised,
            flaw: None,
        };
        Ok((reel, turn, info))
    }

    pub(super) fn rate(&self) -> Option<MediaTime> {
        let stream = self.input.stream(self.stream)?;
        let rates = [stream.avg_frame_rate(), stream.rate()];
        let rate = rates.into_iter().find(|rate| rate.numerator() > 0 && rate.denominator() > 0)?;
        let nanos = i64::from(rate.denominator()) * 1_000_000_000 / i64::from(rate.numerator());
        Some(MediaTime::from_nanos(nanos)).filter(|time| (1_000_000..=10_000_000_000).contains(&time.nanos()))
    }

    /// Whether a chip decodes, and so is what may have failed: the processor knows more forms, and what to do with damaged ones.
    pub(super) fn blame_chip(&mut self, err: Error) -> bool {
        self.failed = self.hardware.is_some();
        if self.failed {
            tracing::debug!(%err, "a chip has failed");
        }
        self.failed
    }

    pub(super) fn note_damage(&mut self) {
        self.damaged += 1;
        if self.damaged >= MANY_DAMAGED && self.flaw.is_none() {
            self.flaw = Some(Flaw::Damaged);
        }
    }

    /// Whether too many packets in a row were damaged.
    pub(super) fn give_up(&mut self, err: Error) -> bool {
        tracing::debug!(%err, "damaged picture");
        // Right after a seek, pictures may need others that were not decoded.
        if self.flows {
            self.note_damage();
        }
        self.bad_in_a_row += 1;
        self.bad_in_a_row >= MAX_BAD_IN_A_ROW
    }

    /// Reads the next packet of the stream. `false` at the end.
    pub(super) fn read_packet(&mut self, path: &Path) -> Result<bool, VideoError> {
        loop {
            match self.packet.read(&mut self.input) {
                Ok(()) if self.packet.stream() == self.stream => return Ok(true),
                Ok(()) => {}
                Err(Error::Eof) => return Ok(false),
                Err(Error::Other { errno }) if errno == ffmpeg_next::error::EIO => {
                    return Err(unreadable(path, "the disk reports an error"));
                }
                Err(err) => {
                    if self.give_up(err) {
                        return Ok(false);
                    }
                }
            }
        }
    }

    /// Decodes into `frame`. `false` at the end.
    pub(super) fn decode(&mut self, frame: &mut frame::Video, path: &Path) -> Result<bool, VideoError> {
        loop {
            match self.decoder.receive_frame(frame) {
                Ok(()) if frame.width() > 0 && frame.height() > 0 => {
                    self.bad_in_a_row = 0;
                    if self.flows && raw::is_patched(frame) {
                        self.note_damage();
                    }
                    (self.works, self.flows) = (true, true);
                    return Ok(true);
                }
                Ok(()) => continue,
                Err(Error::Eof) => return Ok(false),
                Err(Error::Other { errno }) if errno == ffmpeg_next::error::EAGAIN => {}
                Err(err) => {
                    if self.blame_chip(err) || self.give_up(err) {
                        return Ok(false);
                    }
                }
            }
            if self.draining {
                return Ok(false);
            }
            if !self.read_packet(path)? {
                self.draining = true;
                self.decoder.send_eof().ok();
            } else if let Err(err) = self.decoder.send_packet(&self.packet)
                && (self.blame_chip(err) || self.give_up(err))
            {
                return Ok(false);
            }
        }
    }
}

/// When a stream in Matroska ends, which is told in words: `00:01:02.345000000`.
fn told_end(stream: &ffmpeg_next::Stream<'_>) -> Option<MediaTime> {
    let tags = stream.metadata();
    let told = tags.get("DURATION")?;
    let mut secs = 0.0;
    for part in told.split(':') {
        secs = 60.0 * secs + part.parse::<f64>().ok().filter(|part| (0.0..1e6).contains(part))?;
    }
    Some(MediaTime::from_secs_f64(secs)).filter(|length| *length > MediaTime::ZERO)
}

fn threads(how: Opening) -> usize {
    if how == Opening::WATCH {
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MAX_THREADS)
    } else {
        1
    }
}

/// Pixels with square sides: the side along which they are longer grows.
pub(super) fn display((width, height): (u32, u32), aspect: Rational) -> (u32, u32) {
    let (across, down) = (aspect.numerator(), aspect.denominator());
    let sane = across > 0 && down > 0 && across != down && across < 16 * down && down < 16 * across;
    let (Ok(across), Ok(down)) = (u64::try_from(across), u64::try_from(down)) else { return (width, height) };
    if !sane {
        return (width, height);
    }
    let scaled =
        |length: u32, by: u64, of: u64| u32::try_from((u64::from(length) * by + of / 2) / of).unwrap_or(length);
    if across > down { (scaled(width, across, down), height) } else { (width, scaled(height, down, across)) }
}

fn turn_of(stream: &ffmpeg_next::Stream<'_>) -> Turn {
    let found = stream.side_data().find(|data| data.kind() == SideData::DisplayMatrix);
    let Some(found) = found else { return Turn::default() };
    let (numbers, _) = found.data().as_chunks::<4>();
    let mut matrix = [0; 9];
    if numbers.len() < matrix.len() {
        return Turn::default();
    }
    for (to, bytes) in matrix.iter_mut().zip(numbers) {
        *to = i32::from_ne_bytes(*bytes);
    }
    Turn::of_matrix(&matrix)
}

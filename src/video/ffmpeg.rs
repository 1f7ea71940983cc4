//! FFmpeg: whatever moving pictures the system's FFmpeg knows. Blocks on the disk; the decoder's thread.

mod raw;

use std::path::{Path, PathBuf};
use std::sync::Once;

use ffmpeg_next::codec::packet::side_data::Type as SideData;
use ffmpeg_next::codec::{self, decoder, threading};
use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{Error, Packet, Rational, chroma, color, frame, media};

use super::convert::{Matrix, Model, Picture, Scratch, Turn};
use super::fit::Fitter;
use super::{Flaw, Form, Frame, FrameSource, Make, Opening, Planes, Span, VideoError, VideoInfo};
use crate::demux;
use crate::time::MediaTime;

/// Damaged packets in a row before the file counts as ended.
const MAX_BAD_IN_A_ROW: u32 = 1000;
/// A sound that begins this much after the pictures really does; less is the encoder's delay.
const LATE_START: MediaTime = MediaTime::from_millis(40);
/// Smaller pictures are decoded as fast by the processor, without going to a chip and back.
const HARDWARE_FROM: u32 = 1280 * 720;
/// Where a key picture lies after the moment that was sought, it is sought this much earlier, then twice that, and so on.
const STEP_BACK: MediaTime = MediaTime::from_secs(1);
/// Pictures without timestamps follow each other by this, where the file does not say at which rate.
const USUAL_FRAME: MediaTime = MediaTime::from_millis(40);
/// So many damaged pictures are told: one may be the last of a recording that was interrupted.
const MANY_DAMAGED: u32 = 3;
/// A video that ends so long before its end is cut short.
const SHORT: MediaTime = MediaTime::from_secs(1);
/// Most threads that decode one video.
const MAX_THREADS: usize = 6;

/// Opens the pictures of a file.
pub(super) fn open(path: &Path, how: Opening) -> Result<Box<dyn FrameSource>, VideoError> {
    quiet();
    Ok(Box::new(Film::open(path, how)?))
}

/// FFmpeg would write to the terminal what it thinks of a file.
fn quiet() {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Quiet));
}

/// A decoded picture, and when it is shown.
struct Decoded {
    frame: frame::Video,
    at: MediaTime,
}

struct Film {
    path: PathBuf,
    how: Opening,
    reel: Reel,
    info: VideoInfo,
    turn: Turn,
    /// What was told of last.
    current: Option<Decoded>,
    /// The one after it, so that it is known until when the current one is shown.
    ahead: Option<Decoded>,
    /// Memory for the next picture.
    spare: Option<frame::Video>,
    fetched: frame::Video,
    scratch: Scratch,
    unturned: Vec<u8>,
    fitter: Fitter,
    /// How long a picture is shown where nothing says it.
    usual: MediaTime,
}

/// A file, the stream to show, and its decoder.
struct Reel {
    input: Input,
    stream: usize,
    decoder: decoder::Video,
    packet: Packet,
    clock: Clock,
    draining: bool,
    bad_in_a_row: u32,
    hardware: Option<String>,
    /// The chip could not decode something.
    failed: bool,
    /// Across by down of a pixel, where the container says it.
    aspect: Option<Rational>,
    /// A picture has been decoded.
    works: bool,
    /// And since the last seek.
    flows: bool,
    /// Pictures that could not be decoded although those before could be.
    damaged: u32,
    /// Until when there are pictures, as the file says.
    promised: Option<MediaTime>,
    flaw: Option<Flaw>,
}

/// Between timestamps and times.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// Nanoseconds per tick, as a fraction.
    numer: i128,
    denom: i128,
    /// Timestamp of time zero.
    origin: i64,
}

impl Clock {
    fn new(base: Rational) -> Self {
        let part = |value: i32| i128::from(value.max(1));
        Self { numer: part(base.numerator()) * 1_000_000_000, denom: part(base.denominator()), origin: 0 }
    }

    fn time(&self, stamp: i64) -> MediaTime {
        let ticks = i128::from(stamp) - i128::from(self.origin);
        let nanos = (ticks * self.numer).div_euclid(self.denom);
        MediaTime::from_nanos(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN / 4 } else { i64::MAX / 4 }))
    }

    /// How long so many ticks are.
    fn length(&self, ticks: i64) -> MediaTime {
        self.time(self.origin.saturating_add(ticks))
    }

    fn stamp(&self, time: MediaTime) -> i64 {
        let ticks = (i128::from(time.nanos()) * self.denom).div_euclid(self.numer) + i128::from(self.origin);
        i64::try_from(ticks).unwrap_or(if ticks < 0 { i64::MIN / 4 } else { i64::MAX / 4 })
    }
}

fn unreadable(path: &Path, reason: impl Into<String>) -> VideoError {
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
    fn open(path: &Path, how: Opening) -> Result<(Self, Turn, VideoInfo), VideoError> {
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

    fn rate(&self) -> Option<MediaTime> {
        let stream = self.input.stream(self.stream)?;
        let rates = [stream.avg_frame_rate(), stream.rate()];
        let rate = rates.into_iter().find(|rate| rate.numerator() > 0 && rate.denominator() > 0)?;
        let nanos = i64::from(rate.denominator()) * 1_000_000_000 / i64::from(rate.numerator());
        Some(MediaTime::from_nanos(nanos)).filter(|time| (1_000_000..=10_000_000_000).contains(&time.nanos()))
    }

    /// Whether a chip decodes, and so is what may have failed: the processor knows more forms, and what to do with damaged ones.
    fn blame_chip(&mut self, err: Error) -> bool {
        self.failed = self.hardware.is_some();
        if self.failed {
            tracing::debug!(%err, "a chip has failed");
        }
        self.failed
    }

    fn note_damage(&mut self) {
        self.damaged += 1;
        if self.damaged >= MANY_DAMAGED && self.flaw.is_none() {
            self.flaw = Some(Flaw::Damaged);
        }
    }

    /// Whether too many packets in a row were damaged.
    fn give_up(&mut self, err: Error) -> bool {
        tracing::debug!(%err, "damaged picture");
        // Right after a seek, pictures may need others that were not decoded.
        if self.flows {
            self.note_damage();
        }
        self.bad_in_a_row += 1;
        self.bad_in_a_row >= MAX_BAD_IN_A_ROW
    }

    /// Reads the next packet of the stream. `false` at the end.
    fn read_packet(&mut self, path: &Path) -> Result<bool, VideoError> {
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
    fn decode(&mut self, frame: &mut frame::Video, path: &Path) -> Result<bool, VideoError> {
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
fn display((width, height): (u32, u32), aspect: Rational) -> (u32, u32) {
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

impl Film {
    fn open(path: &Path, how: Opening) -> Result<Self, VideoError> {
        let (reel, turn, info) = Reel::open(path, how)?;
        let usual = reel.rate().unwrap_or(USUAL_FRAME);
        let mut film = Self {
            path: path.to_owned(),
            how,
            reel,
            info,
            turn,
            current: None,
            ahead: None,
            spare: None,
            fetched: frame::Video::empty(),
            scratch: Scratch::default(),
            unturned: Vec::new(),
            fitter: Fitter::default(),
            usual,
        };
        film.look_ahead()?;
        if film.ahead.is_none() {
            return Err(unreadable(path, "none of its pictures can be decoded"));
        }
        Ok(film)
    }

    /// Decodes the picture after the current one.
    fn look_ahead(&mut self) -> Result<(), VideoError> {
        let mut frame = self.spare.take().unwrap_or_else(frame::Video::empty);
        let found = self.reel.decode(&mut frame, &self.path)?;
        let useless = self.reel.failed || !self.reel.works;
        if self.reel.hardware.is_some() && (!found && useless || found && !self.fetchable(&frame)) {
            return self.leave_hardware();
        }
        if !found {
            self.check_end();
            self.spare = Some(frame);
            self.ahead = None;
            return Ok(());
        }
        let before = self.current.as_ref().map(|current| current.at);
        let guess = before.map_or(MediaTime::ZERO, |at| at + self.usual);
        let at = frame.timestamp().map_or(guess, |stamp| self.reel.clock.time(stamp));
        // Times that stand still or go back, in a damaged file, would make a picture last for ever.
        let at = before.map_or(at, |before| at.max(before + MediaTime::from_nanos(1)));
        self.ahead = Some(Decoded { frame, at });
        Ok(())
    }

    /// Notes where the pictures end before the file says so.
    fn check_end(&mut self) {
        let Some((last, promised)) = self.current.as_ref().zip(self.reel.promised) else { return };
        let shown = self.reel.clock.length(raw::duration(&last.frame)).max(self.usual);
        let ends = last.at + shown;
        let missing = promised - ends;
        if self.reel.flows && missing > SHORT && missing.nanos() > promised.nanos() / 50 {
            self.reel.flaw = Some(Flaw::CutShort { ends: ends.max_zero(), promised });
        }
    }

    /// Whether a picture can be had from where it lies.
    fn fetchable(&mut self, frame: &frame::Video) -> bool {
        !raw::is_in_hardware(frame) || raw::fetch(frame, &mut self.fetched).is_ok()
    }

    /// The chip has failed: from here on the processor decodes, the picture after the current one first.
    fn leave_hardware(&mut self) -> Result<(), VideoError> {
        tracing::info!(chip = ?self.reel.hardware, "a chip cannot decode this video, the processor does");
        self.how.hardware = false;
        let (reel, turn, info) = Reel::open(&self.path, self.how)?;
        (self.reel, self.turn, self.info) = (reel, turn, info);
        let Some(current) = self.current.take() else { return self.look_ahead() };
        self.land(current.at)?;
        while self.ahead.as_ref().is_some_and(|ahead| ahead.at <= current.at) {
            let passed = self.ahead.take();
            self.spare = passed.map(|passed| passed.frame);
            self.look_ahead()?;
        }
        self.current = Some(current);
        Ok(())
    }

    /// Back to how it was when opened.
    fn rewind(&mut self) -> Result<(), VideoError> {
        let (reel, ..) = Reel::open(&self.path, self.how)?;
        self.reel = reel;
        self.look_ahead()
    }

    /// The next picture is one from which the moment can be reached.
    fn land(&mut self, to: MediaTime) -> Result<(), VideoError> {
        (self.current, self.ahead) = (None, None);
        let mut back = MediaTime::ZERO;
        loop {
            let from = to - back;
            (self.reel.draining, self.reel.bad_in_a_row) = (false, 0);
            if from < MediaTime::ZERO && back > MediaTime::ZERO
                || demux::seek_backward(&mut self.reel.input, self.reel.stream, self.reel.clock.stamp(from)).is_err()
            {
                return self.rewind();
            }
            self.reel.decoder.flush();
            self.reel.flows = false;
            self.look_ahead()?;
            // Containers know when a picture is decoded, some not when it is shown; and of pictures between two key pictures,
            // some need both.
            if self.ahead.as_ref().is_some_and(|ahead| ahead.at <= to) {
                return Ok(());
            }
            self.ahead = None;
            back = if back == MediaTime::ZERO { STEP_BACK } else { back + back };
        }
    }

    fn span(&self) -> Option<Span> {
        let current = self.current.as_ref()?;
        Some(Span { from: current.at, until: self.ahead.as_ref().map(|ahead| ahead.at) })
    }

    /// Does something with the current picture.
    fn with_picture<T>(&mut self, act: impl FnOnce(&Picture<'_>, &mut Scratch) -> T) -> Option<T> {
        let current = self.current.as_ref()?;
        let frame = if raw::is_in_hardware(&current.frame) {
            raw::fetch(&current.frame, &mut self.fetched).ok()?;
            &self.fetched
        } else {
            &current.frame
        };
        let (name, format) = raw::format(frame)?;
        if format.unreadable {
            tracing::debug!(name, "pictures of this format are not shown");
            return None;
        }
        let (width, height) = (frame.width(), frame.height());
        let model = if format.palette {
            Model::Palette
        } else if format.rgb || frame.color_space() == color::Space::RGB {
            Model::Rgb
        } else {
            let full = match frame.color_range() {
                color::Range::JPEG => true,
                color::Range::MPEG => false,
                color::Range::Unspecified => name.starts_with("yuvj") || name.starts_with("gray"),
            };
            Model::Luma { matrix: matrix(frame.color_space(), (width, height)), full }
        };
        let rows = |height: u32| usize::try_from(height).unwrap_or(0);
        let planes = raw::planes(frame, rows(height), rows(height).div_ceil(1 << format.coarser.1), format.palette);
        let picture = Picture {
            width: rows(width),
            height: rows(height),
            planes,
            components: format.components,
            count: format.count,
            model,
            coarser: format.coarser,
            big_endian: format.big_endian,
            interlaced: frame.is_interlaced(),
        };
        Some(act(&picture, &mut self.scratch))
    }
}

fn matrix(space: color::Space, (width, height): (u32, u32)) -> Matrix {
    match space {
        color::Space::BT709 => Matrix::BT709,
        color::Space::BT470BG | color::Space::SMPTE170M | color::Space::FCC => Matrix::BT601,
        color::Space::BT2020NCL | color::Space::BT2020CL => Matrix::BT2020,
        color::Space::SMPTE240M => Matrix::SMPTE240M,
        _ => Matrix::guessed(width, height),
    }
}

/// See [`Planes::siting`]; where it is not said, as MPEG-2 has it, and most after it.
fn siting(location: chroma::Location) -> (f32, f32) {
    match location {
        chroma::Location::Center => (0.0, 0.0),
        chroma::Location::Top => (0.0, 0.5),
        chroma::Location::TopLeft => (0.5, 0.5),
        chroma::Location::Bottom => (0.0, -0.5),
        chroma::Location::BottomLeft => (0.5, -0.5),
        chroma::Location::Left | chroma::Location::Unspecified => (0.5, 0.0),
    }
}

impl FrameSource for Film {
    fn info(&self) -> &VideoInfo {
        &self.info
    }

    fn seek(&mut self, to: MediaTime) -> Result<(), VideoError> {
        self.land(to)
    }

    fn flaw(&self) -> Option<Flaw> {
        self.reel.flaw
    }

    fn advance(&mut self) -> Result<Option<Span>, VideoError> {
        let Some(ahead) = self.ahead.take() else { return Ok(None) };
        let passed = self.current.replace(ahead);
        self.spare = passed.map(|passed| passed.frame);
        self.look_ahead()?;
        Ok(self.span())
    }

    fn picture(&mut self, memory: Vec<u8>, make: Make) -> Option<Frame> {
        let (span, turn) = (self.span()?, self.turn);
        let siting = siting(self.current.as_ref()?.frame.chroma_location());
        let mut bytes = memory;
        let mut unturned = std::mem::take(&mut self.unturned);
        let mut fitter = std::mem::take(&mut self.fitter);
        let drawn = self.with_picture(|picture, scratch| {
            let size = (picture.width, picture.height);
            match make {
                Make::Planes => {
                    if let Some(left) = Planes::leave(picture, turn, siting, &mut bytes) {
                        return (turn.size(size), Form::Planes(left));
                    }
                }
                Make::Fitted(across, down) => {
                    let seen = (across as usize, down as usize);
                    if seen != turn.size(size) && across > 0 && down > 0 {
                        fitter.fit(picture, turn, seen, scratch, &mut bytes);
                        return (seen, Form::Rgba);
                    }
                }
                Make::Rgba => {}
            }
            if turn == Turn::default() {
                picture.rgba(scratch, &mut bytes);
            } else {
                picture.rgba(scratch, &mut unturned);
                turn.apply(&unturned, size, &mut bytes);
            }
            (turn.size(size), Form::Rgba)
        });
        (self.unturned, self.fitter) = (unturned, fitter);
        let ((width, height), form) = drawn?;
        let size = |length: usize| u32::try_from(length).unwrap_or(0);
        let (width, height) = (size(width), size(height));
        let frame = &self.current.as_ref()?.frame;
        let aspect = self.reel.aspect.unwrap_or(frame.aspect_ratio());
        let display = turn.size(display((frame.width(), frame.height()), aspect));
        Some(Frame { span, width, height, display, form, bytes })
    }

    fn grey(&mut self, across: usize, down: usize, out: &mut Vec<u8>) -> bool {
        let turn = self.turn;
        let drawn = self.with_picture(|picture, scratch| {
            if turn == Turn::default() {
                picture.grey(scratch, across, down, out);
                return;
            }
            let mut unturned = Vec::new();
            let (width, height) = turn.size((across, down));
            picture.grey(scratch, width, height, &mut unturned);
            let wide: Vec<u8> = unturned.iter().flat_map(|value| [*value, *value, *value, 255]).collect();
            let mut turned = Vec::new();
            turn.apply(&wide, (width, height), &mut turned);
            out.clear();
            out.extend(turned.iter().step_by(4));
        });
        drawn.is_some()
    }
}

#[cfg(test)]
mod tests;

//! FFmpeg: whatever moving pictures the system's FFmpeg knows. Blocks on the disk; the decoder's thread.

mod raw;
mod reel;

use std::path::{Path, PathBuf};
use std::sync::Once;

use ffmpeg_next::{chroma, color, frame};

use reel::{Reel, display, unreadable};

use super::convert::{Matrix, Model, Picture, Scratch, Turn};
use super::fit::Fitter;
use super::{Flaw, Form, Frame, FrameSource, Make, Opening, Part, Planes, Span, VideoError, VideoInfo, Within};
use crate::demux;
use crate::time::MediaTime;

/// Where a key picture lies after the moment that was sought, it is sought this much earlier, then twice that, and so on.
const STEP_BACK: MediaTime = MediaTime::from_secs(1);
/// Pictures without timestamps follow each other by this, where the file does not say at which rate.
const USUAL_FRAME: MediaTime = MediaTime::from_millis(40);
/// A video that ends so long before its end is cut short.
const SHORT: MediaTime = MediaTime::from_secs(1);

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
    /// What is shown of each picture.
    part: Option<Part>,
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
            part: None,
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
    fn with_picture<T>(&mut self, act: impl FnOnce(&Picture<'_>, &mut Scratch) -> T) -> Option<(T, Within)> {
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
        let part = self.part.filter(|_| self.turn == Turn::default());
        let (picture, within) = part.map_or((picture, Within::ALL), |part| part.of(&picture));
        Some((act(&picture, &mut self.scratch), within))
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

    fn show(&mut self, part: Option<Part>) {
        self.part = part;
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
                        return (size, turn.size(size), Form::Planes(left));
                    }
                }
                Make::Fitted(across, down) => {
                    let seen = (across as usize, down as usize);
                    if seen != turn.size(size) && across > 0 && down > 0 {
                        fitter.fit(picture, turn, seen, scratch, &mut bytes);
                        return (size, seen, Form::Rgba);
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
            (size, turn.size(size), Form::Rgba)
        });
        (self.unturned, self.fitter) = (unturned, fitter);
        let ((own, made, form), within) = drawn?;
        let size = |(width, height)| (u32::try_from(width).unwrap_or(0), u32::try_from(height).unwrap_or(0));
        let (width, height): (u32, u32) = size(made);
        let frame = &self.current.as_ref()?.frame;
        let aspect = self.reel.aspect.unwrap_or(frame.aspect_ratio());
        let display = turn.size(display(size(own), aspect));
        Some(Frame { span, width, height, display, within, form, bytes })
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

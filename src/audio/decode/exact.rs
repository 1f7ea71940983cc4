//! Makes an engine exact: whatever packet it lands on after a seek, what comes out begins at the frame asked for.
//!
//! An engine says for each decoded piece where it believes it to begin. That is taken at its word once, after a seek;
//! from then on frames are counted, because timestamps are often rounded. They are only heeded again when they jump:
//! lost packets become silence, so that the rest stays where it belongs.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{DecodeError, Decoder, StreamFormat};

/// Each further attempt lands this many times farther back.
const PREROLL_FACTOR: u64 = 4;
/// Attempts before reading from the beginning of the file.
const MAX_ATTEMPTS: u32 = 4;
/// Timestamps may drift away from the count by this much before they are believed.
const MAX_DRIFT_MS: u64 = 100;
/// A jump beyond this is believed only when the next packet says the same.
const MAX_JUMP_MS: u64 = 2000;
/// No gap in a talk is longer; timestamps that say so are broken.
const MAX_GAP_SECS: u64 = 6 * 3600;
/// Encoders pad the end of a file by less than this.
const MAX_PADDING_FRAMES: usize = 8192;
/// Frames of silence per read.
const SILENCE_FRAMES: u64 = 4096;

/// What an engine provides.
pub(super) trait Source: Send {
    fn format(&self) -> &StreamFormat;

    /// How much sound before the frame asked for is decoded and thrown away, so that the decoder has settled by then.
    fn preroll_ms(&self) -> u64;

    /// Timestamps that are off by less than this say nothing, in frames.
    fn slack(&self) -> u64;

    /// The end of the heard sound, where packets contain padding beyond it that the engine does not remove.
    fn end(&self) -> Option<u64>;

    /// The next piece is from a packet at or before this frame, as near as possible; from the first one for 0.
    fn land(&mut self, frame: u64) -> Result<(), DecodeError>;

    /// Replaces `out` by the next interleaved piece; `None` at the end.
    fn next(&mut self, out: &mut Vec<f32>) -> Result<Option<Piece>, DecodeError>;

    /// Reads the next packet without decoding it; `None` at the end.
    fn next_packet(&mut self) -> Result<Option<Piece>, DecodeError>;

    /// The file.
    fn path(&self) -> &Path;

    /// Packets that could not be decoded.
    fn skipped(&self) -> u64;
}

/// A decoded packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// Number of its first frame; negative within the encoder's delay; `None` where the container does not say.
    pub(super) position: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The source stands before a piece that has not been placed yet; `attempt` landings have been made.
    Landing {
        attempt: u32,
    },
    /// `position` is known.
    Playing,
    Ended,
}

/// An exact decoder around a [`Source`].
pub(super) struct Exact<S> {
    source: S,
    channels: usize,
    state: State,
    /// Number of the frame after all that has been taken from the source and placed.
    position: i64,
    /// Frames before this one are dropped.
    target: i64,
    /// By how much the timestamps were ahead of the count at the last packet.
    drift: i64,
    /// Where the timestamps go on if the jump that was just seen is real.
    jump: Option<i64>,
    /// Silence to come before `held`.
    silence: u64,
    /// A piece that is to be delivered after the silence.
    held: Vec<f32>,
    piece: Vec<f32>,
    /// Frames beyond the stated end: padding, unless more follow than any encoder adds.
    padding: Vec<f32>,
    end: Option<i64>,
}

impl<S: Source> Exact<S> {
    /// Around a source that stands at its beginning.
    pub(super) fn new(source: S) -> Self {
        let channels = usize::from(source.format().channels.max(1));
        let end = source.end().map(signed);
        Self {
            source,
            channels,
            state: State::Landing { attempt: MAX_ATTEMPTS },
            position: 0,
            target: 0,
            drift: 0,
            jump: None,
            silence: 0,
            held: Vec::new(),
            piece: Vec::new(),
            padding: Vec::new(),
            end,
        }
    }

    fn frames(&self, millis: u64) -> u64 {
        u64::from(self.source.format().sample_rate) * millis / 1000
    }

    fn land(&mut self, attempt: u32) -> Result<(), DecodeError> {
        let target = u64::try_from(self.target).unwrap_or(0);
        let back = self.frames(self.source.preroll_ms()).saturating_mul(PREROLL_FACTOR.saturating_pow(attempt));
        let frame = if attempt >= MAX_ATTEMPTS { 0 } else { target.saturating_sub(back) };
        self.state = State::Landing { attempt: if frame == 0 { MAX_ATTEMPTS } else { attempt } };
        (self.position, self.drift, self.jump, self.silence) = (0, 0, None, 0);
        self.held.clear();
        self.padding.clear();
        self.source.land(frame)
    }

    /// Places the first piece after a landing. `false`: landed too late, and again farther back.
    fn placed(&mut self, piece: Piece, attempt: u32) -> Result<bool, DecodeError> {
        let last = attempt >= MAX_ATTEMPTS;
        // A packet or two may yield nothing, hence less than was asked for.
        let latest = self.target - signed(self.frames(self.source.preroll_ms()) / 2);
        match piece.position {
            Some(at) if at <= latest || at <= 0 || last => self.position = at,
            // From the beginning of the file the count is good enough.
            None if last => self.position = 0,
            _ => {
                self.land(attempt + 1)?;
                return Ok(false);
            }
        }
        if last && self.position > 0 {
            // Sound that begins later than the file does, or a hole that the target lies in.
            self.silence = self.position.unsigned_abs();
            self.position = 0;
        }
        self.state = State::Playing;
        Ok(true)
    }

    /// Compares a piece's timestamp with the count. `false`: the piece is dropped until the next one confirms it.
    fn reconciled(&mut self, piece: Piece, frames: i64) -> bool {
        let Some(at) = piece.position else { return true };
        let ahead = at.saturating_sub(self.position);
        let step = ahead.saturating_sub(self.drift).unsigned_abs();
        if step <= self.source.slack() && ahead.unsigned_abs() <= self.frames(MAX_DRIFT_MS) {
            (self.drift, self.jump) = (ahead, None);
            return true;
        }
        let believed = ahead.unsigned_abs() <= self.frames(MAX_JUMP_MS)
            || self.jump.is_some_and(|expected| at.abs_diff(expected) <= self.source.slack());
        if !believed && ahead > 0 && ahead.unsigned_abs() <= u64::from(self.source.format().sample_rate) * MAX_GAP_SECS
        {
            if self.jump.replace(at.saturating_add(frames)).is_none() {
                return false;
            }
            // The second contradiction in a row: these timestamps are of no use, the count goes on.
        } else if believed {
            (self.drift, self.jump) = (0, None);
            if ahead > 0 {
                self.silence = ahead.unsigned_abs();
            } else {
                let overlap = usize::try_from(-ahead).unwrap_or(usize::MAX).saturating_mul(self.channels);
                self.piece.drain(..overlap.min(self.piece.len()));
            }
            return true;
        }
        (self.drift, self.jump) = (ahead, None);
        true
    }

    /// Appends what is due of some frames at `position`: nothing before the target, nothing that may be padding.
    fn deliver(&mut self, piece: &[f32], out: &mut Vec<f32>) -> usize {
        let frames = signed(piece.len() as u64) / signed(self.channels as u64);
        let cut = |frame: i64| usize::try_from((frame - self.position).clamp(0, frames)).unwrap_or(0);
        let (from, to) = (cut(self.target), self.end.map_or(usize::try_from(frames).unwrap_or(0), cut));
        self.position += frames;
        let mut delivered = 0;
        if from < to {
            out.extend_from_slice(&piece[from * self.channels..to * self.channels]);
            delivered += to - from;
        }
        let beyond = &piece[to.max(from) * self.channels..];
        if !beyond.is_empty() {
            self.padding.extend_from_slice(beyond);
            if self.padding.len() > MAX_PADDING_FRAMES * self.channels {
                tracing::debug!("the sound is longer than its header says");
                self.end = None;
                delivered += self.padding.len() / self.channels;
                out.append(&mut self.padding);
            }
        }
        delivered
    }

    fn deliver_silence(&mut self, out: &mut Vec<f32>) -> usize {
        // What lies before the target need not be made first.
        let before = u64::try_from(self.target - self.position).unwrap_or(0).min(self.silence);
        self.position += signed(before);
        self.silence -= before;
        let frames = self.silence.min(SILENCE_FRAMES);
        self.silence -= frames;
        let zeros = vec![0.0; usize::try_from(frames).unwrap_or(0) * self.channels];
        self.deliver(&zeros, out)
    }
}

fn signed(frames: u64) -> i64 {
    i64::try_from(frames).unwrap_or(i64::MAX)
}

impl<S: Source> Decoder for Exact<S> {
    fn format(&self) -> &StreamFormat {
        self.source.format()
    }

    fn skipped_packets(&self) -> u64 {
        self.source.skipped()
    }

    fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        // Far less than i64::MAX, so that sums with it cannot overflow.
        self.target = signed(frame).min(i64::MAX / 4);
        if self.end.is_some_and(|end| self.target >= end) {
            self.state = State::Ended;
            return Ok(());
        }
        self.land(0)
    }

    fn count_frames(&mut self, cancel: &AtomicBool) -> Result<u64, DecodeError> {
        let cancelled = |source: &S| match cancel.load(Ordering::Relaxed) {
            true => Err(DecodeError::Cancelled(source.path().to_owned())),
            false => Ok(()),
        };
        self.target = 0;
        self.land(MAX_ATTEMPTS)?;
        let mut last = 0;
        while let Some(packet) = self.source.next_packet()? {
            cancelled(&self.source)?;
            last = packet.position.unwrap_or(last).max(last);
        }
        // The end of the last packet is known when it is decoded. Were the timestamps wrong, an earlier place serves.
        let mut back = self.frames(self.source.preroll_ms());
        let mut out = Vec::new();
        loop {
            let from = last.unsigned_abs().saturating_sub(back);
            self.end = self.source.end().map(signed);
            self.target = signed(from);
            self.land(0)?;
            let mut frames = from;
            loop {
                cancelled(&self.source)?;
                out.clear();
                match self.read(&mut out)? {
                    0 => break,
                    read => frames += read as u64,
                }
            }
            if frames > from || from == 0 {
                return Ok(frames);
            }
            back = back.saturating_mul(8);
        }
    }

    fn read(&mut self, out: &mut Vec<f32>) -> Result<usize, DecodeError> {
        loop {
            if self.state == State::Ended {
                return Ok(0);
            }
            if self.silence > 0 {
                match self.deliver_silence(out) {
                    0 => continue,
                    frames => return Ok(frames),
                }
            }
            if !self.held.is_empty() {
                let held = std::mem::take(&mut self.held);
                let frames = self.deliver(&held, out);
                self.held = held;
                self.held.clear();
                if frames > 0 {
                    return Ok(frames);
                }
            }
            let mut piece = std::mem::take(&mut self.piece);
            let next = self.source.next(&mut piece);
            self.piece = piece;
            let Some(piece) = next? else {
                if let State::Landing { attempt } = self.state
                    && attempt < MAX_ATTEMPTS
                {
                    self.land(attempt + 1)?;
                    continue;
                }
                self.state = State::Ended;
                return Ok(0);
            };
            let frames = signed(self.piece.len() as u64) / signed(self.channels as u64);
            let due = match self.state {
                State::Landing { attempt } => self.placed(piece, attempt)?,
                State::Playing => self.reconciled(piece, frames),
                State::Ended => false,
            };
            if due {
                std::mem::swap(&mut self.held, &mut self.piece);
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! The realtime callback: pops blocks, shapes them with fades, mixes them, publishes the clock.
//! Runs on the audio driver's thread; allocates nothing, frees nothing, locks nothing, logs nothing.

use std::sync::Arc;

use super::block::{BLOCK_FRAMES, Block, CHANNELS};
use super::clock::Segment;
use super::mix::{Mix, toward};
use super::shared::Shared;

/// Length of every fade: long enough not to click, short enough not to be noticed.
const FADE_MICROS: u64 = 3_000;

/// The reading end of the ring, and what is needed to turn it into sound.
pub struct Render {
    ring: rtrb::Consumer<Block>,
    shared: Arc<Shared>,
    /// The block being played; its generation is `generation`.
    current: Block,
    /// Frames of `current` already played.
    at: usize,
    /// The generation being played, or being faded out because another is wanted.
    generation: u32,
    /// The envelope of starting and stopping, 0.0 to 1.0.
    envelope: f32,
    /// Mono, balance and volume.
    mix: Mix,
    rate_hz: u32,
    /// The change of the envelope from one frame to the next.
    slope: f32,
    /// Where the generation being played ended without a frame of sound (a seek to the very end), in nanoseconds.
    ended_at: Option<i64>,
    /// Something of the generation being played has sounded: from now on, running dry is an underrun.
    sounded: bool,
}

/// The part of the talk that one callback has handed over.
struct Run {
    start: i64,
    end: i64,
    first_frame: usize,
    frames: usize,
    last: bool,
}

impl Render {
    /// A reader of `ring` for a sink of the default rate.
    pub fn new(ring: rtrb::Consumer<Block>, shared: Arc<Shared>) -> Self {
        let rate_hz = shared.sink_rate();
        let mut render = Self {
            ring,
            mix: Mix::new(&shared, rate_hz, 1.0),
            shared,
            current: Block::empty(0, rate_hz, 0),
            at: 0,
            generation: 0,
            envelope: 0.0,
            rate_hz,
            slope: 0.0,
            ended_at: None,
            sounded: false,
        };
        render.begin(rate_hz);
        render
    }

    /// Called by a sink before its first callback, with its frames per second. Not realtime-safe by intent only.
    pub fn begin(&mut self, rate_hz: u32) {
        self.rate_hz = rate_hz.max(1);
        self.envelope = 0.0;
        #[expect(clippy::cast_precision_loss, reason = "some hundred frames")]
        let frames = (u64::from(self.rate_hz) * FADE_MICROS / 1_000_000).max(1) as f32;
        self.slope = 1.0 / frames;
        self.mix = Mix::new(&self.shared, self.rate_hz, self.slope);
        self.shared.set_sink_rate(self.rate_hz);
    }

    /// Fills `out` (interleaved stereo). `heard_at` is when its first frame will be heard, on the sink's clock.
    /// Realtime-safe.
    pub fn fill(&mut self, out: &mut [f32], heard_at: i64) {
        let frames = out.len() / CHANNELS;
        let wanted = self.shared.generation();
        let playing = self.shared.playing();
        self.mix.aim(&self.shared);
        let mut run: Option<Run> = None;
        let mut done = 0;
        while done < frames {
            if self.generation != wanted && self.envelope <= 0.0 {
                self.drain(wanted);
            }
            let opening = playing && self.generation == wanted && self.enough(frames - done);
            if !opening && self.envelope <= 0.0 {
                break;
            }
            if self.at >= self.current.frames && !self.advance() {
                // The fade was cut short because nothing was left to fade.
                self.envelope = 0.0;
                if self.generation == wanted {
                    break;
                }
                continue;
            }
            let length = (self.current.frames - self.at).min(frames - done).min(self.until_dry(opening));
            let piece = &mut out[done * CHANNELS..(done + length) * CHANNELS];
            let goal = if opening { 1.0 } else { 0.0 };
            let written = self.shape(piece, goal);
            if self.generation == wanted {
                let last = self.current.last && self.at + written >= self.current.frames;
                let (start, end) = (self.current.time_at(self.at), self.current.time_at(self.at + written));
                let run = run.get_or_insert(Run { start, end, first_frame: done, frames: 0, last });
                run.end = end;
                run.last = last;
                run.frames += written;
            }
            self.at += written;
            done += written;
        }
        out[done * CHANNELS..].fill(0.0);
        if self.generation != wanted && self.envelope <= 0.0 {
            self.drain(wanted);
        }
        self.sounded |= run.is_some();
        if playing && done < frames && self.sounded && self.generation == wanted && !self.finished() {
            self.shared.count_underrun();
        }
        if let Some(run) = run {
            self.publish(&run, heard_at);
        } else if let Some(end) = self.ended_at.take() {
            self.publish(&Run { start: end, end, first_frame: 0, frames: 0, last: true }, heard_at);
        }
        self.shared.count_callback();
    }

    /// Plays up to the end of `piece`, or until a fade-out is complete; returns the frames written.
    fn shape(&mut self, piece: &mut [f32], goal: f32) -> usize {
        let source = &self.current.samples[self.at * CHANNELS..];
        let mut written = 0;
        for (into, from) in piece.chunks_exact_mut(CHANNELS).zip(source.chunks_exact(CHANNELS)) {
            self.envelope = toward(self.envelope, goal, self.slope);
            // Raised-cosine-like without a trigonometric call: smooth at both ends.
            let curve = self.envelope * self.envelope * (3.0 - 2.0 * self.envelope);
            (into[0], into[1]) = self.mix.frame(from[0], from[1], curve);
            written += 1;
            if goal <= 0.0 && self.envelope <= 0.0 {
                break;
            }
        }
        written
    }

    /// Throws away every block that is not of `wanted`, also while paused: a full ring would keep the feeder from
    /// preparing the new place.
    fn drain(&mut self, wanted: u32) {
        if self.current.generation != wanted || self.generation != wanted {
            self.current.frames = 0;
            self.current.last = false;
            self.at = 0;
        }
        self.ended_at = None;
        self.sounded = false;
        while self.ring.peek().is_ok_and(|block| block.generation != wanted || block.rate_hz != self.rate_hz) {
            self.ring.pop().ok();
        }
        self.generation = wanted;
        self.shared.set_drained_generation(wanted);
    }

    /// Takes the next block of the generation being played; false if the ring has none.
    fn advance(&mut self) -> bool {
        loop {
            match self.ring.peek() {
                Ok(block) if block.generation == self.generation => {}
                // Another generation's block waits its turn; this one has nothing left.
                _ => return false,
            }
            let Ok(block) = self.ring.pop() else { return false };
            if block.rate_hz != self.rate_hz {
                continue;
            }
            self.current = block;
            self.at = 0;
            if self.current.frames > 0 {
                return true;
            }
            if self.current.last {
                self.ended_at = Some(self.current.end);
            }
        }
    }

    /// Frames of the generation being played that are at hand.
    fn at_hand(&self) -> usize {
        self.current.frames.saturating_sub(self.at) + self.ring.slots() * BLOCK_FRAMES
    }

    /// Whether everything of this generation has been made and nothing of it is left.
    fn finished(&self) -> bool {
        self.shared.fed_to_end() == self.generation && self.at_hand() == 0
    }

    /// Whether to open, or to stay open: after running dry, only with enough in hand not to stutter.
    fn enough(&self, frames: usize) -> bool {
        let at_hand = self.at_hand();
        if self.shared.fed_to_end() == self.generation {
            return at_hand > 0;
        }
        let fade = self.fade_frames();
        if self.envelope > 0.0 { at_hand > fade } else { at_hand >= frames.min(4 * BLOCK_FRAMES) + fade }
    }

    /// How far to go before looking again whether the ring is about to run dry, so that the fade-out still fits.
    fn until_dry(&self, opening: bool) -> usize {
        if !opening || self.shared.fed_to_end() == self.generation {
            return usize::MAX;
        }
        self.at_hand().saturating_sub(self.fade_frames()).max(1)
    }

    fn fade_frames(&self) -> usize {
        let frames = (u64::from(self.rate_hz) * FADE_MICROS / 1_000_000) as usize;
        frames.max(1)
    }

    fn publish(&self, run: &Run, heard_at: i64) {
        let heard_at = heard_at + self.nanos(run.first_frame);
        self.shared.heard.publish(Segment {
            generation: self.generation,
            start: run.start,
            end: run.end,
            heard_at,
            heard_until: heard_at + self.nanos(run.frames),
            last: run.last,
        });
    }

    fn nanos(&self, frames: usize) -> i64 {
        i64::try_from(frames as u64 * 1_000_000_000 / u64::from(self.rate_hz)).unwrap_or(0)
    }
}

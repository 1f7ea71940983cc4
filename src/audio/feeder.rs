//! From a file to finished blocks: decode, add the sounds of films, stretch, resample, tag with the time. A struct with `step()`,
//! and the thread around it. May wait for a disk; nobody waits for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Sender;

use super::block::{BLOCK_FRAMES, Block, CHANNELS};
use super::clips::{Clips, Mixer, Trouble};
use super::decode::{self, Decoder, StreamFormat};
use super::fold::Fold;
use super::mailbox::{Mailbox, Wish};
use super::outlast::Outlast;
use super::resample::Resample;
use super::shared::{DEFAULT_RATE, Shared};
use super::stretch::Stretch;
use super::timeline::Timeline;
use super::trim::{Cuts, Trimmer};
use super::warm::Warm;
use crate::time::{MediaTime, Rate};

/// So long before it is made, as the viewer hears it, the sound of a film is opened.
const CLIP_AHEAD: MediaTime = MediaTime::from_secs(2);

/// Where sound comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file with sound.
    File {
        /// Its absolute path.
        path: PathBuf,
        /// When the last slide appears: if the sound ends earlier, silence follows until it can be seen.
        last_slide: MediaTime,
    },
    /// No sound, this long: a talk that has only slides.
    Silence(MediaTime),
}

/// What the feeder has to tell. Each names the source or generation that it speaks of.
#[derive(Debug, Clone, PartialEq)]
pub enum FeederEvent {
    /// A source was opened.
    Opened {
        /// The number that [`Mailbox::open`] was given.
        opening: u32,
        /// What the decoder says of it.
        format: StreamFormat,
    },
    /// A source could not be opened, or broke while being played.
    Failed {
        /// The number that [`Mailbox::open`] was given.
        opening: u32,
        /// A sentence for the viewer.
        why: String,
    },
    /// The end of the sound has been decoded: this is where it is.
    EndKnown {
        /// The number that [`Mailbox::open`] was given.
        opening: u32,
        /// Exact length of the sound.
        length: MediaTime,
    },
    /// A film is shown without its sound; the talk goes on. Told once of an opening.
    ClipUnheard {
        /// The number that [`Mailbox::open`] was given.
        opening: u32,
        /// The film, and why.
        trouble: Trouble,
    },
}

/// What a step has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is more to do at once.
    Busy,
    /// The ring is full.
    Full,
    /// Nothing to do until something is wished.
    Idle,
    /// The program ends.
    Quit,
}

/// Makes blocks.
pub struct Feeder {
    ring: rtrb::Producer<Block>,
    shared: Arc<Shared>,
    mailbox: Arc<Mailbox>,
    events: Sender<FeederEvent>,
    waker: crate::Waker,
    opening: u32,
    generation: u32,
    rate: Rate,
    cuts: Arc<Cuts>,
    clips: Arc<Clips>,
    line: Option<Line>,
    warm: Arc<Warm>,
}

/// An opened source on its way through stretcher and resampler.
pub(super) struct Line {
    decoder: Box<dyn Decoder>,
    mixer: Mixer,
    channels: usize,
    fold: Fold,
    source_hz: u32,
    sink_hz: u32,
    stretch: Stretch,
    resample: Resample,
    timeline: Timeline,
    trim: Trimmer,
    decoded: Vec<f32>,
    /// What is left of it without what is cut.
    kept: Vec<f32>,
    stretched: Vec<f32>,
    /// Finished frames that are not in a block yet, interleaved, as many channels as the source.
    finished: Vec<f32>,
    /// Where `finished` begins, in frames since the seek.
    cut: u64,
    /// The frame of the source at which the decoder was put.
    base: i64,
    /// Frames decoded since then.
    read: u64,
    ended: bool,
    /// The last block has been handed over.
    closed: bool,
    /// The place, speed and device rate for which the first sound is made already.
    primed: Option<(MediaTime, Rate, u32)>,
}

impl Feeder {
    /// A feeder at rest.
    pub fn new(
        ring: rtrb::Producer<Block>,
        shared: Arc<Shared>,
        mailbox: Arc<Mailbox>,
        events: Sender<FeederEvent>,
        waker: crate::Waker,
        warm: Arc<Warm>,
    ) -> Self {
        Self {
            ring,
            shared,
            mailbox,
            events,
            waker,
            opening: 0,
            generation: 0,
            rate: Rate::NORMAL,
            cuts: Arc::default(),
            clips: Arc::default(),
            line: None,
            warm,
        }
    }

    /// Does one piece of work: takes up what is wished, or decodes one packet, or hands over what is finished, or prepares
    /// the sound of the next film.
    pub fn step(&mut self) -> Step {
        let step = self.work();
        if let Some(trouble) = self.line.as_mut().and_then(|line| line.mixer.trouble()) {
            self.tell(FeederEvent::ClipUnheard { opening: self.opening, trouble });
        }
        step
    }

    fn work(&mut self) -> Step {
        let wish = self.mailbox.take();
        if wish.quit {
            return Step::Quit;
        }
        self.take_up(wish);
        let Some(line) = &mut self.line else { return Step::Idle };
        match line.hand_over(&mut self.ring, self.generation) {
            // While the ring is full there is time to open what will be wanted.
            Handed::Full if line.prepare(self.rate) => return Step::Busy,
            Handed::Full => return Step::Full,
            Handed::All => {
                self.shared.set_fed_to_end(self.generation);
                return Step::Idle;
            }
            Handed::Hungry => {}
        }
        match line.make(self.rate) {
            Ok(Some(end)) => {
                let length = MediaTime::from_frames(end, line.source_hz);
                self.tell(FeederEvent::EndKnown { opening: self.opening, length });
            }
            Ok(None) => {}
            Err(why) => {
                self.line = None;
                self.tell(FeederEvent::Failed { opening: self.opening, why });
            }
        }
        Step::Busy
    }

    /// Runs until told to quit, sleeping while there is nothing to do.
    pub fn run(mut self) {
        loop {
            match self.step() {
                Step::Busy => {}
                Step::Full => std::thread::park_timeout(self.patience()),
                Step::Idle => std::thread::park(),
                Step::Quit => return,
            }
        }
    }

    /// How long a full ring may be left alone.
    fn patience(&self) -> Duration {
        if self.shared.drained_generation() != self.generation {
            // The callback is about to throw away what is stale.
            Duration::from_millis(2)
        } else if self.shared.playing() {
            Duration::from_millis(40)
        } else {
            Duration::from_secs(3600)
        }
    }

    fn take_up(&mut self, wish: Wish) {
        self.rate = wish.rate;
        if !Arc::ptr_eq(&self.cuts, &wish.cuts) {
            self.cuts = wish.cuts;
        }
        if !Arc::ptr_eq(&self.clips, &wish.clips) {
            self.clips = wish.clips;
        }
        if let Some((opening, source)) = wish.open {
            self.opening = opening;
            self.line = None;
            let open = |source: &Source| self.warm.take(source).map_or_else(|| Line::open(source, &self.clips), Ok);
            match source.as_ref().map(open) {
                None => {}
                Some(Ok(line)) => {
                    let format = line.decoder.format().clone();
                    self.line = Some(line);
                    self.tell(FeederEvent::Opened { opening, format });
                }
                Some(Err(why)) => self.tell(FeederEvent::Failed { opening, why }),
            }
        }
        if let Some(line) = &mut self.line {
            line.trim.set(&self.cuts);
            line.set_clips(&self.clips);
        }
        if let Some((generation, at)) = wish.seek {
            self.generation = generation;
            if let Some(line) = &mut self.line {
                let moved = line.seek(at, self.rate, self.shared.sink_rate());
                if let Err(why) = moved {
                    self.line = None;
                    self.tell(FeederEvent::Failed { opening: self.opening, why });
                }
            }
        }
    }

    fn tell(&self, event: FeederEvent) {
        // A front end that does not listen must not stop the sound.
        self.events.try_send(event).ok();
        (self.waker)();
    }
}

enum Handed {
    /// The ring takes no more.
    Full,
    /// More sound has to be made first.
    Hungry,
    /// Everything up to the end is in the ring.
    All,
}

impl Line {
    pub(super) fn open(source: &Source, clips: &Arc<Clips>) -> Result<Self, String> {
        let decoder: Box<dyn Decoder> = match source {
            Source::File { path, last_slide } => {
                let decoder = decode::open(path).map_err(|e| e.to_string())?;
                Box::new(Outlast::new(decoder, *last_slide))
            }
            Source::Silence(length) => {
                let frames = u64::try_from(length.frames(DEFAULT_RATE)).unwrap_or(0);
                // Films have two sides, also where nobody speaks.
                let channels = if clips.sounds().is_empty() { 1 } else { 2 };
                Box::new(decode::Silence::new(frames, DEFAULT_RATE, channels))
            }
        };
        let format = decoder.format();
        let (source_hz, channels) = (format.sample_rate, usize::from(format.channels));
        if source_hz == 0 || channels == 0 {
            return Err("Cannot play the sound: the file does not say its rate or channels".into());
        }
        let channel_count = format.channels;
        let own = match source {
            Source::File { path, .. } => Some(path.as_path()),
            Source::Silence(_) => None,
        };
        let mut mixer = Mixer::new(source_hz, channels, own);
        mixer.set(clips);
        Ok(Self {
            decoder,
            mixer,
            channels,
            fold: Fold::of(channels),
            source_hz,
            sink_hz: source_hz,
            stretch: Stretch::new(source_hz, channel_count),
            resample: Resample::new(source_hz, source_hz, channels).map_err(|e| e.to_string())?,
            timeline: Timeline::default(),
            trim: Trimmer::new(source_hz, channels),
            decoded: Vec::new(),
            kept: Vec::new(),
            stretched: Vec::new(),
            finished: Vec::new(),
            cut: 0,
            base: 0,
            read: 0,
            ended: false,
            closed: false,
            primed: None,
        })
    }

    /// Goes to a place and makes its first sound, `ahead` long.
    pub(super) fn prime(&mut self, at: MediaTime, rate: Rate, sink_hz: u32, ahead: MediaTime) -> Result<(), String> {
        self.seek(at, rate, sink_hz)?;
        let enough = ahead.frames(self.source_hz).unsigned_abs();
        while self.read < enough && !self.ended {
            self.make(rate)?;
        }
        // Of a sound that has ended already the end is told when it is played.
        self.primed = (!self.ended).then_some((at, rate, sink_hz));
        Ok(())
    }

    /// From now on the sounds of these films are heard; what was primed without them is made again.
    fn set_clips(&mut self, clips: &Arc<Clips>) {
        if self.mixer.set(clips) {
            self.primed = None;
        }
    }

    /// Prepares the sound of a film that is heard here or soon; false if nothing is to be done.
    fn prepare(&mut self, rate: Rate) -> bool {
        let ahead = MediaTime::from_secs_f64(CLIP_AHEAD.secs_f64() * rate.factor());
        !self.ended && self.mixer.prepare(self.next_frame(), ahead.frames(self.source_hz))
    }

    /// The frame of the source that is decoded next.
    fn next_frame(&self) -> i64 {
        self.base.saturating_add_unsigned(self.read)
    }

    fn seek(&mut self, at: MediaTime, rate: Rate, sink_hz: u32) -> Result<(), String> {
        if self.primed.take() == Some((at, rate, sink_hz)) {
            return Ok(());
        }
        if sink_hz != self.sink_hz {
            self.resample = Resample::new(self.source_hz, sink_hz, self.channels).map_err(|e| e.to_string())?;
            self.sink_hz = sink_hz;
        }
        self.base = at.max_zero().frames(self.source_hz);
        self.decoder.seek(self.base.unsigned_abs()).map_err(|e| e.to_string())?;
        self.stretch.reset();
        self.stretch.set_rate(rate);
        self.resample.reset();
        self.timeline.reset();
        self.mixer.seek(self.base);
        self.trim.seek(self.base);
        self.finished.clear();
        (self.cut, self.read, self.ended, self.closed) = (0, 0, false, false);
        Ok(())
    }

    /// Decodes a packet and makes what can be made of it. At the end, returns the frame at which the source ends.
    fn make(&mut self, rate: Rate) -> Result<Option<i64>, String> {
        if self.ended {
            return Ok(None);
        }
        self.decoded.clear();
        self.stretched.clear();
        let frames = self.decoder.read(&mut self.decoded).map_err(|e| e.to_string())?;
        self.mixer.mix(self.next_frame(), &mut self.decoded);
        self.read += frames as u64;
        self.ended = frames == 0;
        self.stretch.set_rate(rate);
        self.kept.clear();
        self.trim.process(&self.decoded, &mut self.kept);
        if self.ended {
            self.trim.finish(&mut self.kept);
        }
        self.stretch.push(&self.kept);
        self.stretch.pull(&mut self.stretched, self.timeline.spans(), self.ended);
        self.resample.process(&self.stretched, &mut self.finished, self.ended).map_err(|e| e.to_string())?;
        #[expect(clippy::cast_possible_wrap, reason = "frames of a talk")]
        let end = || self.decoder.ends_at().map_or(self.base + self.read as i64, |end| end as i64);
        Ok(self.ended.then(end))
    }

    /// Cuts finished sound into blocks. The last full block is kept back until it is known whether more follows.
    fn hand_over(&mut self, ring: &mut rtrb::Producer<Block>, generation: u32) -> Handed {
        loop {
            if self.closed {
                return Handed::All;
            }
            let frames = self.finished.len() / self.channels;
            if frames <= BLOCK_FRAMES && !self.ended {
                return Handed::Hungry;
            }
            if ring.is_full() {
                return Handed::Full;
            }
            let block = self.block(frames.min(BLOCK_FRAMES), generation);
            self.closed = block.last;
            ring.push(block).ok();
        }
    }

    fn block(&mut self, frames: usize, generation: u32) -> Block {
        let start = self.time(self.cut);
        let mut block = Block::empty(generation, self.sink_hz, start);
        let taken = frames * self.channels;
        let pieces = block.samples.chunks_exact_mut(CHANNELS).zip(self.finished[..taken].chunks_exact(self.channels));
        for (into, from) in pieces {
            (into[0], into[1]) = self.fold.stereo(from);
        }
        self.finished.drain(..taken);
        self.cut += frames as u64;
        block.frames = frames;
        block.end = self.time(self.cut);
        block.last = self.ended && self.finished.is_empty();
        self.timeline.forget_before(self.cut, self.source_hz, self.sink_hz);
        self.trim.forget_before(self.timeline.source_frame(self.cut, self.source_hz, self.sink_hz));
        block
    }

    /// Source time of a finished frame, in nanoseconds.
    fn time(&self, frame: u64) -> i64 {
        let offset = self.trim.source_frame(self.timeline.source_frame(frame, self.source_hz, self.sink_hz));
        let base = MediaTime::from_frames(self.base, self.source_hz);
        (base + MediaTime::from_secs_f64(offset / f64::from(self.source_hz))).nanos()
    }
}

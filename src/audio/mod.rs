//! From file to loudspeaker, and the one clock.

pub mod analysis;
pub mod block;
pub mod clips;
pub mod clock;
pub mod decode;
pub mod feeder;
pub mod fold;
pub mod mailbox;
pub mod mix;
pub mod outlast;
pub mod render;
pub mod resample;
pub mod shared;
pub mod sink;
pub mod stretch;
pub mod timeline;
pub mod trim;
pub mod warm;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

pub use feeder::{Feeder, FeederEvent, Source};
pub use sink::device::{Choice, Device, Listing};
pub use sink::keeper::{Place, SinkEvent};

use crate::time::{MediaTime, Rate};
use block::RING_BLOCKS;
use clips::Clips;
use clock::Timebase;
use mailbox::Mailbox;
use render::Render;
use shared::Shared;
use sink::Outlets;
use sink::keeper::{Keeper, Request, Wishes};
use sink::system::SystemOutlets;
use warm::{Wanted, Warm};

/// Events that may wait for the front end before further ones are dropped.
const EVENTS: usize = 64;

/// The loudest, per cent.
pub const MAX_VOLUME: u8 = 200;

/// What the engine has to tell since it was last asked.
#[derive(Debug, Clone, PartialEq)]
pub enum AudioEvent {
    /// From decoding: opened, failed, end known.
    Feeder(FeederEvent),
    /// From the sink: device in use, none, lost.
    Sink(SinkEvent),
    /// A scan found the exact length of a sound whose file does not say it.
    Length {
        /// The opening it was scanned for.
        opening: u32,
        /// Exact length.
        length: MediaTime,
    },
}

/// Where the engine plays to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The chosen sound device, and without one, nobody.
    Device,
    /// Nobody: time passes, nothing sounds.
    Null,
}

/// Plays one source at a time. No method waits for a disk or a device.
pub struct AudioEngine {
    shared: Arc<Shared>,
    mailbox: Arc<Mailbox>,
    feeder: Option<JoinHandle<()>>,
    keeper: Option<JoinHandle<()>>,
    warm: Arc<Warm>,
    requests: Option<Sender<Request>>,
    wishes: Arc<Wishes>,
    from_feeder: Receiver<FeederEvent>,
    from_sink: Receiver<SinkEvent>,
    lengths: (Sender<AudioEvent>, Receiver<AudioEvent>),
    waker: crate::Waker,
    scan_cancel: Arc<AtomicBool>,
    opening: u32,
    source: Option<Source>,
    rate: Rate,
    volume: u8,
    muted: bool,
    /// What brings the open source to the loudness of all, a linear factor.
    level: f32,
    /// Linear, 1.0 but while the sound fades away before sleep.
    fade: f32,
    balance: i8,
    awake: bool,
    sink_rate: u32,
}

/// The parts of an engine without threads, for tests that step them by hand.
pub struct Parts {
    /// Makes blocks.
    pub feeder: Feeder,
    /// Plays them.
    pub render: Render,
    /// What both share with the engine.
    pub shared: Arc<Shared>,
}

impl AudioEngine {
    /// An engine with its feeder and sink threads. `waker` is called from them when there is something to poll.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(output: Output, waker: &crate::Waker) -> std::io::Result<Self> {
        let (mut engine, parts, to_main) = Self::assemble(Timebase::system(), waker);
        let feeder = parts.feeder;
        engine.feeder = Some(std::thread::Builder::new().name("audio-feeder".into()).spawn(move || feeder.run())?);
        let warm = Arc::clone(&engine.warm);
        std::thread::Builder::new().name("audio-warm".into()).spawn(move || warm.run())?;
        let (requests, inbox) = bounded(16);
        let outlets = (output == Output::Device).then(|| Box::<SystemOutlets>::default() as Box<dyn Outlets>);
        let wishes = Arc::clone(&engine.wishes);
        let keeper = Keeper::new(parts.render, parts.shared, outlets, wishes, to_main, Arc::clone(waker));
        engine.keeper = Some(std::thread::Builder::new().name("audio-sink".into()).spawn(move || keeper.run(&inbox))?);
        engine.requests = Some(requests);
        Ok(engine)
    }

    /// An engine whose parts are stepped by hand, on a clock that is moved by hand.
    pub fn stepped(waker: &crate::Waker) -> (Self, Parts, Sender<SinkEvent>) {
        Self::assemble(Timebase::simulated(), waker)
    }

    fn assemble(timebase: Timebase, waker: &crate::Waker) -> (Self, Parts, Sender<SinkEvent>) {
        let shared = Arc::new(Shared::new(timebase));
        let mailbox = Arc::new(Mailbox::default());
        let (producer, consumer) = rtrb::RingBuffer::new(RING_BLOCKS);
        let (feeder_events, from_feeder) = bounded(EVENTS);
        let (sink_events, from_sink) = bounded(EVENTS);
        let render = Render::new(consumer, Arc::clone(&shared));
        let warm = Arc::<Warm>::default();
        let waker_of_feeder = Arc::clone(waker);
        let (wishes, lines) = (Arc::clone(&mailbox), Arc::clone(&warm));
        let feeder = Feeder::new(producer, Arc::clone(&shared), wishes, feeder_events, waker_of_feeder, lines);
        let engine = Self {
            sink_rate: shared.sink_rate(),
            shared: Arc::clone(&shared),
            mailbox,
            feeder: None,
            keeper: None,
            warm,
            requests: None,
            wishes: Arc::default(),
            from_feeder,
            from_sink,
            lengths: bounded(EVENTS),
            waker: Arc::clone(waker),
            scan_cancel: Arc::default(),
            opening: 0,
            source: None,
            rate: Rate::NORMAL,
            volume: 100,
            muted: false,
            level: 1.0,
            fade: 1.0,
            balance: 0,
            awake: false,
        };
        (engine, Parts { feeder, render, shared }, sink_events)
    }

    /// Opens a source (or none) with the sounds of its films at a place; what was playing stops. Answers come as events with
    /// the number returned.
    pub fn open(&mut self, source: Option<Source>, clips: Arc<Clips>, at: MediaTime) -> u32 {
        self.opening += 1;
        self.scan_cancel.store(true, Ordering::Release);
        self.scan_cancel = Arc::default();
        self.source.clone_from(&source);
        self.mailbox.open(self.opening, source, clips);
        self.seek(at);
        self.opening
    }

    /// Says what may be opened next, and from where, the likeliest first: its first sound is made ahead.
    pub fn warm(&self, next: Vec<(Source, Arc<Clips>, MediaTime)>) {
        let (rate, sink_hz) = (self.rate, self.shared.sink_rate());
        let wanted = |(source, clips, at): (Source, Arc<Clips>, MediaTime)| Wanted {
            source,
            clips,
            at: at.max_zero(),
            rate,
            sink_hz,
        };
        self.warm.want(next.into_iter().map(wanted).collect());
    }

    /// Goes to a place. The position is there at once, the sound follows.
    pub fn seek(&mut self, at: MediaTime) {
        // The generation first, so that blocks already queued are stale before new ones are made.
        let generation = self.shared.retarget(at.max_zero());
        self.mailbox.seek(generation, at.max_zero());
        self.wake_feeder();
        self.stir();
    }

    /// Plays on.
    pub fn play(&mut self) {
        self.shared.set_playing(true);
        self.awake = true;
        self.request(Request::Wake);
        self.wake_feeder();
    }

    /// Holds.
    pub fn pause(&mut self) {
        self.shared.set_playing(false);
        self.rest();
    }

    /// Whether it is to play; false as well after the device was lost.
    pub fn playing(&self) -> bool {
        self.shared.playing()
    }

    /// The moment of the talk that is heard now; during a seek, its target.
    pub fn position(&self) -> MediaTime {
        self.shared.hearing().position
    }

    /// Whether the sound has been heard to its end.
    pub fn ended(&self) -> bool {
        self.shared.hearing().ended
    }

    /// Whether sound of the place sought is on its way to the ear.
    pub fn sounding(&self) -> bool {
        self.shared.sounding()
    }

    /// The speed.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Changes the speed; heard when what is already made has been played.
    pub fn set_rate(&mut self, rate: Rate) {
        self.rate = rate;
        self.mailbox.set_rate(rate);
        self.wake_feeder();
    }

    /// Leaves this out of the open source from now on; heard when what is already made has been played.
    pub fn set_cuts(&mut self, cuts: Arc<trim::Cuts>) {
        self.mailbox.set_cuts(cuts);
        self.wake_feeder();
    }

    /// The sounds of these films are heard with the open source from now on; heard when what is already made has been played.
    pub fn set_clips(&mut self, clips: Arc<Clips>) {
        self.mailbox.set_clips(clips);
        self.wake_feeder();
    }

    /// Per cent, 0 to [`MAX_VOLUME`].
    pub fn volume(&self) -> u8 {
        self.volume
    }

    /// Sets the volume, 0 to [`MAX_VOLUME`] per cent. Loudness follows the cube, as ears do; above 100 a limiter keeps what
    /// is loud within full scale.
    pub fn set_volume(&mut self, percent: u8) {
        self.volume = percent.min(MAX_VOLUME);
        self.apply_gain();
    }

    /// Makes the open source louder or softer by a linear factor, besides the volume.
    pub fn set_level(&mut self, factor: f32) {
        self.level = factor;
        self.apply_gain();
    }

    /// Makes everything softer for the time being, linear, 0.0 to 1.0; the volume stays what it is.
    pub fn set_fade(&mut self, fade: f32) {
        self.fade = fade.clamp(0.0, 1.0);
        self.apply_gain();
    }

    /// Whether both sides hear the same.
    pub fn mono(&self) -> bool {
        self.shared.mono()
    }

    /// Lets both sides hear the same, or each its own.
    pub fn set_mono(&mut self, mono: bool) {
        self.shared.set_mono(mono);
    }

    /// Which side is louder: -100 left alone, 100 right alone.
    pub fn balance(&self) -> i8 {
        self.balance
    }

    /// Takes from one side: -100 leaves the left alone, 100 the right.
    pub fn set_balance(&mut self, balance: i8) {
        self.balance = balance.clamp(-100, 100);
        self.shared.set_balance(f32::from(self.balance) / 100.0);
    }

    /// Whether the sound is off.
    pub fn muted(&self) -> bool {
        self.muted
    }

    /// Switches the sound off or on.
    pub fn set_muted(&mut self, muted: bool) {
        self.muted = muted;
        self.apply_gain();
    }

    /// Sends sound elsewhere from now on.
    pub fn choose_device(&self, choice: Choice) {
        self.wishes.choose(choice);
        self.request(Request::Look);
    }

    /// Devices are being looked at, or no more: while they are, each change among them is told.
    pub fn watch_devices(&self, watched: bool) {
        self.wishes.watch(watched);
        self.request(Request::Look);
    }

    /// How much later than the device says its sound is heard.
    pub fn set_lag(&self, lag: MediaTime) {
        self.shared.set_lag(lag);
    }

    /// Goes back to where the sound was when its device was let go, unless another place was sought since: what the
    /// device had of it was not heard.
    pub fn go_back(&mut self, place: Place) {
        if self.shared.generation() == place.generation {
            self.seek(place.position);
        }
    }

    /// Times that the device wanted sound and had none.
    pub fn underruns(&self) -> u64 {
        self.shared.underruns()
    }

    /// What the audio path shares, for those who read the clock from other threads.
    pub fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Takes what has happened since the last call.
    pub fn poll(&mut self) -> Vec<AudioEvent> {
        let mut events: Vec<AudioEvent> = self.from_feeder.try_iter().map(AudioEvent::Feeder).collect();
        events.extend(self.from_sink.try_iter().map(AudioEvent::Sink));
        events.extend(self.lengths.1.try_iter());
        events.retain(|event| self.is_current(event));
        for event in &events {
            self.react(event);
        }
        events
    }

    fn is_current(&self, event: &AudioEvent) -> bool {
        match event {
            AudioEvent::Feeder(
                FeederEvent::Opened { opening, .. }
                | FeederEvent::Failed { opening, .. }
                | FeederEvent::EndKnown { opening, .. }
                | FeederEvent::ClipUnheard { opening, .. },
            )
            | AudioEvent::Length { opening, .. } => *opening == self.opening,
            AudioEvent::Sink(_) => true,
        }
    }

    fn react(&mut self, event: &AudioEvent) {
        match event {
            AudioEvent::Feeder(FeederEvent::Opened { format, .. }) if format.duration().is_none() => self.scan(),
            AudioEvent::Sink(SinkEvent::Using { rate_hz, .. } | SinkEvent::NoDevice { rate_hz, .. })
                if *rate_hz != self.sink_rate =>
            {
                self.sink_rate = *rate_hz;
                self.seek(self.position());
            }
            _ => {}
        }
    }

    /// Finds the exact length of the open file, on a thread of its own.
    fn scan(&self) {
        let Some(Source::File { path, .. }) = self.source.clone() else { return };
        let (cancel, opening) = (Arc::clone(&self.scan_cancel), self.opening);
        let (send, waker) = (self.lengths.0.clone(), Arc::clone(&self.waker));
        let scan = move || {
            if let Ok(length) = decode::scan_length(&path, &cancel) {
                send.try_send(AudioEvent::Length { opening, length }).ok();
                waker();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("length-scan".into()).spawn(scan) {
            tracing::warn!("no thread for the length scan: {error}");
        }
    }

    fn apply_gain(&self) {
        let volume = f32::from(self.volume) / 100.0;
        self.shared.set_gain(if self.muted { 0.0 } else { volume * volume * volume * self.level * self.fade });
    }

    fn wake_feeder(&self) {
        if let Some(feeder) = &self.feeder {
            feeder.thread().unpark();
        }
    }

    /// While paused: has the device ready for the sound that will soon be wanted.
    fn stir(&mut self) {
        if !self.playing() && self.awake {
            self.request(Request::Rest);
        }
    }

    fn rest(&mut self) {
        if self.awake {
            self.request(Request::Rest);
        }
    }

    fn request(&self, request: Request) {
        if let Some(requests) = &self.requests {
            // A full inbox means that the keeper is busy with a device; it looks at `playing` when it is done.
            requests.try_send(request).ok();
        }
    }
}

impl Drop for AudioEngine {
    fn drop(&mut self) {
        self.scan_cancel.store(true, Ordering::Release);
        self.mailbox.quit();
        // Left behind where a disk does not answer.
        self.warm.quit();
        self.wake_feeder();
        if let Some(requests) = self.requests.take() {
            requests.send(Request::Quit).ok();
        }
        for thread in [self.keeper.take(), self.feeder.take()].into_iter().flatten() {
            thread.join().ok();
        }
    }
}

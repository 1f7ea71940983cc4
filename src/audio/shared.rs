//! What the main thread and the audio callback share: atomics only.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};

use super::clock::{Heard, Hearing, Timebase};
use crate::time::MediaTime;

/// Controls and reports of the audio path. Every method is realtime-safe.
pub struct Shared {
    /// What has been handed to the device.
    pub heard: Heard,
    /// The clock by which it is heard.
    pub timebase: Timebase,
    target_generation: AtomicU32,
    target_position: AtomicI64,
    playing: AtomicBool,
    gain: AtomicU32,
    mono: AtomicBool,
    balance: AtomicU32,
    drained_generation: AtomicU32,
    fed_to_end: AtomicU32,
    underruns: AtomicU64,
    callbacks: AtomicU64,
    sink_rate: AtomicU32,
    /// How much later than the device says its sound is heard, in nanoseconds.
    lag: AtomicI64,
}

impl Shared {
    /// Paused at the beginning of nothing, full volume.
    pub fn new(timebase: Timebase) -> Self {
        Self {
            heard: Heard::default(),
            timebase,
            target_generation: AtomicU32::new(0),
            target_position: AtomicI64::new(0),
            playing: AtomicBool::new(false),
            gain: AtomicU32::new(1.0_f32.to_bits()),
            mono: AtomicBool::new(false),
            balance: AtomicU32::new(0.0_f32.to_bits()),
            drained_generation: AtomicU32::new(0),
            fed_to_end: AtomicU32::new(0),
            underruns: AtomicU64::new(0),
            callbacks: AtomicU64::new(0),
            sink_rate: AtomicU32::new(DEFAULT_RATE),
            lag: AtomicI64::new(0),
        }
    }

    /// Begins a new generation at `position`: whatever sound is on its way is stale from now on.
    pub fn retarget(&self, position: MediaTime) -> u32 {
        // The position first: a reader that sees the new generation must not take the old place for its target.
        self.target_position.store(position.nanos(), Ordering::Release);
        self.target_generation.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// The generation that is to be heard.
    pub fn generation(&self) -> u32 {
        self.target_generation.load(Ordering::Acquire)
    }

    /// What is heard now, or is about to be: the target of the last seek until its sound is on its way.
    pub fn hearing(&self) -> Hearing {
        let now = self.timebase.now() - self.lag.load(Ordering::Relaxed);
        self.heard.read(self.generation(), now).unwrap_or_else(|| Hearing {
            position: MediaTime::from_nanos(self.target_position.load(Ordering::Acquire)),
            ended: false,
            silent_from: now,
        })
    }

    /// Whether sound of the current generation has been handed to the device.
    pub fn sounding(&self) -> bool {
        self.heard.read(self.generation(), self.timebase.now()).is_some()
    }

    /// Says how much later than the device says its sound is heard: a headset on the air may not know.
    pub fn set_lag(&self, lag: MediaTime) {
        self.lag.store(lag.nanos(), Ordering::Relaxed);
    }

    /// How much later than the device says its sound is heard.
    pub fn lag(&self) -> MediaTime {
        MediaTime::from_nanos(self.lag.load(Ordering::Relaxed))
    }

    /// Whether the callback is to play.
    pub fn playing(&self) -> bool {
        self.playing.load(Ordering::Acquire)
    }

    /// Tells the callback to play or to pause.
    pub fn set_playing(&self, playing: bool) {
        self.playing.store(playing, Ordering::Release);
    }

    /// Linear gain applied in the callback, 0.0 to [`MAX_GAIN`].
    pub fn gain(&self) -> f32 {
        f32::from_bits(self.gain.load(Ordering::Relaxed))
    }

    /// Sets the linear gain, 0.0 to [`MAX_GAIN`]; what it makes too loud is limited.
    pub fn set_gain(&self, gain: f32) {
        self.gain.store(gain.clamp(0.0, MAX_GAIN).to_bits(), Ordering::Relaxed);
    }

    /// Whether both sides are to hear the same.
    pub fn mono(&self) -> bool {
        self.mono.load(Ordering::Relaxed)
    }

    /// Lets both sides hear the same, or each its own.
    pub fn set_mono(&self, mono: bool) {
        self.mono.store(mono, Ordering::Relaxed);
    }

    /// Which side is louder: -1.0 left alone, 0.0 both, 1.0 right alone.
    pub fn balance(&self) -> f32 {
        f32::from_bits(self.balance.load(Ordering::Relaxed))
    }

    /// Takes from one side: -1.0 leaves the left alone, 1.0 the right.
    pub fn set_balance(&self, balance: f32) {
        self.balance.store(balance.clamp(-1.0, 1.0).to_bits(), Ordering::Relaxed);
    }

    /// The generation for which the callback has last thrown away everything older.
    pub fn drained_generation(&self) -> u32 {
        self.drained_generation.load(Ordering::Acquire)
    }

    pub(super) fn set_drained_generation(&self, generation: u32) {
        self.drained_generation.store(generation, Ordering::Release);
    }

    /// The generation whose last block is in the ring: its running dry is no underrun.
    pub(super) fn fed_to_end(&self) -> u32 {
        self.fed_to_end.load(Ordering::Acquire)
    }

    pub(super) fn set_fed_to_end(&self, generation: u32) {
        self.fed_to_end.store(generation, Ordering::Release);
    }

    /// Times that the callback wanted sound and had none.
    pub fn underruns(&self) -> u64 {
        self.underruns.load(Ordering::Relaxed)
    }

    pub(super) fn count_underrun(&self) {
        self.underruns.fetch_add(1, Ordering::Relaxed);
    }

    /// Callbacks so far: the device's pulse.
    pub fn callbacks(&self) -> u64 {
        self.callbacks.load(Ordering::Relaxed)
    }

    pub(super) fn count_callback(&self) {
        self.callbacks.fetch_add(1, Ordering::Relaxed);
    }

    /// Frames per second that the sink wants.
    pub fn sink_rate(&self) -> u32 {
        self.sink_rate.load(Ordering::Acquire)
    }

    pub(super) fn set_sink_rate(&self, rate_hz: u32) {
        self.sink_rate.store(rate_hz, Ordering::Release);
    }
}

/// Assumed until a device says otherwise, frames per second.
pub const DEFAULT_RATE: u32 = 48_000;

/// The most that the callback amplifies, linear: 18 dB.
pub const MAX_GAIN: f32 = 8.0;

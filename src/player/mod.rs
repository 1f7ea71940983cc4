//! One open talk: its sound, where it is, and what the viewer does to it. Main thread; never waits.

pub mod history;
pub mod transport;

use std::sync::Arc;

use crate::audio::clips::{Clips, Trouble};
use crate::audio::shared::Shared;
use crate::audio::trim::Cuts;
use crate::audio::{AudioEngine, AudioEvent, Choice, Device, FeederEvent, Listing, SinkEvent, Source};
use crate::talk::Talk;
use crate::talk::track::SlideIndex;
use crate::time::{MediaTime, Rate};
use history::{SeekHistory, SeekKind};
use transport::{Sound, Transport};

/// What the player has to tell the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlayerEvent {
    /// The sound of the talk can be played (or is silence).
    Ready,
    /// The sound of the talk cannot be played; its slides go on without. A sentence.
    SoundFailed(String),
    /// A sentence about the sound of this talk: it plays, but not as it should.
    Caveat(String),
    /// A film is shown without its sound.
    ClipUnheard(Trouble),
    /// The device was lost; playing has been paused. A sentence.
    DeviceLost(String),
    /// There is no device. A sentence.
    NoDevice(String),
    /// The device in use.
    Device(String),
    /// The device that was lost is back, and the talk goes on. Its name.
    DeviceBack(String),
    /// The devices that are there have changed.
    Devices,
    /// The talk has been heard to its end.
    Ended,
}

/// So much before its promised end a sound may end without a word.
const EARLY: MediaTime = MediaTime::from_secs(3);

/// A talk and its transport.
pub struct Player {
    talk: Option<Arc<Talk>>,
    /// The sounds of its films, whether they are heard or not.
    clips: Arc<Clips>,
    /// They are heard.
    clip_sound: bool,
    audio: AudioEngine,
    transport: Transport,
    history: SeekHistory,
    /// Length of the sound as far as it is known, better as more is known.
    sound: Option<MediaTime>,
    /// The sound could not be opened: silence stands in for it.
    soundless: bool,
    /// The device in use.
    device: Option<Device>,
    /// The devices that are there, as far as is known.
    devices: Listing,
    seeks: u64,
    ends: u64,
}

impl Player {
    /// Without a talk.
    pub fn new(audio: AudioEngine) -> Self {
        Self {
            talk: None,
            clips: Arc::default(),
            clip_sound: true,
            audio,
            transport: Transport::default(),
            history: SeekHistory::default(),
            sound: None,
            soundless: false,
            device: None,
            devices: Listing::default(),
            seeks: 0,
            ends: 0,
        }
    }

    /// Shows a talk from a place on, playing or waiting.
    pub fn open(&mut self, talk: Arc<Talk>, at: MediaTime, play: bool) {
        self.sound = talk.audio.as_ref().and_then(|audio| audio.duration);
        self.soundless = talk.audio.is_none();
        self.history.clear();
        let source = source_of(&talk);
        self.clips = Arc::new(Clips::of(&talk));
        self.talk = Some(talk);
        let at = self.clamp(at);
        self.audio.open(Some(source), self.heard_clips(), at);
        let sound = self.transport.open(play);
        self.carry_out(sound);
    }

    /// Goes on with the same talk, of which something other than its sound has changed.
    pub fn revise(&mut self, talk: Arc<Talk>) {
        if self.talk.as_ref().is_some_and(|open| open.audio == talk.audio && open.root == talk.root) {
            let clips = Clips::of(&talk);
            self.talk = Some(talk);
            if *self.clips != clips {
                self.clips = Arc::new(clips);
                self.audio.set_clips(self.heard_clips());
            }
        }
    }

    /// Says which talks may be opened next, and from where, the likeliest first.
    pub fn warm<'a>(&self, next: impl Iterator<Item = (&'a Talk, MediaTime)>) {
        let clips = |talk| if self.clip_sound { Arc::new(Clips::of(talk)) } else { Arc::default() };
        self.audio.warm(next.map(|(talk, at)| (source_of(talk), clips(talk), at)).collect());
    }

    /// Lets go of the talk.
    pub fn close(&mut self) {
        self.talk = None;
        self.clips = Arc::default();
        self.sound = None;
        self.history.clear();
        let sound = self.transport.open(false);
        self.carry_out(sound);
        self.audio.open(None, Arc::default(), MediaTime::ZERO);
    }

    /// Takes what the sound has to tell.
    pub fn poll(&mut self) -> Vec<PlayerEvent> {
        let mut told = Vec::new();
        for event in self.audio.poll() {
            self.take(event, &mut told);
        }
        if self.talk.is_some() && self.audio.playing() && self.audio.ended() {
            let sound = self.transport.end();
            self.carry_out(sound);
            self.ends += 1;
            told.push(PlayerEvent::Ended);
        }
        told
    }

    fn take(&mut self, event: AudioEvent, told: &mut Vec<PlayerEvent>) {
        match event {
            AudioEvent::Feeder(FeederEvent::Opened { format, .. }) => {
                if !self.soundless {
                    self.sound = format.duration().or(self.sound);
                    told.extend(format.caveat.map(PlayerEvent::Caveat));
                }
                told.push(PlayerEvent::Ready);
            }
            AudioEvent::Feeder(FeederEvent::Failed { why, .. }) => {
                told.push(PlayerEvent::SoundFailed(why));
                self.go_silent();
            }
            AudioEvent::Feeder(FeederEvent::EndKnown { length, .. }) => {
                told.extend(self.ends_early(length).map(PlayerEvent::Caveat));
                if !self.soundless && self.talk.as_ref().is_some_and(|talk| talk.last_slide_start() < length) {
                    self.sound = Some(length);
                }
            }
            AudioEvent::Feeder(FeederEvent::ClipUnheard { trouble, .. }) => {
                told.push(PlayerEvent::ClipUnheard(trouble));
            }
            AudioEvent::Length { length, .. } => self.sound = Some(length),
            AudioEvent::Sink(event) => self.take_sink(event, told),
        }
    }

    fn take_sink(&mut self, event: SinkEvent, told: &mut Vec<PlayerEvent>) {
        match event {
            SinkEvent::Using { device, from, .. } => {
                if let Some(place) = from {
                    self.audio.go_back(place);
                    let sound = self.transport.device_changed();
                    self.carry_out(sound);
                }
                told.push(PlayerEvent::Device(device.name.clone()));
                self.device = Some(device);
            }
            SinkEvent::NoDevice { why, .. } => {
                self.device = None;
                told.push(PlayerEvent::NoDevice(why));
            }
            SinkEvent::Lost { why, place } => {
                self.device = None;
                self.audio.go_back(place);
                let sound = self.transport.device_lost();
                self.carry_out(sound);
                told.push(PlayerEvent::DeviceLost(why));
            }
            SinkEvent::Returned { name } => {
                let sound = self.transport.device_back();
                self.carry_out(sound);
                told.extend((sound != Sound::Same).then_some(PlayerEvent::DeviceBack(name)));
            }
            SinkEvent::Devices(listing) => {
                self.devices = listing;
                told.push(PlayerEvent::Devices);
            }
        }
    }

    /// The whole sound has been heard by somebody else: where it ends. Returns what is to be said of that.
    pub fn learn_end(&mut self, length: MediaTime) -> Option<String> {
        let caveat = self.ends_early(length)?;
        if self.talk.as_ref().is_some_and(|talk| talk.last_slide_start() < length) {
            self.sound = Some(length);
        }
        Some(caveat)
    }

    /// A sentence, where the sound ends well before its file said it would.
    fn ends_early(&self, length: MediaTime) -> Option<String> {
        let promised = self.sound.filter(|promised| !self.soundless && *promised - length > EARLY)?;
        Some(format!("The sound ends at {}, its file says {}: it is cut short", length.clock(), promised.clock()))
    }

    /// The sound is broken: its place in time is kept by silence.
    fn go_silent(&mut self) {
        let Some(talk) = &self.talk else { return };
        let length = self.sound.unwrap_or_else(|| talk.slides.natural_end());
        let at = self.audio.position();
        self.soundless = true;
        self.sound = Some(length);
        let silence = Source::Silence(talk.duration_with(Some(length)));
        self.audio.open(Some(silence), self.heard_clips(), at);
    }

    /// Goes to a moment; undo leads back.
    pub fn seek(&mut self, to: MediaTime) {
        self.go(SeekKind::Jump, to);
    }

    /// Goes to a moment that is a step from here; undo leads back to before several such steps in a row.
    pub fn step(&mut self, to: MediaTime) {
        self.go(SeekKind::Step, to);
    }

    fn go(&mut self, kind: SeekKind, to: MediaTime) {
        if self.talk.is_none() {
            return;
        }
        let (from, to) = (self.position(), self.clamp(to));
        self.history.record(kind, from, to);
        self.jump(to);
    }

    /// Moves a dragged playhead: the slide follows, the sound waits for [`Self::release`].
    pub fn scrub(&mut self, to: MediaTime) {
        if self.talk.is_none() {
            return;
        }
        let sound = self.transport.scrub();
        self.carry_out(sound);
        self.go(SeekKind::Scrub, to);
    }

    /// Lets the playhead go.
    pub fn release(&mut self) {
        self.history.pause();
        let sound = self.transport.release();
        self.carry_out(sound);
    }

    /// Back to before the last seek; false if there was none.
    pub fn undo_seek(&mut self) -> bool {
        let place = self.history.undo(self.position());
        place.inspect(|to| self.jump(*to)).is_some()
    }

    /// Forth again; false if nothing was undone.
    pub fn redo_seek(&mut self) -> bool {
        let place = self.history.redo(self.position());
        place.inspect(|to| self.jump(*to)).is_some()
    }

    /// Goes to a moment without the viewer's doing: it is no step that could be undone.
    pub fn slip(&mut self, to: MediaTime) {
        if self.talk.is_some() {
            self.jump(self.clamp(to));
        }
    }

    fn jump(&mut self, to: MediaTime) {
        self.seeks += 1;
        self.audio.seek(to);
        let sound = self.transport.seek();
        self.carry_out(sound);
    }

    /// Plays on; at the end, from the beginning.
    pub fn play(&mut self) {
        if self.talk.is_some() {
            let sound = self.transport.play();
            self.carry_out(sound);
        }
    }

    /// Holds.
    pub fn pause(&mut self) {
        let sound = self.transport.pause();
        self.carry_out(sound);
    }

    /// One key for both.
    pub fn toggle(&mut self) {
        if self.talk.is_some() {
            let sound = self.transport.toggle();
            self.carry_out(sound);
        }
    }

    fn carry_out(&mut self, sound: Sound) {
        match sound {
            Sound::Play => self.audio.play(),
            Sound::Hold => self.audio.pause(),
            Sound::Same => {}
            Sound::Restart => {
                self.audio.seek(MediaTime::ZERO);
                self.audio.play();
            }
        }
    }

    fn clamp(&self, at: MediaTime) -> MediaTime {
        at.max_zero().min(self.duration())
    }

    /// The talk, if one is open.
    pub fn talk(&self) -> Option<&Arc<Talk>> {
        self.talk.as_ref()
    }

    /// The moment that is heard now.
    pub fn position(&self) -> MediaTime {
        if self.talk.is_none() {
            return MediaTime::ZERO;
        }
        self.audio.position().min(self.duration())
    }

    /// How long the talk lasts, as far as is known.
    pub fn duration(&self) -> MediaTime {
        self.talk.as_ref().map_or(MediaTime::ZERO, |talk| talk.duration_with(self.sound))
    }

    /// The slide that belongs to the moment that is heard.
    pub fn slide(&self) -> Option<SlideIndex> {
        self.talk.as_ref()?.slides.slide_at(self.position())
    }

    /// Whether it plays, as the viewer sees it.
    pub fn playing(&self) -> bool {
        self.transport.playing()
    }

    /// Whether the end has been reached.
    pub fn ended(&self) -> bool {
        self.transport.ended()
    }

    /// Whether the playhead is being dragged.
    pub fn scrubbing(&self) -> bool {
        self.transport.scrubbing()
    }

    /// The speed.
    pub fn rate(&self) -> Rate {
        self.audio.rate()
    }

    /// Changes the speed.
    pub fn set_rate(&mut self, rate: Rate) {
        self.audio.set_rate(rate);
    }

    /// Leaves this out of the open talk from now on.
    pub fn set_cuts(&mut self, cuts: Arc<Cuts>) {
        self.audio.set_cuts(cuts);
    }

    /// The sounds of the open talk's films and when they are heard, whether the viewer wants to hear them or not.
    pub fn clips(&self) -> &Clips {
        &self.clips
    }

    /// Whether the sounds of films are heard.
    pub fn clip_sound(&self) -> bool {
        self.clip_sound
    }

    /// Lets the sounds of films be heard, or not.
    pub fn set_clip_sound(&mut self, heard: bool) {
        if self.clip_sound != heard {
            self.clip_sound = heard;
            self.audio.set_clips(self.heard_clips());
        }
    }

    fn heard_clips(&self) -> Arc<Clips> {
        if self.clip_sound { Arc::clone(&self.clips) } else { Arc::default() }
    }

    /// Per cent, 0 to [`crate::audio::MAX_VOLUME`].
    pub fn volume(&self) -> u8 {
        self.audio.volume()
    }

    /// Sets the volume, 0 to [`crate::audio::MAX_VOLUME`] per cent.
    pub fn set_volume(&mut self, percent: u8) {
        self.audio.set_volume(percent);
    }

    /// Makes the open talk louder or softer by a linear factor, besides the volume.
    pub fn set_level(&mut self, factor: f32) {
        self.audio.set_level(factor);
    }

    /// Whether the sound is off.
    pub fn muted(&self) -> bool {
        self.audio.muted()
    }

    /// Switches the sound off or on.
    pub fn set_muted(&mut self, muted: bool) {
        self.audio.set_muted(muted);
    }

    /// Makes everything softer for the time being, linear, 0.0 to 1.0.
    pub fn set_fade(&mut self, fade: f32) {
        self.audio.set_fade(fade);
    }

    /// Whether both sides hear the same.
    pub fn mono(&self) -> bool {
        self.audio.mono()
    }

    /// Lets both sides hear the same, or each its own.
    pub fn set_mono(&mut self, mono: bool) {
        self.audio.set_mono(mono);
    }

    /// Which side is louder: -100 left alone, 100 right alone.
    pub fn balance(&self) -> i8 {
        self.audio.balance()
    }

    /// Takes from one side: -100 leaves the left alone, 100 the right.
    pub fn set_balance(&mut self, balance: i8) {
        self.audio.set_balance(balance);
    }

    /// The device in use.
    pub fn device(&self) -> Option<&Device> {
        self.device.as_ref()
    }

    /// The devices that are there, as far as is known.
    pub fn devices(&self) -> &Listing {
        &self.devices
    }

    /// Sends sound elsewhere from now on.
    pub fn choose_device(&mut self, choice: Choice) {
        self.transport.device_chosen();
        self.audio.choose_device(choice);
    }

    /// Devices are being looked at, or no more.
    pub fn watch_devices(&self, watched: bool) {
        self.audio.watch_devices(watched);
    }

    /// Says how much later than the device says its sound is heard.
    pub fn set_lag(&self, lag: MediaTime) {
        self.audio.set_lag(lag);
    }

    /// Seeks so far, for those who watch for them.
    pub fn seeks(&self) -> u64 {
        self.seeks
    }

    /// Talks heard to their end so far, for those who watch for them.
    pub fn ends(&self) -> u64 {
        self.ends
    }

    /// The clock, for those who read it from other threads.
    pub fn clock(&self) -> Arc<Shared> {
        self.audio.shared()
    }
}

fn source_of(talk: &Talk) -> Source {
    match &talk.audio {
        Some(audio) => Source::File { path: talk.path(&audio.file), last_slide: talk.last_slide_start() },
        None => Source::Silence(talk.duration()),
    }
}

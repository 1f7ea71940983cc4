//! The whole application without a window, a device or threads: a test moves the time and steps the work by hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::Waker;
use crate::app::films::still_of;
use crate::app::opener::Opener;
use crate::app::settings::Settings;
use crate::app::work::Work;
use crate::app::{App, Start};
use crate::audio::feeder::Step;
use crate::audio::shared::{DEFAULT_RATE, Shared};
use crate::audio::sink::device::{Device, Listing};
use crate::audio::sink::keeper::{Place, SinkEvent};
use crate::audio::sink::sim::SimSink;
use crate::audio::{AudioEngine, Feeder};
use crate::slides::{SlideCache, ThumbStore};
use crate::time::MediaTime;

/// Delay of the simulated device, in nanoseconds.
pub const LATENCY: i64 = 30_000_000;
/// Frames in a callback of the simulated device.
pub const PERIOD: usize = 512;
/// Memory for slides, in bytes.
const SLIDES: usize = 64 << 20;

/// An application on a simulated sink.
pub struct Rig {
    /// The application.
    pub app: App,
    feeder: Feeder,
    sink: SimSink,
    shared: Arc<Shared>,
    events: crossbeam_channel::Sender<SinkEvent>,
    /// The feeder does nothing: a disk that does not answer.
    starved: bool,
}

impl Rig {
    /// With nothing open.
    ///
    /// # Panics
    /// Never on a machine that gives memory.
    pub fn empty() -> Self {
        let waker: Waker = Arc::new(|| {});
        let (audio, parts, events) = AudioEngine::stepped(&waker);
        let slides = SlideCache::new(SLIDES, 0, Arc::clone(&waker));
        let thumbs =
            SlideCache::of_thumbs(SLIDES, 0, Arc::clone(&waker), ThumbStore::nowhere().with_stills(still_of()));
        let app = App::new(audio, slides, thumbs, Opener::inline(), Settings::default(), Vec::new());
        let sink = SimSink::new(parts.render, Arc::clone(&parts.shared), LATENCY, PERIOD);
        Self { app, feeder: parts.feeder, sink, shared: parts.shared, events, starved: false }
    }

    /// With these talks, the first one open and playing.
    pub fn open(paths: &[&Path]) -> Self {
        let mut rig = Self::empty();
        let paths = paths.iter().map(PathBuf::from).collect();
        rig.app.begin(Start { paths, ..Start::default() });
        rig.settle();
        rig
    }

    /// With notes in the folder `notes` and everything else that is kept in the folder `data`, both below this one.
    pub fn keeping_notes(paths: &[&Path], folder: &Path) -> Self {
        let mut rig = Self::empty();
        let waker: Waker = Arc::new(|| {});
        rig.app.keep_work(Work::stepped(&folder.join("data"), folder.join("notes"), &waker));
        let paths = paths.iter().map(PathBuf::from).collect();
        rig.app.begin(Start { paths, ..Start::default() });
        rig.settle();
        rig
    }

    /// Runs commands as they are typed.
    ///
    /// # Panics
    /// Where they are not understood.
    #[expect(clippy::panic, reason = "a test with a mistake in it must fail")]
    pub fn run(&mut self, text: &str) {
        match crate::command::parse::parse_all(text) {
            Ok(commands) => commands.into_iter().for_each(|command| self.app.run(command)),
            Err(error) => panic!("{error}"),
        }
        self.settle();
    }

    /// Lets all the workers finish what is wished, without time passing.
    pub fn settle(&mut self) {
        // Twice, because an answer may lead to another wish.
        for _ in 0..2 {
            self.app.poll();
            self.feed();
            self.app.step_work();
            while self.app.step_shaping() {}
            while self.app.step_films() {}
            self.app.poll();
        }
    }

    fn feed(&mut self) {
        while !self.starved && self.feeder.step() == Step::Busy {}
    }

    /// Lets time pass: callbacks, with the work between them.
    pub fn advance(&mut self, time: MediaTime) {
        let until = self.shared.timebase.now() + time.nanos();
        while self.shared.timebase.now() < until {
            self.feed();
            self.sink.callback();
            self.app.poll();
        }
        self.settle();
    }

    /// Seconds pass.
    pub fn advance_secs(&mut self, secs: f64) {
        self.advance(MediaTime::from_secs_f64(secs));
    }

    /// Time passes and nothing happens, as while the talk is paused.
    pub fn pass(&mut self, secs: f64) {
        self.shared.timebase.advance(MediaTime::from_secs_f64(secs).nanos());
        self.settle();
    }

    /// The disk stops answering, or answers again.
    pub fn set_starved(&mut self, starved: bool) {
        self.starved = starved;
    }

    /// The device is pulled out, as its keeper would report it, or there is another in its place.
    pub fn set_device_lost(&mut self, lost: bool) {
        self.sink.set_lost(lost);
        let event = if lost {
            let place = self.place();
            SinkEvent::Lost { why: "The sound device was lost: test".into(), place }
        } else {
            self.using(None)
        };
        self.happen(event);
    }

    /// The very device that was pulled out is put back, as its keeper would report it.
    pub fn return_device(&mut self) {
        self.sink.set_lost(false);
        self.happen(SinkEvent::Returned { name: "test".into() });
        let using = self.using(None);
        self.happen(using);
    }

    /// The sound goes to another device, as the keeper would report it.
    pub fn change_device(&mut self) {
        let place = self.place();
        let using = self.using(Some(place));
        self.happen(using);
    }

    /// These devices are there.
    pub fn list_devices(&mut self, listing: Listing) {
        self.happen(SinkEvent::Devices(listing));
    }

    fn using(&self, from: Option<Place>) -> SinkEvent {
        let device = Device { id: "pulse:test".into(), name: "test".into() };
        SinkEvent::Using { device, rate_hz: DEFAULT_RATE, from }
    }

    /// Playing stops here.
    fn place(&self) -> Place {
        let place = Place { generation: self.shared.generation(), position: self.shared.hearing().position };
        self.shared.set_playing(false);
        place
    }

    fn happen(&mut self, event: SinkEvent) {
        self.events.try_send(event).ok();
        self.settle();
    }

    /// The left channel as it is heard at this moment: the last frame that has reached the ear.
    pub fn ear(&self) -> f32 {
        self.sink.heard.get(self.ear_frame() * 2).copied().unwrap_or(0.0)
    }

    /// The number of that frame among [`Self::played`].
    pub fn ear_frame(&self) -> usize {
        let frame = (self.shared.timebase.now() - LATENCY) * i64::from(DEFAULT_RATE) / 1_000_000_000;
        usize::try_from(frame).unwrap_or(0)
    }

    /// Everything handed to the device so far, left channel.
    pub fn played(&self) -> Vec<f32> {
        self.sink.heard.chunks_exact(2).map(|frame| frame[0]).collect()
    }

    /// Where the application says it is, in seconds.
    pub fn position(&self) -> f64 {
        self.app.player().position().secs_f64()
    }

    /// Times that the callback wanted sound and had none.
    pub fn underruns(&self) -> u64 {
        self.shared.underruns()
    }

    /// The number of the slide shown, counted from 1; 0 without one.
    pub fn slide(&self) -> usize {
        self.app.player().slide().map_or(0, |slide| slide.0 + 1)
    }
}

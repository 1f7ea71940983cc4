//! What other threads may read of the application, without waiting for it: the state as last published, and the clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::app::App;
use crate::audio::Choice;
use crate::audio::shared::Shared;
use crate::audio::trim::Cuts;
use crate::slides::Rect;
use crate::talk::Talk;
use crate::time::{MediaTime, Rate};

/// Everything that a client can ask for, at one moment. What passes by itself (the position) is read from the clock.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The open talk.
    pub talk: Option<Arc<Talk>>,
    /// The queue, and which entry is current.
    pub playlist: Vec<String>,
    /// Current entry, counted from 0.
    pub playlist_pos: Option<usize>,
    /// The entry whose talk is open, counted from 1; 0 without one.
    pub entry: usize,
    /// How long the talk lasts.
    pub duration: MediaTime,
    /// Whether it plays, as the viewer sees it.
    pub playing: bool,
    /// Whether the end has been reached.
    pub ended: bool,
    /// The speed.
    pub rate: Rate,
    /// What is left out of the talk.
    pub cuts: Arc<Cuts>,
    /// Per cent.
    pub volume: u8,
    /// Whether the sound is off.
    pub muted: bool,
    /// Whether slides that are films are heard with their own sound.
    pub clip_sound: bool,
    /// Where the loop begins and ends, as far as it is marked.
    pub looped: (Option<MediaTime>, Option<MediaTime>),
    /// Whether the window fills the screen.
    pub fullscreen: bool,
    /// The device in use; empty without one.
    pub device: String,
    /// Where sound is to go: `auto`, or a device's id.
    pub device_chosen: String,
    /// The devices that are there: ids and names.
    pub devices: Vec<(String, String)>,
    /// Seeks so far.
    pub seeks: u64,
    /// Talks heard to their end so far.
    pub ends: u64,
    /// Talks opened so far.
    pub openings: u64,
    /// The slide that is shown, counted from 1.
    pub slide: Option<usize>,
    /// Where the slide lies, in physical pixels of the window.
    pub slide_rect: Option<Rect>,
    /// The truth about its pixels.
    pub lamp: Option<String>,
    /// The whole text of the open note.
    pub note: Option<Arc<str>>,
    /// What the viewer is being told.
    pub notice: Option<String>,
    /// `keep`, `again` or `drop`.
    pub verdict: Option<&'static str>,
    /// The library.
    pub library: LibraryState,
    /// The search.
    pub search: SearchState,
    /// Pictures of videos decoded so far.
    pub video_frames: u64,
    /// The moment of the picture that is shown in the slide's place, in the video's own time.
    pub film: Option<MediaTime>,
    /// The same of the speaker's video.
    pub speaker: Option<MediaTime>,
    /// Where the speaker's video is.
    pub layout: &'static str,
    /// Magnification of the slide.
    pub zoom: f64,
    /// Whether the program ends.
    pub quitting: bool,
}

/// What a client can ask about the library.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct LibraryState {
    /// It is seen.
    pub shown: bool,
    /// Talks that are known.
    pub talks: usize,
    /// Talks that are listed.
    pub listed: usize,
    /// Folders of talks.
    pub roots: usize,
    /// What was kept is read.
    pub loaded: bool,
    /// The folders are being looked through.
    pub scanning: bool,
    /// The chosen talk.
    pub chosen: Option<String>,
}

impl LibraryState {
    fn of(app: &App) -> Self {
        Self {
            shown: app.view().library,
            talks: app.library().catalogue().rows().len(),
            listed: app.listed().len(),
            roots: app.library().roots().len(),
            loaded: app.library().loaded(),
            scanning: app.scanning(),
            chosen: app.view().shelf.chosen.as_ref().map(|path| path.to_string_lossy().into_owned()),
        }
    }
}

/// What a client can ask about the search.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct SearchState {
    /// What is searched for; `None` while the search is closed.
    pub text: Option<String>,
    /// What was found answers it.
    pub settled: bool,
    /// Places that were found.
    pub hits: usize,
    /// Talks that have them.
    pub talks: usize,
    /// The first of them: talk, slide counted from 0, text.
    pub first: Vec<(String, Option<usize>, String)>,
}

impl SearchState {
    /// Places that are told.
    const TOLD: usize = 8;

    fn of(app: &App) -> Self {
        let Some(view) = &app.view().search else { return Self::default() };
        let found = app.found();
        let first = found.hits.iter().take(Self::TOLD);
        Self {
            text: Some(view.text.clone()),
            settled: app.search_settled(),
            hits: found.hits.len(),
            talks: found.talks,
            first: first.map(|hit| (hit.talk.0.clone(), hit.slide, hit.text.clone())).collect(),
        }
    }
}

impl Snapshot {
    /// Of the application now.
    pub fn of(app: &App) -> Self {
        let player = app.player();
        Self {
            talk: player.talk().cloned(),
            playlist: app.queue().paths().iter().map(|path| path.to_string_lossy().into_owned()).collect(),
            playlist_pos: app.queue().index(),
            entry: app.entry(),
            duration: player.duration(),
            playing: player.playing(),
            ended: player.ended(),
            rate: player.rate(),
            cuts: Arc::clone(app.cuts()),
            volume: player.volume(),
            muted: player.muted(),
            clip_sound: player.clip_sound(),
            looped: app.loop_marks(),
            fullscreen: app.view().fullscreen,
            device: player.device().map_or_else(String::new, |device| device.name.clone()),
            device_chosen: match &app.view().sound.choice {
                Choice::Default => "auto".to_owned(),
                Choice::Device(device) => device.id.clone(),
            },
            devices: player.devices().devices().map(|device| (device.id.clone(), device.name.clone())).collect(),
            seeks: player.seeks(),
            ends: player.ends(),
            openings: app.openings(),
            slide: app.shown_slide().map(|slide| slide.0 + 1),
            slide_rect: app.slide_rect(),
            lamp: app.lamp_text(),
            note: app.note().map(|note| Arc::from(note.text())),
            notice: app.notice().map(|notice| notice.text.clone()),
            verdict: app.verdict().map(crate::notes::Verdict::word),
            library: LibraryState::of(app),
            search: SearchState::of(app),
            video_frames: app.decoded_pictures(),
            film: app.film().flatten().map(|frame| frame.span.from),
            speaker: app.speaker_picture().map(|frame| frame.span.from),
            layout: app.speaker_layout().word(),
            zoom: app.zoom().unwrap_or(0.0),
            quitting: app.quitting(),
        }
    }
}

/// Where the snapshot hangs.
pub struct Board {
    snapshot: Mutex<Arc<Snapshot>>,
    clock: Arc<Shared>,
    frames: AtomicU64,
    /// The most that one frame took of the main thread since somebody asked, in microseconds.
    slowest: AtomicU64,
}

impl Board {
    /// With the application's clock.
    pub fn new(app: &App) -> Self {
        Self {
            snapshot: Mutex::new(Arc::new(Snapshot::of(app))),
            clock: app.player().clock(),
            frames: AtomicU64::new(0),
            slowest: AtomicU64::new(0),
        }
    }

    /// Hangs up a newer snapshot.
    pub fn publish(&self, snapshot: Snapshot) {
        *self.snapshot.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The moment that is heard at this very instant.
    pub fn position(&self, snapshot: &Snapshot) -> MediaTime {
        self.clock.hearing().position.max_zero().min(snapshot.duration)
    }

    /// Whether sound of the place sought is on its way to the ear.
    pub fn sounding(&self) -> bool {
        self.clock.sounding()
    }

    /// Times that the device wanted sound and had none.
    pub fn underruns(&self) -> u64 {
        self.clock.underruns()
    }

    /// Microseconds since the program started.
    pub fn now_micros(&self) -> i64 {
        self.clock.timebase.now() / 1000
    }

    /// Counts a drawn frame.
    pub fn count_frame(&self) {
        self.frames.fetch_add(1, Ordering::Relaxed);
    }

    /// What a frame took of the main thread, without what draws it.
    pub fn count_work(&self, took: MediaTime) {
        let micros = u64::try_from(took.nanos() / 1000).unwrap_or(0);
        self.slowest.fetch_max(micros, Ordering::Relaxed);
    }

    /// The most that one frame took since this was asked last, in microseconds.
    pub fn take_slowest(&self) -> u64 {
        self.slowest.swap(0, Ordering::Relaxed)
    }

    /// Frames drawn so far.
    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }
}

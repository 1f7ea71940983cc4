//! The application without a window: owns everything, changes only by commands.

mod access;
pub mod awake;
pub mod browse;
pub mod digest;
pub mod dispatch;
pub mod films;
pub mod finder;
pub mod finish;
mod hits;
mod judging;
pub mod listening;
mod looping;
mod neighbours;
pub mod noted;
pub mod notice;
pub mod opener;
mod playlist;
pub mod queue;
mod reading;
pub mod rest;
pub mod scanning;
mod search;
pub mod session;
pub mod settings;
mod shaping;
mod shelf;
mod sleep;
pub mod sound;
pub mod speed;
pub mod spelling;
mod stage;
pub mod transcribing;
pub mod transcript;
mod undo;
pub mod view;
mod viewed;
pub mod work;
pub mod writing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use self::opener::{Opened, Opener};
use crate::audio::{AudioEngine, Choice};
use crate::command::Command;
use crate::command::keymap::{DEFAULT_TOML, KeyMap};
use crate::player::{Player, PlayerEvent};
use crate::slides::SlideCache;
use crate::talk::Talk;
use crate::talk::track::SlideIndex;
use crate::time::MediaTime;
use neighbours::{Neighbours, Peeks};
use notice::{Notice, Notices, Severity};
use queue::Queue;
use session::SessionKeeper;
use settings::{AtEnd, Settings};
use shaping::Shaping;
use shelf::Listing;
pub use stage::Stage;
use view::View;
use work::Work;

/// How a sentence about a lost device ends.
const PAUSED_HERE: &str = "; paused at this place";

/// What only a window can do; it takes these and does them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowAction {
    /// Ask the viewer for a folder.
    OpenDialog,
    /// Ask the viewer for a folder of talks.
    RootDialog,
    /// Open a file in the program that the desktop has for it.
    OpenFile(PathBuf),
    /// A text to the clipboard.
    CopyText(String),
    /// Save what the window shows.
    Screenshot(PathBuf),
    /// Something with the file of a slide.
    Slide(SlideAction, PathBuf),
}

/// What only the desktop can do with the file of a slide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlideAction {
    /// Its picture to the clipboard.
    CopyPicture,
    /// Itself to the clipboard.
    CopyFile,
    /// Ask where to save it.
    AskSave,
    /// Save it, byte for byte, as this file.
    Save(PathBuf),
    /// Show it in the file manager.
    Reveal,
    /// Open it in another program.
    Open,
}

/// How to start.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Talks, or folders of talks.
    pub paths: Vec<PathBuf>,
    /// Where in the first talk; `None`: where it was left.
    pub at: Option<MediaTime>,
    /// The first talk waits; `None`: as the settings say.
    pub paused: Option<bool>,
    /// Without paths: what was open last, or where nothing was, this.
    pub otherwise: Option<PathBuf>,
}

/// How to begin without paths, once it is known what was open last.
struct Restoring {
    /// Where nothing was.
    otherwise: Option<PathBuf>,
    paused: Option<bool>,
}

/// The application.
pub struct App {
    /// The open talk.
    pub(crate) player: Player,
    slides: SlideCache,
    thumbs: SlideCache,
    queue: Queue,
    /// The state of the queue that is kept.
    queue_kept: u64,
    opener: Opener,
    settings: Settings,
    keymap: KeyMap,
    notices: Notices,
    view: View,
    session: SessionKeeper,
    work: Work,
    viewed: viewed::Viewed,
    spoken: transcript::Spoken,
    hits: hits::Hits,
    /// Counts the changes of what the viewer has put otherwise.
    revision: u64,
    listing: Listing,
    shaping: Shaping,
    films: films::Films,
    actions: Vec<WindowAction>,
    /// The talk being opened, from where, and whether it plays at once.
    pending: Option<(PathBuf, Option<MediaTime>, Option<bool>)>,
    /// An answer that waits until it is known where its talk was left.
    held: Vec<Opened>,
    /// The talk that comes with the program.
    sample: Option<PathBuf>,
    /// What was open last is to be open again, once the queue is known; or else this.
    restoring: Option<Restoring>,
    failed: Option<String>,
    neighbours: Neighbours,
    peeks: Peeks,
    speed: speed::Speed,
    looping: looping::Looping,
    sleep: sleep::Sleep,
    rest: rest::Rest,
    awake: Option<awake::Awake>,
    /// The slides shown lately, the present one last.
    recent: Vec<SlideIndex>,
    /// Commands that wait for a talk to be open.
    waiting: Vec<Command>,
    /// Talks opened so far.
    openings: u64,
    /// The entry of the queue whose talk was opened last, counted from 1.
    entry: usize,
    /// Devices are being looked at, as far as the engine knows.
    watching_devices: bool,
    /// Set from any thread to end the program.
    quit_request: Arc<AtomicBool>,
    quit: bool,
}

impl App {
    /// With engines that were made for a window, for no window, or for a test.
    pub fn new(
        audio: AudioEngine,
        slides: SlideCache,
        thumbs: SlideCache,
        opener: Opener,
        settings: Settings,
        issues: Vec<String>,
    ) -> Self {
        let (keymap, key_issues) = KeyMap::load(DEFAULT_TOML, settings.keys.as_ref());
        let mut player = Player::new(audio);
        let rate = settings.rate.unwrap_or_default();
        player.set_rate(rate);
        player.set_volume(settings.volume);
        let mut view = View::new(settings.theme);
        if let Some(device) = &settings.audio_device {
            view.sound.choice = Choice::typed(device);
        }
        player.choose_device(view.sound.choice.clone());
        let mut app = Self {
            player,
            slides,
            thumbs,
            queue: Queue::default(),
            queue_kept: 0,
            opener,
            keymap,
            notices: Notices::default(),
            view,
            session: SessionKeeper::default(),
            work: Work::default(),
            viewed: viewed::Viewed::default(),
            spoken: transcript::Spoken::default(),
            hits: hits::Hits::default(),
            revision: 0,
            listing: Listing::default(),
            shaping: Shaping::default(),
            films: films::Films::default(),
            actions: Vec::new(),
            pending: None,
            held: Vec::new(),
            sample: None,
            restoring: None,
            failed: None,
            neighbours: Neighbours::default(),
            peeks: Peeks::default(),
            speed: speed::Speed::new(rate, settings.favourite_rate),
            looping: looping::Looping::default(),
            sleep: sleep::Sleep::default(),
            rest: rest::Rest::default(),
            awake: None,
            recent: Vec::new(),
            waiting: Vec::new(),
            openings: 0,
            entry: 0,
            watching_devices: false,
            quit_request: Arc::default(),
            quit: false,
            settings,
        };
        for issue in issues.into_iter().chain(key_issues) {
            app.tell(Severity::Warning, issue);
        }
        app
    }

    /// Opens what was asked for at the start.
    pub fn begin(&mut self, start: Start) {
        self.sample.clone_from(&start.otherwise);
        if start.paths.is_empty() {
            self.restoring = Some(Restoring { otherwise: start.otherwise, paused: start.paused });
            return;
        }
        self.ask_folders(start.paths.iter().skip(1));
        self.queue.replace(start.paths);
        self.open_current(start.at, start.paused);
    }

    /// Does what is asked, once a talk is open.
    pub fn run_when_open(&mut self, command: Command) {
        if self.pending.is_some() || self.restoring.is_some() {
            self.waiting.push(command);
        } else {
            self.run(command);
        }
    }

    /// Takes in whatever the threads have done. Cheap if they have done nothing.
    pub fn poll(&mut self) {
        self.poll_work();
        self.restore();
        let opened: Vec<Opened> = self.held.drain(..).chain(self.opener.poll()).collect();
        for answer in opened {
            if self.work.library.loaded() {
                self.take(answer);
            } else {
                self.held.push(answer);
            }
        }
        self.quit |= self.quit_request.load(Ordering::Acquire);
        // Before the player, which would end the talk where a loop ends with it.
        self.poll_loop();
        for event in self.player.poll() {
            self.hear(event);
        }
        self.note_rest();
        self.poll_sleep();
        self.poll_awake();
        self.slides.poll();
        self.thumbs.poll();
        self.poll_shaping();
        self.mark_progress(false);
        self.keep_queue();
        self.find_hits();
        if self.view.library {
            self.list();
        }
        self.watch_devices();
        self.session.poll(&self.view, self.player.talk().map(|talk| &*talk.source), self.now());
        self.refresh();
        self.refresh_films();
    }

    /// Shows slides as they were shown last, and will keep how they are shown, in this folder.
    pub fn keep_session(&mut self, folder: &Path) {
        let (session, issues) = SessionKeeper::start(folder, &mut self.view);
        self.session = session;
        self.restore_listening();
        self.begin_sound();
        for issue in issues {
            self.tell(Severity::Warning, issue);
        }
    }

    /// The last thing that is done.
    pub fn finish(&mut self) {
        self.keep_saved();
        self.keep_queue();
        self.session.finish(&self.view, self.player.talk().map(|talk| &*talk.source));
        self.finish_work();
    }

    fn take(&mut self, answer: Opened) {
        // Only looked into: neither the queue nor the library is changed by it.
        let peeked = self.peeks.put(&answer.path, answer.talk.as_ref().ok());
        if peeked
            && self.pending.as_ref().is_none_or(|(path, ..)| *path != answer.path)
            && !self.neighbours.asks(&answer.path)
        {
            return;
        }
        let first = answer.expanded.as_ref().and_then(|found| found.first().cloned());
        if let Some(found) = answer.expanded {
            if found.len() > 1 || first.as_ref() != Some(&answer.path) {
                self.adopt_root(&answer.path);
            }
            self.queue.expand(&answer.path, found);
        }
        let Some((_, at, paused)) = self.pending.take_if(|(path, ..)| *path == answer.path) else {
            let path = first.unwrap_or_else(|| answer.path.clone());
            self.neighbours.put(&answer.path, path, answer.talk.ok());
            self.look_around();
            return;
        };
        match answer.talk {
            Ok(talk) => self.show(&talk, at, paused),
            Err(why) => {
                // Half in one talk and half in another is nowhere: what was open is let go.
                self.player.close();
                self.apply_rate();
                self.look_around();
                tracing::error!("{why}");
                self.failed = Some(why);
            }
        }
    }

    fn show(&mut self, found_talk: &Arc<Talk>, at: Option<MediaTime>, paused: Option<bool>) {
        let asked = at;
        let talk = &self.as_viewed(found_talk);
        let found = self.take_going(talk);
        // Who is not choosing among the talks finds the open one chosen.
        let browsing = self.view.library && self.view.overview.is_none();
        if !browsing && self.work.library.catalogue().at(&talk.source).is_some() {
            self.view.shelf.chosen = Some(talk.source.clone());
        }
        let at = at.or(found).unwrap_or_else(|| self.resume_at(talk));
        self.leave_text();
        self.mark_progress(true);
        self.follow_note(true);
        self.failed = None;
        self.view.forget_talk();
        if found.is_none() {
            self.hits.seek("");
        }
        self.recent.clear();
        if !talk.issues.is_empty() {
            let all: Vec<&str> = talk.issues.iter().map(|issue| issue.message.as_str()).collect();
            self.tell(Severity::Warning, all.join("; "));
        }
        self.openings += 1;
        self.entry = self.queue.index().map_or(0, |at| at + 1);
        let play = !paused.unwrap_or(self.settings.start_paused);
        self.take_up_rate(talk);
        self.looping = looping::Looping::default();
        self.forget_rest();
        self.unhush();
        self.player.open(Arc::clone(talk), at, play);
        self.begin_viewing(found_talk);
        self.look_for_transcript(found_talk);
        self.begin_work(talk);
        self.begin_shaping(talk);
        self.begin_films();
        if asked.is_some_and(|at| at > self.player.duration()) {
            let length = self.player.duration().clock();
            self.tell(
                Severity::Warning,
                format!("{} is after the end of this talk, which is {length} long", at.clock()),
            );
        }
        self.look_around();
        for command in std::mem::take(&mut self.waiting) {
            self.run(command);
        }
    }

    fn hear(&mut self, event: PlayerEvent) {
        match event {
            PlayerEvent::Ready => {}
            PlayerEvent::Ended => {
                if self.loop_from_end() {
                    return;
                }
                self.mark_progress(true);
                if self.sleeps_at_end() {
                    return;
                }
                match self.settings.at_end {
                    AtEnd::Next if self.next_path().is_some() => self.run(Command::NextTalk),
                    AtEnd::Verdict if self.verdict().is_some() && self.next_path().is_some() => {
                        self.run(Command::NextTalk);
                    }
                    AtEnd::Verdict if self.verdict().is_none() => {
                        self.tell(Severity::Info, "This talk has ended; it waits for your verdict");
                    }
                    AtEnd::Next | AtEnd::Verdict | AtEnd::Stop => {}
                }
            }
            PlayerEvent::Device(name) => {
                tracing::info!("sound goes to {name}");
                self.forget_loss();
                self.take_up_device();
            }
            PlayerEvent::DeviceBack(name) => {
                // What was said of its loss holds no longer.
                self.forget_loss();
                self.tell(Severity::Info, format!("{name} is back; the talk goes on"));
            }
            PlayerEvent::Devices => {}
            PlayerEvent::SoundFailed(why) => self.tell(Severity::Error, why),
            PlayerEvent::ClipUnheard(trouble) => self.tell_unheard(&trouble),
            PlayerEvent::Caveat(what) => self.tell(Severity::Info, what),
            PlayerEvent::NoDevice(why) => self.tell(Severity::Warning, why),
            PlayerEvent::DeviceLost(why) => self.tell(Severity::Warning, format!("{why}{PAUSED_HERE}")),
        }
    }

    /// That a device is gone is not shown any more.
    fn forget_loss(&mut self) {
        let now = self.now();
        if self.notices.showing(now).is_some_and(|notice| notice.text.ends_with(PAUSED_HERE)) {
            self.notices.dismiss(now);
        }
    }

    /// Opens the queue's current talk.
    fn open_current(&mut self, at: Option<MediaTime>, paused: Option<bool>) {
        let Some(path) = self.queue.current().map(Path::to_owned) else { return };
        if let Some(talk) = self.neighbours.get(&path).cloned() {
            self.pending = None;
            self.show(&talk, at, paused);
            return;
        }
        self.player.pause();
        self.failed = None;
        if self.opener.ask(&path) {
            self.pending = Some((path, at, paused));
        } else {
            self.tell(Severity::Error, "Too many talks are being opened; try again in a moment");
        }
    }

    /// Replaces the queue and opens its first talk.
    pub fn open_paths(&mut self, paths: Vec<PathBuf>) {
        if !paths.is_empty() {
            let before = self.queue.paths().to_vec();
            self.queue.replace(paths);
            if !before.is_empty() {
                self.remember_queue(before);
            }
            self.restoring = None;
            self.open_current(None, None);
        }
    }

    /// Which of these are folders of talks is known when they have been looked at.
    fn ask_folders<'a>(&self, paths: impl Iterator<Item = &'a PathBuf>) {
        const LOOKED_AT: usize = 16;
        for path in paths.take(LOOKED_AT) {
            self.opener.ask(path);
        }
    }

    /// Adds to the queue; opens the first if nothing was open.
    pub fn append_paths(&mut self, paths: Vec<PathBuf>) {
        let idle = self.queue.current().is_none();
        self.ask_folders(paths.iter().skip(usize::from(idle)));
        self.queue.append(paths);
        if idle {
            self.restoring = None;
            self.open_current(None, None);
        } else {
            self.look_around();
        }
    }

    /// The entry of the queue whose talk is open, counted from 1; 0 without one.
    pub fn entry(&self) -> usize {
        if self.player.talk().is_some() { self.entry } else { 0 }
    }

    /// Talks opened so far, for those who watch for them.
    pub fn openings(&self) -> u64 {
        self.openings
    }

    /// When the next thing happens that must be drawn, on the application's clock; `None`: not by itself.
    pub fn next_change(&self) -> Option<MediaTime> {
        let now = self.now();
        let moving = self.player.playing() && !self.player.scrubbing();
        let in_talk = moving.then(|| self.next_change_in_talk()).map(|left| now + left);
        [
            in_talk,
            self.comes_to_rest(),
            self.notices.until(now),
            self.hits.busy().then_some(now),
            self.transcribing_changes(now),
            self.sleep_change(),
            self.session.due(),
            self.work.keeper.as_ref().and_then(crate::notes::NoteKeeper::due),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Real time until the next slide or the next second of the label, whichever comes first.
    fn next_change_in_talk(&self) -> MediaTime {
        const SECOND: i64 = 1_000_000_000;
        let at = self.player.position();
        let second = MediaTime::from_nanos(SECOND - at.nanos().rem_euclid(SECOND));
        let slide = self.player.talk().and_then(|talk| talk.slides.next_start(at)).map(|start| start - at);
        let end = self.player.duration() - at;
        let word = self.next_word(at).map(|start| start - at);
        let picture = self.next_picture_in();
        let next = [slide, word, picture].into_iter().flatten().min();
        let wait = self.listening_time(at, at + next.map_or(second, |next| next.min(second)).min(end));
        let wait = self.loop_left().map_or(wait, |left| left.min(wait));
        // A little late rather than a little early, which would draw the same again.
        let least = if picture.is_some() { 1 } else { 10 };
        (wait + MediaTime::from_millis(if picture.is_some() { 1 } else { 2 })).max(MediaTime::from_millis(least))
    }

    /// Tells the viewer something.
    pub fn tell(&mut self, severity: Severity, text: impl Into<String>) {
        let now = self.now();
        self.notices.tell(severity, text, now);
    }

    /// The application's clock: since it started.
    pub fn now(&self) -> MediaTime {
        MediaTime::from_nanos(self.player.clock().timebase.now())
    }

    /// What the viewer is being told.
    pub fn notice(&self) -> Option<&Notice> {
        self.notices.showing(self.now())
    }

    /// What only a window can do, since it was last asked.
    pub fn take_actions(&mut self) -> Vec<WindowAction> {
        std::mem::take(&mut self.actions)
    }
}

//! The text on slides, read in the background for the search: the open talk first, then all others. Main thread, and a
//! thread that looks which slides a talk has.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::App;
use super::notice::Severity;
use crate::audio::decode::Probe;
use crate::library::PassageKind;
use crate::library::ocr::{FileCache, Grey, Item, OcrEvent, Reader, State, Tools, Work as Slides, best_size};
use crate::library::texts::Text;
use crate::slides::{Limits, Size, decode};
use crate::talk::TalkId;
use crate::talk::open::open;

/// Events that may wait.
const WAITING: usize = 64;

/// A talk whose slides are to be read.
struct Job {
    id: TalkId,
    path: PathBuf,
}

/// The reader, and what it is at.
pub(super) struct Reading {
    reader: Arc<Reader>,
    jobs: Sender<Job>,
    events: Receiver<OcrEvent>,
    /// The talk that is being read, as it was found.
    current: Option<(TalkId, PathBuf, i64)>,
    /// What was read in this session or before: the marks in the file of texts.
    done: Option<HashMap<TalkId, i64>>,
    known: Arc<OnceLock<HashMap<PathBuf, i64>>>,
    /// In this state of the catalogue nothing was left to be read.
    looked: Option<u64>,
    /// The program is not there, or the viewer does not want it.
    off: bool,
}

/// Where it is marked that the slides of a talk have been read.
fn mark(id: &TalkId) -> PathBuf {
    PathBuf::from(format!("slides of {}", id.0))
}

/// The talk that is marked here.
fn marked(path: &Path) -> Option<TalkId> {
    path.to_str()?.strip_prefix("slides of ").map(|id| TalkId(id.to_owned()))
}

/// Starts the threads beside stores that were started.
pub(super) fn start(work: &mut super::work::Work, data: &Path, waker: &crate::Waker) -> std::io::Result<()> {
    let Some(texts) = &work.texts else { return Ok(()) };
    let (tell, events) = bounded(WAITING);
    let waker = Arc::clone(waker);
    let file = super::noted::texts_file(data);
    let cache = Box::new(FileCache::new(file));
    let reader = Reader::start(Tools::new(grey, cache), move |event| {
        if tell.send(event).is_ok() {
            waker();
        }
    })?;
    let reader = Arc::new(reader);
    let (jobs, inbox) = bounded::<Job>(1);
    let hand = Arc::clone(&reader);
    let look = move || {
        for Job { id, path, .. } in inbox {
            hand.add(Slides { slides: slides_of(&path), talk: id });
        }
    };
    std::thread::Builder::new().name("slide-list".into()).spawn(look)?;
    let known = texts.known();
    work.reading = Some(Reading { reader, jobs, events, current: None, done: None, known, looked: None, off: false });
    Ok(())
}

/// The slides of the talk that lies here, each picture once.
fn slides_of(path: &Path) -> Vec<Item> {
    let Ok(talk) = open(path, &Probe) else { return Vec::new() };
    let mut items: Vec<Item> = Vec::new();
    for (number, slide) in talk.slides.iter().enumerate() {
        let Some(image) = &slide.image else { continue };
        items.push(Item { slide: number, start: slide.start, file: talk.path(&image.file), text: None });
    }
    items
}

/// From the bytes of a picture to what is read best.
fn grey(bytes: &[u8]) -> Result<Grey, String> {
    let pixels = decode::decode_bytes(bytes, &Limits::default()).map_err(|trouble| trouble.to_string())?;
    let (width, height) = best_size(pixels.size.width, pixels.size.height);
    let pixels = decode::scale(&pixels, Size::new(width, height));
    Grey::from_rgba(pixels.size.width, pixels.size.height, &pixels.rgba).ok_or_else(|| "it has no pixels".to_owned())
}

impl App {
    /// Takes in what was read, and finds the next talk to be read.
    pub(super) fn poll_reading(&mut self) {
        let Some(mut reading) = self.work.reading.take() else { return };
        if reading.done.is_none() {
            reading.done = reading
                .known
                .get()
                .map(|known| known.iter().filter_map(|(path, at)| Some((marked(path)?, *at))).collect());
        }
        let events: Vec<OcrEvent> = reading.events.try_iter().collect();
        for event in events {
            self.take_reading(&mut reading, event);
        }
        if !reading.off && self.settings.slide_text && reading.current.is_none() && reading.done.is_some() {
            self.read_next(&mut reading);
        }
        self.work.reading = Some(reading);
    }

    fn take_reading(&mut self, reading: &mut Reading, event: OcrEvent) {
        match event {
            OcrEvent::Read(done) => {
                let Some((id, _, stamp)) = reading.current.take_if(|(id, ..)| *id == done.talk) else { return };
                let source = (mark(&id), stamp);
                if let Some(known) = &mut reading.done {
                    known.insert(id, stamp);
                }
                let text = Text {
                    talk: done.talk,
                    kinds: vec![PassageKind::Slide],
                    passages: done.passages,
                    source: done.complete.then_some(source),
                };
                if let Some(texts) = &self.work.texts {
                    texts.put(text);
                }
            }
            OcrEvent::Progress { .. } => {}
            OcrEvent::Absent(how) => {
                reading.off = true;
                reading.current = None;
                if !std::mem::replace(&mut self.view.told_slide_text, true) {
                    self.tell(Severity::Info, how);
                }
            }
            OcrEvent::Trouble(why) => self.tell(Severity::Warning, why),
        }
    }

    /// The open talk if it has not been read, else the first of the library that has not.
    fn read_next(&self, reading: &mut Reading) {
        let Some(done) = &reading.done else { return };
        let unread = |row: &&crate::library::Row| {
            let entry = &row.entry;
            entry.slides > 0
                && entry.broken.is_none()
                && !row.away
                && done.get(&entry.id).is_none_or(|stamp| *stamp != entry.stamp)
        };
        let catalogue = self.work.library.catalogue();
        let open = self.player.talk().and_then(|talk| catalogue.at(&talk.source)).filter(unread);
        let version = catalogue.version();
        if open.is_none() && reading.looked == Some(version) {
            return;
        }
        let Some(row) = open.or_else(|| catalogue.rows().iter().find(unread)) else {
            reading.looked = Some(version);
            return;
        };
        let (id, path, stamp) = (row.entry.id.clone(), row.entry.path.clone(), row.entry.stamp);
        reading.current = Some((id.clone(), path.clone(), stamp));
        if reading.jobs.try_send(Job { id, path }).is_err() {
            reading.current = None;
        }
    }

    /// What the reading of slides is at: what it does, talks read and talks in all.
    pub fn slide_reading(&self) -> Option<(State, usize, usize)> {
        let reading = self.work.reading.as_ref()?;
        let read = reading.done.as_ref().map_or(0, HashMap::len);
        let talks = self.work.library.catalogue().rows().len();
        (!reading.off).then(|| (reading.reader.state(), read.min(talks), talks))
    }

    /// The viewer wants slides to be read, or does not.
    pub(super) fn read_slides(&mut self, on: bool) {
        let Some(reading) = &mut self.work.reading else { return };
        reading.reader.set_paused(!on);
        if on {
            reading.off = false;
            reading.reader.retry();
        } else {
            reading.reader.cancel();
            reading.current = None;
            reading.off = true;
        }
        self.feedback(if on { "The slides' text is read in the background" } else { "The slides' text is not read" });
    }
}

//! The text on slides, read in the background for the search: the open talk first, then all others. The main thread says
//! what is to be read; a thread looks which slides a talk has, another gives them to the program that reads them.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::App;
use super::notice::Severity;
use crate::audio::decode::Probe;
use crate::library::ocr::{FileCache, Grey, Item, OcrEvent, Reader, State, Tools, Work as Slides, best_size};
use crate::library::texts::Text;
use crate::library::{PassageKind, Row};
use crate::slides::{Limits, Size, decode};
use crate::talk::TalkId;
use crate::talk::open::open;

/// Sentences that may wait.
const WAITING: usize = 64;
/// With fewer cores than this no slide is read while a talk plays: sound comes first.
const CORES: usize = 4;

/// A talk whose slides are to be read.
#[derive(Clone)]
struct Job {
    id: TalkId,
    path: PathBuf,
    stamp: i64,
}

/// What is to be read; the threads go on by themselves, so that nothing has to be drawn for it.
#[derive(Default)]
struct Plan {
    jobs: VecDeque<Job>,
    current: Option<Job>,
    /// What was read, now or before.
    done: HashMap<TalkId, i64>,
}

/// The reader, and what it is at.
pub(super) struct Reading {
    reader: Arc<Reader>,
    plan: Arc<Mutex<Plan>>,
    /// Gone with this: the threads end then.
    bell: Arc<Sender<()>>,
    told: Receiver<Result<String, String>>,
    known: Arc<OnceLock<HashMap<PathBuf, i64>>>,
    /// The viewer sees how far it is.
    watched: Arc<AtomicBool>,
    /// The state of the catalogue, and the open talk, of which the plan was made.
    planned: Option<(u64, Option<PathBuf>)>,
    /// The program is not there, or the viewer does not want it.
    off: bool,
    /// There are few cores, and a talk plays.
    busy: bool,
    cores: usize,
}

fn lock(plan: &Mutex<Plan>) -> MutexGuard<'_, Plan> {
    plan.lock().unwrap_or_else(PoisonError::into_inner)
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
    let (tell, told) = bounded(WAITING);
    let (bell, rung) = bounded::<()>(1);
    let bell = Arc::new(bell);
    let (plan, watched) = (Arc::<Mutex<Plan>>::default(), Arc::<AtomicBool>::default());
    let (waker, sender, known) = (Arc::clone(waker), texts.sender(), texts.known());
    let cache = Box::new(FileCache::new(super::noted::texts_file(data)));
    let (to_plan, to_bell, seen) = (Arc::clone(&plan), Arc::downgrade(&bell), Arc::clone(&watched));
    let reader = Reader::start(Tools::new(grey, cache), move |event| match event {
        OcrEvent::Read(done) => {
            let Some(job) = lock(&to_plan).current.take_if(|job| job.id == done.talk) else { return };
            lock(&to_plan).done.insert(job.id.clone(), job.stamp);
            let source = done.complete.then(|| (mark(&job.id), job.stamp));
            let kinds = vec![PassageKind::Slide];
            sender.send(Text { talk: job.id, kinds, passages: done.passages, source }).ok();
            if let Some(bell) = to_bell.upgrade() {
                bell.try_send(()).ok();
            }
            if seen.load(Ordering::Relaxed) {
                waker();
            }
        }
        OcrEvent::Progress { .. } => {}
        OcrEvent::Absent(how) => {
            tell.try_send(Ok(how)).ok();
            waker();
        }
        OcrEvent::Trouble(why) => {
            tell.try_send(Err(why)).ok();
            waker();
        }
    })?;
    let reader = Arc::new(reader);
    let (hand, from) = (Arc::clone(&reader), Arc::clone(&plan));
    std::thread::Builder::new().name("slide-list".into()).spawn(move || look(&rung, &from, &hand))?;
    work.reading = Some(Reading {
        reader,
        plan,
        bell,
        told,
        known,
        watched,
        planned: None,
        off: false,
        busy: false,
        cores: std::thread::available_parallelism().map_or(1, usize::from),
    });
    Ok(())
}

/// Finds the slides of the next talk whenever the bell rings.
fn look(rung: &Receiver<()>, plan: &Mutex<Plan>, reader: &Reader) {
    for () in rung {
        loop {
            let job = {
                let mut plan = lock(plan);
                if plan.current.is_some() {
                    break;
                }
                let Some(job) = plan.jobs.pop_front() else { break };
                plan.current = Some(job.clone());
                job
            };
            let slides = slides_of(&job.path);
            if !slides.is_empty() {
                reader.add(Slides { slides, talk: job.id });
                break;
            }
            let mut plan = lock(plan);
            plan.current = None;
            plan.done.insert(job.id, job.stamp);
        }
    }
}

/// The slides of the talk that lies here, those that have a picture.
fn slides_of(path: &Path) -> Vec<Item> {
    let Ok(talk) = open(path, &Probe) else { return Vec::new() };
    let mut items: Vec<Item> = Vec::new();
    for (number, slide) in talk.slides.iter().enumerate() {
        let Some(image) = &slide.image else { continue };
        let text = Some(slide.text.clone()).filter(|text| !text.trim().is_empty());
        items.push(Item { slide: number, start: slide.start, file: talk.path(&image.file), text });
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
    /// Says what is to be read, and when it is not the time for it.
    pub(super) fn poll_reading(&mut self) {
        let Some(mut reading) = self.work.reading.take() else { return };
        for told in reading.told.try_iter().collect::<Vec<_>>() {
            match told {
                Ok(how) => {
                    reading.off = true;
                    if !std::mem::replace(&mut self.view.told_slide_text, true) {
                        self.tell(Severity::Info, how);
                    }
                }
                Err(why) => self.tell(Severity::Warning, why),
            }
        }
        let busy = self.player.playing() && reading.cores < CORES;
        if std::mem::replace(&mut reading.busy, busy) != busy {
            reading.reader.set_busy(busy);
        }
        reading.watched.store(self.view.library || self.view.search.is_some(), Ordering::Relaxed);
        if !reading.off && self.settings.slide_text && self.work.library.loaded() {
            self.plan_reading(&mut reading);
        }
        self.work.reading = Some(reading);
    }

    /// Makes the plan anew when there are other talks, or another one is open: that one comes first.
    fn plan_reading(&self, reading: &mut Reading) {
        let Some(known) = reading.known.get() else { return };
        let catalogue = self.work.library.catalogue();
        let open = self.player.talk().map(|talk| talk.source.clone());
        let same =
            |(version, talk): &(u64, Option<PathBuf>)| *talk == open && catalogue.changed_since(*version).is_some();
        let first = reading.planned.is_none();
        if reading.planned.as_ref().is_some_and(same) {
            return;
        }
        let mut plan = lock(&reading.plan);
        if first {
            plan.done = known.iter().filter_map(|(path, stamp)| Some((marked(path)?, *stamp))).collect();
        }
        let unread = |row: &&Row| {
            let entry = &row.entry;
            entry.slides > 0
                && entry.broken.is_none()
                && !row.away
                && plan.done.get(&entry.id) != Some(&entry.stamp)
                && plan.current.as_ref().is_none_or(|job| job.id != entry.id)
        };
        let job = |row: &Row| Job { id: row.entry.id.clone(), path: row.entry.path.clone(), stamp: row.entry.stamp };
        let first = open.as_deref().and_then(|path| catalogue.at(path)).filter(unread).map(job);
        let rest = catalogue.rows().iter().filter(unread).map(job);
        let jobs: VecDeque<Job> = first.into_iter().chain(rest).collect();
        plan.jobs = jobs;
        drop(plan);
        reading.planned = Some((catalogue.version(), open));
        reading.bell.try_send(()).ok();
    }

    /// What the reading of slides is at: what it does, talks read and talks in all.
    pub fn slide_reading(&self) -> Option<(State, usize, usize)> {
        let reading = self.work.reading.as_ref()?;
        let talks = self.work.library.catalogue().rows().len();
        let read = lock(&reading.plan).done.len();
        (!reading.off).then(|| (reading.reader.state(), read.min(talks), talks))
    }

    /// The viewer wants slides to be read, or does not.
    pub(super) fn read_slides(&mut self, on: bool) {
        let Some(reading) = &mut self.work.reading else { return };
        reading.reader.set_paused(!on);
        reading.off = !on;
        reading.planned = None;
        if on {
            reading.reader.retry();
        } else {
            reading.reader.cancel();
            let mut plan = lock(&reading.plan);
            (plan.jobs, plan.current) = (VecDeque::new(), None);
        }
        self.feedback(if on { "The slides' text is read in the background" } else { "The slides' text is not read" });
    }
}

//! The open note on the main thread: edited at once, written a moment later by a thread of its own.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

use super::desk::{Answer, Desk, Loaded, Request, Save};
use super::merge::merge;
use super::worker::Worker;
use super::{Document, Head, NoteEvent, Places, Verdict, name};
use crate::time::MediaTime;

/// How long changes are gathered before they are written.
const GATHER: MediaTime = MediaTime::from_millis(300);
/// How long until what could not be written is tried again.
const RETRY: MediaTime = MediaTime::from_secs(5);
/// How long the end waits for a disk that does not answer.
const FAREWELL: Duration = Duration::from_secs(3);

/// The note of the open talk. Main thread; nothing here waits for the disk but [`Self::finish`].
pub struct NoteKeeper {
    desk: Arc<Desk>,
    thread: Option<(JoinHandle<()>, Receiver<()>)>,
    /// In place of the thread, where there is none.
    hand: Option<Worker>,
    serial: u64,
    head: Head,
    path: Option<PathBuf>,
    /// The note had a file when it was loaded.
    existed: bool,
    document: Option<Document>,
    /// What the other side knows: the last text sent to it or taken from it.
    agreed: String,
    /// The number of the last text sent.
    seq: u64,
    /// The number of the last text taken.
    version: u64,
    /// When the first change was made that is not handed over.
    unsaved: Option<MediaTime>,
    /// There is trouble: when to try again.
    retry: Option<MediaTime>,
    /// Pictures that were attached to this note, and the names that are taken beside it.
    attached: HashMap<PathBuf, String>,
    taken: HashSet<String>,
}

impl NoteKeeper {
    /// Starts the thread. `waker` is called on it when [`Self::poll`] has something to say.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(places: Places, waker: crate::Waker) -> io::Result<Self> {
        let mut keeper = Self::stepped(places, waker);
        let Some(worker) = keeper.hand.take() else { return Ok(keeper) };
        let (ended, end) = bounded(1);
        let thread = std::thread::Builder::new().name("notes".into()).spawn(move || {
            worker.run();
            ended.try_send(()).ok();
        })?;
        keeper.thread = Some((thread, end));
        Ok(keeper)
    }

    /// Without a thread: the disk is touched by [`Self::step`] alone.
    pub fn stepped(places: Places, waker: crate::Waker) -> Self {
        let desk = Arc::<Desk>::default();
        Self {
            hand: Some(Worker::new(places, Arc::clone(&desk), waker)),
            desk,
            thread: None,
            serial: 0,
            head: Head::default(),
            path: None,
            existed: false,
            document: None,
            agreed: String::new(),
            seq: 0,
            version: 0,
            unsaved: None,
            retry: None,
            attached: HashMap::new(),
            taken: HashSet::new(),
        }
    }

    /// Does the thread's work, where there is none.
    pub fn step(&mut self) {
        if let Some(worker) = &mut self.hand {
            worker.step();
        }
    }

    /// Asks for the note of a talk: by its id or fingerprint from the folder of notes, or from the folder `beside`. What
    /// is unsaved of the last one is handed over first. [`NoteEvent::Loaded`] follows.
    pub fn open(&mut self, head: Head, beside: Option<PathBuf>) {
        self.hand_over();
        self.serial += 1;
        (self.document, self.path, self.unsaved) = (None, None, None);
        (self.seq, self.version) = (0, 0);
        self.attached.clear();
        self.taken.clear();
        self.head = head.clone();
        self.desk.ask(Request::Open { serial: self.serial, head, beside });
    }

    /// The open note; `None` until it is loaded.
    pub fn document(&self) -> Option<&Document> {
        self.document.as_ref()
    }

    /// The file of the open note, whether it is there yet or not; `None` until it is loaded.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether the open note had a file when it was loaded.
    pub fn existed(&self) -> bool {
        self.existed
    }

    /// Whether everything is handed over and no trouble is known.
    pub fn settled(&self) -> bool {
        self.unsaved.is_none() && self.retry.is_none()
    }

    /// Changes the open note; `None`, and nothing done, if there is none. At its first change the note is told what talk
    /// it belongs to.
    pub fn edit<R>(&mut self, now: MediaTime, change: impl FnOnce(&mut Document) -> R) -> Option<R> {
        let document = self.document.as_mut()?;
        let before = document.text().to_owned();
        let result = change(document);
        if document.text() != before {
            if document.front().talk.is_none() {
                document.fill(&self.head);
            }
            self.unsaved.get_or_insert(now);
        }
        Some(result)
    }

    /// Takes in what the thread has to say, and hands over what is due.
    pub fn poll(&mut self, now: MediaTime) -> Vec<NoteEvent> {
        let mut events = Vec::new();
        for answer in self.desk.answers() {
            match answer {
                Answer::Loaded(loaded) => events.extend(self.take_note(loaded)),
                Answer::Text { serial, version, seq, text, conflict } => {
                    if serial == self.serial && seq == self.seq {
                        events.extend(self.take_text(now, version, text, conflict));
                    }
                }
                Answer::Path { serial, path } if serial == self.serial => self.path = Some(path),
                Answer::Path { .. } => {}
                Answer::Event(event) => {
                    match event {
                        NoteEvent::Trouble(_) => self.retry = Some(now + RETRY),
                        NoteEvent::Written => self.retry = None,
                        _ => {}
                    }
                    events.push(event);
                }
            }
        }
        if self.unsaved.is_some_and(|since| now >= since + GATHER) {
            self.hand_over();
        }
        if self.retry.is_some_and(|due| now >= due) {
            self.retry = Some(now + RETRY);
            self.desk.ask(Request::Retry);
        }
        events
    }

    /// When [`Self::poll`] next has something to do by itself.
    pub fn due(&self) -> Option<MediaTime> {
        [self.unsaved.map(|since| since + GATHER), self.retry].into_iter().flatten().min()
    }

    /// Has a picture copied beside the note, byte for byte, and returns where a Markdown link finds it, at once: the
    /// same for the same picture. `None` if no note is open.
    pub fn attach(&mut self, source: PathBuf, name: &str) -> Option<String> {
        if let Some(known) = self.attached.get(&source) {
            return Some(known.clone());
        }
        let folder = pictures_of(self.path.as_deref()?);
        let (stem, ending) =
            name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
        let (stem, ending) = (name::stem(stem), ending.replace(['/', '\\'], "_"));
        let names = std::iter::once(format!("{stem}{ending}")).chain((2..).map(|n| format!("{stem}-{n}{ending}")));
        // Names that differ in case only are the same to some systems.
        let free = |name: &String| !self.taken.contains(&name.to_lowercase());
        let name = names.take(10_000).find(free)?;
        self.taken.insert(name.to_lowercase());
        let relative = PathBuf::from(&folder).join(&name);
        let link = name::destination(&format!("{}/{name}", folder.to_string_lossy()));
        self.attached.insert(source.clone(), link.clone());
        self.desk.ask(Request::Attach { serial: self.serial, source, relative });
        Some(link)
    }

    /// Writes a verdict into the note of a talk that is not open; the note is made where there is none.
    pub fn judge(&mut self, head: Head, beside: Option<PathBuf>, verdict: Option<Verdict>) {
        self.desk.ask(Request::Judge { head, beside, verdict });
    }

    /// Writes what is left and ends the thread; waits for a few seconds at most. Returns what happened meanwhile: trouble
    /// among it means that something is not in its file.
    pub fn finish(&mut self) -> Vec<NoteEvent> {
        self.hand_over();
        self.desk.close();
        if let Some(mut worker) = self.hand.take() {
            worker.step();
        }
        if let Some((thread, end)) = self.thread.take() {
            match end.recv_timeout(FAREWELL) {
                // It may be in the midst of a call that never returns: it is left behind.
                Err(RecvTimeoutError::Timeout) => {
                    let sentence = "Notes may not be written: the disk does not answer".to_owned();
                    self.desk.answer(vec![Answer::Event(NoteEvent::Trouble(sentence))]);
                }
                // A thread that has panicked has said so itself.
                _ => drop(thread.join()),
            }
        }
        let events = self.desk.answers().into_iter();
        events.filter_map(|answer| if let Answer::Event(event) = answer { Some(event) } else { None }).collect()
    }

    fn take_note(&mut self, Loaded { serial, path, exists, text, pictures }: Loaded) -> Option<NoteEvent> {
        if serial != self.serial {
            return None;
        }
        self.document = Some(Document::parse(&text));
        self.path = Some(path);
        self.existed = exists;
        self.agreed = text;
        self.taken = pictures.iter().map(|name| name.to_lowercase()).collect();
        Some(NoteEvent::Loaded)
    }

    fn take_text(&mut self, now: MediaTime, version: u64, text: String, mut conflict: bool) -> Option<NoteEvent> {
        let document = self.document.as_mut()?;
        let merged = merge(&self.agreed, document.text(), &text);
        conflict |= merged.conflict;
        let changed = merged.text != document.text();
        document.take_up(&merged.text);
        self.version = version;
        if merged.text == text {
            self.unsaved = None;
        } else {
            self.unsaved.get_or_insert(now);
        }
        self.agreed = text;
        let sentence = "The note was changed in the same place here and outside; both are kept".to_owned();
        if conflict { Some(NoteEvent::Conflict(sentence)) } else { changed.then_some(NoteEvent::Changed) }
    }

    fn hand_over(&mut self) {
        if self.unsaved.take().is_none() {
            return;
        }
        let Some(document) = &self.document else { return };
        self.seq += 1;
        document.text().clone_into(&mut self.agreed);
        let save = Save { seq: self.seq, version: self.version, text: self.agreed.clone() };
        self.desk.ask(Request::Save { serial: self.serial, save });
    }
}

impl Drop for NoteKeeper {
    fn drop(&mut self) {
        if self.thread.is_some() || self.hand.is_some() {
            self.finish();
        }
    }
}

/// The folder of a note's pictures, beside it.
pub(super) fn pictures_of(path: &Path) -> OsString {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(" pictures");
    name
}

//! All the talks: what is known of each from one day to the next. SQLite, in a thread of its own; the main thread reads
//! what it needs from memory and never waits.

pub mod catalogue;
pub mod entry;
pub mod ocr;
mod salvage;
pub mod scan;
mod schema;
pub mod search;
pub mod shelf;
mod store;
pub mod texts;
mod words;
mod worker;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};

use crate::Waker;
use crate::notes::Verdict;
use crate::talk::TalkId;
use crate::talk::words::Words;
use crate::time::{MediaTime, Rate};
pub use catalogue::Catalogue;
pub use entry::{Entry, Passage, PassageKind, Picture, Row, TalkState};
pub use store::{Kept, Store, StoreError};
pub use words::{Choices, as_chosen};

/// Changes and answers that may wait.
const WAITING: usize = 4096;
/// Changes in bulk that may wait: who makes them waits for the disk.
const BULK: usize = 64;

/// What is known of a talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Names it.
    pub id: TalkId,
    /// Where it lay when it was opened last.
    pub path: PathBuf,
    /// For people.
    pub title: String,
    /// In the order of the talk's own list; often not known.
    pub authors: Vec<String>,
    /// Where it can be seen by others.
    pub link: Option<String>,
    /// What the viewer thinks of it.
    pub verdict: Option<Verdict>,
    /// How far the viewer has come.
    pub progress: Progress,
    /// When it was judged or seen to its end, in seconds since 1970.
    pub decided_at: Option<i64>,
}

/// How far the viewer has come in a talk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Where it was last, in source time.
    pub position: MediaTime,
    /// The latest moment that was ever played, in source time.
    pub furthest: MediaTime,
    /// It has been seen to its end.
    pub done: bool,
}

/// One change to what is kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A talk was opened: everything but verdict and progress.
    Met(Record),
    /// The viewer's verdict, or none any more.
    Verdict(TalkId, Option<Verdict>),
    /// How far the viewer has come.
    Progress(TalkId, Progress),
    /// A talk was found on disk, or has changed there.
    Found(Entry),
    /// Nothing is here any more.
    Gone(PathBuf),
    /// A folder of talks is given, or taken away with all that was found in it.
    Root(PathBuf, bool),
    /// A copy is not listed because another is; or is listed again.
    Merged(PathBuf, Option<PathBuf>),
    /// What is to be played, in order.
    Queue(Vec<PathBuf>),
    /// What the viewer has chosen for one talk, by the name of the choice, or has taken back.
    Choice(TalkId, String, Option<String>),
}

/// What the thread has to say.
#[derive(Debug)]
enum Answer {
    Loaded(Box<Kept>),
    Trouble(String),
}

/// The name of the choice of a speed.
const SPEED: &str = "speed";

/// What a note tells of a talk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noted {
    /// Without `#`.
    pub tags: Vec<String>,
    /// Moments noted.
    pub notes: usize,
}

/// The main thread's view of the store.
pub struct Library {
    records: HashMap<TalkId, Record>,
    by_path: HashMap<PathBuf, TalkId>,
    noted: HashMap<TalkId, Noted>,
    catalogue: Catalogue,
    roots: Vec<PathBuf>,
    merged: HashMap<PathBuf, PathBuf>,
    queue: Vec<PathBuf>,
    choices: HashMap<TalkId, Choices>,
    changes: Option<Sender<Change>>,
    bulk: Option<Sender<Vec<Change>>>,
    answers: Receiver<Answer>,
    thread: Option<JoinHandle<()>>,
    loaded: bool,
    troubled: bool,
}

impl Library {
    /// Kept in this file, by a thread.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(file: PathBuf, waker: Waker) -> std::io::Result<Self> {
        Self::start_as(file, waker, true)
    }

    /// As another Plenary keeps it, which alone writes: what changes here stays in memory.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start_reading(file: PathBuf, waker: Waker) -> std::io::Result<Self> {
        Self::start_as(file, waker, false)
    }

    fn start_as(file: PathBuf, waker: Waker, writes: bool) -> std::io::Result<Self> {
        let (changes, inbox) = bounded(WAITING);
        let (bulk, heap) = bounded(BULK);
        let (answer, answers) = bounded(WAITING);
        let work = move || worker::serve(&file, writes, (&inbox, &heap), &answer, &waker);
        let thread = std::thread::Builder::new().name("library".into()).spawn(work)?;
        let mut library = Self::of(answers);
        (library.changes, library.bulk, library.thread) = (Some(changes), Some(bulk), Some(thread));
        Ok(library)
    }

    /// In memory only: for tests, and where nothing can be kept.
    pub fn nowhere() -> Self {
        let (_, answers) = bounded(1);
        let mut library = Self::of(answers);
        library.loaded = true;
        library
    }

    fn of(answers: Receiver<Answer>) -> Self {
        Self {
            records: HashMap::new(),
            by_path: HashMap::new(),
            noted: HashMap::new(),
            catalogue: Catalogue::default(),
            roots: Vec::new(),
            merged: HashMap::new(),
            queue: Vec::new(),
            choices: HashMap::new(),
            changes: None,
            bulk: None,
            answers,
            thread: None,
            loaded: false,
            troubled: false,
        }
    }

    /// Takes in what the thread has to say; sentences for the viewer.
    pub fn poll(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        loop {
            match self.answers.try_recv() {
                Ok(Answer::Loaded(kept)) => self.load(*kept),
                Ok(Answer::Trouble(why)) => told.push(why),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return told,
            }
        }
    }

    fn load(&mut self, kept: Kept) {
        self.loaded = true;
        for (id, choices) in kept.choices {
            let own = self.choices.entry(id).or_default();
            choices.into_iter().for_each(|(name, value)| _ = own.entry(name).or_insert(value));
        }
        // What has happened since the start is newer.
        for record in kept.records {
            if !self.records.contains_key(&record.id) {
                self.by_path.insert(record.path.clone(), record.id.clone());
                self.records.insert(record.id.clone(), record);
            }
        }
        for entry in kept.entries {
            if self.catalogue.at(&entry.path).is_none() {
                self.list(entry);
            }
        }
        for root in kept.roots.into_iter().rev() {
            if !self.roots.contains(&root) {
                self.roots.insert(0, root);
            }
        }
        // A folder of talks in another one is a part of it.
        let all = self.roots.clone();
        self.roots.retain(|root| !all.iter().any(|other| other != root && root.starts_with(other)));
        (self.merged, self.queue) = (kept.merged, kept.queue);
    }

    /// Whether what was kept is there; until then a talk may have a verdict that is not known yet.
    pub fn loaded(&self) -> bool {
        self.loaded
    }

    /// What is known of a talk.
    pub fn get(&self, id: &TalkId) -> Option<&Record> {
        self.records.get(id)
    }

    /// What is known of the talk that lay here.
    pub fn at(&self, path: &Path) -> Option<&Record> {
        let found = self.catalogue.at(path).map(|row| &row.entry.id);
        self.get(found.or_else(|| self.by_path.get(path))?)
    }

    /// Everything known, in no order.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// The lines of the library.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The folders of talks, in the order in which they were given.
    pub fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// Copies that are not listed, and what is listed for them.
    pub fn merged(&self) -> &HashMap<PathBuf, PathBuf> {
        &self.merged
    }

    /// What was to be played when the program ended, in order.
    pub fn kept_queue(&self) -> &[PathBuf] {
        &self.queue
    }

    /// The speed of a talk that has its own.
    pub fn speed(&self, id: &TalkId) -> Option<Rate> {
        self.choice(id, SPEED).and_then(|factor| Some(Rate::from_factor(factor.parse().ok()?)))
    }

    /// A talk has its own speed, or that of all.
    pub fn set_speed(&mut self, id: &TalkId, rate: Option<Rate>) {
        self.choose(id, SPEED, rate.map(|rate| rate.factor().to_string()));
    }

    /// What the viewer has chosen for one talk.
    pub fn choice(&self, id: &TalkId, name: &str) -> Option<&str> {
        self.choices.get(id)?.get(name).map(String::as_str)
    }

    /// The viewer chooses for one talk, or takes back what was chosen.
    pub fn choose(&mut self, id: &TalkId, name: &str, value: Option<String>) {
        let choices = self.choices.entry(id.clone()).or_default();
        let before = match value.clone() {
            Some(value) => choices.insert(name.to_owned(), value),
            None => choices.remove(name),
        };
        if before != value {
            self.keep(Change::Choice(id.clone(), name.to_owned(), value));
        }
    }

    /// All that the viewer has chosen for one talk.
    pub fn choices(&self, id: &TalkId) -> Option<&Choices> {
        self.choices.get(id)
    }

    /// Lists a talk under what is known of it now: after the viewer has called it otherwise.
    pub fn rename(&mut self, id: &TalkId, words: &Words) {
        self.catalogue.rename(id, words);
    }

    /// Takes changes in bulk, for another thread, which waits for the disk.
    pub fn bulk(&self) -> Option<Sender<Vec<Change>>> {
        self.bulk.clone()
    }

    /// What the viewer has made of a talk.
    fn state(&self, id: &TalkId) -> TalkState {
        let (record, noted) = (self.records.get(id), self.noted.get(id));
        TalkState {
            verdict: record.and_then(|record| record.verdict),
            progress: record.map(|record| record.progress).unwrap_or_default(),
            tags: noted.map(|noted| noted.tags.clone()).unwrap_or_default(),
            notes: noted.map_or(0, |noted| noted.notes),
            decided_at: record.and_then(|record| record.decided_at),
        }
    }

    /// Lists what was found; it is kept already, or will be by others.
    pub fn list(&mut self, mut entry: Entry) {
        let state = self.state(&entry.id);
        if let Some(choices) = self.choices.get(&entry.id) {
            let words = words::as_chosen(words::of_entry(&entry), choices);
            words::put(&words, &mut entry);
        }
        self.catalogue.put(entry, state);
    }

    /// Lists a talk that was opened by itself, if it is not listed yet.
    pub fn list_opened(&mut self, entry: Entry) {
        if self.catalogue.at(&entry.path).is_none() {
            self.keep(Change::Found(entry.clone()));
            self.list(entry);
        }
    }

    /// A root was looked through, and these have vanished from it.
    pub fn vanish(&mut self, root: &Path, vanished: impl Fn(&Path) -> bool) {
        for gone in self.catalogue.vanish(root, vanished) {
            self.keep(Change::Gone(gone));
        }
    }

    /// A root cannot be reached, or can be again.
    pub fn set_away(&mut self, root: &Path, away: bool) {
        self.catalogue.set_away(root, away);
    }

    /// Counts copies anew, from groups of numbers of lines.
    pub fn set_copies(&mut self, groups: &[Vec<u32>]) {
        self.catalogue.set_copies(groups);
    }

    /// What a note tells of its talk.
    pub fn set_noted(&mut self, id: &TalkId, noted: Noted) {
        if self.noted.get(id) != Some(&noted) {
            self.catalogue.set_state(id, |state| {
                state.tags.clone_from(&noted.tags);
                state.notes = noted.notes;
            });
            self.noted.insert(id.clone(), noted);
        }
    }

    /// Adds a folder of talks; false if it is one already, or lies in one.
    pub fn add_root(&mut self, root: &Path) -> bool {
        let new = !self.roots.iter().any(|known| root.starts_with(known));
        if new {
            self.roots.push(root.to_owned());
            self.keep(Change::Root(root.to_owned(), true));
        }
        new
    }

    /// Takes a folder of talks out of the library. What the viewer made of its talks stays.
    pub fn remove_root(&mut self, root: &Path) -> bool {
        let known = self.roots.len();
        self.roots.retain(|other| other != root);
        if self.roots.len() == known {
            return false;
        }
        let of_root = |row: &&Row| row.entry.root.as_deref() == Some(root);
        let paths: Vec<PathBuf> =
            self.catalogue.rows().iter().filter(of_root).map(|row| row.entry.path.clone()).collect();
        for path in paths {
            self.catalogue.remove(&path);
        }
        self.keep(Change::Root(root.to_owned(), false));
        true
    }

    /// Lists one copy for all of them; what the viewer made of the others counts for it.
    pub fn merge(&mut self, kept: &Path, others: &[PathBuf]) {
        let Some(kept_row) = self.catalogue.at(kept).cloned() else { return };
        for other in others.iter().filter(|other| *other != kept) {
            let Some(row) = self.catalogue.at(other).cloned() else { continue };
            if row.entry.id != kept_row.entry.id {
                self.meet_entry(&kept_row.entry);
                let mine = self.state(&kept_row.entry.id);
                if mine.verdict.is_none() {
                    self.set_verdict(&kept_row.entry.id, row.state.verdict);
                }
                let (one, two) = (mine.progress, row.state.progress);
                let further = if two.furthest > one.furthest { two } else { one };
                self.set_progress(&kept_row.entry.id, Progress { done: one.done || two.done, ..further });
            }
            self.merged.insert(other.clone(), kept.to_owned());
            self.keep(Change::Merged(other.clone(), Some(kept.to_owned())));
        }
        self.catalogue.touch();
    }

    /// Lists the copies of a talk one by one again.
    pub fn unmerge(&mut self, kept: &Path) -> usize {
        let others: Vec<PathBuf> =
            self.merged.iter().filter(|(_, into)| *into == kept).map(|(path, _)| path.clone()).collect();
        for other in &others {
            self.merged.remove(other);
            self.keep(Change::Merged(other.clone(), None));
        }
        self.catalogue.touch();
        others.len()
    }

    /// What is to be played, in order.
    pub fn set_queue(&mut self, queue: &[PathBuf]) {
        if self.queue != queue {
            queue.clone_into(&mut self.queue);
            self.keep(Change::Queue(queue.to_owned()));
        }
    }

    /// A talk has been opened. Its verdict and progress are as they were.
    pub fn meet(&mut self, record: Record) {
        let known = self.records.get(&record.id);
        let record = Record {
            verdict: known.and_then(|known| known.verdict),
            progress: known.map(|known| known.progress).unwrap_or_default(),
            decided_at: known.and_then(|known| known.decided_at),
            authors: if record.authors.is_empty() {
                known.map(|known| known.authors.clone()).unwrap_or_default()
            } else {
                record.authors
            },
            ..record
        };
        if known == Some(&record) {
            return;
        }
        self.by_path.insert(record.path.clone(), record.id.clone());
        self.records.insert(record.id.clone(), record.clone());
        self.keep(Change::Met(record));
    }

    /// A talk that is listed is about to be judged, though it may never have been opened.
    pub fn meet_entry(&mut self, entry: &Entry) {
        if !self.records.contains_key(&entry.id) {
            self.meet(Record {
                id: entry.id.clone(),
                path: entry.path.clone(),
                title: entry.title.clone(),
                authors: entry.authors.clone(),
                link: entry.link.clone(),
                verdict: None,
                progress: Progress::default(),
                decided_at: None,
            });
        }
    }

    /// Sets or clears the verdict of a talk that has been met.
    pub fn set_verdict(&mut self, id: &TalkId, verdict: Option<Verdict>) {
        if let Some(record) = self.records.get_mut(id).filter(|record| record.verdict != verdict) {
            record.verdict = verdict;
            record.decided_at = (verdict.is_some() || record.progress.done).then(unix_now);
            let decided_at = record.decided_at;
            self.catalogue.set_state(id, |state| (state.verdict, state.decided_at) = (verdict, decided_at));
            self.keep(Change::Verdict(id.clone(), verdict));
        }
    }

    /// Remembers how far a talk that has been met was seen.
    pub fn set_progress(&mut self, id: &TalkId, progress: Progress) {
        if let Some(record) = self.records.get_mut(id).filter(|record| record.progress != progress) {
            if progress.done != record.progress.done {
                record.decided_at = (progress.done || record.verdict.is_some()).then(unix_now);
            }
            record.progress = progress;
            let decided_at = record.decided_at;
            self.catalogue.set_state(id, |state| (state.progress, state.decided_at) = (progress, decided_at));
            self.keep(Change::Progress(id.clone(), progress));
        }
    }

    fn keep(&mut self, change: Change) {
        let Some(changes) = &self.changes else { return };
        // Thousands of changes waiting mean a disk that has gone away; memory still has them.
        // One that has ended has said why.
        let full = matches!(changes.try_send(change), Err(crossbeam_channel::TrySendError::Full(_)));
        if full && !self.troubled {
            self.troubled = true;
            tracing::error!("the library's file does not answer; what changes now is not kept");
        }
    }

    /// Waits until everything is written; at the end.
    pub fn finish(&mut self) {
        (self.changes, self.bulk) = (None, None);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        self.finish();
    }
}

/// The calendar's time, in seconds since 1970.
pub fn unix_now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the calendar, not the clock of a talk")]
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;

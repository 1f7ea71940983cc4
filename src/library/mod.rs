//! All the talks: what is known of each from one day to the next. SQLite, in a thread of its own; the main thread reads
//! what it needs from memory and never waits.

mod schema;
mod store;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};

use crate::Waker;
use crate::notes::Verdict;
use crate::talk::TalkId;
use crate::time::MediaTime;
pub use store::{Store, StoreError};

/// Changes and answers that may wait.
const WAITING: usize = 4096;

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
}

/// What the thread has to say.
#[derive(Debug)]
enum Answer {
    Loaded(Vec<Record>),
    Trouble(String),
}

/// The main thread's view of the store.
pub struct Library {
    records: HashMap<TalkId, Record>,
    by_path: HashMap<PathBuf, TalkId>,
    changes: Option<Sender<Change>>,
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
        let (changes, inbox) = bounded(WAITING);
        let (answer, answers) = bounded(WAITING);
        let work = move || serve(&file, &inbox, &answer, &waker);
        let thread = std::thread::Builder::new().name("library".into()).spawn(work)?;
        let mut library = Self::of(answers);
        (library.changes, library.thread) = (Some(changes), Some(thread));
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
            changes: None,
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
                Ok(Answer::Loaded(records)) => {
                    self.loaded = true;
                    for record in records {
                        // What has happened since the start is newer.
                        if !self.records.contains_key(&record.id) {
                            self.by_path.insert(record.path.clone(), record.id.clone());
                            self.records.insert(record.id.clone(), record);
                        }
                    }
                }
                Ok(Answer::Trouble(why)) => told.push(why),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return told,
            }
        }
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
        self.get(self.by_path.get(path)?)
    }

    /// Everything known, in no order.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// A talk has been opened. Its verdict and progress are as they were.
    pub fn meet(&mut self, record: Record) {
        let known = self.records.get(&record.id);
        let record = Record {
            verdict: known.and_then(|known| known.verdict),
            progress: known.map(|known| known.progress).unwrap_or_default(),
            ..record
        };
        if known == Some(&record) {
            return;
        }
        self.by_path.insert(record.path.clone(), record.id.clone());
        self.records.insert(record.id.clone(), record.clone());
        self.keep(Change::Met(record));
    }

    /// Sets or clears the verdict of a talk that has been met.
    pub fn set_verdict(&mut self, id: &TalkId, verdict: Option<Verdict>) {
        if let Some(record) = self.records.get_mut(id).filter(|record| record.verdict != verdict) {
            record.verdict = verdict;
            self.keep(Change::Verdict(id.clone(), verdict));
        }
    }

    /// Remembers how far a talk that has been met was seen.
    pub fn set_progress(&mut self, id: &TalkId, progress: Progress) {
        if let Some(record) = self.records.get_mut(id).filter(|record| record.progress != progress) {
            record.progress = progress;
            self.keep(Change::Progress(id.clone(), progress));
        }
    }

    fn keep(&mut self, change: Change) {
        let Some(changes) = &self.changes else { return };
        // Thousands of changes waiting mean a disk that has gone away; memory still has them.
        if changes.try_send(change).is_err() && !self.troubled {
            self.troubled = true;
            tracing::error!("the library's file does not answer; what changes now is not kept");
        }
    }

    /// Waits until everything is written; at the end.
    pub fn finish(&mut self) {
        self.changes = None;
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

fn serve(file: &Path, inbox: &Receiver<Change>, answer: &Sender<Answer>, waker: &Waker) {
    let tell = |what: Answer| {
        if answer.try_send(what).is_ok() {
            waker();
        }
    };
    let (mut store, issues) = match Store::open(file) {
        Ok(opened) => opened,
        Err(error) => {
            tell(Answer::Loaded(Vec::new()));
            tell(Answer::Trouble(format!("{error}. Verdicts are kept in the notes alone until the next start")));
            return;
        }
    };
    for issue in issues {
        tell(Answer::Trouble(issue));
    }
    match store.all() {
        Ok(records) => tell(Answer::Loaded(records)),
        Err(error) => {
            tell(Answer::Loaded(Vec::new()));
            tell(Answer::Trouble(error.to_string()));
        }
    }
    let mut troubled = false;
    while let Ok(first) = inbox.recv() {
        // What has gathered meanwhile goes in one transaction.
        let changes: Vec<Change> = std::iter::once(first).chain(inbox.try_iter()).collect();
        match store.apply(&changes) {
            Ok(()) => troubled = false,
            Err(error) => {
                tracing::error!("{error}");
                if !std::mem::replace(&mut troubled, true) {
                    tell(Answer::Trouble(error.to_string()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

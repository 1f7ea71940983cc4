//! Finds all talks in folders of talks, tells what changes there, and hands on their texts. Three threads: one looks and
//! opens talks, one helps it while a scan lasts, and the system's watcher has its own.
//!
//! Entries come in natural order, in batches. The texts come after the entries of all folders.

mod describe;
mod mounts;
mod outbox;
mod pass;
mod root;
mod stamp;
mod watch;
mod worker;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crossbeam_channel::{Sender, bounded};

use super::entry::{Entry, Passage};
use crate::talk::{MediaProbe, TalkId};
pub use describe::{describe, entry_of, kinds_of, passages};
pub use stamp::stamp;

/// Requests that may wait.
const WAITING: usize = 256;

/// What was known of a talk when it was last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// [`Entry::stamp`].
    pub stamp: i64,
    /// Its texts of that time are kept.
    pub indexed: bool,
}

/// What the scanner has to say. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub enum ScanEvent {
    /// A folder of talks is being looked through. Not told of what is looked at unasked.
    Began {
        /// The folder.
        root: PathBuf,
    },
    /// Talks that are new or have changed, in natural order within a scan: at most every 50 ms, or 64.
    Found {
        /// The folder of talks.
        root: PathBuf,
        /// Whole: what was known before is replaced.
        entries: Arc<[Entry]>,
    },
    /// How far it is.
    Progress {
        /// The folder of talks.
        root: PathBuf,
        /// Folders that were looked into.
        looked: usize,
        /// Talks, also those that have not changed.
        found: usize,
    },
    /// A folder of talks, or a part of it, has been looked through.
    Ended {
        /// The folder.
        root: PathBuf,
        /// `root`, or the part.
        below: PathBuf,
        /// Every talk that was seen; [`is_gone`] tells of which others the files have vanished.
        all: Arc<[PathBuf]>,
        /// Folders that could not be looked into: what was known of them is still so.
        unread: Arc<[PathBuf]>,
        /// It was not looked through to the end; nothing has vanished then.
        cancelled: bool,
    },
    /// The texts of a talk, all that there are.
    Passages {
        /// The folder of talks.
        root: PathBuf,
        /// The talk.
        path: PathBuf,
        /// [`Entry::id`].
        id: TalkId,
        /// [`Entry::stamp`]: of which state of the talk they are.
        stamp: i64,
        /// In order of time.
        passages: Arc<[Passage]>,
    },
    /// A folder of talks is not there now. What is known of it stays, and it is looked at again when it is back.
    Away {
        /// The folder.
        root: PathBuf,
        /// A sentence.
        why: String,
    },
    /// Something could not be looked at: a sentence.
    Trouble(String),
    /// Nothing is under way any more.
    Idle,
}

/// Whether a talk that was known has vanished, from [`ScanEvent::Ended`] of a scan that was not cancelled. `all` in a set,
/// as there may be many.
pub fn is_gone(known: &Path, below: &Path, all: &std::collections::HashSet<&Path>, unread: &[PathBuf]) -> bool {
    known.starts_with(below) && !all.contains(known) && !unread.iter().any(|folder| known.starts_with(folder))
}

/// How long things take.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// After a change it is waited until there is no other for so long.
    settle: Duration,
    /// But no longer than this.
    patience: Duration,
    /// How often it is looked whether a folder of talks is there.
    glance: Duration,
    /// After so many glances, folders that the system does not watch are looked through.
    glances: u32,
}

impl Default for Pace {
    fn default() -> Self {
        let (settle, patience, glance) = (Duration::from_secs(1), Duration::from_secs(10), Duration::from_secs(30));
        Self { settle, patience, glance, glances: 20 }
    }
}

/// What both sides look at.
#[derive(Default)]
struct Shared {
    /// Counts how often everything was cancelled; what was asked for before is not done.
    cancels: AtomicUsize,
    /// Scans and texts that are waiting or under way.
    pending: AtomicUsize,
}

enum Request {
    Scan { root: PathBuf, known: HashMap<PathBuf, Known>, cancels: usize },
    Again { cancels: usize },
    Forget(PathBuf),
}

/// The main thread's hold on the scanner. Never blocks.
pub struct Scanner {
    requests: Option<Sender<Request>>,
    shared: Arc<Shared>,
}

impl Scanner {
    /// Starts the thread. `sink` is called from it and from its helper, one at a time, and may block: the scan waits then.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(
        probe: Box<dyn MediaProbe + Send + Sync>,
        sink: impl Fn(ScanEvent) + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        Self::start_at(Pace::default(), probe, sink)
    }

    fn start_at(
        pace: Pace,
        probe: Box<dyn MediaProbe + Send + Sync>,
        sink: impl Fn(ScanEvent) + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let (requests, inbox) = bounded(WAITING);
        let shared = Arc::new(Shared::default());
        let worker = worker::Worker::new(pace, inbox, Arc::clone(&shared), probe, Box::new(sink));
        // A disk that does not answer must not keep the window from closing: the thread is never waited for.
        std::thread::Builder::new().name("library-scan".into()).spawn(move || worker.run())?;
        Ok(Self { requests: Some(requests), shared })
    }

    /// Looks through a folder of talks, now and whenever something changes in it. `known` is what was found before:
    /// talks that are still the same are not opened, and texts that are kept are not read.
    ///
    /// A folder of talks that lies in another one is passed over there.
    pub fn scan(&self, root: PathBuf, known: HashMap<PathBuf, Known>) {
        self.ask(|cancels| Request::Scan { root, known, cancels });
    }

    /// Looks through all folders of talks again.
    pub fn again(&self) {
        self.ask(|cancels| Request::Again { cancels });
    }

    /// Looks after a folder of talks no more.
    pub fn forget(&self, root: PathBuf) {
        self.ask(|_| Request::Forget(root));
    }

    /// Ends what is under way and drops what is waiting. The folders are still watched.
    pub fn cancel(&self) {
        self.shared.cancels.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether anything is under way or waiting.
    pub fn busy(&self) -> bool {
        self.shared.pending.load(Ordering::SeqCst) > 0
    }

    fn ask(&self, request: impl FnOnce(usize) -> Request) {
        let request = request(self.shared.cancels.load(Ordering::SeqCst));
        self.shared.pending.fetch_add(1, Ordering::SeqCst);
        let sent = self.requests.as_ref().is_some_and(|requests| requests.try_send(request).is_ok());
        if !sent {
            // Hundreds of requests waiting mean a disk that has gone away.
            tracing::error!("the scanner does not answer");
            self.shared.pending.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.cancel();
        self.requests = None;
    }
}

#[cfg(test)]
mod tests;

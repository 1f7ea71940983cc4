//! Puts what two workers find into the order in which it was asked for, and hands it on in batches.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, tick};

use super::super::entry::{Entry, Passage};
use super::{Known, ScanEvent};
use crate::talk::TalkId;

/// Most entries that are told at once.
const BATCH: usize = 64;

/// Entries wait for others no longer than this, as long as others come.
const BEAT: Duration = Duration::from_millis(50);

/// What became of one path.
pub(super) enum Outcome {
    /// As it was when it was last looked at.
    Same(Known),
    /// Looked at. Its texts come later.
    Found(Box<Entry>, Option<Vec<Passage>>),
}

/// A talk whose texts are to be told once all entries have been.
pub(super) struct Later {
    pub(super) root: PathBuf,
    pub(super) path: PathBuf,
    pub(super) stamp: i64,
    /// They were kept from when it was opened; else it is opened again.
    pub(super) texts: Option<(TalkId, Vec<Passage>)>,
}

/// What a scan has found so far.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) known: Vec<(PathBuf, Known)>,
    pub(super) later: Vec<Later>,
}

pub(super) struct Outbox<'a> {
    root: PathBuf,
    sink: &'a (dyn Fn(ScanEvent) + Sync),
    /// Folders that were looked into.
    looked: &'a AtomicUsize,
    /// Tell how far the scan is.
    progress: bool,
    beat: Receiver<std::time::Instant>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: usize,
    early: BTreeMap<usize, (PathBuf, Outcome)>,
    batch: Vec<Entry>,
    findings: Findings,
}

impl<'a> Outbox<'a> {
    pub(super) fn new(
        root: PathBuf,
        sink: &'a (dyn Fn(ScanEvent) + Sync),
        looked: &'a AtomicUsize,
        progress: bool,
    ) -> Self {
        Self { root, sink, looked, progress, beat: tick(BEAT), state: Mutex::default() }
    }

    /// The outcome of the path with this number. All that are told next to each other are told now, if it is time.
    pub(super) fn put(&self, number: usize, path: PathBuf, outcome: Outcome) {
        // The sink is called under the lock, so that batches keep their order.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.early.insert(number, (path, outcome));
        while let Some((path, outcome)) = state.following() {
            state.take(&self.root, path, outcome);
            if state.batch.len() >= BATCH {
                self.flush(&mut state);
            }
        }
        if self.beat.try_recv().is_ok() {
            self.flush(&mut state);
        }
    }

    /// Tells what there is, if it is time.
    pub(super) fn beat(&self) {
        if self.beat.try_recv().is_ok() {
            self.flush(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn flush(&self, state: &mut State) {
        if !state.batch.is_empty() {
            let entries: Arc<[Entry]> = std::mem::take(&mut state.batch).into();
            (self.sink)(ScanEvent::Found { root: self.root.clone(), entries });
        }
        if self.progress {
            let (looked, found) = (self.looked.load(Ordering::Relaxed), state.findings.known.len());
            (self.sink)(ScanEvent::Progress { root: self.root.clone(), looked, found });
        }
    }

    /// Tells what is left, also where a scan was cancelled and some before it are missing.
    pub(super) fn close(self) -> Findings {
        let mut state = std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner));
        for (path, outcome) in std::mem::take(&mut state.early).into_values() {
            state.take(&self.root, path, outcome);
        }
        self.flush(&mut state);
        state.findings
    }
}

impl State {
    /// The one after those that were taken, if it is there.
    fn following(&mut self) -> Option<(PathBuf, Outcome)> {
        let next = self.early.remove(&self.next)?;
        self.next += 1;
        Some(next)
    }

    fn take(&mut self, root: &std::path::Path, path: PathBuf, outcome: Outcome) {
        let later = |path: &PathBuf, stamp, texts| Later { root: root.to_owned(), path: path.clone(), stamp, texts };
        match outcome {
            Outcome::Same(known) => {
                if !known.indexed {
                    self.findings.later.push(later(&path, known.stamp, None));
                }
                self.findings.known.push((path, known));
            }
            Outcome::Found(entry, texts) => {
                let texts = texts.map(|texts| (entry.id.clone(), texts));
                self.findings.later.push(later(&path, entry.stamp, texts));
                self.findings.known.push((path, Known { stamp: entry.stamp, indexed: false }));
                self.batch.push(*entry);
            }
        }
    }
}

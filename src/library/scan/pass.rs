//! One scan of a folder of talks, by two threads: one looks for talks and opens them, the other opens them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_channel::{Receiver, TrySendError, bounded};

use super::super::entry::Passage;
use super::describe::described;
use super::outbox::{Findings, Outbox, Outcome};
use super::stamp::stamp;
use super::{Known, ScanEvent};
use crate::talk::{MediaProbe, Walk, Walked};

/// Talks that wait to be opened.
const WAITING: usize = 256;

/// Most folders that are looked into.
const MAX_FOLDERS: usize = 1_000_000;

/// Most bytes of text that are kept in memory until they are told; of what does not fit, talks are opened again.
const MAX_TEXT: usize = 32 << 20;

/// What to scan.
pub(super) struct Pass<'a> {
    /// The folder of talks.
    pub(super) root: &'a Path,
    /// What to look at: `root` or a part of it.
    pub(super) below: &'a Path,
    /// Folders of talks of their own, without links in their paths.
    pub(super) except: &'a [PathBuf],
    pub(super) known: &'a HashMap<PathBuf, Known>,
    pub(super) probe: &'a (dyn MediaProbe + Sync),
    pub(super) sink: &'a (dyn Fn(ScanEvent) + Sync),
    /// True ends it.
    pub(super) stop: &'a (dyn Fn() -> bool + Sync),
    /// Tell how far it is.
    pub(super) progress: bool,
    /// Bytes of text that are kept; shared by all passes until they are told.
    pub(super) text: &'a AtomicUsize,
}

struct Job {
    number: usize,
    path: PathBuf,
}

impl Pass<'_> {
    /// Finds and describes, and tells entries in natural order as soon as they are there.
    pub(super) fn run(&self) -> (Findings, Walked) {
        let looked = AtomicUsize::new(0);
        let outbox = Outbox::new(self.root.to_owned(), self.sink, &looked, self.progress);
        let (give, jobs) = bounded::<Job>(WAITING);
        let walked = std::thread::scope(|scope| {
            let help = || self.work(&jobs, &outbox);
            let helper = std::thread::Builder::new().name("library-describe".into()).spawn_scoped(scope, help);
            if let Err(error) = &helper {
                tracing::warn!(%error, "one thread alone looks for talks");
            }
            let mut number = 0;
            let stop = || {
                looked.fetch_add(1, Ordering::Relaxed);
                outbox.beat();
                (self.stop)()
            };
            let walk = Walk { stop: &stop, except: self.except, most: MAX_FOLDERS };
            let walked = walk.talks(self.below, &mut |path| {
                let mut job = Job { number, path };
                number += 1;
                // With enough to do for the other, this thread opens talks as well.
                while let Err(TrySendError::Full(back)) = give.try_send(job) {
                    job = back;
                    if let Ok(waiting) = jobs.try_recv() {
                        self.one(waiting, &outbox);
                    }
                }
            });
            drop(give);
            self.work(&jobs, &outbox);
            walked
        });
        (outbox.close(), walked)
    }

    fn work(&self, jobs: &Receiver<Job>, outbox: &Outbox<'_>) {
        for job in jobs {
            self.one(job, outbox);
        }
    }

    fn one(&self, Job { number, path }: Job, outbox: &Outbox<'_>) {
        if (self.stop)() {
            return;
        }
        let stamp = stamp(&path);
        let outcome = match self.known.get(&path).filter(|known| known.stamp == stamp) {
            Some(known) => Outcome::Same(*known),
            None => {
                let (entry, passages) = described(&path, Some(self.root), stamp, self.probe);
                Outcome::Found(Box::new(entry), self.keep(passages))
            }
        };
        outbox.put(number, path, outcome);
    }

    fn keep(&self, passages: Vec<Passage>) -> Option<Vec<Passage>> {
        let size = size_of_texts(&passages);
        let fits = self.text.fetch_add(size, Ordering::Relaxed) + size <= MAX_TEXT;
        if !fits {
            self.text.fetch_sub(size, Ordering::Relaxed);
        }
        fits.then_some(passages)
    }
}

/// Bytes that passages take in memory, about.
pub(super) fn size_of_texts(passages: &[Passage]) -> usize {
    passages.iter().map(|passage| size_of::<Passage>() + passage.text.len()).sum()
}

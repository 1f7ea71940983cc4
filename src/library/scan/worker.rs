//! The thread that scans. It alone waits for the disk.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crossbeam_channel::{Receiver, after, never, select_biased, tick};

use super::describe::described;
use super::outbox::Later;
use super::pass::{Pass, size_of_texts};
use super::root::Root;
use super::stamp::stamp;
use super::watch::{Changed, Changes, Watch};
use super::{Known, Pace, Request, ScanEvent, Shared, mounts};
use crate::talk::{MediaProbe, Walked};

type Sink = Box<dyn Fn(ScanEvent) + Send + Sync>;

/// What the thread has.
pub(super) struct Worker {
    pace: Pace,
    inbox: Receiver<Request>,
    shared: Arc<Shared>,
    probe: Box<dyn MediaProbe + Send + Sync>,
    sink: Sink,
    changes: Arc<Changes>,
    nudges: Receiver<()>,
    roots: Vec<Root>,
    /// Talks whose texts are still to be told.
    later: VecDeque<Later>,
    /// Bytes of text in `later`.
    text: AtomicUsize,
    /// How often everything was cancelled when `later` was filled.
    cancels: usize,
}

impl Worker {
    pub(super) fn new(
        pace: Pace,
        inbox: Receiver<Request>,
        shared: Arc<Shared>,
        probe: Box<dyn MediaProbe + Send + Sync>,
        sink: Sink,
    ) -> Self {
        let (changes, nudges) = Changes::new();
        let (roots, later, text) = (Vec::new(), VecDeque::new(), AtomicUsize::new(0));
        Self { pace, inbox, shared, probe, sink, changes, nudges, roots, later, text, cancels: 0 }
    }

    /// The thread's work until nobody can ask for anything any more.
    pub(super) fn run(mut self) {
        let (inbox, nudges, glance) = (self.inbox.clone(), self.nudges.clone(), tick(self.pace.glance));
        let (mut settled, mut patience): (Receiver<Instant>, Option<Receiver<Instant>>) = (never(), None);
        let mut glances = 0;
        loop {
            // The last of all: when there is nothing else to do.
            let idle = if self.later.is_empty() { never() } else { after(std::time::Duration::ZERO) };
            let impatient = patience.clone().unwrap_or_else(never);
            let mut changed = false;
            select_biased! {
                recv(inbox) -> request => match request {
                    Ok(request) => self.serve(request),
                    Err(_) => return,
                },
                recv(settled) -> _ => changed = true,
                recv(impatient) -> _ => changed = true,
                recv(nudges) -> _ => {
                    settled = after(self.pace.settle);
                    patience.get_or_insert_with(|| after(self.pace.patience));
                }
                recv(glance) -> _ => {
                    glances += 1;
                    self.glance(glances % self.pace.glances == 0);
                }
                recv(idle) -> _ => self.tell_texts(),
            }
            if changed {
                (settled, patience) = (never(), None);
                self.look_at_changes();
            }
        }
    }

    fn serve(&mut self, request: Request) {
        match request {
            Request::Scan { root, known, cancels } => {
                let at = match self.roots.iter().position(|known| known.path == root) {
                    Some(at) => {
                        self.roots[at].known = known;
                        at
                    }
                    None => {
                        self.roots.push(Root::new(root, known));
                        self.roots.len() - 1
                    }
                };
                self.scan_all(at, true, cancels);
            }
            Request::Again { cancels } => (0..self.roots.len()).for_each(|at| self.scan_all(at, true, cancels)),
            Request::Forget(root) => self.roots.retain(|known| known.path != root),
        }
        self.done(1);
    }

    /// So many of what was under way are done.
    fn done(&self, number: usize) {
        if number > 0 && self.shared.pending.fetch_sub(number, Ordering::SeqCst) == number {
            (self.sink)(ScanEvent::Idle);
        }
    }

    /// Whether folders of talks are there; those that the system does not watch are looked through.
    fn glance(&mut self, thoroughly: bool) {
        for at in 0..self.roots.len() {
            let root = &self.roots[at];
            let (now, before) = (root.look().ok(), root.there);
            if now != before {
                self.roots[at].watch = None;
                self.unasked(|worker, cancels| worker.scan_all(at, now.is_some(), cancels));
            } else if thoroughly && now.is_some() && self.roots[at].unwatched {
                self.unasked(|worker, cancels| worker.scan_all(at, false, cancels));
            }
        }
    }

    fn unasked(&mut self, work: impl FnOnce(&mut Self, usize)) {
        self.shared.pending.fetch_add(1, Ordering::SeqCst);
        let cancels = self.shared.cancels.load(Ordering::SeqCst);
        work(self, cancels);
        self.done(1);
    }

    fn look_at_changes(&mut self) {
        let Changed { paths, all } = self.changes.take();
        for at in 0..self.roots.len() {
            let root = &self.roots[at];
            let inside = paths.iter().filter(|path| path.starts_with(&root.path));
            let talks: Vec<Option<PathBuf>> = inside.map(|path| root.talk_of(path)).collect();
            if talks.is_empty() && !all.contains(&root.path) {
                continue;
            }
            let talks: Option<HashSet<PathBuf>> = talks.into_iter().collect();
            let talks = talks.filter(|_| !all.contains(&root.path));
            self.unasked(|worker, cancels| match talks {
                // Only talks that were known have changed: if they are talks still, nothing else can be another.
                Some(talks) if talks.iter().all(|talk| worker.scan_one(at, talk, cancels)) => {}
                _ => worker.scan_all(at, false, cancels),
            });
        }
    }

    /// Looks through a folder of talks. `aloud`: its beginning is told, and how far it is, and what is in the way.
    fn scan_all(&mut self, at: usize, aloud: bool, cancels: usize) {
        let root = &mut self.roots[at];
        match root.look() {
            Ok(there) => {
                if root.there.replace(there) != Some(there) {
                    root.real = root.path.canonicalize().unwrap_or_else(|_| root.path.clone());
                    root.watch = None;
                }
                root.away = false;
            }
            Err(why) => {
                (root.there, root.watch) = (None, None);
                if !std::mem::replace(&mut root.away, true) || aloud {
                    (self.sink)(ScanEvent::Away { root: root.path.clone(), why });
                }
                return;
            }
        }
        let path = root.path.clone();
        if aloud {
            (self.sink)(ScanEvent::Began { root: path.clone() });
        }
        let walked = self.pass(at, &path, aloud, cancels);
        if aloud {
            troubles(&path, &walked).into_iter().for_each(|trouble| (self.sink)(ScanEvent::Trouble(trouble)));
        }
        self.keep_watching(at, &walked);
    }

    /// Looks at one talk; true if there still is exactly one.
    fn scan_one(&mut self, at: usize, talk: &Path, cancels: usize) -> bool {
        if !talk.exists() {
            return false;
        }
        let before = self.roots[at].known.len();
        self.pass(at, talk, false, cancels);
        let known = &self.roots[at].known;
        known.len() == before && known.contains_key(talk)
    }

    fn pass(&mut self, at: usize, below: &Path, progress: bool, cancels: usize) -> Walked {
        let root = &self.roots[at];
        let except: Vec<PathBuf> =
            self.roots.iter().map(|other| other.real.clone()).filter(|real| is_inside(real, &root.real)).collect();
        let shared = Arc::clone(&self.shared);
        let stop = move || shared.cancels.load(Ordering::Relaxed) != cancels;
        let pass = Pass {
            root: &root.path,
            below,
            except: &except,
            known: &root.known,
            probe: &*self.probe,
            sink: &*self.sink,
            stop: &stop,
            progress,
            text: &self.text,
        };
        let (findings, walked) = pass.run();
        let cancelled = walked.stopped || stop();
        let all: Arc<[PathBuf]> = findings.known.iter().map(|(path, _)| path.clone()).collect();
        let unread: Arc<[PathBuf]> = walked.unread.iter().map(|(path, _)| path.clone()).collect();
        if cancelled || std::mem::replace(&mut self.cancels, cancels) != cancels {
            // What waits was asked for before everything was cancelled.
            self.drop_texts();
        }
        if !cancelled {
            self.shared.pending.fetch_add(findings.later.len(), Ordering::SeqCst);
            self.later.extend(findings.later);
        }
        let root = &mut self.roots[at];
        if !cancelled {
            // What lies in folders that cannot be read now is as it was.
            let kept = |path: &Path| !path.starts_with(below) || unread.iter().any(|folder| path.starts_with(folder));
            root.known.retain(|path, _| kept(path));
        }
        root.known.extend(findings.known);
        let ended = ScanEvent::Ended { root: root.path.clone(), below: below.to_owned(), all, unread, cancelled };
        (self.sink)(ended);
        walked
    }

    fn keep_watching(&mut self, at: usize, walked: &Walked) {
        let root = &mut self.roots[at];
        root.unwatched = walked.links > 0 || root.watch.is_none();
        if root.watch.is_some() || mounts::is_remote(&root.path) || walked.folders > mounts::most_watches() {
            return;
        }
        match Watch::start(&root.path, &self.changes) {
            Ok(watch) => {
                (root.watch, root.unwatched) = (Some(watch), walked.links > 0);
                // What has changed since it was looked at was not told.
                self.changes.all(&root.path);
            }
            Err(error) => tracing::info!(%error, root = %root.path.display(), "looked through from time to time"),
        }
    }

    /// The texts of the next talk.
    fn tell_texts(&mut self) {
        if self.shared.cancels.load(Ordering::SeqCst) != self.cancels {
            self.drop_texts();
        }
        if let Some(next) = self.later.pop_front() {
            self.tell_texts_of(next);
            self.done(1);
        }
    }

    fn tell_texts_of(&mut self, Later { root, path, stamp: wanted, texts }: Later) {
        if let Some((_, passages)) = &texts {
            self.text.fetch_sub(size_of_texts(passages), Ordering::Relaxed);
        }
        let known = self.roots.iter_mut().find(|known| known.path == root).and_then(|root| root.known.get_mut(&path));
        // Told already, or to be told of a newer state.
        let Some(known) = known.filter(|known| known.stamp == wanted && !known.indexed) else { return };
        let (id, passages) = match texts {
            Some(texts) => texts,
            None if stamp(&path) != wanted => return,
            None => {
                let (entry, passages) = described(&path, Some(&root), wanted, &*self.probe);
                (entry.id, passages)
            }
        };
        *known = Known { stamp: wanted, indexed: true };
        (self.sink)(ScanEvent::Passages { root, path, id, stamp: wanted, passages: passages.into() });
    }

    fn drop_texts(&mut self) {
        self.done(self.later.len());
        self.later.clear();
        self.text.store(0, Ordering::Relaxed);
    }
}

fn is_inside(inner: &Path, outer: &Path) -> bool {
    inner != outer && inner.starts_with(outer)
}

/// What could not be looked at, in words.
fn troubles(root: &Path, walked: &Walked) -> Vec<String> {
    let mut troubles = Vec::new();
    match walked.unread.as_slice() {
        [] => {}
        [(path, why)] => troubles.push(format!("A folder cannot be read ({why}): {}", path.display())),
        [(path, why), ..] => {
            let number = walked.unread.len();
            troubles.push(format!("{number} folders cannot be read, the first ({why}): {}", path.display()));
        }
    }
    if walked.cut {
        troubles.push(format!("There are too many folders, or too deep ones, to look into all: {}", root.display()));
    }
    troubles
}

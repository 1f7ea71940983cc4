//! What the viewer can take back: verdicts and changes of notes, across talks.

use std::path::PathBuf;

use super::App;
use crate::notes::Verdict;
use crate::talk::TalkId;
use crate::time::MediaTime;

/// Changes that are kept.
const KEPT: usize = 500;

/// One thing that was done to one talk.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// The talk.
    pub key: TalkId,
    /// From where it can be opened again.
    pub path: PathBuf,
    /// Where it was; `None`: it was not open, and need not be.
    pub at: Option<MediaTime>,
    /// What was changed.
    pub change: Change,
}

/// What a deed changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The verdict: before, after.
    Verdict(Option<Verdict>, Option<Verdict>),
    /// The note's whole text: before, after.
    Note(String, String),
    /// The queue: before, after.
    Queue(Vec<PathBuf>, Vec<PathBuf>),
}

/// Deeds, and how many of them are taken back.
#[derive(Debug, Default)]
pub struct Deeds {
    done: Vec<Deed>,
    undone: Vec<Deed>,
}

impl Deeds {
    /// Something was done; what had been taken back is forgotten.
    pub fn push(&mut self, deed: Deed) {
        self.undone.clear();
        if self.done.len() >= KEPT {
            self.done.remove(0);
        }
        self.done.push(deed);
    }

    /// The last deed, to be taken back.
    pub fn undo(&mut self) -> Option<Deed> {
        let deed = self.done.pop()?;
        self.undone.push(deed.clone());
        Some(deed)
    }

    /// The deed taken back last, to be done again.
    pub fn redo(&mut self) -> Option<Deed> {
        let deed = self.undone.pop()?;
        self.done.push(deed.clone());
        Some(deed)
    }
}

impl App {
    pub(super) fn undo(&mut self) {
        self.leave_text();
        match self.work.deeds.undo() {
            Some(deed) => {
                let change = match deed.change.clone() {
                    Change::Verdict(before, after) => Change::Verdict(after, before),
                    Change::Note(before, after) => Change::Note(after, before),
                    Change::Queue(before, after) => Change::Queue(after, before),
                };
                self.turn(Deed { change, ..deed });
            }
            None => self.feedback("Nothing to undo"),
        }
    }

    pub(super) fn redo(&mut self) {
        self.leave_text();
        match self.work.deeds.redo() {
            Some(deed) => self.turn(deed),
            None => self.feedback("Nothing to redo"),
        }
    }

    /// Brings a talk from the first state of a change to the second, in its turn; a talk that is not open any more is
    /// opened where it was.
    fn turn(&mut self, deed: Deed) {
        self.work.turning.push_back(deed);
        self.turn_when_open();
    }

    /// Does what waits for its talk, once this and its note are open.
    pub(super) fn turn_when_open(&mut self) {
        while let Some(deed) = self.work.turning.front() {
            if deed.at.is_none() {
                let deed = self.work.turning.pop_front();
                deed.into_iter().for_each(|deed| self.apply_elsewhere(deed));
                continue;
            }
            if self.pending.is_some() {
                return;
            }
            if self.player.talk().is_none_or(|talk| talk.key() != deed.key) {
                let (path, at) = (deed.path.clone(), deed.at);
                if self.failed.is_some() {
                    // It cannot be opened any more, and that has been told.
                    self.work.turning.clear();
                    return;
                }
                self.reopen(path, at);
                if self.pending.is_some() {
                    return;
                }
                continue;
            }
            if matches!(deed.change, Change::Note(..)) && self.note().is_none() {
                return;
            }
            let change = self.work.turning.pop_front().map(|deed| deed.change);
            change.into_iter().for_each(|change| self.apply(change));
        }
    }

    fn reopen(&mut self, path: PathBuf, at: Option<MediaTime>) {
        let known = self.queue.paths().iter().position(|known| *known == path);
        let index = known.unwrap_or_else(|| {
            self.queue.append(vec![path]);
            self.queue.paths().len().saturating_sub(1)
        });
        self.queue.go(index);
        self.open_current(at, self.waits());
    }

    /// What was done without its talk being open.
    fn apply_elsewhere(&mut self, deed: Deed) {
        match deed.change {
            Change::Verdict(_, verdict) => {
                self.put_verdict_at(&deed.path, verdict);
                let title = self.work.library.get(&deed.key).map(|record| record.title.clone()).unwrap_or_default();
                self.feedback(match verdict {
                    Some(verdict) => format!("Verdict: {verdict} ({title})"),
                    None => format!("No verdict ({title})"),
                });
                self.view.shelf.chosen = Some(deed.path);
            }
            Change::Queue(_, paths) => {
                self.queue.refill(paths);
                self.look_around();
                self.feedback("The queue is as it was");
            }
            Change::Note(..) => {}
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Verdict(_, verdict) => {
                self.put_verdict(verdict);
                let title = self.player.talk().map(|talk| talk.title.clone()).unwrap_or_default();
                self.feedback(match verdict {
                    Some(verdict) => format!("Verdict: {verdict} ({title})"),
                    None => format!("No verdict ({title})"),
                });
            }
            Change::Note(from, to) => {
                self.change_note(|note| {
                    let merged = crate::notes::merge(&from, note.text(), &to);
                    note.take_up(&merged.text);
                });
                self.feedback("The note is as it was");
            }
            Change::Queue(..) => {}
        }
    }

    /// What was done.
    pub(super) fn remember(&mut self, change: Change) {
        let Some(talk) = self.player.talk() else { return };
        let (key, path) = (talk.key(), talk.source.clone());
        let at = Some(self.player.position());
        self.work.deeds.push(Deed { key, path, at, change });
    }

    /// What was done to the queue.
    pub(super) fn remember_queue(&mut self, before: Vec<PathBuf>) {
        let after = self.queue.paths().to_vec();
        if before != after {
            let change = Change::Queue(before, after);
            self.work.deeds.push(Deed { key: TalkId(String::new()), path: PathBuf::new(), at: None, change });
        }
    }
}

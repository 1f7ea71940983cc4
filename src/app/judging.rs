//! What the viewer thinks of talks, how far they came, and which talk is next.

use std::collections::HashSet;
use std::path::Path;

use super::App;
use super::settings::AtEnd;
use super::undo::{Change, Deed};
use crate::command::Command;
use crate::library::shelf::{GLANCE, path_key};
use crate::library::{Progress, Record, Row};
use crate::notes::{Head, Verdict};
use crate::talk::{Talk, TalkId};
use crate::time::MediaTime;

/// How far the playhead moves before its place is kept again.
const STEP: MediaTime = MediaTime::from_secs(3);
/// How long the last slide is seen in a talk that counts as seen.
const LOOK: MediaTime = MediaTime::from_secs(2);
/// The part of a talk that is as good as all of it.
pub(super) const DONE: f64 = 0.95;

impl App {
    /// The viewer's verdict on the open talk.
    pub fn verdict(&self) -> Option<Verdict> {
        self.work.library.get(&self.player.talk()?.key())?.verdict
    }

    pub(super) fn toggle_verdict(&mut self, verdict: Verdict) {
        let wanted = (self.verdict() != Some(verdict)).then_some(verdict);
        self.judge(wanted);
    }

    /// Sets or clears the verdict on the open talk; it can be taken back.
    pub(super) fn judge(&mut self, verdict: Option<Verdict>) {
        if self.player.talk().is_none() {
            self.feedback("There is no talk to judge");
            return;
        }
        let before = self.verdict();
        if before != verdict {
            self.remember(Change::Verdict(before, verdict));
            self.put_verdict(verdict);
        }
        let ended = self.player.ended() && self.settings.at_end == AtEnd::Verdict;
        let title = self.player.talk().map(|talk| talk.title.clone()).unwrap_or_default();
        if ended && verdict.is_some() && self.next_path().is_some() {
            self.run(Command::NextTalk);
            self.feedback(format!("{}: {title}", judged(verdict)));
        } else {
            self.look_around();
            self.feedback(judged(verdict));
        }
    }

    /// Sets a verdict, even if it is set, and goes on.
    pub(super) fn judge_and_go(&mut self, verdict: Verdict) {
        let Some(title) = self.player.talk().map(|talk| talk.title.clone()) else {
            self.feedback("There is no talk to judge");
            return;
        };
        // Who reads goes on reading, and nothing is heard.
        let reading = self.view.overview.is_some() && self.view.words;
        let listed = if reading && self.view.library { self.unseen_below() } else { None };
        let before = self.openings;
        self.judge(Some(verdict));
        match listed {
            Some(path) => self.read_next_sheet(path),
            None => {
                if reading {
                    self.player.pause();
                }
                self.next_unseen();
                if reading && (self.openings != before || self.pending.is_some()) {
                    self.run_when_open(Command::ToggleOverview);
                }
            }
        }
        if self.openings != before || self.pending.is_some() {
            self.feedback(format!("{}: {title}", judged(Some(verdict))));
        }
    }

    /// In the store and in the note, so that either can be made from the other.
    pub(super) fn put_verdict(&mut self, verdict: Option<Verdict>) {
        let Some(key) = self.player.talk().map(|talk| talk.key()) else { return };
        self.work.library.set_verdict(&key, verdict);
        self.work.judged = self.note().is_none();
        self.change_note(|note| note.set_verdict(verdict));
    }

    /// Sets or clears the verdict on a talk that need not be open; it can be taken back.
    pub(super) fn judge_row(&mut self, row: &Row, verdict: Option<Verdict>) {
        if self.player.talk().is_some_and(|talk| talk.key() == row.entry.id) {
            self.judge(verdict);
            return;
        }
        if row.entry.broken.is_some() {
            self.feedback("This cannot be opened, so there is nothing to judge");
            return;
        }
        let before = row.state.verdict;
        if before != verdict {
            let (key, path) = (row.entry.id.clone(), row.entry.path.clone());
            self.put_verdict_at(&path, verdict);
            self.work.deeds.push(Deed { key, path, at: None, change: Change::Verdict(before, verdict) });
        }
        self.look_around();
        self.feedback(format!("{}: {}", judged(verdict), row.entry.title));
    }

    /// In the store and in the note of the talk that lies here.
    pub(super) fn put_verdict_at(&mut self, path: &Path, verdict: Option<Verdict>) {
        let Some(entry) = self.work.library.catalogue().at(path).map(|row| row.entry.clone()) else { return };
        if self.player.talk().is_some_and(|talk| talk.key() == entry.id) {
            self.put_verdict(verdict);
            return;
        }
        self.work.library.meet_entry(&entry);
        self.work.library.set_verdict(&entry.id, verdict);
        let beside = self.settings.notes_beside_talk.then(|| entry.path.clone());
        if let Some(keeper) = &mut self.work.keeper {
            let head = Head {
                id: entry.id.0,
                fingerprint: entry.fingerprint,
                title: entry.title,
                link: entry.link,
                authors: entry.authors,
                ..Head::default()
            };
            keeper.judge(head, beside, verdict);
        }
    }

    /// The open talk is done, or not done, whatever was heard of it.
    pub(super) fn toggle_done(&mut self) {
        let Some(key) = self.player.talk().map(|talk| talk.key()) else { return };
        let done = self.toggle_done_of(&key);
        self.feedback(if done { "Done" } else { "Not done" });
    }

    pub(super) fn toggle_done_of(&mut self, key: &TalkId) -> bool {
        let before = self.work.library.get(key).map(|record| record.progress).unwrap_or_default();
        // What is not done is to be heard again.
        let furthest = if before.done { MediaTime::ZERO } else { before.furthest };
        self.work.library.set_progress(key, Progress { done: !before.done, furthest, ..before });
        !before.done
    }

    /// The note is the viewer's own file: what it says counts. A verdict that only the store knows goes into the note.
    pub(super) fn adopt_verdict(&mut self) {
        let Some(key) = self.player.talk().map(|talk| talk.key()) else { return };
        let Some(note) = self.note() else { return };
        let (written, stored, is_new) = (
            note.front().verdict,
            self.verdict(),
            !self.work.keeper.as_ref().is_some_and(crate::notes::NoteKeeper::existed),
        );
        let judged = std::mem::take(&mut self.work.judged);
        match (written, stored) {
            (written, stored) if written == stored => {}
            // The viewer was faster than the disk.
            (_, stored) if judged => self.change_note(|note| note.set_verdict(stored)),
            (None, Some(stored)) if is_new => {
                self.change_note(|note| note.set_verdict(Some(stored)));
            }
            (written, _) => self.work.library.set_verdict(&key, written),
        }
    }

    /// The next talk without verdict of which at most a glance was seen; after the last one the search begins anew.
    pub(super) fn next_unseen(&mut self) {
        match self.unseen_after() {
            Some(index) => self.go_to_talk(Some(index)),
            None => self.feedback("No unseen talk is left"),
        }
    }

    /// The place in the queue of the next talk without verdict of which at most a glance was seen.
    pub(super) fn unseen_after(&self) -> Option<usize> {
        let (count, at) = (self.queue.paths().len(), self.queue.index().unwrap_or_default());
        let unseen = |index: &usize| {
            self.queue.paths().get(*index).is_some_and(|path| {
                let known = self.work.library.at(path);
                !self.is_out_of_reach(path)
                    && known.is_none_or(|record| {
                        record.verdict.is_none() && !record.progress.done && record.progress.furthest < GLANCE
                    })
            })
        };
        (at + 1..count).chain(0..at).find(unseen)
    }

    /// Keeps how far the open talk was seen, if it has moved, or at once.
    pub(super) fn mark_progress(&mut self, now: bool) {
        let Some(talk) = self.player.talk() else { return };
        let position = self.player.position();
        let moved = MediaTime::from_nanos((position - self.work.marked).nanos().abs());
        if moved < STEP && !(now && moved > MediaTime::ZERO) {
            return;
        }
        let key = talk.key();
        let before = self.work.library.get(&key).map(|record| record.progress).unwrap_or_default();
        let reached = self.player.playing() || now;
        let furthest = if reached { before.furthest.max(position) } else { before.furthest };
        let duration = self.player.duration().secs_f64();
        let last_slide = talk.slides.len() > 2 && reached && position >= talk.last_slide_start() + LOOK;
        let done = before.done || last_slide || duration > 0.0 && furthest.secs_f64() >= DONE * duration;
        self.work.marked = position;
        self.work.library.set_progress(&key, Progress { position, furthest, done });
        self.mark_left();
    }
}

/// What was done, in words.
fn judged(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Keep) => "Kept",
        Some(Verdict::Again) => "To be seen again",
        Some(Verdict::Drop) => "Dropped",
        None => "No verdict",
    }
}

/// What is known of a talk when it is opened.
pub(super) fn record(talk: &Talk) -> Record {
    Record {
        id: talk.key(),
        path: talk.source.clone(),
        title: talk.title.clone(),
        authors: talk.metadata.authors.clone(),
        link: talk.metadata.link.clone().or_else(|| talk.link()),
        verdict: None,
        progress: Progress::default(),
        decided_at: None,
    }
}

/// The talks that a digest runs over: those of the library in the order of their folders, then what else is in the queue;
/// as far as they are known without opening them.
pub(super) fn keys_of(app: &App) -> Vec<TalkId> {
    let library = &app.work.library;
    let mut rows: Vec<&Row> = library.catalogue().rows().iter().filter(|row| row.entry.broken.is_none()).collect();
    let root_of = |row: &Row| library.roots().iter().position(|root| row.entry.root.as_deref() == Some(root));
    rows.retain(|row| root_of(row).is_some());
    rows.sort_by_cached_key(|row| (root_of(row), path_key(&row.entry.path)));
    let queued = app.queue.paths().iter().filter_map(|path| {
        let met = library.at(path).map(|record| record.id.clone());
        met.or_else(|| crate::talk::identity::key_of(path))
    });
    let mut seen = HashSet::new();
    rows.into_iter().map(|row| row.entry.id.clone()).chain(queued).filter(|id| seen.insert(id.clone())).collect()
}

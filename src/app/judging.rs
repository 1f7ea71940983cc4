//! What the viewer thinks of talks, how far they came, and which talk is next.

use super::App;
use super::undo::Change;
use crate::library::{Progress, Record};
use crate::notes::Verdict;
use crate::talk::{Talk, TalkId};
use crate::time::MediaTime;

/// How far the playhead moves before its place is kept again.
const STEP: MediaTime = MediaTime::from_secs(5);
/// A talk of which less was seen counts as unseen.
const GLANCE: MediaTime = MediaTime::from_secs(10);
/// The part of a talk that is as good as all of it.
const DONE: f64 = 0.95;

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
        self.feedback(match verdict {
            Some(Verdict::Keep) => "Kept",
            Some(Verdict::Again) => "To be seen again",
            Some(Verdict::Drop) => "Dropped",
            None => "No verdict",
        });
    }

    /// Sets a verdict, even if it is set, and goes on.
    pub(super) fn judge_and_go(&mut self, verdict: Verdict) {
        self.judge(Some(verdict));
        self.next_unseen();
    }

    /// In the store and in the note, so that either can be made from the other.
    pub(super) fn put_verdict(&mut self, verdict: Option<Verdict>) {
        let Some(key) = self.player.talk().map(|talk| talk.key()) else { return };
        self.work.library.set_verdict(&key, verdict);
        self.work.judged = self.note().is_none();
        self.change_note(|note| note.set_verdict(verdict));
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
        let (count, at) = (self.queue.paths().len(), self.queue.index().unwrap_or_default());
        let unseen = |index: &usize| {
            self.queue.paths().get(*index).is_some_and(|path| {
                let known = self.work.library.at(path);
                known.is_none_or(|record| record.verdict.is_none() && record.progress.furthest < GLANCE)
            })
        };
        let next = (at + 1..count).chain(0..at).find(unseen);
        match next {
            Some(index) => self.go_to_talk(Some(index)),
            None => self.feedback("No unseen talk is left"),
        }
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
        let done = before.done || duration > 0.0 && furthest.secs_f64() >= DONE * duration;
        self.work.marked = position;
        self.work.library.set_progress(&key, Progress { position, furthest, done });
    }
}

/// What is known of a talk when it is opened.
pub(super) fn record(talk: &Talk) -> Record {
    Record {
        id: talk.key(),
        path: talk.source.clone(),
        title: talk.title.clone(),
        authors: Vec::new(),
        link: talk.link(),
        verdict: None,
        progress: Progress::default(),
    }
}

/// The keys of talks that lie here, in this order, as far as they are known without opening them.
pub(super) fn keys_of(app: &App) -> Vec<TalkId> {
    let known = |path: &std::path::PathBuf| {
        let met = app.work.library.at(path).map(|record| record.id.clone());
        met.or_else(|| crate::talk::identity::key_of(path))
    };
    app.queue.paths().iter().filter_map(known).collect()
}

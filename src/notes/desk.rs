//! What lies between the main thread and the one that writes: requests one way, answers the other. Neither waits.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Head, NoteEvent, Verdict};

/// What the main thread asks for. `serial` counts the talks that were opened.
pub(super) enum Request {
    Open {
        serial: u64,
        head: Head,
        beside: Option<PathBuf>,
    },
    Save {
        serial: u64,
        save: Save,
    },
    Retry,
    Attach {
        serial: u64,
        source: PathBuf,
        relative: PathBuf,
    },
    /// A verdict on a talk that is not open.
    Judge {
        head: Head,
        beside: Option<PathBuf>,
        verdict: Option<Verdict>,
    },
}

/// A text to be written.
pub(super) struct Save {
    /// Counts the texts of a talk.
    pub seq: u64,
    /// The last version from the other side that this text has in it.
    pub version: u64,
    pub text: String,
}

/// What the writing thread says.
pub(super) enum Answer {
    Loaded(Loaded),
    /// The note was changed from outside, or brought together with such a change.
    Text {
        serial: u64,
        version: u64,
        seq: u64,
        text: String,
        conflict: bool,
    },
    /// The note has another name.
    Path {
        serial: u64,
        path: PathBuf,
    },
    Event(NoteEvent),
}

/// A note as it was opened.
pub(super) struct Loaded {
    pub serial: u64,
    pub path: PathBuf,
    /// There is a file.
    pub exists: bool,
    pub text: String,
    /// Names that are taken in the folder of its pictures.
    pub pictures: Vec<String>,
}

#[derive(Default)]
struct State {
    requests: VecDeque<Request>,
    answers: VecDeque<Answer>,
    touched: bool,
    closing: bool,
}

/// Shared by both threads; each holds it for moments only.
#[derive(Default)]
pub(super) struct Desk {
    state: Mutex<State>,
    news: Condvar,
}

/// What there is to do.
pub(super) struct Round {
    pub requests: VecDeque<Request>,
    /// Something in a watched folder has changed.
    pub touched: bool,
    pub closing: bool,
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Main thread. A text that is not being written yet gives way to a newer one.
    pub(super) fn ask(&self, request: Request) {
        let mut state = self.state();
        if let (Request::Save { serial, .. }, Some(Request::Save { serial: waiting, .. })) =
            (&request, state.requests.back())
            && serial == waiting
        {
            state.requests.pop_back();
        }
        if !(matches!(request, Request::Retry) && matches!(state.requests.back(), Some(Request::Retry))) {
            state.requests.push_back(request);
        }
        self.news.notify_one();
    }

    /// Main thread, at the end.
    pub(super) fn close(&self) {
        self.state().closing = true;
        self.news.notify_one();
    }

    /// Main thread.
    pub(super) fn answers(&self) -> VecDeque<Answer> {
        std::mem::take(&mut self.state().answers)
    }

    /// Any thread.
    pub(super) fn touch(&self) {
        self.state().touched = true;
        self.news.notify_one();
    }

    /// Writing thread.
    pub(super) fn answer(&self, answers: Vec<Answer>) {
        self.state().answers.extend(answers);
    }

    /// Writing thread: waits until there is something to do, at most for `limit`.
    pub(super) fn wait(&self, limit: Option<Duration>) {
        let idle = |state: &mut State| state.requests.is_empty() && !state.touched && !state.closing;
        let state = self.state();
        match limit {
            Some(limit) => drop(self.news.wait_timeout_while(state, limit, idle)),
            None => drop(self.news.wait_while(state, idle)),
        }
    }

    /// Writing thread.
    pub(super) fn take(&self) -> Round {
        let mut state = self.state();
        let requests = std::mem::take(&mut state.requests);
        Round { requests, touched: std::mem::take(&mut state.touched), closing: state.closing }
    }
}

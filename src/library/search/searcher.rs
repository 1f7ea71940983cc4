//! The search in a thread of its own. The main thread asks and takes in answers, and never waits.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use rusqlite::{Connection, InterruptHandle, OpenFlags};

use super::find::find_until;
use super::{Limits, Query, Results};
use crate::Waker;
use crate::talk::TalkId;

/// What was found out about a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which question: what [`Searcher::ask`] gave.
    pub number: u64,
    /// What was found, or why nothing could be: a sentence.
    pub found: Result<Results, String>,
}

struct Question {
    number: u64,
    text: String,
    within: Option<TalkId>,
    limits: Limits,
}

/// What both threads look at.
#[derive(Default)]
struct Shared {
    /// The number of the newest question; no other is wanted.
    newest: AtomicU64,
    /// Stops what the engine is doing.
    interrupt: Mutex<Option<InterruptHandle>>,
}

/// Asks, and is answered.
pub struct Searcher {
    shared: Arc<Shared>,
    questions: Sender<Question>,
    /// The other end of `questions`, to take back what nobody has begun with.
    waiting: Receiver<Question>,
    answers: Receiver<Answer>,
}

impl Searcher {
    /// Over the texts in this file, and the store's table `verdict` in that one, which may be the same. Neither need be
    /// there yet.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(file: PathBuf, store: PathBuf, waker: Waker) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (questions, waiting) = bounded(1);
        let (answer, answers) = bounded(1);
        let worker = Worker {
            file,
            store,
            attached: false,
            shared: Arc::clone(&shared),
            waiting: waiting.clone(),
            answer,
            stale: answers.clone(),
            waker,
            connection: None,
        };
        std::thread::Builder::new().name("search".into()).spawn(move || worker.run())?;
        Ok(Self { shared, questions, waiting, answers })
    }

    /// Looks for what was typed; in one talk only, where it is given. What was asked before is not answered any more.
    /// Gives the number of the question.
    pub fn ask(&mut self, text: &str, within: Option<TalkId>, limits: Limits) -> u64 {
        let number = self.shared.newest.fetch_add(1, Ordering::AcqRel) + 1;
        // Before the new question is handed over, lest it is the one that is interrupted.
        self.shared.stop();
        let mut question = Question { number, text: text.to_owned(), within, limits };
        while let Err(TrySendError::Full(back)) = self.questions.try_send(question) {
            question = back;
            self.waiting.try_recv().ok();
        }
        number
    }

    /// The answer to the newest question, once.
    pub fn poll(&mut self) -> Option<Answer> {
        let newest = self.shared.newest.load(Ordering::Acquire);
        self.answers.try_iter().filter(|answer| answer.number == newest).last()
    }
}

impl Drop for Searcher {
    fn drop(&mut self) {
        // The thread ends by itself, as its questions do.
        self.shared.newest.fetch_add(1, Ordering::AcqRel);
        self.shared.stop();
    }
}

impl Shared {
    fn stop(&self) {
        // Held for as long as it takes to put a handle in or to call it.
        if let Ok(handle) = self.interrupt.lock()
            && let Some(handle) = handle.as_ref()
        {
            handle.interrupt();
        }
    }

    fn set_handle(&self, handle: Option<InterruptHandle>) {
        if let Ok(mut shared) = self.interrupt.lock() {
            *shared = handle;
        }
    }

    fn wants(&self, number: u64) -> bool {
        self.newest.load(Ordering::Acquire) == number
    }
}

struct Worker {
    file: PathBuf,
    store: PathBuf,
    /// The store is part of the connection.
    attached: bool,
    shared: Arc<Shared>,
    waiting: Receiver<Question>,
    answer: Sender<Answer>,
    /// The other end of `answer`, to take back what nobody has looked at.
    stale: Receiver<Answer>,
    waker: Waker,
    connection: Option<Connection>,
}

impl Worker {
    fn run(mut self) {
        while let Ok(question) = self.waiting.recv() {
            let Some(found) = self.find(&question) else { continue };
            let mut answer = Answer { number: question.number, found };
            while let Err(TrySendError::Full(back)) = self.answer.try_send(answer) {
                answer = back;
                self.stale.try_recv().ok();
            }
            (self.waker)();
        }
    }

    /// `None` where the answer is not wanted any more.
    fn find(&mut self, question: &Question) -> Option<Result<Results, String>> {
        let query = Query::parse(&question.text);
        if query.is_empty() {
            return Some(Ok(Results::default()));
        }
        let shared = Arc::clone(&self.shared);
        let stop = || !shared.wants(question.number);
        let connection = match self.connection.take() {
            Some(connection) => Ok(connection),
            None => open(&self.file).inspect(|opened| self.shared.set_handle(Some(opened.get_interrupt_handle()))),
        };
        let found = connection.and_then(|connection| {
            self.attach(&connection, &query)?;
            let found = find_until(&connection, &query, question.within.as_ref(), question.limits, &stop);
            if found.is_ok() || stop() {
                self.connection = Some(connection);
            }
            found
        });
        match found {
            Ok(found) => Some(Ok(found)),
            Err(_) if stop() => None,
            Err(error) => {
                // Opened anew for the next question: the file may be another one then.
                self.shared.set_handle(None);
                self.attached = false;
                tracing::warn!("search in {}: {error}", self.file.display());
                Some(Err(format!("The talks cannot be searched: {error}")))
            }
        }
    }

    /// Verdicts are read only where they are asked for: words are found without the store.
    fn attach(&mut self, connection: &Connection, query: &Query) -> rusqlite::Result<()> {
        if !self.attached && !query.verdicts.is_empty() && self.store != self.file {
            attach(connection, &self.store)?;
            self.attached = true;
        }
        Ok(())
    }
}

/// Lets a connection to the texts see the store's verdicts.
///
/// # Errors
/// The engine's.
pub fn attach(connection: &Connection, store: &Path) -> rusqlite::Result<()> {
    connection.execute("ATTACH DATABASE ?1 AS store", [store.to_string_lossy()]).map(drop)
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // The pages that the shortest words need, so that they are read from the disk once.
    connection.pragma_update(None, "cache_size", -32_000)?;
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    Ok(connection)
}

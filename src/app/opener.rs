//! Opens talks on a thread of its own, so that no slow disk holds up the window.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::audio::decode::Probe;
use crate::talk::Talk;
use crate::talk::open::{expand, open};

/// Requests and answers that may wait.
const WAITING: usize = 64;

/// The answer to a request.
pub struct Opened {
    /// What was asked for.
    pub path: PathBuf,
    /// The talks that the path turned out to be, where it is a folder of them: the first was opened.
    pub expanded: Option<Vec<PathBuf>>,
    /// The talk, or a sentence why not.
    pub talk: Result<Arc<Talk>, String>,
}

/// The thread, or in tests its work done at once.
pub struct Opener {
    requests: Option<Sender<PathBuf>>,
    answers: Receiver<Opened>,
    answer: Sender<Opened>,
    thread: Option<JoinHandle<()>>,
}

impl Opener {
    /// Starts the thread.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(waker: &crate::Waker) -> std::io::Result<Self> {
        let (requests, inbox) = bounded::<PathBuf>(WAITING);
        let mut opener = Self::inline();
        opener.requests = Some(requests);
        let (answer, waker) = (opener.answer.clone(), Arc::clone(waker));
        let thread = std::thread::Builder::new().name("talk-opener".into()).spawn(move || {
            for path in inbox {
                if answer.send(work(&path)).is_err() {
                    return;
                }
                waker();
            }
        })?;
        opener.thread = Some(thread);
        Ok(opener)
    }

    /// Without a thread: requests are answered at once.
    pub fn inline() -> Self {
        let (answer, answers) = bounded(WAITING);
        Self { requests: None, answers, answer, thread: None }
    }

    /// Asks for a talk; false if too much is waiting already.
    pub fn ask(&self, path: &Path) -> bool {
        match &self.requests {
            Some(requests) => requests.try_send(path.to_owned()).is_ok(),
            None => self.answer.try_send(work(path)).is_ok(),
        }
    }

    /// Answers that have come in.
    pub fn poll(&self) -> impl Iterator<Item = Opened> + '_ {
        self.answers.try_iter()
    }
}

fn work(path: &Path) -> Opened {
    let found = expand(&[path.to_owned()]);
    let first = found.first().cloned().unwrap_or_else(|| path.to_owned());
    let expanded = (found.len() != 1 || first != path).then_some(found);
    let talk = open(&first, &Probe).map(Arc::new).map_err(|error| error.to_string());
    Opened { path: path.to_owned(), expanded, talk }
}

impl Drop for Opener {
    fn drop(&mut self) {
        self.requests = None;
        // A talk on a disk that does not answer must not keep the window from closing: the thread is left behind.
        self.thread = None;
    }
}

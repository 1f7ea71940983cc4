//! The thread that reads slides, as the main thread sees it. Nothing here waits, except at the end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::cache::Cache;
use super::load::Load;
use super::picture::Grey;
use super::queue::{Done, Queue, Ticket, Work};
use super::tesseract::Tesseract;
use super::worker::Worker;
use crate::talk::TalkId;

/// What the thread has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OcrEvent {
    /// A talk has been read.
    Read(Done),
    /// Slides read and slides in all, since nothing was waiting.
    Progress {
        /// Read.
        done: usize,
        /// In all.
        total: usize,
    },
    /// The program is not installed: how to get it, a sentence. Told once.
    Absent(String),
    /// A sentence for the viewer.
    Trouble(String),
}

/// What the thread is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing is waiting to be read.
    Idle,
    /// Slides read and slides in all.
    Reading {
        /// Read.
        done: usize,
        /// In all.
        total: usize,
    },
    /// The viewer wants it to wait.
    PausedByViewer,
    /// The machine, or the player, has something better to do.
    PausedBusy,
    /// The program is not installed.
    Absent,
    /// The program is installed but does not work.
    Broken,
}

/// From the bytes of a picture file to its pixels, brought to [`super::best_size`]; or why not.
pub type Decode = Box<dyn Fn(&[u8]) -> Result<Grey, String> + Send>;

/// What the thread works with.
pub struct Tools {
    /// Looks for the program: [`Tesseract::find`].
    pub find: Box<dyn FnMut() -> Option<Tesseract> + Send>,
    /// Reads pictures, whatever their format.
    pub decode: Decode,
    /// Remembers what was read.
    pub cache: Box<dyn Cache>,
    /// Whether the machine has been busy with other things since the last call; called every few seconds.
    pub crowded: Box<dyn FnMut() -> bool + Send>,
}

impl Tools {
    /// The installed program, on this machine.
    pub fn new(decode: impl Fn(&[u8]) -> Result<Grey, String> + Send + 'static, cache: Box<dyn Cache>) -> Self {
        let mut load = Load::default();
        Self {
            find: Box::new(Tesseract::find),
            decode: Box::new(decode),
            cache,
            crowded: Box::new(move || load.sample()),
        }
    }
}

/// Whether the program is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Program {
    #[default]
    NotLookedFor,
    Works,
    Absent,
    Broken,
}

/// What both threads know.
#[derive(Default)]
pub(super) struct Orders {
    pub(super) queue: Queue,
    pub(super) languages: String,
    pub(super) paused: bool,
    pub(super) busy: bool,
    pub(super) crowded: bool,
    pub(super) program: Program,
    pub(super) quit: bool,
}

impl Orders {
    fn state(&self) -> State {
        let (done, total) = self.queue.progress();
        match self.program {
            Program::Absent => State::Absent,
            Program::Broken => State::Broken,
            Program::NotLookedFor | Program::Works if self.paused => State::PausedByViewer,
            Program::NotLookedFor | Program::Works if self.queue.is_empty() => State::Idle,
            Program::NotLookedFor | Program::Works if self.busy || self.crowded => State::PausedBusy,
            Program::NotLookedFor | Program::Works => State::Reading { done, total },
        }
    }

    /// Whether the slide that is being read shall be given up. A machine that is merely busy lets it end.
    pub(super) fn drops(&self, ticket: &Ticket) -> bool {
        self.quit || self.paused || self.busy || !self.queue.wants(ticket)
    }
}

/// The orders, and a bell for the one who follows them.
pub(super) struct Shared {
    orders: Mutex<Orders>,
    bell: Sender<()>,
}

impl Shared {
    pub(super) fn new() -> (Arc<Self>, Receiver<()>) {
        let (bell, rung) = bounded(1);
        (Arc::new(Self { orders: Mutex::default(), bell }), rung)
    }

    /// Held for moments only, by both threads.
    pub(super) fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn order<T>(&self, change: impl FnOnce(&mut Orders) -> T) -> T {
        let changed = change(&mut self.orders());
        // A bell that has been rung and not yet heard is enough.
        self.bell.try_send(()).ok();
        changed
    }
}

/// Reads slides in a thread of its own, `slide-text`. What is killed with it loses the present slide only: the others
/// are in the cache.
pub struct Reader {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    /// Starts the thread; it sleeps until there is work. `sink` is called from it, and may wait, but never for the
    /// thread that drops the reader.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(tools: Tools, sink: impl Fn(OcrEvent) + Send + 'static) -> std::io::Result<Self> {
        let (shared, rung) = Shared::new();
        let mut worker = Worker::new(Arc::clone(&shared), rung, tools, Box::new(sink));
        let thread = std::thread::Builder::new().name("slide-text".into()).spawn(move || worker.run())?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Reads a talk, after those that wait already. What was waiting of the same talk is replaced.
    pub fn add(&self, work: Work) {
        self.shared.order(|orders| {
            orders.queue.add(work);
            // It may have been installed meanwhile; to look costs next to nothing.
            if orders.program == Program::Absent {
                orders.program = Program::NotLookedFor;
            }
        });
    }

    /// This talk first, now or when it is added: the one that is open.
    pub fn hurry(&self, talk: &TalkId) {
        self.shared.order(|orders| orders.queue.hurry(talk));
    }

    /// This talk is not read.
    pub fn forget(&self, talk: &TalkId) {
        self.shared.order(|orders| orders.queue.forget(talk));
    }

    /// Nothing that waits is read.
    pub fn cancel(&self) {
        self.shared.order(|orders| orders.queue.clear());
    }

    /// The viewer wants it to wait, or to go on.
    pub fn set_paused(&self, paused: bool) {
        self.shared.order(|orders| orders.paused = paused);
    }

    /// The player needs the machine, or no longer.
    pub fn set_busy(&self, busy: bool) {
        self.shared.order(|orders| orders.busy = busy);
    }

    /// What is read besides English: a list such as `deu fra`. Slides are read anew where that changes something.
    pub fn set_languages(&self, wish: &str) {
        self.shared.order(|orders| orders.languages = wish.to_owned());
    }

    /// Looks for the program again: it has been installed or repaired.
    pub fn retry(&self) {
        self.shared.order(|orders| orders.program = Program::NotLookedFor);
    }

    /// What the thread is at.
    pub fn state(&self) -> State {
        self.shared.orders().state()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.shared.order(|orders| orders.quit = true);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

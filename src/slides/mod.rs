//! Pictures, ready before they are wanted: a cache of slides at the sizes shown, filled by threads of its own.
//!
//! The main thread says what it wants, most urgent first, and asks for what is there; it never decodes or waits.

mod artefacts;
pub mod decode;
mod loader;
mod lru;
pub mod placement;
mod thumbs;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

pub use decode::{Limits, SlideError};
use loader::{Answer, Board, Decode, Duty, Job, Loaded, Worker};
use lru::Lru;
pub use placement::{Enlarge, Lamp, Mode, Placement, Rect, Size, Zoom};
pub use thumbs::{StillOf, ThumbStore};

/// Called by a worker once an answer is waiting: asks the main thread to poll soon. Any thread; must not block.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// How long dropping the cache waits for a worker in the midst of a picture before leaving it to end by itself.
const FAREWELL: Duration = Duration::from_millis(250);

/// Answers that may wait for the main thread; a worker with one more to give waits too.
const ANSWERS: usize = 8;

/// A slide at a size.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SlideKey {
    /// The picture file; absolute.
    pub file: Arc<Path>,
    /// The size that all of it is shown at, in physical pixels.
    pub size: Size,
    /// The part that is needed, in pixels of `size`; `None`: all of it.
    pub tile: Option<Rect>,
    /// How its pixels are made.
    pub look: Look,
}

/// How the pixels of a slide are made from its file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Look {
    /// How it is enlarged, where it is.
    pub enlarge: Enlarge,
    /// JPEG artefacts are reduced.
    pub clean: bool,
}

impl SlideKey {
    /// This file at this size.
    pub fn new(file: impl Into<Arc<Path>>, size: Size) -> Self {
        Self { file: file.into(), size, tile: None, look: Look::default() }
    }

    /// Extent of the pixels: of the part that is needed.
    pub fn extent(&self) -> Size {
        self.tile.map_or(self.size, |tile| tile.size)
    }

    /// The picture that this is scaled from, whose own size is `size`.
    fn source(&self, size: Size) -> Self {
        let look = Look { enlarge: Enlarge::default(), clean: self.look.clean };
        Self { file: Arc::clone(&self.file), size, tile: None, look }
    }
}

/// A picture, row by row from the top.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Extent of `rgba`.
    pub size: Size,
    /// RGBA8, opaque, `size.bytes()` long.
    pub rgba: Vec<u8>,
    /// Extent of the picture in its file.
    pub source: Size,
    /// The file ends before the picture does: what is missing is grey.
    pub cut_short: bool,
}

impl fmt::Debug for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pixels({} of {})", self.size, self.source)
    }
}

/// What there is of a slide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// Its pixels at the size asked for.
    Ready(Arc<Pixels>),
    /// Not yet, or not asked for.
    Loading,
    /// It cannot be shown; the sentence says why.
    Failed(Arc<str>),
}

/// What the cache has done and holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Files decoded.
    pub decoded: u64,
    /// Pictures scaled to the size shown.
    pub scaled: u64,
    /// Files that could not be shown.
    pub failed: u64,
    /// Answers that came too late to be of use.
    pub stale: u64,
    /// Pictures held.
    pub pictures: usize,
    /// Bytes of their pixels.
    pub bytes: usize,
}

/// The slides that are held, and the threads that load them. Main thread.
pub struct SlideCache {
    held: Lru,
    /// Sentences by file. A file that failed is not tried again until [`Self::retry`].
    failed: HashMap<Arc<Path>, Arc<str>>,
    /// The pictures' own sizes as far as known: under these their unscaled pixels are held, if they are. Not those of
    /// drawings, which are drawn at each size anew.
    own_sizes: HashMap<Arc<Path>, Size>,
    wished: Vec<SlideKey>,
    looked_at: usize,
    /// Those of the wishes that the budget has room for.
    wanted: Vec<SlideKey>,
    board: Arc<Board>,
    answers: Option<Receiver<Answer>>,
    threads: Vec<JoinHandle<()>>,
    /// In place of threads, where there are none.
    hand: Option<Worker>,
    stats: Stats,
}

impl SlideCache {
    /// A cache of at most `budget_bytes` of pixels, or of the one picture being shown where that alone is larger.
    ///
    /// With no `workers` nothing is loaded but by [`Self::step`].
    pub fn new(budget_bytes: usize, workers: usize, waker: Waker) -> Self {
        Self::with_limits(budget_bytes, workers, waker, Limits::default())
    }

    /// As [`Self::new`], with other limits to what a picture may cost.
    pub fn with_limits(budget_bytes: usize, workers: usize, waker: Waker, limits: Limits) -> Self {
        Self::with_decode(budget_bytes, workers, waker, limits, "slide-loader", Arc::new(loader::decode))
    }

    /// A cache of small pictures, which are kept in `store` from one start to the next.
    pub fn of_thumbs(budget_bytes: usize, workers: usize, waker: Waker, store: ThumbStore) -> Self {
        let decode: Decode = Arc::new(move |key, limits| store.load(&key.file, limits));
        Self::with_decode(budget_bytes, workers, waker, Limits::default(), "thumb-loader", decode)
    }

    #[expect(clippy::needless_pass_by_value, reason = "each worker keeps a share of both; the caller's are ours")]
    fn with_decode(
        budget_bytes: usize,
        workers: usize,
        waker: Waker,
        limits: Limits,
        thread_name: &str,
        decode: Decode,
    ) -> Self {
        let (sender, receiver) = bounded(ANSWERS.max(workers));
        let board = Arc::<Board>::default();
        let worker = |duty| Worker {
            duty,
            board: Arc::clone(&board),
            answers: sender.clone(),
            waker: Arc::clone(&waker),
            limits,
            decode: Arc::clone(&decode),
            scaler: decode::Scaler::new(),
        };
        let mut threads = Vec::new();
        for number in 0..workers {
            let (name, worker) =
                (format!("{thread_name}-{number}"), worker(if number > 0 { Duty::LookedAt } else { Duty::All }));
            match std::thread::Builder::new().name(name).spawn(move || worker.run()) {
                Ok(thread) => threads.push(thread),
                Err(error) => tracing::error!("Cannot start {thread_name}-{number}: {error}"),
            }
        }
        let hand = (workers == 0).then(|| worker(Duty::All));
        Self {
            held: Lru::new(budget_bytes),
            failed: HashMap::new(),
            own_sizes: HashMap::new(),
            wished: Vec::new(),
            looked_at: 0,
            wanted: Vec::new(),
            board,
            answers: Some(receiver),
            threads,
            hand,
            stats: Stats::default(),
        }
    }

    /// Replaces the list of wishes, most urgent first; the first is what is being shown. The first `looked_at` are looked
    /// at now: only these wake the main thread when they are there.
    ///
    /// Wishes beyond the budget are left out until it has room for them.
    pub fn want(&mut self, list: Vec<SlideKey>, looked_at: usize) {
        if list == self.wished && looked_at == self.looked_at {
            return;
        }
        self.looked_at = looked_at;
        self.wanted = admitted(&list, self.held.budget());
        self.wished = list;
        // What they are scaled from goes last of the unwanted.
        for key in self.wanted.iter().rev() {
            if let Some(size) = self.own_sizes.get(&key.file) {
                self.held.touch(&key.source(*size));
            }
        }
        self.held.set_wanted(&self.wanted);
        self.publish();
    }

    /// What there is of a slide now.
    pub fn get(&self, key: &SlideKey) -> Slot {
        if let Some(pixels) = self.held.get(key) {
            Slot::Ready(Arc::clone(pixels))
        } else if let Some(sentence) = self.failed.get(&key.file) {
            Slot::Failed(Arc::clone(sentence))
        } else {
            Slot::Loading
        }
    }

    /// The picture at its own size, where it happens to be held.
    fn unscaled(&self, key: &SlideKey) -> Option<Arc<Pixels>> {
        let size = self.own_sizes.get(&key.file)?;
        self.held.get(&key.source(*size)).cloned()
    }

    /// Takes in what the workers have done; true if [`Self::get`] may now answer otherwise.
    pub fn poll(&mut self) -> bool {
        let mut news = false;
        let mut answered = false;
        while let Some(answer) = self.answers.as_ref().and_then(|answers| answers.try_recv().ok()) {
            self.board.settle(&answer.key);
            news |= self.take_in(answer);
            answered = true;
        }
        if answered {
            self.publish();
        }
        news
    }

    /// Does one job on this thread, where there are no workers; false where there is nothing to do before a
    /// [`Self::poll`].
    pub fn step(&mut self) -> bool {
        let room = self.answers.as_ref().is_some_and(|answers| !answers.is_full());
        room && self.hand.as_mut().is_some_and(Worker::step)
    }

    /// Forgets which files failed, and tries them again where they are wanted.
    pub fn retry(&mut self) {
        self.failed.clear();
        self.publish();
    }

    /// Figures for the info panel and for tests.
    pub fn stats(&self) -> Stats {
        Stats { pictures: self.held.len(), bytes: self.held.bytes(), ..self.stats }
    }

    fn take_in(&mut self, Answer { key, outcome }: Answer) -> bool {
        let Loaded { pixels, decoded } = match outcome {
            Ok(loaded) => loaded,
            Err(sentence) => {
                self.stats.failed += 1;
                self.failed.insert(key.file, sentence);
                return true;
            }
        };
        // The source first, so that it is the older of the two and the first to go.
        if let Some(source) = decoded {
            self.stats.decoded += 1;
            if source.size == source.source && !decode::is_drawing(&key.file) {
                self.own_sizes.insert(Arc::clone(&key.file), source.size);
            }
            self.keep(key.source(source.size), source);
        }
        let Some(pixels) = pixels else {
            self.stats.stale += 1;
            return false;
        };
        self.stats.scaled += u64::from(key.size != pixels.source);
        // Pixels at a size that the window has had are of no use; a slide that was left may be returned to.
        if !self.wanted.contains(&key) && self.wanted.iter().any(|wanted| wanted.file == key.file) {
            self.stats.stale += 1;
            return false;
        }
        self.keep(key, pixels);
        true
    }

    fn keep(&mut self, key: SlideKey, pixels: Arc<Pixels>) {
        let rank = self.wanted.iter().position(|wanted| *wanted == key);
        self.held.insert(key, pixels, rank);
    }

    /// Hands the workers what of the wishes is not there yet.
    fn publish(&self) {
        let missing = self.wanted.iter().filter(|key| !self.held.contains(key) && !self.failed.contains_key(&key.file));
        let jobs = missing.map(|key| Job { key: key.clone(), source: self.unscaled(key) }).collect();
        self.board.publish(&self.wanted, self.looked_at, jobs);
    }
}

impl Drop for SlideCache {
    fn drop(&mut self) {
        self.board.close();
        self.hand = None;
        let Some(answers) = self.answers.take() else { return };
        // Receiving frees workers that wait to answer. The channel ends with the last worker.
        loop {
            match answers.recv_timeout(FAREWELL) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    tracing::debug!("leaving a slide loader in the midst of a picture");
                    return;
                }
            }
        }
        for thread in self.threads.drain(..) {
            thread.join().ok();
        }
    }
}

/// The wishes, once each, that the budget has room for beside the more urgent ones; the first always.
fn admitted(list: &[SlideKey], budget: usize) -> Vec<SlideKey> {
    let mut chosen: Vec<SlideKey> = Vec::with_capacity(list.len());
    let mut bytes = 0_usize;
    for key in list {
        let sum = bytes.saturating_add(key.extent().bytes());
        if !chosen.contains(key) && (chosen.is_empty() || sum <= budget) {
            chosen.push(key.clone());
            bytes = sum;
        }
    }
    chosen
}

/// The list to [`SlideCache::want`], each slide once: first what is looked at, in the pane and then under the pointer,
/// then what is likely to be, the slides after it before the slide before it, and last the beginning of the next talk.
pub fn wish(
    current: impl IntoIterator<Item = SlideKey>,
    next: impl IntoIterator<Item = SlideKey>,
    previous: impl IntoIterator<Item = SlideKey>,
    hovered: impl IntoIterator<Item = SlideKey>,
    next_talk_first: impl IntoIterator<Item = SlideKey>,
) -> Vec<SlideKey> {
    let mut list = Vec::new();
    for key in current.into_iter().chain(hovered).chain(next).chain(previous).chain(next_talk_first) {
        if !list.contains(&key) {
            list.push(key);
        }
    }
    list
}

#[cfg(test)]
mod tests;

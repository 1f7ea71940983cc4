//! Workers: from the wish of a slide at a size to its pixels. The threads `slide-loader-0` and on.
//!
//! What passes between them and the main thread is a board of wishes, replaced whole, and a bounded channel of answers.
//! The board's lock is held to look and to write, never to work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crossbeam_channel::Sender;

use super::decode::{self, Limits, Scaler, SlideError, Trouble};
use super::placement::fit;
use super::{Pixels, SlideKey, Waker};
use crate::within;

/// Reads the picture of a key, at its own size or another that the wished one can be scaled from.
pub(super) type Decode = Arc<dyn Fn(&SlideKey, &Limits) -> Result<Pixels, SlideError> + Send + Sync>;

/// Reads the slide itself.
pub(super) fn decode(key: &SlideKey, limits: &Limits) -> Result<Pixels, SlideError> {
    // A drawing is drawn at the size shown, unless all of it were far too large.
    let wanted = key.tile.is_none().then_some(key.size);
    if key.look.clean {
        decode::decode_clean(&key.file, limits, wanted)
    } else {
        decode::decode_at(&key.file, limits, wanted)
    }
}

/// Answers that nobody looks at which may wait for the main thread to wake for another reason.
const MAY_WAIT: usize = 2;

/// A slide to be loaded.
pub(super) struct Job {
    pub(super) key: SlideKey,
    /// The picture at its own size, where it is still held: it need not be decoded.
    pub(super) source: Option<Arc<Pixels>>,
}

/// What became of a job; the key says which.
pub(super) struct Answer {
    pub(super) key: SlideKey,
    pub(super) outcome: Result<Loaded, Arc<str>>,
}

/// What a worker has made.
pub(super) struct Loaded {
    /// At the size asked for; `None` where nobody wanted it any more once it was decoded.
    pub(super) pixels: Option<Arc<Pixels>>,
    /// At its own size, where it had to be decoded; the same as `pixels` where that is the size asked for.
    pub(super) decoded: Option<Arc<Pixels>>,
}

#[derive(Default)]
struct State {
    wanted: Vec<SlideKey>,
    /// So many of them are looked at.
    looked_at: usize,
    /// What of it is still to be loaded, most urgent first.
    jobs: Vec<Job>,
    /// Taken by a worker, answer not yet taken in by the main thread.
    in_flight: Vec<SlideKey>,
    closed: bool,
}

impl State {
    /// The most urgent job whose file nobody is at. Another size of a file in flight waits, for then it is only scaled.
    fn next(&self, duty: Duty) -> Option<usize> {
        let looked_at = self.wanted.get(..self.looked_at.min(self.wanted.len())).unwrap_or_default();
        self.jobs.iter().position(|job| {
            let free = self.in_flight.iter().all(|busy| busy.file != job.key.file);
            free && (duty == Duty::All || looked_at.contains(&job.key))
        })
    }
}

/// What a worker is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duty {
    /// Whatever is wished.
    All,
    /// Only what is looked at: it need not wait for one that is likely to be wished next to be finished.
    LookedAt,
}

/// The wishes that the workers serve.
#[derive(Default)]
pub(super) struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics under the lock, and each change leaves the state whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces all wishes. `jobs` is what of `wanted` is not yet there; what is in flight is not started again. The
    /// first `looked_at` of `wanted` are not only likely to be.
    pub(super) fn publish(&self, wanted: &[SlideKey], looked_at: usize, mut jobs: Vec<Job>) {
        let mut state = self.lock();
        state.looked_at = looked_at;
        jobs.retain(|job| !state.in_flight.contains(&job.key));
        state.wanted.clear();
        state.wanted.extend_from_slice(wanted);
        let old = std::mem::replace(&mut state.jobs, jobs);
        drop(state);
        // Outside the lock: this may be the last hold on large pictures.
        drop(old);
        self.changed.notify_all();
    }

    /// The answer for this key has been taken in.
    pub(super) fn settle(&self, key: &SlideKey) {
        self.lock().in_flight.retain(|busy| busy != key);
    }

    /// Tells the workers to end after what they are doing.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn take(&self, duty: Duty) -> Option<Job> {
        let mut state = self.lock();
        let job = (!state.closed).then(|| state.next(duty))?.map(|at| state.jobs.remove(at))?;
        state.in_flight.push(job.key.clone());
        Some(job)
    }

    /// Whether something is looked at that this answer is, or that waits for it: the same file at another size.
    fn concerns(&self, key: &SlideKey) -> bool {
        let state = self.lock();
        state.wanted.iter().take(state.looked_at).any(|wanted| wanted.file == key.file)
    }

    /// Whether there is any use in scaling this now that its file is decoded: not if the window has another size since. A
    /// slide that was left meanwhile is scaled, for while slides race by it may be the newest to be shown.
    fn of_use(&self, key: &SlideKey) -> bool {
        let state = self.lock();
        let elsewhere = state.wanted.iter().any(|wanted| wanted.file == key.file);
        !state.closed && (!elsewhere || state.wanted.contains(key))
    }

    /// Waits for work; false when there will be none.
    fn wait(&self, duty: Duty) -> bool {
        let idle = |state: &mut State| !state.closed && state.next(duty).is_none();
        let state = self.changed.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        !state.closed
    }
}

/// Loads slides, one at a time.
pub(super) struct Worker {
    pub(super) board: Arc<Board>,
    pub(super) answers: Sender<Answer>,
    pub(super) waker: Waker,
    pub(super) limits: Limits,
    pub(super) decode: Decode,
    pub(super) scaler: Scaler,
    pub(super) duty: Duty,
}

impl Worker {
    /// Until the board is closed or nobody listens any more.
    pub(super) fn run(mut self) {
        while self.board.wait(self.duty) {
            self.step();
        }
    }

    /// Does the most urgent job; false where there is none. Blocks while the channel of answers is full.
    pub(super) fn step(&mut self) -> bool {
        let Some(job) = self.board.take(self.duty) else { return false };
        // A decoder that panics on a damaged file must not take the worker with it.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.load(&job))).unwrap_or_else(|_| {
            self.scaler = Scaler::new();
            Err(Trouble::DecoderStopped.at(&job.key.file))
        });
        let outcome = outcome.map_err(|error| Arc::from(error.to_string()));
        let key = job.key.clone();
        if self.answers.send(Answer { key: job.key, outcome }).is_err() {
            self.board.close();
        }
        // What nobody looks at yet is no reason to draw; a few such answers may wait until there is one. Asked only now:
        // whoever wishes for it later finds the answer in the channel.
        if self.board.concerns(&key) || self.answers.len() > MAY_WAIT {
            (self.waker)();
        }
        true
    }

    fn load(&mut self, job: &Job) -> Result<Loaded, SlideError> {
        let SlideKey { file, size, .. } = &job.key;
        let extent = job.key.extent();
        if extent.is_empty() || extent.bytes() as u64 > self.limits.memory_bytes {
            return Err(Trouble::TooLarge(*size).at(file));
        }
        let decoded = match &job.source {
            Some(_) => None,
            None => Some(Arc::new((self.decode)(&job.key, &self.limits)?)),
        };
        let source = job.source.as_ref().or(decoded.as_ref());
        // How large a film is shows only now: its still lies within the size.
        let within = source.filter(|_| within::still(file).is_some());
        let size = &within.map_or(*size, |source| fit(source.size, *size));
        let pixels = match source {
            Some(source) if source.size == *size && job.key.tile.is_none() => Some(Arc::clone(source)),
            Some(source) if self.board.of_use(&job.key) => {
                let enlarge = job.key.look.enlarge;
                Some(Arc::new(match job.key.tile {
                    Some(tile) => self.scaler.part(source, *size, tile, enlarge),
                    None => self.scaler.scale(source, *size, enlarge),
                }))
            }
            _ => None,
        };
        Ok(Loaded { pixels, decoded })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slides::Size;
    use crossbeam_channel::{Receiver, bounded};
    use std::path::Path;

    fn worker(decode: fn(&SlideKey, &Limits) -> Result<Pixels, SlideError>) -> (Worker, Receiver<Answer>) {
        let decode: Decode = Arc::new(decode);
        let (answers, receiver) = bounded(8);
        let (board, waker, limits) = (Arc::default(), Arc::new(|| ()), Limits::default());
        (Worker { board, answers, waker, limits, decode, scaler: Scaler::new(), duty: Duty::All }, receiver)
    }

    fn key(file: &str, side: u32) -> SlideKey {
        SlideKey::new(Path::new(file), Size::new(side, side))
    }

    fn publish(board: &Board, wanted: &[SlideKey]) {
        let jobs = wanted.iter().map(|key| Job { key: key.clone(), source: None }).collect();
        board.publish(wanted, wanted.len(), jobs);
    }

    #[expect(clippy::unnecessary_wraps, reason = "has the signature of a decoder")]
    fn grey(_: &SlideKey, _: &Limits) -> Result<Pixels, SlideError> {
        let size = Size::new(4, 4);
        Ok(Pixels { size, rgba: vec![128; size.bytes()], source: size, cut_short: false })
    }

    fn stumbles(_: &SlideKey, _: &Limits) -> Result<Pixels, SlideError> {
        panic!("a decoder's own mistake");
    }

    #[test]
    fn a_decoder_that_panics_is_a_failed_slide() {
        let (mut worker, answers) = worker(stumbles);
        publish(&worker.board, &[key("/a.png", 4)]);

        assert!(worker.step());

        let sentence = answers.recv().expect("an answer").outcome.err().expect("a failure");
        assert_eq!(&*sentence, "Cannot show the slide: the file is damaged (it stopped the decoder): /a.png");
    }

    #[test]
    fn a_file_in_flight_is_not_decoded_twice_at_once() {
        let (mut worker, answers) = worker(grey);
        publish(&worker.board, &[key("/a.png", 2), key("/a.png", 3), key("/b.png", 2)]);

        worker.step();
        worker.step();
        assert!(!worker.step(), "the other size waits until the first answer is taken in");
        let order: Vec<_> = answers.try_iter().map(|answer| answer.key).collect();
        worker.board.settle(&order[0]);

        assert_eq!(order, [key("/a.png", 2), key("/b.png", 2)]);
        assert!(worker.step());
    }

    #[test]
    fn what_is_in_flight_is_not_started_again() {
        let (mut worker, _answers) = worker(grey);
        publish(&worker.board, &[key("/a.png", 2)]);
        worker.step();

        publish(&worker.board, &[key("/a.png", 2)]);

        assert!(!worker.step());
    }

    #[test]
    fn only_what_is_looked_at_wakes_the_main_thread_unless_much_waits() {
        let woken = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let (mut worker, _answers) = worker(grey);
        let count = Arc::clone(&woken);
        worker.waker = Arc::new(move || {
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        });
        let wanted: Vec<_> = ["/a.png", "/b.png", "/c.png", "/d.png"].map(|file| key(file, 4)).into();
        let jobs = wanted.iter().map(|key| Job { key: key.clone(), source: None }).collect();
        worker.board.publish(&wanted, 1, jobs);
        let mut after = Vec::new();
        while worker.step() {
            after.push(woken.load(std::sync::atomic::Ordering::Relaxed));
        }
        assert_eq!(after, [1, 1, 2, 3]);
    }

    #[test]
    fn one_worker_is_kept_free_for_what_is_looked_at() {
        let (mut worker, answers) = worker(grey);
        worker.duty = Duty::LookedAt;
        let wanted = [key("/a.png", 4), key("/b.png", 4)];
        let jobs = || wanted.iter().map(|key| Job { key: key.clone(), source: None }).collect();
        worker.board.publish(&wanted, 1, jobs());
        assert!(worker.step() && !worker.step());
        worker.board.publish(&wanted, 2, jobs());
        assert!(worker.step());
        let order: Vec<_> = answers.try_iter().map(|answer| answer.key).collect();
        assert_eq!(order, wanted);
    }

    #[test]
    fn a_worker_ends_when_nobody_listens() {
        let (worker, answers) = worker(grey);
        publish(&worker.board, &[key("/a.png", 2), key("/b.png", 2)]);
        drop(answers);

        worker.run();
    }
}

//! The thread that measures sounds: the open talk's first, then those that may be next. What is no longer wanted is given up.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::measure::measure;
use super::{Profile, store};

/// Answers that may wait; more than are ever wanted at once.
const ANSWERS: usize = 64;

/// A sound, by what names its contents, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Names the contents.
    pub content: u64,
    /// The file.
    pub path: PathBuf,
}

/// What was found out about a sound; `None` where it cannot be measured.
pub type Answer = (u64, Option<Arc<Profile>>);

/// The main thread's end.
pub struct Analyst {
    desk: Arc<Desk>,
    answers: Receiver<Answer>,
    /// Where there is no thread, the work is done by [`Self::step`].
    worker: Option<Worker>,
}

#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    bell: Condvar,
    /// What is being measured is no longer wanted.
    cancel: AtomicBool,
}

#[derive(Default)]
struct State {
    wanted: Vec<Wanted>,
    now: Option<Wanted>,
    quit: bool,
}

struct Worker {
    desk: Arc<Desk>,
    send: Sender<Answer>,
    /// Where profiles are kept; `None`: nowhere.
    folder: Option<PathBuf>,
    waker: crate::Waker,
}

impl Analyst {
    /// With a thread that keeps profiles in this folder.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(folder: PathBuf, waker: crate::Waker) -> std::io::Result<Self> {
        let (mut analyst, worker) = Self::assemble(Some(folder), waker);
        analyst.worker = None;
        std::thread::Builder::new().name("sound-profile".into()).spawn(move || worker.run())?;
        Ok(analyst)
    }

    /// Without a thread.
    pub fn stepped() -> Self {
        let (mut analyst, worker) = Self::assemble(None, Arc::new(|| {}));
        analyst.worker = Some(worker);
        analyst
    }

    fn assemble(folder: Option<PathBuf>, waker: crate::Waker) -> (Self, Worker) {
        let desk = Arc::<Desk>::default();
        let (send, answers) = bounded(ANSWERS);
        let worker = Worker { desk: Arc::clone(&desk), send, folder, waker };
        (Self { desk, answers, worker: None }, worker)
    }

    /// Says which sounds are wanted, the most urgent first, in the place of those that were wanted before.
    pub fn want(&self, mut wanted: Vec<Wanted>) {
        wanted.truncate(ANSWERS);
        let mut state = self.desk.lock();
        let given_up = state.now.as_ref().is_some_and(|now| wanted.first() != Some(now));
        self.desk.cancel.store(given_up, Ordering::Release);
        state.wanted = wanted;
        self.desk.bell.notify_one();
    }

    /// What has been found out since the last call.
    pub fn poll(&self) -> Vec<Answer> {
        self.answers.try_iter().collect()
    }

    /// Measures one sound, where no thread does; false if none is wanted.
    pub fn step(&self) -> bool {
        self.worker.as_ref().is_some_and(Worker::step)
    }
}

impl Drop for Analyst {
    fn drop(&mut self) {
        self.desk.cancel.store(true, Ordering::Release);
        self.desk.lock().quit = true;
        self.desk.bell.notify_one();
    }
}

impl Desk {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Worker {
    fn run(self) {
        lower_priority();
        loop {
            while self.step() {}
            let state = self.desk.lock();
            let idle = |state: &mut State| !state.quit && state.wanted.is_empty();
            let state = self.desk.bell.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner);
            if state.quit {
                return;
            }
        }
    }

    fn step(&self) -> bool {
        let next = {
            let mut state = self.desk.lock();
            if state.quit || state.wanted.is_empty() {
                return false;
            }
            let next = state.wanted.remove(0);
            state.now = Some(next.clone());
            self.desk.cancel.store(false, Ordering::Release);
            next
        };
        let found = self.profile(&next);
        let given_up = self.desk.cancel.load(Ordering::Acquire);
        self.desk.lock().now = None;
        if found.is_some() || !given_up {
            self.send.try_send((next.content, found.map(Arc::new))).ok();
            (self.waker)();
        }
        true
    }

    fn profile(&self, wanted: &Wanted) -> Option<Profile> {
        let bytes = std::fs::metadata(&wanted.path).map_or(0, |file| file.len());
        let place = self.folder.as_ref().map(|folder| store::place(folder, wanted.content, bytes));
        if let Some(known) = place.as_deref().and_then(store::read) {
            return Some(known);
        }
        // Strangers' decoders on strangers' files: some panic.
        let cancel = &self.desk.cancel;
        let measured = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| measure(&wanted.path, cancel)));
        let profile = match measured {
            Ok(Ok(profile)) => profile,
            Ok(Err(error)) => {
                tracing::debug!(%error, "a sound was not measured");
                return None;
            }
            Err(_) => return None,
        };
        if let Some(place) = place.as_deref() {
            keep(place, &profile);
        }
        Some(profile)
    }
}

fn keep(place: &Path, profile: &Profile) {
    store::write(place, profile);
}

/// The sound that is playing comes first.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    {
        // Of a thread alone: Linux gives each a priority of its own.
        let thread = rustix::thread::gettid();
        if let Err(error) = rustix::process::setpriority_process(Some(thread), 10) {
            tracing::debug!(%error, "the measuring of sounds keeps the usual priority");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::{put, wav};

    fn wanted(path: &Path, content: u64) -> Wanted {
        Wanted { content, path: path.to_owned() }
    }

    #[test]
    fn sounds_are_measured_in_their_order_and_what_is_none_is_told() {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("a.wav"), &wav(3.0));
        put(&dir.path().join("b.wav"), b"nothing");
        let analyst = Analyst::stepped();
        analyst.want(vec![wanted(&dir.path().join("a.wav"), 1), wanted(&dir.path().join("b.wav"), 2)]);
        while analyst.step() {}
        let found = analyst.poll();
        assert_eq!(
            found.iter().map(|(content, found)| (*content, found.is_some())).collect::<Vec<_>>(),
            [(1, true), (2, false)]
        );
        assert_eq!(found[0].1.as_ref().map(|profile| profile.levels.len()), Some(300));
    }

    #[test]
    fn a_thread_measures_once_and_reads_it_back_afterwards() {
        let dir = tempfile::tempdir().expect("a folder");
        let sound = dir.path().join("a.wav");
        put(&sound, &wav(3.0));
        let ask = || {
            let analyst = Analyst::start(dir.path().join("cache"), Arc::new(|| {})).expect("a thread");
            analyst.want(vec![wanted(&sound, 7)]);
            analyst.answers.recv_timeout(std::time::Duration::from_secs(60)).expect("an answer").1
        };
        let first = ask().expect("can be measured");
        let bytes = std::fs::metadata(&sound).expect("was there").len();
        put(&sound, &vec![0; usize::try_from(bytes).expect("is small")]);
        assert_eq!(ask(), Some(first), "it was not measured again");
        put(&sound, &wav(2.0));
        assert_eq!(ask().map(|profile| profile.levels.len()), Some(200), "more or less of it is another sound");
    }
}

//! The thread `video-decoder`, and the main thread's end of it. The main thread says which moment of which file is to be seen;
//! the thread keeps a few pictures ready from there on. Neither waits for the other: what is wanted lies in a cell that is
//! overwritten, and a picture that is made for another place than the one now wanted is thrown away.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::pacing::{self, Place, Span};
use super::{Flaw, Frame, FrameSource, Make, Opening, Part, VideoError, VideoInfo, open};
use crate::time::MediaTime;

/// Pictures that are kept ready: at four times the speed and 30 pictures a second, a twelfth of a second.
const AHEAD: usize = 10;
/// And no more than this much memory for them.
const AHEAD_BYTES: usize = 96 << 20;
/// A picture of this many is shown while the decoder is too slow to show all.
const SLOW: u32 = 10;
/// Memory of pictures that is used again.
const SPARE: usize = 3;

/// What is to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Of this file.
    pub file: PathBuf,
    /// So much of its pictures.
    pub part: Option<Part>,
    /// The moment, in the file's own time.
    pub at: MediaTime,
    /// More than this one picture will be wanted: time goes on.
    pub playing: bool,
    /// Something near is better than nothing: the playhead is being dragged.
    pub roughly: bool,
}

/// A picture, and which part of which file it is of.
type Last = ((PathBuf, Option<Part>), Arc<Frame>);

/// Shows moving pictures: the main thread's end.
pub struct Projector {
    desk: Arc<Desk>,
    waker: crate::Waker,
    /// Pictures decoded by this and other projectors.
    decoded: Arc<AtomicU64>,
    /// Works by hand, without a thread.
    stepped: Option<Mutex<Worker>>,
    threaded: bool,
    /// What was shown last, until there is another.
    last: Mutex<Option<Last>>,
}

#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Default)]
struct State {
    wanted: Option<Wanted>,
    /// Another place is wanted each time it grows.
    generation: u64,
    /// In order, from the one that is shown on.
    ready: VecDeque<Arc<Frame>>,
    /// Near to what is wanted, until that is there.
    near: Option<Arc<Frame>>,
    /// The picture decoded last, whether it was kept or not.
    reached: Option<Span>,
    /// What the decoder was sent to.
    sought: MediaTime,
    info: Option<(PathBuf, VideoInfo)>,
    failed: Option<(PathBuf, String)>,
    flawed: Option<(PathBuf, Flaw)>,
    spare: Vec<Vec<u8>>,
    /// What is made of what is decoded.
    make: Make,
    quit: bool,
}

impl State {
    /// What is over goes, and its memory is kept.
    fn prune(&mut self, at: MediaTime) {
        while self.ready.len() > 1 && self.ready.front().is_some_and(|frame| frame.span.is_past(at)) {
            let over = self.ready.pop_front();
            self.keep_memory(over);
        }
    }

    fn keep_memory(&mut self, frame: Option<Arc<Frame>>) {
        if let Some(frame) = frame.and_then(Arc::into_inner)
            && self.spare.len() < SPARE
        {
            self.spare.push(frame.bytes);
        }
    }

    fn forget_pictures(&mut self) {
        while let Some(frame) = self.ready.pop_front() {
            self.keep_memory(Some(frame));
        }
        (self.near, self.reached) = (None, None);
        self.generation += 1;
    }

    fn failed_at(&self, file: &Path) -> bool {
        self.failed.as_ref().is_some_and(|(failed, _)| failed == file)
    }

    /// Whether there is something to decode.
    fn hungry(&self) -> bool {
        let Some(wanted) = self.wanted.as_ref().filter(|wanted| !self.failed_at(&wanted.file)) else { return false };
        if self.reached.is_some_and(|reached| reached.until.is_none()) {
            return false;
        }
        let Some(last) = self.ready.back() else { return true };
        if last.span.is_past(wanted.at) {
            return true;
        }
        let size = last.bytes.len().max(1);
        // One picture more than the one that is seen is made while nothing moves, for a step.
        let most = if wanted.playing { AHEAD.min(AHEAD_BYTES / size).max(2) } else { 1 };
        self.ready.len() < most
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Projector {
    /// With a thread, which is started when something is to be seen for the first time.
    pub fn new(waker: crate::Waker, decoded: Arc<AtomicU64>) -> Self {
        Self { desk: Arc::default(), waker, decoded, stepped: None, threaded: false, last: Mutex::default() }
    }

    /// Without a thread: see [`Self::step`].
    pub fn stepped(decoded: Arc<AtomicU64>) -> Self {
        let mut projector = Self::new(Arc::new(|| {}), decoded);
        projector.stepped = Some(Mutex::new(projector.worker()));
        projector
    }

    fn worker(&self) -> Worker {
        Worker {
            desk: Arc::clone(&self.desk),
            waker: Arc::clone(&self.waker),
            decoded: Arc::clone(&self.decoded),
            reel: None,
        }
    }

    /// Says what is to be seen now; nothing is decoded where that is nothing.
    pub fn want(&mut self, wanted: Option<Wanted>) {
        if wanted.is_some() && self.stepped.is_none() && !self.threaded {
            let worker = self.worker();
            let started = std::thread::Builder::new().name("video-decoder".into()).spawn(move || worker.run());
            match started {
                Ok(_) => self.threaded = true,
                Err(error) => tracing::error!("no thread for moving pictures: {error}"),
            }
        }
        let mut state = self.desk.lock();
        let Some(wanted) = wanted else {
            if state.wanted.take().is_some() {
                state.forget_pictures();
                state.spare.clear();
                (state.info, state.failed, state.flawed) = (None, None, None);
                drop(state);
                self.desk.bell.notify_one();
                *self.last() = None;
            }
            return;
        };
        if state.wanted.as_ref() == Some(&wanted) {
            return;
        }
        let other = state.wanted.as_ref().is_none_or(|before| before.file != wanted.file);
        let kept = state.ready.front().map(|frame| frame.span.from);
        let asked = state.wanted.as_ref().map_or(wanted.at, |before| before.at);
        let place = Place { kept, reached: state.reached, sought: state.sought, asked };
        let elsewhere = state.wanted.as_ref().is_some_and(|before| before.part != wanted.part);
        if other || elsewhere || pacing::is_jump(&place, wanted.at) {
            state.forget_pictures();
            state.sought = wanted.at;
        }
        if other {
            (state.info, state.failed, state.flawed) = (None, None, None);
        }
        state.prune(wanted.at);
        state.wanted = Some(wanted);
        let hungry = state.hungry();
        drop(state);
        if hungry {
            self.desk.bell.notify_one();
        }
    }

    /// What is made of pictures, from the next one on; of one that stands still, at once.
    pub fn make(&mut self, make: Make) {
        let mut state = self.desk.lock();
        if state.make == make {
            return;
        }
        state.make = make;
        if state.wanted.as_ref().is_some_and(|wanted| !wanted.playing) {
            state.forget_pictures();
            drop(state);
            self.desk.bell.notify_one();
        }
    }

    fn last(&self) -> MutexGuard<'_, Option<Last>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The picture to show: of the moment that is wanted, else the nearest that there is, else what was shown of this file
    /// before. `None` where there is none yet.
    pub fn picture(&self) -> Option<Arc<Frame>> {
        let state = self.desk.lock();
        let wanted = state.wanted.as_ref()?;
        let found = pacing::shown(state.ready.iter().map(|frame| frame.span), wanted.at);
        let found = found.and_then(|at| state.ready.get(at)).or(state.near.as_ref()).cloned();
        let of = (wanted.file.clone(), wanted.part);
        drop(state);
        let mut last = self.last();
        let Some(frame) = found else {
            return last.as_ref().filter(|(known, _)| *known == of).map(|(_, frame)| Arc::clone(frame));
        };
        let before = last.replace((of, Arc::clone(&frame)));
        drop(last);
        self.desk.lock().keep_memory(before.map(|(_, frame)| frame));
        Some(frame)
    }

    /// The picture that belongs to the moment that is wanted, if it is there.
    pub fn exact(&self) -> Option<Arc<Frame>> {
        let state = self.desk.lock();
        let at = state.wanted.as_ref()?.at;
        let found = pacing::shown(state.ready.iter().map(|frame| frame.span), at)?;
        let frame = state.ready.get(found)?;
        (frame.span.holds(at) || at < frame.span.from).then(|| Arc::clone(frame))
    }

    /// When what is seen changes next, in the file's own time.
    pub fn next_change(&self) -> Option<MediaTime> {
        let shown = self.exact()?;
        let state = self.desk.lock();
        pacing::next_change(shown.span, state.wanted.as_ref()?.at)
    }

    /// What is known of the file that is shown.
    pub fn info(&self) -> Option<VideoInfo> {
        let state = self.desk.lock();
        let wanted = state.wanted.as_ref()?;
        state.info.as_ref().filter(|(file, _)| *file == wanted.file).map(|(_, info)| info.clone())
    }

    /// Why the file that is wanted cannot be shown: the file, and a sentence.
    pub fn failure(&self) -> Option<(PathBuf, String)> {
        let state = self.desk.lock();
        let wanted = state.wanted.as_ref()?;
        state.failed.clone().filter(|(file, _)| *file == wanted.file)
    }

    /// What has turned out to be wrong with the file that is shown.
    pub fn flaw(&self) -> Option<(PathBuf, Flaw)> {
        let state = self.desk.lock();
        let wanted = state.wanted.as_ref()?;
        state.flawed.clone().filter(|(file, _)| *file == wanted.file)
    }

    /// Does one thing that the thread would do; false where there is nothing to do, or a thread does it.
    pub fn step(&self) -> bool {
        self.stepped.as_ref().is_some_and(|worker| worker.lock().unwrap_or_else(PoisonError::into_inner).step())
    }
}

impl Drop for Projector {
    fn drop(&mut self) {
        self.desk.lock().quit = true;
        self.desk.bell.notify_one();
    }
}

/// A file that is open.
struct Reel {
    file: PathBuf,
    source: Box<dyn FrameSource>,
    /// For which it was sent somewhere last; `None`: not yet.
    generation: Option<u64>,
    /// The picture that was decoded last.
    reached: Option<Span>,
    /// What was sought has been reached.
    arrived: bool,
    /// Pictures passed over since one was made.
    passed: u32,
}

struct Worker {
    desk: Arc<Desk>,
    waker: crate::Waker,
    decoded: Arc<AtomicU64>,
    reel: Option<Reel>,
}

impl Worker {
    fn run(mut self) {
        loop {
            while self.step() {}
            let desk = Arc::clone(&self.desk);
            let state = desk.lock();
            let idle = |state: &mut State| !state.quit && !state.hungry();
            let rests = |state: &mut State| idle(state) && (state.wanted.is_some() || self.reel.is_none());
            let state = desk.bell.wait_while(state, rests).unwrap_or_else(PoisonError::into_inner);
            if state.quit {
                return;
            }
            if state.wanted.is_none() {
                drop(state);
                // Nothing is shown any more: the file is let go.
                self.reel = None;
            }
        }
    }

    /// Decodes one picture; false where none is wanted.
    fn step(&mut self) -> bool {
        let (wanted, generation) = {
            let state = self.desk.lock();
            if state.quit || !state.hungry() {
                return false;
            }
            let Some(wanted) = state.wanted.clone() else { return false };
            (wanted, state.generation)
        };
        // Strangers' decoders on strangers' files: some panic.
        let work = std::panic::AssertUnwindSafe(|| self.work(&wanted, generation));
        let done = std::panic::catch_unwind(work).unwrap_or_else(|_| {
            let reason = "the decoder has failed".to_owned();
            Err(VideoError::Unreadable { reason, path: wanted.file.clone() })
        });
        if let Err(error) = done {
            self.reel = None;
            let mut state = self.desk.lock();
            state.failed = Some((wanted.file.clone(), error.to_string()));
            drop(state);
            (self.waker)();
        }
        true
    }

    fn work(&mut self, wanted: &Wanted, generation: u64) -> Result<(), VideoError> {
        if self.reel.as_ref().is_none_or(|reel| reel.file != wanted.file) {
            self.reel = None;
            let source = open(&wanted.file, Opening::WATCH)?;
            let info = source.info().clone();
            self.desk.lock().info = Some((wanted.file.clone(), info));
            let file = wanted.file.clone();
            self.reel = Some(Reel { file, source, generation: None, reached: None, arrived: false, passed: 0 });
        }
        let Some(reel) = &mut self.reel else { return Ok(()) };
        let mut again = None;
        if reel.generation != Some(generation) {
            again = reel.reached.filter(|reached| reached.holds(wanted.at));
            if again.is_none() && !pacing::is_near(reel.reached, wanted.at) {
                reel.source.seek(wanted.at)?;
                reel.reached = None;
            }
            (reel.generation, reel.arrived, reel.passed) = (Some(generation), false, 0);
        }
        let first = reel.reached.is_none();
        let next = match again {
            Some(again) => Some(again),
            None => reel.source.advance()?,
        };
        if let Some(flaw) = reel.source.flaw() {
            self.desk.lock().flawed.get_or_insert_with(|| (reel.file.clone(), flaw));
        }
        let Some(span) = next else {
            let mut state = self.desk.lock();
            if state.generation == generation {
                // The last picture stays; where there is none, the file has none from here on.
                match &mut state.reached {
                    Some(reached) => reached.until = None,
                    None => state.reached = Some(Span { from: wanted.at, until: None }),
                }
            }
            reel.reached = None;
            return Ok(());
        };
        reel.reached = Some(span);
        if again.is_none() {
            self.decoded.fetch_add(1, Ordering::Relaxed);
        }
        let (skip, near, memory, make) = {
            let mut state = self.desk.lock();
            if state.generation != generation {
                return Ok(());
            }
            state.reached = Some(span);
            let at = state.wanted.as_ref().map_or(wanted.at, |wanted| wanted.at);
            let roughly = state.wanted.as_ref().is_some_and(|wanted| wanted.roughly);
            let past = span.is_past(at);
            // Something near at once while the playhead is dragged, and now and then where the decoder is too slow.
            let near = past && (first && roughly || reel.arrived && reel.passed >= SLOW);
            (past && !near, near, state.spare.pop().unwrap_or_default(), state.make)
        };
        if skip {
            reel.passed += 1;
            self.desk.lock().spare.push(memory);
            return Ok(());
        }
        reel.passed = 0;
        reel.arrived |= !near;
        reel.source.show(wanted.part);
        let made = reel.source.picture(memory, make);
        let mut state = self.desk.lock();
        let Some(frame) = made.map(Arc::new).filter(|_| state.generation == generation) else { return Ok(()) };
        let at = state.wanted.as_ref().map_or(wanted.at, |wanted| wanted.at);
        // What comes later is drawn when its time has come.
        let awaited = near || state.ready.back().is_none_or(|last| last.span.is_past(at));
        if near {
            state.near = Some(frame);
        } else {
            state.ready.push_back(frame);
            state.near = None;
        }
        drop(state);
        if awaited {
            (self.waker)();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

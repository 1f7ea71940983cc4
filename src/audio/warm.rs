//! Sources that may be wanted next, opened and with their first sound made, so that a change of talk waits for no disk.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::clips::Clips;
use super::feeder::{Line, Source};
use crate::time::{MediaTime, Rate};

/// So much sound is made ahead, in source time.
const AHEAD: MediaTime = MediaTime::from_millis(400);

/// A source and from where it would be played.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The sound.
    pub source: Source,
    /// The films whose sounds are heard with it.
    pub clips: Arc<Clips>,
    /// The place.
    pub at: MediaTime,
    /// The speed.
    pub rate: Rate,
    /// Frames per second of the device.
    pub sink_hz: u32,
}

/// What is wanted and what is ready. The lock is held to hand over, never while something is opened.
#[derive(Default)]
pub struct Warm {
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Default)]
struct State {
    wanted: Vec<Wanted>,
    ready: Vec<(Wanted, Line)>,
    /// What could not be opened is not tried again while it is wanted.
    failed: Vec<Wanted>,
    quit: bool,
}

impl Warm {
    /// Says what may be wanted next, the likeliest first; what else was made ready is let go.
    pub fn want(&self, wanted: Vec<Wanted>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.wanted != wanted {
            state.ready.retain(|(ready, _)| wanted.contains(ready));
            state.failed.retain(|failed| wanted.contains(failed));
            state.wanted = wanted;
            self.bell.notify_one();
        }
    }

    /// The line of a source, if it is ready.
    pub(super) fn take(&self, source: &Source) -> Option<Line> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let at = state.ready.iter().position(|(ready, _)| ready.source == *source)?;
        let (taken, line) = state.ready.swap_remove(at);
        state.wanted.retain(|wanted| *wanted != taken);
        Some(line)
    }

    /// Whether everything that can be is ready.
    pub fn settled(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.wanted.len() == state.ready.len() + state.failed.len()
    }

    /// Ends [`Self::run`].
    pub fn quit(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).quit = true;
        self.bell.notify_one();
    }

    /// Makes ready what is wanted, until told to quit.
    pub fn run(&self) {
        while let Some(wanted) = self.next() {
            self.step(wanted);
        }
    }

    fn next(&self) -> Option<Wanted> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.quit {
                return None;
            }
            let known =
                |wanted: &Wanted| state.ready.iter().any(|(ready, _)| ready == wanted) || state.failed.contains(wanted);
            if let Some(wanted) = state.wanted.iter().find(|wanted| !known(wanted)) {
                return Some(wanted.clone());
            }
            state = self.bell.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn step(&self, wanted: Wanted) {
        let made = Line::open(&wanted.source, &wanted.clips).and_then(|mut line| {
            line.prime(wanted.at, wanted.rate, wanted.sink_hz, AHEAD)?;
            Ok(line)
        });
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.wanted.contains(&wanted) {
            return;
        }
        match made {
            Ok(line) => state.ready.push((wanted, line)),
            // The reason is told when it is opened in earnest.
            Err(_) => state.failed.push(wanted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(secs: i64) -> Wanted {
        let source = Source::Silence(MediaTime::from_secs(secs));
        Wanted { source, clips: Arc::default(), at: MediaTime::from_secs(2), rate: Rate::NORMAL, sink_hz: 48_000 }
    }

    #[test]
    fn what_is_wanted_is_made_ready_once_and_taken_once() {
        let warm = Warm::default();
        warm.want(vec![wanted(10), wanted(20)]);
        while !warm.settled() {
            let next = warm.next().unwrap();
            warm.step(next);
        }
        assert!(warm.take(&wanted(10).source).is_some());
        assert!(warm.take(&wanted(10).source).is_none());
        warm.want(vec![wanted(30)]);
        assert!(warm.take(&wanted(20).source).is_none(), "no longer wanted");
    }

    #[test]
    fn what_cannot_be_opened_is_tried_once() {
        let warm = Warm::default();
        let source = Source::File { path: "/nowhere/at.all".into(), last_slide: MediaTime::ZERO };
        let broken = Wanted { source, ..wanted(1) };
        warm.want(vec![broken.clone()]);
        let next = warm.next().unwrap();
        warm.step(next);
        assert!(warm.settled() && warm.take(&broken.source).is_none());
    }
}

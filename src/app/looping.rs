//! A part of the talk that is heard again and again. Main thread.

use super::App;
use crate::time::MediaTime;

/// A shorter loop is a slip of the finger.
const SHORTEST: MediaTime = MediaTime::from_millis(200);
/// A loop ends so much before the talk does: otherwise the talk would end first.
const BEFORE_END: MediaTime = MediaTime::from_millis(40);

/// The loop of the open talk.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Looping {
    a: Option<MediaTime>,
    b: Option<MediaTime>,
    /// When it was last looked, the playhead was before the end.
    before_end: bool,
    /// Seeks at that time: who goes beyond the end by hand stays there.
    seeks: u64,
}

impl App {
    /// Where the loop begins and ends, as far as it is marked.
    pub fn loop_marks(&self) -> (Option<MediaTime>, Option<MediaTime>) {
        (self.looping.a, self.looping.b)
    }

    /// The part that is looped.
    pub fn looped(&self) -> Option<(MediaTime, MediaTime)> {
        self.looping.a.zip(self.looping.b)
    }

    pub(super) fn loop_next(&mut self) {
        let here = self.player.position();
        match self.loop_marks() {
            (Some(_), Some(_)) => self.clear_loop(),
            (Some(a), None) => {
                self.set_loop(a.min(here), a.max(here));
                // The end is here: it begins anew at once, or when the talk goes on.
                self.looping.before_end = true;
            }
            (None, _) => {
                self.looping.a = Some(here);
                self.looping.b = None;
                self.feedback(format!("Loop from {}", here.clock()));
            }
        }
    }

    pub(super) fn loop_slide(&mut self) {
        let Some((talk, slide)) = self.player.talk().zip(self.player.slide()) else {
            self.feedback("This talk has no slides");
            return;
        };
        let a = talk.slides.start(slide).max_zero();
        let b = talk.slides.next_start(a.max(self.player.position())).unwrap_or_else(|| self.player.duration());
        if self.looped() == Some((a, b)) {
            self.clear_loop();
        } else {
            self.set_loop(a, b);
        }
    }

    pub(super) fn loop_from(&mut self, at: MediaTime) {
        let at = at.min(self.player.duration());
        match self.looping.b {
            Some(b) => self.set_loop(at.min(b), at.max(b)),
            None => {
                self.looping.a = Some(at);
                self.feedback(format!("Loop from {}", at.clock()));
            }
        }
    }

    pub(super) fn loop_to(&mut self, at: MediaTime) {
        let at = at.min(self.player.duration());
        match self.looping.a {
            Some(a) => self.set_loop(at.min(a), at.max(a)),
            None => {
                self.looping.b = Some(at);
                self.feedback(format!("Loop to {}", at.clock()));
            }
        }
    }

    fn set_loop(&mut self, a: MediaTime, b: MediaTime) {
        if b - a < SHORTEST {
            self.feedback("A loop must last a moment");
            return;
        }
        (self.looping.a, self.looping.b) = (Some(a), Some(b));
        self.note_loop();
        self.feedback(format!("Loop from {} to {}", a.clock(), b.clock()));
    }

    pub(super) fn clear_loop(&mut self) {
        let was = self.loop_marks() != (None, None);
        self.looping = Looping::default();
        self.feedback(if was { "No loop any more" } else { "There is no loop" });
    }

    fn loop_end(&self) -> Option<MediaTime> {
        self.looped().map(|(_, b)| b.min(self.player.duration() - BEFORE_END))
    }

    fn note_loop(&mut self) {
        self.looping.before_end = self.loop_end().is_some_and(|end| self.player.position() < end);
        self.looping.seeks = self.player.seeks();
    }

    /// Goes back to the beginning of the loop when its end has been heard.
    pub(super) fn poll_loop(&mut self) {
        let Some((a, _)) = self.looped() else { return };
        let over = self.loop_end().is_some_and(|end| self.player.position() >= end);
        if self.looping.seeks == self.player.seeks() {
            if !self.player.playing() || self.player.scrubbing() {
                return;
            }
            if self.looping.before_end && over {
                self.player.slip(a);
            }
        }
        self.note_loop();
    }

    /// Where the talk has ended first, for all that: whether it begins anew.
    pub(super) fn loop_from_end(&mut self) -> bool {
        let round = self.looped().filter(|_| self.looping.before_end);
        if let Some((a, _)) = round {
            self.player.slip(a);
            self.note_loop();
        }
        round.is_some()
    }

    /// Real time until the end of the loop is heard.
    pub(super) fn loop_left(&self) -> Option<MediaTime> {
        let end = self.loop_end().filter(|_| self.looping.before_end)?;
        Some(self.listening_time(self.player.position(), end) + MediaTime::from_millis(1))
    }
}

//! Where the viewer came from: undo and redo of seeks.

use crate::time::MediaTime;

/// Steps of one kind that follow each other while the playhead moved less than this are one: a held key, a drag.
const ONE_STEP: MediaTime = MediaTime::from_secs(2);
/// Steps kept.
const DEPTH: usize = 100;

/// How a seek came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeekKind {
    /// To a place: always a step of its own.
    Jump,
    /// Forward or back from where it is; several may come of one held key.
    Step,
    /// With a dragged playhead.
    Scrub,
}

/// Places left behind, and places come back from.
#[derive(Debug, Default)]
pub struct SeekHistory {
    back: Vec<MediaTime>,
    forward: Vec<MediaTime>,
    landed: Option<(SeekKind, MediaTime)>,
}

impl SeekHistory {
    /// Forgets everything: another talk.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// A seek from one place to another.
    pub fn record(&mut self, kind: SeekKind, from: MediaTime, to: MediaTime) {
        let continues = self.landed.is_some_and(|(before, landed)| {
            kind != SeekKind::Jump && before == kind && from >= landed && from - landed < ONE_STEP
        });
        if !continues || self.back.is_empty() {
            self.back.push(from);
            if self.back.len() > DEPTH {
                self.back.remove(0);
            }
        }
        self.forward.clear();
        self.landed = Some((kind, to));
    }

    /// A drag is over: the next one is another step.
    pub fn pause(&mut self) {
        self.landed = None;
    }

    /// Back to before the last seek; `None` if there was none.
    pub fn undo(&mut self, now: MediaTime) -> Option<MediaTime> {
        let place = self.back.pop()?;
        self.forward.push(now);
        self.landed = None;
        Some(place)
    }

    /// Forth again; `None` if nothing was undone.
    pub fn redo(&mut self, now: MediaTime) -> Option<MediaTime> {
        let place = self.forward.pop()?;
        self.back.push(now);
        self.landed = None;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: i64) -> MediaTime {
        MediaTime::from_secs(secs)
    }

    #[test]
    fn undo_returns_to_where_the_viewer_was() {
        let mut history = SeekHistory::default();
        history.record(SeekKind::Jump, secs(10), secs(100));
        assert_eq!(history.undo(secs(130)), Some(secs(10)));
        assert_eq!(history.redo(secs(12)), Some(secs(130)));
        assert_eq!(history.undo(secs(131)), Some(secs(12)));
        assert_eq!(history.undo(secs(0)), None);
    }

    #[test]
    fn a_held_key_is_one_step() {
        let mut history = SeekHistory::default();
        for n in 0..50 {
            history.record(SeekKind::Step, secs(10 + n * 5), secs(15 + n * 5));
        }
        assert_eq!(history.undo(secs(260)), Some(secs(10)));
        assert_eq!(history.undo(secs(10)), None);
    }

    #[test]
    fn jumps_and_drags_are_steps_of_their_own_however_quickly_they_follow() {
        let mut history = SeekHistory::default();
        history.record(SeekKind::Jump, secs(0), secs(100));
        history.record(SeekKind::Jump, secs(100), secs(200));
        history.record(SeekKind::Scrub, secs(200), secs(210));
        history.record(SeekKind::Scrub, secs(210), secs(220));
        history.pause();
        history.record(SeekKind::Scrub, secs(220), secs(230));
        let undone: Vec<_> = std::iter::from_fn(|| history.undo(secs(0))).collect();
        assert_eq!(undone, [secs(220), secs(200), secs(100), secs(0)]);
    }

    #[test]
    fn a_new_seek_forgets_what_was_undone() {
        let mut history = SeekHistory::default();
        history.record(SeekKind::Jump, secs(10), secs(100));
        history.undo(secs(100));
        history.record(SeekKind::Jump, secs(10), secs(50));
        assert_eq!(history.redo(secs(50)), None);
    }
}

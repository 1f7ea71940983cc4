//! The time that speed and shorter pauses have saved: in this talk, today, in all.

use super::App;
use crate::library::shelf::local;
use crate::library::unix_now;
use crate::talk::TalkId;
use crate::time::MediaTime;

/// What is kept belongs to no talk.
pub(super) const NOBODY: &str = "";
const ALL: &str = "saved";
const DAY: &str = "saved-day";
const TODAY: &str = "saved-today";

/// Time saved while listening.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// The open talk.
    of: Option<TalkId>,
    /// In it, also before it was opened this time.
    pub talk: MediaTime,
    /// Of that, by shorter pauses.
    pub by_pauses: MediaTime,
    /// Since the last time that it was kept.
    unkept: MediaTime,
    /// Where the talk was at the last look, by which clock, and after how many seeks.
    last: Option<(MediaTime, MediaTime, u64)>,
}

impl Saved {
    /// Another talk is open, in which so much was saved before: in all, and by shorter pauses.
    pub(super) fn begin(&mut self, of: &TalkId, (talk, by_pauses): (MediaTime, MediaTime)) {
        *self = Self { of: Some(of.clone()), talk, by_pauses, ..Self::default() };
    }

    /// The playhead has come from one moment to another while so much time passed.
    fn count(&mut self, heard: MediaTime, passed: MediaTime, pauses: MediaTime) {
        let saved = heard - passed;
        (self.talk, self.by_pauses, self.unkept) = (self.talk + saved, self.by_pauses + pauses, self.unkept + saved);
    }
}

impl App {
    /// Looks at where the talk is.
    pub(super) fn count_saved(&mut self) {
        let (at, now, seeks) = (self.player.position(), self.now(), self.player.seeks());
        if !self.player.playing() || self.player.talk().is_none() {
            self.shaping.saved.last = None;
            return;
        }
        let last = self.shaping.saved.last.replace((at, now, seeks));
        // After a seek nothing was heard of what lies between.
        let Some((from, then, _)) = last.filter(|(from, _, before)| *before == seeks && *from <= at) else { return };
        let pauses = self.cuts().removed(from, at).at_rate(self.player.rate());
        self.shaping.saved.count(at - from, now - then, pauses);
    }

    /// Hands what was saved to the store.
    pub(in crate::app) fn keep_saved(&mut self) {
        let unkept = std::mem::take(&mut self.shaping.saved.unkept);
        if unkept == MediaTime::ZERO {
            return;
        }
        let (all, today) = (self.kept_saved(ALL) + unkept, self.saved_before_today() + unkept);
        let nobody = TalkId(NOBODY.to_owned());
        if let Some(of) = self.shaping.saved.of.clone() {
            let (talk, by_pauses) = (self.shaping.saved.talk.millis(), self.shaping.saved.by_pauses.millis());
            self.work.library.choose(&of, ALL, Some(format!("{talk} {by_pauses}")));
        }
        for (name, value) in [(ALL, all.millis().to_string()), (DAY, day()), (TODAY, today.millis().to_string())] {
            self.work.library.choose(&nobody, name, Some(value));
        }
    }

    /// What was saved in a talk before: in all, and by shorter pauses.
    pub(super) fn saved_in(&self, talk: &TalkId) -> (MediaTime, MediaTime) {
        let kept = self.work.library.choice(talk, ALL).unwrap_or_default();
        let mut parts = kept.split(' ').map(|ms| MediaTime::from_millis(ms.parse().unwrap_or(0)));
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    }

    fn kept_saved(&self, name: &str) -> MediaTime {
        let kept = self.work.library.choice(&TalkId(NOBODY.to_owned()), name).and_then(|ms| ms.parse().ok());
        MediaTime::from_millis(kept.unwrap_or(0))
    }

    /// What was kept of today, if it was today.
    fn saved_before_today(&self) -> MediaTime {
        let is_today = self.work.library.choice(&TalkId(NOBODY.to_owned()), DAY) == Some(day().as_str());
        if is_today { self.kept_saved(TODAY) } else { MediaTime::ZERO }
    }

    /// The time saved: in this talk, of that by shorter pauses, today, in all.
    pub fn saved_time(&self) -> [MediaTime; 4] {
        let saved = &self.shaping.saved;
        let (today, all) = (self.saved_before_today() + saved.unkept, self.kept_saved(ALL) + saved.unkept);
        [saved.talk, saved.by_pauses, today, all]
    }
}

/// The day in the viewer's time zone.
fn day() -> String {
    local(unix_now()).date().to_string()
}

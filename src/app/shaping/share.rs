//! What shorter pauses leave of a talk, kept for the times of talks that are not open.

use super::App;
use super::saved::NOBODY;
use crate::talk::TalkId;
use crate::time::MediaTime;

/// Of a talk, and of talks on the whole; per mille.
const SHARE: &str = "trim-share";
/// How much one talk counts among all.
const NEWEST: f64 = 0.1;

impl App {
    /// Remembers how much of the open talk its cuts leave.
    pub(super) fn learn_share(&mut self) {
        let (Some(talk), length) = (self.player.talk().cloned(), self.player.duration()) else { return };
        if length <= MediaTime::ZERO {
            return;
        }
        let share = self.cuts().span(MediaTime::ZERO, length).secs_f64() / length.secs_f64();
        let (key, nobody) = (talk.key(), TalkId(NOBODY.to_owned()));
        if self.kept_share(&key).is_none() {
            let all = self.kept_share(&nobody).map_or(share, |all| all + (share - all) * NEWEST);
            self.keep_share(&nobody, all);
        }
        self.keep_share(&key, share);
    }

    fn keep_share(&mut self, id: &TalkId, share: f64) {
        self.work.library.choose(id, SHARE, Some(format!("{:.0}", share * 1000.0)));
    }

    fn kept_share(&self, id: &TalkId) -> Option<f64> {
        let kept: f64 = self.work.library.choice(id, SHARE)?.parse().ok()?;
        Some(kept / 1000.0).filter(|share| (0.05..=1.0).contains(share))
    }

    /// How much of a talk is left when its pauses are as short as they are wished, 0 to 1: as it was the last time that it was
    /// open, else as it is with talks on the whole. 1 where pauses are left as they are.
    pub(in crate::app) fn share_left(&self, id: Option<&TalkId>) -> f64 {
        if !self.view.trim {
            return 1.0;
        }
        let nobody = TalkId(NOBODY.to_owned());
        id.and_then(|id| self.kept_share(id)).or_else(|| self.kept_share(&nobody)).unwrap_or(1.0)
    }
}

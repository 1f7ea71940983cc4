//! The speed: of all talks, or of one that keeps its own. Main thread.

use super::App;
use crate::talk::Talk;
use crate::time::Rate;

impl App {
    pub(super) fn set_rate(&mut self, rate: Rate) {
        if rate != Rate::NORMAL {
            self.last_rate = rate;
        }
        self.player.set_rate(rate);
        let pinned = self.player.talk().map(|talk| talk.key()).filter(|key| self.work.library.speed(key).is_some());
        if let Some(key) = &pinned {
            self.work.library.set_speed(key, Some(rate));
        }
        self.warm_neighbours();
        self.feedback(format!("Speed {rate}×{}", if pinned.is_some() { ", for this talk" } else { "" }));
    }

    /// Normal speed; again: back to what it was.
    pub(super) fn reset_rate(&mut self) {
        let normal = self.player.rate() == Rate::NORMAL;
        self.set_rate(if normal { self.last_rate } else { Rate::NORMAL });
    }

    /// The open talk keeps its speed to itself from now on, or has that of all again.
    pub(super) fn pin_rate(&mut self) {
        let Some(key) = self.player.talk().map(|talk| talk.key()) else { return };
        let rate = self.player.rate();
        if self.work.library.speed(&key).is_some() {
            self.work.library.set_speed(&key, None);
            let shared = self.shared_rate.take().unwrap_or(rate);
            self.player.set_rate(shared);
            self.feedback(format!("Speed {shared}×, as of all talks"));
        } else {
            self.work.library.set_speed(&key, Some(rate));
            self.shared_rate = Some(rate);
            self.feedback(format!("Speed {rate}×, for this talk alone"));
        }
    }

    /// The speed of a talk that is being opened.
    pub(super) fn take_up_rate(&mut self, talk: &Talk) {
        match self.work.library.speed(&talk.key()) {
            Some(own) => {
                self.shared_rate.get_or_insert(self.player.rate());
                self.player.set_rate(own);
            }
            None => {
                if let Some(shared) = self.shared_rate.take() {
                    self.player.set_rate(shared);
                }
            }
        }
    }
}

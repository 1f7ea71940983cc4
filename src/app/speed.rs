//! The speed: of all talks, of those of one speaker, of one talk; and while a key is held. Main thread.

use super::App;
use crate::talk::{Talk, TalkId};
use crate::time::Rate;

/// Held for fast, where nothing else is faster than now.
const FAST: Rate = Rate::from_thousandths(2500);

/// How fast talks pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speed {
    /// Of every talk that has none of its own.
    all: Rate,
    /// The last one that was not normal.
    last: Rate,
    /// Of the open talk, where a pace is kept in the place of the speed of all.
    paced: Option<Rate>,
    /// While the key is held; it covers all others and changes none.
    held: Option<Rate>,
}

impl Speed {
    pub(super) fn new(all: Rate, favourite: Rate) -> Self {
        Self { all, last: favourite, paced: None, held: None }
    }
}

/// Why a talk has a speed of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// It was given to this talk.
    Talk,
    /// It was given to the talks of this speaker.
    Speaker(String),
}

impl App {
    /// The speed of every talk that has none of its own.
    pub fn shared_rate(&self) -> Rate {
        self.speed.all
    }

    /// Whose speed the open talk has, if not that of all.
    pub fn pin(&self) -> Option<Pin> {
        self.player.talk().and_then(|talk| self.own(&talk.key(), &talk.metadata.authors)).map(|(_, pin)| pin)
    }

    /// Whether it is fast because a key is held.
    pub fn holds_rate(&self) -> bool {
        self.speed.held.is_some()
    }

    /// The speed of a talk with these authors, and why, if it is not that of all.
    fn own(&self, id: &TalkId, authors: &[String]) -> Option<(Rate, Pin)> {
        let library = &self.work.library;
        let own = library.speed(id).map(|rate| (rate, Pin::Talk));
        own.or_else(|| {
            let speaker = authors.first()?;
            Some((library.speed(&speaker_key(speaker))?, Pin::Speaker(speaker.clone())))
        })
    }

    /// The speed that a talk with these authors is played at.
    pub(super) fn rate_of(&self, id: &TalkId, authors: &[String]) -> Rate {
        self.own(id, authors).map_or(self.speed.all, |(rate, _)| rate)
    }

    /// The speed that a talk of the library is most likely to have: where a pace is kept, that of the open talk, as nobody knows
    /// yet how fast others speak.
    pub(super) fn expected_rate(&self, id: &TalkId, authors: &[String]) -> Rate {
        self.own(id, authors).map_or(self.common_rate(), |(rate, _)| rate)
    }

    /// The speed of talks that have none of their own.
    pub fn common_rate(&self) -> Rate {
        self.speed.paced.unwrap_or(self.speed.all)
    }

    /// The speed of the open talk, but for a key that is held.
    pub(super) fn settled_rate(&self) -> Rate {
        let own = self.player.talk().and_then(|talk| self.own(&talk.key(), &talk.metadata.authors));
        own.map_or(self.speed.paced.unwrap_or(self.speed.all), |(rate, _)| rate)
    }

    /// The speed that makes of the open talk's pace the one that is kept, or none.
    pub(super) fn set_paced(&mut self, rate: Option<Rate>) {
        self.speed.paced = rate;
        self.apply_rate();
    }

    /// As fast as it is to be now.
    pub(super) fn apply_rate(&mut self) {
        let rate = self.speed.held.unwrap_or_else(|| self.settled_rate());
        if rate != self.player.rate() {
            self.player.set_rate(rate);
        }
    }

    /// The speed of all talks as it was last.
    pub(super) fn restore_rate(&mut self) {
        if let Some(rate) = self.view.listening.rate.filter(|_| self.settings.rate.is_none()) {
            self.speed.all = rate;
            self.apply_rate();
        }
    }

    pub(super) fn set_rate(&mut self, rate: Rate) {
        if rate != Rate::NORMAL {
            self.speed.last = rate;
        }
        let pin = self.pin();
        match &pin {
            Some(Pin::Talk) => self.pin_to_talk(Some(rate)),
            Some(Pin::Speaker(name)) => self.work.library.set_speed(&speaker_key(name), Some(rate)),
            None => {
                // Who chooses a speed by hand no longer wants a pace.
                (self.view.pace, self.speed.paced) = (None, None);
                self.speed.all = rate;
                self.view.listening.rate = Some(rate);
            }
        }
        self.apply_rate();
        self.warm_neighbours();
        let whose = match pin {
            Some(Pin::Talk) => ", for this talk".to_owned(),
            Some(Pin::Speaker(name)) => format!(", for {name}"),
            None => String::new(),
        };
        let later = if self.holds_rate() { " when the key is let go" } else { "" };
        self.feedback(format!("Speed {rate}×{whose}{later}"));
    }

    /// Normal speed; again: back to what it was.
    pub(super) fn reset_rate(&mut self) {
        let normal = self.settled_rate() == Rate::NORMAL;
        self.set_rate(if normal { self.speed.last } else { Rate::NORMAL });
    }

    /// Fast until the key is let go.
    pub(super) fn hold_rate(&mut self) {
        if self.holds_rate() {
            return;
        }
        let (now, favourite) = (self.settled_rate(), self.settings.favourite_rate);
        let rate = self.settings.hold_rate.unwrap_or(if favourite > now { favourite } else { FAST.max(now) });
        self.speed.held = Some(rate);
        self.apply_rate();
        self.feedback(format!("Speed {rate}× while the key is held"));
    }

    /// Exactly as fast as it would be had the key not been held.
    pub(super) fn release_rate(&mut self) {
        if self.speed.held.take().is_some() {
            self.apply_rate();
            let rate = self.player.rate();
            self.feedback(format!("Speed {rate}×"));
        }
    }

    fn pin_to_talk(&mut self, rate: Option<Rate>) {
        if let Some(key) = self.player.talk().map(|talk| talk.key()) {
            self.work.library.set_speed(&key, rate);
        }
    }

    /// The open talk keeps its speed to itself from now on, or has that of its speaker or of all again.
    pub(super) fn pin_rate(&mut self) {
        let rate = self.settled_rate();
        if self.pin() == Some(Pin::Talk) {
            self.pin_to_talk(None);
            self.apply_rate();
            self.tell_unpinned();
        } else {
            self.pin_to_talk(Some(rate));
            self.feedback(format!("Speed {rate}×, for this talk alone"));
        }
    }

    /// Talks of the speaker of the open one have its speed from now on, or that of all again.
    pub(super) fn pin_speaker(&mut self) {
        let Some(talk) = self.player.talk() else { return };
        let Some(name) = talk.metadata.authors.first().cloned() else {
            self.feedback("It is not known who gave this talk");
            return;
        };
        let (rate, key) = (self.settled_rate(), speaker_key(&name));
        if self.pin() == Some(Pin::Speaker(name.clone())) {
            self.work.library.set_speed(&key, None);
            self.apply_rate();
            self.tell_unpinned();
        } else {
            // The talk's own would hide it.
            self.pin_to_talk(None);
            self.work.library.set_speed(&key, Some(rate));
            self.apply_rate();
            self.feedback(format!("Speed {rate}×, for all talks of {name}"));
        }
        self.warm_neighbours();
    }

    fn tell_unpinned(&mut self) {
        let rate = self.settled_rate();
        let whose = match self.pin() {
            Some(Pin::Speaker(name)) => format!("as for {name}"),
            Some(Pin::Talk) | None => "as of all talks".to_owned(),
        };
        self.feedback(format!("Speed {rate}×, {whose}"));
    }

    /// The speed of a talk that is being opened.
    pub(super) fn take_up_rate(&mut self, talk: &Talk) {
        self.speed.paced = None;
        let rate = self.rate_of(&talk.key(), &talk.metadata.authors);
        self.player.set_rate(self.speed.held.unwrap_or(rate));
    }
}

/// What the library knows a speaker by: the name, however it is spaced and whatever its case. No talk is called so.
fn speaker_key(name: &str) -> TalkId {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    TalkId(format!("speaker:{}", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speaker_is_one_however_the_name_is_written() {
        assert_eq!(speaker_key("Franziska  Albrecht "), speaker_key("franziska albrecht"));
        assert_ne!(speaker_key("F. Albrecht"), speaker_key("Franziska Albrecht"));
    }
}

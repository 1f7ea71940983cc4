//! After a pause the talk goes on a little earlier, the more so the longer it was. Main thread.

use super::App;
use crate::library::unix_now;
use crate::talk::Talk;
use crate::time::MediaTime;

/// A shorter pause loses no thread.
const SHORT: MediaTime = MediaTime::from_secs(2);
/// The name of the choice of when a talk was left, in seconds since 1970.
const LEFT: &str = "left";

/// How far to go back after a pause of this length.
pub fn rewind_after(pause: MediaTime) -> MediaTime {
    const MINUTE: i64 = 60;
    const STEPS: [(i64, i64); 3] = [(24 * 60 * MINUTE, 20_000), (60 * MINUTE, 10_000), (MINUTE, 3_000)];
    let found = STEPS.into_iter().find(|(secs, _)| pause >= MediaTime::from_secs(*secs));
    match found {
        Some((_, millis)) => MediaTime::from_millis(millis),
        None if pause >= SHORT => MediaTime::from_millis(800),
        None => MediaTime::ZERO,
    }
}

/// The pause of the open talk.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rest {
    /// It played when it was last looked.
    played: bool,
    pause: Option<Pause>,
}

/// When a talk that played was paused.
#[derive(Debug, Clone, Copy)]
struct Pause {
    at: MediaTime,
    /// The calendar's time in seconds since 1970, which goes on while the machine sleeps.
    unix: i64,
    /// Seeks so far: when there are more, the viewer has moved the playhead.
    seeks: u64,
}

impl App {
    /// Notices that the talk has been paused, whoever paused it.
    pub(super) fn note_rest(&mut self) {
        let playing = self.player.playing();
        if playing {
            self.rest.pause = None;
        } else if self.rest.played && !self.player.ended() {
            self.rest.pause = Some(Pause { at: self.now(), unix: unix_now(), seeks: self.player.seeks() });
        }
        self.rest.played = playing;
    }

    /// Another talk: no pause yet.
    pub(super) fn forget_rest(&mut self) {
        self.rest = Rest::default();
    }

    /// Plays on, from a little earlier after a pause.
    pub(super) fn resume(&mut self) {
        self.note_rest();
        let pause = self
            .rest
            .pause
            .filter(|pause| self.settings.resume_rewind && !self.player.ended() && pause.seeks == self.player.seeks());
        if let Some(pause) = pause {
            let length = (self.now() - pause.at).max(MediaTime::from_secs(unix_now() - pause.unix));
            self.go_back(rewind_after(length));
        }
        self.unhush();
        self.player.play();
    }

    /// One key for both.
    pub(super) fn toggle_play(&mut self) {
        if self.player.playing() {
            self.player.pause();
        } else {
            self.resume();
        }
    }

    /// Goes back, but neither before the beginning nor out of a loop.
    fn go_back(&mut self, by: MediaTime) {
        let here = self.player.position();
        let first = self.looped().map_or(MediaTime::ZERO, |(a, _)| a).min(here);
        let to = (here - by).max(first);
        if to < here {
            self.player.slip(to);
        }
    }

    /// Remembers when the open talk was left: now, or when it was paused. A place that the viewer went to while it was
    /// paused is meant as it is.
    pub(super) fn mark_left(&mut self) {
        let Some(key) = self.player.talk().map(|talk| talk.key()) else { return };
        let left = match self.rest.pause {
            _ if self.player.playing() => Some(unix_now()),
            Some(pause) if pause.seeks == self.player.seeks() => Some(pause.unix),
            Some(_) | None => None,
        };
        self.work.library.choose(&key, LEFT, left.map(|secs| secs.to_string()));
    }

    /// Where to go on in a talk that was left at this place.
    pub(super) fn back_from(&self, talk: &Talk, at: MediaTime) -> MediaTime {
        let left = self.work.library.choice(&talk.key(), LEFT).and_then(|secs| secs.parse::<i64>().ok());
        let Some(left) = left.filter(|_| self.settings.resume_rewind) else { return at };
        let pause = MediaTime::from_secs(unix_now().saturating_sub(left));
        (at - rewind_after(pause)).max_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_the_pause_the_further_back() {
        let back = |secs: f64| rewind_after(MediaTime::from_secs_f64(secs)).millis();
        assert_eq!([0.0, 1.0, 1.99].map(back), [0, 0, 0]);
        assert_eq!([2.0, 59.9].map(back), [800, 800]);
        assert_eq!([60.0, 3599.0].map(back), [3_000, 3_000]);
        assert_eq!([3600.0, 86_399.0].map(back), [10_000, 10_000]);
        assert_eq!([86_400.0, 9e6].map(back), [20_000, 20_000]);
        assert_eq!(rewind_after(MediaTime::from_secs(-5)), MediaTime::ZERO, "the calendar was set back");
    }
}

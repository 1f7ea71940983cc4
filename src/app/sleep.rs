//! The sleep timer: after some time, or at the end of the talk, the sound fades out and the talk waits. Main thread.

use super::App;
use super::notice::Severity;
use crate::command::Command;
use crate::time::MediaTime;

/// The sound fades out over so long.
const FADE: MediaTime = MediaTime::from_secs(10);
/// How often the sound becomes softer meanwhile; a step this small is not heard.
const STEP: MediaTime = MediaTime::from_millis(40);

/// When it pauses by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timer {
    /// At this moment of the application's clock.
    At(MediaTime),
    /// At the end of the talk that is open then.
    End,
}

/// The sleep timer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sleep {
    timer: Option<Timer>,
    fading: bool,
    /// It has paused by itself; the sound is as soft as it was then, until something is to be heard again.
    hushed: bool,
}

impl App {
    /// Real time until it pauses by itself.
    pub fn sleep_left(&self) -> Option<MediaTime> {
        match self.sleep.timer? {
            Timer::At(at) => Some((at - self.now()).max_zero()),
            Timer::End => {
                self.player.talk()?;
                Some(self.listening_time(self.player.position(), self.player.duration()))
            }
        }
    }

    pub(super) fn sleep_in(&mut self, time: MediaTime) {
        self.sleep.timer = Some(Timer::At(self.now() + time));
        self.feedback(format!("Pause after {}", time.clock()));
    }

    pub(super) fn sleep_at_end(&mut self) {
        self.sleep.timer = Some(Timer::End);
        self.feedback("Pause at the end of this talk");
    }

    pub(super) fn sleep_off(&mut self) {
        let was = self.sleep.timer.take().is_some();
        self.unhush();
        self.feedback(if was { "The sleep timer is off" } else { "No sleep timer is set" });
    }

    /// At full volume again.
    pub(super) fn unhush(&mut self) {
        if self.sleep.fading || self.sleep.hushed {
            (self.sleep.fading, self.sleep.hushed) = (false, false);
            self.player.set_fade(1.0);
        }
    }

    /// A key that moves the talk undoes the timer while the sound fades.
    pub(super) fn stir(&mut self, command: &Command) {
        if !command.is_transport() || !self.sleep.fading {
            return;
        }
        self.sleep.timer = None;
        let pauses = *command == Command::Pause || (*command == Command::TogglePlay && self.player.playing());
        if pauses {
            // As soft as it is: it must not swell in its last moment.
            (self.sleep.fading, self.sleep.hushed) = (false, true);
        } else {
            self.unhush();
        }
        self.tell(Severity::Info, "The sleep timer is off");
    }

    /// Makes the sound softer, and pauses.
    pub(super) fn poll_sleep(&mut self) {
        let Some(left) = self.sleep_left() else { return };
        let timed = matches!(self.sleep.timer, Some(Timer::At(_)));
        if !self.player.playing() {
            if timed && left <= MediaTime::ZERO {
                self.sleep.timer = None;
            }
            return;
        }
        if timed && left <= MediaTime::ZERO {
            self.fall_asleep();
        } else if left < FADE {
            #[expect(clippy::cast_possible_truncation, reason = "a part between 0 and 1")]
            let part = (left.secs_f64() / FADE.secs_f64()) as f32;
            self.sleep.fading = true;
            self.player.set_fade(part * part);
        } else if self.sleep.fading {
            self.unhush();
        }
    }

    fn fall_asleep(&mut self) {
        self.sleep = Sleep { timer: None, fading: false, hushed: true };
        self.player.pause();
        self.mark_progress(true);
        self.tell(Severity::Info, "Paused by the sleep timer");
    }

    /// The talk has ended: whether the viewer is to sleep.
    pub(super) fn sleeps_at_end(&mut self) -> bool {
        let sleeps = self.sleep.timer == Some(Timer::End);
        if sleeps {
            self.fall_asleep();
        }
        sleeps
    }

    /// When something about it changes, on the application's clock.
    pub(super) fn sleep_change(&self) -> Option<MediaTime> {
        let left = self.sleep_left()?;
        let (now, playing) = (self.now(), self.player.playing());
        if playing && left <= FADE {
            return Some(now + STEP);
        }
        match self.sleep.timer? {
            Timer::At(_) => {
                let second = MediaTime::from_nanos(left.nanos().rem_euclid(1_000_000_000));
                Some(now + second + MediaTime::from_millis(2))
            }
            Timer::End => playing.then(|| now + left - FADE),
        }
    }
}

//! Small mercies while listening: what they are asked for, and how long listening takes. Main thread.

use super::App;
use crate::audio::trim::Cuts;
use crate::command::ListenCommand;
use crate::library::Row;
use crate::library::shelf::left;
use crate::time::{MediaTime, Rate};

/// How long it takes to listen from one moment of a talk to another, with what is left out of it: the one place where source
/// time becomes the viewer's. Whatever shortens the sound besides speed belongs here.
pub fn listening_time(cuts: &Cuts, from: MediaTime, to: MediaTime, rate: Rate) -> MediaTime {
    cuts.span(from, to).max_zero().at_rate(rate)
}

impl App {
    pub(super) fn listen(&mut self, command: &ListenCommand) {
        match command {
            ListenCommand::HoldRate => self.hold_rate(),
            ListenCommand::ReleaseRate => self.release_rate(),
            ListenCommand::PinSpeaker => self.pin_speaker(),
            ListenCommand::LoopNext => self.loop_next(),
            ListenCommand::LoopSlide => self.loop_slide(),
            ListenCommand::LoopA(at) => self.loop_from(*at),
            ListenCommand::LoopB(at) => self.loop_to(*at),
            ListenCommand::LoopClear => self.clear_loop(),
            ListenCommand::SleepIn(time) => self.sleep_in(*time),
            ListenCommand::SleepAtEnd => self.sleep_at_end(),
            ListenCommand::SleepOff => self.sleep_off(),
            ListenCommand::ToggleMono => self.toggle_mono(),
            ListenCommand::BalanceBy(by) => self.set_balance(i32::from(self.player.balance()).saturating_add(*by)),
            ListenCommand::BalanceReset => self.set_balance(0),
            ListenCommand::ToggleClipSound => self.set_clip_sound(!self.player.clip_sound()),
            ListenCommand::ClipSound(heard) => self.set_clip_sound(*heard),
        }
    }

    /// How long it takes from one moment of the open talk to another, at the speed it has now.
    pub fn listening_time(&self, from: MediaTime, to: MediaTime) -> MediaTime {
        listening_time(self.cuts(), from, to, self.player.rate())
    }

    /// How long it takes to hear what is left of a talk of the library, at the speed that it is played at.
    pub fn listening_time_left(&self, row: &Row) -> Option<MediaTime> {
        let (left, end) = (left(row)?, row.entry.length?);
        let open = self.player.talk().is_some_and(|talk| talk.source == row.entry.path);
        if open {
            return Some(self.listening_time((end - left).max(self.player.position()), end));
        }
        let source = left.secs_f64() * self.share_left(Some(&row.entry.id));
        Some(MediaTime::from_secs_f64(source).at_rate(self.expected_rate(&row.entry.id, &row.entry.authors)))
    }

    /// How long it takes to hear what is left of the queue, as far as the lengths of its talks are known.
    pub fn queue_time_left(&self) -> MediaTime {
        let rows = self.queue().paths().iter().filter_map(|path| self.library().catalogue().at(path));
        rows.filter_map(|row| self.listening_time_left(row)).fold(MediaTime::ZERO, |all, one| all + one)
    }

    pub(super) fn set_volume(&mut self, percent: i32) {
        let percent = u8::try_from(percent.clamp(0, i32::from(crate::audio::MAX_VOLUME))).unwrap_or(100);
        self.player.set_volume(percent);
        let boost = if percent > 100 { ", loud parts limited" } else { "" };
        let muted = if self.player.muted() { ", muted" } else { "" };
        self.feedback(format!("Volume {percent} %{boost}{muted}"));
    }

    /// A step never leads from below into the boost: who wants it takes another one.
    pub(super) fn volume_by(&mut self, by: i32) {
        let now = i32::from(self.player.volume());
        let to = now.saturating_add(by);
        self.set_volume(if now < 100 { to.min(100) } else { to });
    }

    pub(super) fn set_muted(&mut self, muted: bool) {
        self.player.set_muted(muted);
        self.feedback(if muted { "Muted" } else { "Sound on" });
    }

    fn toggle_mono(&mut self) {
        let mono = !self.player.mono();
        self.player.set_mono(mono);
        self.view.listening.mono = mono;
        self.feedback(if mono { "The same on both sides" } else { "Each side its own" });
    }

    fn set_balance(&mut self, balance: i32) {
        let balance = i8::try_from(balance.clamp(-100, 100)).unwrap_or(0);
        self.player.set_balance(balance);
        self.view.listening.balance = balance;
        self.feedback(match balance {
            0 => "Both sides as loud as they are".to_owned(),
            1.. => format!("Balance {balance} % to the right"),
            _ => format!("Balance {} % to the left", balance.unsigned_abs()),
        });
    }

    fn set_clip_sound(&mut self, heard: bool) {
        self.player.set_clip_sound(heard);
        self.view.listening.clip_sound = heard;
        // What was made ready of the talks around was made for the other.
        self.warm_neighbours();
        self.feedback(if heard { "Films in slides are heard" } else { "Films in slides are silent" });
    }

    /// How it was heard last.
    pub(super) fn restore_listening(&mut self) {
        self.restore_rate();
        self.player.set_mono(self.view.listening.mono);
        self.player.set_balance(self.view.listening.balance);
        self.player.set_clip_sound(self.view.listening.clip_sound);
    }
}

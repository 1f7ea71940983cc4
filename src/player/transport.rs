//! Playing, paused, ended, scrubbing: a pure state machine. It decides; the player carries out.

/// What the sound is to do after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// Play on from where it is.
    Play,
    /// Hold.
    Hold,
    /// Leave it as it is.
    Same,
    /// Start again from the beginning and play.
    Restart,
}

/// The viewer's intention, and what has become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Transport {
    /// The viewer wants it to play.
    wanted: bool,
    /// The talk has come to its end.
    ended: bool,
    /// The playhead is being dragged.
    scrubbing: bool,
    /// The device was lost while it played, and the viewer has done nothing since.
    interrupted: bool,
}

impl Transport {
    /// A talk has been opened, to play at once or to wait.
    pub fn open(&mut self, play: bool) -> Sound {
        *self = Self { wanted: play, ..Self::default() };
        if play { Sound::Play } else { Sound::Hold }
    }

    /// The viewer wants it to play; at the end, from the beginning.
    pub fn play(&mut self) -> Sound {
        self.interrupted = false;
        if self.ended {
            (self.wanted, self.ended) = (true, false);
            return Sound::Restart;
        }
        self.wanted = true;
        if self.scrubbing { Sound::Same } else { Sound::Play }
    }

    /// The viewer wants it to hold.
    pub fn pause(&mut self) -> Sound {
        self.interrupted = false;
        self.wanted = false;
        Sound::Hold
    }

    /// One key for both.
    pub fn toggle(&mut self) -> Sound {
        if self.playing() { self.pause() } else { self.play() }
    }

    /// The viewer goes elsewhere: after the end, a talk that was playing plays on.
    pub fn seek(&mut self) -> Sound {
        self.interrupted = false;
        let resumes = self.ended && self.wanted && !self.scrubbing;
        self.ended = false;
        if resumes { Sound::Play } else { Sound::Same }
    }

    /// The playhead is taken hold of (or moved on): silent until it is let go.
    pub fn scrub(&mut self) -> Sound {
        self.interrupted = false;
        self.ended = false;
        if self.scrubbing {
            return Sound::Same;
        }
        self.scrubbing = true;
        Sound::Hold
    }

    /// The playhead is let go: as before.
    pub fn release(&mut self) -> Sound {
        if !self.scrubbing {
            return Sound::Same;
        }
        self.scrubbing = false;
        if self.wanted { Sound::Play } else { Sound::Same }
    }

    /// The sound has been heard to its end.
    pub fn end(&mut self) -> Sound {
        self.ended = true;
        Sound::Hold
    }

    /// The device was lost: hold the place until it is back or the viewer wants to go on.
    pub fn device_lost(&mut self) -> Sound {
        self.interrupted |= self.playing() && !self.scrubbing;
        self.wanted = false;
        Sound::Hold
    }

    /// The very device that was lost is back: go on, if the viewer has done nothing since.
    pub fn device_back(&mut self) -> Sound {
        if !std::mem::take(&mut self.interrupted) {
            return Sound::Same;
        }
        self.wanted = true;
        Sound::Play
    }

    /// The sound goes to another device, which begins silently.
    pub fn device_changed(&mut self) -> Sound {
        if self.playing() && !self.scrubbing { Sound::Play } else { Sound::Same }
    }

    /// The viewer has chosen another device: what was lost is not waited for.
    pub fn device_chosen(&mut self) {
        self.interrupted = false;
    }

    /// Whether the talk plays, as the viewer sees it.
    pub fn playing(&self) -> bool {
        self.wanted && !self.ended
    }

    /// Whether the end has been reached.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Whether the playhead is being dragged.
    pub fn scrubbing(&self) -> bool {
        self.scrubbing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_at_the_end_starts_again() {
        let mut transport = Transport::default();
        assert_eq!(transport.open(true), Sound::Play);
        assert_eq!(transport.end(), Sound::Hold);
        assert!(!transport.playing());
        assert_eq!(transport.toggle(), Sound::Restart);
        assert!(transport.playing() && !transport.ended());
    }

    #[test]
    fn going_back_after_the_end_plays_on() {
        let mut transport = Transport::default();
        transport.open(true);
        transport.end();
        assert_eq!(transport.seek(), Sound::Play);
        assert!(transport.playing());
    }

    #[test]
    fn going_back_after_the_end_of_a_paused_talk_stays_paused() {
        let mut transport = Transport::default();
        transport.open(true);
        transport.pause();
        transport.end();
        assert_eq!(transport.seek(), Sound::Same);
        assert!(!transport.playing());
    }

    #[test]
    fn dragging_is_silent_and_resumes_on_release() {
        let mut transport = Transport::default();
        transport.open(true);
        assert_eq!(transport.scrub(), Sound::Hold);
        assert_eq!(transport.scrub(), Sound::Same);
        assert!(transport.playing(), "the viewer still wants it to play");
        assert_eq!(transport.release(), Sound::Play);
        transport.pause();
        transport.scrub();
        assert_eq!(transport.release(), Sound::Same, "a paused talk stays paused");
    }

    #[test]
    fn pausing_while_dragging_holds_after_the_release() {
        let mut transport = Transport::default();
        transport.open(true);
        transport.scrub();
        transport.pause();
        assert_eq!(transport.release(), Sound::Same);
        assert!(!transport.playing());
    }

    #[test]
    fn a_lost_device_never_starts_by_itself() {
        let mut transport = Transport::default();
        transport.open(true);
        assert_eq!(transport.device_lost(), Sound::Hold);
        assert_eq!(transport.seek(), Sound::Same);
        assert!(!transport.playing());
    }
}

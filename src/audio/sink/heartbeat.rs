//! Whether a device still calls for sound. Keeper's thread.

use std::sync::Arc;

use crate::audio::shared::Shared;

/// How long a device that has been playing may call for nothing before it counts as gone, in nanoseconds.
const SILENCE_LIMIT: i64 = 3_000_000_000;

/// How long a device may take to call for its first sound, in nanoseconds: servers wake sleeping ones in seconds.
const WAKING_LIMIT: i64 = 10_000_000_000;

/// Longer than this between two looks the program or the machine was asleep, in nanoseconds.
const ASLEEP: i64 = 2_500_000_000;

/// The pulse of a device.
pub struct Heartbeat {
    shared: Arc<Shared>,
    callbacks: u64,
    beat_at: i64,
    looked_at: i64,
    /// It has called for sound.
    awake: bool,
}

/// What a look found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    /// It has called for sound since the last look.
    pub beating: bool,
    /// It has called for sound at all.
    pub awake: bool,
    /// It has called for nothing for too long.
    pub stopped: bool,
}

impl Heartbeat {
    /// Of a device that has just been opened.
    pub fn new(shared: &Arc<Shared>) -> Self {
        let now = shared.timebase.now();
        Self { callbacks: shared.callbacks(), beat_at: now, looked_at: now, awake: false, shared: Arc::clone(shared) }
    }

    /// Looks; to be done several times a second.
    pub fn look(&mut self) -> Beat {
        let (now, callbacks) = (self.shared.timebase.now(), self.shared.callbacks());
        let beating = callbacks != self.callbacks;
        // While nobody looked nobody could have called either: the device has its time from now on.
        if beating || now - self.looked_at > ASLEEP {
            self.beat_at = now;
        }
        (self.callbacks, self.looked_at) = (callbacks, now);
        self.awake |= beating;
        let limit = if self.awake { SILENCE_LIMIT } else { WAKING_LIMIT };
        Beat { beating, awake: self.awake, stopped: now - self.beat_at > limit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::clock::Timebase;

    const LOOK: i64 = 200_000_000;

    fn looks(heartbeat: &mut Heartbeat, shared: &Shared, secs: i64, beating: bool) -> bool {
        (0..secs * 5).any(|_| {
            shared.timebase.advance(LOOK);
            if beating {
                shared.count_callback();
            }
            heartbeat.look().stopped
        })
    }

    #[test]
    fn a_device_that_stops_calling_is_noticed_and_one_that_wakes_slowly_is_waited_for() {
        let shared = Arc::new(Shared::new(Timebase::simulated()));
        let mut heartbeat = Heartbeat::new(&shared);
        assert!(!looks(&mut heartbeat, &shared, 9, false), "it may be waking");
        assert!(!looks(&mut heartbeat, &shared, 20, true));
        assert!(!looks(&mut heartbeat, &shared, 2, false));
        assert!(looks(&mut heartbeat, &shared, 2, false));
    }

    #[test]
    fn a_clock_that_jumps_while_the_machine_sleeps_is_no_stopped_device() {
        let shared = Arc::new(Shared::new(Timebase::simulated()));
        let mut heartbeat = Heartbeat::new(&shared);
        assert!(!looks(&mut heartbeat, &shared, 2, true));
        shared.timebase.advance(3_600_000_000_000);
        assert!(!heartbeat.look().stopped, "it has not been asked yet");
        assert!(!looks(&mut heartbeat, &shared, 2, false), "a device takes its time to wake");
        assert!(looks(&mut heartbeat, &shared, 2, false), "but not for ever");
    }
}

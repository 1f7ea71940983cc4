//! The one clock: which moment of the talk is being heard now. Written by the audio callback, read by everybody.
//!
//! Each callback publishes the segment of the talk that it handed to the device and when that will be heard. The last
//! few segments are kept, so that the position is right at a change of speed too, while the device still plays what
//! went before. A reader finds the segment that is being heard; between segments (paused, starved, ended) it stays at
//! the end of the last one that was.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering, fence};

use crate::time::MediaTime;

/// A stretch of the talk and when it is heard. Times are nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Segment {
    /// The generation of its blocks.
    pub generation: u32,
    /// Source time of its first frame.
    pub start: i64,
    /// Source time after its last frame.
    pub end: i64,
    /// When its first frame is heard, on the sink's clock.
    pub heard_at: i64,
    /// When its last frame has been heard, on the sink's clock.
    pub heard_until: i64,
    /// The sound of its generation ends with it.
    pub last: bool,
}

impl Segment {
    fn at(&self, now: i64) -> i64 {
        let length = self.heard_until - self.heard_at;
        if now >= self.heard_until || length <= 0 {
            return self.end;
        }
        let passed = i128::from((now - self.heard_at).max(0));
        let media = i128::from(self.end - self.start);
        self.start + i64::try_from(media * passed / i128::from(length)).unwrap_or(0)
    }
}

/// How many segments are kept: more than a device ever has in flight at the block sizes asked for, and some seconds more,
/// because a device may be heard later than it says.
const KEPT: usize = 512;

#[derive(Default)]
struct Slot {
    generation: AtomicU32,
    start: AtomicI64,
    end: AtomicI64,
    heard_at: AtomicI64,
    heard_until: AtomicI64,
    last: AtomicBool,
}

/// The last segments, behind a sequence lock made of plain atomics: the one writer never waits, readers try again.
pub struct Heard {
    sequence: AtomicU64,
    written: AtomicU64,
    slots: [Slot; KEPT],
}

impl Default for Heard {
    fn default() -> Self {
        let slots = std::array::from_fn(|_| Slot::default());
        Self { sequence: AtomicU64::default(), written: AtomicU64::default(), slots }
    }
}

impl Heard {
    /// Publishes a segment. One writer only. Realtime-safe.
    pub fn publish(&self, segment: Segment) {
        let sequence = self.sequence.load(Ordering::Relaxed);
        self.sequence.store(sequence.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        let written = self.written.load(Ordering::Relaxed);
        let slot = &self.slots[index(written)];
        slot.generation.store(segment.generation, Ordering::Relaxed);
        slot.start.store(segment.start, Ordering::Relaxed);
        slot.end.store(segment.end, Ordering::Relaxed);
        slot.heard_at.store(segment.heard_at, Ordering::Relaxed);
        slot.heard_until.store(segment.heard_until, Ordering::Relaxed);
        slot.last.store(segment.last, Ordering::Relaxed);
        self.written.store(written + 1, Ordering::Relaxed);
        self.sequence.store(sequence.wrapping_add(2), Ordering::Release);
    }

    /// What is heard of `generation` at `now`; `None` while nothing of it has been handed to a device.
    pub fn read(&self, generation: u32, now: i64) -> Option<Hearing> {
        loop {
            let sequence = self.sequence.load(Ordering::Acquire);
            if sequence.is_multiple_of(2) {
                let found = self.search(generation, now);
                fence(Ordering::Acquire);
                if self.sequence.load(Ordering::Relaxed) == sequence {
                    return found;
                }
            }
            std::hint::spin_loop();
        }
    }

    /// Walks from the newest segment back to the one that is being heard.
    fn search(&self, generation: u32, now: i64) -> Option<Hearing> {
        let written = self.written.load(Ordering::Relaxed);
        let mut earliest = None;
        let mut newest_until = i64::MIN;
        for back in 1..=written.min(KEPT as u64) {
            let segment = self.slots[index(written - back)].segment();
            if segment.generation != generation {
                break;
            }
            newest_until = newest_until.max(segment.heard_until);
            if segment.heard_at <= now {
                let ended = segment.last && now >= segment.heard_until;
                return Some(Hearing {
                    position: MediaTime::from_nanos(segment.at(now)),
                    ended,
                    silent_from: newest_until,
                });
            }
            earliest = Some(segment);
        }
        // Handed over but not heard yet: never ahead of the sound, and never before the place it starts at.
        earliest.map(|segment| Hearing {
            position: MediaTime::from_nanos(segment.start),
            ended: false,
            silent_from: newest_until,
        })
    }
}

impl Slot {
    fn segment(&self) -> Segment {
        Segment {
            generation: self.generation.load(Ordering::Relaxed),
            start: self.start.load(Ordering::Relaxed),
            end: self.end.load(Ordering::Relaxed),
            heard_at: self.heard_at.load(Ordering::Relaxed),
            heard_until: self.heard_until.load(Ordering::Relaxed),
            last: self.last.load(Ordering::Relaxed),
        }
    }
}

fn index(count: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is below 512")]
    let at = (count % KEPT as u64) as usize;
    at
}

/// What a listener hears at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hearing {
    /// The moment of the talk.
    pub position: MediaTime,
    /// The sound has come to its end.
    pub ended: bool,
    /// When the device runs out of what it was given so far, on the sink's clock.
    pub silent_from: i64,
}

/// Where the time of sinks comes from: the system, or a test's hand.
#[derive(Debug)]
pub enum Timebase {
    /// Monotonic time since the program started.
    System(std::time::Instant),
    /// Moved by a simulated sink.
    Simulated(AtomicI64),
}

impl Timebase {
    /// The system's monotonic clock.
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        Self::System(std::time::Instant::now())
    }

    /// A clock that stands still until it is moved.
    pub fn simulated() -> Self {
        Self::Simulated(AtomicI64::new(0))
    }

    /// Nanoseconds. Realtime-safe: no system call on the platforms we know.
    pub fn now(&self) -> i64 {
        match self {
            Self::System(origin) => i64::try_from(origin.elapsed().as_nanos()).unwrap_or(i64::MAX),
            Self::Simulated(now) => now.load(Ordering::Acquire),
        }
    }

    /// Moves a simulated clock on; does nothing to the system's.
    pub fn advance(&self, nanos: i64) {
        if let Self::Simulated(now) = self {
            now.fetch_add(nanos, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const MS: i64 = 1_000_000;

    fn segment(generation: u32, start_ms: i64, end_ms: i64, at_ms: i64, until_ms: i64) -> Segment {
        Segment {
            generation,
            start: start_ms * MS,
            end: end_ms * MS,
            heard_at: at_ms * MS,
            heard_until: until_ms * MS,
            last: false,
        }
    }

    fn position(heard: &Heard, generation: u32, now_ms: i64) -> Option<i64> {
        heard.read(generation, now_ms * MS).map(|hearing| hearing.position.nanos() / MS)
    }

    #[test]
    fn nothing_is_heard_before_the_first_block() {
        let heard = Heard::default();
        assert_eq!(position(&heard, 0, 5), None);
        heard.publish(segment(0, 0, 10, 20, 30));
        assert_eq!(position(&heard, 1, 25), None, "another generation says nothing of this one");
    }

    #[test]
    fn the_position_is_never_ahead_of_the_sound() {
        let heard = Heard::default();
        heard.publish(segment(3, 100, 110, 20, 30));
        assert_eq!(position(&heard, 3, 0), Some(100), "not heard yet: the place it starts at");
        assert_eq!(position(&heard, 3, 25), Some(105));
        assert_eq!(position(&heard, 3, 30), Some(110));
        assert_eq!(position(&heard, 3, 5000), Some(110), "a device that stalls cannot run ahead");
    }

    #[test]
    fn a_change_of_speed_counts_from_when_it_is_heard() {
        let heard = Heard::default();
        heard.publish(segment(1, 0, 10, 20, 30));
        heard.publish(segment(1, 10, 40, 30, 40));
        assert_eq!(position(&heard, 1, 25), Some(5), "the device still plays at the old speed");
        assert_eq!(position(&heard, 1, 35), Some(25));
    }

    #[test]
    fn a_pause_holds_at_the_end_of_what_the_device_had() {
        let heard = Heard::default();
        heard.publish(segment(1, 0, 10, 20, 30));
        heard.publish(segment(1, 10, 20, 500, 510));
        assert_eq!(position(&heard, 1, 200), Some(10));
        assert_eq!(position(&heard, 1, 505), Some(15));
    }

    #[test]
    fn the_end_is_reached_when_it_has_been_heard() {
        let heard = Heard::default();
        heard.publish(Segment { last: true, ..segment(1, 0, 10, 20, 30) });
        assert!(!heard.read(1, 29 * MS).is_some_and(|hearing| hearing.ended));
        assert!(heard.read(1, 30 * MS).is_some_and(|hearing| hearing.ended));
    }

    #[test]
    fn readers_never_see_half_a_segment() {
        let heard = Arc::new(Heard::default());
        let stop = Arc::new(AtomicBool::new(false));
        let writer = std::thread::Builder::new().name("writer".into()).spawn({
            let (heard, stop) = (Arc::clone(&heard), Arc::clone(&stop));
            move || {
                let mut count = 0;
                while !stop.load(Ordering::Relaxed) {
                    count += 1;
                    heard.publish(Segment {
                        generation: 1,
                        start: count,
                        end: count,
                        heard_at: count,
                        heard_until: count,
                        last: false,
                    });
                }
                count
            }
        });
        let mut seen = 0;
        for _ in 0..300_000 {
            if let Some(hearing) = heard.read(1, i64::MAX) {
                assert!(hearing.position.nanos() >= seen, "segments are read whole and in order");
                assert_eq!(hearing.position.nanos(), hearing.silent_from);
                seen = hearing.position.nanos();
            }
        }
        stop.store(true, Ordering::Relaxed);
        let count = writer.unwrap().join().unwrap();
        assert!(count > 0 && seen <= count);
    }
}

//! Between a container's timestamps and frame numbers.

use ffmpeg_next::Rational;

use super::super::scale;
use super::grid::Grid;

/// The time of one stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    /// Seconds per tick, as a fraction.
    numer: u64,
    denom: u64,
    /// Frames per second.
    rate: u32,
    /// Timestamp of frame 0, in ticks.
    pub(super) origin: i64,
    /// Where packets can begin.
    pub(super) grid: Grid,
}

impl Timing {
    /// A tick takes `time_base` seconds; frame 0 is at timestamp 0 for now.
    pub(super) fn new(time_base: Rational, rate: u32) -> Self {
        let part = |value: i32| u64::try_from(value).unwrap_or(1).max(1);
        Self {
            numer: part(time_base.numerator()),
            denom: part(time_base.denominator()),
            rate: rate.max(1),
            origin: 0,
            grid: Grid::EXACT,
        }
    }

    /// Whether a tick is longer than a frame.
    pub(super) fn coarse(&self) -> bool {
        self.numer * u64::from(self.rate) > self.denom
    }

    /// Whether a tick is a whole number of frames, so that a length in ticks says exactly where the sound ends.
    pub(super) fn whole(&self) -> bool {
        !self.coarse() || (self.numer * u64::from(self.rate)).is_multiple_of(self.denom)
    }

    /// Frames that these ticks last.
    pub(super) fn frames(&self, ticks: i64) -> i64 {
        scale(ticks, self.numer * u64::from(self.rate), self.denom)
    }

    /// Ticks that these frames last.
    pub(super) fn ticks(&self, frames: u64) -> i64 {
        let frames = i64::try_from(frames).unwrap_or(i64::MAX);
        scale(frames, self.denom, self.numer * u64::from(self.rate))
    }

    /// Ticks that these milliseconds last.
    pub(super) fn ticks_of_millis(&self, millis: i64) -> i64 {
        scale(millis, self.denom, self.numer * 1000)
    }

    /// Ticks that these microseconds last.
    pub(super) fn ticks_of_micros(&self, micros: i64) -> i64 {
        scale(micros, self.denom, self.numer * 1_000_000)
    }

    /// Timestamp of a frame, in ticks.
    pub(super) fn stamp(&self, frame: u64) -> i64 {
        self.origin.saturating_add(self.ticks(frame))
    }

    /// Number of the first of some frames decoded from one packet, by their timestamp.
    ///
    /// A decoder trims the first packet at its beginning and the last one at its end: one of the two is on the grid.
    pub(super) fn position(&self, stamp: i64, frames: i64) -> i64 {
        let start = self.frames(stamp.saturating_sub(self.origin));
        let end = start.saturating_add(frames);
        match self.grid.line(end) {
            Some(line) => line.saturating_sub(frames),
            None => self.grid.line(start).unwrap_or(start),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trimmed_packet_is_placed_by_its_other_end() {
        let mut timing = Timing::new(Rational::new(1, 1000), 48_000);
        timing.grid = Grid::new(960, 648, 96);
        // Packet 10 begins at 648 + 9 * 960 = 9288, or 193.5 ms.
        assert_eq!(timing.position(193, 960), 9288);
        assert_eq!(timing.position(194, 960), 9288);
        assert_eq!(timing.position(200, 960 - 312), 9288 + 312);
        assert_eq!(timing.position(194, 500), 9288);
    }

    #[test]
    fn fine_timestamps_are_taken_as_they_are() {
        let timing = Timing::new(Rational::new(1, 44_100), 44_100);
        assert!(!timing.coarse() && timing.whole());
        let halved = Timing::new(Rational::new(1, 22_050), 44_100);
        assert!(halved.coarse() && halved.whole() && !Timing::new(Rational::new(1, 1000), 44_100).whole());
        assert_eq!(timing.position(12_345, 1024), 12_345);
        assert_eq!(timing.stamp(12_345), 12_345);
    }

    #[test]
    fn broken_time_bases_do_no_harm() {
        let timing = Timing::new(Rational::new(0, 0), 0);
        assert_eq!(timing.position(i64::MAX, 0), i64::MAX);
        assert_eq!(timing.position(i64::MAX, i64::MAX), 0);
        assert_eq!(timing.stamp(u64::MAX), i64::MAX);
    }
}

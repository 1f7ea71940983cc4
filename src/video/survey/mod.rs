//! What one pass over a whole video tells: when it moves while the slide stands still, and where a film shows another slide. The
//! pass runs on a thread of its own and keeps what it found on the disk; the rest is pure.

pub mod moving;
mod restless;
pub mod scenes;
mod store;
mod take;
pub mod worker;

use serde::{Deserialize, Serialize};

use crate::time::MediaTime;

/// Pictures are compared as grey ones of so many pixels across and down.
pub const GRID: (usize, usize) = (96, 54);

/// What was found out about a video.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// When it moves while the slide stands still, from and until, in nanoseconds of its own time; in order.
    pub moving: Vec<(i64, i64)>,
    /// Where a film shows another slide; in order.
    pub scenes: Vec<Scene>,
    /// It shows the slides of the talk.
    #[serde(default)]
    pub shown: bool,
}

impl Survey {
    /// Whether it moves at a moment of its own time.
    pub fn moves_at(&self, at: MediaTime) -> bool {
        let at = at.nanos();
        let after = self.moving.partition_point(|(from, _)| *from <= at);
        after.checked_sub(1).and_then(|last| self.moving.get(last)).is_some_and(|(_, until)| at < *until)
    }

    /// The next moment after one at which it begins or ceases to move.
    pub fn next_turn(&self, at: MediaTime) -> Option<MediaTime> {
        let at = at.nanos();
        let turns = self.moving.iter().flat_map(|(from, until)| [*from, *until]);
        turns.filter(|turn| *turn > at).min().map(MediaTime::from_nanos)
    }
}

/// A slide that a film shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// When it appears, in nanoseconds of the film's own time.
    pub from: i64,
    /// When it stands still, complete.
    pub still: i64,
    /// The picture of it, a file in the folder where pictures of this film are kept; empty where there is none.
    #[serde(default)]
    pub file: String,
    /// Pixels across and down.
    #[serde(default)]
    pub size: (u32, u32),
}

/// How much of two grey pictures differs: the number of pixels that differ by more than `by`.
fn differing(one: &[u8], other: &[u8], by: u8) -> usize {
    one.iter().zip(other).filter(|(a, b)| a.abs_diff(**b) > by).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_video_moves_from_the_beginning_of_a_span_until_before_its_end() {
        let survey = Survey { moving: vec![(100, 200), (500, 900)], ..Survey::default() };
        let at = |nanos| MediaTime::from_nanos(nanos);
        let found: Vec<bool> = [99, 100, 199, 200, 499, 500, 899, 900].map(|nanos| survey.moves_at(at(nanos))).to_vec();
        assert_eq!(found, [false, true, true, false, false, true, true, false]);
        let turns: Vec<_> =
            [0, 100, 200, 899, 900].map(|nanos| survey.next_turn(at(nanos)).map(MediaTime::nanos)).to_vec();
        assert_eq!(turns, [Some(100), Some(200), Some(500), Some(900), None]);
    }
}

//! What one pass over a whole video tells: when it moves while the slide stands still, and where a film shows another slide. The
//! pass runs on a thread of its own and keeps what it found on the disk; the rest is pure.

mod cutaway;
pub mod moving;
mod place;
mod places;
mod restless;
pub mod scenes;
mod store;
mod take;
pub mod worker;

use serde::{Deserialize, Serialize};

use crate::time::MediaTime;
use crate::video::Part;

/// Pictures are compared as grey ones of so many pixels across and down.
pub const GRID: (usize, usize) = (96, 54);

/// What was found out about a video.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// When it moves while the slide stands still; in order, none beginning before the one before it ends.
    pub moving: Vec<Moving>,
    /// Where a film shows another slide; in order.
    pub scenes: Vec<Scene>,
    /// It shows the slides of the talk.
    #[serde(default)]
    pub shown: bool,
    /// From when on it shows them in which part of it, in nanoseconds of its own time; in order.
    #[serde(default)]
    pub shows: Vec<(i64, Option<Part>)>,
}

/// When a video moves while the slide stands still, in nanoseconds of its own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moving {
    /// From here on.
    pub from: i64,
    /// And no longer here.
    pub until: i64,
    /// Where on the video the slide is; `None`: it is all of it.
    #[serde(default)]
    pub part: Option<Part>,
}

impl Survey {
    /// What moves at a moment of its own time.
    pub fn moving_at(&self, at: MediaTime) -> Option<&Moving> {
        let at = at.nanos();
        let after = self.moving.partition_point(|moving| moving.from <= at);
        after.checked_sub(1).and_then(|last| self.moving.get(last)).filter(|moving| at < moving.until)
    }

    /// The part in which it shows the slides at a moment of its own time; `None`: all of it, or it is not known.
    pub fn part_at(&self, at: MediaTime) -> Option<Part> {
        let after = self.shows.partition_point(|(from, _)| *from <= at.nanos());
        let (_, part) = self.shows.get(after.saturating_sub(1))?;
        *part
    }

    /// The next moment after one at which it begins or ceases to move.
    pub fn next_turn(&self, at: MediaTime) -> Option<MediaTime> {
        let at = at.nanos();
        let turns = self.moving.iter().flat_map(|moving| [moving.from, moving.until]);
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
        let moving = |(from, until)| Moving { from, until, part: None };
        let survey = Survey { moving: [(100, 200), (500, 900)].map(moving).to_vec(), ..Survey::default() };
        let at = |nanos| MediaTime::from_nanos(nanos);
        let found: Vec<bool> =
            [99, 100, 199, 200, 499, 500, 899, 900].map(|nanos| survey.moving_at(at(nanos)).is_some()).to_vec();
        assert_eq!(found, [false, true, true, false, false, true, true, false]);
        let turns: Vec<_> =
            [0, 100, 200, 899, 900].map(|nanos| survey.next_turn(at(nanos)).map(MediaTime::nanos)).to_vec();
        assert_eq!(turns, [Some(100), Some(200), Some(500), Some(900), None]);
    }
}

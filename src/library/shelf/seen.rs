//! How much of a talk was heard, and what is left of it.

use crate::library::Row;
use crate::time::MediaTime;

/// A talk of which less was heard counts as unseen.
pub const GLANCE: MediaTime = MediaTime::from_secs(10);

/// How much of a talk was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seen {
    /// Less than [`GLANCE`].
    Unseen,
    /// Begun.
    Part,
    /// To its end.
    Done,
}

impl Seen {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Unseen, Self::Part, Self::Done];

    /// Of a line of the library.
    pub fn of(row: &Row) -> Self {
        match row.state.progress {
            progress if progress.done => Self::Done,
            progress if progress.furthest < GLANCE => Self::Unseen,
            _ => Self::Part,
        }
    }

    /// `unseen`, `part`, `done`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unseen => "unseen",
            Self::Part => "part",
            Self::Done => "done",
        }
    }
}

/// How much was never heard, in source time: what lies behind the latest moment that was played, and nothing once the
/// talk is done. `None` where its length is not known.
pub fn left(row: &Row) -> Option<MediaTime> {
    if row.state.progress.done {
        return Some(MediaTime::ZERO);
    }
    row.entry.length.map(|length| (length - row.state.progress.furthest.max_zero()).max_zero())
}

/// The part that was heard, 0 to 1; `None` where the length is not known. Of a done talk: 1.
pub fn heard(row: &Row) -> Option<f64> {
    if row.state.progress.done {
        return Some(1.0);
    }
    let length = row.entry.length.filter(|length| *length > MediaTime::ZERO)?;
    Some((row.state.progress.furthest.max_zero().secs_f64() / length.secs_f64()).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::row;
    use super::*;

    #[test]
    fn a_glance_is_unseen_and_done_is_done_wherever_the_playhead_stood() {
        let mut row = row("a", 300);
        assert_eq!((Seen::of(&row), left(&row), heard(&row)), (Seen::Unseen, row.entry.length, Some(0.0)));
        row.state.progress.furthest = MediaTime::from_millis(9_999);
        assert_eq!(Seen::of(&row), Seen::Unseen);
        row.state.progress.furthest = MediaTime::from_secs(75);
        assert_eq!((Seen::of(&row), heard(&row)), (Seen::Part, Some(0.25)));
        assert_eq!(left(&row), Some(MediaTime::from_secs(225)));
        row.state.progress.done = true;
        assert_eq!((Seen::of(&row), left(&row), heard(&row)), (Seen::Done, Some(MediaTime::ZERO), Some(1.0)));
    }

    #[test]
    fn nothing_is_left_behind_the_end_and_nothing_is_said_of_unknown_lengths() {
        let mut row = row("a", 60);
        row.state.progress.furthest = MediaTime::from_secs(90);
        assert_eq!((left(&row), heard(&row)), (Some(MediaTime::ZERO), Some(1.0)));
        row.entry.length = None;
        assert_eq!((left(&row), heard(&row)), (None, None));
    }
}

//! How fast the viewer decides at present.

/// Seconds without a decision that end a sitting.
const BREAK: i64 = 30 * 60;
/// A pace is told from this many decisions on.
const ENOUGH: usize = 3;

/// A shorter sitting has no pace, in seconds.
const SHORTEST: i64 = 60;

/// The pace of the present sitting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Talks decided in an hour.
    pub talks_per_hour: f64,
    /// Talks decided in this sitting.
    pub talks: usize,
    /// When the first of them was, in seconds since 1970.
    pub since: i64,
}

impl Pace {
    /// Seconds that this many talks take at this pace.
    pub fn secs_for(&self, talks: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52 talks")]
        let talks = talks as f64;
        talks * 3600.0 / self.talks_per_hour
    }
}

/// The pace of the sitting that lasts still: decisions no more than half an hour apart, the last no longer ago than
/// that. `None` with fewer than three, and where all were made in the same second. Seconds since 1970, in any order; those
/// after `now` do not count.
pub fn pace(decided_at: &[i64], now: i64) -> Option<Pace> {
    let mut times: Vec<i64> = decided_at.iter().copied().filter(|at| *at <= now).collect();
    times.sort_unstable_by(|a, b| b.cmp(a));
    let (mut since, mut talks) = (now, 0);
    let last = *times.first()?;
    for at in times {
        if since.saturating_sub(at) > BREAK {
            break;
        }
        (since, talks) = (at, talks + 1);
    }
    let secs = last.saturating_sub(since);
    if talks < ENOUGH || secs < SHORTEST {
        return None;
    }
    // The time before the first decision is not known: it ends the first talk, and begins the second.
    #[expect(clippy::cast_precision_loss, reason = "a sitting has fewer than 2^52 talks and seconds")]
    let talks_per_hour = (talks - 1) as f64 * 3600.0 / secs as f64;
    Some(Pace { talks_per_hour, talks, since })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_pace_is_that_of_this_sitting_alone() {
        // An hour and a half before: another sitting.
        let times = [10_600, 1_000, 10_300, 1_100, 10_000, 1_200, 99_999];
        let pace = pace(&times, 10_700).expect("three decisions");
        assert_eq!(pace, Pace { talks_per_hour: 12.0, talks: 3, since: 10_000 });
        assert!((pace.secs_for(24) - 7_200.0).abs() < 1e-9);
    }

    #[test]
    fn two_decisions_a_long_break_and_one_second_make_no_pace() {
        assert_eq!(pace(&[100, 200], 300), None);
        assert_eq!(pace(&[100, 200, 300], 300 + BREAK + 1), None);
        assert!(pace(&[100, 200, 300], 300 + BREAK).is_some());
        assert_eq!(pace(&[100, 100, 100, 100], 110), None);
        assert_eq!(pace(&[], 0), None);
    }

    proptest! {
        #[test]
        fn any_times_make_a_pace_or_none(times in proptest::collection::vec(any::<i64>(), 0..9), now in any::<i64>()) {
            if let Some(pace) = pace(&times, now) {
                prop_assert!(pace.talks_per_hour > 0.0 && pace.talks >= ENOUGH && pace.since <= now);
            }
        }
    }
}

//! The finish line: how many talks are left, how long they take, and how fast one would have to listen to be done in time.

use super::Shelf;
use crate::library::Row;
use crate::time::{MediaTime, Rate};

/// What is left to hear.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Line {
    /// Talks that are neither judged nor heard to their end and that can be heard now. A talk in several places is one.
    pub talks: usize,
    /// What is left of them at the recorded speed, after trimming.
    pub source: MediaTime,
    /// The time that takes at the speed asked for.
    pub time: MediaTime,
    /// How many of them are of unknown length; each is taken to last as long as the median of all others.
    pub unknown: usize,
}

impl Shelf {
    /// What is left to hear at this speed. `trimming` is the part of the sound that trimming leaves, 1.0 without.
    ///
    /// `rows` are those that were handed to [`Shelf::sync`] last.
    pub fn left(&mut self, rows: &[Row], rate: Rate, trimming: f64) -> Line {
        self.copies(rows);
        let mut lengths: Vec<MediaTime> =
            self.lines.iter().filter(|line| line.playable()).filter_map(|line| line.length).collect();
        let middle = lengths.len() / 2;
        let median = if lengths.is_empty() { MediaTime::ZERO } else { *lengths.select_nth_unstable(middle).1 };
        let mut line = Line::default();
        for group in self.copies.talks() {
            let Some(talk) = self.together(rows, group) else { continue };
            if talk.verdict.is_some() || talk.seen == super::Seen::Done {
                continue;
            }
            let heard = |at: &u32| rows.get(*at as usize).map(|row| row.state.progress.furthest);
            line.talks += 1;
            line.source = line.source
                + talk.left.unwrap_or_else(|| {
                    line.unknown += 1;
                    let heard = group.iter().filter_map(heard).max().unwrap_or_default();
                    (median - heard.max_zero()).max_zero()
                });
        }
        let trimming = if trimming.is_finite() { trimming.clamp(0.05, 1.0) } else { 1.0 };
        line.source = MediaTime::from_secs_f64(line.source.secs_f64() * trimming);
        line.time = line.source.at_rate(rate);
        line
    }
}

/// How fast one has to listen, without a pause from now on, to be done at the deadline; both in seconds since 1970.
/// `None` once the deadline has passed; 0 where nothing is left.
pub fn needed(line: &Line, now: i64, deadline: i64) -> Option<f64> {
    let secs = deadline.checked_sub(now).filter(|secs| *secs > 0)?;
    Some(line.source.max_zero().secs_f64() / MediaTime::from_secs(secs).secs_f64())
}

/// For people, to the nearest minute: `12 h 04 min`, `4 min`, `less than a minute`.
pub fn time_text(time: MediaTime) -> String {
    let secs = time.max_zero().millis() / 1000;
    let minutes = (secs + 30) / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) if secs > 0 => "less than a minute".to_owned(),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{many, row};
    use super::*;
    use crate::notes::Verdict;
    use crate::talk::TalkId;

    #[test]
    fn what_is_left_is_counted_once_and_at_the_speed() {
        let mut rows: Vec<Row> = [("a", 600), ("b", 600), ("c", 300), ("d", 300), ("e", 60), ("f", 60), ("g", 60)]
            .map(|(n, s)| row(n, s))
            .into();
        rows[1].entry.id = TalkId(rows[0].entry.id.0.clone());
        rows[1].state.progress.furthest = MediaTime::from_secs(120);
        rows[2].entry.length = None;
        rows[3].state.verdict = Some(Verdict::Drop);
        rows[4].state.progress.done = true;
        rows[5].away = true;
        rows[6].entry.broken = Some("why".into());
        let line = Shelf::new(&rows).left(&rows, Rate::from_factor(2.0), 0.9);
        // 480 s of the first, and of the third the median of 60, 300, 600 and 600.
        let source = MediaTime::from_secs(972);
        assert_eq!(line, Line { talks: 2, source, time: MediaTime::from_secs(486), unknown: 1 });
        assert_eq!(Shelf::new(&[]).left(&[], Rate::NORMAL, f64::NAN), Line::default());
    }

    #[test]
    fn the_speed_needed_is_what_is_left_over_the_time_there_is() {
        let line = Line { talks: 3, source: MediaTime::from_secs(7200), time: MediaTime::from_secs(4000), unknown: 0 };
        assert_eq!(needed(&line, 1_000, 4_600), Some(2.0));
        assert_eq!(needed(&line, 1_000, 1_000), None);
        assert_eq!(needed(&line, i64::MIN, i64::MAX), None);
        assert_eq!(needed(&Line::default(), 0, 10), Some(0.0));
    }

    /// Hears every talk that is left in steps of a tenth of a second, as the player does: a talk ends at 95 % of it at the
    /// earliest, which the estimate does not count on, and begins where it was left.
    fn simulated(rows: &[Row], rate: f64) -> f64 {
        let mut clock = 0.0;
        for row in rows {
            let undecided = row.state.verdict.is_none() && !row.state.progress.done;
            if row.away || row.entry.broken.is_some() || !undecided {
                continue;
            }
            // The length that the player learns when it opens a talk whose files do not say it.
            let length = row
                .entry
                .length
                .map_or_else(|| 60.0 + f64::from(row.entry.title.len() as u16) * 20.0, MediaTime::secs_f64);
            let mut position = row.state.progress.furthest.secs_f64();
            while position < length {
                position += 0.1 * rate;
                clock += 0.1;
            }
        }
        clock
    }

    #[test]
    fn the_estimate_is_within_a_twentieth_of_a_simulated_run() {
        for (count, factor) in [(40, 1.0), (600, 1.6), (600, 3.35)] {
            let rows = many(count);
            let line = Shelf::new(&rows).left(&rows, Rate::from_factor(factor), 1.0);
            let run = simulated(&rows, factor);
            let off = (line.time.secs_f64() - run).abs() / run;
            assert!(line.unknown > 0 || count < 600);
            assert!(line.talks > count as usize / 10 && off < 0.05, "{count} at {factor}: {line:?}, ran {run}, {off}");
        }
    }

    #[test]
    fn times_are_told_in_words() {
        for (secs, text) in [
            (0, "0 min"),
            (29, "less than a minute"),
            (30, "1 min"),
            (260, "4 min"),
            (3_599, "1 h 00 min"),
            (43_440, "12 h 04 min"),
            (-5, "0 min"),
        ] {
            assert_eq!(time_text(MediaTime::from_secs(secs)), text);
        }
        time_text(MediaTime::MAX);
    }
}

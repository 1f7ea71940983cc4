//! Whether the machine has something better to do than to read slides.

use std::time::Duration;

/// How often it is asked.
pub const EVERY: Duration = Duration::from_secs(3);

/// The share of all cores that others use above which reading waits.
const PAUSE_ABOVE: f64 = 0.75;

/// The share of all cores that others use below which it goes on.
const GO_ON_BELOW: f64 = 0.55;

/// Watches what the others use of the processor.
#[derive(Debug, Default)]
pub struct Load {
    last: Option<Times>,
    busy: bool,
}

/// What the cores have done since the start, all together, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Times {
    others: u64,
    all: u64,
}

impl Load {
    /// Whether the machine was busy since the last call. Only Linux tells; elsewhere it never is, and the lowest
    /// priority has to do.
    pub fn sample(&mut self) -> bool {
        if !cfg!(target_os = "linux") {
            return false;
        }
        self.feed(&std::fs::read_to_string("/proc/stat").unwrap_or_default())
    }

    /// As [`Self::sample`], from the text of `/proc/stat`.
    ///
    /// Not `/proc/pressure/cpu`: a program at the lowest priority waits itself whenever others work, and that counts.
    pub fn feed(&mut self, stat: &str) -> bool {
        let now = Times::parse(stat);
        if let (Some(last), Some(now)) = (self.last, now)
            && let Some(share) = now.share_since(last)
        {
            self.busy = share > if self.busy { GO_ON_BELOW } else { PAUSE_ABOVE };
        }
        self.last = now;
        // Where nothing is told nothing is known, and then reading goes on.
        self.busy && now.is_some()
    }
}

impl Times {
    /// The first line: `cpu`, then user, nice, system, idle, iowait, irq, softirq, steal (and guests, which are in the
    /// first two). What runs with a lowered priority, as our reading does, is `nice`: it gives way by itself.
    fn parse(stat: &str) -> Option<Self> {
        let mut words = stat.lines().next()?.split_ascii_whitespace();
        if words.next() != Some("cpu") {
            return None;
        }
        let ticks: Vec<u64> = words.take(8).map_while(|word| word.parse().ok()).collect();
        let [user, nice, system, idle, iowait, irq, softirq, steal] = ticks[..] else { return None };
        let others = [user, system, irq, softirq, steal].iter().fold(0, |sum: u64, ticks| sum.saturating_add(*ticks));
        Some(Self { others, all: [nice, idle, iowait].iter().fold(others, |sum, ticks| sum.saturating_add(*ticks)) })
    }

    /// What others had of the cores, 0 to 1; `None` where no time has passed, or backwards as after a suspend.
    fn share_since(self, before: Self) -> Option<f64> {
        let others = u32::try_from(self.others.checked_sub(before.others)?).ok()?;
        let all = u32::try_from(self.all.checked_sub(before.all)?).ok().filter(|all| *all > 0)?;
        Some(f64::from(others) / f64::from(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After so many ticks of others' work, lowered work and rest.
    fn stat(others: u64, nice: u64, idle: u64) -> String {
        format!("cpu  {others} {nice} 0 {idle} 0 0 0 0 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n")
    }

    #[test]
    fn reading_waits_for_others_and_goes_on_when_they_are_done() {
        let mut load = Load::default();
        assert!(!load.feed(&stat(1_000_000, 0, 0)), "what was before the first look is not known");
        assert!(!load.feed(&stat(1_000_070, 0, 30)));
        assert!(load.feed(&stat(1_000_150, 0, 50)));
        assert!(load.feed(&stat(1_000_210, 0, 90)), "not yet: it would begin and stop all the time");
        assert!(!load.feed(&stat(1_000_260, 0, 140)));
    }

    #[test]
    fn work_at_a_lowered_priority_is_our_own_or_gives_way_as_well() {
        let mut load = Load::default();
        load.feed(&stat(0, 0, 0));
        assert!(!load.feed(&stat(5, 195, 0)));
    }

    #[test]
    fn what_is_no_such_file_never_stops_anything() {
        let mut load = Load::default();
        load.feed(&stat(0, 0, 0));
        assert!(load.feed(&stat(100, 0, 0)));
        for odd in ["", "cpu", "cpu 1 2 3", "intr 1 2 3 4 5 6 7 8 9", "cpu a b c d e f g h"] {
            assert!(!load.feed(odd), "{odd}");
        }
        let mut load = Load::default();
        load.feed(&stat(500, 500, 500));
        assert!(!load.feed(&stat(100, 0, 0)), "counters that went back");
        load.feed(&stat(100, 0, 0));
        assert!(!load.feed(&stat(100, 0, 0)), "no time has passed");
    }
}

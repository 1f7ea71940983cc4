//! The finish line: how much is left of the library, the pace so far, and the speed that a deadline needs. Main thread.

use super::App;
use crate::library::shelf::{Deadline, FinishLine, Pace, local, needed, pace};
use crate::library::unix_now;
use crate::time::Rate;

/// What is left, in figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Finish {
    /// Talks and time left at the present speed.
    pub left: FinishLine,
    /// That speed.
    pub rate: Rate,
    /// The pace of this sitting, once there is one.
    pub pace: Option<Pace>,
    /// When the viewer wants to be done, as it is said, and the speed that it needs; `None` where it is over.
    pub deadline: Option<(String, Option<f64>)>,
}

impl App {
    /// What is left of the library.
    pub fn finish_line(&mut self) -> Finish {
        self.list();
        let (rate, trimming) = (self.common_rate(), self.share_left(None));
        let rows = self.work.library.catalogue().rows();
        let left = self.listing.left(rows, rate, trimming);
        let now = unix_now();
        let decided: Vec<i64> = rows.iter().filter_map(|row| row.state.decided_at).collect();
        let zoned = local(now);
        let deadline = Deadline::kept(&self.view.shelf.finish_by, &zoned)
            .map(|deadline| (deadline.label(&zoned), needed(&left, now, deadline.at())));
        Finish { left, rate, pace: pace(&decided, now), deadline }
    }

    pub(super) fn finish_by(&mut self, text: &str) {
        if text.trim().is_empty() {
            self.view.shelf.finish_by.clear();
            self.feedback("No time to be done by");
            return;
        }
        let now = local(unix_now());
        match Deadline::parse(text, &now) {
            Ok(deadline) => {
                self.view.shelf.finish_by = deadline.to_string();
                let label = deadline.label(&now);
                let needs = self.finish_line().deadline.and_then(|(_, needs)| needs);
                self.feedback(match needs {
                    Some(needs) if needs > 0.0 => format!("Done by {label} needs {needs:.2}×, without a pause"),
                    _ => format!("Nothing is left until {label}"),
                });
            }
            Err(error) => self.feedback(error.to_string()),
        }
    }
}

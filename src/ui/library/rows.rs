//! Where the lines of the list lie: all are equally high, and a heading stands above the first of each folder.

use crate::app::App;
use crate::library::shelf::SortKey;

/// Height of a heading.
pub const HEADING: f32 = 40.0;

/// Which lines begin a folder; made anew with the list.
#[derive(Default)]
pub struct Rows {
    made: u64,
    count: usize,
    height: f32,
    starts: Vec<usize>,
}

impl Rows {
    /// Takes in another list, or another height.
    pub fn update(&mut self, app: &App, height: f32) {
        self.height = height;
        if self.made == app.listing_number() {
            return;
        }
        self.made = app.listing_number();
        self.count = app.listed().len();
        self.starts.clear();
        if app.sort().key != SortKey::Order || !app.filter().text.is_empty() {
            return;
        }
        let mut before = None;
        for at in 0..self.count {
            let Some(row) = app.listed_row(at) else { continue };
            // Folder names as they are: taking paths apart would cost more than all the rest.
            let root = row.entry.root.as_ref().map(|root| root.as_os_str());
            let folder = Some((row.entry.session.as_str(), root));
            if folder != before {
                self.starts.push(at);
                before = folder;
            }
        }
        if self.starts.len() < 2 {
            self.starts.clear();
        }
    }

    /// Whether folders have headings.
    pub fn headed(&self) -> bool {
        !self.starts.is_empty()
    }

    /// How many lines stand below the heading above this one; `None` where there is none.
    pub fn heading(&self, at: usize) -> Option<usize> {
        let place = self.starts.binary_search(&at).ok()?;
        Some(self.starts.get(place + 1).copied().unwrap_or(self.count) - at)
    }

    /// The folder that a line lies in: its first line, how many it has, and the first of the next. `None` without headings.
    pub fn folder(&self, at: usize) -> Option<(usize, usize, Option<usize>)> {
        let place = self.starts.partition_point(|start| *start <= at).checked_sub(1)?;
        let start = *self.starts.get(place)?;
        Some((start, self.heading(start)?, self.starts.get(place + 1).copied()))
    }

    /// The upper edge of a line, its heading above it.
    pub fn top(&self, at: usize) -> f64 {
        let headings = self.starts.partition_point(|start| *start <= at);
        at as f64 * f64::from(self.height) + headings as f64 * f64::from(HEADING)
    }

    /// The lower edge of the last line.
    pub fn bottom(&self) -> f64 {
        self.count as f64 * f64::from(self.height) + self.starts.len() as f64 * f64::from(HEADING)
    }

    /// The first line that reaches below this.
    pub fn at(&self, y: f64) -> usize {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low.midpoint(high);
            if self.top(middle) + f64::from(self.height) <= y {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_where_it_lies() {
        let rows = Rows { made: 1, count: 60_000, height: 92.0, starts: vec![0, 3, 40_000] };
        let mut end = 0.0;
        for at in 0..rows.count {
            let top = rows.top(at);
            let heading = rows.heading(at).map_or(0.0, |_| f64::from(HEADING));
            assert_eq!(top - heading, end);
            end = top + 92.0;
            assert_eq!((rows.at(top), rows.at(end - 0.5)), (at, at));
        }
        assert_eq!((rows.bottom(), rows.at(end)), (end, rows.count));
        assert_eq!((rows.folder(2), rows.folder(3)), (Some((0, 3, Some(3))), Some((3, 39_997, Some(40_000)))));
        assert_eq!(rows.folder(59_999), Some((40_000, 20_000, None)));
        assert_eq!((rows.heading(0), rows.heading(3), rows.heading(4)), (Some(3), Some(39_997), None));
    }
}

//! What moves all the time, also while a slide stands still: a camera in a corner, which is no part of the slide. Pure.

use super::GRID;
use super::moving::CHANGED;
use crate::time::MediaTime;

/// Pixels across and down that are judged together, and how many such cells there are.
const CELL: (usize, usize) = (4, 3);
const CELLS: (usize, usize) = (GRID.0 / CELL.0, GRID.1 / CELL.1);
const COUNT: usize = CELLS.0 * CELLS.1;
/// A slide during which a cell moves in more of the seconds than this is one that it moves on.
const LIVELY: f64 = 0.2;
/// A slide that stands still for fewer seconds tells nothing.
const LEAST: u32 = 3;
/// While only one slide has been seen, a cell must move in so many of the seconds, of at least so many.
const ALONE: (f64, u32) = (0.6, 20);
/// Where more of a picture moves than this, it is no slide beside a camera, and tells nothing about where one is.
const MOST: f64 = 0.5;

/// The cells of a picture in which something changed, and how many pixels in each.
pub(super) type Cells = Box<[(u16, u8)]>;

/// Where two grey pictures differ by more than `by`.
pub(super) fn differing_cells(one: &[u8], other: &[u8], by: u8) -> Cells {
    let mut counts = [0_u8; COUNT];
    for (row, (a, b)) in one.chunks_exact(GRID.0).zip(other.chunks_exact(GRID.0)).enumerate() {
        let counts = counts.iter_mut().skip(row / CELL.1 * CELLS.0);
        for (count, (a, b)) in counts.zip(a.chunks(CELL.0).zip(b.chunks(CELL.0))) {
            *count += a.iter().zip(b).fold(0, |count, (a, b)| count + u8::from(a.abs_diff(*b) > by));
        }
    }
    (0_u16..).zip(counts).filter(|(_, count)| *count > 0).collect()
}

/// How many seconds were seen, and in how many of them each cell moved.
#[derive(Debug, Default, Clone)]
struct Tally {
    seconds: u32,
    moved: Vec<u32>,
}

impl Tally {
    fn add(&mut self, moved: impl Iterator<Item = bool>) {
        self.seconds += 1;
        self.moved.resize(COUNT, 0);
        for (count, moved) in self.moved.iter_mut().zip(moved) {
            *count += u32::from(moved);
        }
    }

    /// Whether each cell moved in more of the seconds than this part.
    fn above(&self, part: f64) -> impl Iterator<Item = bool> + '_ {
        self.moved.iter().map(move |count| f64::from(*count) > part * f64::from(self.seconds))
    }
}

/// Learns from all pictures of a video where it is restless.
#[derive(Debug, Default)]
pub(super) struct Restless {
    /// The second that is being seen, and the cells that moved in it.
    second: Option<i64>,
    moved: Vec<bool>,
    /// The picture that it began with.
    first: Vec<u8>,
    /// The slide that is being seen.
    slide: usize,
    during: Tally,
    /// Of the slides before it, each as one second: on how many each cell moved.
    slides: Tally,
    /// All seconds.
    all: Tally,
}

impl Restless {
    /// A picture during a slide that stands still, and where it differs from the one before.
    pub(super) fn see(&mut self, at: MediaTime, slide: usize, grey: &[u8], cells: &[(u16, u8)]) {
        let second = at.nanos().div_euclid(MediaTime::from_secs(1).nanos());
        if self.second != Some(second) || self.slide != slide {
            // What moves slowly is not seen from one picture to the next.
            let lasted = self.slide == slide && self.second.is_some_and(|last| last + 1 == second);
            if lasted {
                self.note(&differing_cells(&self.first, grey, CHANGED));
            }
            self.end_second();
            self.second = Some(second);
            self.first.clear();
            self.first.extend_from_slice(grey);
        }
        if self.slide != slide {
            self.slides = self.with_this();
            (self.slide, self.during) = (slide, Tally::default());
        }
        self.note(cells);
    }

    /// So many more seconds nothing moves: a picture stays for long.
    pub(super) fn rest(&mut self, seconds: u32) {
        self.during.seconds += seconds;
        self.all.seconds += seconds;
    }

    fn note(&mut self, cells: &[(u16, u8)]) {
        self.moved.resize(COUNT, false);
        for (cell, _) in cells {
            if let Some(moved) = self.moved.get_mut(usize::from(*cell)) {
                *moved = true;
            }
        }
    }

    fn end_second(&mut self) {
        if self.second.take().is_some() && !is_most(&self.moved) {
            self.during.add(self.moved.iter().copied());
            self.all.add(self.moved.iter().copied());
        }
        self.moved.fill(false);
    }

    /// All slides with the one that is being seen.
    fn with_this(&self) -> Tally {
        let mut slides = self.slides.clone();
        if self.during.seconds >= LEAST {
            slides.add(self.during.above(LIVELY));
        }
        slides
    }

    /// Whether enough was seen to say where it is restless.
    pub(super) fn is_known(&self) -> bool {
        self.slides.seconds + u32::from(self.during.seconds >= LEAST) >= 2 || self.all.seconds >= 3 * ALONE.1
    }

    /// For each pixel, whether it is calm.
    pub(super) fn calm(&self) -> Vec<bool> {
        let slides = self.with_this();
        let restless: Vec<bool> = if slides.seconds >= 2 {
            slides.above(0.5).collect()
        } else if self.all.seconds >= ALONE.1 {
            self.all.above(ALONE.0).collect()
        } else {
            Vec::new()
        };
        calm_pixels(&restless)
    }
}

/// The cells that differ from one picture to another.
pub(super) fn differ(one: &[u8], other: &[u8], by: u8) -> Vec<bool> {
    let mut all = vec![false; COUNT];
    for (cell, _) in differing_cells(one, other, by) {
        if let Some(moved) = all.get_mut(usize::from(cell)) {
            *moved = true;
        }
    }
    all
}

/// For each pixel, whether it is calm, where pairs of pictures differ in these cells and nothing is known but that.
pub(super) fn calm_of(pairs: impl Iterator<Item = Vec<bool>>, part: f64) -> Vec<bool> {
    let mut all = Tally::default();
    pairs.filter(|moved| !is_most(moved)).for_each(|moved| all.add(moved.into_iter()));
    calm_pixels(&all.above(part).collect::<Vec<_>>())
}

/// All pixels but those in or beside a restless cell.
fn calm_pixels(restless: &[bool]) -> Vec<bool> {
    let at = |column: usize, row: usize| restless.get(row * CELLS.0 + column).is_some_and(|restless| *restless);
    // Of somebody who moves, the rim moves now and then.
    let near = |cell: usize| {
        let (column, row) = (cell % CELLS.0, cell / CELLS.0);
        let mut columns = column.saturating_sub(1)..(column + 2).min(CELLS.0);
        columns.any(|column| (row.saturating_sub(1)..row + 2).any(|row| at(column, row)))
    };
    let wide: Vec<bool> = (0..COUNT).map(near).collect();
    let none = is_most(&wide);
    let pixel = |pixel: usize| (pixel / GRID.0 / CELL.1) * CELLS.0 + pixel % GRID.0 / CELL.0;
    (0..GRID.0 * GRID.1).map(|at| none || !wide.get(pixel(at)).is_some_and(|wide| *wide)).collect()
}

fn is_most(cells: &[bool]) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a few hundred cells")]
    let (some, all) = (cells.iter().filter(|cell| **cell).count() as f64, COUNT as f64);
    some > MOST * all
}

/// Whether a cell is calm.
pub(super) fn is_calm(cell: u16, calm: &[bool]) -> bool {
    let cell = usize::from(cell);
    let first = cell / CELLS.0 * CELL.1 * GRID.0 + cell % CELLS.0 * CELL.0;
    calm.get(first).is_none_or(|calm| *calm)
}

/// How many of the pixels that changed are calm.
pub(super) fn calm_changes(cells: &[(u16, u8)], calm: &[bool]) -> usize {
    cells.iter().filter(|(cell, _)| is_calm(*cell, calm)).map(|(_, count)| usize::from(*count)).sum()
}

/// The pixels of all cells but the part of them in which two pictures differ most.
pub(super) fn without_worst(one: &[u8], other: &[u8], part: f64) -> Vec<bool> {
    let mut apart = vec![0_u32; COUNT];
    let cell = |pixel: usize| (pixel / GRID.0 / CELL.1) * CELLS.0 + pixel % GRID.0 / CELL.0;
    for (at, (a, b)) in one.iter().zip(other).enumerate() {
        if let Some(apart) = apart.get_mut(cell(at)) {
            *apart += u32::from(a.abs_diff(*b));
        }
    }
    let mut sorted = apart.clone();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of a few hundred cells"
    )]
    let most = sorted.get((COUNT as f64 * part) as usize).copied().unwrap_or(u32::MAX);
    (0..one.len()).map(|at| apart.get(cell(at)).is_some_and(|apart| *apart <= most)).collect()
}

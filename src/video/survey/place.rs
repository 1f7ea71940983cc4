//! Where on a video the slides lie: recordings often show a slide made smaller, with the speaker beside it. Pure.

use super::moving::Still;
use super::restless::without_worst;
use super::{GRID, Part};

/// Pixels across and down of the grey pictures that are searched.
pub(super) const FIELD: (usize, usize) = (384, 216);
/// So many pictures are kept to be searched.
const MOST: usize = 64;
/// And so many are searched through and through.
const SEARCHED: usize = 8;
/// A slide on which brightness varies less, from 0 to 255, could lie anywhere.
const VARIED: f64 = 10.0;
/// A slide takes up at least this part of the width.
const SMALLEST: f64 = 0.28;
/// From one size that is tried to the next, and by which part of its size a slide is moved.
const SHRINK: f64 = 0.95;
const STEPS: (f64, f64) = (20.0, 14.0);
/// Cells across and down that are compared: of the first search, and of the one around what it found.
const COARSE: (usize, usize) = (24, 18);
const FINE: (usize, usize) = (48, 27);
/// Places that are looked at more closely, of each picture, and how alike slide and picture must be there.
const CLOSER: usize = 4;
const PROMISING: f64 = 0.6;
/// A place is another where one of its sides differs by more of the picture.
const APART: f64 = 0.05;
/// What shows a slide as it was made is as alike as this, has such a contrast, and is on average this near in brightness once that is
/// allowed for; a slide that a camera sees on a wall is not.
const ALIKE: f64 = 0.9;
const CONTRAST: std::ops::RangeInclusive<f64> = 0.75..=1.2;
const NEAR: f64 = 12.0;
/// No recording is so much darker or brighter.
const DARKER: f64 = 48.0;
/// Somebody may cover this part of the slide.
const CORNER: f64 = 0.15;
/// Most places.
const MOST_PLACES: usize = 2;
/// At least so many pictures must show the slide in the same place.
const LEAST: usize = 2;
/// What leaves no more than this to the sides is the whole picture.
const WHOLE: f64 = 0.985;

/// A place in a picture, as parts of its width and height.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spot {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Spot {
    fn is_inside(&self) -> bool {
        const HAIR: f64 = 1e-6;
        self.x >= -HAIR
            && self.y >= -HAIR
            && self.x + self.width <= 1.0 + HAIR
            && self.y + self.height <= 1.0 + HAIR
            && self.width >= SMALLEST * 0.9
            && self.height > 0.1
    }

    fn sides(&self) -> [f64; 4] {
        [self.x, self.y, self.x + self.width, self.y + self.height]
    }

    fn is_near(&self, other: &Self) -> bool {
        self.sides().iter().zip(other.sides()).all(|(a, b)| (a - b).abs() < APART)
    }

    fn part(&self) -> Part {
        let [left, top, right, bottom] = self.sides().map(Part::length);
        Part { left, top, width: right - left, height: bottom - top }
    }
}

/// Sums of the brightness of all pixels above and to the left of each corner.
#[derive(Debug)]
struct Sums(Vec<u32>);

impl Sums {
    const ACROSS: usize = FIELD.0 + 1;

    fn of(grey: &[u8]) -> Self {
        let mut sums = vec![0_u32; Self::ACROSS * (FIELD.1 + 1)];
        for (row, pixels) in grey.chunks_exact(FIELD.0).take(FIELD.1).enumerate() {
            let (above, below) = sums.split_at_mut((row + 1) * Self::ACROSS);
            let above = above.iter().skip(row * Self::ACROSS + 1);
            let mut line = 0;
            for ((to, above), pixel) in below.iter_mut().skip(1).zip(above).zip(pixels) {
                line += u32::from(*pixel);
                *to = above + line;
            }
        }
        Self(sums)
    }

    /// The mean brightness of each of so many cells across and down of a place.
    #[expect(clippy::cast_precision_loss, reason = "sums of some ten thousand bytes")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place within the field")]
    fn sample(&self, spot: &Spot, cells: (usize, usize), out: &mut Vec<f64>) {
        let edge = |from: f64, length: f64, at: usize, of: usize, field: usize| {
            let place = ((from + length * at as f64 / of as f64) * field as f64).clamp(0.0, field as f64);
            let whole = (place as usize).min(field - 1);
            (whole, place - whole as f64)
        };
        let columns: Vec<(usize, f64)> =
            (0..=cells.0).map(|at| edge(spot.x, spot.width, at, cells.0, FIELD.0)).collect();
        let area = spot.width * spot.height * (FIELD.0 * FIELD.1) as f64 / (cells.0 * cells.1) as f64;
        let value = |at: usize| self.0.get(at).map_or(0.0, |sum| f64::from(*sum));
        let corners = |down: usize| {
            let (row, part) = edge(spot.y, spot.height, down, cells.1, FIELD.1);
            columns.iter().map(move |(column, along)| {
                let at = row * Self::ACROSS + column;
                let upper = value(at) * (1.0 - along) + value(at + 1) * along;
                let lower = value(at + Self::ACROSS) * (1.0 - along) + value(at + Self::ACROSS + 1) * along;
                upper * (1.0 - part) + lower * part
            })
        };
        out.clear();
        let mut above: Vec<f64> = corners(0).collect();
        let mut below = Vec::with_capacity(above.len());
        for down in 1..=cells.1 {
            below.clear();
            below.extend(corners(down));
            let pairs = above.windows(2).zip(below.windows(2));
            out.extend(pairs.map(|(a, b)| match (a, b) {
                ([a, b], [c, d]) => (d - c - b + a) / area,
                _ => 0.0,
            }));
            std::mem::swap(&mut above, &mut below);
        }
    }
}

/// Brightness with a mean of 0 and a length of 1, to be compared with.
fn normed(values: impl IntoIterator<Item = f64>) -> Option<Vec<f64>> {
    let mut values: Vec<f64> = values.into_iter().collect();
    #[expect(clippy::cast_precision_loss, reason = "some hundred cells")]
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    values.iter_mut().for_each(|value| *value -= mean);
    let length = values.iter().map(|value| value * value).sum::<f64>().sqrt();
    values.iter_mut().for_each(|value| *value /= length);
    (length / count.sqrt() >= VARIED / 2.0).then_some(values)
}

/// How alike cells are to normed ones: 1 is the same but for brightness and contrast.
fn likeness(model: &[f64], cells: &[f64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "some hundred cells")]
    let mean = cells.iter().sum::<f64>() / cells.len() as f64;
    let (mut along, mut length) = (0.0, 0.0);
    for (model, cell) in model.iter().zip(cells) {
        along += model * (cell - mean);
        length += (cell - mean) * (cell - mean);
    }
    if length > 1.0 { along / length.sqrt() } else { 0.0 }
}

/// A slide's grey picture as fewer cells.
fn cells_of(grey: &[u8], cells: (usize, usize)) -> Option<Vec<f64>> {
    let (across, down) = (GRID.0 / cells.0, GRID.1 / cells.1);
    let mut sums = vec![0.0; cells.0 * cells.1];
    for (at, pixel) in grey.iter().enumerate() {
        let cell = (at / GRID.0 / down) * cells.0 + at % GRID.0 / across;
        if let Some(sum) = sums.get_mut(cell) {
            *sum += f64::from(*pixel);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few pixels")]
    let each = (across * down) as f64;
    normed(sums.into_iter().map(|sum| sum / each))
}

/// A picture of the video, and the slide that it should show.
#[derive(Debug)]
struct Seen {
    slide: usize,
    sums: Sums,
}

/// Gathers pictures of a video, and finds where on them the slides lie.
#[derive(Debug)]
pub(super) struct Finder {
    seen: Vec<Seen>,
    /// One in so many pictures is kept.
    thin: usize,
    offered: usize,
    /// Across by down, of the video.
    aspect: f64,
}

impl Finder {
    /// For a video of so many pixels across and down.
    pub(super) fn new((across, down): (u32, u32)) -> Self {
        Self { seen: Vec::new(), thin: 1, offered: 0, aspect: f64::from(across.max(1)) / f64::from(down.max(1)) }
    }

    /// Takes a grey picture of [`FIELD`] pixels that should show this slide.
    pub(super) fn see(&mut self, slide: usize, grey: &[u8]) {
        self.offered += 1;
        if !self.offered.is_multiple_of(self.thin) {
            return;
        }
        self.seen.push(Seen { slide, sums: Sums::of(grey) });
        if self.seen.len() >= MOST {
            let mut kept = false;
            self.seen.retain(|_| {
                kept = !kept;
                kept
            });
            self.thin *= 2;
        }
    }

    /// The parts of the video in which it shows its slides, that of most pictures first; not the whole.
    pub(super) fn find(&self, slides: &[Still]) -> Vec<Part> {
        let known = |seen: &&Seen| slides.get(seen.slide).is_some_and(|slide| cells_of(&slide.grey, COARSE).is_some());
        let mut left: Vec<&Seen> = self.seen.iter().filter(known).collect();
        let mut parts = Vec::new();
        while parts.len() < MOST_PLACES && left.len() >= LEAST {
            let Some(spot) = self.best(&left, slides) else { break };
            let before = left.len();
            left.retain(|seen| !slides.get(seen.slide).is_some_and(|slide| shows(&seen.sums, &spot, slide)));
            if left.len() == before {
                break;
            }
            if spot.width < WHOLE || spot.height < WHOLE {
                parts.push(spot.part());
            }
        }
        parts
    }

    /// The place in which most of these pictures show their slides.
    fn best(&self, seen: &[&Seen], slides: &[Still]) -> Option<Spot> {
        let every = seen.len().div_ceil(SEARCHED).max(1);
        let mut best: Option<(usize, Spot)> = None;
        for one in seen.iter().step_by(every) {
            if best.as_ref().is_some_and(|(count, _)| 5 * count >= 4 * seen.len()) {
                break;
            }
            let Some(slide) = slides.get(one.slide) else { continue };
            for spot in self.search(&one.sums, slide) {
                if best.as_ref().is_some_and(|(_, known)| known.is_near(&spot)) {
                    continue;
                }
                let count = agreeing(seen, slides, &spot).count();
                if count >= LEAST && best.as_ref().is_none_or(|(most, _)| count > *most) {
                    best = Some((count, spot));
                }
            }
        }
        let (_, spot) = best?;
        // The more pictures, the better it is known.
        let agreed: Vec<(&Seen, Vec<f64>)> = agreeing(seen, slides, &spot)
            .filter_map(|seen| Some((seen, cells_of(&slides.get(seen.slide)?.grey, GRID)?)))
            .take(SEARCHED)
            .collect();
        let mut cells = Vec::new();
        let mut score = |spot: &Spot| {
            agreed.iter().fold(0.0, |sum, (seen, model)| {
                seen.sums.sample(spot, GRID, &mut cells);
                sum + likeness(model, &cells)
            })
        };
        Some(climb(spot, 0.01, true, &mut score))
    }

    /// Where in a picture a slide may lie.
    fn search(&self, sums: &Sums, slide: &Still) -> Vec<Spot> {
        let (Some(coarse), Some(fine)) = (cells_of(&slide.grey, COARSE), cells_of(&slide.grey, FINE)) else {
            return Vec::new();
        };
        let (across, down) = slide.size;
        let rise = self.aspect * f64::from(down.max(1)) / f64::from(across.max(1));
        let mut cells = Vec::new();
        let mut found: Vec<(f64, Spot)> = Vec::new();
        let mut width = if rise > 1.0 { 1.0 / rise } else { 1.0 };
        while width >= SMALLEST {
            let height = width * rise;
            for y in places(height, STEPS.1) {
                for x in places(width, STEPS.0) {
                    let spot = Spot { x, y, width, height };
                    sums.sample(&spot, COARSE, &mut cells);
                    let alike = likeness(&coarse, &cells);
                    if alike >= PROMISING {
                        found.push((alike, spot));
                    }
                }
            }
            width *= SHRINK;
        }
        found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let mut kept: Vec<Spot> = Vec::new();
        for (_, spot) in found {
            if kept.len() >= CLOSER {
                break;
            }
            if !kept.iter().any(|known| known.is_near(&spot)) {
                kept.push(spot);
            }
        }
        let mut score = |spot: &Spot| {
            sums.sample(spot, FINE, &mut cells);
            likeness(&fine, &cells)
        };
        kept.into_iter().map(|spot| climb(spot, spot.width / 24.0, false, &mut score)).collect()
    }
}

/// From one side to the other.
fn places(length: f64, steps: f64) -> impl Iterator<Item = f64> {
    let room = (1.0 - length).max(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few dozen")]
    let count = (room / (length / steps)).ceil() as u32;
    (0..=count).map(move |at| if count == 0 { room / 2.0 } else { room * f64::from(at) / f64::from(count) })
}

/// Moves and resizes a place as long as that makes it better. `free`: its width and its height change alone, too.
fn climb(from: Spot, step: f64, free: bool, score: &mut dyn FnMut(&Spot) -> f64) -> Spot {
    let (mut best, mut step) = (from, step);
    let mut high = score(&best);
    let rise = from.height / from.width;
    while step > 1.0 / 4096.0 {
        let grown = |by: f64| {
            let (width, height) = (best.width + by, best.height + by * rise);
            Spot { x: best.x - by / 2.0, y: best.y - by * rise / 2.0, width, height }
        };
        let moved = |x: f64, y: f64| Spot { x: best.x + x, y: best.y + y, ..best };
        let mut tried = vec![moved(step, 0.0), moved(-step, 0.0), moved(0.0, step), moved(0.0, -step)];
        tried.extend([grown(step), grown(-step)]);
        if free {
            let sides = |left: f64, top: f64, right: f64, bottom: f64| Spot {
                x: best.x + left,
                y: best.y + top,
                width: best.width + right - left,
                height: best.height + bottom - top,
            };
            for by in [step, -step] {
                tried.extend([sides(by, 0.0, 0.0, 0.0), sides(0.0, by, 0.0, 0.0)]);
                tried.extend([sides(0.0, 0.0, by, 0.0), sides(0.0, 0.0, 0.0, by)]);
            }
        }
        let better = tried.into_iter().filter(Spot::is_inside).map(|spot| (score(&spot), spot));
        match better.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(alike, _)| *alike > high) {
            Some((alike, spot)) => (high, best) = (alike, spot),
            None => step /= 2.0,
        }
    }
    best
}

/// Those of the pictures that show their slides in this place.
fn agreeing<'a>(seen: &'a [&'a Seen], slides: &'a [Still], spot: &'a Spot) -> impl Iterator<Item = &'a Seen> + 'a {
    seen.iter().copied().filter(|seen| slides.get(seen.slide).is_some_and(|slide| shows(&seen.sums, spot, slide)))
}

/// Whether a picture shows a slide, as it was made, in this place.
fn shows(sums: &Sums, spot: &Spot, slide: &Still) -> bool {
    let mut cells = Vec::new();
    sums.sample(spot, GRID, &mut cells);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of bytes")]
    let grey: Vec<u8> = cells.iter().map(|cell| cell.round().clamp(0.0, 255.0) as u8).collect();
    if is_made_of(&slide.grey, &grey, |_| true) {
        return true;
    }
    let most = without_worst(&slide.grey, &grey, CORNER);
    is_made_of(&slide.grey, &grey, |at| most.get(at).is_some_and(|most| *most))
}

/// Whether a picture is a slide's own, but for a little contrast and brightness, in the pixels that count.
fn is_made_of(slide: &[u8], grey: &[u8], counts: impl Fn(usize) -> bool) -> bool {
    let pairs: Vec<(f64, f64)> = slide
        .iter()
        .zip(grey)
        .enumerate()
        .filter(|(at, _)| counts(*at))
        .map(|(_, (slide, grey))| (f64::from(*slide), f64::from(*grey)))
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
    let count = pairs.len().max(1) as f64;
    let mean = |value: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(value).sum::<f64>() / count;
    let (a, b) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
    let (along, varies) = (mean(&|pair| (pair.0 - a) * (pair.1 - b)), mean(&|pair| (pair.0 - a).powi(2)));
    let contrast = along / varies.max(1.0);
    let apart = mean(&|pair| (pair.1 - b - contrast * (pair.0 - a)).abs());
    let alike = along / (varies * mean(&|pair| (pair.1 - b).powi(2))).sqrt();
    alike >= ALIKE && CONTRAST.contains(&contrast) && apart <= NEAR && (a - b).abs() <= DARKER
}

#[cfg(test)]
mod tests;

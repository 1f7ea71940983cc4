//! When a recording leaves the slides and shows the speaker alone, or the room. That is no slide that moves, although a slide was
//! there before and is there after. Pure.

use super::GRID;
use super::moving::{AROUND, Still, compared};
use crate::time::MediaTime;

/// Where a smaller part of a picture is as on the slide, another thing is shown.
const LITTLE: f64 = 0.25;
/// Pixels across and down that are compared at once.
const BLOCK: (usize, usize) = (12, 9);
/// A block whose brightness varies less than this has nothing on it; two such are the same where they differ by less than that.
const FLAT: f64 = 4.0;
const SAME: f64 = 24.0;
/// Two with something on them are the same where they are as alike as this.
const BLOCKS_ALIKE: f64 = 0.7;
/// At least so much of the time it must be another thing.
const MOSTLY: f64 = 0.8;
/// As alike as this, two pictures are of the same room.
const ALIKE: f64 = 0.8;
/// So many pictures of what may be a room are compared with all others.
const COMPARED: usize = 16;
/// So many pictures of a room, during other slides, are no chance.
const OFTEN: usize = 2;
/// Who shows another thing during so many slides shows the speaker now and then; then less is enough.
const MANY: usize = 3;
const ALIKE_TO_MANY: f64 = 0.55;
/// Pixels across and down that a small picture has one of.
const CELL: usize = 4;

/// A picture that was looked at.
#[derive(Debug, Clone)]
pub(super) struct Glimpse {
    /// When.
    pub(super) at: MediaTime,
    /// Nothing changed in it.
    pub(super) stood: bool,
    /// It shows the slide.
    pub(super) shown: bool,
    /// How much of it is as on the slide, 0 to 1.
    pub(super) like: f64,
    /// It is another slide's time each time this grows.
    pub(super) slide: usize,
    /// It, smaller.
    pub(super) small: Box<[u8]>,
}

impl Glimpse {
    /// Of a grey picture during a slide, of which the pixels count that are calm; empty: all.
    pub(super) fn new(at: MediaTime, slide: usize, grey: &[u8], still: Option<&Still>, calm: &[bool]) -> Self {
        let still = still.map(|still| still.grey.as_slice()).unwrap_or_default();
        let like = likeness(grey, still, calm);
        let small = grey.chunks_exact(GRID.0).step_by(CELL).flat_map(|row| row.iter().step_by(CELL).copied());
        Self { at, stood: false, shown: false, like, slide, small: small.collect() }
    }

    /// Something else than the slide.
    pub(super) fn is_other(&self) -> bool {
        self.like < LITTLE
    }
}

/// The part of the blocks of a picture in which it is as on the slide; of those that are mostly calm.
fn likeness(grey: &[u8], still: &[u8], calm: &[bool]) -> f64 {
    if grey.len() != still.len() {
        return 0.0;
    }
    let (mut same, mut all) = (0.0, 0.0);
    for top in (0..GRID.1).step_by(BLOCK.1) {
        for left in (0..GRID.0).step_by(BLOCK.0) {
            let places = (top..top + BLOCK.1).flat_map(|row| (left..left + BLOCK.0).map(move |at| row * GRID.0 + at));
            let counted = places.filter(|at| calm.get(*at).is_none_or(|calm| *calm));
            let (one, other): (Vec<u8>, Vec<u8>) =
                counted.filter_map(|at| Some((*grey.get(at)?, *still.get(at)?))).unzip();
            if 2 * one.len() >= BLOCK.0 * BLOCK.1 {
                all += 1.0;
                same += f64::from(u8::from(is_same(&one, &other)));
            }
        }
    }
    if all > 0.0 { same / all } else { 0.0 }
}

fn is_same(one: &[u8], other: &[u8]) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a few pixels")]
    let mean = |values: &[u8]| values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len() as f64;
    let (a, b) = (mean(one), mean(other));
    let varies = |values: &[u8], mean: f64| {
        let squares = values.iter().map(|value| (f64::from(*value) - mean).powi(2)).sum::<f64>();
        #[expect(clippy::cast_precision_loss, reason = "a few pixels")]
        let deviation = (squares / values.len() as f64).sqrt();
        deviation >= FLAT
    };
    match (varies(one, a), varies(other, b)) {
        (false, false) => (a - b).abs() < SAME,
        (true, true) => compared(one, other, |_| true).0 >= BLOCKS_ALIKE,
        _ => false,
    }
}

/// From when until when something changes all the time.
pub(super) type Stretch = (MediaTime, MediaTime);

/// Which of the stretches show the speaker, or a room, and not the slide; all in their order.
pub(super) fn cutaways(stretches: &[Stretch], glimpses: &[Glimpse], stills: &[Still]) -> Vec<bool> {
    let within = |(from, until): &Stretch| {
        let begin = glimpses.partition_point(|it| it.at < *from);
        let end = glimpses.partition_point(|it| it.at < *until);
        let seen = glimpses.get(begin..end).unwrap_or_default();
        // The last thing that changes is that the slide is back.
        match seen.split_last() {
            Some((last, before)) if !last.is_other() => before,
            _ => seen,
        }
    };
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let is_other = |seen: &[Glimpse]| {
        let others = seen.iter().filter(|it| it.is_other()).count();
        others > 0 && others as f64 >= MOSTLY * seen.len() as f64
    };
    let mut slides: Vec<usize> = Vec::new();
    for seen in stretches.iter().map(within).filter(|seen| is_other(seen)) {
        slides.extend(seen.first().map(|it| it.slide));
    }
    slides.dedup();
    let lasts = |(from, until): &Stretch| {
        stills.iter().any(|still| *from + AROUND < still.from && still.from < *until - AROUND)
    };
    let judged = |stretch: &Stretch| {
        let seen = within(stretch);
        // Cameras turn and zoom.
        let alike = if slides.len() >= MANY { ALIKE_TO_MANY } else { ALIKE };
        is_other(seen) && (lasts(stretch) || is_seen_again(seen, glimpses, alike))
    };
    // What is too short to be looked at is as what is before it.
    let mut verdicts: Vec<bool> = Vec::new();
    for (number, stretch) in stretches.iter().enumerate() {
        let follows =
            number.checked_sub(1).and_then(|last| stretches.get(last)).is_some_and(|(_, end)| *end == stretch.0);
        let as_before = within(stretch).is_empty() && follows && verdicts.last() == Some(&true);
        verdicts.push(as_before || judged(stretch));
    }
    verdicts
}

/// Whether what these pictures show is shown during other slides, too.
fn is_seen_again(seen: &[Glimpse], all: &[Glimpse], alike: f64) -> bool {
    let others = seen.iter().filter(|it| it.is_other());
    let (slides, pictures): (Vec<usize>, Vec<&[u8]>) = others.map(|it| (it.slide, &*it.small)).unzip();
    let some: Vec<&[u8]> = pictures.iter().step_by(pictures.len().div_ceil(COMPARED).max(1)).copied().collect();
    let elsewhere = all.iter().filter(|it| it.is_other() && !slides.contains(&it.slide));
    let is_known = |it: &&Glimpse| some.iter().any(|picture| compared(picture, &it.small, |_| true).0 >= alike);
    elsewhere.filter(is_known).take(OFTEN).count() >= OFTEN
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::Prng;

    const SIZE: usize = GRID.0 * GRID.1;

    fn glimpse(grey: &[u8], still: &[u8], calm: &[bool]) -> Glimpse {
        let still = Still { grey: still.to_vec(), size: (1920, 1080), from: MediaTime::ZERO };
        Glimpse::new(MediaTime::ZERO, 1, grey, Some(&still), calm)
    }

    /// Dark and full of detail, as a picture taken from the air.
    fn land(seed: u64) -> Vec<u8> {
        let mut dice = Prng::new(seed);
        (0..SIZE).map(|_| u8::try_from(40 + dice.below(70)).expect("a byte")).collect()
    }

    fn page() -> Vec<u8> {
        let mut page = vec![250; SIZE];
        for (row, pixels) in page.chunks_exact_mut(GRID.0).enumerate() {
            if row % 6 < 2 {
                pixels.iter_mut().skip(10).take(20 + row).for_each(|pixel| *pixel = 30);
            }
        }
        page
    }

    /// Somebody before a wall that gets darker to one side.
    fn room() -> Vec<u8> {
        let wall = |at: usize| u8::try_from(60 + at % GRID.0 / 2 + at / GRID.0).expect("a byte");
        let body = |at: usize| (30..60).contains(&(at % GRID.0)) && at / GRID.0 > 15;
        (0..SIZE).map(|at| if body(at) { 150 } else { wall(at) }).collect()
    }

    #[test]
    fn a_slide_is_the_same_brighter_or_darker_and_a_room_is_none() {
        for slide in [land(1), page()] {
            assert!((glimpse(&slide, &slide, &[]).like - 1.0).abs() < 1e-9);
            let levels: Vec<u8> = slide.iter().map(|value| 8 + value / 10 * 9).collect();
            assert!(glimpse(&levels, &slide, &[]).like > 0.9);
            assert!(glimpse(&room(), &slide, &[]).is_other());
        }
        assert!(glimpse(&land(2), &land(1), &[]).is_other());
        assert!(glimpse(&page(), &[], &[]).is_other(), "a slide without a picture");
    }

    #[test]
    fn what_is_left_of_a_slide_around_a_film_on_it_is_seen_and_what_is_restless_does_not_count() {
        let slide = page();
        let mut filmed = slide.clone();
        for (to, from) in filmed.iter_mut().zip(land(3)).skip(GRID.0 * 18).take(GRID.0 * 27) {
            *to = from;
        }
        let half = glimpse(&filmed, &slide, &[]);
        assert!((half.like - 0.5).abs() < 0.01 && !half.is_other(), "{}", half.like);
        let calm: Vec<bool> = (0..SIZE).map(|at| !(18..45).contains(&(at / GRID.0))).collect();
        assert!((glimpse(&filmed, &slide, &calm).like - 1.0).abs() < 1e-9);
    }
}

//! When a recording leaves the slides and shows the speaker alone, or the room. That is no slide that moves, although a slide was
//! there before and is there after. Pure.

use super::GRID;
use super::moving::{AROUND, Still, compared};
use crate::time::MediaTime;

/// Where a smaller part of a picture is as on the slide, another thing is shown.
const LITTLE: f64 = 0.25;
/// Brightness that differs by less than this is the same.
const SAME: u8 = 20;
/// At least so much of the time it must be another thing.
const MOSTLY: f64 = 0.8;
/// As alike as this, two pictures are of the same room.
const ALIKE: f64 = 0.8;
/// So many pictures of what may be a room are compared with all others.
const COMPARED: usize = 16;
/// So many pictures of a room, during other slides, are no chance.
const OFTEN: usize = 2;
/// During so many slides another thing is shown only by those who show the speaker now and then.
const MANY: usize = 3;
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
        let counts = |at: usize| calm.get(at).is_none_or(|calm| *calm);
        let (mut same, mut all) = (0.0, 0.0);
        for (_, (a, b)) in grey.iter().zip(still).enumerate().filter(|(at, _)| counts(*at)) {
            all += 1.0;
            same += f64::from(u8::from(a.abs_diff(*b) < SAME));
        }
        let small = grey.chunks_exact(GRID.0).step_by(CELL).flat_map(|row| row.iter().step_by(CELL).copied());
        let like = if all > 0.0 { same / all } else { 0.0 };
        Self { at, stood: false, shown: false, like, slide, small: small.collect() }
    }

    fn is_other(&self) -> bool {
        self.like < LITTLE
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
        is_other(seen) && (slides.len() >= MANY || lasts(stretch) || is_seen_again(seen, glimpses))
    };
    stretches.iter().map(judged).collect()
}

/// Whether what these pictures show is shown during other slides, too.
fn is_seen_again(seen: &[Glimpse], all: &[Glimpse]) -> bool {
    let others = seen.iter().filter(|it| it.is_other());
    let (slides, pictures): (Vec<usize>, Vec<&[u8]>) = others.map(|it| (it.slide, &*it.small)).unzip();
    let some: Vec<&[u8]> = pictures.iter().step_by(pictures.len().div_ceil(COMPARED).max(1)).copied().collect();
    let elsewhere = all.iter().filter(|it| it.is_other() && !slides.contains(&it.slide));
    let is_known = |it: &&Glimpse| some.iter().any(|picture| compared(picture, &it.small, |_| true).0 >= ALIKE);
    elsewhere.filter(is_known).take(OFTEN).count() >= OFTEN
}

//! The slides of a film: where what stands still in it becomes another. Pure.

use std::collections::BTreeMap;

use super::restless::{calm_of, differ, differing_cells, is_calm};
use super::{GRID, Scene};
use crate::time::MediaTime;
use crate::video::Span;

/// From one sample to the next.
const STEP: MediaTime = MediaTime::from_millis(500);
/// Samples that are kept: four hours. Of a longer film, the rest is one scene.
const MOST: usize = 28_800;
/// A pixel that differs by more than this has changed.
const CHANGED: u8 = 16;
/// A pixel that changes in more of the samples than this shows no slide but somebody who moves.
const RESTLESS: f64 = 0.2;
/// Pixels beside each other of which some change for two seconds in more of the samples than this are somebody, too.
const RESTLESS_CELL: f64 = 0.15;
/// The part of the picture that must be calm for it to show slides.
const CALM: f64 = 0.3;
/// The part of the calm pixels that differ from one slide to the next, and less than which a slide stands still.
const OTHER: f64 = 0.03;
const STILL: f64 = 0.008;
/// Slides of one template differ in less. On a slide so much is background, and a pixel that is this far from it is written on.
const PLAIN: f64 = 0.4;
const INK: u8 = 10;
/// If so many pixels that were written on become quite others, it is another slide; where text is only added, it is not.
const ANOTHER: u8 = 20;
const REWRITTEN: usize = 8;
/// Such a slide stands still if no more pixels change than this.
const STIRRED: usize = 4;
/// Slides that are shown for less are passed over.
const LEAST: MediaTime = MediaTime::from_secs(2);

/// When a cell changed most between two samples: which, how many of its pixels, and when, in nanoseconds since the earlier
/// sample, or [`LATER`].
type Turn = (u16, u8, u32);
/// With the later sample itself.
const LATER: u32 = u32::MAX;

struct Sample {
    at: MediaTime,
    /// What changed since the sample before.
    turns: Vec<Turn>,
    grey: Vec<u8>,
}

/// Is shown all pictures of a film, in their order.
#[derive(Default)]
pub struct Cutter {
    samples: Vec<Sample>,
    before: Vec<u8>,
    /// Since the last sample.
    turns: BTreeMap<u16, (u8, u32)>,
}

impl Cutter {
    /// Looks at a picture.
    pub fn see(&mut self, span: Span, grey: &[u8]) {
        let last = self.samples.last().map(|last| last.at);
        let due = last.is_none_or(|last| last + STEP <= span.from);
        let since = last.filter(|_| !due).and_then(|last| u32::try_from((span.from - last).nanos()).ok());
        for (cell, count) in differing_cells(&self.before, grey, CHANGED) {
            let most = self.turns.entry(cell).or_default();
            if count > most.0 {
                *most = (count, since.unwrap_or(LATER));
            }
        }
        self.before.clear();
        self.before.extend_from_slice(grey);
        if due && self.samples.len() < MOST && grey.len() == GRID.0 * GRID.1 {
            let turns = std::mem::take(&mut self.turns);
            let turns = turns.into_iter().map(|(cell, (count, since))| (cell, count, since)).collect();
            self.samples.push(Sample { at: span.from, turns, grey: grey.to_vec() });
        }
    }

    /// When most of what is calm changed, before a sample.
    fn turn(&self, number: usize, calm: &[bool]) -> MediaTime {
        let Some(sample) = self.samples.get(number) else { return MediaTime::ZERO };
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for (_, count, since) in sample.turns.iter().filter(|(cell, ..)| is_calm(*cell, calm)) {
            *counts.entry(*since).or_default() += u32::from(*count);
        }
        let most = counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(since, _)| since);
        let before = number.checked_sub(1).and_then(|before| self.samples.get(before));
        match (most.filter(|since| *since != LATER), before) {
            (Some(since), Some(before)) => before.at + MediaTime::from_nanos(i64::from(since)),
            _ => sample.at,
        }
    }

    /// The slides; none where it shows none.
    pub fn finish(self) -> Vec<Scene> {
        let around = self.calm_around();
        let calm = self.calm(&around);
        let count = calm.len();
        #[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
        let (all, calm_count) = ((GRID.0 * GRID.1) as f64, count as f64);
        if self.samples.len() < 2 || calm_count < CALM * all {
            return Vec::new();
        }
        let changed = |one: &Sample, other: &Sample| {
            calm.iter().filter(|at| one.grey[**at].abs_diff(other.grey[**at]) > CHANGED).count()
        };
        let part = |one: &Sample, other: &Sample| {
            #[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
            let part = changed(one, other) as f64 / calm_count;
            part
        };
        let mut scenes: Vec<(MediaTime, Vec<MediaTime>)> = Vec::new();
        let mut reference: Option<(&Sample, Vec<usize>)> = None;
        let mut turned: Option<MediaTime> = None;
        for (number, pair) in self.samples.windows(2).enumerate() {
            let [sample, next] = pair else { continue };
            let wholly = reference.as_ref().is_none_or(|(reference, _)| part(reference, sample) >= OTHER);
            let rewritten = |(reference, ink): &(&Sample, Vec<usize>)| {
                let another = |at: &&usize| reference.grey[**at].abs_diff(sample.grey[**at]) > ANOTHER;
                ink.iter().filter(another).count() >= REWRITTEN
            };
            let other = wholly || reference.as_ref().is_some_and(rewritten);
            if other {
                turned = turned.or_else(|| Some(self.turn(number, &around)));
            } else {
                turned = None;
            }
            if part(sample, next) > STILL || other && !wholly && changed(sample, next) > STIRRED {
                continue;
            }
            match turned.take() {
                // The first slide is there from the beginning.
                Some(_) if scenes.is_empty() => scenes.push((MediaTime::ZERO, vec![sample.at])),
                Some(from) => scenes.push((from, vec![sample.at])),
                None => {
                    if let Some((_, stills)) = scenes.last_mut() {
                        stills.push(sample.at);
                    }
                }
            }
            // A slide to which a line was added is still the same, and the next is compared with it as it is now.
            if other {
                reference = Some((sample, written(&sample.grey, &calm)));
            }
        }
        let mut kept: Vec<Scene> = Vec::new();
        for (number, (from, stills)) in scenes.iter().enumerate() {
            let until = scenes.get(number + 1).map_or(MediaTime::MAX, |next| next.0);
            if until - *from >= LEAST || number == 0 {
                // As late as it is surely still this slide.
                let well = stills.iter().rev().find(|at| until - **at > STEP).or(stills.first());
                let still = well.map_or(*from, |at| *at);
                kept.push(Scene { from: from.nanos(), still: still.nanos(), ..Scene::default() });
            }
        }
        if kept.len() < 2 { Vec::new() } else { kept }
    }

    /// For each pixel, whether nobody moves around it.
    fn calm_around(&self) -> Vec<bool> {
        let moves = self.samples.windows(5).filter_map(|five| {
            let [first, _, second, _, third] = five else { return None };
            // Two seconds in a row: another slide comes at once.
            let earlier = differ(&first.grey, &second.grey, CHANGED);
            let later = differ(&second.grey, &third.grey, CHANGED);
            Some(earlier.into_iter().zip(later).map(|(earlier, later)| earlier && later).collect())
        });
        calm_of(moves, RESTLESS_CELL)
    }

    /// The pixels that do not move all the time.
    fn calm(&self, around: &[bool]) -> Vec<usize> {
        let mut changes = vec![0_u32; GRID.0 * GRID.1];
        for pair in self.samples.windows(2) {
            let [one, other] = pair else { continue };
            for (count, (a, b)) in changes.iter_mut().zip(one.grey.iter().zip(&other.grey)) {
                *count += u32::from(a.abs_diff(*b) > CHANGED);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a number of samples")]
        let pairs = self.samples.len().saturating_sub(1).max(1) as f64;
        let calm = |count: u32| f64::from(count) / pairs <= RESTLESS;
        let calm = changes.iter().zip(around).enumerate().filter(|(_, (count, around))| calm(**count) && **around);
        calm.map(|(at, _)| at).collect()
    }
}

/// The calm pixels of a slide that are written on; none where it is no slide with a plain background.
fn written(grey: &[u8], calm: &[usize]) -> Vec<usize> {
    let mut values = [0_usize; 256];
    calm.iter().for_each(|at| values[usize::from(grey[*at])] += 1);
    let near = |value: u8| -> usize {
        (value.saturating_sub(INK)..=value.saturating_add(INK)).map(|near| values[usize::from(near)]).sum()
    };
    let background = (0..=u8::MAX).max_by_key(|value| near(*value)).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
    let plain = near(background) as f64 >= PLAIN * calm.len() as f64;
    if !plain {
        return Vec::new();
    }
    calm.iter().copied().filter(|at| grey[*at].abs_diff(background) > INK).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::Prng;

    fn slide(seed: u64) -> Vec<u8> {
        let mut dice = Prng::new(seed);
        let blocks: Vec<u8> = (0..60).map(|_| u8::try_from(dice.below(256)).expect("a byte")).collect();
        (0..GRID.0 * GRID.1).map(|at| blocks[(at / GRID.0 / 9) * 10 + at % GRID.0 * 10 / GRID.0]).collect()
    }

    /// Pictures of 40 ms, for so many seconds.
    fn cut(secs: i64, draw: impl Fn(i64) -> Vec<u8>) -> Vec<(i64, i64)> {
        let mut cutter = Cutter::default();
        for frame in 0..secs * 25 {
            let at = MediaTime::from_millis(frame * 40);
            cutter.see(Span { from: at, until: Some(at + MediaTime::from_millis(40)) }, &draw(frame * 40));
        }
        cutter.finish().iter().map(|scene| (scene.from / 1_000_000, scene.still / 1_000_000)).collect()
    }

    #[test]
    fn each_slide_of_a_film_is_found_to_the_picture_beside_somebody_who_speaks() {
        let starts = [0_i64, 9_080, 20_440, 31_000];
        let found = cut(40, |at| {
            let number = starts.iter().rposition(|start| *start <= at).expect("the first");
            let mut grey = slide(u64::try_from(number).expect("small") + 1);
            let mut dice = Prng::new(u64::try_from(at).expect("small") + 1);
            for row in grey.chunks_exact_mut(GRID.0).skip(36) {
                row[70..].iter_mut().for_each(|pixel| *pixel = u8::try_from(dice.below(256)).expect("a byte"));
            }
            grey
        });
        assert_eq!(found.iter().map(|scene| scene.0).collect::<Vec<_>>(), starts);
        for (at, (from, still)) in found.iter().enumerate() {
            let until = starts.get(at + 1).copied().unwrap_or(40_000);
            assert!(still >= from && *still < until && until - still < 1_200, "{found:?}");
        }
    }

    #[test]
    fn a_camera_alone_shows_no_slides_and_neither_does_a_picture_that_stays() {
        let noise = |at: i64| {
            let mut dice = Prng::new(u64::try_from(at).expect("small") + 1);
            (0..GRID.0 * GRID.1).map(|_| u8::try_from(dice.below(256)).expect("a byte")).collect::<Vec<_>>()
        };
        assert_eq!(cut(20, noise), []);
        assert_eq!(cut(20, |_| slide(4)), []);
    }

    /// A slide of a template with a few signs of its own.
    fn page(number: u64) -> Vec<u8> {
        let (mut all, mut own) = (Prng::new(1), Prng::new(number + 2));
        let mut grey = vec![245; GRID.0 * GRID.1];
        for row in grey.chunks_exact_mut(GRID.0).skip(4).step_by(5) {
            row[8..60].iter_mut().for_each(|pixel| *pixel = u8::try_from(40 + all.below(180)).expect("a byte"));
        }
        for row in grey.chunks_exact_mut(GRID.0).skip(5).take(3) {
            row[30..44].iter_mut().for_each(|pixel| *pixel = u8::try_from(20 + 110 * own.below(3)).expect("a byte"));
        }
        grey
    }

    #[test]
    fn slides_of_one_template_are_told_apart_and_a_line_more_makes_none() {
        let starts = [0_i64, 8_000, 20_000, 30_000];
        let number = |at: i64| starts.iter().rposition(|start| *start <= at).expect("the first");
        let found = cut(40, |at| {
            let mut grey = page(u64::try_from(number(at)).expect("small"));
            if (12_000..20_000).contains(&at) {
                grey[GRID.0 * 40 + 8..GRID.0 * 40 + 50].fill(30);
            }
            // What compression does, and a pointer.
            let mut dice = Prng::new(u64::try_from(at).expect("small") + 1);
            grey.iter_mut().for_each(|pixel| *pixel -= u8::try_from(dice.below(8)).expect("a byte"));
            grey[GRID.0 * 29 + 8 + usize::try_from(at / 40 % 50).expect("small")] = 0;
            grey
        });
        assert_eq!(found.iter().map(|scene| scene.0).collect::<Vec<_>>(), starts);
        assert!(found.iter().all(|(from, still)| number(*from) == number(*still)), "{found:?}");
    }

    #[test]
    fn a_slide_is_found_when_it_appears_also_where_most_moves_in_a_corner() {
        let starts = [0_i64, 8_000, 20_000, 30_000];
        let number = |at: i64| starts.iter().rposition(|start| *start <= at).expect("the first");
        let found = cut(40, |at| {
            let mut grey = page(u64::try_from(number(at)).expect("small"));
            // Stripes that go by slowly, and twice in a second all at once.
            for (row, pixels) in grey.chunks_exact_mut(GRID.0).enumerate().skip(34) {
                for (column, pixel) in pixels.iter_mut().enumerate().skip(66) {
                    let place = i64::try_from(row + column).expect("small") + at / 480 * 3;
                    *pixel = u8::try_from(place.rem_euclid(16) * 12).expect("a byte");
                }
            }
            grey
        });
        assert_eq!(found.iter().map(|scene| scene.0).collect::<Vec<_>>(), starts);
        for (at, (_, still)) in found.iter().enumerate() {
            let until = starts.get(at + 1).copied().unwrap_or(40_000);
            assert!(number(*still) == at && until - still > 500, "{found:?}");
        }
    }

    #[test]
    fn slides_that_follow_quickly_are_all_found() {
        let found = cut(60, |at| slide(u64::try_from(at / 4_000).expect("small") + 1));
        assert_eq!(
            found.iter().map(|scene| scene.0).collect::<Vec<_>>(),
            (0..15).map(|slide| slide * 4_000).collect::<Vec<_>>()
        );
    }

    #[test]
    fn somebody_before_a_dark_wall_shows_no_slides() {
        let wall = 20;
        let found = cut(120, |at| {
            let mut dice = Prng::new(u64::try_from(at).expect("small") + 1);
            // Sways, and sits otherwise every twenty seconds.
            let sway = (at / 200 * 7 % 5) - 2 + at / 20_000 % 3 * 2;
            let mut grey = vec![0; GRID.0 * GRID.1];
            for (place, pixel) in (0_i64..).zip(&mut grey) {
                let (x, y) = (place % 96 - 48 - sway, place / 96 - 30);
                let inside = x * x + y * y < 150 || y > 8 && x * x < 500 + 8 * y;
                let value = if inside { 130 + (x * 13 + y * 29) % 80 } else { wall };
                let noise = i64::try_from(dice.below(9)).expect("small");
                *pixel = u8::try_from((value + noise).clamp(0, 255)).expect("a byte");
            }
            grey
        });
        assert_eq!(found, []);
    }

    #[test]
    fn what_flashes_by_is_no_slide() {
        let found = cut(30, |at| slide(if (10_000..11_000).contains(&at) { 9 } else { u64::from(at >= 20_000) + 1 }));
        assert!(found.len() <= 3 && found.iter().all(|(from, _)| [0, 11_000, 20_000].contains(from)), "{found:?}");
    }
}

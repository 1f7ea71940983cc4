//! The slides of a film: where what stands still in it becomes another. Pure.

use super::{GRID, Scene, differing};
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
/// The part of the picture that must be calm for it to show slides.
const CALM: f64 = 0.3;
/// The part of the calm pixels that differ from one slide to the next, and less than which a slide stands still.
const OTHER: f64 = 0.03;
const STILL: f64 = 0.008;
/// Slides that are shown for less are passed over.
const LEAST: MediaTime = MediaTime::from_secs(2);

struct Sample {
    at: MediaTime,
    /// When most changed since the sample before.
    turn: MediaTime,
    grey: Vec<u8>,
}

/// Is shown all pictures of a film, in their order.
#[derive(Default)]
pub struct Cutter {
    samples: Vec<Sample>,
    before: Vec<u8>,
    /// Since the last sample: the most that changed from one picture to the next, and when.
    most: (usize, MediaTime),
}

impl Cutter {
    /// Looks at a picture.
    pub fn see(&mut self, span: Span, grey: &[u8]) {
        let changed = differing(&self.before, grey, CHANGED);
        if changed > self.most.0 {
            self.most = (changed, span.from);
        }
        self.before.clear();
        self.before.extend_from_slice(grey);
        let due = self.samples.last().is_none_or(|last| last.at + STEP <= span.from);
        if due && self.samples.len() < MOST && grey.len() == GRID.0 * GRID.1 {
            let turn = if self.most.0 > 0 { self.most.1 } else { span.from };
            self.samples.push(Sample { at: span.from, turn, grey: grey.to_vec() });
            self.most = (0, span.from);
        }
    }

    /// The slides; none where it shows none.
    pub fn finish(self) -> Vec<Scene> {
        let calm = self.calm();
        let count = calm.len();
        #[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
        let (all, calm_count) = ((GRID.0 * GRID.1) as f64, count as f64);
        if self.samples.len() < 2 || calm_count < CALM * all {
            return Vec::new();
        }
        let part = |one: &Sample, other: &Sample| {
            let differing = calm.iter().filter(|at| one.grey[**at].abs_diff(other.grey[**at]) > CHANGED).count();
            #[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
            let part = differing as f64 / calm_count;
            part
        };
        let mut scenes: Vec<(MediaTime, MediaTime)> = Vec::new();
        let mut reference: Option<&Sample> = None;
        let mut turned: Option<MediaTime> = None;
        for pair in self.samples.windows(2) {
            let [sample, next] = pair else { continue };
            let other = reference.is_none_or(|reference| part(reference, sample) >= OTHER);
            if other {
                turned = turned.or(Some(sample.turn));
            } else {
                turned = None;
            }
            if part(sample, next) > STILL {
                continue;
            }
            match turned.take() {
                // The first slide is there from the beginning.
                Some(_) if scenes.is_empty() => scenes.push((MediaTime::ZERO, sample.at)),
                Some(from) => scenes.push((from, sample.at)),
                None => {
                    if let Some(last) = scenes.last_mut() {
                        last.1 = sample.at;
                    }
                }
            }
            // A slide to which a line was added is still the same, and the next is compared with it as it is now.
            if other {
                reference = Some(sample);
            }
        }
        let mut kept: Vec<Scene> = Vec::new();
        for (number, (from, still)) in scenes.iter().enumerate() {
            let until = scenes.get(number + 1).map_or(MediaTime::MAX, |next| next.0);
            if until - *from >= LEAST || number == 0 {
                kept.push(Scene { from: from.nanos(), still: still.nanos(), ..Scene::default() });
            }
        }
        if kept.len() < 2 { Vec::new() } else { kept }
    }

    /// The pixels that do not move all the time.
    fn calm(&self) -> Vec<usize> {
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
        changes.iter().enumerate().filter(|(_, count)| calm(**count)).map(|(at, _)| at).collect()
    }
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

    #[test]
    fn what_flashes_by_is_no_slide() {
        let found = cut(30, |at| slide(if (10_000..11_000).contains(&at) { 9 } else { u64::from(at >= 20_000) + 1 }));
        assert!(found.len() <= 3 && found.iter().all(|(from, _)| [0, 11_000, 20_000].contains(from)), "{found:?}");
    }
}

//! A video that shows the slides in several places, one after the other: the whole of it, or beside the speaker. Each place is
//! looked at as if it were a video of its own. Pure.

use super::moving::{Detector, FADE, LEAST, Still};
use super::{Moving, Survey};
use crate::time::MediaTime;
use crate::video::{Part, Span};

/// A place, and what is seen in it.
struct Place {
    part: Option<Part>,
    detector: Detector,
    /// The picture.
    grey: Vec<u8>,
    /// The slide was seen in another place, or something else in this one.
    away: bool,
}

/// Is shown all pictures of a video, in their order.
pub(super) struct Places {
    each: Vec<Place>,
    /// When it was asked last where the slide is seen.
    asked: Option<MediaTime>,
}

/// From one asking where the slide is seen to the next.
const ASK: MediaTime = MediaTime::from_secs(1);

impl Places {
    /// For a video that may show these slides in these parts of it; where two say that something moves, the first is right.
    /// `sure`: it shows nothing else.
    pub(super) fn new(parts: impl IntoIterator<Item = Option<Part>>, stills: &[Still], sure: bool) -> Self {
        let detector = || Detector::new(stills.to_vec(), sure);
        let place = |part| Place { part, detector: detector(), grey: Vec::new(), away: false };
        Self { each: parts.into_iter().map(place).collect(), asked: None }
    }

    /// Looks at a picture; `grey` gives it, or a part of it, as a grey one.
    pub(super) fn see(&mut self, span: Span, mut grey: impl FnMut(Option<Part>, &mut Vec<u8>) -> bool) {
        for place in &mut self.each {
            if !grey(place.part, &mut place.grey) {
                return;
            }
        }
        if self.asked.is_none_or(|asked| asked + ASK <= span.from) {
            self.asked = Some(span.from);
            let seen: Vec<(bool, bool)> =
                self.each.iter().map(|place| place.detector.at_once(span.from, &place.grey)).collect();
            let somewhere = seen.iter().any(|(shown, _)| *shown);
            for (place, (shown, other)) in self.each.iter_mut().zip(seen) {
                place.away = if somewhere { !shown } else { other };
            }
        }
        for place in &mut self.each {
            place.detector.see(span, &place.grey, place.away);
        }
    }

    /// Whether enough was seen for what is found to stay true.
    pub(super) fn is_known(&self) -> bool {
        self.each.iter().filter(|place| !place.away).all(|place| place.detector.is_known())
    }

    /// What was found so far.
    pub(super) fn found(&self) -> Survey {
        let found: Vec<_> = self.each.iter().map(|place| (place.part, place.detector.found())).collect();
        let mut shows: Vec<(MediaTime, Option<Part>)> = Vec::new();
        for (part, (_, looks)) in &found {
            shows.extend(looks.iter().map(|at| (*at, *part)));
        }
        // Of two at the same moment, the first place is right: the sort leaves them in their order.
        shows.sort_by_key(|(at, _)| *at);
        shows.dedup_by_key(|(at, _)| *at);
        let mut moving: Vec<Moving> = Vec::new();
        for (part, (spans, _)) in &found {
            let known = moving.clone();
            for span in spans.iter().filter(|span| is_here(&shows, *part, **span)) {
                let left = without(*span, &known);
                moving.extend(left.into_iter().map(|(from, until)| Moving { from, until, part: *part }));
            }
        }
        moving.sort_by_key(|moving| moving.from);
        shows.dedup_by_key(|(_, part)| *part);
        let shows = shows.into_iter().map(|(at, part)| (at.nanos(), part)).collect();
        Survey { moving, shown: true, shows, scenes: Vec::new() }
    }
}

/// Whether it is in this place that the slide was seen before something moved, or after it; and what moved was not its way to
/// another place.
fn is_here(shows: &[(MediaTime, Option<Part>)], part: Option<Part>, (from, until): (i64, i64)) -> bool {
    let before = shows.partition_point(|(at, _)| at.nanos() < from);
    let after = shows.partition_point(|(at, _)| at.nanos() < until);
    let place = |at: Option<&(MediaTime, Option<Part>)>| at.map(|(_, part)| *part);
    let (before, after) = (place(before.checked_sub(1).and_then(|last| shows.get(last))), place(shows.get(after)));
    let moves_on = until - from <= FADE.nanos() && before.zip(after).is_some_and(|(before, after)| before != after);
    !moves_on && (before == Some(part) || after == Some(part))
}

/// What is left of a span where others are taken away, which are in no order; without what is too short to be seen.
fn without(span: (i64, i64), others: &[Moving]) -> Vec<(i64, i64)> {
    let mut left = vec![span];
    for other in others {
        let cut = |(from, until): (i64, i64)| [(from, until.min(other.from)), (from.max(other.until), until)];
        let apart = |(from, until): &(i64, i64)| *until <= other.from || other.until <= *from;
        left = left.into_iter().flat_map(|span| if apart(&span) { vec![span] } else { cut(span).to_vec() }).collect();
    }
    left.retain(|(from, until)| until - from >= LEAST.nanos());
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::Prng;
    use crate::video::survey::GRID;

    const FRAME: i64 = 40;
    const HALF: Part =
        Part { left: Part::WHOLE / 2, top: Part::WHOLE / 4, width: Part::WHOLE / 2, height: Part::WHOLE / 2 };

    fn ms(millis: i64) -> MediaTime {
        MediaTime::from_millis(millis)
    }

    fn slide(seed: u64) -> Vec<u8> {
        let mut dice = Prng::new(seed);
        let blocks: Vec<u8> = (0..60).map(|_| u8::try_from(dice.below(256)).expect("a byte")).collect();
        (0..GRID.0 * GRID.1).map(|at| blocks[(at / GRID.0 / 9) * 10 + at % GRID.0 * 10 / GRID.0]).collect()
    }

    fn cover(mut grey: Vec<u8>, at: i64) -> Vec<u8> {
        let left = usize::try_from((at / FRAME) % 80).expect("small");
        for row in grey.chunks_exact_mut(GRID.0).skip(10).take(10) {
            row[left..left + 10].iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
        }
        grey
    }

    /// One slide: for ten seconds it is all of the picture, then beside the speaker. It moves from 4 to 6 and from 14 to 16 s.
    #[test]
    fn each_motion_is_found_in_the_place_where_the_slide_is_and_the_change_of_place_is_none() {
        let still = |from, seed| Still { from: ms(from), grey: slide(seed), size: (1280, 720) };
        let stills = [still(0, 1), still(20_000, 2)];
        let mut places = Places::new([Some(HALF), None], &stills, false);
        for frame in 0..625 {
            let at = frame * FRAME;
            let moves = (4_000..6_000).contains(&at) || (14_000..16_000).contains(&at);
            let shown = slide(if at >= 20_000 { 2 } else { 1 });
            let shown = if moves { cover(shown, at) } else { shown };
            // Half a second of sliding from one place to the other: all of it changes.
            let between = slide(u64::try_from(100 + frame).expect("small"));
            let span = Span { from: ms(at), until: Some(ms(at + FRAME)) };
            places.see(span, |part, grey| {
                let here = if at < 10_000 { part.is_none() } else { at >= 10_500 && part.is_some() };
                let sliding = (10_000..10_500).contains(&at);
                *grey = if here { shown.clone() } else { slide(if sliding { 0 } else { 7 }) };
                if sliding {
                    grey.clone_from(&between);
                }
                true
            });
        }
        let found = places.found();
        let moving: Vec<_> =
            found.moving.iter().map(|it| (it.from / 1_000_000, it.until / 1_000_000, it.part)).collect();
        assert_eq!(moving, [(4_000, 6_040, None), (14_000, 16_040, Some(HALF))]);
        assert_eq!(found.part_at(ms(5_000)), None);
        assert_eq!(found.part_at(ms(15_000)), Some(HALF));
        assert_eq!(found.part_at(ms(0)), None);
    }

    #[test]
    fn what_two_places_say_of_one_moment_is_said_once() {
        let other = |from, until| Moving { from, until, part: None };
        let second = 1_000_000_000;
        let span = (second, 9 * second);
        assert_eq!(without(span, &[]), [span]);
        assert_eq!(without(span, &[other(0, second), other(9 * second, 10 * second)]), [span]);
        assert_eq!(
            without(span, &[other(6 * second, 7 * second), other(2 * second, 3 * second)]),
            [(second, 2 * second), (3 * second, 6 * second), (7 * second, 9 * second)]
        );
        assert_eq!(without(span, &[other(second + 1, 9 * second)]), [], "an instant is nothing");
        assert_eq!(without(span, &[other(0, 10 * second)]), []);
    }
}

//! The slides of a talk along its time. Every question is answered by binary search.

use std::fmt;

use super::Slide;
use crate::time::MediaTime;

/// How long the last slide lasts where no sound says when the talk ends.
const LAST_SLIDE: MediaTime = MediaTime::from_secs(30);

/// Which slide, counted from zero; prints as people count, from one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlideIndex(pub usize);

impl fmt::Display for SlideIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.saturating_add(1).fmt(f)
    }
}

/// Slides sorted by their start; slides that start together stay in the order of their document.
///
/// Of slides that nothing gives a time, only the first ones that the viewer has given one are placed; the others stand
/// behind them in their order and belong to no moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlideTrack {
    slides: Vec<Slide>,
    placed: usize,
}

impl SlideTrack {
    /// Sorts the slides, which come in the order of their document.
    pub fn new(mut slides: Vec<Slide>) -> Self {
        // The sort must be stable: where starts are equal, the document's order is all there is to go by.
        slides.sort_by_key(|slide| slide.start);
        Self { placed: slides.len(), slides }
    }

    /// Slides in their order, of which nothing says when they appear: the first is there from the beginning.
    pub fn untimed(mut slides: Vec<Slide>) -> Self {
        // A document that says so may give them times all the same.
        slides.iter_mut().for_each(|slide| slide.start = MediaTime::ZERO);
        Self { placed: slides.len().min(1), slides }
    }

    /// The first slides appear at these moments, in their order; those that are left are not placed. A moment before the one
    /// of the slide before counts as that.
    #[must_use]
    pub fn with_starts(&self, starts: &[MediaTime]) -> Self {
        let mut slides = self.slides.clone();
        let mut last = MediaTime::ZERO;
        for (slide, start) in slides.iter_mut().zip(starts) {
            last = last.max(*start);
            slide.start = last;
        }
        let placed = starts.len().clamp(slides.len().min(1), slides.len());
        for slide in slides.iter_mut().skip(placed) {
            slide.start = last;
        }
        Self { slides, placed }
    }

    /// All slides appear so much later, or earlier, but never before the beginning.
    #[must_use]
    pub fn nudged(&self, by: MediaTime) -> Self {
        let mut track = self.clone();
        for slide in &mut track.slides {
            slide.start = (slide.start + by).max(MediaTime::ZERO);
        }
        track
    }

    /// How many slides, from the first on, have a moment at which they appear.
    pub fn placed(&self) -> usize {
        self.placed
    }

    /// When the last slide that has a moment appears; zero without slides.
    pub fn last_start(&self) -> MediaTime {
        self.timed().last().map_or(MediaTime::ZERO, |slide| slide.start)
    }

    fn timed(&self) -> &[Slide] {
        self.slides.get(..self.placed).unwrap_or_default()
    }

    /// How many slides there are.
    pub fn len(&self) -> usize {
        self.slides.len()
    }

    /// Whether there are no slides at all.
    pub fn is_empty(&self) -> bool {
        self.slides.is_empty()
    }

    /// One slide.
    pub fn get(&self, index: SlideIndex) -> Option<&Slide> {
        self.slides.get(index.0)
    }

    /// All slides, by start.
    pub fn iter(&self) -> std::slice::Iter<'_, Slide> {
        self.slides.iter()
    }

    /// The slide that is shown at `time`: the last one that has started by then, and before the first has started, the
    /// first. `None` only where there are no slides.
    pub fn slide_at(&self, time: MediaTime) -> Option<SlideIndex> {
        (!self.is_empty()).then(|| SlideIndex(self.started_by(time).saturating_sub(1)))
    }

    /// When the next slide after `time` starts; strictly later than `time`.
    pub fn next_start(&self, time: MediaTime) -> Option<MediaTime> {
        self.timed().get(self.started_by(time)).map(|slide| slide.start)
    }

    /// When a slide starts. An index past the end, and a slide that is not placed, stand for the last one that is; without
    /// slides it is zero.
    pub fn start(&self, index: SlideIndex) -> MediaTime {
        self.timed().get(index.0).map_or_else(|| self.last_start(), |slide| slide.start)
    }

    /// From when until when a slide is shown in a talk that lasts until `end`. Never ends before it starts; a slide that
    /// starts together with the next one lasts no time, nor does one that is not placed.
    pub fn span(&self, index: SlideIndex, end: MediaTime) -> (MediaTime, MediaTime) {
        let start = self.start(index);
        if index.0 >= self.placed && index.0 < self.len() {
            return (start, start);
        }
        let until = self.next(index).filter(|next| next.0 < self.placed).map_or(end, |next| self.start(next));
        (start, until.max(start))
    }

    /// The slide after this one.
    pub fn next(&self, index: SlideIndex) -> Option<SlideIndex> {
        index.0.checked_add(1).filter(|next| *next < self.len()).map(SlideIndex)
    }

    /// The slide before this one.
    pub fn previous(&self, index: SlideIndex) -> Option<SlideIndex> {
        index.0.checked_sub(1).filter(|previous| *previous < self.len()).map(SlideIndex)
    }

    /// When the talk ends if nothing but the slides can say so: a while after the last one starts.
    pub fn natural_end(&self) -> MediaTime {
        self.timed().last().map_or(MediaTime::ZERO, |last| last.start + LAST_SLIDE)
    }

    /// How many slides have started by `time`.
    fn started_by(&self, time: MediaTime) -> usize {
        self.timed().partition_point(|slide| slide.start <= time)
    }
}

impl<'a> IntoIterator for &'a SlideTrack {
    type Item = &'a Slide;
    type IntoIter = std::slice::Iter<'a, Slide>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn track(starts: &[i64]) -> SlideTrack {
        SlideTrack::new(
            starts
                .iter()
                .enumerate()
                .map(|(at, ms)| Slide { start: MediaTime::from_millis(*ms), name: at.to_string(), ..Slide::default() })
                .collect(),
        )
    }

    fn ms(millis: i64) -> MediaTime {
        MediaTime::from_millis(millis)
    }

    #[test]
    fn before_the_first_slide_the_first_slide_is_shown() {
        let track = track(&[4_000, 9_000]);
        assert_eq!(track.slide_at(MediaTime::ZERO), Some(SlideIndex(0)));
        assert_eq!(track.slide_at(ms(8_999)), Some(SlideIndex(0)));
        assert_eq!(track.slide_at(ms(9_000)), Some(SlideIndex(1)));
        assert_eq!(track.next_start(MediaTime::ZERO), Some(ms(4_000)));
    }

    #[test]
    fn of_slides_that_start_together_the_last_is_shown_and_the_document_order_stays() {
        let track = track(&[5_000, 0, 5_000, 5_000]);
        let names: Vec<_> = track.iter().map(|slide| slide.name.as_str()).collect();
        assert_eq!(names, ["1", "0", "2", "3"]);
        assert_eq!(track.slide_at(ms(5_000)), Some(SlideIndex(3)));
        assert_eq!(track.span(SlideIndex(1), ms(60_000)), (ms(5_000), ms(5_000)));
        assert_eq!(track.span(SlideIndex(3), ms(60_000)), (ms(5_000), ms(60_000)));
    }

    #[test]
    fn a_slide_after_the_end_of_the_talk_lasts_no_time() {
        assert_eq!(track(&[0, 9_000]).span(SlideIndex(1), ms(5_000)), (ms(9_000), ms(9_000)));
    }

    #[test]
    fn a_talk_without_slides_answers_every_question() {
        let track = track(&[]);
        assert_eq!(track.slide_at(ms(5)), None);
        assert_eq!(track.next_start(ms(5)), None);
        assert_eq!(track.start(SlideIndex(7)), MediaTime::ZERO);
        assert_eq!(track.next(SlideIndex(0)), None);
        assert_eq!(track.previous(SlideIndex(1)), None);
        assert_eq!(track.natural_end(), MediaTime::ZERO);
    }

    #[test]
    fn slides_without_times_get_them_one_by_one() {
        let bare = SlideTrack::untimed(track(&[0, 7_000, 9_000]).slides);
        assert!(bare.iter().all(|slide| slide.start == MediaTime::ZERO));
        assert_eq!((bare.placed(), bare.slide_at(ms(9_000)), bare.next_start(ms(0))), (1, Some(SlideIndex(0)), None));
        assert_eq!((bare.natural_end(), bare.span(SlideIndex(2), ms(60_000))), (ms(30_000), (ms(0), ms(0))));
        assert_eq!(bare.span(SlideIndex(0), ms(60_000)), (ms(0), ms(60_000)));
        let two = bare.with_starts(&[ms(0), ms(4_000)]);
        assert_eq!(
            (two.placed(), two.slide_at(ms(3_999)), two.slide_at(ms(9_000))),
            (2, Some(SlideIndex(0)), Some(SlideIndex(1)))
        );
        assert_eq!((two.start(SlideIndex(2)), two.len()), (ms(4_000), 3));
        let all = two.with_starts(&[ms(0), ms(4_000), ms(3_000), ms(9_000)]);
        assert_eq!((all.placed(), all.slide_at(ms(5_000)), all.last_start()), (3, Some(SlideIndex(2)), ms(4_000)));
        assert_eq!(all.nudged(ms(-5_000)).last_start(), MediaTime::ZERO);
        assert_eq!(bare.with_starts(&[]).placed(), 1);
    }

    #[test]
    fn slides_are_counted_from_one_for_people() {
        assert_eq!(SlideIndex(0).to_string(), "1");
        assert_eq!(format!("{:>4}", SlideIndex(9)), "  10");
    }

    #[test]
    fn without_sound_the_last_slide_lasts_half_a_minute() {
        assert_eq!(track(&[0, 60_000]).natural_end(), ms(90_000));
    }

    proptest! {
        #[test]
        fn every_answer_is_that_of_a_linear_scan(
            starts in prop::collection::vec(0_i64..40, 1..30),
            at in -5_i64..45,
            end in 0_i64..60,
        ) {
            let track = track(&starts);
            let slides: Vec<_> = track.iter().collect();
            let time = ms(at);
            let scanned = slides.iter().rposition(|slide| slide.start <= time).unwrap_or(0);
            prop_assert_eq!(track.slide_at(time), Some(SlideIndex(scanned)));
            let next = slides.iter().map(|slide| slide.start).find(|start| *start > time);
            prop_assert_eq!(track.next_start(time), next);
            for (at, slide) in slides.iter().enumerate() {
                let index = SlideIndex(at);
                prop_assert_eq!(track.start(index), slide.start);
                let until = slides.get(at + 1).map_or(ms(end).max(slide.start), |next| next.start);
                prop_assert_eq!(track.span(index, ms(end)), (slide.start, until));
                prop_assert_eq!(track.next(index), (at + 1 < slides.len()).then_some(SlideIndex(at + 1)));
                prop_assert_eq!(track.previous(index), (at > 0).then(|| SlideIndex(at - 1)));
            }
        }

        #[test]
        fn sorting_is_stable_and_loses_nothing(starts in prop::collection::vec(0_i64..10, 0..40)) {
            let mut expected: Vec<_> = starts.iter().copied().zip(0_usize..).collect();
            expected.sort_unstable();
            let found: Vec<_> = track(&starts)
                .iter()
                .map(|slide| (slide.start.millis(), slide.name.parse::<usize>().expect("a number")))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}

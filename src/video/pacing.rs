//! Which picture belongs to a moment, and when the next one is due: pure arithmetic. Any thread.

use crate::time::MediaTime;

/// The part of a video's time for which a picture stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When it appears.
    pub from: MediaTime,
    /// When the next one appears; `None`: there is no next one.
    pub until: Option<MediaTime>,
}

impl Span {
    /// Whether it is over at a moment.
    pub fn is_past(self, at: MediaTime) -> bool {
        self.until.is_some_and(|until| until <= at)
    }

    /// Whether it is the one to show at a moment.
    pub fn holds(self, at: MediaTime) -> bool {
        self.from <= at && !self.is_past(at)
    }
}

/// How far ahead of what is decoded a moment may lie to be reached by decoding on. Further away, it is sought.
pub const DECODE_ON: MediaTime = MediaTime::from_millis(1_500);
/// A decoder that is behind by this much is too slow to catch up, and goes on from a later place.
const LOST: MediaTime = MediaTime::from_secs(3);

/// Which of some pictures, in their order, is the one to show at a moment: the last that has appeared by then, and before the
/// first has appeared, the first. `None` where there are none.
pub fn shown(spans: impl IntoIterator<Item = Span>, at: MediaTime) -> Option<usize> {
    let mut found = None;
    for (number, span) in spans.into_iter().enumerate() {
        if span.from <= at || found.is_none() {
            found = Some(number);
        }
    }
    found
}

/// Where a decoder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// When the first picture appears that is still there.
    pub kept: Option<MediaTime>,
    /// The picture that was decoded last.
    pub reached: Option<Span>,
    /// What it was sent to.
    pub sought: MediaTime,
    /// What was asked of it last.
    pub asked: MediaTime,
}

/// Whether a moment is reached by seeking, rather than by decoding on.
pub fn is_jump(place: &Place, at: MediaTime) -> bool {
    let Place { kept, reached, sought, asked } = *place;
    let first = kept.or(reached.map(|reached| reached.from));
    if at < asked && first.is_none_or(|first| at < first) {
        return true;
    }
    let head = match reached {
        Some(Span { until: None, .. }) => return false,
        Some(Span { until: Some(until), .. }) => until.max(sought),
        None => sought,
    };
    at > head + LOST || at > head + DECODE_ON && at > asked + DECODE_ON
}

/// Whether a decoder that was last at a picture best decodes on to get to a moment.
pub fn is_near(reached: Option<Span>, at: MediaTime) -> bool {
    reached.map_or(at <= DECODE_ON, |reached| reached.until.is_some_and(|until| until <= at && at <= until + DECODE_ON))
}

/// The moment at which what is shown changes next, in the video's time.
pub fn next_change(shown: Span, at: MediaTime) -> Option<MediaTime> {
    if at < shown.from { Some(shown.from) } else { shown.until.filter(|until| *until > at) }
}

/// A moment of the picture after the one shown, or of the one before; `None` where there is none.
pub fn step_target(shown: Span, forward: bool) -> Option<MediaTime> {
    // A sound is sought to a frame of it, which may begin a little before.
    let inside = MediaTime::from_millis(1);
    if forward {
        shown.until.map(|until| until + inside)
    } else {
        Some(shown.from - inside).filter(|at| at.nanos() >= 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: i64) -> MediaTime {
        MediaTime::from_millis(millis)
    }

    fn span(from: i64, until: i64) -> Span {
        Span { from: ms(from), until: Some(ms(until)) }
    }

    #[test]
    fn the_picture_shown_is_the_last_that_has_appeared() {
        let spans = [span(40, 80), span(80, 400), Span { from: ms(400), until: None }];
        for (at, expected) in [(0, 0), (40, 0), (79, 0), (80, 1), (399, 1), (400, 2), (90_000, 2)] {
            assert_eq!(shown(spans, ms(at)), Some(expected), "{at}");
        }
        assert_eq!(shown([], ms(5)), None);
    }

    #[test]
    fn a_picture_holds_until_the_next_appears_and_the_last_for_ever() {
        assert!(span(40, 80).holds(ms(40)) && !span(40, 80).holds(ms(80)) && !span(40, 80).holds(ms(39)));
        assert!(Span { from: ms(400), until: None }.holds(MediaTime::MAX));
        assert_eq!(next_change(span(40, 80), ms(50)), Some(ms(80)));
        assert_eq!(next_change(span(40, 80), ms(10)), Some(ms(40)));
        assert_eq!(next_change(Span { from: ms(400), until: None }, ms(500)), None);
    }

    #[test]
    fn only_what_lies_far_ahead_or_behind_is_sought() {
        let place =
            Place { kept: Some(ms(1_000)), reached: Some(span(1_200, 1_240)), sought: ms(500), asked: ms(1_010) };
        assert!(!is_jump(&place, ms(1_000)) && !is_jump(&place, ms(1_240)) && is_jump(&place, ms(999)));
        assert!(!is_jump(&place, ms(2_700)) && is_jump(&place, ms(2_800)));
        let end = Place { reached: Some(Span { from: ms(1_200), until: None }), ..place };
        assert!(!is_jump(&end, ms(900_000)));
    }

    #[test]
    fn a_seek_under_way_is_not_begun_again_while_time_goes_on() {
        // The key picture lies eight seconds before what is sought.
        let place = Place { kept: None, reached: None, sought: ms(10_000), asked: ms(10_000) };
        assert!(!is_jump(&place, ms(10_016)) && !is_jump(&place, ms(11_000)) && is_jump(&place, ms(9_000)));
        let under_way = Place { reached: Some(span(2_000, 2_040)), asked: ms(10_500), ..place };
        assert!(!is_jump(&under_way, ms(10_516)) && !is_jump(&under_way, ms(9_000)) && is_jump(&under_way, ms(1_000)));
        // Before the first picture of a file.
        let before = Place { kept: Some(ms(80)), reached: Some(span(80, 120)), sought: ms(0), asked: ms(0) };
        assert!(!is_jump(&before, ms(0)) && !is_jump(&before, ms(16)));
    }

    #[test]
    fn a_decoder_that_is_too_slow_goes_on_from_a_later_place() {
        let slow = Place { kept: Some(ms(900)), reached: Some(span(900, 940)), sought: ms(0), asked: ms(3_900) };
        assert!(!is_jump(&slow, ms(3_916)) && is_jump(&slow, ms(3_941)));
    }

    #[test]
    fn near_is_what_comes_soon() {
        assert!(is_near(None, ms(1_000)) && !is_near(None, ms(2_000)));
        let last = Some(span(1_000, 1_040));
        assert!(is_near(last, ms(1_040)) && is_near(last, ms(2_540)));
        assert!(!is_near(last, ms(1_039)) && !is_near(last, ms(2_541)));
    }

    #[test]
    fn a_step_leads_into_the_picture_before_or_after() {
        assert_eq!(step_target(span(40, 80), true), Some(ms(81)));
        assert_eq!(step_target(span(40, 80), false), Some(ms(39)));
        assert_eq!(step_target(span(0, 40), false), None);
        assert_eq!(step_target(Span { from: ms(400), until: None }, true), None);
    }
}

//! When a video moves while the slide stands still: pure. Pictures are compared with those before them, and while they rest, with
//! the picture of the slide, so that a camera on the speaker is not taken for a slide that moves. What is restless, as a camera
//! in a corner of the slide, counts for neither.

use super::cutaway::{Glimpse, cutaways};
use super::differing;
use super::restless::{Cells, Restless, calm_changes, differing_cells, without_worst};
use crate::time::MediaTime;
use crate::video::Span;

/// A pixel that differs by more than this has changed; less is what compression does.
pub(super) const CHANGED: u8 = 12;
/// A picture with fewer changed pixels stands still: a pointer is smaller.
const MOVED: usize = 12;
/// Slow motion is less than that from one picture to the next: so long a picture is compared with those after it, until one is another.
const ANCHORED: MediaTime = MediaTime::from_millis(600);
/// A picture lasts no longer: where pictures come only when something changes, it stands still after that.
const LASTS: MediaTime = MediaTime::from_millis(250);
/// A picture in which more than one pixel of so many is another is of something else.
const CUT: usize = 3;
/// Changes no further apart than this belong together.
const GAP: MediaTime = MediaTime::from_millis(700);
/// Fewer changes are a step, as when a line of text appears, and no motion.
const LEAST_CHANGES: usize = 3;
/// What is shorter is none, either.
pub(super) const LEAST: MediaTime = MediaTime::from_millis(200);
/// Slides change in a fade of this length at most.
pub(super) const FADE: MediaTime = MediaTime::from_millis(1_200);
/// So much before and after the moment at which a slide is said to appear.
pub(super) const AROUND: MediaTime = MediaTime::from_millis(1_500);
/// From one look at what rests to the next.
const LOOK: MediaTime = MediaTime::from_secs(1);
/// What rests and shows the slide says so for this long before and after.
const REMEMBERED: MediaTime = MediaTime::from_secs(20);
/// As alike as this, a picture and a slide are the same; and where there is little on a slide, as near as this.
const ALIKE: f64 = 0.8;
const NEAR: f64 = 10.0;
/// Somebody may cover this part of the slide, standing still or not.
const CORNER: f64 = 0.2;
/// Of what is judged later, so many cells and so many pictures are kept: an hour of slides, some minutes of a room.
const MOST_CELLS: usize = 4 << 20;
const MOST_LOOKS: usize = 3_600;

/// A slide as it should look on the video.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Still {
    /// When it appears, in the video's time.
    pub from: MediaTime,
    /// Its grey picture; empty where it has none.
    pub grey: Vec<u8>,
    /// Pixels across and down of the picture that this was made of.
    pub size: (u32, u32),
}

/// From when and until when a picture is shown.
type Shown = (MediaTime, MediaTime);
/// The same, and whether all of it is another than the one before.
type Changed = (MediaTime, MediaTime, bool);

/// A picture that is another than the one before.
#[derive(Debug)]
struct Change {
    from: MediaTime,
    /// Until when it was shown.
    until: MediaTime,
    /// All of it is another.
    cut: bool,
    cells: Cells,
}

/// A picture that may show the slide, and where it differs from the one before.
#[derive(Debug)]
struct Look {
    at: MediaTime,
    grey: Vec<u8>,
    cells: Cells,
}

/// Is shown all pictures of a video, in their order.
#[derive(Debug, Default)]
pub struct Detector {
    stills: Vec<Still>,
    /// The picture that others are compared with, and when it was seen.
    before: Vec<u8>,
    anchored: MediaTime,
    restless: Restless,
    /// What was seen of late. It is judged again as long as it is learnt where the video is restless.
    fresh: (Vec<Change>, Vec<Look>),
    /// The cells in it.
    weight: usize,
    /// When something changed.
    changes: Vec<Changed>,
    /// What was looked at, moving or not.
    looks: Vec<Glimpse>,
    /// It shows the slides and nothing else.
    sure: bool,
}

impl Detector {
    /// For a video that may show these slides, which are in their order. `sure`: it shows nothing else.
    pub fn new(stills: Vec<Still>, sure: bool) -> Self {
        Self { stills, sure, ..Self::default() }
    }

    /// Whether this picture shows the slide, and whether it shows something else, as far as a glance tells.
    pub fn at_once(&self, at: MediaTime, grey: &[u8]) -> (bool, bool) {
        let glimpse = self.glimpse(at, grey, &[]);
        (glimpse.shown, !glimpse.shown && glimpse.is_other())
    }

    /// Looks at a picture. `away`: the slide is known to be somewhere else.
    pub fn see(&mut self, span: Span, grey: &[u8], away: bool) {
        let differing = if self.before.is_empty() { 0 } else { differing(&self.before, grey, CHANGED) };
        let cut = CUT * differing > grey.len();
        let drifts = differing >= MOVED && is_drift(&self.before, grey);
        let changed = differing >= MOVED && !drifts;
        let cells = if changed { differing_cells(&self.before, grey, CHANGED) } else { Cells::default() };
        let next = self.stills.partition_point(|still| still.from <= span.from);
        // Where pictures come only when something changes, one may stay for a long time, but not beyond its slide's.
        let ends = self.stills.get(next).map_or(MediaTime::MAX, |still| still.from);
        let stays = span.until.map_or(MediaTime::ZERO, |until| until.min(ends) - span.from);
        let resting = u32::try_from(stays.nanos() / LOOK.nanos()).unwrap_or(0).saturating_sub(1);
        if !away && !self.is_near_turn(next, span.from) {
            self.restless.see(span.from, next, grey, &cells);
            self.restless.rest(resting);
        }
        let (changes, looks) = &mut self.fresh;
        let last = looks.last().map(|look| look.at).or(self.looks.last().map(|look| look.at));
        if last.is_none_or(|last| last + LOOK <= span.from) {
            looks.push(Look { at: span.from, grey: grey.to_vec(), cells: cells.clone() });
        }
        if resting > 0 {
            // It is still seen when the next one comes.
            let at = span.from + stays - LOOK;
            looks.push(Look { at, grey: grey.to_vec(), cells: Cells::default() });
        }
        if changed {
            // The last picture of all is shown as long as any other.
            let until = span.until.unwrap_or(span.from + MediaTime::from_millis(40)).min(span.from + LASTS);
            self.weight += cells.len();
            changes.push(Change { from: span.from, until, cut, cells });
        }
        if changed || drifts || self.before.is_empty() || span.from - self.anchored >= ANCHORED {
            self.before.clear();
            self.before.extend_from_slice(grey);
            self.anchored = span.from;
        }
        if self.weight > MOST_CELLS || self.fresh.1.len() > MOST_LOOKS {
            (self.changes, self.looks) = self.judged();
            (self.fresh, self.weight) = <_>::default();
        }
    }

    /// Whether a slide appears around this time; `next` is the first that comes after it.
    fn is_near_turn(&self, next: usize, at: MediaTime) -> bool {
        let near = |still: Option<&Still>| still.is_some_and(|still| (still.from - at).nanos().abs() <= AROUND.nanos());
        near(self.stills.get(next)) || near(next.checked_sub(1).and_then(|last| self.stills.get(last)))
    }

    /// Looks at a picture of which nothing is known but when it is shown.
    pub fn glance(&mut self, at: MediaTime, grey: &[u8]) {
        let glimpse = self.glimpse(at, grey, &[]);
        self.looks.push(Glimpse { stood: true, ..glimpse });
    }

    fn glimpse(&self, at: MediaTime, grey: &[u8], calm: &[bool]) -> Glimpse {
        let slide = self.stills.partition_point(|still| still.from <= at);
        let still = slide.checked_sub(1).and_then(|last| self.stills.get(last));
        let shown = still.is_some_and(|still| are_alike(&still.grey, grey, calm));
        Glimpse { shown, ..Glimpse::new(at, slide, grey, still, calm) }
    }

    /// All that changed and all that was looked at, so far as it is known where the video is restless.
    fn judged(&self) -> (Vec<Changed>, Vec<Glimpse>) {
        let calm = self.restless.calm();
        let stands = |cells: &[(u16, u8)]| calm_changes(cells, &calm) < MOVED;
        let (mut changes, mut looks) = (self.changes.clone(), self.looks.clone());
        let (changed, seen) = &self.fresh;
        changes.extend(changed.iter().filter(|it| !stands(&it.cells)).map(|it| (it.from, it.until, it.cut)));
        looks.extend(seen.iter().map(|look| {
            let stood = stands(&look.cells);
            let glimpse = self.glimpse(look.at, &look.grey, &calm);
            Glimpse { stood, shown: stood && glimpse.shown, ..glimpse }
        }));
        (changes, looks)
    }

    /// The part of what rested that showed the slide.
    pub fn share_of_slides(&self) -> f64 {
        let (_, looks) = self.judged();
        let stood = looks.iter().filter(|look| look.stood).count();
        let shown = looks.iter().filter(|look| look.shown).count();
        #[expect(clippy::cast_precision_loss, reason = "a number of looks")]
        let share = shown as f64 / stood.max(1) as f64;
        share
    }

    /// Whether enough was seen for what is found to stay true.
    pub fn is_known(&self) -> bool {
        self.restless.is_known()
    }

    /// When it moves, so far as it was seen, in nanoseconds; and when it was looked at and showed the slide.
    pub fn found(&self) -> (Vec<(i64, i64)>, Vec<MediaTime>) {
        let (changes, glimpses) = self.judged();
        let looks: Vec<(MediaTime, bool)> =
            glimpses.iter().filter(|look| look.stood).map(|look| (look.at, look.shown)).collect();
        let mut spans: Vec<(MediaTime, MediaTime, usize)> = Vec::new();
        for (from, until, _) in &changes {
            match spans.last_mut().filter(|(_, last, _)| *from - *last <= GAP) {
                Some((_, last, count)) => (*last, *count) = (*until, *count + 1),
                None => spans.push((*from, *until, 1)),
            }
        }
        let kept = spans.into_iter().filter(|(from, until, count)| {
            *count >= LEAST_CHANGES
                && *until - *from >= LEAST
                && !self.is_change_of_slide(*from, *until)
                && is_of_slide(&looks, *from, *until)
        });
        let kept: Vec<Shown> = kept.map(|(from, until, _)| (from, until)).collect();
        let kept = if self.sure { kept } else { self.without_cutaways(&kept, &changes, &glimpses) };
        let shown = looks.into_iter().filter(|(_, shown)| *shown).map(|(at, _)| at).collect();
        (kept.into_iter().map(|(from, until)| (from.nanos(), until.nanos())).collect(), shown)
    }

    /// What is left of these where the video shows the speaker instead of the slide; they are cut where all of the picture changes.
    fn without_cutaways(&self, spans: &[Shown], changes: &[Changed], glimpses: &[Glimpse]) -> Vec<Shown> {
        let mut pieces: Vec<Shown> = Vec::new();
        for (from, until) in spans {
            let begin = changes.partition_point(|(at, ..)| at <= from);
            let inside = changes.iter().skip(begin).take_while(|(at, ..)| at < until);
            let mut begun = *from;
            for (at, ..) in inside.filter(|(.., cut)| *cut) {
                pieces.push((begun, *at));
                begun = *at;
            }
            pieces.push((begun, *until));
        }
        let away = cutaways(&pieces, glimpses, &self.stills);
        let mut left: Vec<Shown> = Vec::new();
        for ((from, until), _) in pieces.into_iter().zip(away).filter(|(_, away)| !away) {
            match left.last_mut().filter(|(_, last)| *last == from) {
                Some((_, last)) => *last = until,
                None => left.push((from, until)),
            }
        }
        left.retain(|(from, until)| *until - *from >= LEAST);
        left
    }

    fn is_change_of_slide(&self, from: MediaTime, until: MediaTime) -> bool {
        let near = |still: &Still| still.from >= from - AROUND && still.from <= until + AROUND;
        until - from <= FADE && self.stills.iter().any(near)
    }
}

/// Whether the whole picture became brighter or darker, and that is all: a camera adjusts itself.
fn is_drift(before: &[u8], grey: &[u8]) -> bool {
    let sum = |pixels: &[u8]| pixels.iter().map(|pixel| f64::from(*pixel)).sum::<f64>();
    let gain = sum(grey) / sum(before).max(1.0);
    let apart = |a: u8, b: u8| (f64::from(b) - gain * f64::from(a)).abs() > f64::from(CHANGED);
    before.iter().zip(grey).filter(|(a, b)| apart(**a, **b)).count() < MOVED
}

/// Whether the slide was to be seen on the video around this time.
fn is_of_slide(looks: &[(MediaTime, bool)], from: MediaTime, until: MediaTime) -> bool {
    let next = looks.partition_point(|(at, _)| *at < from);
    let before = next.checked_sub(1).and_then(|last| looks.get(last));
    let after = looks.iter().skip(next).find(|(at, _)| *at >= until);
    let said = |look: Option<&(MediaTime, bool)>, far: &dyn Fn(MediaTime) -> bool| {
        look.is_some_and(|(at, shown)| *shown && !far(*at))
    };
    said(before, &|at| from - at > REMEMBERED) || said(after, &|at| at - until > REMEMBERED)
}

/// Whether two grey pictures show the same in the pixels that count; empty: all.
fn are_alike(one: &[u8], other: &[u8], counted: &[bool]) -> bool {
    if one.is_empty() || one.len() != other.len() {
        return false;
    }
    let (alike, apart) = compared(one, other, |at| counted.get(at).is_none_or(|counted| *counted));
    if apart <= NEAR || alike >= ALIKE {
        return true;
    }
    // That what is left is as dark says nothing: a hall is, too.
    let most = without_worst(one, other, CORNER);
    compared(one, other, |at| most.get(at).is_some_and(|most| *most)).0 >= ALIKE
}

/// How alike two pictures are, 1 being the same, and how far apart.
pub(super) fn compared(one: &[u8], other: &[u8], counts: impl Fn(usize) -> bool) -> (f64, f64) {
    let (mut a, mut b, mut aa, mut bb, mut ab, mut apart) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    let mut count = 0.0;
    for (_, (x, y)) in one.iter().zip(other).enumerate().filter(|(at, _)| counts(*at)) {
        count += 1.0;
        let (x, y) = (f64::from(*x), f64::from(*y));
        a += x;
        b += y;
        aa += x * x;
        bb += y * y;
        ab += x * y;
        apart += (x - y).abs();
    }
    let (va, vb) = (aa - a * a / count, bb - b * b / count);
    ((ab - a * b / count) / (va * vb).sqrt(), apart / count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::Prng;
    use crate::video::survey::GRID;

    const FRAME: i64 = 40;

    fn ms(millis: i64) -> MediaTime {
        MediaTime::from_millis(millis)
    }

    fn slide(seed: u64) -> Vec<u8> {
        let mut dice = Prng::new(seed);
        let (across, down) = GRID;
        let blocks: Vec<u8> = (0..60).map(|_| u8::try_from(dice.below(256)).expect("a byte")).collect();
        (0..across * down).map(|at| blocks[(at / across / 9) * 10 + at % across * 10 / across]).collect()
    }

    fn still(from: i64, seed: u64) -> Still {
        Still { from: ms(from), grey: slide(seed), size: (1280, 720) }
    }

    /// Two slides of ten seconds; of the first, a box goes across from 3 to 5 s.
    fn seen(draw: impl Fn(i64, &mut Vec<u8>)) -> Vec<(i64, i64)> {
        let stills = vec![still(0, 1), still(10_000, 2)];
        let mut detector = Detector::new(stills.clone(), false);
        for frame in 0..500 {
            let at = frame * FRAME;
            let mut grey = stills[usize::from(at >= 10_000)].grey.clone();
            draw(at, &mut grey);
            detector.see(Span { from: ms(at), until: Some(ms(at + FRAME)) }, &grey, false);
        }
        detector.found().0.into_iter().map(|(from, until)| (from / 1_000_000, until / 1_000_000)).collect()
    }

    fn cover(grey: &mut [u8], at: i64) {
        let left = usize::try_from((at / FRAME) % 80).expect("small");
        for row in grey.chunks_exact_mut(GRID.0).skip(10).take(10) {
            row[left..left + 10].iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
        }
    }

    #[test]
    fn what_moves_on_a_slide_is_found_to_the_picture() {
        let found = seen(|at, grey| {
            if (3_000..5_000).contains(&at) {
                cover(grey, at);
            }
        });
        // From the first picture that is another until the first that is the slide's own has been shown.
        assert_eq!(found, [(3_000, 5_040)]);
    }

    /// Somebody in a corner, who never stands quite still.
    fn put_camera(grey: &mut [u8], at: i64) {
        let mut dice = Prng::new(u64::try_from(at / 80).expect("small") + 1);
        for row in grey.chunks_exact_mut(GRID.0).skip(36) {
            row[72..].iter_mut().for_each(|pixel| *pixel = u8::try_from(dice.below(256)).expect("a byte"));
        }
    }

    #[test]
    fn a_camera_in_a_corner_of_the_slide_is_no_motion_and_hides_none() {
        let found = seen(|at, grey| {
            if (3_000..5_000).contains(&at) {
                cover(grey, at);
            }
            put_camera(grey, at);
        });
        assert_eq!(found, [(3_000, 5_040)]);
        assert_eq!(seen(|at, grey| put_camera(grey, at)), []);
        // Somebody who moves slowly, and is mostly dark.
        let slow = |at: i64, grey: &mut Vec<u8>| {
            for (row, pixels) in grey.chunks_exact_mut(GRID.0).enumerate().skip(34) {
                for (column, pixel) in pixels.iter_mut().enumerate().skip(68) {
                    let place = i64::try_from(row + 2 * column).expect("small") - at / 400;
                    *pixel = u8::try_from(place.rem_euclid(12) * 10).expect("a byte");
                }
            }
        };
        let found = seen(|at, grey| {
            if (3_000..5_000).contains(&at) {
                cover(grey, at);
            }
            slow(at, grey);
        });
        assert_eq!(found, [(3_000, 5_040)]);
        // Of one slide alone, too, where it moves for long enough.
        let mut detector = Detector::new(vec![still(0, 1)], false);
        for frame in 0..1_000 {
            let (at, mut grey) = (frame * FRAME, slide(1));
            if (24_000..26_000).contains(&at) {
                cover(&mut grey, at);
            }
            put_camera(&mut grey, at);
            detector.see(Span { from: ms(at), until: Some(ms(at + FRAME)) }, &grey, false);
        }
        assert_eq!(detector.found().0, [(24_000_000_000, 26_040_000_000)]);
    }

    #[test]
    fn at_a_glance_a_slide_is_known_beside_a_camera_and_a_room_is_none() {
        let share = |draw: &dyn Fn(i64) -> Vec<u8>| {
            let mut detector = Detector::new(vec![still(0, 1)], false);
            (0..20).for_each(|at| detector.glance(ms(at * 2_000), &draw(at * 2_000)));
            detector.share_of_slides()
        };
        let beside = share(&|at| {
            let mut grey = slide(1);
            put_camera(&mut grey, at);
            grey
        });
        assert!(beside > 0.9, "{beside}");
        let room = share(&|at| slide(u64::try_from(at).expect("small") + 2));
        assert!(room < 0.02, "{room}");
    }

    #[test]
    fn a_slide_that_changes_or_gets_a_line_more_does_not_move() {
        assert_eq!(seen(|_, _| {}), []);
        let line = seen(|at, grey| {
            if (4_000..10_000).contains(&at) {
                grey[GRID.0 * 20..GRID.0 * 22].fill(0);
            }
        });
        assert_eq!(line, []);
        let (first, second) = (slide(1), slide(2));
        let fade = seen(|at, grey| {
            if (9_600..10_400).contains(&at) {
                let part = (at - 9_600) as i32;
                for ((to, a), b) in grey.iter_mut().zip(&first).zip(&second) {
                    *to = u8::try_from((i32::from(*a) * (800 - part) + i32::from(*b) * part) / 800).expect("a byte");
                }
            }
        });
        assert_eq!(fade, []);
    }

    #[test]
    fn a_camera_on_the_speaker_is_no_slide_that_moves() {
        let found = seen(|at, grey| {
            let mut dice = Prng::new(u64::try_from(at / 400).expect("small"));
            grey.iter_mut().for_each(|pixel| *pixel = u8::try_from(60 + dice.below(60)).expect("a byte"));
        });
        assert_eq!(found, []);
    }

    /// Somebody before a wall, where the camera goes; who moves all the time.
    fn speaker(grey: &mut [u8], at: i64) {
        let left = usize::try_from(30 + (at / FRAME) % 20).expect("small");
        for (row, pixels) in grey.chunks_exact_mut(GRID.0).enumerate() {
            for (column, pixel) in pixels.iter_mut().enumerate() {
                let body = row > 12 && (left..left + 24).contains(&column);
                *pixel = if body { 205 } else { u8::try_from(60 + row + column / 2).expect("a byte") };
            }
        }
    }

    #[test]
    fn where_the_slide_is_left_for_the_speaker_nothing_moves_on_it() {
        // Three slides of 20 seconds.
        let seconds = |sure: bool, cuts: &[(i64, i64)]| {
            let stills: Vec<Still> = (0..3).map(|at| still(at * 20_000, 1 + at.unsigned_abs())).collect();
            let mut detector = Detector::new(stills.clone(), sure);
            for frame in 0..1_500 {
                let at = frame * FRAME;
                let mut grey = stills[usize::try_from(at / 20_000).expect("small")].grey.clone();
                if cuts.iter().any(|(from, until)| (from * 1_000..until * 1_000).contains(&at)) {
                    speaker(&mut grey, at);
                }
                detector.see(Span { from: ms(at), until: Some(ms(at + FRAME)) }, &grey, false);
            }
            detector.found().0.len()
        };
        assert_eq!(seconds(false, &[(17, 23)]), 0, "over a change of the slide");
        assert_eq!(seconds(false, &[(5, 8), (26, 29)]), 0, "again during another slide");
        assert_eq!(seconds(false, &[(5, 8)]), 1, "once, during one slide: a film on it");
        assert_eq!(seconds(true, &[(5, 8), (26, 29)]), 2, "a video that shows nothing but slides shows no speaker");
    }

    #[test]
    fn a_cutaway_that_follows_on_motion_is_cut_off_from_it() {
        let stills = [still(0, 1), still(30_000, 2), still(60_000, 3)];
        let mut detector = Detector::new(stills.to_vec(), false);
        for frame in 0..2_250 {
            let at = frame * FRAME;
            let mut grey = stills[usize::try_from(at / 30_000).expect("small")].grey.clone();
            let second = at / 1_000 % 30;
            if second >= 24 {
                speaker(&mut grey, at);
            } else if second >= 20 {
                cover(&mut grey, at);
            }
            detector.see(Span { from: ms(at), until: Some(ms(at + FRAME)) }, &grey, second >= 24);
        }
        let found: Vec<_> =
            detector.found().0.into_iter().map(|(from, until)| (from / 1_000_000, until / 1_000_000)).collect();
        assert_eq!(found, [(20_000, 24_000), (50_000, 54_000), (80_000, 84_000)]);
    }

    #[test]
    fn slow_motion_is_found_at_any_number_of_pictures() {
        for frame in [20, 40, 80] {
            let mut detector = Detector::new(vec![still(0, 1)], false);
            for number in 0..20_000 / frame {
                let at = number * frame;
                let mut grey = slide(1);
                if (5_000..9_000).contains(&at) {
                    // Something gets brighter and darker by 100 in a second.
                    let phase = (at - 5_000) % 2_000;
                    let value =
                        u8::try_from(60 + (if phase < 1_000 { phase } else { 2_000 - phase }) / 10).expect("a byte");
                    for row in grey.chunks_exact_mut(GRID.0).skip(20).take(20) {
                        row[30..60].fill(value);
                    }
                }
                detector.see(Span { from: ms(at), until: Some(ms(at + frame)) }, &grey, false);
            }
            let found = detector.found().0;
            assert!(found.len() == 1, "{frame}: {found:?}");
            let (from, until) = (found[0].0 / 1_000_000, found[0].1 / 1_000_000);
            assert!((4_900..5_200).contains(&from) && (8_900..9_200).contains(&until), "{frame}: {from} to {until}");
        }
    }

    #[test]
    fn a_camera_that_adjusts_itself_is_no_motion() {
        let found = seen(|at, grey| {
            // A tenth brighter and darker in four seconds.
            let swing = (at % 4_000 - 2_000).abs() - 1_000;
            grey.iter_mut().for_each(|pixel| {
                let value = i64::from(*pixel) * (10_000 + swing) / 10_000;
                *pixel = u8::try_from(value.min(255)).expect("a byte");
            });
        });
        assert_eq!(found, []);
    }

    #[test]
    fn a_picture_that_stays_for_long_does_not_move_for_long() {
        let mut detector = Detector::new(vec![still(0, 1)], false);
        // Pictures come only when something changes.
        let times: Vec<i64> =
            [0, 1_000, 2_000].into_iter().chain((3_000..=5_000).step_by(40)).chain([15_000]).collect();
        for pair in times.windows(2) {
            let (at, next) = (pair[0], pair[1]);
            let mut grey = slide(1);
            if (3_000..5_000).contains(&at) {
                cover(&mut grey, at);
            }
            detector.see(Span { from: ms(at), until: Some(ms(next)) }, &grey, false);
        }
        let found = detector.found().0;
        assert!(found.len() == 1 && found[0].0 == 3_000_000_000 && found[0].1 < 5_300_000_000, "{found:?}");
    }

    #[test]
    fn noise_of_compression_and_a_pointer_are_passed_over() {
        let found = seen(|at, grey| {
            let mut dice = Prng::new(u64::try_from(at).expect("small"));
            for pixel in grey.iter_mut() {
                *pixel = pixel.saturating_add(u8::try_from(dice.below(5)).expect("a byte"));
            }
            grey[usize::try_from(at / FRAME).expect("small")] ^= 0x80;
        });
        assert_eq!(found, []);
    }
}

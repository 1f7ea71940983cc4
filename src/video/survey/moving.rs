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
mod tests;

//! Pauses made shorter while playing: which stretches are left out, and how the sound is joined where they were.
//!
//! [`Cuts`] is plain data over source time, made by the main thread; [`Trimmer`] applies it to decoded sound on the feeder's
//! thread and remembers where it joined, so that every moment that is heard can still be told.

use std::sync::Arc;

use super::analysis::pauses::Pause;
use crate::time::MediaTime;

/// How long a join takes: the end before a cut fades into the end of what was cut.
const JOIN: MediaTime = MediaTime::from_millis(12);
/// What is shorter than this is not worth a join.
const SHORTEST: MediaTime = MediaTime::from_millis(60);
/// A viewer who goes into a pause hears this much of it.
const LANDED: MediaTime = MediaTime::from_millis(150);

/// How much pauses shrink.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strength {
    /// Of each pause this much always stays.
    pub kept: MediaTime,
    /// And this share of the rest, in hundredths.
    pub share: i64,
}

impl Strength {
    /// Of a percentage: at 0 nothing is cut, at 100 pauses are a breath.
    pub fn of(percent: u8) -> Self {
        let percent = i64::from(percent.min(100));
        Self { kept: MediaTime::from_millis(400 - 3 * percent), share: 100 - percent }
    }

    /// What stays of a pause of this length: never nothing, and more of a longer one.
    fn rest(self, length: MediaTime) -> MediaTime {
        let beyond = (length - self.kept).max_zero();
        let share = i128::from(beyond.nanos()) * i128::from(self.share) / 100;
        length.min(self.kept) + MediaTime::from_nanos(i64::try_from(share).unwrap_or(i64::MAX))
    }
}

/// What remains of pauses outside of these spans of source time, in which nothing may be left out. Both are in order.
pub fn pauses_outside(pauses: &[Pause], spans: &[(MediaTime, MediaTime)]) -> Vec<Pause> {
    let mut outside = Vec::with_capacity(pauses.len());
    for pause in pauses {
        let mut start = pause.start;
        let first = spans.partition_point(|span| span.1 <= pause.start);
        for (from, until) in spans.get(first..).unwrap_or_default().iter().take_while(|span| span.0 < pause.end) {
            outside.push(Pause { start, end: (*from).max(start) });
            // What comes before a cut is faded at its join.
            start = start.max(*until + JOIN);
        }
        outside.push(Pause { start, end: pause.end });
    }
    outside.retain(|pause| pause.end > pause.start);
    outside
}

/// The stretches of a sound that are left out: in order, apart from each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cuts(Vec<(MediaTime, MediaTime)>);

impl Cuts {
    /// Cuts the middles out of pauses. Each slide stays for at least `slide_time` of source time, or as long as it is there.
    pub fn of(pauses: &[Pause], strength: Strength, slides: &[MediaTime], slide_time: MediaTime) -> Self {
        let cut = |pause: &Pause| {
            let rest = strength.rest(pause.length());
            let out = pause.length() - rest;
            // More of the pause before the next word than of that after the last.
            let start = pause.start + MediaTime::from_nanos(rest.nanos() / 3);
            (out >= SHORTEST).then_some((start, start + out))
        };
        let mut cuts = Self(pauses.iter().filter_map(cut).collect());
        cuts.leave_time_for(slides, slide_time);
        cuts
    }

    /// Shortens the cuts within slides that would be gone too soon.
    fn leave_time_for(&mut self, slides: &[MediaTime], least: MediaTime) {
        let mut first = 0;
        for pair in slides.windows(2) {
            let &[start, end] = pair else { continue };
            while self.0.get(first).is_some_and(|cut| cut.1 <= start) {
                first += 1;
            }
            let mut missing = least.min(end - start) - self.span(start, end);
            let mut at = first;
            while missing > MediaTime::ZERO
                && let Some(cut) = self.0.get_mut(at).filter(|cut| cut.0 < end)
            {
                // Taken from the end of what lies within this slide, so that what lies before it stays as it was.
                let within = cut.1.min(end) - cut.0.max(start);
                let back = within.min(missing);
                if cut.1 <= end {
                    cut.1 = cut.1 - back;
                } else if cut.0 >= start {
                    cut.0 = cut.0 + back;
                } else {
                    // It spans the whole slide: the part after it is given up.
                    cut.1 = (start + within - back).max(cut.0);
                }
                missing = missing - back;
                at += 1;
            }
        }
        self.0.retain(|cut| cut.1 - cut.0 >= SHORTEST);
    }

    /// In order.
    pub fn spans(&self) -> &[(MediaTime, MediaTime)] {
        &self.0
    }

    /// How much of a stretch of source time is heard; negative where it ends before it begins.
    pub fn span(&self, from: MediaTime, to: MediaTime) -> MediaTime {
        (to - from) - self.removed(from, to)
    }

    /// How much of a stretch of source time is left out.
    pub fn removed(&self, from: MediaTime, to: MediaTime) -> MediaTime {
        let first = self.0.partition_point(|cut| cut.1 <= from);
        let within = self.0.get(first..).unwrap_or_default().iter().take_while(|cut| cut.0 < to);
        within.fold(MediaTime::ZERO, |sum, cut| sum + (cut.1.min(to) - cut.0.max(from)).max_zero())
    }
}

/// Applies cuts to sound as it is decoded. Not realtime-safe.
pub struct Trimmer {
    cuts: Arc<Cuts>,
    rate: u32,
    channels: usize,
    /// The frame of the source that comes next.
    next: i64,
    /// The cut that is near or under way.
    cut: Option<Cut>,
    /// Frames before the cut, to be faded into those at its end.
    tail: Vec<f32>,
    /// Frames given so far, and frames left out so far by the time so many had been given.
    given: u64,
    joins: Vec<(u64, i64)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Cut {
    from: i64,
    to: i64,
}

impl Trimmer {
    /// Cuts nothing yet.
    pub fn new(rate: u32, channels: usize) -> Self {
        Self {
            cuts: Arc::default(),
            rate,
            channels: channels.max(1),
            next: 0,
            cut: None,
            tail: Vec::new(),
            given: 0,
            joins: Vec::new(),
        }
    }

    /// From now on these are left out. A join under way is finished.
    pub fn set(&mut self, cuts: &Arc<Cuts>) {
        if !Arc::ptr_eq(&self.cuts, cuts) {
            self.cuts = Arc::clone(cuts);
            if self.tail.is_empty() {
                self.cut = self.cut_after(self.next);
            }
        }
    }

    /// The next sound begins at this frame of the source, as after a seek.
    pub fn seek(&mut self, frame: i64) {
        (self.next, self.given) = (frame, 0);
        self.tail.clear();
        self.joins.clear();
        self.cut = self.cut_after(frame);
    }

    fn frames(&self, time: MediaTime) -> i64 {
        time.frames(self.rate)
    }

    /// The next cut whose join fits after this frame. Of one that has begun already the rest, after a moment.
    fn cut_after(&self, frame: i64) -> Option<Cut> {
        let join = self.frames(JOIN);
        let spans = self.cuts.spans();
        let first = spans.partition_point(|cut| self.frames(cut.1) <= frame);
        let cut = |span: &(MediaTime, MediaTime)| {
            let (begin, to) = (self.frames(span.0), self.frames(span.1));
            let from = if begin >= frame + join { begin } else { frame + self.frames(LANDED) };
            Cut { from, to }
        };
        spans.get(first..)?.iter().map(cut).find(|cut| cut.to - cut.from > 2 * join)
    }

    /// Appends what is heard of the frames that come next.
    pub fn process(&mut self, input: &[f32], out: &mut Vec<f32>) {
        let mut rest = input;
        while !rest.is_empty() {
            let Some(cut) = self.cut else {
                self.give(rest, out);
                return;
            };
            let join = self.frames(JOIN);
            let (hold, fade) = (cut.from - join, cut.to - join);
            // What the frames up to the next of these places are for.
            let until = [hold, cut.from, fade, cut.to].into_iter().find(|place| *place > self.next).unwrap_or(cut.to);
            let frames = usize::try_from(until - self.next).unwrap_or(usize::MAX);
            let (now, later) = rest.split_at(frames.saturating_mul(self.channels).min(rest.len()));
            rest = later;
            if self.next < hold {
                self.give(now, out);
                continue;
            }
            let taken = i64::try_from(now.len() / self.channels).unwrap_or(0);
            if self.next < cut.from {
                self.tail.extend_from_slice(now);
            } else if self.next >= fade {
                self.join(now, fade, join, out);
            }
            self.next += taken;
            if self.next >= cut.to {
                // The frames of the join stand for those before the cut; what follows comes after it.
                let before = self.joins.last().map_or(0, |join| join.1);
                self.joins.push((self.given, before + cut.to - cut.from));
                self.tail.clear();
                self.cut = self.cut_after(self.next);
            }
        }
    }

    fn give(&mut self, frames: &[f32], out: &mut Vec<f32>) {
        out.extend_from_slice(frames);
        let count = frames.len() / self.channels;
        self.given += count as u64;
        self.next += i64::try_from(count).unwrap_or(0);
    }

    /// Fades what was held back into the end of the cut.
    fn join(&mut self, now: &[f32], fade: i64, join: i64, out: &mut Vec<f32>) {
        let at = usize::try_from(self.next - fade).unwrap_or(0);
        let held = self.tail.get(at * self.channels..).unwrap_or_default();
        for (place, (new, old)) in now.iter().zip(held.iter().chain(std::iter::repeat(&0.0))).enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "some hundred frames")]
            let part = (at + place / self.channels) as f32 / join.max(1) as f32;
            // Equal power: what is joined is the noise of a room, and not the same twice.
            let (rise, fall) = ((part * std::f32::consts::FRAC_PI_2).sin(), (part * std::f32::consts::FRAC_PI_2).cos());
            out.push(new * rise + old * fall);
        }
        self.given += (now.len() / self.channels) as u64;
    }

    /// At the end: what was held back for a join that never came.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        let join = self.frames(JOIN);
        if self.cut.is_some_and(|cut| self.next <= cut.to - join) {
            self.given += (self.tail.len() / self.channels) as u64;
            out.extend_from_slice(&self.tail);
        }
        self.tail.clear();
    }

    /// The frame of the source, counted from the seek, that is frame `given` of what was given.
    pub fn source_frame(&self, given: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "frames of a talk: far below 2^53")]
        let after = |join: &&(u64, i64)| join.0 as f64 <= given;
        let removed = self.joins.iter().take_while(after).last().map_or(0, |join| join.1);
        #[expect(clippy::cast_precision_loss, reason = "frames of a talk: far below 2^53")]
        let removed = removed as f64;
        given + removed
    }

    /// Lets go of joins that lie before frame `given`, but for the last.
    pub fn forget_before(&mut self, given: f64) {
        #[expect(clippy::cast_precision_loss, reason = "frames of a talk: far below 2^53")]
        let spent = self.joins.partition_point(|join| join.0 as f64 <= given);
        if spent > 64 {
            self.joins.drain(..spent - 1);
        }
    }
}

#[cfg(test)]
mod tests;

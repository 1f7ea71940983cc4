//! Plays speech faster or slower without changing its pitch. Runs on the decoding worker; not realtime-safe, because
//! its buffers grow until they have reached their size.
//!
//! Pitch-synchronous overlap-add of the PICOLA family (Morita and Itakura, "Time-scale modification algorithm for
//! speech by use of pointer interval control overlap and add", Proc. ICASSP 1986): at intervals that follow from the
//! speed, whole pitch periods are left out, or one is played twice, and the seam is crossfaded. Between the seams the
//! input is copied untouched, so at normal speed the output is the input, bit for bit.
//!
//! The bookkeeping is in integers and therefore exact: frames for positions, thousandths of a frame for the tempo.

mod period;
#[cfg(test)]
mod tests;

use crate::time::Rate;
use period::PeriodFinder;

/// Below this normalised correlation a lag is no pitch period: noise, or a change of sound.
const VOICED: f32 = 0.45;
/// Length left out at a seam of sound that has no period, up to double speed, and length of its crossfade; in seconds.
const UNVOICED_SECS: f64 = 0.004;
/// Input left out at a seam of sound that has a period, in seconds: at least; at most near normal speed; and so much more for
/// each time that it is faster. The fewer seams, the smoother, but the farther sounds are from where they should be. Chosen by
/// `scripts/listening-set`.
const LEFT_OUT_SECS: (f64, f64, f64) = (0.007, 0.003, 0.022);
/// Length of a crossfade of sound that has a period, at most; in seconds.
const FADE_SECS: f64 = 0.025;
/// More than the least is left out only where both sides of the seam are at least so alike, in normalised correlation.
const ALIKE: f32 = 0.4;
/// Input that is looked at beyond what a seam takes, in seconds, for a number of periods is seldom just as long as wished.
const ROOM_SECS: f64 = 0.008;
/// The most frames that one span of plain copying stands for; keeps the numbers of a span small.
const LONGEST_COPY: usize = 1 << 20;

/// Which input a run of output frames was made from; within it, time passes evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Frames of output; at least 1.
    pub out_frames: u32,
    /// The first input frame, counted from the last [`Stretch::reset`].
    pub in_start: u64,
    /// Frames of input that the output stands for; at least 1.
    pub in_frames: u32,
}

/// Changes the speed of interleaved sound, 0.5 to 4.0 times; see the module.
pub struct Stretch {
    channels: usize,
    /// Input frames per thousand output frames.
    pace: i64,
    finder: PeriodFinder,
    sample_rate: u32,
    /// The constant of the same name, in frames.
    unvoiced: usize,
    /// Interleaved; its first frame is number `first_frame`.
    input: Vec<f32>,
    first_frame: u64,
    /// The next frame to use, as an index of frames into `input`.
    at: usize,
    /// How far the input used is ahead of where the pace wants it for the output made, in thousandths of an input
    /// frame. A seam brings it out of balance, copying brings it back; the remainder of every division stays here.
    ahead: i64,
}

/// Frames of input used and frames of output made by one step.
struct Step {
    used: usize,
    made: usize,
}

impl Stretch {
    /// At normal speed, for `sample_rate` frames per second of `channels` interleaved samples.
    pub fn new(sample_rate: u32, channels: u16) -> Self {
        let finder = PeriodFinder::new(sample_rate);
        let frames =
            |seconds: f64| ((f64::from(sample_rate) * seconds) as usize).clamp(finder.shortest(), finder.longest());
        Self {
            channels: usize::from(channels.max(1)),
            pace: i64::from(Rate::NORMAL.thousandths()),
            sample_rate,
            unvoiced: frames(UNVOICED_SECS),
            finder,
            input: Vec::new(),
            first_frame: 0,
            at: 0,
            ahead: 0,
        }
    }

    /// Sets the speed of everything not pulled yet. Seams are complete whenever `pull` returns, so the sound stays
    /// continuous whatever the speeds before and after.
    pub fn set_rate(&mut self, rate: Rate) {
        self.pace = i64::from(rate.thousandths());
    }

    /// Forgets all input, as after a seek; the next frame pushed is number 0. The speed stays.
    pub fn reset(&mut self) {
        self.input.clear();
        self.first_frame = 0;
        self.at = 0;
        self.ahead = 0;
    }

    /// Takes more input, interleaved; an incomplete last frame is left out.
    pub fn push(&mut self, input: &[f32]) {
        let whole = input.len() / self.channels * self.channels;
        self.input.extend_from_slice(&input[..whole]);
    }

    /// Appends to `out` what can be made of the input so far, and to `spans` what it was made from.
    ///
    /// The spans' `out_frames` add up to the frames appended, and each begins where the one before ended in the
    /// input. When slower, up to 31 ms of input are held back; when faster, 36 ms near normal speed, 58 ms at double speed
    /// and 102 ms at four times the speed; at normal speed and with `end_of_input` nothing is, so that the spans since the reset cover exactly what was pushed.
    pub fn pull(&mut self, out: &mut Vec<f32>, spans: &mut Vec<Span>, end_of_input: bool) {
        while let Some(Step { used, made }) = self.step(out, end_of_input) {
            spans.push(Span {
                out_frames: made as u32,
                in_start: self.first_frame + self.at as u64,
                in_frames: used as u32,
            });
            self.at += used;
            self.ahead += 1000 * used as i64 - self.pace * made as i64;
        }
        self.drop_used();
    }

    /// Input that is looked at for a seam, in frames.
    fn window(&self) -> usize {
        if self.pace <= 1000 {
            return self.finder.window();
        }
        self.finder.window().max(self.frames(self.most_left_out_secs() + FADE_SECS + ROOM_SECS))
    }

    fn most_left_out_secs(&self) -> f64 {
        let (_, normal, faster) = LEFT_OUT_SECS;
        normal + faster * (self.pace - 1000) as f64 / 1000.0
    }

    fn frames(&self, seconds: f64) -> usize {
        (f64::from(self.sample_rate) * seconds) as usize
    }

    fn pending(&self) -> usize {
        self.input.len() / self.channels - self.at
    }

    /// Makes the next piece of output; none if that needs more input.
    fn step(&mut self, out: &mut Vec<f32>, end_of_input: bool) -> Option<Step> {
        let pending = self.pending();
        let copy = self.copy_due().min(pending);
        if copy > 0 {
            return Some(self.copy(copy, out));
        }
        if pending == 0 || pending < self.window() && !end_of_input {
            return None;
        }
        let window = pending.min(self.window());
        if window < 2 * self.finder.shortest() {
            return Some(self.finish(out));
        }
        let from = self.at * self.channels;
        self.finder.load(&self.input[from..from + window * self.channels], self.channels);
        let (period, likeness) = self.finder.period();
        if pending < self.window() && pending.abs_diff(self.wanted(pending)) < period {
            return Some(self.finish(out));
        }
        Some(if self.pace > 1000 {
            self.leave_out(period, likeness, window, out)
        } else {
            self.play_twice(period, likeness, out)
        })
    }

    /// Output that leaves nothing out of balance, for so much more input; frames.
    fn wanted(&self, input: usize) -> usize {
        usize::try_from((1000 * input as i64 + self.ahead) / self.pace).unwrap_or(0).max(1)
    }

    /// Frames to copy before the next seam: as many as bring `ahead` back to less than one frame's worth.
    fn copy_due(&self) -> usize {
        let gained_per_frame = self.pace - 1000;
        if gained_per_frame == 0 {
            return LONGEST_COPY;
        }
        // Negative when there is a debt the other way, as after a change of speed: a seam is due.
        usize::try_from(self.ahead / gained_per_frame).unwrap_or(0).min(LONGEST_COPY)
    }

    fn copy(&self, frames: usize, out: &mut Vec<f32>) -> Step {
        out.extend_from_slice(&self.input[self.at * self.channels..][..frames * self.channels]);
        Step { used: frames, made: frames }
    }

    /// Faster than normal: fades from here to one or more periods ahead.
    fn leave_out(&self, period: usize, likeness: f32, window: usize, out: &mut Vec<f32>) -> Step {
        let gained_per_frame = self.pace - 1000;
        let left_out = if likeness < VOICED {
            let wanted = self.unvoiced * (gained_per_frame as usize).max(1000) / 1000;
            self.finder.best_near(wanted.min(window / 2), self.unvoiced / 4, self.unvoiced, window)
        } else {
            self.periods_left_out(period, window)
        };
        let usual = self.usual_fade(left_out);
        let balancing = (self.ahead + 1000 * left_out as i64) / gained_per_frame;
        let fade = (balancing.max(0) as usize).clamp(usual / 2, usual).min(window - left_out).max(1);
        self.fade(self.at, self.at + left_out, fade, self.finder.likeness(left_out, fade), out);
        Step { used: left_out + fade, made: fade }
    }

    /// The frames that are left out where there is a period: as many periods as the speed allows, but where those ahead are
    /// unlike those here, as where another sound begins, as few as sound smooth.
    fn periods_left_out(&self, period: usize, window: usize) -> usize {
        let periods_in = |seconds: f64| (self.frames(seconds) + period / 2) / period;
        let fits = |left_out: usize| left_out + self.usual_fade(left_out) <= window;
        let near = |periods: usize| {
            let near = periods * period;
            if periods > 1 { self.finder.best_near(near, near / 16 + 2, 2 * period, window) } else { near }
        };
        let alike =
            |left_out: &usize| fits(*left_out) && self.finder.likeness(*left_out, self.usual_fade(*left_out)) >= ALIKE;
        // Above double speed one period would leave a fade shorter than a period, which sounds rough.
        let for_fade = ((self.pace - 1000) as usize).div_ceil(1000);
        let fewest = for_fade.max(periods_in(LEFT_OUT_SECS.0));
        let most = periods_in(self.most_left_out_secs());
        let many = (fewest + 1..=most).rev().filter(|periods| fits(periods * period)).map(near).find(alike);
        many.unwrap_or_else(|| near((1..=fewest).rev().find(|periods| fits(periods * period)).unwrap_or(1)))
    }

    /// The fade that leaves nothing to copy before the next seam, for so many frames left out; but none is longer than the
    /// longest.
    fn usual_fade(&self, left_out: usize) -> usize {
        (1000 * left_out / (self.pace - 1000) as usize).min(self.frames(FADE_SECS))
    }

    /// Slower than normal: plays one period, fades back to its beginning and plays on from there.
    fn play_twice(&self, mut period: usize, likeness: f32, out: &mut Vec<f32>) -> Step {
        if likeness < VOICED {
            // Noise played twice sounds the less like a tone the longer it is.
            period = period.min(2 * self.unvoiced);
        }
        // At half speed this leaves nothing to copy before the next seam; faster, the whole period can be used.
        let balancing = (self.pace * period as i64 - self.ahead) / (1000 - self.pace);
        let fade = usize::try_from(balancing).unwrap_or(0).clamp(period.div_ceil(2), period);
        self.copy(period, out);
        self.fade(self.at + period, self.at, fade, self.finder.likeness(period, fade), out);
        Step { used: fade, made: period + fade }
    }

    /// The last frames, whatever their period: right in length, or longer by less than the shortest fade.
    fn finish(&self, out: &mut Vec<f32>) -> Step {
        let pending = self.pending();
        let shortest_fade = (self.unvoiced / 2).min(pending);
        let wanted = self.wanted(pending).max(shortest_fade);
        if wanted == pending {
            return self.copy(pending, out);
        }
        if wanted < pending {
            self.fade(self.at, self.at + pending - wanted, wanted, 1.0, out);
            return Step { used: pending, made: wanted };
        }
        // At half speed and a few frames this is short by some: a fade needs frames on both sides.
        let repeated = (wanted - pending).min(pending / 2);
        self.copy(repeated, out);
        self.fade(self.at + repeated, self.at, pending - repeated, 1.0, out);
        let rest = (self.at + pending - repeated) * self.channels;
        out.extend_from_slice(&self.input[rest..][..repeated * self.channels]);
        Step { used: pending, made: pending + repeated }
    }

    /// Appends `frames` that go over from the input at `from` to the input at `to`, both frame indices.
    ///
    /// The weights are a raised cosine and its complement. Two sounds of correlation r then add to less power than
    /// either has; the gain makes up for it, as in Fink, Holters and Zölzer, "Signal-matched power-complementary
    /// cross-fading and dry-wet mixing", Proc. DAFx 2016. It is 1 at both ends, and throughout if r is 1.
    fn fade(&self, from: usize, to: usize, frames: usize, likeness: f32, out: &mut Vec<f32>) {
        let channels = self.channels;
        let olds = self.input[from * channels..][..frames * channels].chunks_exact(channels);
        let news = self.input[to * channels..][..frames * channels].chunks_exact(channels);
        let turn = std::f32::consts::PI / frames as f32;
        for (i, (old, new)) in olds.zip(news).enumerate() {
            let weight = 0.5 - 0.5 * ((i as f32 + 0.5) * turn).cos();
            let rest = 1.0 - weight;
            let gain = (1.0 - 2.0 * weight * rest * (1.0 - likeness)).sqrt().recip();
            let (weight, rest) = (weight * gain, rest * gain);
            out.extend(old.iter().zip(new).map(|(old, new)| old * rest + new * weight));
        }
    }

    /// Drops input that no later step needs, when that moves less than it drops.
    fn drop_used(&mut self) {
        let pending = self.pending();
        if self.at >= pending {
            self.input.drain(..self.at * self.channels);
            self.first_frame += self.at as u64;
            self.at = 0;
            // One huge push should not be paid for until the end of the talk.
            self.input.shrink_to(8 * self.window() * self.channels);
        }
    }
}

//! How a talk is listened to: its sound is measured once, and then its pauses are made shorter, its loudness brought to that of
//! the others, its pace to the one that is wished. Main thread; the measuring is done by a thread.

mod saved;
mod share;

use std::sync::Arc;

use super::App;
use crate::audio::analysis::pauses::{Pause, pauses};
use crate::audio::analysis::worker::{Analyst, Wanted};
use crate::audio::analysis::{Profile, syllables};
use crate::audio::trim::{Cuts, Strength, pauses_outside};
use crate::command::{PACES, ShapeCommand};
use crate::talk::Talk;
use crate::time::{MediaTime, Rate};
pub use saved::Saved;

/// Profiles that are kept in memory: of the open talk and those around it.
const KEPT: usize = 8;
/// Every slide is seen for at least so long, or for as long as it is there, at any speed.
const SLIDE_TIME: MediaTime = MediaTime::from_secs(1);
/// The loudness to which talks are brought, in LUFS, and the true peak that they stay below, in decibels of full scale.
const LOUDNESS: f32 = -18.0;
const PEAK: f32 = -1.0;
/// No talk is made louder than by this, in decibels: what is that soft is a fault, and its noise would roar.
const LOUDEST: f32 = 15.0;

/// What is known of the open talk's sound, and what is made of it.
pub(super) struct Shaping {
    analyst: Analyst,
    /// Those that were found out last come last; `None`: it cannot be measured.
    known: Vec<(u64, Option<Arc<Profile>>)>,
    wanted: Vec<Wanted>,
    open: Heard,
    saved: Saved,
}

/// The open talk.
#[derive(Default)]
struct Heard {
    content: u64,
    profile: Option<Arc<Profile>>,
    pauses: Vec<Pause>,
    /// Syllables a minute.
    pace: Option<f64>,
    cuts: Arc<Cuts>,
    /// What the cuts were made for.
    made_for: Option<MadeFor>,
}

#[derive(Debug, Clone, PartialEq)]
struct MadeFor {
    strength: Option<u8>,
    rate: Rate,
    revision: u64,
}

impl Default for Shaping {
    fn default() -> Self {
        Self {
            analyst: Analyst::stepped(),
            known: Vec::new(),
            wanted: Vec::new(),
            open: Heard::default(),
            saved: Saved::default(),
        }
    }
}

impl App {
    /// From now on sounds are measured by this thread.
    pub fn measure_with(&mut self, analyst: Analyst) {
        self.shaping.analyst = analyst;
        self.shaping.wanted.clear();
        self.want_profiles();
    }

    /// Measures one sound, where no thread does; false if none is wanted.
    pub fn step_shaping(&mut self) -> bool {
        self.shaping.analyst.step()
    }

    /// A talk has just been opened.
    pub(super) fn begin_shaping(&mut self, talk: &Talk) {
        self.keep_saved();
        self.shaping.open = Heard { content: content_of(talk), ..Heard::default() };
        let key = talk.key();
        let before = self.saved_in(&key);
        self.shaping.saved.begin(&key, before);
        self.player.set_level(1.0);
        self.take_up_profile();
        self.want_profiles();
    }

    /// The open talk's sound first, then those of the talks that may be next.
    pub(super) fn want_profiles(&mut self) {
        let open = self.player.talk().into_iter();
        let around = self.neighbours.talks();
        let wanted = |talk: &Arc<Talk>| {
            let audio = talk.audio.as_ref()?;
            Some(Wanted { content: content_of(talk), path: talk.path(&audio.file) })
        };
        let known = &self.shaping.known;
        let unknown =
            |wanted: &Wanted| wanted.content != 0 && known.iter().all(|(content, _)| *content != wanted.content);
        let list: Vec<Wanted> = open.chain(around).filter_map(wanted).filter(unknown).collect();
        if self.shaping.wanted != list {
            self.shaping.wanted.clone_from(&list);
            self.shaping.analyst.want(list);
        }
    }

    /// Takes in what was measured, and makes of it what is wished.
    pub(super) fn poll_shaping(&mut self) {
        let answers = self.shaping.analyst.poll();
        let told = !answers.is_empty();
        for (content, profile) in answers {
            self.shaping.known.retain(|(known, _)| *known != content);
            self.shaping.known.push((content, profile));
            let old = self.shaping.known.len().saturating_sub(KEPT);
            self.shaping.known.drain(..old);
        }
        if told {
            self.take_up_profile();
            self.want_profiles();
        }
        self.make_cuts();
        self.count_saved();
    }

    fn take_up_profile(&mut self) {
        let Shaping { known, open, .. } = &mut self.shaping;
        if open.profile.is_some() {
            return;
        }
        let Some(profile) =
            known.iter().find(|(content, _)| *content == open.content).and_then(|(_, found)| found.clone())
        else {
            return;
        };
        open.pauses = pauses(&profile);
        open.pace = syllables::per_minute(&profile, &open.pauses);
        let end = profile.end();
        open.profile = Some(profile);
        open.made_for = None;
        if let Some(caveat) = self.player.learn_end(end) {
            self.tell(super::notice::Severity::Info, caveat);
        }
        self.apply_level();
        self.apply_pace();
    }

    /// Makes the cuts anew where something that they depend on has changed.
    fn make_cuts(&mut self) {
        let Some(talk) = self.player.talk().cloned() else { return };
        if self.shaping.open.profile.is_none() {
            return;
        }
        let (rate, strength) = (self.player.rate(), self.view.trim.then_some(self.view.trim_strength));
        let made_for = MadeFor { strength, rate, revision: self.revision };
        if self.shaping.open.made_for.as_ref() == Some(&made_for) {
            return;
        }
        let cuts = strength.map_or_else(Cuts::default, |percent| {
            // Slides without times are turned by hand.
            let slides: Vec<MediaTime> =
                if talk.untimed { Vec::new() } else { talk.slides.iter().map(|slide| slide.start).collect() };
            let least = MediaTime::from_secs_f64(SLIDE_TIME.secs_f64() * rate.factor());
            // Of films nothing is passed over, neither what is heard nor what is seen.
            let films = self.player.clips().shown(self.player.duration());
            let pauses = pauses_outside(&self.shaping.open.pauses, &films);
            Cuts::of(&pauses, Strength::of(percent), &slides, least)
        });
        self.shaping.open.made_for = Some(made_for);
        if *self.shaping.open.cuts != cuts {
            self.shaping.open.cuts = Arc::new(cuts);
            self.player.set_cuts(Arc::clone(&self.shaping.open.cuts));
        }
        if strength.is_some() {
            self.learn_share();
        }
    }

    pub(super) fn run_shape(&mut self, command: &ShapeCommand) {
        match command {
            ShapeCommand::ToggleTrim => self.set_trim(!self.view.trim),
            ShapeCommand::Trim(on) => self.set_trim(*on),
            ShapeCommand::TrimStrength(percent) => self.set_trim_strength(i32::from(*percent)),
            ShapeCommand::TrimStrengthBy(by) => {
                self.set_trim_strength(i32::from(self.view.trim_strength).saturating_add(*by));
            }
            ShapeCommand::ToggleLevel => {
                self.view.level = !self.view.level;
                self.apply_level();
                let how =
                    if self.view.level { "Talks are brought to one loudness" } else { "Talks are as loud as they are" };
                self.feedback(how.to_owned());
            }
            ShapeCommand::Pace(pace) => self.set_pace(Some(*pace)),
            ShapeCommand::PaceOff => self.set_pace(None),
            ShapeCommand::PaceBy(by) => self.pace_by(*by),
        }
    }

    fn set_trim(&mut self, on: bool) {
        self.view.trim = on;
        self.make_cuts();
        self.feedback(if on { self.trim_told() } else { "Pauses are left as they are".to_owned() });
    }

    fn set_trim_strength(&mut self, percent: i32) {
        self.view.trim_strength = u8::try_from(percent.clamp(0, 100)).unwrap_or(0);
        self.view.trim = true;
        self.make_cuts();
        self.feedback(self.trim_told());
    }

    /// What the trimming comes to, in a line.
    fn trim_told(&self) -> String {
        let strength = self.view.trim_strength;
        if self.player.talk().is_none() {
            return format!("Pauses will be shorter by {strength}%");
        }
        if self.shaping.open.profile.is_none() {
            return format!("Pauses will be shorter by {strength}%, as soon as they are found");
        }
        let whole = self.player.duration();
        let out = self.cuts().removed(MediaTime::ZERO, whole).at_rate(self.player.rate());
        format!("Pauses shorter by {strength}%: {} less of {}", out.clock(), whole.at_rate(self.player.rate()).clock())
    }

    /// The gain that brings the open talk to the loudness of all.
    fn apply_level(&mut self) {
        let gain =
            self.shaping.open.profile.as_ref().filter(|_| self.view.level).map_or(1.0, |profile| gain_of(profile));
        self.player.set_level(gain);
    }

    fn set_pace(&mut self, pace: Option<u16>) {
        self.view.pace = pace;
        match (pace, self.shaping.open.pace) {
            (None, _) => {
                self.set_paced(None);
                self.feedback(format!("Speed {}×", self.player.rate()));
            }
            (Some(pace), Some(_)) => {
                self.apply_pace();
                self.feedback(format!("{pace} syllables a minute: {}×", self.player.rate()));
            }
            (Some(pace), None) => {
                self.feedback(format!("{pace} syllables a minute, as soon as the talk's own pace is known"));
            }
        }
    }

    fn pace_by(&mut self, by: i32) {
        let now = self.view.pace.map(f64::from).or_else(|| Some(self.shaping.open.pace? * self.player.rate().factor()));
        #[expect(clippy::cast_possible_truncation, reason = "some hundred syllables")]
        let now = now.unwrap_or(300.0).round() as i32;
        let pace = now.saturating_add(by).clamp(i32::from(*PACES.start()), i32::from(*PACES.end()));
        self.set_pace(u16::try_from(pace).ok());
    }

    /// The speed that makes of this speaker's pace the one that is wished; a talk with a speed of its own keeps that.
    fn apply_pace(&mut self) {
        let Some((wished, own)) = self.view.pace.zip(self.shaping.open.pace) else { return };
        // To the next twentieth, as speeds are set by hand.
        self.set_paced(Some(Rate::from_factor((f64::from(wished) / own * 20.0).round() / 20.0)));
    }

    /// The stretches of the open talk that are left out.
    pub fn cuts(&self) -> &Arc<Cuts> {
        &self.shaping.open.cuts
    }

    /// Where nobody speaks in the open talk; nothing before that is known.
    pub fn pauses(&self) -> &[Pause] {
        &self.shaping.open.pauses
    }

    /// Syllables a minute of the open talk at its own speed, where they are known.
    pub fn own_pace(&self) -> Option<f64> {
        self.shaping.open.pace
    }

    /// The loudness of the open talk as it is in its file, in LUFS, where it is known.
    pub fn own_loudness(&self) -> Option<f32> {
        self.shaping.open.profile.as_ref()?.loudness
    }
}

/// Names the contents of a talk's sound; 0 where there is none.
fn content_of(talk: &Talk) -> u64 {
    if talk.audio.is_some() { talk.content } else { 0 }
}

/// A linear factor.
fn gain_of(profile: &Profile) -> f32 {
    let Some(loudness) = profile.loudness.filter(|loudness| *loudness > -70.0) else { return 1.0 };
    let headroom = profile.peak.map_or(0.0, |peak| PEAK - peak);
    // Softer as much as it takes; louder only as far as nothing is clipped.
    let wished = LOUDNESS - loudness;
    let decibels = if wished > 0.0 { wished.min(headroom.max(0.0)).min(LOUDEST) } else { wished };
    10.0_f32.powf(decibels / 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn talks_are_brought_to_one_loudness_without_clipping() {
        let gain = |loudness: f32, peak: f32| {
            let profile = Profile { loudness: Some(loudness), peak: Some(peak), ..Profile::default() };
            20.0 * gain_of(&profile).log10()
        };
        assert!((gain(-14.0, -0.1) - -4.0).abs() < 0.01);
        assert!((gain(-26.0, -12.0) - 8.0).abs() < 0.01);
        assert!((gain(-26.0, -3.0) - 2.0).abs() < 0.01, "its peaks leave no more room");
        assert!((gain(-26.0, 0.0)).abs() < 0.01, "and none where they are at the top");
        assert!((gain(-60.0, -50.0) - 15.0).abs() < 0.01);
        assert!((gain_of(&Profile::default()) - 1.0).abs() < f32::EPSILON);
    }
}

//! Where nobody speaks, from the levels of a sound. Pure.
//!
//! What counts as quiet follows the room: the floor is what the sound falls to within half a minute around, and speech is told
//! from it by a part of the distance between the two. A pause begins where the level stays low and ends where it rises above a
//! higher mark; both ends keep a margin, since words begin and end softly.

use super::{Profile, moment};
use crate::time::MediaTime;

/// A stretch in which nobody speaks, margins left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Where it begins.
    pub start: MediaTime,
    /// Where it ends.
    pub end: MediaTime,
}

impl Pause {
    /// How long it is.
    pub fn length(self) -> MediaTime {
        self.end - self.start
    }
}

/// Steps on each side that the floor and the level of speech are found in.
const AROUND: usize = 1500;
/// The floor and the speech are found anew after so many steps.
const STRIDE: usize = 50;
/// The share of the steps around that are at the floor or below, and at the level of speech or below; in hundredths.
const FLOOR: usize = 8;
const SPEECH: usize = 85;
/// The floor counts as no lower than this below speech, in half decibels: between words a gated sound is silent.
const DEEPEST: usize = 110;
/// Speech less than this above the floor cannot be told from it, in half decibels.
const NARROW: usize = 20;
/// Speech begins above this part of the way from the floor to speech, and ends below that one; in hundredths.
const RISES: usize = 34;
const FALLS: usize = 26;
/// Quieter steps than this between two louder ones are within a word.
const WITHIN: usize = 12;
/// A single loud step is a click and no word.
const CLICK: usize = 2;
/// Steps that belong to the word before and to the word after.
const AFTER: usize = 12;
const BEFORE: usize = 12;
/// A pause has at least so many steps besides.
const SHORTEST: usize = 12;

/// The pauses of a sound, in order.
pub fn pauses(profile: &Profile) -> Vec<Pause> {
    let marks = Marks::of(&profile.levels);
    let mut found = Vec::new();
    let mut quiet_since: Option<usize> = None;
    let mut loud = 0;
    for (step, level) in profile.levels.iter().map(|level| usize::from(*level)).enumerate() {
        let Some((falls, rises)) = marks.at(step) else {
            quiet_since = None;
            continue;
        };
        match quiet_since {
            None if level < falls => (quiet_since, loud) = (Some(step), 0),
            Some(since) if level >= rises => {
                loud += 1;
                if loud > CLICK {
                    // It rose with the first of the loud steps.
                    found.extend(between(since, step + 1 - loud, since == 0));
                    quiet_since = None;
                }
            }
            None | Some(_) => loud = 0,
        }
    }
    if let Some(since) = quiet_since {
        found.extend(between(since, profile.levels.len() + BEFORE, since == 0));
    }
    found
}

/// A pause between a step and another, if it is one. Nothing is said before the beginning.
fn between(since: usize, until: usize, first: bool) -> Option<Pause> {
    let start = if first { 0 } else { since + AFTER };
    let end = until.checked_sub(BEFORE)?;
    (until - since >= WITHIN && end >= start + SHORTEST).then(|| Pause { start: moment(start), end: moment(end) })
}

/// Where speech begins and ends, as levels, all along a sound.
struct Marks(Vec<Option<(usize, usize)>>);

impl Marks {
    fn of(levels: &[u8]) -> Self {
        let mut counts = [0_usize; 256];
        let (mut from, mut to) = (0, 0);
        let mut marks = Vec::with_capacity(levels.len() / STRIDE + 1);
        for middle in (0..levels.len()).step_by(STRIDE) {
            let (begin, end) = (middle.saturating_sub(AROUND), (middle + AROUND).min(levels.len()));
            while let Some(level) = levels.get(to).filter(|_| to < end) {
                counts[usize::from(*level)] += 1;
                to += 1;
            }
            while let Some(level) = levels.get(from).filter(|_| from < begin) {
                counts[usize::from(*level)] -= 1;
                from += 1;
            }
            marks.push(mark(&counts, to - from));
        }
        Self(marks)
    }

    fn at(&self, step: usize) -> Option<(usize, usize)> {
        self.0.get(step / STRIDE).copied().flatten()
    }
}

fn mark(counts: &[usize; 256], total: usize) -> Option<(usize, usize)> {
    let speech = percentile(counts, total, SPEECH);
    let floor = percentile(counts, total, FLOOR).max(speech.saturating_sub(DEEPEST));
    let height = speech.checked_sub(floor).filter(|height| *height >= NARROW)?;
    Some((floor + height * FALLS / 100, floor + height * RISES / 100))
}

/// The level that `hundredths` of all steps are at or below.
fn percentile(counts: &[usize; 256], total: usize, hundredths: usize) -> usize {
    let wanted = total * hundredths / 100;
    let mut seen = 0;
    for (level, count) in counts.iter().enumerate() {
        seen += count;
        if seen > wanted {
            return level;
        }
    }
    255
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Speech at -20 dB in a room at -60, with pauses of these lengths in steps after each second of speech.
    fn talk(pauses: &[usize]) -> Profile {
        let mut levels = Vec::new();
        for pause in pauses {
            // Words: loud, softer, a short gap as before a plosive.
            for _ in 0..5 {
                levels.extend([[214_u8; 8], [196; 8]].concat());
                levels.extend([140; 4]);
            }
            levels.extend(std::iter::repeat_n(134, *pause));
        }
        levels.extend([214; 100]);
        Profile { levels, ..Profile::default() }
    }

    fn lengths(profile: &Profile) -> Vec<i64> {
        pauses(profile).iter().map(|pause| pause.length().millis()).collect()
    }

    #[test]
    fn pauses_between_words_are_found_and_gaps_within_words_are_not() {
        assert_eq!(lengths(&talk(&[10, 60, 20, 150, 300])), [400, 1_300, 2_800]);
    }

    #[test]
    fn a_pause_keeps_clear_of_the_words_around_it() {
        let found = pauses(&talk(&[0, 100]))[0];
        // The first silent step is the 196th: four steps of the last gap come before the pause proper.
        assert_eq!((found.start.millis(), found.end.millis()), (1_960 + 120, 3_000 - 120));
    }

    #[test]
    fn silence_without_any_speech_and_music_without_any_pause_have_none() {
        assert_eq!(pauses(&Profile { levels: vec![0; 6_000], ..Profile::default() }), []);
        let music = (0..6_000_u32).map(|n| 200 + u8::try_from(n * 7 % 9).unwrap_or(0)).collect();
        assert_eq!(pauses(&Profile { levels: music, ..Profile::default() }), []);
        assert_eq!(pauses(&Profile::default()), []);
    }

    #[test]
    fn a_click_does_not_end_a_pause_and_a_louder_room_is_followed() {
        let mut clicked = talk(&[0, 200]);
        clicked.levels[300] = 220;
        assert_eq!(lengths(&clicked).len(), 1);
        let (quiet, mut loud) = (talk(&[100; 30]), talk(&[100; 30]));
        for level in &mut loud.levels {
            *level = (*level).max(170);
        }
        let both = Profile { levels: [quiet.levels, loud.levels].concat(), ..Profile::default() };
        assert!(lengths(&both).len() >= 54, "{}", lengths(&both).len());
    }

    #[test]
    fn silence_before_the_first_word_and_after_the_last_counts() {
        let mut profile = talk(&[0]);
        profile.levels.splice(0..0, [134; 300]);
        profile.levels.extend([134; 400]);
        let found = pauses(&profile);
        assert_eq!(
            (found.first().map(|p| p.start.millis()), found.last().map(|p| p.end)),
            (Some(0), Some(profile.end()))
        );
    }
}

//! How fast somebody speaks, from the levels of a sound: syllables are peaks of the level with a dip before them (de Jong and
//! Wempe, "Praat script to detect syllable nuclei and measure speech rate automatically", 2009). Pure.

use super::Profile;
use super::pauses::Pause;
use crate::time::MediaTime;

/// A peak stands out from the dip before it by so much, in half decibels.
const DIP: u8 = 5;
/// A syllable is at most this much softer than loud speech, in half decibels.
const SOFTEST: u8 = 50;
/// Less speech than this tells nothing of its pace, in steps.
const ENOUGH: usize = 1_000;

/// Syllables a minute while somebody speaks, pauses left out; `None` where too little is said.
pub fn per_minute(profile: &Profile, pauses: &[Pause]) -> Option<f64> {
    let levels = smoothed(&profile.levels);
    let mut spoken: Vec<u8> = Vec::with_capacity(levels.len());
    let mut syllables = 0_u32;
    let mut rest = pauses.iter().peekable();
    let mut dip = u8::MAX;
    let mut peak: Option<u8> = None;
    let loud = loud(&levels);
    for (step, level) in levels.iter().enumerate() {
        let at = super::moment(step);
        while rest.next_if(|pause| pause.end <= at).is_some() {}
        if rest.peek().is_some_and(|pause| pause.start <= at) {
            (dip, peak) = (*level, None);
            continue;
        }
        spoken.push(*level);
        match peak {
            None if *level >= dip.saturating_add(DIP) => peak = Some(*level),
            None => dip = dip.min(*level),
            Some(top) if *level > top => peak = Some(*level),
            Some(top) if level.saturating_add(DIP) <= top => {
                syllables += u32::from(top.saturating_add(SOFTEST) >= loud);
                (dip, peak) = (*level, None);
            }
            Some(_) => {}
        }
    }
    let steps = u32::try_from(spoken.len()).ok().filter(|steps| *steps as usize >= ENOUGH)?;
    let minutes = MediaTime::from_millis(i64::from(steps) * 10).secs_f64() / 60.0;
    (syllables > 0).then(|| f64::from(syllables) / minutes)
}

/// Within a syllable the level trembles: five steps together.
fn smoothed(levels: &[u8]) -> Vec<u8> {
    let mean = |at: usize| {
        let around = levels.get(at.saturating_sub(2)..(at + 3).min(levels.len())).unwrap_or_default();
        let sum: usize = around.iter().map(|level| usize::from(*level)).sum();
        u8::try_from(sum / around.len().max(1)).unwrap_or(u8::MAX)
    };
    (0..levels.len()).map(mean).collect()
}

/// The level that one step in twenty is above.
fn loud(levels: &[u8]) -> u8 {
    let mut sorted = levels.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len().saturating_sub(1) * 95 / 100).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Syllables of so many steps each.
    fn speech(steps: usize, count: usize) -> Vec<u8> {
        let one = (0..steps).map(|n| 180 + u8::try_from((n.min(steps - n)) * 4).unwrap_or(0));
        one.cycle().take(steps * count).collect()
    }

    #[test]
    fn syllables_are_counted_at_their_pace_whatever_the_pauses() {
        for (steps, expected) in [(20, 300.0), (30, 200.0)] {
            let profile = Profile { levels: speech(steps, 200), ..Profile::default() };
            let found = per_minute(&profile, &[]).expect("enough is said");
            assert!((found - expected).abs() < 6.0, "{found} of {expected}");
            let quiet = vec![120; 3_000];
            let paused = Profile { levels: [speech(steps, 200), quiet].concat(), ..Profile::default() };
            let start = super::super::moment(steps * 200);
            let pause = Pause { start, end: start + MediaTime::from_secs(30) };
            let again = per_minute(&paused, &[pause]).expect("enough is said");
            assert!((again - expected).abs() < 6.0, "{again} of {expected}");
        }
    }

    #[test]
    fn silence_and_too_little_speech_have_no_pace() {
        assert_eq!(per_minute(&Profile { levels: vec![0; 6_000], ..Profile::default() }, &[]), None);
        assert_eq!(per_minute(&Profile { levels: speech(20, 20), ..Profile::default() }, &[]), None);
        assert_eq!(per_minute(&Profile::default(), &[]), None);
    }
}

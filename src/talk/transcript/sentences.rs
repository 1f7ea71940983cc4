//! Sentences: they may begin in one cue and end in a later one.

use super::Transcript;
use crate::time::MediaTime;

/// After a silence of this length a sentence begins, whatever was said before.
const SILENCE: MediaTime = MediaTime::from_secs(2);
/// With fewer ends of sentences than one in so many cues, a text has no punctuation: each cue counts as a sentence.
const SPARSE: usize = 10;

impl Transcript {
    /// The sentence that is being said at this moment, or was the last to be said in the ten seconds before. It may begin
    /// in an earlier cue and end in a later one.
    pub fn sentence_at(&self, at: MediaTime) -> Option<String> {
        const AFTER: MediaTime = MediaTime::from_secs(10);
        /// Cues that a sentence may span on either side.
        const SPAN: usize = 6;
        let begun = self.cues.partition_point(|cue| cue.start <= at);
        let now = begun.checked_sub(1)?;
        let cue = self.cues.get(now).filter(|cue| at <= cue.end + AFTER)?;
        let (first, last) = (now.saturating_sub(SPAN), (now + SPAN + 1).min(self.cues.len()));
        // Where in the joined text this moment lies: as far into its cue's words as into its time.
        let before: usize = self.cues.get(first..now)?.iter().map(|cue| cue.text.len() + 1).sum();
        let joined = self.cues.get(first..last)?.iter().map(|cue| cue.text.as_str()).collect::<Vec<_>>().join(" ");
        let share = (at - cue.start).secs_f64() / (cue.end - cue.start).secs_f64().max(0.001);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a line of text"
        )]
        let within = (share.clamp(0.0, 0.999) * cue.text.len() as f64) as usize;
        sentence(&joined, before + within)
    }

    /// When the sentences begin, in order. Within a cue it is as near as can be told.
    pub fn sentence_starts(&self) -> Vec<MediaTime> {
        let stopped = self.cues.iter().filter(|cue| !stops(&cue.text).is_empty()).count();
        if stopped * SPARSE < self.cues.len() {
            return self.cues.iter().map(|cue| cue.start).collect();
        }
        let mut starts: Vec<MediaTime> = Vec::new();
        let (mut ended, mut last_end, mut speaker) = (true, MediaTime::ZERO, None);
        for cue in &*self.cues {
            let other = cue.speaker.is_some() && cue.speaker != speaker;
            if ended || other || cue.start - last_end >= SILENCE {
                starts.push(cue.start);
            }
            ended = false;
            for stop in stops(&cue.text) {
                match cue.text.get(stop..).unwrap_or_default().find(|c: char| !c.is_whitespace()) {
                    Some(space) => starts.push(cue.reckoned(stop + space)),
                    None => ended = true,
                }
            }
            last_end = last_end.max(cue.end);
            speaker = cue.speaker.clone().or(speaker);
        }
        starts.sort_unstable();
        starts.dedup();
        starts
    }
}

/// Where sentences end: the bytes behind their stops.
fn stops(text: &str) -> Vec<usize> {
    let ends = |(place, c): (usize, char)| {
        let rest = text.get(place + c.len_utf8()..).unwrap_or_default();
        // After an abbreviation it goes on with a small letter.
        let goes_on = rest.trim_start().starts_with(char::is_lowercase);
        let end = matches!(c, '.' | '!' | '?' | '…') && !goes_on && !rest.starts_with(|c: char| !c.is_whitespace());
        (end || matches!(c, '。' | '！' | '？')).then_some(place + c.len_utf8())
    };
    text.char_indices().filter_map(ends).collect()
}

/// The sentence around a byte of a text.
fn sentence(text: &str, at: usize) -> Option<String> {
    let stops = stops(text);
    let from = stops.iter().rev().find(|stop| **stop <= at).copied().unwrap_or(0);
    let to = stops.iter().find(|stop| **stop > at).copied().unwrap_or(text.len());
    let sentence = text.get(from..to)?.trim();
    (!sentence.is_empty()).then(|| sentence.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(text: &str) -> Vec<i64> {
        Transcript::parse(text).sentence_starts().iter().map(|start| start.millis()).collect()
    }

    #[test]
    fn a_sentence_begins_where_one_ends_or_after_a_silence_or_with_another_speaker() {
        let text = "00:00.000 --> 00:02.000\nWe begin, i.e. now. And\n\n00:02.000 --> 00:04.000\nthen go on.\n\n\
            00:04.000 --> 00:05.000\nWell\n\n00:09.000 --> 00:10.000\nyes\n\n00:10.000 --> 00:11.000\n<v Ann>no\n\n\
            00:11.000 --> 00:12.000\n<v Ann>or so\n";
        let found = starts(text);
        assert_eq!((found[0], &found[2..]), (0, &[4_000, 9_000, 10_000][..]));
        assert!((1_500..2_000).contains(&found[1]), "as far into the cue as into its text: {found:?}");
    }

    #[test]
    fn within_a_cue_the_times_of_words_tell_when_a_sentence_begins() {
        assert_eq!(starts("00:00.000 --> 00:04.000\nOne. <00:03.100>Two.\n"), [0, 3_100]);
    }

    #[test]
    fn without_punctuation_each_cue_counts() {
        assert_eq!(starts("00:00.000 --> 00:01.000\none\n\n00:01.000 --> 00:02.000\ntwo\n"), [0, 1_000]);
        assert!(starts("").is_empty());
    }

    #[test]
    fn a_sentence_is_found_around_any_of_its_letters() {
        assert_eq!(sentence("pi is 3.14 or so. Yes.", 3).as_deref(), Some("pi is 3.14 or so."));
        assert_eq!(sentence("好。不好。", 7).as_deref(), Some("不好。"));
        assert_eq!(sentence("as in e.g. this one. Yes.", 3).as_deref(), Some("as in e.g. this one."));
    }
}

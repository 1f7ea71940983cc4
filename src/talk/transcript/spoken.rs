//! When each word is said: the times of WebVTT within a cue, read and written.

use std::ops::Range;

use super::{Cue, Word, stamp, without_markup};
use crate::talk::names;
use crate::time::MediaTime;

/// A line of a cue without markup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    words: Vec<Word>,
}

impl Line {
    /// Reads `so<00:00:00.500><c> today</c>`.
    pub(super) fn read(line: &str) -> Self {
        let (mut read, mut rest, mut start) = (Self::default(), line, None);
        // Whether white space, or the beginning, lies before what comes next.
        let mut apart = true;
        loop {
            let (piece, after) = split(rest);
            let plain = without_markup(piece);
            for (number, word) in names::words(&plain).enumerate() {
                let spaced = number > 0 || apart || plain.starts_with(names::is_apart);
                if spaced && !read.text.is_empty() {
                    read.text.push(' ');
                }
                if let Some(start) = start.take() {
                    read.words.push(Word { at: read.text.len(), start });
                }
                read.text.push_str(word);
                apart = false;
            }
            apart |= plain.ends_with(names::is_apart);
            let Some((time, after)) = after else { return read };
            (start, rest) = (Some(time), after);
        }
    }
}

/// What stands before the first time within a line, the time, and what stands behind it.
fn split(line: &str) -> (&str, Option<(MediaTime, &str)>) {
    let mut from = 0;
    while let Some(open) = line.get(from..).and_then(|rest| rest.find('<')).map(|at| from + at) {
        let tag = line.get(open + 1..).unwrap_or_default();
        let Some((inner, after)) = tag.split_once('>') else { break };
        let timed = inner.contains(':') && inner.starts_with(|c: char| c.is_ascii_digit());
        if let Some(time) = timed.then(|| MediaTime::parse(inner).ok()).flatten() {
            return (line.get(..open).unwrap_or_default(), Some((time, after)));
        }
        from = open + 1;
    }
    (line, None)
}

/// The lines of a cue as one, with the times of its words where there are any that can be right.
pub(super) fn join(lines: &[Line], (start, end): (MediaTime, MediaTime)) -> (String, Vec<Word>) {
    let (mut text, mut words): (String, Vec<Word>) = (String::new(), Vec::new());
    for line in lines {
        if !text.is_empty() {
            text.push(' ');
        }
        let moved = line.words.iter().map(|word| Word { at: text.len() + word.at, ..*word });
        words.extend(moved);
        text.push_str(&line.text);
    }
    (text, in_order(words, (start, end)))
}

/// Those that lie within the cue and come one after another; what stands before the first is said from its beginning.
pub(super) fn in_order(words: Vec<Word>, (start, end): (MediaTime, MediaTime)) -> Vec<Word> {
    let mut kept: Vec<Word> = Vec::with_capacity(words.len() + 1);
    for word in words {
        let after = kept.last().is_none_or(|last| last.at < word.at && last.start <= word.start);
        if after && word.start >= start && word.start <= end {
            if kept.is_empty() && word.at > 0 {
                kept.push(Word { at: 0, start });
            }
            kept.push(word);
        }
    }
    kept
}

/// As WebVTT has what could be taken for markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The text as WebVTT has it: no words can be taken for markup, nor for the times of a cue.
pub(super) fn with_stamps(cue: &Cue) -> String {
    let plain = |range: Range<usize>| escaped(cue.text.get(range).unwrap_or_default()).replace('{', "&#123;");
    let mut out = plain(0..cue.words.first().map_or(cue.text.len(), |word| word.at));
    for (number, word) in cue.words.iter().enumerate() {
        // The first word needs none where it is said from the beginning, unless it is the only one with a time.
        if word.at > 0 || word.start != cue.start || cue.words.len() == 1 {
            out += &format!("<{}>", stamp(word.start));
        }
        out += &plain(word.at..cue.words.get(number + 1).map_or(cue.text.len(), |next| next.at));
    }
    out
}

impl Cue {
    /// The bytes of the word that is said at this moment; `None` where the times of words are not known, or before the
    /// first.
    pub fn word_at(&self, at: MediaTime) -> Option<Range<usize>> {
        let next = self.words.partition_point(|word| word.start <= at);
        let word = self.words.get(next.checked_sub(1)?)?;
        let end = self.words.get(next).map_or(self.text.len(), |next| next.at);
        let said = self.text.get(word.at..end)?.trim_end();
        Some(word.at..word.at + said.len())
    }

    /// When the next word begins.
    pub fn next_word(&self, at: MediaTime) -> Option<MediaTime> {
        self.words.get(self.words.partition_point(|word| word.start <= at)).map(|word| word.start)
    }

    /// When what stands at this byte is said: with its word where that is known, else with the cue.
    pub fn moment_of(&self, byte: usize) -> MediaTime {
        let next = self.words.partition_point(|word| word.at <= byte);
        next.checked_sub(1).and_then(|at| self.words.get(at)).map_or(self.start, |word| word.start)
    }

    /// When what stands at this byte is said, as near as can be told: without times of words, as far into the cue's time
    /// as into its text.
    pub fn reckoned(&self, byte: usize) -> MediaTime {
        if !self.words.is_empty() {
            return self.moment_of(byte);
        }
        #[expect(clippy::cast_precision_loss, reason = "a place in a line of text")]
        let share = byte as f64 / self.text.len().max(1) as f64;
        self.start + MediaTime::from_secs_f64((self.end - self.start).secs_f64() * share.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::Transcript;

    fn ms(millis: i64) -> MediaTime {
        MediaTime::from_millis(millis)
    }

    fn told(cue: &Cue) -> Vec<(i64, &str)> {
        let ends = cue.words.iter().skip(1).map(|word| word.at).chain([cue.text.len()]);
        cue.words.iter().zip(ends).map(|(word, end)| (word.start.millis(), cue.text[word.at..end].trim())).collect()
    }

    #[test]
    fn the_times_of_words_are_read_where_a_cue_has_them() {
        let text = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ann>We <00:00:01.500>begin&amp;go <00:02.250><c>with</c>\n<00:03.000><i>tiles</i>.\n\n\
            00:05.000 --> 00:06.000\nplain\n";
        let transcript = Transcript::parse(text);
        let [first, second] = transcript.cues() else { panic!("two cues") };
        assert_eq!((first.text.as_str(), first.speaker.as_deref()), ("We begin&go with tiles.", Some("Ann")));
        assert_eq!(told(first), [(1_000, "We"), (1_500, "begin&go"), (2_250, "with"), (3_000, "tiles.")]);
        assert_eq!((told(second), second.word_at(ms(5_500))), (vec![], None));
        assert_eq!(first.word_at(ms(2_249)).map(|word| &first.text[word]), Some("begin&go"));
        assert_eq!((first.word_at(ms(999)), first.next_word(ms(2_250))), (None, Some(ms(3_000))));
        assert_eq!((first.moment_of(5), second.moment_of(3)), (ms(1_500), ms(5_000)));
        assert_eq!(second.reckoned(0), ms(5_000));
        assert_eq!(Transcript::parse(&transcript.vtt()), transcript, "{}", transcript.vtt());
    }

    #[test]
    fn words_that_roll_up_keep_their_times() {
        let rolling = "WEBVTT\nKind: captions\n\n00:00:00.000 --> 00:00:02.000 align:start position:0%\n \nso<00:00:00.500><c> today</c>\n\n\
            00:00:02.000 --> 00:00:02.010\nso today\n \n\n00:00:02.010 --> 00:00:04.000\nso today\nwe<00:00:02.500><c> begin</c>\n";
        let transcript = Transcript::parse(rolling);
        let all: Vec<_> = transcript.cues().iter().map(told).collect();
        assert_eq!(all, [vec![(0, "so"), (500, "today")], vec![(2_010, "we"), (2_500, "begin")]]);
    }

    #[test]
    fn times_that_cannot_be_right_are_passed_over() {
        let text = "00:01.000 --> 00:04.000\na <00:09.000>b <00:03.000>c <00:02.000>d <nonsense:1>e <00:03.500>";
        let transcript = Transcript::parse(text);
        assert_eq!(told(&transcript.cues()[0]), [(1_000, "a b"), (3_000, "c d e")]);
        let names = "00:01.000 --> 00:02.000\nAnn: so <00:01.500>it\n\n00:02.000 --> 00:03.000\nAnn: is\n\n00:03.000 --> 00:04.000\nAnn: here\n";
        let transcript = Transcript::parse(names);
        assert_eq!(told(&transcript.cues()[0]), [(1_000, "so"), (1_500, "it")], "the name is no word");
    }
}

//! What is said and when, from WebVTT and SubRip files; `read.rs` has the other forms.

mod read;

use std::collections::HashSet;

use crate::talk::names;
use crate::time::MediaTime;
pub(crate) use read::{chat, is_chat, is_text, read};

/// Most cues that are kept; an hour of talk has a thousand.
const MAX_CUES: usize = 100_000;

/// A piece of what is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cue {
    /// When it begins, in source time.
    pub start: MediaTime,
    /// When it ends, in source time.
    pub end: MediaTime,
    /// The words, on one line, without markup.
    pub text: String,
    /// Who says them, where the file tells.
    pub speaker: Option<String>,
}

/// All that is said, in order of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    cues: Vec<Cue>,
}

impl Transcript {
    /// Reads WebVTT or SubRip, told apart by their times alone. What is no cue is passed over.
    pub fn parse(text: &str) -> Self {
        let mut cues: Vec<Cue> = Vec::new();
        // Captions that a video site has made have the time of each word, and show each line twice.
        let rolls = text.contains("><c>");
        let mut rolled: HashSet<String> = HashSet::new();
        let mut lines = text.trim_start_matches('\u{feff}').lines().peekable();
        while let Some(line) = lines.next() {
            let Some((start, end)) = times(line) else { continue };
            let (mut words, mut speaker): (Vec<String>, _) = (Vec::new(), None);
            // A line of nothing but a blank belongs to a cue that rolls.
            while let Some(line) = lines.next_if(|line| !line.is_empty() && times(line).is_none()) {
                speaker = speaker.or_else(|| voice(line));
                let plain = without_markup(line).split_whitespace().collect::<Vec<_>>().join(" ");
                if !plain.is_empty() {
                    words.push(plain);
                }
            }
            if rolls {
                // What rolls up was said before.
                let said = std::mem::replace(&mut rolled, words.iter().cloned().collect());
                words.retain(|line| !said.contains(line));
            }
            let text = words.join(" ");
            if !text.is_empty() && end >= start && cues.len() < MAX_CUES {
                cues.push(Cue { start, end, text, speaker });
            }
        }
        read::speakers(&mut cues);
        Self::of(cues)
    }

    /// As a WebVTT file, which is read back as it was, to the millisecond.
    pub fn vtt(&self) -> String {
        let mut vtt = "WEBVTT\n".to_owned();
        for cue in &self.cues {
            // No words can be taken for markup, nor for the times of a cue.
            let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let text = plain(&cue.text).replace('{', "&#123;");
            let voice = cue.speaker.as_ref().map(|name| format!("<v {}>", plain(name)));
            let voice = voice.unwrap_or_default();
            vtt += &format!("\n{} --> {}\n{voice}{text}\n", stamp(cue.start), stamp(cue.end));
        }
        vtt
    }

    /// Of pieces in any order.
    pub(crate) fn of(mut cues: Vec<Cue>) -> Self {
        cues.truncate(MAX_CUES);
        cues.sort_by_key(|cue| cue.start);
        Self { cues }
    }

    /// In order of time.
    pub fn cues(&self) -> &[Cue] {
        &self.cues
    }

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
}

/// The sentence around a byte of a text.
fn sentence(text: &str, at: usize) -> Option<String> {
    let ends = |(place, c): (usize, char)| {
        let next = text.get(place + c.len_utf8()..).and_then(|rest| rest.chars().next());
        let end = matches!(c, '.' | '!' | '?' | '…') && next.is_none_or(char::is_whitespace);
        (end || matches!(c, '。' | '！' | '？')).then_some(place + c.len_utf8())
    };
    let stops: Vec<usize> = text.char_indices().filter_map(ends).collect();
    let from = stops.iter().rev().find(|stop| **stop <= at).copied().unwrap_or(0);
    let to = stops.iter().find(|stop| **stop > at).copied().unwrap_or(text.len());
    let sentence = text.get(from..to)?.trim();
    (!sentence.is_empty()).then(|| sentence.to_owned())
}

/// `00:01.000 --> 00:02.000 align:start`, also with commas.
fn times(line: &str) -> Option<(MediaTime, MediaTime)> {
    let (start, rest) = line.split_once("-->")?;
    let time = |text: &str| MediaTime::parse(&text.trim().replace(',', ".")).ok();
    let start = time(start).filter(|start| *start >= MediaTime::ZERO)?;
    Some((start, time(rest.split_whitespace().next()?)?))
}

/// The name in `<v.loud Anna>`.
fn voice(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("<v")?;
    let (tag, _) = rest.split_once('>')?;
    let name = tag.split_once(' ').filter(|(classes, _)| classes.is_empty() || classes.starts_with('.'))?.1;
    Some(names::one_line(&without_references(name))).filter(|name| !name.is_empty())
}

/// `00:01:02.345`.
fn stamp(time: MediaTime) -> String {
    let millis = time.max_zero().millis();
    let (hours, minutes, secs) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    format!("{hours:02}:{minutes:02}:{secs:02}.{:03}", millis % 1000)
}

/// Without tags such as `<v Anna>` and `{\an8}`, and with the characters that stand behind names.
pub(crate) fn without_markup(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut inside = None;
    for c in line.chars() {
        match (inside, c) {
            (None, '<') => inside = Some('>'),
            (None, '{') => inside = Some('}'),
            (Some(end), c) if c == end => inside = None,
            (None, c) => plain.push(c),
            (Some(_), _) => {}
        }
    }
    without_references(&plain)
}

/// With the characters that stand behind names.
fn without_references(text: &str) -> String {
    [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&lrm;", ""), ("&rlm;", ""), ("&#123;", "{"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (name, character)| text.replace(name, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VTT: &str = "\u{feff}WEBVTT\r\n\r\nNOTE made by hand\r\n\r\n1\r\n00:01.000 --> 00:03.000 align:start\r\n<v Anna>We begin\r\nwith &lt;tiles&gt;. And\r\n\r\n00:00:03.000 --> 00:00:05.000\r\nthen go on.\r\n\r\n00:06.000 --> 00:04.000\r\nbackwards\r\n";

    fn at(secs: i64) -> MediaTime {
        MediaTime::from_secs(secs)
    }

    #[test]
    fn cues_are_read_without_their_markup() {
        let cues = Transcript::parse(VTT).cues;
        let expected = [
            Cue { start: at(1), end: at(3), text: "We begin with <tiles>. And".into(), speaker: Some("Anna".into()) },
            Cue { start: at(3), end: at(5), text: "then go on.".into(), speaker: None },
        ];
        assert_eq!(cues, expected);
        let srt = "1\n00:00:01,500 --> 00:00:02,000\n{\\an8}<i>Hello</i>\n\n2\nnonsense --> 3\nx\n";
        let start = MediaTime::from_millis(1500);
        assert_eq!(Transcript::parse(srt).cues, [Cue { start, end: at(2), text: "Hello".into(), speaker: None }]);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let transcript = Transcript::parse(VTT);
        assert!(
            transcript
                .vtt()
                .starts_with("WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Anna>We begin with &lt;tiles&gt;. And\n\n")
        );
        assert_eq!(Transcript::parse(&transcript.vtt()), transcript);
        let odd = Cue { start: at(4000), end: at(4001), text: "1:00 --> 2:00 &amp; so on".into(), speaker: None };
        let odd = Transcript { cues: vec![odd] };
        assert_eq!(Transcript::parse(&odd.vtt()), odd);
    }

    #[test]
    fn a_sentence_may_span_cues() {
        let transcript = Transcript::parse(VTT);
        assert_eq!(transcript.sentence_at(at(1)).as_deref(), Some("We begin with <tiles>."));
        assert_eq!(transcript.sentence_at(at(3)).as_deref(), Some("And then go on."));
        assert_eq!(transcript.sentence_at(at(14)).as_deref(), Some("And then go on."));
        assert_eq!(transcript.sentence_at(at(16)), None);
        assert_eq!(transcript.sentence_at(at(0)), None);
        assert_eq!(sentence("pi is 3.14 or so. Yes.", 3).as_deref(), Some("pi is 3.14 or so."));
        assert_eq!(sentence("好。不好。", 7).as_deref(), Some("不好。"));
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let mut dice = crate::testing::mutate::Prng::new(5);
        for _ in 0..2000 {
            let damaged = crate::testing::mutate::mutate(VTT.as_bytes(), &mut dice);
            let transcript = Transcript::parse(&String::from_utf8_lossy(&damaged));
            for secs in 0..8 {
                transcript.sentence_at(at(secs));
            }
        }
    }
}

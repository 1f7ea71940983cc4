//! What is said and when, from WebVTT and SubRip files; `read.rs` has the other forms.

mod read;
mod sentences;
mod spoken;

use std::collections::HashSet;
use std::sync::Arc;

use crate::talk::names;
use crate::time::MediaTime;
pub(crate) use read::{chat, is_chat, is_text, read};
use spoken::Line;

/// Most cues that are kept; an hour of talk has a thousand.
pub(super) const MAX_CUES: usize = 100_000;

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
    /// When its words are said, in their order; empty where the file does not tell.
    pub words: Vec<Word>,
}

/// A word of a cue, up to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The byte of the cue's text at which it begins.
    pub at: usize,
    /// When it begins, in source time.
    pub start: MediaTime,
}

/// All that is said, in order of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    /// Shared: a talk is cloned whenever something about it is put otherwise.
    cues: Arc<[Cue]>,
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
            let (mut said, mut speaker): (Vec<Line>, _) = (Vec::new(), None);
            // A line of nothing but a blank belongs to a cue that rolls.
            while let Some(line) = lines.next_if(|line| !line.is_empty() && times(line).is_none()) {
                speaker = speaker.or_else(|| voice(line));
                said.extend(Some(Line::read(line)).filter(|line| !line.text.is_empty()));
            }
            if rolls {
                // What rolls up was said before.
                let before = std::mem::replace(&mut rolled, said.iter().map(|line| line.text.clone()).collect());
                said.retain(|line| !before.contains(&line.text));
            }
            let (text, words) = spoken::join(&said, (start, end));
            if !text.is_empty() && end >= start && cues.len() < MAX_CUES {
                cues.push(Cue { start, end, text, speaker, words });
            }
        }
        read::speakers(&mut cues);
        Self::of(cues)
    }

    /// As a WebVTT file, which is read back as it was, to the millisecond.
    pub fn vtt(&self) -> String {
        let mut vtt = "WEBVTT\n".to_owned();
        for cue in &*self.cues {
            let text = spoken::with_stamps(cue);
            let voice = cue.speaker.as_ref().map(|name| format!("<v {}>", spoken::escaped(name)));
            let voice = voice.unwrap_or_default();
            vtt += &format!("\n{} --> {}\n{voice}{text}\n", stamp(cue.start), stamp(cue.end));
        }
        vtt
    }

    /// Of pieces in any order.
    pub(crate) fn of(mut cues: Vec<Cue>) -> Self {
        cues.truncate(MAX_CUES);
        cues.sort_by_key(|cue| cue.start);
        Self { cues: cues.into() }
    }

    /// In order of time.
    pub fn cues(&self) -> &[Cue] {
        &self.cues
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.cues.is_empty()
    }

    /// The cue that is heard at this moment, the one that began last, and when that changes.
    pub fn heard(&self, at: MediaTime) -> (Option<usize>, Option<MediaTime>) {
        /// So many cues may be said at the same time.
        const TOGETHER: usize = 4;
        let next = self.cues.partition_point(|cue| cue.start <= at);
        let going = |number: &usize| self.cues.get(*number).is_some_and(|cue| at < cue.end);
        let number = (next.saturating_sub(TOGETHER)..next).rev().find(going);
        let starts = self.cues.get(next).map(|cue| cue.start);
        let ends = number.and_then(|number| self.cues.get(number)).map(|cue| cue.end);
        (number, [starts, ends].into_iter().flatten().min())
    }

    /// The cue that is heard at this moment, else the one that was heard last; the first one before all.
    pub fn nearest(&self, at: MediaTime) -> Option<usize> {
        let begun = self.cues.partition_point(|cue| cue.start <= at).saturating_sub(1);
        self.heard(at).0.or((!self.is_empty()).then_some(begun))
    }
}

/// Reads the bytes of a WebVTT or SubRip file.
pub fn read_vtt(bytes: &[u8]) -> Transcript {
    Transcript::parse(&read::decoded(bytes))
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
            Cue {
                start: at(1),
                end: at(3),
                text: "We begin with <tiles>. And".into(),
                speaker: Some("Anna".into()),
                words: vec![],
            },
            Cue { start: at(3), end: at(5), text: "then go on.".into(), ..Cue::default() },
        ];
        assert_eq!(*cues, expected);
        let srt = "1\n00:00:01,500 --> 00:00:02,000\n{\\an8}<i>Hello</i>\n\n2\nnonsense --> 3\nx\n";
        let start = MediaTime::from_millis(1500);
        assert_eq!(*Transcript::parse(srt).cues, [Cue { start, end: at(2), text: "Hello".into(), ..Cue::default() }]);
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
        let text = "1:00 --> 2:00 &amp; so on".into();
        let odd = Transcript::of(vec![Cue { start: at(4000), end: at(4001), text, ..Cue::default() }]);
        assert_eq!(Transcript::parse(&odd.vtt()), odd);
    }

    #[test]
    fn what_is_heard_is_known_and_until_when() {
        let text = "00:01.000 --> 00:04.000\nOne\n\n00:04.500 --> 00:09.000\ntwo\n\n00:05.000 --> 00:06.000\nbetween\n";
        let transcript = Transcript::parse(text);
        let at = |millis| transcript.heard(MediaTime::from_millis(millis));
        assert_eq!(at(500), (None, Some(MediaTime::from_secs(1))));
        assert_eq!(at(2000), (Some(0), Some(MediaTime::from_secs(4))));
        assert_eq!(at(4200), (None, Some(MediaTime::from_millis(4500))));
        assert_eq!(at(5500), (Some(2), Some(MediaTime::from_secs(6))));
        assert_eq!(at(7000), (Some(1), Some(MediaTime::from_secs(9))), "what was spoken into goes on");
        assert_eq!(at(40_000), (None, None));
        let nearest = |millis| transcript.nearest(MediaTime::from_millis(millis));
        assert_eq!((nearest(0), nearest(4200), nearest(40_000)), (Some(0), Some(0), Some(2)));
        assert_eq!(Transcript::default().nearest(MediaTime::ZERO), None);
    }

    #[test]
    fn a_sentence_may_span_cues() {
        let transcript = Transcript::parse(VTT);
        assert_eq!(transcript.sentence_at(at(1)).as_deref(), Some("We begin with <tiles>."));
        assert_eq!(transcript.sentence_at(at(3)).as_deref(), Some("And then go on."));
        assert_eq!(transcript.sentence_at(at(14)).as_deref(), Some("And then go on."));
        assert_eq!(transcript.sentence_at(at(16)), None);
        assert_eq!(transcript.sentence_at(at(0)), None);
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

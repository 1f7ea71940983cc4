//! Texts in the forms in which tools write them: WebVTT, SubRip, TTML, the JSON of podcasts and of speech recognisers, and what
//! was written in a chat.

use super::{Cue, MAX_CUES, Transcript, Word, spoken};
use crate::talk::layouts::flat_xml::{self, Element};
use crate::talk::layouts::loose_json::{self, Json};
use crate::talk::names;
use crate::time::MediaTime;

/// How long a line of a chat counts as being said.
const CHAT_LINE: MediaTime = MediaTime::from_secs(10);
/// A chat that begins later gives the time of day.
const LATEST_CHAT: MediaTime = MediaTime::from_secs(6 * 3600);
/// Fewer cues say nothing about how names are written.
const FEWEST: usize = 3;
/// Longest name of a speaker, in characters and in words.
const LONGEST_NAME: usize = 40;
const MOST_WORDS: usize = 5;

/// Whether a file by this name may be a text that is read here.
pub(crate) fn is_text(name: &str) -> bool {
    matches!(names::split(name).1.as_str(), "vtt" | "srt" | "ttml" | "dfxp") || is_json(name)
}

/// JSON may be anything; only what is called so is a transcript.
fn is_json(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.ends_with(".json")
        && (lower.contains("transcript") || lower.contains("whisper") || lower.contains("subtitles"))
}

/// Whether a file by this name may be a chat.
pub(crate) fn is_chat(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower == "chat.txt" || lower.ends_with("_chat.txt") || lower.ends_with("newchat.txt")
}

/// Reads a text; what cannot be read is empty.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Transcript {
    let text = decoded(bytes);
    let mut cues = match names::split(name).1.as_str() {
        "json" => segments(&text),
        "ttml" | "dfxp" => paragraphs(&text),
        _ => return Transcript::parse(&text),
    };
    speakers(&mut cues);
    Transcript::of(cues)
}

/// Reads a chat: `00:21:14<TAB>Name:<TAB>words`.
pub(crate) fn chat(bytes: &[u8]) -> Transcript {
    let text = decoded(bytes);
    let line = |line: &str| {
        let (time, rest) = line.split_once('\t')?;
        let start = MediaTime::parse(time.trim()).ok().filter(|start| *start >= MediaTime::ZERO)?;
        let (name, words) = rest.split_once('\t').unwrap_or(("", rest));
        let words = names::spaced(words);
        let name = names::one_line(name);
        let name = name.trim_end_matches(':').trim_start_matches("From ").trim();
        let text = if name.is_empty() { words.clone() } else { format!("{name}: {words}") };
        (!words.is_empty()).then_some(Cue { start, end: start + CHAT_LINE, text, ..Cue::default() })
    };
    let cues: Vec<Cue> = text.lines().filter_map(line).take(MAX_CUES).collect();
    if cues.first().is_none_or(|first| first.start > LATEST_CHAT) {
        Transcript::default()
    } else {
        Transcript::of(cues)
    }
}

/// Text in UTF-8, in UTF-16 with its mark, else in the Western code page of Windows, which old subtitles are in.
pub(crate) fn decoded(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|unit| read(*unit)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            // Cut off within a letter, or damaged here and there: mostly right is right.
            Err(error) if error.valid_up_to() * 2 > bytes.len() && is_utf8_beyond(bytes, error.valid_up_to()) => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            Err(_) => bytes.iter().map(|byte| western(*byte)).collect(),
        },
    }
}

/// Whether letters of several bytes come before a place that is no UTF-8.
fn is_utf8_beyond(bytes: &[u8], place: usize) -> bool {
    bytes.get(..place).is_some_and(|start| start.iter().any(|byte| *byte >= 0x80))
}

fn western(byte: u8) -> char {
    const C1: [char; 32] = [
        '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}',
        '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => C1[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

/// `segments` with `startTime`, `endTime`, `body` of podcasts, or `start`, `end`, `text` of recognisers; in seconds.
fn segments(text: &str) -> Vec<Cue> {
    let document = loose_json::read(text).value;
    let list = if let Json::List(_) = document { &document } else { document.get("segments").unwrap_or(&Json::Null) };
    let time = |segment: &Json, names: &[&str]| {
        let secs = segment.any(names)?.number().filter(|secs| secs.is_finite())?;
        Some(MediaTime::from_secs_f64(secs.clamp(0.0, 1e7)))
    };
    let cue = |segment: &Json| {
        let start = time(segment, &["startTime", "start"])?;
        let end = time(segment, &["endTime", "end"]).unwrap_or(start).max(start);
        let text = names::spaced(segment.any(&["body", "text"])?.text()?);
        let speaker = segment.get("speaker").and_then(Json::text).and_then(name_of);
        let words = words_of(segment, &text, (start, end));
        (!text.is_empty()).then_some(Cue { start, end, text, speaker, words })
    };
    list.list().iter().take(MAX_CUES).filter_map(cue).collect()
}

/// `words` with `word`, `start` of recognisers, in the order of the text.
fn words_of(segment: &Json, text: &str, span: (MediaTime, MediaTime)) -> Vec<Word> {
    let (mut words, mut from) = (Vec::new(), 0);
    for item in segment.get("words").map(Json::list).unwrap_or_default() {
        let secs = item.get("start").and_then(Json::number).filter(|secs| secs.is_finite());
        let word = item.any(&["word", "text"]).and_then(Json::text).map(str::trim).filter(|word| !word.is_empty());
        let Some((secs, word)) = secs.zip(word) else { continue };
        if let Some(at) = text.get(from..).and_then(|rest| rest.find(word)).map(|at| from + at) {
            words.push(Word { at, start: MediaTime::from_secs_f64(secs.clamp(0.0, 1e7)) });
            from = at + word.len();
        }
    }
    spoken::in_order(words, span)
}

/// `<p begin="00:00:01.000" end="3s">…</p>`.
fn paragraphs(text: &str) -> Vec<Cue> {
    let flat = flat_xml::read(text);
    let mut cues: Vec<(usize, Cue)> = Vec::new();
    for (at, element) in flat.elements.iter().enumerate() {
        if element.name == "p" {
            if let Some(cue) = paragraph(element) {
                cues.push((at, cue));
            }
        } else if let Some((_, cue)) =
            cues.last_mut().filter(|(of, _)| element.parent.is_some_and(|parent| parent >= *of))
        {
            // Words in elements of their own, for their looks.
            let words = names::spaced(&element.text);
            if !words.is_empty() {
                if !cue.text.is_empty() {
                    cue.text.push(' ');
                }
                cue.text.push_str(&words);
            }
        }
    }
    cues.into_iter().map(|(_, cue)| cue).filter(|cue| !cue.text.is_empty()).take(MAX_CUES).collect()
}

fn paragraph(element: &Element) -> Option<Cue> {
    let time = |name: &str| clock(element.get(name)?);
    let start = time("begin")?;
    let end = time("end").or_else(|| Some(start + time("dur")?)).unwrap_or(start);
    let text = names::spaced(&element.text);
    let speaker = element.get("agent").and_then(name_of);
    (end >= start).then_some(Cue { start, end, text, speaker, ..Cue::default() })
}

/// `00:00:01.5`, `1.5s`, `1500ms`, and frames after the seconds, which are left out.
fn clock(text: &str) -> Option<MediaTime> {
    let text = text.trim();
    if let Ok(time) = MediaTime::parse(text) {
        return Some(time).filter(|time| time.nanos() >= 0);
    }
    let (time, _frames) = text.rsplit_once(':').filter(|(time, _)| time.matches(':').count() == 2)?;
    MediaTime::parse(time).ok()
}

/// `Name: words`, where the file is written like that throughout: the names go to where they belong.
pub(super) fn speakers(cues: &mut [Cue]) {
    if cues.len() < FEWEST || cues.iter().any(|cue| cue.speaker.is_some()) {
        return;
    }
    let mut counts = std::collections::HashMap::<&str, usize>::new();
    for name in cues.iter().filter_map(|cue| prefix(&cue.text)) {
        *counts.entry(name).or_default() += 1;
    }
    // Most cues have a name, and names come again; words before a colon do not.
    let with: usize = counts.values().sum();
    let again: usize = counts.values().filter(|count| **count > 1).sum();
    if with * 10 < cues.len() * 6 || again * 10 < with * 7 {
        return;
    }
    for cue in cues {
        if let Some((name, words)) =
            prefix(&cue.text).map(str::to_owned).zip(cue.text.split_once(": ").map(|(_, words)| words.to_owned()))
        {
            let cut = cue.text.len() - words.len();
            let moved = cue.words.iter().map(|word| Word { at: word.at.saturating_sub(cut), ..*word });
            let words_of_name = cue.words.partition_point(|word| word.at <= cut).saturating_sub(1);
            cue.words = moved.skip(words_of_name).collect();
            (cue.speaker, cue.text) = (name_of(&name), words);
        }
    }
}

/// A name on one line, if there is something of it to see.
fn name_of(text: &str) -> Option<String> {
    Some(names::one_line(text)).filter(|name| !name.is_empty())
}

fn prefix(text: &str) -> Option<&str> {
    let (name, words) = text.split_once(": ")?;
    let short = name.chars().count() <= LONGEST_NAME && name.split_whitespace().count() <= MOST_WORDS;
    let is_name = name.starts_with(char::is_alphabetic) && !name.ends_with(' ') && !name.contains(['.', '?', '!', ',']);
    (short && is_name && !words.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(transcript: &Transcript) -> Vec<(i64, Option<&str>, &str)> {
        transcript.cues().iter().map(|cue| (cue.start.millis(), cue.speaker.as_deref(), cue.text.as_str())).collect()
    }

    #[test]
    fn speakers_are_told_from_what_they_say() {
        let zoom = "WEBVTT\r\n\r\n1\r\n00:00:04.859 --> 00:00:07.410\r\nAnna B: We begin: now\r\n\r\n2\r\n00:00:09.540 --> 00:00:12.990\r\nCy: Yes.\
            \r\n\r\n3\r\n00:00:15.630 --> 00:00:17.760\r\nAnna B: Good\r\n\r\n4\r\n00:00:18.000 --> 00:00:19.000\r\nCy: Indeed\r\n";
        let transcript = read("GMT20200426-080000.transcript.vtt", zoom.as_bytes());
        let expected = [
            (4_859, Some("Anna B"), "We begin: now"),
            (9_540, Some("Cy"), "Yes."),
            (15_630, Some("Anna B"), "Good"),
            (18_000, Some("Cy"), "Indeed"),
        ];
        assert_eq!(told(&transcript), expected);
        let teams = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna B>We begin</v>\n\n00:02.000 --> 00:03.000\n<v.loud Cy>Yes</v>\n";
        assert_eq!(
            told(&read("a.vtt", teams.as_bytes())),
            [(1_000, Some("Anna B"), "We begin"), (2_000, Some("Cy"), "Yes")]
        );
        let plain = "1\n00:00:01,000 --> 00:00:02,000\nNote: one thing\n\n2\n00:00:02,000 --> 00:00:03,000\nThe rule: divide\n\n3\n00:00:03,000 --> 00:00:04,000\nand rule\n";
        assert!(told(&read("a.srt", plain.as_bytes())).iter().all(|(_, speaker, _)| speaker.is_none()));
    }

    #[test]
    fn other_forms_are_read() {
        let podcast = r#"{"version":"1.0.0","segments":[{"speaker":"Vader","startTime":0.5,"endTime":0.75,"body":"I am"},{"startTime":1,"body":" here "}]}"#;
        assert_eq!(
            told(&read("a.transcript.json", podcast.as_bytes())),
            [(500, Some("Vader"), "I am"), (1_000, None, "here")]
        );
        let whisper = r#"{"text":"x","segments":[{"id":0,"start":2.0,"end":3.5,"text":" Hello all","words":[{"word":" Hello","start":2.0,"end":2.4},{"word":" all","start":2.5,"end":3}]}]}"#;
        let whisper = read("whisper.json", whisper.as_bytes());
        assert_eq!(told(&whisper), [(2_000, None, "Hello all")]);
        let words: Vec<_> = whisper.cues()[0].words.iter().map(|word| (word.at, word.start.millis())).collect();
        assert_eq!(words, [(0, 2_000), (6, 2_500)]);
        let ttml = "<tt xmlns='http://www.w3.org/ns/ttml'><body><div><p begin='00:00:01.500' end='00:00:02.000'>We <span>begin</span><br/></p>\
            <p begin='3s' dur='1s'>here</p><p begin='00:00:05:12' end='00:00:06:00'>frames</p><p>never</p></div></body></tt>";
        assert_eq!(
            told(&read("a.ttml", ttml.as_bytes())),
            [(1_500, None, "We begin"), (3_000, None, "here"), (5_000, None, "frames")]
        );
        let lines = "00:21:14\tAnna B:\tHello  all\r\n00:21:35\tCy:\tHi\r\nnonsense\r\n";
        assert_eq!(
            told(&chat(lines.as_bytes())),
            [(1_274_000, None, "Anna B: Hello all"), (1_295_000, None, "Cy: Hi")]
        );
        assert!(chat(b"14:05:10\tA:\tHi\n").cues().is_empty(), "that is the time of day");
    }

    #[test]
    fn texts_of_any_age_are_decoded() {
        assert_eq!(decoded(b"\xef\xbb\xbfK\xc3\xa4se"), "Käse");
        assert_eq!(decoded(b"K\xe4se \x96 \x93gut\x94"), "Käse – “gut”");
        assert_eq!(decoded(b"\xff\xfeK\x00\xe4\x00"), "Kä");
        assert_eq!(decoded(b"\xfe\xff\x00K\x00\xe4"), "Kä");
        assert_eq!(decoded("Käse und Käse, viel K".as_bytes().get(..22).unwrap_or_default()), "Käse und Käse, viel ");
    }

    #[test]
    fn words_that_roll_up_are_read_once() {
        let rolling = "WEBVTT\nKind: captions\n\n00:00:00.000 --> 00:00:02.000 align:start position:0%\n \nso<00:00:00.500><c> today</c>\n\n\
            00:00:02.000 --> 00:00:02.010\nso today\n \n\n00:00:02.010 --> 00:00:04.000\nso today\nwe<00:00:02.500><c> begin</c>\n";
        assert_eq!(told(&read("a.en.vtt", rolling.as_bytes())), [(0, None, "so today"), (2_010, None, "we begin")]);
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let mut dice = crate::testing::mutate::Prng::new(6);
        let seeds: [(&str, &[u8]); 4] = [
            ("a.json", br#"{"segments":[{"start":2.0,"end":3.5,"text":" Hello","speaker":"x"}]}"#),
            ("a.ttml", b"<tt><p begin='3s' dur='1s'>here<span>x</span></p></tt>"),
            ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nA: one\n\n2\n00:00:02,000 --> 00:00:03,000\nA: two\n\n3\n00:00:03,000 --> 00:00:04,000\nA: three\n"),
            ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>x<00:00:01.500>y</v>\n"),
        ];
        for (name, seed) in seeds {
            for _ in 0..1_000 {
                let damaged = crate::testing::mutate::mutate(seed, &mut dice);
                assert!(read(name, &damaged).cues().iter().is_sorted_by_key(|cue| cue.start));
                chat(&damaged);
            }
        }
    }
}

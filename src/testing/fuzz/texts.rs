//! What is said and when.

use super::framed;
use super::talks::check_cues;
use crate::talk::Transcript;
use crate::talk::transcript::{Cue, chat, read};
use crate::time::MediaTime;

/// Which of these a text is called the first byte says.
const NAMES: [&str; 5] = ["a.vtt", "a.srt", "a.ttml", "a.json", "chat.txt"];

/// A text in any of its forms, which is written as WebVTT and read back.
pub(super) fn transcript(data: &[u8]) {
    let (pick, parts) = framed(data);
    let bytes = parts.join(super::SEPARATOR);
    let name = NAMES[pick % NAMES.len()];
    let transcript = if name == "chat.txt" { chat(&bytes) } else { read(name, &bytes) };
    check_cues(transcript.cues());
    let starts = transcript.cues().iter().map(|cue| cue.start).take(20);
    for at in starts.chain([MediaTime::ZERO, MediaTime::MAX]) {
        assert!(transcript.sentence_at(at).is_none_or(|sentence| !sentence.trim().is_empty()));
    }
    let told = |transcript: &Transcript| -> Vec<_> {
        let cues = transcript.cues().iter();
        // Of a chat the names stand before the words, and may be told from them later.
        let said = |cue: &Cue| cue.speaker.as_ref().map_or(cue.text.clone(), |name| format!("{name}: {}", cue.text));
        cues.map(|cue| (cue.start.millis(), cue.end.millis(), said(cue))).collect()
    };
    let again = Transcript::parse(&transcript.vtt());
    assert_eq!(told(&again), told(&transcript), "{}", transcript.vtt());
}

//! The words for what is said: the transcript beside the slide, captions below it, steps by sentences.

use std::fmt;

use super::argument::{number, step};
use super::parse::ParseCommandError;
use super::writing::{quote, text};
use super::{Command, Step};

/// Something about what is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TranscriptCommand {
    /// The transcript beside the slide: shown or hidden; where it no longer follows the sound, it follows again.
    Toggle,
    /// It follows the sound again.
    Follow,
    /// Choose another line.
    Move(Step),
    /// Play from the chosen line.
    Play,
    /// What is selected of it to the clipboard, with its times.
    Copy,
    /// In this language; `next`: in the next one.
    Language(String),
    /// Let the program of the settings write it down.
    Transcribe,
    /// Let that be.
    TranscribeCancel,
    /// Captions below the slide: shown or hidden.
    Captions,
    /// Of so many lines, 1 to 3.
    CaptionLines(u8),
    /// Larger, or smaller if negative, by so many points.
    CaptionSizeBy(i32),
    /// Whether captions say who speaks.
    CaptionSpeakers,
    /// To the beginning of the sentence, or of the one before.
    SentencePrevious,
    /// To the beginning of the next sentence.
    SentenceNext,
}

use TranscriptCommand::{
    CaptionLines, CaptionSizeBy, CaptionSpeakers, Captions, Copy, Follow, Language, Move, Play, SentenceNext,
    SentencePrevious, Toggle, Transcribe, TranscribeCancel,
};

/// `rest` is what follows the verb as it was written, `words` the same in lower case with single spaces.
pub(super) fn read(verb: &str, rest: &str, words: &str) -> Result<Option<Command>, ParseCommandError> {
    let after = rest.split_once(char::is_whitespace).map_or("", |(_, after)| after.trim());
    let word = words.split(' ').next().unwrap_or_default();
    Ok(match (verb, word) {
        ("transcript", "toggle" | "") if after.is_empty() => Some(Toggle),
        ("transcript", "follow") if after.is_empty() => Some(Follow),
        ("transcript", "play") if after.is_empty() => Some(Play),
        ("transcript", "copy") if after.is_empty() => Some(Copy),
        ("transcript", "language") => text(after)?.filter(|name| !name.trim().is_empty()).map(Language),
        ("transcript", _) => step(words).map(Move),
        ("transcribe", "") => Some(Transcribe),
        ("transcribe", "cancel") if after.is_empty() => Some(TranscribeCancel),
        ("captions", "toggle" | "") if after.is_empty() => Some(Captions),
        ("captions", "lines") => lines(after).map(CaptionLines),
        ("captions", "size") if after.starts_with(['+', '-']) => after.parse().ok().map(CaptionSizeBy),
        ("captions", "speakers") if after.is_empty() => Some(CaptionSpeakers),
        ("sentence", "previous" | "prev") if after.is_empty() => Some(SentencePrevious),
        ("sentence", "next") if after.is_empty() => Some(SentenceNext),
        _ => None,
    }
    .map(Command::Transcript))
}

fn lines(text: &str) -> Option<u8> {
    number(text).and_then(|lines| u8::try_from(lines).ok()).filter(|lines| (1..=3).contains(lines))
}

impl TranscriptCommand {
    /// What follows the words of its row.
    pub(super) fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Move(step) => f.write_str(Step::ALL.iter().find(|(known, _)| known == step).map_or("", |s| s.1)),
            Language(name) => f.write_str(&quote(name)),
            CaptionLines(lines) => write!(f, "{lines}"),
            CaptionSizeBy(by) => write!(f, "{by:+}"),
            Toggle | Follow | Play | Copy | Transcribe | TranscribeCancel | Captions | CaptionSpeakers
            | SentencePrevious | SentenceNext => Ok(()),
        }
    }

    /// What this very command does, where its argument says more than its row.
    pub(super) fn label(&self) -> Option<String> {
        let words = match self {
            Move(Step::Up | Step::Left) => "Choose the line above",
            Move(Step::Down | Step::Right) => "Choose the line below",
            Move(Step::PageUp) => "A page of lines up",
            Move(Step::PageDown) => "A page of lines down",
            Move(Step::First) => "Choose the first line",
            Move(Step::Last) => "Choose the last line",
            Language(name) if name == "next" => "The transcript in the next language",
            Language(name) => return Some(format!("The transcript in the language {name}")),
            CaptionLines(1) => "Captions of one line",
            CaptionLines(lines) => return Some(format!("Captions of up to {lines} lines")),
            CaptionSizeBy(..0) => "Smaller captions",
            CaptionSizeBy(_) => "Larger captions",
            Toggle | Follow | Play | Copy | Transcribe | TranscribeCancel | Captions | CaptionSpeakers
            | SentencePrevious | SentenceNext => return None,
        };
        Some(words.to_owned())
    }
}

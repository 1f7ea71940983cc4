//! What is said in the open talk: read along in a pane, in which language, as captions, and sentence by sentence. Main thread.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::view::{Panel, TextPlace};
use super::{App, WindowAction};
use crate::command::{Step, TranscriptCommand};
use crate::talk::transcript::Cue;
use crate::talk::{Talk, TalkId, Transcript};
use crate::time::MediaTime;

/// Lines of captions.
pub const CAPTION_LINES: RangeInclusive<u8> = 1..=3;
/// Sizes of captions, in points.
pub const CAPTION_SIZE: RangeInclusive<u8> = 12..=48;

/// A step where neither sentences nor pauses are known.
const STEP: MediaTime = MediaTime::from_secs(5);
/// So long after a sentence began, the one before is the one before it; in time as it is heard.
const GRACE: MediaTime = MediaTime::from_secs(1);
/// A moment that is so near to the beginning of a word counts as that: sound is counted in whole frames.
const NEAR: MediaTime = MediaTime::from_millis(5);
/// Lines in a page of the transcript.
const PAGE: usize = 10;

/// What is known of what is said, and what is kept of it from moment to moment.
#[derive(Default)]
pub(super) struct Spoken {
    /// When the sentences begin, at this revision of the talk.
    sentences: Option<(u64, Arc<[MediaTime]>)>,
    /// A transcript that was made here, and whose it is.
    pub(super) made: Option<(TalkId, Transcript)>,
    /// The talk whose transcript is being written.
    pub(super) writing: Option<super::transcribing::Writing>,
}

impl App {
    pub(super) fn run_transcript(&mut self, command: TranscriptCommand) {
        match command {
            TranscriptCommand::Toggle => self.toggle_transcript(),
            TranscriptCommand::Follow => self.follow_again(),
            TranscriptCommand::Move(step) => self.choose_cue(step),
            TranscriptCommand::Play => self.play_cue(),
            TranscriptCommand::Copy => self.copy_said(),
            TranscriptCommand::Language(name) => self.set_language(name),
            TranscriptCommand::Transcribe => self.transcribe(),
            TranscriptCommand::TranscribeCancel => self.cancel_transcribing(),
            TranscriptCommand::Captions => self.toggle_captions(),
            TranscriptCommand::CaptionLines(lines) => {
                self.view.captions.lines = Some(lines.clamp(*CAPTION_LINES.start(), *CAPTION_LINES.end()));
                self.feedback(if lines == 1 {
                    "One line of captions".into()
                } else {
                    format!("{lines} lines of captions")
                });
            }
            TranscriptCommand::CaptionSizeBy(by) => {
                let size = i32::from(self.caption_size()).saturating_add(by);
                let size = size.clamp(i32::from(*CAPTION_SIZE.start()), i32::from(*CAPTION_SIZE.end()));
                self.view.captions.size = u8::try_from(size).ok();
                self.feedback(format!("Captions of {size} points"));
            }
            TranscriptCommand::CaptionSpeakers => {
                self.view.captions.nameless = !self.view.captions.nameless;
                let nameless = self.view.captions.nameless;
                self.feedback(if nameless { "Captions name nobody" } else { "Captions say who speaks" });
            }
            TranscriptCommand::SentencePrevious => self.step_sentence(false),
            TranscriptCommand::SentenceNext => self.step_sentence(true),
        }
    }

    /// The talk with the transcript that was made of it, in the language that the viewer reads.
    pub(super) fn as_read(&self, found: &Arc<Talk>, key: &TalkId) -> Arc<Talk> {
        let mut talk = Arc::clone(found);
        let made = self.spoken.made.as_ref().filter(|(of, _)| of == key && found.transcript.is_empty());
        if let Some((_, transcript)) = made {
            talk = Arc::new(Talk { transcript: transcript.clone(), ..Talk::clone(&talk) });
        }
        match self.view.language.as_deref().filter(|language| *language != talk.language) {
            Some(language) => talk.read_in(language).map_or(talk, Arc::new),
            None => talk,
        }
    }

    /// What is said in the open talk.
    pub fn transcript(&self) -> Option<&Transcript> {
        self.player.talk().map(|talk| &talk.transcript).filter(|transcript| !transcript.is_empty())
    }

    fn cue(&self, number: usize) -> Option<&Cue> {
        self.transcript()?.cues().get(number)
    }

    /// The cue that is heard now.
    pub fn heard_cue(&self) -> Option<usize> {
        self.transcript()?.heard(self.heard_moment()).0
    }

    /// The moment that is heard, as far as words and lines are concerned.
    pub fn heard_moment(&self) -> MediaTime {
        self.player.position() + NEAR
    }

    /// When another word or line is to be lit, if any is.
    pub(super) fn next_word(&self, at: MediaTime) -> Option<MediaTime> {
        let seen = self.view.panel == Some(Panel::Transcript) || self.captions_shown();
        let transcript = self.transcript().filter(|_| seen)?;
        let at = at + NEAR;
        let (cue, change) = transcript.heard(at);
        let word = cue.and_then(|cue| transcript.cues().get(cue)?.next_word(at));
        [change, word].into_iter().flatten().min()
    }

    fn toggle_transcript(&mut self) {
        if self.view.panel == Some(Panel::Transcript) && self.view.transcript.held && !self.view.slide_covered() {
            self.follow_again();
        } else {
            self.leave_text();
            self.view.toggle(Panel::Transcript);
            self.follow_again();
        }
    }

    /// The transcript follows the sound; no line is chosen.
    pub(super) fn follow_again(&mut self) {
        (self.view.transcript.held, self.view.transcript.chosen) = (false, None);
    }

    /// The transcript was scrolled by hand: it stays where it is.
    pub fn hold_transcript(&mut self) {
        self.view.transcript.held = true;
    }

    /// Says what is selected of the transcript.
    pub fn select_said(&mut self, selected: Option<(TextPlace, TextPlace)>) {
        self.view.transcript.selected = selected;
    }

    fn choose_cue(&mut self, step: Step) {
        let Some(transcript) = self.transcript() else {
            self.feedback("There is no transcript");
            return;
        };
        let last = transcript.cues().len() - 1;
        let now = transcript.nearest(self.heard_moment()).unwrap_or(0);
        let from = self.view.transcript.chosen.unwrap_or(now);
        let to = match step {
            Step::Up | Step::Left => from.saturating_sub(1),
            Step::Down | Step::Right => from + 1,
            Step::PageUp => from.saturating_sub(PAGE),
            Step::PageDown => from + PAGE,
            Step::First => 0,
            Step::Last => last,
        };
        self.view.transcript.chosen = Some(to.min(last));
        self.view.transcript.held = true;
        self.view.transcript.selected = None;
    }

    fn play_cue(&mut self) {
        match self.view.transcript.chosen.and_then(|cue| self.cue(cue)).map(|cue| cue.start) {
            Some(start) => {
                self.view.looking = None;
                self.player.seek(start);
                self.player.play();
                self.follow_again();
            }
            None => self.look_play(),
        }
    }

    /// What is selected, each line with its time and who says it; else the chosen line; else the slide.
    fn copy_said(&mut self) {
        let (view, chosen) = (&self.view.transcript, self.view.transcript.chosen);
        let whole = chosen.and_then(|cue| Some(((cue, 0), (cue, self.cue(cue)?.text.len()))));
        let selected = view.selected.map(|(from, to)| (from.min(to), from.max(to)));
        let Some((from, to)) = selected.filter(|(from, to)| from < to).or(whole) else {
            self.with_slide(super::SlideAction::CopyPicture);
            return;
        };
        let mut lines: Vec<String> = Vec::new();
        for number in from.0..=to.0 {
            let Some(cue) = self.cue(number) else { break };
            let begin = if number == from.0 { from.1 } else { 0 };
            let end = if number == to.0 { to.1 } else { cue.text.len() };
            let text = cue.text.get(begin..end).unwrap_or_default().trim();
            if !text.is_empty() {
                let speaker = cue.speaker.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
                lines.push(format!("{} {speaker}{text}", cue.moment_of(begin).clock()));
            }
        }
        let count = lines.len();
        self.actions.push(WindowAction::CopyText(lines.join("\n")));
        self.feedback(if count == 1 { "One line copied".into() } else { format!("{count} lines copied") });
    }

    fn set_language(&mut self, name: String) {
        let languages = self.player.talk().map(|talk| talk.languages()).unwrap_or_default();
        let wanted = if name == "next" {
            // In an order that does not change with the choice.
            let mut languages = languages.clone();
            let now = languages.first().copied().unwrap_or_default();
            languages.sort_unstable();
            let next = languages.iter().position(|language| *language == now).map_or(0, |at| at + 1);
            match languages.get(next).or(languages.first()) {
                Some(next) if languages.len() > 1 => (*next).to_owned(),
                Some(only) if !only.is_empty() => {
                    return self.feedback(format!("There is no other language than {only}"));
                }
                Some(_) => return self.feedback("There is no other language"),
                None => return self.feedback("There is no transcript"),
            }
        } else {
            name
        };
        self.view.language = Some(wanted.clone());
        self.view.transcript.selected = None;
        self.view.transcript.chosen = None;
        self.revise();
        let read = self.player.talk().map(|talk| talk.language.clone()).unwrap_or_default();
        let same = read == wanted || (!wanted.is_empty() && read.split('-').next() == Some(&wanted));
        self.feedback(match (same, wanted.is_empty()) {
            (true, true) => "Transcript in a language that is not named".to_owned(),
            (true, false) => format!("Transcript in {wanted}"),
            (false, _) => format!("No transcript in {wanted} here; it is read where there is one"),
        });
    }

    fn toggle_captions(&mut self) {
        self.view.captions.shown = !self.view.captions.shown;
        let there = self.transcript().is_some() || self.player.talk().is_none();
        self.feedback(match (self.view.captions.shown, there) {
            (true, true) => "Captions",
            (true, false) => "Captions, but this talk has no transcript",
            (false, _) => "No captions",
        });
    }

    /// Whether there is a band for captions below the slide.
    pub fn captions_shown(&self) -> bool {
        self.view.captions.shown && !self.view.slide_covered() && self.transcript().is_some()
    }

    /// The most lines of captions at once.
    pub fn caption_lines(&self) -> u8 {
        self.view.captions.lines.unwrap_or(self.settings.captions_lines)
    }

    /// Size of captions, in points.
    pub fn caption_size(&self) -> u8 {
        self.view.captions.size.unwrap_or(self.settings.captions_size)
    }

    /// When the sentences of the open talk begin: by its transcript, else by its pauses.
    fn sentences(&mut self) -> Arc<[MediaTime]> {
        let revision = self.revision();
        // Speech begins again where a pause ends.
        let Some(transcript) = self.transcript() else { return self.pauses().iter().map(|pause| pause.end).collect() };
        match &self.spoken.sentences {
            Some((made, starts)) if *made == revision => Arc::clone(starts),
            _ => {
                let starts: Arc<[MediaTime]> = transcript.sentence_starts().into();
                self.spoken.sentences = Some((revision, Arc::clone(&starts)));
                starts
            }
        }
    }

    fn step_sentence(&mut self, forward: bool) {
        let (at, starts) = (self.heard_moment(), self.sentences());
        if starts.is_empty() {
            self.player.step(self.player.position() + if forward { STEP } else { MediaTime::ZERO - STEP });
            return;
        }
        let next = starts.partition_point(|start| *start <= at);
        if forward {
            match starts.get(next) {
                Some(start) => self.player.step(*start),
                None => self.feedback("That was the last sentence"),
            }
            return;
        }
        let begun = next.checked_sub(1).and_then(|now| starts.get(now)).copied().unwrap_or_default();
        let moving = i64::from(self.player.playing());
        let grace = MediaTime::from_secs_f64(GRACE.secs_f64() * self.player.rate().factor()).nanos() * moving;
        let just = at - begun <= MediaTime::from_nanos(grace) + NEAR;
        let to = if just { next.checked_sub(2).and_then(|before| starts.get(before)).copied() } else { Some(begun) };
        self.player.step(to.unwrap_or_default());
        self.follow_again();
    }
}

//! Having the transcript of the open talk written by a program of the viewer's, and taking it. Main thread.

use std::sync::Arc;

use super::App;
use super::notice::Severity;
use super::view::Panel;
use crate::library::PassageKind;
use crate::library::scan::passages;
use crate::library::texts::Text;
use crate::talk::{Talk, TalkId, Transcript};
use crate::time::MediaTime;
use crate::transcribe::{Answer, Line, Wanted};

/// The talk whose transcript is being written.
pub(super) struct Writing {
    found: Arc<Talk>,
    begun: MediaTime,
}

/// What is being written, for those who show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcribing {
    /// What the talk is called, where it is not the open one.
    pub other: Option<String>,
    /// Per cent, where the program tells.
    pub percent: Option<u8>,
    /// For how long it has been running.
    pub elapsed: MediaTime,
}

impl App {
    /// The transcript that was made of a talk is asked for, where its files have none.
    pub(super) fn look_for_transcript(&mut self, found: &Talk) {
        if found.transcript.is_empty() {
            self.work.transcripts.load(&found.key());
        }
    }

    pub(super) fn transcribe(&mut self) {
        let Some(found) = self.found_talk().cloned() else { return };
        let Some(line) = self.settings.transcribe.as_deref().and_then(|line| Line::read(line).ok()) else {
            let how =
                "Name the program that writes transcripts in config.toml: transcribe = \"whisper-cli -f {wav} …\"";
            return self.tell(Severity::Info, how);
        };
        let Some(audio) = &found.audio else { return self.feedback("This talk has no sound") };
        if !found.transcript.is_empty() {
            return self.feedback("This talk has a transcript");
        }
        if self.work.transcripts.progress().is_some() {
            return self.feedback("A transcript is being written; one at a time");
        }
        // What was told of the last try is over.
        let now = self.now();
        self.notices.dismiss(now);
        let language = self.view.language.clone().filter(|language| !language.is_empty());
        let language = language.unwrap_or_else(|| "auto".to_owned());
        let wanted = Wanted { talk: found.key(), audio: found.path(&audio.file), line, language };
        match self.work.transcripts.begin(wanted) {
            Ok(()) => {
                let begun = self.now();
                self.spoken.writing = Some(Writing { found, begun });
                self.tell(Severity::Info, "The transcript is being written");
            }
            Err(error) => self.tell(Severity::Error, format!("No transcript: the program cannot be started: {error}")),
        }
    }

    pub(super) fn cancel_transcribing(&mut self) {
        if !self.work.transcripts.cancel() {
            self.feedback("No transcript is being written");
        }
    }

    /// What is being written, and how far it is.
    pub fn transcribing(&self) -> Option<Transcribing> {
        let (progress, writing) = (self.work.transcripts.progress()?, self.spoken.writing.as_ref()?);
        let here = self.found_talk().is_some_and(|found| found.key() == writing.found.key());
        let other = (!here).then(|| writing.found.title.clone());
        Some(Transcribing { other, percent: progress.percent(), elapsed: self.now() - writing.begun })
    }

    /// When what is told of it is out of date, where it is seen.
    pub(super) fn transcribing_changes(&self, now: MediaTime) -> Option<MediaTime> {
        let seen = self.view.panel == Some(Panel::Transcript) && self.work.transcripts.progress().is_some();
        seen.then(|| now + MediaTime::from_secs(1))
    }

    /// Takes in what the programs have written.
    pub(super) fn poll_transcripts(&mut self) {
        for answer in self.work.transcripts.poll() {
            match answer {
                Answer::Kept(talk, transcript) => {
                    self.take_transcript(talk, transcript);
                }
                Answer::Made(talk, transcript, lost) => {
                    let lines = transcript.cues().len();
                    let writing = self.spoken.writing.take();
                    if let Some(writing) = &writing {
                        self.index_transcript(&writing.found, transcript.clone());
                    }
                    let here = self.take_transcript(talk, transcript);
                    let of = writing.filter(|_| !here).map(|writing| format!(" of {}", writing.found.title));
                    self.tell(
                        Severity::Info,
                        format!("The transcript{} is there: {lines} lines", of.unwrap_or_default()),
                    );
                    if let Some(lost) = lost {
                        self.tell(Severity::Warning, lost);
                    }
                }
                Answer::Failed(_, why) => {
                    self.spoken.writing = None;
                    self.tell(Severity::Error, why);
                }
                Answer::Stopped(_) => {
                    self.spoken.writing = None;
                    self.tell(Severity::Info, "The transcript is not written any more");
                }
            }
        }
    }

    /// Shows a transcript where its talk is open.
    fn take_transcript(&mut self, talk: TalkId, transcript: Transcript) -> bool {
        let here = self.found_talk().is_some_and(|found| found.key() == talk);
        if here {
            self.spoken.made = Some((talk, transcript));
            self.revise();
        }
        here
    }

    /// What is said is found from now on.
    fn index_transcript(&self, found: &Talk, transcript: Transcript) {
        let Some(texts) = &self.work.texts else { return };
        let talk = Talk { transcript, ..found.clone() };
        let passages = passages(&talk).into_iter().filter(|passage| passage.kind == PassageKind::Speech).collect();
        texts.put(Text { talk: talk.key(), kinds: vec![PassageKind::Speech], passages, source: None });
    }
}

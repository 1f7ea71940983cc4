//! A talk as the viewer has it: called otherwise, its slides nudged against the sound, or given times by hand. What is on the
//! disk stays as it is; what differs is kept in the library. Main thread.

use std::sync::Arc;

use super::App;
use super::notice::Severity;
use super::view::Panel;
use crate::command::AdjustCommand;
use crate::library::as_chosen;
use crate::library::scan::{kinds_of, passages};
use crate::library::texts::Text;
use crate::talk::Talk;
use crate::talk::track::SlideIndex;
use crate::talk::words::{Field, Words};
use crate::time::MediaTime;

/// Names of choices.
const NUDGE: &str = "nudge";
const TIMES: &str = "times";
const TURNED: &str = "turned";

/// Slides are nudged by no more than this.
const FARTHEST: MediaTime = MediaTime::from_secs(3600);

/// What belongs to the open talk, and differs from its files.
#[derive(Default)]
pub(super) struct Viewed {
    /// As its files have it.
    found: Option<Arc<Talk>>,
    /// The next slide is one that appears now.
    recording: bool,
}

impl App {
    pub(super) fn adjust(&mut self, command: AdjustCommand) {
        if self.viewed.found.is_none() {
            return;
        }
        match command {
            AdjustCommand::Nudge(by) => self.nudge(Some(by)),
            AdjustCommand::NudgeReset => self.nudge(None),
            AdjustCommand::Record => self.toggle_recording(),
            AdjustCommand::Forget => self.forget_times(),
            AdjustCommand::Describe(field, text) => self.describe(field, &text),
            AdjustCommand::Edit => {
                let shown = self.view.panel == Some(Panel::Info);
                self.view.panel = Some(Panel::Info);
                self.view.describing = !(shown && self.view.describing);
            }
        }
    }

    /// The talk with what the viewer has put otherwise.
    pub(super) fn as_viewed(&self, found: &Arc<Talk>) -> Arc<Talk> {
        let key = found.key();
        let found = &self.as_read(&self.with_scenes(found), &key);
        let Some(choices) = self.work.library.choices(&key) else { return Arc::clone(found) };
        let mut talk = Talk::clone(found);
        let words = as_chosen(words_of(found), choices);
        (talk.title, talk.metadata) = (words.title, words.metadata);
        if let Some(times) = choices.get(TIMES).filter(|_| found.untimed) {
            let starts: Vec<MediaTime> =
                times.split(' ').filter_map(|ms| ms.parse().ok()).map(MediaTime::from_millis).collect();
            talk = talk.with_slides(talk.slides.with_starts(&starts));
        }
        if let Some(by) = choices.get(NUDGE).and_then(|ms| ms.parse().ok()) {
            talk = talk.with_slides(talk.slides.nudged(MediaTime::from_millis(by)));
        }
        Arc::new(talk)
    }

    /// Another talk is open, which its files have like this.
    pub(super) fn begin_viewing(&mut self, found: &Arc<Talk>) {
        self.viewed = Viewed { found: Some(Arc::clone(found)), recording: false };
        let turned = self.choice(TURNED).and_then(|number| number.parse().ok()).map(SlideIndex);
        self.view.turned = turned.filter(|at| self.turns_by_hand() && at.0 < found.slides.len());
    }

    /// What the viewer has chosen has changed: shown at once.
    pub(super) fn revise(&mut self) {
        let Some(found) = self.viewed.found.clone() else { return };
        let talk = self.as_viewed(&found);
        self.player.revise(talk);
        // The speaker may be another.
        self.apply_rate();
        self.revision += 1;
    }

    /// The open talk as its files have it.
    pub(super) fn found_talk(&self) -> Option<&Arc<Talk>> {
        self.viewed.found.as_ref()
    }

    fn choice(&self, name: &str) -> Option<&str> {
        self.work.library.choice(&self.viewed.found.as_ref()?.key(), name)
    }

    fn choose_for_talk(&mut self, name: &str, value: Option<String>) {
        if let Some(found) = &self.viewed.found {
            let key = found.key();
            self.work.library.choose(&key, name, value);
        }
    }

    /// By how much the slides of the open talk appear later than its files say.
    pub fn nudged(&self) -> MediaTime {
        self.choice(NUDGE).and_then(|ms| ms.parse().ok()).map_or(MediaTime::ZERO, MediaTime::from_millis)
    }

    fn nudge(&mut self, by: Option<MediaTime>) {
        if self.slide_count() == 0 {
            self.feedback("This talk has no slides");
            return;
        }
        let to = by.map_or(MediaTime::ZERO, |by| self.nudged() + by);
        let to = to.clamp(MediaTime::ZERO - FARTHEST, FARTHEST);
        let ms = to.millis();
        self.choose_for_talk(NUDGE, (ms != 0).then(|| ms.to_string()));
        self.revise();
        self.feedback(match ms {
            0 => "Slides appear when their files say".to_owned(),
            1.. => format!("Slides {ms} ms later than their files say"),
            _ => format!("Slides {} ms earlier than their files say", -ms),
        });
    }

    /// Whether the viewer turns the slides: nothing says when they appear.
    pub fn turns_by_hand(&self) -> bool {
        self.player.talk().is_some_and(|talk| talk.untimed) && !self.viewed.recording
    }

    /// Whether slides are given their times while the talk plays.
    pub fn recording_times(&self) -> bool {
        self.viewed.recording
    }

    /// Shows a slide that has no moment of its own; the sound goes on where it is.
    pub(super) fn turn_to(&mut self, at: Option<usize>) {
        match at.filter(|at| *at < self.slide_count()) {
            Some(at) => {
                self.view.looking = None;
                self.view.turned = Some(SlideIndex(at));
                self.choose_for_talk(TURNED, Some(at.to_string()));
            }
            None => self.feedback("There is no such slide"),
        }
    }

    fn toggle_recording(&mut self) {
        let Some(found) = self.viewed.found.clone() else { return };
        if !found.untimed {
            self.feedback("The slides of this talk have their times");
            return;
        }
        self.viewed.recording = !self.viewed.recording;
        if self.viewed.recording {
            self.view.turned = None;
            let key = "The next slide appears when you press for it";
            self.tell(Severity::Info, format!("{key}; going back and pressing again corrects it"));
        } else {
            let (placed, all) = self.player.talk().map_or((0, 0), |talk| (talk.slides.placed(), talk.slides.len()));
            self.tell(Severity::Info, format!("{placed} of {all} slides have their times"));
        }
        self.revision += 1;
    }

    /// While times are recorded: the slide after the one that is heard appears now.
    pub(super) fn place_next(&mut self) {
        let (Some(talk), now) = (self.player.talk().cloned(), self.player.position() - self.nudged()) else { return };
        let Some(next) = self.player.slide().map(|slide| slide.0 + 1).filter(|next| *next < talk.slides.len()) else {
            self.feedback("Last slide");
            return;
        };
        let nudged = self.nudged();
        let start = |at: usize| talk.slides.start(SlideIndex(at)) - nudged;
        let mut starts: Vec<MediaTime> = (0..next).map(start).collect();
        starts.push(now.max(MediaTime::ZERO));
        // What comes later stays as it was given, unless some of it would come before this one now.
        let later: Vec<MediaTime> = (next + 1..talk.slides.placed()).map(start).collect();
        if later.iter().all(|at| *at > now) {
            starts.extend(later);
        }
        let text: Vec<String> = starts.iter().map(|start| start.millis().to_string()).collect();
        self.choose_for_talk(TIMES, Some(text.join(" ")));
        self.revise();
        self.feedback(format!("Slide {} from {}", next + 1, now.clock()));
    }

    fn forget_times(&mut self) {
        if self.choice(TIMES).is_none() {
            self.feedback("No slide of this talk was given a time");
            return;
        }
        self.choose_for_talk(TIMES, None);
        self.revise();
        self.feedback("The slides have no times again");
    }

    fn describe(&mut self, field: Field, text: &str) {
        let Some(found) = self.viewed.found.clone() else { return };
        let as_found = words_of(&found).get(field);
        let text = text.trim();
        let otherwise = !text.is_empty() && text != as_found;
        self.choose_for_talk(field.word(), otherwise.then(|| text.to_owned()));
        self.revise();
        let Some(described) = self.player.talk().cloned() else { return };
        let words = words_of(&described);
        if otherwise && words.get(field) == as_found {
            self.choose_for_talk(field.word(), None);
            self.feedback(format!("Not understood: {text}"));
            return;
        }
        self.work.library.rename(&found.key(), &words);
        if let Some(texts) = &self.work.texts {
            let (talk, passages) = (found.key(), passages(&described));
            texts.put(Text { talk, kinds: kinds_of(&passages), passages, source: None });
        }
        self.work.library.meet(super::judging::record(&described));
        self.feedback(if otherwise { format!("{} set", field.label()) } else { format!("{} as found", field.label()) });
    }

    /// One of the words about the open talk, as its files have it.
    pub fn found_word(&self, field: Field) -> String {
        self.viewed.found.as_ref().map(|found| words_of(found).get(field)).unwrap_or_default()
    }

    /// One of the words about the open talk.
    pub fn word(&self, field: Field) -> String {
        self.player.talk().map(|talk| words_of(talk).get(field)).unwrap_or_default()
    }

    /// Another number whenever something of the open talk has changed, or another is open.
    pub fn revision(&self) -> u64 {
        self.openings + self.revision
    }
}

fn words_of(talk: &Talk) -> Words {
    Words { title: talk.title.clone(), metadata: talk.metadata.clone() }
}

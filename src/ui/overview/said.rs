//! What is said while each slide is shown, and what the viewer noted there, made ready to be read.

use std::ops::Range;
use std::sync::Arc;

use egui::text::LayoutJob;
use egui::{Galley, TextFormat, Ui};

use crate::notes::Moment;
use crate::talk::track::SlideIndex;
use crate::talk::{Talk, TrackKind};
use crate::ui::theme::{self, Palette};

/// From line to line, in points.
const LINE: f32 = 22.0;

/// The words of a slide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// All that is said while it is shown.
    pub said: String,
    /// The cues that it is made of, as numbers of the transcript; and where the first begins.
    pub cues: Range<usize>,
    /// The notes of its moments.
    pub notes: Vec<String>,
    /// What listeners wrote while it is shown.
    pub chat: Vec<String>,
}

/// The words of every slide: each cue stands with the slide at which it begins.
pub fn words(talk: &Talk, notes: &[Moment]) -> Vec<Words> {
    let mut all = vec![Words::default(); talk.slides.len()];
    for (number, cue) in talk.transcript.cues().iter().enumerate() {
        let Some(words) = talk.slides.slide_at(cue.start).and_then(|slide| all.get_mut(slide.0)) else { continue };
        if words.said.is_empty() {
            words.cues = number..number;
        } else {
            words.said.push(' ');
        }
        words.said.push_str(&cue.text);
        words.cues.end = number + 1;
    }
    let chat = talk.tracks.iter().filter(|track| track.kind == TrackKind::Chat);
    for line in chat.flat_map(|track| track.transcript.cues()) {
        if let Some(words) = talk.slides.slide_at(line.start).and_then(|slide| all.get_mut(slide.0)) {
            words.chat.push(format!("{} {}", line.start.clock(), line.text));
        }
    }
    let mut notes: Vec<&Moment> = notes.iter().collect();
    notes.sort_by_key(|note| note.at);
    for note in notes {
        let Some(words) = talk.slides.slide_at(note.at).and_then(|slide| all.get_mut(slide.0)) else { continue };
        // Without the pictures and the quoted words, which stand beside it anyway.
        let own = |line: &&str| !line.starts_with("![") && !line.starts_with('>') && !line.trim().is_empty();
        let text = note.text.lines().filter(own).collect::<Vec<_>>().join(" ");
        words.notes.push(format!("{} {text}", note.at.clock()).trim_end().to_owned());
    }
    all
}

impl Words {
    /// Whether there is anything to read.
    pub fn is_empty(&self) -> bool {
        self.said.is_empty() && self.notes.is_empty() && self.chat.is_empty()
    }

    /// The bytes of `said` that are this cue.
    pub fn place(&self, talk: &Talk, cue: usize) -> Option<Range<usize>> {
        let cues = talk.transcript.cues();
        let before = cues.get(self.cues.start..cue)?.iter().map(|cue| cue.text.len() + 1).sum();
        let length = cues.get(cue).filter(|_| cue < self.cues.end)?.text.len();
        Some(before..before + length)
    }

    /// In lines of this width, with what is heard now marked.
    pub fn lay(&self, ui: &Ui, width: f32, heard: Option<Range<usize>>) -> Arc<Galley> {
        let palette = Palette::of(ui);
        let format = |color| TextFormat { line_height: Some(LINE), ..TextFormat::simple(theme::body(), color) };
        let mut job = LayoutJob::default();
        job.wrap.max_width = width;
        let heard = heard.unwrap_or(0..0);
        let part = |range: Range<usize>| self.said.get(range).unwrap_or_default();
        job.append(part(0..heard.start), 0.0, format(palette.text));
        // Opaque, because the grounds of two lines lie over one another.
        let ground = palette.background.lerp_to_gamma(palette.accent, 0.28);
        let lit = TextFormat { background: ground, ..format(palette.text) };
        job.append(part(heard.clone()), 0.0, lit);
        job.append(part(heard.end..self.said.len()), 0.0, format(palette.text));
        let notes = self.notes.iter().map(|note| (note, palette.note));
        for (text, color) in notes.chain(self.chat.iter().map(|line| (line, palette.muted))) {
            let line = if job.text.is_empty() { text.clone() } else { format!("\n{text}") };
            job.append(&line, 0.0, format(color));
        }
        ui.painter().layout_job(job)
    }
}

/// Words that are said in all.
pub fn count(all: &[Words]) -> usize {
    all.iter().map(|words| words.said.split_whitespace().count()).sum()
}

/// The slide on which a cue stands.
pub fn slide_of(all: &[Words], cue: usize) -> Option<SlideIndex> {
    all.iter().position(|words| words.cues.contains(&cue)).map(SlideIndex)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::{Slide, TalkId, Transcript, track::SlideTrack};
    use crate::time::MediaTime;

    fn talk() -> Talk {
        let slide = |secs| Slide { start: MediaTime::from_secs(secs), ..Slide::default() };
        let text = "00:01.000 --> 00:04.000\nOne\n\n00:04.500 --> 00:09.000\ntwo\n\n00:09.500 --> 00:12.000\nthree three\n\n\
                    00:31.000 --> 00:33.000\nfour";
        Talk {
            id: TalkId("1".into()),
            source: "/t".into(),
            root: "/t".into(),
            title: "t".into(),
            slides: SlideTrack::new(vec![slide(2), slide(9), slide(20), slide(30)]),
            audio: None,
            metadata: crate::talk::Metadata::default(),
            content: 0,
            transcript: Transcript::parse(text),
            language: String::new(),
            tracks: Vec::new(),
            untimed: false,
            videos: Vec::new(),
            silent: None,
            known_as: None,
            issues: Vec::new(),
        }
    }

    #[test]
    fn every_cue_stands_with_the_slide_at_which_it_begins() {
        let talk = talk();
        let all = words(&talk, &[]);
        let said: Vec<&str> = all.iter().map(|words| words.said.as_str()).collect();
        // What is said before the first slide stands with it.
        assert_eq!(said, ["One two", "three three", "", "four"]);
        assert_eq!(count(&all), 5);
        assert_eq!(all[0].place(&talk, 1), Some(4..7));
        assert_eq!(all[0].place(&talk, 2), None);
        assert_eq!(slide_of(&all, 3), Some(SlideIndex(3)));
        assert!(all[2].is_empty());
    }
}

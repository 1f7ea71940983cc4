//! What the viewer writes about the open talk: its summary, and notes at moments of it. Main thread.

use super::App;
use super::undo::Change;
use super::view::Panel;
use crate::notes::{Document, Moment, MomentId};
use crate::talk::track::SlideIndex;
use crate::time::MediaTime;

/// A text that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// A note that does not exist before its first keystroke.
    NewNote,
    /// A note.
    Note(MomentId),
    /// The paragraph that sums the talk up.
    Summary,
    /// Who gave the talk.
    Authors,
    /// Where others can see it.
    Link,
}

/// The text that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    field: Field,
    /// The whole note before.
    before: String,
}

impl App {
    /// The note of the open talk, once it is read.
    pub fn note(&self) -> Option<&Document> {
        self.player.talk()?;
        self.work.keeper.as_ref()?.document()
    }

    /// The text that is being written.
    pub fn field(&self) -> Option<Field> {
        self.work.writing.as_ref().map(|writing| writing.field)
    }

    /// The note with this number, counted from 1 in the order of the file.
    fn moment(&self, number: usize) -> Option<&Moment> {
        self.note()?.moments().get(number.checked_sub(1)?)
    }

    /// The number, counted from 1, of the last note whose moment has come.
    pub fn current_note(&self) -> Option<usize> {
        let at = self.player.position();
        let begun = self.note()?.moments().iter().enumerate().filter(|(_, moment)| moment.at <= at);
        begun.max_by_key(|(_, moment)| moment.at).map(|(index, _)| index + 1)
    }

    /// The slide that was shown at a moment of the talk.
    pub fn slide_at(&self, at: MediaTime) -> Option<SlideIndex> {
        self.player.talk()?.slides.slide_at(at)
    }

    /// Shows the notes and begins to write.
    pub(super) fn write(&mut self, field: Field) {
        self.leave_text();
        let Some(before) = self.text_of_note() else {
            self.feedback(self.no_note());
            return;
        };
        self.view.panel = Some(Panel::Notes);
        self.view.overview = None;
        self.work.writing = Some(Writing { field, before });
    }

    pub(super) fn edit_note(&mut self, number: usize) {
        match self.moment(number).map(|moment| moment.id) {
            Some(id) => self.write(Field::Note(id)),
            None => self.feedback("There is no such note"),
        }
    }

    /// A note with the picture of the slide and the sentence that is being said.
    pub(super) fn new_slide_note(&mut self) {
        let Some(talk) = self.player.talk().cloned() else { return };
        // The slide that is seen, even if what is said began on the one before.
        let begun = self.player.slide().map_or(MediaTime::ZERO, |slide| talk.slides.start(slide));
        let at = self.stamp().max(whole_second_from(begun));
        if self.note().is_none() {
            self.feedback(self.no_note());
            return;
        }
        let slide = self.player.slide();
        let mut parts = vec![String::new()];
        parts.extend(talk.transcript.sentence_at(at).map(|said| format!("> {said}")));
        let image = slide.and_then(|slide| talk.slides.get(slide)).and_then(|slide| slide.image.as_ref());
        if let (Some(slide), Some(image), Some(keeper)) = (slide, image, &mut self.work.keeper) {
            let ending = image.file.extension().map_or("jpg", |ending| ending.to_str().unwrap_or("jpg")).to_lowercase();
            let name = format!("slide-{:03}.{ending}", slide.0 + 1);
            let target = keeper.attach(talk.path(&image.file), &name);
            parts.extend(target.map(|target| format!("![Slide {}]({target})", slide.0 + 1)));
        }
        self.leave_text();
        self.write(Field::NewNote);
        self.add_note_at(at, &parts.join("\n"));
    }

    /// Writes a note at this moment; the one that was begun, if one was.
    pub(super) fn add_note(&mut self, text: &str) {
        self.add_note_at(self.stamp(), text);
    }

    fn add_note_at(&mut self, at: MediaTime, text: &str) {
        let begun = self.field() == Some(Field::NewNote);
        let before = self.text_of_note();
        let mut id = None;
        self.change_note(|note| id = Some(note.add_moment(at, text)));
        match (id, &mut self.work.writing, before) {
            (Some(id), Some(writing), _) if begun => writing.field = Field::Note(id),
            (Some(_), _, Some(before)) => {
                self.keep_tags(&before);
                self.remember_note(before);
            }
            _ => {}
        }
    }

    pub(super) fn mark_moment(&mut self) {
        if self.note().is_none() {
            self.feedback(self.no_note());
            return;
        }
        let at = self.stamp();
        self.leave_text();
        self.add_note_at(at, "");
        self.feedback(format!("Marked {}", at.clock()));
    }

    pub(super) fn set_note(&mut self, number: usize, text: &str) {
        match self.moment(number).map(|moment| moment.id) {
            Some(id) => self.change_text(|note| note.set_moment(id, text)),
            None => self.feedback("There is no such note"),
        }
    }

    pub(super) fn set_summary(&mut self, text: &str) {
        self.change_text(|note| note.set_summary(text));
    }

    pub(super) fn set_authors(&mut self, text: &str) {
        let authors: Vec<String> =
            text.split(';').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        self.change_text(|note| note.set_authors(&authors));
    }

    pub(super) fn set_link(&mut self, text: &str) {
        let link = Some(text.trim()).filter(|link| !link.is_empty());
        self.change_text(|note| note.set_link(link));
    }

    pub(super) fn delete_note(&mut self, number: usize) {
        let Some(id) = self.moment(number).map(|moment| moment.id) else {
            self.feedback("There is no such note");
            return;
        };
        self.leave_text();
        self.change_text(|note| note.remove_moment(id));
        self.feedback("Note deleted; Ctrl+Z brings it back");
    }

    pub(super) fn go_to_note(&mut self, number: usize) {
        match self.moment(number).map(|moment| moment.at) {
            Some(at) => self.player.seek(at),
            None => self.feedback("There is no such note"),
        }
    }

    /// A change of text: while a field is open, taken back together with all of what is typed in it; else by itself.
    fn change_text<T>(&mut self, change: impl FnOnce(&mut Document) -> T) {
        let before = self.text_of_note();
        if before.is_none() {
            self.feedback(self.no_note());
        }
        self.change_note(change);
        if let (None, Some(before)) = (&self.work.writing, before) {
            self.keep_tags(&before);
            self.remember_note(before);
        }
    }

    fn text_of_note(&self) -> Option<String> {
        self.note().map(|note| note.text().to_owned())
    }

    /// Changes the note, and has it written. What the change returns does not matter: what it could not do is told.
    pub(super) fn change_note<T>(&mut self, change: impl FnOnce(&mut Document) -> T) {
        let now = self.now();
        if let Some(keeper) = &mut self.work.keeper {
            keeper.edit(now, |note| {
                change(note);
            });
        }
    }

    /// The tags of the text are in the front matter too; one that has gone from the text goes from there.
    fn keep_tags(&mut self, before: &str) {
        let Some(note) = self.note() else { return };
        let (then, now) = (Document::parse(before).text_tags(), note.text_tags());
        let mut tags = note.front().tags.clone();
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        tags.retain(|tag| {
            let within = |all: &[String]| all.iter().any(|other| same(other, tag));
            !within(&then) || within(&now)
        });
        for tag in now {
            if !tags.iter().any(|other| same(other, &tag)) {
                tags.push(tag);
            }
        }
        if tags != note.front().tags {
            self.change_note(|note| note.set_tags(&tags));
        }
    }

    fn remember_note(&mut self, before: String) {
        if let Some(after) = self.text_of_note().filter(|after| *after != before) {
            self.remember(Change::Note(before, after));
        }
    }

    /// Ends writing; a note without a word that was only begun is gone.
    pub(super) fn leave_text(&mut self) {
        let Some(writing) = self.work.writing.take() else { return };
        if let Field::Note(id) = writing.field {
            let text = self.note().and_then(|note| note.moment(id)).map(|moment| moment.text.clone());
            let text = text.unwrap_or_default();
            // A mark has no words either, but it was there before.
            if text.trim().is_empty() && !self.had_moment(&writing.before, id) {
                self.change_note(|note| note.remove_moment(id));
            } else if text.trim_end() != text {
                // What stands behind the last word was only typed on the way.
                self.change_note(|note| note.set_moment(id, text.trim_end()));
            }
        }
        self.keep_tags(&writing.before);
        self.remember_note(writing.before);
        self.learn_tags();
        if self.view.slide_alone() {
            self.view.panel = None;
        }
    }

    /// Whether a moment of the note was in an earlier text of it: whether this had as many at its time.
    fn had_moment(&self, before: &str, id: MomentId) -> bool {
        let Some((note, moment)) = self.note().and_then(|note| Some((note, note.moment(id)?))) else { return false };
        let count = |note: &Document| note.moments().iter().filter(|other| other.at == moment.at).count();
        count(&Document::parse(before)) >= count(note)
    }

    /// The note was changed from outside: what is being written may be gone.
    pub(super) fn follow_writing(&mut self) {
        if let Some(Field::Note(id)) = self.field()
            && self.note().is_none_or(|note| note.moment(id).is_none())
        {
            self.work.writing = None;
        }
    }

    /// The moment that a note begun now is about: a little before, when it was said. In whole seconds, unless the slide
    /// would be another then.
    fn stamp(&self) -> MediaTime {
        const SECOND: i64 = 1_000_000_000;
        let lead = MediaTime::from_secs_f64(self.settings.note_lead_secs * self.player.rate().factor());
        let at = (self.player.position() - lead).max_zero();
        let second = MediaTime::from_nanos(at.nanos() / SECOND * SECOND);
        if self.slide_at(second) == self.slide_at(at) { second } else { MediaTime::from_millis(at.nanos() / 1_000_000) }
    }

    /// The note of the open talk is being read.
    pub(super) fn note_is_coming(&self) -> bool {
        self.player.talk().is_some() && self.work.keeper.is_some() && self.note().is_none()
    }

    fn no_note(&self) -> &'static str {
        match (self.player.talk(), &self.work.keeper) {
            (None, _) => "There is no talk to write about",
            (_, None) => "Notes cannot be kept this time",
            _ => "The note is still being read; try again in a moment",
        }
    }
}

/// The first whole second of a slide that lasts longer than that.
fn whole_second_from(start: MediaTime) -> MediaTime {
    const SECOND: i64 = 1_000_000_000;
    MediaTime::from_nanos((start.nanos() + SECOND - 1) / SECOND * SECOND)
}

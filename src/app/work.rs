//! What the viewer makes: notes, verdicts, the digest; where it is kept, and what of it is under way.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::Receiver;

use super::App;
use super::digest::Exporter;
use super::noted::AllTold;
use super::notice::Severity;
use super::reading::Reading;
use super::scanning::Scanning;
use super::search::Search;
use super::spelling::Spelling;
use super::undo::{Deed, Deeds};
use super::writing::Writing;
use crate::command::Command;
use crate::library::Library;
use crate::library::scan::entry_of;
use crate::library::texts::Texts;
use crate::notes::{Document, Head, NoteEvent, NoteKeeper, Places};
use crate::talk::{Talk, TalkId};
use crate::time::MediaTime;
use crate::transcribe::Transcripts;

/// The stores of what the viewer makes, and what is under way.
pub struct Work {
    pub(super) library: Library,
    pub(super) keeper: Option<NoteKeeper>,
    pub(super) exporter: Exporter,
    /// The text that is being written.
    pub(super) writing: Option<Writing>,
    pub(super) deeds: Deeds,
    /// Deeds that wait for their talks to be open again, in their order.
    pub(super) turning: VecDeque<Deed>,
    /// Commands that wait for the note of the open talk to be read.
    pub(super) unwritten: Vec<Command>,
    /// The verdict on the open talk was given before its note was read, which is to have it.
    pub(super) judged: bool,
    /// Where the progress of the open talk was kept last.
    pub(super) marked: MediaTime,
    spelling: Spelling,
    /// The tags of all notes, those used most first, and where they come from.
    tags: Vec<String>,
    pub(super) told: Option<Receiver<AllTold>>,
    /// Where notes are read from, and who is woken when they are.
    pub(super) notes_from: Option<(PathBuf, crate::Waker)>,
    pub(super) scanning: Option<Scanning>,
    pub(super) search: Search,
    pub(super) reading: Option<Reading>,
    /// The texts of all talks.
    pub(super) texts: Option<Texts>,
    /// Transcripts that a program of the viewer's writes.
    pub(super) transcripts: Transcripts,
    /// The note of the open talk as the library knows it: whose, and a number made of its text.
    pub(super) followed: Option<(TalkId, u64)>,
}

impl Default for Work {
    fn default() -> Self {
        Self::new(Library::nowhere(), None, Exporter::nowhere())
    }
}

impl Work {
    /// With these stores. Without a keeper no notes can be written.
    pub fn new(library: Library, keeper: Option<NoteKeeper>, exporter: Exporter) -> Self {
        Self {
            library,
            keeper,
            exporter,
            writing: None,
            deeds: Deeds::default(),
            turning: VecDeque::new(),
            unwritten: Vec::new(),
            judged: false,
            marked: MediaTime::ZERO,
            spelling: Spelling::default(),
            tags: Vec::new(),
            told: None,
            notes_from: None,
            scanning: None,
            search: Search::default(),
            reading: None,
            texts: None,
            transcripts: Transcripts::nowhere(Arc::new(|| {})),
            followed: None,
        }
    }

    /// With threads for everything that reaches a disk.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(data: &Path, notes: PathBuf, language: Option<&str>, waker: &crate::Waker) -> std::io::Result<Self> {
        let library = Library::start(data.join("library.db"), Arc::clone(waker))?;
        let texts = Texts::start(super::noted::texts_file(data), Arc::clone(waker))?;
        let mut work = Self::start_with(library, data, notes.clone(), language, waker)?;
        work.told = Some(super::noted::read(notes.clone(), texts.sender(), Arc::clone(waker))?);
        work.notes_from = Some((notes, Arc::clone(waker)));
        work.texts = Some(texts);
        super::scanning::start(&mut work, waker)?;
        super::reading::start(&mut work, data, waker)?;
        Ok(work)
    }

    /// Beside another Plenary that has the same data: notes are written, for both merge them; the library is read, and
    /// what changes of it here stays in memory.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start_reading(
        data: &Path,
        notes: PathBuf,
        language: Option<&str>,
        waker: &crate::Waker,
    ) -> std::io::Result<Self> {
        let library = Library::start_reading(data.join("library.db"), Arc::clone(waker))?;
        Self::start_with(library, data, notes, language, waker)
    }

    fn start_with(
        library: Library,
        data: &Path,
        notes: PathBuf,
        language: Option<&str>,
        waker: &crate::Waker,
    ) -> std::io::Result<Self> {
        let places = Places { folder: notes.clone(), recovery: data.join("recovery") };
        let keeper = NoteKeeper::start(places, Arc::clone(waker))?;
        let exporter = Exporter::new(notes, data.join("exports"), Arc::clone(waker));
        let spelling = Spelling::start(language, waker);
        let mut work = Self { spelling, ..Self::new(library, Some(keeper), exporter) };
        let (texts, store) = (super::noted::texts_file(data), data.join("library.db"));
        work.search = Search::start(texts, store, Arc::clone(waker))?;
        work.transcripts = Transcripts::start(data.join("transcripts"), Arc::clone(waker))?;
        Ok(work)
    }

    /// The library, to be filled by hand.
    pub fn library_mut(&mut self) -> &mut Library {
        &mut self.library
    }

    /// Without threads: the notes are read and written by [`App::step_work`], verdicts stay in memory.
    pub fn stepped(data: &Path, notes: PathBuf, waker: &crate::Waker) -> Self {
        let places = Places { folder: notes.clone(), recovery: data.join("recovery") };
        let keeper = NoteKeeper::stepped(places, Arc::clone(waker));
        let exporter = Exporter::new(notes, data.join("exports"), Arc::clone(waker));
        let transcripts = Transcripts::inline(data.join("transcripts"), Arc::clone(waker));
        Self { transcripts, ..Self::new(Library::nowhere(), Some(keeper), exporter) }
    }
}

impl App {
    /// Reads and writes notes, where no thread does.
    pub fn step_work(&mut self) {
        if let Some(keeper) = &mut self.work.keeper {
            keeper.step();
        }
    }

    /// From now on notes and verdicts are kept here.
    pub fn keep_work(&mut self, work: Work) {
        self.work = work;
        for root in self.settings.library.clone() {
            self.work.library.add_root(&root);
        }
    }

    /// All the talks that were ever opened.
    pub fn library(&self) -> &Library {
        &self.work.library
    }

    /// Whether everything that the viewer wrote is in its file.
    pub fn saved(&self) -> bool {
        self.work.keeper.as_ref().is_none_or(NoteKeeper::settled)
    }

    /// What checks the words that are written.
    pub fn spelling(&self) -> &Spelling {
        &self.work.spelling
    }

    /// The tags that can be completed: of this note, then of all notes, those used most first.
    pub fn tags(&self) -> Vec<String> {
        let mut tags = self.note().map(Document::tags).unwrap_or_default();
        for tag in &self.work.tags {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        tags
    }

    /// Tags that are new can be completed in other notes too.
    pub(super) fn learn_tags(&mut self) {
        for tag in self.note().map(Document::tags).unwrap_or_default() {
            if !self.work.tags.contains(&tag) {
                self.work.tags.insert(0, tag);
            }
        }
    }

    /// The note of a talk that has just been opened is read, and what is known of it brought up to date.
    pub(super) fn begin_work(&mut self, talk: &Talk) {
        self.work.marked = self.player.position();
        self.work.judged = false;
        self.work.unwritten.clear();
        self.work.library.meet(super::judging::record(talk));
        self.list_alone(talk);
        let beside = self.settings.notes_beside_talk.then(|| talk.root.clone());
        if let Some(keeper) = &mut self.work.keeper {
            keeper.open(head(talk), beside);
        }
    }

    /// A talk that lies in no folder of talks is listed by itself, but for the one that comes with the program.
    fn list_alone(&mut self, talk: &Talk) {
        let path = std::path::absolute(&talk.source).unwrap_or_else(|_| talk.source.clone());
        let in_root = self.work.library.roots().iter().any(|root| path.starts_with(root));
        if in_root || self.sample.as_deref() == Some(&*talk.source) {
            return;
        }
        self.work.library.list_opened(entry_of(&path, None, 0, talk));
    }

    /// Takes in what the stores have done.
    pub(super) fn poll_work(&mut self) {
        for told in self.work.library.poll() {
            self.tell(Severity::Warning, told);
        }
        let now = self.now();
        let events = self.work.keeper.as_mut().map(|keeper| keeper.poll(now)).unwrap_or_default();
        for event in events {
            self.take_note_event(event);
        }
        for (severity, told) in self.work.exporter.poll() {
            self.tell(severity, told);
        }
        for file in self.work.exporter.take_written() {
            self.actions.push(super::WindowAction::OpenFile(file));
        }
        self.work.spelling.poll();
        let told = self.work.told.as_ref().filter(|_| self.work.library.loaded()).and_then(|told| told.try_recv().ok());
        if let Some(told) = told {
            let (notes, tags) = told.parts();
            self.take_noted(notes);
            // What was written meanwhile comes first.
            let known = std::mem::replace(&mut self.work.tags, tags);
            known.into_iter().rev().for_each(|tag| {
                self.work.tags.retain(|other| *other != tag);
                self.work.tags.insert(0, tag);
            });
            self.work.told = None;
        }
        self.follow_note(false);
        self.poll_scan();
        self.poll_search();
        self.poll_reading();
        self.poll_transcripts();
        self.turn_when_open();
    }

    fn take_note_event(&mut self, event: NoteEvent) {
        match event {
            NoteEvent::Loaded => {
                self.adopt_verdict();
                if self.note().is_some_and(|note| !note.front_readable()) {
                    self.tell(
                        Severity::Warning,
                        "The front matter of this note cannot be read; verdict and tags stay out of it",
                    );
                }
                for command in std::mem::take(&mut self.work.unwritten) {
                    self.run(command);
                }
            }
            NoteEvent::Changed => {
                self.adopt_verdict();
                self.follow_writing();
            }
            NoteEvent::Conflict(told) => {
                self.follow_writing();
                self.tell(Severity::Warning, told);
            }
            NoteEvent::Trouble(told) => self.tell(Severity::Error, told),
            NoteEvent::Written => self.tell(Severity::Info, "Your notes are in their file again"),
            NoteEvent::Recovered(told) => {
                self.adopt_verdict();
                self.tell(Severity::Info, told);
            }
        }
    }

    /// Hands over everything and waits until it is written; the last thing that is done.
    pub(super) fn finish_work(&mut self) {
        self.leave_text();
        self.mark_progress(true);
        if let Some(keeper) = &mut self.work.keeper {
            for event in keeper.finish() {
                if let NoteEvent::Trouble(told) = event {
                    tracing::error!("{told}");
                }
            }
        }
        (self.work.scanning, self.work.reading) = (None, None);
        self.work.transcripts.finish();
        if let Some(texts) = &mut self.work.texts {
            texts.finish();
        }
        self.work.library.finish();
    }
}

/// What a note says about its talk.
fn head(talk: &Talk) -> Head {
    Head {
        id: talk.key().0,
        fingerprint: talk.fingerprint(),
        title: talk.title.clone(),
        authors: talk.metadata.authors.clone(),
        link: talk.metadata.link.clone().or_else(|| talk.link()),
        ..Head::default()
    }
}

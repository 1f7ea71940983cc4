//! The thread that reads and writes notes. It alone touches the disk.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::desk::{Answer, Desk, Loaded, Request, Round};
use super::index::Index;
use super::slot::Slot;
use super::watch::Watch;
use super::{Document, Head, NoteEvent, Places, Verdict, disk, recovery};
use crate::within;

/// How often a folder is looked at that the system does not watch.
const GLANCE: Duration = Duration::from_secs(2);

/// Most bytes of a picture that is put beside a note.
const MOST_BYTES: u64 = 256 << 20;

/// A picture on its way into the folder beside a note.
struct Attachment {
    source: PathBuf,
    target: PathBuf,
}

/// What the thread has.
pub(super) struct Worker {
    desk: Arc<Desk>,
    waker: crate::Waker,
    places: Places,
    /// Of the folder of all notes.
    index: Index,
    /// Of the folder that the open note lies in, where that is another.
    index_beside: Option<Index>,
    open: Option<Slot>,
    /// Notes of talks opened before that could not be written.
    stranded: Vec<Slot>,
    attachments: Vec<Attachment>,
    watch: Option<Watch>,
    /// There is a thread that can be woken.
    watching: bool,
    /// What the viewer was told is wrong.
    told: Option<String>,
    /// The folder of notes was there.
    existed: bool,
}

impl Worker {
    pub(super) fn new(places: Places, desk: Arc<Desk>, waker: crate::Waker) -> Self {
        Self {
            desk,
            waker,
            index: Index::new(places.folder.clone()),
            index_beside: None,
            open: None,
            stranded: Vec::new(),
            attachments: Vec::new(),
            watch: None,
            watching: false,
            told: None,
            existed: false,
            places,
        }
    }

    /// The thread's work until it is told to end.
    pub(super) fn run(mut self) {
        self.watching = true;
        self.index.refresh();
        loop {
            let watched = self.watch.is_some() || self.open.is_none();
            self.desk.wait((!watched).then_some(GLANCE));
            if !self.step() {
                return;
            }
        }
    }

    /// Does all there is to do. False at the end.
    pub(super) fn step(&mut self) -> bool {
        let Round { requests, touched, closing } = self.desk.take();
        let mut answers = Vec::new();
        let mut pressing = closing;
        for request in requests {
            match request {
                Request::Open { serial, head, beside } => self.open(serial, head, beside, &mut answers),
                Request::Save { serial, save } => {
                    if let Some(slot) = self.open.as_mut().filter(|slot| slot.serial == serial) {
                        slot.save(save);
                        pressing = true;
                    }
                }
                Request::Retry => pressing = true,
                Request::Judge { head, beside, verdict } => {
                    self.judge(head, beside, verdict, &mut answers);
                    pressing = true;
                }
                Request::Attach { serial, source, relative } => {
                    if let Some(slot) = self.open.as_ref().filter(|slot| slot.serial == serial) {
                        self.attachments.push(Attachment { source, target: slot.folder.join(relative) });
                        pressing = true;
                    }
                }
            }
        }
        if touched || self.watch.is_none() {
            self.look(&mut answers);
        }
        if pressing || self.told.is_none() {
            self.write_all(&mut answers);
        }
        self.keep_watching();
        if let Some(slot) = &mut self.open {
            answers.append(&mut slot.answers);
        }
        if !answers.is_empty() {
            self.desk.answer(answers);
            (self.waker)();
        }
        !closing
    }

    fn open(&mut self, serial: u64, head: Head, beside: Option<PathBuf>, answers: &mut Vec<Answer>) {
        self.write_all(answers);
        if let Some(mut slot) = self.open.take() {
            answers.append(&mut slot.answers);
            if slot.dirty {
                self.stranded.push(slot);
            }
        }
        let is_beside = beside.is_some();
        let folder = beside.unwrap_or_else(|| self.places.folder.clone());
        self.index_beside = is_beside.then(|| Index::new(folder.clone()));
        self.existed |= self.places.folder.is_dir();
        let index = self.index_beside.as_mut().unwrap_or(&mut self.index);
        let (mut slot, read) = Slot::open(serial, head, folder, is_beside, index);
        if let Err(error) = read {
            let sentence = format!("Cannot read the note: {} ({})", disk::cause(&error), slot.path.display());
            answers.push(Answer::Event(NoteEvent::Trouble(sentence.clone())));
            self.told = Some(sentence);
        }
        let stranded = self.stranded.iter().position(|old| old.head.id == slot.head.id);
        let kept = stranded.map(|at| self.stranded.remove(at).kept());
        let mut recovered = false;
        if let Some(kept) = kept.or_else(|| recovery::find(&self.places.recovery, &slot.head.id)) {
            recovered = slot.recover(kept.base.as_deref(), &kept.text);
            if !recovered {
                recovery::forget(&self.places.recovery, &slot.head.id);
            }
        }
        let pictures = std::fs::read_dir(slot.path.with_file_name(super::keeper::pictures_of(&slot.path)));
        let pictures = pictures.into_iter().flatten().flatten().map(|entry| entry.file_name().to_string_lossy().into());
        let (path, text, exists) = (slot.path.clone(), slot.text.clone(), slot.path.exists());
        answers.push(Answer::Loaded(Loaded { serial, path, exists, text, pictures: pictures.collect() }));
        if recovered {
            let title = &slot.head.title;
            let sentence = format!("What could not be written into the note on \"{title}\" is back in it");
            answers.push(Answer::Event(NoteEvent::Recovered(sentence)));
        }
        self.open = Some(slot);
    }

    /// Puts a verdict into the note of a talk that is not open.
    fn judge(&mut self, head: Head, beside: Option<PathBuf>, verdict: Option<Verdict>, answers: &mut Vec<Answer>) {
        let waiting = self.stranded.iter().position(|slot| slot.head.id == head.id);
        let mut slot = match waiting {
            Some(at) => self.stranded.remove(at),
            None => {
                let is_beside = beside.is_some();
                let folder = beside.unwrap_or_else(|| self.places.folder.clone());
                let (slot, read) = Slot::open(0, head, folder, is_beside, &mut self.index);
                if let Err(error) = read {
                    // What cannot be read is not written over; the verdict is in the store.
                    let why = format!("Cannot read the note: {} ({})", disk::cause(&error), slot.path.display());
                    answers.push(Answer::Event(NoteEvent::Trouble(why)));
                    return;
                }
                slot
            }
        };
        let mut note = Document::parse(&slot.text);
        note.set_verdict(verdict);
        if note.front().talk.is_none() {
            note.fill(&slot.head);
        }
        slot.put(note.text());
        self.stranded.push(slot);
    }

    /// Whether others have changed the open note.
    fn look(&mut self, answers: &mut Vec<Answer>) {
        let Some(slot) = &mut self.open else { return };
        let index = self.index_beside.as_mut().unwrap_or(&mut self.index);
        // What cannot be read now is told when it is to be written.
        let gone = matches!(slot.look(index), Ok(true));
        if gone {
            // The folder may be gone too, and another in its place.
            self.watch = None;
        }
        if gone && !slot.dirty {
            let sentence = format!("The note was deleted; the next change makes it again: {}", slot.path.display());
            answers.push(Answer::Event(NoteEvent::Conflict(sentence)));
        }
    }

    /// Writes what is not written yet, and says what has become of it.
    fn write_all(&mut self, answers: &mut Vec<Answer>) {
        let mut trouble = None;
        let mut all = true;
        for mut slot in std::mem::take(&mut self.stranded) {
            if let Err(why) = self.write(&mut slot) {
                trouble = Some(why);
                self.stranded.push(slot);
            }
        }
        if let Some(mut slot) = self.open.take() {
            if slot.dirty {
                trouble = self.write(&mut slot).err().or(trouble);
            } else if self.told.is_some() {
                all = disk::read(&slot.path).is_ok();
            }
            self.open = Some(slot);
        }
        for attachment in std::mem::take(&mut self.attachments) {
            if let Err(why) = self.attach(&attachment) {
                trouble = trouble.or(Some(why));
                self.attachments.push(attachment);
            }
        }
        match trouble {
            Some(sentence) if self.told.as_ref() != Some(&sentence) => {
                answers.push(Answer::Event(NoteEvent::Trouble(sentence.clone())));
                self.told = Some(sentence);
            }
            None if all && self.told.take().is_some() => answers.push(Answer::Event(NoteEvent::Written)),
            _ => {}
        }
    }

    /// Writes one note, or else keeps its text elsewhere; then the sentence says so.
    fn write(&mut self, slot: &mut Slot) -> Result<(), String> {
        let index = match &mut self.index_beside {
            Some(index) if slot.beside => index,
            _ => &mut self.index,
        };
        let made = make_folder(&slot.folder, slot.beside, &mut self.existed);
        match made.and_then(|()| slot.write(index)) {
            Ok(()) => {
                recovery::forget(&self.places.recovery, &slot.head.id);
                Ok(())
            }
            Err(error) => {
                let (why, path) = (disk::cause(&error), slot.path.display());
                Err(match recovery::keep(&self.places.recovery, &slot.kept()) {
                    Ok(()) => format!("Cannot write the note: {why}. Its text is kept and tried again ({path})"),
                    Err(other) => format!(
                        "Cannot write the note: {why}. Its text is kept only as long as the program runs, for it \
                         cannot be kept elsewhere either: {other} ({path})"
                    ),
                })
            }
        }
    }

    fn attach(&mut self, attachment: &Attachment) -> Result<(), String> {
        let Attachment { source, target } = attachment;
        let failed = |why: &str| format!("Cannot put the picture beside the note: {why} ({})", target.display());
        let bytes = within::read(source, MOST_BYTES).map_err(|error| failed(&format!("it cannot be read: {error}")))?;
        let folder = target.parent().unwrap_or(target);
        let beside = self.open.as_ref().is_some_and(|slot| slot.beside);
        let notes = folder.parent().unwrap_or(folder);
        let made = make_folder(notes, beside, &mut self.existed).and_then(|()| std::fs::create_dir_all(folder));
        match made.and_then(|()| disk::create(target, &bytes)) {
            Ok(true) => Ok(()),
            Ok(false) if std::fs::read(target).is_ok_and(|there| there == bytes) => Ok(()),
            Ok(false) => Err(failed("another file has its name")),
            Err(error) => Err(failed(&disk::cause(&error))),
        }
    }

    /// Watches the folder of the open note, again if it was gone meanwhile.
    fn keep_watching(&mut self) {
        let Some(slot) = self.open.as_ref().filter(|_| self.watching) else { return };
        if !slot.folder.is_dir() {
            self.watch = None;
        } else if self.watch.as_ref().is_none_or(|watch| watch.folder != slot.folder) {
            self.watch = Watch::start(&slot.folder, &self.desk);
            if self.watch.is_some() {
                // What has changed before the watch began is looked at once.
                self.desk.touch();
            }
        }
    }
}

/// Makes the folder of notes. One that was there and is gone may be on a disk that is: it is made again only where the
/// folder above it still is, and one beside a talk never.
fn make_folder(folder: &Path, beside: bool, existed: &mut bool) -> io::Result<()> {
    if folder.is_dir() {
        *existed |= !beside;
        return Ok(());
    }
    if beside {
        return Err(ErrorKind::NotFound.into());
    }
    let made = if *existed { std::fs::create_dir(folder) } else { std::fs::create_dir_all(folder) };
    made?;
    *existed = true;
    Ok(())
}

//! What leaves the program: the digest of the kept talks and all notes, gathered and written by a thread.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::App;
use super::notice::Severity;
use crate::Waker;
use crate::export::{self, Entry, Format, Group, Options};
use crate::library::Record;
use crate::notes::{Document, without_tags};
use crate::talk::TalkId;

/// Answers that may wait.
const WAITING: usize = 16;

/// Writes digests on threads of their own.
pub struct Exporter {
    notes: Option<PathBuf>,
    /// Where the texts lie that were written last.
    bases: PathBuf,
    waker: Waker,
    answer: Sender<Answer>,
    answers: Receiver<Answer>,
    written: Vec<PathBuf>,
}

/// What has become of one export: a sentence, and the file to open.
type Answer = Result<(String, Option<PathBuf>), String>;

impl Exporter {
    /// Without notes there is nothing to write.
    pub fn nowhere() -> Self {
        Self { notes: None, ..Self::new(PathBuf::new(), PathBuf::new(), Arc::new(|| {})) }
    }

    /// Reads notes in one folder and keeps in another what was written last.
    pub fn new(notes: PathBuf, bases: PathBuf, waker: Waker) -> Self {
        let (answer, answers) = bounded(WAITING);
        Self { notes: Some(notes), bases, waker, answer, answers, written: Vec::new() }
    }

    /// What has been written since it was last asked, or why not.
    pub fn poll(&mut self) -> Vec<(Severity, String)> {
        let mut told = Vec::new();
        while let Ok(answer) = self.answers.try_recv() {
            match answer {
                Ok((text, file)) => {
                    told.push((Severity::Info, text));
                    self.written.extend(file);
                }
                Err(why) => told.push((Severity::Error, why)),
            }
        }
        told
    }

    /// Files that are to be opened.
    pub fn take_written(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.written)
    }

    fn start(&self, work: impl FnOnce() -> Answer + Send + 'static) -> Result<(), String> {
        let (answer, waker) = (self.answer.clone(), Arc::clone(&self.waker));
        let run = move || {
            answer.send(work()).ok();
            waker();
        };
        std::thread::Builder::new()
            .name("export".into())
            .spawn(run)
            .map(drop)
            .map_err(|error| format!("Cannot write the digest: {error}"))
    }
}

/// What an export is made of.
struct Material {
    order: Vec<TalkId>,
    records: Vec<Record>,
    /// The folder of notes.
    notes: PathBuf,
    /// Folders of talks that have their notes beside them.
    beside: Vec<PathBuf>,
    /// The note of the open talk as it is now.
    open: Option<(PathBuf, Document)>,
}

impl Material {
    /// Reads the notes.
    fn entries(self) -> Vec<Entry> {
        let mut notes = crate::notes::all(&self.notes);
        notes.extend(self.beside.iter().flat_map(|folder| crate::notes::all(folder)));
        if let Some((path, note)) = self.open {
            notes.retain(|(other, _)| *other != path);
            notes.push((path, note));
        }
        entries(&self.order, &self.records, notes)
    }
}

/// The talks of a digest: those in `order` in their order, and with nothing there, all that are known.
///
/// `records` are what the store knows, `notes` the viewer's files; what a file says counts.
pub fn entries(order: &[TalkId], records: &[Record], notes: Vec<(PathBuf, Document)>) -> Vec<Entry> {
    let mut found: Vec<(TalkId, Entry)> = Vec::new();
    let mut at: HashMap<TalkId, usize> = HashMap::new();
    for record in records {
        at.insert(record.id.clone(), found.len());
        let entry = Entry {
            id: record.id.0.clone(),
            title: record.title.clone(),
            authors: record.authors.clone(),
            link: record.link.clone(),
            verdict: record.verdict,
            ..Entry::default()
        };
        found.push((record.id.clone(), entry));
    }
    for (path, note) in notes {
        let Some(id) = note.front().talk.clone().map(TalkId) else { continue };
        let index = *at.entry(id.clone()).or_insert(found.len());
        if index == found.len() {
            found.push((id, Entry::default()));
        }
        if let Some((id, entry)) = found.get_mut(index) {
            lay_over(entry, id, &path, &note);
        }
    }
    if order.is_empty() {
        found.sort_by_key(|(_, entry)| entry.title.to_lowercase());
        return found.into_iter().map(|(_, entry)| entry).collect();
    }
    let mut seen = HashSet::new();
    let listed = order.iter().filter(|id| seen.insert(*id)).filter_map(|id| at.get(id));
    let indices: Vec<usize> = listed.copied().collect();
    indices.into_iter().filter_map(|index| found.get(index)).map(|(_, entry)| entry.clone()).collect()
}

fn lay_over(entry: &mut Entry, id: &TalkId, path: &Path, note: &Document) {
    let front = note.front();
    entry.id.clone_from(&id.0);
    entry.title = front.title.clone().unwrap_or_else(|| std::mem::take(&mut entry.title));
    if !front.authors.is_empty() {
        entry.authors.clone_from(&front.authors);
    }
    entry.link = front.link.clone().or(entry.link.take());
    entry.venue.clone_from(&front.venue);
    entry.day.clone_from(&front.day);
    entry.verdict = front.verdict;
    entry.tags = note.tags();
    entry.summary = without_tags(note.summary());
    entry.moments = note.moments().iter().map(|moment| (moment.at, without_tags(&moment.text))).collect();
    entry.folder = path.parent().unwrap_or(path).to_owned();
}

/// What a digest is called at its top, after the folder that holds the talks.
pub fn title_of(library: Option<&Path>) -> String {
    let name = library.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    name.map_or_else(|| "Talks worth hearing".to_owned(), |name| format!("{name}: talks worth hearing"))
}

impl App {
    /// The digest as a file; without one, as it was written last, or `Digest.md` among the notes.
    pub(super) fn write_digest(&mut self, target: Option<PathBuf>) {
        let asked = target.is_some();
        let Some(material) = self.material() else { return };
        let target = target.unwrap_or_else(|| material.notes.join("Digest.md"));
        let Some(format) = Format::of(&target) else {
            self.feedback("A digest ends in .md, .html, .org, .bib or .json");
            return;
        };
        let library = match self.work.library.roots() {
            [] => self.queue.current().and_then(Path::parent).map(Path::to_owned),
            [root] => Some(root.clone()),
            _ => None,
        };
        let title = title_of(library.as_deref().filter(|_| material.order.len() > 1));
        let bases = self.work.exporter.bases.clone();
        let work = move || {
            let entries = material.entries();
            let kept = entries.iter().filter(|entry| entry.verdict == Some(crate::notes::Verdict::Keep)).count();
            if kept == 0 {
                return Err("No talk is kept yet: S keeps the one that is open".to_owned());
            }
            let options = Options { format, group: Group::Tag, title, template: template_beside(&target) };
            let text = export::digest(&entries, &options, target.parent().unwrap_or(&target));
            let text = text.map_err(|error| error.to_string())?;
            let saved = export::save(&target, &text, &bases).map_err(|error| error.to_string())?;
            let talks = if kept == 1 { "1 talk".to_owned() } else { format!("{kept} talks") };
            Ok((format!("{saved}; {talks}"), (!asked).then_some(saved.path)))
        };
        if let Err(why) = self.work.exporter.start(work) {
            self.tell(Severity::Error, why);
        }
    }

    /// All notes as one file; without a name, `All notes.md` among them.
    pub(super) fn export_notes(&mut self, target: Option<PathBuf>) {
        let asked = target.is_some();
        let Some(material) = self.material() else { return };
        let target = target.unwrap_or_else(|| material.notes.join("All notes.md"));
        let bases = self.work.exporter.bases.clone();
        let work = move || {
            let entries = material.entries();
            let text = export::notes_file(&entries, "Notes", target.parent().unwrap_or(&target));
            let saved = export::save(&target, &text, &bases).map_err(|error| error.to_string())?;
            Ok((saved.to_string(), (!asked).then_some(saved.path)))
        };
        if let Err(why) = self.work.exporter.start(work) {
            self.tell(Severity::Error, why);
        }
    }

    /// The talks in hand, what is known of them, and the notes.
    fn material(&mut self) -> Option<Material> {
        self.leave_text();
        let Some(notes) = self.work.exporter.notes.clone() else {
            self.feedback("Notes cannot be kept this time");
            return None;
        };
        let several = self.queue.paths().len() > 1 || !self.work.library.roots().is_empty();
        let order = if several { super::judging::keys_of(self) } else { Vec::new() };
        let records = self.work.library.records().cloned().collect();
        // The open note may be on its way to its file still.
        let path = self.work.keeper.as_ref().and_then(|keeper| keeper.path()).map(Path::to_owned);
        let open = path.zip(self.note().cloned());
        let mut beside = Vec::new();
        if self.settings.notes_beside_talk {
            beside.extend_from_slice(self.queue.paths());
            beside.extend(self.work.library.catalogue().rows().iter().map(|row| row.entry.path.clone()));
            beside.sort();
            beside.dedup();
        }
        Some(Material { order, records, notes, beside, open })
    }

    /// `Title, 12:34, link` to the clipboard.
    pub(super) fn copy_citation(&mut self) {
        let Some(talk) = self.player.talk() else { return };
        let front = self.note().map(|note| note.front().clone()).unwrap_or_default();
        let title = front.title.unwrap_or_else(|| talk.title.clone());
        let link = front.link.or_else(|| talk.link());
        let text = export::citation(&title, Some(self.player.position()), link.as_deref());
        self.feedback(format!("Copied: {text}"));
        self.actions.push(super::WindowAction::CopyText(text));
    }
}

/// The viewer's own template lies beside the digest: `Digest.md.template`.
pub fn template_beside(target: &Path) -> Option<String> {
    let mut name = target.file_name()?.to_owned();
    name.push(".template");
    std::fs::read_to_string(target.with_file_name(name)).ok()
}

//! What all the notes tell of their talks: tags, how many moments, verdicts, and texts for the search. Read by a thread at
//! the start; of the open talk it is kept up to date as the viewer writes.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::App;
use crate::library::texts::Text;
use crate::library::{Noted, Passage, PassageKind, Progress, Record};
use crate::notes::{Document, Verdict};
use crate::talk::TalkId;

/// What one note tells.
pub(super) struct Told {
    id: TalkId,
    title: String,
    authors: Vec<String>,
    link: Option<String>,
    verdict: Option<Verdict>,
    noted: Noted,
}

/// What all of them tell.
pub(super) struct AllTold {
    notes: Vec<Told>,
    /// Those used most first.
    pub(super) tags: Vec<String>,
}

/// Reads all notes of a folder on a thread of its own, and brings their texts to the search.
///
/// # Errors
/// Where the system gives no thread.
pub(super) fn read(folder: PathBuf, texts: Sender<Text>, waker: crate::Waker) -> std::io::Result<Receiver<AllTold>> {
    let (tell, told) = bounded(1);
    std::thread::Builder::new().name("notes-read".into()).spawn(move || {
        let notes = crate::notes::all(&folder);
        tell.send(all_told(&notes)).ok();
        waker();
        for (path, note) in &notes {
            let Some(talk) = &note.front().talk else { continue };
            let source = Some((path.clone(), i64::from_ne_bytes(hash(note.text()).to_ne_bytes())));
            if texts.send(text(&TalkId(talk.clone()), note, source)).is_err() {
                return;
            }
        }
    })?;
    Ok(told)
}

fn all_told(notes: &[(PathBuf, Document)]) -> AllTold {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut all = Vec::new();
    for (_, note) in notes {
        let front = note.front();
        for tag in note.tags() {
            *counts.entry(tag).or_default() += 1;
        }
        let Some(talk) = &front.talk else { continue };
        all.push(Told {
            id: TalkId(talk.clone()),
            title: front.title.clone().unwrap_or_default(),
            authors: front.authors.clone(),
            link: front.link.clone(),
            verdict: front.verdict,
            noted: noted(note),
        });
    }
    let mut tags: Vec<(String, usize)> = counts.into_iter().collect();
    tags.sort_by(|(one, often), (other, times)| times.cmp(often).then_with(|| one.cmp(other)));
    AllTold { notes: all, tags: tags.into_iter().map(|(tag, _)| tag).collect() }
}

fn noted(note: &Document) -> Noted {
    Noted { tags: note.tags(), notes: note.moments().len() }
}

fn text(talk: &TalkId, note: &Document, source: Option<(PathBuf, i64)>) -> Text {
    let passage = |kind, start, text: &str| Passage { kind, slide: None, start, text: text.to_owned() };
    let mut passages: Vec<Passage> = note.tags().iter().map(|tag| passage(PassageKind::Tag, None, tag)).collect();
    if !note.summary().trim().is_empty() {
        passages.push(passage(PassageKind::Note, None, note.summary()));
    }
    let moments = note.moments().iter().filter(|moment| !moment.text.trim().is_empty());
    passages.extend(moments.map(|moment| passage(PassageKind::Note, Some(moment.at), &moment.text)));
    Text { talk: talk.clone(), kinds: vec![PassageKind::Tag, PassageKind::Note], passages, source }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl App {
    /// Reads all notes again: they may have been edited by hand.
    pub(super) fn read_notes_again(&mut self) {
        if let Some((folder, waker)) = self.work.notes_from.clone().filter(|_| self.work.told.is_none())
            && let Some(texts) = &self.work.texts
        {
            self.work.told = read(folder, texts.sender(), waker).ok();
        }
    }

    /// Takes in what all the notes tell. The files are the viewer's: a verdict in one counts.
    pub(super) fn take_noted(&mut self, told: Vec<Told>) {
        for Told { id, title, authors, link, verdict, noted } in told {
            self.work.library.set_noted(&id, noted);
            let known = self.work.library.get(&id).map(|record| record.verdict);
            if verdict.is_none() || known == Some(verdict) {
                continue;
            }
            if known.is_none() {
                let path = self.work.library.catalogue().of(&id).next().map(|row| row.entry.path.clone());
                self.work.library.meet(Record {
                    id: id.clone(),
                    path: path.unwrap_or_default(),
                    title,
                    authors,
                    link,
                    verdict: None,
                    progress: Progress::default(),
                    decided_at: None,
                });
            }
            self.work.library.set_verdict(&id, verdict);
        }
    }

    /// What the note of the open talk tells, once it is written, or when its talk is left.
    pub(super) fn follow_note(&mut self, leaving: bool) {
        let Some(key) = self.player.talk().map(|talk| talk.key()) else { return };
        let Some(note) =
            self.work.keeper.as_ref().filter(|keeper| leaving || keeper.settled()).and_then(|keeper| keeper.document())
        else {
            return;
        };
        let now = (key, hash(note.text()));
        if self.work.followed.as_ref() == Some(&now) {
            return;
        }
        let first = self.work.followed.as_ref().is_none_or(|(key, _)| *key != now.0);
        let (noted, text) = (noted(note), text(&now.0, note, None));
        self.work.library.set_noted(&now.0, noted);
        // As it was read it is known already, unless somebody has changed it meanwhile, which does no harm.
        if first || self.work.texts.as_ref().is_none_or(|texts| texts.put(text)) {
            self.work.followed = Some(now);
        }
    }
}

impl AllTold {
    /// What each note tells, and the tags.
    pub(super) fn parts(self) -> (Vec<Told>, Vec<String>) {
        (self.notes, self.tags)
    }
}

/// The file of the texts, in the folder of data.
pub fn texts_file(data: &Path) -> PathBuf {
    data.join("search.db")
}

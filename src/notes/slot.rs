//! One open note as the writing thread has it: its file, the versions of it that were seen, and the text it shall have.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use super::desk::{Answer, Save};
use super::disk::{self, Replaced};
use super::index::{self, Index, Owner};
use super::merge::{distance, merge};
use super::{Document, Head, name, recovery};

/// Versions of a note that are remembered: what a slow editor may still have open.
const VERSIONS: usize = 24;
/// How often a note is written again within a moment because somebody else writes it too.
const TRIES: usize = 8;

/// One open note.
pub(super) struct Slot {
    pub serial: u64,
    pub head: Head,
    pub folder: PathBuf,
    /// The folder is not that of all notes: it is never made.
    pub beside: bool,
    pub path: PathBuf,
    /// The text that it shall have.
    pub text: String,
    /// [`Self::text`] is not in the file yet.
    pub dirty: bool,
    /// What the file had in it last; `None`: there was no file.
    known: Option<String>,
    /// What was read and written, the newest last.
    seen: VecDeque<String>,
    /// Counts the texts that came from outside.
    version: u64,
    /// The last text that came from the main thread, and its number.
    main: (u64, String),
    /// The texts that were sent to the main thread since.
    sent: Vec<(u64, String)>,
    pub answers: Vec<Answer>,
}

impl Slot {
    /// Finds and reads the note of a talk.
    ///
    /// # Errors
    /// With the slot, as if there were no note, where its file cannot be read.
    pub(super) fn open(
        serial: u64,
        head: Head,
        folder: PathBuf,
        beside: bool,
        index: &mut Index,
    ) -> (Self, io::Result<()>) {
        let path = locate(&head, &folder, index);
        let read = disk::read(&path);
        let (known, result) = match read {
            Ok(text) => (text, Ok(())),
            Err(error) => (None, Err(error)),
        };
        let text = known.clone().unwrap_or_else(|| Document::fresh(&head).text().to_owned());
        let seen = VecDeque::from([known.clone().unwrap_or_default()]);
        let main = (0, text.clone());
        let (version, sent, answers) = (0, Vec::new(), Vec::new());
        (
            Self { serial, head, folder, beside, path, text, dirty: false, known, seen, version, main, sent, answers },
            result,
        )
    }

    /// Brings back what could not be written earlier; false if it is in the note already.
    pub(super) fn recover(&mut self, base: Option<&str>, text: &str) -> bool {
        let merged = match &self.known {
            None => text.to_owned(),
            Some(known) => merge(base.unwrap_or_default(), text, known).text,
        };
        if self.known.as_deref() == Some(merged.as_str()) {
            return false;
        }
        self.text = merged;
        self.main = (0, self.text.clone());
        self.dirty = true;
        true
    }

    /// Another text, without anybody who has it open.
    pub(super) fn put(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.main = (0, self.text.clone());
        self.dirty = self.known.as_deref() != Some(text);
    }

    /// What would be kept elsewhere.
    pub(super) fn kept(&self) -> recovery::Kept {
        let (id, path) = (self.head.id.clone(), self.path.clone());
        recovery::Kept { id, path, base: self.known.clone(), text: self.text.clone() }
    }

    /// Takes a text from the main thread.
    pub(super) fn save(&mut self, save: Save) {
        let mut conflict = false;
        if save.version == self.version {
            self.text.clone_from(&save.text);
        } else {
            // It was written before the main thread saw the last change from outside.
            let sent = self.sent.iter().find(|(version, _)| *version == save.version);
            let base = sent.map_or(self.main.1.as_str(), |(_, text)| text);
            let merged = merge(base, &save.text, &self.text);
            (self.text, conflict) = (merged.text, merged.conflict);
        }
        let differs = self.text != save.text;
        self.main = (save.seq, save.text);
        self.sent.clear();
        self.dirty = self.known.as_deref() != Some(self.text.as_str());
        if differs {
            self.tell(conflict);
        }
    }

    /// Looks whether somebody else has changed the file. True if it is gone.
    ///
    /// # Errors
    /// As of the system.
    pub(super) fn look(&mut self, index: &mut Index) -> io::Result<bool> {
        let known = self.known.take();
        let found = disk::read_settled(&self.path, known.as_deref());
        self.known = known;
        match found? {
            Some(text) if self.known.as_ref() == Some(&text) => Ok(false),
            Some(text) if self.known.is_some() || index::owner(&self.path, &self.head) != Owner::Other => {
                self.absorb(text);
                Ok(false)
            }
            Some(_) => Ok(false),
            None if self.known.is_none() => Ok(false),
            None => match self.moved(index) {
                Some(path) => {
                    self.rename(path);
                    self.look(index)
                }
                None => {
                    // The next change makes it again.
                    self.known = None;
                    Ok(true)
                }
            },
        }
    }

    /// Writes the text into its file, together with what others have written there.
    ///
    /// # Errors
    /// As of the system; the text is still to be written then.
    pub(super) fn write(&mut self, index: &mut Index) -> io::Result<()> {
        let mut displaced: Option<PathBuf> = None;
        for _ in 0..TRIES {
            self.look(index)?;
            if self.known.as_deref() == Some(self.text.as_str()) {
                self.dirty = false;
                break;
            }
            match disk::replace(&self.path, &self.text, self.known.as_deref())? {
                Replaced::Done => {
                    self.wrote();
                    self.dirty = false;
                    break;
                }
                Replaced::Displaced(theirs, file) => {
                    self.wrote();
                    let ours = self.known.clone();
                    self.absorb(theirs);
                    (self.known, self.dirty) = (ours, true);
                    // It is on the disk until the text with both is.
                    if let Some(old) = displaced.replace(file) {
                        std::fs::remove_file(old).ok();
                    }
                }
                // Taken since it was looked for; if by this talk, looking again brings both together.
                Replaced::Appeared if index::owner(&self.path, &self.head) == Owner::Other => {
                    let path = free(&self.head, &self.folder);
                    self.rename(path);
                }
                Replaced::Appeared => {}
            }
        }
        if self.dirty {
            return Err(io::Error::other("another program keeps writing to it"));
        }
        if let Some(file) = displaced {
            std::fs::remove_file(file).ok();
        }
        Ok(())
    }

    fn wrote(&mut self) {
        self.known = Some(self.text.clone());
        self.remember(self.text.clone());
    }

    fn remember(&mut self, text: String) {
        self.seen.retain(|seen| *seen != text);
        self.seen.push_back(text);
        if self.seen.len() > VERSIONS {
            self.seen.pop_front();
        }
    }

    /// Brings in what somebody else has written. They may have begun with an older version: the one that theirs differs
    /// from least, and of equals the newest.
    fn absorb(&mut self, theirs: String) {
        let base = self.seen.iter().rev().min_by_key(|seen| distance(seen, &theirs));
        let merged = merge(base.map_or("", String::as_str), &self.text, &theirs);
        self.dirty = merged.text != theirs;
        self.known = Some(theirs.clone());
        self.remember(theirs);
        if merged.text != self.text {
            self.text = merged.text;
            self.tell(merged.conflict);
        }
    }

    fn tell(&mut self, conflict: bool) {
        self.version += 1;
        self.sent.push((self.version, self.text.clone()));
        let (serial, version, seq, text) = (self.serial, self.version, self.main.0, self.text.clone());
        self.answers.push(Answer::Text { serial, version, seq, text, conflict });
    }

    fn rename(&mut self, path: PathBuf) {
        self.path = path;
        self.answers.push(Answer::Path { serial: self.serial, path: self.path.clone() });
    }

    /// Where the viewer has moved the file to.
    fn moved(&self, index: &mut Index) -> Option<PathBuf> {
        index.refresh();
        let head = Head { id: self.head.id.clone(), ..Head::default() };
        index.find(&head).filter(|path| *path != self.path)
    }
}

/// The file of a talk's note, whether it is there yet or not.
fn locate(head: &Head, folder: &Path, index: &mut Index) -> PathBuf {
    let usual = folder.join(file_name(head, ""));
    let at_usual = index::owner(&usual, head);
    if at_usual == Owner::Talk {
        return usual;
    }
    index.refresh();
    let found = index.find(head).or_else(|| (at_usual == Owner::Nobody).then(|| usual.clone()));
    found.unwrap_or_else(|| free(head, folder))
}

/// A name that no other talk's note has.
fn free(head: &Head, folder: &Path) -> PathBuf {
    let id = name::stem(&head.id);
    let names = ["".to_owned(), format!(" ({id})")].into_iter().chain((2..).map(|n| format!(" ({id} {n})")));
    let mut paths = names.map(|addition| folder.join(file_name(head, &addition)));
    paths.find(|path| std::fs::symlink_metadata(path).is_err()).unwrap_or_default()
}

fn file_name(head: &Head, addition: &str) -> String {
    let stem = [&head.title, &head.id].map(|text| name::stem(text)).into_iter().find(|stem| !stem.is_empty());
    format!("{}{addition}.md", stem.unwrap_or_else(|| "note".to_owned()))
}

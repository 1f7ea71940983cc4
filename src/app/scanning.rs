//! Finding talks: the folders of talks are looked through in the background, and whenever something changes in them.
//! Main thread.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::App;
use super::notice::Severity;
use crate::audio::decode::Probe;
use crate::command::{Command, LibraryCommand};
use crate::library::scan::{Known, ScanEvent, Scanner, is_gone, kinds_of};
use crate::library::texts::Text;
use crate::library::{Change, Library};

/// Events that may wait; the scan waits for the window then.
const WAITING: usize = 64;
/// How far the search for talks is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanProgress {
    /// The folder that is being looked through.
    pub root: PathBuf,
    /// Folders that were looked into.
    pub looked: usize,
    /// Talks found.
    pub found: usize,
}

/// The scanner and what it is doing.
pub(super) struct Scanning {
    scanner: Scanner,
    events: Receiver<ScanEvent>,
    progress: Option<ScanProgress>,
    /// The stamps of what the search knows, once they are there.
    indexed: Arc<OnceLock<HashMap<PathBuf, i64>>>,
    /// The folders that are looked after.
    asked: HashSet<PathBuf>,
    /// What the store has of folders is known.
    rooted: bool,
}

impl Scanning {
    /// Looks after nothing yet. `indexed` are the stamps of what the search knows.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub(super) fn start(
        library: &Library,
        texts: Sender<Text>,
        indexed: Arc<OnceLock<HashMap<PathBuf, i64>>>,
        waker: crate::Waker,
    ) -> std::io::Result<Self> {
        let (tell, events) = bounded(WAITING);
        let bulk = library.bulk();
        let scanner = Scanner::start(Box::new(Probe), move |event| {
            match &event {
                ScanEvent::Passages { path, id, stamp, passages, .. } => {
                    let source = Some((path.clone(), *stamp));
                    let text =
                        Text { talk: id.clone(), kinds: kinds_of(passages), passages: passages.to_vec(), source };
                    texts.send(text).ok();
                    return;
                }
                ScanEvent::Found { entries, .. } => {
                    let changes = entries.iter().cloned().map(Change::Found).collect();
                    if let Some(bulk) = &bulk {
                        bulk.send(changes).ok();
                    }
                }
                _ => {}
            }
            tell.send(event).ok();
            waker();
        })?;
        Ok(Self { scanner, events, progress: None, indexed, asked: HashSet::new(), rooted: false })
    }

    fn known_of(&self, library: &Library, root: &Path) -> HashMap<PathBuf, Known> {
        let of_root = library.catalogue().rows().iter().filter(|row| row.entry.root.as_deref() == Some(root));
        let known = |row: &crate::library::Row| {
            let (path, stamp) = (row.entry.path.clone(), row.entry.stamp);
            let indexed = self.indexed.get().and_then(|indexed| indexed.get(&path)) == Some(&stamp);
            (path, Known { stamp, indexed })
        };
        of_root.map(known).collect()
    }
}

impl App {
    /// Takes in what was found, and asks for what is to be looked through.
    pub(super) fn poll_scan(&mut self) {
        let Some(mut scanning) = self.work.scanning.take() else { return };
        if self.work.library.loaded() && self.view.roots != self.work.library.roots() {
            if self.work.library.roots().is_empty() && !scanning.rooted {
                // The store was lost: its folders are not.
                for root in std::mem::take(&mut self.view.roots) {
                    self.work.library.add_root(&root);
                }
            }
            self.view.roots = self.work.library.roots().to_vec();
        }
        scanning.rooted |= self.work.library.loaded();
        if scanning.indexed.get().is_some() && self.work.library.loaded() {
            for root in self.work.library.roots() {
                if scanning.asked.insert(root.clone()) {
                    scanning.scanner.scan(root.clone(), scanning.known_of(&self.work.library, root));
                }
            }
        }
        let events: Vec<ScanEvent> = scanning.events.try_iter().collect();
        for event in events {
            self.take_scan(&mut scanning, event);
        }
        self.work.scanning = Some(scanning);
    }

    fn take_scan(&mut self, scanning: &mut Scanning, event: ScanEvent) {
        match event {
            ScanEvent::Began { root } => {
                self.work.library.set_away(&root, false);
                scanning.progress = Some(ScanProgress { root, looked: 0, found: 0 });
            }
            ScanEvent::Found { root, entries } => {
                // A folder that was taken out meanwhile comes not back.
                if self.work.library.roots().contains(&root) {
                    entries.iter().for_each(|entry| self.work.library.list(entry.clone()));
                }
            }
            ScanEvent::Progress { root, looked, found } => {
                scanning.progress = Some(ScanProgress { root, looked, found });
            }
            ScanEvent::Ended { root, below, all, unread, cancelled } => {
                scanning.progress = None;
                if !cancelled {
                    let all: HashSet<&Path> = all.iter().map(PathBuf::as_path).collect();
                    self.work.library.vanish(&root, |path| is_gone(path, &below, &all, &unread));
                }
                self.count_copies();
            }
            ScanEvent::Away { root, why } => {
                scanning.progress = None;
                let known =
                    self.work.library.catalogue().rows().iter().any(|row| row.entry.root.as_ref() == Some(&root));
                let why = format!("{}: {why}", root.display());
                if known || !root.is_absolute() {
                    self.work.library.set_away(&root, true);
                }
                if !known && !self.settings.library.contains(&root) {
                    // It never held anything: nothing to come back to.
                    self.work.library.remove_root(&root);
                    scanning.asked.remove(&root);
                    scanning.scanner.forget(root);
                }
                self.tell(Severity::Warning, why);
            }
            ScanEvent::Trouble(why) => self.tell(Severity::Warning, why),
            ScanEvent::Passages { .. } | ScanEvent::Idle => {}
        }
    }

    /// How far the search for talks is; `None` while there is none.
    pub fn scan_progress(&self) -> Option<&ScanProgress> {
        self.work.scanning.as_ref()?.progress.as_ref()
    }

    /// Whether the folders of talks, or their texts, are being looked through.
    pub fn scanning(&self) -> bool {
        self.work.scanning.as_ref().is_some_and(|scanning| scanning.scanner.busy() || !scanning.events.is_empty())
    }

    pub(super) fn scan_again(&mut self) {
        if self.work.library.roots().is_empty() {
            self.feedback("There are no folders of talks yet");
        } else if let Some(scanning) = &self.work.scanning {
            scanning.scanner.again();
            self.feedback("Looking through the folders of talks");
        }
    }

    pub(super) fn stop_scan(&mut self) {
        if let Some(scanning) = &mut self.work.scanning {
            scanning.scanner.cancel();
            scanning.progress = None;
            self.feedback("Stopped");
        }
    }

    /// A folder of talks was given: it is part of the library from now on.
    pub(super) fn adopt_root(&mut self, path: &Path) {
        if self.work.library.add_root(path) {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let key = self.keymap.keys_for(&Command::Library(LibraryCommand::Toggle)).first().map(|key| key.pretty());
            let how = key.map(|key| format!(": {key} shows all its talks")).unwrap_or_default();
            self.tell(Severity::Info, format!("{name} is in the library{how}"));
        }
    }

    pub(super) fn drop_root(&mut self, path: &Path) {
        if self.work.library.remove_root(path) {
            if let Some(scanning) = &mut self.work.scanning {
                scanning.scanner.forget(path.to_owned());
                scanning.asked.remove(path);
            }
            if let Some(scanning) = &self.work.scanning {
                // A folder around it may still hold its talks.
                scanning.scanner.again();
            }
            self.tell(
                Severity::Info,
                if self.settings.library.iter().any(|root| root == path) {
                    "Taken out until the next start: it is in config.toml, too"
                } else {
                    "Taken out of the library; its files and what you made of them stay"
                },
            );
        } else {
            self.feedback("That is no folder of the library");
        }
    }
}

/// Starts the scanner beside stores that were started.
pub(super) fn start(work: &mut super::work::Work, waker: &crate::Waker) -> std::io::Result<()> {
    if let Some(texts) = &work.texts {
        let scanning = Scanning::start(&work.library, texts.sender(), texts.known(), Arc::clone(waker))?;
        work.scanning = Some(scanning);
    }
    Ok(())
}

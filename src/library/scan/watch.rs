//! Being told when something below a folder of talks changes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};
use notify::event::{AccessKind, AccessMode, DataChange, EventKind, ModifyKind};
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher as _};

/// Changes that are told one by one; with more, everything is looked at.
const MAX_PATHS: usize = 256;

/// What has changed since it was last asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    /// Files and folders.
    pub(super) paths: HashSet<PathBuf>,
    /// Folders of talks in which anything may have changed.
    pub(super) all: HashSet<PathBuf>,
}

/// Filled by the watchers, emptied by the thread that scans.
pub(super) struct Changes {
    changed: Mutex<Changed>,
    nudge: Sender<()>,
}

impl Changes {
    /// With the receiver of a nudge for each time that there is something new.
    pub(super) fn new() -> (Arc<Self>, Receiver<()>) {
        let (nudge, nudges) = bounded(1);
        (Arc::new(Self { changed: Mutex::default(), nudge }), nudges)
    }

    pub(super) fn take(&self) -> Changed {
        std::mem::take(&mut self.changed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Anything below this folder of talks may have changed.
    pub(super) fn all(&self, root: &Path) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).all.insert(root.to_owned());
        // One nudge that waits already is as good as two.
        self.nudge.try_send(()).ok();
    }

    fn tell(&self, root: &Path, event: notify::Result<Event>) {
        let Ok(event) = event else { return self.all(root) };
        if event.need_rescan() || event.paths.is_empty() {
            return self.all(root);
        }
        let paths: Vec<PathBuf> = event.paths.into_iter().filter(|path| matters(event.kind, path, root)).collect();
        if paths.is_empty() {
            return;
        }
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        if changed.paths.len() + paths.len() > MAX_PATHS {
            changed.all.insert(root.to_owned());
        } else {
            changed.paths.extend(paths);
        }
        drop(changed);
        self.nudge.try_send(()).ok();
    }
}

/// A folder of talks that is watched as long as this lives.
pub(super) struct Watch {
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// # Errors
    /// Where the system does not watch it: it has to be looked at from time to time.
    pub(super) fn start(root: &Path, changes: &Arc<Changes>) -> notify::Result<Self> {
        let (changes, of) = (Arc::clone(changes), root.to_owned());
        let told = move |event| changes.tell(&of, event);
        // What links lead to is looked at from time to time: a link may lead to all that there is.
        let config = Config::default().with_follow_symlinks(false);
        let mut watcher = RecommendedWatcher::new(told, config)?;
        watcher.watch(root, RecursiveMode::Recursive)?;
        Ok(Self { _watcher: watcher })
    }
}

/// Not what reading causes, nor what is hidden, nor notes, nor that an unfinished download has grown.
fn matters(kind: EventKind, path: &Path, root: &Path) -> bool {
    let inside = path.strip_prefix(root).unwrap_or(path);
    if inside.iter().any(|name| name.as_encoded_bytes().starts_with(b".")) {
        return false;
    }
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    match kind {
        _ if extension == "md" => false,
        EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
        EventKind::Modify(ModifyKind::Data(DataChange::Any | DataChange::Content | DataChange::Size)) => {
            extension != "part" && extension != "ytdl"
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_and_notes_and_growing_downloads_change_nothing() {
        let root = Path::new("/talks");
        let modified = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let created = EventKind::Create(notify::event::CreateKind::Any);
        let matters = |kind, path: &str| matters(kind, Path::new(path), root);
        assert!(matters(created, "/talks/a/1.xml"));
        assert!(matters(created, "/talks/a/x.mp4.part"));
        assert!(matters(modified, "/talks/a/x.mp4"));
        assert!(matters(EventKind::Access(AccessKind::Close(AccessMode::Write)), "/talks/a/x.mp4"));
        assert!(!matters(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/talks/a/x.mp4"));
        assert!(!matters(modified, "/talks/a/x.mp4.part"));
        assert!(!matters(created, "/talks/a/note.md"));
        assert!(!matters(created, "/talks/.hidden/1.xml"));
        assert!(super::matters(created, Path::new("/.talks/a/1.xml"), Path::new("/.talks")));
    }

    #[test]
    fn too_many_changes_become_one() {
        let (changes, nudges) = Changes::new();
        let root = Path::new("/talks");
        for number in 0..=MAX_PATHS {
            let event = Event::new(EventKind::Any).add_path(root.join(number.to_string()));
            changes.tell(root, Ok(event));
        }
        assert_eq!(nudges.len(), 1);
        let changed = changes.take();
        assert_eq!((changed.paths.len(), changed.all.len()), (MAX_PATHS, 1));
        assert_eq!(changes.take(), Changed::default());
        changes.tell(root, Err(notify::Error::generic("lost")));
        assert!(changes.take().all.contains(root));
    }
}

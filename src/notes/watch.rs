//! Being told when something in a folder changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::desk::Desk;
use super::disk::TEMPORARY;

/// A folder that is watched as long as this lives.
pub(super) struct Watch {
    pub folder: PathBuf,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// `None` where the system does not watch it; it has to be looked at from time to time then.
    pub(super) fn start(folder: &Path, desk: &Arc<Desk>) -> Option<Self> {
        let desk = Arc::clone(desk);
        let told = move |event: notify::Result<Event>| {
            if event.map_or(true, |event| matters(&event)) {
                desk.touch();
            }
        };
        let mut watcher = notify::recommended_watcher(told).ok()?;
        watcher.watch(folder, RecursiveMode::Recursive).ok()?;
        Some(Self { folder: folder.to_owned(), _watcher: watcher })
    }
}

/// Not what reading causes, nor our own files on their way.
fn matters(event: &Event) -> bool {
    let kind = match event.kind {
        EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
        _ => true,
    };
    let temporary = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(TEMPORARY));
    kind && (event.paths.is_empty() || !event.paths.iter().all(temporary))
}

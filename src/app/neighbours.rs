//! The talks that may be wanted next are open before they are: their first slide decoded, their first sound made.
//! Main thread.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::App;
use crate::slides::SlideKey;
use crate::talk::Talk;
use crate::time::MediaTime;

/// Talks opened ahead, and those that are being opened.
#[derive(Default)]
pub(super) struct Neighbours {
    /// The likeliest first.
    wanted: Vec<PathBuf>,
    open: HashMap<PathBuf, Arc<Talk>>,
    asked: Vec<PathBuf>,
}

impl Neighbours {
    /// The talk that lies here, if it is open.
    pub(super) fn get(&self, path: &Path) -> Option<&Arc<Talk>> {
        self.open.get(path)
    }

    /// Takes in a talk that was asked for; `None`: it cannot be opened.
    pub(super) fn put(&mut self, asked: &Path, path: PathBuf, talk: Option<Arc<Talk>>) {
        self.asked.retain(|other| other != asked);
        if let Some(talk) = talk.filter(|_| self.wanted.contains(&path) || self.wanted.iter().any(|w| w == asked)) {
            self.open.insert(path, talk);
        }
    }
}

impl App {
    /// Opens the talks around this one before they are wanted: the next, the next unseen, the one before.
    pub(super) fn look_around(&mut self) {
        let at = self.queue.index();
        let before = at.and_then(|at| self.queue.paths().get(at.checked_sub(1)?)).cloned();
        let unseen = self.unseen_after().and_then(|at| self.queue.paths().get(at)).cloned();
        let next = self.queue.next().map(Path::to_owned);
        let mut wanted: Vec<PathBuf> = Vec::new();
        for path in [next, unseen, before].into_iter().flatten() {
            if !wanted.contains(&path) {
                wanted.push(path);
            }
        }
        let neighbours = &mut self.neighbours;
        neighbours.open.retain(|path, _| wanted.contains(path));
        for path in &wanted {
            let known = neighbours.open.contains_key(path) || neighbours.asked.contains(path);
            if !known && self.opener.ask(path) {
                neighbours.asked.push(path.clone());
            }
        }
        neighbours.wanted = wanted;
        self.warm_neighbours();
    }

    /// Makes the first sound of the talks around this one.
    pub(super) fn warm_neighbours(&mut self) {
        let next: Vec<(Arc<Talk>, MediaTime)> =
            self.neighbour_talks().map(|talk| (Arc::clone(talk), self.resume_at(talk))).collect();
        self.player.warm(next.iter().map(|(talk, at)| (&**talk, *at)));
    }

    fn neighbour_talks(&self) -> impl Iterator<Item = &Arc<Talk>> {
        self.neighbours.wanted.iter().filter_map(|path| self.neighbours.open.get(path))
    }

    /// The slides with which the talks around this one begin.
    pub(super) fn neighbour_slides(&self) -> Vec<SlideKey> {
        let first = |talk: &Arc<Talk>| {
            let slide = talk.slides.slide_at(self.resume_at(talk))?;
            self.key(talk, slide)
        };
        self.neighbour_talks().filter_map(first).collect()
    }

    /// Where a talk goes on: where it was left, unless it was hardly begun or is over.
    pub(super) fn resume_at(&self, talk: &Talk) -> MediaTime {
        const BEGUN: MediaTime = MediaTime::from_secs(5);
        const OVER: f64 = 0.95;
        let Some(record) = self.work.library.get(&talk.key()).filter(|_| self.settings.resume) else {
            return MediaTime::ZERO;
        };
        let at = record.progress.position;
        let over = at.secs_f64() >= OVER * talk.duration().secs_f64();
        let last = record.progress.done && talk.slides.len() > 1 && at >= talk.last_slide_start();
        if at < BEGUN || over || last { MediaTime::ZERO } else { at }
    }
}

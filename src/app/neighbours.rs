//! The talks that may be wanted next are open before they are: their first slide decoded, their first sound made. And
//! those whose slides are seen somewhere without being open. Main thread.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::App;
use crate::notes::Verdict;
use crate::slides::SlideKey;
use crate::talk::Talk;
use crate::time::MediaTime;

/// Talks opened ahead, and those that are being opened.
#[derive(Default)]
pub(super) struct Neighbours {
    /// The one after the open one.
    next: Option<PathBuf>,
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

    /// Those that are open.
    pub(super) fn talks(&self) -> impl Iterator<Item = &Arc<Talk>> {
        self.wanted.iter().filter_map(|path| self.open.get(path))
    }

    /// Whether this talk is being opened.
    pub(super) fn asks(&self, path: &Path) -> bool {
        self.asked.iter().any(|asked| asked == path)
    }

    /// Takes in a talk that was asked for; `None`: it cannot be opened.
    pub(super) fn put(&mut self, asked: &Path, path: PathBuf, talk: Option<Arc<Talk>>) {
        self.asked.retain(|other| other != asked);
        if let Some(talk) = talk.filter(|_| self.wanted.contains(&path) || self.wanted.iter().any(|w| w == asked)) {
            self.open.insert(path, talk);
        }
    }
}

/// Talks that are looked into at once.
const LOOKING: usize = 4;
/// Talks that were looked into and are kept; more than are ever seen at once.
const KEPT: usize = 32;

/// Talks whose slides are seen though they are not open.
#[derive(Default)]
pub(super) struct Peeks {
    /// Those seen last come last; `None`: it cannot be opened.
    known: Vec<(PathBuf, Option<Arc<Talk>>)>,
    asked: Vec<PathBuf>,
}

impl Peeks {
    /// Takes in a talk that was asked for; false if it was not.
    pub(super) fn put(&mut self, asked: &Path, talk: Option<&Arc<Talk>>) -> bool {
        let Some(at) = self.asked.iter().position(|other| other == asked) else { return false };
        let path = self.asked.swap_remove(at);
        self.known.retain(|(known, _)| *known != path);
        self.known.push((path, talk.cloned()));
        let old = self.known.len().saturating_sub(KEPT);
        self.known.drain(..old);
        true
    }

    fn get(&self, path: &Path) -> Option<&Arc<Talk>> {
        self.known.iter().find(|(known, _)| known == path)?.1.as_ref()
    }
}

impl App {
    /// Says of which talks slides are seen, in every frame: those that are not open are looked into, a few at a time.
    pub fn want_peeks(&mut self, paths: Vec<PathBuf>) {
        for path in paths {
            if let Some(at) = self.peeks.known.iter().position(|(known, _)| *known == path) {
                // Those that are seen are forgotten last.
                let known = self.peeks.known.remove(at);
                self.peeks.known.push(known);
            } else if self.peek(&path).is_none()
                && !self.peeks.asked.contains(&path)
                && self.peeks.asked.len() < LOOKING
                && self.opener.ask(&path)
            {
                self.peeks.asked.push(path);
            }
        }
    }

    /// A talk that was looked into, or is open anyway.
    pub fn peek(&self, path: &Path) -> Option<&Arc<Talk>> {
        let open = self.player.talk().filter(|talk| talk.source == path);
        open.or_else(|| self.neighbours.get(path)).or_else(|| self.peeks.get(path))
    }

    /// Opens the talks around this one before they are wanted: the next, the next unseen, the one before.
    pub(super) fn look_around(&mut self) {
        let at = self.queue.index();
        let before = at.and_then(|at| self.queue.paths().get(at.checked_sub(1)?)).cloned();
        let unseen = self.unseen_after().and_then(|at| self.queue.paths().get(at)).cloned();
        let next = self.next_in_queue().and_then(|at| self.queue.paths().get(at)).cloned();
        self.neighbours.next.clone_from(&next);
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
        self.want_profiles();
    }

    /// The place in the queue of the talk after this one. Those that were dropped are passed over, unless there are no
    /// others.
    pub(super) fn next_in_queue(&self) -> Option<usize> {
        let (at, paths) = (self.queue.index()?, self.queue.paths());
        let dropped = |path: &PathBuf| {
            let judged = self.work.library.at(path).is_some_and(|record| record.verdict == Some(Verdict::Drop));
            judged || self.is_out_of_reach(path)
        };
        let others = (0..paths.len()).filter(|other| *other != at);
        if others.clone().all(|other| dropped(&paths[other])) {
            return Some(at + 1).filter(|next| *next < paths.len());
        }
        (at + 1..paths.len()).find(|next| !dropped(&paths[*next]))
    }

    /// Whether what lies here is known to be broken, or not to be there.
    pub(super) fn is_out_of_reach(&self, path: &Path) -> bool {
        let row = self.work.library.catalogue().at(path);
        row.is_some_and(|row| row.away || row.entry.broken.is_some())
    }

    /// Where the talk after this one lies.
    pub(super) fn next_path(&self) -> Option<&Path> {
        self.neighbours.next.as_deref()
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

    /// Where a talk goes on: where it was left or a little earlier, unless it was hardly begun or is over.
    pub(super) fn resume_at(&self, talk: &Talk) -> MediaTime {
        const BEGUN: MediaTime = MediaTime::from_secs(5);
        let Some(record) = self.work.library.get(&talk.key()).filter(|_| self.settings.resume) else {
            return MediaTime::ZERO;
        };
        let at = record.progress.position;
        let over = at.secs_f64() >= super::judging::DONE * talk.duration().secs_f64();
        let last = record.progress.done && talk.slides.len() > 1 && at >= talk.last_slide_start();
        if at < BEGUN || over || last { MediaTime::ZERO } else { self.back_from(talk, at) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rig, TalkBuilder};

    #[test]
    fn a_talk_is_looked_into_without_being_opened() {
        let folder = tempfile::tempdir().unwrap();
        let talk = |name: &str| TalkBuilder::new("38900077", name).slides([0, 5_000]).write(folder.path());
        let (one, two, nothing) = (talk("one"), talk("two"), folder.path().join("nothing"));
        std::fs::create_dir(&nothing).unwrap();
        let mut rig = Rig::open(&[&one]);
        let (queue, openings) = (rig.app.queue().paths().to_vec(), rig.app.openings());
        for _ in 0..2 {
            rig.app.want_peeks(vec![one.clone(), two.clone(), nothing.clone()]);
            rig.settle();
        }
        assert_eq!(rig.app.peek(&two).map(|talk| talk.slides.len()), Some(2));
        assert!(rig.app.peek(&one).is_some() && rig.app.peek(&nothing).is_none());
        assert_eq!((rig.app.queue().paths(), rig.app.openings()), (&queue[..], openings));
        assert!(rig.app.library().roots().is_empty(), "a folder that was looked into became one of talks");
        assert_eq!(rig.app.peeks.known.len(), 2, "what is open is not opened twice");
    }

    #[test]
    fn those_seen_longest_ago_are_forgotten() {
        let mut peeks = Peeks::default();
        for number in 0..KEPT + 5 {
            let path = PathBuf::from(number.to_string());
            peeks.asked.push(path.clone());
            assert!(peeks.put(&path, None));
        }
        assert!(!peeks.put(Path::new("0"), None));
        assert_eq!((peeks.known.len(), peeks.known[0].0.as_path()), (KEPT, Path::new("5")));
    }
}

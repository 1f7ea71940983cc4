//! The lines of the library in memory: what was found, and what the viewer has made of it. Main thread.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::entry::{Entry, Row, TalkState};
use super::words;
use crate::talk::TalkId;
use crate::talk::words::Words;

/// All lines, in no order.
#[derive(Default)]
pub struct Catalogue {
    rows: Vec<Row>,
    by_path: HashMap<PathBuf, usize>,
    by_id: HashMap<TalkId, Vec<usize>>,
    away: HashSet<PathBuf>,
    version: u64,
    /// The lines whose states have changed, one for each version since `log_from`; other changes begin it anew.
    log: Vec<usize>,
    log_from: u64,
}

/// Changes of states that are remembered one by one.
const LOGGED: usize = 1024;

impl Catalogue {
    /// All lines.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Another number whenever anything has changed.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The lines that are other than at an earlier version; `None`: any of them may be, or there are more or fewer.
    pub fn changed_since(&self, version: u64) -> Option<&[usize]> {
        let from = version.checked_sub(self.log_from).and_then(|from| usize::try_from(from).ok())?;
        self.log.get(from..)
    }

    fn changed(&mut self) {
        self.version += 1;
        self.log.clear();
        self.log_from = self.version;
    }

    fn changed_state(&mut self, at: usize) {
        if self.log.len() >= LOGGED {
            self.changed();
        } else {
            self.version += 1;
            self.log.push(at);
        }
    }

    /// The line of what lies here.
    pub fn at(&self, path: &Path) -> Option<&Row> {
        self.rows.get(*self.by_path.get(path)?)
    }

    /// The lines of a talk: one for each copy.
    pub fn of(&self, id: &TalkId) -> impl Iterator<Item = &Row> {
        self.by_id.get(id).into_iter().flatten().filter_map(|at| self.rows.get(*at))
    }

    /// Lists what was found, in the place of what was known of the same path.
    pub fn put(&mut self, entry: Entry, state: TalkState) {
        self.changed();
        let away = entry.root.as_ref().is_some_and(|root| self.away.contains(root));
        if let Some(at) = self.by_path.get(&entry.path).copied() {
            let row = &mut self.rows[at];
            row.away = away;
            row.state = state;
            let old = std::mem::replace(&mut row.entry, entry);
            if old.id != self.rows[at].entry.id {
                let id = self.rows[at].entry.id.clone();
                self.unlist(&old.id, at);
                self.by_id.entry(id).or_default().push(at);
            }
            return;
        }
        let at = self.rows.len();
        self.by_path.insert(entry.path.clone(), at);
        self.by_id.entry(entry.id.clone()).or_default().push(at);
        self.rows.push(Row { entry, state, away, copies: 0 });
    }

    /// Forgets what lay here.
    pub fn remove(&mut self, path: &Path) -> Option<Row> {
        let at = self.by_path.remove(path)?;
        self.changed();
        let id = self.rows[at].entry.id.clone();
        self.unlist(&id, at);
        let row = self.rows.swap_remove(at);
        if let Some(moved) = self.rows.get(at) {
            self.by_path.insert(moved.entry.path.clone(), at);
            let was = self.rows.len();
            let moved = self.by_id.entry(moved.entry.id.clone()).or_default();
            moved.iter_mut().filter(|place| **place == was).for_each(|place| *place = at);
        }
        Some(row)
    }

    fn unlist(&mut self, id: &TalkId, at: usize) {
        if let Some(places) = self.by_id.get_mut(id) {
            places.retain(|place| *place != at);
            if places.is_empty() {
                self.by_id.remove(id);
            }
        }
    }

    /// What the viewer has made of a talk has changed.
    pub fn set_state(&mut self, id: &TalkId, change: impl Fn(&mut TalkState)) {
        for at in self.by_id.get(id).cloned().unwrap_or_default() {
            if let Some(row) = self.rows.get_mut(at) {
                let before = row.state.clone();
                change(&mut row.state);
                if before != row.state {
                    self.changed_state(at);
                }
            }
        }
    }

    /// The viewer calls a talk otherwise.
    pub fn rename(&mut self, id: &TalkId, words: &Words) {
        for at in self.by_id.get(id).into_iter().flatten() {
            if let Some(row) = self.rows.get_mut(*at) {
                words::put(words, &mut row.entry);
            }
        }
        self.changed();
    }

    /// A root cannot be reached, or can be again.
    pub fn set_away(&mut self, root: &Path, away: bool) {
        let changed = if away { self.away.insert(root.to_owned()) } else { self.away.remove(root) };
        if changed || !away {
            self.changed();
            for row in self.rows.iter_mut().filter(|row| row.entry.root.as_deref() == Some(root)) {
                row.away = away;
            }
        }
    }

    /// A root was looked through: what has vanished from it goes, unless the viewer has made something of it that no other
    /// copy shows. Returns what has gone.
    pub fn vanish(&mut self, root: &Path, vanished: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        let of_root = |row: &&Row| row.entry.root.as_deref() == Some(root);
        let vanished: Vec<PathBuf> = self
            .rows
            .iter()
            .filter(of_root)
            .filter(|row| vanished(&row.entry.path))
            .map(|row| row.entry.path.clone())
            .collect();
        let mut gone = Vec::new();
        for path in vanished {
            let precious = self.at(&path).is_some_and(|row| {
                let elsewhere = self.of(&row.entry.id).any(|other| other.entry.path != path && !other.away);
                let state = &row.state;
                let touched =
                    state.verdict.is_some() || state.notes > 0 || state.progress != super::Progress::default();
                touched && !elsewhere
            });
            if precious {
                if let Some(row) = self.by_path.get(&path).and_then(|at| self.rows.get_mut(*at)) {
                    row.away = true;
                }
            } else if self.remove(&path).is_some() {
                gone.push(path);
            }
        }
        self.changed();
        gone
    }

    /// Says that what is listed has changed by other means.
    pub fn touch(&mut self) {
        self.changed();
    }

    /// Counts the copies of each talk, from groups of their numbers.
    pub fn set_copies(&mut self, groups: &[Vec<u32>]) {
        for row in &mut self.rows {
            row.copies = 0;
        }
        for group in groups {
            for at in group {
                if let Some(row) = usize::try_from(*at).ok().and_then(|at| self.rows.get_mut(at)) {
                    row.copies = group.len().saturating_sub(1);
                }
            }
        }
        self.changed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Progress;
    use crate::notes::Verdict;
    use crate::time::MediaTime;

    fn entry(path: &str, id: &str) -> Entry {
        Entry {
            path: path.into(),
            root: Some("/all".into()),
            id: TalkId(id.into()),
            fingerprint: id.into(),
            title: path.into(),
            authors: Vec::new(),
            link: None,
            about: String::new(),
            session: String::new(),
            length: None,
            slides: 1,
            picture: None,
            broken: None,
            stamp: 0,
        }
    }

    fn all(catalogue: &Catalogue) -> Vec<(String, String, bool)> {
        let mut rows: Vec<_> = catalogue
            .rows()
            .iter()
            .map(|row| (row.entry.path.display().to_string(), row.entry.id.0.clone(), row.away))
            .collect();
        rows.sort();
        for row in catalogue.rows() {
            assert_eq!(catalogue.at(&row.entry.path), Some(row));
            assert!(catalogue.of(&row.entry.id).any(|other| other == row));
        }
        rows
    }

    #[test]
    fn lines_come_change_and_go_and_are_found_all_the_while() {
        let mut catalogue = Catalogue::default();
        for (path, id) in [("/all/1", "a"), ("/all/2", "b"), ("/all/3", "a")] {
            catalogue.put(entry(path, id), TalkState::default());
        }
        let version = catalogue.version();
        catalogue.set_state(&TalkId("a".into()), |state| state.verdict = Some(Verdict::Keep));
        assert!(catalogue.version() > version && catalogue.of(&TalkId("a".into())).count() == 2);
        assert_eq!(catalogue.changed_since(version), Some(&[0, 2][..]));
        assert_eq!(catalogue.changed_since(catalogue.version()), Some(&[][..]));
        assert_eq!(catalogue.changed_since(version - 1), None, "there were fewer lines then");
        catalogue.put(entry("/all/1", "b"), TalkState::default());
        assert_eq!(catalogue.of(&TalkId("b".into())).count(), 2);
        catalogue.remove(Path::new("/all/1"));
        let row = |path: &str, id: &str, away| (path.to_owned(), id.to_owned(), away);
        assert_eq!(all(&catalogue), [row("/all/2", "b", false), row("/all/3", "a", false)]);
    }

    #[test]
    fn of_what_has_vanished_only_that_stays_of_which_something_was_made() {
        let mut catalogue = Catalogue::default();
        let seen = TalkState {
            progress: Progress { furthest: MediaTime::from_secs(9), ..Progress::default() },
            ..TalkState::default()
        };
        catalogue.put(entry("/all/1", "a"), TalkState::default());
        catalogue.put(entry("/all/2", "b"), seen.clone());
        catalogue.put(entry("/all/3", "c"), seen.clone());
        catalogue.put(entry("/all/3-moved", "c"), seen);
        assert_eq!(catalogue.vanish(Path::new("/all"), |path| path != "/all/3-moved").len(), 2);
        let row = |path: &str, id: &str, away| (path.to_owned(), id.to_owned(), away);
        assert_eq!(all(&catalogue), [row("/all/2", "b", true), row("/all/3-moved", "c", false)]);
        catalogue.set_away(Path::new("/all"), true);
        assert!(catalogue.rows().iter().all(|row| row.away));
    }
}

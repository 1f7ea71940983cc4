//! What the viewer does with the queue, and what of it is open again at the next start. Main thread.

use std::path::Path;

use super::view::Panel;
use super::{App, Restoring};
use crate::command::QueueCommand;

impl App {
    pub(super) fn run_queue(&mut self, command: &QueueCommand) {
        let before = self.queue.paths().to_vec();
        match command {
            QueueCommand::Toggle => {
                self.leave_text();
                self.view.toggle(Panel::Queue);
            }
            QueueCommand::Add => self.queue_chosen(false),
            QueueCommand::PlayNext => self.queue_chosen(true),
            QueueCommand::Move(from, to) => {
                let moved =
                    from.checked_sub(1).zip(to.checked_sub(1)).is_some_and(|(from, to)| self.queue.bring(from, to));
                if !moved {
                    self.feedback("There is no such entry in the queue");
                }
            }
            QueueCommand::Remove(number) => {
                let removed = number.checked_sub(1).is_some_and(|index| self.queue.remove(index));
                if !removed {
                    self.feedback("Only entries that are not open can be taken out");
                }
            }
            QueueCommand::Clear => {
                self.queue.refill(Vec::new());
                self.feedback("Nothing else is in the queue");
            }
            QueueCommand::Fill(which) => self.fill_queue(which),
        }
        self.remember_queue(before);
        self.entry = self.queue.index().map_or(0, |at| at + 1);
        self.look_around();
    }

    fn queue_chosen(&mut self, next: bool) {
        let Some(row) = self.chosen_row() else {
            self.feedback("No talk is chosen in the library");
            return;
        };
        let (path, title) = (row.entry.path.clone(), row.entry.title.clone());
        if self.queue.current().is_none() {
            self.append_paths(vec![path]);
        } else if next {
            self.queue.insert_next(path);
        } else if !self.queue.paths().contains(&path) {
            self.queue.append(vec![path]);
        }
        self.feedback(format!("{}: {title}", if next { "Next" } else { "Queued" }));
    }

    /// Opens what was open last, as soon as it is known; it waits for the viewer.
    pub(super) fn restore(&mut self) {
        let Some(Restoring { otherwise, paused }) = self.restoring.take_if(|_| self.work.library.loaded()) else {
            return;
        };
        let last = self.session.last().clone();
        match (last.talk, otherwise) {
            (Some(talk), _) => {
                let kept = self.work.library.kept_queue().to_vec();
                self.queue.replace(if kept.contains(&talk) { kept } else { vec![talk.clone()] });
                let at = self.queue.paths().iter().position(|path| *path == talk);
                self.queue.go(at.unwrap_or_default());
                self.view.library = last.library;
                // The exact spot, however near to the beginning or the end.
                let at = self.work.library.at(&talk).map(|record| record.progress.position);
                self.open_current(at.filter(|_| self.settings.resume), Some(true));
            }
            (None, Some(path)) => {
                self.queue.replace(vec![path]);
                self.open_current(None, paused);
            }
            (None, None) => {
                self.view.library = last.library;
                for command in std::mem::take(&mut self.waiting) {
                    self.run(command);
                }
            }
        }
    }

    /// The queue is there again at the next start.
    pub(super) fn keep_queue(&mut self) {
        let changed = self.queue_kept != self.queue.changes();
        if changed && self.work.library.loaded() && self.restoring.is_none() {
            self.queue_kept = self.queue.changes();
            self.work.library.set_queue(self.queue.paths());
        }
    }

    /// What another Plenary has handed over is opened and seen.
    pub fn open_handed(&mut self, paths: Vec<std::path::PathBuf>) {
        if !paths.is_empty() {
            (self.view.library, self.view.search, self.view.overview) = (false, None, None);
            self.open_paths(paths);
        }
    }

    /// The place in the queue of the talk that lies here.
    pub(super) fn place_in_queue(&self, path: &Path) -> Option<usize> {
        self.queue.paths().iter().position(|known| known == path)
    }
}

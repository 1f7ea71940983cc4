//! The library as the viewer sees it: which talks are listed, which one is chosen, and what is done with it. Main thread.

use std::path::{Path, PathBuf};

use super::App;
use super::notice::Severity;
use crate::command::{Command, LibraryCommand, Step};
use crate::library::Row;
use crate::library::shelf::{Counts, Filter, FinishLine, Seen, Shelf, Smart, Sort, copies};
use crate::notes::Verdict;
use crate::time::Rate;

/// What is listed, made anew when anything that it depends on has changed.
#[derive(Default)]
pub(super) struct Listing {
    shelf: Shelf,
    filter: Filter,
    sort: Sort,
    /// The texts of filter and order that were understood last.
    texts: (String, String),
    /// The state of the catalogue that it is made of.
    version: Option<u64>,
    listed: Vec<u32>,
    counts: Counts,
    /// Where in the list the chosen talk was last.
    at: usize,
    /// Counts the times that it was made.
    made: u64,
}

impl Listing {
    /// What is left to hear of these rows, which are those of the list.
    pub(super) fn left(&mut self, rows: &[Row], rate: Rate, trimming: f64) -> FinishLine {
        self.shelf.left(rows, rate, trimming)
    }
}

impl App {
    pub(super) fn run_library(&mut self, command: LibraryCommand) {
        match command {
            LibraryCommand::Toggle => self.toggle_library(),
            LibraryCommand::Move(step) => self.move_chosen(step),
            LibraryCommand::Choose(path) => self.choose(path),
            LibraryCommand::Open => self.open_chosen(None),
            LibraryCommand::Play(path) => self.play_here(&path, None),
            LibraryCommand::Sheet => self.open_chosen(Some(Command::ToggleOverview)),
            LibraryCommand::ToggleVerdict(verdict) => self.judge_chosen(verdict, false),
            LibraryCommand::VerdictNext(verdict) => self.judge_chosen(verdict, true),
            LibraryCommand::ToggleDone => self.toggle_chosen_done(),
            LibraryCommand::AskFilter => {
                self.show_library();
                self.view.shelf.asking = true;
            }
            LibraryCommand::Filter(text) => {
                self.view.shelf.filter = text;
                self.view.shelf.chosen = None;
                self.list();
                // What fits best is chosen, so that Enter plays it.
                self.view.shelf.chosen = self.listed_path(0);
            }
            LibraryCommand::Sort(text) => match text.parse::<Sort>() {
                Ok(_) => {
                    self.view.shelf.sort = text;
                    self.list();
                }
                Err(error) => self.feedback(error.to_string()),
            },
            LibraryCommand::ToggleCards => self.view.shelf.cards = !self.view.shelf.cards,
            LibraryCommand::AddDialog => self.actions.push(super::WindowAction::RootDialog),
            LibraryCommand::Add(path) => self.add_root(&path),
            LibraryCommand::Remove(path) => self.drop_root(&path),
            LibraryCommand::Scan => self.scan_again(),
            LibraryCommand::ScanStop => self.stop_scan(),
            LibraryCommand::ToggleMerged => self.toggle_merged(),
            LibraryCommand::FinishBy(text) => self.finish_by(&text),
            LibraryCommand::SlideText(on) => self.read_slides(on),
        }
    }

    fn toggle_library(&mut self) {
        if self.view.library && self.view.overview.is_none() && self.view.search.is_none() {
            self.view.library = false;
        } else {
            self.show_library();
        }
    }

    pub(super) fn show_library(&mut self) {
        self.leave_text();
        self.read_notes_again();
        self.view.library = true;
        self.view.overview = None;
        self.view.search = None;
        self.view.looking = None;
        self.list();
        if self.view.shelf.chosen.is_none() {
            self.choose_any();
        }
    }

    fn choose_any(&mut self) {
        let open = self.player.talk().map(|talk| talk.source.clone());
        let listed = open.filter(|path| self.listed_at(path).is_some());
        self.view.shelf.chosen = listed.or_else(|| self.listed_path(0));
    }

    /// Makes the list anew if anything has changed; cheap if not.
    pub(super) fn list(&mut self) {
        let (library, listing) = (&self.work.library, &mut self.listing);
        let texts = (&self.view.shelf.filter, &self.view.shelf.sort);
        let version = library.catalogue().version();
        let same_texts = (&listing.texts.0, &listing.texts.1) == texts;
        if same_texts && listing.version == Some(version) {
            return;
        }
        let rows = library.catalogue().rows();
        if listing.version != Some(version) {
            match listing.version.and_then(|known| library.catalogue().changed_since(known)) {
                Some(changed) => changed.iter().for_each(|at| listing.shelf.update(rows, *at)),
                None => {
                    listing.shelf.sync(rows);
                    listing.shelf.set_merged(rows, library.merged());
                }
            }
            listing.counts = listing.shelf.counts(rows);
            listing.version = Some(version);
        }
        if !same_texts {
            // What is half typed is looked for as it stands.
            listing.filter = texts.0.parse().unwrap_or_else(|_| Filter::of_text(texts.0));
            listing.sort = texts.1.parse().unwrap_or_default();
            listing.texts = (texts.0.clone(), texts.1.clone());
        }
        listing.listed = listing.shelf.arrange(rows, &listing.filter, listing.sort);
        listing.made += 1;
        self.follow_chosen();
    }

    /// Where the chosen talk is not listed any more, the one that came into its place is chosen; where none was chosen,
    /// the open one or the first.
    fn follow_chosen(&mut self) {
        let Some(chosen) = self.view.shelf.chosen.clone() else {
            self.choose_any();
            return;
        };
        match self.listed_at(&chosen) {
            Some(at) => self.listing.at = at,
            None => {
                let last = self.listing.listed.len().saturating_sub(1);
                self.view.shelf.chosen = self.listed_path(self.listing.at.min(last));
            }
        }
    }

    /// The lines that are listed, as numbers of rows of the catalogue.
    pub fn listed(&self) -> &[u32] {
        &self.listing.listed
    }

    /// Another number whenever the list was made anew.
    pub fn listing_number(&self) -> u64 {
        self.listing.made
    }

    /// A line of the list.
    pub fn listed_row(&self, at: usize) -> Option<&Row> {
        let row = usize::try_from(*self.listing.listed.get(at)?).ok()?;
        self.work.library.catalogue().rows().get(row)
    }

    fn listed_path(&self, at: usize) -> Option<PathBuf> {
        self.listed_row(at).map(|row| row.entry.path.clone())
    }

    /// The place in the list of what lies here.
    pub fn listed_at(&self, path: &Path) -> Option<usize> {
        let near = self.listed_row(self.listing.at).is_some_and(|row| row.entry.path == path);
        if near {
            return Some(self.listing.at);
        }
        (0..self.listing.listed.len()).find(|at| self.listed_row(*at).is_some_and(|row| row.entry.path == path))
    }

    /// The place in the list of the chosen talk.
    pub fn chosen_at(&self) -> Option<usize> {
        self.listed_at(self.view.shelf.chosen.as_deref()?)
    }

    /// How many talks there are of each kind.
    pub fn counts(&self) -> &Counts {
        &self.listing.counts
    }

    /// Which talks are listed.
    pub fn filter(&self) -> &Filter {
        &self.listing.filter
    }

    /// In which order.
    pub fn sort(&self) -> Sort {
        self.listing.sort
    }

    /// Which characters of a title, counted from 0, are what was typed.
    pub fn lit(&mut self, at: usize) -> Vec<u32> {
        let text = self.listing.filter.text.clone();
        let row = self.listing.listed.get(at).and_then(|row| usize::try_from(*row).ok());
        let row = row.and_then(|row| self.work.library.catalogue().rows().get(row));
        match row.filter(|_| !text.is_empty()) {
            Some(row) => self.listing.shelf.lit(row, &text),
            None => Vec::new(),
        }
    }

    /// The talk that is chosen in the library.
    pub fn chosen_row(&self) -> Option<&Row> {
        self.work.library.catalogue().at(self.view.shelf.chosen.as_deref()?)
    }

    fn choose(&mut self, path: PathBuf) {
        self.listing.at = self.listed_at(&path).unwrap_or(self.listing.at);
        self.view.shelf.chosen = Some(path);
    }

    fn move_chosen(&mut self, step: Step) {
        let Some(last) = self.listing.listed.len().checked_sub(1) else { return };
        let Some(at) = self.chosen_at() else {
            let first = self.listed_path(0);
            first.into_iter().for_each(|path| self.choose(path));
            return;
        };
        let columns = self.view.shelf.columns.max(1);
        let page = columns * self.view.shelf.rows.max(1);
        let to = match step {
            Step::Left => at.saturating_sub(1),
            Step::Right => at + 1,
            Step::Up => at.checked_sub(columns).unwrap_or(at),
            Step::Down if at + columns <= last => at + columns,
            Step::Down if at / columns < last / columns => last,
            Step::Down => at,
            Step::PageUp => at.checked_sub(page).unwrap_or(at % columns),
            Step::PageDown => at + page,
            Step::First => 0,
            Step::Last => last,
        };
        if let Some(path) = self.listed_path(to.min(last)) {
            self.choose(path);
        }
    }

    /// Says how many talks the window shows beside each other, and how many rows of them at once.
    pub fn set_shelf_grid(&mut self, columns: usize, rows: usize) {
        (self.view.shelf.columns, self.view.shelf.rows) = (columns, rows);
    }

    /// Opens the chosen talk; all that can be opened of what is listed is the queue. With a command to run then, it waits.
    fn open_chosen(&mut self, then: Option<Command>) {
        let Some(row) = self.chosen_row() else {
            self.feedback("No talk is chosen");
            return;
        };
        if let Some(why) = &row.entry.broken {
            let why = why.clone();
            self.tell(Severity::Warning, why);
            return;
        }
        if row.away {
            self.feedback("Its folder is not there now");
            return;
        }
        let path = row.entry.path.clone();
        let open = self.player.talk().is_some_and(|talk| talk.source == path);
        let rows = self.work.library.catalogue().rows();
        let playable = |at: &u32| {
            let row = usize::try_from(*at).ok().and_then(|at| rows.get(at))?;
            (row.entry.broken.is_none() && !row.away).then(|| row.entry.path.clone())
        };
        let queue: Vec<PathBuf> = self.listing.listed.iter().filter_map(playable).collect();
        let before = self.queue.paths().to_vec();
        self.queue.replace(if queue.contains(&path) { queue } else { vec![path.clone()] });
        self.queue.go(self.place_in_queue(&path).unwrap_or_default());
        self.remember_queue(before);
        self.entry = self.queue.index().map_or(0, |at| at + 1);
        let sheet = then.is_some();
        self.view.search = None;
        self.view.overview = None;
        if sheet {
            self.view.words = true;
        } else {
            self.view.library = false;
        }
        if open {
            self.view.looking = None;
            self.look_around();
        } else {
            self.open_current(None, sheet.then_some(true));
        }
        match then {
            Some(command) => self.run_when_open(command),
            None if open => self.resume(),
            None => {}
        }
    }

    /// The slides and words of a talk of the list; nothing is heard.
    pub(super) fn read_next_sheet(&mut self, path: PathBuf) {
        let place = self.place_in_queue(&path).unwrap_or_else(|| {
            self.queue.insert_next(path.clone());
            self.place_in_queue(&path).unwrap_or_default()
        });
        self.queue.go(place);
        self.choose(path);
        self.open_current(None, Some(true));
        self.run_when_open(Command::ToggleOverview);
    }

    /// Takes back a part of what is listed: what was typed, then the rest. False if all talks are listed, or none are seen.
    pub(super) fn dismiss_filter(&mut self) -> bool {
        let shown = self.view.library && self.view.overview.is_none() && self.view.search.is_none();
        if !shown || self.view.finder || self.view.asking || self.view.panel.is_some() {
            return false;
        }
        if self.view.shelf.asking && !self.listing.listed.is_empty() {
            return false;
        }
        self.view.shelf.asking = false;
        if self.view.shelf.filter.is_empty() {
            return false;
        }
        let mut filter = self.listing.filter.clone();
        if filter.text.is_empty() {
            filter = Filter::default();
        } else {
            filter.text.clear();
        }
        self.view.shelf.filter = if filter.is_all() { String::new() } else { filter.to_string() };
        self.list();
        true
    }

    fn judge_chosen(&mut self, verdict: Verdict, next: bool) {
        let Some(row) = self.chosen_row().cloned() else {
            self.feedback("No talk is chosen");
            return;
        };
        let wanted = (next || row.state.verdict != Some(verdict)).then_some(verdict);
        let after = next.then(|| self.unseen_below()).flatten();
        self.judge_row(&row, wanted);
        if next {
            match after {
                Some(path) => self.view.shelf.chosen = Some(path),
                None => self.feedback("No unseen talk is left in this list"),
            }
        }
        self.list();
    }

    /// The next unseen talk of the list after the chosen one; after the last one the search begins anew.
    pub(super) fn unseen_below(&self) -> Option<PathBuf> {
        let (count, at) = (self.listing.listed.len(), self.chosen_at().unwrap_or_default());
        let unseen = |at: &usize| {
            self.listed_row(*at).is_some_and(|row| {
                row.entry.broken.is_none() && row.state.verdict.is_none() && Seen::of(row) == Seen::Unseen
            })
        };
        (at + 1..count).chain(0..at).find(unseen).and_then(|at| self.listed_path(at))
    }

    fn toggle_chosen_done(&mut self) {
        let Some(entry) = self.chosen_row().filter(|row| row.entry.broken.is_none()).map(|row| row.entry.clone())
        else {
            self.feedback("No talk is chosen");
            return;
        };
        self.work.library.meet_entry(&entry);
        let done = self.toggle_done_of(&entry.id);
        self.feedback(format!("{}: {}", if done { "Done" } else { "Not done" }, entry.title));
    }

    fn add_root(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if self.work.library.add_root(&path) {
            self.show_library();
        } else {
            self.feedback("These talks are in the library already");
        }
    }

    /// Lists copies of the chosen talk as one, or singly again.
    fn toggle_merged(&mut self) {
        let Some(path) = self.chosen_row().map(|row| row.entry.path.clone()) else {
            self.feedback("No talk is chosen");
            return;
        };
        let apart = self.work.library.unmerge(&path);
        if apart > 0 {
            self.feedback("The copies are listed singly");
        } else {
            let rows = self.work.library.catalogue().rows();
            let at = rows.iter().position(|row| row.entry.path == path).and_then(|at| u32::try_from(at).ok());
            let group = copies(rows).into_iter().find(|group| at.is_some_and(|at| group.contains(&at)));
            let others: Vec<PathBuf> = group
                .into_iter()
                .flatten()
                .filter_map(|at| usize::try_from(at).ok().and_then(|at| rows.get(at)))
                .map(|row| row.entry.path.clone())
                .filter(|other| *other != path)
                .collect();
            if others.is_empty() {
                self.feedback("There is no other copy of this talk");
            } else {
                self.work.library.merge(&path, &others);
                self.feedback(match others.len() {
                    1 => "One copy is listed for both".to_owned(),
                    more => format!("One copy is listed for all {}", more + 1),
                });
            }
        }
        self.count_copies();
        self.list();
    }

    pub(super) fn count_copies(&mut self) {
        let groups: Vec<Vec<u32>> =
            copies(self.work.library.catalogue().rows()).into_iter().filter(|group| group.len() > 1).collect();
        self.work.library.set_copies(&groups);
    }

    pub(super) fn fill_queue(&mut self, which: &str) {
        let smart = match which.parse::<Smart>() {
            Ok(smart) => smart,
            Err(error) => {
                self.feedback(error.to_string());
                return;
            }
        };
        self.list();
        let paths = self.listing.shelf.queue(self.work.library.catalogue().rows(), &smart);
        let count = paths.len();
        self.queue.refill(paths);
        self.feedback(match count {
            0 => "There are no such talks".to_owned(),
            1 => "1 talk is in the queue".to_owned(),
            more => format!("{more} talks are in the queue"),
        });
    }
}

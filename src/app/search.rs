//! The search over the texts of all talks, and playing from what was found. Main thread.

use std::path::{Path, PathBuf};

use super::App;
use super::view::SearchView;
use crate::command::{SearchCommand, Step};
use crate::library::PassageKind;
use crate::library::search::{Answer, Hit, Limits, Results, Searcher, fold};
use crate::talk::{Talk, TalkId};
use crate::time::MediaTime;

/// So long before the place that was found it is played from.
const LEAD: MediaTime = MediaTime::from_secs(3);

/// What was asked and what was found.
#[derive(Default)]
pub(super) struct Search {
    searcher: Option<Searcher>,
    /// The words, the talk they are looked for in, and the number of the question.
    asked: Option<(String, Option<TalkId>, u64)>,
    found: Results,
    /// The question that `found` answers.
    answered: u64,
    failed: Option<String>,
    /// What was found in a talk that is being opened.
    going: Option<Hit>,
    /// What was searched for last.
    last: String,
}

impl Search {
    /// With these texts, and the store whose verdicts are asked for.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub(super) fn start(texts: PathBuf, store: PathBuf, waker: crate::Waker) -> std::io::Result<Self> {
        Ok(Self { searcher: Some(Searcher::start(texts, store, waker)?), ..Self::default() })
    }
}

/// When the words of a hit are said: at the cue of the passage in which they begin.
fn moment_of(talk: &Talk, hit: &Hit) -> Option<MediaTime> {
    const PASSAGE: MediaTime = MediaTime::from_secs(20);
    let start = hit.start?;
    if hit.kind != PassageKind::Speech {
        return Some(start);
    }
    let words = hit.lit.first().and_then(|lit| hit.text.get(lit.clone()))?;
    let word = fold(words.split_whitespace().next()?);
    let mut cues = talk.transcript.cues().iter().filter(|cue| cue.start >= start && cue.start < start + PASSAGE);
    Some(cues.find(|cue| fold(&cue.text).contains(&word)).map_or(start, |cue| cue.start))
}

impl App {
    pub(super) fn run_search(&mut self, command: SearchCommand) {
        match command {
            SearchCommand::All => self.open_search(false),
            SearchCommand::Here if self.player.talk().is_none() => self.open_search(false),
            SearchCommand::Here => self.open_search(true),
            SearchCommand::For(text) => {
                if self.view.search.is_none() {
                    self.open_search(false);
                }
                if let Some(search) = &mut self.view.search {
                    search.text = text;
                    search.chosen = 0;
                }
                self.ask_search();
            }
            SearchCommand::Move(step) => self.move_found(step),
            SearchCommand::Go => self.go_to_found(),
            SearchCommand::NextHit => self.step_hit(1),
            SearchCommand::PreviousHit => self.step_hit(-1),
        }
    }

    fn open_search(&mut self, here: bool) {
        self.leave_text();
        self.read_notes_again();
        self.view.finder = false;
        self.view.asking = false;
        let text = match &self.view.search {
            Some(search) => search.text.clone(),
            None => self.work.search.last.clone(),
        };
        self.view.search = Some(SearchView { here, text, chosen: 0 });
        self.ask_search();
    }

    fn ask_search(&mut self) {
        let Some(view) = &self.view.search else { return };
        let within = if view.here { self.player.talk().map(|talk| talk.key()) } else { None };
        if view.here {
            self.hits.seek(&view.text);
        }
        let search = &mut self.work.search;
        search.last.clone_from(&view.text);
        let limits = if view.here { Limits { per_talk: 200, ..Limits::default() } } else { Limits::default() };
        if let Some(searcher) = &mut search.searcher {
            let number = searcher.ask(&view.text, within.clone(), limits);
            search.asked = Some((view.text.clone(), within, number));
        }
    }

    pub(super) fn poll_search(&mut self) {
        let search = &mut self.work.search;
        while let Some(Answer { number, found }) = search.searcher.as_mut().and_then(Searcher::poll) {
            if search.asked.as_ref().is_none_or(|(_, _, asked)| *asked != number) {
                continue;
            }
            search.answered = number;
            match found {
                Ok(found) => (search.found, search.failed) = (found, None),
                Err(why) => search.failed = Some(why),
            }
            if let Some(view) = &mut self.view.search {
                view.chosen = view.chosen.min(search.found.hits.len().saturating_sub(1));
            }
        }
    }

    /// What was found last.
    pub fn found(&self) -> &Results {
        &self.work.search.found
    }

    /// Whether what was found answers what is asked.
    pub fn search_settled(&self) -> bool {
        self.work.search.asked.as_ref().is_none_or(|(_, _, number)| *number == self.work.search.answered)
    }

    /// Why nothing can be found.
    pub fn search_failure(&self) -> Option<&str> {
        self.work.search.failed.as_deref()
    }

    fn move_found(&mut self, step: Step) {
        let count = self.work.search.found.hits.len();
        let Some(view) = &mut self.view.search else { return };
        let Some(last) = count.checked_sub(1) else { return };
        view.chosen = match step {
            Step::Left | Step::Up => view.chosen.saturating_sub(1),
            Step::Right | Step::Down => (view.chosen + 1).min(last),
            Step::PageUp => view.chosen.saturating_sub(6),
            Step::PageDown => (view.chosen + 6).min(last),
            Step::First => 0,
            Step::Last => last,
        };
    }

    /// Chooses one of what was found, counted from 0.
    pub fn choose_found(&mut self, at: usize) {
        if let Some(view) = &mut self.view.search {
            view.chosen = at;
        }
    }

    /// Where a talk lies that is known by its id: the open one, else a copy that is there.
    pub fn path_of(&self, id: &TalkId) -> Option<PathBuf> {
        if let Some(talk) = self.player.talk().filter(|talk| talk.key() == *id) {
            return Some(talk.source.clone());
        }
        let catalogue = self.work.library.catalogue();
        let copy = catalogue.of(id).find(|row| !row.away && row.entry.broken.is_none());
        let copy = copy.map(|row| row.entry.path.clone());
        copy.or_else(|| Some(self.work.library.get(id)?.path.clone()).filter(|path| !path.as_os_str().is_empty()))
    }

    fn go_to_found(&mut self) {
        let Some(view) = self.view.search.clone() else { return };
        let Some(hit) = self.work.search.found.hits.get(view.chosen).cloned() else {
            self.feedback("Nothing was found");
            return;
        };
        self.hits.seek(&view.text);
        self.go_to_hit(&hit);
    }

    fn go_to_hit(&mut self, hit: &Hit) {
        let Some(path) = self.path_of(&hit.talk) else {
            self.feedback("It is not known where this talk lies");
            return;
        };
        self.view.search = None;
        self.view.library = false;
        self.view.overview = None;
        self.view.looking = None;
        if self.player.talk().is_some_and(|talk| talk.key() == hit.talk) {
            if let Some(at) = self.player.talk().and_then(|talk| moment_of(talk, hit)) {
                self.player.seek((at - LEAD).max_zero());
            }
            self.resume();
            return;
        }
        // Where in a passage the words are is known when its talk is open.
        self.play_here(&path, Some(hit.clone()));
    }

    /// Plays a talk, from a place that was found; the queue stays, with it after the one that played.
    pub(super) fn play_here(&mut self, path: &Path, found: Option<Hit>) {
        (self.view.library, self.view.search, self.view.overview, self.view.looking) = (false, None, None, None);
        if self.player.talk().is_some_and(|talk| talk.source == *path) {
            self.resume();
            return;
        }
        let before = self.queue.paths().to_vec();
        let place = self.place_in_queue(path).unwrap_or_else(|| {
            self.queue.insert_next(path.to_owned());
            self.place_in_queue(path).unwrap_or_default()
        });
        self.queue.go(place);
        self.remember_queue(before);
        self.work.search.going = found;
        self.open_current(None, Some(false));
    }

    /// Where the talk that is being opened is to be played from, if it was found.
    pub(super) fn take_going(&mut self, talk: &Talk) -> Option<MediaTime> {
        let hit = self.work.search.going.take()?;
        moment_of(talk, &hit).filter(|_| hit.talk == talk.key()).map(|at| (at - LEAD).max_zero())
    }
}

//! Commands and talks by a few letters of their names. Pure: whoever shows them says what is typed.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::path::PathBuf;

use super::App;
use crate::audio::Choice;
use crate::command::table::{self, Argument, Needs};
use crate::command::{Command, LibraryCommand, ListenCommand, QueueCommand, SearchCommand, SoundCommand};
use crate::library::Row;
use crate::library::shelf::{Fuzzy, Needle};

/// Most that is found.
const MOST: usize = 60;
/// So many talks are looked at in a frame.
const AT_ONCE: usize = 4000;
/// As many are kept of what was chosen last.
const RECENT: usize = 8;
/// So many authors of a talk are looked at.
const AUTHORS: usize = 7;

/// A command that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// The command.
    pub command: Command,
    /// What it does.
    pub label: String,
    /// The part of the key list in which it stands.
    pub section: &'static str,
    /// The simplest key that asks for it, as it is shown.
    pub key: Option<String>,
}

/// Something that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// One of the actions.
    Action(usize),
    /// A row of the catalogue.
    Talk(usize),
}

/// Something that was chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// A command.
    Command(Command),
    /// The talk that lies here.
    Talk(PathBuf),
}

/// Points, and how long the name is.
type Fit = (u32, Reverse<usize>);

/// Finds, and knows what was chosen last.
#[derive(Default)]
pub struct Finder {
    fuzzy: Fuzzy,
    needle: Needle,
    /// The best so far.
    best: Vec<(Fit, Found)>,
    /// The row that is looked at next.
    next: usize,
    /// The latest first.
    recent: Vec<Chosen>,
}

impl Finder {
    /// What fits what was typed, the best first; without a text what was chosen last, then all actions. Of many talks only
    /// the first are looked at: see [`Self::go_on`].
    pub fn find(&mut self, text: &str, actions: &[Action], rows: &[Row]) -> Vec<Found> {
        self.needle = Needle::new(text);
        self.best.clear();
        if self.needle.is_empty() {
            self.next = rows.len();
            return self.unasked(actions, rows);
        }
        self.next = 0;
        for (at, action) in actions.iter().enumerate() {
            let points = self.fuzzy.score_of(&self.needle, &[(&action.label, 10), (action.section, 8)]);
            self.keep(points, &action.label, Found::Action(at));
        }
        self.go_on(rows)
    }

    /// Whether there are talks that were not looked at.
    pub fn unfinished(&self, rows: &[Row]) -> bool {
        self.next < rows.len()
    }

    /// Looks at more talks, as many as a frame has time for; what fits of all that were looked at, the best first.
    pub fn go_on(&mut self, rows: &[Row]) -> Vec<Found> {
        let end = (self.next + AT_ONCE).min(rows.len());
        for (at, row) in rows.iter().enumerate().take(end).skip(self.next) {
            if row.entry.broken.is_some() {
                continue;
            }
            let mut names = [("", 0); AUTHORS + 1];
            names[0] = (row.entry.title.as_str(), 10);
            for (name, author) in names[1..].iter_mut().zip(&row.entry.authors) {
                *name = (author, 9);
            }
            let points = self.fuzzy.score_of(&self.needle, &names);
            self.keep(points, &row.entry.title, Found::Talk(at));
        }
        self.next = end;
        let order = |a: &(Fit, Found), b: &(Fit, Found)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
        if self.best.len() > MOST {
            self.best.select_nth_unstable_by(MOST, order);
            self.best.truncate(MOST);
        }
        self.best.sort_unstable_by(order);
        // Of copies of one talk the one that fits best.
        let mut seen = HashSet::new();
        self.best.retain(|(_, found)| match found {
            Found::Talk(at) => rows.get(*at).is_none_or(|row| seen.insert(&row.entry.id)),
            Found::Action(_) => true,
        });
        self.best.iter().map(|(_, found)| *found).collect()
    }

    fn keep(&mut self, points: Option<u32>, name: &str, found: Found) {
        // Of those that fit as well, the shorter name fits better.
        self.best.extend(points.map(|points| ((points, Reverse(name.len())), found)));
    }

    fn unasked(&self, actions: &[Action], rows: &[Row]) -> Vec<Found> {
        let place = |chosen: &Chosen| match chosen {
            Chosen::Command(command) => actions.iter().position(|action| action.command == *command).map(Found::Action),
            Chosen::Talk(path) => rows.iter().position(|row| row.entry.path == *path).map(Found::Talk),
        };
        let mut found: Vec<Found> = self.recent.iter().filter_map(place).collect();
        let others: Vec<Found> = (0..actions.len()).map(Found::Action).filter(|other| !found.contains(other)).collect();
        found.extend(others);
        found
    }

    /// Remembers what was chosen.
    pub fn chose(&mut self, what: Chosen) {
        self.recent.retain(|other| *other != what);
        self.recent.insert(0, what);
        self.recent.truncate(RECENT);
    }

    /// Which characters of a name, counted from 0, are what was typed.
    pub fn lit(&mut self, text: &str, name: &str) -> Vec<u32> {
        self.fuzzy.lit(&Needle::new(text), name)
    }
}

impl App {
    /// The commands that can be chosen now by their names: those that have a key, or need no argument.
    pub fn actions(&self) -> Vec<Action> {
        let mut commands: Vec<Command> = Vec::new();
        for row in table::rows() {
            if row.needs == Needs::Talk && self.player.talk().is_none() {
                continue;
            }
            let bound = self.keymap.iter().map(|binding| &binding.command);
            let before = commands.len();
            for command in bound.filter(|command| table::row(command) == row) {
                if !commands.contains(command) {
                    commands.push(command.clone());
                }
            }
            if commands.len() == before && row.argument == Argument::None {
                commands.extend(row.name.parse::<Command>());
            }
            if row.argument == Argument::Device {
                commands.extend(self.device_commands());
            }
        }
        commands.retain(|command| self.offers(command));
        let action = |command: Command| Action {
            label: table::label(&command),
            section: table::row(&command).section.title(),
            key: self.keymap.keys_for(&command).first().map(|key| key.pretty()),
            command,
        };
        commands.into_iter().map(action).collect()
    }

    /// Each device that sound does not go to already.
    fn device_commands(&self) -> Vec<Command> {
        let choice = &self.view.sound.choice;
        let devices = self.player.devices().devices().map(|device| Choice::Device(device.clone()));
        let all = std::iter::once(Choice::Default).chain(devices).filter(|other| other != choice);
        all.map(|other| Command::Sound(SoundCommand::Choose(other.name().to_owned()))).collect()
    }

    /// Whether a command does something that can be meant now.
    fn offers(&self, command: &Command) -> bool {
        use {LibraryCommand as L, QueueCommand as Q, SearchCommand as S};
        let among_talks = self.view.library && self.view.overview.is_none();
        match command {
            Command::Finder | Command::Dismiss | Command::LeaveText | Command::ScrubTo(_) | Command::ScrubEnd => false,
            // The digits, which are quicker than any name.
            Command::SeekPercent(_) => false,
            // Nothing is held there.
            Command::Listen(ListenCommand::HoldRate | ListenCommand::ReleaseRate) => false,
            Command::OverviewMove(_) | Command::Library(L::Move(_)) | Command::Search(S::Move(_)) => false,
            Command::OverviewGo | Command::OverviewListen | Command::OverviewLook | Command::ToggleWords => {
                self.view.overview.is_some()
            }
            Command::LookBack | Command::LookPlay => self.view.looking.is_some(),
            Command::Search(S::Go) => self.view.search.is_some(),
            Command::Library(
                L::Open
                | L::Sheet
                | L::ToggleVerdict(_)
                | L::VerdictNext(_)
                | L::ToggleDone
                | L::ToggleCards
                | L::ToggleMerged,
            )
            | Command::Queue(Q::Add | Q::PlayNext) => among_talks,
            Command::Library(L::ScanStop) => self.scanning(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{Entry, TalkState};
    use crate::talk::TalkId;
    use crate::testing::Rig;

    fn row(title: &str, authors: &[&str]) -> Row {
        let entry = Entry {
            path: PathBuf::from(format!("/talks/{title}")),
            root: None,
            id: TalkId(title.to_owned()),
            fingerprint: String::new(),
            title: title.to_owned(),
            authors: authors.iter().map(|author| (*author).to_owned()).collect(),
            link: None,
            about: String::new(),
            session: String::new(),
            length: None,
            slides: 0,
            picture: None,
            broken: None,
            stamp: 0,
        };
        Row { entry, state: TalkState::default(), away: false, copies: 0 }
    }

    fn label(found: Found, actions: &[Action], rows: &[Row]) -> String {
        match found {
            Found::Action(at) => actions[at].label.clone(),
            Found::Talk(at) => rows[at].entry.title.clone(),
        }
    }

    #[test]
    fn a_few_letters_find_commands_and_talks() {
        let rig = Rig::empty();
        let actions = rig.app.actions();
        let rows = [row("Graph networks", &["Søren Ågård"]), row("Attention is all you need", &[])];
        let mut finder = Finder::default();
        let mut best = |text: &str| finder.find(text, &actions, &rows).first().map(|it| label(*it, &actions, &rows));
        assert_eq!(best("grnet").as_deref(), Some("Graph networks"));
        assert_eq!(best("agard").as_deref(), Some("Graph networks"));
        assert_eq!(best("attn").as_deref(), Some("Attention is all you need"));
        assert_eq!(best("fullscr").as_deref(), Some("Fullscreen"));
        assert_eq!(best("search all").as_deref(), Some("Search all talks"));
        assert_eq!(best("fullscreen").as_deref(), Some("Fullscreen"));
        assert_eq!(best("zzzz"), None);
        assert_eq!(Finder::default().lit("net", "Graph networks"), [6, 7, 8]);
    }

    #[test]
    fn what_was_chosen_last_comes_first() {
        let rig = Rig::empty();
        let actions = rig.app.actions();
        let rows = [row("Graph networks", &[]), row("Attention", &[])];
        let mut finder = Finder::default();
        finder.chose(Chosen::Command(Command::ToggleKeys));
        finder.chose(Chosen::Talk(rows[1].entry.path.clone()));
        finder.chose(Chosen::Talk("/gone".into()));
        let found = finder.find(" ", &actions, &rows);
        assert_eq!(found[0], Found::Talk(1));
        assert_eq!(label(found[1], &actions, &rows), "Show the keys");
        assert_eq!(found.len(), actions.len() + 1);
    }

    #[test]
    fn only_what_can_be_meant_is_offered_and_each_once() {
        let rig = Rig::empty();
        let actions = rig.app.actions();
        assert!(actions.iter().all(|action| !matches!(action.command, Command::TogglePlay | Command::Finder)));
        for action in &actions {
            assert_eq!(actions.iter().filter(|other| other.command == action.command).count(), 1, "{action:?}");
            assert!(!action.label.is_empty());
        }
        let keys = actions.iter().find(|action| action.command == Command::ToggleKeys);
        assert!(keys.is_some_and(|action| action.key.is_some()));
        assert!(actions.iter().any(|action| action.key.is_none()), "commands without a key are offered as well");
    }

    #[test]
    fn no_more_is_found_than_anybody_reads() {
        let rows: Vec<Row> = (0..500).map(|number| row(&format!("Talk {number}"), &[])).collect();
        let found = Finder::default().find("talk", &[], &rows);
        assert_eq!((found.len(), found[0]), (MOST, Found::Talk(0)));
    }

    #[test]
    fn many_talks_are_looked_at_one_part_after_another() {
        let mut rows: Vec<Row> = (0..2 * AT_ONCE + 1).map(|number| row(&format!("Talk {number}"), &[])).collect();
        rows[2 * AT_ONCE] = row("Graph networks", &[]);
        let mut finder = Finder::default();
        assert!(finder.find("graph", &[], &rows).is_empty() && finder.unfinished(&rows));
        assert!(finder.go_on(&rows).is_empty());
        assert_eq!(finder.go_on(&rows), [Found::Talk(2 * AT_ONCE)]);
        assert!(!finder.unfinished(&rows));
    }
}

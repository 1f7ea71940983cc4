//! Which key asks for which command: the default map, and the viewer's own laid over it.

use std::fmt::Write as _;

use super::Command;
use super::chord::Chord;
use super::parse::{ParseCommandError, shorten};
use super::table::{self, Section};

/// The default map, as it is written for people to read.
pub const DEFAULT_TOML: &str = include_str!("../../assets/keys.toml");

/// Chords and their commands; no chord twice. In the order of the key list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeyMap {
    bindings: Vec<Binding>,
}

/// One chord and what it asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// The key and its modifiers.
    pub chord: Chord,
    /// What it asks for.
    pub command: Command,
    /// Whether it acts even while text is being typed.
    pub everywhere: bool,
    /// Where it acts.
    pub place: Place,
}

/// Where a key acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Wherever it has no other meaning.
    #[default]
    Player,
    /// Among all the slides at once.
    Overview,
    /// Among all the talks.
    Library,
    /// With the transcript beside the slide.
    Transcript,
}

impl Place {
    /// All.
    pub const ALL: [Self; 4] = [Self::Player, Self::Overview, Self::Library, Self::Transcript];
}

/// The tables, inside the table of keys, of those that act in one place only.
const PLACES: [(&str, Place); 3] =
    [("overview", Place::Overview), ("library", Place::Library), ("transcript", Place::Transcript)];

/// One line of the key list: everything that asks for one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyListRow<'a> {
    /// The part of the list.
    pub section: Section,
    /// What the keys do: `Forward 5 seconds`.
    pub label: String,
    /// The keys as they are shown: `Shift →`, `0 … 9`.
    pub keys: Vec<String>,
    /// The command; of a range, the first.
    pub command: &'a Command,
}

impl KeyMap {
    /// The default map alone.
    pub fn standard() -> Self {
        Self::load(DEFAULT_TOML, None).0
    }

    /// The default map with the viewer's `[keys]` laid over it: each line replaces what its key did, and `""` unbinds.
    ///
    /// What is wrong is left out and reported, one sentence each, naming the key; the rest counts.
    pub fn load(default_toml: &str, user: Option<&toml::Table>) -> (Self, Vec<String>) {
        let (mut map, mut issues) = (Self::default(), Vec::new());
        match default_toml.parse::<toml::Table>() {
            Ok(table) => map.lay_over(&table, Place::Player, &mut issues),
            Err(error) => issues.push(format!("The default key map cannot be read: {error}")),
        }
        if let Some(user) = user {
            map.lay_over(user, Place::Player, &mut issues);
        }
        // A sort key may be the same for two, a chord never: the order is always the same.
        map.bindings.sort_by(|a, b| order(&a.command).cmp(&order(&b.command)).then(a.chord.cmp(&b.chord)));
        (map, issues)
    }

    fn lay_over(&mut self, table: &toml::Table, place: Place, issues: &mut Vec<String>) {
        let mut seen: Vec<(Chord, &str)> = Vec::new();
        for (name, value) in table {
            let inner = PLACES.iter().find(|(known, _)| known == name).zip(value.as_table());
            if let (Some(((_, inner_place), inner)), Place::Player) = (inner, place) {
                self.lay_over(inner, *inner_place, issues);
                continue;
            }
            let chord = match name.parse::<Chord>() {
                Ok(chord) => chord,
                Err(error) => {
                    issues.push(format!("keys: {error}"));
                    continue;
                }
            };
            if let Some((_, other)) = seen.iter().find(|(same, _)| *same == chord) {
                let (name, other) = (shorten(name), shorten(other));
                issues.push(format!("keys.\"{name}\" is the same key as keys.\"{other}\", which counts"));
                continue;
            }
            seen.push((chord, name));
            match read(value) {
                Ok((None, _)) => self.unbind(&chord, place),
                Ok((Some(command), everywhere)) => {
                    let before = self.bound(&chord, place).is_some_and(|binding| binding.everywhere);
                    self.unbind(&chord, place);
                    // A key that acted in text fields goes on doing so, whatever it does now.
                    let everywhere = everywhere.unwrap_or(before);
                    self.bindings.push(Binding { chord, command, everywhere, place });
                }
                Err(error) => issues.push(format!("keys.\"{}\": {error}", shorten(name))),
            }
        }
    }

    fn unbind(&mut self, chord: &Chord, place: Place) {
        self.bindings.retain(|binding| binding.chord != *chord || binding.place != place);
    }

    fn bound(&self, chord: &Chord, place: Place) -> Option<&Binding> {
        self.bindings.iter().find(|binding| binding.chord == *chord && binding.place == place)
    }

    /// What this chord is bound to in a place.
    pub fn binding(&self, chord: &Chord, place: Place) -> Option<&Binding> {
        self.bound(chord, place).or_else(|| self.bound(chord, Place::Player))
    }

    /// What this chord asks for where it has no other meaning.
    pub fn lookup(&self, chord: &Chord) -> Option<&Command> {
        self.binding(chord, Place::Player).map(|binding| &binding.command)
    }

    /// Whether this chord's command is given again and again while the key is held.
    pub fn repeats(&self, chord: &Chord) -> bool {
        self.binding(chord, Place::Player).is_some_and(Binding::repeats)
    }

    /// Whether this chord acts even while text is being typed.
    pub fn acts_everywhere(&self, chord: &Chord) -> bool {
        self.binding(chord, Place::Player).is_some_and(|binding| binding.everywhere)
    }

    /// The chords that ask for exactly this command, the simplest first: for tooltips.
    pub fn keys_for(&self, command: &Command) -> Vec<&Chord> {
        self.bindings.iter().filter(|binding| binding.command == *command).map(|binding| &binding.chord).collect()
    }

    /// All bindings, in the order of the key list.
    pub fn iter(&self) -> impl Iterator<Item = &Binding> {
        self.bindings.iter()
    }

    /// The key list.
    pub fn key_list(&self) -> Vec<KeyListRow<'_>> {
        self.list(Chord::pretty)
    }

    fn list(&self, show: fn(&Chord) -> String) -> Vec<KeyListRow<'_>> {
        let range = self.digit_range();
        let mut rows: Vec<KeyListRow<'_>> = Vec::new();
        for binding in &self.bindings {
            let Binding { chord, command, .. } = binding;
            if let Some(at) = range.iter().position(|other| *other == binding) {
                if let (0, Some(last)) = (at, range.last()) {
                    let label =
                        format!("{} … {}", table::label(command), last.command.to_string().replace("seek ", ""));
                    let keys = vec![format!("{} … {}", show(chord), show(&last.chord))];
                    rows.push(KeyListRow { section: table::row(command).section, label, keys, command });
                }
                continue;
            }
            match rows
                .last_mut()
                .filter(|row| row.command == command && range.first().is_none_or(|b| b.command != *command))
            {
                Some(row) => row.keys.push(show(chord)),
                None => {
                    let label = table::label(command);
                    rows.push(KeyListRow {
                        section: table::row(command).section,
                        label,
                        keys: vec![show(chord)],
                        command,
                    });
                }
            }
        }
        rows
    }

    /// The digits that go to as many tenths of the talk, if they follow one another without a gap: one line of the key
    /// list instead of ten.
    fn digit_range(&self) -> Vec<&Binding> {
        let digits: Vec<(u8, &Binding)> = self.bindings.iter().filter_map(|b| Some((digit(b)?, b))).collect();
        let unbroken = digits.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0);
        if unbroken && digits.len() > 1 { digits.into_iter().map(|(_, binding)| binding).collect() } else { Vec::new() }
    }
}

impl Binding {
    /// Whether its command is given again and again while the key is held.
    pub fn repeats(&self) -> bool {
        table::row(&self.command).repeats
    }
}

/// The digit, if this binds one to its tenth of the talk.
fn digit(binding: &Binding) -> Option<u8> {
    (0..=9).find(|digit| {
        binding.command == Command::SeekPercent(f64::from(*digit) * 10.0)
            && binding.chord.to_string() == digit.to_string()
    })
}

/// The place of a command in the key list: by its row; then small steps before large ones, back before forward.
fn order(command: &Command) -> (usize, u64, bool, String) {
    let (size, forward) = match command {
        Command::SeekBy(by) => (by.nanos().unsigned_abs(), by.nanos() >= 0),
        Command::RateBy(by) | Command::VolumeBy(by) => (u64::from(by.unsigned_abs()), *by >= 0),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
        Command::SeekPercent(percent) => ((percent * 1e6) as u64, true),
        _ => (0, true),
    };
    (table::position(command), size, forward, command.to_string())
}

/// What is wrong with the value of a line of the key map.
#[derive(Debug, thiserror::Error)]
enum ValueError {
    #[error(transparent)]
    Command(#[from] ParseCommandError),
    #[error("neither a command such as \"pause\" nor {{ command = \"pause\", everywhere = true }}, but {0}")]
    Type(String),
}

/// The command and, if said, whether it acts everywhere; no command for `""`.
fn read(value: &toml::Value) -> Result<(Option<Command>, Option<bool>), ValueError> {
    let wrong = || ValueError::Type(shorten(&value.to_string()));
    let (text, everywhere) = match value {
        toml::Value::String(text) => (text.as_str(), None),
        toml::Value::Table(table) => {
            let text = table.get("command").and_then(toml::Value::as_str).ok_or_else(wrong)?;
            let everywhere = table.get("everywhere").map(|flag| flag.as_bool().ok_or_else(wrong)).transpose()?;
            if table.keys().any(|key| key != "command" && key != "everywhere") {
                return Err(wrong());
            }
            (text, everywhere)
        }
        _ => return Err(wrong()),
    };
    let command = if text.trim().is_empty() { None } else { Some(text.parse()?) };
    Ok((command, everywhere))
}

/// `docs/KEYS.md`.
pub fn markdown() -> String {
    let map = KeyMap::standard();
    let mut out = String::from(
        "# Keys\n\n\
         Made from `assets/keys.toml`; do not edit.\n\n\
         Plain keys are safe and can be taken back; none of them quits or deletes.\n\
         `Ctrl` is Command on a Mac, `Alt` is Option. Whether a symbol needs Shift on your keyboard does not matter.\n",
    );
    let rows = map.list(Chord::to_string);
    for section in Section::ALL {
        write!(out, "\n## {}\n\n| key | what it does |\n| --- | --- |\n", section.title()).ok();
        for row in rows.iter().filter(|row| row.section == section) {
            let keys: Vec<String> = row.keys.iter().map(|key| format!("`{}`", key.replace('|', "\\|"))).collect();
            writeln!(out, "| {} | {} |", keys.join(", "), row.label).ok();
        }
    }
    let mut everywhere: Vec<&Chord> = map.iter().filter(|binding| binding.everywhere).map(|b| &b.chord).collect();
    everywhere.sort();
    let everywhere: Vec<String> = everywhere.into_iter().map(|chord| format!("`{chord}`")).collect();
    write!(
        out,
        "\n## While text is being typed\n\n\
         Only {} act then; `Escape` leaves the text.\n\n\
         ## Your own\n\n\
         In `config.toml`, over the defaults; `\"\"` unbinds. [COMMANDS.md](COMMANDS.md) lists the commands.\n\n\
         ```toml\n\
         [keys]\n\
         \"PageUp\" = \"slide next\"\n\
         \"Ctrl+Right\" = \"seek +1m\"\n\
         \"H\" = \"\"\n\
         \"F6\" = {{ command = \"seek -15s\", everywhere = true }}\n\
         ```\n\n\
         A symbol is called by what it types: `?`, not `Shift+/`. Keys that act only while all slides are seen at once\n\
         stand in `[keys.overview]`, those of the library in `[keys.library]`, those that act while the transcript stands\n\
         beside the slide in `[keys.transcript]`.\n",
        everywhere.join(", ")
    )
    .ok();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::samples;
    use crate::time::MediaTime;

    fn chord(text: &str) -> Chord {
        text.parse().unwrap()
    }

    fn with_user(user: &str) -> (KeyMap, Vec<String>) {
        KeyMap::load(DEFAULT_TOML, Some(&user.parse().unwrap()))
    }

    #[test]
    fn every_default_key_names_a_command_and_none_stands_twice() {
        let (map, issues) = KeyMap::load(DEFAULT_TOML, None);
        assert_eq!(issues, [""; 0]);
        let mut lines: toml::Table = DEFAULT_TOML.parse().unwrap();
        let mut inner: Vec<String> = Vec::new();
        for (place, _) in PLACES {
            let Some(toml::Value::Table(table)) = lines.remove(place) else { panic!("no table {place}") };
            inner.extend(table.keys().cloned());
        }
        assert_eq!(map.iter().count(), lines.len() + inner.len());
        for name in lines.keys().chain(&inner) {
            assert_eq!(chord(name).to_string(), *name, "write the name as it is printed");
        }
    }

    #[test]
    fn keys_are_looked_up_as_the_window_reports_them() {
        let map = KeyMap::standard();
        let pressed = |key, place, shift| map.lookup(&Chord::from_parts(key, Some(place), false, shift, false)?);
        assert_eq!(pressed("Space", "Space", false), Some(&Command::TogglePlay));
        assert_eq!(pressed("Right", "Right", true), Some(&Command::SeekBy(MediaTime::from_secs(1))));
        assert_eq!(pressed("Comma", "Comma", false), Some(&Command::SlidePrevious));
        assert_eq!(pressed("Comma", "Comma", true), Some(&Command::RateBy(-250)));
        assert_eq!(pressed("IntlBackslash", "IntlBackslash", true), Some(&Command::RateBy(250)));
        assert_eq!(pressed("4", "4", true), Some(&Command::SeekPercent(40.0)));
        assert_eq!(pressed("Questionmark", "Minus", true), Some(&Command::ToggleKeys));
        assert_eq!(pressed("Y", "Y", false), None);
    }

    #[test]
    fn keys_of_the_overview_act_only_there_and_the_others_there_too() {
        let (map, issues) = with_user("[overview]\nLeft = \"overview first\"\nRight = \"\"");
        assert_eq!(issues, [""; 0]);
        let at = |text: &str, place| map.binding(&chord(text), place).map(|binding| binding.command.clone());
        assert_eq!(at("Left", Place::Overview), Some(Command::OverviewMove(crate::command::Step::First)));
        assert_eq!(at("Left", Place::Player), Some(Command::SeekBy(MediaTime::from_secs(-5))));
        assert_eq!(at("Right", Place::Overview), at("Right", Place::Player));
        assert_eq!(at("F8", Place::Overview), Some(Command::TogglePlay));
        assert_eq!(at("O", Place::Library), Some(Command::Library(crate::command::LibraryCommand::Sheet)));
        assert!(map.binding(&chord("Down"), Place::Overview).is_some_and(Binding::repeats));
    }

    #[test]
    fn no_plain_key_quits_or_replaces_what_is_open() {
        for binding in KeyMap::standard().iter() {
            let grave = matches!(binding.command, Command::Quit | Command::OpenDialog | Command::Open(_));
            assert!(!grave || binding.chord.to_string().starts_with("Ctrl+"), "{}", binding.chord);
        }
    }

    #[test]
    fn only_a_few_keys_act_in_text_fields() {
        let map = KeyMap::standard();
        let typing: Vec<String> = map.iter().filter(|b| !b.everywhere).map(|b| b.chord.to_string()).collect();
        assert!(
            map.acts_everywhere(&chord("F7")) && map.acts_everywhere(&chord("F8")) && map.acts_everywhere(&chord("F9"))
        );
        for text in ["Space", "K", "0", "Left", "Backspace", "?"] {
            assert!(typing.contains(&text.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_held_repeats_only_where_that_makes_sense() {
        let map = KeyMap::standard();
        for text in ["Left", "Up", "PageDown", "+"] {
            assert!(map.repeats(&chord(text)), "{text}");
        }
        for text in ["Space", "M", "F", "Escape", "Backspace", "N", "5", "X"] {
            assert!(!map.repeats(&chord(text)), "{text}");
        }
    }

    #[test]
    fn the_viewers_keys_are_laid_over_the_defaults() {
        let (map, issues) = with_user("space = \"slide next\"\nM = \"\"\n\"Ctrl+M\" = \"mute on\"\nF7 = \"seek -7s\"");
        assert_eq!(issues, [""; 0]);
        assert_eq!(map.lookup(&chord("Space")), Some(&Command::SlideNext));
        assert_eq!(map.lookup(&chord("K")), Some(&Command::TogglePlay));
        assert_eq!(map.lookup(&chord("M")), None);
        assert_eq!(map.lookup(&chord("Ctrl+M")), Some(&Command::SetMute(true)));
        assert!(map.acts_everywhere(&chord("F7")), "as it did before");
        let (map, _) = with_user("F7 = { command = \"pause\", everywhere = false }");
        assert!(!map.acts_everywhere(&chord("F7")));
    }

    #[test]
    fn what_is_wrong_with_a_key_is_reported_and_left_out() {
        let (map, issues) = with_user(
            "Foo = \"pause\"\n\"Shift+,\" = \"pause\"\nSpace = \"pauze\"\nK = 5\nL = { command = \"pause\", when = 1 }\n\
             Esc = \"pause\"\nEscape = \"quit\"",
        );
        let sorted = ["keys.\"Escape\" is the same", "\"Foo\"", "keys.\"K\"", "keys.\"L\"", "\"Shift+,\"", "\"pauze\""];
        assert_eq!(issues.len(), sorted.len(), "{issues:#?}");
        for expected in sorted {
            assert_eq!(issues.iter().filter(|issue| issue.contains(expected)).count(), 1, "{expected} in {issues:#?}");
        }
        assert_eq!(map.lookup(&chord("Space")), Some(&Command::TogglePlay), "the default stays");
        assert_eq!(map.lookup(&chord("Escape")), Some(&Command::Pause));
    }

    #[test]
    fn a_default_map_that_is_no_toml_is_an_issue() {
        let (map, issues) = KeyMap::load("= x", None);
        assert_eq!((map, issues.len()), (KeyMap::default(), 1));
    }

    #[test]
    fn the_keys_of_a_command_come_with_the_simplest_first() {
        let map = KeyMap::standard();
        let keys = |text: &str| {
            let command = text.parse().unwrap();
            map.keys_for(&command).into_iter().map(Chord::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(keys("play toggle"), "Space K F8 MediaPlayPause");
        assert_eq!(keys("seek undo"), "U Shift+Backspace Alt+Left");
        assert_eq!(keys("slide previous"), "PageUp ,");
        assert_eq!(keys("quit"), "Ctrl+Q");
        assert_eq!(keys("seek +7s"), "");
    }

    #[test]
    fn the_key_list_has_a_line_for_each_thing_that_keys_do() {
        let map = KeyMap::standard();
        let rows = map.key_list();
        assert!(rows.is_sorted_by_key(|row| row.section));
        let keys = |label: &str| rows.iter().find(|row| row.label == label).map(|row| row.keys.join(" "));
        assert_eq!(keys("Go to 0% … 90%").as_deref(), Some("0 … 9"));
        assert_eq!(keys("Back 5 seconds").as_deref(), Some("← F7"));
        assert_eq!(keys("Slower by 0.25").as_deref(), Some("− <"));
        assert_eq!(rows.iter().filter(|row| matches!(row.command, Command::SeekPercent(_))).count(), 1);

        let (map, _) = with_user("5 = \"\"");
        let percent = |row: &&KeyListRow<'_>| matches!(row.command, Command::SeekPercent(_));
        assert_eq!(map.key_list().iter().filter(percent).count(), 9, "with a gap, each has its line");
    }

    #[test]
    fn the_documented_keys_are_these() {
        samples::compare_with_file("KEYS.md", &markdown());
    }
}

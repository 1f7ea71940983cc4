//! What the viewer and other programs say: commands, keys, settings, requests over the socket.

use std::cell::RefCell;

use super::{framed, is_one_line, texts_of};
use crate::app::settings::Settings;
use crate::command::Command;
use crate::command::chord::Chord;
use crate::command::keymap::{DEFAULT_TOML, KeyMap};
use crate::command::parse::parse_all;
use crate::time::Rate;

/// Commands in text: what is understood is printed, and read back as what it is.
pub(super) fn commands(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match parse_all(&text) {
        Ok(commands) => {
            assert!(!commands.is_empty());
            commands.iter().for_each(prints);
            let joined: Vec<String> = commands.iter().map(Command::to_string).collect();
            assert_eq!(parse_all(&joined.join("; ")).as_ref(), Ok(&commands));
        }
        Err(error) => assert!(is_one_line(&error.to_string()), "{error:?}"),
    }
}

/// A command comes back from its text.
fn prints(command: &Command) {
    let printed = command.to_string();
    assert_eq!(printed.parse::<Command>().as_ref(), Ok(command), "{printed}");
    assert!(!crate::command::table::label(command).is_empty());
}

/// The name of a key with its modifiers.
pub(super) fn chord(data: &[u8]) {
    let (pick, parts) = framed(data);
    let [key, place] = texts_of(&parts);
    match key.parse::<Chord>() {
        Ok(chord) => assert_eq!(chord.to_string().parse::<Chord>().as_ref(), Ok(&chord), "{chord}"),
        Err(error) => assert!(is_one_line(&error.to_string()), "{error:?}"),
    }
    let held = |bit: usize| pick >> bit & 1 == 1;
    if let Some(chord) = Chord::from_parts(&key, Some(place.as_str()), held(0), held(1), held(2)) {
        assert_eq!(chord.to_string().parse::<Chord>().as_ref(), Ok(&chord), "{chord}");
        assert!(!chord.pretty().is_empty());
    }
}

/// A table of keys.
pub(super) fn keymap(data: &[u8]) {
    if let Ok(table) = String::from_utf8_lossy(data).parse::<toml::Table>() {
        keys(&table);
    }
}

fn keys(table: &toml::Table) {
    let (map, issues) = KeyMap::load(DEFAULT_TOML, Some(table));
    issues.iter().for_each(|issue| assert!(is_one_line(issue), "{issue:?}"));
    for binding in map.iter() {
        assert_eq!(binding.chord.to_string().parse::<Chord>().as_ref(), Ok(&binding.chord));
        prints(&binding.command);
        let same = map.iter().filter(|other| other.chord == binding.chord && other.place == binding.place);
        assert_eq!(same.count(), 1, "{} stands twice", binding.chord);
    }
    for row in map.key_list() {
        assert!(!row.label.is_empty() && !row.keys.is_empty());
    }
}

/// A `config.toml`.
pub(super) fn config(data: &[u8]) {
    let (settings, issues) = Settings::parse(&String::from_utf8_lossy(data));
    issues.iter().for_each(|issue| assert!(is_one_line(issue), "{issue:?}"));
    for rate in settings.rate.into_iter().chain(settings.hold_rate).chain([settings.favourite_rate]) {
        assert!((Rate::MIN..=Rate::MAX).contains(&rate));
    }
    assert!(settings.volume <= 200 && (16..=16_384).contains(&settings.slide_cache_mib));
    assert!((0.0..=60.0).contains(&settings.note_lead_secs));
    assert!(settings.library.iter().chain(&settings.notes_folder).all(|folder| folder.is_absolute()));
    if let Some(table) = &settings.keys {
        keys(table);
    }
}

/// Requests of a client of the socket, a line each; the first byte says whether a talk is open. Nobody carries them out.
#[cfg(unix)]
pub(super) fn ipc(data: &[u8]) {
    use std::sync::Arc;

    use crate::remote::board::Board;
    use crate::remote::mpv::{self, Arguments, Task};

    thread_local! {
        static BOARDS: RefCell<Option<[Arc<Board>; 2]>> = const { RefCell::new(None) };
    }
    /// What a pair of sockets holds at least.
    const MOST: usize = 32 << 10;

    let Some((first, sent)) = data.get(..data.len().min(MOST)).unwrap_or_default().split_first() else { return };
    let boards = BOARDS.with_borrow_mut(|boards| boards.get_or_insert_with(boards_of_a_talk).clone());
    let board = &boards[usize::from(first % 2)];
    let text = String::from_utf8_lossy(sent);
    let requests = || text.split('\n').map(str::trim).filter(|line| line.starts_with('{'));
    for request in requests() {
        let request: serde_json::Value = serde_json::from_str(request).unwrap_or_default();
        let Some(arguments) = request.get("command").and_then(Arguments::new) else { continue };
        match mpv::task(board, &arguments) {
            Ok(Task::Run(commands)) => {
                assert!(commands.len() <= 10_000, "{}", commands.len());
                commands.iter().take(20).for_each(prints);
            }
            Ok(Task::Press(chord) | Task::Hold(chord)) => {
                assert_eq!(chord.to_string().parse::<Chord>().as_ref(), Ok(&chord));
            }
            Ok(Task::Show(_)) | Err(_) => {}
        }
    }
    let answers = crate::remote::answers(board, sent).expect("a pair of sockets");
    let mut answered = 0;
    for answer in &answers {
        assert!(!answer.contains('\n'), "{answer}");
        let answer: serde_json::Value = serde_json::from_str(answer).expect("an answer is JSON");
        let is_event = answer.get("event").is_some_and(serde_json::Value::is_string);
        answered += usize::from(!is_event);
        assert!(is_event || answer.get("error").is_some_and(serde_json::Value::is_string), "{answer}");
    }
    assert_eq!(answered, requests().count(), "each request is answered once");
}

/// There are no such sockets here.
#[cfg(not(unix))]
pub(super) fn ipc(_data: &[u8]) {}

/// Without a talk, and with one.
#[cfg(unix)]
fn boards_of_a_talk() -> [std::sync::Arc<crate::remote::board::Board>; 2] {
    use std::sync::Arc;

    use crate::remote::board::Board;
    use crate::testing::{Rig, TalkBuilder};

    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let talk = TalkBuilder::new("38930109", "a-talk").slides([0, 1_000, 2_500]).sound("A talk.wav", 4.0);
    let talk = talk.write(folder.path());
    [Arc::new(Board::new(&Rig::empty().app)), Arc::new(Board::new(&Rig::open(&[&talk]).app))]
}

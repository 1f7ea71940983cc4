//! mpv's commands in our words: a request becomes an answer at once, or something for the application to do.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::board::{Board, Snapshot};
use crate::audio::MAX_VOLUME;
use crate::command::chord::Chord;
use crate::command::parse::parse_all;
use crate::command::{Command, ListenCommand, SoundCommand};
use crate::time::{MediaTime, Rate};

/// Why a request is refused, in mpv's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The command is unknown or its arguments are wrong.
    #[error("invalid parameter")]
    Invalid,
    /// There is no such property.
    #[error("property not found")]
    NoProperty,
    /// The property cannot be set, or not now.
    #[error("property unavailable")]
    Unavailable,
    /// The value is of the wrong kind or out of range.
    #[error("unsupported format for accessing property")]
    Format,
    /// It could not be done.
    #[error("error running command")]
    Failed,
}

/// Something for the application to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// Run these.
    Run(Vec<Command>),
    /// Do what this key does, and what letting it go does.
    Press(Chord),
    /// Do what this key does while it is held.
    Hold(Chord),
    /// Tell the viewer.
    Show(String),
}

/// The arguments of a request, whichever way they were given.
pub struct Arguments(Vec<Value>);

impl Arguments {
    /// From `["seek", 10]`, or from `{"name": "seek", "target": 10}`.
    pub fn new(command: &Value) -> Option<Self> {
        match command {
            Value::Array(list) if !list.is_empty() => Some(Self(list.clone())),
            Value::Object(named) => Self::named(named),
            Value::String(line) => Some(Self(words(line).into_iter().map(Value::String).collect())),
            _ => None,
        }
    }

    fn named(named: &Map<String, Value>) -> Option<Self> {
        let name = named.get("name")?.as_str()?;
        let order: &[&str] = match name {
            "seek" => &["target", "flags"],
            "set" | "set_property" | "add" | "cycle" => &["name", "value"],
            "loadfile" => &["url", "flags"],
            "keypress" => &["name"],
            "plenary-run" => &["commands"],
            "screenshot-to-file" => &["filename", "flags"],
            "playlist-next" | "playlist-prev" => &["flags"],
            "playlist-play-index" => &["index"],
            "show-text" => &["text"],
            _ => &[],
        };
        let mut list = vec![Value::String(name.to_owned())];
        list.extend(order.iter().filter(|key| **key != "name").map_while(|key| named.get(*key).cloned()));
        Some(Self(list))
    }

    /// The command's name.
    pub fn name(&self) -> &str {
        self.0.first().and_then(Value::as_str).unwrap_or_default()
    }

    /// Argument `at`, counted from 1.
    pub fn get(&self, at: usize) -> Option<&Value> {
        self.0.get(at)
    }

    /// Argument `at` as text.
    pub fn text(&self, at: usize) -> Option<&str> {
        self.get(at)?.as_str()
    }

    /// Argument `at` as a number, also if written as text.
    pub fn number(&self, at: usize) -> Option<f64> {
        number(self.get(at)?)
    }
}

/// Splits a line as mpv's input files do: at spaces, with double quotes around what holds them.
fn words(line: &str) -> Vec<String> {
    let (mut found, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' => (quoted, any) = (!quoted, true),
            c if c.is_whitespace() && !quoted => {
                if any {
                    found.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => {
                word.push(c);
                any = true;
            }
        }
    }
    if any {
        found.push(word);
    }
    found
}

fn number(value: &Value) -> Option<f64> {
    let found = value.as_f64().or_else(|| {
        let text = value.as_str()?;
        text.parse().ok().or_else(|| MediaTime::parse(text).ok().map(MediaTime::secs_f64))
    });
    found.filter(|number| number.is_finite())
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text == "yes" => Some(true),
        Value::String(text) if text == "no" => Some(false),
        _ => None,
    }
}

/// What a command that changes something asks of the application.
///
/// # Errors
/// [`Refusal`].
pub fn task(board: &Board, arguments: &Arguments) -> Result<Task, Refusal> {
    task_on(&board.snapshot(), arguments)
}

fn task_on(now: &Snapshot, arguments: &Arguments) -> Result<Task, Refusal> {
    let run = |command: Command| Ok(Task::Run(vec![command]));
    let first = || arguments.text(1).ok_or(Refusal::Invalid);
    match arguments.name() {
        "seek" => seek(now, arguments),
        "ab-loop" => run(Command::Listen(ListenCommand::LoopNext)),
        "revert-seek" => run(Command::UndoSeek),
        "set_property" | "set" | "set_property_string" => set(now, first()?, arguments.get(2).ok_or(Refusal::Invalid)?),
        "add" => add(now, first()?, arguments.number(2).unwrap_or(1.0)),
        "cycle" => cycle(now, first()?),
        "loadfile" => load(arguments),
        "playlist-next" => step(now, true),
        "playlist-prev" => step(now, false),
        "playlist-play-index" => set(now, "playlist-pos", arguments.get(1).ok_or(Refusal::Invalid)?),
        "screenshot-to-file" => screenshot(first()?),
        "keypress" => key(first()?).map(Task::Press).ok_or(Refusal::Invalid),
        "keydown" => key(first()?).map(Task::Hold).ok_or(Refusal::Invalid),
        // Which key is let go does not matter: there is one that is held.
        "keyup" => run(Command::Listen(ListenCommand::ReleaseRate)),
        // Ours, in our own words: docs/COMMANDS.md.
        "plenary-run" => match parse_all(first()?) {
            Ok(commands) => Ok(Task::Run(commands)),
            Err(error) => {
                tracing::warn!("plenary-run: {error}");
                Err(Refusal::Invalid)
            }
        },
        "show-text" => Ok(Task::Show(first()?.to_owned())),
        "stop" => run(Command::Pause),
        "quit" | "quit-watch-later" => run(Command::Quit),
        _ => Err(Refusal::Invalid),
    }
}

fn seek(now: &Snapshot, arguments: &Arguments) -> Result<Task, Refusal> {
    let target = arguments.number(1).ok_or(Refusal::Invalid)?;
    if now.talk.is_none() {
        return Err(Refusal::Failed);
    }
    let mut how = "relative";
    for word in arguments.text(2).unwrap_or_default().split(['+', ',']).filter(|word| !word.is_empty()) {
        match word {
            "relative" | "absolute" | "absolute-percent" | "relative-percent" => how = word,
            // Every seek is exact.
            "exact" | "keyframes" | "default-precise" => {}
            _ => return Err(Refusal::Invalid),
        }
    }
    let secs = MediaTime::from_secs_f64;
    Ok(Task::Run(vec![match how {
        // From the end, as mpv has it.
        "absolute" if target < 0.0 => Command::SeekTo(now.duration + secs(target)),
        "absolute" => Command::SeekTo(secs(target)),
        "absolute-percent" => Command::SeekPercent(target.clamp(0.0, 100.0)),
        "relative-percent" => Command::SeekBy(secs(now.duration.secs_f64() * target / 100.0)),
        _ => Command::SeekBy(secs(target)),
    }]))
}

fn set(now: &Snapshot, name: &str, value: &Value) -> Result<Task, Refusal> {
    let amount = || number(value).ok_or(Refusal::Format);
    let switch = || flag(value).ok_or(Refusal::Format);
    let needs_talk = || if now.talk.is_some() { Ok(()) } else { Err(Refusal::Unavailable) };
    Ok(Task::Run(vec![match name {
        "pause" if switch()? => Command::Pause,
        "pause" => Command::Play,
        "time-pos" | "playback-time" => {
            needs_talk()?;
            Command::SeekTo(MediaTime::from_secs_f64(amount()?))
        }
        "percent-pos" => {
            needs_talk()?;
            Command::SeekPercent(amount()?.clamp(0.0, 100.0))
        }
        "speed" => Command::SetRate(within(amount()?, 0.5, 4.0).map(Rate::from_factor)?),
        "volume" => Command::SetVolume(percent(amount()?)?),
        "mute" => Command::SetMute(switch()?),
        "ab-loop-a" | "ab-loop-b" => {
            needs_talk()?;
            loop_mark(now, name == "ab-loop-a", value)?
        }
        "chapter" => {
            needs_talk()?;
            let slides = now.talk.as_ref().map_or(0, |talk| talk.slides.len());
            Command::SlideGo(Some(index(amount()?)? + 1).filter(|number| *number <= slides).ok_or(Refusal::Format)?)
        }
        "playlist-pos" | "playlist-current-pos" => Command::GoToTalk(entry(now, index(amount()?)? + 1)?),
        "playlist-pos-1" => Command::GoToTalk(entry(now, index(amount()?)?)?),
        "fullscreen" => Command::SetFullscreen(switch()?),
        "audio-device" => {
            let wanted = value.as_str().ok_or(Refusal::Format)?;
            let known = wanted == "auto" || now.devices.iter().any(|(id, name)| id == wanted || name == wanted);
            Command::Sound(SoundCommand::Choose(known.then(|| wanted.to_owned()).ok_or(Refusal::Format)?))
        }
        "duration" | "chapters" | "chapter-list" | "playlist" | "playlist-count" | "path" | "filename"
        | "media-title" | "eof-reached" | "ab-loop-count" | "core-idle" | "idle-active" | "seeking"
        | "playtime-remaining" | "mpv-version" => {
            return Err(Refusal::Unavailable);
        }
        _ => return Err(Refusal::NoProperty),
    }]))
}

/// `no` takes both marks away: what has one end only is no loop.
fn loop_mark(now: &Snapshot, begins: bool, value: &Value) -> Result<Command, Refusal> {
    if flag(value) == Some(false) {
        return Ok(Command::Listen(ListenCommand::LoopClear));
    }
    let at = MediaTime::from_secs_f64(within(number(value).ok_or(Refusal::Format)?, 0.0, now.duration.secs_f64())?);
    Ok(Command::Listen(if begins { ListenCommand::LoopA(at) } else { ListenCommand::LoopB(at) }))
}

fn add(now: &Snapshot, name: &str, by: f64) -> Result<Task, Refusal> {
    let value = |value: f64| Value::from(value);
    match name {
        "speed" => set(now, name, &value((now.rate.factor() + by).clamp(0.5, 4.0))),
        "volume" => set(now, name, &value((f64::from(now.volume) + by).clamp(0.0, f64::from(MAX_VOLUME)))),
        "time-pos" | "playback-time" => Ok(Task::Run(vec![Command::SeekBy(MediaTime::from_secs_f64(by))])),
        "chapter" => {
            let command = if by < 0.0 { Command::SlidePrevious } else { Command::SlideNext };
            let times = index(by.abs().round())?.min(10_000);
            Ok(Task::Run(vec![command; times]))
        }
        "playlist-pos" => step(now, by >= 0.0),
        "pause" | "mute" | "fullscreen" => cycle(now, name),
        _ => Err(Refusal::NoProperty),
    }
}

fn cycle(now: &Snapshot, name: &str) -> Result<Task, Refusal> {
    Ok(Task::Run(vec![match name {
        "pause" => Command::TogglePlay,
        "mute" => Command::ToggleMute,
        "fullscreen" => Command::SetFullscreen(!now.fullscreen),
        "chapter" => Command::SlideNext,
        "playlist-pos" => Command::NextTalk,
        _ => return Err(Refusal::NoProperty),
    }]))
}

fn load(arguments: &Arguments) -> Result<Task, Refusal> {
    let name = arguments.text(1).ok_or(Refusal::Invalid)?;
    let path = PathBuf::from(name.strip_prefix("file://").unwrap_or(name));
    if path.as_os_str().is_empty() {
        return Err(Refusal::Invalid);
    }
    if name.contains("://") && !name.starts_with("file://") {
        return Err(Refusal::Failed);
    }
    let path = std::path::absolute(&path).unwrap_or(path);
    Ok(Task::Run(vec![match arguments.text(2).unwrap_or("replace") {
        "replace" => Command::Open(path),
        "append" | "append-play" => Command::Append(path),
        _ => return Err(Refusal::Invalid),
    }]))
}

fn screenshot(name: &str) -> Result<Task, Refusal> {
    let path = std::path::absolute(name).map_err(|_unusable| Refusal::Invalid)?;
    let possible = path.parent().is_some_and(std::path::Path::is_dir) && !path.is_dir();
    if possible { Ok(Task::Run(vec![Command::Screenshot(path)])) } else { Err(Refusal::Failed) }
}

/// The number of an entry, counted from 1, if there is such an entry.
fn entry(now: &Snapshot, number: usize) -> Result<usize, Refusal> {
    if (1..=now.playlist.len()).contains(&number) { Ok(number) } else { Err(Refusal::Format) }
}

fn step(now: &Snapshot, forward: bool) -> Result<Task, Refusal> {
    let at = now.playlist_pos.ok_or(Refusal::Failed)?;
    let possible = if forward { at + 1 < now.playlist.len() } else { at > 0 };
    let command = if forward { Command::NextTalk } else { Command::PreviousTalk };
    if possible { Ok(Task::Run(vec![command])) } else { Err(Refusal::Failed) }
}

fn within(value: f64, low: f64, high: f64) -> Result<f64, Refusal> {
    if (low..=high).contains(&value) { Ok(value) } else { Err(Refusal::Format) }
}

fn percent(value: f64) -> Result<u8, Refusal> {
    let value = within(value, 0.0, f64::from(MAX_VOLUME))?.round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 200")]
    Ok(value as u8)
}

fn index(value: f64) -> Result<usize, Refusal> {
    let value = within(value, 0.0, 1e9)?.round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to a thousand million")]
    Ok(value as usize)
}

/// A key as mpv calls it: `SPACE`, `Shift+RIGHT`, `Ctrl+o`, `?`, `A` for Shift and A.
fn key(name: &str) -> Option<Chord> {
    let (mut ctrl, mut shift, mut alt, mut rest) = (false, false, false, name);
    loop {
        let held = [("ctrl+", 0), ("shift+", 1), ("alt+", 2)];
        let found = held.iter().find(|(prefix, _)| {
            rest.len() > prefix.len() && rest.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        });
        let Some((prefix, which)) = found else { break };
        (ctrl, shift, alt) = (ctrl || *which == 0, shift || *which == 1, alt || *which == 2);
        rest = &rest[prefix.len()..];
    }
    let ours = match rest.to_ascii_uppercase().as_str() {
        "SPACE" => "Space",
        "RIGHT" => "Right",
        "LEFT" => "Left",
        "UP" => "Up",
        "DOWN" => "Down",
        "PGUP" => "PageUp",
        "PGDWN" => "PageDown",
        "HOME" => "Home",
        "END" => "End",
        "ESC" => "Escape",
        "ENTER" => "Enter",
        "BS" => "Backspace",
        "DEL" => "Delete",
        "TAB" => "Tab",
        "PLAYPAUSE" => "MediaPlayPause",
        "NEXT" => "MediaTrackNext",
        "PREV" => "MediaTrackPrevious",
        _ => rest,
    };
    let mut letters = ours.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        shift |= letter.is_uppercase();
    }
    Some(Chord::new(crate::command::chord::Key::from_name(ours)?, ctrl, shift, alt))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn arguments_come_as_a_list_by_name_or_as_a_line() {
        for command in [
            json!(["seek", "10", "absolute"]),
            json!({"name": "seek", "target": 10, "flags": "absolute"}),
            json!("seek 10 absolute"),
        ] {
            let arguments = Arguments::new(&command).unwrap();
            assert_eq!(
                (arguments.name(), arguments.number(1), arguments.text(2)),
                ("seek", Some(10.0), Some("absolute"))
            );
        }
        assert!(Arguments::new(&json!([])).is_none() && Arguments::new(&json!(3)).is_none());
    }

    #[test]
    fn keys_are_called_as_mpv_calls_them() {
        let ours = |text: &str| text.parse::<Chord>().unwrap();
        for (name, chord) in [
            ("SPACE", "Space"),
            ("Shift+RIGHT", "Shift+Right"),
            ("PGDWN", "PageDown"),
            ("ctrl+q", "Ctrl+Q"),
            ("N", "Shift+N"),
            ("n", "N"),
            ("?", "?"),
            ("BS", "Backspace"),
            ("+", "+"),
        ] {
            assert_eq!(key(name), Some(ours(chord)), "{name}");
        }
        assert_eq!(key("NO_SUCH_KEY"), None);
        assert_eq!(key(""), None);
    }

    #[test]
    fn marks_of_a_loop_are_set_within_the_talk_and_taken_away_with_no() {
        let now = Snapshot { duration: MediaTime::from_secs(60), ..Snapshot::default() };
        let mark = |begins: bool, value: Value| loop_mark(&now, begins, &value);
        let at = MediaTime::from_millis(12_500);
        assert_eq!(mark(true, json!(12.5)), Ok(Command::Listen(ListenCommand::LoopA(at))));
        assert_eq!(mark(false, json!("12.5")), Ok(Command::Listen(ListenCommand::LoopB(at))));
        assert_eq!(mark(true, json!("no")), Ok(Command::Listen(ListenCommand::LoopClear)));
        assert_eq!(mark(true, json!(61)), Err(Refusal::Format));
        assert_eq!(set(&now, "ab-loop-a", &json!(3)), Err(Refusal::Unavailable), "no talk is open");
    }

    #[test]
    fn lines_are_split_like_mpvs() {
        assert_eq!(words("loadfile \"a b.mp4\"  append"), ["loadfile", "a b.mp4", "append"]);
        assert_eq!(words("show-text \"\""), ["show-text", ""]);
    }

    #[test]
    fn no_request_however_damaged_makes_it_panic() {
        let requests: [&[u8]; 4] = [
            br#"{"command": ["seek", "10.5", "absolute+exact"], "request_id": 3}"#,
            br#"{"command": {"name": "set_property", "value": true}, "request_id": 3}"#,
            br#"{"command": ["set_property", "playlist-pos", 1e300]}"#,
            b"keypress Ctrl+Shift+RIGHT",
        ];
        let now = Snapshot { playlist: vec!["a".into()], playlist_pos: Some(0), ..Snapshot::default() };
        let mut dice = crate::testing::mutate::Prng::new(5);
        let mut understood = 0;
        for round in 0..4000 {
            let damaged = crate::testing::mutate::mutate(requests[round % requests.len()], &mut dice);
            let text = String::from_utf8_lossy(&damaged);
            let command =
                serde_json::from_str::<Value>(&text).map_or_else(|_| Value::from(&*text), |all| all["command"].clone());
            let Some(arguments) = Arguments::new(&command) else { continue };
            understood += usize::from(task_on(&now, &arguments).is_ok());
        }
        assert!(understood > 10, "only {understood} were understood: nothing was tested");
    }
}

//! Text to commands and back: `seek +10s`, `slide next`, `rate 1.5`. One language for keys, the command line and
//! scripts; what is printed is read back exactly.

use std::str::FromStr;

use super::Command;
use super::argument::{enlarge, number, offset, panel_width, path, rate, seek, step, switch, theme, volume, zoom};
use super::table::rows;

/// The text is no command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseCommandError {
    /// There is no text.
    #[error("no command given; possible are {possible}")]
    Empty {
        /// All verbs.
        possible: String,
    },
    /// The first word is no verb.
    #[error("\"{word}\" is not a command; {possible}")]
    Unknown {
        /// The word.
        word: String,
        /// The nearest verb, or all of them.
        possible: String,
    },
    /// The verb needs something after it.
    #[error("\"{verb}\" needs {possible}")]
    Missing {
        /// The verb.
        verb: String,
        /// What may follow.
        possible: String,
    },
    /// What follows the verb is not understood, or out of range.
    #[error("\"{argument}\" is not understood after \"{verb}\"; possible is {possible}")]
    Argument {
        /// The verb.
        verb: String,
        /// What followed.
        argument: String,
        /// What may follow.
        possible: String,
    },
    /// The verb stands alone, and here it did not.
    #[error("\"{verb}\" takes nothing after it, and here is \"{argument}\"")]
    Superfluous {
        /// The verb.
        verb: String,
        /// What followed.
        argument: String,
    },
    /// A double quote opens a path and none closes it, or something follows the closing one.
    #[error("the quotes around the path are not closed at its end: {text}")]
    Quotes {
        /// From the opening quote on.
        text: String,
    },
}

/// Reads several commands separated by `;`. Empty ones between separators are passed over.
///
/// # Errors
/// [`ParseCommandError`] for the first that is not understood, and if there is none at all.
pub fn parse_all(text: &str) -> Result<Vec<Command>, ParseCommandError> {
    let commands = split(text)
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .map(str::parse)
        .collect::<Result<Vec<_>, _>>()?;
    if commands.is_empty() { Err(ParseCommandError::Empty { possible: verbs().join(", ") }) } else { Ok(commands) }
}

/// Splits at each `;` outside quotes. A quote opens at the beginning of a word only, so that `it"s` is left alone.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut closed, mut previous) = (Vec::new(), 0, false, None, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '"' if quoted => {
                quoted = false;
                closed = Some(at + 1);
            }
            // The second half of a doubled quote opens again what the first half closed.
            '"' if previous.is_whitespace() || closed == Some(at) => quoted = true,
            ';' if !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        previous = c;
    }
    parts.push(&text[start..]);
    parts
}

impl FromStr for Command {
    type Err = ParseCommandError;

    fn from_str(text: &str) -> Result<Self, ParseCommandError> {
        let text = text.trim();
        let (verb, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let (verb, rest) = (verb.to_lowercase(), rest.trim());
        let words = rest.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
        read(&verb, rest, &words)?.ok_or_else(|| not_understood(&verb, rest))
    }
}

/// `rest` is what follows the verb as it was written, `words` the same in lower case with single spaces.
fn read(verb: &str, rest: &str, words: &str) -> Result<Option<Command>, ParseCommandError> {
    Ok(Some(match (verb, words) {
        ("play", "") => Command::Play,
        ("play", "toggle") => Command::TogglePlay,
        ("pause", "") => Command::Pause,
        ("seek", "undo") => Command::UndoSeek,
        ("seek", "redo") => Command::RedoSeek,
        ("slide", "next") => Command::SlideNext,
        ("slide", "previous" | "prev") => Command::SlidePrevious,
        ("slide", "first") => Command::SlideFirst,
        ("slide", "last") => Command::SlideLast,
        ("go", "") => Command::AskWhere,
        ("look", "next") => Command::LookNext,
        ("look", "previous" | "prev") => Command::LookPrevious,
        ("look", "back") => Command::LookBack,
        ("look", "play") => Command::LookPlay,
        ("slide", "copy") => Command::CopySlide,
        ("slide", "copy-file") => Command::CopySlideFile,
        ("slide", "save") => Command::SaveSlideDialog,
        ("slide", "reveal") => Command::RevealSlide,
        ("slide", "open") => Command::OpenSlide,
        ("overview", "toggle" | "") => Command::ToggleOverview,
        ("overview", "go") => Command::OverviewGo,
        ("overview", "look") => Command::OverviewLook,
        ("slides", "toggle" | "") => Command::ToggleSlides,
        ("second-window", "toggle" | "") => Command::ToggleSecondWindow,
        ("clean", "toggle" | "") => Command::ToggleClean,
        ("enlarge", "next") => Command::CycleEnlarge,
        ("zoom", "width") => Command::ZoomWidth,
        ("rate", "reset") => Command::RateReset,
        ("rate", "pin") => Command::PinRate,
        ("overview", "listen") => Command::OverviewListen,
        ("overview", "words") => Command::ToggleWords,
        ("done", "toggle" | "") => Command::ToggleDone,
        ("finder", "") => Command::Finder,
        ("mute", "toggle" | "") => Command::ToggleMute,
        ("talk", "next") => Command::NextTalk,
        ("talk", "unseen") => Command::NextUnseen,
        ("talk", "previous" | "prev") => Command::PreviousTalk,
        ("open", "") => Command::OpenDialog,
        ("fullscreen", "toggle" | "") => Command::ToggleFullscreen,
        ("zoom", "toggle" | "") => Command::ToggleFit,
        ("zoom", "fit") => Command::ZoomFit,
        ("zoom", "original" | "1:1") => Command::ZoomOriginal,
        ("zoom", "reset") => Command::ZoomReset,
        ("scrub", "end") => Command::ScrubEnd,
        ("chrome", "toggle" | "") => Command::ToggleChrome,
        ("info", "toggle" | "") => Command::ToggleInfo,
        ("keys", "toggle" | "") => Command::ToggleKeys,
        ("time-left", "toggle" | "") => Command::ToggleTimeLeft,
        ("theme", "next") => Command::CycleTheme,
        ("dismiss", "") => Command::Dismiss,
        ("quit", "") => Command::Quit,
        ("digest", "") => Command::Digest,
        (
            "note" | "notes" | "summary" | "authors" | "link" | "verdict" | "verdict-next" | "text" | "undo" | "redo"
            | "cite",
            _,
        ) => {
            return super::writing::read(verb, rest, words);
        }
        ("trim" | "level" | "pace", _) => return super::shape::read(verb, words),
        ("rate", "hold" | "release" | "pin-speaker") | ("loop" | "sleep" | "mono" | "balance" | "clip-sound", _) => {
            return super::listen::read(verb, words);
        }
        ("device" | "latency", _) => return super::sound::read(verb, rest, words),
        ("speaker" | "frame" | "motion", _) => return super::video::read(verb, words),
        ("nudge" | "times" | "describe", _) => return super::adjust::read(verb, rest, words),
        ("transcript" | "transcribe" | "captions" | "sentence", _) => {
            return super::transcript::read(verb, rest, words);
        }
        ("library" | "finish-by" | "slide-text" | "queue" | "search", _) => {
            return super::library::read(verb, rest, words);
        }
        (_, "") => return Ok(None),
        ("seek", _) => return Ok(seek(words)),
        ("scrub", _) => {
            return Ok(seek(words).and_then(|command| match command {
                Command::SeekTo(to) => Some(Command::ScrubTo(to)),
                _ => None,
            }));
        }
        ("slide", _) if words.starts_with("save ") => {
            Command::SaveSlide(path(rest.split_once(char::is_whitespace).map_or("", |(_, path)| path.trim()))?)
        }
        ("slide", _) => return Ok(number(words).map(Command::SlideGo)),
        ("look", _) => return Ok(number(words).map(Command::LookAt)),
        ("overview", _) => return Ok(step(words).map(Command::OverviewMove)),
        ("zoom", _) => return Ok(zoom(words)),
        ("pan", _) => return Ok(offset(words)),
        ("enlarge", _) => return Ok(enlarge(words).map(Command::SetEnlarge)),
        ("panel-width", _) => return Ok(panel_width(words)),
        ("theme", _) => return Ok(theme(words).map(Command::SetTheme)),
        ("talk", _) => return Ok(number(words).map(Command::GoToTalk)),
        ("rate", _) => return Ok(rate(words)),
        ("volume", _) => return Ok(volume(words)),
        ("mute", _) => return Ok(switch(words).map(Command::SetMute)),
        ("fullscreen", _) => return Ok(switch(words).map(Command::SetFullscreen)),
        ("digest", _) => Command::DigestTo(path(rest)?),
        ("open", _) => Command::Open(path(rest)?),
        ("append", _) => Command::Append(path(rest)?),
        ("screenshot", _) => Command::Screenshot(path(rest)?),
        _ => return Ok(None),
    }))
}

fn not_understood(verb: &str, rest: &str) -> ParseCommandError {
    if verb.is_empty() {
        return ParseCommandError::Empty { possible: verbs().join(", ") };
    }
    if !verbs().contains(&verb) {
        let near = verbs().into_iter().map(|known| (distance(verb, known), known)).min();
        let possible = match near {
            Some((0..=2, known)) => format!("did you mean \"{known}\"?"),
            _ => format!("possible are {}", verbs().join(", ")),
        };
        return ParseCommandError::Unknown { word: shorten(verb), possible };
    }
    let after: Vec<_> = rows().iter().filter(|row| row.verb() == verb).filter_map(|row| row.after_verb()).collect();
    match (after.join(", "), rest) {
        (possible, "") => ParseCommandError::Missing { verb: verb.to_owned(), possible },
        (possible, _) if possible.is_empty() => {
            ParseCommandError::Superfluous { verb: verb.to_owned(), argument: shorten(rest) }
        }
        (possible, _) => ParseCommandError::Argument { verb: verb.to_owned(), argument: shorten(rest), possible },
    }
}

fn verbs() -> Vec<&'static str> {
    let mut verbs: Vec<_> = rows().iter().map(super::table::Row::verb).collect();
    verbs.dedup();
    verbs
}

/// As it may stand in a message: short, and on one line.
pub(super) fn shorten(text: &str) -> String {
    text.chars().take(40).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Levenshtein's, for suggestions.
fn distance(from: &str, to: &str) -> usize {
    let mut costs: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().take(40).enumerate() {
        let mut diagonal = i;
        costs[0] = i + 1;
        for (j, b) in to.chars().enumerate() {
            let substituted = diagonal + usize::from(a != b);
            diagonal = costs[j + 1];
            costs[j + 1] = substituted.min(diagonal + 1).min(costs[j] + 1);
        }
    }
    costs[to.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Theme;
    use crate::command::samples;
    use crate::time::{MediaTime, Rate};
    use proptest::prelude::*;
    use std::path::PathBuf;

    fn read(text: &str) -> Command {
        text.parse().unwrap()
    }

    fn error(text: &str) -> String {
        text.parse::<Command>().unwrap_err().to_string()
    }

    #[test]
    fn commands_are_read_as_people_write_them() {
        let secs = MediaTime::from_secs;
        for (text, command) in [
            ("play toggle", Command::TogglePlay),
            ("  Seek   +10s ", Command::SeekBy(secs(10))),
            ("seek -5", Command::SeekBy(secs(-5))),
            ("seek +1:00", Command::SeekBy(secs(60))),
            ("seek 1:00", Command::SeekTo(secs(60))),
            ("seek to 1:00", Command::SeekTo(secs(60))),
            ("seek 50%", Command::SeekPercent(50.0)),
            ("slide NEXT", Command::SlideNext),
            ("slide prev", Command::SlidePrevious),
            ("slide 3", Command::SlideGo(3)),
            ("rate 1.5", Command::SetRate(Rate::from_factor(1.5))),
            ("rate .75", Command::SetRate(Rate::from_factor(0.75))),
            ("rate +0.1", Command::RateBy(100)),
            ("rate -.25", Command::RateBy(-250)),
            ("rate reset", Command::RateReset),
            ("volume 80", Command::SetVolume(80)),
            ("volume 80%", Command::SetVolume(80)),
            ("volume +5", Command::VolumeBy(5)),
            ("mute", Command::ToggleMute),
            ("mute on", Command::SetMute(true)),
            ("talk next", Command::NextTalk),
            ("open", Command::OpenDialog),
            ("open /a b/Ä", Command::Open("/a b/Ä".into())),
            ("open \"/a; \"\"b\"\"\"", Command::Open("/a; \"b\"".into())),
            ("append C:\\talks\\new", Command::Append("C:\\talks\\new".into())),
            ("fullscreen", Command::ToggleFullscreen),
            ("fullscreen off", Command::SetFullscreen(false)),
            ("zoom 1:1", Command::ZoomOriginal),
            ("theme dark", Command::SetTheme(Theme::Dark)),
        ] {
            assert_eq!(read(text), command, "{text}");
        }
    }

    #[test]
    fn several_commands_stand_on_one_line() {
        let line = "open \"/x;y\"; seek 1:00 ;; pause;";
        let commands = vec![Command::Open("/x;y".into()), read("seek 1:00"), Command::Pause];
        assert_eq!(parse_all(line), Ok(commands));
        assert_eq!(parse_all("open it\"s; open it\"\"s; pause").map(|all| all.len()), Ok(3));
        assert!(matches!(parse_all(" ; "), Err(ParseCommandError::Empty { .. })));
        assert!(parse_all("pause; nonsense").is_err());
    }

    #[test]
    fn errors_name_what_was_not_understood_and_what_is_possible() {
        assert_eq!(error("sekk 5"), "\"sekk\" is not a command; did you mean \"seek\"?");
        assert!(error("xyzzyx").contains("play, pause, seek, scrub, sentence, loop"), "{}", error("xyzzyx"));
        assert_eq!(
            error("slide sideways"),
            "\"sideways\" is not understood after \"slide\"; possible is previous, next, first, last, a number from 1, copy, copy-file, save, a path, reveal, open"
        );
        assert_eq!(error("rate 10"), error("rate 9.9").replace("9.9", "10"));
        assert!(error("rate 10").contains("a factor from 0.5 to 4"), "{}", error("rate 10"));
        assert_eq!(error("volume"), "\"volume\" needs +5 or -5, a number from 0 to 200");
        assert_eq!(error("quit now"), "\"quit\" takes nothing after it, and here is \"now\"");
        assert_eq!(error("append \"a b"), "the quotes around the path are not closed at its end: \"a b");
        assert!(error("").starts_with("no command given"), "{}", error(""));
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for text in [
            "slide 0",
            "talk 0",
            "talk +1",
            "volume 201",
            "volume 300",
            "rate 0.4",
            "rate 4.1",
            "rate 1.0005",
            "rate .",
            "seek 101%",
            "seek -5%",
            "seek nan%",
            "seek %",
            "seek inf%",
            "seek",
            "append",
            "append \"\"",
            "append \"a\"b\"",
        ] {
            assert!(text.parse::<Command>().is_err(), "{text}");
        }
    }

    #[test]
    fn printed_samples_look_as_written() {
        for text in [
            "seek +10s",
            "seek -0.25s",
            "seek 1:00",
            "seek 1:02:03.5",
            "seek 50%",
            "seek 0:00",
            "slide 3",
            "rate 1.5",
            "rate +0.1",
            "rate -0.25",
            "volume 80",
            "volume -5",
            "mute off",
            "open /a b/c.mp4",
            "play toggle",
            "open \"it's; \"\"quoted\"\"\"",
            "theme system",
        ] {
            assert_eq!(read(text).to_string(), text);
        }
    }

    #[test]
    fn every_sample_survives_printing() {
        for command in samples::all() {
            assert_eq!(command.to_string().parse(), Ok(command));
        }
    }

    fn any_command() -> impl Strategy<Value = Command> {
        // The most negative time has no positive counterpart and is no sensible step.
        let time =
            prop_oneof![-100_000_000_000..100_000_000_000_i64, i64::MIN + 1..=i64::MAX].prop_map(MediaTime::from_nanos);
        let path = prop_oneof!["(?s).{1,20}", "[a-z /\";' ]{1,20}"].prop_map(PathBuf::from);
        prop_oneof![
            proptest::sample::select(samples::all()),
            time.clone().prop_map(Command::SeekBy),
            time.clone().prop_map(Command::SeekTo),
            time.prop_map(Command::ScrubTo),
            (0.0..=100.0).prop_map(Command::SeekPercent),
            (1..=usize::MAX).prop_map(Command::SlideGo),
            (1..=usize::MAX).prop_map(Command::GoToTalk),
            (500..=4000_u32).prop_map(|rate| Command::SetRate(Rate::from_factor(f64::from(rate) / 1000.0))),
            any::<i32>().prop_map(Command::RateBy),
            (0..=200_u8).prop_map(Command::SetVolume),
            any::<i32>().prop_map(Command::VolumeBy),
            path.clone().prop_map(Command::Open),
            path.clone().prop_map(Command::Append),
            path.prop_map(Command::Screenshot),
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(command in any_command()) {
            prop_assert_eq!(command.to_string().parse(), Ok(command));
        }

        #[test]
        fn lines_of_several_commands_are_read_back(commands in proptest::collection::vec(any_command(), 1..5)) {
            let line = commands.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            prop_assert_eq!(parse_all(&line), Ok(commands));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "(?s)(seek|slide|rate|volume|open|talk|)[ ;\"]?.*") {
            for command in parse_all(&text).unwrap_or_default() {
                prop_assert_eq!(command.to_string().parse(), Ok(command));
            }
        }
    }
}

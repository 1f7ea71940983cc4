//! What can be typed after `plenary`: the grammar alone, so that the build script can include this file and make the
//! manual page and the completions of it. Meaning is given to it elsewhere.
//!
//! Programs written for mpv start their player with mpv's options; [`tolerant_args`] turns those into ours.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum, ValueHint};

use library_args::{DigestArgs, ListArgs, ScanArgs, SearchArgs};

// Found beside this file by the build script, too.
#[path = "library_args.rs"]
pub mod library_args;

/// Version and commit, as the build script found them.
pub const VERSION: &str = match option_env!("PLENARY_VERSION") {
    Some(version) => version,
    None => env!("CARGO_PKG_VERSION"),
};

const EXAMPLES: &str = "\
Examples:
  plenary talks/attention              Open a talk's folder
  plenary talk.mp4 --start 12:30       Open a file at a time
  plenary --speed 1.5 talks/*          Open several talks, one after another
  plenary -c \"slide 3; pause\" talk     Open a talk and give it commands
  plenary info --json talk             Describe a talk, for a script
  plenary pack talk --to copy          Write a talk into one folder with everything in it
  plenary digest talks -o digest.md    Write the summary of the talks that were kept
  plenary search optimal transport     Find where it is said, shown or noted
  plenary ./info                       Open a folder called info";

/// Play downloaded conference talks, slides and sound together
#[derive(Debug, Clone, PartialEq, Parser)]
#[command(
    name = "plenary",
    version = VERSION,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    // An abbreviation would change its meaning with the next option.
    infer_long_args = false,
    disable_help_subcommand = true
)]
pub struct Args {
    /// What to do instead of playing.
    #[command(subcommand)]
    pub action: Option<Action>,

    /// Folders or files of talks, played one after another
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// Begin at this time of the first talk, such as 90, 12:30 or 1h2m
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub start: Option<String>,

    /// Play at this speed, 0.5 to 4
    #[arg(long, value_name = "FACTOR", value_parser = parse_speed)]
    pub speed: Option<f64>,

    /// Play at this volume, 0 to 200
    #[arg(long, value_name = "PERCENT", value_parser = parse_volume)]
    pub volume: Option<u8>,

    /// Send sound to this device: its name or a part of it, or default
    #[arg(long, value_name = "NAME")]
    pub audio_device: Option<String>,

    /// Open without sound until unmuted
    #[arg(long, overrides_with = "mute")]
    pub mute: bool,

    /// Open without starting to play
    #[arg(long, overrides_with = "pause")]
    pub pause: bool,

    /// Fill the screen
    #[arg(long, overrides_with = "fullscreen")]
    pub fullscreen: bool,

    /// Give this command once the talk is open; may be repeated, and may hold several separated by ;
    #[arg(short = 'c', long = "command", value_name = "COMMAND")]
    pub commands: Vec<String>,

    /// Open no window
    #[arg(long, overrides_with = "headless")]
    pub headless: bool,

    /// Use no sound device; time passes as it would with one
    #[arg(long, overrides_with = "no_audio")]
    pub no_audio: bool,

    /// Keep settings in this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub config: Option<PathBuf>,

    /// Say this much on the standard error output
    #[arg(long, value_name = "LEVEL", value_enum)]
    pub log_level: Option<LogLevel>,

    /// Listen here for mpv's JSON commands: a socket, or a named pipe on Windows
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub input_ipc_server: Option<PathBuf>,

    /// Stay when there is nothing to play
    #[arg(long, hide = true)]
    pub idle: bool,
}

/// What to do instead of playing.
#[derive(Debug, Clone, PartialEq, Subcommand)]
pub enum Action {
    /// Describe a talk: title, length, slides, and what is wrong with it
    Info {
        /// Folder or file of a talk
        #[arg(value_hint = ValueHint::AnyPath)]
        path: PathBuf,

        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a talk into a folder of its own: slides, sound, texts and the list of them
    Pack {
        /// Folder or file of a talk
        #[arg(value_hint = ValueHint::AnyPath)]
        path: PathBuf,

        /// Into this folder, which must not exist yet or be empty
        #[arg(long, value_name = "PLACE", value_hint = ValueHint::DirPath)]
        to: PathBuf,

        /// Say what was written as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the digest of the kept talks of a library: a summary with titles, authors and links
    Digest(DigestArgs),
    /// Find the talks in folders and keep them in the library
    Scan(ScanArgs),
    /// List the talks of the library
    List(ListArgs),
    /// Search titles, authors, slides, speech and notes of all talks
    Search(SearchArgs),
}

/// How much is logged; each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Only what failed
    Error,
    /// What is doubtful, too
    Warn,
    /// What happens, in a few lines
    Info,
    /// For looking into a problem
    Debug,
    /// Everything
    Trace,
}

fn parse_speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_error| "a number is wanted, such as 1.5".to_owned())?;
    if (0.5..=4.0).contains(&speed) { Ok(speed) } else { Err("possible is 0.5 to 4".to_owned()) }
}

fn parse_volume(text: &str) -> Result<u8, String> {
    let volume: f64 = text.parse().map_err(|_error| "a number is wanted, such as 80".to_owned())?;
    if (0.0..=200.0).contains(&volume) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within 0 to 200")]
        Ok(volume.round() as u8)
    } else {
        Err("possible is 0 to 200".to_owned())
    }
}

/// mpv's options that change nothing here, or nothing that a program driving the player could miss.
const MPV_IGNORED: &[&str] = &[
    "audio-client-name",
    "audio-display",
    "audio-file-auto",
    "audio-pitch-correction",
    "autofit",
    "autofit-larger",
    "autofit-smaller",
    "autoload-files",
    "border",
    "cache",
    "config-dir",
    "cursor-autohide",
    "cursor-autohide-fs-only",
    "demuxer-max-back-bytes",
    "demuxer-max-bytes",
    "demuxer-readahead-secs",
    "force-window",
    "force-window-position",
    "geometry",
    "gpu-api",
    "gpu-context",
    "hidpi-window-scale",
    "hr-seek",
    "hwdec",
    "image-display-duration",
    "include",
    "input-builtin-bindings",
    "input-conf",
    "input-cursor",
    "input-default-bindings",
    "input-media-keys",
    "input-terminal",
    "input-vo-keyboard",
    "keep-open",
    "keep-open-pause",
    "keepaspect",
    "keepaspect-window",
    "load-auto-profiles",
    "load-scripts",
    "load-stats-overlay",
    "log-file",
    "loop",
    "loop-file",
    "loop-playlist",
    "msg-color",
    "msg-level",
    "msg-module",
    "msg-time",
    "ontop",
    "osc",
    "osd-bar",
    "osd-duration",
    "osd-font-size",
    "osd-level",
    "osd-on-seek",
    "osd-playing-msg",
    "player-operation-mode",
    "prefetch-playlist",
    "profile",
    "quiet",
    "really-quiet",
    "resume-playback",
    "save-position-on-quit",
    "screenshot-format",
    "script-opts",
    "sid",
    "slang",
    "snap-window",
    "stop-screensaver",
    "sub-auto",
    "sub-visibility",
    "taskbar-progress",
    "term-osd",
    "term-osd-bar",
    "term-playing-msg",
    "term-status-msg",
    "terminal",
    "title",
    "volume-max",
    "watch-later-directory",
    "window-scale",
    "x11-name",
    "ytdl",
    "ytdl-format",
    "ytdl-raw-options",
];

/// mpv's switches of the same meaning as ours: mpv's name, ours.
const MPV_SWITCHES: &[(&str, &str)] =
    &[("fs", "fullscreen"), ("fullscreen", "fullscreen"), ("idle", "idle"), ("mute", "mute"), ("pause", "pause")];

/// Turns mpv's way of writing options into ours: `--pause=yes`, `--no-pause`, `--fs`, `--ao=null`; and drops those of
/// mpv's options that mean nothing here. The first is the name of the program. What is neither stays as it is, so that
/// clap can complain of it; so does everything after `--`.
pub fn tolerant_args(raw: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = Vec::new();
    let mut options = true;
    for (at, arg) in raw.enumerate() {
        options = options && arg != "--";
        let read = if at > 0 && options { arg.to_str().map(translate) } else { None };
        match read {
            None | Some(Translated::Same) => args.push(arg),
            Some(Translated::Nothing) => {}
            Some(Translated::Switch { name, on: true }) => args.push(format!("--{name}").into()),
            Some(Translated::Switch { name, on: false }) => {
                // The last word counts, as it does in mpv.
                let earlier = OsString::from(format!("--{name}"));
                args.retain(|other| *other != earlier);
            }
        }
    }
    args
}

enum Translated {
    Same,
    Nothing,
    Switch { name: &'static str, on: bool },
}

fn translate(arg: &str) -> Translated {
    let Some(option) = arg.strip_prefix("--").filter(|option| !option.is_empty()) else {
        return Translated::Same;
    };
    let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
    let (base, negated) = name.strip_prefix("no-").map_or((name, false), |base| (base, true));
    match (base, negated, value) {
        // These two take a value here, and mean something else with mpv's.
        ("config", true, None) | ("config", false, Some("yes" | "no")) => return Translated::Nothing,
        ("audio", false, Some("no")) | ("aid", false, Some("no")) | ("ao", false, Some("null")) => {
            return Translated::Switch { name: "no-audio", on: true };
        }
        ("audio" | "aid", false, Some("auto" | "yes")) => {
            return Translated::Switch { name: "no-audio", on: false };
        }
        ("video", true, None) | ("video" | "vid", false, Some("no")) | ("vo", false, Some("null")) => {
            return Translated::Switch { name: "headless", on: true };
        }
        ("video" | "vid", false, Some("auto" | "yes")) => {
            return Translated::Switch { name: "headless", on: false };
        }
        ("vo" | "ao", false, Some(_)) => return Translated::Nothing,
        _ => {}
    }
    if let Some((_, name)) = MPV_SWITCHES.iter().find(|(theirs, _)| *theirs == base) {
        return match value {
            None => Translated::Switch { name, on: !negated },
            Some("yes" | "true" | "once") if !negated => Translated::Switch { name, on: true },
            Some("no" | "false" | "auto") if !negated => Translated::Switch { name, on: false },
            Some(_) => Translated::Same,
        };
    }
    if MPV_IGNORED.contains(&base) { Translated::Nothing } else { Translated::Same }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn tolerant(typed: &str) -> String {
        let args = ["plenary"].into_iter().chain(typed.split_whitespace()).map(OsString::from);
        let args = tolerant_args(args).into_iter().skip(1).map(|arg| arg.into_string().unwrap());
        args.collect::<Vec<_>>().join(" ")
    }

    fn read(typed: &str) -> Result<Args, clap::Error> {
        let args = ["plenary"].into_iter().chain(typed.split_whitespace()).map(OsString::from);
        Args::try_parse_from(tolerant_args(args))
    }

    fn paths(typed: &str) -> Vec<PathBuf> {
        read(typed).unwrap().paths
    }

    #[test]
    fn the_grammar_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn options_and_paths_are_read() {
        let args = read("one --start -5 --speed 1.5 --pause two -c pause --command=seek").unwrap();
        assert_eq!(args.paths, [PathBuf::from("one"), PathBuf::from("two")]);
        assert_eq!(args.start.as_deref(), Some("-5"));
        assert_eq!((args.speed, args.pause, args.fullscreen), (Some(1.5), true, false));
        assert_eq!(args.commands, ["pause", "seek"]);
        assert_eq!(read("--log-level debug").unwrap().log_level, Some(LogLevel::Debug));
        assert_eq!(read("--volume 79.6").unwrap().volume, Some(80));
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for typed in ["--speed 0.4", "--speed 5", "--speed nan", "--volume 201", "--volume=-1", "--log-level loud"] {
            assert!(read(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn info_is_an_action_only_where_it_comes_first() {
        let action = |path: &str, json| Some(Action::Info { path: path.into(), json });
        assert_eq!(read("info talk").unwrap().action, action("talk", false));
        assert_eq!(read("info --json info").unwrap().action, action("info", true));
        assert!(read("info").is_err());
        assert_eq!(paths("./info"), [PathBuf::from("./info")]);
        assert_eq!(paths("-- info"), [PathBuf::from("info")]);
        assert_eq!(paths("talk info"), [PathBuf::from("talk"), PathBuf::from("info")]);
        assert_eq!(paths("help"), [PathBuf::from("help")]);
    }

    #[test]
    fn packing_needs_a_place() {
        let action = Action::Pack { path: "talk".into(), to: "copy".into(), json: true };
        assert_eq!(read("pack talk --to copy --json").unwrap().action, Some(action));
        assert!(read("pack talk").is_err());
        assert_eq!(paths("./pack"), [PathBuf::from("./pack")]);
    }

    #[test]
    fn what_mpv_clients_pass_at_start_is_accepted() {
        let args = read("--idle=yes --input-ipc-server=/tmp/s --input-terminal=no --terminal=no").unwrap();
        assert_eq!((args.idle, args.input_ipc_server), (true, Some(PathBuf::from("/tmp/s"))));
        for typed in [
            "--idle --no-terminal --no-input-terminal --no-config --force-window=yes --keep-open=always",
            "--really-quiet --msg-level=all=warn --player-operation-mode=pseudo-gui --input-default-bindings=yes",
            "--osc=no --no-osc --osc --ytdl=no --no-ytdl --volume=50 --speed=1.5 --start=90 --config=no",
        ] {
            assert!(read(typed).is_ok(), "{typed}: {:?}", read(typed));
        }
    }

    #[test]
    fn mpvs_ways_of_writing_become_ours() {
        for (typed, ours) in [
            ("--pause=yes", "--pause"),
            ("--pause=no", ""),
            ("--pause --no-pause", ""),
            ("--no-pause --pause", "--pause"),
            ("--fs", "--fullscreen"),
            ("--fullscreen=yes --fs=no", ""),
            ("--mute=yes", "--mute"),
            ("--mute=auto", ""),
            ("--idle=once", "--idle"),
            ("--audio=no", "--no-audio"),
            ("--ao=null", "--no-audio"),
            ("--ao=pulse", ""),
            ("--no-audio", "--no-audio"),
            ("--no-video", "--headless"),
            ("--vo=null talk", "--headless talk"),
            ("--config=/etc/x", "--config=/etc/x"),
            ("--config no", "--config no"),
            ("-c --osc", "-c"),
            ("-- --osc --fs", "-- --osc --fs"),
            ("--", "--"),
            ("--start=50", "--start=50"),
            ("info --json talk", "info --json talk"),
        ] {
            assert_eq!(tolerant(typed), ours, "{typed}");
        }
    }

    #[test]
    fn an_unknown_option_stays_an_error_with_a_suggestion() {
        let error = read("--spede 2").unwrap_err().to_string();
        assert!(error.contains("--spede") && error.contains("--speed"), "{error}");
        assert!(read("--pause=perhaps").is_err());
        assert!(read("--no-such-thing").is_err());
    }

    #[test]
    fn none_of_our_options_is_taken_for_mpvs() {
        for option in Args::command().get_arguments().filter_map(clap::Arg::get_long) {
            let name = option.strip_prefix("no-").unwrap_or(option);
            assert!(!MPV_IGNORED.contains(&name), "--{option}");
        }
        assert!(MPV_IGNORED.is_sorted(), "keep the list in order");
    }

    #[test]
    fn help_is_in_sentence_case_without_full_stops() {
        let mut command = Args::command();
        for option in command.get_arguments() {
            let help = option.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.starts_with(char::is_uppercase) && !help.ends_with('.'), "{}: {help}", option.get_id());
        }
        assert!(command.render_long_help().to_string().contains("plenary ./info"));
    }

    #[test]
    fn a_name_that_is_not_unicode_passes_unharmed() {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt as _;
            let odd = OsString::from_vec(vec![b'-', b'-', 0xff]);
            assert_eq!(tolerant_args([OsString::from("plenary"), odd.clone()].into_iter())[1], odd);
        }
    }
}

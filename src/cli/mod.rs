//! From what was typed to a running program: a window, no window, or a description on the terminal.

pub mod args;
mod digest;
mod headless;
mod info;
mod library;
mod memory;
mod pack;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::Parser as _;

use crate::Waker;
use crate::app::awake::Awake;
use crate::app::films::{grey_of, still_of};
use crate::app::notice::Severity;
use crate::app::opener::Opener;
use crate::app::settings::Settings;
use crate::app::work::Work;
use crate::app::{App, Start};
use crate::audio::analysis::worker::Analyst;
use crate::audio::{AudioEngine, Output};
use crate::command::{Command, parse::parse_all};
use crate::remote::Remote;
use crate::remote::instance::{self, Instance};
use crate::slides::{SlideCache, ThumbStore};
use crate::time::{MediaTime, Rate};
use crate::ui::LateWaker;
use crate::video::survey::worker::Surveyor;
use args::{Action, Args, LogLevel};

/// Threads that decode slides.
const SLIDE_WORKERS: usize = 2;

/// Memory for small pictures of slides.
const THUMB_BYTES: usize = 48 << 20;

/// Where this run reads and writes.
struct Folders {
    config: PathBuf,
    state: PathBuf,
    cache: PathBuf,
    data: PathBuf,
    /// Notes, unless the settings say otherwise.
    notes: PathBuf,
}

impl Folders {
    /// Those of the viewer; all in one place where the command line names it.
    fn of(config: Option<&Path>) -> Self {
        match config {
            Some(folder) => Self {
                config: folder.to_owned(),
                state: folder.join("state"),
                cache: folder.join("cache"),
                data: folder.join("data"),
                notes: folder.join("notes"),
            },
            None => Self {
                config: crate::paths::config(),
                state: crate::paths::state(),
                cache: crate::paths::cache(),
                data: crate::paths::data(),
                notes: crate::paths::notes(),
            },
        }
    }
}

/// Runs the program as it was typed.
pub fn main() -> ExitCode {
    memory::give_back_pictures();
    let args = Args::parse_from(args::tolerant_args(std::env::args_os()));
    start_log(args.log_level);
    let done = match &args.action {
        Some(Action::Info { path, json }) => info::run(path, *json),
        Some(Action::Pack { path, to, json }) => pack::run(path, to, *json),
        Some(Action::Digest(args)) => write_digest(args),
        Some(Action::Scan(args)) => library::scan(args, &folders(args.config.as_deref()).data),
        Some(Action::List(args)) => {
            let folders = folders(args.config.as_deref());
            let notes = Settings::load(&folders.config).0.notes_folder.unwrap_or(folders.notes);
            library::list(args, &folders.data, &notes)
        }
        Some(Action::Search(args)) => library::find(args, &folders(args.config.as_deref()).data),
        None => run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            complain(&why);
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    let start = start(args)?;
    let commands = commands(args)?;
    let folders = Folders::of(args.config.as_deref());
    let instance = Instance::claim(&folders.data);
    if matches!(instance, Instance::Second) && !args.headless && args.input_ipc_server.is_none() {
        if let Some(missing) = start.paths.iter().find(|path| !path.exists()) {
            return Err(format!("There is no such file or folder: {}", missing.display()));
        }
        match instance::hand_over(&folders.data, &start.paths) {
            Ok(()) => {
                complain("handed to the Plenary that is open");
                return Ok(());
            }
            // It goes on beside the other, and says what that means.
            Err(why) => tracing::warn!("{why}"),
        }
    }
    let (settings, mut issues) = Settings::load(&folders.config);
    if args.config.is_some() && !folders.config.is_dir() {
        issues.push(format!("There is no folder {} yet; the defaults are used", folders.config.display()));
    }
    let settings = overlay(settings, args);
    let output = if args.no_audio { Output::Null } else { Output::Device };
    let (window, bell) = (LateWaker::default(), headless::Bell::default());
    let waker = if args.headless { bell.waker() } else { window.waker() };
    let mut app = assemble(settings, issues, output, &waker, &folders.cache)?;
    if !args.headless {
        app.keep_session(&folders.state);
    }
    let notes = app.settings().notes_folder.clone().unwrap_or_else(|| folders.notes.clone());
    let language = app.settings().spelling.clone();
    let work = match &instance {
        Instance::First(_) => Work::start(&folders.data, notes, language.as_deref(), &waker),
        Instance::Second => {
            app.tell(
                Severity::Warning,
                "Another Plenary has the library: verdicts are kept in your notes, positions are not",
            );
            Work::start_reading(&folders.data, notes, language.as_deref(), &waker)
        }
    };
    match work {
        Ok(work) => app.keep_work(work),
        Err(error) => app.tell(Severity::Error, format!("Notes and verdicts cannot be kept: {error}")),
    }
    match Analyst::start(folders.cache.join("sound"), std::sync::Arc::clone(&waker)) {
        Ok(analyst) => app.measure_with(analyst),
        Err(error) => app.tell(Severity::Warning, format!("Pauses and loudness cannot be found: {error}")),
    }
    if !args.headless {
        app.show_films(&waker);
        match Surveyor::start(folders.cache.join("video"), grey_of(), Arc::clone(&waker)) {
            Ok(surveyor) => app.survey_with(surveyor),
            Err(error) => tracing::warn!("nothing is learnt from videos: {error}"),
        }
    }
    if args.mute {
        app.run(Command::SetMute(true));
    }
    if args.fullscreen {
        app.run(Command::SetFullscreen(true));
    }
    heed_signals(&mut app, &waker);
    match Awake::start() {
        Ok(awake) => app.keep_awake(awake),
        Err(error) => tracing::warn!("the machine may go to sleep: {error}"),
    }
    app.begin(start);
    for command in commands {
        app.run_when_open(command);
    }
    let remote = match &args.input_ipc_server {
        Some(path) => Some(Remote::start(path, &app, &waker).map_err(|error| error.to_string())?),
        None => None,
    };
    if args.headless {
        return headless::run(app, remote, &bell);
    }
    let others = match &instance {
        Instance::First(Some(_)) => instance::listen(&folders.data, &waker).map_err(|why| tracing::warn!("{why}")).ok(),
        Instance::First(None) | Instance::Second => None,
    };
    crate::ui::run(app, remote, others, &window)
}

/// Where everything lies, as the command line has it.
fn folders(config: Option<&Path>) -> Folders {
    let config = config.map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()));
    Folders::of(config.as_deref())
}

/// Asked to end from outside (Ctrl+C, a shutdown), the program ends as if the window had been closed.
fn heed_signals(app: &mut App, waker: &Waker) {
    let (ask, waker) = (app.quit_request(), Arc::clone(waker));
    let heard = move || {
        ask.store(true, Ordering::Release);
        waker();
    };
    if let Err(error) = ctrlc::set_handler(heard) {
        tracing::warn!("signals are not heeded: {error}");
    }
}

fn write_digest(args: &args::library_args::DigestArgs) -> Result<(), String> {
    let config = args.config.as_deref().map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()));
    let folders = Folders::of(config.as_deref());
    let (settings, issues) = Settings::load(&folders.config);
    issues.iter().for_each(|issue| complain(issue));
    let notes = settings.notes_folder.clone().unwrap_or_else(|| folders.notes.clone());
    digest::run(args, &digest::Places { settings, notes, data: folders.data })
}

/// The application with its engines and threads.
fn assemble(
    settings: Settings,
    issues: Vec<String>,
    output: Output,
    waker: &Waker,
    cache: &Path,
) -> Result<App, String> {
    let cannot = |error: std::io::Error| format!("Cannot start: {error}");
    let audio = AudioEngine::start(output, waker).map_err(cannot)?;
    let slides = SlideCache::new(settings.slide_cache_mib << 20, SLIDE_WORKERS, Arc::clone(waker));
    let store = ThumbStore::new(cache.join("thumbs")).with_stills(still_of());
    let thumbs = SlideCache::of_thumbs(THUMB_BYTES, 1, Arc::clone(waker), store);
    let opener = Opener::start(waker).map_err(cannot)?;
    Ok(App::new(audio, slides, thumbs, opener, settings, issues))
}

fn start(args: &Args) -> Result<Start, String> {
    let at = args.start.as_deref().map(MediaTime::parse).transpose().map_err(|error| format!("--start: {error}"))?;
    if at.is_some_and(|at| at < MediaTime::ZERO) {
        return Err("--start: a talk begins at 0:00".to_owned());
    }
    let paths = args.paths.iter().cloned().map(|path| std::path::absolute(&path).unwrap_or(path)).collect();
    let otherwise = if args.idle { None } else { sample_talk() };
    Ok(Start { paths, at, paused: args.pause.then_some(true), otherwise })
}

fn commands(args: &Args) -> Result<Vec<Command>, String> {
    let mut commands = Vec::new();
    for text in &args.commands {
        commands.extend(parse_all(text).map_err(|error| format!("-c: {error}"))?);
    }
    Ok(commands)
}

fn overlay(mut settings: Settings, args: &Args) -> Settings {
    if let Some(speed) = args.speed {
        settings.rate = Some(Rate::from_factor(speed));
    }
    if let Some(volume) = args.volume {
        settings.volume = volume;
    }
    if let Some(device) = &args.audio_device {
        settings.audio_device = Some(device.clone());
    }
    settings
}

/// The talk that comes with the program: beside it when installed, in the source tree when not.
fn sample_talk() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let beside = program
        .as_deref()
        .and_then(|program| program.parent())
        .map(|folder| [folder.join("sample-talk"), folder.join("../share/plenary/sample-talk")]);
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/sample-talk");
    beside.into_iter().flatten().chain([source]).find(|path| path.is_dir())
}

fn start_log(level: Option<LogLevel>) {
    let level = match level.unwrap_or(LogLevel::Warn) {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    // Only our own words, unless more is asked for in the environment.
    let filter = std::env::var("PLENARY_LOG").unwrap_or_else(|_| format!("plenary={level}"));
    let filter = tracing_subscriber::EnvFilter::new(filter);
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .finish();
    tracing::subscriber::set_global_default(subscriber).ok();
}

fn complain(why: &str) {
    #[expect(clippy::print_stderr, reason = "this is the command line's own voice")]
    {
        eprintln!("plenary: {why}");
    }
}

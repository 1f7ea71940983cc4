//! What is as it was at the next start: how slides are shown, and what stands beside them. Written by a thread of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};
use serde::{Deserialize, Serialize};

use super::sound::{LAG_LIMITS, Sounding};
use super::transcript::{CAPTION_LINES, CAPTION_SIZE};
use super::view::{CaptionsView, Listening, Panel, Shelving, View, WindowPlace};
use crate::audio::{Choice, Device};
use crate::command::{Command, PACES, VideoCommand};
use crate::slides::Mode;
use crate::time::MediaTime;

/// The file in the folder of states.
const FILE: &str = "session.toml";
/// Largest file that is read, in bytes.
const MAX_BYTES: u64 = 64 << 10;
/// How long changes are gathered before they are written.
const GATHER: MediaTime = MediaTime::from_millis(300);

/// What is kept, in the words of commands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Session {
    zoom: String,
    enlarge: String,
    clean: bool,
    panel: String,
    panel_width: Option<u16>,
    time_left: bool,
    trim: bool,
    trim_strength: Option<u8>,
    level: Option<bool>,
    pace: Option<u16>,
    speed: String,
    mono: bool,
    balance: i64,
    clip_sound: Option<bool>,
    words: bool,
    told_slide_text: bool,
    /// The folders of talks, for a store that is lost.
    roots: Vec<String>,
    /// The talk that was open, as it was given; a path that is no text is not kept.
    talk: Option<String>,
    library: bool,
    cards: bool,
    filter: String,
    sort: String,
    finish_by: String,
    chosen: Option<String>,
    /// The sound device that was chosen, by its id and its name.
    device: Option<(String, String)>,
    /// How much later than they say devices are heard, in milliseconds.
    latencies: BTreeMap<String, i64>,
    window: Option<WindowPlace>,
    captions: bool,
    captions_lines: Option<u8>,
    captions_size: Option<u8>,
    captions_nameless: bool,
    language: Option<String>,
    /// The speaker's video is shown, and how.
    speaker: bool,
    speaker_layout: String,
}

impl Session {
    fn of(view: &View, talk: Option<&Path>) -> Self {
        let text = |path: Option<&Path>| path.and_then(Path::to_str).map(str::to_owned);
        Self {
            zoom: zoom_command(view.mode).to_string(),
            enlarge: Command::SetEnlarge(view.enlarge).to_string(),
            clean: view.clean,
            panel: view.panel.or(view.set_aside).map_or_else(String::new, |panel| panel.toggle().to_string()),
            panel_width: Some(view.panel_width),
            time_left: view.time_left,
            trim: view.trim,
            trim_strength: Some(view.trim_strength),
            level: Some(view.level),
            pace: view.pace,
            speed: view.listening.rate.map_or_else(String::new, |rate| Command::SetRate(rate).to_string()),
            mono: view.listening.mono,
            balance: i64::from(view.listening.balance),
            clip_sound: Some(view.listening.clip_sound),
            words: view.words,
            told_slide_text: view.told_slide_text,
            roots: view.roots.iter().filter_map(|root| text(Some(root))).collect(),
            talk: text(talk),
            library: view.library,
            cards: view.shelf.cards,
            filter: view.shelf.filter.clone(),
            sort: view.shelf.sort.clone(),
            finish_by: view.shelf.finish_by.clone(),
            chosen: text(view.shelf.chosen.as_deref()),
            device: match &view.sound.choice {
                Choice::Default => None,
                Choice::Device(device) => Some((device.id.clone(), device.name.clone())),
            },
            latencies: view.sound.lags.clone(),
            window: view.window,
            captions: view.captions.shown,
            captions_lines: view.captions.lines,
            captions_size: view.captions.size,
            captions_nameless: view.captions.nameless,
            language: view.language.clone(),
            speaker: view.video.speaker,
            speaker_layout: Command::Video(VideoCommand::Layout(view.video.layout)).to_string(),
        }
    }

    /// Lays it over a view. What is not understood is as at the first start.
    fn restore(&self, view: &mut View) {
        if let Some(mode) = self.zoom.parse().ok().and_then(|command| mode_of(&command)) {
            view.mode = mode;
        }
        if let Ok(Command::SetEnlarge(enlarge)) = self.enlarge.parse() {
            view.enlarge = enlarge;
        }
        view.clean = self.clean;
        view.panel = Panel::ALL.into_iter().find(|panel| panel.toggle().to_string() == self.panel);
        if let Some(Ok(Command::SetPanelWidth(width))) =
            self.panel_width.map(|width| format!("panel-width {width}").parse())
        {
            view.panel_width = width;
        }
        view.time_left = self.time_left;
        view.trim = self.trim;
        if let Some(strength) = self.trim_strength.filter(|strength| *strength <= 100) {
            view.trim_strength = strength;
        }
        view.level = self.level.unwrap_or(view.level);
        view.pace = self.pace.filter(|pace| PACES.contains(pace));
        let rate = match self.speed.parse() {
            Ok(Command::SetRate(rate)) => Some(rate),
            _ => None,
        };
        let balance = i8::try_from(self.balance.clamp(-100, 100)).unwrap_or(0);
        let clip_sound = self.clip_sound.unwrap_or(view.listening.clip_sound);
        view.listening = Listening { rate, mono: self.mono, balance, clip_sound };
        view.words = self.words;
        view.told_slide_text = self.told_slide_text;
        view.roots = self.roots.iter().map(PathBuf::from).collect();
        view.shelf = Shelving {
            cards: self.cards,
            filter: self.filter.clone(),
            sort: self.sort.clone(),
            finish_by: self.finish_by.clone(),
            chosen: self.chosen.as_ref().map(PathBuf::from),
            ..Shelving::default()
        };
        let lags = self.latencies.iter().filter(|(_, ms)| (LAG_LIMITS.0..=LAG_LIMITS.1).contains(*ms));
        view.sound = Sounding {
            choice: self.device.clone().map_or(Choice::Default, |(id, name)| Choice::Device(Device { id, name })),
            lags: lags.map(|(id, ms)| (id.clone(), *ms)).collect(),
        };
        view.window = self.window.filter(WindowPlace::is_sane);
        view.captions = CaptionsView {
            shown: self.captions,
            lines: self.captions_lines.filter(|lines| CAPTION_LINES.contains(lines)),
            size: self.captions_size.filter(|size| CAPTION_SIZE.contains(size)),
            nameless: self.captions_nameless,
        };
        view.language.clone_from(&self.language);
        if let Ok(Command::Video(VideoCommand::Layout(layout))) = self.speaker_layout.parse() {
            view.video.set_layout(layout);
        }
        view.video.speaker = self.speaker;
    }
}

/// The command that asks for a mode.
fn zoom_command(mode: Mode) -> Command {
    match mode {
        Mode::Fit => Command::ZoomFit,
        Mode::FillWidth => Command::ZoomWidth,
        Mode::OriginalWhenFits => Command::ZoomReset,
        Mode::Original => Command::ZoomOriginal,
        Mode::Multiple(times) => Command::ZoomMultiple(times),
        Mode::Free(zoom) => Command::ZoomTo(zoom.thousandths().div_ceil(10)),
    }
}

/// The mode that a command asks for.
fn mode_of(command: &Command) -> Option<Mode> {
    match command {
        Command::ZoomFit => Some(Mode::Fit),
        Command::ZoomWidth => Some(Mode::FillWidth),
        Command::ZoomReset => Some(Mode::OriginalWhenFits),
        Command::ZoomOriginal => Some(Mode::Original),
        Command::ZoomMultiple(times) => Some(Mode::Multiple(*times)),
        Command::ZoomTo(percent) => Some(Mode::Free(crate::slides::Zoom::from_thousandths(percent.saturating_mul(10)))),
        _ => None,
    }
}

/// What was open at the end of the last session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Last {
    /// The talk.
    pub talk: Option<PathBuf>,
    /// The library was seen.
    pub library: bool,
}

/// Reads and writes the session. Without a folder nothing is kept.
#[derive(Default)]
pub struct SessionKeeper {
    kept: Session,
    /// What was open at the end of the last session.
    last: Last,
    due: Option<MediaTime>,
    saver: Option<Saver>,
}

struct Saver {
    texts: Option<Sender<String>>,
    thread: Option<JoinHandle<()>>,
}

impl SessionKeeper {
    /// Restores a view from a folder, and will keep it there.
    ///
    /// # Errors
    /// Sentences: what was not understood of the file, or why nothing will be kept.
    pub fn start(folder: &Path, view: &mut View) -> (Self, Vec<String>) {
        let (mut issues, mut last) = (Vec::new(), Last::default());
        match read(&folder.join(FILE)) {
            Ok(Some(session)) => {
                session.restore(view);
                last = Last { talk: session.talk.map(PathBuf::from), library: session.library };
            }
            Ok(None) => {}
            Err(why) => issues.push(format!("How slides were shown last is forgotten: {why}")),
        }
        let saver = Saver::start(folder.to_owned());
        if saver.is_none() {
            issues.push("How slides are shown will be forgotten at the end: no thread to write it".to_owned());
        }
        let kept = Session { talk: None, ..Session::of(view, None) };
        (Self { kept, last, due: None, saver }, issues)
    }

    /// What was open at the end of the last session.
    pub fn last(&self) -> &Last {
        &self.last
    }

    /// Notices what has changed and writes it, a moment later. Where no talk is open, the last one stays known.
    pub fn poll(&mut self, view: &View, talk: Option<&Path>, now: MediaTime) {
        let talk = talk.or(self.last.talk.as_deref());
        if self.saver.is_none() || Session::of(view, talk) == self.kept {
            self.due = None;
            return;
        }
        match self.due {
            None => self.due = Some(now + GATHER),
            Some(due) if now >= due => self.keep(Session::of(view, talk)),
            Some(_) => {}
        }
    }

    /// When it next has something to do.
    pub fn due(&self) -> Option<MediaTime> {
        self.due
    }

    /// Writes what has changed; at the end.
    pub fn finish(&mut self, view: &View, talk: Option<&Path>) {
        let session = Session::of(view, talk.or(self.last.talk.as_deref()));
        if self.saver.is_some() && session != self.kept {
            self.keep(session);
        }
        self.saver = None;
    }

    fn keep(&mut self, session: Session) {
        let text = toml::to_string(&session).unwrap_or_default();
        let texts = self.saver.as_ref().and_then(|saver| saver.texts.as_ref());
        // A full channel means a disk that does not answer: it is tried again.
        if texts.is_some_and(|texts| texts.try_send(text).is_ok()) {
            self.kept = session;
        }
        self.due = None;
    }
}

impl Saver {
    fn start(folder: PathBuf) -> Option<Self> {
        let (texts, wanted) = bounded::<String>(4);
        let save = move || {
            for text in wanted {
                let written = std::fs::create_dir_all(&folder).map_err(|error| error.to_string()).and_then(|()| {
                    crate::persist::write_atomic(&folder.join(FILE), text.as_bytes()).map_err(|e| e.to_string())
                });
                if let Err(why) = written {
                    tracing::warn!("how slides are shown will not be remembered: {why}");
                }
            }
        };
        let thread = std::thread::Builder::new().name("saver".into()).spawn(save).ok()?;
        Some(Self { texts: Some(texts), thread: Some(thread) })
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.texts = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn read(file: &Path) -> Result<Option<Session>, String> {
    match std::fs::metadata(file) {
        Ok(found) if !found.is_file() || found.len() > MAX_BYTES => {
            return Err(format!("{} is no such file", file.display()));
        }
        Ok(_) => {}
        Err(_) => return Ok(None),
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    toml::from_str(&text).map(Some).map_err(|error| format!("{}: {}", file.display(), error.message()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Enlarge, SpeakerLayout, Theme};
    use crate::slides::Zoom;
    use crate::time::Rate;

    #[test]
    fn the_view_is_at_the_next_start_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [
            Mode::Fit,
            Mode::FillWidth,
            Mode::OriginalWhenFits,
            Mode::Original,
            Mode::Multiple(3),
            Mode::Free(Zoom::from_thousandths(1370)),
        ] {
            let mut view = View::new(Theme::Dark);
            let (mut keeper, issues) = SessionKeeper::start(folder.path(), &mut view);
            assert_eq!(issues, [""; 0]);
            view.mode = mode;
            view.enlarge = Enlarge::Nearest;
            view.panel = Some(Panel::Slides);
            (view.clean, view.panel_width, view.time_left) = (true, 300, true);
            view.listening =
                Listening { rate: Some(Rate::from_factor(1.65)), mono: true, balance: -30, clip_sound: false };
            view.shelf.filter = "unseen tag:labels".into();
            view.captions = CaptionsView { shown: true, lines: Some(3), size: Some(28), nameless: true };
            view.language = Some("pt-BR".into());
            view.video.set_layout(SpeakerLayout::Corner);
            view.sound.choice = Choice::Device(Device { id: "pulse:a.b".into(), name: "Headset \"Pro\"".into() });
            view.sound.lags.insert("pulse:a.b".into(), 180);
            view.window = Some(WindowPlace { x: 10, y: -20, width: 900, height: 700, maximized: false });
            keeper.poll(&view, None, MediaTime::ZERO);
            assert!(keeper.due().is_some());
            keeper.poll(&view, None, GATHER);
            drop(keeper);

            let mut next = View::new(Theme::Dark);
            let (_, issues) = SessionKeeper::start(folder.path(), &mut next);
            assert_eq!((next, issues), (view, Vec::new()));
        }
    }

    #[test]
    fn what_is_changed_in_the_last_moment_is_kept_too() {
        let folder = tempfile::tempdir().unwrap();
        let mut view = View::new(Theme::Dark);
        let (mut keeper, _) = SessionKeeper::start(folder.path(), &mut view);
        view.mode = Mode::Fit;
        keeper.finish(&view, None);
        let mut next = View::new(Theme::Dark);
        SessionKeeper::start(folder.path(), &mut next);
        assert_eq!(next.mode, Mode::Fit);
    }

    #[test]
    fn a_broken_file_is_told_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        crate::persist::write_atomic(&folder.path().join(FILE), b"zoom = = 3").unwrap();
        let mut view = View::new(Theme::Dark);
        let (mut keeper, issues) = SessionKeeper::start(folder.path(), &mut view);
        assert_eq!((issues.len(), view.mode), (1, Mode::default()), "{issues:?}");
        view.mode = Mode::Fit;
        keeper.finish(&view, None);
        assert!(read(&folder.path().join(FILE)).unwrap().is_some());
    }

    #[test]
    fn words_that_are_not_known_are_passed_over() {
        let session: Session =
            toml::from_str("zoom = \"zoom sideways\"\npanel = \"x\"\npanel-width = 3\nnew = 5").unwrap();
        let mut view = View::new(Theme::Dark);
        session.restore(&mut view);
        assert_eq!(view, View::new(Theme::Dark));
    }
}

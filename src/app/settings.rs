//! What the viewer can choose, with defaults and limits, read from `config.toml`. The file is theirs: what we do not
//! understand in it is told, and otherwise left alone.

use std::path::Path;

use super::transcript::{CAPTION_LINES, CAPTION_SIZE};
use crate::command::Theme;
use crate::talk::names::one_line;
use crate::time::Rate;

/// The viewer's choices.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Speed at start; `None`: that of all talks when the program ended.
    pub rate: Option<Rate>,
    /// The speed that a second press of the reset key returns to.
    pub favourite_rate: Rate,
    /// The speed while the key for it is held; `None`: the favourite one, or 2.5 where that is no faster than now.
    pub hold_rate: Option<Rate>,
    /// Volume at start, per cent.
    pub volume: u8,
    /// The sound device at start, by its name or a part of it; `None`: the one that was chosen last.
    pub audio_device: Option<String>,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// A talk that is opened waits for the viewer.
    pub start_paused: bool,
    /// A talk goes on where it was left.
    pub resume: bool,
    /// After a pause a talk goes on a little earlier.
    pub resume_rewind: bool,
    /// What happens at the end of a talk.
    pub at_end: AtEnd,
    /// The most memory that decoded slides may take, in MiB.
    pub slide_cache_mib: usize,
    /// Where notes are kept; `None`: `Plenary` in the folder of documents.
    pub notes_folder: Option<std::path::PathBuf>,
    /// Each note lies in the folder of its talk instead.
    pub notes_beside_talk: bool,
    /// How long before its first keystroke the moment of a note lies, in seconds at normal speed.
    pub note_lead_secs: f64,
    /// The language in which spelling is checked, such as `en_GB`, or `off`; `None`: the desktop's.
    pub spelling: Option<String>,
    /// Folders of talks, besides those that the viewer has given otherwise.
    pub library: Vec<std::path::PathBuf>,
    /// Lines of captions at first.
    pub captions_lines: u8,
    /// Size of captions at first, in points.
    pub captions_size: u8,
    /// The program that writes transcripts, with what it is given: see [`crate::transcribe`].
    pub transcribe: Option<String>,
    /// The text on slides is read for the search, if the program for it is there.
    pub slide_text: bool,
    /// The `[keys]` table, laid over the default keys.
    pub keys: Option<toml::Table>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rate: None,
            favourite_rate: Rate::from_factor(1.5),
            hold_rate: None,
            volume: 100,
            audio_device: None,
            theme: Theme::System,
            start_paused: false,
            resume: true,
            resume_rewind: true,
            at_end: AtEnd::Next,
            slide_cache_mib: 64,
            notes_folder: None,
            notes_beside_talk: false,
            note_lead_secs: 3.0,
            spelling: None,
            library: Vec::new(),
            captions_lines: 2,
            captions_size: 20,
            transcribe: None,
            slide_text: true,
            keys: None,
        }
    }
}

/// What happens at the end of a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtEnd {
    /// The next one in the queue begins.
    Next,
    /// Its last slide stays.
    Stop,
    /// The next one begins as soon as the viewer has judged this one.
    Verdict,
}

/// Largest `config.toml` that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

impl Settings {
    /// Reads `config.toml` in this folder. Without one, the defaults. What is wrong with it is told in sentences.
    pub fn load(folder: &Path) -> (Self, Vec<String>) {
        let file = folder.join("config.toml");
        let too_large = std::fs::metadata(&file).is_ok_and(|found| !found.is_file() || found.len() > MAX_BYTES);
        if too_large {
            return (Self::default(), vec!["config.toml is too large or no file; the defaults are used".into()]);
        }
        match std::fs::read_to_string(&file) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => (Self::default(), Vec::new()),
            Err(error) => {
                (Self::default(), vec![format!("config.toml cannot be read ({error}); the defaults are used")])
            }
        }
    }

    /// Reads the text of a `config.toml`.
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                let why = error.message().to_owned();
                return (
                    Self::default(),
                    vec![format!("config.toml cannot be understood ({why}); the defaults are used")],
                );
            }
        };
        let (mut settings, mut issues) = (Self::default(), Vec::new());
        for (key, value) in &table {
            if let Err(expected) = settings.set(key, value) {
                issues.push(format!("config.toml: {}: {expected}", one_line(key)));
            }
        }
        (settings, issues)
    }

    fn set(&mut self, key: &str, value: &toml::Value) -> Result<(), &'static str> {
        match key {
            "speed" => self.rate = Some(rate(value)?),
            "favourite-speed" => self.favourite_rate = rate(value)?,
            "hold-speed" => self.hold_rate = Some(rate(value)?),
            "volume" => {
                let percent = value.as_integer().filter(|percent| (0..=200).contains(percent));
                self.volume = percent.and_then(|percent| u8::try_from(percent).ok()).ok_or("expected 0 to 200")?;
            }
            "audio-device" => {
                self.audio_device = Some(value.as_str().ok_or("expected a device's name or \"default\"")?.to_owned());
            }
            "theme" => {
                self.theme = match value.as_str() {
                    Some("light") => Theme::Light,
                    Some("dark") => Theme::Dark,
                    Some("system") => Theme::System,
                    _ => return Err("expected \"light\", \"dark\" or \"system\""),
                };
            }
            "at-end" => {
                self.at_end = match value.as_str() {
                    Some("next") => AtEnd::Next,
                    Some("stop") => AtEnd::Stop,
                    Some("verdict") => AtEnd::Verdict,
                    _ => return Err("expected \"next\", \"stop\" or \"verdict\""),
                };
            }
            "resume-rewind" => self.resume_rewind = value.as_bool().ok_or("expected true or false")?,
            "resume" => self.resume = value.as_bool().ok_or("expected true or false")?,
            "start-paused" => self.start_paused = value.as_bool().ok_or("expected true or false")?,
            "slide-cache-mib" => {
                let mib = value.as_integer().filter(|mib| (16..=16_384).contains(mib));
                self.slide_cache_mib = mib.and_then(|mib| usize::try_from(mib).ok()).ok_or("expected 16 to 16384")?;
            }
            "notes-folder" => {
                let folder = value.as_str().map(std::path::PathBuf::from).filter(|folder| folder.is_absolute());
                self.notes_folder = Some(folder.ok_or("expected the absolute path of a folder")?);
            }
            "notes-beside-talk" => self.notes_beside_talk = value.as_bool().ok_or("expected true or false")?,
            "note-lead" => {
                self.note_lead_secs =
                    number(value).filter(|secs| (0.0..=60.0).contains(secs)).ok_or("expected 0 to 60")?;
            }
            "spelling" => {
                let language = value.as_str().ok_or("expected a language such as \"en_GB\", or \"off\"")?;
                self.spelling = Some(language.to_owned());
            }
            "captions-lines" => {
                let lines = value.as_integer().and_then(|lines| u8::try_from(lines).ok());
                self.captions_lines =
                    lines.filter(|lines| CAPTION_LINES.contains(lines)).ok_or("expected 1, 2 or 3")?;
            }
            "captions-size" => {
                let size = value.as_integer().and_then(|size| u8::try_from(size).ok());
                self.captions_size = size.filter(|size| CAPTION_SIZE.contains(size)).ok_or("expected 12 to 48")?;
            }
            "transcribe" => {
                let line = value.as_str().filter(|line| !line.trim().is_empty());
                let line = line.ok_or("expected a program with what it is given, such as \"whisper-cli -f {wav}\"")?;
                crate::transcribe::Line::read(line)?;
                self.transcribe = Some(line.to_owned());
            }
            "slide-text" => self.slide_text = value.as_bool().ok_or("expected true or false")?,
            "library" => {
                let folder = |value: &toml::Value| {
                    value.as_str().map(std::path::PathBuf::from).filter(|path| path.is_absolute())
                };
                let folders = value.as_array().and_then(|all| all.iter().map(folder).collect());
                self.library = folders.ok_or("expected a list of absolute paths of folders")?;
            }
            "keys" => self.keys = Some(value.as_table().ok_or("expected a table of keys")?.clone()),
            _ => return Err("is no setting"),
        }
        Ok(())
    }
}

fn rate(value: &toml::Value) -> Result<Rate, &'static str> {
    number(value).filter(|factor| (0.5..=4.0).contains(factor)).map(Rate::from_factor).ok_or("expected 0.5 to 4.0")
}

fn number(value: &toml::Value) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "numbers that are set by hand are small")]
    let whole = |whole: i64| whole as f64;
    value.as_float().or_else(|| value.as_integer().map(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read() {
        let text = "speed = 1.5\nhold-speed = 3\nresume-rewind = false\nvolume = 80\naudio-device = \"Headset\"\ntheme = \"light\"\nstart-paused = true\n[keys]\n\"F5\" = \"pause\"\n";
        let (settings, issues) = Settings::parse(text);
        assert_eq!(issues, Vec::<String>::new());
        assert_eq!((settings.rate, settings.hold_rate), (Some(Rate::from_factor(1.5)), Some(Rate::from_factor(3.0))));
        assert!(!settings.resume_rewind);
        assert_eq!((settings.volume, settings.theme, settings.start_paused), (80, Theme::Light, true));
        assert_eq!(settings.audio_device.as_deref(), Some("Headset"));
        assert!(settings.keys.is_some_and(|keys| keys.contains_key("F5")));
    }

    #[test]
    fn what_is_wrong_is_told_and_the_rest_holds() {
        let (settings, issues) = Settings::parse("speed = 9\ncolour = \"red\"\nvolume = 70\n");
        assert_eq!(settings.volume, 70);
        assert_eq!(settings.rate, None);
        assert_eq!(issues.len(), 2);
        assert!(
            issues.iter().any(|issue| issue.contains("speed")) && issues.iter().any(|issue| issue.contains("colour"))
        );
    }

    #[test]
    fn no_damage_to_the_file_makes_it_panic_or_leave_the_limits() {
        let whole = b"speed = 1.5\nvolume = 80\ntheme = \"light\"\nslide-cache-mib = 200\n[keys]\n\"F5\" = \"pause\"\n";
        let mut dice = crate::testing::mutate::Prng::new(11);
        for _ in 0..3000 {
            let damaged = crate::testing::mutate::mutate(whole, &mut dice);
            let (settings, _) = Settings::parse(&String::from_utf8_lossy(&damaged));
            assert!(settings.volume <= 200 && (16..=16_384).contains(&settings.slide_cache_mib));
            assert!(settings.rate.is_none_or(|rate| (Rate::MIN..=Rate::MAX).contains(&rate)));
        }
    }

    #[test]
    fn a_broken_file_gives_the_defaults_and_a_sentence() {
        let (settings, issues) = Settings::parse("speed = = 3");
        assert_eq!(settings, Settings::default());
        assert_eq!(issues.len(), 1);
    }
}

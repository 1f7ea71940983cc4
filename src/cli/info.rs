//! `plenary info`: what a talk is, for people and for scripts.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::audio::decode::{Probe, scan_length};
use crate::talk::issue::printable;
use crate::talk::open::{expand, open};
use crate::talk::report::{Report, text};

/// Prints what is at `path`.
///
/// # Errors
/// A sentence, where it is no talk or cannot be printed.
pub fn run(path: &Path, json: bool) -> Result<(), String> {
    let opened = only_one(path).and_then(|()| open(path, &Probe).map_err(|error| error.to_string()));
    let mut talk = match opened {
        Ok(talk) => talk,
        Err(error) => {
            // A script gets its object all the same, with the reason among the issues.
            if json {
                print(&serde_json::to_string_pretty(&Report::of_nothing(path, &error)).unwrap_or_default())?;
            }
            return Err(error);
        }
    };
    // Where the file does not say how long it is, it is counted: nobody waits for a window here.
    let unknown = talk.audio.as_ref().filter(|audio| audio.duration.is_none()).map(|audio| talk.path(&audio.file));
    if let (Some(file), Some(audio)) = (unknown, &mut talk.audio) {
        audio.duration = scan_length(&file, &AtomicBool::new(false)).ok();
    }
    let printed = if json {
        serde_json::to_string_pretty(&Report::from(&talk)).map_err(|error| error.to_string())?
    } else {
        text(&talk)
    };
    print(&printed)
}

/// Refuses a folder of several talks, which are named singly.
///
/// # Errors
/// A sentence that says how many there are, and which.
pub(super) fn only_one(path: &Path) -> Result<(), String> {
    const NAMED: usize = 3;
    let talks = expand(&[path.to_owned()]);
    if talks.len() < 2 {
        return Ok(());
    }
    let names: Vec<String> =
        talks.iter().take(NAMED).map(|talk| printable(talk.strip_prefix(path).unwrap_or(talk))).collect();
    let more = if talks.len() > NAMED { ", …" } else { "" };
    Err(format!(
        "There are {} talks in the folder, name one of them ({}{more}): {}",
        talks.len(),
        names.join(", "),
        printable(path)
    ))
}

/// Writes a text to the standard output.
pub(super) fn print(text: &str) -> Result<(), String> {
    match writeln!(std::io::stdout(), "{}", text.trim_end()) {
        // The reader has had enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| format!("Cannot print: {error}")),
    }
}

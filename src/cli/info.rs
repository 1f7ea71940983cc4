//! `plenary info`: what a talk is, for people and for scripts.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::audio::decode::{Probe, scan_length};
use crate::talk::open::open;
use crate::talk::report::{Report, text};

/// Prints what is at `path`.
///
/// # Errors
/// A sentence, where it is no talk or cannot be printed.
pub fn run(path: &Path, json: bool) -> Result<(), String> {
    let mut talk = open(path, &Probe).map_err(|error| error.to_string())?;
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
    let written = writeln!(std::io::stdout(), "{}", printed.trim_end());
    match written {
        // The reader has had enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| format!("Cannot print: {error}")),
    }
}

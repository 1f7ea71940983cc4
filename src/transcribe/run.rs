//! One transcript, from the sound to the file that is kept. Thread `transcribe`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::line::Filling;
use super::process::{self, Output, RunError};
use super::{Answer, Line, MAX_BYTES, Progress, wav};
use crate::Waker;
use crate::talk::transcript::read_vtt;
use crate::talk::{TalkId, Transcript};

/// What is to be transcribed, and how.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The talk.
    pub talk: TalkId,
    /// Its sound.
    pub audio: PathBuf,
    /// The program.
    pub line: Line,
    /// The language that it is told.
    pub language: String,
}

/// Why there is no transcript.
enum Failure {
    Stopped,
    Because(String),
}

/// Does it all. What is kept lies at `keep` then.
pub(super) fn run(wanted: &Wanted, keep: Option<&Path>, progress: &Arc<Progress>, waker: &Waker) -> Answer {
    match transcribe(wanted, progress, waker) {
        Ok(transcript) => {
            let kept = keep.map_or(Ok(()), |file| write(file, &transcript));
            let lost = kept.err().map(|why| format!("The transcript will be gone at the end: {why}"));
            Answer::Made(wanted.talk.clone(), transcript, lost)
        }
        Err(Failure::Stopped) => Answer::Stopped(wanted.talk.clone()),
        Err(Failure::Because(why)) => {
            let program = Path::new(wanted.line.program()).file_name().unwrap_or_default().to_string_lossy();
            Answer::Failed(wanted.talk.clone(), format!("No transcript: {program}: {why}"))
        }
    }
}

fn write(file: &Path, transcript: &Transcript) -> Result<(), String> {
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| format!("Cannot make {}: {error}", folder.display()))?;
    crate::persist::write_atomic(file, transcript.vtt().as_bytes()).map_err(|error| error.to_string())
}

fn transcribe(wanted: &Wanted, progress: &Arc<Progress>, waker: &Waker) -> Result<Transcript, Failure> {
    let failed = |error: RunError| match error {
        RunError::Stopped => Failure::Stopped,
        other => Failure::Because(other.to_string()),
    };
    let mut command = process::command(wanted.line.program()).map_err(failed)?;
    let scratch = Scratch::new().map_err(|error| Failure::Because(format!("no temporary folder: {error}")))?;
    let (wav, out) = (scratch.0.join("sound.wav"), scratch.0.join("transcript"));
    if wanted.line.wants_wav() {
        let made = wav::write(&wanted.audio, &wav, &|_| !progress.stopped());
        made.map_err(|why| why.map_or(Failure::Stopped, Failure::Because))?;
    }
    let filling = Filling { audio: &wanted.audio, wav: &wav, out: &out, language: &wanted.language };
    // There, so that a program that does not take {out} leaves its files where they are found.
    command.args(wanted.line.arguments(filling)).current_dir(&scratch.0);
    let (to_progress, to_waker) = (Arc::clone(progress), Arc::clone(waker));
    let told = move |percent| {
        if to_progress.tell(percent) {
            to_waker();
        }
    };
    let output = process::run(command, Arc::new(told), &|| progress.stopped()).map_err(failed)?;
    if !output.status.success() {
        return Err(Failure::Because(why(&output)));
    }
    let text = scratch.written(&out).unwrap_or(output.stdout);
    let transcript = read_vtt(&text);
    if transcript.is_empty() {
        let complaint = Some(output.complaint).filter(|complaint| !complaint.is_empty());
        let said = complaint.map(|complaint| format!("; it said: {complaint}")).unwrap_or_default();
        return Err(Failure::Because(format!("it wrote neither WebVTT nor SubRip{said}")));
    }
    Ok(transcript)
}

/// The last thing that it complained about, else how it ended.
fn why(output: &Output) -> String {
    if output.complaint.is_empty() { format!("it ended with {}", output.status) } else { output.complaint.clone() }
}

/// A temporary folder that is gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> std::io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        const TRIES: u32 = 100;
        let mut last = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        for _ in 0..TRIES {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let folder = std::env::temp_dir().join(format!("plenary-transcribe-{}-{number}", std::process::id()));
            let mut builder = std::fs::DirBuilder::new();
            private(&mut builder);
            match builder.create(&folder) {
                Ok(()) => return Ok(Self(folder)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// What the program has written: at its place, else whatever looks like it.
    fn written(&self, out: &Path) -> Option<Vec<u8>> {
        let at_place = ["vtt", "srt"].map(|ending| out.with_added_extension(ending));
        let is_text = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "vtt" || ending == "srt");
        let mut others: Vec<PathBuf> =
            std::fs::read_dir(&self.0).ok()?.flatten().map(|file| file.path()).filter(is_text).collect();
        others.sort();
        at_place.into_iter().chain(others).find_map(|file| {
            std::fs::metadata(&file).ok().filter(|found| found.is_file() && found.len() <= MAX_BYTES)?;
            std::fs::read(&file).ok()
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!("{} stays behind: {error}", self.0.display());
        }
    }
}

/// Nobody else reads what is said.
#[cfg(unix)]
fn private(builder: &mut std::fs::DirBuilder) {
    std::os::unix::fs::DirBuilderExt::mode(builder, 0o700);
}

#[cfg(not(unix))]
fn private(_: &mut std::fs::DirBuilder) {}

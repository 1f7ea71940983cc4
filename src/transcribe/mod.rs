//! Transcripts that a program of the viewer's writes, and where they are kept: in Plenary's own data, found again whenever
//! their talk is opened. Nothing is bundled and nothing is fetched; the settings name the program.
//!
//! ```text
//! sound -> wav.rs, where the program wants it -> process.rs -> WebVTT or SubRip -> kept -> Answer
//!          '--------------- run.rs, thread transcribe ----------------------------'
//! ```

mod line;
mod process;
mod run;
mod wav;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::Waker;
use crate::talk::transcript::read_vtt;
use crate::talk::{TalkId, Transcript};
pub use line::Line;
pub use run::Wanted;

/// Requests and answers that may wait.
const WAITING: usize = 16;
/// Largest transcript that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;
/// How long it is waited for a program that is being ended.
const PATIENCE: Duration = Duration::from_secs(2);
/// How far it is, where the program does not tell.
const UNTOLD: u8 = u8::MAX;

/// What the threads have to tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The transcript that was kept of a talk.
    Kept(TalkId, Transcript),
    /// The program has written it; and why it will not be there the next time, if so.
    Made(TalkId, Transcript, Option<String>),
    /// It has not: a sentence.
    Failed(TalkId, String),
    /// It was ended because the viewer wanted that.
    Stopped(TalkId),
}

/// How far the program is, for any thread.
#[derive(Debug)]
pub struct Progress {
    percent: AtomicU8,
    stop: AtomicBool,
}

impl Progress {
    fn new() -> Self {
        Self { percent: AtomicU8::new(UNTOLD), stop: AtomicBool::new(false) }
    }

    /// Per cent, where the program tells.
    pub fn percent(&self) -> Option<u8> {
        Some(self.percent.load(Ordering::Relaxed)).filter(|percent| *percent != UNTOLD)
    }

    /// True where it was not so far before.
    fn tell(&self, percent: u8) -> bool {
        self.percent.swap(percent.min(100), Ordering::Relaxed) != percent.min(100)
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// The main thread's end.
pub struct Transcripts {
    /// `None`: what is made is not kept.
    folder: Option<PathBuf>,
    loads: Option<Sender<TalkId>>,
    answers: Receiver<Answer>,
    answer: Sender<Answer>,
    waker: Waker,
    job: Option<(Arc<Progress>, Receiver<()>)>,
}

impl Transcripts {
    /// What is made lasts as long as the program.
    pub fn nowhere(waker: Waker) -> Self {
        let (answer, answers) = bounded(WAITING);
        Self { folder: None, loads: None, answers, answer, waker, job: None }
    }

    /// Kept in this folder, read by a thread.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(folder: PathBuf, waker: Waker) -> std::io::Result<Self> {
        let mut transcripts = Self::inline(folder.clone(), waker);
        let (loads, wanted) = bounded::<TalkId>(WAITING);
        let (answer, waker) = (transcripts.answer.clone(), Arc::clone(&transcripts.waker));
        let read = move || {
            for talk in wanted {
                let found = read(&folder, &talk).map(|transcript| Answer::Kept(talk, transcript));
                if found.is_some_and(|found| answer.send(found).is_ok()) {
                    waker();
                }
            }
        };
        std::thread::Builder::new().name("transcripts".into()).spawn(read)?;
        transcripts.loads = Some(loads);
        Ok(transcripts)
    }

    /// Kept in this folder, read at once: for tests.
    pub fn inline(folder: PathBuf, waker: Waker) -> Self {
        let mut transcripts = Self::nowhere(waker);
        transcripts.folder = Some(folder);
        transcripts
    }

    /// Asks for the transcript that was made of a talk, if one was.
    pub fn load(&self, talk: &TalkId) {
        match (&self.loads, &self.folder) {
            (Some(loads), _) => {
                loads.try_send(talk.clone()).ok();
            }
            (None, Some(folder)) => {
                if let Some(transcript) = read(folder, talk) {
                    self.answer.try_send(Answer::Kept(talk.clone(), transcript)).ok();
                }
            }
            (None, None) => {}
        }
    }

    /// What the threads have told since it was last asked.
    pub fn poll(&mut self) -> Vec<Answer> {
        let told: Vec<Answer> = self.answers.try_iter().collect();
        if told.iter().any(|answer| !matches!(answer, Answer::Kept(..))) {
            self.job = None;
        }
        told
    }

    /// Lets the program write a transcript; one at a time.
    ///
    /// # Errors
    /// Where one is being written, and where the system gives no thread.
    pub fn begin(&mut self, wanted: Wanted) -> std::io::Result<()> {
        if self.job.is_some() {
            return Err(std::io::ErrorKind::ResourceBusy.into());
        }
        let progress = Arc::new(Progress::new());
        let (done, ended) = bounded(0);
        let keep = self.folder.as_ref().map(|folder| folder.join(file_name(&wanted.talk)));
        let (answer, waker, told) = (self.answer.clone(), Arc::clone(&self.waker), Arc::clone(&progress));
        let work = move || {
            let result = run::run(&wanted, keep.as_deref(), &told, &waker);
            // The receiver is gone when the program ends; nobody waits for it then.
            answer.send(result).ok();
            waker();
            drop(done);
        };
        std::thread::Builder::new().name("transcribe".into()).spawn(work)?;
        self.job = Some((progress, ended));
        Ok(())
    }

    /// How far the program is that is writing one.
    pub fn progress(&self) -> Option<&Progress> {
        self.job.as_ref().map(|(progress, _)| &**progress)
    }

    /// Ends the program that is writing one, and whatever it has started; false where there is none.
    pub fn cancel(&self) -> bool {
        let running = self.job.as_ref();
        running.inspect(|(progress, _)| progress.stop.store(true, Ordering::Relaxed)).is_some()
    }

    /// Ends what runs, and waits for it a little; the last thing that is done.
    pub fn finish(&mut self) {
        self.cancel();
        if let Some((_, ended)) = self.job.take()
            && ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout)
        {
            tracing::warn!("the program that writes a transcript does not end");
        }
        self.loads = None;
    }
}

impl Drop for Transcripts {
    fn drop(&mut self) {
        self.finish();
    }
}

fn read(folder: &Path, talk: &TalkId) -> Option<Transcript> {
    let file = folder.join(file_name(talk));
    std::fs::metadata(&file).ok().filter(|found| found.is_file() && found.len() <= MAX_BYTES)?;
    let transcript = read_vtt(&std::fs::read(&file).ok()?);
    (!transcript.is_empty()).then_some(transcript)
}

/// What the transcript of a talk is called: by the talk, with nothing in it that a file system refuses, and a number that
/// keeps those apart that are called the same then.
fn file_name(talk: &TalkId) -> String {
    const LONGEST: usize = 80;
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let name: String = talk.0.chars().map(plain).take(LONGEST).collect();
    // FNV-1a, which is the same on every machine.
    let number = talk
        .0
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{name}-{number:016x}.vtt")
}

#[cfg(unix)]
#[cfg(test)]
mod tests;

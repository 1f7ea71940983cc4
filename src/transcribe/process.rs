//! The program: in a process group of its own, after everything else, heard while it speaks. Blocks; for a thread of its own.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

use crate::library::ocr;

/// How often it is asked at the least whether the program shall be ended.
const TICK: Duration = Duration::from_millis(200);
/// How long the rest of the output of a program that has ended is waited for.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// The most that is kept of what it writes to its standard output, in bytes.
const MOST_OUTPUT: usize = 64 << 20;
/// The most that is kept of a line that it complains with, in bytes.
const LONGEST_LINE: usize = 400;

/// What a program that has ended leaves.
pub(super) struct Output {
    pub status: ExitStatus,
    /// What it wrote to its standard output.
    pub stdout: Vec<u8>,
    /// The last line that it complained with.
    pub complaint: String,
}

/// Why there is no output.
#[derive(Debug, thiserror::Error)]
pub(super) enum RunError {
    /// There is no such program.
    #[error("{0} was not found")]
    Missing(String),
    /// The system does not start it.
    #[error("it cannot be started: {0}")]
    Start(#[from] std::io::Error),
    /// The viewer wanted it no more.
    #[error("it was stopped")]
    Stopped,
}

/// The command that runs a program after everything else, in a group of its own, so that what it starts can be ended with
/// it.
pub(super) fn command(program: &str) -> Result<Command, RunError> {
    let missing = || RunError::Missing(program.to_owned());
    let named = Path::new(program);
    let file: PathBuf = if named.components().count() > 1 {
        Some(named.to_owned()).filter(|file| file.is_file()).ok_or_else(missing)?
    } else {
        ocr::find_program(program).ok_or_else(missing)?
    };
    let mut command = ocr::command(&file);
    alone(&mut command);
    Ok(command)
}

#[cfg(unix)]
fn alone(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn alone(_: &mut Command) {}

/// Runs it to its end. `told` hears how far it says to be, in per cent; it is ended soon after `stop` says so.
pub(super) fn run(
    mut command: Command,
    told: Arc<dyn Fn(u8) + Send + Sync>,
    stop: &dyn Fn() -> bool,
) -> Result<Output, RunError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Running(command.spawn()?);
    let (out, err) = (Arc::<Mutex<Heard>>::default(), Arc::<Mutex<Heard>>::default());
    let stdout = listen("transcribe-out", child.0.stdout.take(), &out, Arc::clone(&told))?;
    let stderr = listen("transcribe-err", child.0.stderr.take(), &err, told)?;
    let (mut silent, mut instant) = (false, Duration::from_millis(1));
    let status = loop {
        if let Some(status) = child.0.try_wait()? {
            break status;
        }
        if stop() {
            return Err(RunError::Stopped);
        }
        // The end of its output is the end of the program, save for an instant.
        if silent {
            std::thread::sleep(instant);
            instant = (instant * 2).min(TICK);
        } else {
            silent = stdout.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout);
        }
    };
    // What it has started in turn may hold the pipes for longer than it lives.
    if !silent {
        stdout.recv_timeout(LAST_WORDS).ok();
    }
    stderr.recv_timeout(LAST_WORDS).ok();
    let stdout = std::mem::take(&mut lock(&out).bytes);
    let complaint = std::mem::take(&mut lock(&err).last);
    Ok(Output { status, stdout, complaint })
}

/// A program that does not outlive the interest in it, nor does what it has started.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself may leave something running on purpose.
        if !matches!(self.0.try_wait(), Ok(Some(_))) {
            end_group(&self.0);
            self.0.kill().ok();
            self.0.wait().ok();
        }
    }
}

#[cfg(unix)]
fn end_group(child: &Child) {
    let group = rustix::process::Pid::from_child(child);
    if let Err(error) = rustix::process::kill_process_group(group, rustix::process::Signal::KILL) {
        tracing::debug!("the program's group cannot be ended: {error}");
    }
}

#[cfg(not(unix))]
fn end_group(_: &Child) {}

/// What was heard from one of its pipes.
#[derive(Default)]
struct Heard {
    bytes: Vec<u8>,
    line: Vec<u8>,
    last: String,
}

fn lock(heard: &Mutex<Heard>) -> std::sync::MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Heard {
    /// Takes what was written; tells the last part per cent in it.
    fn take(&mut self, bytes: &[u8]) -> Option<u8> {
        let room = MOST_OUTPUT.saturating_sub(self.bytes.len());
        self.bytes.extend(bytes.iter().take(room));
        let mut told = None;
        for byte in bytes {
            match byte {
                b'\n' | b'\r' => {
                    let line = String::from_utf8_lossy(&self.line).trim().to_owned();
                    self.line.clear();
                    told = percent(&line).or(told);
                    if !line.is_empty() {
                        self.last = line;
                    }
                }
                byte if self.line.len() < LONGEST_LINE => self.line.push(*byte),
                _ => {}
            }
        }
        percent(&String::from_utf8_lossy(&self.line)).or(told)
    }

    fn end(&mut self) {
        self.take(b"\n");
    }
}

/// `42` of `progress =  42%`, also of `42.7 %`.
fn percent(line: &str) -> Option<u8> {
    let (before, _) = line.rsplit_once('%')?;
    let number = before.trim_end().rsplit(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    let number: f64 = number.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
    (0.0..=100.0).contains(&number).then_some(number as u8)
}

fn listen(
    name: &str,
    pipe: Option<impl Read + Send + 'static>,
    heard: &Arc<Mutex<Heard>>,
    told: Arc<dyn Fn(u8) + Send + Sync>,
) -> Result<Receiver<()>, RunError> {
    let (done, ended) = bounded(1);
    let heard = Arc::clone(heard);
    let work = move || {
        let Some(mut pipe) = pipe else { return };
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            let percent = lock(&heard).take(buffer.get(..count).unwrap_or_default());
            percent.iter().for_each(|percent| told(*percent));
        }
        lock(&heard).end();
        done.send(()).ok();
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(work)?;
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_says_of_its_progress_is_understood() {
        for (line, told) in [
            ("whisper_print_progress_callback: progress =  42%", Some(42)),
            ("  7%|▋         | 12/170", Some(7)),
            ("▋42.7 % done", Some(42)),
            ("100%", Some(100)),
            ("250%", None),
            ("no % here", None),
            ("", None),
        ] {
            assert_eq!(percent(line), told, "{line}");
        }
        let mut heard = Heard::default();
        assert_eq!((heard.take(b"5%\r1"), heard.take(b"0%"), heard.take(b"\nwhy\n\n")), (Some(5), Some(10), Some(10)));
        assert_eq!((heard.last.as_str(), heard.bytes.as_slice()), ("why", &b"5%\r10%\nwhy\n\n"[..]));
    }
}

//! Other programs, run out of the way: lowest priority, no window, an end to the waiting. Blocks; for a thread of its own.

use std::ffi::OsStr;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use crossbeam_channel::{Receiver, after, bounded, never, select};

/// From the end of its output to the end of the program it is an instant, so long at the most between two looks.
const INSTANT: Duration = Duration::from_millis(20);

/// How long the rest of the output of a program that has ended is waited for.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The most that is read of what a program writes, in bytes.
const MOST_OUTPUT: u64 = 16 << 20;

/// Where programs lie that a desktop's `PATH` does not always tell.
#[cfg(target_os = "macos")]
const ALSO: &[&str] = &["/opt/homebrew/bin", "/usr/local/bin", "/opt/local/bin"];
#[cfg(windows)]
const ALSO: &[&str] = &[r"C:\Program Files\Tesseract-OCR", r"C:\Program Files (x86)\Tesseract-OCR"];
#[cfg(not(any(windows, target_os = "macos")))]
const ALSO: &[&str] = &[];

/// What a program that has ended leaves.
#[derive(Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote.
    pub stdout: Vec<u8>,
    /// What it complained about.
    pub stderr: String,
}

/// Why there is no output.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The system does not start it.
    #[error("it cannot be started: {0}")]
    Start(io::Error),
    /// It took too long and was ended.
    #[error("it took longer than {} s", .0.as_secs())]
    TimedOut(Duration),
    /// The caller wanted it no more; it was ended.
    #[error("it was stopped")]
    Stopped,
}

/// The program of this name, in `PATH` or where it is usually installed.
pub fn find(name: &str) -> Option<PathBuf> {
    let listed = std::env::var_os("PATH").unwrap_or_default();
    find_in(name, std::env::split_paths(&listed).chain(ALSO.iter().map(PathBuf::from)))
}

/// The program of this name in the first of the folders that has it. Relative folders do not count: a talk's folder
/// may be the current one.
pub fn find_in(name: &str, folders: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join(&name)).find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// The command that runs a program after everything else. `nice` and `ionice` become the program, so that ending the
/// command ends it.
pub fn command(program: &Path) -> Command {
    let mut line: Vec<&OsStr> = Vec::new();
    let (nice, ionice) = (find("nice"), find("ionice"));
    if cfg!(unix) {
        if let Some(nice) = &nice {
            line.extend([nice.as_os_str(), OsStr::new("-n"), OsStr::new("19")]);
        }
        if let Some(ionice) = &ionice {
            // -t: where the system does not allow it, the program is run all the same.
            line.extend([ionice.as_os_str(), OsStr::new("-t"), OsStr::new("-c"), OsStr::new("3")]);
        }
    }
    line.push(program.as_os_str());
    let mut command = Command::new(line[0]);
    command.args(&line[1..]);
    out_of_the_way(&mut command);
    command
}

#[cfg(windows)]
fn out_of_the_way(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const IDLE_PRIORITY_CLASS: u32 = 0x40;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(IDLE_PRIORITY_CLASS | CREATE_NO_WINDOW);
}

#[cfg(not(windows))]
fn out_of_the_way(_: &mut Command) {}

/// The calling thread after everything else, where the system has that; programs started by it inherit it.
pub fn lower_this_thread() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 19) {
        tracing::debug!("the priority stays as it is: {error}");
    }
}

/// When a program is no longer wanted.
pub struct Stop<'a> {
    /// Asked at the beginning and each time the bell rings.
    pub asked: &'a dyn Fn() -> bool,
    /// Rings when the answer may be another.
    pub bell: Receiver<()>,
}

impl Stop<'_> {
    /// It runs to its end.
    pub fn never() -> Self {
        Self { asked: &|| false, bell: never() }
    }
}

/// Runs a command to its end, and sleeps until then. `input` is what it reads; without one, nothing. It is ended after `timeout` and
/// when it is no longer wanted.
///
/// # Errors
/// [`RunError`]. A program that ends with an error is none.
pub fn run(
    mut command: Command,
    input: Option<Vec<u8>>,
    timeout: Duration,
    stop: &Stop<'_>,
) -> Result<Output, RunError> {
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Running(command.spawn().map_err(RunError::Start)?);
    if let (Some(mut pipe), Some(input)) = (child.0.stdin.take(), input) {
        // A program that does not want its input to the end closes the pipe: what it says instead counts.
        pump("slide-text-in", move || pipe.write_all(&input).map(|()| Vec::new()).unwrap_or_default())?;
    }
    let stdout = drain("slide-text-out", child.0.stdout.take())?;
    let stderr = drain("slide-text-err", child.0.stderr.take())?;
    let over = after(timeout);
    let mut written = None;
    let mut instant = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.0.try_wait().map_err(RunError::Start)? {
            break status;
        }
        if (stop.asked)() {
            return Err(RunError::Stopped);
        }
        // The end of the output is the end of the program, save for an instant.
        let (output, again) = if written.is_none() { (stdout.clone(), never()) } else { (never(), after(instant)) };
        select! {
            recv(output) -> bytes => written = Some(bytes.unwrap_or_default()),
            recv(again) -> _ => instant = (instant * 2).min(INSTANT),
            // Who rings no more has gone, and has said what he had to say.
            recv(stop.bell) -> rung => if rung.is_err() { std::thread::sleep(INSTANT) },
            recv(over) -> _ => return Err(RunError::TimedOut(timeout)),
        }
    };
    // What it has started in turn may hold the pipes for longer than it lives.
    let stdout = written.unwrap_or_else(|| stdout.recv_timeout(LAST_WORDS).unwrap_or_default());
    let stderr = stderr.recv_timeout(LAST_WORDS).unwrap_or_default();
    Ok(Output { status, stdout, stderr: String::from_utf8_lossy(&stderr).trim().to_owned() })
}

/// A program that does not outlive the interest in it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn drain(name: &str, pipe: Option<impl Read + Send + 'static>) -> Result<Receiver<Vec<u8>>, RunError> {
    pump(name, move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.by_ref().take(MOST_OUTPUT).read_to_end(&mut bytes).ok();
            // What is beyond it is read all the same, or the program would wait for ever.
            io::copy(&mut pipe, &mut io::sink()).ok();
        }
        bytes
    })
}

fn pump(name: &str, work: impl FnOnce() -> Vec<u8> + Send + 'static) -> Result<Receiver<Vec<u8>>, RunError> {
    let (done, result) = bounded(1);
    let work = move || {
        done.send(work()).ok();
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(RunError::Start)?;
    Ok(result)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn shell(script: &str) -> Command {
        let mut command = command(Path::new("/bin/sh"));
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_program_reads_its_input_and_its_words_are_kept() {
        let input = vec![b'x'; 3 << 20];
        let output = run(shell("cat; echo complaint >&2; exit 3"), Some(input.clone()), LONG, &Stop::never()).unwrap();
        assert!(output.stdout == input);
        assert_eq!((output.stderr.as_str(), output.status.code()), ("complaint", Some(3)));
    }

    #[test]
    fn a_program_that_wants_no_input_is_no_trouble() {
        let output = run(shell("exec true"), Some(vec![0; 3 << 20]), LONG, &Stop::never()).unwrap();
        assert!(output.status.success() && output.stdout.is_empty());
        assert!(run(shell("cat"), None, LONG, &Stop::never()).unwrap().stdout.is_empty());
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        let ended = run(shell("exec sleep 1000"), None, Duration::from_millis(60), &Stop::never());
        assert!(matches!(ended, Err(RunError::TimedOut(_))));
    }

    #[test]
    fn a_program_is_ended_when_it_is_wanted_no_more() {
        let (wanted, (ring, bell)) = (AtomicBool::new(true), bounded(1));
        let stop = Stop { asked: &|| !wanted.load(Ordering::Acquire), bell };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(30));
                ring.send(()).expect("somebody listens"); // it is wanted still
                std::thread::sleep(Duration::from_millis(30));
                wanted.store(false, Ordering::Release);
                ring.send(()).expect("somebody listens");
            });
            let ended = run(shell("exec sleep 1000"), None, LONG, &stop);
            assert!(matches!(ended, Err(RunError::Stopped)));
        });
    }

    #[test]
    fn what_a_program_leaves_running_is_not_waited_for() {
        let output = run(shell("sleep 30 & echo done"), None, LONG, &Stop::never()).unwrap();
        assert!(output.status.success());
    }

    #[test]
    fn programs_run_at_the_lowest_priority() {
        let output = run(shell("exec nice"), None, LONG, &Stop::never()).unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "19");
    }

    #[test]
    fn only_what_can_be_run_is_found() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("reader")).unwrap();
        assert_eq!(find_in("reader", [folder.path().to_owned()].into_iter()), None);
        assert_eq!(find_in("sh", [folder.path().into(), "/bin".into()].into_iter()), Some("/bin/sh".into()));
        assert_eq!(find_in("sh", ["bin".into(), ".".into()].into_iter()), None);
        assert!(matches!(
            run(command(&folder.path().join("none")), None, LONG, &Stop::never()),
            Ok(Output { status, .. }) if !status.success()
        ));
    }
}

//! Files that mean harm, or were harmed: nothing panics, hangs, takes all memory or leads out of its folder; one line says what is
//! wrong and where; and what is left of the talk plays.

mod corpus;
mod documents;
mod files;
mod pictures;
mod sizes;

use std::fs::File;
use std::io::Read as _;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use plenary::talk::open::open;
use plenary::talk::{Talk, TalkId};
use plenary::testing::fuzz::{check, is_one_line};
use plenary::testing::talks::{WavProbe, jpeg, put, wav};

/// What takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Address space of a process in which a test is confined, in KiB. The test's own code takes some hundred MiB of it.
const ROOM_KIB: &str = "1572864";

/// Runs something that must end in time.
fn in_time<T: Send + 'static>(what: &str, run: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = sync_channel(1);
    let thread = std::thread::Builder::new().name(what.to_owned()).spawn(move || done.send(run()).ok()).unwrap();
    match wait.recv_timeout(PATIENCE) {
        Ok(value) => value,
        Err(RecvTimeoutError::Disconnected) => resume_unwind(thread.join().unwrap_err()),
        Err(RecvTimeoutError::Timeout) => panic!("{what} hangs"),
    }
}

/// Runs the body of a test, named by its module and itself, in a process of its own with little memory.
#[cfg(target_os = "linux")]
fn confined(module: &str, name: &str, body: impl FnOnce()) {
    const MARK: &str = "PLENARY_CONFINED";
    if std::env::var_os(MARK).is_some() {
        return body();
    }
    let test = format!("{}::{name}", module.split_once("::").unwrap().1);
    let folder = tempfile::tempdir().unwrap();
    let said = folder.path().join("said");
    let out = File::create(&said).unwrap();
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -v \"$0\" && exec \"$@\"", ROOM_KIB])
        .arg(std::env::current_exe().unwrap())
        .args([test.as_str(), "--exact", "--nocapture"])
        .env(MARK, "1")
        .stdout(out.try_clone().unwrap())
        .stderr(out)
        .spawn()
        .unwrap();
    // Each part of a test has its own watch; this one is for what even that cannot end.
    let ended = (0..3_000).find_map(|_| {
        std::thread::sleep(Duration::from_millis(100));
        child.try_wait().unwrap()
    });
    if ended.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let mut text = String::new();
    File::open(&said).unwrap().read_to_string(&mut text).unwrap();
    let passed = ended.is_some_and(|status| status.success()) && text.contains("1 passed");
    assert!(passed, "{ended:?} in {ROOM_KIB} KiB: {}", text.get(text.len().saturating_sub(4_000)..).unwrap_or(&text));
}

#[cfg(not(target_os = "linux"))]
fn confined(_module: &str, _name: &str, body: impl FnOnce()) {
    body();
}

/// A folder with these files, a sound and three pictures; what lies beside it is none of its business.
struct Trap {
    place: tempfile::TempDir,
    root: PathBuf,
}

/// What must never be seen of the files beside a talk.
const SECRET: &str = "what-nobody-should-read";

impl Trap {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("38930109-a-trap");
        put(&root.join("A trap-512930109.wav"), &wav(30.0));
        for (name, shade) in [("0-0-0001-big.jpg", 40), ("4500-0-0002-big.jpg", 90), ("9000-0-0003-big.jpg", 140)] {
            put(&root.join(name), &jpeg(64, 36, [shade; 3]));
        }
        put(&place.path().join("secret.txt"), SECRET.as_bytes());
        put(&place.path().join("outside.jpg"), &jpeg(64, 36, [7; 3]));
        let trap = Self { place, root };
        files.iter().for_each(|(name, bytes)| trap.put(name, bytes));
        trap
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        put(&self.root.join(name), bytes);
    }

    /// Opens it in time; there is always its sound to play.
    fn open(&self, what: &str) -> Talk {
        let root = self.root.clone();
        let talk = in_time(what, move || open(&root, &WavProbe)).unwrap_or_else(|error| panic!("{what}: {error}"));
        check(&talk);
        assert!(talk.audio.is_some(), "{what}: the sound does not play");
        assert!(!format!("{talk:?}").contains(SECRET), "{what}: a file outside of the talk was read");
        talk
    }

    /// What is said of it, with each sentence on a line of its own.
    fn told(&self, what: &str) -> String {
        let messages: Vec<String> = self.open(what).issues.into_iter().map(|issue| issue.message).collect();
        messages.join("\n")
    }
}

/// What `plenary info` says of a path: whether it is a talk, and its words.
fn info(path: &Path) -> (bool, String) {
    let program = env!("CARGO_BIN_EXE_plenary");
    let path = path.to_owned();
    let output = in_time("plenary info", move || Command::new(program).arg("info").arg(path).output().unwrap());
    let said = if output.status.success() { output.stdout } else { output.stderr };
    assert!(output.status.code().is_some(), "it was killed: {:?}", output.status);
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// The one line that says why there is no talk at a path.
fn refusal(path: &Path) -> String {
    let (opened, said) = info(path);
    let line = said.strip_prefix("plenary: ").unwrap_or_default().trim_end().to_owned();
    assert!(!opened && is_one_line(&line), "{said:?}");
    line
}

#[test]
fn a_trap_is_a_talk() {
    let talk = Trap::new(&[]).open("nothing harmful");
    assert_eq!((talk.id, talk.slides.len()), (TalkId("38930109".to_owned()), 3));
}

//! The machine is kept awake while a talk plays, and only then: asked of a screen saver on a bus of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plenary::app::awake::Awake;
use plenary::testing::{Rig, ramp};

/// A bus that ends with the test.
struct Bus(Child, String);

impl Bus {
    fn start() -> Self {
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .stderr(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon, of the package dbus-daemon");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self(bus, address.trim().to_owned())
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// What the screen saver was asked for: `+7`, `-7`.
#[derive(Clone, Default)]
struct ScreenSaver(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.freedesktop.ScreenSaver")]
impl ScreenSaver {
    fn inhibit(&self, who: &str, why: &str) -> u32 {
        assert_eq!((who, why), ("Plenary", "A talk is playing"));
        let mut asked = self.0.lock().unwrap();
        let cookie = u32::try_from(asked.len()).unwrap() + 7;
        asked.push(format!("+{cookie}"));
        cookie
    }

    fn un_inhibit(&self, cookie: u32) {
        self.0.lock().unwrap().push(format!("-{cookie}"));
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..4_000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("{what}");
}

#[test]
fn the_screen_saver_is_held_off_while_a_talk_plays_and_let_go_at_a_pause_and_at_the_end() {
    let bus = Bus::start();
    let screen_saver = ScreenSaver::default();
    let service = zbus::blocking::connection::Builder::address(bus.1.as_str()).unwrap();
    let service = service.name("org.freedesktop.ScreenSaver").unwrap();
    let _service = service.serve_at("/org/freedesktop/ScreenSaver", screen_saver.clone()).unwrap().build().unwrap();
    let asked = || screen_saver.0.lock().unwrap().join(" ");

    let folder = tempfile::tempdir().unwrap();
    let mut rig = Rig::empty();
    rig.app.keep_awake(Awake::start_on(&bus.1).unwrap());
    rig.settle();
    rig.app.begin(plenary::app::Start { paths: vec![ramp::talk(folder.path(), "ramp", 20)], ..Default::default() });
    rig.settle();
    rig.advance_secs(1.0);
    until("it plays", || asked() == "+7");
    rig.run("pause");
    until("it waits", || asked() == "+7 -7");
    rig.run("play; seek 19");
    until("it plays again", || asked() == "+7 -7 +9");
    rig.advance_secs(2.0);
    assert!(rig.app.player().ended());
    until("it has ended", || asked() == "+7 -7 +9 -9");
    rig.run("seek 5; play");
    until("it plays once more", || asked().ends_with("+11"));
    drop(rig);
    until("the program has ended", || asked().ends_with("-11"));
}

#[test]
fn without_a_desktop_nothing_is_said_and_nothing_waits() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(&[&ramp::talk(folder.path(), "ramp", 20)]);
    let nowhere = format!("unix:path={}", folder.path().join("no bus").display());
    rig.app.keep_awake(Awake::start_on(&nowhere).unwrap());
    for _ in 0..50 {
        rig.run("pause; play");
    }
    rig.advance_secs(1.0);
    assert!(rig.app.told().is_empty(), "{:?}", rig.app.told());
}

#[test]
fn wishes_are_told_once_and_the_last_one_is_never_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(&[&ramp::talk(folder.path(), "ramp", 20)]);
    let (awake, wished) = Awake::wishing();
    rig.app.keep_awake(awake);
    rig.advance_secs(1.0);
    assert_eq!(wished.try_iter().collect::<Vec<_>>(), [true]);
    // Nobody takes them: those that are too many are not remembered as told.
    for _ in 0..20 {
        rig.run("pause");
        rig.run("play");
    }
    rig.run("pause");
    wished.try_iter().for_each(drop);
    rig.settle();
    rig.run("play");
    rig.run("pause");
    assert_eq!(wished.try_iter().last(), Some(false));
}

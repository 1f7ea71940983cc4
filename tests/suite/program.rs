//! The real binary on the command line.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use plenary::testing::TalkBuilder;
use plenary::testing::talks::Broken;
use serde_json::Value;

fn plenary(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plenary")).args(arguments).output().unwrap()
}

fn info(path: &Path) -> Value {
    let output = plenary(&["info", "--json", &path.to_string_lossy()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn info_prints_the_talk_for_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let talk = TalkBuilder::new("38933333", "the-talk")
        .slides([0, 1_234, 70_137])
        .broken(1, Broken::Missing)
        .sound("The talk-512930101.wav", 90.5)
        .write(folder.path());
    let report = info(&talk);
    assert_eq!(report["title"], "The talk");
    assert_eq!(report["duration"], 90.5);
    let starts: Vec<f64> =
        report["slides"].as_array().unwrap().iter().map(|slide| slide["start"].as_f64().unwrap()).collect();
    assert_eq!(starts, [0.0, 1.234, 70.137]);
    assert!(report["slides"][0]["file"].is_string() && report["slides"][0]["width"].as_u64().unwrap() > 0);
    assert!(report["slides"][1]["file"].is_null() && report["slides"][1]["height"].is_null());
    assert_eq!(report["audio"]["file"], "The talk-512930101.wav");
    assert_eq!(report["audio"]["codec"], "pcm_s16le");
    assert!(report["issues"].as_array().unwrap().iter().any(|issue| issue["kind"] == "slide-missing"), "{report}");
}

#[test]
fn info_says_in_one_line_why_something_is_no_talk() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["info", "/no/such/place"][..], &["info", &folder.path().to_string_lossy()][..]] {
        let output = plenary(arguments);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("plenary: ") && said.trim_end().lines().count() == 1, "{said}");
    }
}

#[test]
fn info_names_the_talks_of_a_folder_of_several() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        TalkBuilder::new("38933335", name).slides([0]).sound("x.wav", 0.5).write(folder.path());
    }
    for arguments in [&["info"][..], &["info", "--json"]] {
        let output = plenary(&[arguments, &[&folder.path().to_string_lossy()]].concat());
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.contains("There are 2 talks in the folder, name one of them (38933335-a, 38933335-b): "),
            "{said}"
        );
    }
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "waits for another process, and not for ever")]
fn the_program_ends_though_its_socket_was_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let talk = TalkBuilder::new("38933336", "brief").slides([0]).sound("brief-1.wav", 4.0).write(folder.path());
    let socket = folder.path().join("socket");
    let option = format!("--input-ipc-server={}", socket.display());
    let mut playing = Command::new(env!("CARGO_BIN_EXE_plenary"))
        .args(["--headless", "--no-audio", &option])
        .arg(&talk)
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !socket.exists() {
        assert!(Instant::now() < deadline, "there is no socket");
        std::thread::yield_now();
    }
    std::fs::remove_file(&socket).unwrap();
    assert!(Command::new("kill").arg(playing.id().to_string()).status().unwrap().success());
    while playing.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            playing.kill().unwrap();
            panic!("it did not end");
        }
        std::thread::yield_now();
    }
}

#[test]
fn the_sample_talk_is_whole() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample-talk");
    let report = info(&sample);
    assert_eq!(report["issues"], Value::Array(Vec::new()));
    let slides = report["slides"].as_array().unwrap();
    assert!((8..=12).contains(&slides.len()), "{} slides", slides.len());
    assert!(slides.iter().all(|slide| slide["width"] == 1920 && slide["height"] == 1080));
    assert!(report["audio"]["sample_rate"].as_u64().is_some());
    let bytes: u64 = std::fs::read_dir(&sample).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!(bytes < 3_000_000, "{bytes} bytes");
}

#[test]
fn a_talk_plays_through_without_a_window_or_a_device() {
    let folder = tempfile::tempdir().unwrap();
    let talk = TalkBuilder::new("38933334", "brief").slides([0, 300]).sound("brief-1.wav", 0.8).write(folder.path());
    let output = plenary(&["--headless", "--no-audio", "--speed", "4", &talk.to_string_lossy()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_is_typed_wrong_is_told() {
    for (arguments, word) in [
        (&["--start", "soon", "x"][..], "--start"),
        (&["-c", "fly", "x"][..], "fly"),
        (&["--speed", "9", "x"][..], "0.5"),
        (&["--no-such-option"][..], "no-such-option"),
    ] {
        let output = plenary(arguments);
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
}

#[test]
fn the_version_names_the_package() {
    let output = plenary(&["--version"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with(concat!("plenary ", env!("CARGO_PKG_VERSION"))), "{said}");
}

//! What a disk can hold in the place of a file: pipes, devices, loops, folders, names that are no text.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use plenary::app::settings::Settings;
use plenary::talk::open::{expand, open};
use plenary::testing::talks::{WavProbe, jpeg, put, wav};

use super::documents::DOCUMENTS;
use super::{Trap, in_time, info, is_one_line, refusal};

/// Names of documents, and of things beside the three pictures and the sound of a trap.
fn places(trap: &Trap) -> Vec<PathBuf> {
    let others =
        ["12000-0-0004-big.jpg", "slides/1.jpg", "b.m4a", "c.webm", "metadata.json", "b.info.json", "d.en.vtt"];
    DOCUMENTS.iter().chain(&others).map(|name| trap.root.join(name)).collect()
}

/// A trap in which something stands in the place of each document.
fn filled(fill: impl Fn(&Path)) -> Trap {
    let trap = Trap::new(&[]);
    fs::create_dir(trap.root.join("slides")).unwrap();
    places(&trap).iter().for_each(|path| fill(path));
    trap
}

/// The talk opens by its folder and by its sound, in the library's eyes and on the command line.
fn opens(trap: &Trap, what: &str) {
    let talk = trap.open(what);
    assert_eq!(talk.slides.len(), 3, "{what}: {:?}", talk.issues);
    let root = trap.root.clone();
    assert_eq!(in_time(what, move || expand(&[root])), std::slice::from_ref(&trap.root));
    let (opened, said) = info(&trap.root);
    assert!(opened && said.contains("A trap-512930109.wav"), "{what}: {said}");
}

#[test]
fn pipes_and_sockets_are_never_waited_for() {
    let pipes = filled(|path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success()));
    opens(&pipes, "pipes");
    let sockets = Trap::new(&[]);
    let bound: Vec<UnixListener> = ["a.xml", "slides.json", "b.m4a"]
        .iter()
        .map(|name| UnixListener::bind(sockets.root.join(name)).unwrap())
        .collect();
    opens(&sockets, "sockets");
    drop(bound);
    let pipe = pipes.place.path().join("talk.mp3");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(refusal(&pipe).starts_with("Neither a talk nor a sound or video file: "));
    let config = pipes.place.path().join("config.toml");
    assert!(Command::new("mkfifo").arg(&config).status().unwrap().success());
    let folder = pipes.place.path().to_owned();
    let (settings, issues) = in_time("a pipe as settings", move || Settings::load(&folder));
    assert_eq!((settings, issues.len()), (Settings::default(), 1));
}

#[test]
fn devices_are_never_read() {
    for device in ["/dev/zero", "/dev/random", "/dev/full", "/dev/tty", "/dev/stdin"] {
        let trap = filled(|path| symlink(device, path).unwrap());
        opens(&trap, device);
        let sound = trap.place.path().join("talk.mp3");
        symlink(device, &sound).unwrap();
        refusal(&sound);
    }
}

#[test]
fn links_in_circles_and_links_that_lead_out_end() {
    let own = filled(|path| symlink(path, path).unwrap());
    opens(&own, "links to themselves");
    let broken = filled(|path| symlink("nowhere", path).unwrap());
    opens(&broken, "links to nothing");
    let out = filled(|path| symlink("../secret.txt", path).unwrap());
    let told = out.told("links that lead out");
    assert!(told.contains("links lead out of the folder and were not followed, the first: "), "{told}");
    opens(&out, "links that lead out");
    let folders = Trap::new(&[]);
    for (name, to) in
        [("images", "."), ("original", ".."), ("slides", "/"), ("loop", "loop2"), ("loop2", "loop"), ("up", "../..")]
    {
        symlink(to, folders.root.join(name)).unwrap();
    }
    opens(&folders, "folders in circles");
    let deep = tempfile::tempdir().unwrap();
    let mut at = deep.path().to_owned();
    for _ in 0..200 {
        at.push("d");
        fs::create_dir(&at).unwrap();
    }
    symlink(deep.path(), at.join("back")).unwrap();
    let root = deep.path().to_owned();
    assert_eq!(in_time("a deep folder", move || expand(&[root])), [deep.path().to_owned()]);
}

#[test]
fn a_folder_in_the_place_of_a_file_is_no_file() {
    let trap = filled(|path| fs::create_dir_all(path).unwrap());
    opens(&trap, "folders");
    fs::create_dir(trap.place.path().join("config.toml")).unwrap();
    let (settings, issues) = Settings::load(trap.place.path());
    assert_eq!(settings, Settings::default());
    assert!(issues.len() == 1 && is_one_line(&issues[0]), "{issues:?}");
    let sound = trap.place.path().join("sound.mp3");
    fs::create_dir(&sound).unwrap();
    refusal(&sound);
}

#[test]
fn what_may_not_be_read_is_told() {
    let trap = Trap::new(&[("38930109.xml", b"<videoContent/>"), ("12000-0-0004-big.jpg", b"x")]);
    let lock = |name: &str| fs::set_permissions(trap.root.join(name), fs::Permissions::from_mode(0o000)).unwrap();
    lock("38930109.xml");
    lock("12000-0-0004-big.jpg");
    if fs::File::open(trap.root.join("38930109.xml")).is_ok() {
        // Nothing is hidden from root; a folder in the place of a file has the test above.
        return;
    }
    let told = trap.told("locked files");
    let said = "Cannot read the times of the slides (Permission denied (os error 13)): 38930109.xml";
    assert!(told.lines().any(|line| line == said), "{told}");
    let locked = trap.place.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    assert!(refusal(&locked).starts_with("No permission to read "));
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn names_that_are_no_text_or_no_line_open_and_are_told_in_one() {
    let place = tempfile::tempdir().unwrap();
    let name = |bytes: &[u8]| PathBuf::from(std::ffi::OsStr::from_bytes(bytes));
    for (number, odd) in
        [&b"caf\xe9"[..], b"\xff\xfe\xfd", b"a\nb", b"a\x1b[31mb", b"\xe2\x80\xaegpj.x", b"-rf", b"*\"<>|", b" ", b"\\"]
            .into_iter()
            .enumerate()
    {
        let root = place.path().join(name(&[odd, format!("{number}").as_bytes()].concat()));
        put(&root.join(name(&[odd, b"-512930109.wav"].concat())), &wav(9.0));
        for time in ["0", "4500", "9000"] {
            put(&root.join(name(&[time.as_bytes(), b"-", odd, b"-big.jpg"].concat())), &jpeg(8, 8, [9; 3]));
        }
        put(&root.join(name(&[odd, b".ffconcat"].concat())), b"");
        put(
            &root.join(name(&[odd, b"-512930109.info.json"].concat())),
            b"{\"chapters\":[{\"title\":\"Slide 1\",\"start_time\":0}",
        );
        let path = root.clone();
        let talk = in_time("an odd name", move || open(&path, &WavProbe)).unwrap_or_else(|error| panic!("{error}"));
        plenary::testing::fuzz::check(&talk);
        assert_eq!((talk.slides.len(), talk.audio.is_some()), (3, true), "{odd:?}: {:?}", talk.issues);
        let (opened, said) = info(&root);
        assert!(opened && !said.contains('\x1b') && !said.contains('\u{202e}'), "{said:?}");
        fs::remove_dir_all(&root).unwrap();
        fs::create_dir(&root).unwrap();
        refusal(&root);
        refusal(&place.path().join(name(&[odd, b"gone"].concat())));
    }
    let long = "x".repeat(255);
    let trap =
        Trap::new(&[(&long, b""), (&format!("{}.json", &long[..250]), b"{"), (&format!("{}.jpg", &long[..251]), b"")]);
    opens(&trap, "long names");
}

#[test]
fn a_talk_whose_pictures_are_all_spoilt_plays_to_its_end() {
    let trap = Trap::new(&[]);
    for (name, bytes) in
        [("0-0-0001-big.jpg", &b""[..]), ("4500-0-0002-big.jpg", b"<svg"), ("9000-0-0003-big.jpg", b"\xff\xd8\xff")]
    {
        trap.put(name, bytes);
    }
    trap.put("A trap-512930109.wav", &wav(1.0));
    let mut player = Command::new(env!("CARGO_BIN_EXE_plenary"));
    player.args(["--headless", "--no-audio", "--speed", "4", "--config"]);
    player.arg(trap.place.path().join("config")).arg(&trap.root);
    let output = in_time("a spoilt talk", move || player.output().unwrap());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

use super::*;
use crate::testing::talks::put;

fn walk(root: &Path) -> (Vec<String>, Walked) {
    walk_but(root, &[])
}

fn walk_but(root: &Path, except: &[PathBuf]) -> (Vec<String>, Walked) {
    let mut found = Vec::new();
    let walk = Walk { stop: &|| false, except, most: 1000 };
    let walked = walk.talks(root, &mut |talk| found.push(talk));
    let relative = |path: &PathBuf| path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
    (found.iter().map(relative).collect(), walked)
}

fn with(files: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        put(&dir.path().join(file), b"");
    }
    dir
}

#[test]
fn talks_of_every_kind_are_found_at_any_depth_in_natural_order() {
    let dir = with(&[
        "Day 10/38930110-x/38930110.xml",
        "Day 2/Poster/38930102-x/38930102.xml",
        "Day 2/38930101-x/38930101.xml",
        "Day 2/list/x.ffconcat",
        "Day 2/names/slides/0-a-big.jpg",
        "Day 2/sound/a.mp3",
        "Day 1/.hidden/38930103-x/38930103.xml",
        "Day 1/$RECYCLE.BIN/38930103-x/38930103.xml",
        "papers/x.pdf",
    ]);
    let (found, walked) = walk(dir.path());
    let expected = [
        "Day 2/38930101-x",
        "Day 2/list",
        "Day 2/names",
        "Day 2/Poster/38930102-x",
        "Day 2/sound",
        "Day 10/38930110-x",
    ];
    assert_eq!(found, expected);
    assert!(!walked.cut && !walked.stopped && walked.unread.is_empty(), "{walked:?}");
}

#[test]
fn a_folder_that_is_a_talk_is_not_looked_into() {
    let dir = with(&["t/1.xml", "t/slides/0-a-big.jpg", "t/extra/b.mp3"]);
    assert_eq!(walk(dir.path()).0, ["t"]);
    assert_eq!(walk(&dir.path().join("t")).0, [""]);
}

#[test]
fn recordings_beside_each_other_are_talks_of_their_own() {
    let dir = with(&["r/talk 10.mp4", "r/talk 2.mp4", "r/talk 2.m4a", "r/talk 2.jpg", "r/cover.jpg", "r/x.mp4.part"]);
    assert_eq!(walk(dir.path()).0, ["r/talk 2.m4a", "r/talk 10.mp4"]);
}

#[test]
fn forms_of_one_recording_or_slides_beside_them_make_one_talk() {
    let dir = with(&[
        "forms/audio.mp3",
        "forms/finalvideo.mp4",
        "forms/video.mp4",
        "slides/slides/001.jpg",
        "slides/one.mp3",
        "slides/two.mp4",
        "top/1.png",
        "top/2.png",
        "top/3.png",
        "top/one.mp3",
        "top/two.mp4",
    ]);
    assert_eq!(walk(dir.path()).0, ["forms", "slides", "top"]);
}

#[test]
fn a_recording_beside_folders_of_talks_is_one_of_them() {
    let dir = with(&["mixed/b.mp3", "mixed/a/1.xml", "mixed/c/1.xml", "alone/b.mp3", "alone/c/readme.txt"]);
    assert_eq!(walk(dir.path()).0, ["alone", "mixed/a", "mixed/b.mp3", "mixed/c"]);
}

#[test]
fn what_bears_a_number_is_listed_even_where_nothing_is_left_of_it() {
    let dir = with(&["38930101-empty/readme.txt", "38930102-deeper/inner/1.xml", "cut/talk.m4a.part"]);
    assert_eq!(walk(dir.path()).0, ["38930101-empty", "38930102-deeper/inner", "cut"]);
}

#[test]
fn a_walk_stops_when_told_and_never_goes_on_for_ever() {
    let names: Vec<String> = (0..20).map(|n| format!("{n}/1.xml")).collect();
    let dir = with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let found = std::cell::RefCell::new(Vec::new());
    let stop = || found.borrow().len() == 5;
    let walked =
        Walk { stop: &stop, except: &[], most: 1000 }.talks(dir.path(), &mut |talk| found.borrow_mut().push(talk));
    assert_eq!((found.borrow().len(), walked.stopped), (5, true));
    let mut few = 0;
    let walked = Walk { stop: &|| false, except: &[], most: 8 }.talks(dir.path(), &mut |_| few += 1);
    assert_eq!((few, walked.folders, walked.cut), (7, 8, true));
    let deep: PathBuf = std::iter::repeat_n("d", MAX_DEPTH + 1).collect();
    put(&dir.path().join(deep).join("1.xml"), b"");
    assert!(walk(dir.path()).1.cut);
    assert_eq!(walk(dir.path()).0.len(), 20);
}

#[test]
fn folders_that_others_look_into_are_passed_over() {
    let dir = with(&["a/1.xml", "b/c/1.xml", "b/d/1.xml"]);
    let except = [dir.path().join("b/c").canonicalize().unwrap()];
    assert_eq!(walk_but(dir.path(), &except).0, ["a", "b/d"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_once_and_never_in_circles() {
    use std::os::unix::fs::symlink;
    let dir = with(&["out/b/1.xml", "root/a/1.xml"]);
    let at = |name: &str| dir.path().join(name);
    symlink(at("out"), at("root/z1")).unwrap();
    symlink(at("out"), at("root/z2")).unwrap();
    symlink(at("out/b"), at("root/z3")).unwrap();
    symlink(at("root/a"), at("root/again")).unwrap();
    symlink(at("root"), at("out/back")).unwrap();
    symlink(dir.path(), at("out/up")).unwrap();
    symlink("..", at("root/above")).unwrap();
    symlink("nowhere", at("root/broken")).unwrap();
    let (found, walked) = walk(&at("root"));
    assert_eq!(found, ["a", "z1/b"]);
    assert!(walked.links >= 1 && !walked.cut, "{walked:?}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_told_and_the_rest_is_found() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = with(&["38930101-x/1.xml", "locked/1.xml", "open/1.xml"]);
    let lock = |mode| {
        for name in ["38930101-x", "locked"] {
            std::fs::set_permissions(dir.path().join(name), std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    lock(0o000);
    // Nothing is locked for the system's administrator.
    let locked = std::fs::read_dir(dir.path().join("locked")).is_err();
    let (found, walked) = walk(dir.path());
    lock(0o755);
    if locked {
        assert_eq!(found, ["38930101-x", "open"]);
        let unread: Vec<&Path> = walked.unread.iter().map(|(path, _)| path.as_path()).collect();
        assert_eq!(unread, [dir.path().join("locked")]);
    }
}

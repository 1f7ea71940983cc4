use super::*;
use crate::testing::talks::put;

fn names(folder: &Folder) -> Vec<&str> {
    folder.files().iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn files_are_listed_in_natural_order_with_the_folders_of_pictures_last() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["10.jpg", "9.jpg", "a.xml", "slides/2.jpg", "images/1.jpg", "other/3.jpg"] {
        put(&dir.path().join(name), b"x");
    }
    let folder = Folder::list(dir.path().to_owned()).expect("lists");
    assert_eq!(names(&folder), ["9.jpg", "10.jpg", "a.xml", "2.jpg", "1.jpg"]);
    assert_eq!(folder.top().count(), 3);
    assert!(folder.issues().is_empty());
}

#[test]
fn what_is_hidden_is_neither_listed_nor_found() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in [".cookies.txt", "._1.jpg", "1.jpg", "slides/._2.jpg", ".cache/3.jpg"] {
        put(&dir.path().join(name), b"x");
    }
    let folder = Folder::list(dir.path().to_owned()).expect("lists");
    assert_eq!((names(&folder), folder.folders().len()), (vec!["1.jpg"], 1));
    for path in [".cookies.txt", "./.cookies.txt", "slides/._2.jpg", ".cache/3.jpg"] {
        assert_eq!(folder.find(Path::new(path)), None, "{path}");
    }
}

#[test]
fn a_folder_of_nothing_but_pictures_that_is_called_as_the_recording_is_listed() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["talk.mp4", "talk.m4a", "talk/1.jpg", "talk/.x", "other/2.jpg"] {
        put(&dir.path().join(name), b"x");
    }
    let list = || Folder::list(dir.path().to_owned()).expect("lists");
    assert_eq!(names(&list()), ["talk.m4a", "talk.mp4", "1.jpg"]);
    put(&dir.path().join("other.mp3"), b"x");
    assert!(!names(&list()).contains(&"1.jpg"), "whose pictures they are is not clear");
    std::fs::remove_file(dir.path().join("other.mp3")).expect("was there");
    put(&dir.path().join("talk/talk.xml"), b"x");
    assert!(!names(&list()).contains(&"1.jpg"), "a talk of its own");

    let dir = tempfile::tempdir().expect("a folder");
    ["slides.m4a", "slides/1.jpg"].iter().for_each(|name| put(&dir.path().join(name), b"x"));
    let folder = Folder::list(dir.path().to_owned()).expect("lists");
    assert_eq!(names(&folder), ["slides.m4a", "1.jpg"], "listed once, whatever it is called for");
}

#[test]
fn only_relative_paths_of_regular_files_inside_are_found() {
    let dir = tempfile::tempdir().expect("a folder");
    put(&dir.path().join("secret.jpg"), b"x");
    put(&dir.path().join("talk/pics/deep/1.jpg"), b"x");
    let folder = Folder::list(dir.path().join("talk")).expect("lists");
    assert_eq!(folder.find(Path::new("./pics/deep/1.jpg")), Some("pics/deep/1.jpg".into()));
    assert_eq!(folder.find(Path::new("pics")), None);
    assert_eq!(folder.find(Path::new("")), None);
    assert_eq!(folder.find(Path::new("../secret.jpg")), None);
    assert_eq!(folder.find(&dir.path().join("secret.jpg")), None);
    assert_eq!(folder.find(Path::new("pics/../../secret.jpg")), None);
}

#[test]
fn a_document_that_is_too_large_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let large = File::create(dir.path().join("1.xml")).expect("creates");
    large.set_len(MAX_DOCUMENT + 1).expect("grows");
    put(&dir.path().join("2.xml"), b"<a/>");
    let folder = Folder::list(dir.path().to_owned()).expect("lists");
    let issue = folder.document(Path::new("1.xml")).expect_err("refuses");
    assert_eq!(issue.kind, IssueKind::TooLarge);
    assert_eq!(folder.document(Path::new("2.xml")), Ok(b"<a/>".to_vec()));
    large.set_len(MAX_DOCUMENT).expect("shrinks");
    assert!(folder.document(Path::new("1.xml")).is_ok());
}

#[test]
fn a_folder_with_too_many_files_is_cut_and_says_so() {
    let dir = tempfile::tempdir().expect("a folder");
    for number in 0..30 {
        put(&dir.path().join(format!("{number}.jpg")), b"");
    }
    let mut folder = Folder::list(dir.path().to_owned()).expect("lists");
    assert!(folder.issues().is_empty());
    folder.files.clear();
    folder.add(Path::new(""), &mut 20).expect("lists");
    assert_eq!(folder.files().len(), 20);
    assert_eq!(folder.issues()[0].kind, IssueKind::TooLarge);
    assert!(folder.issues()[0].message.contains("50000 entries"), "{}", folder.issues()[0].message);
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_left_out_and_links_inside_are_kept() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().expect("a folder");
    put(&dir.path().join("secret.jpg"), b"x");
    put(&dir.path().join("elsewhere/1.jpg"), b"x");
    put(&dir.path().join("talk/1.jpg"), b"x");
    symlink("1.jpg", dir.path().join("talk/2.jpg")).expect("links");
    symlink("../secret.jpg", dir.path().join("talk/3.jpg")).expect("links");
    symlink("../elsewhere", dir.path().join("talk/slides")).expect("links");
    symlink("loop.jpg", dir.path().join("talk/loop.jpg")).expect("links");
    let folder = Folder::list(dir.path().join("talk")).expect("lists");
    assert_eq!(names(&folder), ["1.jpg", "2.jpg"]);
    assert_eq!(folder.find(Path::new("3.jpg")), None);
    assert_eq!(folder.find(Path::new("slides/1.jpg")), None);
    let issues = folder.issues();
    assert_eq!(issues.len(), 1);
    assert_eq!(issues[0].message, "A link leads out of the folder and was not followed: 3.jpg");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_neither_listed_nor_opened() {
    let dir = tempfile::tempdir().expect("a folder");
    let made = std::process::Command::new("mkfifo").arg(dir.path().join("1.xml")).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let folder = Folder::list(dir.path().to_owned()).expect("lists");
    assert!(folder.files().is_empty());
    assert_eq!(folder.find(Path::new("1.xml")), None);
    assert!(folder.open(Path::new("1.xml")).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_keeps_its_bytes() {
    use std::os::unix::ffi::OsStrExt as _;
    let dir = tempfile::tempdir().expect("a folder");
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.m4a");
    put(&dir.path().join(name), b"x");
    let folder = Folder::list(dir.path().to_owned()).expect("lists");
    assert_eq!(folder.files()[0].path.as_os_str(), name);
    assert!(folder.open(&folder.files()[0].path).is_ok());
}

#[test]
fn accents_may_be_written_in_either_way() {
    let dir = tempfile::tempdir().expect("a folder");
    let (apart, together) = ("slides/E\u{301}te\u{301}.jpg", "slides/\u{c9}t\u{e9}.jpg");
    put(&dir.path().join(apart), b"x");
    let folder = Folder::list(dir.path().to_owned()).expect("lists");
    assert_eq!(names(&folder), ["\u{c9}t\u{e9}.jpg"]);
    for path in [apart, together] {
        assert_eq!(folder.find(Path::new(path)), Some(PathBuf::from(apart)));
    }
}

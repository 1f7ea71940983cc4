//! Notes and the disk, stepped by hand where nothing else moves, and with the thread where others write too.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::time::MediaTime;

struct Desk {
    root: TempDir,
    keeper: NoteKeeper,
    now: MediaTime,
}

fn places(root: &Path) -> Places {
    Places { folder: root.join("notes"), recovery: root.join("state/recovery") }
}

fn head(id: &str, title: &str) -> Head {
    Head { id: id.into(), fingerprint: format!("f-{id}"), title: title.into(), ..Head::default() }
}

fn secs(secs: i64) -> MediaTime {
    MediaTime::from_secs(secs)
}

impl Desk {
    fn new() -> Self {
        Self::at(tempfile::tempdir().unwrap())
    }

    fn at(root: TempDir) -> Self {
        let keeper = NoteKeeper::stepped(places(root.path()), Arc::new(|| {}));
        Self { root, keeper, now: MediaTime::ZERO }
    }

    /// The program is gone from one moment to the next; another begins.
    fn killed(mut self) -> Self {
        self.keeper.poll(self.now + secs(1));
        let Self { root, keeper, .. } = self;
        // As after a kill: nothing is written at the end.
        std::mem::forget(keeper);
        Self::at(root)
    }

    fn open(&mut self, head: Head) -> Vec<NoteEvent> {
        self.keeper.open(head, None);
        self.pass()
    }

    /// A second passes, in which everything is done.
    fn pass(&mut self) -> Vec<NoteEvent> {
        let mut events = Vec::new();
        for _ in 0..3 {
            self.keeper.step();
            events.extend(self.keeper.poll(self.now));
            self.now = self.now + secs(1);
            events.extend(self.keeper.poll(self.now));
            self.keeper.step();
            events.extend(self.keeper.poll(self.now));
        }
        events
    }

    fn add(&mut self, at: i64, text: &str) -> MomentId {
        self.keeper.edit(self.now, |note| note.add_moment(secs(at), text)).unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.root.path().join("notes").join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.root.path().join("notes")).unwrap();
        crate::persist::write_atomic(&self.file(name), text.as_bytes()).unwrap();
    }

    fn text(&self) -> String {
        self.keeper.document().unwrap().text().to_owned()
    }

    fn kept(&self) -> usize {
        fs::read_dir(self.root.path().join("state/recovery")).map_or(0, Iterator::count)
    }
}

fn troubles(events: &[NoteEvent]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| if let NoteEvent::Trouble(why) = event { Some(why.as_str()) } else { None })
        .collect()
}

#[test]
fn a_file_is_made_with_the_first_words_and_not_before() {
    let mut desk = Desk::new();
    assert_eq!(desk.open(head("t", "A talk: on notes")), [NoteEvent::Loaded]);
    assert!(!desk.root.path().join("notes").exists());
    desk.add(65, "words");
    assert_eq!(desk.keeper.due(), Some(desk.now + MediaTime::from_millis(300)));
    assert_eq!(desk.pass(), []);
    assert_eq!(
        desk.read("A talk on notes.md"),
        "---\ntitle: \"A talk: on notes\"\ntalk: t\nfingerprint: f-t\n---\n\n- [01:05] words\n"
    );
    assert_eq!((desk.keeper.due(), fs::read_dir(desk.root.path().join("notes")).unwrap().count()), (None, 1));
}

#[test]
fn changes_are_gathered_and_the_last_ones_written_at_the_end_or_when_another_talk_is_opened() {
    let mut desk = Desk::new();
    desk.open(head("a", "A"));
    desk.add(1, "one");
    desk.keeper.poll(desk.now + MediaTime::from_millis(299));
    desk.keeper.step();
    assert!(!desk.file("A.md").exists());
    desk.open(head("b", "B"));
    assert!(desk.read("A.md").ends_with("- [00:01] one\n"));
    desk.add(2, "two");
    assert_eq!(desk.keeper.finish(), []);
    assert!(desk.read("B.md").ends_with("- [00:02] two\n"));
}

#[test]
fn a_note_is_found_by_id_then_by_content_then_by_name() {
    let mut desk = Desk::new();
    for n in 0..600 {
        let text = format!("---\ntalk: t-{n}\nfingerprint: f-t-{n}\n---\n\nNote {n}\n");
        fs::create_dir_all(desk.root.path().join("notes")).unwrap();
        let mut file = fs::File::create(desk.file(&format!("{n}.md"))).unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    }
    desk.write("By hand.md", "Mine\n");
    desk.open(head("t-17", "A talk that lies elsewhere now"));
    assert_eq!(desk.keeper.document().unwrap().summary(), "Note 17");
    desk.open(Head { id: "other".into(), ..head("t-18", "A better download") });
    assert_eq!(desk.keeper.document().unwrap().summary(), "Note 18");
    desk.open(head("new", "By hand"));
    assert_eq!(desk.keeper.document().unwrap().summary(), "Mine");
    desk.add(1, "x");
    desk.pass();
    assert_eq!(
        desk.read("By hand.md"),
        "---\ntitle: \"By hand\"\ntalk: new\nfingerprint: f-new\n---\n\nMine\n\n- [00:01] x\n"
    );
    desk.open(head("twin", "By hand"));
    desk.add(1, "y");
    desk.pass();
    assert!(desk.read("By hand (twin).md").contains("talk: twin"));
}

#[test]
fn a_note_may_lie_beside_its_talk() {
    let mut desk = Desk::new();
    let talk = desk.root.path().join("talk");
    fs::create_dir(&talk).unwrap();
    desk.keeper.open(head("t", "T"), Some(talk.clone()));
    desk.pass();
    desk.add(1, "x");
    desk.pass();
    assert!(talk.join("T.md").exists());
    fs::remove_dir_all(&talk).unwrap();
    desk.add(2, "y");
    assert_eq!(troubles(&desk.pass()).len(), 1);
    assert!(!talk.exists());
}

#[test]
fn an_editor_that_began_with_an_older_version_loses_nothing_and_overwrites_nothing() {
    let mut desk = Desk::new();
    desk.write("T.md", "---\ntalk: t\n---\n\nSummary\n\n- [00:01] one\n- [00:09] nine\n");
    desk.open(head("t", "T"));
    let first = desk.text();
    let open = desk.add(3, "three");
    desk.pass();
    desk.add(5, "five");
    desk.pass();
    // What was read before both were written is put in their place, with another word.
    desk.write("T.md", &first.replace("one", "ONE").replace("talk: t", "talk: t\nmine: 1"));
    assert_eq!(desk.pass(), [NoteEvent::Changed]);
    let want =
        "---\ntalk: t\nmine: 1\n---\n\nSummary\n\n- [00:01] ONE\n- [00:03] three\n- [00:05] five\n- [00:09] nine\n";
    assert_eq!((desk.read("T.md").as_str(), desk.text().as_str()), (want, want));
    assert_eq!(desk.keeper.document().unwrap().moment(open).unwrap().text, "three");
}

#[test]
fn what_is_typed_while_others_write_is_kept_with_theirs() {
    let mut desk = Desk::new();
    desk.write("T.md", "---\ntalk: t\n---\n\nSummary\n\n- [00:01] one\n");
    desk.open(head("t", "T"));
    desk.keeper.edit(desk.now, |note| note.set_summary("Our summary"));
    desk.write("T.md", &desk.read("T.md").replace("Summary", "Their summary").replace("one", "ONE"));
    let events = desk.pass();
    assert!(matches!(events.as_slice(), [NoteEvent::Conflict(_)]), "{events:?}");
    assert_eq!(desk.keeper.document().unwrap().summary(), "Our summary\nTheir summary");
    assert_eq!(desk.text(), desk.read("T.md"));
    assert!(desk.text().contains("ONE"));
    // Theirs arrives while ours is on its way.
    desk.add(2, "two");
    desk.keeper.poll(desk.now + secs(1));
    desk.write("T.md", &(desk.read("T.md") + "- [00:03] three\n"));
    desk.add(4, "four");
    desk.pass();
    for word in ["ONE", "two", "three", "four"] {
        assert_eq!(desk.read("T.md").matches(word).count(), 1, "{word}");
    }
    assert_eq!(desk.text(), desk.read("T.md"));
}

#[test]
fn a_note_that_the_viewer_renames_is_written_under_its_new_name() {
    let mut desk = Desk::new();
    desk.open(head("t", "T"));
    desk.add(1, "one");
    desk.pass();
    fs::rename(desk.file("T.md"), desk.file("Better name.md")).unwrap();
    desk.add(2, "two");
    desk.pass();
    assert!(desk.read("Better name.md").contains("two") && !desk.file("T.md").exists());
    assert_eq!(desk.keeper.path(), Some(desk.file("Better name.md").as_path()));
}

#[test]
fn a_note_that_is_deleted_is_kept_and_written_again_with_the_next_change() {
    let mut desk = Desk::new();
    desk.open(head("t", "T"));
    desk.add(1, "one");
    desk.pass();
    fs::remove_file(desk.file("T.md")).unwrap();
    assert!(matches!(desk.pass().as_slice(), [NoteEvent::Conflict(_)]));
    assert!(!desk.file("T.md").exists() && desk.text().contains("one"));
    desk.add(2, "two");
    desk.pass();
    assert!(desk.read("T.md").ends_with("- [00:01] one\n- [00:02] two\n"));
}

#[test]
fn what_cannot_be_written_is_kept_told_once_and_written_when_it_can() {
    let mut desk = Desk::new();
    crate::persist::write_atomic(&desk.root.path().join("notes"), b"a file").unwrap();
    desk.open(head("t", "T"));
    desk.add(1, "one");
    let events = desk.pass();
    let told = troubles(&events);
    assert!(told.last().is_some_and(|why| why.contains("a file is in the place of its folder")), "{told:?}");
    assert_eq!(desk.kept(), 1);
    desk.add(2, "two");
    assert_eq!(troubles(&desk.pass()), [""; 0]);
    let due = desk.keeper.due().unwrap();
    assert!(due > desk.now && due <= desk.now + secs(5));
    fs::remove_file(desk.root.path().join("notes")).unwrap();
    desk.now = due;
    assert_eq!(desk.pass(), [NoteEvent::Written]);
    assert!(desk.read("T.md").contains("two"));
    assert_eq!((desk.kept(), desk.keeper.due()), (0, None));
}

#[test]
fn what_could_not_be_written_is_back_at_the_next_start_with_what_others_wrote() {
    let mut desk = Desk::new();
    desk.write("T.md", "---\ntalk: t\n---\n\n- [00:01] one\n- [00:09] nine\n");
    desk.open(head("t", "T"));
    fs::rename(desk.root.path().join("notes"), desk.root.path().join("away")).unwrap();
    crate::persist::write_atomic(&desk.root.path().join("notes"), b"").unwrap();
    desk.add(3, "three");
    assert_eq!(troubles(&desk.pass()).len(), 1);
    let mut desk = desk.killed();
    fs::remove_file(desk.root.path().join("notes")).unwrap();
    fs::rename(desk.root.path().join("away"), desk.root.path().join("notes")).unwrap();
    desk.write("T.md", &desk.read("T.md").replace("nine", "NINE"));
    let events = desk.open(head("t", "T"));
    assert!(matches!(events.as_slice(), [NoteEvent::Loaded, NoteEvent::Recovered(_)]), "{events:?}");
    assert_eq!(desk.read("T.md"), "---\ntalk: t\n---\n\n- [00:01] one\n- [00:03] three\n- [00:09] NINE\n");
    assert_eq!((desk.kept(), desk.text()), (0, desk.read("T.md")));
}

#[test]
fn a_talk_that_is_left_in_trouble_is_still_written_later_even_without_a_place_for_recovery() {
    let mut desk = Desk::new();
    crate::persist::write_atomic(&desk.root.path().join("notes"), b"").unwrap();
    crate::persist::write_atomic(&desk.root.path().join("state"), b"").unwrap();
    desk.open(head("a", "A"));
    desk.add(1, "one");
    assert!(troubles(&desk.pass()).last().is_some_and(|why| why.contains("only as long as the program runs")));
    desk.open(head("b", "B"));
    desk.open(head("a", "A"));
    assert!(desk.text().contains("one"));
    desk.open(head("b", "B"));
    fs::remove_file(desk.root.path().join("notes")).unwrap();
    desk.keeper.finish();
    assert!(desk.read("A.md").contains("one"));
}

#[test]
fn a_folder_on_a_disk_that_is_gone_is_not_made_again() {
    let mut desk = Desk::new();
    let folder = desk.root.path().join("disk/notes");
    desk.keeper = NoteKeeper::stepped(Places { folder: folder.clone(), ..places(desk.root.path()) }, Arc::new(|| {}));
    desk.open(head("t", "T"));
    desk.add(1, "one");
    desk.pass();
    fs::rename(desk.root.path().join("disk"), desk.root.path().join("unplugged")).unwrap();
    desk.add(2, "two");
    assert!(troubles(&desk.pass()).iter().any(|why| why.contains("its folder is gone")));
    assert!(!folder.exists());
    fs::rename(desk.root.path().join("unplugged"), desk.root.path().join("disk")).unwrap();
    desk.now = desk.now + secs(5);
    assert_eq!(desk.pass(), [NoteEvent::Written]);
    assert!(fs::read_to_string(folder.join("T.md")).unwrap().ends_with("- [00:01] one\n- [00:02] two\n"));
}

#[test]
fn a_file_that_is_no_text_is_left_alone() {
    let mut desk = Desk::new();
    desk.write("x", "");
    crate::persist::write_atomic(&desk.file("T.md"), b"\xff\xfe\x00").unwrap();
    desk.open(head("t", "T"));
    desk.add(1, "one");
    desk.pass();
    assert_eq!(fs::read(desk.file("T.md")).unwrap(), b"\xff\xfe\x00");
    assert!(desk.read("T (t).md").contains("one"));
}

#[test]
fn pictures_are_copied_byte_for_byte_and_never_over_another() {
    let mut desk = Desk::new();
    let picture = desk.root.path().join("005.jpg");
    let other = desk.root.path().join("other.jpg");
    crate::persist::write_atomic(&picture, b"\xff\xd8 five").unwrap();
    crate::persist::write_atomic(&other, b"\xff\xd8 other").unwrap();
    desk.open(head("t", "A (b)"));
    assert_eq!(
        desk.keeper.attach(picture.clone(), "slide-005.jpg").as_deref(),
        Some("A%20%28b%29%20pictures/slide-005.jpg")
    );
    assert_eq!(desk.keeper.attach(picture.clone(), "x.jpg").as_deref(), Some("A%20%28b%29%20pictures/slide-005.jpg"));
    assert_eq!(
        desk.keeper.attach(other.clone(), "Slide-005.jpg").as_deref(),
        Some("A%20%28b%29%20pictures/Slide-005-2.jpg")
    );
    assert_eq!(desk.pass(), []);
    assert_eq!(fs::read(desk.file("A (b) pictures/slide-005.jpg")).unwrap(), fs::read(&picture).unwrap());
    desk.open(head("t", "A (b)"));
    assert_eq!(desk.keeper.attach(other, "slide-005.jpg").as_deref(), Some("A%20%28b%29%20pictures/slide-005-3.jpg"));
    desk.keeper.attach(desk.root.path().join("none.jpg"), "none.jpg");
    assert!(troubles(&desk.pass())[0].starts_with("Cannot put the picture beside the note: it cannot be read"));
}

#[test]
fn all_notes_of_a_folder_are_read_in_the_order_of_their_names() {
    let desk = Desk::new();
    desk.write("b.md", "B");
    desk.write("a.md", "A");
    desk.write("c.txt", "C");
    let texts: Vec<String> =
        all(&desk.root.path().join("notes")).iter().map(|(_, note)| note.text().to_owned()).collect();
    assert_eq!(texts, ["A", "B"]);
}

/// Waits for a thread; the end of patience is no measure of anything.
fn until(
    keeper: &mut NoteKeeper,
    now: &mut MediaTime,
    mut done: impl FnMut(&mut NoteKeeper, &[NoteEvent]) -> bool,
) -> bool {
    for _ in 0..1500 {
        *now = *now + MediaTime::from_millis(10);
        let events = keeper.poll(*now);
        if done(keeper, &events) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

#[test]
fn an_editor_that_writes_all_the_time_and_this_program_lose_nothing_of_each_other() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("notes/T.md");
    fs::create_dir(root.path().join("notes")).unwrap();
    crate::persist::write_atomic(&file, b"---\ntalk: t\n---\n\nTheirs\n\n- [00:00] start\n").unwrap();
    let mut keeper = NoteKeeper::start(places(root.path()), Arc::new(|| {})).unwrap();
    let mut now = MediaTime::ZERO;
    keeper.open(head("t", "T"), None);
    assert!(until(&mut keeper, &mut now, |_, events| events.contains(&NoteEvent::Loaded)));
    let editor = std::thread::Builder::new().name("editor".into()).spawn(move || {
        for n in 0..12 {
            let text = fs::read_to_string(&file).unwrap();
            std::thread::sleep(Duration::from_millis(35));
            let text = text.replacen("Theirs\n", &format!("Theirs\ntheir line {n}.\n"), 1);
            crate::persist::write_atomic(&file, text.as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(60));
        }
    });
    for n in 1..20 {
        keeper.edit(now, |note| note.add_moment(secs(n), &format!("our line {n}.")));
        for _ in 0..5 {
            now = now + MediaTime::from_millis(100);
            keeper.poll(now);
            std::thread::sleep(Duration::from_millis(12));
        }
    }
    editor.unwrap().join().unwrap();
    let whole = |text: &str| {
        (0..12).all(|n| text.contains(&format!("their line {n}.")))
            && (1..20).all(|n| text.contains(&format!("our line {n}.")))
    };
    let path = root.path().join("notes/T.md");
    assert!(
        until(&mut keeper, &mut now, |keeper, _| {
            let text = fs::read_to_string(&path).unwrap_or_default();
            whole(&text) && keeper.document().is_some_and(|note| note.text() == text)
        }),
        "{}",
        fs::read_to_string(&path).unwrap()
    );
    assert_eq!(keeper.finish(), []);
    assert_eq!(fs::read_dir(root.path().join("notes")).unwrap().count(), 1);
}

#[test]
fn the_thread_notices_what_others_do_to_the_folder() {
    let root = tempfile::tempdir().unwrap();
    let mut keeper = NoteKeeper::start(places(root.path()), Arc::new(|| {})).unwrap();
    let mut now = MediaTime::ZERO;
    keeper.open(head("t", "T"), None);
    assert!(until(&mut keeper, &mut now, |_, events| events.contains(&NoteEvent::Loaded)));
    keeper.edit(now, |note| note.set_summary("Words"));
    let file = root.path().join("notes/T.md");
    assert!(until(&mut keeper, &mut now, |_, _| file.exists()));
    let text = fs::read_to_string(&file).unwrap().replace("Words", "Other words");
    crate::persist::write_atomic(&file, text.as_bytes()).unwrap();
    assert!(until(&mut keeper, &mut now, |keeper, _| keeper
        .document()
        .is_some_and(|note| note.summary() == "Other words")));
    let moved = root.path().join("notes/Moved.md");
    fs::rename(&file, &moved).unwrap();
    assert!(until(&mut keeper, &mut now, |keeper, _| keeper.path() == Some(moved.as_path())));
}

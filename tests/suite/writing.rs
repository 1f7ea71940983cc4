//! Notes, verdicts and the digest, through the whole application.

use std::path::{Path, PathBuf};

use plenary::command::Verdict;
use plenary::testing::Rig;
use plenary::testing::talks::TalkBuilder;
use plenary::time::MediaTime;

/// Talks of a minute with a slide every ten seconds.
fn talks(folder: &Path, count: usize) -> Vec<PathBuf> {
    let talk = |number: usize| {
        let builder = TalkBuilder::new(&format!("3893000{number}"), &format!("talk-{number}"));
        // Every talk has times of its own, as real ones have.
        let shift = i64::try_from(number).unwrap();
        builder.slides((0..6).map(|slide| slide * 10_000 + slide * shift)).sound("sound.wav", 60.0).write(folder)
    };
    (1..=count).map(talk).collect()
}

fn rig(folder: &Path, count: usize) -> Rig {
    let paths = talks(&folder.join("library"), count);
    Rig::keeping_notes(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>(), folder)
}

/// Lets the note be written.
fn saved(rig: &mut Rig) {
    rig.advance_secs(1.0);
    rig.settle();
    assert!(rig.app.saved());
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".md"))
        .collect();
    names.sort();
    names
}

fn note_text(folder: &Path) -> String {
    let names = files(&folder.join("notes"));
    assert_eq!(names.len(), 1, "{names:?}");
    std::fs::read_to_string(folder.join("notes").join(&names[0])).unwrap()
}

#[test]
fn a_note_is_stamped_at_its_first_keystroke_less_the_lead() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 1);
    rig.run("pause; seek 0:18; note new");
    // The field is open; nothing is written before something is typed.
    assert!(rig.app.field().is_some() && rig.app.note().unwrap().moments().is_empty());
    rig.run("seek 0:25");
    rig.run("note add t");
    rig.run("seek 0:40");
    rig.run("note set 1 \"tiles #unet\"");
    rig.run("text leave");
    let moments = rig.app.note().unwrap().moments().to_vec();
    assert_eq!((moments.len(), moments[0].at, moments[0].text.as_str()), (1, MediaTime::from_secs(22), "tiles #unet"));
    saved(&mut rig);
    assert!(note_text(folder.path()).ends_with("\n- [00:22] tiles #unet\n"), "{}", note_text(folder.path()));
}

#[test]
fn the_stamp_never_belongs_to_another_slide_than_the_moment() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 1);
    // The third slide begins at 20.002 s; 3 s before 23.5 s is on it, the whole second before is not.
    rig.run("pause; seek 0:23.500; note mark");
    let at = rig.app.note().unwrap().moments()[0].at;
    assert_eq!((at, rig.app.slide_at(at).unwrap().0), (MediaTime::from_millis(20_500), 2));
}

#[test]
fn what_was_only_begun_is_gone_and_a_mark_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 1);
    rig.run("pause; seek 0:30; note mark; note new; note add x; note set 2 \"\"; text leave");
    let texts: Vec<String> = rig.app.note().unwrap().moments().iter().map(|moment| moment.text.clone()).collect();
    assert_eq!(texts, [""]);
    rig.run("note edit 1; text leave");
    assert_eq!(rig.app.note().unwrap().moments().len(), 1, "a mark that was only looked at is gone");
}

#[test]
fn a_note_with_the_slide_has_its_picture_beside_the_note_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 1);
    rig.run("pause; seek 0:35; note slide; note set 1 \"good picture\\n![Slide 4](x)\"; text leave; undo");
    rig.run("note slide; text leave");
    saved(&mut rig);
    let note = note_text(folder.path());
    let target = note.split("![Slide 4](").nth(1).and_then(|rest| rest.split(')').next()).unwrap();
    let target = target.trim_matches(['<', '>']).replace("%20", " ");
    let copy = std::fs::read(folder.path().join("notes").join(target)).unwrap();
    let talk = rig.app.player().talk().unwrap();
    let slide = talk.slides.get(plenary::talk::SlideIndex(3)).unwrap().image.as_ref().unwrap();
    assert_eq!(copy, std::fs::read(talk.path(&slide.file)).unwrap());
}

#[test]
fn deleting_and_typing_are_undone_and_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 1);
    let texts = |rig: &Rig| -> Vec<String> {
        rig.app.note().unwrap().moments().iter().map(|moment| moment.text.clone()).collect()
    };
    rig.run("pause; seek 0:10; note add one; seek 0:20; note add two; note delete 1");
    assert_eq!(texts(&rig), ["two"]);
    rig.run("undo");
    assert_eq!(texts(&rig), ["one", "two"]);
    rig.run("undo; undo");
    assert_eq!(texts(&rig), [""; 0]);
    rig.run("redo; redo; redo");
    assert_eq!(texts(&rig), ["two"]);
    // All that is typed in one field is one step.
    rig.run("summary edit; summary set A; summary set \"A course\"; text leave; undo");
    assert_eq!(rig.app.note().unwrap().summary(), "");
    rig.run("redo");
    assert_eq!(rig.app.note().unwrap().summary(), "A course");
}

#[test]
fn a_verdict_is_set_cleared_and_kept_in_the_note() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 1);
    rig.run("verdict keep");
    assert_eq!(rig.app.verdict(), Some(Verdict::Keep));
    saved(&mut rig);
    assert!(note_text(folder.path()).contains("\nverdict: keep\n"));
    rig.run("verdict again; verdict again");
    assert_eq!(rig.app.verdict(), None);
    saved(&mut rig);
    assert!(!note_text(folder.path()).contains("verdict"));
    rig.run("undo");
    assert_eq!(rig.app.verdict(), Some(Verdict::Again));
}

#[test]
fn a_verdict_goes_on_to_the_next_unseen_talk_and_undo_comes_back_to_the_second() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 3);
    let open = |rig: &Rig| rig.app.player().talk().unwrap().title.clone();
    let first = open(&rig);
    rig.run("pause; seek 0:42; verdict-next drop");
    let second = open(&rig);
    assert_ne!(first, second);
    rig.run("verdict-next keep");
    rig.run("verdict-next again");
    assert!(rig.app.notice().is_some_and(|notice| notice.text == "No unseen talk is left"));
    rig.run("undo; undo");
    rig.settle();
    assert_eq!((open(&rig), rig.app.verdict()), (second, None));
    rig.run("undo");
    rig.settle();
    assert_eq!((open(&rig), rig.app.verdict()), (first, None));
    assert!((rig.position() - 42.0).abs() < 0.5, "{}", rig.position());
}

#[test]
fn what_an_editor_changes_is_taken_up_and_its_verdict_counts() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 2);
    rig.run("pause; verdict drop; summary set \"Not for me\"");
    saved(&mut rig);
    let name = files(&folder.path().join("notes")).remove(0);
    let file = folder.path().join("notes").join(name);
    let text = std::fs::read_to_string(&file).unwrap();
    plenary::persist::write_atomic(&file, text.replace("verdict: drop", "verdict: keep").as_bytes()).unwrap();
    rig.run("talk next");
    rig.run("talk previous");
    rig.settle();
    assert_eq!(rig.app.verdict(), Some(Verdict::Keep));
    assert_eq!(rig.app.note().unwrap().summary(), "Not for me");
}

#[test]
fn a_note_finds_its_talk_after_the_folder_was_moved_and_renamed() {
    let folder = tempfile::tempdir().unwrap();
    let path = talks(&folder.path().join("library"), 1).remove(0);
    let mut rig = Rig::keeping_notes(&[&path], folder.path());
    rig.run("pause; seek 0:33; note add here; verdict keep");
    saved(&mut rig);
    drop(rig);
    let moved = folder.path().join("elsewhere");
    std::fs::rename(&path, &moved).unwrap();
    let rig = Rig::keeping_notes(&[&moved], folder.path());
    assert_eq!(rig.app.note().unwrap().moments()[0].text, "here");
    assert_eq!(rig.app.verdict(), Some(Verdict::Keep));
}

#[test]
fn the_digest_of_five_talks_is_the_one_that_was_expected() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 5);
    rig.run("pause; authors set \"Ada Lovelace; Emmy Noether\"; summary set \"Attention is #attention at work.\"");
    rig.run("seek 0:25; note add \"the *best* figure\"; verdict-next keep");
    rig.run("pause; summary set \"Tiles decide. #tiles\"; seek 0:15; note add \"256 px\"; verdict-next keep");
    rig.run("pause; verdict-next drop");
    rig.run("pause; verdict-next keep");
    rig.run("pause; summary set \"More on #attention.\"; verdict keep");
    saved(&mut rig);
    let target = folder.path().join("digest.md");
    rig.run(&format!("digest {}", target.display()));
    // A thread of its own writes it.
    while rig.app.notice().is_none_or(|notice| !notice.text.starts_with("Saved")) {
        std::thread::yield_now();
        rig.app.poll();
        let failed = rig.app.notice().filter(|notice| notice.severity == plenary::app::notice::Severity::Error);
        assert_eq!(failed.map(|notice| notice.text.as_str()), None);
    }
    let digest = std::fs::read_to_string(&target).unwrap();
    assert_eq!(digest, include_str!("expected/digest.md"), "{digest}");
}

#[test]
fn a_note_that_was_moved_into_a_folder_within_is_still_the_note() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 1);
    rig.run("pause; summary set \"Moved\"");
    saved(&mut rig);
    let notes = folder.path().join("notes");
    let name = files(&notes).remove(0);
    std::fs::create_dir(notes.join("read")).unwrap();
    std::fs::rename(notes.join(&name), notes.join("read").join(&name)).unwrap();
    rig.run("seek 0:20; note add \"more\"");
    saved(&mut rig);
    assert_eq!((files(&notes), files(&notes.join("read"))), (Vec::new(), vec![name.clone()]));
    let text = std::fs::read_to_string(notes.join("read").join(name)).unwrap();
    assert!(text.contains("\nMoved\n") && text.contains("] more\n"), "{text}");
}

#[test]
fn what_is_written_before_the_note_is_read_is_written_then() {
    let folder = tempfile::tempdir().unwrap();
    let paths = talks(&folder.path().join("library"), 1);
    let mut rig = Rig::keeping_notes(&[&paths[0]], folder.path());
    rig.run("pause; summary set \"Before\"");
    saved(&mut rig);
    // Opened again: its note is on its way.
    for command in plenary::command::parse::parse_all("summary set \"After\"; note add x; verdict keep").unwrap() {
        rig.app.open_paths(paths.clone());
        rig.app.poll();
        assert!(rig.app.note().is_none());
        rig.app.run(command);
        rig.settle();
    }
    let note = rig.app.note().unwrap();
    assert_eq!((note.summary(), note.moments().len(), note.front().verdict), ("After", 1, Some(Verdict::Keep)));
}

#[test]
fn the_tags_of_the_text_are_in_the_front_matter_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 1);
    let front = |rig: &Rig| rig.app.note().unwrap().front().tags.clone();
    rig.run("pause; summary edit; summary set \"On #tiles\"; text leave; seek 0:20; note add \"see #UNet\"");
    assert_eq!(front(&rig), ["tiles", "UNet"]);
    saved(&mut rig);
    assert!(note_text(folder.path()).contains("\ntags: [tiles, UNet]\n"), "{}", note_text(folder.path()));
    // One of the viewer's own stays, one that has gone from the text goes.
    rig.run("note set 1 \"see #unet and #Tiles\"; summary set \"On nothing\"; note delete 1");
    assert_eq!(front(&rig), [""; 0]);
    rig.run("undo");
    assert_eq!(front(&rig), ["tiles", "UNet"]);
}

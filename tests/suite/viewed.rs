//! What the viewer puts otherwise than a talk's files: kept, shown at once, and the files untouched.

use std::path::Path;
use std::sync::Arc;

use plenary::app::Start;
use plenary::app::work::Work;
use plenary::library::Library;
use plenary::talk::words::Field;
use plenary::testing::Rig;
use plenary::testing::talks::{TalkBuilder, jpeg, put, wav};

fn talk(folder: &Path) -> std::path::PathBuf {
    TalkBuilder::new("38930109", "deep-sets")
        .slides([0, 4_000, 9_000])
        .sound("Deep sets-512930109.wav", 20.0)
        .write(folder)
}

/// With a library that is kept in the folder.
fn rig(path: &Path, folder: &Path) -> Rig {
    let waker: plenary::Waker = Arc::new(|| {});
    let mut work = Work::stepped(&folder.join("data"), folder.join("notes"), &waker);
    *work.library_mut() = Library::start(folder.join("data/library.db"), Arc::clone(&waker)).unwrap();
    let mut rig = Rig::empty();
    rig.app.keep_work(work);
    rig.app.begin(Start { paths: vec![path.to_owned()], ..Start::default() });
    while rig.app.player().talk().is_none() {
        rig.settle();
        std::thread::yield_now();
    }
    rig
}

fn starts(rig: &Rig) -> Vec<i64> {
    rig.app.player().talk().unwrap().slides.iter().map(|slide| slide.start.millis()).collect()
}

#[test]
fn slides_are_nudged_against_the_sound_and_stay_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = talk(&folder.path().join("talks"));
    let mut rig = self::rig(&path, folder.path());
    let known_as = rig.app.player().talk().unwrap().key();
    rig.run("pause; seek 0:04");
    assert_eq!(rig.slide(), 2);
    rig.run("nudge +10ms; nudge +30ms");
    assert_eq!((starts(&rig), rig.slide()), (vec![40, 4_040, 9_040], 1));
    assert_eq!(rig.app.nudged().millis(), 40);
    rig.run("slide next");
    assert_eq!(rig.position(), 4.04);
    rig.run("nudge -90ms");
    assert_eq!(starts(&rig), [0, 3_950, 8_950], "never before the beginning");
    assert_eq!(rig.app.player().talk().unwrap().key(), known_as);
    rig.app.finish();

    let mut again = self::rig(&path, folder.path());
    assert_eq!(starts(&again), [0, 3_950, 8_950]);
    again.run("nudge reset");
    assert_eq!(starts(&again), [0, 4_000, 9_000]);
}

#[test]
fn slides_without_times_are_turned_by_hand_and_given_times_while_listening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talks/a talk");
    for number in 1..=4 {
        put(&path.join(format!("slides/slide_{number:04}.jpg")), &jpeg(64, 36, [number * 40; 3]));
    }
    put(&path.join("talk.wav"), &wav(30.0));
    let mut rig = self::rig(&path, folder.path());
    assert!(rig.app.turns_by_hand());
    let shown = |rig: &Rig| rig.app.shown_slide().map(|slide| slide.0 + 1);
    assert_eq!(shown(&rig), Some(1));
    rig.advance_secs(2.0);
    let before = rig.position();
    rig.run("slide next; slide next");
    assert_eq!((shown(&rig), rig.position()), (Some(3), before), "the sound goes on where it is");
    rig.run("seek 0:10");
    assert_eq!(shown(&rig), Some(3));
    rig.app.finish();

    let mut rig = self::rig(&path, folder.path());
    assert_eq!(shown(&rig), Some(3), "the slide that the viewer had turned to");
    rig.run("pause; seek 0; times record");
    for (at, slide) in [("0:05", 2), ("0:12", 3), ("0:20", 4)] {
        rig.run(&format!("seek {at}; slide next"));
        assert_eq!(rig.slide(), slide);
    }
    assert_eq!(starts(&rig), [0, 5_000, 12_000, 20_000]);
    rig.run("seek 0:03; slide next");
    assert_eq!(starts(&rig), [0, 3_000, 12_000, 20_000], "going back and pressing again corrects it");
    rig.run("times record");
    assert!(!rig.app.turns_by_hand());
    rig.app.finish();

    let mut again = self::rig(&path, folder.path());
    again.run("pause; seek 0:13");
    assert_eq!((again.slide(), shown(&again)), (3, Some(3)));
    again.run("times forget");
    assert!(again.app.turns_by_hand());
}

#[test]
fn the_words_about_a_talk_are_the_viewers_where_the_viewer_has_some() {
    let folder = tempfile::tempdir().unwrap();
    let path = talk(&folder.path().join("talks"));
    let mut rig = self::rig(&path, folder.path());
    rig.run("describe title \"Deep sets, a talk\"; describe authors \"M. Zaheer; S. Kottur\"; describe venue NeurIPS");
    let talk = rig.app.player().talk().unwrap().clone();
    assert_eq!((talk.title.as_str(), talk.metadata.authors.len()), ("Deep sets, a talk", 2));
    assert_eq!(
        (rig.app.word(Field::Venue).as_str(), rig.app.found_word(Field::Title).as_str()),
        ("NeurIPS", "Deep sets")
    );
    rig.run("describe link javascript:alert");
    assert_eq!(rig.app.word(Field::Link), "");
    assert!(rig.app.notice().unwrap().text.contains("Not understood"));
    rig.app.finish();

    let mut again = self::rig(&path, folder.path());
    assert_eq!(again.app.player().talk().unwrap().title, "Deep sets, a talk");
    let row = again.app.library().catalogue().rows()[0].entry.clone();
    assert_eq!((row.title.as_str(), row.authors.len()), ("Deep sets, a talk", 2));
    again.run("describe title \"\"");
    assert_eq!(again.app.player().talk().unwrap().title, "Deep sets");
}

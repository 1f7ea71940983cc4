//! All the talks, through the whole application: found, judged, resumed, queued, searched, kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plenary::Waker;
use plenary::app::settings::AtEnd;
use plenary::app::work::Work;
use plenary::app::{App, Start};
use plenary::command::Verdict;
use plenary::library::{Library, Store};
use plenary::testing::Rig;
use plenary::testing::talks::{TalkBuilder, put};

/// A folder of talks of a minute, each with a slide every ten seconds, in two sessions; and one that cannot be opened.
fn library(folder: &Path, count: usize) -> PathBuf {
    let root = folder.join("conference");
    for number in 1..=count {
        let builder = TalkBuilder::new(&format!("389300{number:02}"), &format!("talk-{number}"));
        let shift = i64::try_from(number).unwrap();
        let session = root.join(if number % 2 == 1 { "Oral 2" } else { "Oral 10" });
        let talk =
            builder.slides((0..6).map(|slide| slide * 10_000 + slide * shift)).sound("sound.wav", 60.0).write(&session);
        let vtt = format!("WEBVTT\n\n00:21.000 --> 00:24.000\nThe gradient of talk number {number} vanishes.\n");
        put(&talk.join("sound.vtt"), vtt.as_bytes());
    }
    put(&root.join("Oral 2/38933066-/38933066.xml"), b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>");
    root
}

/// With everything that is kept in this folder, on real threads.
fn started(folder: &Path, paths: &[&Path]) -> Rig {
    let mut rig = Rig::empty();
    let waker: Waker = Arc::new(|| {});
    let work = Work::start(&folder.join("data"), folder.join("notes"), Some("off"), &waker).unwrap();
    rig.app.keep_work(work);
    rig.app.keep_session(&folder.join("state"));
    rig.app.begin(Start { paths: paths.iter().map(PathBuf::from).collect(), ..Start::default() });
    until(&mut rig, |app| app.library().loaded());
    rig.settle();
    rig
}

/// Lets the threads work until this holds; they have a minute, which only a machine that stands still needs.
fn until(rig: &mut Rig, holds: impl Fn(&App) -> bool) {
    for _ in 0..6000 {
        rig.app.poll();
        if holds(&rig.app) {
            return;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
    panic!("it never came to hold");
}

fn scanned(rig: &mut Rig, talks: usize) {
    until(rig, |app| app.library().catalogue().rows().len() == talks && !app.scanning());
}

fn titles(app: &App) -> Vec<String> {
    (0..app.listed().len()).filter_map(|at| app.listed_row(at)).map(|row| row.entry.title.clone()).collect()
}

fn end(mut rig: Rig) {
    rig.app.finish();
}

#[test]
fn a_folder_of_talks_is_found_judged_and_known_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let root = library(folder.path(), 4);
    let mut rig = started(folder.path(), &[&root]);
    scanned(&mut rig, 5);
    rig.run("library toggle");
    assert_eq!(titles(&rig.app), ["Talk 1", "Talk 3", "38933066", "Talk 2", "Talk 4"], "folder by folder, 2 before 10");
    let broken = rig.app.listed_row(2).unwrap();
    assert_eq!(broken.entry.broken.as_deref(), Some("Download failed: the server's refusal was saved as 38933066.xml"));
    assert_eq!(rig.app.listed_row(0).unwrap().entry.session, "Oral 2");

    // The open one is chosen first; the third cannot be judged.
    rig.run("library first; library verdict-next keep; library verdict again; library down; library verdict drop");
    let verdicts =
        |app: &App| -> Vec<Option<Verdict>> { (0..5).map(|at| app.listed_row(at).unwrap().state.verdict).collect() };
    assert_eq!(verdicts(&rig.app), [Some(Verdict::Keep), Some(Verdict::Again), None, None, None]);
    rig.run("library filter none");
    assert_eq!(titles(&rig.app), ["Talk 2", "Talk 4"]);
    rig.run("library filter \"\"; library sort -title");
    assert_eq!(titles(&rig.app), ["Talk 4", "Talk 3", "Talk 2", "Talk 1", "38933066"], "what is broken comes last");
    end(rig);

    // The note of a talk that was never opened has its verdict.
    let notes = plenary::notes::all(&folder.path().join("notes"));
    let of = |title: &str| notes.iter().find(|(_, note)| note.front().title.as_deref() == Some(title)).unwrap();
    assert_eq!(of("Talk 3").1.front().verdict, Some(Verdict::Again));

    let mut rig = started(folder.path(), &[]);
    assert_eq!(rig.app.library().catalogue().rows().len(), 5, "listed before anything was looked at");
    until(&mut rig, |app| app.player().talk().is_some());
    assert!(rig.app.view().library && !rig.app.player().playing());
    let mut sorted = titles(&rig.app);
    sorted.reverse();
    assert_eq!(sorted.last().map(String::as_str), Some("Talk 4"), "in the order that was chosen");
    end(rig);
}

#[test]
fn a_store_that_is_lost_is_made_again_from_disk_and_notes() {
    let folder = tempfile::tempdir().unwrap();
    let root = library(folder.path(), 2);
    let mut rig = started(folder.path(), &[&root]);
    scanned(&mut rig, 3);
    rig.run("verdict keep; note add \"see #labels\"");
    rig.advance_secs(1.0);
    end(rig);
    put(&folder.path().join("data/library.db"), &[0x5a; 9000]);
    put(&folder.path().join("data/search.db"), &[0x5a; 9000]);

    // Nothing is named: which folders there were is known from elsewhere.
    let mut rig = started(folder.path(), &[]);
    scanned(&mut rig, 3);
    until(&mut rig, |app| app.library().catalogue().rows().iter().any(|row| row.state.verdict.is_some()));
    let row = rig.app.library().catalogue().rows().iter().find(|row| row.state.verdict.is_some()).unwrap();
    assert_eq!((row.entry.title.as_str(), row.state.verdict, row.state.notes), ("Talk 1", Some(Verdict::Keep), 1));
    assert_eq!(row.state.tags, ["labels"]);
    assert!(rig.app.told().iter().any(|notice| notice.text.contains("library.damaged.db")));
    assert!(folder.path().join("data/library.damaged.db").exists());
    end(rig);
}

#[test]
fn what_the_viewer_made_follows_a_folder_that_was_renamed() {
    let folder = tempfile::tempdir().unwrap();
    let root = library(folder.path(), 2);
    let mut rig = started(folder.path(), &[&root]);
    scanned(&mut rig, 3);
    rig.run("library toggle; library first; library verdict keep");
    end(rig);
    std::fs::rename(root.join("Oral 2/38930001-talk-1"), root.join("Oral 10/another name")).unwrap();
    let mut rig = started(folder.path(), &[&root]);
    until(&mut rig, |app| app.library().catalogue().at(&root.join("Oral 10/another name")).is_some());
    scanned(&mut rig, 3);
    let row = rig.app.library().catalogue().at(&root.join("Oral 10/another name")).unwrap();
    assert_eq!(row.state.verdict, Some(Verdict::Keep));
    end(rig);
}

#[test]
fn words_are_found_in_what_is_said_and_played_from_three_seconds_before() {
    let folder = tempfile::tempdir().unwrap();
    let root = library(folder.path(), 3);
    let mut rig = started(folder.path(), &[&root]);
    scanned(&mut rig, 4);
    let ask = |rig: &mut Rig, words: &str, hits: usize| {
        // The texts come in after the list.
        for _ in 0..500 {
            rig.run(&format!("search for {words}"));
            until(rig, App::search_settled);
            if rig.app.found().hits.len() == hits {
                return;
            }
            std::thread::park_timeout(std::time::Duration::from_millis(10));
        }
        panic!("{words}: {:?}", rig.app.found());
    };
    ask(&mut rig, "gradient", 3);
    ask(&mut rig, "\"talk number 2\"", 1);
    rig.run("search go");
    rig.settle();
    until(&mut rig, |app| app.player().talk().is_some_and(|talk| talk.title == "Talk 2"));
    assert!((rig.position() - 18.0).abs() < 0.1 && rig.app.player().playing(), "{}", rig.position());
    assert!(rig.app.view().search.is_none());
    rig.run("search here; search for gradient");
    until(&mut rig, App::search_settled);
    assert_eq!(rig.app.found().hits.len(), 1);
    end(rig);
}

/// Talks opened by themselves, on no threads.
fn rig(folder: &Path, count: usize) -> Rig {
    library(folder, count);
    let talks: Vec<PathBuf> = (1..=count)
        .map(|number| {
            let session = if number % 2 == 1 { "Oral 2" } else { "Oral 10" };
            folder.join("conference").join(session).join(format!("389300{number:02}-talk-{number}"))
        })
        .collect();
    Rig::keeping_notes(&talks.iter().map(PathBuf::as_path).collect::<Vec<_>>(), folder)
}

#[test]
fn a_talk_goes_on_where_it_was_left_and_begins_anew_when_it_was_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 2);
    rig.run("seek 0:30");
    rig.advance_secs(2.0);
    rig.run("talk next");
    assert!(rig.position() < 0.1);
    rig.run("seek 0:03");
    rig.run("talk previous");
    assert!((rig.position() - 32.0).abs() < 0.2, "{}", rig.position());
    rig.run("talk next");
    assert!(rig.position() < 0.1, "it had hardly begun: {}", rig.position());
    // Its last slide was reached: it is done, and begins anew.
    rig.run("seek 0:51");
    rig.advance_secs(4.0);
    let done = |rig: &Rig| rig.app.library().records().filter(|record| record.progress.done).count();
    assert_eq!(done(&rig), 1);
    rig.run("talk previous");
    rig.run("talk next");
    assert!(rig.position() < 0.1);
    rig.run("done toggle");
    assert_eq!(done(&rig), 0);
}

#[test]
fn at_its_end_a_talk_goes_on_waits_for_a_verdict_or_stops() {
    let folder = tempfile::tempdir().unwrap();
    let title = |rig: &Rig| rig.app.player().talk().unwrap().title.clone();
    for (at_end, verdict, after) in [
        (AtEnd::Next, "", "Talk 2"),
        (AtEnd::Stop, "verdict keep", "Talk 1"),
        (AtEnd::Verdict, "verdict keep", "Talk 2"),
    ] {
        let mut rig = rig(&folder.path().join(format!("{at_end:?}")), 2);
        rig.app.set_at_end(at_end);
        rig.run("seek 0:58");
        rig.advance_secs(4.0);
        if !verdict.is_empty() {
            assert_eq!((title(&rig).as_str(), rig.app.player().ended()), ("Talk 1", true), "{at_end:?}");
            rig.run(verdict);
        }
        assert_eq!(title(&rig), after, "{at_end:?}");
    }
}

#[test]
fn the_talks_around_are_open_before_they_are_wanted() {
    for (command, name, title) in
        [("talk next", "38930004-talk-4", "Talk 4"), ("talk previous", "38930002-talk-2", "Talk 2")]
    {
        let folder = tempfile::tempdir().unwrap();
        let mut rig = rig(folder.path(), 4);
        rig.run("talk 3");
        // Nothing of it is where it was any more, and still it is shown.
        std::fs::rename(folder.path().join("conference/Oral 10").join(name), folder.path().join(name)).unwrap();
        rig.run(command);
        assert_eq!(rig.app.player().talk().map(|talk| talk.title.as_str()), Some(title));
    }
}

#[test]
fn a_talk_may_keep_its_speed_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 2);
    let rate = |rig: &Rig| rig.app.player().rate().factor();
    rig.run("rate 1.5; talk next; rate pin; rate 2.5; talk previous");
    assert!((rate(&rig) - 1.5).abs() < 0.001);
    rig.run("talk next");
    assert!((rate(&rig) - 2.5).abs() < 0.001);
    rig.run("rate pin");
    assert!((rate(&rig) - 1.5).abs() < 0.001);
}

#[test]
fn the_queue_is_reordered_and_what_was_done_to_it_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 3);
    let names = |rig: &Rig| -> Vec<String> {
        rig.app.queue().paths().iter().map(|path| path.file_name().unwrap().to_string_lossy()[9..].to_owned()).collect()
    };
    rig.run("queue move 3 1");
    assert_eq!(
        (names(&rig), rig.app.queue().index()),
        (["talk-3", "talk-1", "talk-2"].map(String::from).to_vec(), Some(1))
    );
    rig.run("queue remove 3; queue remove 2");
    assert_eq!(names(&rig), ["talk-3", "talk-1"], "the open one stays");
    rig.run("undo");
    assert_eq!(names(&rig), ["talk-3", "talk-1", "talk-2"]);
    rig.run("queue clear; undo; redo");
    assert_eq!(names(&rig), ["talk-1"]);
    rig.run("queue fill unseen");
    assert_eq!(rig.app.queue().current().map(|path| path.ends_with("38930001-talk-1")), Some(true));
}

#[test]
fn the_finish_line_is_what_a_viewer_needs_who_listens_through() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 3);
    for _ in 0..2 {
        rig.run("talk next");
    }
    rig.run("rate 2; talk 1");
    let line = rig.app.finish_line();
    assert_eq!((line.left.talks, line.rate.factor()), (3, 2.0));
    let begun = rig.app.now();
    rig.run("play");
    for _ in 0..4000 {
        rig.advance_secs(0.05);
        if rig.app.player().ended() {
            break;
        }
    }
    let took = (rig.app.now() - begun).secs_f64();
    assert!((line.left.time.secs_f64() / took - 1.0).abs() < 0.05, "{} told, {took} taken", line.left.time.secs_f64());
    assert_eq!(rig.app.finish_line().left.talks, 0);
}

#[test]
fn one_store_and_two_readers_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let root = library(folder.path(), 2);
    let mut first = started(folder.path(), &[&root]);
    scanned(&mut first, 3);
    let file = folder.path().join("data/library.db");
    let mut second = Library::start_reading(file.clone(), Arc::new(|| {})).unwrap();
    while !second.loaded() {
        assert_eq!(second.poll(), [""; 0]);
        std::thread::yield_now();
    }
    let id = first.app.player().talk().unwrap().key();
    second.set_verdict(&id, Some(Verdict::Drop));
    second.finish();
    first.run("verdict keep");
    end(first);
    let (store, issues) = Store::open(&file).unwrap();
    assert_eq!(issues, [""; 0]);
    let kept = store.all().unwrap();
    assert_eq!(kept.iter().find(|record| record.id == id).unwrap().verdict, Some(Verdict::Keep));
}

#[test]
fn who_reads_goes_on_reading_and_nothing_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let root = library(folder.path(), 4);
    let mut rig = started(folder.path(), &[&root]);
    scanned(&mut rig, 5);
    rig.run("pause; library toggle; library filter talk; library first; library down; library sheet");
    until(&mut rig, |app| app.view().overview.is_some());
    let title = |rig: &Rig| rig.app.player().talk().unwrap().title.clone();
    assert_eq!(title(&rig), "Talk 3");
    rig.run("verdict-next drop");
    until(&mut rig, |app| app.view().overview.is_some() && !app.opening());
    assert_eq!(title(&rig), "Talk 2");
    assert!(!rig.app.player().playing() && rig.app.view().words);
    assert!(rig.app.view().shelf.chosen.as_ref().is_some_and(|path| path.ends_with("38930002-talk-2")));
    rig.run("verdict-next keep");
    until(&mut rig, |app| app.view().overview.is_some() && !app.opening());
    assert_eq!(title(&rig), "Talk 4");
    let verdict = |rig: &Rig, title: &str| {
        rig.app.library().records().find(|record| record.title == title).and_then(|record| record.verdict)
    };
    assert_eq!((verdict(&rig, "Talk 3"), verdict(&rig, "Talk 2")), (Some(Verdict::Drop), Some(Verdict::Keep)));
    assert!(rig.app.notice().is_some_and(|notice| notice.text == "Kept: Talk 2"), "{:?}", rig.app.notice());
    // Back in the list, what was judged is not unseen any more.
    rig.run("dismiss; library filter unseen");
    assert_eq!(titles(&rig.app), ["Talk 1", "Talk 4"]);
    rig.run("library filter \"unseen zzz\"; library find; dismiss");
    assert_eq!(titles(&rig.app), ["Talk 1", "Talk 4"], "what was typed goes first");
    end(rig);
}

#[test]
fn dropped_talks_are_passed_over_and_a_pause_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(folder.path(), 4);
    let title = |rig: &Rig| rig.app.player().talk().unwrap().title.clone();
    rig.run("talk 2; verdict drop; talk 1");
    assert_eq!(rig.app.next_talk().map(|talk| talk.title.as_str()), Some("Talk 3"));
    rig.run("talk next");
    assert_eq!((title(&rig).as_str(), rig.app.player().playing()), ("Talk 3", true));
    rig.run("talk previous");
    assert_eq!(title(&rig), "Talk 2", "back leads everywhere");
    rig.run("pause; talk next");
    assert_eq!((title(&rig).as_str(), rig.app.player().playing()), ("Talk 3", false));
    rig.run("verdict drop; talk 4; verdict drop; talk 1; talk next");
    assert_eq!(title(&rig), "Talk 2", "where all others were dropped none is passed over");
}

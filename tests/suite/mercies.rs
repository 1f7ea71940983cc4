//! Small mercies while listening, on the simulated sink: fast while a key is held, rewinding after a pause, loops, sleep,
//! speeds of one's own, mono, balance and boost.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plenary::app::Start;
use plenary::app::work::Work;
use plenary::library::Library;
use plenary::testing::talks::TalkBuilder;
use plenary::testing::{Rig, ramp};
use tempfile::TempDir;

const SECS: u32 = 60;

fn rig() -> (Rig, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let talk = ramp::talk(folder.path(), "ramp", SECS);
    (Rig::open(&[&talk]), folder)
}

/// Of several talks, with a library that is kept in the folder, and the state in `state`.
fn keeping(paths: &[PathBuf], folder: &Path) -> Rig {
    let waker: plenary::Waker = Arc::new(|| {});
    let mut work = Work::stepped(&folder.join("data"), folder.join("notes"), &waker);
    *work.library_mut() = Library::start(folder.join("data/library.db"), Arc::clone(&waker)).unwrap();
    let mut rig = Rig::empty();
    rig.app.keep_session(&folder.join("state"));
    rig.app.keep_work(work);
    rig.app.begin(Start { paths: paths.to_vec(), ..Start::default() });
    while rig.app.player().talk().is_none() {
        rig.settle();
        std::thread::yield_now();
    }
    rig
}

fn talk(folder: &Path, number: u32) -> PathBuf {
    let talk = TalkBuilder::new(&format!("3893000{number}"), &format!("talk-{number}")).slides([0, 10_000]);
    talk.sound(&format!("Talk {number}-51293000{number}.wav"), 30.0).write(folder)
}

fn rate(rig: &Rig) -> f64 {
    rig.app.player().rate().factor()
}

fn near(one: f64, other: f64, within: f64) -> bool {
    (one - other).abs() <= within
}

#[test]
fn while_the_key_is_held_the_talk_is_fast_and_then_exactly_as_before() {
    let (mut rig, _folder) = rig();
    rig.run("rate 1.35; rate hold");
    assert_eq!(rate(&rig), 1.5, "the favourite speed, if it is faster");
    let before = rig.position();
    rig.run("rate hold");
    rig.advance_secs(2.0);
    assert!(near(rig.position() - before, 3.0, 0.2), "{}", rig.position() - before);
    rig.run("rate release");
    assert_eq!(rate(&rig), 1.35);
    rig.run("rate 2; rate hold");
    assert_eq!(rate(&rig), 2.5);
    rig.run("rate release; rate release");
    assert_eq!(rate(&rig), 2.0);
    rig.run("rate 3; rate hold");
    assert_eq!(rate(&rig), 3.0, "never slower than before");
}

#[test]
fn a_speed_chosen_while_the_key_is_held_holds_when_it_is_let_go() {
    let (mut rig, _folder) = rig();
    rig.run("rate hold; rate +0.1");
    assert_eq!(rate(&rig), 1.5);
    rig.run("rate release");
    assert_eq!(rate(&rig), 1.1);
}

#[test]
fn the_speed_of_all_talks_holds_for_later_ones_and_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let talks: Vec<PathBuf> = (1..=3).map(|number| talk(&folder.path().join("talks"), number)).collect();
    let mut rig = keeping(&talks, folder.path());
    // Each talk is open before the next command is meant for it.
    rig.run("rate 1.5; talk next");
    rig.run("rate pin; rate 2.25; rate hold; talk next");
    assert_eq!(rate(&rig), 2.5, "the key is held still");
    rig.run("rate release");
    assert_eq!(rate(&rig), 1.5, "a talk that is not pinned has the speed of all");
    rig.run("talk previous");
    assert_eq!(rate(&rig), 2.25);
    rig.run("rate 2.75; talk previous");
    rig.run("rate 1.75; talk next");
    assert_eq!(rate(&rig), 2.75);
    assert_eq!(rig.app.shared_rate().factor(), 1.75);
    rig.app.finish();
    drop(rig);

    let mut again = keeping(&talks, folder.path());
    assert_eq!(rate(&again), 1.75);
    again.run("talk next");
    assert_eq!(rate(&again), 2.75);
    again.run("rate pin");
    assert_eq!(rate(&again), 1.75);
}

#[test]
fn a_speaker_may_have_a_speed_and_a_talk_of_theirs_another() {
    let folder = tempfile::tempdir().unwrap();
    let talks: Vec<PathBuf> = (1..=4).map(|number| talk(&folder.path().join("talks"), number)).collect();
    let mut rig = keeping(&talks, folder.path());
    rig.run("rate pin-speaker");
    assert_eq!(rig.app.notice().unwrap().text, "It is not known who gave this talk");
    for (talk, authors) in [(1, "Ada Quick; Bo Slow"), (2, "Bo Slow"), (3, "ada  quick"), (4, "Ada Quick")] {
        rig.run(&format!("talk {talk}; describe authors \"{authors}\""));
    }
    rig.run("talk 1; rate 1.25; rate pin-speaker; rate 1.5; talk 2");
    assert_eq!(rate(&rig), 1.25, "another speaker, who is only named second there");
    rig.run("talk 3");
    assert_eq!(rate(&rig), 1.5);
    rig.run("talk 4; rate pin; rate 2; talk 3");
    assert_eq!(rate(&rig), 1.5);
    rig.run("talk 4");
    assert_eq!(rate(&rig), 2.0);
    rig.run("rate pin");
    assert_eq!(rate(&rig), 1.5, "the speaker's again");
    rig.run("rate pin-speaker");
    assert_eq!(rate(&rig), 1.25, "that of all again");
}

#[test]
fn after_a_pause_the_talk_goes_on_a_little_earlier() {
    for (pause, back) in [(1.0, 0.0), (5.0, 0.8), (61.0, 3.0), (3_601.0, 10.0), (86_401.0, 20.0)] {
        let (mut rig, _folder) = rig();
        rig.run("seek 40; pause");
        // Seeking is no pause: it has to play first.
        rig.run("play");
        rig.advance_secs(1.0);
        rig.run("pause");
        rig.advance_secs(0.1);
        let place = rig.position();
        rig.pass(pause);
        rig.run("play toggle");
        assert!(near(rig.position(), place - back, 0.02), "{} after {pause} s from {place}", rig.position());
        assert_eq!(rig.slide(), ((place - back) / 10.0) as usize + 1, "slides follow");
    }
}

#[test]
fn neither_before_the_beginning_nor_after_the_viewer_went_elsewhere_nor_unasked() {
    let (mut rig, _folder) = rig();
    rig.advance_secs(1.5);
    rig.run("pause");
    rig.pass(7_200.0);
    rig.run("play");
    assert_eq!(rig.position(), 0.0);
    rig.advance_secs(1.0);
    rig.run("pause");
    rig.pass(100.0);
    rig.run("seek 0:30; play");
    assert_eq!(rig.position(), 30.0);
    rig.advance_secs(1.0);
    rig.run("pause; seek +5s; seek -5s");
    let place = rig.position();
    rig.pass(100.0);
    rig.run("play");
    assert!(near(rig.position(), place, 0.01));
}

#[test]
fn a_talk_that_was_left_long_ago_goes_on_earlier_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = [talk(&folder.path().join("talks"), 1)];
    let mut rig = keeping(&path, folder.path());
    rig.run("seek 0:20");
    rig.advance_secs(4.0);
    rig.run("pause");
    rig.advance_secs(0.1);
    let place = rig.position();
    rig.app.finish();
    drop(rig);
    let left = |ago: i64| {
        let store = rusqlite::Connection::open(folder.path().join("data/library.db")).unwrap();
        let (when, changed) = (plenary::library::unix_now() - ago, "UPDATE setting SET value = ?1 WHERE name = 'left'");
        assert_eq!(store.execute(changed, [when.to_string()]).unwrap(), 1);
    };
    for (ago, back) in [(0, 0.0), (30, 0.8), (4_000, 10.0), (90_000, 20.0)] {
        left(ago);
        let rig = keeping(&path, folder.path());
        assert!(near(rig.position(), place - back, 0.01), "{} after {ago} s from {place}", rig.position());
    }
}

#[test]
fn a_loop_is_heard_again_and_again_and_no_seek_of_the_viewers() {
    let (mut rig, _folder) = rig();
    rig.run("seek 12; loop next");
    rig.advance_secs(3.0);
    rig.run("loop next");
    let (a, b) = rig.app.looped().map(|(a, b)| (a.secs_f64(), b.secs_f64())).unwrap();
    assert!(near(a, 12.0, 0.05) && near(b, 15.0, 0.1), "{a} to {b}");
    let begun = rig.played().len();
    for _ in 0..200 {
        rig.advance_secs(0.05);
        assert!(rig.position() < b + 0.05 && rig.position() > a - 0.01, "{}", rig.position());
    }
    // Nothing but the loop was heard, and hardly a moment of silence.
    let heard = &rig.played()[begun + 4_800..];
    let silent = heard.iter().filter(|sample| **sample == 0.0).count();
    assert!((silent as f64) < 0.03 * heard.len() as f64, "{silent} of {} are silence", heard.len());
    let loudest = heard.iter().copied().fold(0.0, f32::max);
    assert!(ramp::time_of(loudest, SECS) < b + 0.1);
    rig.run("seek undo");
    assert!(rig.position() < 1.0, "undo leads to before the seek to 12 s, not to a turn of the loop");
    rig.run("seek 20");
    rig.advance_secs(2.0);
    assert!(rig.position() > 21.5, "who goes beyond the end stays there");
    rig.run("loop next");
    assert_eq!(rig.app.loop_marks(), (None, None));
}

#[test]
fn a_slide_is_looped_also_the_last_one_and_no_other_talk() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (ramp::talk(folder.path(), "one", SECS), ramp::talk(folder.path(), "two", SECS));
    let mut rig = Rig::open(&[&one, &two]);
    rig.run("seek 0:25; loop slide");
    assert_eq!(rig.app.looped().map(|(a, b)| (a.millis(), b.millis())), Some((20_000, 30_000)));
    rig.advance_secs(6.0);
    assert!(near(rig.position(), 21.0, 0.2), "{}", rig.position());
    assert_eq!(rig.slide(), 3);
    rig.run("loop slide");
    assert_eq!(rig.app.looped(), None);
    rig.run("seek 0:58; loop slide");
    rig.advance_secs(3.0);
    assert!(near(rig.position(), 51.0, 0.2) && rig.app.player().playing(), "{}", rig.position());
    assert_eq!(rig.app.player().ends(), 0);
    rig.run("loop b 0:55; loop a 0:50; talk next");
    assert_eq!(rig.app.loop_marks(), (None, None));
}

#[test]
fn marks_may_be_given_in_any_order_and_a_loop_of_nothing_is_refused() {
    let (mut rig, _folder) = rig();
    rig.run("loop b 0:10; loop a 0:20");
    assert_eq!(rig.app.looped().map(|(a, b)| (a.millis(), b.millis())), Some((10_000, 20_000)));
    rig.run("loop clear; pause; seek 5; loop next; loop next");
    assert_eq!(rig.app.notice().unwrap().text, "A loop must last a moment");
    assert_eq!(rig.app.looped(), None);
}

#[test]
fn before_sleep_the_sound_fades_and_the_place_is_kept() {
    let (mut rig, _folder) = rig();
    rig.run("seek 30; sleep 15s");
    rig.advance_secs(4.0);
    assert!(near(rig.app.sleep_left().unwrap().secs_f64(), 11.0, 0.05));
    let (before, expected) = (f64::from(rig.ear()), f64::from(ramp::level_at(rig.position(), SECS)));
    assert!(near(before, expected, 0.01), "nothing is softer yet: {before}, {expected}");
    rig.advance_secs(6.0);
    let soft = rig.ear();
    assert!(soft > 0.0 && f64::from(soft) < 0.4 * before, "{soft} of {before}");
    rig.advance_secs(6.0);
    assert!(!rig.app.player().playing());
    assert!(near(rig.position(), 45.0, 0.2), "{}", rig.position());
    let played = rig.played();
    let steepest =
        played[played.len() - 48_000 * 12..].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.003, "a step of {steepest} would be heard");
    // A key, and it is as loud as before.
    rig.run("play");
    rig.advance_secs(1.0);
    assert!(near(f64::from(rig.ear()), f64::from(ramp::level_at(rig.position(), SECS)), 0.01));
    assert_eq!(rig.app.sleep_left(), None);
}

#[test]
fn a_key_that_moves_the_talk_undoes_sleep_only_while_the_sound_fades() {
    let (mut rig, _folder) = rig();
    rig.run("sleep 20s; seek 10; volume 100");
    rig.advance_secs(5.0);
    assert!(rig.app.sleep_left().is_some());
    rig.advance_secs(8.0);
    rig.run("volume 100; seek -5s");
    assert_eq!(rig.app.sleep_left(), None);
    rig.advance_secs(15.0);
    assert!(rig.app.player().playing());
    assert!(near(f64::from(rig.ear()), f64::from(ramp::level_at(rig.position(), SECS)), 0.01));
    rig.run("sleep 5s; sleep off");
    rig.advance_secs(6.0);
    assert!(rig.app.player().playing());
}

#[test]
fn sleep_at_the_end_of_the_talk_opens_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (ramp::talk(folder.path(), "one", SECS), ramp::talk(folder.path(), "two", SECS));
    let mut rig = Rig::open(&[&one, &two]);
    rig.run("rate 2; seek 0:30; sleep talk");
    assert!(near(rig.app.sleep_left().unwrap().secs_f64(), 15.0, 0.1), "at the speed of the talk");
    rig.advance_secs(20.0);
    assert!(rig.app.player().ended() && rig.app.openings() == 1);
    assert_eq!(rig.app.sleep_left(), None);
    rig.run("talk next");
    rig.advance_secs(2.0);
    assert!(rig.ear() > 0.0, "the next one is heard");
}

#[test]
fn mono_balance_and_boost_are_heard_without_a_click() {
    let (mut rig, _folder) = rig();
    rig.run("seek 3");
    rig.advance_secs(0.5);
    let plain = rig.ear();
    rig.run("balance +100");
    rig.advance_secs(0.2);
    assert_eq!((rig.app.player().balance(), rig.ear()), (100, 0.0), "nothing on the left");
    rig.run("balance -50; balance reset; mono");
    rig.advance_secs(0.2);
    assert!(rig.app.player().mono() && near(f64::from(rig.ear()), f64::from(plain), 0.02));
    rig.run("volume 150");
    rig.advance_secs(0.2);
    assert!(f64::from(rig.ear()) > 2.5 * f64::from(plain), "{} of {plain}", rig.ear());
    rig.run("volume 200; seek 55");
    rig.advance_secs(1.0);
    assert!(rig.ear() > 0.95 && rig.ear() <= 1.0);
    let played = rig.played();
    let steepest = played.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.06, "a step of {steepest} is a click");
    rig.run("volume 90; volume +20");
    assert_eq!(rig.app.player().volume(), 100, "a step stops before the boost");
    rig.run("volume +5");
    assert_eq!(rig.app.player().volume(), 105);
}

#[test]
fn what_is_left_is_told_at_the_speed_of_each_talk() {
    let folder = tempfile::tempdir().unwrap();
    let talks: Vec<PathBuf> = (1..=2).map(|number| talk(&folder.path().join("talks"), number)).collect();
    let mut rig = keeping(&talks, folder.path());
    rig.advance_secs(10.0);
    rig.run("pause");
    rig.advance_secs(0.1);
    rig.run("rate 2; talk next; rate pin; rate 4");
    let left = |rig: &Rig, at: usize| {
        let row = rig.app.library().catalogue().at(&talks[at]).unwrap().clone();
        rig.app.listening_time_left(&row).unwrap().secs_f64()
    };
    assert!(near(left(&rig, 0), 10.0, 0.1), "{}", left(&rig, 0));
    assert!(near(left(&rig, 1), 7.5, 0.1), "{}", left(&rig, 1));
    let player = rig.app.player();
    let strip = rig.app.listening_time(player.position(), player.duration()).secs_f64();
    assert!(near(strip, 7.5, 0.1));
}

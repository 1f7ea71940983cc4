//! The whole application on the simulated sink: what is heard, what is shown, what is said of it.

use plenary::testing::{Rig, ramp};
use plenary::time::Rate;
use tempfile::TempDir;

const SECS: u32 = 60;

fn rig() -> (Rig, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let talk = ramp::talk(folder.path(), "ramp", SECS);
    (Rig::open(&[&talk]), folder)
}

/// What the ear hears now, as a moment of the talk.
fn heard(rig: &Rig) -> f64 {
    ramp::time_of(rig.ear(), SECS)
}

fn near(one: f64, other: f64, within: f64) -> bool {
    (one - other).abs() <= within
}

#[test]
fn an_opened_talk_plays() {
    let (mut rig, _folder) = rig();
    rig.advance_secs(2.0);
    assert!(rig.app.player().playing());
    assert!(near(rig.position(), 2.0, 0.1), "{}", rig.position());
    assert!(near(heard(&rig), rig.position(), 0.002), "{} is heard at {}", heard(&rig), rig.position());
}

#[test]
fn the_position_is_what_is_heard_at_every_speed() {
    for thousandths in [500, 750, 1000, 1250, 1500, 2000, 3000, 4000] {
        let (mut rig, _folder) = rig();
        let factor = f64::from(thousandths) / 1000.0;
        rig.app.run(plenary::command::Command::SetRate(Rate::from_factor(factor)));
        rig.run("seek 10");
        for _ in 0..20 {
            rig.advance_secs(0.1);
            let (says, hears) = (rig.position(), heard(&rig));
            assert!(near(says, hears, 0.02), "at {factor}: says {says}, is {hears}");
        }
        assert!(near(rig.position(), 10.0 + 2.0 * factor, 0.15 * factor), "at {factor}: {}", rig.position());
    }
}

#[test]
fn seeking_while_paused_moves_position_and_slide_at_once() {
    let (mut rig, _folder) = rig();
    rig.advance_secs(1.0);
    rig.run("pause; seek 35");
    assert!(near(rig.position(), 35.0, 1e-6));
    assert_eq!(rig.slide(), 4);
    rig.advance_secs(5.0);
    assert!(near(rig.position(), 35.0, 1e-6), "a paused talk stays");
    rig.run("play");
    rig.advance_secs(1.0);
    assert!(near(heard(&rig), rig.position(), 0.002));
    assert!(rig.position() > 35.5);
}

#[test]
fn the_first_sound_after_a_seek_is_the_place_sought() {
    let (mut rig, _folder) = rig();
    rig.advance_secs(1.0);
    for target in [12.34, 47.0, 3.5, 30.001] {
        rig.run(&format!("seek {target}"));
        assert!(near(rig.position(), target, 1e-3), "the target is the position until it is heard");
        let before = rig.played().len();
        rig.advance_secs(0.5);
        let played = rig.played();
        // The fade-out of the old place, silence, then the new place fades in: after the fade the level tells the time.
        let starts = (before..played.len() - 200).find(|at| played[*at] == 0.0 && played[at + 1] > 0.0);
        let fade = 144;
        let first = starts.unwrap() + 1;
        let at = ramp::time_of(played[first + fade], SECS) - fade as f64 / 48_000.0;
        assert!(near(at, target, 0.001), "{at} instead of {target}");
    }
}

#[test]
fn no_seek_clicks() {
    let (mut rig, _folder) = rig();
    rig.run("seek 50");
    rig.advance_secs(1.0);
    for target in [5, 40, 20, 55] {
        rig.run(&format!("seek {target}"));
        rig.advance_secs(0.3);
    }
    rig.run("pause");
    rig.advance_secs(0.3);
    rig.run("play");
    rig.advance_secs(0.3);
    let played = rig.played();
    let steepest = played.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    // A fade of 3 ms has 144 steps; its steepest is half as much again as the mean.
    assert!(steepest < 0.9 * 1.6 / 144.0, "a step of {steepest} is a click");
}

#[test]
fn a_storm_of_seeks_ends_where_the_last_one_went() {
    let (mut rig, _folder) = rig();
    for n in 0..500 {
        rig.run(&format!("seek {}", (n * 7) % 60));
        if n % 3 == 0 {
            rig.advance_secs(0.01);
        }
    }
    rig.run("seek 21");
    rig.advance_secs(0.5);
    assert!(near(rig.position(), 21.4, 0.15), "{}", rig.position());
    assert!(near(heard(&rig), rig.position(), 0.002));
}

#[test]
fn held_keys_follow_without_a_backlog() {
    let (mut rig, _folder) = rig();
    rig.run("seek 0; pause");
    for n in 1..=9 {
        rig.run("seek +5s");
        assert!(near(rig.position(), f64::from(n) * 5.0, 1e-6));
        rig.advance_secs(0.033);
    }
    assert!(near(rig.position(), 45.0, 1e-6));
}

#[test]
fn a_change_of_speed_during_a_seek_holds_for_the_new_place() {
    let (mut rig, _folder) = rig();
    rig.advance_secs(0.5);
    rig.run("seek 20; rate 2; seek 30; rate 3");
    rig.advance_secs(2.0);
    assert!(near(rig.position(), 30.0 + 3.0 * 2.0, 0.4), "{}", rig.position());
    assert!(near(heard(&rig), rig.position(), 0.02));
}

#[test]
fn a_change_of_speed_neither_jumps_nor_turns_back() {
    let (mut rig, _folder) = rig();
    rig.advance_secs(1.0);
    let mut last = rig.position();
    for (step, rate) in [1.5, 3.0, 0.5, 1.0, 4.0, 0.75].into_iter().enumerate() {
        rig.run(&format!("rate {rate}"));
        for _ in 0..30 {
            rig.advance_secs(0.0107);
            let now = rig.position();
            assert!(now >= last, "step {step}: back from {last} to {now}");
            assert!(now - last < 0.0107 * 4.0 * 3.0, "step {step}: a jump from {last} to {now}");
            last = now;
        }
    }
}

#[test]
fn the_talk_ends_at_its_end_and_starts_again() {
    let (mut rig, _folder) = rig();
    rig.run("seek 59");
    rig.advance_secs(3.0);
    assert!(rig.app.player().ended());
    assert!(!rig.app.player().playing());
    assert!(near(rig.position(), 60.0, 1e-6));
    assert_eq!(rig.underruns(), 0, "the end is no underrun");
    rig.run("play toggle");
    rig.advance_secs(1.0);
    assert!(near(rig.position(), 1.0, 0.1));
    assert_eq!(rig.slide(), 1);
}

#[test]
fn seeking_to_the_very_end_ends_the_talk() {
    let (mut rig, _folder) = rig();
    rig.run("seek 100%");
    rig.advance_secs(0.5);
    assert!(rig.app.player().ended());
    rig.run("seek 30");
    rig.advance_secs(0.5);
    assert!(rig.app.player().playing(), "going back after the end plays on");
    assert!(near(heard(&rig), rig.position(), 0.002));
}

#[test]
fn an_underrun_holds_the_clock_and_goes_on_where_it_was() {
    let (mut rig, _folder) = rig();
    rig.advance_secs(1.0);
    rig.set_starved(true);
    rig.advance_secs(1.0);
    let stuck = rig.position();
    assert!(rig.underruns() > 0);
    assert!(stuck < 1.4, "the clock does not run ahead of the sound: {stuck}");
    rig.set_starved(false);
    rig.advance_secs(0.5);
    assert!(near(rig.position(), stuck + 0.45, 0.1), "{} after {stuck}", rig.position());
    assert!(near(heard(&rig), rig.position(), 0.002), "nothing is lost");
    let played = rig.played();
    let steepest = played.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.01, "an underrun must not click: {steepest}");
}

#[test]
fn a_lost_device_pauses_at_its_place_and_another_never_starts_by_itself() {
    let (mut rig, _folder) = rig();
    rig.advance_secs(5.0);
    rig.set_device_lost(true);
    let place = rig.position();
    assert!(!rig.app.player().playing());
    assert!(rig.app.notice().is_some_and(|notice| notice.text.contains("lost")));
    rig.advance_secs(3.0);
    rig.set_device_lost(false);
    rig.advance_secs(3.0);
    assert!(!rig.app.player().playing());
    assert!(near(rig.position(), place, 0.05));
    rig.run("play");
    rig.advance_secs(1.0);
    assert!(near(heard(&rig), rig.position(), 0.002));
    assert!(near(rig.position(), place - 0.8 + 0.95, 0.15));
}

#[test]
fn undo_leads_back_to_where_the_viewer_was() {
    let (mut rig, _folder) = rig();
    rig.advance_secs(5.0);
    let place = rig.position();
    rig.run("seek 40");
    rig.advance_secs(1.0);
    rig.run("seek undo");
    assert!(near(rig.position(), place, 0.05));
    rig.run("seek redo");
    assert!(near(rig.position(), 41.0, 0.1));
}

#[test]
fn dragging_is_silent_and_follows_then_plays_on() {
    let (mut rig, _folder) = rig();
    rig.advance_secs(1.0);
    for target in [10, 20, 30, 45] {
        rig.run(&format!("scrub {target}"));
        rig.advance_secs(0.05);
        assert!(near(rig.position(), f64::from(target), 1e-6));
    }
    assert_eq!(rig.slide(), 5);
    let silent = rig.played().len();
    rig.advance_secs(0.2);
    assert!(rig.played()[silent..].iter().all(|sample| *sample == 0.0));
    rig.run("scrub end");
    rig.advance_secs(1.0);
    assert!(near(rig.position(), 45.9, 0.15));
    assert!(near(heard(&rig), rig.position(), 0.002));
}

#[test]
fn slides_go_on_without_any_sound() {
    let folder = tempfile::tempdir().unwrap();
    let talk = plenary::testing::TalkBuilder::new("38900002", "mute").slides([0, 2000, 4000]).write(folder.path());
    let mut rig = Rig::open(&[&talk]);
    rig.advance_secs(2.5);
    assert_eq!(rig.slide(), 2);
    rig.advance_secs(2.0);
    assert_eq!(rig.slide(), 3);
    assert!(rig.app.told().iter().any(|notice| notice.text.to_lowercase().contains("sound")), "{:?}", rig.app.told());
}

#[test]
fn slides_after_the_end_of_the_sound_get_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let talk = plenary::testing::TalkBuilder::new("38900003", "short")
        .slides([0, 2000, 8000])
        .sound("short-538900003.wav", 3.0)
        .write(folder.path());
    let mut rig = Rig::open(&[&talk]);
    assert!(near(rig.app.player().duration().secs_f64(), 13.0, 1e-3), "{:?}", rig.app.player().duration());
    rig.advance_secs(9.0);
    assert_eq!(rig.slide(), 3);
    rig.advance_secs(5.0);
    assert!(rig.app.player().ended());
}

#[test]
fn the_next_talk_is_open_before_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let one = ramp::talk(folder.path(), "one", 10);
    let two = plenary::testing::TalkBuilder::new("38900009", "two").slides([0, 1000]).write(folder.path());
    let mut rig = Rig::open(&[&one, &two]);
    assert!(rig.app.next_talk().is_some_and(|talk| talk.slides.len() == 2));
    rig.run("talk next");
    assert_eq!(rig.app.player().talk().map(|talk| talk.slides.len()), Some(2));
    rig.run("dismiss; talk next");
    assert!(rig.app.notice().is_some_and(|notice| notice.text.contains("last talk")));
    rig.run("talk previous");
    assert_eq!(rig.app.player().talk().map(|talk| talk.slides.len()), Some(1));
}

#[test]
fn a_folder_of_talks_is_a_queue_in_natural_order() {
    let folder = tempfile::tempdir().unwrap();
    for number in [10, 2, 1] {
        plenary::testing::TalkBuilder::new("3890001", &number.to_string()).slides([0]).write(folder.path());
    }
    let rig = Rig::open(&[folder.path()]);
    let names: Vec<_> = rig.app.queue().paths().iter().map(|path| path.file_name().unwrap().to_os_string()).collect();
    assert_eq!(names, ["3890001-1", "3890001-2", "3890001-10"]);
}

#[test]
fn what_cannot_be_opened_is_told_and_nothing_else_stops() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no such talk");
    let good = ramp::talk(folder.path(), "good", 10);
    let mut rig = Rig::open(&[&missing, &good]);
    assert!(rig.app.failure().is_some_and(|why| why.contains("no such talk")), "{:?}", rig.app.failure());
    rig.run("talk next");
    rig.advance_secs(1.0);
    assert!(rig.app.failure().is_none() && rig.position() > 0.5);
}

#[test]
fn at_the_end_of_a_talk_the_next_one_begins() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (ramp::talk(folder.path(), "one", 10), folder.path().join("two"));
    std::fs::create_dir(&two).unwrap();
    let two = ramp::talk(&two, "two", 20);
    let mut rig = Rig::open(&[&one, &two]);
    rig.run("seek 9.5");
    rig.advance_secs(2.0);
    assert_eq!(rig.app.queue().index(), Some(1));
    assert!(rig.app.player().playing() && near(rig.position(), 1.4, 0.3), "{}", rig.position());
    assert_eq!(rig.app.player().ends(), 1);
    rig.run("seek 19.9");
    rig.advance_secs(2.0);
    assert!(rig.app.player().ended(), "the last one stays at its end");
}

#[test]
fn a_talk_that_cannot_be_opened_lets_go_of_the_one_before() {
    let (mut rig, _folder) = rig();
    rig.advance_secs(2.0);
    rig.run("open /no/such/talk");
    assert!(rig.app.failure().is_some_and(|why| why.contains("/no/such/talk")));
    assert!(rig.app.player().talk().is_none() && !rig.app.player().playing());
    let played = rig.played().len();
    rig.advance_secs(1.0);
    assert!(rig.played()[played + 2000..].iter().all(|sample| *sample == 0.0), "nothing of it is heard any more");
    rig.run("play toggle; seek 10; slide next");
    assert_eq!((rig.position(), rig.slide()), (0.0, 0));
}

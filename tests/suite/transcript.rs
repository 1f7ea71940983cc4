//! What is said: followed, clicked, copied, searched, captioned, in several languages; and written by a program.

use std::path::{Path, PathBuf};
use std::time::Duration;

use egui_kittest::kittest::Queryable as _;
use plenary::app::WindowAction;
use plenary::app::settings::Settings;
use plenary::app::view::View;
use plenary::command::{Command, Theme};
use plenary::slides::{Rect, Size};
use plenary::testing::Rig;
use plenary::testing::talks::{TalkBuilder, put};

use crate::window::{application, application_with, harness};

const ENGLISH: &str = "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ann>We begin <00:02.000>with tiles.\n\n\
    00:03.000 --> 00:06.000\n<v Ann>Then we go on. And\n\n00:06.000 --> 00:08.000\n<v Bob>the optimal\n\n\
    00:08.000 --> 00:10.000\n<v Bob>transport comes.\n\n00:15.000 --> 00:18.000\n<v Ann>Tiles again.\n";
const GERMAN: &str = "WEBVTT\n\n00:01.000 --> 00:03.000\nWir beginnen.\n";

fn silent(folder: &Path) -> PathBuf {
    TalkBuilder::new("38930222", "tiles").slides([0, 5_000]).sound("Tiles-538930222.wav", 30.0).write(folder)
}

fn talk(folder: &Path) -> PathBuf {
    let path = silent(folder);
    put(&path.join("Tiles-538930222.en.vtt"), ENGLISH.as_bytes());
    put(&path.join("Tiles-538930222.de.vtt"), GERMAN.as_bytes());
    path
}

fn copied(rig: &mut Rig) -> Option<String> {
    rig.app.take_actions().into_iter().find_map(|action| match action {
        WindowAction::CopyText(text) => Some(text),
        _ => None,
    })
}

fn notice(rig: &Rig) -> String {
    rig.app.notice().map(|notice| notice.text.clone()).unwrap_or_default()
}

#[test]
fn sentences_are_stepped_through_from_wherever_they_begin() {
    let folder = tempfile::tempdir().unwrap();
    let path = talk(folder.path());
    let mut rig = Rig::open(&[&path]);
    rig.run("pause; seek 0");
    let mut starts = Vec::new();
    for _ in 0..4 {
        rig.run("sentence next");
        starts.push(rig.app.player().position().millis());
    }
    assert_eq!((starts[0], starts[1], starts[3]), (1_000, 3_000, 6_000), "another speaker is another sentence");
    assert!((5_000..6_000).contains(&starts[2]), "within a cue: {starts:?}");
    rig.run("sentence next; sentence next");
    assert_eq!((rig.position(), notice(&rig).as_str()), (15.0, "That was the last sentence"));
    rig.run("seek 16; sentence previous");
    assert_eq!(rig.position(), 15.0, "to where it began");
    rig.run("sentence previous");
    assert_eq!(rig.position(), 6.0, "then to the one before");
    rig.run("play");
    rig.advance_secs(0.5);
    rig.run("sentence previous");
    assert!((rig.position() * 1000.0 - starts[2] as f64).abs() < 1.0, "just after it began, too");
    assert!(rig.app.pauses().is_empty());
}

#[test]
fn the_language_is_chosen_and_stays_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let path = talk(folder.path());
    let mut rig = Rig::empty();
    rig.app.keep_session(&folder.path().join("state"));
    rig.app.open_paths(vec![path.clone()]);
    rig.settle();
    let said = |rig: &Rig| rig.app.transcript().unwrap().cues()[0].text.clone();
    assert_eq!(said(&rig), "We begin with tiles.");
    let key = rig.app.player().talk().unwrap().key();
    for (text, told) in [
        ("Wir beginnen.", "Transcript in de"),
        ("We begin with tiles.", "Transcript in en"),
        ("Wir beginnen.", "Transcript in de"),
    ] {
        rig.run("transcript language next");
        assert_eq!((said(&rig).as_str(), notice(&rig).as_str()), (text, told));
    }
    assert_eq!(rig.app.player().talk().unwrap().key(), key);
    rig.app.finish();

    let mut again = Rig::empty();
    again.app.keep_session(&folder.path().join("state"));
    again.app.open_paths(vec![path]);
    again.settle();
    assert_eq!(said(&again), "Wir beginnen.");
    again.run("transcript language en");
    assert_eq!(said(&again), "We begin with tiles.");
    again.run("transcript language fr");
    assert_eq!(said(&again), "We begin with tiles.");
    assert_eq!(notice(&again), "No transcript in fr here; it is read where there is one");
}

#[test]
fn lines_are_chosen_played_and_copied_with_their_times() {
    let folder = tempfile::tempdir().unwrap();
    let path = talk(folder.path());
    let mut rig = Rig::open(&[&path]);
    rig.run("pause; seek 3.5; transcript toggle");
    assert!(!rig.app.view().transcript.held);
    rig.run("transcript down; transcript down");
    assert_eq!((rig.app.view().transcript.chosen, rig.app.view().transcript.held), (Some(3), true));
    rig.run("transcript copy");
    assert_eq!(copied(&mut rig).as_deref(), Some("0:08 Bob: transport comes."));
    rig.run("transcript up; transcript play");
    assert_eq!(rig.position(), 6.0);
    assert!(rig.app.player().playing() && !rig.app.view().transcript.held);
    rig.app.select_said(Some(((2, 4), (0, 9))));
    rig.run("transcript copy");
    assert_eq!(copied(&mut rig).as_deref(), Some("0:02 Ann: with tiles.\n0:03 Ann: Then we go on. And\n0:06 Bob: the"));
    rig.app.select_said(None);
    rig.run("transcript copy");
    assert!(copied(&mut rig).is_none(), "nothing is selected: the slide is copied");
    rig.run("transcript last; transcript toggle");
    assert!(!rig.app.view().transcript.held, "the same key follows again");
    rig.run("transcript toggle");
    assert_eq!(rig.app.view().panel, None);
}

#[test]
fn what_is_searched_for_in_a_talk_is_marked_and_gone_through() {
    let folder = tempfile::tempdir().unwrap();
    let path = talk(folder.path());
    let mut rig = Rig::open(&[&path]);
    rig.run("pause; seek 0; search here; search for tiles");
    let cues = |rig: &Rig| rig.app.hits().iter().map(|hit| hit.cue).collect::<Vec<_>>();
    assert_eq!(cues(&rig), [0, 4]);
    rig.run("dismiss; search next");
    assert_eq!((rig.position(), notice(&rig).as_str()), (1.0, "1 of 2"));
    rig.run("search next; search next");
    assert_eq!((rig.position(), notice(&rig).as_str()), (15.0, "That was the last place"));
    rig.run("search previous");
    assert_eq!(rig.position(), 1.0);
    rig.run("search here; search for \"optimal transport\"");
    assert_eq!(cues(&rig), [2], "across two lines");
    rig.run("search for zebra; dismiss; search next");
    assert_eq!(notice(&rig), "It is not said in this talk");
    rig.run("search here; search for tiles; dismiss");
    assert_eq!(cues(&rig).len(), 2);
    rig.run("dismiss");
    assert!(cues(&rig).is_empty(), "Escape takes the marks away");
}

#[test]
fn captions_have_a_band_of_their_own_whose_height_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = talk(folder.path());
    let mut window = harness(application(&[&path]), [1280.0, 720.0]);
    let pane = |window: &mut egui_kittest::Harness<'static, plenary::ui::Window>| window.state_mut().app().view().pane;
    let before = pane(&mut window);
    window.key_press(egui::Key::C);
    window.run_steps(3);
    let with = pane(&mut window);
    assert_eq!(before.size.height - with.size.height, 2 * 28 + 16);
    for (secs, words) in [(0, ""), (2, "We begin with tiles."), (12, ""), (16, "Tiles again.")] {
        let to = plenary::time::MediaTime::from_secs(secs);
        window.state_mut().app().run(Command::SeekTo(to));
        window.run_steps(3);
        let band = window.get_by_label(&format!("Captions: {words}")).rect();
        assert_eq!(pane(&mut window), with, "the slide stays where it is");
        assert!(band.top() >= with.y as f32 + with.size.height as f32, "below the slide");
        assert_eq!(band.height(), 72.0);
    }
    window.state_mut().app().run("captions lines 3".parse().unwrap());
    window.state_mut().app().run("chrome toggle".parse().unwrap());
    window.run_steps(3);
    assert_eq!(window.get_by_label_contains("Captions: ").rect().bottom(), 720.0, "without anything else, too");
    assert_eq!(window.get_by_label_contains("Captions: ").rect().height(), 100.0);
    window.key_press(egui::Key::O);
    window.run_steps(3);
    assert!(window.query_by_label_contains("Captions: ").is_none(), "no slide, no captions");
}

#[test]
fn the_pane_shows_who_says_what_and_a_click_goes_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = talk(folder.path());
    let mut window = harness(application(&[&path]), [1280.0, 720.0]);
    window.key_press(egui::Key::T);
    window.run_steps(3);
    window.get_by_label("0:01 Ann: We begin with tiles.");
    window.get_by_label("5 lines");
    window.get_by_label("0:08 Bob: transport comes.").click();
    window.run_steps(3);
    assert_eq!(window.state_mut().app().player().position().millis(), 8_000);
    assert_eq!(window.state_mut().app().heard_cue(), Some(3));
    window.key_press(egui::Key::ArrowDown);
    window.run_steps(3);
    window.get_by_label("Follow the sound").click();
    window.run_steps(3);
    assert!(window.query_by_label("Follow the sound").is_none());
    window.key_press(egui::Key::ArrowUp);
    window.key_press(egui::Key::ArrowUp);
    window.key_press(egui::Key::Enter);
    window.run_steps(3);
    let app = window.state_mut().app();
    assert!(app.player().playing() && app.player().position().millis() < 6_000);
    app.run(Command::Pause);
    let volume = app.player().volume();
    window.key_press_modifiers(egui::Modifiers::CTRL, egui::Key::ArrowDown);
    window.run_steps(2);
    assert_eq!(window.state_mut().app().player().volume(), volume - 5, "the volume keeps its keys with Ctrl");
}

#[test]
fn a_hundred_thousand_lines_are_drawn_as_fast_as_ten() {
    let folder = tempfile::tempdir().unwrap();
    let path = silent(folder.path());
    let mut text = String::from("WEBVTT\n");
    for cue in 0..100_000 {
        let stamp = |ms: u32| format!("{:02}:{:02}.{:03}", ms / 60_000, ms / 1000 % 60, ms % 1000);
        text += &format!(
            "\n{} --> {}\nline {cue} {}\n",
            stamp(cue / 4),
            stamp(cue / 4 + 1),
            "and words ".repeat(cue as usize % 9)
        );
    }
    put(&path.join("Tiles-538930222.vtt"), text.as_bytes());
    let mut window = harness(application(&[&path]), [1280.0, 720.0]);
    window.key_press(egui::Key::T);
    window.run_steps(3);
    window.get_by_label("100000 lines");
    let begun = window.state_mut().app().now();
    for step in 0..60 {
        let to = plenary::time::MediaTime::from_millis(i64::from(step) * 400);
        window.state_mut().app().run(Command::SeekTo(to));
        window.run_steps(1);
    }
    // Laying all out once would take a minute in a build for tests.
    let took = window.state_mut().app().now() - begun;
    assert!(took.secs_f64() < 20.0, "{took}");
    let heard = window.state_mut().app().heard_cue().unwrap();
    assert!(window.query_by_label_contains(&format!("line {heard}")).is_some());
}

#[cfg(unix)]
#[test]
fn a_transcript_is_written_on_request_and_found_again() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = silent(&folder.path().join("talks"));
    let program = folder.path().join("fake whisper");
    let written = ENGLISH.replace('\n', "\\n").replace('<', "\\074");
    put(&program, format!("#!/bin/sh\necho 'progress = 50%' >&2\nprintf '{written}' > \"$2.vtt\"\n").as_bytes());
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let line = format!("transcribe = \"\"\"'{}' {{wav}} {{out}}\"\"\"", program.display());
    let (settings, issues) = Settings::parse(&line);
    assert_eq!(issues, [""; 0]);
    let before = plenary::testing::talks::listing(&path);

    let mut rig = Rig::keeping_notes(&[&path], folder.path());
    rig.app.set_transcriber(settings.transcribe);
    rig.run("transcribe");
    assert!(rig.app.transcribing().is_some());
    rig.run("transcribe");
    assert_eq!(notice(&rig), "A transcript is being written; one at a time");
    for _ in 0..6000 {
        if rig.app.transcript().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
        rig.settle();
    }
    assert_eq!(rig.app.transcript().unwrap().cues().len(), 5);
    assert_eq!(plenary::testing::talks::listing(&path), before, "nothing in the talk's folder");
    rig.app.finish();

    let again = Rig::keeping_notes(&[&path], folder.path());
    let cues = again.app.transcript().unwrap().cues().to_vec();
    assert_eq!((cues[0].text.as_str(), cues[0].words.len()), ("We begin with tiles.", 2));
}

#[test]
fn without_a_transcript_the_pane_says_what_can_be_done() {
    let folder = tempfile::tempdir().unwrap();
    let path = silent(folder.path());
    let mut window = harness(application(&[&path]), [1280.0, 720.0]);
    window.key_press(egui::Key::T);
    window.run_steps(3);
    window.get_by_label("This talk has no transcript.");
    window.get_by_label_contains("config.toml");
    assert!(window.query_by_label("Transcribe").is_none());
    let settings = Settings { transcribe: Some("no-such-program {audio}".into()), ..Settings::default() };
    let mut window = harness(application_with(&[&path], settings), [1280.0, 720.0]);
    window.key_press(egui::Key::T);
    window.run_steps(3);
    window.get_by_label("Transcribe").click();
    let failed = "No transcript: no-such-program: no-such-program was not found";
    for _ in 0..4000 {
        if window.query_by_label(failed).is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
        window.run_steps(1);
    }
    window.get_by_label(failed);
}

#[test]
fn a_view_has_room_for_captions_only_where_it_is_large_enough() {
    let folder = tempfile::tempdir().unwrap();
    let path = talk(folder.path());
    let mut window = harness(application(&[&path]), [640.0, 200.0]);
    window.key_press(egui::Key::C);
    window.run_steps(3);
    assert!(window.query_by_label_contains("Captions: ").is_none());
    assert_ne!(window.state_mut().app().view().pane, Rect::new(0, 0, Size::new(0, 0)));
    assert!(!View::new(Theme::Dark).captions.shown);
}

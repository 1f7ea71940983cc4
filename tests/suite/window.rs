//! The window's behaviour, found by role and label as a screen reader would.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use plenary::app::opener::Opener;
use plenary::app::settings::Settings;
use plenary::app::{App, Start};
use plenary::audio::{AudioEngine, Output};
use plenary::slides::{SlideCache, ThumbStore};
use plenary::testing::TalkBuilder;
use plenary::ui::Window;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

pub fn application(talks: &[&Path]) -> App {
    application_with(talks, Settings::default())
}

pub fn application_with(talks: &[&Path], settings: Settings) -> App {
    let waker: plenary::Waker = Arc::new(|| {});
    let audio = AudioEngine::start(Output::Null, &waker).unwrap();
    let slides = SlideCache::new(64 << 20, 1, Arc::clone(&waker));
    let thumbs = SlideCache::of_thumbs(64 << 20, 1, Arc::clone(&waker), ThumbStore::nowhere());
    let mut app = App::new(audio, slides, thumbs, Opener::inline(), settings, Vec::new());
    let paths = talks.iter().map(|path| path.to_path_buf()).collect();
    app.begin(Start { paths, paused: Some(true), ..Start::default() });
    app
}

fn talk(folder: &TempDir, name: &str) -> std::path::PathBuf {
    TalkBuilder::new("38900020", name)
        .slides([0, 10_000, 20_000])
        .sound(&format!("{name}-538900020.wav"), 30.0)
        .write(folder.path())
}

pub fn harness(app: App, size: [f32; 2]) -> Harness<'static, Window> {
    let mut app = Some(app);
    let mut harness = Harness::builder()
        .with_size(size)
        .build_eframe(|creation| Window::new(&creation.egui_ctx, app.take().unwrap(), None));
    harness.run_steps(3);
    harness
}

#[test]
fn every_control_has_a_name_and_a_role() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (talk(&folder, "first"), talk(&folder, "second"));
    let harness = harness(application(&[&one, &two]), [1280.0, 720.0]);
    for name in ["Play", "Previous talk", "Next talk", "Mute", "Volume", "Timeline", "Time", "Slide 1 of 3"] {
        harness.get_by_label(name);
    }
    harness.get_by_label_contains("1:1");
    harness.get_by_label("first");
}

#[test]
fn what_is_written_about_a_talk_is_kept_when_it_is_left_by_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = harness(application(&[&one]), [1280.0, 900.0]);
    harness.key_press_modifiers(egui::Modifiers::ALT, egui::Key::I);
    harness.run_steps(3);
    // The title has the keys first, the abstract last.
    for _ in 0..6 {
        harness.key_press(egui::Key::Tab);
        harness.run_steps(2);
    }
    type_text(&mut harness, "Sets and more");
    harness.key_press(egui::Key::Escape);
    harness.run_steps(3);
    let about = harness.state_mut().app().player().talk().map(|talk| talk.metadata.about.clone());
    assert_eq!(about.as_deref(), Some("Sets and more"));
}

#[test]
fn where_sound_goes_is_chosen_beside_the_volume() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = harness(application(&[&one]), [1280.0, 720.0]);
    harness.get_by_label("Where sound goes").click();
    harness.run_steps(2);
    harness.get_by_label("System default");
    // A device that was chosen and is not there is shown as what it is.
    harness.state_mut().app().run("device headset".parse().unwrap());
    harness.run_steps(2);
    harness.get_by_label("headset");
    harness.get_by_label("System default").click();
    harness.run_steps(2);
    assert!(harness.query_by_label("headset").is_none());
    // Whether films are heard is chosen below.
    harness.get_by_label("Heard with the talk").click();
    harness.run_steps(2);
    assert!(!harness.state_mut().app().player().clip_sound());
    harness.key_press_modifiers(egui::Modifiers::ALT, egui::Key::M);
    harness.run_steps(2);
    assert!(harness.query_by_label("System default").is_none());
}

#[test]
fn a_click_on_play_plays_and_space_still_pauses() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = harness(application(&[&one]), [1280.0, 720.0]);
    harness.get_by_label("Play").click();
    harness.run_steps(2);
    assert!(harness.state_mut().app().player().playing());
    harness.key_press(egui::Key::Space);
    harness.run_steps(2);
    assert!(!harness.state_mut().app().player().playing());
}

#[test]
fn arrows_seek_and_never_move_the_focus() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = harness(application(&[&one]), [1280.0, 720.0]);
    harness.get_by_label("Play").focus();
    harness.run_steps(1);
    harness.key_press(egui::Key::ArrowRight);
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().player().position().millis(), 5_000);
    assert!(harness.get_by_label("Play").is_focused());
}

#[test]
fn the_key_list_opens_with_its_key_and_closes_with_escape() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = harness(application(&[&one]), [1280.0, 720.0]);
    assert!(harness.query_by_label("Close the panel").is_none());
    harness.key_press(egui::Key::Questionmark);
    harness.run_steps(2);
    harness.get_by_label("Close the panel");
    harness.get_by_label_contains("Forward 5 seconds");
    harness.key_press(egui::Key::Escape);
    harness.run_steps(2);
    assert!(harness.query_by_label("Close the panel").is_none());
}

#[test]
fn a_small_window_shows_what_is_needed_and_cuts_nothing_off() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    for size in [[800.0, 500.0], [480.0, 300.0], [600.0, 1000.0]] {
        let harness = harness(application(&[&one]), size);
        for name in ["Play", "Timeline"] {
            let bounds = harness.get_by_label(name).rect();
            assert!(
                bounds.left() >= 0.0 && bounds.right() <= size[0] && bounds.bottom() <= size[1],
                "{name} at {size:?}"
            );
        }
        let lamp = harness.get_by_label_contains("1:1").rect();
        assert!(
            lamp.right() <= size[0] && lamp.left() >= harness.get_by_label("Time").rect().right() - 0.5,
            "{size:?}"
        );
    }
}

/// A file that is let go over the window.
#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads what is dropped through the toolkit".into())
    }
}

#[test]
fn folders_dropped_on_the_window_open_as_a_queue() {
    let folder = tempfile::tempdir().unwrap();
    let talks = [talk(&folder, "first"), talk(&folder, "second")];
    let mut harness = harness(application(&[]), [1280.0, 720.0]);
    for talk in &talks {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(talk.clone())));
    }
    harness.run_steps(3);
    let app = harness.state_mut().app();
    assert_eq!(app.queue().paths(), talks);
    assert_eq!(app.player().talk().map(|talk| talk.title.clone()).as_deref(), Some("first"));
}

#[test]
fn a_window_without_a_talk_says_what_to_do() {
    let harness = harness(application(&[]), [1280.0, 720.0]);
    harness.get_by_label_contains("Drop a talk folder here");
}

#[test]
fn a_talk_that_cannot_be_opened_says_why() {
    let harness = harness(application(&[Path::new("/no/such/talk")]), [1280.0, 720.0]);
    harness.get_by_label_contains("This cannot be opened");
}

#[test]
fn all_slides_are_seen_at_once_and_a_click_goes_to_one() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = harness(application(&[&one]), [1280.0, 720.0]);
    harness.key_press(egui::Key::O);
    harness.run_steps(3);
    for name in ["Slide 1", "Slide 2", "Slide 3"] {
        harness.get_by_label(name);
    }
    harness.key_press(egui::Key::ArrowRight);
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().player().position().millis(), 0, "choosing is not seeking");
    harness.key_press(egui::Key::Enter);
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().player().position().millis(), 10_000);
    harness.get_by_label("All slides at once").click();
    harness.run_steps(3);
    harness.get_by_label("Slide 3").click();
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().player().position().millis(), 20_000);
    assert!(harness.query_by_label("Slide 3").is_none(), "the slide is back");
}

#[test]
fn looking_at_another_slide_moves_nothing_and_one_key_returns() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = harness(application(&[&one]), [1280.0, 720.0]);
    harness.key_press_modifiers(egui::Modifiers::SHIFT, egui::Key::PageDown);
    harness.run_steps(2);
    harness.get_by_label("Slide 2 of 3");
    harness.get_by_label("Back to the slide where the talk is");
    assert_eq!(harness.state_mut().app().player().position().millis(), 0);
    harness.key_press(egui::Key::Escape);
    harness.run_steps(2);
    harness.get_by_label("Slide 1 of 3");
}

#[test]
fn a_number_typed_after_g_is_a_slide_and_no_other_key_acts() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = harness(application(&[&one]), [1280.0, 720.0]);
    harness.key_press(egui::Key::G);
    harness.run_steps(3);
    harness.key_press(egui::Key::Space);
    harness.event(egui::Event::Text("3".into()));
    harness.run_steps(2);
    assert!(!harness.state_mut().app().player().playing(), "Space types");
    harness.key_press(egui::Key::Enter);
    harness.run_steps(2);
    let app = harness.state_mut().app();
    assert_eq!((app.player().position().millis(), app.view().asking), (20_000, false));
}

#[test]
fn the_slides_stand_beside_the_slide_and_the_panel_can_be_made_wider() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = harness(application(&[&one]), [1280.0, 720.0]);
    harness.key_press_modifiers(egui::Modifiers::SHIFT, egui::Key::O);
    harness.run_steps(3);
    harness.get_by_label("Slide 2").click();
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().player().position().millis(), 10_000);
    let edge = harness.get_by_label("Width of the panel").rect().center();
    let to = edge - egui::vec2(100.0, 0.0);
    harness.drag_at(edge);
    harness.run_steps(1);
    harness.hover_at(to);
    harness.run_steps(1);
    harness.drop_at(to);
    harness.run_steps(2);
    let moved = harness.get_by_label("Width of the panel").rect().center();
    assert!((moved.x - to.x).abs() < 2.0, "{moved:?} for {to:?}");
}

/// With notes in a folder, read and written at each step.
fn with_notes(talk: &Path, folder: &Path) -> Harness<'static, Window> {
    let mut app = application(&[talk]);
    let waker: plenary::Waker = Arc::new(|| {});
    app.keep_work(plenary::app::work::Work::stepped(&folder.join("data"), folder.join("notes"), &waker));
    // Opened again, now that there is a place for its note.
    app.run(plenary::command::Command::Open(talk.to_owned()));
    for _ in 0..3 {
        app.poll();
        app.step_work();
    }
    app.run(plenary::command::Command::Pause);
    harness(app, [1280.0, 720.0])
}

fn type_text(harness: &mut Harness<'static, Window>, text: &str) {
    harness.event(egui::Event::Text(text.to_owned()));
    harness.run_steps(2);
}

#[test]
fn what_is_typed_in_the_panel_is_in_the_note() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = with_notes(&one, folder.path());
    harness.key_press(egui::Key::W);
    harness.run_steps(2);
    type_text(&mut harness, "A course. #un");
    harness.key_press(egui::Key::Space);
    harness.run_steps(1);
    assert!(!harness.state_mut().app().player().playing(), "a space typed plays the talk");
    harness.key_press(egui::Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().note().unwrap().summary(), "A course. #un");
    assert_eq!(harness.state_mut().app().field(), None);
    harness.key_press(egui::Key::E);
    harness.run_steps(2);
    // The tag that is known already is offered, and Tab takes it.
    type_text(&mut harness, "see #u");
    harness.key_press(egui::Key::Tab);
    harness.run_steps(2);
    harness.key_press(egui::Key::Enter);
    harness.run_steps(2);
    let texts: Vec<String> =
        harness.state_mut().app().note().unwrap().moments().iter().map(|moment| moment.text.clone()).collect();
    assert_eq!(texts, ["see #un"]);
    // A click on the note goes to its moment, and the key deletes it while it is empty.
    harness.key_press(egui::Key::ArrowRight);
    harness.run_steps(2);
    harness.get_by_label("Note at 0:00: see #un").click();
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().player().position().millis(), 0);
}

#[test]
fn verdicts_are_buttons_and_keys() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = with_notes(&one, folder.path());
    harness.key_press(egui::Key::S);
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().verdict(), Some(plenary::command::Verdict::Keep));
    harness.get_by_label("again").click();
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().verdict(), Some(plenary::command::Verdict::Again));
}

#[test]
fn undoing_in_a_field_never_brings_another_text_back() {
    let folder = tempfile::tempdir().unwrap();
    let one = talk(&folder, "first");
    let mut harness = with_notes(&one, folder.path());
    for (key, text) in [(egui::Key::W, "the summary"), (egui::Key::E, "a note")] {
        harness.key_press(key);
        harness.run_steps(2);
        type_text(&mut harness, text);
        // Long enough for the toolkit to take it as a state of its own.
        harness.run_steps(80);
        for _ in 0..4 {
            harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
            harness.run_steps(2);
            let note = harness.state_mut().app().note().unwrap().text().to_owned();
            assert!(key == egui::Key::W || !note.contains("] the"), "{note}");
        }
        type_text(&mut harness, text);
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Enter);
        harness.run_steps(2);
        assert_eq!(harness.state_mut().app().field(), None);
    }
}

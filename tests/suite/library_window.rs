//! The library and the queue in the window: what is seen, what a click asks for, and where keys go.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use plenary::app::opener::Opener;
use plenary::app::settings::Settings;
use plenary::app::work::Work;
use plenary::app::{App, Start};
use plenary::audio::{AudioEngine, Output};
use plenary::command::{Command, LibraryCommand, QueueCommand, Verdict};
use plenary::slides::{SlideCache, ThumbStore};
use plenary::testing::TalkBuilder;
use plenary::ui::Window;

const TALKS: [(&str, &str); 5] = [
    ("Oral 1", "deep-nets-learn-in-order"),
    ("Oral 1", "a-closer-look-at-memory"),
    ("Oral 2", "what-graphs-forget"),
    ("Oral 10", "sparse-sums"),
    ("Oral 10", "the-last-talk"),
];

/// Talks in folders of their sessions, and a download that failed.
fn talks(folder: &Path) -> PathBuf {
    let root = folder.join("Conference");
    for (number, (session, name)) in TALKS.into_iter().enumerate() {
        TalkBuilder::new(&format!("3890010{number}"), name)
            .slides([0, 10_000, 20_000])
            .sound(&format!("{name}-53890010{number}.wav"), 30.0 + number as f64)
            .write(&root.join(session));
    }
    let broken = root.join("Oral 10").join("38900190-refused");
    std::fs::create_dir_all(&broken).unwrap();
    plenary::testing::talks::put(&broken.join("38900190.xml"), plenary::testing::talks::REFUSAL.as_bytes());
    root
}

fn application(data: &Path) -> App {
    let waker: plenary::Waker = Arc::new(|| {});
    let audio = AudioEngine::start(Output::Null, &waker).unwrap();
    let slides = SlideCache::new(64 << 20, 1, Arc::clone(&waker));
    let thumbs = SlideCache::of_thumbs(64 << 20, 1, Arc::clone(&waker), ThumbStore::nowhere());
    let mut app = App::new(audio, slides, thumbs, Opener::inline(), Settings::default(), Vec::new());
    app.keep_work(Work::start(&data.join("data"), data.join("notes"), None, &waker).unwrap());
    app.begin(Start { paused: Some(true), ..Start::default() });
    app
}

/// Polls until this is so.
fn until(app: &mut App, mut so: impl FnMut(&App) -> bool) {
    for _ in 0..2_000 {
        app.poll();
        if so(app) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it was never so");
}

/// The library of the talks above, in a window.
fn library(folder: &Path, size: [f32; 2]) -> Harness<'static, Window> {
    let root = talks(folder);
    let mut app = application(folder);
    until(&mut app, |app| app.library().loaded());
    app.run(Command::Library(LibraryCommand::Add(root)));
    until(&mut app, |app| app.listed().len() == TALKS.len() + 1 && !app.scanning());
    let mut app = Some(app);
    let mut harness = Harness::builder()
        .with_size(size)
        .build_eframe(|creation| Window::new(&creation.egui_ctx, app.take().unwrap(), None));
    harness.run_steps(3);
    harness
}

fn titles(harness: &mut Harness<'static, Window>) -> Vec<String> {
    let app = harness.state_mut().app();
    let title = |at| app.listed_row(at).map(|row| row.entry.title.clone());
    (0..app.listed().len()).filter_map(title).collect()
}

fn chosen(harness: &mut Harness<'static, Window>) -> Option<String> {
    harness.state_mut().app().chosen_row().map(|row| row.entry.title.clone())
}

fn press(harness: &mut Harness<'static, Window>, key: Key) {
    harness.key_press(key);
    harness.run_steps(2);
}

fn type_text(harness: &mut Harness<'static, Window>, text: &str) {
    harness.event(egui::Event::Text(text.to_owned()));
    harness.run_steps(2);
}

#[test]
fn what_is_known_of_each_talk_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library(folder.path(), [1280.0, 900.0]);
    harness.get_by_label("Conference, 6 talks");
    harness.get_by_label_contains("5 left");
    for head in ["Talk", "Length", "Progress", "Verdict", "Tags and notes"] {
        harness.get_by_label(head);
    }
    for session in ["Oral 1, 2 talks", "Oral 2, 1 talk", "Oral 10, 3 talks"] {
        harness.get_by_label(session);
    }
    harness.get_by_label_contains("0:30, unseen");
    let broken = harness.get_by_label("Broken 1");
    broken.click();
    harness.run_steps(2);
    assert_eq!(titles(&mut harness).len(), 1);
    let why = harness.state_mut().app().listed_row(0).and_then(|row| row.entry.broken.clone()).unwrap();
    harness.get_by_label_contains(&why);
}

#[test]
fn a_click_chooses_keys_move_and_enter_plays_what_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library(folder.path(), [1280.0, 900.0]);
    let all = titles(&mut harness);
    harness.get_by_label_contains(&all[2]).click();
    harness.run_steps(2);
    assert_eq!(chosen(&mut harness).as_ref(), Some(&all[2]));
    press(&mut harness, Key::ArrowUp);
    assert_eq!(chosen(&mut harness).as_ref(), Some(&all[1]));
    press(&mut harness, Key::S);
    assert_eq!(harness.state_mut().app().chosen_row().unwrap().state.verdict, Some(Verdict::Keep));
    harness.get_by_label("Keep 1");
    press(&mut harness, Key::Enter);
    let app = harness.state_mut().app();
    until(app, |app| app.player().talk().is_some());
    assert!(!app.view().library);
    assert_eq!(app.queue().paths().len(), TALKS.len());
    // The library comes back with its key, and the open talk is marked in it.
    press(&mut harness, Key::Q);
    harness.run_steps(2);
    harness.get_by_label_contains(", keep, playing");
}

#[test]
fn the_list_follows_every_letter_and_escape_does_one_thing_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library(folder.path(), [1280.0, 900.0]);
    let all = titles(&mut harness);
    press(&mut harness, Key::Slash);
    assert!(harness.state_mut().app().view().shelf.asking);
    type_text(&mut harness, "grph");
    assert_eq!(titles(&mut harness), [all[2].clone()], "letters may be left out");
    assert_eq!(chosen(&mut harness).as_ref(), Some(&all[2]), "what fits is chosen");
    // Letters that are keys elsewhere are text here.
    type_text(&mut harness, "s");
    assert_eq!(harness.state_mut().app().chosen_row().unwrap().state.verdict, None);
    press(&mut harness, Key::Escape);
    let shelf = harness.state_mut().app().view().shelf.clone();
    assert_eq!((shelf.asking, shelf.filter.as_str()), (false, "grphs"));
    press(&mut harness, Key::Escape);
    let view = harness.state_mut().app().view().clone();
    assert_eq!((view.library, view.shelf.filter.as_str()), (true, ""));
    assert_eq!(titles(&mut harness), all);
    assert_eq!(chosen(&mut harness).as_ref(), Some(&all[2]), "it stays chosen among all");
    press(&mut harness, Key::Escape);
    assert!(!harness.state_mut().app().view().library);
}

#[test]
fn arrows_in_the_field_choose_and_enter_gives_the_keys_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library(folder.path(), [1280.0, 900.0]);
    harness.get_by_label("Filter the talks").click();
    harness.run_steps(3);
    type_text(&mut harness, "keep");
    assert!(titles(&mut harness).is_empty(), "a word is a word, not a verdict");
    harness.get_by_label_contains("No talk matches “keep”");
    harness.get_by_label("shows all").click();
    harness.run_steps(3);
    assert_eq!(titles(&mut harness).len(), 6);
    press(&mut harness, Key::Slash);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowDown);
    let all = titles(&mut harness);
    assert_eq!(chosen(&mut harness).as_ref(), Some(&all[2]));
    press(&mut harness, Key::Enter);
    assert!(!harness.state_mut().app().view().shelf.asking);
    assert!(harness.state_mut().app().view().library, "the field is left and nothing is opened");
    press(&mut harness, Key::A);
    assert_eq!(harness.state_mut().app().chosen_row().unwrap().state.verdict, Some(Verdict::Again));
}

#[test]
fn chips_and_heads_ask_for_their_part_and_leave_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library(folder.path(), [1280.0, 900.0]);
    harness.get_by_label("Session").click();
    harness.run_steps(2);
    harness.get_by_label("Oral 10").click();
    harness.run_steps(2);
    assert_eq!(titles(&mut harness).len(), 3);
    harness.get_by_label("Unseen 5").click();
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().view().shelf.filter, "unseen session:\"Oral 10\"");
    harness.get_by_label("All").click();
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().view().shelf.filter, "session:\"Oral 10\"");
    for sort in ["length", "-length"] {
        harness.get_by_label("Length").click();
        harness.run_steps(2);
        assert_eq!(harness.state_mut().app().view().shelf.sort, sort);
    }
    harness.get_by_label_contains("sorted by length").click();
    harness.run_steps(2);
    harness.get_by_label("time left").click();
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().view().shelf.sort, "left");
}

#[test]
fn escape_closes_an_open_menu_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library(folder.path(), [1280.0, 900.0]);
    harness.get_by_label("Session").click();
    harness.run_steps(2);
    harness.get_by_label("All sessions");
    press(&mut harness, Key::Escape);
    harness.run_steps(2);
    assert!(harness.query_by_label("All sessions").is_none());
    assert!(harness.state_mut().app().view().library);
}

#[test]
fn cards_are_walked_through_in_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library(folder.path(), [1280.0, 900.0]);
    let all = titles(&mut harness);
    press(&mut harness, Key::V);
    harness.run_steps(2);
    assert!(harness.state_mut().app().view().shelf.cards);
    let columns = harness.state_mut().app().view().shelf.columns;
    assert_eq!(columns, 4);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowRight);
    assert_eq!(chosen(&mut harness).as_ref(), Some(&all[5]));
    harness.get_by_label("Lines").click();
    harness.run_steps(2);
    assert!(!harness.state_mut().app().view().shelf.cards);
}

#[test]
fn nothing_is_cut_off_in_narrow_windows() {
    for size in [[640.0, 360.0], [800.0, 500.0], [900.0, 1400.0], [1280.0, 720.0]] {
        let folder = tempfile::tempdir().unwrap();
        let harness = library(folder.path(), size);
        let more = if size[0] < 900.0 { "More" } else { "Unseen 5" };
        for name in ["Filter the talks", "All", "Cards", "Lines", "Play", more] {
            let Some(node) = harness.query_by_label(name) else {
                assert_eq!(name, "Play", "{name} at {size:?}");
                continue;
            };
            let rect = node.rect();
            assert!(rect.left() >= 0.0 && rect.right() <= size[0] && rect.bottom() <= size[1], "{name} at {size:?}");
        }
        let finish = harness.get_by_label_contains("5 left").rect();
        let field = harness.get_by_label("Filter the talks").rect();
        assert!(field.right() < finish.left() && field.width() > 150.0, "{size:?}: {field:?} {finish:?}");
    }
}

#[test]
fn a_library_without_folders_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = application(folder.path());
    until(&mut app, |app| app.library().loaded());
    app.run(Command::Library(LibraryCommand::Toggle));
    let mut app = Some(app);
    let mut harness = Harness::builder()
        .with_size([1280.0, 720.0])
        .build_eframe(|creation| Window::new(&creation.egui_ctx, app.take().unwrap(), None));
    harness.run_steps(3);
    harness.get_by_label_contains("Drop a folder of talks here");
    harness.get_by_label("chooses one");
}

#[test]
fn the_time_to_be_done_by_is_typed_at_the_finish_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library(folder.path(), [1280.0, 900.0]);
    harness.get_by_label_contains("5 left").click();
    harness.run_steps(3);
    type_text(&mut harness, "soon");
    press(&mut harness, Key::Enter);
    assert_eq!(harness.state_mut().app().view().shelf.finish_by, "", "what is no time is not taken");
    for _ in 0..4 {
        press(&mut harness, Key::Backspace);
    }
    type_text(&mut harness, "Friday 18:00");
    press(&mut harness, Key::Enter);
    harness.run_steps(2);
    assert!(harness.state_mut().app().view().shelf.finish_by.contains("18:00"));
    let line = harness.get_by_label_contains("5 left").accesskit_node().label().unwrap();
    assert!(line.contains("18:00 needs"), "{line}");
}

#[test]
fn the_queue_is_opened_sorted_and_emptied_beside_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library(folder.path(), [1280.0, 900.0]);
    let all = titles(&mut harness);
    press(&mut harness, Key::Enter);
    until(harness.state_mut().app(), |app| app.player().talk().is_some());
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Q);
    harness.run_steps(3);
    harness.get_by_label_contains("5 talks · ");
    let from = harness.get_by_label_contains(&format!("2. {}", all[1])).rect().center();
    let to = harness.get_by_label_contains(&format!("4. {}", all[3])).rect().center() + egui::vec2(0.0, 10.0);
    harness.drag_at(from);
    harness.run_steps(1);
    for step in 1..=4 {
        harness.hover_at(from + (to - from) * (step as f32 / 4.0));
        harness.run_steps(1);
    }
    harness.drop_at(to);
    harness.run_steps(2);
    let names = |app: &App| -> Vec<String> {
        let row = |path: &PathBuf| app.library().catalogue().at(path).map(|row| row.entry.title.clone());
        app.queue().paths().iter().filter_map(row).collect()
    };
    let moved = [0, 2, 3, 1, 4].map(|at| all[at].clone());
    assert_eq!(names(harness.state_mut().app()), moved);
    harness.get_by_label(&format!("Take {} out of the queue", all[2])).click();
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().queue().paths().len(), 4);
    harness.get_by_label_contains(&format!("2. {}", all[3])).click();
    harness.run_steps(2);
    until(harness.state_mut().app(), |app| app.queue().index() == Some(1));
    harness.get_by_label("Clear").click();
    harness.run_steps(2);
    assert_eq!(names(harness.state_mut().app()), [all[3].clone()]);
    harness.get_by_label("Fill with").click();
    harness.run_steps(2);
    harness.get_by_label("Unseen talks").click();
    harness.run_steps(2);
    assert_eq!(harness.state_mut().app().queue().paths().len(), 5);
    harness.state_mut().app().run(Command::Queue(QueueCommand::Clear));
}

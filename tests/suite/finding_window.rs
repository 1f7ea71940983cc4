//! The search, the finder and the sheet of slides and words in the window.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use plenary::app::opener::Opener;
use plenary::app::settings::Settings;
use plenary::app::work::Work;
use plenary::app::{App, Start};
use plenary::audio::{AudioEngine, Output};
use plenary::command::{Command, LibraryCommand, SearchCommand, Verdict};
use plenary::slides::{SlideCache, ThumbStore};
use plenary::testing::TalkBuilder;
use plenary::ui::Window;

type Shown = Harness<'static, Window>;

const SAID: &str = "WEBVTT\n\n00:01.000 --> 00:04.000\nwelcome to the talk\n\n00:11.000 --> 00:14.000\nthe zebra loss is \
                    falling\n\n00:17.500 --> 00:19.000\nand the loss falls again\n\n00:21.000 --> 00:24.000\nthank you\n";

/// A talk of half a minute with three slides, and what is said in it.
fn talk(folder: &Path, id: &str, name: &str, said: Option<&str>) -> PathBuf {
    let path =
        TalkBuilder::new(id, name).slides([0, 10_000, 20_000]).sound(&format!("{name}-5{id}.wav"), 30.0).write(folder);
    if let Some(said) = said {
        plenary::testing::talks::put(&path.join(format!("{name}-5{id}.en.vtt")), said.as_bytes());
    }
    path
}

/// With all its stores, in this folder; these are the talks of its library.
fn application(folder: &Path, talks: &Path, open: &[&Path]) -> App {
    let waker: plenary::Waker = Arc::new(|| {});
    let audio = AudioEngine::start(Output::Null, &waker).unwrap();
    let slides = SlideCache::new(64 << 20, 1, Arc::clone(&waker));
    let thumbs = SlideCache::of_thumbs(64 << 20, 1, Arc::clone(&waker), ThumbStore::nowhere());
    let settings = Settings { slide_text: false, ..Settings::default() };
    let mut app = App::new(audio, slides, thumbs, Opener::inline(), settings, Vec::new());
    std::fs::create_dir_all(folder.join("data")).unwrap();
    app.keep_work(Work::start(&folder.join("data"), folder.join("notes"), None, &waker).unwrap());
    let paths = open.iter().map(|path| path.to_path_buf()).collect();
    app.begin(Start { paths, paused: Some(true), ..Start::default() });
    app.run(Command::Library(LibraryCommand::Add(talks.to_owned())));
    app
}

fn harness(app: App, size: [f32; 2]) -> Shown {
    let mut app = Some(app);
    let mut harness = Harness::builder()
        .with_size(size)
        .build_eframe(|creation| Window::new(&creation.egui_ctx, app.take().unwrap(), None));
    harness.run_steps(3);
    harness
}

/// Draws until it is so.
fn until(harness: &mut Shown, what: &str, so: impl Fn(&mut Shown) -> bool) {
    let mut rounds = 0;
    while !so(harness) {
        rounds += 1;
        assert!(rounds < 6000, "{what}");
        std::thread::sleep(Duration::from_millis(5));
        harness.run_steps(1);
    }
    harness.run_steps(2);
}

/// Two talks, of which the texts of the second are known; the first is open.
fn two_talks(folder: &Path, size: [f32; 2]) -> (Shown, PathBuf, PathBuf) {
    let talks = folder.join("talks");
    let one = talk(&talks, "38900021", "first", None);
    let two = talk(&talks, "38900022", "second", Some(SAID));
    let mut shown = harness(application(folder, &talks, &[&one]), size);
    until(&mut shown, "the talks are found", |shown| {
        let app = shown.state_mut().app();
        !app.scanning() && app.library().catalogue().rows().len() == 2 && app.player().talk().is_some()
    });
    (shown, one, two)
}

fn type_text(harness: &mut Shown, text: &str) {
    harness.event(egui::Event::Text(text.to_owned()));
    harness.run_steps(2);
}

fn press(harness: &mut Shown, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

/// Types what is searched for until it is found: the texts are written by a thread.
fn find(shown: &mut Shown, text: &str, hits: usize) {
    type_text(shown, text);
    until(shown, text, |shown| {
        let app = shown.state_mut().app();
        if app.search_settled() && app.found().hits.len() != hits {
            app.run(Command::Search(SearchCommand::For(text.to_owned())));
        }
        app.search_settled() && app.found().hits.len() == hits
    });
}

#[test]
fn what_is_said_in_a_talk_that_is_not_open_is_found_and_played() {
    let folder = tempfile::tempdir().unwrap();
    let (mut shown, _, two) = two_talks(folder.path(), [1280.0, 720.0]);
    shown.key_press_modifiers(Modifiers::CTRL, Key::F);
    shown.run_steps(3);
    shown.get_by_label("Search all talks");
    shown.get_by_label_contains("author:");
    find(&mut shown, "loss", 2);
    shown.get_by_label("2 places in 1 talk");
    shown.get_by_label_contains("said at 0:11, slide 2: the zebra loss");
    assert!(shown.state_mut().app().peek(&two).is_some(), "its slides are seen");
    press(&mut shown, Key::ArrowDown);
    assert_eq!(shown.state_mut().app().view().search.as_ref().map(|search| search.chosen), Some(1));
    // Letters go on being typed after the arrows, also a space.
    find(&mut shown, " zebra", 1);
    assert!(!shown.state_mut().app().player().playing());
    press(&mut shown, Key::Enter);
    let app = shown.state_mut().app();
    assert_eq!(app.view().search, None);
    assert_eq!(app.player().talk().map(|talk| talk.source.clone()), Some(two));
    let at = app.player().position().millis();
    assert!((8_000..11_000).contains(&at), "three seconds before it is said, not at {at}");
}

#[test]
fn the_search_closes_with_one_escape_and_remembers_what_it_was_for() {
    let folder = tempfile::tempdir().unwrap();
    let (mut shown, ..) = two_talks(folder.path(), [800.0, 500.0]);
    shown.key_press_modifiers(Modifiers::CTRL, Key::F);
    shown.run_steps(3);
    find(&mut shown, "zebra", 1);
    press(&mut shown, Key::Escape);
    assert_eq!(shown.state_mut().app().view().search, None);
    assert!(shown.state_mut().app().view().library, "one escape closes one thing");
    shown.key_press_modifiers(Modifiers::CTRL, Key::F);
    shown.run_steps(3);
    assert_eq!(
        shown.state_mut().app().view().search.as_ref().map(|search| search.text.clone()).as_deref(),
        Some("zebra")
    );
    // All of it is selected: what is typed takes its place.
    type_text(&mut shown, "nothing has this");
    until(&mut shown, "nothing is found", |shown| shown.state_mut().app().search_settled());
    shown.get_by_label("Nothing found");
    let text = shown.state_mut().app().view().search.as_ref().map(|search| search.text.clone());
    assert_eq!(text.as_deref(), Some("nothing has this"));
    press(&mut shown, Key::Tab);
    assert_eq!(shown.state_mut().app().view().search.as_ref().map(|search| search.here), Some(true));
    until(&mut shown, "nothing is found here", |shown| shown.state_mut().app().search_settled());
    shown.get_by_label("Nothing found in this talk");
    shown.get_by_label("Search all talks").click();
    shown.run_steps(3);
    assert_eq!(shown.state_mut().app().view().search.as_ref().map(|search| search.here), Some(false));
}

#[test]
fn a_filter_that_is_pressed_is_added_to_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let (mut shown, ..) = two_talks(folder.path(), [1280.0, 720.0]);
    shown.key_press_modifiers(Modifiers::CTRL, Key::F);
    shown.run_steps(3);
    find(&mut shown, "loss", 2);
    shown.get_by_label_contains("in:slides").click();
    shown.run_steps(2);
    until(&mut shown, "it is searched for", |shown| shown.state_mut().app().search_settled());
    let text = |shown: &mut Shown| shown.state_mut().app().view().search.clone().unwrap().text;
    assert_eq!(text(&mut shown), "loss in:slides");
    shown.get_by_label("Nothing found");
    type_text(&mut shown, " x");
    assert_eq!(text(&mut shown), "loss in:slides x");
    shown.get_by_label_contains("exact words").click();
    shown.run_steps(2);
    type_text(&mut shown, "a b");
    assert_eq!(text(&mut shown), "loss in:slides x \"a b\"");
}

#[test]
fn the_finder_runs_commands_and_opens_talks() {
    let folder = tempfile::tempdir().unwrap();
    let (mut shown, one, two) = two_talks(folder.path(), [1280.0, 720.0]);
    assert_eq!(shown.state_mut().app().player().talk().map(|talk| talk.source.clone()), Some(one));
    let open = |shown: &mut Shown| {
        shown.key_press_modifiers(Modifiers::CTRL, Key::K);
        shown.run_steps(3);
    };
    open(&mut shown);
    type_text(&mut shown, "secnd");
    until(&mut shown, "the talk is found", |shown| shown.query_by_label("Talk: second").is_some());
    press(&mut shown, Key::Enter);
    let app = shown.state_mut().app();
    assert!(!app.view().finder && !app.view().library);
    assert_eq!(app.player().talk().map(|talk| talk.source.clone()), Some(two));
    open(&mut shown);
    type_text(&mut shown, "show the keys");
    until(&mut shown, "the keys are found", |shown| {
        shown.query_by_label_contains("Show the keys, General, ").is_some()
    });
    press(&mut shown, Key::Enter);
    assert_eq!(shown.state_mut().app().view().panel, Some(plenary::app::view::Panel::Keys));
    // What was chosen last is first, and the arrows reach the next.
    open(&mut shown);
    press(&mut shown, Key::ArrowDown);
    press(&mut shown, Key::Enter);
    assert_eq!(shown.state_mut().app().openings(), 2, "the talk is open already");
    // A command that opens a field works from it, and an escape closes one thing.
    open(&mut shown);
    type_text(&mut shown, "search all");
    press(&mut shown, Key::Enter);
    assert!(shown.state_mut().app().view().search.is_some());
    open(&mut shown);
    press(&mut shown, Key::Escape);
    assert!(!shown.state_mut().app().view().finder && shown.state_mut().app().view().search.is_some());
    open(&mut shown);
    type_text(&mut shown, "secnd");
    press(&mut shown, Key::Enter);
    assert!(shown.state_mut().app().view().search.is_none(), "the talk is seen");
}

#[test]
fn a_talk_is_read_before_it_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let (mut shown, _, two) = two_talks(folder.path(), [1280.0, 720.0]);
    let app = shown.state_mut().app();
    app.run(Command::Library(LibraryCommand::Choose(two)));
    press(&mut shown, Key::O);
    shown.get_by_label("Slide 1: welcome to the talk");
    shown.get_by_label("Slide 2: the zebra loss is falling and the loss falls again");
    shown.get_by_label("Slide 3: thank you");
    shown.get_by_label_contains("3 slides, 16 words");
    let app = shown.state_mut().app();
    assert!(!app.player().playing());
    assert_eq!(app.view().overview.map(|overview| overview.columns), Some(3));
    press(&mut shown, Key::ArrowRight);
    press(&mut shown, Key::S);
    assert_eq!(shown.state_mut().app().verdict(), Some(Verdict::Keep));
    press(&mut shown, Key::Space);
    let app = shown.state_mut().app();
    assert!(app.player().playing() && app.view().overview.is_some());
    assert!(app.player().position().millis() >= 10_000);
    press(&mut shown, Key::Space);
    assert!(!shown.state_mut().app().player().playing());
    press(&mut shown, Key::Escape);
    assert!(shown.state_mut().app().view().library && shown.state_mut().app().view().overview.is_none());
}

#[test]
fn the_sheet_fits_windows_of_every_size_and_says_that_there_is_no_transcript() {
    let folder = tempfile::tempdir().unwrap();
    for (size, columns) in [([800.0, 500.0], 1), ([900.0, 1400.0], 2), ([1920.0, 1080.0], 4), ([480.0, 320.0], 1)] {
        let (mut shown, one, _) = two_talks(folder.path(), size);
        shown.state_mut().app().run(Command::Library(LibraryCommand::Choose(one)));
        press(&mut shown, Key::O);
        shown.get_by_label_contains("no transcript");
        assert_eq!(shown.state_mut().app().view().overview.map(|overview| overview.columns), Some(columns), "{size:?}");
        let slide = shown.get_by_label("Slide 1").rect();
        assert!(slide.left() >= 0.0 && slide.right() <= size[0], "{slide:?} in {size:?}");
    }
}

//! What the window takes for a frame, drawing by the graphics card left out: slides by the hundred, notes by the dozen.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use egui_kittest::Harness;
use plenary::app::opener::Opener;
use plenary::app::settings::Settings;
use plenary::app::work::Work;
use plenary::app::{App, Start};
use plenary::audio::{AudioEngine, Output};
use plenary::library::Entry;
use plenary::slides::{SlideCache, ThumbStore};
use plenary::talk::TalkId;
use plenary::testing::TalkBuilder;
use plenary::time::MediaTime;
use plenary::ui::Window;

/// Slides of the talk.
const SLIDES: i64 = 640;
/// Notes on it.
const NOTES: usize = 60;

/// So many talks, as a scan would have found them.
fn entries(count: usize) -> impl Iterator<Item = Entry> {
    let words = ["attention", "graphs", "privacy", "transport", "causality", "flows", "tokens"];
    (0..count).map(move |number| {
        let path = PathBuf::from(format!("/talks/session {}/{number}", number / 40));
        let word = |step: usize| words[(number / step) % words.len()];
        Entry {
            id: TalkId(format!("slideslive-{}", 38_000_000 + number)),
            fingerprint: format!("{number:016x}"),
            title: format!("On the role of {} in {} and {}: part {number}", word(1), word(7), word(49)),
            authors: vec!["A. Noether".into(), "Kurt Gödel".into()],
            link: None,
            about: String::new(),
            session: format!("session {}", number / 40),
            length: Some(MediaTime::from_secs(300)),
            slides: 20,
            picture: None,
            broken: None,
            stamp: 0,
            root: Some("/talks".into()),
            path,
        }
    })
}

fn window(talk: &Path, folder: &Path, commands: &str, listed: usize) -> Harness<'static, Window> {
    let waker: plenary::Waker = Arc::new(|| {});
    let audio = AudioEngine::start(Output::Null, &waker).expect("a thread");
    let slides = SlideCache::new(64 << 20, 1, Arc::clone(&waker));
    let thumbs = SlideCache::of_thumbs(64 << 20, 1, Arc::clone(&waker), ThumbStore::nowhere());
    let mut app = App::new(audio, slides, thumbs, Opener::inline(), Settings::default(), Vec::new());
    let mut work = Work::stepped(&folder.join("data"), folder.join("notes"), &waker);
    entries(listed).for_each(|entry| work.library_mut().list(entry));
    app.keep_work(work);
    app.begin(Start { paths: vec![PathBuf::from(talk)], paused: Some(true), ..Start::default() });
    for _ in 0..3 {
        app.poll();
        app.step_work();
    }
    let run = |app: &mut App, commands: &str| {
        for command in plenary::command::parse::parse_all(commands).expect("commands") {
            app.run(command);
        }
    };
    for number in 0..NOTES {
        run(&mut app, &format!("seek {}; note add \"note **{number}** with some words and a #tag\"", 20 * number));
    }
    run(&mut app, commands);
    let mut app = Some(app);
    let mut harness = Harness::builder()
        .with_size([1920.0, 1080.0])
        .build_eframe(|creation| Window::new(&creation.egui_ctx, app.take().expect("once"), None));
    harness.run_steps(60);
    harness
}

fn frames(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let talk = TalkBuilder::new("38900020", "long")
        .slides((0..SLIDES).map(|slide| slide * 2_000))
        .sound("long-538900020.wav", 5.0)
        .write(folder.path());
    for (name, commands) in [
        ("a frame of the slide", "slide 300"),
        ("a frame of the slide and 60 notes", "slide 300; notes toggle"),
        ("a frame of the slide and the strip of slides", "slide 300; slides toggle"),
    ] {
        let mut window = window(&talk, folder.path(), commands, 0);
        criterion.bench_function(name, |bench| bench.iter(|| black_box(&mut window).step()));
    }
    for (name, commands, listed) in [
        ("a frame of 640 slides at once, scrolling", "slide 300; overview toggle", 0),
        ("a frame of 600 talks in lines, scrolling", "library toggle", 600),
        ("a frame of 600 talks in cards, scrolling", "library toggle; library cards", 600),
        ("a frame of 60000 talks in lines, scrolling", "library toggle", 60_000),
    ] {
        scroll(criterion, name, window(&talk, folder.path(), commands, listed));
    }
}

fn scroll(criterion: &mut Criterion, name: &str, mut window: Harness<'static, Window>) {
    window.hover_at(egui::pos2(900.0, 500.0));
    let mut down = true;
    criterion.bench_function(name, |bench| {
        bench.iter(|| {
            let delta = egui::vec2(0.0, if down { -3.0 } else { 3.0 });
            window.event(egui::Event::MouseWheel {
                unit: egui::MouseWheelUnit::Line,
                delta,
                modifiers: egui::Modifiers::NONE,
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Unknown,
            });
            down = !down;
            window.step();
        });
    });
}

criterion_group!(benches, frames);
criterion_main!(benches);

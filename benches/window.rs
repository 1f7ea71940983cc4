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
use plenary::slides::{SlideCache, ThumbStore};
use plenary::testing::TalkBuilder;
use plenary::ui::Window;

/// Slides of the talk.
const SLIDES: i64 = 640;
/// Notes on it.
const NOTES: usize = 60;

fn window(talk: &Path, folder: &Path, commands: &str) -> Harness<'static, Window> {
    let waker: plenary::Waker = Arc::new(|| {});
    let audio = AudioEngine::start(Output::Null, &waker).expect("a thread");
    let slides = SlideCache::new(64 << 20, 1, Arc::clone(&waker));
    let thumbs = SlideCache::of_thumbs(64 << 20, 1, Arc::clone(&waker), ThumbStore::nowhere());
    let mut app = App::new(audio, slides, thumbs, Opener::inline(), Settings::default(), Vec::new());
    app.keep_work(Work::stepped(&folder.join("data"), folder.join("notes"), &waker));
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
        let mut window = window(&talk, folder.path(), commands);
        criterion.bench_function(name, |bench| bench.iter(|| black_box(&mut window).step()));
    }
    let mut window = window(&talk, folder.path(), "slide 300; overview toggle");
    window.hover_at(egui::pos2(900.0, 500.0));
    let mut down = true;
    criterion.bench_function("a frame of 640 slides at once, scrolling", |bench| {
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

//! The window: the only folder that names the toolkit. It shows the application and turns what hands do into commands.

mod areas;
mod captions;
mod describe;
mod desk;
mod dialog;
mod film;
mod filmstrip;
mod finder;
mod hands;
mod header;
mod info;
mod input;
mod keycap;
mod keys;
mod library;
mod notes;
mod overview;
mod panel;
mod preview;
mod prompt;
mod queue;
mod search;
mod second;
mod sound;
mod speaker;
mod stage;
mod strip;
mod theme;
mod thumbs;
mod timeline;
mod transcript;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use egui::{Rect, Ui, ViewportCommand, pos2, vec2};

use crate::Waker;
use crate::app::films::Drawing;
use crate::app::notice::Severity;
use crate::app::view::{Panel, WindowPlace};
use crate::app::{App, SlideAction, WindowAction};
use crate::command::{Command, LibraryCommand, ListenCommand, SpeakerLayout, Theme};
use crate::remote::Remote;
use crate::time::MediaTime;
use areas::{Areas, PANEL, library_shown};
use crossbeam_channel::Receiver;
use describe::Describe;
use desk::Desk;
use dialog::{Asked, Dialog};
use film::FilmTexture;
use filmstrip::Filmstrip;
use finder::Finder;
use input::{KeyGrab, number_of};
use library::Library;
use notes::Notes;
use overview::Overview;
use prompt::Prompt;
use queue::Queue;
use search::Search;
use second::SecondWindow;
use stage::Textures;
use thumbs::Thumbs;
use timeline::Hover;
use transcript::TranscriptPane;

/// How long the strip stays after the pointer moved, where it does not lie on the slide, in seconds.
const LINGER: f64 = 2.0;
/// How near to the bottom edge the pointer brings the hidden strip up.
const EDGE_ZONE: f32 = 6.0;

/// Wakes a window that may not be there yet.
#[derive(Clone, Default)]
pub struct LateWaker(Arc<OnceLock<egui::Context>>);

impl LateWaker {
    /// What workers call.
    pub fn waker(&self) -> Waker {
        let context = Arc::clone(&self.0);
        Arc::new(move || {
            if let Some(context) = context.get() {
                // Not at once, which the toolkit takes for two frames.
                context.request_repaint_after(Duration::from_micros(1));
            }
        })
    }
}

/// Opens the window and runs until it is closed.
///
/// # Errors
/// A sentence, where no window can be had.
pub fn run(
    app: App,
    remote: Option<Remote>,
    others: Option<Receiver<Vec<PathBuf>>>,
    waker: &LateWaker,
) -> Result<(), String> {
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon/plenary-256.png"));
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Plenary")
        .with_app_id("org.plenary.Plenary")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([640.0, 360.0])
        .with_fullscreen(app.view().fullscreen)
        .with_drag_and_drop(true);
    if let Ok(icon) = icon {
        viewport = viewport.with_icon(icon);
    }
    if let Some(place) = app.view().window {
        #[expect(clippy::cast_precision_loss, reason = "points of a desktop")]
        let (corner, size) = (pos2(place.x as f32, place.y as f32), vec2(place.width as f32, place.height as f32));
        viewport = viewport.with_position(corner).with_inner_size(size).with_maximized(place.maximized);
    }
    let options = eframe::NativeOptions {
        viewport,
        // Slides are shown as they are: nothing may be added to a pixel.
        dithering: false,
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    let waker = waker.clone();
    let create = move |creation: &eframe::CreationContext<'_>| {
        waker.0.set(creation.egui_ctx.clone()).ok();
        let mut window = Window::new(&creation.egui_ctx, app, remote);
        window.app.draw_films_with(creation.gl.as_ref().map_or(Drawing::Simple, |gl| film::drawing(gl)));
        window.others = others;
        Ok(Box::new(window) as Box<dyn eframe::App>)
    };
    eframe::run_native("plenary", options, Box::new(create)).map_err(|error| format!("Cannot open a window: {error}"))
}

/// The application in its window.
pub struct Window {
    app: App,
    remote: Option<Remote>,
    /// What everything but drawing took in this frame.
    thought: MediaTime,
    /// What other Plenarys that were started hand over.
    others: Option<Receiver<Vec<PathBuf>>>,
    keys: Receiver<Command>,
    textures: Textures,
    speaker: FilmTexture,
    dialog: Dialog,
    title: String,
    theme: Option<Theme>,
    fullscreen: bool,
    /// The hidden strip has been brought up by the pointer.
    peeking: bool,
    /// When the pointer last moved, in the toolkit's time.
    moved: f64,
    hover: Option<Hover>,
    thumbs: Thumbs,
    overview: Overview,
    filmstrip: Filmstrip,
    describe: Describe,
    notes: Notes,
    prompt: Prompt,
    desk: Desk,
    second: SecondWindow,
    library: Library,
    queue: Queue,
    transcript: TranscriptPane,
    search: Search,
    finder: Finder,
    /// Tells the keys where they act.
    place: Arc<AtomicU8>,
    /// Tells the keys whether a text is being written.
    writing: Arc<AtomicBool>,
}

impl Window {
    /// Around an application; sets the toolkit's fonts and colours.
    pub fn new(ctx: &egui::Context, app: App, remote: Option<Remote>) -> Self {
        theme::install(ctx);
        let place = Arc::<AtomicU8>::default();
        let writing = Arc::<AtomicBool>::default();
        let (grab, keys) = KeyGrab::new(app.keymap().clone(), Arc::clone(&place), Arc::clone(&writing));
        ctx.add_plugin(grab);
        let context = ctx.clone();
        let desk = Desk::new(Arc::new(move || context.request_repaint()));
        Self {
            fullscreen: app.view().fullscreen,
            app,
            remote,
            thought: MediaTime::ZERO,
            others: None,
            keys,
            textures: Textures::default(),
            speaker: FilmTexture::default(),
            dialog: Dialog::default(),
            title: String::new(),
            theme: None,
            peeking: false,
            moved: f64::NEG_INFINITY,
            hover: None,
            thumbs: Thumbs::default(),
            overview: Overview::default(),
            filmstrip: Filmstrip::default(),
            describe: Describe::default(),
            notes: Notes::default(),
            prompt: Prompt::default(),
            desk,
            second: SecondWindow::default(),
            library: Library::default(),
            queue: Queue::default(),
            transcript: TranscriptPane::default(),
            search: Search::default(),
            finder: Finder::default(),
            place,
            writing,
        }
    }

    /// The application, for tests.
    pub fn app(&mut self) -> &mut App {
        &mut self.app
    }

    /// Everything but drawing.
    fn think(&mut self, ctx: &egui::Context) {
        self.app.poll();
        for command in self.keys.try_iter() {
            self.app.run(command);
        }
        if let Some(remote) = &mut self.remote {
            remote.poll(&mut self.app);
        }
        for (asked, path) in self.dialog.poll() {
            self.app.run(match asked {
                Asked::Talk => Command::Open(path),
                Asked::Root => Command::Library(LibraryCommand::Add(path)),
            });
        }
        let handed: Vec<Vec<PathBuf>> = self.others.iter().flat_map(|others| others.try_iter()).collect();
        for paths in handed {
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
            self.app.open_handed(paths);
        }
        for (severity, what) in self.desk.poll() {
            self.app.tell(severity, what);
        }
        self.take_drops(ctx);
        self.note_place(ctx);
        for action in self.app.take_actions() {
            self.act(ctx, action);
        }
        self.show_state(ctx);
    }

    fn take_drops(&mut self, ctx: &egui::Context) {
        let dropped: Vec<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        for (number, path) in dropped.into_iter().enumerate() {
            self.app.run(if number == 0 { Command::Open(path) } else { Command::Append(path) });
        }
    }

    /// The window is there again at the next start. Where it was before it filled the desktop or the screen stays known.
    fn note_place(&mut self, ctx: &egui::Context) {
        let known = self.app.view().window;
        let place = ctx.input(|input| {
            let viewport = input.viewport();
            let maximized = viewport.maximized.unwrap_or(false);
            if viewport.fullscreen.unwrap_or(false) || viewport.minimized.unwrap_or(false) {
                return known;
            }
            if maximized && known.is_some() {
                return known.map(|known| WindowPlace { maximized, ..known });
            }
            // Where the window manager does not tell, as on Wayland, only the size is known.
            let (inner, outer) = (viewport.inner_rect?, viewport.outer_rect.or(viewport.inner_rect)?);
            #[expect(clippy::cast_possible_truncation, reason = "points of a desktop; a cast of a float saturates")]
            let whole = |points: f32| points.round() as i32;
            Some(WindowPlace {
                x: whole(outer.left()),
                y: whole(outer.top()),
                width: whole(inner.width()),
                height: whole(inner.height()),
                maximized,
            })
        });
        if let Some(place) = place.filter(WindowPlace::is_sane) {
            self.app.set_window(place);
        }
    }

    fn act(&mut self, ctx: &egui::Context, action: WindowAction) {
        match action {
            WindowAction::OpenDialog | WindowAction::RootDialog => {
                let asked = if action == WindowAction::OpenDialog { Asked::Talk } else { Asked::Root };
                if let Err(why) = self.dialog.open(ctx, asked) {
                    self.app.tell(Severity::Error, why);
                }
            }
            WindowAction::Slide(action, file) => {
                if let Err(why) = self.desk.begin(action, file) {
                    self.app.tell(Severity::Error, why);
                }
            }
            WindowAction::OpenFile(file) => {
                if let Err(why) = self.desk.begin(SlideAction::Open, file) {
                    self.app.tell(Severity::Error, why);
                }
            }
            WindowAction::CopyText(text) => ctx.copy_text(text),
            WindowAction::Screenshot(path) => {
                let callback = egui::ScreenshotCallback::new(move |image| save(&path, &image));
                ctx.send_viewport_cmd(ViewportCommand::Screenshot(callback));
                ctx.request_repaint();
            }
        }
    }

    /// Brings the window's own state in line with the application's.
    fn show_state(&mut self, ctx: &egui::Context) {
        let title =
            self.app.player().talk().map_or_else(|| "Plenary".to_owned(), |talk| format!("{} – Plenary", talk.title));
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        self.tell_keys();
        let view = self.app.view();
        if view.fullscreen != self.fullscreen {
            self.fullscreen = view.fullscreen;
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(view.fullscreen));
        }
        if self.theme != Some(view.theme) {
            self.theme = Some(view.theme);
            ctx.set_theme(match view.theme {
                Theme::Light => egui::ThemePreference::Light,
                Theme::Dark => egui::ThemePreference::Dark,
                Theme::System => egui::ThemePreference::System,
            });
        }
        if self.app.quitting() {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Says where keys act, and whether they type.
    fn tell_keys(&self) {
        let view = self.app.view();
        self.place.store(number_of(view.place()), Ordering::Relaxed);
        self.writing.store(view.asks() || self.app.field().is_some(), Ordering::Relaxed);
    }

    fn draw(&mut self, ui: &mut Ui) {
        let mut out = Vec::new();
        let areas = Areas::lay(ui.max_rect(), &self.app, ui.pixels_per_point());
        self.thumbs.begin();
        if !library_shown(&self.app) {
            self.library.close();
        }
        self.app.set_pane(stage::physical(areas.stage, ui.pixels_per_point()));
        if self.app.view().search.is_none() {
            self.search.close();
        }
        if self.app.view().overview.is_none() {
            self.overview.close();
        }
        if self.app.view().search.is_some() {
            self.search.ui(&mut self.app, ui, areas.stage, &mut self.thumbs, &mut out);
        } else if library_shown(&self.app) {
            self.library.ui(&mut self.app, ui, areas.stage, &mut self.thumbs, &mut out);
        } else if self.app.view().overview.is_some() {
            self.overview.ui(&mut self.app, ui, areas.stage, &mut self.thumbs, &mut out);
        } else {
            if self.app.speaker_layout() != SpeakerLayout::Only {
                stage::ui(&self.app, ui, areas.stage, &mut self.textures);
            }
            match areas.speaker {
                Some(rect) => speaker::ui(&self.app, ui, rect, &mut self.speaker),
                None => self.speaker.forget(),
            }
            hands::on_stage(&mut self.app, ui, areas.stage, &mut out);
        }
        if let Some(rect) = areas.captions {
            captions::ui(&self.app, ui, rect);
        }
        if let Some(rect) = areas.header {
            header::ui(&self.app, ui, rect, &mut out);
        }
        if self.app.view().panel != Some(Panel::Info) || !self.app.view().describing {
            self.describe.leave(&self.app, &mut out);
        }
        if let Some(rect) = areas.panel {
            match self.app.view().panel {
                Some(Panel::Keys) => keys::ui(&self.app, ui, rect, &mut out),
                Some(Panel::Info) => info::ui(&self.app, ui, rect, &mut self.describe, &mut out),
                Some(Panel::Slides) => self.filmstrip.ui(&self.app, ui, rect, &mut self.thumbs, &mut out),
                Some(Panel::Queue) => self.queue.ui(&self.app, ui, rect, &mut self.thumbs, &mut out),
                Some(Panel::Transcript) => self.transcript.ui(&mut self.app, ui, rect, &mut out),
                Some(Panel::Sound) => sound::ui(&self.app, ui, rect, &mut out),
                Some(Panel::Notes) => self.notes.ui(&self.app, ui, rect, &mut self.thumbs, &mut out),
                None => {}
            }
            if rect.left() > ui.max_rect().left() {
                panel::edge(ui, rect, ui.max_rect(), PANEL, &mut out);
            }
        }
        let strip = areas.strip.or_else(|| self.peek(ui));
        if !self.app.view().asking {
            self.prompt.close();
        }
        let shown = strip.map(|rect| strip::ui(&self.app, ui, rect, &mut self.prompt, &mut out));
        self.hover = shown.as_ref().and_then(|shown| shown.hover);
        if let (Some(hover), Some(strip), Some(shown)) = (self.hover, strip, shown) {
            let room = preview::Room { strip, free: shown.free, stage: areas.stage };
            preview::ui(&self.app, ui, &room, hover, &mut self.thumbs);
        }
        if self.app.view().finder {
            self.finder.ui(&self.app, ui, &mut out);
        } else {
            self.finder.close();
        }
        self.second.ui(&mut self.app, ui.ctx(), &mut out);
        self.thumbs.finish(&mut self.app);
        if !out.is_empty() {
            for command in out {
                self.app.run(command);
            }
            // Keys that come before the next frame are meant for what it will show.
            self.tell_keys();
        }
    }

    /// With everything hidden, the strip comes up while the pointer moves, if it does not lie on the slide; if it would,
    /// only while the pointer is at the bottom edge. It goes at once.
    fn peek(&mut self, ui: &Ui) -> Option<Rect> {
        let whole = ui.max_rect();
        let strip = Rect::from_min_max(pos2(whole.left(), whole.bottom() - strip::HEIGHT), whole.max);
        let (now, moving, held, pointer) = ui.input(|input| {
            let moving = input.pointer.delta() != egui::Vec2::ZERO;
            (input.time, moving, input.pointer.any_down(), input.pointer.hover_pos())
        });
        if moving {
            self.moved = now;
        }
        let zone = if self.peeking { strip } else { strip.with_min_y(whole.bottom() - EDGE_ZONE) };
        let near = pointer.is_some_and(|at| zone.contains(at));
        let asked = self.app.view().asking;
        let left = self.moved + LINGER - now;
        let lingers = left > 0.0 && self.beside_slide(strip, ui.pixels_per_point());
        self.peeking = near || asked || lingers || (self.peeking && held);
        if lingers && let Ok(left) = Duration::try_from_secs_f64(left) {
            ui.ctx().request_repaint_after(left);
        }
        if self.app.view().fullscreen && !self.peeking && left <= 0.0 {
            ui.ctx().set_cursor_icon(egui::CursorIcon::None);
        }
        self.peeking.then_some(strip)
    }

    /// Whether the slide leaves this part of the window free.
    fn beside_slide(&self, strip: Rect, pixels_per_point: f32) -> bool {
        let strip = stage::physical(strip, pixels_per_point);
        self.app.slide_rect().is_none_or(|slide| {
            let bottom = i64::from(slide.y) + i64::from(slide.size.height);
            bottom <= i64::from(strip.y)
        })
    }

    /// Asks to be drawn again when something will have changed by itself.
    fn schedule(&self, ctx: &egui::Context) {
        let Some(change) = self.app.next_change() else { return };
        let wait = (change - self.app.now()).max_zero();
        if let Ok(wait) = Duration::try_from_secs_f64(wait.secs_f64()) {
            ctx.request_repaint_after(wait);
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        let begun = self.app.now();
        self.think(ctx);
        self.schedule(ctx);
        self.thought = self.app.now() - begun;
        // Nothing is drawn while the window is hidden, after which it would be told otherwise.
        let hidden = ctx.input(|input| input.viewport().visible() == Some(false));
        self.app.set_unseen(hidden);
        if let Some(remote) = self.remote.as_ref().filter(|_| hidden) {
            remote.publish(&self.app);
        }
    }

    /// Also called while the window is hidden, when nobody else is told that it has lost the keys.
    fn raw_input_hook(&mut self, _ctx: &egui::Context, input: &mut egui::RawInput) {
        let lost = input.events.contains(&egui::Event::WindowFocused(false));
        if lost && self.app.holds_rate() {
            self.app.run(Command::Listen(ListenCommand::ReleaseRate));
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        if let Some(remote) = &self.remote {
            remote.count_frame();
        }
        let begun = self.app.now();
        self.draw(ui);
        self.schedule(ui.ctx());
        if let Some(remote) = &self.remote {
            remote.count_work(self.thought + self.app.now() - begun);
        }
        if let Some(remote) = &mut self.remote {
            remote.publish(&self.app);
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.app.finish();
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}

fn save(path: &std::path::Path, image: &egui::ColorImage) {
    let (width, height) = (u32::try_from(image.width()), u32::try_from(image.height()));
    let (Ok(width), Ok(height)) = (width, height) else { return };
    let rgba: Vec<u8> = image.pixels.iter().flat_map(egui::Color32::to_array).collect();
    let path = path.to_owned();
    let write = move || {
        if let Err(error) = crate::persist::write_png(&path, width, height, rgba) {
            tracing::error!("cannot save the picture of the window: {error}");
        }
    };
    if let Err(error) = std::thread::Builder::new().name("screenshot".into()).spawn(write) {
        tracing::error!("cannot save the picture of the window: {error}");
    }
}

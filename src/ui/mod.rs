//! The window: the only folder that names the toolkit. It shows the application and turns what hands do into commands.

mod dialog;
mod header;
mod info;
mod input;
mod keycap;
mod keys;
mod panel;
mod stage;
mod strip;
mod theme;
mod timeline;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use egui::{Rangef, Rect, Ui, ViewportCommand, pos2, vec2};

use crate::Waker;
use crate::app::notice::Severity;
use crate::app::view::Panel;
use crate::app::{App, WindowAction};
use crate::command::{Command, Theme};
use crate::remote::Remote;
use crossbeam_channel::Receiver;
use dialog::Dialog;
use input::KeyGrab;
use stage::Textures;
use timeline::Hover;

/// Below this height the header makes room for the slide.
const HEADER_FROM: f32 = 520.0;
/// Below this width a panel takes the slide's place instead of standing beside it.
const BESIDE_FROM: f32 = 900.0;
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
pub fn run(app: App, remote: Option<Remote>, waker: &LateWaker) -> Result<(), String> {
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon/plenary-256.png"));
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Plenary")
        .with_app_id("org.plenary.Plenary")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([480.0, 300.0])
        .with_fullscreen(app.view().fullscreen)
        .with_drag_and_drop(true);
    if let Ok(icon) = icon {
        viewport = viewport.with_icon(icon);
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
        Ok(Box::new(Window::new(&creation.egui_ctx, app, remote)) as Box<dyn eframe::App>)
    };
    eframe::run_native("plenary", options, Box::new(create)).map_err(|error| format!("Cannot open a window: {error}"))
}

/// The application in its window.
pub struct Window {
    app: App,
    remote: Option<Remote>,
    keys: Receiver<Command>,
    textures: Textures,
    dialog: Dialog,
    title: String,
    theme: Option<Theme>,
    fullscreen: bool,
    /// The hidden strip has been brought up by the pointer.
    peeking: bool,
    hover: Option<Hover>,
}

impl Window {
    /// Around an application; sets the toolkit's fonts and colours.
    pub fn new(ctx: &egui::Context, app: App, remote: Option<Remote>) -> Self {
        theme::install(ctx);
        let (grab, keys) = KeyGrab::new(app.keymap().clone());
        ctx.add_plugin(grab);
        Self {
            fullscreen: app.view().fullscreen,
            app,
            remote,
            keys,
            textures: Textures::default(),
            dialog: Dialog::default(),
            title: String::new(),
            theme: None,
            peeking: false,
            hover: None,
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
        for path in self.dialog.poll() {
            self.app.run(Command::Open(path));
        }
        self.take_drops(ctx);
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

    fn act(&mut self, ctx: &egui::Context, action: WindowAction) {
        match action {
            WindowAction::OpenDialog => {
                if let Err(why) = self.dialog.open(ctx) {
                    self.app.tell(Severity::Error, why);
                }
            }
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

    fn draw(&mut self, ui: &mut Ui) {
        let mut out = Vec::new();
        let areas = Areas::lay(ui.max_rect(), &self.app, ui.pixels_per_point());
        self.app.set_pane(stage::physical(areas.stage, ui.pixels_per_point()));
        stage::ui(&self.app, ui, areas.stage, &mut self.textures);
        self.listen_to_stage(ui, areas.stage, &mut out);
        if let Some(rect) = areas.header {
            header::ui(&self.app, ui, rect, &mut out);
        }
        if let Some(rect) = areas.panel {
            match self.app.view().panel {
                Some(Panel::Keys) => keys::ui(&self.app, ui, rect, &mut out),
                Some(Panel::Info) => info::ui(&self.app, ui, rect, &mut out),
                None => {}
            }
        }
        let strip = areas.strip.or_else(|| self.peek(ui));
        let shown = strip.map(|rect| strip::ui(&self.app, ui, rect, &mut out));
        self.hover = shown.as_ref().and_then(|shown| shown.hover);
        self.preview(ui, strip, shown.map(|shown| shown.free));
        for command in out {
            self.app.run(command);
        }
    }

    /// A double click on the slide fills the screen.
    fn listen_to_stage(&self, ui: &Ui, rect: Rect, out: &mut Vec<Command>) {
        let response = ui.interact(rect, ui.scope_id().with("stage"), egui::Sense::click());
        if response.double_clicked() {
            out.push(Command::ToggleFullscreen);
        }
    }

    /// With everything hidden, the strip comes up while the pointer is at the bottom edge, and goes at once.
    fn peek(&mut self, ui: &Ui) -> Option<Rect> {
        let whole = ui.max_rect();
        let strip = Rect::from_min_max(pos2(whole.left(), whole.bottom() - strip::HEIGHT), whole.max);
        let zone = if self.peeking { strip } else { strip.with_min_y(whole.bottom() - EDGE_ZONE) };
        let held = ui.input(|input| input.pointer.any_down());
        let near = ui.input(|input| input.pointer.hover_pos()).is_some_and(|at| zone.contains(at));
        self.peeking = near || (self.peeking && held);
        self.peeking.then_some(strip)
    }

    fn preview(&mut self, ui: &Ui, strip: Option<Rect>, free: Option<Rangef>) {
        let slide = self.hover.and_then(|hover| hover.slide);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some dozen pixels")]
        let height = (strip::PREVIEW * ui.pixels_per_point()).round() as u32;
        self.app.set_hovered(slide.map(|slide| (slide, height)));
        let (Some(hover), Some(strip), Some(free)) = (self.hover, strip, free) else {
            self.textures.drop_preview();
            return;
        };
        let texture = self.textures.preview(ui, self.app.preview());
        strip::preview(&self.app, ui, strip, free, hover, texture.as_ref());
    }

    /// Asks to be drawn again when something will have changed by itself.
    fn schedule(&self, ctx: &egui::Context) {
        let Some(change) = self.app.next_change() else { return };
        let wait = (change - self.app.now()).max_zero();
        // The toolkit wakes up one predicted frame early; once more for that would draw the same twice.
        let early = ctx.input(|input| input.predicted_dt);
        let wait = wait.secs_f64() + f64::from(early);
        if let Ok(wait) = Duration::try_from_secs_f64(wait) {
            ctx.request_repaint_after(wait);
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.think(ctx);
        self.schedule(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        if let Some(remote) = &self.remote {
            remote.count_frame();
        }
        self.draw(ui);
        self.schedule(ui.ctx());
        if let Some(remote) = &mut self.remote {
            remote.publish(&self.app);
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}

/// Where everything lies in the window.
struct Areas {
    stage: Rect,
    header: Option<Rect>,
    strip: Option<Rect>,
    panel: Option<Rect>,
}

impl Areas {
    fn lay(whole: Rect, app: &App, pixels_per_point: f32) -> Self {
        let snap = |points: f32| (points * pixels_per_point).round() / pixels_per_point;
        let hidden = app.view().bare || app.view().fullscreen;
        let mut stage = whole;
        let strip = (!hidden).then(|| {
            stage.max.y = snap((whole.bottom() - strip::HEIGHT).max(whole.top()));
            Rect::from_min_max(pos2(whole.left(), stage.max.y), whole.max)
        });
        let header = (!hidden && whole.height() >= HEADER_FROM).then(|| {
            stage.min.y = snap(whole.top() + header::HEIGHT);
            Rect::from_min_size(whole.min, vec2(whole.width(), stage.min.y - whole.top()))
        });
        let panel = app.view().panel.map(|_| {
            let beside = whole.width() >= BESIDE_FROM;
            let left = if beside { snap(whole.right() - theme::PANEL_WIDTH) } else { whole.left() };
            let rect = Rect::from_min_max(pos2(left, stage.top()), stage.max);
            if beside {
                stage.max.x = left;
            }
            rect
        });
        Self { stage, header, strip, panel }
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

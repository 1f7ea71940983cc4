//! Where sound goes, beside the slide: the devices to choose from, how much later than it says the one in use is heard, and
//! whether slides that are films are heard.

use std::sync::Arc;

use egui::{Align2, Galley, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::theme::{self, EDGE, Palette, UNIT};
use super::{info, keycap, panel};
use crate::app::App;
use crate::app::sound::lag_text;
use crate::audio::sink::device::SYSTEM_DEFAULT;
use crate::audio::{Choice, Device};
use crate::command::{Command, ListenCommand, SoundCommand};
use crate::time::MediaTime;

/// Height of a device.
const ROW: f32 = 52.0;
/// Height of a button.
const BUTTON: f32 = 28.0;
/// Radius of the mark before a device.
const MARK: f32 = 6.0;

/// Draws the panel into `rect`.
pub fn ui(app: &App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) {
    let body = panel::ui(ui, rect, "Sound", Command::Sound(SoundCommand::Devices), out);
    let mut list = ui.new_child(UiBuilder::new().max_rect(body));
    ScrollArea::vertical().auto_shrink(false).id_salt("sound").show(&mut list, |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        devices(app, ui, out);
        latency(app, ui, out);
        films(app, ui, out);
        ui.allocate_space(vec2(1.0, EDGE));
    });
}

/// Whether slides that are films are heard with their own sound.
fn films(app: &App, ui: &mut Ui, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    info::heading(ui, "Films in slides");
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), BUTTON));
    let (name, on) = ("Heard with the talk", app.player().clip_sound());
    let response = ui.interact(rect, ui.scope_id().with("clip sound"), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect.shrink2(vec2(2.0 * UNIT, 0.0)), theme::CORNER, palette.raised);
    }
    let centre = pos2(rect.left() + EDGE + MARK, rect.center().y);
    let square = Rect::from_center_size(centre, vec2(2.0 * MARK, 2.0 * MARK));
    let ring = if on { palette.accent } else { palette.muted };
    ui.painter().rect_stroke(square, 2.0, Stroke::new(1.5, ring), StrokeKind::Inside);
    if on {
        ui.painter().rect_filled(square.shrink(3.0), 1.0, palette.accent);
    }
    let left = pos2(square.right() + 3.0 * UNIT, rect.center().y);
    ui.painter().text(left, Align2::LEFT_CENTER, name, theme::body(), palette.text);
    if response.clicked() {
        out.push(Command::Listen(ListenCommand::ToggleClipSound));
    }
}

fn devices(app: &App, ui: &mut Ui, out: &mut Vec<Command>) {
    let (choice, listing) = (&app.view().sound.choice, app.player().devices());
    let default = listing.chosen(&Choice::Default).map(|device| device.name.as_str());
    let state = |device: &Device| match app.player().device() {
        Some(used) if used.id == device.id => "in use",
        _ => "",
    };
    let system = default.map_or_else(|| "whatever the system takes".to_owned(), |name| format!("now {name}"));
    row(ui, SYSTEM_DEFAULT, *choice == Choice::Default, &system, "default", out);
    for device in listing.devices() {
        let chosen = matches!(choice, Choice::Device(chosen) if chosen.id == device.id);
        row(ui, &device.name, chosen, state(device), &device.id, out);
    }
    if let Choice::Device(chosen) = choice
        && listing.meant(chosen).is_none()
    {
        row(ui, &chosen.name, true, "not there now; nothing sounds elsewhere meanwhile", &chosen.id, out);
    }
}

/// A device and what is to be said of it.
fn row(ui: &mut Ui, name: &str, chosen: bool, state: &str, id: &str, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    let response = ui.interact(rect, ui.scope_id().with(("device", id)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect.shrink2(vec2(2.0 * UNIT, 0.0)), theme::CORNER, palette.raised);
    }
    let mark = pos2(rect.left() + EDGE + MARK, rect.center().y);
    let ring = if chosen { palette.accent } else { palette.muted };
    ui.painter().circle_stroke(mark, MARK, Stroke::new(1.5, ring));
    if chosen {
        ui.painter().circle_filled(mark, MARK - 3.0, palette.accent);
    }
    let left = rect.left() + EDGE + 2.0 * MARK + 3.0 * UNIT;
    let line = |text: &str, font, color| {
        let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
        job.wrap = egui::text::TextWrapping::truncate_at_width((rect.right() - EDGE - left).max(40.0));
        ui.painter().layout_job(job)
    };
    let (first, second) = (line(name, theme::body(), palette.text), line(state, theme::small(), palette.muted));
    let height = first.size().y + if state.is_empty() { 0.0 } else { second.size().y };
    let top = rect.center().y - height / 2.0;
    let below = top + first.size().y;
    ui.painter().galley(pos2(left, top), first, palette.text);
    if !state.is_empty() {
        ui.painter().galley(pos2(left, below), second, palette.muted);
    }
    if response.clicked() {
        out.push(Command::Sound(SoundCommand::Choose(id.to_owned())));
    }
}

fn latency(app: &App, ui: &mut Ui, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    let Some(lag) = app.lag() else { return };
    let name = app.sounding_device().map_or("", |device| device.name.as_str());
    info::heading(ui, &format!("Latency of {name}"));
    info::paragraph(ui, &lag_text(lag.millis()), theme::body(), palette.text);
    ui.allocate_space(vec2(1.0, 2.0 * UNIT));
    let by = |ms| Command::Sound(SoundCommand::LagBy(MediaTime::from_millis(ms)));
    let mut line = line_of_buttons(ui);
    let mut left = line.left();
    for (word, command) in [("−10 ms", by(-10)), ("+10 ms", by(10)), ("Reset", Command::Sound(SoundCommand::LagReset))]
    {
        let button = Button::new(app, ui, word, &command);
        if left + button.width > line.right() && left > line.left() {
            ui.allocate_space(vec2(1.0, 2.0 * UNIT));
            line = line_of_buttons(ui);
            left = line.left();
        }
        let rect = Rect::from_min_size(pos2(left, line.top()), vec2(button.width, BUTTON));
        left = rect.right() + 2.0 * UNIT;
        if button.ui(ui, rect) {
            out.push(command);
        }
    }
    ui.allocate_space(vec2(1.0, 3.0 * UNIT));
    let advice = "A headset on the air is heard later than it says. Where slides come before the words, raise this until \
                  they come together; each device keeps its own.";
    info::paragraph(ui, advice, theme::small(), palette.muted);
}

fn line_of_buttons(ui: &mut Ui) -> Rect {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), BUTTON));
    rect.shrink2(vec2(EDGE, 0.0))
}

/// A word to be pressed, with its key.
struct Button {
    word: &'static str,
    galley: Arc<Galley>,
    key: Option<String>,
    width: f32,
}

impl Button {
    fn new(app: &App, ui: &Ui, word: &'static str, command: &Command) -> Self {
        let galley = ui.painter().layout_no_wrap(word.to_owned(), theme::small_strong(), Palette::of(ui).text);
        let key = app.keymap().keys_for(command).first().map(|key| key.pretty());
        let wide = key.as_deref().map_or(0.0, |key| keycap::width(ui, key) + 1.5 * UNIT);
        let width = galley.size().x + wide + 5.0 * UNIT;
        Self { word, galley, key, width }
    }

    /// Draws it; whether it was pressed.
    fn ui(self, ui: &Ui, rect: Rect) -> bool {
        let palette = Palette::of(ui);
        let response = ui.interact(rect, ui.scope_id().with(self.word), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Latency: {}", self.word)));
        let ground = if response.hovered() { palette.line } else { palette.raised };
        ui.painter().rect_filled(rect, theme::CORNER, ground);
        if response.has_focus() {
            ui.painter().rect_stroke(rect, theme::CORNER, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
        }
        let mut x = rect.left() + 2.5 * UNIT;
        if let Some(key) = self.key {
            x = keycap::paint(ui, pos2(x, rect.center().y), &key) + 1.5 * UNIT;
        }
        let place = Align2::LEFT_CENTER.anchor_size(pos2(x, rect.center().y), self.galley.size());
        ui.painter().galley(place.min, self.galley, palette.text);
        response.clicked()
    }
}

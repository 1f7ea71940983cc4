//! Commands and talks, found by their letters: a field and what fits, above everything else.

use egui::{
    Align2, Area, Id, Key, Modifiers, Order, Rect, ScrollArea, Sense, StrokeKind, TextEdit, Ui, UiBuilder, pos2, vec2,
};

use super::keycap;
use super::theme::{self, Palette, UNIT};
use crate::app::App;
use crate::app::finder::{Action, Chosen, Finder as Matcher, Found};
use crate::command::{Command, LibraryCommand};

/// Lines that are seen at once.
const LINES: usize = 12;
const LINE: f32 = 36.0;
const FIELD: f32 = 56.0;
/// Width in a window that has the room.
const WIDTH: f32 = 680.0;
/// Beside the text of field and lines.
const MARGIN: f32 = 5.0 * UNIT;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct Finder {
    matcher: Matcher,
    open: bool,
    text: String,
    /// The state of the catalogue in which it was looked for.
    version: u64,
    actions: Vec<Action>,
    found: Vec<Found>,
    chosen: usize,
    /// What is chosen is to be brought into sight.
    moved: bool,
}

impl Finder {
    /// Draws the finder into the middle of the window.
    pub fn ui(&mut self, app: &App, ui: &mut Ui, out: &mut Vec<Command>) {
        let catalogue = app.library().catalogue();
        if !self.open {
            let matcher = std::mem::take(&mut self.matcher);
            *self = Self { matcher, open: true, actions: app.actions(), ..Self::default() };
            self.look(app);
        } else if self.version != catalogue.version() {
            self.look(app);
        } else if self.matcher.unfinished(catalogue.rows()) {
            self.found = self.matcher.go_on(catalogue.rows());
        }
        self.take_keys(app, ui, out);
        if self.matcher.unfinished(catalogue.rows()) {
            ui.ctx().request_repaint();
        }
        let whole = ui.ctx().content_rect();
        let width = WIDTH.min(whole.width() - 8.0 * UNIT);
        let top = whole.top() + (whole.height() * 0.12).clamp(3.0 * UNIT, 120.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few lines")]
        let fitting = (((whole.bottom() - top - FIELD - 6.0 * UNIT) / LINE) as usize).clamp(1, LINES);
        #[expect(clippy::cast_precision_loss, reason = "a few lines")]
        let lines = self.found.len().clamp(1, fitting) as f32 * LINE;
        let size = vec2(width, FIELD + lines + 2.0 * UNIT);
        let rect = Rect::from_min_size(pos2((whole.center().x - width / 2.0).round(), top.round()), size);
        // Whatever is behind it is not pressed through it.
        Area::new(Id::unique("finder")).order(Order::Foreground).fixed_pos(whole.min).show(ui.ctx(), |ui| {
            let behind = ui.interact(whole, ui.scope_id().with("behind"), Sense::click());
            if behind.clicked() && behind.interact_pointer_pos().is_some_and(|at| !rect.contains(at)) {
                out.push(Command::Finder);
            }
            let palette = Palette::of(ui);
            ui.painter().rect_filled(whole, 0.0, palette.surround.gamma_multiply(0.6));
            ui.painter().rect(rect, 8, palette.panel, palette.rule(), StrokeKind::Outside);
            self.field(app, ui, rect.with_max_y(rect.top() + FIELD));
            let list = rect.with_min_y(rect.top() + FIELD).with_max_y(rect.bottom() - UNIT);
            ui.painter().hline(rect.x_range(), ui.painter().round_to_pixel_center(list.top()), palette.rule());
            self.list(app, ui, list.with_min_y(list.top() + UNIT), out);
        });
    }

    /// It was closed.
    pub fn close(&mut self) {
        self.open = false;
        self.actions.clear();
        self.found.clear();
    }

    fn look(&mut self, app: &App) {
        let catalogue = app.library().catalogue();
        self.version = catalogue.version();
        self.found = self.matcher.find(&self.text, &self.actions, catalogue.rows());
        self.chosen = self.chosen.min(self.found.len().saturating_sub(1));
    }

    fn take_keys(&mut self, app: &App, ui: &Ui, out: &mut Vec<Command>) {
        let last = self.found.len().saturating_sub(1);
        let (by, entered, left) = ui.input_mut(|input| {
            let mut by = 0_isize;
            for (key, step) in [
                (Key::ArrowUp, -1),
                (Key::ArrowDown, 1),
                (Key::PageUp, -LINES.cast_signed()),
                (Key::PageDown, LINES.cast_signed()),
            ] {
                by += input.count_and_consume_key(Modifiers::NONE, key).cast_signed() * step;
            }
            let entered = input.consume_key(Modifiers::NONE, Key::Enter);
            (by, entered, input.consume_key(Modifiers::NONE, Key::Escape))
        });
        if by != 0 {
            self.chosen = self.chosen.saturating_add_signed(by).min(last);
            self.moved = true;
        }
        if entered {
            // The first is meant to be the best of all.
            let rows = app.library().catalogue().rows();
            while self.chosen == 0 && self.matcher.unfinished(rows) {
                self.found = self.matcher.go_on(rows);
            }
            self.choose(app, self.chosen, out);
        } else if left {
            out.push(Command::Finder);
        }
    }

    /// Closes, and does it.
    fn choose(&mut self, app: &App, at: usize, out: &mut Vec<Command>) {
        let Some(found) = self.found.get(at) else { return };
        out.push(Command::Finder);
        match *found {
            Found::Action(at) => {
                let Some(action) = self.actions.get(at) else { return };
                self.matcher.chose(Chosen::Command(action.command.clone()));
                out.push(action.command.clone());
            }
            Found::Talk(at) => {
                let Some(row) = app.library().catalogue().rows().get(at) else { return };
                let path = row.entry.path.clone();
                self.matcher.chose(Chosen::Talk(path.clone()));
                out.push(Command::Library(LibraryCommand::Play(path)));
            }
        }
    }

    fn field(&mut self, app: &App, ui: &mut Ui, rect: Rect) {
        let palette = Palette::of(ui);
        let esc = keycap::paint_right(ui, pos2(rect.right() - MARGIN, rect.center().y), "Esc");
        let inner =
            Rect::from_min_max(pos2(rect.left() + MARGIN, rect.top() + 8.0), pos2(esc - 8.0, rect.bottom() - 8.0));
        let edit = TextEdit::singleline(&mut self.text)
            .id(Id::unique("find a command or a talk"))
            .font(theme::body())
            .frame(egui::Frame::NONE)
            .text_color(palette.text)
            .hint_text(egui::RichText::new("A command, a talk, an author").color(palette.muted))
            .align(Align2::LEFT_CENTER)
            .desired_width(inner.width());
        let response = ui.put(inner, edit);
        response.request_focus();
        if response.changed() {
            self.chosen = 0;
            self.moved = true;
            self.look(app);
        }
    }

    fn list(&mut self, app: &App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        if self.found.is_empty() {
            let at = pos2(rect.left() + MARGIN, rect.top() + LINE / 2.0);
            ui.painter().text(at, Align2::LEFT_CENTER, "Nothing is called so", theme::body(), palette.muted);
            return;
        }
        let mut pressed = None;
        let count = self.found.len();
        let mut area = ui.new_child(UiBuilder::new().max_rect(rect));
        area.set_clip_rect(rect);
        ScrollArea::vertical().auto_shrink(false).id_salt("found").show_viewport(&mut area, |ui, viewport| {
            #[expect(clippy::cast_precision_loss, reason = "a few lines")]
            let top = |line: usize| line as f32 * LINE;
            ui.set_min_size(vec2(rect.width(), top(count)));
            let origin = ui.min_rect().min;
            let place = |line| Rect::from_min_size(origin + vec2(0.0, top(line)), vec2(rect.width(), LINE));
            if std::mem::take(&mut self.moved) {
                ui.scroll_to_rect_animation(place(self.chosen), None, egui::style::ScrollAnimation::none());
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
            let line_at = |y: f32| (y.max(0.0) / LINE) as usize;
            for at in line_at(viewport.min.y)..(line_at(viewport.max.y) + 1).min(count) {
                if self.line(app, ui, place(at), at) {
                    pressed = Some(at);
                }
            }
        });
        if let Some(at) = pressed {
            self.choose(app, at, out);
        }
    }

    /// Draws a line; whether it was pressed.
    fn line(&mut self, app: &App, ui: &Ui, rect: Rect, at: usize) -> bool {
        let palette = Palette::of(ui);
        let (label, detail, key) = match self.found.get(at) {
            Some(Found::Action(at)) => match self.actions.get(*at) {
                Some(action) => (action.label.as_str(), action.section.to_owned(), action.key.as_deref()),
                None => return false,
            },
            Some(Found::Talk(at)) => match app.library().catalogue().rows().get(*at) {
                Some(row) => (row.entry.title.as_str(), row.entry.authors.join(", "), None),
                None => return false,
            },
            None => return false,
        };
        let talk = matches!(self.found.get(at), Some(Found::Talk(_)));
        let response = ui.interact(rect, ui.scope_id().with(("found", at)), Sense::click());
        let chosen = at == self.chosen;
        if chosen || response.hovered() {
            ui.painter().rect_filled(rect.shrink2(vec2(UNIT, 0.0)), theme::CORNER, palette.raised);
        }
        if chosen {
            let bar = Rect::from_min_size(rect.min + vec2(UNIT, 8.0), vec2(2.0, rect.height() - 16.0));
            ui.painter().rect_filled(bar, 0.0, palette.accent);
        }
        let y = rect.center().y;
        let mut right = rect.right() - MARGIN;
        if let Some(key) = key {
            right = keycap::paint_right(ui, pos2(right, y), key) - 3.0 * UNIT;
        }
        let room = right - rect.left() - MARGIN;
        let kind = if talk { "Talk" } else { detail.as_str() };
        let kind = ui.painter().layout_no_wrap(kind.to_owned(), theme::small(), palette.muted);
        let kind_left = right - kind.size().x;
        ui.painter().galley(pos2(kind_left, y - kind.size().y / 2.0), kind, palette.muted);
        let lit = self.matcher.lit(&self.text, label);
        let room = room - (right - kind_left) - 4.0 * UNIT;
        let mut job = lit_job(label, &lit, palette);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room.max(40.0));
        let name = ui.painter().layout_job(job);
        let end = rect.left() + MARGIN + name.size().x + 3.0 * UNIT;
        ui.painter().galley(pos2(rect.left() + MARGIN, y - name.size().y / 2.0), name, palette.text);
        if talk && !detail.is_empty() && kind_left - end > 80.0 {
            let mut job = egui::text::LayoutJob::simple_singleline(detail.clone(), theme::small(), palette.muted);
            job.wrap = egui::text::TextWrapping::truncate_at_width(kind_left - end - 4.0 * UNIT);
            let people = ui.painter().layout_job(job);
            ui.painter().galley(pos2(end, y - people.size().y / 2.0), people, palette.muted);
        }
        response.widget_info(|| {
            let spoken = match key {
                _ if talk => format!("Talk: {label}, {detail}").trim_end_matches(", ").to_owned(),
                Some(key) => format!("{label}, {detail}, {key}"),
                None => format!("{label}, {detail}"),
            };
            egui::WidgetInfo::selected(egui::Role::Button, true, chosen, spoken)
        });
        response.clicked()
    }
}

/// The letters that were typed are heavier, and in the colour of what can be pressed.
fn lit_job(label: &str, lit: &[u32], palette: &Palette) -> egui::text::LayoutJob {
    let mut job = egui::text::LayoutJob::default();
    let mut start = 0;
    let mut was_lit = false;
    let mut put = |from: usize, to: usize, lit: bool| {
        let (font, color) = if lit { (theme::strong(), palette.accent) } else { (theme::body(), palette.text) };
        job.append(label.get(from..to).unwrap_or_default(), 0.0, egui::TextFormat::simple(font, color));
    };
    for (number, (byte, _)) in label.char_indices().enumerate() {
        let is_lit = u32::try_from(number).is_ok_and(|number| lit.binary_search(&number).is_ok());
        if is_lit != was_lit {
            put(start, byte, was_lit);
            (start, was_lit) = (byte, is_lit);
        }
    }
    put(start, label.len(), was_lit);
    job
}

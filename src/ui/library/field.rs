//! The field in which the viewer types what to look for; the list follows every letter.

use egui::{Color32, Id, Key, Modifiers, Rect, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, UiBuilder, WidgetInfo};
use egui::{pos2, vec2};

use super::draw;
use super::words::{text_of, typed_of, with_typed};
use crate::app::App;
use crate::command::{Command, LibraryCommand, Step};
use crate::library::shelf::Filter;
use crate::ui::keycap;
use crate::ui::theme::{self, Palette, UNIT};

/// What can be typed, at several lengths.
const HINTS: [&str; 3] = ["Filter: title, author, tag, session…", "Filter: title, author…", "Filter"];

/// Scratch state of the field while it is open.
#[derive(Default)]
pub struct FilterField {
    open: bool,
    typed: String,
    /// What was asked before anything was typed.
    base: Filter,
    /// What the field has asked for last.
    asked: String,
}

impl FilterField {
    /// It is not asked any more.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// Draws the field into `rect`.
    pub fn ui(&mut self, app: &App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) {
        if app.view().shelf.asking {
            self.write(app, ui, rect, out);
        } else {
            self.open = false;
            show(app, ui, rect, out);
        }
    }

    fn begin(&mut self, app: &App) {
        let filter = app.filter();
        self.typed = typed_of(filter);
        self.base = Filter { text: String::new(), longer: None, shorter: None, ..filter.clone() };
        self.asked.clone_from(&app.view().shelf.filter);
    }

    fn write(&mut self, app: &App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        let id = Id::unique("library filter");
        if !self.open {
            self.open = true;
            self.begin(app);
            ui.memory_mut(|memory| memory.request_focus(id));
        } else if self.asked != app.view().shelf.filter {
            // A chip was pressed meanwhile.
            self.begin(app);
        }
        for (key, step) in [
            (Key::ArrowUp, Step::Up),
            (Key::ArrowDown, Step::Down),
            (Key::PageUp, Step::PageUp),
            (Key::PageDown, Step::PageDown),
        ] {
            for _ in 0..ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) {
                out.push(Command::Library(LibraryCommand::Move(step)));
            }
        }
        ui.painter().rect(
            rect,
            theme::CORNER,
            palette.background,
            Stroke::new(1.0, palette.accent),
            StrokeKind::Inside,
        );
        let mut right = rect.right() - 2.0 * UNIT;
        if rect.width() > 200.0 {
            right = keycap::paint_right(ui, pos2(right, rect.center().y), "Enter");
        }
        let line = ui.fonts_mut(|fonts| fonts.row_height(&theme::body()));
        let (left, middle) = (rect.left() + 3.0 * UNIT, rect.center().y);
        let room = Rect::from_min_max(pos2(left, middle - line / 2.0), pos2(right - UNIT, middle + line / 2.0));
        let mut child = ui.new_child(UiBuilder::new().max_rect(room));
        let edit = TextEdit::singleline(&mut self.typed)
            .id(id)
            .font(theme::body())
            .frame(egui::Frame::NONE)
            .hint_text(hint(ui, room.width()))
            .desired_width(room.width());
        let response = child.add_sized(room.size(), edit);
        if response.changed() {
            self.asked = text_of(&with_typed(&self.base, &self.typed));
            out.push(Command::Library(LibraryCommand::Filter(self.asked.clone())));
        }
        // Enter, Escape, or a click elsewhere: the keys are the list's again.
        if response.lost_focus() {
            out.push(Command::Dismiss);
        }
    }
}

/// As it is while nothing is typed.
fn show(app: &App, ui: &Ui, rect: Rect, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    let response = ui.interact(rect, ui.scope_id().with("filter"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Filter the talks"));
    let edge = if response.hovered() || response.has_focus() { palette.muted } else { palette.line };
    ui.painter().rect(rect, theme::CORNER, palette.background, Stroke::new(1.0, edge), StrokeKind::Inside);
    let typed = typed_of(app.filter());
    let mut right = rect.right() - 2.0 * UNIT;
    let middle = rect.center().y;
    if typed.is_empty() {
        let ask = Command::Library(LibraryCommand::AskFilter);
        if let Some(key) = app.keymap().keys_for(&ask).first() {
            right = keycap::paint_right(ui, pos2(right, middle), &key.pretty());
        }
    } else {
        let button = Rect::from_center_size(pos2(right - 8.0, middle), vec2(24.0, 24.0));
        if draw::cross(ui, ui.scope_id().with("no text"), button, "Show all again").clicked() {
            let all = Filter { text: String::new(), longer: None, shorter: None, ..app.filter().clone() };
            out.push(Command::Library(LibraryCommand::Filter(text_of(&all))));
        }
        right = button.left();
    }
    let at = pos2(rect.left() + 3.0 * UNIT, middle);
    let room = right - at.x - UNIT;
    let (words, color) =
        if typed.is_empty() { (hint(ui, room), palette.muted) } else { (typed.as_str(), palette.text) };
    draw::put(ui, at, room, words, theme::body(), color);
    if response.clicked() {
        out.push(Command::Library(LibraryCommand::AskFilter));
    }
}

/// The longest hint that fits.
fn hint(ui: &Ui, room: f32) -> &'static str {
    let width = |hint: &str| ui.painter().layout_no_wrap(hint.to_owned(), theme::body(), Color32::PLACEHOLDER).size().x;
    HINTS.into_iter().find(|hint| width(hint) <= room).unwrap_or(HINTS[2])
}

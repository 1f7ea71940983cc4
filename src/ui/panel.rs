//! What all panels beside the slide have in common: ground, line, title, and the way to close them.

use egui::{Rect, Ui, pos2, vec2};

use super::keycap;
use super::theme::{self, EDGE, Palette, UNIT};
use crate::command::Command;

/// Height of the title line, in points.
const HEAD: f32 = 48.0;

/// Draws an empty panel into `rect` and returns the room for its content. `toggle` closes it.
pub fn ui(ui: &Ui, rect: Rect, title: &str, toggle: Command, out: &mut Vec<Command>) -> Rect {
    let palette = Palette::of(ui);
    ui.painter().rect_filled(rect, 0.0, palette.panel);
    ui.painter().vline(ui.painter().round_to_pixel_center(rect.left()), rect.y_range(), palette.rule());
    let inner = rect.shrink2(vec2(EDGE, 0.0));
    let head = Rect::from_min_size(inner.min, vec2(inner.width(), HEAD));
    ui.painter().text(head.left_center(), egui::Align2::LEFT_CENTER, title, theme::title(), palette.text);
    let left = keycap::paint_right(ui, head.right_center(), "Esc");
    let at = pos2(left - 2.0 * UNIT, head.center().y);
    let word = ui.painter().text(at, egui::Align2::RIGHT_CENTER, "close", theme::small(), palette.muted);
    let button = Rect::from_min_max(pos2(word.left(), head.top() + 8.0), pos2(head.right(), head.bottom() - 8.0));
    let response = ui.interact(button, ui.scope_id().with("close panel"), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Close the panel"));
    if response.clicked() {
        out.push(toggle);
    }
    Rect::from_min_max(pos2(rect.left() + 1.0, head.bottom()), rect.max)
}

/// Lets the panel's left edge be dragged. `limits`: narrowest, widest, and what is left to the slide, in points.
pub fn edge(ui: &Ui, rect: Rect, whole: Rect, (least, most, rest): (f32, f32, f32), out: &mut Vec<Command>) {
    const GRIP: f32 = 4.0;
    let grip = Rect::from_min_max(pos2(rect.left() - GRIP, rect.top()), pos2(rect.left() + GRIP, rect.bottom()));
    let response = ui.interact(grip, ui.scope_id().with("panel edge"), egui::Sense::drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Splitter, true, "Width of the panel"));
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(egui::CursorIcon::ResizeHorizontal);
        let line = egui::Stroke::new(2.0, Palette::of(ui).accent);
        ui.painter().vline(rect.left(), rect.y_range(), line);
    }
    if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        let width = (whole.right() - pointer.x).clamp(least, most.min(whole.width() - rest).max(least));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
        out.push(Command::SetPanelWidth(width.round() as u16));
    }
}

//! The key list, beside the slide: made from the live key map.

use egui::{Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use super::keycap;
use super::panel;
use super::theme::{self, EDGE, Palette, UNIT};
use crate::app::App;
use crate::command::Command;

const ROW: f32 = 28.0;

/// Draws the list into `rect`.
pub fn ui(app: &App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) {
    let body = panel::ui(ui, rect, "Keys", Command::ToggleKeys, out);
    let mut list = ui.new_child(UiBuilder::new().max_rect(body));
    ScrollArea::vertical().auto_shrink(false).show(&mut list, |ui| rows(app, ui));
}

fn rows(app: &App, ui: &mut Ui) {
    let palette = Palette::of(ui);
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    let mut section = None;
    for row in app.keymap().key_list() {
        if section != Some(row.section) {
            let rect = ui.allocate_space(vec2(ui.available_width(), if section.is_some() { 44.0 } else { 28.0 })).1;
            let at = pos2(rect.left() + EDGE, rect.bottom() - 6.0);
            ui.painter().text(
                at,
                egui::Align2::LEFT_BOTTOM,
                row.section.title(),
                theme::small_strong(),
                palette.accent,
            );
            section = Some(row.section);
        }
        let (id, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
        let mut right = rect.right() - EDGE;
        // All keys of a command if there is room, else the first ones: the word must stay readable.
        let word = ui.painter().layout_no_wrap(row.label.clone(), theme::small(), palette.text);
        let limit = rect.left() + EDGE + word.size().x + 3.0 * UNIT;
        let widths: Vec<f32> = row.keys.iter().map(|key| keycap::width(ui, key) + UNIT).collect();
        let mut fitting = row.keys.len();
        while fitting > 1 && right - widths[..fitting].iter().sum::<f32>() < limit {
            fitting -= 1;
        }
        for key in row.keys[..fitting].iter().rev() {
            right = keycap::paint_right(ui, pos2(right, rect.center().y), key) - UNIT;
        }
        let text = format!("{}: {}", row.label, row.keys.join(", "));
        ui.interact(rect, id, egui::Sense::hover())
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
        ui.painter().galley(pos2(rect.left() + EDGE, rect.center().y - word.size().y / 2.0), word, palette.text);
    }
    ui.allocate_space(vec2(1.0, EDGE));
}

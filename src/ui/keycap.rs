//! A key as it is drawn beside the word for what it does: outlined, small, quiet.

use egui::{Pos2, Rect, StrokeKind, Ui, pos2, vec2};

use super::theme::{self, Palette};

const HEIGHT: f32 = 20.0;
const MARGIN: f32 = 6.0;

/// Draws a key with its left edge at `at`; returns its right edge.
pub fn paint(ui: &Ui, at: Pos2, key: &str) -> f32 {
    let palette = Palette::of(ui);
    let galley = ui.painter().layout_no_wrap(key.to_owned(), theme::keycap(), palette.muted);
    let width = (galley.size().x + 2.0 * MARGIN).max(HEIGHT).round();
    let rect = Rect::from_min_size(pos2(at.x.round(), (at.y - HEIGHT / 2.0).round()), vec2(width, HEIGHT));
    ui.painter().rect_stroke(rect, 4, palette.rule(), StrokeKind::Inside);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, palette.muted);
    rect.right()
}

/// Draws a key with its right edge at `at`; returns its left edge.
pub fn paint_right(ui: &Ui, at: Pos2, key: &str) -> f32 {
    let left = at.x - width(ui, key);
    paint(ui, pos2(left, at.y), key);
    left
}

/// How wide a key is drawn.
pub fn width(ui: &Ui, key: &str) -> f32 {
    let galley = ui.painter().layout_no_wrap(key.to_owned(), theme::keycap(), egui::Color32::PLACEHOLDER);
    (galley.size().x + 2.0 * MARGIN).max(HEIGHT).round()
}

//! The line above the slide: which talk this is, and which one comes next.

use egui::{Rect, Ui, pos2, vec2};

use super::keycap;
use super::theme::{self, EDGE, Palette, UNIT};
use crate::app::App;
use crate::command::Command;

/// Height, in points.
pub const HEIGHT: f32 = 44.0;

/// Draws the header into `rect`.
pub fn ui(app: &App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    ui.painter().rect_filled(rect, 0.0, palette.background);
    ui.painter().hline(rect.x_range(), ui.painter().round_to_pixel_center(rect.bottom() - 0.5), palette.rule());
    let inner = rect.shrink2(vec2(EDGE, 0.0));
    let right = next(app, ui, inner, out);
    let Some(talk) = app.player().talk() else { return };
    let room = right - inner.left() - 6.0 * UNIT;
    let mut job = egui::text::LayoutJob::simple_singleline(talk.title.clone(), theme::strong(), palette.text);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.max(40.0));
    let galley = ui.painter().layout_job(job);
    let at = pos2(inner.left(), inner.center().y - galley.size().y / 2.0);
    let response =
        ui.interact(Rect::from_min_size(at, galley.size()), ui.scope_id().with("title"), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &talk.title));
    let end = at.x + galley.size().x + 3.0 * UNIT;
    ui.painter().galley(at, galley, palette.text);
    // What the viewer has written counts before what the files say.
    let written = app.note().map(|note| note.front().authors.join(", ")).filter(|authors| !authors.is_empty());
    let authors = written.unwrap_or_else(|| talk.metadata.authors.join(", "));
    if !authors.is_empty() && inner.left() + room > end + 40.0 {
        let mut job = egui::text::LayoutJob::simple_singleline(authors, theme::small(), palette.muted);
        job.wrap = egui::text::TextWrapping::truncate_at_width(inner.left() + room - end);
        let galley = ui.painter().layout_job(job);
        ui.painter().galley(pos2(end, inner.center().y - galley.size().y / 2.0), galley, palette.muted);
    }
}

/// `next: Modelling population … 31:56 [N]`; returns where it begins.
fn next(app: &App, ui: &mut Ui, inner: Rect, out: &mut Vec<Command>) -> f32 {
    let palette = Palette::of(ui);
    let Some(talk) = app.next_talk() else { return inner.right() };
    let y = inner.center().y;
    let mut right = inner.right();
    if let Some(key) = app.keymap().keys_for(&Command::NextTalk).first() {
        right = keycap::paint_right(ui, pos2(right, y), &key.pretty()) - 2.0 * UNIT;
    }
    let length = ui.painter().layout_no_wrap(talk.duration().clock(), theme::small(), palette.muted);
    right -= length.size().x;
    ui.painter().galley(pos2(right, y - length.size().y / 2.0), length, palette.muted);
    right -= 2.0 * UNIT;
    let mut job = egui::text::LayoutJob::simple_singleline(talk.title.clone(), theme::small_strong(), palette.text);
    job.wrap = egui::text::TextWrapping::truncate_at_width((inner.width() * 0.32).max(40.0));
    let title = ui.painter().layout_job(job);
    right -= title.size().x;
    let (top, height) = (y - title.size().y / 2.0, title.size().y);
    let clickable = Rect::from_min_max(pos2(right, top), pos2(inner.right(), top + height));
    ui.painter().galley(pos2(right, top), title, palette.text);
    let word = ui.painter().layout_no_wrap("next:".to_owned(), theme::small(), palette.muted);
    right -= word.size().x + 1.5 * UNIT;
    ui.painter().galley(pos2(right, y - word.size().y / 2.0), word, palette.muted);
    let response = ui.interact(clickable, ui.scope_id().with("next"), egui::Sense::click());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Open the next talk: {}", talk.title))
    });
    if response.clicked() {
        out.push(Command::NextTalk);
    }
    right
}

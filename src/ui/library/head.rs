//! The head of the library: what it is called, the filter, and what is left of it.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::draw::{self, counted};
use super::field::FilterField;
use super::finish::FinishShown;
use super::words;
use crate::app::App;
use crate::command::{Command, SearchCommand};
use crate::ui::keycap;
use crate::ui::theme::{self, EDGE, Palette, UNIT};

/// Height, in points; and in a low window.
const HEIGHT: f32 = 64.0;
const LOW: f32 = 48.0;
/// The window is low below this height of the library.
const LOW_BELOW: f32 = 480.0;
/// The filter field: as wide as it is at best, and at least.
const FIELD: (f32, f32) = (400.0, 250.0);

/// Draws the head at the top of `rect`; returns what is below.
pub fn ui(
    app: &mut App,
    ui: &mut Ui,
    rect: Rect,
    field: &mut FilterField,
    finish: &mut FinishShown,
    out: &mut Vec<Command>,
) -> Rect {
    let height = if rect.height() < LOW_BELOW { LOW } else { HEIGHT };
    let head = rect.with_max_y(rect.top() + height);
    let inner = head.shrink2(vec2(EDGE, 0.0));
    let left = name(app, ui, inner);
    let most = (inner.right() - left - 6.0 * UNIT - FIELD.1).max(0.0);
    let line = Rect::from_min_max(pos2(inner.right() - most, inner.top()), inner.max);
    let right = finish.ui(app, ui, line, out) - 6.0 * UNIT;
    let wide = (right - left).min(FIELD.0);
    let place = Rect::from_min_size(pos2(left, inner.center().y - 17.0), vec2(wide, 34.0));
    field.ui(app, ui, place, out);
    hint(app, ui, Rect::from_min_max(pos2(place.right() + 3.0 * UNIT, inner.top()), pos2(right, inner.bottom())), out);
    Rect::from_min_max(pos2(rect.left(), head.bottom()), rect.max)
}

/// `ICLR 2020  18 of 612 talks`; returns where the rest begins.
fn name(app: &App, ui: &Ui, inner: Rect) -> f32 {
    let palette = Palette::of(ui);
    let (all, listed) = (app.counts().all, app.listed().len());
    let count = if listed == all || app.filter().is_all() {
        counted(all, "talk", "talks")
    } else {
        format!("{listed} of {}", counted(all, "talk", "talks"))
    };
    let name = words::library_name(app);
    let title = draw::elided(ui, &name, theme::title(), palette.text, (inner.width() * 0.3).max(80.0));
    let size = title.size();
    let y = inner.center().y;
    ui.painter().galley(pos2(inner.left(), y - size.y / 2.0), title, palette.text);
    let mut right = inner.left() + size.x;
    if inner.width() > 560.0 && app.library().loaded() {
        right = draw::put(ui, pos2(right + 3.0 * UNIT, y + 1.0), 200.0, &count, theme::body(), palette.muted);
    }
    let area = Rect::from_min_max(inner.min, pos2(right, inner.bottom()));
    ui.interact(area, ui.scope_id().with("name"), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Heading, true, format!("{name}, {count}")));
    right + 5.0 * UNIT
}

/// `Ctrl F searches slides, speech, notes`, where there is room for it.
fn hint(app: &App, ui: &Ui, rect: Rect, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    let search = Command::Search(SearchCommand::All);
    let Some(key) = app.keymap().keys_for(&search).first().map(|key| key.pretty()) else { return };
    let long = "searches slides, speech, notes";
    let words = ui.painter().layout_no_wrap(long.to_owned(), theme::small(), palette.muted);
    let wide = keycap::width(ui, &key) + 1.5 * UNIT + words.size().x;
    if wide > rect.width() {
        return;
    }
    let area = Rect::from_min_size(pos2(rect.left(), rect.center().y - 14.0), vec2(wide, 28.0));
    let response = ui.interact(area, ui.scope_id().with("search"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Search {}", "slides, speech, notes")));
    let right = keycap::paint(ui, area.left_center(), &key) + 1.5 * UNIT;
    let color = if response.hovered() { palette.accent } else { palette.muted };
    let at = pos2(right, area.center().y - words.size().y / 2.0);
    ui.painter().galley_with_override_text_color(at, words, color);
    if response.clicked() {
        out.push(search);
    }
}

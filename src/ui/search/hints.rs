//! What can be typed, where nothing is found or asked yet.

use egui::{Align2, Color32, Rect, Sense, StrokeKind, Ui, pos2, vec2};

use crate::app::App;
use crate::ui::theme::{self, EDGE, Palette, UNIT};

/// What can be added to the words, and what it does.
const FILTERS: [(&str, &str); 7] = [
    ("author:", "talks of people with this in their name"),
    ("tag:", "talks with a tag that begins so"),
    ("verdict:keep", "talks that you kept; also again, drop, none"),
    ("in:slides", "only what stands on slides"),
    ("in:speech", "only what is said"),
    ("in:notes", "only what you wrote"),
    ("\"\"", "these words in this order"),
];
const LINE: f32 = 36.0;

/// Draws the filters, below a sentence where nothing was found (in the talk alone, or in all). Returns what was pressed.
pub fn ui(app: &App, ui: &Ui, rect: Rect, nothing: Option<bool>) -> Option<&'static str> {
    let palette = Palette::of(ui);
    let top = rect.top() + (rect.height() * 0.08).clamp(2.0 * UNIT, 56.0);
    let width = (rect.width() - 2.0 * EDGE).min(560.0);
    let left = (rect.center().x - width / 2.0).round();
    let talks = app.library().catalogue().rows().len();
    let (title, below) = match nothing {
        Some(true) => ("Nothing found in this talk", "Tab searches all talks".to_owned()),
        Some(false) => (
            "Nothing found",
            "Every word must be in the same slide, sentence or note. Fewer letters find more".to_owned(),
        ),
        None if talks == 0 => ("Search", "Titles, authors, slides, speech, notes and tags".to_owned()),
        None => ("Search", format!("Titles, authors, slides, speech, notes and tags of {talks} talks")),
    };
    let at = pos2(left, top + 12.0);
    let head = ui.painter().text(at, Align2::LEFT_CENTER, title, theme::title(), palette.text);
    ui.interact(head, ui.scope_id().with("search title"), Sense::hover())
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, title));
    let galley = ui.painter().layout(below, theme::small(), palette.muted, width);
    let mut y = head.bottom() + 2.0 * UNIT;
    let height = galley.size().y;
    ui.painter().galley(pos2(left, y), galley, palette.muted);
    y += height + 4.0 * UNIT;
    let mut pressed = None;
    for (filter, what) in FILTERS {
        let line = Rect::from_min_size(pos2(left, y), vec2(width, LINE));
        if line.bottom() > rect.bottom() {
            break;
        }
        let shown = if filter == "\"\"" { "\"exact words\"" } else { filter };
        let chip = chip(ui, pos2(left, line.center().y), shown, Some(what));
        if chip.clicked {
            pressed = Some(filter);
        }
        let at = pos2((left + 132.0).max(chip.right + 3.0 * UNIT), line.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, what, theme::small(), palette.muted);
        y += LINE;
    }
    pressed
}

/// The filters alone, from the right, as many as fit. Returns what was pressed.
pub fn chips(ui: &Ui, rect: Rect) -> Option<&'static str> {
    let mut fitting: Vec<&str> = Vec::new();
    let mut room = rect.width();
    for (filter, _) in FILTERS.iter().filter(|(filter, _)| *filter != "\"\"") {
        room -= width_of(ui, filter) + 2.0 * UNIT;
        if room < 0.0 {
            break;
        }
        fitting.push(filter);
    }
    let total: f32 = fitting.iter().map(|filter| width_of(ui, filter) + 2.0 * UNIT).sum();
    let mut x = rect.right() - total + 2.0 * UNIT;
    let mut pressed = None;
    for (filter, what) in FILTERS.iter().take(fitting.len()) {
        let chip = chip(ui, pos2(x, rect.center().y), filter, Some(what));
        if chip.clicked {
            pressed = Some(*filter);
        }
        x = chip.right + 2.0 * UNIT;
    }
    pressed
}

/// A sentence in the middle.
pub fn sentence(ui: &Ui, rect: Rect, text: &str, color: Color32) {
    let galley = ui.painter().layout(text.to_owned(), theme::body(), color, (rect.width() - 2.0 * EDGE).min(560.0));
    let at = rect.center() - galley.size() / 2.0;
    ui.interact(Rect::from_min_size(at, galley.size()), ui.scope_id().with("sentence"), Sense::hover())
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    ui.painter().galley(at, galley, color);
}

struct Chip {
    right: f32,
    clicked: bool,
}

fn width_of(ui: &Ui, text: &str) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), theme::keycap(), Color32::PLACEHOLDER).size().x + 4.0 * UNIT
}

fn chip(ui: &Ui, at: egui::Pos2, text: &str, what: Option<&str>) -> Chip {
    let palette = Palette::of(ui);
    let rect = Rect::from_min_size(pos2(at.x, (at.y - 12.0).round()), vec2(width_of(ui, text), 24.0));
    let response = ui.interact(rect, ui.scope_id().with(("filter", text)), Sense::click());
    let color = if response.hovered() { palette.text } else { palette.accent };
    ui.painter().rect(rect, theme::CORNER, palette.raised, palette.rule(), StrokeKind::Inside);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, theme::keycap(), color);
    response.widget_info(|| {
        let label = what.map_or_else(|| text.to_owned(), |what| format!("{text}: {what}"));
        egui::WidgetInfo::labeled(egui::Role::Button, true, label)
    });
    Chip { right: rect.right(), clicked: response.clicked() }
}

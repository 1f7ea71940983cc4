//! What the library and the queue draw alike: words that are cut with an ellipsis, chips, bars, pictures.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align2, Color32, FontId, Galley, Id, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo,
};
use egui::{pos2, vec2};

use crate::app::App;
use crate::app::browse::picture_key;
use crate::library::Row;
use crate::library::shelf::{Seen, heard};
use crate::notes::Verdict;
use crate::ui::theme::{self, Palette, UNIT};
use crate::ui::thumbs::{Thumbs, physical};

/// Height of a chip.
pub const CHIP: f32 = 28.0;
/// Room for the arrow of a chip that opens a menu.
const ARROW: f32 = 16.0;

/// Words on one line, with an ellipsis where they are longer than `width`.
pub fn elided(ui: &Ui, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    lines(ui, text, (font, color), (width, 1))
}

/// Words on so many lines, with an ellipsis where they are longer.
pub fn lines(ui: &Ui, text: &str, (font, color): (FontId, Color32), (width, rows): (f32, usize)) -> Arc<Galley> {
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, color));
    job.break_on_newline = false;
    job.wrap = wrapping(width, rows);
    ui.painter().layout_job(job)
}

fn wrapping(width: f32, rows: usize) -> TextWrapping {
    let width = width.max(1.0);
    match rows {
        1 => TextWrapping::truncate_at_width(width),
        more => TextWrapping { max_width: width, max_rows: more, ..Default::default() },
    }
}

/// Draws words from `at`, the middle of their left edge, within `width`; returns where they end.
pub fn put(ui: &Ui, at: egui::Pos2, width: f32, text: &str, font: FontId, color: Color32) -> f32 {
    if width < 12.0 {
        return at.x;
    }
    let galley = elided(ui, text, font, color, width);
    let size = galley.size();
    ui.painter().galley(pos2(at.x, at.y - size.y / 2.0), galley, color);
    at.x + size.x
}

/// A title in which the characters that were typed are marked.
pub fn title(ui: &Ui, text: &str, lit: &[u32], color: Color32, room: (f32, usize)) -> Arc<Galley> {
    if lit.is_empty() {
        return lines(ui, text, (theme::strong(), color), room);
    }
    let palette = Palette::of(ui);
    let plain = TextFormat::simple(theme::strong(), color);
    let marked = TextFormat {
        underline: Stroke::new(1.0, palette.accent),
        ..TextFormat::simple(theme::strong(), palette.accent)
    };
    let mut job = LayoutJob { break_on_newline: false, wrap: wrapping(room.0, room.1), ..LayoutJob::default() };
    let (mut run, mut run_lit) = (String::new(), false);
    for (at, letter) in text.chars().enumerate() {
        let is_lit = u32::try_from(at).is_ok_and(|at| lit.binary_search(&at).is_ok());
        if is_lit != run_lit && !run.is_empty() {
            job.append(&run, 0.0, if run_lit { marked.clone() } else { plain.clone() });
            run.clear();
        }
        run_lit = is_lit;
        run.push(letter);
    }
    job.append(&run, 0.0, if run_lit { marked } else { plain });
    ui.painter().layout_job(job)
}

/// How wide a chip with this label is.
pub fn chip_width(ui: &Ui, label: &str, menu: bool) -> f32 {
    let galley = ui.painter().layout_no_wrap(label.to_owned(), theme::small_strong(), Color32::PLACEHOLDER);
    (galley.size().x + 5.0 * UNIT + if menu { ARROW } else { 0.0 }).ceil()
}

/// What a chip is like.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// It is asked for.
    pub on: bool,
    /// It opens a menu, and has an arrow.
    pub menu: bool,
    /// There is nothing of its kind.
    pub quiet: bool,
}

/// A chip, or a small button.
pub fn chip(ui: &Ui, id: Id, rect: Rect, label: &str, look: Look) -> Response {
    let Look { on, menu, quiet } = look;
    let palette = Palette::of(ui);
    let response = ui.interact(rect, id, Sense::click());
    let role = if menu { Role::ComboBox } else { Role::Button };
    response.widget_info(|| WidgetInfo::selected(role, true, on, label));
    let (ground, ink, font) = match (on, response.hovered()) {
        (true, _) => (palette.text, palette.panel, theme::small_strong()),
        (false, true) => (palette.line, palette.text, theme::small()),
        (false, false) if quiet => (palette.raised, palette.muted, theme::small()),
        (false, false) => (palette.raised, palette.text, theme::small()),
    };
    ui.painter().rect_filled(rect, theme::CORNER, ground);
    let arrow = if menu { ARROW } else { 0.0 };
    let galley = elided(ui, label, font, ink, rect.width() - 4.0 * UNIT - arrow);
    let at = rect.center() - vec2(arrow / 2.0, 0.0) - galley.size() / 2.0;
    ui.painter().galley(at, galley, ink);
    if menu {
        triangle(ui, pos2(rect.right() - 3.5 * UNIT, rect.center().y), false, ink);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, theme::CORNER, Stroke::new(2.0, palette.accent), StrokeKind::Outside);
    }
    response
}

/// A small arrow up or down.
pub fn triangle(ui: &Ui, at: egui::Pos2, up: bool, color: Color32) {
    let turn = if up { -1.0 } else { 1.0 };
    let points = [(-4.0, -2.0), (4.0, -2.0), (0.0, 3.0)].map(|(x, y)| at + vec2(x, turn * y));
    ui.painter().add(Shape::convex_polygon(points.to_vec(), color, Stroke::NONE));
}

/// A line of a menu; `right` stands quietly at its end.
pub fn item(ui: &mut Ui, label: &str, right: &str, on: bool) -> Response {
    const WIDTH: f32 = 264.0;
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, CHIP), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, true, on, label));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::CORNER, palette.raised);
    }
    let inner = rect.shrink2(vec2(2.0 * UNIT, 0.0));
    let far = elided(ui, right, theme::small(), palette.muted, WIDTH / 2.0);
    let room = inner.width() - far.size().x - 3.0 * UNIT;
    let at = pos2(inner.right() - far.size().x, inner.center().y - far.size().y / 2.0);
    ui.painter().galley(at, far, palette.muted);
    let (font, color) = if on { (theme::strong(), palette.accent) } else { (theme::body(), palette.text) };
    put(ui, inner.left_center(), room, label, font, color);
    response
}

/// A cross that takes something away.
pub fn cross(ui: &Ui, id: Id, rect: Rect, label: &str) -> Response {
    let palette = Palette::of(ui);
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    let color = if response.hovered() || response.has_focus() { palette.accent } else { palette.muted };
    let (at, stroke) = (rect.center(), Stroke::new(1.5, color));
    ui.painter().line_segment([at + vec2(-4.0, -4.0), at + vec2(4.0, 4.0)], stroke);
    ui.painter().line_segment([at + vec2(-4.0, 4.0), at + vec2(4.0, -4.0)], stroke);
    response
}

/// How far a talk was heard.
pub fn bar(ui: &Ui, rect: Rect, heard: f64, done: bool) {
    let palette = Palette::of(ui);
    ui.painter().rect_filled(rect, 2.0, palette.line);
    #[expect(clippy::cast_possible_truncation, reason = "0 to 1")]
    let reach = rect.with_max_x(rect.left() + rect.width() * heard.clamp(0.0, 1.0) as f32);
    if heard > 0.0 {
        ui.painter().rect_filled(reach, 2.0, if done { palette.muted } else { palette.accent });
    }
}

/// The part that was heard; none of what counts as unseen.
pub fn heard_part(row: &Row) -> f64 {
    if Seen::of(row) == Seen::Unseen { 0.0 } else { heard(row).unwrap_or(0.0) }
}

/// `13:28 left` at the speed it is played at, `unseen`, `seen`; nothing of what cannot be opened.
pub fn progress(app: &App, row: &Row) -> String {
    if row.entry.broken.is_some() {
        return String::new();
    }
    match (Seen::of(row), app.listening_time_left(row)) {
        (Seen::Done, _) => "seen".to_owned(),
        (Seen::Unseen, _) if row.state.verdict.is_some() => "not heard".to_owned(),
        (Seen::Unseen, _) => "unseen".to_owned(),
        (Seen::Part, Some(left)) => format!("{} left", left.clock()),
        (Seen::Part, None) => "begun".to_owned(),
    }
}

/// The colour that a verdict's word has.
pub fn verdict_color(palette: &Palette, verdict: Verdict) -> Color32 {
    match verdict {
        Verdict::Keep => palette.good,
        Verdict::Again => palette.warning,
        Verdict::Drop => palette.muted,
    }
}

/// `4 notes`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// The first slide of a talk, or why there is none. Returns where it lies.
pub fn picture(app: &App, ui: &Ui, row: Option<&Row>, cell: Rect, thumbs: &mut Thumbs) -> Rect {
    let palette = Palette::of(ui);
    let Some(picture) = row.and_then(|row| row.entry.picture.as_ref()) else {
        let dashes = [cell.left_top(), cell.right_top(), cell.right_bottom(), cell.left_bottom(), cell.left_top()];
        ui.painter().extend(Shape::dashed_line(&dashes, Stroke::new(1.0, palette.line), 4.0, 3.0));
        let words = if row.is_some() { "no slides" } else { "" };
        ui.painter().text(cell.center(), Align2::CENTER_CENTER, words, theme::small(), palette.muted);
        return cell;
    };
    let key = picture_key(picture, physical(cell, ui.pixels_per_point()));
    let lies = thumbs.paint_key(app, ui, Some(key), cell);
    // White slides on a light ground have an edge.
    ui.painter().rect_stroke(lies.expand(1.0), 0, palette.rule(), StrokeKind::Inside);
    lies
}

/// What the open talk does.
pub fn playing(app: &App) -> &'static str {
    if app.player().playing() { "playing" } else { "open" }
}

/// A small triangle, or the bars of a pause, and the word; returns where it ends.
pub fn playing_mark(app: &App, ui: &Ui, at: egui::Pos2, room: f32) -> f32 {
    let palette = Palette::of(ui);
    if app.player().playing() {
        let points = [(0.0, -5.0), (0.0, 5.0), (8.0, 0.0)].map(|(x, y)| at + vec2(x, y));
        ui.painter().add(Shape::convex_polygon(points.to_vec(), palette.accent, Stroke::NONE));
    } else {
        for x in [0.0, 5.0] {
            let bar = Rect::from_min_size(at + vec2(x, -5.0), vec2(3.0, 10.0));
            ui.painter().rect_filled(bar, 0.0, palette.accent);
        }
    }
    put(ui, at + vec2(3.0 * UNIT, 0.0), room - 12.0, playing(app), theme::small_strong(), palette.accent)
}

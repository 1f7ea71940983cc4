//! The talks as lines: the heads of the columns, and of the lines those that are seen.

use egui::{Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::Place;
use super::chips::sorted;
use super::draw;
use super::row::{self, Drawn};
use super::rows::{HEADING, Rows};
use super::words;
use crate::app::App;
use crate::app::browse::picture_key;
use crate::command::Command;
use crate::library::shelf::SortKey;
use crate::ui::theme::{self, EDGE, Palette, UNIT};
use crate::ui::thumbs::{Thumbs, physical};

/// Height of the line of column heads.
const HEADS: f32 = 32.0;
/// Below this width what belongs to a talk stands in lines below each other.
const STACKED_BELOW: f32 = 720.0;
/// Below this height of the list its lines are lower.
const LOW_BELOW: f32 = 400.0;
/// From this width on there is room for all columns.
const ALL_FROM: f32 = 1040.0;

/// What stands where in a line, as distances from its left edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Columns {
    /// Height of a line.
    pub height: f32,
    /// Extent of the picture.
    pub picture: egui::Vec2,
    /// Left and right edge of title and authors.
    pub title: (f32, f32),
    /// Of the others, where there is room: left edges.
    pub length: Option<f32>,
    /// Left edge; `None`: it stands below the authors.
    pub progress: Option<f32>,
    /// Left edge.
    pub verdict: Option<f32>,
    /// Left and right edge.
    pub tags: Option<(f32, f32)>,
}

impl Columns {
    /// For this width; in a low window lines are lower.
    pub fn new(width: f32, low: bool) -> Self {
        const GAP: f32 = 6.0 * UNIT;
        let small = width < STACKED_BELOW || low;
        let (height, picture) = if small { (72.0, vec2(96.0, 54.0)) } else { (92.0, vec2(128.0, 72.0)) };
        if width < STACKED_BELOW {
            let title = (EDGE + picture.x + 4.0 * UNIT, width - EDGE);
            return Self { height, picture, title, length: None, progress: None, verdict: None, tags: None };
        }
        let mut right = width - EDGE;
        let mut take = |wide: f32| {
            let left = right - wide;
            right = left - GAP;
            left
        };
        let tags = (width >= ALL_FROM).then(|| {
            let wide = (width * 0.17).clamp(140.0, 320.0);
            let left = take(wide);
            (left, left + wide)
        });
        let verdict = take(52.0);
        let progress = take(112.0);
        let length = take(64.0);
        let title = (EDGE + picture.x + GAP, right);
        Self { height, picture, title, length: Some(length), progress: Some(progress), verdict: Some(verdict), tags }
    }
}

/// Draws the list into `rect`.
pub fn ui(
    app: &mut App,
    ui: &mut Ui,
    rect: Rect,
    (place, rows): (&mut Place, &mut Rows),
    thumbs: &mut Thumbs,
    out: &mut Vec<Command>,
) {
    let columns = Columns::new(rect.width(), rect.height() < LOW_BELOW);
    let mut body = rect;
    if columns.progress.is_some() {
        body.min.y += HEADS;
        heads(app, ui, rect.with_max_y(body.top()), &columns, out);
    }
    rows.update(app, columns.height);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few lines")]
    let seen = ((body.height() / columns.height) as usize).max(1);
    app.set_shelf_grid(1, seen);
    let chosen = place.chosen_at(app);
    let mut area = ui.new_child(UiBuilder::new().max_rect(body));
    area.set_clip_rect(body);
    let mut scroll = ScrollArea::vertical().auto_shrink(false).id_salt("library lines");
    // Lines of another height lie elsewhere.
    let fresh = place.is_new(app, if columns.height > 80.0 { 1 } else { 0 });
    if fresh {
        let middle = chosen.map_or(0.0, |at| rows.top(at) - f64::from((body.height() - columns.height) / 2.0));
        #[expect(clippy::cast_possible_truncation, reason = "points of a list")]
        let offset = middle.clamp(0.0, (rows.bottom() - f64::from(body.height())).max(0.0)) as f32;
        scroll = scroll.vertical_scroll_offset(offset);
    }
    let moved = place.moved(app, body.size());
    let pointed = place.points(ui);
    scroll.show_viewport(&mut area, |ui, viewport| {
        #[expect(clippy::cast_possible_truncation, reason = "points of a list")]
        ui.set_min_size(vec2(body.width(), rows.bottom() as f32));
        // A list can be so long that its points are not told apart any more: places count from what is seen.
        let above = f64::from(viewport.min.y);
        #[expect(clippy::cast_possible_truncation, reason = "points of a window")]
        let top = |at: usize| body.top() + (rows.top(at) - above) as f32;
        let line = |at: usize| Rect::from_min_size(pos2(body.left(), top(at)), vec2(body.width(), columns.height));
        if let Some(at) = chosen.filter(|_| moved) {
            // The folder's name stands above its lines, wherever they are.
            let above = if rows.headed() { HEADING } else { 0.0 };
            let line = line(at);
            let line = line.with_min_y(line.top() - above);
            ui.scroll_to_rect_animation(line, None, egui::style::ScrollAnimation::none());
        }
        place.in_sight = chosen.is_some_and(|at| body.intersects(line(at)));
        let first = rows.at(above);
        // The name of a folder stays above its lines until the next one pushes it out.
        let folder = rows.folder(first).map(|(start, count, next)| {
            let pushed = next.map_or(body.top(), |next| top(next) - 2.0 * HEADING);
            (start, count, pushed.min(body.top()).max(top(start) - HEADING))
        });
        let mut at = first;
        while at < app.listed().len() && top(at) < body.bottom() + HEADING {
            if let Some(count) = rows.heading(at).filter(|_| folder.is_none_or(|(start, ..)| start != at)) {
                heading(app, ui, (body.left(), body.width(), top(at) - HEADING), at, count);
            }
            let drawn = Drawn { at, chosen: chosen == Some(at), headed: rows.headed(), pointed };
            row::ui(app, ui, line(at), &columns, drawn, thumbs, out);
            at += 1;
        }
        if let Some((start, count, above)) = folder {
            heading(app, ui, (body.left(), body.width(), above), start, count);
        }
        // A screen further in both directions, so that it is there when it comes into sight.
        let cell = physical(Rect::from_min_size(pos2(0.0, 0.0), columns.picture), ui.pixels_per_point());
        for at in (at..at + seen).chain(first.saturating_sub(seen)..first) {
            let picture = app.listed_row(at).and_then(|row| row.entry.picture.as_ref());
            thumbs.want(picture.map(|picture| picture_key(picture, cell)));
        }
    });
}

/// The folder that the next lines lie in.
fn heading(app: &App, ui: &Ui, (left, wide, top): (f32, f32, f32), at: usize, count: usize) {
    let palette = Palette::of(ui);
    let Some(row) = app.listed_row(at) else { return };
    let rect = Rect::from_min_size(pos2(left, top), vec2(wide, HEADING));
    ui.painter().rect_filled(rect, 0.0, palette.background);
    ui.painter().hline(rect.x_range(), ui.painter().round_to_pixel_center(rect.bottom() - 0.5), palette.rule());
    let name = words::session(row, app.library().roots().len());
    let (left, middle) = (rect.left() + EDGE, rect.center().y + 1.0);
    let room = rect.width() - 2.0 * EDGE - 90.0;
    let right = draw::put(ui, pos2(left, middle), room, &name, theme::small_strong(), palette.text);
    let count = draw::counted(count, "talk", "talks");
    draw::put(ui, pos2(right + 3.0 * UNIT, middle), 90.0, &count, theme::small(), palette.muted);
    ui.interact(rect, ui.scope_id().with(("folder", at)), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Heading, true, format!("{name}, {count}")));
}

/// Words above the columns; a press orders by them.
fn heads(app: &App, ui: &Ui, rect: Rect, columns: &Columns, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    ui.painter().rect_filled(rect, 0.0, palette.background);
    ui.painter().hline(rect.x_range(), ui.painter().round_to_pixel_center(rect.bottom() - 0.5), palette.rule());
    let sort = app.sort();
    let all = [
        (Some(columns.title.0), "Talk", SortKey::Title),
        (columns.length, "Length", SortKey::Length),
        (columns.progress, "Progress", SortKey::Progress),
        (columns.verdict, "Verdict", SortKey::Verdict),
        (columns.tags.map(|tags| tags.0), "Tags and notes", SortKey::Notes),
    ];
    for (left, name, key) in all {
        let Some(left) = left else { continue };
        let (on, at) = (sort.key == key, pos2(rect.left() + left, rect.center().y));
        let font = if on { theme::small_strong() } else { theme::small() };
        let words = ui.painter().layout_no_wrap(name.to_owned(), font, palette.muted);
        let area = Rect::from_min_max(
            pos2(at.x - UNIT, rect.top() + 2.0),
            pos2(at.x + words.size().x + 4.0 * UNIT, rect.bottom() - 2.0),
        );
        let response = ui.interact(area, ui.scope_id().with(("head", name)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::ColumnHeader, true, on, name));
        let color = match (on, response.hovered() || response.has_focus()) {
            (_, true) => palette.accent,
            (true, false) => palette.text,
            (false, false) => palette.muted,
        };
        let right = at.x + words.size().x;
        ui.painter().galley_with_override_text_color(pos2(at.x, at.y - words.size().y / 2.0), words, color);
        if on {
            draw::triangle(ui, pos2(right + 2.0 * UNIT, at.y), sort.reversed, color);
        }
        if response.clicked() {
            out.push(sorted(sort, key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_fill_the_width_and_do_not_overlap() {
        for width in [400.0, 640.0, 719.0, 720.0, 800.0, 1039.0, 1040.0, 1440.0, 3840.0] {
            let columns = Columns::new(width, false);
            assert!(columns.title.1 - columns.title.0 > 150.0, "{width}: {columns:?}");
            let (left, right) = columns.tags.unwrap_or((width - EDGE, width - EDGE));
            assert!(right <= width - EDGE + 0.01);
            let Some(((length, progress), verdict)) = columns.length.zip(columns.progress).zip(columns.verdict) else {
                continue;
            };
            assert!(columns.title.1 < length && length < progress && progress < verdict && verdict < left, "{width}");
        }
    }
}

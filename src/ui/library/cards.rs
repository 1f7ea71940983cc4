//! The talks as cards: large pictures beside each other.

use egui::{Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

use super::draw::{self, counted};
use super::{Place, row, words};
use crate::app::App;
use crate::app::browse::picture_key;
use crate::command::Command;
use crate::library::Row;
use crate::library::shelf::Seen;
use crate::ui::theme::{self, EDGE, Palette, UNIT};
use crate::ui::thumbs::{Thumbs, physical};

/// A card is about this wide.
const WIDTH: f32 = 288.0;
/// Where not even smaller pictures let a whole card be seen, they stay as wide as this or less.
const LEAST: f32 = 200.0;
/// Around what is in a card.
const MARGIN: f32 = 8.0;
/// Between cards.
const GAP: f32 = 2.0 * UNIT;
/// Height of what stands below the picture.
const TEXT: f32 = 108.0;

/// How the cards lie.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Grid {
    columns: usize,
    /// Extent of the picture.
    picture: egui::Vec2,
}

impl Grid {
    /// As large as lets a whole card be seen.
    fn new(area: egui::Vec2) -> Self {
        const MOST: usize = 12;
        let room = (area.x - 2.0 * (EDGE - MARGIN)).max(120.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few columns")]
        let columns = (((room + GAP) / (WIDTH + GAP)).round() as usize).max(1);
        let fits = |grid: &Self| grid.card().y + GAP <= area.y || grid.picture.x < LEAST;
        (columns..MOST).map(|columns| Self::of(room, columns)).find(fits).unwrap_or(Self::of(room, columns))
    }

    fn of(room: f32, columns: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a few columns")]
        let across = ((room + GAP) / columns as f32 - GAP - 2.0 * MARGIN).floor();
        Self { columns, picture: vec2(across, (across * 9.0 / 16.0).floor()) }
    }

    fn card(&self) -> egui::Vec2 {
        self.picture + vec2(2.0 * MARGIN, 2.0 * MARGIN + TEXT)
    }

    fn row(&self) -> f64 {
        f64::from(self.card().y + GAP)
    }

    /// The upper edge of a card in the list.
    fn top(&self, at: usize) -> f64 {
        (at / self.columns) as f64 * self.row() + f64::from(GAP)
    }

    fn left(&self, at: usize) -> f32 {
        EDGE - MARGIN + (at % self.columns) as f32 * (self.card().x + GAP)
    }

    fn height(&self, count: usize) -> f64 {
        count.div_ceil(self.columns) as f64 * self.row() + 2.0 * f64::from(GAP)
    }
}

/// Draws the cards into `rect`.
pub fn ui(app: &mut App, ui: &mut Ui, rect: Rect, place: &mut Place, thumbs: &mut Thumbs, out: &mut Vec<Command>) {
    ui.painter().rect_filled(rect, 0.0, Palette::of(ui).background);
    let grid = Grid::new(rect.size());
    let count = app.listed().len();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few rows")]
    let seen = ((f64::from(rect.height()) / grid.row()) as usize).max(1);
    app.set_shelf_grid(grid.columns, seen);
    let chosen = place.chosen_at(app);
    let mut area = ui.new_child(UiBuilder::new().max_rect(rect));
    area.set_clip_rect(rect);
    let mut scroll = ScrollArea::vertical().auto_shrink(false).id_salt("library cards");
    if place.is_new(app, grid.columns) {
        let middle = chosen.map_or(0.0, |at| grid.top(at) - (f64::from(rect.height()) - grid.row()) / 2.0);
        #[expect(clippy::cast_possible_truncation, reason = "points of a list")]
        let offset = middle.clamp(0.0, (grid.height(count) - f64::from(rect.height())).max(0.0)) as f32;
        scroll = scroll.vertical_scroll_offset(offset);
    }
    let moved = place.moved(app, rect.size());
    let pointed = place.points(ui);
    scroll.show_viewport(&mut area, |ui, viewport| {
        #[expect(clippy::cast_possible_truncation, reason = "points of a list")]
        ui.set_min_size(vec2(rect.width(), grid.height(count) as f32));
        let above = f64::from(viewport.min.y);
        #[expect(clippy::cast_possible_truncation, reason = "points of a window")]
        let card = |at: usize| {
            let corner = pos2(rect.left() + grid.left(at), rect.top() + (grid.top(at) - above) as f32);
            Rect::from_min_size(corner, grid.card())
        };
        if let Some(at) = chosen.filter(|_| moved) {
            ui.scroll_to_rect_animation(card(at).expand(GAP), None, egui::style::ScrollAnimation::none());
        }
        place.in_sight = chosen.is_some_and(|at| rect.intersects(card(at)));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
        let row_of = |y: f64| (y.max(0.0) / grid.row()) as usize;
        let first = row_of(above) * grid.columns;
        let last = ((row_of(above + f64::from(rect.height())) + 1) * grid.columns).min(count);
        for at in first..last {
            draw_card(app, ui, (card(at), grid.picture), (at, chosen == Some(at), pointed), thumbs, out);
        }
        let cell = physical(Rect::from_min_size(pos2(0.0, 0.0), grid.picture), ui.pixels_per_point());
        let ahead = seen * grid.columns;
        for at in (last..last + ahead).chain(first.saturating_sub(ahead)..first) {
            let picture = app.listed_row(at).and_then(|row| row.entry.picture.as_ref());
            thumbs.want(picture.map(|picture| picture_key(picture, cell)));
        }
    });
}

fn draw_card(
    app: &mut App,
    ui: &Ui,
    (rect, picture): (Rect, egui::Vec2),
    (at, chosen, pointed): (usize, bool, bool),
    thumbs: &mut Thumbs,
    out: &mut Vec<Command>,
) {
    let lit = if app.filter().text.is_empty() { Vec::new() } else { app.lit(at) };
    let app = &*app;
    let Some(talk) = app.listed_row(at) else { return };
    let palette = Palette::of(ui);
    let response = ui.interact(rect, ui.scope_id().with(("card", &talk.entry.path)), Sense::click());
    row::tell(app, &response, talk, chosen);
    row::act(app, ui, &response, talk, chosen, out);
    let (ground, edge) = match (chosen, response.hovered() && pointed) {
        (true, _) => (palette.chosen, Stroke::new(2.0, palette.accent)),
        (false, true) => (palette.panel, Stroke::new(1.0, palette.muted)),
        (false, false) => (palette.panel, palette.rule()),
    };
    let edge = if response.has_focus() { Stroke::new(2.0, palette.accent) } else { edge };
    ui.painter().rect(rect, theme::CORNER, ground, edge, StrokeKind::Inside);
    let cell = Rect::from_min_size(rect.min + vec2(MARGIN, MARGIN), picture);
    draw::picture(app, ui, Some(talk), cell, thumbs);
    if talk.entry.broken.is_none() {
        let bar = Rect::from_min_size(pos2(cell.left(), cell.bottom() + 6.0), vec2(cell.width(), 4.0));
        draw::bar(ui, bar, draw::heard_part(talk), Seen::of(talk) == Seen::Done);
    }
    let text = Rect::from_min_max(pos2(cell.left(), cell.bottom() + 16.0), rect.max - vec2(MARGIN, MARGIN));
    words_of(app, ui, text, talk, &lit);
}

/// Title on two lines, authors, and at the bottom what became of it.
fn words_of(app: &App, ui: &Ui, rect: Rect, talk: &Row, lit: &[u32]) {
    let palette = Palette::of(ui);
    let color = if talk.away { palette.muted } else { palette.text };
    let title = draw::title(ui, &talk.entry.title, lit, color, (rect.width(), 2));
    let below = rect.top() + title.size().y + 12.0;
    ui.painter().galley(rect.min, title, color);
    let (second, color) = match &talk.entry.broken {
        Some(why) => (why.clone(), palette.warning),
        None if talk.entry.authors.is_empty() => (words::session(talk, app.library().roots().len()), palette.muted),
        None => (talk.entry.authors.join(", "), palette.muted),
    };
    draw::put(ui, pos2(rect.left(), below), rect.width(), &second, theme::small(), color);
    let (y, right) = (rect.bottom() - 10.0, rect.right());
    let mut x = rect.left();
    if row::is_open(app, talk) {
        x = draw::playing_mark(app, ui, pos2(x, y), right - x) + 3.0 * UNIT;
    }
    if talk.away {
        x = draw::put(ui, pos2(x, y), right - x, "not there", theme::small(), palette.warning) + 3.0 * UNIT;
    }
    let length = talk.entry.length.map(|length| length.clock()).unwrap_or_default();
    let progress = match draw::progress(app, talk) {
        words if words.is_empty() || length.is_empty() => words,
        words => format!("{words}, {length}"),
    };
    x = draw::put(ui, pos2(x, y), right - x, &progress, theme::small(), palette.muted) + 3.0 * UNIT;
    if let Some(verdict) = talk.state.verdict {
        let color = draw::verdict_color(palette, verdict);
        x = draw::put(ui, pos2(x, y), right - x, verdict.word(), theme::small_strong(), color) + 3.0 * UNIT;
    }
    if talk.state.notes > 0 {
        let notes = counted(talk.state.notes, "note", "notes");
        x = draw::put(ui, pos2(x, y), right - x, &notes, theme::small(), palette.muted) + 3.0 * UNIT;
    }
    if !talk.state.tags.is_empty() {
        draw::put(ui, pos2(x, y), right - x, &row::tags(talk), theme::small(), palette.note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cards_fill_the_width_at_any_size() {
        for width in [300.0, 480.0, 800.0, 1280.0, 1920.0, 3840.0] {
            let grid = Grid::new(vec2(width, 700.0));
            let right = grid.left(grid.columns - 1) + grid.card().x;
            assert!(
                right <= width - EDGE + MARGIN + 0.5 && right > width - EDGE - grid.columns as f32 - 1.0,
                "{grid:?}"
            );
            assert!(grid.picture.x >= 160.0 && grid.picture.x < 440.0, "{width}: {grid:?}");
        }
        let low = Grid::new(vec2(640.0, 260.0));
        assert!(low.card().y < 260.0, "{low:?}");
    }
}

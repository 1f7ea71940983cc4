//! All slides at once, in rows, in the place of the slide. Only what is seen is drawn.

mod said;
mod sheet;

use egui::{Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

use self::sheet::Sheet;
use super::theme::{self, EDGE, Palette, UNIT};
use super::thumbs::Thumbs;
use crate::app::App;
use crate::command::Command;
use crate::talk::track::SlideIndex;

/// A picture is about this wide, in points; as many as fit share the width.
const WIDTH: f32 = 248.0;
/// The widest that a picture becomes where there are few, in points.
const LARGEST: f32 = 480.0;
/// Between pictures.
const GAP: f32 = 4.0 * UNIT;
/// The line below a picture.
const CAPTION: f32 = 28.0;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct Overview {
    /// The slide that was chosen when it was last drawn: when another is, it is scrolled to.
    scrolled_to: Option<SlideIndex>,
    /// The columns then.
    columns: usize,
    /// With the words, it is another view.
    sheet: Sheet,
}

/// How the slides lie.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Grid {
    columns: usize,
    cell: egui::Vec2,
}

impl Grid {
    /// As large as lets all slides be seen at once, but not smaller than can be read.
    fn new(area: egui::Vec2, count: usize) -> Self {
        let room = (area.x - 2.0 * EDGE).max(80.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few columns")]
        let (most, least) =
            ((((room + GAP) / (WIDTH + GAP)).round() as usize).max(1), ((room / LARGEST).ceil() as usize).max(1));
        let fits = |columns: &usize| {
            let grid = Self::of(room, *columns);
            #[expect(clippy::cast_precision_loss, reason = "rows of slides")]
            let rows = count.div_ceil(*columns) as f32;
            rows * grid.row_height() + GAP <= area.y
        };
        Self::of(room, (least..most).find(fits).unwrap_or(most))
    }

    fn of(room: f32, columns: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a few columns")]
        let across = ((room + GAP) / columns as f32 - GAP).floor();
        Self { columns, cell: vec2(across, (across * 9.0 / 16.0).floor()) }
    }

    fn row_height(&self) -> f32 {
        self.cell.y + CAPTION + GAP
    }

    /// The picture's rectangle, from the top left corner of all of it.
    #[expect(clippy::cast_precision_loss, reason = "rows and columns of slides")]
    fn at(&self, slide: usize) -> Rect {
        let (row, column) = (slide / self.columns, slide % self.columns);
        let corner = pos2(EDGE + column as f32 * (self.cell.x + GAP), GAP + row as f32 * self.row_height());
        Rect::from_min_size(corner, self.cell)
    }
}

impl Overview {
    /// Draws the slides into `rect`.
    pub fn ui(&mut self, app: &mut App, ui: &mut Ui, rect: Rect, thumbs: &mut Thumbs, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        ui.painter().rect_filled(rect, 0.0, palette.background);
        let Some(state) = app.view().overview else { return };
        if app.view().words {
            self.scrolled_to = None;
            self.sheet.ui(app, ui, rect, thumbs, out);
            return;
        }
        self.sheet.close();
        let count = app.player().talk().map_or(0, |talk| talk.slides.len());
        let grid = Grid::new(rect.size(), count);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few rows")]
        let seen_rows = ((rect.height() / grid.row_height()) as usize).max(1);
        app.set_overview_grid(grid.columns, seen_rows);
        let app = &*app;
        let mut area = ui.new_child(UiBuilder::new().max_rect(rect));
        area.set_clip_rect(rect);
        let mut scroll = ScrollArea::vertical().auto_shrink(false).id_salt("overview");
        if self.scrolled_to.is_none() || self.columns != grid.columns {
            // In the right place from the first frame on.
            let chosen = grid.at(state.chosen.0);
            scroll = scroll.vertical_scroll_offset((chosen.center().y - rect.height() / 2.0).max(0.0));
            self.scrolled_to = Some(state.chosen);
            self.columns = grid.columns;
        }
        scroll.show_viewport(&mut area, |ui, viewport| {
            #[expect(clippy::cast_precision_loss, reason = "rows of slides")]
            let height = count.div_ceil(grid.columns) as f32 * grid.row_height() + 2.0 * GAP;
            ui.set_min_size(vec2(rect.width(), height));
            let origin = ui.min_rect().min.to_vec2();
            if self.scrolled_to != Some(state.chosen) {
                let cell = grid.at(state.chosen.0).translate(origin).expand2(vec2(0.0, CAPTION + GAP));
                ui.scroll_to_rect(cell, None);
                self.scrolled_to = Some(state.chosen);
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
            let row_of = |y: f32| ((y - GAP).max(0.0) / grid.row_height()) as usize;
            let (first, last) = (row_of(viewport.min.y), row_of(viewport.max.y) + 1);
            for slide in first * grid.columns..(last * grid.columns).min(count) {
                cell(app, ui, grid.at(slide).translate(origin), SlideIndex(slide), state.chosen, thumbs, out);
            }
            // A screen further in both directions, so that it is there when it comes into sight.
            let size = super::thumbs::physical(Rect::from_min_size(pos2(0.0, 0.0), grid.cell), ui.pixels_per_point());
            let ahead = (last * grid.columns)..((last + seen_rows) * grid.columns).min(count);
            let behind = (first.saturating_sub(seen_rows) * grid.columns)..(first * grid.columns).min(count);
            for slide in ahead.chain(behind) {
                thumbs.want(app.thumb_key(SlideIndex(slide), size));
            }
        });
    }

    /// It was closed.
    pub fn close(&mut self) {
        self.scrolled_to = None;
        self.sheet.close();
    }
}

fn cell(
    app: &App,
    ui: &Ui,
    rect: Rect,
    slide: SlideIndex,
    chosen: SlideIndex,
    thumbs: &mut Thumbs,
    out: &mut Vec<Command>,
) {
    let palette = Palette::of(ui);
    let whole = rect.with_max_y(rect.bottom() + CAPTION);
    let response = ui.interact(whole, ui.scope_id().with(("overview", slide.0)), Sense::click());
    let picture = thumbs.paint(app, ui, slide, rect);
    let current = app.player().slide() == Some(slide);
    // White slides on a light ground have an edge.
    ui.painter().rect_stroke(picture.expand(1.0), 0, palette.rule(), StrokeKind::Inside);
    if slide == chosen {
        ui.painter().rect_stroke(picture.expand(3.0), 3, Stroke::new(3.0, palette.accent), StrokeKind::Middle);
    } else if response.hovered() {
        ui.painter().rect_stroke(picture.expand(2.0), 2, Stroke::new(1.0, palette.muted), StrokeKind::Middle);
    }
    let start = app.player().talk().and_then(|talk| talk.slides.get(slide)).map(|slide| slide.start.clock());
    caption(ui, rect, slide, &start.unwrap_or_default(), current);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::Button, true, slide == chosen, format!("Slide {}", slide.0 + 1))
    });
    if response.clicked() {
        let aside = ui.input(|input| input.modifiers.shift || input.modifiers.command);
        out.push(if aside { Command::LookAt(slide.0 + 1) } else { Command::SlideGo(slide.0 + 1) });
        if !aside {
            out.push(Command::ToggleOverview);
        }
    }
}

/// Number on the left, time on the right; where the talk is, in its colour and with a word.
fn caption(ui: &Ui, rect: Rect, slide: SlideIndex, start: &str, current: bool) {
    let palette = Palette::of(ui);
    let y = rect.bottom() + CAPTION / 2.0 + 1.0;
    let (color, font) = if current { (palette.accent, theme::small_strong()) } else { (palette.text, theme::small()) };
    let number =
        ui.painter().text(pos2(rect.left(), y), egui::Align2::LEFT_CENTER, (slide.0 + 1).to_string(), font, color);
    if current {
        let at = pos2(number.right() + 2.0 * UNIT, y);
        ui.painter().text(at, egui::Align2::LEFT_CENTER, "the talk is here", theme::small(), palette.accent);
    }
    ui.painter().text(pos2(rect.right(), y), egui::Align2::RIGHT_CENTER, start, theme::keycap(), palette.muted);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_fill_the_width_at_any_size() {
        for width in [300.0, 480.0, 800.0, 1280.0, 1920.0, 3840.0] {
            let grid = Grid::new(vec2(width, 600.0), 640);
            let last = grid.at(grid.columns - 1);
            assert!(last.right() <= width - EDGE + 0.5 && last.right() > width - EDGE - grid.columns as f32 - 1.0);
            assert!(grid.cell.x >= 160.0 && grid.cell.x < 400.0, "{width}: {:?}", grid.cell);
            assert!((grid.at(grid.columns).top() - last.bottom() - CAPTION - GAP).abs() < 0.01);
        }
    }

    #[test]
    fn few_slides_are_as_large_as_lets_them_all_be_seen() {
        let few = Grid::new(vec2(1600.0, 850.0), 10);
        let many = Grid::new(vec2(1600.0, 850.0), 640);
        assert!(few.cell.x > 1.3 * many.cell.x && few.at(9).bottom() + CAPTION < 850.0, "{few:?} {many:?}");
        assert!(Grid::new(vec2(1600.0, 850.0), 1).cell.x <= LARGEST);
    }
}

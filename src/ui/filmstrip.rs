//! The slides of the talk, one below the other, beside the slide.

use egui::{Align, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

use super::panel;
use super::theme::{self, EDGE, Palette, UNIT};
use super::thumbs::Thumbs;
use crate::app::App;
use crate::command::Command;
use crate::talk::track::SlideIndex;

/// Width of the numbers and times on the left.
const MARGIN: f32 = 56.0;

/// The widest that a picture becomes, in points: several should be seen.
const WIDEST: f32 = 400.0;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct Filmstrip {
    /// The slide that was shown when it was last drawn: when another is, it is scrolled to.
    followed: Option<SlideIndex>,
    /// The height of a row then: with another one everything lies elsewhere.
    row: f32,
}

impl Filmstrip {
    /// Draws the panel into `rect`.
    pub fn ui(&mut self, app: &App, ui: &mut Ui, rect: Rect, thumbs: &mut Thumbs, out: &mut Vec<Command>) {
        let body = panel::ui(ui, rect, "Slides", Command::ToggleSlides, out);
        let count = app.player().talk().map_or(0, |talk| talk.slides.len());
        let width = (body.width() - 2.0 * EDGE - MARGIN).clamp(40.0, WIDEST).floor();
        let height = (width * 9.0 / 16.0).floor();
        let row = height + 3.0 * UNIT;
        let mut list = ui.new_child(UiBuilder::new().max_rect(body));
        list.set_clip_rect(body);
        ScrollArea::vertical().auto_shrink(false).id_salt("filmstrip").show_viewport(&mut list, |ui, viewport| {
            #[expect(clippy::cast_precision_loss, reason = "rows of slides")]
            ui.set_min_size(vec2(body.width(), count as f32 * row + EDGE));
            let origin = ui.min_rect().min;
            #[expect(clippy::cast_precision_loss, reason = "rows of slides")]
            let at =
                |slide: usize| Rect::from_min_size(origin + vec2(0.0, slide as f32 * row), vec2(body.width(), row));
            let shown = app.shown_slide();
            let moved = self.row != row;
            self.row = row;
            if let Some(slide) = shown.filter(|_| moved || shown != self.followed) {
                let align = if moved || self.followed.is_none() { Some(Align::Center) } else { None };
                ui.scroll_to_rect(at(slide.0).expand2(vec2(0.0, row)), align);
                self.followed = shown;
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
            let row_of = |y: f32| (y.max(0.0) / row) as usize;
            let (first, last) = (row_of(viewport.min.y), (row_of(viewport.max.y) + 1).min(count));
            for slide in first..last {
                line(app, ui, at(slide), vec2(width, height), SlideIndex(slide), thumbs, out);
            }
            let size = Rect::from_min_size(pos2(0.0, 0.0), vec2(width, height));
            let size = super::thumbs::physical(size, ui.pixels_per_point());
            for slide in (last..(last + 4).min(count)).chain(first.saturating_sub(4)..first) {
                thumbs.want(app.thumb_key(SlideIndex(slide), size));
            }
        });
    }
}

fn line(
    app: &App,
    ui: &Ui,
    rect: Rect,
    size: egui::Vec2,
    slide: SlideIndex,
    thumbs: &mut Thumbs,
    out: &mut Vec<Command>,
) {
    let palette = Palette::of(ui);
    let response = ui.interact(rect, ui.scope_id().with(("filmstrip", slide.0)), Sense::click());
    let (shown, current) = (app.shown_slide() == Some(slide), app.player().slide() == Some(slide));
    if shown {
        ui.painter().rect_filled(rect, 0.0, palette.raised);
        let bar = rect.with_max_x(rect.left() + 2.0);
        ui.painter().rect_filled(bar, 0.0, palette.accent);
    }
    let cell = Rect::from_min_size(pos2(rect.left() + EDGE + MARGIN, rect.top() + 1.5 * UNIT), size);
    let picture = thumbs.paint(app, ui, slide, cell);
    if response.hovered() {
        ui.painter().rect_stroke(picture, 0, Stroke::new(1.0, palette.accent), StrokeKind::Outside);
    }
    let (color, font) = if current { (palette.accent, theme::small_strong()) } else { (palette.text, theme::small()) };
    let at = pos2(rect.left() + EDGE, cell.top() + 2.0);
    let number = ui.painter().text(at, egui::Align2::LEFT_TOP, (slide.0 + 1).to_string(), font, color);
    let start = app.player().talk().and_then(|talk| talk.slides.get(slide)).map(|slide| slide.start.clock());
    let below = pos2(at.x, number.bottom() + 2.0);
    ui.painter().text(below, egui::Align2::LEFT_TOP, start.unwrap_or_default(), theme::keycap(), palette.muted);
    response
        .widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, shown, format!("Slide {}", slide.0 + 1)));
    if response.clicked() {
        let aside = ui.input(|input| input.modifiers.shift || input.modifiers.command);
        out.push(if aside { Command::LookAt(slide.0 + 1) } else { Command::SlideGo(slide.0 + 1) });
    }
}

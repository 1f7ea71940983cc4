//! The slide of the moment under the pointer: beside the slide where there is room, else within the strip; never on the
//! slide.

use egui::{Rangef, Rect, Sense, StrokeKind, Ui, pos2, vec2};

use egui::emath::GuiRounding as _;

use super::strip::TIMELINE;
use super::theme::{self, EDGE, Palette, UNIT};
use super::thumbs::Thumbs;
use super::timeline::Hover;
use crate::app::App;

/// Extent of the picture within the strip, in points.
const SMALL: egui::Vec2 = vec2(90.0, 50.0);
/// The largest picture beside the slide, and the smallest that is worth being there.
const LARGE: egui::Vec2 = vec2(320.0, 180.0);
const LEAST: egui::Vec2 = vec2(144.0, 81.0);
/// Height of the words below a large picture.
const CAPTION: f32 = 28.0;

/// Where a preview can be.
pub struct Room {
    /// The strip.
    pub strip: Rect,
    /// What of its lower row no control takes.
    pub free: Rangef,
    /// The slide's pane.
    pub stage: Rect,
}

/// Draws the preview.
pub fn ui(app: &App, ui: &Ui, room: &Room, hover: Hover, thumbs: &mut Thumbs) {
    match beside_slide(app, ui, room.stage, hover.x) {
        Some(card) => large(app, ui, card, hover, thumbs),
        None => small(app, ui, room, hover, thumbs),
    }
}

/// A card in what the slide leaves free of its pane: below it under the pointer, else at the bottom of its nearer side.
fn beside_slide(app: &App, ui: &Ui, stage: Rect, x: f32) -> Option<Rect> {
    let scale = ui.pixels_per_point();
    #[expect(clippy::cast_precision_loss, reason = "pixels of a screen")]
    let points = |pixels: i64| pixels as f32 / scale;
    let slide = app.slide_rect().filter(|_| app.view().overview.is_none())?;
    let (left, top) = (i64::from(slide.x), i64::from(slide.y));
    let slide = Rect::from_min_max(
        pos2(points(left), points(top)),
        pos2(points(left + i64::from(slide.size.width)), points(top + i64::from(slide.size.height))),
    );
    let fits = |width: f32, height: f32| {
        let across = width.min(height * 16.0 / 9.0).min(LARGE.x).floor();
        (across >= LEAST.x).then(|| vec2(across, (across * 9.0 / 16.0).floor()))
    };
    let below = stage.bottom() - slide.bottom() - CAPTION - 3.0 * UNIT;
    let sides = [(slide.left() - stage.left(), stage.left()), (stage.right() - slide.right(), slide.right())];
    let (picture, middle) = if let Some(picture) = fits(stage.width(), below) {
        (picture, x)
    } else {
        let (room, from) = sides[usize::from(x > stage.center().x)];
        (fits(room - 4.0 * UNIT, LARGE.y)?, from + room / 2.0)
    };
    let size = picture + vec2(2.0, CAPTION + 2.0);
    let left = (middle - size.x / 2.0).min(stage.right() - size.x - UNIT).max(stage.left() + UNIT);
    Some(Rect::from_min_size(pos2(left, stage.bottom() - size.y - UNIT), size).round_to_pixels(scale))
}

fn large(app: &App, ui: &Ui, card: Rect, hover: Hover, thumbs: &mut Thumbs) {
    let palette = Palette::of(ui);
    ui.painter().rect(card, theme::CORNER, palette.raised, palette.rule(), StrokeKind::Inside);
    let cell = Rect::from_min_max(card.min + vec2(1.0, 1.0), pos2(card.right() - 1.0, card.bottom() - CAPTION - 1.0));
    if let Some(slide) = hover.slide {
        thumbs.paint(app, ui, slide, cell);
    }
    let y = card.bottom() - CAPTION / 2.0 - 1.0;
    let (left, right) = (pos2(card.left() + 2.0 * UNIT, y), pos2(card.right() - 2.0 * UNIT, y));
    ui.painter().text(left, egui::Align2::LEFT_CENTER, number(hover), theme::small(), palette.muted);
    ui.painter().text(right, egui::Align2::RIGHT_CENTER, hover.time.clock(), theme::times(), palette.text);
    tell(app, ui, card, hover);
}

fn small(app: &App, ui: &Ui, room: &Room, hover: Hover, thumbs: &mut Thumbs) {
    let (palette, scale, strip) = (Palette::of(ui), ui.pixels_per_point(), room.strip);
    let row = Rect::from_min_max(pos2(strip.left(), strip.top() + TIMELINE + UNIT), strip.max);
    let painter = ui.painter();
    let time = painter.layout_no_wrap(hover.time.clock(), theme::times(), palette.text);
    let number = painter.layout_no_wrap(number(hover), theme::small(), palette.muted);
    let words = time.size().x.max(number.size().x);
    let width = SMALL.x + 3.0 * UNIT + words + 4.0 * UNIT;
    // Under the pointer, but beside the controls as long as there is room.
    let whole = Rangef::new(row.left() + EDGE, row.right() - EDGE);
    let within = if room.free.span() >= width { room.free } else { whole };
    let left = (hover.x - width / 2.0).min(within.max - width).max(within.min);
    let card = Rect::from_min_size(pos2(left, row.top()), vec2(width, row.height() - 1.0)).round_to_pixels(scale);
    painter.rect(card, theme::CORNER, palette.raised, palette.rule(), StrokeKind::Inside);
    let cell = Rect::from_min_size(card.min + vec2(1.0, (card.height() - SMALL.y) / 2.0), SMALL);
    if let Some(slide) = hover.slide {
        thumbs.paint(app, ui, slide, cell);
    }
    let (at, middle) = (cell.right() + 3.0 * UNIT, card.center().y);
    painter.galley(pos2(at, middle - time.size().y), time, palette.text);
    painter.galley(pos2(at, middle + 1.0), number, palette.muted);
    tell(app, ui, card, hover);
}

fn number(hover: Hover) -> String {
    hover.slide.map(|slide| format!("Slide {}", slide.0 + 1)).unwrap_or_default()
}

/// For those who cannot see it.
fn tell(app: &App, ui: &Ui, card: Rect, hover: Hover) {
    let count = app.player().talk().map_or(0, |talk| talk.slides.len());
    let slide = hover.slide.map_or(0, |slide| slide.0 + 1);
    ui.interact(card, ui.scope_id().with("preview"), Sense::hover()).widget_info(|| {
        let words = format!("Slide {slide} of {count} at {}", hover.time.clock());
        egui::WidgetInfo::labeled(egui::Role::Image, true, words)
    });
}

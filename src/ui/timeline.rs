//! The timeline: where the talk is, where its slides begin, and where to go. Drags move the playhead live.

use egui::{Pos2, Rect, Response, Sense, Stroke, Ui, Vec2, pos2, vec2};

use super::theme::Palette;
use crate::app::App;
use crate::command::Command;
use crate::talk::track::SlideIndex;
use crate::time::MediaTime;

/// The moment under the pointer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hover {
    /// Which moment.
    pub time: MediaTime,
    /// Its slide.
    pub slide: Option<SlideIndex>,
    /// Where the pointer is, in points.
    pub x: f32,
}

/// Half the height of a slide mark.
const MARK: f32 = 11.0;
/// Between slide marks, in points, where they are drawn at full height.
const ROOMY: f32 = 8.0;
/// From where to where, above the middle, the mark of something that was found reaches.
const FOUND: (f32, f32) = (PLAYHEAD, 7.0);
/// How far the brackets of a loop reach inward.
const BRACKET: f32 = 4.0;
/// Half the height of the playhead.
const PLAYHEAD: f32 = 15.0;

/// Draws the timeline into `rect` and tells what the pointer is on.
pub fn ui(app: &App, ui: &Ui, rect: Rect, out: &mut Vec<Command>) -> Option<Hover> {
    let response = ui.interact(rect, ui.scope_id().with("timeline"), Sense::click_and_drag());
    let duration = app.player().duration();
    let position = app.player().position();
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::Slider, true, "Timeline");
        info.value = Some(position.secs_f64());
        info
    });
    paint(app, ui, rect, x_of(position, duration, rect));
    drag(ui, &response, rect, duration, out);
    let pointer = response.hover_pos().or(response.interact_pointer_pos())?;
    let time = time_at(pointer, rect, duration);
    let slide = app.player().talk()?.slides.slide_at(time);
    let hover = Hover { time, slide, x: pointer.x.clamp(rect.left(), rect.right()) };
    let palette = Palette::of(ui);
    ui.painter().vline(hover.x, centred(rect, PLAYHEAD), Stroke::new(1.0, palette.muted));
    Some(hover)
}

fn drag(ui: &Ui, response: &Response, rect: Rect, duration: MediaTime, out: &mut Vec<Command>) {
    if response.is_pointer_button_down_on() {
        let moved = ui.input(|input| input.pointer.delta() != Vec2::ZERO || input.pointer.any_pressed());
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| moved) {
            out.push(Command::ScrubTo(time_at(pointer, rect, duration)));
        }
    }
    if response.clicked() || response.drag_stopped() {
        // A tap may come and go within one frame, in which the button is never seen down.
        if let Some(pointer) = response.interact_pointer_pos() {
            out.push(Command::ScrubTo(time_at(pointer, rect, duration)));
        }
        out.push(Command::ScrubEnd);
    }
}

fn paint(app: &App, ui: &Ui, rect: Rect, playhead: f32) {
    let (palette, painter) = (Palette::of(ui), ui.painter());
    let middle = painter.round_to_pixel_center(rect.center().y);
    let track = |from: f32, to: f32, color, thick| {
        painter.line_segment([pos2(from, middle), pos2(to, middle)], Stroke::new(thick, color));
    };
    track(rect.left(), rect.right(), palette.line, 3.0);
    let duration = app.player().duration();
    let Some(talk) = app.player().talk() else { return };
    // Hundreds of marks stay quiet: lower and paler the closer they stand.
    #[expect(clippy::cast_precision_loss, reason = "a number of slides")]
    let spacing = rect.width() / talk.slides.len().max(1) as f32;
    let strength = (spacing / ROOMY).clamp(0.3, 1.0);
    looped(app, ui, rect, duration);
    let mut last = f32::NEG_INFINITY;
    for slide in talk.slides.iter() {
        let x = painter.round_to_pixel_center(x_of(slide.start, duration, rect));
        // Marks closer than a pixel would only be drawn over each other.
        if x - last >= 1.0 / ui.pixels_per_point() {
            let color = if x <= playhead { palette.muted } else { palette.faint };
            let reach = centred(rect, MARK * (0.4 + 0.6 * strength));
            painter.vline(x, reach, Stroke::new(1.0, color.gamma_multiply(0.75 * strength)));
            last = x;
        }
    }
    track(rect.left(), playhead, palette.accent, 3.0);
    hatch(app, ui, rect, middle);
    // Where the slide's video moves: a thin line below, longer than a pixel.
    for (from, until) in app.moving_spans() {
        let (from, until) = (x_of(from, duration, rect), x_of(until, duration, rect));
        let line = Rect::from_x_y_ranges(from..=until.max(from + 2.0), middle + 4.0..=middle + 6.0);
        painter.rect_filled(line, 0.0, palette.muted);
    }
    // What was found of what is said, above the slides' marks.
    let mut last = f32::NEG_INFINITY;
    for hit in app.hits() {
        let x = painter.round_to_pixel_center(x_of(hit.start, duration, rect));
        if x - last >= 1.0 / ui.pixels_per_point() {
            let reach = egui::Rangef::new(middle - FOUND.0, middle - FOUND.1);
            painter.vline(x, reach, Stroke::new(2.0, palette.accent));
            last = x;
        }
    }
    // Notes, below the slides' marks.
    for moment in app.note().map(crate::notes::Document::moments).unwrap_or_default() {
        let x = x_of(moment.at, duration, rect);
        let tip = middle + MARK - 2.0;
        let corners = vec![pos2(x - 4.0, tip + 6.0), pos2(x + 4.0, tip + 6.0), pos2(x, tip)];
        painter.add(egui::Shape::convex_polygon(corners, palette.note, Stroke::NONE));
    }
    let head = Rect::from_center_size(pos2(playhead, middle), vec2(3.0, 2.0 * PLAYHEAD));
    painter.rect_filled(head, 1.5, palette.text);
}

/// What is left out: short strokes above the line, close together.
fn hatch(app: &App, ui: &Ui, rect: Rect, middle: f32) {
    const APART: f32 = 5.0;
    const TALL: f32 = 4.0;
    let (palette, painter, duration) = (Palette::of(ui), ui.painter(), app.player().duration());
    let mut next = f32::NEG_INFINITY;
    for (from, to) in app.cuts().spans() {
        let (from, to) = (x_of(*from, duration, rect), x_of(*to, duration, rect));
        // Cuts are shorter than a pixel in a long talk: one stroke stands for several.
        let mut x = from.max(next);
        while x <= to {
            let foot = pos2(x, middle - 3.0);
            painter.line_segment([foot, foot + vec2(TALL * 0.6, -TALL)], Stroke::new(1.0, palette.muted));
            x += APART;
        }
        next = x.max(next);
    }
}

/// The part that is heard again and again: a band, with a bracket at each end that is marked.
fn looped(app: &App, ui: &Ui, rect: Rect, duration: MediaTime) {
    let (a, b) = app.loop_marks();
    let (palette, painter) = (Palette::of(ui), ui.painter());
    let place = |mark: MediaTime| painter.round_to_pixel_center(x_of(mark, duration, rect));
    if let Some((a, b)) = app.looped() {
        let band = Rect::from_x_y_ranges(place(a)..=place(b), centred(rect, PLAYHEAD));
        painter.rect_filled(band, 0.0, palette.accent.gamma_multiply(0.18));
    }
    for (mark, inward) in [(a, BRACKET), (b, -BRACKET)] {
        let Some(x) = mark.map(place) else { continue };
        let (stroke, reach) = (Stroke::new(2.0, palette.accent), centred(rect, PLAYHEAD));
        painter.vline(x, reach, stroke);
        for y in [reach.min, reach.max] {
            painter.line_segment([pos2(x, y), pos2(x + inward, y)], stroke);
        }
    }
}

fn centred(rect: Rect, half: f32) -> egui::Rangef {
    egui::Rangef::new(rect.center().y - half, rect.center().y + half)
}

fn x_of(time: MediaTime, duration: MediaTime, rect: Rect) -> f32 {
    if duration <= MediaTime::ZERO {
        return rect.left();
    }
    #[expect(clippy::cast_possible_truncation, reason = "a part between 0 and 1")]
    let part = (time.secs_f64() / duration.secs_f64()).clamp(0.0, 1.0) as f32;
    rect.left() + part * rect.width()
}

fn time_at(pointer: Pos2, rect: Rect, duration: MediaTime) -> MediaTime {
    let part = ((pointer.x - rect.left()) / rect.width().max(1.0)).clamp(0.0, 1.0);
    MediaTime::from_secs_f64(duration.secs_f64() * f64::from(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_on_the_timeline_is_a_moment_and_back() {
        let rect = Rect::from_min_size(pos2(20.0, 0.0), vec2(1000.0, 40.0));
        let duration = MediaTime::from_secs(500);
        for secs in [0, 1, 250, 499, 500] {
            let time = MediaTime::from_secs(secs);
            let back = time_at(pos2(x_of(time, duration, rect), 3.0), rect, duration);
            assert!((back.secs_f64() - time.secs_f64()).abs() < 0.05);
        }
        assert_eq!(time_at(pos2(-50.0, 0.0), rect, duration), MediaTime::ZERO);
        assert_eq!(time_at(pos2(5000.0, 0.0), rect, duration), duration);
    }

    #[test]
    fn a_talk_of_no_length_divides_by_nothing() {
        let rect = Rect::from_min_size(pos2(20.0, 0.0), vec2(0.0, 40.0));
        assert!((x_of(MediaTime::ZERO, MediaTime::ZERO, rect) - 20.0).abs() < f32::EPSILON);
        assert_eq!(time_at(pos2(50.0, 0.0), rect, MediaTime::ZERO), MediaTime::ZERO);
    }
}

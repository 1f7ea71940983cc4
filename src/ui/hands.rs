//! What hands do on the slide itself: a double click fills the screen, a drag moves a slide that is larger than its pane,
//! the wheel moves or zooms it. Nothing is drawn.

use egui::{Rect, Ui};

use crate::app::App;
use crate::command::Command;

/// Larger by this many per cent with a notch, and smaller by as much as takes that back.
const ZOOM: (i32, i32) = (25, -20);

/// Listens on the slide's pane.
pub fn on_stage(app: &mut App, ui: &Ui, rect: Rect, out: &mut Vec<Command>) {
    let response = ui.interact(rect, ui.scope_id().with("stage"), egui::Sense::click_and_drag());
    let scale = ui.pixels_per_point();
    let pointer = response.hover_pos().map(|at| (pixels(at.x * scale), pixels(at.y * scale)));
    app.set_pointer(pointer);
    if response.double_clicked() {
        out.push(Command::ToggleFullscreen);
    }
    if app.can_pan() {
        if response.dragged() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
            let by = response.drag_delta() * scale;
            out.push(Command::PanBy(pixels(by.x), pixels(by.y)));
        } else if response.hovered() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::Grab);
        }
    }
    if !response.hovered() {
        return;
    }
    let (turned, zoom) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
    if (zoom - 1.0).abs() > 1e-3 {
        out.extend(zoomed(zoom).map(Command::ZoomBy));
    } else if app.can_pan() && turned != egui::Vec2::ZERO {
        out.push(Command::PanBy(pixels(turned.x * scale), pixels(turned.y * scale)));
    }
}

/// Per cent, of a factor by which the toolkit asks to zoom in this frame.
fn zoomed(factor: f32) -> Option<i32> {
    let percent = pixels((factor - 1.0) * 100.0).clamp(ZOOM.1, ZOOM.0);
    (percent != 0).then_some(percent)
}

#[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
fn pixels(points: f32) -> i32 {
    points.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notch_zooms_by_a_quarter_at_most() {
        assert_eq!(zoomed(1.1), Some(10));
        assert_eq!(zoomed(0.9), Some(-10));
        assert_eq!(zoomed(9.0), Some(25));
        assert_eq!(zoomed(1.001), None);
    }
}

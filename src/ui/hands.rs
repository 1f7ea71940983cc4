//! What hands do on the slide itself: a double click fills the screen, a drag moves a slide that is larger than its pane,
//! the wheel moves or zooms it. Nothing is drawn.

use egui::{Event, MouseWheelUnit, Rect, Ui};

use crate::app::App;
use crate::command::Command;

/// A notch of the wheel makes the slide larger by this factor, or smaller by as much.
const NOTCH: f32 = 1.25;
/// Points of a touchpad that are as much as a notch.
const NOTCH_POINTS: f32 = 50.0;

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
            out.extend(dragged(ui, &response, scale).map(|(x, y)| Command::PanBy(x, y)));
        } else if response.hovered() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::Grab);
        }
    }
    if !response.hovered() {
        return;
    }
    let (turned, zoom) = ui.input(|input| (input.smooth_scroll_delta(), zoom_asked(&input.raw.events)));
    if let Some(percent) = zoom.and_then(zoomed) {
        out.push(Command::ZoomBy(percent));
    } else if app.can_pan() && turned != egui::Vec2::ZERO {
        out.push(Command::PanBy(pixels(turned.x * scale), pixels(turned.y * scale)));
    }
}

/// Pixels by which the slide follows the pointer now. Counted from where the button went down, so that neither what the
/// pointer moved before it was a drag nor what rounding takes is lost.
fn dragged(ui: &Ui, response: &egui::Response, scale: f32) -> Option<(i32, i32)> {
    let all = response.total_drag_delta()? * scale;
    let all = (pixels(all.x), pixels(all.y));
    let followed = response.id.with("followed");
    let before = ui.data(|data| data.get_temp(followed)).filter(|_| !response.drag_started()).unwrap_or((0, 0));
    ui.data_mut(|data| data.insert_temp(followed, all));
    (all != before).then(|| (all.0 - before.0, all.1 - before.1))
}

/// The factor by which fingers or the wheel ask to zoom; notch by notch, not smoothed over several frames.
fn zoom_asked(events: &[Event]) -> Option<f32> {
    let factors = events.iter().filter_map(|event| match event {
        Event::Zoom(factor) => Some(*factor),
        Event::MouseWheel { unit, delta, modifiers, .. } if modifiers.command => {
            let notches = if *unit == MouseWheelUnit::Point { delta.y / NOTCH_POINTS } else { delta.y };
            Some(NOTCH.powf(notches))
        }
        _ => None,
    });
    factors.reduce(|all, factor| all * factor)
}

/// Per cent, of a factor.
fn zoomed(factor: f32) -> Option<i32> {
    let percent = pixels((factor - 1.0) * 100.0).clamp(-90, 900);
    (percent != 0).then_some(percent)
}

#[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
fn pixels(points: f32) -> i32 {
    points.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Modifiers;

    #[test]
    fn a_notch_zooms_by_a_quarter_and_back() {
        let wheel = |y, modifiers| Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: egui::vec2(0.0, y),
            modifiers,
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
        };
        let asked = |events: &[Event]| zoom_asked(events).and_then(zoomed);
        assert_eq!(asked(&[wheel(1.0, Modifiers::COMMAND)]), Some(25));
        assert_eq!(asked(&[wheel(-1.0, Modifiers::COMMAND)]), Some(-20));
        assert_eq!(asked(&[wheel(1.0, Modifiers::COMMAND), wheel(1.0, Modifiers::COMMAND)]), Some(56));
        assert_eq!(asked(&[wheel(1.0, Modifiers::NONE)]), None);
        assert_eq!(asked(&[Event::Zoom(1.001)]), None);
    }
}

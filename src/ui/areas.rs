//! Where everything lies in the window.

use egui::{Rect, pos2, vec2};

use super::{captions, header, speaker, strip};
use crate::app::App;

/// Below this height the header makes room for the slide.
const HEADER_FROM: f32 = 520.0;
/// Below this width a panel takes the slide's place instead of standing beside it.
const BESIDE_FROM: f32 = 620.0;
/// The part of an upright window that a panel below the slide takes.
const BELOW: f32 = 0.5;
/// Narrowest and widest panel, in points; and what it leaves to the slide.
pub const PANEL: (f32, f32, f32) = (240.0, 900.0, 360.0);

/// Where everything lies in the window.
pub struct Areas {
    /// Of the slide, or what stands in its place.
    pub stage: Rect,
    /// Of the line above it.
    pub header: Option<Rect>,
    /// Of the strip below it.
    pub strip: Option<Rect>,
    /// Of what stands beside it.
    pub panel: Option<Rect>,
    /// Of the captions below it.
    pub captions: Option<Rect>,
    /// Of the speaker's video.
    pub speaker: Option<Rect>,
}

impl Areas {
    /// In a window, with everything on whole pixels.
    pub fn lay(whole: Rect, app: &App, pixels_per_point: f32) -> Self {
        let snap = |points: f32| (points * pixels_per_point).round() / pixels_per_point;
        let hidden = app.view().slide_alone();
        let mut stage = whole;
        let strip = (!hidden).then(|| {
            stage.max.y = snap((whole.bottom() - strip::HEIGHT).max(whole.top()));
            Rect::from_min_max(pos2(whole.left(), stage.max.y), whole.max)
        });
        // The sheet of slides and words has a head of its own.
        let sheet = app.view().overview.is_some() && app.view().words && app.view().search.is_none();
        let own_head = sheet || library_shown(app);
        let header = (!hidden && !own_head && whole.height() >= HEADER_FROM).then(|| {
            stage.min.y = snap(whole.top() + header::HEIGHT);
            Rect::from_min_size(whole.min, vec2(whole.width(), stage.min.y - whole.top()))
        });
        let panel = app.view().panel.map(|_| {
            let (least, most, rest) = PANEL;
            if stage.height() > stage.width() && stage.width() < 2.0 * (least + rest) {
                // An upright window: below the slide, which is wider than high.
                let top = snap(stage.bottom() - BELOW * stage.height());
                let rect = Rect::from_min_max(pos2(stage.left(), top), stage.max);
                stage.max.y = top;
                return rect;
            }
            let beside = whole.width() >= BESIDE_FROM;
            let width = f32::from(app.view().panel_width).clamp(least, most.min(whole.width() - rest).max(least));
            let left = if beside { snap(whole.right() - width) } else { whole.left() };
            let rect = Rect::from_min_max(pos2(left, stage.top()), stage.max);
            if beside {
                stage.max.x = left;
            }
            rect
        });
        let (stage, captions) = captions::split(app, stage, pixels_per_point);
        let covered = app.view().slide_covered();
        let (stage, speaker) = if covered { (stage, None) } else { speaker::split(app, stage, pixels_per_point) };
        Self { stage, header, strip, panel, captions, speaker }
    }
}

/// Whether the library stands in the place of the slide; it has a head of its own.
pub fn library_shown(app: &App) -> bool {
    let view = app.view();
    view.library && view.overview.is_none() && view.search.is_none()
}

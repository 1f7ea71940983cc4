//! The speaker's video: beside the slide, small in a corner that the slide leaves free, or alone. Never on the slide.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::film::{FilmTexture, surround};
use super::stage;
use super::theme::{Palette, UNIT};
use crate::app::App;
use crate::command::SpeakerLayout;

/// The part of the room that the video takes beside the slide, and below it.
const BESIDE: f32 = 0.3;
const BELOW: f32 = 0.35;
/// And where a corner is wanted, but the slide leaves none.
const NARROW: f32 = 0.2;
/// Narrower than this, nobody would recognise a face; in points.
const LEAST: f32 = 160.0;
/// Larger than this part of the room, it would be no corner.
const MOST: f32 = 0.28;

/// Where the slide is, and where the speaker is.
pub fn split(app: &App, whole: Rect, pixels_per_point: f32) -> (Rect, Option<Rect>) {
    let snap = |points: f32| (points * pixels_per_point).round() / pixels_per_point;
    let aspect = app.speaker_aspect();
    match app.speaker_layout() {
        SpeakerLayout::Off => (whole, None),
        SpeakerLayout::Only => (whole, Some(whole)),
        SpeakerLayout::Beside => beside(whole, BESIDE, snap),
        SpeakerLayout::Corner => {
            let slide = app.slide_rect_in(stage::physical(whole, pixels_per_point)).map(|slide| {
                #[expect(clippy::cast_precision_loss, reason = "pixels of a screen")]
                let points = |pixels: i64| pixels as f32 / pixels_per_point;
                let (x, y) = (i64::from(slide.x), i64::from(slide.y));
                let end = (x + i64::from(slide.size.width), y + i64::from(slide.size.height));
                Rect::from_min_max(pos2(points(x), points(y)), pos2(points(end.0), points(end.1)))
            });
            match slide.map_or_else(|| Some(whole), |slide| roomiest(whole, slide, aspect)) {
                Some(room) => (whole, Some(corner(whole, room, aspect, snap))),
                None => beside(whole, NARROW, snap),
            }
        }
    }
}

fn beside(whole: Rect, share: f32, snap: impl Fn(f32) -> f32) -> (Rect, Option<Rect>) {
    if whole.height() > whole.width() {
        let top = snap(whole.bottom() - whole.height() * share.max(BELOW * share / BESIDE));
        return (whole.with_max_y(top), Some(whole.with_min_y(top)));
    }
    let width = (whole.width() * share).max(LEAST).min(whole.width() / 2.0);
    let left = snap(whole.right() - width);
    (whole.with_max_x(left), Some(whole.with_min_x(left)))
}

/// What the slide leaves free at one of its sides: where a picture of this shape is largest, if it is large enough.
fn roomiest(whole: Rect, slide: Rect, aspect: f32) -> Option<Rect> {
    let slide = slide.intersect(whole);
    // Of several that are as good, the last.
    let rooms = [
        whole.with_max_y(slide.top()),
        whole.with_min_y(slide.bottom()),
        whole.with_max_x(slide.left()),
        whole.with_min_x(slide.right()),
    ];
    let wide = |room: &Rect| room.width().min(room.height() * aspect);
    let best = rooms.into_iter().max_by(|a, b| wide(a).total_cmp(&wide(b)))?;
    (wide(&best) >= LEAST).then_some(best)
}

/// The corner of a free part that is furthest to the right and down.
fn corner(whole: Rect, room: Rect, aspect: f32, snap: impl Fn(f32) -> f32) -> Rect {
    let width = room.width().min(room.height() * aspect).min((whole.width() * MOST).max(LEAST));
    let min = pos2(snap(room.right() - width), snap(room.bottom() - width / aspect));
    Rect::from_min_max(min, room.max)
}

/// Draws the speaker into `rect`.
pub fn ui(app: &App, ui: &Ui, rect: Rect, texture: &mut FilmTexture) {
    let palette = Palette::of(ui);
    let fill = |picture: Rect| surround(ui, rect, picture, palette.surround);
    ui.interact(rect, ui.scope_id().with("speaker"), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Image, true, "The speaker's video"));
    let Some(frame) = app.speaker_picture() else {
        fill(Rect::NOTHING);
        return;
    };
    let scale = ui.pixels_per_point();
    #[expect(clippy::cast_precision_loss, reason = "pixels of a video")]
    let (width, height) = ((frame.display.0.max(1)) as f32 / scale, (frame.display.1.max(1)) as f32 / scale);
    // In a corner it touches neither the slide nor the edge of the window, and is as far to the right and down as can be.
    let in_corner = app.speaker_layout() == SpeakerLayout::Corner;
    let room = if in_corner { rect.shrink(2.0 * UNIT) } else { rect };
    let factor = (room.width() / width).min(room.height() / height);
    // As good as pixel for pixel is made so.
    let factor = if (factor - 1.0).abs() < 0.004 { 1.0 } else { factor };
    let size = vec2(width, height) * factor;
    let snap = |points: f32| (points * scale).round() / scale;
    let min = if in_corner { room.max - size } else { room.center() - size / 2.0 };
    let at = Rect::from_min_size(pos2(snap(min.x), snap(min.y)), vec2(snap(size.x), snap(size.y)));
    fill(at);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a screen")]
    let pixels = |points: f32| (points * scale).round() as u32;
    app.note_speaker_size((pixels(at.width()), pixels(at.height())));
    texture.draw(app, ui, &frame, at, rect);
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: f32 = 16.0 / 9.0;

    #[test]
    fn a_corner_lies_beside_the_slide_and_within_the_room() {
        let whole = Rect::from_min_size(pos2(10.0, 40.0), vec2(1400.0, 760.0));
        let slides = [
            Rect::from_min_size(pos2(10.0, 100.0), vec2(1000.0, 562.0)),
            Rect::from_center_size(whole.center(), vec2(960.0, 540.0)),
            Rect::from_center_size(whole.center(), vec2(1400.0, 420.0)),
        ];
        for slide in slides {
            let room = roomiest(whole, slide, WIDE).expect("there is room");
            let found = corner(whole, room, WIDE, f32::round);
            assert!(whole.contains_rect(found), "{found:?}");
            assert!(!found.intersects(slide.shrink(0.6)), "{found:?} lies on {slide:?}");
            assert!(found.width() >= LEAST - 1.0 && found.width() <= 0.3 * whole.width());
        }
        assert_eq!(roomiest(whole, whole.shrink(40.0), WIDE), None);
    }

    #[test]
    fn beside_means_below_where_the_room_is_upright() {
        let (slide, speaker) = beside(Rect::from_min_size(pos2(0.0, 0.0), vec2(1000.0, 600.0)), BESIDE, f32::round);
        assert_eq!((slide.width(), speaker.map(|speaker| speaker.left())), (700.0, Some(700.0)));
        let (slide, speaker) = beside(Rect::from_min_size(pos2(0.0, 0.0), vec2(600.0, 1000.0)), BESIDE, f32::round);
        assert_eq!((slide.height(), speaker.map(|speaker| speaker.top())), (650.0, Some(650.0)));
    }
}

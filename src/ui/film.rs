//! Moving pictures on their way to the screen. What was left as it was decoded becomes colours on the graphics card; what came as
//! colours is a texture, overwritten with each picture.

mod card;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use eframe::egui_glow::CallbackFn;
use egui::{Color32, ColorImage, PaintCallback, Rect, TextureHandle, TextureId, TextureOptions, Ui, pos2};

use crate::app::App;
use crate::app::films::Drawing;
use crate::video::Frame;
pub use card::drawing;
use card::{Card, OnScreen};

/// The picture of a video that is shown. Scratch state of a window.
#[derive(Default)]
pub struct FilmTexture {
    texture: Option<TextureHandle>,
    /// What is in it; known by where it lies, which nothing else does as long as this is held.
    holds: Weak<Frame>,
    /// One of its pixels is one of the screen.
    sharp: bool,
    card: Arc<Mutex<Card>>,
}

impl FilmTexture {
    /// Draws a picture into a rectangle, as far as another shows it.
    pub fn draw(&mut self, app: &App, ui: &Ui, frame: &Arc<Frame>, at: Rect, clip: Rect) {
        let painter = ui.painter().with_clip_rect(clip);
        let scale = ui.pixels_per_point();
        #[expect(clippy::cast_precision_loss, reason = "pixels of a video")]
        let same = |pixels: u32, points: f32| (pixels as f32 - points * scale).abs() < 0.5;
        let sharp = same(frame.width, at.width()) && same(frame.height, at.height());
        if app.drawing() == Drawing::Simple {
            let Some(id) = self.texture_of(ui, frame, sharp) else { return };
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(id, at, whole, Color32::WHITE);
            return;
        }
        let (card, frame) = (Arc::clone(&self.card), Arc::clone(frame));
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
        let pixels = |points: f32| (points * scale).round() as i32;
        // The toolkit's own idea of where this lies ends at the edge of the window.
        let on_screen = OnScreen {
            left: pixels(at.left()),
            top: pixels(at.top()),
            right: pixels(at.right()),
            bottom: pixels(at.bottom()),
        };
        let draw = CallbackFn::new(move |info, painter| {
            let mut card = card.lock().unwrap_or_else(PoisonError::into_inner);
            card.draw(painter.gl(), &frame, sharp, on_screen, info.screen_size_px);
        });
        painter.add(PaintCallback { rect: at, callback: Arc::new(draw) });
    }

    /// The texture that holds a picture that came as colours.
    fn texture_of(&mut self, ui: &Ui, frame: &Arc<Frame>, sharp: bool) -> Option<TextureId> {
        let known = Weak::ptr_eq(&self.holds, &Arc::downgrade(frame)) && self.sharp == sharp;
        if let Some(texture) = self.texture.as_ref().filter(|_| known) {
            return Some(texture.id());
        }
        let size = [frame.width as usize, frame.height as usize];
        // Opaque, so that nothing needs to be multiplied.
        let image = ColorImage::from_rgba_premultiplied(size, frame.rgba()?);
        let options = if sharp { TextureOptions::NEAREST } else { TextureOptions::LINEAR };
        self.holds = Arc::downgrade(frame);
        self.sharp = sharp;
        let texture = match self.texture.take() {
            Some(mut texture) => {
                texture.set(image, options);
                texture
            }
            None => ui.ctx().load_texture("film", image, options),
        };
        Some(self.texture.insert(texture).id())
    }

    /// Nothing moves any more.
    pub fn forget(&mut self) {
        (self.texture, self.holds) = (None, Weak::new());
        self.card.lock().unwrap_or_else(PoisonError::into_inner).forget();
    }
}

/// Fills what a picture leaves free of a rectangle. Below it there would be nothing to see, and that costs as much as the picture.
pub fn surround(ui: &Ui, rect: Rect, picture: Rect, colour: Color32) {
    let picture = picture.intersect(rect);
    if !picture.is_positive() {
        ui.painter().rect_filled(rect, 0.0, colour);
        return;
    }
    let sides = [
        rect.with_max_y(picture.top()),
        rect.with_min_y(picture.bottom()),
        Rect::from_min_max(pos2(rect.left(), picture.top()), picture.left_bottom()),
        Rect::from_min_max(picture.right_top(), pos2(rect.right(), picture.bottom())),
    ];
    for side in sides.into_iter().filter(|side| side.is_positive()) {
        ui.painter().rect_filled(side, 0.0, colour);
    }
}

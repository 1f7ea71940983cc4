//! Moving pictures on their way to the graphics card: one texture, overwritten with each picture.

use std::sync::{Arc, Weak};

use egui::{ColorImage, TextureHandle, TextureId, TextureOptions, Ui};

use crate::video::Frame;

/// The picture of a video that is shown. Scratch state of a window.
#[derive(Default)]
pub struct FilmTexture {
    texture: Option<TextureHandle>,
    /// What is in it; known by where it lies, which nothing else does as long as this is held.
    holds: Weak<Frame>,
    sharp: bool,
}

impl FilmTexture {
    /// The texture that holds this picture. `sharp`: one texel is drawn as one pixel.
    pub fn of(&mut self, ui: &Ui, frame: &Arc<Frame>, sharp: bool) -> TextureId {
        let known = Weak::ptr_eq(&self.holds, &Arc::downgrade(frame)) && self.sharp == sharp;
        if let Some(texture) = self.texture.as_ref().filter(|_| known) {
            return texture.id();
        }
        let size = [frame.width as usize, frame.height as usize];
        // Opaque, so that nothing needs to be multiplied.
        let image = ColorImage::from_rgba_premultiplied(size, &frame.rgba);
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
        self.texture.insert(texture).id()
    }

    /// Nothing moves any more.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

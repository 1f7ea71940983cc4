//! All the talks, in the place of the slide: lines or cards. Only what is seen is drawn.

use egui::{Rect, Ui};

use super::theme::Palette;
use super::thumbs::Thumbs;
use crate::app::App;
use crate::command::Command;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct Library {}

impl Library {
    /// Draws the library into `rect`.
    pub fn ui(&mut self, _app: &mut App, ui: &mut Ui, rect: Rect, _thumbs: &mut Thumbs, _out: &mut Vec<Command>) {
        ui.painter().rect_filled(rect, 0.0, Palette::of(ui).background);
    }
}

//! Commands and talks, found by their letters: a field and what fits, above everything else.

use egui::Ui;

use crate::app::App;
use crate::command::Command;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct Finder {}

impl Finder {
    /// Draws the finder into the middle of the window.
    pub fn ui(&mut self, _app: &App, _ui: &mut Ui, _out: &mut Vec<Command>) {}

    /// It was closed.
    pub fn close(&mut self) {}
}

//! A second window with nothing but the slide, for another screen.

use egui::{Key, ViewportBuilder, ViewportId};

use super::captions;
use super::stage::{self, Textures};
use crate::app::App;
use crate::command::Command;

/// What is kept of it from frame to frame.
#[derive(Default)]
pub struct SecondWindow {
    textures: Textures,
    fullscreen: bool,
    open: bool,
}

impl SecondWindow {
    /// Shows the window while the viewer wants it.
    pub fn ui(&mut self, app: &mut App, ctx: &egui::Context, out: &mut Vec<Command>) {
        if !app.view().second {
            if self.open {
                self.textures.forget();
                *self = Self::default();
                app.set_second_pane(Default::default());
            }
            return;
        }
        self.open = true;
        let builder = ViewportBuilder::default()
            .with_title("Plenary – slide")
            .with_app_id("org.plenary.Plenary")
            .with_inner_size([960.0, 540.0])
            .with_fullscreen(self.fullscreen);
        ctx.show_viewport_immediate(ViewportId::from_hash_of("second window"), builder, |ui, _class| {
            let (rect, band) = captions::split(app, ui.max_rect(), ui.pixels_per_point());
            if let Some(band) = band {
                captions::ui(app, ui, band);
            }
            app.set_second_pane(stage::physical(rect, ui.pixels_per_point()));
            stage::second(app, ui, rect, &mut self.textures);
            let response = ui.interact(rect, ui.scope_id().with("second stage"), egui::Sense::click());
            let (closed, full, left) = ui.input(|input| {
                let full = input.key_pressed(Key::F) || input.key_pressed(Key::F11);
                (input.viewport().close_requested(), full, input.key_pressed(Key::Escape))
            });
            if response.double_clicked() || full {
                self.fullscreen = !self.fullscreen;
            } else if left {
                self.fullscreen = false;
            }
            if closed {
                out.push(Command::ToggleSecondWindow);
            }
        });
    }
}

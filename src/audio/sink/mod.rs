//! Where sound goes: a trait, its three kinds, and the keeper that chooses between them.

pub mod cpal;
pub mod keeper;
pub mod null;
pub mod sim;

use super::render::Render;

/// Something that calls [`Render::fill`] at its own pace until it is stopped.
pub trait Sink {
    /// For people: the name of the device.
    fn name(&self) -> &str;

    /// Why the device can no longer be used, once it cannot.
    fn lost(&mut self) -> Option<String>;

    /// Stops, and gives the render back for the next sink. May wait for the running callback to end.
    fn stop(self: Box<Self>) -> Box<Render>;
}

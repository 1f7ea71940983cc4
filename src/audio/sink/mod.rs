//! Where sound goes: two traits, the kinds of sinks, and the keeper that chooses between them.

pub mod cpal;
pub mod device;
mod heartbeat;
pub mod keeper;
pub mod null;
#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "dragonfly"))]
mod pulse;
pub mod sim;
pub mod system;

use std::sync::Arc;

use super::render::Render;
use super::shared::Shared;
use device::{Choice, Device, Listing};

/// Something that calls [`Render::fill`] at its own pace until it is stopped.
pub trait Sink: Send {
    /// Where the sound comes out.
    fn device(&self) -> &Device;

    /// Why the device can no longer be used, once it cannot: what follows its name in a sentence.
    fn lost(&mut self) -> Option<String>;

    /// Stops, and gives the render back for the next sink. May wait for the running callback to end.
    fn stop(self: Box<Self>) -> Box<Render>;
}

/// Opens sinks and knows which devices there are. May wait for a device or a sound server, a few seconds at most.
pub trait Outlets: Send {
    /// The devices that are there, where it costs little to ask often; `None` where it does not, or nobody answers.
    fn look(&mut self) -> Option<Listing>;

    /// The devices that are there, for a viewer who wants to choose.
    fn list(&mut self) -> Listing;

    /// Whether what is chosen could be opened.
    fn available(&mut self, choice: &Choice) -> bool;

    /// Opens what is chosen and nothing else. Gives the render back where that fails.
    ///
    /// # Errors
    /// [`SinkError`], with the render for another sink.
    fn open(&mut self, choice: &Choice, render: Box<Render>, shared: &Arc<Shared>) -> Opened;
}

/// A running sink, or why there is none.
pub type Opened = Result<Box<dyn Sink>, (SinkError, Box<Render>)>;

/// Why no device can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SinkError {
    /// There is none.
    #[error("No sound device was found")]
    NoDevice,
    /// There is one, but it cannot be used.
    #[error("The sound device cannot be used: {0}")]
    Unusable(String),
}

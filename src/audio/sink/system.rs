//! The devices of this machine: by way of the sound server where there is one that can be spoken to, else as the operating
//! system has them. Keeper's thread.

use std::sync::Arc;

use super::cpal::{CpalSink, list};
use super::device::{Choice, Listing};
#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "dragonfly"))]
use super::pulse;
use super::{Opened, Outlets};
use crate::audio::render::Render;
use crate::audio::shared::Shared;

/// The machine's devices.
#[derive(Default)]
pub struct SystemOutlets {
    #[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "dragonfly"))]
    server: pulse::Server,
}

#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "dragonfly"))]
impl Outlets for SystemOutlets {
    fn look(&mut self) -> Option<Listing> {
        self.server.listing()
    }

    fn list(&mut self) -> Listing {
        self.server.listing().unwrap_or_else(list)
    }

    fn available(&mut self, choice: &Choice) -> bool {
        match self.server.listing() {
            Some(listing) => listing.chosen(choice).is_some(),
            None => CpalSink::available(choice),
        }
    }

    fn open(&mut self, choice: &Choice, render: Box<Render>, shared: &Arc<Shared>) -> Opened {
        if self.server.connected() {
            self.server.open(choice, render, shared)
        } else {
            // ALSA may know a way that needs no server, or start one.
            CpalSink::start(choice, render, shared)
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "dragonfly")))]
impl Outlets for SystemOutlets {
    fn look(&mut self) -> Option<Listing> {
        Some(list())
    }

    fn list(&mut self) -> Listing {
        list()
    }

    fn available(&mut self, choice: &Choice) -> bool {
        CpalSink::available(choice)
    }

    fn open(&mut self, choice: &Choice, render: Box<Render>, shared: &Arc<Shared>) -> Opened {
        CpalSink::start(choice, render, shared)
    }
}

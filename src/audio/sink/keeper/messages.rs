//! What is asked of the keeper, and what it tells. Plain values, and a slate that the main thread writes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::super::device::{Choice, Device, Listing};
use crate::time::MediaTime;

/// What the keeper is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// Sound is wanted now, or soon: have a sink running.
    Wake,
    /// Nothing is played: the device may rest after a while.
    Rest,
    /// There is something new among the [`Wishes`].
    Look,
    /// The program ends.
    Quit,
}

/// What the viewer wishes of devices. Locked for moments only.
#[derive(Debug, Default)]
pub struct Wishes {
    choice: Mutex<Option<Choice>>,
    watched: AtomicBool,
}

impl Wishes {
    /// Sound is to go there from now on.
    pub fn choose(&self, choice: Choice) {
        *self.choice.lock().unwrap_or_else(PoisonError::into_inner) = Some(choice);
    }

    /// The viewer is looking at the devices, or no more: changes are told.
    pub fn watch(&self, watched: bool) {
        self.watched.store(watched, Ordering::Release);
    }

    pub(super) fn take(&self) -> Option<Choice> {
        self.choice.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn watched(&self) -> bool {
        self.watched.load(Ordering::Acquire)
    }
}

/// Where the talk was when its device was let go, if nothing was sought since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The generation of the sound.
    pub generation: u32,
    /// What was heard last.
    pub position: MediaTime,
}

/// What the keeper has to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkEvent {
    /// Sound goes to this device, at this rate in frames per second.
    Using {
        /// The device.
        device: Device,
        /// Frames per second.
        rate_hz: u32,
        /// It takes the place of another, which was let go here; playing was stopped for it.
        from: Option<Place>,
    },
    /// There is no device; time passes without sound.
    NoDevice {
        /// A sentence for the viewer.
        why: String,
        /// Frames per second.
        rate_hz: u32,
    },
    /// The device went away while it was being used, or is not there. Playing has been stopped at its place.
    Lost {
        /// A sentence for the viewer.
        why: String,
        /// Where the talk was.
        place: Place,
    },
    /// The very device that was lost is back.
    Returned {
        /// Its name.
        name: String,
    },
    /// The devices that are there.
    Devices(Listing),
}

//! A device that was lost and may come back. Keeper's thread.

use super::super::Outlets;
use super::super::device::{Choice, Device};

/// How long a return is waited for, in nanoseconds. Later than that nobody expects a talk to go on by itself.
const WAIT: i64 = 600_000_000_000;
/// How often it is looked for, in nanoseconds.
const LOOK: i64 = 900_000_000;

/// The device, where its sound came out, and how long it is waited for.
#[derive(Debug, Clone)]
pub struct Away {
    device: Device,
    port: String,
    until: i64,
    look_at: i64,
}

impl Away {
    /// Lost just now.
    pub fn new(device: Device, port: String, now: i64) -> Self {
        Self { device, port, until: now + WAIT, look_at: now + LOOK }
    }

    /// For people.
    pub fn name(&self) -> &str {
        &self.device.name
    }

    /// Whether it is waited for no longer.
    pub fn over(&self, now: i64) -> bool {
        now >= self.until
    }

    /// Whether it is back, and sound would come out of it and of nothing else.
    pub fn back(&mut self, choice: &Choice, outlets: &mut dyn Outlets, now: i64) -> bool {
        if now < self.look_at {
            return false;
        }
        self.look_at = now + LOOK;
        let Some(listing) = outlets.look() else { return outlets.available(choice) };
        let Some(found) = listing.chosen(choice).and_then(|device| listing.get(&device.id)) else { return false };
        let same =
            found.device.id == self.device.id || (*choice != Choice::Default && self.device.id == self.device.name);
        same && (self.port.is_empty() || found.port == self.port)
    }
}

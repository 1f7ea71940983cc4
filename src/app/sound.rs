//! Where sound goes, and how much later than its device says it is heard. Main thread.

use std::collections::BTreeMap;

use super::App;
use super::view::Panel;
use crate::audio::{Choice, Device, Listing};
use crate::command::SoundCommand;
use crate::time::MediaTime;

/// So much sooner and later than its device says sound may be heard, in milliseconds.
pub const LAG_LIMITS: (i64, i64) = (-200, 1000);

/// What is kept of sound devices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sounding {
    /// Where sound is to go.
    pub choice: Choice,
    /// By how many milliseconds later than it says a device is heard, by the ids of devices.
    pub lags: BTreeMap<String, i64>,
}

impl App {
    pub(super) fn run_sound(&mut self, command: &SoundCommand) {
        match command {
            SoundCommand::Devices => {
                self.leave_text();
                self.view.toggle(Panel::Sound);
            }
            SoundCommand::Choose(text) => self.choose_named(text),
            SoundCommand::Next => self.choose_next(),
            SoundCommand::LagBy(by) => {
                let lag = self.lag().map(|lag| lag + *by);
                self.set_lag(lag);
            }
            SoundCommand::LagReset => self.set_lag(self.lag().map(|_| MediaTime::ZERO)),
        }
    }

    fn choose_named(&mut self, text: &str) {
        let choice = match Choice::typed(text) {
            Choice::Default => Choice::Default,
            Choice::Device(wanted) => {
                let devices = self.player.devices();
                match devices.meant(&wanted) {
                    Some(device) => Choice::Device(device.clone()),
                    // What is there is not known yet: whoever opens it will know.
                    None if devices.found.is_empty() => Choice::Device(wanted),
                    None => return self.feedback(format!("No sound device is called {text}")),
                }
            }
        };
        self.choose_device(choice);
    }

    /// The system's default, and the devices one after another.
    fn choose_next(&mut self) {
        let devices: Vec<&Device> = self.player.devices().devices().collect();
        let next = match &self.view.sound.choice {
            Choice::Default => devices.first(),
            Choice::Device(chosen) => {
                let at = devices.iter().position(|device| device.id == chosen.id);
                at.and_then(|at| devices.get(at + 1))
            }
        };
        let next = next.map_or(Choice::Default, |device| Choice::Device((*device).clone()));
        self.choose_device(next);
    }

    fn choose_device(&mut self, choice: Choice) {
        self.feedback(format!("Sound goes to: {}", choice.name()));
        self.player.choose_device(choice.clone());
        self.view.sound.choice = choice;
    }

    /// What was chosen in the last session, unless the settings say otherwise.
    pub(super) fn begin_sound(&mut self) {
        if let Some(device) = &self.settings.audio_device {
            self.view.sound.choice = Choice::typed(device);
        }
        self.player.choose_device(self.view.sound.choice.clone());
    }

    /// Another device is in use.
    pub(super) fn take_up_device(&mut self) {
        let Some(device) = self.player.device() else { return };
        let lag = self.view.sound.lags.get(&device.id).copied().unwrap_or_default();
        // A device that was asked for by a part of its name, or has another id since, is known from now on.
        if let Choice::Device(chosen) = &self.view.sound.choice
            && Listing::of(device).meant(chosen).is_some()
        {
            self.view.sound.choice = Choice::Device(device.clone());
        }
        self.player.set_lag(MediaTime::from_millis(lag));
    }

    /// By how much later than it says the device in use is heard; `None` without one.
    pub fn lag(&self) -> Option<MediaTime> {
        let device = self.sounding_device()?;
        Some(MediaTime::from_millis(self.view.sound.lags.get(&device.id).copied().unwrap_or_default()))
    }

    /// The device that sound goes to, or is about to.
    pub fn sounding_device(&self) -> Option<&Device> {
        self.player.devices().chosen(&self.view.sound.choice).or_else(|| self.player.device())
    }

    fn set_lag(&mut self, lag: Option<MediaTime>) {
        let Some((lag, device)) = lag.zip(self.sounding_device().cloned()) else {
            self.feedback("No sound device is in use");
            return;
        };
        let ms = lag.millis().clamp(LAG_LIMITS.0, LAG_LIMITS.1);
        if ms == 0 {
            self.view.sound.lags.remove(&device.id);
        } else {
            self.view.sound.lags.insert(device.id, ms);
        }
        self.player.set_lag(MediaTime::from_millis(ms));
        self.feedback(lag_text(ms));
    }

    /// While devices are being looked at, changes among them are heard of.
    pub(super) fn watch_devices(&mut self) {
        let watching = self.view.panel == Some(Panel::Sound);
        if watching != self.watching_devices {
            self.watching_devices = watching;
            self.player.watch_devices(watching);
        }
    }
}

/// In words.
pub fn lag_text(ms: i64) -> String {
    match ms {
        0 => "Sound is heard when its device says".to_owned(),
        1.. => format!("Sound is heard {ms} ms later than its device says"),
        _ => format!("Sound is heard {} ms sooner than its device says", -ms),
    }
}

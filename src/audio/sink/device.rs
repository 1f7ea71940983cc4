//! Sound devices and the viewer's choice among them. Plain values.

/// What the viewer calls the device that the system would take.
pub const SYSTEM_DEFAULT: &str = "System default";

/// A sound device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// Stays the same when the device is unplugged or the machine starts anew: `pulse:alsa_output.usb-…`.
    pub id: String,
    /// For people.
    pub name: String,
}

/// Where sound is to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Choice {
    /// Wherever the system sends it.
    #[default]
    Default,
    /// To this device and to no other.
    Device(Device),
}

/// A device that is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub device: Device,
    /// Where its sound comes out now, of a device with several outlets: speakers, headphones.
    pub port: String,
    /// Outlets that nothing is plugged into.
    pub unplugged: Vec<String>,
}

/// The devices that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// In the order of the system.
    pub found: Vec<Found>,
    /// The id of the one that the system would take.
    pub default: Option<String>,
}

impl Listing {
    /// With nothing but this device.
    pub fn of(device: &Device) -> Self {
        let found = Found { device: device.clone(), ..Found::default() };
        Self { found: vec![found], default: None }
    }

    /// The device with this id.
    pub fn get(&self, id: &str) -> Option<&Found> {
        self.found.iter().find(|found| found.device.id == id)
    }

    /// The devices.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.found.iter().map(|found| &found.device)
    }

    /// The one that was meant: by its id, else by its name, else by a part of its name.
    pub fn meant(&self, wanted: &Device) -> Option<&Device> {
        let name = wanted.name.to_lowercase();
        let id = self.get(&wanted.id).map(|found| &found.device);
        let whole = || self.devices().find(|device| device.name.to_lowercase() == name);
        let part = || self.devices().find(|device| !name.is_empty() && device.name.to_lowercase().contains(&name));
        // Who is looked for by an id of old is that device, and not one whose name contains its name.
        let part = || if wanted.id == wanted.name || wanted.id.is_empty() { part() } else { None };
        id.or_else(whole).or_else(part)
    }

    /// The one that a choice leads to now.
    pub fn chosen(&self, choice: &Choice) -> Option<&Device> {
        match choice {
            Choice::Default => self.get(self.default.as_deref()?).map(|found| &found.device),
            Choice::Device(device) => self.meant(device),
        }
    }
}

impl Choice {
    /// What was typed: an id, a name, a part of a name, or `default`.
    pub fn typed(text: &str) -> Self {
        let text = text.trim();
        match text.to_lowercase().as_str() {
            "" | "default" | "auto" | "system default" => Self::Default,
            _ => Self::Device(Device { id: text.to_owned(), name: text.to_owned() }),
        }
    }

    /// For people.
    pub fn name(&self) -> &str {
        match self {
            Self::Default => SYSTEM_DEFAULT,
            Self::Device(device) => &device.name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing() -> Listing {
        let found =
            |id: &str, name: &str| Found { device: Device { id: id.into(), name: name.into() }, ..Found::default() };
        Listing {
            found: vec![found("pulse:a", "Headset"), found("pulse:b", "Headset Pro"), found("pulse:c", "Loudspeakers")],
            default: Some("pulse:c".into()),
        }
    }

    fn meant(id: &str, name: &str) -> Option<String> {
        listing().meant(&Device { id: id.into(), name: name.into() }).map(|device| device.id.clone())
    }

    #[test]
    fn a_device_is_known_by_its_id_before_its_name() {
        assert_eq!(meant("pulse:b", "Loudspeakers").as_deref(), Some("pulse:b"));
        assert_eq!(meant("pulse:old", "headset").as_deref(), Some("pulse:a"), "plugged in elsewhere");
        assert_eq!(meant("pulse:old", "Speakers"), None, "another device is not taken for the one that was remembered");
    }

    #[test]
    fn a_part_of_a_name_is_enough_when_it_is_typed() {
        let chosen = |text: &str| listing().chosen(&Choice::typed(text)).map(|device| device.id.clone());
        assert_eq!(chosen("speakers").as_deref(), Some("pulse:c"));
        assert_eq!(chosen("pulse:a").as_deref(), Some("pulse:a"));
        assert_eq!(chosen("HEADSET").as_deref(), Some("pulse:a"), "the whole name counts before a part");
        assert_eq!(chosen("default").as_deref(), Some("pulse:c"));
        assert_eq!(chosen("nothing of the kind"), None);
    }
}

//! Sound devices that go, come back and change, on the simulated sink: what becomes of the talk.

use plenary::audio::sink::device::Found;
use plenary::audio::{Choice, Device, Listing};
use plenary::testing::{Rig, ramp};
use plenary::time::MediaTime;
use tempfile::TempDir;

const SECS: u32 = 60;

fn rig() -> (Rig, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let talk = ramp::talk(folder.path(), "ramp", SECS);
    let mut rig = Rig::open(&[&talk]);
    rig.advance_secs(5.0);
    (rig, folder)
}

fn heard(rig: &Rig) -> f64 {
    ramp::time_of(rig.ear(), SECS)
}

fn near(one: f64, other: f64, within: f64) -> bool {
    (one - other).abs() <= within
}

fn list(rig: &mut Rig, names: &[&str]) {
    let found = |name: &&str| Found {
        device: Device { id: format!("pulse:{}", name.to_lowercase()), name: (*name).to_owned() },
        ..Found::default()
    };
    let found: Vec<Found> = names.iter().map(found).collect();
    let default = found.first().map(|found| found.device.id.clone());
    rig.list_devices(Listing { found, default });
}

fn chosen(rig: &Rig) -> String {
    rig.app.view().sound.choice.name().to_owned()
}

fn notice(rig: &Rig) -> String {
    rig.app.notice().map(|notice| notice.text.clone()).unwrap_or_default()
}

#[test]
fn the_talk_goes_on_by_itself_when_the_very_device_is_back() {
    let (mut rig, _folder) = rig();
    for _ in 0..20 {
        let before = heard(&rig);
        rig.set_device_lost(true);
        let place = rig.position();
        assert!(near(place, before, 0.003), "what the device had but nobody heard is heard again: {place}, {before}");
        rig.advance_secs(2.0);
        assert!(!rig.app.player().playing() && near(rig.position(), place, 1e-6));
        rig.return_device();
        assert_eq!(notice(&rig), "test is back; the talk goes on", "what was said of the loss holds no longer");
        rig.advance_secs(0.5);
        assert!(rig.app.player().playing());
        assert!(near(heard(&rig), rig.position(), 0.002));
        assert!(near(rig.position(), place + 0.46, 0.06), "{} after {place}", rig.position());
    }
}

#[test]
fn whoever_did_something_meanwhile_is_not_played_to() {
    for meanwhile in ["pause", "play; pause", "seek 30", "slide next", "scrub 20; scrub end", "device default"] {
        let (mut rig, _folder) = rig();
        list(&mut rig, &["Speakers", "Headset"]);
        rig.set_device_lost(true);
        rig.run(meanwhile);
        let place = rig.position();
        rig.return_device();
        rig.advance_secs(1.0);
        assert!(!rig.app.player().playing(), "after {meanwhile}");
        assert!(near(rig.position(), place, 1e-6), "after {meanwhile}");
    }
}

#[test]
fn what_was_paused_when_the_device_went_stays_paused() {
    let (mut rig, _folder) = rig();
    rig.run("pause");
    rig.set_device_lost(true);
    rig.return_device();
    rig.advance_secs(1.0);
    assert!(!rig.app.player().playing());
}

#[test]
fn another_device_takes_over_without_a_lost_place() {
    let (mut rig, _folder) = rig();
    let before = heard(&rig);
    rig.change_device();
    assert!(rig.app.player().playing());
    assert!(near(rig.position(), before, 0.003));
    rig.advance_secs(1.0);
    assert!(near(heard(&rig), rig.position(), 0.002));
    assert!(near(rig.position(), before + 0.96, 0.06));
}

#[test]
fn a_change_of_device_while_paused_or_after_a_seek_goes_nowhere() {
    let (mut rig, _folder) = rig();
    rig.run("pause; seek 40");
    rig.change_device();
    rig.advance_secs(1.0);
    assert!(!rig.app.player().playing());
    assert!(near(rig.position(), 40.0, 1e-6));
}

#[test]
fn devices_are_chosen_by_name_by_a_part_of_it_and_one_after_another() {
    let (mut rig, _folder) = rig();
    list(&mut rig, &["Speakers", "USB Headset"]);
    rig.run("device head");
    assert_eq!(chosen(&rig), "USB Headset");
    rig.run("device \"nothing of the kind\"");
    assert_eq!(
        (chosen(&rig).as_str(), notice(&rig).as_str()),
        ("USB Headset", "No sound device is called nothing of the kind")
    );
    rig.run("device next");
    assert_eq!(chosen(&rig), "System default");
    rig.run("device next");
    assert_eq!((chosen(&rig).as_str(), notice(&rig).as_str()), ("Speakers", "Sound goes to: Speakers"));
    rig.run("device default");
    assert_eq!(rig.app.view().sound.choice, Choice::Default);
}

#[test]
fn a_latency_belongs_to_the_device_that_was_just_chosen() {
    let (mut rig, _folder) = rig();
    list(&mut rig, &["Speakers", "Headset"]);
    rig.run("device headset; latency +180ms");
    assert_eq!(rig.app.view().sound.lags.get("pulse:headset"), Some(&180));
    assert_eq!(rig.app.view().sound.lags.len(), 1);
}

#[test]
fn the_finder_offers_the_devices() {
    let (mut rig, _folder) = rig();
    list(&mut rig, &["Speakers", "USB Headset"]);
    rig.run("device speakers");
    let labels: Vec<String> = rig.app.actions().into_iter().map(|action| action.label).collect();
    assert!(labels.iter().any(|label| label == "Sound to USB Headset"), "{labels:?}");
    assert!(labels.iter().any(|label| label == "Sound to System default"));
    assert!(!labels.iter().any(|label| label == "Sound to Speakers"), "it goes there already");
}

#[test]
fn the_offset_moves_the_clock_against_the_sound_and_belongs_to_the_device() {
    let (mut rig, _folder) = rig();
    list(&mut rig, &["Test"]);
    rig.change_device();
    rig.advance_secs(1.0);
    rig.run("latency +100ms; latency +100ms; latency -10ms");
    assert_eq!(notice(&rig), "Sound is heard 190 ms later than its device says");
    for _ in 0..10 {
        rig.advance_secs(0.1);
        let off = heard(&rig) - rig.position();
        assert!(near(off, 0.19, 0.003), "{off}");
    }
    // The slide comes with it: that of 10 s is there when 10 s are heard 190 ms later.
    rig.run("seek 9.9");
    rig.advance_secs(0.25);
    assert_eq!(rig.slide(), 1);
    rig.advance_secs(0.2);
    assert_eq!(rig.slide(), 2);
    assert_eq!(rig.app.view().sound.lags.get("pulse:test"), Some(&190));
    rig.run("latency +60s");
    assert_eq!(rig.app.lag(), Some(MediaTime::from_secs(1)), "no further than that");
    rig.run("latency reset");
    assert_eq!(rig.app.lag(), Some(MediaTime::ZERO));
    rig.advance_secs(1.0);
    assert!(near(heard(&rig), rig.position(), 0.003));
}

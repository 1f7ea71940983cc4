//! The keeper's decisions, with devices that are plugged by hand and a clock that is moved by hand.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use crossbeam_channel::bounded;

use super::super::device::{Device, Found};
use super::super::{Opened, SinkError};
use super::*;
use crate::audio::clock::Timebase;

const SECOND: i64 = 1_000_000_000;

/// What is plugged in, shared by the test and the keeper.
#[derive(Default)]
struct Plugs {
    listing: Mutex<Listing>,
    opened: AtomicU32,
}

impl Plugs {
    fn set(&self, ids: &[&str], default: &str) {
        let device = |id: &str| Device { id: id.to_owned(), name: id.to_uppercase() };
        let found = |id: &&str| Found { device: device(id), ..Found::default() };
        let default = (!default.is_empty()).then(|| default.to_owned());
        *self.listing.lock().unwrap() = Listing { found: ids.iter().map(found).collect(), default };
    }

    fn set_port(&self, port: &str, unplugged: &str) {
        let mut listing = self.listing.lock().unwrap();
        listing.found[0].port = port.to_owned();
        listing.found[0].unplugged = vec![unplugged.to_owned()];
    }
}

struct Fake(Arc<Plugs>);

struct FakeSink {
    device: Device,
    render: Box<Render>,
    plugs: Arc<Plugs>,
}

impl Outlets for Fake {
    fn look(&mut self) -> Option<Listing> {
        Some(self.0.listing.lock().unwrap().clone())
    }

    fn list(&mut self) -> Listing {
        self.0.listing.lock().unwrap().clone()
    }

    fn available(&mut self, choice: &Choice) -> bool {
        self.list().chosen(choice).is_some()
    }

    fn open(&mut self, choice: &Choice, render: Box<Render>, _shared: &Arc<Shared>) -> Opened {
        match self.list().chosen(choice) {
            Some(device) => {
                self.0.opened.fetch_add(1, Ordering::Relaxed);
                Ok(Box::new(FakeSink { device: device.clone(), render, plugs: Arc::clone(&self.0) }))
            }
            None => Err((SinkError::NoDevice, render)),
        }
    }
}

impl Sink for FakeSink {
    fn device(&self) -> &Device {
        &self.device
    }

    fn lost(&mut self) -> Option<String> {
        let there = self.plugs.listing.lock().unwrap().get(&self.device.id).is_some();
        (!there).then(|| "is no longer there".to_owned())
    }

    fn stop(self: Box<Self>) -> Box<Render> {
        self.render
    }
}

struct Bench {
    keeper: Keeper,
    plugs: Arc<Plugs>,
    shared: Arc<Shared>,
    wishes: Arc<Wishes>,
    events: Receiver<SinkEvent>,
}

impl Bench {
    fn new(ids: &[&str], default: &str) -> Self {
        let shared = Arc::new(Shared::new(Timebase::simulated()));
        let (_, blocks) = rtrb::RingBuffer::new(4);
        let (plugs, wishes) = (Arc::<Plugs>::default(), Arc::<Wishes>::default());
        plugs.set(ids, default);
        let (send, events) = bounded(64);
        let render = Render::new(blocks, Arc::clone(&shared));
        let outlets: Box<dyn Outlets> = Box::new(Fake(Arc::clone(&plugs)));
        let (kept, wished) = (Arc::clone(&shared), Arc::clone(&wishes));
        let keeper = Keeper::new(render, kept, Some(outlets), wished, send, Arc::new(|| {}));
        Self { keeper, plugs, shared, wishes, events }
    }

    fn playing(ids: &[&str], default: &str) -> Self {
        let mut bench = Self::new(ids, default);
        bench.play();
        bench
    }

    /// The player plays.
    fn play(&mut self) {
        self.shared.set_playing(true);
        self.keeper.heed(Request::Wake);
        self.pass(1);
    }

    /// Seconds pass, as the thread would pass them.
    fn pass(&mut self, secs: i64) {
        let end = self.shared.timebase.now() + secs * SECOND;
        while self.shared.timebase.now() < end {
            self.keeper.step();
            let wait = self.keeper.patience().map_or(SECOND, |wait| i64::try_from(wait.as_nanos()).unwrap());
            self.shared.timebase.advance(wait);
        }
    }

    /// The device that sound goes to.
    fn device(&self) -> Option<&str> {
        match &self.keeper.state {
            State::Device(sink) => Some(&sink.device().id),
            _ => None,
        }
    }

    /// What was told, without the lists.
    fn told(&self) -> Vec<String> {
        let told = self.events.try_iter().filter_map(|event| match event {
            SinkEvent::Using { device, from, .. } => {
                Some(format!("using {}{}", device.id, if from.is_some() { " in place of another" } else { "" }))
            }
            SinkEvent::NoDevice { .. } => Some("no device".to_owned()),
            SinkEvent::Lost { .. } => Some("lost".to_owned()),
            SinkEvent::Returned { name } => Some(format!("{name} returned")),
            SinkEvent::Devices(_) => None,
        });
        told.collect()
    }

    fn choose(&mut self, id: &str) {
        self.wishes.choose(Choice::typed(id));
        self.keeper.heed(Request::Look);
        self.pass(1);
    }
}

#[test]
fn a_change_of_the_default_is_followed() {
    let mut bench = Bench::playing(&["a", "b"], "a");
    assert_eq!(bench.told(), ["using a"]);
    bench.plugs.set(&["a", "b"], "b");
    bench.pass(1);
    assert_eq!(bench.device(), Some("b"));
    assert_eq!(bench.told(), ["using b in place of another"]);
    assert!(!bench.shared.playing(), "it is the player who plays on, from where the other was let go");
}

#[test]
fn what_is_chosen_stays_when_the_default_changes() {
    let mut bench = Bench::playing(&["a", "b"], "a");
    bench.choose("a");
    assert_eq!(bench.plugs.opened.load(Ordering::Relaxed), 1, "it went there already");
    bench.plugs.set(&["a", "b"], "b");
    bench.pass(5);
    assert_eq!(bench.device(), Some("a"));
    assert!(bench.shared.playing());
}

#[test]
fn an_unplugged_device_is_not_replaced_by_the_next_default() {
    let mut bench = Bench::playing(&["headset", "speakers"], "headset");
    bench.plugs.set(&["speakers"], "speakers");
    bench.pass(20);
    assert!(!bench.shared.playing());
    assert_eq!(bench.device(), None, "nothing sounds from the loudspeakers");
    assert_eq!(bench.told(), ["using headset", "lost"]);
    // Back, and the default again.
    bench.plugs.set(&["headset", "speakers"], "headset");
    bench.pass(3);
    assert_eq!(bench.told(), ["HEADSET returned"]);
}

#[test]
fn a_device_that_ceases_to_be_the_default_a_moment_before_it_goes_is_lost() {
    let mut bench = Bench::playing(&["headset", "speakers"], "headset");
    bench.told();
    bench.plugs.set(&["headset", "speakers"], "speakers");
    bench.keeper.step();
    bench.plugs.set(&["speakers"], "speakers");
    bench.pass(3);
    assert_eq!((bench.told(), bench.device()), (vec!["lost".to_owned()], None));
}

#[test]
fn a_device_that_is_back_but_no_longer_the_default_is_not_taken() {
    let mut bench = Bench::playing(&["headset", "speakers"], "headset");
    bench.plugs.set(&["speakers"], "speakers");
    bench.pass(3);
    bench.told();
    bench.plugs.set(&["headset", "speakers"], "speakers");
    bench.pass(10);
    assert_eq!(bench.told(), [""; 0]);
}

#[test]
fn after_some_minutes_nobody_waits_and_the_thread_sleeps() {
    let mut bench = Bench::playing(&["headset"], "headset");
    bench.plugs.set(&[], "");
    bench.pass(300);
    assert!(bench.keeper.patience().is_some());
    bench.pass(400);
    bench.told();
    assert_eq!(bench.keeper.patience(), None);
    bench.plugs.set(&["headset"], "headset");
    bench.pass(5);
    assert_eq!(bench.told(), [""; 0]);
}

#[test]
fn who_plays_on_without_the_device_gets_the_default_or_silence_but_no_other_than_was_chosen() {
    let mut bench = Bench::playing(&["headset", "speakers"], "headset");
    bench.plugs.set(&["speakers"], "speakers");
    bench.pass(2);
    bench.told();
    bench.play();
    assert_eq!(bench.device(), Some("speakers"), "the system's default was chosen, and the viewer plays on");

    let mut bench = Bench::playing(&["headset", "speakers"], "speakers");
    bench.choose("headset");
    bench.play();
    bench.plugs.set(&["speakers"], "speakers");
    bench.pass(2);
    bench.told();
    bench.play();
    bench.pass(5);
    assert_eq!(bench.device(), None);
    assert_eq!(bench.told(), ["no device"]);
    // It comes back while the talk goes on without sound.
    bench.plugs.set(&["headset", "speakers"], "speakers");
    bench.pass(3);
    assert_eq!(bench.device(), Some("headset"));
}

#[test]
fn a_chosen_device_that_is_not_there_at_the_start_makes_the_talk_wait() {
    let mut bench = Bench::new(&["speakers"], "speakers");
    bench.choose("headset");
    bench.play();
    assert!(!bench.shared.playing());
    assert_eq!(bench.told(), ["lost"]);
    bench.plugs.set(&["headset", "speakers"], "speakers");
    bench.pass(3);
    assert_eq!(bench.told(), ["headset returned"]);
}

#[test]
fn headphones_pulled_out_of_a_card_with_loudspeakers_are_lost() {
    let mut bench = Bench::new(&["card"], "card");
    bench.plugs.set_port("headphones", "");
    bench.play();
    bench.plugs.set_port("speakers", "headphones");
    bench.pass(5);
    assert!(!bench.shared.playing());
    assert_eq!(bench.told(), ["using card", "lost"]);
    bench.plugs.set_port("headphones", "");
    bench.pass(3);
    assert_eq!(bench.told(), ["CARD returned"]);
    // Switching by hand is no unplugging.
    bench.play();
    bench.plugs.set_port("speakers", "");
    bench.pass(3);
    assert!(bench.shared.playing());
}

#[test]
fn a_choice_while_paused_is_opened_when_it_is_wanted() {
    let mut bench = Bench::new(&["a", "b"], "a");
    bench.choose("b");
    assert_eq!((bench.device(), bench.told()), (None, Vec::new()));
    bench.play();
    assert_eq!(bench.told(), ["using b"]);
}

#[test]
fn twenty_losses_and_returns_end_where_they_began() {
    let mut bench = Bench::playing(&["a", "b"], "a");
    for _ in 0..20 {
        bench.plugs.set(&["b"], "b");
        bench.pass(4);
        assert!(!bench.shared.playing() && bench.device().is_none());
        bench.plugs.set(&["a", "b"], "a");
        bench.pass(2);
        assert_eq!(bench.told().last().map(String::as_str), Some("A returned"));
        bench.play();
        assert_eq!(bench.device(), Some("a"));
    }
}

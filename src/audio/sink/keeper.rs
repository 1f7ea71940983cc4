//! Keeps a sink under the sound: the chosen device while it is there and wanted, the null sink while it is not.
//! Runs on its own thread, because opening and closing a device can take its time.
//!
//! What is lost is never replaced by itself: the talk holds its place until the very device is back or the viewer wants to
//! go on otherwise.

mod away;
mod messages;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use super::device::{Choice, Listing};
use super::null::NullSink;
use super::{Outlets, Sink, SinkError};
use crate::audio::render::Render;
use crate::audio::shared::Shared;
use away::Away;
pub use messages::{Place, Request, SinkEvent, Wishes};

/// How long a device is kept open after the last sound: reopening takes longer than people like to wait.
const LINGER_NANOS: i64 = 3_000_000_000;
/// How often a running device is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How often a missing device is asked for.
const RETRY: Duration = Duration::from_secs(1);
const RETRY_NANOS: i64 = 1_000_000_000;
/// How often devices are listed for a viewer where that is costly.
const LIST_NANOS: i64 = 4_000_000_000;

/// The thread's state.
pub struct Keeper {
    shared: Arc<Shared>,
    wishes: Arc<Wishes>,
    events: Sender<SinkEvent>,
    waker: crate::Waker,
    /// Without them only the null sink is used.
    outlets: Option<Box<dyn Outlets>>,
    choice: Choice,
    state: State,
    wanted: bool,
    rest_at: i64,
    retry_at: i64,
    list_at: i64,
    /// The trouble has been told and still lasts.
    troubled: bool,
    /// It was told that the talk goes on without sound.
    silence_told: bool,
    /// The devices as they were told last.
    told: Option<Listing>,
    /// The outlet of the running device, and the default device that was seen in its place.
    port: String,
    other: Option<String>,
    /// What was lost and may come back.
    away: Option<Away>,
}

enum State {
    Closed(Box<Render>),
    Device(Box<dyn Sink>),
    Null(Box<NullSink>),
    /// No thread could be had for the null sink either.
    Broken,
}

impl Keeper {
    /// Holds the render; nothing is opened yet. Without outlets only the null sink is used.
    pub fn new(
        render: Render,
        shared: Arc<Shared>,
        outlets: Option<Box<dyn Outlets>>,
        wishes: Arc<Wishes>,
        events: Sender<SinkEvent>,
        waker: crate::Waker,
    ) -> Self {
        Self {
            shared,
            wishes,
            events,
            waker,
            outlets,
            choice: Choice::Default,
            state: State::Closed(Box::new(render)),
            wanted: false,
            rest_at: 0,
            retry_at: 0,
            list_at: 0,
            troubled: false,
            silence_told: false,
            told: None,
            port: String::new(),
            other: None,
            away: None,
        }
    }

    /// Serves requests until told to quit.
    pub fn run(mut self, requests: &Receiver<Request>) {
        self.look();
        loop {
            let request = match self.patience() {
                None => requests.recv().map_err(|_gone| RecvTimeoutError::Disconnected),
                Some(wait) => requests.recv_timeout(wait),
            };
            match request {
                Ok(request) if request != Request::Quit => self.heed(request),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(_) | Err(RecvTimeoutError::Disconnected) => {
                    self.close();
                    return;
                }
            }
            self.step();
        }
    }

    fn heed(&mut self, request: Request) {
        match request {
            Request::Wake => self.wanted = true,
            Request::Rest => {
                self.wanted = false;
                self.rest_at = self.shared.timebase.now() + LINGER_NANOS;
            }
            Request::Look => (self.list_at, self.told) = (0, None),
            Request::Quit => {}
        }
    }

    /// How long until there is something to look at; `None`: until a request comes.
    fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Closed(_) if !self.wanted && (self.away.is_some() || self.wishes.watched()) => Some(RETRY),
            State::Closed(_) if !self.wanted => None,
            State::Broken => None,
            _ => Some(LOOK),
        }
    }

    fn step(&mut self) {
        let now = self.shared.timebase.now();
        // A request may have found the inbox full.
        self.wanted |= self.shared.playing();
        if let Some(choice) = self.wishes.take() {
            self.choose(choice, now);
        }
        if !self.wanted && now >= self.rest_at {
            self.close();
            self.watch();
            self.await_return(now);
            return;
        }
        match &mut self.state {
            State::Closed(_) => self.open(now, None),
            State::Device(device) => match device.lost() {
                Some(why) => self.lose(&why, now),
                None => self.stay(now),
            },
            State::Null(_) => {
                self.watch();
                self.await_return(now);
                if self.wanted && now >= self.retry_at {
                    self.retry_at = now + RETRY_NANOS;
                    // Asked first: the null sink should not stumble every second for nothing.
                    let choice = &self.choice;
                    match self.outlets.as_mut().map(|outlets| outlets.available(choice)) {
                        Some(true) => self.open(now, None),
                        Some(false) => self.tell_silence(),
                        None => {}
                    }
                }
            }
            State::Broken => {}
        }
    }

    /// The viewer wants sound to go elsewhere.
    fn choose(&mut self, choice: Choice, now: i64) {
        // Where it goes already; only what happens when that goes away is another matter.
        let there = matches!((&self.state, &choice), (State::Device(sink), Choice::Device(wanted))
            if sink.device().id == wanted.id);
        self.choice = choice;
        if there {
            return;
        }
        (self.away, self.troubled, self.silence_told) = (None, false, false);
        match self.state {
            State::Device(_) if self.wanted => self.switch(now),
            // Opened when it is wanted.
            _ => self.close(),
        }
    }

    /// The device is there; but is it still the one that is meant?
    fn stay(&mut self, now: i64) {
        let Some(listing) = self.look() else { return };
        let State::Device(sink) = &self.state else { return };
        let id = sink.device().id.clone();
        let Some(found) = listing.get(&id) else { return };
        if found.port != self.port {
            let unplugged = found.unplugged.contains(&self.port);
            let before = std::mem::replace(&mut self.port, found.port.clone());
            if unplugged {
                self.lose_port("was unplugged", before, now);
                return;
            }
        }
        let other = match (&self.choice, listing.default) {
            (Choice::Default, Some(default)) if default != id => Some(default),
            _ => None,
        };
        // Seen twice: a device that is going away ceases to be the default a moment before.
        if other.is_some() && other == self.other {
            self.switch(now);
        } else {
            self.other = other;
        }
    }

    /// From one device to another, with the place kept.
    fn switch(&mut self, now: i64) {
        let playing = self.shared.playing();
        let place = self.hold();
        self.open(now, playing.then_some(place));
    }

    /// Stops playing, and says where.
    fn hold(&self) -> Place {
        let (generation, position) = (self.shared.generation(), self.shared.hearing().position);
        self.shared.set_playing(false);
        Place { generation, position }
    }

    /// The device is gone: hold the place, go on without sound, wait for its return.
    fn lose(&mut self, why: &str, now: i64) {
        let port = std::mem::take(&mut self.port);
        self.lose_port(why, port, now);
    }

    fn lose_port(&mut self, why: &str, port: String, now: i64) {
        // Paused before anything else can play: the next device must not start by itself.
        let place = self.hold();
        let State::Device(sink) = &self.state else { return };
        let why = format!("{} {why}", sink.device().name);
        self.away = Some(Away::new(sink.device().clone(), port, now));
        self.close();
        self.trouble(now);
        self.tell(SinkEvent::Lost { why, place });
        self.fall_back();
    }

    fn trouble(&mut self, now: i64) {
        (self.troubled, self.silence_told, self.wanted) = (true, false, false);
        self.rest_at = now + LINGER_NANOS;
        self.retry_at = now + RETRY_NANOS;
    }

    fn open(&mut self, now: i64, from: Option<Place>) {
        self.close();
        let Some(outlets) = &mut self.outlets else { return self.fall_back() };
        let State::Closed(render) = std::mem::replace(&mut self.state, State::Broken) else { return };
        match outlets.open(&self.choice, render, &self.shared) {
            Ok(sink) => {
                (self.troubled, self.silence_told, self.away, self.other) = (false, false, None, None);
                let (device, rate_hz) = (sink.device().clone(), self.shared.sink_rate());
                self.state = State::Device(sink);
                let listing = self.look();
                let found = listing.as_ref().and_then(|listing| listing.get(&device.id));
                self.port = found.map(|found| found.port.clone()).unwrap_or_default();
                self.tell(SinkEvent::Using { device, rate_hz, from });
            }
            Err((error, render)) => {
                self.state = State::Closed(render);
                self.retry_at = now + RETRY_NANOS;
                self.do_without(&error, from, now);
            }
        }
    }

    /// What is chosen cannot be opened.
    fn do_without(&mut self, error: &SinkError, from: Option<Place>, now: i64) {
        // What the sound library says of it is for the log: the viewer needs to know that it is silent.
        tracing::info!("no sound device: {error}");
        let why = match &self.choice {
            // It was asked for and no other: rather than passing in silence the talk waits.
            Choice::Device(device) if from.is_some() || !self.troubled => {
                self.away = Some(Away::new(device.clone(), String::new(), now));
                Some(format!("{} is not there", device.name))
            }
            // Playing was stopped to go from one device to another: it must not seem to go on.
            Choice::Default if from.is_some() => Some("No sound device can be used".to_owned()),
            _ => None,
        };
        if let Some(why) = why {
            let place = from.unwrap_or_else(|| self.hold());
            self.trouble(now);
            self.tell(SinkEvent::Lost { why, place });
        } else {
            self.troubled = true;
            self.tell_silence();
        }
        self.fall_back();
    }

    /// Tells once that the talk goes on without sound.
    fn tell_silence(&mut self) {
        if std::mem::replace(&mut self.silence_told, true) {
            return;
        }
        let why = match &self.choice {
            Choice::Default => "No sound device can be used; the talk goes on without sound".to_owned(),
            Choice::Device(device) => format!("{} is not there; the talk goes on without sound", device.name),
        };
        self.tell(SinkEvent::NoDevice { why, rate_hz: self.shared.sink_rate() });
    }

    fn fall_back(&mut self) {
        let State::Closed(render) = std::mem::replace(&mut self.state, State::Broken) else { return };
        if let Ok(null) = NullSink::start(render, Arc::clone(&self.shared)) {
            self.state = State::Null(Box::new(null));
        }
    }

    fn close(&mut self) {
        let render = match std::mem::replace(&mut self.state, State::Broken) {
            State::Closed(render) => render,
            State::Device(device) => device.stop(),
            State::Null(null) => null.stop(),
            State::Broken => return,
        };
        self.state = State::Closed(render);
    }

    /// The devices that are there, told where they have changed.
    fn look(&mut self) -> Option<Listing> {
        let listing = self.outlets.as_mut()?.look()?;
        if self.told.as_ref() != Some(&listing) {
            self.told = Some(listing.clone());
            self.tell(SinkEvent::Devices(listing.clone()));
        }
        Some(listing)
    }

    /// Lists the devices for a viewer who looks at them.
    fn watch(&mut self) {
        let now = self.shared.timebase.now();
        if !self.wishes.watched() || self.look().is_some() || now < self.list_at {
            return;
        }
        self.list_at = now + LIST_NANOS;
        let Some(outlets) = &mut self.outlets else { return };
        let listing = outlets.list();
        self.told = Some(listing.clone());
        self.tell(SinkEvent::Devices(listing));
    }

    /// Tells when the very device that was lost is back.
    fn await_return(&mut self, now: i64) {
        let (Some(away), Some(outlets)) = (&mut self.away, &mut self.outlets) else { return };
        if away.over(now) {
            self.away = None;
        } else if away.back(&self.choice, outlets.as_mut(), now) {
            let name = away.name().to_owned();
            (self.away, self.troubled, self.silence_told) = (None, false, false);
            self.close();
            // Opened when the player asks for it, which it does not where the viewer has done something meanwhile.
            self.rest_at = now;
            self.tell(SinkEvent::Returned { name });
        }
    }

    fn tell(&self, event: SinkEvent) {
        self.events.try_send(event).ok();
        (self.waker)();
    }
}

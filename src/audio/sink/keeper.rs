//! Keeps a sink under the sound: the device while it is there and wanted, the null sink while it is not.
//! Runs on its own thread, because opening and closing a device can take its time.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use super::Sink;
use super::cpal::{CpalSink, SinkError};
use super::null::NullSink;
use crate::audio::render::Render;
use crate::audio::shared::Shared;

/// What the keeper is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// Sound is wanted now, or soon: have a sink running.
    Wake,
    /// Nothing is played: the device may rest after a while.
    Rest,
    /// The program ends.
    Quit,
}

/// What the keeper has to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkEvent {
    /// Sound goes to this device, at this rate in frames per second.
    Using {
        /// The device's name.
        name: String,
        /// Frames per second.
        rate_hz: u32,
    },
    /// There is no device; time passes without sound.
    NoDevice {
        /// A sentence for the viewer.
        why: String,
        /// Frames per second.
        rate_hz: u32,
    },
    /// The device went away while it was being used. Playing has been stopped at its place.
    Lost {
        /// A sentence for the viewer.
        why: String,
    },
}

/// How long a device is kept open after the last sound: reopening takes longer than people like to wait.
const LINGER_NANOS: i64 = 3_000_000_000;
/// How often a running device is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How often a missing device is asked for.
const RETRY_NANOS: i64 = 1_000_000_000;

/// The thread's state.
pub struct Keeper {
    shared: Arc<Shared>,
    events: Sender<SinkEvent>,
    waker: crate::Waker,
    /// Without it only the null sink is used.
    device_allowed: bool,
    state: State,
    wanted: bool,
    rest_at: i64,
    retry_at: i64,
    /// The trouble has been told and still lasts.
    troubled: bool,
}

enum State {
    Closed(Box<Render>),
    Device(Box<CpalSink>),
    Null(Box<NullSink>),
    /// No thread could be had for the null sink either.
    Broken,
}

impl Keeper {
    /// Holds the render; nothing is opened yet.
    pub fn new(
        render: Render,
        shared: Arc<Shared>,
        device_allowed: bool,
        events: Sender<SinkEvent>,
        waker: crate::Waker,
    ) -> Self {
        Self {
            shared,
            events,
            waker,
            device_allowed,
            state: State::Closed(Box::new(render)),
            wanted: false,
            rest_at: 0,
            retry_at: 0,
            troubled: false,
        }
    }

    /// Serves requests until told to quit.
    pub fn run(mut self, requests: &Receiver<Request>) {
        loop {
            let request = match self.patience() {
                None => requests.recv().map_err(|_gone| RecvTimeoutError::Disconnected),
                Some(wait) => requests.recv_timeout(wait),
            };
            match request {
                Ok(Request::Wake) => self.wanted = true,
                Ok(Request::Rest) => {
                    self.wanted = false;
                    self.rest_at = self.shared.timebase.now() + LINGER_NANOS;
                }
                Ok(Request::Quit) | Err(RecvTimeoutError::Disconnected) => {
                    self.close();
                    return;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.step();
        }
    }

    /// How long until there is something to look at; `None`: until a request comes.
    fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Closed(_) if !self.wanted => None,
            State::Broken => None,
            _ => Some(LOOK),
        }
    }

    fn step(&mut self) {
        let now = self.shared.timebase.now();
        // A request may have found the inbox full.
        self.wanted |= self.shared.playing();
        if !self.wanted && now >= self.rest_at {
            self.close();
            return;
        }
        match &mut self.state {
            State::Closed(_) => self.open(now),
            State::Device(device) => {
                if let Some(why) = device.lost() {
                    self.lose(&why, now);
                }
            }
            State::Null(_) => {
                if self.device_allowed && now >= self.retry_at {
                    self.retry_at = now + RETRY_NANOS;
                    // Asked first: the null sink should not stumble every second for nothing.
                    if CpalSink::available() {
                        self.open(now);
                    }
                }
            }
            State::Broken => {}
        }
    }

    /// The device is gone: hold the place, go on without sound, try again later.
    fn lose(&mut self, why: &str, now: i64) {
        // Paused before anything else can play: the next device must not start by itself.
        self.shared.set_playing(false);
        self.close();
        self.troubled = true;
        self.wanted = false;
        self.rest_at = now + LINGER_NANOS;
        self.retry_at = now + RETRY_NANOS;
        self.tell(SinkEvent::Lost { why: format!("The sound device was lost: {why}") });
        self.fall_back();
    }

    fn open(&mut self, now: i64) {
        if !self.device_allowed {
            self.fall_back();
            return;
        }
        let was_null = matches!(self.state, State::Null(_));
        self.close();
        let State::Closed(render) = std::mem::replace(&mut self.state, State::Broken) else { return };
        match CpalSink::start(render, &self.shared) {
            Ok(device) => {
                self.troubled = false;
                let (name, rate_hz) = (device.name().to_owned(), self.shared.sink_rate());
                self.state = State::Device(Box::new(device));
                self.tell(SinkEvent::Using { name, rate_hz });
            }
            Err((error, render)) => {
                self.state = State::Closed(render);
                self.retry_at = now + RETRY_NANOS;
                self.fall_back();
                if !self.troubled && !was_null {
                    self.no_device(&error);
                }
                self.troubled = true;
            }
        }
    }

    fn no_device(&self, error: &SinkError) {
        // What the sound library says of it is for the log: the viewer needs to know that it is silent.
        tracing::info!("no sound device: {error}");
        let why = "No sound device can be used; the talk goes on without sound".to_owned();
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

    fn tell(&self, event: SinkEvent) {
        self.events.try_send(event).ok();
        (self.waker)();
    }
}

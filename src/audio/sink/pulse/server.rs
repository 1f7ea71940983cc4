//! The connection to the sound server, and what it has. Keeper's thread; waits for each answer for a limited time.

use std::future::Future;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use pulseaudio::protocol::port_info::PortAvailable;
use pulseaudio::protocol::{ServerInfo, SinkInfo};
use pulseaudio::{Client, ClientError};

use super::super::device::{Choice, Device, Found, Listing};
use super::super::{Opened, SinkError};
use super::stream::PulseSink;
use super::wait::within;
use crate::audio::render::Render;
use crate::audio::shared::Shared;

/// How long a connected server may take to answer.
const ANSWER: Duration = Duration::from_millis(700);

/// How long a server may take to take a connection: one that wakes or is stopped is not waited for any longer, but its
/// connection is taken up when it comes.
const CONNECT: Duration = Duration::from_millis(700);

/// Bytes of the secret that servers may ask for. Those that ask for none want as many all the same.
const COOKIE: usize = 256;

/// So often a server that refused is not asked again.
const RESTS: u8 = 20;

/// What a server that has no device pretends to have.
const PRETENDED: &str = "auto_null";

/// A sound server, which may come and go.
#[derive(Default)]
pub struct Server {
    client: Option<Client>,
    /// A connection is being made, by a thread of its own: a server that is stopped may never answer.
    coming: Option<Receiver<Result<Client, ClientError>>>,
    /// So often nothing is asked of it.
    rests: u8,
}

impl Server {
    /// Whether there is a server to speak to.
    pub fn connected(&mut self) -> bool {
        self.client().is_some()
    }

    /// The devices that are there; `None` if nobody answers.
    pub fn listing(&mut self) -> Option<Listing> {
        let (info, sinks) = self.ask_all()?;
        let default = info.default_sink_name.map(|name| id_of(&name)).filter(|id| *id != id_of_name(PRETENDED));
        let found = sinks.iter().filter(|sink| sink.name.to_bytes() != PRETENDED.as_bytes()).map(found).collect();
        Some(Listing { found, default })
    }

    /// Plays to what is chosen.
    ///
    /// # Errors
    /// [`SinkError`], with the render for another sink.
    pub fn open(&mut self, choice: &Choice, render: Box<Render>, shared: &Arc<Shared>) -> Opened {
        let Some(listing) = self.listing() else { return Err((SinkError::NoDevice, render)) };
        let chosen = listing.chosen(choice).cloned();
        match (chosen, self.client.clone()) {
            (Some(device), Some(client)) => PulseSink::start(&client, device, render, shared),
            _ => Err((SinkError::NoDevice, render)),
        }
    }

    fn ask_all(&mut self) -> Option<(ServerInfo, Vec<SinkInfo>)> {
        let client = self.client()?;
        // The default first: where it is another because its device has gone, the list that follows knows it, too.
        let info = self.ask(client.server_info())?;
        let sinks = self.ask(client.list_sinks())?;
        Some((info, sinks))
    }

    fn ask<T>(&mut self, question: impl Future<Output = Result<T, ClientError>>) -> Option<T> {
        match within(ANSWER, question) {
            Some(Ok(answer)) => Some(answer),
            Some(Err(error)) => {
                tracing::debug!("the sound server: {error}");
                self.client = None;
                None
            }
            None => {
                tracing::debug!("the sound server does not answer");
                self.client = None;
                None
            }
        }
    }

    fn client(&mut self) -> Option<Client> {
        if self.client.is_none() {
            if self.rests > 0 {
                self.rests -= 1;
                return None;
            }
            let coming = match self.coming.take() {
                Some(coming) => coming,
                None => connect()?,
            };
            match coming.recv_timeout(CONNECT) {
                Ok(Ok(client)) => self.client = Some(client),
                Ok(Err(error)) => {
                    tracing::debug!("no sound server: {error}");
                    // One that is not there is asked for again and again, which costs nothing.
                    self.rests = if matches!(error, ClientError::Io(_)) { 0 } else { RESTS };
                }
                Err(RecvTimeoutError::Timeout) => self.coming = Some(coming),
                Err(RecvTimeoutError::Disconnected) => {}
            }
        }
        self.client.clone()
    }
}

/// Begins to connect; `None` where there is no server.
fn connect() -> Option<Receiver<Result<Client, ClientError>>> {
    let path = pulseaudio::socket_path_from_env()?;
    let (send, coming) = bounded(1);
    let attempt = move || {
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok());
        let cookie = cookie.filter(|cookie| cookie.len() == COOKIE).unwrap_or_else(|| vec![0; COOKIE]);
        let made = UnixStream::connect(path).map_err(ClientError::Io);
        let made = made.and_then(|socket| Client::new_unix(c"Plenary", socket, Some(cookie)));
        send.try_send(made).ok();
    };
    std::thread::Builder::new().name("audio-connect".into()).spawn(attempt).ok()?;
    Some(coming)
}

fn id_of(name: &std::ffi::CStr) -> String {
    id_of_name(&name.to_string_lossy())
}

fn id_of_name(name: &str) -> String {
    format!("pulse:{name}")
}

/// The server's own name of a device.
pub fn name_of(device: &Device) -> &str {
    device.id.strip_prefix("pulse:").unwrap_or(&device.id)
}

fn found(sink: &SinkInfo) -> Found {
    let text = |text: &std::ffi::CString| text.to_string_lossy().into_owned();
    let unplugged = sink.ports.iter().filter(|port| port.available == PortAvailable::No);
    Found {
        device: Device {
            id: id_of(&sink.name),
            name: sink.description.as_ref().map_or_else(|| text(&sink.name), text),
        },
        port: sink.ports.get(sink.active_port).map(|port| text(&port.name)).unwrap_or_default(),
        unplugged: unplugged.map(|port| text(&port.name)).collect(),
    }
}

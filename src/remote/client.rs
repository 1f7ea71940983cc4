//! One client of the socket: a thread that reads its requests and one that writes to it, so that a client that does not
//! read holds up nobody.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use serde_json::{Value, json};

use super::board::Board;
use super::mpv::{self, Arguments, Refusal};
use super::properties::{self, PropertyError};
use super::socket::Clients;
use super::{Hub, Job};

/// Longest request, in bytes.
const MAX_REQUEST: u64 = 1 << 20;
/// Lines that may wait to be written; events beyond that are dropped, answers wait.
const OUTGOING: usize = 1024;
/// How long the application may take to do something.
const PATIENCE: Duration = Duration::from_secs(10);
/// The version of mpv's client API whose words these are: 2.0.
const API_VERSION: u32 = 0x2_0000;

/// Requests of one client that may be under way at a time.
const BURST: usize = 128;
/// Commands that are answered from the board.
const READING: &[&str] = &[
    "get_property",
    "get_property_string",
    "observe_property",
    "observe_property_string",
    "unobserve_property",
    "client_name",
    "get_version",
    "get_time_us",
    "enable_event",
    "disable_event",
    "request_log_messages",
];

/// Commands that count from a present value.
const RELATIVE: &[&str] = &["add", "cycle", "playlist-next", "playlist-prev"];

/// A request whose answer is still to come.
struct UnderWay {
    id: Value,
    plain: bool,
    answered: Receiver<Result<(), Refusal>>,
}

/// A client, as other threads see it.
pub(super) struct Client {
    stream: UnixStream,
    outgoing: Sender<String>,
    observed: Mutex<BTreeMap<i64, Observed>>,
}

/// A property that a client watches.
struct Observed {
    name: String,
    as_text: bool,
    last: Option<Value>,
}

/// Serves a client from now on.
pub(super) fn start(
    stream: UnixStream,
    clients: &Clients,
    hub: &Arc<Hub>,
    count: &Arc<AtomicUsize>,
) -> std::io::Result<()> {
    let (outgoing, lines) = bounded(OUTGOING);
    let (reading, writing) = (stream.try_clone()?, stream.try_clone()?);
    let client = Arc::new(Client { stream, outgoing, observed: Mutex::default() });
    let named = |name: &str| std::thread::Builder::new().name(name.into());
    named("ipc-write").spawn(move || write(writing, &lines))?;
    lock(clients).push(Arc::clone(&client));
    count.fetch_add(1, Ordering::AcqRel);
    let (clients, hub, count) = (Arc::clone(clients), Arc::clone(hub), Arc::clone(count));
    named("ipc-read").spawn(move || {
        client.read(reading, &hub);
        lock(&clients).retain(|other| !Arc::ptr_eq(other, &client));
        count.fetch_sub(1, Ordering::AcqRel);
        client.close();
    })?;
    Ok(())
}

/// Serves a client that has sent this and hung up; what it would be answered.
#[cfg(any(test, feature = "testing"))]
pub(super) fn answers(hub: &Hub, sent: &[u8]) -> std::io::Result<Vec<String>> {
    let (mut theirs, stream) = UnixStream::pair()?;
    theirs.write_all(sent)?;
    theirs.shutdown(Shutdown::Write)?;
    // An answer and the first value of a property for each line, as nobody reads meanwhile.
    let lines = sent.split(|byte| *byte == b'\n').count();
    let (outgoing, answered) = bounded(2 * lines);
    let reading = stream.try_clone()?;
    Client { stream, outgoing, observed: Mutex::default() }.read(reading, hub);
    Ok(answered.try_iter().collect())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(mut stream: UnixStream, lines: &Receiver<String>) {
    for mut line in lines {
        line.push('\n');
        if stream.write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}

impl Client {
    /// Ends the connection; what waits to be written is given a moment.
    pub(super) fn close(&self) {
        self.stream.shutdown(Shutdown::Read).ok();
    }

    /// Whether nothing waits to be written.
    pub(super) fn has_written_all(&self) -> bool {
        self.outgoing.is_empty()
    }

    /// Sends an event, unless the client has stopped reading.
    pub(super) fn send(&self, event: &Value) {
        self.outgoing.try_send(event.to_string()).ok();
    }

    fn read(&self, stream: UnixStream, hub: &Hub) {
        let mut reader = BufReader::new(stream);
        let (mut line, mut under_way) = (Vec::new(), VecDeque::new());
        loop {
            line.clear();
            match (&mut reader).take(MAX_REQUEST).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) if line.last() != Some(&b'\n') && line.len() as u64 >= MAX_REQUEST => return,
                Ok(_) => {}
            }
            let text = String::from_utf8_lossy(&line);
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let more = reader.buffer().contains(&b'\n');
            if !self.take(text, hub, &mut under_way) || (!more && !self.settle(&mut under_way)) {
                return;
            }
        }
    }

    /// Takes one request. What changes something is only set under way, so that a burst of it becomes one turn of the
    /// application; what is read afterwards waits until it is done. False if the client is gone.
    fn take(&self, line: &str, hub: &Hub, under_way: &mut VecDeque<UnderWay>) -> bool {
        let plain = !line.starts_with('{');
        let request = if plain { json!({"command": line}) } else { serde_json::from_str(line).unwrap_or_default() };
        let id = request.get("request_id").cloned().unwrap_or_else(|| json!(0));
        let arguments = request.get("command").and_then(Arguments::new).ok_or(Refusal::Invalid);
        let result = match arguments {
            Ok(arguments) if Self::only_reads(arguments.name()) => {
                if !self.settle(under_way) {
                    return false;
                }
                self.serve(&arguments, hub)
            }
            // What counts from the present value must find it.
            Ok(arguments) if RELATIVE.contains(&arguments.name()) && !self.settle(under_way) => return false,
            Ok(arguments) => match self.hand_over(&arguments, hub) {
                Ok(answered) => {
                    under_way.push_back(UnderWay { id, plain, answered });
                    return under_way.len() < BURST || self.settle(under_way);
                }
                Err(refusal) => Err(refusal),
            },
            Err(refusal) => Err(refusal),
        };
        self.settle(under_way) && self.reply(&id, plain, result)
    }

    /// Waits for what is under way, and answers in the order of asking. False if the client is gone.
    fn settle(&self, under_way: &mut VecDeque<UnderWay>) -> bool {
        under_way.drain(..).all(|waiting| {
            let done = waiting.answered.recv_timeout(PATIENCE).unwrap_or(Err(Refusal::Failed));
            self.reply(&waiting.id, waiting.plain, done.map(|()| Value::Null))
        })
    }

    /// Answers a request; a line of plain words gets no answer. False if the client is gone.
    fn reply(&self, id: &Value, plain: bool, result: Result<Value, Refusal>) -> bool {
        let answer = match result {
            Ok(data) => json!({"data": data, "request_id": id, "error": "success"}),
            Err(refusal) => json!({"request_id": id, "error": refusal.to_string()}),
        };
        plain || self.outgoing.send(answer.to_string()).is_ok()
    }

    fn only_reads(command: &str) -> bool {
        READING.contains(&command)
    }

    fn serve(&self, arguments: &Arguments, hub: &Hub) -> Result<Value, Refusal> {
        let name = || arguments.text(1).ok_or(Refusal::Invalid);
        let value = |name: &str| properties::read(&hub.board, name).map_err(refusal);
        match arguments.name() {
            "get_property" => value(name()?),
            "get_property_string" => Ok(json!(properties::as_text(&value(name()?)?))),
            "observe_property" => self.observe(&hub.board, arguments, false),
            "observe_property_string" => self.observe(&hub.board, arguments, true),
            "unobserve_property" => {
                let id = arguments.get(1).and_then(Value::as_i64).ok_or(Refusal::Invalid)?;
                let had = lock(&self.observed).len();
                lock(&self.observed).remove(&id);
                Ok(json!(had - lock(&self.observed).len()))
            }
            "client_name" => Ok(json!("ipc")),
            "get_version" => Ok(json!(API_VERSION)),
            "get_time_us" => Ok(json!(hub.board.now_micros())),
            "enable_event" | "disable_event" | "request_log_messages" => Ok(Value::Null),
            _ => Err(Refusal::Invalid),
        }
    }

    /// Lets the application do it; the answer comes when it is done.
    fn hand_over(&self, arguments: &Arguments, hub: &Hub) -> Result<Receiver<Result<(), Refusal>>, Refusal> {
        let task = mpv::task(&hub.board, arguments)?;
        let (answer, answered) = bounded(1);
        hub.jobs.try_send(Job { task, answer }).map_err(|_full| Refusal::Failed)?;
        (hub.waker)();
        Ok(answered)
    }

    fn observe(&self, board: &Board, arguments: &Arguments, as_text: bool) -> Result<Value, Refusal> {
        let id = arguments.get(1).and_then(Value::as_i64).ok_or(Refusal::Invalid)?;
        let name = arguments.text(2).ok_or(Refusal::Invalid)?.to_owned();
        lock(&self.observed).insert(id, Observed { name, as_text, last: None });
        // The first value comes at once, as from mpv; an unknown property has none, ever.
        self.report(board, true);
        Ok(Value::Null)
    }

    /// Sends what has changed of what is observed. `fresh`: only what has never been sent.
    pub(super) fn report(&self, board: &Board, fresh: bool) {
        for (id, observed) in lock(&self.observed).iter_mut() {
            if fresh && observed.last.is_some() {
                continue;
            }
            let value = properties::read(board, &observed.name).unwrap_or(Value::Null);
            if observed.last.as_ref() == Some(&value) {
                continue;
            }
            let mut event = json!({"event": "property-change", "id": id, "name": observed.name});
            if !value.is_null() {
                event["data"] = if observed.as_text { json!(properties::as_text(&value)) } else { value.clone() };
            }
            observed.last = Some(value);
            self.send(&event);
        }
    }

    /// Whether anything is observed that passes by itself.
    pub(super) fn watches_time(&self) -> bool {
        lock(&self.observed).values().any(|observed| properties::MOVING.contains(&observed.name.as_str()))
    }
}

fn refusal(error: PropertyError) -> Refusal {
    match error {
        PropertyError::NotFound => Refusal::NoProperty,
        PropertyError::Unavailable => Refusal::Unavailable,
    }
}

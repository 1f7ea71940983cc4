//! Tells clients what has changed: observed properties, and mpv's events.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use serde_json::{Value, json};

use super::board::{Board, Snapshot};
use super::socket::Clients;

/// How often observed times are reported while they pass.
const TICK: Duration = Duration::from_millis(50);
/// How often it is looked whether a seek has become sound.
const SEEK_TICK: Duration = Duration::from_millis(5);

/// Wakes the watcher.
pub(super) struct Bell(Option<Sender<()>>);

impl Bell {
    pub(super) fn ring(&self) {
        if let Some(ring) = &self.0 {
            // Ringing twice before it is heard is ringing once.
            ring.try_send(()).ok();
        }
    }

    pub(super) fn close(&mut self) {
        self.0 = None;
    }
}

/// Compares the board with what it last was.
pub(super) struct Watcher {
    board: Arc<Board>,
    clients: Clients,
    rung: Receiver<()>,
    last: Arc<Snapshot>,
    /// A seek or an opening has been told whose sound has not.
    restarting: bool,
}

impl Watcher {
    pub(super) fn new(board: Arc<Board>, clients: Clients) -> (Self, Bell) {
        let (ring, rung) = bounded(1);
        let last = Arc::new(Snapshot::default());
        (Self { board, clients, rung, last, restarting: false }, Bell(Some(ring)))
    }

    /// Until the bell is taken away.
    pub(super) fn run(mut self) {
        loop {
            let heard = match self.patience() {
                Some(wait) => self.rung.recv_timeout(wait),
                None => self.rung.recv().map_err(|_closed| RecvTimeoutError::Disconnected),
            };
            if heard == Err(RecvTimeoutError::Disconnected) {
                self.farewell();
                return;
            }
            self.step();
        }
    }

    /// How long until something may have changed by itself.
    fn patience(&self) -> Option<Duration> {
        if self.restarting {
            return Some(SEEK_TICK);
        }
        let watched =
            self.clients.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|client| client.watches_time());
        (watched && self.last.playing).then_some(TICK)
    }

    fn step(&mut self) {
        let now = self.board.snapshot();
        for event in events(&self.last, &now) {
            self.tell(&event);
        }
        let moved = now.openings != self.last.openings || now.seeks != self.last.seeks;
        self.restarting = (self.restarting || moved) && now.talk.is_some();
        self.last = now;
        if self.restarting && (self.board.sounding() || !self.last.playing) {
            self.restarting = false;
            self.tell(&json!({"event": "playback-restart"}));
        }
        let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for client in clients {
            client.report(&self.board, false);
        }
    }

    fn farewell(&self) {
        if self.last.talk.is_some() && !self.last.ended {
            self.tell(&json!({"event": "end-file", "reason": "quit"}));
        }
        self.tell(&json!({"event": "shutdown"}));
    }

    fn tell(&self, event: &Value) {
        for client in self.clients.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            client.send(event);
        }
    }
}

/// mpv's events for what lies between two snapshots.
fn events(before: &Snapshot, after: &Snapshot) -> Vec<Value> {
    let mut events = Vec::new();
    let entry = |of: &Snapshot| of.playlist_pos.map_or(0, |at| at + 1);
    let was_open = before.talk.is_some();
    let moved_on = after.openings != before.openings || (was_open && after.talk.is_none());
    if after.ends != before.ends {
        events.push(json!({"event": "end-file", "reason": "eof", "playlist_entry_id": before.entry}));
    } else if moved_on && was_open && !before.ended {
        events.push(json!({"event": "end-file", "reason": "stop", "playlist_entry_id": before.entry}));
    }
    if after.openings != before.openings {
        events.push(json!({"event": "start-file", "playlist_entry_id": entry(after)}));
        events.push(json!({"event": "file-loaded"}));
    }
    if after.seeks != before.seeks {
        events.push(json!({"event": "seek"}));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(before: &Snapshot, after: &Snapshot) -> Vec<String> {
        events(before, after).iter().filter_map(|event| event["event"].as_str().map(str::to_owned)).collect()
    }

    #[test]
    fn what_happened_is_told_in_mpvs_order() {
        let idle = Snapshot::default();
        let opened = Snapshot { openings: 1, ..Snapshot::default() };
        assert_eq!(names(&idle, &opened), ["start-file", "file-loaded"]);
        let sought = Snapshot { seeks: 3, ..opened.clone() };
        assert_eq!(names(&opened, &sought), ["seek"]);
        let ended = Snapshot { ended: true, ends: 1, ..sought.clone() };
        assert_eq!(names(&sought, &ended), ["end-file"]);
        assert_eq!(names(&ended, &ended), Vec::<String>::new());
    }
}

//! The listening socket: its file, its thread, and the clients that come.

use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::client::{self, Client};
use super::watch::{Bell, Watcher};
use super::{Hub, RemoteError};

/// Clients at a time.
const MAX_CLIENTS: usize = 64;

/// How often and how long the end waits for clients to be told of it.
const FAREWELL_LOOKS: u32 = 20;
const FAREWELL_LOOK: Duration = Duration::from_millis(10);

/// Clients that are connected.
pub(super) type Clients = Arc<Mutex<Vec<Arc<Client>>>>;

/// A listening socket; gone when dropped.
pub(super) struct Socket {
    path: PathBuf,
    closing: Arc<AtomicBool>,
    clients: Clients,
    bell: Bell,
    threads: Vec<JoinHandle<()>>,
}

impl Socket {
    pub(super) fn listen(path: &Path, hub: Arc<Hub>) -> Result<Self, RemoteError> {
        let io = |why| RemoteError::Io { why, path: path.to_owned() };
        let path = std::path::absolute(path).map_err(io)?;
        make_way(&path)?;
        let listener = bind_private(&path).map_err(io)?;
        let closing = Arc::new(AtomicBool::new(false));
        let clients = Clients::default();
        let (watcher, bell) = Watcher::new(Arc::clone(&hub.board), Arc::clone(&clients));
        let mut socket = Self { path, closing, clients, bell, threads: Vec::new() };
        let (stop, clients) = (Arc::clone(&socket.closing), Arc::clone(&socket.clients));
        let named = |name: &str| std::thread::Builder::new().name(name.into());
        socket.threads.push(named("ipc").spawn(move || accept(&listener, &stop, &clients, &hub)).map_err(io)?);
        socket.threads.push(named("ipc-watch").spawn(move || watcher.run()).map_err(io)?);
        Ok(socket)
    }

    /// Tells the watcher that there is something new on the board.
    pub(super) fn notify(&self) {
        self.bell.ring();
    }
}

/// Removes a socket that nobody listens on any more; anything else at its place is left alone.
fn make_way(path: &Path) -> Result<(), RemoteError> {
    let Ok(found) = std::fs::symlink_metadata(path) else { return Ok(()) };
    let dead = found.file_type().is_socket()
        && UnixStream::connect(path).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused);
    if !dead {
        return Err(RemoteError::InUse(path.to_owned()));
    }
    std::fs::remove_file(path).map_err(|why| RemoteError::Io { why, path: path.to_owned() })
}

/// Binds in a folder that only the user can enter and moves the socket to its place when it is the user's alone: there
/// is no moment at which anybody else could connect.
fn bind_private(path: &Path) -> std::io::Result<UnixListener> {
    let beside = path.with_file_name(format!(".ipc{}", std::process::id()));
    std::fs::DirBuilder::new().mode(0o700).create(&beside)?;
    let inside = beside.join("s");
    let bound = UnixListener::bind(&inside).and_then(|listener| {
        std::fs::set_permissions(&inside, std::fs::Permissions::from_mode(0o600))?;
        std::fs::rename(&inside, path)?;
        Ok(listener)
    });
    std::fs::remove_file(&inside).ok();
    std::fs::remove_dir(&beside)?;
    bound
}

fn accept(listener: &UnixListener, closing: &AtomicBool, clients: &Clients, hub: &Arc<Hub>) {
    let count = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        if closing.load(Ordering::Acquire) {
            return;
        }
        let Ok(stream) = stream else { continue };
        if count.load(Ordering::Acquire) >= MAX_CLIENTS {
            tracing::warn!("more than {MAX_CLIENTS} IPC clients; one is turned away");
            continue;
        }
        if let Err(error) = client::start(stream, clients, hub, &count) {
            tracing::warn!("an IPC client could not be served: {error}");
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Release);
        // Wakes the listener out of its wait.
        UnixStream::connect(&self.path).ok();
        std::fs::remove_file(&self.path).ok();
        self.bell.close();
        // Where somebody has removed the socket, or put another one there, the listener does not wake: it ends with the program.
        for _ in 0..FAREWELL_LOOKS {
            if self.threads.iter().all(JoinHandle::is_finished) {
                break;
            }
            std::thread::sleep(FAREWELL_LOOK);
        }
        for thread in self.threads.drain(..).filter(JoinHandle::is_finished) {
            thread.join().ok();
        }
        let clients = std::mem::take(&mut *self.clients.lock().unwrap_or_else(PoisonError::into_inner));
        // The last answers and events are still on their way; a client that does not read is not waited for long.
        for _ in 0..FAREWELL_LOOKS {
            std::thread::sleep(FAREWELL_LOOK);
            if clients.iter().all(|client| client.has_written_all()) {
                break;
            }
        }
        for client in clients {
            client.close();
        }
    }
}

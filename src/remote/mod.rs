//! Other hands on the same controls: mpv's JSON IPC over a socket. Reading is answered on the client's own thread from
//! the board; whatever changes something is done by the application on the main thread.

pub mod board;
#[cfg(unix)]
mod client;
pub mod instance;
pub mod mpv;
pub mod properties;
#[cfg(unix)]
mod socket;
#[cfg(unix)]
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::Waker;
use crate::app::App;
use crate::app::notice::Severity;
use crate::time::MediaTime;
use board::{Board, Snapshot};
use mpv::{Refusal, Task};

/// Requests that may wait for the main thread.
const WAITING: usize = 256;

/// No socket could be had.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// Somebody listens there already, or it is no socket.
    #[error("The IPC socket is in use by another program: {}", .0.display())]
    InUse(PathBuf),
    /// The system refuses.
    #[error("Cannot listen on the IPC socket: {why}: {}", path.display())]
    Io {
        /// What the system said.
        why: std::io::Error,
        /// The socket.
        path: PathBuf,
    },
    /// There are no such sockets here.
    #[error("The IPC socket needs a Unix system")]
    Unsupported,
}

/// Something to do, and where the answer goes.
struct Job {
    task: Task,
    answer: Sender<Result<(), Refusal>>,
}

/// What the threads of the socket share.
struct Hub {
    board: Arc<Board>,
    jobs: Sender<Job>,
    waker: Waker,
}

/// The socket and its threads.
pub struct Remote {
    board: Arc<Board>,
    jobs: Receiver<Job>,
    #[cfg(unix)]
    socket: socket::Socket,
}

impl Remote {
    /// Listens on the socket at `path`, which is the user's alone and goes away with the program.
    ///
    /// # Errors
    /// [`RemoteError`].
    #[cfg(unix)]
    pub fn start(path: &Path, app: &App, waker: &Waker) -> Result<Self, RemoteError> {
        let (board, jobs, hub) = Self::parts(app, waker);
        let socket = socket::Socket::listen(path, Arc::new(hub))?;
        Ok(Self { board, jobs, socket })
    }

    /// Listens on the socket at `path`, where there are such sockets.
    ///
    /// # Errors
    /// Always: there are none on this system.
    #[cfg(not(unix))]
    pub fn start(_path: &Path, app: &App, waker: &Waker) -> Result<Self, RemoteError> {
        drop(Self::parts(app, waker));
        Err(RemoteError::Unsupported)
    }

    fn parts(app: &App, waker: &Waker) -> (Arc<Board>, Receiver<Job>, Hub) {
        let board = Arc::new(Board::new(app));
        let (send, jobs) = bounded(WAITING);
        (Arc::clone(&board), jobs, Hub { board, jobs: send, waker: Arc::clone(waker) })
    }

    /// Does what clients ask. Main thread.
    pub fn poll(&mut self, app: &mut App) {
        let jobs: Vec<Job> = self.jobs.try_iter().collect();
        let mut answers = Vec::new();
        for job in jobs {
            answers.push((job.answer, carry_out(app, job.task)));
        }
        if answers.is_empty() {
            return;
        }
        // Published before it is answered: who asks after setting must find what was set.
        self.publish(app);
        for (answer, result) in answers {
            answer.try_send(result).ok();
        }
    }

    /// Lets clients see the application as it is now.
    pub fn publish(&self, app: &App) {
        self.board.publish(Snapshot::of(app));
        #[cfg(unix)]
        self.socket.notify();
    }

    /// What a frame took of the main thread.
    pub fn count_work(&self, took: MediaTime) {
        self.board.count_work(took);
    }

    /// Counts a drawn frame.
    pub fn count_frame(&self) {
        self.board.count_frame();
    }
}

/// What a client that sends this and hangs up is answered, line by line, where nobody carries anything out.
///
/// # Errors
/// Where the system has no socket for it.
#[cfg(all(unix, any(test, feature = "testing")))]
pub fn answers(board: &Arc<Board>, sent: &[u8]) -> std::io::Result<Vec<String>> {
    let (jobs, nobody) = bounded(1);
    drop(nobody);
    client::answers(&Hub { board: Arc::clone(board), jobs, waker: Arc::new(|| {}) }, sent)
}

fn carry_out(app: &mut App, task: Task) -> Result<(), Refusal> {
    let lets_go = matches!(task, Task::Press(_));
    match task {
        Task::Run(commands) => {
            for command in commands {
                app.run(command);
            }
        }
        Task::Press(ref chord) | Task::Hold(ref chord) => {
            let binding = app.keymap().binding(chord, app.view().place()).ok_or(Refusal::Failed)?;
            let command = binding.command.clone();
            let after = command.on_release().filter(|_| lets_go);
            app.run(command);
            after.into_iter().for_each(|after| app.run(after));
        }
        Task::Show(text) => app.tell(Severity::Info, text),
    }
    Ok(())
}

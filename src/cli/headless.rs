//! Without a window: the same application, polled whenever something happens.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::Waker;
use crate::app::notice::Severity;
use crate::app::{App, SlideAction, WindowAction};
use crate::remote::Remote;

/// What wakes the loop. Ringing it twice before it is heard is ringing it once.
pub struct Bell {
    ring: Sender<()>,
    heard: Receiver<()>,
}

impl Default for Bell {
    fn default() -> Self {
        let (ring, heard) = bounded(1);
        Self { ring, heard }
    }
}

impl Bell {
    /// What workers call.
    pub fn waker(&self) -> Waker {
        let ring = self.ring.clone();
        Arc::new(move || {
            ring.try_send(()).ok();
        })
    }
}

/// Runs until it is told to quit, or, where nobody can tell it anything, until its last talk has ended or failed.
///
/// # Errors
/// A sentence, where a talk could not be opened and nobody is there to ask for another.
pub fn run(mut app: App, mut remote: Option<Remote>, bell: &Bell) -> Result<(), String> {
    loop {
        app.poll();
        if let Some(remote) = &mut remote {
            remote.poll(&mut app);
            // What was asked for may have set something going.
            app.poll();
            remote.publish(&app);
        }
        for action in app.take_actions() {
            let (severity, text) = act(action);
            app.tell(severity, text);
        }
        if app.quitting() {
            return Ok(());
        }
        if remote.is_none() {
            if let Some(why) = app.failure() {
                return Err(why.to_owned());
            }
            if app.player().ended() || (app.player().talk().is_none() && !app.opening()) {
                return Ok(());
            }
        }
        wait(&app, bell);
    }
}

/// What can be done without a window; of the rest, that it cannot.
fn act(action: WindowAction) -> (Severity, String) {
    let without = |what| (Severity::Error, format!("Without a window there is {what}"));
    match action {
        WindowAction::OpenDialog | WindowAction::RootDialog | WindowAction::Slide(SlideAction::AskSave, _) => {
            without("no dialog")
        }
        WindowAction::Screenshot(_) => without("nothing to take a picture of"),
        WindowAction::Slide(SlideAction::Save(target), file) => match crate::persist::copy_atomic(&file, &target) {
            Ok(path) => (Severity::Info, format!("Saved as {}", path.display())),
            Err(why) => (Severity::Error, why),
        },
        WindowAction::Slide(SlideAction::CopyPicture | SlideAction::CopyFile, _) | WindowAction::CopyText(_) => {
            without("no clipboard")
        }
        WindowAction::OpenFile(file) => (Severity::Info, format!("The digest is {}", file.display())),
        WindowAction::Slide(SlideAction::Reveal | SlideAction::Open, _) => without("no desktop to show it"),
    }
}

fn wait(app: &App, bell: &Bell) {
    let change = app.next_change().map(|at| (at - app.now()).max_zero());
    match change.and_then(|left| Duration::try_from_secs_f64(left.secs_f64()).ok()) {
        Some(left) => bell.heard.recv_timeout(left).ok(),
        None => bell.heard.recv().ok(),
    };
}

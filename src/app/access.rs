//! What views may read of the application. Main thread.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::App;
use super::notice::Notice;
use super::queue::Queue;
use super::settings::Settings;
use super::view::View;
use crate::command::keymap::KeyMap;
use crate::player::Player;
use crate::talk::Talk;

impl App {
    /// The open talk.
    pub fn player(&self) -> &Player {
        &self.player
    }

    /// The talks in hand.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// The talk after this one, if it has been opened ahead.
    pub fn next_talk(&self) -> Option<&Talk> {
        self.neighbours.get(self.next_path()?).map(|talk| &**talk)
    }

    /// The keys.
    pub fn keymap(&self) -> &KeyMap {
        &self.keymap
    }

    /// How the talk is shown.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The viewer's choices.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether a talk is being opened.
    pub fn opening(&self) -> bool {
        self.pending.is_some() || self.restoring.is_some()
    }

    /// What another thread sets to end the program.
    pub fn quit_request(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.quit_request)
    }

    /// Why the talk that was asked for last could not be opened.
    pub fn failure(&self) -> Option<&str> {
        self.failed.as_deref()
    }

    /// Whether the program is to end.
    pub fn quitting(&self) -> bool {
        self.quit
    }

    /// Everything told so far that was worth keeping.
    pub fn told(&self) -> &[Notice] {
        self.notices.past()
    }
}

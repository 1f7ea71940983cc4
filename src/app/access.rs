//! What views may read of the application, and what they tell it of themselves. Main thread.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::App;
use super::notice::Notice;
use super::queue::Queue;
use super::settings::{AtEnd, Settings};
use super::view::{View, WindowPlace};
use crate::command::keymap::KeyMap;
use crate::player::Player;
use crate::slides::Rect;
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

    /// Says where the window lies on the desktop.
    pub fn set_window(&mut self, place: WindowPlace) {
        self.view.window = Some(place);
    }

    /// What happens at the end of a talk from now on.
    pub fn set_at_end(&mut self, at_end: AtEnd) {
        self.settings.at_end = at_end;
    }

    /// The program that writes transcripts from now on.
    pub fn set_transcriber(&mut self, line: Option<String>) {
        self.settings.transcribe = line;
    }

    /// Says what the pane is, in physical pixels of the window.
    pub fn set_pane(&mut self, pane: Rect) {
        if self.view.pane != pane {
            self.view.pane = pane;
            self.refresh();
            self.refresh_films();
        }
    }

    /// Says where the pointer is on the pane, in physical pixels of the window.
    pub fn set_pointer(&mut self, pointer: Option<(i32, i32)>) {
        self.view.pointer = pointer;
    }

    /// Says what the pane of the second window is, in its physical pixels.
    pub fn set_second_pane(&mut self, pane: Rect) {
        if self.view.second_pane != pane {
            self.view.second_pane = pane;
            self.refresh();
        }
    }
}

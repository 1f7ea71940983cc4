//! The system's own dialog for choosing a folder, on a thread of its own: it stays open as long as it likes.

use std::path::PathBuf;

use crossbeam_channel::{Receiver, Sender, bounded};

/// What the viewer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A talk to open.
    Talk,
    /// A folder of talks for the library.
    Root,
}

/// A dialog that may be open.
pub struct Dialog {
    answers: Receiver<Option<(Asked, PathBuf)>>,
    answer: Sender<Option<(Asked, PathBuf)>>,
    open: bool,
}

impl Default for Dialog {
    fn default() -> Self {
        let (answer, answers) = bounded(4);
        Self { answers, answer, open: false }
    }
}

impl Dialog {
    /// Opens it; a second one is not opened.
    ///
    /// # Errors
    /// A sentence, where the system gives no thread.
    pub fn open(&mut self, ctx: &egui::Context, asked: Asked) -> Result<(), String> {
        if self.open {
            return Ok(());
        }
        let (answer, ctx) = (self.answer.clone(), ctx.clone());
        let ask = move || {
            let title = match asked {
                Asked::Talk => "Open a talk",
                Asked::Root => "Add a folder of talks",
            };
            let chosen = rfd::FileDialog::new().set_title(title).pick_folder();
            answer.send(chosen.map(|path| (asked, path))).ok();
            ctx.request_repaint();
        };
        let started = std::thread::Builder::new().name("dialog".into()).spawn(ask);
        self.open = started.is_ok();
        started.map(drop).map_err(|error| format!("Cannot open the dialog: {error}"))
    }

    /// What was chosen, if anything was.
    pub fn poll(&mut self) -> Vec<(Asked, PathBuf)> {
        let mut chosen = Vec::new();
        for answer in self.answers.try_iter() {
            self.open = false;
            chosen.extend(answer);
        }
        chosen
    }
}

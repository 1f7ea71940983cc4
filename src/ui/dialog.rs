//! The system's own dialog for choosing a folder, on a thread of its own: it stays open as long as it likes.

use std::path::PathBuf;

use crossbeam_channel::{Receiver, Sender, bounded};

/// A dialog that may be open.
pub struct Dialog {
    answers: Receiver<Option<PathBuf>>,
    answer: Sender<Option<PathBuf>>,
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
    pub fn open(&mut self, ctx: &egui::Context) -> Result<(), String> {
        if self.open {
            return Ok(());
        }
        let (answer, ctx) = (self.answer.clone(), ctx.clone());
        let ask = move || {
            let chosen = rfd::FileDialog::new().set_title("Open a talk").pick_folder();
            answer.send(chosen).ok();
            ctx.request_repaint();
        };
        let started = std::thread::Builder::new().name("dialog".into()).spawn(ask);
        self.open = started.is_ok();
        started.map(drop).map_err(|error| format!("Cannot open the dialog: {error}"))
    }

    /// What was chosen, if anything was.
    pub fn poll(&mut self) -> Vec<PathBuf> {
        let mut chosen = Vec::new();
        for answer in self.answers.try_iter() {
            self.open = false;
            chosen.extend(answer);
        }
        chosen
    }
}

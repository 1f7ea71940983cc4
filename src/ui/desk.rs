//! What the desktop does with the file of a slide: clipboard, file manager, other programs, saving. On threads of their
//! own, for any of it may wait.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use parking::Clipboard;

use crate::Waker;
use crate::app::SlideAction;
use crate::app::notice::Severity;
use crate::slides::{Limits, decode};

/// Answers that may wait.
const ANSWERS: usize = 16;

/// What became of it: how it is told, and a sentence.
pub type Told = (Severity, String);

/// Asks the desktop.
pub struct Desk {
    waker: Waker,
    answers: Receiver<Told>,
    answer: Sender<Told>,
    clipboard: Clipboard,
}

impl Desk {
    /// Wakes with `waker` when there is an answer.
    pub fn new(waker: Waker) -> Self {
        let (answer, answers) = bounded(ANSWERS);
        Self { waker, answers, answer, clipboard: Clipboard::default() }
    }

    /// Begins something; what became of it is told by [`Self::poll`].
    ///
    /// # Errors
    /// A sentence, where the system gives no thread.
    pub fn begin(&self, action: SlideAction, file: PathBuf) -> Result<(), String> {
        let (answer, waker, clipboard) = (self.answer.clone(), Arc::clone(&self.waker), self.clipboard.clone());
        let work = move || {
            let told = match perform(&action, &file, &clipboard) {
                Ok(None) => return,
                Ok(Some(done)) => (Severity::Info, done),
                Err(why) => (Severity::Error, why),
            };
            answer.try_send(told).ok();
            waker();
        };
        let started = std::thread::Builder::new().name("desk".into()).spawn(work);
        started.map(drop).map_err(|error| format!("Cannot do this: {error}"))
    }

    /// What has been done since.
    pub fn poll(&self) -> Vec<Told> {
        self.answers.try_iter().collect()
    }
}

fn perform(action: &SlideAction, file: &Path, clipboard: &Clipboard) -> Result<Option<String>, String> {
    match action {
        SlideAction::CopyPicture => {
            let pixels = decode::decode(file, &Limits::default()).map_err(|error| error.to_string())?;
            let size = pixels.size;
            clipboard.put_picture(size.width as usize, size.height as usize, pixels.rgba)?;
            Ok(Some(format!("The slide is copied, {size}")))
        }
        SlideAction::CopyFile => {
            clipboard.put_file(file)?;
            Ok(Some(format!("The file {} is copied", name(file))))
        }
        SlideAction::AskSave => {
            let asked = rfd::FileDialog::new().set_title("Save the slide's file").set_file_name(name(file)).save_file();
            asked.map(|target| save(file, &target)).transpose()
        }
        SlideAction::Save(target) => save(file, target).map(Some),
        SlideAction::Reveal => opener::reveal(file)
            .map(|()| None)
            .map_err(|error| format!("No file manager shows {}: {error}", file.display())),
        SlideAction::Open => {
            opener::open(file).map(|()| None).map_err(|error| format!("No program opens {}: {error}", file.display()))
        }
    }
}

fn save(file: &Path, target: &Path) -> Result<String, String> {
    crate::persist::copy_atomic(file, target).map(|path| format!("Saved as {}", path.display()))
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

/// The clipboard, which on some systems is served by the program that filled it: held as long as the program runs.
mod parking {
    use std::borrow::Cow;
    use std::path::Path;
    use std::sync::{Arc, Mutex, PoisonError};

    /// Shared by the threads that fill it.
    #[derive(Clone, Default)]
    pub struct Clipboard(Arc<Mutex<Option<arboard::Clipboard>>>);

    impl Clipboard {
        /// RGBA8, row by row.
        pub fn put_picture(&self, width: usize, height: usize, rgba: Vec<u8>) -> Result<(), String> {
            let picture = arboard::ImageData { width, height, bytes: Cow::Owned(rgba) };
            self.with(|clipboard| clipboard.set_image(picture))
        }

        pub fn put_file(&self, file: &Path) -> Result<(), String> {
            self.with(|clipboard| clipboard.set().file_list(&[file]))
        }

        fn with(&self, fill: impl FnOnce(&mut arboard::Clipboard) -> Result<(), arboard::Error>) -> Result<(), String> {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let filled = match &mut *held {
                Some(clipboard) => fill(clipboard),
                None => arboard::Clipboard::new().and_then(|clipboard| fill(held.insert(clipboard))),
            };
            filled.map_err(|error| format!("The clipboard does not take it: {error}"))
        }
    }
}

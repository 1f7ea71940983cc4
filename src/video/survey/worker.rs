//! The thread that goes through videos, the open talk's only. What is no longer wanted is given up.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::moving::Still;
use super::take::{self, Stopped};
use super::{GRID, Survey, store};
use crate::talk::identity;
use crate::time::MediaTime;

/// Gives the picture of a slide as a grey one of so many pixels across and down. Blocks on the disk.
pub type GreyOf = Arc<dyn Fn(&Path, (usize, usize)) -> Option<Vec<u8>> + Send + Sync>;

/// What is to be found out about a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The file.
    pub file: PathBuf,
    /// What to look for.
    pub what: Look,
}

/// What a video is gone through for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// When it moves while the slide stands still.
    Motion {
        /// The slides, in their order.
        slides: Vec<Shown>,
        /// It is known to show the slides.
        sure: bool,
    },
    /// Where it shows another slide.
    Scenes,
}

/// A slide that a video may show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// When it appears, in the video's time.
    pub from: MediaTime,
    /// The file of its picture.
    pub picture: Option<PathBuf>,
    /// The pixels of that across and down.
    pub size: (u32, u32),
}

/// What was found out; `None` where nothing could be.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked.
    pub asked: Asked,
    /// What was found.
    pub survey: Option<Arc<Survey>>,
    /// The folder of the pictures of its slides.
    pub pictures: Option<PathBuf>,
    /// The whole video was gone through; else more may be found.
    pub whole: bool,
}

/// The main thread's end.
pub struct Surveyor {
    desk: Arc<Desk>,
    /// Where there is no thread, the work is done by [`Self::step`].
    worker: Option<Worker>,
}

#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    bell: Condvar,
    /// What is being done is no longer wanted.
    cancel: AtomicBool,
}

#[derive(Default)]
struct State {
    asked: Option<Asked>,
    answer: Option<Answer>,
    quit: bool,
}

struct Worker {
    desk: Arc<Desk>,
    /// Where surveys are kept; `None`: nowhere.
    folder: Option<PathBuf>,
    grey_of: GreyOf,
    waker: crate::Waker,
}

impl Surveyor {
    /// With a thread that keeps surveys in this folder.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(folder: PathBuf, grey_of: GreyOf, waker: crate::Waker) -> std::io::Result<Self> {
        let desk = Arc::<Desk>::default();
        let worker = Worker { desk: Arc::clone(&desk), folder: Some(folder), grey_of, waker };
        std::thread::Builder::new().name("video-survey".into()).spawn(move || worker.run())?;
        Ok(Self { desk, worker: None })
    }

    /// Without a thread; what is found is kept in a folder, where one is given.
    pub fn stepped(folder: Option<PathBuf>, grey_of: GreyOf) -> Self {
        let desk = Arc::<Desk>::default();
        let worker = Worker { desk: Arc::clone(&desk), folder, grey_of, waker: Arc::new(|| {}) };
        Self { desk, worker: Some(worker) }
    }

    /// Says what is to be found out, in the place of what was asked before.
    pub fn ask(&self, asked: Option<Asked>) {
        self.desk.cancel.store(true, Ordering::Release);
        let mut state = self.desk.lock();
        (state.asked, state.answer) = (asked, None);
        drop(state);
        self.desk.bell.notify_one();
    }

    /// What has been found out since it was asked.
    pub fn poll(&self) -> Option<Answer> {
        self.desk.lock().answer.take()
    }

    /// Does what is asked, where no thread does; false if nothing is.
    pub fn step(&self) -> bool {
        self.worker.as_ref().is_some_and(Worker::step)
    }
}

impl Drop for Surveyor {
    fn drop(&mut self) {
        self.desk.cancel.store(true, Ordering::Release);
        self.desk.lock().quit = true;
        self.desk.bell.notify_one();
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Worker {
    fn run(self) {
        lower_priority();
        loop {
            while self.step() {}
            let state = self.desk.lock();
            let idle = |state: &mut State| !state.quit && state.asked.is_none();
            let state = self.desk.bell.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner);
            if state.quit {
                return;
            }
        }
    }

    fn step(&self) -> bool {
        let asked = {
            let mut state = self.desk.lock();
            let Some(asked) = state.asked.take().filter(|_| !state.quit) else { return false };
            // Under the lock, so that what is asked next is not begun as given up.
            self.desk.cancel.store(false, Ordering::Release);
            asked
        };
        // Strangers' decoders on strangers' files: some panic.
        let work = std::panic::AssertUnwindSafe(|| self.survey(&asked));
        let found = std::panic::catch_unwind(work).unwrap_or(Some((None, None)));
        let Some((survey, pictures)) = found else { return true };
        self.tell(Answer { asked, survey, pictures, whole: true });
        true
    }

    fn tell(&self, answer: Answer) {
        let mut state = self.desk.lock();
        // Where something else is asked meanwhile, this answers nothing.
        if state.asked.is_none() && !self.desk.cancel.load(Ordering::Acquire) {
            state.answer = Some(answer);
            drop(state);
            (self.waker)();
        }
    }

    /// What is kept of it or else found out, and where its pictures are; `None` where it was given up.
    fn survey(&self, asked: &Asked) -> Option<(Option<Arc<Survey>>, Option<PathBuf>)> {
        let key = key(asked);
        let place = self.folder.as_ref().map(|folder| store::place(folder, key));
        let pictures = self.folder.as_ref().map(|folder| store::pictures(folder, key));
        if let Some((place, pictures)) = place.as_ref().zip(pictures.as_ref())
            && let Some(known) = store::read(place, pictures)
        {
            return Some((Some(Arc::new(known)), Some(pictures.clone())));
        }
        let cancel = &self.desk.cancel;
        let taken = match &asked.what {
            Look::Motion { slides, sure } => {
                let mut known: Option<(&Path, Vec<u8>)> = None;
                let mut stills = Vec::with_capacity(slides.len());
                for Shown { from, picture, size } in slides {
                    if cancel.load(Ordering::Acquire) {
                        return None;
                    }
                    let grey = match (picture, &known) {
                        (Some(picture), Some((file, grey))) if file == picture => grey.clone(),
                        (Some(picture), _) => (self.grey_of)(picture, GRID).unwrap_or_default(),
                        (None, _) => Vec::new(),
                    };
                    known = picture.as_deref().map(|picture| (picture, grey.clone()));
                    stills.push(Still { from: *from, grey, size: *size });
                }
                let tell = |survey| {
                    let survey = Some(Arc::new(survey));
                    self.tell(Answer { asked: asked.clone(), survey, pictures: None, whole: false });
                };
                take::motion(&asked.file, &stills, *sure, cancel, &tell)
            }
            Look::Scenes => take::scenes(&asked.file, pictures.as_deref(), cancel),
        };
        match taken {
            Ok(survey) => {
                if let Some(place) = &place {
                    store::write(place, &survey);
                }
                Some((Some(Arc::new(survey)), pictures))
            }
            Err(Stopped::Cancelled) => None,
            Err(Stopped::Failed(error)) => {
                tracing::debug!(%error, "a video was not gone through");
                Some((None, None))
            }
        }
    }
}

/// A number made of what a file begins with, and of what it is compared with.
fn key(asked: &Asked) -> u64 {
    // FNV-1a.
    let mut key = identity::content_of(&asked.file) ^ 0xcbf2_9ce4_8422_2325;
    let mut mix = |bytes: &[u8]| {
        for byte in bytes {
            key = (key ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    match &asked.what {
        Look::Scenes => mix(b"scenes"),
        Look::Motion { slides, .. } => {
            for Shown { from, picture, .. } in slides {
                mix(&from.nanos().to_le_bytes());
                let name = picture.as_deref().and_then(Path::file_name).map(std::ffi::OsStr::as_encoded_bytes);
                mix(name.unwrap_or_default());
            }
        }
    }
    key
}

/// What is watched comes first.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    {
        // Of a thread alone: Linux gives each a priority of its own.
        let thread = rustix::thread::gettid();
        if let Err(error) = rustix::process::setpriority_process(Some(thread), 15) {
            tracing::debug!(%error, "the looking through videos keeps the usual priority");
        }
    }
}

//! The thread that reads slides, from within: one step is one slide.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::{Receiver, tick};

use super::cache::{Known, Outcome, PictureHash};
use super::load;
use super::picture::Grey;
use super::process::{self, RunError, Stop};
use super::queue::{Reading, Ticket};
use super::reader::{OcrEvent, Program, Shared, Tools};
use super::tesseract::{ReadError, Tesseract, how_to_get};
use crate::within;

/// The most that a picture file may have, in bytes.
const MOST_BYTES: u64 = 256 << 20;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Something; there may be more to do.
    Worked,
    /// Nothing, until the bell rings.
    Nothing,
    /// Nothing, until the machine has been looked at again.
    Crowded,
    /// It is over.
    Quit,
}

pub(super) struct Worker {
    shared: Arc<Shared>,
    rung: Receiver<()>,
    tools: Tools,
    sink: Box<dyn Fn(OcrEvent) + Send>,
    look: Receiver<Instant>,
    tesseract: Option<Tesseract>,
    /// The wish that the languages of the program were chosen by.
    languages: String,
    told_absent: bool,
    told_cache: bool,
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        rung: Receiver<()>,
        tools: Tools,
        sink: Box<dyn Fn(OcrEvent) + Send>,
    ) -> Self {
        Self {
            shared,
            rung,
            tools,
            sink,
            look: tick(load::EVERY),
            tesseract: None,
            languages: String::new(),
            told_absent: false,
            told_cache: false,
        }
    }

    /// Until it is told to quit.
    pub(super) fn run(&mut self) {
        process::lower_this_thread();
        loop {
            match self.step() {
                Step::Worked => {}
                // Who rings no more has gone.
                Step::Nothing if self.rung.recv().is_err() => return,
                Step::Nothing => {}
                Step::Crowded => {
                    self.rung.recv_timeout(load::EVERY).ok();
                }
                Step::Quit => return,
            }
        }
    }

    /// Reads one slide, or tells of one talk that has been read.
    pub(super) fn step(&mut self) -> Step {
        let crowded = self.look.try_recv().is_ok().then(|| (self.tools.crowded)());
        let (ticket, program, languages) = {
            let mut orders = self.shared.orders();
            orders.crowded = crowded.unwrap_or(orders.crowded);
            if orders.quit {
                return Step::Quit;
            }
            if let Some(done) = orders.queue.pop_done() {
                let (read, total) = orders.queue.progress();
                orders.queue.rest();
                drop(orders);
                (self.sink)(OcrEvent::Read(done));
                (self.sink)(OcrEvent::Progress { done: read, total });
                return Step::Worked;
            }
            if orders.paused || orders.busy || matches!(orders.program, Program::Absent | Program::Broken) {
                return Step::Nothing;
            }
            let Some(ticket) = orders.queue.next() else { return Step::Nothing };
            if orders.crowded {
                return Step::Crowded;
            }
            (ticket, orders.program, orders.languages.clone())
        };
        if program == Program::NotLookedFor {
            self.tesseract = None;
        }
        let Some(tesseract) = self.program(&languages) else { return Step::Worked };
        self.read(&tesseract, &ticket);
        Step::Worked
    }

    /// The program, set to the languages that are wished; looked for where that has not been done.
    fn program(&mut self, languages: &str) -> Option<Tesseract> {
        let found = self.tesseract.is_none();
        if found {
            self.tesseract = (self.tools.find)();
            let program = if self.tesseract.is_some() { Program::Works } else { Program::Absent };
            self.shared.orders().program = program;
        }
        let Some(tesseract) = &mut self.tesseract else {
            if !std::mem::replace(&mut self.told_absent, true) {
                (self.sink)(OcrEvent::Absent(how_to_get().to_owned()));
            }
            return None;
        };
        if found || self.languages != languages {
            languages.clone_into(&mut self.languages);
            let missing = tesseract.choose(languages);
            if !missing.is_empty() {
                (self.sink)(OcrEvent::Trouble(format!(
                    "Tesseract cannot read {} on slides: its data is not installed; it reads {}",
                    missing.join(", "),
                    tesseract.languages().replace('+', ", ")
                )));
            }
        }
        Some(tesseract.clone())
    }

    fn read(&mut self, tesseract: &Tesseract, ticket: &Ticket) {
        let Some(bytes) = read_file(&ticket.item.file) else {
            self.shared.orders().queue.finish(ticket, Reading::Away);
            return;
        };
        let hash = PictureHash::of(&bytes);
        let version = format!("{}/{}", env!("CARGO_PKG_VERSION"), tesseract.version());
        let known = self.remembered(&hash).filter(|known| known.holds(tesseract.languages(), &version));
        if let Some(known) = known {
            self.shared.orders().queue.finish(ticket, reading_of(known.outcome));
            return;
        }
        let file = ticket.item.file.display();
        let outcome = match (self.tools.decode)(&bytes) {
            Err(why) => {
                tracing::debug!("{file}: {why}");
                Outcome::Failed { version }
            }
            Ok(picture) => {
                match tesseract.read(&picture.dark_on_light(), &self.stop(&|| self.shared.orders().drops(ticket))) {
                    Ok(text) => Outcome::Text(text),
                    // It is the next one still, if anybody wants it.
                    Err(ReadError::Run(RunError::Stopped)) => return,
                    Err(why @ ReadError::Run(RunError::TimedOut(_))) => {
                        tracing::warn!("{file}: {why}");
                        Outcome::Failed { version }
                    }
                    Err(why) => {
                        // Either the picture is to blame or the program: then nothing may be remembered of the picture.
                        if !self.still_works(tesseract) {
                            self.give_up(&why);
                            return;
                        }
                        tracing::warn!("{file}: {why}");
                        Outcome::Failed { version }
                    }
                }
            }
        };
        let known = Known { languages: tesseract.languages().to_owned(), outcome };
        let kept = self.tools.cache.put(&hash, &known);
        self.tell_cache(kept);
        let (done, total) = {
            let mut orders = self.shared.orders();
            orders.queue.finish(ticket, reading_of(known.outcome));
            orders.queue.progress()
        };
        (self.sink)(OcrEvent::Progress { done, total });
    }

    /// What has been ordered is looked at again when the bell has rung, and after each slide.
    fn stop<'a>(&self, asked: &'a dyn Fn() -> bool) -> Stop<'a> {
        Stop { asked, bell: self.rung.clone() }
    }

    fn remembered(&mut self, hash: &PictureHash) -> Option<Known> {
        let found = self.tools.cache.get(hash);
        self.tell_cache(found).flatten()
    }

    /// Without a cache every slide is read each time; once is enough to say so.
    fn tell_cache<T>(&mut self, done: Result<T, String>) -> Option<T> {
        done.map_err(|why| {
            if !std::mem::replace(&mut self.told_cache, true) {
                (self.sink)(OcrEvent::Trouble(why));
            }
        })
        .ok()
    }

    /// Whether the program reads an empty sheet.
    fn still_works(&self, tesseract: &Tesseract) -> bool {
        const SIDE: u32 = 64;
        let sheet = Grey::from_rgba(SIDE, SIDE, &[u8::MAX; 4 * (SIDE * SIDE) as usize]);
        sheet.is_some_and(|sheet| match tesseract.read(&sheet, &self.stop(&|| self.shared.orders().quit)) {
            Ok(_) | Err(ReadError::Run(RunError::Stopped)) => true,
            Err(_) => false,
        })
    }

    /// No further slide until somebody asks to try again.
    fn give_up(&mut self, why: &ReadError) {
        self.shared.orders().program = Program::Broken;
        self.tesseract = None;
        (self.sink)(OcrEvent::Trouble(format!("Tesseract does not work, so slides are not read: {why}")));
    }
}

fn reading_of(outcome: Outcome) -> Reading {
    match outcome {
        Outcome::Text(text) => Reading::Text(text),
        Outcome::Failed { .. } => Reading::Unreadable,
    }
}

/// The bytes of a file that may be a picture.
fn read_file(path: &Path) -> Option<Vec<u8>> {
    within::read(path, MOST_BYTES).ok().filter(|bytes| bytes.len() as u64 <= MOST_BYTES)
}

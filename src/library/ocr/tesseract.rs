//! The program that reads text in pictures: Tesseract, where it is installed. Blocks; for a thread of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::picture::Grey;
use super::process::{self, Output, RunError, Stop};
use super::tsv;

/// What is read unless a setting says otherwise.
pub const ENGLISH: &str = "eng";

/// How long one slide may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How long it may take to say which version it is.
const SHORT: Duration = Duration::from_secs(10);

/// Sparse text, in no particular arrangement. Of the ways to look at a page it finds the most on slides for its time.
const SPARSE: &str = "11";

/// What the pictures are said to have, in dots per inch. Left to itself the program guesses, and finds less.
const RESOLUTION: &str = "150";

/// Why a picture could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It was ended, or could not be started.
    #[error(transparent)]
    Run(#[from] RunError),
    /// It ended with an error.
    #[error("it says: {0}")]
    Says(String),
}

/// An installed Tesseract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tesseract {
    program: PathBuf,
    version: String,
    installed: Vec<String>,
    chosen: String,
}

impl Tesseract {
    /// The one that is installed, with a language that it can read; it is set to English, or to the first language
    /// that there is.
    pub fn find() -> Option<Self> {
        Self::at(&process::find("tesseract")?)
    }

    /// The one that lies here, if it answers.
    pub fn at(program: &Path) -> Option<Self> {
        let said = ask(program, "--version")?;
        let version = said.lines().next()?.trim().trim_start_matches("tesseract").trim();
        // The first line is a heading; `osd` only tells how a page lies.
        let languages = ask(program, "--list-langs")?;
        let installed = languages.lines().skip(1).map(str::trim).filter(|name| !name.is_empty() && *name != "osd");
        let mut found = Self {
            program: program.to_owned(),
            version: version.to_owned(),
            installed: installed.map(str::to_owned).collect(),
            chosen: String::new(),
        };
        found.choose("");
        (!found.chosen.is_empty()).then_some(found)
    }

    /// Sets the languages to read: English and those of `wish`, a list such as `deu fra` or `deu+fra` in its names.
    /// Gives back those that are not installed.
    pub fn choose(&mut self, wish: &str) -> Vec<String> {
        let wished = wish.split(['+', ',', ' ']).filter(|name| !name.is_empty());
        let (mut chosen, mut missing) = (Vec::new(), Vec::new());
        for name in std::iter::once(ENGLISH).chain(wished) {
            match self.installed.iter().find(|installed| *installed == name) {
                Some(name) if chosen.contains(&name.as_str()) => {}
                Some(name) => chosen.push(name.as_str()),
                None if name == ENGLISH => {}
                None => missing.push(name.to_owned()),
            }
        }
        if chosen.is_empty() {
            chosen.extend(self.installed.first().map(String::as_str));
        }
        self.chosen = chosen.join("+");
        missing
    }

    /// Such as `5.3.0`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The languages that are installed, in its names: `eng`, `deu`, `chi_sim`.
    pub fn installed(&self) -> &[String] {
        &self.installed
    }

    /// The languages that are read, with `+` between them.
    pub fn languages(&self) -> &str {
        &self.chosen
    }

    /// The text of a picture, one line for each of its lines. On one core, at the lowest priority; it is ended when
    /// `stop` says so.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(&self, picture: &Grey, stop: &Stop<'_>) -> Result<String, ReadError> {
        let mut command = single(&self.program);
        command.args(["stdin", "stdout", "-l", &self.chosen, "--psm", SPARSE, "--dpi", RESOLUTION]);
        command.args(["-c", "tessedit_create_tsv=1"]);
        let output = process::run(command, Some(picture.to_pgm()), TIMEOUT, stop)?;
        if output.status.success() {
            return Ok(tsv::text_of(&String::from_utf8_lossy(&output.stdout)));
        }
        Err(ReadError::Says(complaint(&output)))
    }
}

fn single(program: &Path) -> Command {
    let mut command = process::command(program);
    // Its threads wait for each other more than they help, and a core stays free for the sound.
    command.env("OMP_THREAD_LIMIT", "1");
    command
}

fn complaint(output: &Output) -> String {
    let last = output.stderr.lines().last().unwrap_or_default();
    if last.is_empty() { output.status.to_string() } else { last.chars().take(300).collect() }
}

fn ask(program: &Path, question: &str) -> Option<String> {
    let mut command = single(program);
    command.arg(question);
    match process::run(command, None, SHORT, &Stop::never()) {
        // Older ones answer on the other pipe.
        Ok(output) if output.status.success() && output.stdout.is_empty() => Some(output.stderr),
        Ok(output) if output.status.success() => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => {
            tracing::warn!("{} {question}: {}", program.display(), complaint(&output));
            None
        }
        Err(error) => {
            tracing::warn!("{} {question}: {error}", program.display());
            None
        }
    }
}

/// How to get the program, as a sentence.
pub fn how_to_get() -> &'static str {
    if cfg!(windows) {
        "The text on slides is read by Tesseract, which is not installed: winget install UB-Mannheim.TesseractOCR"
    } else if cfg!(target_os = "macos") {
        "The text on slides is read by Tesseract, which is not installed: brew install tesseract"
    } else {
        "The text on slides is read by Tesseract, which is not installed: the package is tesseract-ocr on Debian and \
         Ubuntu, tesseract on Fedora, tesseract and tesseract-data-eng on Arch"
    }
}

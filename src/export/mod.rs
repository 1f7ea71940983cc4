//! Out of here: the digest of a conference from the viewer's notes, its bibliography, and saving both so that
//! what was edited by hand stays. Reads pictures and writes files; any thread but the main one.

mod bibtex;
mod citation;
mod csl;
mod dates;
mod digest;
mod escape;
mod html;
mod latex;
mod markdown;
mod merge;
mod names;
mod notes_file;
mod org;
mod pictures;
mod save;
mod template;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::notes::Verdict;
use crate::time::MediaTime;

pub use citation::citation;
pub use notes_file::notes_file;
pub use save::{How, Saved, save};

/// One talk as the digest needs it: what is known of it, and what the viewer wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Unique and lasting; keeps the footnotes of talks apart.
    pub id: String,
    /// Plain text, may hold formulas between dollar signs.
    pub title: String,
    /// As they are credited: `Given Surname`, `Surname, Given`, or the name of an organisation.
    pub authors: Vec<String>,
    /// Where the talk is on the web.
    pub link: Option<String>,
    /// The conference, such as `NeurIPS 2024`.
    pub venue: Option<String>,
    /// The day as `2024-12-10`, also `2024-12` or `2024`; any other text is a heading, but no date.
    pub day: Option<String>,
    /// The first is the theme of the talk.
    pub tags: Vec<String>,
    /// Only [`Verdict::Keep`] enters the digest and the bibliography.
    pub verdict: Option<Verdict>,
    /// Markdown; may be empty, may be several paragraphs.
    pub summary: String,
    /// Notes at moments of the talk, in Markdown, which may hold `![Slide 5](relative picture)`.
    pub moments: Vec<(MediaTime, String)>,
    /// Where relative pictures lie.
    pub folder: PathBuf,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// CommonMark, with pictures by relative path.
    Markdown,
    /// One file that needs nothing else: pictures are inside.
    Html,
    /// A bibliography for BibTeX and BibLaTeX.
    Bibtex,
    /// A bibliography for Zotero, Pandoc and others.
    CslJson,
    /// Emacs Org.
    Org,
}

impl Format {
    /// Every format, in the order of a menu.
    pub const ALL: [Self; 5] = [Self::Markdown, Self::Html, Self::Org, Self::Bibtex, Self::CslJson];

    /// The end of its file names, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Bibtex => "bib",
            Self::CslJson => "json",
            Self::Org => "org",
        }
    }

    /// The format that a file's name asks for.
    pub fn of(path: &Path) -> Option<Self> {
        let end = path.extension()?.to_str()?.to_ascii_lowercase();
        match end.as_str() {
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" => Some(Self::Html),
            "bib" => Some(Self::Bibtex),
            "json" => Some(Self::CslJson),
            "org" => Some(Self::Org),
            _ => None,
        }
    }
}

/// What the headings of the digest are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Group {
    /// The first tag.
    #[default]
    Tag,
    /// The conference.
    Venue,
    /// The day, in order of time.
    Day,
}

/// How the digest is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// What is written.
    pub format: Format,
    /// What its headings are; the bibliographies have none.
    pub group: Group,
    /// The title of the whole.
    pub title: String,
    /// The text of the viewer's own template in place of the built-in one; the bibliographies have none.
    pub template: Option<String>,
}

/// The built-in template of a format, for a viewer who wants to begin from it; the bibliographies have none.
pub fn built_in_template(format: Format) -> Option<&'static str> {
    template::built_in(format)
}

/// Writes the talks that are kept as one text; a file of it belongs into `target_folder`.
///
/// Talks stay in the order given; headings come in the order of their first talk, days in order of time.
///
/// # Errors
/// [`ExportError::Template`] for a faulty template, with its line.
pub fn digest(entries: &[Entry], options: &Options, target_folder: &Path) -> Result<String, ExportError> {
    let kept: Vec<&Entry> = entries.iter().filter(|entry| entry.verdict == Some(Verdict::Keep)).collect();
    match options.format {
        Format::Bibtex => Ok(bibtex::write(&kept)),
        Format::CslJson => csl::write(&kept),
        Format::Markdown | Format::Html | Format::Org => template::render(&kept, options, target_folder),
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A template that does not work.
    #[error("Cannot use the template: line {line}: {why}")]
    Template {
        /// Counted from 1.
        line: usize,
        /// The cause, in words.
        why: String,
    },
    /// The folder to write to is not there.
    #[error("Cannot save the digest: there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    /// A file that is there could not be read.
    #[error("Cannot read {}: {why}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause, in words.
        why: String,
    },
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] crate::persist::WriteError),
    /// The bibliography could not be put into words.
    #[error("Cannot write the bibliography: {0}")]
    Json(#[from] serde_json::Error),
}

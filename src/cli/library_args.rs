//! What can be typed after `plenary digest`, `scan`, `list` and `search`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum, ValueHint};

/// What `digest` takes.
#[derive(Debug, Clone, PartialEq, ClapArgs)]
pub struct DigestArgs {
    /// Folder of talk folders, or one talk
    #[arg(value_name = "LIBRARY", value_hint = ValueHint::AnyPath)]
    pub library: PathBuf,

    /// What is written; without it, what the ending of FILE says, else Markdown
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<DigestFormat>,

    /// What the headings are
    #[arg(long, value_name = "GROUP", value_enum, default_value_t = DigestGroup::Tag)]
    pub group: DigestGroup,

    /// Into this file; what was edited in it by hand stays. Without it, to the standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// All notes of all talks, as Markdown, instead of the digest of those that were kept
    #[arg(long, conflicts_with_all = ["format", "template"])]
    pub all_notes: bool,

    /// A title of its own
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,

    /// A template of its own
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub template: Option<PathBuf>,

    /// Settings, notes and verdicts are in this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub config: Option<PathBuf>,
}

/// In which form the digest is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DigestFormat {
    /// Markdown
    Md,
    /// One file for a browser, pictures included
    Html,
    /// Emacs Org
    Org,
    /// A bibliography for BibTeX
    Bibtex,
    /// A bibliography for Zotero, Pandoc and others
    CslJson,
}

/// What the headings of the digest are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DigestGroup {
    /// The first tag
    Tag,
    /// The conference
    Venue,
    /// The day
    Day,
}

/// What `scan` takes.
#[derive(Debug, Clone, PartialEq, ClapArgs)]
pub struct ScanArgs {
    /// Folders of talks; without any, those that are in the library
    #[arg(value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub paths: Vec<PathBuf>,

    /// As JSON
    #[arg(long)]
    pub json: bool,

    /// The library is in this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub config: Option<PathBuf>,
}

/// What `list` takes.
#[derive(Debug, Clone, PartialEq, ClapArgs)]
pub struct ListArgs {
    /// Only these: words of titles and authors, unseen, part, done, keep, again, drop, none, notes, broken, tag:NAME,
    /// session:NAME, longer:TIME, shorter:TIME
    #[arg(value_name = "FILTER")]
    pub filter: Vec<String>,

    /// In this order: order, title, author, length, left, progress, verdict, session, notes, decided; with - before it,
    /// the other way round
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true)]
    pub sort: Option<String>,

    /// As JSON
    #[arg(long)]
    pub json: bool,

    /// The library is in this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub config: Option<PathBuf>,
}

/// What `search` takes.
#[derive(Debug, Clone, PartialEq, ClapArgs)]
pub struct SearchArgs {
    /// Words that stand in one passage; "several in quotes", author:NAME, tag:NAME, verdict:keep, in:slides
    #[arg(value_name = "WORDS", required = true)]
    pub words: Vec<String>,

    /// At most this many places
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,

    /// As JSON
    #[arg(long)]
    pub json: bool,

    /// The library is in this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub config: Option<PathBuf>,
}

//! `plenary digest`: the kept talks of a library as text, without a window.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::args::library_args::{DigestArgs, DigestFormat, DigestGroup};
use crate::app::digest::{entries, template_beside, title_of};
use crate::app::settings::Settings;
use crate::audio::decode::Probe;
use crate::export::{self, Format, Group, Options};
use crate::library::Store;
use crate::notes::Document;
use crate::talk::open::{expand, open};
use crate::talk::{TalkId, identity};

/// Where notes and verdicts lie.
pub struct Places {
    /// What the viewer chose.
    pub settings: Settings,
    /// The folder of notes.
    pub notes: PathBuf,
    /// The folder of the store.
    pub data: PathBuf,
}

/// Writes the digest into a file, or as text to the standard output.
///
/// # Errors
/// A sentence for the viewer.
pub fn run(args: &DigestArgs, places: &Places) -> Result<(), String> {
    let format = format_of(args)?;
    let paths = expand(std::slice::from_ref(&args.library));
    if !args.library.exists() {
        return Err(format!("There is no {}", args.library.display()));
    }
    let (store, told) = Store::open(&places.data.join("library.db")).map_err(|error| error.to_string())?;
    for issue in told {
        super::complain(&issue);
    }
    let records = store.all().map_err(|error| error.to_string())?;
    let mut notes = crate::notes::all(&places.notes);
    if places.settings.notes_beside_talk {
        notes.extend(paths.iter().flat_map(|path| crate::notes::all(path)));
    }
    let keys: Vec<TalkId> = paths.iter().filter_map(|path| key(path, &records, &notes)).collect();
    if keys.is_empty() {
        return Err(format!("{} holds no talks", args.library.display()));
    }
    let entries = entries(&keys, &records, notes);
    let group = match args.group {
        DigestGroup::Tag => Group::Tag,
        DigestGroup::Venue => Group::Venue,
        DigestGroup::Day => Group::Day,
    };
    let title = args.title.clone().unwrap_or_else(|| title_of(Some(&args.library)));
    let template = match (&args.template, &args.output) {
        (Some(file), _) => {
            Some(std::fs::read_to_string(file).map_err(|error| format!("Cannot read {}: {error}", file.display()))?)
        }
        (None, Some(target)) => template_beside(target),
        (None, None) => None,
    };
    let options = Options { format, group, title, template };
    let text = |folder: &Path| {
        if args.all_notes {
            return Ok(export::notes_file(&entries, "Notes", folder));
        }
        export::digest(&entries, &options, folder).map_err(|error| error.to_string())
    };
    match &args.output {
        Some(target) => {
            let target = std::path::absolute(target).unwrap_or_else(|_| target.clone());
            let text = text(target.parent().unwrap_or(&target))?;
            let saved = export::save(&target, &text, &places.data.join("exports"));
            say(&format!("{}\n", saved.map_err(|error| error.to_string())?))
        }
        None => say(&text(&std::env::current_dir().unwrap_or_default())?),
    }
}

fn format_of(args: &DigestArgs) -> Result<Format, String> {
    let asked = args.format.map(|format| match format {
        DigestFormat::Md => Format::Markdown,
        DigestFormat::Html => Format::Html,
        DigestFormat::Org => Format::Org,
        DigestFormat::Bibtex => Format::Bibtex,
        DigestFormat::CslJson => Format::CslJson,
    });
    match (asked, &args.output) {
        (Some(format), _) => Ok(format),
        (None, None) => Ok(Format::Markdown),
        (None, Some(target)) => Format::of(target).ok_or_else(|| {
            format!("{}: name the format with --format, or end in .md, .html, .org, .bib or .json", target.display())
        }),
    }
}

/// By what a talk is known; it is opened only where neither its name nor the store tells.
fn key(path: &Path, records: &[crate::library::Record], notes: &[(PathBuf, Document)]) -> Option<TalkId> {
    let absolute = std::path::absolute(path).ok()?;
    let met = records.iter().find(|record| record.path == absolute).map(|record| record.id.clone());
    let key = met.or_else(|| identity::key_of(path)).or_else(|| Some(open(path, &Probe).ok()?.key()))?;
    // A note of another download of the same talk has its old name.
    let named = |note: &Document| note.front().talk.as_deref() == Some(key.0.as_str());
    if notes.iter().any(|(_, note)| named(note)) || records.iter().any(|record| record.id == key) {
        return Some(key);
    }
    let print = open(path, &Probe).ok()?.fingerprint();
    let same = notes.iter().find(|(_, note)| {
        let front = note.front();
        let other = front.talk.as_deref().unwrap_or_default();
        front.fingerprint.as_deref() == Some(print.as_str()) && crate::notes::may_be_one_talk(other, &key.0)
    });
    same.and_then(|(_, note)| note.front().talk.clone()).map(TalkId).or(Some(key))
}

fn say(text: &str) -> Result<(), String> {
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| format!("Cannot write: {error}"))
}

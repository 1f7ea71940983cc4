//! Which files of a folder may be lists of times, by their names; and what each says.

use super::deck::Deck;
use super::list::{List, decoded};
use super::{lines, table, tree};
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::Issue;
use crate::talk::{names, recognise};

/// What lists of times are called.
const WORDS: &[&str] = &[
    "bookmarks",
    "chapters",
    "cues",
    "labels",
    "markers",
    "marks",
    "presentz",
    "slides",
    "slideshow",
    "sync",
    "timestamps",
    "times",
    "timing",
    "timings",
];

/// In which form a list is written, the most exact first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Table,
    Json,
    Bookmarks,
    Xml,
    Vtt,
    Text,
    Description,
}

/// A file that may be a list of times.
pub(super) struct Document<'a> {
    pub(super) file: &'a Entry,
    form: Form,
    /// It is called as lists of times are, and not only as the sound is.
    pub(super) named: bool,
}

/// The files that may be lists of times, the likeliest first. None where several recordings share a folder, unless its
/// numbered pictures show that it is one talk.
pub(super) fn documents(folder: &Folder) -> Vec<Document<'_>> {
    let mut found: Vec<Document<'_>> = folder
        .top()
        .filter_map(|file| Some(Document { file, form: form(&file.name)?, named: is_named(&file.name) }))
        .collect();
    if found.is_empty() {
        return found;
    }
    let recordings = recognise::recordings(folder);
    let stems: Vec<String> = recordings.iter().map(|file| names::split(&names::of_path(file)).0.to_owned()).collect();
    let of_recording =
        |file: &Entry| folder.is_partial() || stems.iter().any(|stem| names::family_stem(&file.name) == stem);
    let tables = found.iter().filter(|document| document.form == Form::Table).count();
    let has_deck = Deck::of(folder).len() > 0;
    let alone = folder.is_partial() || recordings.len() == 1;
    let labels = only_labels(folder, &found).filter(|_| has_deck && alone);
    found.retain(|document| {
        if labels.is_some_and(|labels| labels.path == document.file.path) {
            return true;
        }
        let own = document.named && !of_recording(document.file) || is_word(&document.file.name);
        let only = document.form == Form::Table && tables == 1;
        alone && (document.named || of_recording(document.file) && document.form != Form::Vtt)
            || has_deck && (own || alone && only)
    });
    found.sort_by_key(|document| (!folder.is_chosen(document.file), !document.named, document.form));
    found
}

/// The only text that is nothing but labels of Audacity, of those that are not called lists. Such a file has the name of a track.
fn only_labels<'a>(folder: &Folder, documents: &[Document<'a>]) -> Option<&'a Entry> {
    /// Most texts that are opened, and how much of each is read.
    const MOST: usize = 8;
    const READ: u64 = 64 << 10;
    let texts = documents.iter().filter(|document| {
        let text = matches!(names::split(&document.file.name).1.as_str(), "txt" | "tsv");
        text && !document.named
    });
    let are_labels = |file: &&Entry| {
        folder
            .beginning(&file.path, READ)
            .is_ok_and(|bytes| table::are_labels(&decoded(&bytes), bytes.len() as u64 >= READ))
    };
    let mut labels = texts.take(MOST).map(|document| document.file).filter(are_labels);
    labels.next().filter(|_| labels.next().is_none())
}

/// Whether a file by this name is a list of times, whatever else lies beside it.
pub(super) fn is_named(name: &str) -> bool {
    let listed = |words: &[&str]| words.iter().any(|word| names::is_list_of(name, word));
    let lower = name.to_ascii_lowercase();
    match form(name) {
        None => false,
        Some(Form::Table | Form::Bookmarks) => listed(WORDS),
        Some(Form::Json) => listed(WORDS) || lower == "data.json",
        Some(Form::Xml) => names::split(name).1 == "psc" || lower.ends_with(".psc.xml") || listed(&["chapters"]),
        Some(Form::Vtt) => listed(&["chapters", "slides"]),
        Some(Form::Text) => listed(WORDS) || lower.contains("ffmeta") || lower == "description.txt",
        Some(Form::Description) => true,
    }
}

/// `slides.csv`, `Timings.txt`: called as lists are and nothing else.
fn is_word(name: &str) -> bool {
    let stem = names::split(name).0.to_ascii_lowercase();
    WORDS.contains(&stem.as_str())
}

fn form(name: &str) -> Option<Form> {
    let lower = name.to_ascii_lowercase();
    Some(match names::split(name).1.as_str() {
        "csv" | "tsv" => Form::Table,
        "json" if !lower.ends_with(".info.json") => Form::Json,
        "m3u" | "m3u8" => Form::Bookmarks,
        "psc" | "xml" => Form::Xml,
        "vtt" => Form::Vtt,
        // FFmpeg's lists of files are another family's.
        "txt" if lower != "ffmpeg_concat.txt" => Form::Text,
        "ffmetadata" | "ffmeta" => Form::Text,
        "description" => Form::Description,
        _ => return None,
    })
}

impl Document<'_> {
    /// What it says; `None` where it is no list of times.
    pub(super) fn read(&self, folder: &Folder) -> Result<Option<List>, Issue> {
        let bytes = folder.document(&self.file.path)?;
        let text = decoded(&bytes);
        Ok(match self.form {
            Form::Table => table::read(&text),
            Form::Json => tree::read_json(&text),
            Form::Bookmarks => lines::read_bookmarks(&text),
            Form::Xml => tree::read_xml(&text),
            Form::Vtt => lines::read_vtt(&text),
            Form::Text if text.starts_with(';') => lines::read_ffmetadata(&text),
            Form::Text => {
                let description = self.file.name.eq_ignore_ascii_case("description.txt");
                let labels = || text.contains('\t').then(|| table::read(&text)).flatten();
                let others = || lines::read_numbered(&text).or_else(|| lines::read(&text, description));
                labels().or_else(others).or_else(|| (!description).then(|| table::read(&text)).flatten())
            }
            Form::Description => lines::read(&text, true),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::put;

    fn found(files: &[&str]) -> Vec<String> {
        let dir = tempfile::tempdir().expect("a folder");
        files.iter().for_each(|file| put(&dir.path().join(file), b"x"));
        let folder = Folder::list(dir.path().to_owned()).expect("lists");
        documents(&folder).iter().map(|document| document.file.name.clone()).collect()
    }

    #[test]
    fn lists_are_known_by_their_names_or_by_what_lies_beside_them() {
        assert_eq!(found(&["a.mp3", "a.txt", "chapters.txt", "b.txt", "a.vtt"]), ["chapters.txt", "a.txt"]);
        assert_eq!(found(&["a.mp3", "1.jpg", "2.jpg", "bank.csv"]), ["bank.csv"]);
        assert_eq!(found(&["a.mp3", "1.jpg", "2.jpg", "bank.csv", "wine.csv"]), Vec::<String>::new());
        assert_eq!(found(&["a.mp3", "bank.csv", "a.info.json", "readme.txt"]), Vec::<String>::new());
        assert_eq!(found(&["1.jpg", "2.jpg", "slides.csv"]), ["slides.csv"]);
        assert_eq!(found(&["1.jpg", "2.jpg", "places.csv", "readme.txt"]), Vec::<String>::new());
        assert_eq!(found(&["slides.csv", "description.txt"]), Vec::<String>::new());
    }

    #[test]
    fn where_recordings_share_a_folder_a_list_belongs_to_one_of_them() {
        assert_eq!(found(&["a.mp3", "b.mp3", "a.chapters.txt", "b.csv", "description.txt"]), Vec::<String>::new());
        assert_eq!(found(&["a.mp3", "b.mp3", "slides/1.jpg", "slides/2.jpg", "slides.csv", "a.csv"]), ["slides.csv"]);
        let dir = tempfile::tempdir().expect("a folder");
        ["a.mp3", "b.mp3", "a.chapters.txt", "b.csv"].iter().for_each(|file| put(&dir.path().join(file), b"x"));
        let folder = Folder::around(&dir.path().join("a.mp3")).expect("lists");
        assert_eq!(documents(&folder).len(), 1);
    }
}

//! What the library keeps of a talk, by opening it.

use std::path::Path;

use super::super::entry::{Entry, Passage, PassageKind, Picture};
use super::stamp::{hash, stamp};
use crate::talk::metadata::Metadata;
use crate::talk::open::{OpenError, open, title_at};
use crate::talk::{MediaProbe, Talk, TalkId, identity};

/// The line of the library for a talk, or for what ought to be one. Blocks on the disk.
///
/// `root` is the folder of talks that it was found in.
pub fn describe(path: &Path, root: Option<&Path>, probe: &dyn MediaProbe) -> Entry {
    // Taken before the talk is opened: what changes meanwhile is looked at again.
    described(path, root, stamp(path), probe).0
}

/// With what is said and written about it, for the search.
pub(super) fn described(path: &Path, root: Option<&Path>, stamp: i64, probe: &dyn MediaProbe) -> (Entry, Vec<Passage>) {
    match open(path, probe) {
        Ok(talk) => {
            let metadata = Metadata::of(&talk);
            let passages = passages(&talk, &metadata);
            (of_talk(path, root, stamp, &talk, metadata), passages)
        }
        Err(error) => {
            let entry = of_broken(path, root, stamp, &error);
            let passages = vec![passage(PassageKind::Title, &entry.title)];
            (entry, passages)
        }
    }
}

/// The texts of a talk: its title, its authors, what it is about, and what is said with the slide that is shown then.
pub fn passages(talk: &Talk, metadata: &Metadata) -> Vec<Passage> {
    let mut passages = vec![passage(PassageKind::Title, metadata.title.as_ref().unwrap_or(&talk.title))];
    passages.extend(metadata.authors.iter().map(|author| passage(PassageKind::Author, author)));
    if !metadata.about.is_empty() {
        passages.push(passage(PassageKind::About, &metadata.about));
    }
    passages.extend(talk.transcript.cues().iter().map(|cue| Passage {
        slide: talk.slides.slide_at(cue.start).map(|slide| slide.0),
        start: Some(cue.start),
        ..passage(PassageKind::Speech, &cue.text)
    }));
    passages
}

fn passage(kind: PassageKind, text: &str) -> Passage {
    Passage { kind, slide: None, start: None, text: text.to_owned() }
}

fn of_talk(path: &Path, root: Option<&Path>, stamp: i64, talk: &Talk, metadata: Metadata) -> Entry {
    let picture = talk.slides.iter().find_map(|slide| slide.image.as_ref());
    // A sound that does not say its length may last far longer than the slides.
    let known = talk.audio.as_ref().is_none_or(|audio| audio.duration.is_some());
    Entry {
        path: path.to_owned(),
        root: root.map(Path::to_owned),
        id: talk.key(),
        fingerprint: talk.fingerprint(),
        title: metadata.title.unwrap_or_else(|| talk.title.clone()),
        authors: metadata.authors,
        link: metadata.link.or_else(|| talk.link()),
        about: metadata.about,
        session: session(path, root),
        length: known.then(|| talk.duration()),
        slides: talk.slides.len(),
        picture: picture.map(|image| Picture {
            file: talk.path(&image.file),
            width: image.width,
            height: image.height,
        }),
        broken: None,
        stamp,
    }
}

fn of_broken(path: &Path, root: Option<&Path>, stamp: i64, error: &OpenError) -> Entry {
    // What other parts of the program say of a file names it in full.
    let inside = format!("{}{}", path.display(), std::path::MAIN_SEPARATOR);
    let reason = error.reason().replace(&inside, "").replace(&format!(": {}", path.display()), "");
    Entry {
        path: path.to_owned(),
        root: root.map(Path::to_owned),
        id: TalkId(format!("broken-{:016x}", hash(path.as_os_str().as_encoded_bytes().iter().copied()))),
        fingerprint: String::new(),
        title: title_at(path),
        authors: Vec::new(),
        link: link_of(path),
        about: String::new(),
        session: session(path, root),
        length: None,
        slides: 0,
        picture: None,
        broken: Some(reason),
        stamp,
    }
}

/// Where a talk of the service can be had again.
fn link_of(path: &Path) -> Option<String> {
    let key = identity::key_of(path)?;
    key.0.strip_prefix("slideslive-").map(|number| format!("https://slideslive.com/{number}"))
}

/// The folders between root and talk.
fn session(path: &Path, root: Option<&Path>) -> String {
    let between = root.and_then(|root| path.strip_prefix(root).ok()?.parent());
    let names = between.into_iter().flatten().map(|name| name.to_string_lossy());
    names.collect::<Vec<_>>().join("/")
}

//! The texts that go along with a talk: which files they are in, in which languages, and which one is shown first.

use super::folder::Folder;
use super::names;
use super::transcript::Transcript;
use super::{TextTrack, TrackKind};

/// What is said, and the other texts: those that documents name first, then the files called as the sound is, then others;
/// English before other languages.
pub(super) fn choose(folder: &Folder, stem: Option<&str>, named: Vec<TextTrack>) -> (Transcript, Vec<TextTrack>) {
    let stem = stem.unwrap_or_default();
    let files = folder.top().filter(|file| {
        let is_list = names::is_list_of(&file.name, "chapters") || names::is_list_of(&file.name, "slides");
        matches!(names::split(&file.name).1.as_str(), "vtt" | "srt") && !is_list
    });
    let mut files: Vec<_> = files.filter(|file| named.iter().all(|track| track.file != file.path)).collect();
    files.sort_by_key(|file| {
        let language = language(&file.name);
        (!file.name.starts_with(stem), !(language.is_empty() || language.starts_with("en")))
    });
    let mut tracks = named;
    for file in files {
        if let Ok(bytes) = folder.document(&file.path) {
            let transcript = Transcript::parse(&String::from_utf8_lossy(&bytes));
            let language = language(&file.name);
            tracks.push(TextTrack { kind: TrackKind::Speech, language, file: file.path.clone(), transcript });
        }
    }
    let best = tracks.iter().position(|track| track.kind == TrackKind::Speech && !track.transcript.cues().is_empty());
    let transcript = best.map(|at| tracks.remove(at).transcript).unwrap_or_default();
    (transcript, tracks)
}

/// `de` of `talk.de.vtt`.
pub(super) fn language(name: &str) -> String {
    names::split(names::split(name).0).1
}

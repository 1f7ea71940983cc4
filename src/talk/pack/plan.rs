//! Which files a packed talk has, and what they are called.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::ending;
use crate::talk::manifest::{self, Named};
use crate::talk::transcript::Transcript;
use crate::talk::{Talk, TrackKind, names};
use crate::within;

/// Longest name of a file, in bytes, that is kept without its ending; no system allows more than 255, some fewer.
const MAX_NAME: usize = 120;

/// Where the contents of a file come from.
pub(super) enum Source {
    /// A file of the talk, or a picture inside one; relative to the talk's root.
    File(PathBuf),
    /// Written anew.
    Text(String),
}

/// The files in the order in which they are written, by their names with forward slashes.
#[derive(Default)]
pub(super) struct Plan<'a> {
    pub(super) files: Vec<(String, Source)>,
    pub(super) tracks: Vec<Named<'a>>,
    names: HashMap<PathBuf, String>,
    /// In lower case: many systems take names that differ in case for the same.
    taken: HashSet<String>,
}

/// A text and what it should be called.
struct Text<'a> {
    file: Option<&'a Path>,
    kind: TrackKind,
    language: &'a str,
    transcript: &'a Transcript,
}

impl<'a> Plan<'a> {
    /// The plan for a talk whose transcript is from the file `origin`, in that language.
    pub(super) fn of(talk: &'a Talk, origin: Option<&'a (PathBuf, String)>) -> Self {
        let mut plan = Self::default();
        plan.taken.insert(manifest::FILE.to_owned());
        let sound = talk.audio.as_ref().map(|audio| &audio.file);
        if let Some(file) = sound {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            plan.add(file, &portable(&name));
        }
        for (slide, number) in talk.slides.iter().zip(1..) {
            if let Some(image) = &slide.image {
                match page(talk, &image.file) {
                    Some((document, _)) => {
                        let name = document.file_name().unwrap_or_default().to_string_lossy().into_owned();
                        plan.add(&document, &format!("slides/{}", portable(&name)));
                    }
                    None => plan.add(&image.file, &format!("slides/{number:04}.{}", ending(image.format))),
                }
            }
            if let Some(clip) = &slide.clip {
                let name = clip.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                plan.add(&clip.file, &format!("clips/{number:04}.{}", portable(&names::split(&name).1)));
            }
        }
        for video in &talk.videos {
            let name = video.file.file_name().unwrap_or_default().to_string_lossy();
            plan.add(&video.file, &format!("videos/{}", portable(&name)));
        }
        let stem = sound.and_then(|file| file.file_stem()).map(|stem| portable(&stem.to_string_lossy()));
        plan.add_texts(talk, origin, stem.as_deref().unwrap_or("talk"));
        plan
    }

    /// What a file of the talk is called in the manifest.
    pub(super) fn place(&self, talk: &Talk, file: &Path) -> Option<String> {
        match page(talk, file) {
            Some((document, page)) => Some(format!("{}#page={page}", self.names.get(&document)?)),
            None => self.names.get(file).cloned(),
        }
    }

    /// Adds a file once, however often it is shown.
    fn add(&mut self, file: &Path, wanted: &str) {
        if !self.names.contains_key(file) {
            let name = self.free(wanted);
            self.names.insert(file.to_owned(), name.clone());
            self.files.push((name, Source::File(file.to_owned())));
        }
    }

    fn add_texts(&mut self, talk: &'a Talk, origin: Option<&'a (PathBuf, String)>, stem: &str) {
        let file = origin.map(|(file, _)| file.as_path());
        let language = origin.map_or("", |(_, language)| language);
        let own = Text { file, kind: TrackKind::Speech, language, transcript: &talk.transcript };
        let others = talk.tracks.iter().map(|track| Text {
            file: Some(track.file.as_path()),
            kind: track.kind,
            language: &track.language,
            transcript: &track.transcript,
        });
        for text in [own].into_iter().chain(others).filter(|text| !text.transcript.cues().is_empty()) {
            let kind = if text.kind == TrackKind::Chat { ".chat" } else { "" };
            let plain = text.language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let language =
                if plain && !text.language.is_empty() { format!(".{}", text.language) } else { String::new() };
            let name = self.free(&format!("{stem}{kind}{language}.vtt"));
            let is_vtt = |file: &Path| names::split(&file.to_string_lossy()).1 == "vtt";
            let source = match text.file.filter(|file| is_vtt(file)) {
                Some(file) => Source::File(file.to_owned()),
                None => Source::Text(text.transcript.vtt()),
            };
            self.files.push((name.clone(), source));
            self.tracks.push(Named { name, kind: text.kind, language: text.language });
        }
    }

    /// This name, or one like it that no other file has.
    fn free(&mut self, wanted: &str) -> String {
        let (stem, ending) = wanted.split_at(wanted.rfind('.').unwrap_or(wanted.len()));
        let numbered = (2..).map(|number| format!("{stem}-{number}{ending}"));
        let mut candidates = [wanted.to_owned()].into_iter().chain(numbered);
        let free = candidates.find(|name| self.taken.insert(name.to_lowercase()));
        free.unwrap_or_else(|| wanted.to_owned())
    }
}

/// The document and the page that a picture of the talk is, the document relative to its root.
fn page(talk: &Talk, file: &Path) -> Option<(PathBuf, usize)> {
    let path = talk.path(file);
    let (_, page) = within::page(&path)?;
    Some((file.parent()?.to_owned(), page))
}

/// A name that every system allows for a file.
fn portable(name: &str) -> String {
    let plain = |c: char| if c.is_control() || "<>:\"/\\|?*\u{fffd}".contains(c) { '_' } else { c };
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let stem = stem.trim();
    let stem: String = stem.get(..stem.floor_char_boundary(MAX_NAME)).unwrap_or(stem).chars().map(plain).collect();
    let ending: String = ending.chars().take(8).map(plain).collect();
    let name = if ending.is_empty() { stem } else { format!("{stem}.{ending}") };
    let name = name.trim_matches([' ', '.']);
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_such_that_every_system_allows_them() {
        for (name, expected) in [
            ("Deep Learning-512930109.m4a", "Deep Learning-512930109.m4a"),
            ("Why? \"How\": a/b.mp3", "Why_ _How__ a_b.mp3"),
            ("Why\u{ff1f}.mp3", "Why\u{ff1f}.mp3"),
            ("...", "file"),
            ("", "file"),
            ("mp4", "mp4"),
        ] {
            assert_eq!(portable(name), expected, "{name}");
        }
        assert_eq!(portable(&format!("a{}.flac", "ü".repeat(300))).len(), MAX_NAME - 1 + 5);
    }

    #[test]
    fn no_two_files_have_names_that_some_system_takes_for_one() {
        let mut plan = Plan::default();
        assert_eq!(
            ["a.vtt", "A.vtt", "a.vtt", "b", "b"].map(|name| plan.free(name)),
            ["a.vtt", "A-2.vtt", "a-3.vtt", "b", "b-2"]
        );
    }
}

//! What the library keeps of a talk, by opening it.

use std::path::Path;

use super::super::entry::{Entry, Passage, PassageKind, Picture};
use super::stamp::{hash, stamp};
use crate::talk::open::{OpenError, open, title_at};
use crate::talk::track::SlideIndex;
use crate::talk::{MediaProbe, Slide, Talk, TalkId, TrackKind, identity};
use crate::time::MediaTime;

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
            let passages = passages(&talk);
            (entry_of(path, root, stamp, &talk), passages)
        }
        Err(error) => {
            let entry = of_broken(path, root, stamp, &error);
            let passages = vec![passage(PassageKind::Title, &entry.title)];
            (entry, passages)
        }
    }
}

/// The kinds of texts that [`passages`] replaces. Words on slides are among them where the talk has them itself; else they
/// come from reading the pictures.
pub fn kinds_of(passages: &[Passage]) -> Vec<PassageKind> {
    let mut kinds = vec![PassageKind::Title, PassageKind::Author, PassageKind::About, PassageKind::Speech];
    kinds.extend(passages.iter().any(|passage| passage.kind == PassageKind::Slide).then_some(PassageKind::Slide));
    kinds
}

/// The texts of a talk: its title, its authors, what it is about, and what is said with the slide that is shown then.
pub fn passages(talk: &Talk) -> Vec<Passage> {
    let mut passages = vec![passage(PassageKind::Title, &talk.title)];
    passages.extend(talk.metadata.authors.iter().map(|author| passage(PassageKind::Author, author)));
    if !talk.metadata.about.is_empty() {
        passages.push(passage(PassageKind::About, &talk.metadata.about));
    }
    passages.extend(speech(talk));
    passages.extend(chat(talk));
    passages.extend(talk.slides.iter().enumerate().filter_map(|(at, slide)| on_slide(at, slide)));
    passages.extend(talk.slides.iter().enumerate().filter_map(|(at, slide)| heading(at, slide)));
    passages
}

/// Cues that follow one another are one passage, up to the end of a sentence, the end of the slide or some seconds: words
/// that belong together are found together, wherever the caption was broken.
fn speech(talk: &Talk) -> Vec<Passage> {
    const LONGEST: MediaTime = MediaTime::from_secs(15);
    const SENTENCE: MediaTime = MediaTime::from_secs(5);
    const SILENCE: MediaTime = MediaTime::from_secs(2);
    let mut all: Vec<Passage> = Vec::new();
    let mut last_end = MediaTime::ZERO;
    for cue in talk.transcript.cues() {
        let slide = talk.slides.slide_at(cue.start).map(|slide| slide.0);
        let goes_on = |passage: &&mut Passage| {
            let begun = passage.start.unwrap_or_default();
            let ended = passage.text.ends_with(['.', '?', '!', '。', '？', '！']) && last_end - begun >= SENTENCE;
            passage.slide == slide && !ended && cue.end - begun <= LONGEST && cue.start - last_end <= SILENCE
        };
        match all.last_mut().filter(goes_on) {
            Some(passage) => {
                passage.text.push(' ');
                passage.text.push_str(&cue.text);
            }
            None => all.push(Passage { slide, start: Some(cue.start), ..passage(PassageKind::Speech, &cue.text) }),
        }
        last_end = cue.end;
    }
    all
}

/// What listeners wrote is said, too.
fn chat(talk: &Talk) -> impl Iterator<Item = Passage> {
    let lines =
        talk.tracks.iter().filter(|track| track.kind == TrackKind::Chat).flat_map(|track| track.transcript.cues());
    lines.map(|line| Passage {
        slide: talk.slides.slide_at(line.start).map(|slide| slide.0),
        start: Some(line.start),
        ..passage(PassageKind::Speech, &line.text)
    })
}

/// The words on a slide, where the talk has them.
fn on_slide(at: usize, slide: &Slide) -> Option<Passage> {
    let text = Some(slide.text.trim()).filter(|text| !text.is_empty())?;
    Some(Passage { slide: Some(at), start: Some(slide.start), ..passage(PassageKind::Slide, text) })
}

/// The title of a slide stands where what is said begins.
fn heading(at: usize, slide: &Slide) -> Option<Passage> {
    let title = slide.title.as_deref()?;
    Some(Passage { slide: Some(at), start: Some(slide.start), ..passage(PassageKind::Speech, title) })
}

fn passage(kind: PassageKind, text: &str) -> Passage {
    Passage { kind, slide: None, start: None, text: text.to_owned() }
}

/// The line of the library for a talk that is open. Reads nothing.
pub fn entry_of(path: &Path, root: Option<&Path>, stamp: i64, talk: &Talk) -> Entry {
    let first = talk.slides.iter().position(|slide| slide.image.is_some() || slide.clip.is_some());
    let file = first.and_then(|first| talk.picture_path(SlideIndex(first)));
    let size = talk.slides.iter().find_map(|slide| slide.image.as_ref()).map(|image| (image.width, image.height));
    // A sound that does not say its length may last far longer than the slides.
    let known = talk.audio.as_ref().is_none_or(|audio| audio.duration.is_some());
    Entry {
        path: path.to_owned(),
        root: root.map(Path::to_owned),
        id: talk.key(),
        fingerprint: talk.fingerprint(),
        title: talk.title.clone(),
        authors: talk.metadata.authors.clone(),
        link: talk.metadata.link.clone().or_else(|| talk.link()),
        about: talk.metadata.about.clone(),
        session: session(path, root),
        length: known.then(|| talk.duration()),
        slides: talk.slides.len(),
        picture: file.map(|file| {
            let (width, height) = size.unwrap_or((16, 9));
            Picture { file, width, height }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::{Metadata, SlideTrack, Transcript};

    #[test]
    fn cues_of_a_sentence_are_one_passage_and_never_longer_than_their_slide() {
        let vtt = "WEBVTT\n\n00:00.000 --> 00:03.000\nThe gradient\n\n00:03.000 --> 00:06.000\nvanishes.\n\n\
                   00:06.000 --> 00:08.000\nNext\n\n00:08.000 --> 00:09.000\nsentence\n\n00:10.000 --> 00:12.000\nslide\n\n\
                   00:20.000 --> 00:22.000\nlater\n";
        let slide = |secs| Slide { start: MediaTime::from_secs(secs), ..Slide::default() };
        let talk = Talk {
            id: TalkId("1".into()),
            source: "/1".into(),
            root: "/1".into(),
            title: "One".into(),
            slides: SlideTrack::new(vec![slide(0), slide(10)]),
            audio: None,
            metadata: Metadata { authors: vec!["Ada".into()], ..Metadata::default() },
            content: 0,
            transcript: Transcript::parse(vtt),
            language: String::new(),
            tracks: Vec::new(),
            untimed: false,
            videos: Vec::new(),
            silent: None,
            known_as: None,
            issues: Vec::new(),
        };
        let told: Vec<(Option<usize>, String)> =
            passages(&talk).into_iter().map(|passage| (passage.slide, passage.text)).collect();
        let wanted = [
            (None, "One"),
            (None, "Ada"),
            (Some(0), "The gradient vanishes."),
            (Some(0), "Next sentence"),
            (Some(1), "slide"),
            (Some(1), "later"),
        ];
        assert_eq!(told, wanted.map(|(slide, text)| (slide, text.to_owned())));
    }
}

//! JSON chapters of Podcasting 2.0 with pictures, which are also Plenary's own manifest, and those of Podlove:
//! `chapters.json`, `talk.chapters.json`. The manifest is documented in `docs/TALK_FORMAT.md`.

use std::path::{Path, PathBuf};

use super::assemble::{Draft, assemble};
use super::locate::{is_address, leads_out, locate};
use super::loose_json::{self, Json};
use super::{Found, Layout, MAX_SLIDES};
use crate::talk::films::Told;
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind, printable};
use crate::talk::manifest::default_name;
use crate::talk::metadata::{self, Metadata};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::transcript::Transcript;
use crate::talk::{Clip, TalkId, TextTrack, TrackKind, VideoRole, media, names, recognise};
use crate::time::MediaTime;

/// Most lists of chapters that are opened.
const MAX_LISTS: usize = 8;

/// Most texts that a manifest may name.
const MAX_TRACKS: usize = 64;

/// Most videos that a manifest may name.
const MAX_VIDEOS: usize = 64;

/// The family: only chapters of which one has a picture or a clip that is there, or those that name videos. Others name the sections of a talk, and
/// any source of slides knows more; they are left to [`super::plain::TitleCards`].
pub(crate) struct Manifest;

impl Layout for Manifest {
    fn recognises(&self, folder: &Folder) -> bool {
        documents(folder).next().is_some()
    }

    fn is_document(&self, name: &str) -> bool {
        is_manifest(name)
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        for file in documents(folder).take(MAX_LISTS) {
            match load(folder, file, pictures) {
                Ok(list) if list.has_pictures() || !list.rest.videos.is_empty() => return Some(list.found(issues)),
                Ok(_) => {}
                Err(issue) => issues.push(issue),
            }
        }
        None
    }
}

/// The lists of chapters of a folder: that which the viewer has opened, then that of the whole folder. One that is called after a recording is taken only
/// where there is no other recording that it could leave out.
pub(super) fn documents(folder: &Folder) -> impl Iterator<Item = &Entry> {
    let alone = folder.is_partial() || recognise::recordings(folder).len() <= 1;
    let lists = move || folder.top().filter(|file| is_manifest(&file.name));
    let first = |file: &&Entry| folder.is_chosen(file);
    let own = move |file: &&Entry| file.name.eq_ignore_ascii_case(OWN) && !first(file);
    let rest = move |file: &&Entry| alone && !own(file) && !first(file);
    lists().filter(first).chain(lists().filter(own)).chain(lists().filter(rest))
}

/// What Plenary calls its manifest.
const OWN: &str = crate::talk::manifest::FILE;

fn is_manifest(name: &str) -> bool {
    names::split(name).1 == "json" && names::is_list_of(name, "chapters")
}

/// A list of chapters with all that goes along with it.
pub(super) struct List<'a> {
    file: &'a Entry,
    drafts: Vec<Draft>,
    rest: Found,
    issues: Vec<Issue>,
}

impl List<'_> {
    fn has_pictures(&self) -> bool {
        self.drafts.iter().any(|draft| matches!(draft.pick, Pick::Usable(_)) || draft.clip.is_some())
    }

    /// Whether there is anything to learn from it at all.
    pub(super) fn tells_something(&self) -> bool {
        self.drafts.iter().any(|draft| draft.title.is_some() || draft.pick != Pick::Never)
            || self.rest.metadata != Metadata::default()
    }

    pub(super) fn found(mut self, issues: &mut Vec<Issue>) -> Found {
        issues.append(&mut self.issues);
        Found { slides: assemble(self.drafts, &self.file.name, issues), ..self.rest }
    }
}

/// Reads a list of chapters, or says why it is none.
pub(super) fn load<'a>(folder: &Folder, file: &'a Entry, pictures: &mut Pictures<'_>) -> Result<List<'a>, Issue> {
    let bytes = folder.document(&file.path)?;
    let unreadable = |message| Issue::about(IssueKind::TimingUnreadable, message, &file.path);
    let document = loose_json::read(&String::from_utf8_lossy(&bytes));
    let top = &document.value;
    let chapters = if let Json::List(_) = top { Some(top) } else { top.get("chapters") };
    let Some(Json::List(chapters)) = chapters else { return Err(unreadable("The list of chapters cannot be read")) };
    let timed = |chapter: &Json| chapter.any(STARTS).is_some();
    // Presentz has chapters, too, which have slides in the place of times.
    if !chapters.is_empty() && !chapters.iter().any(timed) {
        return Err(unreadable("The list of chapters has no times"));
    }
    let mut issues = Vec::new();
    if document.cut {
        issues.push(unreadable("The list of chapters breaks off, the slides after that are not known"));
    }
    if chapters.len() > MAX_SLIDES {
        let message = format!("The talk has too many slides, only the first {MAX_SLIDES} are shown");
        issues.push(Issue::about(IssueKind::TooLarge, &message, &file.path));
    }
    let chapters = chapters.get(..MAX_SLIDES).unwrap_or(chapters);
    let outside: Vec<&str> = chapters.iter().flat_map(named).filter(|named| leads_out(named)).collect();
    if let Some(first) = outside.first() {
        let what = if outside.len() == 1 { "1 entry".to_owned() } else { format!("{} entries", outside.len()) };
        let message =
            format!("The list of chapters leads out of the folder, {what} of it not followed: {}", printable(first));
        issues.push(Issue { kind: IssueKind::OutsideFolder, message, file: Some(file.path.clone()) });
    }
    let numbered = chapters.iter().zip(1..);
    let drafts = numbered.filter_map(|(chapter, number)| draft(chapter, number, folder, pictures)).collect();
    let number = top.get("x:id").and_then(Json::text).filter(|id| names::talk_number(id) == Some(*id));
    let rest = Found {
        id: number.map(|id| TalkId(id.to_owned())),
        metadata: metadata_of(top),
        untimed: top.get("x:untimed") == Some(&Json::Bool(true)),
        media: sounds(top, file, folder),
        tracks: tracks(top, folder),
        videos: videos(top, folder),
        ..Found::default()
    };
    Ok(List { file, drafts, rest, issues })
}

const STARTS: &[&str] = &["startTime", "start"];
const PICTURES: &[&str] = &["img", "image"];

/// The files that a chapter names.
fn named(chapter: &Json) -> impl Iterator<Item = &str> {
    [chapter.any(PICTURES), chapter.get("x:video")].into_iter().flatten().filter_map(Json::text)
}

/// The slide that a chapter is; `None` for one that is nothing but a picture on the web.
fn draft(chapter: &Json, number: usize, folder: &Folder, pictures: &mut Pictures<'_>) -> Option<Draft> {
    let image = chapter.any(PICTURES).and_then(Json::text);
    let pick = match image.map(|image| (image, locate(folder, image))) {
        None => Pick::Never,
        Some((_, Some(file))) => pictures.inspect(&file),
        // What is on the web only was never part of what has been downloaded.
        Some((image, None)) if is_address(image) => Pick::Never,
        Some((_, None)) => Pick::Missing,
    };
    let time = |name: &str| chapter.get(name).and_then(time);
    let video = chapter.get("x:video").and_then(Json::text);
    let clip = video.and_then(|video| locate(folder, video)).map(|file| {
        let duration = time("x:videoDuration").filter(|duration| *duration > MediaTime::ZERO);
        Clip { file, from: time("x:videoFrom").unwrap_or_default().max_zero(), duration }
    });
    // A clip that is gone leaves a slide with nothing to see, of which the viewer should hear.
    let pick = if pick == Pick::Never && video.is_some() { Pick::Missing } else { pick };
    let line = |name: &str| chapter.get(name).and_then(Json::text).map(names::one_line).filter(|line| !line.is_empty());
    let title = line("title");
    if title.is_none() && pick == Pick::Never && image.is_some() {
        return None;
    }
    let name = line("x:name").unwrap_or_else(|| default_name(title.as_deref(), image, number));
    let text = chapter.get("x:text").and_then(Json::text).map(metadata::lines).unwrap_or_default();
    Some(Draft { start: chapter.any(STARTS).and_then(self::time), name, title, text, pick, clip })
}

/// Seconds, or `1:02:03.450` in Podlove's lists.
fn time(value: &Json) -> Option<MediaTime> {
    match value {
        Json::Number(secs) => Some(MediaTime::from_secs_f64(*secs)),
        Json::Text(text) => MediaTime::parse(&text.replace(',', ".")).ok(),
        Json::Null | Json::Bool(_) | Json::List(_) | Json::Object(_) => None,
    }
}

fn metadata_of(top: &Json) -> Metadata {
    let text = |names: &[&str]| top.any(names).and_then(Json::text);
    let line = |names: &[&str]| text(names).and_then(metadata::line);
    let list = top.get("x:authors").map(Json::list).unwrap_or_default();
    let mut authors: Vec<String> = list.iter().filter_map(Json::text).filter_map(metadata::line).collect();
    if authors.is_empty() {
        authors = text(&["author"]).map(metadata::people).unwrap_or_default();
    }
    authors.truncate(metadata::MAX_AUTHORS);
    Metadata {
        title: line(&["title"]),
        authors,
        about: text(&["description"]).map(metadata::lines).unwrap_or_default(),
        link: text(&["x:link"]).and_then(metadata::link),
        date: text(&["x:date", "date"]).and_then(metadata::date),
        venue: line(&["podcastName"]),
        paper: text(&["x:paper"]).and_then(metadata::paper),
    }
}

/// The sound that the list names, else the files that are called as the list is.
fn sounds(top: &Json, file: &Entry, folder: &Folder) -> Vec<PathBuf> {
    let named = top.get("fileName").and_then(Json::text).and_then(|name| locate(folder, name));
    if let Some(named) = named {
        return vec![named];
    }
    let stem = names::family_stem(&file.name);
    let of_list = media::candidates(folder).filter(|media| names::split(&media.name).0 == stem);
    of_list.map(|media| media.path.clone()).collect()
}

/// The texts that a manifest names.
fn tracks(top: &Json, folder: &Folder) -> Vec<TextTrack> {
    let list = top.get("x:tracks").map(Json::list).unwrap_or_default().iter().take(MAX_TRACKS);
    list.filter_map(|track| {
        let file = track.get("file").and_then(Json::text).and_then(|name| locate(folder, name))?;
        let kind = match track.get("kind").and_then(Json::text) {
            Some("chat") => TrackKind::Chat,
            _ => TrackKind::Speech,
        };
        let language = track.get("language").and_then(Json::text).map(names::one_line).unwrap_or_default();
        let transcript = transcript(folder, &file)?;
        Some(TextTrack { kind, language, file, transcript })
    })
    .collect()
}

/// The videos that a manifest names.
fn videos(top: &Json, folder: &Folder) -> Vec<Told> {
    let list = top.get("x:videos").map(Json::list).unwrap_or_default().iter().take(MAX_VIDEOS);
    list.filter_map(|video| {
        let file = video.get("file").and_then(Json::text).and_then(|name| locate(folder, name))?;
        let role = video.get("role").and_then(Json::text).and_then(VideoRole::named).unwrap_or(VideoRole::Speaker);
        // Where there are no slides, what was projected is the film.
        let role = if role == VideoRole::Film { VideoRole::Screen } else { role };
        let starts = video.get("startTime").and_then(time).unwrap_or_default();
        Some(Told { file, role, starts })
    })
    .collect()
}

fn transcript(folder: &Folder, file: &Path) -> Option<Transcript> {
    folder.document(file).ok().map(|bytes| Transcript::parse(&String::from_utf8_lossy(&bytes)))
}

#[cfg(test)]
mod tests;

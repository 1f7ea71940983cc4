//! Plenary's own description of a talk: JSON chapters of Podcasting 2.0, `docs/TALK_FORMAT.md`. This is the writer; the
//! reader is [`super::layouts`]'.

use std::path::Path;

use serde::Serialize;

use super::{Slide, Talk, TextTrack, TrackKind, metadata, names};
use crate::time::MediaTime;

/// What the manifest is called.
pub const FILE: &str = "chapters.json";

/// The version of the chapters' format.
const VERSION: &str = "1.2.0";

/// A text that goes along with a talk, by the name that it has beside the manifest.
pub(super) struct Named<'a> {
    pub(super) name: String,
    pub(super) kind: TrackKind,
    pub(super) language: &'a str,
}

/// The manifest of a talk whose files lie where [`Talk`] says, so to be put into its root. Of its transcripts it names
/// those of [`Talk::tracks`].
pub fn text(talk: &Talk) -> String {
    let tracks = talk.tracks.iter().map(|TextTrack { kind, language, file, .. }| Named {
        name: portable(file),
        kind: *kind,
        language,
    });
    text_with(talk, &tracks.collect::<Vec<_>>(), &|file| Some(portable(file)))
}

/// The manifest of a talk whose files lie elsewhere: `place` tells where, relative to the manifest, with forward slashes.
pub(super) fn text_with(talk: &Talk, tracks: &[Named<'_>], place: &dyn Fn(&Path) -> Option<String>) -> String {
    let told = &talk.metadata;
    let author = told.authors.join("; ");
    // Names with semicolons or commas in them cannot be told apart on one line.
    let authors = (metadata::people(&author) != told.authors).then_some(told.authors.as_slice());
    let document = Document {
        version: VERSION,
        title: &talk.title,
        author: Some(author).filter(|author| !author.is_empty()),
        podcast_name: told.venue.as_deref(),
        description: Some(told.about.as_str()).filter(|about| !about.is_empty()),
        file_name: talk.audio.as_ref().and_then(|audio| place(&audio.file)),
        authors,
        date: told.date.as_deref(),
        link: told.link.as_deref(),
        paper: told.paper.as_deref(),
        id: Some(talk.id.0.as_str()).filter(|id| names::talk_number(id) == Some(*id)),
        untimed: talk.untimed,
        tracks: tracks.iter().map(Track::from).collect(),
        videos: talk.videos.iter().filter_map(|video| self::video(video, place)).collect(),
        chapters: talk.slides.iter().zip(1..).map(|(slide, number)| chapter(slide, number, place)).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// What a slide is called where nothing says it: by its title, else by its picture, else by its number, from one.
pub(super) fn default_name(title: Option<&str>, image: Option<&str>, number: usize) -> String {
    let stem = image.map(|image| {
        let last = image.rsplit(['/', '\\']).next().unwrap_or(image);
        names::one_line(names::split(last).0)
    });
    title.map(str::to_owned).or(stem).filter(|name| !name.is_empty()).unwrap_or_else(|| format!("slide {number}"))
}

/// With forward slashes, on every system.
fn portable(file: &Path) -> String {
    let parts: Vec<_> = file.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

fn chapter<'a>(slide: &'a Slide, number: usize, place: &dyn Fn(&Path) -> Option<String>) -> Chapter<'a> {
    let img = slide.image.as_ref().and_then(|image| place(&image.file));
    let title = slide.title.as_deref();
    let known = default_name(title, img.as_deref(), number) == slide.name;
    let clip = slide.clip.as_ref();
    let video = clip.and_then(|clip| place(&clip.file));
    let clip = clip.filter(|_| video.is_some());
    Chapter {
        start: secs(slide.start),
        title,
        // What has no title of its own is no section for those who list them.
        toc: title.is_none().then_some(false),
        video_from: clip.map(|clip| clip.from).filter(|from| *from != MediaTime::ZERO).map(secs),
        video_duration: clip.and_then(|clip| clip.duration).map(secs),
        name: (!known && !slide.name.is_empty()).then_some(slide.name.as_str()),
        text: Some(slide.text.as_str()).filter(|text| !text.is_empty()),
        img,
        video,
    }
}

fn video(video: &super::Video, place: &dyn Fn(&Path) -> Option<String>) -> Option<Video> {
    let start = Some(video.starts).filter(|starts| *starts != MediaTime::ZERO).map(secs);
    Some(Video { file: place(&video.file)?, role: video.role.name(), start })
}

/// Seconds; a time that was read from decimals is written with the same.
fn secs(time: MediaTime) -> f64 {
    time.secs_f64()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    podcast_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_name: Option<String>,
    #[serde(rename = "x:authors", skip_serializing_if = "Option::is_none")]
    authors: Option<&'a [String]>,
    #[serde(rename = "x:date", skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
    #[serde(rename = "x:link", skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(rename = "x:paper", skip_serializing_if = "Option::is_none")]
    paper: Option<&'a str>,
    #[serde(rename = "x:id", skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "x:untimed", skip_serializing_if = "std::ops::Not::not")]
    untimed: bool,
    #[serde(rename = "x:tracks", skip_serializing_if = "Vec::is_empty")]
    tracks: Vec<Track<'a>>,
    #[serde(rename = "x:videos", skip_serializing_if = "Vec::is_empty")]
    videos: Vec<Video>,
    chapters: Vec<Chapter<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Chapter<'a> {
    #[serde(rename = "startTime")]
    start: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    img: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    toc: Option<bool>,
    #[serde(rename = "x:name", skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(rename = "x:text", skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(rename = "x:video", skip_serializing_if = "Option::is_none")]
    video: Option<String>,
    #[serde(rename = "x:videoFrom", skip_serializing_if = "Option::is_none")]
    video_from: Option<f64>,
    #[serde(rename = "x:videoDuration", skip_serializing_if = "Option::is_none")]
    video_duration: Option<f64>,
}

#[derive(Serialize)]
struct Video {
    file: String,
    role: &'static str,
    #[serde(rename = "startTime", skip_serializing_if = "Option::is_none")]
    start: Option<f64>,
}

#[derive(Serialize)]
struct Track<'a> {
    file: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    language: &'a str,
}

impl<'a> From<&'a Named<'a>> for Track<'a> {
    fn from(named: &'a Named<'a>) -> Self {
        let kind = match named.kind {
            TrackKind::Speech => "speech",
            TrackKind::Chat => "chat",
        };
        Self { file: &named.name, kind, language: named.language }
    }
}

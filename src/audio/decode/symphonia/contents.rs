//! What a media file has besides its sound, as far as symphonia tells: the chapters of MP3 with their pictures above all.

use std::path::Path;

use symphonia::core::formats::FormatReader;
use symphonia::core::meta::{Chapter, ChapterGroup, ChapterGroupItem, MetadataRevision, StandardTag, Tag, Visual};

use super::{guarded, reader};
use crate::audio::decode::contents::{self, MAX_CHAPTERS, MAX_PICTURES, MAX_TAGS};
use crate::talk::{MediaChapter, MediaContents};
use crate::time::MediaTime;
use crate::within::Span;

/// Groups of chapters may hold groups, this deep.
const DEEPEST: usize = 8;

/// Reads headers only; nothing where symphonia does not know the file.
pub(in crate::audio::decode) fn contents(path: &Path) -> MediaContents {
    let Ok(mut reader) = reader(path) else { return MediaContents::default() };
    // A stranger's parser on a stranger's file.
    guarded(|| Ok(of_reader(&mut *reader, path))).and_then(Result::ok).unwrap_or_default()
}

fn of_reader(reader: &mut dyn FormatReader, path: &Path) -> MediaContents {
    let mut found = Vec::new();
    if let Some(group) = reader.chapters() {
        gather(group, DEEPEST, &mut found);
    }
    let chapter = |chapter: &Chapter| {
        let start = i64::try_from(chapter.start_time.as_nanos()).unwrap_or(i64::MAX);
        let title = title(&chapter.tags).unwrap_or_default();
        let picture = chapter.visuals.first().and_then(|visual| place(path, visual));
        MediaChapter { start: MediaTime::from_nanos(start), title, picture }
    };
    let chapters = contents::in_order(found.into_iter().take(MAX_CHAPTERS).map(chapter).collect());
    let mut metadata = reader.metadata();
    let newest: Option<MetadataRevision> = metadata.skip_to_latest().cloned();
    let (tags, visuals) = newest.map_or_else(Default::default, |found| (found.media.tags, found.media.visuals));
    let pictures: Vec<Span> = visuals.iter().take(MAX_PICTURES).filter_map(|visual| place(path, visual)).collect();
    // Whether there are moving pictures only matters where something can show them.
    let tags = tags.iter().filter_map(named).take(MAX_TAGS).collect();
    MediaContents { chapters, pictures, tags, moves: false, unreadable: None }
}

fn gather<'a>(group: &'a ChapterGroup, deep: usize, found: &mut Vec<&'a Chapter>) {
    for item in &group.items {
        match item {
            ChapterGroupItem::Chapter(chapter) if found.len() < MAX_CHAPTERS => found.push(chapter),
            ChapterGroupItem::Group(inner) if deep > 0 => gather(inner, deep - 1, found),
            ChapterGroupItem::Chapter(_) | ChapterGroupItem::Group(_) => {}
        }
    }
}

fn title(tags: &[Tag]) -> Option<String> {
    let of = |tag: &Tag| match &tag.std {
        Some(StandardTag::ChapterTitle(title) | StandardTag::TrackTitle(title)) => Some(title.to_string()),
        _ => None,
    };
    tags.iter().find_map(of)
}

fn place(path: &Path, visual: &Visual) -> Option<Span> {
    contents::place_of(path, &visual.data, None)
}

/// A tag by the name that FFmpeg gives it.
fn named(tag: &Tag) -> Option<(String, String)> {
    let (name, value) = match tag.std.as_ref()? {
        StandardTag::TrackTitle(value) => ("title", value),
        StandardTag::Artist(value) => ("artist", value),
        StandardTag::Album(value) => ("album", value),
        StandardTag::ReleaseDate(value) | StandardTag::RecordingDate(value) => ("date", value),
        StandardTag::Comment(value) => ("comment", value),
        StandardTag::Description(value) => ("description", value),
        _ => return None,
    };
    Some((name.to_owned(), value.to_string()))
}

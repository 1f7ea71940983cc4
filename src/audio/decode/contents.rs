//! What a media file has besides its sound: chapters, pictures, tags. Reads headers, and little more. Blocks on the disk.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use memchr::memmem;

use super::{check_is_file, sniff, symphonia};
use crate::talk::{MediaChapter, MediaContents};
use crate::time::MediaTime;
use crate::within::{Encoding, Span};

/// Most chapters that are kept; as many as a talk may have slides.
pub(super) const MAX_CHAPTERS: usize = 20_000;
/// Most pictures of the whole that are kept.
pub(super) const MAX_PICTURES: usize = 8;
/// Most tags that are kept.
pub(super) const MAX_TAGS: usize = 256;
/// Pictures are searched this far from the beginning of a file, and from its end.
const SEARCHED: u64 = 16 << 20;
/// So many bytes of a picture are searched for; the rest is compared.
const NEEDLE: usize = 256;

/// Chapters, pictures and tags of a media file; nothing where it cannot be read.
pub(super) fn of(path: &Path) -> MediaContents {
    let kind = check_is_file(path)
        .and_then(|()| sniff::sniff(path).map_err(|reason| super::DecodeError::Open { reason, path: path.to_owned() }));
    match kind {
        Ok(kind) => engines(path, kind),
        Err(error) => MediaContents { unreadable: Some(error.reason()), ..MediaContents::default() },
    }
}

/// How long the moving pictures of a file last, as it says.
pub(super) fn film_length(path: &Path) -> Option<MediaTime> {
    check_is_file(path).ok().and_then(|()| film_length_with_engine(path))
}

#[cfg(feature = "ffmpeg")]
fn film_length_with_engine(path: &Path) -> Option<MediaTime> {
    super::ffmpeg::film_length(path)
}

/// Nothing can show them.
#[cfg(not(feature = "ffmpeg"))]
fn film_length_with_engine(_path: &Path) -> Option<MediaTime> {
    None
}

/// FFmpeg knows the most kinds of files, but does not tell which picture belongs to which chapter of an MP3.
#[cfg(feature = "ffmpeg")]
fn engines(path: &Path, kind: sniff::Kind) -> MediaContents {
    let mut found = super::ffmpeg::contents(path);
    if matches!(kind, sniff::Kind::Mp3 | sniff::Kind::Mp3WithHeader) && !found.chapters.is_empty() {
        let pictured = symphonia::contents(path);
        if pictured.chapters.iter().any(|chapter| chapter.picture.is_some()) {
            found.chapters = pictured.chapters;
        }
    }
    found
}

#[cfg(not(feature = "ffmpeg"))]
fn engines(path: &Path, _kind: sniff::Kind) -> MediaContents {
    symphonia::contents(path)
}

/// Chapters as players list them: in order, none before the beginning.
pub(super) fn in_order(mut chapters: Vec<MediaChapter>) -> Vec<MediaChapter> {
    for chapter in &mut chapters {
        chapter.start = chapter.start.max(MediaTime::ZERO);
    }
    chapters.sort_by_key(|chapter| chapter.start);
    chapters
}

/// Where in a file a picture lies that an engine has found there: at `offset`, else where its bytes are. Not where they
/// are written otherwise, as in Ogg.
pub(super) fn place_of(path: &Path, picture: &[u8], offset: Option<u64>) -> Option<Span> {
    let length = u64::try_from(picture.len()).ok().filter(|length| *length > 0)?;
    let span = |offset| Span { offset, length, encoding: Encoding::Plain };
    let mut file = File::open(path).ok()?;
    if let Some(offset) = offset.filter(|offset| holds(&mut file, *offset, picture)) {
        return Some(span(offset));
    }
    let size = file.metadata().ok()?.len();
    let mut parts = vec![0];
    if size > SEARCHED {
        parts.push((size - SEARCHED).max(SEARCHED));
    }
    for begin in parts {
        let part = read(&mut file, begin, SEARCHED)?;
        let needle = picture.get(..NEEDLE.min(picture.len()))?;
        for at in memmem::find_iter(&part, needle).filter_map(|at| u64::try_from(at).ok()) {
            if holds(&mut file, begin + at, picture) {
                return Some(span(begin + at));
            }
        }
    }
    None
}

fn holds(file: &mut File, offset: u64, bytes: &[u8]) -> bool {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    read(file, offset, length).is_some_and(|found| found == bytes)
}

fn read(file: &mut File, offset: u64, length: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(offset)).ok()?;
    file.take(length).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

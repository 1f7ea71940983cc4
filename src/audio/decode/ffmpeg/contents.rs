//! What a media file has besides its sound: tags, chapters, and where its pictures lie.

use std::path::Path;

use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{Packet, Rational, media};

use super::raw::{self, Attached, Tagged};
use super::{quiet, scale};
use crate::audio::decode::contents::{self, MAX_CHAPTERS, MAX_PICTURES, MAX_TAGS};
use crate::talk::{MediaChapter, MediaContents};
use crate::time::MediaTime;
use crate::within::{Encoding, Span};

/// A picture belongs to the chapter that begins this close to it.
const NEAR: MediaTime = MediaTime::from_millis(500);

/// So much is read at most for pictures of which the headers do not tell.
const MAX_READ: usize = 4 << 20;
/// And so many packets: three quarters of a minute of sound.
const MAX_PACKETS: usize = 2_000;

/// Reads headers only, and the first packets where the headers do not say which streams there are; nothing but that it is
/// unreadable where FFmpeg does not know the file.
pub(in crate::audio::decode) fn contents(path: &Path) -> MediaContents {
    quiet();
    let Ok(mut input) = raw::open_headers(path) else {
        let why = "it is damaged, or no video file".to_owned();
        return MediaContents { unreadable: Some(why), ..MediaContents::default() };
    };
    if raw::streams_come_later(&input) {
        await_pictures(&mut input);
    }
    let mut chapters = chapters(&input);
    illustrate(&mut chapters, &input);
    let attached: Vec<Attached> =
        covers(&input).take(MAX_PICTURES).filter_map(|stream| raw::attached(&input, stream)).collect();
    let pictures = spans(path, attached);
    MediaContents { chapters, pictures, tags: tags(&input), moves: moves(&input), unreadable: None }
}

/// How long the pictures of a file last, as it says; looks at its first packets.
pub(in crate::audio::decode) fn film_length(path: &Path) -> Option<MediaTime> {
    quiet();
    let input = raw::open_input(path).ok().filter(moves)?;
    let micros = Some(input.duration()).filter(|micros| *micros > 0)?;
    Some(MediaTime::from_nanos(micros.saturating_mul(1_000)))
}

fn tags(input: &Input) -> Vec<(String, String)> {
    let mut tags = raw::tags(input, &Tagged::File, MAX_TAGS);
    // Ogg has them in the stream of the sound.
    if let Some(sound) = input.streams().best(media::Type::Audio) {
        tags.extend(raw::tags(input, &Tagged::Stream(sound.index()), MAX_TAGS));
    }
    tags
}

fn chapters(input: &Input) -> Vec<MediaChapter> {
    let chapter = |(at, chapter): (usize, ffmpeg_next::Chapter<'_>)| {
        let title = raw::tags(input, &Tagged::Chapter(at), MAX_TAGS).into_iter().find(|(name, _)| name == "title");
        let start = time(chapter.start(), chapter.time_base());
        MediaChapter { start, title: title.map(|(_, title)| title).unwrap_or_default(), picture: None }
    };
    contents::in_order(input.chapters().enumerate().take(MAX_CHAPTERS).map(chapter).collect())
}

/// The pictures of chapters, which MP4 keeps in a track of their own.
fn illustrate(chapters: &mut [MediaChapter], input: &Input) {
    let timed = input.streams().find(|stream| stream.disposition().bits() & TIMED_THUMBNAILS != 0);
    let Some(stream) = timed else { return };
    for (stamp, offset, length) in raw::index(input, stream.index(), MAX_CHAPTERS) {
        let at = time(stamp, stream.time_base());
        let next = chapters.partition_point(|chapter| chapter.start < at - NEAR);
        if let Some(chapter) = chapters.get_mut(next).filter(|chapter| chapter.start <= at + NEAR) {
            chapter.picture = Some(Span { offset, length, encoding: Encoding::Plain });
        }
    }
}

/// Reads packets until one is of moving pictures: FLV and MPEG tell of a stream by its first packet.
fn await_pictures(input: &mut Input) {
    let (mut packet, mut read) = (Packet::empty(), 0);
    for _ in 0..MAX_PACKETS {
        if moves(input) || read > MAX_READ || packet.read(input).is_err() {
            return;
        }
        read += packet.size();
    }
}

/// Whether there are pictures that are no cover.
fn moves(input: &Input) -> bool {
    let still = |found: Disposition| found.contains(Disposition::ATTACHED_PIC) || found.bits() & TIMED_THUMBNAILS != 0;
    input.streams().any(|stream| stream.parameters().medium() == media::Type::Video && !still(stream.disposition()))
}

/// The streams that are a picture of the whole.
fn covers(input: &Input) -> impl Iterator<Item = usize> {
    let is_cover =
        |found: Disposition| found.contains(Disposition::ATTACHED_PIC) && found.bits() & TIMED_THUMBNAILS == 0;
    input.streams().filter(move |stream| is_cover(stream.disposition())).map(|stream| stream.index())
}

/// `AV_DISPOSITION_TIMED_THUMBNAILS`, for which ffmpeg-next has no name.
const TIMED_THUMBNAILS: i32 = 0x0800;

fn spans(path: &Path, attached: Vec<Attached>) -> Vec<Span> {
    attached.into_iter().filter_map(|picture| contents::place_of(path, &picture.bytes, picture.offset)).collect()
}

/// A time in units of a time base.
fn time(ticks: i64, base: Rational) -> MediaTime {
    let (numer, denom) = (u64::try_from(base.numerator()).unwrap_or(0), u64::try_from(base.denominator()).unwrap_or(1));
    MediaTime::from_nanos(scale(ticks, numer.saturating_mul(1_000_000_000), denom))
}

//! Tags, chapters and pictures of media files.

use super::super::contents::{in_order, of, place_of};
use super::{Studio, write};
use crate::talk::{MediaChapter, MediaContents};
use crate::testing::talks::jpeg;
use crate::time::MediaTime;
use crate::within::Encoding;

const METADATA: &str = ";FFMETADATA1\ntitle=Deep sets\nartist=A. Author\nalbum=ICLR 2020\ndate=2020-04-26\n\
    [CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=Introduction\n\
    [CHAPTER]\nTIMEBASE=1/1000\nSTART=1500\nEND=4000\ntitle=Größe & Maß\n";

fn told(contents: &MediaContents) -> Vec<(i64, &str)> {
    contents.chapters.iter().map(|chapter| (chapter.start.millis(), chapter.title.as_str())).collect()
}

fn tag<'a>(contents: &'a MediaContents, name: &str) -> Option<&'a str> {
    contents.tags.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn studio() -> Studio {
    let studio = Studio::new(4);
    write(&studio.path("about.txt"), METADATA.as_bytes());
    write(&studio.path("cover.jpg"), &jpeg(64, 48, [200, 10, 10]));
    studio
}

#[test]
fn chapters_and_tags_are_read_from_every_container() {
    let studio = studio();
    let mut kinds = vec!["-c:a libmp3lame tagged.mp3"];
    if cfg!(feature = "ffmpeg") {
        kinds.extend(["-c:a aac tagged.m4a", "-c:a libopus tagged.mka", "-c:a libvorbis tagged.webm"]);
    }
    for kind in kinds {
        studio.ffmpeg(&format!("-i mono.wav -i about.txt -map_metadata 1 {kind}"));
        let name = kind.split_whitespace().last().unwrap_or_default();
        let contents = of(&studio.path(name));
        assert_eq!(told(&contents), [(0, "Introduction"), (1_500, "Größe & Maß")], "{name}");
        assert_eq!(
            (tag(&contents, "title"), tag(&contents, "artist")),
            (Some("Deep sets"), Some("A. Author")),
            "{name}"
        );
    }
    assert_eq!(of(&studio.path("mono.wav")).chapters, []);
    let gone = of(&studio.path("gone.mp3"));
    assert!(gone.unreadable.is_some());
    assert_eq!(MediaContents { unreadable: None, ..gone }, MediaContents::default());
}

#[test]
fn a_cover_is_found_where_it_lies() {
    let studio = studio();
    let cover = std::fs::read(studio.path("cover.jpg")).expect("was written");
    let mut kinds = vec!["-c:a libmp3lame covered.mp3", "-c:a flac covered.flac"];
    if cfg!(feature = "ffmpeg") {
        kinds.push("-c:a aac covered.m4a");
    }
    for kind in kinds {
        studio.ffmpeg(&format!("-i mono.wav -i cover.jpg -map 0 -map 1 -c:v copy -disposition:v attached_pic {kind}"));
        let path = studio.path(kind.split_whitespace().last().unwrap_or_default());
        let contents = of(&path);
        let [span] = contents.pictures[..] else { panic!("{kind}: {:?}", contents.pictures) };
        let file = std::fs::read(&path).expect("ffmpeg made it");
        let (from, length) = (span.offset as usize, span.length as usize);
        assert_eq!(span.encoding, Encoding::Plain);
        assert!(file[from..from + length] == cover[..], "{kind}");
    }
}

/// An ID3 tag with two chapters, each with a title and a picture (id3.org, ID3v2 Chapter Frame Addendum).
fn tagged_mp3(mp3: &[u8], pictures: [&[u8]; 2]) -> Vec<u8> {
    let frame = |id: &[u8; 4], body: &[u8]| {
        let size = u32::try_from(body.len()).expect("a small frame").to_be_bytes();
        [&id[..], &size, &[0, 0], body].concat()
    };
    let chapter = |name: &str, start: u32, end: u32, title: &str, picture: &[u8]| {
        let times = [start.to_be_bytes(), end.to_be_bytes(), [0xFF; 4], [0xFF; 4]].concat();
        let title = frame(b"TIT2", &[b"\x03", title.as_bytes()].concat());
        let picture = frame(b"APIC", &[b"\x00image/jpeg\0\x03\0", picture].concat());
        frame(b"CHAP", &[name.as_bytes(), b"\0", &times, &title, &picture].concat())
    };
    let body = [
        frame(b"CTOC", b"toc\0\x03\x02a\0b\0"),
        chapter("a", 0, 2_000, "First", pictures[0]),
        chapter("b", 2_000, 4_000, "Second", pictures[1]),
    ]
    .concat();
    let size = body.len();
    let safe = [size >> 21, size >> 14, size >> 7, size].map(|part| (part & 0x7F) as u8);
    [b"ID3\x03\0\0", &safe[..], &body, mp3].concat()
}

#[test]
fn chapters_of_an_mp3_have_pictures_of_their_own() {
    let studio = studio();
    studio.ffmpeg("-i mono.wav -id3v2_version 0 bare.mp3");
    let bare = std::fs::read(studio.path("bare.mp3")).expect("ffmpeg made it");
    let pictures = [jpeg(64, 36, [9, 99, 9]), jpeg(64, 36, [9, 9, 99])];
    let path = studio.path("pictured.mp3");
    write(&path, &tagged_mp3(&bare, [&pictures[0], &pictures[1]]));
    let contents = of(&path);
    assert_eq!(told(&contents), [(0, "First"), (2_000, "Second")]);
    let file = std::fs::read(&path).expect("was written");
    for (chapter, picture) in contents.chapters.iter().zip(&pictures) {
        let span = chapter.picture.expect("has a picture");
        assert!(file[span.offset as usize..][..span.length as usize] == picture[..]);
    }
}

#[test]
fn a_picture_is_placed_only_where_its_bytes_are() {
    let studio = Studio::new(1);
    let path = studio.path("file");
    write(&path, b"....PICTURE....");
    let place = |offset| place_of(&path, b"PICTURE", offset).map(|span| span.offset);
    assert_eq!(
        (place(None), place(Some(4)), place(Some(5)), place(Some(u64::MAX))),
        (Some(4), Some(4), Some(4), Some(4))
    );
    assert_eq!((place_of(&path, b"OTHER", None), place_of(&path, b"", None)), (None, None));
}

#[test]
fn chapters_are_in_order_and_none_is_before_the_beginning() {
    let chapter = |secs| MediaChapter { start: MediaTime::from_secs(secs), ..MediaChapter::default() };
    let starts: Vec<i64> =
        in_order(vec![chapter(9), chapter(-5), chapter(3)]).iter().map(|c| c.start.millis()).collect();
    assert_eq!(starts, [0, 3_000, 9_000]);
}

#[cfg(feature = "ffmpeg")]
#[test]
fn damaged_files_have_contents_or_none() {
    let studio = studio();
    studio.ffmpeg("-i mono.wav -i about.txt -i cover.jpg -map 0 -map 2 -map_metadata 1 -c:v copy -disposition:v attached_pic -c:a aac whole.m4a");
    let whole = std::fs::read(studio.path("whole.m4a")).expect("ffmpeg made it");
    let mut dice = crate::testing::mutate::Prng::new(77);
    let mut kept = 0;
    for _ in 0..300 {
        write(&studio.path("damaged.m4a"), &crate::testing::mutate::mutate(&whole, &mut dice));
        kept += usize::from(!of(&studio.path("damaged.m4a")).tags.is_empty());
    }
    assert!(kept > 30, "{kept}");
}

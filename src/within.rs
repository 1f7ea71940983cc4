//! Pictures that lie inside other files: in a page saved as one file, in a sound, in a document of pages.
//!
//! Such a picture has a path below that file, where no file can be: `talk.mhtml/3@1200+5000.jpg` is the third, 5000 bytes
//! from byte 1200 on, `~` in the place of `+` where they are written in base64; `slides.pdf/page-3.pdf` is a page. So
//! whoever holds the path of a picture need not know about it, and whoever reads one asks [`read`].
//!
//! `clip.mp4/still-5000-3000.film` is a picture of the three seconds of a film from its fifth on, which has to be made of it.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::time::MediaTime;

/// Where in a file a picture lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub offset: u64,
    /// Bytes in the file.
    pub length: u64,
    /// How they are written.
    pub encoding: Encoding,
}

/// How a picture is written inside a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// In base64, in lines.
    Base64,
}

/// Base64 as mail programs write it: lines may end anywhere, and the padding may be missing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The path of a picture inside `file`: its number, counted from one, for people; `ending` as files of its format have.
pub fn path(file: &Path, number: usize, span: Span, ending: &str) -> PathBuf {
    let mark = match span.encoding {
        Encoding::Plain => '+',
        Encoding::Base64 => '~',
    };
    file.join(format!("{number}@{}{mark}{}.{ending}", span.offset, span.length))
}

/// The path of a page, counted from one, of a document of pages.
pub fn page_path(file: &Path, page: usize) -> PathBuf {
    file.join(format!("page-{page}.pdf"))
}

/// The document and the page, counted from one, that a path stands for.
pub fn page(path: &Path) -> Option<(&Path, usize)> {
    let number = path.file_name()?.to_str()?.strip_prefix("page-")?.strip_suffix(".pdf")?;
    let file = path.parent()?;
    // A file of such a name in a folder is a document of its own.
    Some((file, number.parse().ok().filter(|page| *page > 0)?)).filter(|(file, _)| file.is_file())
}

/// A piece of a film, of which a picture stands for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Still {
    /// The moment of the film at which the piece begins.
    pub from: MediaTime,
    /// How long it lasts, where that is known.
    pub length: Option<MediaTime>,
}

/// The path of a picture of a piece of a film.
pub fn still_path(film: &Path, still: Still) -> PathBuf {
    let length = still.length.map_or(0, MediaTime::millis);
    film.join(format!("still-{}-{length}.film", still.from.millis()))
}

/// The film and its piece that a path stands for.
pub fn still(path: &Path) -> Option<(&Path, Still)> {
    let place = path.file_name()?.to_str()?.strip_prefix("still-")?.strip_suffix(".film")?;
    let (from, length) = place.split_once('-')?;
    let millis = |text: &str| text.parse::<u32>().ok().map(|millis| MediaTime::from_millis(millis.into()));
    let length = millis(length)?;
    let still = Still { from: millis(from)?, length: (length > MediaTime::ZERO).then_some(length) };
    Some((path.parent()?, still))
}

/// The file on the disk that a picture lies in; for nearly all, the picture's own. Looks at the disk.
pub fn file(path: &Path) -> &Path {
    match path.parent() {
        Some(outer) if outer.is_file() => outer,
        _ => path,
    }
}

/// The bytes of a picture, `most` of them and one more at most; of a page, those of its whole document.
///
/// # Errors
/// Those of the file; [`io::ErrorKind::InvalidInput`] where it is a folder, a pipe or a device, which would have to be
/// waited for; [`io::ErrorKind::InvalidData`] where what is written in base64 is not.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let outer = file(path);
    if outer == path {
        return read_span(path, None, most);
    }
    if page(path).is_some() {
        return read_span(outer, None, most);
    }
    match path.file_name().and_then(|name| span_of(name.to_str()?)) {
        Some(span) => read_span(outer, Some(span), most),
        None => Err(io::ErrorKind::NotFound.into()),
    }
}

/// `3@1200+5000.jpg`.
fn span_of(name: &str) -> Option<Span> {
    let (_, place) = name.split_once('@')?;
    let (place, _) = place.rsplit_once('.')?;
    let (at, encoding) = match place.find(['+', '~'])? {
        at if place.as_bytes().get(at) == Some(&b'+') => (at, Encoding::Plain),
        at => (at, Encoding::Base64),
    };
    Some(Span { offset: place.get(..at)?.parse().ok()?, length: place.get(at + 1..)?.parse().ok()?, encoding })
}

fn read_span(path: &Path, span: Option<Span>, most: u64) -> io::Result<Vec<u8>> {
    // Asked before it is opened: opening a pipe would wait for somebody to write into it.
    let metadata = path.metadata()?;
    if !metadata.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut file = File::open(path)?;
    let (length, encoding) = span.map_or((metadata.len(), Encoding::Plain), |span| (span.length, span.encoding));
    file.seek(SeekFrom::Start(span.map_or(0, |span| span.offset)))?;
    // Four letters are three bytes, and lines end.
    let limit = if encoding == Encoding::Base64 { most.saturating_mul(2) } else { most };
    // One more than allowed tells what is too large; of a whole file, one that has grown since.
    let wanted = if span.is_some() { length.min(limit.saturating_add(1)) } else { limit.saturating_add(1) };
    let mut bytes = Vec::new();
    bytes.reserve_exact(usize::try_from(wanted.min(metadata.len()).saturating_add(1)).unwrap_or(0));
    file.take(wanted).read_to_end(&mut bytes)?;
    if encoding == Encoding::Base64 {
        bytes.retain(|byte| !byte.is_ascii_whitespace());
        bytes = BASE64.decode(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::put;

    #[test]
    fn a_picture_is_read_out_of_its_file() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("talk.mhtml");
        put(&file, b"head:PICTURE:aGVs\r\nbG8=\r\n:tail");
        let plain = path(&file, 1, Span { offset: 5, length: 7, encoding: Encoding::Plain }, "jpg");
        assert_eq!(plain, file.join("1@5+7.jpg"));
        assert_eq!(read(&plain, 100).expect("is there"), b"PICTURE");
        assert_eq!(read(&plain, 3).expect("is there"), b"PICT");
        let coded = path(&file, 2, Span { offset: 13, length: 12, encoding: Encoding::Base64 }, "png");
        assert_eq!(read(&coded, 100).expect("is there"), b"hello");
        assert_eq!(read(&file, 100).expect("is there").len(), 30);
        assert_eq!((super::file(&coded), super::file(&file)), (file.as_path(), file.as_path()));
        assert_eq!(page(&page_path(&file, 3)), Some((file.as_path(), 3)));
        assert_eq!(read(&page_path(&file, 3), 100).expect("is there").len(), 30);
    }

    #[test]
    fn a_piece_of_a_film_is_known_by_its_path() {
        let film = Path::new("/talk/clips/2.mp4");
        for length in [None, Some(MediaTime::from_secs(3))] {
            let piece = Still { from: MediaTime::from_millis(5_040), length };
            assert_eq!(still(&still_path(film, piece)), Some((film, piece)));
        }
        for name in ["still-1.film", "still--1-2.film", "still-1-2.png", "1@2+3.film"] {
            assert_eq!(still(&film.join(name)), None, "{name}");
        }
    }

    #[test]
    fn nothing_else_is_read() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("a.mp3");
        put(&file, b"abc");
        for name in ["1@9+9.jpg", "1@0+99999999999.jpg"] {
            assert!(read(&file.join(name), 100).expect("is short").len() <= 3, "{name}");
        }
        let kind = |path: &Path| read(path, 100).expect_err("is none").kind();
        for name in ["x.jpg", "1@a+2.jpg", "1@-1+2.jpg", "1@1+2", "@.jpg", "page-0.pdf"] {
            assert_eq!(kind(&file.join(name)), io::ErrorKind::NotFound, "{name}");
        }
        assert_eq!(kind(&file.join("1@0~3.jpg/x")), io::ErrorKind::NotADirectory);
        assert_eq!(kind(dir.path()), io::ErrorKind::InvalidInput);
        assert_eq!(page(&dir.path().join("page-3.pdf")), None);
    }
}

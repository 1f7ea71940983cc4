//! Slides saved as one web page: `*.mhtml`, as yt-dlp writes them of Mediasite and Panopto. The pictures stay in the file and
//! are read out of it; the times stand in the page, else in the headers of the pictures.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};

use super::assemble::{Draft, assemble};
use super::{Found, Layout, MAX_SLIDES};
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::{Metadata, metadata, names, recognise};
use crate::time::MediaTime;
use crate::within::{self, Encoding, Span};

/// Most pages that are opened.
const MAX_PAGES: usize = 4;
/// Longest line of a header, and most of them.
const MAX_LINE: u64 = 8 << 10;
const MAX_HEADERS: usize = 100;
/// Most bytes of the page itself, without the pictures.
const MAX_HTML: u64 = 8 << 20;

/// Most parts of a file that are read as the page.
const MAX_READ: usize = 16;

/// The family.
pub(crate) struct Mhtml;

impl Layout for Mhtml {
    fn recognises(&self, folder: &Folder) -> bool {
        folder.top().any(|file| is_page(&file.name))
            && (folder.is_partial() || recognise::recordings(folder).len() <= 1)
    }

    fn is_document(&self, name: &str) -> bool {
        is_page(name)
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        for file in pages(folder).into_iter().take(MAX_PAGES) {
            let page = match parse(folder, file) {
                Ok(page) => page,
                Err(error) => {
                    let message = format!("The saved page cannot be read ({error})");
                    issues.push(Issue::about(IssueKind::TimingUnreadable, &message, &file.path));
                    continue;
                }
            };
            if page.pictures.is_empty() {
                let message = "There are no pictures in the saved page";
                issues.push(Issue::about(IssueKind::TimingUnreadable, message, &file.path));
                continue;
            }
            // Any page may be saved with its pictures.
            if page.starts.is_empty() && page.lengths.is_empty() {
                continue;
            }
            // A description has all letters of the title.
            let described = metadata::of_folder(folder, Some(names::family_stem(&file.name))).title;
            let metadata = Metadata {
                title: described.or_else(|| page.title.as_deref().and_then(metadata::line)),
                link: page.origin.as_deref().and_then(metadata::link),
                ..Metadata::default()
            };
            let slides = assemble(drafts(&page, file, pictures), &file.name, issues);
            if page.cut {
                let message = "The saved page breaks off, the slides after that are missing";
                issues.push(Issue::about(IssueKind::TimingUnreadable, message, &file.path));
            }
            return Some(Found { metadata, slides, ..Found::default() });
        }
        None
    }
}

/// Whether a name is that of a saved page.
fn is_page(name: &str) -> bool {
    matches!(names::split(name).1.as_str(), "mhtml" | "mht")
}

/// Whether a saved page is one of chapters, which some sites have besides that of slides: `Title [id].chapter.mhtml`.
pub(crate) fn is_of_chapters(name: &str) -> bool {
    let stem = names::split(name).0.to_lowercase();
    stem.rsplit('.').next().is_some_and(|word| !word.contains(' ') && word.contains("chapter"))
}

/// The one that the viewer has opened, then slides before chapters.
fn pages(folder: &Folder) -> Vec<&Entry> {
    let mut pages: Vec<&Entry> = folder.top().filter(|file| is_page(&file.name)).collect();
    pages.sort_by_key(|file| (!folder.is_chosen(file), is_of_chapters(&file.name)));
    pages
}

/// A picture of the page.
struct Part {
    /// Which slide it is, counted from zero.
    slide: usize,
    span: Span,
    ending: &'static str,
}

/// What was found in the file.
#[derive(Default)]
struct Page {
    pictures: Vec<Part>,
    /// When each slide appears, as the page says.
    starts: HashMap<usize, MediaTime>,
    /// How long each is shown, as the headers say.
    lengths: HashMap<usize, MediaTime>,
    origin: Option<String>,
    title: Option<String>,
    /// Parts that have been read in search of the times.
    read: usize,
    cut: bool,
}

fn drafts(page: &Page, file: &Entry, pictures: &mut Pictures<'_>) -> Vec<Draft> {
    let count = page.pictures.iter().map(|part| part.slide + 1).chain(page.starts.keys().map(|slide| slide + 1)).max();
    let by_slide: HashMap<usize, &Part> = page.pictures.iter().map(|part| (part.slide, part)).collect();
    let mut summed = MediaTime::ZERO;
    (0..count.unwrap_or(0).min(MAX_SLIDES))
        .map(|slide| {
            let start = page.starts.get(&slide).copied().unwrap_or(summed);
            summed = start + page.lengths.get(&slide).copied().unwrap_or_default();
            let pick = by_slide.get(&slide).map_or(Pick::Missing, |part| {
                pictures.inspect(&within::path(&file.path, slide + 1, part.span, part.ending))
            });
            Draft { start: Some(start), name: (slide + 1).to_string(), pick, ..Draft::default() }
        })
        .collect()
}

/// The header of the file or of a part, in lower case, and its values.
type Headers = HashMap<String, String>;

fn parse(folder: &Folder, file: &Entry) -> io::Result<Page> {
    let mut reader = BufReader::new(folder.open(&file.path)?);
    let mut page = Page::default();
    let Some(head) = headers(&mut reader)? else { return Ok(page) };
    let Some(boundary) = head.get("content-type").and_then(|kind| boundary(kind)) else { return Ok(page) };
    page.title = head.get("subject").map(|subject| words(subject));
    page.origin = head.get("x.yt-dlp.origin").or(head.get("snapshot-content-location")).cloned();
    let mark = format!("--{boundary}").into_bytes();
    while skip_to(&mut reader, &mark)? {
        if page.pictures.len() >= MAX_SLIDES {
            break;
        }
        match headers(&mut reader)? {
            Some(head) => part(&mut reader, &head, &mark, &mut page)?,
            None => break,
        }
    }
    page.cut = !ended(&mut reader, &mark)?;
    Ok(page)
}

/// Lines up to the next empty one; `None` at the end of the file.
fn headers(reader: &mut BufReader<std::fs::File>) -> io::Result<Option<Headers>> {
    let (mut found, mut last) = (Headers::new(), String::new());
    for _ in 0..MAX_HEADERS {
        let mut line = Vec::new();
        if reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        if line.is_empty() {
            return Ok(Some(found));
        }
        if line.starts_with([' ', '\t']) {
            if let Some(value) = found.get_mut(&last) {
                value.push_str(&line);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            last = name.trim().to_ascii_lowercase();
            found.insert(last.clone(), value.trim().to_owned());
        }
    }
    Ok(None)
}

/// `multipart/related; boundary="x"; type="text/html"` has x.
fn boundary(kind: &str) -> Option<String> {
    let (_, rest) = kind.split_once("boundary=")?;
    let quoted = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
    let boundary = quoted.or_else(|| rest.split([';', ' ']).next())?;
    (!boundary.is_empty() && boundary.len() <= 100).then(|| boundary.to_owned())
}

/// A line of a header, of which parts may be written in other letters: `=?utf-8?Q?Caf=C3=A9?=`.
fn words(line: &str) -> String {
    let (mut out, mut rest, mut after_word) = (String::new(), line, false);
    while let Some((before, word)) = rest.split_once("=?") {
        let coded = word.splitn(3, '?').collect::<Vec<_>>();
        let decoded = match coded.as_slice() {
            [_, kind, more] => more.split_once("?=").and_then(|(text, after)| Some((decoded(kind, text)?, after))),
            _ => None,
        };
        // White space between two such parts is none of the text.
        if !(after_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        after_word = decoded.is_some();
        (out, rest) = match decoded {
            Some((text, after)) => (out + &text, after),
            None => (out + "=?", word),
        };
    }
    out + rest
}

/// Text in base 64, or with `=C3=A9` for what is no plain letter; taken for UTF-8.
fn decoded(kind: &str, text: &str) -> Option<String> {
    use base64::Engine as _;
    if kind.eq_ignore_ascii_case("b") {
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
        return Some(String::from_utf8_lossy(&bytes).into_owned());
    }
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, more @ ..] = rest {
        rest = more;
        match first {
            b'_' => bytes.push(b' '),
            b'=' => {
                let code = more.get(..2).and_then(|two| std::str::from_utf8(two).ok())?;
                bytes.push(u8::from_str_radix(code, 16).ok()?);
                rest = more.get(2..)?;
            }
            other => bytes.push(*other),
        }
    }
    kind.eq_ignore_ascii_case("q").then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads on behind the next line that begins a part; false at the last one, and at the end of the file.
fn skip_to(reader: &mut BufReader<std::fs::File>, mark: &[u8]) -> io::Result<bool> {
    loop {
        let mut line = Vec::new();
        if reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(false);
        }
        if let Some(rest) = line.strip_prefix(mark) {
            return Ok(!rest.starts_with(b"--"));
        }
    }
}

fn part(reader: &mut BufReader<std::fs::File>, head: &Headers, mark: &[u8], page: &mut Page) -> io::Result<()> {
    let kind = head.get("content-type").map(String::as_str).unwrap_or_default();
    let length = head.get("content-length").and_then(|length| length.parse::<u64>().ok());
    let offset = reader.stream_position()?;
    let ending = match kind.split(';').next().unwrap_or_default().trim() {
        // Not more: a file may be made of nothing else.
        "text/html" if page.starts.is_empty() && page.read < MAX_READ => {
            page.read += 1;
            let mut html = Vec::new();
            reader.by_ref().take(length.unwrap_or(MAX_HTML).min(MAX_HTML)).read_to_end(&mut html)?;
            let html = String::from_utf8_lossy(&html);
            page.starts = captions(&html);
            page.title =
                page.title.take().filter(|title| !title.trim().is_empty()).or_else(|| metadata::title_of_page(&html));
            reader.seek(SeekFrom::Start(length.map_or(offset, |length| offset.saturating_add(length))))?;
            return Ok(());
        }
        "image/jpeg" | "image/jpg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "image/svg+xml" => "svg",
        _ => return Ok(()),
    };
    let encoding = match head.get("content-transfer-encoding").map(|name| name.to_ascii_lowercase()).as_deref() {
        Some("base64") => Encoding::Base64,
        None | Some("binary" | "8bit" | "7bit") => Encoding::Plain,
        Some(_) => return Ok(()),
    };
    let next = page.pictures.last().map_or(0, |part| part.slide + 1);
    let slide = head.get("content-id").and_then(|id| number(id)).unwrap_or(next);
    let length = match length.filter(|_| encoding == Encoding::Plain) {
        Some(length) => length,
        None => measured(reader, mark)?,
    };
    reader.seek(SeekFrom::Start(offset.saturating_add(length)))?;
    let shown = head.get("x.yt-dlp.duration").and_then(|secs| secs.parse::<f64>().ok());
    if let Some(secs) = shown.filter(|secs| (0.0..1e7).contains(secs)) {
        page.lengths.insert(slide, MediaTime::from_secs_f64(secs));
    }
    if slide < MAX_SLIDES && length > 0 {
        page.pictures.push(Part { slide, span: Span { offset, length, encoding }, ending });
    }
    Ok(())
}

/// How many bytes there are before the next line that begins a part, without the end of the line before it.
fn measured(reader: &mut BufReader<std::fs::File>, mark: &[u8]) -> io::Result<u64> {
    let (mut length, mut ended) = (0_u64, 0);
    loop {
        let mut line = Vec::new();
        let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
        if read == 0 || line.starts_with(mark) {
            return Ok(length.saturating_sub(ended));
        }
        length += read as u64;
        ended = if line.ends_with(b"\r\n") { 2 } else { u64::from(line.ends_with(b"\n")) };
    }
}

/// Whether the last part was followed by the end of all.
fn ended(reader: &mut BufReader<std::fs::File>, mark: &[u8]) -> io::Result<bool> {
    let back = 4096.min(reader.get_ref().metadata()?.len());
    reader.seek(SeekFrom::End(-i64::try_from(back).unwrap_or(0)))?;
    let mut tail = Vec::new();
    reader.by_ref().take(4096).read_to_end(&mut tail)?;
    let last = [mark, b"--".as_slice()].concat();
    Ok(tail.windows(last.len()).any(|window| window == last))
}

/// `<12.boundary@host>` is 12.
fn number(id: &str) -> Option<usize> {
    id.trim_start_matches('<').split(['.', '@']).next()?.parse().ok()
}

/// `Slide #1: 00:00:00,000 – 00:00:04,500` for each slide.
fn captions(html: &str) -> HashMap<usize, MediaTime> {
    let mut starts = HashMap::new();
    for caption in html.split("Slide #").skip(1).take(MAX_SLIDES) {
        let Some((number, rest)) = caption.split_once(':') else { continue };
        let time = rest.trim_start().split(|c: char| !(c.is_ascii_digit() || ":,.".contains(c))).next().unwrap_or("");
        let slide = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let (Some(slide), Ok(start)) = (slide, MediaTime::parse(&time.replace(',', "."))) {
            starts.insert(slide, start);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::Talk;
    use crate::talk::open::open;
    use crate::talk::recognise::expand;
    use crate::testing::mutate::{Prng, mutate};
    use crate::testing::talks::{WavProbe, jpeg, put, wav};
    use base64::Engine as _;

    /// As yt-dlp writes it: slides of 4.5, 2.25 and 10 seconds, without those that could not be downloaded.
    fn page(missing: &[usize], coded: bool) -> Vec<u8> {
        let html = "<!DOCTYPE html><html><body><figure><figcaption>Slide #1: 00:00:00,000 – 00:00:04,500 (duration: 04.500)\
            </figcaption><img src=\"cid:0.b@x\"></figure><figure><figcaption>Slide #2: 00:00:04,500 – 00:00:06,750</figcaption>\
            </figure><figure><figcaption>Slide #3: 00:00:06,750 – 00:00:16,750</figcaption></figure>";
        let mut bytes = format!(
            "MIME-Version: 1.0\r\nSubject: =?utf-8?Q?T?=\r\nContent-type: multipart/related; boundary=\"b\"; type=\"text/html\"\r\n\
             X.yt-dlp.Origin: https://mediasite.example/Play/1\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\
             Content-Length: {}\r\n\r\n{html}\r\n",
            html.len()
        )
        .into_bytes();
        for (slide, length) in [4.5, 2.25, 10.0].into_iter().enumerate().filter(|(slide, _)| !missing.contains(slide)) {
            let picture = jpeg(64, 36, [40 * (u8::try_from(slide).unwrap_or(0) + 1); 3]);
            let mut head = format!(
                "--b\r\nContent-ID: <{slide}.b@yt-dlp>\r\nContent-type: image/jpeg\r\nX.yt-dlp.Duration: {length:.6}\r\n"
            );
            let body = if coded {
                head.push_str("Content-Transfer-Encoding: base64\r\n");
                let text = base64::engine::general_purpose::STANDARD.encode(&picture);
                text.as_bytes().chunks(76).collect::<Vec<_>>().join(&b"\r\n"[..])
            } else {
                head.push_str(&format!("Content-length: {}\r\n", picture.len()));
                picture
            };
            bytes.extend([head.as_bytes(), b"\r\n", &body, b"\r\n"].concat());
        }
        bytes.extend(b"--b--\r\n\r\n");
        bytes
    }

    fn opened(page: &[u8]) -> (tempfile::TempDir, Talk) {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("A lecture [12].mhtml"), page);
        put(&dir.path().join("A lecture [12].wav"), &wav(20.0));
        let talk = open(dir.path(), &WavProbe).expect("opens");
        (dir, talk)
    }

    fn starts(talk: &Talk) -> Vec<i64> {
        talk.slides.iter().map(|slide| slide.start.millis()).collect()
    }

    #[test]
    fn the_pictures_are_read_out_of_the_page() {
        for coded in [false, true] {
            let (dir, talk) = opened(&page(&[], coded));
            assert_eq!((starts(&talk), talk.issues.len()), (vec![0, 4_500, 6_750], 0), "{coded}: {:?}", talk.issues);
            for (slide, number) in talk.slides.iter().zip(1_u8..) {
                let image = slide.image.as_ref().expect("is there");
                let bytes = within::read(&talk.path(&image.file), 1 << 20).expect("is there");
                assert_eq!((bytes, image.width), (jpeg(64, 36, [40 * number; 3]), 64));
            }
            assert_eq!(talk.metadata.link.as_deref(), Some("https://mediasite.example/Play/1"));
            assert_eq!(
                starts(&open(&dir.path().join("A lecture [12].mhtml"), &WavProbe).expect("opens")),
                starts(&talk)
            );
        }
    }

    #[test]
    fn the_page_is_found_whatever_it_is_called_beside_the_only_film() {
        for name in ["Med [1].slides", "slides", "Med [1].fslides", "Med [1].fvideo1-slides", "Other name"] {
            let dir = tempfile::tempdir().expect("a folder");
            put(&dir.path().join("Med [1].wav"), &wav(20.0));
            put(&dir.path().join(format!("{name}.mhtml")), &page(&[], false));
            for path in [dir.path().to_owned(), dir.path().join(format!("{name}.mhtml"))] {
                let talk = open(&path, &WavProbe).expect("opens");
                assert_eq!((starts(&talk).len(), talk.audio.is_some()), (3, true), "{name}");
            }
            assert_eq!(expand(&[dir.path().to_owned()]), [dir.path()]);
        }
    }

    #[test]
    fn a_page_of_chapters_never_takes_the_place_of_that_of_the_slides() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        put(&at("Med [1].wav"), &wav(20.0));
        put(&at("Med [1].mhtml"), &page(&[], false));
        put(&at("Med [1].chapter.mhtml"), b"MIME-Version: 1.0\r\n");
        let talk = open(dir.path(), &WavProbe).expect("opens");
        assert_eq!((starts(&talk), talk.issues.len(), talk.audio.is_some()), (vec![0, 4_500, 6_750], 0, true));
        assert_eq!(expand(&[dir.path().to_owned()]), [dir.path()]);
        // Of several, each film has its own page.
        put(&at("Other [2].wav"), &wav(20.0));
        put(&at("Other [2].slides.mhtml"), &page(&[], false));
        let films = ["Med [1].wav", "Other [2].wav"].map(at);
        assert_eq!(expand(&[dir.path().to_owned()]), films);
        for film in films {
            assert_eq!(starts(&open(&film, &WavProbe).expect("opens")).len(), 3);
        }
        let talk = open(&at("Other [2].slides.mhtml"), &WavProbe).expect("opens");
        assert_eq!(talk.audio.map(|audio| audio.file), Some("Other [2].wav".into()));
    }

    #[test]
    fn a_page_says_what_the_talk_is_called() {
        let whole = String::from_utf8_lossy(&page(&[0, 1, 2], false)).into_owned();
        let subject = |subject: &str| whole.replace("=?utf-8?Q?T?=", subject);
        for (page, title) in [
            (subject("=?utf-8?Q?Caf=C3=A9_?= =?UTF-8?B?bm9pcg==?= at =? home"), "Café noir at =? home"),
            (subject("Plain: words"), "Plain: words"),
            (subject("").replace("<body>", "<head><title>Fish &amp; chips</title></head><body>"), "Fish & chips"),
            (subject("").replace("<body>", "<title> </title><body><h1>A <b>bold</b> head</h1>"), "A bold head"),
            (subject(""), "A lecture [12]"),
        ] {
            let picture = String::from_utf8_lossy(&whole_page()).into_owned();
            let parts = picture.split_once("--b\r\nContent-ID").map(|(_, parts)| parts).expect("has pictures");
            let head = page.trim_end().strip_suffix("--b--").expect("ends");
            let (_dir, talk) = opened(resized(&format!("{head}--b\r\nContent-ID{parts}")).as_bytes());
            assert_eq!((talk.title.as_str(), starts(&talk).len()), (title, 3));
        }
    }

    fn whole_page() -> Vec<u8> {
        page(&[], true)
    }

    #[test]
    fn a_description_says_it_better() {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("A lecture [12].mhtml"), &page(&[], false));
        put(&dir.path().join("A lecture [12].wav"), &wav(20.0));
        put(&dir.path().join("A lecture [12].info.json"), br#"{"title": "A lecture: why?"}"#);
        assert_eq!(open(dir.path(), &WavProbe).expect("opens").title, "A lecture: why?");
    }

    /// With the right length of what it shows.
    fn resized(page: &str) -> String {
        let (before, rest) = page.split_once("Content-Length: ").expect("has a length");
        let (_, html) = rest.split_once("\r\n\r\n").expect("has a page");
        let length = html.find("\r\n--b").expect("ends");
        format!("{before}Content-Length: {length}\r\n\r\n{html}")
    }

    #[test]
    fn a_page_without_times_is_any_page_with_its_pictures() {
        let bare = String::from_utf8_lossy(&page(&[], true)).replace("Slide #", "slide #").replace("X.yt-dlp.D", "X-D");
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("Med [1].wav"), &wav(20.0));
        put(&dir.path().join("Page of the talk.mhtml"), bare.as_bytes());
        let talk = open(dir.path(), &WavProbe).expect("opens");
        assert_eq!((talk.slides.len(), talk.audio.is_some(), talk.title.as_str()), (0, true, "Med [1]"));
    }

    #[test]
    fn a_slide_that_was_not_downloaded_moves_no_other() {
        let (_dir, talk) = opened(&page(&[1], false));
        assert_eq!(starts(&talk), [0, 4_500, 6_750]);
        assert_eq!(talk.issues[0].message, "A slide is missing: 2 at 0:04");
    }

    #[test]
    fn without_captions_the_lengths_add_up() {
        let mut bare = page(&[], false);
        while let Some(at) = bare.windows(7).position(|seven| seven == b"Slide #") {
            bare[at] = b's';
        }
        assert_eq!(starts(&opened(&bare).1), [0, 4_500, 6_750]);
    }

    #[test]
    fn a_page_that_breaks_off_shows_what_there_is() {
        let whole = page(&[], false);
        let (_dir, talk) = opened(&whole[..whole.len() - 400]);
        let kinds: Vec<_> = talk.issues.iter().map(|issue| issue.kind.name()).collect();
        assert_eq!((starts(&talk).len(), kinds.contains(&"timing-unreadable")), (3, true), "{:?}", talk.issues);
    }

    #[test]
    fn damaged_pages_open_or_are_explained() {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("a.wav"), &wav(20.0));
        let (whole, mut dice, mut seen) = (page(&[], false), Prng::new(11), 0);
        for _ in 0..1_000 {
            put(&dir.path().join("a.mhtml"), &mutate(&whole, &mut dice));
            let talk = open(dir.path(), &WavProbe).expect("there is always the sound");
            assert!(starts(&talk).is_sorted() && talk.slides.len() <= MAX_SLIDES && talk.issues.len() <= 12);
            seen += talk.slides.iter().filter(|slide| slide.image.is_some()).count();
        }
        assert!(seen > 1_000, "{seen}");
    }
}

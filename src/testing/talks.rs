//! Talk folders made for tests.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::talk::{AudioInfo, MediaProbe};
use crate::time::MediaTime;

/// How the pictures of a folder are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// `{time}-{name}-{size}.jpg`, since July 2020.
    TimeFirst,
    /// `{name}-{size}-{time}.jpg`, before.
    TimeLast,
    /// `None-{name}-{size}.jpg`, where the document has no `time`.
    NoneFirst,
    /// `nan-{name}-{size}.jpg`, likewise.
    NanFirst,
    /// `{time:08}-{name}-{size}.jpg`.
    Padded,
    /// `{name}-{size}.jpg`.
    Untimed,
}

/// What is written in place of a slide's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// No file.
    Missing,
    /// A file of no bytes.
    Empty,
    /// The server's refusal.
    ErrorPage,
    /// The picture, cut in half.
    Half,
}

/// The bytes that a server sends in place of a file.
pub const REFUSAL: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied\
    </Message><RequestId>0123456789ABCDEF</RequestId><HostId>hostid=</HostId></Error>";

#[derive(Debug, Clone)]
struct FakeSlide {
    millis: i64,
    name: String,
    broken: Option<Broken>,
}

/// Writes a talk folder in any of the layouts of slideslive-slides-dl.
///
/// Every picture has one colour, [`colour`] of its number, so that slides can be told apart in what is drawn.
#[derive(Debug, Clone)]
pub struct TalkBuilder {
    id: String,
    slug: String,
    naming: Naming,
    with_time: bool,
    with_xml: bool,
    with_concat: bool,
    sizes: Vec<(String, u32, u32)>,
    format: image::ImageFormat,
    pictures_in: String,
    slides: Vec<FakeSlide>,
    sound: Option<(String, f64)>,
}

impl TalkBuilder {
    /// A folder `{id}-{slug}` without slides and without sound; pictures named as today, `big`, 64 by 36.
    pub fn new(id: &str, slug: &str) -> Self {
        Self {
            id: id.to_owned(),
            slug: slug.to_owned(),
            naming: Naming::TimeFirst,
            with_time: true,
            with_xml: true,
            with_concat: true,
            sizes: vec![("big".to_owned(), 64, 36)],
            format: image::ImageFormat::Jpeg,
            pictures_in: String::new(),
            slides: Vec::new(),
            sound: None,
        }
    }

    /// Adds a slide. The order of the calls is that of the document.
    #[must_use]
    pub fn slide(mut self, millis: i64, name: &str) -> Self {
        self.slides.push(FakeSlide { millis, name: name.to_owned(), broken: None });
        self
    }

    /// Adds slides of these starts, named `0-0001` and so on.
    #[must_use]
    pub fn slides(mut self, millis: impl IntoIterator<Item = i64>) -> Self {
        for start in millis {
            let name = format!("0-{:04}", self.slides.len() + 1);
            self = self.slide(start, &name);
        }
        self
    }

    /// Spoils the picture of a slide, counted from zero.
    #[must_use]
    pub fn broken(mut self, slide: usize, how: Broken) -> Self {
        self.slides[slide].broken = Some(how);
        self
    }

    /// Names the pictures in another way.
    #[must_use]
    pub fn naming(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// Leaves `time` out of the document, as in the oldest ones.
    #[must_use]
    pub fn without_time(mut self) -> Self {
        self.with_time = false;
        self
    }

    /// Writes no `{id}.xml`.
    #[must_use]
    pub fn without_xml(mut self) -> Self {
        self.with_xml = false;
        self
    }

    /// Writes no `ffmpeg_concat.txt`, as when the download was interrupted.
    #[must_use]
    pub fn without_concat(mut self) -> Self {
        self.with_concat = false;
        self
    }

    /// The sizes of every picture: name, width, height. The concat list names the first.
    #[must_use]
    pub fn sizes(mut self, sizes: &[(&str, u32, u32)]) -> Self {
        self.sizes = sizes.iter().map(|(name, width, height)| ((*name).to_owned(), *width, *height)).collect();
        self
    }

    /// The format of the pictures, whose names end in `.jpg` all the same.
    #[must_use]
    pub fn format(mut self, format: image::ImageFormat) -> Self {
        self.format = format;
        self
    }

    /// Puts the pictures into a subfolder.
    #[must_use]
    pub fn pictures_in(mut self, folder: &str) -> Self {
        self.pictures_in = folder.to_owned();
        self
    }

    /// Adds a sound: a WAV file of this name and length, a soft tone at 8 kHz mono, silent after ten seconds.
    #[must_use]
    pub fn sound(mut self, name: &str, secs: f64) -> Self {
        self.sound = Some((name.to_owned(), secs));
        self
    }

    /// Writes the folder into `parent` and returns its path.
    pub fn write(&self, parent: &Path) -> PathBuf {
        let root = parent.join(format!("{}-{}", self.id, self.slug));
        fs::create_dir_all(&root).expect("the folder can be made");
        if self.with_xml {
            put(&root.join(format!("{}.xml", self.id)), self.xml().as_bytes());
        }
        if self.with_concat {
            put(&root.join("ffmpeg_concat.txt"), self.concat().as_bytes());
        }
        for (number, slide) in self.slides.iter().enumerate() {
            for (size, width, height) in &self.sizes {
                let picture = encode(*width, *height, colour(number), self.format);
                let bytes = match slide.broken {
                    None => picture.as_slice(),
                    Some(Broken::Half) => &picture[..picture.len() / 2],
                    Some(Broken::Empty) => &[],
                    Some(Broken::ErrorPage) => REFUSAL.as_bytes(),
                    Some(Broken::Missing) => continue,
                };
                put(&root.join(&self.pictures_in).join(self.file_name(slide, size)), bytes);
            }
        }
        if let Some((name, secs)) = &self.sound {
            let (path, frames) = (root.join(name), frames(*secs));
            put(&path, &wav_beginning(frames));
            let file = File::options().write(true).open(path).expect("the file can be opened");
            file.set_len(44 + u64::from(frames) * 2).expect("the file can grow");
        }
        root
    }

    /// The document with the times, as the server sends it.
    pub fn xml(&self) -> String {
        let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<videoContent>\n".to_owned();
        for (slide, order) in self.slides.iter().zip(1..) {
            let (millis, secs, name) = (slide.millis, slide.millis.div_euclid(1000), &slide.name);
            let time = if self.with_time { format!("\t\t<time>{millis}</time>\n") } else { String::new() };
            let name = name.replace('&', "&amp;").replace('<', "&lt;");
            xml += &format!("\t<slide>\n\t\t<orderId>{order}</orderId>\n\t\t<timeSec>{secs}</timeSec>\n{time}");
            xml += &format!("\t\t<slideName>{name}</slideName>\n\t</slide>\n");
        }
        xml + "</videoContent>\n"
    }

    /// The list for FFmpeg, as slideslive-slides-dl writes it.
    pub fn concat(&self) -> String {
        let mut list = String::new();
        let size = self.sizes.first().map_or("big", |(name, ..)| name.as_str());
        for (at, slide) in self.slides.iter().enumerate() {
            let file = self.file_name(slide, size);
            let until = self.slides.get(at + 1).map(|next| next.millis.div_euclid(1000));
            let secs = until.map_or(30, |until| until - slide.millis.div_euclid(1000));
            // Writing to a string cannot fail.
            write!(list, "file '{file}'\nduration {secs}\n").ok();
            if at + 1 == self.slides.len() {
                writeln!(list, "file '{file}'").ok();
            }
        }
        list
    }

    fn file_name(&self, slide: &FakeSlide, size: &str) -> String {
        let FakeSlide { millis, name, .. } = slide;
        match self.naming {
            Naming::TimeFirst => format!("{millis}-{name}-{size}.jpg"),
            Naming::TimeLast => format!("{name}-{size}-{millis}.jpg"),
            Naming::NoneFirst => format!("None-{name}-{size}.jpg"),
            Naming::NanFirst => format!("nan-{name}-{size}.jpg"),
            Naming::Padded => format!("{millis:08}-{name}-{size}.jpg"),
            Naming::Untimed => format!("{name}-{size}.jpg"),
        }
    }
}

/// The colour of the picture with this number, counted from zero; neighbours differ clearly.
pub fn colour(number: usize) -> [u8; 3] {
    let channel = |step: usize| u8::try_from(number * step % 200).unwrap_or(0) + 28;
    [channel(67), channel(113), channel(29)]
}

/// A JPEG of one colour.
pub fn jpeg(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    encode(width, height, colour, image::ImageFormat::Jpeg)
}

/// A picture of one colour.
pub fn encode(width: u32, height: u32, colour: [u8; 3], format: image::ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb(colour));
    picture.write_to(&mut out, format).expect("pictures of one colour can be encoded");
    out.into_inner()
}

const WAV_RATE: u32 = 8000;

/// After so many frames a made sound is silent, so that long ones take no room on disk.
const TONE_FRAMES: u32 = 10 * WAV_RATE;

/// A soft tone of 250 Hz as 16-bit mono WAV at 8 kHz, silent after ten seconds.
pub fn wav(secs: f64) -> Vec<u8> {
    let frames = frames(secs);
    let mut bytes = wav_beginning(frames);
    bytes.resize(44 + frames as usize * 2, 0);
    bytes
}

fn frames(secs: f64) -> u32 {
    let frames = MediaTime::from_secs_f64(secs).frames(WAV_RATE);
    u32::try_from(frames.clamp(0, 1_000_000_000)).unwrap_or(0)
}

/// The header of a sound of so many frames, and its tone.
fn wav_beginning(frames: u32) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(b"RIFF");
    out.extend((36 + frames * 2).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend(WAV_RATE.to_le_bytes());
    out.extend((WAV_RATE * 2).to_le_bytes());
    out.extend(b"\x02\0\x10\0data");
    out.extend((frames * 2).to_le_bytes());
    // A triangle: 32 frames up and down.
    let triangle = |frame: u32| (i16::try_from((frame % 32).abs_diff(16)).unwrap_or(0) - 8) * 200;
    (0..frames.min(TONE_FRAMES)).for_each(|frame| out.extend(triangle(frame).to_le_bytes()));
    out
}

/// The files below a folder with their lengths and the moments of their last change, in order.
pub fn listing(folder: &Path) -> Vec<(PathBuf, u64, Option<std::time::SystemTime>)> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(listing(&path));
        } else if let Ok(meta) = path.metadata() {
            found.push((path, meta.len(), meta.modified().ok()));
        }
    }
    found.sort();
    found
}

/// Writes a file, and the folders that it lies in.
pub fn put(path: &Path, bytes: &[u8]) {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).expect("the folder can be made");
    }
    let mut file = File::create(path).expect("the file can be made");
    file.write_all(bytes).expect("the file can be written");
}

/// Knows the WAV files that [`wav`] makes, and finds no sound in anything else.
#[derive(Debug, Clone, Copy, Default)]
pub struct WavProbe;

impl MediaProbe for WavProbe {
    fn probe(&self, file: &Path) -> Result<(AudioInfo, Option<MediaTime>), String> {
        let mut bytes = Vec::new();
        let opened = File::open(file).and_then(|file| file.take(44).read_to_end(&mut bytes));
        opened.map_err(|error| error.to_string())?;
        let word = |at: usize| bytes.get(at..)?.first_chunk().map(|word| u32::from_le_bytes(*word));
        if !bytes.starts_with(b"RIFF") || bytes.get(36..40) != Some(b"data") {
            return Err("it has no sound".to_owned());
        }
        let (rate, length) = (word(24).unwrap_or(WAV_RATE), word(40).unwrap_or(0));
        let info = AudioInfo { codec: "pcm_s16le".to_owned(), sample_rate: rate, channels: 1 };
        Ok((info, Some(MediaTime::from_frames(i64::from(length / 2), rate))))
    }
}

/// A PDF with pages of these sizes in points; page N has a red square of N eighths of the page's sides in its lower left corner.
pub fn pdf(pages: &[(u32, u32)]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let mut object = |out: &mut Vec<u8>, number: usize, text: &str| {
        places.push(out.len());
        out.extend(format!("{number} 0 obj\n{text}\nendobj\n").as_bytes());
    };
    let kids: Vec<String> = (0..pages.len()).map(|at| format!("{} 0 R", 3 + 2 * at)).collect();
    object(&mut out, 1, "<< /Type /Catalog /Pages 2 0 R >>");
    object(&mut out, 2, &format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()));
    for (at, (across, down)) in pages.iter().enumerate() {
        let (width, height) = (across * number_of(at) / 8, down * number_of(at) / 8);
        let drawn = format!("1 0 0 rg 0 0 {width} {height} re f");
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {across} {down}] /Contents {} 0 R /Resources << >> >>",
            4 + 2 * at
        );
        object(&mut out, 3 + 2 * at, &page);
        object(&mut out, 4 + 2 * at, &format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()));
    }
    let start = out.len();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        // Writing to a string cannot fail.
        writeln!(table, "{place:010} 00000 n ").ok();
    }
    out.extend(table.as_bytes());
    out.extend(
        format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", places.len() + 1).as_bytes(),
    );
    out
}

fn number_of(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(8).min(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_concat_list_is_that_of_the_tool() {
        let list = TalkBuilder::new("1", "x").slide(0, "0-0003").slide(467_200, "0-0004").concat();
        let expected = "file '0-0-0003-big.jpg'\nduration 467\nfile '467200-0-0004-big.jpg'\nduration 30\nfile '467200-0-0004-big.jpg'\n";
        assert_eq!(list, expected);
    }

    #[test]
    fn a_made_sound_has_the_length_that_was_asked_for() {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("a.wav"), &wav(1.5));
        let (info, length) = WavProbe.probe(&dir.path().join("a.wav")).expect("has sound");
        assert_eq!((info.sample_rate, info.channels), (8000, 1));
        assert_eq!(length, Some(MediaTime::from_millis(1500)));
        assert!(WavProbe.probe(&dir.path().join("b.wav")).is_err());
    }

    #[test]
    fn neighbouring_slides_have_colours_of_their_own() {
        for number in 0..50 {
            let (one, next) = (colour(number), colour(number + 1));
            let apart: u32 = one.iter().zip(next).map(|(a, b)| u32::from(a.abs_diff(b))).sum();
            assert!(apart > 60, "{number}");
        }
    }
}

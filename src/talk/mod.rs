//! What a talk is: plain data, immutable once opened.

mod chapters;
mod films;
mod folder;
pub mod identity;
pub mod issue;
pub mod layouts;
pub mod manifest;
mod media;
pub mod metadata;
pub(crate) mod names;
pub mod open;
pub mod pack;
pub(crate) mod picture;
pub mod pictures;
mod recognise;
pub mod report;
mod texts;
pub mod track;
pub mod transcript;
pub mod unpack;
mod walk;
pub mod words;

use std::path::{Path, PathBuf};

use crate::time::MediaTime;
use crate::within::{self, Span, Still};

pub use issue::{Issue, IssueKind};
pub use metadata::Metadata;
pub use track::{SlideIndex, SlideTrack};
pub use transcript::Transcript;
pub use walk::{Walk, Walked};

/// How long a last slide that appears after the end of the sound is shown.
pub const LAST_LOOK: MediaTime = MediaTime::from_secs(5);

/// One talk as found on disk. All file names in it are relative to `root`.
#[derive(Debug, Clone, PartialEq)]
pub struct Talk {
    /// What names this talk: the service's number where one is known, else the folder's or file's name.
    pub id: TalkId,
    /// What the viewer handed over: a folder or a media file.
    pub source: PathBuf,
    /// The folder that every file of the talk lies in; nothing outside it is ever read.
    pub root: PathBuf,
    /// For people: from the media file's name, else from the folder's.
    pub title: String,
    /// Slides in order of time, ties in the order of the document they came from.
    pub slides: SlideTrack,
    /// The sound, if there is any.
    pub audio: Option<MediaFile>,
    /// Who gave it, and what it is about, where a file tells.
    pub metadata: Metadata,
    /// A number made of what its sound, or its first picture, begins with; 0 where nothing was read.
    pub content: u64,
    /// What is said, where a file tells: of several files the one that suits most viewers.
    pub transcript: Transcript,
    /// The language of what is said, as its file says: `en`, `pt-BR`; empty where it is not known.
    pub language: String,
    /// The other texts that go along with the sound: other languages, what listeners wrote.
    pub tracks: Vec<TextTrack>,
    /// What moves besides the slides, with what it shows.
    pub videos: Vec<Video>,
    /// How long the film lasts that there is without any sound: see [`Self::duration_with`].
    pub silent: Option<MediaTime>,
    /// Nothing says when the slides appear: all begin at zero, in their order, and the viewer turns them.
    pub untimed: bool,
    /// Everything that is wrong with the talk, in words.
    pub issues: Vec<Issue>,
    /// What it is known by, where its slides have other times than in its files.
    pub known_as: Option<(TalkId, String)>,
}

impl Talk {
    /// How long the talk lasts as far as its files say: see [`Self::duration_with`].
    ///
    /// A sound whose file does not say its length has `None` in `audio.duration`; the player learns it by scanning.
    pub fn duration(&self) -> MediaTime {
        self.duration_with(self.audio.as_ref().and_then(|audio| audio.duration))
    }

    /// How long the talk lasts if its sound lasts `sound`: as long as that, but at least until its last slide has been
    /// seen for [`LAST_LOOK`]. Without a known sound, as long as its film, or until a little after the last slide begins.
    pub fn duration_with(&self, sound: Option<MediaTime>) -> MediaTime {
        match sound.or(self.silent) {
            None => self.slides.natural_end(),
            Some(sound) if self.last_slide_start() < sound => sound,
            Some(sound) => sound.max(self.last_slide_start() + LAST_LOOK),
        }
    }

    /// When the last slide appears; zero without slides.
    pub fn last_slide_start(&self) -> MediaTime {
        self.slides.last_start()
    }

    /// The same talk with its slides at other times; it is known by what it was known by.
    #[must_use]
    pub fn with_slides(&self, slides: SlideTrack) -> Self {
        let known_as = self.known_as.clone().unwrap_or_else(|| (self.key(), self.fingerprint()));
        let untimed = self.untimed && slides.placed() < slides.len();
        let mut issues = self.issues.clone();
        issues.retain(|issue| untimed || issue.kind != IssueKind::Untimed);
        Self { slides, untimed, issues, known_as: Some(known_as), ..self.clone() }
    }

    /// The same talk, read in another language: `de` is any German. What was read takes the place of the text that is read
    /// now, and nothing says any more from which file it came. `None` where the talk has nothing in this language.
    #[must_use]
    pub fn read_in(&self, language: &str) -> Option<Self> {
        let speech = || self.tracks.iter().enumerate().filter(|(_, track)| track.kind == TrackKind::Speech);
        let exactly = speech().find(|(_, track)| track.language == language);
        let near = || primary(&self.language) != primary(language);
        let (at, _) = exactly
            .or_else(|| speech().filter(|_| near()).find(|(_, track)| primary(&track.language) == primary(language)))?;
        let mut talk = self.clone();
        let track = talk.tracks.get_mut(at)?;
        std::mem::swap(&mut talk.transcript, &mut track.transcript);
        std::mem::swap(&mut talk.language, &mut track.language);
        track.file = PathBuf::new();
        Some(talk)
    }

    /// The languages in which it can be read, the present one first. One that is not known is empty.
    pub fn languages(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        if !self.transcript.is_empty() {
            all.push(&self.language);
        }
        let others = self.tracks.iter().filter(|track| track.kind == TrackKind::Speech).map(|track| &*track.language);
        for language in others {
            if !all.contains(&language) {
                all.push(language);
            }
        }
        all
    }

    /// The video that shows the speaker.
    pub fn speaker(&self) -> Option<&Video> {
        self.videos.iter().find(|video| video.role == VideoRole::Speaker)
    }

    /// The video that shows what was projected.
    pub fn screen(&self) -> Option<&Video> {
        self.videos.iter().find(|video| video.role == VideoRole::Screen)
    }

    /// The video that stands in the place of the slides.
    pub fn film(&self) -> Option<&Video> {
        self.videos.iter().find(|video| video.role == VideoRole::Film)
    }

    /// Whether any slide has something to see.
    pub fn is_pictured(&self) -> bool {
        self.slides.iter().any(|slide| slide.image.is_some() || slide.clip.is_some())
    }

    /// Absolute path of the picture of a slide; of one that is a film, that of a still of it, which is to be made.
    pub fn picture_path(&self, index: SlideIndex) -> Option<PathBuf> {
        let slide = self.slides.get(index)?;
        if let Some(image) = &slide.image {
            return Some(self.path(&image.file));
        }
        let clip = slide.clip.as_ref()?;
        let next = self.slides.get(SlideIndex(index.0 + 1)).map(|next| next.start - slide.start);
        let length = [clip.duration, next].into_iter().flatten().min();
        Some(within::still_path(&self.path(&clip.file), Still { from: clip.from, length }))
    }

    /// Absolute path of a file of this talk.
    pub fn path(&self, relative: &Path) -> PathBuf {
        self.root.join(relative)
    }
}

/// `pt` of `pt-BR`.
fn primary(language: &str) -> &str {
    language.split('-').next().unwrap_or(language)
}

/// How large a page of these points is said to be, in pixels: as wide as a screen.
pub fn page_size(across: f32, down: f32) -> (u32, u32) {
    const WIDTH: f32 = 1920.0;
    let shape = (down.max(0.1) / across.max(0.1)).clamp(0.05, 8.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand")]
    let height = (WIDTH * shape).round() as u32;
    (1920, height)
}

/// Names a talk for the length of a session and in what the viewer keeps.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TalkId(pub String);

/// A slide: from `start` until the next slide begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slide {
    /// When it appears, in source time.
    pub start: MediaTime,
    /// The name that its document gives it, for messages.
    pub name: String,
    /// What it is about, where a document says so; on one line.
    pub title: Option<String>,
    /// The words on it, where a document has them; often empty.
    pub text: String,
    /// Its picture; `None` where it is missing or unusable (an issue says so), or where it never had one.
    pub image: Option<SlideImage>,
    /// What moves in its place.
    pub clip: Option<Clip>,
}

/// A piece of video that is shown in the place of a slide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// Relative to the talk's root.
    pub file: PathBuf,
    /// The moment of the video that is shown when the slide appears.
    pub from: MediaTime,
    /// How long it moves, where a document says so; it ends with its slide at the latest.
    pub duration: Option<MediaTime>,
}

/// A video that goes along with the sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    /// Relative to the talk's root.
    pub file: PathBuf,
    /// What it shows.
    pub role: VideoRole,
    /// The moment of the talk at which it begins.
    pub starts: MediaTime,
}

/// What a video shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoRole {
    /// Whoever speaks.
    Speaker,
    /// What was projected.
    Screen,
    /// Everything: there is nothing else to see.
    Film,
}

impl VideoRole {
    /// All of them, with the names that `plenary info --json` and Plenary's own folders give them.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Speaker, "speaker"), (Self::Screen, "screen"), (Self::Film, "film")];

    /// The stable name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(role, _)| *role == self).map_or("", |(_, name)| name)
    }

    /// What this name says.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(role, _)| *role)
    }
}

/// A text that goes along with the sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextTrack {
    /// Who wrote it.
    pub kind: TrackKind,
    /// As its file says, such as `en`, `pt-BR`; empty where it is not known.
    pub language: String,
    /// Relative to the talk's root.
    pub file: PathBuf,
    /// The text.
    pub transcript: Transcript,
}

/// Whose words a text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackKind {
    /// Those of the speaker.
    Speech,
    /// Those of the listeners, written meanwhile.
    Chat,
}

/// A picture file of a slide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlideImage {
    /// Relative to the talk's root. That of a picture inside another file lies below it: see [`crate::within`].
    pub file: PathBuf,
    /// Pixels across, as the file's header says.
    pub width: u32,
    /// Pixels down, as the file's header says.
    pub height: u32,
    /// From its first bytes, whatever its name says.
    pub format: ImageFormat,
}

/// Picture formats that are recognised by their first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
    /// GIF.
    Gif,
    /// BMP.
    Bmp,
    /// SVG.
    Svg,
    /// A page of a PDF.
    Pdf,
}

/// A file with sound.
#[derive(Debug, Clone, PartialEq)]
pub struct MediaFile {
    /// Relative to the talk's root.
    pub file: PathBuf,
    /// What is known about its sound.
    pub info: AudioInfo,
    /// Its length; `None` where the file does not say it (a live recording).
    pub duration: Option<MediaTime>,
}

/// What a sound file's header says of its sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioInfo {
    /// Short lower-case name as FFmpeg has it: `aac`, `opus`, `mp3`, `vorbis`, `flac`, `pcm_s16le`.
    pub codec: String,
    /// Frames per second.
    pub sample_rate: u32,
    /// Channels, interleaved.
    pub channels: u16,
}

/// Looks into media files on behalf of [`open`]; the audio engine implements it.
pub trait MediaProbe {
    /// What sound the file has, read from its headers (no full scan).
    ///
    /// # Errors
    /// A sentence for the viewer, where the file cannot be read or has no sound.
    fn probe(&self, file: &Path) -> Result<(AudioInfo, Option<MediaTime>), String>;

    /// What the file has besides sound: chapters, pictures, tags. Nothing where it cannot be read.
    fn contents(&self, _file: &Path) -> MediaContents {
        MediaContents::default()
    }

    /// How long its pictures last, as it says; `None` where it has none, or does not say it.
    fn film_length(&self, _file: &Path) -> Option<MediaTime> {
        None
    }
}

/// What a media file has besides its sound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MediaContents {
    /// In order of time.
    pub chapters: Vec<MediaChapter>,
    /// Pictures that belong to the whole: a cover.
    pub pictures: Vec<Span>,
    /// Names in lower case, as FFmpeg has them (`title`, `artist`, `date`, `comment`), with their values.
    pub tags: Vec<(String, String)>,
    /// Whether it has moving pictures.
    pub moves: bool,
    /// Why nothing of it can be read, in words; `None` where something can, or nobody has looked.
    pub unreadable: Option<String>,
}

/// A chapter of a media file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MediaChapter {
    /// When it begins.
    pub start: MediaTime,
    /// Often empty.
    pub title: String,
    /// Its picture.
    pub picture: Option<Span>,
}

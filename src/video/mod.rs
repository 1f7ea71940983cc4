//! Moving pictures: decoded on a thread of their own, shown by the one clock. The clock is not asked here: whoever shows
//! pictures says which moment is heard, and gets the picture that belongs to it.

pub mod convert;
#[cfg(feature = "ffmpeg")]
mod ffmpeg;
#[cfg(any(feature = "ffmpeg", test))]
mod fit;
pub mod pacing;
pub mod part;
mod planes;
pub mod survey;
pub mod worker;

use std::path::{Path, PathBuf};

use crate::time::MediaTime;

pub use pacing::Span;
pub use part::{Part, Within};
pub use planes::{Order, Planes, Tint};
pub use worker::{Projector, Wanted};

/// What a video file's pictures are.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoInfo {
    /// Short lower-case name as FFmpeg has it: `h264`, `vp9`, `av1`.
    pub codec: String,
    /// Pixels across and down of what is shown: after rotation, with square pixels.
    pub display: (u32, u32),
    /// Its length, where the file says it.
    pub duration: Option<MediaTime>,
    /// The chip that decodes; `None`: the processor does.
    pub hardware: Option<String>,
}

/// A picture with the part of the time that it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// When it is shown.
    pub span: Span,
    /// Pixels across, of those that are there.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pixels across and down of what is shown of the video, with square pixels.
    pub display: (u32, u32),
    /// Where on it lies what was asked for.
    pub within: Within,
    /// What the bytes are.
    pub form: Form,
    /// The pixels, row by row.
    pub bytes: Vec<u8>,
}

/// What is made of a decoded picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Make {
    /// RGBA, as large as it is.
    #[default]
    Rgba,
    /// RGBA, so many pixels across and down: as it is seen.
    Fitted(u32, u32),
    /// Nothing, where its form is one of the usual; else as [`Make::Rgba`]. Whoever draws makes the colours.
    Planes,
}

/// What the bytes of a picture are.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// Red, green, blue and 255 for each pixel, sRGB.
    Rgba,
    /// As it was decoded; whoever draws makes colours of it.
    Planes(Planes),
}

impl Frame {
    /// The sheets that lie in the bytes: the bytes of each value, how many values across and down, and the sheet.
    pub fn sheets(&self) -> impl Iterator<Item = (usize, (usize, usize), &[u8])> {
        let (planes, whole) = match &self.form {
            Form::Rgba => (None, Some((4, (self.width as usize, self.height as usize), self.bytes.as_slice()))),
            Form::Planes(planes) => (Some(planes.sheets(&self.bytes)), None),
        };
        planes.into_iter().flatten().chain(whole)
    }

    /// RGBA, opaque, sRGB, row by row; `None` where the picture is left as it was decoded.
    pub fn rgba(&self) -> Option<&[u8]> {
        (self.form == Form::Rgba).then_some(self.bytes.as_slice())
    }
}

/// Why pictures cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VideoError {
    /// The file cannot be read, or has no pictures.
    #[error("Cannot show the video ({reason}): {}", path.display())]
    Unreadable {
        /// What is wrong, in words.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// This build has no decoder for pictures.
    #[error("Cannot show the video (Plenary was built without FFmpeg): {}", .0.display())]
    NoEngine(PathBuf),
}

/// What is wrong with a video that can be shown all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Its pictures end before its file says so.
    CutShort {
        /// Where.
        ends: MediaTime,
        /// What the file says.
        promised: MediaTime,
    },
    /// Some of its pictures cannot be decoded.
    Damaged,
}

impl Flaw {
    /// A sentence.
    pub fn sentence(self, path: &Path) -> String {
        let path = path.display();
        match self {
            Self::CutShort { ends, promised } => {
                let (ends, promised) = (ends.clock(), promised.clock());
                format!("The video ends at {ends}, its file says {promised}: it is cut short: {path}")
            }
            Self::Damaged => format!("Some pictures of the video are damaged: {path}"),
        }
    }
}

/// How a video is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// A chip may decode, where there is one.
    pub hardware: bool,
    /// Only pictures that need no others are decoded, quickly: enough to look through a file.
    pub keys_only: bool,
}

impl Opening {
    /// To be watched.
    pub const WATCH: Self = Self { hardware: true, keys_only: false };
    /// To be gone through in the background.
    pub const SCAN: Self = Self { hardware: false, keys_only: false };
    /// To be looked through.
    pub const GLANCE: Self = Self { hardware: false, keys_only: true };
}

/// Gives the pictures of one file, in the order in which they are shown. Times count from where the sound of the same file
/// begins; in a file without sound, from its own beginning. Blocks on the disk.
pub trait FrameSource: Send {
    /// What the pictures are.
    fn info(&self) -> &VideoInfo;

    /// Goes to a picture at or before a moment from which on all can be decoded; [`Self::advance`] gives that one. Before the
    /// first picture, that is the first.
    ///
    /// # Errors
    /// [`VideoError`] where the file cannot be read any more.
    fn seek(&mut self, to: MediaTime) -> Result<(), VideoError>;

    /// Decodes the next picture and says when it is shown; `None` at the end. Damaged ones are passed over.
    ///
    /// # Errors
    /// [`VideoError`] where the file cannot be read any more.
    fn advance(&mut self) -> Result<Option<Span>, VideoError>;

    /// The picture that [`Self::advance`] told of last, in the given memory; `None` before the first.
    fn picture(&mut self, memory: Vec<u8>, make: Make) -> Option<Frame>;

    /// From now on pictures are only this part of themselves. It is passed over where they are turned before they are shown.
    fn show(&mut self, part: Option<Part>);

    /// What has turned out to be wrong with the file so far.
    fn flaw(&self) -> Option<Flaw>;

    /// How bright it is, 0 to 255, as a picture of so many pixels across and down; `false` before the first.
    fn grey(&mut self, across: usize, down: usize, out: &mut Vec<u8>) -> bool;
}

/// Opens the pictures of a file.
///
/// # Errors
/// [`VideoError`] where it has none that can be decoded.
pub fn open(path: &Path, how: Opening) -> Result<Box<dyn FrameSource>, VideoError> {
    let regular = std::fs::metadata(path).is_ok_and(|found| found.is_file());
    if !regular {
        return Err(VideoError::Unreadable { reason: "there is no such file".to_owned(), path: path.to_owned() });
    }
    open_with_engine(path, how)
}

#[cfg(feature = "ffmpeg")]
fn open_with_engine(path: &Path, how: Opening) -> Result<Box<dyn FrameSource>, VideoError> {
    ffmpeg::open(path, how)
}

#[cfg(not(feature = "ffmpeg"))]
fn open_with_engine(path: &Path, _how: Opening) -> Result<Box<dyn FrameSource>, VideoError> {
    Err(VideoError::NoEngine(path.to_owned()))
}

/// Whether this build can show moving pictures at all.
pub const AVAILABLE: bool = cfg!(feature = "ffmpeg");

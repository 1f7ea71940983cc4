//! Why a slide cannot be shown, in sentences.

use std::error::Error as _;
use std::io;
use std::path::{Path, PathBuf};

use image::ImageError;
use zune_jpeg::errors::DecodeErrors;

#[cfg(doc)]
use super::Limits;
use crate::slides::Size;
use crate::talk::issue::printable;

/// A slide cannot be shown.
#[derive(Debug, thiserror::Error)]
#[error("Cannot show the slide: {trouble}: {}", printable(.path))]
pub struct SlideError {
    /// Why.
    pub trouble: Trouble,
    /// The slide's file.
    pub path: PathBuf,
}

/// Why a slide cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is no such file.
    #[error("the file is missing")]
    Missing,
    /// A folder, a pipe, a device.
    #[error("it is not an ordinary file")]
    NotAFile,
    /// The system does not hand the file over.
    #[error("the file cannot be read ({0})")]
    Unreadable(#[source] io::Error),
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// More bytes than [`Limits::file_bytes`].
    #[error("the file is larger than {} MiB", .0 >> 20)]
    FileTooLarge(u64),
    /// By its first bytes.
    #[error("the file is not a JPEG, PNG, WebP, GIF, BMP or SVG picture")]
    UnknownFormat,
    /// Beyond [`Limits::side`] or [`Limits::memory_bytes`].
    #[error("a picture of {0} pixels is too large")]
    TooLarge(Size),
    /// Beyond [`Limits::memory_bytes`] in a way that only decoding shows.
    #[error("decoding the picture takes too much memory")]
    TooMuchMemory,
    /// The file ends before the picture does.
    #[error("the file is cut short")]
    CutShort,
    /// The decoder's reason.
    #[error("the file is damaged ({})", printable(.0))]
    Damaged(String),
    /// The decoder gave up in a way it should not.
    #[error("the file is damaged (it stopped the decoder)")]
    DecoderStopped,
    /// Of a film, and why.
    #[error("there is no picture of the film ({})", printable(.0))]
    NoStill(String),
}

impl Trouble {
    pub(in crate::slides) fn at(self, path: &Path) -> SlideError {
        SlideError { trouble: self, path: path.to_owned() }
    }
}

impl From<DecodeErrors> for Trouble {
    fn from(error: DecodeErrors) -> Self {
        match error {
            DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => Self::CutShort,
            error => Self::Damaged(error.to_string()),
        }
    }
}

impl From<ImageError> for Trouble {
    fn from(error: ImageError) -> Self {
        if matches!(error, ImageError::Limits(_)) {
            return Self::TooMuchMemory;
        }
        if let ImageError::IoError(io) = &error
            && io.kind() == io::ErrorKind::UnexpectedEof
        {
            return Self::CutShort;
        }
        let mut cause = error.source();
        while let Some(inner) = cause {
            if inner.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::UnexpectedEof) {
                return Self::CutShort;
            }
            cause = inner.source();
        }
        Self::Damaged(error.to_string())
    }
}

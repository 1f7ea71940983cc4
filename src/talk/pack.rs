//! Writes a talk into a folder of its own that any copy of Plenary opens: the manifest, the pictures, the sound, the
//! texts. Blocks on the disk for as long as copying takes; any thread but the main one.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::folder::Folder;
use super::issue::printable;
use super::transcript::Transcript;
use super::{ImageFormat, Talk, manifest, names, texts};
use crate::within;
use plan::{Plan, Source};

mod plan;

/// Most bytes of a picture that lies inside another file.
const MAX_INSIDE: u64 = 64 << 20;

/// Most files that are looked into for the one that the transcript is from.
const MAX_TEXTS: usize = 64;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Packed {
    /// The new folder.
    pub folder: PathBuf,
    /// Slides in the manifest.
    pub slides: usize,
    /// Of these, those without anything to see.
    pub bare: usize,
    /// Files, the manifest among them.
    pub files: usize,
    /// Bytes of all of them.
    pub bytes: u64,
}

/// Why a talk was not packed. Nothing is left behind then.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// There is something at the place already; nothing is ever overwritten.
    #[error("There is something already, name a folder that does not exist yet or is empty: {}", printable(.0))]
    Occupied(PathBuf),
    /// The place lies in the talk's own folder, which stays as it was downloaded.
    #[error("The place lies in the folder of the talk, name one outside of it: {}", printable(.0))]
    Inside(PathBuf),
    /// The folder that should hold the new one is not there.
    #[error("There is no folder {}", printable(.0))]
    NoPlace(PathBuf),
    /// A file of the talk could not be copied.
    #[error("Cannot copy {} ({why})", printable(.file))]
    Copy {
        /// Relative to the talk's root.
        file: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// The new folder could not be written.
    #[error("Cannot write {} ({why})", printable(.path))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
}

/// Writes `talk` into the folder `target`, which must not exist, or be empty. Everything is written beside it first, so
/// that there is a whole folder in the end or none.
///
/// Pictures and sound are copied byte for byte under names that every system allows; pages of a PDF with the whole PDF.
/// Texts that are no WebVTT are written as such. Slides whose pictures are missing stay in the manifest without.
///
/// # Errors
/// [`PackError`]; nothing is left behind then.
pub fn pack(talk: &Talk, target: &Path) -> Result<Packed, PackError> {
    let target = place(talk, target)?;
    let unfinished = Unfinished::beside(&target)?;
    let origin = origin(talk);
    let plan = Plan::of(talk, origin.as_ref());
    let mut packed = Packed {
        folder: target.clone(),
        slides: talk.slides.len(),
        bare: talk.slides.iter().filter(|slide| slide.image.is_none() && slide.clip.is_none()).count(),
        files: 0,
        bytes: 0,
    };
    for (name, source) in &plan.files {
        let path = unfinished.0.join(name);
        packed.bytes += match source {
            Source::File(file) => copy(talk, file, &path)?,
            Source::Text(text) => write(&path, text.as_bytes())?,
        };
        packed.files += 1;
    }
    let text = manifest::text_with(talk, &plan.tracks, &|file| plan.place(talk, file));
    packed.bytes += write(&unfinished.0.join(manifest::FILE), text.as_bytes())?;
    packed.files += 1;
    unfinished.finish(&target)?;
    Ok(packed)
}

/// Where the folder will be, as an absolute path, if it may be there.
fn place(talk: &Talk, target: &Path) -> Result<PathBuf, PackError> {
    let failed = |why| PackError::Write { path: target.to_owned(), why };
    let occupied = || PackError::Occupied(target.to_owned());
    let absolute = std::path::absolute(target).map_err(failed)?;
    let real = if fs::symlink_metadata(&absolute).is_ok() {
        let real = absolute.canonicalize().map_err(|_broken_link| occupied())?;
        let empty = real.is_dir() && fs::read_dir(&real).map_err(failed)?.next().is_none();
        if !empty {
            return Err(occupied());
        }
        real
    } else {
        let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else { return Err(occupied()) };
        let parent = parent.canonicalize().ok().filter(|parent| parent.is_dir());
        parent.ok_or_else(|| PackError::NoPlace(absolute.parent().unwrap_or(&absolute).to_owned()))?.join(name)
    };
    // A single file's folder is not the talk's own; others may lie there, too.
    let own = talk.source.is_dir().then(|| talk.source.canonicalize().ok()).flatten();
    match own {
        Some(own) if real.starts_with(&own) => Err(PackError::Inside(target.to_owned())),
        _ => Ok(real),
    }
}

/// The file that the talk's transcript was read from, and its language.
fn origin(talk: &Talk) -> Option<(PathBuf, String)> {
    if talk.transcript.cues().is_empty() {
        return None;
    }
    let folder = Folder::list(talk.root.clone()).ok()?;
    let texts = folder.top().filter(|file| matches!(names::split(&file.name).1.as_str(), "vtt" | "srt"));
    let mut texts: Vec<_> =
        texts.filter(|file| talk.tracks.iter().all(|track| track.file != file.path)).map(|file| &file.path).collect();
    let stem = talk.audio.as_ref().and_then(|audio| audio.file.file_stem()).unwrap_or_default();
    texts.sort_by_key(|file| !file.to_string_lossy().starts_with(&*stem.to_string_lossy()));
    let same = |file: &&&PathBuf| {
        let bytes = folder.document(file).unwrap_or_default();
        Transcript::parse(&String::from_utf8_lossy(&bytes)) == talk.transcript
    };
    let file = texts.iter().take(MAX_TEXTS).find(same)?;
    Some(((*file).clone(), texts::language(&file.to_string_lossy())))
}

/// A folder that is removed again unless it was finished.
struct Unfinished(PathBuf);

impl Unfinished {
    fn beside(target: &Path) -> Result<Self, PackError> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
        for number in 0..100 {
            let path = target.with_file_name(format!(".{name}.{}-{number}.part", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => last = why,
                Err(why) => return Err(PackError::Write { path, why }),
            }
        }
        Err(PackError::Write { path: target.to_owned(), why: last })
    }

    fn finish(self, target: &Path) -> Result<(), PackError> {
        // Not every system renames a folder onto an empty one. One that has been filled meanwhile stays.
        let was_there = fs::remove_dir(target).is_ok();
        let renamed = fs::rename(&self.0, target);
        if renamed.is_err() && was_there {
            fs::create_dir(target).ok();
        }
        renamed.map_err(|why| match why.kind() {
            io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                PackError::Occupied(target.to_owned())
            }
            _ => PackError::Write { path: target.to_owned(), why },
        })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After a rename there is nothing of this name.
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Copies a file of the talk, or a picture out of one, to a place where there is none; returns its length.
fn copy(talk: &Talk, file: &Path, to: &Path) -> Result<u64, PackError> {
    let failed = |why| PackError::Copy { file: file.to_owned(), why };
    let from = talk.path(file);
    if within::file(&from) != from {
        let bytes = within::read(&from, MAX_INSIDE).map_err(failed)?;
        if bytes.len() as u64 > MAX_INSIDE {
            return Err(failed(io::ErrorKind::FileTooLarge.into()));
        }
        return write(to, &bytes);
    }
    // Asked before it is opened: opening a pipe would wait for somebody to write into it.
    if !fs::metadata(&from).map_err(failed)?.is_file() {
        return Err(failed(io::ErrorKind::InvalidInput.into()));
    }
    let mut from = File::open(from).map_err(failed)?;
    let mut target = create(to)?;
    io::copy(&mut from, &mut target).map_err(failed)
}

fn write(path: &Path, bytes: &[u8]) -> Result<u64, PackError> {
    let failed = |why| PackError::Write { path: path.to_owned(), why };
    let mut file = create(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(bytes.len() as u64)
}

fn create(path: &Path) -> Result<File, PackError> {
    let failed = |why| PackError::Write { path: path.to_owned(), why };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    File::create_new(path).map_err(failed)
}

/// The ending that files of a format have.
fn ending(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "jpg",
        ImageFormat::Png => "png",
        ImageFormat::WebP => "webp",
        ImageFormat::Gif => "gif",
        ImageFormat::Bmp => "bmp",
        ImageFormat::Svg => "svg",
        ImageFormat::Pdf => "pdf",
    }
}

#[cfg(test)]
mod tests;

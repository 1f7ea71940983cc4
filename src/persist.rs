//! Writing files so that they are either as before or as wanted, never in between.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("Cannot write {}: {why}", path.display())]
pub struct WriteError {
    path: PathBuf,
    why: String,
}

/// Writes a whole file: beside its place, synced, then renamed into it.
///
/// # Errors
/// [`WriteError`]; what was there before is untouched then.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let failed = |why: std::io::Error| WriteError { path: path.to_owned(), why: why.to_string() };
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let written = std::fs::File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| std::fs::rename(&beside, path)).map_err(|why| {
        std::fs::remove_file(&beside).ok();
        failed(why)
    })
}

/// Writes pixels (RGBA8, row by row) as a PNG file.
///
/// # Errors
/// [`WriteError`], also where the pixels do not fill the size.
pub fn write_png(path: &Path, width: u32, height: u32, rgba: Vec<u8>) -> Result<(), WriteError> {
    let failed = |why: String| WriteError { path: path.to_owned(), why };
    let picture = image::RgbaImage::from_raw(width, height, rgba).ok_or_else(|| failed("too few pixels".into()))?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).map_err(|error| failed(error.to_string()))?;
    write_atomic(path, bytes.get_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        write_atomic(&file, b"one").unwrap();
        write_atomic(&file, b"two").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_told_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_atomic(&folder.path().join("missing/a.txt"), b"x").unwrap_err();
        assert!(error.to_string().contains("a.txt"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn pixels_come_back_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.png");
        let rgba: Vec<u8> = (0..2 * 3).flat_map(|n| [n, 2 * n, 3 * n, 255]).collect();
        write_png(&file, 2, 3, rgba.clone()).unwrap();
        assert_eq!(image::open(&file).unwrap().to_rgba8().into_raw(), rgba);
        assert!(write_png(&file, 200, 300, rgba).is_err());
    }
}

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

/// Copies a file byte for byte; into a folder under its own name. Returns where it is now.
///
/// # Errors
/// A sentence; what was there before is untouched then.
pub fn copy_atomic(file: &Path, target: &Path) -> Result<PathBuf, String> {
    let name = file.file_name().unwrap_or(file.as_os_str());
    let target = if target.is_dir() { target.join(name) } else { target.to_owned() };
    let bytes = std::fs::read(file).map_err(|error| format!("Cannot read {}: {error}", file.display()))?;
    write_atomic(&target, &bytes).map_err(|error| error.to_string())?;
    Ok(target)
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
    fn a_file_is_copied_byte_for_byte() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("slide 1.jpg");
        write_atomic(&file, b"\xff\xd8 any bytes").unwrap();
        let other = folder.path().join("other");
        std::fs::create_dir(&other).unwrap();
        for target in [other, folder.path().join("copy.jpg")] {
            let copy = copy_atomic(&file, &target).unwrap();
            assert_eq!(std::fs::read(copy).unwrap(), std::fs::read(&file).unwrap());
        }
        assert!(copy_atomic(&folder.path().join("none"), &file).unwrap_err().starts_with("Cannot read"));
        assert!(copy_atomic(&file, &folder.path().join("missing/x.jpg")).is_err());
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

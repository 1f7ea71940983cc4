//! Reading and replacing one file without losing what others write into it at the same time. Blocks; worker thread.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Begins the names of files on their way to their place.
pub(super) const TEMPORARY: &str = ".plenary-";
/// Largest note that is read, in bytes.
const MAX_BYTES: u64 = 16 << 20;
/// An editor that writes into the file itself is done when nothing changes for this long.
const QUIET: Duration = Duration::from_millis(20);
/// An empty file is waited for so many times, since it is what most such editors begin with.
const EMPTY_WAITS: usize = 25;

/// Why a file cannot be read or written, for the viewer.
pub(super) fn cause(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
        ErrorKind::PermissionDenied => "it is not permitted".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        ErrorKind::NotFound => "its folder is gone".to_owned(),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "a file is in the place of its folder".to_owned(),
        ErrorKind::InvalidFilename => "its name is too long".to_owned(),
        ErrorKind::InvalidData => "it is not text in UTF-8".to_owned(),
        _ => error.to_string(),
    }
}

/// The text of a file; `None` if there is none.
///
/// # Errors
/// As of the system; `InvalidData` for what is no text.
pub(super) fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => return Err(io::Error::other("it is not a file")),
        Ok(found) if found.len() > MAX_BYTES => return Err(io::Error::other("it is too large for a note")),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// As [`read`]; where it is not what is `known`, once whoever writes into it is done.
pub(super) fn read_settled(path: &Path, known: Option<&str>) -> io::Result<Option<String>> {
    let mut text = read(path);
    for wait in 0..EMPTY_WAITS {
        if matches!(&text, Ok(text) if text.as_deref() == known) {
            break;
        }
        std::thread::sleep(QUIET);
        let next = read(path);
        let quiet = matches!((&text, &next), (Ok(old), Ok(new)) if old == new) || (text.is_err() && next.is_err());
        // A file that is gone may be on its way back as well: some editors remove it first.
        let hollow = known.is_some() && matches!(&next, Ok(text) if text.as_deref().unwrap_or_default().is_empty());
        text = next;
        if quiet && (!hollow || wait + 1 == EMPTY_WAITS) {
            break;
        }
    }
    text
}

/// What replacing a file came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Replaced {
    /// It stands there, in place of what was expected.
    Done,
    /// It stands there, but in place of something else, which is kept in a file for now.
    Displaced(String, PathBuf),
    /// It does not: there is a file where none was expected.
    Appeared,
}

/// Puts a text into the place of a file whose text should be `expected`.
///
/// # Errors
/// As of the system; the file is as before then.
pub(super) fn replace(path: &Path, text: &str, expected: Option<&str>) -> io::Result<Replaced> {
    // A link stays a link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = write_beside(&target, text.as_bytes())?;
    let replaced = match expected {
        None => put_new(&beside, &target).map(|new| if new { Replaced::Done } else { Replaced::Appeared }),
        Some(expected) => exchange(&beside, &target, expected),
    };
    if !matches!(replaced, Ok(Replaced::Displaced(..))) {
        fs::remove_file(&beside).ok();
    }
    replaced
}

/// Puts a file where there should be none; false, and nothing done, where there is one.
///
/// # Errors
/// As of the system.
pub(super) fn create(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let beside = write_beside(path, bytes)?;
    let created = put_new(&beside, path);
    fs::remove_file(&beside).ok();
    created
}

fn write_beside(target: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let beside = folder.join(format!("{TEMPORARY}{}-{number}.tmp", std::process::id()));
    let written = File::create(&beside).and_then(|mut file| {
        if let Ok(found) = fs::metadata(target) {
            file.set_permissions(found.permissions()).ok();
        }
        file.write_all(bytes)?;
        file.sync_all()
    });
    if written.is_err() {
        fs::remove_file(&beside).ok();
    }
    written.map(|()| beside)
}

fn exchange(beside: &Path, target: &Path, expected: &str) -> io::Result<Replaced> {
    match swap(beside, target) {
        Ok(true) => {}
        Ok(false) => return fs::rename(beside, target).map(|()| Replaced::Done),
        // It has gone meanwhile.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return put_new(beside, target).map(|new| if new { Replaced::Done } else { Replaced::Appeared });
        }
        Err(error) => return Err(error),
    }
    match fs::read(beside).map(String::from_utf8) {
        Ok(Ok(found)) if found == expected => Ok(Replaced::Done),
        Ok(Ok(found)) => Ok(Replaced::Displaced(found, beside.to_owned())),
        // What cannot be merged goes back to where it was.
        _ => swap(beside, target).and_then(|_| Err(io::Error::from(ErrorKind::InvalidData))),
    }
}

/// Exchanges two files in one step; false where the system cannot.
#[cfg(target_os = "linux")]
fn swap(a: &Path, b: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP | Errno::PERM) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Exchanges two files in one step; false where the system cannot.
#[cfg(not(target_os = "linux"))]
fn swap(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Moves a file to where there is none; false where there is one.
fn put_new(beside: &Path, target: &Path) -> io::Result<bool> {
    match fs::hard_link(beside, target) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        // Not every file system has links.
        Err(_) if fs::symlink_metadata(target).is_ok() => Ok(false),
        Err(_) => fs::rename(beside, target).map(|()| true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_as_expected_is_replaced_and_another_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.md");
        assert_eq!(replace(&file, "one", None).unwrap(), Replaced::Done);
        assert_eq!(replace(&file, "two", None).unwrap(), Replaced::Appeared);
        assert_eq!(replace(&file, "two", Some("one")).unwrap(), Replaced::Done);
        assert_eq!(read(&file).unwrap().as_deref(), Some("two"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        if cfg!(target_os = "linux") {
            let Replaced::Displaced(text, kept) = replace(&file, "three", Some("one")).unwrap() else { panic!() };
            assert_eq!((text.as_str(), fs::read_to_string(kept).unwrap()), ("two", "two".to_owned()));
            crate::persist::write_atomic(&file, b"\xff\xfe").unwrap();
            assert_eq!(replace(&file, "four", Some("three")).unwrap_err().kind(), ErrorKind::InvalidData);
            assert_eq!(fs::read(&file).unwrap(), b"\xff\xfe");
        }
    }

    #[test]
    fn a_file_is_created_only_where_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jpg");
        assert!(create(&file, b"\xff\xd8").unwrap());
        assert!(!create(&file, b"other").unwrap());
        assert_eq!(fs::read(&file).unwrap(), b"\xff\xd8");
        assert!(create(&folder.path().join("none/a"), b"").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("real.md"), folder.path().join("link.md"));
        replace(&file, "one", None).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&file, &link).unwrap();
        replace(&link, "two", Some("one")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read(&file).unwrap().as_deref(), Some("two"));
    }
}

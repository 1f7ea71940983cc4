//! One Plenary for each folder of data: the second hands its paths to the first and ends.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crossbeam_channel::Receiver;

use crate::Waker;

/// Names of the files in the folder of data.
const LOCK: &str = "plenary.lock";
#[cfg(unix)]
const SOCKET: &str = "plenary.sock";

/// Whether the folder of data is ours.
pub enum Instance {
    /// It is, as long as this is kept. `None`: it cannot be told, for nothing can be kept there.
    First(Option<File>),
    /// Another Plenary has it.
    Second,
}

impl Instance {
    /// Asks for a folder of data.
    pub fn claim(data: &Path) -> Self {
        if std::fs::create_dir_all(data).is_err() {
            return Self::First(None);
        }
        let Ok(file) = File::options().create(true).truncate(false).write(true).open(data.join(LOCK)) else {
            return Self::First(None);
        };
        match file.try_lock() {
            Ok(()) => Self::First(Some(file)),
            Err(TryLockError::WouldBlock) => Self::Second,
            // A file system without locks.
            Err(TryLockError::Error(_)) => Self::First(None),
        }
    }
}

/// What others hand over, as they come. The socket goes away with the receiver's thread, at the end of the program.
///
/// # Errors
/// A sentence, where there can be no socket; the second Plenary says then that it cannot hand over.
#[cfg(unix)]
pub fn listen(data: &Path, waker: &Waker) -> Result<Receiver<Vec<PathBuf>>, String> {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::os::unix::ffi::OsStringExt as _;
    use std::os::unix::net::UnixListener;
    use std::sync::Arc;
    use std::time::Duration;

    /// Longest request that is read, in bytes.
    const MOST: u64 = 16 << 20;
    /// How long one who does not go on is waited for.
    const PATIENCE: Duration = Duration::from_secs(2);

    let path = data.join(SOCKET);
    // Whoever holds the lock is alone here: what lies there is of a Plenary that was killed.
    std::fs::remove_file(&path).ok();
    let listener = UnixListener::bind(&path).map_err(|error| format!("No other window can hand over: {error}"))?;
    let (give, paths) = crossbeam_channel::bounded(16);
    let waker = Arc::clone(waker);
    let work = move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            stream.set_read_timeout(Some(PATIENCE)).ok();
            let mut taken = Vec::new();
            let mut reader = BufReader::new((&stream).take(MOST));
            let mut part = Vec::new();
            // Each path ends with a zero, and an empty one ends the list.
            let whole = loop {
                part.clear();
                match reader.read_until(0, &mut part) {
                    Ok(_) if part.pop() != Some(0) => break false,
                    Ok(_) if part.is_empty() => break true,
                    Ok(_) => taken.push(PathBuf::from(std::ffi::OsString::from_vec(part.clone()))),
                    Err(_) => break false,
                }
            };
            drop(reader);
            if whole && give.try_send(taken).is_ok() {
                waker();
                stream.write_all(b"ok").ok();
            }
        }
    };
    std::thread::Builder::new().name("instance".into()).spawn(work).map_err(|error| error.to_string())?;
    Ok(paths)
}

/// Hands paths to the Plenary that has the folder of data; its window comes to the front.
///
/// # Errors
/// A sentence, where it does not take them.
#[cfg(unix)]
pub fn hand_over(data: &Path, paths: &[PathBuf]) -> Result<(), String> {
    use std::io::{Read as _, Write as _};
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    let failed = |error: std::io::Error| format!("The Plenary that is open does not answer: {error}");
    let mut stream = UnixStream::connect(data.join(SOCKET)).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_secs(3))).map_err(failed)?;
    let mut request = Vec::new();
    for path in paths {
        request.extend_from_slice(path.as_os_str().as_bytes());
        request.push(0);
    }
    request.push(0);
    stream.write_all(&request).map_err(failed)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(failed)?;
    if answer == "ok" { Ok(()) } else { Err("The Plenary that is open did not take them".to_owned()) }
}

/// There are no such sockets here.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn listen(_data: &Path, _waker: &Waker) -> Result<Receiver<Vec<PathBuf>>, String> {
    Err("No other window can hand over on this system".to_owned())
}

/// There are no such sockets here.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn hand_over(_data: &Path, _paths: &[PathBuf]) -> Result<(), String> {
    Err("Another Plenary is open".to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn the_second_hands_its_paths_to_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let first = Instance::claim(&data);
        assert!(matches!(first, Instance::First(Some(_))));
        assert!(matches!(Instance::claim(&data), Instance::Second));
        assert!(hand_over(&data, &[]).is_err(), "nobody listens yet");
        let waker: Waker = Arc::new(|| {});
        let taken = listen(&data, &waker).unwrap();
        let paths = vec![PathBuf::from("/talks/a b"), PathBuf::from("/talks/ü\nx")];
        hand_over(&data, &paths).unwrap();
        assert_eq!(taken.recv().unwrap(), paths);
        hand_over(&data, &[]).unwrap();
        assert_eq!(taken.recv().unwrap(), Vec::<PathBuf>::new());
        drop(first);
        assert!(matches!(Instance::claim(&data), Instance::First(Some(_))));
    }

    #[test]
    fn a_folder_that_cannot_be_made_stops_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        crate::persist::write_atomic(&file, b"").unwrap();
        assert!(matches!(Instance::claim(&file.join("data")), Instance::First(None)));
    }
}

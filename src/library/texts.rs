//! The texts of all talks for the search, in a file of their own: made of what lies elsewhere, so that it can be made
//! again. A thread owns it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded, select};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::entry::{Passage, PassageKind};
use super::{ocr, search, store};
use crate::Waker;
use crate::talk::TalkId;

/// Texts that may wait; who brings them waits for the disk.
const WAITING: usize = 64;
/// Texts that go into one transaction at most.
const TOGETHER: usize = 64;
/// Largest file that is checked when it is opened, in bytes.
const CHECKED: u64 = 128 << 20;
/// The present form of the file. One of any other form is made anew.
const VERSION: i64 = 1;

/// One change of the texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Whose they are.
    pub talk: TalkId,
    /// The kinds that are replaced.
    pub kinds: Vec<PassageKind>,
    /// What they are now.
    pub passages: Vec<Passage>,
    /// The file or folder that they were read from, and its stamp.
    pub source: Option<(PathBuf, i64)>,
}

/// The main thread's end.
pub struct Texts {
    texts: Sender<Text>,
    stop: Option<Sender<()>>,
    known: Arc<OnceLock<HashMap<PathBuf, i64>>>,
    thread: Option<JoinHandle<()>>,
}

impl Texts {
    /// In this file.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(file: PathBuf, waker: Waker) -> std::io::Result<Self> {
        let (texts, inbox) = bounded(WAITING);
        let known = Arc::<OnceLock<_>>::default();
        let tell = Arc::clone(&known);
        let (stop, stopped) = bounded(0);
        let work = move || {
            serve(&file, &inbox, &stopped, |stamps| {
                tell.set(stamps).ok();
                waker();
            });
        };
        let thread = std::thread::Builder::new().name("texts".into()).spawn(work)?;
        Ok(Self { texts, stop: Some(stop), known, thread: Some(thread) })
    }

    /// The way to bring texts, for another thread.
    pub fn sender(&self) -> Sender<Text> {
        self.texts.clone()
    }

    /// Brings texts if there is room; the main thread never waits.
    pub fn put(&self, text: Text) -> bool {
        self.texts.try_send(text).is_ok()
    }

    /// The stamps of what had been read at the start, as soon as they are known.
    pub fn known(&self) -> Arc<OnceLock<HashMap<PathBuf, i64>>> {
        Arc::clone(&self.known)
    }

    /// Waits until everything that has been brought is written.
    pub fn finish(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Opens the file or makes it; one that cannot be read is made anew.
///
/// # Errors
/// The engine's.
pub fn open(file: &Path) -> rusqlite::Result<Connection> {
    match connect(file).and_then(|connection| check(file, &connection).map(|()| connection)) {
        Ok(connection) => Ok(connection),
        Err(error) if is_damage(&error) => make_anew(file, &error),
        Err(error) => Err(error),
    }
}

fn make_anew(file: &Path, why: &rusqlite::Error) -> rusqlite::Result<Connection> {
    tracing::warn!("{} is made anew: {why}", file.display());
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        std::fs::remove_file(PathBuf::from(name)).ok();
    }
    connect(file)
}

/// Damage within the file, which opening alone does not show. Of a large file it would take too long.
fn check(file: &Path, connection: &Connection) -> rusqlite::Result<()> {
    if std::fs::metadata(file).is_ok_and(|found| found.len() > CHECKED) {
        return Ok(());
    }
    let sound: Option<String> = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).optional()?;
    if sound.as_deref() == Some("ok") {
        return Ok(());
    }
    Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), sound))
}

/// Whether an error means that the file is not what was written. The index tells of damage in words of its own.
fn is_damage(error: &rusqlite::Error) -> bool {
    let words = error.to_string();
    store::is_damage(error)
        || matches!(error, rusqlite::Error::QueryReturnedNoRows | rusqlite::Error::FromSqlConversionFailure(..))
        || ["fts5", "vtable", "malformed", "corrupt", "no such table"].iter().any(|word| words.contains(word))
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open(file)?;
    connection.busy_timeout(store::PATIENCE)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    if version != VERSION {
        let transaction = connection.transaction()?;
        let old: Vec<String> = transaction
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        // Dropping a virtual table drops those that lie behind it.
        for table in old {
            transaction.execute_batch(&format!("DROP TABLE IF EXISTS \"{table}\"")).ok();
        }
        transaction.execute_batch(search::TABLES)?;
        transaction.execute_batch(ocr::TABLES)?;
        transaction
            .execute_batch("CREATE TABLE source (path BLOB PRIMARY KEY NOT NULL, stamp INTEGER NOT NULL) STRICT;")?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
    }
    Ok(connection)
}

/// The stamps of what has been read.
///
/// # Errors
/// The engine's.
pub fn known(connection: &Connection) -> rusqlite::Result<HashMap<PathBuf, i64>> {
    let mut query = connection.prepare("SELECT path, stamp FROM source")?;
    let rows = query.query_map([], |row| Ok((store::path_of(row.get(0)?), row.get(1)?)))?;
    rows.collect()
}

fn serve(file: &Path, inbox: &Receiver<Text>, stopped: &Receiver<()>, tell: impl FnOnce(HashMap<PathBuf, i64>)) {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).ok();
    }
    let opened = open(file).and_then(|connection| known(&connection).map(|known| (connection, known)));
    let (mut connection, mut stamps) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!("{} cannot be opened, so nothing is found: {error}", file.display());
            tell(HashMap::new());
            // What is brought is taken, lest others wait for ever.
            while next(inbox, stopped).is_some() {}
            return;
        }
    };
    tell(stamps.clone());
    while let Some(first) = next(inbox, stopped) {
        let texts: Vec<Text> = std::iter::once(first).chain(inbox.try_iter().take(TOGETHER)).collect();
        // What is known in this very state need not be written again.
        let new: Vec<Text> = texts
            .into_iter()
            .filter(|text| text.source.as_ref().is_none_or(|(path, stamp)| stamps.get(path) != Some(stamp)))
            .collect();
        match write(&mut connection, &new) {
            Ok(()) => stamps.extend(new.into_iter().filter_map(|text| text.source)),
            Err(error) if is_damage(&error) => match make_anew(file, &error) {
                // What was known is read again at the next start; what is new is kept now.
                Ok(anew) => {
                    connection = anew;
                    stamps.clear();
                    write(&mut connection, &new).ok();
                }
                Err(error) => tracing::error!("texts cannot be kept for the search: {error}"),
            },
            Err(error) => tracing::error!("texts cannot be kept for the search: {error}"),
        }
        while inbox.is_empty() && matches!(search::tidy(&connection), Ok(true)) {}
    }
}

/// What is brought next; what is waiting when it is to end is taken too.
fn next(inbox: &Receiver<Text>, stopped: &Receiver<()>) -> Option<Text> {
    select! {
        recv(inbox) -> text => text.ok(),
        recv(stopped) -> _ => inbox.try_recv().ok(),
    }
}

/// Writes texts, all or none.
///
/// # Errors
/// The engine's.
pub fn write(connection: &mut Connection, texts: &[Text]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    let all: Vec<search::Texts<'_>> = texts
        .iter()
        .map(|text| search::Texts { talk: &text.talk, kinds: &text.kinds, passages: &text.passages })
        .collect();
    search::put_all(&transaction, &all)?;
    for text in texts {
        if let Some((path, stamp)) = &text.source {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO source (path, stamp) VALUES (?1, ?2)")?
                .execute(params![store::bytes_of(path), stamp])?;
        }
    }
    transaction.commit()
}

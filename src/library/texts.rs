//! The texts of all talks for the search, in a file of their own: made of what lies elsewhere, so that it can be made
//! again. A thread owns it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded, select};
use rusqlite::{Connection, params};

use super::entry::{Passage, PassageKind};
use super::{ocr, search, store};
use crate::Waker;
use crate::talk::TalkId;

/// Texts that may wait; who brings them waits for the disk.
const WAITING: usize = 64;
/// Texts that go into one transaction at most.
const TOGETHER: usize = 64;
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
    match connect(file) {
        Ok(connection) => Ok(connection),
        Err(error) if store::is_damage(&error) => {
            tracing::warn!("{} is made anew: {error}", file.display());
            for ending in ["", "-wal", "-shm"] {
                let mut name = file.as_os_str().to_owned();
                name.push(ending);
                std::fs::remove_file(PathBuf::from(name)).ok();
            }
            connect(file)
        }
        Err(error) => Err(error),
    }
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
    let (mut connection, stamps) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!("{} cannot be opened, so nothing is found: {error}", file.display());
            tell(HashMap::new());
            // What is brought is taken, lest others wait for ever.
            while next(inbox, stopped).is_some() {}
            return;
        }
    };
    tell(stamps);
    while let Some(first) = next(inbox, stopped) {
        let texts: Vec<Text> = std::iter::once(first).chain(inbox.try_iter().take(TOGETHER)).collect();
        if let Err(error) = write(&mut connection, &texts) {
            tracing::error!("texts cannot be kept for the search: {error}");
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

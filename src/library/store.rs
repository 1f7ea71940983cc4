//! The file: SQLite. Blocks; for a thread of its own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::entry::{Entry, Picture};
use super::schema::STEPS;
use super::words::Choices;
use super::{Change, Progress, Record};
use crate::notes::Verdict;
use crate::talk::TalkId;
use crate::time::MediaTime;

/// How long another program that holds the file is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// What could not be done with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer Plenary has made it.
    #[error("{} was made by a newer Plenary and is left alone", .0.display())]
    Newer(PathBuf),
    /// It cannot be opened, or set up.
    #[error("{} cannot be opened: {why}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// Something could not be read or written.
    #[error("What is known of your talks cannot be {doing}: {why}")]
    Work {
        /// `read` or `kept`.
        doing: &'static str,
        /// The engine's words.
        why: rusqlite::Error,
    },
}

impl StoreError {
    /// Whether it may be over in a while: no room, a disk that is gone, another program.
    pub(super) fn may_pass(&self) -> bool {
        use rusqlite::ErrorCode as Code;
        let Self::Work { why, .. } = self else { return false };
        matches!(
            why.sqlite_error_code(),
            Some(
                Code::DiskFull
                    | Code::SystemIoFailure
                    | Code::ReadOnly
                    | Code::DatabaseBusy
                    | Code::DatabaseLocked
                    | Code::CannotOpen
            )
        )
    }
}

/// Everything but the texts for the search.
#[derive(Debug, Default, PartialEq)]
pub struct Kept {
    /// What is known of each talk.
    pub records: Vec<Record>,
    /// What was found on disk.
    pub entries: Vec<Entry>,
    /// Folders of talks, in the order in which they were given.
    pub roots: Vec<PathBuf>,
    /// Copies that are not listed, and what is listed for them.
    pub merged: HashMap<PathBuf, PathBuf>,
    /// What is to be played, in order.
    pub queue: Vec<PathBuf>,
    /// What the viewer has chosen for single talks.
    pub choices: HashMap<TalkId, Choices>,
}

/// An open store.
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Opens or makes it, in the present schema. Older ones are brought forward, after a copy beside them. One that is
    /// broken is set aside and made anew; the sentences say so.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has been changed then.
    pub fn open(file: &Path) -> Result<(Self, Vec<String>), StoreError> {
        let failed = |why: String| StoreError::Open { path: file.to_owned(), why };
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
        }
        match connect(file) {
            Ok(connection) => Ok((Self { connection }, Vec::new())),
            Err(Failure::Newer) => Err(StoreError::Newer(file.to_owned())),
            Err(Failure::Engine(error)) if is_damage(&error) => {
                tracing::warn!("{}: {error}", file.display());
                let aside = set_aside(file).map_err(|error| failed(error.to_string()))?;
                let told = format!(
                    "{} was damaged; it is now {}. What could still be read of it is back, and verdicts are read from your notes, too",
                    file.display(),
                    aside.display()
                );
                match connect(file) {
                    Ok(connection) => {
                        super::salvage::salvage(&connection, &aside);
                        Ok((Self { connection }, vec![told]))
                    }
                    Err(Failure::Newer) => Err(StoreError::Newer(file.to_owned())),
                    Err(Failure::Engine(error)) => Err(failed(error.to_string())),
                    Err(Failure::Copy(error)) => Err(failed(error.to_string())),
                }
            }
            Err(Failure::Engine(error)) => Err(failed(error.to_string())),
            Err(Failure::Copy(error)) => Err(failed(format!("no copy of the older one could be made: {error}"))),
        }
    }

    /// Opens it for reading alone, where it cannot be written: a full disk, a folder that is read-only.
    ///
    /// # Errors
    /// [`StoreError::Open`].
    pub fn open_reading(file: &Path) -> Result<Self, StoreError> {
        use rusqlite::OpenFlags;
        let failed = |why: rusqlite::Error| StoreError::Open { path: file.to_owned(), why: why.to_string() };
        let name: String = file.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(format!("file:{name}?immutable=1"), flags).map_err(failed)?;
        Ok(Self { connection })
    }

    /// Everything that is kept.
    ///
    /// # Errors
    /// [`StoreError::Work`].
    pub fn all(&self) -> Result<Vec<Record>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Record>> {
            let mut query = self.connection.prepare(
                "SELECT talk.id, path, title, authors, link, verdict, position_ns, furthest_ns, done,
                        max(ifnull(verdict.set_at, 0), ifnull(done_at, 0)) AS decided_at
                 FROM talk LEFT JOIN verdict ON verdict.talk = talk.id LEFT JOIN progress ON progress.talk = talk.id
                 ORDER BY met_at",
            )?;
            let rows = query.query_map([], |row| {
                let authors: String = row.get("authors")?;
                let verdict: Option<String> = row.get("verdict")?;
                let nanos = |name| -> rusqlite::Result<MediaTime> {
                    Ok(MediaTime::from_nanos(row.get::<_, Option<i64>>(name)?.unwrap_or_default()))
                };
                Ok(Record {
                    id: TalkId(row.get("id")?),
                    path: path_of(row.get("path")?),
                    title: row.get("title")?,
                    authors: serde_json::from_str(&authors).unwrap_or_default(),
                    link: row.get("link")?,
                    verdict: verdict.as_deref().and_then(Verdict::parse),
                    progress: Progress {
                        position: nanos("position_ns")?,
                        furthest: nanos("furthest_ns")?,
                        done: row.get::<_, Option<bool>>("done")?.unwrap_or_default(),
                    },
                    decided_at: row.get::<_, Option<i64>>("decided_at")?.filter(|at| *at > 0),
                })
            })?;
            rows.collect()
        };
        read().map_err(|why| StoreError::Work { doing: "read", why })
    }

    /// Everything that is read at the start.
    ///
    /// # Errors
    /// [`StoreError::Work`].
    pub fn kept(&self) -> Result<Kept, StoreError> {
        let records = self.all()?;
        let read = || -> rusqlite::Result<Kept> {
            let paths = |sql: &str| -> rusqlite::Result<Vec<PathBuf>> {
                self.connection.prepare(sql)?.query_map([], |row| Ok(path_of(row.get(0)?)))?.collect()
            };
            let mut merged = self.connection.prepare("SELECT path, kept FROM merged")?;
            let merged = merged.query_map([], |row| Ok((path_of(row.get(0)?), path_of(row.get(1)?))))?;
            let mut settings = self.connection.prepare("SELECT talk, name, value FROM setting")?;
            let mut settings = settings.query([])?;
            let mut choices: HashMap<TalkId, Choices> = HashMap::new();
            while let Some(row) = settings.next()? {
                choices.entry(TalkId(row.get(0)?)).or_default().insert(row.get(1)?, row.get(2)?);
            }
            let mut entries = self.connection.prepare("SELECT * FROM entry")?;
            let entries = entries.query_map([], entry_of)?.collect::<rusqlite::Result<_>>()?;
            Ok(Kept {
                records,
                entries,
                roots: paths("SELECT path FROM root ORDER BY added_at, rowid")?,
                merged: merged.collect::<rusqlite::Result<_>>()?,
                queue: paths("SELECT path FROM queue ORDER BY position")?,
                choices,
            })
        };
        read().map_err(|why| StoreError::Work { doing: "read", why })
    }

    /// Writes changes, all or none.
    ///
    /// # Errors
    /// [`StoreError::Work`].
    pub fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let mut write = || -> rusqlite::Result<()> {
            let transaction = self.connection.transaction()?;
            for change in changes {
                write_one(&transaction, change)?;
            }
            transaction.commit()
        };
        write().map_err(|why| StoreError::Work { doing: "kept", why })
    }
}

fn write_one(to: &Connection, change: &Change) -> rusqlite::Result<()> {
    match change {
        Change::Met(record) => {
            let authors = serde_json::to_string(&record.authors).unwrap_or_default();
            to.prepare_cached(
                "INSERT INTO talk (id, path, title, authors, link, met_at) VALUES (?1, ?2, ?3, ?4, ?5, unixepoch())
                 ON CONFLICT (id) DO UPDATE SET path = ?2, title = ?3, authors = ?4, link = ?5, met_at = unixepoch()",
            )?
            .execute(params![record.id.0, bytes_of(&record.path), record.title, authors, record.link])?;
        }
        Change::Verdict(id, Some(verdict)) => {
            to.prepare_cached(
                "INSERT INTO verdict (talk, verdict, set_at) VALUES (?1, ?2, unixepoch())
                 ON CONFLICT (talk) DO UPDATE SET verdict = ?2, set_at = unixepoch()",
            )?
            .execute(params![id.0, verdict.word()])?;
        }
        Change::Verdict(id, None) => {
            to.prepare_cached("DELETE FROM verdict WHERE talk = ?1")?.execute([&id.0])?;
        }
        Change::Progress(id, progress) => {
            to.prepare_cached(
                "INSERT INTO progress (talk, position_ns, furthest_ns, done, set_at, done_at)
                 VALUES (?1, ?2, ?3, ?4, unixepoch(), iif(?4, unixepoch(), NULL))
                 ON CONFLICT (talk) DO UPDATE SET position_ns = ?2, furthest_ns = ?3, done = ?4, set_at = unixepoch(),
                 done_at = iif(?4, ifnull(done_at, unixepoch()), NULL)",
            )?
            .execute(params![
                id.0,
                progress.position.nanos(),
                progress.furthest.nanos(),
                progress.done
            ])?;
        }
        Change::Found(entry) => put_entry(to, entry)?,
        Change::Gone(path) => {
            to.prepare_cached("DELETE FROM entry WHERE path = ?1")?.execute([bytes_of(path)])?;
        }
        Change::Root(path, true) => {
            to.execute("INSERT OR IGNORE INTO root (path, added_at) VALUES (?1, unixepoch())", [bytes_of(path)])?;
        }
        Change::Root(path, false) => {
            to.execute("DELETE FROM root WHERE path = ?1", [bytes_of(path)])?;
            to.execute("DELETE FROM entry WHERE root = ?1", [bytes_of(path)])?;
        }
        Change::Merged(path, Some(kept)) => {
            let parts = params![bytes_of(path), bytes_of(kept)];
            to.execute("INSERT OR REPLACE INTO merged (path, kept) VALUES (?1, ?2)", parts)?;
        }
        Change::Merged(path, None) => {
            to.execute("DELETE FROM merged WHERE path = ?1", [bytes_of(path)])?;
        }
        Change::Choice(id, name, Some(value)) => {
            let parts = params![id.0, name, value];
            to.execute("INSERT OR REPLACE INTO setting (talk, name, value) VALUES (?1, ?2, ?3)", parts)?;
        }
        Change::Choice(id, name, None) => {
            to.execute("DELETE FROM setting WHERE talk = ?1 AND name = ?2", [&id.0, name])?;
        }
        Change::Queue(paths) => {
            to.execute("DELETE FROM queue", [])?;
            let mut insert = to.prepare_cached("INSERT INTO queue (path) VALUES (?1)")?;
            for path in paths {
                insert.execute([bytes_of(path)])?;
            }
        }
    }
    Ok(())
}

fn put_entry(to: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    let picture = entry.picture.as_ref();
    to.prepare_cached(
        "INSERT INTO entry (path, root, talk, fingerprint, title, authors, link, about, session, length_ns, slides,
                            picture, picture_width, picture_height, broken, stamp)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
         ON CONFLICT (path) DO UPDATE SET root = ?2, talk = ?3, fingerprint = ?4, title = ?5, authors = ?6, link = ?7,
         about = ?8, session = ?9, length_ns = ?10, slides = ?11, picture = ?12, picture_width = ?13,
         picture_height = ?14, broken = ?15, stamp = ?16",
    )?
    .execute(params![
        bytes_of(&entry.path),
        entry.root.as_deref().map(bytes_of),
        entry.id.0,
        entry.fingerprint,
        entry.title,
        serde_json::to_string(&entry.authors).unwrap_or_default(),
        entry.link,
        entry.about,
        entry.session,
        entry.length.map(MediaTime::nanos),
        i64::try_from(entry.slides).unwrap_or(i64::MAX),
        picture.map(|picture| bytes_of(&picture.file)),
        picture.map_or(0, |picture| picture.width),
        picture.map_or(0, |picture| picture.height),
        entry.broken,
        entry.stamp,
    ])?;
    Ok(())
}

fn entry_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    let authors: String = row.get("authors")?;
    let (width, height) = (row.get("picture_width")?, row.get("picture_height")?);
    let picture: Option<Vec<u8>> = row.get("picture")?;
    Ok(Entry {
        path: path_of(row.get("path")?),
        root: row.get::<_, Option<Vec<u8>>>("root")?.map(path_of),
        id: TalkId(row.get("talk")?),
        fingerprint: row.get("fingerprint")?,
        title: row.get("title")?,
        authors: serde_json::from_str(&authors).unwrap_or_default(),
        link: row.get("link")?,
        about: row.get("about")?,
        session: row.get("session")?,
        length: row.get::<_, Option<i64>>("length_ns")?.map(MediaTime::from_nanos),
        slides: usize::try_from(row.get::<_, i64>("slides")?).unwrap_or_default(),
        picture: picture.map(|file| Picture { file: path_of(file), width, height }),
        broken: row.get("broken")?,
        stamp: row.get("stamp")?,
    })
}

enum Failure {
    Newer,
    Engine(rusqlite::Error),
    Copy(std::io::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

fn connect(file: &Path) -> Result<Connection, Failure> {
    let mut connection = Connection::open(file)?;
    connection.busy_timeout(PATIENCE)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // Never negative, unless somebody else made it so: then it is nothing of ours.
    let Ok(version) = usize::try_from(version) else { return Err(Failure::Newer) };
    if version > STEPS.len() {
        return Err(Failure::Newer);
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Each commit is on the disk: where a talk was is not lost with the power.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A torn page is found now, not in the middle of a verdict.
    let sound: Option<String> = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).optional()?;
    if sound.as_deref() != Some("ok") {
        return Err(Failure::Engine(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            sound,
        )));
    }
    if version > 0 && version < STEPS.len() {
        let copy = beside(file, &format!("before-version-{}", STEPS.len()));
        connection
            .execute("VACUUM INTO ?1", [copy.to_string_lossy()])
            .map_err(|error| Failure::Copy(std::io::Error::other(format!("{}: {error}", copy.display()))))?;
    }
    for (number, step) in STEPS.iter().enumerate().skip(version) {
        let transaction = connection.transaction()?;
        for part in *step {
            transaction.execute_batch(part)?;
        }
        transaction.pragma_update(None, "user_version", i64::try_from(number + 1).unwrap_or(i64::MAX))?;
        transaction.commit()?;
    }
    Ok(connection)
}

pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase))
}

/// `library.db` -> `library.WORD.db`; with a number where that is taken.
fn beside(file: &Path, word: &str) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let named = |number: u32| {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        file.with_file_name(format!("{stem}.{word}{number}.db"))
    };
    (1..1000).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(1000))
}

fn set_aside(file: &Path) -> std::io::Result<PathBuf> {
    let aside = beside(file, "damaged");
    std::fs::rename(file, &aside)?;
    for ending in ["-wal", "-shm"] {
        let named = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        if named(file).exists() {
            std::fs::rename(named(file), named(&aside))?;
        }
    }
    Ok(aside)
}

#[cfg(unix)]
pub(super) fn bytes_of(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(unix)]
pub(super) fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(not(unix))]
pub(super) fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
pub(super) fn path_of(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

//! What has been read once: by the content of the picture, so that the same slide in two downloads is read once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

/// The table in the library's file.
pub const TABLES: &str = "
    CREATE TABLE slide_text (
        hash     BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 16),
        language TEXT NOT NULL,
        text     TEXT,
        version  TEXT,
        CHECK ((text IS NULL) = (version IS NOT NULL))
    ) STRICT, WITHOUT ROWID;
";

/// How long another program that holds the file is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The content of a picture file, in short: XXH3, 128 bits. Told apart are pictures, not attackers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PictureHash([u8; 16]);

impl PictureHash {
    /// Of the bytes of a file.
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxhash_rust::xxh3::xxh3_128(bytes).to_be_bytes())
    }
}

/// What came of reading a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its text; often none.
    Text(String),
    /// It cannot be read by the programs of these versions.
    Failed {
        /// Of this program and the one that reads.
        version: String,
    },
}

/// What is remembered of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The languages it was read for, with `+` between them.
    pub languages: String,
    /// What came of it.
    pub outcome: Outcome,
}

impl Known {
    /// Whether reading it again, for these languages and by this version, would give nothing new.
    pub fn holds(&self, languages: &str, version: &str) -> bool {
        self.languages == languages
            && match &self.outcome {
                Outcome::Text(_) => true,
                Outcome::Failed { version: failed } => failed == version,
            }
    }
}

/// Where it is remembered. Called from the thread that reads.
pub trait Cache: Send {
    /// What is known of a picture.
    ///
    /// # Errors
    /// A sentence, where it cannot be looked up.
    fn get(&mut self, hash: &PictureHash) -> Result<Option<Known>, String>;

    /// Remembers it, instead of what was known.
    ///
    /// # Errors
    /// A sentence, where it cannot be kept.
    fn put(&mut self, hash: &PictureHash, known: &Known) -> Result<(), String>;
}

/// Until the end of the program.
#[derive(Debug, Default)]
pub struct MemoryCache(HashMap<PictureHash, Known>);

impl Cache for MemoryCache {
    fn get(&mut self, hash: &PictureHash) -> Result<Option<Known>, String> {
        Ok(self.0.get(hash).cloned())
    }

    fn put(&mut self, hash: &PictureHash, known: &Known) -> Result<(), String> {
        self.0.insert(*hash, known.clone());
        Ok(())
    }
}

/// In the library's file, by a connection of its own that is made when it is first used; the tables are there then.
pub struct FileCache {
    file: PathBuf,
    connection: Option<Connection>,
}

impl FileCache {
    /// In this file.
    pub fn new(file: PathBuf) -> Self {
        Self { file, connection: None }
    }

    fn connection(&mut self) -> rusqlite::Result<&Connection> {
        if self.connection.is_none() {
            let connection = Connection::open_with_flags(&self.file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            connection.busy_timeout(PATIENCE)?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            self.connection = Some(connection);
        }
        self.connection.as_ref().ok_or(rusqlite::Error::InvalidQuery)
    }
}

impl Cache for FileCache {
    fn get(&mut self, hash: &PictureHash) -> Result<Option<Known>, String> {
        let got = self.connection().and_then(|connection| get(connection, hash));
        got.map_err(|error| format!("What was read on slides cannot be looked up: {error}"))
    }

    fn put(&mut self, hash: &PictureHash, known: &Known) -> Result<(), String> {
        let put = self.connection().and_then(|connection| put(connection, hash, known));
        put.map_err(|error| format!("What was read on slides cannot be kept: {error}"))
    }
}

/// What is known of a picture.
///
/// # Errors
/// The engine's.
pub fn get(connection: &Connection, hash: &PictureHash) -> rusqlite::Result<Option<Known>> {
    let mut query = connection.prepare_cached("SELECT language, text, version FROM slide_text WHERE hash = ?1")?;
    let row = |row: &rusqlite::Row<'_>| {
        let outcome = match row.get("text")? {
            Some(text) => Outcome::Text(text),
            None => Outcome::Failed { version: row.get("version")? },
        };
        Ok(Known { languages: row.get("language")?, outcome })
    };
    query.query_row([hash.0], row).optional()
}

/// Remembers it, instead of what was known.
///
/// # Errors
/// The engine's.
pub fn put(connection: &Connection, hash: &PictureHash, known: &Known) -> rusqlite::Result<()> {
    let (text, version) = match &known.outcome {
        Outcome::Text(text) => (Some(text), None),
        Outcome::Failed { version } => (None, Some(version)),
    };
    connection
        .prepare_cached("INSERT OR REPLACE INTO slide_text (hash, language, text, version) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![hash.0, known.languages, text, version])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(outcome: Outcome) -> Known {
        Known { languages: "eng".into(), outcome }
    }

    #[test]
    fn what_is_put_into_the_file_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("library.db");
        Connection::open(&file).unwrap().execute_batch(TABLES).unwrap();
        let (one, two) = (PictureHash::of(b"one"), PictureHash::of(b"two"));
        let failed = known(Outcome::Failed { version: "0.1.0/5.3.0".into() });
        let text = known(Outcome::Text("deep learning".into()));
        let mut cache = FileCache::new(file.clone());
        assert_eq!(cache.get(&one), Ok(None));
        cache.put(&one, &failed).unwrap();
        cache.put(&two, &known(Outcome::Text(String::new()))).unwrap();
        let mut again = FileCache::new(file);
        assert_eq!(again.get(&one), Ok(Some(failed)));
        assert_eq!(again.get(&two), Ok(Some(known(Outcome::Text(String::new())))));
        again.put(&one, &text).unwrap();
        assert_eq!(cache.get(&one), Ok(Some(text)));
    }

    #[test]
    fn a_file_without_the_table_is_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("empty.db");
        Connection::open(&file).unwrap();
        let mut cache = FileCache::new(file);
        assert!(
            cache.get(&PictureHash::of(b"")).unwrap_err().starts_with("What was read on slides cannot be looked up")
        );
    }

    #[test]
    fn text_holds_for_its_languages_and_a_failure_until_the_next_version() {
        let text = known(Outcome::Text("x".into()));
        assert!(text.holds("eng", "1") && text.holds("eng", "2") && !text.holds("eng+deu", "1"));
        let failed = known(Outcome::Failed { version: "1".into() });
        assert!(failed.holds("eng", "1") && !failed.holds("eng", "2") && !failed.holds("deu", "1"));
    }
}

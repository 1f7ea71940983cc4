//! The tables, one step per version. A step is never changed once it has been released; a new one is added.

/// What leads from version `n` to `n + 1`, for each `n`, in parts.
pub const STEPS: &[&[&str]] = &[&[VERDICTS], &[CATALOGUE]];

/// What the viewer thinks of talks, and how far they have come.
const VERDICTS: &str = "
    CREATE TABLE talk (
        id      TEXT PRIMARY KEY NOT NULL,
        path    BLOB NOT NULL,
        title   TEXT NOT NULL,
        authors TEXT NOT NULL,
        link    TEXT,
        met_at  INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE verdict (
        talk    TEXT PRIMARY KEY NOT NULL REFERENCES talk (id),
        verdict TEXT NOT NULL CHECK (verdict IN ('keep', 'again', 'drop')),
        set_at  INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE progress (
        talk        TEXT PRIMARY KEY NOT NULL REFERENCES talk (id),
        position_ns INTEGER NOT NULL,
        furthest_ns INTEGER NOT NULL,
        done        INTEGER NOT NULL,
        set_at      INTEGER NOT NULL
    ) STRICT;
";

/// What was found on disk, what is to be played, and what the viewer has chosen for single talks.
const CATALOGUE: &str = "
    CREATE TABLE root (
        path     BLOB PRIMARY KEY NOT NULL,
        added_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE entry (
        path           BLOB PRIMARY KEY NOT NULL,
        root           BLOB,
        talk           TEXT NOT NULL,
        fingerprint    TEXT NOT NULL,
        title          TEXT NOT NULL,
        authors        TEXT NOT NULL,
        link           TEXT,
        about          TEXT NOT NULL,
        session        TEXT NOT NULL,
        length_ns      INTEGER,
        slides         INTEGER NOT NULL,
        picture        BLOB,
        picture_width  INTEGER NOT NULL,
        picture_height INTEGER NOT NULL,
        broken         TEXT,
        stamp          INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX entry_talk ON entry (talk);
    CREATE TABLE merged (
        path BLOB PRIMARY KEY NOT NULL,
        kept BLOB NOT NULL
    ) STRICT;
    CREATE TABLE queue (
        position INTEGER PRIMARY KEY NOT NULL,
        path     BLOB NOT NULL
    ) STRICT;
    CREATE TABLE setting (
        talk  TEXT NOT NULL,
        name  TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (talk, name)
    ) STRICT;
    ALTER TABLE progress ADD COLUMN done_at INTEGER;
";

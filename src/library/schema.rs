//! The tables, one step per version. A step is never changed once it has been released; a new one is added.

/// What leads from version `n` to `n + 1`, for each `n`.
pub const STEPS: &[&str] = &["
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
"];

//! The tables of the search, and how texts come into them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::grams::Grams;
use crate::library::entry::{Passage, PassageKind};
use crate::talk::TalkId;
use crate::time::MediaTime;

/// The tables: a part of a step of the store's schema, so never changed once released.
///
/// The number of a passage says all about it but its text: its class (in the order of ranks), the talk, its place in
/// time. So the order of numbers is the order in which hits are shown. The index keeps no text (`content=''`) and no
/// places (`detail=none`); `prefix` is for words of one and two characters,
/// `hashsize` lets more be gathered in memory before it is written.
pub const TABLES: &str = "
    CREATE TABLE searched (
        number INTEGER PRIMARY KEY,
        talk   TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE passage (
        id       INTEGER PRIMARY KEY,
        slide    INTEGER,
        start_ns INTEGER,
        text     TEXT NOT NULL
    ) STRICT;
    CREATE VIRTUAL TABLE passage_gram USING fts5(
        grams,
        content = '',
        contentless_delete = 1,
        detail = none,
        prefix = '1 2',
        tokenize = \"ascii tokenchars '_'\"
    );
    INSERT INTO passage_gram (passage_gram, rank) VALUES ('hashsize', 8000000);
";

/// Bits of a passage's number: the class, the talk, the place.
const PLACE_BITS: u32 = 20;
const TALK_BITS: u32 = 40;

/// What a passage is to the search, in the order of ranks. Stored: the numbers stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The kind that the caller knows.
    Of(PassageKind),
    /// Title, authors and tags of a talk together, for words that are spread over them.
    Together,
}

impl Class {
    /// All, in the order of ranks.
    pub const ALL: [Self; 8] = [
        Self::Of(PassageKind::Title),
        Self::Of(PassageKind::Author),
        Self::Of(PassageKind::Tag),
        Self::Together,
        Self::Of(PassageKind::Note),
        Self::Of(PassageKind::Slide),
        Self::Of(PassageKind::About),
        Self::Of(PassageKind::Speech),
    ];

    const fn rank(self) -> i64 {
        match self {
            Self::Of(PassageKind::Title) => 0,
            Self::Of(PassageKind::Author) => 1,
            Self::Of(PassageKind::Tag) => 2,
            Self::Together => 3,
            Self::Of(PassageKind::Note) => 4,
            Self::Of(PassageKind::Slide) => 5,
            Self::Of(PassageKind::About) => 6,
            Self::Of(PassageKind::Speech) => 7,
        }
    }

    /// Of the passage with this number.
    pub fn of(id: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.rank() == id >> (TALK_BITS + PLACE_BITS))
    }

    /// The numbers that its passages have.
    pub const fn ids(self) -> RangeInclusive<i64> {
        let first = self.rank() << (TALK_BITS + PLACE_BITS);
        first..=first + ((1 << (TALK_BITS + PLACE_BITS)) - 1)
    }

    /// The numbers that its passages of one talk have.
    pub const fn ids_of(self, talk: i64) -> RangeInclusive<i64> {
        let first = (self.rank() << (TALK_BITS + PLACE_BITS)) + (talk << PLACE_BITS);
        first..=first + ((1 << PLACE_BITS) - 1)
    }
}

/// The number of the talk whose passage this is.
pub const fn talk_of(id: i64) -> i64 {
    (id >> PLACE_BITS) & ((1 << TALK_BITS) - 1)
}

/// The number that the search has for a talk.
pub fn number_of(conn: &Connection, talk: &TalkId) -> rusqlite::Result<Option<i64>> {
    let mut known = conn.prepare_cached("SELECT number FROM searched WHERE talk = ?1")?;
    known.query_row([&talk.0], |row| row.get(0)).optional()
}

/// What a talk has now of some kinds.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    /// The talk.
    pub talk: &'a TalkId,
    /// What it had of these is replaced.
    pub kinds: &'a [PassageKind],
    /// Of these kinds; others are left out. In any order: it is made here, by time, those without a time first.
    pub passages: &'a [Passage],
}

/// [`put_all`] of one talk.
///
/// # Errors
/// The engine's.
pub fn put(conn: &Connection, talk: &TalkId, kinds: &[PassageKind], passages: &[Passage]) -> rusqlite::Result<()> {
    put_all(conn, &[Texts { talk, kinds, passages }])
}

/// Replaces what talks have of some kinds. To be called within a transaction. Some hundred talks at once are best: the
/// index is written in the order of passages' numbers, in which the texts of one talk are far from each other.
///
/// # Errors
/// The engine's.
pub fn put_all(conn: &Connection, all: &[Texts]) -> rusqlite::Result<()> {
    let mut writer = Writer { conn, fresh: BTreeMap::new() };
    for texts in all {
        writer.replace(texts)?;
    }
    let mut grams = Grams::default();
    let mut insert = conn.prepare_cached("INSERT INTO passage_gram (rowid, grams) VALUES (?1, ?2)")?;
    for (id, text) in &writer.fresh {
        insert.execute(params![id, grams.of(text)])?;
    }
    Ok(())
}

/// Removes all that a talk has.
///
/// # Errors
/// The engine's.
pub fn forget(conn: &Connection, talk: &TalkId) -> rusqlite::Result<()> {
    let Some(number) = number_of(conn, talk)? else { return Ok(()) };
    let mut writer = Writer { conn, fresh: BTreeMap::new() };
    for class in Class::ALL {
        writer.clear(&class.ids_of(number))?;
    }
    conn.prepare_cached("DELETE FROM searched WHERE number = ?1")?.execute([number])?;
    Ok(())
}

/// Merges what many small changes have left in the index, a little at a time: for when nothing else is to be done.
/// Whether there may be more to merge.
///
/// # Errors
/// The engine's.
pub fn tidy(conn: &Connection) -> rusqlite::Result<bool> {
    let changes = || conn.query_row("SELECT total_changes()", [], |row| row.get::<_, i64>(0));
    let before = changes()?;
    conn.execute("INSERT INTO passage_gram (passage_gram, rank) VALUES ('merge', 500)", [])?;
    // Its documentation: fewer than two changes mean that there was nothing to merge.
    Ok(changes()? - before >= 2)
}

/// Writes passages, and gathers what is to be indexed.
struct Writer<'a> {
    conn: &'a Connection,
    /// The texts that are not in the index yet, by their numbers.
    fresh: BTreeMap<i64, Cow<'a, str>>,
}

impl<'a> Writer<'a> {
    fn replace(&mut self, texts: &Texts<'a>) -> rusqlite::Result<()> {
        let mut taken: Vec<&Passage> =
            texts.passages.iter().filter(|passage| texts.kinds.contains(&passage.kind)).collect();
        taken.sort_by_key(|passage| (passage.kind, passage.start));
        let number = match number_of(self.conn, texts.talk)? {
            Some(number) => number,
            None if taken.is_empty() => return Ok(()),
            None => {
                self.conn.prepare_cached("INSERT INTO searched (talk) VALUES (?1)")?.execute([&texts.talk.0])?;
                self.conn.last_insert_rowid()
            }
        };
        for kind in texts.kinds {
            self.clear(&Class::Of(*kind).ids_of(number))?;
        }
        for of_kind in taken.chunk_by(|one, next| one.kind == next.kind) {
            let Some(kind) = of_kind.first().map(|passage| passage.kind) else { continue };
            for (id, passage) in Class::Of(kind).ids_of(number).zip(of_kind) {
                let slide = passage.slide.and_then(|slide| i64::try_from(slide).ok());
                self.add(id, slide, passage.start.map(MediaTime::nanos), Cow::Borrowed(&passage.text))?;
            }
        }
        let put_together = |kind| matches!(kind, &PassageKind::Title | &PassageKind::Author | &PassageKind::Tag);
        if texts.kinds.iter().any(put_together) { self.put_together(number) } else { Ok(()) }
    }

    /// The passage that has title, authors and tags, made anew.
    fn put_together(&mut self, number: i64) -> rusqlite::Result<()> {
        let ids = Class::Together.ids_of(number);
        self.clear(&ids)?;
        let mut parts: Vec<String> = Vec::new();
        let mut read = self.conn.prepare_cached("SELECT text FROM passage WHERE id BETWEEN ?1 AND ?2 ORDER BY id")?;
        for kind in [PassageKind::Title, PassageKind::Author, PassageKind::Tag] {
            let ids = Class::Of(kind).ids_of(number);
            let texts = read.query_map([ids.start(), ids.end()], |row| row.get(0))?;
            parts.append(&mut texts.collect::<rusqlite::Result<Vec<String>>>()?);
        }
        // One alone would be found twice.
        if parts.len() < 2 {
            return Ok(());
        }
        self.add(*ids.start(), None, None, Cow::Owned(parts.join(" · ")))
    }

    fn add(&mut self, id: i64, slide: Option<i64>, start: Option<i64>, text: Cow<'a, str>) -> rusqlite::Result<()> {
        self.conn
            .prepare_cached("INSERT INTO passage (id, slide, start_ns, text) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id, slide, start, text])?;
        self.fresh.insert(id, text);
        Ok(())
    }

    fn clear(&mut self, ids: &RangeInclusive<i64>) -> rusqlite::Result<()> {
        let mut known = self.conn.prepare_cached("SELECT id FROM passage WHERE id BETWEEN ?1 AND ?2")?;
        let known: Vec<i64> =
            known.query_map([ids.start(), ids.end()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for id in &known {
            if self.fresh.remove(id).is_none() {
                self.conn.prepare_cached("DELETE FROM passage_gram WHERE rowid = ?1")?.execute([id])?;
            }
        }
        if !known.is_empty() {
            let mut delete = self.conn.prepare_cached("DELETE FROM passage WHERE id BETWEEN ?1 AND ?2")?;
            delete.execute([ids.start(), ids.end()])?;
        }
        Ok(())
    }
}

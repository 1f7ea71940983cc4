mod asking;
mod filters;
mod folding;
mod plain_scan;
mod thread;

use rusqlite::Connection;

use super::{Hit, Limits, Query, Results, TABLES, find, put};
use crate::library::entry::{Passage, PassageKind};
use crate::talk::TalkId;
use crate::time::MediaTime;

pub const ALL: [PassageKind; 7] = [
    PassageKind::Title,
    PassageKind::Author,
    PassageKind::About,
    PassageKind::Tag,
    PassageKind::Note,
    PassageKind::Slide,
    PassageKind::Speech,
];

/// The search's tables and the store's table of verdicts.
pub fn tables(conn: &Connection) {
    conn.execute_batch("CREATE TABLE verdict (talk TEXT PRIMARY KEY NOT NULL, verdict TEXT NOT NULL) STRICT;").unwrap();
    conn.execute_batch(TABLES).unwrap();
}

pub fn memory() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    tables(&conn);
    conn
}

pub fn id(talk: &str) -> TalkId {
    TalkId(talk.into())
}

pub fn passage(kind: PassageKind, text: &str) -> Passage {
    Passage { kind, slide: None, start: None, text: text.into() }
}

pub fn said(second: i64, text: &str) -> Passage {
    let start = Some(MediaTime::from_secs(second));
    Passage { kind: PassageKind::Speech, slide: Some(0), start, text: text.into() }
}

pub fn add(conn: &Connection, talk: &str, passages: &[Passage]) {
    put(conn, &id(talk), &ALL, passages).unwrap();
}

pub fn ask(conn: &Connection, text: &str) -> Results {
    find(conn, &Query::parse(text), None, Limits::default()).unwrap()
}

/// The texts of the hits, in order.
pub fn texts(conn: &Connection, text: &str) -> Vec<String> {
    ask(conn, text).hits.into_iter().map(|hit| hit.text).collect()
}

/// The talks of the hits, in order, each once where it repeats itself.
pub fn talks(conn: &Connection, text: &str) -> Vec<String> {
    let mut talks: Vec<String> = ask(conn, text).hits.into_iter().map(|hit| hit.talk.0).collect();
    talks.dedup();
    talks
}

/// What is lit of a hit.
pub fn lit(hit: &Hit) -> Vec<&str> {
    hit.lit.iter().map(|range| &hit.text[range.clone()]).collect()
}

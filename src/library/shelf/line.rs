//! What filters, orders and counts need of a row, close together in memory: a row itself is spread over a dozen places.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::seen::{self, Seen};
use crate::library::Row;
use crate::notes::Verdict;
use crate::time::MediaTime;

/// A row in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// How much was heard.
    pub seen: Seen,
    /// What the viewer thinks of it.
    pub verdict: Option<Verdict>,
    /// Moments noted.
    pub notes: u32,
    /// How long it is.
    pub length: Option<MediaTime>,
    /// How much was never heard.
    pub left: Option<MediaTime>,
    /// The part that was heard, in millionths.
    pub heard: Option<u32>,
    /// When it was judged or done.
    pub decided: Option<i64>,
    /// It cannot be opened.
    pub broken: bool,
    /// It is not there at present.
    pub away: bool,
}

impl Line {
    /// Of a row.
    pub fn of(row: &Row) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part is within 0 and 1")]
        let heard = seen::heard(row).map(|part| (part * 1e6) as u32);
        Self {
            seen: Seen::of(row),
            verdict: row.state.verdict,
            notes: u32::try_from(row.state.notes).unwrap_or(u32::MAX),
            length: row.entry.length,
            left: seen::left(row),
            heard,
            decided: row.state.decided_at,
            broken: row.entry.broken.is_some(),
            away: row.away,
        }
    }

    /// It can be listened to now.
    pub fn playable(&self) -> bool {
        !self.broken && !self.away
    }
}

/// Another number whenever a name of the row is another: what is made of names is made anew only then.
pub fn names(row: &Row) -> u64 {
    let mut hasher = DefaultHasher::new();
    let entry = &row.entry;
    // The path by its bytes: hashing it part by part takes three times as long.
    entry.path.as_os_str().hash(&mut hasher);
    entry.root.as_ref().map(|root| root.as_os_str()).hash(&mut hasher);
    (&entry.title, &entry.authors, &entry.session, &row.state.tags).hash(&mut hasher);
    (&entry.id, &entry.fingerprint).hash(&mut hasher);
    hasher.finish()
}

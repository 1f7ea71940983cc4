//! What the viewer has typed.
//!
//! Words are apart by white space; each must occur, anywhere within a word, in the same passage. `"two words"` is a
//! sequence with its space. `author:NAME` and `tag:NAME` limit the talks: an author with NAME in their name, a tag that
//! begins with NAME, or is NAME where it stands in quotes. `verdict:keep|again|drop|none` as well; several are any of
//! them. `in:slides|speech|notes|titles` limits where is looked; several are all of these places. The beginning of a
//! value is enough: `verdict:k`. Whatever else has a colon is a word.

use std::ops::Range;

use super::fold::fold;
use super::matching;
use crate::library::entry::PassageKind;
use crate::notes::Verdict;

/// So much of what is typed, or pasted, is read, in characters.
const READ: usize = 1000;

/// What is looked for. [`Query::parse`] makes one of any text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Folded, none is empty.
    pub(super) words: Vec<String>,
    /// Folded parts of names; each must be in some author's.
    pub(super) authors: Vec<String>,
    /// Each must be there.
    pub(super) tags: Vec<Tag>,
    /// One of these; any where it is empty.
    pub(super) verdicts: Vec<Option<Verdict>>,
    /// Only in these; everywhere where it is empty.
    pub(super) kinds: Vec<PassageKind>,
}

/// A tag that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// Folded, without `#`.
    pub name: String,
    /// Not only its beginning.
    pub whole: bool,
}

impl Query {
    /// Reads what was typed; any text is a query.
    pub fn parse(text: &str) -> Self {
        let end = text.char_indices().nth(READ).map_or(text.len(), |(at, _)| at);
        let mut rest = text.get(..end).unwrap_or_default();
        let mut query = Self::default();
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                return query;
            }
            let (piece, behind) = piece(rest);
            rest = behind;
            query.take(&piece);
        }
    }

    /// Whether nothing is looked for: no word, and no limit to the talks.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && !self.has_filter()
    }

    /// The words and sequences that must occur, folded.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether what is said is looked at.
    pub fn asks_for_speech(&self) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&PassageKind::Speech)
    }

    /// The bytes of any text that are lit: in order, apart, whole characters. For what is shown beside the hits.
    pub fn lit(&self, text: &str) -> Vec<Range<usize>> {
        matching::lit(text, &self.words)
    }

    /// Whether only some talks are looked at.
    pub(super) fn has_filter(&self) -> bool {
        !(self.authors.is_empty() && self.tags.is_empty() && self.verdicts.is_empty())
    }

    fn take(&mut self, piece: &Piece) {
        let value = fold(piece.value);
        let value = value.trim();
        match piece.prefix {
            Some("author") => self.authors.extend(some(value)),
            Some("tag") => {
                let name = some(value.trim_start_matches('#'));
                self.tags.extend(name.map(|name| Tag { name, whole: piece.quoted }));
            }
            // The beginning of a filter is no word while its value is being typed.
            Some(_) if value.is_empty() => {}
            Some("verdict") if self.take_verdict(value) => {}
            Some("in") if self.take_place(value) => {}
            Some(_) => self.words.extend(some(fold(piece.whole).trim())),
            None => self.words.extend(some(value)),
        }
    }

    fn take_verdict(&mut self, value: &str) -> bool {
        let all = Verdict::ALL.map(|verdict| (verdict.word(), Some(verdict))).into_iter().chain([("none", None)]);
        let known: Vec<_> = all.filter(|(word, _)| word.starts_with(value)).map(|(_, verdict)| verdict).collect();
        self.verdicts.extend(&known);
        !known.is_empty()
    }

    fn take_place(&mut self, value: &str) -> bool {
        let all: [(&str, &[PassageKind]); 4] = [
            ("slides", &[PassageKind::Slide]),
            ("speech", &[PassageKind::Speech]),
            ("notes", &[PassageKind::Note, PassageKind::Tag]),
            ("titles", &[PassageKind::Title]),
        ];
        let known: Vec<_> = all.into_iter().filter(|(word, _)| word.starts_with(value)).collect();
        self.kinds.extend(known.iter().flat_map(|(_, kinds)| kinds.iter()));
        !known.is_empty()
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A word, a sequence in quotes, or one of these behind a prefix.
struct Piece<'a> {
    prefix: Option<&'static str>,
    value: &'a str,
    quoted: bool,
    whole: &'a str,
}

/// The first piece of a text that does not begin with white space, and what is behind it.
fn piece(text: &str) -> (Piece<'_>, &str) {
    let prefix = ["author", "tag", "verdict", "in"].into_iter().find(|name| {
        let begins = text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        begins && text.get(name.len()..).is_some_and(|rest| rest.starts_with(':'))
    });
    let body = text.get(prefix.map_or(0, |name| name.len() + 1)..).unwrap_or_default();
    let is_quote = |letter: char| matches!(letter, '"' | '“' | '”' | '„');
    let (value, quoted, used) = match body.chars().next().filter(|first| is_quote(*first)) {
        Some(quote) => {
            let inner = body.get(quote.len_utf8()..).unwrap_or_default();
            // A quote that is still open goes to the end.
            let end = inner.find(is_quote).unwrap_or(inner.len());
            let closing = inner.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            (inner.get(..end).unwrap_or_default(), closing > 0, quote.len_utf8() + end + closing)
        }
        None => {
            let end = body.find(|letter: char| letter.is_whitespace() || is_quote(letter)).unwrap_or(body.len());
            (body.get(..end).unwrap_or_default(), false, end)
        }
    };
    let end = text.len() - body.len() + used;
    let piece = Piece { prefix, value, quoted, whole: text.get(..end).unwrap_or_default() };
    (piece, text.get(end..).unwrap_or_default())
}

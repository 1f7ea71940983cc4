//! Answers a question.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, params};

use super::fold::fold_into;
use super::grams::question;
use super::index::{Class, number_of, talk_of};
use super::matching::{Quality, quality, shown};
use super::query::Query;
use super::{Hit, Limits, Results};
use crate::library::entry::PassageKind;
use crate::notes::Verdict;
use crate::talk::TalkId;
use crate::time::MediaTime;

/// So many passages that may match are all read, and put in order then. Of more, the index is asked for the best first.
const FEW: usize = 600;
/// Passages of so few talks are read without the index.
const FEW_TALKS: usize = 16;
/// Passages between two looks at whether the question is still wanted.
const STRIDE: u32 = 64;

/// Looks for passages; in one talk only, where it is given. Verdicts, where they are asked for, are those of the table
/// `verdict (talk, verdict)`, which may be in an attached file.
///
/// # Errors
/// The engine's; never for what is asked.
pub fn find(conn: &Connection, query: &Query, within: Option<&TalkId>, limits: Limits) -> rusqlite::Result<Results> {
    find_until(conn, query, within, limits, &|| false)
}

/// [`find`], given up with `SQLITE_INTERRUPT` as soon as `stop` says so.
pub fn find_until(
    conn: &Connection,
    query: &Query,
    within: Option<&TalkId>,
    limits: Limits,
    stop: &dyn Fn() -> bool,
) -> rusqlite::Result<Results> {
    let mut finder = Finder {
        conn,
        words: &query.words,
        limits,
        stop,
        steps: Cell::new(0),
        buffer: String::new(),
        found: Vec::new(),
        counts: HashMap::new(),
        more: false,
    };
    if query.is_empty() || limits.hits == 0 {
        return Ok(Results::default());
    }
    let mut talks = finder.filter(query)?;
    if let Some(within) = within {
        let number = number_of(conn, within)?.filter(|number| talks.has(*number));
        talks.only = Some(number.into_iter().collect());
        finder.limits.per_talk = usize::MAX;
    }
    if finder.words.is_empty() {
        finder.titles(&talks)?;
        return finder.results();
    }
    let wanted = |class: &Class| match class {
        Class::Of(kind) => query.kinds.is_empty() || query.kinds.contains(kind),
        Class::Together => query.kinds.is_empty(),
    };
    let classes: Vec<Class> = Class::ALL.into_iter().filter(wanted).collect();
    match &talks.only {
        Some(few) if few.len() <= FEW_TALKS => finder.talk_by_talk(few, &classes)?,
        _ => finder.by_index(&talks, &classes)?,
    }
    finder.results()
}

/// Which talks are looked at.
#[derive(Default)]
struct Talks {
    /// Only these.
    only: Option<HashSet<i64>>,
    /// Not these.
    except: HashSet<i64>,
}

impl Talks {
    fn has(&self, number: i64) -> bool {
        !self.except.contains(&number) && self.only.as_ref().is_none_or(|only| only.contains(&number))
    }

    fn limit(&mut self, to: HashSet<i64>) {
        self.only = Some(match self.only.take() {
            Some(only) => only.intersection(&to).copied().collect(),
            None => to,
        });
    }
}

/// A passage that matches, not yet made ready to be shown.
struct Found {
    id: i64,
    class: Class,
    quality: Quality,
    slide: Option<i64>,
    start: Option<i64>,
    text: String,
}

struct Finder<'a> {
    conn: &'a Connection,
    words: &'a [String],
    limits: Limits,
    stop: &'a dyn Fn() -> bool,
    steps: Cell<u32>,
    buffer: String,
    found: Vec<Found>,
    /// How many hits each talk has.
    counts: HashMap<i64, usize>,
    more: bool,
}

impl Finder<'_> {
    /// The talks that the query's filters allow.
    fn filter(&mut self, query: &Query) -> rusqlite::Result<Talks> {
        let mut talks = Talks::default();
        for name in &query.authors {
            let has = |folded: &str| folded.contains(name.as_str());
            talks.limit(self.talks_with(PassageKind::Author, name, Quality::Inner, has)?);
        }
        for tag in &query.tags {
            let (least, name) = (if tag.whole { Quality::Whole } else { Quality::Start }, tag.name.as_str());
            let is = |folded: &str| if tag.whole { folded == name } else { folded.starts_with(name) };
            talks.limit(self.talks_with(PassageKind::Tag, name, least, is)?);
        }
        if !query.verdicts.is_empty() {
            // Without a verdict are all but those that have one: fewer to read.
            let none = query.verdicts.contains(&None);
            let listed = |verdict: &Verdict| query.verdicts.contains(&Some(*verdict)) != none;
            let mut listed = Verdict::ALL.into_iter().filter(listed).map(Verdict::word);
            let words = [listed.next(), listed.next(), listed.next()];
            let mut read = self.conn.prepare_cached(
                "SELECT number FROM verdict CROSS JOIN searched ON searched.talk = verdict.talk
                 WHERE verdict IN (?1, ?2, ?3)",
            )?;
            let numbers = read.query_map(words, |row| row.get(0))?.collect::<rusqlite::Result<HashSet<i64>>>()?;
            if none {
                talks.except = numbers;
            } else {
                talks.limit(numbers);
            }
        }
        Ok(talks)
    }

    /// The talks that have a passage of this kind whose folded text is right; it has `name`, and at least so.
    fn talks_with(
        &mut self,
        kind: PassageKind,
        name: &str,
        least: Quality,
        right: impl Fn(&str) -> bool,
    ) -> rusqlite::Result<HashSet<i64>> {
        let mut talks = HashSet::new();
        let Some(asked) = question(&[name.to_owned()], least) else { return Ok(talks) };
        let mut ids = self.conn.prepare_cached(ASK)?;
        let range = Class::Of(kind).ids();
        let mut rows = ids.query(params![asked, range.start(), range.end()])?;
        while let Some(row) = rows.next()? {
            self.step()?;
            let id = row.get(0)?;
            if !talks.contains(&talk_of(id)) {
                let (.., text) = self.read(id)?;
                fold_into(&text, &mut self.buffer);
                if right(self.buffer.trim()) {
                    talks.insert(talk_of(id));
                }
            }
        }
        Ok(talks)
    }

    /// The titles of these talks, in the order in which they were met.
    fn titles(&mut self, talks: &Talks) -> rusqlite::Result<()> {
        let class = Class::Of(PassageKind::Title);
        let mut ranges = vec![class.ids()];
        if let Some(only) = &talks.only {
            let mut only: Vec<i64> = only.iter().copied().filter(|number| talks.has(*number)).collect();
            only.sort_unstable();
            ranges = only.into_iter().map(|number| class.ids_of(number)).collect();
        }
        let mut read = self.conn.prepare_cached(READ_RANGE)?;
        for range in ranges {
            let mut rows = read.query([range.start(), range.end()])?;
            while let Some(row) = rows.next()? {
                self.step()?;
                let id = row.get(0)?;
                let (slide, start, text) = (row.get(1)?, row.get(2)?, row.get(3)?);
                let found = Found { id, class, quality: Quality::Whole, slide, start, text };
                if talks.has(talk_of(id)) && !self.keep(found) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Reads all of a few talks.
    fn talk_by_talk(&mut self, numbers: &HashSet<i64>, classes: &[Class]) -> rusqlite::Result<()> {
        let mut all = Vec::new();
        let mut read = self.conn.prepare_cached(READ_RANGE)?;
        for (number, class) in numbers.iter().flat_map(|number| classes.iter().map(move |class| (number, *class))) {
            let range = class.ids_of(*number);
            let mut rows = read.query([range.start(), range.end()])?;
            while let Some(row) = rows.next()? {
                self.step()?;
                let text = row.get_ref(3)?.as_str()?;
                fold_into(text, &mut self.buffer);
                if let Some(quality) = quality(&self.buffer, self.words) {
                    let (id, slide, start) = (row.get(0)?, row.get(1)?, row.get(2)?);
                    all.push(Found { id, class, quality, slide, start, text: text.to_owned() });
                }
            }
        }
        self.keep_best(all);
        Ok(())
    }

    fn by_index(&mut self, talks: &Talks, classes: &[Class]) -> rusqlite::Result<()> {
        let Some(few) = self.few(talks, classes)? else { return self.tiers(talks, classes) };
        let mut all = Vec::new();
        for id in few {
            self.step()?;
            all.extend(self.read_matching(id)?);
        }
        self.keep_best(all);
        Ok(())
    }

    /// All passages that may match, unless they are more than a few.
    fn few(&self, talks: &Talks, classes: &[Class]) -> rusqlite::Result<Option<Vec<i64>>> {
        let mut few = Vec::new();
        let Some(asked) = question(self.words, Quality::Inner) else { return Ok(Some(few)) };
        let mut ids = self.conn.prepare_cached(ASK)?;
        let mut rows = ids.query(params![asked, 0, i64::MAX])?;
        while let Some(row) = rows.next()? {
            self.step()?;
            let id = row.get(0)?;
            if talks.has(talk_of(id)) && Class::of(id).is_some_and(|class| classes.contains(&class)) {
                if few.len() == FEW {
                    return Ok(None);
                }
                few.push(id);
            }
        }
        Ok(Some(few))
    }

    /// Asks the index class by class, for whole words first, until there is enough.
    fn tiers(&mut self, talks: &Talks, classes: &[Class]) -> rusqlite::Result<()> {
        for class in classes {
            // What was read for an earlier tier, and is not of it.
            let mut seen: HashMap<i64, Option<Quality>> = HashMap::new();
            for tier in [Quality::Whole, Quality::Start, Quality::Inner] {
                let Some(asked) = question(self.words, tier) else { return Ok(()) };
                let mut ids = self.conn.prepare_cached(ASK)?;
                let range = class.ids();
                let mut rows = ids.query(params![asked, range.start(), range.end()])?;
                while let Some(row) = rows.next()? {
                    self.step()?;
                    let id = row.get(0)?;
                    if !talks.has(talk_of(id)) || self.is_twice(id, *class) {
                        continue;
                    }
                    if self.is_full(id) {
                        self.more = true;
                        continue;
                    }
                    if seen.get(&id).is_some_and(|known| *known != Some(tier)) {
                        continue;
                    }
                    match self.read_matching(id)? {
                        Some(found) if found.quality == tier => {
                            if !self.keep(found) {
                                return Ok(());
                            }
                        }
                        other => {
                            seen.insert(id, other.map(|found| found.quality));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Keeps what the limits allow, the best first; counts the talks of all.
    fn keep_best(&mut self, mut all: Vec<Found>) {
        all.sort_by_key(|found| (found.id >> 60, std::cmp::Reverse(found.quality), found.id));
        let mut left = HashSet::new();
        for found in all {
            let talk = talk_of(found.id);
            if self.is_twice(found.id, found.class) {
                continue;
            }
            if self.is_full(found.id) || self.found.len() >= self.limits.hits {
                self.more = true;
                left.insert(talk);
            } else {
                self.keep(found);
            }
        }
        for talk in left {
            self.counts.entry(talk).or_default();
        }
    }

    /// Whether title, authors and tags together add nothing: one of them alone is a hit already, as it comes before.
    fn is_twice(&self, id: i64, class: Class) -> bool {
        class == Class::Together && self.counts.contains_key(&talk_of(id))
    }

    fn is_full(&self, id: i64) -> bool {
        self.counts.get(&talk_of(id)).is_some_and(|count| *count >= self.limits.per_talk)
    }

    /// Whether there is room for this hit; it is kept then.
    fn keep(&mut self, found: Found) -> bool {
        if self.found.len() >= self.limits.hits {
            self.more = true;
            return false;
        }
        *self.counts.entry(talk_of(found.id)).or_default() += 1;
        self.found.push(found);
        true
    }

    /// The passage, if it has the words.
    fn read_matching(&mut self, id: i64) -> rusqlite::Result<Option<Found>> {
        let (slide, start, text) = self.read(id)?;
        fold_into(&text, &mut self.buffer);
        let found = quality(&self.buffer, self.words).zip(Class::of(id));
        Ok(found.map(|(quality, class)| Found { id, class, quality, slide, start, text }))
    }

    fn read(&self, id: i64) -> rusqlite::Result<(Option<i64>, Option<i64>, String)> {
        let mut read = self.conn.prepare_cached("SELECT slide, start_ns, text FROM passage WHERE id = ?1")?;
        read.query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    /// Gives up when nobody wants the answer any more.
    fn step(&self) -> rusqlite::Result<()> {
        self.steps.set(self.steps.get().wrapping_add(1));
        if self.steps.get().is_multiple_of(STRIDE) && (self.stop)() {
            let why = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_INTERRUPT);
            return Err(rusqlite::Error::SqliteFailure(why, None));
        }
        Ok(())
    }

    fn results(self) -> rusqlite::Result<Results> {
        let mut name = self.conn.prepare_cached("SELECT talk FROM searched WHERE number = ?1")?;
        let mut names: HashMap<i64, TalkId> = HashMap::new();
        let mut hits = Vec::with_capacity(self.found.len());
        for found in self.found {
            let number = talk_of(found.id);
            let talk = match names.get(&number) {
                Some(known) => known.clone(),
                None => {
                    let read = TalkId(name.query_row([number], |row| row.get(0))?);
                    names.entry(number).or_insert(read).clone()
                }
            };
            let kind = match found.class {
                Class::Of(kind) => kind,
                Class::Together => PassageKind::Title,
            };
            let (text, lit) = shown(&found.text, self.words);
            let slide = found.slide.and_then(|slide| usize::try_from(slide).ok());
            let start = found.start.map(MediaTime::from_nanos);
            hits.push(Hit { talk, kind, slide, start, text, lit });
        }
        Ok(Results { hits, talks: self.counts.len(), more: self.more })
    }
}

/// Passages that may match, in the order of their numbers.
const ASK: &str =
    "SELECT rowid FROM passage_gram WHERE passage_gram MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid";
/// Passages by their numbers.
const READ_RANGE: &str = "SELECT id, slide, start_ns, text FROM passage WHERE id BETWEEN ?1 AND ?2 ORDER BY id";

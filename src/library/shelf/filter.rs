//! Which talks are listed. Its text form is what commands say and what is kept: `unseen tag:labels "deep learning"`.

use std::fmt;
use std::str::FromStr;

use super::seen::Seen;
use super::words::{self, Word};
use crate::notes::Verdict;
use crate::time::MediaTime;

/// What a talk must be like to be listed: all of these. The default lists every talk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// How much of it was heard. A talk that cannot be opened is none of these.
    pub seen: Option<Seen>,
    /// Its verdict; `Some(None)`: it can be opened and has none.
    pub verdict: Option<Option<Verdict>>,
    /// It has moments noted.
    pub notes: bool,
    /// It cannot be opened.
    pub broken: bool,
    /// Its disk is not there.
    pub away: bool,
    /// There are others that are the same talk.
    pub copies: bool,
    /// A tag of its note, without `#`, whatever its case.
    pub tag: Option<String>,
    /// The folder that it lies in, or one above, with `/` between folders, whatever their case.
    pub session: Option<String>,
    /// It lasts as long as this, or longer; to the millisecond.
    pub longer: Option<MediaTime>,
    /// It is shorter than this; to the millisecond.
    pub shorter: Option<MediaTime>,
    /// Letters of its title, authors, session or tags.
    pub text: String,
}

impl Filter {
    /// Nothing is asked: every talk is listed.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Only what is typed as free text is asked.
    pub fn of_text(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// The words that ask something by themselves.
const WORDS: [&str; 12] =
    ["all", "unseen", "part", "done", "keep", "again", "drop", "none", "notes", "broken", "away", "copies"];
/// The words that are followed by a colon and a value.
const KEYS: [&str; 4] = ["tag", "session", "longer", "shorter"];

fn asks(word: &Word) -> bool {
    let known = |list: &[&str], text: &str| list.iter().any(|known| known.eq_ignore_ascii_case(text));
    if word.key.is_empty() { !word.quoted && known(&WORDS, &word.value) } else { known(&KEYS, &word.key) }
}

/// Reads words like `unseen`, `keep`, `none`, `notes`, `tag:labels`, `session:Oral 2`, `shorter:10:00`; everything else
/// is free text. A session without quotes lasts to the next such word. An empty text and `all` ask nothing.
impl FromStr for Filter {
    type Err = ParseFilterError;

    fn from_str(text: &str) -> Result<Self, ParseFilterError> {
        let mut filter = Self::default();
        let mut free: Vec<String> = Vec::new();
        let mut words = words::split(text).into_iter().peekable();
        while let Some(mut word) = words.next() {
            if !asks(&word) {
                free.push(if word.key.is_empty() { word.value } else { format!("{}:{}", word.key, word.value) });
                continue;
            }
            if word.key.eq_ignore_ascii_case("session") && !word.quoted {
                while let Some(more) = words.next_if(|next| !asks(next) && !next.quoted && next.key.is_empty()) {
                    word.value = format!("{} {}", word.value, more.value);
                }
            }
            filter.ask(&word)?;
        }
        filter.text = free.join(" ");
        Ok(filter)
    }
}

impl Filter {
    fn ask(&mut self, word: &Word) -> Result<(), ParseFilterError> {
        fn set<T: PartialEq>(place: &mut Option<T>, value: T, word: &str) -> Result<(), ParseFilterError> {
            match place.replace(value) {
                Some(before) if place.as_ref() != Some(&before) => Err(ParseFilterError::Twice(word.to_owned())),
                _ => Ok(()),
            }
        }
        let value = word.value.as_str();
        if word.key.is_empty() {
            let name = value.to_ascii_lowercase();
            match name.as_str() {
                "none" => set(&mut self.verdict, None, &name)?,
                "notes" => self.notes = true,
                "broken" => self.broken = true,
                "away" => self.away = true,
                "copies" => self.copies = true,
                _ => {
                    if let Some(seen) = Seen::ALL.into_iter().find(|seen| seen.word() == name) {
                        set(&mut self.seen, seen, &name)?;
                    } else if let Some(verdict) = Verdict::parse(&name) {
                        set(&mut self.verdict, Some(verdict), &name)?;
                    }
                }
            }
            return Ok(());
        }
        let key = word.key.to_ascii_lowercase();
        if value.is_empty() {
            return Err(ParseFilterError::Empty(key));
        }
        match key.as_str() {
            "tag" => {
                let tag = if word.quoted { value } else { value.strip_prefix('#').unwrap_or(value) };
                set(&mut self.tag, tag.to_owned(), "tag:")
            }
            "session" => set(&mut self.session, value.to_owned(), "session:"),
            "longer" => set(&mut self.longer, length(value)?, "longer:"),
            _ => set(&mut self.shorter, length(value)?, "shorter:"),
        }
    }
}

/// A length as it stands behind `longer:` and `shorter:`.
pub(super) fn length(text: &str) -> Result<MediaTime, ParseFilterError> {
    let time = MediaTime::parse(text).ok().filter(|time| *time >= MediaTime::ZERO);
    let time = time.ok_or_else(|| ParseFilterError::Length(text.chars().take(40).collect()))?;
    Ok(MediaTime::from_millis(time.millis()))
}

/// A length as [`length`] reads it: `10:00`, `0:01.500`.
pub(super) fn length_text(time: MediaTime) -> String {
    if time.millis() % 1000 == 0 { time.clock() } else { time.to_string() }
}

/// A value as it stands behind `tag:`: in quotes only where it must.
pub(super) fn value_text(value: &str) -> String {
    let plain = value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
    if plain && !value.is_empty() { value.to_owned() } else { words::quote(value) }
}

/// What [`Filter::from_str`] reads back; `all` where nothing is asked.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.seen.map(|seen| seen.word().to_owned()));
        parts.extend(self.verdict.map(|verdict| verdict.map_or("none", Verdict::word).to_owned()));
        let marks = [(self.notes, "notes"), (self.broken, "broken"), (self.away, "away"), (self.copies, "copies")];
        parts.extend(marks.into_iter().filter(|(on, _)| *on).map(|(_, word)| word.to_owned()));
        parts.extend(self.tag.as_ref().map(|tag| format!("tag:{}", value_text(tag))));
        parts.extend(self.session.as_ref().map(|session| format!("session:{}", words::quote(session))));
        parts.extend(self.longer.map(|time| format!("longer:{}", length_text(time))));
        parts.extend(self.shorter.map(|time| format!("shorter:{}", length_text(time))));
        if !self.text.is_empty() {
            let split = words::split(&self.text);
            let plain = split.iter().all(|word| !asks(word) && !word.quoted && word.key.is_empty());
            let values: Vec<&str> = split.iter().map(|word| word.value.as_str()).collect();
            let same = plain && values.join(" ") == self.text;
            parts.push(if same { self.text.clone() } else { words::quote(&self.text) });
        }
        f.write_str(if parts.is_empty() { "all".to_owned() } else { parts.join(" ") }.as_str())
    }
}

/// A text that is no filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseFilterError {
    /// Two different values of what can have one.
    #[error("a talk cannot be \"{0}\" and something else of its kind at once")]
    Twice(String),
    /// No value behind the colon.
    #[error("\"{0}:\" needs something behind the colon")]
    Empty(String),
    /// No length behind `longer:` or `shorter:`.
    #[error("\"{0}\" is not a length; 90, 10:00 and 1h30m are")]
    Length(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Filter {
        text.parse().expect("is a filter")
    }

    #[test]
    fn the_words_of_the_command_line_are_read() {
        assert!(read("").is_all() && read(" ALL ").is_all());
        assert_eq!(read("unseen").seen, Some(Seen::Unseen));
        assert_eq!(read("keep").verdict, Some(Some(Verdict::Keep)));
        assert_eq!(read("none").verdict, Some(None));
        assert_eq!(read("tag:#labels").tag.as_deref(), Some("labels"));
        assert_eq!(read("session:Oral 2").session.as_deref(), Some("Oral 2"));
        assert_eq!(read("shorter:10:00").shorter, Some(MediaTime::from_secs(600)));
        let all = read("deep learning part drop notes session:Oral 2 longer:5m shorter:1:00:00 broken");
        assert_eq!(all.text, "deep learning");
        assert_eq!((all.seen, all.verdict), (Some(Seen::Part), Some(Some(Verdict::Drop))));
        assert_eq!((all.session.as_deref(), all.longer), (Some("Oral 2"), Some(MediaTime::from_secs(300))));
        assert!(all.notes && all.broken);
        assert_eq!(read("session:\"Oral 2\" deep").text, "deep");
        assert_eq!(read("BERT: why \"keep\"").text, "BERT: why keep");
        assert_eq!(read("unseen tag:labels \"deep").text, "deep");
    }

    #[test]
    fn contradictions_and_what_is_no_length_are_refused_in_words() {
        let error = |text: &str| text.parse::<Filter>().expect_err("is none").to_string();
        assert_eq!(error("keep drop"), "a talk cannot be \"drop\" and something else of its kind at once");
        assert_eq!(error("shorter:soon"), "\"soon\" is not a length; 90, 10:00 and 1h30m are");
        assert_eq!(error("longer:-5"), "\"-5\" is not a length; 90, 10:00 and 1h30m are");
        assert_eq!(error("tag:"), "\"tag:\" needs something behind the colon");
        assert_eq!(read("keep keep").verdict, Some(Some(Verdict::Keep)));
    }

    #[test]
    fn it_is_printed_as_people_write_it() {
        for text in [
            "all",
            "unseen none notes",
            "part keep tag:labels session:\"Oral 2\" longer:5:00 shorter:10:00 deep learning",
            "shorter:0:01.500 \"keep\"",
            "copies \"two  spaces\"",
        ] {
            assert_eq!(read(text).to_string(), text);
        }
    }

    fn filters() -> impl Strategy<Value = Filter> {
        let seen = proptest::option::of(proptest::sample::select(Seen::ALL.to_vec()));
        let verdicts = [None, Some(Verdict::Keep), Some(Verdict::Again), Some(Verdict::Drop)];
        let verdict = proptest::option::of(proptest::sample::select(verdicts.to_vec()));
        let value = || proptest::option::of(prop_oneof![any::<String>(), "[a-z#\": ]{1,8}"]);
        let time = || proptest::option::of((0_i64..1_000_000_000_000).prop_map(MediaTime::from_millis));
        let text = prop_oneof![any::<String>(), "[a-z\": ]{0,12}", "(all|keep|tag:x|notes| |\"){0,4}"];
        let marks = any::<(bool, bool, bool, bool)>();
        (seen, verdict, marks, value(), value(), time(), time(), text).prop_map(
            |(seen, verdict, (notes, broken, away, copies), tag, session, longer, shorter, text)| {
                let filled = |value: Option<String>| value.filter(|value| !value.is_empty());
                let (tag, session) = (filled(tag), filled(session));
                Filter { seen, verdict, notes, broken, away, copies, tag, session, longer, shorter, text }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(filter in filters()) {
            prop_assert_eq!(filter.to_string().parse(), Ok(filter));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>(), words in "(keep|tag:|session:|longer:|1:00| |\"){0,9}") {
            text.parse::<Filter>().ok();
            words.parse::<Filter>().ok();
        }
    }
}

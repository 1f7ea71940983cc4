//! Smart queues: the talks to hear next, by a rule. Every talk once, whatever number of copies it has.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::filter::{length, length_text, value_text};
use super::natural::fold;
use super::words;
use super::{Seen, Shelf, best};
use crate::library::Row;
use crate::notes::Verdict;
use crate::time::MediaTime;

/// A rule that fills the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Smart {
    /// Neither heard nor judged.
    Unseen,
    /// To be heard again.
    Again,
    /// Begun and not dropped.
    Part,
    /// With this tag, whatever its case.
    Tag(String),
    /// Shorter than this, and neither judged nor heard to the end.
    Shorter(MediaTime),
}

/// Reads `unseen`, `again`, `part`, `tag:labels`, `shorter:10:00`.
impl FromStr for Smart {
    type Err = ParseSmartError;

    fn from_str(text: &str) -> Result<Self, ParseSmartError> {
        let error = || ParseSmartError(text.chars().take(40).collect());
        let words = words::split(text);
        let [word] = words.as_slice() else { return Err(error()) };
        let value = word.value.as_str();
        match (word.key.to_ascii_lowercase().as_str(), value.to_ascii_lowercase().as_str()) {
            ("", "unseen") => Ok(Self::Unseen),
            ("", "again") => Ok(Self::Again),
            ("", "part") => Ok(Self::Part),
            ("tag", _) if !value.is_empty() => {
                let tag = if word.quoted { value } else { value.strip_prefix('#').unwrap_or(value) };
                Ok(Self::Tag(tag.to_owned()))
            }
            ("shorter", _) => length(value).map(Self::Shorter).or(Err(error())),
            _ => Err(error()),
        }
    }
}

/// What [`Smart::from_str`] reads back.
impl fmt::Display for Smart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unseen => f.write_str("unseen"),
            Self::Again => f.write_str("again"),
            Self::Part => f.write_str("part"),
            Self::Tag(tag) => write!(f, "tag:{}", value_text(tag)),
            Self::Shorter(time) => write!(f, "shorter:{}", length_text(*time)),
        }
    }
}

/// The text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" fills no queue; unseen, again, part, tag:labels and shorter:10:00 do")]
pub struct ParseSmartError(String);

/// What all copies of a talk say together.
pub(super) struct Together {
    /// The most that was heard of any.
    pub seen: Seen,
    /// The verdict that was given last.
    pub verdict: Option<Verdict>,
    /// The least that is left of any that can be heard.
    pub left: Option<MediaTime>,
    /// The copy to hear.
    pub best: u32,
}

impl Shelf {
    /// The copies of a talk in one; `None` where none can be heard now.
    pub(super) fn together(&self, rows: &[Row], group: &[u32]) -> Option<Together> {
        let lines = || group.iter().filter_map(|at| self.lines.get(*at as usize));
        let candidate = |at: &&u32| {
            self.lines.get(**at as usize).is_some_and(super::Line::playable) && !self.is_hidden(**at as usize)
        };
        let listed: Vec<u32> = group.iter().filter(candidate).copied().collect();
        let judged = lines().filter(|line| line.verdict.is_some()).max_by_key(|line| line.decided);
        Some(Together {
            best: best(rows, &listed)?,
            seen: lines().map(|line| line.seen).max()?,
            verdict: judged.and_then(|line| line.verdict),
            left: lines().filter(|line| line.playable()).filter_map(|line| line.left).min(),
        })
    }

    /// The talks that the rule names, as found. Those that cannot be heard now are left out.
    ///
    /// `rows` are those that were handed to [`Shelf::sync`] last.
    pub fn queue(&mut self, rows: &[Row], smart: &Smart) -> Vec<PathBuf> {
        self.settle_order(rows);
        self.copies(rows);
        let tag = if let Smart::Tag(tag) = smart { fold(tag) } else { String::new() };
        let wanted = |group: &[u32], talk: &Together| match smart {
            Smart::Unseen => talk.seen == Seen::Unseen && talk.verdict.is_none(),
            Smart::Again => talk.verdict == Some(Verdict::Again),
            Smart::Part => talk.seen == Seen::Part && talk.verdict != Some(Verdict::Drop),
            Smart::Tag(_) => {
                let rows = group.iter().filter_map(|at| rows.get(*at as usize));
                rows.flat_map(|row| &row.state.tags).any(|has| fold(has) == tag)
            }
            Smart::Shorter(end) => {
                let length = self.lines.get(talk.best as usize).and_then(|line| line.length);
                talk.seen != Seen::Done && talk.verdict.is_none() && length.is_some_and(|length| length < *end)
            }
        };
        let mut chosen: Vec<u32> = self
            .copies
            .talks()
            .filter_map(|group| self.together(rows, group).filter(|talk| wanted(group, talk)))
            .map(|talk| talk.best)
            .collect();
        chosen.sort_by_key(|at| self.order.ranks().get(*at as usize).copied());
        chosen.iter().filter_map(|at| rows.get(*at as usize)).map(|row| row.entry.path.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::row;
    use super::*;
    use crate::talk::TalkId;
    use proptest::prelude::*;

    fn queue(rows: &[Row], smart: &str) -> Vec<String> {
        let paths = Shelf::new(rows).queue(rows, &smart.parse().expect("is a rule"));
        paths.iter().map(|path| path.strip_prefix("/talks").expect("in the root").display().to_string()).collect()
    }

    #[test]
    fn each_rule_names_its_talks_in_natural_order() {
        let mut rows: Vec<Row> =
            [("10", 60), ("9", 600), ("2", 300), ("1", 900), ("3", 60)].map(|(name, secs)| row(name, secs)).into();
        rows[0].state.verdict = Some(Verdict::Again);
        rows[1].state.tags = vec!["Labels".into()];
        rows[2].state.progress.furthest = MediaTime::from_secs(60);
        rows[4].away = true;
        assert_eq!(queue(&rows, "unseen"), ["1", "9"]);
        assert_eq!(queue(&rows, "again"), ["10"]);
        assert_eq!(queue(&rows, "part"), ["2"]);
        assert_eq!(queue(&rows, "tag:#labels"), ["9"]);
        assert_eq!(queue(&rows, "shorter:10:00"), ["2"]);
        assert_eq!(queue(&rows, "shorter:10:01"), ["2", "9"]);
    }

    #[test]
    fn a_talk_that_lies_in_two_places_is_queued_once_and_not_if_either_was_heard() {
        let mut rows = vec![row("a/one", 60), row("b/one", 60), row("two", 60)];
        for row in &mut rows[..2] {
            row.entry.id = TalkId("slideslive-1".into());
        }
        rows[0].entry.length = None;
        assert_eq!(queue(&rows, "unseen"), ["b/one", "two"]);
        rows[0].state.progress.done = true;
        assert_eq!(queue(&rows, "unseen"), ["two"]);
    }

    proptest! {
        #[test]
        fn rules_are_read_back(tag in "[^\u{0}]{1,9}", millis in 0_i64..1_000_000_000) {
            for smart in [Smart::Unseen, Smart::Again, Smart::Part, Smart::Tag(tag), Smart::Shorter(MediaTime::from_millis(millis))] {
                prop_assert_eq!(smart.to_string().parse(), Ok(smart));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            text.parse::<Smart>().ok();
        }
    }
}

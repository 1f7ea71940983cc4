//! What is said about talks and folders, and what a press on a chip makes of the filter.

use std::path::Path;

use crate::app::App;
use crate::library::Row;
use crate::library::shelf::{Filter, Seen};
use crate::notes::Verdict;

/// What a chip asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Every talk.
    All,
    /// By how much was heard.
    Seen(Seen),
    /// By verdict.
    Verdict(Verdict),
    /// With notes.
    Notes,
    /// Cannot be opened.
    Broken,
    /// In several places.
    Copies,
    /// Not there now.
    Away,
}

impl Kind {
    /// Whether the filter asks for it.
    pub fn is_on(self, filter: &Filter) -> bool {
        match self {
            Self::All => filter.seen.is_none() && filter.verdict.is_none() && !marks(filter),
            Self::Seen(seen) => filter.seen == Some(seen),
            Self::Verdict(verdict) => filter.verdict == Some(Some(verdict)),
            Self::Notes => filter.notes,
            Self::Broken => filter.broken,
            Self::Copies => filter.copies,
            Self::Away => filter.away,
        }
    }

    /// The filter after a press: the others of its kind go, session, tag and text stay; `also`: all of them stay.
    pub fn pressed(self, filter: &Filter, also: bool) -> Filter {
        let mut new = filter.clone();
        let on = self.is_on(filter);
        if !also || self == Self::All {
            new = Filter { seen: None, verdict: None, notes: false, broken: false, away: false, copies: false, ..new };
        }
        match self {
            Self::All => {}
            Self::Seen(seen) => new.seen = (!on).then_some(seen),
            Self::Verdict(verdict) => new.verdict = (!on).then_some(Some(verdict)),
            Self::Notes => new.notes = !on,
            Self::Broken => new.broken = !on,
            Self::Copies => new.copies = !on,
            Self::Away => new.away = !on,
        }
        new
    }
}

fn marks(filter: &Filter) -> bool {
    filter.notes || filter.broken || filter.copies || filter.away
}

/// As commands have it; nothing where nothing is asked.
pub fn text_of(filter: &Filter) -> String {
    if filter.is_all() { String::new() } else { filter.to_string() }
}

/// What stands in the field: what no chip shows.
pub fn typed_of(filter: &Filter) -> String {
    let typed = Filter { longer: filter.longer, shorter: filter.shorter, ..Filter::default() };
    match (typed.is_all(), filter.text.as_str()) {
        (true, text) => text.to_owned(),
        (false, text) => format!("{typed} {text}").trim_end().to_owned(),
    }
}

/// The filter when this stands in the field and `base` was asked before. Words are words; with a colon in it (as in
/// `shorter:10:00`) it is read as commands are.
pub fn with_typed(base: &Filter, typed: &str) -> Filter {
    let asked = if typed.contains(':') { typed.parse().ok() } else { None };
    let asked: Filter = asked.unwrap_or_else(|| Filter::of_text(typed));
    Filter {
        seen: asked.seen.or(base.seen),
        verdict: asked.verdict.or(base.verdict),
        notes: asked.notes || base.notes,
        broken: asked.broken || base.broken,
        away: asked.away || base.away,
        copies: asked.copies || base.copies,
        tag: asked.tag.or_else(|| base.tag.clone()),
        session: asked.session.or_else(|| base.session.clone()),
        longer: asked.longer,
        shorter: asked.shorter,
        text: asked.text,
    }
}

/// The last part of a path.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// What the library is called: its folder where there is one.
pub fn library_name(app: &App) -> String {
    match app.library().roots() {
        [root] => name(root),
        _ => "Library".to_owned(),
    }
}

/// The folder that a talk lies in, as it is shown.
pub fn session(row: &Row, roots: usize) -> String {
    let root = row.entry.root.as_deref().map(name);
    match (root, row.entry.session.as_str()) {
        (None, "") => "Opened by themselves".to_owned(),
        (Some(root), "") => root,
        (Some(root), session) if roots > 1 => format!("{root} / {session}"),
        (_, session) => session.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Filter {
        text.parse().expect("is a filter")
    }

    #[test]
    fn a_chip_takes_the_place_of_the_others_and_leaves_text_and_session() {
        let filter = read("unseen session:\"Oral 1\" deep");
        let keep = Kind::Verdict(Verdict::Keep).pressed(&filter, false);
        assert_eq!(text_of(&keep), "keep session:\"Oral 1\" deep");
        assert_eq!(
            text_of(&Kind::Verdict(Verdict::Keep).pressed(&filter, true)),
            "unseen keep session:\"Oral 1\" deep"
        );
        assert_eq!(text_of(&Kind::Verdict(Verdict::Keep).pressed(&keep, false)), "session:\"Oral 1\" deep");
        assert_eq!(text_of(&Kind::All.pressed(&read("unseen"), true)), "");
        assert!(Kind::All.is_on(&read("deep tag:x")) && !Kind::All.is_on(&read("copies")));
    }

    #[test]
    fn what_is_typed_is_text_unless_it_has_a_colon() {
        let base = read("unseen tag:labels");
        assert_eq!(text_of(&with_typed(&base, "keep")), "unseen tag:labels \"keep\"");
        assert_eq!(text_of(&with_typed(&base, "shorter:10:00 net")), "unseen tag:labels shorter:10:00 net");
        assert_eq!(typed_of(&read("unseen shorter:10:00 net")), "shorter:10:00 net");
        assert_eq!(text_of(&with_typed(&base, "BERT: why")), "unseen tag:labels \"BERT: why\"");
    }
}

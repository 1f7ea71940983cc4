//! Notes: any text is one, an edit changes its own lines, and of two sides nothing is lost.

use super::{framed, texts_of};
use crate::notes::{Document, Head, Verdict, merge};
use crate::time::MediaTime;

/// A text, then what is typed into it; the first byte chooses the moment.
pub(super) fn note(data: &[u8]) {
    let (pick, parts) = framed(data);
    let [text, typed] = texts_of(&parts);
    let whole = Document::parse(&text);
    assert_eq!(whole.text(), text);
    unchanged(&whole);
    summary(&whole, &typed);
    moments(&whole, &typed, pick);
    front(&whole, &typed);
    let mut other = whole;
    other.take_up(&typed);
    assert_eq!(other.text(), typed);
}

/// What is set to what it is changes nothing.
fn unchanged(whole: &Document) {
    let mut note = whole.clone();
    for moment in whole.moments() {
        note.set_moment(moment.id, &moment.text);
    }
    note.set_verdict(whole.front().verdict);
    note.set_tags(&whole.front().tags);
    assert_eq!(note.moments(), whole.moments());
    assert_eq!((note.front(), note.summary()), (whole.front(), whole.summary()));
    if !whole.text().contains('\r') {
        assert_eq!(note.text(), whole.text());
    }
}

fn summary(whole: &Document, typed: &str) {
    let mut note = whole.clone();
    note.set_summary(typed);
    assert_eq!((note.moments(), note.front()), (whole.moments(), whole.front()));
    let (said, text) = (note.summary().to_owned(), note.text().to_owned());
    note.set_summary(&said);
    assert_eq!(note.text(), text, "the same summary once more changes nothing");
    assert!(is_within(&lines(typed), &lines(&said)) || typed.contains('\r'), "{said:?} of {typed:?}");
    let again = Document::parse(&text);
    assert_eq!((again.summary(), again.moments().len()), (said.as_str(), whole.moments().len()));
}

fn moments(whole: &Document, typed: &str, pick: usize) {
    let at = MediaTime::from_millis(i64::try_from(pick).unwrap_or(0) * 1_100);
    let mut note = whole.clone();
    let id = note.add_moment(at, typed);
    let others = |note: &Document| note.moments().iter().filter(|moment| moment.id != id).cloned().collect::<Vec<_>>();
    assert_eq!(others(&note), whole.moments());
    assert_eq!(note.moment(id).map(|moment| moment.at), Some(at));
    assert_eq!((note.front(), note.summary()), (whole.front(), whole.summary()));
    assert!(is_within(&lines(note.text()), &lines(whole.text())), "a line is lost: {:?}", note.text());
    assert_eq!(Document::parse(note.text()).moments().len(), whole.moments().len() + 1);
    let Some(gone) = whole.moments().get(pick % whole.moments().len().max(1)) else { return };
    let mut note = whole.clone();
    note.set_moment(gone.id, typed);
    let rest =
        |note: &Document| note.moments().iter().filter(|moment| moment.id != gone.id).cloned().collect::<Vec<_>>();
    assert_eq!(rest(&note), rest(whole));
    assert_eq!((note.front(), note.summary()), (whole.front(), whole.summary()));
    let mut note = whole.clone();
    note.remove_moment(gone.id);
    assert_eq!(note.moments().len() + 1, whole.moments().len());
    assert_eq!(note.front(), whole.front());
    let left = lines(note.text()).into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>();
    assert!(is_within(&lines(whole.text()), &left), "a line is new: {:?}", note.text());
}

fn front(whole: &Document, typed: &str) {
    let mut note = whole.clone();
    let done = note.set_verdict(Some(Verdict::Again)) && note.set_tags(&[typed.chars().take(20).collect()]);
    // Carriage returns alone are line breaks to YAML and to nobody else: what they are among may be left alone.
    let left_alone = !whole.front_readable() || whole.text().contains('\r');
    assert!(done || left_alone, "{:?}", note.text());
    if !whole.front_readable() {
        assert_eq!(note.text(), whole.text(), "what cannot be read is left alone");
    }
    assert_eq!((note.moments(), note.summary()), (whole.moments(), whole.summary()));
    let head =
        Head { id: "slideslive-1".into(), title: typed.to_owned(), authors: vec![typed.to_owned()], ..Head::default() };
    let filled = note.fill(&head);
    assert!(filled || left_alone || !note.front_readable());
    assert_eq!((note.moments(), note.summary()), (whole.moments(), whole.summary()));
}

/// What both sides were made from, and the two sides.
pub(super) fn merged(data: &[u8]) {
    let (_, parts) = framed(data);
    let [base, ours, theirs] = texts_of(&parts);
    assert_eq!(merge(&base, &ours, &base).text, ours);
    assert_eq!(merge(&base, &base, &theirs).text, theirs);
    assert_eq!(merge(&base, &ours, &ours).text, ours);
    let both = merge(&base, &ours, &theirs);
    let has_front = |text: &str| text.trim_start_matches('\u{feff}').starts_with(['-', '.']);
    // Of a key that both have changed ours counts.
    if [&base, &ours, &theirs].iter().any(|text| has_front(text)) {
        return;
    }
    let (base, both) = (lines(&base), lines(&both.text));
    for line in lines(&ours).iter().chain(&lines(&theirs)).filter(|line| !base.contains(line)) {
        assert!(both.contains(line), "{line:?} is lost");
    }
}

/// Without the carriage returns at their ends.
fn lines(text: &str) -> Vec<&str> {
    text.trim_start_matches('\u{feff}').split('\n').map(|line| line.trim_end_matches('\r')).collect()
}

/// Whether some lines come in this order among others, blank ones aside.
fn is_within(all: &[&str], some: &[&str]) -> bool {
    let mut all = all.iter();
    some.iter().filter(|line| !line.trim().is_empty()).all(|line| all.any(|other| other == line))
}

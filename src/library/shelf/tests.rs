//! The shelf as a whole, over rows of every kind.

use std::collections::HashMap;

use proptest::prelude::*;

use super::fixture::{many, row};
use super::*;
use crate::notes::Verdict;
use crate::time::MediaTime;

fn arrange(rows: &[Row], filter: &str, sort: &str) -> Vec<u32> {
    let filter: Filter = filter.parse().expect("is a filter");
    Shelf::new(rows).arrange(rows, &filter, sort.parse().expect("is an order"))
}

fn names(rows: &[Row], order: &[u32]) -> Vec<String> {
    order.iter().map(|at| rows[*at as usize].entry.title.clone()).collect()
}

#[test]
fn talks_are_listed_as_found_in_natural_order_with_the_broken_in_their_place() {
    let mut rows: Vec<Row> =
        ["Oral 10/a", "Oral 2/b", "talk 10", "Oral 2/A", "talk 9", "Oral 2/late/x"].map(|name| row(name, 60)).into();
    rows[3].entry.broken = Some("why".into());
    rows[4].away = true;
    assert_eq!(names(&rows, &arrange(&rows, "all", "order")), ["A", "b", "x", "a", "talk 9", "talk 10"]);
    assert_eq!(names(&rows, &arrange(&rows, "all", "-order")), ["talk 10", "talk 9", "a", "x", "b", "A"]);
    assert_eq!(names(&rows, &arrange(&rows, "all", "title")), ["a", "b", "talk 10", "x", "A", "talk 9"]);
}

#[test]
fn each_order_puts_what_is_lacking_last_either_way_round() {
    let mut rows: Vec<Row> = ["a", "b", "c", "d"].map(|name| row(name, 60)).into();
    rows[0].entry.length = None;
    rows[1].entry.length = Some(MediaTime::from_secs(90));
    rows[1].entry.authors = vec!["Ada Zuse".into(), "Bo Au".into()];
    rows[2].entry.authors = vec!["Zoë Abel".into()];
    rows[3].entry.authors = vec!["Müller, X.".into()];
    rows[2].state.verdict = Some(Verdict::Keep);
    rows[1].state.verdict = Some(Verdict::Drop);
    rows[3].state.progress.furthest = MediaTime::from_secs(30);
    for (sort, order) in [
        ("length", ["c", "d", "b", "a"]),
        ("-length", ["b", "c", "d", "a"]),
        ("author", ["c", "d", "b", "a"]),
        ("-author", ["b", "d", "c", "a"]),
        ("verdict", ["c", "b", "a", "d"]),
        ("-verdict", ["b", "c", "a", "d"]),
        ("left", ["d", "c", "b", "a"]),
        ("-progress", ["d", "b", "c", "a"]),
        ("session", ["a", "b", "c", "d"]),
        ("-title", ["d", "c", "b", "a"]),
    ] {
        assert_eq!(names(&rows, &arrange(&rows, "", sort)), order, "{sort}");
    }
}

#[test]
fn every_chip_counts_what_its_filter_lists() {
    let rows = many(500);
    let mut shelf = Shelf::new(&rows);
    let counts = shelf.counts(&rows);
    let chips = [
        ("all", counts.all),
        ("unseen", counts.unseen),
        ("part", counts.part),
        ("done", counts.done),
        ("keep", counts.keep),
        ("again", counts.again),
        ("drop", counts.drop),
        ("none", counts.none),
        ("notes", counts.notes),
        ("broken", counts.broken),
        ("away", counts.away),
        ("copies", counts.copies),
    ];
    for (chip, count) in chips {
        assert_eq!(arrange(&rows, chip, "order").len(), count, "{chip}");
        assert!(count > 0 || chip == "copies", "{chip}");
    }
    for (tag, count) in &counts.tags {
        assert_eq!(arrange(&rows, &format!("tag:{tag}"), "order").len(), *count, "{tag}");
    }
    assert_eq!(counts.tags.len(), 3, "tags that differ in case alone are one: {:?}", counts.tags);
    let sessions: Vec<&str> = counts.sessions.iter().map(|(session, _)| session.as_str()).collect();
    assert_eq!(sessions, ["", "Keynotes", "Oral 2", "Oral 2/late", "Oral 10", "Posters"]);
    let below = counts.sessions[2].1 + counts.sessions[3].1;
    assert_eq!(arrange(&rows, "session:oral 2", "order").len(), below, "a folder with those in it");
}

#[test]
fn lengths_are_shorter_or_not() {
    let rows = many(300);
    let known = rows.iter().filter(|row| row.entry.length.is_some()).count();
    let (short, long) = (arrange(&rows, "shorter:10:00", "length"), arrange(&rows, "longer:10:00", "length"));
    assert!(!short.is_empty() && !long.is_empty());
    assert_eq!(short.len() + long.len(), known);
}

#[test]
fn a_text_ranks_by_how_well_it_fits() {
    let rows: Vec<Row> =
        ["Demographic studies", "On graphs", "Graph networks", "Speech"].map(|name| row(name, 60)).into();
    let found = names(&rows, &arrange(&rows, "graph", "-title"));
    assert_eq!(found, ["On graphs", "Graph networks", "Demographic studies"]);
    let mut shelf = Shelf::new(&rows);
    assert_eq!(shelf.lit(&rows[1], "graph"), [3, 4, 5, 6, 7]);
}

#[test]
fn what_was_merged_is_left_out_as_long_as_the_other_is_there() {
    let rows: Vec<Row> = ["a", "b", "c", "d"].map(|name| row(name, 60)).into();
    let path = |name: &str| rows[0].entry.path.with_file_name(name);
    let listed = |pairs: &[(&str, &str)]| {
        let merged: HashMap<_, _> = pairs.iter().map(|(from, into)| (path(from), path(into))).collect();
        let mut shelf = Shelf::new(&rows);
        shelf.set_merged(&rows, &merged);
        let order = shelf.arrange(&rows, &Filter::default(), Sort::default());
        assert_eq!(shelf.counts(&rows).all, order.len());
        names(&rows, &order)
    };
    assert_eq!(listed(&[("a", "b"), ("c", "a")]), ["b", "d"]);
    assert_eq!(listed(&[("a", "gone")]), ["a", "b", "c", "d"]);
    assert_eq!(listed(&[("a", "b"), ("b", "a"), ("d", "d")]), ["a", "b", "c", "d"], "nothing is lost in a circle");
}

/// What can happen to the rows of a library.
#[derive(Debug, Clone)]
enum Happening {
    Judge(usize),
    Rename(usize),
    Come(usize),
    Go(usize),
    All,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_shelf_that_follows_its_rows_is_like_one_made_anew(
        happenings in proptest::collection::vec((0..5_usize, 0..60_usize), 0..24),
        sort in 0..10_usize,
        reversed in any::<bool>(),
        filter in "(unseen|keep|none|notes|graph|label|session:Oral 2|copies|)",
    ) {
        let all = many(80);
        let mut rows: Vec<Row> = all[..40].to_vec();
        let mut shelf = Shelf::new(&rows);
        let filter: Filter = filter.parse().expect("is a filter");
        let sort = Sort { key: SortKey::ALL[sort], reversed };
        for (kind, at) in happenings {
            let happening = [Happening::Judge(at), Happening::Rename(at), Happening::Come(at), Happening::Go(at), Happening::All];
            match happening[kind] {
                Happening::Judge(at) if at < rows.len() => {
                    rows[at].state.verdict = Some(Verdict::Keep);
                    rows[at].state.tags.push("labels".into());
                    shelf.update(&rows, at);
                }
                Happening::Rename(at) if at < rows.len() => {
                    rows[at].entry.title = format!("Graph {at}");
                    rows[at].entry.fingerprint = "same".into();
                    shelf.update(&rows, at);
                }
                Happening::Come(at) => {
                    let mut row = all[40 + at % 40].clone();
                    row.entry.path.push(rows.len().to_string());
                    rows.push(row);
                    shelf.update(&rows, rows.len() - 1);
                }
                Happening::Go(at) if at < rows.len() => {
                    rows.swap_remove(at);
                    shelf.sync(&rows);
                }
                Happening::All => {
                    shelf.arrange(&rows, &filter, sort);
                }
                _ => {}
            }
        }
        let mut anew = Shelf::new(&rows);
        prop_assert_eq!(shelf.arrange(&rows, &filter, sort), anew.arrange(&rows, &filter, sort));
        prop_assert_eq!(shelf.counts(&rows), anew.counts(&rows));
        prop_assert_eq!(shelf.copies(&rows), anew.copies(&rows));
    }
}

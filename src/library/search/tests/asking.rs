use super::super::{Texts, forget, put_all, tidy};
use super::*;

#[test]
fn every_word_is_in_the_same_passage() {
    let conn = memory();
    add(&conn, "a", &[said(1, "symmetry of the loss"), said(2, "a conserved quantity")]);
    assert_eq!(texts(&conn, "LOSS symm"), ["symmetry of the loss"]);
    assert!(texts(&conn, "loss conserved").is_empty());
    assert_eq!(texts(&conn, "\"the loss\""), ["symmetry of the loss"]);
    assert!(texts(&conn, "\"loss the\"").is_empty());
    assert!(texts(&conn, "losses").is_empty());
}

#[test]
fn words_may_be_spread_over_title_authors_and_tags() {
    let conn = memory();
    let author = |name| passage(PassageKind::Author, name);
    add(
        &conn,
        "a",
        &[passage(PassageKind::Title, "Implicit Regularization"), author("Emmy Noether"), author("J. Lee")],
    );
    add(&conn, "b", &[passage(PassageKind::Title, "Regularization"), author("J. Lee")]);
    let found = ask(&conn, "noether regularization");
    assert_eq!(found.hits.len(), 1);
    assert_eq!((found.hits[0].kind, &found.hits[0].talk), (PassageKind::Title, &id("a")));
    assert_eq!(lit(&found.hits[0]), ["Regularization", "Noether"]);
    // One of them alone is found once.
    assert_eq!(texts(&conn, "noether"), ["Emmy Noether"]);
    assert_eq!(ask(&conn, "lee").hits.len(), 2);
    // What changes, changes there as well.
    put(&conn, &id("b"), &[PassageKind::Tag], &[passage(PassageKind::Tag, "noether")]).unwrap();
    assert_eq!(talks(&conn, "noether regularization"), ["a", "b"]);
    put(&conn, &id("a"), &[PassageKind::Author], &[]).unwrap();
    assert_eq!(talks(&conn, "noether regularization"), ["b"]);
}

#[test]
fn short_words_are_found_in_any_script() {
    let conn = memory();
    add(
        &conn,
        "a",
        &[said(1, "3D scenes"), said(2, "AI"), said(3, "深度学习"), said(4, "C++ x"), said(5, "😀!"), said(6, "한국")],
    );
    for (typed, found) in [
        ("3d", "3D scenes"),
        ("ai", "AI"),
        ("学习", "深度学习"),
        ("习", "深度学习"),
        ("学", "深度学习"),
        ("c++", "C++ x"),
        ("+", "C++ x"),
        ("++", "C++ x"),
        ("😀", "😀!"),
        ("!", "😀!"),
        ("한", "한국"),
        ("하", "한국"),
        ("x", "C++ x"),
    ] {
        assert_eq!(texts(&conn, typed), [found], "{typed}");
    }
    assert!(texts(&conn, "z").is_empty());
    assert!(texts(&conn, "度深").is_empty());
    assert!(texts(&conn, "+++").is_empty());
}

#[test]
fn titles_come_first_then_whole_words_then_time() {
    let conn = memory();
    let of = |kind, text: &str| passage(kind, text);
    add(&conn, "a", &[said(9, "networks nine"), said(2, "a net"), said(1, "cabinets"), said(3, "net three")]);
    add(&conn, "b", &[of(PassageKind::About, "net"), of(PassageKind::Slide, "nets"), of(PassageKind::Note, "planet")]);
    add(&conn, "c", &[of(PassageKind::Author, "Al Netto"), of(PassageKind::Title, "The planet")]);
    add(&conn, "d", &[of(PassageKind::Title, "A net"), of(PassageKind::Tag, "net")]);
    let expected = [
        "A net",
        "The planet",
        "Al Netto",
        "net",
        "planet",
        "nets",
        "net",
        "a net",
        "net three",
        "networks nine",
        "cabinets",
    ];
    assert_eq!(texts(&conn, "net"), expected);
    let found = ask(&conn, "net");
    assert_eq!((found.talks, found.more), (4, false));
}

#[test]
fn one_talk_does_not_fill_the_list() {
    let conn = memory();
    let many: Vec<Passage> = (0..300).map(|second| said(second, &format!("the word {second}"))).collect();
    for talk in ["a", "b", "c"] {
        add(&conn, talk, &many);
    }
    let limits = Limits { hits: 8, per_talk: 3 };
    let query = Query::parse("the word");
    let found = find(&conn, &query, None, limits).unwrap();
    let talks: Vec<&str> = found.hits.iter().map(|hit| hit.talk.0.as_str()).collect();
    assert_eq!(talks, ["a", "a", "a", "b", "b", "b", "c", "c"]);
    assert!(found.more);
    assert_eq!(found.hits[1].text, "the word 1");
    // In one talk all are wanted; of few that match, all talks are counted.
    let found = find(&conn, &query, Some(&id("b")), Limits { hits: 1000, per_talk: 3 }).unwrap();
    assert_eq!((found.hits.len(), found.talks, found.more), (300, 1, false));
    let found = find(&conn, &Query::parse("\"word 7\""), None, Limits { hits: 2, per_talk: 1 }).unwrap();
    assert_eq!((found.hits.len(), found.talks, found.more), (2, 3, true));
    assert_eq!(find(&conn, &query, None, Limits::NONE).unwrap().hits.len(), 900);
    assert_eq!(find(&conn, &query, Some(&id("nobody")), limits).unwrap(), Results::default());
}

#[test]
fn of_a_talk_that_is_put_twice_at_once_the_last_counts() {
    let mut conn = memory();
    let (a, b) = (id("a"), id("b"));
    let (first, second) = ([passage(PassageKind::Title, "first title")], [passage(PassageKind::Title, "second title")]);
    let texts = |talk, passages| Texts { talk, kinds: &ALL, passages };
    let transaction = conn.transaction().unwrap();
    put_all(&transaction, &[texts(&a, &first), texts(&b, &first), texts(&a, &second)]).unwrap();
    transaction.commit().unwrap();
    assert_eq!(talks(&conn, "first"), ["b"]);
    assert_eq!(talks(&conn, "title"), ["a", "b"]);
    assert_eq!(texts_of(&conn), 2);
}

fn texts_of(conn: &Connection) -> i64 {
    conn.query_row("SELECT count(*) FROM passage", [], |row| row.get(0)).unwrap()
}

#[test]
fn what_is_put_replaces_its_kinds_only() {
    let mut conn = memory();
    add(&conn, "a", &[passage(PassageKind::Title, "Old title"), said(1, "old speech")]);
    let transaction = conn.transaction().unwrap();
    put(&transaction, &id("a"), &[PassageKind::Speech], &[said(1, "new speech"), passage(PassageKind::Note, "x")])
        .unwrap();
    put(&transaction, &id("b"), &[PassageKind::Speech], &[]).unwrap();
    transaction.commit().unwrap();
    assert_eq!(texts(&conn, "old"), ["Old title"]);
    assert_eq!(texts(&conn, "speech"), ["new speech"]);
    assert!(texts(&conn, "x").is_empty());
    let hit = ask(&conn, "new").hits.remove(0);
    assert_eq!((hit.kind, hit.slide, hit.start), (PassageKind::Speech, Some(0), Some(MediaTime::from_secs(1))));
    add(&conn, "b", &[passage(PassageKind::Title, "Old friend")]);
    forget(&conn, &id("a")).unwrap();
    forget(&conn, &id("never met")).unwrap();
    assert_eq!(talks(&conn, "old"), ["b"]);
    assert!(texts(&conn, "speech").is_empty());
    assert_eq!(texts_of(&conn), 1);
    while tidy(&conn).unwrap() {}
    assert_eq!(talks(&conn, "old"), ["b"]);
}

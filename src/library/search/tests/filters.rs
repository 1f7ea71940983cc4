use proptest::prelude::*;

use super::*;

fn library() -> Connection {
    let conn = memory();
    for (talk, title, authors, tags, verdict) in [
        ("a", "Sharpness of minima", vec!["J. Lee", "Émile Borel"], vec!["optimizer", "rl"], Some("keep")),
        ("b", "Flat minima", vec!["Jane Lee"], vec!["rlhf"], Some("drop")),
        ("c", "Policies", vec!["Bo Dai"], vec!["RL"], Some("again")),
        ("d", "Graphs", vec![], vec![], None),
    ] {
        let mut passages = vec![passage(PassageKind::Title, title), said(1, &format!("today {title}"))];
        passages.extend(authors.into_iter().map(|name| passage(PassageKind::Author, name)));
        passages.extend(tags.into_iter().map(|tag| passage(PassageKind::Tag, tag)));
        passages.push(passage(PassageKind::Slide, &format!("{title} slide")));
        passages.push(passage(PassageKind::Note, &format!("{title} note")));
        add(&conn, talk, &passages);
        if let Some(verdict) = verdict {
            conn.execute("INSERT INTO verdict VALUES (?1, ?2)", [talk, verdict]).unwrap();
        }
    }
    conn
}

#[test]
fn filters_alone_list_titles() {
    let conn = library();
    for (typed, found) in [
        ("author:lee", vec!["a", "b"]),
        ("author:\"J. Lee\"", vec!["a"]),
        ("AUTHOR:emile", vec!["a"]),
        ("author:lee author:borel", vec!["a"]),
        ("tag:rl", vec!["a", "b", "c"]),
        ("tag:#rl", vec!["a", "b", "c"]),
        ("tag:\"rl\"", vec!["a", "c"]),
        ("tag:rl tag:opt", vec!["a"]),
        ("tag:timizer", vec![]),
        ("verdict:keep", vec!["a"]),
        ("verdict:k", vec!["a"]),
        ("verdict:Drop verdict:again", vec!["b", "c"]),
        ("verdict:none", vec!["d"]),
        ("verdict:none verdict:keep", vec!["a", "d"]),
        ("verdict:keep verdict:again verdict:drop verdict:none", vec!["a", "b", "c", "d"]),
        ("tag:rl verdict:drop", vec!["b"]),
        ("author:nobody", vec![]),
    ] {
        assert_eq!(talks(&conn, typed), found, "{typed}");
        assert!(ask(&conn, typed).hits.iter().all(|hit| hit.kind == PassageKind::Title && hit.lit.is_empty()));
        assert_eq!(ask(&conn, typed).talks, found.len());
    }
    assert_eq!(find(&conn, &Query::parse("tag:rl"), Some(&id("c")), Limits::default()).unwrap().hits.len(), 1);
    assert!(find(&conn, &Query::parse("tag:rl"), Some(&id("d")), Limits::default()).unwrap().hits.is_empty());
}

#[test]
fn filters_limit_words() {
    let conn = library();
    assert_eq!(talks(&conn, "minima verdict:drop"), ["b"]);
    let kinds = |typed: &str| ask(&conn, typed).hits.into_iter().map(|hit| hit.kind).collect::<Vec<_>>();
    assert_eq!(kinds("sharpness in:slides"), [PassageKind::Slide]);
    assert_eq!(kinds("sharpness in:speech"), [PassageKind::Speech]);
    assert_eq!(kinds("sharpness in:notes"), [PassageKind::Note]);
    assert_eq!(kinds("sharpness in:titles"), [PassageKind::Title]);
    assert_eq!(kinds("sharpness in:s in:t"), [PassageKind::Title, PassageKind::Slide, PassageKind::Speech]);
    assert_eq!(kinds("sharpness lee in:titles"), []);
    assert_eq!(kinds("sharpness lee"), [PassageKind::Title]);
}

#[test]
fn what_is_no_filter_is_a_word() {
    let parse = |typed: &str| Query::parse(typed).words().to_vec();
    assert_eq!(parse("http://x foo:bar verdict:maybe in:books"), ["http://x", "foo:bar", "verdict:maybe", "in:books"]);
    assert_eq!(parse("\"author:lee\" x\"y z\" “q r”"), ["author:lee", "x", "y z", "q r"]);
    assert_eq!(parse("\"  still   open"), ["still open"]);
    for nothing in
        ["", "  \n", "\"\"", "\" \"", "author:", "tag:#", "verdict:", "in:", "in:slides", "\u{301}", "tag:\"\""]
    {
        assert!(Query::parse(nothing).is_empty(), "{nothing:?}");
        assert_eq!(ask(&library(), nothing), Results::default());
    }
}

proptest! {
    #[test]
    fn nothing_that_is_typed_is_an_error(
        typed in "[ a-eE\"'*^:(){}+\\-.,;|&%_\\\\/éß学😀\u{0}\u{301}]{0,40}|\\PC{0,40}",
    ) {
        let conn = library();
        let found = find(&conn, &Query::parse(&typed), None, Limits::default()).unwrap();
        for hit in &found.hits {
            prop_assert!(hit.lit.iter().all(|range| hit.text.get(range.clone()).is_some_and(|lit| !lit.is_empty())));
        }
    }

    #[test]
    fn syntax_of_the_index_is_only_text(word in prop::sample::select(vec![
        "NEAR(a b)", "a OR b", "grams:a", "-a", "^a", "a*", "\"a\" + \"b\"", "{grams}:a", "NOT a", "AND",
        "'; DROP TABLE passage; --",
    ]), prefix in "(author:|tag:|verdict:|in:|\")?") {
        let conn = library();
        find(&conn, &Query::parse(&format!("{prefix}{word}")), None, Limits::default()).unwrap();
        prop_assert_eq!(ask(&conn, "sharpness").hits.len(), 4);
    }
}

//! Notes are read and edited, by hand and at random.

use super::*;
use proptest::prelude::*;

const NOTE: &str = "---\ntitle: \"A: B\"\nauthors: [\"X\", \"Y\"]\nmine: {a: 1} # kept\nverdict: keep\ntags: [a, b]\ntalk: t-1\n---\n\nA summary with #c\nand more.\n\n## Notes\n\n- [00:05] first #d\n  second line\n\n### Part\n\n* [01:00] x\n* [02:00]\n";

fn secs(secs: i64) -> MediaTime {
    MediaTime::from_secs(secs)
}

fn head() -> Head {
    Head {
        id: "slideslive-1".into(),
        fingerprint: "00ff00ff00ff00ff".into(),
        title: "Is \"this\": it?".into(),
        authors: vec!["A. B".into(), "C, D".into()],
        link: Some("https://slideslive.com/1".into()),
        venue: None,
        day: Some("2020-07-12".into()),
    }
}

#[test]
fn a_note_is_read() {
    let note = Document::parse(NOTE);
    assert_eq!(note.front().title.as_deref(), Some("A: B"));
    assert_eq!(note.front().verdict, Some(Verdict::Keep));
    assert_eq!(note.summary(), "A summary with #c\nand more.\n\n## Notes");
    let moments: Vec<_> = note.moments().iter().map(|moment| (moment.at, moment.text.as_str())).collect();
    assert_eq!(moments, [(secs(5), "first #d\nsecond line"), (secs(60), "x"), (secs(120), "")]);
    assert_eq!(note.tags(), ["a", "b", "c", "d"]);
}

#[test]
fn a_fresh_note_says_what_is_known() {
    let mut note = Document::fresh(&head());
    assert_eq!(
        note.text(),
        "---\ntitle: \"Is \\\"this\\\": it?\"\nauthors: [\"A. B\", \"C, D\"]\nday: 2020-07-12\n\
         link: https://slideslive.com/1\ntalk: slideslive-1\nfingerprint: 00ff00ff00ff00ff\n---\n"
    );
    assert_eq!(note.front().authors, head().authors);
    let fresh = note.clone();
    assert!(note.fill(&head()));
    assert_eq!(note, fresh);
    note.add_moment(secs(3730), "late");
    note.set_summary("Sum");
    let early = note.add_moment(MediaTime::from_millis(2_250), "early");
    assert_eq!(note.text(), format!("{}\nSum\n\n- [00:02.250] early\n- [1:02:10] late\n", fresh.text()));
    note.remove_moment(early);
    note.set_summary("");
    assert_eq!(note.text(), format!("{}\n- [1:02:10] late\n", fresh.text()));
}

#[test]
fn edits_change_their_own_lines_only() {
    let mut note = Document::parse(NOTE);
    let ids: Vec<_> = note.moments().iter().map(|moment| moment.id).collect();
    assert!(note.set_verdict(Some(Verdict::Again)) && note.set_tags(&["#z".into(), "two words".into()]));
    note.set_moment(ids[0], "FIRST\n- [09:00] inside");
    let new = note.add_moment(secs(60), "y");
    note.remove_moment(ids[2]);
    let want = NOTE
        .replace("verdict: keep", "verdict: again")
        .replace("[a, b]", "[z, \"two words\"]")
        .replace("first #d\n  second line", "FIRST\n  - [09:00] inside")
        .replace("* [02:00]", "* [01:00] y");
    assert_eq!(note.text(), want);
    assert_eq!(note.moments().iter().map(|moment| moment.id).collect::<Vec<_>>(), [ids[0], ids[1], new]);
}

#[test]
fn front_matter_is_made_where_there_is_none_and_left_alone_where_it_cannot_be_read() {
    let mut note = Document::parse("Words\r\n- [00:01] x");
    assert!(note.set_verdict(Some(Verdict::Drop)));
    assert_eq!(note.text(), "---\r\nverdict: drop\r\n---\r\n\r\nWords\r\n- [00:01] x");
    for broken in ["---\ntitle: [\n---\nx\n", "---\ntitle: x\n\ny\n"] {
        let mut note = Document::parse(broken);
        assert!(!note.front_readable() && !note.set_verdict(Some(Verdict::Drop)) && !note.fill(&head()));
        assert_eq!(note.text(), broken);
        note.set_summary("---\nnew");
        assert_eq!((note.summary(), note.front_readable()), ("---\nnew", false));
    }
}

#[test]
fn a_text_from_outside_keeps_the_moments_that_are_the_same() {
    let mut note = Document::parse(NOTE);
    let ids: Vec<_> = note.moments().iter().map(|moment| moment.id).collect();
    note.take_up(&NOTE.replace("* [01:00] x", "* [00:30] new\n* [01:00] changed").replace("### Part", ""));
    let found: Vec<_> = note.moments().iter().map(|moment| moment.id).collect();
    assert_eq!((found[0], found[2], found[3]), (ids[0], ids[1], ids[2]));
    assert!(!ids.contains(&found[1]));
}

fn any_note() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("---".to_owned()),
        Just("title: x".into()),
        Just("tags:".into()),
        Just("- a".into()),
        Just(String::new()),
        Just("- [00:01] a".into()),
        Just("  - [00:02] b".into()),
        Just("  c".into()),
        Just("\td".into()),
        Just("# e".into()),
        Just("\\---".into()),
        Just("- \\[00:03]".into()),
        Just(" f\r".into()),
        "\\PC{0,6}",
    ];
    let eol = prop_oneof![Just("\n"), Just("\r\n")];
    (prop::collection::vec(line, 0..14), eol, any::<bool>(), any::<bool>()).prop_map(|(lines, eol, bom, end)| {
        format!("{}{}{}", if bom { "\u{feff}" } else { "" }, lines.join(eol), if end { eol } else { "" })
    })
}

/// A real note with some of its bytes replaced, removed or doubled.
fn mutated() -> impl Strategy<Value = String> {
    prop::collection::vec((0..NOTE.len(), prop::sample::select(b"-[]:#\n \t\\a0\r\"".as_slice()), 0..3), 0..6).prop_map(
        |edits| {
            let mut bytes = NOTE.as_bytes().to_vec();
            for (at, byte, what) in edits {
                let at = at % bytes.len();
                match what {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    _ => drop(bytes.remove(at)),
                }
            }
            String::from_utf8_lossy(&bytes).into_owned()
        },
    )
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        any_note(),
        prop::sample::select(vec![
            "",
            "a",
            "- [01:00] b",
            "---",
            "\\---\nx",
            "a\n\n  b\n---\nk: v\n---",
            "```\n- [00:01]\n```",
            "\n\nz"
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_text_comes_back_byte_for_byte(text in prop_oneof!["(?s).*", any_note(), mutated()]) {
        let mut note = Document::parse(&text);
        prop_assert_eq!(note.text(), text.as_str());
        let summary = note.summary().to_owned();
        note.set_summary(&summary);
        for moment in note.moments().to_vec() {
            note.set_moment(moment.id, &moment.text);
        }
        if let Some(verdict) = note.front().verdict {
            note.set_verdict(Some(verdict));
        }
        if !text.contains('\r') && summary.starts_with(|c: char| c != '\u{feff}') {
            prop_assert_eq!(note.text(), text.as_str());
        }
    }

    #[test]
    fn a_typed_summary_is_read_back_and_touches_nothing_else(text in prop_oneof![any_note(), mutated()], typed in typed()) {
        let mut note = Document::parse(&text);
        let (moments, front) = (note.moments().to_vec(), note.front().clone());
        note.set_summary(&typed);
        let want = tidy(typed.trim_start_matches('\u{feff}')).trim_start_matches('\n').to_owned();
        prop_assert_eq!(note.summary(), want.as_str());
        prop_assert_eq!((note.moments(), note.front()), (moments.as_slice(), &front));
    }

    #[test]
    fn moments_are_edited_alone(text in prop_oneof![any_note(), mutated()], typed in typed(), at in 0_i64..9_000_000, which in any::<prop::sample::Index>()) {
        let mut note = Document::parse(&text);
        let (before, front, summary) = (note.moments().to_vec(), note.front().clone(), note.summary().to_owned());
        let id = note.add_moment(MediaTime::from_millis(at), "new");
        note.set_moment(id, &typed);
        prop_assert_eq!(note.moment(id).map(|moment| (moment.at, moment.text.clone())), Some((MediaTime::from_millis(at), tidy(&typed))));
        let others = |note: &Document, id| note.moments().iter().filter(|moment| moment.id != id).cloned().collect::<Vec<_>>();
        prop_assert_eq!(&others(&note, id), &before);
        prop_assert_eq!((note.front(), note.summary()), (&front, summary.as_str()));
        if !before.is_empty() {
            let gone = before[which.index(before.len())].id;
            note.remove_moment(gone);
            prop_assert!(note.moment(gone).is_none());
            prop_assert_eq!(note.moments().len(), before.len());
            prop_assert_eq!(note.front(), &front);
        }
    }

    #[test]
    fn the_verdict_is_set_or_nothing_is(text in prop_oneof![any_note(), mutated()]) {
        let mut note = Document::parse(&text);
        let (moments, summary, front) = (note.moments().to_vec(), note.summary().to_owned(), note.front().clone());
        let done = note.set_verdict(Some(Verdict::Again));
        if done {
            prop_assert_eq!(note.front(), &Front { verdict: Some(Verdict::Again), ..front });
        } else {
            prop_assert_eq!(note.text(), text.as_str());
        }
        prop_assert_eq!((note.moments(), note.summary()), (moments.as_slice(), summary.as_str()));
    }
}

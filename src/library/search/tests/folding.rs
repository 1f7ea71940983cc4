use super::super::fold;
use super::super::fold::Folded;
use super::*;

#[test]
fn letters_lose_case_and_accents() {
    for (text, folded) in [
        ("Émile NOËL", "emile noel"),
        ("Straße STRASSE ẞ", "strasse strasse ss"),
        ("Ελλάς Ἀθῆναι", "ελλασ αθηναι"),
        ("Ёлка й", "елка и"),
        ("İstanbul ılık", "istanbul ilik"),
        ("Æsir Œuvre Øre Łódź Đà", "aesir oeuvre ore lodz da"),
        ("ﬁne ² Ａｉ", "fine 2 ai"),
        ("Noether’s “law” — x", "noether's \"law\" - x"),
        ("a\n\t  b\u{a0}c", "a b c"),
        ("regu\u{ad}lar\u{200b}ize", "regularize"),
        ("が ガ", "か\u{3099} カ\u{3099}"),
        ("שָׁלוֹם", "שלום"),
        ("😀 机器学习", "😀 机器学习"),
    ] {
        assert_eq!(fold(text), folded, "{text}");
    }
    // Composed or not is the same.
    assert_eq!(fold("e\u{301}"), fold("é"));
    assert_eq!(fold("한"), fold("\u{1112}\u{1161}\u{11ab}"));
}

#[test]
fn a_folded_text_knows_its_source() {
    let text = "Cafe\u{301}s, Straße";
    let folded = Folded::of(text);
    assert_eq!(folded.text, "cafes, strasse");
    let source = |word: &str| {
        let at = folded.text.find(word).unwrap();
        &text[folded.source(&(at..at + word.len()))]
    };
    assert_eq!(source("cafe"), "Cafe\u{301}");
    assert_eq!(source("strass"), "Straß");
    assert_eq!(source("se"), "ße");
    assert_eq!(source("traf".trim_end_matches('f')), "tra");
}

#[test]
fn lit_is_right_where_folding_changes_lengths() {
    let conn = memory();
    add(&conn, "a", &[passage(PassageKind::Slide, "Der Große Füßler ﬁndet Cafe\u{301}s — ΕΛΛΆΣ, İzmir")]);
    for (typed, shown) in [
        ("grosse", vec!["Große"]),
        ("fus", vec!["Füß"]),
        ("fin", vec!["ﬁn"]),
        ("fé", vec!["fe\u{301}"]),
        ("ελλας", vec!["ΕΛΛΆΣ"]),
        ("izm der", vec!["Der", "İzm"]),
        ("\"große fu\"", vec!["Große Fü"]),
        ("gro ross", vec!["Groß"]),
    ] {
        let found = ask(&conn, typed);
        assert_eq!(found.hits.iter().map(lit).collect::<Vec<_>>(), [shown], "{typed}");
    }
}

#[test]
fn a_short_word_lights_its_best_places_only() {
    let query = Query::parse("ai");
    assert_eq!(query.lit("fair AI, aim, again AI"), [5..7, 20..22]);
    assert_eq!(query.lit("fair aim"), std::slice::from_ref(&(5..7)));
    assert_eq!(query.lit("fair"), std::slice::from_ref(&(1..3)));
    assert_eq!(Query::parse("net").lit("network ornet"), [0..3, 10..13]);
}

#[test]
fn of_a_long_passage_the_part_with_most_is_shown() {
    let conn = memory();
    let long = format!("{} noether {} Symmétrie for Noether {}", "é ".repeat(300), "ü ".repeat(300), "ö ".repeat(300));
    add(&conn, "a", &[passage(PassageKind::Note, &long)]);
    let hit = ask(&conn, "noether symmetrie").hits.remove(0);
    assert_eq!(lit(&hit), ["Symmétrie", "Noether"]);
    assert!(hit.text.starts_with("…ü") || hit.text.starts_with("… "), "{}", hit.text);
    assert!(hit.text.ends_with('…'));
    assert_eq!(hit.text.chars().count(), 202);
    // Where one word fills the end, no more is left out than must be.
    let end = format!("{} end", "é ".repeat(300));
    add(&conn, "b", &[passage(PassageKind::Note, &end)]);
    let hit = ask(&conn, "end").hits.remove(0);
    assert!(hit.text.starts_with('…') && hit.text.ends_with(" end"));
    assert_eq!(hit.text.chars().count(), 201);
}

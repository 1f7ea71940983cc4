//! The same as reading everything and looking.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::fold;
use super::*;

const PIECES: [&str; 30] = [
    "noether",
    "Noether",
    "net",
    "the",
    "then",
    "é",
    "École",
    "ß",
    "Straße",
    "ﬁt",
    "Ελλάς",
    "λα",
    "Ёж",
    "жук",
    "й",
    "学习",
    "深度学习",
    "が",
    "한국",
    "😀",
    "🧪🧪",
    "C++",
    "3D",
    "a",
    "an",
    "x.y",
    "e\u{301}",
    "—",
    "_",
    "'s",
];
const GAPS: [&str; 8] = [" ", "", "-", "\n", ", ", "  ", "\u{a0}", "."];

fn text() -> impl Strategy<Value = String> {
    let piece = (prop::sample::select(PIECES.to_vec()), prop::sample::select(GAPS.to_vec()));
    prop::collection::vec(piece, 0..12).prop_map(|all| all.into_iter().flat_map(|(piece, gap)| [piece, gap]).collect())
}

/// Words that often occur: parts of the pieces, one or two put together, cut at will.
fn word() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES.to_vec());
    (piece.clone(), prop::option::of(piece), 0..3usize, 0..3usize).prop_map(|(one, two, skip, less)| {
        let letters: Vec<char> = one.chars().chain(two.unwrap_or_default().chars()).collect();
        let end = letters.len().saturating_sub(less).max(1);
        letters[skip.min(end - 1)..end].iter().collect()
    })
}

/// Titles, authors and tags are found together as well: not here.
const KINDS: [PassageKind; 4] = [PassageKind::About, PassageKind::Note, PassageKind::Slide, PassageKind::Speech];

fn talk() -> impl Strategy<Value = Vec<(PassageKind, String)>> {
    prop::collection::vec((prop::sample::select(KINDS.to_vec()), text()), 0..12)
}

type Found = BTreeSet<(usize, PassageKind, String)>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn finds_the_same(
        library in prop::collection::vec(talk(), 1..12),
        words in prop::collection::vec(word(), 1..4),
        phrase in any::<bool>(),
        copies in prop::sample::select(vec![1usize, 40]),
    ) {
        let mut conn = memory();
        let mut everything = Vec::new();
        let transaction = conn.transaction().unwrap();
        for (number, passages) in library.iter().enumerate() {
            // Many copies take the other way through the index.
            let passages: Vec<Passage> = (0..copies)
                .flat_map(|copy| passages.iter().enumerate().map(move |(place, passage)| (copy, place, passage)))
                .map(|(copy, place, (kind, text))| passage(*kind, &format!("{text} q{copy}q{place}q")))
                .collect();
            put(&transaction, &id(&number.to_string()), &ALL, &passages).unwrap();
            everything.extend(passages.into_iter().map(|passage| (number, passage)));
        }
        transaction.commit().unwrap();
        let typed = if phrase { format!("\"{}\"", words.join(" ")) } else { words.join(" ") };
        let query = Query::parse(&typed);
        let typed_words = if phrase { vec![words.join(" ")] } else { words };
        let looked_for: Vec<String> = typed_words.iter().map(|word| fold(word)).collect();
        prop_assume!(looked_for.iter().all(|word| !word.trim().is_empty()));
        let expected: Found = everything
            .iter()
            .filter(|(_, passage)| looked_for.iter().all(|word| fold(&passage.text).contains(word.trim())))
            .map(|(number, passage)| (*number, passage.kind, passage.text.clone()))
            .collect();
        let found = find(&conn, &query, None, Limits::NONE).unwrap();
        let plain = |hit: &Hit| (hit.talk.0.parse().unwrap(), hit.kind, hit.text.clone());
        let texts: Found = found.hits.iter().map(plain).collect();
        prop_assert_eq!(found.hits.len(), texts.len(), "a passage is found once");
        prop_assert_eq!(&texts, &expected, "{}", typed);
        prop_assert!(!found.more);
        let talks: BTreeSet<usize> = expected.iter().map(|(number, ..)| *number).collect();
        prop_assert_eq!(found.talks, talks.len());
        for hit in &found.hits {
            prop_assert!(!hit.lit.is_empty());
            for lit in lit(hit) {
                prop_assert!(looked_for.iter().any(|word| fold(lit).contains(word.trim())), "{}", lit);
            }
        }
        // In each talk by itself as well.
        for number in 0..library.len() {
            let within = find(&conn, &query, Some(&id(&number.to_string())), Limits::NONE).unwrap();
            prop_assert_eq!(within.hits.len(), expected.iter().filter(|(talk, ..)| *talk == number).count());
        }
    }
}

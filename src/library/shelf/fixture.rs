//! Rows for tests, made from numbers.

use std::path::PathBuf;

use crate::library::{Entry, Picture, Progress, Row, TalkState};
use crate::notes::Verdict;
use crate::talk::TalkId;
use crate::time::MediaTime;

/// A whole talk directly in its root, of which nothing was heard.
pub fn row(name: &str, secs: i64) -> Row {
    let entry = Entry {
        path: PathBuf::from("/talks").join(name),
        root: Some("/talks".into()),
        id: TalkId(format!("talk {name}")),
        fingerprint: format!("print of {name}"),
        title: name.rsplit('/').next().unwrap_or_default().to_owned(),
        authors: Vec::new(),
        link: None,
        about: String::new(),
        session: name.rsplit_once('/').map_or("", |(session, _)| session).to_owned(),
        length: Some(MediaTime::from_secs(secs)),
        slides: 10,
        picture: Some(Picture { file: "0.jpg".into(), width: 1024, height: 768 }),
        broken: None,
        stamp: 0,
    };
    Row { entry, state: TalkState::default(), away: false, copies: 0 }
}

const WORDS: [&str; 32] = [
    "Deep",
    "learning",
    "for",
    "Gradient",
    "attention",
    "networks",
    "Übersetzung",
    "graph",
    "neural",
    "translation",
    "Bayesian",
    "optimal",
    "transport",
    "with",
    "and",
    "of",
    "robust",
    "sparse",
    "Padé",
    "activation",
    "units",
    "labels",
    "segmentation",
    "the",
    "role",
    "language",
    "models",
    "representation",
    "self-supervised",
    "policy",
    "in",
    "dynamics",
];

/// As many talks as are wanted, of every kind, the same at every call.
pub fn many(count: u32) -> Vec<Row> {
    let mut seed = 7_u64;
    let mut next = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % below
    };
    let mut rows = Vec::new();
    for number in 0..count {
        let title: Vec<&str> = (0..4 + next(6)).map(|_| WORDS[next(WORDS.len())]).collect();
        let session = ["", "Oral 2", "Oral 10", "Oral 2/late", "Posters", "Keynotes"][next(6)];
        let mut row = row(&format!("{session}/{number}-{}", title.join("-")), 60 + i64::from(number % 40) * 30);
        row.entry.title = title.join(" ");
        row.entry.id = TalkId(format!("slideslive-{number}"));
        row.entry.session = session.to_owned();
        row.entry.authors = (0..next(4)).map(|_| format!("{}. {}son", WORDS[next(32)], WORDS[next(32)])).collect();
        let length = row.entry.length.take().filter(|_| next(20) > 0);
        row.entry.length = length;
        row.entry.broken = (next(50) == 0).then(|| "no slides and no sound".to_owned());
        row.away = next(30) == 0;
        row.state.verdict = [None, None, Some(Verdict::Keep), Some(Verdict::Again), Some(Verdict::Drop)][next(5)];
        let furthest = MediaTime::from_secs(i64::try_from(next(3) * next(200)).unwrap_or(0));
        row.state.progress = Progress { position: furthest, furthest, done: next(5) == 0 };
        row.state.notes = if next(3) == 0 { next(9) } else { 0 };
        row.state.tags =
            (0..next(3)).map(|_| ["labels", "Labels", "regularization", "graphs"][next(4)].into()).collect();
        row.state.decided_at = row.state.verdict.map(|_| 1_790_000_000 + i64::from(number) * 7);
        rows.push(row);
    }
    rows
}

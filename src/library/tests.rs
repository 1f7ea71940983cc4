use std::sync::Arc;

use super::*;
use crate::time::MediaTime;

fn record(id: &str) -> Record {
    Record {
        id: TalkId(id.into()),
        path: format!("/talks/{id}").into(),
        title: format!("Talk {id}"),
        authors: vec!["A. Noether".into(), "李".into()],
        link: Some(format!("https://example.org/{id}")),
        verdict: None,
        progress: Progress::default(),
        decided_at: None,
    }
}

fn reopened(file: &Path) -> Vec<Record> {
    let (store, issues) = Store::open(file).unwrap();
    assert_eq!(issues, [""; 0]);
    store.all().unwrap()
}

#[test]
fn what_is_kept_is_there_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data/library.db");
    let mut library = Library::start(file.clone(), Arc::new(|| {})).unwrap();
    let (one, two) = (record("1"), record("2"));
    library.meet(one.clone());
    library.meet(two.clone());
    library.set_verdict(&one.id, Some(Verdict::Keep));
    library.set_verdict(&two.id, Some(Verdict::Drop));
    library.set_verdict(&two.id, None);
    let progress = Progress { position: MediaTime::from_secs(61), furthest: MediaTime::from_secs(90), done: true };
    library.set_progress(&two.id, progress);
    // Opened again elsewhere: what the viewer thinks of it stays.
    library.meet(Record { path: "/moved/1".into(), ..one.clone() });
    library.finish();

    let kept = reopened(&file);
    let find = |id: &TalkId| {
        let record = kept.iter().find(|record| record.id == *id).unwrap();
        assert!(record.decided_at.is_some_and(|at| at > 1_700_000_000));
        Record { decided_at: None, ..record.clone() }
    };
    assert_eq!(kept.len(), 2);
    assert_eq!(find(&one.id), Record { path: "/moved/1".into(), verdict: Some(Verdict::Keep), ..one.clone() });
    assert_eq!(find(&two.id), Record { progress, ..two });

    let mut next = Library::start(file, Arc::new(|| {})).unwrap();
    while !next.loaded() {
        assert_eq!(next.poll(), [""; 0]);
        std::thread::yield_now();
    }
    assert_eq!(next.at(Path::new("/moved/1")).map(|record| record.verdict), Some(Some(Verdict::Keep)));
    assert_eq!(next.get(&one.id).map(|record| record.title.as_str()), Some("Talk 1"));
}

#[test]
fn a_newer_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("library.db");
    rusqlite::Connection::open(&file).unwrap().pragma_update(None, "user_version", 1000).unwrap();
    let before = std::fs::read(&file).unwrap();
    assert!(matches!(Store::open(&file), Err(StoreError::Newer(path)) if path == file));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_damaged_file_is_set_aside_and_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("library.db");
    let damaged = vec![0x5a; 8192];
    crate::persist::write_atomic(&file, &damaged).unwrap();
    let (mut store, issues) = Store::open(&file).unwrap();
    assert!(issues.len() == 1 && issues[0].contains("library.damaged.db"), "{issues:?}");
    assert_eq!(std::fs::read(folder.path().join("library.damaged.db")).unwrap(), damaged);
    store.apply(&[Change::Met(record("1"))]).unwrap();
    drop(store);
    assert_eq!(reopened(&file), [record("1")]);
}

#[test]
fn changes_are_kept_all_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, _) = Store::open(&folder.path().join("library.db")).unwrap();
    // A verdict on a talk that was never met breaks the second change.
    let changes = [Change::Met(record("1")), Change::Verdict(TalkId("2".into()), Some(Verdict::Keep))];
    assert!(matches!(store.apply(&changes), Err(StoreError::Work { doing: "kept", .. })));
    assert_eq!(store.all().unwrap(), []);
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    crate::persist::write_atomic(&blocked, b"").unwrap();
    let mut library = Library::start(blocked.join("library.db"), Arc::new(|| {})).unwrap();
    library.meet(record("1"));
    library.set_verdict(&TalkId("1".into()), Some(Verdict::Again));
    let mut told = Vec::new();
    while told.is_empty() {
        told = library.poll();
        std::thread::yield_now();
    }
    assert!(told[0].contains("library.db cannot be opened"), "{told:?}");
    assert_eq!(library.get(&TalkId("1".into())).and_then(|record| record.verdict), Some(Verdict::Again));
}

#[test]
fn an_older_file_is_brought_forward_after_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("library.db");
    let old = rusqlite::Connection::open(&file).unwrap();
    super::schema::STEPS[0].iter().for_each(|part| old.execute_batch(part).unwrap());
    old.execute_batch(
        "INSERT INTO talk VALUES ('1', X'2f612f31', 'Talk 1', 'A. B.', NULL, 5);
         INSERT INTO verdict VALUES ('1', 'keep', 7);
         INSERT INTO progress VALUES ('1', 4000000000, 9000000000, 1, 8);",
    )
    .unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    drop(old);

    let (store, told) = Store::open(&file).unwrap();
    assert_eq!(told, [""; 0]);
    let kept = store.kept().unwrap();
    let progress = Progress { position: MediaTime::from_secs(4), furthest: MediaTime::from_secs(9), done: true };
    let [record] = kept.records.as_slice() else { panic!("{:?}", kept.records) };
    assert_eq!((record.title.as_str(), record.verdict, record.progress), ("Talk 1", Some(Verdict::Keep), progress));
    drop(store);

    let version = |file: &Path| -> i64 {
        let connection = rusqlite::Connection::open(file).unwrap();
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    };
    let copy = folder.path().join("library.before-version-2.db");
    assert_eq!((version(&file), version(&copy)), (2, 1));
    let verdicts: i64 = rusqlite::Connection::open(&copy)
        .unwrap()
        .query_row("SELECT count(*) FROM verdict WHERE verdict = 'keep'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdicts, 1, "the copy is as it was");
    // Opened again, nothing is copied again.
    Store::open(&file).unwrap();
    assert_eq!(
        std::fs::read_dir(folder.path())
            .unwrap()
            .filter(|entry| {
                entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().contains("before"))
            })
            .count(),
        1
    );
}

use std::sync::Arc;

use super::super::find::find_until;
use super::super::{Answer, Searcher};
use super::*;

/// A searcher, and what its waker tells.
fn start(file: &std::path::Path) -> (Searcher, crossbeam_channel::Receiver<()>) {
    let (woken, wakes) = crossbeam_channel::bounded(1024);
    let waker = Arc::new(move || {
        woken.try_send(()).ok();
    });
    (Searcher::start(file.to_owned(), file.with_file_name("store.db"), waker).unwrap(), wakes)
}

fn wait(searcher: &mut Searcher, wakes: &crossbeam_channel::Receiver<()>) -> Answer {
    loop {
        wakes.recv_timeout(std::time::Duration::from_secs(60)).expect("an answer");
        if let Some(answer) = searcher.poll() {
            return answer;
        }
    }
}

#[test]
fn the_newest_question_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("library.db");
    let mut conn = Connection::open(&file).unwrap();
    conn.pragma_update(None, "journal_mode", "WAL").unwrap();
    tables(&conn);
    let transaction = conn.transaction().unwrap();
    for talk in 0..40 {
        let cues: Vec<Passage> = (0..50).map(|second| said(second, &format!("the loss number {second}"))).collect();
        add(&transaction, &format!("{talk}"), &cues);
    }
    transaction.commit().unwrap();
    let (mut searcher, wakes) = start(&file);
    let mut last = 0;
    for end in 1..="number 49".len() {
        last = searcher.ask(&"number 49"[..end], None, Limits::default());
    }
    let answer = wait(&mut searcher, &wakes);
    assert_eq!(answer.number, last);
    assert_eq!(answer.found.unwrap().hits.len(), 40);
    assert_eq!(searcher.poll(), None);
    // What is written later is found as well, and one talk can be asked for.
    add(&conn, "late", &[said(1, "the late one")]);
    searcher.ask("late", None, Limits::default());
    assert_eq!(wait(&mut searcher, &wakes).found.unwrap().hits[0].talk, id("late"));
    searcher.ask("the", Some(id("7")), Limits { hits: 10, per_talk: 1 });
    assert_eq!(wait(&mut searcher, &wakes).found.unwrap().hits.len(), 10);
    searcher.ask(" ", None, Limits::default());
    assert_eq!(wait(&mut searcher, &wakes).found, Ok(Results::default()));
}

#[test]
fn what_is_not_wanted_any_more_is_given_up() {
    let conn = memory();
    let cues: Vec<Passage> = (0..300).map(|second| said(second, "the")).collect();
    add(&conn, "a", &cues);
    let given_up = find_until(&conn, &Query::parse("the"), None, Limits::NONE, &|| true).unwrap_err();
    assert_eq!(given_up.sqlite_error_code(), Some(rusqlite::ErrorCode::OperationInterrupted));
    // The next one is answered.
    assert_eq!(ask(&conn, "the").hits.len(), 5);
}

#[test]
fn a_file_that_comes_later_is_searched_then() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("library.db");
    let (mut searcher, wakes) = start(&file);
    searcher.ask("x", None, Limits::default());
    let answer = wait(&mut searcher, &wakes);
    assert!(answer.found.unwrap_err().starts_with("The talks cannot be searched: "));
    assert!(!file.exists(), "nothing is made by searching");
    let conn = Connection::open(&file).unwrap();
    tables(&conn);
    add(&conn, "a", &[said(1, "x")]);
    searcher.ask("x", None, Limits::default());
    assert_eq!(wait(&mut searcher, &wakes).found.unwrap().hits.len(), 1);
    // Verdicts lie in another file, which comes later still.
    searcher.ask("x verdict:keep", None, Limits::default());
    assert!(wait(&mut searcher, &wakes).found.is_err());
    let store = Connection::open(file.with_file_name("store.db")).unwrap();
    store
        .execute_batch("CREATE TABLE verdict (talk TEXT, verdict TEXT); INSERT INTO verdict VALUES ('a', 'keep')")
        .unwrap();
    conn.execute_batch("DROP TABLE verdict").unwrap();
    searcher.ask("x verdict:keep", None, Limits::default());
    assert_eq!(wait(&mut searcher, &wakes).found.unwrap().hits.len(), 1);
    searcher.ask("x verdict:drop", None, Limits::default());
    assert!(wait(&mut searcher, &wakes).found.unwrap().hits.is_empty());
}

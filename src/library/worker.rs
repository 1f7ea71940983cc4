//! The thread that owns the store's file.

use std::path::Path;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, after, never, select};

use super::{Answer, Change, Kept, Store, StoreError};
use crate::Waker;

/// Changes that go into one transaction at most, lest others wait too long.
const TOGETHER: usize = 2048;

/// Changes that are kept back while they cannot be written; memory has them all.
const HELD: usize = 100_000;
/// How long it takes until they are tried again.
const PATIENCE: Duration = Duration::from_secs(4);

/// Reads what is kept, then writes changes (if it `writes`) until nobody makes any more. `bulk` is served while nothing is in `inbox`.
pub(super) fn serve(
    file: &Path,
    writes: bool,
    (inbox, bulk): (&Receiver<Change>, &Receiver<Vec<Change>>),
    answer: &Sender<Answer>,
    waker: &Waker,
) {
    let tell = |what: Answer| {
        if answer.try_send(what).is_ok() {
            waker();
        }
    };
    let (mut store, issues) = match Store::open(file) {
        Ok(opened) => opened,
        Err(error) => {
            // What is there can be seen, unless a newer program made it.
            let newer = matches!(error, StoreError::Newer(_));
            let kept = if newer { None } else { Store::open_reading(file).and_then(|store| store.kept()).ok() };
            tell(Answer::Loaded(Box::new(kept.unwrap_or_default())));
            tell(Answer::Trouble(format!("{error}. Verdicts are kept in the notes alone meanwhile")));
            return;
        }
    };
    for issue in issues {
        tell(Answer::Trouble(issue));
    }
    match store.kept() {
        Ok(kept) => tell(Answer::Loaded(Box::new(kept))),
        Err(error) => {
            tell(Answer::Loaded(Box::<Kept>::default()));
            tell(Answer::Trouble(error.to_string()));
        }
    }
    let mut troubled = false;
    let mut bulk = bulk.clone();
    // What could not be written for want of room, say: it comes before what is new.
    let mut kept_back: Vec<Change> = Vec::new();
    let mut ended = false;
    while !ended {
        let again = if kept_back.is_empty() { never() } else { after(PATIENCE) };
        // What has gathered meanwhile goes in one transaction.
        let new: Vec<Change> = select! {
            recv(inbox) -> first => match first {
                Ok(first) => std::iter::once(first).chain(inbox.try_iter().take(TOGETHER)).collect(),
                Err(_) => {
                    ended = true;
                    Vec::new()
                }
            },
            recv(bulk) -> many => match many {
                Ok(many) => inbox.try_iter().chain(many).collect(),
                Err(_) => {
                    bulk = never();
                    continue;
                }
            },
            recv(again) -> _ => Vec::new(),
        };
        let mut changes = std::mem::take(&mut kept_back);
        changes.extend(new);
        if !writes {
            continue;
        }
        match store.apply(&changes) {
            Ok(()) => {
                if std::mem::take(&mut troubled) {
                    tell(Answer::Trouble("What is known of your talks is kept again".to_owned()));
                }
            }
            Err(error) => {
                tracing::error!("{error}");
                if error.may_pass() && changes.len() <= HELD {
                    kept_back = changes;
                }
                if !std::mem::replace(&mut troubled, true) {
                    tell(Answer::Trouble(error.to_string()));
                }
            }
        }
    }
}

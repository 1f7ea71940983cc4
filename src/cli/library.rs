//! `plenary scan`, `plenary list`, `plenary search`: the library without a window.

use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::args::library_args::{ListArgs, ScanArgs, SearchArgs};
use crate::app::noted::texts_file;
use crate::audio::decode::Probe;
use crate::library::scan::{Known, ScanEvent, Scanner, is_gone, kinds_of};
use crate::library::search::{self, Limits, Query};
use crate::library::shelf::{Filter, Seen, Shelf, Sort, left};
use crate::library::texts::{self, Text};
use crate::library::{Change, Kept, PassageKind, Row, Store, TalkState};
use crate::notes::Verdict;
use crate::time::MediaTime;

/// Finds the talks in folders, which are in the library from then on; without folders, in those that are in it.
///
/// # Errors
/// A sentence for the viewer.
pub fn scan(args: &ScanArgs, data: &Path) -> Result<(), String> {
    let mut store = open(data)?;
    let mut index = texts::open(&texts_file(data)).map_err(|error| error.to_string())?;
    let known_texts = texts::known(&index).map_err(|error| error.to_string())?;
    let kept = store.kept().map_err(|error| error.to_string())?;
    let mut roots = Vec::new();
    for path in &args.paths {
        let root = std::path::absolute(path).map_err(|error| error.to_string())?;
        if !root.is_dir() {
            return Err(format!("There is no folder {}", root.display()));
        }
        if !kept.roots.iter().any(|known| root.starts_with(known)) {
            store.apply(&[Change::Root(root.clone(), true)]).map_err(|error| error.to_string())?;
        }
        roots.push(root);
    }
    if roots.is_empty() {
        roots.clone_from(&kept.roots);
    }
    if roots.is_empty() {
        return Err("No folder of talks is known; name one".to_owned());
    }
    let (tell, events) = crossbeam_channel::bounded(64);
    let scanner = Scanner::start(Box::new(Probe), move |event| {
        tell.send(event).ok();
    })
    .map_err(|error| error.to_string())?;
    for root in &roots {
        let of_root = kept.entries.iter().filter(|entry| entry.root.as_ref() == Some(root));
        let known: HashMap<PathBuf, Known> = of_root
            .map(|entry| {
                let indexed = known_texts.get(&entry.path) == Some(&entry.stamp);
                (entry.path.clone(), Known { stamp: entry.stamp, indexed })
            })
            .collect();
        scanner.scan(root.clone(), known);
    }
    let (mut open_roots, mut found, mut gone) = (roots.len(), Vec::new(), 0);
    let mut all: HashSet<PathBuf> = HashSet::new();
    while open_roots > 0 || scanner.busy() || !events.is_empty() {
        let Ok(event) = events.recv_timeout(std::time::Duration::from_millis(50)) else { continue };
        match event {
            ScanEvent::Found { entries, .. } => {
                let changes: Vec<Change> = entries.iter().cloned().map(Change::Found).collect();
                store.apply(&changes).map_err(|error| error.to_string())?;
                found.extend(entries.iter().cloned());
            }
            ScanEvent::Ended { root, below, all: seen, unread, .. } => {
                open_roots = open_roots.saturating_sub(1);
                all.extend(seen.iter().cloned());
                let set: HashSet<&Path> = seen.iter().map(PathBuf::as_path).collect();
                let of_root = kept.entries.iter().filter(|entry| entry.root.as_ref() == Some(&root));
                let vanished: Vec<Change> = of_root
                    .filter(|entry| is_gone(&entry.path, &below, &set, &unread))
                    .map(|entry| Change::Gone(entry.path.clone()))
                    .collect();
                gone += vanished.len();
                store.apply(&vanished).map_err(|error| error.to_string())?;
            }
            ScanEvent::Passages { path, id, stamp, passages, .. } => {
                let text = Text {
                    talk: id,
                    kinds: kinds_of(&passages),
                    passages: passages.to_vec(),
                    source: Some((path, stamp)),
                };
                texts::write(&mut index, &[text]).map_err(|error| error.to_string())?;
            }
            ScanEvent::Away { why, .. } => {
                open_roots = open_roots.saturating_sub(1);
                super::complain(&why);
            }
            ScanEvent::Trouble(why) => super::complain(&why),
            ScanEvent::Began { .. } | ScanEvent::Progress { .. } | ScanEvent::Idle => {}
        }
    }
    let broken = found.iter().filter(|entry| entry.broken.is_some()).count();
    if args.json {
        let entries: Vec<Value> = found
            .iter()
            .map(|entry| json!({"path": entry.path.to_string_lossy(), "id": entry.id.0, "title": entry.title, "broken": entry.broken}))
            .collect();
        return print(&json!({"talks": all.len(), "changed": entries, "gone": gone}).to_string());
    }
    for entry in found.iter().filter(|entry| entry.broken.is_some()) {
        print(&format!("{}: {}", entry.path.display(), entry.broken.as_deref().unwrap_or_default()))?;
    }
    print(&format!(
        "{} talks, {} new or changed, {gone} gone, {broken} of the new cannot be opened",
        all.len(),
        found.len()
    ))
}

/// Lists talks of the library.
///
/// # Errors
/// A sentence for the viewer.
pub fn list(args: &ListArgs, data: &Path, notes: &Path) -> Result<(), String> {
    let filter: Filter = args.filter.join(" ").parse().map_err(|error| format!("{error}"))?;
    let sort: Sort = args.sort.as_deref().unwrap_or("order").parse().map_err(|error| format!("{error}"))?;
    let kept = open(data)?.kept().map_err(|error| error.to_string())?;
    if kept.entries.is_empty() && kept.roots.is_empty() {
        return Err("No folder of talks is known yet: plenary scan FOLDER".to_owned());
    }
    let merged = kept.merged.clone();
    let rows = rows(kept, notes);
    let mut shelf = Shelf::new(&rows);
    shelf.set_merged(&rows, &merged);
    let listed: Vec<&Row> = shelf
        .arrange(&rows, &filter, sort)
        .into_iter()
        .filter_map(|at| usize::try_from(at).ok().and_then(|at| rows.get(at)))
        .collect();
    if args.json {
        let all: Vec<Value> = listed.iter().map(|row| value(row)).collect();
        return print(&serde_json::to_string_pretty(&all).unwrap_or_default());
    }
    for row in listed {
        print(&line(row))?;
    }
    Ok(())
}

fn open(data: &Path) -> Result<Store, String> {
    let (store, told) = Store::open(&data.join("library.db")).map_err(|error| error.to_string())?;
    told.iter().for_each(|issue| super::complain(issue));
    Ok(store)
}

/// Everything that is known of the talks of the library.
fn rows(kept: Kept, notes: &Path) -> Vec<Row> {
    let records: HashMap<_, _> = kept.records.into_iter().map(|record| (record.id.clone(), record)).collect();
    let mut noted: HashMap<String, (Vec<String>, usize, Option<Verdict>)> = HashMap::new();
    for (_, note) in crate::notes::all(notes) {
        if let Some(talk) = &note.front().talk {
            noted.insert(talk.clone(), (note.tags(), note.moments().len(), note.front().verdict));
        }
    }
    let row = |entry: crate::library::Entry| {
        let (record, note) = (records.get(&entry.id), noted.get(&entry.id.0));
        let state = TalkState {
            verdict: note.and_then(|note| note.2).or_else(|| record.and_then(|record| record.verdict)),
            progress: record.map(|record| record.progress).unwrap_or_default(),
            tags: note.map(|note| note.0.clone()).unwrap_or_default(),
            notes: note.map_or(0, |note| note.1),
            decided_at: record.and_then(|record| record.decided_at),
        };
        let away = !entry.path.exists();
        Row { entry, state, away, copies: 0 }
    };
    kept.entries.into_iter().map(row).collect()
}

fn value(row: &Row) -> Value {
    let entry = &row.entry;
    json!({
        "path": entry.path.to_string_lossy(),
        "id": entry.id.0,
        "title": entry.title,
        "authors": entry.authors,
        "session": entry.session,
        "link": entry.link,
        "length": entry.length.map(MediaTime::secs_f64),
        "left": left(row).map(MediaTime::secs_f64),
        "seen": Seen::of(row).word(),
        "verdict": row.state.verdict.map(Verdict::word),
        "tags": row.state.tags,
        "notes": row.state.notes,
        "slides": entry.slides,
        "broken": entry.broken,
        "away": row.away,
    })
}

fn line(row: &Row) -> String {
    let entry = &row.entry;
    let length = entry.length.map_or_else(|| "-".to_owned(), MediaTime::clock);
    let state = match &entry.broken {
        Some(_) => "broken",
        None => row.state.verdict.map_or_else(|| Seen::of(row).word(), Verdict::word),
    };
    let tail = match &entry.broken {
        Some(why) => format!(": {why}"),
        None if entry.authors.is_empty() => String::new(),
        None => format!(" ({})", entry.authors.join(", ")),
    };
    format!("{length:>8}  {state:<6}  {}{tail}", entry.title)
}

/// Searches the texts of all talks.
///
/// # Errors
/// A sentence for the viewer.
pub fn find(args: &SearchArgs, data: &Path) -> Result<(), String> {
    let store = open(data)?;
    let kept = store.kept().map_err(|error| error.to_string())?;
    let file = texts_file(data);
    if !file.exists() {
        return Err("Nothing can be searched yet: plenary scan FOLDER".to_owned());
    }
    let connection = texts::open(&file).map_err(|error| error.to_string())?;
    search::attach(&connection, &data.join("library.db")).map_err(|error| error.to_string())?;
    let query = Query::parse(&args.words.join(" "));
    let limits = Limits { hits: args.limit, ..Limits::default() };
    let found = search::find(&connection, &query, None, limits).map_err(|error| error.to_string())?;
    let talk = |id: &crate::talk::TalkId| kept.entries.iter().find(|entry| entry.id == *id);
    if args.json {
        let hits: Vec<Value> = found
            .hits
            .iter()
            .map(|hit| {
                json!({
                    "id": hit.talk.0,
                    "title": talk(&hit.talk).map(|entry| entry.title.clone()),
                    "path": talk(&hit.talk).map(|entry| entry.path.to_string_lossy()),
                    "kind": kind_word(hit.kind),
                    "slide": hit.slide.map(|slide| slide + 1),
                    "start": hit.start.map(MediaTime::secs_f64),
                    "text": hit.text,
                })
            })
            .collect();
        let all = json!({"hits": hits, "talks": found.talks, "more": found.more});
        return print(&serde_json::to_string_pretty(&all).unwrap_or_default());
    }
    for hit in &found.hits {
        let title = talk(&hit.talk).map_or(hit.talk.0.as_str(), |entry| entry.title.as_str());
        let at = hit.start.map_or_else(String::new, |start| format!(" {}", start.clock()));
        let text = hit.text.split_whitespace().collect::<Vec<_>>().join(" ");
        print(&format!("{title} [{}{at}]: {text}", kind_word(hit.kind)))?;
    }
    if found.hits.is_empty() {
        return Err("Nothing was found".to_owned());
    }
    Ok(())
}

fn kind_word(kind: PassageKind) -> &'static str {
    match kind {
        PassageKind::Title => "title",
        PassageKind::Author => "author",
        PassageKind::About => "about",
        PassageKind::Tag => "tag",
        PassageKind::Note => "note",
        PassageKind::Slide => "slide",
        PassageKind::Speech => "speech",
    }
}

fn print(text: &str) -> Result<(), String> {
    match writeln!(std::io::stdout(), "{}", text.trim_end()) {
        // The reader has had enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| format!("Cannot print: {error}")),
    }
}

use std::collections::HashSet;
use std::fs;
use std::sync::atomic::AtomicBool;

use crossbeam_channel::{Receiver, bounded};

use super::super::entry::{PassageKind, Picture};
use super::*;
use crate::talk::AudioInfo;
use crate::testing::talks::{REFUSAL, TalkBuilder, WavProbe, put, wav};
use crate::time::MediaTime;

/// Nothing that is waited for takes so long.
const LONGEST: Duration = Duration::from_secs(60);

const FAST: Pace = Pace {
    settle: Duration::from_millis(20),
    patience: Duration::from_millis(200),
    glance: Duration::from_millis(20),
    glances: 3,
};

/// Counts what it is asked, and holds every answer back while a test wants it to.
#[derive(Clone, Default)]
struct Probe {
    asked: Arc<AtomicUsize>,
    held: Arc<AtomicBool>,
}

impl MediaProbe for Probe {
    fn probe(&self, file: &Path) -> Result<(AudioInfo, Option<MediaTime>), String> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        while self.held.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        WavProbe.probe(file).map_err(|why| format!("{why}: {}", file.display()))
    }
}

struct Rig {
    scanner: Scanner,
    events: Receiver<ScanEvent>,
    probe: Probe,
}

impl Rig {
    fn at(pace: Pace) -> Self {
        let (tell, events) = bounded(100_000);
        let probe = Probe::default();
        let sink = move |event| drop(tell.send(event));
        Self { scanner: Scanner::start_at(pace, Box::new(probe.clone()), sink).unwrap(), events, probe }
    }

    /// Nothing happens unasked.
    fn new() -> Self {
        let never = Duration::from_secs(3600);
        Self::at(Pace { settle: never, patience: never, glance: never, glances: 1 })
    }

    fn until(&self, enough: impl Fn(&ScanEvent) -> bool) -> Vec<ScanEvent> {
        let mut events = Vec::new();
        loop {
            events.push(self.events.recv_timeout(LONGEST).expect("an event comes"));
            if events.last().is_some_and(&enough) {
                return events;
            }
        }
    }

    fn scan(&self, root: &Path, known: HashMap<PathBuf, Known>) -> Scan {
        self.scanner.scan(root.to_owned(), known);
        self.ended(root)
    }

    /// The next scan of the whole of `root` that ends.
    fn ended(&self, root: &Path) -> Scan {
        let whole = |event: &ScanEvent| matches!(event, ScanEvent::Ended { below, .. } if below == root);
        Scan { root: root.to_owned(), events: self.until(whole) }
    }

    fn idle(&self) -> Vec<ScanEvent> {
        while self.scanner.busy() {
            std::thread::yield_now();
        }
        self.events.try_iter().filter(|event| *event != ScanEvent::Idle).collect()
    }
}

struct Scan {
    root: PathBuf,
    events: Vec<ScanEvent>,
}

impl Scan {
    fn entries(&self) -> Vec<Entry> {
        entries(&self.events)
    }

    fn names(&self) -> Vec<String> {
        self.entries().iter().map(|entry| relative(&entry.path, &self.root)).collect()
    }

    fn all(&self) -> Vec<String> {
        match self.events.last() {
            Some(ScanEvent::Ended { all, .. }) => all.iter().map(|path| relative(path, &self.root)).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn known(&self) -> HashMap<PathBuf, Known> {
        let known = |entry: Entry| (entry.path, Known { stamp: entry.stamp, indexed: true });
        self.entries().into_iter().map(known).collect()
    }
}

fn entries(events: &[ScanEvent]) -> Vec<Entry> {
    let found = events.iter().filter_map(|event| match event {
        ScanEvent::Found { entries, .. } => Some(entries.to_vec()),
        _ => None,
    });
    found.flatten().collect()
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")
}

fn talk(number: usize) -> TalkBuilder {
    TalkBuilder::new(&format!("{}", 38_930_000 + number), &format!("talk-{number}")).slides([0, 4_000])
}

fn many(root: &Path, number: usize) {
    (0..number).for_each(|number| drop(talk(number).sound("a.wav", 9.0).write(root)));
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn entries_come_in_order_with_all_that_is_known() {
    let dir = folder();
    let root = dir.path();
    talk(10).sound("Deep Learning [38930010].wav", 9.0).write(&root.join("Day 10"));
    let two = talk(2).sound("audio.wav", 9.0).write(&root.join("Day 2/Oral"));
    put(&two.join("x.info.json"), br#"{"title": "Two?", "creators": ["A B"], "description": "Of it."}"#);
    many(root, 150);
    let rig = Rig::new();
    let scan = rig.scan(root, HashMap::new());
    assert_eq!(scan.names().len(), 152);
    assert_eq!(scan.names(), scan.all());
    assert_eq!(
        scan.names()[148..].to_vec(),
        ["38930148-talk-148", "38930149-talk-149", "Day 2/Oral/38930002-talk-2", "Day 10/38930010-talk-10"]
    );
    assert!(matches!(scan.events.first(), Some(ScanEvent::Began { .. })), "{:?}", scan.events.first());
    let told = scan.events.iter().filter(|event| matches!(event, ScanEvent::Found { .. })).count();
    assert!((3..100).contains(&told), "{told} batches");
    let entry = &scan.entries()[150];
    let picture = Picture { file: two.join("0-0-0001-big.jpg"), width: 64, height: 36 };
    let expected = Entry {
        path: two.clone(),
        root: Some(root.to_owned()),
        id: TalkId("slideslive-38930002".into()),
        fingerprint: entry.fingerprint.clone(),
        title: "Two?".into(),
        authors: vec!["A B".into()],
        link: Some("https://slideslive.com/38930002".into()),
        about: "Of it.".into(),
        session: "Day 2/Oral".into(),
        length: Some(MediaTime::from_secs(9)),
        slides: 2,
        picture: Some(picture),
        broken: None,
        stamp: stamp(&two),
    };
    assert_eq!(entry, &expected);
    assert_eq!(describe(&two, Some(root), &WavProbe), expected);
}

#[test]
fn what_cannot_be_opened_is_an_entry_that_says_why() {
    let dir = folder();
    let root = dir.path();
    put(&root.join("38933066-no-talk/38933066.xml"), REFUSAL.as_bytes());
    fs::create_dir(root.join("38933067-empty")).unwrap();
    put(&root.join("bad/x.mp3"), b"no sound");
    put(&root.join("cut/x.mp3.part"), b"");
    put(&root.join("loose 1.mp3"), b"no sound");
    put(&root.join("loose 2.wav"), &wav(1.0));
    let scan = Rig::new().scan(root, HashMap::new());
    let reasons: Vec<(String, String)> =
        scan.entries().into_iter().map(|entry| (entry.title, entry.broken.unwrap_or_default())).collect();
    let of = |title: &str, why: &str| (title.to_owned(), why.to_owned());
    assert_eq!(
        reasons,
        [
            of("No talk", "Download failed: the server's refusal was saved as 38933066.xml"),
            of("Empty", "Nothing to play: the folder is empty"),
            of(
                "Bad",
                "Nothing to play: There are no slides in the folder; Cannot play the sound (it has no sound: x.mp3): x.mp3"
            ),
            of(
                "Cut",
                "Nothing to play: There are no slides in the folder; The sound is only partly downloaded: x.mp3.part"
            ),
            of("loose 1", "Nothing to play: it has no sound"),
            of("loose 2", ""),
        ]
    );
    let entries = scan.entries();
    assert!(entries[0].id.0.starts_with("broken-") && entries[0].id != entries[1].id);
    assert_eq!(entries[1].link.as_deref(), Some("https://slideslive.com/38933067"));
}

#[test]
fn talks_that_are_the_same_are_not_opened_again() {
    let dir = folder();
    let root = dir.path();
    many(root, 8);
    let rig = Rig::new();
    let first = rig.scan(root, HashMap::new());
    let opened = rig.probe.asked.load(Ordering::SeqCst);
    assert!(opened >= 8);
    put(&root.join("38930003-talk-3/note.md"), b"a note");
    fs::remove_dir_all(root.join("38930004-talk-4")).unwrap();
    put(&root.join("38930005-talk-5/b.vtt"), b"WEBVTT");
    let second = Rig::new();
    let rescan = second.scan(root, first.known());
    assert_eq!(rescan.names(), ["38930005-talk-5"]);
    assert_eq!(second.probe.asked.load(Ordering::SeqCst), 1);
    assert_eq!(rescan.all().len(), 7);
    // Their texts are kept as well.
    let texts = second.idle();
    assert!(matches!(texts.as_slice(), [ScanEvent::Passages { path, .. }] if path.ends_with("38930005-talk-5")));

    let Some(ScanEvent::Ended { below, all, unread, .. }) = rescan.events.last() else { panic!("has ended") };
    let all: HashSet<&Path> = all.iter().map(PathBuf::as_path).collect();
    let mut gone: Vec<PathBuf> = first.known().into_keys().filter(|path| is_gone(path, below, &all, unread)).collect();
    assert_eq!(gone.pop(), Some(root.join("38930004-talk-4")));
    assert!(gone.is_empty(), "{gone:?}");
    assert!(!is_gone(&root.join("a/b"), root, &all, &[root.join("a")]));
    assert!(!is_gone(&root.join("a"), &root.join("c"), &all, &[]));
}

#[test]
fn texts_come_after_the_entries_of_all_folders() {
    let dir = folder();
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    let told = talk(1).sound("a.wav", 9.0).write(&one);
    let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nWe begin.\n\n00:05.000 --> 00:06.000\nWe end.\n";
    put(&told.join("a.vtt"), vtt.as_bytes());
    put(&told.join("a.info.json"), br#"{"title": "T", "creators": ["A B"], "description": "About it."}"#);
    many(&two, 3);
    let rig = Rig::new();
    rig.probe.held.store(true, Ordering::SeqCst);
    rig.scanner.scan(one, HashMap::new());
    rig.scanner.scan(two.clone(), HashMap::new());
    rig.probe.held.store(false, Ordering::SeqCst);
    let events = rig.until(|event| matches!(event, ScanEvent::Ended { root, .. } if *root == two));
    assert!(!events.iter().any(|event| matches!(event, ScanEvent::Passages { .. })));
    while rig.scanner.busy() {
        std::thread::yield_now();
    }
    let texts =
        rig.until(|event| matches!(event, ScanEvent::Passages { path, .. } if path.ends_with("38930002-talk-2")));
    assert_eq!(texts.len(), 4);
    let Some(ScanEvent::Passages { path, id, passages, .. }) = texts.first() else { panic!("{texts:?}") };
    assert_eq!((path, id.0.as_str()), (&told, "slideslive-38930001"));
    let of = |kind, slide, start: Option<i64>, text: &str| Passage {
        kind,
        slide,
        start: start.map(MediaTime::from_secs),
        text: text.into(),
    };
    assert_eq!(
        **passages,
        [
            of(PassageKind::Title, None, None, "T"),
            of(PassageKind::Author, None, None, "A B"),
            of(PassageKind::About, None, None, "About it."),
            of(PassageKind::Speech, Some(0), Some(1), "We begin."),
            of(PassageKind::Speech, Some(1), Some(5), "We end."),
        ]
    );
}

#[test]
fn a_cancelled_scan_ends_soon_and_nothing_has_vanished() {
    let dir = folder();
    many(dir.path(), 30);
    let rig = Rig::new();
    rig.probe.held.store(true, Ordering::SeqCst);
    rig.scanner.scan(dir.path().to_owned(), HashMap::new());
    while rig.probe.asked.load(Ordering::SeqCst) == 0 {
        std::thread::yield_now();
    }
    rig.scanner.cancel();
    rig.probe.held.store(false, Ordering::SeqCst);
    let scan = rig.ended(dir.path());
    assert!(matches!(scan.events.last(), Some(ScanEvent::Ended { cancelled: true, .. })));
    assert!(scan.names().len() <= 2, "{:?}", scan.names());
    assert!(rig.idle().is_empty(), "no texts");
    // What is asked for afterwards is done, and knows what was found.
    rig.scanner.again();
    let again = rig.ended(dir.path());
    assert!(matches!(again.events.last(), Some(ScanEvent::Ended { cancelled: false, .. })));
    assert_eq!(again.names().len() + scan.names().len(), 30);
    assert_eq!(again.all().len(), 30);
}

#[test]
fn a_folder_of_talks_within_another_is_looked_through_once() {
    let dir = folder();
    let (outer, inner) = (dir.path().to_owned(), dir.path().join("inner"));
    talk(1).write(&outer);
    talk(2).write(&inner);
    let rig = Rig::new();
    assert_eq!(rig.scan(&inner, HashMap::new()).names(), ["38930002-talk-2"]);
    assert_eq!(rig.scan(&outer, HashMap::new()).names(), ["38930001-talk-1"]);
    rig.scanner.forget(inner);
    rig.scanner.again();
    assert_eq!(rig.ended(&outer).names(), ["inner/38930002-talk-2"]);
}

#[test]
fn a_folder_of_talks_that_goes_away_is_told_and_noticed_when_it_is_back() {
    let dir = folder();
    let (root, elsewhere) = (dir.path().join("disk"), dir.path().join("elsewhere"));
    let rig = Rig::at(FAST);
    let is_away = |event: &ScanEvent| matches!(event, ScanEvent::Away { .. });
    rig.scanner.scan(root.clone(), HashMap::new());
    let events = rig.until(is_away);
    assert_eq!(events, [ScanEvent::Away { root: root.clone(), why: "There is no such folder".into() }]);
    many(&elsewhere, 2);
    fs::rename(&elsewhere, &root).unwrap();
    assert_eq!(rig.ended(&root).names().len(), 2);
    fs::rename(&root, &elsewhere).unwrap();
    rig.until(is_away);
    // The place where a disk was is left behind: nothing has vanished.
    fs::create_dir(&root).unwrap();
    rig.scanner.again();
    let events = rig.until(is_away);
    assert_eq!(events.last(), Some(&ScanEvent::Away { root: root.clone(), why: "The folder is empty".into() }));
    fs::remove_dir(&root).unwrap();
    fs::rename(&elsewhere, &root).unwrap();
    let back = rig.ended(&root);
    assert_eq!((back.names().len(), back.all().len()), (0, 2));
}

#[test]
fn what_changes_in_a_folder_of_talks_is_noticed() {
    let dir = folder();
    let root = dir.path().to_owned();
    many(&root, 3);
    let rig = Rig::at(FAST);
    assert_eq!(rig.scan(&root, HashMap::new()).names().len(), 3);
    // It is looked through once more, as it was not watched from the beginning.
    assert_eq!(rig.ended(&root).names(), [""; 0]);

    let elsewhere = folder();
    fs::rename(talk(7).write(elsewhere.path()), root.join("38930007-talk-7")).unwrap();
    let is_found = |event: &ScanEvent| matches!(event, ScanEvent::Found { .. });
    let found = entries(&rig.until(is_found));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, root.join("38930007-talk-7"));

    // Only the talk that has changed is looked at.
    rig.idle();
    put(&root.join("38930001-talk-1/b.info.json"), br#"{"title": "Better"}"#);
    let events = rig.until(|event| matches!(event, ScanEvent::Passages { .. }));
    assert_eq!(entries(&events).iter().map(|entry| entry.title.as_str()).collect::<Vec<_>>(), ["Better"]);
    let below = root.join("38930001-talk-1");
    assert!(
        events.iter().any(|event| matches!(event, ScanEvent::Ended { below: part, .. } if *part == below)),
        "{events:?}"
    );

    fs::remove_dir_all(root.join("38930002-talk-2")).unwrap();
    let has_it = |event: &ScanEvent| match event {
        ScanEvent::Ended { below, all, .. } => *below == root && all.len() == 3,
        _ => false,
    };
    rig.until(has_it);
}

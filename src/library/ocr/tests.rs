//! The reader with a program made by the test, and the real one on a picture made by the test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};
use tempfile::TempDir;

use super::cache::{Cache, Known, MemoryCache, PictureHash};
use super::process::{self, Stop};
use super::*;
use crate::talk::TalkId;
use crate::time::MediaTime;

const LONG: Duration = Duration::from_secs(60);

/// A cache that outlives its reader.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<MemoryCache>>);

impl Cache for Kept {
    fn get(&mut self, hash: &PictureHash) -> Result<Option<Known>, String> {
        self.0.lock().unwrap().get(hash)
    }

    fn put(&mut self, hash: &PictureHash, known: &Known) -> Result<(), String> {
        self.0.lock().unwrap().put(hash, known)
    }
}

/// A folder with a program that does as Tesseract does: it reads `word7` on a picture that is 7 pixels wide. `calls`
/// has a line for each picture.
struct Desk {
    folder: TempDir,
    cache: Kept,
    crowded: Arc<AtomicBool>,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), cache: Kept::default(), crowded: Arc::default() };
        desk.install("9.9.9", "");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program is put there by another one: a file that this process has open for writing cannot be run, and other
    /// tests' children may hold it open.
    fn install(&self, version: &str, before: &str) {
        let script = format!(
            "#!/bin/sh\ncd '{}'\ncase \"$1\" in\n--version) echo 'tesseract {version}'; exit;;\n\
             --list-langs) printf 'List (3):\\neng\\nosd\\ndeu\\n'; exit;;\nesac\n\
             read magic; read width height\n\
             echo \"$width $*\" >> calls\n{before}\ncat > rest\n\
             printf \"5\\t1\\t1\\t1\\t1\\t1\\t0\\t0\\t9\\t9\\t96\\tword$width\\n\"\n",
            self.folder.path().display()
        );
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", "rm -f \"$1\"; cat > \"$1\"; chmod +x \"$1\"", "sh"]).arg(self.path("reader"));
        let made = process::run(shell, Some(script.into_bytes()), LONG, &Stop::never()).unwrap();
        assert!(made.status.success(), "{}", made.stderr);
    }

    /// Whether the program that wrote its number into `pid` is there.
    fn runs(&self) -> bool {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", "kill -0 \"$(cat \"$1\")\"", "sh"]).arg(self.path("pid"));
        process::run(shell, None, LONG, &Stop::never()).unwrap().status.success()
    }

    fn calls(&self) -> Vec<String> {
        let calls = std::fs::read_to_string(self.path("calls")).unwrap_or_default();
        calls.lines().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect()
    }

    /// The picture of a slide: a file as long as the picture is wide.
    fn slide(&self, slide: usize, width: usize) -> Item {
        let file = self.path(&format!("{slide}-{width}.png"));
        crate::persist::write_atomic(&file, &vec![b'.'; width]).unwrap();
        Item { slide, start: MediaTime::from_secs(5), file, text: None }
    }

    fn work(&self, talk: &str, widths: &[usize]) -> Work {
        let slides = widths.iter().enumerate().map(|(slide, width)| self.slide(slide, *width)).collect();
        Work { talk: TalkId(talk.into()), slides }
    }

    fn tools(&self) -> Tools {
        let (program, crowded) = (self.path("reader"), Arc::clone(&self.crowded));
        let decode = |bytes: &[u8]| {
            let width = u32::try_from(bytes.len()).unwrap();
            Grey::from_rgba(width, 1, &vec![255; bytes.len() * 4]).ok_or_else(|| "it is empty".to_owned())
        };
        Tools {
            find: Box::new(move || program.exists().then(|| Tesseract::at(&program)).flatten()),
            decode: Box::new(decode),
            cache: Box::new(self.cache.clone()),
            crowded: Box::new(move || crowded.load(Ordering::SeqCst)),
        }
    }

    fn reader(&self) -> (Reader, Receiver<OcrEvent>) {
        let (tell, told) = bounded(1000);
        let reader = Reader::start(self.tools(), move |event| {
            tell.try_send(event).ok();
        });
        (reader.unwrap(), told)
    }
}

/// The next that is no progress.
fn next(told: &Receiver<OcrEvent>) -> OcrEvent {
    loop {
        match told.recv_timeout(LONG).expect("the reader tells something") {
            OcrEvent::Progress { .. } => {}
            event => return event,
        }
    }
}

fn texts(event: OcrEvent) -> (String, Vec<String>) {
    let OcrEvent::Read(done) = event else { panic!("{event:?}") };
    (done.talk.0, done.passages.into_iter().map(|passage| passage.text).collect())
}

fn wait_until(holds: impl Fn() -> bool) {
    for _ in 0..6000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it never comes");
}

#[test]
fn a_talk_is_read_slide_by_slide_and_its_passages_are_told() {
    let desk = Desk::new();
    let (reader, told) = desk.reader();
    assert_eq!(reader.state(), State::Idle);
    let mut work = desk.work("a", &[7, 9]);
    work.slides[1].start = MediaTime::from_secs(31);
    reader.add(work);
    let OcrEvent::Read(done) = next(&told) else { panic!() };
    let found: Vec<_> = done.passages.iter().map(|p| (p.slide, p.start, p.text.as_str())).collect();
    let at = |secs| Some(MediaTime::from_secs(secs));
    assert_eq!(found, [(Some(0), at(5), "word7"), (Some(1), at(31), "word9")]);
    assert_eq!(told.recv_timeout(LONG), Ok(OcrEvent::Progress { done: 2, total: 2 }));
    wait_until(|| reader.state() == State::Idle);
}

#[test]
fn the_same_picture_is_read_once_also_by_the_next_reader() {
    let desk = Desk::new();
    let (reader, told) = desk.reader();
    reader.add(desk.work("a", &[7, 7, 9]));
    assert_eq!(texts(next(&told)).1, ["word7", "word7", "word9"]);
    drop(reader);
    let (reader, told) = desk.reader();
    reader.add(desk.work("copy", &[7, 9, 11]));
    assert_eq!(texts(next(&told)).1, ["word7", "word9", "word11"]);
    assert_eq!(desk.calls(), ["7", "9", "11"]);
    reader.set_languages("deu");
    reader.add(desk.work("a", &[7]));
    next(&told);
    assert_eq!(desk.calls().len(), 4, "other languages may read other words");
    assert!(std::fs::read_to_string(desk.path("calls")).unwrap().contains("-l eng+deu"));
}

#[test]
fn what_is_read_when_the_viewer_pauses_is_read_when_they_go_on() {
    let desk = Desk::new();
    desk.install("9.9.9", "echo $$ > pid; [ -e go ] || exec sleep 1000");
    let (reader, told) = desk.reader();
    reader.add(desk.work("a", &[7, 9]));
    wait_until(|| desk.calls().len() == 1 && desk.runs());
    assert_eq!(reader.state(), State::Reading { done: 0, total: 2 });
    reader.set_paused(true);
    assert_eq!(reader.state(), State::PausedByViewer);
    wait_until(|| !desk.runs());
    crate::persist::write_atomic(&desk.path("go"), b"").unwrap();
    reader.set_paused(false);
    assert_eq!(texts(next(&told)).1, ["word7", "word9"]);
    assert_eq!(desk.calls(), ["7", "7", "9"]);
}

#[test]
fn the_player_comes_first_and_cancelling_ends_the_program() {
    let desk = Desk::new();
    desk.install("9.9.9", "exec sleep 1000");
    let (reader, told) = desk.reader();
    reader.set_busy(true);
    reader.add(desk.work("a", &[7]));
    assert_eq!(reader.state(), State::PausedBusy);
    assert!(desk.calls().is_empty());
    reader.set_busy(false);
    wait_until(|| desk.calls().len() == 1);
    reader.cancel();
    assert_eq!(reader.state(), State::Idle);
    desk.install("9.9.9", "");
    reader.add(desk.work("b", &[9]));
    assert_eq!(texts(next(&told)), ("b".to_owned(), vec!["word9".to_owned()]));
    desk.install("9.9.9", "exec sleep 1000");
    reader.add(desk.work("c", &[11]));
    wait_until(|| desk.calls().len() == 3);
    drop(reader);
}

#[test]
fn a_crowded_machine_lets_reading_wait_until_it_is_not() {
    let desk = Desk::new();
    desk.crowded.store(true, Ordering::SeqCst);
    let (reader, told) = desk.reader();
    // One more slide each time, until the machine has been looked at.
    let mut width = 1;
    while reader.state() != State::PausedBusy {
        width += 1;
        reader.add(desk.work(&width.to_string(), &[width]));
        std::thread::sleep(Duration::from_millis(50));
        assert!(width < 2000, "the machine is never looked at");
    }
    desk.crowded.store(false, Ordering::SeqCst);
    while texts(next(&told)).0 != width.to_string() {}
}

#[test]
fn the_talk_that_is_open_goes_before_the_others() {
    let desk = Desk::new();
    let (reader, told) = desk.reader();
    reader.set_paused(true);
    for talk in ["a", "b", "c"] {
        reader.add(desk.work(talk, &[7, 8]));
    }
    reader.hurry(&TalkId("c".into()));
    reader.forget(&TalkId("a".into()));
    reader.set_paused(false);
    let order: Vec<String> = (0..2).map(|_| texts(next(&told)).0).collect();
    assert_eq!(order, ["c", "b"]);
}

#[test]
fn a_missing_program_is_told_once_and_looked_for_again() {
    let desk = Desk::new();
    std::fs::remove_file(desk.path("reader")).unwrap();
    let (reader, told) = desk.reader();
    reader.add(desk.work("a", &[7]));
    let OcrEvent::Absent(how) = next(&told) else { panic!() };
    assert!(how.contains("tesseract") || how.contains("Tesseract"), "{how}");
    wait_until(|| reader.state() == State::Absent);
    reader.add(desk.work("b", &[9]));
    wait_until(|| reader.state() == State::Absent);
    desk.install("9.9.9", "");
    reader.retry();
    assert_eq!(texts(next(&told)).0, "a", "and nothing about the program before it");
    assert_eq!(texts(next(&told)).0, "b");
}

#[test]
fn a_program_that_does_not_work_is_told_and_nothing_is_remembered_of_the_pictures() {
    let desk = Desk::new();
    desk.install("9.9.9", "echo 'no library found' >&2; exit 127");
    let (reader, told) = desk.reader();
    reader.add(desk.work("a", &[7, 9]));
    let OcrEvent::Trouble(why) = next(&told) else { panic!() };
    assert!(why.ends_with("no library found"), "{why}");
    wait_until(|| reader.state() == State::Broken);
    desk.install("9.9.9", "");
    reader.retry();
    assert_eq!(texts(next(&told)).1, ["word7", "word9"]);
}

#[test]
fn a_picture_that_cannot_be_read_is_tried_again_by_the_next_version_only() {
    let desk = Desk::new();
    let fails = "[ $width = 64 ] || { echo bad >&2; exit 1; }";
    for (version, before, calls, found) in
        [("1", fails, 2, vec![]), ("1", fails, 2, vec![]), ("2", "", 3, vec!["word7".to_owned()])]
    {
        desk.install(version, before);
        let (reader, told) = desk.reader();
        reader.add(desk.work("a", &[7]));
        let OcrEvent::Read(done) = next(&told) else { panic!() };
        assert!(done.complete);
        let texts: Vec<String> = done.passages.into_iter().map(|passage| passage.text).collect();
        assert_eq!((texts, desk.calls().len()), (found, calls));
    }
}

#[test]
fn a_picture_that_is_not_there_leaves_the_talk_incomplete() {
    let desk = Desk::new();
    let (reader, told) = desk.reader();
    let mut work = desk.work("a", &[7, 9]);
    work.slides[0].file = desk.path("gone.png");
    reader.add(work);
    let OcrEvent::Read(done) = next(&told) else { panic!() };
    assert!(!done.complete);
    assert_eq!(done.passages.len(), 1);
}

#[test]
fn languages_that_are_not_installed_are_named() {
    let desk = Desk::new();
    let mut found = Tesseract::at(&desk.path("reader")).unwrap();
    assert_eq!((found.version(), found.languages()), ("9.9.9", "eng"));
    assert_eq!(found.installed(), ["eng", "deu"]);
    assert_eq!(found.choose("fra+deu, eng"), ["fra"]);
    assert_eq!(found.languages(), "eng+deu");
    let (reader, told) = desk.reader();
    reader.set_languages("fra");
    reader.add(desk.work("a", &[7]));
    let OcrEvent::Trouble(why) = next(&told) else { panic!() };
    assert_eq!(why, "Tesseract cannot read fra on slides: its data is not installed; it reads eng");
    assert_eq!(texts(next(&told)).1, ["word7"]);
}

/// Letters of 5 by 7 dots, enlarged, black on white or the other way round.
fn sheet(lines: &[&str], ink: u8, paper: u8) -> Grey {
    const GLYPHS: &[(char, [u8; 7])] = &[
        ('A', [14, 17, 17, 31, 17, 17, 17]),
        ('D', [30, 17, 17, 17, 17, 17, 30]),
        ('E', [31, 16, 16, 30, 16, 16, 31]),
        ('H', [17, 17, 17, 31, 17, 17, 17]),
        ('I', [14, 4, 4, 4, 4, 4, 14]),
        ('L', [16, 16, 16, 16, 16, 16, 31]),
        ('N', [17, 25, 25, 21, 19, 19, 17]),
        ('R', [30, 17, 17, 30, 20, 18, 17]),
        ('S', [15, 16, 16, 14, 1, 1, 30]),
        ('T', [31, 4, 4, 4, 4, 4, 4]),
    ];
    const DOT: usize = 6;
    let (width, height) = (1200, 160 * lines.len() + 100);
    let mut rgba = [paper, paper, paper, 255].repeat(width * height);
    for (row, line) in lines.iter().enumerate() {
        for (column, letter) in line.chars().enumerate() {
            let Some((_, glyph)) = GLYPHS.iter().find(|(known, _)| *known == letter) else { continue };
            for (y, x) in (0..7 * DOT).flat_map(|y| (0..5 * DOT).map(move |x| (y, x))) {
                if glyph[y / DOT] >> (4 - x / DOT) & 1 == 1 {
                    let at = ((80 + row * 160 + y) * width + 80 + column * 6 * DOT + x) * 4;
                    rgba[at..at + 3].fill(ink);
                }
            }
        }
    }
    Grey::from_rgba(u32::try_from(width).unwrap(), u32::try_from(height).unwrap(), &rgba).unwrap()
}

#[test]
fn the_installed_tesseract_reads_dark_and_light_slides() {
    let found = Tesseract::find();
    let tesseract = found.expect("Tesseract is not installed (Debian and Ubuntu: apt-get install tesseract-ocr)");
    for (ink, paper) in [(0, 255), (235, 20)] {
        let slide = sheet(&["THE LEARNING RATE", "IS SHARED"], ink, paper);
        let text = tesseract.read(&slide.dark_on_light(), &Stop::never()).unwrap();
        assert!(text.contains("RATE") && text.contains("SHARED"), "{text}");
    }
    let empty = sheet(&[], 0, 255);
    assert_eq!(tesseract.read(&empty, &Stop::never()).unwrap(), "");
    assert!(Path::new(&process::find("tesseract").unwrap()).is_absolute());
}

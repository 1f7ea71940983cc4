use std::path::Path;

use super::*;
use crate::talk::open::open;
use crate::talk::recognise::expand;
use crate::talk::{AudioInfo, MediaContents, MediaProbe, Talk};
use crate::testing::mutate::{Prng, mutate};
use crate::testing::talks::{TalkBuilder, WavProbe, jpeg, put, wav};

const STEM: &str = "Meta： Why⧸How？ [Oral] – É [38972123]";

fn info(chapters: &str) -> String {
    format!(
        r#"{{"id":"38972123","title":"Meta: Why/How? [Oral] – É","fulltitle":"Meta: Why/How? [Oral] – É","chapters":[{chapters}],
        "thumbnails":[{{"id":"001"}},{{"id":"cover"}}],"duration":20,"extractor_key":"SlidesLive"}}"#
    )
}

fn chapter(title: &str, start: f64, end: f64) -> String {
    format!(r#"{{"title":"{title}","start_time":{start},"end_time":{end}}}"#)
}

fn chapters() -> String {
    [
        chapter("<Untitled Chapter 1>", 0.0, 1.0),
        chapter("Slide 001", 1.0, 4.0),
        chapter("Slide 002", 4.0, 7.0),
        chapter("Slide 003", 7.0, 7.0),
        chapter("Slide 1004", 7.0, 20.0),
    ]
    .join(",")
}

fn write(folder: &Path, stem: &str, chapters: &str) {
    let id = stem.rsplit_once('[').map_or("", |(_, id)| id.trim_end_matches(']'));
    put(&folder.join(format!("{stem}.info.json")), info(chapters).replace("38972123", id).as_bytes());
    put(&folder.join(format!("{stem}.wav")), &wav(20.0));
    put(&folder.join(format!("{stem}.en.vtt")), b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n");
    put(&folder.join(format!("{stem}.cover.jpg")), &jpeg(64, 36, [1; 3]));
    for number in ["001", "003", "1004"] {
        put(&folder.join(format!("{stem}.{number}.png")), &jpeg(64, 36, [9; 3]));
    }
}

fn told(talk: &Talk) -> Vec<(i64, String)> {
    let file = |slide: &crate::talk::Slide| slide.image.as_ref().map(|image| image.file.to_string_lossy().into_owned());
    talk.slides.iter().map(|slide| (slide.start.millis(), file(slide).unwrap_or_default())).collect()
}

fn kinds(talk: &Talk) -> Vec<&str> {
    talk.issues.iter().map(|issue| issue.kind.name()).collect()
}

#[test]
fn chapters_pictures_and_films_are_joined_by_number() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), STEM, &chapters());
    let film = "Meta： Why⧸How？ [Oral] – É - Slide 002 [38972123-002].mp4";
    put(&dir.path().join(film), b"film");
    put(&dir.path().join("Meta： Why⧸How？ [Oral] – É - Slide 002 [38972123-002].info.json"), b"{}");
    put(&dir.path().join("Meta： Why⧸How？ [Oral] – É [38972123-playlist].info.json"), br#"{"_type":"playlist"}"#);
    for path in
        [dir.path().to_owned(), dir.path().join(format!("{STEM}.wav")), dir.path().join(format!("{STEM}.info.json"))]
    {
        let talk = open(&path, &WavProbe).expect("opens");
        let file = |number: &str| format!("{STEM}.{number}.png");
        let expected = [(1_000, file("001")), (4_000, String::new()), (7_000, file("003")), (7_000, file("1004"))];
        assert_eq!((told(&talk), kinds(&talk)), (expected.to_vec(), vec!["coarse-timing"]), "{}", path.display());
        let clip = talk.slides.iter().nth(1).and_then(|slide| slide.clip.clone()).expect("moves");
        assert_eq!((clip.file.as_path(), clip.duration), (Path::new(film), Some(MediaTime::from_secs(3))));
        assert_eq!((talk.id.0.as_str(), talk.title.as_str()), ("38972123", "Meta: Why/How? [Oral] – É"));
        assert_eq!((talk.transcript.cues().len(), talk.audio.is_some()), (1, true));
    }
}

#[test]
fn a_missing_picture_is_told_and_no_other_takes_its_place() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), STEM, &chapters());
    let talk = open(dir.path(), &WavProbe).expect("opens");
    assert_eq!(told(&talk)[1], (4_000, String::new()));
    assert_eq!(talk.issues[1].message, "A slide is missing: 002 at 0:04");
}

#[test]
fn several_talks_share_a_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "B talk [38972124]", &chapters());
    write(
        dir.path(),
        "A talk [38972125]",
        &[chapter("Slide 001", 0.0, 9.0), chapter("Slide 003", 9.5, 20.0)].join(","),
    );
    write(dir.path(), "C only pictures [38972126]", &chapters());
    std::fs::remove_file(dir.path().join("C only pictures [38972126].wav")).expect("was there");
    let found = expand(&[dir.path().to_owned()]);
    let names: Vec<String> =
        found.iter().map(|path| path.file_name().expect("a file").to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["A talk [38972125].wav", "B talk [38972124].wav", "C only pictures [38972126].info.json"]);
    let talks: Vec<Talk> = found.iter().map(|path| open(path, &WavProbe).expect("opens")).collect();
    assert_eq!(told(&talks[0]).iter().map(|(start, _)| *start).collect::<Vec<_>>(), [0, 9_500]);
    assert!(told(&talks[1]).iter().all(|(_, file)| file.is_empty() || file.starts_with("B talk")));
    assert_eq!(
        (talks[2].slides.len(), talks[2].audio.is_none(), talks[2].source.as_path()),
        (4, true, found[2].as_path())
    );
    assert_eq!(talks.iter().map(|talk| talk.transcript.cues().len()).collect::<Vec<_>>(), [1, 1, 1]);
    assert_ne!(talks[0].key(), talks[1].key());
}

#[test]
fn the_same_talk_from_a_slide_downloader_has_the_same_slides() {
    let dir = tempfile::tempdir().expect("a folder");
    let other = TalkBuilder::new("38972123", "meta").slides([1_000, 4_000, 7_000]).write(dir.path());
    let own = dir.path().join("yt-dlp");
    let list = [chapter("Slide 001", 1.0, 4.0), chapter("Slide 002", 4.0, 7.0), chapter("Slide 003", 7.0, 20.0)];
    write(&own, STEM, &list.join(","));
    put(&own.join(format!("{STEM}.002.png")), &jpeg(64, 36, [9; 3]));
    let (one, other) = (open(&own, &WavProbe).expect("opens"), open(&other, &WavProbe).expect("opens"));
    let starts = |talk: &Talk| talk.slides.iter().map(|slide| slide.start).collect::<Vec<_>>();
    assert_eq!((starts(&one), one.key()), (starts(&other), other.key()));
}

#[test]
fn chapters_of_other_recordings_are_titles() {
    let dir = tempfile::tempdir().expect("a folder");
    let stem = "A lecture [dQw4w9WgXcQ]";
    put(
        &dir.path().join(format!("{stem}.info.json")),
        info(&[chapter("Intro", 0.0, 5.5), chapter("Proof", 5.5, 20.0)].join(",")).as_bytes(),
    );
    put(&dir.path().join(format!("{stem}.wav")), &wav(20.0));
    let talk = open(&dir.path().join(format!("{stem}.wav")), &WavProbe).expect("opens");
    let titles: Vec<_> = talk.slides.iter().map(|slide| (slide.start.millis(), slide.title.as_deref())).collect();
    assert_eq!((titles, kinds(&talk)), (vec![(0, Some("Intro")), (5_500, Some("Proof"))], vec![]));
    // A folder of recordings stays one, whatever is written about them.
    put(&dir.path().join("Another/talk/1.wav"), &wav(2.0));
    assert_eq!(expand(&[dir.path().to_owned()]).len(), 2);
}

#[test]
fn damaged_descriptions_open_or_are_explained() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), STEM, &chapters());
    let (text, mut dice, mut seen) = (info(&chapters()), Prng::new(8), 0);
    for _ in 0..1_000 {
        put(&dir.path().join(format!("{STEM}.info.json")), &mutate(text.as_bytes(), &mut dice));
        let talk = open(dir.path(), &WavProbe).expect("there is always the sound");
        let starts: Vec<_> = talk.slides.iter().map(|slide| slide.start.millis()).collect();
        assert!(starts.is_sorted() && starts.iter().all(|start| (0..=604_800_000).contains(start)), "{starts:?}");
        assert!(starts.len() <= 60 && talk.issues.len() <= 12);
        seen += starts.len();
    }
    assert!(seen > 1_000, "{seen}");
}

/// A sound with chapters inside: their titles and their starts in milliseconds.
struct Chaptered(&'static [(&'static str, i64)]);

impl MediaProbe for Chaptered {
    fn probe(&self, file: &Path) -> Result<(AudioInfo, Option<MediaTime>), String> {
        WavProbe.probe(file)
    }

    fn contents(&self, _file: &Path) -> MediaContents {
        let chapter = |(title, start): &(&str, i64)| MediaChapter {
            start: MediaTime::from_millis(*start),
            title: (*title).to_owned(),
            picture: None,
        };
        MediaContents { chapters: self.0.iter().map(chapter).collect(), ..MediaContents::default() }
    }
}

fn without_info(folder: &Path, stem: &str, numbers: &[&str]) {
    put(&folder.join(format!("{stem}.wav")), &wav(20.0));
    put(&folder.join(format!("{stem}.cover.png")), &jpeg(64, 36, [1; 3]));
    for number in numbers {
        put(&folder.join(format!("{stem}.{number}.png")), &jpeg(64, 36, [9; 3]));
    }
}

#[test]
fn without_a_description_pictures_are_joined_with_the_chapters_in_the_sound_by_number() {
    const CHAPTERS: Chaptered = Chaptered(&[
        ("<Untitled Chapter 1>", 0),
        ("Slide 001", 1_000),
        ("Slide 002", 4_000),
        ("Slide 003", 7_000),
        ("Slide 1004", 7_000),
    ]);
    let dir = tempfile::tempdir().expect("a folder");
    without_info(dir.path(), STEM, &["001", "003", "1004"]);
    let film = "Meta： Why⧸How？ [Oral] – É - Slide 002 [38972123-002].mp4";
    put(&dir.path().join(film), b"film");
    for path in [dir.path().to_owned(), dir.path().join(format!("{STEM}.wav"))] {
        let talk = open(&path, &CHAPTERS).expect("opens");
        let file = |number: &str| format!("{STEM}.{number}.png");
        let expected = [(1_000, file("001")), (4_000, String::new()), (7_000, file("003")), (7_000, file("1004"))];
        assert_eq!((told(&talk), kinds(&talk), talk.untimed), (expected.to_vec(), vec!["coarse-timing"], false));
        let clip = talk.slides.iter().nth(1).and_then(|slide| slide.clip.clone()).expect("moves");
        assert_eq!((clip.file.as_path(), clip.duration), (Path::new(film), Some(MediaTime::from_secs(3))));
    }
    std::fs::remove_file(dir.path().join(film)).expect("was there");
    let talk = open(dir.path(), &CHAPTERS).expect("opens");
    assert_eq!(talk.issues[1].message, "A slide is missing: 002 at 0:04");
}

#[test]
fn without_description_and_chapters_the_pictures_are_slides_without_times() {
    let dir = tempfile::tempdir().expect("a folder");
    let other = "Another talk [38972124]";
    without_info(dir.path(), STEM, &["1004", "003", "001"]);
    let slides = |talk: &Talk| told(talk).into_iter().map(|(_, file)| file).collect::<Vec<_>>();
    let expected = |stem: &str| ["001", "003", "1004"].map(|number| format!("{stem}.{number}.png")).to_vec();
    let titled = Chaptered(&[("Introduction", 0), ("Results", 9_000)]);
    for talk in [open(dir.path(), &WavProbe).expect("opens"), open(dir.path(), &titled).expect("opens")] {
        assert_eq!((slides(&talk), talk.untimed, kinds(&talk)), (expected(STEM), true, vec!["untimed"]));
    }
    without_info(dir.path(), other, &["001", "003", "1004"]);
    let files = [other, STEM].map(|stem| dir.path().join(format!("{stem}.wav")));
    assert_eq!(expand(&[dir.path().to_owned()]), files);
    assert_eq!(slides(&open(&files[0], &WavProbe).expect("opens")), expected(other));
}

#[test]
fn names_whose_accents_are_written_otherwise_are_joined() {
    let dir = tempfile::tempdir().expect("a folder");
    let apart = "E\u{301}te\u{301} [38972123]";
    put(&dir.path().join("\u{c9}t\u{e9} [38972123].info.json"), info(&chapters()).as_bytes());
    without_info(dir.path(), apart, &["001", "003", "1004"]);
    put(&dir.path().join(format!("{apart}.en.vtt")), b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n");
    let file = |number: &str| format!("{apart}.{number}.png");
    let expected = [(1_000, file("001")), (4_000, String::new()), (7_000, file("003")), (7_000, file("1004"))];
    for path in [dir.path().to_owned(), dir.path().join(format!("{apart}.wav"))] {
        let talk = open(&path, &WavProbe).expect("opens");
        assert_eq!((told(&talk), kinds(&talk)), (expected.to_vec(), vec!["coarse-timing", "slide-missing"]));
        assert_eq!((talk.transcript.cues().len(), talk.title.as_str()), (1, "Meta: Why/How? [Oral] – É"));
    }
}

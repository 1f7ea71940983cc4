use super::*;
use crate::talk::Talk;
use crate::talk::open::{open, title_at};
use crate::testing::mutate::{Prng, mutate};
use crate::testing::talks::{WavProbe, jpeg, put, wav};

const OWN_TEXT: &str = r#"{"version":"1.2.0","title":"On Tiles","author":"Ann Author; Bo Other","podcastName":"ICLR 2020",
 "description":"What it is.\nAnd more.","fileName":"talk.wav","x:date":"2020-04-26T10:00","x:link":"https://example.com/t",
 "x:paper":"https://example.com/p.pdf","x:id":"38930109","x:other":{"deep":[1,2]},
 "x:tracks":[{"file":"talk.de.vtt","kind":"speech","language":"de"},{"file":"chat.vtt","kind":"chat"}],
 "chapters":[{"startTime":0,"img":"slides/a.jpg","title":"Opening"},
  {"startTime":70.137,"img":"slides/b%20c.jpg","toc":false,"x:name":"0-0323","x:text":"words on it"},
  {"startTime":331.411,"x:video":"clips/1.mp4","x:videoFrom":2.5,"x:videoDuration":9,"toc":false,"location":{"name":"x"}},
  {"startTime":472.548,"title":"Questions","endTime":500}]}"#;

/// A folder with these files: text, or a picture or a sound by its ending.
fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().join("talk-folder");
    for (name, text) in files {
        let bytes = match names::split(name).1.as_str() {
            "jpg" => jpeg(16, 9, [9; 3]),
            "wav" => wav(1.0),
            _ => text.as_bytes().to_vec(),
        };
        put(&root.join(name), &bytes);
    }
    (dir, root)
}

fn opened(files: &[(&str, &str)]) -> Talk {
    let (_dir, root) = folder(files);
    open(&root, &WavProbe).expect("opens")
}

fn slides(talk: &Talk) -> Vec<(i64, &str, Option<&str>, String)> {
    let file = |slide: &crate::talk::Slide| slide.image.as_ref().map(|image| image.file.to_string_lossy().into_owned());
    let slide = |slide| -> (i64, &str, Option<&str>, String) {
        let slide: &crate::talk::Slide = slide;
        (slide.start.millis(), slide.name.as_str(), slide.title.as_deref(), file(slide).unwrap_or_default())
    };
    talk.slides.iter().map(slide).collect()
}

fn kinds(talk: &Talk) -> Vec<&str> {
    talk.issues.iter().map(|issue| issue.kind.name()).collect()
}

const FILES: &[(&str, &str)] = &[
    ("slides/a.jpg", ""),
    ("slides/b c.jpg", ""),
    ("clips/1.mp4", "film"),
    ("talk.wav", ""),
    ("talk.en.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"),
    ("talk.de.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHallo\n"),
    ("chat.vtt", "WEBVTT\n\n00:05.000 --> 00:06.000\nWho?\n"),
];

#[test]
fn a_manifest_tells_everything_of_a_talk() {
    let talk = opened(&[FILES, &[("chapters.json", OWN_TEXT), ("38930101.xml", ""), ("z.wav", "")]].concat());
    let expected = [
        (0, "Opening", Some("Opening"), "slides/a.jpg".to_owned()),
        (70_137, "0-0323", None, "slides/b c.jpg".to_owned()),
        (331_411, "slide 3", None, String::new()),
        (472_548, "Questions", Some("Questions"), String::new()),
    ];
    assert_eq!(slides(&talk), expected);
    assert_eq!((talk.id.0.as_str(), talk.title.as_str()), ("38930109", "On Tiles"));
    assert_eq!(kinds(&talk), ["slides-after-end"]);
    let told = Metadata {
        title: Some("On Tiles".into()),
        authors: vec!["Ann Author".into(), "Bo Other".into()],
        about: "What it is.\nAnd more.".into(),
        link: Some("https://example.com/t".into()),
        date: Some("2020-04-26".into()),
        venue: Some("ICLR 2020".into()),
        paper: Some("https://example.com/p.pdf".into()),
    };
    assert_eq!(talk.metadata, told);
    let clip = Clip {
        file: "clips/1.mp4".into(),
        from: MediaTime::from_millis(2_500),
        duration: Some(MediaTime::from_secs(9)),
    };
    assert_eq!(talk.slides.iter().nth(2).and_then(|slide| slide.clip.clone()), Some(clip));
    assert_eq!(talk.slides.iter().nth(1).map(|slide| slide.text.as_str()), Some("words on it"));
    assert_eq!(talk.audio.as_ref().map(|audio| audio.file.as_path()), Some(Path::new("talk.wav")));
    assert_eq!(talk.transcript.cues()[0].text, "Hallo");
    let others: Vec<_> = talk.tracks.iter().map(|track| (track.kind, track.language.as_str())).collect();
    assert_eq!(others, [(TrackKind::Chat, ""), (TrackKind::Speech, "en")]);
}

#[test]
fn the_list_itself_or_its_folder_may_be_opened() {
    let (_dir, root) = folder(&[FILES, &[("chapters.json", OWN_TEXT)]].concat());
    let whole = open(&root, &WavProbe).expect("opens");
    assert_eq!(open(&root.join("chapters.json"), &WavProbe).expect("opens"), whole);
    assert_eq!(title_at(&root), "Talk folder");
}

#[test]
fn chapters_of_one_recording_among_others_are_its_own() {
    let list = r#"{"chapters":[{"startTime":0,"img":"a.jpg"},{"startTime":0.5,"img":"b.jpg"}]}"#;
    let files = [("One.wav", ""), ("One.chapters.json", list), ("Two.wav", ""), ("a.jpg", ""), ("b.jpg", "")];
    let (_dir, root) = folder(&files);
    for name in ["One.wav", "One.chapters.json"] {
        let talk = open(&root.join(name), &WavProbe).expect("opens");
        let sound = talk.audio.as_ref().map(|audio| audio.file.clone());
        assert_eq!((slides(&talk).len(), sound), (2, Some("One.wav".into())), "{name}");
    }
    assert_eq!(slides(&open(&root.join("Two.wav"), &WavProbe).expect("opens")), []);
    assert_eq!(opened(&[&files[..2], &files[3..]].concat()).slides.len(), 2);
}

#[test]
fn pictures_on_the_web_are_looked_for_beside_the_list_and_are_no_slides_otherwise() {
    let list = r#"{"chapters":[{"startTime":0,"title":"Intro"},{"startTime":168,"title":"B","img":"https://example.com/b.jpg?x"},
        {"startTime":260,"title":"C","img":"https://example.com/c.jpg"},
        {"startTime":300,"img":"https://example.com/d.jpg","toc":false}]}"#;
    let talk = opened(&[("chapters.json", list), ("images/b.jpg", ""), ("a.wav", "")]);
    let expected = [
        (0, "Intro", Some("Intro"), String::new()),
        (168_000, "B", Some("B"), "images/b.jpg".to_owned()),
        (260_000, "C", Some("C"), String::new()),
    ];
    assert_eq!((slides(&talk).as_slice(), kinds(&talk)), (expected.as_slice(), vec!["slides-after-end"]));
}

#[test]
fn chapters_without_pictures_give_way_to_whatever_has_some_and_are_titles_otherwise() {
    let list = r#"{"title":"T","chapters":[{"startTime":0,"title":"Intro"},{"startTime":0.5,"title":"End"}]}"#;
    let talk = opened(&[("chapters.json", list), ("a.wav", "")]);
    let titles = [(0, "Intro", Some("Intro"), String::new()), (500, "End", Some("End"), String::new())];
    assert_eq!((slides(&talk).as_slice(), talk.title.as_str(), kinds(&talk)), (titles.as_slice(), "T", vec![]));
    let timed =
        [("chapters.json", list), ("a.wav", ""), ("0-a-big.jpg", ""), ("400-b-big.jpg", ""), ("700-c-big.jpg", "")];
    let talk = opened(&timed);
    assert_eq!((slides(&talk).len(), slides(&talk)[1].0), (3, 400));
}

#[test]
fn podloves_chapters_are_read() {
    let list = r#"[{"start":"00:00:00.000","title":"Intro","href":"","image":""},
        {"start":"00:00:43.137","title":"Begr\u00fc\u00dfung","href":"https://example.com","image":"a.jpg"}]"#;
    let talk = opened(&[("x.chapters.json", list), ("x.wav", ""), ("a.jpg", "")]);
    let second = (43_137, "Begrüßung", Some("Begrüßung"), "a.jpg".to_owned());
    assert_eq!((slides(&talk)[1].clone(), slides(&talk).len()), (second, 2));
}

#[test]
fn what_is_missing_or_leads_out_is_told_and_shown_without() {
    let list = r#"{"chapters":[{"startTime":0,"img":"a.jpg"},{"startTime":0.1,"img":"../x/b.jpg"},{"startTime":"no","img":"c.jpg"},
        {"startTime":-5,"img":"/etc/passwd"},{"startTime":0.9,"x:video":"gone.mp4"}]}"#;
    let talk = opened(&[("chapters.json", list), ("a.jpg", ""), ("a.wav", "")]);
    assert_eq!(slides(&talk).iter().map(|slide| slide.0).collect::<Vec<_>>(), [0, 0, 100, 100, 900]);
    let expected =
        ["outside-folder", "timing-unreadable", "time-out-of-range", "slide-times-unordered", "slide-missing"];
    assert_eq!(kinds(&talk), expected);
}

#[test]
fn a_list_that_breaks_off_gives_the_slides_before() {
    let files = |text| [("chapters.json", text), ("slides/a.jpg", ""), ("slides/b c.jpg", ""), ("talk.wav", "")];
    let at = OWN_TEXT.find("\"x:videoFrom\"").unwrap_or(0);
    let talk = opened(&files(&OWN_TEXT[..at]));
    assert_eq!((slides(&talk).len(), kinds(&talk)[0]), (2, "timing-unreadable"));
    let talk = opened(&files("{\"chapters\":"));
    assert_eq!(kinds(&talk)[0], "timing-unreadable");
    assert_eq!(talk.issues[0].message, "The list of chapters cannot be read: chapters.json");
}

#[test]
fn damaged_lists_open_or_are_explained_and_never_lead_out() {
    let (_dir, root) = folder(&[FILES, &[("chapters.json", OWN_TEXT)]].concat());
    let (mut prng, mut seen) = (Prng::new(21), 0);
    for _ in 0..1_000 {
        put(&root.join("chapters.json"), &mutate(OWN_TEXT.as_bytes(), &mut prng));
        let talk = open(&root, &WavProbe).expect("there is always the sound");
        let starts: Vec<i64> = slides(&talk).iter().map(|slide| slide.0).collect();
        assert!(starts.is_sorted() && starts.iter().all(|start| (0..=604_800_000).contains(start)), "{starts:?}");
        assert!(starts.len() <= 12 && talk.issues.len() <= 12, "{:?}", talk.issues);
        let files = slides(&talk).into_iter().map(|slide| slide.3).filter(|file| !file.is_empty());
        assert!(files.into_iter().all(|file| root.join(&file).is_file() && !file.contains("..")));
        seen += starts.len();
    }
    assert!(seen > 800, "{seen}");
}

//! Other tools that say, in one way or another, when the slides appear.

use image::ImageFormat::{Jpeg, Png, WebP};
use plenary::testing::talks::pdf;

use super::*;

#[test]
fn the_services_own_offline_package_opens_from_outside_and_from_inside() {
    let dir = folder();
    let root = dir.path().join("Deep-Learning-For-All");
    for player in ["Play-SlidesLive.exe", "Play-SlidesLive.swf", "Play-SlidesLive.app/Contents/Info.plist"] {
        put(&root.join(player), b"player");
    }
    put(&root.join("playerParams.txt"), b"38893143");
    // Those of its time have whole seconds only.
    put(&root.join("38893143/38893143.xml"), deck().without_time().xml().as_bytes());
    sound(&root, "38893143/38893143.mp4");
    let inner = in_seconds(&called(|_, name| format!("original/{name}.png")));
    pictures(&root.join("38893143"), files(&inner), Png);
    let outer: Vec<_> = inner.iter().map(|(start, file)| (*start, format!("38893143/{file}"))).collect();
    let talk = opened(&root);
    check(&talk, "Deep Learning For All", &outer, "38893143/38893143.mp4", &["coarse-timing"]);
    assert_eq!(talk.id.0, "38893143");
    for path in ["38893143", "38893143/38893143.mp4", "38893143/38893143.xml"] {
        let talk = opened(&root.join(path));
        check(&talk, "38893143", &inner, "38893143.mp4", &["coarse-timing"]);
        assert_eq!(talk.id.0, "38893143");
    }
    assert_eq!(found(dir.path()), ["Deep-Learning-For-All"]);
}

#[test]
fn an_offline_package_without_a_slide_or_a_list_still_plays() {
    let dir = folder();
    let root = dir.path().join("Deep-Learning-For-All");
    put(&root.join("playerParams.txt"), b"38893143");
    put(&root.join("38893143/38893143.xml"), deck().xml().as_bytes());
    sound(&root, "38893143/38893143.mp4");
    let expected =
        called(|_, name| if name == NAMES[2] { String::new() } else { format!("38893143/original/{name}.png") });
    pictures(&root, files(&expected).filter(|file| !file.is_empty()), Png);
    check(&opened(&root), "Deep Learning For All", &expected, "38893143/38893143.mp4", &["slide-missing"]);
    put(&root.join("38893143/38893143.xml"), plenary::testing::talks::REFUSAL.as_bytes());
    let talk = opened(&root);
    check(&talk, "Deep Learning For All", &[], "38893143/38893143.mp4", &["download-failed", "no-slides"]);
    assert_eq!(talk.issues[0].file.as_deref().map(portable).as_deref(), Some("38893143/38893143.xml"));
    std::fs::remove_file(root.join("38893143/38893143.mp4")).unwrap();
    let error = open(&root, &Probe).unwrap_err().reason();
    assert_eq!(error, "Download failed: the server's refusal was saved as 38893143/38893143.xml");
}

#[test]
fn slides_in_a_folder_beside_a_list_that_was_saved_by_hand_open() {
    let dir = folder();
    let root = dir.path().join("iclr");
    let expected = called(|_, name| format!("slides/{name}.jpg"));
    pictures(&root, files(&expected), Jpeg);
    let addresses: String = NAMES.iter().map(|name| format!("https://cdn.example/big/{name}.jpg\n")).collect();
    put(&root.join("slide-urls.txt"), addresses.as_bytes());
    put(&root.join("38930109.xml"), deck().xml().as_bytes());
    sound(&root, "slides.mp4");
    sound(&root, "Deep Learning for All.mp4");
    check(&opened(&root), "Deep Learning for All", &expected, "Deep Learning for All.mp4", &[]);
}

#[test]
fn what_a_browser_has_saved_opens() {
    let dir = folder();
    let root = dir.path().join("deep-learning-for-all");
    let expected = called(|_, name| format!("{name}.png"));
    pictures(&root, files(&expected), Png);
    put(&root.join("slides.json"), list().as_bytes());
    for piece in ["init_3_0.m4s", "chunk_3_1.m4s", "chunk_3_2.m4s", "video.m4s", "audio.m4s"] {
        put(&root.join(piece), b"piece");
    }
    put(&root.join("input.txt"), deck().concat().as_bytes());
    ["slides.mp4", "video.mp4", "combined.mp4"].iter().for_each(|file| sound(&root, file));
    let talk = opened(&root);
    let sound = heard(&talk);
    assert!(["video.mp4", "combined.mp4"].contains(&sound.as_str()), "{sound}");
    check(&talk, "Deep learning for all", &expected, &sound, &[]);
    assert_eq!(found(dir.path()), ["deep-learning-for-all"]);
    // Without it, the list for FFmpeg that was made of it.
    std::fs::remove_file(root.join("slides.json")).unwrap();
    check(&opened(&root), "Deep learning for all", &in_seconds(&expected), &sound, &["coarse-timing"]);
}

#[test]
fn pictures_that_count_from_zero_between_underscores_open() {
    let dir = folder();
    let root = dir.path().join("38930109_deep-learning-for-all");
    let mut expected = called(|_, name| name.to_owned());
    for (number, (_, file)) in expected.iter_mut().enumerate() {
        *file = format!("{number:04}_{file}_big.jpg");
    }
    pictures(&root, files(&expected), Jpeg);
    put(&root.join("slides.json"), list().replace(',', ",\n    ").as_bytes());
    sound(&root, SOUND);
    let talk = opened(&root);
    check(&talk, "Deep Learning for All", &expected, SOUND, &[]);
    assert_eq!(talk.id.0, "38930109");
}

#[test]
fn pictures_that_are_called_by_their_time_alone_open() {
    let dir = folder();
    let root = dir.path().join("talks/talk_38930109_Deep Learning for All");
    let expected = called(|start, _| format!("slides/{start}.png"));
    pictures(&root, files(&expected), WebP);
    for file in ["initialdownload.mp4", "audio.mp3", "createdslides.mp4", "finalvideo.mp4"] {
        sound(&root, file);
    }
    ["download.log", "processing.log"].iter().for_each(|log| put(&root.join(log), b"0:00 start\n0:05 done\n"));
    let talk = opened(&root);
    check(&talk, "Deep Learning for All", &expected, "audio.mp3", &["file-name-timing"]);
    assert_eq!(talk.id.0, "38930109");
    assert_eq!(found(dir.path()), ["talks/talk_38930109_Deep Learning for All"]);

    // A list beside them tells which are missing; no other picture takes their place.
    std::fs::remove_file(root.join("slides/4440.png")).unwrap();
    let missing: Vec<_> = expected
        .iter()
        .map(|(start, file)| (*start, if *start == 4_440 { String::new() } else { file.clone() }))
        .collect();
    for (name, text) in [("38930109.xml", deck().xml()), ("slides.json", list())] {
        put(&root.join(name), text.as_bytes());
        check(&opened(&root), "Deep Learning for All", &missing, "audio.mp3", &["slide-missing"]);
    }
}

/// What pdtgct's tool leaves, but for the slides' times.
fn session(root: &Path) {
    let metadata = r#"{"url":"https://slideslive.com/38930109/deep-learning","slug":"deep-learning-for-all",
        "title":"Deep Learning for All: A Survey","abstract":"We survey.","presentation_id":"38930109","slide_count":3}"#;
    put(&root.join("metadata.json"), metadata.as_bytes());
    for (file, text) in [("page.md", "# Deep"), ("transcript.txt", "We begin.\nThen we end.\n"), ("notes.md", "- deep")]
    {
        put(&root.join(file), text.as_bytes());
    }
    put(&root.join("slides.pdf"), &pdf(&[(400, 300), (400, 300), (400, 300)]));
    ["video.mp4", "audio.mp3"].iter().for_each(|file| sound(root, file));
    let unique = ["slides/001.jpg", "slides/002.png", "slides/003.webp"].map(str::to_owned);
    pictures(root, &unique, WebP);
}

#[test]
fn unique_pictures_stand_for_a_slide_each_time_that_it_is_shown() {
    let dir = folder();
    let root = dir.path().join("output/deep-learning-for-all");
    session(&root);
    let talk = TalkBuilder::new("38930109", "x");
    let shown = [(0, "a"), (4_440, "b"), (25_720, "a"), (70_137, "c")];
    let talk = shown.into_iter().fold(talk, |talk, (start, name)| talk.slide(start, name));
    put(&root.join("sync.xml"), talk.xml().as_bytes());
    let expected: Vec<_> = STARTS
        .into_iter()
        .zip(["slides/001.jpg", "slides/002.png", "slides/001.jpg", "slides/003.webp"].map(str::to_owned))
        .collect();
    let talk = opened(&root);
    check(&talk, "Deep Learning for All: A Survey", &expected, "audio.mp3", &[]);
    assert_eq!((talk.id.0.as_str(), talk.metadata.about.as_str()), ("38930109", "We survey."));
    assert_eq!(talk.transcript.cues(), [], "its times are not known");

    std::fs::remove_file(root.join("sync.xml")).unwrap();
    let still: Vec<_> =
        expected.iter().filter(|(start, _)| *start != 25_720).map(|(_, file)| (0, file.clone())).collect();
    let talk = opened(&root);
    check(&talk, "Deep Learning for All: A Survey", &still, "audio.mp3", &["untimed"]);
    assert_eq!(talk.id.0, "38930109");
    assert_eq!(found(dir.path()), ["output/deep-learning-for-all"]);
}

#[test]
fn secrets_are_never_read() {
    use std::time::{Duration, SystemTime};
    let dir = folder();
    let root = dir.path().join("deep-learning-for-all");
    session(&root);
    let secret = "WEBVTT\n\n00:01.000 --> 00:02.000\nsecret\n\n0:00 secret\n1:00 secret\n";
    let hidden = [".cookies.txt", ".cookies.vtt", ".chapters.txt", "slides/.004.jpg"];
    hidden.iter().for_each(|file| put(&root.join(file), secret.as_bytes()));
    let chapters = r#"{"chapters":[{"startTime":0,"img":"slides/001.jpg"}],"x:tracks":[{"file":".cookies.vtt"}]}"#;
    put(&root.join("chapters.json"), chapters.as_bytes());
    // A file that is read since it was written shows it, on most disks.
    let old = |days: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400);
    let times = std::fs::FileTimes::new().set_accessed(old(10_000)).set_modified(old(11_000));
    for file in hidden.iter().chain(&["chapters.json"]) {
        std::fs::File::options().write(true).open(root.join(file)).unwrap().set_times(times).unwrap();
    }
    let untouched = |file: &str| root.join(file).metadata().unwrap().accessed().unwrap() == old(10_000);
    for path in [root.clone(), root.join("audio.mp3")] {
        let talk = open(&path, &Probe).unwrap();
        assert!(!format!("{talk:?}").contains("secret") && talk.slides.len() == 1, "{talk:?}");
        assert!(talk.transcript.cues().is_empty() && talk.tracks.is_empty());
    }
    if !untouched("chapters.json") {
        assert_eq!(hidden.map(untouched), [true; 4]);
    }
}

#[test]
fn films_that_were_made_of_a_talk_are_not_its_sound() {
    let dir = folder();
    let root = deck().write(dir.path());
    let title = "SIGMORPHON 2020 Shared Task 0 - Typologically Diverse Morphological Inflection";
    let file = format!("{title}-434566251.mp4");
    [file.as_str(), "slides-out.mp4", "output.mp4"].iter().for_each(|file| sound(&root, file));
    let expected = called(|start, name| format!("{start}-{name}-big.jpg"));
    check(&opened(&root), title, &expected, &file, &[]);
}

#[test]
fn a_folder_of_yt_dlp_stays_one_talk_when_a_film_was_made_of_it() {
    let dir = folder();
    let root = dir.path().join("Deep Learning");
    let stem = "Deep Learning for All [38930109]";
    let numbers = ["001", "002", "003", "004"];
    yt_dlp::write(&root, stem, &yt_dlp::chapters(1, &[0, 4, 25, 70]), &numbers);
    sound(&root, &format!("{stem}_slides.mp4"));
    yt_dlp::write(&root.join("mlconf-dlp-x1y2z3"), stem, &yt_dlp::chapters(1, &[0, 4, 25, 70]), &numbers);
    let expected: Vec<_> =
        [0, 4_000, 25_000, 70_000].into_iter().zip(numbers.map(|number| format!("{stem}.{number}.png"))).collect();
    check(&opened(&root), "Deep Learning for All", &expected, &format!("{stem}.m4a"), &["coarse-timing"]);
    assert_eq!(found(dir.path()), ["Deep Learning"]);
    // Where it is all that is left, it is the talk.
    let alone = dir.path().join("films");
    sound(&alone, &format!("{stem}_slides.mp4"));
    assert_eq!(heard(&opened(&alone)), format!("{stem}_slides.mp4"));
}

#[test]
fn times_on_a_clock_in_the_names_of_pictures_are_read() {
    let dir = folder();
    let root = dir.path().join("38930109-deep-learning-for-all");
    let expected: Vec<_> =
        [(0, "001_00h00m00s"), (4_000, "002_00h00m04s"), (70_000, "003_00h01m10s"), (3_723_000, "004_01h02m03s")]
            .map(|(start, name)| (start, format!("slides/{name}.jpg")))
            .into();
    pictures(&root, files(&expected), Jpeg);
    put(&root.join("subtitles.vtt"), b"WEBVTT\n\n00:01.000 --> 00:02.000\nWelcome.\n");
    put(&root.join("transcript.md"), b"# Transcript\n\nWelcome.\n");
    put(&root.join("README.md"), b"---\ntitle: Deep\n---\n");
    let talk = opened(&root);
    check(&talk, "Deep learning for all", &expected, "", &["file-name-timing", "no-audio"]);
    assert_eq!(talk.transcript.cues()[0].text, "Welcome.");
}

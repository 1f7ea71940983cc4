use super::*;
use crate::talk::Talk;
use crate::talk::open::open;
use crate::talk::recognise::expand;
use crate::testing::mutate::{Prng, mutate};
use crate::testing::talks::{TalkBuilder, WavProbe, encode, jpeg, put, wav};

const DECK: &str = "d2d9a672040fbde2a47a10bf6c37b6a4b5ae187f-1587900000000";
const MEETING: &str = "183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1587900000123";

fn shapes() -> String {
    format!(
        r#"<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg id="svgfile" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 800 600">
<image id="image1" class="slide" in="0.0" out="1.3" xlink:href="presentation/logo.png" width="800" height="600"/>
<image id="image2" class="slide" in="1.3 40.5" out="20.9 57.9" xlink:href="presentation/{DECK}/slide-1.png" text="presentation/{DECK}/textfiles/slide-1.txt" style="visibility:hidden"/>
<g class="canvas" id="canvas2" image="image2"><g class="shape" timestamp="2.0"><path d="M0 0"/></g></g>
<image id="image3" class="slide" in="20.9" out="30.0" xlink:href="presentation/{DECK}/svgs/slide2.svg"/>
<image id="image4" class="slide" in="30.0" out="40.5" xlink:href="presentation/deskshare.png"/>
</svg>"#
    )
}

fn write(folder: &Path) -> PathBuf {
    let root = folder.join(MEETING);
    put(&root.join("shapes.svg"), shapes().as_bytes());
    let metadata = "<recording><id>x</id><start_time>1587900000123</start_time><meeting id=\"x\" name=\"Other\"/><meta>\
        <meetingName>Deep &amp; wide</meetingName></meta><playback><duration>57900</duration></playback></recording>";
    put(&root.join("metadata.xml"), metadata.as_bytes());
    put(&root.join(format!("presentation/{DECK}/slide-1.png")), &encode(40, 30, [9; 3], image::ImageFormat::Png));
    let drawing = b"<svg xmlns='http://www.w3.org/2000/svg' width='80' height='60'/>";
    put(&root.join(format!("presentation/{DECK}/svgs/slide2.svg")), drawing);
    put(&root.join(format!("presentation/{DECK}/textfiles/slide-1.txt")), b"Words in a file\n");
    put(&root.join("presentation_text.json"), format!("{{\"{DECK}\":{{\"slide-2\":\"Two words\"}}}}").as_bytes());
    put(&root.join("video/webcams.webm"), &wav(50.0));
    put(&root.join("deskshare/deskshare.webm"), b"film");
    put(
        &root.join("captions.json"),
        br#"[{"locale":"de","localeName":"Deutsch"},{"locale":"en_US","localeName":"English"}]"#,
    );
    put(&root.join("caption_de.vtt"), b"WEBVTT\n\n00:01.000 --> 00:02.000\nGuten Tag\n");
    put(&root.join("caption_en_US.vtt"), b"WEBVTT\n\n00:01.000 --> 00:02.000\nGood day\n");
    let chat = "<popcorn><chattimeline in=\"12\" direction=\"down\" name=\"Ada\" message=\"&lt;b&gt;Why?&lt;/b&gt; See &amp;lt;here&amp;gt;\" \
        target=\"chat\"/></popcorn>";
    put(&root.join("slides_new.xml"), chat.as_bytes());
    root
}

fn told(talk: &Talk) -> Vec<(i64, String)> {
    let file = |slide: &crate::talk::Slide| slide.image.as_ref().map(|image| image.file.to_string_lossy().into_owned());
    talk.slides.iter().map(|slide| (slide.start.millis(), file(slide).unwrap_or_default())).collect()
}

#[test]
fn a_recording_opens_with_all_that_goes_along_with_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let root = write(dir.path());
    for path in [root.clone(), root.join("shapes.svg")] {
        let talk = open(&path, &WavProbe).expect("opens");
        let (one, two) = (format!("presentation/{DECK}/slide-1.png"), format!("presentation/{DECK}/svgs/slide2.svg"));
        let expected = [(1_300, one.clone()), (20_900, two), (30_000, String::new()), (40_500, one)];
        assert_eq!(told(&talk), expected);
        assert_eq!((talk.title.as_str(), talk.metadata.date.as_deref()), ("Deep & wide", Some("2020-04-26")));
        let texts: Vec<_> = talk.slides.iter().map(|slide| slide.text.as_str()).collect();
        assert_eq!(texts, ["Words in a file", "Two words", "", "Words in a file"]);
        let clip = talk.slides.iter().nth(2).and_then(|slide| slide.clip.clone()).expect("moves");
        assert_eq!((clip.file.as_path(), clip.from), (Path::new("deskshare/deskshare.webm"), MediaTime::from_secs(30)));
        assert_eq!(talk.audio.as_ref().map(|audio| audio.file.as_path()), Some(Path::new("video/webcams.webm")));
        assert_eq!(talk.transcript.cues()[0].text, "Good day");
        let tracks: Vec<_> = talk.tracks.iter().map(|track| (track.kind, track.language.as_str())).collect();
        assert_eq!(tracks, [(TrackKind::Speech, "de"), (TrackKind::Chat, "")]);
        assert_eq!(talk.tracks[1].transcript.cues()[0].text, "Ada: Why? See <here>");
        assert_eq!(talk.duration(), MediaTime::from_secs(50), "the end is that of the sound");
        assert_eq!(talk.issues, []);
    }
    assert_eq!(expand(&[dir.path().to_owned()]), [root], "one talk, whatever lies below it");
}

#[test]
fn the_same_talk_from_a_slide_downloader_has_the_same_times() {
    let dir = tempfile::tempdir().expect("a folder");
    let starts = [0, 1_300, 20_900, 40_500];
    let other = open(&TalkBuilder::new("1", "x").slides(starts).write(dir.path()), &WavProbe).expect("opens");
    let root = dir.path().join("bbb");
    let image = |(number, ms): (usize, i64)| {
        let (whole, tenth) = (ms / 1000, ms % 1000 / 100);
        format!(
            "<image id='image{number}' class='slide' in='{whole}.{tenth}' out='99' xlink:href='presentation/p/slide-{number}.png'/>"
        )
    };
    let images: String = (1..).zip(starts).map(image).collect();
    put(&root.join("shapes.svg"), format!("<svg xmlns:xlink='x'>{images}</svg>").as_bytes());
    for number in 1..=4 {
        put(&root.join(format!("presentation/p/slide-{number}.png")), &jpeg(64, 36, [number; 3]));
    }
    let talk = open(&root, &WavProbe).expect("opens");
    let of = |talk: &Talk| talk.slides.iter().map(|slide| slide.start).collect::<Vec<_>>();
    assert_eq!(of(&talk), of(&other));
}

#[test]
fn a_shared_screen_that_is_missing_is_told_and_leaves_no_empty_slide() {
    let dir = tempfile::tempdir().expect("a folder");
    let root = write(dir.path());
    std::fs::remove_dir_all(root.join("deskshare")).expect("was there");
    std::fs::remove_dir_all(root.join(format!("presentation/{DECK}/svgs"))).expect("was there");
    let talk = open(&root, &WavProbe).expect("opens");
    let starts: Vec<_> = talk.slides.iter().map(|slide| slide.start.millis()).collect();
    assert_eq!(starts, [1_300, 20_900, 40_500]);
    assert_eq!(
        talk.issues.iter().map(|issue| issue.message.as_str()).collect::<Vec<_>>(),
        ["The film of the shared screen is missing, it was shown at 0:30", "A slide is missing: slide2 at 0:20"]
    );
}

#[test]
fn copies_with_other_folders_are_found_by_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().join("copy");
    put(&root.join("shapes.svg"), shapes().as_bytes());
    put(&root.join("README.md"), b"x");
    put(&root.join("webcams.mp4"), &wav(50.0));
    put(&root.join("deskshare.mp4"), &wav(60.0));
    put(&root.join("01/slide-1.png"), &jpeg(64, 36, [1; 3]));
    put(&root.join("01/slide2.svg"), b"<svg xmlns='http://www.w3.org/2000/svg' width='80' height='60'/>");
    let talk = open(&root, &WavProbe).expect("opens");
    let expected = [(1_300, "01/slide-1.png"), (20_900, "01/slide2.svg"), (30_000, ""), (40_500, "01/slide-1.png")];
    assert_eq!(told(&talk), expected.map(|(start, file)| (start, file.to_owned())));
    let clip = talk.slides.iter().nth(2).and_then(|slide| slide.clip.clone()).expect("moves");
    assert_eq!((clip.file.as_path(), talk.issues.as_slice()), (Path::new("deskshare.mp4"), &[][..]));
    assert_eq!(talk.audio.map(|audio| audio.file), Some("webcams.mp4".into()));
    // Beside the list, and of two presentations in two folders.
    let at_top = dir.path().join("flat");
    put(&at_top.join("shapes.svg"), shapes().as_bytes());
    put(&at_top.join("slide-1.png"), &jpeg(64, 36, [1; 3]));
    assert_eq!(told(&open(&at_top, &WavProbe).expect("opens"))[0].1, "slide-1.png");
    let image = |at: usize, deck: &str| {
        format!("<image class='slide' in='{at}' out='9' xlink:href='presentation/{deck}/svgs/slide1.svg'/>")
    };
    let two = dir.path().join("two");
    put(&two.join("shapes.svg"), format!("<svg>{}{}</svg>", image(1, "zzz"), image(5, "aaa")).as_bytes());
    for sub in ["01", "02"] {
        put(&two.join(sub).join("slide1.svg"), b"<svg xmlns='http://www.w3.org/2000/svg' width='80' height='60'/>");
    }
    let files: Vec<_> = told(&open(&two, &WavProbe).expect("opens")).into_iter().map(|(_, file)| file).collect();
    assert_eq!(files, ["01/slide1.svg", "02/slide1.svg"]);
    // That of another presentation is not its picture.
    put(&two.join("01/slide2.svg"), b"<svg xmlns='http://www.w3.org/2000/svg' width='80' height='60'/>");
    std::fs::remove_file(two.join("01/slide1.svg")).expect("was there");
    put(
        &two.join("shapes.svg"),
        format!("<svg>{}{}{}</svg>", image(1, "zzz"), image(5, "aaa"), image(7, "zzz").replace("slide1", "slide2"))
            .as_bytes(),
    );
    let files: Vec<_> = told(&open(&two, &WavProbe).expect("opens")).into_iter().map(|(_, file)| file).collect();
    assert_eq!(files, ["", "02/slide1.svg", "01/slide2.svg"]);
}

#[test]
fn a_copy_without_times_is_one_talk_with_its_sound() {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().join(MEETING);
    for number in 1..=4 {
        put(&root.join(format!("Slides/slide-{number}.png")), &jpeg(64, 36, [number; 3]));
        put(&root.join(format!("Thumbnails/thumb-{number}.png")), &jpeg(16, 9, [number; 3]));
    }
    put(&root.join("Videos/webcams.webm"), &wav(50.0));
    put(&root.join("Videos/deskshare.webm"), &wav(60.0));
    assert_eq!(expand(&[dir.path().to_owned()]), [root.as_path()]);
    let talk = open(&root, &WavProbe).expect("opens");
    assert_eq!((talk.slides.len(), talk.untimed), (4, true));
    assert_eq!(talk.audio.map(|audio| audio.file), Some("Videos/webcams.webm".into()));
    assert_eq!(
        talk.issues[1].message,
        "Nothing says when the shared screen was seen, it is left out: Videos/deskshare.webm"
    );
}

#[test]
fn days_are_reckoned() {
    for (millis, expected) in [(0, "1970-01-01"), (951_782_400_000, "2000-02-29"), (1_735_689_599_999, "2024-12-31")] {
        assert_eq!(day(millis).as_deref(), Some(expected));
    }
    assert_eq!((day(-1), day(i64::MAX)), (None, None));
}

#[test]
fn damaged_recordings_open_or_are_explained() {
    let dir = tempfile::tempdir().expect("a folder");
    let root = write(dir.path());
    let (whole, mut dice, mut seen) = (shapes(), Prng::new(21), 0);
    for _ in 0..1_000 {
        put(&root.join("shapes.svg"), &mutate(whole.as_bytes(), &mut dice));
        put(
            &root.join("slides_new.xml"),
            &mutate(b"<popcorn><chattimeline in=\"12\" name=\"A\" message=\"b\"/></popcorn>", &mut dice),
        );
        let talk = open(&root, &WavProbe).expect("there is always the sound");
        let starts: Vec<_> = talk.slides.iter().map(|slide| slide.start.millis()).collect();
        assert!(starts.is_sorted() && starts.iter().all(|start| (0..=604_800_000).contains(start)), "{starts:?}");
        seen += starts.len();
    }
    assert!(seen > 1_500, "{seen}");
}

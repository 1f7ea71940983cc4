//! Talks as each download tool leaves them on the disk: a folder for every tool, opened with the decoder that plays them.
//! What is expected is derived from what the tools write.

mod others;
mod recorder;
mod slides_dl;
mod traps;
mod traps_of_files;
mod untimed;
mod yt_dlp;

use std::path::Path;

use plenary::audio::decode::Probe;
use plenary::talk::Talk;
use plenary::talk::open::{expand, open};
use plenary::testing::talks::{TalkBuilder, colour, encode, jpeg, put, wav};

/// When the slides of these talks appear, in milliseconds.
const STARTS: [i64; 4] = [0, 4_440, 25_720, 70_137];

/// What the service calls the slides: with hyphens and underscores, in an order that is not that of time.
const NAMES: [&str; 4] = [
    "0-0003",
    "6fbe2879-a5e1-4be8-8b66-5a850adfea6e__0-0002",
    "X52r__1637863423__0000__Adfi",
    "1413204067_npGSAPD5ZexBjVgKzeQp_00320",
];

/// As youtube-dl calls a sound whose number is not that of the talk.
const SOUND: &str = "Deep Learning for All-434566251.m4a";

/// How long it is, in seconds.
const LENGTH: f64 = 90.0;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The four slides, as the tool of 2020 writes them.
fn deck() -> TalkBuilder {
    let talk = TalkBuilder::new("38930109", "deep-learning-for-all");
    STARTS.into_iter().zip(NAMES).fold(talk, |talk, (start, name)| talk.slide(start, name))
}

/// Start and file of each of the four slides, if files are called so.
fn called(name: impl Fn(i64, &str) -> String) -> Vec<(i64, String)> {
    STARTS.into_iter().zip(NAMES).map(|(start, slide)| (start, name(start, slide))).collect()
}

/// The same with starts in whole seconds.
fn in_seconds(slides: &[(i64, String)]) -> Vec<(i64, String)> {
    slides.iter().map(|(start, file)| (start / 1000 * 1000, file.clone())).collect()
}

/// The service's list as JSON: that of the four slides.
fn list() -> String {
    let slide = |(start, name): (i64, &str)| {
        format!(r#"{{"type":"image","time":{start},"image":{{"name":"{name}","extname":".png"}}}}"#)
    };
    let slides: Vec<String> = STARTS.into_iter().zip(NAMES).map(slide).collect();
    format!(r#"{{"slide_qualities":["big","medium"],"slides":[{}]}}"#, slides.join(","))
}

/// Writes a picture of its own for each file, whatever its name ends in.
fn pictures<'a>(root: &Path, files: impl IntoIterator<Item = &'a String>, format: image::ImageFormat) {
    for (number, file) in files.into_iter().enumerate() {
        put(&root.join(file), &encode(64, 36, colour(number), format));
    }
}

fn files(slides: &[(i64, String)]) -> impl Iterator<Item = &String> {
    slides.iter().map(|(_, file)| file)
}

fn sound(root: &Path, name: &str) {
    put(&root.join(name), &wav(LENGTH));
}

fn opened(root: &Path) -> Talk {
    open(root, &Probe).unwrap()
}

/// Start in milliseconds and file of each slide.
fn slides(talk: &Talk) -> Vec<(i64, String)> {
    let file = |slide: &plenary::talk::Slide| slide.image.as_ref().map(|image| portable(&image.file));
    talk.slides.iter().map(|slide| (slide.start.millis(), file(slide).unwrap_or_default())).collect()
}

fn starts(talk: &Talk) -> Vec<i64> {
    talk.slides.iter().map(|slide| slide.start.millis()).collect()
}

fn kinds(talk: &Talk) -> Vec<&'static str> {
    talk.issues.iter().map(|issue| issue.kind.name()).collect()
}

fn heard(talk: &Talk) -> String {
    talk.audio.as_ref().map(|audio| portable(&audio.file)).unwrap_or_default()
}

fn portable(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Whether a talk is what the tool has downloaded: its title, its slides, the file that is heard, what is told.
#[track_caller]
fn check(talk: &Talk, title: &str, expected: &[(i64, String)], sound: &str, issues: &[&str]) {
    let found = (talk.title.as_str(), slides(talk), heard(talk), kinds(talk));
    assert_eq!(found, (title, expected.to_vec(), sound.to_owned(), issues.to_vec()), "{:#?}", talk.issues);
}

/// The paths of the talks that are found below a folder, relative to it.
fn found(root: &Path) -> Vec<String> {
    let talks = expand(&[root.to_owned()]);
    talks.iter().map(|talk| portable(talk.strip_prefix(root).unwrap())).collect()
}

#[test]
fn the_same_talk_from_four_tools_has_one_timeline() {
    let dir = folder();
    let exact: Vec<i64> = STARTS.into();

    let folder = deck().sound(SOUND, LENGTH).write(dir.path());
    assert_eq!(starts(&opened(&folder)), exact);

    let chapters = dir.path().join("chapters");
    let entry = |(number, start): (usize, i64)| {
        format!(r#"{{"startTime":{}.{:03},"img":"slides/{number}.jpg"}}"#, start / 1000, start % 1000)
    };
    let entries: Vec<String> = (1..).zip(STARTS).map(entry).collect();
    let text = format!(r#"{{"version":"1.2.0","fileName":"talk.m4a","chapters":[{}]}}"#, entries.join(","));
    put(&chapters.join("chapters.json"), text.as_bytes());
    (1..=4).for_each(|number| put(&chapters.join(format!("slides/{number}.jpg")), &jpeg(64, 36, [number; 3])));
    sound(&chapters, "talk.m4a");
    assert_eq!(starts(&opened(&chapters)), exact);

    // Seconds, rounded down.
    let by_yt_dlp = dir.path().join("yt-dlp");
    let stem = "Deep Learning for All [38930109]";
    let seconds: Vec<i64> = STARTS.iter().map(|start| start / 1000).collect();
    yt_dlp::write(&by_yt_dlp, stem, &yt_dlp::chapters(1, &seconds), &["001", "002", "003", "004"]);
    assert_eq!(starts(&opened(&by_yt_dlp)), [0, 4_000, 25_000, 70_000]);

    // Seconds, rounded to a tenth.
    let meeting = dir.path().join("183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1587900000123");
    let images: String = (1..)
        .zip(["0.0", "4.4", "25.7", "70.1"])
        .map(|(number, start)| {
            format!(r#"<image id="image{number}" class="slide" in="{start}" out="90.0" xlink:href="presentation/d2d9/slide-{number}.png"/>"#)
        })
        .collect();
    let svg = format!(r#"<svg xmlns:xlink="http://www.w3.org/1999/xlink">{images}</svg>"#);
    put(&meeting.join("shapes.svg"), svg.as_bytes());
    for number in 1..=4 {
        put(&meeting.join(format!("presentation/d2d9/slide-{number}.png")), &jpeg(64, 36, [number; 3]));
    }
    sound(&meeting, "video/webcams.webm");
    assert_eq!(starts(&opened(&meeting)), [0, 4_400, 25_700, 70_100]);

    for (other, resolution) in [(&chapters, 1), (&by_yt_dlp, 1_000), (&meeting, 100)] {
        let talk = opened(other);
        let apart = exact.iter().zip(starts(&talk)).map(|(start, other)| (start - other).abs()).max();
        assert!(apart.is_some_and(|apart| apart < resolution), "{}: {apart:?} ms", other.display());
        assert!(talk.slides.iter().all(|slide| slide.image.is_some()) && talk.audio.is_some());
    }
    assert_eq!(opened(&folder).key(), opened(&by_yt_dlp).key());
}

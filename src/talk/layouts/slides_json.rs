//! SlidesLive's list of slides as JSON, in all its versions: `slides.json`, or called after the talk, `38972123.json`.

use std::path::PathBuf;

use super::assemble::{Draft, assemble};
use super::loose_json::{self, Json};
use super::plain::deck::Deck;
use super::slideslive::refusal;
use super::slideslive_xml::{self, Document};
use super::{Found, Layout, MAX_SLIDES, file_names};
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::{Clip, TalkId, names};
use crate::time::MediaTime;

/// Most lists that are opened.
const MAX_LISTS: usize = 8;

/// The family.
pub(crate) struct SlidesJson;

impl Layout for SlidesJson {
    fn recognises(&self, folder: &Folder) -> bool {
        documents(folder).next().is_some()
    }

    fn is_document(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(OWN)
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        for file in documents(folder).take(MAX_LISTS) {
            let bytes = match folder.document(&file.path) {
                Ok(bytes) => bytes,
                Err(issue) => {
                    issues.push(issue);
                    continue;
                }
            };
            if let Document::Refusal(code) = slideslive_xml::parse(&bytes) {
                issues.push(refusal(code.as_deref(), &file.path));
                continue;
            }
            let document = loose_json::read(&String::from_utf8_lossy(&bytes));
            let unreadable = |message: &str| Issue::about(IssueKind::TimingUnreadable, message, &file.path);
            let listed = document.value.get("slides").map(Json::list).unwrap_or_default();
            // Anything may be called so; a list of slides says of at least one of them what or when it is.
            let entries =
                Some(listed).filter(|list| list.iter().any(|entry| entry.any(&["time", "image", "video"]).is_some()));
            let Some(entries) = entries else {
                if file.name.eq_ignore_ascii_case(OWN) {
                    issues.push(unreadable("There is no list of slides in the file, or it is damaged"));
                }
                continue;
            };
            if document.cut {
                issues.push(unreadable("The list of slides breaks off, the slides after that are not known"));
            }
            if entries.len() > MAX_SLIDES {
                let message = format!("The talk has too many slides, only the first {MAX_SLIDES} are shown");
                issues.push(Issue::about(IssueKind::TooLarge, &message, &file.path));
            }
            let mut drafts: Vec<Draft> = Vec::new();
            let mut films = 0;
            for (entry, number) in entries.iter().take(MAX_SLIDES).zip(1..) {
                let draft = draft(entry, number, folder, pictures);
                films += usize::from(draft.pick == Pick::Never && draft.clip.is_none());
                drafts.push(draft);
            }
            without_names(&mut drafts, folder, pictures);
            if films > 0 {
                let what =
                    if films == 1 { "a slide is a film".to_owned() } else { format!("{films} slides are films") };
                let message = format!("Not downloaded: {what}, of which there is no file");
                issues.push(Issue::about(IssueKind::SlideMissing, &message, &file.path));
            }
            let id = names::split(&file.name).0;
            let id = id.bytes().all(|b| b.is_ascii_digit()).then(|| TalkId(id.to_owned()));
            return Some(Found { id, slides: assemble(drafts, &file.name, issues), ..Found::default() });
        }
        None
    }
}

/// What SlidesLive calls it.
const OWN: &str = "slides.json";

/// Those called `slides`, then those called after a talk.
fn documents(folder: &Folder) -> impl Iterator<Item = &Entry> {
    let numbered = |file: &&Entry| {
        let (stem, extension) = names::split(&file.name);
        extension == "json" && (1..=20).contains(&stem.len()) && stem.bytes().all(|b| b.is_ascii_digit())
    };
    let own = |file: &&Entry| file.name.eq_ignore_ascii_case(OWN);
    folder.top().filter(own).chain(folder.top().filter(numbered))
}

fn draft(entry: &Json, number: usize, folder: &Folder, pictures: &mut Pictures<'_>) -> Draft {
    let millis = entry.get("time").and_then(Json::number).filter(|ms| ms.is_finite());
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    let millis = millis.map(|ms| ms.round() as i64);
    // What no talk has is put right where all families do it.
    let start = millis.map(|ms| MediaTime::from_millis(ms.clamp(-1_000_000_000_000, 1_000_000_000_000)));
    let name = entry.get("image").and_then(|image| image.get("name")).and_then(Json::text);
    if let Some(video) = entry.get("video").filter(|_| name.is_none()) {
        let clip = film(video, number, folder);
        let pick = if clip.is_some() { Pick::Missing } else { Pick::Never };
        return Draft {
            start,
            name: format!("film {number}"),
            title: Some("Film".to_owned()),
            pick,
            clip,
            ..Draft::default()
        };
    }
    let pick = name.map_or(Pick::Missing, |name| pictures.find(millis, name));
    let name = name.map_or_else(|| format!("slide {number}"), str::to_owned);
    Draft { start, name, pick, ..Draft::default() }
}

/// The file of a film: called after its id, or after the number of the slide as yt-dlp does.
fn film(video: &Json, number: usize, folder: &Folder) -> Option<Clip> {
    let id = video.get("id").and_then(Json::text).filter(|id| id.len() >= 4);
    let numbered = format!(" - Slide {number:03} [");
    let is_it = |file: &&Entry| {
        names::is_media(&file.name)
            && !names::is_partial(&file.name)
            && (file.name.contains(&numbered) || id.is_some_and(|id| file.name.contains(id)))
    };
    let file: PathBuf = folder.files().iter().find(is_it).map(|file| file.path.clone())?;
    let millis = video.get("duration_ms").and_then(Json::number).filter(|ms| (0.0..1e9).contains(ms));
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    let duration = millis.map(|ms| MediaTime::from_millis(ms.round() as i64));
    Some(Clip { file, from: MediaTime::ZERO, duration })
}

/// Where no picture is called after its slide, they are found by their times, if at least half of the slides are; else
/// numbered ones stand for the slides: one for each, or one for each name.
pub(super) fn without_names(drafts: &mut [Draft], folder: &Folder, pictures: &mut Pictures<'_>) {
    let wanting = |draft: &&mut Draft| draft.clip.is_none() && draft.pick != Pick::Never;
    let mut all: Vec<&mut Draft> = drafts.iter_mut().filter(wanting).collect();
    if all.is_empty() || all.iter().any(|draft| draft.pick != Pick::Missing) {
        return;
    }
    let times = file_names::by_time(folder);
    let timed = |draft: &Draft| draft.start.and_then(|start| times.get(&start.millis()));
    if all.iter().filter(|draft| timed(draft).is_some()).count() * 2 >= all.len() {
        for draft in all {
            draft.pick = timed(draft).map_or(Pick::Missing, |files| pictures.best(files));
        }
        return;
    }
    let deck = Deck::of(folder);
    let files: Vec<&Vec<usize>> = deck.pictures.values().collect();
    let mut names: Vec<String> = Vec::new();
    for draft in &all {
        if !names.contains(&draft.name) && names.len() <= files.len() {
            names.push(draft.name.clone());
        }
    }
    let each = files.len() == all.len();
    if !each && files.len() != names.len() {
        return;
    }
    for (at, draft) in all.iter_mut().enumerate() {
        let place = if each { Some(at) } else { names.iter().position(|name| *name == draft.name) };
        if let Some(files) = place.and_then(|place| files.get(place)) {
            draft.pick = pictures.best(files);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::talk::Talk;
    use crate::talk::open::open;
    use crate::testing::mutate::{Prng, mutate};
    use crate::testing::talks::{WavProbe, jpeg, put, wav};

    const LIST: &str = r#"{"slide_qualities":["big","medium"],"slides":[
        {"type":"image","time":0,"image":{"name":"0-0001","extname":".png"}},
        {"type":"video","time":4440,"video":{"service":"yoda","id":"vvzVOxYp_ynO","duration_ms":21280}},
        {"time":25720,"image":{"name":"0-0003"}},
        {"type":"image","time":70137,"image":{"name":"1413204067_npGSAPD5_00320","extname":".jpg"}}]}"#;
    const STARTS: [i64; 4] = [0, 4_440, 25_720, 70_137];

    #[test]
    fn a_list_that_has_to_be_passed_over_is_told() {
        for broken in [&b""[..], b"[1]", b"{\"slides\":[]}"] {
            let talk = talk(("slides.json", broken), &["0-0001-big.jpg", "9000-0002-big.jpg"]);
            let told: Vec<&str> = talk.issues.iter().map(|issue| &*issue.message).collect();
            assert_eq!(told[0], "There is no list of slides in the file, or it is damaged: slides.json");
            assert_eq!(talk.slides.len(), 2);
        }
    }

    fn talk(list: (&str, &[u8]), files: &[&str]) -> Talk {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().join("38972123-meta-learning");
        put(&root.join(list.0), list.1);
        put(&root.join("talk.wav"), &wav(90.0));
        for (file, number) in files.iter().zip(1..) {
            put(&root.join(file), &jpeg(64, 36, [number * 20; 3]));
        }
        open(&root, &WavProbe).expect("opens")
    }

    fn path_of(talk: &Talk, slide: usize) -> String {
        let slide = talk.slides.iter().nth(slide);
        let image = slide.and_then(|slide| slide.image.as_ref()).map(|image| image.file.as_path());
        image.unwrap_or(Path::new("")).to_string_lossy().into_owned()
    }

    fn starts(talk: &Talk) -> Vec<i64> {
        talk.slides.iter().map(|slide| slide.start.millis()).collect()
    }

    fn kinds(talk: &Talk) -> Vec<&str> {
        talk.issues.iter().map(|issue| issue.kind.name()).collect()
    }

    #[test]
    fn every_naming_of_the_pictures_and_of_the_list_opens() {
        for (list, files) in [
            ("slides.json", ["0-0001-1080-0.png", "0-0003-1080-25720.jpg", "1413204067_npGSAPD5_00320-1080-70137.jpg"]),
            (
                "38972123.json",
                [
                    "images/00000000-0-0001-big.jpg",
                    "images/00025720-0-0003-big.jpg",
                    "images/00070137-1413204067_npGSAPD5_00320-big.jpg",
                ],
            ),
            ("slides.json", ["0000_0-0001_big.jpg", "0002_0-0003_big.jpg", "0003_1413204067_npGSAPD5_00320_big.jpg"]),
            ("slides.json", ["001_0-0001.png", "003_0-0003.png", "004_1413204067_npGSAPD5_00320.png"]),
            ("slides.json", ["slides/0-0001.jpg", "slides/0-0003.jpg", "slides/1413204067_npGSAPD5_00320.jpg"]),
            ("slides.json", ["slides/001.jpg", "slides/002.jpg", "slides/003.jpg"]),
        ] {
            let talk = talk((list, LIST.as_bytes()), &files);
            assert_eq!((starts(&talk), kinds(&talk)), (STARTS.to_vec(), vec!["slide-missing"]), "{files:?}");
            assert_eq!([0, 2, 3].map(|at| path_of(&talk, at)), files, "{list}");
            assert_eq!(
                talk.issues[0].message,
                "Not downloaded: a slide is a film, of which there is no file: ".to_owned() + list
            );
            assert_eq!((talk.id.0.as_str(), talk.slides.len()), ("38972123", 4));
        }
    }

    #[test]
    fn a_film_that_is_there_moves_in_the_place_of_its_slide() {
        for film in ["Talk - Slide 002 [38972123-002].mp4", "vvzVOxYp_ynO.mp4"] {
            let talk = talk(
                ("slides.json", LIST.as_bytes()),
                &["0-0001.jpg", "0-0003.jpg", "1413204067_npGSAPD5_00320.jpg", film],
            );
            let clip = talk.slides.iter().nth(1).and_then(|slide| slide.clip.clone());
            let expected =
                Clip { file: film.into(), from: MediaTime::ZERO, duration: Some(MediaTime::from_millis(21_280)) };
            assert_eq!((clip, kinds(&talk)), (Some(expected), vec![]), "{film}");
            assert_eq!(talk.audio.as_ref().map(|audio| audio.file.as_path()), Some(Path::new("talk.wav")));
        }
    }

    #[test]
    fn the_list_counts_before_the_other_sources_of_times() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = crate::testing::talks::TalkBuilder::new("38972123", "x").slide(9_000, "0-0001").write(dir.path());
        put(&root.join("slides.json"), br#"{"slides":[{"time":9137,"image":{"name":"0-0001"}}]}"#);
        assert_eq!(starts(&open(&root, &WavProbe).expect("opens")), [9_137]);
        put(&root.join("slides.json"), b"{}");
        assert_eq!(starts(&open(&root, &WavProbe).expect("opens")), [9_000]);
    }

    #[test]
    fn damaged_lists_open_or_are_passed_over() {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("talk.wav"), &wav(90.0));
        put(&dir.path().join("0-0001.jpg"), &jpeg(8, 8, [9; 3]));
        let (mut dice, mut seen) = (Prng::new(3), 0);
        for _ in 0..1_000 {
            put(&dir.path().join("slides.json"), &mutate(LIST.as_bytes(), &mut dice));
            let talk = open(dir.path(), &WavProbe).expect("there is always the sound");
            let starts = starts(&talk);
            assert!(starts.is_sorted() && starts.iter().all(|start| (0..=604_800_000).contains(start)), "{starts:?}");
            assert!(starts.len() <= 40 && talk.issues.len() <= 12, "{:?}", talk.issues);
            seen += starts.len();
        }
        assert!(seen > 1_000, "{seen}");
    }
}

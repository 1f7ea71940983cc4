//! Manifests of Paella Player: `data.json` with timed slides, sound and video, captions and chapters, of versions 6 to 8. Only
//! what lies in the folder is played: of an address, the file that its end leads to.

use std::collections::HashMap;
use std::path::PathBuf;

use super::assemble::{Draft, assemble};
use super::locate::{base, locate_end};
use super::loose_json::{self, Json};
use super::{Found, Layout, MAX_SLIDES};
use crate::talk::films::Told;
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::transcript::Transcript;
use crate::talk::{Metadata, TextTrack, TrackKind, VideoRole, names};
use crate::time::MediaTime;

/// What Paella calls it. Others call all sorts of things so.
const MANIFEST: &str = "data.json";
/// Most languages of captions.
const MAX_CAPTIONS: usize = 40;

/// The family.
pub(crate) struct Paella;

impl Layout for Paella {
    fn recognises(&self, folder: &Folder) -> bool {
        // The name is too common to tell anything.
        document(folder).is_some_and(|file| folder.begins_with_any(&file.path, &["\"streams\"", "\"frameList\""]))
    }

    fn is_document(&self, name: &str) -> bool {
        is_manifest(name)
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let file = document(folder)?;
        let path = file.path.clone();
        let document = loose_json::read(&String::from_utf8_lossy(&folder.document(&path).ok()?));
        let top = &document.value;
        let streams = top.get("streams").map(Json::list).filter(|streams| !streams.is_empty())?;
        if document.cut {
            let message = "The manifest breaks off, what comes after that is not known";
            issues.push(Issue::about(IssueKind::TimingUnreadable, message, &path));
        }
        let mut drafts = drafts(top, streams, folder, pictures);
        // In these files the frames stand in any order.
        drafts.sort_by_key(|draft| draft.start);
        name_chapters(top, &mut drafts);
        say_texts(top, &mut drafts);
        let media = media(streams, folder);
        if drafts.is_empty() && media.is_empty() {
            return None;
        }
        let about = top.get("metadata");
        let title = about.and_then(|about| about.get("title")).and_then(Json::text).map(names::one_line);
        let metadata = Metadata { title, ..Metadata::default() };
        let tracks = captions(top, folder);
        let videos = videos(streams, folder);
        let slides = assemble(drafts, &file.name, issues);
        Some(Found { metadata, slides, media, tracks, videos, ..Found::default() })
    }
}

/// `data.json`, also with a word before it: `talk.data.json`, `talk_data.json`.
fn is_manifest(name: &str) -> bool {
    let lower = name.to_lowercase();
    let before = lower.strip_suffix(MANIFEST);
    before.is_some_and(|before| before.is_empty() || before.ends_with(['.', '-', '_', ' ']))
}

fn document(folder: &Folder) -> Option<&Entry> {
    folder.one_document(MANIFEST, |file| is_manifest(&file.name))
}

/// The list of frames with the largest pictures, else the list of those that are shown while seeking. What was projected
/// counts before photographs of a blackboard.
fn drafts(top: &Json, streams: &[Json], folder: &Folder, pictures: &mut Pictures<'_>) -> Vec<Draft> {
    let is_board = |stream: &&Json| stream.get("content").and_then(Json::text) == Some("blackboard");
    let projected = streams.iter().any(|stream| !is_board(&stream) && has_frames(stream));
    let shown = streams.iter().filter(|stream| !projected || !is_board(stream));
    let images = shown.filter_map(|stream| stream.get("sources")?.get("image"));
    let lists = images.flat_map(|images| images.list()).filter(|image| image.get("frames").is_some());
    let width = |image: &Json| image.get("res").and_then(|res| res.get("w")).and_then(Json::number).unwrap_or(0.0);
    let best = lists.max_by(|a, b| {
        a.get("frames")
            .map(Json::list)
            .map(<[Json]>::len)
            .cmp(&b.get("frames").map(Json::list).map(<[Json]>::len))
            .then(width(a).total_cmp(&width(b)))
    });
    let list = best.and_then(|image| image.get("frames")).or_else(|| {
        let frames = top.get("frameList")?;
        frames.get("frames").or(Some(frames))
    });
    let frames = list.map(Json::list).unwrap_or_default();
    let address = |frame: &Json| frame.any(&["src", "url"]).and_then(Json::text).map(str::to_owned);
    let mut named: HashMap<String, usize> = HashMap::new();
    for frame in frames.iter().take(MAX_SLIDES).filter_map(address) {
        *named.entry(base(&frame).to_owned()).or_default() += 1;
    }
    frames
        .iter()
        .take(MAX_SLIDES)
        .zip(1..)
        .filter_map(|(frame, number): (&Json, usize)| {
            let address = address(frame)?;
            let unique = named.get(base(&address)) == Some(&1);
            let pick = locate_end(folder, &address, unique).map_or(Pick::Missing, |file| pictures.inspect(&file));
            let start = frame.get("time").and_then(time);
            Some(Draft { start, name: format!("frame {number}"), pick, ..Draft::default() })
        })
        .collect()
}

/// Whether there are timed pictures in a stream.
fn has_frames(stream: &Json) -> bool {
    let images = stream.get("sources").and_then(|sources| sources.get("image")).map(Json::list).unwrap_or_default();
    images.iter().any(|image| image.get("frames").is_some_and(|frames| !frames.list().is_empty()))
}

/// Seconds.
fn time(value: &Json) -> Option<MediaTime> {
    let secs = value.number().filter(|secs| secs.is_finite())?;
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    let millis = (secs.clamp(-1e9, 1e9) * 1000.0).round() as i64;
    Some(MediaTime::from_millis(millis))
}

/// The slide that is shown at a time.
fn shown(drafts: &mut [Draft], at: MediaTime) -> Option<&mut Draft> {
    let next = drafts.partition_point(|draft| draft.start.is_none_or(|start| start <= at));
    drafts.get_mut(next.checked_sub(1)?)
}

/// A chapter names the slide that is shown when it begins; without any slides it is a card.
fn name_chapters(top: &Json, drafts: &mut Vec<Draft>) {
    let list = top.get("chapters").and_then(|chapters| chapters.get("chapterList")).map(Json::list).unwrap_or_default();
    let chapters: Vec<(MediaTime, String)> = list
        .iter()
        .take(MAX_SLIDES)
        .filter_map(|chapter| Some((time(chapter.get("time")?)?, names::one_line(chapter.get("title")?.text()?))))
        .collect();
    if drafts.is_empty() {
        drafts.extend(chapters.into_iter().map(|(start, title)| Draft {
            start: Some(start),
            name: title.clone(),
            title: Some(title),
            pick: Pick::Never,
            ..Draft::default()
        }));
        return;
    }
    for (start, title) in chapters {
        if let Some(draft) = shown(drafts, start).filter(|draft| draft.title.is_none()) {
            draft.title = Some(title);
        }
    }
}

/// What was read on the pictures.
fn say_texts(top: &Json, drafts: &mut [Draft]) {
    let list = top.get("transcriptions").map(Json::list).unwrap_or_default();
    for entry in list.iter().take(MAX_SLIDES) {
        let (Some(at), Some(text)) = (entry.get("time").and_then(time), entry.get("text").and_then(Json::text)) else {
            continue;
        };
        if let Some(draft) = shown(drafts, at) {
            if !draft.text.is_empty() {
                draft.text.push('\n');
            }
            draft.text.push_str(text);
        }
    }
}

/// What can be heard: the stream that says so first, sound before video.
fn media(streams: &[Json], folder: &Folder) -> Vec<PathBuf> {
    let mut order: Vec<&Json> = streams.iter().collect();
    order.sort_by_key(|stream| stream.get("role").and_then(Json::text) != Some("mainAudio"));
    let mut media = Vec::new();
    for kind in ["audio", "mp4", "webm", "ogg", "flv"] {
        for stream in &order {
            let sources =
                stream.get("sources").and_then(|sources| sources.get(kind)).map(Json::list).unwrap_or_default();
            let named = sources.iter().filter_map(|source| source.get("src")?.text());
            media.extend(named.take(16).filter_map(|address| locate_end(folder, address, true)));
        }
    }
    let mut seen = Vec::new();
    media.retain(|file: &PathBuf| {
        !seen.contains(file) && {
            seen.push(file.clone());
            true
        }
    });
    media
}

/// What moves: the speaker, and what was projected.
fn videos(streams: &[Json], folder: &Folder) -> Vec<Told> {
    let of = |stream: &Json| {
        let role = match stream.get("content").and_then(Json::text)? {
            "presenter" => VideoRole::Speaker,
            "presentation" | "display" => VideoRole::Screen,
            _ => return None,
        };
        let kinds = ["mp4", "webm", "ogg", "flv"].iter().filter_map(|kind| stream.get("sources")?.get(kind));
        let mut named = kinds.flat_map(|sources| sources.list()).filter_map(|source| source.get("src")?.text());
        let file = named.by_ref().take(16).find_map(|address| locate_end(folder, address, true))?;
        Some(Told::new(file, role))
    };
    streams.iter().take(16).filter_map(of).collect()
}

fn captions(top: &Json, folder: &Folder) -> Vec<TextTrack> {
    let list = top.get("captions").map(Json::list).unwrap_or_default();
    let track = |entry: &Json| {
        let file = locate_end(folder, entry.any(&["url", "src"])?.text()?, true)?;
        let transcript = Transcript::parse(&String::from_utf8_lossy(&folder.document(&file).ok()?));
        let language = entry.get("lang").and_then(Json::text).map(names::one_line).unwrap_or_default();
        Some(TextTrack { kind: TrackKind::Speech, language, file, transcript })
    };
    let mut tracks: Vec<TextTrack> = list.iter().take(MAX_CAPTIONS).filter_map(track).collect();
    tracks.sort_by_key(|track| !track.language.starts_with("en"));
    tracks
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::talk::Talk;
    use crate::talk::open::open;
    use crate::testing::mutate::{Prng, mutate};
    use crate::testing::talks::{WavProbe, jpeg, put, wav};

    const DATA: &str = r#"{"metadata":{"duration":909.13,"title":"Belmar  15 minutes"},"streams":[
        {"sources":{"audio":[{"src":"https://repository.example/dual/media/presenter.wav"}]},"content":"presenter","role":"mainAudio"},
        {"sources":{"image":[{"mimetype":"image/jpeg","frames":[
            {"time":854,"src":"https://repository.example/dual/slides/3d90/presentation_cut.jpg"},
            {"time":0,"src":"https://repository.example/dual/slides/7dc2/presentation_cut.jpg"},
            {"time":363.25,"src":"https://repository.example/dual/slides/d319/presentation_cut.jpg"}],"res":{"w":1280,"h":720}}]}}],
        "frameList":[{"id":"frame_9","time":9,"url":"thumb.jpg"}],
        "captions":[{"lang":"es","url":"captions.es.vtt"},{"lang":"en","url":"captions.en.vtt"}],
        "chapters":{"chapterList":[{"id":1,"title":"Intro","time":0},{"id":2,"title":"Proof","time":400}]},
        "transcriptions":[{"index":0,"time":370,"text":"Q.E.D.","duration":5}]}"#;

    fn talk(data: &str) -> (tempfile::TempDir, Talk) {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("data.json"), data.as_bytes());
        put(&dir.path().join("media/presenter.wav"), &wav(900.0));
        for (name, grey) in [("3d90", 1), ("7dc2", 2), ("d319", 3)] {
            put(&dir.path().join(format!("slides/{name}/presentation_cut.jpg")), &jpeg(64, 36, [grey; 3]));
        }
        put(&dir.path().join("captions.es.vtt"), b"WEBVTT\n\n00:01.000 --> 00:02.000\nHola\n");
        put(&dir.path().join("captions.en.vtt"), b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n");
        let talk = open(dir.path(), &WavProbe).expect("opens");
        (dir, talk)
    }

    #[test]
    fn frames_in_any_order_are_joined_to_files_by_the_ends_of_their_addresses() {
        let (dir, talk) = talk(DATA);
        let told: Vec<_> = talk
            .slides
            .iter()
            .map(|slide| {
                let file = slide.image.as_ref().map(|image| image.file.to_string_lossy().into_owned());
                (slide.start.millis(), file.unwrap_or_default(), slide.title.as_deref().unwrap_or_default())
            })
            .collect();
        let file = |name: &str| format!("slides/{name}/presentation_cut.jpg");
        assert_eq!(told, [(0, file("7dc2"), "Intro"), (363_250, file("d319"), "Proof"), (854_000, file("3d90"), "")]);
        assert_eq!(
            (talk.title.as_str(), talk.slides.iter().nth(1).map(|slide| slide.text.as_str())),
            ("Belmar 15 minutes", Some("Q.E.D."))
        );
        assert_eq!(talk.audio.as_ref().map(|audio| audio.file.as_path()), Some(Path::new("media/presenter.wav")));
        assert_eq!((talk.transcript.cues()[0].text.as_str(), talk.tracks[0].language.as_str()), ("Hello", "es"));
        assert_eq!(talk.issues, []);
        assert_eq!(open(&dir.path().join("data.json"), &WavProbe).expect("opens").slides, talk.slides);
    }

    #[test]
    fn files_of_one_name_are_not_confused_when_their_folders_are_gone() {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("data.json"), DATA.as_bytes());
        put(&dir.path().join("presentation_cut.jpg"), &jpeg(64, 36, [1; 3]));
        put(&dir.path().join("presenter.wav"), &wav(900.0));
        let talk = open(dir.path(), &WavProbe).expect("opens");
        assert!(talk.slides.iter().all(|slide| slide.image.is_none()));
    }

    #[test]
    fn version_eight_and_other_uses_of_the_name() {
        let eight = r#"{"streams":[{"content":"presenter","sources":{"mp4":[{"src":"media/presenter.wav"}]}}],
            "frameList":{"targetContent":"presenter","frames":[{"id":"a","time":3,"url":"slides/7dc2/presentation_cut.jpg"}]}}"#;
        let (_dir, talk) = talk(eight);
        assert_eq!((talk.slides.len(), talk.slides.iter().next().map(|slide| slide.start.millis())), (1, Some(3_000)));
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("data.json"), br#"{"streams":"none"}"#);
        put(&dir.path().join("a.wav"), &wav(9.0));
        let talk = open(dir.path(), &WavProbe).expect("opens");
        assert!(talk.slides.is_empty());
    }

    #[test]
    fn of_several_manifests_the_one_that_was_opened_counts() {
        let one = r#"{"streams":[{"sources":{"mp4":[{"src":"media/presenter.wav"}]}}],"frameList":[{"time":3,"url":"x.jpg"}]}"#;
        let (dir, _) = talk(one);
        put(&dir.path().join("one.data.json"), DATA.as_bytes());
        assert!(open(dir.path(), &WavProbe).expect("opens").slides.len() < 3, "data.json counts in the folder");
        let talk = open(&dir.path().join("one.data.json"), &WavProbe).expect("opens");
        assert_eq!((talk.slides.len(), talk.title.as_str()), (3, "Belmar 15 minutes"));
    }

    #[test]
    fn what_was_projected_counts_before_photographs_of_a_blackboard() {
        let board = r#"{"sources":{"image":[{"frames":[{"time":0,"src":"b/1.jpg"},{"time":30,"src":"b/2.jpg"},
            {"time":60,"src":"b/3.jpg"},{"time":90,"src":"b/4.jpg"}]}]},"content":"blackboard"}"#;
        let (_dir, talk) = talk(&DATA.replacen(r#""streams":["#, &format!(r#""streams":[{board},"#), 1));
        assert_eq!(talk.slides.len(), 3);
    }

    #[test]
    fn damaged_manifests_open_or_are_passed_over() {
        let (dir, _) = talk(DATA);
        put(&dir.path().join("beside.wav"), &wav(900.0));
        let (mut dice, mut seen) = (Prng::new(31), 0);
        for _ in 0..1_000 {
            put(&dir.path().join("data.json"), &mutate(DATA.as_bytes(), &mut dice));
            let talk = open(dir.path(), &WavProbe).expect("there is always the sound");
            assert!(talk.slides.iter().is_sorted_by_key(|slide| slide.start) && talk.slides.len() < 40);
            seen += talk.slides.len();
        }
        assert!(seen > 800, "{seen}");
    }
}

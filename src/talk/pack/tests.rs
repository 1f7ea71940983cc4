use std::path::Path;

use super::*;
use crate::talk::open::open;
use crate::talk::{AudioInfo, Clip, MediaContents, MediaProbe, Slide, SlideTrack, Video, VideoRole};
use crate::testing::mutate::Prng;
use crate::testing::talks::{Broken, Naming, TalkBuilder, WavProbe, encode, put};
use crate::time::MediaTime;

fn dir() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn opened(path: &Path) -> Talk {
    open(path, &WavProbe).expect("opens")
}

/// What must be the same in a talk that was packed and opened again: but for the names of its files, all of it.
fn told(talk: &Talk) -> Vec<String> {
    let slides = talk.slides.iter().map(|slide| {
        let size = slide.image.as_ref().map(|image| (image.width, image.height, image.format));
        let bytes = slide.image.as_ref().map(|image| within::read(&talk.path(&image.file), 1 << 20).expect("is there"));
        let bytes = bytes.map(|bytes| {
            (bytes.len(), bytes.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte))))
        });
        let clip = slide.clip.as_ref().map(|clip| (clip.from, clip.duration));
        format!("{:?} {} {:?} {} {size:?} {bytes:?} {clip:?}", slide.start, slide.name, slide.title, slide.text)
    });
    let tracks = talk.tracks.iter().map(|track| format!("{:?} {} {:?}", track.kind, track.language, track.transcript));
    let sound = talk.audio.as_ref().map(|audio| (&audio.info, audio.duration));
    let about =
        format!("{} {:?} {:?} {sound:?} {:?}", talk.title, talk.metadata.authors, talk.metadata.about, talk.untimed);
    slides.chain(tracks).chain([about, format!("{:?}", talk.transcript), talk.fingerprint()]).collect()
}

/// Packs a talk and opens the copy, which must be the same talk.
fn packed(talk: &Talk) -> (tempfile::TempDir, Talk) {
    let dir = dir();
    let target = dir.path().join("packed");
    let done = pack(talk, &target).expect("packs");
    let again = opened(&target);
    assert_eq!(told(&again), told(talk));
    assert_eq!((done.folder.file_name(), done.slides), (target.file_name(), talk.slides.len()));
    let files = |folder: &Path| {
        fs::read_dir(folder).map_or(0, |entries| entries.flatten().filter(|e| e.path().is_file()).count())
    };
    assert_eq!(done.files, ["", "slides", "clips"].iter().map(|sub| files(&target.join(sub))).sum::<usize>());
    assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 1, "nothing is left beside it");
    (dir, again)
}

fn builder() -> TalkBuilder {
    TalkBuilder::new("38930109", "deep-learning")
        .slide(0, "1413204067_npGSAPD5_00320")
        .slide(70_137, "0-0323")
        .slide(331_411, "6fbe2879-a5e1__0-0002")
        .slide(331_411, "0-0323")
        .sound("Deep Learning: why-512930109.wav", 600.0)
}

#[test]
fn any_talk_is_the_same_after_it_was_packed() {
    let dir = dir();
    for (number, naming) in (0..).zip([Naming::TimeFirst, Naming::TimeLast, Naming::NoneFirst, Naming::Untimed]) {
        let talk = opened(&builder().naming(naming).write(&dir.path().join(number.to_string())));
        let (_dir, again) = packed(&talk);
        assert_eq!((again.id.clone(), again.key(), again.issues.as_slice()), (talk.id.clone(), talk.key(), &[][..]));
        assert_eq!(packed(&again).1.slides, again.slides, "a copy of a copy is the copy");
    }
    let png = image::ImageFormat::Png;
    let (_dir, again) = packed(&opened(&builder().format(png).without_xml().write(&dir.path().join("png"))));
    let first = again.slides.iter().next().and_then(|slide| slide.image.as_ref()).map(|image| image.file.clone());
    assert_eq!(first.as_deref(), Some(Path::new("slides/0001.png")));
}

#[test]
fn times_of_any_talk_are_the_same_to_the_millisecond() {
    let (dir, mut prng) = (dir(), Prng::new(7));
    for number in 0..40 {
        let starts: Vec<i64> = (0..30).map(|_| i64::try_from(prng.below(20_000_000)).unwrap_or(0)).collect();
        let talk =
            opened(&TalkBuilder::new("38930109", "x").slides(starts).write(&dir.path().join(number.to_string())));
        packed(&talk);
    }
}

#[test]
fn missing_slides_stay_without_a_picture() {
    let dir = dir();
    let talk = opened(&builder().broken(0, Broken::Missing).broken(2, Broken::ErrorPage).write(dir.path()));
    let done = pack(&talk, &dir.path().join("packed")).expect("packs");
    assert_eq!((done.slides, done.bare), (4, 2));
    assert_eq!(opened(&done.folder).slides.len(), 4);
}

#[test]
fn a_recording_alone_is_packed_with_what_is_said() {
    let dir = dir();
    let root = TalkBuilder::new("1", "x").without_xml().without_concat().sound("On Tiles.wav", 3.0).write(dir.path());
    put(&root.join("On Tiles.de.srt"), b"1\n00:00:01,000 --> 00:00:02,500\nA <b>&amp; so on\n");
    put(&root.join("On Tiles.fr.vtt"), b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anne>Bonjour\n");
    put(
        &root.join("On Tiles.info.json"),
        br#"{"title":"On: Tiles?","authors":["A;B","C, D E"],"description":"What.\nIt is."}"#,
    );
    let talk = opened(&root.join("On Tiles.wav"));
    assert_eq!((talk.tracks.len(), talk.metadata.authors.len(), talk.transcript.cues().len()), (1, 2, 1));
    let (_dir, again) = packed(&talk);
    assert_eq!(again.tracks[0].file, Path::new("On Tiles.fr.vtt"));
    // The list of chapters beside it has titles only, so the cards come back as they were.
    put(&root.join("On Tiles.chapters.txt"), b"0:00 Intro\n1:00 Method\n");
    assert_eq!(packed(&opened(&root.join("On Tiles.wav"))).1.slides.len(), 2);
}

#[test]
fn clips_words_and_pictures_inside_other_files_go_along() {
    let dir = dir();
    let root = builder().write(dir.path());
    let mut talk = opened(&root);
    let picture = encode(20, 10, [1, 2, 3], image::ImageFormat::Png);
    put(&root.join("talk.mhtml"), &[b"head", picture.as_slice(), b"tail"].concat());
    put(&root.join("film.mp4"), b"film");
    let span = within::Span { offset: 4, length: picture.len() as u64, encoding: within::Encoding::Plain };
    let mut slides: Vec<Slide> = talk.slides.iter().cloned().collect();
    if let Some(image) = slides[1].image.as_mut() {
        (image.file, image.width, image.height) = (within::path(Path::new("talk.mhtml"), 1, span, "png"), 20, 10);
        image.format = ImageFormat::Png;
    }
    slides[2].image = None;
    slides[2].title = Some("A film".into());
    slides[2].clip = Some(Clip { file: "film.mp4".into(), from: MediaTime::from_millis(1_234), duration: None });
    slides[3].text = "words on it\nin two lines".into();
    talk.slides = SlideTrack::untimed(slides);
    talk.untimed = true;
    let (_dir, again) = packed(&talk);
    let clip = again.slides.iter().nth(2).and_then(|slide| slide.clip.clone()).map(|clip| clip.file);
    assert_eq!(clip.as_deref(), Some(Path::new("clips/0003.mp4")));
}

/// Sounds as [`WavProbe`] has them; clips move, and everything with `film` in its name.
struct Films;

impl MediaProbe for Films {
    fn probe(&self, file: &Path) -> Result<(AudioInfo, Option<MediaTime>), String> {
        WavProbe.probe(file)
    }

    fn contents(&self, file: &Path) -> MediaContents {
        let path = file.to_string_lossy();
        MediaContents { moves: path.contains("film") || path.contains("clips"), ..MediaContents::default() }
    }
}

/// The videos of the copy of a talk: name, role, beginning and contents.
fn videos_of_copy(talk: &Talk, parent: &Path) -> Vec<(String, VideoRole, i64, Vec<u8>)> {
    let done = pack(talk, &parent.join("packed")).expect("packs");
    let again = open(&done.folder, &Films).expect("opens");
    // Where there is a film, no slides are missed.
    assert_eq!(again.issues, []);
    let videos = again.videos.iter().map(|video| {
        let bytes = fs::read(again.path(&video.file)).expect("is there");
        (video.file.to_string_lossy().replace('\\', "/"), video.role, video.starts.millis(), bytes)
    });
    videos.collect()
}

#[test]
fn videos_go_along_with_what_they_show_and_when_they_begin() {
    let dir = dir();
    let root = builder().write(&dir.path().join("whole"));
    for name in ["sub/film.mp4", "film.mp4", "film-clip.mp4"] {
        put(&root.join(name), name.as_bytes());
    }
    let mut talk = opened(&root);
    let mut slides: Vec<Slide> = talk.slides.iter().cloned().collect();
    slides[2].clip = Some(Clip { file: "film-clip.mp4".into(), from: MediaTime::ZERO, duration: None });
    talk.slides = SlideTrack::new(slides);
    let video = |file: &str, role, starts| Video { file: file.into(), role, starts: MediaTime::from_millis(starts) };
    talk.videos = vec![
        video("film.mp4", VideoRole::Screen, 0),
        video("sub/film.mp4", VideoRole::Speaker, 2_517),
        // Copied once, whatever it is shown as.
        video("film-clip.mp4", VideoRole::Speaker, -1_500),
    ];
    let expected = [
        ("videos/film.mp4", VideoRole::Screen, 0, "film.mp4"),
        ("videos/film-2.mp4", VideoRole::Speaker, 2_517, "sub/film.mp4"),
        ("clips/0003.mp4", VideoRole::Speaker, -1_500, "film-clip.mp4"),
    ];
    let expected = expected.map(|(name, role, starts, text)| (name.to_owned(), role, starts, text.as_bytes().to_vec()));
    assert_eq!(videos_of_copy(&talk, dir.path()), expected);
}

#[test]
fn a_film_in_the_place_of_slides_goes_along() {
    let dir = dir();
    let root = TalkBuilder::new("1", "x").without_xml().without_concat().sound("On Tiles.wav", 3.0).write(dir.path());
    put(&root.join("a film.mkv"), b"moves");
    let mut talk = opened(&root);
    talk.videos = vec![Video { file: "a film.mkv".into(), role: VideoRole::Film, starts: MediaTime::ZERO }];
    let found = videos_of_copy(&talk, dir.path());
    assert_eq!(found, [("videos/a film.mkv".to_owned(), VideoRole::Film, 0, b"moves".to_vec())]);
}

#[test]
fn pages_of_a_document_are_named_and_the_document_is_copied_once() {
    let dir = dir();
    let root = builder().write(dir.path());
    put(&root.join("My deck?.pdf"), b"%PDF-1.7");
    let mut talk = opened(&root);
    let mut slides: Vec<Slide> = talk.slides.iter().cloned().collect();
    for (slide, page) in slides.iter_mut().zip(2..) {
        let image = slide.image.as_mut().expect("has a picture");
        (image.file, image.format) = (within::page_path(Path::new("My deck?.pdf"), page), ImageFormat::Pdf);
    }
    talk.slides = SlideTrack::new(slides);
    let done = pack(&talk, &dir.path().join("packed")).expect("packs");
    assert_eq!(fs::read(done.folder.join("slides/My deck_.pdf")).expect("is there"), b"%PDF-1.7");
    assert_eq!(done.files, 3);
    let text = fs::read_to_string(done.folder.join(manifest::FILE)).expect("is there");
    assert!(text.contains("\"img\": \"slides/My deck_.pdf#page=2\""), "{text}");
}

#[test]
fn nothing_is_overwritten_and_nothing_goes_into_the_talks_own_folder() {
    let dir = dir();
    let root = builder().write(dir.path());
    let talk = opened(&root);
    let at = |name: &str| dir.path().join(name);
    put(&at("full/file"), b"x");
    let before = fs::read_dir(&root).expect("lists").count();
    for target in [at("full"), at("full/file"), root.clone(), dir.path().to_owned()] {
        assert!(matches!(pack(&talk, &target), Err(PackError::Occupied(_))), "{}", target.display());
    }
    for target in [root.join("packed"), root.join("../38930109-deep-learning/packed")] {
        assert!(matches!(pack(&talk, &target), Err(PackError::Inside(_))), "{}", target.display());
    }
    assert!(matches!(pack(&talk, &at("gone/packed")), Err(PackError::NoPlace(_))));
    fs::create_dir(at("empty")).expect("a folder");
    assert_eq!(pack(&talk, &at("empty")).expect("packs").slides, 4);
    assert!(matches!(pack(&talk, &at("empty")), Err(PackError::Occupied(_))));
    assert_eq!(fs::read_dir(&root).expect("lists").count(), before);
    assert_eq!(fs::read(at("full/file")).expect("is there"), b"x");
}

#[test]
fn a_copy_that_fails_leaves_nothing_behind() {
    let dir = dir();
    let root = builder().write(dir.path());
    let talk = opened(&root);
    fs::remove_file(root.join("331411-0-0323-big.jpg")).expect("removes");
    let failure = pack(&talk, &dir.path().join("packed")).expect_err("cannot be copied").to_string();
    assert!(failure.starts_with("Cannot copy 331411-0-0323-big.jpg ("), "{failure}");
    assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 1);
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_into_the_talks_own_folder() {
    let dir = dir();
    let root = builder().write(dir.path());
    let talk = opened(&root);
    std::os::unix::fs::symlink(&root, dir.path().join("link")).expect("links");
    std::os::unix::fs::symlink("nowhere", dir.path().join("broken")).expect("links");
    assert!(matches!(pack(&talk, &dir.path().join("link/packed")), Err(PackError::Inside(_))));
    assert!(matches!(pack(&talk, &dir.path().join("broken")), Err(PackError::Occupied(_))));
}

#[test]
fn a_manifest_can_be_put_into_the_talks_own_folder_by_hand() {
    let dir = dir();
    let root = builder().pictures_in("slides").write(dir.path());
    let talk = opened(&root);
    put(&root.join(manifest::FILE), manifest::text(&talk).as_bytes());
    let again = opened(&root);
    assert_eq!(told(&again), told(&talk));
    assert_eq!(again.slides, talk.slides);
}

//! What the service's recorder leaves on its speaker's disk: pieces of films, and a list of how they are cut.

use plenary::talk::Clip;
use plenary::time::MediaTime;

use super::*;

fn piece(file: usize, from: i64, length: i64) -> String {
    format!(r#"{{"clip":{{"file_id":{file},"in_cut_ms":{from},"duration_ms":{length}}}}}"#)
}

fn cut_list(speaker: &[String], slides: &[String]) -> String {
    let timeline = |pieces: &[String]| format!(r#"{{"video":[{}]}}"#, pieces.join(","));
    format!(
        r#"{{"files":[{{"id":1,"file_name":"speaker-1.webm"}},{{"id":2,"file_name":"slides-1.webm"}},
        {{"id":3,"file_name":"slides-2.webm"}},{{"id":4,"file_name":"speaker-2.webm"}}],
        "timelines":{{"speaker":{},"slides":{}}}}}"#,
        timeline(speaker),
        timeline(slides)
    )
}

fn write(root: &Path, name: &str, list: &str) {
    put(&root.join(name), list.as_bytes());
    sound(root, "speaker-1.webm");
    ["slides-1.webm", "slides-2.webm"].iter().for_each(|film| put(&root.join(film), b"film"));
}

/// Start in the sound, film, place in the film and length of each slide.
fn clips(talk: &Talk) -> Vec<(i64, String, i64, i64)> {
    let told = |slide: &plenary::talk::Slide| {
        let Clip { file, from, duration } = slide.clip.clone().unwrap();
        (slide.start.millis(), portable(&file), from.millis(), duration.map(MediaTime::millis).unwrap())
    };
    talk.slides.iter().map(told).collect()
}

#[test]
fn slides_of_the_recorder_are_pieces_of_films() {
    let dir = folder();
    let list = cut_list(&[piece(1, 0, 60_000)], &[piece(2, 0, 20_500), piece(3, 1_250, 39_500)]);
    // The archive has the list under any name, the share under this one.
    for (folder, name) in [("data/upload-4711", "slrec.json"), ("archive", "2020-06-01 talk.json")] {
        let root = dir.path().join(folder);
        write(&root, name, &list);
        let talk = opened(&root);
        let expected =
            [(0, "slides-1.webm".to_owned(), 0, 20_500), (20_500, "slides-2.webm".to_owned(), 1_250, 39_500)];
        assert_eq!((clips(&talk), heard(&talk), kinds(&talk)), (expected.into(), "speaker-1.webm".into(), vec![]));
    }
    assert_eq!(opened(&dir.path().join("data/upload-4711")).title, "Upload 4711");
    assert_eq!(found(dir.path()), ["archive", "data/upload-4711"]);
    let by_file = opened(&dir.path().join("data/upload-4711/slrec.json"));
    assert_eq!(by_file.slides.len(), 2);
}

#[test]
fn what_was_cut_out_is_heard_and_told_and_slides_stay_with_what_is_said() {
    let dir = folder();
    // The first two seconds were cut away, and the five from 12 on.
    let speaker = [piece(1, 2_000, 10_000), piece(1, 17_000, 43_000)];
    let slides = [piece(2, 2_000, 10_000), piece(2, 17_000, 43_000)];
    write(dir.path(), "slrec.json", &cut_list(&speaker, &slides));
    let talk = opened(dir.path());
    let film = || "slides-1.webm".to_owned();
    assert_eq!(clips(&talk), [(2_000, film(), 2_000, 10_000), (17_000, film(), 17_000, 43_000)]);
    assert_eq!(kinds(&talk), ["uncut"]);
    // A film that goes on where the speaker was cut is shown in two pieces.
    write(dir.path(), "slrec.json", &cut_list(&speaker, &[piece(2, 500, 53_000)]));
    assert_eq!(clips(&opened(dir.path())), [(2_000, film(), 500, 10_000), (17_000, film(), 10_500, 43_000)]);
}

#[test]
fn of_several_recordings_the_longest_is_heard_with_its_slides() {
    let dir = folder();
    let speaker = [piece(4, 0, 10_000), piece(1, 0, 50_000)];
    write(dir.path(), "slrec.json", &cut_list(&speaker, &[piece(2, 0, 10_000), piece(3, 0, 50_000)]));
    sound(dir.path(), "speaker-2.webm");
    let talk = opened(dir.path());
    assert_eq!(clips(&talk), [(0, "slides-2.webm".to_owned(), 0, 50_000)]);
    assert_eq!((heard(&talk).as_str(), kinds(&talk)), ("speaker-1.webm", vec!["several-media"]));
}

#[test]
fn a_film_that_is_gone_leaves_its_time() {
    let dir = folder();
    let list = cut_list(&[piece(1, 0, 60_000)], &[piece(2, 0, 20_500), piece(3, 1_250, 39_500)]);
    write(dir.path(), "slrec.json", &list);
    std::fs::remove_file(dir.path().join("slides-2.webm")).unwrap();
    let talk = opened(dir.path());
    assert_eq!((starts(&talk), kinds(&talk)), (vec![0, 20_500], vec!["slide-missing"]));
}

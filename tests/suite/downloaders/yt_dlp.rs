//! yt-dlp, as it writes a talk with `--write-info-json --write-all-thumbnails --write-subs`.

use plenary::talk::TrackKind;

use super::*;

/// A title that no file may be called by, the look-alikes that yt-dlp writes for it, and what it is called.
const TITLE: &str = "Meta-Learning: Why/How? \"Tabula Rasa\" [Oral] – É";
const LIKE: &str = "Meta-Learning： Why⧸How？ ＂Tabula Rasa＂ [Oral] – É";
const STEM: &str = "Meta-Learning： Why⧸How？ ＂Tabula Rasa＂ [Oral] – É [38972123]";

/// Chapters from the slide with number `first` on, starting at these seconds, with a last one that ends at 90.
pub fn chapters(first: usize, starts: &[i64]) -> String {
    let ends = starts.iter().skip(1).chain(&[90]);
    let chapter = |((start, end), number): ((&i64, &i64), usize)| {
        format!(r#"{{"title":"Slide {number:03}","start_time":{start},"end_time":{end}}}"#)
    };
    starts.iter().zip(ends).zip(first..).map(chapter).collect::<Vec<_>>().join(",")
}

fn info(title: &str, id: &str, chapters: &str) -> String {
    let title = title.replace('"', "\\\"");
    format!(
        r#"{{"id":"{id}","title":"{title}","fulltitle":"{title}","display_id":"{id}","duration":90,"chapters":[{chapters}],
        "thumbnails":[{{"id":"001","url":"https://cdn.example/a.png"}},{{"id":"cover","url":"https://cdn.example/c.jpg"}}],
        "webpage_url":"https://slideslive.com/{id}/meta","extractor_key":"SlidesLive","ext":"mp4","_type":"video"}}"#
    )
}

/// A talk of yt-dlp: description, sound, text, cover and the pictures with these numbers.
pub fn write(root: &Path, stem: &str, chapters: &str, numbers: &[&str]) {
    let (title, id) = stem.rsplit_once(" [").unwrap();
    let title = if title == LIKE { TITLE } else { title };
    let at = |ending: &str| root.join(format!("{stem}.{ending}"));
    put(&at("info.json"), info(title, id.trim_end_matches(']'), chapters).as_bytes());
    put(&at("m4a"), &wav(LENGTH));
    put(&at("en.vtt"), b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n");
    put(&at("cover.jpg"), &jpeg(64, 36, [1; 3]));
    // The ending is that of the address, whatever is in the file.
    numbers.iter().for_each(|number| put(&at(&format!("{number}.png")), &jpeg(64, 36, [9; 3])));
}

fn named(stem: &str, slides: &[(i64, &str)]) -> Vec<(i64, String)> {
    let file = |number: &str| if number.is_empty() { String::new() } else { format!("{stem}.{number}.png") };
    slides.iter().map(|(start, number)| (*start, file(number))).collect()
}

#[test]
fn a_talk_with_a_film_among_its_slides_opens_by_number_and_never_by_place() {
    let dir = folder();
    write(dir.path(), STEM, &chapters(1, &[0, 4, 25, 70]), &["001", "003", "004"]);
    let film = format!("{LIKE} - Slide 002 [38972123-002]");
    put(&dir.path().join(format!("{film}.mp4")), &wav(LENGTH));
    put(&dir.path().join(format!("{film}.info.json")), info("Slide 002", "38972123-002", "").as_bytes());
    let playlist = dir.path().join(format!("{LIKE} [38972123-playlist].info.json"));
    put(&playlist, br#"{"id":"38972123-playlist","_type":"playlist","title":"x"}"#);
    let expected = named(STEM, &[(0, "001"), (4_000, ""), (25_000, "003"), (70_000, "004")]);
    for path in ["".to_owned(), format!("{STEM}.m4a"), format!("{STEM}.info.json")] {
        let talk = opened(&dir.path().join(path));
        check(&talk, TITLE, &expected, &format!("{STEM}.m4a"), &["coarse-timing"]);
        let clip = talk.slides.iter().nth(1).unwrap().clip.clone().unwrap();
        let told = (portable(&clip.file), clip.from.millis(), clip.duration.map(|length| length.millis()));
        assert_eq!(told, (format!("{film}.mp4"), 0, Some(21_000)));
        assert_eq!((talk.id.0.as_str(), talk.transcript.cues().len()), ("38972123", 1));
        assert_eq!(talk.metadata.link.as_deref(), Some("https://slideslive.com/38972123/meta"));
    }
    assert_eq!(expand(&[dir.path().to_owned()]).len(), 1);
}

#[test]
fn a_talk_that_has_xml_only_counts_from_zero_and_may_begin_late() {
    let dir = folder();
    let untitled = r#"{"title":"<Untitled Chapter 1>","start_time":0,"end_time":2},"#;
    let list = untitled.to_owned() + &chapters(0, &[2, 7, 7, 12]);
    write(dir.path(), STEM, &list, &["000", "001", "002", "003"]);
    let expected = named(STEM, &[(2_000, "000"), (7_000, "001"), (7_000, "002"), (12_000, "003")]);
    let talk = opened(dir.path());
    check(&talk, TITLE, &expected, &format!("{STEM}.m4a"), &["coarse-timing"]);
    assert_eq!(talk.slides.slide_at(plenary::time::MediaTime::ZERO).map(|slide| slide.0), Some(0));
}

#[test]
fn numbers_beyond_999_are_numbers() {
    let dir = folder();
    let numbers: Vec<String> = (1..=1_002).map(|number| format!("{number:03}")).collect();
    let starts: Vec<i64> = (0..1_002).map(|number| number * 5).collect();
    write(dir.path(), STEM, &chapters(1, &starts), &numbers.iter().map(String::as_str).collect::<Vec<_>>());
    let talk = opened(dir.path());
    let expected: Vec<_> =
        (0..).map(|start| start * 5_000).zip(numbers.iter().map(|number| format!("{STEM}.{number}.png"))).collect();
    check(&talk, TITLE, &expected, &format!("{STEM}.m4a"), &["coarse-timing", "slides-after-end"]);
}

#[test]
fn many_talks_share_a_folder() {
    let dir = folder();
    let (one, two, three) = ("A talk [38972124]", "Another talk [38972125]", "No slides [38972126]");
    write(dir.path(), one, &chapters(1, &[0, 9]), &["001", "002"]);
    write(dir.path(), two, &chapters(0, &[3, 30]), &["000", "001"]);
    write(dir.path(), three, "", &[]);
    put(&dir.path().join("A talk - Slide 003 [38972124-003].mp4"), b"film");
    put(&dir.path().join("A talk - Slide 003 [38972124-003].info.json"), b"{}");
    put(&dir.path().join("A talk [38972124-playlist].info.json"), b"{}");
    let talks = [one, two, three].map(|stem| format!("{stem}.m4a"));
    assert_eq!(found(dir.path()), talks);
    let talk = |at: usize| opened(&dir.path().join(&talks[at]));
    check(&talk(0), "A talk", &named(one, &[(0, "001"), (9_000, "002")]), &talks[0], &["coarse-timing"]);
    check(&talk(1), "Another talk", &named(two, &[(3_000, "000"), (30_000, "001")]), &talks[1], &["coarse-timing"]);
    check(&talk(2), "No slides", &[], &talks[2], &[]);
    assert!((0..3).all(|at| talk(at).transcript.cues().len() == 1));
}

#[test]
fn pictures_that_were_refused_are_missing_and_no_other_takes_their_place() {
    let dir = folder();
    write(dir.path(), STEM, &chapters(1, &[0, 4, 25, 70]), &["001", "004"]);
    put(&dir.path().join(format!("{STEM}.002.png")), plenary::testing::talks::REFUSAL.as_bytes());
    let expected = named(STEM, &[(0, "001"), (4_000, ""), (25_000, ""), (70_000, "004")]);
    let issues = ["coarse-timing", "slide-missing", "slide-unreadable"];
    check(&opened(dir.path()), TITLE, &expected, &format!("{STEM}.m4a"), &issues);
}

#[test]
fn other_templates_for_names_keep_the_numbers() {
    for (stem, film) in [
        // With `--restrict-filenames`, and with `-o "%(id)s.%(ext)s"`.
        ("Meta-Learning_-_Why_How-[38972123]", "Meta-Learning_-_Why_How_-_Slide_002-[38972123-002].mp4"),
        ("38972123", "38972123-002.mp4"),
    ] {
        let dir = folder();
        let root = dir.path().join("talks");
        let at = |ending: &str| root.join(format!("{stem}.{ending}"));
        put(&at("info.json"), info(TITLE, "38972123", &chapters(1, &[0, 4, 25])).as_bytes());
        put(&at("mp4"), &wav(LENGTH));
        put(&at("001.jpg"), &jpeg(64, 36, [1; 3]));
        put(&at("003.jpg"), &jpeg(64, 36, [3; 3]));
        put(&at("en.srt"), b"1\n00:00:01,000 --> 00:00:02,000\nHello.\n");
        put(&at("de.vtt"), b"WEBVTT\n\n00:01.000 --> 00:02.000\nHallo.\n");
        put(&root.join(film), &wav(LENGTH));
        put(&root.join(film.replace(".mp4", ".info.json")), b"{}");
        let playlist = stem.replace("38972123", "38972123-playlist");
        put(&root.join(format!("{playlist}.info.json")), b"{}");
        for path in [root.clone(), at("mp4"), at("info.json")] {
            let talk = opened(&path);
            let expected =
                [(0, format!("{stem}.001.jpg")), (4_000, String::new()), (25_000, format!("{stem}.003.jpg"))];
            check(&talk, TITLE, &expected, &format!("{stem}.mp4"), &["coarse-timing"]);
            let clip = talk.slides.iter().nth(1).unwrap().clip.clone();
            assert_eq!(clip.map(|clip| portable(&clip.file)).as_deref(), Some(film));
            let tracks: Vec<_> = talk.tracks.iter().map(|track| (track.kind, track.language.as_str())).collect();
            assert_eq!((talk.transcript.cues()[0].text.as_str(), tracks), ("Hello.", vec![(TrackKind::Speech, "de")]));
        }
        assert_eq!(found(dir.path()), ["talks"]);
    }
}

#[test]
fn older_versions_leave_a_sound_and_its_title() {
    let dir = folder();
    write(dir.path(), STEM, "", &[]);
    std::fs::remove_file(dir.path().join(format!("{STEM}.cover.jpg"))).unwrap();
    check(&opened(dir.path()), TITLE, &[], &format!("{STEM}.m4a"), &["no-slides"]);
    // Without a description, too: the look-alikes are undone.
    std::fs::remove_file(dir.path().join(format!("{STEM}.info.json"))).unwrap();
    check(&opened(dir.path()), TITLE, &[], &format!("{STEM}.m4a"), &["no-slides"]);
}

#[test]
fn what_is_left_of_an_unfinished_download_is_no_sound() {
    let dir = folder();
    write(dir.path(), STEM, &chapters(1, &[0, 4]), &["001", "002"]);
    std::fs::remove_file(dir.path().join(format!("{STEM}.m4a"))).unwrap();
    for ending in ["f140.m4a", "temp.mp4", "f251.webm.part", "mp4.part-Frag7", "mp4.ytdl"] {
        put(&dir.path().join(format!("{STEM}.{ending}")), &wav(LENGTH));
    }
    let expected = named(STEM, &[(0, "001"), (4_000, "002")]);
    check(&opened(dir.path()), TITLE, &expected, "", &["coarse-timing", "media-partial"]);
}

#[test]
fn slides_of_other_sites_are_one_page_with_lengths_in_fractions_of_a_second() {
    let dir = folder();
    let mut page =
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"x\"; type=\"text/html\"\r\n\r\n".to_vec();
    page.extend(b"--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 6\r\n\r\n<html>\r\n");
    for (number, secs) in ["4.44", "21.28", "30.0"].iter().enumerate() {
        let picture = jpeg(64, 36, colour(number));
        let head = format!(
            "--x\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\nX.yt-dlp.Duration: {secs}\r\n\r\n",
            picture.len()
        );
        page.extend(head.as_bytes());
        page.extend(picture);
        page.extend(b"\r\n");
    }
    page.extend(b"--x--\r\n");
    put(&dir.path().join("A lecture [0123-slides].mhtml"), &page);
    sound(dir.path(), "A lecture [0123-slides].mp4");
    let talk = opened(dir.path());
    assert_eq!((starts(&talk), kinds(&talk)), (vec![0, 4_440, 25_720], vec![]));
    assert!(talk.slides.iter().all(|slide| slide.image.as_ref().is_some_and(|image| image.width == 64)));
}

//! Traps in lists and times.

use image::ImageFormat::Jpeg;
use plenary::testing::talks::{Broken, Naming, REFUSAL};
use plenary::time::MediaTime;

use super::*;

const TITLE: &str = "Deep Learning for All";

fn big(start: i64, name: &str) -> String {
    format!("{start}-{name}-big.jpg")
}

#[test]
fn slides_are_in_the_order_of_their_times_as_numbers_and_decks_may_alternate() {
    let shown = [(0, "0-0005"), (70_137, "1-0001"), (331_411, "0-0004"), (1_000_250, "1-0002")];
    let talk = shown.into_iter().fold(TalkBuilder::new("38917774", "x"), |talk, (start, name)| talk.slide(start, name));
    let expected: Vec<_> = shown.iter().map(|(start, name)| (*start, big(*start, name))).collect();
    let dir = folder();
    let root = talk.write(dir.path());
    assert_eq!(slides(&opened(&root)), expected);
    std::fs::remove_file(root.join("38917774.xml")).unwrap();
    assert_eq!(slides(&opened(&root)), in_seconds(&expected));
    std::fs::remove_file(root.join("ffmpeg_concat.txt")).unwrap();
    assert_eq!(slides(&opened(&root)), expected);
}

#[test]
fn hyphens_belong_to_names_and_one_folder_has_one_way_of_naming() {
    let shown =
        [(0, "0-2725"), (41_000, "0-2726"), (1_080, "hPwe2Hn9LQzL0rbe"), (2_000, "X52r__1637863423__0000__Adfi")];
    let talk = shown.into_iter().fold(TalkBuilder::new("38930109", "x"), |talk, (start, name)| talk.slide(start, name));
    for (naming, name) in [
        (Naming::TimeFirst, big as fn(i64, &str) -> String),
        (Naming::TimeLast, |start, name| format!("{name}-big-{start}.jpg")),
    ] {
        let dir = folder();
        let root = talk.clone().naming(naming).without_xml().without_concat().write(dir.path());
        let mut expected: Vec<_> = shown.iter().map(|(start, slide)| (*start, name(*start, slide))).collect();
        expected.sort();
        assert_eq!(slides(&opened(&root)), expected, "{naming:?}");
        put(&root.join("38930109.xml"), talk.xml().as_bytes());
        assert_eq!(slides(&opened(&root)), expected, "{naming:?}");
    }
}

#[test]
fn lists_of_2014_have_whole_seconds_and_pictures_without_a_time() {
    for (naming, first) in [(Naming::NoneFirst, "None"), (Naming::NanFirst, "nan")] {
        let dir = folder();
        let root = deck().without_time().naming(naming).sound(SOUND, LENGTH).write(dir.path());
        let expected = in_seconds(&called(|_, name| format!("{first}-{name}-big.jpg")));
        check(&opened(&root), TITLE, &expected, SOUND, &["coarse-timing"]);
        std::fs::remove_file(root.join("38930109.xml")).unwrap();
        check(&opened(&root), TITLE, &expected, SOUND, &["coarse-timing"]);
    }
}

#[test]
fn names_in_the_oldest_lists_have_endings_and_space_around_them_does_not_matter() {
    let dir = folder();
    let root = dir.path().join("38889609-deep");
    let xml = "<videoContent>\n\t<slide>\n\t\t<orderId>1</orderId>\n\t\t<timeSec>0</timeSec>\n\t\t<slideName>\n\t\t\t1-0100.png\n\t\t</slideName>\
        \n\t</slide><slide><orderId>2</orderId><timeSec>9</timeSec><slideName>1-0101.png</slideName></slide></videoContent>";
    put(&root.join("38889609.xml"), xml.as_bytes());
    let expected = [(0, "None-1-0100.png-big.jpg".to_owned()), (9_000, "1-0101.png".to_owned())];
    pictures(&root, files(&expected), Jpeg);
    check(&opened(&root), "Deep", &expected, "", &["coarse-timing", "no-audio"]);
}

#[test]
fn a_failed_download_is_told_as_one_in_every_form() {
    let dir = folder();
    let refused = |name: &str, files: &[(&str, &str)]| {
        let root = dir.path().join(name);
        files.iter().for_each(|(file, text)| put(&root.join(file), text.as_bytes()));
        open(&root, &Probe).unwrap_err().reason()
    };
    for number in [38_933_066, 38_933_067, 38_933_068, 38_933_069] {
        let xml = format!("{number}.xml");
        let files = [(xml.as_str(), REFUSAL), ("None-None-big.jpg", REFUSAL), ("ffmpeg_concat.txt", "")];
        let reason = refused(&format!("{number}-"), &files);
        assert_eq!(reason, format!("Download failed: the server's refusal was saved as {number}.xml"));
    }
    // Those who take the list as JSON and do not look at it either.
    let reason = refused("deep-38930109", &[("38930109.json", REFUSAL)]);
    assert_eq!(reason, "Download failed: the server's refusal was saved as 38930109.json");
    assert_eq!(found(dir.path()).len(), 5, "none is left out of a list");
    // With a sound it is a talk without slides.
    sound(&dir.path().join("38933066-"), SOUND);
    check(&opened(&dir.path().join("38933066-")), TITLE, &[], SOUND, &["download-failed", "no-slides"]);
}

#[test]
fn an_interrupted_download_shows_what_there_is_at_its_times() {
    let dir = folder();
    let talk = deck().without_concat().broken(2, Broken::Missing).broken(3, Broken::Missing).sound(SOUND, LENGTH);
    let expected = called(|start, name| if start < 25_000 { big(start, name) } else { String::new() });
    let talk = opened(&talk.write(dir.path()));
    check(&talk, TITLE, &expected, SOUND, &["slide-missing"]);
    let message = "The last 2 of 4 slides are missing, the download may have been interrupted before X52r__1637863423__0000__Adfi at 0:25";
    assert_eq!(talk.issues[0].message, message);
}

#[test]
fn slides_of_one_moment_are_all_kept_in_the_order_that_is_written() {
    let xml = |slides: &[(i64, i64, &str)]| {
        let slide = |(order, time, name): &(i64, i64, &str)| {
            let secs = time / 1000;
            format!(
                "<slide><orderId>{order}</orderId><timeSec>{secs}</timeSec><time>{time}</time><slideName>{name}</slideName></slide>"
            )
        };
        format!("<videoContent>{}</videoContent>", slides.iter().map(slide).collect::<String>())
    };
    let dir = folder();
    let root = dir.path().join("38893143-x");
    let expected: Vec<_> = [(0, "z"), (1_171_000, "y"), (1_171_000, "a"), (1_171_000, "m"), (1_200_000, "b")]
        .map(|(start, name)| (start, big(start, name)))
        .into();
    pictures(&root, files(&expected), Jpeg);
    for list in [
        [(1, 0, "z"), (2, 1_171_000, "y"), (3, 1_171_000, "a"), (4, 1_171_000, "m"), (5, 1_200_000, "b")],
        // Players went by the number.
        [(1, 0, "z"), (3, 1_171_000, "a"), (2, 1_171_000, "y"), (4, 1_171_000, "m"), (5, 1_200_000, "b")],
    ] {
        put(&root.join("38893143.xml"), xml(&list).as_bytes());
        let talk = opened(&root);
        check(&talk, "X", &expected, "", &["no-audio"]);
        assert_eq!(talk.slides.slide_at(MediaTime::from_secs(1_171)).map(|slide| slide.0), Some(3));
    }
}

#[test]
fn a_first_slide_that_appears_late_stays_where_it_is_in_every_source() {
    let late = |times: [i64; 3]| TalkBuilder::new("38930109", "x").slides(times).sound(SOUND, LENGTH);
    let dir = folder();
    let root = late([4_437, 9_250, 30_000]).write(dir.path());
    let file = |start: i64, number: usize| (start, format!("{start}-0-{number:04}-big.jpg"));
    let expected = [file(4_437, 1), file(9_250, 2), file(30_000, 3)];
    let talk = opened(&root);
    check(&talk, TITLE, &expected, SOUND, &[]);
    assert_eq!(talk.slides.slide_at(MediaTime::ZERO).map(|slide| slide.0), Some(0), "it is shown before, too");
    let json = r#"{"slides":[{"time":4437,"image":{"name":"0-0001"}},{"time":9250,"image":{"name":"0-0002"}},
        {"time":30000,"image":{"name":"0-0003"}}]}"#;
    put(&root.join("slides.json"), json.as_bytes());
    check(&opened(&root), TITLE, &expected, SOUND, &[]);
    ["slides.json", "38930109.xml"].iter().for_each(|file| std::fs::remove_file(root.join(file)).unwrap());
    // The list for FFmpeg begins at zero; the names in it know better.
    check(&opened(&root), TITLE, &in_seconds(&expected), SOUND, &["coarse-timing"]);
    std::fs::remove_file(root.join("ffmpeg_concat.txt")).unwrap();
    check(&opened(&root), TITLE, &expected, SOUND, &["file-name-timing"]);
    // Names that contradict the list are no times.
    let list =
        "file '4437-0-0001-big.jpg'\nduration 7\nfile '9250-0-0002-big.jpg'\nduration 3\nfile '30000-0-0003-big.jpg'";
    put(&root.join("ffmpeg_concat.txt"), list.as_bytes());
    assert_eq!(starts(&opened(&root)), [0, 7_000, 10_000]);
}

#[test]
fn milliseconds_count_before_seconds_and_may_be_written_as_a_float() {
    let dir = folder();
    let root = dir.path().join("38956531-x");
    let xml = "<videoContent><slide><orderId>1</orderId><timeSec>0</timeSec><time>0.0</time><slideName>00001</slideName></slide>\
        <slide><orderId>2</orderId><timeSec>1382</timeSec><time>1382073.0</time><slideName>00002</slideName></slide></videoContent>";
    put(&root.join("38956531.xml"), xml.as_bytes());
    let expected = [(0, big(0, "00001")), (1_382_073, big(1_382_073, "00002"))];
    pictures(&root, files(&expected), Jpeg);
    check(&opened(&root), "X", &expected, "", &["no-audio"]);
}

#[test]
fn times_are_those_of_the_recording_wherever_the_web_player_starts() {
    let dir = folder();
    let root = deck().sound(SOUND, 20.0).write(dir.path());
    let player = r#"{"title":"Deep Learning, for All","player_start_time":2494000,"start_time":2494000,"has_slides":true,"subtitles":[]}"#;
    put(&root.join("38930109.json"), player.as_bytes());
    let talk = opened(&root);
    check(&talk, "Deep Learning, for All", &called(big), SOUND, &["slides-after-end"]);
    assert_eq!(talk.issues[0].message, "The sound ends at 0:20, before the last 2 slides appear");
    // A slide after the end can still be seen.
    assert_eq!(talk.duration().millis(), 75_137);
    sound(&root, SOUND);
    let talk = opened(&root);
    assert_eq!((talk.duration().millis(), kinds(&talk)), (90_000, vec![]));
}

#[test]
fn a_talk_that_is_always_early_can_be_put_right() {
    let dir = folder();
    let talk = opened(&deck().sound(SOUND, LENGTH).write(dir.path()));
    let late = talk.with_slides(talk.slides.nudged(MediaTime::from_secs(4)));
    assert_eq!((starts(&late), late.key()), (vec![4_000, 8_440, 29_720, 74_137], talk.key()));
}

#[test]
fn films_among_slides_are_gaps_until_they_are_there() {
    let dir = folder();
    let root = dir.path().join("38972123-deep");
    let json = r#"{"slides":[{"image":{"name":"a"},"type":"image","time":0},
        {"video":{"service":"yoda","export_as_video":true,"muted":true,"duration_ms":21280,"resolution":{"width":1920,"height":1080},
        "id":"vvzVOxYp_ynO"},"type":"video","time":4440},{"image":{"name":"b"},"type":"image","time":25720}]}"#;
    put(&root.join("slides.json"), json.as_bytes());
    let expected = [(0, big(0, "a")), (4_440, String::new()), (25_720, big(25_720, "b"))];
    pictures(&root, files(&expected).filter(|file| !file.is_empty()), Jpeg);
    sound(&root, "Deep.m4a");
    check(&opened(&root), "Deep", &expected, "Deep.m4a", &["slide-missing"]);
    put(&root.join("vvzVOxYp_ynO.mp4"), b"film");
    let talk = opened(&root);
    check(&talk, "Deep", &expected, "Deep.m4a", &[]);
    let clip = talk.slides.iter().nth(1).unwrap().clip.clone().unwrap();
    assert_eq!(
        (portable(&clip.file), clip.duration),
        ("vvzVOxYp_ynO.mp4".to_owned(), Some(MediaTime::from_millis(21_280)))
    );
}

#[test]
fn every_version_of_the_list_in_json_is_read() {
    for (list, ending) in [
        (r#"{"slides":[{"time":0,"image":{"name":"a"}},{"time":4440,"image":{"name":"b"}}]}"#, "png"),
        (
            r#"{"slide_qualities":["big"],"slides":[{"type":"image","time":0,"image":{"name":"a"}},{"time":4440,"image":{"name":"b"}}]}"#,
            "jpg",
        ),
        (
            r#"{"slide_qualities":[],"slides":[{"type":"image","time":0,"image":{"name":"a","extname":".webp"}},
            {"type":"image","time":4440.0,"image":{"name":"b","extname":".webp"}}]}"#,
            "webp",
        ),
    ] {
        for name in ["slides.json", "38972123.json"] {
            let dir = folder();
            let root = dir.path().join("38972123-deep");
            put(&root.join(name), list.as_bytes());
            let expected = [(0, format!("a.{ending}")), (4_440, format!("b.{ending}"))];
            pictures(&root, files(&expected), Jpeg);
            check(&opened(&root), "Deep", &expected, "", &["no-audio"]);
        }
    }
}

#[test]
fn lists_for_ffmpeg_are_summed_and_then_sorted_whatever_marks_their_lines() {
    let list = "file 'a.jpg'\nduration 10\nfile 'b.jpg'\nduration -5\nfile 'c.jpg'\nduration 3\nfile 'd.jpg'\nduration 0\nfile 'e.jpg'\nduration 30\nfile 'e.jpg'\n";
    let expected = [(0, "a.jpg"), (5_000, "c.jpg"), (8_000, "d.jpg"), (8_000, "e.jpg"), (10_000, "b.jpg")];
    let expected = expected.map(|(start, file)| (start, file.to_owned()));
    for text in [list.to_owned(), list.replace('\n', "\r\n"), format!("\u{feff}ffconcat version 1.0\n# made\n{list}")] {
        let dir = folder();
        pictures(dir.path(), files(&expected), Jpeg);
        put(&dir.path().join("ffmpeg_concat.txt"), text.as_bytes());
        let talk = opened(dir.path());
        assert_eq!(slides(&talk), expected);
        assert_eq!(kinds(&talk), ["coarse-timing", "slide-times-unordered", "no-audio"]);
    }
}

#[test]
fn the_most_exact_source_of_times_counts_and_without_it_the_next() {
    let dir = folder();
    let root = dir.path().join("38930109-deep");
    let stem = "Deep [38930109]";
    let pictures_of = ["6000-0-0001-big.jpg".to_owned(), "9000-0-0002-big.jpg".to_owned()];
    pictures(&root, &pictures_of, Jpeg);
    yt_dlp::write(&root, stem, &yt_dlp::chapters(1, &[4, 9]), &["001", "002"]);
    let chapters = r#"{"version":"1.2.0","chapters":[{"startTime":1,"img":"6000-0-0001-big.jpg"},{"startTime":9,"img":"9000-0-0002-big.jpg"}]}"#;
    put(&root.join("chapters.json"), chapters.as_bytes());
    let json = r#"{"slides":[{"time":2000,"image":{"name":"0-0001"}},{"time":9000,"image":{"name":"0-0002"}}]}"#;
    put(&root.join("slides.json"), json.as_bytes());
    put(&root.join("38930109.xml"), TalkBuilder::new("1", "x").slides([3_000, 9_000]).xml().as_bytes());
    let concat = "file '6000-0-0001-big.jpg'\nduration 5\nfile '9000-0-0002-big.jpg'\n";
    put(&root.join("ffmpeg_concat.txt"), concat.as_bytes());
    let lists = ["chapters.json", "slides.json", "38930109.xml", "Deep [38930109].info.json", "ffmpeg_concat.txt"];
    let found = lists.map(|list| {
        let first = starts(&opened(&root))[0];
        std::fs::remove_file(root.join(list)).unwrap();
        first
    });
    assert_eq!((found, starts(&opened(&root))[0]), ([1_000, 2_000, 3_000, 4_000, 0], 6_000));
}

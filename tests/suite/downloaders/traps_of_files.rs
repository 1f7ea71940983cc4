//! Traps in files, their names and their number.

use plenary::talk::ImageFormat;
use plenary::testing::talks::{Broken, Naming, REFUSAL};

use super::*;

const TITLE: &str = "Deep Learning for All";

fn big(start: i64, name: &str) -> String {
    format!("{start}-{name}-big.jpg")
}

#[test]
fn what_is_no_picture_leaves_its_time() {
    for how in [Broken::ErrorPage, Broken::Empty] {
        let dir = folder();
        let talk = opened(&deck().broken(1, how).sound(SOUND, LENGTH).write(dir.path()));
        let expected = called(|start, name| if start == 4_440 { String::new() } else { big(start, name) });
        check(&talk, TITLE, &expected, SOUND, &["slide-unreadable"]);
    }
    let dir = folder();
    let root = deck().sizes(&[("big", 1024, 576)]).broken(1, Broken::Half).sound(SOUND, LENGTH).write(dir.path());
    check(&opened(&root), TITLE, &called(big), SOUND, &[]);
    put(&root.join(big(4_440, NAMES[1])), b"<html><body>502 Bad Gateway</body></html>");
    assert_eq!(kinds(&opened(&root)), ["slide-unreadable"]);
}

#[test]
fn pictures_are_what_their_bytes_say() {
    for (format, told) in [
        (image::ImageFormat::WebP, ImageFormat::WebP),
        (image::ImageFormat::Png, ImageFormat::Png),
        (image::ImageFormat::Gif, ImageFormat::Gif),
    ] {
        let dir = folder();
        let talk = opened(&deck().format(format).sound(SOUND, LENGTH).write(dir.path()));
        check(&talk, TITLE, &called(big), SOUND, &[]);
        assert!(talk.slides.iter().all(|slide| slide.image.as_ref().unwrap().format == told));
    }
}

#[test]
fn of_both_sizes_the_larger_is_shown_though_the_list_names_the_other() {
    let dir = folder();
    let root = deck().sizes(&[("medium", 32, 18), ("big", 64, 36)]).sound(SOUND, LENGTH).write(dir.path());
    check(&opened(&root), TITLE, &called(big), SOUND, &[]);
    std::fs::remove_file(root.join("38930109.xml")).unwrap();
    check(&opened(&root), TITLE, &in_seconds(&called(big)), SOUND, &["coarse-timing"]);
    std::fs::remove_file(root.join("ffmpeg_concat.txt")).unwrap();
    check(&opened(&root), TITLE, &called(big), SOUND, &["file-name-timing"]);
}

#[test]
fn a_slide_that_is_shown_again_has_one_picture_or_two() {
    let again = deck().slide(80_000, NAMES[0]).sound(SOUND, LENGTH);
    let dir = folder();
    let mut expected = called(big);
    expected.push((80_000, big(80_000, NAMES[0])));
    check(&opened(&again.write(dir.path())), TITLE, &expected, SOUND, &[]);
    let dir = folder();
    let mut expected = called(|_, name| format!("{name}-big.jpg"));
    expected.push((80_000, expected[0].1.clone()));
    check(&opened(&again.naming(Naming::Untimed).write(dir.path())), TITLE, &expected, SOUND, &[]);
}

#[cfg(unix)]
#[test]
fn folders_of_every_name_tell_number_and_title() {
    let long = format!("38930109-{}", "very-long-title-".repeat(13));
    for (name, title) in [
        ("38930109-", "38930109"),
        ("38930109-deep-learning?ref=account-60-latest", "Deep learning"),
        ("38930109-deep-learning...", "Deep learning"),
        ("deep-learning-38930109", "Deep learning"),
        ("38930109_deep-learning", "Deep learning"),
        ("talk_38930109_Deep learning", "Deep learning"),
        ("slide_38930109", "38930109"),
        ("slideslive_38930109_slides", "38930109"),
        (&long, &format!("V{}", &"very long title ".repeat(13)[1..207])),
    ] {
        let dir = folder();
        let root = dir.path().join(name);
        // The number is that of the list, and without one that of the folder.
        put(&root.join("38930109.xml"), deck().xml().as_bytes());
        pictures(&root, files(&called(big)), image::ImageFormat::Jpeg);
        let talk = opened(&root);
        check(&talk, title, &called(big), "", &["no-audio"]);
        assert_eq!(talk.id.0, "38930109", "{name}");
        std::fs::remove_file(root.join("38930109.xml")).unwrap();
        assert_eq!(opened(&root).id.0, "38930109", "{name}");
    }
}

#[test]
fn talks_have_as_many_slides_as_they_have() {
    for (number, apart) in [(2, 5_880_000), (1_163, 12_500)] {
        let dir = folder();
        let talk = TalkBuilder::new("38956531", "x").slides((0..number).map(|at| at * apart + at % 7));
        let talk = opened(&talk.sizes(&[("big", 8, 8)]).write(dir.path()));
        let expected: Vec<_> = (0..number)
            .map(|at| (at * apart + at % 7, big(at * apart + at % 7, &format!("0-{:04}", at + 1))))
            .collect();
        check(&talk, "X", &expected, "", &["no-audio"]);
    }
}

#[test]
fn in_a_folder_of_talks_every_one_is_listed_and_those_that_do_not_open_say_why() {
    let dir = folder();
    let at = |name: &str| dir.path().join(name);
    deck().sound(SOUND, LENGTH).write(dir.path());
    TalkBuilder::new("38930110", "only-slides").slides([0, 9_000]).write(dir.path());
    sound(&at("38930111-only-sound"), "A talk.m4a");
    std::fs::create_dir(at("38930112-nothing")).unwrap();
    put(&at("38930113-failed/38930113.xml"), REFUSAL.as_bytes());
    put(&at("38930114-begun/A talk.m4a.part"), b"x");
    let names = [
        "38930109-deep-learning-for-all",
        "38930110-only-slides",
        "38930111-only-sound",
        "38930112-nothing",
        "38930113-failed",
        "38930114-begun",
    ];
    assert_eq!(found(dir.path()), names);
    let told = names.map(|name| match open(&at(name), &Probe) {
        Ok(talk) => kinds(&talk).join(" "),
        Err(error) => error.reason(),
    });
    let expected = [
        "",
        "no-audio",
        "no-slides",
        "Nothing to play: the folder is empty",
        "Download failed: the server's refusal was saved as 38930113.xml",
        "Nothing to play: There are no slides in the folder; The sound is only partly downloaded: A talk.m4a.part",
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_sound_is_the_one_that_lasts_and_is_called_as_the_talk_whatever_else_lies_there() {
    let dir = folder();
    let root = deck().write(dir.path());
    let parts = [
        "Deep Learning for All - Slide 002 [38930109-002].mp4",
        "Deep Learning for All.m4a.part",
        "Deep Learning for All.mp4.ytdl",
        "Deep Learning for All.mp4.part-Frag3",
        "Deep Learning for All.f140.m4a",
        "Deep Learning for All.temp.mp4",
    ];
    parts.iter().for_each(|part| put(&root.join(part), &wav(LENGTH)));
    assert_eq!(heard(&opened(&root)), "");
    let films =
        ["slides-video.mp4", "slides.mp4", "slides-out.mp4", "createdslides.mp4", "deep-learning-for-all-slides.mp4"];
    films.iter().for_each(|film| put(&root.join(film), &wav(LENGTH)));
    assert!(films.contains(&heard(&opened(&root)).as_str()), "nothing else is left of the talk");
    // Its number is one of another service; without sound in it, it is none.
    put(&root.join("Deep Learning for All-RMraDYN5ozA_.mp4"), b"film without sound");
    put(&root.join("Another-512930109.m4a"), &wav(LENGTH));
    assert_eq!(heard(&opened(&root)), "Another-512930109.m4a");
    put(&root.join("Deep Learning for All-434566251.webm"), &wav(LENGTH));
    let talk = opened(&root);
    check(&talk, TITLE, &called(big), "Deep Learning for All-434566251.webm", &["several-media"]);
    // One that ends before the last slide is not that of the talk.
    put(&root.join("Deep Learning for All-434566251.webm"), &wav(30.0));
    assert_eq!(heard(&opened(&root)), "Another-512930109.m4a");
}

#[test]
fn titles_are_read_from_what_both_downloaders_write() {
    for (name, title) in [
        ("Café - “Déjà vu” [x]-RMraDYN5ozA_.m4a", "Café - “Déjà vu” [x]"),
        ("Cafe\u{301} [RMraDYN5ozA_].mp3", "Café"),
        ("Why - How_ 'Tabula Rasa'-434566251.opus", "Why - How_ 'Tabula Rasa'"),
        ("Why： How？ ＂Tabula＂ ＊ ＜a＞ ｜ ⧸ ⧹ [38930109].webm", "Why: How? \"Tabula\" * <a> | / \\"),
    ] {
        let dir = folder();
        let root = deck().sound(name, LENGTH).write(dir.path());
        check(&opened(&root), title, &called(big), name, &[]);
    }
}

//! Tools that do not say when the slides appear: they stay in their order, and the viewer turns them.

use image::ImageFormat::{Jpeg, Png, WebP};
use plenary::talk::ImageFormat;
use plenary::testing::talks::pdf;

use super::*;

const SOUND: &str = "Deep Learning for All.m4a";
const TITLE: &str = "Deep Learning for All";

/// All of them at the beginning.
fn still<const N: usize>(files: [&str; N]) -> Vec<(i64, String)> {
    files.map(|file| (0, file.to_owned())).into()
}

#[cfg(unix)]
#[test]
fn numbers_of_slides_are_no_times_and_an_address_may_be_left_in_a_name() {
    for files_of in [
        // The service's names are numbers with gaps.
        ["00001.png", "00320.png", "00793.png"],
        ["00793.png?h=1080&f=png", "00794.png?h=1080&f=png", "00795.png?h=1080&f=png"],
        ["00793.jpg", "00794.jpg", "00795.jpg"],
    ] {
        let dir = folder();
        let root = dir.path().join("38956531");
        pictures(&root, files(&still(files_of)), Png);
        // A film of the slides, which nobody can hear.
        put(&root.join("38956531.mp4"), b"film");
        let talk = opened(&root);
        check(&talk, "38956531", &still(files_of), "", &["untimed", "audio-unreadable"]);
        // Why, each engine says in its own words.
        let message = &talk.issues[1].message;
        assert!(message.starts_with("Cannot play the sound (") && message.ends_with("): 38956531.mp4"), "{message}");
        assert!(talk.untimed && talk.id.0 == "38956531");
        sound(&root, SOUND);
        check(&opened(&root), TITLE, &still(files_of), SOUND, &["untimed"]);
    }
}

#[test]
fn films_of_the_slides_are_the_talk_only_where_nothing_else_is_left_of_it() {
    let dir = folder();
    for film in ["slides/01-slides.mp4", "videos/01-video.mp4", "01-final.mp4", "Deep-slides.mp4"] {
        sound(dir.path(), film);
    }
    let talk = opened(dir.path());
    check(&talk, "01-final", &[], "01-final.mp4", &["no-slides"]);
    assert_eq!(found(dir.path()), ["01-final.mp4", "videos"]);
    std::fs::remove_file(dir.path().join("01-final.mp4")).unwrap();
    check(&opened(dir.path()), "Deep-slides", &[], "Deep-slides.mp4", &["no-slides"]);
}

#[test]
fn pages_of_a_document_are_slides_and_so_is_what_was_left_of_it() {
    let dir = folder();
    let root = dir.path().join("38930109-deep-learning-for-all");
    put(&root.join("slides_38930109.pdf"), &pdf(&[(400, 300), (400, 300)]));
    sound(&root, SOUND);
    let pages = ["slides_38930109.pdf/page-1.pdf", "slides_38930109.pdf/page-2.pdf"];
    let talk = opened(&root);
    check(&talk, TITLE, &still(pages), SOUND, &["untimed"]);
    assert!(talk.slides.iter().all(|slide| slide.image.as_ref().unwrap().format == ImageFormat::Pdf));

    std::fs::remove_file(root.join("slides_38930109.pdf")).unwrap();
    let left = ["slides_temp/slide_000.webp", "slides_temp/slide_001.webp", "slides_temp/slide_010.webp"];
    pictures(&root, files(&still(left)), WebP);
    check(&opened(&root), TITLE, &still(left), SOUND, &["untimed"]);
    assert_eq!(found(dir.path()), ["38930109-deep-learning-for-all"]);
}

#[test]
fn pictures_that_count_from_zero_are_in_the_order_of_their_numbers_whatever_they_are() {
    let dir = folder();
    let root = dir.path().join("slide_38930109");
    let count: [&str; 11] =
        ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg", "6.jpg", "7.jpg", "8.jpg", "9.jpg", "10.jpg"];
    pictures(&root, files(&still(count)).take(6), WebP);
    for (number, file) in count.iter().enumerate().skip(6) {
        put(&root.join(file), &encode(64, 36, colour(number), Png));
    }
    put(&root.join("Deep Learning for All.pdf"), &pdf(&[(400, 300)]));
    let talk = opened(&root);
    check(&talk, "38930109", &still(count), "", &["untimed", "no-audio"]);
    assert_eq!(talk.id.0, "38930109");
    sound(&root, "audio.m4a");
    check(&opened(&root), "38930109", &still(count), "audio.m4a", &["untimed"]);
}

#[test]
fn a_package_of_a_download_manager_has_the_title_of_its_film() {
    let dir = folder();
    let root = dir.path().join(TITLE);
    let names = ["0-0001.png", "0-0002.png", "0-0004.png", "X52r__1637863423__0000__Adfi.png"];
    pictures(&root, files(&still(names)), WebP);
    sound(&root, "Deep Learning for All.mp4");
    check(&opened(&root), TITLE, &still(names), "Deep Learning for All.mp4", &["untimed"]);
}

#[test]
fn slides_in_a_folder_that_is_called_as_the_film_belong_to_it() {
    let dir = folder();
    let root = dir.path().join("acl/2020.acl-main.1");
    let names = ["38928941/0-0001.jpg", "38928941/0-0002.jpg", "38928941/0-0010.jpg"];
    pictures(&root, files(&still(names)), Jpeg);
    sound(&root, "38928941.mp4");
    let talk = opened(&root);
    assert_eq!((slides(&talk), heard(&talk), kinds(&talk)), (still(names), "38928941.mp4".into(), vec!["untimed"]));
    assert_eq!(talk.id.0, "38928941");
    assert_eq!(found(&dir.path().join("acl")), ["2020.acl-main.1"]);
    // One that holds more than pictures is something of its own.
    put(&root.join("38928941/38928941.xml"), deck().xml().as_bytes());
    assert!(opened(&root).slides.is_empty());
    assert_eq!(found(&dir.path().join("acl")).len(), 2);
}

#[test]
fn numbered_pictures_in_a_folder_of_their_own_open_without_sound() {
    let dir = folder();
    let root = dir.path().join("slideslive_38930109_slides");
    let names = ["0001.png", "0002.png", "0003.png"];
    pictures(&root, files(&still(names)), Png);
    check(&opened(&root), "38930109", &still(names), "", &["untimed", "no-audio"]);
}

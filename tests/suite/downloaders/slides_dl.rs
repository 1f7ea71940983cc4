//! slideslive-slides-dl and its forks.

use image::ImageFormat::{Jpeg, WebP};
use plenary::talk::ImageFormat;
use plenary::testing::talks::Naming;

use super::*;

const TITLE: &str = "Deep Learning for All";

#[test]
fn folders_of_the_tool_itself_open_exactly_before_and_after_it_changed_its_names() {
    type Name = fn(i64, &str) -> String;
    let of_2020: Name = |start, name| format!("{start}-{name}-big.jpg");
    let before: Name = |start, name| format!("{name}-big-{start}.jpg");
    // Those who took over the folder changed addresses only.
    for (naming, name) in [(Naming::TimeFirst, of_2020), (Naming::TimeLast, before)] {
        let dir = folder();
        let root = deck().naming(naming).sound(SOUND, LENGTH).write(dir.path());
        // Made of the list by hand, as the tool's readme says.
        sound(&root, "slides-video.mp4");
        let talk = opened(&root);
        check(&talk, TITLE, &called(name), SOUND, &[]);
        assert_eq!(talk.id.0, "38930109");
        std::fs::remove_file(root.join("38930109.xml")).unwrap();
        check(&opened(&root), TITLE, &in_seconds(&called(name)), SOUND, &["coarse-timing"]);
        std::fs::remove_file(root.join("ffmpeg_concat.txt")).unwrap();
        check(&opened(&root), TITLE, &called(name), SOUND, &["file-name-timing"]);
    }
}

#[test]
fn the_tool_downloads_no_sound_and_medium_slides_if_asked_to() {
    let dir = folder();
    let root = deck().sizes(&[("medium", 64, 36)]).write(dir.path());
    let expected = called(|start, name| format!("{start}-{name}-medium.jpg"));
    check(&opened(&root), "Deep learning for all", &expected, "", &["no-audio"]);
}

#[test]
fn names_without_times_are_found_though_the_list_names_files_that_do_not_exist() {
    let dir = folder();
    let again = deck().slide(80_250, NAMES[1]);
    let root = again.clone().naming(Naming::Untimed).sound(SOUND, LENGTH).write(dir.path());
    put(&root.join("ffmpeg_concat.txt"), again.concat().as_bytes());
    let mut expected = called(|_, name| format!("{name}-big.jpg"));
    expected.push((80_250, expected[1].1.clone()));
    check(&opened(&root), TITLE, &expected, SOUND, &[]);
    std::fs::remove_file(root.join("38930109.xml")).unwrap();
    check(&opened(&root), TITLE, &in_seconds(&expected), SOUND, &["coarse-timing"]);
}

#[test]
fn numbered_pictures_have_times_once_their_list_lies_beside_them() {
    let dir = folder();
    let root = dir.path().join("38930109");
    let mut counted = called(|_, name| name.to_owned());
    for (number, (_, file)) in counted.iter_mut().enumerate() {
        *file = format!("{:03}_{file}.png", number + 1);
    }
    pictures(&root, files(&counted), WebP);
    sound(&root, SOUND);
    // The tool reads the list from where it is run.
    put(&dir.path().join("38930109.json"), list().as_bytes());
    let still: Vec<_> = counted.iter().map(|(_, file)| (0, file.clone())).collect();
    let talk = opened(&root);
    check(&talk, TITLE, &still, SOUND, &["untimed"]);
    assert!(talk.untimed && talk.slides.iter().all(|s| s.image.as_ref().unwrap().format == ImageFormat::WebP));

    put(&root.join("38930109.json"), list().as_bytes());
    check(&opened(&root), TITLE, &counted, SOUND, &[]);

    // It ends at the first slide that is a film.
    let film = list().replacen(
        &format!(r#""image","time":4440,"image":{{"name":"{}","extname":".png"}}"#, NAMES[1]),
        r#""video","time":4440,"video":{"service":"yoda","id":"vvzVOxYp_ynO","duration_ms":21280}"#,
        1,
    );
    put(&root.join("38930109.json"), film.as_bytes());
    files(&counted).skip(1).for_each(|file| std::fs::remove_file(root.join(file)).unwrap());
    let expected = called(|start, _| if start == 0 { counted[0].1.clone() } else { String::new() });
    check(&opened(&root), TITLE, &expected, SOUND, &["slide-missing", "slide-missing"]);
}

#[test]
fn a_folder_that_is_called_by_the_name_first_has_its_slides_in_a_folder_of_their_own() {
    let dir = folder();
    let root = dir.path().join("slideshares/workshop/deep-learning-for-all-38930109");
    let expected = called(|start, name| format!("slides/{start}-{name}-big.jpg"));
    pictures(&root, files(&expected), Jpeg);
    put(&root.join("38930109.json"), list().as_bytes());
    put(&root.join("ffmpeg_concat.txt"), deck().concat().as_bytes());
    let talk = opened(&root);
    check(&talk, "Deep learning for all", &expected, "", &["no-audio"]);
    assert_eq!(talk.id.0, "38930109");
    assert_eq!(found(dir.path()), ["slideshares/workshop/deep-learning-for-all-38930109"]);

    // With `--slide_neg_index=-2` only the end is downloaded, and everything listed.
    let tail =
        called(|start, name| if start < 25_000 { String::new() } else { format!("slides/{start}-{name}-big.jpg") });
    files(&expected).take(2).for_each(|file| std::fs::remove_file(root.join(file)).unwrap());
    let missing = ["slide-missing", "slide-missing", "no-audio"];
    check(&opened(&root), "Deep learning for all", &tail, "", &missing);
    std::fs::remove_file(root.join("38930109.json")).unwrap();
    let missing = ["coarse-timing", "slide-missing", "slide-missing", "no-audio"];
    check(&opened(&root), "Deep learning for all", &in_seconds(&tail), "", &missing);
}

#[test]
fn a_list_in_json_comes_first_and_the_old_way_when_there_is_none() {
    for (px, ending) in [("1080", "png"), ("540", "jpg")] {
        let dir = folder();
        let root = dir.path().join("38930109-deep-learning-for-all");
        let expected = called(|start, name| format!("{name}-{px}-{start}.{ending}"));
        pictures(&root, files(&expected), WebP);
        put(&root.join("slides.json"), list().as_bytes());
        put(&root.join("ffmpeg_concat.txt"), deck().concat().as_bytes());
        sound(&root, SOUND);
        let talk = opened(&root);
        check(&talk, TITLE, &expected, SOUND, &[]);
        assert!(talk.slides.iter().all(|slide| slide.image.as_ref().unwrap().format == ImageFormat::WebP));
        assert_eq!(talk.id.0, "38930109");
        std::fs::remove_file(root.join("slides.json")).unwrap();
        check(&opened(&root), TITLE, &in_seconds(&expected), SOUND, &["coarse-timing"]);
    }
    // Of talks that have XML only it writes what the tool writes.
    let dir = folder();
    let root = deck().sound(SOUND, LENGTH).write(dir.path());
    check(&opened(&root), TITLE, &called(|start, name| format!("{start}-{name}-big.jpg")), SOUND, &[]);
}

#[test]
fn padded_times_are_numbers_and_a_list_may_name_its_own_folder_once_too_often() {
    let dir = folder();
    let root = dir.path().join("38930109-deep-learning-for-all");
    let expected = called(|start, name| format!("images/{start:08}-{name}-big.jpg"));
    assert_eq!(expected[3].1, "images/00070137-1413204067_npGSAPD5ZexBjVgKzeQp_00320-big.jpg");
    pictures(&root, files(&expected), Jpeg);
    put(&root.join("38930109.json"), list().as_bytes());
    let concat: String = files(&expected)
        .zip(["4.440", "21.280", "44.417", "30.000"])
        .map(|(file, secs)| format!("file '38930109-deep-learning-for-all/{file}'\nduration {secs}\n"))
        .collect();
    put(&root.join("ffmpeg_concat.txt"), concat.as_bytes());
    put(&root.join("38930109-deep-learning-for-all.pdf"), &plenary::testing::talks::pdf(&[(400, 300), (400, 300)]));
    sound(&root, SOUND);
    check(&opened(&root), TITLE, &expected, SOUND, &[]);
    std::fs::remove_file(root.join("38930109.json")).unwrap();
    // To the millisecond, other than those of the tool that it was made from.
    check(&opened(&root), TITLE, &expected, SOUND, &[]);
}

#[test]
fn a_list_with_milliseconds_is_as_good_as_the_lost_one_of_the_service() {
    let dir = folder();
    let root = dir.path().join("38930109-deep-learning-for-all");
    let file = |start: i64, name: &str| format!("{start}-{name}-1080.png");
    let mut expected = called(file);
    // Two slides of one moment: the list shows the first for a millisecond.
    expected.insert(2, (4_441, file(4_440, "0-0009")));
    pictures(&root, files(&expected), WebP);
    let concat: String = files(&expected)
        .zip(["4.440", "0.001", "21.280", "44.417", "30"])
        .map(|(file, secs)| format!("file '{file}'\nduration {secs}\n"))
        .collect();
    let concat = format!("{concat}file '{}'\n", expected[4].1);
    put(&root.join("ffmpeg_concat.txt"), concat.as_bytes());
    put(&root.join("38930109-deep-learning-for-all-1080.pdf"), b"%PDF-1.4");
    sound(&root, SOUND);
    let listed: Vec<_> = [0, 4_440, 4_441, 25_721, 70_138].into_iter().zip(files(&expected).cloned()).collect();
    check(&opened(&root), TITLE, &listed, SOUND, &[]);

    std::fs::remove_file(root.join("ffmpeg_concat.txt")).unwrap();
    expected[2].0 = 4_440;
    // Slides of one moment are in the order of their names.
    expected.swap(1, 2);
    check(&opened(&root), TITLE, &expected, SOUND, &["file-name-timing"]);
}

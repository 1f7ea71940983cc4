//! Moving pictures: after any seek the picture of the moment, at any speed the one that is heard, and none while hidden.

mod coded;
mod together;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plenary::app::films::still_of;
use plenary::command::{Command, Motion, VideoCommand};
use plenary::slides::{Pixels, Rect, Size, SlideCache, SlideKey, Slot, ThumbStore};
use plenary::talk::SlideIndex;
use plenary::testing::Rig;
use plenary::testing::mutate::{Prng, mutate};
use plenary::testing::talks::{TalkBuilder, jpeg, put, wav};
use plenary::time::MediaTime;
use plenary::video::survey::worker::{Asked, Look, Shown, Surveyor};
use plenary::video::{Form, Frame, FrameSource, Make, Opening, Span, open};

fn ms(millis: i64) -> MediaTime {
    MediaTime::from_millis(millis)
}

const SCAN: Opening = Opening { hardware: false, keys_only: false };

/// The kinds of files that recordings come in.
fn kinds() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![
        ("b-frames.mp4", vec!["-c:v", "libx264", "-bf", "3", "-g", "60", "-pix_fmt", "yuv420p"]),
        (
            "open-gop.mp4",
            vec!["-c:v", "libx264", "-bf", "3", "-g", "60", "-x264-params", "open-gop=1", "-pix_fmt", "yuv420p"],
        ),
        ("b-frames.mkv", vec!["-c:v", "libx264", "-bf", "3", "-g", "120", "-pix_fmt", "yuv420p"]),
        ("vp9.webm", vec!["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "60", "-b:v", "400k"]),
        ("vp8.webm", vec!["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", "60", "-b:v", "800k"]),
        (
            "hevc.mp4",
            vec![
                "-c:v",
                "libx265",
                "-preset",
                "ultrafast",
                "-x265-params",
                "log-level=none:keyint=50",
                "-pix_fmt",
                "yuv420p",
            ],
        ),
        ("mpeg4.avi", vec!["-c:v", "mpeg4", "-bf", "2", "-g", "50", "-q:v", "4"]),
        ("mpeg2.ts", vec!["-c:v", "mpeg2video", "-bf", "2", "-g", "15", "-q:v", "4"]),
        ("moves.gif", vec!["-pix_fmt", "gray"]),
        ("theora.ogv", vec!["-c:v", "libtheora", "-g", "50", "-q:v", "8"]),
        ("ten-bits.mkv", vec!["-c:v", "libx264", "-bf", "2", "-g", "50", "-pix_fmt", "yuv420p10le"]),
        (
            "uneven.mp4",
            vec![
                "-vf",
                "setpts=N+floor(N/3)",
                "-vsync",
                "vfr",
                "-c:v",
                "libx264",
                "-bf",
                "3",
                "-g",
                "60",
                "-pix_fmt",
                "yuv420p",
            ],
        ),
    ]
}

/// When a picture appears.
fn start(kind: &str, number: i64) -> MediaTime {
    let number = if kind.starts_with("uneven") { number + number / 3 } else { number };
    ms(number * 1000 / coded::RATE)
}

/// The picture of a moment, reached by seeking.
fn sought(source: &mut dyn FrameSource, at: MediaTime) -> Frame {
    source.seek(at).unwrap();
    loop {
        let span = source.advance().unwrap().unwrap();
        if !span.is_past(at) {
            return source.picture(Vec::new(), Make::Rgba).unwrap();
        }
    }
}

#[test]
fn after_any_seek_the_picture_is_that_of_the_moment() {
    const PICTURES: usize = 500;
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut dice = Prng::new(11);
    for (name, how) in kinds() {
        let file = dir.path().join(name);
        coded::make(&file, PICTURES, &how);
        let mut source = open(&file, SCAN).unwrap();
        // Where containers round or leave out timestamps, the pictures' own times are what counts.
        let mut spans = Vec::new();
        while let Some(span) = source.advance().unwrap() {
            assert_eq!(coded::glimpse(&mut *source), Some(spans.len()), "{name}");
            spans.push(span);
        }
        assert_eq!(spans.len(), PICTURES, "{name}");
        for (number, span) in (0..).zip(&spans) {
            let off = (span.from - start(name, number)).millis().abs();
            assert!(off <= if name.ends_with("avi") { 80 } else { 1 }, "{name}: picture {number} is {off} ms off");
        }
        assert!(spans.windows(2).all(|pair| pair[0].until == Some(pair[1].from)), "{name}");
        let end = spans.last().unwrap().from.millis();
        for _ in 0..100 {
            let at = ms(i64::try_from(dice.below(usize::try_from(end).unwrap())).unwrap());
            let expected = spans.iter().rposition(|span| span.from <= at).unwrap_or(0);
            let found = sought(&mut *source, at);
            assert_eq!(coded::number(&found), Some(expected), "{name} at {}", at.secs_f64());
            assert_eq!(found.span, spans[expected], "{name}");
        }
        let last = sought(&mut *source, ms(end + 60_000));
        assert_eq!(coded::number(&last), Some(PICTURES - 1), "{name}");
        assert_eq!(source.advance().unwrap(), None, "{name}");
        assert_eq!(source.flaw(), None, "{name}: nothing is wrong with it");
    }
}

#[test]
fn what_is_cut_short_or_damaged_within_is_told_once_and_the_rest_is_shown() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let how = ["-c:v", "libx264", "-bf", "3", "-g", "25", "-pix_fmt", "yuv420p", "-movflags", "+faststart"];
    let whole = |name: &str| {
        let file = dir.path().join(name);
        coded::make(&file, 150, &how);
        std::fs::read(file).unwrap()
    };
    let (mp4, mkv) = (whole("whole.mp4"), whole("whole.mkv"));
    let mut garbled = mp4.clone();
    let pictures = mp4.windows(4).position(|word| word == b"mdat").unwrap();
    let third = (mp4.len() - pictures) / 3;
    garbled[pictures + third..pictures + 2 * third].fill(0x5a);
    let files = [
        ("half.mp4", mp4[..mp4.len() / 2].to_vec(), "The video ends at 0:0"),
        ("half.mkv", mkv[..mkv.len() / 2].to_vec(), "The video ends at 0:0"),
        ("garbled.mp4", garbled, "Some pictures of the video are damaged: "),
        ("whole.mp4", mp4, ""),
    ];
    for (name, bytes, meant) in files {
        let slug = name.replace('.', "-");
        let root = TalkBuilder::new("38970003", &slug).slides([0, 9_000]).sound("talk.wav", 12.0).write(dir.path());
        put(&root.join(name), &bytes);
        let list = format!(
            r#"{{"version":"1.2.0","chapters":[{{"startTime":0,"x:video":"{name}"}},{{"startTime":9,"title":"x"}}]}}"#
        );
        put(&root.join("chapters.json"), list.as_bytes());
        let mut rig = rig(&root);
        rig.advance_secs(1.0);
        assert!(shown(&rig).is_some_and(|number| number >= 20), "{name}: {:?}", shown(&rig));
        for _ in 0..140 {
            rig.advance_secs(0.05);
        }
        let told: Vec<&str> = rig.app.told().iter().map(|notice| notice.text.as_str()).collect();
        match told[..] {
            [] => assert_eq!(meant, "", "{name}"),
            [told] => assert!(!meant.is_empty() && told.starts_with(meant), "{name}: {told}"),
            _ => panic!("{name}: {told:?}"),
        }
        assert!(rig.position() > 7.5, "{name}");
    }
}

#[test]
fn what_an_edit_list_leaves_out_is_left_out() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (whole, cut) = (dir.path().join("whole.mp4"), dir.path().join("cut.mp4"));
    coded::make(&whole, 200, &["-c:v", "libx264", "-bf", "3", "-g", "50", "-pix_fmt", "yuv420p"]);
    coded::run(&["-ss", "2.8", "-i", &whole.to_string_lossy(), "-c", "copy", &cut.to_string_lossy()]);
    let mut source = open(&cut, SCAN).unwrap();
    for at in [0, 40, 1_000, 3_000, 40] {
        let found = coded::number(&sought(&mut *source, ms(at + 20))).unwrap();
        assert_eq!(i64::try_from(found).unwrap(), 70 + at / 40, "{at}");
    }
}

#[test]
fn pictures_are_turned_and_stretched_as_the_file_says() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (upright, turned, flat) = (dir.path().join("a.mp4"), dir.path().join("b.mp4"), dir.path().join("c.mkv"));
    coded::run(&[
        "-f",
        "lavfi",
        "-i",
        "color=red:s=64x32:d=0.2,pad=128:32:0:0:blue",
        "-pix_fmt",
        "yuv444p",
        "-c:v",
        "libx264",
        &upright.to_string_lossy(),
    ]);
    coded::run(&[
        "-i",
        &upright.to_string_lossy(),
        "-c",
        "copy",
        "-metadata:s:v",
        "rotate=90",
        &turned.to_string_lossy(),
    ]);
    coded::run(&[
        "-i",
        &upright.to_string_lossy(),
        "-vf",
        "scale=63:31,setsar=2/1",
        "-pix_fmt",
        "yuv420p",
        "-c:v",
        "libvpx-vp9",
        &flat.to_string_lossy(),
    ]);
    let first = |file: &Path| {
        let mut source = open(file, SCAN).unwrap();
        source.advance().unwrap().unwrap();
        (source.info().display, source.picture(Vec::new(), Make::Rgba).unwrap())
    };
    let (_, picture) = first(&upright);
    assert_eq!((picture.width, picture.height, picture.display), (128, 32, (128, 32)));
    let (told, picture) = first(&turned);
    assert_eq!((picture.width, picture.height, told), (32, 128, (32, 128)));
    // FFmpeg itself turns pictures before it encodes them anew.
    let anew = dir.path().join("d.mkv");
    coded::run(&["-i", &turned.to_string_lossy(), "-c:v", "ffv1", "-pix_fmt", "yuv444p", &anew.to_string_lossy()]);
    let (_, meant) = first(&anew);
    assert_eq!((meant.width, meant.height), (32, 128));
    assert!(meant.bytes.iter().zip(&picture.bytes).all(|(a, b)| a.abs_diff(*b) < 8));
    assert!(picture.bytes[(20 * 32 + 16) * 4].abs_diff(picture.bytes[(108 * 32 + 16) * 4]) > 200);
    let (told, picture) = first(&flat);
    assert_eq!((picture.width, picture.height, picture.display, told), (63, 31, (126, 31), (126, 31)));
}

#[test]
fn colours_are_those_that_were_meant() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let spaces = [("bt709", "709"), ("smpte170m", "601"), ("bt2020nc", "2020")];
    for (colour, expected) in [("0xC04020", [192, 64, 32]), ("0x2060E0", [32, 96, 224]), ("0xF0F0F0", [240; 3])] {
        for (space, name) in spaces {
            for range in ["tv", "pc"] {
                for format in ["yuv420p", "yuv444p", "yuv420p10le", "nv12"] {
                    let file = dir.path().join("colour.mkv");
                    let matrix = if name == "2020" { "bt2020nc" } else { space };
                    let filter = format!(
                        "color={colour}:s=64x48:d=0.1,format=gbrp,scale=out_color_matrix={}:out_range={range},format={format}",
                        if name == "2020" { "bt2020" } else { name_of(name) }
                    );
                    let encoder = if format == "nv12" { "rawvideo" } else { "ffv1" };
                    if encoder == "rawvideo" && name == "2020" {
                        continue;
                    }
                    coded::run(&[
                        "-f",
                        "lavfi",
                        "-i",
                        &filter,
                        "-c:v",
                        encoder,
                        "-colorspace",
                        matrix,
                        "-color_range",
                        range,
                        &file.to_string_lossy(),
                    ]);
                    let mut source = open(&file, SCAN).unwrap();
                    source.advance().unwrap().unwrap();
                    let picture = source.picture(Vec::new(), Make::Rgba).unwrap();
                    let middle = &picture.bytes[(24 * 64 + 32) * 4..][..3];
                    let near = middle.iter().zip(expected).all(|(found, value)| found.abs_diff(value) <= 3);
                    assert!(near, "{colour} as {name} {range} {format} is {middle:?}");
                    // Left as it was decoded, and made as large as it is seen.
                    let left = source.picture(Vec::new(), Make::Planes).unwrap();
                    assert_eq!(left.rgba().is_none(), !format.contains("10"), "{format}");
                    if let Some(colours) = coded::left_colour(&left, (32, 24)) {
                        let near =
                            colours.iter().zip(expected).all(|(found, value)| (found - f32::from(value)).abs() <= 3.5);
                        assert!(near, "{colour} as {name} {range} {format} is {colours:?}");
                    }
                    let fitted = source.picture(left.bytes, Make::Fitted(31, 20)).unwrap();
                    assert_eq!((fitted.width, fitted.height, fitted.display), (31, 20, (64, 48)));
                    let middle = &fitted.bytes[(10 * 31 + 15) * 4..][..3];
                    let near = middle.iter().zip(expected).all(|(found, value)| found.abs_diff(value) <= 3);
                    assert!(near, "{colour} as {name} {range} {format} is {middle:?}");
                }
            }
        }
    }
}

fn name_of(name: &str) -> &'static str {
    if name == "709" { "bt709" } else { "bt601" }
}

#[test]
fn of_two_moments_in_one_picture_one_is_seen() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("fields.mkv");
    // A bright bar that is elsewhere in each of the two moments.
    let (width, height) = coded::SIZE;
    let moments = (0..50_usize).map(|moment| {
        let left = moment * 40 % 280;
        let pixel = |at: usize| if (left..left + 40).contains(&(at % width)) { 235 } else { 16 };
        (0..width * height).map(pixel).collect()
    });
    let how = [
        "-vf",
        "tinterlace=interleave_top",
        "-c:v",
        "libx264",
        "-crf",
        "4",
        "-flags",
        "+ilme+ildct",
        "-pix_fmt",
        "yuv420p",
    ];
    coded::draw(&file, moments, &how);
    let mut source = open(&file, SCAN).unwrap();
    for _ in 0..10 {
        source.advance().unwrap().unwrap();
    }
    let picture = source.picture(Vec::new(), Make::Rgba).unwrap();
    let bright = |x: usize, y: usize| i32::from(picture.bytes[(y * width + x) * 4 + 1]);
    let combs = (0..width).flat_map(|x| (2..height - 4).map(move |y| (x, y)));
    let combed = combs.filter(|(x, y)| {
        let (above, here, below) = (bright(*x, y - 1), bright(*x, *y), bright(*x, y + 1));
        (here - above).abs() > 100 && (here - below).abs() > 100
    });
    assert_eq!(combed.count(), 0);
}

#[test]
fn damaged_and_hostile_files_say_so_or_show_what_they_have() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut dice = Prng::new(77);
    for (name, how) in kinds().into_iter().take(6) {
        let (file, hurt) = (dir.path().join(name), dir.path().join(format!("hurt-{name}")));
        coded::make(&file, 60, &how);
        let bytes = std::fs::read(&file).unwrap();
        for round in 0..25 {
            let damaged = match round {
                0..8 => bytes[..bytes.len() * round / 8].to_vec(),
                _ => mutate(&bytes, &mut dice),
            };
            put(&hurt, &damaged);
            let Ok(mut source) = open(&hurt, SCAN) else { continue };
            for _ in 0..6 {
                let at = ms(i64::try_from(dice.below(4_000)).unwrap());
                if source.seek(at).is_err() {
                    break;
                }
                for _ in 0..80 {
                    match source.advance() {
                        Ok(Some(span)) => {
                            assert!(span.until.is_none_or(|until| until > span.from), "{span:?}");
                            source.picture(Vec::new(), Make::Rgba);
                        }
                        Ok(None) | Err(_) => break,
                    }
                }
            }
        }
    }
    for (name, text) in [
        ("list.mp4", "#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n"),
        ("concat.mkv", "ffconcat version 1.0\nfile /etc/passwd\n"),
        ("text.webm", "no video at all"),
        ("sdp.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n"),
    ] {
        let file = dir.path().join(name);
        put(&file, text.as_bytes());
        let why = open(&file, SCAN).err().map(|error| error.to_string()).unwrap();
        assert!(why.starts_with("Cannot show the video ("), "{why}");
    }
}

/// A talk of 20 seconds: three slides, the second of them a film of three seconds; and a video of the speaker.
fn talk(parent: &Path) -> PathBuf {
    let root = parent.join("38970001-moving");
    for number in [1, 3] {
        put(&root.join(format!("slides/{number}.jpg")), &jpeg(320, 176, [0, 90, 40 * number]));
    }
    put(&root.join("talk.wav"), &wav(20.0));
    std::fs::create_dir_all(root.join("clips")).unwrap();
    coded::make(&root.join("clips/2.mp4"), 75, &["-c:v", "libx264", "-bf", "3", "-g", "50", "-pix_fmt", "yuv420p"]);
    coded::make(&root.join("talk.mp4"), 500, &["-c:v", "libx264", "-bf", "3", "-g", "50", "-pix_fmt", "yuv420p"]);
    let list = r#"{"version":"1.2.0","chapters":[{"startTime":0,"img":"slides/1.jpg"},
        {"startTime":5,"x:video":"clips/2.mp4","x:videoDuration":3},{"startTime":12,"img":"slides/3.jpg"}]}"#;
    put(&root.join("chapters.json"), list.as_bytes());
    root
}

fn rig(talk: &Path) -> Rig {
    let mut rig = Rig::open(&[talk]);
    rig.app.set_pane(Rect::new(0, 0, Size::new(800, 600)));
    rig.settle();
    rig
}

fn shown(rig: &Rig) -> Option<i64> {
    let picture = rig.app.film()??;
    coded::number(&picture).and_then(|number| i64::try_from(number).ok())
}

#[test]
fn a_slide_that_is_a_film_plays_in_its_place_and_ends_on_its_last_picture() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut rig = rig(&talk(dir.path()));
    assert!(rig.app.film().is_none() && rig.app.decoded_pictures() == 0);
    for rate in ["0.5", "1", "2", "3"] {
        rig.run(&format!("rate {rate}; seek 4.9"));
        let mut seen = 0;
        while rig.app.player().position() < ms(11_900) {
            rig.advance(ms(7));
            let at = rig.app.player().position();
            if at < ms(5_000) {
                assert!(rig.app.film().is_none());
                continue;
            }
            let expected = ((at - ms(5_000)).millis() / 40).min(74);
            assert_eq!(shown(&rig), Some(expected), "at {} with {rate}", at.secs_f64());
            seen += 1;
        }
        assert!(seen > 200);
    }
    rig.advance_secs(0.2);
    assert!(rig.app.film().is_none());
    assert_eq!(rig.slide(), 3);
    rig.run("seek 6.01; pause");
    assert_eq!(shown(&rig), Some(25));
    for (step, expected) in [("frame next", 26), ("frame next", 27), ("frame previous", 26), ("frame previous", 25)] {
        rig.run(step);
        assert_eq!(shown(&rig), Some(expected), "{step}");
    }
    rig.run("look 3");
    assert!(rig.app.film().is_none());
}

#[test]
fn after_a_pause_it_is_looked_until_the_sound_has_come_to_rest() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut rig = rig(&talk(dir.path()));
    rig.advance_secs(6.0);
    rig.app.run(Command::Pause);
    let soon = |rig: &Rig| rig.app.next_change().is_some_and(|at| (at - rig.app.now()).millis() <= 20);
    assert!(soon(&rig), "what is heard may go on after the key");
    let mut looks = 0;
    while soon(&rig) {
        looks += 1;
        assert!(looks < 40, "it never comes to rest");
        rig.pass(0.02);
    }
    let at = rig.position();
    rig.pass(0.5);
    assert!((rig.position() - at).abs() < 1e-9 && !soon(&rig), "at rest nothing is drawn");
}

#[test]
fn the_speaker_is_decoded_only_while_shown() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut rig = rig(&talk(dir.path()));
    for at in ["1", "15", "13"] {
        rig.run(&format!("seek {at}"));
        rig.advance_secs(0.5);
    }
    assert_eq!(rig.app.decoded_pictures(), 0);
    rig.run("speaker toggle");
    for _ in 0..50 {
        rig.advance(ms(9));
        let picture = rig.app.speaker_picture().and_then(|picture| coded::number(&picture)).unwrap();
        assert_eq!(
            picture,
            usize::try_from(ms(0).max(MediaTime::from_secs_f64(rig.position())).millis() / 40).unwrap()
        );
    }
    rig.run("speaker toggle");
    let decoded = rig.app.decoded_pictures();
    assert!(decoded > 10);
    rig.advance_secs(1.0);
    assert!(rig.app.speaker_picture().is_none());
    assert_eq!(rig.app.decoded_pictures(), decoded);
    rig.run("speaker beside; library toggle");
    rig.advance_secs(0.5);
    assert_eq!(rig.app.decoded_pictures(), decoded, "nobody sees it behind the library");
}

#[test]
fn a_talk_that_is_only_a_film_shows_it() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (silent, file) = (dir.path().join("silent.mp4"), dir.path().join("A talk-512930109.mkv"));
    let sound = dir.path().join("s.wav");
    coded::make(&silent, 500, &["-c:v", "libx264", "-bf", "3", "-g", "50", "-pix_fmt", "yuv420p"]);
    put(&sound, &wav(20.0));
    let (silent, sound) = (silent.to_string_lossy().into_owned(), sound.to_string_lossy().into_owned());
    coded::run(&["-i", &silent, "-i", &sound, "-c:v", "copy", "-c:a", "libopus", &file.to_string_lossy()]);
    let mut rig = rig(&file);
    for at in [3, 17, 9] {
        rig.run(&format!("seek {at}"));
        rig.advance_secs(0.5);
        let off = (rig.position() * 25.0) as i64 - shown(&rig).unwrap();
        assert!(off.abs() <= 1, "{off}");
    }
    assert!(rig.app.lamp_text().is_some());
}

#[test]
fn a_film_that_cannot_be_shown_is_told_once_and_the_talk_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let root = TalkBuilder::new("38970002", "broken").slides([0, 9_000]).sound("talk.wav", 12.0).write(dir.path());
    put(&root.join("clips/2.mp4"), b"no film");
    let list =
        r#"{"version":"1.2.0","chapters":[{"startTime":0,"x:video":"clips/2.mp4"},{"startTime":9,"title":"x"}]}"#;
    put(&root.join("chapters.json"), list.as_bytes());
    let mut rig = rig(&root);
    rig.advance_secs(1.0);
    let told = rig.app.told().iter().filter(|notice| notice.text.starts_with("Cannot show the video (")).count();
    assert_eq!(told, 1, "{:?}", rig.app.told());
    assert!(rig.app.film().is_none() && rig.position() > 0.8);
}

/// A film of 20 seconds in which three slides are seen.
fn film_of_slides(file: &Path, starts: [usize; 3]) {
    let pictures = (0..500_usize).map(|number| {
        let slide = starts.iter().rposition(|start| *start <= number).unwrap();
        coded::slide(u64::try_from(slide).unwrap() + 5)
    });
    coded::draw(file, pictures, &H264);
}

#[test]
fn a_film_without_sound_is_a_talk_as_long_as_it_lasts() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (numbered, folder) = (dir.path().join("a/On tiles.mp4"), dir.path().join("38970003-silent"));
    std::fs::create_dir_all(dir.path().join("a")).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    coded::make(&numbered, 500, &H264);
    for kind in ["ts", "webm"] {
        let how: &[&str] = if kind == "ts" { &H264 } else { &["-c:v", "libvpx", "-deadline", "realtime", "-g", "60"] };
        coded::make(&dir.path().join(format!("a/other.{kind}")), 100, how);
        let rig = rig(&dir.path().join(format!("a/other.{kind}")));
        let off = (rig.app.player().duration() - ms(4_000)).millis();
        assert!(off.abs() <= 80, "{kind}: {off}");
    }
    let mut rig = rig(&numbered);
    let talk = rig.app.player().talk().unwrap().clone();
    assert_eq!(
        (talk.title.as_str(), talk.audio.is_none(), rig.app.player().duration()),
        ("On tiles", true, ms(20_000))
    );
    let told: Vec<&str> = rig.app.told().iter().map(|notice| notice.text.as_str()).collect();
    assert_eq!(told, ["The film has no sound: On tiles.mp4"]);
    for rate in ["0.5", "1", "3"] {
        rig.run(&format!("rate {rate}; seek 3"));
        for _ in 0..40 {
            rig.advance(ms(17));
            let at = rig.app.player().position();
            assert_eq!(shown(&rig), Some(at.millis() / 40), "at {} with {rate}", at.secs_f64());
        }
        assert!(rig.position() > 3.2);
    }
    rig.run("seek 19.5; rate 1");
    rig.advance_secs(1.0);
    assert!(rig.app.player().ended() && rig.position() == 20.0, "{}", rig.position());
    assert_eq!(shown(&rig), Some(499));
    rig.run("verdict keep; note set 3 \"seen\"");
    assert!(rig.app.told().len() == 1, "{:?}", rig.app.told());

    film_of_slides(&folder.join("film.mp4"), [0, 150, 310]);
    let cache = dir.path().join("cache");
    let mut rig = Rig::empty();
    let grey = plenary::app::films::grey_of();
    rig.app.survey_with(plenary::video::survey::worker::Surveyor::stepped(Some(cache), grey));
    rig.run(&format!("open \"{}\"", folder.to_string_lossy()));
    rig.settle();
    let talk = rig.app.player().talk().unwrap().clone();
    assert_eq!(talk.slides.iter().map(|slide| slide.start.millis()).collect::<Vec<_>>(), [0, 6_000, 12_400]);
    assert_eq!(rig.app.player().duration(), ms(20_000));
    rig.run("seek 13; pause");
    assert_eq!(rig.slide(), 3);
}

#[test]
fn a_film_with_a_cover_is_seen_itself() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let text = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    put(&dir.path().join("s.wav"), &wav(4.0));
    put(&dir.path().join("cover.jpg"), &jpeg(320, 176, [0, 90, 40]));
    coded::make(&dir.path().join("bare.mp4"), 100, &H264);
    let (bare, sound, cover, film) = (text("bare.mp4"), text("s.wav"), text("cover.jpg"), text("f/A film.mp4"));
    std::fs::create_dir_all(dir.path().join("f")).unwrap();
    let maps = [
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-map",
        "2:v",
        "-c:v",
        "copy",
        "-c:a",
        "aac",
        "-disposition:v:1",
        "attached_pic",
    ];
    coded::run(&[&["-i", &bare, "-i", &sound, "-i", &cover][..], &maps[..], &[&film]].concat());
    let mut rig = rig(Path::new(&film));
    rig.run("seek 2; pause");
    assert_eq!(shown(&rig), Some(50));
    assert!(rig.app.player().talk().unwrap().slides.is_empty());
}

#[test]
fn a_video_beside_the_sound_that_is_none_is_told_in_one_line_and_the_talk_plays() {
    let dir = tempfile::tempdir().unwrap();
    let cases: [(&str, &[u8], &str); 3] = [
        ("empty", b"", "the file is empty"),
        ("text", b"This is no video at all.", "it is damaged, or no video file"),
        ("list", b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n", "it is damaged, or no video file"),
    ];
    for (name, bytes, why) in cases.into_iter().take(if cfg!(feature = "ffmpeg") { 3 } else { 1 }) {
        let root = TalkBuilder::new("38970004", name).slides([0, 9_000]).sound("talk.wav", 12.0).write(dir.path());
        put(&root.join("talk.mp4"), bytes);
        let mut rig = rig(&root);
        rig.run("speaker beside");
        rig.advance_secs(1.0);
        let told: Vec<&str> = rig.app.told().iter().map(|notice| notice.text.as_str()).collect();
        assert_eq!(told, [format!("Cannot show the video ({why}): talk.mp4")], "{name}");
        assert!(rig.position() > 0.8 && rig.app.speaker_picture().is_none());
    }
}

const H264: [&str; 8] = ["-c:v", "libx264", "-bf", "3", "-g", "50", "-pix_fmt", "yuvj420p"];

/// A talk of 20 seconds with two slides and a video of them, in which a box goes across the first from 3 to 5 s.
fn moving_talk(parent: &Path) -> PathBuf {
    let root = parent.join("moving");
    let (width, height) = coded::SIZE;
    for (number, slide) in [(1, coded::slide(1)), (2, coded::slide(2))] {
        std::fs::create_dir_all(root.join("s")).unwrap();
        let rgba = slide.iter().flat_map(|value| [*value, *value, *value, 255]).collect();
        let size = (u32::try_from(width).unwrap(), u32::try_from(height).unwrap());
        plenary::persist::write_png(&root.join(format!("s/{number}.png")), size.0, size.1, rgba).unwrap();
    }
    put(&root.join("talk.wav"), &wav(20.0));
    let pictures = (0..500_usize).map(|number| {
        let mut picture = coded::slide(if number < 250 { 1 } else { 2 });
        if (75..125).contains(&number) {
            for row in picture.chunks_exact_mut(width).skip(60).take(40) {
                let left = (number - 75) * 5;
                row[left..left + 40].iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
            }
        }
        picture
    });
    coded::draw(&root.join("screen.mp4"), pictures, &H264);
    let list = r#"{"metadata":{"title":"Moving"},"streams":[
        {"content":"presenter","role":"mainAudio","sources":{"audio":[{"src":"talk.wav"}]}},
        {"content":"presentation","sources":{"mp4":[{"src":"screen.mp4"}],
         "image":[{"frames":[{"time":0,"src":"s/1.png"},{"time":10,"src":"s/2.png"}],"res":{"w":320,"h":176}}]}}]}"#;
    put(&root.join("data.json"), list.as_bytes());
    root
}

#[test]
fn a_slide_whose_video_moves_is_seen_as_video_and_sharp_right_after() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut rig = rig(&moving_talk(dir.path()));
    let spans: Vec<(i64, i64)> = rig.app.moving_spans().map(|(from, until)| (from.millis(), until.millis())).collect();
    assert_eq!(spans, [(3_000, 5_040)]);
    for rate in ["1", "2.5"] {
        rig.run(&format!("rate {rate}; seek 2.5"));
        while rig.position() < 6.0 {
            rig.advance(ms(7));
            let at = rig.app.player().position();
            let moving = at >= ms(3_000) && at < ms(5_040);
            let film = rig.app.film();
            assert_eq!(film.is_some(), moving, "at {}", rig.position());
            if let Some(film) = film {
                let span = film.expect("the picture is there at once").span;
                assert!(span.holds(at), "{span:?} at {}", rig.position());
            }
        }
    }
    rig.run("seek 9.5");
    rig.advance_secs(1.0);
    assert!(rig.app.film().is_none(), "another slide is no motion");
    rig.run("seek 4; motion still");
    assert!(rig.app.film().is_none());
    rig.run("seek 8; motion moving");
    assert!(rig.app.film().is_some());
    rig.run("motion auto");
    assert!(rig.app.film().is_none());
}

#[test]
fn a_camera_is_not_taken_for_a_slide_that_moves() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let talk = talk(dir.path());
    let rig = rig(&talk);
    assert_eq!(rig.app.moving_spans().count(), 0);
    assert_eq!(rig.app.decoded_pictures(), 0);
}

/// The talk with a moving slide, of which it is not said what its video shows.
fn unsaid_talk(parent: &Path) -> PathBuf {
    let root = moving_talk(parent);
    std::fs::remove_file(root.join("data.json")).unwrap();
    std::fs::rename(root.join("screen.mp4"), root.join("talk.mp4")).unwrap();
    let list = r#"{"version":"1.2.0","fileName":"talk.wav","chapters":[{"startTime":0,"img":"s/1.png"},
        {"startTime":10,"img":"s/2.png"}],"x:videos":[{"file":"talk.mp4","role":"speaker"}]}"#;
    put(&root.join("chapters.json"), list.as_bytes());
    root
}

#[test]
fn the_video_can_be_seen_before_it_was_looked_through() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut other = rig(&talk(dir.path()));
    let mut rig = rig(&unsaid_talk(dir.path()));
    assert_eq!(rig.app.moving_spans().count(), 1);
    let moving = Command::Video(VideoCommand::Motion(Motion::Moving));
    let surveyor = || Surveyor::stepped(None, plenary::app::films::grey_of());
    for (rig, shows) in [(&mut rig, true), (&mut other, false)] {
        rig.run("motion auto; seek 8");
        rig.app.survey_with(surveyor());
        rig.app.run(moving.clone());
        let told = rig.app.notice().map(|notice| notice.text.clone());
        assert_eq!(told.as_deref(), Some("The video, which is being looked through"));
        rig.settle();
        assert_eq!(rig.app.film().is_some() && rig.app.view().video.motion == Motion::Moving, shows);
        rig.run("motion moving");
        let told = rig.app.notice().map(|notice| notice.text.clone());
        let text = if shows { "The video of the slides" } else { "This talk has no video of its slides" };
        assert_eq!(told.as_deref(), Some(text));
    }
}

/// As [`unsaid_talk`], but the slides take up a part of the video only: beside them, everything moves all the time.
fn shrunken_talk(parent: &Path) -> PathBuf {
    let root = unsaid_talk(parent);
    let text = |name: &str| root.join(name).to_string_lossy().into_owned();
    std::fs::rename(root.join("talk.mp4"), parent.join("slides.mp4")).unwrap();
    let slides = parent.join("slides.mp4").to_string_lossy().into_owned();
    let room = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=20"];
    let joined = ["-filter_complex", "[1][0]overlay=44:96", "-c:v", "libx264", "-g", "50"];
    let file = [text("talk.mp4")];
    coded::run(&[&["-i", &slides][..], &room, &joined, &["-crf", "16", &file[0]]].concat());
    root
}

#[test]
fn of_a_slide_beside_the_speaker_its_part_of_the_video_is_seen_while_it_moves() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let root = shrunken_talk(dir.path());
    let mut rig = rig(&root);
    let spans: Vec<(i64, i64)> = rig.app.moving_spans().map(|(from, until)| (from.millis(), until.millis())).collect();
    assert_eq!(spans, [(3_000, 5_040)]);
    rig.run("pause; seek 2.9");
    assert!(rig.app.film().is_none());
    rig.run("seek 4");
    rig.settle();
    let frame = rig.app.film().unwrap().unwrap();
    // To two pixels, which the colours of the video take.
    let (across, down) = frame.display;
    assert!((320..=324).contains(&across) && (176..=180).contains(&down), "{:?}", frame.display);
    let lies = frame.within;
    assert!(
        (lies.width * f64::from(across) - 320.0).abs() < 1.5 && (lies.height * f64::from(down) - 176.0).abs() < 1.5
    );
    let (width, _) = coded::SIZE;
    let mut expected = coded::slide(1);
    for row in expected.chunks_exact_mut(width).skip(60).take(40) {
        row[125..165].iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
    }
    // One pixel in the middle of each of many places, away from edges.
    let found = frame.rgba().unwrap();
    let (mut near, mut all) = (0, 0);
    for y in (8..168).step_by(4) {
        for x in (8..312).step_by(4) {
            let wanted = expected[y * width + x];
            let at = |at: usize, whole: usize, from: f64, part: f64, of: u32| {
                ((from + (at as f64 + 0.5) / whole as f64 * part) * f64::from(of)) as usize
            };
            let (x, y) =
                (at(x, 320, lies.left, lies.width, frame.width), at(y, 176, lies.top, lies.height, frame.height));
            let there = found[(y * frame.width as usize + x) * 4 + 1];
            all += 1;
            near += usize::from(wanted.abs_diff(there) < 24);
        }
    }
    assert!(near * 20 > all * 19, "{near} of {all}");
    rig.run("seek 5.1");
    assert!(rig.app.film().is_none());
    // By force, too, it is the slide that is seen, not the room around it.
    rig.run("motion moving; seek 8");
    rig.settle();
    assert_eq!(rig.app.film().unwrap().unwrap().display, frame.display);
}

#[test]
fn what_moves_early_is_told_before_the_end_was_seen_and_kept_only_then() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let root = moving_talk(dir.path());
    let cache = dir.path().join("cache");
    // Nobody takes a word until it is asked for: the thread waits.
    let (told, heard) = std::sync::mpsc::sync_channel(0);
    let waker: plenary::Waker = std::sync::Arc::new(move || told.send(()).unwrap_or_default());
    let surveyor = Surveyor::start(cache.clone(), plenary::app::films::grey_of(), waker).unwrap();
    let slides = [(0, 1), (10, 2)].map(|(at, slide)| Shown {
        from: ms(at * 1_000),
        picture: Some(root.join(format!("s/{slide}.png"))),
        size: (320, 176),
    });
    surveyor
        .ask(Some(Asked { file: root.join("screen.mp4"), what: Look::Motion { slides: slides.to_vec(), sure: true } }));
    let mut parts = 0;
    loop {
        heard.recv().unwrap();
        let answer = surveyor.poll().unwrap();
        let found: Vec<i64> = answer.survey.unwrap().moving.iter().map(|moving| moving.from / 1_000_000).collect();
        assert_eq!(found, [3_000]);
        assert_eq!(cache.is_dir(), answer.whole);
        if answer.whole {
            break;
        }
        parts += 1;
    }
    assert!(parts >= 1);
}

#[test]
fn the_slides_of_a_film_are_found_and_kept() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (silent, sound, file) =
        (dir.path().join("x/silent.mp4"), dir.path().join("x/s.wav"), dir.path().join("A film.mkv"));
    put(&sound, &wav(20.0));
    let starts = [0, 150, 310];
    film_of_slides(&silent, starts);
    let text = |path: &Path| path.to_string_lossy().into_owned();
    coded::run(&["-i", &text(&silent), "-i", &text(&sound), "-c:v", "copy", "-c:a", "libopus", &text(&file)]);
    let cache = dir.path().join("cache");
    for round in 0..2 {
        let mut rig = Rig::empty();
        let surveyor =
            plenary::video::survey::worker::Surveyor::stepped(Some(cache.clone()), plenary::app::films::grey_of());
        rig.app.survey_with(surveyor);
        rig.run(&format!("open \"{}\"", text(&file)));
        rig.settle();
        let talk = rig.app.player().talk().unwrap().clone();
        let found: Vec<i64> = talk.slides.iter().map(|slide| slide.start.millis() / 40).collect();
        assert_eq!(found, starts.map(|start| i64::try_from(start).unwrap()), "round {round}");
        for slide in talk.slides.iter() {
            let image = slide.image.as_ref().unwrap();
            assert!(talk.path(&image.file).is_file() && (image.width, image.height) == (320, 176));
        }
        rig.run("seek 8; pause");
        assert_eq!(rig.slide(), 2);
        assert!(rig.app.film().is_some(), "the film goes on");
        assert!(rig.app.slide_file().is_some_and(|file| file.starts_with(&cache)));
        if round == 0 {
            // What is kept is read back, and not made again.
            assert!(std::fs::read_dir(&cache).unwrap().count() >= 2);
        }
    }
}

/// A small picture, made or read at once; `None` where it cannot be.
fn small(thumbs: &mut SlideCache, key: &SlideKey) -> Option<Arc<Pixels>> {
    thumbs.want(vec![key.clone()], 1);
    while thumbs.step() {
        thumbs.poll();
    }
    match thumbs.get(key) {
        Slot::Ready(pixels) => Some(pixels),
        _ => None,
    }
}

#[test]
fn a_slide_that_is_a_film_has_a_still_of_its_piece_which_is_kept() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let root = TalkBuilder::new("38970003", "stills").slides([0, 9_000]).sound("talk.wav", 60.0).write(dir.path());
    coded::make(&root.join("film.mp4"), 500, &["-c:v", "libx264", "-bf", "3", "-g", "50", "-pix_fmt", "yuv420p"]);
    // It begins black.
    let greys = (0..250).map(|number| vec![if number < 60 { 16 } else { 180 }; coded::SIZE.0 * coded::SIZE.1]);
    coded::draw(&root.join("dark.mkv"), greys, &["-c:v", "libx264", "-pix_fmt", "yuv420p"]);
    put(&root.join("broken.mp4"), b"no film");
    let list = r#"{"version":"1.2.0","chapters":[{"startTime":0,"x:video":"film.mp4"},
        {"startTime":5,"x:video":"film.mp4","x:videoFrom":8,"x:videoDuration":20},{"startTime":30,"x:video":"dark.mkv"},
        {"startTime":40,"x:video":"film.mp4","x:videoFrom":100},{"startTime":50,"x:video":"broken.mp4"}]}"#;
    put(&root.join("chapters.json"), list.as_bytes());
    let rig = rig(&root);
    let keys: Vec<SlideKey> =
        (0..5).map(|slide| rig.app.thumb_key(SlideIndex(slide), Size::new(320, 320)).expect("a film")).collect();
    let cache = |store: ThumbStore| SlideCache::of_thumbs(64 << 20, 0, Arc::new(|| {}), store);
    let kept = dir.path().join("thumbs");
    let mut made = cache(ThumbStore::new(kept.clone()).with_stills(still_of()));
    let mut read = cache(ThumbStore::new(kept));
    // A tenth of five seconds; a second; not while it is black; of what lies after its end, the last.
    for (key, expected) in keys.iter().zip([Some(12), Some(225), None, Some(499)]) {
        let first = small(&mut made, key).expect("a still");
        let again = small(&mut read, key).expect("it is kept");
        for pixels in [first, again] {
            assert_eq!(pixels.size, Size::new(320, 176), "as it is, within the room");
            let frame = Frame {
                span: Span { from: ms(0), until: None },
                width: 320,
                height: 176,
                display: (320, 176),
                within: plenary::video::Within::ALL,
                form: Form::Rgba,
                bytes: pixels.rgba.clone(),
            };
            assert_eq!(coded::number(&frame), expected);
            assert!(pixels.rgba[0] > 150 || expected.is_some(), "it is black");
        }
    }
    assert_eq!(small(&mut made, &keys[4]), None);
}

#[test]
fn a_film_is_shown_whatever_container_it_is_in() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (silent, sound) = (dir.path().join("silent.mp4"), dir.path().join("s.wav"));
    coded::make(&silent, 200, &["-c:v", "libx264", "-bf", "2", "-g", "50", "-pix_fmt", "yuv420p"]);
    put(&sound, &wav(8.0));
    let (silent, sound) = (silent.to_string_lossy().into_owned(), sound.to_string_lossy().into_owned());
    let h264: &[&str] = &["-c:v", "copy", "-c:a", "aac"];
    let mpeg2: &[&str] = &["-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", "-c:a", "mp2"];
    for (ending, how) in [("flv", h264), ("mpg", mpeg2), ("ts", h264), ("m2ts", h264), ("mkv", h264), ("avi", mpeg2)] {
        let file = dir.path().join(ending).join(format!("A talk.{ending}"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        coded::run(&[&["-i", &silent, "-i", &sound], how, &[file.to_str().unwrap()]].concat());
        let mut rig = rig(&file);
        for at in [3, 7, 2] {
            rig.run(&format!("seek {at}"));
            rig.advance_secs(0.5);
            let shown = shown(&rig).unwrap_or_else(|| panic!("{ending} shows nothing: {:?}", rig.app.told()));
            let off = rig.position() * 25.0 - shown as f64;
            // Some begin a little before their pictures.
            assert!((-1.0..5.0).contains(&off), "{ending}: {off} pictures");
        }
    }
}

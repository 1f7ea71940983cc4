//! Slides that are films, heard with the talk: through the whole application, on a simulated sink.

use std::f32::consts::TAU;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use plenary::testing::Rig;
use plenary::testing::talks::put;

const RATE: u32 = 48_000;
/// What a film's level is at its end.
const TOP: f32 = 0.6;

/// A mono float WAV file, of which `sample` says each sample by its second.
fn wave(file: &Path, rate: u32, secs: f64, sample: impl Fn(f64) -> f32) {
    let frames = (secs * f64::from(rate)) as u32;
    let mut out = b"RIFF".to_vec();
    out.extend((36 + frames * 4).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x03\0\x01\0");
    out.extend(rate.to_le_bytes());
    out.extend((rate * 4).to_le_bytes());
    out.extend(b"\x04\0\x20\0data");
    out.extend((frames * 4).to_le_bytes());
    (0..frames).for_each(|frame| out.extend(sample(f64::from(frame) / f64::from(rate)).to_le_bytes()));
    put(file, &out);
}

fn tone(hz: f32, secs: f64) -> f32 {
    (TAU * (f64::from(hz) * secs).fract() as f32).sin()
}

/// A talk of 30 seconds: a film of four seconds from 10 s on, one of twenty from 16 s to 20 s, from its second on.
fn talk(parent: &Path, talk: impl Fn(f64) -> f32, film: impl Fn(f64) -> f32) -> PathBuf {
    let root = parent.join("a talk");
    wave(&root.join("talk.wav"), RATE, 30.0, talk);
    wave(&root.join("clips/1.wav"), 44_100, 4.0, &film);
    wave(&root.join("clips/2.wav"), 32_000, 20.0, film);
    chapters(
        &root,
        r#"{"startTime":0,"title":"a"},{"startTime":10,"x:video":"clips/1.wav"},
        {"startTime":16,"x:video":"clips/2.wav","x:videoFrom":1},{"startTime":20,"title":"b"}"#,
    );
    root
}

fn chapters(root: &Path, chapters: &str) {
    let list = format!(r#"{{"version":"1.2.0","fileName":"talk.wav","chapters":[{chapters}]}}"#);
    put(&root.join("chapters.json"), list.as_bytes());
}

fn rig(talk: &Path) -> Rig {
    let mut rig = Rig::open(&[talk]);
    assert!(rig.app.player().talk().is_some_and(|talk| talk.audio.is_some()), "{:?}", rig.app.failure());
    // Loudness is what tells the time here.
    rig.run("level toggle");
    rig
}

/// Plays until a moment of the talk. Which frame was heard at which position, now and then.
fn play(rig: &mut Rig, until: f64) -> Vec<(usize, f64)> {
    let mut known = Vec::new();
    while rig.position() < until && !rig.app.player().ended() {
        rig.advance_secs(0.01);
        known.push((rig.ear_frame(), rig.position()));
    }
    known
}

/// The moment of the talk at which a frame was heard.
fn moment(known: &[(usize, f64)], frame: usize) -> f64 {
    let at = known.partition_point(|known| known.0 <= frame).clamp(1, known.len() - 1);
    let ((left, from), (right, to)) = (known[at - 1], known[at]);
    from + (to - from) * (frame as f64 - left as f64) / (right as f64 - left as f64)
}

/// How loud a tone of 1 kHz is around a frame: in four of its periods, the middle counting most.
fn loudness(played: &[f32], frame: usize) -> f32 {
    let window = played.get(frame.saturating_sub(96)..frame + 96).unwrap_or_default();
    let sum = window.iter().enumerate().fold((0.0, 0.0), |sum, (at, sample)| {
        let (sin, cos) = (TAU * at as f32 / 48.0).sin_cos();
        let weighed = sample * (1.0 - (TAU * at as f32 / 192.0).cos());
        (sum.0 + sin * weighed, sum.1 + cos * weighed)
    });
    sum.0.hypot(sum.1) / 96.0
}

/// The stretches of the talk in which the tone is heard, in seconds.
fn stretches(played: &[f32], known: &[(usize, f64)]) -> Vec<(f64, f64)> {
    let (first, last) = (known[0].0, known[known.len() - 1].0);
    let mut found: Vec<(f64, f64)> = Vec::new();
    let mut on = false;
    for frame in (first..last).step_by(12) {
        let loud = loudness(played, frame) > 0.05;
        match (loud, on) {
            (true, false) => found.push((moment(known, frame), f64::NAN)),
            (false, true) => found.last_mut().unwrap().1 = moment(known, frame),
            _ => {}
        }
        on = loud;
    }
    found
}

fn assert_stretches(found: &[(f64, f64)], expected: &[(f64, f64)], within: f64, what: &str) {
    let near = |one: f64, other: f64| (one - other).abs() <= within;
    let same = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| near(found.0, expected.0) && near(found.1, expected.1));
    assert!(same, "{what}: {:?} of {}, not {expected:?}", &found[..found.len().min(8)], found.len());
}

#[test]
fn a_film_is_heard_while_its_slide_is_shown_at_any_speed() {
    for (rate, within) in [("1", 0.003), ("2", 0.015), ("0.75", 0.008)] {
        let folder = tempfile::tempdir().unwrap();
        // The talk is a tone of its own: nothing else of it is heard when the film is not.
        let mut rig = rig(&talk(folder.path(), |at| 0.3 * tone(150.0, at), |at| 0.1 * tone(1_000.0, at)));
        rig.run(&format!("rate {rate}; seek 9"));
        let known = play(&mut rig, 22.0);
        let found = stretches(&rig.played(), &known);
        assert_stretches(&found, &[(10.0, 14.0), (16.0, 20.0)], within, rate);
        assert_eq!(rig.underruns(), 0);
    }
}

/// Which moment of the film is heard, where its level rises and the talk is silent.
fn film_moment(rig: &Rig, secs: f64) -> f64 {
    f64::from(rig.ear() / TOP) * secs
}

#[test]
fn what_is_heard_of_a_film_is_its_moment_after_any_seek_at_any_speed() {
    let folder = tempfile::tempdir().unwrap();
    let root = talk(folder.path(), |_| 0.0, |at| TOP * at as f32 / 20.0);
    let mut rig = rig(&root);
    for (rate, within) in [("1", 0.002), ("1.5", 0.02), ("2", 0.02), ("3", 0.03)] {
        rig.run(&format!("rate {rate}"));
        for (seek, start, from) in [(17.0, 16.0, 1.0), (12.0, 10.0, 0.0), (19.0, 16.0, 1.0), (9.8, 10.0, 0.0)] {
            rig.run(&format!("pause; seek {seek}; play"));
            let mut looked = 0;
            for _ in 0..25 {
                rig.advance_secs(0.02);
                let into = rig.position() - start;
                if rig.position() > f64::max(start, seek) + 0.04 && into < 3.9 {
                    let film = film_moment(&rig, 20.0);
                    assert!((film - from - into).abs() < within, "{film} at {} at {rate}", rig.position());
                    looked += 1;
                }
            }
            assert!(looked > 3, "{looked} at {seek}");
        }
    }
    // A loop within it.
    rig.run("rate 1; loop a 16.5; loop b 17; seek 16.6");
    rig.advance_secs(0.1);
    for _ in 0..120 {
        rig.advance_secs(0.011);
        let (at, film) = (rig.position(), film_moment(&rig, 20.0));
        assert!((16.49..17.02).contains(&at));
        if (16.52..16.98).contains(&at) {
            assert!((film - 1.0 - (at - 16.0)).abs() < 0.002, "{film} at {at}");
        }
    }
}

#[test]
fn the_sound_of_films_can_be_switched_off_and_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = rig(&talk(folder.path(), |_| 0.0, |_| 0.5));
    rig.run("clip-sound off; seek 11");
    rig.advance_secs(1.0);
    assert!(!rig.app.player().clip_sound() && !rig.app.view().listening.clip_sound);
    assert!(rig.played().iter().all(|sample| *sample == 0.0), "nothing of it is heard");
    rig.run("clip-sound toggle");
    rig.advance_secs(0.5);
    assert!((rig.ear() - 0.5).abs() < 0.01, "{}", rig.ear());
    rig.run("clip-sound off");
    rig.advance_secs(0.5);
    assert!(rig.ear().abs() < 1e-6);
    let played = rig.played();
    let steepest = played.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.01, "a click of {steepest}");
    // Off also where the next talk is opened, and where the film begins with it.
    rig.run("clip-sound on; volume 50; seek 12");
    rig.advance_secs(0.5);
    assert!((rig.ear() - 0.5 * 0.125).abs() < 0.002, "the volume is that of all: {}", rig.ear());
}

#[test]
fn two_loud_sounds_are_never_beyond_full_scale() {
    let folder = tempfile::tempdir().unwrap();
    let root = talk(folder.path(), |at| 0.95 * tone(200.0, at), |at| 0.95 * tone(200.0, at));
    for volume in ["100", "200"] {
        let mut rig = rig(&root);
        rig.run(&format!("volume {volume}; seek 9.5"));
        play(&mut rig, 15.0);
        let played = rig.played();
        let loudest = played.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
        assert!(loudest <= 1.0 && loudest > 0.9, "{loudest} at {volume}");
        // Tops that are cut off are flat: one after another at full scale.
        let flat = played.windows(8).filter(|run| run.iter().all(|sample| sample.abs() >= 0.9999)).count();
        assert!(volume == "200" || flat < 100, "{flat}");
        assert_eq!(rig.underruns(), 0);
    }
}

#[test]
fn films_without_a_sound_or_broken_ones_do_not_disturb_the_talk() {
    let folder = tempfile::tempdir().unwrap();
    let root = talk(folder.path(), |_| 0.25, |_| 0.5);
    let whole = std::fs::read(root.join("clips/1.wav")).unwrap();
    for (name, bytes) in [("nothing", &whole[..0]), ("noise", b"not a film"), ("half", &whole[..whole.len() / 2])] {
        put(&root.join("clips/1.wav"), bytes);
        let mut rig = rig(&root);
        let before = rig.app.told().len();
        rig.run("seek 9.5");
        let known = play(&mut rig, 14.0);
        let sounds = rig.app.told().iter().skip(before).filter(|notice| notice.text.contains("the sound")).count();
        assert!(sounds <= 1, "{name}: {:?}", rig.app.told());
        let played = rig.played();
        let at = |secs: f64| played[known.iter().find(|known| known.1 >= secs).unwrap().0];
        assert!((at(13.0) - 0.25).abs() < 1e-3 && (at(9.8) - 0.25).abs() < 1e-3, "{name}");
        if name == "half" {
            assert!((at(11.0) - 0.75).abs() < 1e-3, "what is there of it is heard");
        }
        assert_eq!(rig.underruns(), 0);
    }
}

#[test]
fn the_talks_own_sound_is_not_heard_twice() {
    let folder = tempfile::tempdir().unwrap();
    let root = talk(folder.path(), |_| 0.25, |_| 0.5);
    for file in ["talk.wav", "clips/1.wav"] {
        if file != "talk.wav" {
            #[cfg(unix)]
            {
                std::fs::remove_file(root.join(file)).unwrap();
                std::os::unix::fs::symlink(root.join("talk.wav"), root.join(file)).unwrap();
            }
            #[cfg(not(unix))]
            continue;
        }
        chapters(&root, &format!(r#"{{"startTime":0,"title":"a"}},{{"startTime":10,"x:video":"{file}"}}"#));
        let mut rig = rig(&root);
        rig.run("seek 11");
        rig.advance_secs(0.5);
        assert!((rig.ear() - 0.25).abs() < 1e-4, "{} with {file}", rig.ear());
    }
}

#[test]
fn a_film_is_heard_where_nobody_speaks() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("a talk");
    wave(&root.join("clips/1.wav"), 44_100, 4.0, |_| 0.5);
    chapters(&root, r#"{"startTime":0,"x:video":"clips/1.wav"},{"startTime":5,"title":"b"}"#);
    let mut rig = Rig::open(&[&root]);
    assert!(rig.app.player().talk().is_some_and(|talk| talk.audio.is_none()), "{:?}", rig.app.player().talk());
    rig.run("seek 2");
    rig.advance_secs(0.5);
    assert!((rig.ear() - 0.5).abs() < 0.01, "{}", rig.ear());
}

/// Half a second of speech, and of quiet, for a minute, in which the slide at 12.5 s is a film.
#[test]
fn shorter_pauses_take_nothing_from_a_film_and_leave_it_where_it_belongs() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("a talk");
    let spoken = |at: f64| at.rem_euclid(5.0) < 3.0;
    let talk = |at: f64| if spoken(at) { 0.3 * tone(150.0, at) } else { 0.000_3 * tone(2_345.0, at) };
    wave(&root.join("talk.wav"), 8_000, 60.0, talk);
    wave(&root.join("clips/1.wav"), 44_100, 1.2, |at| 0.1 * tone(1_000.0, at));
    wave(&root.join("clips/2.wav"), 44_100, 4.0, |at| 0.1 * tone(1_000.0, at));
    chapters(
        &root,
        r#"{"startTime":0,"title":"a"},{"startTime":13.3,"x:video":"clips/1.wav","x:videoDuration":1.2},
        {"startTime":16,"title":"b"},{"startTime":26,"x:video":"clips/2.wav","x:videoDuration":4},{"startTime":34,"title":"c"}"#,
    );
    for (rate, within) in [("1", 0.004), ("2", 0.012)] {
        let mut rig = rig(&root);
        rig.run(&format!("trim strength 100; rate {rate}; play"));
        assert!(rig.app.pauses().len() >= 10, "{:?}", rig.app.pauses());
        let removed = |rig: &Rig, from: f64, until: f64| {
            let time = plenary::time::MediaTime::from_secs_f64;
            rig.app.cuts().removed(time(from), time(until)).secs_f64()
        };
        assert!(removed(&rig, 13.3, 14.5) == 0.0 && removed(&rig, 26.0, 30.0) == 0.0);
        assert!(removed(&rig, 3.0, 5.0) > 1.0 && removed(&rig, 0.0, 60.0) > 10.0);
        let known = play(&mut rig, 40.0);
        assert_stretches(&stretches(&rig.played(), &known), &[(13.3, 14.5), (26.0, 30.0)], within, rate);
    }
}

#[test]
fn a_film_in_a_container_with_pictures_is_heard() {
    let found = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !(cfg!(feature = "ffmpeg") && found.is_ok_and(|status| status.success())) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, how) in [
        ("1.mp4", ["-c:v", "libx264", "-c:a", "aac"]),
        ("1.webm", ["-c:v", "libvpx", "-c:a", "libopus"]),
        ("1.mkv", ["-c:v", "libx264", "-c:a", "flac"]),
    ] {
        let root = talk(&folder.path().join(name), |at| 0.3 * tone(150.0, at), |_| 0.0);
        let file = root.join("clips").join(name);
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", "testsrc=s=64x48:d=6:r=25"])
            .args(["-f", "lavfi", "-i", "aevalsrc=0.1*sin(2*PI*1000*t)*between(t\\,1\\,4):d=6:s=44100"])
            .args(["-pix_fmt", "yuv420p"])
            .args(how)
            .arg(&file)
            .status()
            .unwrap();
        assert!(status.success());
        chapters(
            &root,
            &format!(
                r#"{{"startTime":0,"title":"a"}},{{"startTime":10,"x:video":"clips/{name}"}},{{"startTime":18,"title":"b"}}"#
            ),
        );
        let mut rig = rig(&root);
        rig.run("seek 9");
        let known = play(&mut rig, 17.0);
        assert_stretches(&stretches(&rig.played(), &known), &[(11.0, 14.0)], 0.006, name);
        rig.run("seek 12.5");
        rig.advance_secs(0.2);
        assert!(loudness(&rig.played(), rig.ear_frame() - 100) > 0.08, "{name}, after a seek into it");
    }
}

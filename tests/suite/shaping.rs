//! Pauses made shorter, one loudness, a pace that is kept: through the whole application, on a simulated sink.

use std::path::{Path, PathBuf};

use plenary::testing::Rig;
use plenary::testing::talks::{TalkBuilder, put};
use plenary::time::MediaTime;

const RATE: usize = 8_000;
/// Seconds of speech, and of quiet after them.
const SPOKEN: usize = 3;
const QUIET: usize = 2;
const TIMES: usize = 12;
const LENGTH: usize = (SPOKEN + QUIET) * TIMES;

/// What is said at a sample: a tone whose loudness tells when that is, in syllables of a fifth of a second.
fn sample(at: usize, dice: &mut u32) -> i16 {
    *dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    let room = i16::try_from((*dice >> 16) % 21).unwrap() - 10;
    let (in_turn, in_syllable) = (at % ((SPOKEN + QUIET) * RATE), at % (RATE / 5));
    if in_turn >= SPOKEN * RATE {
        return room;
    }
    let soft = if in_syllable > RATE / 6 { 10.0 } else { 1.0 };
    let loud = 4_000.0 + 12_000.0 * at as f64 / (LENGTH * RATE) as f64;
    let wave = (std::f64::consts::TAU * 500.0 * at as f64 / RATE as f64).sin();
    room + (loud / soft * wave) as i16
}

fn talk(folder: &Path) -> PathBuf {
    talk_called("38930109", folder)
}

fn talk_called(number: &str, folder: &Path) -> PathBuf {
    let root = TalkBuilder::new(number, "x").slides((0..LENGTH as i64).step_by(10).map(|s| s * 1_000)).write(folder);
    let mut dice = 1;
    let samples: Vec<u8> = (0..LENGTH * RATE).flat_map(|at| sample(at, &mut dice).to_le_bytes()).collect();
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + samples.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend((RATE as u32).to_le_bytes());
    wav.extend((2 * RATE as u32).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend((samples.len() as u32).to_le_bytes());
    wav.extend(samples);
    put(&root.join("talk.wav"), &wav);
    root
}

/// How long the talk takes to its end, in seconds of the simulated clock.
fn listened(rig: &mut Rig) -> f64 {
    rig.run("seek 0; play");
    let begun = rig.app.now();
    let secs = |rig: &Rig| (rig.app.now() - begun).secs_f64();
    while !rig.app.player().ended() {
        rig.advance_secs(0.25);
        assert!(secs(rig) < 200.0, "it never ends");
    }
    secs(rig)
}

#[test]
fn shorter_pauses_shorten_the_talk_by_what_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(&[&talk(folder.path())]);
    assert_eq!(rig.app.pauses().len(), TIMES);
    let whole = listened(&mut rig);
    assert!((whole - LENGTH as f64).abs() < 1.0, "{whole}");
    rig.run("trim on");
    let length = rig.app.player().duration();
    let told = rig.app.listening_time(MediaTime::ZERO, length).secs_f64();
    assert!(told < 0.85 * whole, "{told}");
    let trimmed = listened(&mut rig);
    assert!((trimmed - told).abs() < 1.0, "{trimmed}, told {told}");
    let [talk, by_pauses, ..] = rig.app.saved_time().map(|time| time.secs_f64());
    assert!((by_pauses - (whole - told)).abs() < 1.0 && (talk - by_pauses).abs() < 1.5, "{talk} {by_pauses}");
    rig.run("rate 2; trim strength 100");
    assert!(listened(&mut rig) < 0.4 * whole);
    rig.run("trim off");
    assert!((listened(&mut rig) - whole / 2.0).abs() < 1.0);
}

#[test]
fn sound_and_playhead_stay_together_whatever_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(&[&talk(folder.path())]);
    // The loudness is what tells the time here.
    rig.run("level toggle");
    let mut looked_at = 0;
    for (setting, rate) in
        [("trim on", 1.0), ("trim strength 100", 1.0), ("rate 2", 2.0), ("trim strength 40", 2.0), ("rate 0.5", 0.5)]
    {
        rig.run(setting);
        rig.run("seek 0; play");
        for step in 0..60 {
            rig.advance_secs(0.37 / rate);
            if step % 7 == 6 {
                // After a trim, a change of speed, a seek.
                rig.run(if step % 2 == 0 { "seek +2s" } else { "trim toggle" });
                rig.advance_secs(0.5);
            }
            let played = rig.played();
            let Some(heard) = played.len().checked_sub(4_800).and_then(|from| played.get(from..)) else { continue };
            // The loudness of the last hundredth of a second before what has not been heard yet; of five periods the median, since
            // where a syllable begins the resampler overshoots.
            let latency = 1_440;
            let Some(ear) = heard.get(..heard.len() - latency) else { continue };
            let mut periods: Vec<f32> = ear[ear.len() - 480..]
                .chunks(96)
                .map(|period| period.iter().fold(0.0, |top: f32, sample| top.max(sample.abs())))
                .collect();
            periods.sort_by(f32::total_cmp);
            let loud = periods[2];
            let told = rig.position();
            // Where a syllable begins or ends, what is loud is not the whole of it.
            if loud < 0.11 || !(0.05..0.14).contains(&(told % 0.2)) {
                continue;
            }
            let said = (f64::from(loud) * 32_768.0 - 4_000.0) / 12_000.0 * LENGTH as f64;
            let told = rig.position();
            assert!(
                (said - told).abs() < 0.15 * f64::max(rate, 1.0),
                "{setting}, {step}: {said} is heard, {told} told"
            );
            looked_at += 1;
        }
    }
    assert!(looked_at > 20, "{looked_at}");
}

#[test]
fn what_was_saved_in_a_talk_and_is_left_of_it_belongs_to_that_talk() {
    let folder = tempfile::tempdir().unwrap();
    let pauses = talk_called("38930110", folder.path());
    let plain = TalkBuilder::new("38930111", "plain").slides([0]).sound("plain.wav", 30.0).write(folder.path());
    let mut rig = Rig::open(&[&pauses, &plain]);
    rig.run("trim on; seek 0; play");
    rig.advance_secs(20.0);
    let left = rig.app.listening_time(MediaTime::ZERO, rig.app.player().duration()).secs_f64();
    let saved = rig.app.saved_time()[0];
    assert!(saved.secs_f64() > 1.0, "{saved:?}");
    rig.run("talk next");
    assert_eq!(rig.app.saved_time()[0], MediaTime::ZERO, "nothing was saved in this one");
    let heard = rig.app.library().catalogue().at(&pauses).unwrap().clone();
    let told = rig.app.listening_time_left(&heard).unwrap().secs_f64();
    assert!(told < left && told > 0.5 * left, "{told} of {left}");
    rig.run("talk previous");
    assert!((rig.app.saved_time()[0] - saved).secs_f64().abs() < 0.3);
}

#[test]
fn how_a_talk_is_listened_to_is_remembered_and_kept_between_talks() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (talk(&folder.path().join("a")), talk(&folder.path().join("b")));
    let mut rig = Rig::open(&[&one, &two]);
    rig.run("trim on; pace 600");
    let own = rig.app.own_pace().unwrap();
    let expected = (600.0 / own).clamp(0.5, 4.0);
    assert!((rig.app.player().rate().factor() - expected).abs() < 0.03, "{own}: {}", rig.app.player().rate());
    rig.run("talk next");
    assert!((rig.app.player().rate().factor() - expected).abs() < 0.03);
    assert!(!rig.app.cuts().spans().is_empty());
    rig.run("pace off; rate 1");
    let both = rig.app.queue_time_left().secs_f64();
    let share = rig.app.listening_time(MediaTime::ZERO, rig.app.player().duration()).secs_f64() / LENGTH as f64;
    assert!(share < 0.9 && (both / LENGTH as f64 - 2.0 * share).abs() < 0.02, "{both} of twice {LENGTH}, {share}");
    rig.run("trim off");
    assert!((rig.app.queue_time_left().secs_f64() / LENGTH as f64 - 2.0).abs() < 0.02);
    assert_eq!(rig.app.player().rate().factor(), 1.0);
    rig.run("level toggle");
    assert!(rig.app.notice().unwrap().text.contains("as loud as they are"));
}

/// Where words begin in real recordings, marked by hand and by alignment; the recordings may be there or not.
#[test]
fn no_word_of_real_speech_is_clipped_at_its_beginning() {
    use plenary::audio::analysis::measure::measure;
    use plenary::audio::analysis::pauses::pauses;
    use plenary::audio::trim::{Cuts, Strength};
    use plenary::time::MediaTime;

    const CLIPPED: i64 = 10;
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let talks = std::env::var_os("PLENARY_TALKS").map_or_else(|| project.join("../shared/talks"), PathBuf::from);
    let marks: serde_json::Value =
        serde_json::from_slice(&std::fs::read(project.join("tests/window/word_onsets.json")).unwrap()).unwrap();
    let strength = Rig::empty().app.view().trim_strength;
    let (mut seen, mut clipped) = (0, Vec::new());
    for (talk, onsets) in marks.as_object().unwrap() {
        let Ok(files) = std::fs::read_dir(talks.join(talk)) else {
            println!("left out, not there: {talk}");
            continue;
        };
        let sound =
            files.flatten().map(|file| file.path()).find(|file| file.extension().is_some_and(|e| e == "m4a")).unwrap();
        let profile = measure(&sound, &std::sync::atomic::AtomicBool::new(false)).unwrap();
        let cuts = Cuts::of(&pauses(&profile), Strength::of(strength), &[], MediaTime::ZERO);
        let saved = cuts.removed(MediaTime::ZERO, profile.end()).secs_f64() / profile.end().secs_f64();
        println!("{talk}: {:.1} % of the time saved", 100.0 * saved);
        assert!((0.01..0.6).contains(&saved), "{talk}: {saved}");
        for onset in onsets.as_array().unwrap() {
            let at = onset[0].as_f64().unwrap().round() as i64;
            let heard = cuts.removed(MediaTime::from_millis(at), MediaTime::from_millis(at + 60)).millis();
            seen += 1;
            if heard > CLIPPED {
                clipped.push(format!("{talk} at {at} ms: {heard} ms"));
            }
        }
    }
    println!("{seen} words looked at");
    assert!(clipped.is_empty(), "{} of {seen}: {}", clipped.len(), clipped.join("; "));
}

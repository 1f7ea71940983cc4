//! What belongs together is seen and heard together: a flash and a beep of the same moment, in any container, whichever of
//! the two begins late.

use std::path::{Path, PathBuf};

use plenary::audio::decode;
use plenary::time::MediaTime;
use plenary::video::{Opening, open};

use super::coded;

/// When it flashes and beeps, in seconds.
const MOMENT: f64 = 6.0;
const PICTURE: f64 = 1.0 / 25.0;

/// Name of the ending, and codecs.
const KINDS: &[(&str, &[&str])] = &[
    ("mp4", &["-c:v", "libx264", "-bf", "2", "-c:a", "aac"]),
    ("mov", &["-c:v", "libx264", "-bf", "2", "-c:a", "pcm_s16le"]),
    ("mkv", &["-c:v", "libx264", "-bf", "2", "-c:a", "libopus"]),
    ("webm", &["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libvorbis"]),
    ("ts", &["-c:v", "libx264", "-bf", "2", "-c:a", "aac"]),
    ("m2ts", &["-c:v", "libx264", "-bf", "2", "-c:a", "mp2"]),
    ("mpg", &["-c:v", "mpeg2video", "-bf", "2", "-c:a", "mp2"]),
    ("avi", &["-c:v", "mpeg4", "-bf", "0", "-c:a", "libmp3lame"]),
    ("flv", &["-c:v", "libx264", "-bf", "2", "-c:a", "aac"]),
    ("ogg", &["-c:v", "libtheora", "-c:a", "libvorbis"]),
    ("asf", &["-c:v", "wmv2", "-bf", "0", "-c:a", "wmav2"]),
];

/// A film of twelve seconds with a flash and a beep; sound and pictures begin so many seconds after each other.
fn film(folder: &Path, (ending, how): (&str, &[&str]), pictures_late: u32, sound_late: u32) -> PathBuf {
    let file = folder.join(format!("{pictures_late}-{sound_late}.{ending}"));
    let black = |late: u32| format!("color=black:s=320x176:r=25:d={}", 12 - late);
    let from = |late: u32| MOMENT - f64::from(late);
    let flash = format!("drawbox=t=fill:c=white:enable='between(t,{0}-0.01,{0}+0.19)'", from(pictures_late));
    let beep =
        format!("aevalsrc='0.5*sin(6283*t)*between(t,{0},{0}+0.2)':s=48000:d={1}", from(sound_late), 12 - sound_late);
    let (pictures, late, later) =
        (format!("{},{flash}", black(pictures_late)), pictures_late.to_string(), sound_late.to_string());
    let input = ["-itsoffset", &late, "-f", "lavfi", "-i", &pictures, "-itsoffset", &later, "-f", "lavfi", "-i", &beep];
    coded::run(&[&input, how, &["-g", "25", "-pix_fmt", "yuv420p", file.to_str().unwrap()]].concat());
    file
}

/// When the sound of a file beeps.
fn heard(file: &Path) -> f64 {
    let mut decoder = decode::open(file).unwrap();
    let format = decoder.format().clone();
    let mut samples = Vec::new();
    while decoder.read(&mut samples).unwrap() > 0 {}
    let beep = samples.iter().position(|sample| sample.abs() > 0.2).expect("it beeps");
    beep as f64 / f64::from(format.sample_rate) / f64::from(format.channels)
}

/// When the pictures of a file flash.
fn seen(file: &Path) -> f64 {
    let mut source = open(file, Opening::SCAN).unwrap();
    let mut grey = Vec::new();
    while let Some(span) = source.advance().unwrap() {
        if source.grey(16, 9, &mut grey) && grey[0] > 128 {
            return span.from.secs_f64();
        }
    }
    panic!("it does not flash: {}", file.display());
}

/// All kinds, with sound and pictures that begin so many seconds late.
fn films(folder: &Path) -> impl Iterator<Item = (PathBuf, u32)> {
    let lates = [(0, 0), (0, 3), (3, 0)];
    // As ffmpeg writes AVI, its sound cannot begin late.
    let can = |(kind, (_, sound)): &(&(&str, _), (u32, u32))| kind.0 != "avi" || *sound == 0;
    let all = KINDS.iter().flat_map(move |kind| lates.map(|late| (kind, late))).filter(can);
    all.map(move |(kind, (pictures, sound))| (film(folder, *kind, pictures, sound), sound))
}

#[test]
fn a_flash_and_a_beep_come_together_in_any_container() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    for (file, _) in films(dir.path()) {
        let (beep, flash) = (heard(&file), seen(&file));
        if (beep - flash).abs() > PICTURE || (beep - MOMENT).abs() > 3.0 * PICTURE {
            faults.push(format!("{}: it beeps at {beep} and flashes at {flash}", file.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_sound_that_begins_late_is_as_long_as_it_is_and_found_everywhere() {
    if !coded::can_make() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    for (file, sound) in films(dir.path()) {
        let mut decoder = decode::open(&file).unwrap();
        let format = decoder.format().clone();
        let told = format.duration().map_or(0.0, MediaTime::secs_f64);
        let ending = file.extension().unwrap().to_string_lossy().into_owned();
        if (told - 12.0).abs() > 0.1 {
            faults.push(format!("{ending}, {sound} late: {told} told"));
        }
        let beeps = heard(&file);
        for at in [beeps - 5.0, beeps - 2.8, beeps - 0.1, 11.5] {
            let each = f64::from(format.sample_rate);
            decoder.seek((at * each) as u64).unwrap();
            let mut samples = Vec::new();
            while samples.len() < (5.5 * each) as usize * usize::from(format.channels)
                && decoder.read(&mut samples).unwrap() > 0
            {}
            let length = samples.len() as f64 / each / f64::from(format.channels);
            let beep = samples.iter().position(|sample| sample.abs() > 0.2);
            let beep = beep.map(|beep| beep as f64 / each / f64::from(format.channels) + at);
            let found = beep.map_or(at > MOMENT, |beep| (beep - beeps).abs() < 0.001);
            if !found || length < 0.45 {
                faults.push(format!("{ending}, {sound} late, from {at}: {length} s, beeps at {beep:?} for {beeps}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

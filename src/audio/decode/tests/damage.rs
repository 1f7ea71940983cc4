//! Damaged and hostile files neither stop nor crash the player, and what is left of them stays in its place.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use super::super::{DecodeError, Decoder, open, scan_frames};
use super::{Random, Studio, lateness, opened, rest, write};

/// `ffmpeg` arguments for a small file of each container.
const SMALL: &[&str] = &[
    "-i stereo.wav -t 1 small.wav",
    "-i stereo.wav -t 1 small.aiff",
    "-i stereo.wav -t 1 small.flac",
    "-i stereo.wav -t 2 -c:a libvorbis small.ogg",
    "-i stereo.wav -t 2 small.mp3",
    "-i stereo.wav -t 2 -write_xing 0 plain.mp3",
    "-i stereo.wav -t 2 -c:a aac small.m4a",
    "-i stereo.wav -t 2 -c:a alac alac.m4a",
    "-i stereo.wav -t 2 -c:a aac -f mp4 -movflags frag_keyframe+empty_moov -frag_duration 500000 frag.m4a",
    "-i stereo.wav -t 2 -c:a aac small.aac",
    "-i stereo.wav -t 2 -c:a libopus small.opus",
    "-i stereo.wav -t 2 -c:a libopus small.webm",
    "-i stereo.wav -t 2 -c:a libopus -f webm -live 1 live.webm",
    "-i stereo.wav -t 2 -c:a aac small.mkv",
    "-i stereo.wav -t 2 -c:a libvorbis small.mka",
];

fn file_name(make: &str) -> &str {
    make.split_whitespace().last().expect("the arguments name a file")
}

/// Reads on for a bounded number of times; whatever comes must be sound.
fn play(decoder: &mut dyn Decoder, reads: usize) -> bool {
    let channels = usize::from(decoder.format().channels);
    let mut out = Vec::new();
    for _ in 0..reads {
        out.clear();
        match decoder.read(&mut out) {
            Ok(0) => return true,
            Ok(frames) => {
                assert_eq!(out.len(), frames * channels);
                assert!(out.iter().all(|sample| sample.is_finite()));
            }
            Err(_) => return true,
        }
    }
    false
}

fn torture(path: &Path, random: &mut Random) {
    let Ok(mut decoder) = open(path) else { return };
    let channels = decoder.format().channels;
    assert!((1..=8).contains(&channels) && decoder.format().sample_rate > 0);
    // Two seconds are some hundred packets. A timestamp gone wild may be believed and filled with silence, for a while.
    play(&mut *decoder, 500);
    for _ in 0..4 {
        if decoder.seek(random.below(100_000)).is_ok() {
            play(&mut *decoder, 30);
        }
    }
    decoder.seek(u64::MAX).ok();
    play(&mut *decoder, 3);
    decoder.seek(0).ok();
    play(&mut *decoder, 3);
}

#[test]
fn no_damage_crashes_or_stops_the_decoders() {
    let studio = Studio::new(2);
    let mut random = Random::new(11);
    for make in SMALL {
        studio.ffmpeg(make);
        let intact = std::fs::read(studio.path(file_name(make))).expect("ffmpeg made it");
        // Most of what can go wrong is in the headers: half of the flips go there.
        for round in 0..24 {
            let mut bytes = intact.clone();
            for _ in 0..1 + random.below(20) {
                let area = if round % 2 == 0 { bytes.len().min(2000) } else { bytes.len() };
                let at = random.below(area as u64) as usize;
                bytes[at] = random.next() as u8;
            }
            if round % 6 == 5 {
                bytes.truncate(random.below(bytes.len() as u64) as usize);
            }
            let path = studio.path("damaged");
            write(&path, &bytes);
            torture(&path, &mut random);
        }
    }
}

#[test]
fn truncated_files_play_to_the_cut() {
    let studio = Studio::new(4);
    let cases: &[(&str, &str)] = &[
        ("-i mono.wav cut.flac", "flac"),
        ("-i mono.wav -c:a libvorbis cut.ogg", "vorbis"),
        ("-i mono.wav cut.mp3", "mp3"),
        #[cfg(feature = "ffmpeg")]
        ("-i mono.wav -c:a aac -movflags +faststart cut.m4a", "aac"),
        #[cfg(feature = "ffmpeg")]
        ("-i mono.wav -c:a libopus cut.webm", "opus"),
    ];
    for (make, codec) in cases {
        studio.ffmpeg(make);
        let path = studio.path(file_name(make));
        let bytes = std::fs::read(&path).expect("ffmpeg made it");
        write(&path, &bytes[..bytes.len() / 2]);
        let mut decoder = opened(&path);
        let frames = rest(&mut *decoder).len();
        // Ogg loses a page, up to a second, where it is cut.
        let length = 4 * 48_000;
        assert!(frames > length / 5 && frames < length * 65 / 100, "{codec}: {frames} of {length}");
        let scanned = scan_frames(&path, &AtomicBool::new(false)).expect("it can be read");
        assert_eq!(scanned, frames as u64, "{codec}");
    }
}

/// Bytes in the middle of the file are lost; what follows must not move.
#[test]
fn sound_after_damage_stays_in_its_place() {
    let studio = Studio::new(10);
    let cases: &[(&str, f64)] = &[
        ("-i mono.wav cut.flac", 0.999),
        ("-i mono.wav -c:a libvorbis cut.ogg", 0.8),
        #[cfg(feature = "ffmpeg")]
        ("-i mono.wav -c:a aac -aac_pns 0 cut.m4a", 0.8),
        #[cfg(feature = "ffmpeg")]
        ("-i mono.wav -c:a libopus -b:a 64k cut.opus", 0.6),
        #[cfg(feature = "ffmpeg")]
        ("-i mono.wav -c:a libopus -b:a 64k -cluster_time_limit 1000 cut.webm", 0.6),
        #[cfg(feature = "ffmpeg")]
        ("-i mono.wav -c:a aac -aac_pns 0 -cluster_time_limit 1000 cut.mkv", 0.8),
    ];
    for (make, alike) in cases {
        let name = file_name(make);
        studio.ffmpeg(make);
        let path = studio.path(name);
        let mut bytes = std::fs::read(&path).expect("ffmpeg made it");
        let (middle, hole) = (bytes.len() / 2, bytes.len() / 50);
        bytes[middle..middle + hole].fill(0x55);
        write(&path, &bytes);
        let mut decoder = opened(&path);
        let whole = rest(&mut *decoder);
        assert!(whole.len().abs_diff(480_000) < 4096, "{name}: {} frames", whole.len());
        // Some containers do not state the encoder's delay.
        let before = lateness(&whole, &studio.mono, 1, 100_000, 1500).0;
        assert!([0, 1024].contains(&before), "{name}: {before}");
        for at in [150_000, 300_000, 400_000] {
            let (late, likeness) = lateness(&whole, &studio.mono, 1, at, 1500);
            assert_eq!(late, before, "{name}: at {at}, {likeness}");
            assert!(likeness > *alike, "{name}: {likeness} alike at {at}");
        }
        decoder.seek(300_000).expect("it can be read");
        let mut after = vec![0.0; 300_000];
        after.extend(rest(&mut *decoder));
        let late = lateness(&after, &studio.mono, 1, 302_000, 1500).0;
        assert_eq!(late, before, "{name}: after a seek");
    }
}

#[test]
fn only_regular_files_are_opened() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    assert!(matches!(open(folder.path()), Err(DecodeError::NotAFile(_))));
    let missing = open(&folder.path().join("missing.mp3"));
    assert!(matches!(missing, Err(DecodeError::Open { .. })));
    #[cfg(unix)]
    {
        let pipe = folder.path().join("pipe.mp3");
        let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is installed");
        assert!(made.success());
        assert!(matches!(open(&pipe), Err(DecodeError::NotAFile(_))), "opening it would wait for ever");
    }
}

#[test]
fn what_is_no_sound_is_refused_in_words() {
    let studio = Studio::new(1);
    let mut random = Random::new(5);
    let garbage: Vec<u8> = (0..50_000).map(|_| random.next() as u8).collect();
    let zeros = vec![0; 50_000];
    // Playlists would have other files opened, or hosts asked.
    let concat = b"ffconcat version 1.0\nfile stereo.wav\n";
    let playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nstereo.wav\n#EXT-X-ENDLIST\n";
    for bytes in [&b""[..], b"x", b"RIFF", b"OggS", b"\x1A\x45\xDF\xA3", &garbage, &zeros, concat, playlist] {
        let path = studio.path("sound.wav");
        write(&path, bytes);
        let Err(err) = open(&path) else { panic!("opened {:?}", &bytes[..bytes.len().min(20)]) };
        let said = err.to_string();
        assert!(said.starts_with("Cannot play the sound: ") && said.ends_with("sound.wav"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn names_may_be_any_bytes() {
    use std::os::unix::ffi::OsStrExt as _;
    let studio = Studio::new(1);
    studio.ffmpeg("-i mono.wav -f mp4 -c:a aac plain.m4a");
    for name in [&b"b\xE9b\xFF.m4a"[..], b"http:..x.m4a", b"a%20:b?.m4a", "Überraschung №1.m4a".as_bytes()] {
        let path = studio.path("x").with_file_name(std::ffi::OsStr::from_bytes(name));
        std::fs::copy(studio.path("plain.m4a"), &path).expect("the folder can be written to");
        assert!(rest(&mut *opened(&path)).len() >= 48_000, "{path:?}");
    }
}

#[cfg(not(feature = "ffmpeg"))]
#[test]
fn a_codec_that_is_missing_is_named() {
    let studio = Studio::new(1);
    studio.ffmpeg("-i mono.wav -c:a libopus mono.opus");
    let Err(err) = open(&studio.path("mono.opus")) else { panic!("opened without a decoder") };
    assert!(err.to_string().starts_with("Cannot play the sound: the codec opus is not supported: "), "{err}");
    studio.ffmpeg("-i mono.wav -c:a aac mono.m4a");
    let decoder = opened(&studio.path("mono.m4a"));
    assert!(decoder.format().caveat.is_some());
}

//! Seeks land on the frame asked for, in every format.

use std::sync::atomic::AtomicBool;

use super::super::{DecodeError, Probe, probe, scan_frames, scan_length};
use super::{Random, Studio, lateness, opened, read, rest};
use crate::talk::MediaProbe as _;
use crate::time::MediaTime;

const SECS: u32 = 20;
const MONO: usize = 48_000 * SECS as usize;
const STEREO: usize = 44_100 * SECS as usize;

/// A file that `ffmpeg` makes, and what is expected of it.
pub(super) struct Case {
    /// Arguments of `ffmpeg`; the last one is the file.
    pub(super) make: &'static str,
    pub(super) codec: &'static str,
    /// Frames heard.
    pub(super) frames: usize,
    /// Frames that the encoder's delay makes it late, where the file does not state that delay.
    pub(super) late: i64,
    /// Whether some versions of `ffmpeg` do state it.
    pub(super) perhaps: bool,
    /// How far samples after a seek may be from those of continuous decoding.
    pub(super) tolerance: f32,
    /// How alike the original it must be, at most 1.
    pub(super) likeness: f64,
}

pub(super) fn case(make: &'static str, codec: &'static str, frames: usize) -> Case {
    Case { make, codec, frames, late: 0, perhaps: false, tolerance: 0.0, likeness: 0.8 }
}

fn check(cases: &[Case]) {
    let studio = Studio::new(SECS);
    for case in cases {
        studio.ffmpeg(case.make);
        check_one(&studio, case);
    }
}

pub(super) fn check_one(studio: &Studio, case: &Case) {
    let name = case.make.split_whitespace().last().expect("the arguments name a file");
    let path = studio.path(name);
    let mut decoder = opened(&path);
    let format = decoder.format().clone();
    let (channels, original) = studio.original(case.make);
    assert_eq!((format.codec.as_str(), usize::from(format.channels)), (case.codec, channels), "{name}");

    let whole = rest(&mut *decoder);
    let frames = whole.len() / channels;
    let stated = case.perhaps && frames + case.late as usize == case.frames;
    assert!(stated || frames == case.frames, "{name}: {frames} frames decoded, not {}", case.frames);
    let expected_late = if stated { 0 } else { case.late };
    assert_eq!(read(&mut *decoder, &mut Vec::new()), 0, "{name}: the end stays the end");
    let scanned = scan_frames(&path, &AtomicBool::new(false)).expect("the file can be read");
    assert_eq!(scanned, frames as u64, "{name}: length scanned");
    if let Some(length) = format.length.filter(|_| format.exact) {
        // Containers that state no end of the last packet, or round it, are off by less than a packet.
        assert!(length.abs_diff(scanned) < 2048, "{name}: length {length} stated, {scanned} decoded");
    }

    for at in [4_000, frames / 3, frames / 2, frames - 10_000] {
        let (late, likeness) = lateness(&whole, original, channels, at.min(original.len() / channels - 5_000), 1500);
        assert_eq!(late, expected_late, "{name}: lateness at {at}, {likeness}");
        assert!(likeness > case.likeness, "{name}: {likeness} alike at {at}");
    }

    let mut random = Random::new(7);
    let mut targets = vec![0, 1, 500, 3000, 9000, frames - 1, frames - 3000, 0];
    targets.extend((0..100).map(|_| random.below(frames as u64) as usize));
    for target in targets {
        decoder.seek(target as u64).expect("the file can be read");
        let mut heard = Vec::new();
        let wanted = (1 + random.below(6000) as usize).min(frames - target) * channels;
        while heard.len() < wanted {
            assert!(read(&mut *decoder, &mut heard) > 0, "{name}: ends early after a seek to {target}");
        }
        let expected = &whole[target * channels..target * channels + wanted];
        let off = heard.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off <= case.tolerance, "{name}: off by {off} after a seek to {target}");
    }

    for target in [frames as u64, frames as u64 + 100_000, u64::MAX] {
        decoder.seek(target).expect("the end can always be sought");
        assert_eq!(read(&mut *decoder, &mut Vec::new()), 0, "{name}: nothing at {target}");
    }
    decoder.seek(10).expect("the file can be read");
    assert!(read(&mut *decoder, &mut Vec::new()) > 0, "{name}: playable again after its end");
    assert_eq!(decoder.skipped_packets(), 0, "{name}");
}

#[test]
fn lossless_files_seek_to_the_sample() {
    check(&[
        Case { likeness: 0.9999, ..case("-i stereo.wav -c copy copy.wav", "pcm_s16le", STEREO) },
        Case { likeness: 0.9999, ..case("-i mono.wav -c:a pcm_s24le 24.wav", "pcm_s24le", MONO) },
        Case { likeness: 0.9999, ..case("-i stereo.wav stereo.aiff", "pcm_s16be", STEREO) },
        Case { likeness: 0.9999, ..case("-i stereo.wav stereo.flac", "flac", STEREO) },
        Case { likeness: 0.9999, ..case("-i mono.wav -c:a alac alac.m4a", "alac", MONO) },
        Case { likeness: 0.9999, ..case("-i stereo.wav -c:a alac alac2.m4a", "alac", STEREO) },
    ]);
}

#[test]
fn ogg_vorbis_and_mp3_with_a_header_seek_to_the_sample() {
    check(&[
        case("-i stereo.wav -c:a libvorbis -q:a 4 stereo.ogg", "vorbis", STEREO),
        case("-i mono.wav -c:a libvorbis -q:a 2 mono.ogg", "vorbis", MONO),
        case("-i stereo.wav -b:a 128k cbr.mp3", "mp3", STEREO),
        case("-i mono.wav -q:a 5 vbr.mp3", "mp3", MONO),
        // What a file is called says nothing.
        case("-i mono.wav -q:a 5 -f mp3 mp3.m4a", "mp3", MONO),
    ]);
}

#[cfg(feature = "ffmpeg")]
#[test]
fn mp3_and_aac_without_headers_seek_to_the_sample() {
    check(&[
        Case { late: 1105, ..case("-i stereo.wav -q:a 4 -write_xing 0 vbr.mp3", "mp3", 767 * 1152) },
        Case {
            late: 1105,
            likeness: 0.6,
            ..case("-i mono.wav -b:a 40k -write_xing 0 -id3v2_version 0 cbr.mp3", "mp3", 835 * 1152)
        },
        Case { late: 1024, ..case("-i stereo.wav -c:a aac -aac_pns 0 -b:a 96k stereo.aac", "aac", 863 * 1024) },
    ]);
}

#[cfg(feature = "ffmpeg")]
#[test]
fn aac_in_mp4_seeks_to_the_sample() {
    let aac = |make, frames| case(make, "aac", frames);
    check(&[
        aac("-i stereo.wav -c:a aac -aac_pns 0 -b:a 96k end.m4a", STEREO),
        aac("-i mono.wav -c:a aac -aac_pns 0 -b:a 64k -movflags +faststart start.m4a", MONO),
        Case {
            late: 1024,
            ..aac(
                "-i mono.wav -c:a aac -aac_pns 0 -b:a 64k -f mp4 -movflags dash+frag_keyframe+empty_moov \
                 -frag_duration 2000000 dash.m4a",
                MONO + 1024,
            )
        },
    ]);
}

#[cfg(feature = "ffmpeg")]
#[test]
fn an_edit_list_moves_the_beginning_to_the_sample() {
    let studio = Studio::new(SECS);
    studio.ffmpeg("-i mono.wav -c:a aac -aac_pns 0 -b:a 64k whole.m4a");
    studio.ffmpeg("-ss 3.3 -i whole.m4a -c copy cut.m4a");
    let (mut whole, mut cut) = (opened(&studio.path("whole.m4a")), opened(&studio.path("cut.m4a")));
    let (whole, cut_out) = (rest(&mut *whole), rest(&mut *cut));
    let start = 48_000 * 33 / 10;
    assert_eq!(cut_out.len(), MONO - start);
    // The first packet that is kept lacks the half that overlaps with the one before it.
    let same = |from: usize| whole[start + from..] == cut_out[from..];
    assert!(same(2048), "the cut is not where it should be");
    cut.seek(5_000).expect("the file can be read");
    assert_eq!(rest(&mut *cut), cut_out[5_000..]);
    cut.seek(0).expect("the file can be read");
    assert_eq!(rest(&mut *cut), cut_out);
}

#[cfg(feature = "ffmpeg")]
#[test]
fn opus_seeks_to_the_sample() {
    // Opus decoders converge; after 400 ms what is left is far below 16 bits.
    let opus = |make| Case { tolerance: 1e-4, likeness: 0.6, ..case(make, "opus", MONO) };
    check(&[
        opus("-i mono.wav -c:a libopus -b:a 48k mono.opus"),
        opus("-i mono.wav -c:a libopus -b:a 48k mono.webm"),
        opus("-i mono.wav -c:a libopus -b:a 48k -f webm -live 1 -cluster_time_limit 1000 live.webm"),
        opus("-i mono.wav -c:a libopus -b:a 96k -frame_duration 2.5 short.webm"),
        opus("-i mono.wav -c:a libopus -b:a 48k -f mp4 opus.mp4"),
    ]);
}

#[cfg(feature = "ffmpeg")]
#[test]
fn matroska_seeks_to_the_sample_although_it_counts_milliseconds() {
    check(&[
        Case {
            late: 1024,
            perhaps: true,
            ..case("-i stereo.wav -c:a aac -aac_pns 0 -b:a 96k stereo.mkv", "aac", 863 * 1024)
        },
        case("-i stereo.wav -c:a libvorbis -q:a 4 stereo.mka", "vorbis", 882_048),
        case("-i mono.wav -c:a libvorbis -q:a 2 mono.webm", "vorbis", MONO),
        Case {
            late: 1105,
            perhaps: true,
            ..case("-i stereo.wav -c:a libmp3lame -b:a 96k mp3.mkv", "mp3", STEREO + 1105)
        },
        Case { likeness: 0.9999, ..case("-i stereo.wav -c:a flac flac.mka", "flac", STEREO) },
        Case { likeness: 0.9999, ..case("-i stereo.wav -c:a pcm_s16le pcm.mka", "pcm_s16le", STEREO) },
    ]);
}

/// Noise is substituted anew each time by the decoder (PNS), so only the place can be compared.
#[cfg(feature = "ffmpeg")]
#[test]
fn aac_with_substituted_noise_is_in_its_place_after_a_seek() {
    let studio = Studio::new(SECS);
    studio.ffmpeg("-i stereo.wav -c:a aac -b:a 128k noise.m4a");
    let mut decoder = opened(&studio.path("noise.m4a"));
    let mut random = Random::new(3);
    for _ in 0..50 {
        let target = 2_000 + random.below(STEREO as u64 - 14_000) as usize;
        decoder.seek(target as u64).expect("the file can be read");
        let mut heard = vec![0.0; target * 2];
        while heard.len() < (target + 6_000) * 2 {
            assert!(read(&mut *decoder, &mut heard) > 0);
        }
        let (late, likeness) = lateness(&heard, &studio.stereo, 2, target + 1_000, 600);
        assert_eq!(late, 0, "after a seek to {target}, {likeness}");
    }
}

#[cfg(feature = "ffmpeg")]
#[test]
fn sound_that_begins_after_the_pictures_is_preceded_by_silence() {
    let studio = Studio::new(4);
    studio.ffmpeg(
        "-f lavfi -i testsrc=size=64x64:rate=10:duration=4 -itsoffset 0.5 -i mono.wav -c:v mpeg4 -c:a aac \
         -aac_pns 0 late.mp4",
    );
    let mut decoder = opened(&studio.path("late.mp4"));
    let whole = rest(&mut *decoder);
    assert!(whole[..22_900].iter().all(|sample| *sample == 0.0), "silence first");
    let late = lateness(&whole[24_000..], &studio.mono, 1, 60_000, 1500).0;
    // The container rounds the beginning of the sound.
    assert!(late.abs() <= 48, "{late}");
    for target in [0, 1000, 23_900, 24_100, 30_000, 100_000] {
        decoder.seek(target).expect("the file can be read");
        let heard = rest(&mut *decoder);
        assert!(heard == whole[target as usize..], "after a seek to {target}");
    }
}

#[test]
fn headers_are_enough_to_know_the_sound() {
    let studio = Studio::new(2);
    let (info, length) = probe(&studio.path("stereo.wav")).expect("a sound file");
    assert_eq!((info.codec.as_str(), info.sample_rate, info.channels), ("pcm_s16le", 44_100, 2));
    assert_eq!(length, Some(MediaTime::from_secs(2)));
    studio.ffmpeg("-i mono.wav -q:a 4 -write_xing 0 guess.mp3");
    let path = studio.path("guess.mp3");
    assert_eq!(Probe.probe(&path).expect("a sound file").1, None, "a guess is no length");
    let scanned = scan_length(&path, &AtomicBool::new(false)).expect("a sound file");
    assert_eq!(scanned, MediaTime::from_frames(85 * 1152, 48_000));
}

#[test]
fn a_scan_can_be_stopped() {
    let studio = Studio::new(2);
    let stopped = scan_frames(&studio.path("mono.wav"), &AtomicBool::new(true));
    assert!(matches!(stopped, Err(DecodeError::Cancelled(_))), "{stopped:?}");
}

#[cfg(feature = "ffmpeg")]
#[test]
fn many_channels_stay_apart() {
    let studio = Studio::new(2);
    studio.ffmpeg(
        "-i stereo.wav -filter_complex [0:a]pan=5.1|c0=c0|c1=c1|c2=0.5*c0|c3=0.1*c1|c4=0.2*c0|c5=0.3*c1 six.flac",
    );
    let mut decoder = opened(&studio.path("six.flac"));
    assert_eq!(decoder.format().channels, 6);
    let six = rest(&mut *decoder);
    let stereo = rest(&mut *opened(&studio.path("stereo.wav")));
    for (six, two) in six.chunks_exact(6).zip(stereo.chunks_exact(2)) {
        assert!((six[0] - two[0]).abs() < 1e-4 && (six[1] - two[1]).abs() < 1e-4);
        assert!((six[5] - 0.3 * two[1]).abs() < 1e-3);
    }
}

//! Pictures and sounds. Decoders are strangers' work: what they make of a damaged file is looked at, and one that panics counts
//! as one that refuses, since whoever calls it in the program sees to that.

use std::cell::RefCell;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::{check, framed, is_one_line};
use crate::audio::decode::{self, Decoder, MAX_CHANNELS};
use crate::slides::decode::{Limits, decode_at, decode_bytes, decode_clean};
use crate::slides::{Pixels, Size};
use crate::talk::open::open;
use crate::talk::picture;
use crate::testing::talks::{WavProbe, put};

/// What a picture may cost here: enough for any that an input can hold.
const LIMITS: Limits = Limits { file_bytes: 1 << 20, side: 4096, memory_bytes: 64 << 20 };

/// Leaves a panic to whoever catches it. The fuzzer would take any for the end, also those of decoders that are caught.
pub fn let_decoders_panic() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// A picture of a slide: its header, its pixels, and these with the artefacts of JPEG reduced.
pub(super) fn picture(data: &[u8]) {
    let header = picture::header(Cursor::new(data));
    let decoded = caught(|| decode_bytes(data, &LIMITS).map_err(|trouble| trouble.to_string()));
    match &decoded {
        Ok(pixels) => {
            check_pixels(pixels);
            // What the talk is told of a picture must be what is shown.
            if let Ok(header) = &header {
                assert_eq!(pixels.source, Size::new(header.width, header.height), "{header:?}");
            }
        }
        Err(why) => assert!(is_one_line(why), "{why:?}"),
    }
    if data.starts_with(&[0xff, 0xd8]) && decoded.is_ok() {
        in_a_file("slide.jpg", data, |path| {
            let clean = caught(|| decode_clean(path, &LIMITS, None).map_err(|error| error.to_string()));
            clean.iter().for_each(check_pixels);
        });
    }
}

/// A document of pages, opened as a talk, and its first page drawn.
pub(super) fn pdf(data: &[u8]) {
    let (pick, parts) = framed(data);
    let bytes = parts.join(super::SEPARATOR);
    in_a_file("slides.pdf", &bytes, |path| {
        let Ok(talk) = open(path, &WavProbe) else { return };
        check(&talk);
        let Some(image) = talk.slides.iter().nth(pick % 4).and_then(|slide| slide.image.as_ref()) else { return };
        let page = talk.path(&image.file);
        let wanted = Some(Size::new(160, 120));
        let drawn = caught(|| decode_at(&page, &LIMITS, wanted).map_err(|error| error.to_string()));
        match drawn {
            Ok(pixels) => {
                check_pixels(&pixels);
                assert_eq!((Some(pixels.size), pixels.source), (wanted, Size::new(image.width, image.height)));
            }
            Err(why) => assert!(is_one_line(&why), "{why:?}"),
        }
    });
}

fn check_pixels(pixels: &Pixels) {
    assert_eq!(pixels.rgba.len(), pixels.size.bytes());
    assert!(!pixels.size.is_empty() && !pixels.source.is_empty());
    assert!(pixels.rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == u8::MAX), "a slide is opaque");
}

/// A sound: opened, read, sought, read.
pub(super) fn sound(data: &[u8]) {
    in_a_file("sound", data, |path| {
        let Ok(mut decoder) = decode::open(path).map_err(|error| assert!(is_one_line(&error.to_string()), "{error}"))
        else {
            return;
        };
        let format = decoder.format().clone();
        assert!((1..=MAX_CHANNELS).contains(&format.channels) && format.sample_rate > 0, "{format:?}");
        assert!(!format.codec.is_empty() && format.caveat.as_deref().is_none_or(is_one_line));
        play(&mut *decoder, 60);
        let length = format.length.unwrap_or(100_000);
        for frame in [length / 2, 1, length.saturating_sub(1), length.saturating_add(1), u64::MAX, 0] {
            if decoder.seek(frame).is_ok() {
                play(&mut *decoder, 4);
            }
        }
        decoder.count_frames(&AtomicBool::new(false)).ok();
        decoder.seek(0).ok();
        play(&mut *decoder, 2);
    });
}

/// Reads on so many times at most; whatever comes must be sound.
fn play(decoder: &mut dyn Decoder, reads: usize) {
    let channels = usize::from(decoder.format().channels);
    let mut out = Vec::new();
    for _ in 0..reads {
        out.clear();
        match decoder.read(&mut out) {
            Ok(0) => return,
            Ok(frames) => {
                assert_eq!(out.len(), frames * channels);
                assert!(out.iter().all(|sample| sample.is_finite()));
            }
            Err(error) => {
                assert!(is_one_line(&error.to_string()), "{error}");
                return;
            }
        }
    }
}

/// What a decoder returns; one that panics has refused.
fn caught(decode: impl FnOnce() -> Result<Pixels, String>) -> Result<Pixels, String> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| Err("it stopped the decoder".to_owned()))
}

thread_local! {
    /// A folder for each thread.
    static PLACE: RefCell<Option<tempfile::TempDir>> = const { RefCell::new(None) };
}

/// Writes the bytes into the only file of a folder.
fn in_a_file(name: &str, bytes: &[u8], visit: impl FnOnce(&Path)) {
    let folder: PathBuf = PLACE.with_borrow_mut(|place| {
        place.get_or_insert_with(|| tempfile::tempdir().expect("a temporary folder can be made")).path().to_owned()
    });
    let path = folder.join(name);
    put(&path, bytes);
    visit(&path);
    std::fs::remove_file(&path).ok();
}

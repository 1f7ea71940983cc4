//! Talk folders: documents as they come beside pictures and a sound that are always the same.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{check, framed, is_one_line, texts_of};
use crate::talk::open::{OpenError, open};
use crate::talk::{Slide, Talk, manifest};
use crate::testing::talks::{WavProbe, jpeg, put, wav};

/// A family of layouts, as it lies on the disk.
struct Family {
    /// What the folder is called.
    folder: &'static str,
    /// Names of documents, of which an input has one set.
    sets: &'static [&'static [&'static str]],
    /// Files that are always there.
    files: &'static [&'static str],
    /// There, unless the input says otherwise.
    sound: &'static str,
}

const SLIDES_JSON: Family = Family {
    folder: "38972123-a-talk",
    sets: &[&["slides.json", "metadata.json"], &["38972123.json"]],
    files: &["0-0001.jpg", "0-0002.jpg", "slides/0-0003.jpg", "A talk - Slide 002 [38972123-002].mp4"],
    sound: "A talk [38972123].wav",
};

const SLIDESLIVE: Family = Family {
    folder: "38930109-a-talk",
    sets: &[&["38930109.xml", "ffmpeg_concat.txt"], &["sync.xml"]],
    files: &["0-0-0001-big.jpg", "4500-0-0002-big.jpg", "70137-0-0003-big.jpg"],
    sound: "A talk-512930109.wav",
};

const BIGBLUEBUTTON: Family = Family {
    folder: "meeting",
    sets: &[
        &["shapes.svg", "presentation_text.json", "slides_new.xml", "metadata.xml"],
        &["shapes.svg", "captions.json", "caption_en_US.vtt", "presentation/deck/textfiles/slide-1.txt"],
    ],
    files: &["presentation/deck/slide-1.png", "presentation/deck/slide-2.png", "deskshare/deskshare.webm"],
    sound: "video/webcams.webm",
};

const PAELLA: Family = Family {
    folder: "paella",
    sets: &[&["data.json", "captions/en.vtt"]],
    files: &["slides/frame_1.jpg", "slides/frame_2.jpg", "frame_3.jpg"],
    sound: "presenter.wav",
};

const OPENCAST: Family = Family {
    folder: "package",
    sets: &[&["manifest.xml", "episode.xml", "captions.vtt"]],
    files: &["attachments/a/segment-1.jpg", "attachments/b/segment-2.jpg"],
    sound: "tracks/presenter.wav",
};

const YT_DLP: Family = Family {
    folder: "downloads",
    sets: &[
        &["A talk [38972123].info.json", "A talk [38972123].en.vtt"],
        &["A lecture [dQw4w9WgXcQ].info.json", "A lecture [dQw4w9WgXcQ].description"],
    ],
    files: &["A talk [38972123].001.png", "A talk [38972123].002.png", "A talk - Slide 003 [38972123-003].mp4"],
    sound: "A talk [38972123].wav",
};

const MHTML: Family =
    Family { folder: "pages", sets: &[&["talk.mhtml"], &["talk.mht"]], files: &[], sound: "talk.wav" };

const PLAIN: Family = Family {
    folder: "lists",
    sets: &[
        &["slides.csv"],
        &["timings.txt"],
        &["talk.json"],
        &["presentz.json"],
        &["talk.m3u"],
        &["chapters.psc"],
        &["chapters.vtt"],
        &["talk.ffmetadata"],
        &["talk.description"],
        &["labels.tsv"],
    ],
    files: &["slide_001.jpg", "slide_002.jpg", "slide_003.jpg"],
    sound: "talk.wav",
};

const CHAPTERS: Family = Family {
    folder: "packed",
    sets: &[&["chapters.json", "talk.en.vtt"], &["talk.chapters.json"]],
    files: &["slides/0001.jpg", "slides/0002.jpg", "clips/0003.mp4"],
    sound: "talk.wav",
};

const CONCAT: Family = Family {
    folder: "38930109-listed",
    sets: &[&["ffmpeg_concat.txt"], &["film.ffconcat"]],
    files: &["0-0-0001-big.jpg", "4500-0-0002-big.jpg", "0-0002-medium-4500.jpg", "images/a.jpg"],
    sound: "Listed-512930109.wav",
};

const FILE_NAMES: Family = Family { folder: "named", sets: &[&[]], files: &[], sound: "a.wav" };

/// The list of slides of SlidesLive as JSON.
pub(super) fn slides_json(data: &[u8]) {
    feed(&SLIDES_JSON, data);
}

/// The list of slides of SlidesLive as XML.
pub(super) fn slideslive(data: &[u8]) {
    feed(&SLIDESLIVE, data);
}

/// A recording of BigBlueButton.
pub(super) fn bigbluebutton(data: &[u8]) {
    feed(&BIGBLUEBUTTON, data);
}

/// A manifest of Paella Player.
pub(super) fn paella(data: &[u8]) {
    feed(&PAELLA, data);
}

/// A media package of Opencast.
pub(super) fn opencast(data: &[u8]) {
    feed(&OPENCAST, data);
}

/// A description of yt-dlp.
pub(super) fn yt_dlp(data: &[u8]) {
    feed(&YT_DLP, data);
}

/// A page saved as one file.
pub(super) fn mhtml(data: &[u8]) {
    feed(&MHTML, data);
}

/// Plain lists of times.
pub(super) fn plain(data: &[u8]) {
    feed(&PLAIN, data);
}

/// A list for FFmpeg.
pub(super) fn concat(data: &[u8]) {
    feed(&CONCAT, data);
}

/// A list of chapters, which is also Plenary's own manifest: what it writes of such a talk is read back as that talk.
pub(super) fn chapters(data: &[u8]) {
    let Some(talk) = feed(&CHAPTERS, data) else { return };
    if talk.slides.iter().all(|slide| slide.image.is_none() && slide.clip.is_none()) {
        return;
    }
    put(&talk.root.join("chapters.json"), manifest::text(&talk).as_bytes());
    let again = open(&talk.root, &WavProbe).expect("what was written opens");
    fs::remove_file(talk.root.join("chapters.json")).ok();
    let told = |talk: &Talk| {
        let of = |slide: &Slide| {
            (slide.start, slide.title.clone(), slide.text.clone(), slide.image.clone(), slide.clip.clone())
        };
        talk.slides.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(told(&again), told(&talk));
    assert_eq!((&again.title, &again.metadata.authors), (&talk.title, &talk.metadata.authors));
    assert_eq!(again.untimed, talk.untimed);
}

/// Names of pictures, one on a line: the only thing that may lead to times.
pub(super) fn file_names(data: &[u8]) {
    // Each is a file on the disk, and longer names there are none.
    const MOST: usize = 24;
    let (_, parts) = framed(data);
    let [names] = texts_of(&parts);
    let usable = |name: &&str| {
        !name.is_empty() && name.len() < 250 && !name.contains(['/', '\0']) && !matches!(*name, "." | ".." | "a.wav")
    };
    with(&FILE_NAMES, |root| {
        let names: Vec<PathBuf> = names.split('\n').filter(usable).take(MOST).map(|name| root.join(name)).collect();
        let picture = jpeg(16, 9, [9; 3]);
        names.iter().for_each(|name| put(name, &picture));
        put(&root.join(FILE_NAMES.sound), &header());
        let talk = open(root, &WavProbe).expect("there is always the sound");
        check(&talk);
        assert!(talk.slides.len() <= names.len());
        names.iter().for_each(|name| drop(fs::remove_file(name)));
    });
}

/// Opens the folder of a family with the documents that the input has. The first byte says whether the sound is there, which
/// documents these are, and whether the folder is opened or the first of them.
fn feed(family: &Family, data: &[u8]) -> Option<Talk> {
    let (pick, parts) = framed(data);
    let (silent, pick) = (pick % 2 == 1, pick / 2);
    let (set, named) = (family.sets.get(pick % family.sets.len())?, pick / family.sets.len() % 2 == 1);
    with(family, |root| {
        for name in family.sets.iter().flat_map(|set| set.iter()).chain([&family.sound]) {
            fs::remove_file(root.join(name)).ok();
        }
        for (name, part) in set.iter().zip(&parts) {
            put(&root.join(name), part);
        }
        if !silent {
            put(&root.join(family.sound), &header());
        }
        let path = set.first().filter(|_| named).map_or_else(|| root.to_owned(), |name| root.join(name));
        match open(&path, &WavProbe) {
            Ok(talk) => {
                check(&talk);
                Some(talk)
            }
            Err(error) => {
                assert!(is_one_line(&error.to_string()) && is_one_line(&error.reason()), "{error}");
                // With a sound there is always something to play, but where a document was named that tells of nothing.
                let nothing = matches!(
                    error,
                    OpenError::Nothing { .. } | OpenError::Unknown(_) | OpenError::DownloadFailed { .. }
                );
                assert!(nothing && (silent || named || family.sound.contains('/')), "{error}");
                None
            }
        }
    })
}

/// Twenty seconds of sound, as far as its first bytes tell.
fn header() -> Vec<u8> {
    let mut header = wav(20.0);
    header.truncate(44);
    header
}

thread_local! {
    /// The folder of each family, made once for each thread.
    static PLACES: RefCell<HashMap<&'static str, tempfile::TempDir>> = RefCell::default();
}

/// Lends the folder of a family. What lies beside it must never be reached.
fn with<T>(family: &Family, visit: impl FnOnce(&Path) -> T) -> T {
    PLACES.with_borrow_mut(|places| {
        let place = places.entry(family.folder).or_insert_with(|| {
            let place = tempfile::tempdir().expect("a temporary folder can be made");
            let picture = jpeg(32, 18, [90; 3]);
            for name in family.files {
                put(&place.path().join(family.folder).join(name), &picture);
            }
            fs::create_dir_all(place.path().join(family.folder)).expect("the folder can be made");
            put(&place.path().join("outside.jpg"), &picture);
            put(&place.path().join("outside.wav"), &header());
            place
        });
        visit(&place.path().join(family.folder))
    })
}

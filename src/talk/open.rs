//! Opens a folder or a file as a talk. Blocks on the disk; reads headers and documents only, never whole recordings.
//!
//! Whatever is wrong becomes an issue of the talk and the rest opens; an error is only for what leaves nothing to play.

use std::io;
use std::path::{Path, PathBuf};

use super::folder::{Entry, Folder};
use super::issue::{Issue, IssueKind, printable};
use super::layouts::{self, FAMILIES, Found};
use super::pictures::Pictures;
use super::track::SlideTrack;
use super::{
    MediaFile, MediaProbe, Slide, Talk, TalkId, VideoRole, chapters, films, identity, media, metadata, names, texts,
};
use crate::time::MediaTime;

pub use super::recognise::{expand, looks_like_talk, title_at};

/// Why a path cannot be opened as a talk.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The path leads nowhere.
    #[error("There is no such file or folder: {}", printable(.0))]
    NotFound(PathBuf),
    /// The system does not let us read it.
    #[error("No permission to read {}", printable(.0))]
    Denied(PathBuf),
    /// It is there, but neither a folder of a talk nor a sound or video file.
    #[error("Neither a talk nor a sound or video file: {}", printable(.0))]
    Unknown(PathBuf),
    /// The system fails to read it.
    #[error("Cannot read the talk ({why}): {}", printable(.path))]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// All that there is of the talk is the server's refusal.
    #[error("Download failed: the server's refusal was saved as {}", printable(.file))]
    DownloadFailed {
        /// The folder.
        path: PathBuf,
        /// The file that holds the refusal, relative to the folder.
        file: PathBuf,
        /// What the server said, in words.
        answer: String,
    },
    /// It looks like a talk, but there is neither a slide to see nor a sound to hear.
    #[error("Nothing to play ({why}): {}", printable(.path))]
    Nothing {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong, in words.
        why: String,
    },
}

impl OpenError {
    /// Why, as a sentence that does not name the path: for lists in which it stands anyway.
    pub fn reason(&self) -> String {
        match self {
            Self::NotFound(_) => "There is no such file or folder".to_owned(),
            Self::Denied(_) => "No permission to read it".to_owned(),
            Self::Unknown(_) => "Neither a talk nor a sound or video file".to_owned(),
            Self::Unreadable { why, .. } => format!("Cannot read the talk ({why})"),
            Self::DownloadFailed { file, .. } => {
                format!("Download failed: the server's refusal was saved as {}", printable(file))
            }
            Self::Nothing { why, .. } => format!("Nothing to play: {why}"),
        }
    }

    /// The same of what the viewer has named.
    fn at(self, path: &Path) -> Self {
        let path = path.to_owned();
        match self {
            Self::NotFound(_) => Self::NotFound(path),
            Self::Denied(_) => Self::Denied(path),
            Self::Unknown(_) => Self::Unknown(path),
            Self::Unreadable { why, .. } => Self::Unreadable { path, why },
            Self::DownloadFailed { file, answer, .. } => Self::DownloadFailed { path, file, answer },
            Self::Nothing { why, .. } => Self::Nothing { path, why },
        }
    }

    fn reading(path: &Path, why: io::Error) -> Self {
        let path = path.to_owned();
        match why.kind() {
            io::ErrorKind::NotFound => Self::NotFound(path),
            io::ErrorKind::PermissionDenied => Self::Denied(path),
            // A file where a folder should be, further up in the path.
            io::ErrorKind::NotADirectory => Self::NotFound(path),
            _ => Self::Unreadable { path, why },
        }
    }
}

/// Opens the talk in a folder, or that of a single file: a sound or video file, or a document that tells of a talk.
///
/// A file of a folder that is a talk stands for that talk; any other has what is called as it is.
///
/// # Errors
/// [`OpenError`] where nothing is left to play.
pub fn open(path: &Path, probe: &dyn MediaProbe) -> Result<Talk, OpenError> {
    let failed = |why| OpenError::reading(path, why);
    let absolute = std::path::absolute(path).map_err(failed)?;
    let kind = std::fs::metadata(&absolute).map_err(failed)?;
    if kind.is_dir() {
        return open_in(path, &Folder::list(absolute).map_err(failed)?, None, probe);
    }
    let name = file_name(&absolute);
    if !kind.is_file() {
        return Err(OpenError::Unknown(path.to_owned()));
    }
    if !names::is_media(&name) && !layouts::is_document(&name) {
        // Without a name that says what it is, what is in it does.
        let plays = || probe.probe(&absolute).is_ok() || probe.film_length(&absolute).is_some();
        let around = Folder::around(&absolute).ok().filter(|_| plays());
        let mut around = around.ok_or_else(|| OpenError::Unknown(path.to_owned()))?;
        around.choose_sound(&name);
        return open_in(path, &around, Some(&name), probe);
    }
    let whole = absolute.parent().and_then(|folder| Folder::list(folder.to_owned()).ok());
    let whole = whole.map(|mut folder| {
        folder.choose(&name);
        folder
    });
    if let Some(folder) = whole.filter(layouts::is_one_talk) {
        return open_in(folder.root(), &folder, Some(&name), probe).map_err(|error| error.at(path));
    }
    let mut around = Folder::around(&absolute).map_err(failed)?;
    around.choose(&name);
    open_in(path, &around, Some(&name), probe)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Opens the talk that the files of a folder make, of which the viewer may have named one.
fn open_in(path: &Path, folder: &Folder, named: Option<&str>, probe: &dyn MediaProbe) -> Result<Talk, OpenError> {
    let mut issues = folder.issues();
    let listed = issues.len();
    let mut pictures = Pictures::new(folder);
    let families = FAMILIES.iter().filter(|family| family.recognises(folder));
    let found = families.map(|family| family.read(folder, &mut pictures, &mut issues)).find(Option::is_some).flatten();
    let recognised = found.is_some() || issues.len() > listed;
    let Found { id, mut metadata, slides, mut untimed, mut media, tracks, in_thousandths, videos: told } =
        found.unwrap_or_default();
    media.extend(named.filter(|name| names::is_media(name)).map(PathBuf::from));
    let mut slides = if untimed { SlideTrack::untimed(slides) } else { SlideTrack::new(slides) };
    let last_slide = slides.last_start();
    let before = issues.len();
    let audio = media::choose(folder, &media, last_slide, probe, &mut issues);
    let pictured = |slides: &SlideTrack| slides.iter().any(|slide| slide.image.is_some() || slide.clip.is_some());
    let alone_to_see = audio.is_none() && !pictured(&slides);
    let silent = alone_to_see.then(|| films::silent(folder, &media, &told, probe)).flatten();
    if let Some((film, _)) = &silent {
        issues.retain(|issue| issue.kind != IssueKind::NoAudio && issue.file.as_ref() != Some(film));
        issues.push(Issue::about(IssueKind::NoAudio, "The film has no sound", film));
    }
    let (film, silent) = silent.unzip();
    let recording = audio.as_ref().map(|audio| &audio.file).or(film.as_ref());
    let sound = recording.map(|file| names::of_path(file));
    let alone = named.filter(|_| folder.is_partial()).map(names::normal);
    let stem = sound.as_deref().or(alone.as_deref()).map(names::family_stem);
    metadata.fill(metadata::of_folder(folder, stem));
    let mut moves = false;
    if let Some(file) = recording {
        let contents = probe.contents(&folder.root().join(file));
        let length = audio.as_ref().and_then(|audio| audio.duration);
        if in_thousandths && let Some(right) = in_seconds(&slides, length) {
            slides = right;
            issues.retain(|issue| issue.kind != IssueKind::CoarseTiming);
        }
        if slides.is_empty() {
            let chapters = &contents.chapters;
            match layouts::without_description(folder, file, chapters, &mut pictures, &mut issues) {
                Some(found) if found.untimed => (slides, untimed) = (SlideTrack::untimed(found.slides), true),
                Some(found) => slides = SlideTrack::new(found.slides),
                None => slides = SlideTrack::new(chapters::slides(&contents, file, &mut pictures)),
            }
        }
        metadata.fill(metadata::of_tags(&contents.tags));
        moves = contents.moves;
    }
    let moving = recording.map(|file| (file.as_path(), moves));
    let videos = films::choose(folder, told, moving, slides.iter(), probe, &mut issues);
    let filmed = videos.iter().any(|video| video.role == VideoRole::Film);
    if slides.is_empty() && !filmed && !folder.is_partial() {
        issues.insert(before.min(issues.len()), no_slides(folder));
    }
    if (slides.is_empty() || untimed) && !folder.is_partial() {
        damaged_documents(folder, &mut issues);
    }
    if recording.is_none() && !pictured(&slides) {
        if let Some(why) = named.filter(|_| folder.is_partial()).and_then(|name| why_silent(folder, name, probe)) {
            return Err(OpenError::Nothing { path: path.to_owned(), why });
        }
        let promising = recognised
            || folder.files().iter().any(|file| names::is_picture(&file.name) || names::is_partial(&file.name));
        return Err(nothing(path, folder, promising, &issues));
    }
    issues.extend(slides_after_end(&slides, audio.as_ref()));
    let (transcript, language, tracks) = texts::choose(folder, stem, tracks, &mut issues);
    let of_folder = folder.name();
    let own = stem.filter(|_| folder.is_partial()).unwrap_or(&of_folder);
    let picture = slides.iter().find_map(|slide| slide.image.as_ref()).map(|image| &image.file);
    let content = recording.or(picture);
    let content = content.map_or(0, |file| identity::content_of(&folder.root().join(file)));
    let number = || layouts::number_of(folder).or_else(|| service_number(own, &metadata, sound.as_deref()));
    let unnumbered = named.filter(|_| folder.is_partial()).unwrap_or(own);
    Ok(Talk {
        id: id.or_else(|| number().map(TalkId)).unwrap_or_else(|| TalkId(unnumbered.to_owned())),
        source: path.to_owned(),
        root: folder.root().to_owned(),
        title: metadata
            .title
            .clone()
            .or_else(|| recording.and_then(|file| title_of(file)))
            .unwrap_or_else(|| names::title_of_folder(own)),
        slides,
        audio,
        metadata,
        content,
        transcript,
        language,
        tracks,
        videos,
        silent,
        untimed,
        issues,
        known_as: None,
    })
}

/// Documents that might have told of slides, and are too damaged for any family to know them.
fn damaged_documents(folder: &Folder, issues: &mut Vec<Issue>) {
    const LOOKED_AT: usize = 8;
    let untold = |file: &&Entry| issues.iter().all(|issue| issue.file.as_deref() != Some(&file.path));
    let documents = folder.top().filter(|file| layouts::is_document(&file.name)).filter(untold).take(LOOKED_AT);
    let damaged: Vec<Issue> = documents
        .filter_map(|file| {
            let bytes = match folder.document(&file.path) {
                Ok(bytes) => bytes,
                Err(issue) => return Some(issue),
            };
            let what = "The file is damaged, and tells nothing of the slides";
            let is_damaged = names::split(&file.name).1 == "json" && layouts::is_damaged_json(&bytes);
            is_damaged.then(|| Issue::about(IssueKind::TimingUnreadable, what, &file.path))
        })
        .collect();
    issues.extend(damaged);
}

/// The service's number of a talk of which no document is called by it: in the name of the folder, in the address of the
/// talk, else what the sound is called by, if that is nothing else.
fn service_number(folder: &str, metadata: &metadata::Metadata, sound: Option<&str>) -> Option<String> {
    let link = metadata.link.as_deref().filter(|link| link.contains("slideslive.com/"));
    let alone = sound.map(|name| names::split(name).0).filter(|stem| names::talk_number(stem) == Some(*stem));
    let number = names::talk_number(folder).or_else(|| names::talk_number(link?)).or(alone)?;
    Some(number.to_owned())
}

/// What is wrong with the sound of the very file that the viewer has named.
fn why_silent(folder: &Folder, name: &str, probe: &dyn MediaProbe) -> Option<String> {
    let media = Some(name).filter(|name| names::is_media(name))?;
    let why = probe.probe(&folder.root().join(media)).err()?;
    Some(why.trim_end_matches('.').to_owned())
}

fn title_of(recording: &Path) -> Option<String> {
    names::title_of_media(names::split(&file_name(recording)).0)
}

/// Slides whose times were taken for seconds, where they can only be thousandths of them: as seconds they lie far beyond the end
/// of the sound, and as thousandths they fit it.
fn in_seconds(slides: &SlideTrack, sound: Option<MediaTime>) -> Option<SlideTrack> {
    const FAR: i64 = 100;
    let (last, end) = (slides.last_start(), sound?);
    let right = |time: MediaTime| MediaTime::from_nanos(time.nanos() / 1000);
    let fits = last.nanos() / FAR > end.nanos() && right(last) <= end;
    fits.then(|| {
        SlideTrack::new(slides.iter().map(|slide| Slide { start: right(slide.start), ..slide.clone() }).collect())
    })
}

fn no_slides(folder: &Folder) -> Issue {
    let pictures = folder.files().iter().filter(|file| names::is_picture(&file.name)).count();
    let message = match pictures {
        0 => "There are no slides in the folder".to_owned(),
        1 => "Nothing says when the picture in the folder is shown".to_owned(),
        more => format!("Nothing says when the {more} pictures in the folder are shown"),
    };
    Issue::new(IssueKind::NoSlides, message)
}

/// The error for a folder without anything to play, from what was found wrong with it.
fn nothing(path: &Path, folder: &Folder, promising: bool, issues: &[Issue]) -> OpenError {
    let path = path.to_owned();
    let refusal = issues.iter().find(|issue| issue.kind == IssueKind::DownloadFailed);
    if let Some(Issue { message, file: Some(file), .. }) = refusal {
        return OpenError::DownloadFailed { path, file: file.clone(), answer: message.clone() };
    }
    if folder.files().is_empty() {
        let something = std::fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_some());
        let why = if something { "there are no ordinary files in it" } else { "the folder is empty" };
        return OpenError::Nothing { path, why: why.to_owned() };
    }
    if !promising {
        let document = folder.top().find(|file| folder.is_chosen(file) && layouts::is_document(&file.name));
        return match document.or_else(|| folder.top().find(|file| layouts::is_document(&file.name))) {
            Some(file) => {
                let why = format!("there is neither a sound nor a slide that goes with {}", printable(&file.name));
                OpenError::Nothing { path, why }
            }
            None => OpenError::Unknown(path),
        };
    }
    let why: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
    OpenError::Nothing { path, why: why.join("; ") }
}

fn slides_after_end(slides: &SlideTrack, audio: Option<&MediaFile>) -> Option<Issue> {
    let end = audio?.duration?;
    let late = slides.iter().filter(|slide| slide.start > end).count();
    let message = match late {
        0 => return None,
        1 => format!("The sound ends at {}, before the last slide appears", end.clock()),
        more => format!("The sound ends at {}, before the last {more} slides appear", end.clock()),
    };
    Some(Issue { file: Some(audio?.file.clone()), ..Issue::new(IssueKind::SlidesAfterEnd, message) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::{Prng, mutate};
    use crate::testing::talks::{Broken, Naming, REFUSAL, TalkBuilder, WavProbe, jpeg, put, wav};

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    fn kinds(talk: &Talk) -> Vec<&str> {
        talk.issues.iter().map(|issue| issue.kind.name()).collect()
    }

    fn error(path: &Path) -> String {
        open(path, &WavProbe).expect_err("does not open").to_string()
    }

    #[test]
    fn a_whole_talk_opens_with_all_that_is_known_of_it() {
        let dir = folder();
        let root = TalkBuilder::new("38930109", "deep-learning")
            .slides([0, 4_000])
            .sound("Deep Learning-512930109.wav", 9.0)
            .write(dir.path());
        let talk = open(&root, &WavProbe).expect("opens");
        assert_eq!((talk.id.0.as_str(), talk.title.as_str()), ("38930109", "Deep Learning"));
        assert_eq!((talk.source.as_path(), talk.root.as_path()), (root.as_path(), root.as_path()));
        assert_eq!((talk.slides.len(), talk.duration(), kinds(&talk)), (2, MediaTime::from_secs(9), vec![]));
    }

    #[test]
    fn a_talk_without_sound_opens_and_says_so() {
        let dir = folder();
        let talk = open(&TalkBuilder::new("38930109", "my-talk?ref=x").slides([0, 4_000]).write(dir.path()), &WavProbe)
            .expect("opens");
        assert_eq!((talk.audio.clone(), talk.title.as_str(), kinds(&talk)), (None, "My talk", vec!["no-audio"]));
        assert_eq!(talk.duration(), MediaTime::from_secs(34));
    }

    #[test]
    fn a_failed_download_is_told_as_one() {
        let dir = folder();
        let root = dir.path().join("38933066-");
        put(&root.join("38933066.xml"), REFUSAL.as_bytes());
        put(&root.join("None-None-big.jpg"), REFUSAL.as_bytes());
        put(&root.join("ffmpeg_concat.txt"), b"");
        assert_eq!(error(&root), "Download failed: the server's refusal was saved as 38933066.xml");
        put(&root.join("talk.wav"), &wav(3.0));
        let talk = open(&root, &WavProbe).expect("opens");
        assert_eq!(kinds(&talk), ["download-failed", "no-slides"]);
        assert_eq!(
            talk.issues[0].message,
            "The download failed: the server answered AccessDenied, which was saved as 38933066.xml"
        );
        assert_eq!(talk.id.0, "38933066");
    }

    #[test]
    fn a_failed_list_gives_way_to_the_next_best_source_of_times() {
        let dir = folder();
        let root = TalkBuilder::new("38933066", "x").slides([0, 4_500, 9_000]).write(dir.path());
        put(&root.join("38933066.xml"), REFUSAL.as_bytes());
        let talk = open(&root, &WavProbe).expect("opens");
        assert_eq!(kinds(&talk), ["download-failed", "coarse-timing", "no-audio"]);
        assert_eq!(talk.slides.iter().map(|slide| slide.start.millis()).collect::<Vec<_>>(), [0, 4_000, 9_000]);
        put(&root.join("ffmpeg_concat.txt"), b"");
        let talk = open(&root, &WavProbe).expect("opens");
        assert_eq!(kinds(&talk), ["download-failed", "file-name-timing", "no-audio"]);
        assert_eq!(talk.slides.iter().map(|slide| slide.start.millis()).collect::<Vec<_>>(), [0, 4_500, 9_000]);
    }

    #[test]
    fn a_sound_file_is_known_by_what_is_in_it() {
        let dir = folder();
        for name in ["talk", "talk.bin", "Deep sets.wav.part", "talk.wav.1"] {
            let file = dir.path().join(name);
            put(&file, &wav(3.0));
            let talk = open(&file, &WavProbe).expect(name);
            assert_eq!(talk.audio.map(|audio| audio.file), Some(name.into()));
        }
    }

    #[test]
    fn documents_and_texts_that_have_to_be_passed_over_are_told() {
        let dir = folder();
        put(&dir.path().join("talk.wav"), &wav(3.0));
        put(&dir.path().join("data.json"), "[".repeat(100_000).as_bytes());
        put(&dir.path().join("talk.vtt"), b"WEBVTT\n\n9:99 --> nan\nx\n");
        put(&dir.path().join("talk.de.vtt"), b"WEBVTT\n");
        let talk = open(dir.path(), &WavProbe).expect("opens");
        let told: Vec<&str> = talk.issues.iter().map(|issue| &*issue.message).collect();
        assert!(told.contains(&"The file is damaged, and tells nothing of the slides: data.json"), "{told:?}");
        assert!(told.contains(&"There is nothing in the text that can be read: talk.vtt"), "{told:?}");
        assert_eq!(kinds(&talk), ["no-slides", "timing-unreadable", "text-unreadable"]);
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let dir = folder();
        let at = |name: &str| dir.path().join(name);
        assert!(error(&at("gone")).starts_with("There is no such file or folder: "));
        put(&at("notes.txt"), b"x");
        assert!(error(&at("notes.txt")).starts_with("Neither a talk nor a sound or video file: "));
        assert!(error(&at("notes.txt/talk")).starts_with("There is no such file or folder: "));
        assert!(error(dir.path()).starts_with("Neither a talk nor a sound or video file: "));
        std::fs::create_dir(at("empty")).expect("a folder");
        assert!(error(&at("empty")).starts_with("Nothing to play (the folder is empty): "));
        put(&at("bad.mp3"), b"x");
        assert!(error(&at("bad.mp3")).starts_with("Nothing to play (it has no sound): "));
        put(&at("pictures/1.jpg"), &jpeg(8, 8, [0; 3]));
        put(&at("pictures/2.jpg"), &jpeg(8, 8, [0; 3]));
        let why =
            "Nothing says when the 2 pictures in the folder are shown; There is no sound or video file in the folder";
        assert!(
            error(&at("pictures")).starts_with(&format!("Nothing to play ({why}): ")),
            "{}",
            error(&at("pictures"))
        );
        let bare = TalkBuilder::new("1", "x")
            .slides([0, 9])
            .broken(0, Broken::Missing)
            .broken(1, Broken::Missing)
            .without_concat();
        assert!(error(&bare.write(dir.path())).contains("All 2 slides are missing"));
        put(&at("cut/talk.m4a.part"), b"x");
        assert!(
            error(&at("cut")).contains("The sound is only partly downloaded: talk.m4a.part"),
            "{}",
            error(&at("cut"))
        );
        let denied = OpenError::reading(Path::new("x"), io::ErrorKind::PermissionDenied.into());
        assert_eq!(denied.to_string(), "No permission to read x");
    }

    #[test]
    fn a_single_media_file_is_a_talk_without_slides() {
        let dir = folder();
        let file = dir.path().join("Attention [38972123].wav");
        put(&file, &wav(2.0));
        put(&dir.path().join("0-a-big.jpg"), &jpeg(8, 8, [0; 3]));
        let talk = open(&file, &WavProbe).expect("opens");
        assert_eq!((talk.id.0.as_str(), talk.title.as_str(), talk.slides.len()), ("38972123", "Attention", 0));
        assert_eq!((talk.root.as_path(), talk.source.as_path(), kinds(&talk)), (dir.path(), file.as_path(), vec![]));
        assert_eq!(talk.path(&talk.audio.as_ref().expect("sound").file), file);
    }

    #[test]
    fn a_folder_with_sound_alone_opens() {
        let dir = folder();
        put(&dir.path().join("my-recording/audio.wav"), &wav(2.0));
        let talk = open(&dir.path().join("my-recording"), &WavProbe).expect("opens");
        assert_eq!((talk.id.0.as_str(), talk.title.as_str()), ("my-recording", "My recording"));
        assert_eq!((talk.slides.len(), kinds(&talk)), (0, vec!["no-slides"]));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_place_of_any_file_blocks_nothing() {
        let dir = folder();
        let root = TalkBuilder::new("1", "x")
            .slides([0, 9_000])
            .broken(1, Broken::Missing)
            .sound("a.wav", 12.0)
            .write(dir.path());
        let pipe =
            |path: &Path| std::process::Command::new("mkfifo").arg(path).status().is_ok_and(|status| status.success());
        if !["2.xml", "9000-0-0002-big.jpg", "b.m4a", "x.ffconcat"].iter().all(|name| pipe(&root.join(name))) {
            return;
        }
        let talk = open(&root, &WavProbe).expect("opens");
        assert_eq!(kinds(&talk), ["timing-unreadable", "slide-missing"]);
        assert_eq!(talk.audio.map(|audio| audio.file), Some("a.wav".into()));
        assert!(pipe(&dir.path().join("talk.mp3")));
        assert!(error(&dir.path().join("talk.mp3")).starts_with("Neither"));
        assert!(!looks_like_talk(&dir.path().join("talk.mp3")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_no_text_open() {
        use std::os::unix::ffi::OsStrExt as _;
        let dir = folder();
        let root = dir.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
        let sound = std::ffi::OsStr::from_bytes(b"R\xe9sum\xe9 of a talk-512930109.wav");
        put(&root.join(sound), &wav(2.0));
        put(&root.join(std::ffi::OsStr::from_bytes(b"0-\xe9-big.jpg")), &jpeg(8, 8, [0; 3]));
        let talk = open(&root, &WavProbe).expect("opens");
        assert_eq!(talk.audio.as_ref().map(|audio| audio.file.as_os_str()), Some(sound));
        assert!(
            talk.path(&talk.slides.iter().next().and_then(|slide| slide.image.clone()).expect("a picture").file)
                .is_file()
        );
    }

    #[test]
    fn damaged_lists_and_names_open_or_are_explained_and_never_lead_out() {
        let dir = folder();
        let talk =
            TalkBuilder::new("38930109", "x").slides([0, 4_500, 70_137, 331_411]).without_xml().sound("a.wav", 400.0);
        let root = talk.write(dir.path());
        put(&dir.path().join("outside.jpg"), &jpeg(8, 8, [0; 3]));
        let (list, mut prng, mut seen) = (talk.concat(), Prng::new(2), 0);
        for _ in 0..1_000 {
            put(&root.join("ffmpeg_concat.txt"), &mutate(list.as_bytes(), &mut prng));
            seen += checked(&root, 40);
        }
        assert!(seen > 2_500, "{seen}");
        for (naming, seed) in [(Naming::TimeFirst, 3), (Naming::TimeLast, 4)] {
            let root = talk.clone().naming(naming).without_concat().write(&dir.path().join(seed.to_string()));
            let (mut prng, mut seen) = (Prng::new(seed), 0);
            let mut names: Vec<PathBuf> = Vec::new();
            for _ in 0..300 {
                let name = mutate(b"331411-0-0004-big.jpg", &mut prng);
                let name = String::from_utf8_lossy(&name)
                    .replace(['/', '\\', '\0', ':', '*', '?', '"', '<', '>', '|', '\r', '\n'], "");
                let usable = !name.trim_matches(['.', ' ']).is_empty() && name.len() < 200 && name != "a.wav";
                if usable {
                    put(&root.join(&name), &jpeg(8, 8, [0; 3]));
                    names.push(root.join(&name));
                }
                seen += checked(&root, 400);
                if names.len() > 12 {
                    names.drain(..).for_each(|name| drop(std::fs::remove_file(name)));
                }
            }
            assert!(seen > 1_000, "{seen}");
        }
    }

    /// Opens a damaged talk, which always has its sound, and returns how many slides it has.
    fn checked(root: &Path, most: usize) -> usize {
        let talk = open(root, &WavProbe).expect("there is always the sound");
        let starts: Vec<_> = talk.slides.iter().map(|slide| slide.start).collect();
        assert!(starts.is_sorted() && starts.first().is_none_or(|first| *first >= MediaTime::ZERO));
        assert!(starts.len() <= most && talk.issues.len() <= 12, "{:?}", talk.issues);
        let real = root.canonicalize().expect("is there");
        for image in talk.slides.iter().filter_map(|slide| slide.image.as_ref()) {
            let file = talk.path(&image.file).canonicalize().expect("is there");
            assert!(image.file.is_relative() && file.starts_with(&real) && file.is_file(), "{file:?}");
        }
        starts.len()
    }
}

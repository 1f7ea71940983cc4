//! Which moving pictures go along with a talk, and what they show. Reads headers only.

use std::path::{Path, PathBuf};

use super::folder::Folder;
use super::{MediaProbe, Slide, Video, VideoRole, media, names};
use crate::time::MediaTime;

/// Most files that are looked into.
const MAX_PROBED: usize = 6;

/// A file that a document names, before anybody has looked into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// Relative to the talk's root.
    pub(crate) file: PathBuf,
    /// What it shows.
    pub(crate) role: VideoRole,
    /// The moment of the talk at which it begins.
    pub(crate) starts: MediaTime,
}

impl Told {
    /// That begins with the talk.
    pub(crate) fn new(file: PathBuf, role: VideoRole) -> Self {
        Self { file, role, starts: MediaTime::ZERO }
    }
}

/// What documents name, as far as it moves; then the file of the sound, or one of the same name beside it. `sound` is that file
/// and whether it moves.
pub(crate) fn choose<'a>(
    folder: &Folder,
    told: Vec<Told>,
    sound: Option<(&Path, bool)>,
    slides: impl IntoIterator<Item = &'a Slide>,
    probe: &dyn MediaProbe,
) -> Vec<Video> {
    let mut videos: Vec<Video> = Vec::new();
    let moves = |file: &Path| match sound {
        Some((known, moves)) if known == file => moves,
        _ => probe.contents(&folder.root().join(file)).moves,
    };
    for Told { file, role, starts } in told.into_iter().take(MAX_PROBED) {
        if videos.iter().all(|video| video.file != file) && moves(&file) {
            videos.push(Video { file, role, starts });
        }
    }
    let pictured = slides.into_iter().any(|slide| slide.image.is_some() || slide.clip.is_some());
    let role = if pictured { VideoRole::Speaker } else { VideoRole::Film };
    if !pictured {
        // What was projected is seen in the place of the slides, or else whoever speaks.
        let screen = videos.iter().position(|video| video.role == VideoRole::Screen).unwrap_or(0);
        if let Some(video) = videos.get_mut(screen) {
            video.role = VideoRole::Film;
        }
    }
    let known = |file: &Path| videos.iter().any(|video| video.file == file);
    if let Some((file, moves_too)) = sound.filter(|(file, _)| !known(file)) {
        let found = if moves_too { Some(file.to_owned()) } else { beside(folder, file, moves) };
        let found = found.filter(|file| !known(file) && videos.iter().all(|video| video.role != role));
        videos.extend(found.map(|file| Video { file, role, starts: MediaTime::ZERO }));
    }
    videos
}

/// A video that is called like the sound.
fn beside(folder: &Folder, sound: &Path, moves: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let stem = sound.file_stem()?.to_string_lossy().into_owned();
    let others = media::candidates(folder).filter(|file| file.path != *sound && !names::is_sound(&file.name));
    let called = others.filter(|file| names::split(&file.name).0 == stem).take(MAX_PROBED);
    called.map(|file| file.path.clone()).find(|file| moves(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::{AudioInfo, MediaContents, SlideImage};
    use crate::testing::talks::put;

    /// Everything whose name has `film` in it moves.
    struct Names;

    impl MediaProbe for Names {
        fn probe(&self, _file: &Path) -> Result<(AudioInfo, Option<MediaTime>), String> {
            Err("it has no sound".to_owned())
        }

        fn contents(&self, file: &Path) -> MediaContents {
            MediaContents { moves: file.to_string_lossy().contains("film"), ..MediaContents::default() }
        }
    }

    fn chosen(
        files: &[&str],
        told: Vec<Told>,
        sound: Option<(&str, bool)>,
        pictured: bool,
    ) -> Vec<(String, VideoRole)> {
        let dir = tempfile::tempdir().expect("a folder");
        files.iter().for_each(|name| put(&dir.path().join(name), b"x"));
        let folder = Folder::list(dir.path().to_owned()).expect("lists");
        let image = SlideImage { file: "1.jpg".into(), width: 1, height: 1, format: crate::talk::ImageFormat::Jpeg };
        let slide = Slide { image: pictured.then_some(image), ..Slide::default() };
        let sound = sound.map(|(name, moves)| (Path::new(name), moves));
        let found = choose(&folder, told, sound, [&slide], &Names);
        found.into_iter().map(|video| (video.file.to_string_lossy().into_owned(), video.role)).collect()
    }

    fn told(file: &str, role: VideoRole) -> Told {
        Told::new(file.into(), role)
    }

    #[test]
    fn what_documents_name_counts_as_far_as_it_moves() {
        let files = ["film-a.mp4", "film-b.mp4", "c.mp4"];
        let list = vec![
            told("film-a.mp4", VideoRole::Speaker),
            told("c.mp4", VideoRole::Screen),
            told("film-b.mp4", VideoRole::Screen),
            told("film-a.mp4", VideoRole::Screen),
        ];
        let found = chosen(&files, list, Some(("film-a.mp4", true)), true);
        assert_eq!(found, [("film-a.mp4".into(), VideoRole::Speaker), ("film-b.mp4".into(), VideoRole::Screen)]);
    }

    #[test]
    fn the_file_of_the_sound_shows_the_speaker_where_there_are_slides_and_everything_where_there_are_none() {
        let files = ["film.mp4"];
        let of = |pictured| chosen(&files, Vec::new(), Some(("film.mp4", true)), pictured);
        assert_eq!(of(true), [("film.mp4".to_owned(), VideoRole::Speaker)]);
        assert_eq!(of(false), [("film.mp4".to_owned(), VideoRole::Film)]);
        assert_eq!(chosen(&files, Vec::new(), Some(("film.mp4", false)), true), []);
    }

    #[test]
    fn without_slides_what_was_projected_is_the_film() {
        let list = vec![told("film-a.mp4", VideoRole::Speaker), told("film-b.mp4", VideoRole::Screen)];
        let found = chosen(&["film-a.mp4", "film-b.mp4"], list, Some(("film-a.mp4", true)), false);
        assert_eq!(found, [("film-a.mp4".into(), VideoRole::Speaker), ("film-b.mp4".into(), VideoRole::Film)]);
    }

    #[test]
    fn a_video_called_like_the_sound_is_found_beside_it() {
        let files = ["film 1.m4a", "film 1.mp4", "film 2.mp4"];
        let found = chosen(&files, Vec::new(), Some(("film 1.m4a", false)), true);
        assert_eq!(found, [("film 1.mp4".to_owned(), VideoRole::Speaker)]);
    }
}

//! Which moving pictures go along with a talk, and what they show. Reads headers only.

use std::path::{Path, PathBuf};

use super::folder::Folder;
use super::issue::{Issue, IssueKind};
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
/// and whether it moves. What cannot be read at all is told.
pub(crate) fn choose<'a>(
    folder: &Folder,
    told: Vec<Told>,
    sound: Option<(&Path, bool)>,
    slides: impl IntoIterator<Item = &'a Slide>,
    probe: &dyn MediaProbe,
    issues: &mut Vec<Issue>,
) -> Vec<Video> {
    let mut videos: Vec<Video> = Vec::new();
    let mut moves = |file: &Path| match sound {
        Some((known, moves)) if known == file => moves,
        _ => {
            let found = probe.contents(&folder.root().join(file));
            let unreadable = found
                .unreadable
                .map(|why| Issue::about(IssueKind::VideoUnreadable, &format!("Cannot show the video ({why})"), file));
            issues.extend(unreadable.filter(|issue| !issues.contains(issue)));
            found.moves
        }
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

/// A film without sound, for a talk of which nothing can be heard and no slide seen: what the viewer or a document has named, then
/// any; with how long it lasts.
pub(crate) fn silent(
    folder: &Folder,
    named: &[PathBuf],
    told: &[Told],
    probe: &dyn MediaProbe,
) -> Option<(PathBuf, MediaTime)> {
    let named = named.iter().filter_map(|file| folder.find(file));
    let of = |screen: bool| {
        told.iter().filter(move |told| (told.role == VideoRole::Screen) == screen).map(|told| told.file.clone())
    };
    let any = media::candidates(folder).map(|file| file.path.clone());
    let mut all = named.chain(of(true)).chain(of(false)).chain(any).take(MAX_PROBED);
    all.find_map(|file| probe.film_length(&folder.root().join(&file)).map(|length| (file, length)))
}

/// A video that is called like the sound.
fn beside(folder: &Folder, sound: &Path, mut moves: impl FnMut(&Path) -> bool) -> Option<PathBuf> {
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
            let named = |part: &str| file.to_string_lossy().contains(part);
            let unreadable = named("broken").then(|| "it is damaged".to_owned());
            MediaContents { moves: named("film") && unreadable.is_none(), unreadable, ..MediaContents::default() }
        }
    }

    fn chosen(
        files: &[&str],
        told: Vec<Told>,
        sound: Option<(&str, bool)>,
        pictured: bool,
    ) -> Vec<(String, VideoRole)> {
        let (found, issues) = chosen_with_issues(files, told, sound, pictured);
        assert_eq!(issues, [""; 0]);
        found
    }

    fn chosen_with_issues(
        files: &[&str],
        told: Vec<Told>,
        sound: Option<(&str, bool)>,
        pictured: bool,
    ) -> (Vec<(String, VideoRole)>, Vec<String>) {
        let dir = tempfile::tempdir().expect("a folder");
        files.iter().for_each(|name| put(&dir.path().join(name), b"x"));
        let folder = Folder::list(dir.path().to_owned()).expect("lists");
        let image = SlideImage { file: "1.jpg".into(), width: 1, height: 1, format: crate::talk::ImageFormat::Jpeg };
        let slide = Slide { image: pictured.then_some(image), ..Slide::default() };
        let sound = sound.map(|(name, moves)| (Path::new(name), moves));
        let mut issues = Vec::new();
        let found = choose(&folder, told, sound, [&slide], &Names, &mut issues);
        let found = found.into_iter().map(|video| (video.file.to_string_lossy().into_owned(), video.role));
        (found.collect(), issues.into_iter().map(|issue| issue.message).collect())
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
    fn a_video_that_cannot_be_read_is_told_once() {
        let files = ["broken film.m4a", "broken film.mp4", "broken film.txt", "broken.mp4", "other.m4a", "other.mp4"];
        let of = |told, sound| chosen_with_issues(&files, told, Some((sound, false)), true);
        let line = "Cannot show the video (it is damaged): broken film.mp4".to_owned();
        assert_eq!(of(Vec::new(), "broken film.m4a"), (vec![], vec![line.clone()]));
        let twice = vec![told("broken film.mp4", VideoRole::Screen), told("broken film.mp4", VideoRole::Speaker)];
        assert_eq!(of(twice, "broken film.m4a"), (vec![], vec![line]));
        // What can be read and only does not move is another form of the sound.
        assert_eq!(of(Vec::new(), "other.m4a"), (vec![], vec![]));
    }

    #[test]
    fn a_video_called_like_the_sound_is_found_beside_it() {
        let files = ["film 1.m4a", "film 1.mp4", "film 2.mp4"];
        let found = chosen(&files, Vec::new(), Some(("film 1.m4a", false)), true);
        assert_eq!(found, [("film 1.mp4".to_owned(), VideoRole::Speaker)]);
    }
}

//! Chooses the sound of a talk among the files of its folder.

use std::cmp::Reverse;
use std::path::PathBuf;

use super::folder::{Entry, Folder};
use super::issue::{Issue, IssueKind, printable};
use super::names;
use super::{MediaFile, MediaProbe};
use crate::time::MediaTime;

/// Most files that are probed; each costs time on a slow disk.
const MAX_PROBED: usize = 12;

/// Most files without a readable sound that are named one by one.
const NAMED: usize = 3;

/// Files in the folder that may be the sound of the talk, by their names. A film that was made of the slides is one only where
/// nothing else is: it is all that is left of the talk.
pub(crate) fn candidates(folder: &Folder) -> impl Iterator<Item = &Entry> {
    let whole = |file: &&Entry| folder.is_media(file);
    let own = move |file: &&Entry| whole(file) && !names::is_derived(&file.name) && !is_remake(&file.name, folder);
    let films = !folder.top().any(|file| own(&file));
    folder.top().filter(move |file| own(file) || films && whole(file) && names::is_film_of_slides(&file.name))
}

/// `Title [id]_slides.mp4` is made of `Title [id].mp4`, if that is there.
fn is_remake(name: &str, folder: &Folder) -> bool {
    let Some(stem) = names::split(name).0.strip_suffix("_slides") else { return false };
    folder.top().any(|file| names::is_media(&file.name) && names::split(&file.name).0 == stem)
}

/// Chooses the sound: one that lasts until the last slide, then the one whose name is most like the folder's, then a
/// file with nothing but sound, then one with a name of its own, then one that no tool has made of others, then the longest, then the first by name. `preferred`, where a document names the files,
/// are tried first and in their order.
pub(crate) fn choose(
    folder: &Folder,
    preferred: &[PathBuf],
    last_slide: MediaTime,
    probe: &dyn MediaProbe,
    issues: &mut Vec<Issue>,
) -> Option<MediaFile> {
    let mut failures = Vec::new();
    let mut try_one = |path: PathBuf| match probe.probe(&folder.root().join(&path)) {
        Ok((info, duration)) => Some(MediaFile { file: path, info, duration }),
        Err(why) => {
            failures.push((path, why));
            None
        }
    };
    let named = preferred.iter().filter_map(|path| folder.find(path)).take(MAX_PROBED).find_map(&mut try_one);
    if named.is_some() {
        return named;
    }
    let slug = folder.name();
    let likeness = |file: &Entry| names::likeness(&title(file), &slug);
    let mut files: Vec<&Entry> = candidates(folder).collect();
    files.sort_by_key(|file| (Reverse(likeness(file)), !names::is_sound(&file.name)));
    let mut usable: Vec<(&Entry, MediaFile)> =
        files.into_iter().take(MAX_PROBED).filter_map(|file| Some((file, try_one(file.path.clone())?))).collect();
    // The sort is stable, so that files which nothing tells apart stay in natural order.
    usable.sort_by_key(|(file, media)| {
        let long_enough = match media.duration {
            Some(duration) if duration >= last_slide => 0,
            None => 1,
            Some(_) => 2,
        };
        let stem = names::split(&file.name).0;
        let made = (names::is_generic(stem), names::is_made(stem));
        (long_enough, Reverse(likeness(file)), !names::is_sound(&file.name), made, Reverse(media.duration))
    });
    several(&usable, issues);
    let chosen = usable.into_iter().next().map(|(_, media)| media);
    if chosen.is_none() {
        // Films of slides seldom have any.
        failures.retain(|(path, _)| !names::is_film_of_slides(&names::of_path(path)));
        explain(folder, &failures, issues);
    }
    chosen
}

/// Name without extension and id.
fn title(file: &Entry) -> String {
    let stem = names::split(&file.name).0;
    names::title_of_media(stem).unwrap_or_else(|| stem.to_owned())
}

/// A choice between files that share a title is no choice: they are forms of one recording. So are those with the names
/// that tools give to what they make of any talk.
fn several(usable: &[(&Entry, MediaFile)], issues: &mut Vec<Issue>) {
    let Some(((first, chosen), rest)) = usable.split_first() else {
        return;
    };
    let is_other = |file: &&Entry| title(file) != title(first) && !names::is_generic(names::split(&file.name).0);
    let others: Vec<&Entry> = rest.iter().map(|(file, _)| *file).filter(is_other).collect();
    if let Some(other) = others.first() {
        let more = if others.len() > 1 { format!(" and {} more", others.len() - 1) } else { String::new() };
        let left = format!("{}{more}", printable(&other.name));
        let message =
            format!("Several files could be the sound, left out is {left}, played is {}", printable(&chosen.file));
        issues.push(Issue { kind: IssueKind::SeveralMedia, message, file: Some(chosen.file.clone()) });
    }
}

/// Why there is no sound.
fn explain(folder: &Folder, failures: &[(PathBuf, String)], issues: &mut Vec<Issue>) {
    for (path, why) in failures.iter().take(NAMED) {
        let why = why.trim_end_matches('.');
        issues.push(Issue::about(IssueKind::AudioUnreadable, &format!("Cannot play the sound ({why})"), path));
    }
    if failures.len() > NAMED {
        let message = format!("{} more files have no sound that can be played", failures.len() - NAMED);
        issues.push(Issue::new(IssueKind::AudioUnreadable, message));
    }
    let partial = folder.top().find(|file| names::is_partial(&file.name));
    if let Some(file) = partial {
        issues.push(Issue::about(IssueKind::MediaPartial, "The sound is only partly downloaded", &file.path));
    }
    if failures.is_empty() && partial.is_none() {
        issues.push(Issue::new(IssueKind::NoAudio, "There is no sound or video file in the folder"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::AudioInfo;
    use crate::testing::talks::put;
    use std::path::Path;

    /// Seconds of sound by file name; a file that is not named has none.
    struct Lengths(&'static [(&'static str, Option<i64>)]);

    impl MediaProbe for Lengths {
        fn probe(&self, file: &Path) -> Result<(AudioInfo, Option<MediaTime>), String> {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let (_, secs) = self.0.iter().find(|(known, _)| *known == name).ok_or("it has no sound.")?;
            let info = AudioInfo { codec: "aac".into(), sample_rate: 44_100, channels: 2 };
            Ok((info, secs.map(MediaTime::from_secs)))
        }
    }

    fn choice(files: &[&str], lengths: &'static [(&'static str, Option<i64>)]) -> (Option<String>, Vec<Issue>) {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().join("38930109-deep-learning");
        std::fs::create_dir(&root).expect("a folder");
        files.iter().for_each(|name| put(&root.join(name), b"x"));
        let folder = Folder::list(root).expect("lists");
        let mut issues = Vec::new();
        let chosen = choose(&folder, &[], MediaTime::from_secs(100), &Lengths(lengths), &mut issues);
        (chosen.map(|media| media.file.to_string_lossy().into_owned()), issues)
    }

    fn kinds(issues: &[Issue]) -> Vec<&str> {
        issues.iter().map(|issue| issue.kind.name()).collect()
    }

    #[test]
    fn films_of_slides_are_the_sound_where_nothing_else_is_and_unfinished_downloads_never() {
        let all: &[(&str, Option<i64>)] = &[
            ("a.m4a", Some(400)),
            ("slides-video.mp4", Some(500)),
            ("Talk-1.f140.m4a", Some(500)),
            ("T - Slide 002 [38972123-002].mp4", Some(500)),
        ];
        let (chosen, issues) = choice(&["T - Slide 002 [38972123-002].mp4"], all);
        assert_eq!((chosen, kinds(&issues)), (None, vec!["no-audio"]));
        let (chosen, issues) = choice(&["slides-video.mp4", "a.m4a"], all);
        assert_eq!((chosen, issues.len()), (Some("a.m4a".into()), 0));
        let (chosen, issues) = choice(&["slides-video.mp4", "T - Slide 002 [38972123-002].mp4"], all);
        assert_eq!((chosen, issues.len()), (Some("slides-video.mp4".into()), 0));
        let (chosen, issues) = choice(&["slides-video.mp4"], &[]);
        assert_eq!((chosen, kinds(&issues)), (None, vec!["no-audio"]));
        let (chosen, issues) = choice(&["Talk-1.f140.m4a", "Talk-1.m4a.part"], all);
        assert_eq!((chosen, kinds(&issues)), (None, vec!["media-partial"]));
    }

    #[test]
    fn length_comes_before_the_name_and_the_name_before_the_kind() {
        let (chosen, _) =
            choice(&["Deep Learning-1.m4a", "x.m4a"], &[("Deep Learning-1.m4a", Some(99)), ("x.m4a", Some(100))]);
        assert_eq!(chosen.as_deref(), Some("x.m4a"));
        let (chosen, issues) = choice(
            &["Deep Learning-512930109.mp4", "a.m4a"],
            &[("Deep Learning-512930109.mp4", Some(100)), ("a.m4a", Some(900))],
        );
        assert_eq!(chosen.as_deref(), Some("Deep Learning-512930109.mp4"));
        assert_eq!(kinds(&issues), ["several-media"]);
        let (chosen, issues) = choice(
            &["Deep Learning-512930109.mp4", "Deep Learning-512930109.m4a"],
            &[("Deep Learning-512930109.mp4", Some(100)), ("Deep Learning-512930109.m4a", Some(100))],
        );
        assert_eq!(chosen.as_deref(), Some("Deep Learning-512930109.m4a"));
        assert_eq!(issues, []);
    }

    #[test]
    fn what_tools_make_of_any_talk_leaves_no_choice() {
        let all: &[(&str, Option<i64>)] = &[
            ("video.mp4", Some(200)),
            ("combined.mp4", Some(200)),
            ("audio.mp3", Some(200)),
            ("A talk-1.mp4", Some(200)),
        ];
        let (chosen, issues) = choice(&["video.mp4", "combined.mp4", "audio.mp3"], all);
        assert_eq!((chosen.as_deref(), issues.len()), (Some("audio.mp3"), 0));
        let (_, issues) = choice(&["A talk-1.mp4", "audio.mp3"], all);
        assert_eq!(kinds(&issues), ["several-media"]);
    }

    #[test]
    fn what_was_made_of_others_comes_after_them() {
        let all: &[(&str, Option<i64>)] =
            &[("video.mp4", Some(200)), ("combined.mp4", Some(210)), ("finalvideo.mp4", Some(220))];
        let (chosen, issues) = choice(&["video.mp4", "combined.mp4", "finalvideo.mp4"], all);
        assert_eq!((chosen.as_deref(), issues.len()), (Some("video.mp4"), 0));
        let (chosen, _) = choice(&["combined.mp4"], all);
        assert_eq!(chosen.as_deref(), Some("combined.mp4"));
    }

    #[test]
    fn a_sound_of_unknown_length_is_better_than_one_that_is_too_short() {
        let (chosen, _) = choice(&["a.webm", "b.m4a"], &[("a.webm", None), ("b.m4a", Some(4))]);
        assert_eq!(chosen.as_deref(), Some("a.webm"));
    }

    #[test]
    fn what_nothing_tells_apart_is_chosen_by_natural_order() {
        let (chosen, _) =
            choice(&["part 10.mp3", "part 9.mp3"], &[("part 10.mp3", Some(200)), ("part 9.mp3", Some(200))]);
        assert_eq!(chosen.as_deref(), Some("part 9.mp3"));
    }

    #[test]
    fn files_without_sound_are_told_only_where_there_is_no_other() {
        let (chosen, issues) = choice(&["a.mp4", "b.mp4"], &[("b.mp4", Some(200))]);
        assert_eq!((chosen.as_deref(), issues.len()), (Some("b.mp4"), 0));
        let (chosen, issues) = choice(&["a.mp4"], &[]);
        assert_eq!(chosen, None);
        assert_eq!(issues[0].message, "Cannot play the sound (it has no sound): a.mp4");
        let (_, issues) = choice(&["1.mp4", "2.mp4", "3.mp4", "4.mp4", "5.mp4"], &[]);
        assert_eq!(issues.len(), 4);
    }

    #[test]
    fn a_file_that_a_document_names_is_taken_before_any_other() {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("video/webcams.webm"), b"x");
        put(&dir.path().join("talk.m4a"), b"x");
        let folder = Folder::list(dir.path().to_owned()).expect("lists");
        let named = ["../talk.m4a".into(), "gone.m4a".into(), PathBuf::from("video/webcams.webm")];
        let lengths = Lengths(&[("webcams.webm", Some(1)), ("talk.m4a", Some(200))]);
        let chosen = choose(&folder, &named, MediaTime::from_secs(100), &lengths, &mut Vec::new());
        assert_eq!(chosen.map(|media| media.file), Some("video/webcams.webm".into()));
    }
}

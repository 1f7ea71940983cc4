//! Lists in FFmpeg's concat format, from which people make a film of the slides: `ffmpeg_concat.txt`, `*.ffconcat`.
//!
//! Paths are not read as FFmpeg reads them: what leads out of the folder is never followed.

use std::path::{Path, PathBuf};

use super::assemble::{Draft, assemble};
use super::ffconcat_list::{List, ListEntry, parse};
use super::{Found, Layout, MAX_SLIDES, file_names};
use crate::talk::folder::{Entry, Folder, PICTURE_FOLDERS};
use crate::talk::issue::{Issue, IssueKind, printable};
use crate::talk::names;
use crate::talk::pictures::{self, Order, Pick, Pictures};
use crate::time::MediaTime;

/// Most lists that are opened.
const MAX_LISTS: usize = 8;

/// The family.
pub(crate) struct FfConcat;

impl Layout for FfConcat {
    fn recognises(&self, folder: &Folder) -> bool {
        lists(folder).next().is_some()
    }

    fn is_document(&self, name: &str) -> bool {
        is_list(name)
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        for file in lists(folder).take(MAX_LISTS) {
            let list = match folder.document(&file.path) {
                Ok(bytes) => parse(&String::from_utf8_lossy(&bytes)),
                Err(issue) => {
                    issues.push(issue);
                    continue;
                }
            };
            if let Some(message) = list.useless() {
                // A failed download leaves an empty list behind, which says no more than the refusal has said.
                if !issues.iter().any(|issue| issue.kind == IssueKind::DownloadFailed) {
                    issues.push(Issue::about(IssueKind::TimingUnreadable, message, &file.path));
                }
                continue;
            }
            return Some(Found { slides: slides(&list, file, folder, pictures, issues), ..Found::default() });
        }
        None
    }
}

/// The downloader's own list before any other.
fn lists(folder: &Folder) -> impl Iterator<Item = &Entry> {
    let own = |file: &&Entry| file.name.eq_ignore_ascii_case(OWN);
    let other = move |file: &&Entry| !own(file) && is_list(&file.name);
    let loose = |file: &&Entry| {
        LOOSE.contains(&file.name.as_str()) && folder.begins_with_any(&file.path, &["\nduration ", "\rduration "])
    };
    folder.top().filter(own).chain(folder.top().filter(other)).chain(folder.top().filter(loose))
}

/// What others call theirs; such a name tells nothing.
const LOOSE: [&str; 2] = ["input.txt", "pics.txt"];

/// What slideslive-slides-dl calls its list.
const OWN: &str = "ffmpeg_concat.txt";

fn is_list(name: &str) -> bool {
    name.eq_ignore_ascii_case(OWN) || names::split(name).1 == "ffconcat"
}

fn slides(
    list: &List,
    file: &Entry,
    folder: &Folder,
    pictures: &mut Pictures<'_>,
    issues: &mut Vec<Issue>,
) -> Vec<crate::talk::Slide> {
    let timed = list.timed();
    let mut outside = Vec::new();
    let lead = lead(&timed);
    let drafts: Vec<Draft> = timed
        .iter()
        .map(|(start, entry)| {
            if leads_out(&entry.file) {
                outside.push(entry.file.as_str());
            }
            let (name, pick) = (slide_name(&entry.file), pick(&entry.file, folder, pictures));
            Draft { start: Some(*start + lead), name, pick, ..Draft::default() }
        })
        .collect();
    if let Some(first) = outside.first() {
        let what = if outside.len() == 1 { "1 entry".to_owned() } else { format!("{} entries", outside.len()) };
        let message =
            format!("The list of slides leads out of the folder, {what} of it not followed: {}", printable(first));
        issues.push(Issue { kind: IssueKind::OutsideFolder, message, file: Some(file.path.clone()) });
    }
    let unsaid = timed.iter().rev().skip(1).filter(|(_, entry)| entry.length().is_none()).count();
    if list.unreadable > 0 || unsaid > 0 {
        let message = "The list of slides does not say how long all of them are shown, later ones may be too early";
        issues.push(Issue::about(IssueKind::TimingUnreadable, message, &file.path));
    }
    if list.more {
        let message = format!("The talk has too many slides, only the first {MAX_SLIDES} are shown");
        issues.push(Issue::about(IssueKind::TooLarge, &message, &file.path));
    }
    if in_seconds(&timed) && timed.len() > 1 {
        let message = "The times of the slides are known to the second only, from a list for FFmpeg";
        issues.push(Issue::about(IssueKind::CoarseTiming, message, &file.path));
    }
    assemble(drafts, &file.name, issues)
}

/// Entries with their starts.
type Timed<'a> = [(MediaTime, &'a ListEntry)];

fn in_seconds(timed: &Timed<'_>) -> bool {
    timed.iter().all(|(start, _)| start.nanos() % 1_000_000_000 == 0)
}

/// When the first slide appears: lists begin at zero whenever that is, but a downloader has put it into the name of the
/// file. Zero where the names do not say what the list says from there on.
fn lead(timed: &Timed<'_>) -> MediaTime {
    const APART: i64 = 1000;
    let times = |order: Order| -> Option<Vec<i64>> {
        let stem = |entry: &ListEntry| names::split(base(&entry.file)).0.to_owned();
        timed.iter().map(|(_, entry)| file_names::reading(&stem(entry), order)?.time).collect()
    };
    let agrees = |times: &Vec<i64>| {
        let first = times.first().copied().unwrap_or(0);
        times.iter().zip(timed).all(|(time, (start, _))| (time - first - start.millis()).abs() <= APART)
    };
    let times = [Order::TimeFirst, Order::TimeLast].into_iter().filter_map(times).find(agrees);
    let first = times.and_then(|times| times.first().copied()).unwrap_or(0).max(0);
    MediaTime::from_millis(if in_seconds(timed) { first / 1000 * 1000 } else { first })
}

fn base(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}

/// The picture of an entry: the file that the list names, else one of that name here or in a folder of pictures, else
/// the one that shows the same slide. Another size of it may be larger than the one that the list names.
fn pick(file: &str, folder: &Folder, pictures: &mut Pictures<'_>) -> Pick {
    let path = PathBuf::from(file.replace('\\', "/"));
    let base = path.file_name().map(PathBuf::from).unwrap_or_default();
    let beside = [path, base.clone()].into_iter().chain(PICTURE_FOLDERS.iter().map(|sub| Path::new(sub).join(&base)));
    let named = beside.filter_map(|path| folder.find(&path)).find(|path| !path.as_os_str().is_empty());
    let named = named.map_or(Pick::Missing, |path| pictures.inspect(&path));
    let base = base.to_string_lossy();
    let sized = pictures::readings(names::split(&base).0).find(|reading| reading.order != Order::Bare);
    let same = sized.map_or(Pick::Missing, |reading| pictures.find(reading.time, reading.name));
    let area = |pick: &Pick| match pick {
        Pick::Usable(image) => u64::from(image.width) * u64::from(image.height),
        Pick::Faulty(..) | Pick::Missing | Pick::Never => 0,
    };
    if matches!(named, Pick::Missing) || area(&same) > area(&named) { same } else { named }
}

/// Whether a file is named by something else than a path inside the folder.
fn leads_out(file: &str) -> bool {
    let (scheme, rest) = file.split_once(':').unwrap_or(("", ""));
    let is_scheme = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let drive = scheme.len() == 1 && rest.starts_with(['/', '\\']);
    file.starts_with(['/', '\\'])
        || drive
        || is_scheme && (rest.starts_with("//") || matches!(scheme, "file" | "data" | "concat" | "pipe" | "subfile"))
        || file.split(['/', '\\']).any(|part| part == "..")
}

/// The name of the slide in the name of its file, by the order that the parts seem to have.
fn slide_name(file: &str) -> String {
    let stem = names::split(base(file)).0;
    let by_word = pictures::readings(stem).find(|reading| pictures::is_size_word(reading.size));
    by_word.map_or(stem, |reading| reading.name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::{jpeg, put};

    fn opened(text: &str, files: &[&str]) -> (Vec<(i64, Option<PathBuf>)>, Vec<Issue>) {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("passwd.jpg"), &jpeg(8, 8, [0; 3]));
        let root = dir.path().join("talk");
        put(&root.join("ffmpeg_concat.txt"), text.as_bytes());
        files.iter().for_each(|name| put(&root.join(name), &jpeg(8, 8, [0; 3])));
        let folder = Folder::list(root).expect("lists");
        let mut issues = Vec::new();
        let found = FfConcat.read(&folder, &mut Pictures::new(&folder), &mut issues);
        let slides = found.map_or_else(Vec::new, |found| found.slides);
        (slides.into_iter().map(|s| (s.start.millis(), s.image.map(|image| image.file))).collect(), issues)
    }

    fn kinds(issues: &[Issue]) -> Vec<&str> {
        issues.iter().map(|issue| issue.kind.name()).collect()
    }

    #[test]
    fn a_list_that_goes_back_in_time_gives_slides_all_the_same() {
        let (slides, issues) =
            opened("file a.jpg\nduration 10\nfile b.jpg\nduration -15\nfile c.jpg\nduration 8\nfile d.jpg", &[]);
        assert_eq!(slides.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 10_000, 0, 3_000]);
        assert!(
            kinds(&issues).contains(&"slide-times-unordered") && kinds(&issues).contains(&"time-out-of-range"),
            "{issues:?}"
        );
    }

    #[test]
    fn a_first_slide_that_appears_late_is_late_if_the_names_agree_with_the_list() {
        let starts = |text: &str| opened(text, &[]).0.into_iter().map(|(at, _)| at).collect::<Vec<_>>();
        let list = "file '4437-a-big.jpg'\nduration 5\nfile '9250-b-big.jpg'\nduration 30\nfile '9250-b-big.jpg'";
        assert_eq!(starts(list), [4_000, 9_000]);
        assert_eq!(starts(&list.replace("duration 5", "duration 4.813")), [4_437, 9_250]);
        assert_eq!(starts(&list.replace("duration 5", "duration 7")), [0, 7_000]);
        assert_eq!(starts(&list.replace("4437-a", "None-a")), [0, 5_000]);
        let old = "file 'a-big-4437.jpg'\nduration 5\nfile 'b-big-9250.jpg'";
        assert_eq!(starts(old), [4_000, 9_000]);
    }

    #[test]
    fn files_are_found_beside_the_list_and_in_folders_of_pictures_and_by_slide() {
        let (slides, _) = opened(
            "file deep/one.jpg\nduration 1\nfile 'C:\\talks\\two.jpg'\nduration 1\nfile talk/images/three.jpg\nduration 1\nfile 9000-x-1-big.jpg",
            &["deep/one.jpg", "two.jpg", "images/three.jpg", "x-1-big.jpg"],
        );
        let files: Vec<_> =
            slides.into_iter().map(|(_, file)| file.map(|file| file.to_string_lossy().into_owned())).collect();
        assert_eq!(
            files,
            ["deep/one.jpg", "two.jpg", "images/three.jpg", "x-1-big.jpg"].map(|name| Some(name.to_owned()))
        );
    }

    #[test]
    fn what_leads_out_of_the_folder_is_not_followed() {
        let list = "file '../passwd.jpg'\nduration 1.5\nfile 'http://example.org/x.jpg'\nduration 1\nfile '/etc/hosts.jpg'\nduration 1\nfile 'a: b.jpg'";
        let (slides, issues) = opened(list, &["a: b.jpg"]);
        assert_eq!(slides.iter().map(|(_, file)| file.is_some()).collect::<Vec<_>>(), [false, false, false, true]);
        assert_eq!(kinds(&issues), ["outside-folder", "slide-missing", "slide-missing", "slide-missing"]);
        assert!(
            issues[0].message.starts_with("The list of slides leads out of the folder, 3 entries"),
            "{}",
            issues[0].message
        );
    }

    #[test]
    fn a_list_that_says_nothing_is_told_and_left() {
        for text in ["", "\n\n", "# nothing", "file a\nfile b", "ffconcat version 1.0", "duration 5"] {
            let (slides, issues) = opened(text, &[]);
            assert_eq!((slides.len(), kinds(&issues)), (0, vec!["timing-unreadable"]), "{text}");
        }
    }

    #[test]
    fn whole_seconds_are_told_and_fractions_are_not() {
        assert_eq!(kinds(&opened("file a.jpg\nduration 5\nfile b.jpg", &["a.jpg", "b.jpg"]).1), ["coarse-timing"]);
        assert_eq!(kinds(&opened("file a.jpg\nduration 5.125\nfile b.jpg", &["a.jpg", "b.jpg"]).1), Vec::<&str>::new());
    }

    #[test]
    fn slides_have_the_names_that_the_service_gave_them() {
        assert_eq!(slide_name("467000-0-0004-big.jpg"), "0-0004");
        assert_eq!(slide_name("pics/0-2726-big-41000.jpg"), "0-2726");
        assert_eq!(slide_name("slide 4.png"), "slide 4");
    }
}

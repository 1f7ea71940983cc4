//! Folders in which nothing but the names of the pictures says when they are shown.

use std::collections::BTreeMap;

use super::assemble::{Draft, assemble};
use super::{Found, Layout, MAX_SLIDES};
use crate::talk::folder::Folder;
use crate::talk::issue::{Issue, IssueKind};
use crate::talk::names;
use crate::talk::pictures::{self, Order, Pictures, Reading};
use crate::time::MediaTime;

/// Heights that downloaders ask for; any other number in a name is no size.
const HEIGHTS: &[&str] =
    &["240", "270", "288", "360", "432", "480", "540", "576", "720", "768", "900", "1024", "1080", "1440", "2160"];

/// Names that are nothing but milliseconds lie further apart than this on average; numbers of slides do not.
const SHORTEST_MEAN_MS: i64 = 100;

/// The family.
pub(crate) struct FileNames;

impl Layout for FileNames {
    fn recognises(&self, folder: &Folder) -> bool {
        !timed(folder).is_empty()
    }

    fn has_one_talk(&self) -> bool {
        false
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let groups = timed(folder);
        if groups.is_empty() {
            return None;
        }
        let message = "The times of the slides come from the names of their files, as no list of slides can be read";
        issues.push(Issue::new(IssueKind::FileNameTiming, message));
        if groups.len() > MAX_SLIDES {
            let message = format!("The talk has too many slides, only the first {MAX_SLIDES} are shown");
            issues.push(Issue::new(IssueKind::TooLarge, message));
        }
        let drafts = groups.into_iter().take(MAX_SLIDES).map(|((time, name), files)| Draft {
            start: Some(MediaTime::from_millis(time)),
            name: name.0.to_owned(),
            pick: pictures.best(&files),
            ..Draft::default()
        });
        Some(Found { slides: assemble(drafts.collect(), "the file names", issues), ..Found::default() })
    }
}

/// Files of the listing by the time in their names, in milliseconds.
pub(super) fn by_time(folder: &Folder) -> BTreeMap<i64, Vec<usize>> {
    let mut times = BTreeMap::<i64, Vec<usize>>::new();
    for ((time, _), files) in timed(folder) {
        times.entry(time).or_default().extend(files);
    }
    times
}

/// Files of the listing by time and name of their slide.
type Groups<'a> = BTreeMap<(i64, Natural<'a>), Vec<usize>>;

/// Slides that appear together are shown in the natural order of their names, which is that of the deck.
#[derive(PartialEq, Eq)]
struct Natural<'a>(&'a str);

impl Ord for Natural<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        names::natural(self.0, other.0)
    }
}

impl PartialOrd for Natural<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// All pictures with a time in their name, read in the one order that fits the folder best.
fn timed(folder: &Folder) -> Groups<'_> {
    let stems: Vec<(usize, &str)> = folder
        .files()
        .iter()
        .enumerate()
        .filter(|(_, file)| names::is_picture(&file.name))
        .map(|(at, file)| (at, names::split(&file.name).0))
        .collect();
    let only: Vec<&str> = stems.iter().map(|(_, stem)| *stem).collect();
    let Some(order) = order(&only) else {
        let clocks = clocks(&stems);
        return if clocks.is_empty() { bare(&stems) } else { clocks };
    };
    let mut groups = Groups::new();
    for (at, stem) in stems {
        if let Some(reading) = reading(stem, order)
            && let Some(time) = reading.time
        {
            groups.entry((time, Natural(reading.name))).or_default().push(at);
        }
    }
    groups
}

/// How a stem reads in one order, if it has a time and a size that a downloader would write.
pub(super) fn reading(stem: &str, order: Order) -> Option<Reading<'_>> {
    let sized = |reading: &Reading<'_>| pictures::is_size_word(reading.size) || HEIGHTS.contains(&reading.size);
    pictures::readings(stem).find(|reading| reading.order == order && reading.time.is_some() && sized(reading))
}

/// The order of the parts in the names of a folder. A single name may fit both (`0-2725-big-1080`), a folder seldom
/// does: the order that fits more names is right, and where both fit as many, the one with the words for sizes, then the
/// one in which sizes repeat. `None` where the names fit neither.
fn order(stems: &[&str]) -> Option<Order> {
    let fit = |order| {
        let readings: Vec<_> = stems.iter().filter_map(|stem| reading(stem, order)).collect();
        let words = readings.iter().filter(|reading| pictures::is_size_word(reading.size)).count();
        let mut sizes: Vec<_> = readings.iter().map(|reading| reading.size).collect();
        sizes.sort_unstable();
        sizes.dedup();
        (words, readings.len(), std::cmp::Reverse(sizes.len()))
    };
    let (first, last) = (fit(Order::TimeFirst), fit(Order::TimeLast));
    match (first.1, last.1) {
        (0, 0) => None,
        _ if last > first => Some(Order::TimeLast),
        _ => Some(Order::TimeFirst),
    }
}

/// Names with a time of the clock at their end: `002_00h01m10s.jpg`.
fn clocks<'a>(stems: &[(usize, &'a str)]) -> Groups<'a> {
    let mut groups = Groups::new();
    for (at, stem) in stems {
        if let Some(time) = clock(stem.rsplit(['_', '-', ' ']).next().unwrap_or_default()) {
            groups.entry((time.millis(), Natural(stem))).or_default().push(*at);
        }
    }
    groups
}

/// `00h01m10s`, with two digits each.
fn clock(text: &str) -> Option<MediaTime> {
    let shape = text.bytes().map(|b| if b.is_ascii_digit() { b'0' } else { b });
    shape.eq(*b"00h00m00s").then(|| MediaTime::parse(text).ok())?
}

/// Names that are milliseconds and nothing else (`331411.png`), unless they are the numbers of the slides. Those are
/// padded with zeros, or follow closely upon one another.
fn bare<'a>(stems: &[(usize, &'a str)]) -> Groups<'a> {
    let mut groups = Groups::new();
    if stems.iter().any(|(_, stem)| stem.len() > 1 && stem.starts_with('0')) {
        return groups;
    }
    for (at, stem) in stems {
        if (1..=12).contains(&stem.len())
            && stem.bytes().all(|b| b.is_ascii_digit())
            && let Ok(time) = stem.parse::<i64>()
        {
            groups.entry((time, Natural(stem))).or_default().push(*at);
        }
    }
    let span = |groups: &Groups<'_>| Some(groups.last_key_value()?.0.0 - groups.first_key_value()?.0.0);
    let gaps = i64::try_from(groups.len()).unwrap_or(i64::MAX).saturating_sub(1);
    match span(&groups) {
        Some(span) if gaps > 0 && span / gaps >= SHORTEST_MEAN_MS => groups,
        _ => Groups::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::{jpeg, put};

    /// Start in milliseconds, name and file of each slide.
    fn read(files: &[&str]) -> Vec<(i64, String, Option<String>)> {
        let dir = tempfile::tempdir().expect("a folder");
        for name in files {
            let side = if name.contains("big") { 16 } else { 8 };
            put(&dir.path().join(name), &jpeg(side, side, [0; 3]));
        }
        let folder = Folder::list(dir.path().to_owned()).expect("lists");
        let mut issues = Vec::new();
        let found = FileNames.read(&folder, &mut Pictures::new(&folder), &mut issues);
        assert_eq!(found.is_some(), issues.iter().any(|issue| issue.kind == IssueKind::FileNameTiming));
        assert_eq!(found.is_some(), FileNames.recognises(&folder));
        let file =
            |slide: &crate::talk::Slide| slide.image.as_ref().map(|image| image.file.to_string_lossy().into_owned());
        let slides = found.map_or_else(Vec::new, |found| found.slides);
        slides.into_iter().map(|slide| (slide.start.millis(), slide.name.clone(), file(&slide))).collect()
    }

    fn brief(files: &[&str]) -> Vec<(i64, String)> {
        read(files).into_iter().map(|(time, name, _)| (time, name)).collect()
    }

    #[test]
    fn slides_are_sorted_by_number_and_not_by_letter() {
        let slides = brief(&["331411-0-0325-big.jpg", "0-0-0003-big.jpg", "70137-0-0323-big.jpg"]);
        assert_eq!(slides, [(0, "0-0003".into()), (70_137, "0-0323".into()), (331_411, "0-0325".into())]);
    }

    #[test]
    fn the_old_order_is_told_from_the_new_by_the_whole_folder() {
        let old = brief(&["0-2725-big-0.jpg", "0-2726-big-41000.jpg", "0-2727-big-1080.jpg"]);
        assert_eq!(old, [(0, "0-2725".into()), (1_080, "0-2727".into()), (41_000, "0-2726".into())]);
        let new = brief(&["0-2725-big.jpg", "1080-2727-big.jpg", "41000-2726-big.jpg"]);
        assert_eq!(new, [(0, "2725".into()), (1_080, "2727".into()), (41_000, "2726".into())]);
    }

    #[test]
    fn heights_instead_of_words_work_in_both_orders() {
        let new = brief(&["0-a-1080.jpg", "70137-12-1080.jpg", "1440-13-1080.png"]);
        assert_eq!(new, [(0, "a".into()), (1_440, "13".into()), (70_137, "12".into())]);
        let old = brief(&["12-1080-0.png", "13-1080-1440.png", "14-1080-70137.png"]);
        assert_eq!(old, [(0, "12".into()), (1_440, "13".into()), (70_137, "14".into())]);
    }

    #[test]
    fn both_sizes_of_a_slide_are_one_slide() {
        let slides = read(&["0-a-medium.jpg", "0-a-big.jpg", "5000-b-medium.jpg"]);
        let files: Vec<_> = slides.into_iter().map(|(_, _, file)| file).collect();
        assert_eq!(files, [Some("0-a-big.jpg".into()), Some("5000-b-medium.jpg".into())]);
    }

    #[test]
    fn slides_of_the_same_moment_stay_two_in_the_order_of_the_deck() {
        let slides = brief(&["5000-0-10-big.jpg", "5000-0-9-big.jpg"]);
        assert_eq!(slides, [(5_000, "0-9".into()), (5_000, "0-10".into())]);
    }

    #[test]
    fn bare_milliseconds_are_times_and_numbers_of_slides_are_not() {
        assert_eq!(brief(&["slides/0.png", "slides/70137.png", "slides/331411.png"])[1], (70_137, "70137".into()));
        for files in [
            &["1.png", "2.png", "3.png"][..],
            &["001.jpg", "005.jpg"],
            &["00001.png", "00320.png", "00793.png"],
            &["7.png"],
        ] {
            assert_eq!(brief(files), [], "{files:?}");
        }
    }

    #[test]
    fn times_of_the_clock_are_read() {
        let slides = brief(&["slides/001_00h00m00s.jpg", "slides/003_01h02m03s.jpg", "slides/002_00h01m10s.jpg"]);
        let names = ["001_00h00m00s", "002_00h01m10s", "003_01h02m03s"].map(str::to_owned);
        assert_eq!(slides, [0, 70_000, 3_723_000].into_iter().zip(names).collect::<Vec<_>>());
        assert_eq!(brief(&["1h2m3s.jpg", "00h00m00.jpg", "a_99h99m.jpg", "x00h00m00s.jpg"]), []);
    }

    #[test]
    fn names_without_times_give_nothing() {
        assert_eq!(brief(&["None-0-0323-big.jpg", "None-None-big.jpg", "0-0324-medium-nan.jpg"]), []);
        assert_eq!(brief(&["holiday-1.jpg", "cover.jpg", "2024-05-17-999.png", "a-big.jpg"]), []);
    }
}

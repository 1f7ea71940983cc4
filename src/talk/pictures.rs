//! Finds the picture of a slide among the files of a folder, however its downloader named it.
//!
//! A slide's name may hold hyphens and a file's name does not say where its parts end, so names are never taken apart
//! for good: every way to read a file's name is listed, and a slide is looked up by its time and name.

use std::collections::HashMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use super::folder::Folder;
use super::layouts::MAX_SLIDES;
use super::names;
use super::picture::{self, Fault, pages};
use super::{ImageFormat, SlideImage, page_size};
use crate::within;

/// Most files that are looked into for one slide: sizes, extensions and folders together give a few dozen at worst.
const MAX_CANDIDATES: usize = 32;

/// Most bytes of a picture inside another file.
const MAX_INSIDE: u64 = 64 << 20;

/// One way to read the stem of a picture's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading<'a> {
    pub(crate) order: Order,
    /// Milliseconds; `None` where the name has no time, or `None` or `nan` in its place.
    pub(crate) time: Option<i64>,
    pub(crate) name: &'a str,
    /// `big`, `1080`; empty where there is none.
    pub(crate) size: &'a str,
}

/// The order of the parts of a picture's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// `{time}-{name}-{size}`
    TimeFirst,
    /// `{name}-{size}-{time}`
    TimeLast,
    /// `{name}-{size}`
    Sized,
    /// `{name}`
    Bare,
    /// `{number}_{name}`, `{number}_{name}_{size}`
    Counted,
}

/// All ways to read a stem, at most six.
pub(crate) fn readings(stem: &str) -> impl Iterator<Item = Reading<'_>> {
    // A time before the beginning has a hyphen of its own.
    let (sign, unsigned) = stem.strip_prefix('-').map_or((1, stem), |unsigned| (-1, unsigned));
    let time_first = unsigned.split_once('-').and_then(|(time, rest)| {
        let (name, size) = sized(rest)?;
        let time = stamp(time)?.map(|time| sign * time);
        Some(Reading { order: Order::TimeFirst, time, name, size })
    });
    let time_last = stem.rsplit_once('-').and_then(|(rest, time)| {
        let (name, size) = sized(rest)?;
        Some(Reading { order: Order::TimeLast, time: stamp(time)?, name, size })
    });
    let size_only = sized(stem).map(|(name, size)| Reading { order: Order::Sized, time: None, name, size });
    let bare = Reading { order: Order::Bare, time: None, name: stem, size: "" };
    // The number of the slide, then its name, perhaps with a size: `001_0-0323`, `0000_0-0323_big`.
    let counted = stem.split_once('_').filter(|(number, _)| is_count(number)).map(|(_, name)| name);
    let whole = counted.map(|name| Reading { order: Order::Counted, time: None, name, size: "" });
    let sized = counted.and_then(|name| name.rsplit_once('_')).filter(|(name, size)| !name.is_empty() && is_size(size));
    let sized = sized.map(|(name, size)| Reading { order: Order::Counted, time: None, name, size });
    [time_first, time_last, size_only, Some(bare), whole, sized].into_iter().flatten()
}

/// `001`, `0012`: with as many digits as downloaders count slides with.
fn is_count(text: &str) -> bool {
    (3..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// `0-0003-big` is `0-0003` in the size `big`.
fn sized(text: &str) -> Option<(&str, &str)> {
    let (name, size) = text.rsplit_once('-')?;
    (!name.is_empty() && is_size(size)).then_some((name, size))
}

fn is_size(text: &str) -> bool {
    is_size_word(text) || (3..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The service's names for sizes.
pub(crate) fn is_size_word(text: &str) -> bool {
    matches!(text, "big" | "medium" | "small" | "original")
}

/// The word in a picture's name that says that the service has a larger one: `medium`, `small`.
pub fn smaller_word(file: &Path) -> Option<&'static str> {
    let stem = file.file_stem()?.to_str()?;
    ["medium", "small"].into_iter().find(|word| stem.split('-').any(|part| part == *word))
}

/// A time in a name: milliseconds, perhaps padded with zeros or written as a float, or what Python prints for none.
fn stamp(text: &str) -> Option<Option<i64>> {
    if matches!(text, "None" | "nan") {
        return Some(None);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (digits(whole) && digits(fraction) && whole.len() <= 15).then(|| whole.parse().ok().map(Some))?
}

/// What was found for a slide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Pick {
    /// A picture.
    Usable(SlideImage),
    /// A file that should be its picture and is none.
    Faulty(PathBuf, Fault),
    /// No file at all.
    #[default]
    Missing,
    /// It has no picture, and should have none: a chapter.
    Never,
}

/// The pictures of a folder by what their names say. Each file is looked into once at most.
pub(crate) struct Pictures<'a> {
    folder: &'a Folder,
    /// Files by name alone, where their names hold no time.
    untimed: HashMap<&'a str, Vec<usize>>,
    /// Files by name, then sorted by the time in their names.
    timed: HashMap<&'a str, Vec<(i64, usize)>>,
    seen: HashMap<PathBuf, Result<SlideImage, Fault>>,
    /// The sizes of the pages of documents, each of which is read once.
    pages: HashMap<PathBuf, PageSizes>,
}

/// In points, across and down; or why there are none.
type PageSizes = Result<Vec<(f32, f32)>, String>;

impl<'a> Pictures<'a> {
    pub(crate) fn new(folder: &'a Folder) -> Self {
        let mut untimed: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut timed: HashMap<&str, Vec<(i64, usize)>> = HashMap::new();
        for (at, file) in folder.files().iter().enumerate().filter(|(_, file)| names::is_picture(&file.name)) {
            for reading in readings(names::split(&file.name).0) {
                match reading.time {
                    Some(time) => timed.entry(reading.name).or_default().push((time, at)),
                    None => untimed.entry(reading.name).or_default().push(at),
                }
            }
        }
        timed.values_mut().for_each(|files| files.sort_unstable());
        Self { folder, untimed, timed, seen: HashMap::new(), pages: HashMap::new() }
    }

    /// The picture of the slide with this name at this time (milliseconds): the file with both in its name, else one with
    /// the name and no time, else the one with the name and the nearest time, since the name stands for the picture.
    /// Of several sizes the one with the most pixels.
    pub(crate) fn find(&mut self, time: Option<i64>, name: &str) -> Pick {
        // The oldest documents give the name with its extension.
        let stem = if names::is_picture(name) { names::split(name).0 } else { name };
        let mut first_fault = Pick::Missing;
        for name in [name, stem].into_iter().take(if stem == name { 1 } else { 2 }) {
            let exact = time.map_or_else(Vec::new, |time| self.at(name, time));
            let untimed: Vec<usize> = self
                .untimed
                .get(name)
                .map_or_else(Vec::new, |files| files.iter().copied().take(MAX_CANDIDATES).collect());
            let nearest = self.nearest(name, time.unwrap_or(-1));
            for files in [exact, untimed, nearest] {
                match self.best(&files) {
                    usable @ Pick::Usable(_) => return usable,
                    fault if first_fault == Pick::Missing => first_fault = fault,
                    _ => {}
                }
            }
        }
        first_fault
    }

    /// The largest usable picture of some files of the listing, else what is wrong with the first.
    pub(crate) fn best(&mut self, files: &[usize]) -> Pick {
        let folder = self.folder;
        let mut pick = Pick::Missing;
        for path in files.iter().filter_map(|at| folder.files().get(*at)).map(|file| &file.path).take(MAX_CANDIDATES) {
            let next = self.inspect(path);
            let better = match (&pick, &next) {
                (Pick::Missing, _) | (Pick::Faulty(..), Pick::Usable(_)) => true,
                (Pick::Usable(old), Pick::Usable(new)) => area(new) > area(old),
                _ => false,
            };
            if better {
                pick = next;
            }
        }
        pick
    }

    /// Looks into one file, which must be of the folder, or into a picture inside one.
    pub(crate) fn inspect(&mut self, path: &Path) -> Pick {
        let folder = self.folder;
        let seen = self.seen.entry(path.to_owned()).or_insert_with(|| {
            let unreadable = |error: std::io::Error| Fault::Io(error.to_string());
            let absolute = folder.root().join(path);
            if let Some((document, number)) = within::page(&absolute) {
                let sizes = self.pages.entry(document.to_owned());
                let size = page(sizes.or_insert_with(|| pages::sizes(document, MAX_SLIDES)), number);
                let image =
                    |(width, height)| SlideImage { file: path.to_owned(), width, height, format: ImageFormat::Pdf };
                return size.map(image);
            }
            let header = if within::file(&absolute) == absolute {
                picture::header(folder.open(path).map_err(unreadable)?)
            } else {
                picture::header(Cursor::new(within::read(&absolute, MAX_INSIDE).map_err(unreadable)?))
            };
            let picture::Header { format, width, height } = header?;
            Ok(SlideImage { file: path.to_owned(), width, height, format })
        });
        match seen {
            Ok(image) => Pick::Usable(image.clone()),
            Err(fault) => Pick::Faulty(path.to_owned(), fault.clone()),
        }
    }

    fn at(&self, name: &str, time: i64) -> Vec<usize> {
        let files = self.timed.get(name).map_or(&[][..], Vec::as_slice);
        let from = files.partition_point(|(at, _)| *at < time);
        files[from..].iter().take_while(|(at, _)| *at == time).map(|(_, file)| *file).take(MAX_CANDIDATES).collect()
    }

    /// The files with the time nearest to this one, but for those with this very time.
    fn nearest(&self, name: &str, time: i64) -> Vec<usize> {
        let files = self.timed.get(name).map_or(&[][..], Vec::as_slice);
        let before = files.partition_point(|(at, _)| *at < time).checked_sub(1);
        let neighbours = [before, Some(files.partition_point(|(at, _)| *at <= time))];
        let times = neighbours.into_iter().flatten().filter_map(|at| files.get(at)).map(|(at, _)| *at);
        times.min_by_key(|at| at.abs_diff(time)).map_or_else(Vec::new, |nearest| self.at(name, nearest))
    }
}

/// The size of a page, counted from one.
fn page(sizes: &PageSizes, number: usize) -> Result<(u32, u32), Fault> {
    let sizes = sizes.as_ref().map_err(|why| Fault::NoPage(why.clone()))?;
    let size = number.checked_sub(1).and_then(|at| sizes.get(at));
    let (across, down) = size.ok_or_else(|| Fault::NoPage("the document has fewer pages".to_owned()))?;
    Ok(page_size(*across, *down))
}

fn area(image: &SlideImage) -> u64 {
    u64::from(image.width) * u64::from(image.height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::{jpeg, put};
    use proptest::prelude::*;

    fn folder(files: &[(&str, Vec<u8>)]) -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, bytes) in files {
            put(&dir.path().join(name), bytes);
        }
        let folder = Folder::list(dir.path().to_owned()).expect("lists");
        (dir, folder)
    }

    fn small() -> Vec<u8> {
        jpeg(16, 9, [9, 9, 9])
    }

    fn found(folder: &Folder, time: Option<i64>, name: &str) -> Option<String> {
        match Pictures::new(folder).find(time, name) {
            Pick::Usable(image) => Some(image.file.to_string_lossy().into_owned()),
            _ => None,
        }
    }

    #[test]
    fn a_stem_is_read_in_every_possible_way() {
        let all: Vec<_> = readings("0-2725-big-1080").map(|r| (r.order, r.time, r.name, r.size)).collect();
        assert_eq!(
            all,
            [
                (Order::TimeFirst, Some(0), "2725-big", "1080"),
                (Order::TimeLast, Some(1080), "0-2725", "big"),
                (Order::Sized, None, "0-2725-big", "1080"),
                (Order::Bare, None, "0-2725-big-1080", ""),
            ]
        );
        let padded: Vec<_> = readings("00070137-0-0323-big").map(|r| (r.time, r.name)).collect();
        assert_eq!(padded[0], (Some(70_137), "0-0323"));
        assert_eq!(readings("nan-0-0323-big").next().map(|r| (r.time, r.name)), Some((None, "0-0323")));
        assert_eq!(readings("70137.0-0-0323-big").next().map(|r| (r.time, r.name)), Some((Some(70_137), "0-0323")));
    }

    #[test]
    fn every_naming_of_a_slide_leads_to_its_file() {
        let names = [
            "70137-0-0323-big.jpg",
            "0-0323-big-70137.jpg",
            "None-0-0323-big.jpg",
            "nan-0-0323-medium.jpg",
            "0-0323-big.jpg",
            "0-0323-1080-70137.png",
            "00070137-0-0323-big.jpg",
            "70137.0-0-0323-big.jpg",
            "0-0323.png",
            "images/00070137-0-0323-big.jpg",
            "slides/70137-0-0323-big.JPG",
            "original/0-0323.png?h=1080",
            "012_0-0323.webp",
            "slides/0012_0-0323_big.jpg",
            "0012_0-0323_1080.jpg",
        ];
        for name in names {
            let (_dir, folder) = folder(&[(name, small())]);
            assert_eq!(found(&folder, Some(70_137), "0-0323").as_deref(), Some(name));
            assert_eq!(found(&folder, Some(70_137), "0-0324"), None, "{name}");
        }
    }

    #[test]
    fn the_file_with_the_right_time_is_preferred_and_another_time_will_do() {
        let (_dir, folder) =
            folder(&[("1000-a-big.jpg", small()), ("5000-a-big.jpg", small()), ("9000-b-big.jpg", small())]);
        assert_eq!(found(&folder, Some(5_000), "a").as_deref(), Some("5000-a-big.jpg"));
        assert_eq!(found(&folder, Some(4_000), "a").as_deref(), Some("5000-a-big.jpg"));
        assert_eq!(found(&folder, Some(0), "a").as_deref(), Some("1000-a-big.jpg"));
        assert_eq!(found(&folder, Some(9_000), "c"), None);
    }

    #[test]
    fn of_several_sizes_the_one_with_the_most_pixels_is_taken_whatever_it_is_called() {
        let (_dir, folder) = folder(&[
            ("0-a-big.jpg", small()),
            ("0-a-medium.jpg", jpeg(32, 18, [1, 1, 1])),
            ("0-a-original.jpg", b"<html>".to_vec()),
        ]);
        assert_eq!(found(&folder, Some(0), "a").as_deref(), Some("0-a-medium.jpg"));
    }

    #[test]
    fn an_error_page_gives_way_to_the_same_picture_at_another_time() {
        let (_dir, folder) =
            folder(&[("0-a-big.jpg", b"<Error/>".to_vec()), ("7000-a-big.jpg", small()), ("9-b-big.jpg", Vec::new())]);
        assert_eq!(found(&folder, Some(0), "a").as_deref(), Some("7000-a-big.jpg"));
        assert_eq!(Pictures::new(&folder).find(Some(9), "b"), Pick::Faulty("9-b-big.jpg".into(), Fault::Empty));
    }

    #[test]
    fn a_name_with_an_extension_is_found_without_it() {
        let (_dir, folder) = folder(&[("0-1-0100-big.jpg", small())]);
        assert_eq!(found(&folder, Some(0), "1-0100.png").as_deref(), Some("0-1-0100-big.jpg"));
    }

    proptest! {
        #[test]
        fn what_a_downloader_writes_is_read_back(time in -9_i64..100_000_000, name in "[a-zA-Z0-9_-]{1,20}", medium: bool) {
            let size = if medium { "medium" } else { "big" };
            let first = format!("{time}-{name}-{size}");
            let last = format!("{name}-{size}-{time}");
            // A time at the end is never negative.
            for stem in [first, last].into_iter().take(if time < 0 { 1 } else { 2 }) {
                prop_assert!(readings(&stem).any(|r| r.time == Some(time) && r.name == name && r.size == size));
            }
        }

        #[test]
        fn no_stem_makes_the_reader_panic(stem in "\\PC{0,30}") {
            prop_assert!(readings(&stem).all(|reading| stem.contains(reading.name)));
        }
    }
}

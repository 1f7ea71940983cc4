//! Folders of slideslive-slides-dl and its many relatives: `{id}.xml` with the times, and a picture for each slide.

use std::path::Path;

use super::assemble::{Draft, assemble};
use super::slides_json::without_names;
use super::slideslive_xml::{self, Document, XmlSlide};
use super::{Found, Layout, MAX_SLIDES};
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind, printable};
use crate::talk::pictures::Pictures;
use crate::talk::{Slide, TalkId, names};
use crate::time::MediaTime;

/// Most XML files that are opened in search of the list of slides.
const MAX_DOCUMENTS: usize = 16;

/// What pdtgct's downloader calls the document.
const SYNC: &str = "sync.xml";

/// The family.
pub(crate) struct SlidesLive;

impl Layout for SlidesLive {
    fn recognises(&self, folder: &Folder) -> bool {
        number_of(folder).is_some() || folder.top().any(|file| file.name.eq_ignore_ascii_case(SYNC))
    }

    fn is_document(&self, name: &str) -> bool {
        number(name).is_some() || name.eq_ignore_ascii_case(SYNC)
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        for file in documents(folder).into_iter().take(MAX_DOCUMENTS) {
            let number = number(&file.name);
            match list(folder, file) {
                Ok((slides, mut partial)) => {
                    issues.append(&mut partial);
                    let orders: Vec<Option<i64>> = slides.iter().map(|slide| slide.order).collect();
                    let mut drafts: Vec<Draft> =
                        slides.into_iter().zip(1..).map(|(slide, order)| draft(slide, order, pictures)).collect();
                    without_names(&mut drafts, folder, pictures);
                    let slides = in_order(assemble(drafts, &file.name, issues), &orders);
                    return Some(Found { id: number.map(TalkId), slides, ..Found::default() });
                }
                // XML that is named after no talk may be anything; it is no fault that it holds no slides.
                Err(issue) if number.is_some() || issue.kind == IssueKind::DownloadFailed => issues.push(issue),
                Err(_) => {}
            }
        }
        None
    }
}

/// Slides of one moment in the order that they are given, by which the service's first player went; where some are given
/// none, in that of the document.
fn in_order(slides: Vec<Slide>, orders: &[Option<i64>]) -> Vec<Slide> {
    let mut slides: Vec<(Slide, Option<i64>)> = slides.into_iter().zip(orders.iter().copied()).collect();
    if slides.iter().all(|(_, order)| order.is_some()) {
        slides.sort_by_key(|(slide, order)| (slide.start, *order));
    }
    slides.into_iter().map(|(slide, _)| slide).collect()
}

/// The slides that a document lists, with what is wrong with it; or why it is no list.
fn list(folder: &Folder, file: &Entry) -> Result<(Vec<XmlSlide>, Vec<Issue>), Issue> {
    let bytes = folder.document(&file.path)?;
    let unreadable = |message| Issue::about(IssueKind::TimingUnreadable, message, &file.path);
    match slideslive_xml::parse(&bytes) {
        Document::Slides { slides, cut, more } if !slides.is_empty() => {
            let mut issues = Vec::new();
            if cut {
                issues.push(unreadable("The list of slides breaks off, the slides after that are not known"));
            }
            if slides.len() > 1 && slides.iter().all(|slide| slide.coarse) {
                let message = "The times of the slides are known to the second only, from an early document";
                issues.push(Issue::about(IssueKind::CoarseTiming, message, &file.path));
            }
            if more {
                let message = format!("The talk has too many slides, only the first {MAX_SLIDES} are shown");
                issues.push(Issue::about(IssueKind::TooLarge, &message, &file.path));
            }
            Ok((slides, issues))
        }
        Document::Slides { .. } => Err(unreadable("The list of slides is empty")),
        Document::Refusal(code) => Err(refusal(code.as_deref(), &file.path)),
        Document::Other if bytes.trim_ascii().is_empty() => Err(unreadable("The list of slides is an empty file")),
        Document::Other => Err(unreadable("The list of slides cannot be read")),
    }
}

/// What is told of a refusal that was saved in the place of a document.
pub(super) fn refusal(code: Option<&str>, file: &Path) -> Issue {
    let answer = match code {
        None => "a web page".to_owned(),
        Some("") => "an error".to_owned(),
        Some(code) => printable(code),
    };
    let message = format!("The download failed: the server answered {answer}, which was saved as {}", printable(file));
    Issue { kind: IssueKind::DownloadFailed, message, file: Some(file.to_owned()) }
}

fn draft(slide: XmlSlide, order: usize, pictures: &mut Pictures<'_>) -> Draft {
    let pick = pictures.find(slide.start.map(MediaTime::millis), &slide.name);
    let name = if slide.name.is_empty() { format!("slide {order}") } else { slide.name };
    Draft { start: slide.start, name, pick, ..Draft::default() }
}

/// The XML files of a folder, the likeliest first: named after the talk as the folder is, named after any talk, others.
fn documents(folder: &Folder) -> Vec<&Entry> {
    let own = folder.name();
    let own = names::talk_number(&own);
    let mut files: Vec<&Entry> = folder.top().filter(|file| names::split(&file.name).1 == "xml").collect();
    files.sort_by_key(|file| match number(&file.name) {
        Some(number) if Some(number.as_str()) == own => 0,
        Some(_) => 1,
        None => 2,
    });
    files
}

/// The number of the talk that a folder's document is named after.
pub(crate) fn number_of(folder: &Folder) -> Option<String> {
    documents(folder).first().and_then(|file| number(&file.name))
}

/// `38933066.xml` is 38933066.
fn number(name: &str) -> Option<String> {
    let (stem, extension) = names::split(name);
    let digits = (1..=20).contains(&stem.len()) && stem.bytes().all(|b| b.is_ascii_digit());
    (digits && extension == "xml").then(|| stem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::open::open;
    use crate::talk::{ImageFormat, Talk};
    use crate::testing::mutate::{Prng, mutate};
    use crate::testing::talks::{Broken, Naming, TalkBuilder, WavProbe, jpeg, put};

    /// A tempting deck: names with hyphens, times that sort otherwise as text, several decks in turn.
    fn builder() -> TalkBuilder {
        TalkBuilder::new("38930109", "deep-learning")
            .slide(0, "1413204067_npGSAPD5_00320")
            .slide(70_137, "0-0323")
            .slide(331_411, "6fbe2879-a5e1-4be8-8b66-5a850adfea6e__0-0002")
            .slide(472_548, "0-0001")
            .sound("Deep Learning-512930109.wav", 600.0)
    }

    fn opened(builder: &TalkBuilder) -> Talk {
        let dir = tempfile::tempdir().expect("a folder");
        open(&builder.write(dir.path()), &WavProbe).expect("opens")
    }

    fn starts(talk: &Talk) -> Vec<i64> {
        talk.slides.iter().map(|slide| slide.start.millis()).collect()
    }

    fn files(talk: &Talk) -> Vec<String> {
        let file =
            |slide: &crate::talk::Slide| slide.image.as_ref().map(|image| image.file.to_string_lossy().into_owned());
        talk.slides.iter().map(|slide| file(slide).unwrap_or_default()).collect()
    }

    fn kinds(talk: &Talk) -> Vec<&str> {
        talk.issues.iter().map(|issue| issue.kind.name()).collect()
    }

    const ALL: [i64; 4] = [0, 70_137, 331_411, 472_548];

    #[test]
    fn every_naming_of_the_pictures_opens_without_an_issue() {
        for naming in
            [Naming::TimeFirst, Naming::TimeLast, Naming::NoneFirst, Naming::NanFirst, Naming::Padded, Naming::Untimed]
        {
            let talk = opened(&builder().naming(naming));
            assert_eq!(starts(&talk), ALL, "{naming:?}");
            assert_eq!(talk.issues, [], "{naming:?}");
            assert_eq!(talk.id, TalkId("38930109".into()));
            assert!(talk.slides.iter().all(|slide| slide.image.as_ref().is_some_and(|image| image.width == 64)));
            let names: Vec<_> =
                talk.slides.iter().zip(files(&talk)).filter(|(slide, file)| !file.contains(&slide.name)).collect();
            assert_eq!(names, [], "{naming:?}");
        }
    }

    #[test]
    fn pictures_in_a_folder_of_their_own_are_found() {
        for sub in ["slides", "images", "original"] {
            let talk = opened(&builder().pictures_in(sub));
            assert_eq!(talk.issues, [], "{sub}");
            assert!(files(&talk).iter().all(|file| file.starts_with(sub)), "{sub}");
        }
    }

    #[test]
    fn a_document_without_time_gives_whole_seconds() {
        let talk = opened(&builder().without_time().naming(Naming::NoneFirst));
        assert_eq!(starts(&talk), [0, 70_000, 331_000, 472_000]);
        assert_eq!(kinds(&talk), ["coarse-timing"]);
        let talk = opened(&builder().without_time());
        assert_eq!((starts(&talk).len(), kinds(&talk)), (4, vec!["coarse-timing"]));
    }

    #[test]
    fn the_larger_picture_is_taken_whatever_the_sizes_are_called() {
        let talk = opened(&builder().sizes(&[("medium", 32, 18), ("big", 64, 36)]));
        assert_eq!(files(&talk)[1], "70137-0-0323-big.jpg");
        let talk = opened(&builder().sizes(&[("big", 32, 18), ("medium", 64, 36)]));
        assert_eq!(files(&talk)[1], "70137-0-0323-medium.jpg");
        assert_eq!(talk.slides.len(), 4);
    }

    #[test]
    fn pictures_under_a_wrong_extension_are_what_their_bytes_say() {
        for (format, expected) in
            [(image::ImageFormat::WebP, ImageFormat::WebP), (image::ImageFormat::Png, ImageFormat::Png)]
        {
            let talk = opened(&builder().format(format));
            assert_eq!(talk.issues, []);
            assert!(talk.slides.iter().all(|slide| slide.image.as_ref().map(|image| image.format) == Some(expected)));
        }
    }

    #[test]
    fn a_spoilt_picture_leaves_its_time_and_is_told() {
        for how in [Broken::Empty, Broken::ErrorPage] {
            let talk = opened(&builder().broken(1, how));
            assert_eq!(starts(&talk), ALL);
            assert_eq!(files(&talk)[1], "");
            assert_eq!(kinds(&talk), ["slide-unreadable"]);
            assert_eq!(talk.issues[0].file.as_deref(), Some(Path::new("70137-0-0323-big.jpg")));
        }
        let talk = opened(&builder().broken(1, Broken::Missing));
        assert_eq!((starts(&talk), kinds(&talk)), (ALL.to_vec(), vec!["slide-missing"]));
        let talk = opened(&builder().sizes(&[("big", 640, 360)]).broken(1, Broken::Half));
        assert_eq!(talk.issues, []);
    }

    #[test]
    fn an_interrupted_download_shows_what_there_is() {
        let talk = opened(&builder().without_concat().broken(2, Broken::Missing).broken(3, Broken::Missing));
        assert_eq!(starts(&talk), ALL);
        assert_eq!(kinds(&talk), ["slide-missing"]);
        assert!(talk.issues[0].message.starts_with("The last 2 of 4 slides are missing"), "{}", talk.issues[0].message);
    }

    #[test]
    fn slides_of_the_same_moment_keep_the_order_of_the_document() {
        let talk = opened(&builder().slide(472_548, "0-0009").slide(472_548, "0-0003"));
        let names: Vec<_> = talk.slides.iter().map(|slide| slide.name.as_str()).collect();
        assert_eq!(names[3..], ["0-0001", "0-0009", "0-0003"]);
        assert_eq!(talk.issues, []);
    }

    #[test]
    fn one_picture_serves_a_slide_that_is_shown_again() {
        let again = builder().slide(500_000, "0-0323").naming(Naming::Untimed);
        let talk = opened(&again);
        assert_eq!((files(&talk)[1].clone(), talk.issues.len()), (files(&talk)[4].clone(), 0));
        let talk = opened(&builder().slide(500_000, "0-0323").broken(4, Broken::Missing));
        assert_eq!((files(&talk)[4].as_str(), talk.issues.len()), ("70137-0-0323-big.jpg", 0));
    }

    #[test]
    fn times_out_of_order_and_out_of_reason_are_put_right_and_told() {
        let talk = opened(
            &TalkBuilder::new("1", "x")
                .slide(9_000, "b")
                .slide(4_000, "a")
                .slide(-7, "c")
                .slide(1_000_000_000_000, "d"),
        );
        assert_eq!(starts(&talk), [0, 0, 4_000, 9_000]);
        assert_eq!(kinds(&talk), ["time-out-of-range", "slide-times-unordered", "no-audio"]);
        assert!(talk.issues[1].message.contains("go back 2 times"), "{}", talk.issues[1].message);
    }

    #[test]
    fn the_first_slide_stays_where_it_is_when_it_is_not_at_the_beginning() {
        assert_eq!(starts(&opened(&TalkBuilder::new("1", "x").slides([4_000, 9_000]))), [4_000, 9_000]);
    }

    #[test]
    fn slides_after_the_end_of_the_sound_are_kept() {
        let talk = opened(&TalkBuilder::new("1", "x").slides([0, 9_000, 12_000]).sound("a.wav", 5.0));
        assert_eq!(starts(&talk), [0, 9_000, 12_000]);
        assert_eq!(talk.issues[0].message, "The sound ends at 0:05, before the last 2 slides appear");
    }

    #[test]
    fn a_list_that_breaks_off_gives_the_slides_before() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = builder().write(dir.path());
        let xml = builder().xml();
        put(&root.join("38930109.xml"), &xml.as_bytes()[..xml.len() / 2]);
        let talk = open(&root, &WavProbe).expect("opens");
        assert_eq!(starts(&talk), ALL[..2]);
        assert_eq!(kinds(&talk), ["timing-unreadable"]);
    }

    #[test]
    fn a_document_named_after_nothing_is_read_and_other_xml_is_passed_over() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = builder().without_concat().write(dir.path());
        std::fs::rename(root.join("38930109.xml"), root.join("sync.xml")).expect("renames");
        put(&root.join("1.metadata.xml"), b"<recording/>");
        // The family is recognised by a number, or else this folder would be read by the names of its pictures.
        put(&root.join("12.xml"), b"");
        let talk = open(&root, &WavProbe).expect("opens");
        assert_eq!((starts(&talk), kinds(&talk)), (ALL.to_vec(), vec!["timing-unreadable"]));
        assert_eq!(talk.issues[0].message, "The list of slides is an empty file: 12.xml");
    }

    #[test]
    fn names_are_not_paths() {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("0-x-big.jpg"), &jpeg(8, 8, [0; 3]));
        let root = TalkBuilder::new("1", "x")
            .slide(0, "../0-x")
            .slide(1, "/etc/passwd")
            .sound("a.wav", 5.0)
            .broken(0, Broken::Missing);
        let root = root.broken(1, Broken::Missing).write(dir.path());
        let talk = open(&root, &WavProbe).expect("opens");
        assert_eq!(files(&talk), ["", ""]);
    }

    #[test]
    fn damaged_documents_open_or_are_explained_and_never_lead_out() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = builder().write(dir.path());
        let (xml, mut prng, mut seen) = (builder().xml(), Prng::new(1), 0);
        for _ in 0..1_000 {
            put(&root.join("38930109.xml"), &mutate(xml.as_bytes(), &mut prng));
            let talk = open(&root, &WavProbe).expect("there is always the sound");
            let starts = starts(&talk);
            assert!(starts.is_sorted() && starts.iter().all(|start| (0..=604_800_000).contains(start)), "{starts:?}");
            assert!(starts.len() <= 40 && talk.issues.len() <= 12, "{:?}", talk.issues);
            assert!(
                files(&talk).iter().all(|file| file.is_empty() || root.join(file).is_file() && !file.contains('/'))
            );
            seen += starts.len();
        }
        // Damaged or not, most slides are still there.
        assert!(seen > 3_000, "{seen}");
    }
}

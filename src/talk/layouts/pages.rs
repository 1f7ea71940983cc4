//! Slides as a document of pages (PDF) beside the sound. When they are shown nothing says; the viewer turns them.

use super::untimed::untimed;
use super::{Found, Layout, MAX_SLIDES};
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind};
use crate::talk::picture::pages;
use crate::talk::pictures::Pictures;
use crate::talk::{ImageFormat, Slide, SlideImage, media, names, page_size, recognise};
use crate::within;

/// The family.
pub(crate) struct Pages;

impl Layout for Pages {
    fn recognises(&self, folder: &Folder) -> bool {
        document(folder).is_some()
    }

    fn is_mere(&self) -> bool {
        true
    }

    fn is_document(&self, name: &str) -> bool {
        is_pdf(name)
    }

    fn read(&self, folder: &Folder, _pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let file = document(folder)?;
        let unreadable = |why: &str| {
            Issue::about(
                IssueKind::SlideUnreadable,
                &format!("The document of slides cannot be shown ({why})"),
                &file.path,
            )
        };
        let sizes = match pages::sizes(&folder.root().join(&file.path), MAX_SLIDES + 1) {
            Ok(sizes) => sizes,
            Err(why) => {
                issues.push(unreadable(&why));
                return None;
            }
        };
        // A page that is higher than wide is one of a paper, unless the viewer has named this very document.
        let paper = sizes.first().is_none_or(|(across, down)| down > across);
        let named = folder.is_partial() && media::candidates(folder).next().is_none();
        if sizes.is_empty() || paper && !named {
            return None;
        }
        if sizes.len() > MAX_SLIDES {
            let message = format!("The talk has too many slides, only the first {MAX_SLIDES} are shown");
            issues.push(Issue::about(IssueKind::TooLarge, &message, &file.path));
        }
        if pages::breaks_off(&folder.root().join(&file.path)) {
            let message = "The document of slides breaks off, pages may be missing";
            issues.push(Issue::about(IssueKind::SlideMissing, message, &file.path));
        }
        let slide = |(number, (across, down)): (usize, &(f32, f32))| {
            let (width, height) = page_size(*across, *down);
            let image =
                SlideImage { file: within::page_path(&file.path, number), width, height, format: ImageFormat::Pdf };
            Slide { name: format!("page {number}"), image: Some(image), ..Slide::default() }
        };
        let slides: Vec<Slide> = (1..).zip(sizes.iter().take(MAX_SLIDES)).map(slide).collect();
        issues.push(untimed(slides.len()));
        Some(Found { slides, untimed: true, ..Found::default() })
    }
}

fn is_pdf(name: &str) -> bool {
    names::split(name).1 == "pdf"
}

/// The document of the slides: called as the one recording is, or `slides`, or the only one in the folder.
fn document(folder: &Folder) -> Option<&Entry> {
    let documents: Vec<&Entry> = folder.top().filter(|file| is_pdf(&file.name)).collect();
    if documents.is_empty() {
        return None;
    }
    let recordings = recognise::recordings(folder);
    if recordings.len() > 1 && !folder.is_partial() {
        return None;
    }
    let stem = recordings.first().map(|file| names::split(&names::of_path(file)).0.to_owned());
    let called = |name: &str| documents.iter().find(|file| names::split(&file.name).0.eq_ignore_ascii_case(name));
    let own = stem.as_deref().and_then(called).or_else(|| called("slides")).or_else(|| called(&folder.name()));
    own.copied().or_else(|| documents.first().copied().filter(|_| documents.len() == 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::Talk;
    use crate::talk::open::open;
    use crate::testing::mutate::{Prng, mutate};
    use crate::testing::talks::{WavProbe, pdf, put, wav};

    fn talk(name: &str, document: &[u8]) -> (tempfile::TempDir, Talk) {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("A talk.wav"), &wav(60.0));
        put(&dir.path().join(name), document);
        let talk = open(dir.path(), &WavProbe).expect("opens");
        (dir, talk)
    }

    #[test]
    fn every_page_is_a_slide_without_a_time() {
        for name in ["A talk.pdf", "slides.pdf", "whatever.PDF"] {
            let (dir, talk) = talk(name, &pdf(&[(400, 300), (400, 225), (300, 300)]));
            let told: Vec<_> = talk.slides.iter().map(|slide| slide.image.clone().expect("a page")).collect();
            assert_eq!(
                told.iter().map(|image| (image.width, image.height)).collect::<Vec<_>>(),
                [(1920, 1440), (1920, 1080), (1920, 1920)]
            );
            assert_eq!(
                (told[1].file.clone(), told[1].format),
                (std::path::Path::new(name).join("page-2.pdf"), ImageFormat::Pdf)
            );
            assert!(talk.untimed && talk.issues.len() == 1, "{:?}", talk.issues);
            assert_eq!(within::page(&talk.path(&told[1].file)), Some((dir.path().join(name).as_path(), 2)));
        }
    }

    #[test]
    fn a_paper_is_no_slides_and_damage_is_told() {
        let (dir, portrait) = talk("paper.pdf", &pdf(&[(300, 400), (300, 400)]));
        assert!(portrait.slides.is_empty() && !portrait.untimed);
        assert_eq!(open(&dir.path().join("paper.pdf"), &WavProbe).expect("opens").slides.len(), 2);
        let (_dir, broken) = talk("slides.pdf", b"<html>gone</html>");
        assert_eq!(broken.issues[0].message, "The document of slides cannot be shown (it is no PDF): slides.pdf");
    }

    #[test]
    fn a_document_that_breaks_off_is_told() {
        let whole = pdf(&[(400, 300), (400, 300), (400, 300)]);
        let (_dir, cut) = talk("slides.pdf", &whole[..whole.len() * 3 / 4]);
        assert!(!cut.slides.is_empty());
        let told = "The document of slides breaks off, pages may be missing: slides.pdf";
        assert!(cut.issues.iter().any(|issue| issue.message == told), "{:?}", cut.issues);
        let (_dir, padded) = talk("slides.pdf", &[&whole[..], &b"\n".repeat(99)].concat());
        assert_eq!((padded.slides.len(), padded.issues.len()), (3, 1));
    }

    #[test]
    fn damaged_documents_never_keep_the_sound_from_playing() {
        let (dir, _) = talk("slides.pdf", b"");
        let (whole, mut dice) = (pdf(&[(400, 300), (400, 300), (400, 300)]), Prng::new(51));
        let mut seen = 0;
        for _ in 0..500 {
            put(&dir.path().join("slides.pdf"), &mutate(&whole, &mut dice));
            let talk = open(dir.path(), &WavProbe).expect("there is always the sound");
            assert!(talk.slides.len() <= 40);
            seen += talk.slides.len();
        }
        assert!(seen > 400, "{seen}");
    }
}

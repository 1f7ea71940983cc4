//! Sessions of Panopto in its Universal Capture format: `ucs.xml` with videos, titles of slides and when they appear. The slides
//! themselves are in a presentation that no player draws, so that their titles are shown, or the pages of a PDF of that name.

use super::assemble::{Draft, assemble};
use super::flat_xml::{self, Flat};
use super::locate::locate;
use super::{Found, Layout, MAX_SLIDES};
use crate::talk::films::Told;
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::{Metadata, VideoRole, metadata, names};
use crate::time::MediaTime;
use crate::within;

/// What Panopto's own samples call it.
const SESSION: &str = "ucs.xml";

/// The family.
pub(crate) struct Panopto;

impl Layout for Panopto {
    fn recognises(&self, folder: &Folder) -> bool {
        document(folder).is_some_and(|file| folder.begins_with_any(&file.path, &["UniversalCaptureSpecification"]))
    }

    fn is_document(&self, name: &str) -> bool {
        is_session(name)
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let file = document(folder)?;
        let flat = flat_xml::read(&String::from_utf8_lossy(&folder.document(&file.path).ok()?));
        if flat.elements.first().is_none_or(|root| root.name != "Session") {
            return None;
        }
        if flat.cut {
            let message = "The description of the session breaks off, what comes after that is not known";
            issues.push(Issue::about(IssueKind::TimingUnreadable, message, &file.path));
        }
        let videos: Vec<usize> = flat.all("Video").map(|(at, _)| at).take(64).collect();
        // All times count from the beginning of the session, and the sound from its own.
        let begins = videos.first().and_then(|at| flat.child(*at, "Start")).and_then(duration).unwrap_or_default();
        let mut drafts: Vec<Draft> = Vec::new();
        for (at, _) in flat.all("SlideChange").take(MAX_SLIDES) {
            drafts.push(draft(&flat, at, begins, folder, pictures));
        }
        drafts.sort_by_key(|draft| draft.start);
        let media = videos.iter().filter_map(|at| locate(folder, flat.child(*at, "File")?)).collect();
        let videos = videos.iter().filter_map(|at| video(&flat, *at, begins, folder)).collect();
        let slides = assemble(drafts, &file.name, issues);
        Some(Found { metadata: metadata_of(&flat), slides, media, videos, ..Found::default() })
    }
}

fn is_session(name: &str) -> bool {
    name.eq_ignore_ascii_case(SESSION) || name.to_ascii_lowercase().ends_with(".ucs.xml")
}

fn document(folder: &Folder) -> Option<&Entry> {
    folder.one_document(SESSION, |file| is_session(&file.name))
}

fn draft(flat: &Flat, at: usize, begins: MediaTime, folder: &Folder, pictures: &mut Pictures<'_>) -> Draft {
    let start = flat.child(at, "Time").and_then(duration).map(|time| time + offset(flat, at) - begins);
    let title = flat.child(at, "Title").map(names::one_line).filter(|title| !title.is_empty());
    let number = flat.child(at, "SlideNumber").and_then(|number| number.parse::<usize>().ok());
    let page = number.and_then(|number| {
        let deck = locate(folder, &format!("{}.pdf", names::split(presentation(flat, at)?).0))?;
        Some(within::page_path(&deck, number))
    });
    let pick = page.map_or(Pick::Never, |page| pictures.inspect(&page));
    let name = number.map_or_else(|| "slide".to_owned(), |number| format!("slide {number}"));
    Draft { start, name, title, pick, ..Draft::default() }
}

/// The first camera is on the speaker; what else was recorded is what was projected.
fn video(flat: &Flat, at: usize, begins: MediaTime, folder: &Folder) -> Option<Told> {
    let file = locate(folder, flat.child(at, "File")?)?;
    let primary = flat.child(at, "Type").is_none_or(|kind| kind.trim().eq_ignore_ascii_case("primary"));
    let role = if primary { VideoRole::Speaker } else { VideoRole::Screen };
    let starts = flat.child(at, "Start").and_then(duration).unwrap_or(begins) - begins;
    Some(Told { file, role, starts })
}

/// The element in which the changes of a slide stand.
fn owner(flat: &Flat, at: usize) -> Option<usize> {
    let list = flat.elements.get(at)?.parent?;
    flat.elements.get(list)?.parent
}

fn presentation(flat: &Flat, at: usize) -> Option<&str> {
    flat.child(owner(flat, at)?, "File")
}

/// When the presentation begins, from which its changes count.
fn offset(flat: &Flat, at: usize) -> MediaTime {
    owner(flat, at).and_then(|owner| flat.child(owner, "Start")).and_then(duration).unwrap_or_default()
}

fn metadata_of(flat: &Flat) -> Metadata {
    let root = |name: &str| flat.child(0, name);
    let title = root("Title").and_then(metadata::line);
    let about = root("Description").map(metadata::lines).filter(|about| Some(about) != title.as_ref());
    let date = root("Date").and_then(metadata::date);
    Metadata { title, about: about.unwrap_or_default(), date, ..Metadata::default() }
}

/// `PT1H2M3.5S` (ISO 8601).
fn duration(text: &str) -> Option<MediaTime> {
    let time = text.trim().strip_prefix("PT")?.to_ascii_lowercase();
    MediaTime::parse(&time).ok().filter(|time| time.nanos() >= 0)
}

#[cfg(test)]
mod tests {
    use crate::talk::open::open;
    use crate::testing::mutate::{Prng, mutate};
    use crate::testing::talks::{WavProbe, pdf, put, wav};

    const TEXT: &str = r#"<?xml version="1.0"?><Session xmlns="http://tempuri.org/UniversalCaptureSpecification/v1">
        <Title>Land &amp; sea</Title><Description>About both</Description><Date>2018-01-15T00:00:00.000-00:00</Date>
        <Videos><Video><Start>PT0S</Start><File>primary.wav</File><Type>Primary</Type></Video></Videos>
        <Presentations><Presentation><Start>PT10S</Start><File>deck.pptx</File><SlideChanges>
        <SlideChange><Title>Second</Title><Time>PT1M2.5S</Time><SlideNumber>2</SlideNumber></SlideChange>
        <SlideChange><Title>First</Title><Time>PT0S</Time><SlideNumber>1</SlideNumber></SlideChange>
        </SlideChanges></Presentation></Presentations></Session>"#;

    #[test]
    fn a_session_shows_the_titles_of_its_slides_or_the_pages_of_its_deck() {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("ucs.xml"), TEXT.as_bytes());
        put(&dir.path().join("primary.wav"), &wav(90.0));
        let talk = open(dir.path(), &WavProbe).expect("opens");
        let told: Vec<_> = talk
            .slides
            .iter()
            .map(|slide| (slide.start.millis(), slide.title.as_deref(), slide.image.is_some()))
            .collect();
        assert_eq!(told, [(10_000, Some("First"), false), (72_500, Some("Second"), false)]);
        assert_eq!((talk.title.as_str(), talk.metadata.date.as_deref()), ("Land & sea", Some("2018-01-15")));
        assert_eq!((talk.metadata.about.as_str(), talk.issues.len()), ("About both", 0), "{:?}", talk.issues);
        put(&dir.path().join("deck.pdf"), &pdf(&[(400, 300), (400, 300)]));
        let talk = open(&dir.path().join("ucs.xml"), &WavProbe).expect("opens");
        assert!(talk.slides.iter().all(|slide| slide.image.is_some()), "{:?}", talk.issues);
    }

    #[test]
    fn damaged_sessions_open_or_are_passed_over() {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("primary.wav"), &wav(90.0));
        let (mut dice, mut seen) = (Prng::new(61), 0);
        for _ in 0..500 {
            put(&dir.path().join("ucs.xml"), &mutate(TEXT.as_bytes(), &mut dice));
            let talk = open(dir.path(), &WavProbe).expect("there is always the sound");
            assert!(talk.slides.iter().is_sorted_by_key(|slide| slide.start) && talk.slides.len() < 40);
            seen += talk.slides.len();
        }
        assert!(seen > 500, "{seen}");
    }
}

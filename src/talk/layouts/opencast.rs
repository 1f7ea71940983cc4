//! Media packages of Opencast: `manifest.xml` with tracks, slides found by segmentation, captions and catalogs. Only what lies in
//! the folder is played.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::assemble::{Draft, assemble};
use super::flat_xml::{self, Flat};
use super::locate::{base, locate_end};
use super::manifest::date;
use super::{Found, Layout, MAX_SLIDES};
use crate::talk::folder::Folder;
use crate::talk::issue::{Issue, IssueKind};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::transcript::Transcript;
use crate::talk::{Metadata, TextTrack, TrackKind, names};
use crate::time::MediaTime;

/// What Opencast calls it.
const MANIFEST: &str = "manifest.xml";
/// Most languages of captions, and catalogs that are read.
const MAX_DOCUMENTS: usize = 40;

/// The family.
pub(crate) struct Opencast;

impl Layout for Opencast {
    fn recognises(&self, folder: &Folder) -> bool {
        // The name is too common to tell anything.
        let named = folder.top().find(|file| file.name.eq_ignore_ascii_case(MANIFEST));
        named.is_some_and(|file| folder.begins_with_any(&file.path, &["mediapackage"]))
    }

    fn is_document(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(MANIFEST)
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let path = folder.find(Path::new(MANIFEST))?;
        let flat = flat_xml::read(&String::from_utf8_lossy(&folder.document(&path).ok()?));
        if flat.elements.first().is_none_or(|root| root.name != "mediapackage") {
            return None;
        }
        if flat.cut {
            let message = "The manifest breaks off, what comes after that is not known";
            issues.push(Issue::about(IssueKind::TimingUnreadable, message, &path));
        }
        // What was published stands below once more, with addresses of the server.
        let own: Vec<usize> = (0..flat.elements.len()).filter(|at| !is_published(&flat, *at)).collect();
        let parts: Vec<Part<'_>> = own.iter().filter_map(|at| part(&flat, *at)).collect();
        let mut drafts = drafts(&parts, folder, pictures);
        drafts.sort_by_key(|draft| draft.start);
        let media = media(&parts, folder);
        if drafts.is_empty() && media.is_empty() {
            return None;
        }
        let metadata = metadata(&flat, &parts, folder);
        let tracks = captions(&parts, folder);
        Some(Found { metadata, slides: assemble(drafts, MANIFEST, issues), media, tracks, ..Found::default() })
    }
}

/// A track, an attachment or a catalog.
struct Part<'a> {
    sort: &'a str,
    kind: &'a str,
    url: &'a str,
    about: &'a str,
    tag: &'a str,
}

fn part(flat: &Flat, at: usize) -> Option<Part<'_>> {
    let element = flat.elements.get(at)?;
    if !matches!(element.name.as_str(), "track" | "attachment" | "catalog") {
        return None;
    }
    Some(Part {
        sort: &element.name,
        kind: element.get("type").unwrap_or_default(),
        url: flat.child(at, "url")?,
        about: element.get("ref").unwrap_or_default(),
        tag: flat.child(at, "mimetype").unwrap_or_default(),
    })
}

fn is_published(flat: &Flat, at: usize) -> bool {
    let mut at = Some(at);
    // Packages are a handful of levels deep.
    for _ in 0..12 {
        let Some(element) = at.and_then(|at| flat.elements.get(at)) else { return false };
        if element.name == "publication" {
            return true;
        }
        at = element.parent;
    }
    false
}

/// The pictures of segments, the largest kind of them: `presentation/segment+preview+hires` before `…+preview`.
fn drafts(parts: &[Part<'_>], folder: &Folder, pictures: &mut Pictures<'_>) -> Vec<Draft> {
    let segments = parts.iter().filter(|part| part.sort == "attachment" && part.kind.contains("segment+preview"));
    let mut named: HashMap<&str, usize> = HashMap::new();
    let segments: Vec<(&Part<'_>, MediaTime)> = segments.filter_map(|part| Some((part, point(part.about)?))).collect();
    for (part, _) in &segments {
        *named.entry(base(part.url)).or_default() += 1;
    }
    let mut by_start: HashMap<MediaTime, Draft> = HashMap::new();
    for (part, start) in segments.into_iter().take(MAX_SLIDES) {
        let unique = named.get(base(part.url)) == Some(&1);
        let pick = locate_end(folder, part.url, unique).map_or(Pick::Missing, |file| pictures.inspect(&file));
        let name = format!("segment at {}", start.clock());
        let draft = Draft { start: Some(start), name, pick, ..Draft::default() };
        let known = by_start.get(&start).map_or(0, |known| area(&known.pick));
        if known == 0 || area(&draft.pick) > known {
            by_start.insert(start, draft);
        }
    }
    by_start.into_values().collect()
}

fn area(pick: &Pick) -> u64 {
    match pick {
        Pick::Usable(image) => u64::from(image.width) * u64::from(image.height),
        Pick::Faulty(..) | Pick::Missing | Pick::Never => 0,
    }
}

/// `track:…;time=T00:00:23:716F1000` is 23.716 s.
fn point(text: &str) -> Option<MediaTime> {
    let (_, text) = text.rsplit_once("time=T")?;
    let mut parts = text.split(':');
    let mut whole = || parts.next()?.parse::<i64>().ok().filter(|number| (0..1_000_000).contains(number));
    let secs = whole()? * 3600 + whole()? * 60 + whole()?;
    let (count, base) = parts.next().unwrap_or("0F1").split_once('F')?;
    let (count, base) = (count.parse::<i64>().ok()?, base.parse::<i64>().ok().filter(|base| *base > 0)?);
    let nanos = i128::from(count) * 1_000_000_000 / i128::from(base);
    Some(MediaTime::from_secs(secs) + MediaTime::from_nanos(i64::try_from(nanos).ok()?))
}

/// What can be heard: the speaker before the screen.
fn media(parts: &[Part<'_>], folder: &Folder) -> Vec<PathBuf> {
    let mut tracks: Vec<&Part<'_>> =
        parts.iter().filter(|part| part.sort == "track" && !part.tag.starts_with("text")).collect();
    tracks.sort_by_key(|track| (!track.tag.starts_with("audio"), !track.kind.starts_with("presenter")));
    tracks.iter().take(64).filter_map(|track| locate_end(folder, track.url, true)).collect()
}

fn captions(parts: &[Part<'_>], folder: &Folder) -> Vec<TextTrack> {
    let is_caption = |part: &&Part<'_>| part.kind.starts_with("caption") || part.tag == "text/vtt";
    let track = |part: &Part<'_>| {
        let file = locate_end(folder, part.url, true)?;
        let transcript = Transcript::parse(&String::from_utf8_lossy(&folder.document(&file).ok()?));
        let language = part.kind.rsplit_once('+').map_or_else(String::new, |(_, language)| names::one_line(language));
        (!transcript.cues().is_empty()).then_some(TextTrack { kind: TrackKind::Speech, language, file, transcript })
    };
    parts.iter().filter(is_caption).take(MAX_DOCUMENTS).filter_map(track).collect()
}

/// From the catalog of the episode, else from the manifest.
fn metadata(flat: &Flat, parts: &[Part<'_>], folder: &Folder) -> Metadata {
    let catalogs = parts.iter().filter(|part| part.kind == "dublincore/episode" && !part.about.starts_with("series"));
    let read = |part: &Part<'_>| {
        let file = locate_end(folder, part.url, true)?;
        Some(flat_xml::read(&String::from_utf8_lossy(&folder.document(&file).ok()?)))
    };
    let mut metadata = Metadata::default();
    for catalog in catalogs.take(MAX_DOCUMENTS).filter_map(read) {
        let people =
            |name: &str| catalog.all(name).filter_map(|(_, e)| e.said()).map(names::one_line).take(200).collect();
        let line = |name: &str| catalog.text(name).map(names::one_line);
        let date = line("created").or_else(|| line("date")).as_deref().and_then(date);
        metadata.fill(Metadata {
            title: line("title"),
            authors: people("creator"),
            about: catalog.text("description").map(names::one_line).unwrap_or_default(),
            date,
            ..Metadata::default()
        });
    }
    let creators = flat.all("creator").filter_map(|(_, creator)| creator.said()).map(names::one_line).take(200);
    let start = flat.elements.first().and_then(|root| root.get("start")).and_then(date);
    metadata.fill(Metadata {
        title: flat.text("title").map(names::one_line),
        authors: creators.collect(),
        venue: flat.text("seriestitle").map(names::one_line),
        date: start,
        ..Metadata::default()
    });
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::open::open;
    use crate::testing::mutate::{Prng, mutate};
    use crate::testing::talks::{WavProbe, jpeg, put, wav};

    const MANIFEST_TEXT: &str = r#"<?xml version="1.0"?><oc:mediapackage xmlns:oc="http://mediapackage.opencastproject.org" id="597d0b42" start="2007-12-05T13:40:00" duration="60000">
        <oc:title>Land &amp; sea</oc:title><oc:seriestitle>Climate</oc:seriestitle><oc:creators><oc:creator>P. One</oc:creator></oc:creators>
        <oc:media><oc:track id="t1" type="presentation/delivery"><oc:mimetype>video/mp4</oc:mimetype><oc:url>https://oc.example/static/t1/film.mp4</oc:url></oc:track>
        <oc:track id="t2" type="presenter/delivery"><oc:mimetype>audio/x-wav</oc:mimetype><oc:url>tracks/talk.wav</oc:url></oc:track>
        <oc:track id="t3" type="captions/vtt+de"><oc:mimetype>text/vtt</oc:mimetype><oc:url>tracks/sub.vtt</oc:url></oc:track></oc:media>
        <oc:metadata><oc:catalog id="c1" type="dublincore/episode"><oc:mimetype>text/xml</oc:mimetype><oc:url>metadata/dublincore.xml</oc:url></oc:catalog></oc:metadata>
        <oc:attachments>
        <oc:attachment type="presentation/segment+preview" ref="track:t1;time=T00:00:23:716F1000"><oc:url>https://oc.example/static/b2/slide.jpg</oc:url></oc:attachment>
        <oc:attachment type="presentation/segment+preview" ref="track:t1;time=T00:00:00:0F1000"><oc:url>https://oc.example/static/a1/slide.jpg</oc:url></oc:attachment>
        <oc:attachment type="presentation/segment+preview+hires" ref="track:t1;time=T00:00:00:0F1000"><oc:url>hires/a1/slide.jpg</oc:url></oc:attachment>
        </oc:attachments><oc:publications><oc:publication><oc:media><oc:track type="presenter/x"><oc:mimetype>audio/x-wav</oc:mimetype><oc:url>other.wav</oc:url></oc:track></oc:media></oc:publication></oc:publications>
        </oc:mediapackage>"#;

    fn write(folder: &Path) {
        put(&folder.join("manifest.xml"), MANIFEST_TEXT.as_bytes());
        put(&folder.join("tracks/talk.wav"), &wav(60.0));
        put(&folder.join("tracks/sub.vtt"), b"WEBVTT\n\n00:01.000 --> 00:02.000\nGuten Tag\n");
        put(&folder.join("static/a1/slide.jpg"), &jpeg(32, 18, [1; 3]));
        put(&folder.join("static/b2/slide.jpg"), &jpeg(32, 18, [2; 3]));
        put(&folder.join("hires/a1/slide.jpg"), &jpeg(64, 36, [1; 3]));
        let catalog = "<dublincore xmlns:dcterms='x'><dcterms:title>Land and Vegetation</dcterms:title><dcterms:creator>A. B.</dcterms:creator>\
            <dcterms:description>An introduction.</dcterms:description><dcterms:created>2007-12-06T08:00Z</dcterms:created></dublincore>";
        put(&folder.join("metadata/dublincore.xml"), catalog.as_bytes());
    }

    #[test]
    fn a_package_opens_from_its_own_files() {
        let dir = tempfile::tempdir().expect("a folder");
        write(dir.path());
        let talk = open(dir.path(), &WavProbe).expect("opens");
        let file =
            |slide: &crate::talk::Slide| slide.image.as_ref().map(|image| image.file.to_string_lossy().into_owned());
        let told: Vec<_> =
            talk.slides.iter().map(|slide| (slide.start.millis(), file(slide).unwrap_or_default())).collect();
        assert_eq!(told, [(0, "hires/a1/slide.jpg".to_owned()), (23_716, "static/b2/slide.jpg".to_owned())]);
        assert_eq!(
            (talk.title.as_str(), talk.metadata.authors.as_slice()),
            ("Land and Vegetation", &["A. B.".to_owned()][..])
        );
        assert_eq!(
            (talk.metadata.date.as_deref(), talk.metadata.venue.as_deref()),
            (Some("2007-12-06"), Some("Climate"))
        );
        assert_eq!(talk.audio.as_ref().map(|audio| audio.file.as_path()), Some(Path::new("tracks/talk.wav")));
        assert_eq!((talk.transcript.cues().len(), talk.issues.len()), (1, 0), "{:?}", talk.issues);
    }

    #[test]
    fn points_in_time_are_fractions_of_a_second() {
        assert_eq!(point("track:x;time=T00:00:15:92F1000"), Some(MediaTime::from_millis(15_092)));
        assert_eq!(point("track:x;time=T01:02:03:0F25"), Some(MediaTime::from_secs(3_723)));
        assert_eq!(point("track:x;time=T00:00:01:1F0"), None);
        assert_eq!((point("track:x"), point("time=Tx:00:00")), (None, None));
    }

    #[test]
    fn damaged_packages_open_or_are_passed_over() {
        let dir = tempfile::tempdir().expect("a folder");
        write(dir.path());
        put(&dir.path().join("beside.wav"), &wav(60.0));
        let (mut dice, mut seen) = (Prng::new(41), 0);
        for _ in 0..1_000 {
            put(&dir.path().join("manifest.xml"), &mutate(MANIFEST_TEXT.as_bytes(), &mut dice));
            let talk = open(dir.path(), &WavProbe).expect("there is always the sound");
            assert!(talk.slides.iter().is_sorted_by_key(|slide| slide.start) && talk.slides.len() < 40);
            seen += talk.slides.len();
        }
        assert!(seen > 800, "{seen}");
    }
}

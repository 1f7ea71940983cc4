//! Media packages of Opencast: `manifest.xml`, or `search.json` and `episode.json` as its players get them, with tracks, slides
//! found by segmentation, captions and catalogs. Only what lies in the folder is played.

use std::collections::HashMap;
use std::path::PathBuf;

use super::assemble::{Draft, assemble};
use super::flat_xml::{self, Flat};
use super::locate::{base, locate_end};
use super::loose_json::{self, Json};
use super::{Found, Layout, MAX_SLIDES};
use crate::talk::films::Told;
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::transcript::Transcript;
use crate::talk::{Metadata, TextTrack, TrackKind, VideoRole, metadata, names};
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
        document(folder).is_some_and(|file| folder.begins_with_any(&file.path, &["mediapackage"]))
    }

    fn is_document(&self, name: &str) -> bool {
        is_package(name)
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let file = document(folder)?;
        let text = String::from_utf8_lossy(&folder.document(&file.path).ok()?).into_owned();
        let package = if names::split(&file.name).1 == "json" { of_json(&text) } else { of_xml(&text) }?;
        if package.cut {
            let message = "The manifest breaks off, what comes after that is not known";
            issues.push(Issue::about(IssueKind::TimingUnreadable, message, &file.path));
        }
        let mut drafts = drafts(&package.parts, folder, pictures);
        drafts.sort_by_key(|draft| draft.start);
        let media = media(&package.parts, folder);
        if drafts.is_empty() && media.is_empty() {
            return None;
        }
        let mut metadata = catalogs(&package.parts, folder);
        metadata.fill(package.metadata);
        let tracks = captions(&package.parts, folder);
        let videos = videos(&package.parts, folder);
        let slides = assemble(drafts, &file.name, issues);
        Some(Found { metadata, slides, media, tracks, videos, ..Found::default() })
    }
}

fn is_package(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let listed =
        ["search.json", "episode.json"].iter().any(|known| lower == *known || lower.ends_with(&format!(".{known}")));
    listed || lower == MANIFEST
}

fn document(folder: &Folder) -> Option<&Entry> {
    folder.one_document(MANIFEST, |file| is_package(&file.name))
}

/// What a manifest says, in whichever form.
#[derive(Default)]
struct Package {
    parts: Vec<Part>,
    metadata: Metadata,
    cut: bool,
}

fn of_xml(text: &str) -> Option<Package> {
    let flat = flat_xml::read(text);
    if flat.elements.first().is_none_or(|root| root.name != "mediapackage") {
        return None;
    }
    // What was published stands below once more, with addresses of the server.
    let own = (0..flat.elements.len()).filter(|at| !is_published(&flat, *at));
    let parts = own.filter_map(|at| part(&flat, at)).collect();
    let creators = flat.all("creator").filter_map(|(_, creator)| creator.said()).map(names::one_line).take(200);
    let start = flat.elements.first().and_then(|root| root.get("start"));
    let published = flat.all("publication").filter_map(|(at, _)| flat.child(at, "url")).find_map(metadata::link);
    let metadata = Metadata {
        title: flat.text("title").map(names::one_line),
        authors: creators.collect(),
        venue: flat.text("seriestitle").map(names::one_line),
        date: start.and_then(metadata::date),
        link: published,
        ..Metadata::default()
    };
    Some(Package { parts, metadata, cut: flat.cut })
}

/// As the server answers its players: the package lies below what was asked for, one thing where there could be a list.
fn of_json(text: &str) -> Option<Package> {
    let document = loose_json::read(text);
    let top = &document.value;
    let result = top.any(&["search-results", "result"]).and_then(|found| found.get("result").or(Some(found)));
    let result = result.map(|result| result.list().first().unwrap_or(result));
    let package = top.get("mediapackage").or_else(|| result?.get("mediapackage"))?;
    let below = |holder: &str, names: &[&str]| package.get(holder).and_then(|found| found.any(names)).map(several);
    let of = |sort: &'static str, holder: &str, names: &[&str]| {
        let found = below(holder, names).unwrap_or_default();
        found.iter().take(MAX_SLIDES).filter_map(|value| json_part(sort, value)).collect::<Vec<_>>()
    };
    let mut parts = of("track", "media", &["track", "tracks"]);
    parts.extend(of("attachment", "attachments", &["attachment", "attachments"]));
    parts.extend(of("catalog", "metadata", &["catalog", "catalogs"]));
    parts.extend(package.get("slides").map(several).unwrap_or_default().iter().take(MAX_SLIDES).filter_map(json_slide));
    let line = |name: &str| package.get(name).and_then(Json::text).and_then(metadata::line);
    let creators =
        package.get("creators").and_then(|creators| creators.get("creator")).map(several).unwrap_or_default();
    let metadata = Metadata {
        title: line("title"),
        authors: creators.iter().filter_map(Json::text).filter_map(metadata::line).take(200).collect(),
        venue: line("seriestitle"),
        date: package.get("start").and_then(Json::text).and_then(metadata::date),
        ..Metadata::default()
    };
    (!parts.is_empty()).then_some(Package { parts, metadata, cut: document.cut })
}

/// A list, or one thing that stands for a list of one.
fn several(value: &Json) -> &[Json] {
    match value {
        Json::List(list) => list,
        Json::Null => &[],
        one => std::slice::from_ref(one),
    }
}

fn json_part(sort: &'static str, value: &Json) -> Option<Part> {
    let text = |name: &str| value.get(name).and_then(Json::text).unwrap_or_default().to_owned();
    let url = value.get("url").and_then(Json::text)?.to_owned();
    Some(Part { sort, kind: text("type"), url, about: text("ref"), tag: text("mimetype") })
}

/// `{"slide": {"url": …}, "time": "00:09:36"}` of older servers.
fn json_slide(value: &Json) -> Option<Part> {
    let url = value.get("slide")?.get("url")?.text()?.to_owned();
    let time = MediaTime::parse(value.get("time")?.text()?).ok().filter(|time| time.nanos() >= 0)?;
    let (secs, nanos) = (time.nanos() / 1_000_000_000, time.nanos() % 1_000_000_000);
    let about = format!("time=T{}:{}:{}:{nanos}F1000000000", secs / 3600, secs / 60 % 60, secs % 60);
    Some(Part { sort: "attachment", kind: "presentation/segment+preview".to_owned(), url, about, tag: String::new() })
}

/// A track, an attachment or a catalog.
struct Part {
    sort: &'static str,
    kind: String,
    url: String,
    about: String,
    tag: String,
}

fn part(flat: &Flat, at: usize) -> Option<Part> {
    let element = flat.elements.get(at)?;
    let sort = ["track", "attachment", "catalog"].into_iter().find(|sort| *sort == element.name)?;
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Some(Part {
        sort,
        kind: text(element.get("type")),
        url: flat.child(at, "url")?.to_owned(),
        about: text(element.get("ref")),
        tag: text(flat.child(at, "mimetype")),
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
fn drafts(parts: &[Part], folder: &Folder, pictures: &mut Pictures<'_>) -> Vec<Draft> {
    let segments = parts.iter().filter(|part| part.sort == "attachment" && part.kind.contains("segment+preview"));
    let mut named: HashMap<&str, usize> = HashMap::new();
    let segments: Vec<(&Part, MediaTime)> = segments.filter_map(|part| Some((part, point(&part.about)?))).collect();
    for (part, _) in &segments {
        *named.entry(base(&part.url)).or_default() += 1;
    }
    let mut by_start: HashMap<MediaTime, Draft> = HashMap::new();
    for (part, start) in segments.into_iter().take(MAX_SLIDES) {
        let unique = named.get(base(&part.url)) == Some(&1);
        let pick = locate_end(folder, &part.url, unique).map_or(Pick::Missing, |file| pictures.inspect(&file));
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
fn media(parts: &[Part], folder: &Folder) -> Vec<PathBuf> {
    let mut tracks: Vec<&Part> =
        parts.iter().filter(|part| part.sort == "track" && !part.tag.starts_with("text")).collect();
    tracks.sort_by_key(|track| (!track.tag.starts_with("audio"), !track.kind.starts_with("presenter")));
    tracks.iter().take(64).filter_map(|track| locate_end(folder, &track.url, true)).collect()
}

/// What moves: the speaker, and what was projected.
fn videos(parts: &[Part], folder: &Folder) -> Vec<Told> {
    let tracks = parts
        .iter()
        .filter(|part| part.sort == "track" && !part.tag.starts_with("text") && !part.tag.starts_with("audio"));
    let of = |part: &Part| {
        let role = match part.kind.split('/').next()? {
            "presenter" => VideoRole::Speaker,
            "presentation" => VideoRole::Screen,
            _ => return None,
        };
        Some(Told::new(locate_end(folder, &part.url, true)?, role))
    };
    let mut found: Vec<Told> = Vec::new();
    for told in tracks.take(64).filter_map(of) {
        // The same in other sizes.
        if found.iter().all(|known| known.role != told.role) {
            found.push(told);
        }
    }
    found
}

fn captions(parts: &[Part], folder: &Folder) -> Vec<TextTrack> {
    let is_caption = |part: &&Part| part.kind.starts_with("caption") || part.tag == "text/vtt";
    let track = |part: &Part| {
        let file = locate_end(folder, &part.url, true)?;
        let transcript = Transcript::parse(&String::from_utf8_lossy(&folder.document(&file).ok()?));
        let language = part.kind.rsplit_once('+').map_or_else(String::new, |(_, language)| names::one_line(language));
        (!transcript.cues().is_empty()).then_some(TextTrack { kind: TrackKind::Speech, language, file, transcript })
    };
    parts.iter().filter(is_caption).take(MAX_DOCUMENTS).filter_map(track).collect()
}

/// What the catalogs of the episode say.
fn catalogs(parts: &[Part], folder: &Folder) -> Metadata {
    let catalogs = parts.iter().filter(|part| part.kind == "dublincore/episode" && !part.about.starts_with("series"));
    let read = |part: &Part| {
        let file = locate_end(folder, &part.url, true)?;
        Some(flat_xml::read(&String::from_utf8_lossy(&folder.document(&file).ok()?)))
    };
    let mut found = Metadata::default();
    for catalog in catalogs.take(MAX_DOCUMENTS).filter_map(read) {
        let people =
            |name: &str| catalog.all(name).filter_map(|(_, e)| e.said()).map(names::one_line).take(200).collect();
        let line = |name: &str| catalog.text(name).map(names::one_line);
        let date = catalog.text("created").or_else(|| catalog.text("date")).and_then(metadata::date);
        found.fill(Metadata {
            title: line("title"),
            authors: people("creator"),
            about: catalog.text("description").map(names::one_line).unwrap_or_default(),
            date,
            ..Metadata::default()
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use std::path::Path;

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
    fn what_a_server_answers_its_players_is_a_package_too() {
        let search = r#"{"search-results":{"total":1,"result":{"id":"x","mediapackage":{"title":"Land & sea","start":"2007-12-05T13:40:00",
            "creators":{"creator":"P. One"},"media":{"track":{"type":"presenter/delivery","mimetype":"audio/x-wav","url":"https://oc.example/tracks/talk.wav"}},
            "attachments":{"attachment":[{"type":"presentation/segment+preview","ref":"track:t1;time=T00:00:23:716F1000","url":"https://oc.example/static/b2/slide.jpg"},
            {"type":"presentation/segment+preview","ref":"track:t1;time=T00:00:00:0F1000","url":"https://oc.example/static/a1/slide.jpg"}]}}}}}"#;
        let episode = r#"{"mediapackage":{"title":"Land & sea","slides":[{"slide":{"url":"https://p.example/static/b2/slide.jpg"},"time":"00:00:23.716"},
            {"slide":{"url":"https://p.example/static/a1/slide.jpg"},"time":"00:00:00"}],"media":{"tracks":[{"url":"https://p.example/tracks/talk.wav","type":"presenter/x"}]}}}"#;
        for (name, text) in [("search.json", search), ("land.episode.json", episode)] {
            let dir = tempfile::tempdir().expect("a folder");
            write(dir.path());
            std::fs::remove_file(dir.path().join("manifest.xml")).expect("was there");
            put(&dir.path().join(name), text.as_bytes());
            let talk = open(dir.path(), &WavProbe).expect("opens");
            let starts: Vec<i64> = talk.slides.iter().map(|slide| slide.start.millis()).collect();
            assert_eq!((starts, talk.title.as_str()), (vec![0, 23_716], "Land & sea"), "{name}");
            assert!(
                talk.slides.iter().all(|slide| slide.image.is_some()) && talk.audio.is_some(),
                "{name}: {:?}",
                talk.issues
            );
        }
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

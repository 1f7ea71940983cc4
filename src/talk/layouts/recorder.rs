//! What SlidesLive's recorder leaves: `slrec.json`, or one list of any name, that says how films of the speaker and films of
//! the slides are cut. The speaker's film is heard from its beginning, so that slides appear at the moments of that film.

use super::assemble::{Draft, assemble};
use super::locate::locate;
use super::loose_json::{self, Json};
use super::{Found, Layout, MAX_SLIDES};
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind, printable};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::{Clip, Metadata, media, names};
use crate::time::MediaTime;

/// What the recorder calls its list.
const OWN: &str = "slrec.json";

/// Less than this is cut away where a recording begins and ends, and nobody hears it.
const UNHEARD: i64 = 1000;

/// The family.
pub(crate) struct Recorder;

impl Layout for Recorder {
    fn recognises(&self, folder: &Folder) -> bool {
        list(folder).is_some()
    }

    fn is_document(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(OWN)
    }

    fn read(&self, folder: &Folder, _pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let file = list(folder)?;
        let document = loose_json::read(&String::from_utf8_lossy(&folder.document(&file.path).ok()?));
        let (speaker, slides) = (cuts(&document.value, "speaker"), cuts(&document.value, "slides"));
        if speaker.is_empty() && slides.is_empty() {
            return None;
        }
        if document.cut {
            let message = "The list of cuts breaks off, the slides after that are not known";
            issues.push(Issue::about(IssueKind::TimingUnreadable, message, &file.path));
        }
        let heard: Vec<&Cut> = longest(&speaker);
        let named = |id: &str| file_name(&document.value, id);
        let sound = heard.first().and_then(|cut| named(&cut.file)).and_then(|name| locate(folder, name));
        tell(&speaker, &heard, file, issues);
        let mut drafts: Vec<Draft> = pieces(&slides, &heard)
            .zip(1..)
            .map(|(piece, number)| {
                let name = named(&piece.file).unwrap_or_default();
                let clip = locate(folder, name).map(|file| Clip {
                    file,
                    from: MediaTime::from_millis(piece.from),
                    duration: Some(MediaTime::from_millis(piece.length)),
                });
                let (start, pick) = (Some(MediaTime::from_millis(piece.at)), Pick::Missing);
                Draft { start, name: format!("film {number}"), pick, clip, ..Draft::default() }
            })
            .take(MAX_SLIDES)
            .collect();
        // The speaker may have put the end before the beginning.
        drafts.sort_by_key(|draft| draft.start);
        let metadata = Metadata { title: Some(names::title_of_folder(&folder.name())), ..Metadata::default() };
        let slides = assemble(drafts, &file.name, issues);
        Some(Found { metadata, slides, media: sound.into_iter().collect(), ..Found::default() })
    }
}

/// The list: called so, or the only JSON beside films, if it looks like one.
fn list(folder: &Folder) -> Option<&Entry> {
    let own = folder.top().find(|file| file.name.eq_ignore_ascii_case(OWN));
    let mut others = folder.top().filter(|file| names::split(&file.name).1 == "json");
    own.or_else(|| {
        let only = others.next().filter(|_| others.next().is_none())?;
        let described = names::family_stem(&only.name) != names::split(&only.name).0;
        let films = media::candidates(folder).next().is_some();
        (films && !described && folder.begins_with_any(&only.path, &["\"timelines\""])).then_some(only)
    })
}

/// A piece of a film; in milliseconds.
#[derive(Debug, Clone, PartialEq)]
struct Cut {
    /// When it is shown.
    at: i64,
    file: String,
    /// From where on in the file.
    from: i64,
    length: i64,
}

/// The pieces of a timeline, one after the other.
fn cuts(top: &Json, timeline: &str) -> Vec<Cut> {
    let list = top.get("timelines").and_then(|lines| lines.get(timeline)).and_then(|line| line.get("video"));
    let mut at = 0;
    let cut = |entry: &Json| {
        let clip = entry.get("clip")?;
        let (from, length) = (millis(clip.get("in_cut_ms")?)?, millis(clip.get("duration_ms")?)?);
        let cut = Cut { at, file: id(clip.get("file_id")?)?, from, length };
        at += length;
        Some(cut)
    };
    list.map(Json::list).unwrap_or_default().iter().take(MAX_SLIDES).filter_map(cut).collect()
}

fn millis(value: &Json) -> Option<i64> {
    const MOST: f64 = 1e9;
    #[expect(clippy::cast_possible_truncation, reason = "bounded")]
    value.number().filter(|ms| (0.0..MOST).contains(ms)).map(|ms| ms.round() as i64)
}

/// A number or a word.
fn id(value: &Json) -> Option<String> {
    match value {
        Json::Number(number) => Some(number.to_string()),
        other => other.text().map(str::to_owned),
    }
}

fn file_name<'a>(top: &'a Json, wanted: &str) -> Option<&'a str> {
    let files = top.get("files").map(Json::list).unwrap_or_default();
    let file = files.iter().find(|file| file.get("id").and_then(id).as_deref() == Some(wanted))?;
    file.get("file_name").and_then(Json::text)
}

/// The pieces of the film that is heard: of several the one of which most is shown.
fn longest(speaker: &[Cut]) -> Vec<&Cut> {
    let mut files: Vec<(&str, i64)> = Vec::new();
    for cut in speaker {
        match files.iter_mut().find(|(file, _)| *file == cut.file) {
            Some((_, length)) => *length += cut.length,
            None => files.push((&cut.file, cut.length)),
        }
    }
    let most = files.iter().rev().max_by_key(|(_, length)| *length).map(|(file, _)| *file);
    speaker.iter().filter(|cut| Some(cut.file.as_str()) == most).collect()
}

fn tell(speaker: &[Cut], heard: &[&Cut], file: &Entry, issues: &mut Vec<Issue>) {
    if heard.len() < speaker.len() {
        let message =
            format!("The talk is cut from several recordings, only the longest is played: {}", printable(&file.path));
        issues.push(Issue { kind: IssueKind::SeveralMedia, message, file: Some(file.path.clone()) });
    }
    let mut until = 0;
    let mut skipped = false;
    for cut in heard {
        skipped |= (cut.from - until).abs() > UNHEARD;
        until = cut.from + cut.length;
    }
    if skipped {
        issues.push(Issue::about(
            IssueKind::Uncut,
            "What was cut out of the recording is heard all the same",
            &file.path,
        ));
    }
}

/// What is shown while the film that is heard is shown, with the moments of that film; without one, as it is.
fn pieces<'a>(slides: &'a [Cut], heard: &'a [&Cut]) -> impl Iterator<Item = Cut> + use<'a> {
    let mut first = 0;
    slides.iter().flat_map(move |slide| {
        let end = |cut: &Cut| cut.at + cut.length;
        while heard.get(first).is_some_and(|cut| end(cut) <= slide.at) {
            first += 1;
        }
        let together = heard.get(first..).unwrap_or_default().iter().take_while(|cut| cut.at < end(slide));
        let parts = together.map(|cut| {
            let (from, until) = (cut.at.max(slide.at), end(cut).min(end(slide)));
            let at = cut.from + from - cut.at;
            Cut { at, file: slide.file.clone(), from: slide.from + from - slide.at, length: until - from }
        });
        let whole = heard.is_empty().then(|| slide.clone());
        parts.chain(whole).collect::<Vec<_>>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::open::open;
    use crate::testing::mutate::{Prng, mutate};
    use crate::testing::talks::{WavProbe, put, wav};

    fn cut(at: i64, from: i64, length: i64) -> Cut {
        Cut { at, file: "1".to_owned(), from, length }
    }

    #[test]
    fn films_of_slides_follow_the_cuts_of_the_speaker() {
        let (one, two) = (cut(0, 2_000, 10_000), cut(10_000, 17_000, 5_000));
        let of = |slides: &[Cut]| pieces(slides, &[&one, &two]).collect::<Vec<_>>();
        assert_eq!(
            of(&[cut(0, 0, 4_000), cut(4_000, 9_000, 11_000)]),
            [cut(2_000, 0, 4_000), cut(6_000, 9_000, 6_000), cut(17_000, 15_000, 5_000)]
        );
        assert_eq!(of(&[cut(15_000, 0, 9_000)]), [], "after the end of what is heard");
        assert_eq!(pieces(&[cut(5, 6, 7)], &[]).collect::<Vec<_>>(), [cut(5, 6, 7)]);
    }

    #[test]
    fn damaged_lists_open_or_are_passed_over() {
        let text = r#"{"timelines":{"slides":{"video":[{"clip":{"file_id":2,"in_cut_ms":0,"duration_ms":14000}}]},"speaker":{
            "video":[{"clip":{"file_id":"a","in_cut_ms":0,"duration_ms":5000}},{"clip":{"file_id":"a","in_cut_ms":7000,"duration_ms":9000}}]}},
            "files":[{"id":"a","file_name":"speaker.wav"},{"id":2,"file_name":"slides.webm"}]}"#;
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("speaker.wav"), &wav(20.0));
        put(&dir.path().join("slides.webm"), b"film");
        let (mut dice, mut seen) = (Prng::new(61), 0);
        for _ in 0..1_000 {
            put(&dir.path().join("slrec.json"), &mutate(text.as_bytes(), &mut dice));
            let talk = open(dir.path(), &WavProbe).expect("there is always the sound");
            assert!(talk.slides.len() <= 40 && talk.issues.len() <= 12);
            seen += talk.slides.len();
        }
        assert!(seen > 400, "{seen}");
    }
}

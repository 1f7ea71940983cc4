//! Recordings of BigBlueButton, as the server publishes them and downloaders copy them: `shapes.svg` with the slides' times,
//! slides below `presentation/`, sound with the webcams or alone, a shared screen, captions, chat.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::assemble::{Draft, LONGEST_TEXT, assemble};
use super::flat_xml::{self, Element};
use super::locate::{base, locate_end};
use super::loose_json::{self, Json};
use super::{Found, Layout, MAX_SLIDES, untimed};
use crate::talk::films::Told;
use crate::talk::folder::{Folder, MAX_DOCUMENT};
use crate::talk::issue::{Issue, IssueKind};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::transcript::{Cue, Transcript, without_markup};
use crate::talk::{Clip, Metadata, TextTrack, TrackKind, VideoRole, names};
use crate::time::MediaTime;

const SHAPES: &str = "shapes.svg";
/// Where the sound is, best first: with the webcams there is no other.
const SOUNDS: [&str; 7] = [
    "video/webcams.webm",
    "video/webcams.mp4",
    "audio/audio.webm",
    "audio/audio.ogg",
    "audio/audio.mp3",
    "webcams.webm",
    "webcams.mp4",
];
const SCREENS: [&str; 4] = ["deskshare/deskshare.webm", "deskshare/deskshare.mp4", "deskshare.webm", "deskshare.mp4"];
/// Where a downloader that keeps no times puts the films.
const FILMS: &str = "videos";
/// Most folders in which a picture is looked for that is not where the list says.
const MAX_PLACES: usize = 100;
/// Most languages of captions.
const MAX_CAPTIONS: usize = 40;
/// How long a line of the chat counts as being said.
const CHAT_LINE: MediaTime = MediaTime::from_secs(10);

/// The family.
pub(crate) struct BigBlueButton;

impl Layout for BigBlueButton {
    fn recognises(&self, folder: &Folder) -> bool {
        folder.top().any(|file| file.name == SHAPES)
            || film(folder, "webcams").is_some() && !untimed::deck(folder).is_empty()
    }

    fn is_document(&self, name: &str) -> bool {
        name == SHAPES
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let path = Path::new(SHAPES);
        if !folder.top().any(|file| file.name == SHAPES) {
            return without_times(folder, pictures, issues);
        }
        let shapes = match folder.document(path) {
            Ok(bytes) => flat_xml::read(&String::from_utf8_lossy(&bytes)),
            Err(issue) => {
                issues.push(issue);
                return None;
            }
        };
        let texts = texts(folder);
        let screen = SCREENS.iter().find_map(|file| folder.find(Path::new(file)));
        let places = Places::of(folder, &shapes);
        let (mut drafts, mut more): (Vec<Draft>, bool) = (Vec::new(), false);
        let mut unseen: Vec<MediaTime> = Vec::new();
        let mut room = usize::try_from(MAX_DOCUMENT).unwrap_or(usize::MAX);
        for (_, image) in shapes.all("image") {
            let Some(href) = image.get("href") else { continue };
            // The server's own picture, until somebody shows a slide.
            if base(href) == "logo.png" {
                continue;
            }
            for start in image.get("in").unwrap_or_default().split_whitespace() {
                // One picture may be shown any number of times.
                if drafts.len() >= MAX_SLIDES {
                    more = true;
                    break;
                }
                let start = seconds(start);
                // What was shown before stays.
                if is_screen(href) && screen.is_none() {
                    unseen.extend(start);
                    continue;
                }
                drafts.push(draft(image, href, start, (&places, &texts, screen.as_deref()), pictures));
                // Together they are no longer than a document.
                if let Some(draft) = drafts.last_mut() {
                    match room.checked_sub(draft.text.len()) {
                        Some(left) => room = left,
                        None => draft.text = String::new(),
                    }
                }
            }
        }
        if more {
            let message = format!("The talk has too many slides, only the first {MAX_SLIDES} are shown");
            issues.push(Issue::about(IssueKind::TooLarge, &message, path));
        }
        if shapes.cut {
            let message = "The list of slides breaks off, the slides after that are not known";
            issues.push(Issue::about(IssueKind::TimingUnreadable, message, path));
        }
        let media: Vec<PathBuf> = SOUNDS.iter().filter_map(|file| folder.find(Path::new(file))).collect();
        if let Some(first) = unseen.iter().min() {
            let when = match unseen.len() {
                1 => format!("at {}", first.clock()),
                more => format!("{more} times, first at {}", first.clock()),
            };
            let message = format!("The film of the shared screen is missing, it was shown {when}");
            issues.push(Issue::new(IssueKind::SlideMissing, message));
        }
        if drafts.is_empty() {
            if unseen.is_empty() {
                let message = "The list of slides is empty";
                issues.push(Issue::about(IssueKind::TimingUnreadable, message, path));
            }
            // Its sound lies where only this family looks for it.
            if media.is_empty() {
                return None;
            }
        }
        // One after the other in the file does not mean one after the other in time.
        drafts.sort_by_key(|draft| draft.start);
        let tracks = captions(folder).into_iter().chain(chat(folder)).collect();
        let webcams = SOUNDS.iter().filter(|file| file.starts_with("video/"));
        let webcams = webcams.filter_map(|file| folder.find(Path::new(file))).take(1);
        let videos = webcams
            .map(|file| Told::new(file, VideoRole::Speaker))
            .chain(screen.map(|file| Told::new(file, VideoRole::Screen)))
            .collect();
        let slides = assemble(drafts, SHAPES, issues);
        Some(Found { metadata: metadata(folder), slides, media, tracks, videos, ..Found::default() })
    }
}

/// Words on slides by the last two parts of their pictures' paths, without endings: `presentation/slide-1`.
type Texts = HashMap<(String, String), String>;

fn draft(
    image: &Element,
    href: &str,
    start: Option<MediaTime>,
    (places, texts, screen): (&Places<'_>, &Texts, Option<&Path>),
    pictures: &mut Pictures<'_>,
) -> Draft {
    let stem = names::split(base(href)).0.to_owned();
    if is_screen(href) {
        let clip = screen.map(|file| Clip {
            file: file.to_owned(),
            from: start.unwrap_or_default().max_zero(),
            duration: None,
        });
        let title = Some("Shared screen".to_owned());
        return Draft { start, name: "shared screen".to_owned(), title, clip, ..Draft::default() };
    }
    let pick = places.find(href).map_or(Pick::Missing, |file| pictures.inspect(&file));
    let deck = href.rsplit('/').find(|part| part.len() >= 20).unwrap_or_default().to_owned();
    // `slide1.svg` and `slide-1.png` are one slide.
    let plain = stem.replace("slide-", "slide");
    let text = texts.get(&(deck, plain)).cloned().or_else(|| {
        let file = locate_end(places.folder, image.get("text")?, false)?;
        places
            .folder
            .beginning(&file, LONGEST_TEXT as u64)
            .ok()
            .map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned())
    });
    Draft { start, name: stem, text: text.unwrap_or_default(), pick, ..Draft::default() }
}

fn is_screen(href: &str) -> bool {
    names::split(base(href)).0 == "deskshare"
}

/// A film in a folder `Videos`.
fn film(folder: &Folder, name: &str) -> Option<PathBuf> {
    let sub = folder.folders().iter().find(|sub| sub.name.eq_ignore_ascii_case(FILMS))?;
    ["webm", "mp4"].iter().find_map(|ending| folder.find(&Path::new(&sub.name).join(format!("{name}.{ending}"))))
}

/// `Slides/`, `Thumbnails/` and `Videos/`, of which nothing says when they are shown.
fn without_times(folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
    let media = vec![film(folder, "webcams")?];
    let found = untimed::of_files(&untimed::deck(folder), pictures, issues).unwrap_or_default();
    if let Some(screen) = film(folder, "deskshare") {
        let message = "Nothing says when the shared screen was seen, it is left out";
        issues.push(Issue::about(IssueKind::Untimed, message, &screen));
    }
    Some(Found { media, ..found })
}

/// Where the pictures of a recording lie.
struct Places<'a> {
    folder: &'a Folder,
    /// The folders of the server's pictures, in the order in which they are shown first.
    decks: Vec<String>,
    /// The pictures of the list by their names, with the deck of each; `None` where several decks have one of that name.
    listed: HashMap<String, Option<usize>>,
    /// The folders in which such pictures lie, that of the list first, with the names in each; read when first needed.
    holders: OnceCell<Vec<(PathBuf, HashSet<String>)>>,
}

impl<'a> Places<'a> {
    fn of(folder: &'a Folder, shapes: &flat_xml::Flat) -> Self {
        let (mut decks, mut listed): (Vec<String>, HashMap<String, Option<usize>>) = (Vec::new(), HashMap::new());
        let hrefs = shapes.all("image").filter_map(|(_, image)| image.get("href"));
        for href in hrefs.filter(|href| base(href) != "logo.png" && !is_screen(href)) {
            let deck = deck_of(href);
            let at = decks.iter().position(|known| *known == deck).unwrap_or(decks.len());
            if at >= MAX_PLACES {
                continue;
            }
            if at == decks.len() {
                decks.push(deck);
            }
            let known = listed.entry(base(href).to_owned()).or_insert(Some(at));
            *known = known.filter(|known| *known == at);
        }
        Self { folder, decks, listed, holders: OnceCell::new() }
    }

    /// The picture at the path that the list gives. Where a copy has other folders, the one that is called so in the folder that
    /// stands for the server's: there are as many, in the same order; or in any, if the name tells which picture is meant.
    fn find(&self, href: &str) -> Option<PathBuf> {
        locate_end(self.folder, href, false).or_else(|| self.by_name(href))
    }

    fn by_name(&self, href: &str) -> Option<PathBuf> {
        let (name, holders) = (base(href), self.holders.get_or_init(|| self.look()));
        let has = |(_, names): &&(PathBuf, HashSet<String>)| names.contains(name);
        let (place, _) = if holders.len() == self.decks.len() {
            let deck = self.decks.iter().position(|deck| *deck == deck_of(href))?;
            holders.get(deck).filter(has)?
        } else {
            self.listed.get(name).copied().flatten()?;
            let mut having = holders.iter().filter(has);
            having.next().filter(|_| having.next().is_none())?
        };
        self.folder.find(&place.join(name))
    }

    fn look(&self) -> Vec<(PathBuf, HashSet<String>)> {
        let mut subs: Vec<PathBuf> =
            self.folder.folders().iter().take(MAX_PLACES).map(|sub| PathBuf::from(&sub.name)).collect();
        subs.sort_by(|a, b| names::natural(&a.to_string_lossy(), &b.to_string_lossy()));
        let listed = |names: Vec<String>| names.into_iter().filter(|name| self.listed.contains_key(name)).collect();
        let top: HashSet<String> = listed(self.folder.top().map(|file| file.name.clone()).collect());
        let below = subs.into_iter().map(|sub| (listed(self.folder.names_in(&sub, MAX_SLIDES)), sub));
        let all = [(top, PathBuf::new())].into_iter().chain(below);
        all.filter(|(names, _)| !names.is_empty()).map(|(names, place)| (place, names)).collect()
    }
}

/// `presentation/x` of `presentation/x/slide-1.png` and `presentation/x/svgs/slide1.svg`.
fn deck_of(href: &str) -> String {
    let place = href.rsplit_once('/').map_or("", |(place, _)| place);
    place.strip_suffix("/svgs").unwrap_or(place).to_owned()
}

/// `57.9`, rounded to the millisecond.
fn seconds(text: &str) -> Option<MediaTime> {
    let secs = text.parse::<f64>().ok().filter(|secs| secs.is_finite())?;
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    let millis = (secs.clamp(-1e9, 1e9) * 1000.0).round() as i64;
    Some(MediaTime::from_millis(millis))
}

fn texts(folder: &Folder) -> Texts {
    let Ok(bytes) = folder.document(Path::new("presentation_text.json")) else { return Texts::new() };
    let document = loose_json::read(&String::from_utf8_lossy(&bytes));
    let mut texts = Texts::new();
    if let Json::Object(decks) = &document.value {
        for (deck, slides) in decks {
            if let Json::Object(slides) = slides {
                // Each may be the text of many slides.
                let short = |text: &str| text.chars().take(LONGEST_TEXT).collect::<String>();
                let said = |(name, text): &(String, Json)| Some((name.replace("slide-", "slide"), short(text.text()?)));
                texts.extend(slides.iter().filter_map(said).map(|(name, text)| ((deck.clone(), name), text)));
            }
        }
    }
    texts
}

fn captions(folder: &Folder) -> Vec<TextTrack> {
    let Ok(bytes) = folder.document(Path::new("captions.json")) else { return Vec::new() };
    let document = loose_json::read(&String::from_utf8_lossy(&bytes));
    let locales = document.value.list().iter().filter_map(|entry| entry.get("locale").and_then(Json::text));
    let track = |locale: &str| {
        let file = folder.find(&PathBuf::from(format!("caption_{locale}.vtt")))?;
        let transcript = Transcript::parse(&String::from_utf8_lossy(&folder.document(&file).ok()?));
        let language = locale.replace('_', "-");
        Some(TextTrack { kind: TrackKind::Speech, language, file, transcript })
    };
    let mut tracks: Vec<TextTrack> = locales.take(MAX_CAPTIONS).filter_map(track).collect();
    tracks.sort_by_key(|track| !track.language.starts_with("en"));
    tracks
}

fn chat(folder: &Folder) -> Option<TextTrack> {
    let file = folder.find(Path::new("slides_new.xml"))?;
    let flat = flat_xml::read(&String::from_utf8_lossy(&folder.document(&file).ok()?));
    let cue = |line: &Element| {
        let start = seconds(line.get("in")?)?;
        let words = without_markup(&line.get("message")?.replace("<br", " <br"));
        let words = names::spaced(&words);
        let text = line.get("name").map_or(words.clone(), |name| format!("{}: {words}", names::one_line(name)));
        (!words.is_empty()).then_some(Cue { start, end: start + CHAT_LINE, text, ..Cue::default() })
    };
    let cues: Vec<Cue> = flat.all("chattimeline").filter_map(|(_, line)| cue(line)).collect();
    let transcript = Transcript::of(cues);
    let empty = transcript.cues().is_empty();
    (!empty).then_some(TextTrack { kind: TrackKind::Chat, language: String::new(), file, transcript })
}

fn metadata(folder: &Folder) -> Metadata {
    let Ok(bytes) = folder.document(Path::new("metadata.xml")) else { return Metadata::default() };
    let flat = flat_xml::read(&String::from_utf8_lossy(&bytes));
    let meeting = || flat.all("meeting").find_map(|(_, meeting)| meeting.get("name"));
    let title = flat.text("meetingName").or_else(meeting).map(names::one_line);
    let date = flat.text("start_time").and_then(|millis| millis.parse::<i64>().ok()).and_then(day);
    Metadata { title, date, ..Metadata::default() }
}

/// Milliseconds since 1970 as a day: `2020-04-26`.
fn day(millis: i64) -> Option<String> {
    let days = millis.div_euclid(86_400_000);
    if !(0..=2_932_896).contains(&days) {
        return None;
    }
    // Years from March on, so that the leap day is the last of them (Howard Hinnant's civil calendar).
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + i64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests;

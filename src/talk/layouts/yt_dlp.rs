//! Folders of yt-dlp: `Title [id].info.json` with the slides as chapters, `Title [id].001.png` and so on, and for slides that
//! are films `Title - Slide 002 [id-002].mp4`. Chapter, picture and film are joined by the slide's number, never by place.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::assemble::{Draft, assemble};
use super::loose_json::{self, Json};
use super::{Found, Layout, MAX_SLIDES, untimed};
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::{Clip, MediaChapter, TalkId, names, recognise};
use crate::time::MediaTime;

/// The family: descriptions beside numbered pictures or films of slides.
pub(crate) struct YtDlp;

/// Descriptions of other recordings: their chapters are titles. Comes after everything that has pictures.
pub(crate) struct Chapters;

impl Layout for YtDlp {
    fn recognises(&self, folder: &Folder) -> bool {
        info(folder).is_some_and(|info| {
            let stem = stem_of(info);
            folder.top().any(|file| number_of(&file.name, stem).is_some() || film_of(&file.name, stem).is_some())
        })
    }

    fn is_document(&self, name: &str) -> bool {
        is_info(name)
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let info = info(folder)?;
        let stem = stem_of(info);
        let document = load(folder, info, issues)?;
        let chapters = document.get("chapters").map(Json::list).unwrap_or_default();
        let numbered = Numbered::of(folder, stem);
        let mut drafts = Vec::new();
        for chapter in chapters.iter().take(MAX_SLIDES) {
            let Some(number) = chapter.get("title").and_then(Json::text).and_then(slide_number) else { continue };
            let (start, end) = (time(chapter, "start_time"), time(chapter, "end_time"));
            drafts.push(numbered.draft(number, start, end, pictures));
        }
        if drafts.is_empty() {
            let message = "The description does not say when the slides appear";
            issues.push(Issue::about(IssueKind::TimingUnreadable, message, &info.path));
            return None;
        }
        tell_whole(&drafts, &info.path, issues);
        let slides = assemble(drafts, &info.name, issues);
        Some(Found { id: id(&document), slides, media: media(folder, stem), ..Found::default() })
    }
}

/// The slides of a recording that has no description: the chapters inside it, joined with the pictures and films that are called
/// after it by their numbers; where none of its chapters has a number, those pictures without times. `None` without pictures.
pub(crate) fn without_description(
    folder: &Folder,
    recording: &Path,
    chapters: &[MediaChapter],
    pictures: &mut Pictures<'_>,
    issues: &mut Vec<Issue>,
) -> Option<Found> {
    let name = names::of_path(recording);
    let numbered = Numbered::of(folder, names::split(&name).0);
    if numbered.pictures.is_empty() && numbered.films.is_empty() {
        return None;
    }
    let ends = chapters.iter().skip(1).map(|next| Some(next.start)).chain([None]);
    let slides = chapters.iter().zip(ends).take(MAX_SLIDES);
    let drafts: Vec<Draft> = slides
        .filter_map(|(chapter, end)| {
            Some(numbered.draft(slide_number(&chapter.title)?, Some(chapter.start), end, pictures))
        })
        .collect();
    if drafts.is_empty() {
        let mut deck: Vec<(&u32, &Vec<usize>)> = numbered.pictures.iter().collect();
        deck.sort_unstable();
        return untimed::found(
            deck.iter().map(|(number, files)| (format!("{number:03}"), pictures.best(files))),
            issues,
        );
    }
    tell_whole(&drafts, recording, issues);
    Some(Found { slides: assemble(drafts, &name, issues), ..Found::default() })
}

/// Chapters of yt-dlp are in whole seconds.
fn tell_whole(drafts: &[Draft], source: &Path, issues: &mut Vec<Issue>) {
    let whole = drafts.iter().all(|draft| draft.start.is_some_and(|start| start.nanos() % 1_000_000_000 == 0));
    if whole && drafts.len() > 1 {
        let message = "The times of the slides are known to the second only, from chapters";
        issues.push(Issue::about(IssueKind::CoarseTiming, message, source));
    }
}

/// What is called after a talk and a number of a slide.
#[derive(Default)]
struct Numbered {
    /// Places in the listing; several of one number are sizes of one picture.
    pictures: HashMap<u32, Vec<usize>>,
    /// Slides that move.
    films: HashMap<u32, PathBuf>,
}

impl Numbered {
    fn of(folder: &Folder, stem: &str) -> Self {
        let mut found = Self::default();
        for (at, file) in folder.files().iter().enumerate() {
            if let Some(number) = number_of(&file.name, stem) {
                found.pictures.entry(number).or_default().push(at);
            } else if let Some(number) = film_of(&file.name, stem) {
                found.films.entry(number).or_insert_with(|| file.path.clone());
            }
        }
        found
    }

    fn draft(
        &self,
        number: u32,
        start: Option<MediaTime>,
        end: Option<MediaTime>,
        pictures: &mut Pictures<'_>,
    ) -> Draft {
        let duration = start.zip(end).map(|(start, end)| end - start).filter(|length| *length > MediaTime::ZERO);
        let clip = self.films.get(&number).map(|file| Clip { file: file.clone(), from: MediaTime::ZERO, duration });
        let pick = self.pictures.get(&number).map_or(Pick::Missing, |files| pictures.best(files));
        Draft { start, name: format!("{number:03}"), pick, clip, ..Draft::default() }
    }
}

impl Layout for Chapters {
    fn recognises(&self, folder: &Folder) -> bool {
        info(folder).is_some()
    }

    fn is_mere(&self) -> bool {
        true
    }

    fn read(&self, folder: &Folder, _pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let info = info(folder)?;
        let document = load(folder, info, &mut Vec::new())?;
        let chapters = document.get("chapters").map(Json::list).unwrap_or_default();
        if chapters.len() < 2 {
            return None;
        }
        let drafts = chapters.iter().take(MAX_SLIDES).zip(1..).map(|(chapter, number): (&Json, usize)| {
            let title = chapter.get("title").and_then(Json::text).map(names::one_line);
            let name = title.clone().unwrap_or_else(|| format!("chapter {number}"));
            Draft { start: time(chapter, "start_time"), name, title, pick: Pick::Never, ..Draft::default() }
        });
        let slides = assemble(drafts.collect(), &info.name, issues);
        Some(Found { slides, media: media(folder, stem_of(info)), ..Found::default() })
    }
}

const INFO: &str = ".info.json";

fn is_info(name: &str) -> bool {
    name.len() > INFO.len() && name.to_ascii_lowercase().ends_with(INFO)
}

/// The one description of a talk; none where there are several, whose talks are opened by their own files, or where another
/// recording lies in the folder.
fn info(folder: &Folder) -> Option<&Entry> {
    let mut infos = folder.top().filter(|file| is_info(&file.name) && !is_part(&file.name));
    let only = infos.next().filter(|_| infos.next().is_none())?;
    let alone = folder.is_partial() || recognise::recordings(folder).len() <= 1;
    alone.then_some(only)
}

/// Whether a description is that of a slide, or of the list of them.
pub(crate) fn is_part(name: &str) -> bool {
    let stem = names::family_stem(name);
    stem.ends_with("-playlist]") || stem.ends_with("-playlist") || names::is_derived(&format!("{stem}.mp4"))
}

fn stem_of(info: &Entry) -> &str {
    names::family_stem(&info.name)
}

fn load(folder: &Folder, info: &Entry, issues: &mut Vec<Issue>) -> Option<Json> {
    let document = match folder.document(&info.path) {
        Ok(bytes) => loose_json::read(&String::from_utf8_lossy(&bytes)),
        Err(issue) => {
            issues.push(issue);
            return None;
        }
    };
    if document.cut {
        let message = "The description breaks off, the slides after that are not known";
        issues.push(Issue::about(IssueKind::TimingUnreadable, message, &info.path));
    }
    Some(document.value)
}

/// `Title [id].001.png` is 1. The cover has no number.
pub(crate) fn number_of(name: &str, stem: &str) -> Option<u32> {
    let rest = name.strip_prefix(stem)?.strip_prefix('.')?;
    let digits = rest.split('.').next().filter(|digits| digits.len() >= 3 && names::is_picture(name))?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// As [`names::film_number`], of the films of this talk.
fn film_of(name: &str, stem: &str) -> Option<u32> {
    if !names::is_media(name) || names::is_partial(name) || !names::is_of(name, stem) {
        return None;
    }
    names::film_number(name)
}

/// `Slide 012` is 12.
fn slide_number(title: &str) -> Option<u32> {
    let rest = title.trim().strip_prefix("Slide").or_else(|| title.trim().strip_prefix("slide"))?;
    leading_number(rest).filter(|_| rest.trim_start().bytes().all(|b| b.is_ascii_digit()))
}

fn leading_number(text: &str) -> Option<u32> {
    let text = text.trim_start_matches([' ', '_']);
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

fn time(chapter: &Json, name: &str) -> Option<MediaTime> {
    let secs = chapter.get(name).and_then(Json::number).filter(|secs| secs.is_finite())?;
    Some(MediaTime::from_secs_f64(secs.clamp(-1e9, 1e9)))
}

fn id(document: &Json) -> Option<TalkId> {
    let id = document.get("id").and_then(Json::text)?;
    names::talk_number(id).filter(|number| *number == id).map(|number| TalkId(number.to_owned()))
}

/// The recording that the description is called after; sound before video.
fn media(folder: &Folder, stem: &str) -> Vec<PathBuf> {
    let own = folder.top().filter(|file| names::is_media(&file.name) && names::split(&file.name).0 == stem);
    let mut own: Vec<&Entry> = own.collect();
    own.sort_by_key(|file| !names::is_sound(&file.name));
    own.into_iter().map(|file| file.path.clone()).collect()
}

#[cfg(test)]
mod tests;

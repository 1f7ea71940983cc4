//! Plain lists of times beside numbered pictures, in any of the forms in which people write such lists by hand or with
//! tools for chapters; and, where there are no pictures, the titles in them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::assemble::{Draft, assemble};
use super::locate::{base, is_address, leads_out, locate};
use super::{Found, Layout, MAX_SLIDES, manifest};
use crate::talk::folder::{Entry, Folder};
use crate::talk::issue::{Issue, IssueKind, printable};
use crate::talk::pictures::{Pick, Pictures};
use crate::talk::{media, names, recognise};
use crate::time::MediaTime;
use deck::Deck;
use documents::{Document, documents, is_named};
use list::{List, Mark, Reference};

pub(super) mod deck;
mod documents;
mod lines;
mod list;
mod table;
mod tree;

/// Most lists that are opened.
const MAX_LISTS: usize = 12;

/// Pictures with a list of when they are shown.
pub(crate) struct Plain;

impl Layout for Plain {
    fn recognises(&self, folder: &Folder) -> bool {
        !documents(folder).is_empty()
    }

    fn is_document(&self, name: &str) -> bool {
        is_named(name)
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let deck = Deck::of(folder);
        for (document, list) in lists(folder) {
            let Some(drafts) = Join::new(folder, &deck, &document, &list).drafts(pictures) else { continue };
            let file = document.file;
            tell(&list, file, drafts.len(), issues);
            let whole = drafts.iter().filter_map(|draft| draft.start).all(|start| start.nanos() % 1_000_000_000 == 0);
            if whole && drafts.len() > 1 {
                let message = "The times of the slides are known to the second only, from a plain list";
                issues.push(Issue::about(IssueKind::CoarseTiming, message, &file.path));
            }
            return Some(found(list, file, folder, drafts, issues));
        }
        None
    }
}

/// The titles of chapters, where there is nothing else to see. They name sections of a sound, so that there must be one.
pub(crate) struct TitleCards;

impl Layout for TitleCards {
    fn recognises(&self, folder: &Folder) -> bool {
        let lists = || manifest::documents(folder).next().is_some() || !documents(folder).is_empty();
        media::candidates(folder).next().is_some() && lists()
    }

    fn is_mere(&self) -> bool {
        true
    }

    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found> {
        let pages = folder.top().any(|file| names::split(&file.name).1 == "pdf");
        if pages || recognise::has_slides(folder) || !self.recognises(folder) {
            return None;
        }
        // What is wrong with these was told when their pictures were looked for.
        let manifests = manifest::documents(folder).take(MAX_LISTS);
        let manifest = manifests.filter_map(|file| manifest::load(folder, file, pictures).ok());
        if let Some(list) = manifest.into_iter().find(manifest::List::tells_something) {
            return Some(list.found(issues));
        }
        let (document, list) = lists(folder).find(|(document, list)| are_titles(list, document.named))?;
        let drafts: Vec<Draft> = list.marks.iter().take(MAX_SLIDES).zip(1..).map(|(mark, at)| card(mark, at)).collect();
        tell(&list, document.file, drafts.len(), issues);
        Some(found(list, document.file, folder, drafts, issues))
    }
}

/// What the files that may be lists of times turn out to say. One that cannot be read, or is no list, is none; that is no
/// fault of the talk.
fn lists(folder: &Folder) -> impl Iterator<Item = (Document<'_>, List)> {
    let documents = documents(folder).into_iter().take(MAX_LISTS);
    documents.filter_map(|document| document.read(folder).ok().flatten().map(|list| (document, list)))
}

/// Whether a list is one of titles, not of everything that is said.
fn are_titles(list: &List, named: bool) -> bool {
    /// A list that is not called one has so many titles at most, at least so far apart, and none longer than this.
    const MOST: usize = 200;
    const APART: MediaTime = MediaTime::from_secs(10);
    const LONGEST: usize = 200;
    let titled = list.marks.iter().filter(|mark| !mark.title.is_empty()).count();
    let last = list.marks.iter().filter_map(|mark| mark.start).max().unwrap_or_default();
    let gaps = i64::try_from(list.marks.len().saturating_sub(1)).unwrap_or(i64::MAX);
    let clear = list.marks.len() >= 2
        && list.marks.len() <= MOST
        && last.nanos() / gaps.max(1) >= APART.nanos()
        && list.marks.iter().all(|mark| mark.title.chars().count() <= LONGEST);
    titled > 0 && titled * 2 >= list.marks.len() && (clear || named && list.sections)
}

fn card(mark: &Mark, number: usize) -> Draft {
    let title = Some(mark.title.clone()).filter(|title| !title.is_empty());
    let name = title.clone().unwrap_or_else(|| format!("chapter {number}"));
    Draft { start: mark.start, name, title, pick: Pick::Never, ..Draft::default() }
}

/// What is wrong with a list of which `used` entries are slides.
fn tell(list: &List, file: &Entry, used: usize, issues: &mut Vec<Issue>) {
    let mut push = |kind, message: &str| issues.push(Issue::about(kind, message, &file.path));
    if list.cut {
        push(IssueKind::TimingUnreadable, "The list of times breaks off, the slides after that are not known");
    }
    if list.unreadable > 0 {
        let what = if list.unreadable == 1 { "1 entry".to_owned() } else { format!("{} entries", list.unreadable) };
        push(IssueKind::TimingUnreadable, &format!("{what} of the list of times cannot be read and were left out"));
    }
    if list.marks.len() > MAX_SLIDES && used >= MAX_SLIDES {
        push(IssueKind::TooLarge, &format!("The talk has too many slides, only the first {MAX_SLIDES} are shown"));
    }
    let file_of = |mark: &Mark| match &mark.picture {
        Reference::File(named) if leads_out(named) => Some(named.clone()),
        Reference::File(_) | Reference::Number(_) | Reference::None => None,
    };
    let outside: Vec<String> = list.marks.iter().filter_map(file_of).collect();
    if let Some(first) = outside.first() {
        let what = if outside.len() == 1 { "1 entry".to_owned() } else { format!("{} entries", outside.len()) };
        let message =
            format!("The list of times leads out of the folder, {what} of it not followed: {}", printable(first));
        issues.push(Issue { kind: IssueKind::OutsideFolder, message, file: Some(file.path.clone()) });
    }
}

fn found(list: List, file: &Entry, folder: &Folder, drafts: Vec<Draft>, issues: &mut Vec<Issue>) -> Found {
    let named = list
        .media
        .as_deref()
        .and_then(|named| locate(folder, named))
        .filter(|path| path.file_name().is_some_and(|name| names::is_media(&name.to_string_lossy())));
    let stem = names::family_stem(&file.name);
    let called = media::candidates(folder).filter(|media| names::split(&media.name).0 == stem);
    let media: Vec<PathBuf> = named.into_iter().chain(called.map(|media| media.path.clone())).collect();
    let slides = assemble(drafts, &file.name, issues);
    Found { metadata: list.metadata, slides, media, in_thousandths: list.unitless, ..Found::default() }
}

/// The way from the entries of a list to the pictures of a folder.
struct Join<'a> {
    folder: &'a Folder,
    deck: &'a Deck,
    document: &'a Document<'a>,
    list: &'a List,
    marks: &'a [Mark],
    shift: i64,
    /// Pictures by their names without endings, in lower case.
    stems: HashMap<String, usize>,
}

/// A picture of the folder.
#[derive(Debug, Clone)]
enum Place {
    /// Sizes of it, in the listing.
    Listed(Vec<usize>),
    Path(PathBuf),
}

impl<'a> Join<'a> {
    fn new(folder: &'a Folder, deck: &'a Deck, document: &'a Document<'a>, list: &'a List) -> Self {
        let marks = list.marks.get(..MAX_SLIDES).unwrap_or(&list.marks);
        let mut stems = HashMap::new();
        for (at, file) in folder.files().iter().enumerate().filter(|(_, file)| names::is_picture(&file.name)) {
            stems.entry(names::split(&file.name).0.to_lowercase()).or_insert(at);
        }
        Self { folder, deck, document, list, marks, shift: deck.shift(marks), stems }
    }

    /// The slides, if the list fits the pictures: by what it says of them, or one by one where there are as many.
    fn drafts(&self, pictures: &mut Pictures<'_>) -> Option<Vec<Draft>> {
        let places: Vec<Option<Place>> = self.marks.iter().map(|mark| self.place(mark)).collect();
        let seen = places.iter().flatten().count();
        let referring = self.marks.iter().filter(|mark| mark.picture != Reference::None).count();
        let titled = self.marks.iter().filter(|mark| !mark.title.is_empty()).count();
        let total = self.marks.len();
        if seen > 0 && seen * 2 >= referring && referring == total {
            return Some(self.by_reference(&places, pictures));
        }
        let plain = referring == 0 && titled * 2 < total && !self.list.sections && self.document.named;
        if self.deck.len() > 0 && (self.deck.len() == total || plain) {
            return Some(self.in_order(pictures));
        }
        (seen > 0 && seen * 2 >= total).then(|| self.by_reference(&places, pictures))
    }

    fn by_reference(&self, places: &[Option<Place>], pictures: &mut Pictures<'_>) -> Vec<Draft> {
        let numbered = self.marks.iter().zip(places).zip(1..);
        let draft = |((mark, place), number): ((&Mark, &Option<Place>), usize)| match (place, &mark.picture) {
            (Some(place), _) => Some(self.draft(mark, number, Some(place), pictures)),
            // Remarks among labels that name slides.
            (None, Reference::None) => self.list.sections.then(|| card(mark, number)),
            // What is on the web only was never part of what has been downloaded.
            (None, Reference::File(named)) if self.list.sections && is_address(named) => Some(card(mark, number)),
            (None, Reference::File(_) | Reference::Number(_)) => Some(self.draft(mark, number, None, pictures)),
        };
        numbered.filter_map(draft).collect()
    }

    fn in_order(&self, pictures: &mut Pictures<'_>) -> Vec<Draft> {
        let deck: Vec<Place> = self.deck.pictures.values().map(|files| Place::Listed(files.clone())).collect();
        let numbered = self.marks.iter().zip(1..);
        numbered.map(|(mark, number)| self.draft(mark, number, deck.get(number - 1), pictures)).collect()
    }

    fn draft(&self, mark: &Mark, number: usize, place: Option<&Place>, pictures: &mut Pictures<'_>) -> Draft {
        let pick = match place {
            None => Pick::Missing,
            Some(Place::Path(path)) => pictures.inspect(path),
            Some(Place::Listed(files)) => pictures.best(files),
        };
        let title = Some(mark.title.clone()).filter(|title| !title.is_empty());
        let name = match &mark.picture {
            Reference::File(named) => names::one_line(names::split(base(named)).0),
            Reference::Number(number) => format!("slide {number}"),
            Reference::None => title.clone().unwrap_or_default(),
        };
        let name = if name.is_empty() { format!("slide {number}") } else { name };
        Draft { start: mark.start, name, title, pick, ..Draft::default() }
    }

    fn place(&self, mark: &Mark) -> Option<Place> {
        match &mark.picture {
            Reference::None => None,
            Reference::File(named) => {
                let by_stem = || self.stems.get(&base(named).to_lowercase()).map(|at| Place::Listed(vec![*at]));
                locate(self.folder, named).map(Place::Path).or_else(by_stem)
            }
            Reference::Number(number) => {
                let shifted = i64::try_from(*number).ok()?.saturating_add(self.shift);
                let listed = self.deck.at(shifted).map(|files| Place::Listed(files.to_vec()));
                listed.or_else(|| self.in_own_folder(*number))
            }
        }
    }

    /// The picture with a number in the folder that is called as the list: `1234/7.jpg` beside `1234.json`.
    fn in_own_folder(&self, number: u64) -> Option<Place> {
        let own = Path::new(names::split(&self.document.file.name).0);
        let files = ["jpg", "png"].iter().map(|ending| own.join(format!("{number}.{ending}")));
        files.filter_map(|file| self.folder.find(&file)).map(Place::Path).next()
    }
}

#[cfg(test)]
mod tests;

//! Slides of a talk that is a single media file: its chapters with their pictures, or its cover.

use std::path::Path;

use super::names;
use super::pictures::{Pick, Pictures};
use super::{MediaContents, Slide};
use crate::time::MediaTime;
use crate::within::{self, Span};

/// A slide for each chapter, with its picture where it has one; without chapters, the cover, but of a film, which is seen itself.
pub(super) fn slides(contents: &MediaContents, file: &Path, pictures: &mut Pictures<'_>) -> Vec<Slide> {
    let mut picture = |number: usize, span: Span| match pictures.inspect(&within::path(file, number, span, "jpg")) {
        Pick::Usable(image) => Some(image),
        Pick::Faulty(..) | Pick::Missing | Pick::Never => None,
    };
    if contents.chapters.is_empty() {
        let cover = contents.pictures.first().filter(|_| !contents.moves).and_then(|span| picture(1, *span));
        let slide = |image| Slide { name: "cover".to_owned(), image: Some(image), ..Slide::default() };
        return cover.map(slide).into_iter().collect();
    }
    let chapters = contents.chapters.iter().zip(1..);
    chapters
        .map(|(chapter, number)| {
            let title = names::one_line(&chapter.title);
            let name = if title.is_empty() { format!("chapter {number}") } else { title.clone() };
            let image = chapter.picture.and_then(|span| picture(number, span));
            let title = (!title.is_empty()).then_some(title);
            Slide { start: chapter.start.max(MediaTime::ZERO), name, title, image, ..Slide::default() }
        })
        .collect()
}

//! Looking at other slides while the talk goes on, and at all of them at once. Main thread.

use std::sync::Arc;

use super::App;
use crate::command::Step;
use crate::library::Picture;
use crate::slides::{Pixels, Size, SlideKey, Slot, placement};
use crate::talk::Talk;
use crate::talk::track::SlideIndex;
use crate::within;

/// All slides at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overview {
    /// The chosen slide.
    pub chosen: SlideIndex,
    /// Slides beside each other, as the window has room for.
    pub columns: usize,
    /// Rows that are seen at once.
    pub rows: usize,
}

impl App {
    /// Looks at a slide while the talk goes on; looking where the talk is, is following it again.
    pub(super) fn look_at(&mut self, slide: SlideIndex) {
        if slide.0 >= self.slide_count() {
            self.feedback("There is no such slide");
            return;
        }
        self.view.overview = None;
        let here = self.player.slide() == Some(slide);
        self.view.looking = (!here).then_some(slide);
    }

    pub(super) fn look_by(&mut self, by: isize) {
        match self.shown_slide().and_then(|slide| slide.0.checked_add_signed(by)) {
            Some(slide) if slide < self.slide_count() => self.look_at(SlideIndex(slide)),
            _ => self.feedback(if by < 0 { "This is the first slide" } else { "This is the last slide" }),
        }
    }

    /// Plays from the slide that is looked at.
    pub(super) fn look_play(&mut self) {
        if let Some(slide) = self.view.looking {
            self.go_to_slide(Some(slide.0));
            self.resume();
        }
    }

    pub(super) fn toggle_overview(&mut self) {
        self.view.overview = match (self.view.overview, self.shown_slide()) {
            (None, Some(chosen)) => Some(Overview { chosen, columns: 1, rows: 1 }),
            (None, None) => {
                self.feedback("This talk has no slides");
                None
            }
            (Some(_), _) => None,
        };
    }

    /// Plays from the chosen slide and stays among all slides; where the talk is there already, pauses or goes on.
    pub(super) fn overview_listen(&mut self) {
        let Some(overview) = self.view.overview else { return };
        if self.player.slide() == Some(overview.chosen) {
            self.toggle_play();
        } else {
            self.go_to_slide(Some(overview.chosen.0));
            self.resume();
        }
    }

    /// Chooses another slide in the overview.
    pub(super) fn overview_move(&mut self, step: Step) {
        let last = self.slide_count().saturating_sub(1);
        let Some(overview) = &mut self.view.overview else { return };
        let (at, columns) = (overview.chosen.0, overview.columns.max(1));
        let page = columns * overview.rows.max(1);
        // Down stays in its column, or comes to the last slide; in the last row it does not move.
        let below = |to: usize| {
            let (row, last_row) = (at / columns, last / columns);
            if to <= last {
                to
            } else if row < last_row {
                (last_row * columns + at % columns).min(last)
            } else {
                at
            }
        };
        let chosen = match step {
            Step::Left => at.saturating_sub(1),
            Step::Right => (at + 1).min(last),
            Step::Up => at.checked_sub(columns).unwrap_or(at),
            Step::Down => below(at + columns),
            Step::PageUp => at.checked_sub(page).unwrap_or(at % columns),
            Step::PageDown => below(at + page),
            Step::First => 0,
            Step::Last => last,
        };
        overview.chosen = SlideIndex(chosen.min(last));
    }

    /// Says how many slides the overview has beside each other, and rows at once.
    pub fn set_overview_grid(&mut self, columns: usize, rows: usize) {
        if let Some(overview) = &mut self.view.overview {
            (overview.columns, overview.rows) = (columns, rows);
        }
    }

    /// Says which small pictures are seen (the first `seen`) or soon may be.
    pub fn want_thumbs(&mut self, wanted: Vec<SlideKey>, seen: usize) {
        self.thumbs.want(wanted, seen);
        self.thumbs.poll();
    }

    /// The small picture of a slide of the open talk, within a size in physical pixels.
    pub fn thumb_key(&self, slide: SlideIndex, within: Size) -> Option<SlideKey> {
        thumb_key_of(self.player.talk()?, slide, within)
    }

    /// A small picture, once it is there.
    pub fn thumb(&self, key: &SlideKey) -> Option<Arc<Pixels>> {
        match self.thumbs.get(key) {
            Slot::Ready(pixels) => Some(pixels),
            Slot::Loading | Slot::Failed(_) => None,
        }
    }
}

/// The small picture of a slide of a talk, within a size in physical pixels.
pub fn thumb_key_of(talk: &Talk, slide: SlideIndex, within: Size) -> Option<SlideKey> {
    // Nobody knows yet how large a film is: its still lies within the whole room.
    let image = talk.slides.get(slide)?.image.as_ref();
    let size = image.map_or(within, |image| placement::fit(Size::new(image.width, image.height), within));
    Some(SlideKey::new(talk.picture_path(slide)?, size))
}

/// The small picture of a talk in the library, within a size in physical pixels.
pub fn picture_key(picture: &Picture, room: Size) -> SlideKey {
    let size = match within::still(&picture.file) {
        Some(_) => room,
        None => placement::fit(Size::new(picture.width, picture.height), room),
    };
    SlideKey::new(picture.file.clone(), size)
}

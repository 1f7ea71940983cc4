//! All the talks, in the place of the slide: lines or cards. Only what is seen is drawn.

mod cards;
mod chips;
pub(super) mod draw;
mod empty;
mod field;
mod finish;
mod foot;
mod head;
mod menu;
mod row;
mod rows;
mod table;
mod words;

use std::path::PathBuf;

use egui::{Rect, Ui, UiBuilder};

use self::field::FilterField;
use self::finish::FinishShown;
use self::rows::Rows;
use super::theme::Palette;
use super::thumbs::Thumbs;
use crate::app::App;
use crate::command::Command;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct Library {
    field: FilterField,
    finish: FinishShown,
    rows: Rows,
    place: Place,
}

/// Where in the list the viewer is.
#[derive(Default)]
struct Place {
    /// What was listed when it was last drawn, and how: when that changes, the chosen talk is brought into sight.
    listed: Option<(String, String, bool, usize)>,
    /// The talk that was chosen then: when another one is, it is scrolled to.
    scrolled_to: Option<PathBuf>,
    /// The room for the list then, and whether the chosen talk was in sight.
    room: egui::Vec2,
    in_sight: bool,
    /// The pointer has not been moved since the list was: what has come to lie under it is not meant.
    resting: bool,
    /// The place of the chosen talk in the list of this number.
    at: Option<(u64, PathBuf, Option<usize>)>,
}

impl Place {
    /// The place of the chosen talk in the list. It is looked for only where it may have changed.
    fn chosen_at(&mut self, app: &App) -> Option<usize> {
        let chosen = app.view().shelf.chosen.as_ref()?;
        let made = app.listing_number();
        match &self.at {
            Some((number, path, at)) if *number == made && path == chosen => *at,
            _ => {
                let at = app.chosen_at();
                self.at = Some((made, chosen.clone(), at));
                at
            }
        }
    }

    /// Whether something else is listed, or in another way, than in the last frame.
    fn is_new(&mut self, app: &App, columns: usize) -> bool {
        let shelf = &app.view().shelf;
        let same = self.listed.as_ref().is_some_and(|(filter, sort, cards, across)| {
            *filter == shelf.filter && *sort == shelf.sort && *cards == shelf.cards && *across == columns
        });
        if !same {
            self.listed = Some((shelf.filter.clone(), shelf.sort.clone(), shelf.cards, columns));
            self.scrolled_to.clone_from(&shelf.chosen);
        }
        !same
    }

    /// Whether the chosen talk is to be brought into sight: it is another one than in the last frame, or the room has
    /// become another and it was in sight.
    fn moved(&mut self, app: &App, room: egui::Vec2) -> bool {
        let chosen = &app.view().shelf.chosen;
        let resized = std::mem::replace(&mut self.room, room) != room;
        let moved = self.scrolled_to != *chosen || (resized && self.in_sight);
        if moved {
            self.scrolled_to.clone_from(chosen);
            self.resting = true;
        }
        moved
    }

    /// Whether the pointer points at what lies under it.
    fn points(&mut self, ui: &Ui) -> bool {
        self.resting &= ui.input(|input| input.pointer.delta() == egui::Vec2::ZERO);
        !self.resting
    }
}

impl Library {
    /// Draws the library into `rect`.
    pub fn ui(&mut self, app: &mut App, ui: &mut Ui, rect: Rect, thumbs: &mut Thumbs, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        ui.painter().rect_filled(rect, 0.0, palette.panel);
        let mut area = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("library"));
        area.set_clip_rect(rect);
        let ui = &mut area;
        let body = head::ui(app, ui, rect, &mut self.field, &mut self.finish, out);
        let body = chips::ui(app, ui, body, out);
        let body = foot::ui(app, ui, body, out);
        if app.listed().is_empty() {
            self.place.listed = None;
            app.set_shelf_grid(1, 1);
            empty::ui(app, ui, body, out);
        } else if app.view().shelf.cards {
            cards::ui(app, ui, body, &mut self.place, thumbs, out);
        } else {
            table::ui(app, ui, body, (&mut self.place, &mut self.rows), thumbs, out);
        }
    }

    /// It is not shown any more.
    pub fn close(&mut self) {
        self.place.listed = None;
        self.field.close();
        self.finish.close();
    }
}

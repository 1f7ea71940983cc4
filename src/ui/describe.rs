//! The words about the open talk, to be written: title, authors and the rest. What differs from the files is told.

use std::collections::HashMap;
use std::path::PathBuf;

use egui::{Margin, TextEdit, Ui, UiBuilder, vec2};

use super::info::{heading, paragraph, press};
use super::theme::{self, EDGE, Palette, UNIT};
use crate::app::App;
use crate::command::{AdjustCommand, Command};
use crate::talk::words::Field;

/// What is written and not yet taken over.
#[derive(Default)]
pub struct Describe {
    /// At this state of the open talk.
    of: u64,
    /// Of the talk that lies there.
    talk: Option<PathBuf>,
    drafts: HashMap<Field, String>,
    open: bool,
}

impl Describe {
    /// It is not shown: what was written when it was left by a key is taken over.
    pub fn leave(&mut self, app: &App, out: &mut Vec<Command>) {
        if !self.open {
            return;
        }
        let Self { talk, drafts, .. } = std::mem::take(self);
        if talk != source(app) {
            return;
        }
        let written = |field: &Field| drafts.get(field).filter(|text| **text != app.word(*field));
        let described = |field| Some(Command::Adjust(AdjustCommand::Describe(field, written(&field)?.clone())));
        out.extend(Field::ALL.into_iter().filter_map(described));
    }

    /// Draws the fields below each other.
    pub fn ui(&mut self, app: &App, ui: &mut Ui, out: &mut Vec<Command>) {
        if !self.open || self.of != app.revision() {
            let focused = ui.ctx().text_edit_focused();
            if !focused || !self.open {
                self.drafts = Field::ALL.iter().map(|field| (*field, app.word(*field))).collect();
                (self.of, self.talk) = (app.revision(), source(app));
            }
        }
        let first = !std::mem::replace(&mut self.open, true);
        paragraph(ui, "Kept by Plenary; the talk's files stay as they are.", theme::small(), Palette::of(ui).muted);
        for field in Field::ALL {
            self.field(app, ui, field, first && field == Field::Title, out);
        }
        ui.allocate_space(vec2(1.0, 2.0 * UNIT));
        if press(ui, "Done") {
            out.push(Command::Adjust(AdjustCommand::Edit));
        }
        ui.allocate_space(vec2(1.0, EDGE));
    }

    fn field(&mut self, app: &App, ui: &mut Ui, field: Field, first: bool, out: &mut Vec<Command>) {
        heading(ui, field.label());
        ui.allocate_space(vec2(1.0, UNIT));
        let text = self.drafts.entry(field).or_default();
        let width = ui.available_width() - 2.0 * EDGE;
        let id = egui::Id::unique(("describe", field));
        let hint = match field {
            Field::Authors => "between semicolons",
            Field::Date => "2020-04-26",
            Field::Link | Field::Paper => "https://",
            Field::Title | Field::Venue | Field::About => "",
        };
        let edit =
            if field == Field::About { TextEdit::multiline(text).desired_rows(5) } else { TextEdit::singleline(text) };
        let edit =
            edit.id(id).font(theme::body()).margin(Margin::symmetric(8, 5)).desired_width(width - 16.0).hint_text(hint);
        let room = ui.available_rect_before_wrap().translate(vec2(EDGE, 0.0)).with_max_x(ui.max_rect().right() - EDGE);
        let mut child = ui.new_child(UiBuilder::new().max_rect(room));
        let response = child.add(edit);
        ui.allocate_space(vec2(1.0, response.rect.height()));
        if first {
            response.request_focus();
        }
        if response.lost_focus() && *text != app.word(field) {
            out.push(Command::Adjust(AdjustCommand::Describe(field, text.clone())));
        }
        let found = app.found_word(field);
        if app.word(field) != found && !response.has_focus() {
            let palette = Palette::of(ui);
            let what = if found.is_empty() {
                "The files say nothing of it".to_owned()
            } else {
                format!("The files say: {found}")
            };
            ui.allocate_space(vec2(1.0, UNIT));
            paragraph(ui, &what, theme::small(), palette.muted);
            if press(ui, &format!("{} as found", field.label())) {
                out.push(Command::Adjust(AdjustCommand::Describe(field, String::new())));
            }
        }
    }
}

fn source(app: &App) -> Option<PathBuf> {
    app.player().talk().map(|talk| talk.source.clone())
}

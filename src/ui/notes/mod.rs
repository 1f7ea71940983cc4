//! What the viewer writes, beside the slide: the summary on top, below it the notes in the order of the talk.

mod complete;
mod field;
mod markdown;

use egui::{Align, Align2, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use self::field::TextField;
use super::keycap;
use super::panel;
use super::theme::{self, EDGE, Palette, UNIT};
use super::thumbs::Thumbs;
use crate::app::App;
use crate::app::writing::Field;
use crate::command::Command;
use crate::notes::{Document, Moment};
use crate::talk::track::SlideIndex;

/// Width of the times on the left.
const TIMES: f32 = 64.0;
/// Height of the line of keys at the bottom.
const FOOT: f32 = 56.0;
/// Width of a slide's picture in a note.
const PICTURE: f32 = 160.0;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct Notes {
    field: TextField,
    /// The note that was lit when it was last drawn: when another is, it is scrolled to.
    lit: Option<usize>,
}

impl Notes {
    /// Draws the panel into `rect`.
    pub fn ui(&mut self, app: &App, ui: &mut Ui, rect: Rect, thumbs: &mut Thumbs, out: &mut Vec<Command>) {
        let body = panel::ui(ui, rect, "Notes", Command::ToggleNotes, out);
        saved(app, ui, rect);
        let foot = Rect::from_min_max(pos2(body.left(), body.bottom() - FOOT), body.max);
        keys(app, ui, foot);
        let list = Rect::from_min_max(body.min, pos2(body.right(), foot.top()));
        let mut child = ui.new_child(UiBuilder::new().max_rect(list));
        child.set_clip_rect(list);
        ScrollArea::vertical().auto_shrink(false).id_salt("notes").show(&mut child, |ui| {
            ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
            match app.note() {
                Some(note) => self.document(app, ui, note, thumbs, out),
                None => paragraph(ui, empty(app)),
            }
            ui.allocate_space(vec2(1.0, EDGE));
        });
        if app.field().is_none() {
            self.field.close();
        }
    }

    fn document(&mut self, app: &App, ui: &mut Ui, note: &Document, thumbs: &mut Thumbs, out: &mut Vec<Command>) {
        let authors = note.front().authors.join("; ");
        self.line(app, ui, Field::Authors, ("Authors", &authors, "who gave the talk"), out);
        let link = note.front().link.clone().unwrap_or_default();
        self.line(app, ui, Field::Link, ("Link", &link, "where it can be seen"), out);
        self.summary(app, ui, note, out);
        rule(ui);
        let lit = app.current_note();
        let follow = (lit != self.lit && app.field().is_none()).then_some(lit).flatten();
        self.lit = lit;
        // In the order of the talk, whatever their order in the file.
        let mut order: Vec<(usize, &Moment)> =
            note.moments().iter().enumerate().map(|(index, moment)| (index + 1, moment)).collect();
        order.sort_by_key(|(_, moment)| moment.at);
        for (number, moment) in order {
            let row = self.moment(app, ui, (number, moment, lit == Some(number)), thumbs, out);
            if follow == Some(number) {
                ui.scroll_to_rect(row.expand2(vec2(0.0, 40.0)), None);
            }
        }
        if app.field() == Some(Field::NewNote) {
            self.new_note(app, ui, out);
        } else if note.moments().is_empty() {
            paragraph(ui, "No notes yet.");
        }
    }

    /// `Authors  F. Albrecht; S. Lang`: a line that is clicked to be written.
    fn line(
        &mut self,
        app: &App,
        ui: &mut Ui,
        field: Field,
        (name, value, hint): (&str, &str, &str),
        out: &mut Vec<Command>,
    ) {
        let palette = Palette::of(ui);
        let begin = if field == Field::Authors { Command::EditAuthors } else { Command::EditLink };
        let rect = ui.allocate_space(vec2(ui.available_width(), 30.0)).1;
        ui.painter().text(
            pos2(rect.left() + EDGE, rect.center().y),
            Align2::LEFT_CENTER,
            name,
            theme::small(),
            palette.muted,
        );
        let room =
            Rect::from_min_max(pos2(rect.left() + EDGE + TIMES, rect.top()), pos2(rect.right() - EDGE, rect.bottom()));
        if app.field() == Some(field) {
            if let Some(text) = self.field.single(ui, room, value, hint) {
                out.push(if field == Field::Authors { Command::SetAuthors(text) } else { Command::SetLink(text) });
            }
            out.extend(self.field.left().then_some(Command::LeaveText));
            return;
        }
        let response = ui.interact(room, ui.scope_id().with(name), Sense::click());
        let (text, color) = match (value.is_empty(), field) {
            (true, _) => (hint, palette.muted),
            (false, Field::Link) => (value, palette.accent),
            (false, _) => (value, palette.text),
        };
        let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), theme::small(), color);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room.width());
        let galley = ui.painter().layout_job(job);
        ui.painter().galley(pos2(room.left(), room.center().y - galley.size().y / 2.0), galley, color);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{name}: {value}")));
        if response.hovered() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::Text);
        }
        if response.clicked() {
            out.push(begin);
        }
    }

    fn summary(&mut self, app: &App, ui: &mut Ui, note: &Document, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        let head = ui.allocate_space(vec2(ui.available_width(), 34.0)).1;
        let at = pos2(head.left() + EDGE, head.bottom() - 14.0);
        let word = ui.painter().text(at, Align2::LEFT_CENTER, "Summary", theme::small(), palette.muted);
        if let Some(key) = app.keymap().keys_for(&Command::EditSummary).first() {
            keycap::paint(ui, pos2(word.right() + 2.0 * UNIT, at.y), &key.pretty());
        }
        if app.field() == Some(Field::Summary) {
            let known = app.tags();
            if let Some(text) =
                self.field.multi(ui, (EDGE, EDGE), note.summary(), (&known, app.spelling()), field::Enter::Breaks)
            {
                out.push(Command::SetSummary(text));
            }
            out.extend(self.field.left().then_some(Command::LeaveText));
        } else {
            let hint = "What is it about, and is it worth hearing?";
            let (text, palette_text) = if note.summary().is_empty() { (hint, true) } else { (note.summary(), false) };
            let width = ui.available_width() - 2.0 * EDGE;
            let mut job = markdown::layout(text, width, palette);
            if palette_text {
                job.sections.iter_mut().for_each(|section| section.format.color = palette.muted);
            }
            let galley = ui.painter().layout_job(job);
            let rect = ui.allocate_space(vec2(ui.available_width(), galley.size().y + 2.0 * UNIT)).1;
            let response = ui.interact(rect, ui.scope_id().with("summary"), Sense::click());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Summary: {text}")));
            ui.painter().galley(pos2(rect.left() + EDGE, rect.top() + UNIT), galley, palette.text);
            if response.hovered() {
                ui.ctx().set_cursor_icon(egui::CursorIcon::Text);
            }
            if response.clicked() {
                out.push(Command::EditSummary);
            }
        }
        // Those that stand in no text.
        let within = note.text_tags();
        let elsewhere = note.front().tags.iter().filter(|tag| !within.contains(tag));
        let tags: Vec<String> = elsewhere.map(|tag| format!("#{}", tag.trim_start_matches('#'))).collect();
        if !tags.is_empty() {
            let width = ui.available_width() - 2.0 * EDGE;
            let galley = ui.painter().layout(tags.join(" "), theme::body(), palette.note, width);
            let rect = ui.allocate_space(vec2(ui.available_width(), galley.size().y + 2.0 * UNIT)).1;
            ui.painter().galley(pos2(rect.left() + EDGE, rect.top() + UNIT), galley, palette.note);
        }
        ui.allocate_space(vec2(1.0, 3.0 * UNIT));
    }

    fn moment(
        &mut self,
        app: &App,
        ui: &mut Ui,
        (number, moment, lit): (usize, &Moment, bool),
        thumbs: &mut Thumbs,
        out: &mut Vec<Command>,
    ) -> Rect {
        let palette = Palette::of(ui);
        let top = ui.cursor().top();
        let ground = ui.painter().add(egui::Shape::Noop);
        let indent = EDGE + TIMES;
        ui.allocate_space(vec2(1.0, 2.0 * UNIT));
        let first = ui.cursor().top();
        let writing = app.field() == Some(Field::Note(moment.id));
        if writing {
            let known = app.tags();
            // Pictures stay below what is typed.
            let (words, pictures) = parts(app, moment);
            let around = (indent - 8.0, EDGE);
            if let Some(text) =
                self.field.multi(ui, around, words.trim_end(), (&known, app.spelling()), field::Enter::Leaves)
            {
                let lines = std::iter::once(text.as_str()).chain(pictures.iter().map(|picture| picture.line.as_str()));
                out.push(Command::SetNote(number, lines.collect::<Vec<_>>().join("\n")));
            }
            paint_pictures(app, ui, &pictures, indent, thumbs);
            if self.field.erased() {
                out.push(Command::DeleteNote(number));
            } else if self.field.left() {
                out.push(Command::LeaveText);
            }
        } else {
            content(app, ui, moment, indent, thumbs);
        }
        ui.allocate_space(vec2(1.0, 2.0 * UNIT));
        let width = ui.available_width();
        let left = ui.min_rect().left();
        let rect = Rect::from_min_max(pos2(left, top), pos2(left + width, ui.cursor().top()));
        let color = if lit { palette.accent } else { palette.muted };
        ui.painter().text(
            pos2(left + indent - 3.0 * UNIT, first + if writing { 7.0 } else { 2.0 }),
            Align2::RIGHT_TOP,
            moment.at.clock(),
            theme::times(),
            if lit || !writing { palette.accent } else { color },
        );
        if lit {
            ui.painter().set(ground, egui::Shape::rect_filled(rect, 0.0, palette.raised));
            ui.painter().rect_filled(rect.with_max_x(left + 2.0), 0.0, palette.accent);
        }
        if !writing {
            self.row_hands(ui, rect, (number, moment), out);
        }
        rect
    }

    /// A click goes to the moment, a click on the words beside the pointer edits or deletes.
    fn row_hands(&self, ui: &Ui, rect: Rect, (number, moment): (usize, &Moment), out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        let response = ui.interact(rect, ui.scope_id().with(("note", moment.id)), Sense::click());
        response.widget_info(|| {
            let words = if moment.text.is_empty() { "mark" } else { &moment.text };
            egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Note at {}: {words}", moment.at.clock()))
        });
        if response.double_clicked() {
            out.push(Command::EditNote(number));
        } else if response.clicked() {
            out.push(Command::GoToNote(number));
        }
        if !response.contains_pointer() {
            return;
        }
        ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
        let mut right = rect.right() - EDGE / 2.0;
        for (word, command) in [("delete", Command::DeleteNote(number)), ("edit", Command::EditNote(number))] {
            let galley = ui.painter().layout_no_wrap(word.to_owned(), theme::small(), palette.text);
            let button = Rect::from_min_max(
                pos2(right - galley.size().x - 4.0 * UNIT, rect.top() + UNIT),
                pos2(right, rect.top() + UNIT + 24.0),
            );
            let press = ui.interact(button, ui.scope_id().with((word, moment.id)), Sense::click());
            press.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{word} note {number}")));
            let ground = if press.hovered() { palette.line } else { palette.panel };
            ui.painter().rect(button, theme::CORNER, ground, palette.rule(), egui::StrokeKind::Inside);
            ui.painter().galley(button.center() - galley.size() / 2.0, galley, palette.text);
            if press.clicked() {
                out.push(command);
            }
            right = button.left() - UNIT;
        }
    }

    fn new_note(&mut self, app: &App, ui: &mut Ui, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        ui.allocate_space(vec2(1.0, 2.0 * UNIT));
        let (left, top) = (ui.min_rect().left(), ui.cursor().top());
        let at = app.player().position().clock();
        let place = pos2(left + EDGE + TIMES - 3.0 * UNIT, top + 7.0);
        ui.painter().text(place, Align2::RIGHT_TOP, at, theme::times(), palette.muted);
        let known = app.tags();
        if let Some(text) =
            self.field.multi(ui, (EDGE + TIMES - 8.0, EDGE), "", (&known, app.spelling()), field::Enter::Leaves)
        {
            out.push(Command::AddNote(text));
        }
        out.extend(self.field.left().then_some(Command::LeaveText));
        let bottom = Rect::from_min_max(pos2(left, top), pos2(left + 1.0, ui.cursor().top()));
        ui.scroll_to_rect(bottom.expand(2.0 * UNIT), Some(Align::Max));
    }
}

/// The words of a note and its slides.
fn content(app: &App, ui: &mut Ui, moment: &Moment, indent: f32, thumbs: &mut Thumbs) {
    let palette = Palette::of(ui);
    let width = ui.available_width() - indent - EDGE;
    let (words, pictures) = parts(app, moment);
    let is_mark = words.trim().is_empty() && pictures.is_empty();
    let job = if is_mark {
        let format = egui::text::TextFormat::simple(theme::small(), palette.muted);
        egui::text::LayoutJob::single_section("marked".to_owned(), format)
    } else {
        markdown::layout(words.trim(), width, palette)
    };
    if !job.text.is_empty() {
        let galley = ui.painter().layout_job(job);
        let rect = ui.allocate_space(vec2(ui.available_width(), galley.size().y)).1;
        ui.painter().galley(pos2(rect.left() + indent, rect.top()), galley, palette.text);
    }
    paint_pictures(app, ui, &pictures, indent, thumbs);
}

/// The picture of a slide in a note.
struct Picture {
    slide: SlideIndex,
    /// As it stands in the note.
    line: String,
}

fn paint_pictures(app: &App, ui: &mut Ui, pictures: &[Picture], indent: f32, thumbs: &mut Thumbs) {
    let width = (ui.available_width() - indent - EDGE).min(PICTURE);
    for picture in pictures {
        let size = vec2(width, (width * 9.0 / 16.0).round());
        let rect = ui.allocate_space(vec2(ui.available_width(), size.y + 2.0 * UNIT)).1;
        let cell = Rect::from_min_size(pos2(rect.left() + indent, rect.top() + UNIT), size);
        let lies = thumbs.paint(app, ui, picture.slide, cell);
        ui.painter().rect_stroke(lies.expand(1.0), 0, Palette::of(ui).rule(), egui::StrokeKind::Inside);
    }
}

/// The words of a note, and the pictures of slides in it.
fn parts(app: &App, moment: &Moment) -> (String, Vec<Picture>) {
    let count = app.player().talk().map_or(0, |talk| talk.slides.len());
    let (mut words, mut pictures) = (Vec::new(), Vec::new());
    for line in moment.text.lines() {
        let number =
            line.trim().strip_prefix("![Slide ").and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
        match number.filter(|number| (1..=count).contains(number)) {
            Some(number) => pictures.push(Picture { slide: SlideIndex(number - 1), line: line.to_owned() }),
            None => words.push(line),
        }
    }
    (words.join("\n"), pictures)
}

/// Whether everything is in its file.
fn saved(app: &App, ui: &Ui, rect: Rect) {
    if app.note().is_none() {
        return;
    }
    let palette = Palette::of(ui);
    let (word, color) = if app.saved() { ("saved", palette.muted) } else { ("not saved yet", palette.warning) };
    let at = pos2(rect.left() + EDGE + 64.0, rect.top() + 25.0);
    ui.painter().text(at, Align2::LEFT_CENTER, word, theme::small(), color);
}

/// The keys that matter here.
fn keys(app: &App, ui: &Ui, rect: Rect) {
    let palette = Palette::of(ui);
    ui.painter().hline(rect.x_range(), ui.painter().round_to_pixel_center(rect.top()), palette.rule());
    let typing = app.field().is_some();
    let pairs: &[(&str, &str)] = match app.field() {
        Some(Field::Summary) => &[("Esc", "done"), ("F7", "back"), ("F8", "pause"), ("F9", "on")],
        Some(_) => &[("Enter", "done"), ("F7", "back"), ("F8", "pause"), ("F9", "on")],
        None => &[("E", "note"), ("Shift E", "with slide"), ("B", "mark"), ("W", "summary")],
    };
    let (mut x, y) = (rect.left() + EDGE, rect.center().y);
    for (key, word) in pairs {
        let galley = ui.painter().layout_no_wrap((*word).to_owned(), theme::small(), palette.muted);
        let wide = keycap::width(ui, key) + galley.size().x + 1.5 * UNIT;
        if x + wide > rect.right() - EDGE / 2.0 {
            break;
        }
        let right = keycap::paint(ui, pos2(x, y), key) + 1.5 * UNIT;
        x = right + galley.size().x + if typing { 4.0 } else { 3.5 } * UNIT;
        ui.painter().galley(pos2(right, y - galley.size().y / 2.0), galley, palette.muted);
    }
}

fn rule(ui: &mut Ui) {
    let rect = ui.allocate_space(vec2(ui.available_width(), 1.0)).1;
    ui.painter().hline(rect.x_range(), ui.painter().round_to_pixel_center(rect.top()), Palette::of(ui).rule());
}

fn paragraph(ui: &mut Ui, text: &str) {
    let palette = Palette::of(ui);
    let width = ui.available_width() - 2.0 * EDGE;
    let galley = ui.painter().layout(text.to_owned(), theme::small(), palette.muted, width);
    let rect = ui.allocate_space(vec2(ui.available_width(), galley.size().y + 6.0 * UNIT)).1;
    ui.painter().galley(pos2(rect.left() + EDGE, rect.top() + 3.0 * UNIT), galley, palette.muted);
}

fn empty(app: &App) -> &'static str {
    if app.player().talk().is_some() { "The note is being read." } else { "Open a talk to write about it." }
}

//! The talks in hand, beside the slide: opened with a click, dragged to another place, taken out, filled by a rule. Only
//! what is seen is drawn.

use std::path::Path;

use egui::{Align, Popup, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::library::draw::{self, counted};
use super::panel;
use super::theme::{self, EDGE, Palette, UNIT};
use super::thumbs::Thumbs;
use crate::app::App;
use crate::command::{Command, QueueCommand};
use crate::library::Row;
use crate::library::shelf::time_text;
use crate::time::{MediaTime, Rate};

/// Height of an entry.
const ROW: f32 = 64.0;
/// Extent of its picture.
const PICTURE: egui::Vec2 = vec2(80.0, 45.0);
/// Width of its number.
const NUMBER: f32 = 36.0;
/// Width of the cross that takes it out.
const CROSS: f32 = 28.0;
/// Height of the line below the panel's title.
const SUMMARY: f32 = 36.0;
/// So near to its edge a dragged entry makes the list scroll, by so much in a frame.
const SCROLL: (f32, f32) = (36.0, 10.0);

/// What is kept from frame to frame.
#[derive(Default)]
pub struct Queue {
    /// The entry that is being dragged, counted from 0.
    dragged: Option<usize>,
    /// The entry that was open when it was last drawn: when another is, it is scrolled to.
    followed: Option<usize>,
    /// How long it takes to hear what is left, in this state of queue, library and speed, pauses short or not.
    left: Option<((u64, u64, Rate, bool), MediaTime)>,
}

impl Queue {
    /// Draws the queue into `rect`.
    pub fn ui(&mut self, app: &App, ui: &mut Ui, rect: Rect, thumbs: &mut Thumbs, out: &mut Vec<Command>) {
        let body = panel::ui(ui, rect, "Queue", Command::Queue(QueueCommand::Toggle), out);
        let summary = body.with_max_y(body.top() + SUMMARY);
        self.summary(app, ui, summary, out);
        let body = body.with_min_y(summary.bottom());
        let count = app.queue().paths().len();
        if count == 0 {
            empty(ui, body);
            return;
        }
        let mut list = ui.new_child(UiBuilder::new().max_rect(body).id_salt("queue"));
        list.set_clip_rect(body);
        ScrollArea::vertical().auto_shrink(false).id_salt("queue entries").show_viewport(&mut list, |ui, viewport| {
            #[expect(clippy::cast_precision_loss, reason = "rows of talks")]
            ui.set_min_size(vec2(body.width(), count as f32 * ROW + EDGE));
            let origin = ui.min_rect().min;
            #[expect(clippy::cast_precision_loss, reason = "rows of talks")]
            let at =
                |entry: usize| Rect::from_min_size(origin + vec2(0.0, entry as f32 * ROW), vec2(body.width(), ROW));
            let open = app.queue().index();
            if let Some(entry) = open.filter(|_| open != self.followed) {
                let align = self.followed.is_none().then_some(Align::Center);
                ui.scroll_to_rect(at(entry).expand2(vec2(0.0, ROW)), align);
                self.followed = open;
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
            let row_of = |y: f32| (y.max(0.0) / ROW) as usize;
            for entry in row_of(viewport.min.y)..(row_of(viewport.max.y) + 1).min(count) {
                self.entry(app, ui, at(entry), entry, thumbs, out);
            }
            self.drag(ui, body, (origin, count), out);
        });
    }

    /// `60 talks · 3 h 12 min left   Fill with ▾  Clear`.
    fn summary(&mut self, app: &App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        let key = (app.queue().changes(), app.library().catalogue().version(), app.player().rate(), app.view().trim);
        let left = match self.left {
            Some((made, left)) if made == key => left,
            _ => self.left.insert((key, app.queue_time_left())).1,
        };
        let inner = rect.shrink2(vec2(EDGE, 0.0));
        let middle = inner.center().y - UNIT;
        let mut right = inner.right();
        let count = app.queue().paths().len();
        if count > 1 {
            let width = draw::chip_width(ui, "Clear", false);
            let place = Rect::from_min_size(pos2(right - width, middle - draw::CHIP / 2.0), vec2(width, draw::CHIP));
            let look = draw::Look::default();
            if draw::chip(ui, ui.scope_id().with("clear queue"), place, "Clear", look).clicked() {
                out.push(Command::Queue(QueueCommand::Clear));
            }
            right = place.left() - UNIT;
        }
        let width = draw::chip_width(ui, "Fill with", true);
        let place = Rect::from_min_size(pos2(right - width, middle - draw::CHIP / 2.0), vec2(width, draw::CHIP));
        let look = draw::Look { menu: true, ..draw::Look::default() };
        let response = draw::chip(ui, ui.scope_id().with("fill queue"), place, "Fill with", look);
        Popup::menu(&response).gap(UNIT).align(egui::RectAlign::BOTTOM_END).show(|ui| fill(app, ui, out));
        let words = match left {
            MediaTime::ZERO => counted(count, "talk", "talks"),
            left => format!("{} · {} left", counted(count, "talk", "talks"), time_text(left)),
        };
        let room = place.left() - inner.left() - 2.0 * UNIT;
        let wide = ui.painter().layout_no_wrap(words.clone(), theme::small(), palette.muted).size().x;
        let shown = if wide > room { counted(count, "talk", "talks") } else { words.clone() };
        draw::put(ui, pos2(inner.left(), middle), room, &shown, theme::small(), palette.muted);
        ui.interact(inner.with_max_x(place.left()), ui.scope_id().with("queue length"), Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    }

    fn entry(&mut self, app: &App, ui: &Ui, rect: Rect, entry: usize, thumbs: &mut Thumbs, out: &mut Vec<Command>) {
        let Some(path) = app.queue().paths().get(entry) else { return };
        let palette = Palette::of(ui);
        let row = app.library().catalogue().at(path);
        let open = app.queue().index() == Some(entry);
        let response = ui.interact(rect, ui.scope_id().with(("entry", path)), Sense::click_and_drag());
        let name = title(app, path, row, open);
        let state = row.map(|row| state(app, row)).unwrap_or_default();
        response.widget_info(|| {
            let words = format!("{}. {name}{}{state}", entry + 1, if state.is_empty() { "" } else { ", " });
            WidgetInfo::selected(Role::ListBoxOption, true, open, words)
        });
        let held = self.dragged == Some(entry);
        if open {
            ui.painter().rect_filled(rect, 0.0, palette.chosen);
            ui.painter().rect_filled(rect.with_max_x(rect.left() + 3.0), 0.0, palette.accent);
        } else if held || response.hovered() {
            ui.painter().rect_filled(rect, 0.0, palette.raised);
        }
        if response.has_focus() {
            ui.painter().rect_stroke(rect.shrink(1.0), 0, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
        }
        let color = if open { palette.accent } else { palette.muted };
        let at = pos2(rect.left() + EDGE, rect.center().y);
        draw::put(ui, at, NUMBER, &(entry + 1).to_string(), theme::keycap(), color);
        let left = rect.left() + EDGE + NUMBER;
        let cell = Rect::from_min_size(pos2(left, rect.center().y - PICTURE.y / 2.0), PICTURE);
        draw::picture(app, ui, row, cell, thumbs);
        let left = cell.right() + 3.0 * UNIT;
        let right = rect.right() - EDGE - if open { 0.0 } else { CROSS };
        let gone = row.is_some_and(|row| row.away || row.entry.broken.is_some());
        let color = if gone { palette.muted } else { palette.text };
        draw::put(ui, pos2(left, at.y - 10.0), right - left, &name, theme::small_strong(), color);
        let mut x = left;
        if open {
            x = draw::playing_mark(app, ui, pos2(x, at.y + 10.0), right - x) + 3.0 * UNIT;
        }
        if let Some(row) = row {
            x = draw::put(ui, pos2(x, at.y + 10.0), right - x, &state, theme::small(), palette.muted) + 3.0 * UNIT;
            if let Some(verdict) = row.state.verdict {
                let color = draw::verdict_color(palette, verdict);
                draw::put(ui, pos2(x, at.y + 10.0), right - x, verdict.word(), theme::small_strong(), color);
            }
        }
        if !open {
            let place = Rect::from_min_size(pos2(right, at.y - 14.0), vec2(CROSS, 28.0));
            let label = format!("Take {name} out of the queue");
            if draw::cross(ui, ui.scope_id().with(("out", path)), place, &label).clicked() {
                out.push(Command::Queue(QueueCommand::Remove(entry + 1)));
            }
        }
        if response.clicked() {
            out.push(Command::GoToTalk(entry + 1));
        }
        if response.drag_started() {
            self.dragged = Some(entry);
        }
        menu(app, &response, entry, open, out);
    }

    /// Shows where the dragged entry would come to lie, and lets it lie there when it is let go.
    fn drag(&mut self, ui: &Ui, body: Rect, (origin, count): (egui::Pos2, usize), out: &mut Vec<Command>) {
        let Some(from) = self.dragged else { return };
        let (pointer, down) = ui.input(|input| (input.pointer.latest_pos(), input.pointer.any_down()));
        let Some(pointer) = pointer else {
            self.dragged = None;
            return;
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
        let slot = (((pointer.y - origin.y) / ROW).round().max(0.0) as usize).min(count);
        let to = if slot > from { slot - 1 } else { slot };
        if !down {
            self.dragged = None;
            if to != from && from < count && body.expand(ROW).contains(pointer) {
                out.push(Command::Queue(QueueCommand::Move(from + 1, to + 1)));
            }
            return;
        }
        ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
        if to != from {
            #[expect(clippy::cast_precision_loss, reason = "rows of talks")]
            let y = (origin.y + slot as f32 * ROW).max(body.top() + 1.0);
            let line = egui::Rangef::new(body.left() + EDGE, body.right() - EDGE);
            ui.painter().hline(line, y, Stroke::new(2.0, Palette::of(ui).accent));
        }
        let (near, step) = SCROLL;
        let over = if pointer.y < body.top() + near {
            step
        } else if pointer.y > body.bottom() - near {
            -step
        } else {
            return;
        };
        ui.scroll_with_delta_animation(vec2(0.0, over), egui::style::ScrollAnimation::none());
        ui.ctx().request_repaint();
    }
}

/// How long it is, and how much of it was heard.
fn state(app: &App, row: &Row) -> String {
    if row.entry.broken.is_some() {
        return "cannot be opened".to_owned();
    }
    if row.away {
        return "not there".to_owned();
    }
    let length = row.entry.length.map(|length| length.clock()).unwrap_or_default();
    match (draw::progress(app, row), length) {
        (words, length) if length.is_empty() => words,
        (words, length) if words == "unseen" => length,
        (words, length) => format!("{length}, {words}"),
    }
}

/// What it is called; of what was never looked into, its folder's name.
fn title(app: &App, path: &Path, row: Option<&Row>, open: bool) -> String {
    let of_open = || app.player().talk().filter(|_| open).map(|talk| talk.title.clone());
    let known = row.map(|row| row.entry.title.clone()).or_else(of_open);
    known.unwrap_or_else(|| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned())
}

/// What can be done with an entry, under the other mouse button.
fn menu(app: &App, response: &egui::Response, entry: usize, open: bool, out: &mut Vec<Command>) {
    let (number, count) = (entry + 1, app.queue().paths().len());
    let after = app.queue().index().map(|at| if at < entry { at + 2 } else { at + 1 });
    Popup::context_menu(response).show(|ui| {
        let all = [
            ("Play", Command::GoToTalk(number), !open),
            (
                "Play next",
                Command::Queue(QueueCommand::Move(number, after.unwrap_or(number))),
                !open && after.is_some(),
            ),
            ("To the top", Command::Queue(QueueCommand::Move(number, 1)), entry > 0),
            ("Up", Command::Queue(QueueCommand::Move(number, entry.max(1))), entry > 0),
            ("Down", Command::Queue(QueueCommand::Move(number, number + 1)), number < count),
            ("To the end", Command::Queue(QueueCommand::Move(number, count)), number < count),
            ("Take out", Command::Queue(QueueCommand::Remove(number)), !open),
        ];
        for (name, command, _) in all.into_iter().filter(|(.., possible)| *possible) {
            if draw::item(ui, name, "", false).clicked() {
                out.push(command);
            }
        }
    });
}

/// The rules that fill the queue.
fn fill(app: &App, ui: &mut Ui, out: &mut Vec<Command>) {
    let rules = [
        ("Unseen talks", "unseen"),
        ("Talks to hear again", "again"),
        ("Talks begun", "part"),
        ("Shorter than 5 minutes", "shorter:5:00"),
        ("Shorter than 10 minutes", "shorter:10:00"),
    ];
    ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
        for (name, rule) in rules {
            if draw::item(ui, name, "", false).clicked() {
                out.push(Command::Queue(QueueCommand::Fill(rule.to_owned())));
            }
        }
        for tag in app.tags() {
            if draw::item(ui, &format!("#{tag}"), "", false).clicked() {
                out.push(Command::Queue(QueueCommand::Fill(format!("tag:\"{tag}\""))));
            }
        }
    });
}

fn empty(ui: &Ui, body: Rect) {
    let palette = Palette::of(ui);
    let words = "Nothing is queued. In the library, Shift Enter puts the chosen talk here; or fill it by a rule.";
    let room = (body.width() - 2.0 * EDGE, 4);
    let galley = draw::lines(ui, words, (theme::small(), palette.muted), room);
    let area = Rect::from_min_size(body.min + vec2(EDGE, 2.0 * UNIT), galley.size());
    ui.interact(area, ui.scope_id().with("no queue"), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    ui.painter().galley(area.min, galley, palette.muted);
}

//! What is said, beside the slide: it follows the sound, with the word or the line lit. Only what is seen is laid out, so
//! that a transcript of any length scrolls alike.

mod empty;
mod line;
mod roll;

use std::ops::Range;

use egui::emath::GuiRounding as _;
use egui::{Popup, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::keycap;
use super::library::draw::{self, counted};
use super::panel;
use super::theme::{self, EDGE, Palette, UNIT};
use crate::app::App;
use crate::app::view::TextPlace;
use crate::command::{Command, SearchCommand, TranscriptCommand};
use line::{Line, Lines};
use roll::Roll;

/// Height of the line below the panel's title.
const SUMMARY: f32 = 36.0;
/// Height of the line with the keys.
const FOOT: f32 = 40.0;
/// Where the lit line comes to lie, as a part of the height.
const READING: f32 = 0.35;
/// So near to its edge a selection makes the list scroll, by so much in a frame.
const SCROLL: (f32, f32) = (24.0, 8.0);

/// What is kept from frame to frame.
#[derive(Default)]
pub struct TranscriptPane {
    roll: Roll,
    /// The line that was followed, and the one that was chosen, when it was last drawn.
    followed: Option<usize>,
    chosen: Option<usize>,
    /// The state of the talk, and the width, then: with another one everything lies elsewhere.
    shape: (u64, f32),
    /// Where a selection began.
    pressed: Option<TextPlace>,
}

/// What hands have done in a frame.
#[derive(Default)]
struct Done {
    /// It was scrolled.
    held: bool,
    /// What is selected from now on.
    selected: Option<Option<(TextPlace, TextPlace)>>,
}

impl TranscriptPane {
    /// Draws the transcript into `rect`.
    pub fn ui(&mut self, app: &mut App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) {
        let toggle = Command::Transcript(TranscriptCommand::Toggle);
        let before = out.len();
        let body = panel::ui(ui, rect, "Transcript", toggle, out);
        if out.len() > before && app.view().transcript.held {
            // What toggles would let it follow again at first.
            out.insert(before, Command::Transcript(TranscriptCommand::Follow));
        }
        let Some(transcript) = app.transcript().cloned() else {
            empty::ui(app, ui, body, out);
            return;
        };
        summary(app, ui, body.with_max_y(body.top() + SUMMARY), transcript.cues().len(), out);
        let list = Rect::from_min_max(pos2(body.left(), body.top() + SUMMARY), body.max - vec2(0.0, FOOT));
        foot(app, ui, body.with_min_y(list.bottom()), out);
        let mut clipped = ui.new_child(UiBuilder::new().max_rect(list).id_salt("transcript lines"));
        clipped.set_clip_rect(list);
        let ui = &clipped;
        let lines = Lines::new(app, ui, &transcript, list.width());
        self.place(app, ui, list, &lines);
        let mut done = Done { held: self.turned(ui, list, &lines), ..Done::default() };
        let seen = self.roll.settle(list.height(), lines.len(), |number| lines.height(number));
        let painted = self.paint(app, ui, list, &lines, seen, out);
        self.select(app, ui, list, &painted, &mut done);
        if let Some(top) = roll::bar(ui, list, self.roll.top(), lines.len()) {
            self.roll.go(top);
            done.held = true;
        }
        if done.held {
            app.hold_transcript();
        }
        if let Some(selected) = done.selected {
            app.select_said(selected);
        }
    }

    /// Brings into sight what is to be seen: the line that is heard, or the chosen one.
    fn place(&mut self, app: &App, ui: &Ui, list: Rect, lines: &Lines<'_>) {
        let view = &app.view().transcript;
        let height = |number| lines.height(number);
        let shape = (app.revision(), list.width());
        let moved = std::mem::replace(&mut self.shape, shape) != shape;
        if let Some(chosen) = view.chosen.filter(|_| moved || view.chosen != self.chosen) {
            self.roll.show(chosen, list.height(), height);
        }
        self.chosen = view.chosen;
        let heard = lines.nearest();
        if view.held {
            self.followed = None;
        } else if moved || heard != self.followed {
            let near = !moved && self.followed.is_some();
            if let Some(heard) = heard {
                self.roll.bring(heard, list.height() * READING, list.height(), near, height);
            }
            self.followed = heard;
        }
        if self.roll.glide(ui.input(|input| input.stable_dt)) {
            ui.ctx().request_repaint();
        }
    }

    /// Whether the wheel has moved the list.
    fn turned(&mut self, ui: &Ui, list: Rect, lines: &Lines<'_>) -> bool {
        let over = ui.input(|input| input.pointer.hover_pos()).is_some_and(|at| list.contains(at));
        let turned = if over { ui.input(|input| input.smooth_scroll_delta().y) } else { 0.0 };
        if turned != 0.0 {
            self.roll.scroll(-turned, list.height(), lines.len(), |number| lines.height(number));
        }
        turned != 0.0
    }

    fn paint(
        &self,
        app: &App,
        ui: &Ui,
        list: Rect,
        lines: &Lines<'_>,
        seen: Range<usize>,
        out: &mut Vec<Command>,
    ) -> Vec<Line> {
        let mut top = list.top() - self.roll.above();
        let mut painted = Vec::with_capacity(seen.len());
        for number in seen {
            let line = lines.lay(ui, number, pos2(list.left(), top.round_to_pixels(ui.pixels_per_point())));
            top += lines.height(number);
            let response = line.ui(ui, lines, list, app.view().transcript.chosen == Some(number));
            if response.clicked()
                && let Some(pointer) = response.interact_pointer_pos()
            {
                let start = lines.cue(number).map(|cue| cue.moment_of(line.byte_at(pointer)));
                out.extend(start.map(Command::SeekTo));
                out.push(Command::Transcript(TranscriptCommand::Follow));
            }
            painted.push(line);
        }
        painted
    }

    /// A drag selects, from letter to letter; a press alone selects nothing any more.
    fn select(&mut self, app: &App, ui: &Ui, list: Rect, painted: &[Line], done: &mut Done) {
        let (origin, pointer, pressed, down, moved) = ui.input(|input| {
            let pointer = &input.pointer;
            let down = pointer.primary_down();
            (
                pointer.press_origin(),
                pointer.latest_pos(),
                pointer.primary_pressed(),
                down,
                pointer.is_decidedly_dragging(),
            )
        });
        let place = |at: egui::Pos2| {
            let line = painted.iter().find(|line| at.y < line.rect.bottom()).or(painted.last())?;
            Some((line.number, line.byte_at(at)))
        };
        if pressed {
            let free = ui.ctx().layer_id_at(origin.unwrap_or_default()).is_none_or(|layer| layer == ui.layer_id());
            let inside = list.with_max_x(list.right() - roll::BAR);
            self.pressed = origin.filter(|at| inside.contains(*at) && free).and_then(place);
            if self.pressed.is_some() && app.view().transcript.selected.is_some() {
                done.selected = Some(None);
            }
        }
        let (Some(from), Some(pointer)) = (self.pressed.filter(|_| down && moved), pointer) else {
            self.pressed = self.pressed.filter(|_| down);
            return;
        };
        if let Some(to) = place(pointer).filter(|to| *to != from) {
            done.selected = Some(Some((from, to)));
            done.held = true;
        }
        let (near, step) = SCROLL;
        let by = if pointer.y < list.top() + near {
            -step
        } else if pointer.y > list.bottom() - near {
            step
        } else {
            return;
        };
        self.roll.push(by);
        ui.ctx().request_repaint();
    }
}

/// `1,204 lines   3 places  F3 next   de ▾`.
fn summary(app: &App, ui: &Ui, rect: Rect, count: usize, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    let inner = rect.shrink2(vec2(EDGE, 0.0));
    let middle = inner.center().y - UNIT;
    let mut right = inner.right();
    let languages = app.player().talk().map(|talk| talk.languages()).unwrap_or_default();
    let name = |language: &str| if language.is_empty() { "not named".to_owned() } else { language.to_owned() };
    if languages.len() > 1 {
        let now = languages.first().map(|language| name(language)).unwrap_or_default();
        let width = draw::chip_width(ui, &now, true);
        let place = Rect::from_min_size(pos2(right - width, middle - draw::CHIP / 2.0), vec2(width, draw::CHIP));
        let look = draw::Look { menu: true, ..draw::Look::default() };
        let response = draw::chip(ui, ui.scope_id().with("transcript language"), place, &now, look);
        let mut sorted = languages.clone();
        sorted.sort_unstable();
        Popup::menu(&response).gap(UNIT).align(egui::RectAlign::BOTTOM_END).show(|ui| {
            for language in sorted {
                if draw::item(ui, &name(language), "", Some(&language) == languages.first()).clicked() {
                    out.push(Command::Transcript(TranscriptCommand::Language(language.to_owned())));
                }
            }
        });
        right = place.left() - 3.0 * UNIT;
    }
    let mut x = inner.left();
    if !app.sought().words().is_empty() {
        let places = counted(app.hits().len(), "place", "places");
        let color = if app.hits().is_empty() { palette.muted } else { palette.accent };
        x = draw::put(ui, pos2(x, middle), right - x, &places, theme::small_strong(), color);
        let label = Rect::from_min_max(pos2(inner.left(), rect.top()), pos2(x, rect.bottom()));
        ui.interact(label, ui.scope_id().with("places found"), Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{places} found")));
        if !app.hits().is_empty() {
            let next = Command::Search(SearchCommand::NextHit);
            key_and_word(app, ui, pos2(x + 3.0 * UNIT, middle), right, (&next, "next"));
        }
    } else {
        let lines = counted(count, "line", "lines");
        x = draw::put(ui, pos2(x, middle), right - x, &lines, theme::small(), palette.muted);
        let label = Rect::from_min_max(pos2(inner.left(), rect.top()), pos2(x, rect.bottom()));
        ui.interact(label, ui.scope_id().with("lines of the transcript"), Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::Label, true, &lines));
    }
}

/// The keys; or that it does not follow, and the key that makes it.
fn foot(app: &App, ui: &Ui, rect: Rect, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    ui.painter().hline(rect.x_range(), ui.painter().round_to_pixel_center(rect.top()), palette.rule());
    let (mut x, y, right) = (rect.left() + EDGE, rect.center().y, rect.right() - EDGE / 2.0);
    if app.view().transcript.held {
        let words = "Does not follow the sound";
        x = draw::put(ui, pos2(x, y), right - x, words, theme::small(), palette.text) + 3.0 * UNIT;
        let follow = Command::Transcript(TranscriptCommand::Follow);
        let toggle = Command::Transcript(TranscriptCommand::Toggle);
        let start = x;
        let end = key_and_word(app, ui, pos2(x, y), right, (&toggle, "follow")).unwrap_or(x);
        let button = Rect::from_min_max(pos2(start - UNIT, rect.top() + UNIT), pos2(end + UNIT, rect.bottom() - UNIT));
        let response = ui.interact(button, ui.scope_id().with("follow the sound"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Follow the sound"));
        if response.hovered() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
        }
        if response.clicked() {
            out.push(follow);
        }
        return;
    }
    let down = Command::Transcript(TranscriptCommand::Move(crate::command::Step::Down));
    let pairs = [
        (down, "choose"),
        (Command::Transcript(TranscriptCommand::Play), "play from it"),
        (Command::Search(SearchCommand::Here), "search"),
        (Command::Transcript(TranscriptCommand::Captions), "captions"),
    ];
    for (command, word) in &pairs {
        let Some(end) = key_and_word(app, ui, pos2(x, y), right, (command, word)) else { break };
        x = end + 3.5 * UNIT;
    }
}

/// A key and what it does, where there is room for both; tells where they end.
fn key_and_word(app: &App, ui: &Ui, at: egui::Pos2, right: f32, (command, word): (&Command, &str)) -> Option<f32> {
    let palette = Palette::of(ui);
    let key = app.keymap().keys_for(command).first().map(|key| key.pretty())?;
    let word = ui.painter().layout_no_wrap(word.to_owned(), theme::small(), palette.muted);
    if at.x + keycap::width(ui, &key) + 1.5 * UNIT + word.size().x > right {
        return None;
    }
    let x = keycap::paint(ui, at, &key) + 1.5 * UNIT;
    let end = x + word.size().x;
    ui.painter().galley(pos2(x, at.y - word.size().y / 2.0), word, palette.muted);
    Some(end)
}

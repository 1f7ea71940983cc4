//! The search over the texts of all talks, in the place of the slide: a field, and what was found below it.

mod hints;
mod list;
mod passage;

use egui::text::{CCursor, CCursorRange};
use egui::widgets::text_edit::TextEditState;
use egui::{Align2, Id, Key, Modifiers, Rect, Sense, StrokeKind, TextEdit, Ui, UiBuilder, pos2, vec2};

use self::list::List;
use super::keycap;
use super::theme::{self, EDGE, Palette, UNIT};
use super::thumbs::Thumbs;
use crate::app::App;
use crate::command::{Command, SearchCommand, Step};
use crate::library::ocr::State;

/// The field and what surrounds it, in points.
const HEAD: f32 = 64.0;
/// The line below it: how much was found, and what can be added.
const COUNT: f32 = 40.0;
/// The line of keys at the bottom.
const FOOT: f32 = 40.0;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct Search {
    open: bool,
    text: String,
    /// What the application knows to be searched for.
    known: String,
    /// The talk alone was searched when it was last drawn.
    here: bool,
    /// All of the text is to be selected as soon as it can be.
    selecting: bool,
    /// Enter was pressed before the answer was there.
    going: bool,
    list: List,
}

impl Search {
    /// Draws the search into `rect`.
    pub fn ui(&mut self, app: &mut App, ui: &mut Ui, rect: Rect, thumbs: &mut Thumbs, out: &mut Vec<Command>) {
        let Some(view) = app.view().search.clone() else { return };
        let palette = Palette::of(ui);
        ui.painter().rect_filled(rect, 0.0, palette.background);
        if !self.open || view.text != self.known {
            self.text.clone_from(&view.text);
            self.known.clone_from(&view.text);
            put_cursor(ui, CCursorRange::one(CCursor::new(self.text.chars().count())));
        }
        self.selecting |= !self.open || view.here != self.here;
        // A field that is not in focus keeps no selection.
        if self.selecting && ui.memory(|memory| memory.has_focus(id())) {
            self.selecting = false;
            select_all(ui, self.text.chars().count());
        }
        (self.open, self.here) = (true, view.here);
        let head = rect.with_max_y(rect.top() + HEAD);
        let count = Rect::from_min_max(head.left_bottom(), pos2(rect.right(), head.bottom() + COUNT));
        let foot = rect.with_min_y((rect.bottom() - FOOT).max(count.bottom()));
        let body = Rect::from_min_max(count.left_bottom(), foot.right_top());
        // Whatever is above it, or is being written elsewhere, has the keys.
        let ours = !app.view().finder && !app.view().asking && app.field().is_none();
        if ours {
            self.take_keys(ui, view.here, out);
        }
        self.field(app, ui, head, ours, out);
        if self.going && app.search_settled() {
            self.going = false;
            out.push(Command::Search(SearchCommand::Go));
        }
        let asked = !self.text.trim().is_empty();
        if let Some(why) = app.search_failure() {
            hints::sentence(ui, body, why, palette.warning);
            app.want_peeks(Vec::new());
        } else if !app.found().hits.is_empty() && asked {
            self.count(app, ui, count, out);
            self.list.ui(app, ui, body, &self.text, thumbs, out);
        } else {
            let nothing = asked && app.search_settled();
            let added = hints::ui(app, ui, body.with_min_y(count.top()), nothing.then_some(view.here));
            self.add(ui, added, out);
        }
        ui.painter().hline(rect.x_range(), ui.painter().round_to_pixel_center(foot.top()), palette.rule());
        foot_line(app, ui, foot);
    }

    /// It was closed.
    pub fn close(&mut self) {
        self.open = false;
        self.going = false;
        self.list.close();
    }

    fn take_keys(&mut self, ui: &Ui, here: bool, out: &mut Vec<Command>) {
        let moves = [
            (Key::ArrowUp, Step::Up),
            (Key::ArrowDown, Step::Down),
            (Key::PageUp, Step::PageUp),
            (Key::PageDown, Step::PageDown),
        ];
        ui.input_mut(|input| {
            for (key, step) in moves {
                for _ in 0..input.count_and_consume_key(Modifiers::NONE, key) {
                    out.push(Command::Search(SearchCommand::Move(step)));
                }
            }
            if input.consume_key(Modifiers::NONE, Key::Enter) {
                self.going = true;
            }
            if input.consume_key(Modifiers::NONE, Key::Tab) {
                out.push(Command::Search(if here { SearchCommand::All } else { SearchCommand::Here }));
            }
            if input.consume_key(Modifiers::NONE, Key::Escape) {
                out.push(Command::Dismiss);
            }
        });
    }

    fn field(&mut self, app: &App, ui: &mut Ui, rect: Rect, ours: bool, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        let frame = Rect::from_min_max(
            pos2(rect.left() + EDGE, rect.top() + 3.0 * UNIT),
            pos2(rect.right() - EDGE, rect.bottom() - 3.0 * UNIT),
        );
        ui.painter().rect(frame, 6, palette.panel, egui::Stroke::new(1.0, palette.accent), StrokeKind::Inside);
        let y = frame.center().y;
        glass(ui, pos2(frame.left() + 18.0, y));
        let right = self.places(app, ui, frame, out);
        let inner =
            Rect::from_min_max(pos2(frame.left() + 36.0, frame.top() + 2.0), pos2(right - 8.0, frame.bottom() - 2.0));
        let mut child = ui.new_child(UiBuilder::new().max_rect(inner));
        let hint = if self.here { "Search this talk" } else { "Titles, authors, slides, speech, notes, tags" };
        let edit = TextEdit::singleline(&mut self.text)
            .id(id())
            .font(theme::body())
            .frame(egui::Frame::NONE)
            .hint_text(egui::RichText::new(hint).color(palette.muted))
            .align(Align2::LEFT_CENTER)
            .desired_width(inner.width());
        let response = child.add_sized(inner.size(), edit);
        if ours {
            response.request_focus();
        }
        if response.changed() {
            self.tell(out);
        }
    }

    /// Looks for what is in the field now.
    fn tell(&mut self, out: &mut Vec<Command>) {
        self.going = false;
        self.known.clone_from(&self.text);
        out.push(Command::Search(SearchCommand::For(self.text.clone())));
    }

    /// Adds a filter to what is typed.
    fn add(&mut self, ui: &Ui, filter: Option<&str>, out: &mut Vec<Command>) {
        let Some(filter) = filter else { return };
        let begun = self.text.trim_end().to_owned();
        self.text = if begun.is_empty() { filter.to_owned() } else { format!("{begun} {filter}") };
        let end = self.text.chars().count();
        // Within the quotes.
        put_cursor(ui, CCursorRange::one(CCursor::new(if filter.ends_with('"') { end - 1 } else { end })));
        self.tell(out);
    }

    /// `All talks | This talk`, from the right; returns where it begins.
    fn places(&self, app: &App, ui: &Ui, frame: Rect, out: &mut Vec<Command>) -> f32 {
        let palette = Palette::of(ui);
        let y = frame.center().y;
        let mut right = frame.right() - 2.0 * UNIT;
        if app.player().talk().is_none() {
            return keycap::paint_right(ui, pos2(right, y), "Esc");
        }
        right = keycap::paint_right(ui, pos2(right, y), "Tab") - UNIT;
        let narrow = frame.width() < 560.0;
        let all = if narrow { "All" } else { "All talks" };
        for (here, word) in [(true, if narrow { "This" } else { "This talk" }), (false, all)] {
            let set = self.here == here;
            let (font, color) =
                if set { (theme::small_strong(), palette.accent) } else { (theme::small(), palette.muted) };
            let galley = ui.painter().layout_no_wrap(word.to_owned(), font, color);
            let size = vec2(galley.size().x + 5.0 * UNIT, 28.0);
            let chip = Rect::from_min_size(pos2(right - size.x, y - 14.0), size);
            let response = ui.interact(chip, ui.scope_id().with(("search in", here)), Sense::click());
            let label = if here { "Search this talk" } else { "Search all talks" };
            response.widget_info(|| egui::WidgetInfo::selected(egui::Role::RadioButton, true, set, label));
            if set || response.hovered() {
                ui.painter().rect_filled(chip, theme::CORNER, palette.raised);
            }
            ui.painter().galley(chip.center() - galley.size() / 2.0, galley, color);
            if response.clicked() && !set {
                out.push(Command::Search(if here { SearchCommand::Here } else { SearchCommand::All }));
            }
            right = chip.left() - UNIT;
        }
        right
    }

    /// How much was found, and what can be added to find less.
    fn count(&mut self, app: &App, ui: &Ui, rect: Rect, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        let found = app.found();
        let (places, more) = (found.hits.len(), if found.more { ", and more" } else { "" });
        let places = if places == 1 { "1 place".to_owned() } else { format!("{places} places") };
        let text = match (self.here, found.talks) {
            (true, _) => format!("{places} in this talk{more}"),
            // Only a filter was asked for.
            (false, talks) if talks == found.hits.len() && talks > 1 => format!("{talks} talks{more}"),
            (false, 1) => format!("{places} in 1 talk{more}"),
            (false, talks) => format!("{places} in {talks} talks{more}"),
        };
        let at = pos2(rect.left() + EDGE, rect.top() + 12.0);
        let word = ui.painter().text(at, Align2::LEFT_CENTER, &text, theme::small(), palette.muted);
        ui.interact(word, ui.scope_id().with("count"), Sense::hover())
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
        let room =
            Rect::from_min_max(pos2(word.right() + 6.0 * UNIT, rect.top()), pos2(rect.right() - EDGE, at.y + 12.0));
        let added = hints::chips(ui, room);
        self.add(ui, added, out);
    }
}

/// What the keys do, and what is still going on.
fn foot_line(app: &App, ui: &Ui, rect: Rect) {
    let palette = Palette::of(ui);
    let y = rect.center().y;
    let mut x = rect.left() + EDGE;
    let whole = rect.width() > 700.0;
    let words = [("Enter", if whole { "play from 3 s before" } else { "play" }), ("↑ ↓", "choose"), ("Esc", "close")];
    for (key, word) in words {
        let end = keycap::paint(ui, pos2(x, y), key) + 1.5 * UNIT;
        x = ui.painter().text(pos2(end, y), Align2::LEFT_CENTER, word, theme::small(), palette.muted).right();
        x += 4.0 * UNIT;
    }
    let Some(text) = going_on(app) else { return };
    let mut job = egui::text::LayoutJob::simple_singleline(text.clone(), theme::small(), palette.muted);
    job.wrap = egui::text::TextWrapping::truncate_at_width(rect.right() - EDGE - x);
    let galley = ui.painter().layout_job(job);
    let at = Rect::from_min_size(pos2(rect.right() - EDGE - galley.size().x, y - galley.size().y / 2.0), galley.size());
    ui.interact(at, ui.scope_id().with("going on"), Sense::hover())
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
    ui.painter().galley(at.min, galley, palette.muted);
}

/// That not everything can be found yet.
fn going_on(app: &App) -> Option<String> {
    if app.scanning() {
        let found = app.scan_progress().map_or(0, |progress| progress.found);
        return Some(match found {
            0 => "Looking through the talks".to_owned(),
            1 => "Looking through the talks: 1 so far".to_owned(),
            found => format!("Looking through the talks: {found} so far"),
        });
    }
    let reading = matches!(app.slide_reading()?.0, State::Reading { .. });
    reading.then(|| "Reading the text on slides".to_owned())
}

/// A magnifying glass.
fn glass(ui: &Ui, at: egui::Pos2) {
    let stroke = egui::Stroke::new(1.5, Palette::of(ui).muted);
    ui.painter().circle_stroke(at + vec2(-1.0, -1.0), 5.0, stroke);
    ui.painter().line_segment([at + vec2(2.8, 2.8), at + vec2(7.0, 7.0)], stroke);
}

fn select_all(ui: &Ui, count: usize) {
    put_cursor(ui, CCursorRange::two(CCursor::new(0), CCursor::new(count)));
}

fn put_cursor(ui: &Ui, range: CCursorRange) {
    let mut state = TextEditState::load(ui.ctx(), id()).unwrap_or_default();
    state.cursor.set_char_range(Some(range));
    state.store(ui.ctx(), id());
}

fn id() -> Id {
    Id::unique("what is searched for")
}

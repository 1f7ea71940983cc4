//! The contact sheet: all slides at a size at which they can be read, each with what is said while it is shown. Only what
//! is seen is drawn.

use std::sync::Arc;
use std::time::Duration;

use egui::{Galley, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

use super::said::{self, Words};
use super::{CAPTION, caption};
use crate::app::App;
use crate::command::{Command, Verdict};
use crate::notes::Moment;
use crate::talk::Talk;
use crate::talk::track::SlideIndex;
use crate::ui::keycap;
use crate::ui::theme::{self, EDGE, Palette, UNIT};
use crate::ui::thumbs::{Thumbs, physical};

/// Height of the line above the slides, in points.
pub const HEAD: f32 = 52.0;
/// A picture is about this wide, in points; as many as fit share the width.
const WIDTH: f32 = 480.0;
/// The narrowest of several.
const LEAST: f32 = 380.0;
/// The widest picture where there is one column.
const MOST: f32 = 680.0;
/// From this width on, text stands beside the picture where there is one column.
const BESIDE: f32 = 560.0;
/// From this width on, the strip has room for all the verdicts.
const STRIP_HAS_ALL: f32 = 1100.0;
const GAP: f32 = 6.0 * UNIT;
/// Around a cell, for its frame.
const PAD: f32 = 2.0 * UNIT;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct Sheet {
    /// Of which talk, and at which notes, the words are.
    of: (u64, Vec<Moment>),
    words: Vec<Words>,
    count: usize,
    /// The words as they are laid out, and for which room.
    laid: Vec<Option<Arc<Galley>>>,
    room: Option<Room>,
    /// The upper edge of each row, and the lower edge of the last.
    tops: Vec<f32>,
    /// The slide that was chosen when it was last drawn: when another is, it is brought into sight.
    scrolled_to: Option<SlideIndex>,
}

/// What the layout depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Room {
    width: f32,
    scale: f32,
    dark: bool,
    columns: usize,
    /// Of a picture.
    picture: egui::Vec2,
    /// Where the text begins, from the picture's upper left corner, and how wide it is.
    text: (egui::Vec2, f32),
}

impl Room {
    /// `aspect`: height of a picture for its width. `with_words`: there is something to read.
    fn new((width, height): (f32, f32), aspect: f32, with_words: bool, ui: &Ui) -> Self {
        let inner = (width - 2.0 * EDGE).max(120.0);
        #[expect(clippy::cast_precision_loss, reason = "a few columns")]
        let across = |columns: usize| ((inner + GAP) / columns as f32 - GAP).floor();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few columns")]
        let most = (((inner + GAP) / (WIDTH + GAP)).round() as usize).max(1);
        let columns = (2..=most).rev().find(|columns| across(*columns) >= LEAST).unwrap_or(1);
        let beside = columns == 1 && inner >= BESIDE && with_words;
        // All of a picture is seen at once.
        let tallest = ((height - CAPTION - 2.0 * PAD - GAP) / aspect).max(0.4 * inner);
        let wide = if beside { (inner * 0.56).min(tallest).floor() } else { across(columns).min(MOST) };
        let picture = vec2(wide, (wide * aspect).floor());
        let text =
            if beside { (vec2(wide + GAP, 0.0), inner - wide - GAP) } else { (vec2(0.0, picture.y + CAPTION), wide) };
        Self { width, scale: ui.pixels_per_point(), dark: ui.visuals().dark_mode, columns, picture, text }
    }

    /// The picture in a column, in a row that begins at `top`.
    fn at(&self, column: usize, top: f32) -> Rect {
        #[expect(clippy::cast_precision_loss, reason = "a few columns")]
        let left = EDGE + column as f32 * (self.picture.x + GAP);
        Rect::from_min_size(pos2(left, top + PAD), self.picture)
    }

    /// How high a cell with text of this height is.
    fn height(&self, text: f32) -> f32 {
        let text = if text > 0.0 { text } else { 0.0 };
        (self.picture.y + CAPTION).max(self.text.0.y + text) + 2.0 * PAD + GAP / 2.0
    }
}

impl Sheet {
    /// Draws the sheet into `rect`.
    pub fn ui(&mut self, app: &mut App, ui: &mut Ui, rect: Rect, thumbs: &mut Thumbs, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        let Some(state) = app.view().overview else { return };
        self.prepare(app, ui, (rect.width(), rect.height() - HEAD));
        let Some(room) = self.room else { return };
        let head = rect.with_max_y(rect.top() + HEAD);
        let body = rect.with_min_y(head.bottom());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few rows")]
        let seen_rows = ((body.height() / room.height(0.0)) as usize).max(1);
        app.set_overview_grid(room.columns, seen_rows);
        let app = &*app;
        self.head(app, ui, head, out);
        let at = app.player().position();
        let (cue, change) = app.player().talk().map_or((None, None), |talk| talk.transcript.heard(at));
        if let Some(change) = change.filter(|_| app.player().playing()) {
            let wait = app.listening_time(app.player().position(), change);
            if let Ok(wait) = Duration::try_from_secs_f64(wait.secs_f64() + 0.002) {
                ui.ctx().request_repaint_after(wait);
            }
        }
        let heard = cue.and_then(|cue| Some((said::slide_of(&self.words, cue)?, cue)));
        let mut area = ui.new_child(UiBuilder::new().max_rect(body));
        area.set_clip_rect(body);
        let mut scroll = ScrollArea::vertical().auto_shrink(false).id_salt("sheet");
        if self.scrolled_to.is_none() {
            // In the right place from the first frame on.
            let (top, bottom) = self.row(state.chosen.0 / room.columns);
            scroll = scroll.vertical_scroll_offset((top - ((body.height() - (bottom - top)) / 2.0).max(0.0)).max(0.0));
            self.scrolled_to = Some(state.chosen);
        }
        scroll.show_viewport(&mut area, |ui, viewport| {
            ui.set_min_size(vec2(rect.width(), self.tops.last().copied().unwrap_or_default() + GAP));
            let origin = ui.min_rect().min.to_vec2();
            if self.scrolled_to != Some(state.chosen) {
                let (top, bottom) = self.row(state.chosen.0 / room.columns);
                // Of a row that is higher than the window, its beginning.
                let bottom = bottom.min(top + body.height() - GAP);
                let row = Rect::from_min_max(pos2(0.0, top), pos2(rect.width(), bottom)).translate(origin);
                ui.scroll_to_rect_animation(row, None, egui::style::ScrollAnimation::none());
                self.scrolled_to = Some(state.chosen);
            }
            let first = self.tops.partition_point(|top| *top <= viewport.min.y).saturating_sub(1);
            let last = self.tops.partition_point(|top| *top < viewport.max.y).min(self.tops.len().saturating_sub(1));
            ui.painter().hline(body.x_range(), ui.painter().round_to_pixel_center(body.top()), palette.rule());
            for row in first..last {
                let (top, bottom) = self.row(row);
                for column in 0..room.columns {
                    let slide = row * room.columns + column;
                    if slide >= self.words.len() {
                        break;
                    }
                    let cell = Cell {
                        slide: SlideIndex(slide),
                        picture: room.at(column, top).translate(origin),
                        bottom: bottom - GAP / 2.0 + origin.y,
                        chosen: state.chosen,
                    };
                    let cue = heard.filter(|(on, _)| on.0 == slide).map(|(_, cue)| cue);
                    self.cell(app, ui, &cell, cue, thumbs, out);
                }
            }
            // A screen further in both directions, so that it is there when it comes into sight.
            let size = physical(Rect::from_min_size(pos2(0.0, 0.0), room.picture), ui.pixels_per_point());
            let ahead = last * room.columns..((last + seen_rows) * room.columns).min(self.words.len());
            let behind = first.saturating_sub(seen_rows) * room.columns..first * room.columns;
            for slide in ahead.chain(behind) {
                thumbs.want(app.thumb_key(SlideIndex(slide), size));
            }
        });
    }

    /// It was closed.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// Makes the words and their places anew where anything that they depend on has changed.
    fn prepare(&mut self, app: &App, ui: &Ui, size: (f32, f32)) {
        let Some(talk) = app.player().talk() else { return };
        let notes = app.note().map(crate::notes::Document::moments).unwrap_or_default();
        let same = self.of.0 == app.revision() && self.of.1 == notes && self.room.is_some();
        if !same {
            self.of = (app.revision(), notes.to_vec());
            self.words = said::words(talk, notes);
            self.count = said::count(&self.words);
        }
        let with_words = self.words.iter().any(|words| !words.is_empty());
        let room = Room::new(size, aspect(talk), with_words, ui);
        if same && self.room == Some(room) {
            return;
        }
        if self.room.is_some_and(|before| before.columns != room.columns || before.picture != room.picture) {
            self.scrolled_to = None;
        }
        self.room = Some(room);
        let lay = |words: &Words| (!words.is_empty()).then(|| words.lay(ui, room.text.1, None));
        self.laid = self.words.iter().map(lay).collect();
        self.tops.clear();
        let mut top = GAP / 2.0;
        for row in self.laid.chunks(room.columns) {
            self.tops.push(top);
            let text = row.iter().flatten().map(|galley| galley.size().y).fold(0.0, f32::max);
            top += room.height(text).ceil();
        }
        self.tops.push(top);
    }

    /// Where a row begins and ends.
    fn row(&self, row: usize) -> (f32, f32) {
        let at = |row: usize| self.tops.get(row).or(self.tops.last()).copied().unwrap_or_default();
        (at(row), at(row + 1))
    }

    fn cell(&self, app: &App, ui: &Ui, cell: &Cell, cue: Option<usize>, thumbs: &mut Thumbs, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        let Some((room, talk)) = self.room.zip(app.player().talk()) else { return };
        let (slide, rect) = (cell.slide, cell.picture);
        let right = rect.left() + room.text.0.x + room.text.1.max(if room.text.0.x > 0.0 { 0.0 } else { rect.width() });
        let whole = Rect::from_min_max(rect.min, pos2(right, cell.bottom)).expand(PAD);
        let response = ui.interact(whole, ui.scope_id().with(("sheet", slide.0)), Sense::click());
        let chosen = slide == cell.chosen;
        if chosen {
            ui.painter().rect(whole, 6, palette.raised, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
        } else if response.hovered() {
            ui.painter().rect_stroke(whole, 6, palette.rule(), StrokeKind::Inside);
        }
        let picture = thumbs.paint(app, ui, slide, rect);
        // White slides on a light ground have an edge.
        ui.painter().rect_stroke(picture.expand(1.0), 0, palette.rule(), StrokeKind::Inside);
        let start = talk.slides.start(slide).clock();
        caption(ui, rect, slide, &start, app.player().slide() == Some(slide));
        let words = self.words.get(slide.0);
        let lit = words.zip(cue).and_then(|(words, cue)| words.place(talk, cue));
        let galley = match (words, lit) {
            (Some(words), Some(lit)) => Some(words.lay(ui, room.text.1, Some(lit))),
            _ => self.laid.get(slide.0).cloned().flatten(),
        };
        if let Some(galley) = galley {
            ui.painter().galley(rect.min + room.text.0, galley, palette.text);
        }
        response.widget_info(|| {
            let said = words.map_or("", |words| words.said.as_str());
            let label = format!("Slide {}: {said}", slide.0 + 1);
            egui::WidgetInfo::selected(egui::Role::Button, true, chosen, label.trim_end_matches([':', ' ']))
        });
        if response.clicked() {
            let aside = ui.input(|input| input.modifiers.shift || input.modifiers.command);
            out.push(if aside { Command::LookAt(slide.0 + 1) } else { Command::SlideGo(slide.0 + 1) });
            if !aside {
                out.push(Command::ToggleOverview);
            }
        }
    }

    /// The talk's name and what there is to read; verdicts and keys on the right.
    fn head(&self, app: &App, ui: &Ui, rect: Rect, out: &mut Vec<Command>) {
        let palette = Palette::of(ui);
        let Some(talk) = app.player().talk() else { return };
        ui.painter().rect_filled(rect, 0.0, palette.panel);
        let inner = rect.shrink2(vec2(EDGE, 0.0));
        let y = inner.center().y;
        let mut right = inner.right();
        let keys = [("Esc", "back"), ("Enter", "plays here"), ("Space", "listens")];
        let shown = if inner.width() > 820.0 { 3 } else { usize::from(inner.width() > 420.0) };
        for (key, word) in keys.into_iter().take(shown) {
            let word = ui.painter().layout_no_wrap(word.to_owned(), theme::small(), palette.muted);
            right -= word.size().x;
            ui.painter().galley(pos2(right, y - word.size().y / 2.0), word, palette.muted);
            right = keycap::paint_right(ui, pos2(right - 1.5 * UNIT, y), key) - 4.0 * UNIT;
        }
        // The strip has them, where it is seen and wide enough.
        if app.view().slide_alone() || inner.width() < STRIP_HAS_ALL {
            right = verdicts(app, ui, pos2(right, y), inner.width() > 620.0, out) - 4.0 * UNIT;
        }
        let row = app.library().catalogue().of(&talk.key()).next();
        let noted = app.note().map(|note| note.front().authors.join(", ")).filter(|authors| !authors.is_empty());
        let authors = noted.or_else(|| row.map(|row| row.entry.authors.join(", "))).unwrap_or_default();
        let length = app.player().duration().clock();
        let slides = talk.slides.len();
        let what = match self.count {
            0 => format!("{length}, {slides} slides, no transcript"),
            count => format!("{length}, {slides} slides, {} words", thousands(count)),
        };
        let what = if authors.is_empty() { what } else { format!("{authors}   {what}") };
        let room = (right - inner.left()).max(60.0);
        let mut job = egui::text::LayoutJob::simple_singleline(talk.title.clone(), theme::strong(), palette.text);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room);
        let title = ui.painter().layout_job(job);
        let mut job = egui::text::LayoutJob::simple_singleline(what.clone(), theme::small(), palette.muted);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room);
        let below = ui.painter().layout_job(job);
        let top = y - (title.size().y + below.size().y + 1.0) / 2.0;
        let at = Rect::from_min_size(pos2(inner.left(), top), vec2(room, title.size().y + below.size().y));
        ui.interact(at, ui.scope_id().with("sheet title"), Sense::hover())
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("{}: {what}", talk.title)));
        let second = pos2(inner.left(), top + title.size().y + 1.0);
        ui.painter().galley(pos2(inner.left(), top), title, palette.text);
        ui.painter().galley(second, below, palette.muted);
    }
}

/// The shape of the slides: height for width of the first that has a picture.
fn aspect(talk: &Talk) -> f32 {
    let image = talk.slides.iter().find_map(|slide| slide.image.as_ref());
    #[expect(clippy::cast_precision_loss, reason = "pixels of a slide")]
    let shape = image.map(|image| image.height as f32 / image.width.max(1) as f32);
    shape.unwrap_or(9.0 / 16.0).clamp(0.4, 0.8)
}

/// A slide and its words, where they are drawn.
struct Cell {
    slide: SlideIndex,
    picture: Rect,
    bottom: f32,
    chosen: SlideIndex,
}

/// `[S] keep  [A] again  [D] drop`, from the right; in a narrow window the one that is set. Returns where they begin.
fn verdicts(app: &App, ui: &Ui, at: egui::Pos2, all: bool, out: &mut Vec<Command>) -> f32 {
    let palette = Palette::of(ui);
    let set = app.verdict();
    let mut right = at.x;
    for verdict in Verdict::ALL.into_iter().rev().filter(|verdict| all || set == Some(*verdict)) {
        let set = set == Some(verdict);
        let color = match (set, verdict) {
            (false, _) | (true, Verdict::Drop) => palette.muted,
            (true, Verdict::Keep) => palette.good,
            (true, Verdict::Again) => palette.warning,
        };
        let font = if set { theme::small_strong() } else { theme::small() };
        let word = ui.painter().layout_no_wrap(verdict.word().to_owned(), font, color);
        let command = Command::ToggleVerdict(verdict);
        let key = app.keymap().keys_for(&command).first().map(|key| key.pretty());
        let wide = key.as_deref().map_or(0.0, |key| keycap::width(ui, key) + 1.5 * UNIT);
        let size = vec2(wide + word.size().x + 4.0 * UNIT, 30.0);
        let rect = Rect::from_min_size(pos2(right - size.x, at.y - 15.0), size);
        let response = ui.interact(rect, ui.scope_id().with(("sheet verdict", verdict.word())), Sense::click());
        response.widget_info(|| {
            egui::WidgetInfo::selected(egui::Role::Button, true, set, format!("This talk: {}", verdict.word()))
        });
        if set || response.hovered() {
            ui.painter().rect_filled(rect, theme::CORNER, palette.raised);
        }
        if set {
            ui.painter().rect_stroke(rect, theme::CORNER, Stroke::new(1.0, color), StrokeKind::Inside);
        }
        let mut x = rect.left() + 2.0 * UNIT;
        if let Some(key) = key {
            x = keycap::paint(ui, pos2(x, at.y), &key) + 1.5 * UNIT;
        }
        ui.painter().galley(pos2(x, at.y - word.size().y / 2.0), word, color);
        if response.clicked() {
            out.push(command);
        }
        right = rect.left() - UNIT;
    }
    right
}

/// `12 345`
fn thousands(count: usize) -> String {
    match count {
        0..10_000 => count.to_string(),
        _ => format!("{}\u{202f}{:03}", count / 1000, count % 1000),
    }
}

//! A talk as a line of the list.

use egui::{Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::draw::{self, counted};
use super::table::Columns;
use super::{menu, words};
use crate::app::App;
use crate::command::{Command, LibraryCommand};
use crate::library::Row;
use crate::library::shelf::Seen;
use crate::ui::keycap;
use crate::ui::theme::{self, Palette, UNIT};
use crate::ui::thumbs::Thumbs;

/// Which line it is.
#[derive(Debug, Clone, Copy)]
pub struct Drawn {
    /// Its place in the list.
    pub at: usize,
    /// It is the chosen one.
    pub chosen: bool,
    /// Its folder stands above it.
    pub headed: bool,
    /// The pointer counts.
    pub pointed: bool,
}

/// Draws a line into `rect`.
pub fn ui(
    app: &mut App,
    ui: &Ui,
    rect: Rect,
    columns: &Columns,
    drawn: Drawn,
    thumbs: &mut Thumbs,
    out: &mut Vec<Command>,
) {
    let lit = if app.filter().text.is_empty() { Vec::new() } else { app.lit(drawn.at) };
    let app = &*app;
    let Some(row) = app.listed_row(drawn.at) else { return };
    let palette = Palette::of(ui);
    let response = ui.interact(rect, ui.scope_id().with(&row.entry.path), Sense::click());
    tell(app, &response, row, drawn.chosen);
    act(app, ui, &response, row, drawn.chosen, out);
    if drawn.chosen {
        ui.painter().rect_filled(rect, 0.0, palette.chosen);
        ui.painter().rect_filled(rect.with_max_x(rect.left() + 3.0), 0.0, palette.accent);
    } else if response.hovered() && drawn.pointed {
        ui.painter().rect_filled(rect, 0.0, palette.raised);
    }
    ui.painter().hline(rect.x_range(), ui.painter().round_to_pixel_center(rect.bottom() - 0.5), palette.rule());
    if response.has_focus() {
        ui.painter().rect_stroke(rect.shrink(1.0), 0, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
    }
    let top = rect.top() + (rect.height() - columns.picture.y) / 2.0;
    let cell = Rect::from_min_size(pos2(rect.left() + theme::EDGE, top), columns.picture);
    draw::picture(app, ui, Some(row), cell, thumbs);
    let line = Line { app, ui, row, rect, columns, drawn, palette };
    line.talk(&lit);
    if let Some((length, progress)) = columns.length.zip(columns.progress) {
        line.length(length);
        line.progress(progress);
    }
    if let Some(verdict) = columns.verdict {
        line.verdict(verdict);
    }
    if let Some(tags) = columns.tags {
        line.tags(tags);
    }
}

/// For those who cannot see it.
pub fn tell(app: &App, response: &egui::Response, row: &Row, chosen: bool) {
    response.widget_info(|| {
        let mut words = vec![row.entry.title.clone()];
        words.extend((!row.entry.authors.is_empty()).then(|| row.entry.authors.join(", ")));
        words.extend(row.entry.broken.clone());
        words.extend(row.entry.length.map(|length| length.clock()));
        words.push(draw::progress(app, row));
        words.extend(row.state.verdict.map(|verdict| verdict.word().to_owned()));
        words.extend(row.state.tags.iter().map(|tag| format!("#{tag}")));
        words.extend((row.state.notes > 0).then(|| counted(row.state.notes, "note", "notes")));
        words.extend(is_open(app, row).then(|| draw::playing(app).to_owned()));
        words.extend(row.away.then(|| "not there".to_owned()));
        words.retain(|word| !word.is_empty());
        WidgetInfo::selected(Role::ListBoxOption, true, chosen, words.join(", "))
    });
}

/// A click chooses, a second one plays; the other button opens the menu.
pub fn act(app: &App, ui: &Ui, response: &egui::Response, row: &Row, chosen: bool, out: &mut Vec<Command>) {
    let choose = || Command::Library(LibraryCommand::Choose(row.entry.path.clone()));
    let pointed = ui.input(|input| input.pointer.any_click());
    if response.double_clicked() {
        out.push(choose());
        out.push(Command::Library(LibraryCommand::Open));
    } else if response.clicked() && !pointed && chosen {
        // Pressed by a key, or by what reads the window aloud.
        out.push(Command::Library(LibraryCommand::Open));
    } else if response.clicked() || response.secondary_clicked() {
        out.push(choose());
    }
    menu::ui(app, response, row, out);
}

/// Whether this talk is open.
pub fn is_open(app: &App, row: &Row) -> bool {
    app.player().talk().is_some_and(|talk| talk.source == row.entry.path)
}

/// `#labels #sound`.
pub fn tags(row: &Row) -> String {
    let tags: Vec<String> = row.state.tags.iter().map(|tag| format!("#{tag}")).collect();
    tags.join(" ")
}

/// `2 copies`, or that one stands for all.
fn copies(app: &App, row: &Row) -> Option<String> {
    let merged = app.library().merged().values().any(|kept| *kept == row.entry.path);
    let count = row.copies + 1;
    (row.copies > 0).then(|| if merged { format!("one of {count} copies") } else { format!("{count} copies") })
}

/// A line while it is drawn.
struct Line<'a> {
    app: &'a App,
    ui: &'a Ui,
    row: &'a Row,
    rect: Rect,
    columns: &'a Columns,
    drawn: Drawn,
    palette: &'static Palette,
}

impl Line<'_> {
    /// Title, authors, and what else there is to say; in a narrow window everything.
    fn talk(&self, lit: &[u32]) {
        let (left, right) = (self.rect.left() + self.columns.title.0, self.rect.left() + self.columns.title.1);
        let width = right - left;
        let color = if self.row.away { self.palette.muted } else { self.palette.text };
        let stacked = self.columns.progress.is_none();
        let high = self.rect.height() > 80.0;
        let title = draw::title(self.ui, &self.row.entry.title, lit, color, (width, if high { 2 } else { 1 }));
        let (second, second_color) = self.second();
        let has_marks = stacked || self.has_marks();
        let step = if high { 21.0 } else { 19.0 };
        let below = f32::from(u8::from(!second.is_empty())) + f32::from(u8::from(has_marks));
        let height = title.size().y;
        let top = self.rect.center().y - (height + below * step) / 2.0;
        self.ui.painter().galley(pos2(left, top), title, color);
        let mut y = top + height - step / 2.0 + 1.0;
        if !second.is_empty() {
            y += step;
            draw::put(self.ui, pos2(left, y), width, &second, theme::small(), second_color);
        }
        if has_marks {
            y += step;
            let from = if stacked { self.words(left, right, y) } else { left };
            self.marks(from, right, y);
        }
    }

    /// Who gave it, or why it cannot be opened; the folder, where it does not stand above.
    fn second(&self) -> (String, egui::Color32) {
        if let Some(why) = &self.row.entry.broken {
            return (why.clone(), self.palette.warning);
        }
        let mut words = self.row.entry.authors.join(", ");
        if !self.drawn.headed && self.app.counts().sessions.len() > 1 {
            let session = words::session(self.row, self.app.library().roots().len());
            words = if words.is_empty() { session } else { format!("{words} · {session}") };
        }
        (words, self.palette.muted)
    }

    fn has_marks(&self) -> bool {
        let state = &self.row.state;
        let tagged = self.columns.tags.is_none() && (state.notes > 0 || !state.tags.is_empty());
        tagged || self.row.away || self.row.copies > 0 || is_open(self.app, self.row)
    }

    /// `▶ playing   2 copies   not there`.
    fn marks(&self, left: f32, right: f32, y: f32) {
        let (ui, palette) = (self.ui, self.palette);
        let mut x = left;
        if is_open(self.app, self.row) {
            x = draw::playing_mark(self.app, ui, pos2(x, y), right - x) + 3.0 * UNIT;
        }
        if self.row.away {
            x = draw::put(ui, pos2(x, y), right - x, "not there", theme::small(), palette.warning) + 3.0 * UNIT;
        }
        // In lines below each other they stand there already.
        if self.columns.tags.is_none() && self.columns.progress.is_some() {
            x = self.noted(x, right, y);
        }
        let Some(words) = copies(self.app, self.row) else { return };
        x = draw::put(ui, pos2(x, y), right - x, &words, theme::small(), palette.muted) + 2.0 * UNIT;
        let merge = Command::Library(LibraryCommand::ToggleMerged);
        let key = self.app.keymap().keys_for(&merge).first().map(|key| key.pretty());
        if let Some(key) = key.filter(|key| self.drawn.chosen && x + keycap::width(ui, key) + 80.0 < right) {
            x = keycap::paint(ui, pos2(x, y), &key) + 1.5 * UNIT;
            let word = if words.starts_with("one") { "lists all" } else { "lists one" };
            draw::put(ui, pos2(x, y), right - x, word, theme::small(), palette.muted);
        }
    }

    /// Progress, verdict, tags and notes in words; returns where they end.
    fn words(&self, left: f32, right: f32, y: f32) -> f32 {
        const BAR: f32 = 56.0;
        let (ui, row, palette) = (self.ui, self.row, self.palette);
        let mut x = left;
        if row.entry.broken.is_none() {
            let bar = Rect::from_min_size(pos2(x, y - 2.0), vec2(BAR, 4.0));
            draw::bar(ui, bar, draw::heard_part(row), Seen::of(row) == Seen::Done);
            x = bar.right() + 2.0 * UNIT;
            let mut words = draw::progress(self.app, row);
            if let Some(length) = row.entry.length {
                words = format!("{words}, {}", length.clock());
            }
            x = draw::put(ui, pos2(x, y), right - x, &words, theme::small(), palette.muted) + 3.0 * UNIT;
        }
        if let Some(verdict) = row.state.verdict {
            let color = draw::verdict_color(palette, verdict);
            x = draw::put(ui, pos2(x, y), right - x, verdict.word(), theme::small_strong(), color) + 3.0 * UNIT;
        }
        self.noted(x, right, y)
    }

    /// `4 notes   #labels`; returns where they end.
    fn noted(&self, left: f32, right: f32, y: f32) -> f32 {
        let (ui, row, palette) = (self.ui, self.row, self.palette);
        let mut x = left;
        if row.state.notes > 0 {
            let words = counted(row.state.notes, "note", "notes");
            x = draw::put(ui, pos2(x, y), right - x, &words, theme::small(), palette.muted) + 3.0 * UNIT;
        }
        if !row.state.tags.is_empty() && right - x > 40.0 {
            x = draw::put(ui, pos2(x, y), right - x, &tags(row), theme::small(), palette.note) + 3.0 * UNIT;
        }
        x
    }

    fn length(&self, left: f32) {
        let words = self.row.entry.length.map_or_else(String::new, |length| length.clock());
        let at = pos2(self.rect.left() + left, self.rect.center().y);
        draw::put(self.ui, at, 70.0, &words, theme::times(), self.palette.text);
    }

    fn progress(&self, left: f32) {
        const WIDTH: f32 = 112.0;
        if self.row.entry.broken.is_some() {
            return;
        }
        let (left, y) = (self.rect.left() + left, self.rect.center().y);
        let bar = Rect::from_min_size(pos2(left, y - 10.0), vec2(WIDTH, 4.0));
        draw::bar(self.ui, bar, draw::heard_part(self.row), Seen::of(self.row) == Seen::Done);
        let words = draw::progress(self.app, self.row);
        draw::put(self.ui, pos2(left, y + 9.0), WIDTH, &words, theme::small(), self.palette.muted);
    }

    fn verdict(&self, left: f32) {
        let at = pos2(self.rect.left() + left, self.rect.center().y);
        match self.row.state.verdict {
            Some(verdict) => {
                let color = draw::verdict_color(self.palette, verdict);
                draw::put(self.ui, at, 60.0, verdict.word(), theme::small_strong(), color);
            }
            None if self.row.entry.broken.is_none() => {
                draw::put(self.ui, at, 60.0, "–", theme::small(), self.palette.muted);
            }
            None => {}
        }
    }

    fn tags(&self, (left, right): (f32, f32)) {
        let (left, width, y) = (self.rect.left() + left, right - left, self.rect.center().y);
        let (tags, notes) = (tags(self.row), self.row.state.notes);
        let apart = if tags.is_empty() || notes == 0 { 0.0 } else { 10.0 };
        draw::put(self.ui, pos2(left, y - apart), width, &tags, theme::small(), self.palette.note);
        if notes > 0 {
            let words = counted(notes, "note", "notes");
            draw::put(self.ui, pos2(left, y + apart), width, &words, theme::small(), self.palette.muted);
        }
    }
}

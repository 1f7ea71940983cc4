//! The strip below the slide: timeline above, transport and the state of things below. What does not apply is not
//! shown; what does not fit goes in order of need.

use egui::{Align2, Color32, FontId, Rangef, Rect, Sense, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use super::keycap;
use super::prompt::Prompt;
use super::theme::{self, EDGE, Palette, UNIT};
use super::timeline::{self, Hover};
use crate::app::App;
use crate::app::notice::Severity;
use crate::app::speed::Pin;
use crate::command::keymap::Place;
use crate::command::{Command, SoundCommand};
use crate::notes::Verdict;
use crate::slides::Lamp;
use crate::time::Rate;

mod under_way;

/// Height of the whole strip, in points.
pub const HEIGHT: f32 = 100.0;
/// Height of the timeline's part of it.
pub const TIMELINE: f32 = 44.0;
/// Height of a chip.
const CHIP: f32 = 28.0;
/// Most of the name of who the speed belongs to.
const OWNER: f32 = 128.0;
/// Width of the volume bar.
const VOLUME: f32 = 72.0;

/// What the strip has to tell after it was drawn.
pub struct Shown {
    /// The moment under the pointer.
    pub hover: Option<Hover>,
    /// The part of the lower row that no control takes, from left to right in points.
    pub free: Rangef,
}

/// Draws the strip into `rect`.
pub fn ui(app: &App, ui: &mut Ui, rect: Rect, prompt: &mut Prompt, out: &mut Vec<Command>) -> Shown {
    let palette = Palette::of(ui);
    ui.painter().rect_filled(rect, 0.0, palette.panel);
    ui.painter().hline(rect.x_range(), ui.painter().round_to_pixel_center(rect.top()), palette.rule());
    let inner = rect.shrink2(vec2(EDGE, 0.0));
    let hover = app.player().talk().and_then(|_| {
        let line = Rect::from_min_size(inner.min + vec2(0.0, UNIT), vec2(inner.width(), TIMELINE));
        timeline::ui(app, ui, line, out)
    });
    let row = Rect::from_min_max(pos2(inner.left(), rect.top() + TIMELINE + UNIT), inner.max);
    let mut row = Row { app, ui, palette, area: row, left: row.left(), right: row.right(), prompt, out };
    row.lay();
    Shown { hover, free: Rangef::new(row.left, row.right) }
}

/// The transport row while it is laid out: `left` and `right` close in on each other.
struct Row<'a> {
    app: &'a App,
    ui: &'a mut Ui,
    palette: &'static Palette,
    area: Rect,
    left: f32,
    right: f32,
    prompt: &'a mut Prompt,
    out: &'a mut Vec<Command>,
}

impl Row<'_> {
    fn lay(&mut self) {
        if self.app.player().talk().is_some() {
            self.transport();
            self.times();
        }
        // From the right, the most needed first; then what is left of the middle for the rest.
        if self.app.view().asking {
            self.left =
                self.prompt.ui(self.ui, Rect::from_min_max(pos2(self.left, self.area.top()), self.area.max), self.out);
        }
        self.lamp();
        self.slide_number();
        self.verdicts();
        if self.app.player().talk().is_some() {
            self.speed();
            self.sleep();
            self.volume();
            self.under_way();
        }
        self.notice();
    }

    fn room(&self) -> f32 {
        self.right - self.left
    }

    fn transport(&mut self) {
        let several = self.app.queue().paths().len() > 1;
        if several {
            self.button(Icon::Previous, "Previous talk", Command::PreviousTalk, 32.0);
        }
        let (icon, label) = if self.app.player().playing() { (Icon::Pause, "Pause") } else { (Icon::Play, "Play") };
        self.button(icon, label, Command::TogglePlay, 36.0);
        if several {
            self.button(Icon::Next, "Next talk", Command::NextTalk, 32.0);
        }
        self.left += 2.0 * UNIT;
    }

    fn button(&mut self, icon: Icon, label: &str, command: Command, width: f32) {
        let rect = Rect::from_min_size(pos2(self.left, self.area.top()), vec2(width, self.area.height()));
        let response = self.ui.interact(rect, self.ui.scope_id().with(label), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, label));
        let color = if response.hovered() { self.palette.accent } else { self.palette.text };
        paint_icon(self.ui, icon, rect.center(), color);
        if response.has_focus() {
            focus_ring(self.ui, rect.shrink2(vec2(2.0, 10.0)), self.palette);
        }
        if response.clicked() {
            self.out.push(command);
        }
        self.left += width;
    }

    /// `12:22 / 25:54  -7:36 at 1.60×`; a click flips what counts.
    fn times(&mut self) {
        let player = self.app.player();
        let (at, duration, rate) = (player.position(), player.duration(), player.rate());
        let left = self.app.listening_time(at, duration);
        let start = self.left;
        let widest = duration.clock().len();
        let (first, second) = if self.app.view().time_left {
            (format!("-{}", left.clock()), format!(" at {rate}×"))
        } else {
            (pad(&at.clock(), widest), format!(" / {}", duration.clock()))
        };
        self.text(&first, theme::times(), self.palette.text);
        self.text(&second, theme::times(), self.palette.muted);
        let flipped = Rect::from_min_max(pos2(start, self.area.top()), pos2(self.left, self.area.bottom()));
        let response = self.ui.interact(flipped, self.ui.scope_id().with("times"), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Time"));
        if response.clicked() {
            self.out.push(Command::ToggleTimeLeft);
        }
        self.left += 4.0 * UNIT;
        // The time left as well, where there is room for it and it says something new.
        if !self.app.view().time_left && self.room() > 640.0 {
            let at_rate = if rate == Rate::NORMAL { String::new() } else { format!(" at {rate}×") };
            self.text(&format!("-{}{at_rate}", left.clock()), theme::times(), self.palette.muted);
            self.left += 4.0 * UNIT;
        }
    }

    fn text(&mut self, text: &str, font: FontId, color: Color32) {
        let drawn =
            self.ui.painter().text(pos2(self.left, self.area.center().y), Align2::LEFT_CENTER, text, font, color);
        self.left = drawn.right();
    }

    /// The truth about the pixels.
    fn lamp(&mut self) {
        let Some(lamp) = self.app.lamp() else { return };
        let one_to_one = matches!(lamp, Lamp::OneToOne { .. });
        let of = if matches!(lamp, Lamp::Scaled { .. }) { "of " } else { "" };
        let caveat = self.app.caveat().map(|(word, _)| word);
        let (first, second) = (lamp.manner(), format!("{of}{}", lamp.source()));
        let second = caveat.map_or_else(|| second.clone(), |word| format!("{word} {second}"));
        let one_to_one = one_to_one && caveat.is_none();
        let strong = if one_to_one { self.palette.good } else { self.palette.text };
        let weak = if caveat.is_some() { self.palette.warning } else { self.palette.muted };
        let fonts = (theme::small_strong(), theme::small());
        let first = self.ui.painter().layout_no_wrap(first, fonts.0, strong);
        let second = self.ui.painter().layout_no_wrap(second, fonts.1, weak);
        let width = first.size().x + second.size().x + 7.0 * UNIT;
        let rect = self.take_right(width);
        let border = if one_to_one { self.palette.good } else { self.palette.line };
        let painter = self.ui.painter();
        painter.rect_stroke(rect, theme::CORNER, Stroke::new(1.0, border), StrokeKind::Inside);
        let y = rect.center().y;
        let at = pos2(rect.left() + 2.5 * UNIT, y - first.size().y / 2.0);
        let then = pos2(at.x + first.size().x + 2.0 * UNIT, y - second.size().y / 2.0);
        painter.galley(at, first, strong);
        painter.galley(then, second, weak);
        let response = self.ui.interact(rect, self.ui.scope_id().with("lamp"), Sense::click());
        let label = self.app.lamp_text().unwrap_or_default();
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
        if response.clicked() {
            self.out.push(Command::ToggleFit);
        }
        self.right -= 3.0 * UNIT;
    }

    /// `slide 17 of 41`; or where the viewer looks and where the talk is, with the key that leads back.
    fn slide_number(&mut self) {
        let Some((shown, talk)) = self.app.shown_slide().zip(self.app.player().talk()) else { return };
        let count = talk.slides.len();
        let looking = self.app.view().looking.is_some();
        let heard = self.app.player().slide().map_or(0, |slide| slide.0 + 1);
        let (text, muted, accent) = (self.palette.text, self.palette.muted, self.palette.accent);
        let wide = self.area.width() > 900.0;
        let by_hand = match (self.app.recording_times(), self.app.turns_by_hand()) {
            (true, _) => "recording times",
            (false, true) => "turned by hand",
            (false, false) => "",
        };
        let words = match (looking, wide) {
            (false, _) if !by_hand.is_empty() && self.area.width() > 700.0 => {
                ["slide ".to_owned(), format!(" of {count}, "), by_hand.to_owned()]
            }
            (false, true) => ["slide ".to_owned(), format!(" of {count}"), String::new()],
            (false, false) => [String::new(), format!(" of {count}"), String::new()],
            (true, true) => ["slide ".to_owned(), format!(" of {count}, "), format!("talk is at {heard}")],
            (true, false) => [String::new(), ", ".to_owned(), format!("talk at {heard}")],
        };
        let [before, after, talk_at] = words;
        let painter = self.ui.painter();
        let parts = [
            (painter.layout_no_wrap(before, theme::small(), muted), muted),
            (painter.layout_no_wrap((shown.0 + 1).to_string(), theme::small_strong(), text), text),
            (painter.layout_no_wrap(after, theme::small(), muted), muted),
            (painter.layout_no_wrap(talk_at, theme::small_strong(), accent), accent),
        ];
        let width: f32 = parts.iter().map(|(galley, _)| galley.size().x).sum();
        if self.room() < width + 40.0 {
            return;
        }
        let rect = self.take_right(width);
        let mut x = rect.left();
        for (galley, color) in parts {
            let size = galley.size();
            self.ui.painter().galley(pos2(x, rect.center().y - size.y / 2.0), galley, color);
            x += size.x;
        }
        let response = self.ui.interact(rect, self.ui.scope_id().with("slide number"), Sense::click());
        let label = if looking { "Back to the slide where the talk is" } else { "All slides at once" };
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, label));
        if response.clicked() {
            self.out.push(if looking { Command::LookBack } else { Command::ToggleOverview });
        }
        if looking && self.room() > 260.0 {
            self.right -= 3.0 * UNIT;
            for (key, word) in [("Esc", "back"), ("Enter", "play from here")] {
                let word = self.ui.painter().layout_no_wrap(word.to_owned(), theme::small(), muted);
                let at = pos2(self.right - word.size().x, rect.center().y - word.size().y / 2.0);
                self.ui.painter().galley(at, word, muted);
                self.right = keycap::paint_right(self.ui, pos2(at.x - 1.5 * UNIT, rect.center().y), key) - 3.0 * UNIT;
            }
        }
        self.right -= 4.0 * UNIT;
    }

    /// `[S] keep  [A] again  [D] drop`, the one that is set lit; in a narrow window that one alone.
    fn verdicts(&mut self) {
        if self.app.player().talk().is_none() {
            return;
        }
        let set = self.app.verdict();
        // In the library the keys mean the chosen talk: only what was thought of the open one is told.
        let all = self.room() > 460.0 && self.app.view().place() != Place::Library;
        for verdict in Verdict::ALL.into_iter().rev().filter(|verdict| all || set == Some(*verdict)) {
            self.verdict(verdict, set == Some(verdict));
        }
        self.right -= 2.0 * UNIT;
    }

    fn verdict(&mut self, verdict: Verdict, set: bool) {
        let palette = self.palette;
        let command = Command::ToggleVerdict(verdict);
        let color = match (set, verdict) {
            (false, _) | (true, Verdict::Drop) => palette.muted,
            (true, Verdict::Keep) => palette.good,
            (true, Verdict::Again) => palette.warning,
        };
        let font = if set { theme::small_strong() } else { theme::small() };
        let word = self.ui.painter().layout_no_wrap(verdict.word().to_owned(), font, color);
        let key = self.app.keymap().keys_for(&command).first().map(|key| key.pretty());
        let wide = key.as_deref().map_or(0.0, |key| keycap::width(self.ui, key) + 1.5 * UNIT);
        let width = wide + word.size().x + 4.0 * UNIT;
        if self.room() < width + 40.0 {
            return;
        }
        let rect = self.take_right(width);
        let response = self.ui.interact(rect, self.ui.scope_id().with(verdict.word()), Sense::click());
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, set, verdict.word()));
        if set || response.hovered() {
            self.ui.painter().rect_filled(rect, theme::CORNER, palette.raised);
        }
        if set {
            self.ui.painter().rect_stroke(rect, theme::CORNER, Stroke::new(1.0, color), StrokeKind::Inside);
        }
        let mut x = rect.left() + 2.0 * UNIT;
        if let Some(key) = key {
            x = keycap::paint(self.ui, pos2(x, rect.center().y), &key) + 1.5 * UNIT;
        }
        self.ui.painter().galley(pos2(x, rect.center().y - word.size().y / 2.0), word, color);
        if response.clicked() {
            self.out.push(command);
        }
        self.right -= UNIT;
    }

    fn take_right(&mut self, width: f32) -> Rect {
        let middle = self.area.center().y;
        let rect =
            Rect::from_min_max(pos2(self.right - width, middle - CHIP / 2.0), pos2(self.right, middle + CHIP / 2.0));
        self.right = rect.left();
        rect
    }

    fn speed(&mut self) {
        let rate = self.app.player().rate();
        let whose = match self.app.pin() {
            _ if self.app.holds_rate() => "held".to_owned(),
            Some(Pin::Talk) => "this talk".to_owned(),
            Some(Pin::Speaker(name)) => name,
            None => String::new(),
        };
        let galley = self.ui.painter().layout_no_wrap(format!("{rate}×"), theme::small_strong(), self.palette.text);
        let mut width = galley.size().x + 5.0 * UNIT;
        if self.room() < width {
            return;
        }
        let owner = super::library::draw::elided(self.ui, &whose, theme::small(), self.palette.muted, OWNER);
        let owned = !whose.is_empty() && self.room() > width + owner.size().x + 2.0 * UNIT + 120.0;
        if owned {
            width += owner.size().x + 1.5 * UNIT;
        }
        let middle = self.area.center().y;
        let rect = Rect::from_min_size(pos2(self.left, middle - CHIP / 2.0), vec2(width, CHIP));
        let response = self.ui.interact(rect, self.ui.scope_id().with("speed"), Sense::click());
        response.widget_info(|| {
            let whose = if whose.is_empty() { String::new() } else { format!(", {whose}") };
            egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Speed {rate}×{whose}"))
        });
        let ground = if response.hovered() { self.palette.line } else { self.palette.raised };
        self.ui.painter().rect_filled(rect, theme::CORNER, ground);
        let color = if rate == Rate::NORMAL { self.palette.text } else { self.palette.accent };
        let at = pos2(rect.left() + 2.5 * UNIT, middle - galley.size().y / 2.0);
        let after = at.x + galley.size().x + 1.5 * UNIT;
        self.ui.painter().galley_with_override_text_color(at, galley, color);
        if owned {
            self.ui.painter().galley(pos2(after, middle - owner.size().y / 2.0), owner, self.palette.muted);
        }
        if response.clicked() {
            self.out.push(Command::RateReset);
        }
        let turned = if response.hovered() { self.ui.input(|input| input.smooth_scroll_delta().y) } else { 0.0 };
        if turned.abs() > 1.0 {
            self.out.push(Command::RateBy(if turned > 0.0 { 50 } else { -50 }));
        }
        self.left = rect.right() + 4.0 * UNIT;
    }

    fn volume(&mut self) {
        if self.room() < 40.0 + VOLUME {
            return;
        }
        let player = self.app.player();
        let (volume, muted) = (player.volume(), player.muted());
        self.button(Icon::Speaker { silent: muted || volume == 0 }, "Mute", Command::ToggleMute, 28.0);
        let bar = Rect::from_min_size(pos2(self.left, self.area.center().y - 10.0), vec2(VOLUME, 20.0));
        let response = self.ui.interact(bar, self.ui.scope_id().with("volume"), Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::slider(true, f64::from(volume), "Volume"));
        let painter = self.ui.painter();
        let y = painter.round_to_pixel_center(bar.center().y);
        let reach = bar.left() + bar.width() * f32::from(volume).min(100.0) / 100.0;
        let color = if muted { self.palette.faint } else { self.palette.muted };
        painter.line_segment([pos2(bar.left(), y), pos2(bar.right(), y)], Stroke::new(3.0, self.palette.line));
        painter.line_segment([pos2(bar.left(), y), pos2(reach, y)], Stroke::new(3.0, color));
        // What is above 100 lies over it.
        let boost = bar.left() + bar.width() * (f32::from(volume) - 100.0).max(0.0) / 100.0;
        painter.line_segment([pos2(bar.left(), y), pos2(boost, y)], Stroke::new(3.0, self.palette.warning));
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on()) {
            let part = ((pointer.x - bar.left()) / bar.width()).clamp(0.0, 1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
            let percent = (part * 100.0).round() as u8;
            if percent != volume {
                self.out.push(Command::SetVolume(percent));
            }
        }
        self.left = bar.right() + UNIT;
        if volume > 100 && self.room() > 60.0 {
            self.left += 3.0 * UNIT;
            self.text(&format!("{volume} %"), theme::small(), self.palette.warning);
        }
        // Where sound goes, beside how loud it is.
        if self.room() > 32.0 {
            let devices = Command::Sound(SoundCommand::Devices);
            self.button(Icon::More, "Where sound goes", devices, 24.0);
        }
        self.left += 3.0 * UNIT;
    }

    /// One line of what the viewer is told, between the controls.
    fn notice(&mut self) {
        let Some(notice) = self.app.notice() else { return };
        let color = match notice.severity {
            Severity::Feedback | Severity::Info => self.palette.muted,
            Severity::Warning | Severity::Error => self.palette.warning,
        };
        let room = self.room() - 4.0 * UNIT;
        if room < 60.0 {
            return;
        }
        let mut job = egui::text::LayoutJob::simple_singleline(notice.text.clone(), theme::small(), color);
        // On two lines where one is not enough.
        job.break_on_newline = true;
        job.wrap = egui::text::TextWrapping { max_width: room, max_rows: 2, ..Default::default() };
        let galley = self.ui.painter().layout_job(job);
        let at = pos2(self.left, self.area.center().y - galley.size().y / 2.0);
        let rect = Rect::from_min_size(at, galley.size());
        let response = self.ui.interact(rect, self.ui.scope_id().with("notice"), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &notice.text));
        self.ui.painter().galley(at, galley, color);
        if response.clicked() {
            self.out.push(Command::ToggleInfo);
        }
    }
}

/// Times of the same talk take the same room, so that nothing beside them moves.
fn pad(text: &str, width: usize) -> String {
    format!("{text:>width$}")
}

fn snap(at: egui::Pos2, pixels_per_point: f32) -> egui::Pos2 {
    pos2((at.x * pixels_per_point).round() / pixels_per_point, (at.y * pixels_per_point).round() / pixels_per_point)
}

#[derive(Debug, Clone, Copy)]
enum Icon {
    Play,
    Pause,
    Next,
    Previous,
    Speaker { silent: bool },
    More,
}

fn paint_icon(ui: &Ui, icon: Icon, at: egui::Pos2, color: Color32) {
    let painter = ui.painter();
    let at = snap(at, ui.pixels_per_point());
    let triangle = |points: [(f32, f32); 3]| {
        let points = points.iter().map(|(x, y)| at + vec2(*x, *y)).collect();
        painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
    };
    let bar = |x: f32, width: f32, height: f32| {
        let rect = Rect::from_min_size(at + vec2(x, -height / 2.0), vec2(width, height));
        painter.rect_filled(rect, 1.0, color);
    };
    match icon {
        Icon::Play => triangle([(-6.0, -9.0), (-6.0, 9.0), (9.0, 0.0)]),
        Icon::Pause => {
            bar(-7.0, 4.0, 18.0);
            bar(3.0, 4.0, 18.0);
        }
        Icon::Next => {
            triangle([(-6.0, -6.0), (-6.0, 6.0), (4.0, 0.0)]);
            bar(5.0, 2.0, 12.0);
        }
        Icon::Previous => {
            triangle([(6.0, -6.0), (6.0, 6.0), (-4.0, 0.0)]);
            bar(-7.0, 2.0, 12.0);
        }
        Icon::More => {
            let stroke = Stroke::new(1.5, color);
            painter.line_segment([at + vec2(-4.0, -2.0), at + vec2(0.0, 2.0)], stroke);
            painter.line_segment([at + vec2(0.0, 2.0), at + vec2(4.0, -2.0)], stroke);
        }
        Icon::Speaker { silent } => {
            bar(-9.0, 5.0, 7.0);
            triangle([(-7.0, 0.0), (0.0, -7.0), (0.0, 7.0)]);
            let stroke = Stroke::new(1.5, color);
            if silent {
                painter.line_segment([at + vec2(3.0, -4.0), at + vec2(10.0, 4.0)], stroke);
                painter.line_segment([at + vec2(10.0, -4.0), at + vec2(3.0, 4.0)], stroke);
            } else {
                painter.line_segment([at + vec2(4.0, -3.0), at + vec2(4.0, 3.0)], stroke);
                painter.line_segment([at + vec2(8.0, -5.5), at + vec2(8.0, 5.5)], stroke);
            }
        }
    }
}

fn focus_ring(ui: &Ui, rect: Rect, palette: &Palette) {
    ui.painter().rect_stroke(rect, theme::CORNER, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
}

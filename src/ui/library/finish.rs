//! `312 left · 12 h 04 min at 1.60× · Friday 18:00 needs 1.9×`; a click asks when the viewer wants to be done.

use egui::text::{CCursor, CCursorRange};
use egui::{Color32, FontId, Id, Margin, Rect, Role, Sense, TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::draw;
use crate::app::App;
use crate::app::finish::Finish;
use crate::command::{Command, LibraryCommand};
use crate::library::shelf::{Deadline, local, time_text};
use crate::library::unix_now;
use crate::time::Rate;
use crate::ui::keycap;
use crate::ui::theme::{self, Palette, UNIT};

/// Width of the field.
const FIELD: f32 = 168.0;

/// The list, the speed and whether pauses are short, the minute, the deadline.
type MadeOf = (u64, (Rate, bool), i64, String);

/// Scratch state of the finish line.
#[derive(Default)]
pub struct FinishShown {
    /// What it was made of, and what came out.
    made: Option<(MadeOf, Finish)>,
    asking: Option<Asking>,
}

/// The viewer types when to be done.
#[derive(Default)]
struct Asking {
    text: String,
    wrong: Option<String>,
}

impl FinishShown {
    /// It is not shown any more.
    pub fn close(&mut self) {
        self.asking = None;
    }

    /// Made anew only when the list, the speed, the minute or the deadline is another.
    fn get(&mut self, app: &mut App) -> &Finish {
        let key = (
            app.listing_number(),
            (app.common_rate(), app.view().trim),
            unix_now() / 60,
            app.view().shelf.finish_by.clone(),
        );
        if self.made.as_ref().is_some_and(|(made, _)| *made != key) {
            self.made = None;
        }
        &self.made.get_or_insert_with(|| (key, app.finish_line())).1
    }

    /// Draws it with its right edge at `rect`'s; returns where it begins.
    pub fn ui(&mut self, app: &mut App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) -> f32 {
        if let Some(asking) = &mut self.asking {
            let (left, over) = asking.ui(ui, rect, out);
            if over {
                self.asking = None;
            }
            return left;
        }
        let finish = self.get(app);
        let palette = Palette::of(ui);
        let sizes = variants(finish);
        let shown = sizes.iter().map(|parts| (parts, width(ui, parts))).find(|(_, width)| *width <= rect.width());
        let Some((parts, width)) = shown else { return rect.right() };
        let area = Rect::from_min_max(pos2(rect.right() - width, rect.top()), rect.max);
        let response = ui.interact(area.shrink2(vec2(0.0, 8.0)), ui.scope_id().with("finish"), Sense::click());
        response.widget_info(|| {
            let words: String = sizes.first().into_iter().flatten().map(|part| part.text.as_str()).collect();
            WidgetInfo::labeled(Role::Button, true, words)
        });
        let mut x = area.left();
        for part in parts {
            let color = if response.hovered() || response.has_focus() { palette.accent } else { part.color(palette) };
            let galley = ui.painter().layout_no_wrap(part.text.clone(), part.font(), color);
            let size = galley.size();
            ui.painter().galley(pos2(x, area.center().y - size.y / 2.0), galley, color);
            x += size.x;
        }
        if response.clicked() {
            let text = finish.deadline.as_ref().map(|(label, _)| label.clone()).unwrap_or_default();
            self.asking = Some(Asking { text, wrong: None });
        }
        area.left()
    }
}

impl Asking {
    /// Draws the field; returns where it begins and whether the viewer has left it.
    fn ui(&mut self, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) -> (f32, bool) {
        let palette = Palette::of(ui);
        let id = Id::unique("library finish");
        let middle = rect.center().y;
        let field = Rect::from_min_size(pos2(rect.right() - FIELD, middle - 16.0), vec2(FIELD, 32.0));
        let first = !ui.memory(|memory| memory.has_focus(id)) && self.wrong.is_none();
        let mut child = ui.new_child(UiBuilder::new().max_rect(field));
        let edit = TextEdit::singleline(&mut self.text)
            .id(id)
            .font(theme::body())
            .hint_text("Friday 18:00")
            .margin(Margin::symmetric(8, 5))
            .desired_width(FIELD - 16.0);
        let response = child.add_sized(field.size(), edit);
        let (entered, escaped) =
            ui.input(|input| (input.key_pressed(egui::Key::Enter), input.key_pressed(egui::Key::Escape)));
        let mut over = false;
        if response.lost_focus() && entered {
            let text = self.text.trim();
            match Deadline::parse(text, &local(unix_now())) {
                Err(error) if !text.is_empty() => {
                    self.wrong = Some(error.to_string());
                    response.request_focus();
                }
                _ => {
                    out.push(Command::Library(LibraryCommand::FinishBy(text.to_owned())));
                    over = true;
                }
            }
        } else if response.lost_focus() || escaped {
            over = true;
        } else if first {
            response.request_focus();
            // What is there is replaced by what is typed.
            if let Some(mut state) = TextEdit::load_state(ui.ctx(), id) {
                let end = CCursor::new(self.text.chars().count());
                state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(0), end)));
                state.store(ui.ctx(), id);
            }
        }
        let words = self.wrong.as_deref().unwrap_or("To be done by");
        let color = if self.wrong.is_some() { palette.warning } else { palette.muted };
        let right = field.left() - 2.0 * UNIT;
        let galley = draw::elided(ui, words, theme::small(), color, right - rect.left());
        let left = right - galley.size().x;
        ui.painter().galley(pos2(left, middle - galley.size().y / 2.0), galley, color);
        if response.has_focus() && self.wrong.is_none() {
            keycap::paint_right(ui, pos2(field.right() - UNIT, middle), "Enter");
        }
        (left, over)
    }
}

/// Some words of the line, and how they look.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    text: String,
    look: Look,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Strong,
    Quiet,
    Press,
}

impl Part {
    fn new(text: impl Into<String>, look: Look) -> Self {
        Self { text: text.into(), look }
    }

    fn font(&self) -> FontId {
        if self.look == Look::Strong { theme::strong() } else { theme::body() }
    }

    fn color(&self, palette: &Palette) -> Color32 {
        match self.look {
            Look::Strong => palette.text,
            Look::Quiet => palette.muted,
            Look::Press => palette.accent,
        }
    }
}

fn width(ui: &Ui, parts: &[Part]) -> f32 {
    let of = |part: &Part| ui.painter().layout_no_wrap(part.text.clone(), part.font(), Color32::PLACEHOLDER).size().x;
    parts.iter().map(of).sum()
}

/// The line at several lengths, the longest first.
fn variants(finish: &Finish) -> Vec<Vec<Part>> {
    let left = &finish.left;
    if left.talks == 0 {
        return vec![vec![Part::new("Nothing left", Look::Strong)]];
    }
    let count = Part::new(format!("{} left", left.talks), Look::Strong);
    let time = Part::new(format!(" · {}", time_text(left.time)), Look::Quiet);
    let rate = Part::new(format!(" at {}×", finish.rate), Look::Quiet);
    let by = match &finish.deadline {
        Some((label, Some(needs))) => Part::new(format!(" · {label} needs {:.1}×", needs.max(0.1)), Look::Quiet),
        Some((label, None)) => Part::new(format!(" · {label} has passed"), Look::Quiet),
        None => Part::new(" · done by …?", Look::Press),
    };
    let mut all = Vec::new();
    if let Some(pace) = finish.pace {
        let pace = Part::new(format!(" · {:.0} an hour", pace.talks_per_hour), Look::Quiet);
        all.push(vec![count.clone(), time.clone(), rate.clone(), by.clone(), pace]);
    }
    all.push(vec![count.clone(), time.clone(), rate, by.clone()]);
    all.push(vec![count.clone(), time.clone(), by]);
    all.push(vec![count.clone(), time]);
    all.push(vec![count]);
    all
}

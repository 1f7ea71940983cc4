//! Where to go: a line in the strip that takes a slide's number, a time or a part of the talk.

use egui::{Key, Rect, TextEdit, Ui, UiBuilder, pos2, vec2};

use super::keycap;
use super::theme::{self, Palette, UNIT};
use crate::command::Command;
use crate::time::MediaTime;

/// Width of the field, in points.
const FIELD: f32 = 136.0;

/// What has been typed.
#[derive(Default)]
pub struct Prompt {
    text: String,
    open: bool,
    wrong: bool,
}

impl Prompt {
    /// Draws the line from `rect`'s left edge; returns where it ends.
    pub fn ui(&mut self, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) -> f32 {
        let palette = Palette::of(ui);
        let id = egui::Id::unique("where to go");
        if !self.open {
            *self = Self { open: true, ..Self::default() };
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let middle = rect.center().y;
        let word = ui.painter().text(
            pos2(rect.left(), middle),
            egui::Align2::LEFT_CENTER,
            "Go to",
            theme::small_strong(),
            palette.accent,
        );
        let field = Rect::from_min_size(pos2(word.right() + 2.0 * UNIT, middle - 14.0), vec2(FIELD, 28.0));
        let mut child = ui.new_child(UiBuilder::new().max_rect(field));
        let edit = TextEdit::singleline(&mut self.text)
            .id(id)
            .font(theme::times())
            .hint_text("12, 1:30, 50%")
            .desired_width(FIELD - 12.0)
            .margin(egui::Margin::symmetric(6, 5));
        let response = child.add_sized(field.size(), edit);
        let (entered, left) = ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
        if response.changed() {
            self.wrong = false;
        }
        if entered {
            match read(&self.text) {
                Some(command) => {
                    out.push(Command::Dismiss);
                    out.push(command);
                }
                None => self.wrong = true,
            }
        } else if left {
            out.push(Command::Dismiss);
        }
        response.request_focus();
        let mut right = field.right() + 2.0 * UNIT;
        if self.wrong {
            let words = "a slide's number, a time such as 1:30, or 50%";
            let at = pos2(right, middle);
            right = ui.painter().text(at, egui::Align2::LEFT_CENTER, words, theme::small(), palette.warning).right();
        } else {
            right = keycap::paint(ui, pos2(right, middle), "Enter");
        }
        right + 2.0 * UNIT
    }

    /// It is not asked any more.
    pub fn close(&mut self) {
        self.open = false;
    }
}

/// `12` is a slide, `1:30` and `90s` are times, `50%` is a part of the talk.
fn read(text: &str) -> Option<Command> {
    let text = text.trim();
    if let Ok(number) = text.parse::<usize>() {
        return (number > 0).then_some(Command::SlideGo(number));
    }
    if let Some(percent) = text.strip_suffix('%') {
        let percent: f64 = percent.trim().parse().ok().filter(|percent| (0.0..=100.0).contains(percent))?;
        return Some(Command::SeekPercent(percent));
    }
    MediaTime::parse(text).ok().filter(|time| *time >= MediaTime::ZERO).map(Command::SeekTo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_slides_and_times_are_times() {
        assert_eq!(read(" 12 "), Some(Command::SlideGo(12)));
        assert_eq!(read("1:30"), Some(Command::SeekTo(MediaTime::from_secs(90))));
        assert_eq!(read("90s"), Some(Command::SeekTo(MediaTime::from_secs(90))));
        assert_eq!(read("50 %"), Some(Command::SeekPercent(50.0)));
        for nothing in ["", "0", "x", "-5s", "101%", "nan%", "1:2:3:4"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }
}

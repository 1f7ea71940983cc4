//! The one text field that is open at a time: it keeps what is typed, whatever the note does beneath it.

use egui::text::{CCursor, CCursorRange};
use egui::widgets::text_edit::{TextEditOutput, TextEditState};
use egui::{Align2, Event, Id, Key, KeyboardShortcut, Margin, Modifiers, Rect, TextEdit, Ui, UiBuilder, pos2, vec2};

use super::complete::{self, Offer};
use super::markdown;
use crate::app::spelling::Spelling;
use crate::notes::merge;
use crate::ui::keycap;
use crate::ui::theme::{self, Palette, UNIT};

/// What Enter does in a field of several lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enter {
    /// It breaks the line; Ctrl+Enter leaves.
    Breaks,
    /// It leaves; Shift+Enter breaks the line.
    Leaves,
}

/// Scratch state of the field that is open.
#[derive(Default)]
pub struct TextField {
    text: String,
    /// What the note held when it was last looked at.
    synced: String,
    open: bool,
    left: bool,
    erased: bool,
    offer: Option<Offer>,
    /// The size of the window when the field was last brought into sight.
    window: egui::Vec2,
}

impl TextField {
    /// No field is open any more.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// Whether the viewer left the field in this frame.
    pub fn left(&self) -> bool {
        self.left
    }

    /// Whether the viewer pressed the backspace key in an empty field.
    pub fn erased(&self) -> bool {
        self.erased
    }

    fn begin(&mut self, ui: &Ui, value: &str) -> bool {
        let opening = !self.open;
        if opening {
            *self = Self { text: value.to_owned(), synced: value.to_owned(), open: true, ..Self::default() };
            ui.memory_mut(|memory| memory.request_focus(id()));
        } else {
            self.sync(value);
        }
        (self.left, self.erased) = (false, false);
        opening
    }

    /// Takes in what somebody else has written into the note; what the viewer types stays.
    fn sync(&mut self, value: &str) {
        if value == self.synced {
            return;
        }
        if value.trim() != self.text.trim() {
            // Merging ends every line.
            let merged = merge(&self.synced, &self.text, value).text;
            let ends = self.text.ends_with('\n') || value.ends_with('\n');
            self.text = if ends { merged } else { merged.trim_end_matches('\n').to_owned() };
        }
        value.clone_into(&mut self.synced);
    }

    /// A field of one line. Returns what it holds when it has changed.
    pub fn single(&mut self, ui: &mut Ui, rect: Rect, value: &str, hint: &str) -> Option<String> {
        if self.begin(ui, value) {
            put_cursor(ui, TextEditState::default(), value.chars().count());
        }
        let mut child = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(0.0, 1.0))));
        let edit = TextEdit::singleline(&mut self.text)
            .id(id())
            .font(theme::small())
            .hint_text(hint)
            .margin(Margin::symmetric(6, 4))
            .desired_width(rect.width() - 12.0);
        let response = child.add(edit);
        self.left = response.lost_focus();
        response.changed().then(|| self.text.clone())
    }

    /// A field of several lines, as high as its text, with its margins to the left and right. Returns what it holds when it
    /// has changed.
    pub fn multi(
        &mut self,
        ui: &mut Ui,
        (left, right): (f32, f32),
        value: &str,
        (known, spelling): (&[String], &Spelling),
        enter: Enter,
    ) -> Option<String> {
        let opening = self.begin(ui, value);
        if opening {
            // A note with a slide begins with an empty line for the viewer's own words.
            let end = if value.starts_with('\n') { 0 } else { value.chars().count() };
            // Without the history of the text that was written before.
            put_cursor(ui, TextEditState::default(), end);
        }
        let accepted = self.accept_offer(ui);
        let was_empty = self.text.is_empty();
        let width = ui.available_width() - left - right;
        let palette = Palette::of(ui);
        let top = ui.cursor().min;
        let place = Rect::from_min_size(pos2(top.x + left, top.y), vec2(width, f32::INFINITY));
        let mut child = ui.new_child(UiBuilder::new().max_rect(place));
        let mut layouter = |ui: &Ui, text: &dyn egui::TextBuffer, wrap: f32| {
            ui.painter().layout_job(markdown::typed(text.as_str(), wrap, spelling, palette))
        };
        let breaks = match enter {
            Enter::Breaks => KeyboardShortcut::new(Modifiers::NONE, Key::Enter),
            Enter::Leaves => KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter),
        };
        let output = TextEdit::multiline(&mut self.text)
            .id(id())
            .margin(Margin::symmetric(8, 5))
            .desired_rows(if enter == Enter::Breaks { 3 } else { 1 })
            .desired_width(width - 16.0)
            .lock_focus(true)
            .return_key(breaks)
            .layouter(&mut layouter)
            .show(&mut child);
        let height = output.response.response.rect.height();
        ui.allocate_space(vec2(ui.available_width(), height));
        self.leave_by_key(ui, &output, enter, was_empty);
        self.find_offer(&output, known);
        self.paint_offer(ui, output.response.response.rect);
        let window = ui.ctx().content_rect().size();
        if opening || output.response.response.changed() || window != self.window {
            self.window = window;
            ui.scroll_to_rect(output.response.response.rect.expand(2.0 * UNIT), None);
        }
        (output.response.response.changed() || accepted).then(|| self.text.clone())
    }

    fn leave_by_key(&mut self, ui: &Ui, output: &TextEditOutput, enter: Enter, was_empty: bool) {
        let response = &output.response.response;
        // As the modifiers were when the key went down, not as they are at the end of the frame.
        let (plain, with_control, erasing) = ui.input(|input| {
            let enter = input.events.iter().find_map(|event| match event {
                Event::Key { key: Key::Enter, pressed: true, modifiers, .. } => Some(*modifiers),
                _ => None,
            });
            let plain = enter.is_some_and(|modifiers| !modifiers.any());
            (plain, enter.is_some_and(|modifiers| modifiers.command), input.key_pressed(Key::Backspace))
        });
        let entered = enter == Enter::Leaves && plain || with_control;
        self.erased = was_empty && erasing && response.has_focus();
        self.left = response.lost_focus() || response.has_focus() && entered;
        if self.left || self.erased {
            ui.memory_mut(|memory| memory.surrender_focus(id()));
        }
    }

    fn find_offer(&mut self, output: &TextEditOutput, known: &[String]) {
        let cursor = output.cursor_range.and_then(|range| range.single()).map(|cursor| cursor.index);
        let byte = cursor.map(|index| self.text.char_indices().nth(index.into()).map_or(self.text.len(), |(at, _)| at));
        self.offer = byte.and_then(|byte| complete::offer(&self.text, byte, known));
    }

    /// Tab takes the tag that is offered first.
    fn accept_offer(&mut self, ui: &Ui) -> bool {
        // No note has tabs in it.
        let pressed = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Tab));
        let Some(offer) = self.offer.take().filter(|_| pressed) else { return false };
        let Some((text, cursor)) = complete::accept(&self.text, &offer) else { return false };
        let cursor = text.get(..cursor).unwrap_or(&text).chars().count();
        self.text = text;
        put_cursor(ui, TextEdit::load_state(ui.ctx(), id()).unwrap_or_default(), cursor);
        true
    }

    fn paint_offer(&self, ui: &mut Ui, field: Rect) {
        const ROW: f32 = 26.0;
        let Some(offer) = &self.offer else { return };
        let palette = Palette::of(ui);
        #[expect(clippy::cast_precision_loss, reason = "a few rows")]
        let height = ROW * offer.tags.len() as f32 + 2.0 * UNIT;
        let size = vec2(field.width().min(280.0), height);
        let rect = ui.allocate_space(vec2(ui.available_width(), height + UNIT)).1;
        let popup = Rect::from_min_size(pos2(field.left(), rect.top() + UNIT), size);
        ui.painter().rect(popup, theme::CORNER, palette.panel, palette.rule(), egui::StrokeKind::Inside);
        let mut y = popup.top() + UNIT + ROW / 2.0;
        for (index, tag) in offer.tags.iter().enumerate() {
            let at = pos2(popup.left() + 3.0 * UNIT, y);
            ui.painter().text(at, Align2::LEFT_CENTER, format!("#{tag}"), theme::body(), palette.note);
            if index == 0 {
                keycap::paint_right(ui, pos2(popup.right() - 2.0 * UNIT, y), "Tab");
            }
            y += ROW;
        }
    }
}

fn put_cursor(ui: &Ui, mut state: TextEditState, index: usize) {
    state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(index))));
    TextEdit::store_state(ui.ctx(), id(), state);
}

/// One at a time, so that a note that comes into being while it is typed keeps its cursor.
fn id() -> Id {
    Id::unique("the text that is written")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_write_is_taken_in_and_what_is_typed_stays() {
        let mut field = TextField { text: "one".into(), synced: "one".into(), open: true, ..TextField::default() };
        field.text = "one two".into();
        // Its own text comes back, without the blanks at its end.
        field.text.push(' ');
        field.sync("one two");
        assert_eq!(field.text, "one two ");
        field.text = "one two three".into();
        field.sync("one two\nfrom outside");
        assert_eq!(field.text, "one two three\nfrom outside");
        field.sync("one two three\nfrom outside\nand more");
        assert_eq!(field.text, "one two three\nfrom outside\nand more");
    }
}

//! A list of lines of which only those that are seen have a height: where it stands is a line and a distance, never a
//! distance from the beginning.

use std::ops::Range;

use egui::{Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::Palette;

/// Width of the room for the bar at the right.
pub const BAR: f32 = 12.0;
/// Room below the last line.
const BELOW: f32 = 20.0;
/// Farther than this many heights of the list it jumps instead of gliding.
const FAR: f32 = 1.5;
/// How fast it glides: what part of the way is left after a second, as a power of e.
const PACE: f32 = 14.0;

/// Where a list stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roll {
    /// The line at the top, and how much of it lies above the list, in points.
    top: (usize, f32),
    /// How far it is still to glide, in points.
    left: f32,
}

impl Roll {
    /// How much of the first line that is seen lies above the list.
    pub fn above(&self) -> f32 {
        self.top.1
    }

    /// The first line that is seen.
    pub fn top(&self) -> usize {
        self.top.0
    }

    /// Stands with this line at the top.
    pub fn go(&mut self, line: usize) {
        (self.top, self.left) = ((line, 0.0), 0.0);
    }

    /// A little farther down, or up.
    pub fn push(&mut self, by: f32) {
        self.top.1 += by;
        self.left = 0.0;
    }

    /// Farther down, or up, at once.
    pub fn scroll(&mut self, by: f32, height: f32, count: usize, of: impl Fn(usize) -> f32) {
        self.push(by);
        self.settle(height, count, of);
    }

    /// Makes what it stands at a line and a part of it again, within the list; returns the lines that are seen.
    pub fn settle(&mut self, height: f32, count: usize, of: impl Fn(usize) -> f32) -> Range<usize> {
        let Some(last) = count.checked_sub(1) else { return 0..0 };
        self.top.0 = self.top.0.min(last);
        for _ in 0..2 {
            while self.top.1 < 0.0 && self.top.0 > 0 {
                self.top.0 -= 1;
                self.top.1 += of(self.top.0);
            }
            if self.top.1 < 0.0 {
                (self.top.1, self.left) = (0.0, 0.0);
            }
            while self.top.0 < last && self.top.1 >= of(self.top.0) {
                self.top.1 -= of(self.top.0);
                self.top.0 += 1;
            }
            let (mut end, mut y) = (self.top.0, -self.top.1);
            while end < count && y < height {
                y += of(end);
                end += 1;
            }
            let beyond = if end == count { height - BELOW - y } else { 0.0 };
            if beyond <= 0.0 || (self.top.0 == 0 && self.top.1 <= 0.0) {
                return self.top.0..end;
            }
            // Nothing but ground below the last line: it stands at the bottom.
            self.top.1 -= beyond;
            self.left = 0.0;
        }
        self.top.0..count
    }

    /// Where a line lies, from the top of the list; `None` where it is so far away that it does not matter.
    fn place(&self, line: usize, height: f32, of: &impl Fn(usize) -> f32) -> Option<f32> {
        let (mut y, mut at) = (-self.top.1, self.top.0);
        while at < line && y < FAR * height {
            y += of(at);
            at += 1;
        }
        while at > line && y > -FAR * height {
            at -= 1;
            y -= of(at);
        }
        (at == line).then_some(y)
    }

    /// Brings a line to a place in the list: gliding where it is `near`, else at once.
    pub fn bring(&mut self, line: usize, to: f32, height: f32, near: bool, of: impl Fn(usize) -> f32) {
        match self.place(line, height, &of).filter(|_| near) {
            Some(y) => self.left = y - to,
            None => (self.top, self.left) = ((line, -to), 0.0),
        }
    }

    /// Brings a line into sight by the shortest way, at once.
    pub fn show(&mut self, line: usize, height: f32, of: impl Fn(usize) -> f32) {
        self.left = 0.0;
        let (line_height, margin) = (of(line), (height / 8.0).min(40.0));
        match self.place(line, height, &of) {
            Some(y) if y < margin => self.top.1 += y - margin,
            Some(y) if y + line_height > height - margin => self.top.1 += y + line_height - height + margin,
            Some(_) => {}
            None => self.top = (line, -height / 2.0),
        }
    }

    /// Glides for so many seconds; whether there is more of the way.
    pub fn glide(&mut self, secs: f32) -> bool {
        if self.left == 0.0 {
            return false;
        }
        let step = self.left * (1.0 - (-PACE * secs.clamp(0.0, 0.1)).exp());
        let step = if (self.left - step).abs() < 0.5 { self.left } else { step };
        self.top.1 += step;
        self.left -= step;
        self.left != 0.0
    }
}

/// The bar beside the list: where it stands; the line that it was dragged to, if it was.
#[expect(clippy::cast_precision_loss, reason = "lines of a transcript")]
pub fn bar(ui: &Ui, list: Rect, top: usize, count: usize) -> Option<usize> {
    const THUMB: f32 = 32.0;
    let palette = Palette::of(ui);
    let rect = Rect::from_min_max(pos2(list.right() - BAR, list.top()), list.max);
    let response = ui.interact(rect, ui.scope_id().with("transcript bar"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, top as f64, "Place in the transcript"));
    let room = rect.height() - THUMB;
    let y = rect.top() + room * (top as f32 / count.max(1) as f32).min(1.0);
    let thick = if response.hovered() || response.dragged() { 6.0 } else { 3.0 };
    let thumb = Rect::from_center_size(pos2(rect.right() - 5.0, y + THUMB / 2.0), vec2(thick, THUMB));
    let color = if response.dragged() { palette.muted } else { palette.faint };
    ui.painter().rect_filled(thumb, thick / 2.0, color);
    let pointer = response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on())?;
    let part = ((pointer.y - rect.top() - THUMB / 2.0) / room.max(1.0)).clamp(0.0, 1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
    Some((part * count as f32) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Line `n` is 20 or 40 high.
    fn of(line: usize) -> f32 {
        if line.is_multiple_of(2) { 20.0 } else { 40.0 }
    }

    #[test]
    fn scrolling_moves_by_what_it_was_asked_for_and_stops_at_both_ends() {
        let mut roll = Roll::default();
        assert_eq!(roll.settle(100.0, 100, of), 0..4);
        roll.scroll(65.0, 100.0, 100, of);
        assert_eq!((roll.top(), roll.above()), (2, 5.0));
        roll.scroll(-1e6, 100.0, 100, of);
        assert_eq!((roll.top(), roll.above()), (0, 0.0));
        roll.scroll(1e6, 100.0, 100, of);
        let seen = roll.settle(100.0, 100, of);
        let bottom: f32 = seen.clone().map(of).sum::<f32>() - roll.above();
        assert_eq!((seen.end, bottom), (100, 100.0 - BELOW));
        let mut short = Roll::default();
        short.scroll(50.0, 100.0, 2, of);
        assert_eq!((short.top(), short.above()), (0, 0.0), "what fits does not scroll");
        assert_eq!(Roll::default().settle(100.0, 0, of), 0..0);
    }

    #[test]
    fn a_line_is_brought_to_its_place_gliding_or_at_once() {
        let mut roll = Roll::default();
        roll.bring(50_000, 35.0, 100.0, true, of);
        roll.settle(100.0, 100_000, of);
        assert_eq!(roll.place(50_000, 100.0, &of), Some(35.0));
        roll.bring(50_001, 35.0, 100.0, true, of);
        assert_eq!(roll.place(50_001, 100.0, &of), Some(55.0), "it glides");
        let frames = (0..100).take_while(|_| roll.glide(0.016)).count();
        assert!((5..60).contains(&frames), "{frames}");
        roll.settle(100.0, 100_000, of);
        assert!((roll.place(50_001, 100.0, &of).unwrap() - 35.0).abs() < 0.01);
        roll.show(50_020, 100.0, of);
        roll.settle(100.0, 100_000, of);
        let y = roll.place(50_020, 100.0, &of).unwrap();
        assert!((0.0..80.0).contains(&y), "{y}");
    }

    #[test]
    fn however_long_the_list_is_only_a_few_lines_are_measured() {
        let measured = Cell::new(0);
        let of = |line| {
            measured.set(measured.get() + 1);
            of(line)
        };
        let mut roll = Roll::default();
        for line in [99_999, 3, 70_000, 70_010] {
            roll.bring(line, 35.0, 800.0, true, of);
            roll.settle(800.0, 100_000, of);
        }
        roll.scroll(-300.0, 800.0, 100_000, of);
        assert!(measured.get() < 2_000, "{}", measured.get());
    }
}

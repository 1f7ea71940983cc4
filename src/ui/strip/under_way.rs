//! What will do something by itself and what one may forget: the sleep timer, a loop, mono, balance,
//! films that are silent.

use egui::{Rect, Sense, pos2, vec2};

use super::{CHIP, Row};
use crate::command::{Command, ListenCommand};
use crate::ui::theme::{self, UNIT};

impl Row<'_> {
    /// `sleep 29:59`: before the rest, for it ends what is heard.
    pub(super) fn sleep(&mut self) {
        if let Some(left) = self.app.sleep_left() {
            self.state("sleep", &left.clock(), ListenCommand::SleepOff);
        }
    }

    /// `loop 1:20 – 1:45   mono   balance left 30 %`: what does something by itself, and what one may forget.
    pub(super) fn under_way(&mut self) {
        let listening = self.app.view().listening;
        let side = match listening.balance {
            0 => None,
            1.. => Some(format!("right {} %", listening.balance)),
            _ => Some(format!("left {} %", listening.balance.unsigned_abs())),
        };
        let words = [
            match self.app.loop_marks() {
                (Some(a), Some(b)) => {
                    Some(("loop", format!("{} – {}", a.clock(), b.clock()), ListenCommand::LoopClear))
                }
                (Some(a), None) => Some(("loop", format!("{} – …", a.clock()), ListenCommand::LoopClear)),
                (None, Some(b)) => Some(("loop", format!("… – {}", b.clock()), ListenCommand::LoopClear)),
                (None, None) => None,
            },
            listening.mono.then(|| ("mono", String::new(), ListenCommand::ToggleMono)),
            side.map(|side| ("balance", side, ListenCommand::BalanceReset)),
            (!listening.clip_sound && !self.app.player().clips().sounds().is_empty())
                .then(|| ("films silent", String::new(), ListenCommand::ClipSound(true))),
        ];
        for (word, value, off) in words.into_iter().flatten() {
            if !self.state(word, &value, off) {
                break;
            }
        }
    }

    /// One of these; a click ends it. False where there is no room for it.
    fn state(&mut self, word: &str, value: &str, off: ListenCommand) -> bool {
        let quiet = self.ui.painter().layout_no_wrap(word.to_owned(), theme::small(), self.palette.muted);
        let loud = self.ui.painter().layout_no_wrap(value.to_owned(), theme::small_strong(), self.palette.text);
        let between = if value.is_empty() { 0.0 } else { 1.5 * UNIT };
        // Of any digits the same, so that nothing beside it moves.
        let widest = value.replace(|c: char| c.is_ascii_digit(), "0");
        let widest = self.ui.painter().layout_no_wrap(widest, theme::small_strong(), self.palette.text).size().x;
        let width = quiet.size().x + between + widest;
        if self.room() < width + 4.0 * UNIT {
            return false;
        }
        let y = self.area.center().y;
        let rect = Rect::from_min_size(pos2(self.left, y - CHIP / 2.0), vec2(width, CHIP));
        let response = self.ui.interact(rect, self.ui.scope_id().with(word), Sense::click());
        let label = format!("{word} {value}");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, label.trim_end()));
        let (muted, strong) = if response.hovered() || response.has_focus() {
            (self.palette.accent, self.palette.accent)
        } else {
            (self.palette.muted, self.palette.text)
        };
        let then = pos2(rect.left() + quiet.size().x + between, y - loud.size().y / 2.0);
        let at = pos2(rect.left(), y - quiet.size().y / 2.0);
        self.ui.painter().galley_with_override_text_color(at, quiet, muted);
        self.ui.painter().galley_with_override_text_color(then, loud, strong);
        if response.clicked() {
            self.out.push(Command::Listen(off));
        }
        self.left = rect.right() + 4.0 * UNIT;
        true
    }
}

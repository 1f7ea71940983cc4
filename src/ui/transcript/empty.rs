//! What stands in the transcript's place where there is none: why, and what can be done about it.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::App;
use crate::command::{Command, TranscriptCommand};
use crate::ui::library::draw;
use crate::ui::theme::{self, EDGE, Palette, UNIT};

/// Draws it into `rect`.
pub fn ui(app: &App, ui: &Ui, rect: Rect, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    let mut top = rect.top() + 2.0 * UNIT;
    let mut say = |words: &str, color| {
        let galley = ui.painter().layout(words.to_owned(), theme::small(), color, rect.width() - 2.0 * EDGE);
        let area = Rect::from_min_size(pos2(rect.left() + EDGE, top), galley.size());
        ui.interact(area, ui.scope_id().with(("transcript says", words)), Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
        ui.painter().galley(area.min, galley, color);
        top = area.bottom() + 3.0 * UNIT;
    };
    if app.player().talk().is_none() {
        return say("Open a talk to read what is said.", palette.muted);
    }
    say("This talk has no transcript.", palette.text);
    if let Some(writing) = app.transcribing() {
        let far = match writing.percent {
            Some(percent) => format!("{percent} %, {}", writing.elapsed.clock()),
            None => writing.elapsed.clock(),
        };
        let of = writing.other.map(|title| format!(" of {title}")).unwrap_or_default();
        say(&format!("The transcript{of} is being written: {far}"), palette.muted);
        button(ui, rect, top, "Cancel", TranscriptCommand::TranscribeCancel, out);
    } else if app.settings().transcribe.is_some() {
        if app.player().talk().is_some_and(|talk| talk.audio.is_some()) {
            say("The program of the settings can write it; it takes a while.", palette.muted);
            button(ui, rect, top, "Transcribe", TranscriptCommand::Transcribe, out);
        }
    } else {
        say(
            "A program that writes transcripts can be named in config.toml, and Plenary runs it on request:",
            palette.muted,
        );
        say("transcribe = \"whisper-cli -m MODEL -f {wav} -ovtt -of {out}\"", palette.text);
    }
}

fn button(ui: &Ui, rect: Rect, top: f32, word: &str, does: TranscriptCommand, out: &mut Vec<Command>) {
    let place = Rect::from_min_size(pos2(rect.left() + EDGE, top), vec2(draw::chip_width(ui, word, false), draw::CHIP));
    if draw::chip(ui, ui.scope_id().with(word), place, word, draw::Look::default()).clicked() {
        out.push(Command::Transcript(does));
    }
}

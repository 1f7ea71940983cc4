//! What the open talk is and what is wrong with it, beside the slide.

use egui::{Align2, Color32, FontId, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::describe::Describe;
use super::panel;
use super::theme::{self, EDGE, Palette, UNIT};
use crate::app::App;
use crate::app::sound::lag_text;
use crate::command::{AdjustCommand, Command, SoundCommand};
use crate::talk::Talk;
use crate::time::MediaTime;

/// Draws the panel into `rect`.
pub fn ui(app: &App, ui: &mut Ui, rect: Rect, describe: &mut Describe, out: &mut Vec<Command>) {
    let body = panel::ui(ui, rect, "This talk", Command::ToggleInfo, out);
    let mut list = ui.new_child(UiBuilder::new().max_rect(body));
    ScrollArea::vertical().auto_shrink(false).show(&mut list, |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        if app.view().describing {
            describe.ui(app, ui, out);
            return;
        }
        match app.player().talk().cloned() {
            Some(talk) => facts(app, ui, &talk, out),
            None => paragraph(ui, "No talk is open", theme::body(), Palette::of(ui).muted),
        }
        ui.allocate_space(vec2(1.0, EDGE));
    });
}

fn facts(app: &App, ui: &mut Ui, talk: &Talk, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    paragraph(ui, &talk.title, theme::strong(), palette.text);
    // What the viewer has written counts before what the files say.
    let written = app.note().map(|note| note.front().clone()).unwrap_or_default();
    let authors = if written.authors.is_empty() { &talk.metadata.authors } else { &written.authors };
    let link = written.link.clone().or_else(|| talk.metadata.link.clone()).or_else(|| talk.link());
    let of = |text: &Option<String>| text.clone().unwrap_or_default();
    for (name, value) in [
        ("Authors", authors.join(", ")),
        ("Date", of(&talk.metadata.date)),
        ("Venue", of(&talk.metadata.venue)),
        ("About", talk.metadata.about.clone()),
        ("Link", link.unwrap_or_default()),
        ("Paper", of(&talk.metadata.paper)),
    ] {
        if !value.is_empty() {
            heading(ui, name);
            paragraph(ui, &value, theme::small(), palette.text);
        }
    }
    if press(ui, "Edit") {
        out.push(Command::Adjust(AdjustCommand::Edit));
    }
    let sound = talk.audio.as_ref().map_or_else(
        || "none".to_owned(),
        |audio| {
            let channels = match audio.info.channels {
                1 => "mono".to_owned(),
                2 => "stereo".to_owned(),
                more => format!("{more} channels"),
            };
            format!("{}, {} Hz, {channels}", audio.info.codec, audio.info.sample_rate)
        },
    );
    let device = app.player().device().map_or("none in use", |device| device.name.as_str());
    let lag = app.lag().map(MediaTime::millis).filter(|lag| *lag != 0).map(lag_text).unwrap_or_default();
    let nudged = app.nudged().millis();
    let times = match (talk.untimed, nudged) {
        (true, _) => format!("{} of {} have a time", talk.slides.placed(), talk.slides.len()),
        (false, 0) => String::new(),
        (false, 1..) => format!("{nudged} ms later than their files say"),
        (false, _) => format!("{} ms earlier than their files say", -nudged),
    };
    for (name, value) in [
        ("Length", app.player().duration().clock()),
        ("Slides", talk.slides.len().to_string()),
        ("Their times", times),
        ("Shown", app.lamp_text().unwrap_or_else(|| "no picture".to_owned())),
        ("Sound", sound),
        ("Device", device.to_owned()),
        ("Heard", heard(app)),
        ("Time saved", saved(app)),
        ("Its latency", lag),
        ("Folder", talk.root.display().to_string()),
    ] {
        if value.is_empty() {
            continue;
        }
        heading(ui, name);
        paragraph(ui, &value, theme::small(), palette.text);
    }
    if press(ui, "Where sound goes…") {
        out.push(Command::Sound(SoundCommand::Devices));
    }
    heading(ui, "What is wrong");
    if talk.issues.is_empty() {
        paragraph(ui, "Nothing", theme::small(), palette.text);
    }
    for issue in &talk.issues {
        paragraph(ui, &issue.message, theme::small(), palette.warning);
        ui.allocate_space(vec2(1.0, UNIT));
    }
}

/// What was found out about the sound, and what is made of it.
fn heard(app: &App) -> String {
    let mut told = Vec::new();
    if let Some(loudness) = app.own_loudness() {
        let level = if app.view().level { ", brought to that of all" } else { "" };
        told.push(format!("{loudness:.1} LUFS{level}"));
    }
    if let Some(pace) = app.own_pace() {
        told.push(format!("{:.0} syllables a minute", pace * app.player().rate().factor()));
    }
    let out = app.cuts().removed(MediaTime::ZERO, app.player().duration());
    if app.view().trim && out > MediaTime::ZERO {
        told.push(format!("pauses shorter by {} in all", out.clock()));
    }
    told.join("; ")
}

fn saved(app: &App) -> String {
    let [talk, by_pauses, today, all] = app.saved_time().map(MediaTime::clock);
    format!("{talk} in this talk, of that {by_pauses} by shorter pauses; {today} today, {all} in all")
}

/// A word to be pressed.
pub(super) fn press(ui: &mut Ui, word: &str) -> bool {
    let palette = Palette::of(ui);
    ui.allocate_space(vec2(1.0, 2.0 * UNIT));
    let galley = ui.painter().layout_no_wrap(word.to_owned(), theme::small_strong(), palette.accent);
    let (id, row) = ui.allocate_space(vec2(ui.available_width(), galley.size().y + 2.0 * UNIT));
    let at = Align2::LEFT_CENTER.anchor_size(row.left_center() + vec2(EDGE, 0.0), galley.size());
    let response = ui.interact(at.expand(UNIT), id.with(word), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, word));
    let color = if response.hovered() || response.has_focus() { palette.text } else { palette.accent };
    ui.painter().galley_with_override_text_color(at.min, galley, color);
    response.clicked()
}

pub(super) fn heading(ui: &mut Ui, name: &str) {
    ui.allocate_space(vec2(1.0, 3.0 * UNIT));
    paragraph(ui, name, theme::small(), Palette::of(ui).muted);
}

/// Text wrapped to the panel.
pub(super) fn paragraph(ui: &mut Ui, text: &str, font: FontId, color: Color32) {
    let width = ui.available_width() - 2.0 * EDGE;
    let galley = ui.painter().layout(text.to_owned(), font, color, width.max(40.0));
    let (id, rect) = ui.allocate_space(vec2(ui.available_width(), galley.size().y));
    ui.interact(rect, id, egui::Sense::hover())
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    ui.painter().galley(rect.min + vec2(EDGE, 0.0), galley, color);
}

//! What the open talk is and what is wrong with it, beside the slide.

use egui::{Color32, FontId, Rect, ScrollArea, Ui, UiBuilder, vec2};

use super::panel;
use super::theme::{self, EDGE, Palette, UNIT};
use crate::app::App;
use crate::command::Command;
use crate::talk::Talk;

/// Draws the panel into `rect`.
pub fn ui(app: &App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) {
    let body = panel::ui(ui, rect, "This talk", Command::ToggleInfo, out);
    let mut list = ui.new_child(UiBuilder::new().max_rect(body));
    ScrollArea::vertical().auto_shrink(false).show(&mut list, |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        match app.player().talk() {
            Some(talk) => facts(app, ui, talk),
            None => paragraph(ui, "No talk is open", theme::body(), Palette::of(ui).muted),
        }
        ui.allocate_space(vec2(1.0, EDGE));
    });
}

fn facts(app: &App, ui: &mut Ui, talk: &Talk) {
    let palette = Palette::of(ui);
    paragraph(ui, &talk.title, theme::strong(), palette.text);
    // What the viewer has written counts before what the files say.
    let written = app.note().map(|note| note.front().clone()).unwrap_or_default();
    let authors = if written.authors.is_empty() { &talk.metadata.authors } else { &written.authors };
    let link = written.link.clone().or_else(|| talk.metadata.link.clone()).or_else(|| talk.link());
    for (name, value) in
        [("Authors", authors.join(", ")), ("About", talk.metadata.about.clone()), ("Link", link.unwrap_or_default())]
    {
        if !value.is_empty() {
            heading(ui, name);
            paragraph(ui, &value, theme::small(), palette.text);
        }
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
    let device = if app.player().device().is_empty() { "none in use" } else { app.player().device() };
    for (name, value) in [
        ("Length", app.player().duration().clock()),
        ("Slides", talk.slides.len().to_string()),
        ("Shown", app.lamp_text().unwrap_or_else(|| "no picture".to_owned())),
        ("Sound", sound),
        ("Device", device.to_owned()),
        ("Folder", talk.root.display().to_string()),
    ] {
        heading(ui, name);
        paragraph(ui, &value, theme::small(), palette.text);
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

fn heading(ui: &mut Ui, name: &str) {
    ui.allocate_space(vec2(1.0, 3.0 * UNIT));
    paragraph(ui, name, theme::small(), Palette::of(ui).muted);
}

/// Text wrapped to the panel.
fn paragraph(ui: &mut Ui, text: &str, font: FontId, color: Color32) {
    let width = ui.available_width() - 2.0 * EDGE;
    let galley = ui.painter().layout(text.to_owned(), font, color, width.max(40.0));
    let (id, rect) = ui.allocate_space(vec2(ui.available_width(), galley.size().y));
    ui.interact(rect, id, egui::Sense::hover())
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    ui.painter().galley(rect.min + vec2(EDGE, 0.0), galley, color);
}

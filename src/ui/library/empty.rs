//! What stands in the place of the list while there is none.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::draw;
use super::words::{self, typed_of};
use crate::app::App;
use crate::command::{Command, LibraryCommand};
use crate::ui::keycap;
use crate::ui::theme::{self, EDGE, Palette, UNIT};

/// Draws it into `rect`.
pub fn ui(app: &App, ui: &Ui, rect: Rect, out: &mut Vec<Command>) {
    let filtered = !app.filter().is_all();
    let roots = app.library().roots();
    let add = Command::Library(LibraryCommand::AddDialog);
    if !app.library().loaded() {
        say(ui, rect, "Opening the library …", "");
    } else if let Some(progress) = app.scan_progress().filter(|_| !filtered) {
        let name = words::name(&progress.root);
        say(ui, rect, &format!("Looking through {name} …"), "Talks appear here as they are found.");
    } else if filtered && app.counts().all > 0 {
        let typed = typed_of(app.filter());
        let title =
            if typed.is_empty() { "No talk is like this".to_owned() } else { format!("No talk matches “{typed}”") };
        say(ui, rect, &title, "");
        let key = app.keymap().keys_for(&Command::Dismiss).first().map(|key| key.pretty());
        press(ui, rect, key, "shows all", Command::Library(LibraryCommand::Filter(String::new())), out);
    } else if let [.., root] = roots {
        let title = format!("There are no talks in {}", words::name(root));
        say(ui, rect, &title, &format!("{} was looked through. Another folder can be dropped here.", root.display()));
        let key = app.keymap().keys_for(&add).first().map(|key| key.pretty());
        press(ui, rect, key, "adds a folder of talks", add, out);
    } else {
        say(ui, rect, "Drop a folder of talks here", "Every talk in it is listed, and found again at the next start.");
        let key = app.keymap().keys_for(&add).first().map(|key| key.pretty());
        press(ui, rect, key, "chooses one", add, out);
    }
}

/// A title and a sentence in the middle.
fn say(ui: &Ui, rect: Rect, title: &str, sentence: &str) {
    let palette = Palette::of(ui);
    let width = (rect.width() - 2.0 * EDGE).min(620.0);
    let middle = rect.center() - vec2(0.0, 28.0);
    let galley = draw::elided(ui, title, theme::title(), palette.text, width);
    let half = galley.size() / 2.0;
    ui.painter().galley(middle - half, galley, palette.text);
    let small = draw::lines(ui, sentence, (theme::body(), palette.muted), (width, 2));
    let at = pos2(rect.center().x - small.size().x / 2.0, middle.y + 22.0);
    ui.painter().galley(at, small, palette.muted);
    let area = Rect::from_center_size(middle, vec2(width, 40.0));
    ui.interact(area, ui.scope_id().with("nothing"), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{title}. {sentence}")));
}

/// `[Esc] shows all`, which can be pressed with the mouse, too.
fn press(ui: &Ui, rect: Rect, key: Option<String>, words: &str, command: Command, out: &mut Vec<Command>) {
    let palette = Palette::of(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), theme::body(), palette.accent);
    let cap = key.as_deref().map_or(0.0, |key| keycap::width(ui, key) + 2.0 * UNIT);
    let width = cap + galley.size().x;
    let middle = rect.center() + vec2(0.0, 48.0);
    let area = Rect::from_center_size(middle, vec2(width + 4.0 * UNIT, 36.0));
    let response = ui.interact(area, ui.scope_id().with("press"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(area, theme::CORNER, palette.raised);
    }
    let mut x = middle.x - width / 2.0;
    if let Some(key) = key {
        x = keycap::paint(ui, pos2(x, middle.y), &key) + 2.0 * UNIT;
    }
    ui.painter().text(pos2(x, middle.y), Align2::LEFT_CENTER, words, theme::body(), palette.accent);
    if response.clicked() {
        out.push(command);
    }
}

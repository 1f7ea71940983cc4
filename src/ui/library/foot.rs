//! The line below the list: what goes on in the background on the left, the keys that act on the chosen talk on the right.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::draw::{self, counted};
use super::words;
use crate::app::App;
use crate::command::{Command, LibraryCommand, QueueCommand};
use crate::library::ocr::State;
use crate::notes::Verdict;
use crate::ui::keycap;
use crate::ui::theme::{self, EDGE, Palette, UNIT};

/// Height, in points.
const HEIGHT: f32 = 36.0;
/// In a lower library it is there only while talks are being looked for.
const FROM: f32 = 380.0;

/// Draws the foot at the bottom of `rect`; returns what is above.
pub fn ui(app: &App, ui: &Ui, rect: Rect, out: &mut Vec<Command>) -> Rect {
    let low = rect.height() < FROM;
    // Only what can be stopped is worth the room in a low window.
    let told = told(app).filter(|(_, stop)| *stop || !low);
    if told.is_none() && (low || app.listed().is_empty()) {
        return rect;
    }
    let palette = Palette::of(ui);
    let foot = Rect::from_min_max(pos2(rect.left(), rect.bottom() - HEIGHT), rect.max);
    ui.painter().rect_filled(foot, 0.0, palette.background);
    ui.painter().hline(foot.x_range(), ui.painter().round_to_pixel_center(foot.top()), palette.rule());
    let inner = foot.shrink2(vec2(EDGE, 0.0));
    let mut left = inner.left();
    if let Some((words, stop)) = told {
        let room = inner.width() - if stop { 60.0 } else { 0.0 };
        let right = draw::put(ui, inner.left_center(), room, &words, theme::small(), palette.muted);
        let area = Rect::from_min_max(foot.min, pos2(right, foot.bottom()));
        ui.interact(area, ui.scope_id().with("told"), Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::Status, true, &words));
        left = right + 6.0 * UNIT;
        if stop {
            let word = Rect::from_min_size(pos2(right + 2.0 * UNIT, foot.top() + 6.0), vec2(40.0, 24.0));
            let response = ui.interact(word, ui.scope_id().with("stop"), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Stop looking for talks"));
            draw::put(ui, word.left_center() + vec2(UNIT, 0.0), 40.0, "stop", theme::small_strong(), palette.accent);
            left = word.right() + 6.0 * UNIT;
            if response.clicked() {
                out.push(Command::Library(LibraryCommand::ScanStop));
            }
        }
    }
    if !app.listed().is_empty() {
        keys(app, ui, inner.with_min_x(left.min(inner.right())));
    }
    Rect::from_min_max(rect.min, pos2(rect.right(), foot.top()))
}

/// What is under way, and whether it can be stopped.
fn told(app: &App) -> Option<(String, bool)> {
    if let Some(progress) = app.scan_progress() {
        let name = words::name(&progress.root);
        return Some((format!("Looking through {name}: {} …", counted(progress.found, "talk", "talks")), true));
    }
    match app.slide_reading() {
        Some((State::Reading { .. }, done, total)) if total > 0 => {
            Some((format!("reading slides’ text: {done} of {total} talks"), false))
        }
        _ => match app.counts().away {
            0 => None,
            away => Some((
                format!(
                    "{} not there now",
                    if away == 1 { "1 talk is".to_owned() } else { format!("{away} talks are") }
                ),
                false,
            )),
        },
    }
}

/// The keys, the most needed first; what has no room is left out.
fn keys(app: &App, ui: &Ui, rect: Rect) {
    let palette = Palette::of(ui);
    let verdicts = Verdict::ALL.map(|verdict| Command::Library(LibraryCommand::ToggleVerdict(verdict)));
    let one = |command: LibraryCommand| vec![Command::Library(command)];
    let groups = [
        (one(LibraryCommand::Open), "open"),
        (verdicts.to_vec(), "verdict"),
        (one(LibraryCommand::VerdictNext(Verdict::Keep)), "and on to the next unseen"),
        (one(LibraryCommand::Sheet), "slides and words"),
        (vec![Command::Queue(QueueCommand::Add)], "queue"),
    ];
    let mut shown: Vec<(Vec<String>, &str, f32)> = Vec::new();
    let mut room = rect.width();
    for (commands, word) in groups {
        let first = |command: &Command| app.keymap().keys_for(command).first().map(|key| key.pretty());
        let caps: Vec<String> = commands.iter().filter_map(first).collect();
        let words = ui.painter().layout_no_wrap(word.to_owned(), theme::small(), palette.muted).size().x;
        let caps_wide: f32 = caps.iter().map(|cap| keycap::width(ui, cap) + UNIT).sum();
        let width = caps_wide + UNIT / 2.0 + words + 4.0 * UNIT;
        if width > room {
            break;
        }
        if !caps.is_empty() {
            room -= width;
            shown.push((caps, word, width));
        }
    }
    let mut x = rect.right() + 4.0 * UNIT - shown.iter().map(|(_, _, width)| width).sum::<f32>();
    for (caps, word, width) in shown {
        let mut at = x;
        for cap in caps {
            at = keycap::paint(ui, pos2(at, rect.center().y), &cap) + UNIT;
        }
        draw::put(ui, pos2(at + UNIT / 2.0, rect.center().y), width, word, theme::small(), palette.muted);
        x += width;
    }
}

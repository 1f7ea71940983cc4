//! Which talks are listed and in which order: a band of chips. What does not fit stands in a menu of its own.

use egui::{Popup, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::draw::{self, CHIP, Look};
use super::words::{Kind, text_of};
use crate::app::App;
use crate::command::{Command, LibraryCommand};
use crate::library::shelf::{Filter, Seen, Sort, SortKey};
use crate::notes::Verdict;
use crate::ui::keycap;
use crate::ui::theme::{self, EDGE, Palette, UNIT};

/// Height of the band.
const HEIGHT: f32 = 52.0;
/// Between chips.
const GAP: f32 = 2.0 * UNIT;

/// Draws the band at the top of `rect`; returns what is below.
pub fn ui(app: &App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) -> Rect {
    let palette = Palette::of(ui);
    let band = rect.with_max_y(rect.top() + HEIGHT);
    ui.painter().rect_filled(band, 0.0, palette.background);
    for y in [band.top(), band.bottom()] {
        ui.painter().hline(band.x_range(), ui.painter().round_to_pixel_center(y - 0.5), palette.rule());
    }
    let inner = band.shrink2(vec2(EDGE, 0.0));
    let right = switch(app, ui, inner, out);
    let right = sorting(app, ui, inner.with_max_x(right), out);
    chips(app, ui, inner.with_max_x(right - 4.0 * UNIT), out);
    Rect::from_min_max(pos2(rect.left(), band.bottom()), rect.max)
}

/// Something in the band.
enum Chip {
    Kind(Kind, String, usize),
    Sessions(String),
    Tags(String),
}

impl Chip {
    fn label(&self) -> &str {
        match self {
            Self::Kind(_, label, _) | Self::Sessions(label) | Self::Tags(label) => label,
        }
    }

    fn is_menu(&self) -> bool {
        !matches!(self, Self::Kind(..))
    }

    fn is_on(&self, filter: &Filter) -> bool {
        match self {
            Self::Kind(kind, ..) => kind.is_on(filter),
            Self::Sessions(_) => filter.session.is_some(),
            Self::Tags(_) => filter.tag.is_some(),
        }
    }
}

/// All that can be asked of these talks; what none of them is, is left out.
fn all_chips(app: &App) -> Vec<Chip> {
    let (counts, filter) = (app.counts(), app.filter());
    let kinds = [
        (Kind::Seen(Seen::Unseen), "Unseen", counts.unseen),
        (Kind::Seen(Seen::Part), "Part", counts.part),
        (Kind::Verdict(Verdict::Keep), "Keep", counts.keep),
        (Kind::Verdict(Verdict::Again), "Again", counts.again),
        (Kind::Verdict(Verdict::Drop), "Drop", counts.drop),
        (Kind::Notes, "With notes", counts.notes),
    ];
    let rare = [
        (Kind::Broken, "Broken", counts.broken),
        (Kind::Copies, "Copies", counts.copies),
        (Kind::Away, "Not there", counts.away),
    ];
    let mut chips = vec![Chip::Kind(Kind::All, "All".to_owned(), counts.all)];
    chips.extend(kinds.map(|(kind, word, count)| Chip::Kind(kind, format!("{word} {count}"), count)));
    let several = counts.sessions.len() > 1 || filter.session.is_some();
    chips.extend(several.then(|| Chip::Sessions(short(filter.session.as_deref().unwrap_or("Session")))));
    let tags = !counts.tags.is_empty() || filter.tag.is_some();
    let tag = filter.tag.as_ref().map_or_else(|| "Tag".to_owned(), |tag| format!("#{tag}"));
    chips.extend(tags.then(|| Chip::Tags(short(&tag))));
    let rare = rare.into_iter().filter(|(kind, _, count)| *count > 0 || kind.is_on(filter));
    chips.extend(rare.map(|(kind, word, count)| Chip::Kind(kind, format!("{word} {count}"), count)));
    chips
}

/// Names that are too long for a chip.
fn short(name: &str) -> String {
    const MOST: usize = 22;
    if name.chars().count() <= MOST { name.to_owned() } else { name.chars().take(MOST - 1).chain(['…']).collect() }
}

fn chips(app: &App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) {
    const MORE: &str = "More";
    let chips = all_chips(app);
    let widths: Vec<f32> = chips.iter().map(|chip| draw::chip_width(ui, chip.label(), chip.is_menu())).collect();
    let whole: f32 = widths.iter().sum::<f32>() + GAP * (chips.len().max(1) - 1) as f32;
    let more = if whole > rect.width() { draw::chip_width(ui, MORE, true) + GAP } else { 0.0 };
    let mut x = rect.left();
    let mut hidden = Vec::new();
    for (chip, width) in chips.into_iter().zip(widths) {
        // What is asked for is always seen.
        let fits = hidden.is_empty() && x + width + more <= rect.right();
        if !fits {
            hidden.push(chip);
            continue;
        }
        let place = Rect::from_min_size(pos2(x, rect.center().y - CHIP / 2.0), vec2(width, CHIP));
        show(app, ui, place, &chip, out);
        x = place.right() + GAP;
    }
    if hidden.is_empty() {
        return;
    }
    let on = hidden.iter().find(|chip| chip.is_on(app.filter()));
    let label = on.map_or(MORE, Chip::label);
    let room = (rect.right() - x).max(CHIP);
    let width = draw::chip_width(ui, label, true).min(room);
    let place = Rect::from_min_size(pos2(x, rect.center().y - CHIP / 2.0), vec2(width, CHIP));
    let response =
        draw::chip(ui, ui.scope_id().with("more"), place, label, Look { on: on.is_some(), menu: true, quiet: false });
    Popup::menu(&response).gap(UNIT).show(|ui| {
        ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
            for chip in &hidden {
                match chip {
                    Chip::Kind(kind, label, _) => kind_item(app, ui, *kind, label, out),
                    Chip::Sessions(_) => sessions(app, ui, out),
                    Chip::Tags(_) => tags(app, ui, out),
                }
            }
        });
    });
}

fn filter_to(filter: &Filter) -> Command {
    Command::Library(LibraryCommand::Filter(text_of(filter)))
}

fn show(app: &App, ui: &mut Ui, rect: Rect, chip: &Chip, out: &mut Vec<Command>) {
    let filter = app.filter();
    let id = ui.scope_id().with((
        "chip",
        match chip {
            Chip::Kind(kind, ..) => format!("{kind:?}"),
            Chip::Sessions(_) => "sessions".to_owned(),
            Chip::Tags(_) => "tags".to_owned(),
        },
    ));
    let quiet = matches!(chip, Chip::Kind(.., 0));
    let look = Look { on: chip.is_on(filter), menu: chip.is_menu(), quiet };
    let response = draw::chip(ui, id, rect, chip.label(), look);
    match chip {
        Chip::Kind(kind, ..) => {
            if response.clicked() {
                let also = ui.input(|input| input.modifiers.shift || input.modifiers.command);
                out.push(filter_to(&kind.pressed(filter, also)));
            }
        }
        Chip::Sessions(_) => {
            Popup::menu(&response).gap(UNIT).show(|ui| {
                ScrollArea::vertical().max_height(420.0).show(ui, |ui| sessions(app, ui, out));
            });
        }
        Chip::Tags(_) => {
            Popup::menu(&response).gap(UNIT).show(|ui| {
                ScrollArea::vertical().max_height(420.0).show(ui, |ui| tags(app, ui, out));
            });
        }
    }
}

fn kind_item(app: &App, ui: &mut Ui, kind: Kind, label: &str, out: &mut Vec<Command>) {
    if draw::item(ui, label, "", kind.is_on(app.filter())).clicked() {
        out.push(filter_to(&kind.pressed(app.filter(), false)));
    }
}

fn sessions(app: &App, ui: &mut Ui, out: &mut Vec<Command>) {
    let filter = app.filter();
    if draw::item(ui, "All sessions", "", filter.session.is_none()).clicked() {
        out.push(filter_to(&Filter { session: None, ..filter.clone() }));
    }
    for (session, count) in app.counts().sessions.iter().filter(|(session, _)| !session.is_empty()) {
        let on = filter.session.as_deref() == Some(session.as_str());
        if draw::item(ui, session, &count.to_string(), on).clicked() {
            out.push(filter_to(&Filter { session: (!on).then(|| session.clone()), ..filter.clone() }));
        }
    }
}

fn tags(app: &App, ui: &mut Ui, out: &mut Vec<Command>) {
    let filter = app.filter();
    if draw::item(ui, "All tags", "", filter.tag.is_none()).clicked() {
        out.push(filter_to(&Filter { tag: None, ..filter.clone() }));
    }
    for (tag, count) in &app.counts().tags {
        let on = filter.tag.as_deref() == Some(tag.as_str());
        if draw::item(ui, &format!("#{tag}"), &count.to_string(), on).clicked() {
            out.push(filter_to(&Filter { tag: (!on).then(|| tag.clone()), ..filter.clone() }));
        }
    }
}

/// `sorted by session`; returns where it begins.
fn sorting(app: &App, ui: &mut Ui, rect: Rect, out: &mut Vec<Command>) -> f32 {
    let palette = Palette::of(ui);
    let sort = app.sort();
    let long = rect.width() > 760.0;
    let label = if long { format!("sorted by {}", sort.key.label()) } else { sort.key.label().to_owned() };
    let words = ui.painter().layout_no_wrap(label, theme::small(), palette.muted);
    let width = words.size().x + 5.0 * UNIT;
    let right = rect.right() - 4.0 * UNIT;
    let place = Rect::from_min_size(pos2(right - width, rect.center().y - CHIP / 2.0), vec2(width, CHIP));
    let response = ui.interact(place, ui.scope_id().with("sort"), Sense::click());
    let told = if sort.reversed { ", the other way round" } else { "" };
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("sorted by {}{told}", sort.key.label())));
    let color = if response.hovered() || response.has_focus() { palette.accent } else { palette.muted };
    let at = pos2(place.left(), place.center().y - words.size().y / 2.0);
    ui.painter().galley_with_override_text_color(at, words, color);
    draw::triangle(ui, pos2(place.right() - 6.0, place.center().y), sort.reversed, color);
    Popup::menu(&response).gap(UNIT).align(egui::RectAlign::BOTTOM_END).show(|ui| {
        for key in SortKey::ALL {
            let on = key == sort.key;
            let turned = if on && !sort.reversed { "press to turn round" } else { "" };
            if draw::item(ui, key.label(), turned, on).clicked() {
                out.push(sorted(sort, key));
            }
        }
    });
    place.left()
}

/// What a press on this key asks for.
pub fn sorted(sort: Sort, key: SortKey) -> Command {
    Command::Library(LibraryCommand::Sort(sort.pressed(key).to_string()))
}

/// Lines or cards; returns where it begins.
fn switch(app: &App, ui: &Ui, rect: Rect, out: &mut Vec<Command>) -> f32 {
    const SIDE: f32 = 32.0;
    let palette = Palette::of(ui);
    let cards = app.view().shelf.cards;
    let middle = rect.center().y;
    let both = Rect::from_min_size(pos2(rect.right() - 2.0 * SIDE, middle - CHIP / 2.0), vec2(2.0 * SIDE, CHIP));
    ui.painter().rect_filled(both, theme::CORNER, palette.raised);
    for (number, (name, is_cards)) in [("Lines", false), ("Cards", true)].into_iter().enumerate() {
        let left = both.left() + if number == 0 { 0.0 } else { SIDE };
        let place = Rect::from_min_size(pos2(left, both.top()), vec2(SIDE, CHIP));
        let response = ui.interact(place, ui.scope_id().with(name), Sense::click());
        let on = cards == is_cards;
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, on, name));
        if on {
            ui.painter().rect_filled(place, theme::CORNER, palette.text);
        }
        let ink = match (on, response.hovered()) {
            (true, _) => palette.panel,
            (false, true) => palette.accent,
            (false, false) => palette.muted,
        };
        symbol(ui, place.center(), is_cards, ink);
        if response.has_focus() {
            ui.painter().rect_stroke(place, theme::CORNER, Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
        }
        if response.clicked() && !on {
            out.push(Command::Library(LibraryCommand::ToggleCards));
        }
    }
    let key = Command::Library(LibraryCommand::ToggleCards);
    match app.keymap().keys_for(&key).first().filter(|_| rect.width() > 620.0) {
        Some(key) => keycap::paint_right(ui, pos2(both.left() - 1.5 * UNIT, middle), &key.pretty()) - UNIT,
        None => both.left(),
    }
}

/// Three lines, or four squares.
fn symbol(ui: &Ui, at: egui::Pos2, cards: bool, ink: egui::Color32) {
    let fill = |x: f32, y: f32, w: f32, h: f32| {
        ui.painter().rect_filled(Rect::from_min_size(at + vec2(x, y), vec2(w, h)), 1.0, ink);
    };
    if cards {
        for (x, y) in [(-6.0, -6.0), (1.0, -6.0), (-6.0, 1.0), (1.0, 1.0)] {
            fill(x, y, 5.0, 5.0);
        }
    } else {
        for y in [-6.0, -1.0, 4.0] {
            fill(-7.0, y, 14.0, 2.0);
        }
    }
}

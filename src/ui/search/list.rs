//! What was found: lines with the slide and the passage, those of a talk that follow one another below its title. Only
//! what is seen is drawn.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Rect, ScrollArea, Sense, StrokeKind, Ui, UiBuilder, pos2, vec2};

use super::passage;
use crate::app::App;
use crate::app::browse::{picture_key, thumb_key_of};
use crate::command::{Command, SearchCommand};
use crate::library::search::{Hit, Query};
use crate::library::{PassageKind, Row};
use crate::slides::{Size, SlideKey};
use crate::talk::TalkId;
use crate::talk::track::SlideIndex;
use crate::ui::theme::{self, EDGE, Palette, UNIT};
use crate::ui::thumbs::{Thumbs, physical};

/// A slide's picture, in points.
const PICTURE: egui::Vec2 = vec2(128.0, 72.0);
/// A line.
const LINE: f32 = 92.0;
/// The title above the lines of a talk, where it does not stand there already.
const TITLE: f32 = 40.0;
/// A letter of the passage is about so wide.
const LETTER: f32 = 7.6;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct List {
    /// The upper edge of each line with its title, and the lower edge of the last.
    tops: Vec<f32>,
    query: Query,
    text: String,
    /// The line that was chosen when it was last drawn: when another is, it is brought into sight.
    scrolled_to: Option<usize>,
}

impl List {
    /// It was closed.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// Draws what was found into `rect`.
    pub fn ui(
        &mut self,
        app: &mut App,
        ui: &mut Ui,
        rect: Rect,
        text: &str,
        thumbs: &mut Thumbs,
        out: &mut Vec<Command>,
    ) {
        let asked_anew = self.text != text;
        if asked_anew {
            self.query = Query::parse(text);
            text.clone_into(&mut self.text);
        }
        let chosen = app.view().search.as_ref().map_or(0, |view| view.chosen);
        let here = app.view().search.as_ref().is_some_and(|view| view.here);
        self.measure(&app.found().hits, here);
        let (mut pressed, mut peeks) = (None, Vec::new());
        let mut area = ui.new_child(UiBuilder::new().max_rect(rect));
        area.set_clip_rect(rect);
        let mut scroll = ScrollArea::vertical().auto_shrink(false).id_salt("hits");
        if asked_anew {
            scroll = scroll.vertical_scroll_offset(0.0);
            self.scrolled_to = Some(chosen);
        }
        let this = &*app;
        scroll.show_viewport(&mut area, |ui, viewport| {
            let hits = &this.found().hits;
            ui.set_min_size(vec2(rect.width(), self.tops.last().copied().unwrap_or_default()));
            let origin = ui.min_rect().min;
            let place = |at: usize| {
                let (top, bottom) = (self.tops.get(at).copied(), self.tops.get(at + 1).copied());
                let (top, bottom) = (top.unwrap_or_default(), bottom.unwrap_or_default());
                Rect::from_min_max(origin + vec2(0.0, top), pos2(origin.x + rect.width(), origin.y + bottom))
            };
            if self.scrolled_to != Some(chosen) {
                ui.scroll_to_rect_animation(place(chosen), None, egui::style::ScrollAnimation::none());
                self.scrolled_to = Some(chosen);
            }
            let first = self.tops.partition_point(|top| *top <= viewport.min.y).saturating_sub(1);
            let last = self.tops.partition_point(|top| *top < viewport.max.y).min(hits.len());
            for (at, hit) in hits.iter().enumerate().take(last).skip(first) {
                let line = Line { app: this, hit, query: &self.query, rect: place(at), chosen: at == chosen };
                if line.ui(ui, at, thumbs, &mut peeks) {
                    pressed = Some(at);
                }
            }
        });
        app.want_peeks(peeks);
        if let Some(at) = pressed {
            app.choose_found(at);
            out.push(Command::Search(SearchCommand::Go));
        }
    }

    fn measure(&mut self, hits: &[Hit], here: bool) {
        self.tops.clear();
        let (mut top, mut before) = (0.0, None);
        for hit in hits {
            self.tops.push(top);
            let titled = !here && !is_whole(hit) && before != Some(&hit.talk);
            top += LINE + if titled { TITLE } else { 0.0 };
            before = Some(&hit.talk);
        }
        self.tops.push(top);
    }
}

/// Whether the talk itself was found, not a place in it.
fn is_whole(hit: &Hit) -> bool {
    matches!(hit.kind, PassageKind::Title | PassageKind::Author | PassageKind::Tag)
}

/// One that was found, where it is drawn.
struct Line<'a> {
    app: &'a App,
    hit: &'a Hit,
    query: &'a Query,
    /// With its title above it.
    rect: Rect,
    chosen: bool,
}

impl Line<'_> {
    /// Draws it; whether it was pressed. `peeks` takes the talks whose slides are seen.
    fn ui(&self, ui: &Ui, at: usize, thumbs: &mut Thumbs, peeks: &mut Vec<std::path::PathBuf>) -> bool {
        let palette = Palette::of(ui);
        let rect = self.rect.with_min_y(self.rect.bottom() - LINE);
        let response = ui.interact(rect, ui.scope_id().with(("hit", at)), Sense::click());
        if self.rect.height() > LINE || is_whole(self.hit) {
            ui.painter().hline(rect.x_range(), ui.painter().round_to_pixel_center(self.rect.top()), palette.rule());
        }
        if self.chosen || response.hovered() {
            ui.painter().rect_filled(rect.shrink2(vec2(0.0, 2.0)), 0.0, palette.raised);
        }
        if self.chosen {
            let bar = rect.shrink2(vec2(0.0, 2.0)).with_max_x(rect.left() + 3.0);
            ui.painter().rect_filled(bar, 0.0, palette.accent);
        }
        if self.rect.height() > LINE {
            self.title(ui, self.rect.with_max_y(rect.top()));
        }
        let cell = Rect::from_min_size(pos2(rect.left() + EDGE, rect.center().y - PICTURE.y / 2.0), PICTURE);
        let key = self.picture(physical(cell, ui.pixels_per_point()), peeks);
        let picture = thumbs.paint_key(self.app, ui, key, cell);
        ui.painter().rect_stroke(picture.expand(1.0), 0, palette.rule(), StrokeKind::Inside);
        let room =
            Rect::from_min_max(pos2(cell.right() + 4.0 * UNIT, cell.top()), pos2(rect.right() - EDGE, cell.bottom()));
        if is_whole(self.hit) {
            self.whole(ui, room);
        } else {
            self.passage(ui, room);
        }
        response.widget_info(|| {
            let label = format!("{}, {}: {}", title_of(self.app, &self.hit.talk), what(self.hit), self.hit.text);
            egui::WidgetInfo::selected(egui::Role::Button, true, self.chosen, label)
        });
        response.clicked()
    }

    /// The talk's name, who gave it, how long it is.
    fn title(&self, ui: &Ui, rect: Rect) {
        let palette = Palette::of(ui);
        let row = row_of(self.app, &self.hit.talk);
        let y = rect.bottom() - 16.0;
        let mut right = rect.right() - EDGE;
        if let Some(length) = row.and_then(|row| row.entry.length) {
            let at = pos2(right, y);
            let word =
                ui.painter().text(at, egui::Align2::RIGHT_CENTER, length.clock(), theme::keycap(), palette.muted);
            right = word.left() - 4.0 * UNIT;
        }
        let left = rect.left() + EDGE;
        let title = one_line(title_of(self.app, &self.hit.talk), theme::strong(), palette.text, right - left);
        let galley = ui.painter().layout_job(title);
        let end = left + galley.size().x + 3.0 * UNIT;
        ui.painter().galley(pos2(left, y - galley.size().y / 2.0), galley, palette.text);
        let authors = row.map(|row| row.entry.authors.join(", ")).unwrap_or_default();
        if !authors.is_empty() && right - end > 80.0 {
            let galley = ui.painter().layout_job(one_line(&authors, theme::small(), palette.muted, right - end));
            ui.painter().galley(pos2(end, y - galley.size().y / 2.0), galley, palette.muted);
        }
    }

    /// A talk that was found: its title, its authors and tags, and which of these has the words.
    fn whole(&self, ui: &Ui, rect: Rect) {
        let palette = Palette::of(ui);
        let row = row_of(self.app, &self.hit.talk);
        let title = title_of(self.app, &self.hit.talk);
        let mut job =
            passage::job(title, &self.query.lit(title), (&theme::strong(), &theme::strong()), palette.text, palette);
        job.wrap = TextWrapping { max_width: rect.width(), max_rows: 2, ..TextWrapping::default() };
        let title = ui.painter().layout_job(job);
        let authors = match row {
            Some(row) if !row.entry.authors.is_empty() => row.entry.authors.join(", "),
            _ if self.hit.kind == PassageKind::Author => self.hit.text.clone(),
            _ => String::new(),
        };
        let lit = self.query.lit(&authors);
        let mut job = passage::job(&authors, &lit, (&theme::small(), &theme::small_strong()), palette.muted, palette);
        let tags: String =
            row.map(|row| row.state.tags.iter().map(|tag| format!("  #{tag}")).collect()).unwrap_or_default();
        job.append(&tags, 0.0, egui::TextFormat::simple(theme::small(), palette.note));
        job.wrap = TextWrapping::truncate_at_width(rect.width());
        let people = ui.painter().layout_job(job);
        let length = row.and_then(|row| row.entry.length).map(|length| format!("  {}", length.clock()));
        let mut job = one_line(what(self.hit).as_str(), theme::small(), palette.muted, rect.width());
        job.append(&length.unwrap_or_default(), 0.0, egui::TextFormat::simple(theme::keycap(), palette.muted));
        let kind = ui.painter().layout_job(job);
        let blank = authors.is_empty() && tags.is_empty();
        let galleys = [Some(title), (!blank).then_some(people), Some(kind)];
        let height: f32 = galleys.iter().flatten().map(|galley| galley.size().y + 3.0).sum();
        let mut y = rect.center().y - height / 2.0;
        for galley in galleys.into_iter().flatten() {
            let height = galley.size().y + 3.0;
            ui.painter().galley(pos2(rect.left(), y), galley, palette.text);
            y += height;
        }
    }

    /// Where it is, and what stands or is said there.
    fn passage(&self, ui: &Ui, rect: Rect) {
        let palette = Palette::of(ui);
        let place = ui.painter().layout_no_wrap(what(self.hit), theme::small(), palette.muted);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "letters of two rows")]
        let room = (rect.width() * 2.0 / LETTER) as usize;
        // Slides have lines of their own, which are as long as these bytes.
        let (text, lit) = passage::cut(&self.hit.text.replace('\n', " "), &self.hit.lit, room.saturating_sub(12));
        let mut job = passage::job(&text, &lit, (&theme::body(), &theme::strong()), palette.text, palette);
        job.wrap = TextWrapping { max_width: rect.width(), max_rows: 2, ..TextWrapping::default() };
        let galley = ui.painter().layout_job(job);
        let height = place.size().y + UNIT + galley.size().y;
        let mut y = rect.center().y - height / 2.0;
        let below = y + place.size().y + UNIT;
        ui.painter().galley(pos2(rect.left(), y), place, palette.muted);
        y = below;
        ui.painter().galley(pos2(rect.left(), y), galley, palette.text);
    }

    /// The slide where it was found; for what has none, the picture of the talk.
    fn picture(&self, size: Size, peeks: &mut Vec<std::path::PathBuf>) -> Option<SlideKey> {
        let whole = || {
            let picture = row_of(self.app, &self.hit.talk).and_then(|row| row.entry.picture.as_ref());
            picture.map(|picture| picture_key(picture, size))
        };
        if self.hit.slide.is_none() && self.hit.start.is_none() {
            return whole();
        }
        let Some(path) = self.app.path_of(&self.hit.talk) else { return whole() };
        let talk = self.app.peek(&path);
        let slide = self.hit.slide.map(SlideIndex);
        let key = talk.and_then(|talk| {
            let slide = slide.or_else(|| talk.slides.slide_at(self.hit.start?))?;
            thumb_key_of(talk, slide, size)
        });
        if !peeks.contains(&path) {
            peeks.push(path);
        }
        key
    }
}

fn one_line(text: &str, font: egui::FontId, color: egui::Color32, width: f32) -> LayoutJob {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width(width.max(40.0));
    job
}

fn row_of<'a>(app: &'a App, talk: &TalkId) -> Option<&'a Row> {
    app.library().catalogue().of(talk).next()
}

fn title_of<'a>(app: &'a App, talk: &'a TalkId) -> &'a str {
    let known = row_of(app, talk).map(|row| row.entry.title.as_str());
    known.or_else(|| app.library().get(talk).map(|record| record.title.as_str())).unwrap_or(&talk.0)
}

/// What a hit is, and where: `on slide 7, 3:21`.
fn what(hit: &Hit) -> String {
    let slide = hit.slide.map(|slide| slide + 1);
    let start = hit.start.map(crate::time::MediaTime::clock);
    match (hit.kind, slide, start) {
        (PassageKind::Title, ..) => "title".to_owned(),
        (PassageKind::Author, ..) => "author".to_owned(),
        (PassageKind::Tag, ..) => "tag".to_owned(),
        (PassageKind::About, ..) => "what it is about".to_owned(),
        (PassageKind::Note, _, Some(start)) => format!("in your note at {start}"),
        (PassageKind::Note, ..) => "in your summary".to_owned(),
        (PassageKind::Slide, Some(slide), Some(start)) => format!("on slide {slide}, {start}"),
        (PassageKind::Slide, Some(slide), None) => format!("on slide {slide}"),
        (PassageKind::Slide, None, _) => "on a slide".to_owned(),
        (PassageKind::Speech, Some(slide), Some(start)) => format!("said at {start}, slide {slide}"),
        (PassageKind::Speech, _, Some(start)) => format!("said at {start}"),
        (PassageKind::Speech, ..) => "said".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MediaTime;

    fn hit(talk: &str, kind: PassageKind) -> Hit {
        let start = Some(MediaTime::from_secs(201));
        Hit { talk: TalkId(talk.to_owned()), kind, slide: Some(6), start, text: String::new(), lit: Vec::new() }
    }

    #[test]
    fn hits_of_a_talk_that_follow_one_another_share_its_title() {
        use PassageKind::{Slide, Speech, Title};
        let mut list = List::default();
        let hits = [hit("1", Title), hit("1", Slide), hit("1", Slide), hit("2", Slide), hit("1", Speech)];
        list.measure(&hits, false);
        let heights: Vec<f32> = list.tops.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(heights, [LINE, LINE, LINE, LINE + TITLE, LINE + TITLE]);
        list.measure(&hits, true);
        assert_eq!(list.tops.last(), Some(&(5.0 * LINE)), "in one talk its title is said nowhere");
    }

    #[test]
    fn what_was_found_is_named() {
        assert_eq!(what(&hit("1", PassageKind::Slide)), "on slide 7, 3:21");
        assert_eq!(what(&hit("1", PassageKind::Speech)), "said at 3:21, slide 7");
        assert_eq!(what(&hit("1", PassageKind::Title)), "title");
    }
}

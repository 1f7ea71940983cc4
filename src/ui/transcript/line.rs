//! A line of the transcript: its time in the margin, who speaks, the words with what is lit of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use egui::emath::GuiRounding as _;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Galley, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, TextFormat, Ui, WidgetInfo, pos2, vec2,
};

use super::roll::BAR;
use crate::app::App;
use crate::app::view::TextPlace;
use crate::talk::Transcript;
use crate::talk::transcript::Cue;
use crate::time::MediaTime;
use crate::ui::theme::{self, EDGE, Palette, UNIT};

/// From row to row of the words, in points.
const ROW: f32 = 22.0;
/// Above and below the words.
const PAD: f32 = 5.0;
/// Height of the line with the name of a speaker.
const SPEAKER: f32 = 24.0;

/// All lines, laid out as they are asked for.
pub struct Lines<'a> {
    app: &'a App,
    ui: &'a Ui,
    transcript: &'a Transcript,
    width: f32,
    /// Width of the margin with the times.
    margin: f32,
    now: MediaTime,
    heard: Option<usize>,
    heights: RefCell<HashMap<usize, f32>>,
}

impl<'a> Lines<'a> {
    /// Of this transcript, in a list of this width.
    pub fn new(app: &'a App, ui: &'a Ui, transcript: &'a Transcript, width: f32) -> Self {
        let long = app.player().duration() >= MediaTime::from_secs(3600);
        let now = app.heard_moment();
        let (margin, heard) = (if long { 80.0 } else { 60.0 }, transcript.heard(now).0);
        Self { app, ui, transcript, width, margin, now, heard, heights: RefCell::default() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.transcript.cues().len()
    }

    /// What is said in one.
    pub fn cue(&self, number: usize) -> Option<&'a Cue> {
        self.transcript.cues().get(number)
    }

    /// The line that is heard, or was last.
    pub fn nearest(&self) -> Option<usize> {
        self.transcript.nearest(self.now)
    }

    /// How high a line is.
    pub fn height(&self, number: usize) -> f32 {
        if let Some(height) = self.heights.borrow().get(&number) {
            return *height;
        }
        let words = self.galley(number, &[]).size().y;
        let height = words + 2.0 * PAD + if self.speaker(number).is_some() { SPEAKER } else { 0.0 };
        self.heights.borrow_mut().insert(number, height);
        height
    }

    /// Who begins to speak here.
    fn speaker(&self, number: usize) -> Option<&'a str> {
        let speaker = self.cue(number)?.speaker.as_deref()?;
        let before = number.checked_sub(1).and_then(|before| self.cue(before)?.speaker.as_deref());
        (before != Some(speaker)).then_some(speaker)
    }

    fn galley(&self, number: usize, marks: &[(Range<usize>, Mark)]) -> Arc<Galley> {
        let text = self.cue(number).map(|cue| cue.text.as_str()).unwrap_or_default();
        let mut job = marked(text, marks, Palette::of(self.ui));
        job.wrap = TextWrapping { max_width: self.width - EDGE - self.margin - EDGE, ..TextWrapping::default() };
        self.ui.painter().layout_job(job)
    }

    /// Lays a line out with its upper left corner here.
    pub fn lay(&self, ui: &Ui, number: usize, at: Pos2) -> Line {
        let marks = self.marks(number);
        let galley = self.galley(number, &marks);
        let rect = Rect::from_min_size(at, vec2(self.width - BAR, self.height(number)));
        let below = if self.speaker(number).is_some() { SPEAKER } else { 0.0 };
        let words = pos2(at.x + EDGE + self.margin, at.y + PAD + below);
        Line { number, rect, words: words.round_to_pixels(ui.pixels_per_point()), galley }
    }

    /// What is marked of a line, the strongest last.
    fn marks(&self, number: usize) -> Vec<(Range<usize>, Mark)> {
        let Some(cue) = self.cue(number) else { return Vec::new() };
        let mut marks = Vec::new();
        if self.app.hits().binary_search_by_key(&number, |hit| hit.cue).is_ok() {
            marks.extend(self.app.sought().lit(&cue.text).into_iter().map(|range| (range, Mark::Found)));
        }
        if self.heard == Some(number) {
            marks.extend(cue.word_at(self.now).map(|range| (range, Mark::Said)));
        }
        let selected = self.app.view().transcript.selected;
        marks.extend(
            selected.and_then(|ends| selection(ends, number, cue.text.len())).map(|range| (range, Mark::Selected)),
        );
        marks
    }
}

/// The bytes of a line that are selected.
fn selection((from, to): (TextPlace, TextPlace), number: usize, length: usize) -> Option<Range<usize>> {
    let (from, to) = (from.min(to), from.max(to));
    let begin = if from.0 == number { from.1 } else { 0 };
    let end = if to.0 == number { to.1 } else { length };
    ((from.0..=to.0).contains(&number) && begin < end).then_some(begin..end)
}

/// How a part of a line is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is what is searched for.
    Found,
    /// It is said now.
    Said,
    /// The viewer has selected it.
    Selected,
}

/// The words with their marks; of marks that lie over each other, the ground of the last that has one counts.
fn marked(text: &str, marks: &[(Range<usize>, Mark)], palette: &Palette) -> LayoutJob {
    let mut edges: Vec<usize> = marks.iter().flat_map(|(range, _)| [range.start, range.end]).collect();
    edges.extend([0, text.len()]);
    edges.sort_unstable();
    edges.dedup();
    let mut job = LayoutJob::default();
    for pair in edges.windows(2) {
        let [from, to] = pair else { continue };
        let mut format = TextFormat { line_height: Some(ROW), ..TextFormat::simple(theme::body(), palette.text) };
        for (_, mark) in marks.iter().filter(|(range, _)| range.start <= *from && *to <= range.end) {
            match mark {
                // Opaque, because the grounds of two rows lie over one another.
                Mark::Found => format.background = palette.panel.lerp_to_gamma(palette.accent, 0.28),
                Mark::Said => format.color = palette.accent,
                Mark::Selected => format.background = palette.panel.lerp_to_gamma(palette.text, 0.25),
            }
        }
        job.append(text.get(*from..*to).unwrap_or_default(), 0.0, format);
    }
    job
}

/// A line that lies somewhere.
pub struct Line {
    /// The cue, counted from 0.
    pub number: usize,
    /// All of it.
    pub rect: Rect,
    words: Pos2,
    galley: Arc<Galley>,
}

impl Line {
    /// The byte of its text at a place of the window.
    pub fn byte_at(&self, at: Pos2) -> usize {
        let letter = self.galley.cursor_from_pos(at - self.words).index.0;
        let text = self.galley.text();
        text.char_indices().nth(letter).map_or(text.len(), |(byte, _)| byte)
    }

    /// Draws it.
    pub fn ui(&self, ui: &Ui, lines: &Lines<'_>, list: Rect, chosen: bool) -> Response {
        let palette = Palette::of(ui);
        let response = ui.interact(self.rect.intersect(list), ui.scope_id().with(("cue", self.number)), Sense::click());
        let lit = lines.heard == Some(self.number);
        let cue = lines.cue(self.number);
        let start = cue.map(|cue| cue.start.clock()).unwrap_or_default();
        response.widget_info(|| {
            let speaker = cue.and_then(|cue| cue.speaker.as_ref()).map(|name| format!("{name}: "));
            let words = format!("{start} {}{}", speaker.unwrap_or_default(), self.galley.text());
            WidgetInfo::selected(Role::ListBoxOption, true, lit, words)
        });
        if lit {
            ui.painter().rect_filled(self.rect, 0.0, palette.chosen);
            ui.painter().rect_filled(self.rect.with_max_x(self.rect.left() + 3.0), 0.0, palette.accent);
        }
        if chosen || response.has_focus() {
            let line = Stroke::new(2.0, palette.accent);
            ui.painter().rect_stroke(self.rect.shrink2(vec2(4.0, 0.0)), 2, line, StrokeKind::Inside);
        }
        let (left, top) = (self.rect.left() + EDGE, self.words.y);
        if let Some(speaker) = lines.speaker(self.number) {
            let at = pos2(self.words.x, self.rect.top() + PAD + 2.0);
            let room = self.rect.right() - self.words.x;
            let mut job = LayoutJob::simple_singleline(speaker.to_owned(), theme::small_strong(), palette.muted);
            job.wrap = TextWrapping::truncate_at_width(room);
            let name = ui.painter().layout_job(job);
            ui.painter().galley(at, name, palette.muted);
        }
        let color = if lit { palette.accent } else { palette.muted };
        let right = pos2(left + lines.margin - 3.0 * UNIT, top + 2.0);
        ui.painter().text(right, Align2::RIGHT_TOP, start, theme::times(), color);
        ui.painter().galley(self.words, Arc::clone(&self.galley), palette.text);
        let over_words = response.hover_pos().is_some_and(|at| at.x >= self.words.x);
        if response.hovered() {
            let icon = if over_words { egui::CursorIcon::Text } else { egui::CursorIcon::PointingHand };
            ui.ctx().set_cursor_icon(icon);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::DARK;

    #[test]
    fn a_selection_reaches_from_letter_to_letter_in_either_direction() {
        for ends in [((2, 5), (4, 3)), ((4, 3), (2, 5))] {
            let parts: Vec<_> = (1..6).map(|number| selection(ends, number, 9)).collect();
            assert_eq!(parts, [None, Some(5..9), Some(0..9), Some(0..3), None]);
        }
        assert_eq!(selection(((2, 5), (2, 5)), 2, 9), None);
    }

    #[test]
    fn marks_may_lie_over_each_other_and_the_text_stays_whole() {
        let job = marked("one two three", &[(0..7, Mark::Found), (4..7, Mark::Said), (6..13, Mark::Selected)], &DARK);
        assert_eq!((job.text.as_str(), job.sections.len()), ("one two three", 4));
        let colors: Vec<bool> = job.sections.iter().map(|part| part.format.color == DARK.accent).collect();
        assert_eq!(colors, [false, true, true, false]);
        assert_eq!(marked("", &[], &DARK).text, "");
    }
}

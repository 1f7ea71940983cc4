//! Captions, in a band of their own below the slide: as high for a short line as for a long one, so that the slide stays
//! where it is.

use std::ops::Range;
use std::time::Duration;

use egui::text::LayoutJob;
use egui::{Align, Rect, Role, Sense, TextFormat, Ui, WidgetInfo, pos2};

use super::theme::{self, EDGE, Palette};
use crate::app::App;
use crate::talk::transcript::Cue;

/// Above and below the lines.
const PAD: f32 = 8.0;
/// Widest line, in sizes of its letters: longer ones are hard to read.
const WIDEST: f32 = 46.0;

/// Height of a line, in points.
fn row(app: &App) -> f32 {
    (f32::from(app.caption_size()) * 1.4).round()
}

/// Height of the band, in points; nothing where there is none.
pub fn height(app: &App) -> Option<f32> {
    app.captions_shown().then(|| row(app) * f32::from(app.caption_lines()) + 2.0 * PAD)
}

/// Splits the band off a place for the slide: what is left, and the band. Where too little would be left, there is none.
pub fn split(app: &App, whole: Rect, pixels_per_point: f32) -> (Rect, Option<Rect>) {
    const LEAST: f32 = 80.0;
    let Some(height) = height(app).filter(|height| whole.height() - height >= LEAST) else { return (whole, None) };
    let top = ((whole.bottom() - height) * pixels_per_point).round() / pixels_per_point;
    (whole.with_max_y(top), Some(whole.with_min_y(top)))
}

/// Draws what is said now into `rect`.
pub fn ui(app: &App, ui: &Ui, rect: Rect) {
    let palette = Palette::of(ui);
    ui.painter().rect_filled(rect, 0.0, palette.background);
    let now = app.heard_moment();
    let cue = app.heard_cue().and_then(|number| app.transcript()?.cues().get(number));
    let response = ui.interact(rect, ui.scope_id().with("captions"), Sense::hover());
    response.widget_info(|| {
        let words = cue.map(|cue| cue.text.as_str()).unwrap_or_default();
        WidgetInfo::labeled(Role::Label, true, format!("Captions: {words}"))
    });
    let Some(cue) = cue else { return };
    let name = cue.speaker.as_ref().filter(|_| !app.view().captions.nameless).map(|name| format!("{name}: "));
    let name = name.unwrap_or_default();
    let size = f32::from(app.caption_size());
    let width = (rect.width() - 2.0 * EDGE).min(WIDEST * size);
    let format = |color| TextFormat {
        line_height: Some(row(app)),
        ..TextFormat::simple(egui::FontId::new(size, theme::body().family), color)
    };
    let lay = |part: Range<usize>, centred: bool| {
        let mut job = LayoutJob::default();
        job.wrap.max_width = width;
        job.halign = if centred { Align::Center } else { Align::Min };
        if part.start == 0 {
            job.append(&name, 0.0, format(palette.muted));
        }
        let said = cue.word_at(now).unwrap_or(part.start..part.start);
        let edge = |byte: usize| byte.clamp(part.start, part.end);
        let (begin, end) = (edge(said.start), edge(said.end));
        for (range, color) in
            [(part.start..begin, palette.text), (begin..end, palette.accent), (end..part.end, palette.text)]
        {
            job.append(cue.text.get(range).unwrap_or_default(), 0.0, format(color));
        }
        ui.painter().layout_job(job)
    };
    let whole = lay(0..cue.text.len(), false);
    let rows: Vec<usize> = whole.rows.iter().map(|row| row.char_count_including_newline().0).collect();
    let pages = pages(cue, name.chars().count(), &rows, usize::from(app.caption_lines()));
    let page = pages.iter().rposition(|page| cue.reckoned(page.start) <= now).unwrap_or(0);
    if let Some(next) = pages.get(page + 1).filter(|_| app.player().playing()) {
        let wait = (cue.reckoned(next.start) - now).max_zero().at_rate(app.player().rate());
        if let Ok(wait) = Duration::try_from_secs_f64(wait.secs_f64() + 0.005) {
            ui.ctx().request_repaint_after(wait);
        }
    }
    let shown = lay(pages.get(page).cloned().unwrap_or(0..cue.text.len()), true);
    let at = pos2(rect.center().x, rect.top() + PAD);
    ui.painter().with_clip_rect(rect).galley(at, shown, palette.text);
}

/// The parts of a cue that are shown one after the other, where it has more rows than there are lines. `rows` are the
/// letters in each row, of which the first `name` are no text of the cue.
fn pages(cue: &Cue, name: usize, rows: &[usize], lines: usize) -> Vec<Range<usize>> {
    let byte = |letter: usize| cue.text.char_indices().nth(letter).map_or(cue.text.len(), |(byte, _)| byte);
    let (mut starts, mut letters) = (vec![0], 0_usize);
    for (number, count) in rows.iter().enumerate() {
        if number > 0 && number.is_multiple_of(lines.max(1)) {
            starts.push(byte(letters.saturating_sub(name)));
        }
        letters += count;
    }
    starts.push(cue.text.len());
    starts.windows(2).filter(|pair| pair[0] < pair[1]).map(|pair| pair[0]..pair[1]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cue_with_more_rows_than_lines_is_shown_page_by_page() {
        let cue = Cue { text: "äaaa bbbb cccc dddd".into(), ..Cue::default() };
        let text =
            |pages: Vec<Range<usize>>| pages.into_iter().map(|page| cue.text[page].to_owned()).collect::<Vec<_>>();
        assert_eq!(text(pages(&cue, 0, &[5, 5, 5, 4], 2)), ["äaaa bbbb ", "cccc dddd"]);
        assert_eq!(text(pages(&cue, 0, &[10, 9], 2)), ["äaaa bbbb cccc dddd"]);
        assert_eq!(text(pages(&cue, 3, &[8, 5, 5, 4], 3)), ["äaaa bbbb cccc ", "dddd"]);
        assert!(pages(&Cue::default(), 0, &[0], 2).is_empty());
    }
}

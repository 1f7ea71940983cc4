//! Small pictures of slides on their way to the screen: which are seen, and their textures. Scratch state of the window.

use std::collections::HashMap;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, Rect, Shape, Stroke, StrokeKind, TextureHandle, Ui, pos2, vec2};

use super::stage::load;
use super::theme::{self, Palette};
use crate::app::App;
use crate::slides::{Size, SlideKey};
use crate::talk::track::SlideIndex;
use crate::within;

/// Textures that are kept; more than are ever seen at once.
const KEPT: usize = 240;
/// What a film is called that has no title.
const FILM: &str = "Film";
/// Textures that are made in one frame, lest it take too long; the rest come in the next.
const UPLOADS: usize = 12;

/// Gathered anew in each frame.
#[derive(Default)]
pub struct Thumbs {
    textures: HashMap<SlideKey, (TextureHandle, u64)>,
    wanted: Vec<SlideKey>,
    /// What may be seen soon.
    ahead: Vec<SlideKey>,
    frame: u64,
    uploads: usize,
}

impl Thumbs {
    /// A new frame begins.
    pub fn begin(&mut self) {
        self.frame += 1;
        self.uploads = 0;
        self.wanted.clear();
        self.ahead.clear();
    }

    /// All that are seen have been asked for.
    pub fn finish(&mut self, app: &mut App) {
        let seen = self.wanted.len();
        self.wanted.append(&mut self.ahead);
        app.want_thumbs(std::mem::take(&mut self.wanted), seen);
        if self.textures.len() > KEPT {
            let mut ages: Vec<u64> = self.textures.values().map(|(_, seen)| *seen).collect();
            ages.sort_unstable();
            let oldest = ages[ages.len() - KEPT];
            self.textures.retain(|_, (_, seen)| *seen >= oldest);
        }
    }

    /// Wishes for a picture that may be seen soon.
    pub fn want(&mut self, key: Option<SlideKey>) {
        self.ahead.extend(key);
    }

    /// The texture of a small picture, if it is there.
    pub fn get_key(&mut self, app: &App, ui: &Ui, key: SlideKey) -> Option<TextureHandle> {
        self.wanted.push(key.clone());
        let pixels = app.thumb(&key)?;
        if let Some((texture, seen)) = self.textures.get_mut(&key) {
            *seen = self.frame;
            return Some(texture.clone());
        }
        if self.uploads >= UPLOADS {
            ui.ctx().request_repaint();
            return None;
        }
        self.uploads += 1;
        let texture = load(ui, "thumb", &pixels);
        self.textures.insert(key, (texture.clone(), self.frame));
        Some(texture)
    }

    /// Draws a slide into the middle of `cell`, pixel for pixel; an empty frame until it is there. Returns where it lies.
    pub fn paint(&mut self, app: &App, ui: &Ui, slide: SlideIndex, cell: Rect) -> Rect {
        let shown = app.player().talk().and_then(|talk| talk.slides.get(slide)).filter(|slide| slide.image.is_none());
        let title = shown.and_then(|slide| slide.title.as_ref());
        let key = app.thumb_key(slide, physical(cell, ui.pixels_per_point()));
        let rect = self.paint_named(app, ui, key, cell, title.map_or(FILM, String::as_str));
        if let Some(title) = title.filter(|_| shown.is_some_and(|slide| slide.clip.is_none())) {
            let palette = Palette::of(ui);
            let size = (cell.width() / 14.0).clamp(8.0, 18.0);
            let font = egui::FontId::new(size, theme::body().family);
            let words = ui.painter().layout(title.clone(), font, palette.text, cell.width() * 0.88);
            let at = egui::Align2::CENTER_CENTER.anchor_size(cell.center(), words.size()).min;
            ui.painter().with_clip_rect(cell.shrink(2.0)).galley(at, words, palette.text);
        }
        rect
    }

    /// Draws a small picture into the middle of `cell`, as [`Self::paint`] does.
    pub fn paint_key(&mut self, app: &App, ui: &Ui, key: Option<SlideKey>, cell: Rect) -> Rect {
        self.paint_named(app, ui, key, cell, FILM)
    }

    /// A film without a picture, or before it is there, says what it is.
    fn paint_named(&mut self, app: &App, ui: &Ui, key: Option<SlideKey>, cell: Rect, film: &str) -> Rect {
        let (palette, scale) = (Palette::of(ui), ui.pixels_per_point());
        let moves = key.as_ref().is_some_and(|key| within::still(&key.file).is_some());
        let texture = key.and_then(|key| self.get_key(app, ui, key));
        let size = texture.as_ref().map_or(cell.size(), |texture| texture.size_vec2() / scale);
        let corner = cell.center() - size / 2.0;
        let corner = pos2((corner.x * scale).round() / scale, (corner.y * scale).round() / scale);
        let rect = Rect::from_min_size(corner, size);
        match texture {
            Some(texture) => {
                let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture.id(), rect, whole, Color32::WHITE);
            }
            None => {
                ui.painter().rect(rect, 0.0, palette.raised, palette.rule(), StrokeKind::Inside);
                if moves {
                    paint_film(ui, rect, film);
                }
            }
        }
        rect
    }
}

/// A play sign, and below it the words, as far as there is room.
fn paint_film(ui: &Ui, rect: Rect, words: &str) {
    let palette = Palette::of(ui);
    let half = (rect.height() * 0.14).clamp(4.0, 20.0);
    let font = egui::FontId::new((rect.width() / 14.0).clamp(8.0, 18.0), theme::body().family);
    let mut job = LayoutJob::simple_singleline(words.to_owned(), font, palette.text);
    job.wrap = TextWrapping::truncate_at_width(rect.width() * 0.88);
    let words = Some(ui.painter().layout_job(job)).filter(|words| words.size().y + 4.0 * half < rect.height());
    let room = words.as_ref().map_or(0.0, |words| words.size().y + half / 2.0);
    let middle = rect.center() - vec2(0.0, room / 2.0);
    let sign = [(-0.8, -1.0), (-0.8, 1.0), (1.0, 0.0)].map(|(x, y)| middle + vec2(x, y) * half);
    ui.painter().add(Shape::convex_polygon(sign.to_vec(), palette.muted, Stroke::NONE));
    if let Some(words) = words {
        let at = pos2(rect.center().x - words.size().x / 2.0, middle.y + 1.5 * half);
        ui.painter().galley(at, words, palette.text);
    }
}

/// A size in whole physical pixels.
pub fn physical(cell: Rect, pixels_per_point: f32) -> Size {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a window; a cast saturates")]
    let pixels = |points: f32| (points * pixels_per_point).round() as u32;
    Size::new(pixels(cell.width()), pixels(cell.height()))
}

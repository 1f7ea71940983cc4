//! The slide's pane: the slide, pixel for pixel, and nothing else. Designed states where there is none.

use std::sync::Arc;

use egui::{Align2, Color32, ColorImage, Rect, TextureHandle, TextureId, TextureOptions, Ui, pos2, vec2};

use super::film::{FilmTexture, surround};
use super::theme::{self, Palette, UNIT};
use crate::app::{App, Stage};
use crate::slides::{self, Pixels, Placement, SlideKey};

/// Textures kept: what is shown, what was shown just before, and what comes next.
const KEPT: usize = 3;

/// Pictures on their way to the graphics card. Scratch state of a window.
#[derive(Default)]
pub struct Textures {
    kept: Vec<(SlideKey, TextureHandle)>,
    shown: Option<(SlideKey, Placement)>,
    film: FilmTexture,
}

impl Textures {
    /// The texture of a picture, uploaded if it is not there yet.
    fn upload(&mut self, ui: &Ui, key: &SlideKey, pixels: &Pixels) -> TextureHandle {
        if let Some(at) = self.kept.iter().position(|(known, _)| known == key) {
            let found = self.kept.remove(at);
            self.kept.push(found);
        } else {
            let texture = load(ui, "slide", pixels);
            self.kept.push((key.clone(), texture));
            if self.kept.len() > KEPT {
                drop(self.kept.remove(0));
            }
        }
        self.kept[self.kept.len() - 1].1.clone()
    }

    /// What is newer than what is shown, of the slides gone through since.
    fn newer(&self, app: &App) -> Option<(SlideKey, Placement, Arc<Pixels>)> {
        app.newest_picture(&self.shown.as_ref()?.0.file)
    }

    /// What moves gives its memory back.
    pub fn forget(&mut self) {
        self.film.forget();
    }

    fn has(&self, key: &SlideKey) -> bool {
        self.kept.iter().any(|(known, _)| known == key)
    }

    /// Uploads what comes next, so that it is there in the frame in which it is wanted; below what is shown now.
    fn prepare(&mut self, ui: &Ui, (key, pixels): (SlideKey, Arc<Pixels>)) {
        if !self.has(&key) {
            drop(self.upload(ui, &key, &pixels));
            if let [.., shown, next] = self.kept.as_mut_slice() {
                std::mem::swap(shown, next);
            }
        }
    }
}

/// Uploads a picture.
pub fn load(ui: &Ui, name: &str, pixels: &Pixels) -> TextureHandle {
    let size = [pixels.size.width as usize, pixels.size.height as usize];
    // Opaque, so that nothing needs to be multiplied.
    let image = ColorImage::from_rgba_premultiplied(size, &pixels.rgba);
    // One texel for one pixel: nothing may be interpolated.
    ui.ctx().load_texture(name, image, TextureOptions::NEAREST)
}

/// Draws what stands in the slide's place into `rect`.
pub fn ui(app: &App, ui: &Ui, rect: Rect, textures: &mut Textures) {
    show(app, app.stage(), ui, rect, textures, Pane::Main);
}

/// Draws what stands in the second window into `rect`.
pub fn second(app: &App, ui: &Ui, rect: Rect, textures: &mut Textures) {
    show(app, app.second_stage(), ui, rect, textures, Pane::Second);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pane {
    Main,
    Second,
}

fn show(app: &App, stage: Stage, ui: &Ui, rect: Rect, textures: &mut Textures, pane: Pane) {
    let palette = Palette::of(ui);
    match &stage {
        Stage::Film(Some((placement, _))) => {
            surround(ui, rect, whole(ui, placement).intersect(visible(ui, placement)), palette.surround);
        }
        _ => {
            ui.painter().rect_filled(rect, 0.0, palette.surround);
        }
    }
    if !matches!(stage, Stage::Film(_)) {
        textures.film.forget();
    }
    if !matches!(stage, Stage::Film(_) | Stage::Slide { .. }) {
        // What was seen before this is not what comes after it.
        textures.shown = None;
    }
    match stage {
        Stage::Empty => message(ui, rect, "Drop a talk folder here", "or press Ctrl+O to choose one"),
        Stage::Opening(path) => message(ui, rect, "Opening…", &name(&path)),
        Stage::Failed(why) => message(ui, rect, "This cannot be opened", &why),
        Stage::NoPicture { what, why } => {
            let sounds = app.player().talk().is_some_and(|talk| talk.audio.is_some());
            let second = why.as_deref().unwrap_or(if sounds { "The sound plays on" } else { "" });
            message(ui, rect, &what, second);
        }
        Stage::Title(title) => card(app, ui, rect, &title),
        Stage::Broken(why) => message(ui, rect, "This slide cannot be shown", &why),
        Stage::Film(found) => {
            match found {
                Some((placement, frame)) => {
                    let shown = visible(ui, &placement).intersect(rect);
                    textures.film.draw(app, ui, &frame, whole(ui, &placement), shown);
                }
                // Until its first picture is there, the slide before stays.
                None => {
                    if let Some((shown, lies)) = textures.shown.clone() {
                        hold(ui, rect, textures, (&shown, &lies), (&shown, &lies));
                    }
                }
            }
            let label = format!("Video. {}", app.slide_label());
            ui.interact(rect, ui.scope_id().with("slide"), egui::Sense::hover())
                .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
        }
        Stage::Slide { placement, picture, key } => {
            if let Some(pixels) = picture {
                let prepared = textures.has(&key);
                let texture = textures.upload(ui, &key, &pixels);
                textures.shown = Some((key, placement));
                draw(ui, rect, texture.id(), &placement, placement.tile, placement.target);
                if let Some(next) = app.next_picture().filter(|_| prepared && pane == Pane::Main) {
                    textures.prepare(ui, next);
                }
            } else if let Some((newest, lies, pixels)) = textures.newer(app).filter(|_| pane == Pane::Main) {
                // Slides change faster than they are decoded: the newest that there is, rather than a frozen one.
                let texture = textures.upload(ui, &newest, &pixels);
                textures.shown = Some((newest, lies));
                draw(ui, rect, texture.id(), &lies, lies.tile, lies.target);
            } else if let Some((shown, lies)) = textures.shown.clone() {
                hold(ui, rect, textures, (&shown, &lies), (&key, &placement));
            }
            let label = app.slide_label();
            ui.interact(rect, ui.scope_id().with("slide"), egui::Sense::hover())
                .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
        }
    }
}

/// Until the picture is there, what was shown stays: the same slide at its new size, or the slide before.
fn hold(
    ui: &Ui,
    rect: Rect,
    textures: &Textures,
    (shown, lies): (&SlideKey, &Placement),
    (wanted, placement): (&SlideKey, &Placement),
) {
    let Some((_, texture)) = textures.kept.iter().find(|(known, _)| known == shown) else { return };
    let place = if shown.file == wanted.file { placement } else { lies };
    draw(ui, rect, texture.id(), place, lies.tile, lies.target);
}

/// Draws a texture that holds the part `tile` of a slide of the size `of`.
fn draw(ui: &Ui, rect: Rect, texture: TextureId, placement: &Placement, tile: slides::Rect, of: slides::Size) {
    let at = lies(ui, placement, tile, of);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter().with_clip_rect(rect).image(texture, at, whole, Color32::WHITE);
}

/// Where all of a picture lies, in points.
fn whole(ui: &Ui, placement: &Placement) -> Rect {
    lies(ui, placement, slides::Rect::new(0, 0, placement.target), placement.target)
}

/// The part of a picture that is seen, in points.
fn visible(ui: &Ui, placement: &Placement) -> Rect {
    lies(ui, placement, placement.crop, placement.target)
}

/// Where a part of a picture of this size lies, in points.
fn lies(ui: &Ui, placement: &Placement, tile: slides::Rect, of: slides::Size) -> Rect {
    let scale = ui.pixels_per_point();
    let (x, y) = placement.origin;
    let points = |pixels: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
        let pixels = pixels as f32;
        pixels / scale
    };
    // While the right size is on its way, the part lies where it would lie in the new one.
    let along = |part: f64, target: u32, of: u32| part * f64::from(target) / f64::from(of.max(1));
    let (target, size) = (placement.target, tile.size);
    let left = f64::from(x) + along(f64::from(tile.x), target.width, of.width);
    let top = f64::from(y) + along(f64::from(tile.y), target.height, of.height);
    let (width, height) =
        (along(f64::from(size.width), target.width, of.width), along(f64::from(size.height), target.height, of.height));
    Rect::from_min_size(pos2(points(left), points(top)), vec2(points(width), points(height)))
}

/// The title of a chapter, on a sheet of a slide's shape.
fn card(app: &App, ui: &Ui, rect: Rect, title: &str) {
    const SHAPE: f32 = 16.0 / 9.0;
    let palette = Palette::of(ui);
    let room = rect.shrink(6.0 * UNIT);
    let width = room.width().min(room.height() * SHAPE).max(80.0);
    let sheet = Rect::from_center_size(rect.center(), vec2(width, width / SHAPE));
    ui.painter().rect_filled(sheet, 0.0, palette.panel);
    ui.painter().rect_stroke(sheet, 0, palette.rule(), egui::StrokeKind::Inside);
    let size = (width / 22.0).clamp(16.0, 64.0);
    let font = egui::FontId::new(size, theme::strong().family);
    let words = ui.painter().layout(title.to_owned(), font, palette.text, width * 0.84);
    let at = Align2::CENTER_CENTER.anchor_size(sheet.center(), words.size()).min;
    let clipped = ui.painter().with_clip_rect(sheet.shrink(UNIT));
    clipped.galley(at, words, palette.text);
    let label = format!("{}: {title}", app.slide_label());
    ui.interact(rect, ui.scope_id().with("message"), egui::Sense::hover())
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &label));
}

fn message(ui: &Ui, rect: Rect, title: &str, detail: &str) {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    let width = (rect.width() - 80.0).clamp(80.0, 640.0);
    let title = painter.layout(title.to_owned(), theme::title(), palette.text, width);
    let detail = painter.layout(detail.to_owned(), theme::body(), palette.muted, width);
    let height = title.size().y + 2.0 * UNIT + detail.size().y;
    let top = rect.center().y - height / 2.0;
    let label = format!("{}. {}", title.text(), detail.text());
    let second = top + title.size().y + 2.0 * UNIT;
    for (galley, y, color) in [(title, top, palette.text), (detail, second, palette.muted)] {
        let at = Align2::CENTER_TOP.anchor_size(pos2(rect.center().x, y), galley.size()).min;
        painter.galley(at, galley, color);
    }
    ui.interact(rect, ui.scope_id().with("message"), egui::Sense::hover())
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &label));
}

fn name(path: &std::path::Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The pane in whole physical pixels of the window.
pub fn physical(rect: Rect, pixels_per_point: f32) -> slides::Rect {
    let round = |points: f32| (points * pixels_per_point).round();
    let (left, top) = (round(rect.left()), round(rect.top()));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a window; a cast saturates")]
    slides::Rect {
        x: left as i32,
        y: top as i32,
        size: slides::Size::new((round(rect.right()) - left) as u32, (round(rect.bottom()) - top) as u32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pane_lies_on_whole_pixels_at_every_scale() {
        for scale in [1.0, 1.25, 1.5, 1.75, 2.0] {
            let rect = Rect::from_min_max(pos2(0.0, 44.0), pos2(1001.6, 733.6));
            let pane = physical(rect, scale);
            assert!((f64::from(pane.y) - 44.0 * f64::from(scale)).abs() <= 0.5);
            let bottom = f64::from(pane.y) + f64::from(pane.size.height);
            assert!((bottom - 733.6 * f64::from(scale)).abs() <= 0.5);
        }
    }
}

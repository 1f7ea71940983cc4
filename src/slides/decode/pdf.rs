//! A page of a PDF, drawn at the size at which it is shown. Computes; reads no file and no network.

use std::sync::{Mutex, PoisonError};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};

use super::{Limits, Trouble, check};
use crate::slides::{Pixels, Size};
use crate::talk::{page_size, unpack};

/// What is drawn on, and as much again for what lies above it.
const BYTES_PER_PIXEL: u64 = 16;

/// A page, counted from one, at the size `wanted`, else at its own, on white.
pub(super) fn decode(bytes: Vec<u8>, page: usize, limits: &Limits, wanted: Option<Size>) -> Result<Pixels, Trouble> {
    if !is_bearable(&bytes) {
        return Err(Trouble::TooMuchMemory);
    }
    let pdf = Pdf::new(bytes).map_err(|error| {
        Trouble::Damaged(match error {
            LoadPdfError::Decryption(_) => "the document is encrypted".to_owned(),
            LoadPdfError::Invalid => "the document cannot be read".to_owned(),
        })
    })?;
    let pages = pdf.pages();
    let page = page.checked_sub(1).and_then(|at| pages.get(at));
    let page = page.ok_or_else(|| Trouble::Damaged("the document has fewer pages".to_owned()))?;
    let (across, down) = page.render_dimensions();
    let (width, height) = page_size(across, down);
    let own = Size::new(width, height);
    let size = wanted.unwrap_or(own);
    check(size, BYTES_PER_PIXEL, limits)?;
    let sides = u16::try_from(size.width).ok().zip(u16::try_from(size.height).ok());
    let (width, height) = sides.ok_or(Trouble::TooLarge(size))?;
    let scale = |pixels: u16, points: f32| f64::from(pixels) / f64::from(points.max(0.1));
    let transform = Affine::scale_non_uniform(scale(width, across), scale(height, down)) * page_transform(page);
    let mut context = RenderContext::new(width, height);
    let (cache, settings) = (RenderCache::new(), InterpreterSettings::default());
    render_into(page, &cache, &settings, &RenderSettings::default(), &mut context, transform);
    context.flush();
    let mut pixmap = Pixmap::new(width, height);
    let settings = RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..RasterizerSettings::default() };
    context.render_with(&mut pixmap, &mut Resources::default(), settings);
    let mut rgba = pixmap.data_as_u8_slice().to_vec();
    // White below all makes it opaque, but for rounding.
    rgba.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = u8::MAX);
    Ok(Pixels { size, rgba, source: own, cut_short: false })
}

/// Whether the streams of a document can be unpacked without harm. Looked for once for all the pages that are drawn one after
/// another.
fn is_bearable(bytes: &[u8]) -> bool {
    static LAST: Mutex<Option<(Vec<u8>, bool)>> = Mutex::new(None);
    // Bytes here and there tell one document from another.
    let marks = bytes.iter().copied().step_by((bytes.len() / 4096).max(1)).chain(bytes.len().to_le_bytes());
    let marks: Vec<u8> = marks.collect();
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    match &*last {
        Some((known, bearable)) if *known == marks => *bearable,
        _ => last.insert((marks, unpack::is_bearable(bytes))).1,
    }
}

fn page_transform(page: &hayro::hayro_syntax::page::Page<'_>) -> Affine {
    use hayro::hayro_interpret::util::TransformExt as _;
    page.initial_transform(true).to_kurbo()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::pdf;

    #[test]
    fn a_page_is_drawn_at_the_size_wanted() {
        let document = pdf(&[(400, 300), (400, 300)]);
        let pixels = decode(document.clone(), 2, &Limits::default(), Some(Size::new(800, 600))).expect("a page");
        assert_eq!((pixels.size, pixels.source), (Size::new(800, 600), Size::new(1920, 1440)));
        let at = |x: usize, y: usize| pixels.rgba[(y * 800 + x) * 4..][..4].to_vec();
        // The second page has a red square of a quarter of its sides in its lower left corner.
        assert_eq!((at(50, 550), at(700, 50)), (vec![255, 0, 0, 255], vec![255, 255, 255, 255]));
        assert!(decode(document.clone(), 3, &Limits::default(), None).is_err());
        assert!(decode(document[..90].to_vec(), 1, &Limits::default(), None).is_err());
    }
}

//! Pictures at the size at which they are seen, where the processor would have to draw larger ones: brightness and differences are
//! scaled before they become colours, which is the least work. Pure; the decoder's thread.

use fast_image_resize as fir;
use fir::images::{Image, ImageRef};

use super::convert::{Component, Picture, Plane, Scratch, Turn};
use super::planes::Planes;

/// Of brightness, in which letters are.
const SHARP: fir::FilterType = fir::FilterType::CatmullRom;
/// Of colour, in which nobody sees more.
const SOFT: fir::FilterType = fir::FilterType::Bilinear;

/// Memory that is used again.
#[derive(Default)]
pub struct Fitter {
    resizer: fir::Resizer,
    whole: Vec<u8>,
    sheets: [Vec<u8>; 3],
    turned: Vec<u8>,
}

impl Fitter {
    /// Puts the picture, turned and made so large, into `out`: RGBA, row by row. Nothing of it where it cannot be read.
    pub fn fit(
        &mut self,
        picture: &Picture<'_>,
        turn: Turn,
        size: (usize, usize),
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) {
        let unturned = turn.size(size);
        let mut flat = std::mem::take(&mut self.turned);
        let to = if turn == Turn::default() { &mut *out } else { &mut flat };
        if self.fit_sheets(picture, unturned, scratch, to).is_none() {
            picture.rgba(scratch, &mut self.whole);
            to.resize(unturned.0 * unturned.1 * 4, 255);
            let from = (picture.width, picture.height);
            let how = (fir::PixelType::U8x4, SHARP);
            if scale(&mut self.resizer, how, (from, &self.whole), (unturned, to)).is_none() {
                to.fill(0);
            }
        }
        if turn != Turn::default() {
            turn.apply(&flat, unturned, out);
        }
        self.turned = flat;
    }

    /// As [`Self::fit`], unturned, for pictures that can be scaled before they become colours.
    fn fit_sheets(
        &mut self,
        picture: &Picture<'_>,
        size: (usize, usize),
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let planes = Planes::leave(picture, Turn::default(), (0.0, 0.0), &mut self.whole)?;
        let fewer = |length: usize, by: u32| length.div_ceil(1 << by);
        let coarse = (fewer(size.0, picture.coarser.0), fewer(size.1, picture.coarser.1));
        let mut shapes = [(0, 0); 3];
        for ((at, (each, shape, bytes)), to) in planes.sheets(&self.whole).enumerate().zip(&mut self.sheets) {
            let (across, down) = if at == 0 { size } else { coarse };
            let kind = if each == 2 { fir::PixelType::U8x2 } else { fir::PixelType::U8 };
            to.resize(each * across * down, 0);
            let filter = if at == 0 { SHARP } else { SOFT };
            scale(&mut self.resizer, (kind, filter), (shape, bytes), ((across, down), to))?;
            *shapes.get_mut(at)? = (each * across, down);
        }
        let sheet = |at: usize| {
            let (stride, _) = *shapes.get(at).filter(|(stride, _)| *stride > 0)?;
            Some(Plane { bytes: self.sheets.get(at)?, stride, upside_down: false })
        };
        let mut components = picture.components;
        for (at, component) in components.iter_mut().enumerate() {
            let plane = if planes.paired.is_some() { at.min(1) } else { at };
            *component = Component { plane, ..*component };
        }
        let fitted = Picture {
            width: size.0,
            height: size.1,
            planes: [sheet(0), sheet(1), sheet(2), None],
            components,
            ..*picture
        };
        fitted.rgba(scratch, out);
        Some(())
    }
}

type Size = (usize, usize);

/// `None` where there is nothing to scale.
fn scale(
    resizer: &mut fir::Resizer,
    (kind, filter): (fir::PixelType, fir::FilterType),
    ((across, down), from): (Size, &[u8]),
    ((to_across, to_down), to): (Size, &mut [u8]),
) -> Option<()> {
    let length = |length: usize| u32::try_from(length).ok();
    let from = ImageRef::new(length(across)?, length(down)?, from, kind).ok()?;
    let mut to = Image::from_slice_u8(length(to_across)?, length(to_down)?, to, kind).ok()?;
    let how = fir::ResizeOptions::new().resize_alg(fir::ResizeAlg::Convolution(filter)).use_alpha(false);
    resizer.resize(&from, &mut to, &how).ok()
}

#[cfg(test)]
mod tests;

//! Fewer artefacts in a JPEG of text and charts: the ringing around letters, the edges of blocks, and the colours that
//! subsampling has washed out. Loader threads: computes; a picture of photographs is hardly changed.
//!
//! Three things are known: how coarsely each frequency was quantised, that most of a slide is flat ground, and that
//! colour and brightness of text change together. Coefficients of luma are held in the interval that quantises to what
//! the file says, so that letters stay as sharp as they are; only what is all but white or black next to text on white
//! or black is then made quite so.

mod chroma;
mod dct;
mod header;
mod luma;
mod plane;

use super::Pixels;
use header::Header;
use plane::Plane;

/// Rows that are worked on at a time. Sets the memory taken: about seven kilobytes per pixel of the picture's width.
const BAND: usize = 128;

/// Rows above and below a band that its pixels depend on, at most; a multiple of the largest coded unit.
const MARGIN: usize = 32;

/// Mean step of the lower frequencies of luma below which there is nothing to gain.
const FINE: f32 = 1.5;

/// Reduces the artefacts in the `pixels` decoded from the file `jpeg`; false, and no change, where that does not apply:
/// the file is no Huffman-coded grey or YCbCr JPEG, is quantised so finely that it has none, has damaged headers, or is
/// not of the pixels' size.
///
/// Takes memory for a band of the picture, about 7 KB per pixel of its width, none per pixel of its height.
pub fn reduce(jpeg: &[u8], pixels: &mut Pixels) -> bool {
    let Some(header) = header::read(jpeg) else { return false };
    let size = pixels.size;
    if (header.width, header.height) != (size.width, size.height) || pixels.rgba.len() != size.bytes() {
        return false;
    }
    let Some(mut worker) = Worker::with_band(&header, BAND) else { return false };
    worker.run(&mut pixels.rgba);
    true
}

/// What a band is worked on with.
struct Worker<'a> {
    header: &'a Header,
    band: usize,
    width: usize,
    height: usize,
    /// `None`: grey, or subsampled in a way that is left alone.
    coding: Option<chroma::Coding>,
    /// Y, Cb and Cr.
    planes: [Plane; 3],
    originals: [Plane; 3],
    scratch: Plane,
    errors: luma::Errors,
    chroma_scratch: chroma::Scratch,
    /// The rows above the band as they were before they were written.
    above: Vec<u8>,
}

impl<'a> Worker<'a> {
    /// Takes `band` rows at a time, a multiple of 16. `None` where there is nothing to gain.
    fn with_band(header: &'a Header, band: usize) -> Option<Self> {
        let (width, height) = (usize::try_from(header.width).ok()?, usize::try_from(header.height).ok()?);
        let luma = header.components.first()?;
        let coding = match header.components.as_slice() {
            [_, blue, red] => {
                if blue.across.max(red.across) > luma.across || blue.down.max(red.down) > luma.down {
                    return None;
                }
                let alike = (blue.across, blue.down) == (red.across, red.down);
                let whole = luma.across.is_multiple_of(blue.across) && luma.down.is_multiple_of(blue.down);
                let factors = (usize::from(luma.across / blue.across), usize::from(luma.down / blue.down));
                if alike && whole { chroma::Coding::new(factors.0, factors.1, &blue.steps) } else { None }
            }
            _ => None,
        };
        let low: f32 = luma.steps[..4].iter().flat_map(|row| &row[..4]).sum();
        if low < FINE * 16.0 && !coding.is_some_and(chroma::Coding::is_subsampled) {
            return None;
        }
        let rows = (band + 2 * MARGIN).min(height);
        let plane = Plane::new(width, rows);
        let colour = if coding.is_some() { plane.clone() } else { Plane::default() };
        Some(Self {
            header,
            band,
            width,
            height,
            coding,
            planes: [plane.clone(), colour.clone(), colour.clone()],
            originals: [plane.clone(), colour.clone(), colour],
            scratch: plane,
            errors: luma::Errors::default(),
            chroma_scratch: chroma::Scratch::default(),
            above: Vec::new(),
        })
    }

    fn run(&mut self, rgba: &mut [u8]) {
        let stride = self.width * 4;
        for top in (0..self.height).step_by(self.band) {
            let bottom = (top + self.band).min(self.height);
            let first = top.saturating_sub(MARGIN);
            self.load(rgba, first, top, (bottom + MARGIN).min(self.height));
            self.above.clear();
            self.above.extend_from_slice(&rgba[bottom.saturating_sub(MARGIN) * stride..bottom * stride]);
            if self.work() {
                self.store(&mut rgba[top * stride..bottom * stride], top - first);
            }
        }
    }

    /// Fills the planes from the rows `first` to `end`, those before `top` from what they were.
    fn load(&mut self, rgba: &[u8], first: usize, top: usize, end: usize) {
        let stride = self.width * 4;
        let rows = self.above.chunks_exact(stride).chain(rgba[top * stride..end * stride].chunks_exact(stride));
        let colour = self.coding.is_some();
        let used = if colour { 3 } else { 1 };
        for plane in self.planes[..used].iter_mut().chain(&mut self.originals[..used]).chain([&mut self.scratch]) {
            plane.set_height(end - first);
        }
        let [luma, blue, red] = &mut self.planes;
        for (y, row) in rows.enumerate() {
            let start = luma.at(0, y);
            let lumas = &mut luma.samples[start..start + self.width];
            for (sample, pixel) in lumas.iter_mut().zip(row.as_chunks::<4>().0) {
                *sample = luma_of(pixel);
            }
            if colour {
                let blues = &mut blue.samples[start..start + self.width];
                let reds = &mut red.samples[start..start + self.width];
                for ((blue, red), pixel) in blues.iter_mut().zip(reds).zip(row.as_chunks::<4>().0) {
                    let luma = luma_of(pixel);
                    *blue = (f32::from(pixel[2]) - luma) / 1.772;
                    *red = (f32::from(pixel[0]) - luma) / 1.402;
                }
            }
        }
        for (plane, original) in self.planes[..used].iter_mut().zip(&mut self.originals) {
            plane.extend_edges(self.width, end - first);
            original.samples.copy_from_slice(&plane.samples);
        }
    }

    /// Works on the planes; false where nothing has changed.
    fn work(&mut self) -> bool {
        let [luma, blue, red] = &mut self.planes;
        let steps = &self.header.components[0].steps;
        self.errors.estimate(luma, steps);
        let flat = self.errors.are_none();
        if !flat {
            luma::reduce(luma, &self.originals[0], &mut self.scratch, &self.errors, steps);
        }
        let Some(coding) = self.coding else { return !flat };
        if coding.is_subsampled() {
            chroma::restore(luma, blue, &self.errors, coding, &mut self.chroma_scratch);
            chroma::restore(luma, red, &self.errors, coding, &mut self.chroma_scratch);
        }
        // The originals of chroma have served; what has changed is found from the pixels.
        let [_, blue_source, red_source] = &mut self.originals;
        chroma::reduce([blue, red], [blue_source, red_source], luma, &self.errors, coding);
        true
    }

    /// Adds to the pixels what has changed, so that those that have not stay as they are.
    fn store(&self, rgba: &mut [u8], offset: usize) {
        let colour = self.coding.is_some();
        let [luma, blue, red] = &self.planes;
        for (y, row) in rgba.chunks_exact_mut(self.width * 4).enumerate() {
            let start = luma.at(0, y + offset);
            let lumas = &luma.samples[start..start + self.width];
            let pixels = row.as_chunks_mut::<4>().0;
            if !colour {
                for (pixel, luma) in pixels.iter_mut().zip(lumas) {
                    let change = luma - luma_of(pixel);
                    for channel in &mut pixel[..3] {
                        *channel = level(f32::from(*channel) + change);
                    }
                }
                continue;
            }
            let blues = &blue.samples[start..start + self.width];
            let reds = &red.samples[start..start + self.width];
            for (pixel, ((luma, blue), red)) in pixels.iter_mut().zip(lumas.iter().zip(blues).zip(reds)) {
                let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
                let was = luma_of(pixel);
                let (light, blue, red) = (luma - was, blue - (b - was) / 1.772, red - (r - was) / 1.402);
                pixel[0] = level(r + light + 1.402 * red);
                pixel[1] = level(g + light - 0.344_136 * blue - 0.714_136 * red);
                pixel[2] = level(b + light + 1.772 * blue);
            }
        }
    }
}

/// Y of ITU-T T.871, 0 to 255.
fn luma_of(pixel: &[u8; 4]) -> f32 {
    0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2])
}

fn level(value: f32) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
    let level = (value + 0.5) as u8;
    level
}

#[cfg(test)]
mod tests;

//! Parts of pictures: what lies within is looked at, the rest is as if it were not there. Nothing is copied. Pure.

use serde::{Deserialize, Serialize};

use super::convert::{Model, Picture, Plane};

/// A rectangle in a picture, in 65536ths of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Part {
    /// What lies to the left of it.
    pub left: u32,
    /// What lies above it.
    pub top: u32,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// Where on a picture lies what was asked for, as parts of its width and height; more is given where coarser values are not cut in
/// two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Within {
    /// The left side.
    pub left: f64,
    /// The upper side.
    pub top: f64,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

impl Within {
    /// All of it.
    pub const ALL: Self = Self { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };
}

/// A row or a column of pixels: from where on, and how many.
type Run = (usize, usize);

impl Part {
    /// The whole width or height of a picture.
    pub const WHOLE: u32 = 1 << 16;

    /// A length that is given as a part of the whole.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 65536")]
    pub fn length(part: f64) -> u32 {
        (part.clamp(0.0, 1.0) * f64::from(Self::WHOLE)).round() as u32
    }

    /// Whether it lies in a picture, and is more than a speck of it.
    pub fn is_sound(&self) -> bool {
        let holds = |from: u32, length: u32| {
            length >= Self::WHOLE / 64 && from.checked_add(length).is_some_and(|end| end <= Self::WHOLE)
        };
        holds(self.left, self.width) && holds(self.top, self.height)
    }

    /// The columns and the rows of a picture of this size of which something lies within; each run begins at a multiple of a step.
    pub fn pixels(&self, (width, height): (usize, usize), (across, down): (usize, usize)) -> (Run, Run) {
        let run = |from: u32, length: u32, whole: usize, step: usize| {
            let scaled = |at: u32| u64::from(at) * whole as u64;
            let unit = u64::from(Self::WHOLE);
            let begin = usize::try_from(scaled(from) / unit).unwrap_or(0).min(whole);
            let begin = begin - begin % step.max(1);
            let end = usize::try_from(scaled(from.saturating_add(length)).div_ceil(unit)).unwrap_or(0);
            (begin, end.next_multiple_of(step.max(1)).min(whole).saturating_sub(begin))
        };
        (run(self.left, self.width, width, across), run(self.top, self.height, height, down))
    }

    /// What lies within, of a picture, and where on that it lies; nothing is copied. The whole where nothing does.
    pub fn of<'a>(&self, picture: &Picture<'a>) -> (Picture<'a>, Within) {
        let (across, down) = picture.coarser;
        let fields = usize::from(picture.interlaced);
        // Values that are coarser are not cut in two, and the first row stays one of the first moment.
        let steps = (1_usize << across, 1_usize << (down as usize + fields));
        let ((left, width), (top, height)) = self.pixels((picture.width, picture.height), steps);
        if width == 0 || height == 0 {
            return (*picture, Within::ALL);
        }
        #[expect(clippy::cast_precision_loss, reason = "pixels of a video")]
        let place = |from: u32, length: u32, (begin, count): Run, whole: usize| {
            let scaled = |at: u32| f64::from(at) / f64::from(Self::WHOLE) * whole as f64;
            ((scaled(from) - begin as f64) / count as f64, scaled(length) / count as f64)
        };
        let (x, w) = place(self.left, self.width, (left, width), picture.width);
        let (y, h) = place(self.top, self.height, (top, height), picture.height);
        let within = Within { left: x, top: y, width: w, height: h };
        let mut planes = picture.planes;
        for (at, plane) in planes.iter_mut().enumerate() {
            let component = picture.components.iter().take(picture.count).position(|it| it.plane == at);
            let (Some(found), Some(component)) = (plane.as_mut(), component) else { continue };
            // Where several lie in one plane, the first of them has all its pixels there.
            let coarse = component > 0 && matches!(picture.model, Model::Luma { .. });
            let by = |amount: u32| if coarse { amount } else { 0 };
            let step = picture.components.get(component).map_or(1, |component| component.step);
            let (rows, first) = (picture.height.div_ceil(1 << by(down)), top >> by(down));
            let kept = (top + height).div_ceil(1 << by(down)) - first;
            let skipped = if found.upside_down { rows.saturating_sub(first + kept) } else { first };
            let from = skipped * found.stride + (left >> by(across)) * step;
            *found = Plane { bytes: found.bytes.get(from..).unwrap_or_default(), ..*found };
        }
        (Picture { width, height, planes, ..*picture }, within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::convert::{Component, Matrix, Scratch};

    const SIZE: (usize, usize) = (16, 12);

    /// Of brightness and differences, planar, each coarser value one of its own.
    fn picture<'a>(sheets: &'a [Vec<u8>; 3], coarser: (u32, u32), upside_down: bool) -> Picture<'a> {
        let component = |plane: usize| Component { plane, step: 1, offset: 0, shift: 0, depth: 8 };
        let plane = |at: usize| {
            let stride = if at == 0 { SIZE.0 } else { SIZE.0 >> coarser.0 };
            Some(Plane { bytes: &sheets[at], stride, upside_down })
        };
        Picture {
            width: SIZE.0,
            height: SIZE.1,
            planes: [plane(0), plane(1), plane(2), None],
            components: [component(0), component(1), component(2)],
            count: 3,
            model: Model::Luma { matrix: Matrix::BT601, full: true },
            coarser,
            big_endian: false,
            interlaced: false,
        }
    }

    fn sheets(coarser: (u32, u32)) -> [Vec<u8>; 3] {
        let sheet = |across: usize, down: usize, by: usize| {
            (0..across * down).map(|at| u8::try_from(40 + (at * by) % 170).expect("a byte")).collect()
        };
        let (across, down) = (SIZE.0 >> coarser.0, SIZE.1 >> coarser.1);
        [sheet(SIZE.0, SIZE.1, 7), sheet(across, down, 11), sheet(across, down, 29)]
    }

    fn rgba(picture: &Picture<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        picture.rgba(&mut Scratch::default(), &mut out);
        out
    }

    /// Of the whole picture in colours, the part from a column and a row on.
    fn cut(whole: &[u8], ((left, width), (top, height)): (Run, Run)) -> Vec<u8> {
        let rows = whole.chunks_exact(SIZE.0 * 4).skip(top).take(height);
        rows.flat_map(|row| row[left * 4..(left + width) * 4].to_vec()).collect()
    }

    #[test]
    fn the_part_of_a_picture_is_that_part_of_its_colours() {
        let part =
            Part { left: Part::WHOLE / 4, top: Part::WHOLE / 3, width: Part::WHOLE / 2, height: Part::WHOLE / 2 };
        for coarser in [(0, 0), (1, 0), (1, 1), (2, 2)] {
            let sheets = sheets(coarser);
            for upside_down in [false, true] {
                let whole = picture(&sheets, coarser, upside_down);
                let (found, within) = part.of(&whole);
                assert!(within.left >= 0.0 && within.left + within.width <= 1.0 && within.width > 0.5);
                let runs = part.pixels(SIZE, (1 << coarser.0, 1 << coarser.1));
                assert_eq!((found.width, found.height), (runs.0.1, runs.1.1));
                assert!(rgba(&found) == cut(&rgba(&whole), runs), "{coarser:?} {upside_down}");
            }
        }
    }

    #[test]
    fn the_part_of_packed_pixels_is_that_part_of_their_colours() {
        // Brightness, a difference, brightness, the other difference.
        let bytes: Vec<u8> = (0..SIZE.0 * SIZE.1 * 2).map(|at| u8::try_from(at * 13 % 251).expect("a byte")).collect();
        let component = |step, offset| Component { plane: 0, step, offset, shift: 0, depth: 8 };
        let plane = Plane { bytes: &bytes, stride: SIZE.0 * 2, upside_down: false };
        let empty: [Vec<u8>; 3] = [vec![0], vec![0], vec![0]];
        let whole = Picture {
            planes: [Some(plane), None, None, None],
            components: [component(2, 0), component(4, 1), component(4, 3)],
            coarser: (1, 0),
            ..picture(&empty, (1, 0), false)
        };
        let part =
            Part { left: Part::WHOLE / 4, top: Part::WHOLE / 4, width: Part::WHOLE / 2, height: Part::WHOLE / 4 };
        assert!(rgba(&part.of(&whole).0) == cut(&rgba(&whole), part.pixels(SIZE, (2, 1))));
    }

    #[test]
    fn pixels_of_a_part_are_all_of_which_something_lies_within_and_begin_where_coarser_values_do() {
        let part = Part { left: Part::length(0.1), top: 0, width: Part::length(0.5), height: Part::WHOLE };
        assert_eq!(part.pixels((100, 50), (1, 1)), ((10, 51), (0, 50)), "a tenth is a little more in 65536ths");
        assert_eq!(part.pixels((100, 50), (2, 2)), ((10, 52), (0, 50)));
        assert_eq!(part.pixels((101, 51), (4, 4)), ((8, 56), (0, 51)));
        assert!(part.is_sound());
        let beside = [
            Part { width: Part::WHOLE, ..part },
            Part { height: 1, ..part },
            Part { left: u32::MAX, ..part },
            Part { top: 1, ..part },
        ];
        assert!(beside.iter().all(|part| !part.is_sound()));
    }
}

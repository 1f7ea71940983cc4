//! Pictures that are left as they were decoded: brightness and differences of colour on sheets of their own, for a graphics card to
//! make colours of. Only the usual forms of eight bits; all others are made here, in `convert`. Pure; any thread.

use super::convert::{Model, Picture, Turn};

/// How the bytes of such a picture lie, and what they mean. The sheets follow each other without gaps: brightness; then both
/// differences, either one sheet each or one of pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct Planes {
    /// Pixels across and down, before it is turned.
    pub size: (usize, usize),
    /// Values across and down of the differences; `None`: there is only brightness.
    pub coarse: Option<(usize, usize)>,
    /// The differences lie side by side.
    pub paired: Option<Order>,
    /// By how many powers of two the differences are coarser, across and down.
    pub coarser: (u32, u32),
    /// Where the differences lie among the pixels that they are for, across and down: 0.5 on the first, 0 in the middle, -0.5 on the
    /// last.
    pub siting: (f32, f32),
    /// How it is turned before it is shown.
    pub turn: Turn,
    /// How colours are made.
    pub tint: Tint,
}

/// Which of a pair comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Blue, then red.
    BlueRed,
    /// Red, then blue.
    RedBlue,
}

/// From brightness and differences to red, green and blue, all from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tint {
    /// What is taken off brightness and both differences first.
    pub zero: [f32; 3],
    /// Factor of brightness.
    pub luma: f32,
    /// Of the second difference in red.
    pub red: f32,
    /// Of the first and the second difference in green.
    pub green: (f32, f32),
    /// Of the first difference in blue.
    pub blue: f32,
}

impl Tint {
    fn of(model: Model) -> Option<Self> {
        let Model::Luma { matrix, full } = model else { return None };
        let (kr, kb) = (matrix.red, matrix.blue);
        let kg = 1.0 - kr - kb;
        let (black, luma, chroma) = if full { (0.0, 1.0, 1.0) } else { (16.0, 255.0 / 219.0, 255.0 / 224.0) };
        #[expect(clippy::cast_possible_truncation, reason = "factors near one")]
        let single = |factor: f64| factor as f32;
        Some(Self {
            zero: [single(black / 255.0), single(128.0 / 255.0), single(128.0 / 255.0)],
            luma: single(luma),
            red: single(2.0 * (1.0 - kr) * chroma),
            green: (single(-2.0 * kb * (1.0 - kb) / kg * chroma), single(-2.0 * kr * (1.0 - kr) / kg * chroma)),
            blue: single(2.0 * (1.0 - kb) * chroma),
        })
    }

    /// The colour of a pixel.
    pub fn colour(&self, [luma, first, second]: [f32; 3]) -> [f32; 3] {
        let bright = (luma - self.zero[0]) * self.luma;
        let (first, second) = (first - self.zero[1], second - self.zero[2]);
        [bright + self.red * second, bright + self.green.0 * first + self.green.1 * second, bright + self.blue * first]
    }
}

impl Planes {
    /// Puts the sheets of a picture into `out`, without what lies between their rows. `None` where its form is none of the usual.
    pub fn leave(picture: &Picture<'_>, turn: Turn, siting: (f32, f32), out: &mut Vec<u8>) -> Option<Self> {
        let [luma, first, second] = &picture.components;
        let coloured = picture.count == 3;
        let plain = |component: &super::convert::Component| component.depth == 8 && component.shift == 0;
        let used = &picture.components[..picture.count];
        if !picture.is_sound() || picture.interlaced || luma.step != 1 || !used.iter().all(plain) {
            return None;
        }
        let tint = Tint::of(picture.model)?;
        let size = (picture.width, picture.height);
        let fewer = |length: usize, by: u32| length.div_ceil(1 << by);
        let coarse = coloured.then(|| (fewer(size.0, picture.coarser.0), fewer(size.1, picture.coarser.1)));
        let paired = match (first.step, second.step) {
            _ if !coloured => None,
            (1, 1) => None,
            (2, 2) if first.plane == second.plane && first.offset == 0 && second.offset == 1 => Some(Order::BlueRed),
            (2, 2) if first.plane == second.plane && first.offset == 1 && second.offset == 0 => Some(Order::RedBlue),
            _ => return None,
        };
        out.clear();
        picture.put_rows(luma.plane, size.0, size.1, out)?;
        if let Some((across, down)) = coarse {
            if paired.is_some() {
                picture.put_rows(first.plane, 2 * across, down, out)?;
            } else {
                picture.put_rows(first.plane, across, down, out)?;
                picture.put_rows(second.plane, across, down, out)?;
            }
        }
        Some(Self { size, coarse, paired, coarser: picture.coarser, siting, turn, tint })
    }

    /// The sheets: the bytes of each value, how many values across and down, and the bytes.
    pub fn sheets<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = (usize, (usize, usize), &'a [u8])> + use<'a> {
        let coarse = self.coarse.unwrap_or((0, 0));
        let shapes = if self.paired.is_some() {
            [(1, self.size), (2, coarse), (1, (0, 0))]
        } else {
            [(1, self.size), (1, coarse), (1, coarse)]
        };
        let mut from = 0;
        shapes.into_iter().map_while(move |(each, (across, down))| {
            let length = each * across * down;
            let found = bytes.get(from..from + length).filter(|found| !found.is_empty())?;
            from += length;
            Some((each, (across, down), found))
        })
    }

    /// From a place in the sheet of brightness to the place in those of the differences, both from 0 to 1: factor and summand across,
    /// and down.
    pub fn coarse_place(&self) -> [(f32, f32); 2] {
        let Some(coarse) = self.coarse else { return [(1.0, 0.0); 2] };
        let place = |size: usize, coarse: usize, by: u32, siting: f32| {
            if by == 0 {
                return (1.0, 0.0);
            }
            #[expect(clippy::cast_precision_loss, reason = "pixels of a video")]
            let (size, coarse, between) = (size as f32, (coarse.max(1) << by) as f32, ((1_u32 << by) - 1) as f32);
            (size / coarse, siting * between / coarse)
        };
        [
            place(self.size.0, coarse.0, self.coarser.0, self.siting.0),
            place(self.size.1, coarse.1, self.coarser.1, self.siting.1),
        ]
    }
}

#[cfg(test)]
mod tests;

//! A picture as the program for reading text gets it: grey, dark on light, at the size that it reads best. Pure.

/// The width in pixels that slides are brought to.
pub const BEST_WIDTH: u32 = 1920;

/// How far a small picture is enlarged at most: beyond that there is nothing to be gained.
const MOST_ENLARGED: f64 = 2.0;

/// The pictures whose middle brightness is below this are turned into their negatives.
const DARK: usize = 100;

/// A grey picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Grey {
    width: u32,
    height: u32,
    luma: Vec<u8>,
}

impl Grey {
    /// From opaque RGBA8, row by row; `None` where there are not `4 * width * height` bytes, or none at all.
    pub fn from_rgba(width: u32, height: u32, rgba: &[u8]) -> Option<Self> {
        let pixels = usize::try_from(u64::from(width) * u64::from(height)).ok()?;
        if pixels == 0 || rgba.len() != pixels.checked_mul(4)? {
            return None;
        }
        // The weights of ITU-R BT.709, in 256ths.
        let luma = |&[r, g, b, _]: &[u8; 4]| {
            let sum = u32::from(r) * 54 + u32::from(g) * 183 + u32::from(b) * 19;
            u8::try_from(sum / 256).unwrap_or(u8::MAX)
        };
        Some(Self { width, height, luma: rgba.as_chunks::<4>().0.iter().map(luma).collect() })
    }

    /// Light text on a dark ground becomes dark text on a light one: more of it is read.
    #[must_use]
    pub fn dark_on_light(mut self) -> Self {
        if self.median() < DARK {
            self.luma.iter_mut().for_each(|value| *value = u8::MAX - *value);
        }
        self
    }

    fn median(&self) -> usize {
        let mut counts = [0_usize; 256];
        for value in &self.luma {
            counts[usize::from(*value)] += 1;
        }
        let mut below = 0;
        let reaches_half = |count: &usize| {
            below += count;
            below * 2 >= self.luma.len()
        };
        counts.iter().position(reaches_half).unwrap_or(0)
    }

    /// As a file in the format PGM (binary, 8 bits).
    pub fn to_pgm(&self) -> Vec<u8> {
        let mut file = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        file.extend_from_slice(&self.luma);
        file
    }
}

impl std::fmt::Debug for Grey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Grey({}×{})", self.width, self.height)
    }
}

/// The size in pixels at which a picture of this size is read best: [`BEST_WIDTH`] across (or down, if it stands
/// upright), but never more than twice as large as it is.
pub fn best_size(width: u32, height: u32) -> (u32, u32) {
    let longer = width.max(height).max(1);
    let scale = (f64::from(BEST_WIDTH) / f64::from(longer)).min(MOST_ENLARGED);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a length between 1 and twice a u32; a float cast to an integer saturates"
    )]
    let scaled = |side: u32| (f64::from(side) * scale).round().max(1.0) as u32;
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: u32, height: u32, pixel: [u8; 4]) -> Vec<u8> {
        pixel.repeat(usize::try_from(width * height).unwrap())
    }

    #[test]
    fn slides_of_all_sizes_come_to_one_width_and_small_ones_are_at_most_doubled() {
        assert_eq!(best_size(3840, 2160), (1920, 1080));
        assert_eq!(best_size(1920, 1080), (1920, 1080));
        assert_eq!(best_size(1024, 576), (1920, 1080));
        assert_eq!(best_size(320, 240), (640, 480));
        assert_eq!(best_size(1000, 4000), (480, 1920));
        assert_eq!(best_size(16_384, 1), (1920, 1));
    }

    #[test]
    fn a_grey_picture_has_one_byte_for_each_pixel() {
        let grey = Grey::from_rgba(3, 2, &plain(3, 2, [255, 255, 255, 255])).unwrap();
        assert_eq!(grey.to_pgm(), [&b"P5\n3 2\n255\n"[..], &[255; 6]].concat());
        assert!(Grey::from_rgba(3, 2, &[0; 23]).is_none());
        assert!(Grey::from_rgba(0, 2, &[]).is_none());
    }

    #[test]
    fn dark_pictures_become_light_and_light_ones_stay() {
        let mut night = plain(4, 4, [10, 10, 20, 255]);
        night[..4].copy_from_slice(&[255; 4]);
        let night = Grey::from_rgba(4, 4, &night).unwrap().dark_on_light();
        assert_eq!((night.luma[0], night.luma[1] > 230), (0, true));
        let day = Grey::from_rgba(4, 4, &plain(4, 4, [200, 220, 210, 255])).unwrap();
        assert_eq!(day.clone().dark_on_light(), day);
    }
}

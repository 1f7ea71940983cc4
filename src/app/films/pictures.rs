//! Pictures that others ask for: of slides, to compare videos with, and of films, for where they do not play. On the threads that
//! want them; blocks on the disk.

use std::sync::Arc;

use crate::slides::decode::{Limits, decode};
use crate::slides::{Pixels, Size, StillOf, placement};
use crate::time::MediaTime;
use crate::video::survey::worker::GreyOf;
use crate::video::{self, Frame, FrameSource, Make, Opening, VideoError};

/// Pictures of slides as small grey ones. On the thread that goes through videos; blocks on the disk.
pub fn grey_of() -> GreyOf {
    Arc::new(|file, (across, down)| {
        let pixels = decode(file, &Limits::default()).ok()?;
        let (width, height) = (pixels.size.width as usize, pixels.size.height as usize);
        let mut grey = Vec::with_capacity(across * down);
        for row in 0..down {
            let rows = row * height / down..((row + 1) * height / down).max(row * height / down + 1);
            for column in 0..across {
                let columns = column * width / across..((column + 1) * width / across).max(column * width / across + 1);
                let (mut sum, mut count) = (0_u32, 0_u32);
                for y in rows.clone() {
                    for x in columns.clone() {
                        let pixel = pixels.rgba.get((y * width + x) * 4..).and_then(|rest| rest.first_chunk::<3>());
                        let [red, green, blue] = pixel.copied().unwrap_or_default().map(u32::from);
                        sum += (54 * red + 183 * green + 19 * blue) >> 8;
                        count += 1;
                    }
                }
                grey.push(u8::try_from(sum / count.max(1)).unwrap_or(255));
            }
        }
        Some(grey)
    })
}

/// A still of a film is taken so far into it, or a tenth of it.
const INTO: MediaTime = MediaTime::from_secs(1);
/// A picture that is this dark on average, of 255, tells nothing where another can be had.
const DARK: u64 = 20;
/// So many pictures are decoded at most for a still.
const MOST_FOR_STILL: usize = 900;

/// Stills of films. On the thread that makes small pictures; blocks on the disk.
pub fn still_of() -> StillOf {
    Arc::new(|film, piece, within| {
        let mut source = video::open(film, Opening::SCAN).map_err(|error| error.to_string())?;
        let rest = source.info().duration.map(|whole| (whole - piece.from).max_zero());
        let length = [piece.length, rest].into_iter().flatten().min().filter(|length| *length > MediaTime::ZERO);
        let length = length.unwrap_or(INTO + INTO);
        let part = |parts: i64| MediaTime::from_nanos(length.nanos() / 20 * parts);
        let mut best: Option<(u64, Frame)> = None;
        for into in [INTO.min(part(2)), part(5), part(10), part(15)] {
            reach(source.as_mut(), piece.from + into).map_err(|error| error.to_string())?;
            let mut grey = Vec::new();
            if !source.grey(16, 9, &mut grey) {
                continue;
            }
            let bright = grey.iter().map(|value| u64::from(*value)).sum::<u64>() / grey.len().max(1) as u64;
            if best.as_ref().is_none_or(|(before, _)| bright > *before) {
                let (across, down) = source.info().display;
                let own = Size::new(across, down);
                let fitted = placement::fit(own, within);
                let size = if fitted.fits_in(own) { fitted } else { own };
                let made = source.picture(Vec::new(), Make::Fitted(size.width, size.height));
                best = made.map(|made| (bright, made)).or(best);
            }
            if bright > DARK {
                break;
            }
        }
        let (_, made) = best.ok_or("it has no pictures")?;
        let size = Size::new(made.width, made.height);
        Ok(Pixels { size, source: size, rgba: made.bytes, cut_short: false })
    })
}

/// Decodes the picture of a moment; of one after the end, the last.
fn reach(source: &mut dyn FrameSource, at: MediaTime) -> Result<(), VideoError> {
    source.seek(at)?;
    for _ in 0..MOST_FOR_STILL {
        if source.advance()?.is_none_or(|span| span.until.is_none_or(|until| until > at)) {
            break;
        }
    }
    Ok(())
}

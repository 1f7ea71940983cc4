//! Where a slide lies in its pane and how large it is drawn: whole physical pixels, pure arithmetic. Any thread.

use std::fmt;

/// A picture's extent, in physical pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Size {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Size {
    /// From pixels across and down.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Whether it has no pixel at all.
    pub const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Bytes of its RGBA8 pixels; saturates.
    pub fn bytes(self) -> usize {
        usize::try_from(u64::from(self.width) * u64::from(self.height))
            .map_or(usize::MAX, |pixels| pixels.saturating_mul(4))
    }

    /// Whether it lies within `other` in both directions.
    pub const fn fits_in(self, other: Self) -> bool {
        self.width <= other.width && self.height <= other.height
    }

    /// At least one pixel in each direction.
    fn at_least_one(self) -> Self {
        Self::new(self.width.max(1), self.height.max(1))
    }
}

/// `1920×1080`.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}", self.width, self.height)
    }
}

/// A rectangle of whole physical pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Extent.
    pub size: Size,
}

impl Rect {
    /// From its left and top edges and its extent.
    pub const fn new(x: i32, y: i32, size: Size) -> Self {
        Self { x, y, size }
    }
}

/// How a slide is brought into its pane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// As large as the pane allows, enlarged where the slide is smaller.
    Fit,
    /// As wide as the pane; what is too high is cut off and can be panned to.
    FillWidth,
    /// Pixel for pixel where the slide fits the pane, else reduced to the pane; never enlarged.
    #[default]
    OriginalWhenFits,
    /// Pixel for pixel always; what does not fit the pane is cut off and can be panned to.
    Original,
    /// Each slide pixel is a square of this many screen pixels, 2 to [`Zoom::MAX_MULTIPLE`].
    Multiple(u8),
    /// Any other enlargement or reduction.
    Free(Zoom),
}

/// How a slide smaller than it is shown is enlarged. Reductions are always by Lanczos' filter in linear light.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Enlarge {
    /// Squares where each pixel becomes a whole number of them in both directions, else Lanczos.
    #[default]
    Auto,
    /// The nearest pixel of the picture.
    Nearest,
    /// Lanczos' filter on the sRGB values, whose halos are fainter than those in linear light.
    Lanczos,
}

/// Screen pixels per slide pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Zoom(u32);

impl Zoom {
    /// A tenth.
    pub const MIN: Self = Self(100);
    /// Sixteen to one.
    pub const MAX: Self = Self(16_000);
    /// The largest whole multiple.
    pub const MAX_MULTIPLE: u8 = 16;

    /// From thousandths, held within the limits.
    pub fn from_thousandths(thousandths: u32) -> Self {
        Self(thousandths).clamp(Self::MIN, Self::MAX)
    }

    /// From a factor, held within the limits and rounded to a thousandth; what is no number is 1.
    pub fn from_factor(factor: f64) -> Self {
        if factor.is_nan() {
            return Self(1000);
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
        Self::from_thousandths((factor * 1000.0).round() as u32)
    }

    /// 1000 is pixel for pixel.
    pub fn thousandths(self) -> u32 {
        self.0
    }

    /// 1.0 is pixel for pixel.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    fn scale(self, length: u32) -> u32 {
        let scaled = (u64::from(length) * u64::from(self.0) + 500) / 1000;
        u32::try_from(scaled.max(1)).unwrap_or(u32::MAX)
    }
}

/// What is drawn where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// The size to scale the slide to; never empty.
    pub target: Size,
    /// Left and top of the whole (uncut) slide, in the pane's coordinates.
    pub origin: (i32, i32),
    /// The part that the pane shows, in pixels of the scaled slide; empty only where the pane is.
    pub crop: Rect,
    /// The part whose pixels are needed, in pixels of the scaled slide: all of it, or where that were too much, the part
    /// shown and something around it.
    pub tile: Rect,
    /// Screen pixels per slide pixel, along the slide's longer side.
    pub zoom: f64,
    /// What the viewer is told about it.
    pub lamp: Lamp,
}

impl Placement {
    /// The part of the pane that the slide covers, in the pane's coordinates.
    pub fn visible(&self) -> Rect {
        let (x, y) = self.origin;
        Rect::new(x.saturating_add(self.crop.x), y.saturating_add(self.crop.y), self.crop.size)
    }

    /// Whether the pixels of all of the slide are needed.
    pub fn whole(&self) -> bool {
        self.tile.size == self.target
    }
}

/// The truth about the pixels on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lamp {
    /// Each slide pixel is a screen pixel.
    OneToOne {
        /// The slide's own size.
        source: Size,
    },
    /// Each slide pixel is a square of screen pixels.
    Multiple {
        /// Screen pixels along a side of the square.
        times: u32,
        /// The slide's own size.
        source: Size,
    },
    /// The slide is scaled.
    Scaled {
        /// Of the slide's own size, rounded; never 100, which would read as unscaled.
        percent: u32,
        /// The slide's own size.
        source: Size,
        /// Whether the pane decides the size, and not the viewer.
        fitted: bool,
    },
}

impl Lamp {
    fn new(target: Size, source: Size, mode: Mode) -> Self {
        if target == source {
            return Self::OneToOne { source };
        }
        let times = target.width / source.width;
        if times >= 2 && target.width == times * source.width && target.height == times * source.height {
            return Self::Multiple { times, source };
        }
        let (shown, whole) = longer_side(target, source);
        let percent = (u64::from(shown) * 100 + u64::from(whole) / 2) / u64::from(whole);
        let percent = match percent {
            0 => 1,
            100 if shown > whole => 101,
            100 => 99,
            percent => u32::try_from(percent).unwrap_or(u32::MAX),
        };
        Self::Scaled { percent, source, fitted: !matches!(mode, Mode::Free(_)) }
    }

    /// The slide's own size.
    pub fn source(&self) -> Size {
        match self {
            Self::OneToOne { source } | Self::Multiple { source, .. } | Self::Scaled { source, .. } => *source,
        }
    }

    /// How it is shown, without its size: `1:1`, `2:1`, `fit 56 %`, `zoom 137 %`.
    pub fn manner(&self) -> String {
        match self {
            Self::OneToOne { .. } => "1:1".to_owned(),
            Self::Multiple { times, .. } => format!("{times}:1"),
            Self::Scaled { percent, fitted: true, .. } => format!("fit {percent} %"),
            Self::Scaled { percent, fitted: false, .. } => format!("zoom {percent} %"),
        }
    }
}

/// `1:1  1920×1080` or `fit 56 % of 1920×1080`.
impl fmt::Display for Lamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if matches!(self, Self::Scaled { .. }) { " of " } else { "  " };
        write!(f, "{}{between}{}", self.manner(), self.source())
    }
}

/// Pixels of a scaled slide up to which all of it is loaded: eight million more than the largest slides have.
const WHOLE_PIXELS: u64 = 16 << 20;
/// What is smaller than a room by less than one in so many has its shape: nobody sees that it is stretched.
const ALMOST: u32 = 60;
/// Parts of a slide begin and end at multiples of this, so that a small pan needs no new pixels.
const TILE: i32 = 512;

/// Lays a slide of the size `source` into the pane.
///
/// `pan` is how far the viewer has moved the slide from the centre, right and down; it acts only where the slide is
/// larger than the pane, and no further than the slide's edge.
pub fn place(pane: Rect, source: Size, mode: Mode, pan: (i32, i32)) -> Placement {
    let source = source.at_least_one();
    let target = match mode {
        Mode::Original => source,
        Mode::OriginalWhenFits if source.fits_in(pane.size) => source,
        Mode::OriginalWhenFits | Mode::Fit => fit(source, pane.size),
        Mode::FillWidth => {
            let width = pane.size.width.max(1);
            Size::new(width, proportion(source.height, width, source.width))
        }
        Mode::Multiple(times) => {
            let zoom = Zoom(1000 * u32::from(times.clamp(1, Zoom::MAX_MULTIPLE)));
            Size::new(zoom.scale(source.width), zoom.scale(source.height))
        }
        Mode::Free(zoom) => Size::new(zoom.scale(source.width), zoom.scale(source.height)),
    };
    let (x, left, width) = axis(pane.x, pane.size.width, target.width, pan.0);
    let (y, top, height) = axis(pane.y, pane.size.height, target.height, pan.1);
    let (shown, whole) = longer_side(target, source);
    let crop = Rect::new(left, top, Size::new(width, height));
    Placement {
        target,
        origin: (x, y),
        crop,
        tile: tile(target, crop),
        zoom: f64::from(shown) / f64::from(whole),
        lamp: Lamp::new(target, source, mode),
    }
}

/// As [`place`] in the middle of a room, as large as it can be; what has almost the shape of the room fills it. Of what is placed,
/// only a part is to be seen there: its left and upper side, its width and its height, as parts of the whole. The room may be
/// larger than the pane.
pub fn place_like(pane: Rect, room: Rect, source: Size, [left, top, width, height]: [f64; 4]) -> Placement {
    let part = |length: u32, by: f64| length_of(f64::from(length) * by);
    let seen = Size::new(part(source.width, width), part(source.height, height)).at_least_one();
    let fitted = place(room, seen, Mode::Fit, (0, 0));
    let almost = |length: u32, whole: u32| whole.abs_diff(length) <= (whole / ALMOST).max(2);
    let fills = almost(fitted.target.width, room.size.width) && almost(fitted.target.height, room.size.height);
    let ((x, y), shown) =
        if fills && !room.size.is_empty() { ((room.x, room.y), room.size) } else { (fitted.origin, fitted.target) };
    let target = Size::new(part(shown.width, 1.0 / width), part(shown.height, 1.0 / height)).at_least_one();
    let before = |length: u32, by: f64| i32::try_from(part(length, by)).unwrap_or(i32::MAX);
    let (over_x, over_y) = (before(target.width, left), before(target.height, top));
    let origin = (x.saturating_sub(over_x), y.saturating_sub(over_y));
    let visible = overlap(pane, Rect::new(x, y, shown));
    let crop = Rect::new(visible.x.saturating_sub(origin.0), visible.y.saturating_sub(origin.1), visible.size);
    let tile = Rect::new(0, 0, target);
    Placement { target, origin, crop, tile, zoom: fitted.zoom, lamp: fitted.lamp }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a picture")]
fn length_of(pixels: f64) -> u32 {
    pixels.round().clamp(0.0, f64::from(i32::MAX)) as u32
}

/// What lies in both.
fn overlap(one: Rect, other: Rect) -> Rect {
    let run = |a: i32, a_length: u32, b: i32, b_length: u32| {
        let end = |at: i32, length: u32| i64::from(at) + i64::from(length);
        let (begin, end) = (a.max(b), end(a, a_length).min(end(b, b_length)));
        (begin, u32::try_from(end - i64::from(begin)).unwrap_or(0))
    };
    let (x, width) = run(one.x, one.size.width, other.x, other.size.width);
    let (y, height) = run(one.y, one.size.height, other.y, other.size.height);
    Rect::new(x, y, Size::new(width, height))
}

/// Where to pan to so that the point of the slide that is at `anchor` (in the pane's coordinates) stays there when the
/// mode changes.
pub fn pan_to_keep(
    pane: Rect,
    source: Size,
    (from, pan): (Mode, (i32, i32)),
    to: Mode,
    anchor: (i32, i32),
) -> (i32, i32) {
    let (before, after) = (place(pane, source, from, pan), place(pane, source, to, (0, 0)));
    let along = |anchor: i32, origin: i32, old: u32, new: u32, centred: i32| {
        let part = f64::from(anchor - origin) / f64::from(old.max(1));
        #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
        let wanted = (f64::from(anchor) - part * f64::from(new)).round() as i32;
        wanted.saturating_sub(centred)
    };
    let (old, new) = (before.target, after.target);
    (
        along(anchor.0, before.origin.0, old.width, new.width, after.origin.0),
        along(anchor.1, before.origin.1, old.height, new.height, after.origin.1),
    )
}

/// The pan that [`place`] really gives: no further than the slide's edge, and none where the slide fits.
pub fn hold_pan(pane: Rect, source: Size, mode: Mode, pan: (i32, i32)) -> (i32, i32) {
    let (panned, centred) = (place(pane, source, mode, pan), place(pane, source, mode, (0, 0)));
    (panned.origin.0 - centred.origin.0, panned.origin.1 - centred.origin.1)
}

/// The part of a scaled slide to load for what is seen of it.
fn tile(target: Size, crop: Rect) -> Rect {
    if u64::from(target.width) * u64::from(target.height) <= WHOLE_PIXELS {
        return Rect::new(0, 0, target);
    }
    let span = |start: i32, length: u32, all: u32| {
        let all = i32::try_from(all).unwrap_or(i32::MAX);
        let end = start.saturating_add(i32::try_from(length).unwrap_or(i32::MAX));
        let first = (start - start.rem_euclid(TILE) - TILE).max(0);
        let last = (end + TILE - end.rem_euclid(TILE)).saturating_add(TILE).min(all);
        (first, u32::try_from(last - first).unwrap_or(0))
    };
    let (x, width) = span(crop.x, crop.size.width, target.width);
    let (y, height) = span(crop.y, crop.size.height, target.height);
    Rect::new(x, y, Size::new(width, height))
}

/// The largest size within `pane` that keeps the aspect of `source` to the nearest pixel; never empty.
pub fn fit(source: Size, pane: Size) -> Size {
    let (source, pane) = (source.at_least_one(), pane.at_least_one());
    // Rounding cannot leave the pane: the exact value is at most the pane's whole number of pixels.
    if u64::from(pane.width) * u64::from(source.height) <= u64::from(pane.height) * u64::from(source.width) {
        Size::new(pane.width, proportion(source.height, pane.width, source.width))
    } else {
        Size::new(proportion(source.width, pane.height, source.height), pane.height)
    }
}

/// `length * part / whole`, to the nearest, at least one.
fn proportion(length: u32, part: u32, whole: u32) -> u32 {
    let (length, part, whole) = (u64::from(length), u64::from(part), u64::from(whole));
    u32::try_from(((length * part + whole / 2) / whole).max(1)).unwrap_or(u32::MAX)
}

/// Along the slide's longer side, where rounding weighs least: pixels drawn, pixels there are.
fn longer_side(target: Size, source: Size) -> (u32, u32) {
    if source.width >= source.height { (target.width, source.width) } else { (target.height, source.height) }
}

/// One direction: where the slide begins, the first of its pixels that is seen, and how many are.
fn axis(start: i32, pane: u32, target: u32, pan: i32) -> (i32, i32, u32) {
    let slack = i64::from(pane) - i64::from(target);
    let centred = slack.div_euclid(2);
    let offset = if slack >= 0 { centred } else { (centred + i64::from(pan)).clamp(slack, 0) };
    let hidden = (-offset).max(0);
    let origin = i64::from(start) + offset;
    (saturate(origin), saturate(hidden), target.min(pane))
}

fn saturate(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}

#[cfg(test)]
mod tests;

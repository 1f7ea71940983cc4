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
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HD: Size = Size::new(1920, 1080);

    fn pane(width: u32, height: u32) -> Rect {
        Rect::new(10, 20, Size::new(width, height))
    }

    #[test]
    fn a_slide_that_fits_is_shown_pixel_for_pixel_in_the_centre() {
        let placed = place(pane(2000, 1100), HD, Mode::default(), (0, 0));

        assert_eq!((placed.target, placed.origin), (HD, (50, 30)));
        assert_eq!(placed.crop, Rect::new(0, 0, HD));
        assert_eq!(placed.lamp.to_string(), "1:1  1920×1080");
    }

    #[test]
    fn a_slide_that_does_not_fit_is_reduced_unless_the_viewer_wants_its_own_pixels() {
        let small = pane(1075, 700);

        let reduced = place(small, HD, Mode::OriginalWhenFits, (0, 0));
        let original = place(small, HD, Mode::Original, (0, 0));

        assert_eq!(reduced.target, Size::new(1075, 605));
        assert_eq!(reduced.lamp.to_string(), "fit 56 % of 1920×1080");
        assert_eq!(original.lamp, Lamp::OneToOne { source: HD });
        assert_eq!(original.visible(), small);
    }

    #[test]
    fn only_fit_enlarges() {
        let (large, source) = (pane(1920, 1200), Size::new(1280, 720));

        assert_eq!(place(large, source, Mode::Fit, (0, 0)).lamp.to_string(), "fit 150 % of 1280×720");
        assert_eq!(place(large, source, Mode::OriginalWhenFits, (0, 0)).target, source);
    }

    #[test]
    fn the_lamp_never_says_hundred_per_cent_of_a_scaled_slide() {
        for (width, height, percent) in [(1919, 1080, 99), (1921, 1081, 101), (1, 1, 1)] {
            let placed = place(pane(width, height), HD, Mode::Fit, (0, 0));
            assert_eq!(placed.lamp, Lamp::Scaled { percent, source: HD, fitted: true });
        }
    }

    #[test]
    fn panning_ends_at_the_edge_of_the_slide() {
        let at = |pan| place(pane(1000, 2000), HD, Mode::Original, pan);

        assert_eq!(at((0, 0)).crop.x, 460);
        assert_eq!(at((100, 0)).crop.x, 360);
        assert_eq!(at((9999, 50)).origin, (10, 20 + 460));
        assert_eq!(at((-9999, 0)).crop.x, 920);
    }

    #[test]
    fn a_pane_without_a_pixel_still_gives_a_size() {
        let placed = place(pane(0, 0), HD, Mode::Fit, (0, 0));

        assert_eq!(placed.target, Size::new(1, 1));
        assert!(placed.visible().size.is_empty());
    }

    fn sizes(most: u32) -> impl Strategy<Value = Size> {
        (1..most, 1..most).prop_map(|(width, height)| Size::new(width, height))
    }

    fn modes() -> impl Strategy<Value = Mode> {
        prop_oneof![
            Just(Mode::Fit),
            Just(Mode::FillWidth),
            Just(Mode::OriginalWhenFits),
            Just(Mode::Original),
            (2_u8..=16).prop_map(Mode::Multiple),
            (100_u32..16_000).prop_map(|zoom| Mode::Free(Zoom::from_thousandths(zoom))),
        ]
    }

    #[test]
    fn whole_multiples_and_free_zoom_say_so() {
        let lamp = |mode| place(pane(1000, 700), Size::new(640, 360), mode, (0, 0)).lamp.to_string();
        assert_eq!(lamp(Mode::Multiple(3)), "3:1  640×360");
        assert_eq!(lamp(Mode::Free(Zoom::from_factor(1.37))), "zoom 137 % of 640×360");
        assert_eq!(lamp(Mode::Free(Zoom::from_factor(2.0))), "2:1  640×360");
        assert_eq!(lamp(Mode::Free(Zoom::from_factor(1.0))), "1:1  640×360");
        assert_eq!(lamp(Mode::FillWidth), "fit 156 % of 640×360");
    }

    #[test]
    fn a_slide_as_wide_as_the_pane_is_cut_below() {
        let placed = place(pane(1000, 300), Size::new(500, 500), Mode::FillWidth, (0, 9999));
        assert_eq!((placed.target, placed.visible()), (Size::new(1000, 1000), pane(1000, 300)));
        assert_eq!(placed.crop.y, 0);
    }

    #[test]
    fn of_a_huge_enlargement_only_the_part_around_the_pane_is_needed() {
        let placed = place(pane(1000, 700), HD, Mode::Multiple(16), (0, 0));
        assert!(!placed.whole() && placed.tile.size.fits_in(Size::new(3072, 3072)), "{:?}", placed.tile);
        let panned = place(pane(1000, 700), HD, Mode::Multiple(16), (-5, -5));
        assert_eq!(panned.tile, placed.tile);
        assert!(place(pane(1000, 700), HD, Mode::Original, (0, 0)).whole());
    }

    proptest! {
        #[test]
        fn what_is_seen_lies_inside_the_pane(
            source in sizes(20_000), extent in sizes(8000), x in -9000..9000, y in -9000..9000,
            pan in (-9000..9000, -9000..9000), mode in modes(),
        ) {
            let placed = place(Rect::new(x, y, extent), source, mode, pan);
            let seen = placed.visible();

            prop_assert!(seen.x >= x && seen.y >= y && !seen.size.is_empty());
            prop_assert!(seen.x + seen.size.width as i32 <= x + extent.width as i32);
            prop_assert!(seen.y + seen.size.height as i32 <= y + extent.height as i32);
            prop_assert!(placed.crop.x as u32 + placed.crop.size.width <= placed.target.width);
            prop_assert!(placed.crop.y as u32 + placed.crop.size.height <= placed.target.height);
            prop_assert_eq!(placed.target == source, placed.lamp == Lamp::OneToOne { source });
            let cut = !matches!(mode, Mode::Fit | Mode::OriginalWhenFits);
            prop_assert!(cut || placed.target.fits_in(extent));
            prop_assert!(placed.tile.x <= placed.crop.x && placed.tile.y <= placed.crop.y);
            let end = |at: i32, length: u32| i64::from(at) + i64::from(length);
            let (tile, crop) = (placed.tile, placed.crop);
            prop_assert!(end(tile.x, tile.size.width) >= end(crop.x, crop.size.width));
            prop_assert!(end(tile.y, tile.size.height) >= end(crop.y, crop.size.height));
            prop_assert!(end(tile.x, tile.size.width) <= i64::from(placed.target.width));
            let bound = 16 << 20;
            let around = u64::from(extent.width + 2048) * u64::from(extent.height + 2048);
            prop_assert!(u64::from(tile.size.width) * u64::from(tile.size.height) <= around.max(bound));
        }

        #[test]
        fn the_point_under_the_pointer_stays_there_while_zooming(
            source in (200_u32..4000, 200_u32..4000), from in 300_u32..4000, to in 300_u32..4000,
            pan in (-500..500, -500..500), at in (0_u32..100, 0_u32..100),
        ) {
            let (source, pane) = (Size::new(source.0, source.1), pane(1000, 700));
            let (from, to) = (Mode::Free(Zoom::from_thousandths(from)), Mode::Free(Zoom::from_thousandths(to)));
            let before = place(pane, source, from, pan);
            let seen = before.visible();
            let anchor = (seen.x + (seen.size.width * at.0 / 100) as i32, seen.y + (seen.size.height * at.1 / 100) as i32);

            let pan = pan_to_keep(pane, source, (from, pan), to, anchor);
            let after = place(pane, source, to, pan);

            // Unless an edge of the slide holds it, the same point of the slide is at the anchor.
            let held = hold_pan(pane, source, to, pan);
            for (held, pan, anchor, old_origin, new_origin) in [
                (held.0, pan.0, anchor.0, before.origin.0, after.origin.0),
                (held.1, pan.1, anchor.1, before.origin.1, after.origin.1),
            ] {
                if held == pan {
                    let point = |origin: i32, zoom: f64| f64::from(anchor - origin) / zoom;
                    let moved = (point(old_origin, before.zoom) - point(new_origin, after.zoom)).abs();
                    // Both places are whole pixels, the first of them enlarged.
                    prop_assert!(moved * after.zoom <= 2.0 + after.zoom / before.zoom, "{moved}");
                }
            }
        }

        #[test]
        fn a_fitted_slide_touches_the_pane_and_keeps_its_aspect_within_a_pixel(source in sizes(20_000), extent in sizes(8000)) {
            let target = fit(source, extent);
            let exact = |side, by, of| f64::from(side) * f64::from(by) / f64::from(of);

            prop_assert!(target.width == extent.width || target.height == extent.height);
            let across = f64::from(target.width) - exact(source.width, target.height, source.height);
            let down = f64::from(target.height) - exact(source.height, target.width, source.width);
            prop_assert!(across.abs() < 1.0 || down.abs() < 1.0, "{target}: {across} {down}");
        }

        #[test]
        fn an_unpanned_slide_is_centred_within_a_pixel(source in sizes(9000), extent in sizes(8000)) {
            let placed = place(Rect::new(0, 0, extent), source, Mode::Original, (0, 0));
            let after = i64::from(extent.width) - i64::from(placed.origin.0) - i64::from(source.width);
            prop_assert!((i64::from(placed.origin.0) - after).abs() <= 1);
        }

        #[test]
        fn a_larger_pane_never_shows_a_smaller_slide(source in sizes(9000), extent in sizes(8000), more in sizes(900)) {
            let larger = Size::new(extent.width + more.width, extent.height + more.height);
            for mode in [Mode::Fit, Mode::OriginalWhenFits, Mode::Original] {
                let small = place(Rect::new(0, 0, extent), source, mode, (0, 0)).target;
                prop_assert!(small.fits_in(place(Rect::new(0, 0, larger), source, mode, (0, 0)).target));
            }
        }
    }
}

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

//! Embedded colour profiles (ICC) to sRGB. Computes.

use moxcms::{ColorProfile, DataColorSpace, Layout, ProfileText, TransformExecutor, TransformOptions};
use std::sync::Arc;

use super::cmyk;

/// Pixels that are converted at a time.
const BATCH: usize = 4096;
/// A profile whose colours differ from sRGB by no more than this, in steps of 255, is sRGB.
const SAME: u8 = 2;

type Conversion = Arc<dyn TransformExecutor<u8> + Send + Sync>;

/// RGBA8 in the profile's colours to sRGB, in place; alpha stays. `grey` where the file has no colours. Where there is no
/// profile, a bad one, one for something else, or sRGB, the pixels stay byte for byte as they are.
pub(super) fn to_srgb(rgba: &mut [u8], grey: bool, icc: Option<&[u8]>) {
    let Some(profile) = icc.and_then(|icc| ColorProfile::new_from_slice(icc).ok()) else { return };
    if is_named_srgb(&profile) {
        return;
    }
    match profile.color_space {
        DataColorSpace::Rgb => {
            let Some(conversion) = conversion(&profile, Layout::Rgba) else { return };
            if !is_identity(&*conversion) {
                convert(rgba, &*conversion, <[u8]>::copy_from_slice);
            }
        }
        DataColorSpace::Gray if grey => grey_to_srgb(rgba, &profile),
        _ => {}
    }
}

/// Four inks, 255 for none, to opaque RGBA8 in sRGB, in place: by the profile, else by the usual formula.
pub(super) fn inks_to_srgb(inks: &mut [u8], icc: Option<&[u8]>) {
    let profile = icc.and_then(|icc| ColorProfile::new_from_slice(icc).ok());
    let profile = profile.filter(|profile| profile.color_space == DataColorSpace::Cmyk);
    match profile.and_then(|profile| conversion(&profile, Layout::Rgba)) {
        Some(conversion) => {
            convert(inks, &*conversion, |batch, pixels| {
                batch.iter_mut().zip(pixels).for_each(|(ink, stored)| *ink = 255 - stored);
            });
            inks.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = u8::MAX);
        }
        None => cmyk::to_rgba(inks),
    }
}

fn conversion(profile: &ColorProfile, layout: Layout) -> Option<Conversion> {
    let options = TransformOptions::default();
    profile.create_transform_8bit(layout, &ColorProfile::new_srgb(), Layout::Rgba, options).ok()
}

fn convert(pixels: &mut [u8], conversion: &dyn TransformExecutor<u8>, prepare: impl Fn(&mut [u8], &[u8])) {
    let mut batch = vec![0; BATCH * 4];
    for pixels in pixels.chunks_mut(BATCH * 4) {
        let Some(batch) = batch.get_mut(..pixels.len()) else { return };
        prepare(batch, pixels);
        // It fails for batches that are no whole pixels, and there are none.
        conversion.transform(batch, pixels).ok();
    }
}

/// A grey profile is a curve.
fn grey_to_srgb(rgba: &mut [u8], profile: &ColorProfile) {
    let values: Vec<u8> = (0..=255).collect();
    let mut curve = [0; 256 * 4];
    let converted = conversion(profile, Layout::Gray).is_some_and(|grey| grey.transform(&values, &mut curve).is_ok());
    if !converted || values.iter().zip(curve.as_chunks::<4>().0).all(|(value, to)| value.abs_diff(to[0]) <= SAME) {
        return;
    }
    for [red, green, blue, _] in rgba.as_chunks_mut::<4>().0 {
        let [r, g, b, _] = curve.as_chunks::<4>().0[usize::from(*red)];
        (*red, *green, *blue) = (r, g, b);
    }
}

/// Some of the standard's own profiles describe a print or a screen in a dim room, and still mean sRGB.
fn is_named_srgb(profile: &ColorProfile) -> bool {
    let is_srgb = |name: &str| name.trim_start().starts_with("sRGB");
    profile.color_space == DataColorSpace::Rgb
        && match &profile.description {
            Some(ProfileText::PlainString(name)) => is_srgb(name),
            Some(ProfileText::Localizable(names)) => names.iter().any(|name| is_srgb(&name.value)),
            Some(ProfileText::Description(name)) => is_srgb(&name.ascii_string) || is_srgb(&name.unicode_string),
            None => false,
        }
}

/// By what it does to sixteen steps of each channel.
fn is_identity(conversion: &dyn TransformExecutor<u8>) -> bool {
    let steps = || (0..=15_u8).map(|step| step * 17);
    let colours =
        steps().flat_map(|red| steps().flat_map(move |green| steps().map(move |blue| [red, green, blue, 255])));
    let before: Vec<u8> = colours.flatten().collect();
    let mut after = vec![0; before.len()];
    conversion.transform(&before, &mut after).is_ok()
        && before.iter().zip(&after).all(|(before, after)| before.abs_diff(*after) <= SAME)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::{Prng, mutate};

    fn icc(profile: &ColorProfile) -> Vec<u8> {
        profile.encode().expect("a profile")
    }

    fn unnamed(mut profile: ColorProfile) -> Vec<u8> {
        profile.description = None;
        icc(&profile)
    }

    fn converted(mut rgba: Vec<u8>, grey: bool, icc: &[u8]) -> Vec<u8> {
        to_srgb(&mut rgba, grey, Some(icc));
        rgba
    }

    fn colours() -> Vec<u8> {
        (0..40_000_u32).flat_map(|i| [i as u8, (i / 3) as u8, (i / 256) as u8, (i * 7) as u8]).collect()
    }

    #[test]
    fn srgb_stays_byte_for_byte_by_name_and_by_behaviour() {
        for profile in [icc(&ColorProfile::new_srgb()), unnamed(ColorProfile::new_srgb())] {
            assert!(converted(colours(), false, &profile) == colours());
        }
    }

    #[test]
    fn wide_colours_become_stronger_and_greys_and_alpha_stay() {
        for profile in [ColorProfile::new_display_p3(), ColorProfile::new_adobe_rgb()] {
            let pixels = vec![200, 100, 100, 9, 100, 200, 100, 255, 128, 128, 128, 77, 255, 255, 255, 255, 0, 0, 0, 0];
            let seen = converted(pixels, false, &icc(&profile));
            assert!(seen[0] > 203 && seen[0] - seen[1] > 103 || seen[4] < 90, "{seen:?}");
            assert!(seen[8..11].iter().all(|value| value.abs_diff(128) <= 2), "{seen:?}");
            assert_eq!(
                (seen[3], seen[7], seen[11], &seen[12..16], &seen[16..]),
                (9, 255, 77, &[255; 4][..], &[0; 4][..])
            );
        }
    }

    #[test]
    fn a_profile_for_other_pixels_is_ignored() {
        let grey = icc(&ColorProfile::new_gray_with_gamma(1.0));
        assert!(converted(colours(), false, &grey) == colours());
        let mut inks = vec![255, 255, 255, 255, 0, 255, 255, 255, 255, 255, 255, 0];
        inks_to_srgb(&mut inks, Some(&grey));
        assert_eq!(inks, [255, 255, 255, 255, 0, 255, 255, 255, 0, 0, 0, 255]);
    }

    #[test]
    fn a_grey_profile_is_followed() {
        let seen = converted(vec![55, 55, 55, 255, 0, 0, 0, 255], true, &icc(&ColorProfile::new_gray_with_gamma(1.0)));
        // The light 55/255 is the sRGB value 128.
        assert!(seen[0].abs_diff(128) <= 1 && seen[0] == seen[1] && seen[1] == seen[2], "{seen:?}");
        assert_eq!(seen[3..], [255, 0, 0, 0, 255]);
    }

    #[test]
    fn damaged_profiles_are_survived() {
        let mut prng = Prng::new(3);
        for profile in [icc(&ColorProfile::new_display_p3()), icc(&ColorProfile::new_gray_with_gamma(1.8))] {
            for _ in 0..500 {
                let damaged = mutate(&profile, &mut prng);
                assert_eq!(converted(vec![1; 400], true, &damaged).len(), 400);
                inks_to_srgb(&mut [7; 400], Some(&damaged));
            }
        }
    }
}

//! sRGB values and the light they stand for, as tables. Pure arithmetic.

use std::sync::LazyLock;

use fast_image_resize::pixels::U16x3;

/// No light. What lies below and above the range is room for a filter's overshoot between its two passes.
const BLACK: u16 = 8192;
/// Steps of light from black to white; the darkest sRGB value above black is 15 of them.
const STEPS: u16 = 49_151;

/// Both directions.
pub(super) struct Tables {
    to_light: [u16; 256],
    /// One value for each of the 65536 steps.
    to_srgb: Vec<u8>,
}

/// Made at the first reduction.
pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(Tables::new);

impl Tables {
    fn new() -> Self {
        let mut to_light = [0; 256];
        for (value, light) in (0_u8..=255).zip(&mut to_light) {
            *light = BLACK + rounded(decode(f64::from(value) / 255.0) * f64::from(STEPS));
        }
        let to_srgb = (0..=u16::MAX)
            .map(|light| {
                let share = (f64::from(light) - f64::from(BLACK)) / f64::from(STEPS);
                u8::try_from(rounded(encode(share.clamp(0.0, 1.0)) * 255.0)).unwrap_or(u8::MAX)
            })
            .collect();
        Self { to_light, to_srgb }
    }

    /// In place of what `light` holds, a pixel for each of RGBA8, without alpha.
    pub(super) fn to_light(&self, rgba: &[u8], light: &mut Vec<U16x3>) {
        let table = |value: u8| self.to_light[usize::from(value)];
        let pixels = rgba.as_chunks::<4>().0;
        light.clear();
        light.extend(pixels.iter().map(|[red, green, blue, _]| U16x3::new([table(*red), table(*green), table(*blue)])));
    }

    /// The way back; opaque.
    pub(super) fn to_srgb(&self, light: &[U16x3], rgba: &mut [u8]) {
        let Some(table) = self.to_srgb.first_chunk::<65_536>() else { return };
        for (light, rgba) in light.iter().zip(rgba.as_chunks_mut::<4>().0) {
            let [red, green, blue] = light.0.map(|light| table[usize::from(light)]);
            *rgba = [red, green, blue, u8::MAX];
        }
    }
}

fn rounded(value: f64) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 to 65535")]
    let whole = value.round() as u16;
    whole
}

/// IEC 61966-2-1: the light of an sRGB value, both from 0 to 1.
pub(super) fn decode(value: f64) -> f64 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// The way back.
fn encode(light: f64) -> f64 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back() {
        let rgba: Vec<u8> = (0..=255_u8).flat_map(|value| [value, 255 - value, value / 2, 255]).collect();
        let (mut light, mut back) = (Vec::new(), vec![0; rgba.len()]);

        TABLES.to_light(&rgba, &mut light);
        TABLES.to_srgb(&light, &mut back);

        assert!(back == rgba);
    }

    #[test]
    fn light_is_that_of_the_standard_and_overshoot_is_cut_off() {
        let step = |value: usize| f64::from(TABLES.to_light[value] - BLACK) / f64::from(STEPS);
        for (value, light) in [(0, 0.0), (10, 0.003_035), (128, 0.215_861), (188, 0.502_886), (255, 1.0)] {
            assert!((step(value) - light).abs() < 2e-5, "{value} is {}", step(value));
        }
        assert_eq!((TABLES.to_srgb[0], TABLES.to_srgb[usize::from(u16::MAX)]), (0, 255));
    }
}

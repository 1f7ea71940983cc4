//! The look: every colour, size and font that the window uses. No other file names a colour.

use std::sync::Arc;

use egui::{Color32, FontData, FontDefinitions, FontFamily, FontId, Stroke};

/// Colours by what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Around the slide.
    pub surround: Color32,
    /// Behind everything.
    pub background: Color32,
    /// Of the strip and the panels.
    pub panel: Color32,
    /// Of what stands out from a panel.
    pub raised: Color32,
    /// Behind what is chosen of a list.
    pub chosen: Color32,
    /// Between areas.
    pub line: Color32,
    /// What is read.
    pub text: Color32,
    /// What is read second.
    pub muted: Color32,
    /// What may be overlooked; marks, never words.
    pub faint: Color32,
    /// Where you are, and what can be pressed.
    pub accent: Color32,
    /// What is as it should be.
    pub good: Color32,
    /// Notes and tags.
    pub note: Color32,
    /// What is not as it should be.
    pub warning: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    #[expect(clippy::cast_possible_truncation, reason = "one byte each")]
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// For dark rooms.
pub const DARK: Palette = Palette {
    surround: rgb(0x0c_0d10),
    background: rgb(0x14_161a),
    panel: rgb(0x1b_1e23),
    raised: rgb(0x23_272e),
    chosen: rgb(0x1d_2836),
    line: rgb(0x2c_3139),
    text: rgb(0xdf_e3e8),
    muted: rgb(0x8d_95a1),
    faint: rgb(0x5c_6470),
    accent: rgb(0x6c_b6ff),
    good: rgb(0x6c_c08b),
    note: rgb(0xe3_b341),
    warning: rgb(0xe3_b341),
};

/// For bright ones.
pub const LIGHT: Palette = Palette {
    surround: rgb(0xe4_e6ea),
    background: rgb(0xf4_f5f7),
    panel: rgb(0xff_ffff),
    raised: rgb(0xee_f0f3),
    chosen: rgb(0xe8_effd),
    line: rgb(0xdd_e1e6),
    text: rgb(0x1d_2126),
    muted: rgb(0x60_6975),
    faint: rgb(0x9a_a2ad),
    accent: rgb(0x1a_66dd),
    good: rgb(0x24_773f),
    note: rgb(0x90_6300),
    warning: rgb(0x90_6300),
};

impl Palette {
    /// The palette that the window shows now.
    pub fn of(ui: &egui::Ui) -> &'static Self {
        if ui.visuals().dark_mode { &DARK } else { &LIGHT }
    }

    /// A one-point line.
    pub fn rule(&self) -> Stroke {
        Stroke::new(1.0, self.line)
    }
}

const SEMIBOLD: &str = "semibold";

/// Body text: 15 on a line of 22.
pub fn body() -> FontId {
    FontId::new(15.0, FontFamily::Proportional)
}

/// Body text, for what a row is about.
pub fn strong() -> FontId {
    FontId::new(15.0, FontFamily::Name(SEMIBOLD.into()))
}

/// Secondary text.
pub fn small() -> FontId {
    FontId::new(13.0, FontFamily::Proportional)
}

/// Secondary text, for what a row is about.
pub fn small_strong() -> FontId {
    FontId::new(13.0, FontFamily::Name(SEMIBOLD.into()))
}

/// The title of a view.
pub fn title() -> FontId {
    FontId::new(19.0, FontFamily::Name(SEMIBOLD.into()))
}

/// Times.
pub fn times() -> FontId {
    FontId::new(14.0, FontFamily::Monospace)
}

/// Keys.
pub fn keycap() -> FontId {
    FontId::new(11.5, FontFamily::Monospace)
}

/// From the window's edge to what is in it.
pub const EDGE: f32 = 20.0;
/// The unit of spacing.
pub const UNIT: f32 = 4.0;
/// Corners of chips and buttons.
pub const CORNER: u8 = 5;

/// Sets fonts and both themes. Called once.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    ctx.options_mut(|options| {
        // These keys are the viewer's to bind.
        options.zoom_with_keyboard = false;
        options.quit_shortcuts.clear();
    });
    ctx.style_mut_of(egui::Theme::Dark, |style| dress(style, &DARK));
    ctx.style_mut_of(egui::Theme::Light, |style| dress(style, &LIGHT));
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let mut add = |name: &str, bytes: &'static [u8]| {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        name.to_owned()
    };
    let regular = add("inter", include_bytes!("../../assets/fonts/Inter-Regular.ttf"));
    let semibold = add("inter-semibold", include_bytes!("../../assets/fonts/Inter-SemiBold.ttf"));
    let mono = add("jetbrains-mono", include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"));
    fonts.families.insert(FontFamily::Proportional, vec![regular.clone()]);
    fonts.families.insert(FontFamily::Monospace, vec![mono, regular.clone()]);
    fonts.families.insert(FontFamily::Name(SEMIBOLD.into()), vec![semibold, regular]);
    fonts
}

fn dress(style: &mut egui::Style, palette: &Palette) {
    style.text_styles = [
        (egui::TextStyle::Body, body()),
        (egui::TextStyle::Button, body()),
        (egui::TextStyle::Small, small()),
        (egui::TextStyle::Heading, title()),
        (egui::TextStyle::Monospace, times()),
    ]
    .into();
    style.interaction.selectable_labels = false;
    style.animation_time = 0.0;
    style.spacing.item_spacing = egui::vec2(2.0 * UNIT, UNIT);
    style.spacing.scroll.floating = true;
    let visuals = &mut style.visuals;
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.panel;
    visuals.extreme_bg_color = palette.background;
    visuals.override_text_color = Some(palette.text);
    visuals.hyperlink_color = palette.accent;
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
    visuals.warn_fg_color = palette.warning;
    visuals.window_shadow = egui::Shadow::NONE;
    visuals.popup_shadow = egui::Shadow::NONE;
    visuals.window_stroke = palette.rule();
    visuals.widgets.noninteractive.bg_stroke = palette.rule();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance after WCAG 2.
    fn luminance(color: Color32) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_word_can_be_read() {
        for palette in [DARK, LIGHT] {
            for word in [palette.text, palette.muted, palette.accent, palette.good, palette.warning] {
                for ground in [palette.panel, palette.background, palette.raised, palette.chosen] {
                    let ratio = contrast(word, ground);
                    assert!(ratio >= 4.5, "{word:?} on {ground:?} is only {ratio:.2}");
                }
            }
        }
    }
}

//! How the talk is shown: what commands can change about the window, without a window.

use crate::command::Theme;
use crate::slides::{Mode, Rect};

/// What can stand beside the slide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// The key list.
    Keys,
    /// What the talk is, and what is wrong with it.
    Info,
}

/// The state of the window's furniture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// How the slide lies in its pane.
    pub mode: Mode,
    /// Everything but the slide is hidden.
    pub bare: bool,
    /// What stands beside the slide.
    pub panel: Option<Panel>,
    /// The time label counts down instead of up.
    pub time_left: bool,
    /// The window fills the screen.
    pub fullscreen: bool,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// The slide's pane, in physical pixels of the window; empty until there is a window.
    pub pane: Rect,
}

impl View {
    /// As at first start, in this theme.
    pub fn new(theme: Theme) -> Self {
        Self {
            mode: Mode::default(),
            bare: false,
            panel: None,
            time_left: false,
            fullscreen: false,
            theme,
            pane: Rect::default(),
        }
    }

    /// Opens a panel, in the place of another, or closes it.
    pub fn toggle(&mut self, panel: Panel) {
        self.panel = if self.panel == Some(panel) { None } else { Some(panel) };
    }

    /// Closes the top thing; false if there was nothing to close.
    pub fn dismiss(&mut self) -> bool {
        if self.panel.is_some() {
            self.panel = None;
        } else if self.fullscreen {
            self.fullscreen = false;
        } else if self.bare {
            self.bare = false;
        } else {
            return false;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_closes_the_top_thing_first_and_never_more_than_one() {
        let mut view = View { panel: Some(Panel::Keys), fullscreen: true, ..View::new(Theme::Dark) };
        assert!(view.dismiss() && view.panel.is_none() && view.fullscreen);
        assert!(view.dismiss() && !view.fullscreen);
        assert!(!view.dismiss());
    }
}

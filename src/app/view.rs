//! How the talk is shown: what commands can change about the window, without a window.

use std::path::PathBuf;

use super::browse::Overview;
use super::films::VideoView;
use super::sound::Sounding;
use crate::command::keymap::Place;
use crate::command::{Command, Enlarge, QueueCommand, SoundCommand, Theme, TranscriptCommand};
use crate::slides::{Mode, Rect};
use crate::talk::track::SlideIndex;
use crate::time::Rate;

/// Width of a panel at first, in points.
const PANEL_WIDTH: u16 = 416;

/// What can stand beside the slide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// The key list.
    Keys,
    /// What the talk is, and what is wrong with it.
    Info,
    /// The slides, one below the other.
    Slides,
    /// What the viewer writes.
    Notes,
    /// The talks in hand.
    Queue,
    /// What is said.
    Transcript,
    /// Where sound goes.
    Sound,
}

impl Panel {
    /// All.
    pub const ALL: [Self; 7] =
        [Self::Keys, Self::Info, Self::Slides, Self::Notes, Self::Queue, Self::Transcript, Self::Sound];

    /// The command that opens and closes it.
    pub fn toggle(self) -> Command {
        match self {
            Self::Keys => Command::ToggleKeys,
            Self::Info => Command::ToggleInfo,
            Self::Slides => Command::ToggleSlides,
            Self::Notes => Command::ToggleNotes,
            Self::Queue => Command::Queue(QueueCommand::Toggle),
            Self::Transcript => Command::Transcript(TranscriptCommand::Toggle),
            Self::Sound => Command::Sound(SoundCommand::Devices),
        }
    }
}

/// A place in the transcript: a cue, counted from 0, and a byte of its text.
pub type TextPlace = (usize, usize);

/// What the viewer does with the transcript.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TranscriptView {
    /// It was scrolled by hand, or a line was chosen: it does not follow the sound.
    pub held: bool,
    /// The chosen line.
    pub chosen: Option<usize>,
    /// What is selected of it, from the place where it was begun to where it ends.
    pub selected: Option<(TextPlace, TextPlace)>,
}

/// Captions; what is `None` is as the settings say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaptionsView {
    /// They are shown.
    pub shown: bool,
    /// Lines, 1 to 3.
    pub lines: Option<u8>,
    /// Size of the letters, in points.
    pub size: Option<u8>,
    /// Nobody is named.
    pub nameless: bool,
}

/// How the talks are listed. Filter and order are kept in the words of commands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shelving {
    /// Cards instead of lines.
    pub cards: bool,
    /// Which talks are listed.
    pub filter: String,
    /// In which order.
    pub sort: String,
    /// When the viewer wants to be done, as they said it.
    pub finish_by: String,
    /// The chosen talk.
    pub chosen: Option<PathBuf>,
    /// The filter is being written.
    pub asking: bool,
    /// Cards beside each other, as the window has room for; 1 for lines.
    pub columns: usize,
    /// Lines or rows of cards that are seen at once.
    pub rows: usize,
}

/// The search, while it is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchView {
    /// In the open talk only.
    pub here: bool,
    /// What is searched for.
    pub text: String,
    /// The chosen one of what was found.
    pub chosen: usize,
}

/// How talks are heard, as the viewer chose it for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listening {
    /// The speed of all talks; `None`: none was chosen.
    pub rate: Option<Rate>,
    /// The same on both sides.
    pub mono: bool,
    /// Which side is louder: -100 left alone, 100 right alone.
    pub balance: i8,
    /// Slides that are films are heard with their own sound.
    pub clip_sound: bool,
}

impl Default for Listening {
    fn default() -> Self {
        Self { rate: None, mono: false, balance: 0, clip_sound: true }
    }
}

/// Where a window lies, in points of the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WindowPlace {
    /// Of its left edge.
    pub x: i32,
    /// Of its upper edge.
    pub y: i32,
    /// Of what is inside.
    pub width: i32,
    /// Of what is inside.
    pub height: i32,
    /// It fills the desktop.
    pub maximized: bool,
}

impl WindowPlace {
    /// Whether a window could be there.
    pub fn is_sane(&self) -> bool {
        let near = |at: i32| (-20_000..20_000).contains(&at);
        near(self.x) && near(self.y) && (200..20_000).contains(&self.width) && (100..20_000).contains(&self.height)
    }
}

/// The state of the window's furniture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// How the slide lies in its pane.
    pub mode: Mode,
    /// How far the slide is moved from the centre of its pane, right and down, in physical pixels.
    pub pan: (i32, i32),
    /// How slides are enlarged.
    pub enlarge: Enlarge,
    /// JPEG artefacts are reduced.
    pub clean: bool,
    /// The slide that is looked at while the talk goes on elsewhere.
    pub looking: Option<SlideIndex>,
    /// The slide that the viewer has turned to, where nothing says when slides appear.
    pub turned: Option<SlideIndex>,
    /// The words about the talk are being written.
    pub describing: bool,
    /// All slides at once.
    pub overview: Option<Overview>,
    /// The viewer is asked where to go.
    pub asking: bool,
    /// Everything but the slide is hidden.
    pub bare: bool,
    /// What stands beside the slide.
    pub panel: Option<Panel>,
    /// What will stand there again when there is more than the slide to be seen.
    pub set_aside: Option<Panel>,
    /// Its width, in points.
    pub panel_width: u16,
    /// How talks are heard.
    pub listening: Listening,
    /// The time label counts down instead of up.
    pub time_left: bool,
    /// Pauses are made shorter.
    pub trim: bool,
    /// How much shorter, 0 to 100.
    pub trim_strength: u8,
    /// Talks are brought to one loudness.
    pub level: bool,
    /// So many syllables a minute are kept, in the place of a speed.
    pub pace: Option<u16>,
    /// The window fills the screen.
    pub fullscreen: bool,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// The slide's pane, in physical pixels of the window; empty until there is a window.
    pub pane: Rect,
    /// The pointer, while it is on the pane, in physical pixels of the window.
    pub pointer: Option<(i32, i32)>,
    /// What is said stands beside each slide of the overview.
    pub words: bool,
    /// All the talks, in the place of the slide.
    pub library: bool,
    /// How the talks are listed.
    pub shelf: Shelving,
    /// The search, in the place of the slide.
    pub search: Option<SearchView>,
    /// Commands and talks are found by their letters.
    pub finder: bool,
    /// The folders of talks as they were known last.
    pub roots: Vec<PathBuf>,
    /// It was said how the text on slides can be had.
    pub told_slide_text: bool,
    /// Where sound goes.
    pub sound: Sounding,
    /// Where the window lies on the desktop; `None` until it is known.
    pub window: Option<WindowPlace>,
    /// How moving pictures are shown.
    pub video: VideoView,
    /// The transcript beside the slide.
    pub transcript: TranscriptView,
    /// The captions below it.
    pub captions: CaptionsView,
    /// The language in which the viewer reads transcripts, where there are several.
    pub language: Option<String>,
    /// There is a second window with nothing but the slide.
    pub second: bool,
    /// The pane of the second window, in its physical pixels.
    pub second_pane: Rect,
}

/// How much shorter pauses are made at first, in per cent.
const TRIM_STRENGTH: u8 = 70;

impl View {
    /// As at first start, in this theme.
    pub fn new(theme: Theme) -> Self {
        Self {
            mode: Mode::default(),
            pan: (0, 0),
            enlarge: Enlarge::default(),
            clean: false,
            looking: None,
            turned: None,
            describing: false,
            overview: None,
            asking: false,
            bare: false,
            panel: None,
            set_aside: None,
            panel_width: PANEL_WIDTH,
            listening: Listening::default(),
            time_left: false,
            trim: false,
            trim_strength: TRIM_STRENGTH,
            level: true,
            pace: None,
            fullscreen: false,
            theme,
            pane: Rect::default(),
            pointer: None,
            words: false,
            library: false,
            shelf: Shelving::default(),
            search: None,
            finder: false,
            roots: Vec::new(),
            told_slide_text: false,
            sound: Sounding::default(),
            window: None,
            video: VideoView::default(),
            transcript: TranscriptView::default(),
            captions: CaptionsView::default(),
            language: None,
            second: false,
            second_pane: Rect::default(),
        }
    }

    /// Opens a panel, in the place of another, or closes it.
    pub fn toggle(&mut self, panel: Panel) {
        self.panel = if self.panel == Some(panel) { None } else { Some(panel) };
    }

    /// Which keys act.
    pub fn place(&self) -> Place {
        if self.overview.is_some() {
            Place::Overview
        } else if self.library && self.search.is_none() {
            Place::Library
        } else if self.panel == Some(Panel::Transcript) && self.search.is_none() {
            Place::Transcript
        } else {
            Place::Player
        }
    }

    /// Whether the slide has the window to itself.
    pub fn slide_alone(&self) -> bool {
        self.bare || self.fullscreen
    }

    /// Fills the screen, or not.
    pub fn set_fullscreen(&mut self, fullscreen: bool) {
        let before = self.slide_alone();
        self.fullscreen = fullscreen;
        self.set_panel_aside(before);
    }

    /// Hides everything but the slide, or not.
    pub fn set_bare(&mut self, bare: bool) {
        let before = self.slide_alone();
        self.bare = bare;
        self.set_panel_aside(before);
    }

    /// What was open makes room for the slide, and comes back; what is opened meanwhile stays.
    fn set_panel_aside(&mut self, was_alone: bool) {
        match (was_alone, self.slide_alone()) {
            (false, true) => self.set_aside = self.panel.take(),
            (true, false) => self.panel = self.panel.or(self.set_aside.take()),
            _ => {}
        }
    }

    /// Whether a text is being written that is no note: the keys are its own.
    pub fn asks(&self) -> bool {
        self.asking || self.finder || self.search.is_some() || (self.library && self.shelf.asking)
    }

    /// Another talk: what belonged to the last one is over.
    pub fn forget_talk(&mut self) {
        (self.looking, self.turned, self.describing) = (None, None, false);
        self.overview = None;
        self.asking = false;
        self.transcript = TranscriptView::default();
    }

    /// Whether something stands in the place of the slide.
    pub fn slide_covered(&self) -> bool {
        self.overview.is_some() || self.library || self.search.is_some()
    }

    /// Closes the top thing; false if there was nothing to close.
    pub fn dismiss(&mut self) -> bool {
        if self.finder {
            self.finder = false;
        } else if self.asking {
            self.asking = false;
        } else if self.search.is_some() {
            self.search = None;
        } else if self.library && self.shelf.asking {
            self.shelf.asking = false;
        } else if self.overview.is_some() {
            self.overview = None;
        } else if self.library && self.panel.is_some() {
            self.panel = None;
        } else if self.library {
            self.library = false;
        } else if self.describing {
            self.describing = false;
        } else if self.looking.is_some() {
            self.looking = None;
        } else if self.panel.is_some() {
            self.panel = None;
        } else if self.fullscreen {
            self.set_fullscreen(false);
        } else if self.bare {
            self.set_bare(false);
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
        let mut view = View { panel: Some(Panel::Keys), fullscreen: true, asking: true, ..View::new(Theme::Dark) };
        view.looking = Some(SlideIndex(3));
        assert!(view.dismiss() && !view.asking && view.looking.is_some());
        assert!(view.dismiss() && view.looking.is_none() && view.panel.is_some());
        assert!(view.dismiss() && view.panel.is_none() && view.fullscreen);
        assert!(view.dismiss() && !view.fullscreen);
        assert!(!view.dismiss());
    }

    #[test]
    fn a_panel_makes_room_for_the_slide_alone_and_comes_back() {
        let mut view = View { panel: Some(Panel::Slides), ..View::new(Theme::Dark) };
        view.set_fullscreen(true);
        assert_eq!(view.panel, None);
        view.set_bare(true);
        view.set_fullscreen(false);
        assert_eq!(view.panel, None);
        view.set_bare(false);
        assert_eq!(view.panel, Some(Panel::Slides));
        view.set_bare(true);
        view.toggle(Panel::Info);
        view.set_bare(false);
        assert_eq!(view.panel, Some(Panel::Info), "what was opened meanwhile stays");
    }
}

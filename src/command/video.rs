//! The words for moving pictures.

use std::fmt;

use super::Command;
use super::parse::ParseCommandError;

/// Something about moving pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoCommand {
    /// The speaker's video: shown or hidden.
    ToggleSpeaker,
    /// The next way in which it is shown.
    NextLayout,
    /// In this way.
    Layout(SpeakerLayout),
    /// The next single picture, paused.
    FrameNext,
    /// The single picture before, paused.
    FramePrevious,
    /// The next way in which it is decided whether the slide or its video is seen.
    NextMotion,
    /// In this way.
    Motion(Motion),
}

/// Where the speaker's video is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SpeakerLayout {
    /// Nowhere.
    #[default]
    Off,
    /// Beside the slide.
    Beside,
    /// Small, in a corner that the slide leaves free.
    Corner,
    /// In the place of the slide.
    Only,
}

/// Whether what is projected is seen as a still slide or as a video.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Motion {
    /// As a video while it moves.
    #[default]
    Auto,
    /// Always as a slide.
    Still,
    /// Always as a video.
    Moving,
}

impl SpeakerLayout {
    /// All, with the words for them.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Off, "off"), (Self::Beside, "beside"), (Self::Corner, "corner"), (Self::Only, "only")];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(layout, _)| *layout == self).map_or("", |(_, word)| word)
    }

    /// The one that is called so.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(layout, _)| *layout)
    }
}

impl Motion {
    /// All, with the words for them.
    pub const ALL: [(Self, &'static str); 3] = [(Self::Auto, "auto"), (Self::Still, "still"), (Self::Moving, "moving")];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(motion, _)| *motion == self).map_or("", |(_, word)| word)
    }
}

/// `words` is what follows the verb, in lower case with single spaces.
pub(super) fn read(verb: &str, words: &str) -> Result<Option<Command>, ParseCommandError> {
    let motion = |word: &str| Motion::ALL.iter().find(|(_, known)| *known == word).map(|(motion, _)| *motion);
    Ok(match (verb, words) {
        ("speaker", "" | "toggle") => Some(VideoCommand::ToggleSpeaker),
        ("speaker", "next") => Some(VideoCommand::NextLayout),
        ("speaker", word) => SpeakerLayout::of_word(word).map(VideoCommand::Layout),
        ("frame", "next") => Some(VideoCommand::FrameNext),
        ("frame", "previous") => Some(VideoCommand::FramePrevious),
        ("motion", "next") => Some(VideoCommand::NextMotion),
        ("motion", word) => motion(word).map(VideoCommand::Motion),
        _ => None,
    }
    .map(Command::Video))
}

impl VideoCommand {
    /// What follows the words of its row.
    pub(super) fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layout(layout) => f.write_str(layout.word()),
            Self::Motion(motion) => f.write_str(motion.word()),
            Self::ToggleSpeaker | Self::NextLayout | Self::FrameNext | Self::FramePrevious | Self::NextMotion => Ok(()),
        }
    }

    /// What this very command does, where its argument says more than its row.
    pub(super) fn label(&self) -> Option<String> {
        let text = match self {
            Self::Layout(SpeakerLayout::Off) => "Hide the speaker's video",
            Self::Layout(SpeakerLayout::Beside) => "The speaker's video beside the slide",
            Self::Layout(SpeakerLayout::Corner) => "The speaker's video in a corner",
            Self::Layout(SpeakerLayout::Only) => "The speaker's video alone",
            Self::Motion(Motion::Auto) => "Video while the slide moves",
            Self::Motion(Motion::Still) => "Always the slide",
            Self::Motion(Motion::Moving) => "Always the video of the slides",
            Self::ToggleSpeaker | Self::NextLayout | Self::FrameNext | Self::FramePrevious | Self::NextMotion => {
                return None;
            }
        };
        Some(text.to_owned())
    }
}

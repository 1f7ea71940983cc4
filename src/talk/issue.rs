//! What can be wrong with a talk that opens all the same, in words for the viewer.

use std::path::{Path, PathBuf};

/// Something about a talk that the viewer may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// What sort of trouble it is.
    pub kind: IssueKind,
    /// One sentence for the viewer.
    pub message: String,
    /// The file that it is about, relative to the talk's root.
    pub file: Option<PathBuf>,
}

impl Issue {
    /// An issue about the talk as a whole.
    pub fn new(kind: IssueKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), file: None }
    }

    /// An issue about one file; the message ends with its name: `The list of slides is empty: ffmpeg_concat.txt`.
    pub fn about(kind: IssueKind, message: &str, file: &Path) -> Self {
        Self { kind, message: format!("{message}: {}", printable(file)), file: Some(file.to_owned()) }
    }
}

/// The sorts of trouble. Their names are part of what `plenary info --json` promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IssueKind {
    /// A sound or video file is there but has no sound that can be read.
    AudioUnreadable,
    /// The times of the slides are known to the second only.
    CoarseTiming,
    /// The download of the talk failed and what was saved is the server's refusal.
    DownloadFailed,
    /// Times were read from the names of the pictures, as nothing better was there.
    FileNameTiming,
    /// The sound is only partly downloaded.
    MediaPartial,
    /// There is no sound.
    NoAudio,
    /// There are no slides.
    NoSlides,
    /// Something pointed out of the talk's folder and was not followed.
    OutsideFolder,
    /// More than one sound could belong to the talk.
    SeveralMedia,
    /// A slide has no picture file.
    SlideMissing,
    /// A slide's times were not in order.
    SlideTimesUnordered,
    /// A slide's picture file holds no picture.
    SlideUnreadable,
    /// Slides begin after the sound has ended.
    SlidesAfterEnd,
    /// A time that no talk has was held within limits.
    TimeOutOfRange,
    /// A document that should say when the slides appear cannot be read, or not all of it.
    TimingUnreadable,
    /// More than a talk can have was left out.
    TooLarge,
    /// What was cut out of the recording is heard all the same.
    Uncut,
    /// A text that goes along with the sound cannot be read, or not all of it.
    TextUnreadable,
    /// Nothing says when the slides appear.
    Untimed,
    /// A video that goes along with the talk is there but cannot be read.
    VideoUnreadable,
}

impl IssueKind {
    /// The stable name: kebab case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AudioUnreadable => "audio-unreadable",
            Self::CoarseTiming => "coarse-timing",
            Self::DownloadFailed => "download-failed",
            Self::FileNameTiming => "file-name-timing",
            Self::MediaPartial => "media-partial",
            Self::NoAudio => "no-audio",
            Self::NoSlides => "no-slides",
            Self::OutsideFolder => "outside-folder",
            Self::SeveralMedia => "several-media",
            Self::SlideMissing => "slide-missing",
            Self::SlideTimesUnordered => "slide-times-unordered",
            Self::SlideUnreadable => "slide-unreadable",
            Self::SlidesAfterEnd => "slides-after-end",
            Self::TimeOutOfRange => "time-out-of-range",
            Self::TimingUnreadable => "timing-unreadable",
            Self::TextUnreadable => "text-unreadable",
            Self::TooLarge => "too-large",
            Self::Uncut => "uncut",
            Self::Untimed => "untimed",
            Self::VideoUnreadable => "video-unreadable",
        }
    }
}

/// A path or name as it may stand in a message: of bounded length, on one line, whatever bytes it is made of.
pub(crate) fn printable(path: impl AsRef<Path>) -> String {
    const LONGEST: usize = 160;
    let text = path.as_ref().to_string_lossy();
    let mut out: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_control() || is_direction_mark(c) { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

/// Characters that turn the direction of the text around them, so that a name could pose as another.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_documented() {
        let documented = include_str!("../../docs/INFO.md");
        let source = include_str!("issue.rs");
        let names: Vec<&str> =
            source.lines().filter_map(|line| line.split_once("=> \"")?.1.strip_suffix("\",")).collect();
        assert!(names.len() >= 16, "{names:?}");
        for name in names {
            assert!(documented.contains(&format!("| `{name}` |")), "{name}");
        }
    }

    #[test]
    fn a_message_about_a_file_ends_with_its_name() {
        let issue = Issue::about(IssueKind::TimingUnreadable, "The list is empty", Path::new("ffmpeg_concat.txt"));
        assert_eq!(issue.message, "The list is empty: ffmpeg_concat.txt");
        assert_eq!(issue.file.as_deref(), Some(Path::new("ffmpeg_concat.txt")));
    }

    #[test]
    fn names_in_messages_stay_short_and_on_one_line() {
        let name = printable(format!("a\nb\u{202e}{}", "x".repeat(500)));
        assert!(name.starts_with("a\u{fffd}b\u{fffd}x") && name.ends_with("x…"), "{name}");
        assert_eq!(name.chars().count(), 161);
        assert_eq!(printable("Käse – 1.jpg"), "Käse – 1.jpg");
    }
}

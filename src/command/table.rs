//! One row per command: its name, its help, its argument, when it applies. The key list, the documentation and the
//! parser's error messages are made from it.

use std::fmt::Write as _;

use super::{Command, Enlarge, Step, Theme, Verdict};
use crate::time::MediaTime;

/// What is worth knowing about a command without running it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The words it begins with as text: `slide next`, `seek`. Commands that differ in their argument may share them.
    pub name: &'static str,
    /// What follows the name.
    pub argument: Argument,
    /// What it does, for the key list and the documentation.
    pub help: &'static str,
    /// The part of the key list in which it stands.
    pub section: Section,
    /// What must be there for it to have an effect.
    pub needs: Needs,
    /// Whether it is given again and again while its key is held.
    pub repeats: bool,
}

impl Row {
    /// Name and argument: `seek +TIME`. No two rows have the same.
    pub fn usage(&self) -> String {
        format!("{} {}", self.name, self.argument.placeholder()).trim_end().to_owned()
    }

    /// The first word of the name.
    pub fn verb(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }

    /// What may follow the verb, for an error message; nothing if the verb may stand alone.
    pub(super) fn after_verb(&self) -> Option<&'static str> {
        match (self.name.split_once(' '), self.argument) {
            (Some((_, word)), Argument::None) => Some(word),
            (None, Argument::None) => None,
            (_, argument) => Some(argument.meaning()),
        }
    }
}

/// The argument of a command, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// Nothing.
    None,
    /// A length of time with its sign: `+10s`, `-1:00`.
    TimeStep,
    /// A moment: `1:30`.
    Time,
    /// `0%` to `100%`.
    Percent,
    /// Counted from 1.
    Number,
    /// `0.5` to `4`.
    Factor,
    /// `+0.1`, `-0.25`.
    FactorStep,
    /// `0` to `100`.
    Level,
    /// `+5`, `-5`.
    LevelStep,
    /// `on` or `off`.
    Switch,
    /// The rest of the line, or a part in double quotes in which `""` stands for `"`.
    Path,
    /// `light`, `dark` or `system`.
    Theme,
    /// `left`, `page-down` and so on.
    Step,
    /// `auto`, `nearest` or `lanczos`.
    Enlarge,
    /// `+100 -50`.
    Offset,
    /// `keep`, `again` or `drop`.
    Verdict,
    /// The rest of the line, or a part in double quotes in which `""` stands for `"` and `\n` for a new line.
    Text,
    /// A number and a text.
    NumberedText,
}

impl Argument {
    fn placeholder(self) -> &'static str {
        match self {
            Self::None => "",
            Self::TimeStep => "±TIME",
            Self::Time => "TIME",
            Self::Percent => "N%",
            Self::Number | Self::Level => "N",
            Self::Step => "left|right|up|down|page-up|page-down|first|last",
            Self::Enlarge => "auto|nearest|lanczos",
            Self::Offset => "±X ±Y",
            Self::Factor => "X",
            Self::FactorStep => "±X",
            Self::LevelStep => "±N",
            Self::Switch => "on|off",
            Self::Path => "PATH",
            Self::Verdict => "keep|again|drop",
            Self::Text => "TEXT",
            Self::NumberedText => "N TEXT",
            Self::Theme => "light|dark|system",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::TimeStep => "+10s or -10s",
            Self::Time => "a time such as 1:30",
            Self::Percent => "0% to 100%",
            Self::Number => "a number from 1",
            Self::Factor => "a factor from 0.5 to 4",
            Self::FactorStep => "+0.1 or -0.1",
            Self::Level => "a number from 0 to 100",
            Self::LevelStep => "+5 or -5",
            Self::Switch => "on or off",
            Self::Path => "a path",
            Self::Verdict => "keep, again or drop",
            Self::Text => "a text",
            Self::NumberedText => "a number from 1 and a text",
            Self::Theme => "light, dark or system",
            Self::Step => "left, right, up, down, page-up, page-down, first or last",
            Self::Enlarge => "auto, nearest or lanczos",
            Self::Offset => "a step right and a step down such as +100 -50",
        }
    }
}

/// The parts of the key list, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Playing, pausing, seeking.
    Playback,
    /// From slide to slide.
    Slides,
    /// Among all the slides at once.
    Overview,
    /// How fast.
    Speed,
    /// How loud.
    Sound,
    /// From talk to talk.
    Talks,
    /// What the viewer thinks of a talk.
    Verdicts,
    /// What the viewer writes, and what becomes of it.
    Notes,
    /// What the window shows.
    View,
    /// The rest.
    General,
}

impl Section {
    /// All, in order.
    pub const ALL: [Self; 10] = [
        Self::Playback,
        Self::Slides,
        Self::Overview,
        Self::Speed,
        Self::Sound,
        Self::Talks,
        Self::Verdicts,
        Self::Notes,
        Self::View,
        Self::General,
    ];

    /// For a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Playback => "Playback",
            Self::Slides => "Slides",
            Self::Overview => "Overview",
            Self::Speed => "Speed",
            Self::Sound => "Sound",
            Self::Talks => "Talks",
            Self::Verdicts => "Verdicts",
            Self::Notes => "Notes",
            Self::View => "View",
            Self::General => "General",
        }
    }
}

/// What must be there for a command to have an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// An open talk.
    Talk,
}

const HELD: bool = true;
const ONCE: bool = false;

/// Makes [`rows`] and [`row`] of one list, whose order is that of the key list. The match has no wildcard: a new
/// command does not compile before it has its row.
macro_rules! table {
    ($($pattern:pat => ($name:literal, $argument:ident, $section:ident, $needs:ident, $repeats:ident, $help:literal)),+ $(,)?) => {
        /// All rows, in the order of the key list.
        pub fn rows() -> &'static [Row] {
            const ROWS: &[Row] = &[$(Row {
                name: $name,
                argument: Argument::$argument,
                help: $help,
                section: Section::$section,
                needs: Needs::$needs,
                repeats: $repeats,
            }),+];
            ROWS
        }

        /// The row of this command.
        pub fn row(command: &Command) -> &'static Row {
            use Command::*;
            match command {
                $($pattern => &Row {
                    name: $name,
                    argument: Argument::$argument,
                    help: $help,
                    section: Section::$section,
                    needs: Needs::$needs,
                    repeats: $repeats,
                }),+
            }
        }
    };
}

table! {
    TogglePlay => ("play toggle", None, Playback, Talk, ONCE, "Play or pause"),
    Play => ("play", None, Playback, Talk, ONCE, "Play"),
    Pause => ("pause", None, Playback, Talk, ONCE, "Pause"),
    SeekBy(_) => ("seek", TimeStep, Playback, Talk, HELD, "Go forward or back"),
    SeekTo(_) => ("seek", Time, Playback, Talk, ONCE, "Go to a time"),
    SeekPercent(_) => ("seek", Percent, Playback, Talk, ONCE, "Go to a part of the talk"),
    UndoSeek => ("seek undo", None, Playback, Talk, HELD, "Return to before the last seek"),
    RedoSeek => ("seek redo", None, Playback, Talk, HELD, "Seek again"),
    ScrubTo(_) => ("scrub", Time, Playback, Talk, HELD, "Move the playhead while holding it"),
    ScrubEnd => ("scrub end", None, Playback, Talk, ONCE, "Let the playhead go"),

    SlidePrevious => ("slide previous", None, Slides, Talk, HELD, "Previous slide"),
    SlideNext => ("slide next", None, Slides, Talk, HELD, "Next slide"),
    SlideFirst => ("slide first", None, Slides, Talk, ONCE, "First slide"),
    SlideLast => ("slide last", None, Slides, Talk, ONCE, "Last slide"),
    SlideGo(_) => ("slide", Number, Slides, Talk, ONCE, "Go to a slide"),
    AskWhere => ("go", None, Slides, Talk, ONCE, "Go to a slide's number, a time, a part"),
    LookPrevious => ("look previous", None, Slides, Talk, HELD, "Look at the slide before, the talk goes on"),
    LookNext => ("look next", None, Slides, Talk, HELD, "Look at the slide after, the talk goes on"),
    LookAt(_) => ("look", Number, Slides, Talk, ONCE, "Look at a slide, the talk goes on"),
    LookBack => ("look back", None, Slides, Talk, ONCE, "Back to the slide where the talk is"),
    LookPlay => ("look play", None, Slides, Talk, ONCE, "Play from the slide that is looked at"),
    CopySlide => ("slide copy", None, Slides, Talk, ONCE, "Copy the slide as a picture"),
    CopySlideFile => ("slide copy-file", None, Slides, Talk, ONCE, "Copy the slide's file"),
    SaveSlideDialog => ("slide save", None, Slides, Talk, ONCE, "Save the slide's file…"),
    SaveSlide(_) => ("slide save", Path, Slides, Talk, ONCE, "Save the slide's file as"),
    RevealSlide => ("slide reveal", None, Slides, Talk, ONCE, "Show the slide in the file manager"),
    OpenSlide => ("slide open", None, Slides, Talk, ONCE, "Open the slide in another program"),

    ToggleOverview => ("overview toggle", None, Overview, Talk, ONCE, "All slides at once"),
    OverviewMove(_) => ("overview", Step, Overview, Talk, HELD, "Choose another slide"),
    OverviewGo => ("overview go", None, Overview, Talk, ONCE, "Go to the chosen slide"),
    OverviewLook => ("overview look", None, Overview, Talk, ONCE, "Look at the chosen slide, the talk goes on"),

    RateBy(_) => ("rate", FactorStep, Speed, Nothing, HELD, "Faster or slower"),
    SetRate(_) => ("rate", Factor, Speed, Nothing, ONCE, "Set the speed"),
    RateReset => ("rate reset", None, Speed, Nothing, ONCE, "Normal speed, and back again"),

    VolumeBy(_) => ("volume", LevelStep, Sound, Nothing, HELD, "Louder or softer"),
    SetVolume(_) => ("volume", Level, Sound, Nothing, ONCE, "Set the volume"),
    ToggleMute => ("mute toggle", None, Sound, Nothing, ONCE, "Mute or unmute"),
    SetMute(_) => ("mute", Switch, Sound, Nothing, ONCE, "Mute with on, unmute with off"),

    NextTalk => ("talk next", None, Talks, Nothing, ONCE, "Next talk"),
    PreviousTalk => ("talk previous", None, Talks, Nothing, ONCE, "Previous talk"),
    GoToTalk(_) => ("talk", Number, Talks, Nothing, ONCE, "Go to a talk in the queue"),
    NextUnseen => ("talk unseen", None, Talks, Nothing, ONCE, "Next unseen talk"),
    OpenDialog => ("open", None, Talks, Nothing, ONCE, "Open…"),
    Open(_) => ("open", Path, Talks, Nothing, ONCE, "Open a talk in place of the queue"),
    Append(_) => ("append", Path, Talks, Nothing, ONCE, "Add a talk to the queue"),

    ToggleVerdict(_) => ("verdict", Verdict, Verdicts, Talk, ONCE, "Set a verdict, or clear it"),
    VerdictNext(_) => ("verdict-next", Verdict, Verdicts, Talk, ONCE, "Set a verdict and go to the next unseen talk"),
    ClearVerdict => ("verdict none", None, Verdicts, Talk, ONCE, "No verdict"),
    Undo => ("undo", None, Verdicts, Nothing, HELD, "Undo the last verdict or change of a note"),
    Redo => ("redo", None, Verdicts, Nothing, HELD, "Redo"),

    NewNote => ("note new", None, Notes, Talk, ONCE, "New note at this moment"),
    NewSlideNote => ("note slide", None, Notes, Talk, ONCE, "New note with the slide and what is said"),
    MarkMoment => ("note mark", None, Notes, Talk, ONCE, "Mark this moment"),
    AddNote(_) => ("note add", Text, Notes, Talk, ONCE, "Add a note at this moment"),
    EditNote(_) => ("note edit", Number, Notes, Talk, ONCE, "Write on in a note"),
    SetNote(..) => ("note set", NumberedText, Notes, Talk, ONCE, "Replace the text of a note"),
    DeleteNote(_) => ("note delete", Number, Notes, Talk, ONCE, "Delete a note"),
    GoToNote(_) => ("note", Number, Notes, Talk, ONCE, "Go to the moment of a note"),
    EditSummary => ("summary edit", None, Notes, Talk, ONCE, "Write the summary"),
    SetSummary(_) => ("summary set", Text, Notes, Talk, ONCE, "Replace the summary"),
    EditAuthors => ("authors edit", None, Notes, Talk, ONCE, "Write who gave the talk"),
    SetAuthors(_) => ("authors set", Text, Notes, Talk, ONCE, "Replace who gave the talk"),
    EditLink => ("link edit", None, Notes, Talk, ONCE, "Write where the talk can be seen"),
    SetLink(_) => ("link set", Text, Notes, Talk, ONCE, "Replace where the talk can be seen"),
    LeaveText => ("text leave", None, Notes, Nothing, ONCE, "Leave the text"),
    ToggleNotes => ("notes toggle", None, Notes, Nothing, ONCE, "The notes beside the slide"),
    CopyCitation => ("cite", None, Notes, Talk, ONCE, "Copy title, time and link"),
    Digest => ("digest", None, Notes, Nothing, ONCE, "Write the digest of the kept talks and open it"),
    DigestTo(_) => ("digest", Path, Notes, Nothing, ONCE, "Write the digest as .md, .html, .org, .bib or .json"),
    AllNotes => ("notes export", None, Notes, Nothing, ONCE, "Write all notes as one file and open it"),
    ExportNotes(_) => ("notes export", Path, Notes, Nothing, ONCE, "Write all notes as one Markdown file"),

    ToggleFullscreen => ("fullscreen toggle", None, View, Nothing, ONCE, "Fullscreen"),
    SetFullscreen(_) => ("fullscreen", Switch, View, Nothing, ONCE, "Fill the screen or not"),
    ToggleFit => ("zoom toggle", None, View, Nothing, ONCE, "Fit or original size"),
    ZoomFit => ("zoom fit", None, View, Nothing, ONCE, "Fit the slide to the window"),
    ZoomOriginal => ("zoom original", None, View, Nothing, ONCE, "Original size"),
    ZoomReset => ("zoom reset", None, View, Nothing, ONCE, "Original size where it fits"),
    ZoomWidth => ("zoom width", None, View, Nothing, ONCE, "As wide as the window"),
    ZoomMultiple(_) => ("zoom times", Number, View, Nothing, ONCE, "Each slide pixel a square of N screen pixels"),
    ZoomTo(_) => ("zoom", Percent, View, Nothing, ONCE, "Part of the original size, 10% to 1600%"),
    ZoomBy(_) => ("zoom", LevelStep, View, Nothing, HELD, "Larger or smaller by N %, at the pointer"),
    PanBy(..) => ("pan", Offset, View, Nothing, HELD, "Move the slide in its pane by screen pixels"),
    CycleEnlarge => ("enlarge next", None, View, Nothing, ONCE, "Another way to enlarge slides"),
    SetEnlarge(_) => ("enlarge", Enlarge, View, Nothing, ONCE, "How slides are enlarged"),
    ToggleClean => ("clean toggle", None, View, Nothing, ONCE, "Reduce JPEG artefacts around text"),
    ToggleSlides => ("slides toggle", None, View, Nothing, ONCE, "The slides beside the slide"),
    SetPanelWidth(_) => ("panel-width", Number, View, Nothing, ONCE, "Width of the panel"),
    ToggleSecondWindow => ("second-window toggle", None, View, Nothing, ONCE, "The slide in a window of its own"),
    ToggleChrome => ("chrome toggle", None, View, Nothing, ONCE, "Hide everything but the slide"),
    ToggleTimeLeft => ("time-left toggle", None, View, Nothing, ONCE, "Show elapsed or remaining time"),
    CycleTheme => ("theme next", None, View, Nothing, ONCE, "Next theme: light, dark, system"),
    SetTheme(_) => ("theme", Theme, View, Nothing, ONCE, "Set the theme"),
    Screenshot(_) => ("screenshot", Path, View, Nothing, ONCE, "Save a picture of the window"),

    ToggleKeys => ("keys toggle", None, General, Nothing, ONCE, "Show the keys"),
    ToggleInfo => ("info toggle", None, General, Nothing, ONCE, "What this talk is, and what is wrong with it"),
    Dismiss => ("dismiss", None, General, Nothing, ONCE, "Close the topmost thing"),
    Quit => ("quit", None, General, Nothing, ONCE, "Quit"),
}

/// The place of a command's row among [`rows`].
pub(super) fn position(command: &Command) -> usize {
    let row = row(command);
    rows().iter().position(|other| other == row).unwrap_or(usize::MAX)
}

/// What this very command does, argument included: `Forward 5 seconds`. The help of its row if it takes none.
pub fn label(command: &Command) -> String {
    match command {
        Command::SeekBy(by) if by.nanos() < 0 => format!("Back {}", length(MediaTime::ZERO - *by)),
        Command::SeekBy(by) => format!("Forward {}", length(*by)),
        Command::SeekTo(to) | Command::ScrubTo(to) => format!("Go to {}", to.clock()),
        Command::SeekPercent(percent) => format!("Go to {percent}%"),
        Command::SlideGo(number) => format!("Slide {number}"),
        Command::LookAt(number) => format!("Look at slide {number}"),
        Command::SaveSlide(path) => format!("Save the slide's file as {}", path.display()),
        Command::OverviewMove(step) => match step {
            Step::Left => "Choose the slide before",
            Step::Right => "Choose the slide after",
            Step::Up => "Choose the slide above",
            Step::Down => "Choose the slide below",
            Step::PageUp => "A page up",
            Step::PageDown => "A page down",
            Step::First => "Choose the first slide",
            Step::Last => "Choose the last slide",
        }
        .to_owned(),
        Command::ZoomMultiple(times) => format!("{times} screen pixels for a slide pixel"),
        Command::ZoomTo(percent) => format!("{percent} % of the original size"),
        Command::ZoomBy(by) if *by < 0 => "Smaller".to_owned(),
        Command::ZoomBy(_) => "Larger".to_owned(),
        Command::PanBy(x, y) => match (x.signum(), y.signum()) {
            (1, 0) => "See more on the left",
            (-1, 0) => "See more on the right",
            (0, 1) => "See more above",
            (0, -1) => "See more below",
            _ => "Move the slide",
        }
        .to_owned(),
        Command::SetEnlarge(Enlarge::Auto) => "Enlarge sharply by whole multiples, else smoothly".to_owned(),
        Command::SetEnlarge(Enlarge::Nearest) => "Enlarge with sharp pixels".to_owned(),
        Command::SetEnlarge(Enlarge::Lanczos) => "Enlarge smoothly".to_owned(),
        Command::SetPanelWidth(points) => format!("Panel {points} wide"),
        Command::SetRate(rate) => format!("Speed {}", rate.factor()),
        Command::RateBy(by) if *by < 0 => format!("Slower by {}", f64::from(by.unsigned_abs()) / 1000.0),
        Command::RateBy(by) => format!("Faster by {}", f64::from(*by) / 1000.0),
        Command::SetVolume(percent) => format!("Volume {percent}%"),
        Command::VolumeBy(by) if *by < 0 => format!("Softer by {}%", by.unsigned_abs()),
        Command::VolumeBy(by) => format!("Louder by {by}%"),
        Command::SetMute(true) => "Mute".to_owned(),
        Command::SetMute(false) => "Unmute".to_owned(),
        Command::GoToTalk(number) => format!("Talk {number}"),
        Command::Open(path) => format!("Open {}", path.display()),
        Command::Append(path) => format!("Add {}", path.display()),
        Command::SetFullscreen(true) => "Fill the screen".to_owned(),
        Command::SetFullscreen(false) => "Leave fullscreen".to_owned(),
        Command::SetTheme(Theme::Light) => "Light theme".to_owned(),
        Command::SetTheme(Theme::Dark) => "Dark theme".to_owned(),
        Command::SetTheme(Theme::System) => "Theme of the system".to_owned(),
        Command::ToggleVerdict(Verdict::Keep) => "Keep".to_owned(),
        Command::ToggleVerdict(Verdict::Again) => "See again".to_owned(),
        Command::ToggleVerdict(Verdict::Drop) => "Drop".to_owned(),
        Command::VerdictNext(Verdict::Keep) => "Keep, and on to the next unseen talk".to_owned(),
        Command::VerdictNext(Verdict::Again) => "See again, and on to the next unseen talk".to_owned(),
        Command::VerdictNext(Verdict::Drop) => "Drop, and on to the next unseen talk".to_owned(),
        Command::GoToNote(number) => format!("Go to note {number}"),
        Command::EditNote(number) => format!("Write on in note {number}"),
        Command::DeleteNote(number) => format!("Delete note {number}"),
        Command::DigestTo(path) => format!("Write the digest as {}", path.display()),
        Command::ExportNotes(path) => format!("Write all notes as {}", path.display()),
        Command::Screenshot(path) => format!("Save a picture of the window as {}", path.display()),
        plain => row(plain).help.to_owned(),
    }
}

fn length(by: MediaTime) -> String {
    let secs = by.secs_f64();
    if secs == 1.0 {
        "1 second".to_owned()
    } else if secs < 60.0 {
        format!("{secs} seconds")
    } else {
        by.clock()
    }
}

/// `docs/COMMANDS.md`.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Commands\n\n\
         Made from `src/command/table.rs`; do not edit.\n\n\
         Keys (`[keys]` in `config.toml`) and the command line (`plenary -c \"seek 1:00; rate 1.5\"`) use these words.\n\
         Several commands on one line are separated by `;`.\n\n\
         - `TIME`: `90`, `1:30`, `1:02:03.450`, `1h2m3s`, `250ms`. `±TIME` has a sign: `+10s`, `-1:00`.\n\
         - `PATH`: the rest of the line. In double quotes it may hold `;`; there, `\"\"` stands for `\"`.\n\
         - `TEXT`: likewise; in double quotes, `\\n` is a new line and `\\\\` a backslash.\n\
         - `X`: a factor, 0.5 to 4. `±X`: to the next multiple of the step: `+0.1`, `-0.25`.\n\
         - `toggle` may be left out: `mute` is `mute toggle`. Only `play` needs it: `play` alone plays.\n",
    );
    for section in Section::ALL {
        out.push_str(&format!("\n## {}\n\n| command | what it does | needs |\n| --- | --- | --- |\n", section.title()));
        for row in rows().iter().filter(|row| row.section == section) {
            let needs = match row.needs {
                Needs::Nothing => "",
                Needs::Talk => "an open talk",
            };
            writeln!(out, "| `{}` | {} | {needs} |", row.usage().replace('|', "\\|"), row.help).ok();
        }
    }
    out
}

#[cfg(test)]
mod tests;

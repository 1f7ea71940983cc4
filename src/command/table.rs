//! One row per command: its name, its help, its argument, when it applies. The key list, the documentation and the
//! parser's error messages are made from it.

use std::fmt::Write as _;

use super::{
    AdjustCommand, Command, LibraryCommand, ListenCommand, QueueCommand, SearchCommand, ShapeCommand, SoundCommand,
    TranscriptCommand, VideoCommand,
};
pub use label::label;

mod label;

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
    /// `0` to `200`.
    Level,
    /// `+5`, `-5`.
    LevelStep,
    /// Syllables a minute.
    Pace,
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
    /// Something about a talk and a text.
    Described,
    /// A number and a text.
    NumberedText,
    /// Two numbers.
    TwoNumbers,
    /// Which talks of the library: words, `unseen`, `tag:labels`.
    Filter,
    /// An order: `title`, `-length`.
    Order,
    /// The next language, or one by its name.
    Language,
    /// `1` to `3`.
    Lines,
    /// Which talks to queue.
    Smart,
    /// A time of day or a date.
    Deadline,
    /// A sound device.
    Device,
    /// Where the speaker's video is.
    Layout,
    /// `auto`, `still` or `moving`.
    Motion,
}

impl Argument {
    fn placeholder(self) -> &'static str {
        match self {
            Self::None => "",
            Self::TimeStep => "±TIME",
            Self::Time => "TIME",
            Self::Percent => "N%",
            Self::Number | Self::Level | Self::Pace => "N",
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
            Self::Described => "title|authors|date|venue|link|paper|about TEXT",
            Self::TwoNumbers => "N TO",
            Self::Filter => "FILTER",
            Self::Order => "ORDER",
            Self::Language => "next|NAME",
            Self::Lines => "1|2|3",
            Self::Smart => "unseen|part|again|tag:NAME|shorter:TIME",
            Self::Deadline => "WHEN",
            Self::Device => "NAME",
            Self::Layout => "off|beside|corner|only",
            Self::Motion => "auto|still|moving",
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
            Self::Level => "a number from 0 to 200",
            Self::Pace => "a number from 60 to 1500",
            Self::LevelStep => "+5 or -5",
            Self::Switch => "on or off",
            Self::Path => "a path",
            Self::Verdict => "keep, again or drop",
            Self::Text => "a text",
            Self::NumberedText => "a number from 1 and a text",
            Self::Described => "title, authors, date, venue, link, paper or about, and a text",
            Self::TwoNumbers => "two numbers from 1",
            Self::Filter => "what to list, such as \"unseen tag:labels\"",
            Self::Order => "an order such as title or -length",
            Self::Language => "next, or a language such as en",
            Self::Lines => "1, 2 or 3",
            Self::Smart => "unseen, part, again, tag:NAME or shorter:10:00",
            Self::Deadline => "a time such as Friday 18:00",
            Self::Device => "a device's name or default",
            Self::Layout => "off, beside, corner or only",
            Self::Motion => "auto, still or moving",
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
    /// What moves.
    Video,
    /// What is said.
    Transcript,
    /// How fast.
    Speed,
    /// How loud.
    Sound,
    /// From talk to talk.
    Talks,
    /// Among all the talks.
    Library,
    /// Among all their texts.
    Search,
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
    pub const ALL: [Self; 14] = [
        Self::Playback,
        Self::Slides,
        Self::Overview,
        Self::Video,
        Self::Transcript,
        Self::Speed,
        Self::Sound,
        Self::Talks,
        Self::Library,
        Self::Search,
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
            Self::Video => "Video",
            Self::Transcript => "Transcript",
            Self::Speed => "Speed",
            Self::Sound => "Sound",
            Self::Talks => "Talks",
            Self::Library => "Library",
            Self::Search => "Search",
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
    Transcript(TranscriptCommand::SentencePrevious) => ("sentence previous", None, Playback, Talk, HELD, "Back to where the sentence begins, or the one before"),
    Transcript(TranscriptCommand::SentenceNext) => ("sentence next", None, Playback, Talk, HELD, "On to the next sentence"),
    Listen(ListenCommand::LoopNext) => ("loop next", None, Playback, Talk, ONCE, "Loop from here; again: to here; again: no loop"),
    Listen(ListenCommand::LoopSlide) => ("loop slide", None, Playback, Talk, ONCE, "Loop the slide, or no more"),
    Listen(ListenCommand::LoopA(_)) => ("loop a", Time, Playback, Talk, ONCE, "Loop from a time"),
    Listen(ListenCommand::LoopB(_)) => ("loop b", Time, Playback, Talk, ONCE, "Loop to a time"),
    Listen(ListenCommand::LoopClear) => ("loop clear", None, Playback, Talk, ONCE, "No loop"),
    Listen(ListenCommand::SleepIn(_)) => ("sleep", Time, Playback, Nothing, ONCE, "Pause after this time, 30m say"),
    Listen(ListenCommand::SleepAtEnd) => ("sleep talk", None, Playback, Nothing, ONCE, "Pause at the end of this talk"),
    Listen(ListenCommand::SleepOff) => ("sleep off", None, Playback, Nothing, ONCE, "No pause by itself"),

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
    OverviewListen => ("overview listen", None, Overview, Talk, ONCE, "Listen from the chosen slide; again: pause"),
    ToggleWords => ("overview words", None, Overview, Talk, ONCE, "What is said, beside each slide"),
    OverviewLook => ("overview look", None, Overview, Talk, ONCE, "Look at the chosen slide, the talk goes on"),

    Video(VideoCommand::ToggleSpeaker) => ("speaker toggle", None, Video, Nothing, ONCE, "The speaker's video, kept for all talks"),
    Video(VideoCommand::NextLayout) => ("speaker next", None, Video, Nothing, ONCE, "Speaker: hidden, beside, in a corner, alone"),
    Video(VideoCommand::Layout(_)) => ("speaker", Layout, Video, Nothing, ONCE, "Where the speaker's video is"),
    Video(VideoCommand::FramePrevious) => ("frame previous", None, Video, Talk, HELD, "Back to the single picture before"),
    Video(VideoCommand::FrameNext) => ("frame next", None, Video, Talk, HELD, "On to the next single picture"),
    Video(VideoCommand::NextMotion) => ("motion next", None, Video, Talk, ONCE, "Slide or video: by itself, slide, video"),
    Video(VideoCommand::Motion(_)) => ("motion", Motion, Video, Talk, ONCE, "Whether the slide or its video is seen"),

    Transcript(TranscriptCommand::Toggle) => ("transcript toggle", None, Transcript, Nothing, ONCE, "The transcript beside the slide"),
    Transcript(TranscriptCommand::Follow) => ("transcript follow", None, Transcript, Talk, ONCE, "The transcript follows the sound again"),
    Transcript(TranscriptCommand::Move(_)) => ("transcript", Step, Transcript, Talk, HELD, "Choose another line"),
    Transcript(TranscriptCommand::Play) => ("transcript play", None, Transcript, Talk, ONCE, "Play from the chosen line"),
    Transcript(TranscriptCommand::Copy) => ("transcript copy", None, Transcript, Talk, ONCE, "Copy what is selected, with times; else the slide"),
    Transcript(TranscriptCommand::Language(_)) => ("transcript language", Language, Transcript, Nothing, ONCE, "The transcript in another language"),
    Transcript(TranscriptCommand::Transcribe) => ("transcribe", None, Transcript, Talk, ONCE, "Have the transcript written by a program"),
    Transcript(TranscriptCommand::TranscribeCancel) => ("transcribe cancel", None, Transcript, Nothing, ONCE, "Stop the program that writes the transcript"),
    Transcript(TranscriptCommand::Captions) => ("captions toggle", None, Transcript, Nothing, ONCE, "Captions below the slide"),
    Transcript(TranscriptCommand::CaptionLines(_)) => ("captions lines", Lines, Transcript, Nothing, ONCE, "Captions of up to so many lines"),
    Transcript(TranscriptCommand::CaptionSizeBy(_)) => ("captions size", LevelStep, Transcript, Nothing, HELD, "Larger or smaller captions"),
    Transcript(TranscriptCommand::CaptionSpeakers) => ("captions speakers", None, Transcript, Nothing, ONCE, "Captions say who speaks, or not"),

    RateBy(_) => ("rate", FactorStep, Speed, Nothing, HELD, "Faster or slower"),
    SetRate(_) => ("rate", Factor, Speed, Nothing, ONCE, "Set the speed"),
    RateReset => ("rate reset", None, Speed, Nothing, ONCE, "Normal speed, and back again"),
    PinRate => ("rate pin", None, Speed, Talk, ONCE, "This talk keeps its speed to itself, or not"),
    Listen(ListenCommand::PinSpeaker) => ("rate pin-speaker", None, Speed, Talk, ONCE, "Talks of this speaker have their own speed, or not"),
    Listen(ListenCommand::HoldRate) => ("rate hold", None, Speed, Nothing, ONCE, "Fast while the key is held"),
    Listen(ListenCommand::ReleaseRate) => ("rate release", None, Speed, Nothing, ONCE, "As fast as before the key was held"),

    VolumeBy(_) => ("volume", LevelStep, Sound, Nothing, HELD, "Louder or softer"),
    SetVolume(_) => ("volume", Level, Sound, Nothing, ONCE, "Set the volume"),
    ToggleMute => ("mute toggle", None, Sound, Nothing, ONCE, "Mute or unmute"),
    SetMute(_) => ("mute", Switch, Sound, Nothing, ONCE, "Mute with on, unmute with off"),
    Shape(ShapeCommand::ToggleTrim) => ("trim toggle", None, Sound, Nothing, ONCE, "Make pauses shorter, or not"),
    Shape(ShapeCommand::Trim(_)) => ("trim", Switch, Sound, Nothing, ONCE, "Make pauses shorter with on, not with off"),
    Shape(ShapeCommand::TrimStrengthBy(_)) => ("trim strength", LevelStep, Sound, Nothing, HELD, "Make pauses shorter still, or less so"),
    Shape(ShapeCommand::TrimStrength(_)) => ("trim strength", Level, Sound, Nothing, ONCE, "How much shorter pauses are made"),
    Shape(ShapeCommand::ToggleLevel) => ("level toggle", None, Sound, Nothing, ONCE, "Bring all talks to one loudness, or not"),
    Shape(ShapeCommand::Pace(_)) => ("pace", Pace, Sound, Nothing, ONCE, "Keep so many syllables a minute, whoever speaks"),
    Shape(ShapeCommand::PaceBy(_)) => ("pace", LevelStep, Sound, Nothing, HELD, "More or fewer syllables a minute"),
    Shape(ShapeCommand::PaceOff) => ("pace off", None, Sound, Nothing, ONCE, "The speed is the factor that was chosen"),
    Listen(ListenCommand::ToggleMono) => ("mono toggle", None, Sound, Nothing, ONCE, "The same on both sides, or each its own"),
    Listen(ListenCommand::BalanceBy(_)) => ("balance", LevelStep, Sound, Nothing, HELD, "More to the right or to the left"),
    Listen(ListenCommand::BalanceReset) => ("balance reset", None, Sound, Nothing, ONCE, "Both sides as loud as they are"),
    Listen(ListenCommand::ToggleClipSound) => ("clip-sound toggle", None, Sound, Nothing, ONCE, "Films in slides are heard, or not; kept for all talks"),
    Listen(ListenCommand::ClipSound(_)) => ("clip-sound", Switch, Sound, Nothing, ONCE, "Hear films in slides with on, not with off"),

    Sound(SoundCommand::Devices) => ("device", None, Sound, Nothing, ONCE, "Where sound goes…"),
    Sound(SoundCommand::Choose(_)) => ("device", Device, Sound, Nothing, ONCE, "Send sound to a device"),
    Sound(SoundCommand::Next) => ("device next", None, Sound, Nothing, ONCE, "Send sound to the next device"),
    Sound(SoundCommand::LagBy(_)) => ("latency", TimeStep, Sound, Nothing, HELD, "The device is heard later or sooner than it says, kept"),
    Sound(SoundCommand::LagReset) => ("latency reset", None, Sound, Nothing, ONCE, "The device is heard when it says"),

    NextTalk => ("talk next", None, Talks, Nothing, ONCE, "Next talk"),
    PreviousTalk => ("talk previous", None, Talks, Nothing, ONCE, "Previous talk"),
    GoToTalk(_) => ("talk", Number, Talks, Nothing, ONCE, "Go to a talk in the queue"),
    NextUnseen => ("talk unseen", None, Talks, Nothing, ONCE, "Next unseen talk"),
    OpenDialog => ("open", None, Talks, Nothing, ONCE, "Open…"),
    Open(_) => ("open", Path, Talks, Nothing, ONCE, "Open a talk in place of the queue"),
    Append(_) => ("append", Path, Talks, Nothing, ONCE, "Add a talk to the queue"),
    ToggleDone => ("done toggle", None, Talks, Talk, ONCE, "This talk is done, or not done"),
    Queue(QueueCommand::Toggle) => ("queue toggle", None, Talks, Nothing, ONCE, "The queue beside the slide"),
    Queue(QueueCommand::Add) => ("queue add", None, Talks, Nothing, ONCE, "Queue the chosen talk"),
    Queue(QueueCommand::PlayNext) => ("queue play-next", None, Talks, Nothing, ONCE, "Queue the chosen talk as the next"),
    Queue(QueueCommand::Move(..)) => ("queue move", TwoNumbers, Talks, Nothing, ONCE, "Bring an entry of the queue to another place"),
    Queue(QueueCommand::Remove(_)) => ("queue remove", Number, Talks, Nothing, ONCE, "Take an entry out of the queue"),
    Queue(QueueCommand::Clear) => ("queue clear", None, Talks, Nothing, ONCE, "Nothing in the queue but this talk"),
    Queue(QueueCommand::Fill(_)) => ("queue fill", Smart, Talks, Nothing, ONCE, "Fill the queue from the library"),

    Adjust(AdjustCommand::Nudge(_)) => ("nudge", TimeStep, Talks, Talk, HELD, "Slides later or earlier than the sound, kept"),
    Adjust(AdjustCommand::NudgeReset) => ("nudge reset", None, Talks, Talk, ONCE, "Slides when their files say"),
    Adjust(AdjustCommand::Record) => ("times record", None, Talks, Talk, ONCE, "Give slides without times theirs while listening"),
    Adjust(AdjustCommand::Forget) => ("times forget", None, Talks, Talk, ONCE, "Forget the times that were given to slides"),
    Adjust(AdjustCommand::Edit) => ("describe", None, Talks, Talk, ONCE, "Write title, authors and what else is known"),
    Adjust(AdjustCommand::Describe(..)) => ("describe", Described, Talks, Talk, ONCE, "Describe the talk otherwise; empty as it was found"),

    Library(LibraryCommand::Toggle) => ("library toggle", None, Library, Nothing, ONCE, "All the talks"),
    Library(LibraryCommand::Move(_)) => ("library", Step, Library, Nothing, HELD, "Choose another talk"),
    Library(LibraryCommand::Choose(_)) => ("library choose", Path, Library, Nothing, ONCE, "Choose the talk that lies here"),
    Library(LibraryCommand::Open) => ("library open", None, Library, Nothing, ONCE, "Play the chosen talk; the list is the queue"),
    Library(LibraryCommand::Play(_)) => ("library play", Path, Library, Nothing, ONCE, "Play a talk; the queue stays"),
    Library(LibraryCommand::Sheet) => ("library sheet", None, Library, Nothing, ONCE, "Read the chosen talk: all slides with the words"),
    Library(LibraryCommand::ToggleVerdict(_)) => ("library verdict", Verdict, Library, Nothing, ONCE, "Set or clear a verdict on the chosen talk"),
    Library(LibraryCommand::VerdictNext(_)) => ("library verdict-next", Verdict, Library, Nothing, ONCE, "Set a verdict and choose the next unseen talk"),
    Library(LibraryCommand::ToggleDone) => ("library done", None, Library, Nothing, ONCE, "The chosen talk is done, or not done"),
    Library(LibraryCommand::AskFilter) => ("library find", None, Library, Nothing, ONCE, "Write what to list"),
    Library(LibraryCommand::Filter(_)) => ("library filter", Filter, Library, Nothing, ONCE, "List only these"),
    Library(LibraryCommand::Sort(_)) => ("library sort", Order, Library, Nothing, ONCE, "List in this order"),
    Library(LibraryCommand::ToggleCards) => ("library cards", None, Library, Nothing, ONCE, "Cards or lines"),
    Library(LibraryCommand::ToggleMerged) => ("library merge", None, Library, Nothing, ONCE, "List copies of the chosen talk as one, or singly"),
    Library(LibraryCommand::AddDialog) => ("library add", None, Library, Nothing, ONCE, "Add a folder of talks…"),
    Library(LibraryCommand::Add(_)) => ("library add", Path, Library, Nothing, ONCE, "Add a folder of talks"),
    Library(LibraryCommand::Remove(_)) => ("library remove", Path, Library, Nothing, ONCE, "Take a folder of talks out"),
    Library(LibraryCommand::Scan) => ("library scan", None, Library, Nothing, ONCE, "Look through the folders again"),
    Library(LibraryCommand::ScanStop) => ("library scan-stop", None, Library, Nothing, ONCE, "Stop looking through the folders"),
    Library(LibraryCommand::FinishBy(_)) => ("finish-by", Deadline, Library, Nothing, ONCE, "To be done by this time"),

    Search(SearchCommand::All) => ("search all", None, Search, Nothing, ONCE, "Search all talks"),
    Search(SearchCommand::Here) => ("search here", None, Search, Talk, ONCE, "Search this talk"),
    Search(SearchCommand::For(_)) => ("search for", Text, Search, Nothing, ONCE, "Search for these words"),
    Search(SearchCommand::Move(_)) => ("search", Step, Search, Nothing, HELD, "Choose another place that was found"),
    Search(SearchCommand::Go) => ("search go", None, Search, Nothing, ONCE, "Play from three seconds before"),
    Search(SearchCommand::NextHit) => ("search next", None, Search, Talk, HELD, "The next place that was found in this talk"),
    Search(SearchCommand::PreviousHit) => ("search previous", None, Search, Talk, HELD, "The place before that was found in this talk"),
    Library(LibraryCommand::SlideText(_)) => ("slide-text", Switch, Search, Nothing, ONCE, "Read the slides' text in the background"),
    Finder => ("finder", None, Search, Nothing, ONCE, "Find a command or a talk by its letters"),

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

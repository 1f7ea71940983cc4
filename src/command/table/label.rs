//! What a command with its argument does, in words for people.

use super::row;
use crate::command::{Command, Enlarge, Step, Theme, Verdict};
use crate::time::MediaTime;

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
        Command::Shape(what) => what.label().unwrap_or_else(|| row(command).help.to_owned()),
        Command::Listen(what) => what.label().unwrap_or_else(|| row(command).help.to_owned()),
        Command::Video(what) => what.label().unwrap_or_else(|| row(command).help.to_owned()),
        Command::Sound(what) => what.label().unwrap_or_else(|| row(command).help.to_owned()),
        Command::Adjust(what) => what.label().unwrap_or_else(|| row(command).help.to_owned()),
        Command::Library(what) => what.label().unwrap_or_else(|| row(command).help.to_owned()),
        Command::Queue(super::QueueCommand::Move(from, to)) => format!("Bring entry {from} of the queue to place {to}"),
        Command::Queue(super::QueueCommand::Remove(number)) => format!("Take entry {number} out of the queue"),
        Command::Queue(super::QueueCommand::Fill(which)) => format!("Queue {which}"),
        Command::Search(super::SearchCommand::For(words)) => format!("Search for {words}"),
        Command::Transcript(what) => what.label().unwrap_or_else(|| row(command).help.to_owned()),
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

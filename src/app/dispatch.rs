//! The one match on [`Command`]: what each does. No wildcard, so that a new command does not compile until it is here.

use super::{App, SlideAction, WindowAction};
use crate::app::notice::Severity;
use crate::app::view::Panel;
use crate::app::writing::Field;
use crate::command::{Command, Enlarge, Theme};
use crate::player::Player;
use crate::slides::{Lamp, Mode, Zoom};
use crate::talk::track::SlideIndex;
use crate::time::MediaTime;

impl App {
    /// Does what is asked. What it did, or why it could not, is told in the strip.
    pub fn run(&mut self, command: Command) {
        tracing::debug!(?command, "run");
        if command.needs_note() && self.note_is_coming() {
            self.work.unwritten.push(command);
            return;
        }
        self.stir(&command);
        match command {
            Command::Play => self.resume(),
            Command::Pause => self.player.pause(),
            Command::TogglePlay => self.toggle_play(),
            Command::SeekBy(by) => self.player.step(self.player.position() + by),
            Command::SeekTo(to) => self.player.seek(to),
            Command::SeekPercent(percent) => {
                let part = self.player.duration().secs_f64() * percent.clamp(0.0, 100.0) / 100.0;
                self.player.seek(MediaTime::from_secs_f64(part));
            }
            Command::ScrubTo(to) => self.player.scrub(to),
            Command::ScrubEnd => self.player.release(),
            Command::UndoSeek => {
                let done = self.player.undo_seek();
                self.feedback(if done { "Back to where you were" } else { "No seek to undo" });
            }
            Command::RedoSeek => {
                let done = self.player.redo_seek();
                self.feedback(if done { "Forth again" } else { "No seek to redo" });
            }
            Command::AskWhere => self.view.asking = self.player.talk().is_some(),
            Command::LookNext => self.look_by(1),
            Command::LookPrevious => self.look_by(-1),
            Command::LookAt(number) => self.look_at(SlideIndex(number.saturating_sub(1))),
            Command::LookBack => self.view.looking = None,
            Command::LookPlay => self.look_play(),
            Command::ToggleOverview => self.toggle_overview(),
            Command::OverviewMove(step) => self.overview_move(step),
            Command::OverviewGo => {
                if let Some(overview) = self.view.overview.take() {
                    self.go_to_slide(Some(overview.chosen.0));
                }
            }
            Command::OverviewListen => self.overview_listen(),
            Command::ToggleWords => self.view.words = !self.view.words,
            Command::OverviewLook => {
                if let Some(overview) = self.view.overview {
                    self.look_at(overview.chosen);
                }
            }
            Command::CopySlide => self.with_slide(SlideAction::CopyPicture),
            Command::CopySlideFile => self.with_slide(SlideAction::CopyFile),
            Command::SaveSlideDialog => self.with_slide(SlideAction::AskSave),
            Command::SaveSlide(path) => self.with_slide(SlideAction::Save(path)),
            Command::RevealSlide => self.with_slide(SlideAction::Reveal),
            Command::OpenSlide => self.with_slide(SlideAction::Open),
            Command::SlideNext => self.step_slide(1),
            Command::SlidePrevious => self.step_slide(-1),
            Command::SlideFirst => self.go_to_slide(Some(0)),
            Command::SlideLast => self.go_to_slide(self.slide_count().checked_sub(1)),
            Command::SlideGo(number) => self.go_to_slide(number.checked_sub(1).filter(|at| *at < self.slide_count())),
            Command::SetRate(rate) => self.set_rate(rate),
            Command::RateBy(thousandths) => {
                let step = thousandths.unsigned_abs();
                self.set_rate(self.settled_rate().stepped(thousandths.signum(), step));
            }
            Command::RateReset => self.reset_rate(),
            Command::PinRate => self.pin_rate(),
            Command::Listen(what) => self.listen(&what),
            Command::SetVolume(percent) => self.set_volume(i32::from(percent)),
            Command::VolumeBy(by) => self.volume_by(by),
            Command::SetMute(muted) => self.set_muted(muted),
            Command::ToggleMute => self.set_muted(!self.player.muted()),
            Command::Sound(what) => self.run_sound(&what),
            Command::Video(what) => self.run_video(what),
            Command::NextUnseen => self.next_unseen(),
            Command::ToggleDone => self.toggle_done(),
            Command::Adjust(command) => self.adjust(command),
            Command::Shape(command) => self.run_shape(&command),
            Command::Library(what) => self.run_library(what),
            Command::Queue(what) => self.run_queue(&what),
            Command::Search(what) => self.run_search(what),
            Command::Transcript(what) => self.run_transcript(what),
            Command::Finder => self.view.finder = !self.view.finder,
            Command::ToggleNotes => {
                self.leave_text();
                self.view.toggle(Panel::Notes);
            }
            Command::NewNote => self.write(Field::NewNote),
            Command::NewSlideNote => self.new_slide_note(),
            Command::MarkMoment => self.mark_moment(),
            Command::AddNote(text) => self.add_note(&text),
            Command::EditNote(number) => self.edit_note(number),
            Command::SetNote(number, text) => self.set_note(number, &text),
            Command::DeleteNote(number) => self.delete_note(number),
            Command::GoToNote(number) => self.go_to_note(number),
            Command::EditSummary => self.write(Field::Summary),
            Command::SetSummary(text) => self.set_summary(&text),
            Command::EditAuthors => self.write(Field::Authors),
            Command::SetAuthors(text) => self.set_authors(&text),
            Command::EditLink => self.write(Field::Link),
            Command::SetLink(text) => self.set_link(&text),
            Command::LeaveText => self.leave_text(),
            Command::ToggleVerdict(verdict) => self.toggle_verdict(verdict),
            Command::VerdictNext(verdict) => self.judge_and_go(verdict),
            Command::ClearVerdict => self.judge(None),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::CopyCitation => self.copy_citation(),
            Command::Digest => self.write_digest(None),
            Command::DigestTo(path) => self.write_digest(Some(path)),
            Command::AllNotes => self.export_notes(None),
            Command::ExportNotes(path) => self.export_notes(Some(path)),
            Command::NextTalk => self.step_talk(1),
            Command::PreviousTalk => self.step_talk(-1),
            Command::GoToTalk(number) => self.go_to_talk(number.checked_sub(1)),
            Command::OpenDialog => self.actions.push(WindowAction::OpenDialog),
            Command::Open(path) => self.open_paths(vec![path]),
            Command::Append(path) => self.append_paths(vec![path]),
            Command::ToggleFullscreen => self.view.set_fullscreen(!self.view.fullscreen),
            Command::SetFullscreen(fullscreen) => self.view.set_fullscreen(fullscreen),
            Command::ToggleFit => {
                let original = matches!(self.lamp(), Some(Lamp::OneToOne { .. }));
                self.show_as(if original { Mode::Fit } else { Mode::Original });
            }
            Command::ZoomFit => self.show_as(Mode::Fit),
            Command::ZoomOriginal => self.show_as(Mode::Original),
            Command::ZoomReset => self.show_as(Mode::OriginalWhenFits),
            Command::ZoomWidth => self.show_as(Mode::FillWidth),
            Command::ZoomMultiple(times) => self.show_as(Mode::Multiple(times)),
            Command::ZoomTo(percent) => self.show_as(Mode::Free(Zoom::from_thousandths(percent.saturating_mul(10)))),
            Command::ZoomBy(percent) => self.zoom_by(percent),
            Command::PanBy(x, y) => self.pan_by(x, y),
            Command::SetEnlarge(enlarge) => self.set_enlarge(enlarge),
            Command::CycleEnlarge => self.set_enlarge(match self.view.enlarge {
                Enlarge::Auto => Enlarge::Nearest,
                Enlarge::Nearest => Enlarge::Lanczos,
                Enlarge::Lanczos => Enlarge::Auto,
            }),
            Command::ToggleClean => {
                self.view.clean = !self.view.clean;
                self.feedback(if self.view.clean {
                    "JPEG artefacts reduced"
                } else {
                    "The slide as it is in its file"
                });
            }
            Command::ToggleSlides => self.view.toggle(Panel::Slides),
            Command::SetPanelWidth(points) => self.view.panel_width = points,
            Command::ToggleSecondWindow => self.view.second = !self.view.second,
            Command::ToggleChrome => self.view.set_bare(!self.view.bare),
            Command::ToggleKeys => self.view.toggle(Panel::Keys),
            Command::ToggleInfo => self.view.toggle(Panel::Info),
            Command::ToggleTimeLeft => self.view.time_left = !self.view.time_left,
            Command::SetTheme(theme) => self.set_theme(theme),
            Command::CycleTheme => self.set_theme(match self.view.theme {
                Theme::System => Theme::Light,
                Theme::Light => Theme::Dark,
                Theme::Dark => Theme::System,
            }),
            Command::Screenshot(path) => self.actions.push(WindowAction::Screenshot(path)),
            Command::Dismiss => self.dismiss(),
            Command::Quit => self.quit = true,
        }
        self.note_rest();
        self.refresh();
        self.refresh_films();
    }

    pub(super) fn slide_count(&self) -> usize {
        self.player.talk().map_or(0, |talk| talk.slides.len())
    }

    /// The next or previous slide; just after a slide began, its beginning counts as having been passed.
    fn step_slide(&mut self, by: isize) {
        let at = self.shown_slide().map(|slide| slide.0.checked_add_signed(by));
        if self.recording_times() && by > 0 {
            return self.place_next();
        }
        match at.flatten().filter(|at| *at < self.slide_count()) {
            Some(at) => self.seek_slide(Some(at), Player::step),
            None if self.slide_count() == 0 => self.feedback("This talk has no slides"),
            None if by < 0 => self.go_to_slide(Some(0)),
            None => self.feedback("Last slide"),
        }
    }

    pub(super) fn go_to_slide(&mut self, at: Option<usize>) {
        self.seek_slide(at, Player::seek);
    }

    fn seek_slide(&mut self, at: Option<usize>, seek: fn(&mut Player, MediaTime)) {
        if self.turns_by_hand() {
            return self.turn_to(at);
        }
        let Some(talk) = self.player.talk() else { return };
        match at.and_then(|at| talk.slides.get(SlideIndex(at)).map(|slide| slide.start)) {
            Some(start) => {
                self.view.looking = None;
                let stacked = talk.slides.slide_at(start).is_some_and(|shown| Some(shown.0) != at);
                seek(&mut self.player, start);
                if stacked {
                    self.feedback("Several slides share this moment; the last of them is shown");
                }
            }
            None => self.feedback("There is no such slide"),
        }
    }

    /// Shows slides in this way, and says so.
    fn show_as(&mut self, mode: Mode) {
        self.set_mode(mode, None);
        self.feedback(match mode {
            Mode::Fit => "Fit to the window".to_owned(),
            Mode::FillWidth => "As wide as the window".to_owned(),
            Mode::Original => "One slide pixel is one screen pixel".to_owned(),
            Mode::OriginalWhenFits => "Pixel for pixel where the slide fits".to_owned(),
            Mode::Multiple(times) => format!("One slide pixel is a square of {times} by {times}"),
            Mode::Free(zoom) => format!("{:.0} % of the original size", zoom.factor() * 100.0),
        });
    }

    fn set_enlarge(&mut self, enlarge: Enlarge) {
        self.view.enlarge = enlarge;
        self.feedback(match enlarge {
            Enlarge::Auto => "Enlarging: sharp squares for whole multiples, else smooth",
            Enlarge::Nearest => "Enlarging: sharp squares",
            Enlarge::Lanczos => "Enlarging: smooth",
        });
    }

    /// Something with the file of the slide that is shown.
    pub(super) fn with_slide(&mut self, action: SlideAction) {
        match self.slide_file() {
            Some(file) => self.actions.push(WindowAction::Slide(action, file)),
            None => self.feedback("There is no picture of a slide"),
        }
    }

    fn set_theme(&mut self, theme: Theme) {
        self.view.theme = theme;
        self.feedback(match theme {
            Theme::Light => "Light theme",
            Theme::Dark => "Dark theme",
            Theme::System => "Theme of the system",
        });
    }

    fn dismiss(&mut self) {
        if self.dismiss_filter() || self.dismiss_hits() {
            return;
        }
        let now = self.now();
        // An error stays until it is read, or put away here after everything above it.
        if !self.view.dismiss() {
            self.notices.dismiss(now);
        }
    }

    fn step_talk(&mut self, by: isize) {
        let Some(at) = self.queue.index() else { return };
        let last = at + 1 == self.queue.paths().len();
        let to = if by < 0 { at.checked_sub(1) } else { self.next_in_queue() };
        match to {
            Some(to) => self.go_to_talk(Some(to)),
            None if by < 0 => self.feedback("This is the first talk"),
            None if last => self.feedback("This is the last talk"),
            None => self.feedback("Only dropped talks follow"),
        }
    }

    /// Whether a talk that comes after the open one waits: the viewer has paused, to read perhaps.
    pub(super) fn waits(&self) -> Option<bool> {
        let paused = self.player.talk().is_some() && !self.player.playing() && !self.player.ended();
        paused.then_some(true)
    }

    pub(super) fn go_to_talk(&mut self, at: Option<usize>) {
        if at.is_some_and(|at| self.queue.go(at)) {
            self.open_current(None, self.waits());
        } else {
            self.feedback("There is no such talk");
        }
    }

    pub(super) fn feedback(&mut self, text: impl Into<String>) {
        let now = self.now();
        self.notices.tell(Severity::Feedback, text, now);
    }
}

//! Moving pictures: which file's are to be seen where, at which moment. Main thread; decoded by threads of their own, and only
//! what is seen.

mod found;
mod pictures;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::App;
use super::notice::Severity;
use crate::audio::clips::Trouble;
use crate::command::{Motion, SpeakerLayout, VideoCommand};
use crate::slides::{Mode, Placement, Rect, Size, placement};
use crate::talk::track::SlideIndex;
use crate::talk::{Slide, SlideImage, Talk, TalkId, Video};
use crate::time::MediaTime;
use crate::video::survey::Survey;
use crate::video::survey::worker::Surveyor;
use crate::video::{self, Flaw, Frame, Make, Part, Projector, Wanted, Within, pacing};

pub use pictures::{grey_of, still_of};

/// How moving pictures are shown, as the viewer has chosen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VideoView {
    /// The speaker's video is shown.
    pub speaker: bool,
    /// How, while it is; never [`SpeakerLayout::Off`].
    pub layout: SpeakerLayout,
    /// Whether the slide or its video is seen; of the open talk.
    pub motion: Motion,
}

impl Default for VideoView {
    fn default() -> Self {
        Self { speaker: false, layout: SpeakerLayout::Beside, motion: Motion::Auto }
    }
}

impl VideoView {
    /// How the speaker's video is shown.
    pub fn layout(&self) -> SpeakerLayout {
        if self.speaker { self.layout } else { SpeakerLayout::Off }
    }

    /// Shows it in this way.
    pub fn set_layout(&mut self, layout: SpeakerLayout) {
        self.speaker = layout != SpeakerLayout::Off;
        if self.speaker {
            self.layout = layout;
        }
    }
}

/// How whoever shows moving pictures draws them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Drawing {
    /// Colours in any size are drawn in any other.
    #[default]
    Simple,
    /// A graphics card makes colours of what was decoded, and scales them.
    Card,
    /// The processor draws; the least work is a picture as large as it is seen.
    Processor,
}

/// What is projected where.
pub(super) struct Films {
    drawing: Drawing,
    /// How large the speaker's video was drawn last, in pixels of the screen.
    speaker_size: Cell<Option<(u32, u32)>>,
    slide: Projector,
    speaker: Projector,
    decoded: Arc<AtomicU64>,
    /// Files of which it was said that they cannot be shown.
    told: Vec<PathBuf>,
    /// Nobody sees the window.
    unseen: bool,
    /// The moment that was heard when it was looked at last, and when it had become that.
    heard: (MediaTime, MediaTime),
    surveyor: Surveyor,
    /// The video of the open talk that was gone through, and what was found so far.
    surveyed: Option<(Video, Arc<Survey>)>,
    /// It is still being gone through.
    surveying: bool,
    /// The slides that were found in a film, by the key of its talk.
    scenes: Option<(TalkId, Vec<Slide>)>,
}

/// Pictures with more pixels are not made as large as they are seen: of such, most lie outside of the window.
const MAX_FITTED: u64 = 8 << 20;
/// What is heard is at rest when it has not changed for so long.
const REST: MediaTime = MediaTime::from_millis(120);
const REST_LOOK: MediaTime = MediaTime::from_millis(20);
/// So long before something moves, its first picture is made.
const LEAD: MediaTime = MediaTime::from_millis(800);

impl Default for Films {
    fn default() -> Self {
        let decoded = Arc::<AtomicU64>::default();
        let projector = || Projector::stepped(Arc::clone(&decoded));
        Self {
            drawing: Drawing::default(),
            speaker_size: Cell::default(),
            slide: projector(),
            speaker: projector(),
            decoded,
            told: Vec::new(),
            unseen: false,
            heard: (MediaTime::ZERO, MediaTime::ZERO),
            surveyor: Surveyor::stepped(None, grey_of()),
            surveyed: None,
            surveying: false,
            scenes: None,
        }
    }
}

/// A moment of a file.
struct Cue {
    file: PathBuf,
    part: Option<Part>,
    at: MediaTime,
    /// The talk goes on, and the video with it.
    moves: bool,
    /// From here on it stands still.
    until: Option<MediaTime>,
}

impl App {
    /// From now on moving pictures are decoded by threads.
    pub fn show_films(&mut self, waker: &crate::Waker) {
        let decoded = Arc::clone(&self.films.decoded);
        let projector = || Projector::new(Arc::clone(waker), Arc::clone(&decoded));
        (self.films.slide, self.films.speaker) = (projector(), projector());
    }

    /// Says who makes the colours of moving pictures, and their size.
    pub fn draw_films_with(&mut self, drawing: Drawing) {
        self.films.drawing = drawing;
    }

    /// Who makes the colours of moving pictures, and their size.
    pub fn drawing(&self) -> Drawing {
        self.films.drawing
    }

    /// What is made of pictures that are seen in this size.
    fn make_of(&self, seen: Option<(u32, u32)>) -> Make {
        match self.films.drawing {
            Drawing::Simple => Make::Rgba,
            Drawing::Card => Make::Planes,
            Drawing::Processor => {
                let sane = seen.filter(|(across, down)| u64::from(*across) * u64::from(*down) <= MAX_FITTED);
                sane.map_or(Make::Rgba, |(across, down)| Make::Fitted(across, down))
            }
        }
    }

    /// Why a film that should be in the slide's place is not.
    pub(super) fn film_failure(&self, file: &Path) -> Option<String> {
        self.films.slide.failure().filter(|(failed, _)| failed == file).map(|(_, why)| why)
    }

    /// Says in which size the speaker's video is seen.
    pub fn note_speaker_size(&self, size: (u32, u32)) {
        self.films.speaker_size.set(Some(size));
    }

    /// Decodes one picture, or goes through a video, where no thread does; false if there is nothing to do.
    pub fn step_films(&mut self) -> bool {
        self.films.slide.step() || self.films.speaker.step() || self.films.surveyor.step()
    }

    /// Pictures of videos that were decoded so far.
    pub fn decoded_pictures(&self) -> u64 {
        self.films.decoded.load(Ordering::Relaxed)
    }

    /// Says whether anybody can see the window.
    pub fn set_unseen(&mut self, unseen: bool) {
        self.films.unseen = unseen;
    }

    /// What moves in the slide's place.
    fn slide_cue(&self) -> Option<Cue> {
        let talk = self.player.talk()?;
        let position = self.player.position();
        if let Some(index) = self.shown_slide() {
            let slide = talk.slides.get(index)?;
            let heard = self.player.slide() == Some(index);
            if let Some(cue) = self.clip_cue(talk, slide, heard) {
                return Some(cue);
            }
            if let Some((video, part)) = self.moving_screen(position).filter(|_| heard) {
                return Some(Cue { part, ..Self::video_cue(talk, video, position) });
            }
            let stands = talk.film().is_none()
                || self.view.video.motion == Motion::Still
                || !heard && self.view.looking.is_some();
            if slide.image.is_some() && stands {
                return None;
            }
        }
        talk.film().map(|video| Self::video_cue(talk, video, position))
    }

    fn clip_cue(&self, talk: &Talk, slide: &Slide, heard: bool) -> Option<Cue> {
        let clip = slide.clip.as_ref()?;
        // Who looks at another slide than the one that is heard sees how it begins.
        let into = if heard { (self.player.position() - slide.start).max_zero() } else { MediaTime::ZERO };
        let last = clip.duration.map(|length| (length - MediaTime::from_millis(1)).max_zero());
        let at = clip.from + last.map_or(into, |last| into.min(last));
        let moves = heard && last.is_none_or(|last| into < last);
        let until = last.map(|last| clip.from + last);
        Some(Cue { file: talk.path(&clip.file), part: None, at, moves, until })
    }

    fn video_cue(talk: &Talk, video: &Video, position: MediaTime) -> Cue {
        let at = (position - video.starts).max_zero();
        Cue { file: talk.path(&video.file), part: None, at, moves: true, until: None }
    }

    /// What will move soon in the slide's place: its first picture is made before it is wanted.
    fn coming_cue(&self) -> Option<Cue> {
        let (talk, position) = (self.player.talk()?, self.player.position());
        let soon = |at: MediaTime| at > position && (at - position).at_rate(self.player.rate()) <= LEAD;
        let next = SlideIndex(self.player.slide()?.0 + 1);
        if let Some(slide) = talk.slides.get(next).filter(|slide| soon(slide.start))
            && let Some(clip) = &slide.clip
        {
            return Some(Cue { file: talk.path(&clip.file), part: None, at: clip.from, moves: false, until: None });
        }
        let (video, survey) = self.films.surveyed.as_ref()?;
        let turn = survey.next_turn(position - video.starts)?;
        let coming = self.view.video.motion == Motion::Auto && soon(turn + video.starts);
        let part = survey.moving_at(turn).and_then(|moving| moving.part);
        coming.then(|| Cue { part, ..Self::video_cue(talk, video, position) })
    }

    /// The speaker's video, where it is to be seen.
    fn speaker_cue(&self) -> Option<Cue> {
        let talk = self.player.talk()?;
        let video = talk.speaker().filter(|_| self.view.video.speaker)?;
        Some(Self::video_cue(talk, video, self.player.position()))
    }

    /// How the speaker's video is shown now; not at all where the talk has none.
    pub fn speaker_layout(&self) -> SpeakerLayout {
        let there = self.player.talk().is_some_and(|talk| talk.speaker().is_some());
        if there && self.films.speaker.failure().is_none() { self.view.video.layout() } else { SpeakerLayout::Off }
    }

    /// When to look again whether what is heard has come to rest: after a pause the device plays on what it has.
    pub(super) fn comes_to_rest(&self) -> Option<MediaTime> {
        let (now, (_, since)) = (self.now(), self.films.heard);
        let resting = self.player.playing() || self.player.talk().is_none() || now - since > REST;
        (!resting).then(|| now + REST_LOOK)
    }

    /// Wishes for the pictures of this moment.
    pub(super) fn refresh_films(&mut self) {
        let heard = self.player.position();
        if heard != self.films.heard.0 {
            self.films.heard = (heard, self.now());
        }
        let covered = self.films.unseen || self.view.slide_covered() || self.failed.is_some();
        let only = self.speaker_layout() == SpeakerLayout::Only;
        self.take_survey();
        let slide = self.slide_cue().or_else(|| self.coming_cue());
        // The second window shows it also while something else is in the main one.
        let hidden = self.films.unseen || self.failed.is_some() || !self.view.second && (covered || only);
        let slide = slide.filter(|_| !hidden);
        let speaker = self.speaker_cue().filter(|_| !covered);
        let (playing, roughly) = (self.player.playing(), self.player.scrubbing());
        let wanted =
            |cue: Cue| Wanted { file: cue.file, part: cue.part, at: cue.at, playing: playing && cue.moves, roughly };
        // The second window shows the same picture in another size.
        let seen = self.placement().filter(|_| !self.view.second);
        let seen = seen.filter(|_| self.film().is_some()).map(|placement| placement.target);
        // For what moves next, the size of what moved last is a good guess.
        if self.film().is_some() || self.films.drawing != Drawing::Processor {
            let make = self.make_of(seen.map(|size| (size.width, size.height)));
            self.films.slide.make(make);
        }
        self.films.slide.want(slide.map(wanted));
        let make = self.make_of(self.films.speaker_size.get());
        self.films.speaker.make(make);
        self.films.speaker.want(speaker.map(wanted));
        let failures = [self.films.slide.failure(), self.films.speaker.failure()].into_iter().flatten();
        let flaws = [self.films.slide.flaw(), self.films.speaker.flaw()].into_iter().flatten();
        let flaws = flaws.filter(|(file, flaw)| !(matches!(flaw, Flaw::CutShort { .. }) && self.is_heard(file)));
        let flaws = flaws.map(|(file, flaw)| (file.clone(), flaw.sentence(&file)));
        for (file, why) in failures.chain(flaws).collect::<Vec<_>>() {
            if !self.films.told.contains(&file) {
                self.films.told.push(file);
                self.tell(Severity::Warning, why);
            }
        }
    }

    /// Whether a file is that of the talk's sound: where that ends too early, the player says so.
    fn is_heard(&self, file: &Path) -> bool {
        self.player.talk().is_some_and(|talk| talk.audio.as_ref().is_some_and(|audio| talk.path(&audio.file) == file))
    }

    /// A film is shown without its sound: told, unless it is told already that the film is not shown at all.
    pub(super) fn tell_unheard(&mut self, trouble: &Trouble) {
        tracing::warn!("{}", trouble.why);
        if video::AVAILABLE && !self.films.told.contains(&trouble.path) {
            self.tell(Severity::Warning, trouble.why.clone());
        }
    }

    /// Another talk is open.
    pub(super) fn begin_films(&mut self) {
        self.films.told.clear();
        self.view.video.motion = Motion::Auto;
        (self.films.surveyed, self.films.scenes) = (None, None);
        self.ask_survey();
    }

    /// What moves in the slide's place: whether anything does, and its picture as soon as it is there.
    pub fn film(&self) -> Option<Option<Arc<Frame>>> {
        self.slide_cue()?;
        if self.films.slide.failure().is_some() {
            return None;
        }
        Some(self.films.slide.picture())
    }

    /// The picture of the speaker, as soon as it is there.
    pub fn speaker_picture(&self) -> Option<Arc<Frame>> {
        self.films.speaker.picture()
    }

    /// The speaker's video, across by down.
    pub fn speaker_aspect(&self) -> f32 {
        let (across, down) = self.films.speaker.info().map_or((16, 9), |info| info.display);
        #[expect(clippy::cast_precision_loss, reason = "pixels of a video")]
        let aspect = across as f32 / down.max(1) as f32;
        aspect.clamp(0.2, 5.0)
    }

    /// Time of the talk until the next picture.
    pub(super) fn next_picture_in(&self) -> Option<MediaTime> {
        let of = |projector: &Projector, cue: Option<Cue>| {
            let cue = cue.filter(|cue| cue.moves)?;
            let change = projector.next_change()?;
            (cue.until.is_none_or(|until| change <= until)).then(|| (change - cue.at).max_zero())
        };
        let slide = of(&self.films.slide, self.slide_cue());
        let turn = self.films.surveyed.as_ref().and_then(|(video, survey)| {
            let at = self.player.position() - video.starts;
            survey.next_turn(at).map(|turn| turn - at)
        });
        let speaker = of(&self.films.speaker, self.speaker_cue());
        [slide, turn, speaker].into_iter().flatten().min()
    }

    /// Where the picture of a video lies that stands in the slide's place: exactly where a slide of this talk would lie.
    pub(super) fn place_film(&self, frame: &Frame, pane: Rect) -> Option<Placement> {
        let display = frame.display;
        let source = Size::new(display.0, display.1);
        if pane.size.is_empty() || source.is_empty() {
            return None;
        }
        let (mode, pan) = (self.view.mode, self.view.pan);
        let pictures = self.player.talk().into_iter().flat_map(|talk| talk.slides.iter());
        let shown = self.shown_slide().and_then(|slide| self.player.talk()?.slides.get(slide));
        // Pictures that were taken from the film itself are no slides to lie like.
        let own = |image: &&SlideImage| (image.width, image.height) == display;
        let like = shown.into_iter().chain(pictures).find_map(|slide| slide.image.as_ref().filter(|image| !own(image)));
        if let Some(image) = like {
            let lies = placement::place(pane, Size::new(image.width, image.height), mode, pan);
            let room = Rect { x: lies.origin.0, y: lies.origin.1, size: lies.target };
            let Within { left, top, width, height } = frame.within;
            return Some(placement::place_like(pane, room, source, [left, top, width, height]));
        }
        // A small video alone would be lost in its pane.
        let small = 2 * source.width < pane.size.width && 2 * source.height < pane.size.height;
        let mode = if mode == Mode::OriginalWhenFits && small { Mode::Fit } else { mode };
        Some(placement::place(pane, source, mode, pan))
    }

    pub(super) fn run_video(&mut self, command: VideoCommand) {
        match command {
            VideoCommand::ToggleSpeaker => {
                let layout = if self.view.video.speaker { SpeakerLayout::Off } else { self.view.video.layout };
                self.set_speaker(layout);
            }
            VideoCommand::NextLayout => {
                let all = SpeakerLayout::ALL.map(|(layout, _)| layout);
                let at = all.iter().position(|layout| *layout == self.view.video.layout());
                self.set_speaker(at.and_then(|at| all.get(at + 1)).copied().unwrap_or_default());
            }
            VideoCommand::Layout(layout) => self.set_speaker(layout),
            VideoCommand::FrameNext => self.step_picture(true),
            VideoCommand::FramePrevious => self.step_picture(false),
            VideoCommand::NextMotion => {
                let all = Motion::ALL.map(|(motion, _)| motion);
                let at = all.iter().position(|motion| *motion == self.view.video.motion);
                self.set_motion(at.and_then(|at| all.get(at + 1)).copied().unwrap_or_default());
            }
            VideoCommand::Motion(motion) => self.set_motion(motion),
        }
    }

    fn set_speaker(&mut self, layout: SpeakerLayout) {
        self.view.video.set_layout(layout);
        let missing = self.player.talk().is_some_and(|talk| talk.speaker().is_none());
        self.feedback(match layout {
            SpeakerLayout::Off => "The speaker's video is hidden",
            _ if !video::AVAILABLE => "Videos are not shown: Plenary was built without FFmpeg",
            _ if missing => "The speaker's video is shown where there is one; this talk has none",
            SpeakerLayout::Beside => "The speaker's video beside the slide",
            SpeakerLayout::Corner => "The speaker's video in a corner",
            SpeakerLayout::Only => "The speaker's video alone",
        });
    }

    fn set_motion(&mut self, motion: Motion) {
        let film = self.player.talk().and_then(|talk| talk.film()).cloned();
        if self.screen().is_none() && film.is_none() {
            self.feedback("This talk has no video of its slides");
            return;
        }
        self.view.video.motion = motion;
        let known = self.films.surveyed.is_some() || self.player.talk().is_some_and(|talk| talk.screen().is_some());
        self.feedback(match motion {
            Motion::Auto if film.is_none() && self.films.surveying => {
                "The slide, and its video while it moves; the video is being looked through"
            }
            Motion::Auto => "The slide, and its video while it moves",
            Motion::Still => "The slide, also while its video moves",
            Motion::Moving if film.is_none() && !known => "The video, which is being looked through",
            Motion::Moving => "The video of the slides",
        });
    }

    /// The next single picture of what moves, or the one before.
    fn step_picture(&mut self, forward: bool) {
        let slide = self.slide_cue().zip(self.films.slide.exact());
        let Some((cue, frame)) = slide.or_else(|| self.speaker_cue().zip(self.films.speaker.exact())) else {
            self.feedback("Nothing moves here");
            return;
        };
        self.player.pause();
        match pacing::step_target(frame.span, forward).filter(|to| cue.until.is_none_or(|until| *to <= until)) {
            Some(to) => self.player.step(self.player.position() + (to - cue.at)),
            None => self.feedback(if forward { "The last picture" } else { "The first picture" }),
        }
    }
}

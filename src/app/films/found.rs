//! What is found out about the videos of the open talk: when the video of its slides moves, and which slides a film shows. Main
//! thread; gone through by a thread of its own.

use std::path::Path;
use std::sync::Arc;

use super::App;
use crate::command::Motion;
use crate::talk::{ImageFormat, Slide, SlideImage, SlideTrack, Talk, Video};
use crate::time::MediaTime;
use crate::video::survey::Survey;
use crate::video::survey::worker::{Asked, Look, Shown, Surveyor};
use crate::video::{self, Part};

impl App {
    /// From now on videos are gone through by this.
    pub fn survey_with(&mut self, surveyor: Surveyor) {
        self.films.surveyor = surveyor;
        self.films.surveyed = None;
        self.ask_survey();
    }

    /// The talk with the slides that were found in its film, if it has none of its own.
    pub(in crate::app) fn with_scenes(&self, found: &Arc<Talk>) -> Arc<Talk> {
        let scenes = self.films.scenes.as_ref().filter(|_| !found.is_pictured());
        match scenes.filter(|(key, _)| *key == found.key()) {
            Some((_, slides)) => Arc::new(found.with_slides(SlideTrack::new(slides.clone()))),
            None => Arc::clone(found),
        }
    }

    /// When the video of the slides moves while they stand still, in the talk's time.
    pub fn moving_spans(&self) -> impl Iterator<Item = (MediaTime, MediaTime)> + '_ {
        let found = self.films.surveyed.iter();
        found.flat_map(|(video, survey)| {
            let time = |nanos: i64| MediaTime::from_nanos(nanos) + video.starts;
            survey.moving.iter().map(move |moving| (time(moving.from), time(moving.until)))
        })
    }

    /// The video of the slides, where it is to be seen at a moment instead of the slide, and which part of it.
    pub(super) fn moving_screen(&self, position: MediaTime) -> Option<(&Video, Option<Part>)> {
        match self.view.video.motion {
            Motion::Still => None,
            Motion::Moving => {
                let video = self.screen()?;
                let known = self.films.surveyed.as_ref();
                Some((video, known.and_then(|(_, survey)| survey.part_at(position - video.starts))))
            }
            Motion::Auto => {
                let (video, survey) = self.films.surveyed.as_ref()?;
                survey.moving_at(position - video.starts).map(|moving| (video, moving.part))
            }
        }
    }

    /// A video that shows the slides, or may until it is known whether it does.
    pub(super) fn screen(&self) -> Option<&Video> {
        let talk = self.player.talk()?;
        let may = || match &self.films.surveyed {
            Some((_, survey)) => survey.shown,
            None => self.films.surveying && talk.is_pictured(),
        };
        talk.screen().or_else(|| talk.speaker().filter(|_| may()))
    }

    /// Has the video gone through from which something is to be learnt about the slides of the open talk.
    pub(super) fn ask_survey(&mut self) {
        let asked = self.found_talk().filter(|_| video::AVAILABLE).and_then(|talk| asked_of(talk));
        let asked = asked.map(|(asked, _)| asked);
        self.films.surveying = asked.is_some();
        self.films.surveyor.ask(asked);
    }

    pub(super) fn take_survey(&mut self) {
        let Some(answer) = self.films.surveyor.poll() else { return };
        let Some(talk) = self.found_talk().cloned() else { return };
        let Some((asked, video)) = asked_of(&talk).filter(|(asked, _)| *asked == answer.asked) else { return };
        self.films.surveying = !answer.whole;
        let Some(survey) = answer.survey else { return };
        if asked.what == Look::Scenes {
            let slides = answer.pictures.map(|folder| slides_of(&survey, &folder, video.starts)).unwrap_or_default();
            if !slides.is_empty() {
                self.films.scenes = Some((talk.key(), slides));
                self.revise();
            }
        } else {
            self.films.surveyed = Some((video.clone(), survey));
            if self.view.video.motion == Motion::Moving && self.screen().is_none() {
                self.view.video.motion = Motion::Auto;
                self.feedback("The video shows no slides");
            }
        }
    }
}

/// What is to be found out about the videos of a talk, and about which: when the video of its slides moves, or what slides a film
/// shows.
fn asked_of(talk: &Talk) -> Option<(Asked, &Video)> {
    if !talk.is_pictured() {
        let film = talk.film()?;
        return Some((Asked { file: talk.path(&film.file), what: Look::Scenes }, film));
    }
    if talk.untimed {
        return None;
    }
    let (video, sure) = match talk.screen() {
        Some(screen) => (screen, true),
        None => (talk.speaker()?, false),
    };
    let slide = |slide: &Slide| {
        let picture = slide.image.as_ref().filter(|_| slide.clip.is_none());
        Shown {
            from: slide.start - video.starts,
            picture: picture.map(|image| talk.path(&image.file)),
            size: picture.map_or((0, 0), |image| (image.width, image.height)),
        }
    };
    let slides = talk.slides.iter().map(slide).collect();
    Some((Asked { file: talk.path(&video.file), what: Look::Motion { slides, sure } }, video))
}

fn slides_of(survey: &Survey, folder: &Path, starts: MediaTime) -> Vec<Slide> {
    let pictured = survey.scenes.iter().filter(|scene| !scene.file.is_empty());
    pictured
        .zip(1..)
        .map(|(scene, number): (_, usize)| Slide {
            start: (MediaTime::from_nanos(scene.from) + starts).max_zero(),
            name: format!("found {number}"),
            image: Some(SlideImage {
                file: folder.join(&scene.file),
                width: scene.size.0,
                height: scene.size.1,
                format: ImageFormat::Png,
            }),
            ..Slide::default()
        })
        .collect()
}

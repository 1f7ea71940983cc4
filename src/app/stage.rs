//! What stands in the slide's place, and which pictures are wished for. Main thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::App;
use crate::slides::placement::{self, hold_pan, pan_to_keep};
use crate::slides::{Lamp, Look, Mode, Pixels, Placement, Rect, Size, SlideKey, Slot, Zoom, wish};
use crate::talk::pictures::smaller_word;
use crate::talk::track::SlideIndex;

use crate::talk::{ImageFormat, Issue, IssueKind, SlideImage, Talk};
use crate::video::Frame;

/// What stands in the slide's place.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Nothing was asked for yet.
    Empty,
    /// A talk is being opened.
    Opening(PathBuf),
    /// A talk could not be opened: a sentence.
    Failed(String),
    /// A talk without slides, or whose slide has no picture: a sentence.
    NoPicture {
        /// What is missing.
        what: String,
        /// Why, where it is known.
        why: Option<String>,
    },
    /// A slide that has no picture by its nature, a chapter: what it is about.
    Title(String),
    /// A slide whose picture could not be decoded: a sentence.
    Broken(String),
    /// What moves in the slide's place, and where it lies. There is no picture in the first moments.
    Film(Option<(Placement, Arc<Frame>)>),
    /// A slide's picture and where it lies. The picture is not there yet in the first moments.
    Slide {
        /// Where it lies in the pane.
        placement: Placement,
        /// Its pixels, of the placement's tile.
        picture: Option<Arc<Pixels>>,
        /// What it is, for those who keep textures.
        key: SlideKey,
    },
}

/// Slides shown lately that are remembered.
const RECENT: usize = 12;
/// Slides decoded ahead of the one shown.
const AHEAD: usize = 3;

impl App {
    /// The slide that is shown: where the talk is, unless the viewer looks at another.
    pub fn shown_slide(&self) -> Option<SlideIndex> {
        self.view.looking.or(self.view.turned).or_else(|| self.player.slide())
    }

    /// Wishes for the pictures that belong to this moment.
    pub(super) fn refresh(&mut self) {
        let Some(talk) = self.player.talk().cloned() else { return };
        let Some(current) = self.shown_slide() else { return };
        let key = |slide: Option<SlideIndex>| slide.and_then(|slide| self.key(&talk, slide));
        let at = |number: Option<usize>| number.and_then(|number| key(Some(SlideIndex(number))));
        let after = (1..=AHEAD).filter_map(|step| at(current.0.checked_add(step)));
        let heard = self.view.looking.and_then(|_| key(self.player.slide()));
        let second = self.second_key(&talk, current).into_iter();
        let second = second.chain(self.second_key(&talk, SlideIndex(current.0.saturating_add(1))));
        let first_of_next = self.neighbour_slides();
        let looked_at: Vec<SlideKey> = second.chain(heard).collect();
        let count = 1 + looked_at.len();
        let list = wish(key(Some(current)), after, at(current.0.checked_sub(1)), looked_at, first_of_next);
        if self.recent.last() != Some(&current) {
            self.recent.retain(|slide| *slide != current);
            self.recent.push(current);
            if self.recent.len() > RECENT {
                self.recent.remove(0);
            }
        }
        self.slides.want(list, count);
        // What came in since the last time may be what is wished for now, or stand in its way.
        self.slides.poll();
    }

    /// The newest of the slides gone through since `shown` whose picture is there: what to show until that of the present
    /// one is, while slides change faster than they can be decoded.
    pub fn newest_picture(&self, shown: &Path) -> Option<(SlideKey, Placement, Arc<Pixels>)> {
        let talk = self.player.talk()?;
        for slide in self.recent.iter().rev() {
            let Some(image) = talk.slides.get(*slide).and_then(|slide| slide.image.as_ref()) else { continue };
            if talk.path(&image.file) == shown {
                return None;
            }
            let placement = self.place(image)?;
            let key = self.key_at(talk, image, Some(&placement));
            if let Slot::Ready(pixels) = self.slides.get(&key) {
                return Some((key, placement, pixels));
            }
        }
        None
    }

    fn look(&self, source: Size, target: Size) -> Look {
        let grows = target.width > source.width || target.height > source.height;
        Look { enlarge: if grows { self.view.enlarge } else { Default::default() }, clean: self.view.clean }
    }

    fn key_at(&self, talk: &Talk, image: &SlideImage, placed: Option<&Placement>) -> SlideKey {
        let source = Size::new(image.width, image.height);
        let size = placed.map_or(source, |placed| placed.target);
        let tile = placed.filter(|placed| !placed.whole()).map(|placed| placed.tile);
        SlideKey { file: talk.path(&image.file).into(), size, tile, look: self.look(source, size) }
    }

    pub(super) fn key(&self, talk: &Talk, slide: SlideIndex) -> Option<SlideKey> {
        let image = talk.slides.get(slide)?.image.as_ref()?;
        Some(self.key_at(talk, image, self.place(image).as_ref()))
    }

    fn place(&self, image: &SlideImage) -> Option<Placement> {
        self.place_in(image, self.view.pane)
    }

    fn place_in(&self, image: &SlideImage, pane: Rect) -> Option<Placement> {
        let source = Size::new(image.width, image.height);
        (!pane.size.is_empty()).then(|| placement::place(pane, source, self.view.mode, self.view.pan))
    }

    fn second_place(&self, image: &SlideImage) -> Option<Placement> {
        let pane = self.view.second_pane;
        let source = Size::new(image.width, image.height);
        let shown = self.view.second && !pane.size.is_empty();
        shown.then(|| placement::place(pane, source, Mode::OriginalWhenFits, (0, 0)))
    }

    fn second_key(&self, talk: &Talk, slide: SlideIndex) -> Option<SlideKey> {
        let image = talk.slides.get(slide)?.image.as_ref()?;
        Some(self.key_at(talk, image, Some(&self.second_place(image)?)))
    }

    /// The open picture of the slide that is shown.
    fn image(&self) -> Option<&SlideImage> {
        self.player.talk()?.slides.get(self.shown_slide()?)?.image.as_ref()
    }

    /// The file of the slide that is shown; absolute.
    pub fn slide_file(&self) -> Option<PathBuf> {
        Some(self.player.talk()?.path(&self.image()?.file))
    }

    /// What stands in the slide's place now.
    pub fn stage(&self) -> Stage {
        self.stage_with(self.view.pane, |image| self.place(image))
    }

    /// What stands in the second window.
    pub fn second_stage(&self) -> Stage {
        self.stage_with(self.view.second_pane, |image| self.second_place(image))
    }

    fn stage_with(&self, pane: Rect, place: impl Fn(&SlideImage) -> Option<Placement>) -> Stage {
        if let Some(why) = &self.failed {
            return Stage::Failed(why.clone());
        }
        if let Some((path, ..)) = self.pending.as_ref().filter(|_| self.player.talk().is_none()) {
            return Stage::Opening(path.clone());
        }
        let Some(talk) = self.player.talk() else { return Stage::Empty };
        if let Some(film) = self.film() {
            return Stage::Film(film.and_then(|frame| Some((self.place_film(&frame, pane)?, frame))));
        }
        let Some(index) = self.shown_slide() else {
            return Stage::NoPicture { what: "This talk has no slides".into(), why: None };
        };
        let Some(slide) = talk.slides.get(index) else { return Stage::Empty };
        let Some(image) = &slide.image else {
            if let Some(clip) = &slide.clip {
                let why = self.film_failure(&talk.path(&clip.file));
                return Stage::NoPicture { what: format!("Slide {} is a film", index.0 + 1), why };
            }
            if let Some(title) = &slide.title {
                return Stage::Title(title.clone());
            }
            let about = |issue: &&Issue| {
                matches!(issue.kind, IssueKind::SlideMissing | IssueKind::SlideUnreadable)
                    && issue.message.contains(&slide.name)
            };
            let why = talk.issues.iter().find(about).map(|issue| issue.message.clone());
            return Stage::NoPicture { what: format!("There is no picture of slide {}", index.0 + 1), why };
        };
        let Some(placement) = place(image) else { return Stage::Empty };
        let key = self.key_at(talk, image, Some(&placement));
        match self.slides.get(&key) {
            Slot::Ready(pixels) => Stage::Slide { placement, picture: Some(pixels), key },
            Slot::Loading => Stage::Slide { placement, picture: None, key },
            Slot::Failed(why) => Stage::Broken(why.to_string()),
        }
    }

    /// The picture of the slide after the one that is shown, as it will be shown, if it is there.
    pub fn next_picture(&self) -> Option<(SlideKey, Arc<Pixels>)> {
        let key = self.key(self.player.talk()?, SlideIndex(self.shown_slide()?.0.checked_add(1)?))?;
        match self.slides.get(&key) {
            Slot::Ready(pixels) => Some((key, pixels)),
            Slot::Loading | Slot::Failed(_) => None,
        }
    }

    pub(super) fn placement(&self) -> Option<Placement> {
        if let Some(film) = self.film() {
            return self.place_film(&*film?, self.view.pane);
        }
        self.failed.is_none().then(|| self.place(self.image()?)).flatten()
    }

    /// What the slide is, for those who cannot see it.
    pub fn slide_label(&self) -> String {
        let Some((slide, talk)) = self.shown_slide().zip(self.player.talk()) else { return String::new() };
        format!("Slide {} of {}", slide.0 + 1, talk.slides.len())
    }

    /// The truth about the pixels shown, in words: `1:1  1920×1080`.
    pub fn lamp_text(&self) -> Option<String> {
        let lamp = self.lamp()?;
        Some(self.caveat().map_or_else(|| lamp.to_string(), |(_, why)| format!("{lamp} ({why})")))
    }

    /// Why what is shown is not the whole truth: a word, and a sentence.
    pub fn caveat(&self) -> Option<(&'static str, String)> {
        if self.film().is_some() {
            return None;
        }
        let image = self.image()?;
        if let Stage::Slide { picture: Some(pixels), .. } = self.stage()
            && pixels.cut_short
        {
            return Some(("cut short", "the file is cut short".to_owned()));
        }
        if self.view.clean && image.format == ImageFormat::Jpeg {
            return Some(("cleaned", "JPEG artefacts are reduced".to_owned()));
        }
        self.smaller().map(|word| (word, format!("{word}; a larger file is missing")))
    }

    /// The word in the file's name that says a larger one was to be had: `medium`.
    pub fn smaller(&self) -> Option<&'static str> {
        smaller_word(&self.image()?.file)
    }

    /// Screen pixels per slide pixel.
    pub fn zoom(&self) -> Option<f64> {
        self.placement().map(|placement| placement.zoom)
    }

    /// The slide's visible part, in physical pixels of the window.
    pub fn slide_rect(&self) -> Option<Rect> {
        self.placement().map(|placement| placement.visible())
    }

    /// What would be its visible part in another pane.
    pub fn slide_rect_in(&self, pane: Rect) -> Option<Rect> {
        let placement = match self.film() {
            Some(film) => self.place_film(&*film?, pane),
            None => self.place_in(self.image()?, pane),
        };
        placement.map(|placement| placement.visible())
    }

    /// The truth about the pixels shown.
    pub fn lamp(&self) -> Option<Lamp> {
        let broken = matches!(self.stage(), Stage::Broken(_));
        self.placement().filter(|_| !broken).map(|placement| placement.lamp)
    }

    /// Another way to lay the slide into its pane; the point under `anchor` stays where it is, if one is given.
    pub(super) fn set_mode(&mut self, mode: Mode, anchor: Option<(i32, i32)>) {
        let source = self.image().map(|image| Size::new(image.width, image.height));
        self.view.pan = match (source, anchor) {
            (Some(source), Some(anchor)) if !self.view.pane.size.is_empty() => {
                let pan = pan_to_keep(self.view.pane, source, (self.view.mode, self.view.pan), mode, anchor);
                hold_pan(self.view.pane, source, mode, pan)
            }
            _ => (0, 0),
        };
        self.view.mode = mode;
    }

    /// Larger or smaller by a part of what it is, at the pointer; stops on the way at pixel for pixel.
    pub(super) fn zoom_by(&mut self, percent: i32) {
        let Some(placement) = self.placement() else { return };
        let old = placement.zoom;
        let wanted = old * f64::from(100 + percent) / 100.0;
        let passes = (old < 0.995 && wanted > 1.0) || (old > 1.005 && wanted < 1.0);
        let zoom = Zoom::from_factor(if passes { 1.0 } else { wanted });
        let pane = self.view.pane;
        let middle = |start: i32, length: u32| start.saturating_add(i32::try_from(length / 2).unwrap_or(0));
        let centre = (middle(pane.x, pane.size.width), middle(pane.y, pane.size.height));
        let mode = if zoom.thousandths() == 1000 { Mode::Original } else { Mode::Free(zoom) };
        self.set_mode(mode, Some(self.view.pointer.unwrap_or(centre)));
    }

    /// Moves the slide in its pane.
    pub(super) fn pan_by(&mut self, x: i32, y: i32) {
        let Some(source) = self.image().map(|image| Size::new(image.width, image.height)) else { return };
        let wanted = (self.view.pan.0.saturating_add(x), self.view.pan.1.saturating_add(y));
        self.view.pan = hold_pan(self.view.pane, source, self.view.mode, wanted);
    }

    /// Whether the slide is larger than its pane.
    pub fn can_pan(&self) -> bool {
        let slide = self.image().and_then(|image| self.place(image));
        slide.or_else(|| self.placement()).is_some_and(|placement| placement.crop.size != placement.target)
    }
}

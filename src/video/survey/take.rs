//! The pass over a video. Blocks on the disk and takes its time; ends soon after it is cancelled.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::moving::{AROUND, Detector, Still};
use super::place::{FIELD, Finder};
use super::places::Places;
use super::scenes::Cutter;
use super::{GRID, Scene, Survey};
use crate::persist;
use crate::time::MediaTime;
use crate::video::{Frame, FrameSource, Make, Opening, Part, Span, VideoError, open};

/// From one telling of what is known so far to the next, at the least; of the video's time.
const TELL: MediaTime = MediaTime::from_secs(5);
/// From one picture in which the slides are searched to the next, at the least.
const SEARCH: MediaTime = MediaTime::from_secs(1);
/// Most slides of a film of which pictures are kept.
const MOST_STILLS: usize = 2_000;

/// Why there is no survey.
pub(super) enum Stopped {
    Cancelled,
    Failed(VideoError),
}

impl From<VideoError> for Stopped {
    fn from(error: VideoError) -> Self {
        Self::Failed(error)
    }
}

/// Goes through all pictures of a video.
fn go_through(
    source: &mut dyn FrameSource,
    cancel: &AtomicBool,
    mut see: impl FnMut(&mut dyn FrameSource, Span),
) -> Result<(), Stopped> {
    while let Some(span) = source.advance()? {
        if cancel.load(Ordering::Acquire) {
            return Err(Stopped::Cancelled);
        }
        see(source, span);
    }
    Ok(())
}

/// The parts of a video in which it shows its slides, `None` being the whole. `sure`: it is known to show them somewhere.
fn places(path: &Path, stills: &[Still], sure: bool, cancel: &AtomicBool) -> Result<Vec<Option<Part>>, Stopped> {
    let mut source = open(path, Opening::GLANCE)?;
    let mut whole = Detector::new(stills.to_vec(), sure);
    let mut finder = Finder::new(source.info().display);
    let mut grey = Vec::new();
    let mut last: Option<MediaTime> = None;
    go_through(&mut *source, cancel, |source, span| {
        if source.grey(GRID.0, GRID.1, &mut grey) {
            // One at a time: pictures that lie seconds apart always differ.
            whole.glance(span.from, &grey);
        }
        if last.is_some_and(|last| span.from < last + SEARCH) || !source.grey(FIELD.0, FIELD.1, &mut grey) {
            return;
        }
        last = Some(span.from);
        // A slide may be seen a little before or after the moment at which it is said to appear.
        let near = [span.from - AROUND, span.from + AROUND];
        let mut slides = near.map(|at| stills.partition_point(|still| still.from <= at).checked_sub(1)).to_vec();
        slides.dedup();
        slides.into_iter().flatten().for_each(|slide| finder.see(slide, &grey));
    })?;
    let mut found: Vec<Option<Part>> = finder.find(stills).into_iter().map(Some).collect();
    if sure || whole.share_of_slides() >= 0.02 {
        found.push(None);
    }
    Ok(found)
}

/// When a video moves while its slide stands still. `sure`: it is known to show the slides; else it is looked through first.
/// What is known so far is told on the way.
pub(super) fn motion(
    path: &Path,
    stills: &[Still],
    sure: bool,
    cancel: &AtomicBool,
    tell: &dyn Fn(Survey),
) -> Result<Survey, Stopped> {
    if stills.iter().all(|still| still.grey.is_empty()) {
        return Ok(Survey::default());
    }
    let parts = places(path, stills, sure, cancel)?;
    if parts.is_empty() {
        return Ok(Survey::default());
    }
    let mut places = Places::new(parts, stills, sure);
    let mut source = open(path, Opening::SCAN)?;
    let mut due = TELL;
    go_through(&mut *source, cancel, |source, span| {
        places.see(span, |part, grey| {
            source.show(part);
            source.grey(GRID.0, GRID.1, grey)
        });
        if span.from >= due && places.is_known() {
            tell(places.found());
            // All is judged again each time: ever more seldom.
            due = span.from + TELL.max(MediaTime::from_nanos(span.from.nanos() / 10));
        }
    })?;
    Ok(places.found())
}

/// The slides of a film, with a picture of each in a folder.
pub(super) fn scenes(path: &Path, folder: Option<&Path>, cancel: &AtomicBool) -> Result<Survey, Stopped> {
    let mut cutter = Cutter::default();
    let mut source = open(path, Opening::SCAN)?;
    let mut grey = Vec::new();
    go_through(&mut *source, cancel, |source, span| {
        if source.grey(GRID.0, GRID.1, &mut grey) {
            cutter.see(span, &grey);
        }
    })?;
    let mut scenes = cutter.finish();
    scenes.truncate(MOST_STILLS);
    let Some(folder) = folder else { return Ok(Survey { scenes, ..Survey::default() }) };
    for (scene, number) in scenes.iter_mut().zip(1..) {
        if cancel.load(Ordering::Acquire) {
            return Err(Stopped::Cancelled);
        }
        keep_still(&mut *source, scene, folder, number)?;
    }
    Ok(Survey { scenes, ..Survey::default() })
}

fn keep_still(source: &mut dyn FrameSource, scene: &mut Scene, folder: &Path, number: usize) -> Result<(), VideoError> {
    let at = MediaTime::from_nanos(scene.still);
    source.seek(at)?;
    while let Some(span) = source.advance()? {
        if span.is_past(at) {
            continue;
        }
        let Some(Frame { width, height, bytes, .. }) = source.picture(Vec::new(), Make::Rgba) else { break };
        let name = format!("{number:04}.png");
        let written = std::fs::create_dir_all(folder).and_then(|()| {
            persist::write_png(&folder.join(&name), width, height, bytes).map_err(std::io::Error::other)
        });
        match written {
            Ok(()) => (scene.file, scene.size) = (name, (width, height)),
            Err(error) => tracing::debug!(%error, "the picture of a slide is not kept"),
        }
        break;
    }
    Ok(())
}

//! The pass over a video. Blocks on the disk and takes its time; ends soon after it is cancelled.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::moving::{Detector, Still};
use super::scenes::Cutter;
use super::{GRID, Scene, Survey};
use crate::persist;
use crate::time::MediaTime;
use crate::video::{Frame, FrameSource, Make, Opening, VideoError, open};

/// From one telling of what is known so far to the next, at the least; of the video's time.
const TELL: MediaTime = MediaTime::from_secs(5);
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

/// Shows all pictures of a video, as grey ones.
fn go_through(
    source: &mut dyn FrameSource,
    cancel: &AtomicBool,
    mut see: impl FnMut(crate::video::Span, &[u8]) -> bool,
) -> Result<(), Stopped> {
    let mut grey = Vec::new();
    while let Some(span) = source.advance()? {
        if cancel.load(Ordering::Acquire) {
            return Err(Stopped::Cancelled);
        }
        if source.grey(GRID.0, GRID.1, &mut grey) && !see(span, &grey) {
            break;
        }
    }
    Ok(())
}

/// When a video moves while its slide stands still. `sure`: it is known to show the slides; else it is looked through first.
/// What is known so far is told on the way.
pub(super) fn motion(
    path: &Path,
    stills: Vec<Still>,
    sure: bool,
    cancel: &AtomicBool,
    tell: &dyn Fn(Survey),
) -> Result<Survey, Stopped> {
    if stills.iter().all(|still| still.grey.is_empty()) {
        return Ok(Survey::default());
    }
    if !sure {
        let mut glance = Detector::new(stills.clone());
        let mut source = open(path, Opening::GLANCE)?;
        go_through(&mut *source, cancel, |span, grey| {
            // One at a time: pictures that lie seconds apart always differ.
            glance.glance(span.from, grey);
            true
        })?;
        if glance.share_of_slides() < 0.02 {
            return Ok(Survey::default());
        }
    }
    let mut detector = Detector::new(stills);
    let mut source = open(path, Opening::SCAN)?;
    let found = |detector: &Detector| Survey { moving: detector.found(), shown: true, ..Survey::default() };
    let mut due = TELL;
    go_through(&mut *source, cancel, |span, grey| {
        detector.see(span, grey);
        if span.from >= due && detector.is_known() {
            tell(found(&detector));
            // All is judged again each time: ever more seldom.
            due = span.from + TELL.max(MediaTime::from_nanos(span.from.nanos() / 10));
        }
        true
    })?;
    Ok(found(&detector))
}

/// The slides of a film, with a picture of each in a folder.
pub(super) fn scenes(path: &Path, folder: Option<&Path>, cancel: &AtomicBool) -> Result<Survey, Stopped> {
    let mut cutter = Cutter::default();
    let mut source = open(path, Opening::SCAN)?;
    go_through(&mut *source, cancel, |span, grey| {
        cutter.see(span, grey);
        true
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

//! How long a sound is when its header does not say: reads every packet, decodes only the last ones.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::{DecodeError, open};
use crate::time::MediaTime;

/// Frames in all, as many as a decoder delivers from the beginning to the end. Takes a tenth of a second for an hour of
/// most formats; sets out from the header where that is exact.
///
/// # Errors
/// [`DecodeError::Cancelled`] soon after `cancel` is set; else as [`open`].
pub fn scan_frames(path: &Path, cancel: &AtomicBool) -> Result<u64, DecodeError> {
    open(path)?.count_frames(cancel)
}

/// [`scan_frames`], as a time.
///
/// # Errors
/// As [`scan_frames`].
pub fn scan_length(path: &Path, cancel: &AtomicBool) -> Result<MediaTime, DecodeError> {
    let mut decoder = open(path)?;
    let frames = decoder.count_frames(cancel)?;
    Ok(MediaTime::from_frames(i64::try_from(frames).unwrap_or(i64::MAX), decoder.format().sample_rate))
}

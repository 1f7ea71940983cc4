//! Files opened with FFmpeg, for sound and for pictures: the one place where it is decided what FFmpeg may open. Blocks on the disk.
//!
//! Constness of parameters differs between FFmpeg's major versions: `&mut x` coerces to both kinds of pointer.
#![expect(unsafe_code, reason = "FFmpeg is a C library")]

use std::ffi::CString;
use std::path::Path;
use std::ptr;

use ffmpeg_next::format::context::Input;
use ffmpeg_next::{Dictionary, Error, ffi};

/// Opens a file, reads its headers and looks at its first packets. No protocol but `file` is ever followed, and only demuxers
/// of the given names, between commas, are asked: none that opens other files.
///
/// # Errors
/// FFmpeg's, where this is no file that it knows.
pub(crate) fn open_input(path: &Path, containers: &str) -> Result<Input, Error> {
    let mut input = open_headers(path, containers)?;
    // SAFETY: the context is valid as long as `input` is.
    match unsafe { ffi::avformat_find_stream_info(input.as_mut_ptr(), ptr::null_mut()) } {
        done if done >= 0 => Ok(input),
        err => Err(Error::from(err)),
    }
}

/// As [`open_input`], but reads nothing beyond the headers: enough for tags, chapters and pictures.
///
/// # Errors
/// As there.
pub(crate) fn open_headers(path: &Path, containers: &str) -> Result<Input, Error> {
    let url = file_url(path).ok_or(Error::Other { errno: ffmpeg_next::error::EINVAL })?;
    let mut options = Dictionary::new();
    options.set("protocol_whitelist", "file");
    options.set("format_whitelist", containers);
    // Without it, FFmpeg takes a transport stream as known before a sound that begins late has told its rate.
    options.set("scan_all_pmts", "1");
    let mut context = ptr::null_mut();
    // SAFETY: `url` is a NUL-terminated string that outlives the call. The dictionary is given up to FFmpeg, which
    // replaces it by the options that it did not know, and owned again at once. On failure FFmpeg frees the context.
    let opened = unsafe {
        let mut options = options.disown();
        let opened = ffi::avformat_open_input(&mut context, url.as_ptr(), ptr::null_mut(), &mut options);
        ffi::av_dict_free(&mut options);
        opened
    };
    if opened < 0 {
        return Err(Error::from(opened));
    }
    // SAFETY: `avformat_open_input` succeeded, so `context` is valid and owned by nobody else; `Input` closes it.
    Ok(unsafe { Input::wrap(context) })
}

#[cfg(unix)]
fn file_url(path: &Path) -> Option<CString> {
    use std::os::unix::ffi::OsStrExt as _;
    let mut url = b"file:".to_vec();
    url.extend_from_slice(path.as_os_str().as_bytes());
    CString::new(url).ok()
}

#[cfg(not(unix))]
fn file_url(path: &Path) -> Option<CString> {
    CString::new(format!("file:{}", path.to_str()?)).ok()
}

/// Moves to the last packet of a stream at or before a timestamp in the stream's time base.
///
/// # Errors
/// FFmpeg's, where the container cannot seek.
pub(crate) fn seek_backward(input: &mut Input, stream: usize, timestamp: i64) -> Result<(), Error> {
    let stream = i32::try_from(stream).map_err(|_too_large| Error::StreamNotFound)?;
    // SAFETY: the context is valid as long as `input` is; FFmpeg checks the stream's number.
    match unsafe { ffi::av_seek_frame(input.as_mut_ptr(), stream, timestamp, ffi::AVSEEK_FLAG_BACKWARD) } {
        done if done >= 0 => Ok(()),
        err => Err(Error::from(err)),
    }
}

/// Has the demuxer throw away the packets of all other streams.
pub(crate) fn keep_only(input: &mut Input, stream: usize) {
    for mut other in input.streams_mut() {
        if other.index() != stream {
            // SAFETY: the stream belongs to the context that `input` keeps alive, and nobody else holds a reference.
            unsafe { (*other.as_mut_ptr()).discard = ffi::AVDiscard::AVDISCARD_ALL };
        }
    }
}

//! The few FFmpeg calls for which ffmpeg-next has no safe form. All `unsafe` of the video decoder is here.
//!
//! Constness of parameters differs between FFmpeg's major versions: `&mut x` coerces to both kinds of pointer.
#![expect(unsafe_code, reason = "FFmpeg is a C library")]

use std::ffi::CStr;
use std::path::Path;
use std::ptr;

use ffmpeg_next::codec;
use ffmpeg_next::format::context::Input;
use ffmpeg_next::{Error, Rational, ffi, frame};

use crate::demux;
use crate::video::convert::{Component, Plane};

/// Demuxers that read one file and nothing else. Playlists, which open other files, are not among them.
const CONTAINERS: &str =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,asf,avi,flv,gif,apng,mpegts,mpeg,mpegvideo,nut,ivf,rm,mxf,dv,wtv";
/// More pixels than this no picture may have: twice those of 8K.
const MAX_PIXELS: i64 = 64 << 20;

/// See [`demux::open_input`].
///
/// # Errors
/// As there.
pub(super) fn open_input(path: &Path) -> Result<Input, Error> {
    demux::open_input(path, CONTAINERS)
}

/// When the earliest stream begins, in microseconds.
pub(super) fn start_time_micros(input: &Input) -> Option<i64> {
    // SAFETY: the context is valid as long as `input` is.
    let start = unsafe { (*input.as_ptr()).start_time };
    (start != ffi::AV_NOPTS_VALUE).then_some(start)
}

/// Has the decoder refuse pictures of absurd sizes, and decode only those that need no others where that is wanted.
pub(super) fn limit(context: &mut codec::Context, keys_only: bool) {
    // SAFETY: the context is valid and not open yet.
    unsafe {
        let context = context.as_mut_ptr();
        (*context).max_pixels = MAX_PIXELS;
        if keys_only {
            (*context).skip_frame = ffi::AVDiscard::AVDISCARD_NONKEY;
        }
    }
}

/// How many pixels pictures have across and down, as the container says.
pub(super) fn size(context: &codec::Context) -> (u32, u32) {
    // SAFETY: the context is valid as long as the reference is.
    let (width, height) = unsafe { ((*context.as_ptr()).width, (*context.as_ptr()).height) };
    (u32::try_from(width).unwrap_or(0), u32::try_from(height).unwrap_or(0))
}

/// Across by down of a pixel, as the container says.
pub(super) fn aspect(stream: &ffmpeg_next::Stream<'_>) -> Option<Rational> {
    // SAFETY: the stream belongs to the context that the reference keeps alive.
    let aspect = Rational::from(unsafe { (*stream.as_ptr()).sample_aspect_ratio });
    (aspect.numerator() > 0 && aspect.denominator() > 0).then_some(aspect)
}

/// How long a picture is shown, in ticks of its stream; 0 where the file does not say.
pub(super) fn duration(frame: &frame::Video) -> i64 {
    frame.packet().duration.max(0)
}

/// Whether parts of a picture could not be decoded, and were made up.
pub(super) fn is_patched(frame: &frame::Video) -> bool {
    // SAFETY: the frame is valid as long as the reference is.
    unsafe { (*frame.as_ptr()).decode_error_flags != 0 }
}

/// Whether a moment of a stream is given at all.
pub(super) fn known(stamp: i64) -> Option<i64> {
    (stamp != ffi::AV_NOPTS_VALUE).then_some(stamp)
}

/// Has a chip decode, where this FFmpeg, this machine and this codec have one; its name.
pub(super) fn take_hardware(context: &mut codec::Context, codec: &ffmpeg_next::Codec) -> Option<String> {
    use ffi::AVHWDeviceType::{
        AV_HWDEVICE_TYPE_CUDA, AV_HWDEVICE_TYPE_D3D11VA, AV_HWDEVICE_TYPE_VAAPI, AV_HWDEVICE_TYPE_VIDEOTOOLBOX,
    };
    const KNOWN: [(ffi::AVHWDeviceType, &str); 4] = [
        (AV_HWDEVICE_TYPE_VAAPI, "vaapi"),
        (AV_HWDEVICE_TYPE_VIDEOTOOLBOX, "videotoolbox"),
        (AV_HWDEVICE_TYPE_D3D11VA, "d3d11va"),
        (AV_HWDEVICE_TYPE_CUDA, "cuda"),
    ];
    for number in 0..32 {
        // SAFETY: the codec is one of FFmpeg's own, which live for ever, and so do their configurations.
        let config = unsafe { ffi::avcodec_get_hw_config(codec.as_ptr(), number).as_ref() }?;
        let by_device = ffi::AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX as i32;
        let Some((kind, name)) = KNOWN.iter().find(|(kind, _)| *kind == config.device_type) else { continue };
        if config.methods & by_device == 0 {
            continue;
        }
        let mut device = ptr::null_mut();
        // SAFETY: FFmpeg writes a new reference into `device` where it succeeds, and leaves it alone otherwise.
        let made = unsafe { ffi::av_hwdevice_ctx_create(&mut device, *kind, ptr::null(), ptr::null_mut(), 0) };
        if made >= 0 && !device.is_null() {
            // SAFETY: the context is valid and not open yet; it takes the reference and gives it up when it is freed.
            unsafe { (*context.as_mut_ptr()).hw_device_ctx = device };
            return Some((*name).to_owned());
        }
    }
    None
}

/// Whether a picture lies in the memory of a chip.
pub(super) fn is_in_hardware(frame: &frame::Video) -> bool {
    // SAFETY: the frame is valid as long as the reference is.
    unsafe { !(*frame.as_ptr()).hw_frames_ctx.is_null() }
}

/// Fetches a picture from the memory of a chip, with what is known of it.
///
/// # Errors
/// FFmpeg's.
pub(super) fn fetch(from: &frame::Video, to: &mut frame::Video) -> Result<(), Error> {
    // SAFETY: both frames are valid; what `to` held is given up first, as FFmpeg demands.
    let done = unsafe {
        ffi::av_frame_unref(to.as_mut_ptr());
        let done = ffi::av_hwframe_transfer_data(to.as_mut_ptr(), from.as_ptr(), 0);
        if done < 0 { done } else { ffi::av_frame_copy_props(to.as_mut_ptr(), from.as_ptr()) }
    };
    if done < 0 { Err(Error::from(done)) } else { Ok(()) }
}

/// What a picture's format is.
pub(super) struct Format {
    pub(super) components: [Component; 3],
    pub(super) count: usize,
    pub(super) coarser: (u32, u32),
    pub(super) rgb: bool,
    pub(super) palette: bool,
    pub(super) big_endian: bool,
    /// Components have no bytes of their own, or the picture lies elsewhere.
    pub(super) unreadable: bool,
}

/// The name of a format and what it means; `None` where FFmpeg does not know it.
pub(super) fn format(frame: &frame::Video) -> Option<(String, Format)> {
    let format: ffi::AVPixelFormat = frame.format().into();
    // SAFETY: descriptors are constants of the library.
    let found = unsafe { ffi::av_pix_fmt_desc_get(format).as_ref() }?;
    // SAFETY: names of descriptors are strings that end in NUL.
    let name = unsafe { CStr::from_ptr(found.name) }.to_string_lossy().into_owned();
    let part = |value: i32| usize::try_from(value).unwrap_or(usize::MAX);
    let bits = |value: i32| u32::try_from(value).unwrap_or(u32::MAX);
    let components = [0, 1, 2].map(|at| {
        let found = &found.comp[at];
        Component {
            plane: part(found.plane),
            step: part(found.step),
            offset: part(found.offset),
            shift: bits(found.shift),
            depth: bits(found.depth),
        }
    });
    let is = |flag: i32| found.flags & u64::from(flag.unsigned_abs()) != 0;
    let format = Format {
        components,
        count: if found.nb_components >= 3 { 3 } else { 1 },
        coarser: (u32::from(found.log2_chroma_w), u32::from(found.log2_chroma_h)),
        rgb: is(ffi::AV_PIX_FMT_FLAG_RGB),
        palette: is(ffi::AV_PIX_FMT_FLAG_PAL),
        big_endian: is(ffi::AV_PIX_FMT_FLAG_BE),
        unreadable: is(ffi::AV_PIX_FMT_FLAG_HWACCEL)
            || is(ffi::AV_PIX_FMT_FLAG_BITSTREAM)
            || is(ffi::AV_PIX_FMT_FLAG_FLOAT)
            || is(ffi::AV_PIX_FMT_FLAG_BAYER),
    };
    Some((name, format))
}

/// The planes of a picture of so many rows, of which the second and third have `coarse_rows`. Those that FFmpeg does not vouch for
/// are left out.
pub(super) fn planes(frame: &frame::Video, rows: usize, coarse_rows: usize, palette: bool) -> [Option<Plane<'_>>; 4] {
    let of = |at: usize| {
        let rows = if at == 1 || at == 2 { coarse_rows } else { rows };
        // SAFETY: the frame is valid as long as the reference is, and so are the arrays in it.
        let (data, stride) = unsafe { ((*frame.as_ptr()).data[at], (*frame.as_ptr()).linesize[at]) };
        if data.is_null() || rows == 0 {
            return None;
        }
        if palette && at == 1 {
            // SAFETY: the second plane of a picture with a palette is 256 colours of four bytes.
            let bytes = unsafe { std::slice::from_raw_parts(data, 1024) };
            return Some(Plane { bytes, stride: 1024, upside_down: false });
        }
        let length = usize::try_from(stride.unsigned_abs()).ok().filter(|length| *length > 0)?;
        let upside_down = stride < 0;
        let back = if upside_down { length * (rows - 1) } else { 0 };
        // SAFETY: rows follow each other at `stride` bytes; where that is negative, the last row lies first in memory.
        let first = unsafe { data.sub(back) };
        let bytes = vouched(frame, first, length * rows)?;
        Some(Plane { bytes, stride: length, upside_down })
    };
    [of(0), of(1), of(2), of(3)]
}

/// As many of these bytes as lie within the buffer that holds the first of them.
fn vouched(frame: &frame::Video, first: *const u8, length: usize) -> Option<&[u8]> {
    // SAFETY: the frame is valid as long as the reference is, and so are the arrays in it.
    let buffers = unsafe { &(*frame.as_ptr()).buf };
    buffers.iter().find_map(|buffer| {
        // SAFETY: a buffer is null or a valid reference to `size` bytes at `data`.
        let buffer = unsafe { buffer.as_ref() }?;
        let begin = buffer.data as usize;
        let size = buffer.size;
        let inside = (first as usize).checked_sub(begin).filter(|inside| *inside < size)?;
        // SAFETY: these bytes lie within the buffer, which lives as long as the frame; nobody writes to a decoded picture.
        Some(unsafe { std::slice::from_raw_parts(first, length.min(size - inside)) })
    })
}

//! The few FFmpeg calls for which ffmpeg-next has no safe form. All `unsafe` of the sound decoders is here.
//!
//! Constness of parameters differs between FFmpeg's major versions: `&mut x` coerces to both kinds of pointer.
#![expect(unsafe_code, reason = "FFmpeg is a C library")]

use std::ffi::CStr;
use std::path::Path;
use std::ptr;

use ffmpeg_next::codec::{self, decoder};
use ffmpeg_next::format::context::Input;
use ffmpeg_next::{Error, ffi};

use crate::demux;

/// Demuxers that read one file and nothing else. Playlists, which open other files, are not among them.
const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,mp3,aac,loas,flac,wav,w64,aiff,au,caf,asf,avi,flv,\
                          mpegts,mpeg,ac3,eac3,dts,dtshd,truehd,ape,wv,tta,tak,amr,mpc,mpc8,rm,voc,nut,dsf,iff,oma,xwma";

/// See [`demux::open_input`].
///
/// # Errors
/// As there.
pub(super) fn open_input(path: &Path) -> Result<Input, Error> {
    demux::open_input(path, CONTAINERS)
}

/// See [`demux::open_headers`].
///
/// # Errors
/// As there.
pub(super) fn open_headers(path: &Path) -> Result<Input, Error> {
    demux::open_headers(path, CONTAINERS)
}

/// Has the decoder give all that it decodes, with the timestamps that tell what is not to be heard. Left to itself, FFmpeg 5
/// cuts the beginning of HE-AAC off twice, and later versions cut too little of it, depending on the unit of time.
pub(super) fn trim_nothing(context: &mut codec::Context) {
    // SAFETY: the context is valid and not open yet.
    unsafe { (*context.as_mut_ptr()).flags2 |= ffi::AV_CODEC_FLAG2_SKIP_MANUAL };
}

/// Whether there may be streams of which the headers do not tell.
pub(super) fn streams_come_later(input: &Input) -> bool {
    // SAFETY: the context is valid as long as `input` is.
    unsafe { (*input.as_ptr()).ctx_flags & ffi::AVFMTCTX_NOHEADER != 0 }
}

/// Whether the duration is reckoned from size and bit rate.
pub(super) fn duration_is_guessed(input: &Input) -> bool {
    // SAFETY: the context is valid as long as `input` is.
    let method = unsafe { (*input.as_ptr()).duration_estimation_method };
    method == ffi::AVDurationEstimationMethod::AVFMT_DURATION_FROM_BITRATE
}

/// The codec's own headers, as the container has them.
pub(super) fn extradata(decoder: &decoder::Audio) -> &[u8] {
    // SAFETY: the codec context owns `extradata`, `extradata_size` bytes long, and does not change it while it is open.
    unsafe {
        let context = decoder.as_ptr();
        let (data, size) = ((*context).extradata, (*context).extradata_size);
        match usize::try_from(size) {
            Ok(size) if !data.is_null() => std::slice::from_raw_parts(data, size),
            _ => &[],
        }
    }
}

/// When the earliest stream begins, in microseconds.
pub(super) fn start_time_micros(input: &Input) -> Option<i64> {
    // SAFETY: the context is valid as long as `input` is.
    let start = unsafe { (*input.as_ptr()).start_time };
    (start != ffi::AV_NOPTS_VALUE).then_some(start)
}

/// The tags of a file, of its sound, or of a chapter.
pub(super) enum Tagged {
    File,
    Stream(usize),
    Chapter(usize),
}

/// Names and values, `most` of them at most. Unlike ffmpeg-next, it does not take FFmpeg's word for it that they are UTF-8.
pub(super) fn tags(input: &Input, of: &Tagged, most: usize) -> Vec<(String, String)> {
    let (stream, chapter) = (|at: usize| input.stream(at), |at: usize| input.chapter(at));
    // SAFETY: stream and chapter are checked by ffmpeg-next, and belong to the context that `input` keeps alive.
    let dictionary = unsafe {
        match of {
            Tagged::File => (*input.as_ptr()).metadata.cast_const(),
            Tagged::Stream(at) => stream(*at).map_or(ptr::null(), |stream| (*stream.as_ptr()).metadata.cast_const()),
            Tagged::Chapter(at) => chapter(*at).map_or(ptr::null(), |found| (*found.as_ptr()).metadata.cast_const()),
        }
    };
    let mut tags = Vec::new();
    let mut entry = ptr::null_mut();
    while tags.len() < most {
        // SAFETY: a null dictionary is an empty one, and `entry` is null or one of this dictionary, which nobody changes.
        entry = unsafe { ffi::av_dict_get(dictionary, c"".as_ptr(), entry, ffi::AV_DICT_IGNORE_SUFFIX) };
        if entry.is_null() {
            break;
        }
        // SAFETY: keys and values of a dictionary are strings that end in NUL.
        let (key, value) = unsafe { (CStr::from_ptr((*entry).key), CStr::from_ptr((*entry).value)) };
        tags.push((key.to_string_lossy().to_lowercase(), value.to_string_lossy().into_owned()));
    }
    tags
}

/// A picture that a container holds beside its streams.
#[derive(Debug)]
pub(super) struct Attached {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Where they begin in the file, as far as the demuxer tells.
    pub(super) offset: Option<u64>,
}

/// The picture that a stream consists of, where it is one of those.
pub(super) fn attached(input: &Input, stream: usize) -> Option<Attached> {
    let stream = input.stream(stream)?;
    // SAFETY: the stream belongs to the context that `input` keeps alive; its packet owns `size` bytes at `data`.
    unsafe {
        let packet = &(*stream.as_ptr()).attached_pic;
        let size = usize::try_from(packet.size).ok().filter(|size| *size > 0 && !packet.data.is_null())?;
        let bytes = std::slice::from_raw_parts(packet.data, size).to_vec();
        Some(Attached { bytes, offset: u64::try_from(packet.pos).ok() })
    }
}

/// Where the packets of a stream lie, as far as the headers tell: timestamp, first byte, bytes; `most` of them at most.
pub(super) fn index(input: &Input, stream: usize, most: usize) -> Vec<(i64, u64, u64)> {
    let Some(stream) = input.stream(stream) else { return Vec::new() };
    // SAFETY: the stream belongs to the context that `input` keeps alive.
    let count = unsafe { ffi::avformat_index_get_entries_count(stream.as_ptr()) };
    let entry = |at: i32| {
        // SAFETY: as above; FFmpeg checks the number, and the entry stays until the index changes, which nobody does here.
        unsafe {
            let entry = ffi::avformat_index_get_entry(stream.as_ptr().cast_mut(), at).as_ref()?;
            Some((entry.timestamp, u64::try_from(entry.pos).ok()?, u64::try_from(entry.size()).ok()?))
        }
    };
    (0..count).take(most).filter_map(entry).collect()
}

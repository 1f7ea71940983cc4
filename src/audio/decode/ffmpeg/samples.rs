//! From FFmpeg's sample formats to interleaved floats.

use ffmpeg_next::format::Sample;
use ffmpeg_next::format::sample::Type;
use ffmpeg_next::frame;

/// Replaces `out` by the frame's samples, interleaved, -1.0 to 1.0; `false` where the frame has none.
pub(super) fn interleave(frame: &frame::Audio, out: &mut Vec<f32>) -> bool {
    out.clear();
    let (channels, frames) = (usize::from(frame.channels()), frame.samples());
    if channels == 0 || frames == 0 || frame.planes() == 0 {
        return false;
    }
    match frame.format() {
        Sample::None => return false,
        Sample::U8(kind) => convert(frame, kind, out, |[byte]: [u8; 1]| (f32::from(byte) - 128.0) / 128.0),
        Sample::I16(kind) => convert(frame, kind, out, |bytes| f32::from(i16::from_ne_bytes(bytes)) / 32_768.0),
        #[expect(clippy::cast_precision_loss, reason = "24 bits of sound are what a float holds")]
        Sample::I32(kind) => convert(frame, kind, out, |bytes| i32::from_ne_bytes(bytes) as f32 / 2_147_483_648.0),
        #[expect(clippy::cast_precision_loss, reason = "24 bits of sound are what a float holds")]
        Sample::I64(kind) => convert(frame, kind, out, |bytes| i64::from_ne_bytes(bytes) as f32 / 9.223_372e18),
        Sample::F32(kind) => convert(frame, kind, out, f32::from_ne_bytes),
        #[expect(clippy::cast_possible_truncation, reason = "floats are what is wanted")]
        Sample::F64(kind) => convert(frame, kind, out, |bytes| f64::from_ne_bytes(bytes) as f32),
    }
    true
}

fn convert<const N: usize>(frame: &frame::Audio, kind: Type, out: &mut Vec<f32>, sample: impl Fn([u8; N]) -> f32) {
    let (channels, frames) = (usize::from(frame.channels()), frame.samples());
    match kind {
        Type::Packed => {
            let (samples, _) = frame.data(0).as_chunks::<N>();
            out.extend(samples.iter().take(frames * channels).map(|bytes| sample(*bytes)));
        }
        Type::Planar => {
            out.resize(frames * channels, 0.0);
            for channel in 0..channels {
                let (samples, _) = frame.data(channel).as_chunks::<N>();
                for (to, bytes) in out.iter_mut().skip(channel).step_by(channels).zip(samples) {
                    *to = sample(*bytes);
                }
            }
        }
    }
    // A float may be anything in a damaged file, and a single NaN would silence everything after it.
    for value in out.iter_mut().filter(|value| !value.is_finite()) {
        *value = 0.0;
    }
}

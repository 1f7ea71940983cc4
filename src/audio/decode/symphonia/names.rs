//! One vocabulary for codecs, whoever decodes them.

use symphonia::core::codecs::audio::AudioCodecId;
use symphonia::core::codecs::audio::well_known as id;

/// FFmpeg's name for the codec.
pub(super) fn codec_name(codec: AudioCodecId) -> String {
    let known = match codec {
        id::CODEC_ID_MP1 => "mp1",
        id::CODEC_ID_MP2 => "mp2",
        id::CODEC_ID_MP3 => "mp3",
        id::CODEC_ID_AAC => "aac",
        id::CODEC_ID_ALAC => "alac",
        id::CODEC_ID_FLAC => "flac",
        id::CODEC_ID_VORBIS => "vorbis",
        id::CODEC_ID_OPUS => "opus",
        id::CODEC_ID_AC3 => "ac3",
        id::CODEC_ID_EAC3 => "eac3",
        id::CODEC_ID_DCA => "dts",
        id::CODEC_ID_WMA => "wma",
        id::CODEC_ID_SPEEX => "speex",
        id::CODEC_ID_PCM_U8 => "pcm_u8",
        id::CODEC_ID_PCM_S8 => "pcm_s8",
        id::CODEC_ID_PCM_S16LE => "pcm_s16le",
        id::CODEC_ID_PCM_S16BE => "pcm_s16be",
        id::CODEC_ID_PCM_S24LE => "pcm_s24le",
        id::CODEC_ID_PCM_S24BE => "pcm_s24be",
        id::CODEC_ID_PCM_S32LE => "pcm_s32le",
        id::CODEC_ID_PCM_S32BE => "pcm_s32be",
        id::CODEC_ID_PCM_F32LE => "pcm_f32le",
        id::CODEC_ID_PCM_F32BE => "pcm_f32be",
        id::CODEC_ID_PCM_F64LE => "pcm_f64le",
        id::CODEC_ID_PCM_F64BE => "pcm_f64be",
        id::CODEC_ID_PCM_ALAW => "pcm_alaw",
        id::CODEC_ID_PCM_MULAW => "pcm_mulaw",
        id::CODEC_ID_ADPCM_MS => "adpcm_ms",
        id::CODEC_ID_ADPCM_IMA_WAV => "adpcm_ima_wav",
        _ => "",
    };
    if known.is_empty() { codec.to_string() } else { known.to_owned() }
}

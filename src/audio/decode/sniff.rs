//! Which kind of file this is, by its first bytes and never by its name.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// Bytes looked at; an MP3 frame with its header is at most 1441 bytes long.
const HEAD_BYTES: usize = 4096;
/// Padding and junk between a tag and the first MP3 frame is searched this far.
const MAX_ID3_TAGS: usize = 4;

/// Kinds of files as far as the choice of the engine goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Wav,
    Aiff,
    Flac,
    OggVorbis,
    OggOpus,
    Ogg,
    /// MP3 that begins with a Xing, Info or VBRI header.
    Mp3WithHeader,
    Mp3,
    Adts,
    Mp4,
    Matroska,
    /// Transport or program stream.
    Mpeg,
    Other,
}

impl Kind {
    /// Whether symphonia was measured to seek and trim this kind to the sample.
    ///
    /// Not MP4, not even with ALAC in it: symphonia does not apply edit lists.
    #[cfg(feature = "ffmpeg")]
    pub(super) fn symphonia_is_exact(self) -> bool {
        matches!(self, Self::Wav | Self::Aiff | Self::Flac | Self::OggVorbis | Self::Mp3WithHeader)
    }

    /// Whether symphonia is worth asking where FFmpeg fails: not where it knows no more, is known to be inexact, or would take
    /// what lies between other packets for a sound.
    #[cfg(feature = "ffmpeg")]
    pub(super) fn symphonia_may_help(self) -> bool {
        !matches!(self, Self::Mp4 | Self::Matroska | Self::OggOpus | Self::Mpeg)
    }

    /// The codec to name where symphonia rejects the whole file because of it.
    #[cfg(not(feature = "ffmpeg"))]
    pub(super) fn codec_unknown_to_symphonia(self) -> Option<&'static str> {
        (self == Self::OggOpus).then_some("opus")
    }
}

/// Reads the head of a regular file.
pub(super) fn sniff(path: &Path) -> io::Result<Kind> {
    let mut file = File::open(path)?;
    let mut head = read_head(&mut file, 0)?;
    let mut at = 0;
    for _ in 0..MAX_ID3_TAGS {
        let Some(size) = id3_size(&head) else { break };
        at += size;
        head = read_head(&mut file, at)?;
    }
    Ok(kind(&head))
}

fn read_head(file: &mut File, at: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    file.seek(SeekFrom::Start(at))?;
    file.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Bytes that an ID3v2 tag at the beginning of `head` takes (id3.org, ID3v2.4 section 3.1).
fn id3_size(head: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', _, _, flags, size @ ..] = head else {
        return None;
    };
    let size =
        size.get(..4)?.iter().try_fold(0_u64, |sum, byte| (*byte < 0x80).then_some(sum << 7 | u64::from(*byte)))?;
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + size + footer)
}

fn kind(head: &[u8]) -> Kind {
    match head {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Kind::Wav,
        [b'F', b'O', b'R', b'M', _, _, _, _, b'A', b'I', b'F', b'F' | b'C', ..] => Kind::Aiff,
        [b'f', b'L', b'a', b'C', ..] => Kind::Flac,
        [b'O', b'g', b'g', b'S', ..] => ogg_kind(head),
        [_, _, _, _, b'f', b't', b'y', b'p' | b's', ..] => Kind::Mp4,
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Kind::Matroska,
        [0xFF, second, ..] if second & 0xF6 == 0xF0 => Kind::Adts,
        [0, 0, 1, 0xBA, ..] => Kind::Mpeg,
        _ if is_transport(head) => Kind::Mpeg,
        _ => mp3_kind(head).unwrap_or(Kind::Other),
    }
}

/// Packets of 188 bytes that begin with 0x47 (ISO 13818-1, section 2.4.3.2), on Blu-ray discs with four bytes before each.
fn is_transport(head: &[u8]) -> bool {
    let begins = |first: usize, each: usize| (0..4).all(|packet| head.get(first + packet * each) == Some(&0x47));
    begins(0, 188) || begins(4, 192)
}

/// By the first packet of the first page (RFC 3533 section 6).
fn ogg_kind(head: &[u8]) -> Kind {
    let segments = head.get(26).map_or(0, |count| usize::from(*count));
    let packet = head.get(27 + segments..).unwrap_or_default();
    if packet.starts_with(b"\x01vorbis") {
        Kind::OggVorbis
    } else if packet.starts_with(b"OpusHead") {
        Kind::OggOpus
    } else {
        Kind::Ogg
    }
}

/// An MPEG audio layer III frame, with or without a header frame (Xing's sits behind the side information, VBRI 32 bytes
/// behind the frame header).
fn mp3_kind(head: &[u8]) -> Option<Kind> {
    // Zeros between a tag and the first frame are common.
    let start = head.iter().position(|byte| *byte != 0)?;
    let frame = &head[start..];
    let [0xFF, version, rates, mode, ..] = frame else {
        return None;
    };
    let layer_3 = version & 0xE6 == 0xE2 && version & 0x18 != 0x08;
    if !layer_3 || rates & 0xF0 == 0xF0 || rates & 0x0C == 0x0C {
        return None;
    }
    let (mpeg_1, mono) = (version & 0x18 == 0x18, mode & 0xC0 == 0xC0);
    let side_info = match (mpeg_1, mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    };
    let tag = |at: usize| frame.get(at..at + 4).unwrap_or_default();
    let header = matches!(tag(4 + side_info), b"Xing" | b"Info") || tag(36) == b"VBRI";
    Some(if header { Kind::Mp3WithHeader } else { Kind::Mp3 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mp3(tag_at: usize, tag: &[u8]) -> Vec<u8> {
        let mut head = vec![0xFF, 0xFB, 0x90, 0x00];
        head.resize(417, 0);
        head[tag_at..tag_at + tag.len()].copy_from_slice(tag);
        head
    }

    #[test]
    fn mp3_headers_are_found_where_they_belong() {
        assert_eq!(kind(&mp3(36, b"Xing")), Kind::Mp3WithHeader);
        assert_eq!(kind(&mp3(36, b"Info")), Kind::Mp3WithHeader);
        assert_eq!(kind(&mp3(36, b"VBRI")), Kind::Mp3WithHeader);
        assert_eq!(kind(&mp3(37, b"Xing")), Kind::Mp3);
        assert_eq!(kind(&[0xFF, 0xFB, 0xF0, 0x00]), Kind::Other);
    }

    #[test]
    fn films_of_mpeg_are_no_sounds_of_mpeg() {
        for (before, each) in [(0, 188), (4, 192)] {
            let mut head = vec![0x0E; 4096];
            head.iter_mut().skip(before).step_by(each).for_each(|byte| *byte = 0x47);
            assert_eq!(kind(&head), Kind::Mpeg);
            head[before + each] = 0x46;
            assert_eq!(kind(&head), Kind::Other);
        }
        assert_eq!(kind(b"\0\0\x01\xBA\x44\0\x04\0"), Kind::Mpeg);
    }

    #[test]
    fn short_heads_are_no_trouble() {
        for head in [&b""[..], b"R", b"OggS", b"ID3", b"ID3\x04\x00\x00\x7f", b"\xFF", b"\xFF\xFB", b"\0\0\0"] {
            assert!(matches!(kind(head), Kind::Other | Kind::Ogg), "{head:?}");
            assert_eq!(id3_size(head), None);
        }
    }

    #[test]
    fn the_size_of_a_tag_counts_its_header() {
        assert_eq!(id3_size(b"ID3\x04\x00\x00\x00\x00\x02\x01rest"), Some(10 + 257));
        assert_eq!(id3_size(b"ID3\x04\x00\x10\x00\x00\x02\x01rest"), Some(20 + 257));
        assert_eq!(id3_size(b"ID3\x04\x00\x00\x80\x00\x02\x01rest"), None);
    }
}

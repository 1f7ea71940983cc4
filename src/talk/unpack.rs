//! What the packed streams of a document of pages (PDF) become, before anybody unpacks them: a few kilobytes can stand for
//! gigabytes, and whoever draws a page unpacks all of a stream. Pure.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

/// Most bytes that a stream may become. A picture as large as any that is shown, with eight bits to a colour, has fewer.
const MOST: u64 = 128 << 20;

/// How far before a stream its dictionary begins.
const DICTIONARY: usize = 2_000;

/// Memory of the packer: what it may look back to.
const WINDOW: usize = 32 << 10;

/// Whether every stream can be unpacked without harm. Looks for streams by the word before them, so that no damage of the
/// document hides one.
pub fn is_bearable(document: &[u8]) -> bool {
    const WORD: &[u8] = b"stream";
    let mut unpacker = Unpacker { state: Box::default(), window: vec![0; WINDOW] };
    let mut at = 0;
    while let Some(found) = document.get(at..).and_then(|rest| find(rest, WORD)) {
        let (word, data) = (at + found, at + found + WORD.len());
        at = data;
        let Some(rest) = document.get(data..) else { break };
        let packed = match rest {
            [b'\r', b'\n', packed @ ..] | [b'\n' | b'\r', packed @ ..] => packed,
            // `endstream`, or a word in a text.
            _ => continue,
        };
        let dictionary = document.get(word.saturating_sub(DICTIONARY)..word).unwrap_or_default();
        let own = dictionary.windows(3).rposition(|three| three == b"obj").and_then(|from| dictionary.get(from..));
        match packings(own.unwrap_or(dictionary)) {
            0 => {}
            1 if unpacker.length(packed).is_some_and(|length| length <= MOST) => {}
            // What is packed twice can grow a million times, and has no use.
            _ => return false,
        }
    }
    true
}

/// How often a stream with this dictionary is packed.
fn packings(dictionary: &[u8]) -> usize {
    // `/Filter /FlateDecode`, `/F /Fl`, and with any letter written as a number.
    dictionary.windows(3).filter(|three| *three == b"/Fl" || three[0] == b'/' && three[1..].contains(&b'#')).count()
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    let first = word.first()?;
    let mut at = 0;
    loop {
        at += text.get(at..)?.iter().position(|byte| byte == first)?;
        if text.get(at..)?.starts_with(word) {
            return Some(at);
        }
        at += 1;
    }
}

struct Unpacker {
    state: Box<DecompressorOxide>,
    window: Vec<u8>,
}

impl Unpacker {
    /// How long a stream becomes, as far as it is whole; `None` beyond [`MOST`].
    fn length(&mut self, packed: &[u8]) -> Option<u64> {
        let headed = packed
            .get(..2)
            .is_some_and(|head| head[0] & 15 == 8 && (usize::from(head[0]) << 8 | usize::from(head[1])) % 31 == 0);
        let flags = if headed { inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER } else { 0 };
        self.state.init();
        let (mut length, mut place, mut rest) = (0_u64, 0, packed);
        loop {
            let (status, read, written) = decompress(&mut self.state, rest, &mut self.window, place, flags);
            length += written as u64;
            if length > MOST {
                return None;
            }
            if status != TINFLStatus::HasMoreOutput {
                return Some(length);
            }
            rest = rest.get(read..).unwrap_or_default();
            place = (place + written) % WINDOW;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec_zlib;

    fn document(filter: &str, stream: &[u8]) -> Vec<u8> {
        [
            b"%PDF-1.7\n1 0 obj\n<< /Length 1 ".as_slice(),
            filter.as_bytes(),
            b" >>\nstream\r\n",
            stream,
            b"\nendstream\nendobj\n",
        ]
        .concat()
    }

    #[test]
    fn what_becomes_too_much_is_told_and_what_does_not_is_borne() {
        let (small, large) = (vec![7; 1 << 20], vec![7; (129 << 20) + 1]);
        let (small, large) = (compress_to_vec_zlib(&small, 6), compress_to_vec_zlib(&large, 6));
        for filter in [
            "/Filter /FlateDecode",
            "/Filter [/FlateDecode]",
            "/F /Fl",
            "/Filter /Fl#61teDecode",
            "/Filter /#46lateDecode",
        ] {
            assert!(is_bearable(&document(filter, &small)), "{filter}");
            assert!(!is_bearable(&document(filter, &large)), "{filter}");
            assert!(!is_bearable(&document(filter, &large[2..])), "{filter}, without a header");
        }
        assert!(is_bearable(&document("/Filter /DCTDecode", &large)));
        assert!(!is_bearable(&document("/Filter [/FlateDecode /FlateDecode]", &small)));
        let hidden = [document("", b"endstream"), document("/Filter /FlateDecode", &large)].concat();
        assert!(!is_bearable(&hidden));
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_as_long_as_it_is() {
        let packed = compress_to_vec_zlib(&vec![7; 1 << 20], 6);
        for end in [0, 1, 2, packed.len() / 2] {
            assert!(is_bearable(&document("/Filter /FlateDecode", &packed[..end])));
        }
        assert!(
            is_bearable(b"") && is_bearable(b"stream") && is_bearable(b"stream\n") && is_bearable(b"streamstream\r")
        );
    }
}

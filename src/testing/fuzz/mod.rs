//! What holds for any bytes at all. Each function hands its input to a parser as the program would and panics where a
//! promise is broken; the fuzzer (`tests/fuzz`) and the ordinary tests (`tests/suite/hostile`) call the same ones.
//!
//! An input of several parts is framed: its first byte chooses, [`SEPARATOR`] stands between the parts of the rest.

mod folders;
mod media;
mod notes;
mod talks;
mod texts;
mod words;

pub use media::let_decoders_panic;
pub use talks::{check, is_one_line};

/// What stands between the parts of an input.
pub const SEPARATOR: &[u8] = b"\n%%\n";

/// Something to be fed.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// As `cargo fuzz` has it, and as its folder of seeds is called.
    pub name: &'static str,
    /// Takes any bytes.
    pub run: fn(&[u8]),
}

/// All of them. A file in `tests/fuzz/targets` and a folder in `tests/fuzz/seeds` belong to each.
pub const TARGETS: &[Target] = &[
    Target { name: "bigbluebutton", run: folders::bigbluebutton },
    Target { name: "chapters", run: folders::chapters },
    Target { name: "chord", run: words::chord },
    Target { name: "commands", run: words::commands },
    Target { name: "concat", run: folders::concat },
    Target { name: "config", run: words::config },
    Target { name: "file_names", run: folders::file_names },
    Target { name: "ipc", run: words::ipc },
    Target { name: "keymap", run: words::keymap },
    Target { name: "merge", run: notes::merged },
    Target { name: "mhtml", run: folders::mhtml },
    Target { name: "notes", run: notes::note },
    Target { name: "opencast", run: folders::opencast },
    Target { name: "paella", run: folders::paella },
    Target { name: "pdf", run: media::pdf },
    Target { name: "picture", run: media::picture },
    Target { name: "plain", run: folders::plain },
    Target { name: "slides_json", run: folders::slides_json },
    Target { name: "slideslive", run: folders::slideslive },
    Target { name: "sound", run: media::sound },
    Target { name: "transcript", run: texts::transcript },
    Target { name: "yt_dlp", run: folders::yt_dlp },
];

/// Feeds the target of this name.
///
/// # Panics
/// Where a promise is broken, or there is no such target.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of this name");
    (target.run)(data);
}

/// The first byte, counted from the digit 0, and the parts of the rest.
fn framed(data: &[u8]) -> (usize, Vec<&[u8]>) {
    let Some((first, mut rest)) = data.split_first() else { return (0, vec![data]) };
    let mut parts = Vec::new();
    while let Some(at) = rest.windows(SEPARATOR.len()).position(|window| window == SEPARATOR) {
        parts.push(&rest[..at]);
        rest = &rest[at + SEPARATOR.len()..];
    }
    parts.push(rest);
    (usize::from(first.wrapping_sub(b'0')), parts)
}

/// As many texts, of which those that are not there are empty.
fn texts_of<const N: usize>(parts: &[&[u8]]) -> [String; N] {
    std::array::from_fn(|at| String::from_utf8_lossy(parts.get(at).copied().unwrap_or_default()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_taken_apart() {
        assert_eq!(framed(b""), (0, vec![&b""[..]]));
        assert_eq!(framed(b"2"), (2, vec![&b""[..]]));
        assert_eq!(framed(b"1a\n%%\n\n%%\nb\n%%"), (1, vec![&b"a"[..], b"", b"b\n%%"]));
        assert_eq!(texts_of(&[&b"a"[..]]), ["a".to_owned(), String::new()]);
    }
}

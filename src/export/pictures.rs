//! The pictures of notes: where they lie, their way from another folder, and their bytes within a page.

use std::path::{Component, Path, PathBuf};

use base64::Engine as _;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::escape::web_link;
use crate::within;

/// Most bytes of a picture that is written into a page.
const MOST_BYTES: u64 = 256 << 20;

/// What the destination of a picture leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Picture {
    /// A file that is there.
    File(PathBuf),
    /// An address in the web.
    Web(String),
    /// Nothing that can be shown.
    Missing,
}

/// Everything that a path in a Markdown destination or an address cannot hold as it is.
const IN_PATHS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'(')
    .add(b')')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'^')
    .add(b'|')
    .add(b'*')
    .add(b'_')
    .add(b'&');

/// Finds a picture from the folder of its talk; percent-encoded names are read too.
pub(super) fn find(folder: &Path, dest: &str) -> Picture {
    if let Some(link) = web_link(dest) {
        return Picture::Web(link.to_owned());
    }
    let dest = dest.strip_prefix("file://").unwrap_or(dest);
    let decoded = percent_decode_str(dest).decode_utf8_lossy();
    [dest, &decoded]
        .into_iter()
        .filter(|name| !name.is_empty())
        .map(|name| folder.join(name))
        .find(|path| within::file(path).is_file())
        .map_or(Picture::Missing, Picture::File)
}

/// The way from a folder to a file, with slashes, as plain text; an absolute path where there is no other.
pub(super) fn relative(file: &Path, from: &Path) -> String {
    let absolute = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).ok();
    let (Some(file_at), Some(from_at)) = (absolute(file), absolute(from)) else {
        return file.to_string_lossy().replace('\\', "/");
    };
    let (file_parts, from_parts): (Vec<Component>, Vec<Component>) =
        (file_at.components().collect(), from_at.components().collect());
    let common = file_parts.iter().zip(&from_parts).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return file_at.to_string_lossy().replace('\\', "/");
    }
    let up = from_parts[common..].iter().map(|_| "..".into());
    let down = file_parts[common..].iter().map(|part| part.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<std::borrow::Cow<str>>>().join("/")
}

/// [`relative`] as an address.
pub(super) fn relative_link(file: &Path, from: &Path) -> String {
    // A lone underscore between letters is common in names of slides and harmless.
    utf8_percent_encode(&relative(file, from), IN_PATHS).to_string().replace("%5F", "_")
}

/// The whole picture as a `data:` address; `None` where the file is no picture that a browser shows.
pub(super) fn data_uri(file: &Path) -> Option<String> {
    let bytes = within::read(file, MOST_BYTES).ok()?;
    let media_type = media_type(&bytes)?;
    Some(format!("data:{media_type};base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes)))
}

/// By what the bytes are, not by the name of the file.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    use image::ImageFormat as F;
    match image::guess_format(bytes) {
        Ok(format @ (F::Png | F::Jpeg | F::Gif | F::WebP | F::Avif | F::Bmp)) => Some(format.to_mime_type()),
        Ok(_) => None,
        Err(_) => {
            let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
            let head = head.trim_start_matches('\u{feff}').trim_start();
            let svg = head.starts_with("<svg")
                || (head.starts_with("<?xml") || head.starts_with("<!")) && head.contains("<svg");
            svg.then_some("image/svg+xml")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persist::write_atomic;

    #[test]
    fn pictures_are_found_and_their_way_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let talk = folder.path().join("Talk #1 (a_b)");
        std::fs::create_dir_all(talk.join("slides")).unwrap();
        std::fs::create_dir(folder.path().join("out")).unwrap();
        let file = talk.join("slides/5 %.jpg");
        write_atomic(&file, b"\xff\xd8\xff\xe0").unwrap();
        assert_eq!(find(&talk, "slides/5 %.jpg"), Picture::File(file.clone()));
        assert_eq!(find(&talk, "slides/5%20%25.jpg"), Picture::File(file.clone()));
        assert_eq!(find(&talk, "slides/6.jpg"), Picture::Missing);
        assert_eq!(find(&talk, "slides"), Picture::Missing);
        assert_eq!(find(&talk, ""), Picture::Missing);
        assert_eq!(find(&talk, "https://a.org/x.png"), Picture::Web("https://a.org/x.png".into()));
        assert_eq!(relative_link(&file, &folder.path().join("out")), "../Talk%20%231%20%28a_b%29/slides/5%20%25.jpg");
        assert_eq!(relative(&file, &talk), "slides/5 %.jpg");
    }

    #[test]
    fn media_types_come_from_the_bytes() {
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\n"), Some("image/png"));
        assert_eq!(media_type(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(media_type(b"<?xml version='1.0'?>\n<svg/>"), Some("image/svg+xml"));
        assert_eq!(media_type(b"root:x:0:0"), None);
        assert_eq!(media_type(b""), None);
    }
}

//! Finds the files that documents name: by path, else by name where pictures may lie. Addresses are never followed.

use std::path::{Path, PathBuf};

use crate::talk::folder::{Folder, PICTURE_FOLDERS};
use crate::within;

/// Longest path that is looked for, in bytes; no system has longer ones.
const MAX_NAMED: usize = 4096;

/// The file that a document of the folder means: the path that it gives, as written or with its percent signs undone, else
/// a file of that name beside the document or in a folder of pictures. `deck.pdf#page=3` is a page.
pub(super) fn locate(folder: &Folder, named: &str) -> Option<PathBuf> {
    if named.len() > MAX_NAMED {
        return None;
    }
    let written = named.trim().replace('\\', "/");
    if let Some(file) = forms(&written).iter().find_map(|form| by_path(folder, form)) {
        return Some(file);
    }
    let (file, page) = written.rsplit_once("#page=")?;
    let page = page.parse().ok().filter(|page| *page > 0)?;
    forms(file).iter().find_map(|form| by_path(folder, form)).map(|file| within::page_path(&file, page))
}

/// As [`locate`], for documents of servers: of an address or a path the longest end that leads to a file of the folder. A bare
/// name is enough only where it is `unique`, since servers give many files one name, in a folder each.
pub(super) fn locate_end(folder: &Folder, named: &str, unique: bool) -> Option<PathBuf> {
    if named.len() > MAX_NAMED {
        return None;
    }
    let path = named.trim().replace('\\', "/");
    let path =
        path.split_once("://").map_or(path.as_str(), |(_, rest)| rest).split(['?', '#']).next().unwrap_or_default();
    let decoded = percent_decoded(path).unwrap_or_default();
    let parts: Vec<&str> = decoded.split('/').filter(|part| !part.is_empty()).collect();
    let ends = (0..parts.len()).filter(|from| unique || parts.len() - from > 1 || parts.len() == 1);
    let file = ends.filter_map(|from| folder.find(&parts.get(from..)?.iter().collect::<PathBuf>())).next();
    file.or_else(|| unique.then(|| by_path(folder, parts.last()?)).flatten())
}

/// Whether a document names something on the web, which may have been downloaded or not.
pub(super) fn is_address(named: &str) -> bool {
    let (scheme, _) = named.split_once("://").unwrap_or_default();
    !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        || named.starts_with("data:")
        || named.starts_with("//")
}

/// Whether a document names a file by a path that leads out of its folder.
pub(super) fn leads_out(named: &str) -> bool {
    let named = named.trim();
    let mut start = named.chars();
    let drive = start.next().is_some_and(|c| c.is_ascii_alphabetic()) && start.next() == Some(':');
    !is_address(named) && (named.starts_with(['/', '\\']) || drive || named.split(['/', '\\']).any(|part| part == ".."))
}

/// The last part of a path or an address, without what may follow it in an address.
pub(super) fn base(named: &str) -> &str {
    let path = if is_address(named) { named.split(['?', '#']).next().unwrap_or_default() } else { named };
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The ways in which a name may be meant, the plainest first.
fn forms(written: &str) -> Vec<String> {
    let bare = base(written).to_owned();
    let decoded = |text: &str| text.contains('%').then(|| percent_decoded(text)).flatten();
    let written = (!is_address(written)).then(|| written.to_owned());
    let mut forms: Vec<String> = written.into_iter().chain([bare]).collect();
    let more: Vec<String> = forms.iter().filter_map(|form| decoded(form)).collect();
    forms.extend(more);
    forms
}

fn by_path(folder: &Folder, named: &str) -> Option<PathBuf> {
    let path = PathBuf::from(named);
    let base = path.file_name().map(PathBuf::from)?;
    let beside = [path, base.clone()].into_iter().chain(PICTURE_FOLDERS.iter().map(|sub| Path::new(sub).join(&base)));
    beside.filter_map(|path| folder.find(&path)).find(|path| !path.as_os_str().is_empty())
}

/// `My%20slide.jpg` is `My slide.jpg`; `None` where that is no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let code = more.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::put;

    #[test]
    fn files_are_found_by_path_and_by_name_and_never_outside() {
        let dir = tempfile::tempdir().expect("a folder");
        for name in
            ["secret.jpg", "talk/a.jpg", "talk/slides/b.jpg", "talk/deep/c d.jpg", "talk/100%.jpg", "talk/x.pdf"]
        {
            put(&dir.path().join(name), b"x");
        }
        let folder = Folder::list(dir.path().join("talk")).expect("lists");
        for (named, file) in [
            ("a.jpg", Some("a.jpg")),
            ("./a.jpg", Some("a.jpg")),
            ("b.jpg", Some("slides/b.jpg")),
            ("elsewhere\\b.jpg", Some("slides/b.jpg")),
            ("deep/c%20d.jpg", Some("deep/c d.jpg")),
            ("100%.jpg", Some("100%.jpg")),
            ("https://example.com/x/b.jpg?w=1#f", Some("slides/b.jpg")),
            ("x.pdf#page=3", Some("x.pdf/page-3.pdf")),
            ("x.pdf#page=0", None),
            ("../secret.jpg", None),
            ("C:\\Users\\x\\a.jpg", Some("a.jpg")),
            ("https://example.com/", None),
            ("", None),
            ("..", None),
            ("a.jpg\0", None),
            ("%ff%fe", None),
        ] {
            assert_eq!(locate(&folder, named), file.map(PathBuf::from), "{named}");
        }
    }

    #[test]
    fn paths_that_lead_out_are_told_from_addresses() {
        for named in ["/etc/passwd", "..\\a.jpg", "a/../../b.jpg", "C:\\a.jpg", "d:a.jpg"] {
            assert!(leads_out(named) && !is_address(named), "{named}");
        }
        for named in ["https://example.com/../a.jpg", "//cdn/a.jpg", "data:image/png;base64,x"] {
            assert!(!leads_out(named) && is_address(named), "{named}");
        }
        assert!(!leads_out("slides/a..b.jpg") && !is_address("slides/a.jpg"));
    }
}

//! One talk in one line, for the clipboard.

use super::escape::one_line;
use crate::time::MediaTime;

/// `Title, 12:34, https://…`: the title, the moment where one is given, the link where there is one, as plain text.
///
/// The link stays as it is: few sites take a moment in it, and one that is not understood may lead nowhere.
pub fn citation(title: &str, at: Option<MediaTime>, link: Option<&str>) -> String {
    let parts =
        [one_line(title), at.map_or_else(String::new, MediaTime::clock), link.map_or_else(String::new, one_line)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_names_what_there_is() {
        let at = Some(MediaTime::from_secs(754));
        assert_eq!(citation(" A\ntitle ", at, Some("https://a.org/1")), "A title, 12:34, https://a.org/1");
        assert_eq!(citation("A title", None, None), "A title");
        assert_eq!(citation("", Some(MediaTime::from_secs(3723)), None), "1:02:03");
    }
}

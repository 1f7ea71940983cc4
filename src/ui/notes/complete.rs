//! Tags that are known already, while one is being typed.

use super::markdown::is_of_tag;

/// Most that are offered.
const OFFERED: usize = 5;

/// A tag that is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The byte at which its `#` stands.
    pub at: usize,
    /// The byte behind what is typed of it.
    pub end: usize,
    /// What it may become, without `#`, best first.
    pub tags: Vec<String>,
}

/// What the tag before the cursor, a byte of the text, may become; `None` where there is no such tag, or it is complete.
pub fn offer(text: &str, cursor: usize, known: &[String]) -> Option<Offer> {
    let before = text.get(..cursor)?;
    let at = before.rfind('#')?;
    let typed = before.get(at + 1..)?;
    let opens = before.get(..at)?.chars().next_back().is_none_or(|c| c.is_whitespace() || c == '(');
    let inside = text.get(cursor..)?.chars().next().is_some_and(is_of_tag);
    if !opens || inside || !typed.chars().all(is_of_tag) {
        return None;
    }
    let lower = typed.to_lowercase();
    let tags: Vec<String> = known
        .iter()
        .filter(|tag| tag.to_lowercase().starts_with(&lower) && tag.to_lowercase() != lower)
        .take(OFFERED)
        .cloned()
        .collect();
    (!tags.is_empty()).then_some(Offer { at, end: cursor, tags })
}

/// The text with the best of an offer in it, and the byte behind it.
pub fn accept(text: &str, offer: &Offer) -> Option<(String, usize)> {
    let tag = offer.tags.first()?;
    let (before, after) = (text.get(..=offer.at)?, text.get(offer.end..)?);
    let space = if after.starts_with(char::is_whitespace) { "" } else { " " };
    let out = format!("{before}{tag}{space}{after}");
    let cursor = offer.at + 1 + tag.len() + 1;
    Some((out, cursor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_that_is_begun_is_completed() {
        let known: Vec<String> = ["attention", "attribution", "Über-unet", "x"].map(str::to_owned).to_vec();
        let text = "see #att now";
        let found = offer(text, 8, &known).unwrap();
        assert_eq!(found.tags, ["attention", "attribution"]);
        assert_eq!(accept(text, &found), Some(("see #attention now".to_owned(), 15)));
        let end = offer("#üb", "#üb".len(), &known).unwrap();
        assert_eq!(accept("#üb", &end), Some(("#Über-unet ".to_owned(), "#Über-unet ".len())));
        for (text, cursor) in [("no#att", 6), ("#attention", 10), ("#att", 2), ("# att", 5), ("plain", 5)] {
            assert_eq!(offer(text, cursor, &known), None, "{text}");
        }
    }
}

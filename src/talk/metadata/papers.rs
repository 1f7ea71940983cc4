//! Where a paper is, from an address, from a number, or from a text that mentions it. Pure.

use super::{link, typed_link};

/// An address of a paper, or its number: `https://…`, `arXiv:1703.06114`, `1703.06114`, `10.1000/182`.
pub(crate) fn paper(text: &str) -> Option<String> {
    let text = text.trim();
    link(text).map(|address| known(&address).unwrap_or(address)).or_else(|| arxiv(text)).or_else(|| doi(text))
}

/// The same as somebody types it: an address may lack its `https://`, and a number at OpenReview stand alone.
pub(crate) fn typed(text: &str) -> Option<String> {
    let text = text.trim();
    let number = strip_prefix_ignoring_case(text, "openreview:").unwrap_or(text).trim();
    let looks_like_one = number.len() >= 8 && number.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    paper(text).or_else(|| paper(&typed_link(text)?)).or_else(|| openreview(number).filter(|_| looks_like_one))
}

/// A number at arXiv, or an address there: the page of the paper.
pub(super) fn arxiv(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(address) = link(text) {
        return known(&address).filter(|found| found.contains("//arxiv.org/"));
    }
    let bare = strip_prefix_ignoring_case(text, "arxiv:").unwrap_or(text).trim();
    let number = arxiv_number(bare)?;
    (number.len() == bare.len()).then(|| format!("https://arxiv.org/abs/{number}"))
}

/// A number at OpenReview, or an address there: the page of the paper.
pub(super) fn openreview(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(address) = link(text) {
        return known(&address).filter(|found| found.contains("//openreview.net/"));
    }
    let fits = (6..=24).contains(&text.len()) && text.bytes().all(is_of_id);
    fits.then(|| format!("https://openreview.net/forum?id={text}"))
}

/// The first paper that a text mentions by an address, or as `arXiv:…`.
pub(super) fn mentioned(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | '"' | ',' | ';'))
        .find_map(|word| {
            let word = word.trim_end_matches(['.', ':', '!', '?', '\'', '’', '”']);
            link(word).and_then(|address| known(&address)).or_else(|| {
                let number = strip_prefix_ignoring_case(word, "arxiv:")?;
                arxiv(number)
            })
        })
}

/// The page of a paper at a place that is known to have papers only.
fn known(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let host = host.to_ascii_lowercase();
    match host.strip_prefix("www.").unwrap_or(&host) {
        "arxiv.org" | "export.arxiv.org" => {
            let number = ["abs/", "pdf/", "html/"].iter().find_map(|kind| path.strip_prefix(kind))?;
            Some(format!("https://arxiv.org/abs/{}", arxiv_number(number)?))
        }
        "openreview.net" => {
            let (page, query) = path.split_once('?')?;
            let id = query.split(['&', '#']).find_map(|part| part.strip_prefix("id="))?;
            let good = matches!(page, "forum" | "pdf" | "attachment") && !id.is_empty() && id.bytes().all(is_of_id);
            good.then(|| format!("https://openreview.net/forum?id={id}"))
        }
        "doi.org" | "dx.doi.org" => doi(path),
        _ => None,
    }
}

fn doi(text: &str) -> Option<String> {
    let text = strip_prefix_ignoring_case(text, "doi:").unwrap_or(text).trim();
    let (prefix, suffix) = text.strip_prefix("10.")?.split_once('/')?;
    let good = !suffix.is_empty() && prefix.len() >= 4 && prefix.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    link(&format!("https://doi.org/{text}")).filter(|_| good)
}

/// `1703.06114v2` of `1703.06114v2.pdf`, `cs/0112017` of old ones.
fn arxiv_number(text: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let version = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        let count = rest.strip_prefix('v').map_or(0, digits);
        if count > 0 { from + 1 + count } else { from }
    };
    if digits(text) == 4 {
        let count = digits(text.get(4..)?.strip_prefix('.')?);
        return (4..=5).contains(&count).then(|| text.get(..version(5 + count))).flatten();
    }
    let (archive, rest) = text.split_once('/')?;
    let good = !archive.is_empty() && archive.bytes().all(|b| b.is_ascii_alphabetic() || b"-.".contains(&b));
    (good && digits(rest) == 7).then(|| text.get(..version(archive.len() + 8))).flatten()
}

const fn is_of_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix))?;
    text.get(prefix.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_or_an_address_is_enough() {
        for (text, expected) in [
            ("1703.06114", Some("https://arxiv.org/abs/1703.06114")),
            ("arXiv:1703.06114v3", Some("https://arxiv.org/abs/1703.06114v3")),
            ("https://arxiv.org/pdf/1703.06114v2.pdf", Some("https://arxiv.org/abs/1703.06114v2")),
            ("https://arxiv.org/abs/cs/0112017", Some("https://arxiv.org/abs/cs/0112017")),
            ("https://openreview.net/pdf?id=Bkl7bREtDr&x=1", Some("https://openreview.net/forum?id=Bkl7bREtDr")),
            ("https://openreview.net/", Some("https://openreview.net/")),
            ("doi:10.1000/182", Some("https://doi.org/10.1000/182")),
            ("https://proceedings.example/p.pdf", Some("https://proceedings.example/p.pdf")),
            ("1703.06", None),
            ("1703.0611 4", None),
            ("10.1/", None),
            ("a paper", None),
            ("javascript:alert(1)", None),
            ("", None),
        ] {
            assert_eq!(paper(text).as_deref(), expected, "{text}");
        }
        assert_eq!(openreview("Bkl7bREtDr").as_deref(), Some("https://openreview.net/forum?id=Bkl7bREtDr"));
        assert_eq!(openreview("no id"), None);
    }

    #[test]
    fn a_text_may_mention_a_paper() {
        let text = "We show X (see https://example.org/a).\nPaper: https://arxiv.org/abs/1703.06114.";
        assert_eq!(mentioned(text).as_deref(), Some("https://arxiv.org/abs/1703.06114"));
        assert_eq!(mentioned("[arXiv:2001.00001]").as_deref(), Some("https://arxiv.org/abs/2001.00001"));
        assert_eq!(mentioned("in 2001.00001 units, see https://example.org"), None);
    }
}

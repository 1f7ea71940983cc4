//! Plain text and addresses put into the formats, so that they come out as they were.

/// One line: every run of white space is a space.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Plain text within a paragraph of Markdown.
pub(super) fn markdown(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |n: usize| chars.get(n).copied();
    let mut out = String::with_capacity(text.len());
    for (n, &c) in chars.iter().enumerate() {
        let (before, after) = (n.checked_sub(1).and_then(at), at(n + 1));
        let escape = match c {
            '`' | '*' | '[' | ']' | '<' | '|' | '~' => true,
            // Between letters it means nothing, and names of functions stay readable.
            '_' => !(before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)),
            '\\' => after.is_none_or(|next| next.is_ascii_punctuation()),
            '&' => after.is_some_and(|next| next == '#' || next.is_ascii_alphanumeric()),
            '!' => after == Some('['),
            '#' | '>' | '=' => n == 0,
            '+' | '-' => n == 0 || (before == Some('-') && out.chars().all(|c| c == '-' || c == '\\')),
            '.' | ')' => n > 0 && n < 10 && chars[..n].iter().all(char::is_ascii_digit),
            _ => false,
        };
        if escape {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Plain text within HTML, between tags or in an attribute in double quotes.
pub(super) fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Takes no room, and keeps Org from seeing markup.
const ZERO_WIDTH: char = '\u{200b}';

/// Plain text within a paragraph of Org; the manual's zero width space keeps apart what would be markup.
pub(super) fn org(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (n, &c) in chars.iter().enumerate() {
        out.push(c);
        let before = n.checked_sub(1).and_then(|n| chars.get(n)).copied();
        let Some(&after) = chars.get(n + 1) else {
            // Two brackets end a link, and the text may be that of one.
            out.extend((c == ']').then_some(ZERO_WIDTH));
            continue;
        };
        let apart = match c {
            // An opening mark is followed by no space.
            '*' | '/' | '_' | '=' | '~' | '+' => {
                !after.is_whitespace() && before.is_none_or(|b| b.is_whitespace() || "-('\"{".contains(b))
            }
            '[' => after == '[' || after == 'f' || after == 'c' || after.is_ascii_digit(),
            ']' => after == ']',
            '{' => after == '{',
            '<' => !after.is_whitespace(),
            '@' => after == '@',
            _ => false,
        };
        if apart {
            out.push(ZERO_WIDTH);
        }
    }
    org_line_start(&out)
}

/// Keeps the beginning of each line from being a heading, an item, a table or a keyword.
pub(super) fn org_line_start(text: &str) -> String {
    let safe = |line: &str| {
        let body = line.trim_start();
        let stars = body.trim_start_matches('*');
        let numbered = body.trim_start_matches(|c: char| c.is_ascii_digit());
        let special = (stars.len() < body.len() && (stars.is_empty() || stars.starts_with(' ')))
            || body.starts_with(['#', '|', ':'])
            || body == "-"
            || body == "+"
            || body.starts_with("- ")
            || body.starts_with("+ ")
            || body.starts_with("-----")
            || (numbered.len() < body.len() && (numbered.starts_with(". ") || numbered.starts_with(") ")));
        if special { format!("{ZERO_WIDTH}{body}") } else { line.to_owned() }
    };
    text.split('\n').map(safe).collect::<Vec<_>>().join("\n")
}

/// An address that leads into the web or to a person; `None` for a script, a file or no address at all.
pub(super) fn web_link(link: &str) -> Option<&str> {
    let link = link.trim();
    let (scheme, rest) = link.split_once(':')?;
    let known = ["http", "https", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    (known && !rest.is_empty() && !link.contains(char::is_control)).then_some(link)
}

/// Whether a link of the viewer's own text may stay: into the web, within the page, or to a file beside it.
pub(super) fn harmless(link: &str) -> bool {
    // Browsers leave control characters and spaces out when they read the scheme.
    let bare: String = link.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let head = bare.split(['/', '?', '#']).next().unwrap_or_default();
    !head.contains(':') || web_link(&bare).is_some()
}

/// An address in the round brackets of a Markdown link.
pub(super) fn markdown_link(link: &str) -> String {
    percent(link, |byte| !matches!(byte, b'(' | b')' | b'<' | b'>' | b'\\' | b'*' | b'_' | b'`' | b'[' | b']' | b'&'))
        // These two mean something in most addresses and nothing in Markdown between letters.
        .replace("%5F", "_")
        .replace("%26", "&")
}

/// An address in the square brackets of an Org link.
pub(super) fn org_link(link: &str) -> String {
    percent(link, |byte| !matches!(byte, b'[' | b']' | b'\\'))
}

/// Percent-encodes white space, control characters and what `keep` refuses; the rest stays, so that what is encoded
/// already is not encoded twice.
fn percent(link: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(link.len());
    for c in link.trim().chars() {
        if c.is_ascii() && (c <= ' ' || c == '\u{7f}' || !u8::try_from(c).is_ok_and(&keep)) {
            out.push_str(&format!("%{:02X}", u32::from(c)));
        } else if c.is_whitespace() {
            out.extend(c.to_string().bytes().map(|byte| format!("%{byte:02X}")));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_are_escaped_where_it_is_needed_only() {
        for (text, expected) in [
            ("Attention is all you need", "Attention is all you need"),
            ("On $x^2$ and snake_case", "On $x^2$ and snake_case"),
            ("A* search [draft] <b>", "A\\* search \\[draft\\] \\<b>"),
            ("_x_ & y &amp; z", "\\_x\\_ & y \\&amp; z"),
            ("1. First", "1\\. First"),
            ("# 1", "\\# 1"),
            ("C:\\temp\\*", "C:\\temp\\\\\\*"),
        ] {
            assert_eq!(markdown(text), expected, "{text}");
        }
    }

    #[test]
    fn scripts_are_no_links() {
        assert!(
            harmless("https://a.org/x:y") && harmless("notes.md#a:b") && harmless("#a") && harmless("mailto:a@b.org")
        );
        for link in
            ["javascript:alert(1)", " JavaScript:x", "java\nscript:x", "data:text/html,x", "vbscript:x", "file:///etc"]
        {
            assert!(!harmless(link), "{link}");
            assert_eq!(web_link(link), None);
        }
        assert_eq!(web_link(" https://a.org "), Some("https://a.org"));
        assert_eq!(web_link("a.org"), None);
    }

    proptest! {
        #[test]
        fn an_escaped_title_reads_as_it_was(title in "[!-~]([ -~é王]{0,30}[!-~])?") {
            let title = one_line(&title);
            let escaped = markdown(&title);
            for (before, context) in
                [("", escaped.clone()), ("x ", format!("x *[{escaped}](u)*")), ("", format!("## {escaped}"))]
            {
                let plain: String = pulldown_cmark::Parser::new_ext(&context, super::super::markdown::options() - pulldown_cmark::Options::ENABLE_MATH)
                    .filter_map(|event| match event {
                        pulldown_cmark::Event::Text(text) => Some(text.to_string()),
                        _ => None,
                    })
                    .collect();
                prop_assert_eq!(plain.strip_prefix(before), Some(title.as_str()), "{}", context);
            }
        }
    }
}

//! Plain text as LaTeX, so that BibTeX, BibLaTeX and LaTeX take it whatever it holds.

use unicode_normalization::UnicodeNormalization as _;

/// Escapes a text. Accents become commands in braces, which every BibTeX sorts and shortens as one letter; other
/// letters beyond ASCII stay as they are. Formulas between dollar signs are kept.
pub(super) fn encode(text: &str) -> String {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Formula(formula) => format!("${}$", safe_formula(formula)),
            Piece::Text(text) => encode_text(text),
        })
        .collect()
}

/// Escapes a title. Words with capitals are put in braces, so that no style makes `bayes` of `Bayes`, but for the
/// capital at the beginning, which styles keep; formulas are put in braces too.
pub(super) fn encode_title(title: &str) -> String {
    let mut out = String::new();
    for piece in pieces(title) {
        let text = match piece {
            Piece::Formula(formula) => {
                out.push_str(&format!("{{${}$}}", safe_formula(formula)));
                continue;
            }
            Piece::Text(text) => text,
        };
        for part in text.split_inclusive(char::is_whitespace) {
            let word = part.trim_end();
            let from_second =
                if out.is_empty() { word.char_indices().nth(1).map_or(word.len(), |(at, _)| at) } else { 0 };
            if word[from_second..].contains(char::is_uppercase) {
                out.push_str(&format!("{{{}}}", encode_text(word)));
            } else {
                out.push_str(&encode_text(word));
            }
            if part.len() > word.len() {
                out.push(' ');
            }
        }
    }
    out
}

/// An address as it may stand in a field: unbalanced braces and what is not ASCII are percent-encoded.
pub(super) fn encode_url(url: &str) -> String {
    let mut out = String::new();
    for byte in url.trim().bytes() {
        match byte {
            b'!'..=b'~' if !matches!(byte, b'{' | b'}' | b'\\' | b'"' | b'<' | b'>' | b'^' | b'`' | b'|') => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

enum Piece<'a> {
    Text(&'a str),
    /// Without its dollar signs.
    Formula(&'a str),
}

/// A formula begins and ends tightly, as in Pandoc's Markdown: `$5 and $6` is none.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut found, mut rest, mut from) = (Vec::new(), text, 0);
    while let Some(open) = rest[from..].find('$').map(|n| n + from) {
        match formula_end(&rest[open + 1..]) {
            Some(len) => {
                found.push(Piece::Text(&rest[..open]));
                found.push(Piece::Formula(&rest[open + 1..open + 1 + len]));
                (rest, from) = (&rest[open + len + 2..], 0);
            }
            None => from = open + 1,
        }
    }
    found.push(Piece::Text(rest));
    found
}

fn formula_end(text: &str) -> Option<usize> {
    let end = text.find('$')?;
    let (inside, behind) = (&text[..end], &text[end + 1..]);
    let tight = !inside.is_empty() && inside.trim() == inside && !inside.ends_with('\\');
    (tight && balanced(inside) && !behind.starts_with(|c: char| c.is_ascii_digit())).then_some(end)
}

/// Whether the braces of a text come in pairs; BibTeX counts those behind a backslash too.
pub(super) fn balanced(text: &str) -> bool {
    let mut depth = 0_i64;
    text.chars().all(|c| {
        depth += i64::from(c == '{') - i64::from(c == '}');
        depth >= 0
    }) && depth == 0
}

/// A bare percent sign would comment the rest of the line out.
fn safe_formula(formula: &str) -> String {
    formula.replace("\\%", "%").replace('%', "\\%")
}

fn encode_text(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfc() {
        match c {
            '&' | '%' | '#' | '_' | '$' => out.extend(['\\', c]),
            '{' => out.push_str("{\\textbraceleft}"),
            '}' => out.push_str("{\\textbraceright}"),
            '\\' => out.push_str("{\\textbackslash}"),
            '~' => out.push_str("{\\textasciitilde}"),
            '^' => out.push_str("{\\textasciicircum}"),
            '<' => out.push_str("{\\textless}"),
            '>' => out.push_str("{\\textgreater}"),
            '|' => out.push_str("{\\textbar}"),
            '\u{a0}' => out.push('~'),
            '\u{2018}' => out.push('`'),
            '\u{2019}' => out.push('\''),
            '\u{201c}' => out.push_str("``"),
            '\u{201d}' => out.push_str("''"),
            '\u{2013}' => out.push_str("--"),
            '\u{2014}' => out.push_str("---"),
            '\u{2026}' => out.push_str("{\\ldots}"),
            c if c.is_ascii_control() => out.push(' '),
            c if c.is_ascii() => out.push(c),
            c => match special(c) {
                Some(command) => out.push_str(&format!("{{\\{command}}}")),
                None => out.push_str(&accented(c).unwrap_or_else(|| c.to_string())),
            },
        }
    }
    out
}

fn special(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'ø' => "o",
        'Ø' => "O",
        'ł' => "l",
        'Ł' => "L",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'å' => "aa",
        'Å' => "AA",
        'ı' => "i",
        _ => return None,
    })
}

/// `{\'e}`; several accents are nested.
fn accented(c: char) -> Option<String> {
    let mut parts = c.nfd();
    let base = parts.next().filter(char::is_ascii_alphabetic)?;
    let mut marks = parts.peekable();
    marks.peek()?;
    // The dot of these two would stand under the accent.
    let mut out = match base {
        'i' => "{\\i}".to_owned(),
        'j' => "{\\j}".to_owned(),
        other => other.to_string(),
    };
    for mark in marks {
        let command = match mark {
            '\u{300}' => '`',
            '\u{301}' => '\'',
            '\u{302}' => '^',
            '\u{303}' => '~',
            '\u{304}' => '=',
            '\u{306}' => 'u',
            '\u{307}' => '.',
            '\u{308}' => '"',
            '\u{30a}' => 'r',
            '\u{30b}' => 'H',
            '\u{30c}' => 'v',
            '\u{323}' => 'd',
            '\u{327}' => 'c',
            '\u{328}' => 'k',
            '\u{331}' => 'b',
            _ => return None,
        };
        let space = if command.is_ascii_alphabetic() && out.len() == 1 { " " } else { "" };
        out = format!("{{\\{command}{space}{out}}}");
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn specials_and_accents_are_escaped() {
        for (text, expected) in [
            ("R&D: 100% of #1_a", "R\\&D: 100\\% of \\#1\\_a"),
            ("Émile", "{\\'E}mile"),
            ("Dvořák", "Dvo{\\v r}{\\'a}k"),
            ("Ångström Straße", "{\\AA}ngstr{\\\"o}m Stra{\\ss}e"),
            ("Nguyễn Naïve", "Nguy{\\~{\\^e}}n Na{\\\"{\\i}}ve"),
            ("a{b}c\\d", "a{\\textbraceleft}b{\\textbraceright}c{\\textbackslash}d"),
            ("“It’s” – no…", "``It's'' -- no{\\ldots}"),
            ("王伟 Ωμέγα", "王伟 Ωμέγα"),
            ("$5 and $6", "\\$5 and \\$6"),
            ("$x^2_{ij}$ at 5%", "$x^2_{ij}$ at 5\\%"),
            ("$a{$ b", "\\$a{\\textbraceleft}\\$ b"),
        ] {
            assert_eq!(encode(text), expected, "{text}");
        }
    }

    #[test]
    fn capitals_of_titles_are_kept() {
        assert_eq!(encode_title("Attention is all you need"), "Attention is all you need");
        assert_eq!(encode_title("BERT and Bayes"), "{BERT} and {Bayes}");
        assert_eq!(encode_title("On $N$ bodies"), "On {$N$} bodies");
        assert_eq!(encode_title("An Élan-vital view"), "An {{\\'E}lan-vital} view");
    }

    #[test]
    fn addresses_hold_nothing_that_breaks_a_field() {
        assert_eq!(encode_url(" https://a.org/x_y?q=1&r=50%25#z "), "https://a.org/x_y?q=1&r=50%25#z");
        assert_eq!(encode_url("https://a.org/{é} b"), "https://a.org/%7B%C3%A9%7D%20b");
    }

    proptest! {
        #[test]
        fn braces_are_always_balanced(text in "[ a-zA-Z{}$\\\\%é\"]{0,40}") {
            prop_assert!(balanced(&encode(&text)), "{}", encode(&text));
            prop_assert!(balanced(&encode_title(&text)), "{}", encode_title(&text));
        }
    }
}

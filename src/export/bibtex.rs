//! The bibliography for BibTeX and BibLaTeX.
//!
//! Written here and not with the `biblatex` crate, whose writer escapes the inside of formulas and writes `\{`, which
//! BibTeX counts as a brace.

use std::collections::HashSet;
use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization as _;

use super::dates::Date;
use super::escape::one_line;
use super::latex::{encode, encode_title, encode_url};
use super::names::Name;
use super::{Entry, escape};

/// One entry per talk, in the order given, with a blank line between them.
pub(super) fn write(entries: &[&Entry]) -> String {
    let keys = keys(entries);
    entries.iter().zip(keys).map(|(entry, key)| one(entry, &key)).collect::<Vec<_>>().join("\n")
}

fn one(entry: &Entry, key: &str) -> String {
    let venue = entry.venue.as_deref().map(one_line).filter(|venue| !venue.is_empty());
    let date = entry.day.as_deref().and_then(Date::parse);
    let title = one_line(&entry.title);
    let mut out = format!("@{}{{{key},\n", if venue.is_some() { "inproceedings" } else { "misc" });
    let mut field = |name: &str, value: &str| {
        writeln!(out, "  {name} = {value},").ok();
    };
    let authors: Vec<String> =
        entry.authors.iter().filter_map(|author| Name::parse(author)).map(|name| author(&name)).collect();
    if authors.is_empty() {
        // Styles sort by it where nobody is named.
        field("key", &format!("{{{}}}", encode(&title)));
    } else {
        field("author", &format!("{{{}}}", authors.join(" and ")));
    }
    field("title", &format!("{{{}}}", encode_title(&title)));
    if let Some(venue) = &venue {
        field("booktitle", &format!("{{{}}}", encode(venue)));
    }
    if let Some(date) = date {
        field("year", &format!("{{{}}}", date.year));
        if let Some(month) = date.bibtex_month() {
            field("month", &month);
        }
    }
    if let Some(link) = entry.link.as_deref().and_then(escape::web_link) {
        field("url", &format!("{{{}}}", encode_url(link)));
    }
    if venue.is_none() {
        field("howpublished", "{Talk}");
    }
    out.push_str("}\n");
    out
}

/// `van der Maaten, Laurens`, `King, Jr., Martin Luther`; what has no parts stands in braces.
fn author(name: &Name) -> String {
    match name {
        Name::Person { given, particle, family, suffix } => {
            let mut out = String::new();
            for part in [particle, family] {
                if !part.is_empty() {
                    out.push_str(if out.is_empty() { "" } else { " " });
                    out.push_str(&encode(part));
                }
            }
            for part in [suffix, given] {
                if !part.is_empty() {
                    out.push_str(", ");
                    out.push_str(&encode(part));
                }
            }
            out
        }
        Name::Whole(name) => format!("{{{}}}", encode(name)),
    }
}

/// Words that say nothing about a talk.
const SMALL_WORDS: [&str; 31] = [
    "a", "an", "and", "are", "as", "at", "by", "can", "der", "die", "das", "do", "does", "for", "from", "have", "how",
    "in", "is", "la", "le", "of", "on", "the", "to", "towards", "what", "when", "why", "with", "your",
];

/// One citation key per talk: surname, first word of the title, year, such as `VaswaniAttention2017`.
///
/// Keys are ASCII and unique, also where case does not count. Of several talks the first has the plain key, the next
/// ones get `a`, `b`: a talk added behind the others changes no key that is in use.
pub(super) fn keys(entries: &[&Entry]) -> Vec<String> {
    let plain: Vec<String> = entries.iter().map(|entry| plain_key(entry)).collect();
    let reserved: HashSet<String> = plain.iter().map(|key| key.to_ascii_lowercase()).collect();
    let mut taken = HashSet::new();
    let mut keys = Vec::new();
    for key in plain {
        let mut unique = key.clone();
        let mut n = 0;
        while !taken.insert(unique.to_ascii_lowercase()) || (n > 0 && reserved.contains(&unique.to_ascii_lowercase())) {
            unique = format!("{key}{}", letters(n));
            n += 1;
        }
        keys.push(unique);
    }
    keys
}

fn plain_key(entry: &Entry) -> String {
    let surname =
        entry.authors.iter().find_map(|author| Name::parse(author)).map_or_else(String::new, |name| match &name {
            Name::Person { family, .. } => ascii(family),
            Name::Whole(name) => name.split_whitespace().map(ascii).find(|word| telling(word)).unwrap_or_default(),
        });
    // Formulas make no words.
    let plain = |word: &&str| !word.contains(['$', '\\', '^']);
    let mut words =
        entry.title.split_whitespace().filter(plain).flat_map(|word| word.split(['-', '/', ':', '{'])).map(ascii);
    let word = words.find(|word| telling(word)).unwrap_or_default();
    let year = entry.day.as_deref().and_then(Date::parse).map_or_else(String::new, |date| date.year.to_string());
    let key = format!("{}{}{year}", capitalised(&surname), capitalised(&word));
    if key.starts_with(|c: char| c.is_ascii_alphabetic()) { key } else { format!("Talk{key}") }
}

fn telling(word: &str) -> bool {
    word.len() > 1
        && word.contains(|c: char| c.is_ascii_alphabetic())
        && !SMALL_WORDS.contains(&word.to_ascii_lowercase().as_str())
}

/// Letters and digits without their accents; what has no plain letter is left out.
fn ascii(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfkd() {
        match c {
            'ß' => out.push_str("ss"),
            'ø' => out.push('o'),
            'Ø' => out.push('O'),
            'ł' => out.push('l'),
            'Ł' => out.push('L'),
            'æ' => out.push_str("ae"),
            'Æ' => out.push_str("Ae"),
            'œ' => out.push_str("oe"),
            'Œ' => out.push_str("Oe"),
            'đ' | 'ð' => out.push('d'),
            'Đ' => out.push('D'),
            'ı' => out.push('i'),
            c if c.is_ascii_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    out
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

/// `a` to `z`, then `aa`.
fn letters(n: usize) -> String {
    let last = char::from(b"abcdefghijklmnopqrstuvwxyz"[n % 26]);
    if n < 26 { last.to_string() } else { letters(n / 26 - 1) + &last.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str, authors: &[&str], day: &str) -> Entry {
        let authors = authors.iter().map(|author| (*author).to_owned()).collect();
        Entry { title: title.into(), authors, day: Some(day.into()), ..Entry::default() }
    }

    #[test]
    fn keys_are_unique_ascii_and_stay_when_a_talk_is_added() {
        let talks = [
            entry("Attention Is All You Need", &["Ashish Vaswani"], "2017-12-05"),
            entry("Attention, Again", &["Vaswani, Ashish"], "2017"),
            entry("attention: a third time", &["A. VASWANI"], "2017"),
            entry("The État of Things", &["Žižek, Slavoj"], "day one"),
            entry("深层学习", &["王伟"], "2020"),
            entry("", &[], ""),
            entry("On the Way", &["The LIGO Collaboration"], "2016"),
        ];
        let all: Vec<&Entry> = talks.iter().collect();
        let expected = [
            "VaswaniAttention2017",
            "VaswaniAttention2017a",
            "VASWANIAttention2017b",
            "ZizekEtat",
            "Talk2020",
            "Talk",
            "LIGOWay2016",
        ];
        assert_eq!(keys(&all), expected);
        assert_eq!(keys(&all[..3]), expected[..3]);
        assert_eq!(letters(25) + &letters(26) + &letters(27), "zaaab");
    }

    #[test]
    fn an_entry_holds_every_field_that_is_known() {
        let talk = Entry {
            venue: Some("NeurIPS 2017 & Friends".into()),
            link: Some("https://slideslive.com/1_a?b=50%25#c".into()),
            ..entry(
                "BERT on $x^2$ & 50% of #1",
                &["Laurens van der Maaten", "Google Brain Team", "Émile Zola", "King, Jr., Martin"],
                "2017-12-05",
            )
        };
        assert_eq!(
            write(&[&talk]),
            r"@inproceedings{MaatenBERT2017,
  author = {van der Maaten, Laurens and {Google Brain Team} and Zola, {\'E}mile and King, Jr., Martin},
  title = {{BERT} on {$x^2$} \& 50\% of \#1},
  booktitle = {NeurIPS 2017 \& Friends},
  year = {2017},
  month = dec,
  url = {https://slideslive.com/1_a?b=50%25#c},
}
"
        );
        let bare = entry("Nobody's talk", &[], "some day");
        assert_eq!(
            write(&[&bare]),
            "@misc{NobodysTalk,\n  key = {Nobody's talk},\n  title = {Nobody's talk},\n  howpublished = {Talk},\n}\n"
                .replace("NobodysTalk", "Nobodys")
        );
    }
}

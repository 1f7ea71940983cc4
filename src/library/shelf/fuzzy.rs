//! Talks by a few of the letters of their names, as they are typed: `gnn pol` finds "Graph neural networks for policy".
//! A word of the query may lie in the title, an author, the session or a tag, with gaps, but not with many.

use nucleo_matcher::chars::{normalize, to_lower_case};
use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::natural::is_accent;
use crate::library::Row;

/// Points for each letter of a word that a match has at least. A letter found is 16, at the beginning of a word more;
/// a gap costs 3, and 1 for each further letter in it. Less than this is letters that happen to stand in this order.
const LEAST: u32 = 15;
/// Points for each letter at which a match in the title is so good that the other names are not looked at.
const PLENTY: u32 = 20;

/// What is searched of a row, in one piece.
#[derive(Debug, Default)]
pub struct Haystack {
    text: Box<str>,
    /// Where the title, the authors and the session end; the tags follow.
    ends: [u32; 3],
    /// Which letters occur at all.
    letters: u64,
}

impl Haystack {
    /// Of a row.
    pub fn of(row: &Row) -> Self {
        let mut text = composed(&row.entry.title);
        let end = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let title = end(&text);
        text.push_str(&composed(&row.entry.authors.join(", ")));
        let authors = end(&text);
        text.push_str(&composed(&row.entry.session));
        let session = end(&text);
        text.push_str(&composed(&row.state.tags.join(" ")));
        let letters = text.chars().fold(0, |letters, c| letters | letter(to_lower_case(normalize(c))));
        Self { text: text.into(), ends: [title, authors, session], letters }
    }

    fn fields(&self) -> [&str; 4] {
        let [title, authors, session] = self.ends.map(|end| end as usize);
        let part = |from: usize, to: usize| self.text.get(from..to).unwrap_or_default();
        [part(0, title), part(title, authors), part(authors, session), part(session, self.text.len())]
    }
}

fn composed(text: &str) -> String {
    if is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

/// A bit for a letter without case and accent; rare letters share bits.
fn letter(c: char) -> u64 {
    let bit = match c {
        'a'..='z' => u32::from(c) - u32::from('a'),
        '0'..='9' => 26 + u32::from(c) - u32::from('0'),
        _ => 36 + u32::from(c) % 28,
    };
    1 << bit
}

/// What is looked for.
#[derive(Debug, Default)]
pub struct Needle {
    words: Vec<Wanted>,
}

#[derive(Debug)]
struct Wanted {
    letters: Utf32String,
    mask: u64,
    /// The points of a match that is good enough, and of one that is so good that no better is looked for.
    least: u32,
    plenty: u32,
}

impl Wanted {
    /// As a whole, which is quickly seen, else with gaps.
    fn points(&self, matcher: &mut Matcher, text: Utf32Str<'_>) -> u32 {
        let letters = self.letters.slice(..);
        let whole = matcher.substring_match(text, letters);
        whole.or_else(|| matcher.fuzzy_match_greedy(text, letters)).map_or(0, u32::from)
    }

    /// The letters that [`Self::points`] found.
    fn indices(&self, matcher: &mut Matcher, text: Utf32Str<'_>, found: &mut Vec<u32>) -> u32 {
        let letters = self.letters.slice(..);
        let whole = matcher.substring_indices(text, letters, found);
        whole.or_else(|| matcher.fuzzy_indices_greedy(text, letters, found)).map_or(0, u32::from)
    }
}

impl Needle {
    /// Of what was typed: its words, without case and accents.
    pub fn new(text: &str) -> Self {
        let words = text.split_whitespace().map(|word| {
            let plain: String = word.nfd().filter(|c| !is_accent(*c)).nfc().collect();
            let letters: String = plain.chars().map(|c| to_lower_case(normalize(c))).take(64).collect();
            let mask = letters.chars().fold(0, |mask, c| mask | letter(c));
            let letters = Utf32String::from(letters);
            let count = u32::try_from(letters.len()).unwrap_or(u32::MAX);
            Wanted { letters, mask, least: count * LEAST, plenty: count * PLENTY }
        });
        Self { words: words.filter(|word| !word.letters.is_empty()).collect() }
    }

    /// Nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// Compares; keeps the memory that it needs for that.
#[derive(Debug)]
pub struct Fuzzy {
    matcher: Matcher,
    field: Vec<char>,
    indices: Vec<u32>,
}

impl Default for Fuzzy {
    fn default() -> Self {
        Self { matcher: Matcher::new(Config::DEFAULT), field: Vec::new(), indices: Vec::new() }
    }
}

impl Fuzzy {
    /// How well the row fits: the sum of the points of every word, each in the name that it fits best. `None` where one
    /// fits none.
    pub fn score(&mut self, needle: &Needle, haystack: &Haystack) -> Option<u32> {
        // Almost every row that does not fit lacks a letter.
        if needle.words.iter().any(|word| word.mask & !haystack.letters != 0) {
            return None;
        }
        let [title, authors, session, tags] = haystack.fields();
        // The title counts for more than the people, and these for more than the folder.
        self.score_of(needle, &[(title, 10), (authors, 9), (session, 8), (tags, 8)])
    }

    /// How well names fit, each with what it counts for; where the first fits well, the others are not looked at.
    pub fn score_of(&mut self, needle: &Needle, names: &[(&str, u32)]) -> Option<u32> {
        let mut sum = 0_u32;
        for word in &needle.words {
            let mut best = 0;
            for (at, (name, counts)) in names.iter().enumerate().filter(|(_, (name, _))| !name.is_empty()) {
                let text = Utf32Str::new(name, &mut self.field);
                let points = word.points(&mut self.matcher, text);
                if points >= word.least {
                    best = best.max(points * counts);
                    if at == 0 && points >= word.plenty {
                        break;
                    }
                }
            }
            if best == 0 {
                return None;
            }
            sum = sum.saturating_add(best);
        }
        Some(sum)
    }

    /// Which characters of this title (counted from 0, ascending) a query lit by its words; none where its words lie
    /// elsewhere.
    pub fn lit(&mut self, needle: &Needle, title: &str) -> Vec<u32> {
        let mut lit = Vec::new();
        let title = if is_nfc(title) { title } else { "" };
        for word in &needle.words {
            self.indices.clear();
            let text = Utf32Str::new(title, &mut self.field);
            let points = word.indices(&mut self.matcher, text, &mut self.indices);
            if points >= word.least {
                lit.append(&mut self.indices);
            }
        }
        lit.sort_unstable();
        lit.dedup();
        lit
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::row;
    use super::*;
    use proptest::prelude::*;

    fn score(text: &str, title: &str) -> Option<u32> {
        let mut row = row("x", 60);
        row.entry.title = title.into();
        row.entry.authors = vec!["F. Albrecht".into(), "Søren Ågård".into()];
        row.entry.session = "Oral 2/late".into();
        row.state.tags = vec!["segmentation".into()];
        Fuzzy::default().score(&Needle::new(text), &Haystack::of(&row))
    }

    #[test]
    fn a_few_letters_find_a_talk_whatever_their_case_and_accents() {
        let title = "Padé Activation Units: Flexible Graph Neural Networks";
        for text in ["pade", "PADÉ act", "gnn", "pau", "neural padé", "flxbl", "albr", "oral", "segm graph", "agard"]
        {
            assert!(score(text, title).is_some(), "{text}");
        }
        for text in ["zebra", "pade zebra", "units padé xyz", "qzn"] {
            assert_eq!(score(text, title), None, "{text}");
        }
        assert!(score("한국", "한국어 음성").is_some());
        assert!(score("pade", "Pade\u{301} units").is_some(), "taken apart letters as well");
    }

    #[test]
    fn letters_that_happen_to_stand_in_this_order_are_no_match() {
        assert_eq!(score("attention", "Statistics of protein structure prediction"), None);
        assert!(score("attn", "Attention is all you need").is_some());
    }

    #[test]
    fn whole_words_and_titles_come_first() {
        let exact = score("graph", "Graph networks");
        assert!(exact > score("graph", "Demographic studies"));
        assert!(score("albrecht", "On Albrecht") > score("albrecht", "Networks"));
    }

    #[test]
    fn the_letters_of_the_title_are_lit() {
        let mut fuzzy = Fuzzy::default();
        assert_eq!(fuzzy.lit(&Needle::new("gn net"), "Über Graph Networks"), [5, 11, 12, 13]);
        assert_eq!(fuzzy.lit(&Needle::new("zebra"), "Graph"), Vec::<u32>::new());
    }

    proptest! {
        #[test]
        fn no_text_and_no_title_make_it_panic(text in any::<String>(), title in any::<String>()) {
            score(&text, &title);
            let lit = Fuzzy::default().lit(&Needle::new(&text), &title);
            let count = title.chars().count();
            prop_assert!(lit.iter().all(|at| (*at as usize) < count));
        }

        #[test]
        fn every_part_of_a_word_of_the_title_finds_it(title in "[a-zA-Zäöé]{3,9}( [a-z]{1,9}){0,4}", from in 0..2_usize) {
            let word: String = title.split(' ').next().unwrap_or_default().chars().skip(from).collect();
            prop_assert!(score(&word, &title).is_some());
        }
    }
}

//! What is indexed of a text: each three neighbouring characters of its folded form, with everything that separates
//! words as `_`, and each mark of punctuation by itself. A text that has all the grams of a word may have the word;
//! whether it does is seen by reading it. SQLite's prefix index over the grams finds single characters and pairs as
//! well.

use super::fold::fold_into;
use super::matching::Quality;

/// How many grams a question asks for at most. More make it slower, not better: what is found is read anyway.
const ASKED: usize = 24;

/// Stands for all that separates words.
const GAP: char = '_';

/// A character of a folded text as it stands in grams.
pub fn skeleton(letter: char) -> char {
    let kept = letter.is_alphanumeric()
        || matches!(letter, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}') // arrows, signs, emoji
        // Marks that folding keeps are letters.
        || unicode_normalization::char::is_combining_mark(letter);
    if kept { letter } else { GAP }
}

/// Whether a character of a folded text separates words.
pub fn is_gap(letter: char) -> bool {
    skeleton(letter) == GAP
}

/// The gram of a mark of punctuation, which is not itself in the skeleton.
fn mark(letter: char) -> Option<char> {
    if !is_gap(letter) || letter == ' ' {
        return None;
    }
    // ASCII punctuation would separate the grams from each other: it moves into the private area.
    if letter.is_ascii() { char::from_u32(0xe000 + u32::from(letter)) } else { Some(letter) }
}

/// Makes the grams of texts; keeps its buffers.
#[derive(Default)]
pub struct Grams {
    folded: String,
    letters: Vec<char>,
    grams: Vec<[char; 3]>,
}

impl Grams {
    /// All grams of a text, each once, with a space after each.
    pub fn of(&mut self, text: &str) -> String {
        fold_into(text, &mut self.folded);
        self.letters.clear();
        self.letters.push(GAP);
        self.letters.extend(self.folded.chars().map(skeleton));
        // So that the last character begins a gram, too.
        self.letters.extend([GAP; 2]);
        self.grams.clear();
        self.grams.extend(self.letters.array_windows::<3>().copied());
        self.grams.extend(self.folded.chars().filter_map(mark).map(|mark| [mark; 3]));
        self.grams.sort_unstable();
        self.grams.dedup();
        let mut all = String::with_capacity(self.grams.len() * 4);
        for gram in self.grams.iter().filter(|gram| **gram != [GAP; 3]) {
            all.extend(gram);
            all.push(' ');
        }
        all
    }
}

/// The question that finds, among others, all texts in which each of these folded words occurs at least so well. It
/// consists of quoted grams and `AND`: nothing of what was typed can be read as syntax. `None`: no word has a gram.
pub fn question(words: &[String], quality: Quality) -> Option<String> {
    let each = (ASKED / words.len().max(1)).max(2);
    let mut asked: Vec<String> = Vec::new();
    for word in words.iter().take(ASKED / 2) {
        let mut letters: Vec<char> = word.chars().map(skeleton).collect();
        if quality >= Quality::Start && letters.first().is_some_and(|first| *first != GAP) {
            letters.insert(0, GAP);
        }
        if quality == Quality::Whole && letters.last().is_some_and(|last| *last != GAP) {
            letters.push(GAP);
        }
        let has_letter = |gram: &&[char]| gram.iter().any(|letter| *letter != GAP);
        if letters.len() < 3 {
            if has_letter(&letters.as_slice()) {
                asked.push(format!("\"{}\" *", letters.iter().collect::<String>()));
            }
        } else {
            let grams: Vec<&[char]> = letters.windows(3).filter(has_letter).collect();
            let count = grams.len().min(each);
            // Evenly, with the first and the last.
            for number in 0..count {
                let at = if count > 1 { number * (grams.len() - 1) / (count - 1) } else { 0 };
                asked.extend(grams.get(at).map(|gram| format!("\"{}\"", gram.iter().collect::<String>())));
            }
        }
        let marks = word.chars().filter_map(mark).take(each);
        asked.extend(marks.map(|mark| format!("\"{mark}{mark}{mark}\"")));
    }
    asked.sort_unstable();
    asked.dedup();
    (!asked.is_empty()).then(|| asked.join(" AND "))
}

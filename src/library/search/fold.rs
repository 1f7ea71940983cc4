//! Folding: what the search compares. The same for what is typed and for what is found.
//!
//! Letters lose their case, their accents (Latin, Greek, Cyrillic: `й` is found by `и`), Hebrew points and Arabic vowel
//! marks, and are taken apart where Unicode calls them compatible (`ﬁ`, `²`, full width). `ß` is `ss`, `æ` is `ae`, `ø`
//! is `o`, `ł` is `l`, `ı` is `i`, the final sigma is a sigma. Marks that are letters stay: Indic vowels, the Japanese
//! voice mark. Hangul is taken apart into its letters, so that a syllable is found while it is being typed. Typographic
//! quotes and dashes are the ones of a keyboard, soft hyphens and other invisible characters are nothing, and any run
//! of white space is one space.
//!
//! What changes here makes an index that was built before wrong: it must be built anew.

use std::ops::Range;

use unicode_normalization::char::decompose_compatible;

/// The folded form of a text.
pub fn fold(text: &str) -> String {
    let mut folded = String::new();
    fold_into(text, &mut folded);
    folded
}

/// [`fold`] into a buffer that is emptied first.
pub fn fold_into(text: &str, folded: &mut String) {
    folded.clear();
    each(text, |letter, _| folded.extend(letter));
}

/// A folded text that knows where its letters came from.
pub struct Folded {
    /// As [`fold`] makes it.
    pub text: String,
    /// For each folded character: where it begins in `text`, and the bytes of the source that it was made of.
    letters: Vec<(usize, Range<usize>)>,
}

impl Folded {
    /// Of this text.
    pub fn of(source: &str) -> Self {
        let mut folded = Self { text: String::new(), letters: Vec::new() };
        each(source, |letter, bytes| match letter {
            Some(letter) => {
                folded.letters.push((folded.text.len(), bytes));
                folded.text.push(letter);
            }
            // An accent belongs to the letter that it stands on.
            None => {
                if let Some((_, last)) = folded.letters.last_mut() {
                    last.end = bytes.end;
                }
            }
        });
        folded
    }

    /// The bytes of the source that this part of `text` was made of: whole characters. The part is not empty.
    pub fn source(&self, part: &Range<usize>) -> Range<usize> {
        let at = |byte: usize| self.letters.partition_point(|(start, _)| *start <= byte).saturating_sub(1);
        let bytes = |index: usize| self.letters.get(index).map(|(_, bytes)| bytes.clone()).unwrap_or_default();
        bytes(at(part.start)).start..bytes(at(part.end.saturating_sub(1))).end
    }
}

/// Calls with each folded character and the bytes of the source character; `None`: nothing is left of that one.
fn each(text: &str, mut emit: impl FnMut(Option<char>, Range<usize>)) {
    let mut after_space = false;
    for (start, source) in text.char_indices() {
        let bytes = start..start + source.len_utf8();
        let mut emitted = false;
        let mut put = |letter: char| {
            let space = letter.is_whitespace();
            if !(space && after_space) {
                emit(Some(if space { ' ' } else { letter }), bytes.clone());
                emitted = true;
            }
            after_space = space;
        };
        if source.is_ascii() {
            put(source.to_ascii_lowercase());
        } else {
            decompose_compatible(source, |part| {
                if !is_dropped(part) {
                    part.to_lowercase().for_each(|letter| plain(letter, &mut put));
                }
            });
        }
        if !emitted {
            emit(None, bytes);
        }
    }
}

/// What has no decomposition in Unicode, but one in the mind of who types.
fn plain(letter: char, put: &mut impl FnMut(char)) {
    match letter {
        'ß' => ['s', 's'].into_iter().for_each(put),
        'æ' => ['a', 'e'].into_iter().for_each(put),
        'œ' => ['o', 'e'].into_iter().for_each(put),
        'þ' => ['t', 'h'].into_iter().for_each(put),
        'ø' => put('o'),
        'đ' | 'ð' => put('d'),
        'ħ' => put('h'),
        'ł' => put('l'),
        'ı' => put('i'),
        'ς' => put('σ'),
        '‘' | '’' | '‚' | '‛' | '′' | 'ʼ' => put('\''),
        '“' | '”' | '„' | '‟' | '″' => put('"'),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => put('-'),
        other if is_dropped(other) => {}
        other => put(other),
    }
}

/// Accents, points and what nobody sees.
fn is_dropped(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{483}'..='\u{487}' // Latin, Greek, Cyrillic
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}' // Hebrew
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' // Arabic
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' // invisible
    )
}

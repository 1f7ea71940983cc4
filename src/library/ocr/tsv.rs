//! From what the program for reading text writes to the text of a slide. Pure.
//!
//! The program writes a table with tabs: level, page, block, paragraph, line, word, left, top, width, height,
//! confidence, text. Level 5 is a word.

/// Words that the program believes in less are dropped, in per cent. Measured on slides of which the words are known:
/// above it more words that are there are lost than words that are not.
const CONFIDENCE: f64 = 30.0;

/// What `level` is of a word.
const WORD: &str = "5";

/// Words and columns of the table.
const COLUMNS: usize = 12;

/// Letters that a line needs; what has fewer is a number, a bullet or a speck.
const LETTERS: usize = 2;

/// The text of a slide, line by line, in the order of the table.
pub fn text_of(table: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut present = None;
    for row in table.lines() {
        let columns: Vec<&str> = row.splitn(COLUMNS, '\t').collect();
        let [level, page, block, paragraph, line, _, _, _, _, _, confidence, word] = columns[..] else { continue };
        let believed = confidence.parse::<f64>().is_ok_and(|confidence| confidence >= CONFIDENCE);
        if level != WORD || !believed || !word.chars().any(char::is_alphanumeric) {
            continue;
        }
        let place = (page, block, paragraph, line);
        match lines.last_mut().filter(|_| present == Some(place)) {
            Some(text) => {
                text.push(' ');
                text.push_str(word.trim());
            }
            None => lines.push(word.trim().to_owned()),
        }
        present = Some(place);
    }
    lines.retain(|line| line.chars().filter(|c| c.is_alphabetic()).count() >= LETTERS);
    join(&lines)
}

/// Puts lines below each other, and words together that were divided at the end of a line.
fn join(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        if goes_on(&text, line) {
            // The hyphen of `state-of-the-` belongs to the word, one that only divides it does not.
            if !text.rsplit(char::is_whitespace).next().is_some_and(|word| word.trim_end_matches('-').contains('-')) {
                text.pop();
            }
        } else if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    text
}

/// Whether the last word of the text ends at the beginning of the line.
fn goes_on(text: &str, line: &str) -> bool {
    let divided = text.strip_suffix('-').is_some_and(|before| before.ends_with(char::is_alphabetic));
    divided && line.starts_with(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(words: &[(u32, f64, &str)]) -> String {
        let mut table =
            "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
                         1\t1\t0\t0\t0\t0\t0\t0\t1920\t1080\t-1\t\n"
                .to_owned();
        for (line, confidence, word) in words {
            table += &format!("5\t1\t{line}\t1\t1\t1\t0\t0\t9\t9\t{confidence}\t{word}\n");
        }
        table
    }

    #[test]
    fn words_stand_in_their_lines_and_lines_in_their_order() {
        let table = table(&[(2, 96.1, "Gradient"), (2, 95.0, "Boosting"), (1, 90.0, "Learning"), (1, 30.0, "goals")]);
        assert_eq!(text_of(&table), "Gradient Boosting\nLearning goals");
    }

    #[test]
    fn what_is_not_believed_or_has_no_letters_is_dropped() {
        let table = table(&[
            (1, 29.9, "alm]"),
            (2, 95.0, "0.75"),
            (3, 95.0, "—"),
            (3, 95.0, "2"),
            (3, 95.0, "deep"),
            (3, 12.0, "xe)"),
            (3, 95.0, "networks"),
            (4, 95.0, "e"),
            (5, -1.0, "nothing"),
            (6, 95.0, "Größe"),
        ]);
        assert_eq!(text_of(&table), "2 deep networks\nGröße");
    }

    #[test]
    fn divided_words_are_put_together() {
        let joined = |a: &str, b: &str| text_of(&table(&[(1, 95.0, a), (2, 95.0, b)]));
        assert_eq!(joined("classifi-", "cation"), "classification");
        assert_eq!(joined("state-of-the-", "art"), "state-of-the-art");
        assert_eq!(joined("Navier-", "Stokes"), "Navier-\nStokes");
        assert_eq!(joined("from-2019-", "on"), "from-2019-\non");
    }

    #[test]
    fn anything_else_gives_no_text_and_no_panic() {
        for odd in
            ["", "\n\n", "5\t1", "no table at all", "5\t\t\t\t\t\t\t\t\t\tNaN\tword", "\t\t\t\t\t\t\t\t\t\t\t\t\t"]
        {
            assert_eq!(text_of(odd), "");
        }
        assert_eq!(text_of("5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t96\ta tab\tis kept"), "a tab\tis kept");
    }
}

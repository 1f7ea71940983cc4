//! The words for what the viewer writes and thinks: notes, summaries, verdicts.

use super::argument::{number, path};
use super::parse::{ParseCommandError, shorten};
use super::{Command, Verdict};

/// `rest` is what follows the verb as it was written, `words` the same in lower case with single spaces.
pub(super) fn read(verb: &str, rest: &str, words: &str) -> Result<Option<Command>, ParseCommandError> {
    let after = rest.split_once(char::is_whitespace).map_or("", |(_, after)| after.trim());
    let word = words.split(' ').next().unwrap_or_default();
    Ok(match (verb, word) {
        ("undo", "") => Some(Command::Undo),
        ("redo", "") => Some(Command::Redo),
        ("cite", "") => Some(Command::CopyCitation),
        ("notes", "toggle" | "") if after.is_empty() => Some(Command::ToggleNotes),
        ("notes", "export") if after.is_empty() => Some(Command::AllNotes),
        ("notes", "export") if !after.is_empty() => Some(Command::ExportNotes(path(after)?)),
        ("text", "leave") if after.is_empty() => Some(Command::LeaveText),
        ("note", "new") if after.is_empty() => Some(Command::NewNote),
        ("note", "slide") if after.is_empty() => Some(Command::NewSlideNote),
        ("note", "mark") if after.is_empty() => Some(Command::MarkMoment),
        ("note", "add") => text(after)?.map(Command::AddNote),
        ("note", "edit") => number(after).map(Command::EditNote),
        ("note", "delete") => number(after).map(Command::DeleteNote),
        ("note", "set") => match after.split_once(char::is_whitespace) {
            Some((at, words)) => number(at).zip(text(words.trim())?).map(|(at, words)| Command::SetNote(at, words)),
            None => None,
        },
        ("note", _) => number(words).map(Command::GoToNote),
        ("summary", "edit" | "") if after.is_empty() => Some(Command::EditSummary),
        ("summary", "set") => text(after)?.map(Command::SetSummary),
        ("authors", "edit" | "") if after.is_empty() => Some(Command::EditAuthors),
        ("authors", "set") => text(after)?.map(Command::SetAuthors),
        ("link", "edit" | "") if after.is_empty() => Some(Command::EditLink),
        ("link", "set") => text(after)?.map(Command::SetLink),
        ("verdict", "none") if after.is_empty() => Some(Command::ClearVerdict),
        ("verdict", _) => Verdict::parse(words).map(Command::ToggleVerdict),
        ("verdict-next", _) => Verdict::parse(words).map(Command::VerdictNext),
        _ => None,
    })
}

/// A text, as it is or in double quotes. `None` where there is none; `""` is an empty one.
pub(super) fn text(rest: &str) -> Result<Option<String>, ParseCommandError> {
    let Some(body) = rest.strip_prefix('"') else {
        return Ok((!rest.is_empty()).then(|| rest.to_owned()));
    };
    let error = || ParseCommandError::Quotes { text: shorten(rest) };
    let body = body.strip_suffix('"').ok_or_else(error)?;
    let (mut out, mut chars) = (String::with_capacity(body.len()), body.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' if chars.next() == Some('"') => out.push('"'),
            '"' => return Err(error()),
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('\\') => out.push('\\'),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    Ok(Some(out))
}

/// The text as [`text`] reads it.
pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_read_with_and_without_quotes() {
        let read = |words: &str| words.parse::<Command>().ok();
        assert_eq!(read("note add Tiles of 256 px"), Some(Command::AddNote("Tiles of 256 px".into())));
        assert_eq!(read("note add \"a \"\"b\"\"\\nc\""), Some(Command::AddNote("a \"b\"\nc".into())));
        assert_eq!(read("note set 2 \"\""), Some(Command::SetNote(2, String::new())));
        assert_eq!(read("Verdict KEEP"), Some(Command::ToggleVerdict(Verdict::Keep)));
        for nothing in
            ["note", "note set 2", "note set x y", "note add \"open", "verdict maybe", "undo twice", "cite it"]
        {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(words in "[^\r\0]{0,40}") {
            for command in [Command::SetSummary(words.clone()), Command::SetNote(7, words)] {
                prop_assert_eq!(command.to_string().parse::<Command>(), Ok(command));
            }
        }
    }
}

//! The line of the settings that names the program: cut into words as a shell would, but no shell ever sees it. Pure.

use std::ffi::OsString;
use std::path::Path;

/// What stands in the line for the path of the sound as it lies in the talk.
const AUDIO: &str = "{audio}";
/// For the path of a WAV file, 16 kHz, mono, that is made for the program.
const WAV: &str = "{wav}";
/// For the path, without ending, of what the program writes.
const OUT: &str = "{out}";
/// For the language that the viewer reads; `auto` where none was chosen.
const LANGUAGE: &str = "{language}";

/// A program, and what it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    words: Vec<String>,
}

/// What takes the places of the words in braces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filling<'a> {
    pub audio: &'a Path,
    pub wav: &'a Path,
    pub out: &'a Path,
    pub language: &'a str,
}

impl Line {
    /// Reads `whisper-cli -f {wav} -ovtt -of {out}`. Quotes and backslashes are as in a POSIX shell.
    ///
    /// # Errors
    /// What was expected, where it cannot be understood, and where the program would not be told what to hear.
    pub fn read(line: &str) -> Result<Self, &'static str> {
        let words = shlex::split(line).ok_or("expected quotes that are closed")?;
        if !words.iter().skip(1).any(|word| word.contains(AUDIO) || word.contains(WAV)) {
            return Err("expected a program with {audio} or {wav} among what it is given");
        }
        Ok(Self { words })
    }

    /// What is run.
    pub(super) fn program(&self) -> &str {
        self.words.first().map(String::as_str).unwrap_or_default()
    }

    /// Whether a WAV file is to be made.
    pub(super) fn wants_wav(&self) -> bool {
        self.words.iter().any(|word| word.contains(WAV))
    }

    /// What the program is given. A path with spaces stays one word, and a path that is no text stays what it is.
    pub(super) fn arguments(&self, filling: Filling<'_>) -> Vec<OsString> {
        self.words.iter().skip(1).map(|word| fill(word, filling)).collect()
    }
}

fn fill(word: &str, filling: Filling<'_>) -> OsString {
    let all = [
        (AUDIO, filling.audio.as_os_str()),
        (WAV, filling.wav.as_os_str()),
        (OUT, filling.out.as_os_str()),
        (LANGUAGE, filling.language.as_ref()),
    ];
    let (mut out, mut rest) = (OsString::new(), word);
    let next = |rest: &str| all.iter().filter_map(|(name, value)| Some((rest.find(name)?, *name, *value))).min();
    while let Some((at, name, value)) = next(rest) {
        out.push(rest.get(..at).unwrap_or_default());
        out.push(value);
        rest = rest.get(at + name.len()..).unwrap_or_default();
    }
    out.push(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(line: &str) -> Vec<String> {
        let filling = Filling {
            audio: Path::new("/talks/a b; rm {out}.m4a"),
            wav: Path::new("/tmp/x.wav"),
            out: Path::new("/tmp/o"),
            language: "en",
        };
        let arguments = Line::read(line).unwrap().arguments(filling);
        arguments.into_iter().map(|word| word.into_string().unwrap()).collect()
    }

    #[test]
    fn places_are_filled_and_what_fills_them_stays_one_word() {
        assert_eq!(
            given("whisper-cli -f {wav} -of={out}.txt -l {language}"),
            ["-f", "/tmp/x.wav", "-of=/tmp/o.txt", "-l", "en"]
        );
        assert_eq!(given("'my whisper' \"{audio}\" 'a b' {x}"), ["/talks/a b; rm {out}.m4a", "a b", "{x}"]);
        assert!(Line::read("w {wav}").unwrap().wants_wav() && !Line::read("w {audio}").unwrap().wants_wav());
        assert_eq!(Line::read("'my whisper' {audio}").unwrap().program(), "my whisper");
    }

    #[test]
    fn a_line_that_cannot_be_right_is_told() {
        for wrong in ["", "whisper", "whisper \"{audio}", "{audio}"] {
            assert!(Line::read(wrong).is_err(), "{wrong}");
        }
    }
}

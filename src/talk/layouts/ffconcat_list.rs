//! FFmpeg's concat format: what a list says, read as `libavformat/concatdec.c` reads it.

use super::MAX_SLIDES;
use crate::time::MediaTime;

/// What FFmpeg takes for a picture whose length the list does not say.
const UNSAID: MediaTime = MediaTime::from_millis(40);

/// A list as it is written.
#[derive(Debug, Default, PartialEq)]
pub(super) struct List {
    pub(super) entries: Vec<ListEntry>,
    /// Lines that say a time which cannot be read.
    pub(super) unreadable: usize,
    /// There were more entries than a talk may have slides.
    pub(super) more: bool,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct ListEntry {
    pub(super) file: String,
    duration: Option<MediaTime>,
    inpoint: Option<MediaTime>,
    outpoint: Option<MediaTime>,
}

impl ListEntry {
    /// How long it is shown: as FFmpeg has it, a duration that is given counts before what is cut out.
    pub(super) fn length(&self) -> Option<MediaTime> {
        self.duration.or_else(|| Some(self.outpoint? - self.inpoint.unwrap_or_default()))
    }
}

impl List {
    /// Why it says nothing of when the slides appear, if it does not.
    pub(super) fn useless(&self) -> Option<&'static str> {
        if self.entries.is_empty() {
            Some("The list of slides is empty")
        } else if self.entries.len() > 1 && self.entries.iter().all(|entry| entry.length().is_none()) {
            Some("The list of slides does not say how long they are shown")
        } else {
            None
        }
    }

    /// Each entry with its start: the sum of the lengths before it, which may be negative.
    pub(super) fn timed(&self) -> Vec<(MediaTime, &ListEntry)> {
        let mut total: i128 = 0;
        let mut timed = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let nanos = i64::try_from(total).unwrap_or(if total < 0 { i64::MIN } else { i64::MAX });
            timed.push((MediaTime::from_nanos(nanos), entry));
            total += i128::from(entry.length().unwrap_or(UNSAID).nanos());
        }
        // A list for FFmpeg names the last picture twice, the second time without a length, or the film would stop
        // short of it. The length given the first time is invented and does not matter here.
        if let [.., (_, before), (_, last)] = timed.as_slice()
            && last.length().is_none()
            && last.file == before.file
        {
            timed.pop();
        }
        timed
    }
}

/// Reads a list; what is no directive for us is passed over.
pub(super) fn parse(text: &str) -> List {
    let mut list = List::default();
    for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']) {
        let (keyword, rest) = token(line);
        let value = || token(rest).0;
        if keyword == "file" {
            if list.entries.len() >= MAX_SLIDES {
                list.more = true;
                break;
            }
            list.entries.push(ListEntry { file: value(), ..ListEntry::default() });
            continue;
        }
        // Times belong to the file before them; before the first they mean nothing. Other directives are not for us.
        let Some(entry) = list.entries.last_mut() else { continue };
        let field = match keyword.as_str() {
            "duration" => &mut entry.duration,
            "inpoint" => &mut entry.inpoint,
            "outpoint" => &mut entry.outpoint,
            _ => continue,
        };
        match time(&value()) {
            Some(time) => *field = Some(time),
            None => list.unreadable += 1,
        }
    }
    list
}

/// The first word of a line and what follows it: quotes hold anything, a backslash outside them makes the next
/// character plain, and pieces that touch are one word (`av_get_token`).
fn token(line: &str) -> (String, &str) {
    let mut word = String::new();
    let line = line.trim_start_matches([' ', '\t']);
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '#' if at == 0 => return (String::new(), ""),
            ' ' | '\t' => return (word, &line[at..]),
            '\\' => word.extend(chars.next().map(|(_, plain)| plain)),
            '\'' => word.extend(chars.by_ref().map(|(_, quoted)| quoted).take_while(|quoted| *quoted != '\'')),
            plain => word.push(plain),
        }
    }
    (word, "")
}

/// `12`, `12.5`, `1:02:03.5`, `500ms`, `500us`, each perhaps negative (`av_parse_time`).
fn time(text: &str) -> Option<MediaTime> {
    if let Some(micros) = text.strip_suffix("us") {
        let (whole, _) = micros.split_once('.').unwrap_or((micros, ""));
        return Some(MediaTime::from_nanos(whole.parse::<i64>().ok()?.saturating_mul(1000)));
    }
    MediaTime::parse(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::{Prng, mutate};
    use proptest::prelude::*;

    fn word(line: &str) -> String {
        token(token(line).1).0
    }

    /// Starts in milliseconds, and files.
    fn read(text: &str) -> Vec<(i64, String)> {
        parse(text).timed().into_iter().map(|(start, entry)| (start.millis(), entry.file.clone())).collect()
    }

    const REAL: &str = "file '0-0-0003-big.jpg'\nduration 467\nfile '467000-0-0004-big.jpg'\nduration 0\n\
        file '467200-0-0005-big.jpg'\nduration 2160\nfile '2627000-0-0065-big.jpg'\nduration 30\nfile '2627000-0-0065-big.jpg'\n";

    #[test]
    fn quoting_is_that_of_ffmpeg() {
        for line in [r"file 'it'\''s [x].jpg'", r"file it\'s\ [x].jpg", r"  file   'it'\'s' [x]'.jpg  rest"] {
            assert_eq!(word(line), "it's [x].jpg", "{line}");
        }
        assert_eq!(word(r"file 'a\b.jpg'"), r"a\b.jpg");
        assert_eq!(word("file 'never ends"), "never ends");
        assert_eq!(word("file ''"), "");
        assert_eq!(word("file"), "");
        assert_eq!(token("  # file 'a'").0, "");
    }

    #[test]
    fn durations_are_summed_and_the_repeat_at_the_end_is_dropped() {
        let expected =
            [(0, "0-0-0003"), (467_000, "467000-0-0004"), (467_000, "467200-0-0005"), (2_627_000, "2627000-0-0065")]
                .map(|(at, name)| (at, format!("{name}-big.jpg")));
        assert_eq!(read(REAL), expected);
        assert_eq!(read(&format!("\u{feff}ffconcat version 1.0\n{REAL}").replace('\n', "\r\n")), expected);
    }

    #[test]
    fn a_last_file_of_its_own_is_a_slide() {
        assert_eq!(read("file a\nduration 5\nfile b\n"), [(0, "a".to_owned()), (5_000, "b".to_owned())]);
        assert_eq!(read("file a\nduration 5\nfile a\nduration 5"), [(0, "a".to_owned()), (5_000, "a".to_owned())]);
    }

    #[test]
    fn times_are_read_in_every_form() {
        for (text, millis) in [
            ("12", 12_000),
            ("12.5", 12_500),
            ("1:02:03.5", 3_723_500),
            ("500ms", 500),
            ("2500us", 2),
            ("3s", 3_000),
            ("-2", -2_000),
        ] {
            assert_eq!(time(text).map(MediaTime::millis), Some(millis), "{text}");
        }
        assert_eq!(time("soon"), None);
        assert_eq!(read("file a\ninpoint 2\noutpoint 5\nfile b").last().map(|(at, _)| *at), Some(3_000));
        assert_eq!(
            read("file a\nfile b\nduration 1\nfile c").iter().map(|(at, _)| *at).collect::<Vec<_>>(),
            [0, 40, 1_040]
        );
    }

    #[test]
    fn damaged_lists_never_panic_and_stay_within_bounds() {
        let mut prng = Prng::new(3);
        let mut kept = 0;
        for _ in 0..20_000 {
            let list = parse(&String::from_utf8_lossy(&mutate(REAL.as_bytes(), &mut prng)));
            assert!(list.timed().len() <= list.entries.len() && list.entries.len() <= 60);
            kept += list.entries.len();
        }
        assert!(kept > 40_000, "{kept}");
        let long = "file a\nduration 1\n".repeat(MAX_SLIDES + 3);
        assert_eq!((parse(&long).entries.len(), parse(&long).more), (MAX_SLIDES, true));
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(name in "[^\r\n]{0,30}") {
            let quoted = format!("file '{}'", name.replace('\'', r"'\''"));
            prop_assert_eq!(word(&quoted), name);
        }
    }
}

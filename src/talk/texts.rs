//! The texts that go along with a talk: which files they are in, in which languages, and which one is shown first.

use super::folder::{Entry, Folder};
use super::issue::{Issue, IssueKind};
use super::names;
use super::transcript::{self, Transcript};
use super::{TextTrack, TrackKind};

/// Most texts that are read.
const MAX_TEXTS: usize = 40;

/// What is said, in which language, and the other texts: those that documents name first, then the files called as the sound is, then others;
/// English before other languages, and of one language what a person has written before what was recognised.
pub(super) fn choose(
    folder: &Folder,
    stem: Option<&str>,
    named: Vec<TextTrack>,
    issues: &mut Vec<Issue>,
) -> (Transcript, String, Vec<TextTrack>) {
    let stem = stem.unwrap_or_default();
    let is_list = |name: &str| names::is_list_of(name, "chapters") || names::is_list_of(name, "slides");
    let files = folder.top().filter(|file| transcript::is_text(&file.name) && !is_list(&file.name));
    let mut files: Vec<&Entry> = files.filter(|file| named.iter().all(|track| track.file != file.path)).collect();
    files.sort_by_key(|file| {
        let language = language(&file.name);
        let english = language.is_empty() || language.starts_with("en");
        (!file.name.starts_with(stem) || stem.is_empty(), !english, language.contains("-orig"), language)
    });
    let mut tracks = named;
    for file in files.into_iter().take(MAX_TEXTS) {
        if let Ok(bytes) = folder.document(&file.path) {
            let transcript = transcript::read(&file.name, &bytes);
            let language = language(&file.name);
            let about = |what: &str| Issue::about(IssueKind::TextUnreadable, what, &file.path);
            if transcript.cues().len() >= transcript::MAX_CUES {
                issues.push(about("The text is too long, only its beginning is shown"));
            }
            if !transcript.cues().is_empty() {
                tracks.push(TextTrack { kind: TrackKind::Speech, language, file: file.path.clone(), transcript });
            } else if bytes.is_empty() || bytes.windows(3).any(|arrow| arrow == b"-->") {
                issues.push(about("There is nothing in the text that can be read"));
            }
        }
    }
    for file in folder.top().filter(|file| transcript::is_chat(&file.name)).take(MAX_TEXTS) {
        let transcript = folder.document(&file.path).map(|bytes| transcript::chat(&bytes)).unwrap_or_default();
        if !transcript.cues().is_empty() {
            let (kind, language) = (TrackKind::Chat, String::new());
            tracks.push(TextTrack { kind, language, file: file.path.clone(), transcript });
        }
    }
    let best = tracks.iter().position(|track| track.kind == TrackKind::Speech && !track.transcript.cues().is_empty());
    let best = best.map(|at| tracks.remove(at));
    let (transcript, language) = best.map(|track| (track.transcript, track.language)).unwrap_or_default();
    (transcript, language, tracks)
}

/// `de` of `talk.de.vtt`, `pt-BR` of `talk.pt-BR.srt`, `en-US` of `caption_en_US.vtt`; empty where nothing says so.
pub(super) fn language(name: &str) -> String {
    let stem = names::split(name).0;
    let word = |mark: char| stem.rsplit_once(mark).map_or("", |(_, word)| word);
    let region = || {
        let (before, region) = stem.rsplit_once('_')?;
        let (_, language) = before.rsplit_once('_')?;
        let upper = region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase());
        (upper && is_language(language)).then(|| format!("{language}-{region}"))
    };
    let plain = [word('.'), word('_')].into_iter().find(|word| is_language(word)).map(str::to_owned);
    region().or(plain).unwrap_or_default()
}

/// `en`, `deu`, `en-US`, `zh-Hans`, `en-orig`.
fn is_language(word: &str) -> bool {
    let (language, rest) = word.split_once('-').unwrap_or((word, "xx"));
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && (2..=8).contains(&rest.len())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::talks::put;

    #[test]
    fn languages_are_read_from_names() {
        for (name, language) in [
            ("talk.en.vtt", "en"),
            ("talk [id].pt-BR.vtt", "pt-BR"),
            ("talk.zh-Hans.srt", "zh-Hans"),
            ("talk.en-orig.vtt", "en-orig"),
            ("caption_en_US.vtt", "en-US"),
            ("captions_de.srt", "de"),
            ("GMT20200426.transcript.vtt", ""),
            ("talk.vtt", ""),
            ("My talk on AI.vtt", ""),
        ] {
            assert_eq!(super::language(name), language, "{name}");
        }
    }

    #[test]
    fn of_several_texts_the_best_is_read_along_and_the_others_are_kept() {
        let dir = tempfile::tempdir().expect("a folder");
        let text = |words: &str| format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{words}\n");
        for (name, words) in [
            ("A.de.vtt", "Deutsch"),
            ("A.en-orig.vtt", "recognised"),
            ("A.en.vtt", "English"),
            ("other.vtt", "other"),
            ("A.chapters.vtt", "Intro"),
        ] {
            put(&dir.path().join(name), text(words).as_bytes());
        }
        put(&dir.path().join("chat.txt"), b"00:00:05\tB:\tHello\n");
        let folder = Folder::list(dir.path().to_owned()).expect("lists");
        let (transcript, language, tracks) = choose(&folder, Some("A"), Vec::new(), &mut Vec::new());
        assert_eq!((transcript.cues()[0].text.as_str(), language.as_str()), ("English", "en"));
        let told: Vec<_> = tracks.iter().map(|track| (track.kind, track.language.as_str())).collect();
        let speech = TrackKind::Speech;
        assert_eq!(told, [(speech, "en-orig"), (speech, "de"), (speech, ""), (TrackKind::Chat, "")]);
    }
}

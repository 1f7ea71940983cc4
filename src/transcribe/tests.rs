//! Programs that transcribe, made of a few lines of shell.

use std::path::Path;
use std::time::Duration;

use super::*;
use crate::testing::talks::{put, wav};

const VTT: &str = "WEBVTT\\n\\n00:00.000 --> 00:01.000\\nHello\\n";

fn program(folder: &Path, script: &str) -> Line {
    use std::os::unix::fs::PermissionsExt as _;
    let file = folder.join("fake whisper");
    put(&file, format!("#!/bin/sh\n{script}\n").as_bytes());
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    Line::read(&format!("'{}' {{wav}} {{out}} {{language}} {{audio}}", file.display())).unwrap()
}

fn begin(folder: &Path, script: &str) -> Transcripts {
    let mut transcripts = Transcripts::inline(folder.join("kept"), Arc::new(|| {}));
    let (talk, audio) = (TalkId("7".into()), folder.join("sound.wav"));
    put(&audio, &wav(1.0));
    transcripts.begin(Wanted { talk, audio, line: program(folder, script), language: "en".into() }).unwrap();
    transcripts
}

/// Waits until there is something.
fn awaited<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..4000 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("{what} did not come");
}

fn answer(transcripts: &mut Transcripts) -> Answer {
    awaited("an answer", || transcripts.poll().pop())
}

fn failure(script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    match answer(&mut begin(folder.path(), script)) {
        Answer::Failed(_, why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_program_writes_is_taken_and_kept() {
    for write in [
        format!("printf '{VTT}' > \"$2.vtt\""),
        format!("printf '{VTT}'"),
        "printf '1\\n00:00:00,000 --> 00:00:01,000\\nHello\\n' > \"$2.srt\"".to_owned(),
        format!("printf '{VTT}' > sound.vtt"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let asks = "test \"$3\" = en && test -f \"$4\" && head -c 4 \"$1\" | grep -q RIFF";
        let mut transcripts = begin(folder.path(), &format!("{asks} && {write}"));
        let Answer::Made(talk, transcript, None) = answer(&mut transcripts) else { panic!("{write}") };
        assert_eq!(transcript.cues()[0].text, "Hello");
        assert!(transcripts.progress().is_none());
        transcripts.load(&talk);
        assert_eq!(answer(&mut transcripts), Answer::Kept(talk, transcript));
        let file = std::fs::read_dir(folder.path().join("kept")).unwrap().flatten().next().unwrap().path();
        assert!(file.to_string_lossy().ends_with(".vtt"));
    }
}

#[test]
fn failures_say_what_and_why_in_one_line() {
    assert_eq!(failure("echo first >&2; echo 'no model' >&2; exit 3"), "No transcript: fake whisper: no model");
    assert_eq!(failure("exit 3"), "No transcript: fake whisper: it ended with exit status: 3");
    assert!(failure("echo words").ends_with("it wrote neither WebVTT nor SubRip"));
    let line = Line::read("no-such-program {audio}").unwrap();
    let mut transcripts = Transcripts::nowhere(Arc::new(|| {}));
    transcripts.begin(Wanted { talk: TalkId("1".into()), audio: "/a".into(), line, language: "auto".into() }).unwrap();
    let Answer::Failed(_, why) = answer(&mut transcripts) else { panic!("it ran") };
    assert_eq!(why, "No transcript: no-such-program: no-such-program was not found");
}

#[test]
fn progress_is_told_and_cancelling_ends_all_that_was_started() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    let script = format!(
        "sleep 1000 & echo $! > '{0}'; echo $$ >> '{0}'; nice > '{0}.nice'; echo 'progress = 42%' >&2; wait",
        pids.display()
    );
    let mut transcripts = begin(folder.path(), &script);
    assert!(
        transcripts
            .begin(Wanted {
                talk: TalkId("8".into()),
                audio: "/a".into(),
                line: Line::read("x {audio}").unwrap(),
                language: String::new()
            })
            .is_err()
    );
    awaited("progress", || transcripts.progress().and_then(Progress::percent).filter(|percent| *percent == 42));
    assert_eq!(std::fs::read_to_string(format!("{}.nice", pids.display())).unwrap().trim(), "19");
    assert!(transcripts.cancel());
    assert_eq!(answer(&mut transcripts), Answer::Stopped(TalkId("7".into())));
    for pid in std::fs::read_to_string(&pids).unwrap().lines() {
        let state = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        awaited("the end of what was started", || (state().is_empty() || state().contains(") Z ")).then_some(()));
    }
    assert!(!transcripts.cancel());
}

#[test]
fn files_of_different_talks_are_called_differently() {
    let names = ["7", "a/b", "a b", "a_b", "ü"].map(|id| file_name(&TalkId(id.into())));
    for (at, name) in names.iter().enumerate() {
        assert!(names.iter().skip(at + 1).all(|other| other != name), "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{name}");
    }
}

//! Surveys on the disk, so that each video is gone through once. A cache: whatever is wrong with a file of it, it is made again.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Survey;
use crate::persist;
use crate::video::Part;

/// Another number for each change of what is looked for.
const VERSION: u32 = 6;
/// Longest file that is read, in bytes.
const LONGEST: u64 = 4 << 20;

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    survey: Survey,
}

/// Where the survey of a video lies in a folder: by what names its contents and what it was compared with.
pub(super) fn place(folder: &Path, key: u64) -> PathBuf {
    folder.join(format!("{key:016x}.json"))
}

/// Where pictures of a film's slides lie.
pub(super) fn pictures(folder: &Path, key: u64) -> PathBuf {
    folder.join(format!("{key:016x}"))
}

/// Reads a survey; `None` where there is none, or none of this version, or one whose pictures are gone.
pub(super) fn read(file: &Path, pictures: &Path) -> Option<Survey> {
    let mut bytes = Vec::new();
    File::open(file).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    let kept: Kept = serde_json::from_slice(&bytes).ok()?;
    let plain =
        |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.') && !name.contains("..");
    let there = |name: &str| name.is_empty() || plain(name) && pictures.join(name).is_file();
    let sound = |part: &Option<Part>| part.is_none_or(|part| part.is_sound());
    let ordered = kept.survey.moving.iter().all(|moving| moving.from < moving.until && sound(&moving.part))
        && kept.survey.moving.is_sorted_by(|one, next| one.until <= next.from)
        && kept.survey.shows.iter().all(|(_, part)| sound(part))
        && kept.survey.shows.is_sorted_by_key(|(from, _)| *from)
        && kept.survey.scenes.is_sorted_by_key(|scene| scene.from);
    let whole = ordered && kept.survey.scenes.iter().all(|scene| there(&scene.file) && scene.from >= 0);
    (kept.version == VERSION && whole).then_some(kept.survey)
}

/// Writes a survey; that it cannot be kept only means that it is made again.
pub(super) fn write(file: &Path, survey: &Survey) {
    let kept = Kept { version: VERSION, survey: survey.clone() };
    let written = serde_json::to_vec(&kept).map_err(std::io::Error::from).and_then(|bytes| {
        file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        persist::write_atomic(file, &bytes).map_err(std::io::Error::other)
    });
    if let Err(error) = written {
        tracing::debug!(%error, "what was found out about a video is not kept");
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Moving, Scene};
    use super::*;
    use crate::testing::mutate::{Prng, mutate};
    use crate::testing::talks::put;

    #[test]
    fn a_survey_is_read_back_and_damage_is_none() {
        let dir = tempfile::tempdir().expect("a folder");
        let (file, pictures) = (place(dir.path(), 7), pictures(dir.path(), 7));
        assert_eq!(read(&file, &pictures), None);
        let scene = Scene { from: 5, still: 9, file: "0001.png".into(), size: (4, 3) };
        let part = Part { left: 0, top: 7, width: Part::WHOLE / 2, height: Part::WHOLE / 3 };
        let moving = vec![Moving { from: 1, until: 5, part: None }, Moving { from: 9, until: 12, part: Some(part) }];
        let survey = Survey { moving, scenes: vec![scene], shown: true, shows: vec![(0, None), (6, Some(part))] };
        write(&file, &survey);
        assert_eq!(read(&file, &pictures), None, "its picture is not there");
        put(&pictures.join("0001.png"), b"x");
        assert_eq!(read(&file, &pictures), Some(survey));
        let bytes = std::fs::read(&file).expect("was written");
        let mut dice = Prng::new(3);
        for _ in 0..500 {
            put(&file, &mutate(&bytes, &mut dice));
            if let Some(found) = read(&file, &pictures) {
                assert!(found.moving.iter().all(|it| it.from < it.until && it.part.is_none_or(|part| part.is_sound())));
            }
        }
    }
}

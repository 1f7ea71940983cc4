//! Profiles on the disk, so that each sound is measured once. A cache: whatever is wrong with a file of it, it is made again.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::Profile;
use crate::persist;

/// What every file begins with; another number for each change of what is measured.
const MARK: &[u8; 8] = b"PLNSND01";
/// Longest profile that is read, in bytes: a day.
const LONGEST: u64 = 10 << 20;

/// Where the profile of a sound lies in a folder: by what names its contents, and how many bytes there are of it. A sound that is
/// not there whole yet is another one.
pub fn place(folder: &Path, content: u64, bytes: u64) -> PathBuf {
    folder.join(format!("{content:016x}-{bytes:x}.sound"))
}

/// Reads a profile; `None` where there is none, or none of this version.
pub fn read(file: &Path) -> Option<Profile> {
    let mut bytes = Vec::new();
    File::open(file).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    let (mark, rest) = bytes.split_at_checked(MARK.len())?;
    let (loudness, rest) = rest.split_first_chunk::<4>()?;
    let (peak, rest) = rest.split_first_chunk::<4>()?;
    let (length, levels) = rest.split_first_chunk::<4>()?;
    let whole = usize::try_from(u32::from_le_bytes(*length)).ok() == Some(levels.len());
    let value = |bytes: [u8; 4]| Some(f32::from_le_bytes(bytes)).filter(|value| value.is_finite());
    let profile = Profile { levels: levels.to_vec(), loudness: value(*loudness), peak: value(*peak) };
    (mark == MARK && whole).then_some(profile)
}

/// Writes a profile; that it cannot be kept only means that it is made again.
pub fn write(file: &Path, profile: &Profile) {
    let number = |value: Option<f32>| value.unwrap_or(f32::NAN).to_le_bytes();
    let length = u32::try_from(profile.levels.len()).unwrap_or(u32::MAX).to_le_bytes();
    let parts = [&MARK[..], &number(profile.loudness), &number(profile.peak), &length, &profile.levels];
    if let Some(folder) = file.parent()
        && let Err(error) = std::fs::create_dir_all(folder)
    {
        tracing::debug!(%error, "profiles of sounds are not kept");
        return;
    }
    if let Err(error) = persist::write_atomic(file, &parts.concat()) {
        tracing::debug!(%error, "a profile of a sound is not kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutate::{Prng, mutate};
    use crate::testing::talks::put;

    #[test]
    fn a_profile_is_read_back_and_damage_is_none() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = place(dir.path(), 0x1234, 9);
        assert_eq!(read(&file), None);
        let profile = Profile { levels: vec![1, 2, 250], loudness: Some(-23.5), peak: None };
        write(&file, &profile);
        assert_eq!(read(&file), Some(profile));
        let bytes = std::fs::read(&file).expect("was written");
        let mut dice = Prng::new(3);
        for _ in 0..2_000 {
            put(&file, &mutate(&bytes, &mut dice));
            assert!(read(&file).is_none_or(|found| found.levels.len() <= 3 * 100));
        }
        put(&file, &bytes[..bytes.len() - 1]);
        assert_eq!(read(&file), None);
    }
}

//! Small pictures of slides, kept on disk from one start to the next. Loader threads; whatever fails here is made anew.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};
use std::time::UNIX_EPOCH;

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use super::decode::{self, Limits, SlideError, Trouble};
use super::placement::fit;
use super::{Pixels, Size};
use crate::within::{self, Still};

/// Makes a picture of a piece of a film that lies within a size; or says why there is none. Blocks on the disk.
pub type StillOf = Arc<dyn Fn(&Path, Still, Size) -> Result<Pixels, String> + Send + Sync>;

/// Small pictures lie within this: as large as they are shown on a display of high density.
const WITHIN: Size = Size::new(480, 270);
/// Quality of their files.
const QUALITY: u8 = 88;
/// Bytes that they may take on disk; beyond it the oldest go.
const DISK_BYTES: u64 = 256 << 20;

/// Where small pictures are kept.
pub struct ThumbStore {
    /// `None`: nowhere.
    folder: Option<PathBuf>,
    limit_bytes: u64,
    swept: Once,
    /// `None`: films have no pictures.
    still_of: Option<StillOf>,
}

impl ThumbStore {
    /// Keeps them in this folder, which is made when the first is written.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder: Some(folder), limit_bytes: DISK_BYTES, swept: Once::new(), still_of: None }
    }

    /// Keeps nothing.
    pub fn nowhere() -> Self {
        Self { folder: None, limit_bytes: 0, swept: Once::new(), still_of: None }
    }

    /// Has pictures of films, too.
    #[must_use]
    pub fn with_stills(self, still_of: StillOf) -> Self {
        Self { still_of: Some(still_of), ..self }
    }

    /// The small picture of a slide's file, or of a piece of a film: from the disk, or made and put there.
    ///
    /// # Errors
    /// As [`decode::decode`].
    pub fn load(&self, file: &Path, limits: &Limits) -> Result<Pixels, SlideError> {
        let kept = self.folder.as_deref().and_then(|folder| Some(folder.join(name_of(file)?)));
        if let Some(found) = kept.as_deref().and_then(|kept| decode::decode(kept, limits).ok()) {
            return Ok(found);
        }
        let small = match within::still(file) {
            Some((film, still)) => self.still(film, still)?,
            None => {
                let whole = decode::decode(file, limits)?;
                let size = fit(whole.size, WITHIN);
                if !size.fits_in(whole.size) {
                    return Ok(whole);
                }
                let small = decode::scale(&whole, size);
                Pixels { source: small.size, ..small }
            }
        };
        if let Some(kept) = kept {
            self.swept.call_once(|| self.sweep());
            if let Err(error) = keep(&kept, &small) {
                tracing::debug!("a small picture is not kept: {error}");
            }
        }
        Ok(small)
    }

    fn still(&self, film: &Path, still: Still) -> Result<Pixels, SlideError> {
        let made = self.still_of.as_ref().map(|still_of| still_of(film, still, WITHIN));
        made.unwrap_or_else(|| Err("films are not shown".to_owned())).map_err(|why| Trouble::NoStill(why).at(film))
    }

    /// Deletes the oldest beyond the limit, with some room to spare.
    fn sweep(&self) {
        let Some(folder) = &self.folder else { return };
        let mut files: Vec<_> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .flat_map(|shelf| fs::read_dir(shelf.path()).into_iter().flatten().flatten())
            .filter_map(|entry| {
                let found = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((found.modified().ok()?, found.len(), entry.path()))
            })
            .collect();
        files.sort();
        let mut excess = files.iter().map(|(_, bytes, _)| bytes).sum::<u64>().saturating_sub(self.limit_bytes);
        if excess > 0 {
            excess += self.limit_bytes / 5;
        }
        for (_, bytes, path) in files {
            if excess == 0 {
                break;
            }
            excess = excess.saturating_sub(bytes);
            fs::remove_file(path).ok();
        }
    }
}

/// `3f/3fa94c0d11e2b7a6.jpg`: of a file as it is now. None where there is none.
fn name_of(file: &Path) -> Option<PathBuf> {
    let found = within::file(file).metadata().ok()?;
    let changed = found.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let hash =
        fnv(file.as_os_str().as_encoded_bytes().iter().chain(&found.len().to_le_bytes()).chain(&changed.to_le_bytes()));
    let name = format!("{hash:016x}.jpg");
    Some(Path::new(&name[..2]).join(&name))
}

/// Fowler, Noll and Vo's hash (1a, 64 bits): the same in every version of this program.
fn fnv<'a>(bytes: impl Iterator<Item = &'a u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Written beside its place and renamed, but not synced: what a power cut breaks is made anew.
fn keep(path: &Path, pixels: &Pixels) -> Result<(), Box<dyn std::error::Error>> {
    let Size { width, height } = pixels.size;
    let rgb: Vec<u8> =
        pixels.rgba.as_chunks::<4>().0.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode(&rgb, width, height, ExtendedColorType::Rgb8)?;
    let shelf = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(shelf)?;
    let beside = path.with_extension(format!("{}.{:?}.tmp", std::process::id(), std::thread::current().id()));
    let written =
        fs::File::create(&beside).and_then(|mut file| file.write_all(&bytes)).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        fs::remove_file(&beside).ok();
    }
    Ok(written?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slide(folder: &Path, name: &str, shade: u8) -> PathBuf {
        let path = folder.join(name);
        image::RgbImage::from_fn(1200, 900, |x, y| image::Rgb([shade, (x / 5) as u8, (y / 4) as u8]))
            .save(&path)
            .unwrap();
        path
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let shelves = fs::read_dir(folder).into_iter().flatten().flatten();
        shelves.flat_map(|shelf| fs::read_dir(shelf.path()).unwrap().flatten()).map(|entry| entry.path()).collect()
    }

    #[test]
    fn a_small_picture_is_made_once_and_then_read() {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("thumbs");
        let store = ThumbStore::new(kept.clone());
        let file = slide(folder.path(), "a.png", 40);

        let made = store.load(&file, &Limits::default()).unwrap();
        let times: Vec<_> = files(&kept).iter().map(|file| file.metadata().unwrap().modified().unwrap()).collect();
        let read = ThumbStore::new(kept.clone()).load(&file, &Limits::default()).unwrap();

        assert_eq!(
            (made.size, read.size, read.source),
            (Size::new(360, 270), Size::new(360, 270), Size::new(360, 270))
        );
        assert_eq!(files(&kept).len(), 1);
        assert_eq!(files(&kept)[0].metadata().unwrap().modified().unwrap(), times[0], "written again");
        let off = made.rgba.iter().zip(&read.rgba).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
        assert!(off / (made.rgba.len() as u64) < 4, "{off}");
    }

    #[test]
    fn another_picture_under_the_same_name_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let store = ThumbStore::new(folder.path().join("thumbs"));
        let file = slide(folder.path(), "a.png", 0);
        let first = store.load(&file, &Limits::default()).unwrap();
        let later = file.metadata().unwrap().modified().unwrap() + std::time::Duration::from_secs(2);
        slide(folder.path(), "a.png", 200);
        fs::File::options().write(true).open(&file).unwrap().set_modified(later).unwrap();
        let second = store.load(&file, &Limits::default()).unwrap();
        assert!(second.rgba[0] > first.rgba[0] + 100);
    }

    #[test]
    fn a_damaged_small_picture_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("thumbs");
        let store = ThumbStore::new(kept.clone());
        let file = slide(folder.path(), "a.png", 90);
        let first = store.load(&file, &Limits::default()).unwrap();
        crate::persist::write_atomic(&files(&kept)[0], b"not a picture").unwrap();
        assert_eq!(store.load(&file, &Limits::default()).unwrap(), first);
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("thumbs");
        for number in 0..6 {
            let file = slide(folder.path(), &format!("{number}.png"), number);
            ThumbStore::new(kept.clone()).load(&file, &Limits::default()).unwrap();
        }
        let bytes: u64 = files(&kept).iter().map(|file| file.metadata().unwrap().len()).sum();
        let store = ThumbStore { limit_bytes: bytes / 2, ..ThumbStore::new(kept.clone()) };
        store.load(&slide(folder.path(), "last.png", 7), &Limits::default()).unwrap();
        assert!((1..=3).contains(&(files(&kept).len() - 1)), "{:?}", files(&kept));
    }

    #[test]
    fn small_slides_stay_as_they_are_and_broken_ones_say_why() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tiny.png");
        image::RgbImage::new(64, 48).save(&file).unwrap();
        let store = ThumbStore::nowhere();
        assert_eq!(store.load(&file, &Limits::default()).unwrap().size, Size::new(64, 48));
        let missing = store.load(&folder.path().join("none.png"), &Limits::default()).unwrap_err();
        assert!(missing.to_string().contains("missing"), "{missing}");
    }
}

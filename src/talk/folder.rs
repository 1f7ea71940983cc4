//! What lies in a talk's folder, and the only road to the contents of its files.
//!
//! Nothing that is not a regular file is ever opened (a pipe would block for ever), nothing hidden is read, nothing outside
//! the folder is reached, by path or by link, and neither the listing nor a file's contents can grow without bound.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use super::issue::{Issue, IssueKind};
use super::names;

/// Most directory entries that are looked at, those in the folders of pictures included.
const MAX_ENTRIES: usize = 50_000;

/// Most folders in a folder: that of all talks may have very many.
const MAX_FOLDERS: usize = 500_000;

/// Most bytes of a document that says when the slides appear; real ones have a hundred thousand.
pub(crate) const MAX_DOCUMENT: u64 = 16 * 1024 * 1024;

/// Where downloaders put pictures, besides the folder itself.
pub(crate) const PICTURE_FOLDERS: [&str; 4] = ["slides", "images", "original", "slides_temp"];

/// The regular files of a talk's folder and of its folders of pictures, in natural order, the folder itself first.
pub(crate) struct Folder {
    root: PathBuf,
    /// `root` without links, to tell what lies inside.
    real: PathBuf,
    files: Vec<Entry>,
    folders: Vec<SubFolder>,
    /// The one that is called as the recording is, and holds its pictures.
    of_recording: Option<OsString>,
    by_path: HashMap<PathBuf, usize>,
    /// Those whose paths are not the plainest letters, by [`names::normal`] of their paths.
    by_normal: HashMap<String, usize>,
    cut: bool,
    outside: Vec<PathBuf>,
    /// Pipes, sockets and devices.
    special: Vec<PathBuf>,
    partial: bool,
    chosen: Option<String>,
    /// And that is a sound or video file.
    chosen_sounds: bool,
}

/// A folder in the folder, or a link to one.
pub(crate) struct SubFolder {
    pub(crate) name: OsString,
    pub(crate) link: bool,
}

/// A regular file.
pub(crate) struct Entry {
    /// Relative to the talk's root.
    pub(crate) path: PathBuf,
    /// The last part of the path as [`names::of_path`] has it, so that names from anywhere can be compared. Not to be opened by.
    pub(crate) name: String,
    /// Whether it lies in the folder itself and not in a folder of pictures.
    pub(crate) at_top: bool,
}

impl Entry {
    fn stem(&self) -> &str {
        names::split(&self.name).0
    }
}

fn is_of_pictures(sub: &SubFolder) -> bool {
    sub.name.to_str().is_some_and(|name| PICTURE_FOLDERS.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// Files that are not meant to be seen: secrets of downloaders (`.cookies.txt`), what systems write beside each file.
fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

impl Folder {
    /// Lists a folder.
    pub(crate) fn list(root: PathBuf) -> io::Result<Self> {
        let real = root.canonicalize()?;
        let mut folder = Self {
            root,
            real,
            files: Vec::new(),
            folders: Vec::new(),
            of_recording: None,
            by_path: HashMap::new(),
            by_normal: HashMap::new(),
            cut: false,
            outside: Vec::new(),
            special: Vec::new(),
            partial: false,
            chosen: None,
            chosen_sounds: false,
        };
        let mut left = MAX_ENTRIES;
        folder.add(Path::new(""), &mut left)?;
        let of_pictures = |sub: &SubFolder| {
            let name = sub.name.to_str()?;
            let place = PICTURE_FOLDERS.iter().position(|known| name.eq_ignore_ascii_case(known))?;
            Some((place, name.to_owned()))
        };
        let mut subs: Vec<(usize, String)> = folder.folders.iter().filter_map(of_pictures).collect();
        subs.sort();
        folder.of_recording = folder.called_as_recording();
        for name in subs.into_iter().map(|(_, name)| OsString::from(name)).chain(folder.of_recording.clone()) {
            let sub = Path::new(&name);
            // A link to a folder elsewhere is as much outside as the files in it.
            if folder.root.join(sub).is_dir() && folder.contains(sub) {
                // The talk may still be shown without a folder that cannot be read: its slides will count as missing.
                folder.add(sub, &mut left).ok();
            }
        }
        folder.index();
        Ok(folder)
    }

    /// Makes all that has been listed known by its path.
    fn index(&mut self) {
        let files = || self.files.iter().enumerate();
        let normal = |(at, file): (usize, &Entry)| {
            let path = file.path.to_str().filter(|path| !path.is_ascii())?;
            Some((names::normal(path), at))
        };
        self.by_normal = files().filter_map(normal).collect();
        self.by_path = files().map(|(at, file)| (file.path.clone(), at)).collect();
    }

    /// The folder that is called as the only recording beside it is, if there is nothing in it but pictures.
    fn called_as_recording(&self) -> Option<OsString> {
        const LOOKED_AT: usize = 20_000;
        let is_recording = |name: &str| names::is_media(name) && !names::is_partial(name) && !names::is_derived(name);
        let mut stems: Vec<&str> = self.top().filter(|file| is_recording(&file.name)).map(Entry::stem).collect();
        stems.dedup();
        let [stem] = stems.as_slice() else { return None };
        let is_called = |sub: &SubFolder| names::normal(&sub.name.to_string_lossy()) == *stem;
        let sub = self.folders.iter().find(|sub| !sub.link && is_called(sub) && !is_of_pictures(sub))?;
        let is_harmless = |entry: io::Result<fs::DirEntry>| {
            let name = entry.map(|entry| entry.file_name().to_string_lossy().into_owned()).unwrap_or_default();
            is_hidden(&name) || names::is_picture(&name)
        };
        let nothing_else = fs::read_dir(self.root.join(&sub.name)).ok()?.take(LOOKED_AT).all(is_harmless);
        nothing_else.then(|| sub.name.clone())
    }

    /// A folder that seems to hold only what belongs to one of its files: what is called as that, up to a dot, and its
    /// slides that move, as yt-dlp calls them.
    pub(crate) fn around(file: &Path) -> io::Result<Self> {
        let (Some(root), Some(name)) = (file.parent(), file.file_name()) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let mut folder = Self::with_only(file)?;
        let mut all = Self { real: root.canonicalize()?, ..Self::with_only(file)? };
        all.files.clear();
        all.add(Path::new(""), &mut { MAX_ENTRIES })?;
        let stem = names::family_stem(&names::of_path(file)).to_owned();
        all.files.retain(|other| other.path != Path::new(name) && names::is_of(&other.name, &stem));
        folder.files.append(&mut all.files);
        folder.files.sort_by(|a, b| names::natural(&a.name, &b.name));
        folder.index();
        folder.cut = all.cut;
        folder.partial = true;
        Ok(folder)
    }

    /// The viewer has opened this very file of the folder: of several documents of one family it is the one.
    pub(crate) fn choose(&mut self, name: &str) {
        self.chosen = Some(names::normal(name));
    }

    /// The viewer has opened this very file of the folder, and it is a sound or video file, whatever its name says.
    pub(crate) fn choose_sound(&mut self, name: &str) {
        self.choose(name);
        self.chosen_sounds = true;
    }

    /// Whether it is a whole sound or video file: by its name, or because somebody has looked into it.
    pub(crate) fn is_media(&self, file: &Entry) -> bool {
        names::is_media(&file.name) && !names::is_partial(&file.name) || self.chosen_sounds && self.is_chosen(file)
    }

    /// Whether the viewer has opened this file.
    pub(crate) fn is_chosen(&self, file: &Entry) -> bool {
        file.at_top && self.chosen.as_deref() == Some(&file.name)
    }

    /// The one document among the files in the folder itself: that which the viewer has opened, else the one of this name,
    /// else the only one.
    pub(crate) fn one_document(&self, name: &str, is_one: impl Fn(&Entry) -> bool) -> Option<&Entry> {
        let all: Vec<&Entry> = self.top().filter(|file| is_one(file)).collect();
        let chosen = all.iter().find(|file| self.is_chosen(file));
        let named = || all.iter().find(|file| file.name.eq_ignore_ascii_case(name));
        chosen.or_else(named).or_else(|| all.first().filter(|_| all.len() == 1)).copied()
    }

    /// Whether it holds only what belongs to one file: its own name says nothing of the talk then.
    pub(crate) fn is_partial(&self) -> bool {
        self.partial
    }

    /// A folder that seems to hold one file only.
    pub(crate) fn with_only(file: &Path) -> io::Result<Self> {
        let (Some(root), Some(name)) = (file.parent(), file.file_name()) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let entry = Entry { path: name.into(), name: names::of_path(file), at_top: true };
        let by_path = HashMap::from([(entry.path.clone(), 0)]);
        // The viewer chose this very file, so it may be a link to anywhere: its own place is the folder.
        let real = file.canonicalize()?.parent().unwrap_or(root).to_owned();
        Ok(Self {
            root: root.to_owned(),
            real,
            files: vec![entry],
            folders: Vec::new(),
            of_recording: None,
            by_path,
            by_normal: HashMap::new(),
            cut: false,
            outside: Vec::new(),
            special: Vec::new(),
            partial: false,
            chosen: None,
            chosen_sounds: false,
        })
    }

    /// The folder itself, as an absolute path.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder without links in its path.
    pub(crate) fn real(&self) -> &Path {
        &self.real
    }

    /// The folders that lie in the folder itself, in no order.
    pub(crate) fn folders(&self) -> &[SubFolder] {
        &self.folders
    }

    /// Whether the pictures in one of its folders are listed with its own files.
    pub(crate) fn lists_pictures_of(&self, sub: &SubFolder) -> bool {
        is_of_pictures(sub) || self.of_recording.as_ref() == Some(&sub.name)
    }

    /// The folder's own name, even where it was given as `.`.
    pub(crate) fn name(&self) -> String {
        self.root.file_name().or(self.real.file_name()).unwrap_or_default().to_string_lossy().into_owned()
    }

    /// All regular files.
    pub(crate) fn files(&self) -> &[Entry] {
        &self.files
    }

    /// The files that lie in the folder itself.
    pub(crate) fn top(&self) -> impl Iterator<Item = &Entry> {
        self.files.iter().filter(|file| file.at_top)
    }

    /// A regular file of this folder by its relative path, at any depth; `None` where the path leads out or nowhere.
    pub(crate) fn find(&self, relative: &Path) -> Option<PathBuf> {
        let mut tidy = PathBuf::new();
        for part in relative.components() {
            match part {
                Component::Normal(name) if is_hidden(&name.to_string_lossy()) => return None,
                Component::Normal(name) => tidy.push(name),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        if self.by_path.contains_key(&tidy) {
            return Some(tidy);
        }
        let normal = || tidy.to_str().filter(|text| !text.is_ascii()).map(names::normal);
        if let Some(file) = normal().and_then(|path| self.files.get(*self.by_normal.get(&path)?)) {
            return Some(file.path.clone());
        }
        let regular = fs::metadata(self.root.join(&tidy)).is_ok_and(|meta| meta.is_file());
        (regular && self.contains(&tidy)).then_some(tidy)
    }

    /// The names of what lies in a folder of this folder, as many as are wanted at most; none of one elsewhere.
    pub(crate) fn names_in(&self, sub: &Path, most: usize) -> Vec<String> {
        let entries = Some(sub).filter(|sub| self.contains(sub)).and_then(|sub| fs::read_dir(self.root.join(sub)).ok());
        let name = |entry: io::Result<fs::DirEntry>| entry.ok()?.file_name().into_string().ok();
        entries.into_iter().flatten().take(most).filter_map(name).collect()
    }

    /// Opens a regular file of this folder.
    pub(crate) fn open(&self, relative: &Path) -> io::Result<File> {
        let path = self.root.join(relative);
        if !fs::metadata(&path)?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        File::open(path)
    }

    /// The contents of a document, or why there are none.
    pub(crate) fn document(&self, relative: &Path) -> Result<Vec<u8>, Issue> {
        let unreadable = |error: io::Error| {
            Issue::about(
                IssueKind::TimingUnreadable,
                &format!("Cannot read the times of the slides ({error})"),
                relative,
            )
        };
        let file = self.open(relative).map_err(unreadable)?;
        let mut bytes = Vec::new();
        // One byte more than allowed tells a file that is too large, whatever length it claims to have.
        file.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_DOCUMENT {
            return Err(Issue::about(IssueKind::TooLarge, "The file is too large to be a list of slides", relative));
        }
        Ok(bytes)
    }

    /// What a file begins with: `most` bytes of it.
    pub(crate) fn beginning(&self, relative: &Path, most: u64) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        self.open(relative)?.take(most).read_to_end(&mut start)?;
        Ok(start)
    }

    /// Whether one of some words stands in what a file begins with: for files whose names tell nothing.
    pub(crate) fn begins_with_any(&self, relative: &Path, words: &[&str]) -> bool {
        const LOOKED_AT: u64 = 64 << 10;
        let start = self.beginning(relative, LOOKED_AT).unwrap_or_default();
        let text = String::from_utf8_lossy(&start);
        words.iter().any(|word| text.contains(word))
    }

    /// What was left out of the listing, in words.
    pub(crate) fn issues(&self) -> Vec<Issue> {
        let mut issues = Vec::new();
        if self.cut {
            let message = format!("The folder has too many files: only {MAX_ENTRIES} entries were looked at");
            issues.push(Issue::new(IssueKind::TooLarge, message));
        }
        match self.outside.as_slice() {
            [] => {}
            [link] => {
                let message = "A link leads out of the folder and was not followed";
                issues.push(Issue::about(IssueKind::OutsideFolder, message, link));
            }
            [first, ..] => {
                let links = self.outside.len();
                let message = format!("{links} links lead out of the folder and were not followed, the first");
                issues.push(Issue::about(IssueKind::OutsideFolder, &message, first));
            }
        }
        let mut special: Vec<&PathBuf> = self.special.iter().collect();
        special.sort();
        if let Some(first) = special.first() {
            let media = names::is_media(&names::of_path(first));
            let kind = if media { IssueKind::AudioUnreadable } else { IssueKind::TimingUnreadable };
            let message = match special.len() {
                1 => "A pipe, a socket or a device is no file, and was not opened".to_owned(),
                more => format!("{more} pipes, sockets or devices are no files, and were not opened, the first"),
            };
            issues.push(Issue::about(kind, &message, first));
        }
        issues
    }

    fn add(&mut self, sub: &Path, left: &mut usize) -> io::Result<()> {
        let mut found = Vec::new();
        let at_top = sub.as_os_str().is_empty();
        for entry in fs::read_dir(self.root.join(sub))? {
            if *left == 0 {
                self.cut = true;
                break;
            }
            let Ok(entry) = entry else { continue };
            if is_hidden(&entry.file_name().to_string_lossy()) {
                *left -= 1;
                continue;
            }
            let path = sub.join(entry.file_name());
            let Ok(kind) = entry.file_type() else { continue };
            let link = kind.is_symlink();
            let target = if link { fs::metadata(entry.path()).map(|meta| meta.file_type()).ok() } else { Some(kind) };
            if at_top && self.folders.len() < MAX_FOLDERS && target.is_some_and(|target| target.is_dir()) {
                self.folders.push(SubFolder { name: entry.file_name(), link });
                continue;
            }
            *left -= 1;
            if !target.is_some_and(|target| target.is_file()) {
                if target.is_some_and(|target| !target.is_dir()) {
                    self.special.push(path);
                }
                continue;
            }
            if link && !self.contains(&path) {
                self.outside.push(path);
                continue;
            }
            let name = names::of_path(&path);
            found.push(Entry { path, name, at_top });
        }
        // The system lists files in any order; what is chosen among them must not depend on it.
        found.sort_by(|a, b| names::natural(&a.name, &b.name).then_with(|| a.path.cmp(&b.path)));
        self.outside.sort();
        self.files.append(&mut found);
        Ok(())
    }

    /// Whether a relative path, with every link in it followed, stays in the folder.
    fn contains(&self, relative: &Path) -> bool {
        self.root.join(relative).canonicalize().is_ok_and(|real| real.starts_with(&self.real))
    }
}

#[cfg(test)]
mod tests;

//! What lies in a talk's folder, and the only road to the contents of its files.
//!
//! Nothing that is not a regular file is ever opened (a pipe would block for ever), nothing outside the folder is
//! reached, by path or by link, and neither the listing nor a file's contents can grow without bound.

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
pub(crate) const PICTURE_FOLDERS: [&str; 3] = ["slides", "images", "original"];

/// The regular files of a talk's folder and of its folders of pictures, in natural order, the folder itself first.
pub(crate) struct Folder {
    root: PathBuf,
    /// `root` without links, to tell what lies inside.
    real: PathBuf,
    files: Vec<Entry>,
    folders: Vec<SubFolder>,
    by_path: HashMap<PathBuf, usize>,
    cut: bool,
    outside: Vec<PathBuf>,
    partial: bool,
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
    /// The last part of the path; of bytes that are no text, as much as can be shown.
    pub(crate) name: String,
    /// Whether it lies in the folder itself and not in a folder of pictures.
    pub(crate) at_top: bool,
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
            by_path: HashMap::new(),
            cut: false,
            outside: Vec::new(),
            partial: false,
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
        for (_, name) in subs {
            let sub = Path::new(&name);
            // A link to a folder elsewhere is as much outside as the files in it.
            if folder.root.join(sub).is_dir() && folder.contains(sub) {
                // The talk may still be shown without a folder that cannot be read: its slides will count as missing.
                folder.add(sub, &mut left).ok();
            }
        }
        folder.by_path = folder.files.iter().enumerate().map(|(at, file)| (file.path.clone(), at)).collect();
        Ok(folder)
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
        let stem = names::family_stem(&name.to_string_lossy()).to_owned();
        all.files.retain(|other| other.path != Path::new(name) && names::is_of(&other.name, &stem));
        folder.files.append(&mut all.files);
        folder.files.sort_by(|a, b| names::natural(&a.name, &b.name));
        folder.by_path = folder.files.iter().enumerate().map(|(at, file)| (file.path.clone(), at)).collect();
        folder.cut = all.cut;
        folder.partial = true;
        Ok(folder)
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
        let entry = Entry { path: name.into(), name: name.to_string_lossy().into_owned(), at_top: true };
        let by_path = HashMap::from([(entry.path.clone(), 0)]);
        // The viewer chose this very file, so it may be a link to anywhere: its own place is the folder.
        let real = file.canonicalize()?.parent().unwrap_or(root).to_owned();
        Ok(Self {
            root: root.to_owned(),
            real,
            files: vec![entry],
            folders: Vec::new(),
            by_path,
            cut: false,
            outside: Vec::new(),
            partial: false,
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
                Component::Normal(name) => tidy.push(name),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        if self.by_path.contains_key(&tidy) {
            return Some(tidy);
        }
        let regular = fs::metadata(self.root.join(&tidy)).is_ok_and(|meta| meta.is_file());
        (regular && self.contains(&tidy)).then_some(tidy)
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
                continue;
            }
            if link && !self.contains(&path) {
                self.outside.push(path);
                continue;
            }
            let name = entry.file_name().to_string_lossy().into_owned();
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
mod tests {
    use super::*;
    use crate::testing::talks::put;

    fn names(folder: &Folder) -> Vec<&str> {
        folder.files().iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn files_are_listed_in_natural_order_with_the_folders_of_pictures_last() {
        let dir = tempfile::tempdir().expect("a folder");
        for name in ["10.jpg", "9.jpg", "a.xml", "slides/2.jpg", "images/1.jpg", "other/3.jpg"] {
            put(&dir.path().join(name), b"x");
        }
        let folder = Folder::list(dir.path().to_owned()).expect("lists");
        assert_eq!(names(&folder), ["9.jpg", "10.jpg", "a.xml", "2.jpg", "1.jpg"]);
        assert_eq!(folder.top().count(), 3);
        assert!(folder.issues().is_empty());
    }

    #[test]
    fn only_relative_paths_of_regular_files_inside_are_found() {
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("secret.jpg"), b"x");
        put(&dir.path().join("talk/pics/deep/1.jpg"), b"x");
        let folder = Folder::list(dir.path().join("talk")).expect("lists");
        assert_eq!(folder.find(Path::new("./pics/deep/1.jpg")), Some("pics/deep/1.jpg".into()));
        assert_eq!(folder.find(Path::new("pics")), None);
        assert_eq!(folder.find(Path::new("")), None);
        assert_eq!(folder.find(Path::new("../secret.jpg")), None);
        assert_eq!(folder.find(&dir.path().join("secret.jpg")), None);
        assert_eq!(folder.find(Path::new("pics/../../secret.jpg")), None);
    }

    #[test]
    fn a_document_that_is_too_large_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let large = File::create(dir.path().join("1.xml")).expect("creates");
        large.set_len(MAX_DOCUMENT + 1).expect("grows");
        put(&dir.path().join("2.xml"), b"<a/>");
        let folder = Folder::list(dir.path().to_owned()).expect("lists");
        let issue = folder.document(Path::new("1.xml")).expect_err("refuses");
        assert_eq!(issue.kind, IssueKind::TooLarge);
        assert_eq!(folder.document(Path::new("2.xml")), Ok(b"<a/>".to_vec()));
        large.set_len(MAX_DOCUMENT).expect("shrinks");
        assert!(folder.document(Path::new("1.xml")).is_ok());
    }

    #[test]
    fn a_folder_with_too_many_files_is_cut_and_says_so() {
        let dir = tempfile::tempdir().expect("a folder");
        for number in 0..30 {
            put(&dir.path().join(format!("{number}.jpg")), b"");
        }
        let mut folder = Folder::list(dir.path().to_owned()).expect("lists");
        assert!(folder.issues().is_empty());
        folder.files.clear();
        folder.add(Path::new(""), &mut 20).expect("lists");
        assert_eq!(folder.files().len(), 20);
        assert_eq!(folder.issues()[0].kind, IssueKind::TooLarge);
        assert!(folder.issues()[0].message.contains("50000 entries"), "{}", folder.issues()[0].message);
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_folder_are_left_out_and_links_inside_are_kept() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().expect("a folder");
        put(&dir.path().join("secret.jpg"), b"x");
        put(&dir.path().join("elsewhere/1.jpg"), b"x");
        put(&dir.path().join("talk/1.jpg"), b"x");
        symlink("1.jpg", dir.path().join("talk/2.jpg")).expect("links");
        symlink("../secret.jpg", dir.path().join("talk/3.jpg")).expect("links");
        symlink("../elsewhere", dir.path().join("talk/slides")).expect("links");
        symlink("loop.jpg", dir.path().join("talk/loop.jpg")).expect("links");
        let folder = Folder::list(dir.path().join("talk")).expect("lists");
        assert_eq!(names(&folder), ["1.jpg", "2.jpg"]);
        assert_eq!(folder.find(Path::new("3.jpg")), None);
        assert_eq!(folder.find(Path::new("slides/1.jpg")), None);
        let issues = folder.issues();
        assert_eq!(issues.len(), 1);
        assert_eq!(issues[0].message, "A link leads out of the folder and was not followed: 3.jpg");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_neither_listed_nor_opened() {
        let dir = tempfile::tempdir().expect("a folder");
        let made = std::process::Command::new("mkfifo").arg(dir.path().join("1.xml")).status();
        if !made.is_ok_and(|status| status.success()) {
            return;
        }
        let folder = Folder::list(dir.path().to_owned()).expect("lists");
        assert!(folder.files().is_empty());
        assert_eq!(folder.find(Path::new("1.xml")), None);
        assert!(folder.open(Path::new("1.xml")).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_no_text_keeps_its_bytes() {
        use std::os::unix::ffi::OsStrExt as _;
        let dir = tempfile::tempdir().expect("a folder");
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.m4a");
        put(&dir.path().join(name), b"x");
        let folder = Folder::list(dir.path().to_owned()).expect("lists");
        assert_eq!(folder.files()[0].path.as_os_str(), name);
        assert!(folder.open(&folder.files()[0].path).is_ok());
    }
}

//! Finds the talks below a folder, at any depth, in natural order, from names alone.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use super::folder::{Folder, SubFolder};
use super::names;
use super::recognise::{Sort, sort};

/// How many folders deep talks are looked for.
const MAX_DEPTH: usize = 24;

/// Folders that systems and file servers keep for themselves, besides those that begin with a dot.
const PRIVATE: [&str; 6] =
    ["$RECYCLE.BIN", "System Volume Information", "lost+found", "@eaDir", "#recycle", "__MACOSX"];

/// Where to look, and how far.
pub struct Walk<'a> {
    /// Asked at each folder; true ends the walk.
    pub stop: &'a dyn Fn() -> bool,
    /// Folders that are passed over, without links in their paths.
    pub except: &'a [PathBuf],
    /// Most folders that are looked into.
    pub most: usize,
}

/// What a walk did not see, and how far it went.
#[derive(Debug, Default)]
pub struct Walked {
    /// Folders that were looked into.
    pub folders: usize,
    /// Folders that were reached by a link.
    pub links: usize,
    /// Folders that could not be read, and why. What lies in them is not known.
    pub unread: Vec<(PathBuf, io::Error)>,
    /// There were more folders, or deeper ones, than are looked into.
    pub cut: bool,
    /// It was told to stop.
    pub stopped: bool,
}

impl Walk<'_> {
    /// Tells each talk's path as it is found. A folder that is a talk is not looked into any further; hidden folders are
    /// passed over.
    ///
    /// A link to a folder outside of `root` is followed, once for each folder that it leads to. One to a folder inside is
    /// not, as that is found anyway; nor one to a folder that `root` lies in.
    pub fn talks(&self, root: &Path, found: &mut dyn FnMut(PathBuf)) -> Walked {
        let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let mut state = State { walk: self, root: real, seen: HashSet::new(), walked: Walked::default() };
        state.visit(root, 0, found);
        state.walked
    }
}

struct State<'a> {
    walk: &'a Walk<'a>,
    root: PathBuf,
    /// Folders, without links in their paths.
    seen: HashSet<PathBuf>,
    walked: Walked,
}

/// What lies in a folder that is no talk.
enum Item<'a> {
    File(PathBuf),
    Folder(&'a SubFolder),
}

impl State<'_> {
    fn visit(&mut self, path: &Path, depth: usize, found: &mut dyn FnMut(PathBuf)) {
        if self.walked.stopped || (self.walk.stop)() {
            self.walked.stopped = true;
            return;
        }
        if self.walked.folders >= self.walk.most || depth > MAX_DEPTH {
            self.walked.cut = true;
            return;
        }
        self.walked.folders += 1;
        let folder = match Folder::list(path.to_owned()) {
            Ok(folder) => folder,
            Err(why) => {
                // A talk that cannot be read is one all the same: opening it tells why.
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if names::talk_number(&name).is_some() {
                    found(path.to_owned());
                } else {
                    self.walked.unread.push((path.to_owned(), why));
                }
                return;
            }
        };
        if !self.seen.insert(folder.real().to_owned()) {
            return;
        }
        match sort(&folder) {
            Sort::Talk => found(path.to_owned()),
            // The download may have failed, or the talk may lie a folder deeper than it should.
            Sort::Named => self.alone_or_below(path, &folder, None, depth, found),
            Sort::Partial if depth > 0 && folder.folders().is_empty() => found(path.to_owned()),
            Sort::Recording(file) => self.alone_or_below(path, &folder, Some(file), depth, found),
            Sort::Recordings(files) => self.below(path, &folder, files, depth, found),
            Sort::Partial | Sort::Other => self.below(path, &folder, Vec::new(), depth, found),
        }
    }

    /// A folder that is a talk if there are none below it.
    fn alone_or_below(
        &mut self,
        path: &Path,
        folder: &Folder,
        file: Option<PathBuf>,
        depth: usize,
        found: &mut dyn FnMut(PathBuf),
    ) {
        let mut below = Vec::new();
        let others =
            subfolders(folder).filter(|sub| !matches!(sub, Item::Folder(sub) if folder.lists_pictures_of(sub)));
        self.items(path, others.collect(), depth, &mut |talk| below.push(talk));
        if below.is_empty() {
            found(path.to_owned());
            return;
        }
        let place = |talk: &PathBuf| talk.strip_prefix(path).map(first_name).unwrap_or_default();
        let file = file.map(|file| path.join(file));
        let at = file
            .as_ref()
            .map_or(0, |file| below.partition_point(|talk| names::natural(&place(talk), &place(file)).is_le()));
        if let Some(file) = file {
            below.insert(at, file);
        }
        below.into_iter().for_each(found);
    }

    fn below(
        &mut self,
        path: &Path,
        folder: &Folder,
        files: Vec<PathBuf>,
        depth: usize,
        found: &mut dyn FnMut(PathBuf),
    ) {
        let mut items: Vec<Item<'_>> = files.into_iter().map(Item::File).collect();
        items.extend(subfolders(folder));
        self.items(path, items, depth, found);
    }

    fn items(&mut self, path: &Path, items: Vec<Item<'_>>, depth: usize, found: &mut dyn FnMut(PathBuf)) {
        let mut named: Vec<(String, PathBuf, Item<'_>)> = items
            .into_iter()
            .map(|item| match item {
                Item::File(file) => (first_name(&file), path.join(file), Item::File(PathBuf::new())),
                Item::Folder(sub) => (sub.name.to_string_lossy().into_owned(), path.join(&sub.name), Item::Folder(sub)),
            })
            .collect();
        named.sort_by(|a, b| names::natural(&a.0, &b.0).then_with(|| a.1.cmp(&b.1)));
        for (_, path, item) in named {
            match item {
                Item::File(_) => found(path),
                Item::Folder(sub) if self.worth(&path, sub) => self.visit(&path, depth + 1, found),
                Item::Folder(_) => {}
            }
            if self.walked.stopped {
                return;
            }
        }
    }

    /// Whether a folder is looked into. Those reached without a link cannot lead back, so only links cost a look.
    fn worth(&mut self, path: &Path, sub: &SubFolder) -> bool {
        if !sub.link {
            return self.walk.except.is_empty() || !self.is_excepted(path);
        }
        let Ok(real) = path.canonicalize() else { return false };
        let apart = !real.starts_with(&self.root) && !self.root.starts_with(&real);
        let worth = apart && !self.walk.except.contains(&real);
        self.walked.links += usize::from(worth);
        worth
    }

    fn is_excepted(&self, path: &Path) -> bool {
        let name = path.file_name();
        self.walk.except.iter().any(|except| except.file_name() == name)
            && path.canonicalize().is_ok_and(|real| self.walk.except.contains(&real))
    }
}

fn subfolders(folder: &Folder) -> impl Iterator<Item = Item<'_>> {
    let hidden = |sub: &&SubFolder| {
        let name = sub.name.to_string_lossy();
        name.starts_with('.') || PRIVATE.iter().any(|private| name.eq_ignore_ascii_case(private))
    };
    folder.folders().iter().filter(move |sub| !hidden(sub)).map(Item::Folder)
}

fn first_name(path: &Path) -> String {
    path.components().next().map(|name| name.as_os_str().to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests;

//! The layouts in which talks lie on disk, one file for each family of downloaders.
//!
//! To add a family: write its file, implement [`Layout`], and give it its place in [`FAMILIES`].

mod assemble;
mod ffconcat;
mod ffconcat_list;
mod file_names;
mod media_file;
mod slideslive;
mod slideslive_xml;

use std::path::PathBuf;

use super::folder::Folder;
use super::issue::Issue;
use super::pictures::Pictures;
use super::{Slide, TalkId};

pub(crate) use slideslive::number_of;

/// Most slides that a talk may have; real ones have two thousand at most.
pub(crate) const MAX_SLIDES: usize = 20_000;

/// A family of layouts.
pub(crate) trait Layout: Sync {
    /// Whether the names of the files look like this family. Opens nothing, and may be wrong.
    fn recognises(&self, folder: &Folder) -> bool;

    /// Reads the talk, or returns `None` where there is none of this family after all. What is wrong goes to `issues`
    /// in both cases, so that the reason is still known when another family has to do.
    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found>;
}

/// What a family found out about a talk; the rest is found by means that all families share.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Where a document names the talk.
    pub(crate) id: Option<TalkId>,
    /// Where a document gives it.
    pub(crate) title: Option<String>,
    /// In the order of the document.
    pub(crate) slides: Vec<Slide>,
    /// Files with the sound, best first; empty where any in the folder may be it.
    pub(crate) media: Vec<PathBuf>,
}

/// All families, the most exact source of times first. The first that finds a talk has it.
pub(crate) const FAMILIES: &[&dyn Layout] =
    &[&slideslive::SlidesLive, &ffconcat::FfConcat, &file_names::FileNames, &media_file::MediaFile];

//! The layouts in which talks lie on disk, one file for each family of downloaders.
//!
//! To add a family: write its file, implement [`Layout`], and give it its place in [`FAMILIES`].

mod assemble;
mod bigbluebutton;
mod ffconcat;
mod ffconcat_list;
mod file_names;
pub(crate) mod flat_xml;
mod locate;
pub(crate) mod loose_json;
mod manifest;
mod media_file;
mod mhtml;
mod offline;
mod opencast;
mod paella;
mod pages;
mod panopto;
mod plain;
mod recorder;
mod slides_json;
mod slideslive;
mod slideslive_xml;
mod untimed;
mod yt_dlp;

use std::path::PathBuf;

use super::films::Told;
use super::folder::Folder;
use super::issue::Issue;
use super::pictures::Pictures;
use super::{Metadata, Slide, TalkId, TextTrack};

pub(crate) use mhtml::is_of_chapters;
pub(crate) use slideslive::number_of;
pub(crate) use yt_dlp::{is_part, number_of as thumbnail_of, without_description};

/// Most slides that a talk may have; real ones have two thousand at most.
pub(crate) const MAX_SLIDES: usize = 20_000;

/// A family of layouts.
pub(crate) trait Layout: Sync {
    /// Whether the names of the files look like this family. Opens nothing, unless the name tells nothing, and may be wrong.
    fn recognises(&self, folder: &Folder) -> bool;

    /// Whether there is one talk in a folder that this family recognises, so that any of its files stands for it. Not
    /// where mere pictures or media may lie beside one another by chance.
    fn has_one_talk(&self) -> bool {
        true
    }

    /// Whether it only adds to recordings, so that a folder is no talk because of it.
    fn is_mere(&self) -> bool {
        false
    }

    /// Whether a file by this name tells of a talk, so that a viewer may open it in the place of a folder.
    fn is_document(&self, _name: &str) -> bool {
        false
    }

    /// Reads the talk, or returns `None` where there is none of this family after all. What is wrong goes to `issues`
    /// in both cases, so that the reason is still known when another family has to do.
    fn read(&self, folder: &Folder, pictures: &mut Pictures<'_>, issues: &mut Vec<Issue>) -> Option<Found>;
}

/// What a family found out about a talk; the rest is found by means that all families share.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Where a document names the talk.
    pub(crate) id: Option<TalkId>,
    /// What its documents say; the rest comes from what any talk may have.
    pub(crate) metadata: Metadata,
    /// In the order of the document.
    pub(crate) slides: Vec<Slide>,
    /// Nothing says when they appear: they stay in their order, whatever their starts.
    pub(crate) untimed: bool,
    /// The times were taken for seconds and may be thousandths of them, which only the length of the sound tells.
    pub(crate) in_thousandths: bool,
    /// Files with the sound, best first; empty where any in the folder may be it.
    pub(crate) media: Vec<PathBuf>,
    /// Texts that the documents name, the best of each kind first; files beside the sound are found without.
    pub(crate) tracks: Vec<TextTrack>,
    /// Videos that the documents name, with what they show.
    pub(crate) videos: Vec<Told>,
}

/// All families, the most exact source of times first. The first that finds a talk has it.
pub(crate) const FAMILIES: &[&dyn Layout] = &[
    &manifest::Manifest,
    &slides_json::SlidesJson,
    &slideslive::SlidesLive,
    &offline::Offline,
    &recorder::Recorder,
    &bigbluebutton::BigBlueButton,
    &paella::Paella,
    &opencast::Opencast,
    &panopto::Panopto,
    &yt_dlp::YtDlp,
    &mhtml::Mhtml,
    &ffconcat::FfConcat,
    &plain::Plain,
    &file_names::FileNames,
    &plain::TitleCards,
    &untimed::Untimed,
    &pages::Pages,
    &yt_dlp::Chapters,
    &media_file::MediaFile,
];

/// Whether a file by this name may be opened in the place of the talk that it tells of.
pub(crate) fn is_document(name: &str) -> bool {
    FAMILIES.iter().any(|family| family.is_document(name))
}

/// Whether a document of this kind breaks off or is no such document at all.
pub(crate) fn is_damaged_json(bytes: &[u8]) -> bool {
    loose_json::read(&String::from_utf8_lossy(bytes)).cut
}

/// Whether all in a folder belongs to one talk, as far as names tell.
pub(crate) fn is_one_talk(folder: &Folder) -> bool {
    FAMILIES.iter().any(|family| family.has_one_talk() && !family.is_mere() && family.recognises(folder))
}

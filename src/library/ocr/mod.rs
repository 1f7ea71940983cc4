//! The text on slides, read by a program that is installed beside Plenary (Tesseract), one slide after the other while
//! the machine has nothing better to do.
//!
//! ```text
//! picture file -> hash -> known? ------------------------------.
//!                     '-> decode (caller's) -> Grey -> tesseract -> TSV -> text -> Passage
//! ```

mod cache;
mod load;
mod picture;
mod process;
mod queue;
mod reader;
mod tesseract;
mod tsv;
mod worker;

pub use cache::{Cache, FileCache, Known, MemoryCache, Outcome, PictureHash, TABLES, get, put};
pub use load::Load;
pub use picture::{BEST_WIDTH, Grey, best_size};
pub use process::{RunError, command, find as find_program};
pub use queue::{Done, Item, Work};
pub use reader::{Decode, OcrEvent, Reader, State, Tools};
pub use tesseract::{ENGLISH, ReadError, Tesseract, how_to_get};

#[cfg(unix)]
#[cfg(test)]
mod tests;

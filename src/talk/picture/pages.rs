//! The sizes of the pages of a PDF. Nothing is drawn.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use hayro_syntax::{LoadPdfError, Pdf};

use crate::talk::unpack;
use crate::within;

/// Most bytes of a document.
const MOST_BYTES: u64 = 256 << 20;

/// Whether a document breaks off: it ends with a mark, perhaps before a few bytes of something else.
pub(crate) fn breaks_off(file: &Path) -> bool {
    const LOOKED_AT: u64 = 2048;
    let end = || {
        let mut file = std::fs::File::open(file)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LOOKED_AT)))?;
        let mut end = Vec::new();
        file.take(LOOKED_AT).read_to_end(&mut end)?;
        io::Result::Ok(end)
    };
    end().is_ok_and(|end| !end.windows(5).any(|five| five == b"%%EOF"))
}

/// The size of each page in points, across and down, of `most` pages at most; or why there are none, in words that may stand
/// in brackets.
pub(crate) fn sizes(file: &Path, most: usize) -> Result<Vec<(f32, f32)>, String> {
    let bytes = within::read(file, MOST_BYTES).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err("it is too large".to_owned());
    }
    if !bytes.get(..1024.min(bytes.len())).unwrap_or_default().windows(5).any(|five| five == b"%PDF-") {
        return Err("it is no PDF".to_owned());
    }
    if !unpack::is_bearable(&bytes) {
        return Err("unpacking it takes too much memory".to_owned());
    }
    // A stranger's parser on a stranger's file: whatever happens, the sound still plays.
    let read = std::panic::catch_unwind(|| {
        let pdf = Pdf::new(bytes).map_err(|error| match error {
            LoadPdfError::Decryption(_) => "it is encrypted",
            LoadPdfError::Invalid => "it is damaged",
        })?;
        Ok(pdf.pages().iter().take(most).map(|page| page.render_dimensions()).collect())
    });
    read.unwrap_or(Err("it is damaged")).map_err(str::to_owned)
}

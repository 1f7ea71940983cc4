//! Exact frame numbers from rounded timestamps: packets begin on a grid that only the codec knows.
//!
//! Matroska and WebM round to a millisecond, which is 44 or 48 frames. An AAC packet is 1024 frames, an Opus packet a
//! multiple of 120, a Vorbis packet a multiple of a quarter of the short block: nearer to one than to the next.

/// Where packets may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grid {
    /// Frames from one line to the next; 1 where timestamps are exact already.
    step: i64,
    /// Number of a frame on a line.
    phase: i64,
    /// A timestamp farther from any line than this many frames is not on the grid.
    reach: i64,
}

impl Grid {
    /// For exact timestamps.
    pub(super) const EXACT: Self = Self { step: 1, phase: 0, reach: 0 };

    /// `phase` is the number of any frame that begins a packet, `rounding` the frames that timestamps may be off by.
    pub(super) fn new(step: i64, phase: i64, rounding: i64) -> Self {
        Self { step: step.max(1), phase, reach: rounding }
    }

    /// The line that was meant; `None` where none is near.
    pub(super) fn line(self, frame: i64) -> Option<i64> {
        let off = frame.saturating_sub(self.phase).saturating_add(self.step / 2).rem_euclid(self.step) - self.step / 2;
        (off.abs() <= self.reach).then(|| frame.saturating_sub(off))
    }
}

/// The grid of Vorbis packets, from its identification header anywhere in the codec's headers (Vorbis I, section 4.2.2).
pub(super) fn vorbis_step(headers: &[u8]) -> Option<i64> {
    let at = headers.windows(7).position(|bytes| bytes == b"\x01vorbis")?;
    let blocks = headers.get(at + 28)?;
    let (short, long) = (1_i64 << (blocks & 0x0F), 1_i64 << (blocks >> 4));
    (short >= 64 && long >= short).then_some(if short == long { short / 2 } else { short / 4 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_timestamps_find_their_packet() {
        let grid = Grid::new(960, 648, 96);
        for packet in 0..100_000_i64 {
            let exact = 648 + 960 * packet;
            let millis = (exact + 24) / 48;
            assert_eq!(grid.line(millis * 48), Some(exact));
        }
    }

    #[test]
    fn what_is_off_the_grid_stays_where_it_is() {
        let grid = Grid::new(1024, 0, 88);
        assert_eq!(grid.line(1024 + 88), Some(1024));
        assert_eq!(grid.line(1024 + 89), None);
        assert_eq!(grid.line(-1000), Some(-1024));
        assert_eq!(Grid::EXACT.line(-7), Some(-7));
        assert_eq!(Grid::new(1, 0, 88).line(-7), Some(-7));
    }

    #[test]
    fn the_short_block_of_vorbis_is_read_from_its_header() {
        let mut header = b"\x02\x1e\x2f\x01vorbis".to_vec();
        header.resize(3 + 28, 0);
        header.push(0xB8);
        assert_eq!(vorbis_step(&header), Some(64));
        assert_eq!(vorbis_step(&header[..20]), None);
    }
}

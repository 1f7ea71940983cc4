//! What a JPEG's headers say of how it was quantised. Reads bytes, never beyond them. Any thread.

/// One of the JPEG's planes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Component {
    /// Samples across per minimum coded unit.
    pub across: u8,
    /// Samples down per minimum coded unit.
    pub down: u8,
    /// Quantiser steps by vertical, then horizontal frequency; 1 to 65535.
    pub steps: [[f32; 8]; 8],
}

/// What the headers say, of a JPEG of one or three planes.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Y, or Y, Cb and Cr.
    pub components: Vec<Component>,
}

/// Places of the coefficients in the order of their coding: row times eight plus column.
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// Reads the headers up to the first scan: ITU-T T.81, annex B.
///
/// `None` where the file is no Huffman-coded JPEG of eight bits a sample, grey or YCbCr, or its headers are damaged.
pub fn read(jpeg: &[u8]) -> Option<Header> {
    let mut tables: [Option<[[f32; 8]; 8]>; 4] = [None; 4];
    let mut frame: Option<&[u8]> = None;
    let mut adobe_transform = None;
    let mut rest = jpeg.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let marker;
        (marker, rest) = next_marker(rest)?;
        if marker == 0x01 {
            continue;
        }
        let length = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
        let segment = rest.get(2..length)?;
        rest = rest.get(length..)?;
        match marker {
            0xDB => read_tables(segment, &mut tables)?,
            0xC0..=0xC2 if frame.is_none() => frame = Some(segment),
            // A second frame, or one that is lossless, hierarchical or arithmetically coded; the end, or a restart.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xD0..=0xD9 => return None,
            0xEE if segment.starts_with(b"Adobe") => adobe_transform = segment.get(11).copied(),
            0xDA => return read_frame(frame?, &tables, adobe_transform),
            _ => {}
        }
    }
}

/// The next marker's code and what follows it; bytes before it and fill bytes are left out.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let start = bytes.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF))?;
    Some((*bytes.get(start + 1)?, bytes.get(start + 2..)?))
}

fn read_tables(mut segment: &[u8], tables: &mut [Option<[[f32; 8]; 8]>; 4]) -> Option<()> {
    while let Some((&kind, values)) = segment.split_first() {
        let width = match kind >> 4 {
            0 => 1,
            1 => 2,
            _ => return None,
        };
        let (values, others) = values.split_at_checked(64 * width)?;
        let mut steps = [[0.0; 8]; 8];
        for (value, place) in values.chunks_exact(width).zip(ZIGZAG) {
            let step = value.iter().fold(0_u16, |step, byte| step << 8 | u16::from(*byte));
            if step == 0 {
                return None;
            }
            steps[usize::from(place / 8)][usize::from(place % 8)] = f32::from(step);
        }
        *tables.get_mut(usize::from(kind & 15))? = Some(steps);
        segment = others;
    }
    Some(())
}

fn read_frame(frame: &[u8], tables: &[Option<[[f32; 8]; 8]>; 4], adobe_transform: Option<u8>) -> Option<Header> {
    let (&[8, height_high, height_low, width_high, width_low, count], rows) = frame.split_first_chunk()? else {
        return None;
    };
    let (width, height) = (u16::from_be_bytes([width_high, width_low]), u16::from_be_bytes([height_high, height_low]));
    let rows = rows.as_chunks::<3>().0.get(..usize::from(count))?;
    let in_rgb = rows.iter().map(|row| row[0]).eq(*b"RGB");
    if width == 0 || height == 0 || !matches!(count, 1 | 3) || in_rgb || (count == 3 && adobe_transform == Some(0)) {
        return None;
    }
    let mut components = Vec::with_capacity(3);
    for &[_, factors, table] in rows {
        let (across, down) = (factors >> 4, factors & 15);
        if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
            return None;
        }
        components.push(Component { across, down, steps: (*tables.get(usize::from(table))?)? });
    }
    Some(Header { width: u32::from(width), height: u32::from(height), components })
}

//! Videos in which each picture carries its number: sixteen blocks in the upper half, and their opposites in the lower one.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use plenary::video::{Form, Frame};

/// Pixels across and down.
pub const SIZE: (usize, usize) = (320, 176);
/// Blocks, and bits of a number.
const BITS: usize = 16;
/// Pictures in a second, before something makes them uneven.
pub const RATE: i64 = 25;

/// Whether videos can be made and shown here; if not, tests of them are passed over.
pub fn can_make() -> bool {
    let found = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    cfg!(feature = "ffmpeg") && found.is_ok_and(|status| status.success())
}

fn picture(number: usize) -> Vec<u8> {
    let (width, height) = SIZE;
    let block = width / BITS;
    let mut bytes = vec![0; width * height];
    for (row, line) in bytes.chunks_exact_mut(width).enumerate() {
        for (column, pixel) in line.iter_mut().enumerate() {
            let set = number >> (BITS - 1 - column / block) & 1 == 1;
            *pixel = if set == (row < height / 2) { 235 } else { 16 };
        }
    }
    bytes
}

/// Makes a video of so many numbered pictures; `how` stands between input and output on ffmpeg's command line.
pub fn make(file: &Path, pictures: usize, how: &[&str]) {
    draw(file, (0..pictures).map(picture), how);
}

/// Makes a video of grey pictures.
pub fn draw(file: &Path, pictures: impl Iterator<Item = Vec<u8>>, how: &[&str]) {
    let size = format!("{}x{}", SIZE.0, SIZE.1);
    let mut ffmpeg = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", &size, "-r", "25", "-i", "pipe:0"])
        .args(how)
        .arg(file)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = ffmpeg.stdin.take().unwrap();
    for picture in pictures {
        input.write_all(&picture).unwrap();
    }
    drop(input);
    assert!(ffmpeg.wait().unwrap().success(), "{how:?}");
}

/// What could be a slide: blocks of greys, other ones for each number.
pub fn slide(number: u64) -> Vec<u8> {
    let mut dice = plenary::testing::mutate::Prng::new(number + 1);
    let greys: Vec<u8> = (0..44).map(|_| u8::try_from(40 + dice.below(170)).unwrap()).collect();
    (0..SIZE.0 * SIZE.1).map(|at| greys[at / SIZE.0 / 44 * 11 + at % SIZE.0 * 11 / SIZE.0]).collect()
}

/// Runs ffmpeg on files that are there.
pub fn run(arguments: &[&str]) {
    let status = Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(arguments).status().unwrap();
    assert!(status.success(), "{arguments:?}");
}

/// The number that the present picture of a source carries, read from a small picture of it.
pub fn glimpse(source: &mut dyn plenary::video::FrameSource) -> Option<usize> {
    let mut grey = Vec::new();
    source.grey(BITS, 2, &mut grey);
    let (upper, lower) = grey.split_at(BITS);
    let bits = upper.iter().zip(lower);
    bits.map(|(a, b)| if (*a > 128) == (*b > 128) { None } else { Some(usize::from(*a > 128)) })
        .try_fold(0, |number, bit| Some(number << 1 | bit?))
}

/// The number that a picture carries; `None` where the halves do not agree.
pub fn number(frame: &Frame) -> Option<usize> {
    let (width, height) = (frame.width as usize, frame.height as usize);
    let bright = |x: usize, y: usize| frame.bytes[(y * width + x) * 4 + 1] > 128;
    let mut number = 0;
    for bit in 0..BITS {
        let x = (2 * bit + 1) * width / (2 * BITS);
        let (upper, lower) = (bright(x, height / 4), bright(x, 3 * height / 4));
        if upper == lower {
            return None;
        }
        number = number << 1 | usize::from(upper);
    }
    Some(number)
}

/// The colour of a pixel of a picture that was left as it was decoded, 0 to 255; `None` of any other.
pub fn left_colour(frame: &Frame, (x, y): (usize, usize)) -> Option<[f32; 3]> {
    let Form::Planes(planes) = &frame.form else { return None };
    let mut values = Vec::new();
    for (at, (each, (across, _), bytes)) in frame.sheets().enumerate() {
        let (by_x, by_y) = if at == 0 { (0, 0) } else { planes.coarser };
        let first = each * ((y >> by_y) * across + (x >> by_x));
        values.extend(bytes[first..first + each].iter().map(|value| f32::from(*value) / 255.0));
    }
    let values = values.try_into().expect("three values");
    Some(planes.tint.colour(values).map(|value| 255.0 * value.clamp(0.0, 1.0)))
}

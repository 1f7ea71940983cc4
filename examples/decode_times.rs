//! How long Plenary takes to decode pictures: the shortest of some rounds, in milliseconds, for `scripts/decode-times`.
//!
//!     decode_times ROUNDS FILE...

use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use plenary::slides::Limits;
use plenary::slides::decode::decode_bytes;

#[expect(clippy::disallowed_methods, reason = "times are what it is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rounds: u32 = arguments.next().ok_or("decode_times ROUNDS FILE...")?.parse()?;
    let mut out = std::io::stdout().lock();
    for file in arguments {
        let bytes = std::fs::read(&file)?;
        let mut shortest = f64::INFINITY;
        for _ in 0..rounds.max(1) {
            let start = Instant::now();
            let pixels = decode_bytes(&bytes, &Limits::default()).map_err(|trouble| format!("{file}: {trouble}"))?;
            shortest = shortest.min(start.elapsed().as_secs_f64() * 1e3);
            std::hint::black_box(pixels);
        }
        writeln!(out, "{shortest:.3} {file}")?;
    }
    Ok(())
}

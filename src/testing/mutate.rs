//! Damage for tests: the same for the same seed, so that what a test finds can be found again.

/// A small random generator (splitmix64). Good enough to damage files with, and nothing else.
#[derive(Debug, Clone)]
pub struct Prng(u64);

impl Prng {
    /// Each seed gives its own sequence.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; zero where the limit is.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.draw() % limit).unwrap_or(0)
    }

    /// One of several things.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len()))
    }
}

/// Pieces that parsers stumble over.
const TRAPS: &[&[u8]] = &[
    b"-1",
    b"0",
    b"99999999999999999999",
    b"9223372036854775807",
    b"1e309",
    b"NaN",
    b"-",
    b"..",
    b"../",
    b"/",
    b"\\",
    b"'",
    b"\"",
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"<slide>",
    b"</slide>",
    b"<time>",
    b"</time>",
    b"<slideName/>",
    b"\nfile ",
    b"\nduration ",
    b"\0",
    b"\r\n",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"\xc3",
];

/// Damages `bytes` in one to four places. Grows them by no more than a few times their length.
pub fn mutate(bytes: &[u8], prng: &mut Prng) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=prng.below(4) {
        let at = prng.below(out.len());
        let end = (at + prng.below(24)).min(out.len());
        match prng.below(8) {
            0 => {
                if let Some(byte) = out.get_mut(at) {
                    *byte ^= 1 << prng.below(8);
                }
            }
            1 => drop(out.drain(at..end)),
            2 => {
                let copy = out[at..end].to_vec();
                let to = prng.below(out.len());
                out.splice(to..to, copy);
            }
            3 => out.truncate(at),
            4 => {
                if let Some(byte) = out.get_mut(at) {
                    *byte = prng.draw().to_le_bytes()[0];
                }
            }
            5 => {
                let other = prng.below(out.len());
                if other < out.len() && at < out.len() {
                    out.swap(at, other);
                }
            }
            6 => {
                let trap = prng.pick(TRAPS).copied().unwrap_or_default();
                out.splice(at..at, trap.iter().copied());
            }
            _ => {
                let trap = prng.pick(TRAPS).copied().unwrap_or_default();
                out.splice(at..end, trap.iter().copied());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_damage_and_another_does_not() {
        let run = |seed| {
            let mut prng = Prng::new(seed);
            (0..50).map(|_| mutate(b"some bytes to damage", &mut prng)).collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        assert!(run(1).iter().filter(|out| out.as_slice() != b"some bytes to damage").count() > 40);
    }

    #[test]
    fn nothing_at_all_can_be_damaged_too() {
        let mut prng = Prng::new(5);
        (0..1_000).for_each(|_| drop(mutate(b"", &mut prng)));
    }
}

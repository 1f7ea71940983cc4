//! The rules of placing pieces, on a source whose every frame is its own number.

use super::*;

const RATE: u32 = 1000;
const PACKET: i64 = 20;

/// Packets of 20 ms; frame n sounds as n. What is wrong with it is up to the test.
struct Fake {
    format: StreamFormat,
    end: Option<u64>,
    /// First frames of the packets, what they claim that frame to be, and their numbers of frames.
    packets: Vec<(i64, Option<i64>, i64)>,
    at: usize,
    /// Landings come this many packets later than asked for.
    overshoot: usize,
    landings: Vec<u64>,
}

impl Fake {
    fn new(packets: impl IntoIterator<Item = i64>) -> Self {
        let format = StreamFormat {
            sample_rate: RATE,
            channels: 1,
            codec: "fake".to_owned(),
            length: None,
            exact: false,
            caveat: None,
        };
        let packets = packets.into_iter().map(|n| (n * PACKET, Some(n * PACKET), PACKET)).collect();
        Self { format, end: None, packets, at: 0, overshoot: 0, landings: Vec::new() }
    }
}

impl Source for Fake {
    fn format(&self) -> &StreamFormat {
        &self.format
    }

    fn preroll_ms(&self) -> u64 {
        100
    }

    fn slack(&self) -> u64 {
        10
    }

    fn end(&self) -> Option<u64> {
        self.end
    }

    fn path(&self) -> &Path {
        Path::new("fake")
    }

    fn skipped(&self) -> u64 {
        0
    }

    fn land(&mut self, frame: u64) -> Result<(), DecodeError> {
        self.landings.push(frame);
        let before = self.packets.iter().rposition(|(start, ..)| *start <= signed(frame)).unwrap_or(0);
        self.at = if frame == 0 { 0 } else { before + self.overshoot };
        Ok(())
    }

    fn next(&mut self, out: &mut Vec<f32>) -> Result<Option<Piece>, DecodeError> {
        out.clear();
        let Some((start, claim, frames)) = self.packets.get(self.at).copied() else {
            return Ok(None);
        };
        self.at += 1;
        out.extend((start..start + frames).map(|frame| frame as f32));
        Ok(Some(Piece { position: claim }))
    }

    fn next_packet(&mut self) -> Result<Option<Piece>, DecodeError> {
        self.next(&mut Vec::new())
    }
}

fn rest(exact: &mut Exact<Fake>) -> Vec<f32> {
    let mut out = Vec::new();
    while exact.read(&mut out).expect("a fake cannot fail") > 0 {}
    out
}

fn numbers(range: std::ops::Range<i64>) -> Vec<f32> {
    range.map(|frame| frame as f32).collect()
}

#[test]
fn a_seek_starts_at_the_frame_asked_for() {
    let mut exact = Exact::new(Fake::new(0..100));
    for target in [0, 1, 19, 20, 99, 100, 101, 1234, 1999] {
        exact.seek(target).expect("a fake cannot fail");
        assert_eq!(rest(&mut exact), numbers(signed(target)..2000), "{target}");
    }
    exact.seek(2000).expect("a fake cannot fail");
    assert!(rest(&mut exact).is_empty());
}

#[test]
fn a_landing_that_is_too_late_is_repeated_from_farther_back() {
    let mut fake = Fake::new(0..100);
    fake.overshoot = 15;
    let mut exact = Exact::new(fake);
    exact.seek(1234).expect("a fake cannot fail");
    assert_eq!(rest(&mut exact), numbers(1234..2000));
    assert_eq!(exact.source.landings, [1134, 834]);
    exact.source.overshoot = 1000;
    exact.seek(1234).expect("a fake cannot fail");
    assert_eq!(rest(&mut exact), numbers(1234..2000), "in the end, it reads from the beginning");
}

#[test]
fn rounded_timestamps_are_counted_through() {
    let mut fake = Fake::new(0..100);
    for (n, (_, claim, _)) in fake.packets.iter_mut().enumerate() {
        *claim = claim.map(|at| at + [0, 4, -5, 3][n % 4]);
    }
    let mut exact = Exact::new(fake);
    assert_eq!(rest(&mut exact), numbers(0..2000));
}

#[test]
fn a_gap_becomes_silence_and_what_follows_stays_in_its_place() {
    let mut exact = Exact::new(Fake::new((0..50).chain(60..100)));
    let mut whole = numbers(0..2000);
    whole[1000..1200].fill(0.0);
    assert_eq!(rest(&mut exact), whole);
    for target in [0, 990, 1000, 1100, 1199, 1200, 1300] {
        exact.seek(target).expect("a fake cannot fail");
        assert_eq!(rest(&mut exact), whole[target as usize..], "{target}");
    }
}

#[test]
fn a_long_gap_is_believed_when_the_next_packet_confirms_it() {
    let mut exact = Exact::new(Fake::new((0..50).chain(1000..1010)));
    let mut whole = numbers(0..20_200);
    // The packet that was the first to tell is lost.
    whole[1000..20_020].fill(0.0);
    assert_eq!(rest(&mut exact), whole);
}

#[test]
fn a_single_wild_timestamp_costs_no_more_than_its_packet() {
    let mut fake = Fake::new(0..100);
    fake.packets[30].1 = Some(1_000_000);
    let mut exact = Exact::new(fake);
    let mut whole = numbers(0..2000);
    whole[600..620].fill(0.0);
    assert_eq!(rest(&mut exact), whole);
}

#[test]
fn overlapping_packets_are_heard_once() {
    let mut exact = Exact::new(Fake::new((0..50).chain(45..100)));
    assert_eq!(rest(&mut exact), numbers(0..2000));
}

#[test]
fn time_that_starts_anew_is_counted_on() {
    let mut exact = Exact::new(Fake::new((0..200).chain(0..50)));
    assert_eq!(rest(&mut exact).len(), 5000);
}

#[test]
fn packets_without_timestamps_are_counted_from_the_beginning() {
    let mut fake = Fake::new(0..100);
    fake.packets.iter_mut().for_each(|packet| packet.1 = None);
    let mut exact = Exact::new(fake);
    exact.seek(1234).expect("a fake cannot fail");
    assert_eq!(rest(&mut exact), numbers(1234..2000));
}

#[test]
fn padding_at_the_end_is_not_heard() {
    let mut fake = Fake::new(0..100);
    fake.end = Some(1990);
    let mut exact = Exact::new(fake);
    assert_eq!(rest(&mut exact), numbers(0..1990));
    exact.seek(1985).expect("a fake cannot fail");
    assert_eq!(rest(&mut exact), numbers(1985..1990));
}

#[test]
fn a_header_that_states_too_short_a_length_cuts_nothing_off() {
    let mut fake = Fake::new(0..1000);
    fake.end = Some(5000);
    let mut exact = Exact::new(fake);
    assert_eq!(rest(&mut exact), numbers(0..20_000));
    exact.seek(15_000).expect("a fake cannot fail");
    assert_eq!(rest(&mut exact), numbers(15_000..20_000));
}

#[test]
fn sound_that_begins_late_is_preceded_by_silence() {
    let mut exact = Exact::new(Fake::new(25..100));
    let mut whole = numbers(0..2000);
    whole[..500].fill(0.0);
    for target in [0, 100, 499, 500, 700] {
        exact.seek(target).expect("a fake cannot fail");
        assert_eq!(rest(&mut exact), whole[target as usize..], "{target}");
    }
}

#[test]
fn frames_are_counted_whatever_the_gaps() {
    let mut exact = Exact::new(Fake::new((0..50).chain(60..100)));
    assert_eq!(exact.count_frames(&AtomicBool::new(false)).expect("a fake cannot fail"), 2000);
}

use super::*;
use crate::video::{Form, Within};

/// Pictures of 40 ms, a key picture every two seconds.
struct Fake {
    info: VideoInfo,
    next: i64,
    last: i64,
    end: i64,
    part: Option<Part>,
}

const FRAME: i64 = 40;

impl Fake {
    fn new(end: i64) -> Self {
        let info = VideoInfo { codec: "fake".into(), display: (2, 2), duration: None, hardware: None };
        Self { info, next: 0, last: -1, end, part: None }
    }

    fn span(&self) -> Span {
        let from = MediaTime::from_millis(self.last * FRAME);
        let until = (self.last + 1 < self.end).then(|| from + MediaTime::from_millis(FRAME));
        Span { from, until }
    }
}

impl FrameSource for Fake {
    fn info(&self) -> &VideoInfo {
        &self.info
    }

    fn seek(&mut self, to: MediaTime) -> Result<(), VideoError> {
        self.next = (to.millis() / 2000 * 2000 / FRAME).min(self.end - 1).max(0);
        Ok(())
    }

    fn advance(&mut self) -> Result<Option<Span>, VideoError> {
        if self.next >= self.end {
            return Ok(None);
        }
        self.last = self.next;
        self.next += 1;
        Ok(Some(self.span()))
    }

    fn picture(&mut self, mut memory: Vec<u8>, _make: Make) -> Option<Frame> {
        memory.resize(16, u8::try_from(self.last % 256).expect("a byte"));
        let display = (if self.part.is_some() { 1 } else { 2 }, 2);
        let within = Within::ALL;
        Some(Frame { span: self.span(), width: 2, height: 2, display, within, form: Form::Rgba, bytes: memory })
    }

    fn show(&mut self, part: Option<Part>) {
        self.part = part;
    }

    fn flaw(&self) -> Option<Flaw> {
        None
    }

    fn grey(&mut self, _across: usize, _down: usize, _out: &mut Vec<u8>) -> bool {
        false
    }
}

fn projector(end: i64) -> Projector {
    let projector = Projector::stepped(Arc::default());
    let reel = Reel {
        file: "film".into(),
        source: Box::new(Fake::new(end)),
        generation: None,
        reached: None,
        arrived: false,
        passed: 0,
    };
    if let Some(worker) = &projector.stepped {
        worker.lock().expect("no panic").reel = Some(reel);
    }
    projector
}

fn wanted(millis: i64) -> Wanted {
    Wanted { file: "film".into(), part: None, at: MediaTime::from_millis(millis), playing: false, roughly: false }
}

fn shown(projector: &Projector) -> i64 {
    projector.picture().map_or(-1, |frame| frame.span.from.millis() / FRAME)
}

fn decoded(projector: &Projector) -> u64 {
    projector.decoded.load(Ordering::Relaxed)
}

#[test]
fn the_picture_of_the_moment_is_shown_after_any_seek() {
    let mut projector = projector(10_000);
    let mut dice = crate::testing::mutate::Prng::new(5);
    for _ in 0..300 {
        let at = i64::try_from(dice.below(400_000)).expect("small");
        projector.want(Some(wanted(at)));
        while projector.step() {}
        assert_eq!(shown(&projector), at / FRAME, "{at}");
        assert!(projector.exact().is_some());
    }
}

#[test]
fn while_playing_a_few_pictures_are_ready_and_no_more() {
    let mut projector = projector(10_000);
    projector.want(Some(Wanted { playing: true, ..wanted(0) }));
    while projector.step() {}
    assert_eq!(decoded(&projector), u64::try_from(AHEAD).expect("small"));
    for at in (0..4_000).step_by(16) {
        projector.want(Some(Wanted { playing: true, ..wanted(at) }));
        assert_eq!(shown(&projector), at / FRAME);
        let due = projector.next_change().map(MediaTime::millis);
        assert_eq!(due, Some((at / FRAME + 1) * FRAME));
        while projector.step() {}
    }
    assert_eq!(decoded(&projector), 99 + u64::try_from(AHEAD).expect("small"));
}

#[test]
fn a_seek_that_takes_long_ends_although_time_goes_on() {
    let mut projector = projector(10_000);
    for step in 0..60 {
        projector.want(Some(Wanted { playing: true, ..wanted(101_990 + 16 * step) }));
        projector.step();
    }
    while projector.step() {}
    assert_eq!(shown(&projector), (101_990 + 16 * 59) / FRAME);
}

#[test]
fn a_dragged_playhead_shows_something_near_at_once() {
    let mut projector = projector(10_000);
    projector.want(Some(Wanted { roughly: true, ..wanted(9_900) }));
    assert!(projector.step());
    assert_eq!(shown(&projector), 200);
    projector.want(Some(Wanted { roughly: true, ..wanted(5_500) }));
    assert!(projector.step());
    assert_eq!(shown(&projector), 100);
    while projector.step() {}
    assert_eq!(shown(&projector), 137);
}

#[test]
fn another_part_of_a_picture_is_shown_without_decoding_it_again_and_never_the_one_before() {
    let mut projector = projector(10_000);
    projector.want(Some(wanted(5_500)));
    while projector.step() {}
    assert_eq!(projector.picture().map(|frame| frame.display), Some((2, 2)));
    let before = decoded(&projector);
    let half = Part { left: 0, top: 0, width: Part::WHOLE / 2, height: Part::WHOLE };
    projector.want(Some(Wanted { part: Some(half), ..wanted(5_500) }));
    assert!(projector.picture().is_none());
    while projector.step() {}
    assert_eq!(projector.picture().map(|frame| frame.display), Some((1, 2)));
    assert_eq!((shown(&projector), decoded(&projector)), (137, before));
}

#[test]
fn nothing_is_decoded_while_nothing_is_shown_and_the_last_picture_stays_at_the_end() {
    let mut projector = projector(50);
    projector.want(None);
    assert!(!projector.step());
    assert_eq!(decoded(&projector), 0);
    projector.want(Some(Wanted { playing: true, ..wanted(1_900) }));
    while projector.step() {}
    for at in [1_900, 2_500, 9_000] {
        projector.want(Some(Wanted { playing: true, ..wanted(at) }));
        while projector.step() {}
        assert_eq!(shown(&projector), (at / FRAME).min(49), "{at}");
    }
    assert_eq!(projector.next_change(), None);
    projector.want(Some(wanted(0)));
    while projector.step() {}
    assert_eq!(shown(&projector), 0);
}

#[test]
fn a_file_that_cannot_be_shown_says_why_and_is_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("film.mp4");
    crate::testing::talks::put(&file, b"no film");
    let mut projector = Projector::stepped(Arc::default());
    projector.want(Some(Wanted { file: file.clone(), ..wanted(0) }));
    while projector.step() {}
    let (failed, why) = projector.failure().expect("has failed");
    assert!(failed == file && why.starts_with("Cannot show the video ("), "{why}");
    projector.want(Some(Wanted { file, ..wanted(500) }));
    assert!(!projector.step());
    assert!(projector.picture().is_none());
}

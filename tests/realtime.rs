//! The audio callback allocates nothing and frees nothing, whatever happens to it: the allocator aborts if it does.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use crossbeam_channel::bounded;
use plenary::audio::block::RING_BLOCKS;
use plenary::audio::clock::Timebase;
use plenary::audio::feeder::{Feeder, Source, Step};
use plenary::audio::mailbox::Mailbox;
use plenary::audio::render::Render;
use plenary::audio::shared::Shared;
use plenary::testing::ramp;
use plenary::time::{MediaTime, Rate};
use std::sync::Arc;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

struct Desk {
    shared: Arc<Shared>,
    mailbox: Arc<Mailbox>,
    feeder: Feeder,
    render: Render,
    out: Vec<f32>,
}

impl Desk {
    fn callbacks(&mut self, count: usize, feeding: bool) {
        for _ in 0..count {
            while feeding && self.feeder.step() == Step::Busy {}
            let (render, out, shared) = (&mut self.render, &mut self.out, &self.shared);
            let now = shared.timebase.now();
            assert_no_alloc(|| render.fill(out, now + 20_000_000));
            shared.timebase.advance(10_000_000);
        }
    }

    fn seek(&mut self, secs: i64) {
        let at = MediaTime::from_secs(secs);
        let generation = self.shared.retarget(at);
        self.mailbox.seek(generation, at);
    }

    fn heard_something(&self) -> bool {
        self.out.iter().any(|sample| *sample != 0.0)
    }
}

#[test]
fn the_callback_never_allocates() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ramp.wav");
    plenary::testing::talks::put(&file, &ramp::wav(20));
    let shared = Arc::new(Shared::new(Timebase::simulated()));
    let mailbox = Arc::new(Mailbox::default());
    let (producer, consumer) = rtrb::RingBuffer::new(RING_BLOCKS);
    let (events, _kept) = bounded(64);
    let feeder =
        Feeder::new(producer, Arc::clone(&shared), Arc::clone(&mailbox), events, Arc::new(|| {}), Arc::default());
    let render = Render::new(consumer, Arc::clone(&shared));
    let mut desk = Desk { shared, mailbox, feeder, render, out: vec![0.0; 2 * 480] };

    desk.mailbox.open(1, Some(Source::File { path: file, last_slide: MediaTime::ZERO }), Arc::default());
    desk.seek(5);
    desk.shared.set_playing(true);
    desk.callbacks(50, true);
    assert!(desk.heard_something(), "it must play, or nothing is tested");
    // Seeks while playing, an underrun, recovery, a pause, a seek while paused, a change of speed, the end.
    for target in [1, 15, 7] {
        desk.seek(target);
        desk.callbacks(10, true);
    }
    desk.callbacks(60, false);
    assert!(desk.shared.underruns() > 0, "it must starve, or nothing is tested");
    desk.callbacks(20, true);
    desk.shared.set_playing(false);
    desk.callbacks(5, true);
    desk.seek(3);
    desk.callbacks(5, true);
    desk.mailbox.set_rate(Rate::from_factor(2.5));
    desk.shared.set_playing(true);
    desk.callbacks(50, true);
    assert!(desk.heard_something());
    // Boost into the limiter, mono, balance, and all back.
    desk.seek(18);
    for (gain, mono, balance) in
        [(8.0, false, 0.0), (1.1, true, -0.5), (8.0, true, 1.0), (0.0, false, 0.0), (1.0, false, 0.0)]
    {
        desk.shared.set_gain(gain);
        desk.shared.set_mono(mono);
        desk.shared.set_balance(balance);
        desk.callbacks(6, true);
        assert!(desk.out.iter().all(|sample| sample.abs() <= 1.0));
    }
    desk.seek(19);
    desk.callbacks(200, true);
    assert!(desk.shared.hearing().ended, "it must come to the end, or nothing is tested");
}

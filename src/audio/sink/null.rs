//! The sink for when there is no device: the same callback, paced by the system's clock, heard by nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Sink;
use super::device::Device;
use crate::audio::block::CHANNELS;
use crate::audio::render::Render;
use crate::audio::shared::{DEFAULT_RATE, Shared};

/// How often the callback runs.
const PERIOD: Duration = Duration::from_millis(10);

/// The most that is made up for after the machine slept, in nanoseconds.
const MAX_CATCH_UP: i64 = 200_000_000;

/// A thread that plays to nobody.
pub struct NullSink {
    running: Arc<AtomicBool>,
    thread: JoinHandle<Box<Render>>,
    device: Device,
}

impl NullSink {
    /// Starts playing. Gives the render back if no thread can be had.
    ///
    /// # Errors
    /// The system's reason.
    pub fn start(mut render: Box<Render>, shared: Arc<Shared>) -> std::io::Result<Self> {
        let running = Arc::new(AtomicBool::new(true));
        let thread = std::thread::Builder::new().name("audio-null".into()).spawn({
            let running = Arc::clone(&running);
            move || {
                render.begin(DEFAULT_RATE);
                run(&mut render, &shared, &running);
                render
            }
        })?;
        let device = Device { id: String::new(), name: "no sound device".to_owned() };
        Ok(Self { running, thread, device })
    }
}

fn run(render: &mut Render, shared: &Shared, running: &AtomicBool) {
    let rate = i64::from(DEFAULT_RATE);
    let mut out = vec![0.0; CHANNELS * usize::try_from(rate * MAX_CATCH_UP / 1_000_000_000).unwrap_or(0)];
    let mut done_until = shared.timebase.now();
    while running.load(Ordering::Acquire) {
        std::thread::park_timeout(PERIOD);
        let now = shared.timebase.now();
        done_until = done_until.max(now - MAX_CATCH_UP);
        let frames = usize::try_from((now - done_until) * rate / 1_000_000_000).unwrap_or(0);
        let length = (frames * CHANNELS).min(out.len());
        render.fill(&mut out[..length], now);
        done_until += i64::try_from(length / CHANNELS).unwrap_or(0) * 1_000_000_000 / rate;
    }
}

impl Sink for NullSink {
    fn device(&self) -> &Device {
        &self.device
    }

    fn lost(&mut self) -> Option<String> {
        None
    }

    fn stop(self: Box<Self>) -> Box<Render> {
        self.running.store(false, Ordering::Release);
        self.thread.thread().unpark();
        match self.thread.join() {
            Ok(render) => render,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

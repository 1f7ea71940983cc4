//! The sink of tests: moved by hand, hears everything, keeps it.

use std::sync::Arc;

use crate::audio::block::CHANNELS;
use crate::audio::render::Render;
use crate::audio::shared::{DEFAULT_RATE, Shared};

/// A device with a fixed delay whose time passes only in [`SimSink::advance`].
pub struct SimSink {
    render: Render,
    shared: Arc<Shared>,
    /// Everything played, interleaved stereo at 48 kHz.
    pub heard: Vec<f32>,
    latency: i64,
    period: usize,
    lost: bool,
}

impl SimSink {
    /// A device that is heard `latency` nanoseconds after each callback, with `period` frames a callback.
    pub fn new(mut render: Render, shared: Arc<Shared>, latency: i64, period: usize) -> Self {
        render.begin(DEFAULT_RATE);
        Self { render, shared, heard: Vec::new(), latency, period: period.max(1), lost: false }
    }

    /// One callback, after which its frames have passed. A lost device calls nothing, but time passes.
    pub fn callback(&mut self) {
        let length = self.period * CHANNELS;
        // Without a device there is silence, but time passes.
        let from = self.heard.len();
        self.heard.resize(from + length, 0.0);
        if !self.lost {
            let heard_at = self.shared.timebase.now() + self.latency;
            self.render.fill(&mut self.heard[from..], heard_at);
        }
        let nanos = i64::try_from(self.period).unwrap_or(0) * 1_000_000_000 / i64::from(DEFAULT_RATE);
        self.shared.timebase.advance(nanos);
    }

    /// Frames in a callback.
    pub fn period(&self) -> usize {
        self.period
    }

    /// Pulls the plug, or puts it back.
    pub fn set_lost(&mut self, lost: bool) {
        self.lost = lost;
    }
}

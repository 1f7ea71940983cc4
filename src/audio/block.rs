//! A block of finished sound with the piece of the talk that it is. Header and samples cannot come apart.

/// Frames in a full block: 5 ms at 48 kHz.
pub const BLOCK_FRAMES: usize = 240;

/// Channels of everything after the stretcher; the sink adapts to the device.
pub const CHANNELS: usize = 2;

/// Blocks in the ring: 160 ms at 48 kHz, which rides out a late feeder and is also how late a change of speed is heard.
pub const RING_BLOCKS: usize = 32;

/// Up to [`BLOCK_FRAMES`] frames of stereo sound.
#[derive(Clone)]
pub struct Block {
    /// The seek, opening or change of device that this sound answers; any other is stale.
    pub generation: u32,
    /// Frames per second at which it was made; a sink of another rate drops it.
    pub rate_hz: u32,
    /// Frames in use, at most [`BLOCK_FRAMES`].
    pub frames: usize,
    /// Nothing follows in this generation.
    pub last: bool,
    /// Source time of the first frame, in nanoseconds.
    pub start: i64,
    /// Source time just after the last frame, in nanoseconds.
    pub end: i64,
    /// Interleaved, linear, -1 to 1.
    pub samples: [f32; BLOCK_FRAMES * CHANNELS],
}

impl Block {
    /// Without frames.
    pub fn empty(generation: u32, rate_hz: u32, start: i64) -> Self {
        Self { generation, rate_hz, frames: 0, last: false, start, end: start, samples: [0.0; BLOCK_FRAMES * CHANNELS] }
    }

    /// Source time at which the frame with this number begins, in nanoseconds. Realtime-safe.
    pub fn time_at(&self, frame: usize) -> i64 {
        if self.frames == 0 {
            return self.end;
        }
        #[expect(clippy::cast_possible_wrap, reason = "at most 240")]
        let (frame, frames) = (frame.min(self.frames) as i64, self.frames as i64);
        self.start + (self.end - self.start) * frame / frames
    }
}

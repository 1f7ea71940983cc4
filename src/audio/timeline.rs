//! Which frame of the source each finished frame is: the stretcher's spans, looked up through the resampler's ratio.

use super::stretch::Span;

/// The spans since the last seek that are still needed.
#[derive(Debug, Default)]
pub struct Timeline {
    spans: Vec<Span>,
    /// Stretched frames before the first span kept.
    origin: u64,
    /// Spans at the front that are no longer needed.
    spent: usize,
}

impl Timeline {
    /// Starts again at zero, as after a seek.
    pub fn reset(&mut self) {
        self.spans.clear();
        (self.origin, self.spent) = (0, 0);
    }

    /// Where the stretcher appends.
    pub fn spans(&mut self) -> &mut Vec<Span> {
        &mut self.spans
    }

    /// The frame of the source, counted from the seek, that is finished frame `frame` (counted likewise).
    pub fn source_frame(&self, frame: u64, source_hz: u32, sink_hz: u32) -> f64 {
        let stretched = stretched_frame(frame, source_hz, sink_hz);
        #[expect(clippy::cast_precision_loss, reason = "frames of a talk: far below 2^53")]
        let (mut at, mut end) = (self.origin as f64, 0.0);
        for span in &self.spans[self.spent..] {
            #[expect(clippy::cast_precision_loss, reason = "frames of a talk: far below 2^53")]
            let (start, length) = (span.in_start as f64, span.in_frames as f64);
            let frames = f64::from(span.out_frames);
            if stretched < at + frames {
                return start + length * ((stretched - at) / frames).clamp(0.0, 1.0);
            }
            at += frames;
            end = start + length;
        }
        end
    }

    /// Lets go of what lies before finished frame `frame`.
    pub fn forget_before(&mut self, frame: u64, source_hz: u32, sink_hz: u32) {
        let stretched = stretched_frame(frame, source_hz, sink_hz);
        // The last span stays, so that the end can always be told.
        while self.spent + 1 < self.spans.len() {
            let after = self.origin + u64::from(self.spans[self.spent].out_frames);
            #[expect(clippy::cast_precision_loss, reason = "frames of a talk: far below 2^53")]
            if after as f64 > stretched {
                break;
            }
            self.origin = after;
            self.spent += 1;
        }
        if self.spent > 256 {
            self.spans.drain(..self.spent);
            self.spent = 0;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "frames of a talk: far below 2^53")]
fn stretched_frame(frame: u64, source_hz: u32, sink_hz: u32) -> f64 {
    frame as f64 * f64::from(source_hz) / f64::from(sink_hz.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans() -> Vec<Span> {
        vec![
            Span { out_frames: 100, in_start: 0, in_frames: 200 },
            Span { out_frames: 50, in_start: 200, in_frames: 50 },
            Span { out_frames: 100, in_start: 250, in_frames: 50 },
        ]
    }

    #[test]
    fn frames_are_looked_up_in_their_span() {
        let mut timeline = Timeline::default();
        timeline.spans().extend(spans());
        for (frame, source) in
            [(0, 0.0), (50, 100.0), (100, 200.0), (125, 225.0), (200, 275.0), (250, 300.0), (999, 300.0)]
        {
            assert!((timeline.source_frame(frame, 48_000, 48_000) - source).abs() < 1e-9, "{frame}");
        }
    }

    #[test]
    fn the_ratio_of_the_resampler_is_taken_out() {
        let mut timeline = Timeline::default();
        timeline.spans().extend(spans());
        assert!((timeline.source_frame(100, 24_000, 48_000) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn forgetting_changes_no_answer() {
        let mut timeline = Timeline::default();
        for n in 0..1000_u64 {
            timeline.spans().push(Span { out_frames: 10, in_start: n * 20, in_frames: 20 });
        }
        for frame in (0..10_000_u64).step_by(37) {
            timeline.forget_before(frame, 48_000, 48_000);
            assert!((timeline.source_frame(frame, 48_000, 48_000) - frame as f64 * 2.0).abs() < 1e-9, "{frame}");
        }
        assert!(timeline.spans().len() < 600, "spans that are spent are let go");
    }
}

//! A stream to one device of the sound server, which stays there: it is never moved to another.

use std::ffi::CString;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{ChannelMap, PlaybackLatency, PlaybackStreamParams, Prop, Props, SampleFormat, SampleSpec};
use pulseaudio::{AsPlaybackSource as _, Client, PlaybackStream};

use super::super::device::Device;
use super::super::heartbeat::Heartbeat;
use super::super::{Opened, Sink, SinkError};
use super::server::name_of;
use super::wait::within;
use crate::audio::block::CHANNELS;
use crate::audio::render::Render;
use crate::audio::shared::{DEFAULT_RATE, Shared};

/// Frames that the server asks for at once.
const PERIOD: u32 = 512;
/// Frames that the server holds altogether.
const BUFFER: u32 = 1536;
/// Bytes of a frame.
const FRAME: usize = 4 * CHANNELS;
/// Longest piece that is made in one go, in frames.
const SCRATCH_FRAMES: usize = 4096;
/// How long the server may take to make a stream, or to let it go.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the server is asked when sound is heard.
const ASK: Duration = Duration::from_millis(100);
/// An answer that took longer than this says little, in nanoseconds.
const SLOW: i64 = 20_000_000;
/// What is heard sooner or later than this than was thought has moved, in nanoseconds; anything less is measured badly.
const MOVED: i64 = 4_000_000;
/// When the first frame is heard is not known yet.
const UNKNOWN: i64 = i64::MIN;

/// A running stream.
pub struct PulseSink {
    stream: PlaybackStream,
    device: Device,
    desk: Arc<Desk>,
    clock: Option<JoinHandle<()>>,
    heartbeat: Heartbeat,
}

/// What the server's callback, the clock's thread and the keeper share.
struct Desk {
    /// Taken back when the stream is stopped; never held for longer than a callback.
    render: Mutex<Option<Box<Render>>>,
    /// When the stream's first frame was heard, on the sink's clock, as if it had never stumbled.
    origin: AtomicI64,
    stopped: AtomicBool,
    gone: AtomicBool,
}

impl PulseSink {
    /// Plays to this device.
    pub fn start(client: &Client, device: Device, mut render: Box<Render>, shared: &Arc<Shared>) -> Opened {
        let Ok(name) = CString::new(name_of(&device)) else { return Err((SinkError::NoDevice, render)) };
        render.begin(DEFAULT_RATE);
        let desk = Arc::new(Desk {
            render: Mutex::new(Some(render)),
            origin: AtomicI64::new(UNKNOWN),
            stopped: AtomicBool::new(false),
            gone: AtomicBool::new(false),
        });
        let callback = callback(Arc::clone(&desk));
        let made = within(PATIENCE, client.create_playback_stream(parameters(name), callback.as_playback_source()));
        let heartbeat = Heartbeat::new(shared);
        let made = match made {
            Some(Ok(stream)) => desk.follow(&stream, shared).map(|clock| (stream, clock)).map_err(|e| e.to_string()),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("the sound server does not answer".to_owned()),
        };
        match made {
            Ok((stream, clock)) => Ok(Box::new(Self { stream, device, desk, clock: Some(clock), heartbeat })),
            Err(why) => match desk.take() {
                Some(render) => Err((SinkError::Unusable(why), render)),
                None => unreachable_render(),
            },
        }
    }
}

/// Only [`Desk::take`] takes the render, and only once.
fn unreachable_render() -> ! {
    #[expect(clippy::panic, reason = "there is nothing to go on with")]
    {
        panic!("the render of a stream was taken twice")
    }
}

fn parameters(sink: CString) -> PlaybackStreamParams {
    let bytes = |frames: u32| frames * u32::try_from(FRAME).unwrap_or(u32::MAX);
    let mut props = Props::new();
    props.set(Prop::ApplicationName, c"Plenary");
    props.set(Prop::ApplicationId, c"plenary");
    props.set(Prop::MediaName, c"Talk");
    PlaybackStreamParams {
        sample_spec: SampleSpec {
            format: SampleFormat::Float32Le,
            channels: u8::try_from(CHANNELS).unwrap_or(2),
            sample_rate: DEFAULT_RATE,
        },
        channel_map: ChannelMap::stereo(),
        sink_name: Some(sink),
        buffer_attr: BufferAttr {
            max_length: bytes(4 * BUFFER),
            target_length: bytes(BUFFER),
            pre_buffering: u32::MAX,
            minimum_request_length: bytes(PERIOD),
            fragment_size: u32::MAX,
        },
        flags: StreamFlags { no_move: true, adjust_latency: true, ..StreamFlags::default() },
        props,
        ..PlaybackStreamParams::default()
    }
}

/// What the server calls when it wants sound. Waits for nothing.
fn callback(desk: Arc<Desk>) -> impl FnMut(&mut [u8]) -> usize + Send + 'static {
    let mut scratch = vec![0.0_f32; SCRATCH_FRAMES * CHANNELS];
    let mut written = 0_i64;
    move |out: &mut [u8]| {
        let origin = desk.origin.load(Ordering::Acquire);
        // Held only while the stream is being stopped.
        let mut render = desk.render.try_lock().ok();
        let mut render = render.as_deref_mut().and_then(Option::as_mut).filter(|_| origin != UNKNOWN);
        for piece in out.chunks_mut(SCRATCH_FRAMES * FRAME) {
            let frames = piece.len() / FRAME;
            match &mut render {
                Some(render) => {
                    let samples = &mut scratch[..frames * CHANNELS];
                    render.fill(samples, origin + nanos(written));
                    for (into, sample) in piece.chunks_exact_mut(4).zip(samples) {
                        into.copy_from_slice(&sample.to_le_bytes());
                    }
                }
                None => piece.fill(0),
            }
            written += i64::try_from(frames).unwrap_or(0);
        }
        out.len()
    }
}

fn nanos(frames: i64) -> i64 {
    frames.saturating_mul(1_000_000_000) / i64::from(DEFAULT_RATE)
}

impl Desk {
    fn take(&self) -> Option<Box<Render>> {
        self.render.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Asks the server again and again when what it is given is heard.
    fn follow(self: &Arc<Self>, stream: &PlaybackStream, shared: &Arc<Shared>) -> std::io::Result<JoinHandle<()>> {
        let (desk, stream, shared) = (Arc::clone(self), stream.clone(), Arc::clone(shared));
        std::thread::Builder::new().name("audio-clock".into()).spawn(move || {
            let mut origin = Origin::default();
            while !desk.stopped.load(Ordering::Acquire) {
                let asked = shared.timebase.now();
                match within(PATIENCE, stream.timing_info()) {
                    Some(Ok(told)) => {
                        let answered = shared.timebase.now();
                        if let Some(at) = origin.heed(asked, answered, &told) {
                            desk.origin.store(at, Ordering::Release);
                        }
                    }
                    Some(Err(error)) => {
                        tracing::debug!("the stream has ended: {error}");
                        desk.gone.store(true, Ordering::Release);
                        return;
                    }
                    // A server that is stopped may go on; whether it does is seen by what it calls for.
                    None => {}
                }
                std::thread::park_timeout(if origin.sure() { ASK } else { ASK / 10 });
            }
        })
    }
}

/// When the first frame of a stream was heard, told better and better.
#[derive(Debug, Default)]
struct Origin {
    at: Option<i64>,
    /// Answers so far that agreed with it.
    agreed: u32,
    /// An answer that did not: where the next one says the same, it has moved.
    doubt: Option<i64>,
}

impl Origin {
    /// Takes an answer that was asked for and had at these times; returns what is thought now.
    fn heed(&mut self, asked: i64, answered: i64, told: &PlaybackLatency) -> Option<i64> {
        if !told.playing || (answered - asked > SLOW && self.at.is_some()) {
            return self.at;
        }
        let device = i64::try_from(told.sink_usec).unwrap_or(0).saturating_mul(1000);
        let read = told.read_offset / i64::try_from(FRAME).unwrap_or(1);
        let seen = asked + (answered - asked) / 2 + device - nanos(read);
        match self.at {
            Some(at) if (seen - at).abs() < MOVED => {
                self.agreed = (self.agreed + 1).min(16);
                self.doubt = None;
                self.at = Some(at + (seen - at) / i64::from(self.agreed + 1));
            }
            Some(_) if self.doubt.is_none_or(|doubt| (seen - doubt).abs() >= MOVED) => self.doubt = Some(seen),
            _ => *self = Self { at: Some(seen), agreed: 0, doubt: None },
        }
        self.at
    }

    /// Whether it need not be asked for often.
    fn sure(&self) -> bool {
        self.agreed >= 8 && self.doubt.is_none()
    }
}

impl Sink for PulseSink {
    fn device(&self) -> &Device {
        &self.device
    }

    fn lost(&mut self) -> Option<String> {
        let beat = self.heartbeat.look();
        if self.desk.gone.load(Ordering::Acquire) {
            Some("is no longer there".into())
        } else if beat.stopped {
            Some("takes no more sound".into())
        } else {
            None
        }
    }

    fn stop(mut self: Box<Self>) -> Box<Render> {
        self.desk.stopped.store(true, Ordering::Release);
        let render = self.desk.take();
        if let Some(clock) = self.clock.take() {
            clock.thread().unpark();
        }
        within(PATIENCE, self.stream.clone().delete());
        render.unwrap_or_else(|| unreachable_render())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    fn told(read_ms: i64, sink_ms: u64) -> PlaybackLatency {
        PlaybackLatency {
            sink_usec: sink_ms * 1000,
            source_usec: 0,
            playing: true,
            local_time: std::time::UNIX_EPOCH,
            remote_time: std::time::UNIX_EPOCH,
            write_offset: 0,
            read_offset: read_ms * 48 * i64::try_from(FRAME).unwrap(),
            underrun_for: 0,
            playing_for: 0,
        }
    }

    #[test]
    fn what_is_measured_badly_hardly_moves_the_clock() {
        let mut origin = Origin::default();
        for n in 1..=20 {
            let jitter = if n % 2 == 0 { MS } else { -MS };
            let at =
                origin.heed(1000 * MS + n * 100 * MS + jitter, 1000 * MS + n * 100 * MS + jitter, &told(n * 100, 30));
            let off = at.unwrap() - 1030 * MS;
            assert!(off.abs() <= MS, "{off}");
        }
        assert!(origin.sure());
        let off = origin.at.unwrap() - 1030 * MS;
        assert!(off.abs() < MS / 5, "{off}");
    }

    #[test]
    fn a_stumble_is_believed_when_it_is_told_twice() {
        let mut origin = Origin::default();
        for n in 1..=20 {
            origin.heed(n * 100 * MS, n * 100 * MS, &told(n * 100, 30));
        }
        assert_eq!(origin.heed(2100 * MS, 2100 * MS, &told(2060, 30)), Some(30 * MS), "once may be a mistake");
        assert_eq!(origin.heed(2200 * MS, 2200 * MS, &told(2160, 30)), Some(70 * MS));
        assert_eq!(origin.heed(2300 * MS, 2390 * MS, &told(2300, 30)), Some(70 * MS), "a slow answer says little");
    }
}

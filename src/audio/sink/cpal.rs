//! Devices as the operating system has them: ALSA, WASAPI, CoreAudio. The only file that names cpal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{BufferSize, ErrorKind, OutputCallbackInfo, SampleFormat, StreamConfig, SupportedBufferSize};
use crossbeam_channel::{Receiver, Sender, bounded};

use super::device::{Choice, Device, Found, Listing};
use super::heartbeat::Heartbeat;
use super::{Opened, Sink, SinkError};
use crate::audio::block::CHANNELS;
use crate::audio::render::Render;
use crate::audio::shared::{DEFAULT_RATE, Shared};

/// Frames asked of the device for each callback. Asked for explicitly, because what a sound server takes for its
/// default has been seconds.
const PERIOD_FRAMES: u32 = 512;

/// Callbacks at the start of a stream whose timestamps say nothing: they fill the device's buffer with silence.
const SETTLING_CALLBACKS: u32 = 3;

/// Longest callback that is served in one go, in frames.
const SCRATCH_FRAMES: usize = 8192;

/// This many errors between two looks mean that the device is gone, whatever the errors call themselves.
const TOO_MANY_ERRORS: u64 = 100;

/// Looks in a row that must find nothing but errors.
const ERRING_LOOKS: u32 = 3;

/// A stream on an output device.
pub struct CpalSink {
    stream: cpal::Stream,
    home: Receiver<Box<Render>>,
    device: Device,
    heartbeat: Heartbeat,
    trouble: Arc<Trouble>,
    errors_seen: u64,
    /// Looks in a row that found nothing but errors.
    erring: u32,
}

#[derive(Default)]
struct Trouble {
    errors: AtomicU64,
    gone: AtomicU64,
}

/// The render while it is inside a stream. When the stream is dropped it goes home.
struct Loan {
    render: Option<Box<Render>>,
    home: Sender<Box<Render>>,
    scratch: Vec<f32>,
    channels: usize,
    settling: u32,
    shared: Arc<Shared>,
    rate_hz: u32,
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(render) = self.render.take() {
            self.home.try_send(render).ok();
        }
    }
}

impl CpalSink {
    /// Whether what is chosen is there and answers.
    pub fn available(choice: &Choice) -> bool {
        find(choice).is_some_and(|device| configure(&device).is_ok())
    }

    /// Opens what is chosen.
    ///
    /// # Errors
    /// [`SinkError`], with the render for another sink.
    pub fn start(choice: &Choice, render: Box<Render>, shared: &Arc<Shared>) -> Opened {
        let Some(device) = find(choice) else { return Err((SinkError::NoDevice, render)) };
        let config = match configure(&device) {
            Ok(config) => config,
            Err(error) => return Err((error, render)),
        };
        let name = describe(&device);
        let (send, home) = bounded(1);
        let mut loan = Loan {
            render: Some(render),
            home: send,
            scratch: vec![0.0; SCRATCH_FRAMES * CHANNELS],
            channels: usize::from(config.channels.max(1)),
            settling: SETTLING_CALLBACKS,
            shared: Arc::clone(shared),
            rate_hz: config.sample_rate,
        };
        if let Some(render) = &mut loan.render {
            render.begin(config.sample_rate);
        }
        let trouble = Arc::new(Trouble::default());
        let report = Arc::clone(&trouble);
        let built = device.build_output_stream::<f32, _, _>(
            config,
            move |out: &mut [f32], info: &OutputCallbackInfo| loan.serve(out, info),
            move |error: cpal::Error| report.note(error.kind()),
            Some(Duration::from_secs(2)),
        );
        let started = built.and_then(|stream| stream.play().map(|()| stream));
        match started {
            Ok(stream) => {
                let heartbeat = Heartbeat::new(shared);
                Ok(Box::new(Self { stream, home, device: name, heartbeat, trouble, errors_seen: 0, erring: 0 }))
            }
            Err(error) => {
                // The closure and with it the loan have been dropped: the render is home.
                match home.recv_timeout(Duration::from_secs(5)) {
                    Ok(render) => Err((SinkError::Unusable(error.to_string()), render)),
                    Err(lost) => unreachable_render(&lost),
                }
            }
        }
    }
}

/// A loan always sends its render home when it is dropped, and streams drop their callback.
fn unreachable_render(why: &dyn std::error::Error) -> ! {
    #[expect(clippy::panic, reason = "the audio library has leaked its callback; there is nothing to go on with")]
    {
        panic!("the sound library kept the callback: {why}")
    }
}

/// The devices that sound can go to.
pub fn list() -> Listing {
    let host = cpal::default_host();
    let found = |device: cpal::Device| Found { device: describe(&device), ..Found::default() };
    Listing {
        found: host.output_devices().map(|all| all.map(found).collect()).unwrap_or_default(),
        default: host.default_output_device().map(|device| describe(&device).id),
    }
}

fn find(choice: &Choice) -> Option<cpal::Device> {
    let host = cpal::default_host();
    match choice {
        Choice::Default => host.default_output_device(),
        Choice::Device(device) => {
            let known = device.id.parse().ok().and_then(|id| host.device_by_id(&id));
            known.or_else(|| {
                let listing = list();
                host.device_by_id(&listing.meant(device)?.id.parse().ok()?)
            })
        }
    }
}

fn describe(device: &cpal::Device) -> Device {
    Device {
        id: device.id().map(|id| id.to_string()).unwrap_or_default(),
        name: device.description().map_or_else(|_| "sound device".to_owned(), |found| found.name().to_owned()),
    }
}

/// Stereo if it can be had, 48 kHz if it can be had, a small explicit buffer always.
fn configure(device: &cpal::Device) -> Result<StreamConfig, SinkError> {
    let unusable = |error: cpal::Error| match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => SinkError::NoDevice,
        _ => SinkError::Unusable(error.to_string()),
    };
    let default = device.default_output_config().map_err(unusable)?;
    let ranges: Vec<_> = device.supported_output_configs().map_err(unusable)?.collect();
    let best = ranges.into_iter().filter(|range| range.sample_format() == SampleFormat::F32).min_by_key(|range| {
        let fits = (range.min_sample_rate()..=range.max_sample_rate()).contains(&DEFAULT_RATE);
        (!fits, usize::from(range.channels()).abs_diff(CHANNELS))
    });
    let chosen = match best {
        Some(range) => {
            let rate = DEFAULT_RATE.clamp(range.min_sample_rate(), range.max_sample_rate());
            range.with_sample_rate(rate)
        }
        None => default,
    };
    let frames = match chosen.buffer_size() {
        SupportedBufferSize::Range { min, max } => PERIOD_FRAMES.clamp(*min, (*max).max(*min)),
        SupportedBufferSize::Unknown => PERIOD_FRAMES,
    };
    Ok(StreamConfig {
        channels: chosen.channels(),
        sample_rate: chosen.sample_rate(),
        buffer_size: BufferSize::Fixed(frames),
    })
}

impl Trouble {
    /// Called by the driver, perhaps very often: counts, nothing else.
    fn note(&self, kind: ErrorKind) {
        match kind {
            ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated | ErrorKind::HostUnavailable => {
                self.gone.fetch_add(1, Ordering::Relaxed);
            }
            ErrorKind::Xrun | ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => {}
            _ => {
                self.errors.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

impl Loan {
    /// The driver's callback. Realtime-safe.
    fn serve(&mut self, out: &mut [f32], info: &OutputCallbackInfo) {
        let stamp = info.timestamp();
        let lead = stamp.playback.saturating_duration_since(stamp.callback);
        let Some(render) = &mut self.render else { return out.fill(0.0) };
        if self.settling > 0 {
            self.settling -= 1;
            return out.fill(0.0);
        }
        let mut heard_at = self.shared.timebase.now() + i64::try_from(lead.as_nanos()).unwrap_or(0);
        for piece in out.chunks_mut(SCRATCH_FRAMES * self.channels) {
            let frames = piece.len() / self.channels;
            if self.channels == CHANNELS {
                render.fill(piece, heard_at);
            } else {
                let stereo = &mut self.scratch[..frames * CHANNELS];
                render.fill(stereo, heard_at);
                spread(stereo, piece, self.channels);
            }
            heard_at += i64::try_from(frames as u64 * 1_000_000_000 / u64::from(self.rate_hz.max(1))).unwrap_or(0);
        }
    }
}

/// Stereo to a device of one channel (the mean) or of many (the front pair).
fn spread(stereo: &[f32], out: &mut [f32], channels: usize) {
    for (from, into) in stereo.chunks_exact(CHANNELS).zip(out.chunks_exact_mut(channels)) {
        into.fill(0.0);
        if let [only] = into {
            *only = (from[0] + from[1]) * 0.5;
        } else {
            into[..CHANNELS].copy_from_slice(from);
        }
    }
}

impl Sink for CpalSink {
    fn device(&self) -> &Device {
        &self.device
    }

    fn lost(&mut self) -> Option<String> {
        let beat = self.heartbeat.look();
        let errors = self.trouble.errors.load(Ordering::Relaxed);
        let erring = beat.awake && !beat.beating && errors - self.errors_seen > TOO_MANY_ERRORS;
        self.errors_seen = errors;
        // Errors in plenty are usual while a device wakes, and after a stumble; they mean something if they last.
        self.erring = if erring { self.erring + 1 } else { 0 };
        if self.trouble.gone.load(Ordering::Relaxed) > 0 {
            Some("is no longer there".into())
        } else if self.erring >= ERRING_LOOKS {
            Some("reports nothing but errors".into())
        } else if beat.stopped {
            Some("takes no more sound".into())
        } else {
            None
        }
    }

    fn stop(self: Box<Self>) -> Box<Render> {
        let Self { stream, home, .. } = *self;
        drop(stream);
        match home.recv_timeout(Duration::from_secs(10)) {
            Ok(render) => render,
            Err(lost) => unreachable_render(&lost),
        }
    }
}

//! The sound of one film, as frames of the talk: at its rate, with its channels. Feeder's thread; blocks on the disk.

use super::ClipSound;
use crate::audio::decode::{self, DecodeError, Decoder};
use crate::audio::fold::Fold;
use crate::audio::mix::toward;
use crate::audio::resample::Resample;
use crate::time::MediaTime;

/// How long a sound takes to come and to go.
const FADE: MediaTime = MediaTime::from_millis(5);
/// So much is ready before it is wanted.
const AHEAD: MediaTime = MediaTime::from_millis(80);
/// Rates that a sound may have, in frames per second: others are damage.
const RATES: std::ops::RangeInclusive<u32> = 2_000..=768_000;

/// What cannot be heard of a film, and why.
#[derive(Debug)]
pub(super) enum Fault {
    /// The file has no sound, or is of no use at all.
    Nothing,
    /// It has a sound that cannot be played. A sentence.
    Unheard(String),
}

impl Fault {
    /// A file that is no film at all is told by whoever shows films, and one without sound is none to be told.
    fn of(error: &DecodeError) -> Self {
        match error {
            DecodeError::Codec { .. } | DecodeError::Read { .. } | DecodeError::Cancelled(_) => {
                Self::Unheard(error.to_string())
            }
            DecodeError::NoSound(_) => Self::Nothing,
            DecodeError::NotAFile(_) | DecodeError::Open { .. } | DecodeError::Container { .. } => {
                tracing::debug!("a film is not heard: {error}");
                Self::Nothing
            }
        }
    }
}

/// A film whose sound is open.
pub(super) struct Voice {
    sound: ClipSound,
    /// Frames of the talk: from the first that is heard to the one after the last.
    start: i64,
    end: i64,
    decoder: Box<dyn Decoder>,
    resample: Resample,
    fold: Fold,
    /// Channels of the film, and of the talk.
    own_channels: usize,
    channels: usize,
    rate: u32,
    /// The frame of the talk that `ready` begins with; `None`: it has not been put anywhere.
    next: Option<i64>,
    /// Interleaved, as the talk has it.
    ready: Vec<f32>,
    ended: bool,
    /// Linear, on its way between 0.0 and 1.0.
    gain: f32,
    /// It is not wanted any more, and fades away.
    leaving: bool,
    /// Why it has ended before its time.
    fault: Option<Fault>,
    decoded: Vec<f32>,
    matched: Vec<f32>,
}

impl Voice {
    /// Opens the sound of a film for a talk of this rate and these channels. Reads headers only.
    pub(super) fn open(sound: ClipSound, rate: u32, channels: usize) -> Result<Self, Fault> {
        let decoder = decode::open(&sound.path).map_err(|error| Fault::of(&error))?;
        let format = decoder.format();
        let (own_rate, own_channels) = (format.sample_rate, usize::from(format.channels));
        if !RATES.contains(&own_rate) || own_channels == 0 {
            return Err(Fault::Nothing);
        }
        let resample = Resample::new(own_rate, rate, channels).map_err(|error| Fault::Unheard(error.to_string()))?;
        let (start, end) = span(&sound, rate);
        Ok(Self {
            start,
            end,
            decoder,
            resample,
            fold: Fold::of(own_channels),
            own_channels,
            channels,
            rate,
            next: None,
            ready: Vec::new(),
            ended: false,
            gain: 0.0,
            leaving: false,
            fault: None,
            decoded: Vec::new(),
            matched: Vec::new(),
            sound,
        })
    }

    /// What it is the sound of.
    pub(super) fn sound(&self) -> &ClipSound {
        &self.sound
    }

    /// Whether it is heard at, or after, this frame of the talk.
    pub(super) fn is_due_after(&self, frame: i64) -> bool {
        self.end > frame && !(self.leaving && self.gain <= 0.0)
    }

    /// It fades away from now on, or comes back.
    pub(super) fn set_leaving(&mut self, leaving: bool) {
        self.leaving = leaving;
    }

    /// What was read is of no use after a seek; where it goes on is found when it is wanted.
    pub(super) fn forget_place(&mut self) {
        (self.next, self.gain) = (None, 0.0);
    }

    /// Does one piece of the work for its beginning, or for being heard at this frame of the talk: a seek, or a packet. False
    /// if it is done.
    pub(super) fn prepare(&mut self, at: i64) -> bool {
        let ahead = usize::try_from(AHEAD.frames(self.rate)).unwrap_or(0);
        match self.next {
            None => self.place(at.max(self.start)),
            Some(_) if self.ready_frames() < ahead && !self.ended => self.read(),
            Some(_) => return false,
        }
        true
    }

    /// Why less of it is heard than there should be, if it is not known yet.
    pub(super) fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    /// Adds what is heard of it to frames that begin at `at`, interleaved. Whether anything was.
    pub(super) fn add(&mut self, at: i64, over: &mut [f32]) -> bool {
        let frames = i64::try_from(over.len() / self.channels).unwrap_or(0);
        let (from, until) = (at.max(self.start), (at + frames).min(self.end));
        if from >= until {
            return false;
        }
        if self.next != Some(from) {
            self.place(from);
        }
        let fade = FADE.frames(self.rate).max(1);
        // A little beyond, so that it is known in time that it ends.
        let wanted = usize::try_from(until - from + fade).unwrap_or(usize::MAX);
        while self.ready_frames() < wanted && !self.ended {
            self.read();
        }
        #[expect(clippy::cast_precision_loss, reason = "some hundred frames")]
        let slope = 1.0 / fade as f32;
        let goal = if self.leaving { 0.0 } else { 1.0 };
        let own_end = if self.ended { i64::try_from(self.ready_frames()).unwrap_or(i64::MAX) } else { i64::MAX };
        let begin = usize::try_from(from - at).unwrap_or(0) * self.channels;
        let pieces = over[begin..].chunks_exact_mut(self.channels).zip(self.ready.chunks_exact(self.channels));
        let mut used = 0;
        for ((into, frame), place) in pieces.zip(0..until - from) {
            let left = (self.end - from - place).min(own_end - place).min(fade);
            #[expect(clippy::cast_precision_loss, reason = "some hundred frames")]
            let most = left as f32 * slope;
            self.gain = toward(self.gain, goal, slope).min(most);
            into.iter_mut().zip(frame).for_each(|(sum, sample)| *sum += sample * self.gain);
            used += 1;
        }
        self.ready.drain(..used * self.channels);
        self.next = Some(until);
        used > 0
    }

    fn ready_frames(&self) -> usize {
        self.ready.len() / self.channels
    }

    /// The next that is read belongs to this frame of the talk. What cannot be reached has ended.
    fn place(&mut self, at: i64) {
        let into = MediaTime::from_frames(at, self.rate) - self.sound.start;
        let own = (self.sound.from + into).max_zero().frames(self.decoder.format().sample_rate);
        self.ready.clear();
        self.resample.reset();
        let sought = self.decoder.seek(own.unsigned_abs());
        self.ended = sought.is_err();
        self.fault = sought.err().map(|error| Fault::of(&error));
        self.next = Some(at);
    }

    /// Decodes a packet. What breaks has ended.
    fn read(&mut self) {
        self.decoded.clear();
        self.matched.clear();
        let read = self.decoder.read(&mut self.decoded);
        self.ended = !matches!(read, Ok(1..));
        self.fault = read.err().map(|error| Fault::of(&error));
        for frame in self.decoded.chunks_exact(self.own_channels) {
            let (left, right) = self.fold.stereo(frame);
            match self.channels {
                1 => self.matched.push((left + right) / 2.0),
                // Of more channels the first two are those at the front.
                channels => {
                    self.matched.extend([left, right]);
                    self.matched.extend(std::iter::repeat_n(0.0, channels - 2));
                }
            }
        }
        if let Err(error) = self.resample.process(&self.matched, &mut self.ready, self.ended) {
            self.ended = true;
            self.fault = Some(Fault::Unheard(error.to_string()));
        }
    }
}

/// From the first frame of the talk at which a sound is heard to the one after the last.
pub(super) fn span(sound: &ClipSound, rate: u32) -> (i64, i64) {
    (sound.start.frames(rate), sound.end.map_or(i64::MAX, |end| end.frames(rate)))
}

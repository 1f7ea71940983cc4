//! Adds the sounds of films to a talk's as it is decoded. Feeder's thread; not realtime-safe: opens files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::limit::Limit;
use super::voice::{Fault, Voice, span};
use super::{ClipSound, Clips};

/// A film that is shown without its sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Its file.
    pub path: PathBuf,
    /// A sentence for the viewer.
    pub why: String,
}

/// The sounds of films on their way into a talk of one rate and so many channels.
pub struct Mixer {
    clips: Arc<Clips>,
    rate: u32,
    channels: usize,
    /// The file of the talk's own sound, without links on the way.
    own: Option<PathBuf>,
    /// The one that is heard, one that is about to be, and those that fade away.
    voices: Vec<Voice>,
    /// Files of which nothing can be heard.
    useless: Vec<PathBuf>,
    trouble: Option<Trouble>,
    told: bool,
    over: Vec<f32>,
    limit: Limit,
}

impl Mixer {
    /// For a talk of so many frames per second and channels, whose own sound is this file.
    pub fn new(rate: u32, channels: usize, own: Option<&Path>) -> Self {
        Self {
            clips: Arc::default(),
            rate,
            channels: channels.max(1),
            own: own.and_then(|own| own.canonicalize().ok()),
            voices: Vec::new(),
            useless: Vec::new(),
            trouble: None,
            told: false,
            over: Vec::new(),
            limit: Limit::new(rate),
        }
    }

    /// From now on these are heard; what is heard and is not among them fades away. Whether anything has changed.
    pub fn set(&mut self, clips: &Arc<Clips>) -> bool {
        if Arc::ptr_eq(&self.clips, clips) {
            return false;
        }
        let changed = *self.clips != **clips;
        self.clips = Arc::clone(clips);
        for voice in &mut self.voices {
            voice.set_leaving(!clips.sounds().contains(voice.sound()));
        }
        self.voices.retain(|voice| voice.is_due_after(i64::MIN));
        changed
    }

    /// The next sound begins at this frame of the talk, as after a seek.
    pub fn seek(&mut self, frame: i64) {
        self.limit.reset();
        let (near, clips) = (self.near(frame, 0), Arc::clone(&self.clips));
        self.voices.retain(|voice| clips.sounds().get(near.clone()).is_some_and(|near| near.contains(voice.sound())));
        self.voices.iter_mut().for_each(Voice::forget_place);
    }

    /// Does one piece of work for what is heard at a frame of the talk or begins within so many after it: opens a file, seeks,
    /// decodes a packet. False if there is nothing to do.
    pub fn prepare(&mut self, frame: i64, ahead: i64) -> bool {
        let clips = Arc::clone(&self.clips);
        for sound in clips.sounds().get(self.near(frame, ahead)).unwrap_or_default() {
            if self.useless.contains(&sound.path) {
                continue;
            }
            let Some(at) = self.voices.iter().position(|voice| voice.sound() == sound) else {
                self.open(sound);
                return true;
            };
            if self.voices[at].prepare(frame) {
                self.hear_of_faults();
                return true;
            }
        }
        false
    }

    /// Adds what is heard to decoded frames of the talk, interleaved, that begin at this one. Neither sound alone is changed;
    /// their sum stays within ±1.0.
    pub fn mix(&mut self, frame: i64, samples: &mut [f32]) {
        let until = frame + i64::try_from(samples.len() / self.channels).unwrap_or(0);
        if until == frame {
            return;
        }
        let clips = Arc::clone(&self.clips);
        for sound in clips.sounds().get(self.near(frame, until - frame)).unwrap_or_default() {
            let open = self.voices.iter().any(|voice| voice.sound() == sound);
            if !open && !self.useless.contains(&sound.path) {
                self.open(sound);
            }
        }
        if self.voices.is_empty() && !self.limit.holds() {
            return;
        }
        self.over.clear();
        self.over.resize(samples.len(), 0.0);
        let mut heard = false;
        for voice in &mut self.voices {
            heard |= voice.add(frame, &mut self.over);
        }
        self.hear_of_faults();
        self.voices.retain(|voice| voice.is_due_after(until));
        if heard || self.limit.holds() {
            let frames = samples.chunks_exact_mut(self.channels).zip(self.over.chunks_exact(self.channels));
            frames.for_each(|(talk, clip)| self.limit.add(talk, clip));
        }
    }

    /// What is to be told to the viewer: once, however many films there are.
    pub fn trouble(&mut self) -> Option<Trouble> {
        self.trouble.take()
    }

    /// The sounds that are heard at this frame or begin before so many after it have passed.
    fn near(&self, frame: i64, ahead: i64) -> std::ops::Range<usize> {
        let sounds = self.clips.sounds();
        let first = sounds.partition_point(|sound| span(sound, self.rate).1 <= frame);
        let last = sounds.partition_point(|sound| span(sound, self.rate).0 < frame.saturating_add(ahead.max(1)));
        first..last.max(first)
    }

    fn open(&mut self, sound: &ClipSound) {
        // The file of the talk's own sound under another name.
        let own = self.own.is_some() && sound.path.canonicalize().ok() == self.own;
        let opened = if own { Err(Fault::Nothing) } else { Voice::open(sound.clone(), self.rate, self.channels) };
        match opened {
            Ok(voice) => self.voices.push(voice),
            Err(fault) => {
                self.useless.push(sound.path.clone());
                self.tell(&sound.path, fault);
            }
        }
    }

    fn hear_of_faults(&mut self) {
        let faults = self.voices.iter_mut().filter_map(|voice| Some((voice.take_fault()?, voice.sound().path.clone())));
        for (fault, path) in faults.collect::<Vec<_>>() {
            self.tell(&path, fault);
        }
    }

    fn tell(&mut self, path: &Path, fault: Fault) {
        if let Fault::Unheard(why) = fault
            && !std::mem::replace(&mut self.told, true)
        {
            self.trouble = Some(Trouble { path: path.to_owned(), why });
        }
    }
}

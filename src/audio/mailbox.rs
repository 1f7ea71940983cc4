//! What is wished of the feeder. Only the newest wish of each kind counts, so there is never a backlog.

use std::sync::{Arc, Mutex, PoisonError};

use super::clips::Clips;
use super::feeder::Source;
use super::trim::Cuts;
use crate::time::{MediaTime, Rate};

/// The newest wishes.
#[derive(Debug, Default)]
pub struct Wish {
    /// Open this (`None`: close), under this number.
    pub open: Option<(u32, Option<Source>)>,
    /// Make sound for this generation, from this place.
    pub seek: Option<(u32, MediaTime)>,
    /// The speed from now on.
    pub rate: Rate,
    /// What is left out from now on.
    pub cuts: Arc<Cuts>,
    /// The films whose sounds are heard from now on.
    pub clips: Arc<Clips>,
    /// End the thread.
    pub quit: bool,
}

/// Where wishes are left. The lock is held only to copy a few words, by the main thread and the feeder; never by the
/// audio callback.
#[derive(Debug, Default)]
pub struct Mailbox(Mutex<Wish>);

impl Mailbox {
    /// Takes what is wished; the rate, the cuts and the films stay as they are.
    pub fn take(&self) -> Wish {
        let mut wish = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (rate, cuts, clips) = (wish.rate, Arc::clone(&wish.cuts), Arc::clone(&wish.clips));
        std::mem::replace(&mut *wish, Wish { rate, cuts, clips, ..Wish::default() })
    }

    /// Wishes another source (or none) with the sounds of its films, which makes an earlier wish for a place void.
    pub fn open(&self, opening: u32, source: Option<Source>, clips: Arc<Clips>) {
        self.change(|wish| {
            wish.open = Some((opening, source));
            wish.seek = None;
            wish.cuts = Arc::default();
            wish.clips = clips;
        });
    }

    /// Wishes sound from another place.
    pub fn seek(&self, generation: u32, at: MediaTime) {
        self.change(|wish| wish.seek = Some((generation, at)));
    }

    /// Wishes another speed.
    pub fn set_rate(&self, rate: Rate) {
        self.change(|wish| wish.rate = rate);
    }

    /// Wishes that this is left out.
    pub fn set_cuts(&self, cuts: Arc<Cuts>) {
        self.change(|wish| wish.cuts = cuts);
    }

    /// Wishes that the sounds of these films are heard.
    pub fn set_clips(&self, clips: Arc<Clips>) {
        self.change(|wish| wish.clips = clips);
    }

    /// Wishes the end.
    pub fn quit(&self) {
        self.change(|wish| wish.quit = true);
    }

    fn change(&self, change: impl FnOnce(&mut Wish)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

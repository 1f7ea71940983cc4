//! What is to be read, and in which order. Pure.

use std::collections::VecDeque;
use std::path::PathBuf;

use super::super::entry::{Passage, PassageKind};
use crate::talk::TalkId;
use crate::time::MediaTime;

/// The slides of a talk, to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Whose they are.
    pub talk: TalkId,
    /// In the order in which they are read.
    pub slides: Vec<Item>,
}

/// A slide to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Counted from 0.
    pub slide: usize,
    /// When it appears, in source time.
    pub start: MediaTime,
    /// Its picture; absolute.
    pub file: PathBuf,
    /// Its text, where the talk itself has it: such a slide is not read.
    pub text: Option<String>,
}

/// A talk that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Which.
    pub talk: TalkId,
    /// What is on its slides, in their order; slides without text have none.
    pub passages: Vec<Passage>,
    /// Every slide was looked at. Else some picture was not there, and the talk may be asked for again.
    pub complete: bool,
}

/// One slide handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    job: u64,
    index: usize,
    /// What to read.
    pub item: Item,
}

/// What came of a slide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It was read; its text, often none.
    Text(String),
    /// It will never be.
    Unreadable,
    /// It could not be looked at this time.
    Away,
}

struct Job {
    serial: u64,
    talk: TalkId,
    slides: Vec<Item>,
    next: usize,
    passages: Vec<Passage>,
    complete: bool,
}

/// Talks waiting; the first is being read.
#[derive(Default)]
pub struct Queue {
    jobs: VecDeque<Job>,
    /// Slides of talks that are done, since nothing was waiting.
    finished: usize,
    serials: u64,
    hurried: Option<TalkId>,
}

impl Queue {
    /// Puts a talk at the end, or first if it is the hurried one. What was waiting of the same talk is replaced.
    pub fn add(&mut self, work: Work) {
        let place = self.jobs.iter().position(|job| job.talk == work.talk);
        self.serials += 1;
        let mut job = Job {
            serial: self.serials,
            talk: work.talk,
            slides: Vec::new(),
            next: 0,
            passages: Vec::new(),
            complete: true,
        };
        for mut item in work.slides {
            match item.text.take() {
                Some(text) => job.keep(&item, text),
                None => job.slides.push(item),
            }
        }
        match place {
            Some(place) => self.jobs[place] = job,
            None if self.hurried.as_ref() == Some(&job.talk) => self.jobs.push_front(job),
            None => self.jobs.push_back(job),
        }
    }

    /// This talk first, now or when it is added.
    pub fn hurry(&mut self, talk: &TalkId) {
        if let Some(place) = self.jobs.iter().position(|job| job.talk == *talk)
            && let Some(job) = self.jobs.remove(place)
        {
            self.jobs.push_front(job);
        }
        self.hurried = Some(talk.clone());
    }

    /// This talk no more.
    pub fn forget(&mut self, talk: &TalkId) {
        self.jobs.retain(|job| job.talk != *talk);
        self.rest();
    }

    /// Nothing any more.
    pub fn clear(&mut self) {
        self.jobs.clear();
        self.rest();
    }

    /// The talk of which nothing is left to read, if there is one.
    pub fn pop_done(&mut self) -> Option<Done> {
        let place = self.jobs.iter().position(|job| job.next >= job.slides.len())?;
        let mut job = self.jobs.remove(place)?;
        self.finished += job.slides.len();
        job.passages.sort_by_key(|passage| passage.slide);
        Some(Done { talk: job.talk, passages: job.passages, complete: job.complete })
    }

    /// The next slide to read. It stays the next one until [`Self::finish`].
    pub fn next(&self) -> Option<Ticket> {
        let job = self.jobs.iter().find(|job| job.next < job.slides.len())?;
        Some(Ticket { job: job.serial, index: job.next, item: job.slides.get(job.next)?.clone() })
    }

    /// Whether anybody still wants what this slide gives.
    pub fn wants(&self, ticket: &Ticket) -> bool {
        self.jobs.iter().any(|job| job.serial == ticket.job)
    }

    /// Takes in what came of a slide; what nobody wants any more is dropped.
    pub fn finish(&mut self, ticket: &Ticket, reading: Reading) {
        let is_asked = |job: &&mut Job| job.serial == ticket.job && job.next == ticket.index;
        let Some(job) = self.jobs.iter_mut().find(is_asked) else { return };
        job.next += 1;
        match reading {
            Reading::Text(text) => job.keep(&ticket.item, text),
            Reading::Unreadable => {}
            Reading::Away => job.complete = false,
        }
    }

    /// Slides read and slides in all, since nothing was waiting.
    pub fn progress(&self) -> (usize, usize) {
        let count = |of: fn(&Job) -> usize| self.finished + self.jobs.iter().map(of).sum::<usize>();
        (count(|job| job.next), count(|job| job.slides.len()))
    }

    /// Nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Counts from the beginning once nothing is waiting.
    pub fn rest(&mut self) {
        if self.jobs.is_empty() {
            self.finished = 0;
        }
    }
}

impl Job {
    fn keep(&mut self, item: &Item, text: String) {
        if !text.trim().is_empty() {
            self.passages.push(Passage {
                kind: PassageKind::Slide,
                slide: Some(item.slide),
                start: Some(item.start),
                text,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(name: &str) -> TalkId {
        TalkId(name.into())
    }

    fn work(name: &str, slides: usize) -> Work {
        let item = |slide| Item {
            slide,
            start: MediaTime::from_secs(10),
            file: format!("/{name}/{slide}.png").into(),
            text: None,
        };
        Work { talk: talk(name), slides: (0..slides).map(item).collect() }
    }

    /// Reads everything, each slide as the name of its file; the order in which it was done.
    fn read_all(queue: &mut Queue) -> Vec<String> {
        let mut order = Vec::new();
        while let Some(ticket) = queue.next() {
            let name = ticket.item.file.display().to_string();
            queue.finish(&ticket, Reading::Text(name.clone()));
            order.push(name);
            while queue.pop_done().is_some() {}
        }
        order
    }

    #[test]
    fn talks_are_read_as_they_came_and_the_hurried_one_first() {
        let mut queue = Queue::default();
        queue.add(work("a", 2));
        queue.add(work("b", 1));
        let ticket = queue.next().unwrap();
        queue.finish(&ticket, Reading::Text("read".into()));
        queue.hurry(&talk("b"));
        assert_eq!(read_all(&mut queue), ["/b/0.png", "/a/1.png"]);
        queue.hurry(&talk("d"));
        queue.add(work("c", 1));
        queue.add(work("d", 1));
        assert_eq!(read_all(&mut queue), ["/d/0.png", "/c/0.png"]);
    }

    #[test]
    fn slides_with_text_of_their_own_are_not_read_and_stand_in_their_order() {
        let mut queue = Queue::default();
        let mut own = work("a", 3);
        own.slides[1].text = Some("from the talk".into());
        queue.add(own);
        assert_eq!(queue.progress(), (0, 2));
        for text in ["first", ""] {
            let ticket = queue.next().unwrap();
            queue.finish(&ticket, Reading::Text(text.into()));
        }
        let done = queue.pop_done().unwrap();
        let texts: Vec<_> = done.passages.iter().map(|passage| (passage.slide, passage.text.as_str())).collect();
        assert_eq!(texts, [(Some(0), "first"), (Some(1), "from the talk")]);
        assert!(done.complete && done.passages.iter().all(|passage| passage.kind == PassageKind::Slide));
        queue.add(work("nothing to read", 0));
        assert_eq!(queue.pop_done().map(|done| done.passages), Some(Vec::new()));
    }

    #[test]
    fn pictures_that_are_away_are_told_and_unreadable_ones_are_done_with() {
        let mut queue = Queue::default();
        for (reading, complete) in [(Reading::Away, false), (Reading::Unreadable, true)] {
            queue.add(work("a", 1));
            let ticket = queue.next().unwrap();
            queue.finish(&ticket, reading);
            assert_eq!(queue.pop_done().map(|done| done.complete), Some(complete));
        }
    }

    #[test]
    fn what_is_no_longer_wanted_is_dropped() {
        let mut queue = Queue::default();
        queue.add(work("a", 2));
        let old = queue.next().unwrap();
        queue.add(work("a", 3));
        assert!(!queue.wants(&old));
        queue.finish(&old, Reading::Text("old".into()));
        assert_eq!(queue.progress(), (0, 3));
        let ticket = queue.next().unwrap();
        queue.finish(&ticket, Reading::Text("new".into()));
        queue.finish(&ticket, Reading::Text("again".into()));
        assert_eq!(queue.progress(), (1, 3));
        queue.forget(&talk("a"));
        assert!(queue.is_empty() && queue.next().is_none() && queue.progress() == (0, 0));
    }

    #[test]
    fn progress_counts_all_talks_until_nothing_waits() {
        let mut queue = Queue::default();
        queue.add(work("a", 2));
        queue.add(work("b", 3));
        let ticket = queue.next().unwrap();
        queue.finish(&ticket, Reading::Unreadable);
        assert_eq!(queue.progress(), (1, 5));
        read_all(&mut queue);
        assert_eq!(queue.progress(), (5, 5));
        queue.rest();
        queue.add(work("c", 1));
        assert_eq!(queue.progress(), (0, 1));
    }
}

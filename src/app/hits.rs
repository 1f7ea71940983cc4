//! What is searched for in the open talk, found in what is said: for the transcript's pane and the timeline. Main thread.

use super::App;
use crate::library::search::{Query, fold};
use crate::talk::Transcript;
use crate::time::MediaTime;

/// So many cues are made ready for the search at once: more would hold up the window.
const AT_ONCE: usize = 4_000;
/// So long after a hit began, the one before is the one before it.
const GRACE: MediaTime = MediaTime::from_secs(1);

/// Twice what the heard moment is ahead of the sound, so that the hit that was gone to is none before it.
const NEAR: MediaTime = MediaTime::from_millis(10);

/// A cue that has what is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CueHit {
    /// The cue, counted from 0.
    pub cue: usize,
    /// When it begins.
    pub start: MediaTime,
}

/// The cues of the open talk that have what is searched for.
#[derive(Default)]
pub(super) struct Hits {
    sought: String,
    query: Query,
    /// The transcript's cues, folded, and the revision of the talk that they belong to.
    folded: (u64, Vec<String>),
    /// Of the query that is sought now.
    found: Option<Vec<CueHit>>,
    busy: bool,
}

impl Hits {
    /// Looks for this from now on; for nothing where it is empty.
    pub(super) fn seek(&mut self, text: &str) {
        if self.sought != text {
            text.clone_into(&mut self.sought);
            (self.query, self.found) = (Query::parse(text), None);
        }
    }

    /// Whether there is more to be done at once.
    pub(super) fn busy(&self) -> bool {
        self.busy
    }

    /// Makes cues ready for the search, and searches when all are.
    fn step(&mut self, transcript: &Transcript, revision: u64) {
        if self.folded.0 != revision {
            (self.folded, self.found) = ((revision, Vec::new()), None);
        }
        self.busy = false;
        if self.found.is_some() || self.query.words().is_empty() || !self.query.asks_for_speech() {
            return;
        }
        let (cues, folded) = (transcript.cues(), &mut self.folded.1);
        folded.extend(cues.iter().skip(folded.len()).take(AT_ONCE).map(|cue| fold(&cue.text)));
        self.busy = folded.len() < cues.len();
        if !self.busy {
            let hit = |cue: &usize| is_hit(folded, *cue, self.query.words());
            let found = (0..cues.len()).filter(hit).map(|cue| CueHit { cue, start: cues[cue].start });
            self.found = Some(found.collect());
        }
    }
}

/// Whether all words are in a cue, or begin in it and go on in the next one.
fn is_hit(folded: &[String], cue: usize, words: &[String]) -> bool {
    let text = |cue: usize| folded.get(cue).map(String::as_str).unwrap_or_default();
    let (here, next) = (text(cue), text(cue + 1));
    if words.iter().all(|word| here.contains(word)) {
        return true;
    }
    if !words.iter().any(|word| here.contains(word)) || words.iter().all(|word| next.contains(word)) {
        return false;
    }
    words.iter().all(|word| here.contains(word) || next.contains(word))
}

impl App {
    /// Brings what was found up to date.
    pub(super) fn find_hits(&mut self) {
        let revision = self.revision();
        if let Some(talk) = self.player.talk() {
            self.hits.step(&talk.transcript, revision);
        }
    }

    /// The cues of the open talk that have what is searched for, in their order.
    pub fn hits(&self) -> &[CueHit] {
        self.hits.found.as_deref().unwrap_or_default()
    }

    /// What is searched for in the open talk.
    pub fn sought(&self) -> &Query {
        &self.hits.query
    }

    /// Takes the marks of what was found away; false where there were none, or something else is to be closed first.
    pub(super) fn dismiss_hits(&mut self) -> bool {
        let view = &self.view;
        let covered = view.slide_covered() || view.finder || view.asking || view.describing || view.looking.is_some();
        if covered || self.hits().is_empty() {
            return false;
        }
        self.hits.seek("");
        true
    }

    /// To the next place that was found, or the one before.
    pub(super) fn step_hit(&mut self, by: i8) {
        let (at, hits) = (self.heard_moment(), self.hits());
        let last = hits.len();
        if last == 0 {
            let sought = !self.hits.query.words().is_empty();
            self.feedback(if sought { "It is not said in this talk" } else { "Nothing is searched for" });
            return;
        }
        let to = if by > 0 {
            Some(hits.partition_point(|hit| hit.start <= at)).filter(|to| *to < last)
        } else {
            let grace = GRACE.nanos().saturating_mul(i64::from(self.player.playing()));
            let at = at - NEAR - MediaTime::from_nanos(grace);
            hits.partition_point(|hit| hit.start < at).checked_sub(1)
        };
        match to.and_then(|to| Some((to, hits.get(to)?.start))) {
            Some((to, start)) => {
                self.player.step(start);
                self.follow_again();
                self.feedback(format!("{} of {last}", to + 1));
            }
            None => self.feedback(if by > 0 { "That was the last place" } else { "That was the first place" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, sought: &str) -> Vec<usize> {
        let mut hits = Hits::default();
        hits.seek(sought);
        hits.step(&Transcript::parse(text), 1);
        hits.found.unwrap_or_default().iter().map(|hit| hit.cue).collect()
    }

    #[test]
    fn words_are_found_in_a_cue_and_across_two() {
        let text = "00:00.000 --> 00:01.000\nOptimal\n\n00:01.000 --> 00:02.000\ntransport, and\n\n00:02.000 --> 00:03.000\nthe optimal Tränsport\n";
        assert_eq!(found(text, "optimal transport"), [0, 2]);
        assert_eq!(found(text, "transport"), [1, 2]);
        assert_eq!(found(text, "transport in:slides"), [0; 0]);
        assert_eq!(found(text, "  "), [0; 0]);
    }

    #[test]
    fn a_long_transcript_is_made_ready_piece_by_piece() {
        let cue = |n: usize| format!("{0:02}:{1:02}.000 --> {0:02}:{1:02}.500\nword{n}\n\n", n / 60, n % 60);
        let text: String = (0..AT_ONCE + 10).map(cue).collect();
        let transcript = Transcript::parse(&text);
        let mut hits = Hits::default();
        hits.seek("word7");
        hits.step(&transcript, 1);
        assert!(hits.busy() && hits.found.is_none());
        hits.step(&transcript, 1);
        assert!(!hits.busy() && hits.found.as_ref().is_some_and(|found| found.len() == 1 + 10 + 100));
    }
}

//! What the viewer is told: one line at a time, in the strip, never over the slide.

use crate::time::MediaTime;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The answer to a key: what it did.
    Feedback,
    /// Good to know.
    Info,
    /// Something is not as it should be; work goes on.
    Warning,
    /// What was asked for could not be done.
    Error,
}

/// A sentence for the viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub severity: Severity,
    /// One line.
    pub text: String,
    /// When it was told, on the application's clock.
    pub at: MediaTime,
}

impl Notice {
    /// How long it stays.
    pub fn lasts(&self) -> MediaTime {
        match self.severity {
            Severity::Feedback => MediaTime::from_millis(1500),
            Severity::Info => MediaTime::from_secs(5),
            Severity::Warning => MediaTime::from_secs(8),
            Severity::Error => MediaTime::from_secs(12),
        }
    }
}

/// The line that is shown, and what was told before it.
#[derive(Debug, Default)]
pub struct Notices {
    current: Option<Notice>,
    past: Vec<Notice>,
}

/// How long nothing that matters less takes the place of a notice.
const FRESH: MediaTime = MediaTime::from_secs(4);

/// Notices kept for the info panel and for reports.
const KEPT: usize = 200;

impl Notices {
    /// Tells something. It replaces what is shown, unless that matters more and is still fresh.
    pub fn tell(&mut self, severity: Severity, text: impl Into<String>, now: MediaTime) {
        let notice = Notice { severity, text: text.into(), at: now };
        match severity {
            Severity::Error => tracing::error!("{}", notice.text),
            Severity::Warning => tracing::warn!("{}", notice.text),
            Severity::Info | Severity::Feedback => tracing::debug!("{}", notice.text),
        }
        if severity > Severity::Feedback {
            self.past.push(notice.clone());
            if self.past.len() > KEPT {
                self.past.remove(0);
            }
        }
        let matters = |shown: &Notice| shown.severity > severity.max(Severity::Info) && now - shown.at < FRESH;
        let held = self.showing(now).is_some_and(matters);
        if !held {
            self.current = Some(notice);
        }
    }

    /// What to show now.
    pub fn showing(&self, now: MediaTime) -> Option<&Notice> {
        self.current.as_ref().filter(|notice| now - notice.at < notice.lasts())
    }

    /// When what is shown goes away.
    pub fn until(&self, now: MediaTime) -> Option<MediaTime> {
        self.showing(now).map(|notice| notice.at + notice.lasts())
    }

    /// Takes away what is shown; false if nothing was.
    pub fn dismiss(&mut self, now: MediaTime) -> bool {
        let shown = self.showing(now).is_some();
        self.current = None;
        shown
    }

    /// Everything worth keeping that was told, oldest first.
    pub fn past(&self) -> &[Notice] {
        &self.past
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: MediaTime = MediaTime::ZERO;

    #[test]
    fn a_notice_goes_away_by_itself() {
        let mut notices = Notices::default();
        notices.tell(Severity::Info, "talk opened", NOW);
        assert!(notices.showing(MediaTime::from_secs(4)).is_some());
        assert!(notices.showing(MediaTime::from_secs(6)).is_none());
    }

    #[test]
    fn an_error_is_not_wiped_away_by_the_answer_to_a_key() {
        let mut notices = Notices::default();
        notices.tell(Severity::Error, "cannot open", NOW);
        notices.tell(Severity::Feedback, "volume 80 %", MediaTime::from_secs(1));
        assert_eq!(notices.showing(MediaTime::from_secs(1)).map(|n| n.text.as_str()), Some("cannot open"));
        assert!(notices.dismiss(MediaTime::from_secs(2)));
        notices.tell(Severity::Feedback, "volume 85 %", MediaTime::from_secs(2));
        assert_eq!(notices.showing(MediaTime::from_secs(2)).map(|n| n.text.as_str()), Some("volume 85 %"));
        assert_eq!(notices.past().len(), 1);
    }
}

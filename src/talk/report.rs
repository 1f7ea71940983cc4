//! What `plenary info` says of a talk: as JSON whose names and units are promised to stay, and as text for people.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::{Talk, TrackKind, VideoRole, issue};
use crate::time::MediaTime;

/// A talk as `plenary info --json` prints it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// For people.
    pub title: String,
    /// In their order; often none are known.
    pub authors: Vec<String>,
    /// What it is about; often empty.
    pub about: String,
    /// Where others can see it; `null` where it is not known.
    pub link: Option<String>,
    /// Where the paper is; `null` where it is not known.
    pub paper: Option<String>,
    /// When it was given: a year, a month or a day; `null` where it is not known.
    pub date: Option<String>,
    /// Where it was given; `null` where it is not known.
    pub venue: Option<String>,
    /// How long the talk lasts, in seconds.
    pub duration: f64,
    /// Nothing says when the slides appear.
    pub untimed: bool,
    /// In order of time, ties in the order of their document.
    pub slides: Vec<SlideReport>,
    /// Pieces of the text that is read along; 0 without one.
    pub cues: usize,
    /// The other texts.
    pub tracks: Vec<TrackReport>,
    /// `null` where there is no sound.
    pub audio: Option<AudioReport>,
    /// What moves besides the slides.
    pub videos: Vec<VideoReport>,
    /// Everything that is wrong.
    pub issues: Vec<IssueReport>,
}

/// One slide.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SlideReport {
    /// When it appears, in seconds with three decimals.
    pub start: f64,
    /// What it is about; `null` where nothing says so.
    pub title: Option<String>,
    /// Relative to the folder, with forward slashes; `null` where it is missing.
    pub file: Option<String>,
    /// The video that moves in its place, relative to the folder; `null` where it stands still.
    pub clip: Option<String>,
    /// Pixels; `null` where it is missing.
    pub width: Option<u32>,
    /// Pixels; `null` where it is missing.
    pub height: Option<u32>,
}

/// A text in another language, or what listeners wrote.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrackReport {
    /// `speech` or `chat`.
    pub kind: &'static str,
    /// As its file says; empty where it is not known.
    pub language: String,
    /// Relative to the folder, with forward slashes.
    pub file: String,
    /// Its pieces.
    pub cues: usize,
}

/// A video that goes along with the sound.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VideoReport {
    /// Relative to the folder, with forward slashes.
    pub file: String,
    /// What it shows: `speaker`, `screen` or `film`.
    pub role: &'static str,
    /// When it begins, in seconds of the talk.
    pub starts: f64,
}

/// The sound.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AudioReport {
    /// Relative to the folder, with forward slashes.
    pub file: String,
    /// As FFmpeg calls it.
    pub codec: String,
    /// Hertz.
    pub sample_rate: u32,
    /// How many.
    pub channels: u16,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IssueReport {
    /// Kebab case.
    pub kind: String,
    /// One sentence.
    pub message: String,
    /// Relative to the folder, with forward slashes; `null` where no one file is to blame.
    pub file: Option<String>,
}

impl Report {
    /// Of a path at which there is no talk; the one issue, of the kind `not-a-talk`, says why.
    pub fn of_nothing(path: &Path, why: &str) -> Self {
        let issue = IssueReport { kind: "not-a-talk".to_owned(), message: why.to_owned(), file: None };
        let title = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Self { title, issues: vec![issue], ..Self::default() }
    }
}

impl From<&Talk> for Report {
    fn from(talk: &Talk) -> Self {
        let slides = talk.slides.iter().map(|slide| SlideReport {
            start: secs(slide.start),
            title: slide.title.clone(),
            clip: slide.clip.as_ref().map(|clip| portable(&clip.file)),
            file: slide.image.as_ref().map(|image| portable(&image.file)),
            width: slide.image.as_ref().map(|image| image.width),
            height: slide.image.as_ref().map(|image| image.height),
        });
        let audio = talk.audio.as_ref().map(|audio| AudioReport {
            file: portable(&audio.file),
            codec: audio.info.codec.clone(),
            sample_rate: audio.info.sample_rate,
            channels: audio.info.channels,
        });
        let tracks = talk.tracks.iter().map(|track| TrackReport {
            kind: match track.kind {
                TrackKind::Speech => "speech",
                TrackKind::Chat => "chat",
            },
            language: track.language.clone(),
            file: portable(&track.file),
            cues: track.transcript.cues().len(),
        });
        let videos = talk.videos.iter().map(|video| VideoReport {
            file: portable(&video.file),
            role: video.role.name(),
            starts: secs(video.starts),
        });
        let issues = talk.issues.iter().map(|issue| IssueReport {
            kind: issue.kind.name().to_owned(),
            message: issue.message.clone(),
            file: issue.file.as_deref().map(portable),
        });
        Self {
            title: talk.title.clone(),
            authors: talk.metadata.authors.clone(),
            about: talk.metadata.about.clone(),
            link: talk.metadata.link.clone().or_else(|| talk.link()),
            paper: talk.metadata.paper.clone(),
            date: talk.metadata.date.clone(),
            venue: talk.metadata.venue.clone(),
            duration: secs(talk.duration()),
            untimed: talk.untimed,
            slides: slides.collect(),
            cues: talk.transcript.cues().len(),
            tracks: tracks.collect(),
            audio,
            videos: videos.collect(),
            issues: issues.collect(),
        }
    }
}

impl Report {
    /// As indented JSON.
    ///
    /// # Errors
    /// Never in practice: a report holds nothing that JSON cannot say.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}

/// Seconds, rounded to the millisecond, as the float that prints with no more than three decimals.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of a talk are far below 2^53")]
fn secs(time: MediaTime) -> f64 {
    (time + MediaTime::from_nanos(500_000)).millis() as f64 / 1000.0
}

/// A path as it is written on every system.
fn portable(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// A listing for people, aligned, a line for each slide.
pub fn text(talk: &Talk) -> String {
    let mut out = String::new();
    let width = talk.slides.len().to_string().len();
    let mut line = |text: &str| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    line(&issue::printable(&talk.title));
    if !talk.metadata.authors.is_empty() {
        line(&format!("  Authors {}", issue::printable(talk.metadata.authors.join(", "))));
    }
    for (name, value) in
        [("Date   ", &talk.metadata.date), ("Venue  ", &talk.metadata.venue), ("Paper  ", &talk.metadata.paper)]
    {
        if let Some(value) = value {
            line(&format!("  {name} {}", issue::printable(value)));
        }
    }
    line(&format!("  Length  {}", talk.duration()));
    line(&format!("  Sound   {}", sound(talk)));
    for video in &talk.videos {
        let what = match video.role {
            VideoRole::Speaker => "the speaker",
            VideoRole::Screen => "what was projected",
            VideoRole::Film => "in the place of the slides",
        };
        let starts = if video.starts == MediaTime::ZERO { String::new() } else { format!(", from {}", video.starts) };
        line(&format!("  Video   {} ({what}{starts})", issue::printable(&video.file)));
    }
    line(&format!("  Slides  {}", talk.slides.len()));
    for (slide, number) in talk.slides.iter().zip(1_usize..) {
        let (size, file) = slide.image.as_ref().map_or_else(
            || ("-".to_owned(), format!("no picture ({})", issue::printable(&slide.name))),
            |image| (format!("{}x{}", image.width, image.height), issue::printable(&image.file)),
        );
        let file = match (&slide.title, &slide.clip) {
            (_, Some(clip)) => format!("film {}", issue::printable(&clip.file)),
            (Some(title), None) if slide.image.is_none() => issue::printable(title),
            _ => file,
        };
        line(&format!("  {number:>width$}  {:>11}  {size:>9}  {file}", slide.start.to_string()));
    }
    line(&format!(
        "  Issues  {}",
        if talk.issues.is_empty() { "none".to_owned() } else { talk.issues.len().to_string() }
    ));
    for issue in &talk.issues {
        line(&format!("  {:<21}  {}", issue.kind.name(), issue.message));
    }
    out
}

fn sound(talk: &Talk) -> String {
    let Some(audio) = &talk.audio else {
        return "none".to_owned();
    };
    let mut text = issue::printable(&audio.file);
    let channels = match audio.info.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        more => format!("{more} channels"),
    };
    let length = if audio.duration.is_none() { ", length unknown" } else { "" };
    // Writing to a string cannot fail.
    write!(text, " ({}, {} Hz, {channels}{length})", audio.info.codec, audio.info.sample_rate).ok();
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::Video;
    use crate::talk::open::open;
    use crate::testing::talks::{Broken, TalkBuilder, WavProbe};

    fn talk(builder: &TalkBuilder) -> Talk {
        let dir = tempfile::tempdir().expect("a folder");
        open(&builder.write(dir.path()), &WavProbe).expect("opens")
    }

    fn builder() -> TalkBuilder {
        TalkBuilder::new("38930109", "x")
            .slides([0, 70_137, 331_411])
            .broken(1, Broken::Missing)
            .pictures_in("slides")
            .sound("A talk-512930109.wav", 400.5)
    }

    #[test]
    fn the_json_has_the_promised_names_units_and_nulls() {
        let json = Report::from(&talk(&builder())).json().expect("is JSON");
        let value: serde_json::Value = serde_json::from_str(&json).expect("is JSON");
        let expected = serde_json::json!({
            "title": "A talk",
            "authors": [],
            "about": "",
            "link": "https://slideslive.com/38930109",
            "paper": null,
            "date": null,
            "venue": null,
            "duration": 400.5,
            "untimed": false,
            "slides": [
                {"start": 0.0, "title": null, "file": "slides/0-0-0001-big.jpg", "clip": null, "width": 64, "height": 36},
                {"start": 70.137, "title": null, "file": null, "clip": null, "width": null, "height": null},
                {"start": 331.411, "title": null, "file": "slides/331411-0-0003-big.jpg", "clip": null, "width": 64, "height": 36},
            ],
            "cues": 0,
            "tracks": [],
            "audio": {"file": "A talk-512930109.wav", "codec": "pcm_s16le", "sample_rate": 8000, "channels": 1},
            "videos": [],
            "issues": [{"kind": "slide-missing", "message": "A slide is missing: 0-0002 at 1:10", "file": null}],
        });
        assert_eq!(value, expected);
        assert!(json.contains("70.137,"), "{json}");
    }

    #[test]
    fn videos_are_listed_with_what_they_show_and_when_they_begin() {
        let mut talk = talk(&builder());
        let video =
            |file: &str, role, starts| Video { file: file.into(), role, starts: MediaTime::from_millis(starts) };
        talk.videos = vec![video("v/cam.mp4", VideoRole::Speaker, 0), video("screen.webm", VideoRole::Screen, 1_500)];
        let value = serde_json::to_value(Report::from(&talk)).expect("is JSON");
        let expected = serde_json::json!([
            {"file": "v/cam.mp4", "role": "speaker", "starts": 0.0},
            {"file": "screen.webm", "role": "screen", "starts": 1.5},
        ]);
        assert_eq!(value["videos"], expected);
        let lines = "  Video   v/cam.mp4 (the speaker)\n  Video   screen.webm (what was projected, from 0:01.500)\n";
        assert!(text(&talk).contains(lines), "{}", text(&talk));
        talk.videos = vec![video("a film.mp4", VideoRole::Film, 0)];
        assert!(text(&talk).contains("  Video   a film.mp4 (in the place of the slides)\n"));
    }

    #[test]
    fn every_millisecond_prints_with_three_decimals_at_most() {
        for millis in (0..20_000_000).step_by(977) {
            let printed = serde_json::to_string(&secs(MediaTime::from_millis(millis))).expect("is JSON");
            let expected = format!("{}.{:03}", millis / 1000, millis % 1000);
            let expected = expected.trim_end_matches('0');
            let expected = if expected.ends_with('.') { format!("{expected}0") } else { expected.to_owned() };
            assert_eq!(printed, expected);
        }
        assert_eq!(secs(MediaTime::from_nanos(1_499_600_000)).to_string(), "1.5");
    }

    #[test]
    fn a_talk_without_sound_has_a_null_for_it() {
        let value =
            serde_json::to_value(Report::from(&talk(&TalkBuilder::new("1", "x").slides([0])))).expect("is JSON");
        assert_eq!(value["audio"], serde_json::Value::Null);
        assert_eq!(value["duration"], 30.0);
    }

    #[test]
    fn the_text_is_aligned() {
        let expected = "A talk
  Length  6:40.500
  Sound   A talk-512930109.wav (pcm_s16le, 8000 Hz, mono)
  Slides  3
  1     0:00.000      64x36  slides/0-0-0001-big.jpg
  2     1:10.137          -  no picture (0-0002)
  3     5:31.411      64x36  slides/331411-0-0003-big.jpg
  Issues  1
  slide-missing          A slide is missing: 0-0002 at 1:10
";
        assert_eq!(text(&talk(&builder())), expected);
    }
}

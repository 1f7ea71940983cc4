//! mpv's properties, read from the board. Any thread.

use serde_json::{Value, json};

use super::board::{Board, Snapshot};
use crate::app::listening::listening_time;
use crate::talk::Slide;
use crate::time::MediaTime;

/// Why a property has no value, in mpv's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PropertyError {
    /// There is no such property.
    #[error("property not found")]
    NotFound,
    /// It has no value now: no talk is open, say.
    #[error("property unavailable")]
    Unavailable,
}

/// Properties whose value passes by itself while a talk plays.
pub const MOVING: &[&str] =
    &["time-pos", "playback-time", "percent-pos", "playtime-remaining", "time-remaining", "chapter"];

/// Every property, for clients that ask for the list before they use any.
const NAMES: &[&str] = &[
    "time-pos",
    "playback-time",
    "duration",
    "percent-pos",
    "time-remaining",
    "playtime-remaining",
    "pause",
    "speed",
    "volume",
    "volume-max",
    "mute",
    "ab-loop-a",
    "ab-loop-b",
    "ab-loop-count",
    "chapter",
    "chapters",
    "chapter-list",
    "playlist",
    "playlist-pos",
    "playlist-pos-1",
    "playlist-current-pos",
    "playlist-playing-pos",
    "playlist-count",
    "path",
    "stream-open-filename",
    "filename",
    "media-title",
    "eof-reached",
    "core-idle",
    "idle-active",
    "seeking",
    "seekable",
    "paused-for-cache",
    "audio-device",
    "audio-device-list",
    "current-ao",
    "fullscreen",
    "mpv-version",
    "pid",
    "property-list",
    "command-list",
    "plenary/frames",
    "plenary/slowest-frame",
    "plenary/underruns",
    "plenary/lamp",
    "plenary/slide",
    "plenary/slide-rect",
    "plenary/note",
    "plenary/notice",
    "plenary/verdict",
    "plenary/library",
    "plenary/search",
    "plenary/video-frames",
    "plenary/video-pos",
    "plenary/speaker-pos",
    "plenary/speaker",
    "plenary/clip-sound",
];

/// Every command.
const COMMANDS: &[&str] = &[
    "seek",
    "revert-seek",
    "set",
    "set_property",
    "set_property_string",
    "get_property",
    "get_property_string",
    "observe_property",
    "observe_property_string",
    "unobserve_property",
    "add",
    "cycle",
    "ab-loop",
    "loadfile",
    "playlist-next",
    "playlist-prev",
    "playlist-play-index",
    "screenshot-to-file",
    "plenary-run",
    "keypress",
    "keydown",
    "keyup",
    "show-text",
    "stop",
    "client_name",
    "get_version",
    "get_time_us",
    "quit",
];

/// The value of a property now.
///
/// # Errors
/// [`PropertyError`].
pub fn read(board: &Board, name: &str) -> Result<Value, PropertyError> {
    let now = board.snapshot();
    let at = board.position(&now);
    let open = |value: Value| if now.talk.is_some() { Ok(value) } else { Err(PropertyError::Unavailable) };
    let left = (now.duration - at).max_zero();
    Ok(match name {
        "time-pos" | "playback-time" => open(json!(at.secs_f64()))?,
        "duration" => open(json!(now.duration.secs_f64()))?,
        "percent-pos" => open(json!(percent(at, now.duration)))?,
        "time-remaining" => open(json!(left.secs_f64()))?,
        "playtime-remaining" => open(json!(listening_time(&now.cuts, at, now.duration, now.rate).secs_f64()))?,
        "pause" => json!(!now.playing),
        "speed" => json!(now.rate.factor()),
        "volume" => json!(f64::from(now.volume)),
        "mute" => json!(now.muted),
        "chapter" => open(json!(chapter(&now, at)))?,
        "chapters" | "chapter-list/count" => open(json!(now.talk.as_ref().map_or(0, |talk| talk.slides.len())))?,
        "chapter-list" => open(chapters(&now))?,
        "playlist" => playlist(&now),
        "playlist-pos" | "playlist-current-pos" | "playlist-playing-pos" => json!(position(&now)),
        "playlist-pos-1" => json!(position(&now) + 1),
        "playlist-count" | "playlist/count" => json!(now.playlist.len()),
        "path" | "stream-open-filename" => open(json!(path(&now)))?,
        "filename" => open(json!(path(&now).rsplit('/').next().unwrap_or_default()))?,
        "media-title" => open(json!(now.talk.as_ref().map_or("", |talk| talk.title.as_str())))?,
        "eof-reached" => open(json!(now.ended))?,
        "core-idle" => json!(!(now.playing && board.sounding())),
        "idle-active" => json!(now.talk.is_none()),
        "seeking" => open(json!(now.playing && !board.sounding()))?,
        "seekable" => open(json!(true))?,
        "paused-for-cache" => json!(false),
        "audio-device" => json!(now.device_chosen),
        "audio-device-list" => {
            let system = ("auto".to_owned(), crate::audio::sink::device::SYSTEM_DEFAULT.to_owned());
            let all = std::iter::once(&system).chain(&now.devices);
            all.map(|(name, description)| json!({"name": name, "description": description})).collect()
        }
        "current-ao" => available(!now.device.is_empty(), json!(now.device))?,
        "fullscreen" => json!(now.fullscreen),
        "mpv-version" => json!(format!("mpv 0.35.0 (Plenary {})", crate::cli::args::VERSION)),
        "pid" => json!(std::process::id()),
        "volume-max" => json!(f64::from(crate::audio::MAX_VOLUME)),
        "ab-loop-a" => loop_mark(now.looped.0),
        "ab-loop-b" => loop_mark(now.looped.1),
        "ab-loop-count" => json!("inf"),
        "property-list" => json!(NAMES),
        "command-list" => COMMANDS.iter().map(|name| json!({"name": name, "args": []})).collect(),
        "plenary/frames" => json!(board.frames()),
        // In milliseconds, since it was asked last.
        "plenary/slowest-frame" => {
            json!(MediaTime::from_nanos(i64::try_from(board.take_slowest()).unwrap_or(0) * 1000).secs_f64() * 1000.0)
        }
        "plenary/underruns" => json!(board.underruns()),
        "plenary/lamp" => available(now.lamp.is_some(), json!(now.lamp))?,
        // The slide that is shown, counted from 1.
        "plenary/slide" => available(now.slide.is_some(), json!(now.slide))?,
        "plenary/slide-rect" => slide_rect(&now)?,
        "plenary/note" => available(now.note.is_some(), json!(now.note.as_deref()))?,
        "plenary/notice" => json!(now.notice),
        "plenary/verdict" => json!(now.verdict),
        "plenary/library" => json!(now.library),
        "plenary/search" => json!(now.search),
        // Pictures of videos decoded so far.
        "plenary/video-frames" => json!(now.video_frames),
        // In seconds of the video's own time.
        "plenary/video-pos" => available(now.film.is_some(), json!(now.film.map(MediaTime::secs_f64)))?,
        "plenary/speaker-pos" => available(now.speaker.is_some(), json!(now.speaker.map(MediaTime::secs_f64)))?,
        "plenary/speaker" => json!(now.layout),
        "plenary/clip-sound" => json!(now.clip_sound),
        _ => return indexed(&now, name),
    })
}

/// A property as text, in mpv's manner: flags as `yes` and `no`, seconds with six digits.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => format!("{:.6}", number.as_f64().unwrap_or_default()),
        other => other.to_string(),
    }
}

fn available(is: bool, value: Value) -> Result<Value, PropertyError> {
    if is { Ok(value) } else { Err(PropertyError::Unavailable) }
}

/// mpv's word for a mark that is not set is `no`.
fn loop_mark(mark: Option<MediaTime>) -> Value {
    mark.map_or_else(|| json!("no"), |mark| json!(mark.secs_f64()))
}

fn percent(at: MediaTime, duration: MediaTime) -> f64 {
    if duration > MediaTime::ZERO { at.secs_f64() / duration.secs_f64() * 100.0 } else { 0.0 }
}

/// A slide is a chapter; before the first one mpv says -1.
fn chapter(now: &Snapshot, at: MediaTime) -> i64 {
    let Some(talk) = &now.talk else { return -1 };
    let slide = talk.slides.slide_at(at).filter(|slide| talk.slides.start(*slide) <= at);
    slide.and_then(|slide| i64::try_from(slide.0).ok()).unwrap_or(-1)
}

fn chapters(now: &Snapshot) -> Value {
    let Some(talk) = &now.talk else { return json!([]) };
    let chapter = |(number, slide): (usize, &Slide)| {
        let title = slide.title.clone().unwrap_or_else(|| format!("Slide {number}"));
        json!({"title": title, "time": slide.start.secs_f64()})
    };
    (1..).zip(&talk.slides).map(chapter).collect()
}

fn playlist(now: &Snapshot) -> Value {
    let entry = |(at, name): (usize, &String)| {
        let mut entry = json!({"filename": name, "id": at + 1});
        if now.playlist_pos == Some(at) {
            entry["current"] = json!(true);
            entry["playing"] = json!(now.talk.is_some());
            if let Some(talk) = &now.talk {
                entry["title"] = json!(talk.title);
            }
        }
        entry
    };
    now.playlist.iter().enumerate().map(entry).collect()
}

fn position(now: &Snapshot) -> i64 {
    now.playlist_pos.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1)
}

fn path(now: &Snapshot) -> String {
    now.talk.as_ref().map(|talk| talk.source.to_string_lossy().into_owned()).unwrap_or_default()
}

fn slide_rect(now: &Snapshot) -> Result<Value, PropertyError> {
    let rect = now.slide_rect.ok_or(PropertyError::Unavailable)?;
    Ok(json!({
        "x": rect.x, "y": rect.y, "w": rect.size.width, "h": rect.size.height, "zoom": now.zoom, "lamp": now.lamp,
    }))
}

/// `chapter-list/3/time`, `playlist/0/filename`.
fn indexed(now: &Snapshot, name: &str) -> Result<Value, PropertyError> {
    let mut parts = name.split('/');
    let list = match parts.next() {
        Some("chapter-list") => chapters(now),
        Some("playlist") => playlist(now),
        _ => return Err(PropertyError::NotFound),
    };
    let index: usize = parts.next().and_then(|index| index.parse().ok()).ok_or(PropertyError::NotFound)?;
    let entry = list.get(index).ok_or(PropertyError::Unavailable)?;
    match parts.next() {
        None => Ok(entry.clone()),
        Some(field) => entry.get(field).cloned().ok_or(PropertyError::Unavailable),
    }
}

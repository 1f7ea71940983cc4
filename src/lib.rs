//! Plenary: a desktop player for downloaded talks. The modules, in the order in which they may use each other.

// Plain values, and the one place that opens files with FFmpeg.
#[cfg(feature = "ffmpeg")]
mod demux;
pub mod paths;
pub mod persist;
pub mod time;
pub mod within;

// What a talk is, and what the viewer writes about it.
pub mod notes;
pub mod talk;

// All the talks, and what leaves the program.
pub mod export;
pub mod library;

// Engines, and the words for what is asked of them.
pub mod audio;
pub mod command;
pub mod slides;
pub mod transcribe;
pub mod video;

// One open talk, and the application around it.
pub mod app;
pub mod player;

// Front ends.
pub mod cli;
pub mod remote;
pub mod ui;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

/// Called by a worker when it has something for the main thread; never blocks.
pub type Waker = std::sync::Arc<dyn Fn() + Send + Sync>;

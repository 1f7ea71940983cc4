//! The tests that need more than one module, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod architecture;
#[cfg(target_os = "linux")]
mod awake;
mod clips;
mod devices;
mod downloaders;
mod finding_window;
#[cfg(unix)]
mod hostile;
mod library;
mod library_window;
mod mercies;
mod playing;
mod program;
mod scripts;
mod shaping;
mod transcript;
mod video;
mod viewed;
mod window;
mod writing;

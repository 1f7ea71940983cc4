//! The tests that need more than one module, in one binary.

mod architecture;
mod playing;
mod program;
mod scripts;
mod window;

//! For tests, benches and examples: talks made on the spot, damage, what holds for any
//! input, and the application on a simulated sink.

pub mod fuzz;
pub mod mutate;
pub mod ramp;
pub mod rig;
pub mod talks;

pub use rig::Rig;
pub use talks::TalkBuilder;

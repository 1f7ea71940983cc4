//! Sound by way of a sound server that speaks PulseAudio's language: PulseAudio itself, or PipeWire. Spoken to directly,
//! because by way of ALSA the server's devices have no names, and because a stream must be told to stay where it is: a
//! server moves what loses its device to the next one, and a talk would go on from the loudspeakers.

mod server;
mod stream;
mod wait;

pub use server::Server;

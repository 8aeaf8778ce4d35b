//! Media of a call: G.711 over RTP, prompts from WAV files, and the SDP that agrees on both.
//!
//! One [`MediaSession`] serves one leg: a UDP socket from the engine's port range and a task that paces what is sent.
//! RTCP is neither sent nor expected (`a=rtcp` is not offered), so that a leg costs one descriptor.

mod audio;
mod codec;
mod engine;
mod g711;
mod library;
mod pacer;
mod player;
mod ports;
mod resample;
mod rtp;
mod sdp;
mod session;
mod stats;
mod stream;
mod telephone_event;
mod wav;

pub use audio::{Audio, FRAME_SAMPLES, SAMPLE_RATE};
pub use codec::Codec;
pub use engine::{MediaConfig, MediaEngine, MediaError};
pub use library::{AudioError, AudioLibrary};
pub use player::{Loops, Played};
pub use sdp::{Direction, Negotiated, SdpError, negotiate};
pub use session::{DialHandle, MediaSession, PlayHandle};
pub use stats::StatsSnapshot;
pub use telephone_event::{Digits, DigitsError};

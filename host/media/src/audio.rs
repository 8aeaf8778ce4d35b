//! Decoded sound.

use std::sync::Arc;

/// Samples a second of everything that is played or recorded: G.711's rate.
pub const SAMPLE_RATE: u32 = 8_000;

/// Samples in one packet: 20 ms.
pub const FRAME_SAMPLES: usize = 160;

/// Mono sound at 8 kHz, shared between the calls that play it.
#[derive(Clone, PartialEq, Eq)]
pub struct Audio(Arc<[i16]>);

impl Audio {
    /// Sound of these samples.
    pub fn new(samples: impl Into<Arc<[i16]>>) -> Self {
        Self(samples.into())
    }

    /// Its samples.
    #[must_use]
    pub fn samples(&self) -> &[i16] {
        &self.0
    }
}

/// Shows the length only: samples in a log help nobody.
impl std::fmt::Debug for Audio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Audio({} samples)", self.0.len())
    }
}

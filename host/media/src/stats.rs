//! What a leg's socket saw.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::rtp::Header;

/// Counters that the session's task writes and anybody reads.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    sent: AtomicU64,
    skipped: AtomicU64,
    received: AtomicU64,
    received_bytes: AtomicU64,
    refused: AtomicU64,
    /// One more than the last sequence number; 0 before the first packet.
    last_sequence: AtomicU32,
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatsSnapshot {
    /// Packets sent.
    pub sent: u64,
    /// Frames that were not sent because the host stalled.
    pub skipped: u64,
    /// Packets received from the far end.
    pub received: u64,
    /// Their payload.
    pub received_bytes: u64,
    /// Datagrams that were no RTP or came from elsewhere.
    pub refused: u64,
    /// Sequence number of the last packet received.
    pub last_sequence: Option<u16>,
}

impl Stats {
    pub(crate) fn count_sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_skipped(&self, frames: u32) {
        self.skipped.fetch_add(u64::from(frames), Ordering::Relaxed);
    }

    pub(crate) fn count_received(&self, header: &Header, payload: &[u8]) {
        self.received.fetch_add(1, Ordering::Relaxed);
        self.received_bytes.fetch_add(payload.len() as u64, Ordering::Relaxed);
        self.last_sequence.store(u32::from(header.sequence) + 1, Ordering::Relaxed);
    }

    pub(crate) fn count_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> StatsSnapshot {
        let last = self.last_sequence.load(Ordering::Relaxed).checked_sub(1);
        StatsSnapshot {
            sent: self.sent.load(Ordering::Relaxed),
            skipped: self.skipped.load(Ordering::Relaxed),
            received: self.received.load(Ordering::Relaxed),
            received_bytes: self.received_bytes.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            last_sequence: last.and_then(|sequence| u16::try_from(sequence).ok()),
        }
    }
}

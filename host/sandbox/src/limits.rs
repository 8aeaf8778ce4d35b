//! How much a plugin may use.

use std::time::Duration;

use wasmtime::ResourceLimiter;

use crate::budget::{Scarce, Seat};

/// Processor time of one invocation, by two independent meters.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Wasm fuel: deterministic, about two million units a millisecond.
    pub fuel: u64,
    /// Time, to a millisecond; time during which the thread was off the processor is not counted in full.
    pub wall: Duration,
}

/// Every limit of one plugin instance.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Trial instantiation and `describe`.
    pub describe: Budget,
    /// Preparing a step or a rewriter.
    pub prepare: Budget,
    /// One decision of one step, or one rewrite.
    pub select: Budget,
    /// One call-hook event: processor time only; waiting for HTTP is bounded by `hook_wait`.
    pub hook: Budget,
    /// One call-hook event from beginning to end.
    pub hook_wait: Duration,
    /// Linear memory, summed over the memories of an instance.
    pub memory_bytes: usize,
    /// Live instances of the plugin on one node.
    pub instances: u32,
    /// Table elements, summed likewise.
    pub table_elements: usize,
    /// Component-model handles.
    pub handles: usize,
    /// Bytes that one host call may bring out of the plugin.
    pub host_call_bytes: usize,
    /// Host calls of one invocation.
    pub host_calls: u32,
    /// Bytes of log text of one invocation.
    pub log_bytes: usize,
    /// Lines of one invocation.
    pub log_lines: u32,
    /// HTTP requests of one instance.
    pub http_requests: u32,
    /// HTTP requests under way at once, until their responses are read or dropped.
    pub http_concurrent: usize,
    /// Bytes of the body of an HTTP request.
    pub http_request_bytes: usize,
    /// Bytes of the body of an HTTP response.
    pub http_response_bytes: usize,
    /// Length of any text in a selection.
    pub text_bytes: usize,
    /// Verbs that a hook may return.
    pub verbs: usize,
    /// Messages and deliveries that a provider may bring in one request.
    pub incidents: usize,
    /// Bytes of a message's text and media, of what a provider says of it, and of the reply to the provider.
    pub message_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            describe: Budget { fuel: 40_000_000, wall: Duration::from_millis(100) },
            prepare: Budget { fuel: 4_000_000_000, wall: Duration::from_secs(2) },
            select: Budget { fuel: 20_000_000, wall: Duration::from_millis(10) },
            hook: Budget { fuel: 200_000_000, wall: Duration::from_millis(100) },
            hook_wait: Duration::from_secs(15),
            memory_bytes: 64 << 20,
            instances: 2_000,
            table_elements: 20_000,
            handles: 1_000,
            host_call_bytes: 4 << 20,
            host_calls: 100_000,
            log_bytes: 16 << 10,
            log_lines: 200,
            http_requests: 50,
            http_concurrent: 8,
            http_request_bytes: 4 << 20,
            http_response_bytes: 4 << 20,
            text_bytes: 512,
            verbs: 200,
            incidents: 200,
            message_bytes: 64 << 10,
        }
    }
}

/// A memory or table limit that an instance ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrowthLimit {
    Memory(usize),
    Table(usize),
    /// The account's, not the instance's.
    Account(Scarce),
}

/// Sums what all memories and tables of an instance hold. Growth beyond the limit fails inside the guest, which usually aborts; the
/// hit is kept, so that the abort can be told by its cause.
#[derive(Debug)]
pub(crate) struct Growth {
    memory_left: usize,
    table_left: usize,
    memory_limit: usize,
    table_limit: usize,
    hit: Option<GrowthLimit>,
    /// Where it is charged.
    seat: Option<Seat>,
}

impl Growth {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_left: limits.memory_bytes,
            table_left: limits.table_elements,
            memory_limit: limits.memory_bytes,
            table_limit: limits.table_elements,
            hit: None,
            seat: None,
        }
    }

    /// Charges what the instance grows by.
    pub(crate) fn charge(&mut self, seat: Seat) {
        self.seat = Some(seat);
    }

    pub(crate) fn seat(&self) -> Option<&Seat> {
        self.seat.as_ref()
    }

    pub(crate) fn hit(&self) -> Option<GrowthLimit> {
        self.hit
    }
}

impl ResourceLimiter for Growth {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let more = desired.saturating_sub(current);
        let Some(left) = self.memory_left.checked_sub(more) else {
            self.hit = Some(GrowthLimit::Memory(self.memory_limit));
            return Ok(false);
        };
        if let Some(Err(scarce)) = self.seat.as_mut().map(|seat| seat.grow(more)) {
            self.hit = Some(GrowthLimit::Account(scarce));
            return Ok(false);
        }
        self.memory_left = left;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let left = self.table_left.checked_sub(desired.saturating_sub(current));
        match left {
            Some(left) => self.table_left = left,
            None => self.hit = Some(GrowthLimit::Table(self.table_limit)),
        }
        Ok(left.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_summed() {
        let mut growth = Growth::new(&Limits { memory_bytes: 100, ..Limits::default() });
        assert!(growth.memory_growing(0, 60, None).unwrap());
        assert!(growth.memory_growing(0, 40, None).unwrap());
        assert_eq!(growth.hit(), None);
        assert!(!growth.memory_growing(40, 41, None).unwrap());
        assert_eq!(growth.hit(), Some(GrowthLimit::Memory(100)));
    }
}

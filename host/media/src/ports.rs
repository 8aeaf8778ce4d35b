//! The RTP ports that are free.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;

use parking_lot::Mutex;

/// Even ports of a range (RFC 3550 section 11). The port that rested longest is taken first, so that late packets of a call
/// that ended do not reach the next one.
#[derive(Debug, Clone)]
pub(crate) struct PortPool {
    free: Arc<Mutex<VecDeque<u16>>>,
}

/// A port that returns to its pool when dropped.
#[derive(Debug)]
pub(crate) struct PortLease {
    port: u16,
    pool: PortPool,
}

impl PortPool {
    pub(crate) fn new(range: RangeInclusive<u16>) -> Self {
        Self { free: Arc::new(Mutex::new(range.filter(|port| port % 2 == 0 && *port != 0).collect())) }
    }

    pub(crate) fn take(&self) -> Option<PortLease> {
        let port = self.free.lock().pop_front()?;
        Some(PortLease { port, pool: self.clone() })
    }

    pub(crate) fn len(&self) -> usize {
        self.free.lock().len()
    }
}

impl PortLease {
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for PortLease {
    fn drop(&mut self) {
        self.pool.free.lock().push_back(self.port);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_even_ports_are_leased_until_none_is_left() {
        let pool = PortPool::new(4_001..=4_005);
        let leases: Vec<PortLease> = std::iter::from_fn(|| pool.take()).collect();
        assert_eq!(leases.iter().map(PortLease::port).collect::<Vec<_>>(), [4_002, 4_004]);
    }

    #[test]
    fn a_port_that_was_given_back_is_taken_last() {
        let pool = PortPool::new(4_000..=4_004);
        drop(pool.take());
        let order: Vec<PortLease> = std::iter::from_fn(|| pool.take()).collect();
        assert_eq!(order.iter().map(PortLease::port).collect::<Vec<_>>(), [4_002, 4_004, 4_000]);
    }
}

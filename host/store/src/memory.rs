//! A store that forgets, for tests of what is built on the trait.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, MutexGuard};

use crate::clock::{Clock, Moment};
use crate::local::Local;
use crate::ordered::{Engine, Read, Table, Transaction, Visitor, sweep};
use crate::{Direction, Notice, StoreError};

/// What one access removes of what is over.
const SWEPT: usize = 256;

/// Everything in memory, in the same tables and records as on disk. What is over is removed, and its end told, with the next access.
#[derive(Debug)]
pub struct MemoryStore {
    maps: Mutex<Maps>,
    local: Local,
    clock: Clock,
    is_shared: bool,
    is_closed: AtomicBool,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Self::with_clock(Clock::default())
    }

    /// An empty store whose time is set by a test.
    #[must_use]
    pub fn with_clock(clock: Clock) -> Arc<Self> {
        Arc::new(Self::empty(clock, false))
    }

    /// An empty store that says that others have it open too, so that several nodes can be tested in one process.
    #[must_use]
    pub fn shared() -> Arc<Self> {
        Self::shared_with_clock(Clock::default())
    }

    /// As [`Self::shared`], with a time that is set by a test.
    #[must_use]
    pub fn shared_with_clock(clock: Clock) -> Arc<Self> {
        Arc::new(Self::empty(clock, true))
    }

    fn empty(clock: Clock, is_shared: bool) -> Self {
        let (maps, is_closed) = (Mutex::default(), AtomicBool::new(false));
        Self { maps, local: Local::new(), clock, is_shared, is_closed }
    }

    fn swept(&self) -> Result<(MutexGuard<'_, Maps>, Moment), StoreError> {
        let mut maps = self.maps.lock();
        let now = self.clock.now();
        let mut sweeping = Changing { maps: &mut maps, notices: Vec::new() };
        sweep(&mut sweeping, now, SWEPT)?;
        self.local.tell(sweeping.notices);
        Ok((maps, now))
    }
}

impl Engine for MemoryStore {
    fn view<T>(&self, work: impl FnOnce(&dyn Read, Moment) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let (maps, now) = self.swept()?;
        work(&*maps, now)
    }

    async fn perform<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Transaction, Moment) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if self.is_closed.load(Ordering::Acquire) {
            return Err(StoreError::closed());
        }
        let (mut maps, now) = self.swept()?;
        let mut changing = Changing { maps: &mut maps, notices: Vec::new() };
        let done = work(&mut changing, now)?;
        self.local.tell(changing.notices);
        Ok(done)
    }

    fn local(&self) -> &Local {
        &self.local
    }

    fn shared(&self) -> bool {
        self.is_shared
    }

    async fn finish(&self) {
        self.is_closed.store(true, Ordering::Release);
    }
}

#[derive(Debug, Default)]
struct Maps(BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>);

impl Read for Maps {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(&table).and_then(|map| map.get(key)).cloned())
    }

    fn visit(
        &self,
        table: Table,
        range: Range<Vec<u8>>,
        direction: Direction,
        visitor: &mut Visitor<'_>,
    ) -> Result<(), StoreError> {
        let Some(map) = self.0.get(&table).filter(|_| range.start < range.end) else { return Ok(()) };
        let mut entries = map.range(range);
        while let Some((key, value)) = match direction {
            Direction::Ascending => entries.next(),
            Direction::Descending => entries.next_back(),
        } {
            if let ControlFlow::Break(()) = visitor(key, value)? {
                break;
            }
        }
        Ok(())
    }
}

/// The maps under the lock, and what is to be told.
struct Changing<'m> {
    maps: &'m mut Maps,
    notices: Vec<Notice>,
}

impl Read for Changing<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.maps.get(table, key)
    }

    fn visit(
        &self,
        table: Table,
        range: Range<Vec<u8>>,
        direction: Direction,
        visitor: &mut Visitor<'_>,
    ) -> Result<(), StoreError> {
        self.maps.visit(table, range, direction, visitor)
    }
}

impl Transaction for Changing<'_> {
    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.maps.0.entry(table).or_default().insert(key.to_vec(), value.to_vec());
        Ok(())
    }

    fn remove(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError> {
        if let Some(map) = self.maps.0.get_mut(&table) {
            map.remove(key);
        }
        Ok(())
    }

    fn tell(&mut self, notice: Notice) {
        self.notices.push(notice);
    }
}

#[cfg(test)]
mod tests;

//! The store over ordered maps of bytes: written once, for the maps in memory and those of the embedded file.

mod apply;
mod audit;
mod chunks;
mod counters;
mod documents;
mod expiry;
mod feed;
mod keys;
mod leases;
mod listings;
mod owners;
mod prepare;
mod stage;
mod store;
mod streams;

use std::future::Future;
use std::ops::{ControlFlow, Range};

use crate::clock::Moment;
use crate::local::Local;
use crate::{Direction, Notice, StoreError};

pub(crate) use expiry::{is_due, sweep};

/// The maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Records by owner, kind and id.
    Documents,
    /// Owner, kind, listing, sort key and id; no values.
    Listings,
    /// What ends, by when; no values.
    Expiries,
    /// Counters by name.
    Counters,
    /// Leases by name.
    Leases,
    /// Entries by stream and position.
    Streams,
    /// Changes by owner and sequence.
    Feed,
    /// Chunks by upload and index.
    Chunks,
    /// Uploads by id.
    Uploads,
    /// What an owner counts by: the last fencing token, the heads of streams.
    Meta,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 10] = [
        Self::Documents,
        Self::Listings,
        Self::Expiries,
        Self::Counters,
        Self::Leases,
        Self::Streams,
        Self::Feed,
        Self::Chunks,
        Self::Uploads,
        Self::Meta,
    ];
}

/// What is done with each entry of a range, until it breaks.
pub type Visitor<'a> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, StoreError> + 'a;

/// One state of all maps.
pub trait Read {
    /// The value of a key.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Visits the entries of a range in key order.
    fn visit(
        &self,
        table: Table,
        range: Range<Vec<u8>>,
        direction: Direction,
        visitor: &mut Visitor<'_>,
    ) -> Result<(), StoreError>;
}

/// A state that is being changed. An operation checks everything first and writes afterwards: one that is refused has written nothing.
pub trait Transaction: Read {
    /// Sets a value.
    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), StoreError>;

    /// Removes a key, if it is there.
    fn remove(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError>;

    /// Tells the feed, once what was written is durable.
    fn tell(&mut self, notice: Notice);
}

/// What keeps the maps. Whatever implements it is a [`crate::Store`].
pub trait Engine: Send + Sync + 'static {
    /// Reads the newest durable state.
    fn view<T>(&self, work: impl FnOnce(&dyn Read, Moment) -> Result<T, StoreError>) -> Result<T, StoreError>;

    /// Does one operation; it is durable when this returns.
    fn perform<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Transaction, Moment) -> Result<T, StoreError> + Send + 'static,
    ) -> impl Future<Output = Result<T, StoreError>> + Send;

    /// Who in this process is told of changes and messages.
    fn local(&self) -> &Local;

    /// What [`crate::Store::is_shared`] answers.
    fn shared(&self) -> bool;

    /// Finishes what was accepted, and refuses what follows.
    fn finish(&self) -> impl Future<Output = ()> + Send;
}

#[cfg(test)]
mod tests;

//! The store in Redis 7 or Valkey: one server, one found by sentinels, or a cluster.

mod chunks;
mod commit;
mod config;
mod connect;
mod counters;
mod documents;
mod faults;
mod feed;
mod hearing;
mod keys;
mod leases;
mod link;
mod listener;
mod mailboxes;
mod owners;
mod record;
mod scripts;
mod sentinel;
mod shared;
mod startup;
mod store;
mod streams;
mod upkeep;
mod watch;

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::StoreError;
use connect::Connector;
use faults::at_start;
use hearing::Hearing;
use keys::Keys;
use link::Link;
use listener::{Listener, Open};
use shared::{Shared, unique};

pub use config::{RedisConfig, RedisConfigError, Tls, Topology};

/// Mailboxes that may wait to be opened.
const OPENINGS: usize = 64;

/// Documents in Redis.
pub struct RedisStore {
    shared: Arc<Shared>,
    opened: mpsc::Sender<Open>,
    /// They end with the store.
    tasks: Mutex<JoinSet<()>>,
}

impl RedisStore {
    /// Connects.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] where a later try may succeed; [`StoreError::Fault`] where the login is refused, a server is too old
    /// or of another topology, or the keys are of another version of this store.
    pub async fn open(config: RedisConfig) -> Result<Arc<Self>, StoreError> {
        let keys = Keys::new(&config.prefix);
        let place = config.describe();
        let connector = Arc::new(Connector::new(config)?);
        startup::check(&connector).await?;
        let (link, keep_up) = Link::open(connector.clone()).await?;
        startup::check_format(&link, &keys).await?;
        let hearing = Arc::new(Hearing::new(&keys));
        let (opened, orders) = mpsc::channel(OPENINGS);
        let listener = Listener::new(connector, hearing.clone(), keys.clone(), orders);
        let listen = listener.start().await.map_err(|error| at_start(&place, &error))?;
        let shared = Arc::new(Shared { link, keys, hearing });
        let mut tasks = JoinSet::new();
        tasks.spawn(keep_up);
        tasks.spawn(listen);
        tasks.spawn(upkeep::sweep(shared.clone(), unique()));
        tasks.spawn(upkeep::reconcile(shared.clone()));
        Ok(Arc::new(Self { shared, opened, tasks: Mutex::new(tasks) }))
    }
}

#[cfg(test)]
mod tests;

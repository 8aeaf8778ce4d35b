//! The store in Redis 7 or Valkey: one server, one found by sentinels, or a cluster.
//!
//! # Keys
//! All begin with `PREFIX:{OWNER}:`. The owner, `system` or the 32 digits of an account, is the hash tag, so that one step changes
//! whatever it likes of one owner, in one slot of a cluster.
//!
//! | key | type | what |
//! |---|---|---|
//! | `documents:KIND` | hash | id → record |
//! | `ids:KIND` | sorted set | the ids, by name |
//! | `listing:KIND:LISTING` | sorted set | sort key, NUL, id, by name |
//! | `expiries` | sorted set | kind, NUL, id, by when they end |
//! | `feed`, `sequence` | stream, string | the kept changes, whose ids are their positions, and the last position |
//! | `answer:ID` | string | what a step answered, for half a minute: one that is sent again is not done again |
//! | `counter:NAME`, `stream:NAME` | string, stream | as their names say |
//! | `streams` | sorted set | the names of the streams |
//! | `lease:NAME`, `token` | hash, string | holder and fencing token, and the last token of all |
//! | `upload:ID` | hash | index → chunk |
//! | `owners`, `format` | sorted set, string | of `system` only: who has anything, and the version of this layout |
//!
//! Channels: `PREFIX:changes` for the notices, `PREFIX:mailbox:NAME` for messages.
//!
//! # An ACL user
//! needs `~PREFIX:* &PREFIX:*` and `+hello +ping +select +info +eval +evalsha +time +get +set +exists +incr +incrby +persist +pexpire
//! +pttl +unlink +hget +hmget +hset +hdel +zadd +zrange +zrem +xadd +xrange +xrevrange +publish +subscribe +unsubscribe`; with sentinels
//! also `+role`, in a cluster `+cluster|slots`.
//!
//! # What may be lost
//! With `appendonly yes`, what was acknowledged outlives the end of the Redis process; with `appendfsync always` that of the machine,
//! with `everysec` all but its last second. A replica that is made master lacks what had not reached it: `min-replicas-to-write 1` and
//! a short `min-replicas-max-lag` bound that, but only waiting for replicas with each write (`WAIT`), which this store does not do,
//! would end it. After a fail-over, receivers of the feed are told that they missed something, and fencing tokens may be given again.
//! `maxmemory-policy` must be `noeviction`.

mod chunks;
mod commit;
mod config;
mod connect;
mod counters;
mod documents;
mod faults;
mod feed;
mod head;
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

//! Decision records: what each call was decided with and how, kept for the account's last [`KEPT`] calls.
//!
//! They are written off the call's path. Where more is decided than can be written, records are dropped and counted; no call waits.

mod decided;
mod explain;
mod read;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use metrics::counter;
use serde_json::Value;
use strowger_model::Owner;
use strowger_store::{Name, Store};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

pub use decided::Decided;
pub(crate) use explain::again;
pub use read::{Record, records_of};

/// Decisions that are kept of each account, and a few more.
pub const KEPT: usize = 1_000;

/// Decisions that wait to be written.
const WAITING: usize = 2_000;
/// Decisions that are written at once.
const BATCH: usize = 256;
/// How long a reader waits for what was decided before.
const PATIENCE: Duration = Duration::from_secs(1);

const STREAM: &str = "decisions";

/// Where an owner's records are.
pub(crate) fn stream(owner: Owner) -> Name {
    Name::new(owner, STREAM)
}

enum Message {
    Decided(Box<Decided>),
    /// Whoever wants to read what came before.
    Marker(oneshot::Sender<()>),
}

/// The way to the writer, which ends when nobody has a way to it any more.
pub(crate) struct Records(mpsc::Sender<Message>);

impl Records {
    /// Starts the writer. Must be called within a tokio runtime.
    pub(crate) fn start(store: Arc<dyn Store>) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(write(store, receiver));
        Self(sender)
    }

    /// Has a decision written, if there is room for it.
    pub(crate) fn note(&self, decided: Decided) {
        if self.0.try_send(Message::Decided(Box::new(decided))).is_err() {
            dropped(1);
        }
    }

    /// Returns when what was decided here before is written, or after a while.
    pub(crate) async fn settled(&self) {
        let (marker, reached) = oneshot::channel();
        let reach = async {
            // Where the writer is gone there is nothing to wait for.
            let _ = self.0.send(Message::Marker(marker)).await;
            let _ = reached.await;
        };
        let _ = timeout(PATIENCE, reach).await;
    }
}

fn dropped(count: usize) {
    counter!("strowger_decisions_dropped_total").increment(count as u64);
}

async fn write(store: Arc<dyn Store>, mut receiver: mpsc::Receiver<Message>) {
    let mut messages = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut messages, BATCH).await > 0 {
        let mut entries: HashMap<Owner, Vec<Value>> = HashMap::new();
        let mut markers = Vec::new();
        for message in messages.drain(..) {
            match message {
                Message::Decided(decided) => entries.entry(decided.owner).or_default().push(decided.to_value()),
                Message::Marker(marker) => markers.push(marker),
            }
        }
        for (owner, entries) in entries {
            let count = entries.len();
            if let Err(error) = store.append(&stream(owner), entries, KEPT).await {
                tracing::warn!(%owner, count, %error, "decisions are not recorded");
                dropped(count);
            }
        }
        // Whoever waited may have gone.
        for marker in markers {
            let _ = marker.send(());
        }
    }
}

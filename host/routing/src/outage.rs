//! Times when the store cannot be asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use strowger_model::Owner;
use strowger_store::{Key, Kind, Store, StoreError};
use tokio::time::sleep;

/// Time between two questions whether the store is back: how old, at most, what is decided on may be after that.
const PERIOD: Duration = Duration::from_millis(100);

/// Whether the store is away.
#[derive(Default)]
pub(crate) struct Outage(AtomicBool);

/// Whether the store may come back by itself.
pub(crate) fn is_away(error: &StoreError) -> bool {
    matches!(error, StoreError::Unreachable(_) | StoreError::Overloaded)
}

impl Outage {
    pub(crate) fn is_on(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// The store is away: told once in the log, and watched for its return.
    pub(crate) fn begin(self: &Arc<Self>, store: &Arc<dyn Store>, error: &StoreError) {
        if self.0.swap(true, Ordering::AcqRel) {
            return;
        }
        tracing::warn!(%error, "calls are routed by what is in memory until the store is back");
        let (outage, store) = (Arc::downgrade(self), Arc::downgrade(store));
        tokio::spawn(async move {
            // Nobody asks any more where either is gone.
            while let (Some(outage), Some(store)) = (outage.upgrade(), store.upgrade()) {
                if !store.get(&probe()).await.is_err_and(|error| is_away(&error)) {
                    outage.0.store(false, Ordering::Release);
                    return tracing::info!("the store is back: what calls are routed by is read anew");
                }
                drop((outage, store));
                sleep(PERIOD).await;
            }
        });
    }
}

/// Any document will do.
fn probe() -> Key {
    Key::new(Owner::System, Kind::Setting, "routing")
}

//! Keeping leases for as long as a job is worked on.

use std::sync::Arc;
use std::time::Duration;

use strowger_store::{Lease, Store, StoreError};
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Renews leases until it is dropped.
pub(crate) struct Keeper {
    lost: CancellationToken,
    _stop: DropGuard,
}

impl Keeper {
    pub(crate) fn start(store: Arc<dyn Store>, leases: Vec<Lease>, lifetime: Duration) -> Self {
        let (lost, stop) = (CancellationToken::new(), CancellationToken::new());
        let keeping = stop.clone().run_until_cancelled_owned(keep(store, leases, lifetime, lost.clone()));
        tokio::spawn(keeping);
        Self { lost, _stop: stop.drop_guard() }
    }

    /// Resolves when a lease is lost, or may be because the store could not be asked for so long.
    pub(crate) async fn lost(&self) {
        self.lost.cancelled().await;
    }
}

async fn keep(store: Arc<dyn Store>, leases: Vec<Lease>, lifetime: Duration, lost: CancellationToken) {
    let mut renewed = Instant::now();
    while renewed.elapsed() < lifetime {
        sleep(lifetime / 3).await;
        let asked = Instant::now();
        match renew(&*store, &leases, lifetime).await {
            Ok(true) => renewed = asked,
            Ok(false) => break,
            Err(error) => tracing::warn!(%error, "the lease of a job was not renewed"),
        }
    }
    lost.cancel();
}

async fn renew(store: &dyn Store, leases: &[Lease], lifetime: Duration) -> Result<bool, StoreError> {
    for lease in leases {
        if !store.renew(lease, lifetime).await? {
            return Ok(false);
        }
    }
    Ok(true)
}
